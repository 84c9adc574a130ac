//! Many migrations at once, between many daemons in this process.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use virtwire::client::OpenOptions;
use virtwire::hypervisor::mem::Faults;
use virtwire::migrate::{Ended, Errand, Fleet, Limits, NotBegun, Progress, Watch};
use virtwire::protocol::migrate::{Do, Outcome, Record};
use virtwire::protocol::program::ProcedureNumber;

use crate::figures::figure;
use crate::migration::{Host, NEW, age};

const HOSTS: usize = 50;
const GUESTS: usize = 1_000;

/// Bounds with room for a busy machine and a build without optimization: a slip by an order of magnitude is what they are to catch.
const KIB_EACH_MAX: u64 = 256;
const TIME_EACH_MAX: Duration = Duration::from_millis(200);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_guests_move_between_fifty_daemons_within_the_limits() {
    let mut hosts = Vec::new();
    for _ in 0..HOSTS {
        hosts.push(Host::start(age(NEW)).await);
    }
    let mut errands = Vec::new();
    for number in 0..GUESTS {
        let (from, to) = (number % HOSTS, (number + 1 + number / HOSTS) % HOSTS);
        let xml =
            format!("<domain type='mem'><name>guest-{number}</name><memory unit='KiB'>64</memory></domain>");
        hosts[from].connect().await.domain_create_xml(&xml, 0).await.unwrap();
        errands.push(Errand::new(&hosts[from].uri, &hosts[to].uri, format!("guest-{number}")));
    }

    let limits = Limits { total: 40, host: 3, link: 1 };
    let counts = Arc::new(Counts::default());
    let (before, began) = (resident_kib(), Instant::now());
    let ends = Fleet::new(limits).run(errands, |_, errand| Counter::new(&counts, errand), |_| ()).await;
    let (took, most) = (began.elapsed(), counts.resident_kib.load(Ordering::Relaxed) as u64);

    assert_eq!(ends.len(), GUESTS);
    for (index, end) in ends.iter().enumerate() {
        assert_eq!((end.index, &*end.guest), (index, &*format!("guest-{index}")));
        assert!(matches!(&end.ended, Ended::Known(Outcome::OnDestination { warning: None, .. })), "{end:?}");
    }
    // Each guest is where it was to go, and nowhere else.
    let mut found = 0;
    for (at, host) in hosts.iter().enumerate() {
        for domain in
            host.connect().await.domains(virtwire::protocol::flags::ListDomainsFlags::ACTIVE).await.unwrap()
        {
            let number: usize = domain.name().to_string()["guest-".len()..].parse().unwrap();
            assert_eq!((number + 1 + number / HOSTS) % HOSTS, at, "guest-{number}");
            found += 1;
        }
    }
    assert_eq!(found, GUESTS);
    let most_at_once = counts.most_at_once.load(Ordering::Relaxed);
    assert!(most_at_once > 3 && most_at_once <= 40, "{most_at_once} at once");
    assert!(*counts.worst_host.lock().unwrap() <= 3, "{counts:?}");

    let grown = most.saturating_sub(before);
    figure(format_args!(
        "{GUESTS} migrations between {HOSTS} daemons in one process, at most {most_at_once} at once: {:.1} ms each, {} KiB of memory \
         each at the peak ({} MiB in all), the daemons' share included",
        took.as_secs_f64() * 1_000.0 / GUESTS as f64,
        grown / GUESTS as u64,
        grown >> 10,
    ));
    assert!(grown / GUESTS as u64 <= KIB_EACH_MAX, "{grown} KiB more at the peak");
    assert!(took / GUESTS as u32 <= TIME_EACH_MAX, "{took:?}");
}

