//! The calls of version 3, with fixed arguments or with typed parameters.

use std::time::Duration;

use virtwire_protocol::migrate::{
    Call, Cookie, Domain, DomainXml, Failure, MigrateFlags, Param, ParamValue, Reply, Retcode, Terms,
};
use virtwire_protocol::remote::{self, TypedParam, TypedParamValue};

use virtwire_xdr::Text;

use super::{ask, domain, wire};
use crate::client::Connection;

/// Copies a call of version 3 into the procedure of the same name, and the reply back.
pub(super) async fn perform(
    connection: &Connection,
    call: Call,
    within: Option<Duration>,
) -> Result<Reply, Failure> {
    match call {
        Call::Begin3 { domain, terms, flags } => begin(connection, within, domain, terms, flags).await,
        Call::Prepare3 { cookie, terms, flags } => prepare(connection, within, cookie, terms, flags).await,
        Call::Perform3 { domain, cookie, mut terms, flags } => {
            // The source has its own.
            if let Terms::Fixed { xml, .. } = &mut terms {
                *xml = None;
            }
            perform_step(connection, within, domain, None, cookie, terms, flags).await
        }
        Call::PerformTo { domain, dconnuri, terms, flags } => {
            perform_step(connection, within, domain, dconnuri, Cookie::default(), terms, flags).await
        }
        Call::Finish3 { cookie, terms, flags, cancelled } => {
            finish(connection, within, cookie, terms, flags, cancelled).await
        }
        Call::Confirm3 { domain, cookie, terms, flags, cancelled } => {
            let (dom, cookie_in, cancelled) = (wire(domain), cookie.0, cancelled.number());
            match terms {
                Terms::Fixed { .. } => {
                    let flags = flags.0;
                    ask(
                        connection,
                        remote::DomainMigrateConfirm3 { dom, cookie_in, flags, cancelled },
                        within,
                    )
                    .await?;
                }
                Terms::Params(params) => {
                    let (params, flags) = (on_the_wire(params), narrow(flags)?);
                    let call =
                        remote::DomainMigrateConfirm3Params { dom, params, cookie_in, flags, cancelled };
                    ask(connection, call, within).await?;
                }
            }
            Ok(Reply::Done)
        }
        _ => Err(Failure::NotSent { message: "not a call of version 3".to_owned() }),
    }
}

async fn begin(
    connection: &Connection,
    within: Option<Duration>,
    domain: Domain,
    terms: Terms,
    flags: MigrateFlags,
) -> Result<Reply, Failure> {
    let dom = wire(domain);
    let (cookie, xml) = match terms {
        Terms::Fixed { xml, dname, resource, .. } => {
            let (xmlin, flags) = (xml.map(|xml| xml.0), flags.0);
            let call = remote::DomainMigrateBegin3 { dom, xmlin, flags, dname, resource };
            let reply = ask(connection, call, within).await?;
            (reply.cookie_out, reply.xml)
        }
        Terms::Params(params) => {
            let (params, flags) = (on_the_wire(params), narrow(flags)?);
            let reply =
                ask(connection, remote::DomainMigrateBegin3Params { dom, params, flags }, within).await?;
            (reply.cookie_out, reply.xml)
        }
    };
    Ok(Reply::Begun { cookie: Cookie(cookie), xml: DomainXml(xml) })
}

async fn prepare(
    connection: &Connection,
    within: Option<Duration>,
    cookie: Cookie,
    terms: Terms,
    flags: MigrateFlags,
) -> Result<Reply, Failure> {
    let cookie_in = cookie.0;
    let (cookie, uri_out) = match terms {
        Terms::Fixed { xml, uri, dname, resource } => {
            let (uri_in, flags) = (uri, flags.0);
            let dom_xml = xml.map(|xml| xml.0).unwrap_or_default();
            let call = remote::DomainMigratePrepare3 { cookie_in, uri_in, flags, dname, resource, dom_xml };
            let reply = ask(connection, call, within).await?;
            (reply.cookie_out, reply.uri_out)
        }
        Terms::Params(params) => {
            let (params, flags) = (on_the_wire(params), narrow(flags)?);
            let call = remote::DomainMigratePrepare3Params { params, cookie_in, flags };
            let reply = ask(connection, call, within).await?;
            (reply.cookie_out, reply.uri_out)
        }
    };
    Ok(Reply::Prepared { cookie: Cookie(cookie), uri_out })
}

async fn perform_step(
    connection: &Connection,
    within: Option<Duration>,
    domain: Domain,
    dconnuri: Option<Text>,
    cookie: Cookie,
    terms: Terms,
    flags: MigrateFlags,
) -> Result<Reply, Failure> {
    let (dom, cookie_in) = (wire(domain), cookie.0);
    let cookie_out = match terms {
        Terms::Fixed { xml, uri, dname, resource } => {
            let (xmlin, flags) = (xml.map(|xml| xml.0), flags.0);
            let call = remote::DomainMigratePerform3 {
                dom,
                xmlin,
                cookie_in,
                dconnuri,
                uri,
                flags,
                dname,
                resource,
            };
            ask(connection, call, within).await?.cookie_out
        }
        Terms::Params(params) => {
            let (params, flags) = (on_the_wire(params), narrow(flags)?);
            let call = remote::DomainMigratePerform3Params { dom, dconnuri, params, cookie_in, flags };
            ask(connection, call, within).await?.cookie_out
        }
    };
    Ok(Reply::Performed(Cookie(cookie_out)))
}

async fn finish(
    connection: &Connection,
    within: Option<Duration>,
    cookie: Cookie,
    terms: Terms,
    flags: MigrateFlags,
    cancelled: Retcode,
) -> Result<Reply, Failure> {
    let (cookie_in, cancelled) = (cookie.0, cancelled.number());
    let (dom, cookie) = match terms {
        Terms::Fixed { uri, dname, .. } => {
            let (dname, dconnuri, flags) = (dname.unwrap_or_default(), None, flags.0);
            let call = remote::DomainMigrateFinish3 { dname, cookie_in, dconnuri, uri, flags, cancelled };
            let reply = ask(connection, call, within).await?;
            (reply.dom, reply.cookie_out)
        }
        Terms::Params(params) => {
            let (params, flags) = (on_the_wire(params), narrow(flags)?);
            let call = remote::DomainMigrateFinish3Params { params, cookie_in, flags, cancelled };
            let reply = ask(connection, call, within).await?;
            (reply.dom, reply.cookie_out)
        }
    };
    Ok(Reply::Finished3 { domain: domain(dom), cookie: Cookie(cookie) })
}

pub(crate) fn on_the_wire(params: Vec<Param>) -> Vec<TypedParam> {
    let value = |value| match value {
        ParamValue::Int(value) => TypedParamValue::Int(value),
        ParamValue::UInt(value) => TypedParamValue::UInt(value),
        ParamValue::LLong(value) => TypedParamValue::LLong(value),
        ParamValue::ULLong(value) => TypedParamValue::ULLong(value),
        ParamValue::Boolean(value) => TypedParamValue::Boolean(i32::from(value)),
        ParamValue::String(value) => TypedParamValue::String(value),
    };
    params.into_iter().map(|param| TypedParam { field: param.field, value: value(param.value) }).collect()
}

/// With parameters there is room for 32 flags. No flag beyond has a meaning.
pub(super) fn narrow(flags: MigrateFlags) -> Result<u32, Failure> {
    u32::try_from(flags.0).map_err(|_| Failure::NotSent { message: format!("no room for the flags {flags}") })
}
