//! The task that owns a client's session: the one place where its socket is read and written.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::codec::{Encoder, FramedRead};
use virtwire_protocol::event::RawNotice;
use virtwire_protocol::frame::{Draft, FRAME_BYTES_MIN, Frame, LENGTH_BYTES};
use virtwire_protocol::header::{Header, Serial};
use virtwire_protocol::program::{ProcedureNumber, Program};
use virtwire_protocol::session::client::{ClientEvent, ClientSession};
use virtwire_protocol::session::keepalive::Pacing;
use virtwire_protocol::session::subscriptions::SubscriberId;

use super::error::{CallError, CloseReason};
use super::events::{Desk, SubscribeAsk};
use crate::codec::FrameCodec;
use crate::shell::{OUT_BYTES_MAX, at, next};

/// What the handles of a connection ask of its task.
#[derive(Debug)]
pub(super) enum Ask {
    Call(CallAsk),
    Keepalive(Pacing),
    Subscribe(SubscribeAsk),
}

#[derive(Debug)]
pub(super) struct CallAsk {
    pub(super) program: Program,
    pub(super) number: ProcedureNumber,
    pub(super) name: &'static str,
    pub(super) body: Draft,
    pub(super) reply: oneshot::Sender<Result<Bytes, CallError>>,
    /// Whether it may take the last place: see [`pace::is_urgent`].
    pub(super) urgent: bool,
    /// When it was asked, where somebody wants to know how long it waits.
    pub(super) asked: Option<Instant>,
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

/// What becomes of a call, for whoever measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallPhase {
    /// It got its place in the window, and is on its way.
    Started {
        /// Which procedure.
        procedure: &'static str,
        /// How long it waited for the place.
        waited: Duration,
        /// Calls that wait for their replies now, this one included.
        in_flight: usize,
    },
    /// Its reply has come.
    Answered {
        /// Which procedure.
        procedure: &'static str,
        /// How long the reply took, counted from when the call got its place.
        took: Duration,
        /// Whether the reply is a failure.
        failed: bool,
    },
}

/// Measures the calls of a connection. Called from the connection's task: be quick.
pub type Meter = Arc<dyn Fn(CallPhase) + Send + Sync>;

/// The calls of handles that wait for their replies.
#[derive(Default)]
pub(super) struct Waiting {
    calls: HashMap<Serial, Pending>,
    /// How many of them are not urgent.
    patient: usize,
}

struct Pending {
    name: &'static str,
    reply: oneshot::Sender<Result<Bytes, CallError>>,
    urgent: bool,
    started: Option<Instant>,
}

impl Waiting {
    fn insert(&mut self, serial: Serial, call: Pending) {
        self.patient += usize::from(!call.urgent);
        self.calls.insert(serial, call);
    }

    fn remove(&mut self, serial: Serial) -> Option<Pending> {
        let call = self.calls.remove(&serial)?;
        self.patient = self.patient.saturating_sub(usize::from(!call.urgent));
        Some(call)
    }
}

/// The task.
pub(super) struct Task {
    pub(super) session: ClientSession,
    /// What may take any place but the last.
    pub(super) asks: mpsc::Receiver<Ask>,
    /// What may take the last place, too.
    pub(super) urgent: mpsc::Receiver<Ask>,
    /// Calls that may wait for their replies and are not urgent: one less than the window, or 1.
    pub(super) patient_max: usize,
    pub(super) desk: Desk,
    pub(super) left: mpsc::UnboundedReceiver<SubscriberId>,
    /// Ends when the last handle is dropped, also while nothing more may be asked.
    pub(super) handles: oneshot::Receiver<Infallible>,
    pub(super) closed: watch::Sender<Option<CloseReason>>,
    pub(super) observer: Option<Observer>,
    pub(super) meter: Option<Meter>,
}

