//! Moving domains, version 3: five steps, with fixed arguments or with typed parameters.

use virtwire_protocol::migrate::MigrateFlags;
use virtwire_protocol::remote::{
    Domain, DomainMigrateBegin3, DomainMigrateBegin3Params, DomainMigrateBegin3ParamsReply,
    DomainMigrateBegin3Reply, DomainMigrateConfirm3, DomainMigrateConfirm3Params, DomainMigrateFinish3,
    DomainMigrateFinish3Params, DomainMigrateFinish3ParamsReply, DomainMigrateFinish3Reply,
    DomainMigratePerform3, DomainMigratePerform3Params, DomainMigratePerform3ParamsReply,
    DomainMigratePerform3Reply, DomainMigratePrepare3, DomainMigratePrepare3Params,
    DomainMigratePrepare3ParamsReply, DomainMigratePrepare3Reply, DomainMigratePrepareTunnel3,
    DomainMigratePrepareTunnel3Params, DomainMigratePrepareTunnel3ParamsReply,
    DomainMigratePrepareTunnel3Reply,
};
use virtwire_xdr::Text;

use super::super::{
    Begin, Begun, Confirm, Finish, Finished, Hypervisor, MigrationVersion, Perform, Performed, Prepare,
    Prepared, Result, Uuid, errors,
};
use super::HypervisorService;
use super::clients::HalfDone;
use super::migrate::{Asked, driven_here, for_the_hypervisor};
use super::migrate_params::Params;
use super::wire::{domain, known_name, new_name, uri, xml};
use crate::server::{CallContext, Stream};

