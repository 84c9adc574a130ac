//! Work that takes its time: how far it is.

use std::future::{Future, ready};
use std::time::Duration;

use virtwire_protocol::error::RemoteError;
use virtwire_protocol::params::TypedParams;

use super::{Result, Uuid};

pub use virtwire_protocol::enums::{JobKind, JobOperation};

/// What takes its time on a domain: `virsh domjobinfo`, `domjobabort`, `migrate-setspeed`, `migrate-setmaxdowntime`, `migrate-postcopy`.
///
/// Of a migration that virtwire carries out ([`Migrating`](super::Migrating)) the hypervisor is not asked, nor of speeds then.
pub trait Jobs: Send + Sync {
    /// The job that runs on the domain, if one does.
    fn job(&self, _domain: Uuid) -> impl Future<Output = Result<Option<Job>>> + Send {
        ready(Err(RemoteError::no_support("virDomainGetJobInfo")))
    }

    /// The last job that ended; forgotten once read unless `keep`.
    fn completed_job(&self, _domain: Uuid, _keep: bool) -> impl Future<Output = Result<Option<Job>>> + Send {
        ready(Err(RemoteError::no_support("virDomainGetJobStats")))
    }

    /// Asks the running job to stop. Returns at once; it is the job's own call that then fails, with code 78.
    fn abort_job(&self, _domain: Uuid) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virDomainAbortJob")))
    }

    /// Has the migration under way switch to post-copy, if it was asked for with POSTCOPY. Returns at once; it is Perform that then
    /// succeeds, while the rest of the guest is sent yet.
    fn start_post_copy(&self, _domain: Uuid) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virDomainMigrateStartPostCopy")))
    }

    /// Has a migration in post-copy stand still, until a recovery run resumes it.
    fn pause_post_copy(&self, _domain: Uuid) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virDomainAbortJobFlags")))
    }

    /// The limit on migrations of this domain that ask for no other, MiB/s.
    fn max_speed_mib_s(&self, _domain: Uuid) -> impl Future<Output = Result<u64>> + Send {
        ready(Err(RemoteError::no_support("virDomainMigrateGetMaxSpeed")))
    }

    /// Sets that limit, also for a migration under way; 0 is the host's own.
    fn set_max_speed_mib_s(&self, _domain: Uuid, _speed: u64) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virDomainMigrateSetMaxSpeed")))
    }

    /// How long a live migration may pause the guest at its end, ms.
    fn max_downtime_ms(&self, _domain: Uuid) -> impl Future<Output = Result<u64>> + Send {
        ready(Err(RemoteError::no_support("virDomainMigrateGetMaxDowntime")))
    }

    /// Sets that time.
    fn set_max_downtime_ms(&self, _domain: Uuid, _downtime: u64) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virDomainMigrateSetMaxDowntime")))
    }
}

/// A job on a domain, as `virsh domjobinfo` shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Whether it runs or how it ended.
    pub kind: JobKind,
    /// What it does.
    pub operation: JobOperation,
    /// How long it has run.
    pub elapsed: Duration,
    /// The guest's memory that it moves, in bytes.
    pub memory_total: u64,
    /// Of that, done. What is sent in more than one pass counts each time, so it may be more than the total.
    pub memory_processed: u64,
    /// Of that, left, where it is known; else it is what the others say: the total without what is done, and nothing once the job has
    /// completed.
    pub memory_left: Option<u64>,
    /// Which pass over the memory this is, from 1; 0 where they are not counted.
    pub memory_iteration: u64,
    /// Pieces of memory that the destination has got since it runs the guest: not 0 in post-copy.
    pub postcopy_requests: u64,
    /// How long the guest was paused for it, so far or in all.
    pub downtime: Duration,
    /// Further figures, by libvirt's names and types for them (`VIR_DOMAIN_JOB_*` without the prefix, in small letters), such as
    /// `memory_dirty_rate`, `memory_bps`, `memory_page_size`, `setup_time` or `compression_cache`: told behind those above, of which none is
    /// told twice, and no more than 64 in all. `disk_total`, `disk_processed` and `disk_remaining` are added to the memory's in what is told of
    /// all data, and are what older clients are told of files.
    pub more: TypedParams,
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
            memory_left: None,
            memory_iteration: 0,
            postcopy_requests: 0,
            downtime: Duration::ZERO,
            more: TypedParams::new(),
        }
    }

    /// What is left of the memory, in bytes.
    pub fn memory_remaining(&self) -> u64 {
        match self.kind {
            JobKind::Completed => self.memory_left.unwrap_or(0),
            _ => self.memory_left.unwrap_or(self.memory_total.saturating_sub(self.memory_processed)),
        }
    }

    /// Its memory: in all, done and left.
    pub(crate) fn memory(&self) -> [u64; 3] {
        [self.memory_total, self.memory_processed, self.memory_remaining()]
    }

    /// Its disks, as far as there is a word of them.
    pub(crate) fn disks(&self) -> [u64; 3] {
        ["disk_total", "disk_processed", "disk_remaining"].map(|name| self.more.u64(name).unwrap_or(0))
    }

    /// Both.
    pub(crate) fn data(&self) -> [u64; 3] {
        let ([total, done, left], disks) = (self.memory(), self.disks());
        [total.saturating_add(disks[0]), done.saturating_add(disks[1]), left.saturating_add(disks[2])]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_what_is_said_and_else_follows() {
        let job = Job { memory_processed: 225, ..Job::begun(JobOperation::MigrationOut, 100) };
        assert_eq!(job.memory_remaining(), 0);
        assert_eq!(Job { memory_left: Some(25), ..job.clone() }.memory_remaining(), 25);
        assert_eq!(Job { memory_processed: 40, ..job.clone() }.memory_remaining(), 60);
        let done = Job { kind: JobKind::Completed, memory_processed: 70, ..job };
        assert_eq!(done.memory_remaining(), 0, "it is over");
    }
}
