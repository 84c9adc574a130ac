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
use super::happening::Happened;
use super::job::Job;
use super::networks::NetworkInfo;
use super::node_devices::NodeDeviceInfo;
use super::secrets::SecretInfo;
use super::storage::PoolInfo;

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

/// Something happened to a domain's job.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JobEvent {
    /// The domain, before it is gone.
    pub domain: DomainInfo,
    /// What happened.
    pub what: JobStep,
}

/// What a job has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobStep {
    /// A migration begins this pass over the memory; the first is 1.
    Iteration(i32),
    /// It is over, as it says.
    Completed(Job),
}

impl JobEvent {
    /// A step of a domain's job.
    pub fn new(domain: DomainInfo, what: JobStep) -> JobEvent {
        JobEvent { domain, what }
    }
}

/// Something happened to a virtual network.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NetworkEvent {
    /// The network, after it happened.
    pub network: NetworkInfo,
    /// What happened.
    pub what: NetworkLifecycle,
}

impl NetworkEvent {
    /// A step in the life of a network.
    pub fn new(network: NetworkInfo, what: NetworkLifecycle) -> NetworkEvent {
        NetworkEvent { network, what }
    }
}

/// Something happened to a storage pool.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolEvent {
    /// The pool, after it happened.
    pub pool: PoolInfo,
    /// What happened.
    pub what: PoolStep,
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

impl PoolEvent {
    /// A step of a pool.
    pub fn new(pool: PoolInfo, what: PoolStep) -> PoolEvent {
        PoolEvent { pool, what }
    }
}

/// Something happened to a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SecretEvent {
    /// The secret, before it is gone.
    pub secret: SecretInfo,
    /// What happened.
    pub what: SecretStep,
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

impl SecretEvent {
    /// A step of a secret.
    pub fn new(secret: SecretInfo, what: SecretStep) -> SecretEvent {
        SecretEvent { secret, what }
    }
}

/// Something happened to a device of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeDeviceEvent {
    /// The device, before it is gone.
    pub device: NodeDeviceInfo,
    /// What happened.
    pub what: NodeDeviceStep,
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

impl NodeDeviceEvent {
    /// A step of a device.
    pub fn new(device: NodeDeviceInfo, what: NodeDeviceStep) -> NodeDeviceEvent {
        NodeDeviceEvent { device, what }
    }
}

/// Where a hypervisor tells what happens, and others listen. Clones are the same place.
///
/// Who gives it to [`HypervisorService`](super::HypervisorService) by [`Hypervisor::events`](super::Hypervisor::events) tells all of its
/// clients: those that asked for this kind of event, of this domain or of all, and that may see the domain.
///
/// ```
/// use virtwire::hypervisor::{
///     DomainEvent, DomainInfo, Events, Happened, Happening, Lifecycle, StoppedDetail, Uuid, WatchdogAction,
/// };
///
/// let events = Events::new();
/// let guest = DomainInfo::new("web1", Uuid::random());
///
/// // The guest's watchdog fired, and it is let go of the device that a client pulled out.
/// events.tell_happening(&Happened::new(guest.clone(), Happening::Watchdog(WatchdogAction::Reset)));
/// let alias = "ua-disk2".to_owned();
/// events.tell_happening(&Happened::new(guest.clone(), Happening::DeviceRemoved { alias }));
/// // It is over.
/// events.tell(&DomainEvent::new(guest, Lifecycle::Stopped(StoppedDetail::Crashed)));
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

