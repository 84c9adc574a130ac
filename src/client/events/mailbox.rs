//! Between the connection's task and a reader: a bounded queue that the task never waits for.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::SystemTime;

use tokio::task::coop::poll_proceed;
use virtwire_protocol::event::RawNotice;
use virtwire_protocol::session::subscriptions::{Queue, Queued};

/// Bytes of events that wait in all mailboxes of a connection.
#[derive(Clone, Debug, Default)]
pub(in crate::client) struct Held(Arc<AtomicUsize>);

impl Held {
    pub(super) fn bytes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn change(&self, before: usize, after: usize) {
        // Around 0, as the counter does.
        self.0.fetch_add(after.wrapping_sub(before), Ordering::Relaxed);
    }
}

/// Where one subscription's events wait. No lock is held across an await.
#[derive(Debug)]
pub(super) struct Mailbox {
    inner: Mutex<Inner>,
    held: Held,
}

#[derive(Debug)]
struct Inner {
    queue: Timed,
    reader: Option<Waker>,
    /// No more will come.
    ended: bool,
}

impl Mailbox {
    pub(super) fn new(events_max: usize, held: Held) -> Mailbox {
        let queue = Timed::new(events_max);
        Mailbox { inner: Mutex::new(Inner { queue, reader: None, ended: false }), held }
    }

    pub(super) fn push(&self, notice: RawNotice) {
        let now = SystemTime::now();
        self.change(|inner| inner.queue.push(now, notice));
    }

    pub(super) fn lose(&self, count: u64) {
        self.change(|inner| inner.queue.events.lose(count));
    }

    /// Loses the oldest event, unless it is the only one.
    pub(super) fn shed(&self) -> bool {
        let mut shed = false;
        self.change(|inner| shed = inner.queue.shed());
        shed
    }

    /// Bytes of the events that could be shed.
    pub(super) fn bytes_to_shed(&self) -> usize {
        let inner = self.lock();
        if inner.queue.events.len() > 1 { inner.queue.events.bytes() } else { 0 }
    }

    /// What waits can still be read.
    pub(super) fn end(&self) {
        self.change(|inner| inner.ended = true);
    }

    /// What comes next and when it came, or `None` after the end. For one reader, who gives others on its thread their turns, however many wait.
    pub(super) fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<(SystemTime, Queued)>> {
        let turn = ready!(poll_proceed(cx));
        let mut inner = self.lock();
        let before = inner.queue.events.bytes();
        let next = inner.queue.pop();
        self.held.change(before, inner.queue.events.bytes());
        if next.is_none() && !inner.ended {
            inner.reader = Some(cx.waker().clone());
            return Poll::Pending;
        }
        turn.made_progress();
        Poll::Ready(next)
    }

    fn change(&self, change: impl FnOnce(&mut Inner)) {
        let mut inner = self.lock();
        let before = inner.queue.events.bytes();
        change(&mut inner);
        self.held.change(before, inner.queue.events.bytes());
        let reader = inner.reader.take();
        // A reader that is woken may well look at once.
        drop(inner);
        if let Some(reader) = reader {
            reader.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.held.change(self.lock().queue.events.bytes(), 0);
    }
}

/// A queue of events, and when each of them came.
#[derive(Debug)]
struct Timed {
    events: Queue,
    times: VecDeque<SystemTime>,
}

impl Timed {
    fn new(events_max: usize) -> Timed {
        Timed { events: Queue::new(events_max), times: VecDeque::new() }
    }

    fn push(&mut self, at: SystemTime, event: RawNotice) {
        self.events.push(event);
        self.times.push_back(at);
        self.forget();
    }

    /// Loses the oldest event, unless it is the only one.
    fn shed(&mut self) -> bool {
        let shed = self.events.len() > 1 && self.events.shed();
        self.forget();
        shed
    }

    /// The times of the oldest, which are gone.
    fn forget(&mut self) {
        let gone = self.times.len().saturating_sub(self.events.len());
        self.times.drain(..gone);
    }

    /// The next, and when that came; of a loss, when that came which is there yet.
    fn pop(&mut self) -> Option<(SystemTime, Queued)> {
        let queued = self.events.pop()?;
        let at = self.times.front().copied();
        self.forget();
        Some((at.unwrap_or_else(SystemTime::now), queued))
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use bytes::Bytes;
    use virtwire_protocol::program::{ProcedureNumber, Program};

    use super::*;

    #[test]
    fn each_keeps_the_moment_of_its_coming_when_the_oldest_are_lost() {
        let second = |number| SystemTime::UNIX_EPOCH + Duration::from_secs(number);
        let event = |number, bytes: usize| RawNotice {
            program: Program::REMOTE,
            number: ProcedureNumber(number),
            payload: vec![0; bytes].into(),
        };
        // So many of them, of so many bytes; what is left, each by its number, which is its second.
        for (count, bytes, left) in
            [(3, 4, vec![1, 2, 3]), (5, 4, vec![3, 4, 5]), (3, 9, vec![2, 3]), (2, 99, vec![2])]
        {
            let mut timed = Timed::new(3);
            for number in 1..=count {
                timed.push(second(number), event(i32::try_from(number).unwrap(), bytes));
                while timed.events.bytes() > 20 && timed.shed() {}
            }
            let lost = count - u64::try_from(left.len()).unwrap();
            if lost > 0 {
                assert_eq!(timed.pop(), Some((second(left[0]), Queued::Lost(lost))));
            }
            for number in left {
                let expected = event(i32::try_from(number).unwrap(), bytes);
                assert_eq!(timed.pop(), Some((second(number), Queued::Event(expected))));
            }
            assert_eq!(timed.pop(), None);
        }
    }

    #[tokio::test]
    async fn who_reads_a_full_mailbox_gives_others_their_turns() {
        const EVENTS: usize = 1_000;
        let mailbox = Mailbox::new(EVENTS, Held::default());
        for _ in 0..EVENTS {
            let (program, number, payload) = (Program::REMOTE, ProcedureNumber(107), Bytes::new());
            mailbox.push(RawNotice { program, number, payload });
        }
        mailbox.end();
        let mut read = 0;
        tokio::select! {
            biased;
            () = async { while poll_fn(|cx| mailbox.poll(cx)).await.is_some() { read += 1 } } => panic!("they had none"),
            () = tokio::task::yield_now() => {}
        }
        while poll_fn(|cx| mailbox.poll(cx)).await.is_some() {
            read += 1;
        }
        assert_eq!(read, EVENTS);
    }
}
