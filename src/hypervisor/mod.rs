//! What a daemon brings: domains, and the verbs that work on them.
//!
//! [`Hypervisor`] is the first of the server's doors. A daemon implements it in its own terms, and
//! [`HypervisorService`] makes of it the remote program's procedures: lookups, filters, flags, events,
//! jobs, the handshakes of migration, and cleaning up after connections that die.
//!
//! ```text
//! RemoteService (generated, 450 procedures)  ◀── HypervisorService ──▶  Hypervisor (some 30 verbs)
//! ```
//!
//! The least that a daemon needs, for `virsh list`, `dominfo` and `dumpxml`:
//!
//! ```no_run
//! use virtwire::hypervisor::{
//!     DomainInfo, DomainState, Host, Hypervisor, HypervisorService, Result, RunningReason, Uuid, WhichXml,
//! };
//! use virtwire::server::{Exposure, Listener, Server};
//!
//! struct One(Uuid);
//!
//! impl Hypervisor for One {
//!     fn host(&self) -> Host {
//!         Host::new("One", "one:///system", "one")
//!     }
//!
//!     async fn domains(&self) -> Result<Vec<DomainInfo>> {
//!         let state = DomainState::Running(RunningReason::Booted);
//!         Ok(vec![DomainInfo { id: Some(1), state, ..DomainInfo::new("one", self.0) }])
//!     }
//!
//!     async fn xml(&self, domain: Uuid, _: WhichXml) -> Result<String> {
//!         Ok(format!("<domain type='one'><name>one</name><uuid>{domain}</uuid></domain>"))
//!     }
//! }
//!
//! # async fn serve() -> std::result::Result<(), Box<dyn std::error::Error>> {
//! let listener = Listener::bind(&"tcp://127.0.0.1:16509".parse()?, Exposure::LocalOnly).await?;
//! Server::new(HypervisorService::new(One(Uuid::random()))).serve(&listener).await?;
//! # Ok(())
//! # }
//! ```
//!
//! What not every host has are traits of their own, [`Changes`], [`Tuning`], [`Consoles`], [`Jobs`], [`Migrating`], [`Handshakes`],
//! [`Stats`], [`Node`], [`Saving`], [`Snapshots`], [`Networks`], [`Interfaces`], [`NodeDevices`], [`Storage`] and [`Secrets`]; a
//! hypervisor says that it has them:
//!
//! ```
//! # use virtwire::hypervisor::*;
//! # use virtwire::server::Stream;
//! # struct One;
//! # impl Consoles for One {
//! #     async fn open_console(&self, _: Uuid, _: OpenConsole, _: Stream) -> Result<()> { Ok(()) }
//! # }
//! # impl Hypervisor for One {
//! #     fn host(&self) -> Host { Host::new("One", "one:///system", "one") }
//! #     async fn domains(&self) -> Result<Vec<DomainInfo>> { Ok(Vec::new()) }
//! #     async fn xml(&self, _: Uuid, _: WhichXml) -> Result<String> { Ok(String::new()) }
//! // in `impl Hypervisor for One`, where there is an `impl Consoles for One`
//! fn consoles(&self) -> Option<&impl Consoles> {
//!     Some(self)
//! }
//! # }
//! ```
//!
//! # Flags about data
//!
//! What a client asks of data is told, each by a verb of its own that refuses it until it is implemented (code 8): `destroy --graceful`,
//! `undefine --keep-nvram` and `--keep-tpm`, `snapshot-delete --metadata` and `undefine --snapshots-metadata`, `pool-build` and `pool-start` with
//! `--overwrite` or `--no-overwrite`. A volume that is to be deleted cleared is wiped first. What nobody could do is refused: mending a pool,
//! clearing one, `destroy --remove-logs`, `vol-delete --delete-snapshots`. To a host without
//! [`undefine_with`](Hypervisor::undefine_with) there is nothing that `undefine --nvram` and `--tpm` could remove.
//!
//! Not told are `--validate` (there are no schemas here), `dumpxml --update-cpu`, `domstats --nowait` and `--backing`, `vol-info --physical`,
//! and, of [`Migrating`], `--auto-converge` and `--abort-on-error`; and what each host does anyway: `snapshot-create --atomic`, `console --safe`.
//!
//! # More
//!
//! With the feature `mem` there is one at hand: [`mem::Mem`], honest and in memory.

