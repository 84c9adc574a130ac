//! The task that owns a client's session: the one place where its socket is read and written.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Instant;

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

type Waiting = HashMap<Serial, (&'static str, oneshot::Sender<Result<Bytes, CallError>>)>;

/// The task.
pub(super) struct Task {
    pub(super) session: ClientSession,
    pub(super) asks: mpsc::Receiver<Ask>,
    pub(super) desk: Desk,
    pub(super) left: mpsc::UnboundedReceiver<SubscriberId>,
    /// Ends when the last handle is dropped, also while nothing more may be asked.
    pub(super) handles: oneshot::Receiver<Infallible>,
    pub(super) closed: watch::Sender<Option<CloseReason>>,
    pub(super) observer: Option<Observer>,
}

impl Task {
    /// Runs until the connection ends or its last handle is dropped; then every pending call ends with an error.
    pub(super) async fn run<R, W>(mut self, (reader, writer): (R, W))
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let mut waiting = Waiting::new();
        let reason = match self.converse(reader, writer, &mut waiting).await {
            Ok(()) => CloseReason::Local,
            Err(reason) => reason,
        };
        tracing::debug!(%reason, "connection ended");
        self.closed.send_replace(Some(reason.clone()));
        self.desk.end(&reason);
        for (procedure, reply) in waiting.into_values() {
            // Whoever has stopped waiting does not mind.
            let _ = reply.send(Err(CallError::Closed { procedure, reason: reason.clone(), sent: true }));
        }
        // Handles that ask later learn why, until the last is gone.
        while let Some(ask) = self.asks.recv().await {
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
        let mut unflushed = false;
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
            // Every branch is safe to cancel, and reading never waits for writing.
            tokio::select! {
                wrote = write_some(&mut writer, &mut out, &mut unflushed), if unflushed || !out.is_empty() => wrote?,
                frame = next(&mut frames) => {
                    let frame = frame.ok_or(CloseReason::Eof)??;
                    self.observe_received(&frame);
                    self.session.handle_frame(Instant::now(), frame)?;
                }
                ask = self.asks.recv(), if self.session.can_call() && out.len() < OUT_BYTES_MAX => {
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
            Ask::Call(CallAsk { program, number, name, body, reply }) => {
                match self.session.call(program, number, body) {
                    Ok(serial) => {
                        waiting.insert(serial, (name, reply));
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
                match waiting.remove(&serial) {
                    // A dropped call's reply is discarded here.
                    Some((name, reply)) => {
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

/// Writes what the peer takes, and then has the transport pass on what it may have kept, as TLS does. Safe to cancel: what is written is
/// gone from `out`.
async fn write_some<W: AsyncWrite + Unpin>(
    writer: &mut W,
    out: &mut BytesMut,
    unflushed: &mut bool,
) -> Result<(), CloseReason> {
    if !out.is_empty() {
        if writer.write_buf(out).await? == 0 {
            return Err(CloseReason::Eof);
        }
        *unflushed = true;
    }
    writer.flush().await?;
    *unflushed = false;
    Ok(())
}
