//! TLS, with certificates as sites make them, and libvirt's own clients.

use super::daemon::{Daemon, auth_file, directory, set_password};
use crate::lab::Setup;
use crate::lab::until;
use crate::need::need;
use crate::peers::{try_virsh, virsh};
use crate::process::run;
use crate::reach::certificates::Authority;

const TLS: &str = "
listen = ['tls://127.0.0.1:0']
ca_file = 'DIR/site.pem'
cert_file = 'DIR/site-server.pem'
key_file = 'DIR/site-server.key'
";

#[test]
fn virsh_comes_in_with_a_certificate_of_the_authoritys_and_with_no_other() {
    need!(Virsh, Certtool);
    let directory = directory();
    let site = Authority::new(&directory, "site");
    site.server("ip_address = \"127.0.0.1\"");
    let good = site.folder("good", Some(&site.client("")));
    let bare = site.folder("bare", None);
    let elsewhere = Authority::new(&directory, "elsewhere");
    let foreign = site.folder("foreign", Some(&elsewhere.client("")));
    let daemon = Daemon::start(directory, 1, TLS);

    let guest = daemon.directory.write("guest.xml", crate::virsh_drives_us::GUEST);
    virsh(&daemon.tls_uri(&good, ""), &["define", &guest]);
    assert!(virsh(&daemon.tls_uri(&good, ""), &["list", "--all"]).contains("guest"));
    for (folder, more) in [(&bare, ""), (&foreign, "&no_sanity=1"), (&bare, "&no_verify=1")] {
        let refused = try_virsh(&daemon.tls_uri(folder, more), &["list"]);
        assert!(!refused.status.success(), "{folder}: {refused:?}");
    }
    // Our own client.
    let ours =
        |folder: &str| run(&mut super::daemon::command(&["list", "--all", &daemon.tls_uri(folder, "")]));
    let listed = ours(&good);
    assert!(listed.status.success() && listed.stdout.contains("guest"), "{listed:?}");
    assert!(ours(&bare).stderr.contains("wants a client's certificate"));
}

#[test]
fn a_password_is_asked_for_behind_tls_too() {
    need!(Virsh, Certtool, SaslPasswords);
    let directory = directory();
    let site = Authority::new(&directory, "site");
    site.server("ip_address = \"127.0.0.1\"");
    let bare = site.folder("bare", None);
    set_password(&directory, "fred", "right");
    let more = "auth_tls = 'sasl'\npasswords = 'DIR/passwords'\ntls_no_verify_certificate = 1\n";
    let daemon = Daemon::start(directory, 1, &format!("{TLS}{more}"));
    let [good, bad] = [("good", "right"), ("bad", "wrong")]
        .map(|(name, password)| auth_file(&daemon.directory, name, "fred", password));
    virsh(&daemon.tls_uri(&bare, &format!("&authfile={good}")), &["list"]);
    let refused = try_virsh(&daemon.tls_uri(&bare, &format!("&authfile={bad}")), &["list"]);
    assert!(refused.stderr.contains("authentication failed"), "{refused:?}");
}

/// The same lists before libvirt's daemon and ours.
#[test]
fn a_list_of_names_lets_in_whom_libvirtd_lets_in() {
    need!(Virsh, Certtool, Libvirtd, Namespaces);
    for list in ["*CN=client1*", "O=Site,CN=client1", "CN=client1,O=Site", "O=Site,*", "CN=client?", "*"] {
        let setup = Setup::new();
        let site = Authority::new(setup.directory(), "site");
        let server = site.server(&format!("ip_address = \"{}\"", setup.host()));
        let good = site.folder("good", Some(&site.client("")));
        let theirs = setup
            .tls(&site.path(), &server.certificate, &server.key)
            .libvirtd_conf(format!("tls_allowed_dn_list = [\"{list}\"]"))
            .start();
        let uri = format!("test+tls://{}/default?pkipath={good}", theirs.tls_address());
        let by_theirs = try_virsh(&uri, &["list"]).status.success();

        let directory = directory();
        let site = Authority::new(&directory, "site");
        site.server("ip_address = \"127.0.0.1\"");
        let good = site.folder("good", Some(&site.client("")));
        let daemon = Daemon::start(directory, 1, &format!("{TLS}tls_allowed_dn_list = ['{list}']\n"));
        let by_ours = try_virsh(&daemon.tls_uri(&good, ""), &["list"]).status.success();
        assert_eq!(by_ours, by_theirs, "{list}");
    }
}

