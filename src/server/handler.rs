//! The rawest of the three doors: program, procedure and bytes.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use virtwire_protocol::access::{Named, ObjectKind};
use virtwire_protocol::error::RemoteError;
use virtwire_protocol::frame::Draft;
use virtwire_protocol::program::Program;
use virtwire_protocol::session::server::{Called, PROGRAMS};

use super::context::CallContext;

/// A future in a box, as a handler returns it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A call that is being answered: what the reply holds, or the error that the client is to see.
pub type Answering = BoxFuture<'static, Result<Draft, RemoteError>>;

/// Answers calls.
///
/// The server has checked that the procedure exists in the profile that it serves, and that the connection may call it;
/// arguments are not yet decoded. Calls of one connection run at the same time and are answered as they end.
pub trait Handler: Send + Sync + 'static {
    /// The programs whose calls it answers; those of others are unknown.
    fn programs(&self) -> &'static [Program] {
        &PROGRAMS
    }

    /// Answers one call. It runs to its end even if the connection dies meanwhile, as in libvirt's daemons.
    ///
    /// Until it first waits for something it runs in the connection's own task, and afterwards in one of its own. So what keeps a
    /// processor busy or blocks is to be done elsewhere (`spawn_blocking`): the connection's pings and other calls wait for it, and
    /// all connections where as many handlers do so as the runtime has workers. Only calls of more than 64 KiB are worked on beside the
    /// runtime in any case, of all together one for each processor at a time, as to read what is long takes long: each poll of their
    /// handler is on a thread that may block.
    fn call(self: Arc<Self>, cx: CallContext, call: Called) -> Answering;

    /// Completes what a call says of its object, such as the name of a domain that is named by its UUID. Asked only where an
    /// [`Authorizer`](super::Authorizer) is to decide about the call. The default adds nothing.
    ///
    /// # Errors
    /// Where it cannot be told now whom the call is about. The call is answered with that: an authorizer that goes by names would let pass
    /// what has none.
    fn identify(
        self: Arc<Self>,
        _kind: ObjectKind,
        object: Named<'static>,
    ) -> BoxFuture<'static, Result<Named<'static>, RemoteError>> {
        Box::pin(std::future::ready(Ok(object)))
    }

    /// Whether a connection is in the middle of something that takes more calls of it, such as a migration: then
    /// [`Server::shut_down`](super::Server::shut_down) lets it go on until it is not, or its time is over. Asked only then, and again and
    /// again; it must not wait. The default knows of nothing.
    fn is_busy(&self, _cx: &CallContext) -> bool {
        false
    }

    /// A connection is gone: clean up what it owned. Called as soon as that is known, and once more when the last of
    /// its calls has ended, if any were still running, also where it panicked the first time. The default is for what
    /// owns nothing.
    fn closed(self: Arc<Self>, _cx: CallContext) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}
