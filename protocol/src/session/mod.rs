//! The two halves of a connection, without I/O: given frames and the time, they say what to send and what happened.
//!
//! Both are driven alike. Any input is legal at any time:
//! - `handle_frame`, `handle_timeout` and the owner's own wishes (`call`, `reply`, `notify`) may make `poll_transmit`,
//!   `poll_event` and `poll_timeout` ready; drain the first two until `None` after each;
//! - a daemon's `poll_transmit` may make its `poll_event` ready: calls that wait are begun as their client reads;
//! - an error of `handle_frame` is final: close the connection, and the session with it.
//!
//! What waits to be polled is bounded by what has been handed in, never by what a peer claims.

pub mod client;
mod gate;
pub mod keepalive;
mod queue;
mod serial_map;
pub mod server;
pub mod stream;
pub mod subscriptions;

pub use serial_map::{CountedHasher, SerialHasher, SerialMap};

use std::collections::VecDeque;

use crate::frame::FrameError;
use crate::header::{Nonsense, Serial};
use crate::program::{ProcedureNumber, Program};

/// The peer broke a rule after which nothing that it sends can be trusted: the connection has to be closed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProtocolError {
    /// Its bytes are not frames.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// A reply to a call that was never made or is answered already.
    #[error("reply to no call: {program} procedure {procedure}, {serial:?}")]
    ReplyToNoCall {
        /// The program of the reply.
        program: Program,
        /// Its procedure.
        procedure: ProcedureNumber,
        /// Its serial.
        serial: Serial,
    },
    /// An event of a program from which none were asked.
    #[error("event {procedure} of {program}, from which none were asked")]
    UnknownNotice {
        /// The program of the event.
        program: Program,
        /// Its number.
        procedure: ProcedureNumber,
    },
    /// A daemon called its client, or sent a type that does not exist.
    #[error("a daemon may not send this: {0}")]
    NotForClients(&'static str),
    /// A header without meaning, from a daemon.
    #[error(transparent)]
    Nonsense(#[from] Nonsense),
    /// More descriptors were announced than can be received.
    #[error(
        "{count} file descriptors were announced on a connection that carries at most {most} with a message"
    )]
    Descriptors {
        /// How many.
        count: u32,
        /// How many it carries: 0 or 32.
        most: u32,
    },
    /// A daemon confirmed the end of a stream that nobody had asked to end.
    #[error("the end of a stream was confirmed that was not asked to end: {serial:?}")]
    UnaskedFinish {
        /// The stream's serial.
        serial: Serial,
    },
    /// A client sent a hole in a stream that it had not opened as sparse.
    #[error("a hole in a stream that was not opened as sparse: {serial:?}")]
    UnexpectedHole {
        /// The stream's serial.
        serial: Serial,
    },
    /// Nothing was heard for too long.
    #[error("the peer has not been heard for {silent_s} s, {pings} pings unanswered")]
    Silent {
        /// Seconds since the last packet.
        silent_s: u64,
        /// Pings sent meanwhile.
        pings: u32,
    },
}

/// Takes what has waited longest. Of a queue that is empty then, room for so many is left: most connections are idle.
fn take_first<T>(queue: &mut VecDeque<T>, kept: usize) -> Option<T> {
    let first = queue.pop_front();
    if queue.is_empty() && queue.capacity() > kept {
        *queue = VecDeque::with_capacity(kept);
    }
    first
}

/// Takes the count of descriptors off the front of a payload, where a message that may carry them has it. The descriptors
/// themselves are their owner's, who has the socket.
///
/// # Errors
/// [`ProtocolError::Descriptors`] if there are more than the connection carries. A payload without the word is
/// returned as it is, with none: it will not decode.
fn take_descriptors(payload: &mut bytes::Bytes, most: u32) -> Result<u32, ProtocolError> {
    let Some(word) = payload.first_chunk::<4>() else { return Ok(0) };
    let count = u32::from_be_bytes(*word);
    if count > most {
        return Err(ProtocolError::Descriptors { count, most });
    }
    bytes::Buf::advance(payload, 4);
    Ok(count)
}
