//! The recovery over real connections: what it asks beside the guest's state, and that it waits no longer than need be.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use virtwire::hypervisor::mem::Faults;
use virtwire::migrate::{Migration, Progress, Recover, Watch};
use virtwire::protocol::enums::JobOperation;
use virtwire::protocol::migrate::{
    Check, Do, Fenced, Host as Side, MigrateFlags, Outcome, Record, Request, Settings, Wish,
};

use crate::migration::{Host, NEW, age};

/// Longer than any test lives: what does not hear of the end of what it waits for never comes back.
const AN_HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn a_job_that_runs_is_shown_and_its_end_is_heard_of() {
    let (source, destination) = (Host::start(age(NEW)).await, Host::start(age(NEW)).await);
    let journal = cut_off_in_perform(&source, &destination).await;
    let settings = Settings { ask_again_after: AN_HOUR, ..Settings::default() };
    let mut told = Told::default();
    let shown = told.shown.clone();
    let mut recover = recovery(&source, &destination, journal, settings);
    let aborts = async {
        // At the first look nobody listens yet.
        shown.notified().await;
        shown.notified().await;
        source.connect().await.domain("guest").await.unwrap().abort_job().await.unwrap();
        std::future::pending::<()>().await;
    };
    let recovered = tokio::time::timeout(Duration::from_secs(120), recover.run(&mut told));
    let outcome = tokio::select! {
        outcome = recovered => outcome.expect("it hears of the guest's resuming"),
        () = aborts => unreachable!("it waits for ever"),
    };
    assert!(matches!(outcome, Outcome::OnSource { .. }), "{outcome}");
    let Some(progress) = told.progress.first() else { panic!("no progress was shown") };
    assert_eq!(progress.operation, Some(JobOperation::MigrationOut));
    assert!(progress.data.processed > 0 && progress.data.remaining > 0, "{progress:?}");
    assert_eq!((source.guest().await.is_some(), destination.guest().await), (true, None));
}

/// While it is not known, whoever waits hears what happens on either host.
#[tokio::test]
async fn what_a_person_does_is_heard_of() {
    let (source, destination) = (Host::start(age(NEW)).await, Host::start(age(NEW)).await);
    let journal = cut_off_before_finish(&source, &destination).await;
    let mut told = Told::default();
    let mut recover = recovery(&source, &destination, journal, Settings::default());
    let outcome = recover.run(&mut told).await;
    let Outcome::Unknown(unknown) = &outcome else { panic!("{outcome}") };
    assert_eq!(unknown.check, Check::WhetherItRanThere);
    let guest = source.connect().await.domain("guest").await.unwrap();
    let person = async {
        // Its first word is that it listens.
        recover.changed().await;
        let resumes = async {
            // As soon as the source has missed its client.
            while guest.resume().await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        tokio::join!(recover.changed(), resumes);
    };
    tokio::time::timeout(Duration::from_secs(120), person).await.expect("the guest's resuming is an event");
    let outcome = recover.run(&mut told).await;
    assert!(matches!(outcome, Outcome::OnSource { .. }), "{outcome}");
}

/// A call whose record cannot be kept is not told as one that is made.
#[tokio::test]
async fn what_the_journal_cannot_hold_is_neither_made_nor_told() {
    let (source, destination) = (Host::start(age(NEW)).await, Host::start(age(NEW)).await);
    // Cut to where it was not to be started yet: then the source's is to run on.
    let mut journal = cut_off_before_finish(&source, &destination).await;
    journal.pop();
    let mut told = Told { disk_is_full: true, ..Told::default() };
    let mut recover = recovery(&source, &destination, journal, Settings::default()).no_later_migration();
    let outcome = recover.run(&mut told).await;
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome}");
    assert_eq!(told.changes, [""; 0]);
    told.disk_is_full = false;
    let outcome = loop {
        match recover.run(&mut told).await {
            // The source has not missed its client yet.
            Outcome::Unknown(_) => tokio::task::yield_now().await,
            known => break known,
        }
    };
    assert!(matches!(outcome, Outcome::OnSource { .. }), "{outcome}");
    assert!(told.changes.iter().all(|call| *call == "domain_resume"), "{:?}", told.changes);
    assert!(!told.changes.is_empty());
    assert!(source.guest().await.is_some());
}

