//! A whole Preparev2 migration between real daemons, recorded, and made again by our engine.
//!
//! `migrate-raw-v2` holds both connections of a hand-written client. Here two servers answer with the recorded replies, byte
//! for byte, and our migration must send the same procedures with the same arguments; where it differs, the difference
//! is named and explained.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use virtwire::client::Connection;
use virtwire::migrate::Migration;
use virtwire::protocol::error::RemoteError;
use virtwire::protocol::frame::{Draft, Frame};
use virtwire::protocol::header::MessageKind;
use virtwire::protocol::migrate::{Outcome, Request, Version, Wish};
use virtwire::protocol::program::Procedure;
use virtwire::protocol::remote::{
    ConnectOpen, ConnectSupportsFeature, DomainGetInfo, DomainGetXmlDesc, DomainLookupByName,
    DomainMigrateFinish2, DomainMigratePerform, DomainMigratePrepare2,
};
use virtwire::protocol::session::server::Called;
use virtwire::server::{Answering, CallContext, Handler, Server};
use virtwire::xdr;

use crate::{captures, raw};

#[tokio::test]
async fn our_engine_fed_the_recorded_replies_sends_what_was_recorded() {
    let heard = Heard::default();
    let source = Replay::of("migrate-raw-v2-src-0", "source", &heard);
    let destination = Replay::of("migrate-raw-v2-dst-0", "destination", &heard);
    let (from, to) = (source.serve().await, destination.serve().await);
    let guest = Migration::find(&from, "guest").await.unwrap();
    let mut migration = Migration::plan(from, to, Request::live(guest), Wish::Auto).await.unwrap();
    assert_eq!(migration.chosen().version(), Version::V2);

    let outcome = migration.run(&mut ()).await;

    assert!(matches!(outcome, Outcome::OnDestination { warning: None, .. }), "{outcome}");
    let order: Vec<_> =
        heard.lock().unwrap().iter().map(|(host, procedure, _)| (*host, *procedure)).collect();
    let expected = [
        ("source", "connect_open"),
        ("destination", "connect_open"),
        ("source", "domain_lookup_by_name"),
        ("source", "domain_get_xml_desc"),
        // Not in the recording: libvirt's own client asks whether the guest is paused, and so do we.
        ("source", "domain_get_info"),
        ("destination", "domain_migrate_prepare2"),
        ("source", "domain_migrate_perform"),
        ("destination", "domain_migrate_finish2"),
        // The recorded client looked the guest up by name before this; Finish2 has told us who it is.
        ("destination", "domain_get_info"),
    ];
    assert_eq!(order, expected);

    let open: (ConnectOpen, ConnectOpen) = source.both();
    assert_eq!(open.0, open.1);
    let open: (ConnectOpen, ConnectOpen) = destination.both();
    assert_eq!(open.0, open.1);
    let lookup: (DomainLookupByName, DomainLookupByName) = source.both();
    assert_eq!(lookup.0, lookup.1);
    let info: (DomainGetInfo, DomainGetInfo) = destination.both();
    assert_eq!(info.0, info.1);
    // The recorded client wanted the XML's secrets too (flags 9); we ask as libvirt's own client does (8).
    let xml: (DomainGetXmlDesc, DomainGetXmlDesc) = source.both();
    assert_eq!(xml.0, DomainGetXmlDesc { flags: 8, ..xml.1.clone() });
    assert_eq!(xml.1.flags, 9);
    // It named the guest, which is not renamed; libvirt's own client leaves the name to dom_xml, and so do we.
    let prepare: (DomainMigratePrepare2, DomainMigratePrepare2) = destination.both();
    assert_eq!(prepare.0, DomainMigratePrepare2 { dname: None, ..prepare.1.clone() });
    assert_eq!(prepare.1.dname, Some("guest".into()));
    let perform: (DomainMigratePerform, DomainMigratePerform) = source.both();
    assert_eq!(perform.0, perform.1);
    let finish: (DomainMigrateFinish2, DomainMigrateFinish2) = destination.both();
    assert_eq!(finish.0, finish.1);
}

