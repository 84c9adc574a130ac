//! The rawest of the three doors: program, procedure and bytes.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use virtwire_protocol::error::RemoteError;
use virtwire_protocol::frame::Draft;
use virtwire_protocol::session::server::Called;

use super::context::CallContext;

/// A future in a box, as a handler returns it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Answers calls.
///
/// The server has checked that the procedure exists in the profile that it serves, and that the connection may call it;
/// arguments are not yet decoded. Calls of one connection run at the same time and are answered as they end.
pub trait Handler: Send + Sync + 'static {
    /// Answers one call. It runs to its end even if the connection dies meanwhile, as in libvirt's daemons.
    fn call(self: Arc<Self>, cx: CallContext, call: Called)
    -> BoxFuture<'static, Result<Draft, RemoteError>>;

    /// A connection is gone: clean up what it owned. Called as soon as that is known, and once more when the last of
    /// its calls has ended, if any were still running.
    fn closed(self: Arc<Self>, cx: CallContext) -> BoxFuture<'static, ()>;
}
