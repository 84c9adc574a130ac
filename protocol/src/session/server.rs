//! The daemon's half: which calls deserve a handler, and what the others are answered.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use bytes::{Bytes, BytesMut};

use super::gate::{self, Gate, Passage};
use super::keepalive::{self, Keepalive, Pacing, Verdict};
use super::queue::Queue;
use super::stream::{ServerStreams, StreamEvent, StreamId, is_sparse};
use super::{ProtocolError, take_descriptors, take_first};
use crate::error::{ErrorCode, ErrorDomain, RemoteError};
use crate::frame::{DESCRIPTORS_MAX, Draft, Frame, Head};
use crate::header::{Header, MessageKind, Nonsense, Serial};
use crate::profile::{Feature, Profile};
use crate::program::{ProcedureInfo, ProcedureNumber, Program};
use crate::remote::{AuthListReply, AuthType};

/// A daemon's half of one connection. See [the module](super) for how it is driven.
///
/// It answers by itself what needs no hypervisor: unknown programs and procedures, pings, the authentication list,
/// feature 10, whose query starts its own pings, and the close.
#[must_use]
pub struct ServerSession {
    profile: Arc<Profile>,
    programs: &'static [Program],
    limits: Arc<Limits>,
    gate: Gate,
    calls: Queue,
    stage: Stage,
    keepalive: Keepalive,
    /// A pong is owed. One answers any number of pings: a peer that sends many and reads none costs no memory.
    pong_owed: bool,
    /// A ping is due; one at a time, also for a peer that reads none.
    ping_owed: bool,
    transmit: VecDeque<BytesMut>,
    transmit_bytes: usize,
    streams: ServerStreams,
    /// How many descriptors a message may come with.
    descriptors: u32,
    events: VecDeque<ServerEvent>,
}

/// How far a connection is from its end.
///
/// ```text
/// Open ──wind_up──▶ WindingUp ──goodbye──▶ Closing
///   └────────goodbye, hang_up─────────────────┘     any ──discard──▶ Gone
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Open,
    /// Calls in progress are answered and streams go on to their ends; new calls are refused.
    WindingUp,
    /// What is queued goes out, and nothing is read.
    Closing,
    /// The connection is gone: nothing is read or sent.
    Gone,
}

/// What one client may make a daemon hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls of low priority that are worked on at a time, at least 1; further ones wait (`max_client_requests`). Those of high
    /// priority, which never wait for a guest, have as many places of their own.
    pub requests: usize,
    /// Calls that wait for a place; beyond, the daemon stops reading. With 0 it does as soon as one would have to wait, as libvirt's.
    pub waiting: usize,
    /// Bytes of the calls that are worked on or wait, 1 KiB for each and its arguments; beyond, the daemon stops reading. One call
    /// more can come.
    pub call_bytes: usize,
    /// Bytes of replies and events that wait for the client to read them; beyond, the daemon stops reading, calls that wait are not
    /// begun, and an event that does not fit costs the client its connection. The replies of the calls that are at work then can come.
    pub queued_bytes: usize,
    /// Streams that are open at a time; a call that would open one more is refused.
    pub streams: usize,
    /// Bytes of a stream that wait for the handler to read them; when there are as many, the daemon stops reading. One packet
    /// more can come.
    pub stream_bytes: usize,
    /// The daemon's pings.
    pub keepalive: Pacing,
}

impl Default for Limits {
    /// 64 calls at a time, 256 that wait, 32 MiB of calls, 64 MiB of replies (so that the longest message fits twice), 64 streams of
    /// 1 MiB, pings as libvirt's.
    fn default() -> Limits {
        Limits {
            requests: 64,
            waiting: 256,
            call_bytes: 32 << 20,
            queued_bytes: 64 << 20,
            streams: 64,
            stream_bytes: 1 << 20,
            keepalive: Pacing::default(),
        }
    }
}

/// What happened, for the owner of a [`ServerSession`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerEvent {
    /// A call wants a handler, to be answered by [`reply`](ServerSession::reply).
    Called(Called),
    /// A call that is a part of the way in, of a client that is not known yet: SASL's init, start or step, or polkit. To be
    /// answered by [`reply`](ServerSession::reply); one at a time. [`authenticated`](ServerSession::authenticated) lets it in.
    Authenticate(Called),
    /// Something happened on a stream. It may come before the answer to the call that opens it.
    Streamed {
        /// Which stream.
        id: StreamId,
        /// What.
        event: StreamEvent,
    },
}

