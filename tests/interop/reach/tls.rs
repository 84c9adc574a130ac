//! TLS with a real libvirtd, and every way in which certificates are wrong.

use std::net::Ipv4Addr;
use std::time::Duration;

use virtwire::client::{Connection, OpenError, OpenOptions, TlsFault, Unconfirmed};

use super::certificates::Authority;
use super::{VIRTWIRE, clean, failed, reaches, refusal, succeeded, virtwire};
use crate::lab::{Libvirtd, Setup, runtime};
use crate::need::need;
use crate::peers::virsh;
use crate::process::run;
use crate::streams_of_libvirtd::a_volume_passes;

#[test]
fn it_gets_in_with_a_certificate_and_is_told_why_without_a_good_one() {
    need!(Libvirtd, Namespaces, Certtool);
    let setup = Setup::new();
    let address = format!("ip_address = \"{}\"", setup.host());
    let site = Authority::new(setup.directory(), "site");
    let daemon = serving(setup, &site, &address);
    let client = site.client("expiration_days = 700");
    let good = site.folder("good", Some(&client));

    reaches(&daemon, &uri(&daemon, &good, ""), OpenOptions::default());
    let listed = succeeded(virtwire(&["list", "--all", &uri(&daemon, &good, "")]));
    assert!(listed.contains("test"), "{listed}");
    many_calls_at_once(&uri(&daemon, &good, ""));
    // A priority of GnuTLS has no effect, which whoever has set one is told: in the URI, or in libvirt.conf.
    reaches(&daemon, &uri(&daemon, &good, "&tls_priority=NORMAL"), OpenOptions::default());
    let told = |what: &str| {
        format!(
            "virtwire: {what} is for GnuTLS and has no effect: TLS 1.2 and 1.3 are spoken as rustls does\n"
        )
    };
    let plain = virtwire(&["list", &uri(&daemon, &good, "")]);
    assert!(plain.status.success() && plain.stderr.is_empty(), "{plain:?}");
    let named = virtwire(&["list", &uri(&daemon, &good, "&tls_priority=NORMAL")]);
    assert_eq!((named.status.success(), named.stderr), (true, told("parameter tls_priority")));
    daemon.directory().write("etc/libvirt/libvirt.conf", "tls_priority = \"NORMAL\"\n");
    let set = run(clean(daemon.inside(VIRTWIRE).args(["list", &uri(&daemon, &good, "")])));
    assert_eq!((set.status.success(), set.stderr), (true, told("tls_priority of libvirt.conf")));

    // Without a certificate of its own.
    let bare = site.folder("bare", None);
    let told = fault(&uri(&daemon, &bare, ""), OpenOptions::default());
    assert!(
        matches!(&told, TlsFault::Unconfirmed { what: Unconfirmed::Closed { .. }, certificate: None, .. }),
        "{told:?}"
    );
    assert!(
        told.to_string().contains(&format!("no clientcert.pem with its clientkey.pem in {bare}")),
        "{told}"
    );
    let line = failed(virtwire(&["list", &uri(&daemon, &bare, "")]));
    assert!(line.contains("wants a client's certificate"), "{line}");

    // With one from elsewhere: known before the daemon is asked, and by its hanging up.
    let elsewhere = Authority::new(daemon.directory(), "elsewhere");
    let foreign = site.folder("foreign", Some(&elsewhere.client("expiration_days = 700")));
    let told = fault(&uri(&daemon, &foreign, ""), OpenOptions::default());
    assert!(matches!(&told, TlsFault::Own { .. }), "{told:?}");
    let told = fault(&uri(&daemon, &foreign, "&no_sanity=1"), OpenOptions::default());
    let TlsFault::Unconfirmed { what: Unconfirmed::Closed { .. }, certificate: Some(path), .. } = &told
    else {
        panic!("{told:?}")
    };
    assert!(path.starts_with(&foreign), "{told}");

    // With one that is over.
    let over = site.sign("over", "cn = \"c\"\nactivation_date = \"2001-01-01 00:00:00\"\nexpiration_date = \"2002-01-01 00:00:00\"\ntls_www_client\nsigning_key\n");
    let over = site.folder("over", Some(&over));
    let told = fault(&uri(&daemon, &over, ""), OpenOptions::default());
    assert!(matches!(&told, TlsFault::Own { reason, .. } if reason.contains("expired")), "{told:?}");
    let told = fault(&uri(&daemon, &over, "&no_sanity=1"), OpenOptions::default());
    assert!(matches!(&told, TlsFault::Unconfirmed { certificate: Some(_), .. }), "{told:?}");

    // With another authority than the daemon's.
    let mistrust = elsewhere.folder("mistrust", Some(&client));
    let told = fault(&uri(&daemon, &mistrust, "&no_sanity=1"), OpenOptions::default());
    assert!(
        matches!(&told, TlsFault::UnknownIssuer { authority } if authority.starts_with(&mistrust)),
        "{told:?}"
    );
    reaches(&daemon, &uri(&daemon, &mistrust, "&no_verify=1"), OpenOptions::default());
    // Not verifying the daemon spares the client nothing: the daemon still wants to know who it is.
    let told = fault(&uri(&daemon, &bare, "&no_verify=1"), OpenOptions::default());
    assert!(matches!(&told, TlsFault::Unconfirmed { certificate: None, .. }), "{told:?}");

    // Without the authority's file, or with a key that is not the certificate's.
    let told = fault(&uri(&daemon, "/nonexistent", ""), OpenOptions::default());
    assert!(matches!(&told, TlsFault::File { path, .. } if path.ends_with("cacert.pem")), "{told:?}");
    let mixed = site.folder("mixed", Some(&client));
    let other_key =
        std::fs::read_to_string(&site.sign("other", "cn = \"o\"\ntls_www_client\nsigning_key\n").key);
    daemon.directory().write("mixed/clientkey.pem", &other_key.unwrap());
    let told = fault(&uri(&daemon, &mixed, ""), OpenOptions::default());
    assert!(matches!(&told, TlsFault::Own { .. }), "{told:?}");

    // The port for TCP does not speak TLS, and that for TLS does not speak without.
    let tcp =
        uri(&daemon, &good, "").replace(&daemon.tls_address().to_string(), &daemon.address().to_string());
    let told = fault(&tcp, OpenOptions::default());
    assert!(matches!(&told, TlsFault::Handshake { .. }), "{told:?}");
    let plain = format!("test+tcp://{}/default", daemon.tls_address());
    let error = refusal(&plain, OpenOptions::default());
    assert!(matches!(&error, OpenError::Call { .. }), "{error:?}");
}

