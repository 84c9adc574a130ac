//! virt-admin looks after our daemon.

use std::io::Read;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::daemon::{Daemon, directory};
use crate::lab::until;
use crate::need::need;
use crate::peers::{table, try_virsh};
use crate::process::{Finished, run};
use crate::reach::certificates::Authority;

const ADMIN: &str = "
listen = ['unix:DIR/sock', 'tcp://127.0.0.1:0']
listen_admin = ['unix:DIR/admin']
";

#[test]
fn servers_and_clients_are_listed_and_sent_away() {
    need!(Virsh);
    let daemon = Daemon::start(directory(), 2, ADMIN);
    let servers = good(&daemon, &["server-list"]);
    assert_eq!(rows(&servers), [["0", "virtwire"], ["1", "admin"]]);

    let mut local = UnixStream::connect(daemon.directory.path().join("sock")).unwrap();
    local.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    until("the first client is there", || clients(&daemon).len() == 1);
    let remote = TcpStream::connect(&daemon.places["tcp"]).unwrap();
    until("both clients are there", || clients(&daemon).len() == 2);
    let [(one, by_unix), (two, by_tcp)] = &clients(&daemon)[..] else { panic!("two clients") };
    assert_eq!((by_unix.as_str(), by_tcp.as_str()), ("unix", "tcp"));

    let facts = good(&daemon, &["client-info", "virtwire", one]);
    assert_eq!(value(&facts, "readonly"), "no");
    assert_eq!(value(&facts, "unix_process_id"), std::process::id().to_string());
    let facts = good(&daemon, &["client-info", "virtwire", two]);
    assert_eq!(value(&facts, "sock_addr"), remote.local_addr().unwrap().to_string());
    // Whoever asks is a client, too.
    assert_eq!(rows(&good(&daemon, &["client-list", "admin"])).len(), 1);

    good(&daemon, &["client-disconnect", "virtwire", one]);
    assert_eq!(local.read(&mut [0]).unwrap(), 0, "the connection ends");
    until("it is gone from the list", || clients(&daemon).len() == 1);
    for arguments in [&["client-info", "virtwire", one][..], &["client-disconnect", "virtwire", one]] {
        assert!(refused(&daemon, arguments).contains(&format!("No client with matching ID '{one}'")));
    }
    assert!(refused(&daemon, &["client-list", "libvirtd"]).contains("No server named 'libvirtd'"));
}

#[test]
fn limits_are_shown_and_set() {
    need!(Virsh);
    let more = "max_clients = 70\nmax_anonymous_clients = 7\nadmin_max_clients = 3\n";
    let daemon = Daemon::start(directory(), 2, &format!("{ADMIN}{more}"));
    let limits = |server| {
        let shown = good(&daemon, &["server-clients-info", server]);
        ["nclients_max", "nclients", "nclients_unauth_max", "nclients_unauth"]
            .map(|name| value(&shown, name).parse::<u32>().unwrap())
    };
    assert_eq!(limits("virtwire"), [70, 0, 7, 0]);
    assert_eq!(limits("admin")[0..2], [3, 1]);
    good(&daemon, &["server-clients-set", "virtwire", "--max-clients", "2", "--max-unauth-clients", "1"]);
    assert_eq!(limits("virtwire"), [2, 0, 1, 0]);
    let text = refused(&daemon, &["server-clients-set", "virtwire", "--max-unauth-clients", "3"]);
    assert!(text.contains("fewer clients than clients that are not known yet"), "{text}");

    // 0 is no limit, and so whatever there is of clients is enough.
    good(&daemon, &["server-clients-set", "virtwire", "--max-unauth-clients", "0"]);
    good(&daemon, &["server-clients-set", "virtwire", "--max-clients", "2"]);
    assert_eq!(limits("virtwire"), [2, 0, 0, 0]);

    // The limit holds for those who come, and a third is heard when one has gone.
    let connect = || UnixStream::connect(daemon.directory.path().join("sock")).unwrap();
    let (first, _second, _third) = (connect(), connect(), connect());
    until("two are in", || limits("virtwire")[1] == 2);
    let before = clients(&daemon);
    drop(first);
    until("the third has taken the first's place", || {
        let now = clients(&daemon);
        now.len() == 2 && now != before
    });

    // What the file says holds again when it is read again.
    let file = ADMIN.replace("DIR", &daemon.directory.path().display().to_string());
    for (clients, unknown, administrators) in [(8, 6, 4), (9, 0, 5)] {
        let more = format!(
            "max_clients = {clients}\nmax_anonymous_clients = {unknown}\nadmin_max_clients = {administrators}\n"
        );
        daemon.directory.write("virtwire.toml", &format!("{file}{more}"));
        daemon.signal("HUP");
        until("the file's limits hold", || {
            [limits("virtwire")[0], limits("virtwire")[2], limits("admin")[0]]
                == [clients, unknown, administrators]
        });
        assert_eq!(limits("virtwire")[1], 2, "who is there stays");
    }
    good(&daemon, &["server-clients-set", "virtwire", "--max-clients", "7"]);
    assert_eq!(limits("virtwire")[0], 7);

    let threads = good(&daemon, &["server-threadpool-info", "virtwire"]);
    assert!(value(&threads, "maxWorkers").parse::<u32>().unwrap() >= 1);
    assert_eq!(value(&threads, "jobQueueDepth"), "0");
    let text = refused(&daemon, &["server-threadpool-set", "virtwire", "--max-workers", "3"]);
    assert!(text.contains("threads are made when it starts"), "{text}");
}

