//! Notices that a client has gone while its connection is not read, as while a handler is behind with a stream.
//!
//! Whoever asks for no bytes is not told of their end either, and a client without keepalive would stay for as long as its handler likes. After
//! some seconds the end alone is waited for: what came just before it is mostly read by then. A unix socket has a watch for that; another transport
//! takes a second descriptor, which costs as much as a unix socket's watch for room.

#![cfg_attr(virtwire_sim, allow(dead_code, reason = "a simulated socket is none of the system's to watch"))]

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// How long nothing is read before the end is waited for.
const UNREAD_WITHIN: Duration = Duration::from_secs(5);

/// Says when the other end of a transport is gone, whatever has come before that.
pub(super) type PollGone<R> = fn(&R, &mut Watch, &mut Context<'_>) -> Poll<()>;

/// A connection's reading, while there is none.
#[derive(Debug, Default)]
pub(super) struct Unread {
    since: Option<Instant>,
    watch: Watch,
}

/// The same socket by another descriptor, where it takes one to wait for the end alone.
#[derive(Debug, Default)]
pub(super) struct Watch {
    socket: Option<Box<AsyncFd<OwnedFd>>>,
    /// There was no descriptor left.
    has_failed: bool,
}

impl Unread {
    /// The connection is read.
    pub(super) fn end(&mut self) {
        if self.since.take().is_some() {
            self.watch = Watch::default();
        }
    }

    /// The connection is not read now. Ready once the client has gone.
    pub(super) fn poll_gone<R>(
        &mut self,
        now: Instant,
        reader: &R,
        poll_gone: PollGone<R>,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        let since = *self.since.get_or_insert(now);
        if now.duration_since(since) < UNREAD_WITHIN {
            return Poll::Pending;
        }
        let gone = poll_gone(reader, &mut self.watch, cx);
        if std::mem::take(&mut self.watch.has_failed) {
            // Later there may be one.
            self.since = Some(now);
        }
        gone
    }

    /// When to ask [`poll_gone`](Self::poll_gone) next, if nothing happens before; `None` also from then on.
    pub(super) fn poll_timeout(&self, now: impl FnOnce() -> Instant) -> Option<Instant> {
        let until = self.since? + UNREAD_WITHIN;
        (now() < until).then_some(until)
    }
}

impl Watch {
    /// Ready once the other end of this socket is gone.
    pub(super) fn poll_gone(&mut self, socket: BorrowedFd<'_>, cx: &mut Context<'_>) -> Poll<()> {
        if self.socket.is_none() {
            self.socket = watched(socket).ok().map(Box::new);
            self.has_failed = self.socket.is_none();
        }
        let Some(socket) = &self.socket else { return Poll::Pending };
        loop {
            let Ok(mut guard) = ready!(socket.poll_read_ready(cx)) else { return Poll::Pending };
            if guard.ready().is_read_closed() {
                return Poll::Ready(());
            }
            // Bytes, which are read by the other descriptor.
            guard.clear_ready();
        }
    }
}

/// As of [`Line`](crate::shell::line::Line): what is watched is never closed before the watch.
#[allow(deprecated)]
fn watched(socket: BorrowedFd<'_>) -> io::Result<AsyncFd<OwnedFd>> {
    AsyncFd::with_interest(socket.try_clone_to_owned()?, Interest::READABLE)
}