/// A call that deserves a handler: its procedure exists, its arguments are not yet decoded.
///
/// Its `Debug` says how long the arguments are and not what they say: there may be a secret in them.
#[derive(Clone, PartialEq, Eq)]
pub struct Called {
    /// To be handed back with the answer.
    pub header: Header,
    /// What the contract says of the procedure.
    pub info: &'static ProcedureInfo,
    /// The arguments.
    pub payload: Bytes,
}

impl fmt::Debug for Called {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let payload = format_args!("{} bytes", self.payload.len());
        let name = self.info.name;
        f.debug_struct("Called")
            .field("name", &name)
            .field("header", &self.header)
            .field("payload", &payload)
            .finish()
    }
}

/// The client does not read its events: its queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{queued_bytes} bytes wait to be read by the client, as many as allowed")]
pub struct QueueFull {
    /// How many bytes wait.
    pub queued_bytes: usize,
}

/// The programs of a daemon that has domains. The admin program has a socket of its own.
pub const PROGRAMS: [Program; 3] = [Program::REMOTE, Program::QEMU, Program::LXC];

/// In the admin program, too.
const CONNECT_CLOSE: ProcedureNumber = ProcedureNumber(2);
const SUPPORTS_FEATURE: ProcedureNumber = ProcedureNumber(60);

impl ServerSession {
    /// A session on a fresh connection whose client needs no authentication. All that a daemon has may share profile and limits.
    pub fn new(profile: impl Into<Arc<Profile>>, limits: impl Into<Arc<Limits>>) -> ServerSession {
        ServerSession {
            profile: profile.into(),
            programs: &PROGRAMS,
            limits: limits.into(),
            gate: Gate::Open,
            calls: Queue::default(),
            stage: Stage::Open,
            keepalive: Keepalive::default(),
            pong_owed: false,
            ping_owed: false,
            transmit: VecDeque::with_capacity(1),
            transmit_bytes: 0,
            streams: ServerStreams::default(),
            descriptors: 0,
            // Mostly there is one.
            events: VecDeque::with_capacity(1),
        }
    }

    /// Serves these programs instead of [`PROGRAMS`]: to all others they are unknown.
    pub fn serve_programs(&mut self, programs: &'static [Program]) {
        self.programs = programs;
    }

    /// Has the client prove who it is before anything else, by SASL or by polkit; with [`AuthType::None`] it need not. Until then
    /// its calls other than those of the way in are refused, and no more than 16 KiB of replies wait for it.
    pub fn ask_who(&mut self, way: AuthType) {
        self.gate = match way {
            AuthType::None => Gate::Open,
            way => Gate::Asking { way, busy: false },
        };
    }

    /// Keeps the client out: its first call is answered with this, and then the connection ends.
    pub fn keep_out(&mut self, why: RemoteError) {
        self.gate = Gate::Shut(Box::new(why));
    }

    /// The client has proved who it is: it may call. The reply that tells it so comes after this or before, as the owner likes.
    pub fn authenticated(&mut self) {
        self.gate = Gate::Open;
    }

    /// Whether the client is known, or nobody asks.
    pub fn is_authenticated(&self) -> bool {
        self.gate.is_open()
    }

    /// Takes no more calls: what is queued goes out, and then the connection ends, as after a goodbye of the client's.
    pub fn hang_up(&mut self) {
        self.stage = Stage::Closing;
    }

    /// Takes no more calls, but answers those in progress, and lets open streams go on until they end: then the connection does. Until
    /// then pings are answered, and further calls refused by an error of the layer beneath the procedures, with the code that
    /// libvirt's clients give to calls over a connection that is closed (internal error).
    pub fn wind_up(&mut self) {
        if self.stage == Stage::Open {
            self.stage = Stage::WindingUp;
        }
    }

    /// Whether it takes no more calls since it was told to [wind up](Self::wind_up), and not since a goodbye.
    pub fn is_winding_up(&self) -> bool {
        self.stage == Stage::WindingUp
    }

