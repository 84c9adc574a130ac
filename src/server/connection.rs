//! One client's connection: the task that owns its session.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::task::{Id, JoinSet};
use tokio_util::codec::{Encoder, FramedRead};
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::frame::Draft;
use virtwire_protocol::header::Header;
use virtwire_protocol::program::ReadOnlyRule;
use virtwire_protocol::session::ProtocolError;
use virtwire_protocol::session::server::{Called, Limits, QueueFull, ServerSession};

use super::context::{CallContext, OutgoingNotice};
use super::handler::Handler;
use crate::codec::{CodecError, FrameCodec};
use crate::shell::{OUT_BYTES_MAX, at, next};

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

/// The handlers at work, and which call each answers.
#[derive(Default)]
struct Calls {
    tasks: JoinSet<Result<Draft, RemoteError>>,
    headers: HashMap<Id, Header>,
}

impl Calls {
    fn start(
        &mut self,
        header: Header,
        handler: impl Future<Output = Result<Draft, RemoteError>> + Send + 'static,
    ) {
        let task = self.tasks.spawn(handler);
        self.headers.insert(task.id(), header);
    }

    /// The next call to be answered; `None` while none is being worked on. Safe to cancel.
    async fn ended(&mut self) -> Option<(Header, Result<Draft, RemoteError>)> {
        let (id, answer) = match self.tasks.join_next_with_id().await? {
            Ok((id, answer)) => (id, answer),
            // A handler that panicked has no answer, and its client must not wait for one for ever.
            Err(panicked) => {
                let text = "the handler of this call has failed";
                let error = RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::RPC, text);
                (panicked.id(), Err(error))
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
) -> Ended
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
    H: Handler + ?Sized,
{
    let mut calls = Calls::default();
    let mut session = ServerSession::new((**cx.profile()).clone(), limits);
    let ended = match converse(&mut session, reader, writer, &handler, &cx, notices, &mut calls).await {
        Ok(ended) | Err(ended) => ended,
    };
    tracing::debug!(peer = cx.peer(), %ended, "connection ended");
    cx.set_closed();
    handler.clone().closed(cx.clone()).await;
    if !calls.tasks.is_empty() {
        // They run to their end, as in libvirt's daemons; what they create meanwhile is cleaned up after them.
        while calls.tasks.join_next().await.is_some() {}
        handler.closed(cx).await;
    }
    ended
}

/// The conversation: the session decides, this loop reads, writes, waits and starts handlers.
async fn converse<R, W, H>(
    session: &mut ServerSession,
    reader: R,
    mut writer: W,
    handler: &Arc<H>,
    cx: &CallContext,
    mut notices: mpsc::Receiver<OutgoingNotice>,
    calls: &mut Calls,
) -> Result<Ended, Ended>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
    H: Handler + ?Sized,
{
    let mut frames = FramedRead::new(reader, FrameCodec);
    let mut out = BytesMut::new();
    loop {
        while let Some(called) = session.poll_event() {
            start(called, handler, cx, calls);
        }
        while out.len() < OUT_BYTES_MAX {
            let Some(frame) = session.poll_transmit() else { break };
            FrameCodec.encode(frame, &mut out)?;
        }
        if out.is_empty() && session.is_finished() {
            writer.shutdown().await?;
            return Ok(Ended::Closed);
        }
        // Every branch is safe to cancel, and reading never waits for writing.
        tokio::select! {
            wrote = writer.write_buf(&mut out), if !out.is_empty() => {
                if wrote? == 0 {
                    return Ok(Ended::Gone);
                }
            }
            frame = next(&mut frames), if session.can_receive() => match frame {
                Some(frame) => session.handle_frame(Instant::now(), frame?)?,
                None => return Ok(Ended::Gone),
            },
            Some((header, answer)) = calls.ended() => session.reply(&header, answer),
            Some(notice) = notices.recv() => session.notify(notice.program, notice.number, notice.body)?,
            () = cx.overrun() => return Err(Ended::Slow),
            () = at(session.poll_timeout()) => session.handle_timeout(Instant::now())?,
        }
    }
}

/// Starts the handler of a call, unless the connection may not make it.
fn start<H: Handler + ?Sized>(called: Called, handler: &Arc<H>, cx: &CallContext, calls: &mut Calls) {
    let header = called.header;
    if cx.is_read_only() && called.info.read_only == ReadOnlyRule::Refused {
        let detail = format!("read only access prevents {}", called.info.name);
        let error = RemoteError::new(ErrorCode::OPERATION_DENIED, ErrorDomain::DOMAIN, detail);
        calls.start(header, async move { Err(error) });
        return;
    }
    tracing::debug!(peer = cx.peer(), procedure = called.info.name, serial = header.serial.0, "call");
    let (handler, cx) = (handler.clone(), cx.clone());
    // Also a handler that panics before it returns a future fails its own call alone.
    calls.start(header, async move { handler.call(cx, called).await });
}