/// libvirtd forgets a frame that came in the same TLS record as the end of the one before it.
fn many_calls_at_once(uri: &str) {
    runtime().block_on(async {
        let options = OpenOptions { call_within: Some(Duration::from_secs(30)), ..OpenOptions::default() };
        let connection = Connection::open_with(uri, options).await.unwrap();
        let calls: Vec<_> = (0..200)
            .map(|_| {
                let connection = connection.clone();
                tokio::spawn(async move { connection.connect_get_lib_version().await })
            })
            .collect();
        for call in calls {
            call.await.unwrap().unwrap();
        }
    });
}

/// Streams and calls take turns on the wire, and none is forgotten by a daemon that reads records.
#[test]
fn it_carries_streams_beside_calls() {
    need!(Libvirtd, Namespaces, Certtool);
    let setup = Setup::new();
    let address = format!("ip_address = \"{}\"", setup.host());
    let site = Authority::new(setup.directory(), "site");
    let daemon = serving(setup, &site, &address);
    let good = site.folder("good", Some(&site.client("expiration_days = 700")));
    let uri = uri(&daemon, &good, "").replace("test+tls", "qemu+tls").replace("/default?", "/system?");
    a_volume_passes(&daemon, &uri);
}

#[test]
fn it_holds_a_daemon_to_its_name() {
    need!(Libvirtd, Namespaces, Certtool);
    let setup = Setup::new();
    let site = Authority::new(setup.directory(), "site");
    let daemon = serving(setup, &site, "ip_address = \"127.0.0.99\"\ndns_name = \"elsewhere.example\"");
    let good = site.folder("good", Some(&site.client("")));
    let told = fault(&uri(&daemon, &good, ""), OpenOptions::default());
    let TlsFault::WrongName { expected, presented } = &told else { panic!("{told:?}") };
    assert_eq!(*expected, daemon.tls_address().ip().to_string());
    assert!(presented.contains("elsewhere.example") && presented.contains("127.0.0.99"), "{told}");
    // A common name is no help where there are other names.
    let lenient = OpenOptions { accept_common_name: true, ..OpenOptions::default() };
    assert!(matches!(fault(&uri(&daemon, &good, ""), lenient), TlsFault::WrongName { .. }));
    reaches(&daemon, &uri(&daemon, &good, "&no_verify=1"), OpenOptions::default());
}

