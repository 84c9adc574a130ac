//! Events with the moment at which each came: they are taken as they come, however slowly their lines are read.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinHandle;
use virtwire::client::{CloseReason, Missed, OpenOptions, Subscription};
use virtwire::protocol::event::{AnyEvent, Event, RawNotice};
use virtwire::protocol::session::subscriptions::{Queue, Queued};

use crate::clock::now;

/// What a subscription has brought. It holds as much as the connection would, and loses the oldest as that does.
pub(super) struct Arrivals {
    waiting: Arc<Waiting>,
    taking: JoinHandle<()>,
}

#[derive(Debug)]
struct Waiting {
    inner: Mutex<Inner>,
    changed: Notify,
}

#[derive(Debug)]
struct Inner {
    events: Timed,
    /// No more will come, for this reason.
    ended: Option<Option<CloseReason>>,
}

impl Arrivals {
    /// Takes what comes from now on.
    pub(super) fn of(mut events: Subscription<RawNotice>, options: &OpenOptions) -> Arrivals {
        let held = Timed::new(options.events_max, options.event_bytes_max);
        let inner = Mutex::new(Inner { events: held, ended: None });
        let waiting = Arc::new(Waiting { inner, changed: Notify::new() });
        let taken = waiting.clone();
        let taking = tokio::spawn(async move {
            while let Some(next) = events.next().await {
                let mut inner = taken.lock();
                match next {
                    Ok(event) => inner.events.push(now(), event),
                    Err(Missed::Lagged(lost)) => inner.events.queue.lose(lost),
                    // Bytes make sense as bytes.
                    Err(_) => {}
                }
                drop(inner);
                taken.changed.notify_one();
            }
            taken.lock().ended = Some(events.ended());
            taken.changed.notify_one();
        });
        Arrivals { waiting, taking }
    }

    /// The next event and when it came, or what there is instead of one; `None` once the connection has ended and all that came before
    /// has been read. Cancel-safe.
    pub(super) async fn next(&mut self) -> Option<(Duration, Result<AnyEvent, Missed>)> {
        loop {
            let (next, ended) = {
                let mut inner = self.waiting.lock();
                (inner.events.pop(), inner.ended.is_some())
            };
            match next {
                Some((at, Queued::Event(notice))) => {
                    return Some((at, AnyEvent::decode(notice).map_err(Missed::from)));
                }
                Some((at, Queued::Lost(lost))) => return Some((at, Err(Missed::Lagged(lost)))),
                None if ended => return None,
                None => self.waiting.changed.notified().await,
            }
        }
    }

    /// Why no more will come; `None` while the connection lives.
    pub(super) fn ended(&self) -> Option<CloseReason> {
        self.waiting.lock().ended.clone().flatten()
    }
}

impl Drop for Arrivals {
    fn drop(&mut self) {
        self.taking.abort();
    }
}

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A queue of events, and when each of them came.
#[derive(Debug)]
struct Timed {
    queue: Queue,
    times: VecDeque<Duration>,
    bytes_max: usize,
}

impl Timed {
    fn new(events_max: usize, bytes_max: usize) -> Timed {
        Timed { queue: Queue::new(events_max), times: VecDeque::new(), bytes_max }
    }

    fn push(&mut self, at: Duration, event: RawNotice) {
        self.queue.push(event);
        self.times.push_back(at);
        while self.queue.len() > 1 && self.queue.bytes() > self.bytes_max {
            self.queue.shed();
        }
        // The oldest went.
        let gone = self.times.len() - self.queue.len();
        self.times.drain(..gone);
    }

    /// The next, and when that came; of a loss, when that came which is there yet.
    fn pop(&mut self) -> Option<(Duration, Queued)> {
        let queued = self.queue.pop()?;
        let at = match &queued {
            Queued::Event(_) => self.times.pop_front(),
            Queued::Lost(_) => self.times.front().copied(),
        };
        Some((at.unwrap_or_else(now), queued))
    }
}

#[cfg(test)]
mod tests {
    use virtwire::protocol::program::{ProcedureNumber, Program};

    use super::*;

    #[test]
    fn each_keeps_the_moment_of_its_coming_when_the_oldest_are_lost() {
        let second = Duration::from_secs;
        let event = |number, bytes: usize| RawNotice {
            program: Program::REMOTE,
            number: ProcedureNumber(number),
            payload: vec![0; bytes].into(),
        };
        // So many of them, of so many bytes; what is left, each by its number, which is its second.
        for (count, bytes, left) in
            [(3, 4, vec![1, 2, 3]), (5, 4, vec![3, 4, 5]), (3, 9, vec![2, 3]), (2, 99, vec![2])]
        {
            let mut timed = Timed::new(3, 20);
            for number in 1..=count {
                timed.push(second(number), event(i32::try_from(number).unwrap(), bytes));
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
}