// What one speaks of.
mod addresses;
mod boot;
mod changes;
mod console;
mod cpus;
#[cfg(feature = "document")]
pub mod document;
mod domain;
#[cfg(feature = "document")]
mod edit;
pub mod errors;
mod events;
mod handshakes;
mod happening;
mod host;
mod interfaces;
mod job;
mod migrating;
mod migration;
mod networks;
mod node;
mod node_devices;
mod saving;
mod secrets;
mod snapshots;
mod stats;
mod storage;
mod tuning;
mod tunnel;
#[cfg(feature = "document")]
mod well_formed;
mod without;

// What is virtwire's of a migration.
mod moves;

// From procedures to verbs.
mod service;

#[cfg(feature = "mem")]
pub mod mem;

// What outlives the daemon.
#[cfg(feature = "store")]
pub mod store;

use std::future::{Future, ready};
use std::path::Path;

use virtwire_protocol::access::ObjectKind;
use virtwire_protocol::error::RemoteError;

pub use crate::uuid::{Uuid, UuidError};
pub use addresses::{AddressSource, InterfaceAddresses, Lease};
pub use boot::Boot;
pub use changes::{Change, Changes, Metadata, Place};
pub use console::{Consoles, OpenConsole};
pub use cpus::{CpuSet, CpuSetError};
pub use domain::{
    AfterDump, CoreDump, CrashedReason, DomainInfo, DomainState, Keys, Lookup, PausedReason, RunningReason,
    ShutdownReason, ShutoffReason, StartOptions, Undefine, WhichXml,
};
pub use events::{
    CrashedDetail, DefinedDetail, Event, Events, JobStep, Lifecycle, NetworkLifecycle, NodeDeviceLifecycle,
    NodeDeviceStep, PmSuspendedDetail, PoolStep, ResumedDetail, SecretLifecycle, SecretStep, ShutdownDetail,
    StartedDetail, StoppedDetail, StoragePoolLifecycle, Subscription, SuspendedDetail, UndefinedDetail,
};
pub use handshakes::Handshakes;
pub use happening::{
    AgentReason, AgentState, BlockJobStatus, BlockJobType, DiskChangeReason, GraphicsEnd, GraphicsPhase,
    Happening, IoErrorAction, MemoryFailureAction, MemoryFailureFlags, MemoryFailureRecipient,
    TrayChangeReason, WatchdogAction,
};
pub use host::{Architecture, Host, NodeInfo};
pub use interfaces::{InterfaceInfo, Interfaces};
pub use job::{Job, JobKind, JobOperation, Jobs};
pub use migrating::{Migrating, MigrationSettings};
pub use migration::{
    Begin, Begun, Confirm, Finish, Finished, IncomingId, MigrationSupport, MigrationVersion, OutgoingId,
    Perform, Performed, Prepare, Prepared,
};
pub use networks::{NetworkChange, NetworkInfo, NetworkPart, NetworkStep, Networks, Standing};
pub use node::{CpuTimes, MemoryUse, Node};
pub use node_devices::{NodeDeviceInfo, NodeDevices};
pub use saving::{Save, Saving};
pub use secrets::{SecretInfo, SecretUsage, Secrets};
pub use service::HypervisorService;
pub use snapshots::{Revert, SnapshotInfo, Snapshots};
pub use stats::Stats;
pub use storage::{CreateVolume, Existing, Part, PoolInfo, Storage, StorageVolKind, VolumeInfo};
pub use tuning::{MEMORY_UNLIMITED, Pinned, Pins, Tuned, Tuning};
pub use tunnel::Tunnel;
use without::{Refuses, Without};

/// What a verb answers: the value, or the error that the client is to see.
///
/// [`errors`] has the ones that libvirt's own drivers use most.
pub type Result<T> = std::result::Result<T, RemoteError>;

