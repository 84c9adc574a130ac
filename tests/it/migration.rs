//! The driver over real connections: two hosts in memory, in this process, and what the engine's model cannot show.
//!
//! Where the guest is, is read from the hosts over fresh connections, not from the outcome.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use virtwire::client::Connection;
use virtwire::hypervisor::HypervisorService;
use virtwire::hypervisor::mem::{Config, Faults, Mem};
use virtwire::migrate::{Canceller, Migration, Progress, Watch};
use virtwire::protocol::migrate::{
    CancelAnswer, Do, MigrateFlags, Note, Outcome, Record, Request, Version, Wish,
};
use virtwire::protocol::profile::Profile;
use virtwire::protocol::program::ProcedureNumber;
use virtwire::protocol::session::server::Called;
use virtwire::server::{Answering, BoxFuture, CallContext, Handler, Server};

use crate::raw;

/// `VIR_DOMAIN_XML_INACTIVE`.
const INACTIVE: u32 = 2;
/// The last release with version 2, with version 3 in its fixed form, and the newest.
pub(crate) const V2: &str = "0.9.1";
const V3: &str = "1.0.6";
pub(crate) const NEW: &str = "12.8.0";

pub(crate) fn age(release: &str) -> Profile {
    Profile::of(release.parse().unwrap())
}

#[tokio::test]
async fn a_guest_moves_by_preparev2_with_its_exact_configuration() {
    let (source, destination) = (Host::start(age(V2)).await, Host::start(age(V2)).await);
    source.create().await;
    let memory = source.mem.checksum("guest");
    let mut watched = Watched::default();
    let outcome = migrate(&source, &destination, &mut watched).await;
    assert!(matches!(outcome, Outcome::OnDestination { warning: None, .. }), "{outcome}");
    assert_eq!((source.guest().await, destination.guest().await), (None, Some(XML.to_owned())));
    assert_eq!(destination.mem.checksum("guest"), memory);
    assert_eq!(watched.calls, [14, 16, 108, 62, 109, 16]);
}

#[tokio::test]
async fn a_guest_moves_by_version_3_as_far_as_both_have_it() {
    let (fixed, params) = ([213, 16, 214, 216, 217, 218], [302, 212, 303, 305, 306, 307]);
    for (ages, calls) in [([V3, V3], fixed), ([NEW, V3], fixed), ([V3, NEW], fixed), ([NEW, NEW], params)] {
        let [source, destination] = [Host::start(age(ages[0])).await, Host::start(age(ages[1])).await];
        source.create().await;
        let memory = source.mem.checksum("guest");
        let mut watched = Watched::default();
        let outcome = migrate(&source, &destination, &mut watched).await;
        assert!(matches!(outcome, Outcome::OnDestination { warning: None, .. }), "{ages:?}: {outcome}");
        assert_eq!((source.guest().await, destination.guest().await), (None, Some(XML.to_owned())));
        assert_eq!(destination.mem.checksum("guest"), memory);
        assert_eq!(watched.calls, calls, "{ages:?}");
    }
}

/// Nothing runs, nothing is sent, and the definition is where it is to be; or where it was.
#[tokio::test]
async fn a_definition_moves_while_nothing_runs() {
    for (release, expected) in [(NEW, [302, 212, 24, 303, 306, 307]), ("1.0.1", [213, 16, 24, 214, 217, 218])]
    {
        let (source, destination) = (Host::start(age(release)).await, Host::start(age(release)).await);
        let (from, to) = (source.connect().await, destination.connect().await);
        from.domain_define_xml(XML).await.unwrap();
        let moved = async |flags: MigrateFlags, watched: &mut Watched| {
            let (from, to) = (source.connect().await, destination.connect().await);
            let guest = Migration::find(&from, "guest").await.unwrap();
            let request = Request { flags: MigrateFlags::OFFLINE | flags, ..Request::live(guest) };
            Migration::plan(from, to, request, Wish::Auto).await.unwrap().run(watched).await
        };
        // What does not run stays nowhere unless it is kept.
        let refused = moved(MigrateFlags(0), &mut Watched::default()).await;
        assert!(matches!(refused, Outcome::OnSource { .. }), "{refused}");
        let mut watched = Watched::default();
        let outcome = moved(MigrateFlags::PERSIST_DEST | MigrateFlags::UNDEFINE_SOURCE, &mut watched).await;
        assert!(matches!(outcome, Outcome::OnDestination { left_on_source: None, .. }), "{outcome}");
        assert_eq!(watched.calls, expected);
        assert!(from.domain_lookup_by_name("guest").await.is_err(), "it has left");
        let there = to.domain_lookup_by_name("guest").await.unwrap().dom;
        assert_eq!((there.id, to.domain_get_info(&there).await.unwrap().state), (-1, 5));
        assert_eq!(to.domain_get_xml_desc(&there, 0).await.unwrap().xml.to_string(), XML);
    }
}

