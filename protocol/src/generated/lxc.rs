// Made from protocol/x/lxc.x by `cargo run -p virtwire-idl`: change that, not this.

//! What only an LXC daemon can be asked, on the same connection as the remote program and in between
//! its calls.

use super::remote;

/// Hands over descriptors of a container's name spaces, for the client to enter. The reply is of
/// type REPLY_WITH_FDS.
///
/// Lxc program, procedure 1; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainOpenNamespace {
    /// The domain.
    pub dom: remote::Domain,
    /// No bit of it matters here: 0.
    pub flags: u32,
}
