//! Streams, at both ends: what their packets mean, and what each end may send when.
//!
//! A call opens a stream, and the packets of the stream have that call's program, procedure and serial. It exists once the
//! call's reply is good; a daemon registers it before, so data can come before the reply.
//!
//! ```text
//!                 from a client                            from a daemon
//! data            bytes                                    bytes; none: there will be no more
//! hole            so many zeros, if opened as sparse       the same
//! finish          asks to finish                           confirms a finish or an abort
//! abort           aborts                                   says what went wrong; the stream is dead
//! ```
//!
//! Data is not acknowledged; there are no credits. Whoever cannot take more stops reading the connection, and with it all
//! that it carries. Packets of a stream that has ended are dropped in silence at both ends.

mod client;
mod server;

use bytes::Bytes;

use crate::error::RemoteError;
use crate::header::{Header, Nonsense, Serial};
use crate::message::StreamHole;
use crate::program::{Procedure, ProcedureNumber, Program};
use crate::remote::{StorageVolDownload, StorageVolUpload};

pub(super) use client::ClientStreams;
pub(super) use server::ServerStreams;

/// The most data that one packet should carry: what peers from before libvirt 1.0 take (262,144 bytes with the header), and
/// what all releases cut streams into. Up to [`PAYLOAD_BYTES_MAX`](crate::frame::PAYLOAD_BYTES_MAX) is taken.
pub const CHUNK_BYTES_MAX: usize = 262_120;

/// Which stream of a connection: what each of its packets repeats of the call that opened it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StreamId {
    /// The program of the call.
    pub program: Program,
    /// Its procedure.
    pub procedure: ProcedureNumber,
    /// Its serial.
    pub serial: Serial,
}

impl StreamId {
    /// The stream that a packet with this header belongs to, or that a call with it opens.
    pub fn of(header: &Header) -> StreamId {
        StreamId { program: header.program, procedure: header.procedure, serial: header.serial }
    }
}

/// What happened on a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamEvent {
    /// Bytes came, at least one.
    Data(Bytes),
    /// So many zeros were left out, at least one.
    Hole(u64),
    /// To a client: the daemon has no more data. The stream still wants to be finished.
    EndOfData,
    /// To a daemon: the client asks to finish, and waits for the answer. To a client: the daemon has confirmed it, and the
    /// stream is no more.
    Finish,
    /// To a daemon: the client has aborted the stream, which is no more. To a client: the daemon has confirmed that.
    Aborted,
    /// The stream is no more, and this is why.
    Failed(StreamFault),
}

/// Why a stream has failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StreamFault {
    /// The peer reported a failure.
    #[error(transparent)]
    Remote(Box<RemoteError>),
    /// The peer reported a failure that does not decode.
    #[error("the stream failed, but its error does not decode: {0}")]
    UndecodableError(String),
    /// A daemon sent a hole in a stream that was not opened as sparse.
    #[error("a hole of {0} bytes came in a stream that was not opened as sparse")]
    UnexpectedHole(u64),
    /// A hole makes no sense.
    #[error(transparent)]
    Hole(#[from] HoleError),
    /// The packet's status makes no sense.
    #[error(transparent)]
    Nonsense(#[from] Nonsense),
}

/// A hole that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HoleError {
    /// It does not decode.
    #[error("a hole does not decode: {0}")]
    Undecodable(String),
    /// It is not a length.
    #[error("a hole of {0} bytes: expected at least 1")]
    Length(i64),
    /// It has flags, of which none is defined.
    #[error("a hole with flags {0:#x}: none is defined")]
    Flags(u32),
}

/// Whether a call asks for a stream that may have holes: an upload (208) or a download (209) with flag 1.
pub fn is_sparse(program: Program, procedure: ProcedureNumber, arguments: &[u8]) -> bool {
    const SPARSE_STREAM: u32 = 1;
    let lenient = virtwire_xdr::Options::lenient();
    let flags = match (program, procedure) {
        (Program::REMOTE, StorageVolUpload::NUMBER) => {
            lenient.from_slice::<StorageVolUpload>(arguments).map(|upload| upload.flags)
        }
        (Program::REMOTE, StorageVolDownload::NUMBER) => {
            lenient.from_slice::<StorageVolDownload>(arguments).map(|download| download.flags)
        }
        _ => return false,
    };
    // Arguments that do not decode open no stream.
    flags.is_ok_and(|flags| flags & SPARSE_STREAM != 0)
}

/// The length of a hole.
fn hole_length(payload: &[u8]) -> Result<u64, HoleError> {
    let hole: StreamHole = virtwire_xdr::Options::lenient()
        .from_slice(payload)
        .map_err(|error| HoleError::Undecodable(error.to_string()))?;
    match (hole.flags, u64::try_from(hole.length)) {
        (0, Ok(length)) if length > 0 => Ok(length),
        (0, _) => Err(HoleError::Length(hole.length)),
        (flags, _) => Err(HoleError::Flags(flags)),
    }
}

/// The payload of a hole; `None` for a length that no hole can have.
fn hole(length: u64) -> Option<crate::frame::Draft> {
    let length = i64::try_from(length).ok().filter(|length| *length > 0)?;
    crate::frame::Draft::encode(&StreamHole { length, flags: 0 }).ok()
}

fn decode_error(payload: &[u8]) -> StreamFault {
    match RemoteError::decode(payload) {
        Ok(error) => StreamFault::Remote(error.into()),
        Err(error) => StreamFault::UndecodableError(error.to_string()),
    }
}
