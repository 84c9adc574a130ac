//! Who answers whom: one connection's frames, in the order in which they passed.

use std::time::Duration;

use virtwire_xdr::Options;

use super::recent::Recent;
use crate::frame::Frame;
use crate::header::{Header, MessageKind, Serial, StreamPart};
use crate::message::StreamHole;
use crate::program::Program;

/// Calls that are remembered until they are answered; beyond that the oldest is forgotten.
const CALLS_MAX: usize = 16_384;
/// Streams that are counted at a time.
const STREAMS_MAX: usize = 4_096;

/// Which end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The end that connected.
    Client = 0,
    /// The end that was connected to.
    Daemon = 1,
}

impl Side {
    /// The end that sends such a message, where only one of them does: calls are a client's, replies and events a
    /// daemon's. `None` for streams, keepalive and nonsense.
    pub fn that_sends(header: &Header) -> Option<Side> {
        match header.kind() {
            Ok(MessageKind::Call | MessageKind::CallWithFds) => Some(Side::Client),
            Ok(MessageKind::Reply | MessageKind::ReplyWithFds | MessageKind::ReplyError) => {
                Some(Side::Daemon)
            }
            Ok(MessageKind::Notice) if header.program != Program::KEEPALIVE => Some(Side::Daemon),
            _ => None,
        }
    }

    /// The other end.
    #[must_use]
    pub fn other(self) -> Side {
        match self {
            Side::Client => Side::Daemon,
            Side::Daemon => Side::Client,
        }
    }
}

/// The calls and streams of one connection. Takes any frames in any order; keeps a bounded number of them in mind.
#[derive(Clone, Debug)]
pub struct Conversation<N = ()> {
    calls: Recent<(Side, Serial), Call<N>>,
    streams: Recent<Serial, StreamTotal>,
}

/// A call that was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call<N = ()> {
    /// Its header.
    pub header: Header,
    /// When it was heard, as its owner counts.
    pub at: Duration,
    /// Bytes of its frame.
    pub wire_bytes: usize,
    /// What its owner wants to find again with the reply.
    pub note: N,
}

/// What a stream has carried so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamTotal {
    /// Bytes of data from the client to the daemon.
    pub to_daemon_bytes: u64,
    /// Bytes of data from the daemon to the client.
    pub to_client_bytes: u64,
    /// Zeros that holes stood for, both ways.
    pub hole_bytes: u64,
    /// Frames of data and holes, both ways.
    pub frames: u64,
}

/// A frame's part in the conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part<N = ()> {
    /// Asks.
    Call,
    /// Answers this call.
    Answer {
        /// What was asked.
        call: Call<N>,
        /// From the call to this.
        after: Duration,
    },
    /// Answers a call that was not heard, or was answered already.
    Stray,
    /// Answers a serial, and not what was called by it: this call was.
    Mismatch(Call<N>),
    /// Of a stream, which has carried so much, this included.
    Stream(StreamTotal),
    /// An event, a sign of life, or nonsense: belongs to nothing.
    Alone,
}

/// What is to be said of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard<N = ()> {
    /// Its part.
    pub part: Part<N>,
    /// Calls without an answer, after it.
    pub outstanding: usize,
    /// A call that will not be found again: its serial was used anew before it was answered, or too many are
    /// outstanding.
    pub forgotten: Option<Call<N>>,
}

impl<N> Default for Conversation<N> {
    fn default() -> Self {
        Conversation { calls: Recent::new(CALLS_MAX), streams: Recent::new(STREAMS_MAX) }
    }
}

impl<N> Conversation<N> {
    /// A frame passed at this time, which counts from whenever its owner likes. The note is kept with a call.
    pub fn heard(&mut self, at: Duration, from: Side, frame: &Frame, note: N) -> Heard<N> {
        let header = frame.header;
        let mut forgotten = None;
        let part = match header.kind() {
            Ok(MessageKind::Call | MessageKind::CallWithFds) => {
                let call = Call { header, at, wire_bytes: frame.wire_bytes(), note };
                forgotten = self.calls.insert((from, header.serial), call);
                Part::Call
            }
            Ok(MessageKind::Reply | MessageKind::ReplyWithFds | MessageKind::ReplyError) => {
                match self.calls.remove(&(from.other(), header.serial)) {
                    None => Part::Stray,
                    Some(call) if is_of(&header, &call.header) => {
                        let after = at.saturating_sub(call.at);
                        Part::Answer { call, after }
                    }
                    Some(call) => Part::Mismatch(call),
                }
            }
            Ok(MessageKind::Stream(part)) => Part::Stream(self.stream(from, frame, part)),
            Ok(MessageKind::Hole) => {
                let hole: Option<StreamHole> = Options::lenient().from_slice(&frame.payload).ok();
                let zeros = hole.and_then(|hole| u64::try_from(hole.length).ok()).unwrap_or(0);
                Part::Stream(self.count(header.serial, |total| {
                    total.hole_bytes = total.hole_bytes.saturating_add(zeros);
                }))
            }
            Ok(MessageKind::Notice) | Err(_) => Part::Alone,
        };
        Heard { part, outstanding: self.calls.len(), forgotten }
    }

    /// Whether this end has called by this serial and waits for the answer.
    pub fn is_waiting(&self, caller: Side, serial: Serial) -> bool {
        self.calls.contains(&(caller, serial))
    }

    /// The calls without an answer, the oldest first.
    pub fn outstanding(&self) -> impl Iterator<Item = &Call<N>> {
        self.calls.values()
    }

    /// How many calls and streams it keeps in mind. Each takes some 200 bytes, and what the note has.
    pub fn kept(&self) -> usize {
        self.calls.len() + self.streams.len()
    }

