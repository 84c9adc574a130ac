//! What a handler knows of the connection that called it.

use std::fmt;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::sync::Notify;
use virtwire_protocol::frame::{DESCRIPTORS_MAX, Draft, DraftError};
use virtwire_protocol::profile::Profile;
use virtwire_protocol::program::{Notice, ProcedureNumber, Program};

use super::access::Authorizer;
use super::identity::{Identity, PeerTransport};
use super::metrics::Metrics;
use super::stream::Stream;
use crate::shell::mailbox::Mailbox;

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

struct Shared {
    id: ConnectionId,
    peer: String,
    identity: Identity,
    /// The same with what the client has proved since it came.
    proved: OnceLock<Identity>,
    profile: Arc<Profile>,
    carries_fds: bool,
    read_only: AtomicBool,
    known: AtomicBool,
    authorizer: Option<Arc<dyn Authorizer>>,
    metrics: Metrics,
    closed: AtomicBool,
    notices: Mailbox<OutgoingNotice>,
    overrun: Notify,
}

/// An event on its way to the task that owns the connection.
pub(super) struct OutgoingNotice {
    pub(super) program: Program,
    pub(super) number: ProcedureNumber,
    pub(super) body: Draft,
}

/// Events that may wait for the connection's task at a time.
const NOTICES_WAITING_MAX: usize = 1_024;

impl CallContext {
    /// The context of a fresh connection, and the end from which its task takes the events to send.
    pub(super) fn new(
        id: ConnectionId,
        peer: String,
        identity: Identity,
        profile: Arc<Profile>,
        carries_fds: bool,
        authorizer: Option<Arc<dyn Authorizer>>,
        metrics: Metrics,
    ) -> (CallContext, Mailbox<OutgoingNotice>) {
        let notices = Mailbox::new();
        let [read_only, known, closed] = [const { AtomicBool::new(false) }; 3];
        let (overrun, proved) = (Notify::new(), OnceLock::new());
        let shared = Shared {
            id,
            peer,
            identity,
            proved,
            profile,
            carries_fds,
            read_only,
            known,
            authorizer,
            metrics,
            closed,
            notices: notices.clone(),
            overrun,
        };
        (CallContext(Arc::new(shared), None), notices)
    }

    /// The context of a connection that exists only here, for tests of handlers: nothing reads its events.
    #[doc(hidden)]
    pub fn detached(id: ConnectionId, profile: Arc<Profile>) -> CallContext {
        let inside = Identity::of(PeerTransport::Inside);
        CallContext::new(id, "detached".to_owned(), inside, profile, false, None, Metrics::default()).0
    }

    /// The context of one call.
    pub(super) fn of_call(&self, slots: CallSlots) -> CallContext {
        CallContext(self.0.clone(), Some(Arc::new(slots)))
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

    /// Whether the client can pass file descriptors, and take them: it is at a unix socket, and the feature `fds` is there. A
    /// daemon whose calls do so reports feature 8 to such a client, and to no other.
    pub fn carries_fds(&self) -> bool {
        self.0.carries_fds
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
        self.0.proved.get().unwrap_or(&self.0.identity)
    }

    /// The client has come in, as this user of SASL if that was the way.
    pub(super) fn set_known(&self, user: Option<String>) {
        self.0.known.store(true, Ordering::Relaxed);
        if user.is_some() {
            // Once: nobody comes in twice.
            let _ = self.0.proved.set(Identity { sasl_user: user, ..self.0.identity.clone() });
        }
    }

    /// Whether it has come in.
    pub(super) fn is_known(&self) -> bool {
        self.0.known.load(Ordering::Relaxed)
    }

    /// What this server is to understand.
    pub fn profile(&self) -> &Arc<Profile> {
        &self.0.profile
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
    /// A client that does not read, so that more than 1,024 events wait, loses its connection instead of an event.
    /// Nothing happens where the connection is gone already.
    ///
    /// # Errors
    /// Where the event exceeds a bound of its type.
    pub fn notify<N: Notice>(&self, notice: &N) -> Result<(), DraftError> {
        let body = Draft::encode(notice)?;
        let notice = OutgoingNotice { program: N::PROGRAM, number: N::NUMBER, body };
        if !self.is_closed() && !self.0.notices.push_below(NOTICES_WAITING_MAX, notice) {
            self.0.overrun.notify_one();
        }
        Ok(())
    }

    pub(super) fn authorizer(&self) -> Option<&dyn Authorizer> {
        self.0.authorizer.as_deref()
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    pub(super) fn set_closed(&self) {
        self.0.closed.store(true, Ordering::Release);
        // Nobody takes them any more.
        while self.0.notices.take().is_some() {}
    }

    /// Waits until the client has been too slow to read its events.
    pub(super) async fn overrun(&self) {
        self.0.overrun.notified().await;
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
