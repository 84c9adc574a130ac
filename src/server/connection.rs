//! One client's connection: the task that owns its session.

use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::task::{Id, JoinSet};
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::frame::{DESCRIPTORS_MAX, Draft, sealed_header};
use virtwire_protocol::header::{Header, MessageKind};
use virtwire_protocol::program::ReadOnlyRule;
use virtwire_protocol::session::ProtocolError;
use virtwire_protocol::session::server::{Called, Limits, QueueFull, ServerEvent, ServerSession};
use virtwire_protocol::session::stream::{StreamId, is_sparse};

use super::context::{CallContext, CallSlots, OutgoingNotice};
use super::handler::Handler;
use super::stream::Stream;
use crate::codec::CodecError;
use crate::shell::alarm::Alarm;
use crate::shell::line::Line;
use crate::shell::reader::{FrameReader, Received};
use crate::shell::writer::FrameWriter;
use crate::shell::{OUT_BYTES_MAX, now};
use crate::stream::{Pipes, StreamTable};

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Ended {
    /// The client said goodbye and had all its replies.
    #[error("the client closed the connection")]
    Closed,
    /// The client went without a goodbye.
    #[error("the client is gone")]
    Gone,
    /// Reading or writing failed, or what came was no stream of frames.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// The client broke the protocol, or went silent.
    #[error(transparent)]
    Protocol(#[from] ProtocolError),
    /// The client does not read its events.
    #[error("the client does not read its events")]
    Slow,
}

impl From<std::io::Error> for Ended {
    fn from(error: std::io::Error) -> Ended {
        Ended::Codec(error.into())
    }
}

impl From<QueueFull> for Ended {
    fn from(_: QueueFull) -> Ended {
        Ended::Slow
    }
}

/// What a handler answers, and the descriptors that go with it.
type Answer = (Result<Draft, RemoteError>, Vec<OwnedFd>);

/// The handlers at work, and which call each answers.
#[derive(Default)]
struct Calls {
    tasks: JoinSet<Answer>,
    headers: HashMap<Id, Header>,
}

impl Calls {
    fn start(&mut self, header: Header, handler: impl Future<Output = Answer> + Send + 'static) {
        let task = self.tasks.spawn(handler);
        self.headers.insert(task.id(), header);
    }

    /// The next call to be answered; `None` while none is being worked on. Safe to cancel.
    async fn ended(&mut self) -> Option<(Header, Answer)> {
        let (id, answer) = match self.tasks.join_next_with_id().await? {
            Ok((id, answer)) => (id, answer),
            // A handler that panicked has no answer, and its client must not wait for one for ever.
            Err(panicked) => {
                let text = "the handler of this call has failed";
                let error = RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::RPC, text);
                (panicked.id(), (Err(error), Vec::new()))
            }
        };
        self.headers.remove(&id).map(|header| (header, answer))
    }
}

/// Serves one client until it goes, then lets the handler clean up after it.
pub(super) async fn run<R, W, H>(
    (reader, writer): (R, W),
    handler: Arc<H>,
    cx: CallContext,
    notices: mpsc::Receiver<OutgoingNotice>,
    limits: Limits,
    line: Option<Line>,
) -> Ended
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
    H: Handler + ?Sized,
{
    let (streams, pipes) = StreamTable::new();
    let session = ServerSession::new((**cx.profile()).clone(), limits);
    let calls = Calls::default();
    let passing = HashMap::new();
    let mut client = Client { session, streams, pipes, limits, handler, cx, calls, line, passing };
    let ended = match client.converse(reader, writer, notices).await {
        Ok(ended) | Err(ended) => ended,
    };
    // The last of the socket: it is closed, also while calls run on.
    client.line = None;
    let Client { mut streams, handler, cx, mut calls, .. } = client;
    tracing::debug!(peer = cx.peer(), %ended, "connection ended");
    cx.set_closed();
    streams.end_all(&ended);
    handler.clone().closed(cx.clone()).await;
    if !calls.tasks.is_empty() {
        // They run to their end, as in libvirt's daemons; what they create meanwhile is cleaned up after them.
        while calls.tasks.join_next().await.is_some() {}
        handler.closed(cx).await;
    }
    ended
}

/// One client, as its task has it.
struct Client<H: ?Sized> {
    session: ServerSession,
    streams: StreamTable<StreamId>,
    pipes: Pipes,
    limits: Limits,
    handler: Arc<H>,
    cx: CallContext,
    calls: Calls,
    /// The socket, where it carries descriptors.
    line: Option<Line>,
    /// Those that go behind replies which have not been handed to the writer.
    passing: HashMap<StreamId, Vec<OwnedFd>>,
}