/// What is refused when the daemon starts is refused later: that strangers come in whom nobody asks anything.
#[test]
fn a_hangup_opens_no_door_to_strangers() {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/tls");
    let configuration = format!(
        "listen = ['tls://0.0.0.0:0']\nca_file = '{fixtures}/cacert.pem'\n\
         cert_file = '{fixtures}/servercert.pem'\nkey_file = '{fixtures}/serverkey.pem'\n"
    );
    let daemon = Daemon::start(directory(), 1, &configuration);
    let open = format!("{configuration}tls_no_verify_certificate = 1\n");
    daemon.directory.write("virtwire.toml", &open);
    daemon.signal("HUP");
    daemon.says("nothing is reloaded: address tls://0.0.0.0:");
}

/// Also one that was good when the daemon started.
#[test]
fn a_certificate_that_is_taken_back_lets_nobody_in_any_more() {
    need!(Virsh, Certtool);
    let directory = directory();
    let site = Authority::new(&directory, "site");
    site.server("ip_address = \"127.0.0.1\"");
    let client = |name| {
        let more = "cn = \"client\"\ntls_www_client\nencryption_key\nsigning_key\n";
        site.sign(name, &format!("organization = \"Site\"\n{more}"))
    };
    let (first, second) = (client("first"), client("second"));
    let folders = [site.folder("one", Some(&first)), site.folder("two", Some(&second))];
    let list = site.revoke(&first);
    let daemon = Daemon::start(directory, 1, &format!("{TLS}crl_file = '{list}'\n"));
    let opens =
        || folders.each_ref().map(|at| try_virsh(&daemon.tls_uri(at, ""), &["list"]).status.success());
    assert_eq!(opens(), [false, true]);
    // The next list has the other one.
    site.revoke(&second);
    daemon.signal("HUP");
    until("the new list holds", || opens() == [true, false]);
}

/// What the operator changes holds for those who come after it; who is there stays.
#[test]
fn certificates_passwords_and_lists_are_read_anew_on_a_hangup() {
    need!(Virsh, Certtool, Python);
    let directory = directory();
    let site = Authority::new(&directory, "site");
    site.server("ip_address = \"127.0.0.1\"");
    let good = site.folder("good", Some(&site.client("")));
    let other = Authority::new(&directory, "other");
    let newer = other.server("ip_address = \"127.0.0.1\"");
    let after = other.folder("after", Some(&other.client("")));
    let daemon = Daemon::start(directory, 1, TLS);
    let opens = |folder: &str| try_virsh(&daemon.tls_uri(folder, ""), &["list"]).status.success();
    assert!(opens(&good) && !opens(&after));

    let there = crate::lab::runtime();
    let connection = there.block_on(virtwire::client::Connection::open(&daemon.tls_uri(&good, ""))).unwrap();
    // A file that cannot be used changes nothing.
    let place = |name: &str| daemon.directory.path().join(name);
    std::fs::copy(&newer.certificate, place("site-server.pem")).unwrap();
    daemon.signal("HUP");
    daemon.says("nothing is reloaded");
    assert!(opens(&good));
    there.block_on(connection.connect_get_hostname()).unwrap();
    std::fs::copy(&newer.key, place("site-server.key")).unwrap();
    std::fs::copy(other.path(), place("site.pem")).unwrap();
    daemon.signal("HUP");
    until("the new certificates hold", || opens(&after));
    assert!(!opens(&good));
    there.block_on(connection.connect_get_hostname()).unwrap();
}
