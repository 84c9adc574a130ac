//! What others have a connection's task do: send an event, or end.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use virtwire_protocol::frame::{Draft, FRAME_BYTES_MIN};
use virtwire_protocol::program::{ProcedureNumber, Program};

/// What one costs beside its body.
const NOTICE_BYTES: usize = size_of::<OutgoingNotice>() + FRAME_BYTES_MIN;

/// An event on its way to the task that owns the connection.
pub(super) struct OutgoingNotice {
    pub(super) program: Program,
    pub(super) number: ProcedureNumber,
    pub(super) body: Draft,
}

/// What a server wants of one of its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Answer what was asked, let streams go to their ends, and end.
    Finish,
    /// End.
    Leave,
}

/// A connection's post. One for all of it: a queue of each kind would cost each idle connection as much.
#[derive(Default)]
pub(super) struct Post(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    notices: VecDeque<OutgoingNotice>,
    /// Of those that wait.
    bytes: usize,
    /// The client has been too slow to read its events.
    is_overrun: bool,
    order: Option<Order>,
    taker: Option<Waker>,
}

/// What the task finds.
pub(super) enum Item {
    Order(Order),
    Overrun,
    /// All that wait, in order.
    Notices(VecDeque<OutgoingNotice>),
}

impl Post {
    /// Has an event sent, while no more than so many bytes of them wait. One that would be too many is left out, and the task learns
    /// that.
    pub(super) fn notify(&self, notice: OutgoingNotice, bytes_max: usize) {
        self.change(|inner| match inner.bytes <= bytes_max {
            true => {
                inner.bytes += notice.cost();
                inner.notices.push_back(notice);
            }
            false => inner.is_overrun = true,
        });
    }

    /// Has the connection end. The stronger order counts.
    pub(super) fn order(&self, order: Order) {
        self.change(|inner| {
            if inner.order != Some(Order::Leave) {
                inner.order = Some(order);
            }
        });
    }

    /// The events that wait, in order.
    pub(super) fn take_notices(&self) -> VecDeque<OutgoingNotice> {
        self.lock().take_notices()
    }

    /// What is next; the task is woken once there is something.
    pub(super) fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Item> {
        let mut inner = self.lock();
        if let Some(order) = inner.order.take() {
            return Poll::Ready(Item::Order(order));
        }
        if inner.is_overrun {
            return Poll::Ready(Item::Overrun);
        }
        if !inner.notices.is_empty() {
            return Poll::Ready(Item::Notices(inner.take_notices()));
        }
        if !inner.taker.as_ref().is_some_and(|taker| taker.will_wake(cx.waker())) {
            inner.taker = Some(cx.waker().clone());
        }
        Poll::Pending
    }

    fn change(&self, change: impl FnOnce(&mut Inner)) {
        let mut inner = self.lock();
        change(&mut inner);
        let taker = inner.taker.take();
        drop(inner);
        taker.into_iter().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OutgoingNotice {
    /// Bytes that it has others hold.
    pub(super) fn cost(&self) -> usize {
        self.body.payload().len().saturating_add(NOTICE_BYTES)
    }
}

impl Inner {
    fn take_notices(&mut self) -> VecDeque<OutgoingNotice> {
        self.bytes = 0;
        std::mem::take(&mut self.notices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(number: i32) -> OutgoingNotice {
        OutgoingNotice { program: Program::REMOTE, number: ProcedureNumber(number), body: Draft::empty() }
    }

    /// One of so many bytes.
    fn long(bytes: usize) -> OutgoingNotice {
        OutgoingNotice { body: Draft::raw(&vec![0; bytes]).unwrap(), ..notice(0) }
    }

    fn next(post: &Post) -> Option<Item> {
        match post.poll_next(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(item) => Some(item),
            Poll::Pending => None,
        }
    }

    #[test]
    fn events_come_in_order_behind_orders_of_which_the_stronger_counts() {
        let post = Post::default();
        for number in 0..100 {
            post.notify(notice(number), usize::MAX);
        }
        for order in [Order::Finish, Order::Leave, Order::Finish] {
            post.order(order);
        }
        assert!(matches!(next(&post), Some(Item::Order(Order::Leave))));
        let Some(Item::Notices(notices)) = next(&post) else { panic!("they wait") };
        assert!(notices.iter().map(|notice| notice.number.0).eq(0..100));
        assert!(next(&post).is_none());
        assert_eq!(post.lock().notices.capacity(), 0, "an idle connection keeps no room for them");
    }

    #[test]
    fn what_is_too_much_is_a_matter_of_bytes_alone() {
        let (post, most) = (Post::default(), 1 << 20);
        for _ in 0..100 {
            // One more than fits may come, however long it is.
            post.notify(long(most / 2), most);
            post.notify(long(most), most);
            assert!(matches!(next(&post), Some(Item::Notices(notices)) if notices.len() == 2));
            assert!(next(&post).is_none() && post.lock().bytes == 0, "it is as before once they are taken");
        }
        for number in 0..5_000 {
            post.notify(notice(number), most);
        }
        assert!(matches!(next(&post), Some(Item::Notices(notices)) if notices.len() == 5_000));
        for _ in 0..2 {
            post.notify(long(most + 1), most);
        }
        assert_eq!(post.lock().notices.len(), 1, "one event too many is not kept");
        assert!(matches!(next(&post), Some(Item::Overrun)));
    }

    #[tokio::test]
    async fn the_task_is_woken() {
        let post = std::sync::Arc::new(Post::default());
        let waiting = tokio::spawn({
            let post = post.clone();
            async move {
                matches!(std::future::poll_fn(|cx| post.poll_next(cx)).await, Item::Order(Order::Finish))
            }
        });
        tokio::task::yield_now().await;
        post.order(Order::Finish);
        assert!(waiting.await.unwrap());
    }
}
