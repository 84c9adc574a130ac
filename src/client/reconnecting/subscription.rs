//! Events over however many connections it takes.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use tokio::sync::watch;
use virtwire_protocol::event::{Event, Topic};

use super::{GaveUp, Link, up};
use crate::client::error::CallError;
use crate::client::events::{Missed, SubscribeError, Subscription};

/// Events of a daemon that may go and come back: a [`Stream`], with a [`next`](Self::next) of its own.
///
/// Dropping it ends it; while it lives, so does the connection. It subscribes again when it is read, so events of the time in between are
/// lost, and [`Told::Resynced`] says so.
#[must_use = "dropping a subscription ends it"]
pub struct ReconnectingSubscription<E> {
    link: watch::Receiver<Link>,
    topics: Vec<Topic>,
    phase: Phase<E>,
    /// What could not be had on the connection before.
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
    /// asked for anew, now.
    Resynced,
    /// Told after [`Resynced`](Told::Resynced): the daemon that is back does not tell of these events any more, and did before, as
    /// one that is older or lacks a driver. The subscription goes on with the others.
    Unavailable(Topic, SubscribeError),
    /// The daemon is back, and does not want to tell of events any more. The last word.
    Refused(SubscribeError),
    /// The daemon does not come back. The last word.
    GaveUp(GaveUp),
}

enum Phase<E> {
    Live(Subscription<E>),
    /// Waiting for the daemon, and subscribing again.
    Away(Pin<Box<dyn Future<Output = Result<Subscription<E>, Failed>> + Send>>),
    Over,
}

enum Failed {
    Refused(SubscribeError),
    GaveUp(GaveUp),
}

impl<E: Event + Send + 'static> ReconnectingSubscription<E> {
    pub(super) async fn new(
        link: watch::Receiver<Link>,
        topics: Vec<Topic>,
    ) -> Result<ReconnectingSubscription<E>, SubscribeError> {
        match subscribe(link.clone(), topics.clone()).await {
            Ok(live) => {
                let (missing, phase) = (live.missing().to_vec(), Phase::Live(live));
                Ok(ReconnectingSubscription { link, topics, phase, missing, to_tell: VecDeque::new() })
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
                Phase::Live(live) => match ready!(Pin::new(live).poll_next(cx)) {
                    Some(Ok(event)) => return Poll::Ready(Some(Told::Event(event))),
                    Some(Err(missed)) => return Poll::Ready(Some(Told::Missed(missed))),
                    None => {
                        let again = subscribe(self.link.clone(), self.topics.clone());
                        self.phase = Phase::Away(Box::pin(again));
                    }
                },
                Phase::Away(again) => {
                    let (phase, told) = match ready!(again.as_mut().poll(cx)) {
                        Ok(live) => {
                            let before = std::mem::replace(&mut self.missing, live.missing().to_vec());
                            let is_new = |(topic, _): &&(Topic, SubscribeError)| {
                                before.iter().all(|(known, _)| known != topic)
                            };
                            self.to_tell = self.missing.iter().filter(is_new).cloned().collect();
                            (Phase::Live(live), Told::Resynced)
                        }
                        // Slow is not unwilling.
                        Err(Failed::Refused(SubscribeError::Call(CallError::TimedOut { .. }))) => {
                            let again = subscribe(self.link.clone(), self.topics.clone());
                            self.phase = Phase::Away(Box::pin(again));
                            continue;
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

/// Subscribes on the connection of the moment, and on the next one if that is lost meanwhile.
async fn subscribe<E: Event + Send + 'static>(
    mut link: watch::Receiver<Link>,
    topics: Vec<Topic>,
) -> Result<Subscription<E>, Failed> {
    loop {
        let connection = up(&mut link).await.map_err(Failed::GaveUp)?;
        match connection.subscribe_to(topics.clone()).await {
            Ok(live) => return Ok(live),
            // Its end is known by now, so the next one is another.
            Err(SubscribeError::Call(CallError::Closed { .. })) if connection.ended().is_some() => {}
            Err(error) => return Err(Failed::Refused(error)),
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