#[tokio::test]
async fn a_peer_that_claims_preparev2_and_lacks_it_gets_the_older_prepare() {
    let claims = age(V2).without(ProcedureNumber(108));
    let (source, destination) = (Host::start(age(V2)).await, Host::start(claims).await);
    source.create().await;
    let mut watched = Watched::default();
    let outcome = migrate(&source, &destination, &mut watched).await;
    assert!(matches!(outcome, Outcome::OnDestination { .. }), "{outcome}");
    assert_eq!(watched.calls, [14, 16, 108, 16, 61, 62, 63, 16]);
    assert!(watched.notes.iter().any(|note| matches!(note, Note::Downgrade { to: Version::V1, .. })));
    assert_eq!((source.guest().await, destination.guest().await), (None, Some(XML.to_owned())));
}

#[tokio::test]
async fn a_cancelled_perform_leaves_the_guest_running_on_its_source() {
    for release in [V2, NEW] {
        let (source, destination) = (Host::start(age(release)).await, Host::start(age(release)).await);
        source.create().await;
        // The data stalls half-way, so that Perform runs until somebody ends it.
        source.mem.set_faults(Faults { stall_perform: Some(100_000), ..Faults::default() });
        let mut migration = source.plan(&destination).await;
        let mut watched = Watched { cancel: Some(migration.canceller()), ..Watched::default() };
        let outcome = migration.run(&mut watched).await;
        assert!(matches!(outcome, Outcome::OnSource { .. }), "{release}: {outcome}");
        assert_eq!(watched.cancelled, [CancelAnswer::Taken], "{release}");
        assert_eq!((source.guest().await, destination.guest().await), (Some(XML.to_owned()), None));
        // What has ended stays as it ended.
        assert_eq!(migration.run(&mut ()).await, outcome);
    }
}

#[tokio::test]
async fn a_migration_that_is_given_up_before_perform_sends_none() {
    let (source, destination) = (Host::start(age(V2)).await, Host::start(age(V2)).await);
    source.create().await;
    let mut migration = source.plan(&destination).await;
    migration.canceller().cancel();
    let mut watched = Watched::default();
    let outcome = migration.run(&mut watched).await;
    assert!(matches!(outcome, Outcome::OnSource { .. }), "{outcome}");
    assert!(!watched.calls.contains(&62), "{:?}", watched.calls);
    assert_eq!((source.guest().await, destination.guest().await), (Some(XML.to_owned()), None));
}

#[tokio::test]
async fn a_run_that_is_dropped_may_be_run_again_and_finds_out() {
    let (source, destination) = (Host::start(age(V2)).await, Host::start(age(V2)).await);
    source.create().await;
    let mut migration = source.plan(&destination).await;
    let mut watched = Watched { stop_at_progress: Some(Arc::default()), ..Watched::default() };
    let stop = watched.stop_at_progress.clone().unwrap();
    tokio::select! {
        biased;
        () = stop.notified() => {}
        outcome = migration.run(&mut watched) => panic!("it ended before it was dropped: {outcome}"),
    }
    let mut again = Watched::default();
    let outcome = loop {
        match migration.run(&mut again).await {
            Outcome::Unknown(_) => tokio::task::yield_now().await,
            known => break known,
        }
    };
    assert!(matches!(outcome, Outcome::OnDestination { .. }), "{outcome}");
    assert!(!again.calls.contains(&62), "Perform is not repeated");
    assert_eq!((source.guest().await, destination.guest().await), (None, Some(XML.to_owned())));
}

