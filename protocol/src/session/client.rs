//! The client's half: calls in flight, matched to replies by serial.

use std::collections::VecDeque;
use std::fmt;
use std::time::Instant;

use bytes::{Bytes, BytesMut};

use super::keepalive::{self, Keepalive, Pacing, Verdict};
use super::stream::{ClientStreams, StreamEvent, is_sparse};
use super::{ProtocolError, SerialMap, take_descriptors, take_first};
use crate::error::RemoteError;
use crate::frame::{DESCRIPTORS_MAX, Draft, Frame, Head};
use crate::header::{Header, MessageKind, Nonsense, Serial};
use crate::pace::{self, Urgency};
use crate::program::{ProcedureNumber, Program};

/// Room for frames that is kept while none waits: the default window's.
const KEPT_MAX: usize = 4;

/// A client's half of one connection. See [the module](super) for how it is driven.
#[must_use]
pub struct ClientSession {
    next: Serial,
    window: usize,
    waiting: SerialMap<Waiting>,
    streams: ClientStreams,
    /// How many descriptors a message may come with.
    descriptors: u32,
    keepalive: Keepalive,
    /// A pong is owed. One answers any number of pings: a peer that sends many and reads none costs no memory.
    pong_owed: bool,
    /// A ping is due; one at a time, also for a peer that reads none.
    ping_owed: bool,
    transmit: VecDeque<BytesMut>,
    events: VecDeque<ClientEvent>,
}

/// Without what waits to be sent or delivered: there may be secrets in it.
impl fmt::Debug for ClientSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientSession")
            .field("next", &self.next)
            .field("window", &self.window)
            .field("waiting", &self.waiting)
            .finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Waiting {
    program: Program,
    procedure: ProcedureNumber,
}

/// What happened, for the owner of a [`ClientSession`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientEvent {
    /// A call has its answer: the payload of its result, or why there is none.
    Replied {
        /// Which call.
        serial: Serial,
        /// Its result, not yet decoded.
        answer: Result<Bytes, ReplyFault>,
    },
    /// Something happened on a stream. It may come before the reply to the call that opens it.
    Streamed {
        /// The serial of that call.
        serial: Serial,
        /// What.
        event: StreamEvent,
    },
    /// The daemon sent an event.
    Noticed {
        /// The program that sends it.
        program: Program,
        /// Which event.
        procedure: ProcedureNumber,
        /// Its body, not yet decoded.
        payload: Bytes,
    },
}

/// Why an answered call has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplyFault {
    /// The peer reported a failure.
    #[error(transparent)]
    Remote(Box<RemoteError>),
    /// The peer reported a failure that does not decode.
    #[error("the call failed, but its error does not decode: {0}")]
    UndecodableError(String),
    /// The reply names another procedure than the call did.
    #[error("the reply is to procedure {replied}, the call was to {called}")]
    OtherProcedure {
        /// As called.
        called: ProcedureNumber,
        /// As replied.
        replied: ProcedureNumber,
    },
    /// The reply's status means nothing.
    #[error(transparent)]
    Nonsense(#[from] Nonsense),
}

/// The call was not made: as many as allowed are waiting for their replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{waiting} calls are waiting for their replies, as many as the window allows")]
pub struct WindowFull {
    /// How many wait.
    pub waiting: usize,
}

impl ClientSession {
    /// A session on a fresh connection, which lets at most `window` calls (at least 1) wait for replies at a time.
    ///
    /// libvirt's daemons read nothing more, pings included, while they work on 5 by default: stay below.
    pub fn new(window: usize) -> ClientSession {
        ClientSession {
            next: Serial(0),
            window: window.max(1),
            waiting: SerialMap::default(),
            streams: ClientStreams::default(),
            descriptors: 0,
            keepalive: Keepalive::default(),
            pong_owed: false,
            ping_owed: false,
            // Mostly there is one of each.
            transmit: VecDeque::with_capacity(1),
            events: VecDeque::with_capacity(1),
        }
    }

    /// Whether another call may be made now.
    pub fn can_call(&self) -> bool {
        self.waiting.len() < self.window
    }

    /// Whether a call that ends others ([`Urgency::Ending`]) may be made now: beyond a window of 1, so that it never waits for what
    /// it is to end. In a wider one the owner keeps a place for it.
    pub fn can_end(&self) -> bool {
        self.waiting.len() < self.window.max(2)
    }

    /// Makes a call: its frame is ready for [`poll_transmit`](Self::poll_transmit), its reply will be a
    /// [`ClientEvent::Replied`] with the returned serial.
    ///
    /// # Errors
    /// [`WindowFull`]; the call was not made.
    pub fn call(
        &mut self,
        program: Program,
        procedure: ProcedureNumber,
        body: Draft,
    ) -> Result<Serial, WindowFull> {
        self.make_call(MessageKind::Call, program, procedure, body)
    }

