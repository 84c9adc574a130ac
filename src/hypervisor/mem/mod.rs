//! A hypervisor in memory, with real semantics: states and reasons, transient and persistent guests, events, jobs,
//! and migrations over real sockets. Nothing runs in its guests.
//!
//! A guest's memory is a buffer of its own, filled with a pattern when it boots, and bounded:
//! [`Config::memory_bytes_max`], whatever its XML claims. Migration copies it through TCP, and its checksum must
//! arrive. A guest that has left its source is not removed with the connection that prepared it, as libvirt's daemons
//! would: it waits, paused, for whoever finishes, resumes or destroys it. Domain XML is kept byte for byte, but for what libvirt says in
//! every document and clients rely on: a UUID, memory in KiB, virtual CPUs, the kinds of disks and interfaces, and addresses of interfaces are
//! put in where they are missing.
//! What libvirt's parser refuses in the commonest definitions is refused here with its errors, where something is defined or started.
//!
//! It says nothing about QEMU, and is no proof of anything about it.

mod changes;
mod config;
mod described;
mod device_check;
mod devices;
mod dhcp_range;
mod direct;
mod document;
mod dump;
mod faults;
mod filled;
mod finish;
mod guest;
mod handshakes;
mod held;
mod image;
mod images;
mod incoming;
mod interface_document;
mod interfaces;
mod jobs;
mod lasting;
mod limits;
mod long_documents;
mod mac;
mod machine;
mod memory;
mod nested;
mod network_check;
mod network_edit;
mod networks;
mod node_devices;
mod note;
mod offline;
mod outgoing;
mod outline;
mod pins;
mod pool_check;
mod postcopy;
mod process;
mod processes;
mod receive;
mod saved;
mod secrets;
mod shares;
mod shelf;
mod snapshots;
mod stats;
mod storage;
mod stream;
mod table;
mod transfer;
mod tuning;
mod turn;
mod verbs;
mod xml;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;
use virtwire_protocol::access::ObjectKind;
use virtwire_protocol::migrate::MigrateFlags;

use super::moves::{cookie, departure, door, failures, flags, uri, way_out};
use super::store::Store;
use super::{
    AddressSource, Changes, CoreDump, DomainInfo, Events, Handshakes, Host, Hypervisor, InterfaceAddresses,
    Interfaces, Jobs, Keys, Lookup, Networks, Node, NodeDevices, Result, Saving, Secrets, Snapshots,
    StartOptions, Stats, Storage, Tuning, Uuid, WhichXml, errors,
};
use super::{document as documents, edit};
pub use config::Config;
pub use direct::DirectDoor;
pub use faults::{FaultError, Faults};
use memory::Memory;
pub use memory::checksum;
use outline::Outline;
pub use process::{GuestArguments, Guests, run_guest};
use table::Table;
use turn::Turn;
use verbs::defined;
use xml::{DOMAIN_TYPES, Definition, VCPUS_MAX};

/// The flags of migration that mean something here, or nothing and do no harm: there are no disks. A source takes
/// CHANGE_PROTECTION too.
const MIGRATE_FLAGS: u64 = flags::DESTINATION | POST_COPY_FLAGS;
const SOURCE_FLAGS: u64 = flags::SOURCE | POST_COPY_FLAGS;
const POST_COPY_FLAGS: u64 = MigrateFlags::POSTCOPY.0 | MigrateFlags::POSTCOPY_RESUME.0;

/// The hypervisor. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Mem {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    config: Config,
    host: Host,
    events: Events,
    table: Mutex<Table>,
    faults: Mutex<Faults>,
    networks: networks::Table,
    pools: storage::Table,
    secrets: secrets::Table,
    interfaces: interfaces::Table,
    /// Where definitions are kept, if they outlive this process.
    store: Option<Mutex<Store>>,
    /// Whose turn it is to change that.
    at_store: Arc<Semaphore>,
    /// Places for those who work with the files of saved guests.
    at_files: Arc<Semaphore>,
    /// Places for those who ask guests that are processes, and for those who end them.
    at_guests: Arc<Semaphore>,
    at_ends: Arc<Semaphore>,
    /// Where guests are saved that start from it.
    images: Option<PathBuf>,
    /// Where guests are processes, how they are started.
    home: Option<processes::Home>,
}

impl Inner {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn faults(&self) -> Faults {
        *self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The host that sources are told to connect to.
    fn migration_host(&self) -> String {
        let Config { migration_host, migration_listen, .. } = &self.config;
        door::host_of(migration_host.as_deref(), *migration_listen, &self.host.hostname)
    }

    fn boot_memory(&self, definition: &Definition) -> Memory {
        let bytes = definition.memory_max_kib.saturating_mul(1 << 10);
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX).min(self.config.memory_bytes_max);
        let memory = Memory::booted(definition.uuid, bytes);
        if self.home.is_some() { memory.counting_from_zero() } else { memory }
    }

