//! What all clients of a server have it hold together: what one may is bounded, and they are thousands.
//!
//! ```text
//! one client holds   0 ───────── 64 KiB ───────────────────── 1 MiB ──────────────────────────▶
//!                    nothing is told    told, by steps of 64 KiB     and not read while all hold too much
//! ```
//!
//! So most calls cost nothing here, and whoever holds little is served also when others hold too much: they may be the ones who free something.
//! Nobody is told when there is room again: who holds much looks from time to time, and is dropped where it is its own turn to go on and it
//! does not. A handler that takes its time is nobody's fault.
//!
//! What comes by calls and streams stops coming where nobody reads it. Events do not, as they are others' doing: while all hold too much,
//! they cost a client its connection that has much to take, and has been told a step of them for which it has not taken one.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Context;
use std::time::{Duration, Instant};

use super::ended::Ended;
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
    /// Of the frame that has begun: it is the client that has to go on.
    pub(super) coming: usize,
    /// Of what waits to be read, by streams too: it is the client that has to read.
    pub(super) going: usize,
    /// How much has gone so far, and begins again at 0: it tells who reads, whatever else comes to wait meanwhile.
    pub(super) gone: u32,
    /// Whether the client's socket has no room for more.
    pub(super) is_blocked: bool,
}

impl Held {
    fn bytes(self) -> usize {
        self.calls.saturating_add(self.unfinished())
    }

    fn unfinished(self) -> usize {
        self.coming.saturating_add(self.going)
    }
}

/// A client's part. Nothing while that is little, as mostly.
#[derive(Debug, Default)]
pub(super) struct Share(Option<Box<Load>>);

#[derive(Debug)]
struct Load {
    told: usize,
    /// While much is unfinished.
    last: Option<Progress>,
    /// It is not read.
    waits: bool,
    /// There is much for it to take, and it waits; its socket has no room.
    is_full: bool,
    gone: u32,
    events: Events,
    looks_at: Instant,
    alarm: Alarm,
}

/// Events that a client was told while it was full, since it took a step of what waits for it.
#[derive(Clone, Copy, Debug, Default)]
struct Events {
    bytes: usize,
    /// What had gone before the first of them.
    gone: u32,
}

/// When a client went on the last time, and what had come and gone then.
#[derive(Clone, Copy, Debug)]
struct Progress {
    coming: usize,
    gone: u32,
    at: Instant,
}

impl Share {
    /// Events of so many bytes are to be told to the client: whether they may be, or it has to go. Who reads may be slower than what
    /// comes for it, and has no room most of the time: so it is what it takes that counts. For each step of that it is told a step, and
    /// what happens at one time.
    pub(super) fn tell(&mut self, bytes: usize) -> bool {
        let Some(load) = self.0.as_mut().filter(|load| load.is_full) else { return true };
        let events = &mut load.events;
        if events.bytes == 0 || load.gone.wrapping_sub(events.gone) as usize >= STEP_BYTES {
            *events = Events { bytes: 0, gone: load.gone };
        }
        let may = events.bytes < STEP_BYTES;
        if may {
            events.bytes = events.bytes.saturating_add(bytes);
        }
        may
    }