/// As by an agent that polls its migration with a deadline: what is out goes on, and is waited for by the next run.
#[tokio::test]
async fn a_run_that_is_dropped_again_and_again_moves_the_guest_all_the_same() {
    for release in [V2, NEW] {
        let (source, destination) = (Host::start(age(release)).await, Host::start(age(release)).await);
        source.create().await;
        let migration = source.plan(&destination).await;
        let mut migration = migration.progress_every(Duration::from_millis(1));
        let mut watched = Watched { stop_at_progress: Some(Arc::default()), ..Watched::default() };
        let stop = watched.stop_at_progress.clone().unwrap();
        let mut dropped = 0;
        let outcome = loop {
            tokio::select! {
                biased;
                () = stop.notified(), if dropped < 5 => dropped += 1,
                outcome = migration.run(&mut watched) => break outcome,
            }
        };
        assert!(dropped > 0, "{release}: it moved too fast to be dropped");
        assert!(matches!(outcome, Outcome::OnDestination { warning: None, .. }), "{release}: {outcome}");
        let performs = watched.calls.iter().filter(|number| matches!(number, 62 | 305));
        assert_eq!(performs.count(), 1, "{release}: {:?}", watched.calls);
        assert_eq!((source.guest().await, destination.guest().await), (None, Some(XML.to_owned())));
    }
}

/// The word was taken by a run that was dropped before the source had heard it.
#[tokio::test]
async fn a_migration_that_is_given_up_stays_so_when_its_run_is_dropped() {
    let (source, destination) = (Host::start(age(NEW)).await, Host::start(age(NEW)).await);
    source.create().await;
    source.mem.set_faults(Faults { stall_perform: Some(100_000), ..Faults::default() });
    let mut migration = source.plan(&destination).await;
    let canceller = migration.canceller();
    let mut watched = Watched { stop_at_progress: Some(Arc::default()), ..Watched::default() };
    let stop = watched.stop_at_progress.clone().unwrap();
    {
        let mut run = Box::pin(migration.run(&mut watched));
        tokio::select! {
            outcome = &mut run => panic!("it ended before it was given up: {outcome}"),
            () = stop.notified() => canceller.cancel(),
        }
        tokio::select! {
            biased;
            outcome = &mut run => panic!("it ended before it was dropped: {outcome}"),
            () = std::future::ready(()) => {}
        }
    }
    let run = tokio::time::timeout(Duration::from_secs(60), migration.run(&mut watched)).await;
    let outcome = run.expect("the abort is said again");
    assert!(matches!(outcome, Outcome::OnSource { .. }), "{outcome}");
    assert_eq!(watched.cancelled, [CancelAnswer::Taken]);
    assert_eq!((source.guest().await, destination.guest().await), (Some(XML.to_owned()), None));
}

/// Perform is never answered, and whoever waits for it no longer has the hosts asked.
#[tokio::test]
async fn a_reply_that_is_waited_for_no_longer_counts_as_lost() {
    let (source, destination) = (Host::hanging_at(ProcedureNumber(305)).await, Host::start(age(NEW)).await);
    source.create().await;
    let mut migration = source.plan(&destination).await;
    let mut watched = Watched::default();
    let mut waited = 0;
    while waited < 2 {
        waited += usize::from(watched.calls.contains(&305));
        let run = tokio::time::timeout(Duration::from_millis(50), migration.run(&mut watched)).await;
        assert!(run.is_err(), "it waits for Perform: {run:?}");
    }
    migration.wait_no_longer();
    let outcome = loop {
        match migration.run(&mut watched).await {
            Outcome::Unknown(_) => tokio::task::yield_now().await,
            known => break known,
        }
    };
    assert!(matches!(outcome, Outcome::OnSource { .. }), "{outcome}");
    assert_eq!(watched.calls.iter().filter(|number| **number == 305).count(), 1, "{:?}", watched.calls);
    // Nothing is out any more.
    migration.wait_no_longer();
    assert_eq!(migration.run(&mut ()).await, outcome);
}

