//! The task that owns a client's session: the one place where its socket is read and written.

use std::collections::HashMap;
use std::convert::Infallible;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, oneshot, watch};
use virtwire_protocol::event::RawNotice;
use virtwire_protocol::frame::{Draft, Frame, Head, sealed_header};
use virtwire_protocol::header::{Header, MessageKind, Serial};
use virtwire_protocol::program::{ProcedureNumber, Program};
use virtwire_protocol::session::client::{ClientEvent, ClientSession, WindowFull};
use virtwire_protocol::session::keepalive::Pacing;
use virtwire_protocol::session::subscriptions::SubscriberId;

use super::error::{CallError, CloseReason};
use super::events::{Desk, SubscribeAsk};
use super::waiting::{ReplyTo, Waiting};
use crate::shell::alarm::Alarm;
use crate::shell::line::Line;
use crate::shell::reader::{FrameReader, Received};
use crate::shell::writer::FrameWriter;
use crate::shell::{OUT_BYTES_MAX, now};
use crate::stream::{Ending, Pipe, StreamSession, StreamTable};

/// What the handles of a connection ask of its task.
#[derive(Debug)]
pub(super) enum Ask {
    Call(CallAsk),
    Stream(StreamAsk),
    #[cfg_attr(not(feature = "fds"), allow(dead_code, reason = "only that feature asks so"))]
    Passing(PassingAsk),
    Keepalive(Pacing),
    Subscribe(SubscribeAsk),
}

#[derive(Debug)]
pub(super) struct CallAsk {
    pub(super) program: Program,
    pub(super) number: ProcedureNumber,
    pub(super) name: &'static str,
    pub(super) body: Draft,
    pub(super) reply: ReplyTo,
    /// Whether it may take the last place.
    pub(super) urgent: bool,
    /// When it was asked, where somebody measures how long it waits.
    pub(super) asked: Option<Instant>,
}

/// A call that opens a stream.
#[derive(Debug)]
pub(super) struct StreamAsk {
    pub(super) call: CallAsk,
    pub(super) pipe: Arc<Pipe>,
}

/// A call that passes descriptors, and may get some.
#[derive(Debug)]
pub(super) struct PassingAsk {
    pub(super) call: CallAsk,
    pub(super) passing: Passing,
}

/// The descriptors of a call.
#[derive(Debug)]
pub(super) struct Passing {
    /// To be sent behind it.
    pub(super) fds: Vec<OwnedFd>,
    /// Where those go that come with its reply.
    pub(super) returned: Arc<Mutex<Vec<OwnedFd>>>,
}

/// A frame that has passed, for whoever watches a connection.
#[derive(Clone, Copy, Debug)]
pub struct Passed {
    /// Whether this end sent it.
    pub sent: bool,
    /// Its header.
    pub header: Header,
    /// Its bytes on the wire, length word included.
    pub wire_bytes: usize,
}

/// Watches every frame of a connection. Called from the connection's task: be quick.
pub type Observer = Arc<dyn Fn(Passed) + Send + Sync>;

/// The task.
pub(super) struct Task {
    pub(super) session: ClientSession,
    /// What may take any place in the window but the last.
    pub(super) asks: mpsc::Receiver<Ask>,
    /// What may take the last one, too.
    pub(super) urgent: mpsc::Receiver<Ask>,
    pub(super) waiting: Waiting,
    pub(super) desk: Desk,
    pub(super) streams: StreamTable<Serial>,
    /// The socket, where it carries descriptors.
    pub(super) line: Option<Line>,
    /// The calls that pass them.
    pub(super) passing: HashMap<Serial, Passing>,
    pub(super) left: mpsc::UnboundedReceiver<SubscriberId>,
    /// Ends when the last handle is dropped, also while nothing more may be asked.
    pub(super) handles: oneshot::Receiver<Infallible>,
    pub(super) closed: watch::Sender<Option<CloseReason>>,
    pub(super) observer: Option<Observer>,
    /// Whether no two frames may be in one write.
    pub(super) frames_apart: bool,
}

