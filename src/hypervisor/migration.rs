//! The handshakes of migration, in a hypervisor's terms. One that is [`Migrating`](super::Migrating) has to know of
//! [`MigrationSupport`] alone.
//!
//! ```text
//!            destination                                   source
//! v3                                                  begin ─▶ the guest's XML; it may be held unchanged from here on
//!      prepare3(dom_xml) ─▶ guest is there, paused    perform3 ─▶ memory ─▶ guest is paused, and stays
//!      finish3(0) ─▶ runs        finish3(1) ─▶ gone   confirm3(0) ─▶ guest has left     confirm3(1) ─▶ runs on
//! v2   prepare2(dom_xml) ─▶ guest is there, paused    perform ─▶ memory ─▶ guest has left
//!      finish2(0) ─▶ runs        finish2(1) ─▶ gone
//! v1   prepare ─▶ a slot, known by its URI            perform ─▶ name, configuration and memory
//!      finish(name, uri) ─▶ runs                      (nobody tells the destination of a failure)
//! ```

use virtwire_protocol::migrate::MigrateFlags;
use virtwire_protocol::params::TypedParams;

use super::{DomainInfo, Uuid};

/// Which versions of migration a host takes part in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MigrationSupport {
    /// Procedures 61, 62 and 63, announced as feature 1.
    pub v1: bool,
    /// Procedures 108, 62 and 109, announced as feature 3.
    pub v2: bool,
    /// Procedures 213, 214, 216, 217 and 218, announced as features 6 and 7.
    pub v3: bool,
    /// Procedures 302, 303, 305, 306 and 307: version 3 with typed parameters, announced as features 13 and 7.
    pub v3_params: bool,
    /// By version 3, definitions of guests that do not run (OFFLINE), announced as feature 12.
    pub offline: bool,
    /// Guests that go to a hypervisor without a daemon's part in it, announced as feature 5: a Perform without a cookie, for which nothing
    /// was prepared, sends a guest to where its URI leads, and the guest is gone when it succeeds.
    pub direct: bool,
}

impl MigrationSupport {
    /// Versions 1 and 2.
    pub const V1_AND_V2: MigrationSupport =
        MigrationSupport { v1: true, v2: true, v3: false, v3_params: false, offline: false, direct: false };
    /// Every version, for guests that run.
    pub const ALL: MigrationSupport =
        MigrationSupport { v1: true, v2: true, v3: true, v3_params: true, offline: false, direct: false };
}

/// A version of the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MigrationVersion {
    /// The data stream brings the configuration.
    V1,
    /// Prepare2 brings the configuration.
    V2,
    /// Prepare3 brings the configuration, and the source keeps its copy until it is told that the other one runs.
    V3,
}

/// Asks a source for the configuration that the destination is to start: procedure 213 or 302. Version 3 only.
#[derive(Clone, Debug, PartialEq)]
pub struct Begin {
    /// The guest.
    pub domain: Uuid,
    /// The configuration that the client wishes for, if not the guest's own.
    pub xml: Option<String>,
    /// How. With OFFLINE the definition moves, and there will be no Perform. With CHANGE_PROTECTION the guest is held as it is until Confirm, or until it is
    /// [released](super::Handshakes::release).
    pub flags: MigrateFlags,
    /// The name that the guest is to have there; `None` keeps its own.
    pub dname: Option<String>,
    /// The limit on the stream that Perform will be told of, MiB/s; 0 is the guest's own limit.
    pub bandwidth_mib_s: u64,
    /// What else the client says by name, as it came: [`takes`](super::Handshakes::takes) says which names may be here.
    pub params: TypedParams,
}

/// What a source answers to Begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// To be handed to Prepare, at most 4,194,304 bytes.
    pub cookie: Vec<u8>,
    /// The exact configuration.
    pub xml: String,
    /// What [`release`](super::Handshakes::release) is to be told if the client's connection ends;
    /// `None` where the guest is not held.
    pub outgoing: Option<OutgoingId>,
}

