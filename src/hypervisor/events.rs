//! What happens to domains, and who is told.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::domain::{DomainInfo, numbered};

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

/// A step in a domain's life (`virDomainEventType` with its details, libvirt 11.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Lifecycle {
    /// A persistent configuration came or changed.
    Defined(DefinedDetail),
    /// The persistent configuration went.
    Undefined(UndefinedDetail),
    /// It became active.
    Started(StartedDetail),
    /// It was paused.
    Suspended(SuspendedDetail),
    /// It runs on.
    Resumed(ResumedDetail),
    /// It is off.
    Stopped(StoppedDetail),
    /// The guest has ended; what is left of it is about to (libvirt 0.9.8).
    Shutdown(ShutdownDetail),
    /// The guest put itself to sleep (libvirt 0.10.2).
    PmSuspended(PmSuspendedDetail),
    /// The guest crashed (libvirt 1.1.1).
    Crashed(CrashedDetail),
}

impl Lifecycle {
    /// The two numbers of the wire: event and detail.
    pub fn to_wire(self) -> (i32, i32) {
        match self {
            Lifecycle::Defined(detail) => (0, detail as i32),
            Lifecycle::Undefined(detail) => (1, detail as i32),
            Lifecycle::Started(detail) => (2, detail as i32),
            Lifecycle::Suspended(detail) => (3, detail as i32),
            Lifecycle::Resumed(detail) => (4, detail as i32),
            Lifecycle::Stopped(detail) => (5, detail as i32),
            Lifecycle::Shutdown(detail) => (6, detail as i32),
            Lifecycle::PmSuspended(detail) => (7, detail as i32),
            Lifecycle::Crashed(detail) => (8, detail as i32),
        }
    }
}

numbered! {
    /// How a configuration became persistent.
    DefinedDetail {
        /// It is new.
        Added = 0,
        /// It replaced another.
        Updated = 1,
        /// It was renamed (libvirt 1.2.19).
        Renamed = 2,
        /// It came with a snapshot (libvirt 1.3.3).
        FromSnapshot = 3,
    }
}

numbered! {
    /// How a configuration went.
    UndefinedDetail {
        /// It was undefined.
        Removed = 0,
        /// It was renamed.
        Renamed = 1,
    }
}

numbered! {
    /// How a domain became active.
    StartedDetail {
        /// It was started.
        Booted = 0,
        /// It comes from another host.
        Migrated = 1,
        /// It was restored from a file.
        Restored = 2,
        /// It was taken back to a snapshot.
        FromSnapshot = 3,
        /// It was woken.
        Wakeup = 4,
    }
}

numbered! {
    /// Why a domain was paused.
    SuspendedDetail {
        /// Somebody asked.
        Paused = 0,
        /// It is being migrated.
        Migrated = 1,
        /// A disk failed.
        IoError = 2,
        /// Its watchdog bit.
        Watchdog = 3,
        /// It was restored paused.
        Restored = 4,
        /// It was taken back to a snapshot in which it was paused.
        FromSnapshot = 5,
        /// A call failed halfway.
        ApiError = 6,
        /// It runs on the other host now.
        Postcopy = 7,
        /// The same, and the link broke.
        PostcopyFailed = 8,
    }
}

numbered! {
    /// Why a domain runs on.
    ResumedDetail {
        /// Somebody asked.
        Unpaused = 0,
        /// Its migration ended, here.
        Migrated = 1,
        /// It was taken back to a snapshot.
        FromSnapshot = 2,
        /// It runs here while memory still comes.
        Postcopy = 3,
        /// The same, and the link broke.
        PostcopyFailed = 4,
    }
}

numbered! {
    /// Why a domain is off.
    StoppedDetail {
        /// The guest shut down.
        Shutdown = 0,
        /// Somebody pulled the plug.
        Destroyed = 1,
        /// It crashed.
        Crashed = 2,
        /// It went to another host.
        Migrated = 3,
        /// It was saved to a file.
        Saved = 4,
        /// It failed to run.
        Failed = 5,
        /// It was taken back to a snapshot in which it was off.
        FromSnapshot = 6,
    }
}

numbered! {
    /// Who ended the guest.
    ShutdownDetail {
        /// It has ended.
        Finished = 0,
        /// Its own doing.
        Guest = 1,
        /// The host's.
        Host = 2,
    }
}

numbered! {
    /// Where the guest sleeps.
    PmSuspendedDetail {
        /// In memory.
        Memory = 0,
        /// On disk.
        Disk = 1,
    }
}

numbered! {
    /// How the guest crashed.
    CrashedDetail {
        /// It panicked.
        Panicked = 0,
        /// It panicked and its memory was loaded elsewhere.
        CrashLoaded = 1,
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
