//! What happens to domains, networks, pools, secrets and devices of the host, and who is told.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use virtwire_protocol::event::detail::{
    CrashedDetail, DefinedDetail, Lifecycle, NetworkLifecycle, NodeDeviceLifecycle, PmSuspendedDetail,
    ResumedDetail, SecretLifecycle, ShutdownDetail, StartedDetail, StoppedDetail, StoragePoolLifecycle,
    SuspendedDetail, UndefinedDetail,
};

use super::domain::DomainInfo;
use super::happening::Happening;
use super::job::Job;
use super::networks::NetworkInfo;
use super::node_devices::NodeDeviceInfo;
use super::secrets::SecretInfo;
use super::storage::PoolInfo;

/// What a hypervisor tells: whom it happened to, as that is afterwards unless it says otherwise, and what happened.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A step in the life of a domain: one that has stopped has no id any more.
    Domain(DomainInfo, Lifecycle),
    /// What befalls a domain beside the steps of its life.
    Happening(DomainInfo, Happening),
    /// A step of a domain's job. The domain is as it was before it was gone.
    Job(DomainInfo, JobStep),
    /// A step in the life of a virtual network.
    Network(NetworkInfo, NetworkLifecycle),
    /// A step of a storage pool.
    Pool(PoolInfo, PoolStep),
    /// A step of a secret, as it was before it was gone.
    Secret(SecretInfo, SecretStep),
    /// A step of a device of the host, as it was before it was gone.
    NodeDevice(NodeDeviceInfo, NodeDeviceStep),
}

/// What a job has come to.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum JobStep {
    /// A migration begins this pass over the memory; the first is 1.
    Iteration(i32),
    /// It is over, as it says.
    Completed(Job),
}

/// What a pool has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PoolStep {
    /// A step in its life.
    Life(StoragePoolLifecycle),
    /// What is in it was looked at anew.
    Refreshed,
}

/// What a secret has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretStep {
    /// A step in its life.
    Life(SecretLifecycle),
    /// It has another value.
    ValueChanged,
}

/// What a device of the host has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NodeDeviceStep {
    /// A step in its life.
    Life(NodeDeviceLifecycle),
    /// Its document is another.
    Updated,
}

/// Where a hypervisor tells what happens, and others listen. Clones are the same place.
///
/// Who gives it to [`HypervisorService`](super::HypervisorService) by [`Hypervisor::events`](super::Hypervisor::events) tells all of its
/// clients: those that asked for this kind of event, of this domain or of all, and that may see the domain.
///
/// ```
/// use virtwire::hypervisor::{
///     DomainInfo, Event, Events, Happening, Lifecycle, StoppedDetail, Uuid, WatchdogAction,
/// };
///
/// let events = Events::new();
/// let guest = DomainInfo::new("web1", Uuid::random());
///
/// // The guest's watchdog fired, and it is let go of the device that a client pulled out.
/// events.tell(&Event::Happening(guest.clone(), Happening::Watchdog(WatchdogAction::Reset)));
/// let alias = "ua-disk2".to_owned();
/// events.tell(&Event::Happening(guest.clone(), Happening::DeviceRemoved { alias }));
/// // It is over.
/// events.tell(&Event::Domain(guest, Lifecycle::Stopped(StoppedDetail::Crashed)));
/// ```
#[derive(Clone, Default)]
pub struct Events {
    listeners: Arc<Mutex<Listeners>>,
}

#[derive(Default)]
struct Listeners {
    next: u64,
    all: BTreeMap<u64, Listener>,
}

type Listener = Box<dyn FnMut(&Event) + Send>;

impl Events {
    /// A place where nobody listens yet.
    pub fn new() -> Events {
        Events::default()
    }

    /// Tells every listener, in order of registration, before it returns. Events told one after the other are heard so.
    pub fn tell(&self, event: &Event) {
        for listener in self.lock().all.values_mut() {
            listener(event);
        }
    }

    /// Listens until the subscription is dropped.
    ///
    /// The listener runs inside [`tell`](Self::tell): it must not wait, and must not listen, tell or drop a
    /// subscription itself.
    pub fn listen(&self, listener: impl FnMut(&Event) + Send + 'static) -> Subscription {
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
