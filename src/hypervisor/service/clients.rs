//! The connections that have opened the hypervisor: what each asked to hear, and what it must not leave behind.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use virtwire_protocol::access::ObjectKind;
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::program::{Notice, Program, Release};
use virtwire_protocol::remote::{
    DomainEventCallbackJobCompleted, DomainEventCallbackLifecycle, DomainEventCallbackMigrationIteration,
    DomainEventLifecycle, NetworkEventLifecycle, NodeDeviceEventLifecycle, NodeDeviceEventUpdate,
    SecretEventLifecycle, SecretEventValueChanged, StoragePoolEventLifecycle, StoragePoolEventRefresh,
};

use super::super::{
    DomainInfo, Event, IncomingId, JobStep, Lifecycle, NetworkInfo, NetworkLifecycle, NodeDeviceInfo,
    NodeDeviceStep, OutgoingId, PoolInfo, PoolStep, Result, SecretInfo, SecretStep, Uuid, errors,
};
use super::callbacks::Callbacks;
use super::kept::{may_see, may_see_named};
use super::{networks, node_devices, not_open, pools, secrets, wire};
use crate::server::{CallContext, ConnectionId};

/// The kind of event that a domain's life is (`VIR_DOMAIN_EVENT_ID_LIFECYCLE`), and also a network's and a pool's.
pub(super) const LIFECYCLE: i32 = 0;
/// Two others, of jobs.
const MIGRATION_ITERATION: i32 = 20;
const JOB_COMPLETED: i32 = 21;
/// That a pool looks anew what is in it (`VIR_STORAGE_POOL_EVENT_ID_REFRESH`).
const POOL_REFRESH: i32 = 1;
/// That a secret has another value (`VIR_SECRET_EVENT_ID_VALUE_CHANGED`).
const SECRET_VALUE: i32 = 1;
/// That a device of the host is another (`VIR_NODE_DEVICE_EVENT_ID_UPDATE`).
const NODE_DEVICE_UPDATE: i32 = 1;
/// Migrations that one connection may have begun or prepared for and not ended. None is forgotten for a new one: it may
/// be of the only copy.
const HALF_DONE_MAX: usize = 1_024;
/// Guests that may end with one connection.
const AUTO_DESTROY_MAX: usize = 1_024;

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Clients {
    /// A tree, as that gives its room back.
    open: Mutex<BTreeMap<ConnectionId, Client>>,
}

/// One of them. What few have is elsewhere: a tree has room for up to twice as many as are in it.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) cx: CallContext,
    pub(super) wishes: Option<Box<Wishes>>,
    left: Option<Box<Left>>,
}

/// What a connection wants to hear.
#[derive(Debug, Default)]
pub(super) struct Wishes {
    /// Kinds of events registered in the first and second generation. `None` is the first's own, which is the life of
    /// domains too.
    pub(super) kinds: BTreeSet<Option<i32>>,
    /// Third generation.
    pub(super) domains: Callbacks,
    pub(super) networks: Callbacks,
    pub(super) pools: Callbacks,
    pub(super) secrets: Callbacks,
    pub(super) node_devices: Callbacks<String>,
}

/// What a connection answers for, and leaves behind once it is gone.
#[derive(Debug, Default)]
pub(super) struct Left {
    pub(super) half_done: BTreeSet<HalfDone>,
    /// Guests that end with this connection: which one, and the number of its run.
    pub(super) auto_destroy: BTreeMap<Uuid, u32>,
}

/// This host's side of a migration that is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum HalfDone {
    Incoming(IncomingId),
    Outgoing(OutgoingId),
}

impl Clients {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<ConnectionId, Client>> {
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
        let client = Client { cx: cx.of_connection(), wishes: None, left: None };
        let mut open = self.lock();
        if open.contains_key(&cx.connection()) {
            return Err(internal("connection already open"));
        }
        open.insert(cx.connection(), client);
        Ok(())
    }

    /// Forgets a connection. Returns what it answered for.
    pub(super) fn remove(&self, connection: ConnectionId) -> Left {
        let client = self.lock().remove(&connection);
        client.and_then(|client| client.left).map_or_else(Left::default, |left| *left)
    }

