//! Words for the numbers in events: libvirt's enumerations, which keep the numbers that they have no word for.

use std::fmt;

use crate::numbers::numbers;
use crate::remote::DomainEventLifecycle;

numbers! {
    /// A step in a domain's life. Each numbers its details for itself: see [`Lifecycle`].
    LifecycleType = "virDomainEventType" "VIR_DOMAIN_EVENT_" {
        Defined = 0 "defined",
        Undefined = 1 "undefined",
        Started = 2 "started",
        Suspended = 3 "suspended",
        Resumed = 4 "resumed",
        Stopped = 5 "stopped",
        Shutdown = 6 "shutdown",
        PmSuspended = 7 "pm-suspended",
        Crashed = 8 "crashed",
    }
    /// How a configuration became persistent.
    DefinedDetail = "virDomainEventDefinedDetailType" "VIR_DOMAIN_EVENT_DEFINED_" {
        Added = 0 "added",
        Updated = 1 "updated",
        Renamed = 2 "renamed",
        FromSnapshot = 3 "from-snapshot",
    }
    /// How a configuration went.
    UndefinedDetail = "virDomainEventUndefinedDetailType" "VIR_DOMAIN_EVENT_UNDEFINED_" {
        Removed = 0 "removed",
        Renamed = 1 "renamed",
    }
    /// How a domain became active.
    StartedDetail = "virDomainEventStartedDetailType" "VIR_DOMAIN_EVENT_STARTED_" {
        Booted = 0 "booted",
        Migrated = 1 "migrated",
        Restored = 2 "restored",
        FromSnapshot = 3 "from-snapshot",
        Wakeup = 4 "wakeup",
    }
    /// Why a domain was paused.
    SuspendedDetail = "virDomainEventSuspendedDetailType" "VIR_DOMAIN_EVENT_SUSPENDED_" {
        Paused = 0 "paused",
        Migrated = 1 "migrated",
        IoError = 2 "io-error",
        Watchdog = 3 "watchdog",
        Restored = 4 "restored",
        FromSnapshot = 5 "from-snapshot",
        ApiError = 6 "api-error",
        Postcopy = 7 "postcopy",
        PostcopyFailed = 8 "postcopy-failed",
    }
    /// Why a domain runs on.
    ResumedDetail = "virDomainEventResumedDetailType" "VIR_DOMAIN_EVENT_RESUMED_" {
        Unpaused = 0 "unpaused",
        Migrated = 1 "migrated",
        FromSnapshot = 2 "from-snapshot",
        Postcopy = 3 "postcopy",
        PostcopyFailed = 4 "postcopy-failed",
    }
    /// Why a domain is off.
    StoppedDetail = "virDomainEventStoppedDetailType" "VIR_DOMAIN_EVENT_STOPPED_" {
        Shutdown = 0 "shutdown",
        Destroyed = 1 "destroyed",
        Crashed = 2 "crashed",
        Migrated = 3 "migrated",
        Saved = 4 "saved",
        Failed = 5 "failed",
        FromSnapshot = 6 "from-snapshot",
    }
    /// Who ended the guest.
    ShutdownDetail = "virDomainEventShutdownDetailType" "VIR_DOMAIN_EVENT_SHUTDOWN_" {
        Finished = 0 "finished",
        Guest = 1 "guest",
        Host = 2 "host",
    }
    /// Where the guest sleeps.
    PmSuspendedDetail = "virDomainEventPMSuspendedDetailType" "VIR_DOMAIN_EVENT_PMSUSPENDED_" {
        Memory = 0 "memory",
        Disk = 1 "disk",
    }
    /// How the guest crashed.
    CrashedDetail = "virDomainEventCrashedDetailType" "VIR_DOMAIN_EVENT_CRASHED_" {
        Panicked = 0 "panicked",
        CrashLoaded = 1 "crash-loaded",
    }
    /// What was done about a watchdog that fired.
    WatchdogAction = "virDomainEventWatchdogAction" "VIR_DOMAIN_EVENT_WATCHDOG_" {
        None = 0 "none",
        Pause = 1 "pause",
        Reset = 2 "reset",
        Poweroff = 3 "poweroff",
        Shutdown = 4 "shutdown",
        Debug = 5 "debug",
        InjectNmi = 6 "inject-nmi",
    }
    /// What was done about a disk that failed.
    IoErrorAction = "virDomainEventIOErrorAction" "VIR_DOMAIN_EVENT_IO_ERROR_" {
        None = 0 "none",
        Pause = 1 "pause",
        Report = 2 "report",
    }
    /// How far a client of a graphics server has come.
    GraphicsPhase = "virDomainEventGraphicsPhase" "VIR_DOMAIN_EVENT_GRAPHICS_" {
        Connect = 0 "connect",
        Initialize = 1 "initialize",
        Disconnect = 2 "disconnect",
    }
    /// What a block job does.
    BlockJobType = "virDomainBlockJobType" "VIR_DOMAIN_BLOCK_JOB_TYPE_" {
        Unknown = 0 "unknown",
        Pull = 1 "pull",
        Copy = 2 "copy",
        Commit = 3 "commit",
        ActiveCommit = 4 "active-commit",
        Backup = 5 "backup",
    }
    /// What became of a block job.
    BlockJobStatus = "virConnectDomainEventBlockJobStatus" "VIR_DOMAIN_BLOCK_JOB_" {
        Completed = 0 "completed",
        Failed = 1 "failed",
        Canceled = 2 "canceled",
        Ready = 3 "ready",
    }
    /// Why a disk's source changed.
    DiskChangeReason = "virConnectDomainEventDiskChangeReason" "VIR_DOMAIN_EVENT_DISK_" {
        ChangeMissingOnStart = 0 "change-missing-on-start",
        DropMissingOnStart = 1 "drop-missing-on-start",
    }
    /// Which way a tray moved.
    TrayChangeReason = "virDomainEventTrayChangeReason" "VIR_DOMAIN_EVENT_TRAY_CHANGE_" {
        Open = 0 "open",
        Close = 1 "close",
    }
    /// Whether a guest's agent is there.
    AgentState = "virConnectDomainEventAgentLifecycleState" "VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_" {
        Connected = 1 "connected",
        Disconnected = 2 "disconnected",
    }
    /// Why a guest's agent came or went.
    AgentReason = "virConnectDomainEventAgentLifecycleReason" "VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_" {
        Unknown = 0 "unknown",
        DomainStarted = 1 "domain-started",
        Channel = 2 "channel",
    }
    /// Which part of the metadata changed.
    MetadataType = "virDomainMetadataType" "VIR_DOMAIN_METADATA_" {
        Description = 0 "description",
        Title = 1 "title",
        Element = 2 "element",
    }
    /// Whose memory failed.
    MemoryFailureRecipient = "virDomainMemoryFailureRecipientType" "VIR_DOMAIN_EVENT_MEMORY_FAILURE_RECIPIENT_" {
        Hypervisor = 0 "hypervisor",
        Guest = 1 "guest",
    }
    /// What was done about memory that failed.
    MemoryFailureAction = "virDomainMemoryFailureActionType" "VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_" {
        Ignore = 0 "ignore",
        Inject = 1 "inject",
        Fatal = 2 "fatal",
        Reset = 3 "reset",
    }
    /// A step in a network's life.
    NetworkLifecycle = "virNetworkEventLifecycleType" "VIR_NETWORK_EVENT_" {
        Defined = 0 "defined",
        Undefined = 1 "undefined",
        Started = 2 "started",
        Stopped = 3 "stopped",
    }
    /// A step in a storage pool's life.
    StoragePoolLifecycle = "virStoragePoolEventLifecycleType" "VIR_STORAGE_POOL_EVENT_" {
        Defined = 0 "defined",
        Undefined = 1 "undefined",
        Started = 2 "started",
        Stopped = 3 "stopped",
        Created = 4 "created",
        Deleted = 5 "deleted",
    }
    /// A step in a device's life.
    NodeDeviceLifecycle = "virNodeDeviceEventLifecycleType" "VIR_NODE_DEVICE_EVENT_" {
        Created = 0 "created",
        Deleted = 1 "deleted",
        Defined = 2 "defined",
        Undefined = 3 "undefined",
    }
    /// A step in a secret's life.
    SecretLifecycle = "virSecretEventLifecycleType" "VIR_SECRET_EVENT_" {
        Defined = 0 "defined",
        Undefined = 1 "undefined",
    }
    /// Why the daemon's own connection is gone.
    ConnectionClosedReason = "virConnectCloseReason" "VIR_CONNECT_CLOSE_REASON_" {
        Error = 0 "error",
        Eof = 1 "eof",
        Keepalive = 2 "keepalive",
        Client = 3 "client",
    }
}

