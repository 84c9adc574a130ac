//! Events over however many connections it takes.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::slice;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use tokio::sync::watch;
use tokio::time::sleep;
use virtwire_protocol::event::{Event, Topic};

use super::{Backoff, GaveUp, Link, up};
use crate::client::error::CallError;
use crate::client::events::{Missed, SubscribeError, Subscription, is_final};

/// Events of a daemon that may go and come back: a [`Stream`], with a [`next`](Self::next) of its own.
///
/// Dropping it ends it; while it lives, so does the connection. It subscribes again when it is read, so events of the time in between are
/// lost, and [`Told::Resynced`] says so.
#[must_use = "dropping a subscription ends it"]
pub struct ReconnectingSubscription<E> {
    link: watch::Receiver<Link>,
    backoff: Backoff,
    topics: Vec<Topic>,
    phase: Phase<E>,
    /// What cannot be had on the connection of the moment, or could not on the last.
    missing: Vec<(Topic, SubscribeError)>,
    /// What a daemon that is back has no more, and is still to be told.
    to_tell: VecDeque<(Topic, SubscribeError)>,
}

/// What a subscription tells.
#[derive(Debug)]
#[non_exhaustive]
pub enum Told<E> {
    /// Something happened.
    Event(E),
    /// Something happened, and what it was is lost; the connection is the same.
    Missed(Missed),
    /// The daemon was lost, is back, and tells of events again. Those in between are lost, so whatever is derived from events needs to be
    /// asked for anew, now. Told also when events come again that were [`Unavailable`](Told::Unavailable).
    Resynced,
    /// Told after [`Resynced`](Told::Resynced): the daemon that is back does not tell of these events any more, and did before, as
    /// one that is older or lacks a driver. The subscription goes on with the others. Where the reason may pass, as that of a daemon which
    /// is not up yet behind the one that was asked, they are asked for again, after pauses that grow.
    Unavailable(Topic, SubscribeError),
    /// The daemon is back, and does not have such events any more, or not for this client. The last word. A reason that may pass is none:
    /// then it is asked again, after pauses that grow.
    Refused(SubscribeError),
    /// The daemon does not come back. The last word.
    GaveUp(GaveUp),
}

enum Phase<E> {
    Live {
        /// One mostly; each further one has what was missing at first. The next to be read is in front.
        had: VecDeque<Subscription<E>>,
        /// Asking for what is missing and may be had yet.
        rest: Option<Asking<E>>,
    },
    /// Waiting for the daemon, and subscribing again.
    Away(Asking<E>),
    Over,
}

type Asking<E> = Pin<Box<dyn Future<Output = Result<Subscription<E>, Failed>> + Send>>;

enum Failed {
    Refused(SubscribeError),
    GaveUp(GaveUp),
}

impl<E: Event + Send + 'static> ReconnectingSubscription<E> {
    pub(super) async fn new(
        link: watch::Receiver<Link>,
        topics: Vec<Topic>,
        backoff: Backoff,
    ) -> Result<ReconnectingSubscription<E>, SubscribeError> {
        match subscribe(link.clone(), topics.clone(), None).await {
            Ok(live) => {
                let (missing, to_tell) = (live.missing().to_vec(), VecDeque::new());
                let rest = rest(&link, &missing, backoff);
                let phase = Phase::Live { had: VecDeque::from([live]), rest };
                Ok(ReconnectingSubscription { link, backoff, topics, phase, missing, to_tell })
            }
            Err(Failed::Refused(error)) => Err(error),
            Err(Failed::GaveUp(why)) => Err(SubscribeError::GaveUp(why)),
        }
    }

    /// What was asked for and could not be had when it was last subscribed to, with the reason; see
    /// [`Subscription::missing`].
    pub fn missing(&self) -> &[(Topic, SubscribeError)] {
        &self.missing
    }

    /// What comes next; `None` after the last word. Cancel-safe.
    pub async fn next(&mut self) -> Option<Told<E>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<E: Event + Send + 'static> Stream for ReconnectingSubscription<E> {
    type Item = Told<E>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Told<E>>> {
        loop {
            if let Some((topic, why)) = self.to_tell.pop_front() {
                return Poll::Ready(Some(Told::Unavailable(topic, why)));
            }
            match &mut self.phase {
                Phase::Live { had, rest } => {
                    let Poll::Ready(next) = poll_any(had, cx) else {
                        let Some(asking) = rest else { return Poll::Pending };
                        // On the same connection: with the next one, nothing is left of this phase.
                        let found = ready!(asking.as_mut().poll(cx));
                        *rest = None;
                        if let Ok(found) = found {
                            return Poll::Ready(Some(self.found(found)));
                        }
                        continue;
                    };
                    match next {
                        Some(Ok(event)) => return Poll::Ready(Some(Told::Event(event))),
                        Some(Err(missed)) => return Poll::Ready(Some(Told::Missed(missed))),
                        None => {
                            let again = subscribe(self.link.clone(), self.topics.clone(), Some(self.backoff));
                            self.phase = Phase::Away(Box::pin(again));
                        }
                    }
                }
                Phase::Away(again) => {
                    let (phase, told) = match ready!(again.as_mut().poll(cx)) {
                        Ok(live) => {
                            let before = std::mem::replace(&mut self.missing, live.missing().to_vec());
                            let is_new = |(topic, _): &&(Topic, SubscribeError)| {
                                before.iter().all(|(known, _)| known != topic)
                            };
                            self.to_tell = self.missing.iter().filter(is_new).cloned().collect();
                            let rest = rest(&self.link, &self.missing, self.backoff);
                            (Phase::Live { had: VecDeque::from([live]), rest }, Told::Resynced)
                        }
                        Err(Failed::Refused(error)) => (Phase::Over, Told::Refused(error)),
                        Err(Failed::GaveUp(why)) => (Phase::Over, Told::GaveUp(why)),
                    };
                    self.phase = phase;
                    return Poll::Ready(Some(told));
                }
                Phase::Over => return Poll::Ready(None),
            }
        }
    }
}

