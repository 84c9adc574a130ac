//! The handshakes of migration, in a hypervisor's terms.
//!
//! ```text
//!            destination                                   source
//! v2   prepare2(dom_xml) ─▶ guest is there, paused    perform ─▶ memory ─▶ guest has left
//!      finish2(0) ─▶ runs        finish2(1) ─▶ gone
//! v1   prepare ─▶ a slot, known by its URI            perform ─▶ name, configuration and memory
//!      finish(name, uri) ─▶ runs                      (nobody tells the destination of a failure)
//! ```

use virtwire_protocol::migrate::MigrateFlags;

use super::Uuid;

/// Which versions of migration a host takes part in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MigrationSupport {
    /// Procedures 61, 62 and 63, announced as feature 1.
    pub v1: bool,
    /// Procedures 108, 62 and 109, announced as feature 3.
    pub v2: bool,
}

impl MigrationSupport {
    /// Versions 1 and 2.
    pub const V1_AND_V2: MigrationSupport = MigrationSupport { v1: true, v2: true };
}

/// A version of the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MigrationVersion {
    /// The data stream brings the configuration.
    V1,
    /// Prepare2 brings the configuration.
    V2,
}

/// Makes a destination ready: procedure 61, or 108 with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepare {
    /// Where the source is to be told to connect, as the client wishes; `None` leaves it to the destination.
    pub uri_in: Option<String>,
    /// How.
    pub flags: MigrateFlags,
    /// The name that the guest is to have here; `None` keeps its own.
    pub dname: Option<String>,
    /// Version 2: the source's exact configuration. `None` in version 1, where the data stream brings it.
    pub dom_xml: Option<String>,
}

/// A destination that is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// To be handed to Perform, at most 4,194,304 bytes.
    pub cookie: Vec<u8>,
    /// Where the source is to connect; `None` where it is as the client wished.
    pub uri_out: Option<String>,
    /// What [`migrate_abandon`](super::Hypervisor::migrate_abandon) is to be told if the client's connection ends.
    pub incoming: IncomingId,
}

/// A guest that a destination expects, while it expects it. Never used again for another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IncomingId(pub u64);

/// Sends a guest: procedure 62, the same in versions 1 and 2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Perform {
    /// The guest.
    pub domain: Uuid,
    /// What Prepare answered.
    pub cookie: Vec<u8>,
    /// Where to connect.
    pub uri: String,
    /// How.
    pub flags: MigrateFlags,
    /// The name that the guest is to have there; `None` keeps its own.
    pub dname: Option<String>,
    /// The limit on the stream, MiB/s; 0 is the guest's own limit.
    pub bandwidth_mib_s: u64,
}

/// Lets a guest that came run: procedure 63, or 109 with a retcode of 0. With another retcode, 109 cancels it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finish {
    /// Which of the two.
    pub version: MigrationVersion,
    /// The guest's name here.
    pub dname: String,
    /// What Prepare answered, or nothing.
    pub cookie: Vec<u8>,
    /// Where the source connected.
    pub uri: String,
    /// How.
    pub flags: MigrateFlags,
}
