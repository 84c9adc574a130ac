//! What all clients of a server have it hold together: what one may is bounded, and they are thousands.
//!
//! ```text
//! one client holds   0 ───────── 64 KiB ───────────────────── 1 MiB ──────────────────────────▶
//!                    nothing is told    told, by steps of 64 KiB     and not read while all hold too much
//! ```
//!
//! So most calls cost nothing here, and whoever holds little is served also when others hold too much. Nobody is told when there is
//! room again: who holds much looks from time to time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Context;
use std::time::{Duration, Instant};

use super::connection::Ended;
use crate::shell::alarm::Alarm;
use crate::shell::now;

/// Bytes that all clients of a server may have it hold by default.
pub const HELD_BYTES_MAX: usize = 1 << 30;

const STEP_BYTES: usize = 64 << 10;
const MUCH_BYTES: usize = 1 << 20;
/// How long a client that holds much may do nothing about it, once all hold too much.
const STILL_WITHIN: Duration = Duration::from_secs(30);
const LOOKS_EVERY: Duration = Duration::from_secs(1);
const WAITING_LOOKS_EVERY: Duration = Duration::from_millis(100);

/// What all hold.
#[derive(Debug)]
pub(super) struct Memory {
    held: AtomicUsize,
    bytes_max: usize,
}

impl Default for Memory {
    fn default() -> Memory {
        Memory::new(HELD_BYTES_MAX)
    }
}

impl Memory {
    pub(super) fn new(bytes_max: usize) -> Memory {
        Memory { held: AtomicUsize::new(0), bytes_max }
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    fn is_over(&self) -> bool {
        self.held.load(Ordering::Relaxed) > self.bytes_max
    }
}

/// Bytes that a client has its server hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    /// Of its calls and of what came by streams: their handlers may take their time.
    pub(super) calls: usize,
    /// Of the frame that has begun, and of what waits to be read, by streams too: it is the client that has to go on.
    pub(super) unfinished: usize,
}

impl Held {
    fn bytes(self) -> usize {
        self.calls.saturating_add(self.unfinished)
    }
}

/// A client's part. Nothing while that is little, as mostly.
#[derive(Debug, Default)]
pub(super) struct Share(Option<Box<Load>>);

#[derive(Debug)]
struct Load {
    told: usize,
    /// What was unfinished when the client last went on, and when that was.
    seen: usize,
    since: Instant,
    /// It is not read.
    waits: bool,
    looks_at: Instant,
    alarm: Alarm,
}

impl Share {
    /// Whether the client may be read.
    pub(super) fn may_read(&self) -> bool {
        self.0.as_ref().is_none_or(|load| !load.waits)
    }

    /// The client holds so much now.
    pub(super) fn weigh(&mut self, memory: &Memory, held: Held) {
        let bytes = held.bytes();
        let told = bytes - bytes % STEP_BYTES;
        if told == 0 {
            return self.leave(memory);
        }
        let load = self.0.get_or_insert_with(|| Box::new(Load::new(now())));
        if told > load.told {
            memory.held.fetch_add(told - load.told, Ordering::Relaxed);
        } else if told < load.told {
            memory.held.fetch_sub(load.told - told, Ordering::Relaxed);
        }
        load.told = told;
        load.waits = bytes > MUCH_BYTES && memory.is_over();
    }

    /// The same before the client's task waits. Whether it may be read again; if not, the task is woken to look.
    ///
    /// # Errors
    /// [`Ended::Hoarding`].
    pub(super) fn poll_weigh(
        &mut self,
        memory: &Memory,
        held: Held,
        cx: &mut Context<'_>,
    ) -> Result<bool, Ended> {
        let waited = !self.may_read();
        self.weigh(memory, held);
        match &mut self.0 {
            Some(load) if held.bytes() > MUCH_BYTES => load.poll_look(memory, held, cx)?,
            _ => {}
        }
        Ok(waited && self.may_read())
    }

    /// The client holds nothing any more.
    pub(super) fn leave(&mut self, memory: &Memory) {
        if let Some(load) = self.0.take() {
            memory.held.fetch_sub(load.told, Ordering::Relaxed);
        }
    }
}

