//! Moving domains, versions 1 and 2.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::migrate::MigrateFlags;
use virtwire_protocol::params::TypedParams;
use virtwire_protocol::remote::{
    Domain, DomainMigrateFinish, DomainMigrateFinish2, DomainMigrateFinish2Reply, DomainMigrateFinishReply,
    DomainMigratePerform, DomainMigratePrepare, DomainMigratePrepare2, DomainMigratePrepare2Reply,
    DomainMigratePrepareReply, DomainMigratePrepareTunnel,
};

use super::super::{
    Finish, Hypervisor, MigrationVersion, OutgoingId, Perform, Prepare, Prepared, Result, Uuid, errors,
};
use super::HypervisorService;
use super::clients::HalfDone;
use super::wire::{domain, known_name, new_name, uri, xml};
use crate::server::{CallContext, Stream};
use virtwire_xdr::Text;

/// What a client asks of a source that is to drive the migration: Perform, in any form.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) dom: Domain,
    pub(super) cookie: Vec<u8>,
    pub(super) dconnuri: Option<Text>,
    pub(super) uri: Option<Text>,
    pub(super) flags: MigrateFlags,
    pub(super) dname: Option<Text>,
    pub(super) resource: u64,
    pub(super) xml: Option<Text>,
    pub(super) params: TypedParams,
}

/// Whether a Perform has this daemon drive the migration.
///
/// # Errors
/// Code 55 where it is to tunnel what it does not drive.
pub(super) fn driven_here(flags: MigrateFlags) -> Result<bool> {
    let driven = flags.has(MigrateFlags::PEER2PEER);
    match flags.has(MigrateFlags::TUNNELLED) && !driven {
        true => Err(errors::invalid("cannot perform tunnelled migration without using peer2peer flag")),
        false => Ok(driven),
    }
}

fn wrong_way(detail: &str) -> RemoteError {
    RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::QEMU, detail)
}

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
            bandwidth_mib_s: arguments.resource,
            params: TypedParams::new(),
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
            bandwidth_mib_s: arguments.resource,
            params: TypedParams::new(),
        };
        let Prepared { cookie, uri_out, .. } = self.prepare(cx, request).await?;
        Ok(DomainMigratePrepare2Reply { cookie, uri_out: uri_out.map(Into::into) })
    }

    /// Prepares on behalf of a connection: the guest goes when it does.
    pub(super) async fn prepare(&self, cx: &CallContext, request: Prepare) -> Result<Prepared> {
        if request.flags.has(MigrateFlags::TUNNELLED) {
            return Err(wrong_way("Tunnelled migration requested but invalid RPC method called"));
        }
        let prepared = self.step_prepare(request, None).await?;
        self.answers_for(cx, HalfDone::Incoming(prepared.incoming))?;
        Ok(prepared)
    }

    /// The same for a guest that comes through a tunnel.
    pub(super) async fn prepare_tunnel(
        &self,
        cx: &CallContext,
        request: Prepare,
        stream: Stream,
    ) -> Result<Prepared> {
        if !request.flags.has(MigrateFlags::TUNNELLED) {
            return Err(wrong_way("PrepareTunnel called but no TUNNELLED flag set"));
        }
        let prepared = self.step_prepare(request, Some(stream)).await?;
        self.answers_for(cx, HalfDone::Incoming(prepared.incoming))?;
        Ok(prepared)
    }

    /// From now on a migration depends on the connection.
    pub(super) fn answers_for(&self, cx: &CallContext, migration: HalfDone) -> Result<()> {
        // The hypervisor is asked while the clients are not locked: it tells them of events under its own lock.
        for known in self.clients.half_done(cx) {
            let is_under_way = match known {
                HalfDone::Incoming(id) => self.expects(id),
                HalfDone::Outgoing(id) => self.is_held(id),
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
            HalfDone::Incoming(id) => self.abandon(id),
            HalfDone::Outgoing(id) => self.release(id),
        }
    }

    pub(super) async fn domain_migrate_prepare_tunnel(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePrepareTunnel,
        stream: Stream,
    ) -> Result<()> {
        let request = Prepare {
            version: MigrationVersion::V2,
            cookie: Vec::new(),
            uri_in: None,
            flags: MigrateFlags(arguments.flags),
            dname: arguments.dname.map(new_name).transpose()?,
            dom_xml: Some(xml(arguments.dom_xml)?),
            bandwidth_mib_s: arguments.resource,
            params: TypedParams::new(),
        };
        self.prepare_tunnel(cx, request, stream).await.map(drop)
    }

    pub(super) async fn domain_migrate_perform(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePerform,
    ) -> Result<()> {
        self.may_leave(&arguments.dom).await?;
        let flags = MigrateFlags(arguments.flags);
        if driven_here(flags)? {
            let DomainMigratePerform { dom, cookie, uri, dname, resource, .. } = arguments;
            let asked =
                Asked { dom, cookie, dconnuri: Some(uri), flags, dname, resource, ..Asked::default() };
            return self.drive(cx, asked).await;
        }
        self.check_not_driven(&arguments.dom)?;
        let request = Perform {
            keeps: false,
            holds: Vec::new(),
            domain: Uuid(arguments.dom.uuid),
            cookie: arguments.cookie,
            uri: uri(arguments.uri)?,
            flags,
            dname: arguments.dname.map(new_name).transpose()?,
            bandwidth_mib_s: arguments.resource,
            xml: None,
            params: TypedParams::new(),
        };
        self.step_perform(request, None).await.map(drop)
    }

    /// Peer to peer: this daemon drives the migration.
    #[cfg(feature = "migrate")]
    pub(super) async fn drive(&self, cx: &CallContext, asked: Asked) -> Result<()> {
        use virtwire_protocol::migrate::{Domain, DomainXml, Request};
        let Asked { dom, cookie, dconnuri, uri, flags, dname, resource, xml, params } = asked;
        let dconnuri = dconnuri.ok_or_else(|| {
            errors::invalid_argument("a peer-to-peer migration needs the destination's URI (dconnuri)")
        })?;
        let domain = Domain { name: dom.name.clone(), uuid: dom.uuid, id: dom.id };
        let (persistent_xml, params) = super::migrate_params::for_the_engine(params)?;
        let request = Request {
            uri,
            dname,
            flags,
            bandwidth_mib_s: resource,
            xml: xml.map(DomainXml),
            persistent_xml,
            params,
            ..Request::live(domain)
        };
        self.peer_to_peer(cx, super::p2p::Wanted { dom, dconnuri, cookie, request }).await
    }

    #[cfg(not(feature = "migrate"))]
    pub(super) async fn drive(&self, _: &CallContext, _: Asked) -> Result<()> {
        Err(errors::unsupported_argument("this host does not migrate peer to peer"))
    }

    /// Cancels, and says so: code 93 where all is cleaned up.
    pub(super) async fn cancelled(&self, request: Finish) -> RemoteError {
        match self.step_cancel(request).await {
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
            params: TypedParams::new(),
        };
        let moved = self.step_finish(request).await?;
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
            params: TypedParams::new(),
        };
        if arguments.retcode != 0 {
            return Err(self.cancelled(request).await);
        }
        let moved = self.step_finish(request).await?;
        Ok(DomainMigrateFinish2Reply { ddom: domain(&moved.domain) })
    }
}
