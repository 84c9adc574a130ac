//! A hypervisor in memory, with real semantics: states and reasons, transient and persistent guests, events, jobs,
//! and migrations over real sockets. Nothing runs in its guests.
//!
//! A guest's memory is a buffer of its own, filled with a pattern when it boots, and bounded:
//! [`Config::memory_bytes_max`], whatever its XML claims. Migration copies it through TCP, and its checksum must
//! arrive. A guest that has left its source is not removed with the connection that prepared it, as libvirt's daemons
//! would: it waits, paused, for whoever finishes, resumes or destroys it. Domain XML is kept byte for byte; a document without a UUID gets one behind its name.
//!
//! It says nothing about QEMU, and is no proof of anything about it.

mod cookie;
mod departure;
mod faults;
mod finish;
mod guest;
mod held;
mod incoming;
mod memory;
mod outgoing;
mod outline;
mod receive;
mod stream;
mod table;
mod uri;
mod verbs;
mod xml;

#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::migrate::MigrateFlags;

use super::{
    Begin, Begun, Confirm, DomainInfo, Events, Finish, Finished, Host, Hypervisor, IncomingId, Job, JobKind,
    Lookup, MigrationSupport, OutgoingId, Perform, Performed, Prepare, Prepared, Result, StartOptions, Uuid,
    WhichXml, errors,
};
use departure::Stop;
pub use faults::{FaultError, Faults};
use guest::Activity;
use memory::Memory;
pub use memory::checksum;
use table::Table;
use verbs::defined;
use xml::{DOMAIN_TYPES, Definition, VCPUS_MAX};

/// The flags of migration that mean something here, or nothing and do no harm: there are no disks. A source takes
/// CHANGE_PROTECTION too.
const MIGRATE_FLAGS: u64 = MigrateFlags::LIVE.0
    | MigrateFlags::PERSIST_DEST.0
    | MigrateFlags::UNDEFINE_SOURCE.0
    | MigrateFlags::PAUSED.0
    | MigrateFlags::UNSAFE.0
    | MigrateFlags::ABORT_ON_ERROR.0
    | MigrateFlags::AUTO_CONVERGE.0;
const SOURCE_FLAGS: u64 = MIGRATE_FLAGS | MigrateFlags::CHANGE_PROTECTION.0;

