//! A socket of which no more is read than a handshake takes, until that is over.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that a handshake of TLS may take of a client: its greeting, and the certificates that it shows. TLS itself lets one message have
/// 64 KiB, and all of that is held until its end has come.
pub const HANDSHAKE_BYTES_MAX: usize = 24 * 1024;

/// A client has sent [`HANDSHAKE_BYTES_MAX`], and its handshake is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a handshake of more than {HANDSHAKE_BYTES_MAX} bytes")]
struct HandshakeTooLong;

/// Counts what is read.
#[derive(Debug)]
pub(in crate::server) struct Shaking<S> {
    socket: S,
    /// What may be read yet; `None` once the handshake is over.
    left: Option<usize>,
}

impl<S> Shaking<S> {
    pub(super) fn new(socket: S) -> Shaking<S> {
        Shaking { socket, left: Some(HANDSHAKE_BYTES_MAX) }
    }

    /// From now on everything is read.
    pub(super) fn is_over(&mut self) {
        self.left = None;
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Shaking<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Shaking { socket, left } = &mut *self;
        let Some(left) = left else { return Pin::new(socket).poll_read(cx, space) };
        if *left == 0 {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, HandshakeTooLong)));
        }
        let room = space.remaining().min(*left);
        let mut part = ReadBuf::new(space.initialize_unfilled_to(room));
        ready!(Pin::new(socket).poll_read(cx, &mut part))?;
        let read = part.filled().len();
        space.advance(read);
        *left -= read;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Shaking<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