    /// The memory that a known guest boots with. Made before the table is locked for the boot: it takes its time.
    fn boot_memory_of(&self, uuid: Uuid) -> Result<Memory> {
        let definition = self.table().definition(uuid, WhichXml::Inactive)?;
        Ok(self.boot_memory(&definition))
    }
}

impl Mem {
    /// An empty host.
    pub fn new(config: Config) -> Mem {
        let config = config.consistent();
        let events = Events::new();
        let mut host = Host::new("Mem", "mem:///default", DOMAIN_TYPES[0]);
        host.also_known_as = vec!["test:///default".to_owned()];
        host.uuid = config.host_uuid.unwrap_or_else(Uuid::random);
        host.domain_types = DOMAIN_TYPES.map(str::to_owned).to_vec();
        host.vcpus_max = VCPUS_MAX;
        host.version = version();
        host.migration = super::MigrationSupport { offline: true, direct: true, ..config.migration };
        let table = Mutex::new(Table::new(&config, events.clone()));
        Mem {
            inner: Arc::new(Inner {
                config,
                host,
                events,
                table,
                faults: Mutex::default(),
                networks: networks::Table::default(),
                pools: storage::Table::default(),
                secrets: secrets::Table::default(),
                interfaces: interfaces::Table::default(),
                store: None,
                at_store: Arc::new(Semaphore::new(1)),
                at_files: Arc::new(Semaphore::new(saved::AT_FILES)),
                at_guests: Arc::new(Semaphore::new(turn::AT_GUESTS)),
                at_ends: Arc::new(Semaphore::new(turn::AT_ENDS)),
                images: None,
                home: None,
            }),
        }
    }

    /// Has these failures from now on. A Perform under way keeps those that it began with.
    pub fn set_faults(&self, faults: Faults) {
        *self.inner.faults.lock().unwrap_or_else(PoisonError::into_inner) = faults;
    }

    /// The checksum of an active guest's memory, by name: that of [`checksum`] over its bytes. `None` where there is
    /// no such guest, it is off, or it is still on its way here.
    ///
    /// Where guests are processes this waits for the guest's.
    pub fn checksum(&self, name: &str) -> Option<u64> {
        let machine = {
            let table = self.inner.table();
            let uuid = table.find(Lookup::Name(name))?.uuid;
            table.machine(uuid).ok()?
        };
        Some(checksum(machine.memory().ok()?.as_bytes()))
    }
}

impl Default for Mem {
    fn default() -> Mem {
        Mem::new(Config::default())
    }
}

/// This crate's version, as libvirt packs it.
fn version() -> u64 {
    let part = |text: &str| text.parse::<u64>().unwrap_or(0);
    part(env!("CARGO_PKG_VERSION_MAJOR")) * 1_000_000
        + part(env!("CARGO_PKG_VERSION_MINOR")) * 1_000
        + part(env!("CARGO_PKG_VERSION_PATCH"))
}

impl Hypervisor for Mem {
    fn host(&self) -> Host {
        self.inner.host.clone()
    }

    fn events(&self) -> Option<&Events> {
        Some(&self.inner.events)
    }

    fn saving(&self) -> Option<&impl Saving> {
        Some(self)
    }

    fn changes(&self) -> Option<&impl Changes> {
        Some(self)
    }

    fn stats(&self) -> Option<&impl Stats> {
        Some(self)
    }

    fn tuning(&self) -> Option<&impl Tuning> {
        Some(self)
    }

    fn node(&self) -> Option<&impl Node> {
        Some(self)
    }

    fn networks(&self) -> Option<&impl Networks> {
        Some(self)
    }

    fn snapshots(&self) -> Option<&impl Snapshots> {
        Some(self)
    }

    fn storage(&self) -> Option<&impl Storage> {
        Some(self)
    }

    fn secrets(&self) -> Option<&impl Secrets> {
        Some(self)
    }

    fn interfaces(&self) -> Option<&impl Interfaces> {
        Some(self)
    }

    fn node_devices(&self) -> Option<&impl NodeDevices> {
        Some(self)
    }

    fn handshakes(&self) -> &impl Handshakes {
        self
    }

    fn jobs(&self) -> &impl Jobs {
        self
    }

    async fn domains(&self) -> Result<Vec<DomainInfo>> {
        Ok(self.inner.table().infos())
    }

    async fn domain(&self, key: Lookup<'_>) -> Result<Option<DomainInfo>> {
        Ok(self.inner.table().find(key).map(|guest| guest.info()))
    }

