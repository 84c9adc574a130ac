//! The six words at the head of every frame.

use std::fmt;

use crate::program::{ProcedureNumber, Program};

/// Bytes of a header on the wire.
pub const HEADER_BYTES: usize = 24;

/// Ties a reply, and every packet of a stream, to the call that asked for it.
///
/// Chosen by the caller, echoed by the peer. A client counts up from 0 as libvirt's own does, and wraps.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial(pub u32);

impl Serial {
    /// The one after this, past the highest again 0.
    #[must_use]
    pub fn next(self) -> Serial {
        Serial(self.0.wrapping_add(1))
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "serial {}", self.0)
    }
}

/// The header as it stands on the wire: type and status may be nonsense, [`kind`](Header::kind) tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Which program in which version.
    pub program: Program,
    /// Which procedure or event of it.
    pub procedure: ProcedureNumber,
    /// The type word: 0 call, 1 reply, 2 notice, 3 stream, 4 call with descriptors, 5 reply with descriptors, 6 hole.
    pub type_word: i32,
    /// Which call this belongs to.
    pub serial: Serial,
    /// The status word: 0 ok, 1 error, 2 continue.
    pub status_word: i32,
}

/// What a type and a status mean together. Most of the 7 × 3 combinations are nonsense; these are the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// A client asks; arguments follow.
    Call,
    /// A client asks; the count of the descriptors that it passes comes first, then the arguments.
    CallWithFds,
    /// The call succeeded; the result follows.
    Reply,
    /// The call succeeded; the count of the descriptors that come with it, then the result.
    ReplyWithFds,
    /// The call failed; the error follows.
    ReplyError,
    /// Nobody asked: an event, or a ping or pong. Its serial answers nothing.
    Notice,
    /// A packet of a stream.
    Stream(StreamPart),
    /// A hole in a sparse stream; its length and flags follow.
    Hole,
}

/// What a stream packet is; only here has the status CONTINUE a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamPart {
    /// Raw bytes. From a daemon, none mean the end of the data.
    Data,
    /// A client wants to finish, or a daemon confirms that the stream has ended.
    Finish,
    /// A client aborts, or a daemon says what went wrong.
    Abort,
}

const CALL: i32 = 0;
const REPLY: i32 = 1;
const NOTICE: i32 = 2;
const STREAM: i32 = 3;
const CALL_WITH_FDS: i32 = 4;
const REPLY_WITH_FDS: i32 = 5;
const HOLE: i32 = 6;

const OK: i32 = 0;
const ERROR: i32 = 1;
const CONTINUE: i32 = 2;

/// A header that has no meaning: which of its two words is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Nonsense {
    /// No such type.
    #[error("message type {0} does not exist")]
    Type(i32),
    /// A status that this type cannot have.
    #[error("message status {status} cannot stand with type {type_word}")]
    Status {
        /// The type word.
        type_word: i32,
        /// The status word.
        status: i32,
    },
}

impl Header {
    /// The header of a message of this kind.
    pub fn new(kind: MessageKind, program: Program, procedure: ProcedureNumber, serial: Serial) -> Header {
        let (type_word, status_word) = match kind {
            MessageKind::Call => (CALL, OK),
            MessageKind::CallWithFds => (CALL_WITH_FDS, OK),
            MessageKind::Reply => (REPLY, OK),
            MessageKind::ReplyWithFds => (REPLY_WITH_FDS, OK),
            MessageKind::ReplyError => (REPLY, ERROR),
            MessageKind::Notice => (NOTICE, OK),
            MessageKind::Stream(StreamPart::Data) => (STREAM, CONTINUE),
            MessageKind::Stream(StreamPart::Finish) => (STREAM, OK),
            MessageKind::Stream(StreamPart::Abort) => (STREAM, ERROR),
            MessageKind::Hole => (HOLE, CONTINUE),
        };
        Header { program, procedure, type_word, serial, status_word }
    }

    /// The header that answers this one: everything is echoed but type and status.
    pub fn answer(&self, kind: MessageKind) -> Header {
        Header::new(kind, self.program, self.procedure, self.serial)
    }

    /// What type and status mean together.
    ///
    /// # Errors
    /// [`Nonsense`], naming the word at fault. It is no reason to close the connection.
    pub fn kind(&self) -> Result<MessageKind, Nonsense> {
        Ok(match (self.type_word, self.status_word) {
            (CALL, OK) => MessageKind::Call,
            (CALL_WITH_FDS, OK) => MessageKind::CallWithFds,
            (REPLY, OK) => MessageKind::Reply,
            (REPLY_WITH_FDS, OK) => MessageKind::ReplyWithFds,
            (REPLY, ERROR) => MessageKind::ReplyError,
            (NOTICE, OK) => MessageKind::Notice,
            (STREAM, CONTINUE) => MessageKind::Stream(StreamPart::Data),
            (STREAM, OK) => MessageKind::Stream(StreamPart::Finish),
            (STREAM, ERROR) => MessageKind::Stream(StreamPart::Abort),
            (HOLE, CONTINUE) => MessageKind::Hole,
            (CALL..=HOLE, status) => return Err(Nonsense::Status { type_word: self.type_word, status }),
            (type_word, _) => return Err(Nonsense::Type(type_word)),
        })
    }

    /// Whether the type word says call, with or without descriptors, whatever the status.
    pub fn is_call_type(&self) -> bool {
        matches!(self.type_word, CALL | CALL_WITH_FDS)
    }

    /// Whether the type word says stream or hole, whatever the status.
    pub fn is_stream_type(&self) -> bool {
        matches!(self.type_word, STREAM | HOLE)
    }

    /// The 24 bytes of the wire.
    pub fn to_bytes(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        let words = [
            self.program.number,
            self.program.version,
            self.procedure.0.cast_unsigned(),
            self.type_word.cast_unsigned(),
            self.serial.0,
            self.status_word.cast_unsigned(),
        ];
        for (at, word) in bytes.chunks_exact_mut(4).zip(words) {
            at.copy_from_slice(&word.to_be_bytes());
        }
        bytes
    }

    /// Reads the 24 bytes of the wire. Any words are taken; [`kind`](Header::kind) judges two of them.
    pub fn from_bytes(bytes: &[u8; HEADER_BYTES]) -> Header {
        let word = |at: usize| {
            let mut word = [0; 4];
            word.copy_from_slice(&bytes[at * 4..at * 4 + 4]);
            u32::from_be_bytes(word)
        };
        Header {
            program: Program { number: word(0), version: word(1) },
            procedure: ProcedureNumber(word(2).cast_signed()),
            type_word: word(3).cast_signed(),
            serial: Serial(word(4)),
            status_word: word(5).cast_signed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_survives_the_wire_and_every_other_pair_of_words_is_nonsense() {
        let mut meaningful = 0;
        for type_word in -1..=8 {
            for status_word in -1..=3 {
                let header = Header {
                    type_word,
                    status_word,
                    ..Header::new(MessageKind::Call, Program::REMOTE, ProcedureNumber(-1), Serial(u32::MAX))
                };
                assert_eq!(Header::from_bytes(&header.to_bytes()), header);
                match header.kind() {
                    Ok(kind) => {
                        meaningful += 1;
                        assert_eq!(header.answer(kind), header);
                    }
                    Err(Nonsense::Type(word)) => assert!(word == type_word && !(0..=6).contains(&word)),
                    Err(Nonsense::Status { status, .. }) => {
                        assert!(status == status_word && (0..=6).contains(&type_word))
                    }
                }
            }
        }
        assert_eq!(meaningful, 10);
    }
}
