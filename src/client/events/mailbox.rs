//! Between the connection's task and a reader: a bounded queue that the task never waits for.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use virtwire_protocol::event::RawNotice;
use virtwire_protocol::session::subscriptions::{Queue, Queued};

/// Where one subscription's events wait. No lock is held across an await.
#[derive(Debug)]
pub(super) struct Mailbox(Mutex<Inner>);

#[derive(Debug)]
struct Inner {
    queue: Queue,
    reader: Option<Waker>,
    /// No more will come.
    ended: bool,
    /// Nobody will read.
    abandoned: bool,
}

impl Mailbox {
    pub(super) fn new(events_max: usize) -> Mailbox {
        Mailbox(Mutex::new(Inner {
            queue: Queue::new(events_max),
            reader: None,
            ended: false,
            abandoned: false,
        }))
    }

    pub(super) fn push(&self, notice: RawNotice) {
        self.change(|inner| inner.queue.push(notice));
    }

    pub(super) fn lose(&self, count: u64) {
        self.change(|inner| inner.queue.lose(count));
    }

    /// What waits can still be read.
    pub(super) fn end(&self) {
        self.change(|inner| inner.ended = true);
    }

    pub(super) fn abandon(&self) {
        self.lock().abandoned = true;
    }

    pub(super) fn is_abandoned(&self) -> bool {
        self.lock().abandoned
    }

    /// What comes next, or `None` after the end. For one reader.
    pub(super) fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Queued>> {
        let mut inner = self.lock();
        match inner.queue.pop() {
            Some(queued) => Poll::Ready(Some(queued)),
            None if inner.ended => Poll::Ready(None),
            None => {
                inner.reader = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    fn change(&self, change: impl FnOnce(&mut Inner)) {
        let mut inner = self.lock();
        change(&mut inner);
        let reader = inner.reader.take();
        // A reader that is woken may well look at once.
        drop(inner);
        if let Some(reader) = reader {
            reader.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