#[test]
fn each_program_is_at_its_own_socket() {
    need!(Virsh);
    let daemon = Daemon::start(directory(), 2, ADMIN);
    let at_the_wrong_one = virt_admin(&daemon.directory.path().join("sock"), &["server-list"]);
    assert!(
        at_the_wrong_one.stderr.contains("Cannot find program 110102160 version 1"),
        "{at_the_wrong_one:?}"
    );
    let uri = format!("mem+unix:///default?socket={}", admin_socket(&daemon).display());
    let listed = try_virsh(&uri, &["list"]);
    assert!(listed.stderr.contains("Cannot find program 536903814 version 1"), "{listed:?}");
}

/// Whatever the socket's file allows.
#[test]
fn only_root_and_the_daemons_user_are_administrators() {
    need!(Virsh, Polkit, Python);
    let daemon = Daemon::start(directory(), 2, ADMIN);
    let everybody =
        |path: &Path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    everybody(daemon.directory.path(), 0o755);
    everybody(&admin_socket(&daemon), 0o777);
    // virt-admin dies of its next write, before it has told why: so a client that reads what it is told.
    let program = "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); \
                   s.send(bytes.fromhex('0000002006900690000000010000000100000000000000000000000000000000')); \
                   print(s.recv(4096))";
    let other = run(Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(crate::need::python().expect("the test said that it needs python"))
        .args(["-c", program])
        .arg(admin_socket(&daemon)));
    assert!(other.stdout.contains("authentication failed"), "{other:?}");
    good(&daemon, &["server-list"]);
}

#[test]
fn certificates_are_read_anew_when_virt_admin_says_so() {
    need!(Virsh, Certtool);
    let directory = directory();
    let site = Authority::new(&directory, "site");
    site.server("ip_address = \"127.0.0.1\"");
    let before = site.folder("before", Some(&site.client("")));
    let other = Authority::new(&directory, "other");
    let newer = other.server("ip_address = \"127.0.0.1\"");
    let after = other.folder("after", Some(&other.client("")));
    let configuration = "
        listen = ['tls://127.0.0.1:0']
        listen_admin = ['unix:DIR/admin']
        ca_file = 'DIR/site.pem'
        cert_file = 'DIR/site-server.pem'
        key_file = 'DIR/site-server.key'";
    let daemon = Daemon::start(directory, 2, configuration);
    let opens = |folder: &str| try_virsh(&daemon.tls_uri(folder, ""), &["list"]).status.success();
    good(&daemon, &["server-update-tls", "virtwire"]);
    assert!(opens(&before) && !opens(&after));
    for (from, to) in [
        (&newer.certificate, "site-server.pem"),
        (&newer.key, "site-server.key"),
        (&other.path(), "site.pem"),
    ] {
        std::fs::copy(from, daemon.directory.path().join(to)).unwrap();
    }
    assert!(opens(&before), "not before it is said");
    good(&daemon, &["server-update-tls", "virtwire"]);
    assert!(opens(&after) && !opens(&before));
    daemon.directory.write("site-server.pem", "nothing");
    let text = refused(&daemon, &["server-update-tls", "virtwire"]);
    assert!(text.contains("site-server.pem"), "{text}");
    assert!(refused(&daemon, &["server-update-tls", "admin"]).contains("does not speak TLS"));
}

