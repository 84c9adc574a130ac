//! While a guest is on neither host: the time from Perform's reply to Finish's bytes, both as the connections' own tasks see them, over
//! loopback between two daemons in this process. The engine's work and two changes of tasks are in it; the wire is not.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use virtwire::client::{Connection, OpenOptions, Passed};
use virtwire::hypervisor::HypervisorService;
use virtwire::hypervisor::mem::{Config, Mem};
use virtwire::migrate::Migration;
use virtwire::protocol::migrate::{Outcome, Request, Wish};
use virtwire::server::{Exposure, Listener, Server};

const PERFORM: i32 = 305;
const FINISH: i32 = 306;
const GUEST: &str = "<domain type='mem'><name>guest</name><memory unit='KiB'>64</memory></domain>";

/// Median and the ninth of ten, of so many migrations there and back, µs.
pub async fn handover(migrations: usize) -> String {
    let hosts = [serve().await, serve().await];
    let first = Connection::open(&hosts[0]).await.expect("a daemon");
    first.domain_create_xml(GUEST, 0).await.expect("a guest");
    let mut times = Vec::with_capacity(migrations);
    for number in 0..migrations {
        let (from, to) = (&hosts[number % 2], &hosts[1 - number % 2]);
        let (performed, finished) = (Moment::default(), Moment::default());
        let source = open(from, PERFORM, false, &performed).await;
        let destination = open(to, FINISH, true, &finished).await;
        let guest = Migration::find(&source, "guest").await.expect("it is there");
        let plan = Migration::plan(source, destination, Request::live(guest), Wish::Auto).await;
        let outcome = plan.expect("both have version 3").run(&mut ()).await;
        assert!(matches!(outcome, Outcome::OnDestination { .. }), "{outcome}");
        times.push(finished.at().saturating_duration_since(performed.at()));
    }
    times.sort();
    let micros = |part: usize| times[(times.len() * part / 10).min(times.len() - 1)].as_secs_f64() * 1e6;
    format!("{:.1} µs (median of {migrations}), 90 % within {:.1} µs", micros(5), micros(9))
}

async fn serve() -> String {
    let address = "tcp://127.0.0.1:0".parse().expect("an address");
    let listener = Listener::bind(&address, Exposure::LocalOnly).await.expect("a free port");
    let uri = listener.address().to_string().replace("tcp://", "mem+tcp://") + "/default";
    let config = Config { max_speed_mib_s: 1_024, migration_ports: 0..=0, ..Config::default() };
    let server = Server::new(HypervisorService::new(Mem::new(config)));
    tokio::spawn(async move { server.serve(&listener).await });
    uri
}

/// When a frame was seen.
#[derive(Clone, Default)]
struct Moment(Arc<Mutex<Option<Instant>>>);

impl Moment {
    fn at(&self) -> Instant {
        self.0.lock().expect("no panic").expect("the frame has passed")
    }
}

async fn open(uri: &str, procedure: i32, sent: bool, moment: &Moment) -> Connection {
    let moment = moment.clone();
    let observer = Arc::new(move |passed: Passed| {
        if passed.sent == sent && passed.header.procedure.0 == procedure {
            *moment.0.lock().expect("no panic") = Some(Instant::now());
        }
    });
    let options = OpenOptions {
        observer: Some(observer),
        open_within: Duration::from_secs(30),
        ..OpenOptions::default()
    };
    Connection::open_with(uri, options).await.expect("a daemon")
}