impl Task {
    /// Runs until the connection ends or its last handle is dropped; then every pending call ends with an error.
    ///
    /// `guard` is what holds whatever else there is to the transport: it goes with the connection, and not with its last handle.
    pub(super) async fn run<R, W, G>(mut self, (reader, writer): (R, W), guard: G)
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let reason = match self.converse(reader, writer).await {
            Ok(()) => CloseReason::Local,
            Err(reason) => reason,
        };
        tracing::debug!(%reason, "connection ended");
        // The last of the socket: it is closed, whoever still holds a handle.
        self.line = None;
        drop(guard);
        self.closed.send_replace(Some(reason.clone()));
        self.desk.end(&reason);
        self.streams.end_all(&reason);
        self.waiting.end(&reason);
        // Handles that ask later learn why, until the last is gone.
        loop {
            let ask = tokio::select! {
                Some(ask) = self.asks.recv() => ask,
                Some(ask) = self.urgent.recv() => ask,
                else => return,
            };
            match ask {
                Ask::Call(CallAsk { name, reply, .. })
                | Ask::Passing(PassingAsk { call: CallAsk { name, reply, .. }, .. })
                | Ask::Stream(StreamAsk { call: CallAsk { name, reply, .. }, .. }) => {
                    let reason = reason.clone();
                    let _ = reply.send(Err(CallError::Closed { procedure: name, reason, sent: false }));
                }
                Ask::Subscribe(ask) => Desk::too_late(ask, &reason),
                Ask::Keepalive(_) => {}
            }
        }
    }

    async fn converse<R, W>(&mut self, reader: R, writer: W) -> Result<(), CloseReason>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let mut frames = FrameReader::new(reader, self.line.clone());
        let mut writer = FrameWriter::new(writer, self.line.clone()).apart(self.frames_apart);
        let mut alarm = Alarm::default();
        if self.line.is_some() {
            self.session.carry_descriptors();
        }
        loop {
            while let Some(event) = self.session.poll_event() {
                self.deliver(event, &mut Vec::new());
            }
            self.desk.call(&mut self.session);
            loop {
                while writer.len() < OUT_BYTES_MAX {
                    let Some(frame) = self.session.poll_transmit() else { break };
                    observe_sent(&self.observer, &frame, frame.len());
                    let fds = self.behind(&frame);
                    writer.push(frame);
                    writer.push_descriptors(fds);
                }
                let observe = |head: &Head, wire_bytes| observe_sent(&self.observer, head, wire_bytes);
                if !self.streams.send(&mut self.session, &mut writer, observe) {
                    break;
                }
            }
            // Calls go out at once. Where the socket does not take them, and for streams, writing has its turn among the others.
            if !writer.is_empty() && !writer.has_stream_data() && writer.try_write().await? {
                continue;
            }
            let can_call = self.session.can_call() && writer.len() < OUT_BYTES_MAX;
            let reads = self.streams.has_room();
            if !reads {
                self.session.not_reading(now());
            }
            // Every branch is safe to cancel, and reading never waits for writing.
            tokio::select! {
                wrote = writer.write_some(), if !writer.is_empty() => wrote?,
                frame = frames.next(), if reads => {
                    // With it all that came in the same read, so that what follows from them goes out in one write.
                    let (now, mut next) = (now(), Some(frame?.ok_or(CloseReason::Eof)?));
                    while let Some(Received { frame, fds: mut arrived }) = next {
                        self.observe_received(&frame);
                        self.session.handle_frame(now, frame)?;
                        while let Some(event) = self.session.poll_event() {
                            // What nobody takes is closed.
                            self.deliver(event, &mut arrived);
                        }
                        next = if self.streams.has_room() { frames.buffered()? } else { None };
                    }
                }
                ask = self.asks.recv(), if can_call && self.waiting.has_place_for_patient() => {
                    let Some(ask) = ask else { return Ok(()) };
                    self.start(ask);
                    self.start_more();
                }
                ask = self.urgent.recv(), if can_call => {
                    let Some(ask) = ask else { return Ok(()) };
                    self.start(ask);
                    self.start_more();
                }
                key = self.streams.word() => self.streams.attend(key, &mut self.session),
                Some(id) = self.left.recv() => self.desk.leave(id),
                // Whoever waits for a call holds a handle, so nobody waits.
                _ = &mut self.handles => return Ok(()),
                () = alarm.at(self.session.poll_timeout()) => {
                    let now = now();
                    if writer.take_progress() {
                        self.session.progressed(now);
                    }
                    self.session.handle_timeout(now)?;
                }
            }
        }
    }

    /// Starts what else is asked already, so that it goes out in the same write.
    fn start_more(&mut self) {
        while self.session.can_call() {
            let ask = match self.urgent.try_recv() {
                Err(_) if self.waiting.has_place_for_patient() => self.asks.try_recv(),
                urgent => urgent,
            };
            let Ok(ask) = ask else { return };
            self.start(ask);
        }
    }

    fn start(&mut self, ask: Ask) {
        match ask {
            Ask::Keepalive(pacing) => self.session.start_keepalive(now(), pacing),
            Ask::Subscribe(ask) => self.desk.subscribe(ask),
            Ask::Call(call) => drop(self.call(call, ClientSession::call)),
            Ask::Passing(PassingAsk { call, passing }) => {
                if let Some(serial) = self.call(call, ClientSession::call_with_descriptors) {
                    self.passing.insert(serial, passing);
                }
            }
            Ask::Stream(StreamAsk { call, pipe }) => {
                if let Some(serial) = self.call(call, ClientSession::open_stream) {
                    self.streams.insert(serial, pipe);
                }
            }
        }
    }

    fn call(
        &mut self,
        CallAsk { program, number, name, body, reply, urgent, asked }: CallAsk,
        make: impl FnOnce(&mut ClientSession, Program, ProcedureNumber, Draft) -> Result<Serial, WindowFull>,
    ) -> Option<Serial> {
        // Nobody waits any more, and nothing was sent: then nothing need be.
        if reply.is_closed() {
            return None;
        }
        match make(&mut self.session, program, number, body) {
            Ok(serial) => {
                self.waiting.insert(serial, name, reply, urgent, asked);
                Some(serial)
            }
            // Asks are taken only while the window is open.
            Err(full) => {
                let error = CallError::Arguments { procedure: name, error: full.to_string() };
                let _ = reply.send(Err(error));
                None
            }
        }
    }

    /// The descriptors that go behind a frame.
    fn behind(&mut self, frame: &[u8]) -> Vec<OwnedFd> {
        if self.passing.is_empty() {
            return Vec::new();
        }
        let header = sealed_header(frame).filter(|header| header.kind() == Ok(MessageKind::CallWithFds));
        let passing = header.and_then(|header| self.passing.get_mut(&header.serial));
        passing.map(|passing| std::mem::take(&mut passing.fds)).unwrap_or_default()
    }

    fn deliver(&mut self, event: ClientEvent, arrived: &mut Vec<OwnedFd>) {
        match event {
            ClientEvent::Replied { serial, answer } => {
                if let Some(passing) = self.passing.remove(&serial) {
                    let mut returned = passing.returned.lock().unwrap_or_else(PoisonError::into_inner);
                    returned.append(arrived);
                }
                match &answer {
                    Ok(_) => self.streams.opened(serial, &mut self.session),
                    Err(_) => self.streams.not_opened(serial),
                }
                match self.waiting.remove(serial, answer.is_err()) {
                    // A dropped call's reply is discarded here.
                    Some((name, reply)) => {
                        let _ = reply.send(answer.map_err(|fault| CallError::reply(name, fault)));
                    }
                    None => self.desk.answer(serial, answer),
                }
            }
            ClientEvent::Streamed { serial, event } => {
                self.streams.deliver(serial, event, &mut self.session);
            }
            ClientEvent::Noticed { program, procedure, payload } => {
                self.desk.notice(RawNotice { program, number: procedure, payload });
            }
        }
    }

    fn observe_received(&self, frame: &Frame) {
        if let Some(observer) = &self.observer {
            observer(Passed { sent: false, header: frame.header, wire_bytes: frame.wire_bytes() });
        }
    }
}

/// Shows a frame that is sent, by its first bytes.
fn observe_sent(observer: &Option<Observer>, frame: &[u8], wire_bytes: usize) {
    if let Some(observer) = observer
        && let Some(header) = sealed_header(frame)
    {
        observer(Passed { sent: true, header, wire_bytes });
    }
}

impl StreamSession for ClientSession {
    type Id = Serial;
    const CONFIRMS: bool = false;

    fn data(&mut self, serial: Serial, bytes: usize) -> Option<Head> {
        self.stream_data(serial, bytes)
    }

    fn hole(&mut self, serial: Serial, length: u64) -> bool {
        self.stream_hole(serial, length)
    }

    fn end_of_data(&mut self, _: Serial) {}

    /// The daemon has the last word.
    fn end(&mut self, serial: Serial, ending: &Ending) -> bool {
        match ending {
            Ending::Finish => drop(self.finish_stream(serial)),
            Ending::Abort(_) => self.abort_stream(serial),
        }
        false
    }
}
