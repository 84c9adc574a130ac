//! A daemon that claims less than it can: it answers "no" when asked for some features, and serves them all the same.

use std::sync::Arc;

use virtwire::protocol::access::{Named, ObjectKind};
use virtwire::protocol::error::RemoteError;
use virtwire::protocol::frame::Draft;
use virtwire::protocol::program::{Procedure, Program};
use virtwire::protocol::remote::{ConnectSupportsFeature, ConnectSupportsFeatureReply};
use virtwire::protocol::session::server::Called;
use virtwire::server::{Answering, BoxFuture, CallContext, Handler};

/// A handler, and the features that it keeps to itself.
#[derive(Debug)]
pub(super) struct Claims<H> {
    handler: Arc<H>,
    denied: Vec<i32>,
}

impl<H: Handler> Claims<H> {
    pub(super) fn new(handler: H, denied: Vec<i32>) -> Claims<H> {
        Claims { handler: Arc::new(handler), denied }
    }

    /// Whether this call asks for a feature that is denied.
    fn denies(&self, call: &Called) -> bool {
        (call.header.program, call.header.procedure) == (Program::REMOTE, ConnectSupportsFeature::NUMBER)
            && virtwire::xdr::Options::lenient()
                .from_slice::<ConnectSupportsFeature>(&call.payload)
                .is_ok_and(|asked| self.denied.contains(&asked.feature))
    }
}

impl<H: Handler> Handler for Claims<H> {
    fn call(self: Arc<Self>, cx: CallContext, call: Called) -> Answering {
        if self.denies(&call) {
            let no = Draft::encode(&ConnectSupportsFeatureReply { supported: 0 });
            return Box::pin(std::future::ready(no.map_err(|_| RemoteError::unencodable())));
        }
        self.handler.clone().call(cx, call)
    }

    fn identify(
        self: Arc<Self>,
        kind: ObjectKind,
        object: Named<'static>,
    ) -> BoxFuture<'static, Result<Named<'static>, RemoteError>> {
        self.handler.clone().identify(kind, object)
    }

    fn is_busy(&self, cx: &CallContext) -> bool {
        self.handler.is_busy(cx)
    }

    fn closed(self: Arc<Self>, cx: CallContext) -> BoxFuture<'static, ()> {
        self.handler.clone().closed(cx)
    }
}
