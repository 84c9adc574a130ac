//! Slow calls hold up nothing but each other: pings, cheap calls and other clients go on.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Semaphore;
use virtwire::protocol::frame::Draft;
use virtwire::protocol::header::{MessageKind, Serial};
use virtwire::protocol::program::{Priority, Program, ReadOnlyRule};
use virtwire::protocol::remote::DomainEventLifecycle;
use virtwire::protocol::session::server::{Called, Limits};
use virtwire::server::{Answering, CallContext, Handler, Server};

use crate::raw::{Raw, call, serve, serve_at};

/// Shutting a guest down may wait for it, and takes as long as nobody gives a permit.
const SLOW: i32 = 33;
/// A host's name waits for no guest.
const CHEAP: i32 = 59;

#[derive(Default)]
struct Slow {
    gate: Arc<Permits>,
}

/// A permit lets one slow call end; each that has begun is one in `begun`.
struct Permits {
    begun: Semaphore,
    end: Semaphore,
}

impl Default for Permits {
    fn default() -> Permits {
        Permits { begun: Semaphore::new(0), end: Semaphore::new(0) }
    }
}

impl Handler for Slow {
    fn call(self: Arc<Self>, _: CallContext, called: Called) -> Answering {
        Box::pin(async move {
            if called.header.procedure.0 == SLOW {
                self.gate.begun.add_permits(1);
                self.gate.end.acquire().await.unwrap().forget();
            }
            Ok(Draft::encode("answered").unwrap())
        })
    }
}

