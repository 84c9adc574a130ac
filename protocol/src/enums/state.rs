//! What a domain does, and why.

use std::fmt;

use crate::numbers::numbers;
use crate::remote::DomainGetStateReply;

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
    /// A state that is newer than this crate, or one that had no reasons.
    Other {
        /// The state's number.
        state: i32,
        /// Its reason's.
        reason: i32,
    },
}

impl DomainState {
    /// What the two numbers of the wire mean together.
    pub fn from_wire(state: i32, reason: i32) -> DomainState {
        match (DomainStateKind::from(state), reason) {
            (DomainStateKind::NoState, 0) => DomainState::NoState,
            (DomainStateKind::Running, _) => DomainState::Running(reason.into()),
            (DomainStateKind::Blocked, 0) => DomainState::Blocked,
            (DomainStateKind::Paused, _) => DomainState::Paused(reason.into()),
            (DomainStateKind::Shutdown, _) => DomainState::Shutdown(reason.into()),
            (DomainStateKind::Shutoff, _) => DomainState::Shutoff(reason.into()),
            (DomainStateKind::Crashed, _) => DomainState::Crashed(reason.into()),
            (DomainStateKind::PmSuspended, 0) => DomainState::PmSuspended,
            _ => DomainState::Other { state, reason },
        }
    }

    /// The two numbers of the wire: state and reason.
    pub fn to_wire(self) -> (i32, i32) {
        let reason = match self {
            DomainState::NoState | DomainState::Blocked | DomainState::PmSuspended => 0,
            DomainState::Running(reason) => reason.into(),
            DomainState::Paused(reason) => reason.into(),
            DomainState::Shutdown(reason) => reason.into(),
            DomainState::Shutoff(reason) => reason.into(),
            DomainState::Crashed(reason) => reason.into(),
            DomainState::Other { reason, .. } => reason,
        };
        (self.kind().into(), reason)
    }

    /// The state without its reason.
    pub fn kind(self) -> DomainStateKind {
        match self {
            DomainState::NoState => DomainStateKind::NoState,
            DomainState::Running(_) => DomainStateKind::Running,
            DomainState::Blocked => DomainStateKind::Blocked,
            DomainState::Paused(_) => DomainStateKind::Paused,
            DomainState::Shutdown(_) => DomainStateKind::Shutdown,
            DomainState::Shutoff(_) => DomainStateKind::Shutoff,
            DomainState::Crashed(_) => DomainStateKind::Crashed,
            DomainState::PmSuspended => DomainStateKind::PmSuspended,
            DomainState::Other { state, .. } => state.into(),
        }
    }
}

impl From<DomainGetStateReply> for DomainState {
    fn from(reply: DomainGetStateReply) -> DomainState {
        DomainState::from_wire(reply.state, reply.reason)
    }
}

/// Such as `running (booted)`; the state alone where it has no reasons.
impl fmt::Display for DomainState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind())?;
        match self {
            DomainState::NoState | DomainState::Blocked | DomainState::PmSuspended => Ok(()),
            DomainState::Running(reason) => write!(f, " ({reason})"),
            DomainState::Paused(reason) => write!(f, " ({reason})"),
            DomainState::Shutdown(reason) => write!(f, " ({reason})"),
            DomainState::Shutoff(reason) => write!(f, " ({reason})"),
            DomainState::Crashed(reason) => write!(f, " ({reason})"),
            DomainState::Other { reason, .. } => write!(f, " ({reason})"),
        }
    }
}

