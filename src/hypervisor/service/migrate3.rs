//! Moving domains, version 3: five steps, with fixed arguments or with typed parameters.

use virtwire_protocol::migrate::MigrateFlags;
use virtwire_protocol::params::TypedParams;
use virtwire_protocol::remote::{
    Domain, DomainMigrateBegin3, DomainMigrateBegin3Params, DomainMigrateBegin3ParamsReply,
    DomainMigrateBegin3Reply, DomainMigrateConfirm3, DomainMigrateConfirm3Params, DomainMigrateFinish3,
    DomainMigrateFinish3Params, DomainMigrateFinish3ParamsReply, DomainMigrateFinish3Reply,
    DomainMigratePerform3, DomainMigratePerform3Params, DomainMigratePerform3ParamsReply,
    DomainMigratePerform3Reply, DomainMigratePrepare3, DomainMigratePrepare3Params,
    DomainMigratePrepare3ParamsReply, DomainMigratePrepare3Reply, DomainMigratePrepareTunnel3,
    DomainMigratePrepareTunnel3Params, DomainMigratePrepareTunnel3ParamsReply,
    DomainMigratePrepareTunnel3Reply, TypedParam,
};
use virtwire_xdr::Text;

use super::super::{
    Begin, Begun, Confirm, Finish, Finished, Hypervisor, MigrationVersion, Perform, Performed, Prepare,
    Prepared, Result, Uuid, errors,
};
use super::HypervisorService;
use super::clients::HalfDone;
use super::migrate::{Asked, driven_here};
use super::migrate_params::Params;
use super::wire::{domain, known_name, new_name, uri, xml};
use crate::server::{CallContext, Stream};

/// Prepare in either form.
fn to_prepare(cookie: Vec<u8>, flags: u64, mut params: Params) -> Result<Prepare> {
    Ok(Prepare {
        version: MigrationVersion::V3,
        cookie,
        dom_xml: Some(xml(params.xml()?)?),
        uri_in: params.migrate_uri.map(uri).transpose()?,
        flags: MigrateFlags(flags),
        dname: params.destination_name.map(new_name).transpose()?,
        bandwidth_mib_s: params.bandwidth_mib_s.unwrap_or(0),
        params: params.more,
    })
}

/// Finish in either form.
fn to_finish(dname: &Text, cookie: Vec<u8>, flags: u64, params: TypedParams) -> Result<Finish> {
    let (dname, flags) = (known_name(dname)?, MigrateFlags(flags));
    Ok(Finish { version: MigrationVersion::V3, dname, cookie, uri: String::new(), flags, params })
}

