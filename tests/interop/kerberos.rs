//! Kerberos with a real libvirtd and a real KDC of MIT's, in a realm of the test's own: over TCP, where everything is sealed, over TLS and over
//! unix sockets.
//!
//! The library finds tickets where its process's environment says, so that each client here is another process: the command, or this
//! test once more.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, io};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use virtwire::client::Connection;

use crate::lab::{Directory, Setup, free_address, runtime};
use crate::need::need;
use crate::process::{Finished, Process, run};
use crate::reach::certificates::Authority;
use crate::recorder::Recorder;
use crate::streams_of_libvirtd::{MIB, Pool, mebibyte};

const REALM: &str = "VIRTWIRE.TEST";

#[test]
fn a_ticket_lets_in_by_every_way_and_over_tcp_everything_is_sealed() {
    need!(Libvirtd, Namespaces, Certtool, Kerberos);
    let setup = Setup::new();
    let host = setup.host();
    let realm = Realm::start(setup.directory(), free_address(host));
    for name in [&host.to_string(), "localhost"] {
        realm.add_daemon(name);
    }
    let (fred, wilma) = (realm.add_user("fred"), realm.add_user("wilma"));
    let site = Authority::new(setup.directory(), "site");
    let server = site.server(&format!("ip_address = \"{host}\""));
    let folder = site.folder("client", Some(&site.client("expiration_days = 700")));
    let daemon = realm
        .keyed(setup)
        .tls(&site.path(), &server.certificate, &server.key)
        .libvirtd_conf("auth_tls = \"sasl\"")
        .libvirtd_conf("auth_tcp = \"sasl\"")
        .libvirtd_conf("auth_unix_rw = \"sasl\"")
        .libvirtd_conf("sasl_allowed_username_list = [\"fred\"]")
        .start();
    let tcp = daemon.uri("test", "/default");
    let tls = format!("test+tls://{}/default?pkipath={folder}", daemon.tls_address());
    let insisting = format!("{tcp}?auth=sasl.gssapi");
    for uri in [&tcp, &insisting, &daemon.unix_uri("test", "/default"), &tls] {
        let listed = realm.virtwire(&fred, &["list", uri]);
        assert!(listed.status.success() && listed.stdout.contains("test"), "{uri}: {listed:?}");
    }

    // What is overheard of the client over TCP: its first calls, and after its ticket nothing more that can be read.
    let tap = Recorder::of_bytes(TcpListener::bind((host, 0)).unwrap(), daemon.address());
    let tapped = tcp.replace(&daemon.address().to_string(), &tap.address().to_string());
    let hostname = realm.virtwire(&fred, &["call", &tapped, "connect_get_hostname", "{}"]);
    assert!(hostname.stdout.contains(daemon.host_name()), "{hostname:?}");
    let conversations = tap.conversations();
    let [conversation] = &conversations[..] else { panic!("{} connections", conversations.len()) };
    let in_clear = calls_in(&conversation.client_bytes);
    assert!(in_clear.contains(&67) && in_clear.contains(&69), "{in_clear:?}");
    assert!(!in_clear.contains(&59), "its hostname was asked for in clear: {in_clear:?}");

    // Much at once, and many calls, by this test once more. libvirt's driver of QEMU takes its time at first.
    let mut again = Command::new(env::current_exe().unwrap());
    again
        .args(["--exact", INSIDE, "--nocapture"])
        .env(INSIDE_URI, daemon.uri("qemu", "/system"))
        .env(INSIDE_POOL, daemon.directory().path().join("pool"));
    let inside = Process::start(realm.with(&fred, &mut again).stdin(Stdio::null()));
    assert!(inside.line_within("test result: ok. 1 passed", Duration::from_secs(120)));

    // Whom the daemon does not want, whom the realm does not know, and who has no ticket.
    let refused = realm.virtwire(&wilma, &["list", &tcp]);
    assert!(refused.stderr.contains("the daemon refused GSSAPI"), "{refused:?}");
    let elsewhere = Recorder::of_bytes(TcpListener::bind("127.0.0.1:0").unwrap(), daemon.address());
    let elsewhere = format!("test+tcp://{}/default", elsewhere.address());
    let unknown = realm.virtwire(&fred, &["list", &elsewhere]);
    let told = "Kerberos gives no ticket for libvirt@127.0.0.1: ";
    assert!(unknown.stderr.contains(told), "{unknown:?}");
    let nobody = realm.virtwire("/nonexistent", &["list", &tcp]);
    for part in ["no SASL mechanism fits", "GSSAPI (there is no ticket of Kerberos's, such as `kinit` gets: "]
    {
        assert!(nobody.stderr.contains(part), "{nobody:?}");
    }
}

const INSIDE: &str = "kerberos::inside_a_realm";
const INSIDE_URI: &str = "VIRTWIRE_KERBEROS_URI";
const INSIDE_POOL: &str = "VIRTWIRE_KERBEROS_POOL";

/// Is the client of the test above, in a process that has a ticket; alone it does nothing.
#[test]
fn inside_a_realm() {
    let Ok(uri) = env::var(INSIDE_URI) else { return };
    runtime().block_on(async {
        let connection = Connection::open(&uri).await.unwrap();
        let calls: Vec<_> = (0..200)
            .map(|_| {
                let connection = connection.clone();
                tokio::spawn(async move { connection.connect_get_lib_version().await })
            })
            .collect();
        for call in calls {
            call.await.unwrap().unwrap();
        }
        let pool = Pool::at(env::var(INSIDE_POOL).unwrap().into(), &connection).await;
        let volume = pool.volume("big", 8 * MIB).await;
        let mut upload = connection.storage_vol_upload(&volume, 0, 0, 0).await.unwrap();
        for number in 0..8 {
            upload.write_all(&mebibyte(number)).await.unwrap();
        }
        upload.finish().await.unwrap();
        let mut download = connection.storage_vol_download(&volume, 0, 0, 0).await.unwrap();
        let mut found = vec![0; MIB];
        for number in 0..8 {
            download.read_exact(&mut found).await.unwrap();
            assert!(found == mebibyte(number), "MiB {number}");
        }
        download.finish().await.unwrap();
        connection.close().await.unwrap();
    });
}

