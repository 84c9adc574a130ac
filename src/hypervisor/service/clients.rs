//! The connections that have opened the hypervisor: what each asked to hear, and what it must not leave behind.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::program::{Notice, Program, Release};
use virtwire_protocol::remote::{DomainEventCallbackLifecycle, DomainEventLifecycle};

use super::super::{DomainEvent, IncomingId, Lifecycle, OutgoingId, Result, Uuid, errors};
use super::{not_open, wire};
use crate::server::{CallContext, ConnectionId};

/// The kind of event that a domain's life is (`VIR_DOMAIN_EVENT_ID_LIFECYCLE`).
pub(super) const LIFECYCLE: i32 = 0;
/// Migrations that one connection may have begun or prepared for and not ended. None is forgotten for a new one: it may
/// be of the only copy.
const HALF_DONE_MAX: usize = 1_024;
/// Registrations for events that one connection may hold at a time.
const CALLBACKS_MAX: usize = 1_024;
/// Those among them for the same kind of event of the same domain, or of all domains. An event makes as many notices at
/// once as there are registrations that it matches: at most twice so many.
const SAME_CALLBACKS_MAX: usize = 64;

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Clients {
    open: Mutex<HashMap<ConnectionId, Client>>,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Client {
    cx: CallContext,
    /// Kinds of events registered in the first and second generation. `None` is the first's own, which is the life of
    /// domains too.
    pub(super) kinds: BTreeSet<Option<i32>>,
    /// Third generation.
    callbacks: BTreeMap<i32, Callback>,
    next_callback: i32,
    half_done: BTreeSet<HalfDone>,
}

/// This host's side of a migration that is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum HalfDone {
    Incoming(IncomingId),
    Outgoing(OutgoingId),
}

#[derive(Debug)]
struct Callback {
    kind: i32,
    domain: Option<Uuid>,
}

impl Clients {
    fn lock(&self) -> MutexGuard<'_, HashMap<ConnectionId, Client>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_open(&self, connection: ConnectionId) -> bool {
        self.lock().contains_key(&connection)
    }

    /// Lets a connection in.
    ///
    /// # Errors
    /// Code 1 where it is in already.
    pub(super) fn open(&self, cx: &CallContext) -> Result<()> {
        let client = Client {
            cx: cx.clone(),
            kinds: BTreeSet::new(),
            callbacks: BTreeMap::new(),
            next_callback: 0,
            half_done: BTreeSet::new(),
        };
        let mut open = self.lock();
        if open.contains_key(&cx.connection()) {
            return Err(internal("connection already open"));
        }
        open.insert(cx.connection(), client);
        Ok(())
    }

    /// Forgets a connection. Returns the migrations that it answered for.
    pub(super) fn remove(&self, connection: ConnectionId) -> impl Iterator<Item = HalfDone> + use<> {
        self.lock().remove(&connection).into_iter().flat_map(|client| client.half_done)
    }

    /// Does something with an open connection's entry.
    ///
    /// # Errors
    /// Code 1 where the connection is not open.
    pub(super) fn with<T>(&self, cx: &CallContext, then: impl FnOnce(&mut Client) -> T) -> Result<T> {
        self.lock().get_mut(&cx.connection()).map(then).ok_or_else(not_open)
    }

    /// What a connection answers for.
    pub(super) fn half_done(&self, cx: &CallContext) -> Vec<HalfDone> {
        self.with(cx, |client| client.half_done.iter().copied().collect()).unwrap_or_default()
    }

    /// A connection answers for a migration no longer.
    pub(super) fn disowns(&self, cx: &CallContext, migration: HalfDone) {
        // A connection that is gone answers for nothing.
        let _ = self.with(cx, |client| client.half_done.remove(&migration));
    }

    /// A connection is to answer for a migration, and no other one is.
    ///
    /// # Errors
    /// Code 1 where the connection is gone, 9 where it answers for too many. Then this side must be given up.
    pub(super) fn owns(&self, cx: &CallContext, migration: HalfDone) -> Result<()> {
        let mut open = self.lock();
        let client = open.get(&cx.connection()).ok_or_else(not_open)?;
        if client.half_done.len() >= HALF_DONE_MAX && !client.half_done.contains(&migration) {
            let detail = format!("this connection has {HALF_DONE_MAX} migrations under way already");
            return Err(errors::failed(detail));
        }
        for (connection, client) in open.iter_mut() {
            if *connection == cx.connection() {
                client.half_done.insert(migration);
            } else {
                client.half_done.remove(&migration);
            }
        }
        Ok(())
    }

    /// Tells everyone who has asked. Called in the order in which things happen.
    pub(super) fn tell(&self, event: &DomainEvent) {
        for client in self.lock().values() {
            client.tell(event);
        }
    }
}

impl Client {
    /// Third generation: registers, and returns what the events will carry.
    ///
    /// # Errors
    /// Code 1 where it has registered too often.
    pub(super) fn register(&mut self, kind: i32, domain: Option<Uuid>) -> Result<i32> {
        if self.callbacks.len() >= CALLBACKS_MAX {
            return Err(internal(format!("{CALLBACKS_MAX} event callbacks are registered already")));
        }
        let same = |callback: &&Callback| callback.kind == kind && callback.domain == domain;
        if self.callbacks.values().filter(same).count() >= SAME_CALLBACKS_MAX {
            let detail =
                format!("{SAME_CALLBACKS_MAX} event callbacks for event ID {kind} are registered already");
            return Err(internal(detail));
        }
        let id = self.next_callback;
        self.next_callback = id.checked_add(1).ok_or_else(|| internal("no event callback ids are left"))?;
        self.callbacks.insert(id, Callback { kind, domain });
        Ok(id)
    }

    /// Whether there was such a registration.
    pub(super) fn deregister(&mut self, callback: i32) -> bool {
        self.callbacks.remove(&callback).is_some()
    }

    fn tell(&self, event: &DomainEvent) {
        let profile = self.cx.profile();
        if profile.release() < since(event.what) {
            return;
        }
        let (what, detail) = event.what.to_wire();
        let message = || DomainEventLifecycle { dom: wire::domain(&event.domain), event: what, detail };
        let older = [None, Some(LIFECYCLE)].iter().filter(|kind| self.kinds.contains(kind));
        for _ in older.filter(|_| profile.sends(Program::REMOTE, DomainEventLifecycle::NUMBER)) {
            self.notify(&message());
        }
        for (id, callback) in &self.callbacks {
            if callback.kind == LIFECYCLE && callback.domain.is_none_or(|domain| domain == event.domain.uuid)
            {
                self.notify(&DomainEventCallbackLifecycle { callback_id: *id, msg: message() });
            }
        }
    }

    fn notify<N: Notice>(&self, notice: &N) {
        if let Err(error) = self.cx.notify(notice) {
            tracing::debug!(peer = self.cx.peer(), event = N::NAME, %error, "an event that cannot be sent");
        }
    }
}

/// The release that brought an event: older clients do not know it.
fn since(what: Lifecycle) -> Release {
    match what {
        Lifecycle::Shutdown(_) => Release::new(0, 9, 8),
        Lifecycle::PmSuspended(_) => Release::new(0, 10, 2),
        Lifecycle::Crashed(_) => Release::new(1, 1, 1),
        _ => Release::new(0, 5, 0),
    }
}

pub(super) fn internal(detail: impl Into<String>) -> RemoteError {
    RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::RPC, detail)
}
