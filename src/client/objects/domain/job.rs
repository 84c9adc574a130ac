//! The job that a domain is busy with, and the tunables of a migration.

use std::time::Duration;

use virtwire_protocol::enums::{JobKind, JobOperation};
use virtwire_protocol::flags::{AbortJobFlags, DirtyRateFlags, JobStatsFlags, MigrateMaxSpeedFlags};
use virtwire_protocol::params::TypedParams;
use virtwire_protocol::remote::DomainGetJobInfoReply;

use super::Domain;
use crate::client::CallError;

/// How far a job is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct JobStats {
    /// Whether it runs, or how it ended.
    pub kind: JobKind,
    /// The figures: `data_total`, `memory_processed`, `disk_remaining` in bytes, and so on.
    pub params: TypedParams,
}

impl JobStats {
    /// What the job does, where it is told.
    pub fn operation(&self) -> Option<JobOperation> {
        self.params.i32("operation").map(JobOperation::from)
    }

    /// How long it has run.
    pub fn elapsed(&self) -> Option<Duration> {
        self.params.u64("time_elapsed").map(Duration::from_millis)
    }

    /// How long the guest was paused for it, or is expected to be.
    pub fn downtime(&self) -> Option<Duration> {
        self.params.u64("downtime").map(Duration::from_millis)
    }
}

impl Domain {
    /// How far its job is, in the few figures that every daemon has.
    pub async fn job_info(&self) -> Result<DomainGetJobInfoReply, CallError> {
        self.connection.domain_get_job_info(&self.wire).await
    }

    /// How far its job is, or how the last one went (libvirt 1.0.3).
    pub async fn job_stats(&self, flags: JobStatsFlags) -> Result<JobStats, CallError> {
        let reply = self.connection.domain_get_job_stats(&self.wire, flags.bits()).await?;
        Ok(JobStats { kind: reply.r#type.into(), params: reply.params.into() })
    }

    /// Ends its job.
    pub async fn abort_job(&self) -> Result<(), CallError> {
        self.connection.domain_abort_job(&self.wire).await
    }

    /// The same with flags (libvirt 8.5).
    pub async fn abort_job_with(&self, flags: AbortJobFlags) -> Result<(), CallError> {
        self.connection.domain_abort_job_flags(&self.wire, flags.bits()).await
    }

    /// How long a live migration may pause the guest at its end (libvirt 3.7).
    pub async fn migrate_max_downtime(&self) -> Result<Duration, CallError> {
        let reply = self.connection.domain_migrate_get_max_downtime(&self.wire, 0).await?;
        Ok(Duration::from_millis(reply.downtime))
    }

    /// Says how long a live migration may pause the guest at its end; whole milliseconds.
    pub async fn set_migrate_max_downtime(&self, downtime: Duration) -> Result<(), CallError> {
        let milliseconds = downtime.as_millis().try_into().unwrap_or(u64::MAX);
        self.connection.domain_migrate_set_max_downtime(&self.wire, milliseconds, 0).await
    }

    /// How fast a migration may send, MiB/s (libvirt 0.9.5).
    pub async fn migrate_max_speed(&self) -> Result<u64, CallError> {
        Ok(self.connection.domain_migrate_get_max_speed(&self.wire, 0).await?.bandwidth)
    }

    /// Says how fast a migration may send, MiB/s (libvirt 0.9.0).
    pub async fn set_migrate_max_speed(&self, mib_per_second: u64) -> Result<(), CallError> {
        self.connection.domain_migrate_set_max_speed(&self.wire, mib_per_second, 0).await
    }

    /// How fast a migration may send, MiB/s, in the part that the flags name (libvirt 5.1).
    pub async fn migrate_max_speed_with(&self, flags: MigrateMaxSpeedFlags) -> Result<u64, CallError> {
        Ok(self.connection.domain_migrate_get_max_speed(&self.wire, flags.bits()).await?.bandwidth)
    }

    /// Says how fast a migration may send, MiB/s, in the part that the flags name (libvirt 5.1).
    pub async fn set_migrate_max_speed_with(
        &self,
        mib_per_second: u64,
        flags: MigrateMaxSpeedFlags,
    ) -> Result<(), CallError> {
        self.connection.domain_migrate_set_max_speed(&self.wire, mib_per_second, flags.bits()).await
    }

    /// The room for finding repetitions in a compressed migration, bytes (libvirt 1.0.3).
    pub async fn migrate_compression_cache(&self) -> Result<u64, CallError> {
        Ok(self.connection.domain_migrate_get_compression_cache(&self.wire, 0).await?.cache_size)
    }

    /// Sets the room for finding repetitions in a compressed migration, bytes (libvirt 1.0.3).
    pub async fn set_migrate_compression_cache(&self, bytes: u64) -> Result<(), CallError> {
        self.connection.domain_migrate_set_compression_cache(&self.wire, bytes, 0).await
    }

    /// Lets a migration that allows it go on to post-copy now (libvirt 1.3.3).
    pub async fn migrate_start_post_copy(&self) -> Result<(), CallError> {
        self.connection.domain_migrate_start_post_copy(&self.wire, 0).await
    }

    /// Begins to measure for so long, 1 to 60 whole seconds, how fast the guest writes to memory; `dirtyrate.` of its stats tells
    /// then (libvirt 7.2).
    pub async fn measure_dirty_rate(&self, length: Duration) -> Result<(), CallError> {
        self.measure_dirty_rate_with(length, DirtyRateFlags::NONE).await
    }

    /// The same in a way of the caller's choice (libvirt 8.1).
    pub async fn measure_dirty_rate_with(
        &self,
        length: Duration,
        flags: DirtyRateFlags,
    ) -> Result<(), CallError> {
        let seconds = length.as_secs().try_into().unwrap_or(i32::MAX);
        self.connection.domain_start_dirty_rate_calc(&self.wire, seconds, flags.bits()).await
    }
}
