//! What happens to domains, and who is told.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use virtwire_protocol::event::detail::{
    CrashedDetail, DefinedDetail, Lifecycle, PmSuspendedDetail, ResumedDetail, ShutdownDetail, StartedDetail,
    StoppedDetail, SuspendedDetail, UndefinedDetail,
};

use super::domain::DomainInfo;

/// Something happened to a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DomainEvent {
    /// The domain, after it happened: one that has stopped has no id any more.
    pub domain: DomainInfo,
    /// What happened.
    pub what: Lifecycle,
}

impl DomainEvent {
    /// A step in the life of a domain.
    pub fn new(domain: DomainInfo, what: Lifecycle) -> DomainEvent {
        DomainEvent { domain, what }
    }
}

/// Where a hypervisor tells what happens, and others listen. Clones are the same place.
#[derive(Clone, Default)]
pub struct Events {
    listeners: Arc<Mutex<Listeners>>,
}

#[derive(Default)]
struct Listeners {
    next: u64,
    all: BTreeMap<u64, Listener>,
}

type Listener = Box<dyn FnMut(&DomainEvent) + Send>;

impl Events {
    /// A place where nobody listens yet.
    pub fn new() -> Events {
        Events::default()
    }

    /// Tells every listener, in order of registration, before it returns. Events told one after the other are heard so.
    pub fn tell(&self, event: &DomainEvent) {
        for listener in self.lock().all.values_mut() {
            listener(event);
        }
    }

    /// Listens until the subscription is dropped.
    ///
    /// The listener runs inside [`tell`](Self::tell): it must not wait, and must not listen, tell or drop a
    /// subscription itself.
    pub fn listen(&self, listener: impl FnMut(&DomainEvent) + Send + 'static) -> Subscription {
        let mut listeners = self.lock();
        let key = listeners.next;
        listeners.next += 1;
        listeners.all.insert(key, Box::new(listener));
        Subscription { key, events: self.clone() }
    }

    fn lock(&self) -> MutexGuard<'_, Listeners> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("listeners", &self.lock().all.len()).finish()
    }
}

/// Someone who listens. Dropping it ends that.
#[derive(Debug)]
#[must_use = "dropping a subscription ends it"]
pub struct Subscription {
    key: u64,
    events: Events,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.events.lock().all.remove(&self.key);
    }
}
