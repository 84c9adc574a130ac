//! A queue to one task, of the size of what is in it: a channel of the runtime's takes a kilobyte before there is anything.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Room that is kept while nothing waits.
const KEPT_MAX: usize = 32;

/// Both ends of the queue; one task takes.
#[derive(Debug)]
pub(crate) struct Mailbox<T>(Arc<Mutex<Inner<T>>>);

#[derive(Debug)]
struct Inner<T> {
    waiting: VecDeque<T>,
    taker: Option<Waker>,
}

impl<T> Mailbox<T> {
    pub(crate) fn new() -> Mailbox<T> {
        Mailbox(Arc::new(Mutex::new(Inner { waiting: VecDeque::new(), taker: None })))
    }

    /// Adds something. Whoever pushes minds that there are not too many.
    pub(crate) fn push(&self, item: T) {
        let mut inner = self.lock();
        inner.waiting.push_back(item);
        let taker = inner.taker.take();
        drop(inner);
        taker.into_iter().for_each(Waker::wake);
    }

    /// What has waited longest; the task is woken once there is something.
    pub(crate) fn poll_next(&self, cx: &mut Context<'_>) -> Poll<T> {
        let mut inner = self.lock();
        if let Some(item) = inner.take() {
            return Poll::Ready(item);
        }
        if !inner.taker.as_ref().is_some_and(|taker| taker.will_wake(cx.waker())) {
            inner.taker = Some(cx.waker().clone());
        }
        Poll::Pending
    }

    fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Inner<T> {
    fn take(&mut self) -> Option<T> {
        let item = self.waiting.pop_front();
        if self.waiting.is_empty() && self.waiting.capacity() > KEPT_MAX {
            self.waiting = VecDeque::new();
        }
        item
    }
}

impl<T> Clone for Mailbox<T> {
    fn clone(&self) -> Mailbox<T> {
        Mailbox(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    async fn next<T>(mailbox: &Mailbox<T>) -> T {
        poll_fn(|cx| mailbox.poll_next(cx)).await
    }

    #[tokio::test]
    async fn what_is_pushed_comes_in_order_and_wakes_who_waits() {
        let mailbox = Mailbox::new();
        let taker = tokio::spawn({
            let mailbox = mailbox.clone();
            async move { [next(&mailbox).await, next(&mailbox).await, next(&mailbox).await] }
        });
        tokio::task::yield_now().await;
        for item in 1..=3 {
            mailbox.push(item);
            tokio::task::yield_now().await;
        }
        assert_eq!(taker.await.unwrap(), [1, 2, 3]);
    }

    #[tokio::test]
    async fn it_gives_its_room_back() {
        let mailbox = Mailbox::new();
        for item in 0..1_000 {
            mailbox.push(item);
        }
        for item in 0..1_000 {
            assert_eq!(next(&mailbox).await, item);
        }
        assert!(mailbox.lock().waiting.capacity() <= KEPT_MAX);
    }
}