impl Task {
    /// Runs until the connection ends or its last handle is dropped; then every pending call ends with an error.
    pub(super) async fn run<R, W>(mut self, (reader, writer): (R, W))
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let mut waiting = Waiting::default();
        let reason = match self.converse(reader, writer, &mut waiting).await {
            Ok(()) => CloseReason::Local,
            Err(reason) => reason,
        };
        tracing::debug!(%reason, "connection ended");
        self.closed.send_replace(Some(reason.clone()));
        self.desk.end(&reason);
        for Pending { name: procedure, reply, .. } in waiting.calls.into_values() {
            // Whoever has stopped waiting does not mind.
            let _ = reply.send(Err(CallError::Closed { procedure, reason: reason.clone(), sent: true }));
        }
        // Handles that ask later learn why, until the last is gone.
        loop {
            let ask = tokio::select! {
                Some(ask) = self.asks.recv() => ask,
                Some(ask) = self.urgent.recv() => ask,
                else => return,
            };
            match ask {
                Ask::Call(CallAsk { name, reply, .. }) => {
                    let reason = reason.clone();
                    let _ = reply.send(Err(CallError::Closed { procedure: name, reason, sent: false }));
                }
                Ask::Subscribe(ask) => Desk::too_late(ask, &reason),
                Ask::Keepalive(_) => {}
            }
        }
    }

    async fn converse<R, W>(
        &mut self,
        reader: R,
        mut writer: W,
        waiting: &mut Waiting,
    ) -> Result<(), CloseReason>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let mut frames = FramedRead::new(reader, FrameCodec);
        let mut out = BytesMut::new();
        loop {
            while let Some(event) = self.session.poll_event() {
                self.deliver(event, waiting);
            }
            self.desk.call(&mut self.session);
            while out.len() < OUT_BYTES_MAX {
                let Some(frame) = self.session.poll_transmit() else { break };
                self.observe_sent(&frame);
                FrameCodec.encode(frame, &mut out)?;
            }
            let can_call = self.session.can_call() && out.len() < OUT_BYTES_MAX;
            // Every branch is safe to cancel, and reading never waits for writing.
            tokio::select! {
                wrote = writer.write_buf(&mut out), if !out.is_empty() => {
                    if wrote? == 0 {
                        return Err(CloseReason::Eof);
                    }
                }
                frame = next(&mut frames) => {
                    let frame = frame.ok_or(CloseReason::Eof)??;
                    self.observe_received(&frame);
                    self.session.handle_frame(Instant::now(), frame)?;
                }
                ask = self.asks.recv(), if can_call && waiting.patient < self.patient_max => {
                    let Some(ask) = ask else { return Ok(()) };
                    self.start(ask, waiting);
                }
                ask = self.urgent.recv(), if can_call => {
                    let Some(ask) = ask else { return Ok(()) };
                    self.start(ask, waiting);
                }
                Some(id) = self.left.recv() => self.desk.leave(id),
                // Whoever waits for a call holds a handle, so nobody waits.
                _ = &mut self.handles => return Ok(()),
                () = at(self.session.poll_timeout()) => self.session.handle_timeout(Instant::now())?,
            }
        }
    }

    fn start(&mut self, ask: Ask, waiting: &mut Waiting) {
        match ask {
            Ask::Keepalive(pacing) => self.session.start_keepalive(Instant::now(), pacing),
            Ask::Subscribe(ask) => self.desk.subscribe(ask),
            // Nobody waits any more, and nothing was sent: then nothing need be.
            Ask::Call(call) if call.reply.is_closed() => {}
            Ask::Call(CallAsk { program, number, name, body, reply, urgent, asked }) => {
                match self.session.call(program, number, body) {
                    Ok(serial) => {
                        let started = asked.map(|_| Instant::now());
                        waiting.insert(serial, Pending { name, reply, urgent, started });
                        self.tell_started(name, serial, asked, started, waiting.calls.len());
                    }
                    // Asks are taken only while the window is open.
                    Err(full) => {
                        let error = CallError::Arguments { procedure: name, error: full.to_string() };
                        let _ = reply.send(Err(error));
                    }
                }
            }
        }
    }

    fn deliver(&mut self, event: ClientEvent, waiting: &mut Waiting) {
        match event {
            ClientEvent::Replied { serial, answer } => {
                match waiting.remove(serial) {
                    Some(Pending { name, reply, started, .. }) => {
                        self.tell_answered(name, serial, started, answer.is_err());
                        // A dropped call's reply is discarded here.
                        let _ = reply.send(answer.map_err(|fault| CallError::reply(name, fault)));
                    }
                    None => self.desk.answer(serial, answer),
                }
            }
            ClientEvent::Noticed { program, procedure, payload } => {
                self.desk.notice(RawNotice { program, number: procedure, payload });
            }
        }
    }

    fn tell_started(
        &self,
        procedure: &'static str,
        serial: Serial,
        asked: Option<Instant>,
        started: Option<Instant>,
        in_flight: usize,
    ) {
        let Some(waited) = started.zip(asked).map(|(started, asked)| started.duration_since(asked)) else {
            return;
        };
        tracing::trace!(procedure, serial = serial.0, ?waited, in_flight, "call started");
        if let Some(meter) = &self.meter {
            meter(CallPhase::Started { procedure, waited, in_flight });
        }
    }

    fn tell_answered(&self, procedure: &'static str, serial: Serial, started: Option<Instant>, failed: bool) {
        let Some(took) = started.map(|started| started.elapsed()) else { return };
        tracing::trace!(procedure, serial = serial.0, ?took, failed, "call answered");
        if let Some(meter) = &self.meter {
            meter(CallPhase::Answered { procedure, took, failed });
        }
    }

    fn observe_sent(&self, frame: &[u8]) {
        if let Some(observer) = &self.observer
            && let Some(head) = frame.get(LENGTH_BYTES..FRAME_BYTES_MIN).and_then(|head| head.first_chunk())
        {
            observer(Passed { sent: true, header: Header::from_bytes(head), wire_bytes: frame.len() });
        }
    }

    fn observe_received(&self, frame: &Frame) {
        if let Some(observer) = &self.observer {
            observer(Passed { sent: false, header: frame.header, wire_bytes: frame.wire_bytes() });
        }
    }
}