numbers! {
    /// What a domain does, without why.
    DomainStateKind = "virDomainState" "VIR_DOMAIN_" {
        /// Nothing is known.
        NoState = 0 "nostate",
        /// It runs.
        Running = 1 "running",
        /// It waits for a resource.
        Blocked = 2 "blocked",
        /// It is paused; it keeps its memory.
        Paused = 3 "paused",
        /// It is on its way down.
        Shutdown = 4 "shutdown",
        /// It is off.
        Shutoff = 5 "shutoff",
        /// It has crashed.
        Crashed = 6 "crashed",
        /// The guest put itself to sleep.
        PmSuspended = 7 "pmsuspended",
    }
    /// Why a domain runs.
    RunningReason = "virDomainRunningReason" "VIR_DOMAIN_RUNNING_" {
        /// Nobody knows.
        Unknown = 0 "unknown",
        /// It was started.
        Booted = 1 "booted",
        /// It came from another host.
        Migrated = 2 "migrated",
        /// It was restored from a file.
        Restored = 3 "restored",
        /// It was taken back to a snapshot.
        FromSnapshot = 4 "from-snapshot",
        /// It was paused before.
        Unpaused = 5 "unpaused",
        /// Its migration did not happen.
        MigrationCanceled = 6 "migration-canceled",
        /// It was not saved after all.
        SaveCanceled = 7 "save-canceled",
        /// It was woken.
        Wakeup = 8 "wakeup",
        /// It goes on after a crash.
        Crashed = 9 "crashed",
        /// It runs here while memory still comes (libvirt 1.3.3).
        Postcopy = 10 "postcopy",
        /// The same, and the link broke (libvirt 8.5).
        PostcopyFailed = 11 "postcopy-failed",
    }
    /// Why a domain is paused.
    PausedReason = "virDomainPausedReason" "VIR_DOMAIN_PAUSED_" {
        /// Nobody knows.
        Unknown = 0 "unknown",
        /// Somebody asked.
        User = 1 "user",
        /// It is being migrated, here or away.
        Migration = 2 "migration",
        /// It is being saved.
        Save = 3 "save",
        /// It is being dumped.
        Dump = 4 "dump",
        /// A disk failed.
        IoError = 5 "ioerror",
        /// Its watchdog bit.
        Watchdog = 6 "watchdog",
        /// It was taken back to a snapshot.
        FromSnapshot = 7 "from-snapshot",
        /// It is shutting down.
        ShuttingDown = 8 "shutting-down",
        /// A snapshot is being taken.
        Snapshot = 9 "snapshot",
        /// It crashed.
        Crashed = 10 "crashed",
        /// It is starting.
        StartingUp = 11 "starting-up",
        /// It runs on the other host while memory still goes there.
        Postcopy = 12 "postcopy",
        /// The same, and the link broke.
        PostcopyFailed = 13 "postcopy-failed",
        /// A call failed halfway (libvirt 9.2).
        ApiError = 14 "api-error",
    }
    /// Why a domain is shutting down.
    ShutdownReason = "virDomainShutdownReason" "VIR_DOMAIN_SHUTDOWN_" {
        /// Nobody knows.
        Unknown = 0 "unknown",
        /// Somebody asked.
        User = 1 "user",
    }
    /// Why a domain is off.
    ShutoffReason = "virDomainShutoffReason" "VIR_DOMAIN_SHUTOFF_" {
        /// Nobody knows; also when it has never run.
        Unknown = 0 "unknown",
        /// The guest shut down.
        Shutdown = 1 "shutdown",
        /// Somebody pulled the plug.
        Destroyed = 2 "destroyed",
        /// It crashed.
        Crashed = 3 "crashed",
        /// It went to another host.
        Migrated = 4 "migrated",
        /// It was saved to a file.
        Saved = 5 "saved",
        /// It failed to start.
        Failed = 6 "failed",
        /// It was taken back to a snapshot in which it was off.
        FromSnapshot = 7 "from-snapshot",
        /// The daemon decided so (libvirt 4.10).
        Daemon = 8 "daemon",
    }
    /// Why a domain crashed.
    CrashedReason = "virDomainCrashedReason" "VIR_DOMAIN_CRASHED_" {
        /// Nobody knows.
        Unknown = 0 "unknown",
        /// The guest panicked.
        Panicked = 1 "panicked",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_are_libvirts() {
        super::super::check(ALL, &["VIR_DOMAIN_PAUSED_API_ERROR"]);
    }

    #[test]
    fn every_pair_of_numbers_survives() {
        for (state, reason) in (-1..10).flat_map(|state| (-1..20).map(move |reason| (state, reason))) {
            let known = DomainState::from_wire(state, reason);
            assert_eq!(known.to_wire(), (state, reason), "{known:?}");
            assert_eq!(known.kind(), DomainStateKind::from(state));
        }
    }

    #[test]
    fn a_state_reads_as_virsh_has_it() {
        assert_eq!(DomainState::from_wire(5, 2).to_string(), "shutoff (destroyed)");
        assert_eq!(DomainState::from_wire(7, 0).to_string(), "pmsuspended");
        assert_eq!(DomainState::from_wire(1, 99).to_string(), "running (99)");
        assert_eq!(DomainState::from_wire(42, 1).to_string(), "42 (1)");
    }
}