/// The end is kept, though nobody waited for that when it was found out.
#[tokio::test]
async fn a_recovery_that_is_dropped_while_it_keeps_the_end_keeps_it_when_it_is_run_again() {
    let (source, destination) = (Host::start(age(NEW)).await, Host::start(age(NEW)).await);
    source.create().await;
    let mut told = Told::default();
    let outcome = plan(&source, &destination).await.run(&mut told).await;
    assert!(matches!(outcome, Outcome::OnDestination { .. }), "{outcome}");
    let is_end = |record: &Record| matches!(record, Record::Ended(_));
    assert!(told.journal.pop().as_ref().is_some_and(is_end));
    let mut recover = recovery(&source, &destination, told.journal, Settings::default());
    let mut stuck = Told { stops_at: Some(is_end), ..Told::default() };
    let stopped = stuck.shown.clone();
    tokio::select! {
        biased;
        () = stopped.notified() => {}
        outcome = recover.run(&mut stuck) => panic!("it ended before it was dropped: {outcome}"),
    }
    let mut told = Told::default();
    let outcome = recover.run(&mut told).await;
    assert!(matches!(outcome, Outcome::OnDestination { .. }), "{outcome}");
    assert_eq!(told.journal, [Record::Ended(outcome)]);
}

/// The source aborts a migration that nobody drives any more, another one sends the guest to a third host and is cut off before it has ended
/// the source's copy: that one is the second one's, and is not resumed for the first.
#[tokio::test]
async fn what_a_later_migration_has_left_is_not_resumed() {
    let [source, second, third] =
        [Host::start(age(NEW)).await, Host::start(age(NEW)).await, Host::start(age(NEW)).await];
    let journal = cut_off_in_perform(&source, &second).await;
    let guest = source.connect().await.domain("guest").await.unwrap();
    guest.abort_job().await.unwrap();
    source.mem.set_faults(Faults::default());
    let mut told = Told { stops_at: Some(after_finish), ..Told::default() };
    let confirms = told.shown.clone();
    // As soon as the source is done with the first one.
    loop {
        let mut migration = plan(&source, &third).await;
        let outcome = tokio::select! {
            outcome = migration.run(&mut told) => outcome,
            () = confirms.notified() => break,
        };
        assert!(matches!(outcome, Outcome::OnSource { .. }), "{outcome}");
    }
    let mut recover = recovery(&source, &second, journal, Settings::default());
    let outcome = recover.run(&mut Told::default()).await;
    let Outcome::Unknown(unknown) = &outcome else { panic!("{outcome}") };
    assert_eq!(unknown.check, Check::WhetherItWasMovedSince);
    assert!(unknown.source.state().is_some_and(|state| state.is_migrating()), "{outcome}");
    assert_eq!((second.guest().await, third.guest().await.is_some()), (None, true));
}

/// A host that says it is another one has not answered; what it says of the guest is not taken for the right one's.
#[tokio::test]
async fn a_host_that_is_another_is_not_believed() {
    let [source, destination, stranger] =
        [Host::start(age(NEW)).await, Host::start(age(NEW)).await, Host::start(age(NEW)).await];
    let journal = cut_off_before_finish(&source, &destination).await;
    let met = |record: &&Record| matches!(record, Record::Met { .. });
    assert_eq!(journal.iter().filter(met).count(), 2, "both are in it before Finish");
    // By the stranger's word nobody has the guest.
    let recover = || recovery(&stranger, &destination, journal.clone(), Settings::default());
    let outcome = recover().run(&mut Told::default()).await;
    let Outcome::Unknown(unknown) = &outcome else { panic!("{outcome}") };
    assert!(unknown.source.to_string().contains("leads to another host now"), "{unknown}");
    // Nor is it to be fenced in that one's place; but one that nobody answers for.
    assert!(recover().why_not_fence(Side::Source).await.is_some());
    let nobody = "mem+tcp://127.0.0.1:1/default";
    let gone =
        Recover::new(nobody, &destination.uri, journal.clone(), Fenced::default(), Settings::default());
    let gone = gone.expect("the journal says what was to move");
    assert_eq!(gone.why_not_fence(Side::Source).await, None);
    let outcome = recover().hosts_are_right().run(&mut Told::default()).await;
    assert!(matches!(outcome, Outcome::Nowhere { .. }), "{outcome}");
}

