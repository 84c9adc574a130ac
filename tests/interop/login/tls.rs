//! TLS, with certificates as sites make them, and libvirt's own clients.

use virtwire::client::{Admin, Connection};
use virtwire::hypervisor::HypervisorService;
use virtwire::hypervisor::mem::Mem;
use virtwire::server::{Exposure, Listener, Server, TlsServer, TlsSettings};

use super::daemon::{Daemon, auth_file, directory, set_password};
use crate::lab::{Setup, runtime, until};
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

/// What lists of names are compared with: the same certificate is shown to libvirt's daemon and to ours, and both say who came.
#[test]
fn a_certificates_subject_is_written_as_libvirtd_writes_it() {
    const SUBJECTS: [&str; 24] = [
        "/C=GB/O=Example/CN=plain",
        "/C=GB/O=Exa, Inc./CN=comma",
        "/O=A=B/CN=equals",
        "/O=#hash/CN=ha#sh",
        "/O= lead trail /CN=sp",
        "/O=semi;colon<gt>/CN=q\"uote",
        "/O=back\\\\slash/CN=a\\+b",
        "/O=Jürgen GmbH/CN=utf8",
        "/DC=org/DC=example/UID=joe/CN=j",
        "/CN=x/emailAddress=a@b.c",
        "/CN=first/CN=second",
        "/O=multi/CN=a+OU=b",
        "/title=Dr/CN=t",
        "/street=Main St/CN=s",
        "/postalCode=12345/L=Here/ST=There/CN=pc",
        "/givenName=Fred/SN=Smith/CN=fs",
        "/initials=A/dnQualifier=q/generationQualifier=III/CN=d",
        "/serialNumber=42/description=d/name=n/CN=sn",
        "/pseudonym=zed/CN=p",
        "/telephoneNumber=1/CN=tel",
        "/businessCategory=Private/jurisdictionL=L/jurisdictionST=S/jurisdictionC=GB/CN=b",
        "/organizationIdentifier=x/CN=oi",
        "/unstructuredName=u/CN=un",
        "/OU=b+CN=a+O=c/CN=three",
    ];
    need!(Libvirtd, Namespaces, Certtool, Openssl);
    let setup = Setup::new();
    let host = setup.host();
    let site = Authority::new(setup.directory(), "site");
    let server = site.server(&format!("ip_address = \"{host}\""));
    let client = site.client("");
    let settings = TlsSettings {
        authority: site.path().into(),
        certificate: server.certificate.clone().into(),
        key: server.key.clone().into(),
        revoked: None,
        ..TlsSettings::default()
    };
    let theirs = setup.tls(&site.path(), &server.certificate, &server.key).start();
    let admin = format!("libvirtd:///system?socket={}", theirs.admin_socket().display());
    runtime().block_on(async {
        let tls = TlsServer::new(&settings).unwrap();
        let listener = Listener::bind_tls(&format!("{host}:0"), tls, Exposure::LocalOnly).await.unwrap();
        let address = listener.address().to_string().replace("tls://", "");
        let ours = Server::new(HypervisorService::new(Mem::default()));
        let serving = ours.clone();
        tokio::spawn(async move { serving.serve(&listener).await });
        let admin = Admin::open(&admin).await.unwrap().server("libvirtd").await.unwrap();
        let mut wrong = Vec::new();
        for subject in SUBJECTS {
            let folder = site.folder("shown", Some(&site.subject(subject, &client)));
            let uri = format!("test+tls://{}/default?pkipath={folder}", theirs.tls_address());
            let connection =
                Connection::open(&uri).await.unwrap_or_else(|error| panic!("{subject}: {error}"));
            let newest = admin.clients().await.unwrap().into_iter().max_by_key(|client| client.id()).unwrap();
            let info = newest.info().await.unwrap();
            connection.close().await.unwrap();

            let uri = format!("mem+tls://{address}/default?pkipath={folder}");
            let connection =
                Connection::open(&uri).await.unwrap_or_else(|error| panic!("{subject}: {error}"));
            let newest = ours.clients().pop().unwrap();
            connection.close().await.unwrap();
            let names = [info.str("tls_x509_dname"), newest.identity.tls_name.as_deref()];
            if names[0].is_none() || names[0] != names[1] {
                wrong.push(format!("{subject}: {names:?}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    });
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
