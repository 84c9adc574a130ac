//! What a handler knows of the connection that called it.

use std::collections::VecDeque;
use std::fmt;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll};

use virtwire_protocol::frame::{DESCRIPTORS_MAX, Draft, DraftError};
use virtwire_protocol::profile::Profile;
use virtwire_protocol::program::Notice;
use virtwire_protocol::session::server::Limits;

use super::access::Authorizer;
use super::identity::{Identity, PeerTransport};
use super::memory::Memory;
use super::metrics::Metrics;
use super::post::{Item, Order, OutgoingNotice, Post};
use super::stream::Stream;

/// A number for each connection that the servers of this process have accepted, never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

impl ConnectionId {
    /// Of all servers, not of one: they may share a handler.
    pub(super) fn next() -> ConnectionId {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        ConnectionId(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// The connection behind a call, and what came with the call beside its arguments. Cheap to clone; keeping one keeps nothing
/// open: what a handler has not taken when the call is answered is gone.
#[derive(Clone)]
pub struct CallContext(Arc<Shared>, Option<Arc<CallSlots>>);

/// What comes with one call.
#[derive(Debug, Default)]
pub(super) struct CallSlots {
    pub(super) stream: Mutex<Option<Stream>>,
    pub(super) fds: Mutex<Vec<OwnedFd>>,
    pub(super) reply_fds: Mutex<Vec<OwnedFd>>,
}

/// What all connections of a server have in common.
#[derive(Clone, Debug, Default)]
pub(super) struct Terms {
    pub(super) profile: Arc<Profile>,
    pub(super) limits: Arc<Limits>,
    pub(super) authorizer: Option<Arc<dyn Authorizer>>,
    pub(super) metrics: Metrics,
    pub(super) memory: Arc<Memory>,
}

struct Shared {
    id: ConnectionId,
    terms: Arc<Terms>,
    peer: Box<str>,
    identity: Identity,
    /// The same with what the client has proved since it came.
    proved: OnceLock<Box<Identity>>,
    carries_fds: bool,
    read_only: AtomicBool,
    known: AtomicBool,
    closed: AtomicBool,
    post: Post,
}

/// Who has come.
pub(super) struct Newcomer {
    pub(super) id: ConnectionId,
    pub(super) peer: String,
    pub(super) identity: Identity,
    pub(super) carries_fds: bool,
}

impl CallContext {
    /// The context of a fresh connection.
    pub(super) fn new(newcomer: Newcomer, terms: Arc<Terms>) -> CallContext {
        let Newcomer { id, peer, identity, carries_fds } = newcomer;
        let [read_only, known, closed] = [const { AtomicBool::new(false) }; 3];
        let (post, proved) = (Post::default(), OnceLock::new());
        let peer = peer.into_boxed_str();
        let shared =
            Shared { id, terms, peer, identity, proved, carries_fds, read_only, known, closed, post };
        CallContext(Arc::new(shared), None)
    }

    /// The context of a connection that exists only here, for tests of handlers and typed services: its client is a part of this process
    /// that may do everything, its calls come with no stream and no descriptors, and nobody reads its events.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use virtwire::server::{CallContext, ConnectionId};
    ///
    /// let cx = CallContext::detached(ConnectionId(1), Arc::default());
    /// assert!(cx.identity().is_local() && !cx.is_read_only());
    /// ```
    pub fn detached(id: ConnectionId, profile: Arc<Profile>) -> CallContext {
        let identity = Identity::of(PeerTransport::Inside);
        let newcomer = Newcomer { id, peer: "detached".to_owned(), identity, carries_fds: false };
        let limits = Limits { queued_bytes: usize::MAX, ..Limits::default() };
        let terms = Terms { profile, limits: Arc::new(limits), ..Terms::default() };
        CallContext::new(newcomer, Arc::new(terms))
    }

    /// The context of one call.
    pub(super) fn of_call(&self, slots: CallSlots) -> CallContext {
        CallContext(self.0.clone(), Some(Arc::new(slots)))
    }

    /// The same connection without what came with the call: for who keeps it.
    #[must_use]
    pub fn of_connection(&self) -> CallContext {
        CallContext(self.0.clone(), None)
    }

    pub(super) fn call_slots(&self) -> Option<&CallSlots> {
        self.1.as_deref()
    }

    /// The file descriptors that came with this call, in the client's order; none the second time. What is not taken is closed
    /// when the call is answered.
    pub fn take_fds(&self) -> Vec<OwnedFd> {
        self.call_slots().map(|slots| take(&slots.fds)).unwrap_or_default()
    }

    /// Has these file descriptors go with the call's reply, at most 32, if it is a good one.
    ///
    /// # Errors
    /// The descriptors, where they cannot: the client is not at a unix socket, or there are too many.
    pub fn reply_with_fds(&self, fds: Vec<OwnedFd>) -> Result<(), Vec<OwnedFd>> {
        match self.call_slots() {
            Some(slots) if self.carries_fds() && fds.len() <= DESCRIPTORS_MAX as usize => {
                *slots.reply_fds.lock().unwrap_or_else(PoisonError::into_inner) = fds;
                Ok(())
            }
            _ => Err(fds),
        }
    }

    /// Whether the client can pass file descriptors, and take them: it is at a unix socket, has not come in by SASL, by whose layer libvirt's clients
    /// read then, and the feature `fds` is there. A daemon whose calls do so reports feature 8 to such a client, and to no other.
    pub fn carries_fds(&self) -> bool {
        self.0.carries_fds && self.identity().sasl_user.is_none()
    }

    pub(super) fn take_reply_fds(&self) -> Vec<OwnedFd> {
        self.call_slots().map(|slots| take(&slots.reply_fds)).unwrap_or_default()
    }

    /// Which connection.
    pub fn connection(&self) -> ConnectionId {
        self.0.id
    }

    /// Who is at the other end, for people: an address, or the process behind a unix socket.
    pub fn peer(&self) -> &str {
        &self.0.peer
    }

    /// Who is at the other end, as far as that is proved.
    pub fn identity(&self) -> &Identity {
        self.0.proved.get().map_or(&self.0.identity, |proved| proved)
    }

    /// The client has come in, as this user of SASL if that was the way.
    pub(super) fn set_known(&self, user: Option<String>) {
        self.0.known.store(true, Ordering::Relaxed);
        if user.is_some() {
            // Once: nobody comes in twice.
            let proved = Identity { sasl_user: user, ..self.0.identity.clone() };
            let _ = self.0.proved.set(Box::new(proved));
        }
    }

    /// Whether it has come in.
    pub(super) fn is_known(&self) -> bool {
        self.0.known.load(Ordering::Relaxed)
    }

    /// What this server is to understand.
    pub fn profile(&self) -> &Arc<Profile> {
        &self.0.terms.profile
    }

    /// Whether the client may only look.
    pub fn is_read_only(&self) -> bool {
        self.0.read_only.load(Ordering::Relaxed)
    }

    /// Lets the client only look from now on, for good: it opened the hypervisor read-only.
    pub fn set_read_only(&self) {
        self.0.read_only.store(true, Ordering::Relaxed);
    }

    /// Whether the connection is gone. A handler that still runs then must not create what only the connection's end
    /// would clean up; `Handler::closed` comes once more after it.
    pub fn is_closed(&self) -> bool {
        self.0.closed.load(Ordering::Acquire)
    }

    /// Sends the client an event. It goes out in order with other events, and before the replies of calls that are
    /// answered later.
    ///
    /// A client that does not read, so that more bytes of events wait than
    /// [`Limits::queued_bytes`](virtwire_protocol::session::server::Limits), loses its connection instead of an event. Nothing
    /// happens where the connection is gone already.
    ///
    /// # Errors
    /// Where the event exceeds a bound of its type.
    pub fn notify<N: Notice>(&self, notice: &N) -> Result<(), DraftError> {
        let body = Draft::encode(notice)?;
        if !self.is_closed() {
            let notice = OutgoingNotice { program: N::PROGRAM, number: N::NUMBER, body };
            self.0.post.notify(notice, self.limits().queued_bytes);
        }
        Ok(())
    }

    pub(super) fn authorizer(&self) -> Option<&dyn Authorizer> {
        self.0.terms.authorizer.as_deref()
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.0.terms.metrics
    }

    pub(super) fn memory(&self) -> &Memory {
        &self.0.terms.memory
    }

    pub(super) fn limits(&self) -> &Arc<Limits> {
        &self.0.terms.limits
    }

    pub(super) fn set_closed(&self) {
        self.0.closed.store(true, Ordering::Release);
        // Nobody takes them any more.
        drop(self.take_notices());
    }

    /// Has the connection end.
    pub(super) fn order(&self, order: Order) {
        self.0.post.order(order);
    }

    /// What others want of the connection's task.
    pub(super) fn poll_post(&self, cx: &mut Context<'_>) -> Poll<Item> {
        self.0.post.poll_next(cx)
    }

    /// The events that wait, in order.
    pub(super) fn take_notices(&self) -> VecDeque<OutgoingNotice> {
        self.0.post.take_notices()
    }
}

fn take(fds: &Mutex<Vec<OwnedFd>>) -> Vec<OwnedFd> {
    std::mem::take(&mut *fds.lock().unwrap_or_else(PoisonError::into_inner))
}

impl fmt::Debug for CallContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallContext")
            .field("connection", &self.0.id)
            .field("peer", &self.0.peer)
            .finish_non_exhaustive()
    }
}
