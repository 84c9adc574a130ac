//! A real libvirtd learns who we are: SASL with a database of passwords, and polkit.

use std::fs;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use virtwire::client::{
    AuthError, Backoff, Connection, Credentials, OpenError, OpenOptions, Reconnecting, Told, Unfit,
};
use virtwire::protocol::error::ErrorCode;
use virtwire::protocol::remote::{ConnectGetHostname, Domain, DomainEventLifecycle};

use crate::lab::{Libvirtd, Setup, runtime};
use crate::need::need;
use crate::process::run;

/// Nothing here takes as long on the slowest machine; what does is stuck.
const SOON: Duration = Duration::from_secs(60);

pub(crate) const USER: &str = "fred";
pub(crate) const PASSWORD: &str = "pass, word=1";

#[test]
fn every_mechanism_of_passwords_lets_in_who_knows_one() {
    need!(Libvirtd, Namespaces, SaslPasswords);
    let daemon = with_sasl("scram-sha-512 scram-sha-256 scram-sha-1 plain digest-md5");
    // The strongest of SASL beside libvirt 7.0 in Debian 11.
    let is_old = std::env::var("VIRTWIRE_PEER_RELEASE").is_ok_and(|release| release.starts_with("7."));
    let (strongest, asked) = match is_old {
        true => ("SCRAM-SHA-256", "sasl.SCRAM-SHA-256"),
        false => ("SCRAM-SHA-512", "sasl.SCRAM-SHA-512"),
    };
    for (asked, used) in [
        ("sasl", strongest),
        (asked, strongest),
        ("sasl.scram-sha-256", "SCRAM-SHA-256"),
        ("sasl.scram-sha-1", "SCRAM-SHA-1"),
        ("sasl.plain", "PLAIN"),
    ] {
        runtime().block_on(async {
            let connection = open(&daemon, &format!("&auth={asked}"), USER, PASSWORD).await.unwrap();
            let hostname = connection.call(ConnectGetHostname {}).await.unwrap().hostname;
            assert_eq!(hostname, daemon.host_name());
            // The daemon would lose it, and wait for it for ever.
            let (_, far) = std::os::unix::net::UnixStream::pair().unwrap();
            let guest = Domain::default();
            let passing = connection.domain_open_graphics_on(&guest, 0, far.into(), 0);
            let error = timeout(SOON, passing).await.unwrap().unwrap_err();
            assert!(error.to_string().contains("not by SASL"), "{error}");
            connection.close().await.unwrap();
        });
        let log = fs::read_to_string(daemon.directory().path().join("var/log/libvirt/libvirtd.log")).unwrap();
        let last = log.lines().rev().find(|line| line.contains("Using SASL mechanism")).unwrap_or_default();
        assert!(last.contains(&format!("Using SASL mechanism {used}.")), "{asked}: {last}");
    }
}

#[test]
fn whoever_does_not_know_a_password_stays_out() {
    need!(Libvirtd, Namespaces, SaslPasswords);
    let daemon = with_sasl("scram-sha-256 plain");
    runtime().block_on(async {
        for (user, password) in [(USER, "wrong"), ("wilma", PASSWORD), (USER, "")] {
            for mechanism in ["SCRAM-SHA-256", "PLAIN"] {
                let error =
                    open(&daemon, &format!("&auth=sasl.{mechanism}"), user, password).await.unwrap_err();
                let OpenError::Authentication { error, .. } = &error else { panic!("{error:?}") };
                match &**error {
                    AuthError::Refused { error, user: Some(as_whom), .. } => {
                        assert_eq!((error.code, as_whom.as_str()), (ErrorCode::AUTH_FAILED, user));
                    }
                    // PLAIN has no way to say an empty password.
                    AuthError::Exchange { .. } if password.is_empty() && mechanism == "PLAIN" => {}
                    other => panic!("{other:?}"),
                }
            }
        }
        // A second guess may be right, over the same connection.
        let source = |ask: &virtwire::client::CredentialAsk| {
            Some(Credentials::new(USER, if ask.attempt == 1 { "wrong" } else { PASSWORD }))
        };
        let options = OpenOptions { credentials: Some(Arc::new(source)), ..OpenOptions::default() };
        Connection::open_with(&uri(&daemon, ""), options).await.unwrap();
    });
}