/// A guest that a source holds for its migration. Never used again for another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutgoingId(pub u64);

/// Makes a destination ready: procedure 61; 108, 214 or 303 with a configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepare {
    /// Which of them.
    pub version: MigrationVersion,
    /// Version 3: what Begin answered.
    pub cookie: Vec<u8>,
    /// Where the source is to be told to connect, as the client wishes; `None` leaves it to the destination.
    pub uri_in: Option<String>,
    /// How. As they came: with PEER2PEER where the source's daemon drives, and with TUNNELLED for a guest that comes through a tunnel.
    pub flags: MigrateFlags,
    /// The name that the guest is to have here; `None` keeps its own.
    pub dname: Option<String>,
    /// Versions 2 and 3: the source's exact configuration. `None` in version 1, where the data stream brings it.
    pub dom_xml: Option<String>,
    /// The limit on the stream that Perform will be told of, MiB/s; 0 is the guest's own limit.
    pub bandwidth_mib_s: u64,
    /// Version 3: what else the client says by name, as for [`Begin`].
    pub params: TypedParams,
}

/// A destination that is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// To be handed to Perform, at most 4,194,304 bytes.
    pub cookie: Vec<u8>,
    /// Where the source is to connect; `None` where it is as the client wished.
    pub uri_out: Option<String>,
    /// What [`abandon`](super::Handshakes::abandon) is to be told if the client's connection ends.
    pub incoming: IncomingId,
}

/// A guest that a destination expects, while it expects it. Never used again for another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IncomingId(pub u64);

/// Sends a guest: procedure 62, the same in versions 1 and 2; 216 or 305 in version 3.
#[derive(Clone, Debug, PartialEq)]
pub struct Perform {
    /// Whether the guest stays here afterwards, paused, until Confirm: version 3. Else it leaves at once.
    pub keeps: bool,
    /// What the client's connection holds: no other client may go on with a guest that Begin holds.
    pub holds: Vec<OutgoingId>,
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
    /// Version 3: the configuration that the destination was given, where the client says it here as well. What is sent is the guest that
    /// runs.
    pub xml: Option<String>,
    /// Version 3: what else the client says by name, as for [`Begin`].
    pub params: TypedParams,
}

/// A guest that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Performed {
    /// Version 3: to be handed to Finish, at most 4,194,304 bytes. Else empty.
    pub cookie: Vec<u8>,
    /// Version 3: what is held here. Else `None`: it has left.
    pub outgoing: Option<OutgoingId>,
}

/// Lets a guest that came run: procedure 63; 109, 217 or 306 not cancelled. Cancelled, those remove it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finish {
    /// Which of them.
    pub version: MigrationVersion,
    /// The guest's name here.
    pub dname: String,
    /// What Prepare answered (versions 1 and 2), or Perform (version 3); or nothing.
    pub cookie: Vec<u8>,
    /// Where the source connected. Version 1 knows the guest by it.
    pub uri: String,
    /// How, as they came.
    pub flags: MigrateFlags,
    /// Version 3: what else the client says by name, as for [`Begin`]. Nothing of what other steps have a field for.
    pub params: TypedParams,
}

/// A guest that came and runs, or is paused as was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// The guest here.
    pub domain: DomainInfo,
    /// Version 3: to be handed to Confirm, at most 4,194,304 bytes. Else empty.
    pub cookie: Vec<u8>,
}

/// Tells a source what has become of the guest that it holds: procedure 218 or 307.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirm {
    /// The guest here.
    pub domain: Uuid,
    /// What Finish answered, or nothing.
    pub cookie: Vec<u8>,
    /// How.
    pub flags: MigrateFlags,
    /// Whether it does not run there, so that it is to go on here. Else it leaves.
    pub cancelled: bool,
    /// What the client's connection holds: no other client may end this hold.
    pub holds: Vec<OutgoingId>,
    /// What else the client says by name, as for [`Finish`].
    pub params: TypedParams,
}
