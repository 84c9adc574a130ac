//! Jobs, and the limits on those that move domains.

use virtwire_protocol::remote::{
    DOMAIN_JOB_STATS_MAX, DomainAbortJob, DomainAbortJobFlags, DomainGetJobInfo, DomainGetJobInfoReply,
    DomainGetJobStats, DomainGetJobStatsReply, DomainMigrateGetMaxDowntime, DomainMigrateGetMaxDowntimeReply,
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
        let job = self.job(Uuid(arguments.dom.uuid)).await?;
        Ok(job.as_ref().map(info).unwrap_or_default())
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

/// What older clients are told of a job.
fn info(job: &Job) -> DomainGetJobInfoReply {
    let [data_total, data_processed, data_remaining] = job.data();
    let [mem_total, mem_processed, mem_remaining] = job.memory();
    let [file_total, file_processed, file_remaining] = job.disks();
    DomainGetJobInfoReply {
        r#type: job.kind.into(),
        time_elapsed: milliseconds(job.elapsed),
        time_remaining: job.more.u64("time_remaining").unwrap_or(0),
        data_total,
        data_processed,
        data_remaining,
        mem_total,
        mem_processed,
        mem_remaining,
        file_total,
        file_processed,
        file_remaining,
    }
}

/// A job's numbers, by libvirt's names for them, each told once, and no more of them than a reply takes.
pub(super) fn stats(job: &Job) -> Vec<TypedParam> {
    let number =
        |field: &str, value: u64| TypedParam { field: field.into(), value: TypedParamValue::ULLong(value) };
    let ([data_total, data_processed, data_remaining], [total, processed, remaining]) =
        (job.data(), job.memory());
    let own = vec![
        TypedParam { field: "operation".into(), value: TypedParamValue::Int(job.operation.into()) },
        number("time_elapsed", milliseconds(job.elapsed)),
        number("downtime", milliseconds(job.downtime)),
        number("data_total", data_total),
        number("data_processed", data_processed),
        number("data_remaining", data_remaining),
        number("memory_total", total),
        number("memory_processed", processed),
        number("memory_remaining", remaining),
        number("memory_iteration", job.memory_iteration),
        number("memory_postcopy_requests", job.postcopy_requests),
    ];
    let is_new = |more: &&TypedParam| own.iter().all(|known| known.field != more.field);
    let more: Vec<_> = job.more.iter().filter(is_new).cloned().collect();
    own.into_iter().chain(more).take(DOMAIN_JOB_STATS_MAX as usize).collect()
}

fn milliseconds(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use virtwire_protocol::params::TypedParams;

    use super::*;
    use crate::hypervisor::JobOperation;

    fn copying() -> Job {
        let named =
            [("disk_total", 1_000_u64), ("disk_processed", 400), ("disk_remaining", 600), ("memory_bps", 5)];
        let mut more = TypedParams::new();
        for (name, value) in named {
            more.push(name, value).unwrap();
        }
        more.push("auto_converge_throttle", 20).unwrap();
        Job { memory_processed: 30, more, ..Job::begun(JobOperation::MigrationOut, 100) }
    }

    #[test]
    fn further_figures_are_told_behind_ours_and_none_twice() {
        let mut job = copying();
        // A field of its own says this.
        job.more.push("memory_total", 7_u64).unwrap();
        let stats = TypedParams::from(stats(&job));
        let told = [
            "memory_total",
            "data_total",
            "data_processed",
            "data_remaining",
            "disk_remaining",
            "memory_bps",
        ];
        assert_eq!(told.map(|name| stats.u64(name)), [100, 1_100, 430, 670, 600, 5].map(Some));
        assert_eq!(stats.i32("auto_converge_throttle"), Some(20));
        assert_eq!(stats.all("memory_total").count(), 1);
    }

    #[test]
    fn no_more_figures_are_told_than_a_reply_takes() {
        let mut job = copying();
        for number in 0..100 {
            job.more.push(&format!("figure.{number}"), number).unwrap();
        }
        assert_eq!(stats(&job).len(), 64);
    }

    #[test]
    fn older_clients_are_told_of_disks_as_files() {
        let told = info(&copying());
        assert_eq!([told.file_total, told.file_processed, told.file_remaining], [1_000, 400, 600]);
        assert_eq!([told.mem_total, told.mem_processed, told.mem_remaining], [100, 30, 70]);
        assert_eq!([told.data_total, told.data_processed, told.data_remaining], [1_100, 430, 670]);
    }
}
