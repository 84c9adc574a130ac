// Made from protocol/x/program.x by `cargo run -p virtwire-idl`: change that, not this.

//! The calls of the program program, as methods.
//!
//! Those that open a stream are not here: a stream needs more than a reply. Calls with up to three
//! arguments take them in the wire's order, longer ones take their struct.

use virtwire_protocol::program::*;

use crate::client::{CallError, Connection};

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
}
