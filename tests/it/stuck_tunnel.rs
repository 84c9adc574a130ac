//! A tunnelled migration, driven by its source, to a destination that answers pings and leaves one question open: the call ends, and the
//! guest runs on where it was.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::timeout;
use virtwire::client::OpenOptions;
use virtwire::hypervisor::mem::{Config, Mem};
use virtwire::hypervisor::{Hypervisor, HypervisorService, MigrationSettings, Uuid};
use virtwire::protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire::protocol::frame::Draft;
use virtwire::protocol::profile::Feature;
use virtwire::protocol::program::Procedure;
use virtwire::protocol::remote::*;
use virtwire::protocol::session::server::Called;
use virtwire::server::{Answering, BoxFuture, CallContext, Handler, Server, Stream};
use virtwire::xdr::from_slice;

use crate::few_verbs::small::Small;
use crate::few_verbs::{How, World};
use crate::raw::{Raw, code, serve};

const GUEST: Uuid = Uuid([7; 16]);

/// Live, peer to peer, tunnelled.
const FLAGS: u32 = 1 | 2 | 4;

/// Longer than all deadlines together. It is the clock of a test that passes it.
const FOR_EVER: Duration = Duration::from_secs(3_600);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Open {
    /// Whether it serves migrations that a source drives.
    Feature,
    /// The Prepare that opens the tunnel.
    Prepare,
    /// Whether all that came through the tunnel is there.
    End,
}

#[tokio::test(start_paused = true)]
async fn a_destination_that_leaves_a_question_open_holds_no_guest_for_ever() {
    for open in [Open::Feature, Open::Prepare, Open::End] {
        holds_no_guest(HypervisorService::new(Mem::new(Config::default())), open).await;
    }
}

/// Where only the verbs are the hypervisor's, and the way is virtwire's.
#[tokio::test(start_paused = true)]
async fn nor_one_of_a_hypervisor_with_few_verbs() {
    for open in [Open::Feature, Open::Prepare, Open::End] {
        let small = Small::new(World::new(How::Well));
        holds_no_guest(HypervisorService::new(small).moving(MigrationSettings::default()), open).await;
    }
}

async fn holds_no_guest<H: Hypervisor>(service: HypervisorService<H>, open: Open) {
    let stuck = Arc::new(Stuck::new(open));
    let destination = serve(Server::shared(stuck.clone())).await;
    let service = service.dialling(|_, _| Ok(OpenOptions::default()));
    let mut source = Raw::open(&serve(Server::new(service)).await, 0).await;
    let xml = format!(
        "<domain type='mem'><name>guest</name><uuid>{GUEST}</uuid><memory unit='KiB'>64</memory></domain>"
    );
    source.ask(&DomainCreateXml { xml_desc: xml.into(), flags: 0 }).await.unwrap();
    let dom = Domain { name: "guest".into(), uuid: GUEST.0, id: -1 };
    let perform = DomainMigratePerform3Params {
        dom: dom.clone(),
        dconnuri: Some(format!("mem+tcp://{destination}/default").into()),
        params: vec![],
        cookie_in: vec![],
        flags: FLAGS,
    };
    let performed = timeout(FOR_EVER, source.ask(&perform)).await;
    assert!(performed.unwrap_or_else(|_| panic!("{open:?} holds it for ever")).is_err(), "{open:?}");
    // Only what had come there is to be given up, and that it was.
    let cancelled = stuck.cancelled.lock().unwrap().clone();
    assert_eq!(cancelled, if open == Open::End { vec![1] } else { vec![] }, "{open:?}");
    let state = source.ask(&DomainGetState { dom: dom.clone(), flags: 0 }).await.unwrap();
    assert_eq!(from_slice::<DomainGetStateReply>(&state).unwrap().state, 1, "{open:?}");
    // No migration has it any more.
    let begin = DomainMigrateBegin3 { dom, flags: 1, ..DomainMigrateBegin3::default() };
    assert_eq!(code(&source.ask(&begin).await), (0, 0), "{open:?}");
}

/// The destination: a whole one, but for the tunnel.
struct Stuck {
    service: Arc<HypervisorService<Mem>>,
    open: Open,
    /// What each Finish said.
    cancelled: Mutex<Vec<i32>>,
}

impl Stuck {
    fn new(open: Open) -> Stuck {
        let service = Arc::new(HypervisorService::new(Mem::new(Config::default())));
        Stuck { service, open, cancelled: Mutex::default() }
    }

    fn leaves_open(&self, call: &Called) -> bool {
        match self.open {
            Open::Feature => {
                call.info.number == ConnectSupportsFeature::NUMBER
                    && from_slice::<ConnectSupportsFeature>(&call.payload).unwrap().feature
                        == Feature::MIGRATION_P2P
            }
            Open::Prepare => call.info.number == DomainMigratePrepareTunnel3Params::NUMBER,
            Open::End => false,
        }
    }
}

impl Handler for Stuck {
    fn call(self: Arc<Self>, cx: CallContext, call: Called) -> Answering {
        if self.leaves_open(&call) {
            return Box::pin(std::future::pending());
        }
        match call.info.number {
            DomainMigratePrepareTunnel3Params::NUMBER => {
                tokio::spawn(swallow(cx.take_stream().unwrap()));
                // A cookie of mem, as another host would write it.
                let cookie_out = [&b"VWMIG3\0\0"[..], &[9; 16], &GUEST.0, &[0; 16]].concat();
                let reply = DomainMigratePrepareTunnel3ParamsReply { cookie_out };
                Box::pin(async move { Ok(Draft::encode(&reply).unwrap()) })
            }
            DomainMigrateFinish3Params::NUMBER => {
                let finish: DomainMigrateFinish3Params = from_slice(&call.payload).unwrap();
                self.cancelled.lock().unwrap().push(finish.cancelled);
                let gone = RemoteError::new(ErrorCode::MIGRATE_FINISH_OK, ErrorDomain::QEMU, "given up");
                Box::pin(async move { Err(gone) })
            }
            _ => Handler::call(self.service.clone(), cx, call),
        }
    }

    fn closed(self: Arc<Self>, cx: CallContext) -> BoxFuture<'static, ()> {
        Handler::closed(self.service.clone(), cx)
    }
}

/// Takes all there is, and never says so.
async fn swallow(mut stream: Stream) {
    while let Ok(Some(_)) = stream.read_chunk().await {}
    std::future::pending::<()>().await;
}
