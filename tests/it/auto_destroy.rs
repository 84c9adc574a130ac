//! Guests that end with the connection that started them.

use virtwire::hypervisor::mem::{Config, Mem};
use virtwire::hypervisor::{HypervisorService, Uuid};
use virtwire::protocol::remote::*;
use virtwire::server::Server;
use virtwire::xdr::from_slice;

use crate::raw::{Raw, code, serve};

const AUTODESTROY: u32 = 2;

fn xml(number: u8) -> String {
    let uuid = Uuid([number; 16]);
    format!("<domain type='mem'><name>g{number}</name><uuid>{uuid}</uuid><memory>1024</memory></domain>")
}

fn dom(number: u8) -> Domain {
    Domain { name: "".into(), uuid: [number; 16], id: -1 }
}

#[tokio::test]
async fn a_guest_ends_with_the_connection_that_started_it_so() {
    let address = serve(Server::new(HypervisorService::new(Mem::new(Config::default())))).await;
    let (mut owner, mut other) = (Raw::open(&address, 0).await, Raw::open(&address, 0).await);
    // Transient; defined; and one of the same connection that is to stay.
    owner.ask(&DomainCreateXml { xml_desc: xml(1).into(), flags: AUTODESTROY }).await.unwrap();
    owner.ask(&DomainDefineXml { xml: xml(2).into() }).await.unwrap();
    owner.ask(&DomainCreateWithFlags { dom: dom(2), flags: AUTODESTROY }).await.unwrap();
    owner.ask(&DomainCreateXml { xml_desc: xml(3).into(), flags: 0 }).await.unwrap();
    // One that has ended since and was started by somebody else: that run is another.
    owner.ask(&DomainDefineXml { xml: xml(4).into() }).await.unwrap();
    owner.ask(&DomainCreateWithFlags { dom: dom(4), flags: AUTODESTROY }).await.unwrap();
    other.ask(&DomainDestroy { dom: dom(4) }).await.unwrap();
    other.ask(&DomainCreate { dom: dom(4) }).await.unwrap();
    // It does not move: its end is where its client is.
    let begin = DomainMigrateBegin3 { dom: dom(1), ..DomainMigrateBegin3::default() };
    assert_eq!(code(&other.ask(&begin).await).0, 55);

    other.ask(&ConnectDomainEventCallbackRegisterAny { event_id: 0, dom: None }).await.unwrap();
    drop(owner);
    // Both are told of; nothing else stops.
    let mut stopped = Vec::new();
    while stopped.len() < 2 {
        let frame = other.next().await.unwrap();
        if frame.header.procedure.0 == 318 {
            let event: DomainEventCallbackLifecycle = from_slice(&frame.payload).unwrap();
            stopped.push(event.msg.dom.name.to_string_lossy().into_owned());
        }
    }
    assert_eq!(stopped, ["g1", "g2"]);
    let list = other.ask(&ConnectListAllDomains { need_results: 1, flags: 0 }).await.unwrap();
    let list: ConnectListAllDomainsReply = from_slice(&list).unwrap();
    let mut left = list
        .domains
        .iter()
        .map(|dom| (dom.name.to_string_lossy().into_owned(), dom.id >= 0))
        .collect::<Vec<_>>();
    left.sort();
    assert_eq!(left, [("g2".to_owned(), false), ("g3".to_owned(), true), ("g4".to_owned(), true)]);
}