/// Names are DNS's as well as addresses; and a daemon that asks nobody for a certificate takes everybody.
#[test]
fn it_knows_a_daemon_by_its_dns_name() {
    need!(Libvirtd, Namespaces, Certtool, Virsh);
    let setup = Setup::on(Ipv4Addr::LOCALHOST).libvirtd_conf("tls_no_verify_certificate = 1");
    let site = Authority::new(setup.directory(), "site");
    let daemon = serving(setup, &site, "dns_name = \"localhost\"");
    let bare = site.folder("bare", None);
    let by_name = format!("test://localhost:{}/default?pkipath={bare}", daemon.tls_address().port());
    reaches(&daemon, &by_name, OpenOptions::default());
    // A folder that is named need not have a client's certificate, for virsh either.
    assert!(virsh(&by_name, &["list", "--all"]).contains("test"));
    let by_address = uri(&daemon, &bare, "");
    assert!(matches!(fault(&by_address, OpenOptions::default()), TlsFault::WrongName { .. }));
}

#[test]
fn it_says_what_to_do_about_a_certificate_with_only_a_common_name() {
    need!(Libvirtd, Namespaces, Certtool);
    let setup = Setup::new();
    let host = setup.host();
    let site = Authority::new(setup.directory(), "site");
    let daemon = serving(setup, &site, &format!("cn = \"{host}\""));
    let good = site.folder("good", Some(&site.client("")));
    let told = fault(&uri(&daemon, &good, ""), OpenOptions::default());
    let TlsFault::NoAlternativeNames { expected, common_name } = &told else { panic!("{told:?}") };
    assert_eq!((expected, common_name.as_ref()), (&host.to_string(), Some(&host.to_string())));
    let line = failed(virtwire(&["list", &uri(&daemon, &good, "")]));
    assert!(line.contains("no subject alternative name") && line.contains("certtool"), "{line}");
    // The command has an option for it, and names that.
    assert!(line.contains("until then --accept-common-name takes the common name"), "{line}");
    let listed = succeeded(virtwire(&["list", "--accept-common-name", &uri(&daemon, &good, "")]));
    assert!(listed.contains("test"), "{listed}");

    let lenient = OpenOptions { accept_common_name: true, ..OpenOptions::default() };
    reaches(&daemon, &uri(&daemon, &good, ""), lenient.clone());
    // It is the common name that is accepted, not any.
    let setup = Setup::new();
    let site = Authority::new(setup.directory(), "site");
    let daemon = serving(setup, &site, "cn = \"other\"");
    let good = site.folder("good", Some(&site.client("")));
    let told = fault(&uri(&daemon, &good, ""), OpenOptions::default());
    assert!(matches!(&told, TlsFault::NoAlternativeNames { common_name: Some(name), .. } if name == "other"));
    let told = fault(&uri(&daemon, &good, ""), lenient);
    let TlsFault::WrongName { expected, presented } = &told else { panic!("{told:?}") };
    assert_eq!((expected, presented.as_str()), (&daemon.tls_address().ip().to_string(), "other"));
}

#[test]
fn it_refuses_a_daemon_whose_certificate_is_over() {
    need!(Libvirtd, Namespaces, Certtool);
    let setup = Setup::new();
    let lines = format!(
        "ip_address = \"{}\"\nactivation_date = \"2001-01-01 00:00:00\"\nexpiration_date = \"2002-01-01 00:00:00\"",
        setup.host()
    );
    let site = Authority::new(setup.directory(), "site");
    let daemon = serving(setup.libvirtd_conf("tls_no_sanity_certificate = 1"), &site, &lines);
    let good = site.folder("good", Some(&site.client("")));
    let told = fault(&uri(&daemon, &good, ""), OpenOptions::default());
    assert!(matches!(&told, TlsFault::Certificate { reason } if reason.contains("expired")), "{told:?}");
    reaches(&daemon, &uri(&daemon, &good, "&no_verify=1"), OpenOptions::default());
}

/// A daemon with a certificate of this authority's that has these lines in its template.
#[track_caller]
fn serving(setup: Setup, site: &Authority, lines: &str) -> Libvirtd {
    let server = site.server(lines);
    setup.tls(&site.path(), &server.certificate, &server.key).start()
}

fn uri(daemon: &Libvirtd, folder: &str, more: &str) -> String {
    format!("test+tls://{}/default?pkipath={folder}{more}", daemon.tls_address())
}

#[track_caller]
fn fault(uri: &str, options: OpenOptions) -> TlsFault {
    match refusal(uri, options) {
        OpenError::Tls { fault, .. } => *fault,
        other => panic!("{uri}: {other:?}"),
    }
}