    fn make_call(
        &mut self,
        kind: MessageKind,
        program: Program,
        procedure: ProcedureNumber,
        body: Draft,
    ) -> Result<Serial, WindowFull> {
        let may_end = || self.can_end() && pace::urgency(program, procedure) == Urgency::Ending;
        if !self.can_call() && !may_end() {
            return Err(WindowFull { waiting: self.waiting.len() });
        }
        // After 2³² calls the count starts again, and an old one may still wait.
        let mut serial = self.next;
        while self.waiting.contains_key(&serial) || self.streams.contains(serial) {
            serial = serial.next();
        }
        self.next = serial.next();
        self.waiting.insert(serial, Waiting { program, procedure });
        self.transmit.push_back(body.seal(&Header::new(kind, program, procedure, serial)));
        Ok(serial)
    }

    /// The connection carries file descriptors: what announces some is handed out without the count, and they belong to it.
    pub fn carry_descriptors(&mut self) {
        self.descriptors = DESCRIPTORS_MAX;
    }

    /// Makes a call that passes so many descriptors, at most 32; they are to be sent right behind its frame.
    ///
    /// # Errors
    /// [`WindowFull`]; the call was not made.
    pub fn call_with_descriptors(
        &mut self,
        program: Program,
        procedure: ProcedureNumber,
        body: Draft,
    ) -> Result<Serial, WindowFull> {
        self.make_call(MessageKind::CallWithFds, program, procedure, body)
    }

    /// Makes a call that opens a stream. What comes on it is told as [`ClientEvent::Streamed`] with the returned serial; once
    /// the reply is good, it may be sent on. Whether it may have holes is read from the arguments.
    ///
    /// # Errors
    /// [`WindowFull`]; the call was not made.
    pub fn open_stream(
        &mut self,
        program: Program,
        procedure: ProcedureNumber,
        body: Draft,
    ) -> Result<Serial, WindowFull> {
        let sparse = is_sparse(program, procedure, body.payload());
        let serial = self.call(program, procedure, body)?;
        // Before the call is sent: data may come before the reply.
        self.streams.register(&Header::new(MessageKind::Call, program, procedure, serial), sparse);
        Ok(serial)
    }

    /// The head of a packet with so many bytes of data, at most [`CHUNK_BYTES_MAX`](super::stream::CHUNK_BYTES_MAX) where old
    /// daemons are to follow. Send head and data right away; whatever [`poll_transmit`](Self::poll_transmit) has must go first.
    /// `None`, and nothing is to be sent, if the stream is not open for it or there are none.
    #[must_use]
    pub fn stream_data(&mut self, serial: Serial, bytes: usize) -> Option<Head> {
        self.streams.data(serial, bytes)
    }

    /// Sends a hole: so many bytes that need not travel. A libvirt daemon leaves there what its file has, and ends the file behind it. `false`,
    /// and nothing is sent, if the stream is not open, was not opened as sparse, or there are none or more than 2⁶³ - 1.
    pub fn stream_hole(&mut self, serial: Serial, length: u64) -> bool {
        let packet = self.streams.hole(serial, length);
        self.transmit_if(packet)
    }

    /// Asks to finish, after all data. The answer is a [`StreamEvent`], `Finish` or `Failed`. `false` where the stream is not
    /// open.
    pub fn finish_stream(&mut self, serial: Serial) -> bool {
        let packet = self.streams.finish(serial);
        self.transmit_if(packet)
    }

    /// Aborts a stream, also one that is being opened or finished; nothing that comes on it is told any more but its end.
    pub fn abort_stream(&mut self, serial: Serial) {
        let packet = self.streams.abort(serial);
        self.transmit_if(packet);
    }

    /// Nothing is being read now: the daemon's silence says nothing, and as its pings are not answered, it gets one of ours within an
    /// interval, so that it takes nobody for dead. Say it before each wait in which nothing is read.
    pub fn not_reading(&mut self, now: Instant) {
        self.keepalive.not_reading(now);
    }

    /// The daemon's end has taken bytes for which it had no room before, so it lives: its answer to a ping may be a long way behind.
    pub fn progressed(&mut self, now: Instant) {
        self.keepalive.heard(now);
    }

    /// Starts pinging, once the peer has reported feature 10. Started already, it goes on as it is.
    pub fn start_keepalive(&mut self, now: Instant, pacing: Pacing) {
        self.keepalive.start(now, pacing);
    }

