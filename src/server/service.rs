//! From a payload to a typed service and back: what every arm of the generated dispatch does.

use std::future::{Future, Ready, ready};

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::frame::{Draft, DraftError};
use virtwire_protocol::program::{Procedure, ProcedureNumber};

use super::context::CallContext;
use super::handler::BoxFuture;
use super::stream::Stream;

/// Has one call answered. As libvirt's daemons, this takes payloads with bytes after the arguments.
pub(crate) fn answer<'a, P, F>(
    payload: &[u8],
    serve: impl FnOnce(P) -> F,
) -> BoxFuture<'a, Result<Draft, RemoteError>>
where
    P: Procedure,
    F: Future<Output = Result<P::Reply, RemoteError>> + Send + 'a,
{
    match P::from_payload(payload) {
        Ok(arguments) => encoded::<P, F>(serve(arguments)),
        Err(error) => undecodable(P::NAME, &error),
    }
}

// What follows is apart from `answer`, which is compiled again for each of some four hundred procedures of each service.

/// A reply, once there is one. Those of calls that services do not implement are of one type in all of them.
fn encoded<'a, P, F>(reply: F) -> BoxFuture<'a, Result<Draft, RemoteError>>
where
    P: Procedure,
    F: Future<Output = Result<P::Reply, RemoteError>> + Send + 'a,
{
    Box::pin(async move { Draft::encode(&reply.await?).map_err(|error| unencodable(P::NAME, &error)) })
}

#[cold]
fn undecodable<'a>(
    procedure: &str,
    error: &virtwire_xdr::Error,
) -> BoxFuture<'a, Result<Draft, RemoteError>> {
    tracing::debug!(procedure, %error, "arguments do not decode");
    Box::pin(ready(Err(RemoteError::undecodable())))
}

#[cold]
fn unencodable(procedure: &str, error: &DraftError) -> RemoteError {
    tracing::debug!(procedure, %error, "a reply does not encode");
    RemoteError::unencodable()
}

/// What a daemon answers that has no procedure of this number.
pub(crate) fn unknown<'a>(number: ProcedureNumber) -> BoxFuture<'a, Result<Draft, RemoteError>> {
    Box::pin(ready(Err(RemoteError::unknown_procedure(number.0))))
}

/// What a daemon answers whose driver does not have this function of the C library.
pub(crate) fn unsupported<T>(function: &str) -> Ready<Result<T, RemoteError>> {
    ready(Err(RemoteError::no_support(function)))
}

/// The stream that a call opens.
pub(crate) fn stream_of(cx: &CallContext) -> Result<Stream, RemoteError> {
    // There is one unless somebody else has taken it, or the context is of no call.
    cx.take_stream().ok_or_else(|| {
        RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::RPC, "the call has no stream left")
    })
}