impl<E: Event + Send + 'static> ReconnectingSubscription<E> {
    /// Some of what was missing can be had now.
    fn found(&mut self, found: Subscription<E>) -> Told<E> {
        self.missing.retain(|missing| !may_pass(missing));
        self.missing.extend_from_slice(found.missing());
        if let Phase::Live { had, rest: asking } = &mut self.phase {
            *asking = rest(&self.link, &self.missing, self.backoff);
            had.push_back(found);
        }
        Told::Resynced
    }
}

/// Reads whichever has something, each in its turn. `None` once one has ended, as then all have: they are of one connection.
fn poll_any<E: Event>(
    had: &mut VecDeque<Subscription<E>>,
    cx: &mut Context<'_>,
) -> Poll<Option<Result<E, Missed>>> {
    for _ in 0..had.len() {
        let Some(mut front) = had.pop_front() else { break };
        let polled = Pin::new(&mut front).poll_next(cx);
        had.push_back(front);
        if polled.is_ready() {
            return polled;
        }
    }
    Poll::Pending
}

/// Asks, some time later, for what is missing for a reason that may pass, if anything is.
fn rest<E: Event + Send + 'static>(
    link: &watch::Receiver<Link>,
    missing: &[(Topic, SubscribeError)],
    backoff: Backoff,
) -> Option<Asking<E>> {
    let topics: Vec<Topic> =
        missing.iter().filter(|missing| may_pass(missing)).map(|(topic, _)| topic.clone()).collect();
    let link = link.clone();
    let has_any = !topics.is_empty();
    let asking = async move {
        sleep(backoff.pause(0)).await;
        subscribe(link, topics, Some(backoff)).await
    };
    has_any.then(|| Box::pin(asking) as Asking<E>)
}

fn may_pass((topic, why): &(Topic, SubscribeError)) -> bool {
    !is_final(why, slice::from_ref(topic))
}

/// Subscribes on the connection of the moment, and on the next one if that is lost meanwhile. Where a pause is said, a daemon that refuses for
/// a reason that may pass is asked again and again.
async fn subscribe<E: Event + Send + 'static>(
    mut link: watch::Receiver<Link>,
    topics: Vec<Topic>,
    pause: Option<Backoff>,
) -> Result<Subscription<E>, Failed> {
    let mut refusals: u32 = 0;
    loop {
        let connection = up(&mut link).await.map_err(Failed::GaveUp)?;
        let error = match connection.subscribe_to(topics.clone()).await {
            Ok(live) => return Ok(live),
            // Its end is known by now, so the next one is another.
            Err(SubscribeError::Call(CallError::Closed { .. })) if connection.ended().is_some() => continue,
            Err(error) => error,
        };
        match pause {
            Some(backoff) if !is_final(&error, &topics) => {
                // It keeps no connection that nobody else does.
                drop(connection);
                tracing::debug!(%error, refusals, "events are refused for now; asking again");
                sleep(backoff.pause(refusals)).await;
                refusals = refusals.saturating_add(1);
            }
            _ => return Err(Failed::Refused(error)),
        }
    }
}

impl<E> fmt::Debug for ReconnectingSubscription<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReconnectingSubscription")
            .field("event", &std::any::type_name::<E>())
            .field("topics", &self.topics)
            .finish_non_exhaustive()
    }
}