/// How a [`Mem`] is set up.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// The most memory that a guest really has, bytes. 4 MiB by default.
    pub memory_bytes_max: usize,
    /// The limit on migrations of guests that have none of their own, MiB/s. 4 by default: a guest takes a second.
    pub max_speed_mib_s: u64,
    /// The versions of migration that it takes part in. All by default.
    pub migration: MigrationSupport,
    /// The address at which guests are received, whatever host a client wishes for. 127.0.0.1 by default.
    pub migration_listen: IpAddr,
    /// The host that sources are told to connect to. `None`, the default, is the address itself, or this machine's
    /// name where that is every address.
    pub migration_host: Option<String>,
    /// The ports at which guests are received, if the client names none. 49152 to 49215 by default, as libvirt's;
    /// 0 to 0 lets the system choose.
    pub migration_ports: RangeInclusive<u16>,
    /// The time that a prepared guest has to arrive, in all. Two minutes by default.
    pub incoming_deadline: Duration,
    /// The time that Finish waits for a guest to arrive. 30 s by default.
    pub finish_deadline: Duration,
    /// The time that Perform waits for any sign of the destination. 30 s by default.
    pub peer_deadline: Duration,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            memory_bytes_max: 4 << 20,
            max_speed_mib_s: 4,
            migration: MigrationSupport::ALL,
            migration_listen: IpAddr::V4(Ipv4Addr::LOCALHOST),
            migration_host: None,
            migration_ports: 49_152..=49_215,
            incoming_deadline: Duration::from_secs(120),
            finish_deadline: Duration::from_secs(30),
            peer_deadline: Duration::from_secs(30),
        }
    }
}

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
        match (&self.config.migration_host, self.config.migration_listen) {
            (Some(host), _) => host.clone(),
            (None, address) if address.is_unspecified() => self.host.hostname.clone(),
            (None, address) => address.to_string(),
        }
    }

    fn boot_memory(&self, definition: &Definition) -> Memory {
        let bytes = definition.memory_max_kib.saturating_mul(1 << 10);
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX).min(self.config.memory_bytes_max);
        Memory::booted(definition.uuid, bytes)
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
        let events = Events::new();
        let mut host = Host::new("Mem", "mem:///default", DOMAIN_TYPES[0]);
        host.also_known_as = vec!["test:///default".to_owned()];
        host.domain_types = DOMAIN_TYPES.map(str::to_owned).to_vec();
        host.vcpus_max = VCPUS_MAX;
        host.version = version();
        host.migration = config.migration;
        let table = Mutex::new(Table::new(&config, events.clone()));
        Mem { inner: Arc::new(Inner { config, host, events, table, faults: Mutex::default() }) }
    }

    /// Has these failures from now on. A Perform under way keeps those that it began with.
    pub fn set_faults(&self, faults: Faults) {
        *self.inner.faults.lock().unwrap_or_else(PoisonError::into_inner) = faults;
    }

    /// The checksum of an active guest's memory, by name: that of [`checksum`] over its bytes. `None` where there is
    /// no such guest, it is off, or it is still on its way here.
    pub fn checksum(&self, name: &str) -> Option<u64> {
        let memory = {
            let table = self.inner.table();
            let uuid = table.find(Lookup::Name(name))?.uuid;
            table.memory(uuid).ok()?
        };
        Some(checksum(memory.as_bytes()))
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

    async fn domains(&self) -> Result<Vec<DomainInfo>> {
        Ok(self.inner.table().infos())
    }

    async fn domain(&self, key: Lookup<'_>) -> Result<Option<DomainInfo>> {
        Ok(self.inner.table().find(key).map(|guest| guest.info()))
    }

    async fn xml(&self, domain: Uuid, which: WhichXml) -> Result<String> {
        // Copied once the table is free again: it may be long.
        let definition = self.inner.table().definition(domain, which)?;
        Ok(definition.xml.clone())
    }

    async fn define(&self, xml: String) -> Result<DomainInfo> {
        let definition = Definition::parse(&xml, None)?;
        self.inner.table().define(definition)
    }

    async fn undefine(&self, domain: Uuid) -> Result<()> {
        self.inner.table().undefine(domain)
    }

    async fn create(&self, xml: String, options: StartOptions) -> Result<DomainInfo> {
        let definition = Definition::parse(&xml, None)?;
        let memory = self.inner.boot_memory(&definition);
        self.inner.table().create(definition, options, memory)
    }

    async fn start(&self, domain: Uuid, options: StartOptions) -> Result<DomainInfo> {
        let memory = self.inner.boot_memory_of(domain)?;
        self.inner.table().start(domain, options, memory)
    }

    async fn destroy(&self, domain: Uuid) -> Result<()> {
        self.inner.table().destroy(domain)
    }

    async fn shutdown(&self, domain: Uuid) -> Result<()> {
        self.inner.table().shutdown(domain)
    }

    async fn reboot(&self, domain: Uuid) -> Result<()> {
        let memory = self.inner.boot_memory_of(domain)?;
        self.inner.table().reboot(domain, memory)
    }

    async fn reset(&self, domain: Uuid) -> Result<()> {
        let memory = self.inner.boot_memory_of(domain)?;
        self.inner.table().reset(domain, memory)
    }

    async fn suspend(&self, domain: Uuid) -> Result<()> {
        self.inner.table().suspend(domain)
    }

    async fn resume(&self, domain: Uuid) -> Result<()> {
        self.inner.table().resume(domain)
    }

    async fn set_autostart(&self, domain: Uuid, autostart: bool) -> Result<()> {
        self.inner.table().set_autostart(domain, autostart)
    }

    async fn memory_peek(&self, domain: Uuid, offset: u64, len: u32) -> Result<Vec<u8>> {
        let memory = self.inner.table().memory(domain)?;
        match usize::try_from(len).ok().and_then(|len| memory.read(offset, len)) {
            Some(bytes) => Ok(bytes.to_vec()),
            None => Err(errors::invalid_argument(format!(
                "{len} bytes at {offset}: beyond the domain's {} bytes of memory",
                memory.as_bytes().len()
            ))),
        }
    }

    async fn job(&self, domain: Uuid) -> Result<Option<Job>> {
        match &self.inner.table().guest(domain)?.live()?.activity {
            Activity::Idle => Ok(None),
            Activity::Held { sent: None } => Ok(None),
            Activity::Leaving(departure) | Activity::Held { sent: Some(departure) } => {
                Ok(Some(departure.job(JobKind::Unbounded)))
            }
            Activity::Arriving(_) => Err(RemoteError::new(
                ErrorCode::OPERATION_UNSUPPORTED,
                ErrorDomain::QEMU,
                "migration statistics are available only on the source host",
            )),
        }
    }

    async fn completed_job(&self, domain: Uuid, keep: bool) -> Result<Option<Job>> {
        let mut table = self.inner.table();
        let job = &mut table.guest_mut(domain)?.completed_job;
        Ok(if keep { *job } else { job.take() })
    }

    async fn abort_job(&self, domain: Uuid) -> Result<()> {
        match &self.inner.table().guest(domain)?.live()?.activity {
            Activity::Leaving(departure) => {
                departure.stop(Stop::Aborted);
                Ok(())
            }
            Activity::Idle => Err(errors::invalid("no job is active on the domain")),
            Activity::Held { .. } => {
                Err(errors::invalid("the migration is at a step that only its client can cancel"))
            }
            Activity::Arriving(_) => {
                Err(errors::invalid("cannot abort incoming migration; destroy the domain instead"))
            }
        }
    }

    async fn max_speed_mib_s(&self, domain: Uuid) -> Result<u64> {
        Ok(self.inner.table().guest(domain)?.max_speed_mib_s)
    }

    async fn set_max_speed_mib_s(&self, domain: Uuid, speed: u64) -> Result<()> {
        let speed = if speed == 0 { self.inner.config.max_speed_mib_s } else { speed };
        let mut table = self.inner.table();
        let guest = table.guest_mut(domain)?;
        if let Ok(Activity::Leaving(departure)) = guest.live().map(|live| &live.activity) {
            departure.set_speed_mib_s(speed);
        }
        guest.max_speed_mib_s = speed;
        Ok(())
    }

    async fn max_downtime_ms(&self, domain: Uuid) -> Result<u64> {
        Ok(self.inner.table().guest(domain)?.max_downtime_ms)
    }

    async fn set_max_downtime_ms(&self, domain: Uuid, downtime: u64) -> Result<()> {
        self.inner.table().guest_mut(domain)?.max_downtime_ms = downtime;
        Ok(())
    }

    async fn migrate_begin(&self, request: Begin) -> Result<Begun> {
        held::begin(&self.inner, &request)
    }

    async fn migrate_prepare(&self, request: Prepare) -> Result<Prepared> {
        incoming::prepare(&self.inner, request).await
    }

    async fn migrate_perform(&self, request: Perform) -> Result<Performed> {
        outgoing::perform(&self.inner, request).await
    }

    async fn migrate_finish(&self, request: Finish) -> Result<Finished> {
        finish::finish(&self.inner, request).await
    }

    async fn migrate_cancel(&self, request: Finish) -> Result<()> {
        finish::cancel(&self.inner, request).await
    }

    async fn migrate_confirm(&self, request: Confirm) -> Result<()> {
        held::confirm(&self.inner, &request)
    }

    fn migrate_expects(&self, incoming: IncomingId) -> bool {
        self.inner.table().incoming.contains_key(&incoming)
    }

    fn migrate_abandon(&self, incoming: IncomingId) {
        self.inner.table().abandon(incoming);
    }

    fn migrate_holds(&self, outgoing: OutgoingId) -> bool {
        self.inner.table().outgoing.contains_key(&outgoing)
    }

    fn migrate_release(&self, outgoing: OutgoingId) {
        self.inner.table().release(outgoing);
    }
}
