// Made from protocol/x/lxc.x by `cargo run -p virtwire-idl`: change that, not this.

//! The calls of the lxc program, as methods.
//!
//! Calls with up to three arguments take them in the wire's order, longer ones take their struct; calls that open a
//! stream take up to four.

use virtwire_protocol::lxc::*;
use virtwire_protocol::remote;

use crate::client::{CallError, Connection};

impl Connection {
    /// Hands over descriptors of a container's name spaces, for the client to enter. The reply is of
    /// type REPLY_WITH_FDS.
    ///
    /// Procedure 1, `virDomainLxcOpenNamespace`.
    pub async fn lxc_domain_open_namespace(&self, dom: &remote::Domain, flags: u32) -> Result<(), CallError> {
        self.call(DomainOpenNamespace { dom: dom.clone(), flags }).await
    }
}
