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
use virtwire_protocol::pace::Urgency;
use virtwire_protocol::program::{ProcedureNumber, Program};
use virtwire_protocol::session::client::{ClientEvent, ClientSession, WindowFull};
use virtwire_protocol::session::keepalive::Pacing;
use virtwire_protocol::session::subscriptions::SubscriberId;

use super::error::{CallError, CloseReason};
use super::events::{Desk, SubscribeAsk};
use super::waiting::{Claim, ReplyTo, Waiting};
use crate::shell::alarm::Alarm;
use crate::shell::layer::Layer;
#[cfg(feature = "gssapi")]
use crate::shell::layer::Layered;
use crate::shell::line::Line;
use crate::shell::mailbox::Mailbox;
use crate::shell::reader::{FrameReader, Received};
use crate::shell::writer::FrameWriter;
use crate::shell::{OUT_BYTES_MAX, WRITES_IN_A_ROW, now, step_back};
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
    #[cfg(feature = "gssapi")]
    Seal(SealAsk),
}

/// Everything from here on is to be sealed.
#[cfg(feature = "gssapi")]
#[derive(Debug)]
pub(super) struct SealAsk {
    pub(super) layer: Layer,
    /// Told once it is.
    pub(super) done: oneshot::Sender<()>,
}

#[derive(Debug)]
pub(super) struct CallAsk {
    pub(super) program: Program,
    pub(super) number: ProcedureNumber,
    pub(super) name: &'static str,
    pub(super) body: Draft,
    pub(super) reply: ReplyTo,
    /// Which places in the window it may take.
    pub(super) urgency: Urgency,
    /// When it was asked, where somebody measures how long it waits.
    pub(super) asked: Option<Instant>,
    /// Taken when it is sent, where it has a deadline.
    pub(super) claim: Option<Claim>,
}

impl Ask {
    /// The call that it is or comes with.
    pub(super) fn call_mut(&mut self) -> Option<&mut CallAsk> {
        match self {
            Ask::Call(call) | Ask::Stream(StreamAsk { call, .. }) | Ask::Passing(PassingAsk { call, .. }) => {
                Some(call)
            }
            Ask::Keepalive(_) | Ask::Subscribe(_) => None,
            #[cfg(feature = "gssapi")]
            Ask::Seal(_) => None,
        }
    }
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
    pub(super) asks: mpsc::Receiver<Box<Ask>>,
    /// What may take the last one, too.
    pub(super) urgent: mpsc::Receiver<Box<Ask>>,
    /// What ends other calls, and may go one beyond it.
    pub(super) ending: mpsc::Receiver<Box<Ask>>,
    pub(super) waiting: Waiting,
    pub(super) desk: Desk,
    pub(super) streams: StreamTable<Serial>,
    /// The socket, where it carries descriptors.
    pub(super) line: Option<Line>,
    /// The calls that pass them.
    pub(super) passing: HashMap<Serial, Passing>,
    pub(super) left: Mailbox<SubscriberId>,
    /// Ends when the last handle is dropped, also while nothing more may be asked.
    pub(super) handles: oneshot::Receiver<Infallible>,
    pub(super) closed: watch::Sender<Option<CloseReason>>,
    pub(super) observer: Option<Observer>,
    /// Whether no two frames may be in one write.
    pub(super) frames_apart: bool,
    /// What has been agreed on by authenticating, until it is done.
    #[cfg(feature = "gssapi")]
    pub(super) seal: Option<SealAsk>,
}

/// How a conversation ended that no fault ended.
enum Over<R, W> {
    /// Its last handle is gone.
    Done,
    /// It goes on, sealed.
    #[cfg_attr(not(feature = "gssapi"), expect(dead_code, reason = "only that feature seals"))]
    Sealed(R, W, Layer),
}

impl Task {
    /// Runs until the connection ends or its last handle is dropped; then every pending call ends with an error.
    ///
    /// `last_words` is asked why, once the socket is closed: it holds whatever else there is to the transport, which goes with the
    /// connection, and not with its last handle.
    pub(super) async fn run<R, W, F>(
        mut self,
        (reader, writer): (R, W),
        last_words: impl FnOnce(CloseReason) -> F,
    ) where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
        F: Future<Output = CloseReason>,
    {
        let over = match self.converse(reader, writer).await {
            #[cfg(feature = "gssapi")]
            Ok(Over::Sealed(reader, writer, layer)) => self.converse_sealed(reader, writer, layer).await,
            over => over.map(drop),
        };
        let reason = over.err().unwrap_or(CloseReason::Local);
        // The last of the socket: it is closed, whoever still holds a handle.
        self.line = None;
        self.passing.clear();
        let reason = last_words(reason).await;
        tracing::debug!(%reason, "connection ended");
        self.closed.send_replace(Some(reason.clone()));
        self.desk.end(&reason);
        self.streams.end_all(&reason);
        self.waiting.end(&reason);
        // Handles that ask later learn why, until the last is gone.
        loop {
            let ask = tokio::select! {
                Some(ask) = self.asks.recv() => ask,
                Some(ask) = self.urgent.recv() => ask,
                Some(ask) = self.ending.recv() => ask,
                else => return,
            };
            match *ask {
                Ask::Call(CallAsk { name, reply, .. })
                | Ask::Passing(PassingAsk { call: CallAsk { name, reply, .. }, .. })
                | Ask::Stream(StreamAsk { call: CallAsk { name, reply, .. }, .. }) => {
                    let reason = reason.clone();
                    let _ = reply.send(Err(CallError::Closed { procedure: name, reason, sent: false }));
                }
                Ask::Subscribe(ask) => Desk::too_late(ask, &reason),
                Ask::Keepalive(_) => {}
                #[cfg(feature = "gssapi")]
                Ask::Seal(_) => {}
            }
        }
    }

