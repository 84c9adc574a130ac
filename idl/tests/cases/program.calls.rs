// Made from protocol/x/program.x by `cargo run -p virtwire-idl`: change that, not this.

//! The calls of the program program, as methods.
//!
//! Calls with up to three arguments take them in the wire's order, longer ones take their struct; calls that open a
//! stream take up to four. Those that pass file descriptors have methods elsewhere, with the feature `fds`.

use virtwire_protocol::program::*;

use crate::client::{CallError, Connection, Stream};

impl Connection {
    /// Opens a thing, for `thing_move`.
    ///
    /// Procedure 1, `virThingOpen`, since libvirt 0.3.0.
    pub async fn program_thing_open(&self, name: &str, flags: u32) -> Result<ThingOpenReply, CallError> {
        self.call(ThingOpen { name: name.into(), flags }).await
    }

    /// Closes everything.
    ///
    /// Procedure 2, `virClose`, since libvirt 0.3.0.
    pub async fn program_close(&self) -> Result<(), CallError> {
        self.call(Close).await
    }

    /// Moves a thing.
    ///
    /// Procedure 3, `virThingMove`, since libvirt 1.2.1 to 1.2.3.
    pub async fn program_thing_move(&self, arguments: ThingMove) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Reads a thing.
    ///
    /// Procedure 4, `virThingRead`, since libvirt 1.2.1. Opens a stream that the daemon sends on.
    pub async fn program_thing_read(&self, thing: &Thing, cookie: &[u8]) -> Result<Stream, CallError> {
        self.open_stream(ThingRead { thing: thing.clone(), cookie: cookie.to_vec() }).await
    }
}
