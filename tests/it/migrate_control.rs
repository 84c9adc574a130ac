//! Reaching into a migration that runs: what is told of it, and that it can be stopped when its own connection cannot be used.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use virtwire::client::Connection;
use virtwire::hypervisor::mem::{Config, Faults, Mem};
use virtwire::hypervisor::{HypervisorService, errors};
use virtwire::migrate::{Control, ControlError, Migration, Phase, Progress, Switch, Watch};
use virtwire::protocol::enums::{DomainState, PausedReason, RunningReason};
use virtwire::protocol::error::ErrorCode;
use virtwire::protocol::frame::Draft;
use virtwire::protocol::migrate::{CancelAnswer, MigrateFlags, Outcome, Request, Wish};
use virtwire::protocol::program::Procedure;
use virtwire::protocol::remote::{
    DomainAbortJob, DomainGetJobStats, DomainGetJobStatsReply, DomainMigratePerform3Params, TypedParam,
    TypedParamValue,
};
use virtwire::protocol::session::server::Called;
use virtwire::server::{Answering, BoxFuture, CallContext, Handler, Server};

use crate::migration::{self, Host, NEW, V2, address, age};

/// Moves until so many bytes are sent, and then waits for an abort.
fn stalling(host: &Host) {
    let faults = Faults { stall_perform: Some(100_000), ..Faults::default() };
    host.mem.set_faults(faults);
}

/// Has a migration run until its guest moves. What it comes to, and what was told of it.
async fn moving(mut migration: Migration) -> JoinHandle<(Outcome, Told)> {
    let mut told = Told::default();
    let moves = told.moves.clone();
    let running = tokio::spawn(async move {
        let outcome = migration.run(&mut told).await;
        (outcome, told)
    });
    moves.notified().await;
    running
}

#[tokio::test]
async fn a_running_migration_is_told_steered_and_stopped_by_its_control() {
    // By job stats, and by the older job info where the source has nothing else.
    for release in [NEW, V2] {
        let (source, destination) = (Host::start(age(release)).await, Host::start(age(release)).await);
        source.create().await;
        stalling(&source);
        let migration = source.plan(&destination).await;
        let control = migration.control();
        let running = moving(migration).await;
        let progress = control.progress().await.unwrap();
        // Only job stats tell of passes.
        let iteration = (release == NEW).then_some(1);
        assert!(progress.is_running() && progress.phase() == Phase::Memory { iteration }, "{progress:?}");
        assert!(progress.data.total >= 1 << 20 && progress.data.processed > 0 && progress.data.remaining > 0);
        control.set_speed(7).await.unwrap();
        let guest = source.connect().await.domain("guest").await.unwrap();
        if release == NEW {
            assert_eq!(guest.migrate_max_speed().await.unwrap(), 7);
            control.set_max_downtime(Duration::from_millis(120)).await.unwrap();
            assert_eq!(guest.migrate_max_downtime().await.unwrap(), Duration::from_millis(120));
        }
        control.abort().await.unwrap();
        let (outcome, _) = running.await.unwrap();
        assert!(matches!(outcome, Outcome::OnSource { .. }), "{outcome}");
        assert!(source.guest().await.is_some() && destination.guest().await.is_none());
        assert!(
            matches!(control.abort().await, Err(ControlError::Call(_))),
            "there is nothing left to abort"
        );
    }
}