    /// A run of a guest ends with the connection.
    ///
    /// # Errors
    /// Code 1 where the connection is gone, 9 where it has too many. Then nobody will end it.
    pub(super) fn destroys_at_end(&self, cx: &CallContext, guest: Uuid, run: u32) -> Result<()> {
        self.with(cx, |client| {
            let left = client.left.get_or_insert_default();
            if left.auto_destroy.len() >= AUTO_DESTROY_MAX && !left.auto_destroy.contains_key(&guest) {
                let detail = format!("{AUTO_DESTROY_MAX} guests are to end with this connection already");
                return Err(errors::failed(detail));
            }
            left.auto_destroy.insert(guest, run);
            Ok(())
        })?
    }

    /// Whether a connection's end is to end this run of a guest.
    pub(super) fn is_auto_destroyed(&self, guest: Uuid, run: u32) -> bool {
        let is_to_end = |left: &Left| left.auto_destroy.get(&guest) == Some(&run);
        self.lock().values().filter_map(|client| client.left.as_deref()).any(is_to_end)
    }

    /// Forgets the runs that are over already.
    pub(super) fn forget_ended(&self, cx: &CallContext, there: &[DomainInfo]) {
        let runs = |guest: &Uuid, run: u32| there.iter().any(|one| one.uuid == *guest && one.id == Some(run));
        let forget = |left: &mut Box<Left>| left.auto_destroy.retain(|guest, run| runs(guest, *run));
        let _ = self.with(cx, |client| client.left.as_mut().map(forget));
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
        let half_done =
            |client: &mut Client| client.left.iter().flat_map(|left| &left.half_done).copied().collect();
        self.with(cx, half_done).unwrap_or_default()
    }

    /// A connection answers for a migration no longer.
    pub(super) fn disowns(&self, cx: &CallContext, migration: HalfDone) {
        // A connection that is gone answers for nothing.
        let _ = self.with(cx, |client| client.disowns(&migration));
    }

    /// A connection is to answer for a migration, and no other one is.
    ///
    /// # Errors
    /// Code 1 where the connection is gone, 9 where it answers for too many. Then this side must be given up.
    pub(super) fn owns(&self, cx: &CallContext, migration: HalfDone) -> Result<()> {
        let mut open = self.lock();
        let client = open.get_mut(&cx.connection()).ok_or_else(not_open)?;
        let half_done = &mut client.left.get_or_insert_default().half_done;
        if half_done.len() >= HALF_DONE_MAX && !half_done.contains(&migration) {
            let detail = format!("this connection has {HALF_DONE_MAX} migrations under way already");
            return Err(errors::failed(detail));
        }
        half_done.insert(migration);
        for (_, client) in open.iter_mut().filter(|(connection, _)| **connection != cx.connection()) {
            client.disowns(&migration);
        }
        Ok(())
    }

    /// Has everyone told who has asked. Called in the order in which things happen.
    pub(super) fn each(&self, tell: impl Fn(&Client)) {
        self.lock().values().for_each(tell);
    }
}

impl Client {
    /// Whether no more guests can be noted that end with it.
    pub(super) fn is_crowded(&self) -> bool {
        self.left.as_ref().is_some_and(|left| left.auto_destroy.len() >= AUTO_DESTROY_MAX)
    }

    /// What it wants to hear, for whoever changes that.
    pub(super) fn wishes(&mut self) -> &mut Wishes {
        self.wishes.get_or_insert_default()
    }

    fn disowns(&mut self, migration: &HalfDone) {
        if let Some(left) = &mut self.left {
            left.half_done.remove(migration);
        }
    }

    pub(super) fn tell(&self, event: &Event) {
        match event {
            Event::Domain(domain, what) => self.tell_life(domain, *what),
            Event::Happening(domain, what) => self.tell_happening(domain, what),
            Event::Job(domain, what) => self.tell_job(domain, what),
            Event::Network(network, what) => self.tell_network(network, *what),
            Event::Pool(pool, what) => self.tell_pool(pool, *what),
            Event::Secret(secret, what) => self.tell_secret(secret, *what),
            Event::NodeDevice(device, what) => self.tell_node_device(device, *what),
        }
    }

    fn tell_life(&self, domain: &DomainInfo, what: Lifecycle) {
        let Some(wishes) = &self.wishes else { return };
        let profile = self.cx.profile();
        if profile.release() < since(what) {
            return;
        }
        let has_registered = !wishes.kinds.is_empty() || !wishes.domains.is_empty();
        if !has_registered || !self.cx.may_see(domain.uuid.0, &domain.name) {
            return;
        }
        let (event, detail) = what.to_wire();
        let message = || DomainEventLifecycle { dom: wire::domain(domain), event, detail };
        let older = [None, Some(LIFECYCLE)].iter().filter(|kind| wishes.kinds.contains(kind));
        for _ in older.filter(|_| profile.sends(Program::REMOTE, DomainEventLifecycle::NUMBER)) {
            self.notify(&message());
        }
        for callback_id in wishes.domains.wanting(LIFECYCLE, &domain.uuid) {
            self.notify(&DomainEventCallbackLifecycle { callback_id, msg: message() });
        }
    }

