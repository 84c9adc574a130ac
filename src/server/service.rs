//! From a payload to a typed service and back: what every arm of the generated dispatch does.

use std::future::{Future, Ready, ready};

use virtwire_protocol::error::RemoteError;
use virtwire_protocol::frame::Draft;
use virtwire_protocol::program::{Procedure, ProcedureNumber};

use super::handler::BoxFuture;

/// Has one call answered. As libvirt's daemons, this takes payloads with bytes after the arguments.
pub(crate) fn answer<'a, P, F>(
    payload: &[u8],
    serve: impl FnOnce(P) -> F,
) -> BoxFuture<'a, Result<Draft, RemoteError>>
where
    P: Procedure,
    F: Future<Output = Result<P::Reply, RemoteError>> + Send + 'a,
{
    match virtwire_xdr::Options::lenient().from_slice::<P>(payload) {
        Ok(arguments) => {
            let reply = serve(arguments);
            Box::pin(async move {
                let reply = reply.await?;
                Draft::encode(&reply).map_err(|error| {
                    tracing::debug!(procedure = P::NAME, %error, "a reply does not encode");
                    RemoteError::unencodable()
                })
            })
        }
        Err(error) => {
            tracing::debug!(procedure = P::NAME, %error, "arguments do not decode");
            Box::pin(ready(Err(RemoteError::undecodable())))
        }
    }
}

/// What a daemon answers that has no procedure of this number.
pub(crate) fn unknown<'a>(number: ProcedureNumber) -> BoxFuture<'a, Result<Draft, RemoteError>> {
    Box::pin(ready(Err(RemoteError::unknown_procedure(number.0))))
}

/// What a daemon answers whose driver does not have this function of the C library.
pub(crate) fn unsupported<T>(function: &str) -> Ready<Result<T, RemoteError>> {
    ready(Err(RemoteError::no_support(function)))
}

/// Writes a program's dispatch: from a procedure's number to the service's method.
///
/// A row is `14 DomainGetXmlDesc => domain_get_xml_desc(arguments);`, or `2 ConnectClose => connect_close();` for a
/// procedure that takes none.
macro_rules! dispatch {
    (
        $(#[$attribute:meta])*
        pub fn $name:ident for $service:ident;
        $($number:literal $arguments:ident => $method:ident($($passed:ident)?);)*
    ) => {
        $(#[$attribute])*
        pub fn $name<'a, S: $service>(
            service: &'a S,
            cx: &'a crate::server::CallContext,
            number: virtwire_protocol::program::ProcedureNumber,
            payload: &[u8],
        ) -> crate::server::BoxFuture<'a, Result<virtwire_protocol::frame::Draft, virtwire_protocol::error::RemoteError>>
        {
            match number.0 {
                $($number => crate::server::service::dispatch!(
                    @answer payload service cx $arguments $method $($passed)?
                ),)*
                _ => crate::server::service::unknown(number),
            }
        }
    };
    (@answer $payload:ident $service:ident $cx:ident $arguments:ident $method:ident) => {
        crate::server::service::answer($payload, |_: $arguments| $service.$method($cx))
    };
    (@answer $payload:ident $service:ident $cx:ident $arguments:ident $method:ident $passed:ident) => {
        crate::server::service::answer($payload, |$passed: $arguments| $service.$method($cx, $passed))
    };
}
pub(crate) use dispatch;