impl<H: Handler + ?Sized> Client<H> {
    /// The conversation: the session decides, this loop reads, writes, waits and starts handlers.
    async fn converse<R, W>(
        &mut self,
        reader: R,
        writer: W,
        mut notices: mpsc::Receiver<OutgoingNotice>,
    ) -> Result<Ended, Ended>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let mut frames = FrameReader::new(reader, self.line.clone());
        let mut writer = FrameWriter::new(writer, self.line.clone());
        let mut alarm = Alarm::default();
        if self.line.is_some() {
            self.session.carry_descriptors();
        }
        // Those of the frame that is being looked at: what nobody takes is closed.
        let mut arrived = Vec::new();
        loop {
            while let Some(event) = self.session.poll_event() {
                match event {
                    ServerEvent::Called(called) => self.start(called, std::mem::take(&mut arrived)),
                    ServerEvent::Streamed { id, event } => {
                        self.streams.deliver(id, event, &mut self.session);
                    }
                }
            }
            arrived.clear();
            loop {
                while writer.len() < OUT_BYTES_MAX {
                    let Some(frame) = self.session.poll_transmit() else { break };
                    let fds = self.behind(&frame);
                    writer.push(frame);
                    writer.push_descriptors(fds);
                }
                if !self.streams.send(&mut self.session, &mut writer, |_, _| {}) {
                    break;
                }
            }
            if writer.is_empty() && self.session.is_finished() {
                writer.shutdown().await?;
                return Ok(Ended::Closed);
            }
            let reads = self.session.can_receive() && self.streams.has_room();
            if !reads {
                self.session.not_reading(now());
            }
            // Every branch is safe to cancel, and reading never waits for writing.
            tokio::select! {
                wrote = writer.write_some(), if !writer.is_empty() => match wrote {
                    Err(error) if error.kind() == std::io::ErrorKind::WriteZero => return Ok(Ended::Gone),
                    wrote => wrote?,
                },
                frame = frames.next(), if reads => match frame? {
                    Some(Received { frame, fds }) => {
                        arrived = fds;
                        self.session.handle_frame(now(), frame)?;
                    }
                    None => return Ok(Ended::Gone),
                },
                Some((header, answer)) = self.calls.ended() => self.answered(&header, answer),
                key = self.streams.word() => self.streams.attend(key, &mut self.session),
                Some(notice) = notices.recv() => {
                    self.session.notify(notice.program, notice.number, notice.body)?;
                }
                () = self.cx.overrun() => return Err(Ended::Slow),
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

    /// The descriptors that go behind a frame.
    fn behind(&mut self, frame: &[u8]) -> Vec<OwnedFd> {
        if self.passing.is_empty() {
            return Vec::new();
        }
        let header = sealed_header(frame).filter(|header| header.kind() == Ok(MessageKind::ReplyWithFds));
        header.and_then(|header| self.passing.remove(&StreamId::of(&header))).unwrap_or_default()
    }

    /// Starts the handler of a call, unless the connection may not make it.
    fn start(&mut self, called: Called, fds: Vec<OwnedFd>) {
        let header = called.header;
        if self.cx.is_read_only() && called.info.read_only == ReadOnlyRule::Refused {
            let detail = format!("read only access prevents {}", called.info.name);
            let error = RemoteError::new(ErrorCode::OPERATION_DENIED, ErrorDomain::DOMAIN, detail);
            self.calls.start(header, async move { (Err(error), Vec::new()) });
            return;
        }
        tracing::debug!(
            peer = self.cx.peer(),
            procedure = called.info.name,
            serial = header.serial.0,
            "call"
        );
        let stream = called.info.stream.map(|direction| {
            let pipe = self.pipes.pipe(self.limits.stream_bytes);
            self.streams.insert(StreamId::of(&header), pipe.clone());
            Stream::new(pipe, direction, is_sparse(header.program, header.procedure, &called.payload))
        });
        let cx = self.cx.of_call(CallSlots {
            stream: stream.into(),
            fds: fds.into(),
            reply_fds: Mutex::default(),
        });
        let handler = self.handler.clone();
        // Also a handler that panics before it returns a future fails its own call alone.
        self.calls.start(header, async move {
            let answer = handler.call(cx.clone(), called).await;
            // What nobody has taken goes, also if the context is kept.
            drop((cx.take_stream(), cx.take_fds()));
            (answer, cx.take_reply_fds())
        });
    }

    fn answered(&mut self, header: &Header, (answer, fds): Answer) {
        let is_good = answer.is_ok();
        match (answer, u32::try_from(fds.len())) {
            (Ok(body), Ok(count @ 1..=DESCRIPTORS_MAX)) if self.line.is_some() => {
                self.session.reply_with_descriptors(header, body, count);
                self.passing.insert(StreamId::of(header), fds);
            }
            (answer, _) => self.session.reply(header, answer),
        }
        match is_good {
            true => self.streams.opened(StreamId::of(header), &mut self.session),
            false => self.streams.not_opened(StreamId::of(header)),
        }
    }
}