    /// Forgets the oldest call, or if there is none the oldest stream, for an owner of many conversations that wants room.
    /// Whether there was one.
    pub fn forget_oldest(&mut self) -> bool {
        self.calls.remove_oldest().is_some() || self.streams.remove_oldest().is_some()
    }

    fn stream(&mut self, from: Side, frame: &Frame, part: StreamPart) -> StreamTotal {
        let serial = frame.header.serial;
        if part == StreamPart::Data {
            let bytes = frame.payload.len() as u64;
            return self.count(serial, |total| match from {
                Side::Client => total.to_daemon_bytes = total.to_daemon_bytes.saturating_add(bytes),
                Side::Daemon => total.to_client_bytes = total.to_client_bytes.saturating_add(bytes),
            });
        }
        let total = self.streams.get_mut(&serial).map(|total| *total).unwrap_or_default();
        // The daemon has the last word.
        if from == Side::Daemon {
            self.streams.remove(&serial);
        }
        total
    }

    fn count(&mut self, serial: Serial, add: impl FnOnce(&mut StreamTotal)) -> StreamTotal {
        if !self.streams.contains(&serial) {
            self.streams.insert(serial, StreamTotal::default());
        }
        let Some(total) = self.streams.get_mut(&serial) else { return StreamTotal::default() };
        total.frames = total.frames.saturating_add(1);
        add(total);
        *total
    }
}

fn is_of(reply: &Header, call: &Header) -> bool {
    (reply.program, reply.procedure) == (call.program, call.procedure)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::program::ProcedureNumber;

    fn frame(kind: MessageKind, procedure: i32, serial: u32, payload: &'static [u8]) -> Frame {
        let header = Header::new(kind, Program::REMOTE, ProcedureNumber(procedure), Serial(serial));
        Frame { header, payload: Bytes::from_static(payload) }
    }

    #[test]
    fn replies_find_their_calls_in_any_order() {
        let mut talk = Conversation::default();
        let ms = Duration::from_millis;
        let (c, d) = (Side::Client, Side::Daemon);
        assert_eq!(talk.heard(ms(0), c, &frame(MessageKind::Call, 1, 1, b""), "a").part, Part::Call);
        assert_eq!(talk.heard(ms(1), c, &frame(MessageKind::Call, 2, 2, b""), "b").outstanding, 2);
        let answer = talk.heard(ms(5), d, &frame(MessageKind::ReplyError, 2, 2, b""), "");
        let Part::Answer { call, after } = answer.part else { panic!("{answer:?}") };
        assert_eq!((call.note, after, answer.outstanding), ("b", ms(4), 1));
        assert_eq!(talk.heard(ms(6), d, &frame(MessageKind::Reply, 2, 2, b""), "").part, Part::Stray);
        // From the client it answers nothing of the client's.
        assert_eq!(talk.heard(ms(6), c, &frame(MessageKind::Reply, 1, 1, b""), "").part, Part::Stray);
        assert!(talk.is_waiting(c, Serial(1)) && !talk.is_waiting(d, Serial(1)));
        let again = talk.heard(ms(7), c, &frame(MessageKind::Call, 3, 1, b""), "c");
        assert_eq!(again.forgotten.map(|call| call.note), Some("a"));
        let other = talk.heard(ms(8), d, &frame(MessageKind::Reply, 9, 1, b""), "");
        assert!(matches!(&other.part, Part::Mismatch(call) if call.note == "c"), "{other:?}");
        assert_eq!(talk.outstanding().count(), 0);
    }

    #[test]
    fn streams_are_added_up() {
        let mut talk = Conversation::default();
        let mut heard = |from, kind, payload| {
            let frame = frame(kind, 209, 5, payload);
            let Part::Stream(total) = talk.heard(Duration::ZERO, from, &frame, ()).part else { panic!() };
            (total.to_daemon_bytes, total.to_client_bytes, total.hole_bytes, total.frames)
        };
        let data = MessageKind::Stream(StreamPart::Data);
        let finish = MessageKind::Stream(StreamPart::Finish);
        assert_eq!(heard(Side::Daemon, data, b"12345"), (0, 5, 0, 1));
        assert_eq!(heard(Side::Client, data, b"123"), (3, 5, 0, 2));
        assert_eq!(heard(Side::Daemon, MessageKind::Hole, b"\0\0\0\0\0\0\x10\0\0\0\0\0"), (3, 5, 4096, 3));
        assert_eq!(heard(Side::Client, finish, b""), (3, 5, 4096, 3));
        assert_eq!(heard(Side::Daemon, finish, b""), (3, 5, 4096, 3));
        assert_eq!(heard(Side::Daemon, finish, b""), (0, 0, 0, 0));
    }

    #[test]
    fn what_is_kept_in_mind_has_an_end() {
        let mut talk = Conversation::default();
        for serial in 0..CALLS_MAX as u32 + 10 {
            let heard =
                talk.heard(Duration::ZERO, Side::Client, &frame(MessageKind::Call, 1, serial, b""), ());
            assert_eq!(heard.forgotten.is_some(), serial >= CALLS_MAX as u32);
            talk.heard(
                Duration::ZERO,
                Side::Client,
                &frame(MessageKind::Stream(StreamPart::Data), 1, serial, b""),
                (),
            );
        }
        assert_eq!((talk.calls.len(), talk.streams.len()), (CALLS_MAX, STREAMS_MAX));
        assert_eq!(talk.kept(), CALLS_MAX + STREAMS_MAX);
        while talk.forget_oldest() {}
        assert_eq!((talk.kept(), talk.outstanding().count()), (0, 0));
    }
}