    /// The connection is gone: lets go of all that waits to be sent, handled or begun. What is left are the calls that are
    /// worked on; their replies are heard, and go nowhere.
    pub fn discard(&mut self) {
        self.stage = Stage::Gone;
        self.calls.discard_waiting();
        for event in std::mem::take(&mut self.events) {
            if let ServerEvent::Called(called) = event {
                self.calls.ended(&called.header);
            }
        }
        (self.transmit, self.transmit_bytes) = Default::default();
    }

    /// Whether to read on: not while too many calls wait for their turn or hold too many bytes, or too many bytes wait to be read, and not
    /// after the client has said goodbye; while winding up, as long as something of it is in progress.
    pub fn can_receive(&self) -> bool {
        let wants = match self.stage {
            Stage::Open => self.calls.has_room(&self.limits),
            // For its pings, and so that a further call is refused and not left to wait.
            Stage::WindingUp => self.calls.len() > 0 || self.streams.len() > 0,
            Stage::Closing | Stage::Gone => false,
        };
        wants && self.transmit_bytes <= self.queued_bytes_max()
    }

    /// Whether the connection has come to its end and everything has been handed out for sending: close. Where it was the client who said
    /// goodbye, calls still in progress run on, unanswered.
    pub fn is_finished(&self) -> bool {
        let is_over = match self.stage {
            Stage::Open => false,
            Stage::WindingUp => self.calls.len() == 0 && self.streams.len() == 0,
            Stage::Closing | Stage::Gone => true,
        };
        is_over && self.transmit.is_empty()
    }

    /// The client spoke.
    ///
    /// # Errors
    /// [`ProtocolError`]: close the connection without an answer.
    pub fn handle_frame(&mut self, now: Instant, mut frame: Frame) -> Result<(), ProtocolError> {
        self.keepalive.heard(now);
        let header = frame.header;
        let kind = header.kind();
        let descriptors = match kind {
            Ok(MessageKind::CallWithFds) => take_descriptors(&mut frame.payload, self.descriptors)?,
            _ => 0,
        };
        if let Some(is_ping) = keepalive::intercept(&frame) {
            self.pong_owed |= is_ping;
            return Ok(());
        }
        if header.is_stream_type() {
            let heard = self.streams.handle(&header, kind, frame.payload)?;
            heard.send.into_iter().for_each(|packet| self.send(packet));
            let id = StreamId::of(&header);
            self.events.extend(heard.event.map(|event| ServerEvent::Streamed { id, event }));
            return Ok(());
        }
        // Else only calls are answered: daemons get no replies or events.
        if !header.is_call_type() {
            return Ok(());
        }
        let program = header.program;
        if !self.programs.contains(&program) {
            self.refuse(&header, &RemoteError::unknown_program(program.number, program.version));
        } else if let Err(Nonsense::Status { status, .. }) = kind {
            self.refuse(
                &header,
                &RemoteError::rpc(format!("Unexpected message status {}", status.cast_unsigned())),
            );
        } else if let Some(info) = self.profile.call(program, header.procedure) {
            self.called(now, Called { header, info, payload: frame.payload }, descriptors);
        } else {
            self.refuse(&header, &RemoteError::unknown_procedure(header.procedure.0));
        }
        Ok(())
    }

    /// Some data of a stream has come, at least one byte, which the caller keeps where this session does not see it. Whether anybody wants it.
    #[must_use]
    pub fn handle_data_apart(&mut self, now: Instant, header: &Header) -> bool {
        self.keepalive.heard(now);
        self.streams.wants_data(StreamId::of(header))
    }

    /// The connection carries file descriptors: what announces some is handed out without the count, and they belong to it.
    pub fn carry_descriptors(&mut self) {
        self.descriptors = DESCRIPTORS_MAX;
    }

    /// Answers a call well, with so many descriptors, at most 32. Whether they are to be sent, right behind the reply's frame: not where an
    /// error has taken its place, because it has become too long by their count.
    #[must_use]
    pub fn reply_with_descriptors(&mut self, header: &Header, body: Draft, count: u32) -> bool {
        let answer = body.announcing(count).map_err(|_| RemoteError::unencodable());
        let goes = answer.is_ok();
        self.calls.ended(header);
        self.reply_as(MessageKind::ReplyWithFds, header, answer);
        goes
    }

    /// Answers a call.
    pub fn reply(&mut self, header: &Header, answer: Result<Draft, RemoteError>) {
        self.calls.ended(header);
        self.gate.decided();
        self.reply_as(MessageKind::Reply, header, answer);
    }

