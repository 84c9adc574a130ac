//! Events as streams: a subscription for whoever wants them, bounded, and honest about what it lost.

mod desk;
mod mailbox;

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::slice;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::SystemTime;

use futures_core::Stream;
use tokio::sync::oneshot;
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::event::{Event, Family, Topic, Undecodable};
use virtwire_protocol::profile::Feature;
use virtwire_protocol::session::subscriptions::{Ability, Queued, Refused, SubscriberId};

use super::ask::Ask;
use super::connection::Connection;
use super::error::{CallError, CloseReason};
use super::reconnecting::GaveUp;
use super::waiting::{Claim, in_time};
pub(super) use desk::{Desk, SubscribeAsk};
pub(super) use mailbox::Held;
use mailbox::Mailbox;

/// Events of a daemon, in the order in which they come.
///
/// A [`Stream`], with a [`next`](Self::next) of its own, whose items may be [`Missed`]: the reader was too slow, say, and goes on with what
/// is left. It ends with the connection, which it keeps open, and dropping it ends it:
/// at any time, also from within its own loop. The daemon is told once nobody else wants the same. Whoever reads may call
/// the same connection meanwhile: events wait, up to [`OpenOptions::events_max`](super::OpenOptions::events_max) of them,
/// and never hold up a call.
#[must_use = "dropping a subscription ends it"]
pub struct Subscription<E> {
    // Leaves before the connection may go.
    seat: Seat,
    missing: Vec<(Topic, SubscribeError)>,
    event: PhantomData<fn() -> E>,
}

/// A subscriber's place in the connection's task; dropping it gives it up.
struct Seat {
    id: SubscriberId,
    mailbox: Arc<Mailbox>,
    connection: Connection,
}

/// Why an item of a subscription is no event. The subscription goes on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Missed {
    /// The reader was too slow, and this many events are lost, the oldest: whatever is derived from events needs to be
    /// asked for anew.
    #[error("{0} events are lost: they came faster than they were read")]
    Lagged(u64),
    /// An event came and makes no sense.
    #[error(transparent)]
    Undecodable(#[from] Undecodable),
}

/// Why events cannot be had.
///
/// Its `Debug` is its `Display`, for a `main` that returns it.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum SubscribeError {
    /// The daemon refused, or could not be asked.
    #[error(transparent)]
    Call(#[from] CallError),
    /// There is no connection any more that comes back.
    #[error(transparent)]
    GaveUp(#[from] GaveUp),
    /// The daemon is older than the event: it does not report the feature that goes with it.
    #[error("the daemon is too old to tell of it: it does not report feature {feature}")]
    TooOld {
        /// 14 for domain events beyond `device-removed`, 15 for the close callback.
        feature: i32,
    },
}

debug_is_display!(SubscribeError);

impl Connection {
    /// Subscribes to a kind of event, or to all kinds of a family, of one object or of all.
    ///
    /// `E` says which: a payload such as [`DomainEventLifecycle`](virtwire_protocol::remote::DomainEventLifecycle), a sum such as
    /// [`DomainEvent`](virtwire_protocol::event::DomainEvent) or [`AnyEvent`](virtwire_protocol::event::AnyEvent), or
    /// [`RawNotice`](virtwire_protocol::event::RawNotice) for whatever comes, asking for nothing. Once this returns, events are
    /// coming. However many want the same, the daemon is asked once.
    ///
    /// Cancel-safe: if the future is dropped, so is the subscription.
    ///
    /// ```no_run
    /// # async fn watch() -> Result<(), Box<dyn std::error::Error>> {
    /// use virtwire::client::Connection;
    /// use virtwire::protocol::event::detail::Lifecycle;
    /// use virtwire::protocol::remote::DomainEventLifecycle;
    ///
    /// let connection = Connection::open("qemu:///system").await?;
    /// let mut events = connection.subscribe::<DomainEventLifecycle>(None).await?;
    /// while let Some(event) = events.next().await {
    ///     let event = event?;
    ///     if let Lifecycle::Crashed(_) = event.what() {
    ///         // Calls may be made from here.
    ///         connection.domain_create(&event.dom).await?;
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`SubscribeError`], if none of it can be had. Where some kinds of a family can and others cannot, as those that are
    /// newer than the daemon, [`Subscription::missing`] tells.
    pub async fn subscribe<E: Event>(
        &self,
        object: Option<&E::Object>,
    ) -> Result<Subscription<E>, SubscribeError> {
        self.subscribe_to(E::topics(object)).await
    }

    /// The same for topics that are chosen at run time. None at all means whatever comes.
    ///
    /// # Errors
    /// [`SubscribeError`], if none of them can be had.
    pub async fn subscribe_to<E: Event>(
        &self,
        topics: Vec<Topic>,
    ) -> Result<Subscription<E>, SubscribeError> {
        let ability = self.ability(&topics).await?;
        let wanted = topics.len();
        let mailbox = Arc::new(Mailbox::new(self.options().events_max, self.held()));
        let seat = Seat { id: self.next_subscriber(), mailbox: mailbox.clone(), connection: self.clone() };
        let (ready, answer) = oneshot::channel();
        let claim = Claim::default();
        let ask = SubscribeAsk { id: seat.id, mailbox, topics, ability, ready, claim: claim.clone() };
        self.ask(Ask::Subscribe(ask));
        let missing = in_time("subscribe", answer, self.deadline(), claim).await??;
        let missing: Vec<_> = missing.into_iter().map(|(topic, why)| (topic, why.into())).collect();
        match missing.iter().find(|(topic, why)| !is_final(why, slice::from_ref(topic))).or(missing.first()) {
            // Nothing at all can be had; a reason that may pass is the one to know.
            Some((_, error)) if missing.len() >= wanted => Err(SubscribeError::clone(error)),
            _ => Ok(Subscription { seat, missing, event: PhantomData }),
        }
    }

    async fn ability(&self, topics: &[Topic]) -> Result<Ability, CallError> {
        let wants = |family| topics.iter().any(|topic| topic.family() == family);
        // What has to be asked is asked at once.
        let asked = async |wanted, feature| if wanted { self.reports(feature).await } else { Ok(false) };
        let (callbacks, close) = tokio::join!(
            asked(wants(Family::Domain), Feature::REMOTE_EVENT_CALLBACK),
            asked(wants(Family::Close), Feature::REMOTE_CLOSE_CALLBACK)
        );
        Ok(Ability { callbacks: callbacks?, close: close? })
    }

    /// Whether the daemon reports a feature; one that does not know the question reports none.
    async fn reports(&self, feature: i32) -> Result<bool, CallError> {
        match self.supports(feature).await {
            Err(error) if error.is_unsupported() => Ok(false),
            answer => answer,
        }
    }
}

