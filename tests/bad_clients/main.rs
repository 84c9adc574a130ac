//! Clients that misbehave, by thousands: what a daemon has spent on them comes back, and no other client notices.
//!
//! The daemon is a process of its own, so that its descriptors are counted apart, and each of its bytes is counted as it is allocated
//! and freed: resident memory would also tell of the allocator's habits. A first round lets tables and pools grow to the size that they
//! keep. After that, rounds cost nothing that stays.

mod daemon;
mod misdeeds;

use daemon::{Daemon, Figures};

/// The first lets what is kept grow; the two after it are compared, and what is kept for a client would show in them.
const ROUNDS: usize = 3;

#[test]
fn bad_clients_cost_a_daemon_nothing_that_stays() {
    let daemon = Daemon::start();
    let mut witness = daemon.client();
    let mut seen = Vec::new();
    for round in 0..ROUNDS {
        for (name, misdeed) in misdeeds::ALL {
            let before = std::time::Instant::now();
            let held = misdeed(&daemon);
            // While they are there, and have the worst behind them.
            let there = daemon::figures(&mut witness);
            assert!(there.bytes < 256 << 20, "{name}: {there:?}");
            drop(held);
            println!("round {round}, {name}: {there:?}, {:?}", before.elapsed());
        }
        seen.push(quiet(&mut witness, seen.first()));
        println!("after round {round}: {:?}", seen.last());
    }
    let [_, settled, .., last] = &seen[..] else { panic!("too few rounds") };
    let grown = last.bytes.saturating_sub(settled.bytes);
    // Some hundred bytes for each of 10,000 clients would be a hundred times that.
    assert!(grown < 64 << 10, "{grown} bytes stayed of the rounds after the second: {seen:?}");
}

/// What the daemon holds once the witness is its only client again, and it has as many descriptors and tasks as after the first round.
fn quiet(witness: &mut daemon::Client, first: Option<&Figures>) -> Figures {
    let mut last = None;
    daemon::until(|| {
        let now = daemon::figures(witness);
        let is_alone = now.clients == 1
            && first.is_none_or(|first| (now.descriptors, now.tasks) == (first.descriptors, first.tasks));
        // Nothing moves any more.
        let is_still = last.replace(now.bytes) == Some(now.bytes);
        (is_alone && is_still).then_some(now).ok_or(now)
    })
}
