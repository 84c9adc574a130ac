//! Jobs, and the limits on those that move domains.

use virtwire_protocol::remote::{
    DomainAbortJob, DomainAbortJobFlags, DomainGetJobInfo, DomainGetJobInfoReply, DomainGetJobStats,
    DomainGetJobStatsReply, DomainMigrateGetMaxDowntime, DomainMigrateGetMaxDowntimeReply,
    DomainMigrateGetMaxSpeed, DomainMigrateGetMaxSpeedReply, DomainMigrateSetMaxDowntime,
    DomainMigrateSetMaxSpeed, DomainMigrateStartPostCopy, TypedParam, TypedParamValue,
};

use super::super::{Hypervisor, Job, Jobs, Result, Uuid};
use super::HypervisorService;
use crate::server::CallContext;

pub(super) const STATS_COMPLETED: u32 = 1;
pub(super) const STATS_KEEP: u32 = 2;
pub(super) const ABORT_POST_COPY: u32 = 1;

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) async fn domain_migrate_get_max_speed(
        &self,
        _: &CallContext,
        arguments: DomainMigrateGetMaxSpeed,
    ) -> Result<DomainMigrateGetMaxSpeedReply> {
        let bandwidth = self.max_speed_mib_s(Uuid(arguments.dom.uuid)).await?;
        Ok(DomainMigrateGetMaxSpeedReply { bandwidth })
    }

    pub(super) async fn domain_migrate_set_max_speed(
        &self,
        _: &CallContext,
        arguments: DomainMigrateSetMaxSpeed,
    ) -> Result<()> {
        self.set_max_speed_mib_s(Uuid(arguments.dom.uuid), arguments.bandwidth).await
    }

    pub(super) async fn domain_migrate_get_max_downtime(
        &self,
        _: &CallContext,
        arguments: DomainMigrateGetMaxDowntime,
    ) -> Result<DomainMigrateGetMaxDowntimeReply> {
        let downtime = self.hypervisor.jobs().max_downtime_ms(Uuid(arguments.dom.uuid)).await?;
        Ok(DomainMigrateGetMaxDowntimeReply { downtime })
    }

    pub(super) async fn domain_migrate_set_max_downtime(
        &self,
        _: &CallContext,
        arguments: DomainMigrateSetMaxDowntime,
    ) -> Result<()> {
        self.hypervisor.jobs().set_max_downtime_ms(Uuid(arguments.dom.uuid), arguments.downtime).await
    }

    pub(super) async fn domain_get_job_info(
        &self,
        _: &CallContext,
        arguments: DomainGetJobInfo,
    ) -> Result<DomainGetJobInfoReply> {
        let Some(job) = self.job(Uuid(arguments.dom.uuid)).await? else {
            return Ok(DomainGetJobInfoReply::default());
        };
        let (total, processed, remaining) = (job.memory_total, job.memory_processed, job.memory_remaining());
        Ok(DomainGetJobInfoReply {
            r#type: job.kind.into(),
            time_elapsed: milliseconds(job.elapsed),
            time_remaining: 0,
            data_total: total,
            data_processed: processed,
            data_remaining: remaining,
            mem_total: total,
            mem_processed: processed,
            mem_remaining: remaining,
            file_total: 0,
            file_processed: 0,
            file_remaining: 0,
        })
    }

    pub(super) async fn domain_get_job_stats(
        &self,
        _: &CallContext,
        arguments: DomainGetJobStats,
    ) -> Result<DomainGetJobStatsReply> {
        let uuid = Uuid(arguments.dom.uuid);
        let job = match arguments.flags & STATS_COMPLETED {
            0 => self.job(uuid).await?,
            _ => self.completed_job(uuid, arguments.flags & STATS_KEEP != 0).await?,
        };
        Ok(match job {
            None => DomainGetJobStatsReply { r#type: 0, params: Vec::new() },
            Some(job) => DomainGetJobStatsReply { r#type: job.kind.into(), params: stats(&job) },
        })
    }

    pub(super) async fn domain_abort_job(&self, _: &CallContext, arguments: DomainAbortJob) -> Result<()> {
        self.abort_job(Uuid(arguments.dom.uuid)).await
    }

    pub(super) async fn domain_abort_job_flags(
        &self,
        _: &CallContext,
        arguments: DomainAbortJobFlags,
    ) -> Result<()> {
        let domain = Uuid(arguments.dom.uuid);
        match arguments.flags & ABORT_POST_COPY {
            0 => self.abort_job(domain).await,
            _ => self.hypervisor.jobs().pause_post_copy(domain).await,
        }
    }

    pub(super) async fn domain_migrate_start_post_copy(
        &self,
        _: &CallContext,
        arguments: DomainMigrateStartPostCopy,
    ) -> Result<()> {
        self.hypervisor.jobs().start_post_copy(Uuid(arguments.dom.uuid)).await
    }
}

/// A job's numbers, by libvirt's names for them.
pub(super) fn stats(job: &Job) -> Vec<TypedParam> {
    let number =
        |field: &str, value: u64| TypedParam { field: field.into(), value: TypedParamValue::ULLong(value) };
    let (total, processed, remaining) = (job.memory_total, job.memory_processed, job.memory_remaining());
    vec![
        TypedParam { field: "operation".into(), value: TypedParamValue::Int(job.operation.into()) },
        number("time_elapsed", milliseconds(job.elapsed)),
        number("downtime", milliseconds(job.downtime)),
        number("data_total", total),
        number("data_processed", processed),
        number("data_remaining", remaining),
        number("memory_total", total),
        number("memory_processed", processed),
        number("memory_remaining", remaining),
        number("memory_iteration", job.memory_iteration),
        number("memory_postcopy_requests", job.postcopy_requests),
    ]
}

fn milliseconds(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