/// A step in a domain's life, with how or why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// The guest has ended; what is left of it is about to.
    Shutdown(ShutdownDetail),
    /// The guest put itself to sleep.
    PmSuspended(PmSuspendedDetail),
    /// The guest crashed.
    Crashed(CrashedDetail),
    /// A step that is newer than this crate.
    Other {
        /// Its number.
        event: i32,
        /// Its detail's.
        detail: i32,
    },
}

impl DomainEventLifecycle {
    /// What the two numbers mean together.
    pub fn what(&self) -> Lifecycle {
        let detail = self.detail;
        match LifecycleType::from(self.event) {
            LifecycleType::Defined => Lifecycle::Defined(detail.into()),
            LifecycleType::Undefined => Lifecycle::Undefined(detail.into()),
            LifecycleType::Started => Lifecycle::Started(detail.into()),
            LifecycleType::Suspended => Lifecycle::Suspended(detail.into()),
            LifecycleType::Resumed => Lifecycle::Resumed(detail.into()),
            LifecycleType::Stopped => Lifecycle::Stopped(detail.into()),
            LifecycleType::Shutdown => Lifecycle::Shutdown(detail.into()),
            LifecycleType::PmSuspended => Lifecycle::PmSuspended(detail.into()),
            LifecycleType::Crashed => Lifecycle::Crashed(detail.into()),
            LifecycleType::Other(event) => Lifecycle::Other { event, detail },
        }
    }
}

