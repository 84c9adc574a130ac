//! Prepare of a tunnelled migration: the call opens the stream that the guest goes through.

use virtwire_protocol::migrate::{Call, Cookie, Failure, Reply, Terms};
use virtwire_protocol::program::Procedure;
use virtwire_protocol::remote;
use virtwire_xdr::Text;

use super::failure;
use super::version3::{narrow, on_the_wire};
use crate::client::{CallError, Connection, Stream};

/// What stands for the URI of the data where there is none: the source's Perform is given it, and no host.
const THE_TUNNEL: &str = "tunnel:";

/// Makes a Prepare by its form with a stream (148, 215 or 304).
pub(crate) async fn prepare_tunnel(connection: &Connection, call: Call) -> Result<(Reply, Stream), Failure> {
    type V2 = remote::DomainMigratePrepareTunnel;
    type V3 = remote::DomainMigratePrepareTunnel3;
    type Params = remote::DomainMigratePrepareTunnel3Params;
    let prepared = |cookie| Reply::Prepared { cookie: Cookie(cookie), uri_out: Some(THE_TUNNEL.into()) };
    match call {
        Call::Prepare2 { flags, dname, resource, dom_xml, .. } => {
            let (dname, xml) = (text(dname.as_ref())?, text(Some(&dom_xml.0))?.unwrap_or_default());
            let opened = connection.domain_migrate_prepare_tunnel(flags.0, dname, resource, xml).await;
            Ok((prepared(Vec::new()), told::<V2, _>(connection, opened).await?))
        }
        Call::Prepare3 { cookie, terms: Terms::Fixed { xml, dname, resource, .. }, flags } => {
            let dom_xml = xml.map(|xml| xml.0).unwrap_or_default();
            let arguments = V3 { cookie_in: cookie.0, flags: flags.0, dname, resource, dom_xml };
            let opened = connection.domain_migrate_prepare_tunnel3(arguments).await;
            let (reply, stream) = told::<V3, _>(connection, opened).await?;
            Ok((prepared(reply.cookie_out), stream))
        }
        Call::Prepare3 { cookie, terms: Terms::Params(params), flags } => {
            let (params, flags) = (on_the_wire(params), narrow(flags)?);
            let opened = connection.domain_migrate_prepare_tunnel3_params(params, &cookie.0, flags).await;
            let (reply, stream) = told::<Params, _>(connection, opened).await?;
            Ok((prepared(reply.cookie_out), stream))
        }
        other => Err(Failure::NotSent { message: format!("{} has no form with a tunnel", other.name()) }),
    }
}

async fn told<P: Procedure, T>(connection: &Connection, opened: Result<T, CallError>) -> Result<T, Failure> {
    match opened {
        Ok(opened) => Ok(opened),
        Err(error) => Err(failure(connection, P::NUMBER, error).await),
    }
}

fn text(text: Option<&Text>) -> Result<Option<&str>, Failure> {
    let not_text =
        |_| Failure::NotSent { message: "what a tunnel of version 2 is given is UTF-8".to_owned() };
    text.map(|text| text.to_str().map_err(not_text)).transpose()
}