impl<E: Event> Subscription<E> {
    /// The next event, or what there is instead of one; `None` once the connection has ended and all that came before has
    /// been read. Cancel-safe.
    pub async fn next(&mut self) -> Option<Result<E, Missed>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// The same with the moment at which the event came to this process, by the system's clock, however late it is read. Of events that are
    /// lost it is when the one came that is next. Cancel-safe.
    pub async fn next_with_time(&mut self) -> Option<(SystemTime, Result<E, Missed>)> {
        poll_fn(|cx| self.poll_timed(cx)).await
    }

    fn poll_timed(&mut self, cx: &mut Context<'_>) -> Poll<Option<(SystemTime, Result<E, Missed>)>> {
        self.seat.mailbox.poll(cx).map(|next| {
            let (at, queued) = next?;
            Some((
                at,
                match queued {
                    Queued::Event(notice) => E::decode(notice).map_err(Missed::from),
                    Queued::Lost(count) => Err(Missed::Lagged(count)),
                },
            ))
        })
    }

    /// What was asked for and cannot be had, with the reason: kinds that are newer than the daemon, families that it has no
    /// driver of.
    pub fn missing(&self) -> &[(Topic, SubscribeError)] {
        &self.missing
    }

    /// Why there will be no more events: the reason of the connection's end; `None` while it lives.
    pub fn ended(&self) -> Option<CloseReason> {
        self.seat.connection.ended()
    }
}

impl<E: Event> Stream for Subscription<E> {
    type Item = Result<E, Missed>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_timed(cx).map(|next| next.map(|(_, event)| event))
    }
}

impl<E> fmt::Debug for Subscription<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("id", &self.seat.id)
            .field("event", &std::any::type_name::<E>())
            .finish_non_exhaustive()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.connection.leave(self.id);
    }
}

impl From<Refused> for SubscribeError {
    fn from(refused: Refused) -> SubscribeError {
        match refused {
            Refused::Answer { procedure, fault } => CallError::reply(procedure, fault).into(),
            Refused::Undecodable { procedure, error } => CallError::Reply { procedure, error }.into(),
            Refused::Arguments { procedure, error } => CallError::Arguments { procedure, error }.into(),
            Refused::TooOld { feature } => SubscribeError::TooOld { feature },
            other => CallError::Reply { procedure: "subscribe", error: other.to_string() }.into(),
        }
    }
}

/// Whether asking again for these would get the same answer: the daemon has no such thing, or not for this client. Anything else may pass: slow
/// is not unwilling, and a daemon that asks others for each family of events may be up before them.
pub(in crate::client) fn is_final(error: &SubscribeError, asked: &[Topic]) -> bool {
    match error {
        SubscribeError::Call(CallError::TimedOut { .. } | CallError::Closed { .. }) => false,
        SubscribeError::Call(CallError::Remote(error)) => {
            let no_such = [
                ErrorCode::INVALID_ARG,
                ErrorCode::OPERATION_DENIED,
                ErrorCode::NO_DOMAIN,
                ErrorCode::NO_NETWORK,
                ErrorCode::NO_STORAGE_POOL,
                ErrorCode::NO_NODE_DEVICE,
                ErrorCode::NO_SECRET,
                ErrorCode::CONFIG_UNSUPPORTED,
                ErrorCode::ARGUMENT_UNSUPPORTED,
                ErrorCode::OPERATION_UNSUPPORTED,
                ErrorCode::ACCESS_DENIED,
            ];
            error.is_unsupported()
                || no_such.contains(&error.code)
                || asked.iter().any(|topic| is_of_kind(error, topic.event_id()))
        }
        _ => true,
    }
}

/// Whether an error says of a kind of events that the daemon does not know it. To a daemon that is an internal error, as is much else, and
/// its words are in whichever language; the kind's number stands among them.
fn is_of_kind(error: &RemoteError, event_id: i32) -> bool {
    let event_id = event_id.to_string();
    error.code == ErrorCode::INTERNAL_ERROR
        && matches!(error.domain, ErrorDomain::RPC | ErrorDomain::REMOTE)
        && error
            .message
            .to_string_lossy()
            .split(|c: char| !c.is_ascii_digit())
            .any(|digits| digits == event_id)
}