impl Load {
    fn new(now: Instant) -> Load {
        Load { told: 0, seen: 0, since: now, waits: false, looks_at: now, alarm: Alarm::default() }
    }

    fn poll_look(&mut self, memory: &Memory, held: Held, cx: &mut Context<'_>) -> Result<(), Ended> {
        let now = now();
        if held.unfinished.abs_diff(self.seen) >= STEP_BYTES {
            (self.seen, self.since) = (held.unfinished, now);
        }
        let is_over = memory.is_over();
        if is_over && held.unfinished > MUCH_BYTES && now.duration_since(self.since) >= STILL_WITHIN {
            return Err(Ended::Hoarding);
        }
        let next = now + if is_over { WAITING_LOOKS_EVERY } else { LOOKS_EVERY };
        self.looks_at = self.looks_at.min(next);
        if self.alarm.poll_at(cx, Some(self.looks_at)).is_ready() {
            self.looks_at = next;
            // Not yet: it has to be wound.
            let _ = self.alarm.poll_at(cx, Some(next));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    fn weigh(share: &mut Share, memory: &Memory, calls: usize, unfinished: usize) -> Result<bool, Ended> {
        share.poll_weigh(memory, Held { calls, unfinished }, &mut Context::from_waker(Waker::noop()))?;
        Ok(share.may_read())
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_little_is_not_told_and_what_is_told_comes_back() {
        let (memory, mut share) = (Memory::default(), Share::default());
        for (bytes, told) in [
            (0, 0),
            (STEP_BYTES - 1, 0),
            (STEP_BYTES, STEP_BYTES),
            (5 * STEP_BYTES + 7, 5 * STEP_BYTES),
            (2 * STEP_BYTES, 2 * STEP_BYTES),
            (STEP_BYTES - 1, 0),
            (3 * STEP_BYTES, 3 * STEP_BYTES),
        ] {
            assert!(weigh(&mut share, &memory, bytes / 2, bytes - bytes / 2).unwrap());
            assert_eq!(memory.held(), told, "{bytes}");
        }
        share.leave(&memory);
        assert_eq!(memory.held(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn who_holds_much_waits_while_all_hold_too_much() {
        let memory = Memory::new(4 << 20);
        let [mut one, mut other, mut small] = [const { Share(None) }; 3];
        assert!(weigh(&mut one, &memory, 0, 3 << 20).unwrap());
        assert!(!weigh(&mut other, &memory, 0, 2 << 20).unwrap(), "together it is too much");
        assert!(weigh(&mut small, &memory, 0, MUCH_BYTES).unwrap(), "who holds little goes on");
        small.leave(&memory);
        one.leave(&memory);
        assert!(weigh(&mut other, &memory, 0, 2 << 20).unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn who_holds_much_and_stands_still_is_dropped_once_all_hold_too_much() {
        let memory = Memory::new(4 << 20);
        let [mut still, mut goes_on, mut works, mut last] = [const { Share(None) }; 4];
        for unfinished in [2_000_000, 1_800_000, 1_600_000] {
            assert!(weigh(&mut still, &memory, 0, 2_000_000).is_ok(), "for as long as there is room");
            weigh(&mut goes_on, &memory, 0, unfinished).unwrap();
            tokio::time::advance(STILL_WITHIN).await;
        }
        weigh(&mut works, &memory, 2 << 20, 0).unwrap();
        weigh(&mut last, &memory, 0, 2 << 20).unwrap();
        assert!(matches!(weigh(&mut still, &memory, 0, 2_000_000), Err(Ended::Hoarding)));
        still.leave(&memory);
        weigh(&mut last, &memory, 0, 4 << 20).unwrap();
        assert!(!weigh(&mut goes_on, &memory, 0, 1_400_000).unwrap());
        tokio::time::advance(STILL_WITHIN).await;
        assert!(!weigh(&mut works, &memory, 2 << 20, 0).unwrap(), "its handlers take their time");
        // A byte now and then is no progress.
        assert!(matches!(weigh(&mut goes_on, &memory, 0, 1_399_999), Err(Ended::Hoarding)));
    }
}
