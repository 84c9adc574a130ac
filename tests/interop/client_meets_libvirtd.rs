//! Our client, as an embedder uses it, against a real libvirtd.

use virtwire::client::{AuthError, CallError, Connection, OpenError, OpenOptions};
use virtwire::protocol::error::Fate;
use virtwire::protocol::program::{Procedure, ProcedureNumber, Program};
use virtwire::protocol::remote::{
    AuthList, AuthType, ConnectGetHostname, ConnectGetVersion, ConnectListAllDomains, ConnectOpen, Domain,
    DomainDefineXml, DomainDestroy, DomainGetXmlDesc, DomainLookupByName, DomainLookupByNameReply,
    DomainMigratePrepare,
};
use virtwire::xdr::{self, record};

use crate::lab::{Libvirtd, runtime};
use crate::libvirtd_answers::QEMU_GUEST;
use crate::need::need;
use crate::peers::virsh;

#[test]
fn it_learns_who_the_daemon_is() {
    need!(Libvirtd, Namespaces, Qemu);
    let daemon = Libvirtd::start();
    runtime().block_on(async {
        let connection = Connection::open(&daemon.uri("qemu", "/system")).await.unwrap();

        assert_eq!(connection.call(AuthList {}).await.unwrap().types, [AuthType::None]);
        let version = connection.call(ConnectGetVersion {}).await.unwrap().hv_ver;
        assert!((5_002_000..20_000_000).contains(&version), "QEMU's version: {version}");
        let hostname = connection.call(ConnectGetHostname {}).await.unwrap().hostname;
        assert_eq!(hostname, daemon.host_name());
        // Version 2 and 3 of migration, and parameters; never 1.
        for (feature, reported) in [(1, false), (3, true), (6, true), (13, true), (14, true), (1_000, false)]
        {
            assert_eq!(connection.supports(feature).await.unwrap(), reported, "feature {feature}");
        }
        connection.close().await.unwrap();
    });
}

#[test]
fn it_sees_the_guest_that_virsh_sees() {
    need!(Libvirtd, Namespaces, Qemu, Virsh);
    let daemon = Libvirtd::start();
    let file = daemon.directory().write("guest.xml", QEMU_GUEST);
    virsh(&daemon.uri("qemu", "/system"), &["define", &file]);
    virsh(&daemon.uri("qemu", "/system"), &["start", "--paused", "guest"]);
    let over_unix = format!("qemu+unix:///system?socket={}", daemon.socket().display());
    for uri in [daemon.uri("qemu", "/system"), over_unix] {
        runtime().block_on(async {
            let connection = Connection::open(&uri).await.unwrap();

            let all = ConnectListAllDomains { need_results: 1, flags: 0 };
            let listed = connection.call(all).await.unwrap().domains;
            let [guest] = &listed[..] else { panic!("{listed:?}") };
            assert_eq!(guest.name, "guest");
            assert_eq!(guest.uuid[..4], [0x5f, 0x2a, 0x8c, 0x1e]);
            assert!(guest.id > 0);
            let found = connection.call(DomainLookupByName { name: "guest".into() }).await.unwrap().dom;
            assert_eq!(&found, guest);
            let xml = connection.call(DomainGetXmlDesc { dom: found, flags: 0 }).await.unwrap().xml;
            assert_eq!(xml.to_str().unwrap().trim_end(), virsh(&uri, &["dumpxml", "guest"]).trim_end());
        });
    }
}

/// To the daemon a string ends there: it would answer of another guest than the one that was asked for.
#[test]
fn it_asks_for_no_name_that_ends_early_to_the_daemon() {
    need!(Libvirtd, Namespaces);
    let daemon = Libvirtd::start();
    runtime().block_on(async {
        let connection = Connection::open(&daemon.uri("test", "/default")).await.unwrap();
        let lookup = DomainLookupByName { name: "test\0zzz".into() };
        let written = xdr::to_vec(&lookup).unwrap();
        let number = DomainLookupByName::NUMBER;
        let found = connection.call_encoded(Program::REMOTE, number, &written).await.unwrap();
        let found: DomainLookupByNameReply = xdr::from_slice(&found).unwrap();
        assert_eq!(found.dom.name, "test");
        let refused = connection.call(lookup).await.unwrap_err();
        assert!(refused.to_string().contains("a NUL at its byte 4"), "{refused}");
        assert_eq!(refused.fate(), Fate::DidNotRun);
    });
}

