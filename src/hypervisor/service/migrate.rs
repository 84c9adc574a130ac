//! Moving domains, versions 1 and 2.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::migrate::MigrateFlags;
use virtwire_protocol::remote::{
    DomainMigrateFinish, DomainMigrateFinish2, DomainMigrateFinish2Reply, DomainMigrateFinishReply,
    DomainMigratePerform, DomainMigratePrepare, DomainMigratePrepare2, DomainMigratePrepare2Reply,
    DomainMigratePrepareReply,
};

use super::super::{
    Finish, Hypervisor, MigrationVersion, OutgoingId, Perform, Prepare, Prepared, Result, Uuid,
};
use super::HypervisorService;
use super::clients::HalfDone;
use super::wire::{domain, known_name, new_name, uri, xml};
use crate::server::CallContext;

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) async fn domain_migrate_prepare(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePrepare,
    ) -> Result<DomainMigratePrepareReply> {
        let request = Prepare {
            version: MigrationVersion::V1,
            cookie: Vec::new(),
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
            version: MigrationVersion::V2,
            cookie: Vec::new(),
            uri_in: arguments.uri_in.map(uri).transpose()?,
            flags: MigrateFlags(arguments.flags),
            dname: arguments.dname.map(new_name).transpose()?,
            dom_xml: Some(xml(arguments.dom_xml)?),
        };
        let Prepared { cookie, uri_out, .. } = self.prepare(cx, request).await?;
        Ok(DomainMigratePrepare2Reply { cookie, uri_out: uri_out.map(Into::into) })
    }

    /// Prepares on behalf of a connection: the guest goes when it does.
    pub(super) async fn prepare(&self, cx: &CallContext, request: Prepare) -> Result<Prepared> {
        let prepared = self.hypervisor.migrate_prepare(request).await?;
        self.answers_for(cx, HalfDone::Incoming(prepared.incoming))?;
        Ok(prepared)
    }

    /// From now on a migration depends on the connection.
    pub(super) fn answers_for(&self, cx: &CallContext, migration: HalfDone) -> Result<()> {
        // The hypervisor is asked while the clients are not locked: it tells them of events under its own lock.
        for known in self.clients.half_done(cx) {
            let is_under_way = match known {
                HalfDone::Incoming(id) => self.hypervisor.migrate_expects(id),
                HalfDone::Outgoing(id) => self.hypervisor.migrate_holds(id),
            };
            if !is_under_way {
                self.clients.disowns(cx, known);
            }
        }
        self.clients.owns(cx, migration).inspect_err(|_| self.give_up(migration))
    }

    /// The guests that the connection holds for their migrations.
    pub(super) fn holds(&self, cx: &CallContext) -> Vec<OutgoingId> {
        let outgoing = |migration| match migration {
            HalfDone::Outgoing(id) => Some(id),
            HalfDone::Incoming(_) => None,
        };
        self.clients.half_done(cx).into_iter().filter_map(outgoing).collect()
    }

    pub(super) fn give_up(&self, migration: HalfDone) {
        match migration {
            HalfDone::Incoming(id) => self.hypervisor.migrate_abandon(id),
            HalfDone::Outgoing(id) => self.hypervisor.migrate_release(id),
        }
    }

    pub(super) async fn domain_migrate_perform(
        &self,
        _: &CallContext,
        arguments: DomainMigratePerform,
    ) -> Result<()> {
        let request = Perform {
            keeps: false,
            holds: Vec::new(),
            domain: Uuid(arguments.dom.uuid),
            cookie: arguments.cookie,
            uri: uri(arguments.uri)?,
            flags: MigrateFlags(arguments.flags),
            dname: arguments.dname.map(new_name).transpose()?,
            bandwidth_mib_s: arguments.resource,
        };
        self.hypervisor.migrate_perform(request).await.map(drop)
    }

    /// Cancels, and says so: code 93 where all is cleaned up.
    pub(super) async fn cancelled(&self, request: Finish) -> RemoteError {
        match self.hypervisor.migrate_cancel(request).await {
            Ok(()) => RemoteError::new(ErrorCode::MIGRATE_FINISH_OK, ErrorDomain::QEMU, ""),
            Err(error) => error,
        }
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
        Ok(DomainMigrateFinishReply { ddom: domain(&moved.domain) })
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
            return Err(self.cancelled(request).await);
        }
        let moved = self.hypervisor.migrate_finish(request).await?;
        Ok(DomainMigrateFinish2Reply { ddom: domain(&moved.domain) })
    }
}