/// A daemon that comes back has forgotten its clients: each proves the password anew, and only then subscriptions return.
#[test]
fn a_daemon_that_comes_back_is_authenticated_to_again() {
    need!(Libvirtd, Namespaces, SaslPasswords);
    let daemon = with_sasl("scram-sha-256");
    runtime().block_on(async {
        let credentials: Option<Arc<dyn virtwire::client::CredentialSource>> =
            Some(Arc::new(Credentials::new(USER, PASSWORD)));
        let options = OpenOptions { credentials, ..OpenOptions::default() };
        let backoff = Backoff::between(Duration::from_millis(20), Duration::from_millis(500));
        let link = Reconnecting::open(&uri(&daemon, ""), options, backoff).await.unwrap();
        let mut events = link.subscribe::<DomainEventLifecycle>(None).await.unwrap();
        for round in 1..=3 {
            daemon.kill_and_restart();
            let told = timeout(SOON, events.next()).await.expect("it comes back");
            assert!(matches!(told, Some(Told::Resynced)), "round {round}: {told:?}");
            let guest = link.connection().await.unwrap().domain("test").await.unwrap();
            guest.suspend().await.unwrap();
            let told = timeout(SOON, events.next()).await.expect("an event");
            assert!(matches!(told, Some(Told::Event(_))), "round {round}: {told:?}");
        }
        link.close().await;
    });
    let log = fs::read_to_string(daemon.directory().path().join("var/log/libvirt/libvirtd.log")).unwrap();
    let authenticated =
        log.lines().filter(|line| line.contains("Using SASL mechanism SCRAM-SHA-256")).count();
    assert!(authenticated >= 4, "{authenticated} times");
}

#[test]
fn credentials_are_found_in_a_file() {
    need!(Libvirtd, Namespaces, SaslPasswords);
    let daemon = with_sasl("scram-sha-256");
    let file = daemon.directory().write(
        "auth.conf",
        &format!(
            "[credentials-one]\nauthname={USER}\npassword={PASSWORD}\n\
             [auth-libvirt-localhost]\ncredentials=one\n"
        ),
    );
    let named = uri(&daemon, &format!("&authfile={file}"));
    runtime().block_on(async { Connection::open(&named).await.unwrap() });
    let listed = virtwire(&["list", &named]);
    assert!(listed.status.success() && listed.stdout.contains("test"), "{listed:?}");

    // Without it, on no terminal, the command says what is missing.
    let lacking =
        run(command(&["list", &uri(&daemon, "")]).env("HOME", "/nonexistent").env_remove("XDG_CONFIG_HOME"));
    assert!(!lacking.status.success());
    for part in ["does not know you", "a user and a password (SCRAM-SHA-256)", "authfile"] {
        assert!(lacking.stderr.contains(part), "{}", lacking.stderr);
    }
}

#[test]
fn a_daemon_without_a_mechanism_of_ours_is_told_from_one_with_a_wrong_password() {
    need!(Libvirtd, Namespaces, SaslPasswords);
    let daemon = with_sasl("digest-md5");
    runtime().block_on(async {
        let error = open(&daemon, "", USER, PASSWORD).await.unwrap_err();
        let OpenError::Authentication { error, .. } = error else { panic!("{error:?}") };
        let AuthError::NoMechanism { refused, .. } = &*error else { panic!("{error:?}") };
        assert_eq!(refused[..], [("DIGEST-MD5".to_owned(), Unfit::Unknown)]);
        assert!(error.to_string().contains("DIGEST-MD5 (virtwire does not have it)"), "{error}");
    });
}

/// Root is let in unasked, so a client of another user's is needed: `setpriv` makes one.
#[test]
fn polkit_decides_about_whoever_is_not_root() {
    need!(Libvirtd, Namespaces, Polkit);
    let daemon = with_polkit();
    let socket = daemon.socket();
    runtime().block_on(async {
        let connection = Connection::open(&uri(&daemon, "")).await.unwrap();
        connection.close().await.unwrap();
        // Root has nothing to be asked about.
        let error = Connection::open(&uri(&daemon, "&auth=polkit")).await.unwrap_err();
        assert!(error.to_string().contains("asks for polkit, and the daemon offers none"), "{error}");
    });
    // The command's own folder may be closed to others.
    let copy = daemon.directory().path().join("virtwire");
    fs::copy(env!("CARGO_BIN_EXE_virtwire"), &copy).unwrap();
    let list = |user: &str| {
        run(daemon
            .beside("setpriv")
            .args([&format!("--reuid={user}"), "--clear-groups"])
            .arg(&copy)
            .arg("list")
            .arg(format!("test+unix:///default?socket={}", socket.display())))
    };
    let allowed = list("nobody");
    assert!(allowed.status.success() && allowed.stdout.contains("test"), "{allowed:?}");
    let refused = list("daemon");
    assert!(!refused.status.success(), "{refused:?}");
    assert!(refused.stderr.contains("polkit refused this process"), "{}", refused.stderr);
    let unasked = list("games");
    assert!(unasked.stderr.contains("has no agent"), "{}", unasked.stderr);
}