    /// The kinds of these events are younger than the third generation, and none is registered that the client does not know.
    fn tell_job(&self, domain: &DomainInfo, what: &JobStep) {
        let Some(wishes) = &self.wishes else { return };
        let kind = match what {
            JobStep::Iteration(_) => MIGRATION_ITERATION,
            JobStep::Completed(_) => JOB_COMPLETED,
        };
        if wishes.domains.is_empty() || !self.cx.may_see(domain.uuid.0, &domain.name) {
            return;
        }
        for callback_id in wishes.domains.wanting(kind, &domain.uuid) {
            let dom = wire::domain(domain);
            match what {
                JobStep::Iteration(iteration) => {
                    let iteration = *iteration;
                    self.notify(&DomainEventCallbackMigrationIteration { callback_id, dom, iteration });
                }
                JobStep::Completed(job) => {
                    let params = super::job::stats(job);
                    self.notify(&DomainEventCallbackJobCompleted { callback_id, dom, params });
                }
            }
        }
    }

    fn tell_network(&self, network: &NetworkInfo, what: NetworkLifecycle) {
        let Some(wishes) = &self.wishes else { return };
        if wishes.networks.is_empty() || !may_see(&self.cx, network) {
            return;
        }
        for callback_id in wishes.networks.wanting(LIFECYCLE, &network.uuid) {
            let net = networks::wire(network);
            self.notify(&NetworkEventLifecycle { callback_id, net, event: what.into(), detail: 0 });
        }
    }

    fn tell_pool(&self, info: &PoolInfo, what: PoolStep) {
        let Some(wishes) = &self.wishes else { return };
        if wishes.pools.is_empty() || !may_see(&self.cx, info) {
            return;
        }
        let kind = match what {
            PoolStep::Life(_) => LIFECYCLE,
            PoolStep::Refreshed => POOL_REFRESH,
        };
        for callback_id in wishes.pools.wanting(kind, &info.uuid) {
            let pool = pools::wire(info);
            match what {
                PoolStep::Life(step) => {
                    let event = step.into();
                    self.notify(&StoragePoolEventLifecycle { callback_id, pool, event, detail: 0 });
                }
                PoolStep::Refreshed => self.notify(&StoragePoolEventRefresh { callback_id, pool }),
            }
        }
    }

    fn tell_secret(&self, info: &SecretInfo, what: SecretStep) {
        let Some(wishes) = &self.wishes else { return };
        if wishes.secrets.is_empty() || !secrets::may_see(&self.cx, info) {
            return;
        }
        let kind = match what {
            SecretStep::Life(_) => LIFECYCLE,
            SecretStep::ValueChanged => SECRET_VALUE,
        };
        for callback_id in wishes.secrets.wanting(kind, &info.uuid) {
            let secret = secrets::wire(info);
            match what {
                SecretStep::Life(step) => {
                    let event = step.into();
                    self.notify(&SecretEventLifecycle { callback_id, secret, event, detail: 0 });
                }
                SecretStep::ValueChanged => self.notify(&SecretEventValueChanged { callback_id, secret }),
            }
        }
    }

    fn tell_node_device(&self, info: &NodeDeviceInfo, what: NodeDeviceStep) {
        let Some(wishes) = &self.wishes else { return };
        if wishes.node_devices.is_empty() || !may_see_named(&self.cx, ObjectKind::NodeDevice, &info.name) {
            return;
        }
        let kind = match what {
            NodeDeviceStep::Life(_) => LIFECYCLE,
            NodeDeviceStep::Updated => NODE_DEVICE_UPDATE,
        };
        for callback_id in wishes.node_devices.wanting(kind, &info.name) {
            let dev = node_devices::wire(info);
            match what {
                NodeDeviceStep::Life(step) => {
                    let event = step.into();
                    self.notify(&NodeDeviceEventLifecycle { callback_id, dev, event, detail: 0 });
                }
                NodeDeviceStep::Updated => self.notify(&NodeDeviceEventUpdate { callback_id, dev }),
            }
        }
    }

    pub(super) fn notify<N: Notice>(&self, notice: &N) {
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
