//! Streams, as both ends of a connection have them: a bounded queue each way between a handle and the connection's task.

mod file;
mod half;
#[cfg(feature = "server")]
mod pair;
mod pipe;
mod table;
#[cfg(test)]
mod tests;

use std::io;

use bytes::Bytes;
use virtwire_protocol::error::RemoteError;
use virtwire_protocol::session::stream::StreamFault;

pub use file::FileError;
pub(crate) use half::{Side, delegate_io, halves};
pub use half::{StreamReader, StreamWriter};
#[cfg(feature = "server")]
pub(crate) use pair::carry;
pub(crate) use pipe::{Ending, Incoming, Outgoing, Pipe};
pub(crate) use table::{Pipes, StreamKey, StreamSession, StreamTable};

/// A piece of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chunk {
    /// Bytes, at least one.
    Data(Bytes),
    /// So many zeros, at least one, that did not travel.
    Hole(u64),
}

/// Why a stream does not go on.
///
/// Its `Debug` is its `Display`, for a `main` that returns it.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// The peer reported a failure.
    #[error(transparent)]
    Remote(RemoteError),
    /// The peer sent what this stream cannot have.
    #[error(transparent)]
    Fault(StreamFault),
    /// The client has aborted it.
    #[error("the stream was aborted by its client")]
    Aborted,
    /// The connection has ended.
    #[error("the connection ended before the stream did: {reason}")]
    Closed {
        /// Why, in words; a client's [`Connection::ended`](crate::client::Connection::ended) has more.
        reason: String,
    },
    /// It was finished here before all of it was read: what came and did not fit the queue is dropped, or the daemon has stopped before
    /// the end.
    #[error("the stream was finished before all of it was read, and the rest of it is lost")]
    Unread,
    /// The daemon sent more than any that means well before it said whether the stream is open; it is aborted.
    #[error("the daemon sent too much of the stream before it said that it is open")]
    Unopened,
    /// It has been finished or aborted here, or the other end has asked to finish: nothing more can be sent.
    #[error("the stream has ended")]
    Ended,
    /// A hole can be sent only on a stream that was opened as sparse, by flag 1 of an upload or a download, and has 1 to 2⁶³ - 1
    /// bytes.
    #[error("a hole of {length} bytes cannot be sent on this stream")]
    Hole {
        /// How long it was to be.
        length: u64,
    },
}

debug_is_display!(StreamError);

impl From<StreamFault> for StreamError {
    fn from(fault: StreamFault) -> StreamError {
        match fault {
            StreamFault::Remote(error) => StreamError::Remote(*error),
            other => StreamError::Fault(other),
        }
    }
}

impl From<StreamError> for io::Error {
    fn from(error: StreamError) -> io::Error {
        let kind = match error {
            StreamError::Aborted | StreamError::Closed { .. } => io::ErrorKind::ConnectionAborted,
            StreamError::Ended => io::ErrorKind::BrokenPipe,
            StreamError::Hole { .. } => io::ErrorKind::InvalidInput,
            _ => io::ErrorKind::Other,
        };
        io::Error::new(kind, error)
    }
}