    /// Whether there is much for the client to take, and it waits, without room in its socket.
    pub(super) fn is_full(&self) -> bool {
        self.0.as_ref().is_some_and(|load| load.is_full)
    }

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
        load.is_full = load.waits && held.is_blocked && held.going > MUCH_BYTES;
        load.gone = held.gone;
        if held.unfinished() <= MUCH_BYTES {
            load.last = None;
        }
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
        let (told, waits, is_full, gone) = Default::default();
        Load {
            told,
            last: None,
            waits,
            is_full,
            gone,
            events: Events::default(),
            looks_at: now,
            alarm: Alarm::default(),
        }
    }

    fn poll_look(&mut self, memory: &Memory, held: Held, cx: &mut Context<'_>) -> Result<(), Ended> {
        let now = now();
        let is_over = memory.is_over();
        if held.unfinished() > MUCH_BYTES {
            let last = self.last.get_or_insert(Progress { coming: held.coming, gone: held.gone, at: now });
            let has_come = held.coming.abs_diff(last.coming) >= STEP_BYTES;
            if has_come || held.gone.wrapping_sub(last.gone) as usize >= STEP_BYTES {
                *last = Progress { coming: held.coming, gone: held.gone, at: now };
            }
            if is_over && now.duration_since(last.at) >= STILL_WITHIN {
                return Err(Ended::Hoarding);
            }
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

    fn weigh(share: &mut Share, memory: &Memory, calls: usize, coming: usize) -> Result<bool, Ended> {
        weigh_all(share, memory, Held { calls, coming, going: 0, gone: 0, is_blocked: false })
    }

    /// Of one that has read so much, and for which so much waits.
    fn weigh_going(share: &mut Share, memory: &Memory, going: usize, gone: u32) -> Result<bool, Ended> {
        weigh_all(share, memory, Held { calls: 0, coming: 0, going, gone, is_blocked: true })
    }

    fn weigh_all(share: &mut Share, memory: &Memory, held: Held) -> Result<bool, Ended> {
        share.poll_weigh(memory, held, &mut Context::from_waker(Waker::noop()))?;
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
    /// What comes to wait for a client is no progress of its own.
    #[tokio::test(start_paused = true)]
    async fn who_reads_nothing_is_dropped_however_much_more_there_is_to_read() {
        const MIB: usize = 1 << 20;
        let memory = Memory::new(MIB);
        let [mut reads, mut deaf, mut late] = [const { Share(None) }; 3];
        // It had little to read for long before.
        weigh_going(&mut late, &memory, STEP_BYTES, 0).unwrap();
        for (minute, going) in [2 * MIB, 3 * MIB, 4 * MIB].into_iter().enumerate() {
            // From the end of what can be counted on.
            let gone = (u32::MAX - 100).wrapping_add(minute as u32 * STEP_BYTES as u32);
            assert!(!weigh_going(&mut reads, &memory, going, gone).unwrap());
            let told = weigh_going(&mut deaf, &memory, going, 1_000 + minute as u32);
            assert_eq!(told.is_err(), minute > 0, "{minute}: {told:?}");
            tokio::time::advance(STILL_WITHIN).await;
        }
        assert!(weigh_going(&mut late, &memory, 2 * MIB, 0).is_ok(), "it has just begun to have much");
        tokio::time::advance(STILL_WITHIN).await;
        assert!(matches!(weigh_going(&mut late, &memory, 2 * MIB, 0), Err(Ended::Hoarding)));
    }

    #[tokio::test(start_paused = true)]
    async fn events_are_told_to_who_takes_them_or_has_little_to_take_or_while_there_is_room() {
        let memory = Memory::new(4 << 20);
        let [mut other, mut share] = [const { Share(None) }; 2];
        let much = Held { calls: 0, coming: 0, going: 2 << 20, gone: 0, is_blocked: true };
        share.weigh(&memory, much);
        assert!(share.tell(STEP_BYTES) && share.tell(STEP_BYTES), "there is room");
        other.weigh(&memory, Held { going: 3 << 20, ..much });
        share.weigh(&memory, much);
        assert!(share.tell(STEP_BYTES), "it may yet take them");
        for (held, may) in [
            (much, false),
            (Held { is_blocked: false, ..much }, true),
            (Held { going: 1 << 20, coming: 1 << 20, ..much }, true),
            (Held { going: 1 << 20, calls: 1 << 20, ..much }, true),
            (much, false),
        ] {
            share.weigh(&memory, held);
            assert_eq!(share.tell(1), may, "{held:?}");
        }
        other.leave(&memory);
        share.weigh(&memory, much);
        assert!(share.tell(1), "there is room again");
    }

    /// Its socket has no room whenever one looks, for it reads no faster than its download comes.
    #[tokio::test(start_paused = true)]
    async fn events_are_told_to_who_reads_more_slowly_than_it_is_sent_to() {
        let memory = Memory::new(1 << 20);
        let mut share = Share::default();
        let has_taken = |gone| Held { calls: 0, coming: 0, going: 2 << 20, gone, is_blocked: true };
        // Small ones at one time, and what thousands of guests do at one time.
        for bytes in [1_000, 1 << 20] {
            // To the end of what can be counted on, and beyond.
            for steps in 0..4 {
                let gone = (u32::MAX - 100_000).wrapping_add(steps * STEP_BYTES as u32);
                share.weigh(&memory, has_taken(gone));
                assert!(share.tell(bytes) && (bytes > STEP_BYTES || share.tell(bytes)), "{steps} {bytes}");
            }
            let mut told = 0;
            while share.tell(bytes) {
                told += bytes;
                assert!(told <= STEP_BYTES + bytes, "it takes nothing");
            }
            share.weigh(&memory, has_taken(0));
        }
    }
}
