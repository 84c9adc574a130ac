// Made from protocol/x/lxc.x by `cargo run -p virtwire-idl`: change that, not this.

//! The lxc program as a daemon serves it.

use std::future::Future;

use virtwire_protocol::error::RemoteError;
use virtwire_protocol::lxc::*;

use crate::server::CallContext;
use crate::server::service::{dispatch, unsupported};

/// The calls of the lxc program, typed.
///
/// A call that is not implemented answers what libvirt answers for a driver without it: code 3, "this function
/// is not supported by the connection driver", and the function's name.
#[allow(unused_variables, reason = "parameters have the names that implementations want")]
pub trait LxcService: Send + Sync + 'static {
    /// Hands over descriptors of a container's name spaces, for the client to enter. The reply is of
    /// type REPLY_WITH_FDS.
    ///
    /// Procedure 1, `virDomainLxcOpenNamespace`.
    fn domain_open_namespace(
        &self,
        cx: &CallContext,
        arguments: DomainOpenNamespace,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainLxcOpenNamespace")
    }
}

dispatch! {
    /// Decodes a call's arguments, has the service answer, and encodes the reply.
    ///
    /// Arguments that do not decode, and numbers that are no call's, are answered as libvirt answers them: code 39.
    pub fn dispatch_lxc for LxcService;
    1 DomainOpenNamespace => domain_open_namespace(arguments);
}