    async fn xml(&self, domain: Uuid, which: WhichXml) -> Result<String> {
        // Copied once the table is free again: it may be long.
        let (definition, runs_as) = {
            let table = self.inner.table();
            let id = table.guest(domain)?.info().id;
            (table.definition(domain, which)?, id.filter(|_| which == WhichXml::Current))
        };
        edit::with_id(&definition.xml, runs_as)
    }

    fn described(&self, kind: ObjectKind, xml: &str) -> Option<(Option<Uuid>, String)> {
        match kind {
            ObjectKind::Domain => Outline::read(xml).ok()?.described(),
            ObjectKind::Network => document::described(xml, "network"),
            ObjectKind::StoragePool => document::described(xml, "pool"),
            ObjectKind::Secret => secrets::described(xml),
            ObjectKind::Interface => interface_document::described(xml),
            _ => None,
        }
    }

    async fn define(&self, xml: String) -> Result<DomainInfo> {
        let definition = Definition::asked(&xml)?;
        lasting::define(&self.inner, definition).await
    }

    async fn undefine(&self, domain: Uuid) -> Result<()> {
        lasting::undefine(&self.inner, domain).await
    }

    /// There is nothing that a guest's firmware or TPM would store.
    fn undefine_keeps(&self) -> bool {
        true
    }

    async fn create(&self, xml: String, options: StartOptions) -> Result<DomainInfo> {
        let definition = Definition::asked(&xml)?;
        self.inner.table().check_startable(&definition)?;
        let machine = self.inner.booted_machine(&definition).await?;
        let create = move |turn: &mut Turn<'_>| turn.create(definition, options, machine);
        self.inner.at_guest(None, create).await
    }

    async fn start(&self, domain: Uuid, options: StartOptions) -> Result<DomainInfo> {
        let definition = self.inner.table().startable(domain)?;
        let machine = self.inner.booted_machine(&definition).await?;
        self.inner.at_guest(domain, move |turn| turn.start(domain, options, machine)).await
    }

    async fn destroy(&self, domain: Uuid) -> Result<()> {
        self.inner.destroy(domain).await
    }

    /// It has no data that it could lose.
    async fn destroy_gracefully(&self, domain: Uuid) -> Result<()> {
        self.inner.destroy(domain).await
    }

    async fn shutdown(&self, domain: Uuid) -> Result<()> {
        self.inner.at_guest(domain, move |turn| turn.shutdown(domain)).await
    }

    async fn reboot(&self, domain: Uuid) -> Result<()> {
        let memory = self.inner.boot_memory_of(domain)?;
        self.inner.at_guest(domain, move |turn| turn.reboot(domain, memory)).await
    }

    async fn reset(&self, domain: Uuid) -> Result<()> {
        let memory = self.inner.boot_memory_of(domain)?;
        self.inner.at_guest(domain, move |turn| turn.reset(domain, memory)).await
    }

    async fn suspend(&self, domain: Uuid) -> Result<()> {
        self.inner.at_guest(domain, move |turn| turn.suspend(domain)).await
    }

    async fn resume(&self, domain: Uuid) -> Result<()> {
        self.inner.at_guest(domain, move |turn| turn.resume(domain)).await
    }

    async fn set_autostart(&self, domain: Uuid, autostart: bool) -> Result<()> {
        lasting::set_autostart(&self.inner, domain, autostart).await
    }

    /// Its guests are memory that speaks to nobody, and there is no agent in them.
    async fn addresses(&self, _: Uuid, source: AddressSource) -> Result<Vec<InterfaceAddresses>> {
        match source {
            AddressSource::Agent => Err(errors::unsupported_argument("guest agent is not configured")),
            _ => Ok(Vec::new()),
        }
    }

    async fn memory_peek(&self, domain: Uuid, offset: u64, len: u32) -> Result<Vec<u8>> {
        let peek = move |turn: &mut Turn<'_>| {
            let machine = turn.machine(domain)?;
            match turn.unlocked(|| machine.read(offset, len))? {
                Some(bytes) => Ok(bytes),
                None => Err(errors::invalid_argument(format!(
                    "{len} bytes at {offset}: beyond the domain's {} bytes of memory",
                    machine.memory_bytes()
                ))),
            }
        };
        self.inner.at_guest(domain, peek).await
    }

    /// Nothing runs in the guest that would hear of it.
    async fn send_keys(&self, domain: Uuid, _: Keys) -> Result<()> {
        self.inner.table().guest_mut(domain)?.idle_mut().map(drop)
    }

    /// Nor of this.
    async fn inject_nmi(&self, domain: Uuid) -> Result<()> {
        self.inner.table().guest_mut(domain)?.idle_mut().map(drop)
    }

    async fn core_dump(&self, domain: Uuid, to: &Path, how: CoreDump) -> Result<()> {
        let to = to.to_owned();
        saved::on_a_thread(&self.inner, move |inner| dump::dump(inner, domain, &to, how)).await
    }
}
