//! Why a connection ended, and whose doing that is.

use std::io;

use virtwire_protocol::session::ProtocolError;
use virtwire_protocol::session::server::QueueFull;

use crate::codec::CodecError;

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Ended {
    /// The client said goodbye and had all its replies.
    #[error("the client closed the connection")]
    Closed,
    /// This server shuts down, and the client had all its replies.
    #[error("the client has finished, as the server shuts down")]
    Finished,
    /// The client went without a goodbye.
    #[error("the client is gone")]
    Gone,
    /// Reading or writing failed, or what came was no stream of frames.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// The client broke the protocol, or went silent.
    #[error(transparent)]
    Protocol(#[from] ProtocolError),
    /// The client does not read its events.
    #[error("the client does not read its events")]
    Slow,
    /// All clients hold more memory than they may, this one much of it, and it neither reads nor goes on with what it has begun to send.
    #[error("the client holds much memory, and neither reads nor goes on with what it has begun")]
    Hoarding,
    /// This server has sent the client away: it shuts down, and the time for it is over, or it was told to disconnect this one.
    #[error("the client was sent away")]
    SentAway,
    /// The client has not proved who it is in time.
    #[error("the client has not proved who it is in time")]
    Unknown,
}

impl Ended {
    /// Whether the client has brought it about, by what no client should do.
    pub(super) fn is_its_fault(&self) -> bool {
        match self {
            // A frame longer than is taken of a stranger, or a descriptor that was announced and did not come.
            Ended::Codec(CodecError::Io(error)) => error.kind() == io::ErrorKind::InvalidData,
            Ended::Codec(CodecError::Frame(_))
            | Ended::Protocol(_)
            | Ended::Slow
            | Ended::Hoarding
            | Ended::Unknown => true,
            Ended::Closed | Ended::Finished | Ended::Gone | Ended::SentAway => false,
        }
    }
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Ended {
        Ended::Codec(error.into())
    }
}

impl From<QueueFull> for Ended {
    fn from(_: QueueFull) -> Ended {
        Ended::Slow
    }
}

/// Why nothing more can be written.
pub(super) fn unwritten(error: io::Error) -> Ended {
    match error.kind() {
        io::ErrorKind::WriteZero => Ended::Gone,
        _ => error.into(),
    }
}