    fn reply_as(&mut self, kind: MessageKind, header: &Header, answer: Result<Draft, RemoteError>) {
        self.streams.replied(header, answer.is_ok());
        match answer {
            Ok(body) => self.send(body.seal(&header.answer(kind))),
            Err(error) => self.refuse(header, &error),
        }
    }

    /// The head of a packet with so many bytes of data, at most [`CHUNK_BYTES_MAX`](super::stream::CHUNK_BYTES_MAX) where old
    /// clients are to follow. Send head and data right away; whatever [`poll_transmit`](Self::poll_transmit) has must go first.
    /// `None`, and nothing is to be sent, if the stream's call is not answered, the stream is no more, or there are none.
    #[must_use]
    pub fn stream_data(&mut self, id: StreamId, bytes: usize) -> Option<Head> {
        self.streams.data(id, bytes)
    }

    /// Sends a hole: so many zeros that need not travel. `false`, and nothing is sent, if the stream is not open, was not
    /// opened as sparse, or there are none or more than 2⁶³ - 1.
    pub fn stream_hole(&mut self, id: StreamId, length: u64) -> bool {
        let packet = self.streams.hole(id, length);
        self.send_if(packet)
    }

    /// Tells the client that there will be no more data. It still has to finish. `false` where that makes no sense any more.
    pub fn end_of_data(&mut self, id: StreamId) -> bool {
        let packet = self.streams.end_of_data(id);
        self.send_if(packet)
    }

    /// Confirms the finish that the client has asked for: the stream is no more. `false` where it has not.
    pub fn confirm_finish(&mut self, id: StreamId) -> bool {
        let packet = self.streams.confirm(id);
        self.send_if(packet)
    }

    /// Tells the client that the stream has failed: it is no more. `false` before its call is answered, and after its end.
    pub fn fail_stream(&mut self, id: StreamId, error: &RemoteError) -> bool {
        let packet = self.streams.fail(id, error);
        self.send_if(packet)
    }

    /// Nothing is being read now: the client's silence says nothing, and as its pings are not answered, it gets one of ours within an
    /// interval, so that it takes nobody for dead. Say it before each wait in which nothing is read.
    pub fn not_reading(&mut self, now: Instant) {
        self.keepalive.not_reading(now);
    }

    /// The client's end has taken bytes for which it had no room before, so it lives: its answer to a ping may be a long way behind.
    pub fn progressed(&mut self, now: Instant) {
        self.keepalive.heard(now);
    }

    /// Sends an event.
    ///
    /// # Errors
    /// [`QueueFull`]: the client does not read; close the connection, for it has missed an event.
    pub fn notify(
        &mut self,
        program: Program,
        procedure: ProcedureNumber,
        body: Draft,
    ) -> Result<(), QueueFull> {
        if self.transmit_bytes > self.limits.queued_bytes {
            return Err(QueueFull { queued_bytes: self.transmit_bytes });
        }
        // libvirt's own daemons send serial 1 here, whatever its interface comments say.
        self.send(body.seal(&Header::new(MessageKind::Notice, program, procedure, Serial(1))));
        Ok(())
    }

    /// Bytes of the calls that are worked on or wait, as [`Limits::call_bytes`] counts them.
    pub fn call_bytes(&self) -> usize {
        self.calls.bytes()
    }

    /// Bytes of replies and events that [`poll_transmit`](Self::poll_transmit) has not handed out.
    pub fn queued_bytes(&self) -> usize {
        self.transmit_bytes
    }

    /// Time passed.
    ///
    /// # Errors
    /// [`ProtocolError::Silent`]: the client is dead; close the connection.
    pub fn handle_timeout(&mut self, now: Instant) -> Result<(), ProtocolError> {
        if !self.can_receive() {
            self.keepalive.not_reading(now);
        }
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
        let bytes = take_first(&mut self.transmit, 1)?;
        self.transmit_bytes -= bytes.len();
        Some(bytes)
    }