/// Prepare of a guest that comes through a tunnel, in either form.
fn through_tunnel(cookie: Vec<u8>, flags: u64, dname: Option<Text>, dom_xml: Text) -> Result<Prepare> {
    Ok(Prepare {
        version: MigrationVersion::V3,
        cookie,
        uri_in: None,
        flags: MigrateFlags(flags),
        dname: dname.map(new_name).transpose()?,
        dom_xml: Some(xml(dom_xml)?),
    })
}

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) async fn domain_migrate_begin3(
        &self,
        cx: &CallContext,
        arguments: DomainMigrateBegin3,
    ) -> Result<DomainMigrateBegin3Reply> {
        let DomainMigrateBegin3 { dom, xmlin, flags, dname, resource: _ } = arguments;
        let Begun { cookie, xml, .. } = self.begin(cx, &dom, xmlin, flags, dname).await?;
        Ok(DomainMigrateBegin3Reply { cookie_out: cookie, xml: xml.into() })
    }

    pub(super) async fn domain_migrate_begin3_params(
        &self,
        cx: &CallContext,
        arguments: DomainMigrateBegin3Params,
    ) -> Result<DomainMigrateBegin3ParamsReply> {
        let DomainMigrateBegin3Params { dom, params, flags } = arguments;
        let Params { destination_xml, destination_name, .. } = Params::read(params)?;
        let Begun { cookie, xml, .. } =
            self.begin(cx, &dom, destination_xml, flags.into(), destination_name).await?;
        Ok(DomainMigrateBegin3ParamsReply { cookie_out: cookie, xml: xml.into() })
    }

    async fn begin(
        &self,
        cx: &CallContext,
        dom: &Domain,
        wished: Option<Text>,
        flags: u64,
        dname: Option<Text>,
    ) -> Result<Begun> {
        self.may_leave(dom).await?;
        self.check_not_driven(dom)?;
        let request = Begin {
            domain: Uuid(dom.uuid),
            xml: wished.map(xml).transpose()?,
            flags: MigrateFlags(flags),
            dname: dname.map(new_name).transpose()?,
        };
        let begun = self.step_begin(request).await?;
        if let Some(id) = begun.outgoing {
            self.answers_for(cx, HalfDone::Outgoing(id))?;
        }
        Ok(begun)
    }

    pub(super) async fn domain_migrate_prepare3(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePrepare3,
    ) -> Result<DomainMigratePrepare3Reply> {
        let request = Prepare {
            version: MigrationVersion::V3,
            cookie: arguments.cookie_in,
            uri_in: arguments.uri_in.map(uri).transpose()?,
            flags: MigrateFlags(arguments.flags),
            dname: arguments.dname.map(new_name).transpose()?,
            dom_xml: Some(xml(arguments.dom_xml)?),
        };
        let Prepared { cookie, uri_out, .. } = self.prepare(cx, request).await?;
        Ok(DomainMigratePrepare3Reply { cookie_out: cookie, uri_out: uri_out.map(Into::into) })
    }

    pub(super) async fn domain_migrate_prepare3_params(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePrepare3Params,
    ) -> Result<DomainMigratePrepare3ParamsReply> {
        let mut params = Params::read(arguments.params)?;
        let request = Prepare {
            version: MigrationVersion::V3,
            cookie: arguments.cookie_in,
            dom_xml: Some(xml(params.xml()?)?),
            uri_in: params.migrate_uri.map(uri).transpose()?,
            flags: MigrateFlags(arguments.flags.into()),
            dname: params.destination_name.map(new_name).transpose()?,
        };
        let Prepared { cookie, uri_out, .. } = self.prepare(cx, request).await?;
        Ok(DomainMigratePrepare3ParamsReply { cookie_out: cookie, uri_out: uri_out.map(Into::into) })
    }

    pub(super) async fn domain_migrate_prepare_tunnel3(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePrepareTunnel3,
        stream: Stream,
    ) -> Result<DomainMigratePrepareTunnel3Reply> {
        let DomainMigratePrepareTunnel3 { cookie_in, flags, dname, dom_xml, .. } = arguments;
        let request = through_tunnel(cookie_in, flags, dname, dom_xml)?;
        let Prepared { cookie, .. } = self.prepare_tunnel(cx, request, stream).await?;
        Ok(DomainMigratePrepareTunnel3Reply { cookie_out: cookie })
    }

    pub(super) async fn domain_migrate_prepare_tunnel3_params(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePrepareTunnel3Params,
        stream: Stream,
    ) -> Result<DomainMigratePrepareTunnel3ParamsReply> {
        let DomainMigratePrepareTunnel3Params { params, cookie_in, flags } = arguments;
        let mut params = Params::read(params)?;
        let dom_xml = params.xml()?;
        let request = through_tunnel(cookie_in, flags.into(), params.destination_name, dom_xml)?;
        let Prepared { cookie, .. } = self.prepare_tunnel(cx, request, stream).await?;
        Ok(DomainMigratePrepareTunnel3ParamsReply { cookie_out: cookie })
    }

    pub(super) async fn domain_migrate_perform3(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePerform3,
    ) -> Result<DomainMigratePerform3Reply> {
        let DomainMigratePerform3 {
            dom,
            xmlin: xml,
            cookie_in: cookie,
            dconnuri,
            uri,
            flags,
            dname,
            resource,
        } = arguments;
        let flags = MigrateFlags(flags);
        let sending = Asked { dom, cookie, dconnuri, uri, flags, dname, resource, xml };
        Ok(DomainMigratePerform3Reply { cookie_out: self.perform3(cx, sending).await? })
    }

    pub(super) async fn domain_migrate_perform3_params(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePerform3Params,
    ) -> Result<DomainMigratePerform3ParamsReply> {
        let DomainMigratePerform3Params { dom, dconnuri, params, cookie_in, flags } = arguments;
        let params = Params::read(params)?;
        let sending = Asked {
            dom,
            cookie: cookie_in,
            dconnuri,
            uri: params.migrate_uri,
            flags: MigrateFlags(flags.into()),
            dname: params.destination_name,
            resource: params.bandwidth_mib_s.unwrap_or(0),
            xml: params.destination_xml,
        };
        Ok(DomainMigratePerform3ParamsReply { cookie_out: self.perform3(cx, sending).await? })
    }

    async fn perform3(&self, cx: &CallContext, sending: Asked) -> Result<Vec<u8>> {
        self.may_leave(&sending.dom).await?;
        if driven_here(sending.flags)? {
            // Whoever asks for all of it has no use for a cookie, and libvirt's client fails at one.
            return self.drive(cx, sending).await.map(|()| Vec::new());
        }
        if sending.dconnuri.is_some() {
            return Err(errors::unsupported_argument("a destination's URI is for peer-to-peer migration"));
        }
        // The configuration was the destination's; the guest that is sent is the one that runs.
        let to = sending.uri.ok_or_else(|| errors::invalid_argument("no migration URI passed"))?;
        // Nothing was prepared for it, and nobody will confirm that it is there. Who has a guest held since Begin will, and has lost a cookie.
        let is_managed = sending.flags.has(MigrateFlags::CHANGE_PROTECTION);
        if !is_managed {
            self.check_not_driven(&sending.dom)?;
        }
        let direct = sending.cookie.is_empty() && !is_managed && self.hypervisor.host().migration.direct;
        let request = Perform {
            keeps: !direct,
            holds: self.holds(cx),
            domain: Uuid(sending.dom.uuid),
            cookie: sending.cookie,
            uri: uri(to)?,
            flags: sending.flags,
            dname: sending.dname.map(new_name).transpose()?,
            bandwidth_mib_s: sending.resource,
        };
        let Performed { cookie, outgoing } = self.step_perform(request, None).await?;
        if let Some(id) = outgoing {
            // A client that has gone meanwhile leaves the guest paused: it may yet be finished from elsewhere.
            self.answers_for(cx, HalfDone::Outgoing(id))?;
        }
        Ok(cookie)
    }

    pub(super) async fn domain_migrate_finish3(
        &self,
        _: &CallContext,
        arguments: DomainMigrateFinish3,
    ) -> Result<DomainMigrateFinish3Reply> {
        let DomainMigrateFinish3 { dname, cookie_in, flags, cancelled, .. } = arguments;
        let Finished { domain: moved, cookie } =
            self.finish3(&dname, cookie_in, MigrateFlags(flags), cancelled != 0).await?;
        Ok(DomainMigrateFinish3Reply { dom: domain(&moved), cookie_out: cookie })
    }

    pub(super) async fn domain_migrate_finish3_params(
        &self,
        _: &CallContext,
        arguments: DomainMigrateFinish3Params,
    ) -> Result<DomainMigrateFinish3ParamsReply> {
        let DomainMigrateFinish3Params { params, cookie_in, flags, cancelled } = arguments;
        let name = Params::read(params)?.name()?;
        let Finished { domain: moved, cookie } =
            self.finish3(&name, cookie_in, MigrateFlags(flags.into()), cancelled != 0).await?;
        Ok(DomainMigrateFinish3ParamsReply { dom: domain(&moved), cookie_out: cookie })
    }

    /// A cancelled one never returns a domain: code 93 says that all is cleaned up.
    async fn finish3(
        &self,
        dname: &Text,
        cookie: Vec<u8>,
        flags: MigrateFlags,
        cancelled: bool,
    ) -> Result<Finished> {
        let dname = known_name(dname)?;
        let flags = for_the_hypervisor(flags);
        let request = Finish { version: MigrationVersion::V3, dname, cookie, uri: String::new(), flags };
        match cancelled {
            true => Err(self.cancelled(request).await),
            false => self.step_finish(request).await,
        }
    }

    pub(super) async fn domain_migrate_confirm3(
        &self,
        cx: &CallContext,
        arguments: DomainMigrateConfirm3,
    ) -> Result<()> {
        let DomainMigrateConfirm3 { dom, cookie_in, flags, cancelled } = arguments;
        self.confirm(cx, &dom, cookie_in, MigrateFlags(flags), cancelled != 0).await
    }

    pub(super) async fn domain_migrate_confirm3_params(
        &self,
        cx: &CallContext,
        arguments: DomainMigrateConfirm3Params,
    ) -> Result<()> {
        let DomainMigrateConfirm3Params { dom, params, cookie_in, flags, cancelled } = arguments;
        Params::read(params)?;
        self.confirm(cx, &dom, cookie_in, MigrateFlags(flags.into()), cancelled != 0).await
    }

    async fn confirm(
        &self,
        cx: &CallContext,
        dom: &Domain,
        cookie: Vec<u8>,
        flags: MigrateFlags,
        cancelled: bool,
    ) -> Result<()> {
        let request = Confirm { domain: Uuid(dom.uuid), cookie, flags, cancelled, holds: self.holds(cx) };
        self.step_confirm(request).await
    }
}
