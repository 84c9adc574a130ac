// Made from protocol/x/program.x by `cargo run -p virtwire-idl`: change that, not this.

//! The program program as a daemon serves it.

use std::future::Future;

use virtwire_protocol::error::RemoteError;
use virtwire_protocol::program::*;

use crate::server::service::{dispatch, unsupported};
use crate::server::{CallContext, Stream};

/// The calls of the program program, typed.
///
/// A call that is not implemented answers what libvirt answers for a driver without it: code 3, "this function
/// is not supported by the connection driver", and the function's name.
#[allow(unused_variables, reason = "parameters have the names that implementations want")]
pub trait ProgramService: Send + Sync + 'static {
    /// Opens a thing, for `thing_move`.
    ///
    /// Procedure 1, `virThingOpen`, since libvirt 0.3.0.
    fn thing_open(
        &self,
        cx: &CallContext,
        arguments: ThingOpen,
    ) -> impl Future<Output = Result<ThingOpenReply, RemoteError>> + Send {
        unsupported("virThingOpen")
    }

    /// Closes everything.
    ///
    /// Procedure 2, `virClose`, since libvirt 0.3.0.
    fn close(&self, cx: &CallContext) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virClose")
    }

    /// Moves a thing.
    ///
    /// Procedure 3, `virThingMove`, since libvirt 1.2.1 to 1.2.3.
    fn thing_move(
        &self,
        cx: &CallContext,
        arguments: ThingMove,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virThingMove")
    }

    /// Reads a thing.
    ///
    /// Procedure 4, `virThingRead`, since libvirt 1.2.1. Opens a stream that the daemon sends on.
    fn thing_read(
        &self,
        cx: &CallContext,
        arguments: ThingRead,
        stream: Stream,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virThingRead")
    }

    /// Lends a thing.
    ///
    /// Procedure 6, `virThingLend`, since libvirt 9.0.0.
    fn thing_lend(
        &self,
        cx: &CallContext,
        arguments: ThingLend,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virThingLend")
    }
}

dispatch! {
    /// Decodes a call's arguments, has the service answer, and encodes the reply.
    ///
    /// Arguments that do not decode, and numbers that are no call's, are answered as libvirt answers them: code 39.
    pub fn dispatch_program for ProgramService;
    1 ThingOpen => thing_open(arguments);
    2 Close => close();
    3 ThingMove => thing_move(arguments);
    4 ThingRead => thing_read(arguments, stream);
    6 ThingLend => thing_lend(arguments);
}
