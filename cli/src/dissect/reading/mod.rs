//! From recordings to happenings: connections that open, pieces that pass, connections that end.

pub(crate) mod capture;
mod flows;
mod packet;
pub(crate) mod raw;
mod reassembly;

use std::time::Duration;

use virtwire::protocol::dissect::{Piece, Side};

/// What a source tells, in the order in which it is to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Happening {
    Opened(Opened),
    Piece {
        connection: u32,
        /// Since 1970, where the source knows times.
        at: Option<Duration>,
        from: Side,
        piece: Piece,
    },
    Closed {
        connection: u32,
        at: Option<Duration>,
        /// In words.
        how: &'static str,
    },
    /// Something that belongs to no connection.
    Remark(String),
}

/// A connection, from now on known by its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opened {
    pub(crate) connection: u32,
    pub(crate) at: Option<Duration>,
    /// The names of its ends: addresses, or for the daemon the recording's.
    pub(crate) client: String,
    pub(crate) daemon: String,
    /// What is to be known of it.
    pub(crate) remark: Option<&'static str>,
    /// Only one end was recorded, so that no reply has its call.
    pub(crate) one_sided: bool,
}
