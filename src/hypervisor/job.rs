//! Work that takes its time: how far it is.

use std::time::Duration;

use super::domain::numbered;

/// A job on a domain, as `virsh domjobinfo` shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Job {
    /// Whether it runs or how it ended.
    pub kind: JobKind,
    /// What it does.
    pub operation: JobOperation,
    /// How long it has run.
    pub elapsed: Duration,
    /// The guest's memory that it moves, in bytes.
    pub memory_total: u64,
    /// Of that, done; at most the total.
    pub memory_processed: u64,
    /// How long the guest was paused for it, so far or in all.
    pub downtime: Duration,
}

impl Job {
    /// A job that has only begun: one that runs, without an end in sight, with so much memory to move.
    pub fn begun(operation: JobOperation, memory_total: u64) -> Job {
        Job {
            kind: JobKind::Unbounded,
            operation,
            elapsed: Duration::ZERO,
            memory_total,
            memory_processed: 0,
            downtime: Duration::ZERO,
        }
    }

    /// What is left of the memory, in bytes.
    pub fn memory_remaining(&self) -> u64 {
        self.memory_total.saturating_sub(self.memory_processed)
    }
}

numbered! {
    /// Whether a job runs, or how it ended (`virDomainJobType`; 0, none, is the absence of a job).
    JobKind {
        /// It runs and knows when it ends.
        Bounded = 1,
        /// It runs for as long as it takes.
        Unbounded = 2,
        /// It is done.
        Completed = 3,
        /// It failed.
        Failed = 4,
        /// Somebody stopped it.
        Cancelled = 5,
    }
}

numbered! {
    /// What a job does (`virDomainJobOperation`, libvirt 3.3).
    JobOperation {
        /// Nobody says.
        Unknown = 0,
        /// Starting.
        Start = 1,
        /// Saving to a file.
        Save = 2,
        /// Restoring from one.
        Restore = 3,
        /// Coming from another host.
        MigrationIn = 4,
        /// Going to another host.
        MigrationOut = 5,
        /// Taking a snapshot.
        Snapshot = 6,
        /// Going back to one.
        SnapshotRevert = 7,
        /// Dumping core.
        Dump = 8,
        /// Backing up disks (libvirt 6.0).
        Backup = 9,
        /// Deleting a snapshot (libvirt 9.0).
        SnapshotDelete = 10,
    }
}