    /// In a box, as few connections come to it.
    #[cfg(feature = "gssapi")]
    async fn converse_sealed<R, W>(&mut self, reader: R, writer: W, layer: Layer) -> Result<(), CloseReason>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        // As with TLS's records, so that nothing is left within a piece that the daemon has opened.
        self.frames_apart = true;
        let (reader, writer) = tokio::io::split(Layered::new(reader, writer, layer));
        Box::pin(self.converse(reader, writer)).await.map(drop)
    }

    async fn converse<R, W>(&mut self, reader: R, writer: W) -> Result<Over<R, W>, CloseReason>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let mut frames = FrameReader::new(reader, self.line.clone());
        let mut writer = FrameWriter::new(writer, self.line.clone()).apart(self.frames_apart);
        let mut alarm = Alarm::default();
        let mut in_a_row = 0;
        if self.line.is_some() {
            self.session.carry_descriptors();
        }
        loop {
            #[cfg(feature = "gssapi")]
            if writer.is_empty()
                && let Some(SealAsk { layer, done }) = self.seal.take()
            {
                let sealed = Over::Sealed(frames.into_inner()?, writer.into_inner(), layer);
                let _ = done.send(());
                return Ok(sealed);
            }
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
            // What there is goes out at once. Where the socket does not take it, and for streams after some packets, writing has its turn
            // among the others.
            if !writer.is_empty() && in_a_row < WRITES_IN_A_ROW && writer.try_write().await? {
                in_a_row += 1;
                continue;
            }
            in_a_row = 0;
            let has_room = writer.len() < OUT_BYTES_MAX;
            let can_call = self.session.can_call() && has_room;
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
                    let before = self.waiting.len();
                    while let Some(Received { frame, fds: mut arrived }) = next {
                        self.observe_received(&frame);
                        self.session.handle_frame(now, frame)?;
                        while let Some(event) = self.session.poll_event() {
                            // What nobody takes is closed.
                            self.deliver(event, &mut arrived);
                        }
                        next = if self.streams.has_room() { frames.at_once().await? } else { None };
                    }
                    if self.waiting.len() < before {
                        // Those who have their answers have their turns, and what they ask next goes out at once.
                        step_back().await;
                        if writer.len() < OUT_BYTES_MAX {
                            self.start_more();
                        }
                    }
                }
                ask = self.asks.recv(), if can_call && self.waiting.has_place_for_patient() => {
                    let Some(ask) = ask else { return Ok(Over::Done) };
                    self.start(*ask);
                    self.start_more();
                }
                ask = self.urgent.recv(), if can_call => {
                    let Some(ask) = ask else { return Ok(Over::Done) };
                    self.start(*ask);
                    self.start_more();
                }
                ask = self.ending.recv(), if self.session.can_end() && has_room => {
                    let Some(ask) = ask else { return Ok(Over::Done) };
                    self.start(*ask);
                    self.start_more();
                }
                key = self.streams.word() => self.streams.attend(key, &mut self.session),
                id = self.left.next() => self.desk.leave(id),
                // Whoever waits for a call holds a handle, so nobody waits.
                _ = &mut self.handles => return Ok(Over::Done),
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
        while self.session.can_end() {
            let ask = match self.ending.try_recv() {
                Ok(ask) => ask,
                Err(_) if !self.session.can_call() => return,
                Err(_) => {
                    let ask = match self.urgent.try_recv() {
                        Err(_) if self.waiting.has_place_for_patient() => self.asks.try_recv(),
                        urgent => urgent,
                    };
                    let Ok(ask) = ask else { return };
                    ask
                }
            };
            self.start(*ask);
        }
    }

    fn start(&mut self, ask: Ask) {
        match ask {
            Ask::Keepalive(pacing) => self.session.start_keepalive(now(), pacing),
            Ask::Subscribe(ask) => self.desk.subscribe(ask),
            #[cfg(feature = "gssapi")]
            Ask::Seal(ask) => self.seal = Some(ask),
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
        CallAsk { program, number, name, body, reply, urgency, asked, claim }: CallAsk,
        make: impl FnOnce(&mut ClientSession, Program, ProcedureNumber, Draft) -> Result<Serial, WindowFull>,
    ) -> Option<Serial> {
        // Nobody waits any more, and nothing was sent: then nothing need be.
        if reply.is_closed() || claim.is_some_and(|claim| !claim.take()) {
            self.waiting.not_sent(name, asked);
            return None;
        }
        match make(&mut self.session, program, number, body) {
            Ok(serial) => {
                self.waiting.insert(serial, name, reply, urgency, asked);
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
