//! The typed door: a service of the remote program as a handler.

use std::fmt;
use std::sync::Arc;

use virtwire_protocol::program::Program;
use virtwire_protocol::session::server::Called;

use super::context::CallContext;
use super::handler::{Answering, Handler};
use crate::generated::{RemoteService, dispatch_remote};

/// Serves a [`RemoteService`]: the remote program, with what the service does not implement answered as not supported.
///
/// It answers whatever the service answers, also before `connect_open`, and the service hears nothing of connections that end. Whoever has
/// to clean up after them implements [`Handler`] around this, with a [`closed`](Handler::closed) of its own.
///
/// ```
/// use virtwire::generated::RemoteService;
/// use virtwire::protocol::error::RemoteError;
/// use virtwire::protocol::remote::{ConnectGetHostnameReply, ConnectOpen};
/// use virtwire::server::{CallContext, Server, Typed};
///
/// struct Named(String);
///
/// impl RemoteService for Named {
///     async fn connect_open(&self, _: &CallContext, _: ConnectOpen) -> Result<(), RemoteError> {
///         Ok(())
///     }
///
///     async fn connect_get_hostname(&self, _: &CallContext) -> Result<ConnectGetHostnameReply, RemoteError> {
///         Ok(ConnectGetHostnameReply { hostname: self.0.as_str().into() })
///     }
/// }
///
/// let server = Server::new(Typed::new(Named("one".to_owned())));
/// ```
pub struct Typed<S>(Arc<S>);

impl<S: RemoteService> Typed<S> {
    /// Of this service.
    pub fn new(service: S) -> Typed<S> {
        Typed(Arc::new(service))
    }

    /// Of a service that is needed elsewhere, too.
    pub fn shared(service: Arc<S>) -> Typed<S> {
        Typed(service)
    }
}

impl<S> fmt::Debug for Typed<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Typed").finish_non_exhaustive()
    }
}

impl<S: RemoteService> Handler for Typed<S> {
    fn programs(&self) -> &'static [Program] {
        const { &[Program::REMOTE] }
    }

    fn call(self: Arc<Self>, cx: CallContext, call: Called) -> Answering {
        Box::pin(async move {
            let answer = dispatch_remote(&*self.0, &cx, call.header.procedure, &call.payload);
            // The arguments are decoded: a slow call must not hold the frame as well.
            drop(call);
            answer.await
        })
    }
}