    /// The next thing that happened. Drain until `None`: also after [`poll_transmit`](Self::poll_transmit), which makes room for the
    /// replies of calls that wait.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<ServerEvent> {
        let is_turn = self.events.is_empty() && self.calls.waiting() > 0;
        if is_turn && self.transmit_bytes <= self.limits.queued_bytes {
            return self.calls.next(&self.limits).map(ServerEvent::Called);
        }
        self.events.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.keepalive.deadline()
    }

    fn queued_bytes_max(&self) -> usize {
        match self.gate.is_open() {
            true => self.limits.queued_bytes,
            false => self.limits.queued_bytes.min(gate::QUEUED_BYTES_MAX),
        }
    }

    fn called(&mut self, now: Instant, called: Called, descriptors: u32) {
        let remote = called.header.program == Program::REMOTE;
        match self.gate.pass(remote, called.header.procedure) {
            Passage::Through => {}
            Passage::Decide => return self.events.push_back(ServerEvent::Authenticate(called)),
            Passage::List(way) => {
                let list = AuthListReply { types: vec![way] };
                return self.reply_as(MessageKind::Reply, &called.header, encode_own(&list));
            }
            Passage::Refused(error) => {
                if matches!(self.gate, Gate::Shut(_)) {
                    self.stage = Stage::Closing;
                }
                return self.reply_as(MessageKind::Reply, &called.header, Err(error));
            }
        }
        match called.header.procedure {
            SUPPORTS_FEATURE if remote && *called.payload == Feature::PROGRAM_KEEPALIVE.to_be_bytes() => {
                let has = self.profile.has_feature(Feature::PROGRAM_KEEPALIVE);
                if has {
                    self.keepalive.start(now, self.limits.keepalive);
                }
                self.answer(&called.header, encode_own(&i32::from(has)));
            }
            CONNECT_CLOSE if remote || called.header.program == Program::ADMIN => {
                self.stage = Stage::Closing;
                self.answer(&called.header, Ok(Draft::empty()));
            }
            _ if self.stage == Stage::WindingUp => {
                // Not by `answer`: it may have the name of a stream that is open.
                self.refuse(&called.header, &shutting_down());
            }
            _ if called.info.stream.is_some() => self.opening(called),
            // What has brought descriptors goes on with them at once.
            _ if descriptors > 0 => self.start(called),
            _ => {
                let ready = self.calls.take(called, &self.limits);
                self.events.extend(ready.map(ServerEvent::Called));
            }
        }
    }

    /// Hands out a call that does not wait for its turn.
    fn start(&mut self, called: Called) {
        let called = self.calls.start(called);
        self.events.push_back(ServerEvent::Called(called));
    }

    /// Answers a call that no handler has seen.
    fn answer(&mut self, header: &Header, answer: Result<Draft, RemoteError>) {
        self.reply_as(MessageKind::Reply, header, answer);
    }

    /// A call that opens a stream: packets of it may come before it is answered.
    fn opening(&mut self, called: Called) {
        let header = called.header;
        let refusal = |text: &str| RemoteError::new(ErrorCode::RPC, ErrorDomain::STREAMS, text);
        if self.streams.is_taken(StreamId::of(&header)) {
            // Not by `answer`, which would end the stream that is open.
            self.refuse(&header, &refusal("a stream with this serial is open, or its call not answered yet"));
        } else if self.streams.len() >= self.limits.streams {
            self.answer(&header, Err(refusal("too many streams are open on this connection")));
        } else {
            let sparse = is_sparse(header.program, header.procedure, &called.payload);
            self.streams.register(&header, sparse);
            self.start(called);
        }
    }

    fn send_if(&mut self, packet: Option<BytesMut>) -> bool {
        let Some(packet) = packet else { return false };
        self.send(packet);
        true
    }

    fn refuse(&mut self, header: &Header, error: &RemoteError) {
        let body = error.encode().unwrap_or_else(|_| Draft::empty());
        self.send(body.seal(&header.answer(MessageKind::ReplyError)));
    }

    fn send(&mut self, bytes: BytesMut) {
        if self.stage == Stage::Gone {
            return;
        }
        self.transmit_bytes += bytes.len();
        self.transmit.push_back(bytes);
    }
}

fn shutting_down() -> RemoteError {
    RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::RPC, "the daemon is shutting down")
}

/// Without what waits to be sent or handled: there may be secrets in it.
impl fmt::Debug for ServerSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerSession")
            .field("calls", &self.calls.len())
            .field("stage", &self.stage)
            .field("transmit_bytes", &self.transmit_bytes)
            .finish_non_exhaustive()
    }
}

fn encode_own<T: serde::Serialize>(value: &T) -> Result<Draft, RemoteError> {
    Draft::encode(value).map_err(|_| RemoteError::unencodable())
}