type Listener = Box<dyn FnMut(Told<'_>) + Send>;

/// What a listener hears.
#[derive(Clone, Copy, Debug)]
enum Told<'a> {
    Domain(&'a DomainEvent),
    Happening(&'a Happened),
    Job(&'a JobEvent),
    Network(&'a NetworkEvent),
    Pool(&'a PoolEvent),
    Secret(&'a SecretEvent),
    NodeDevice(&'a NodeDeviceEvent),
}

impl Events {
    /// A place where nobody listens yet.
    pub fn new() -> Events {
        Events::default()
    }

    /// Tells every listener, in order of registration, before it returns. Events told one after the other are heard so.
    pub fn tell(&self, event: &DomainEvent) {
        self.tell_all(Told::Domain(event));
    }

    /// The same of what befalls domains beside the steps of their lives.
    pub fn tell_happening(&self, event: &Happened) {
        self.tell_all(Told::Happening(event));
    }

    /// The same of what happens to jobs.
    pub fn tell_job(&self, event: &JobEvent) {
        self.tell_all(Told::Job(event));
    }

    /// The same of what happens to networks.
    pub fn tell_network(&self, event: &NetworkEvent) {
        self.tell_all(Told::Network(event));
    }

    /// The same of what happens to storage pools.
    pub fn tell_pool(&self, event: &PoolEvent) {
        self.tell_all(Told::Pool(event));
    }

    /// The same of what happens to secrets.
    pub fn tell_secret(&self, event: &SecretEvent) {
        self.tell_all(Told::Secret(event));
    }

    /// The same of what happens to devices of the host.
    pub fn tell_node_device(&self, event: &NodeDeviceEvent) {
        self.tell_all(Told::NodeDevice(event));
    }

    /// Listens until the subscription is dropped.
    ///
    /// The listener runs inside [`tell`](Self::tell): it must not wait, and must not listen, tell or drop a
    /// subscription itself.
    pub fn listen(&self, mut listener: impl FnMut(&DomainEvent) + Send + 'static) -> Subscription {
        self.add(Box::new(move |told| {
            if let Told::Domain(event) = told {
                listener(event);
            }
        }))
    }

    /// Listens to what befalls domains, in the same way.
    pub fn listen_to_happenings(&self, mut listener: impl FnMut(&Happened) + Send + 'static) -> Subscription {
        self.add(Box::new(move |told| {
            if let Told::Happening(event) = told {
                listener(event);
            }
        }))
    }

    /// Listens to what happens to jobs, in the same way.
    pub fn listen_to_jobs(&self, mut listener: impl FnMut(&JobEvent) + Send + 'static) -> Subscription {
        self.add(Box::new(move |told| {
            if let Told::Job(event) = told {
                listener(event);
            }
        }))
    }

    /// Listens to what happens to networks, in the same way.
    pub fn listen_to_networks(
        &self,
        mut listener: impl FnMut(&NetworkEvent) + Send + 'static,
    ) -> Subscription {
        self.add(Box::new(move |told| {
            if let Told::Network(event) = told {
                listener(event);
            }
        }))
    }

    /// Listens to what happens to storage pools, in the same way.
    pub fn listen_to_pools(&self, mut listener: impl FnMut(&PoolEvent) + Send + 'static) -> Subscription {
        self.add(Box::new(move |told| {
            if let Told::Pool(event) = told {
                listener(event);
            }
        }))
    }

    /// Listens to what happens to secrets, in the same way.
    pub fn listen_to_secrets(&self, mut listener: impl FnMut(&SecretEvent) + Send + 'static) -> Subscription {
        self.add(Box::new(move |told| {
            if let Told::Secret(event) = told {
                listener(event);
            }
        }))
    }

    /// Listens to what happens to devices of the host, in the same way.
    pub fn listen_to_node_devices(
        &self,
        mut listener: impl FnMut(&NodeDeviceEvent) + Send + 'static,
    ) -> Subscription {
        self.add(Box::new(move |told| {
            if let Told::NodeDevice(event) = told {
                listener(event);
            }
        }))
    }

    fn tell_all(&self, told: Told<'_>) {
        for listener in self.lock().all.values_mut() {
            listener(told);
        }
    }

    fn add(&self, listener: Listener) -> Subscription {
        let mut listeners = self.lock();
        let key = listeners.next;
        listeners.next += 1;
        listeners.all.insert(key, listener);
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
