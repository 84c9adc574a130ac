//! Clients that misbehave, by thousands: what a daemon has spent on them comes back, and no other client notices. And strangers, before
//! anybody knows who they are: what each of them costs while it is there.
//!
//! The daemon is a process of its own, so that its descriptors are counted apart, and each of its bytes is counted as it is allocated
//! and freed: resident memory would also tell of the allocator's habits. A first round lets tables and pools grow to the size that they
//! keep. After that, rounds cost nothing that stays.

mod daemon;
#[cfg(feature = "client")]
mod idle;
mod misdeeds;
#[cfg(all(feature = "sasl", feature = "tls"))]
mod strangers;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use daemon::{Daemon, Figures};
use virtwire::protocol::remote::ConnectDomainEventCallbackRegisterAny;
use virtwire::xdr::to_vec;

/// The first lets what is kept grow; the two after it are compared, and what is kept for a client would show in them.
const ROUNDS: usize = 3;

/// What tables and pools may grow to that had been as small as they come: none keeps a place for each of 10,000 clients.
const POOLS_BYTES_MAX: usize = 128 << 10;

/// No answer to somebody else takes longer on the slowest machine: what keeps the daemon for seconds is noticed.
const UNNOTICED: Duration = Duration::from_secs(5);

#[test]
fn bad_clients_cost_a_daemon_nothing_that_stays() {
    let daemon = Daemon::start();
    let mut witness = daemon.client();
    let start = daemon::settled(&mut witness, |now| now.clients == 1);
    println!("before the first round: {start:?}");
    let mut seen = Vec::new();
    for round in 0..ROUNDS {
        for (name, misdeed) in misdeeds::ALL {
            let before = Instant::now();
            let (there, asked) = beside_a_bystander(&daemon, || {
                let _held = misdeed(&daemon);
                // While they are there, and have the worst behind them.
                daemon::figures(&mut witness)
            });
            assert!(there.bytes < 256 << 20, "{name}: {there:?}");
            let Asked { times, longest } = asked;
            let took = before.elapsed();
            println!(
                "round {round}, {name}: {there:?}, {took:?}; {times} asked beside it, {longest:?} at most"
            );
            assert!(longest < UNNOTICED, "{name}: the bystander has waited for {longest:?}");
        }
        let is_as_before =
            |now: &Figures| (now.descriptors, now.tasks, now.clients) == (start.descriptors, start.tasks, 1);
        seen.push(daemon::settled(&mut witness, is_as_before));
        println!("after round {round}: {:?}", seen.last());
    }
    let [_, settled, .., last] = &seen[..] else { panic!("too few rounds") };
    let grown = last.bytes.saturating_sub(settled.bytes);
    // Some hundred bytes for each of 10,000 clients would be a hundred times that.
    assert!(grown < 64 << 10, "{grown} bytes stayed of the rounds after the second: {seen:?}");
    let kept = last.bytes.saturating_sub(start.bytes);
    assert!(kept < POOLS_BYTES_MAX, "{kept} bytes stayed in all: {start:?} {seen:?}");
}

/// What a client has seen that was there meanwhile and did nothing wrong but to hear all events: how often it has asked, and the longest
/// that it has waited.
#[derive(Debug)]
struct Asked {
    times: usize,
    longest: Duration,
}

/// Does what it is told to beside a client that asks all the while, and has each of its answers.
fn beside_a_bystander<T>(daemon: &Daemon, act: impl FnOnce() -> T) -> (T, Asked) {
    let (is_over, (begun, begins)) = (AtomicBool::new(false), channel());
    std::thread::scope(|scope| {
        let bystander = scope.spawn(|| ask_until(daemon, &is_over, begun));
        // Also where it fails: it is waited for.
        let over = Over(&is_over);
        begins.recv().expect("it has its first answer");
        let come_of_it = act();
        drop(over);
        (come_of_it, bystander.join().expect("it has had each of its answers"))
    })
}

struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Asks once more after it is over. An answer that does not come in [`daemon::PATIENCE`] is none.
fn ask_until(daemon: &Daemon, is_over: &AtomicBool, begun: Sender<()>) -> Asked {
    let mut client = daemon.client();
    client.call(316, &to_vec(&ConnectDomainEventCallbackRegisterAny { event_id: 0, dom: None }).unwrap());
    let mut asked = Asked { times: 0, longest: Duration::ZERO };
    loop {
        let is_last = is_over.load(Ordering::Relaxed);
        let before = Instant::now();
        daemon::figures(&mut client);
        asked = Asked { times: asked.times + 1, longest: asked.longest.max(before.elapsed()) };
        let _ = begun.send(());
        if is_last {
            return asked;
        }
        // It is there, and not a misdeed of its own.
        std::thread::park_timeout(Duration::from_millis(1));
    }
}