/// Wherever its journal was when a run was dropped: what is done afterwards has been announced, and nothing that was to be kept is lost.
#[tokio::test]
async fn a_run_that_is_dropped_while_it_keeps_its_journal_loses_no_record() {
    let sticks_at: [fn(&Record) -> bool; 3] = [
        |record| matches!(record, Record::Met { .. }),
        |record| matches!(record, Record::Doing(call) if call.call.performs()),
        |record| matches!(record, Record::Ended(_)),
    ];
    for (case, sticks) in sticks_at.into_iter().enumerate() {
        let (source, destination) = (Host::start(age(NEW)).await, Host::start(age(NEW)).await);
        source.create().await;
        let mut migration = source.plan(&destination).await;
        let mut announced = Announced { sticks: Some(sticks), ..Announced::default() };
        let stuck = announced.stuck.clone();
        tokio::select! {
            biased;
            () = stuck.notified() => {}
            outcome = migration.run(&mut announced) => panic!("{case}: it ended before it was dropped: {outcome}"),
        }
        announced.sticks = None;
        let outcome = migration.run(&mut announced).await;
        assert!(matches!(outcome, Outcome::OnDestination { .. }), "{case}: {outcome}");
        assert_eq!((source.guest().await, destination.guest().await), (None, Some(XML.to_owned())));
        let kept = |is: fn(&Record) -> bool| announced.kept.iter().filter(|record| is(record)).count();
        assert_eq!(kept(|record| matches!(record, Record::Met { .. })), 2, "{case}: {:?}", announced.kept);
        assert_eq!(kept(|record| matches!(record, Record::Ended(_))), 1, "{case}: {:?}", announced.kept);
    }
}

#[tokio::test]
async fn a_journal_that_fails_stops_the_call_it_precedes() {
    for (fails_before, calls) in [(108, &[14, 16][..]), (62, &[14, 16, 108, 109])] {
        let (source, destination) = (Host::start(age(V2)).await, Host::start(age(V2)).await);
        source.create().await;
        let mut watched = Watched { journal_fails_before: Some(fails_before), ..Watched::default() };
        let outcome = migrate(&source, &destination, &mut watched).await;
        let Outcome::OnSource { reason, .. } = outcome else { panic!("{outcome}") };
        assert!(reason.to_string().contains("the disk is full"), "{reason}");
        assert_eq!(watched.calls, calls);
        assert_eq!((source.guest().await, destination.guest().await), (Some(XML.to_owned()), None));
    }
}

/// Whoever recovers takes a Finish that the journal does not have for not made.
#[tokio::test]
async fn no_finish_is_sent_that_the_journal_lacks() {
    let (source, destination) = (Host::start(age(V2)).await, Host::start(age(V2)).await);
    source.create().await;
    let (from, to) = (source.connect().await, destination.connect().await);
    let guest = Migration::find(&from, "guest").await.unwrap();
    let mut migration = Migration::plan(from, to, Request::live(guest), Wish::Auto).await.unwrap();
    let mut watched = Watched { journal_fails_before: Some(109), ..Watched::default() };
    let outcome = migration.run(&mut watched).await;
    let Outcome::Unknown(unknown) = outcome else { panic!("{outcome}") };
    assert!(unknown.reason.to_string().contains("the disk is full"), "{unknown}");
    assert!(!watched.calls.contains(&109));
    watched.journal_fails_before = None;
    let outcome = migration.run(&mut watched).await;
    assert!(matches!(outcome, Outcome::OnDestination { .. }), "{outcome}");
    assert_eq!((source.guest().await, destination.guest().await), (None, Some(XML.to_owned())));
}

/// In version 3 the source has the guest still.
#[tokio::test]
async fn a_guest_whose_finish_the_journal_lacks_runs_on_at_its_source() {
    let (source, destination) = (Host::start(age(NEW)).await, Host::start(age(NEW)).await);
    source.create().await;
    let mut watched = Watched { journal_fails_before: Some(306), ..Watched::default() };
    let outcome = migrate(&source, &destination, &mut watched).await;
    let Outcome::OnSource { reason, .. } = outcome else { panic!("{outcome}") };
    assert!(reason.to_string().contains("the disk is full"), "{reason}");
    assert!(!watched.calls.contains(&306));
    assert_eq!(source.guest().await, Some(XML.to_owned()));
}

