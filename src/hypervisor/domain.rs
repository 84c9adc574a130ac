//! A domain as clients see it: who it is, how it is, and how one asks for it.

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
    /// Whether it starts with the daemon.
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

/// What a domain does, and why (`virDomainState` and its reasons, libvirt 11.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DomainState {
    /// Nothing is known.
    NoState,
    /// It runs.
    Running(RunningReason),
    /// It waits for a resource.
    Blocked,
    /// It is paused; it keeps its memory.
    Paused(PausedReason),
    /// It is on its way down.
    Shutdown(ShutdownReason),
    /// It is off.
    Shutoff(ShutoffReason),
    /// It has crashed.
    Crashed(CrashedReason),
    /// The guest put itself to sleep.
    PmSuspended,
}

impl DomainState {
    /// The two numbers of the wire: state and reason.
    pub fn to_wire(self) -> (i32, i32) {
        match self {
            DomainState::NoState => (0, 0),
            DomainState::Running(reason) => (1, reason as i32),
            DomainState::Blocked => (2, 0),
            DomainState::Paused(reason) => (3, reason as i32),
            DomainState::Shutdown(reason) => (4, reason as i32),
            DomainState::Shutoff(reason) => (5, reason as i32),
            DomainState::Crashed(reason) => (6, reason as i32),
            DomainState::PmSuspended => (7, 0),
        }
    }
}

/// Declares an enum of the wire's small numbers.
macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $number:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$variant_doc])* $variant = $number,)* }
    };
}
pub(super) use numbered;

numbered! {
    /// Why a domain runs (`virDomainRunningReason`).
    RunningReason {
        /// Nobody knows.
        Unknown = 0,
        /// It was started.
        Booted = 1,
        /// It came from another host.
        Migrated = 2,
        /// It was restored from a file.
        Restored = 3,
        /// It was taken back to a snapshot.
        FromSnapshot = 4,
        /// It was paused before.
        Unpaused = 5,
        /// Its migration did not happen.
        MigrationCanceled = 6,
        /// It was not saved after all.
        SaveCanceled = 7,
        /// It was woken.
        Wakeup = 8,
        /// It goes on after a crash.
        Crashed = 9,
        /// It runs here while memory still comes (libvirt 1.3.3).
        Postcopy = 10,
        /// The same, and the link broke (libvirt 8.5).
        PostcopyFailed = 11,
    }
}

numbered! {
    /// Why a domain is paused (`virDomainPausedReason`).
    PausedReason {
        /// Nobody knows.
        Unknown = 0,
        /// Somebody asked.
        User = 1,
        /// It is being migrated, here or away.
        Migration = 2,
        /// It is being saved.
        Save = 3,
        /// It is being dumped.
        Dump = 4,
        /// A disk failed.
        IoError = 5,
        /// Its watchdog bit.
        Watchdog = 6,
        /// It was taken back to a snapshot.
        FromSnapshot = 7,
        /// It is shutting down.
        ShuttingDown = 8,
        /// A snapshot is being taken.
        Snapshot = 9,
        /// It crashed.
        Crashed = 10,
        /// It is starting.
        StartingUp = 11,
        /// It runs on the other host while memory still goes there.
        Postcopy = 12,
        /// The same, and the link broke.
        PostcopyFailed = 13,
        /// A call failed halfway (libvirt 9.2).
        ApiError = 14,
    }
}

numbered! {
    /// Why a domain is shutting down (`virDomainShutdownReason`).
    ShutdownReason {
        /// Nobody knows.
        Unknown = 0,
        /// Somebody asked.
        User = 1,
    }
}

numbered! {
    /// Why a domain is off (`virDomainShutoffReason`).
    ShutoffReason {
        /// Nobody knows; also when it has never run.
        Unknown = 0,
        /// The guest shut down.
        Shutdown = 1,
        /// Somebody pulled the plug.
        Destroyed = 2,
        /// It crashed.
        Crashed = 3,
        /// It went to another host.
        Migrated = 4,
        /// It was saved to a file.
        Saved = 5,
        /// It failed to start.
        Failed = 6,
        /// It was taken back to a snapshot in which it was off.
        FromSnapshot = 7,
        /// The daemon decided so (libvirt 4.10).
        Daemon = 8,
    }
}

numbered! {
    /// Why a domain crashed (`virDomainCrashedReason`).
    CrashedReason {
        /// Nobody knows.
        Unknown = 0,
        /// The guest panicked.
        Panicked = 1,
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
#[non_exhaustive]
pub struct StartOptions {
    /// Leave it paused, before its first instruction.
    pub paused: bool,
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
