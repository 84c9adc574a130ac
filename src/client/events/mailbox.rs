//! Between the connection's task and a reader: a bounded queue that the task never waits for.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

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
    queue: Queue,
    reader: Option<Waker>,
    /// No more will come.
    ended: bool,
}

impl Mailbox {
    pub(super) fn new(events_max: usize, held: Held) -> Mailbox {
        let queue = Queue::new(events_max);
        Mailbox { inner: Mutex::new(Inner { queue, reader: None, ended: false }), held }
    }

    pub(super) fn push(&self, notice: RawNotice) {
        self.change(|inner| inner.queue.push(notice));
    }

    pub(super) fn lose(&self, count: u64) {
        self.change(|inner| inner.queue.lose(count));
    }

    /// Loses the oldest event, unless it is the only one.
    pub(super) fn shed(&self) -> bool {
        let mut shed = false;
        self.change(|inner| shed = inner.queue.len() > 1 && inner.queue.shed());
        shed
    }

    /// Bytes of the events that could be shed.
    pub(super) fn bytes_to_shed(&self) -> usize {
        let inner = self.lock();
        if inner.queue.len() > 1 { inner.queue.bytes() } else { 0 }
    }

    /// What waits can still be read.
    pub(super) fn end(&self) {
        self.change(|inner| inner.ended = true);
    }

    /// What comes next, or `None` after the end. For one reader, who gives others on its thread their turns, however many wait.
    pub(super) fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Queued>> {
        let turn = ready!(poll_proceed(cx));
        let mut inner = self.lock();
        let before = inner.queue.bytes();
        let next = inner.queue.pop();
        self.held.change(before, inner.queue.bytes());
        if next.is_none() && !inner.ended {
            inner.reader = Some(cx.waker().clone());
            return Poll::Pending;
        }
        turn.made_progress();
        Poll::Ready(next)
    }

    fn change(&self, change: impl FnOnce(&mut Inner)) {
        let mut inner = self.lock();
        let before = inner.queue.bytes();
        change(&mut inner);
        self.held.change(before, inner.queue.bytes());
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
        self.held.change(self.lock().queue.bytes(), 0);
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use bytes::Bytes;
    use virtwire_protocol::program::{ProcedureNumber, Program};

    use super::*;

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
