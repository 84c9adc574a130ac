//! A migration that its source drives, and that is given up before the guest moves: the destination takes its time to prepare, or says nothing
//! at all. The guest runs on where it was, and whoever asked hears that it was aborted.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use virtwire::client::{Connection, OpenOptions};
use virtwire::hypervisor::mem::{Config, Mem};
use virtwire::hypervisor::{
    Begin, Begun, DomainInfo, DomainState, Handshakes, Host, Hypervisor, HypervisorService, Job, Jobs,
    MigrationSettings, MigrationSupport, Perform, Performed, Result, RunningReason, Uuid, WhichXml, errors,
};
use virtwire::migrate::{Migration, Progress, Watch};
use virtwire::protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire::protocol::migrate::{CancelAnswer, Outcome, Request, Way, Wish};
use virtwire::protocol::program::Procedure;
use virtwire::protocol::remote::*;
use virtwire::protocol::session::server::Called;
use virtwire::server::{Answering, BoxFuture, CallContext, Handler, Server};
use virtwire::xdr::from_slice;

use crate::few_verbs::small::Small;
use crate::few_verbs::{How, World};
use crate::raw::{Answer, Raw, code, serve};

const GUEST: Uuid = Uuid([7; 16]);
/// Live and peer to peer; and tunnelled.
const WAYS: [u32; 2] = [1 | 2, 1 | 2 | 4];
/// No job, and one without an end in sight.
const NONE: i32 = 0;
const UNBOUNDED: i32 = 2;

fn xml() -> String {
    format!(
        "<domain type='mem'><name>guest</name><uuid>{GUEST}</uuid><memory unit='KiB'>64</memory></domain>"
    )
}

fn dom() -> Domain {
    Domain { name: "guest".into(), uuid: GUEST.0, id: -1 }
}

fn uri(address: &str) -> String {
    format!("mem+tcp://{address}/default")
}

fn begin() -> DomainMigrateBegin3 {
    DomainMigrateBegin3 { dom: dom(), flags: 1, ..DomainMigrateBegin3::default() }
}

fn mem() -> HypervisorService<Mem> {
    HypervisorService::new(Mem::new(Config::default()))
}

/// Where only the verbs are the hypervisor's, and the way is virtwire's.
fn small() -> HypervisorService<Small> {
    HypervisorService::new(Small::new(World::new(How::Well))).moving(MigrationSettings::default())
}

/// A daemon that drives, with a guest that runs.
async fn source<H: Hypervisor>(service: HypervisorService<H>) -> String {
    let service = service.dialling(|_, _| Ok(OpenOptions::default()));
    let source = serve(Server::new(service)).await;
    let mut client = Raw::open(&source, 0).await;
    client.ask(&DomainCreateXml { xml_desc: xml().into(), flags: 0 }).await.unwrap();
    source
}

/// Has the source move the guest.
async fn moves(source: &str, destination: &str, flags: u32) -> JoinHandle<Answer> {
    let mut client = Raw::open(source, 0).await;
    let perform = DomainMigratePerform3Params {
        dom: dom(),
        dconnuri: Some(uri(destination).into()),
        params: vec![],
        cookie_in: vec![],
        flags,
    };
    tokio::spawn(async move { client.ask(&perform).await })
}

async fn job(client: &mut Raw) -> i32 {
    let info = client.ask(&DomainGetJobInfo { dom: dom() }).await.unwrap();
    from_slice::<DomainGetJobInfoReply>(&info).unwrap().r#type
}

/// It runs, in nobody's hands.
async fn check_is_as_it_was(client: &mut Raw) {
    let state = client.ask(&DomainGetState { dom: dom(), flags: 0 }).await.unwrap();
    assert_eq!(from_slice::<DomainGetStateReply>(&state).unwrap().state, 1);
    assert_eq!(job(client).await, NONE);
    assert_eq!(code(&client.ask(&begin()).await), (0, 0));
}

