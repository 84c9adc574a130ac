//! A domain as clients see it: who it is, how it is, and how one asks for it.

use std::time::Duration;

pub use virtwire_protocol::enums::{
    CrashedReason, DomainState, PausedReason, RunningReason, ShutdownReason, ShutoffReason,
};
use virtwire_protocol::enums::{DumpFormat, KeyCodes};

use super::Uuid;

/// Everything that the short questions about a domain ask, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainInfo {
    /// Its name, unique on this host.
    pub name: String,
    /// Its UUID, unique on every host.
    pub uuid: Uuid,
    /// Its number while it is active; positive. `None` when it is off, which clients see as -1.
    pub id: Option<u32>,
    /// What it does and why.
    pub state: DomainState,
    /// Whether its configuration outlives it.
    pub persistent: bool,
    /// Whether it starts with its host.
    pub autostart: bool,
    /// Whether its persistent configuration differs from what runs.
    pub updated: bool,
    /// What it boots, such as `hvm`.
    pub os_type: String,
    /// The memory that it may have, KiB.
    pub memory_max_kib: u64,
    /// The memory that it has, KiB.
    pub memory_kib: u64,
    /// The virtual CPUs that it may have.
    pub vcpus_max: u32,
    /// The virtual CPUs that it has. Old clients see at most 65,535.
    pub vcpus: u32,
    /// The time that its CPUs have run, ns.
    pub cpu_time_ns: u64,
}

impl DomainInfo {
    /// A domain that is defined and off, with one CPU and no memory to speak of: where a literal starts from.
    pub fn new(name: impl Into<String>, uuid: Uuid) -> DomainInfo {
        DomainInfo {
            name: name.into(),
            uuid,
            id: None,
            state: DomainState::Shutoff(ShutoffReason::Unknown),
            persistent: true,
            autostart: false,
            updated: false,
            os_type: "hvm".to_owned(),
            memory_max_kib: 0,
            memory_kib: 0,
            vcpus_max: 1,
            vcpus: 1,
            cpu_time_ns: 0,
        }
    }
}

/// How one asks for a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// By the number that it has while active.
    Id(u32),
    /// By name.
    Name(&'a str),
    /// By UUID.
    Uuid(Uuid),
}

impl Lookup<'_> {
    /// Whether this is the domain asked for.
    pub fn matches(self, domain: &DomainInfo) -> bool {
        match self {
            Lookup::Id(id) => domain.id == Some(id),
            Lookup::Name(name) => domain.name == name,
            Lookup::Uuid(uuid) => domain.uuid == uuid,
        }
    }
}

/// How to start a domain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StartOptions {
    /// Leave it paused, before its first instruction.
    pub paused: bool,
}

/// What becomes of what a domain has stored beside its disks, when its definition goes. `Some(true)` keeps it, `Some(false)` removes it,
/// and with `None` the client has not said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undefine {
    /// What its firmware has stored: its NVRAM.
    pub keeps_nvram: Option<bool>,
    /// What its TPM has stored.
    pub keeps_tpm: Option<bool>,
}

/// Keys of a guest's keyboard, pressed together.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Keys {
    /// What their numbers mean.
    pub codes: KeyCodes,
    /// Their numbers, 1 to 16.
    pub keys: Vec<u32>,
    /// How long they are held.
    pub held: Duration,
}

impl Keys {
    /// These keys.
    pub fn new(codes: KeyCodes, keys: impl Into<Vec<u32>>, held: Duration) -> Keys {
        Keys { codes, keys: keys.into(), held }
    }
}

/// How to write a guest's memory to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CoreDump {
    /// In which format.
    pub format: DumpFormat,
    /// Its memory and no more, without the state of its devices.
    pub memory_only: bool,
    /// While it runs: else it is paused for as long.
    pub live: bool,
    /// Around the host's cache.
    pub bypass_cache: bool,
    /// What becomes of the guest once that is done.
    pub then: AfterDump,
}

impl CoreDump {
    /// In this format, with the state of its devices, of a guest that is paused for as long and goes on.
    pub fn new(format: DumpFormat) -> CoreDump {
        let (memory_only, live, bypass_cache) = (false, false, false);
        CoreDump { format, memory_only, live, bypass_cache, then: AfterDump::GoesOn }
    }
}

/// What becomes of a guest whose memory was written to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterDump {
    /// It goes on as before.
    GoesOn,
    /// It ends, crashed.
    Crashes,
    /// It starts anew.
    IsReset,
}

/// Which of a domain's configurations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhichXml {
    /// What runs; what would run, when it is off.
    Current,
    /// What runs at its next start; for a transient domain, what runs.
    Inactive,
    /// What a destination needs to run this very machine.
    Migratable,
}