/// The numbers of the remote program's procedures whose packets can be found anywhere in these bytes.
fn calls_in(bytes: &[u8]) -> Vec<u32> {
    const REMOTE: [u8; 8] = [0x20, 0, 0x80, 0x86, 0, 0, 0, 1];
    let heads = bytes.windows(12).filter(|head| head.starts_with(&REMOTE));
    heads.map(|head| u32::from_be_bytes([head[8], head[9], head[10], head[11]])).collect()
}

/// A realm of a test's own, and its KDC.
struct Realm {
    directory: std::path::PathBuf,
    configuration: String,
    kdc_configuration: String,
    _kdc: Process,
}

impl Realm {
    #[track_caller]
    fn start(directory: &Directory, kdc: SocketAddr) -> Realm {
        let place = |name: &str| directory.path().join("realm").join(name).display().to_string();
        let configuration = directory.write(
            "realm/krb5.conf",
            &format!(
                "[libdefaults]\ndefault_realm = {REALM}\ndns_lookup_kdc = false\ndns_lookup_realm = false\n\
                 dns_canonicalize_hostname = false\nqualify_shortname = \"\"\nignore_acceptor_hostname = true\n\
                 udp_preference_limit = 1\n[realms]\n{REALM} = {{\nkdc = {kdc}\n}}\n"
            ),
        );
        let kdc_configuration = directory.write(
            "realm/kdc.conf",
            &format!(
                "[kdcdefaults]\nkdc_listen = {kdc}\nkdc_tcp_listen = {kdc}\n[realms]\n{REALM} = {{\n\
                 database_name = {}\nkey_stash_file = {}\n}}\n[logging]\nkdc = FILE:{}\n",
                place("principal"),
                place("stash"),
                place("kdc.log"),
            ),
        );
        let directory = directory.path().join("realm");
        let mut database = Command::new("kdb5_util");
        database.args(["create", "-s", "-r", REALM, "-P", "master"]);
        let created =
            run(database.env("KRB5_CONFIG", &configuration).env("KRB5_KDC_PROFILE", &kdc_configuration));
        assert!(created.status.success(), "{created:?}");
        // Not even a killed test leaves it behind.
        let mut program = Command::new("setpriv");
        program.args(["--pdeathsig", "KILL", "krb5kdc", "-n"]);
        let process = Process::start(
            program
                .env("KRB5_CONFIG", &configuration)
                .env("KRB5_KDC_PROFILE", &kdc_configuration)
                .stdin(Stdio::null()),
        );
        let deadline = Instant::now() + Duration::from_secs(30);
        while let Err(error) = TcpStream::connect(kdc) {
            assert!(Instant::now() < deadline, "the KDC does not listen: {error}");
            std::thread::park_timeout(Duration::from_millis(20));
        }
        Realm { directory, configuration, kdc_configuration, _kdc: process }
    }

    /// Gives libvirt's daemons of a host a key.
    #[track_caller]
    fn add_daemon(&self, host: &str) {
        self.administer(&["addprinc", "-randkey", &format!("libvirt/{host}")]);
        self.administer(&["ktadd", "-k", &self.keytab(), &format!("libvirt/{host}")]);
    }

    /// A user, whose ticket is in the file that is returned.
    #[track_caller]
    fn add_user(&self, name: &str) -> String {
        self.administer(&["addprinc", "-pw", "sesame", name]);
        let ticket = self.directory.join(format!("ticket-of-{name}")).display().to_string();
        let mut kinit = Command::new("kinit");
        let mut child =
            self.with(&ticket, kinit.arg(name)).stdin(Stdio::piped()).spawn().expect("kinit starts");
        io::Write::write_all(&mut child.stdin.take().expect("it reads the password"), b"sesame\n").unwrap();
        assert!(child.wait().unwrap().success());
        assert!(fs::exists(&ticket).unwrap());
        ticket
    }

    /// A daemon that asks for tickets alone, and has its key.
    fn keyed(&self, setup: Setup) -> Setup {
        let keytab = self.keytab();
        setup.directory().write("etc/sasl2/libvirt.conf", &format!("mech_list: gssapi\nkeytab: {keytab}\n"));
        setup
            .folder("etc/sasl2")
            .environment("KRB5_CONFIG", &self.configuration)
            .environment("KRB5_KTNAME", keytab)
    }

    fn keytab(&self) -> String {
        self.directory.join("keytab").display().to_string()
    }

    #[track_caller]
    fn administer(&self, words: &[&str]) {
        let mut program = Command::new("kadmin.local");
        program.env("KRB5_CONFIG", &self.configuration).env("KRB5_KDC_PROFILE", &self.kdc_configuration);
        let finished = run(program.args(words));
        assert!(finished.status.success(), "{words:?}: {finished:?}");
    }

    /// A program of whoever has this ticket.
    fn with<'c>(&self, ticket: &str, command: &'c mut Command) -> &'c mut Command {
        command.env("KRB5_CONFIG", &self.configuration).env("KRB5CCNAME", format!("FILE:{ticket}"))
    }

    #[track_caller]
    fn virtwire(&self, ticket: &str, arguments: &[&str]) -> Finished {
        run(self.with(ticket, Command::new(env!("CARGO_BIN_EXE_virtwire")).args(arguments)))
    }
}