/// A daemon that does not answer, and answers pings, holds up nobody for ever: its reply is lost, and the guest is where it was.
#[tokio::test]
async fn a_step_that_is_never_answered_ends_the_migration() {
    for (hangs, which) in [("source", 302), ("source", 212), ("destination", 303)] {
        let at = |host| async move {
            match host == hangs {
                true => Host::hanging_at(ProcedureNumber(which)).await,
                false => Host::start(age(NEW)).await,
            }
        };
        let (source, destination) = (at("source").await, at("destination").await);
        source.create().await;
        let mut migration = source.plan(&destination).await.step_within(Duration::from_millis(200));
        let outcome = migration.run(&mut Watched::default()).await;
        match which {
            // The state before the start is nothing that a migration depends on.
            212 => assert!(matches!(outcome, Outcome::OnDestination { .. }), "{which}: {outcome}"),
            _ => {
                let Outcome::OnSource { reason, .. } = &outcome else { panic!("{which}: {outcome}") };
                assert!(reason.to_string().contains("no reply"), "{which}: {reason}");
                drop(migration);
                assert!(source.guest().await.is_some(), "{which}");
                let there = destination.connect().await;
                while there.domain_lookup_by_name("guest").await.is_ok() {
                    tokio::task::yield_now().await;
                }
            }
        }
    }
}

/// A daemon forgets a migration with the connection that began it, so Confirm goes over that one or not at all: over another it would
/// end what somebody else has begun since.
#[tokio::test]
async fn confirm_goes_over_no_other_connection_than_begins() {
    let (source, destination) = (Host::start(age(NEW)).await, Host::start(age(NEW)).await);
    source.create().await;
    let (from, to) = (source.connect().await, destination.connect().await);
    let guest = Migration::find(&from, "guest").await.unwrap();
    let mut migration = Migration::plan(from.clone(), to, Request::live(guest), Wish::Auto).await.unwrap();
    let mut watched = Watched { close_before_finish: Some(from), ..Watched::default() };
    let outcome = migration.run(&mut watched).await;
    let Outcome::OnDestination { warning: Some(warning), left_on_source: None, .. } = &outcome else {
        panic!("{outcome}")
    };
    let unsent = "domain_migrate_confirm3_params on the source: not sent: its connection has ended";
    assert!(warning.to_string().starts_with(unsent), "{warning}");
    assert_eq!((source.guest().await, destination.guest().await), (None, Some(XML.to_owned())));
}

#[tokio::test]
async fn a_version_that_is_not_common_ground_is_refused_before_anything_is_asked() {
    let (source, destination) = (Host::start(age(V2)).await, Host::start(age("0.3.1")).await);
    source.create().await;
    let (from, to) = (source.connect().await, destination.connect().await);
    let guest = Migration::find(&from, "guest").await.unwrap();
    let refused = Migration::plan(from, to, Request::live(guest), Wish::Auto).await.unwrap_err();
    assert!(refused.to_string().contains("no migration version in common"), "{refused}");
}

const XML: &str = "<domain type='mem'><name>guest</name><uuid>6d656d00-0000-4000-8000-000000000001</uuid>\
                   <memory unit='KiB'>1024</memory><currentMemory unit='KiB'>1024</currentMemory><vcpu>1</vcpu></domain>";

/// A daemon in this process.
pub(crate) struct Host {
    pub(crate) mem: Mem,
    pub(crate) uri: String,
}

impl Host {
    pub(crate) async fn start(profile: Profile) -> Host {
        let mem = Mem::new(Config::default());
        let uri = serve(Server::new(HypervisorService::new(mem.clone())).profile(profile)).await;
        Host { mem, uri }
    }

    /// Another URI that leads to the same host.
    pub(crate) async fn another_door(&self) -> String {
        serve(Server::new(HypervisorService::new(self.mem.clone()))).await
    }

    /// One that has begun to do this when it is asked to, and never says that it has.
    pub(crate) async fn hanging_at(procedure: ProcedureNumber) -> Host {
        let mem = Mem::new(Config::default());
        let service = Arc::new(HypervisorService::new(mem.clone()));
        Host { mem, uri: serve(Server::new(Hangs { service, procedure })).await }
    }

    pub(crate) async fn connect(&self) -> Connection {
        Connection::open(&self.uri).await.unwrap()
    }

    pub(crate) async fn create(&self) {
        self.connect().await.domain_create_xml(XML, 0).await.unwrap();
    }

    /// The running guest's configuration, if there is one, over a connection of its own.
    pub(crate) async fn guest(&self) -> Option<String> {
        let connection = self.connect().await;
        let found = connection.domain_lookup_by_name("guest").await.ok()?.dom;
        assert_eq!(
            connection.domain_get_info(&found).await.unwrap().state,
            1,
            "it is there, and does not run"
        );
        // What runs has its number, too, which no two hosts have in common.
        Some(connection.domain_get_xml_desc(&found, INACTIVE).await.unwrap().xml.to_string())
    }