/// Answers with what was recorded, and keeps what it was asked.
#[derive(Clone)]
struct Replay {
    /// The calls of one recorded connection, each with its reply, in order.
    recorded: Arc<Vec<(Frame, Frame)>>,
    replies: Arc<Mutex<VecDeque<(Frame, Frame)>>>,
    host: &'static str,
    heard: Heard,
}

/// Which host was called, which procedure, with what; in the order in which it happened on both.
type Heard = Arc<Mutex<Vec<(&'static str, &'static str, Bytes)>>>;

impl Replay {
    fn of(name: &str, host: &'static str, heard: &Heard) -> Replay {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captures");
        let half = |direction| captures::read(&folder.join(format!("{name}.{direction}")));
        let recorded: Vec<_> = half("c2s").into_iter().zip(half("s2c")).collect();
        assert!(recorded.iter().all(|(call, reply)| call.header.serial == reply.header.serial));
        let replies = Arc::new(Mutex::new(recorded.iter().cloned().collect()));
        Replay { recorded: Arc::new(recorded), replies, host, heard: heard.clone() }
    }

    async fn serve(&self) -> Connection {
        let address = raw::serve(Server::new(self.clone())).await;
        Connection::open(&format!("qemu+tcp://{address}/system")).await.unwrap()
    }

    /// The arguments of a procedure as we sent them and as they were recorded.
    fn both<P: Procedure>(&self) -> (P, P) {
        let ours = |(host, name, _): &&(&str, &str, Bytes)| *host == self.host && *name == P::NAME;
        let heard = self.heard.lock().unwrap().iter().find(ours).unwrap().2.clone();
        let recorded =
            &self.recorded.iter().find(|(call, _)| call.header.procedure == P::NUMBER).unwrap().0.payload;
        (xdr::from_slice(&heard).unwrap(), xdr::from_slice(recorded).unwrap())
    }

    fn answer(&self, called: &Called) -> Result<Draft, RemoteError> {
        if called.header.procedure == ConnectSupportsFeature::NUMBER {
            // Of migration, the recorded daemons were to serve version 2: 3, and XML made for it, 11.
            let asked: ConnectSupportsFeature = xdr::from_slice(&called.payload).unwrap();
            let supported = i32::from(matches!(asked.feature, 3 | 11));
            return Ok(Draft::raw(&supported.to_be_bytes()).unwrap());
        }
        // Nor who the host is, which ours asks beside the steps.
        if matches!(called.info.name, "connect_get_hostname" | "connect_get_capabilities") {
            return Err(RemoteError::unknown_procedure(called.header.procedure.0));
        }
        self.heard.lock().unwrap().push((self.host, called.info.name, called.payload.clone()));
        let mut replies = self.replies.lock().unwrap();
        let at = replies.iter().position(|(call, _)| call.header.procedure == called.header.procedure);
        match at.and_then(|at| replies.remove(at)) {
            Some((_, reply)) if reply.header.kind() == Ok(MessageKind::Reply) => {
                Ok(Draft::raw(&reply.payload).unwrap())
            }
            Some((_, reply)) => Err(RemoteError::decode(&reply.payload).unwrap()),
            // The source's state was not asked for by the recorded client: a running guest.
            None if called.info.name == "domain_get_info" => {
                let running = [
                    0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0x80, 0, 0, 0, 0, 0, 0, 1, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0,
                    0, 0, 0, 0,
                ];
                Ok(Draft::raw(&running).unwrap())
            }
            None => panic!("{} was not recorded", called.info.name),
        }
    }
}

impl Handler for Replay {
    fn call(self: Arc<Self>, _: CallContext, called: Called) -> Answering {
        Box::pin(async move { self.answer(&called) })
    }
}
