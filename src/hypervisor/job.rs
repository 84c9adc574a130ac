//! Work that takes its time: how far it is.

use std::time::Duration;

pub use virtwire_protocol::enums::{JobKind, JobOperation};

/// A job on a domain, as `virsh domjobinfo` shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// Which pass over the memory this is, from 1; 0 where they are not counted.
    pub memory_iteration: u64,
    /// Pieces of memory that the destination has got since it runs the guest: not 0 in post-copy.
    pub postcopy_requests: u64,
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
            memory_iteration: 0,
            postcopy_requests: 0,
            downtime: Duration::ZERO,
        }
    }

    /// What is left of the memory, in bytes.
    pub fn memory_remaining(&self) -> u64 {
        self.memory_total.saturating_sub(self.memory_processed)
    }
}