/// Writes a program's dispatch: from a procedure's number to the service's method.
///
/// A row is `14 DomainGetXmlDesc => domain_get_xml_desc(arguments);`, `2 ConnectClose => connect_close();` for a procedure that
/// takes none, or `201 DomainOpenConsole => domain_open_console(arguments, stream);` for one that opens a stream.
macro_rules! dispatch {
    (
        $(#[$attribute:meta])*
        pub fn $name:ident for $service:ident;
        $($number:literal $arguments:ident => $method:ident($($passed:ident),*);)*
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
                    @answer payload service cx $arguments $method $($passed)*
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
    (@answer $payload:ident $service:ident $cx:ident $arguments:ident $method:ident $passed:ident $stream:ident) => {
        crate::server::service::answer($payload, move |$passed: $arguments| async move {
            let $stream = crate::server::service::stream_of($cx)?;
            $service.$method($cx, $passed, $stream).await
        })
    };
}
pub(crate) use dispatch;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use virtwire_protocol::error::{ErrorCode, ErrorDomain};
    use virtwire_protocol::remote::{ConnectGetHostnameReply, DomainGetXmlDesc, DomainGetXmlDescReply};

    use super::*;
    use crate::generated::{
        LxcService, QemuService, RemoteService, dispatch_lxc, dispatch_qemu, dispatch_remote,
    };
    use crate::server::{CallContext, ConnectionId};

    struct Echo;

    impl RemoteService for Echo {
        async fn connect_get_hostname(
            &self,
            cx: &CallContext,
        ) -> Result<ConnectGetHostnameReply, RemoteError> {
            Ok(ConnectGetHostnameReply { hostname: cx.peer().into() })
        }

        async fn domain_get_xml_desc(
            &self,
            _: &CallContext,
            arguments: DomainGetXmlDesc,
        ) -> Result<DomainGetXmlDescReply, RemoteError> {
            // One byte more than a string may have, if asked for.
            let length = if arguments.flags == 1 { 4_194_305 } else { 3 };
            Ok(DomainGetXmlDescReply { xml: vec![b'x'; length].into() })
        }
    }
    impl QemuService for Echo {}
    impl LxcService for Echo {}

    fn cx() -> CallContext {
        CallContext::detached(ConnectionId(1), Arc::default())
    }

    async fn call(number: i32, payload: &[u8]) -> Result<Vec<u8>, RemoteError> {
        let answer = dispatch_remote(&Echo, &cx(), ProcedureNumber(number), payload).await;
        answer.map(|draft| draft.payload().to_vec())
    }

    #[tokio::test]
    async fn a_call_reaches_its_method_and_the_reply_comes_back() {
        assert_eq!(call(59, b"").await.unwrap(), b"\0\0\0\x08detached");
        let domain = DomainGetXmlDesc::default();
        let payload = virtwire_xdr::to_vec(&domain).unwrap();
        assert_eq!(call(14, &payload).await.unwrap(), b"\0\0\0\x03xxx\0");
        let trailing = [&payload[..], b"more"].concat();
        assert_eq!(call(14, &trailing).await.unwrap(), b"\0\0\0\x03xxx\0");
    }

    #[tokio::test]
    async fn what_fails_is_answered_as_daemons_do() {
        #[track_caller]
        fn check<T: std::fmt::Debug>(
            answer: Result<T, RemoteError>,
            code: ErrorCode,
            domain: ErrorDomain,
            text: &str,
        ) {
            let error = answer.unwrap_err();
            assert_eq!(
                (error.code, error.domain, error.message.to_string_lossy().as_ref()),
                (code, domain, text)
            );
        }
        let (rpc, rpc_domain) = (ErrorCode::RPC, ErrorDomain::RPC);
        check(call(14, b"\0\0").await, rpc, rpc_domain, "Unable to decode message payload");
        for number in [0, -1, 107, 9_999] {
            check(call(number, b"").await, rpc, rpc_domain, &format!("unknown procedure: {number}"));
        }
        let long = DomainGetXmlDesc { flags: 1, ..DomainGetXmlDesc::default() };
        let long = virtwire_xdr::to_vec(&long).unwrap();
        check(call(14, &long).await, rpc, rpc_domain, "Unable to encode message payload");
        let unsupported = "this function is not supported by the connection driver";
        let zeros = [0; 256];
        let text = format!("{unsupported}: virDomainMigratePrepare");
        check(call(61, &zeros).await, ErrorCode::NO_SUPPORT, ErrorDomain::DOMAIN, &text);
        let text = format!("{unsupported}: virDomainQemuMonitorCommand");
        let answer = dispatch_qemu(&Echo, &cx(), ProcedureNumber(1), &zeros).await;
        check(answer, ErrorCode::NO_SUPPORT, ErrorDomain::NONE, &text);
        let text = format!("{unsupported}: virDomainLxcOpenNamespace");
        let answer = dispatch_lxc(&Echo, &cx(), ProcedureNumber(1), &zeros).await;
        check(answer, ErrorCode::NO_SUPPORT, ErrorDomain::NONE, &text);
    }
}