impl Lifecycle {
    /// The two numbers of the wire: event and detail.
    pub fn to_wire(self) -> (i32, i32) {
        let detail = match self {
            Lifecycle::Defined(detail) => detail.into(),
            Lifecycle::Undefined(detail) => detail.into(),
            Lifecycle::Started(detail) => detail.into(),
            Lifecycle::Suspended(detail) => detail.into(),
            Lifecycle::Resumed(detail) => detail.into(),
            Lifecycle::Stopped(detail) => detail.into(),
            Lifecycle::Shutdown(detail) => detail.into(),
            Lifecycle::PmSuspended(detail) => detail.into(),
            Lifecycle::Crashed(detail) => detail.into(),
            Lifecycle::Other { detail, .. } => detail,
        };
        (self.event().into(), detail)
    }

    /// The step without how or why.
    pub fn event(self) -> LifecycleType {
        match self {
            Lifecycle::Defined(_) => LifecycleType::Defined,
            Lifecycle::Undefined(_) => LifecycleType::Undefined,
            Lifecycle::Started(_) => LifecycleType::Started,
            Lifecycle::Suspended(_) => LifecycleType::Suspended,
            Lifecycle::Resumed(_) => LifecycleType::Resumed,
            Lifecycle::Stopped(_) => LifecycleType::Stopped,
            Lifecycle::Shutdown(_) => LifecycleType::Shutdown,
            Lifecycle::PmSuspended(_) => LifecycleType::PmSuspended,
            Lifecycle::Crashed(_) => LifecycleType::Crashed,
            Lifecycle::Other { event, .. } => LifecycleType::Other(event),
        }
    }

    /// How or why, as a word, or as a number without one.
    pub fn detail(self) -> String {
        match self {
            Lifecycle::Defined(detail) => detail.to_string(),
            Lifecycle::Undefined(detail) => detail.to_string(),
            Lifecycle::Started(detail) => detail.to_string(),
            Lifecycle::Suspended(detail) => detail.to_string(),
            Lifecycle::Resumed(detail) => detail.to_string(),
            Lifecycle::Stopped(detail) => detail.to_string(),
            Lifecycle::Shutdown(detail) => detail.to_string(),
            Lifecycle::PmSuspended(detail) => detail.to_string(),
            Lifecycle::Crashed(detail) => detail.to_string(),
            Lifecycle::Other { detail, .. } => detail.to_string(),
        }
    }
}

/// Such as `stopped migrated`.
impl fmt::Display for Lifecycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.event(), self.detail())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_are_libvirts() {
        let facts = include_str!("../../../tests/fixtures/facts/enums.json");
        let facts: serde_json::Value = serde_json::from_str(facts).unwrap();
        let plain = |name: &str| name.to_lowercase().replace(['_', '-'], "");
        let mut compared = 0;
        for (name, prefix, words) in ALL {
            // Four are known from the contract's own words.
            let Some(known) = facts["enums"][name].as_array() else { continue };
            let known: Vec<_> = known
                .iter()
                .map(|fact| {
                    let name = fact["name"].as_str().unwrap().strip_prefix(prefix).unwrap();
                    (plain(name), i32::try_from(fact["value"].as_i64().unwrap()).unwrap())
                })
                .collect();
            let words: Vec<_> = words.iter().map(|(word, number)| (plain(word), *number)).collect();
            assert_eq!(words, known, "{name}");
            compared += 1;
        }
        assert_eq!((compared, ALL.len()), (23, 27));
    }

    #[test]
    fn numbers_without_a_word_are_kept() {
        assert_eq!(i32::from(StoppedDetail::from(77)), 77);
        assert_eq!(StoppedDetail::from(77).to_string(), "77");
        let step = |event, detail| DomainEventLifecycle { event, detail, ..Default::default() }.what();
        assert_eq!(step(5, 3), Lifecycle::Stopped(StoppedDetail::Migrated));
        assert_eq!(step(5, 3).to_string(), "stopped migrated");
        assert_eq!(step(5, 99).to_string(), "stopped 99");
        assert_eq!(step(99, 1), Lifecycle::Other { event: 99, detail: 1 });
        assert_eq!(step(99, 1).to_string(), "99 1");
        for (event, detail) in (0..11).flat_map(|event| (0..11).map(move |detail| (event, detail))) {
            assert_eq!(step(event, detail).to_wire(), (event, detail));
        }
    }
}