/// A host of domains, in the terms of whoever runs them.
///
/// Verbs are called concurrently, and each runs to its end, also when its client has gone: a call's future is dropped only where the
/// runtime ends, or where a verb says so itself. A verb that is not implemented answers what libvirt's drivers answer,
/// "not supported" (code 3). The domain that a client names may have gone by then, or never have been: a verb answers that with
/// [`errors::no_domain`].
pub trait Hypervisor: Send + Sync + 'static {
    /// The host itself: its name, its URI, its size, which migrations it takes part in.
    fn host(&self) -> Host;

    /// Where it tells what happens. Without it, clients that register for events are told "not supported".
    fn events(&self) -> Option<&Events> {
        None
    }

    /// Consoles, where domains have some. Without it, clients are told "not supported".
    fn consoles(&self) -> Option<&impl Consoles> {
        None::<&Without>
    }

    /// Statistics, where there are some. Without it, clients are told "not supported".
    fn stats(&self) -> Option<&impl Stats> {
        None::<&Without>
    }

    /// Domains in files, where there are some. Without it, clients are told "not supported".
    fn saving(&self) -> Option<&impl Saving> {
        None::<&Without>
    }

    /// Changes to domains that are there, where it makes any. Without it, clients are told "not supported".
    fn changes(&self) -> Option<&impl Changes> {
        None::<&Without>
    }

    /// What the host grants its domains, where it does. Without it, clients are told "not supported".
    fn tuning(&self) -> Option<&impl Tuning> {
        None::<&Without>
    }

    /// What the host itself does, where it is told. Without it, clients are told "not supported".
    fn node(&self) -> Option<&impl Node> {
        None::<&Without>
    }

    /// Snapshots of domains, where there are some. Without it, clients are told that a domain has none.
    fn snapshots(&self) -> Option<&impl Snapshots> {
        None::<&Without>
    }

    /// Virtual networks, where there are some. Without it, clients are told "not supported".
    fn networks(&self) -> Option<&impl Networks> {
        None::<&Without>
    }

    /// The host's own network interfaces, where they are told of. Without it, clients are told "not supported".
    fn interfaces(&self) -> Option<&impl Interfaces> {
        None::<&Without>
    }

    /// The host's devices, where they are told of. Without it, clients are told "not supported".
    fn node_devices(&self) -> Option<&impl NodeDevices> {
        None::<&Without>
    }

    /// Storage pools and their volumes, where there are some. Without it, clients are told "not supported".
    fn storage(&self) -> Option<&impl Storage> {
        None::<&Without>
    }

    /// Secrets, where there are some. Without it, clients are told "not supported".
    fn secrets(&self) -> Option<&impl Secrets> {
        None::<&Without>
    }

    /// Guests that move between hosts, by verbs that are few. Without it, its migrations are what its [`handshakes`](Self::handshakes)
    /// make of them.
    fn migrating(&self) -> Option<&impl Migrating> {
        None::<&Without>
    }

    /// Migrations, where it carries out their handshakes itself. Without it, clients are told "not supported".
    fn handshakes(&self) -> &impl Handshakes {
        &Refuses
    }

    /// Jobs that its domains do, where they do some. Without it, clients are told "not supported", but for what virtwire knows of a
    /// migration that it carries out.
    fn jobs(&self) -> &impl Jobs {
        &Refuses
    }

    /// Every domain, active or not, in any order. At most 16,384 can be listed to a client.
    fn domains(&self) -> impl Future<Output = Result<Vec<DomainInfo>>> + Send;

    /// The domain that the key names, or `None`. The default searches [`domains`](Self::domains).
    fn domain(&self, key: Lookup<'_>) -> impl Future<Output = Result<Option<DomainInfo>>> + Send {
        async move { Ok(self.domains().await?.into_iter().find(|domain| key.matches(domain))) }
    }

    /// The domain's configuration, with all that it has. Clients are shown it without the passwords of its screens (`passwd` of
    /// `<graphics>`) and the `<cookies>` of its disks' sources, unless they ask for them, which no read-only one may. For such a call a
    /// long document is read a second time, as it is when there is time to cut it.
    fn xml(&self, domain: Uuid, which: WhichXml) -> impl Future<Output = Result<String>> + Send;

    /// Whom a configuration of this kind is about, as [`define`](Self::define) and its like would read it: its UUID, unless the
    /// document has none or it does not count, and its name. `None` where it cannot be read, or is of no kind that is here.
    ///
    /// Asked where an [`Authorizer`](crate::server::Authorizer) decides who may bring it, who is told the names that it gets here.
    /// Without it, who decides has the document alone. It must not wait.
    fn described(&self, _kind: ObjectKind, _xml: &str) -> Option<(Option<Uuid>, String)> {
        None
    }

    /// Makes a configuration persistent, new or in place of the one with the same name and UUID. What runs is not
    /// touched. A failure keeps the old configuration.
    fn define(&self, _xml: String) -> impl Future<Output = Result<DomainInfo>> + Send {
        ready(Err(RemoteError::no_support("virDomainDefineXML")))
    }

    /// Forgets the persistent configuration. A running domain goes on, transient.
    fn undefine(&self, _domain: Uuid) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virDomainUndefine")))
    }

    /// The same where the client says what becomes of what the domain's firmware and its TPM have stored. The default is for a host that has
    /// nothing of it to remove.
    fn undefine_with(&self, domain: Uuid, _stored: Undefine) -> impl Future<Output = Result<()>> + Send {
        self.undefine(domain)
    }

    /// Whether [`undefine_with`](Self::undefine_with) keeps what is to be kept. Without it, clients who ask for that are refused (code 8),
    /// before anything is removed.
    fn undefine_keeps(&self) -> bool {
        false
    }

    /// Starts a domain from this configuration alone; it is forgotten when it stops, unless one is defined.
    fn create(
        &self,
        _xml: String,
        _options: StartOptions,
    ) -> impl Future<Output = Result<DomainInfo>> + Send {
        ready(Err(RemoteError::no_support("virDomainCreateXML")))
    }

    /// Starts a defined domain.
    fn start(
        &self,
        _domain: Uuid,
        _options: StartOptions,
    ) -> impl Future<Output = Result<DomainInfo>> + Send {
        ready(Err(RemoteError::no_support("virDomainCreate")))
    }

    /// Ends it at once, as pulling the plug.
    fn destroy(&self, _domain: Uuid) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virDomainDestroy")))
    }

    /// Ends it where that can be done with nothing of its data lost, such as by asking its process to go, and fails otherwise: `virsh destroy
    /// --graceful`. Without it, clients who ask for that are refused (code 8); [`destroy`](Self::destroy) is not it.
    fn destroy_gracefully(&self, _domain: Uuid) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virDomainDestroyFlags")))
    }

    /// Asks the guest to shut down.
    fn shutdown(&self, _domain: Uuid) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virDomainShutdown")))
    }

    /// Asks the guest to start anew.
    fn reboot(&self, _domain: Uuid) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virDomainReboot")))
    }

    /// Starts the guest anew without asking it.
    fn reset(&self, _domain: Uuid) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virDomainReset")))
    }

    /// Pauses it. Pausing a paused domain succeeds.
    fn suspend(&self, _domain: Uuid) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virDomainSuspend")))
    }

    /// Lets a paused domain run on. One that runs is refused, with code 55.
    fn resume(&self, _domain: Uuid) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virDomainResume")))
    }

    /// Marks it to start with its host, which [`HypervisorService::autostart`] does, or not.
    fn set_autostart(&self, _domain: Uuid, _autostart: bool) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virDomainSetAutostart")))
    }

    /// Reads the guest's physical memory: exactly `len` bytes from `offset`, or an error. `len` is at most 4,194,304.
    fn memory_peek(
        &self,
        _domain: Uuid,
        _offset: u64,
        _len: u32,
    ) -> impl Future<Output = Result<Vec<u8>>> + Send {
        ready(Err(RemoteError::no_support("virDomainMemoryPeek")))
    }

    /// The addresses that an active domain's interfaces have, as one source knows them: what DHCP gave, the guest's agent, the host's ARP
    /// table. Who waits for a guest to have one asks again and again, so a host that cannot know says so, as this default does. At most
    /// 2,048 interfaces reach a client.
    fn addresses(
        &self,
        _domain: Uuid,
        _source: AddressSource,
    ) -> impl Future<Output = Result<Vec<InterfaceAddresses>>> + Send {
        ready(Err(RemoteError::no_support("virDomainInterfaceAddresses")))
    }

    /// Presses keys of an active domain's keyboard, and lets go of them. It may return before that.
    fn send_keys(&self, _domain: Uuid, _keys: Keys) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virDomainSendKey")))
    }

    /// Interrupts an active domain as no guest can mask it, which many take for a reason to dump their own memory.
    fn inject_nmi(&self, _domain: Uuid) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virDomainInjectNMI")))
    }

    /// Writes an active domain's memory to a file, an absolute path on this host. A failure leaves the domain as it was.
    fn core_dump(
        &self,
        _domain: Uuid,
        _to: &Path,
        _how: CoreDump,
    ) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virDomainCoreDump")))
    }
}