    pub(crate) async fn plan(&self, destination: &Host) -> Migration {
        let (from, to) = (self.connect().await, destination.connect().await);
        let guest = Migration::find(&from, "guest").await.unwrap();
        let migration = Migration::plan(from, to, Request::live(guest), Wish::Auto).await.unwrap();
        migration.progress_every(Duration::from_millis(1))
    }
}

/// Where such a URI leads.
pub(crate) fn address(uri: &str) -> &str {
    uri.strip_prefix("mem+tcp://").and_then(|rest| rest.strip_suffix("/default")).unwrap()
}

/// Its URI.
pub(crate) async fn serve(server: Server) -> String {
    format!("mem+tcp://{}/default", raw::serve(server).await)
}

/// Never answers one call.
struct Hangs {
    service: Arc<HypervisorService<Mem>>,
    procedure: ProcedureNumber,
}

impl Handler for Hangs {
    fn call(self: Arc<Self>, cx: CallContext, called: Called) -> Answering {
        let hangs = called.info.number == self.procedure;
        let answer = Handler::call(self.service.clone(), cx, called);
        Box::pin(async move {
            let answer = answer.await;
            if hangs {
                std::future::pending::<()>().await;
            }
            answer
        })
    }

    fn closed(self: Arc<Self>, cx: CallContext) -> BoxFuture<'static, ()> {
        Handler::closed(self.service.clone(), cx)
    }
}

async fn migrate(source: &Host, destination: &Host, watched: &mut Watched) -> Outcome {
    source.plan(destination).await.run(watched).await
}

/// Keeps what it is told, and does what the test wants at the right moment.
#[derive(Default)]
struct Watched {
    notes: Vec<Note>,
    /// The procedures that were called.
    calls: Vec<i32>,
    cancelled: Vec<CancelAnswer>,
    /// Cancel as soon as Perform shows progress.
    cancel: Option<Canceller>,
    journal_fails_before: Option<i32>,
    /// Closed before Finish is sent.
    close_before_finish: Option<Connection>,
    /// Told when Perform shows progress.
    stop_at_progress: Option<Arc<Notify>>,
}

impl Watch for Watched {
    fn note(&mut self, note: &Note) {
        self.notes.push(note.clone());
    }

    fn calling(&mut self, call: &Do) {
        self.calls.push(call.call.number());
    }

    fn progress(&mut self, _: &Progress) {
        if let Some(cancel) = self.cancel.take() {
            cancel.cancel();
        }
        if let Some(stop) = &self.stop_at_progress {
            stop.notify_one();
        }
    }

    fn cancelled(&mut self, answer: CancelAnswer) {
        self.cancelled.push(answer);
    }

    async fn journal(&mut self, record: &Record) -> io::Result<()> {
        match record {
            Record::Doing(call) if Some(call.call.number()) == self.journal_fails_before => {
                Err(io::Error::other("the disk is full"))
            }
            Record::Doing(call) if call.call.finishes() => {
                if let Some(connection) = self.close_before_finish.take() {
                    connection.close().await.map_err(io::Error::other)?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// Keeps its journal, and sees that each call that needs its record is what was announced last.
#[derive(Default)]
struct Announced {
    kept: Vec<Record>,
    /// The journal takes this record for ever, and says that it is there.
    sticks: Option<fn(&Record) -> bool>,
    stuck: Arc<Notify>,
}

impl Watch for Announced {
    fn calling(&mut self, call: &Do) {
        let is_announced = |record: &Record| matches!(record, Record::Doing(announced) if announced == call);
        let last = self.kept.iter().rfind(|record| matches!(record, Record::Doing(_)));
        assert!(
            !call.call.needs_its_record() || last.is_some_and(is_announced),
            "{call} comes after {last:?}"
        );
    }

    async fn journal(&mut self, record: &Record) -> io::Result<()> {
        if self.sticks.is_some_and(|sticks| sticks(record)) {
            self.stuck.notify_one();
            std::future::pending::<()>().await;
        }
        self.kept.push(record.clone());
        Ok(())
    }
}