/// A daemon whose unix socket asks for SASL with these mechanisms, and knows one user.
#[track_caller]
fn with_sasl(mechanisms: &str) -> Libvirtd {
    with_passwords(Setup::new(), mechanisms)
        .libvirtd_conf("auth_unix_rw = \"sasl\"")
        .libvirtd_conf("log_filters = \"1:remote\"")
        .libvirtd_conf("log_outputs = \"1:file:/var/log/libvirt/libvirtd.log\"")
        .start()
}

/// One with these SASL mechanisms and a database with one user's password, made by the program that comes with the daemon's SASL. The realm
/// is the host's name, as for a user that names none.
pub(crate) fn with_passwords(setup: Setup, mechanisms: &str) -> Setup {
    let configuration = format!("mech_list: {mechanisms}\nsasldb_path: /etc/sasl2/passwd.db\n");
    setup.directory().write("etc/sasl2/libvirt.conf", &configuration);
    let realm = setup.host_name();
    setup.folder("etc/sasl2").before(&format!(
        "printf %s '{PASSWORD}' | \
             ${{root:+chroot \"$root\"}} saslpasswd2 -p -c -u {realm} -f /etc/sasl2/passwd.db {USER}"
    ))
}

/// A daemon that asks polkit, beside a polkitd that lets in `nobody`, keeps out `daemon`, and would have to ask about others.
#[track_caller]
pub(crate) fn with_polkit() -> Libvirtd {
    let setup = Setup::new()
        .folder("run/dbus")
        .folder("etc/polkit-1/rules.d")
        .folder("usr/share/polkit-1/actions")
        .libvirtd_conf("auth_unix_rw = \"polkit\"")
        .libvirtd_conf("unix_sock_rw_perms = \"0777\"")
        .before(
            "dbus-daemon --system --fork --nopidfile; /usr/lib/polkit-1/polkitd --no-debug & \
                 dbus_wait=0; until dbus-send --system --print-reply --dest=org.freedesktop.DBus / \
                 org.freedesktop.DBus.GetNameOwner string:org.freedesktop.PolicyKit1 >/dev/null 2>&1; \
                 do dbus_wait=$((dbus_wait + 1)); [ $dbus_wait -lt 600 ] || exit 1; sleep 0.05; done",
        );
    let defaults = |any: &str| {
        format!("<defaults><allow_any>{any}</allow_any><allow_inactive>{any}</allow_inactive></defaults>")
    };
    setup.directory().write(
        "usr/share/polkit-1/actions/org.libvirt.unix.policy",
        &format!(
            "<?xml version='1.0'?><policyconfig>\
             <action id='org.libvirt.unix.manage'><description>d</description><message>m</message>{}</action>\
             <action id='org.libvirt.unix.monitor'><description>d</description><message>m</message>{}</action>\
             </policyconfig>",
            defaults("auth_admin"),
            defaults("yes"),
        ),
    );
    setup.directory().write(
        "etc/polkit-1/rules.d/10.rules",
        "polkit.addRule(function(action, subject) {\
             if (action.id != 'org.libvirt.unix.manage') return polkit.Result.NOT_HANDLED;\
             if (subject.user == 'nobody') return polkit.Result.YES;\
             if (subject.user == 'daemon') return polkit.Result.NO;\
             return polkit.Result.NOT_HANDLED;\
         });",
    );
    setup.start()
}

fn uri(daemon: &Libvirtd, more: &str) -> String {
    format!("test+unix:///default?socket={}{more}", daemon.socket().display())
}

async fn open(daemon: &Libvirtd, more: &str, user: &str, password: &str) -> Result<Connection, OpenError> {
    let options = OpenOptions {
        credentials: Some(Arc::new(Credentials::new(user, password))),
        ..OpenOptions::default()
    };
    Connection::open_with(&uri(daemon, more), options).await
}

fn virtwire(arguments: &[&str]) -> crate::process::Finished {
    run(&mut command(arguments))
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_virtwire"));
    command.args(arguments);
    command
}
