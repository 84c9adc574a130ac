//! Guests that end with the connection that started them.

use std::sync::{Arc, Mutex};

use tokio::sync::{Semaphore, watch};
use virtwire::hypervisor::mem::{Config, Mem};
use virtwire::hypervisor::{
    DomainInfo, Host, Hypervisor, HypervisorService, Result, StartOptions, Uuid, WhichXml, errors,
};
use virtwire::protocol::frame::Draft;
use virtwire::protocol::remote::*;
use virtwire::protocol::session::server::Called;
use virtwire::server::{BoxFuture, CallContext, Handler, Server};
use virtwire::xdr::from_slice;

use crate::raw::{Raw, call_of, code, serve};

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

/// A host that starts its guest when it may, and fails to tell of it when it is asked to.
#[derive(Clone, Default)]
struct Gated(Arc<Gate>);

struct Gate {
    guest: Mutex<Option<DomainInfo>>,
    /// How many starts have begun, and how many may end.
    begun: watch::Sender<u32>,
    may_end: Semaphore,
    tells: watch::Sender<bool>,
}

impl Default for Gate {
    fn default() -> Gate {
        let (begun, tells) = (watch::Sender::new(0), watch::Sender::new(true));
        Gate { guest: Mutex::default(), begun, may_end: Semaphore::new(0), tells }
    }
}

impl Gated {
    fn runs(&self) -> bool {
        self.0.guest.lock().unwrap().is_some()
    }
}

impl Hypervisor for Gated {
    fn host(&self) -> Host {
        Host::new("Gated", "gated:///system", "gated")
    }

    async fn domains(&self) -> Result<Vec<DomainInfo>> {
        match *self.0.tells.borrow() {
            true => Ok(self.0.guest.lock().unwrap().iter().cloned().collect()),
            false => Err(errors::failed("the guests cannot be told of")),
        }
    }

    async fn xml(&self, _: Uuid, _: WhichXml) -> Result<String> {
        Ok(String::new())
    }

    async fn create(&self, _: String, _: StartOptions) -> Result<DomainInfo> {
        self.0.begun.send_replace(1);
        self.0.may_end.acquire().await.unwrap().forget();
        let guest = DomainInfo { id: Some(1), ..DomainInfo::new("g1", Uuid([1; 16])) };
        *self.0.guest.lock().unwrap() = Some(guest.clone());
        Ok(guest)
    }

    async fn destroy(&self, _: Uuid) -> Result<()> {
        *self.0.guest.lock().unwrap() = None;
        Ok(())
    }
}

/// Says when a connection's end has been heard of.
struct Hears {
    service: Arc<HypervisorService<Gated>>,
    closed: watch::Sender<u32>,
}

impl Handler for Hears {
    fn call(self: Arc<Self>, cx: CallContext, call: Called) -> BoxFuture<'static, Result<Draft>> {
        self.service.clone().call(cx, call)
    }

    fn closed(self: Arc<Self>, cx: CallContext) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            self.service.clone().closed(cx).await;
            self.closed.send_modify(|closed| *closed += 1);
        })
    }
}

/// The connection's end is heard of before there is a guest to end, and once more when its calls have ended.
#[tokio::test]
async fn a_guest_whose_client_goes_while_it_starts_ends_too() {
    for tells in [true, false] {
        let host = Gated::default();
        let service = Arc::new(HypervisorService::new(host.clone()));
        let handler = Arc::new(Hears { service, closed: watch::Sender::new(0) });
        let mut owner = Raw::open(&serve(Server::shared(handler.clone())).await, 0).await;
        let create = DomainCreateXml { xml_desc: xml(1).into(), flags: AUTODESTROY };
        owner.send(&call_of(&create)).await;
        host.0.begun.subscribe().wait_for(|begun| *begun == 1).await.unwrap();
        drop(owner);
        let mut closed = handler.closed.subscribe();
        closed.wait_for(|closed| *closed == 1).await.unwrap();
        host.0.tells.send_replace(tells);
        host.0.may_end.add_permits(1);
        closed.wait_for(|closed| *closed == 2).await.unwrap();
        assert!(!host.runs(), "{tells}");
    }
}