    /// The peer spoke.
    ///
    /// # Errors
    /// [`ProtocolError`]: close the connection; no waiting call will be answered.
    pub fn handle_frame(&mut self, now: Instant, mut frame: Frame) -> Result<(), ProtocolError> {
        self.keepalive.heard(now);
        if let Some(is_ping) = keepalive::intercept(&frame) {
            self.pong_owed |= is_ping;
            return Ok(());
        }
        let header = frame.header;
        match header.kind() {
            Ok(MessageKind::Reply) => self.replied(&header, Ok(frame.payload)),
            Ok(MessageKind::ReplyWithFds) => {
                take_descriptors(&mut frame.payload, self.descriptors)?;
                self.replied(&header, Ok(frame.payload))
            }
            Ok(MessageKind::ReplyError) => match self.waiting.contains_key(&header.serial) {
                true => self.replied(&header, Err(decode_error(&frame.payload))),
                false => self.stray_error(&header, &frame.payload),
            },
            Ok(MessageKind::Notice) => self.noticed(&header, frame.payload),
            Ok(kind @ (MessageKind::Stream(_) | MessageKind::Hole)) => {
                let heard = self.streams.handle(&header, kind, frame.payload)?;
                self.transmit_if(heard.send);
                let serial = header.serial;
                if let Some(event) = heard.event {
                    self.events.push_back(ClientEvent::Streamed { serial, event });
                }
                Ok(())
            }
            Ok(MessageKind::Call | MessageKind::CallWithFds) => Err(ProtocolError::NotForClients("a call")),
            Err(nonsense @ Nonsense::Status { type_word: 1 | 5, .. }) => {
                self.replied(&header, Err(ReplyFault::Nonsense(nonsense)))
            }
            Err(Nonsense::Status { type_word: 2 | 3 | 6, .. }) => Ok(()),
            Err(nonsense) => Err(nonsense.into()),
        }
    }

    /// Some data of a stream has come, at least one byte, which the caller keeps where this session does not see it. Whether anybody wants it.
    #[must_use]
    pub fn handle_data_apart(&mut self, now: Instant, header: &Header) -> bool {
        self.keepalive.heard(now);
        self.streams.wants_data(header)
    }

    /// Time passed.
    ///
    /// # Errors
    /// [`ProtocolError::Silent`]: the peer is dead; close the connection.
    pub fn handle_timeout(&mut self, now: Instant) -> Result<(), ProtocolError> {
        match self.keepalive.elapsed(now) {
            Verdict::Wait => {}
            Verdict::Ping => self.ping_owed = true,
            Verdict::Dead { silent, pings } => {
                return Err(ProtocolError::Silent { silent_s: silent.as_secs(), pings });
            }
        }
        Ok(())
    }

    /// The next frame to send, sealed. Drain until `None`.
    #[must_use]
    pub fn poll_transmit(&mut self) -> Option<BytesMut> {
        if std::mem::take(&mut self.pong_owed) {
            return Some(keepalive::pong());
        }
        if std::mem::take(&mut self.ping_owed) {
            return Some(keepalive::ping());
        }
        take_first(&mut self.transmit, KEPT_MAX)
    }

    /// The next thing that happened. Drain until `None`.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<ClientEvent> {
        self.events.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.keepalive.deadline()
    }

    fn replied(&mut self, header: &Header, answer: Result<Bytes, ReplyFault>) -> Result<(), ProtocolError> {
        // Replies come in any order: the daemon runs calls in parallel. Look the serial up; don't pop the front.
        let serial = header.serial;
        let waiting = match self.waiting.remove(&serial) {
            Some(waiting) if waiting.program == header.program => waiting,
            _ => {
                let Header { program, procedure, .. } = *header;
                return Err(ProtocolError::ReplyToNoCall { program, procedure, serial });
            }
        };
        let answer = if waiting.procedure == header.procedure {
            answer
        } else {
            Err(ReplyFault::OtherProcedure { called: waiting.procedure, replied: header.procedure })
        };
        let is_open = match &answer {
            Ok(_) => Some(true),
            Err(ReplyFault::Remote(_) | ReplyFault::UndecodableError(_)) => Some(false),
            Err(_) => None,
        };
        let packet = self.streams.replied(serial, is_open);
        self.transmit_if(packet);
        self.events.push_back(ClientEvent::Replied { serial, answer });
        Ok(())
    }

    /// An error for no call: it may be for a stream.
    fn stray_error(&mut self, header: &Header, payload: &[u8]) -> Result<(), ProtocolError> {
        let Header { program, procedure, serial, .. } = *header;
        match self.streams.replied_error(header, payload) {
            Some(event) => {
                self.events.push_back(ClientEvent::Streamed { serial, event });
                Ok(())
            }
            None => Err(ProtocolError::ReplyToNoCall { program, procedure, serial }),
        }
    }

    fn transmit_if(&mut self, packet: Option<BytesMut>) -> bool {
        let Some(packet) = packet else { return false };
        self.transmit.push_back(packet);
        true
    }

    fn noticed(&mut self, header: &Header, payload: Bytes) -> Result<(), ProtocolError> {
        let Header { program, procedure, .. } = *header;
        if !matches!(program, Program::REMOTE | Program::QEMU | Program::LXC | Program::ADMIN) {
            return Err(ProtocolError::UnknownNotice { program, procedure });
        }
        self.events.push_back(ClientEvent::Noticed { program, procedure, payload });
        Ok(())
    }
}

fn decode_error(payload: &[u8]) -> ReplyFault {
    match RemoteError::decode(payload) {
        Ok(error) => ReplyFault::Remote(error.into()),
        Err(error) => ReplyFault::UndecodableError(error.to_string()),
    }
}
