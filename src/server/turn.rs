//! How long a client's task goes on before all others have a turn.
//!
//! What comes in one read may be hundreds of calls, and a handler may take its time over each without waiting for anything. The worker that it
//! keeps busy has others to serve. So a task looks at the clock now and then, and after a millisecond the others have a turn, also those of whom the
//! runtime has not heard yet. A single call costs no look.

use std::pin::pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// Beside this it costs little that the runtime asks the system what else there is.
const TURN: Duration = Duration::from_millis(1);
/// Things that are done between two looks at the clock, once all are quick.
const LOOKS_EVERY: u32 = 32;
/// A client that sends one call and waits for the answer needs no clock: with this one it begins to run.
const FIRST_LOOK: u32 = 4;

/// One turn. By the system's clock, for it is a processor's time that it measures.
#[derive(Debug, Default)]
pub(super) struct Turn {
    done: u32,
    since: Option<Instant>,
    is_over: bool,
}

impl Turn {
    /// Something has been done: a frame taken, or a call begun.
    pub(super) fn did_one(&mut self) {
        self.done = self.done.wrapping_add(1);
        let looks = match self.done < LOOKS_EVERY {
            // Soon at first: each may have taken long.
            true => self.done >= FIRST_LOOK && self.done.is_power_of_two(),
            false => self.done.is_multiple_of(LOOKS_EVERY),
        };
        // What is simulated must not depend on how fast this machine is.
        if looks && !cfg!(virtwire_sim) {
            self.is_over |= self.since.get_or_insert_with(Instant::now).elapsed() >= TURN;
        }
    }

    /// Whether it has been long enough.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Ends it. The task is polled again once the runtime has asked the system who else is ready.
    pub(super) fn end<T>(self, cx: &mut Context<'_>) -> Poll<T> {
        // It has the task woken, however it is polled, and needs not to be there for that.
        let _ = pin!(tokio::task::yield_now()).poll(cx);
        Poll::Pending
    }
}

/// The steps of one call, such as the figures of thousands of domains, none of which may wait for anything: others have a turn between them.
#[derive(Debug)]
pub(crate) struct Steps(Instant);

impl Steps {
    /// The first is about to be done.
    pub(crate) fn begin() -> Steps {
        Steps(Instant::now())
    }

    /// One has been done.
    pub(crate) async fn did_one(&mut self) {
        if !cfg!(virtwire_sim) && self.0.elapsed() >= TURN {
            tokio::task::yield_now().await;
            self.0 = Instant::now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_ends_soon_where_each_thing_takes_long_and_few_need_a_clock() {
        let mut turn = Turn::default();
        let slow = (1..).find(|_| {
            std::thread::sleep(TURN);
            turn.did_one();
            turn.is_over()
        });
        assert!(slow.is_some_and(|things| things <= 2 * FIRST_LOOK), "{slow:?}");
        let mut turn = Turn::default();
        (1..FIRST_LOOK).for_each(|_| turn.did_one());
        assert!(turn.since.is_none());
    }
}
