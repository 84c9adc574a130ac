//! From Perform's reply to Finish's bytes a guest runs nowhere: what the engine does then, and what it does not.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use virtwire::client::{Connection, OpenOptions, Passed};
use virtwire::migrate::{Migration, Watch};
use virtwire::protocol::migrate::{Do, Outcome, Record, Request, Wish};
use virtwire::protocol::program::Program;

use crate::figures::figure;
use crate::migration::{Host, NEW, age};

const PERFORM: i32 = 305;
const FINISH: i32 = 306;

/// The whole of it: one turn of the task that drives the migration, in which two records are kept and Finish is handed to its connection. Nobody is
/// asked anything, and nothing is waited for but the journal: where its records are to be on a disk, the second one, which announces Finish.
#[tokio::test]
async fn between_performs_reply_and_finish_are_two_records_and_no_call() {
    let (source, destination) = (Host::start(age(NEW)).await, Host::start(age(NEW)).await);
    source.create().await;
    let seen = Seen::default();
    let (from, to) = (seen.open(&source).await, seen.open(&destination).await);
    let outcome = run(from, to, &seen).await;
    assert!(matches!(outcome, Outcome::OnDestination { warning: None, .. }), "{outcome}");
    let between = seen.between(|what| what.passed(false, PERFORM), |what| what.passed(true, FINISH));
    assert!(
        matches!(
            &between[..],
            [What::Turn, What::Record("answered"), What::Record("announced"), What::Calls(FINISH)]
        ),
        "{between:?}"
    );
}

/// For people: this machine's time for it, and the same by what one call takes here and now. What is fast enough, a busy machine cannot say.
#[tokio::test]
async fn what_it_takes_is_printed() {
    const MIGRATIONS: usize = 60;
    let hosts = [Host::start(age(NEW)).await, Host::start(age(NEW)).await];
    hosts[0].create().await;
    let (mut handovers, mut calls) = (Vec::new(), Vec::new());
    for number in 0..MIGRATIONS {
        let seen = Seen::default();
        let (from, to) = (seen.open(&hosts[number % 2]).await, seen.open(&hosts[1 - number % 2]).await);
        let asked = Instant::now();
        to.connect_get_hostname().await.unwrap();
        calls.push(asked.elapsed());
        let outcome = run(from, to, &seen).await;
        assert!(matches!(outcome, Outcome::OnDestination { .. }), "{outcome}");
        handovers.push(seen.time(PERFORM, FINISH));
    }
    let [handover, call] = [handovers, calls].map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    });
    figure(format_args!(
        "handing over: {:.1} µs from Perform's reply to Finish's bytes (median of {MIGRATIONS}, this build), {:.2} of one call's round \
         trip ({:.1} µs)",
        handover.as_secs_f64() * 1e6,
        handover.as_secs_f64() / call.as_secs_f64(),
        call.as_secs_f64() * 1e6,
    ));
}

/// Runs a migration, and notes each turn of its task.
async fn run(from: Connection, to: Connection, seen: &Seen) -> Outcome {
    let domain = Migration::find(&from, "guest").await.unwrap();
    let migration = Migration::plan(from, to, Request::live(domain), Wish::Auto).await.unwrap();
    let mut migration = migration.progress_every(Duration::from_secs(3_600));
    let mut watch = seen.clone();
    let mut running = pin!(migration.run(&mut watch));
    poll_fn(|cx| {
        seen.keep(What::Turn);
        running.as_mut().poll(cx)
    })
    .await
}

#[derive(Clone, Debug, PartialEq)]
enum What {
    /// A frame, sent or received, of this procedure.
    Frame {
        sent: bool,
        procedure: i32,
    },
    /// The migration's task has its turn.
    Turn,
    Record(&'static str),
    /// It has a call made.
    Calls(i32),
}

impl What {
    fn passed(&self, sent: bool, procedure: i32) -> bool {
        *self == What::Frame { sent, procedure }
    }
}

/// What has happened, in order, on both connections and in the task.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<(Instant, What)>>>);

impl Seen {
    fn keep(&self, what: What) {
        self.0.lock().unwrap().push((Instant::now(), what));
    }

    async fn open(&self, host: &Host) -> Connection {
        let seen = self.clone();
        let observer = Arc::new(move |passed: Passed| {
            if passed.header.program == Program::REMOTE {
                seen.keep(What::Frame { sent: passed.sent, procedure: passed.header.procedure.0 });
            }
        });
        let options = OpenOptions { observer: Some(observer), ..OpenOptions::default() };
        Connection::open_with(&host.uri, options).await.unwrap()
    }

    fn between(&self, from: impl Fn(&What) -> bool, to: impl Fn(&What) -> bool) -> Vec<What> {
        let seen: Vec<_> = self.0.lock().unwrap().iter().map(|(_, what)| what.clone()).collect();
        let begins = seen.iter().position(from).unwrap();
        let ends = seen.iter().position(to).unwrap();
        seen[begins + 1..ends].to_vec()
    }

    fn time(&self, replied: i32, sent: i32) -> Duration {
        let seen = self.0.lock().unwrap();
        let at = |is: &dyn Fn(&What) -> bool| seen.iter().find(|(_, what)| is(what)).unwrap().0;
        at(&|what| what.passed(true, sent)) - at(&|what| what.passed(false, replied))
    }
}

impl Watch for Seen {
    fn calling(&mut self, order: &Do) {
        self.keep(What::Calls(order.call.number()));
    }

    async fn journal(&mut self, record: &Record) -> io::Result<()> {
        self.keep(What::Record(match record {
            Record::Doing(_) => "announced",
            Record::Answered { .. } => "answered",
            _ => "other",
        }));
        Ok(())
    }
}