/// Of each kind that the packet layer, a driver and the layer between have to offer (those that only a broken client
/// can provoke are in `bad_input`).
#[test]
fn it_understands_every_kind_of_error() {
    need!(Libvirtd, Namespaces);
    let daemon = Libvirtd::start();
    runtime().block_on(async {
        let connection = Connection::open(&daemon.uri("test", "/default")).await.unwrap();
        let absent = Domain { name: "absent".into(), uuid: [7; 16], id: -1 };

        fails(&connection, NoProcedure {}, 39, 7, "unknown procedure: 9999").await;
        fails(&connection, NoProgram {}, 39, 7, "Cannot find program 74565 version 1").await;
        fails(&connection, NoVersion {}, 39, 7, "Cannot find program 536903814 version 2").await;
        fails(&connection, NoArguments {}, 39, 7, "Unable to decode message payload").await;
        fails(&connection, DomainLookupByName { name: "absent".into() }, 42, 12, "Domain not found").await;
        fails(&connection, DomainDestroy { dom: absent }, 42, 12, "Domain not found").await;
        fails(&connection, DomainDefineXml { xml: "<domain".into() }, 35, 20, "").await;
        let prepare = DomainMigratePrepare { uri_in: None, flags: 1, dname: None, resource: 0 };
        let lacking = fails(
            &connection,
            prepare,
            3,
            20,
            "this function is not supported by the connection driver: virDomainMigratePrepare",
        );
        let lacking = lacking.await;
        assert!(lacking.is_unsupported());
        assert_eq!(lacking.fate(), Fate::DidNotRun);

        // Opening it twice is refused, and makes libvirtd forget what was open; nothing else did it any harm.
        assert_eq!(connection.call(ConnectGetHostname {}).await.unwrap().hostname, daemon.host_name());
        let again = ConnectOpen { name: Some("test:///default".into()), flags: 0 };
        fails(&connection, again.clone(), 1, 7, "internal error: connection already open").await;
        fails(&connection, ConnectGetHostname {}, 1, 7, "internal error: hypervisor connection not open")
            .await;
        connection.call(again).await.unwrap();
        assert_eq!(connection.call(ConnectGetHostname {}).await.unwrap().hostname, daemon.host_name());
    });
}

#[test]
fn it_only_looks_where_it_said_so() {
    need!(Libvirtd, Namespaces);
    let daemon = Libvirtd::start();
    runtime().block_on(async {
        let options = OpenOptions { read_only: true, ..OpenOptions::default() };
        let connection = Connection::open_with(&daemon.uri("test", "/default"), options).await.unwrap();
        let guest = connection.call(DomainLookupByName { name: "test".into() }).await.unwrap().dom;
        let refused = "operation forbidden: read only access prevents virDomainDestroy";
        fails(&connection, DomainDestroy { dom: guest }, 29, 20, refused).await;
    });
}

#[test]
fn it_says_why_a_connection_does_not_open() {
    need!(Libvirtd, Namespaces);
    let (open, sasl) = (Libvirtd::start(), Libvirtd::asking_for_sasl());
    runtime().block_on(async {
        let uri = sasl.uri("test", "/default");
        let error = Connection::open(&uri).await.unwrap_err();
        let OpenError::Authentication { error, .. } = error else { panic!("{error:?}") };
        // Over plain TCP it offers only what encrypts by itself.
        assert!(matches!(*error, AuthError::NoMechanism { .. }), "{error:?}");
        assert!(error.to_string().contains("DIGEST-MD5 (virtwire does not have it)"), "{error}");

        let error = Connection::open(&open.uri("martian", "/system")).await.unwrap_err();
        let OpenError::Call { error, .. } = error else { panic!("{error:?}") };
        let CallError::Remote(remote) = &*error else { panic!("{error:?}") };
        // libvirt 7.0 looked for a daemon of another machine.
        assert!([(5, 0), (38, 7)].contains(&(remote.code.0, remote.domain.0)), "{error}");
    });
}

/// Many tasks share one connection, and each gets its own answer.
#[test]
fn it_keeps_answers_apart() {
    need!(Libvirtd, Namespaces);
    let daemon = Libvirtd::start();
    runtime().block_on(async {
        let connection = Connection::open(&daemon.uri("test", "/default")).await.unwrap();
        let asked: Vec<_> = (0..200)
            .map(|number| {
                let name = if number % 2 == 0 { "test".to_owned() } else { format!("absent-{number}") };
                let connection = connection.clone();
                tokio::spawn(async move {
                    let found = connection.call(DomainLookupByName { name: name.as_str().into() }).await;
                    match found {
                        Ok(reply) => assert_eq!((name.as_str(), reply.dom.name == "test"), ("test", true)),
                        Err(error) => {
                            assert_eq!((name == "test", error.remote().unwrap().code.0), (false, 42))
                        }
                    }
                })
            })
            .collect();
        for task in asked {
            task.await.unwrap();
        }
    });
}

/// Calls what must fail, and compares the error with what libvirtd says.
async fn fails<P: Procedure>(
    connection: &Connection,
    arguments: P,
    code: i32,
    domain: i32,
    message: &str,
) -> CallError {
    let Err(error) = connection.call(arguments).await else { panic!("{} succeeds", P::NAME) };
    let CallError::Remote(remote) = &error else { panic!("{}: {error:?}", P::NAME) };
    let told = (remote.code.0, remote.domain.0, remote.level);
    assert_eq!(told, (code, domain, 2), "{}: {error}", P::NAME);
    assert!(remote.message.to_string_lossy().starts_with(message), "{}: {error}", P::NAME);
    error
}

/// Calls of our own making, for answers that no call of the contract provokes.
macro_rules! absent_calls {
    ($($name:ident $program:expr, $number:literal;)*) => {$(
        struct $name {}

        record! { "nothing" => $name {} }

        impl Procedure for $name {
            const PROGRAM: Program = $program;
            const NUMBER: ProcedureNumber = ProcedureNumber($number);
            const NAME: &'static str = stringify!($name);
            type Reply = ();
        }
    )*};
}

absent_calls! {
    NoProcedure Program::REMOTE, 9999;
    NoProgram Program { number: 74_565, version: 1 }, 1;
    NoVersion Program { number: 0x2000_8086, version: 2 }, 1;
    NoArguments Program::REMOTE, 23;
}