/// virt-admin of today has no command for it.
#[test]
fn an_administrator_ends_the_daemon() {
    let daemon = Daemon::start(directory(), 2, ADMIN);
    let uri = format!("libvirtd:///system?socket={}", admin_socket(&daemon).display());
    let mut client = UnixStream::connect(daemon.directory.path().join("sock")).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    crate::lab::runtime().block_on(async {
        let admin = virtwire::client::Admin::open(&uri).await.unwrap();
        admin.shut_daemon_down().await.unwrap();
    });
    assert_eq!(client.read(&mut [0]).unwrap(), 0, "its clients are sent away");
    until("its sockets are gone", || !admin_socket(&daemon).exists());
    assert!(UnixStream::connect(daemon.directory.path().join("sock")).is_err());
}

/// As libvirtd.conf says it.
#[test]
fn sockets_are_for_those_whom_the_file_names() {
    use std::os::unix::fs::MetadataExt;
    let more = "
        listen_ro = ['unix:DIR/ro']
        unix_sock_group = '65534'
        unix_sock_rw_perms = '0770'
        unix_sock_ro_perms = '0777'
        unix_sock_admin_perms = '0700'
        host_uuid = '5f2a8c1e-0000-4000-8000-00000000000f'";
    let daemon = Daemon::start(directory(), 4, &format!("{ADMIN}{more}"));
    let file = |name| std::fs::metadata(daemon.directory.path().join(name)).unwrap();
    let modes = ["sock", "ro", "admin"].map(|name| file(name).mode() & 0o777);
    assert_eq!(modes, [0o770, 0o777, 0o700]);
    assert_eq!(file("sock").gid(), 65_534);
    let connection = crate::lab::runtime().block_on(async {
        let uri = format!("mem+unix:///default?socket={}", daemon.directory.path().join("sock").display());
        virtwire::client::Connection::open(&uri).await.unwrap().connect_get_capabilities().await.unwrap()
    });
    assert!(connection.capabilities.to_string_lossy().contains("5f2a8c1e-0000-4000-8000-00000000000f"));
    let wrong = super::daemon::directory();
    let file = wrong.write(
        "x.toml",
        &format!("listen = ['unix:{}/s']\nunix_sock_group = 'nosuch'", wrong.path().display()),
    );
    let failed = run(&mut super::daemon::command(&["serve", "--config", &file]));
    assert!(failed.stderr.contains("group nosuch: is not in /etc/group"), "{failed:?}");
}

fn admin_socket(daemon: &Daemon) -> std::path::PathBuf {
    daemon.directory.path().join("admin")
}

fn virt_admin(socket: &Path, arguments: &[&str]) -> Finished {
    let uri = format!("libvirtd:///system?socket={}", socket.display());
    run(Command::new("virt-admin").args(["--quiet", "--connect", &uri]).args(arguments).env("LC_ALL", "C"))
}

#[track_caller]
fn good(daemon: &Daemon, arguments: &[&str]) -> String {
    let finished = virt_admin(&admin_socket(daemon), arguments);
    assert!(finished.status.success(), "virt-admin {arguments:?}: {finished:?}");
    finished.stdout
}

/// What it says of a command that fails.
#[track_caller]
fn refused(daemon: &Daemon, arguments: &[&str]) -> String {
    let finished = virt_admin(&admin_socket(daemon), arguments);
    assert!(!finished.status.success(), "virt-admin {arguments:?}: {finished:?}");
    finished.stderr
}

/// The numbers of the main server's clients, and how they came.
#[track_caller]
fn clients(daemon: &Daemon) -> Vec<(String, String)> {
    let shown = good(daemon, &["client-list", "virtwire"]);
    rows(&shown).iter().map(|row| (row[0].to_owned(), row[1].to_owned())).collect()
}

/// The rows of a table that begin with a number.
fn rows(text: &str) -> Vec<Vec<&str>> {
    table(text).into_iter().filter(|row| row[0].parse::<u64>().is_ok()).collect()
}

/// From a list of `name : value`.
#[track_caller]
fn value<'a>(text: &'a str, name: &str) -> &'a str {
    let of_line = |line: &'a str| line.split_once(':').filter(|(found, _)| found.trim() == name);
    text.lines().find_map(of_line).unwrap_or_else(|| panic!("{name} in {text}")).1.trim()
}
