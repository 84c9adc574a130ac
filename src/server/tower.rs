//! A handler as a tower service, and the reverse: for the middleware that there is.
//!
//! ```
//! use std::future::{Ready, ready};
//! use std::task::{Context, Poll};
//!
//! use tower_service::Service;
//! use virtwire::protocol::error::RemoteError;
//! use virtwire::protocol::frame::Draft;
//! use virtwire::server::Server;
//! use virtwire::server::tower::{CallRequest, ServiceHandler};
//!
//! /// Answers every call with nothing.
//! #[derive(Clone)]
//! struct Nothing;
//!
//! impl Service<CallRequest> for Nothing {
//!     type Response = Draft;
//!     type Error = RemoteError;
//!     type Future = Ready<Result<Draft, RemoteError>>;
//!
//!     fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), RemoteError>> {
//!         Poll::Ready(Ok(()))
//!     }
//!
//!     fn call(&mut self, _: CallRequest) -> Self::Future {
//!         ready(Ok(Draft::empty()))
//!     }
//! }
//!
//! let server = Server::new(ServiceHandler::new(Nothing));
//! ```

use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tower_service::Service;
use virtwire_protocol::access::{Named, ObjectKind};
use virtwire_protocol::error::RemoteError;
use virtwire_protocol::frame::Draft;
use virtwire_protocol::program::Program;
use virtwire_protocol::session::server::{Called, PROGRAMS};

use super::context::CallContext;
use super::handler::{Answering, BoxFuture, Handler};

/// A call on its way to a handler.
#[derive(Clone, Debug)]
pub struct CallRequest {
    /// The connection, and what came with the call.
    pub cx: CallContext,
    /// The call.
    pub call: Called,
}

/// A tower service that has a [`Handler`] answer. It is always ready: what a client may have at work is the connection's affair.
pub struct HandlerService<H: ?Sized>(Arc<H>);

impl<H: Handler> HandlerService<H> {
    /// Of this handler.
    pub fn new(handler: H) -> HandlerService<H> {
        HandlerService(Arc::new(handler))
    }
}

impl<H: Handler + ?Sized> HandlerService<H> {
    /// Of a handler that is needed elsewhere, too: who wraps this in middleware has it be asked what is no call by
    /// [`ServiceHandler::over`].
    pub fn shared(handler: Arc<H>) -> HandlerService<H> {
        HandlerService(handler)
    }
}

impl<H: ?Sized> Clone for HandlerService<H> {
    fn clone(&self) -> HandlerService<H> {
        HandlerService(self.0.clone())
    }
}

impl<H: ?Sized> fmt::Debug for HandlerService<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerService").finish_non_exhaustive()
    }
}

impl<H: Handler + ?Sized> Service<CallRequest> for HandlerService<H> {
    type Response = Draft;
    type Error = RemoteError;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), RemoteError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: CallRequest) -> Self::Future {
        self.0.clone().call(request.cx, request.call)
    }
}

/// A [`Handler`] that has a tower service answer. Each call gets a clone of the service, and waits until that one is ready.
pub struct ServiceHandler<S> {
    service: Mutex<S>,
    programs: &'static [Program],
    identify: Identify,
    closed: Closed,
    is_busy: IsBusy,
}

type Identify = Box<
    dyn Fn(ObjectKind, Named<'static>) -> BoxFuture<'static, Result<Named<'static>, RemoteError>>
        + Send
        + Sync,
>;
type Closed = Box<dyn Fn(CallContext) -> BoxFuture<'static, ()> + Send + Sync>;
type IsBusy = Box<dyn Fn(&CallContext) -> bool + Send + Sync>;

impl<S> ServiceHandler<S> {
    /// Of this service, which answers the usual programs, and owns nothing that a connection's end would have to clean up. An
    /// [`Authorizer`](super::Authorizer) is told of objects what calls say of them, true or not: with a handler beneath that knows them,
    /// take [`over`](Self::over).
    pub fn new(service: S) -> ServiceHandler<S> {
        ServiceHandler {
            service: Mutex::new(service),
            programs: &PROGRAMS,
            identify: Box::new(|_, object| Box::pin(std::future::ready(Ok(object)))),
            closed: Box::new(|_| Box::pin(std::future::ready(()))),
            is_busy: Box::new(|_| false),
        }
    }

    /// Of a service with a handler beneath. That one is asked for all that is no call: which programs it answers, whom a call is about,
    /// for an [`Authorizer`](super::Authorizer), who is in the middle of something, and it is told of connections that end.
    pub fn over<H: Handler + ?Sized>(service: S, handler: Arc<H>) -> ServiceHandler<S> {
        let programs = handler.programs();
        let (knows, asked) = (handler.clone(), handler.clone());
        ServiceHandler {
            service: Mutex::new(service),
            programs,
            identify: Box::new(move |kind, object| knows.clone().identify(kind, object)),
            closed: Box::new(move |cx| handler.clone().closed(cx)),
            is_busy: Box::new(move |cx| asked.is_busy(cx)),
        }
    }
}

impl<S> fmt::Debug for ServiceHandler<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceHandler").finish_non_exhaustive()
    }
}

impl<S> Handler for ServiceHandler<S>
where
    S: Service<CallRequest, Response = Draft, Error = RemoteError> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    fn programs(&self) -> &'static [Program] {
        self.programs
    }

    fn call(self: Arc<Self>, cx: CallContext, call: Called) -> Answering {
        let mut service = self.service.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move {
            poll_fn(|task| service.poll_ready(task)).await?;
            service.call(CallRequest { cx, call }).await
        })
    }

    fn identify(
        self: Arc<Self>,
        kind: ObjectKind,
        object: Named<'static>,
    ) -> BoxFuture<'static, Result<Named<'static>, RemoteError>> {
        (self.identify)(kind, object)
    }

    fn is_busy(&self, cx: &CallContext) -> bool {
        (self.is_busy)(cx)
    }

    fn closed(self: Arc<Self>, cx: CallContext) -> BoxFuture<'static, ()> {
        (self.closed)(cx)
    }
}