#[tokio::test]
async fn a_cancelled_fleet_keeps_every_outcome() {
    let (source, destination) = (Host::start(age(NEW)).await, Host::start(age(NEW)).await);
    let faults = Faults { stall_perform: Some(1_000), ..Faults::default() };
    source.mem.set_faults(faults);
    let mut errands = Vec::new();
    for name in ["one", "two", "three", "four"] {
        let xml = format!("<domain type='mem'><name>{name}</name><memory unit='KiB'>64</memory></domain>");
        source.connect().await.domain_create_xml(&xml, 0).await.unwrap();
        errands.push(Errand::new(&source.uri, &destination.uri, name));
    }
    // And some that cannot begin.
    errands.insert(0, Errand::new(&source.uri, &destination.uri, "nobody"));
    errands.insert(1, Errand::new("mem+tcp://127.0.0.1:1/default", &destination.uri, "one"));
    let fleet = Fleet::new(Limits::default());
    let canceller = fleet.canceller();
    let moving = Arc::new(AtomicUsize::new(0));
    let ends =
        fleet.run(errands, |_, _| CancelsAtSecond(canceller.clone(), moving.clone(), false), |_| ()).await;
    let told: Vec<_> = ends
        .iter()
        .map(|end| match &end.ended {
            Ended::Known(Outcome::OnSource { .. }) => "stayed",
            Ended::NotBegun(NotBegun::Find(_)) => "no guest",
            Ended::NotBegun(NotBegun::Open { .. }) => "no host",
            Ended::NotBegun(NotBegun::Cancelled) => "cancelled",
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, ["no guest", "no host", "stayed", "stayed", "cancelled", "cancelled"]);
    assert_eq!(
        source
            .connect()
            .await
            .domains(virtwire::protocol::flags::ListDomainsFlags::ACTIVE)
            .await
            .unwrap()
            .len(),
        4
    );
}

/// Who leaves waits for no answer, and loses nothing: what runs comes back with its connections.
#[tokio::test]
async fn a_fleet_that_is_left_hands_back_what_runs() {
    // Perform is never answered.
    let source = Host::hanging_at(ProcedureNumber(305)).await;
    let destination = Host::start(age(NEW)).await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("mem+tcp://{}/default", silent.local_addr().unwrap());
    let mut errands = vec![Errand::new(&nobody, &destination.uri, "nobody")];
    for name in ["one", "two", "three"] {
        let xml = format!("<domain type='mem'><name>{name}</name><memory unit='KiB'>64</memory></domain>");
        source.connect().await.domain_create_xml(&xml, 0).await.unwrap();
        errands.push(Errand::new(&source.uri, &destination.uri, name));
    }
    let limits = Limits { total: 3, host: 3, link: 3 };
    let open_within = Duration::from_secs(3_600);
    let fleet = Fleet::new(limits).options(OpenOptions { open_within, ..OpenOptions::default() });
    let (canceller, performing) = (fleet.canceller(), Arc::new(AtomicUsize::new(0)));
    let ends = fleet.run(errands, |_, _| LeavesAtSecond(canceller.clone(), performing.clone()), |_| ()).await;
    let mut left = Vec::new();
    for end in ends {
        match end.ended {
            Ended::Unknown(_, migration) => left.push((end.guest, migration)),
            Ended::NotBegun(NotBegun::Cancelled) => assert!(matches!(&*end.guest, "nobody" | "three")),
            other => panic!("{}: {other:?}", end.guest),
        }
    }
    assert_eq!(left.iter().map(|(guest, _)| &**guest).collect::<Vec<_>>(), ["one", "two"]);
    // And finds out, if it is run on.
    for (guest, mut migration) in left {
        let outcome = loop {
            match migration.run(&mut ()).await {
                Outcome::Unknown(_) => tokio::task::yield_now().await,
                known => break known,
            }
        };
        assert!(matches!(outcome, Outcome::OnSource { .. }), "{guest}: {outcome}");
    }
}

/// One host that two URIs lead to is one host.
#[tokio::test]
async fn a_host_is_counted_by_what_it_is_and_not_by_its_uri() {
    let (source, one, other) =
        (Host::start(age(NEW)).await, Host::start(age(NEW)).await, Host::start(age(NEW)).await);
    let faults = Faults { stall_perform: Some(1_000), ..Faults::default() };
    source.mem.set_faults(faults);
    for name in ["first", "second"] {
        let xml = format!("<domain type='mem'><name>{name}</name><memory unit='KiB'>64</memory></domain>");
        source.connect().await.domain_create_xml(&xml, 0).await.unwrap();
    }
    let door = source.another_door().await;
    assert_ne!(door, source.uri);
    let errands = vec![Errand::new(&source.uri, &one.uri, "first"), Errand::new(&door, &other.uri, "second")];
    let limits = Limits { host: 1, ..Limits::default() };
    let fleet = Fleet::new(limits);
    let canceller = fleet.canceller();
    let mut begun = Vec::new();
    let ends = fleet
        .run(
            errands,
            |index, _| {
                begun.push(index);
                CancelsWhenItMoves(canceller.clone())
            },
            |_| (),
        )
        .await;
    // Neither ends by itself, so that the other's turn would have come if there were room. Whose host is known first begins.
    let [first] = begun[..] else { panic!("{begun:?}: {ends:?}") };
    assert!(matches!(ends[first].ended, Ended::Known(Outcome::OnSource { .. })), "{ends:?}");
    assert!(matches!(ends[1 - first].ended, Ended::NotBegun(NotBegun::Cancelled)), "{ends:?}");
}

/// Gives all up when it has shown that it moves.
struct CancelsWhenItMoves(virtwire::migrate::FleetCanceller);

impl Watch for CancelsWhenItMoves {
    fn progress(&mut self, progress: &Progress) {
        if progress.data.processed > 0 {
            self.0.cancel();
        }
    }
}

/// Leaves when two have sent Perform.
struct LeavesAtSecond(virtwire::migrate::FleetCanceller, Arc<AtomicUsize>);

impl Watch for LeavesAtSecond {
    fn calling(&mut self, call: &Do) {
        if call.call.performs() && self.1.fetch_add(1, Ordering::SeqCst) == 1 {
            self.0.leave();
        }
    }
}

/// Gives all up when two have shown that they move.
struct CancelsAtSecond(virtwire::migrate::FleetCanceller, Arc<AtomicUsize>, bool);

impl Watch for CancelsAtSecond {
    fn progress(&mut self, progress: &Progress) {
        if progress.data.processed > 0
            && !std::mem::replace(&mut self.2, true)
            && self.1.fetch_add(1, Ordering::SeqCst) == 1
        {
            self.0.cancel();
        }
    }
}

#[derive(Debug, Default)]
struct Counts {
    running: AtomicUsize,
    most_at_once: AtomicUsize,
    resident_kib: AtomicUsize,
    hosts: Mutex<HashMap<String, usize>>,
    worst_host: Mutex<usize>,
}

/// Counts a migration from its first call to its last record.
struct Counter {
    counts: Arc<Counts>,
    ends: [String; 2],
    begun: bool,
}

impl Counter {
    fn new(counts: &Arc<Counts>, errand: &Errand) -> Counter {
        Counter { counts: counts.clone(), ends: [errand.from.clone(), errand.to.clone()], begun: false }
    }
}

impl Watch for Counter {
    fn calling(&mut self, call: &Do) {
        if !std::mem::replace(&mut self.begun, true) {
            let running = self.counts.running.fetch_add(1, Ordering::SeqCst) + 1;
            self.counts.most_at_once.fetch_max(running, Ordering::SeqCst);
            let mut hosts = self.counts.hosts.lock().unwrap();
            for end in &self.ends {
                let count = hosts.entry(end.clone()).or_default();
                *count += 1;
                let mut worst = self.counts.worst_host.lock().unwrap();
                *worst = (*worst).max(*count);
            }
        }
        if call.call.finishes() {
            self.counts.resident_kib.fetch_max(resident_kib() as usize, Ordering::Relaxed);
        }
    }

    async fn journal(&mut self, record: &Record) -> std::io::Result<()> {
        if let Record::Ended(_) = record {
            self.counts.running.fetch_sub(1, Ordering::SeqCst);
            let mut hosts = self.counts.hosts.lock().unwrap();
            for end in &self.ends {
                *hosts.get_mut(end).unwrap() -= 1;
            }
        }
        Ok(())
    }
}

/// What this process has in memory.
fn resident_kib() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = pages.split(' ').nth(1).unwrap().parse().unwrap();
    pages * rustix::param::page_size() as u64 / 1_024
}