/// What fixed arguments say, as parameters.
fn fixed(
    migrate_uri: Option<Text>,
    destination_name: Option<Text>,
    destination_xml: Option<Text>,
    resource: u64,
) -> Params {
    let more = TypedParams::new();
    Params { migrate_uri, destination_name, destination_xml, bandwidth_mib_s: Some(resource), more }
}

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) async fn domain_migrate_begin3(
        &self,
        cx: &CallContext,
        arguments: DomainMigrateBegin3,
    ) -> Result<DomainMigrateBegin3Reply> {
        let DomainMigrateBegin3 { dom, xmlin, flags, dname, resource } = arguments;
        let params = fixed(None, dname, xmlin, resource);
        let Begun { cookie, xml, .. } = self.begin(cx, &dom, flags, params).await?;
        Ok(DomainMigrateBegin3Reply { cookie_out: cookie, xml: xml.into() })
    }

    pub(super) async fn domain_migrate_begin3_params(
        &self,
        cx: &CallContext,
        arguments: DomainMigrateBegin3Params,
    ) -> Result<DomainMigrateBegin3ParamsReply> {
        let DomainMigrateBegin3Params { dom, params, flags } = arguments;
        let params = self.params(params)?;
        let Begun { cookie, xml, .. } = self.begin(cx, &dom, flags.into(), params).await?;
        Ok(DomainMigrateBegin3ParamsReply { cookie_out: cookie, xml: xml.into() })
    }

    fn params(&self, params: Vec<TypedParam>) -> Result<Params> {
        Params::read(params, |name| self.takes(name))
    }

    async fn begin(&self, cx: &CallContext, dom: &Domain, flags: u64, params: Params) -> Result<Begun> {
        self.may_leave(dom).await?;
        self.check_not_driven(dom)?;
        let request = Begin {
            domain: Uuid(dom.uuid),
            xml: params.destination_xml.map(xml).transpose()?,
            flags: MigrateFlags(flags),
            dname: params.destination_name.map(new_name).transpose()?,
            bandwidth_mib_s: params.bandwidth_mib_s.unwrap_or(0),
            params: params.more,
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
        let DomainMigratePrepare3 { cookie_in, uri_in, flags, dname, resource, dom_xml } = arguments;
        let request = to_prepare(cookie_in, flags, fixed(uri_in, dname, Some(dom_xml), resource))?;
        let Prepared { cookie, uri_out, .. } = self.prepare(cx, request).await?;
        Ok(DomainMigratePrepare3Reply { cookie_out: cookie, uri_out: uri_out.map(Into::into) })
    }

    pub(super) async fn domain_migrate_prepare3_params(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePrepare3Params,
    ) -> Result<DomainMigratePrepare3ParamsReply> {
        let DomainMigratePrepare3Params { params, cookie_in, flags } = arguments;
        let request = to_prepare(cookie_in, flags.into(), self.params(params)?)?;
        let Prepared { cookie, uri_out, .. } = self.prepare(cx, request).await?;
        Ok(DomainMigratePrepare3ParamsReply { cookie_out: cookie, uri_out: uri_out.map(Into::into) })
    }

    pub(super) async fn domain_migrate_prepare_tunnel3(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePrepareTunnel3,
        stream: Stream,
    ) -> Result<DomainMigratePrepareTunnel3Reply> {
        let DomainMigratePrepareTunnel3 { cookie_in, flags, dname, resource, dom_xml } = arguments;
        let request = to_prepare(cookie_in, flags, fixed(None, dname, Some(dom_xml), resource))?;
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
        // Its way has no name.
        let params = Params { migrate_uri: None, ..self.params(params)? };
        let request = to_prepare(cookie_in, flags.into(), params)?;
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
        let (flags, params) = (MigrateFlags(flags), TypedParams::new());
        let sending = Asked { dom, cookie, dconnuri, uri, flags, dname, resource, xml, params };
        Ok(DomainMigratePerform3Reply { cookie_out: self.perform3(cx, sending).await? })
    }

    pub(super) async fn domain_migrate_perform3_params(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePerform3Params,
    ) -> Result<DomainMigratePerform3ParamsReply> {
        let DomainMigratePerform3Params { dom, dconnuri, params, cookie_in, flags } = arguments;
        let params = self.params(params)?;
        let sending = Asked {
            dom,
            cookie: cookie_in,
            dconnuri,
            uri: params.migrate_uri,
            flags: MigrateFlags(flags.into()),
            dname: params.destination_name,
            resource: params.bandwidth_mib_s.unwrap_or(0),
            xml: params.destination_xml,
            params: params.more,
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
            xml: sending.xml.map(xml).transpose()?,
            params: sending.params,
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
        let request = to_finish(&dname, cookie_in, flags, TypedParams::new())?;
        let Finished { domain: moved, cookie } = self.finish3(request, cancelled != 0).await?;
        Ok(DomainMigrateFinish3Reply { dom: domain(&moved), cookie_out: cookie })
    }

    pub(super) async fn domain_migrate_finish3_params(
        &self,
        _: &CallContext,
        arguments: DomainMigrateFinish3Params,
    ) -> Result<DomainMigrateFinish3ParamsReply> {
        let DomainMigrateFinish3Params { params, cookie_in, flags, cancelled } = arguments;
        let mut params = self.params(params)?;
        let request = to_finish(&params.name()?, cookie_in, flags.into(), params.more)?;
        let Finished { domain: moved, cookie } = self.finish3(request, cancelled != 0).await?;
        Ok(DomainMigrateFinish3ParamsReply { dom: domain(&moved), cookie_out: cookie })
    }

    /// A cancelled one never returns a domain: code 93 says that all is cleaned up.
    async fn finish3(&self, request: Finish, cancelled: bool) -> Result<Finished> {
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
        self.confirm(cx, &dom, cookie_in, flags, cancelled != 0, TypedParams::new()).await
    }

    pub(super) async fn domain_migrate_confirm3_params(
        &self,
        cx: &CallContext,
        arguments: DomainMigrateConfirm3Params,
    ) -> Result<()> {
        let DomainMigrateConfirm3Params { dom, params, cookie_in, flags, cancelled } = arguments;
        let params = self.params(params)?.more;
        self.confirm(cx, &dom, cookie_in, flags.into(), cancelled != 0, params).await
    }

    async fn confirm(
        &self,
        cx: &CallContext,
        dom: &Domain,
        cookie: Vec<u8>,
        flags: u64,
        cancelled: bool,
        params: TypedParams,
    ) -> Result<()> {
        let (domain, flags, holds) = (Uuid(dom.uuid), MigrateFlags(flags), self.holds(cx));
        self.step_confirm(Confirm { domain, cookie, flags, cancelled, holds, params }).await
    }
}