fn ping() -> Vec<u8> {
    let words = [0x1c_u32, 0x6b65_6570, 1, 1, 2, 0, 0];
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// Ten calls that wait for guests, with 5 places as libvirt's daemons have: a ping after them is answered, and so is an eleventh call.
#[tokio::test]
async fn ten_slow_calls_delay_neither_a_ping_nor_a_cheap_call() {
    let slow = Arc::new(Slow::default());
    let gate = slow.gate.clone();
    let limits = Limits { requests: 5, ..Limits::default() };
    let server = Server::shared(slow).limits(limits);
    let metrics = server.metrics().clone();
    let mut raw = Raw::connect(&serve(server).await).await;
    for serial in 0..10 {
        raw.send(&call(Program::REMOTE, SLOW, Serial(serial), &[0; 64])).await;
    }
    gate.begun.acquire_many(5).await.unwrap().forget();
    raw.send(&ping()).await;
    let pong = raw.next().await.unwrap();
    assert_eq!((pong.header.program, pong.header.procedure.0), (Program::KEEPALIVE, 2));
    raw.send(&call(Program::REMOTE, CHEAP, Serial(10), &[])).await;
    assert_eq!(raw.next().await.unwrap().header.serial, Serial(10), "the cheap call overtakes all ten");
    // Five are at work, five wait.
    assert_eq!(gate.begun.available_permits(), 0);
    let snapshot = metrics.snapshot();
    let at_work = snapshot.calls.iter().find(|figures| figures.info.number.0 == SLOW).unwrap();
    assert_eq!((at_work.at_work, at_work.answered), (5, 0));
    // One ends, and the next begins; all are answered, in the end.
    gate.end.add_permits(1);
    gate.begun.acquire().await.unwrap().forget();
    gate.end.add_permits(9);
    for _ in 0..10 {
        assert_eq!(raw.next().await.unwrap().header.kind(), Ok(MessageKind::Reply));
    }
    let snapshot = metrics.snapshot();
    let at_work = snapshot.calls.iter().find(|figures| figures.info.number.0 == SLOW).unwrap();
    assert_eq!((at_work.at_work, at_work.answered, at_work.errors), (0, 10, 0));
}

/// What a client can make the daemon hold ends with its reading: of many large calls it takes the limit and one more, and what the
/// kernel holds.
#[tokio::test(start_paused = true)]
async fn the_calls_that_a_client_can_make_a_daemon_hold_are_bounded() {
    let slow = Arc::new(Slow::default());
    let gate = slow.gate.clone();
    let limits = Limits { requests: 5, call_bytes: 1 << 20, ..Limits::default() };
    let address = serve(Server::shared(slow).limits(limits)).await;
    let raw = Raw::connect(&address).await;
    let large = call(Program::REMOTE, SLOW, Serial(0), &vec![0; 64 << 10]);
    let mut taken = 0;
    // The daemon stops reading, and then the kernel takes no more: time passes while nobody has anything to do.
    loop {
        match tokio::time::timeout(Duration::from_secs(1), raw.stream.writable()).await {
            Ok(ready) => ready.unwrap(),
            Err(_) => break,
        }
        match raw.stream.try_write(&large[taken % large.len()..]) {
            Ok(written) => taken += written,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => panic!("{error}"),
        }
        assert!(taken < 64 << 20, "{taken} bytes, and no end");
    }
    assert!(gate.begun.available_permits() <= 5);
    // Somebody else is served meanwhile.
    let mut other = Raw::connect(&address).await;
    other.call(Program::REMOTE, CHEAP, &[]).await.unwrap();
}

/// Tells the client that has asked for the host's name of every other call.
#[derive(Default)]
struct Tells(Mutex<Option<CallContext>>);

impl Handler for Tells {
    fn call(self: Arc<Self>, cx: CallContext, called: Called) -> Answering {
        let mut listener = self.0.lock().unwrap();
        match &*listener {
            _ if called.header.procedure.0 == CHEAP => *listener = Some(cx.of_connection()),
            Some(listener) => listener.notify(&DomainEventLifecycle::default()).unwrap(),
            None => {}
        }
        Box::pin(std::future::ready(Ok(Draft::empty())))
    }
}

/// All of a flood may be served before who listens has a turn: here there is one thread.
#[tokio::test]
async fn a_flood_of_events_costs_nobody_that_reads_its_connection() {
    const EVENTS: usize = 4_000;
    let address = serve(Server::new(Tells::default())).await;
    let mut listener = Raw::connect(&address).await;
    listener.call(Program::REMOTE, CHEAP, &[]).await.unwrap();
    let mut flood = Raw::connect(&address).await;
    flood.send(&call(Program::REMOTE, SLOW, Serial(1), &[0; 24]).repeat(EVENTS)).await;
    for number in 0..EVENTS {
        let event = listener.next().await.unwrap_or_else(|| panic!("it is let go after {number} events"));
        assert_eq!(event.header.kind(), Ok(MessageKind::Notice));
    }
}

/// Keeps the worker that it runs on, as no handler should, and writes down which calls were begun in which order.
#[derive(Default)]
struct Blocks(Mutex<Vec<Serial>>);

impl Handler for Blocks {
    fn call(self: Arc<Self>, _: CallContext, called: Called) -> Answering {
        Box::pin(async move {
            self.0.lock().unwrap().push(called.header.serial);
            std::thread::sleep(Duration::from_millis(1));
            Ok(Draft::empty())
        })
    }
}

/// There is one thread, and all calls of the first client come in one read.
#[tokio::test]
async fn hundreds_of_calls_in_one_breath_leave_others_their_turn() {
    const MANY: u32 = 500;
    const OTHER: Serial = Serial(MANY);
    let blocks = Arc::new(Blocks::default());
    let address = serve(Server::shared(blocks.clone())).await;
    let [mut many, mut other] = [Raw::connect(&address).await, Raw::connect(&address).await];
    for raw in [&mut many, &mut other] {
        raw.call(Program::REMOTE, CHEAP, &[]).await.unwrap();
    }
    blocks.0.lock().unwrap().clear();
    let calls = (0..MANY).flat_map(|serial| call(Program::REMOTE, CHEAP, Serial(serial), &[]));
    many.send(&calls.collect::<Vec<_>>()).await;
    other.send(&call(Program::REMOTE, CHEAP, OTHER, &[])).await;
    assert_eq!(other.next().await.unwrap().header.serial, OTHER);
    let before = blocks.0.lock().unwrap().iter().position(|serial| *serial == OTHER);
    assert!(before.is_some_and(|before| before < 50), "{before:?}");
    // And none of them is lost.
    for serial in 0..MANY {
        assert_eq!(many.next().await.unwrap().header.serial, Serial(serial));
    }
}

/// Where everybody may look, a crowd of those who do takes no place from who may change something.
#[tokio::test]
async fn who_may_only_look_leaves_places_for_who_may_change() {
    let server = Server::new(Tells::default()).max_clients(4);
    let address = serve_at(server.clone(), |listener| listener.read_only()).await;
    let mut crowd = Vec::new();
    for _ in 0..10 {
        crowd.push(Raw::connect(&address).await);
    }
    for raw in &mut crowd[..3] {
        raw.call(Program::REMOTE, CHEAP, &[]).await.unwrap();
    }
    let mut changes = Raw::connect(&serve(server.clone()).await).await;
    let answer = changes.call(Program::REMOTE, SLOW, &[0; 24]);
    let answer = tokio::time::timeout(Duration::from_secs(60), answer).await;
    answer.expect("there is a place for it").unwrap();
    assert_eq!(server.clients().len(), 4);
    // Whoever of them waits has the place of one that goes.
    drop(crowd.remove(0));
    crowd[2].call(Program::REMOTE, CHEAP, &[]).await.unwrap();
}

/// What the lanes rest on: most calls that only look wait for no guest, and so have places of their own.
#[test]
fn the_contract_says_which_calls_wait_for_no_guest() {
    let calls = Program::REMOTE.procedures().iter().filter(|info| info.priority == Priority::High);
    let looking = calls.clone().filter(|info| info.read_only != ReadOnlyRule::Refused).count();
    let changing = calls.count() - looking;
    assert!(looking > 100 && changing > 30, "{looking} {changing}");
}