/// A destination that takes the guest over and then reads no more: its post-copy goes on until somebody breaks it off, on both hosts.
#[tokio::test]
async fn a_post_copy_is_broken_off_by_its_control_and_by_no_means_before_it_is_one() {
    let (source, destination) = (Host::start(age(NEW)).await, Host::start(age(NEW)).await);
    source.create().await;
    stalling(&source);
    let faults = Faults { stall_incoming: Some(200_000), ..Faults::default() };
    destination.mem.set_faults(faults);
    let (from, to) = (source.connect().await, destination.connect().await);
    let guest = Migration::find(&from, "guest").await.unwrap();
    let flags = MigrateFlags::LIVE | MigrateFlags::POSTCOPY;
    let request = Request { flags, ..Request::live(guest) };
    let migration = Migration::plan(from, to, request, Wish::Auto).await.unwrap();
    let control = migration.control();
    let running = moving(migration).await;
    let refused = control.pause_post_copy().await.unwrap_err();
    let ControlError::Call(refused) = refused else { panic!("{refused}") };
    assert_eq!(refused.remote().unwrap().code, ErrorCode::OPERATION_INVALID);
    control.start_post_copy().await.unwrap();
    let (here, there) = (source.connect().await, destination.connect().await);
    let (here, there) = (here.domain("guest").await.unwrap(), there.domain("guest").await.unwrap());
    let states = async |expected: [DomainState; 2]| {
        let come = async {
            while [here.state().await.unwrap(), there.state().await.unwrap()] != expected {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        if tokio::time::timeout(Duration::from_secs(60), come).await.is_err() {
            panic!("{:?}, not {expected:?}", [here.state().await.unwrap(), there.state().await.unwrap()]);
        }
    };
    let runs_there = DomainState::Running(RunningReason::Postcopy);
    states([DomainState::Paused(PausedReason::Postcopy), runs_there]).await;
    assert_eq!(control.progress().await.unwrap().phase(), Phase::PostCopy);
    control.pause_post_copy().await.unwrap();
    let torn_there = DomainState::Running(RunningReason::PostcopyFailed);
    states([DomainState::Paused(PausedReason::PostcopyFailed), torn_there]).await;
    let (outcome, _) = running.await.unwrap();
    assert!(matches!(outcome, Outcome::PostCopyBroken { .. }), "{outcome:?}");
}

/// Nothing passes on the migration's own connection any more, as when a link hangs that nobody has noticed yet.
#[tokio::test]
async fn a_migration_is_stopped_although_its_own_connection_hangs() {
    let (source, destination) = (Host::start(age(NEW)).await, Host::start(age(NEW)).await);
    source.create().await;
    stalling(&source);
    let link = Link::to(&source.uri).await;
    let (from, to) = (Connection::open(&link.uri).await.unwrap(), destination.connect().await);
    let guest = Migration::find(&from, "guest").await.unwrap();
    let migration = Migration::plan(from, to, Request::live(guest), Wish::Auto).await.unwrap();
    let migration = migration.progress_every(Duration::from_millis(1));
    let canceller = migration.canceller();
    let running = moving(migration).await;
    link.first_carries.send_replace(false);
    canceller.cancel();
    let guest = source.connect().await.domain("guest").await.unwrap();
    let stopped = async {
        while guest.job_info().await.unwrap().r#type != 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), stopped).await.expect("the abort stops the job");
    assert_eq!(link.clients.load(Ordering::SeqCst), 2, "the abort came over a second connection");
    // Perform's reply comes when the link has recovered.
    link.first_carries.send_replace(true);
    let (outcome, told) = running.await.unwrap();
    assert!(matches!(outcome, Outcome::OnSource { .. }), "{outcome}");
    assert_eq!(told.cancelled, [CancelAnswer::Taken]);
    assert!(source.guest().await.is_some() && destination.guest().await.is_none());
}

#[tokio::test]
async fn a_source_that_cannot_be_reached_is_no_word_that_was_taken() {
    let source = Host::start(age(NEW)).await;
    source.create().await;
    let link = Link::to(&source.uri).await;
    let (from, to) = (Connection::open(&link.uri).await.unwrap(), source.connect().await);
    let guest = Migration::find(&from, "guest").await.unwrap();
    let migration = Migration::plan(from, to, Request::live(guest), Wish::Auto).await.unwrap();
    let control: Control = migration.control().within(Duration::from_millis(50));
    // Both connections hang: the migration's own, and every new one.
    link.first_carries.send_replace(false);
    link.others_carry.send_replace(false);
    assert!(matches!(control.abort().await, Err(ControlError::TimedOut(_))));
}

/// A source that is slow to tell, or whose answer is lost, is asked again; and its word is not the only clock.
#[tokio::test(start_paused = true)]
async fn one_question_without_an_answer_keeps_no_switch_from_coming() {
    for (when, silent) in [
        (Switch::AfterFirstPass, 1),
        (Switch::After(Duration::from_secs(60)), 1),
        (Switch::After(Duration::from_secs(60)), usize::MAX),
    ] {
        let (source, _) = Reticent::start(silent).await;
        let destination = Host::start(age(NEW)).await;
        source.create().await;
        stalling(&source);
        let (from, to) = (source.connect().await, destination.connect().await);
        let mut request = Request::live(Migration::find(&from, "guest").await.unwrap());
        request.flags = request.flags | MigrateFlags::POSTCOPY;
        let mut migration = Migration::plan(from, to, request, Wish::Auto).await.unwrap().switch(when);
        let mut told = Told::default();
        let moved = timeout(Duration::from_secs(3_600), migration.run(&mut told)).await;
        let outcome = moved.unwrap_or_else(|_| panic!("it never switched: {when:?}, {silent}"));
        assert!(matches!(outcome, Outcome::OnDestination { .. }), "{when:?}, {silent}: {outcome}");
        assert_eq!(told.switched, [true], "{when:?}, {silent}");
    }
}

/// The clock of this test passes the deadline of a question and nothing else.
#[tokio::test(start_paused = true)]
async fn an_abort_waits_for_no_question() {
    let (source, asked) = Reticent::start(usize::MAX).await;
    let destination = Host::start(age(NEW)).await;
    source.create().await;
    stalling(&source);
    let mut migration = source.plan(&destination).await;
    let canceller = migration.canceller();
    let mut told = Told::default();
    let mut running = Box::pin(migration.run(&mut told));
    tokio::select! {
        outcome = &mut running => panic!("it ended before it was given up: {outcome}"),
        () = asked.notified() => canceller.cancel(),
    }
    let given_up = Instant::now();
    let outcome = running.as_mut().await;
    drop(running);
    assert!(matches!(outcome, Outcome::OnSource { .. }), "{outcome}");
    assert!(
        given_up.elapsed() < Duration::from_secs(10),
        "it waited for the question: {:?}",
        given_up.elapsed()
    );
    assert_eq!(told.cancelled, [CancelAnswer::Taken]);
}

/// A source has no job to abort before its guest moves: the word counts all the same.
#[tokio::test]
async fn an_abort_that_comes_too_early_is_said_again() {
    let (source, _) = Deaf::start(Hears::Later).await;
    let destination = Host::start(age(NEW)).await;
    source.create().await;
    stalling(&source);
    let migration = source.plan(&destination).await;
    let canceller = migration.canceller();
    let running = moving(migration).await;
    canceller.cancel();
    let (outcome, told) = running.await.unwrap();
    assert!(matches!(outcome, Outcome::OnSource { .. }), "{outcome}");
    assert_eq!(told.cancelled, [CancelAnswer::Taken]);
    assert!(source.guest().await.is_some() && destination.guest().await.is_none());
}

/// Nobody knows whether it was heard: the hosts are asked, as after one that was.
#[tokio::test(start_paused = true)]
async fn an_abort_that_is_not_answered_is_not_waited_for_without_end() {
    let (source, performs) = Deaf::start(Hears::Never).await;
    let destination = Host::start(age(NEW)).await;
    source.create().await;
    let mut migration = source.plan(&destination).await;
    let canceller = migration.canceller();
    let mut told = Told::default();
    let mut running = Box::pin(migration.run(&mut told));
    tokio::select! {
        outcome = &mut running => panic!("it ended before it was given up: {outcome}"),
        () = performs.notified() => canceller.cancel(),
    }
    let given_up = Instant::now();
    let outcome = timeout(Duration::from_secs(60), running.as_mut()).await.expect("the hosts are asked");
    drop(running);
    assert!(!matches!(outcome, Outcome::OnDestination { .. }), "{outcome}");
    assert!(given_up.elapsed() >= Duration::from_secs(40), "{:?}", given_up.elapsed());
    let [CancelAnswer::Refused(why)] = told.cancelled[..] else { panic!("{:?}", told.cancelled) };
    assert!(why.starts_with("nobody has heard"), "{why}");
    assert!(source.guest().await.is_some());
}

/// A host of which a handler hears first.
async fn host_by<H: Handler>(handler: impl FnOnce(Arc<HypervisorService<Mem>>) -> H) -> Host {
    let mem = Mem::new(Config::default());
    let handler = handler(Arc::new(HypervisorService::new(mem.clone())));
    Host { mem, uri: migration::serve(Server::new(handler)).await }
}

/// A source that is deaf to the word to abort: at first, or for ever, and then its Perform has no end either.
struct Deaf {
    service: Arc<HypervisorService<Mem>>,
    hears: Hears,
    words: AtomicUsize,
    performs: Arc<Notify>,
}

#[derive(Clone, Copy, PartialEq)]
enum Hears {
    Later,
    Never,
}

impl Deaf {
    /// It, and what tells of Perform.
    async fn start(hears: Hears) -> (Host, Arc<Notify>) {
        let performs = Arc::<Notify>::default();
        let told = performs.clone();
        let host = host_by(|service| Deaf { service, hears, words: AtomicUsize::new(0), performs: told });
        (host.await, performs)
    }
}

impl Handler for Deaf {
    fn call(self: Arc<Self>, cx: CallContext, called: Called) -> Answering {
        match (called.info.number, self.hears) {
            (DomainMigratePerform3Params::NUMBER, Hears::Never) => {
                self.performs.notify_one();
                Box::pin(std::future::pending())
            }
            (DomainAbortJob::NUMBER, Hears::Never) => Box::pin(std::future::pending()),
            (DomainAbortJob::NUMBER, Hears::Later) if self.words.fetch_add(1, Ordering::SeqCst) < 2 => {
                Box::pin(async { Err(errors::invalid("no job is active on the domain")) })
            }
            _ => Handler::call(self.service.clone(), cx, called),
        }
    }

    fn closed(self: Arc<Self>, cx: CallContext) -> BoxFuture<'static, ()> {
        Handler::closed(self.service.clone(), cx)
    }
}

/// A source that leaves its first questions how far a job is without an answer, and says of later ones that all has been sent once.
struct Reticent {
    service: Arc<HypervisorService<Mem>>,
    silent: usize,
    count: AtomicUsize,
    asked: Arc<Notify>,
}

impl Reticent {
    /// It, and what tells of each question.
    async fn start(silent: usize) -> (Host, Arc<Notify>) {
        let asked = Arc::<Notify>::default();
        let told = asked.clone();
        let host = host_by(|service| Reticent { service, silent, count: AtomicUsize::new(0), asked: told });
        (host.await, asked)
    }
}

impl Handler for Reticent {
    fn call(self: Arc<Self>, cx: CallContext, called: Called) -> Answering {
        if called.info.number != DomainGetJobStats::NUMBER {
            return Handler::call(self.service.clone(), cx, called);
        }
        self.asked.notify_one();
        if self.count.fetch_add(1, Ordering::SeqCst) < self.silent {
            return Box::pin(std::future::pending());
        }
        let number =
            |field: &str, value| TypedParam { field: field.into(), value: TypedParamValue::ULLong(value) };
        let params = vec![
            number("memory_iteration", 2),
            number("data_processed", 1),
            number("time_elapsed", 3_600_000),
        ];
        let unbounded = 2;
        Box::pin(
            async move { Ok(Draft::encode(&DomainGetJobStatsReply { r#type: unbounded, params }).unwrap()) },
        )
    }

    fn closed(self: Arc<Self>, cx: CallContext) -> BoxFuture<'static, ()> {
        Handler::closed(self.service.clone(), cx)
    }
}

#[derive(Default)]
struct Told {
    moves: Arc<Notify>,
    cancelled: Vec<CancelAnswer>,
    /// Whether each word to switch was taken.
    switched: Vec<bool>,
}

impl Watch for Told {
    fn progress(&mut self, progress: &Progress) {
        if progress.data.processed > 0 {
            self.moves.notify_one();
        }
    }

    fn cancelled(&mut self, answer: CancelAnswer) {
        self.cancelled.push(answer);
    }

    fn switched(&mut self, answer: &Result<(), ControlError>) {
        self.switched.push(answer.is_ok());
    }
}

/// A way to a daemon whose first connection, or all others, can hang: what is sent waits.
struct Link {
    uri: String,
    clients: Arc<AtomicUsize>,
    first_carries: watch::Sender<bool>,
    others_carry: watch::Sender<bool>,
}

impl Link {
    async fn to(uri: &str) -> Link {
        let server = address(uri).to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("mem+tcp://{}/default", listener.local_addr().unwrap());
        let (first_carries, others_carry) = (watch::Sender::new(true), watch::Sender::new(true));
        let clients = Arc::new(AtomicUsize::new(0));
        let link = Link { uri, clients: clients.clone(), first_carries, others_carry };
        let (first, others) = (link.first_carries.subscribe(), link.others_carry.subscribe());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let carries = if clients.fetch_add(1, Ordering::SeqCst) == 0 { &first } else { &others };
                let server = TcpStream::connect(&server).await.unwrap();
                let (client, server) = (client.into_split(), server.into_split());
                tokio::spawn(carry(client.0, server.1, carries.clone()));
                tokio::spawn(carry(server.0, client.1, carries.clone()));
            }
        });
        link
    }
}

async fn carry(
    mut from: impl tokio::io::AsyncRead + Unpin,
    mut to: impl tokio::io::AsyncWrite + Unpin,
    mut carries: watch::Receiver<bool>,
) {
    let mut bytes = vec![0; 65_536];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if carries.wait_for(|carries| *carries).await.is_err() || to.write_all(&bytes[..count]).await.is_err()
        {
            return;
        }
    }
}