fn recovery(source: &Host, destination: &Host, journal: Vec<Record>, settings: Settings) -> Recover {
    let recover = Recover::new(&source.uri, &destination.uri, journal, Fenced::default(), settings);
    recover.expect("the journal says what was to move")
}

async fn plan(source: &Host, destination: &Host) -> Migration {
    let (from, to) = (source.connect().await, destination.connect().await);
    let domain = Migration::find(&from, "guest").await.unwrap();
    // Paused while it is sent, so that it is resumed when that ends.
    let request = Request { flags: MigrateFlags(0), ..Request::live(domain) };
    let migration = Migration::plan(from, to, request, Wish::Auto).await.unwrap();
    migration.progress_every(Duration::from_millis(1))
}

/// The journal of a migration whose orchestrator is gone while Perform runs, which goes on until it is aborted.
async fn cut_off_in_perform(source: &Host, destination: &Host) -> Vec<Record> {
    const STALLS_AT: u64 = 100_000;
    let faults = Faults { stall_perform: Some(STALLS_AT), ..Faults::default() };
    source.mem.set_faults(faults);
    source.create().await;
    let mut migration = plan(source, destination).await;
    let mut told = Told::default();
    let guest = source.connect().await.domain("guest").await.unwrap();
    // Not before it stalls: until then it would hear of the destination's end, which goes with the orchestrator, and fail by itself.
    let stalls = async {
        while !guest.job_info().await.is_ok_and(|job| job.data_processed >= STALLS_AT) {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        outcome = migration.run(&mut told) => panic!("it came to an end: {outcome}"),
        () = stalls => {}
    }
    told.journal
}

/// The same of one that is gone when Finish has been announced and not been sent; the destination has missed it.
async fn cut_off_before_finish(source: &Host, destination: &Host) -> Vec<Record> {
    source.create().await;
    let mut migration = plan(source, destination).await;
    let mut told = Told { stops_at: Some(before_finish), ..Told::default() };
    let announced = told.shown.clone();
    tokio::select! {
        outcome = migration.run(&mut told) => panic!("it came to an end: {outcome}"),
        () = announced.notified() => {}
    }
    drop(migration);
    // What was prepared goes with its connection.
    let there = destination.connect().await;
    while there.domain("guest").await.is_ok() {
        tokio::task::yield_now().await;
    }
    told.journal
}

fn before_finish(record: &Record) -> bool {
    matches!(record, Record::Doing(order) if order.call.finishes())
}

fn after_finish(record: &Record) -> bool {
    matches!(record, Record::Answered { procedure: "domain_migrate_finish3_params", answer: Ok(_), .. })
}

#[derive(Default)]
struct Told {
    journal: Vec<Record>,
    disk_is_full: bool,
    stops_at: Option<fn(&Record) -> bool>,
    progress: Vec<Progress>,
    changes: Vec<&'static str>,
    shown: Arc<Notify>,
}

impl Watch for Told {
    fn calling(&mut self, order: &Do) {
        if order.call.changes_something() {
            self.changes.push(order.call.name());
        }
    }

    fn progress(&mut self, progress: &Progress) {
        self.progress.push(*progress);
        if self.stops_at.is_none() {
            self.shown.notify_one();
        }
    }

    async fn journal(&mut self, record: &Record) -> io::Result<()> {
        if self.disk_is_full {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.journal.push(record.clone());
        if self.stops_at.is_some_and(|stops| stops(record)) {
            self.shown.notify_one();
            std::future::pending::<()>().await;
        }
        Ok(())
    }
}
