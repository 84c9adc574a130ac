// Made from protocol/x/program.x by `cargo run -p virtwire-idl`: change that, not this.

//! Calls, events and what is known of them.

use virtwire_xdr::Text;

/// `NAME_MAX` of the contract.
pub const NAME_MAX: u32 = 64;

/// Shared by several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thing {
    /// The name. At most 64 bytes.
    pub name: Text,
}

/// Opens a thing, for [`ThingMove`].
///
/// Program program, procedure 1, since libvirt 0.3.0; reply [`ThingOpenReply`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ThingOpen {
    /// The name. At most 64 bytes.
    pub name: Text,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

impl std::fmt::Debug for ThingOpen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ThingOpen")
            .field("name", &format_args!("(not shown)"))
            .field("flags", &self.flags)
            .finish()
    }
}

/// What [`ThingOpen`] returns (program program, procedure 1).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ThingOpenReply {
    /// What was opened.
    pub thing: Thing,
}

impl std::fmt::Debug for ThingOpenReply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ThingOpenReply").field("thing", &format_args!("(not shown)")).finish()
    }
}

/// Closes everything.
///
/// Program program, procedure 2, since libvirt 0.3.0; empty reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Close;

/// Moves a thing.
///
/// Program program, procedure 3, since libvirt 1.2.1 to 1.2.3; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThingMove {
    /// The thing.
    pub thing: Thing,
    /// The from.
    pub from: i32,
    /// The to.
    pub to: i32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Reads a thing.
///
/// Program program, procedure 4, since libvirt 1.2.1; empty reply.
/// Opens a stream that the daemon sends on.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ThingRead {
    /// The thing.
    pub thing: Thing,
    /// The cookie. At most 64 bytes.
    pub cookie: Vec<u8>,
}

impl std::fmt::Debug for ThingRead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ThingRead")
            .field("thing", &self.thing)
            .field("cookie", &format_args!("(not shown)"))
            .finish()
    }
}

/// A thing has gone.
///
/// Program program, event 5, since libvirt 9.0.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThingEventGone {
    /// The thing.
    pub thing: Thing,
}

/// Lends a thing.
///
/// Program program, procedure 6, since libvirt 9.0.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThingLend {
    /// The thing.
    pub thing: Thing,
}