async fn until_absent(destination: &str) {
    let mut client = Raw::open(destination, 0).await;
    let gone = async {
        while code(&client.ask(&DomainLookupByUuid { uuid: GUEST.0 }).await).0 != 42 {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(3_600), gone).await.expect("a destination that has nothing of it");
}

async fn is_given_up<H: Hypervisor>(service: HypervisorService<H>, flags: u32, holds: Holds) {
    let case = format!("{flags} {holds:?}");
    let slow = Arc::new(Slow::new(holds));
    let destination = serve(Server::shared(slow.clone())).await;
    let source = source(service).await;
    let mut other = Raw::open(&source, 0).await;
    let moving = moves(&source, &destination, flags).await;
    slow.came.notified().await;

    // It is a job like any other, and nobody else's guest.
    assert_eq!(job(&mut other).await, UNBOUNDED, "{case}");
    assert_eq!(code(&other.ask(&begin()).await), (55, 10), "{case}");
    let second = moves(&source, &destination, flags).await;
    assert_eq!(code(&second.await.unwrap()), (55, 10), "{case}");
    assert_eq!(job(&mut other).await, UNBOUNDED, "{case}");

    assert_eq!(code(&other.ask(&DomainAbortJob { dom: dom() }).await), (0, 0), "{case}");
    slow.answers.send_replace(holds == Holds::Call);
    assert_eq!(code(&moving.await.unwrap()), (78, 10), "{case}");
    check_is_as_it_was(&mut other).await;
    until_absent(&destination).await;
}

/// Prepare is answered after the word: what was prepared is given up.
#[tokio::test]
async fn a_migration_that_its_source_drives_is_aborted_before_it_moves_the_guest() {
    for flags in WAYS {
        is_given_up(mem(), flags, Holds::Call).await;
        is_given_up(small(), flags, Holds::Call).await;
    }
}

/// Nor is the destination waited for that has prepared and does not say so: what it has prepared goes with its connection.
#[tokio::test(start_paused = true)]
async fn an_abort_waits_for_no_destination() {
    for flags in WAYS {
        is_given_up(mem(), flags, Holds::Answer).await;
        is_given_up(small(), flags, Holds::Answer).await;
    }
}

/// Where the destination's URI leads, somebody listens and says nothing.
#[tokio::test]
async fn a_migration_is_aborted_while_its_destination_is_dialled() {
    let hole = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let source = source(mem()).await;
    let mut other = Raw::open(&source, 0).await;
    let moving = moves(&source, &hole.local_addr().unwrap().to_string(), WAYS[0]).await;
    while job(&mut other).await == NONE {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(code(&other.ask(&DomainAbortJob { dom: dom() }).await), (0, 0));
    assert_eq!(code(&moving.await.unwrap()), (78, 10));
    check_is_as_it_was(&mut other).await;
    let none = code(&other.ask(&DomainAbortJob { dom: dom() }).await);
    assert_eq!(none, (55, 10), "there is nothing left to abort");
}

/// One that moves without running has no Perform: up to the answer of Prepare it can be given up.
#[tokio::test]
async fn a_definition_that_is_given_up_is_where_it_was() {
    let slow = Arc::new(Slow::new(Holds::Call));
    let destination = serve(Server::shared(slow.clone())).await;
    let service = mem().dialling(|_, _| Ok(OpenOptions::default()));
    let source = serve(Server::new(service)).await;
    let mut other = Raw::open(&source, 0).await;
    other.ask(&DomainDefineXml { xml: xml().into() }).await.unwrap();
    let (persist_dest, offline) = (1 << 3, 1 << 10);
    let moving = moves(&source, &destination, 2 | persist_dest | offline).await;
    slow.came.notified().await;
    assert_eq!(code(&other.ask(&DomainAbortJob { dom: dom() }).await), (0, 0));
    slow.answers.send_replace(true);
    assert_eq!(code(&moving.await.unwrap()), (78, 10));
    assert_eq!(code(&other.ask(&DomainLookupByUuid { uuid: GUEST.0 }).await), (0, 0));
    until_absent(&destination).await;
}

/// The same by whoever asked for the migration.
#[tokio::test(start_paused = true)]
async fn a_client_gives_up_what_its_source_prepares() {
    let slow = Arc::new(Slow::new(Holds::Answer));
    let destination = serve(Server::shared(slow.clone())).await;
    let source = source(mem()).await;
    let (from, to) = (Connection::open(&uri(&source)).await, Connection::open(&uri(&destination)).await);
    let (from, to) = (from.unwrap(), to.unwrap());
    let guest = Migration::find(&from, "guest").await.unwrap();
    let way = Way::PeerToPeer { to: uri(&destination).into() };
    let request = Request { way, ..Request::live(guest) };
    let migration = Migration::plan(from, to, request, Wish::Auto).await.unwrap();
    let mut migration = migration.progress_every(Duration::from_millis(1));
    let canceller = migration.canceller();
    let mut told = Told::default();
    let shown = told.shown.clone();
    let running = tokio::spawn(async move { (migration.run(&mut told).await, told) });
    slow.came.notified().await;
    shown.notified().await;
    canceller.cancel();
    let (outcome, told) = running.await.unwrap();
    assert!(matches!(outcome, Outcome::OnSource { .. }), "{outcome:?}");
    assert_eq!(told.cancelled, [CancelAnswer::Taken]);
    let mut other = Raw::open(&source, 0).await;
    check_is_as_it_was(&mut other).await;
    until_absent(&destination).await;
}

/// Whenever the word comes, the guest is in one place, and the answer says in which.
#[tokio::test]
async fn an_abort_at_any_moment_leaves_one_guest() {
    for turns in 0..120 {
        let destination = serve(Server::new(mem())).await;
        let source = source(mem()).await;
        let (mut here, mut there) = (Raw::open(&source, 0).await, Raw::open(&destination, 0).await);
        let mut word = Raw::open(&source, 0).await;
        let moving = moves(&source, &destination, WAYS[turns % 2]).await;
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
        // Refused or not, it is Perform that tells.
        let _ = word.ask(&DomainAbortJob { dom: dom() }).await;
        let answer = code(&moving.await.unwrap());
        let absent = code(&there.ask(&DomainLookupByUuid { uuid: GUEST.0 }).await).0 == 42;
        match answer {
            (0, 0) => {
                assert_eq!(code(&here.ask(&DomainLookupByUuid { uuid: GUEST.0 }).await).0, 42, "{turns}");
                assert!(!absent, "{turns}");
            }
            (78, 10) => {
                check_is_as_it_was(&mut here).await;
                assert!(absent, "{turns}");
            }
            other => panic!("{turns}: {other:?}"),
        }
    }
}

/// Perform has been told to the hypervisor, which has not begun yet: the word is its own to hear, once it has.
#[tokio::test]
async fn an_abort_just_when_perform_begins_is_heard() {
    let late = Late::default();
    let at = late.0.clone();
    let destination = serve(Server::new(mem())).await;
    let service = HypervisorService::new(late).dialling(|_, _| Ok(OpenOptions::default()));
    let source = serve(Server::new(service)).await;
    let mut other = Raw::open(&source, 0).await;
    let moving = moves(&source, &destination, WAYS[0]).await;
    at.told.notified().await;
    let abort = tokio::spawn(async move { other.ask(&DomainAbortJob { dom: dom() }).await });
    at.refused.notified().await;
    at.begins.send_replace(true);
    assert_eq!(code(&abort.await.unwrap()), (0, 0));
    assert_eq!(code(&moving.await.unwrap()), (78, 10));
    until_absent(&destination).await;
}

/// The job is aborted then, but by no client: whoever takes that for an operator's word would not try again.
#[tokio::test]
async fn a_destination_that_goes_meanwhile_is_the_reason() {
    let late = Late::default();
    let at = late.0.clone();
    let server = Server::new(mem());
    let destination = serve(server.clone()).await;
    let service = HypervisorService::new(late).dialling(|_, _| Ok(OpenOptions::default()));
    let source = serve(Server::new(service)).await;
    let moving = moves(&source, &destination, WAYS[0]).await;
    at.told.notified().await;
    at.begins.send_replace(true);
    let clients = server.clients();
    assert_eq!(clients.len(), 1, "{clients:?}");
    assert!(server.disconnect(clients[0].id));
    let error = moving.await.unwrap().unwrap_err();
    assert!(error.to_string().contains("the connection to the destination ended"), "{error}");
    assert_eq!(error.code, ErrorCode::OPERATION_FAILED);
}

/// A hypervisor that takes its time between Perform and its job.
#[derive(Clone, Default)]
struct Late(Arc<At>);

#[derive(Default)]
struct At {
    told: Notify,
    refused: Notify,
    begins: watch::Sender<bool>,
    aborted: Notify,
}

impl Hypervisor for Late {
    fn host(&self) -> Host {
        let mut host = Host::new("Late", "late:///system", "mem");
        host.migration = MigrationSupport::ALL;
        host
    }

    async fn domains(&self) -> Result<Vec<DomainInfo>> {
        let state = DomainState::Running(RunningReason::Booted);
        Ok(vec![DomainInfo { id: Some(1), state, ..DomainInfo::new("guest", GUEST) }])
    }

    async fn xml(&self, _: Uuid, _: WhichXml) -> Result<String> {
        Ok(xml())
    }

    fn handshakes(&self) -> &impl Handshakes {
        self
    }

    fn jobs(&self) -> &impl Jobs {
        self
    }
}

impl Handshakes for Late {
    async fn begin(&self, _: Begin) -> Result<Begun> {
        // A cookie of mem, as another host would write it.
        let cookie = [&b"VWMIG3\0\0"[..], &[9; 16], &GUEST.0, &[0; 16]].concat();
        Ok(Begun { cookie, xml: xml(), outgoing: None })
    }

    async fn perform(&self, _: Perform) -> Result<Performed> {
        self.0.told.notify_one();
        let _ = self.0.begins.subscribe().wait_for(|begins| *begins).await;
        self.0.aborted.notified().await;
        Err(RemoteError::new(ErrorCode::OPERATION_ABORTED, ErrorDomain::QEMU, "canceled by client"))
    }
}

impl Jobs for Late {
    async fn job(&self, _: Uuid) -> Result<Option<Job>> {
        Ok(None)
    }

    async fn abort_job(&self, _: Uuid) -> Result<()> {
        if *self.0.begins.borrow() {
            self.0.aborted.notify_one();
            return Ok(());
        }
        self.0.refused.notify_one();
        Err(errors::invalid("no job is active on the domain"))
    }
}

#[derive(Default)]
struct Told {
    /// That a job runs was told.
    shown: Arc<Notify>,
    cancelled: Vec<CancelAnswer>,
}

impl Watch for Told {
    fn progress(&mut self, _: &Progress) {
        self.shown.notify_one();
    }

    fn cancelled(&mut self, answer: CancelAnswer) {
        self.cancelled.push(answer);
    }
}

/// What of Prepare waits.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Holds {
    Call,
    Answer,
}

/// A destination that is slow to prepare.
struct Slow {
    service: Arc<HypervisorService<Mem>>,
    holds: Holds,
    /// Prepare has come that far.
    came: Notify,
    answers: watch::Sender<bool>,
}

impl Slow {
    fn new(holds: Holds) -> Slow {
        Slow { service: Arc::new(mem()), holds, came: Notify::new(), answers: watch::Sender::new(false) }
    }

    async fn holds(&self) {
        self.came.notify_one();
        self.answers.subscribe().wait_for(|answers| *answers).await.unwrap();
    }
}

impl Handler for Slow {
    fn call(self: Arc<Self>, cx: CallContext, call: Called) -> Answering {
        let prepares = [DomainMigratePrepare3Params::NUMBER, DomainMigratePrepareTunnel3Params::NUMBER];
        if !prepares.contains(&call.info.number) {
            return Handler::call(self.service.clone(), cx, call);
        }
        Box::pin(async move {
            if self.holds == Holds::Call {
                self.holds().await;
            }
            let answer = Handler::call(self.service.clone(), cx, call).await;
            if self.holds == Holds::Answer {
                self.holds().await;
            }
            answer
        })
    }

    fn closed(self: Arc<Self>, cx: CallContext) -> BoxFuture<'static, ()> {
        Handler::closed(self.service.clone(), cx)
    }
}
