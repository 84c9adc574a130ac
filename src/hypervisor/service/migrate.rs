//! Moving domains, and the jobs that this makes.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::migrate::MigrateFlags;
use virtwire_protocol::remote::{
    DomainAbortJob, DomainAbortJobFlags, DomainGetJobInfo, DomainGetJobInfoReply, DomainGetJobStats,
    DomainGetJobStatsReply, DomainMigrateFinish, DomainMigrateFinish2, DomainMigrateFinish2Reply,
    DomainMigrateFinishReply, DomainMigrateGetMaxDowntime, DomainMigrateGetMaxDowntimeReply,
    DomainMigrateGetMaxSpeed, DomainMigrateGetMaxSpeedReply, DomainMigratePerform, DomainMigratePrepare,
    DomainMigratePrepare2, DomainMigratePrepare2Reply, DomainMigratePrepareReply,
    DomainMigrateSetMaxDowntime, DomainMigrateSetMaxSpeed, TypedParam, TypedParamValue,
};

use super::super::{
    Finish, Hypervisor, Job, MigrationVersion, Perform, Prepare, Prepared, Result, Uuid, errors,
};
use super::HypervisorService;
use super::wire::{domain, known_name, new_name, uri, xml};
use crate::server::CallContext;

const STATS_COMPLETED: u32 = 1;
const STATS_KEEP: u32 = 2;

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) async fn domain_migrate_prepare(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePrepare,
    ) -> Result<DomainMigratePrepareReply> {
        let request = Prepare {
            uri_in: arguments.uri_in.map(uri).transpose()?,
            flags: MigrateFlags(arguments.flags),
            dname: arguments.dname.map(new_name).transpose()?,
            dom_xml: None,
        };
        let Prepared { cookie, uri_out, .. } = self.prepare(cx, request).await?;
        Ok(DomainMigratePrepareReply { cookie, uri_out: uri_out.map(Into::into) })
    }

    pub(super) async fn domain_migrate_prepare2(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePrepare2,
    ) -> Result<DomainMigratePrepare2Reply> {
        let request = Prepare {
            uri_in: arguments.uri_in.map(uri).transpose()?,
            flags: MigrateFlags(arguments.flags),
            dname: arguments.dname.map(new_name).transpose()?,
            dom_xml: Some(xml(arguments.dom_xml)?),
        };
        let Prepared { cookie, uri_out, .. } = self.prepare(cx, request).await?;
        Ok(DomainMigratePrepare2Reply { cookie, uri_out: uri_out.map(Into::into) })
    }

    /// Prepares on behalf of a connection: the guest goes when it does.
    async fn prepare(&self, cx: &CallContext, request: Prepare) -> Result<Prepared> {
        let prepared = self.hypervisor.migrate_prepare(request).await?;
        // The hypervisor is asked while the clients are not locked: it tells them of events under its own lock.
        for incoming in self.clients.incoming(cx) {
            if !self.hypervisor.migrate_expects(incoming) {
                self.clients.disowns(cx, incoming);
            }
        }
        match self.clients.owns(cx, prepared.incoming) {
            Ok(()) => Ok(prepared),
            Err(error) => {
                self.hypervisor.migrate_abandon(prepared.incoming);
                Err(error)
            }
        }
    }

    pub(super) async fn domain_migrate_perform(
        &self,
        _: &CallContext,
        arguments: DomainMigratePerform,
    ) -> Result<()> {
        let request = Perform {
            domain: Uuid(arguments.dom.uuid),
            cookie: arguments.cookie,
            uri: uri(arguments.uri)?,
            flags: MigrateFlags(arguments.flags),
            dname: arguments.dname.map(new_name).transpose()?,
            bandwidth_mib_s: arguments.resource,
        };
        self.hypervisor.migrate_perform(request).await
    }

    pub(super) async fn domain_migrate_finish(
        &self,
        _: &CallContext,
        arguments: DomainMigrateFinish,
    ) -> Result<DomainMigrateFinishReply> {
        let request = Finish {
            version: MigrationVersion::V1,
            dname: known_name(&arguments.dname)?,
            cookie: arguments.cookie,
            uri: uri(arguments.uri)?,
            flags: MigrateFlags(arguments.flags),
        };
        let moved = self.hypervisor.migrate_finish(request).await?;
        Ok(DomainMigrateFinishReply { ddom: domain(&moved) })
    }

    /// A cancelled one never returns a domain: code 93 says that all is cleaned up.
    pub(super) async fn domain_migrate_finish2(
        &self,
        _: &CallContext,
        arguments: DomainMigrateFinish2,
    ) -> Result<DomainMigrateFinish2Reply> {
        let request = Finish {
            version: MigrationVersion::V2,
            dname: known_name(&arguments.dname)?,
            cookie: arguments.cookie,
            uri: uri(arguments.uri)?,
            flags: MigrateFlags(arguments.flags),
        };
        if arguments.retcode != 0 {
            self.hypervisor.migrate_cancel(request).await?;
            return Err(RemoteError::new(ErrorCode::MIGRATE_FINISH_OK, ErrorDomain::QEMU, ""));
        }
        let moved = self.hypervisor.migrate_finish(request).await?;
        Ok(DomainMigrateFinish2Reply { ddom: domain(&moved) })
    }

    pub(super) async fn domain_migrate_get_max_speed(
        &self,
        _: &CallContext,
        arguments: DomainMigrateGetMaxSpeed,
    ) -> Result<DomainMigrateGetMaxSpeedReply> {
        errors::check_flags(arguments.flags, 0, "domain_migrate_get_max_speed")?;
        let bandwidth = self.hypervisor.max_speed_mib_s(Uuid(arguments.dom.uuid)).await?;
        Ok(DomainMigrateGetMaxSpeedReply { bandwidth })
    }

    pub(super) async fn domain_migrate_set_max_speed(
        &self,
        _: &CallContext,
        arguments: DomainMigrateSetMaxSpeed,
    ) -> Result<()> {
        errors::check_flags(arguments.flags, 0, "domain_migrate_set_max_speed")?;
        self.hypervisor.set_max_speed_mib_s(Uuid(arguments.dom.uuid), arguments.bandwidth).await
    }

    pub(super) async fn domain_migrate_get_max_downtime(
        &self,
        _: &CallContext,
        arguments: DomainMigrateGetMaxDowntime,
    ) -> Result<DomainMigrateGetMaxDowntimeReply> {
        errors::check_flags(arguments.flags, 0, "domain_migrate_get_max_downtime")?;
        let downtime = self.hypervisor.max_downtime_ms(Uuid(arguments.dom.uuid)).await?;
        Ok(DomainMigrateGetMaxDowntimeReply { downtime })
    }

    pub(super) async fn domain_migrate_set_max_downtime(
        &self,
        _: &CallContext,
        arguments: DomainMigrateSetMaxDowntime,
    ) -> Result<()> {
        errors::check_flags(arguments.flags, 0, "domain_migrate_set_max_downtime")?;
        self.hypervisor.set_max_downtime_ms(Uuid(arguments.dom.uuid), arguments.downtime).await
    }

    pub(super) async fn domain_get_job_info(
        &self,
        _: &CallContext,
        arguments: DomainGetJobInfo,
    ) -> Result<DomainGetJobInfoReply> {
        let Some(job) = self.hypervisor.job(Uuid(arguments.dom.uuid)).await? else {
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
        errors::check_flags(arguments.flags, (STATS_COMPLETED | STATS_KEEP).into(), "domain_get_job_stats")?;
        let uuid = Uuid(arguments.dom.uuid);
        let job = match arguments.flags & STATS_COMPLETED {
            0 => self.hypervisor.job(uuid).await?,
            _ => self.hypervisor.completed_job(uuid, arguments.flags & STATS_KEEP != 0).await?,
        };
        Ok(match job {
            None => DomainGetJobStatsReply { r#type: 0, params: Vec::new() },
            Some(job) => DomainGetJobStatsReply { r#type: job.kind.into(), params: stats(&job) },
        })
    }

    pub(super) async fn domain_abort_job(&self, _: &CallContext, arguments: DomainAbortJob) -> Result<()> {
        self.hypervisor.abort_job(Uuid(arguments.dom.uuid)).await
    }

    pub(super) async fn domain_abort_job_flags(
        &self,
        _: &CallContext,
        arguments: DomainAbortJobFlags,
    ) -> Result<()> {
        errors::check_flags(arguments.flags, 0, "domain_abort_job_flags")?;
        self.hypervisor.abort_job(Uuid(arguments.dom.uuid)).await
    }
}

/// A job's numbers, by libvirt's names for them.
fn stats(job: &Job) -> Vec<TypedParam> {
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
    ]
}

fn milliseconds(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
