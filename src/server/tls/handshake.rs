//! A line of TLS of which no more is read than it may hold: for a handshake, and then without a byte for whoever is behind it.

use std::io::{self, IoSlice};
use std::os::fd::AsFd;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::server::TlsStream;

use super::super::unread::Watch;

/// Bytes that a handshake of TLS may take of a client: its greeting, and the certificates that it shows. So many may come behind it without
/// a byte that they carry, which is more than any record has. TLS itself lets a message of its own have 64 KiB, before and behind, and all
/// of that is held until its end has come.
pub const HANDSHAKE_BYTES_MAX: usize = 24 * 1024;

/// A client has sent [`HANDSHAKE_BYTES_MAX`] that carry nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{HANDSHAKE_BYTES_MAX} bytes of TLS that carry nothing")]
struct NothingCarried;

/// A line whose handshake is over.
#[derive(Debug)]
pub(in crate::server) struct Secure {
    line: TlsStream<Measured<TcpStream>>,
    /// What ended it behind bytes that had to be handed out first.
    error: Option<io::Error>,
}

impl Secure {
    /// Shakes hands.
    pub(super) async fn accept(acceptor: TlsAcceptor, socket: TcpStream) -> io::Result<Secure> {
        let mut line = acceptor.accept(Measured { socket, left: HANDSHAKE_BYTES_MAX }).await?;
        line.get_mut().0.begin_anew();
        Ok(Secure { line, error: None })
    }

    /// What the client has shown.
    pub(super) fn certificates(&self) -> Option<&[CertificateDer<'static>]> {
        self.line.get_ref().1.peer_certificates()
    }
}

/// A record at a time, so that what has carried something is known before more is read.
impl AsyncRead for Secure {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(error) = self.error.take() {
            return Poll::Ready(Err(error));
        }
        let before = space.filled().len();
        while space.remaining() > 0 {
            let has_some = space.filled().len() > before;
            let count = match Pin::new(&mut self.line).poll_fill_buf(cx) {
                Poll::Ready(Ok(bytes)) => {
                    let bytes = &bytes[..bytes.len().min(space.remaining())];
                    space.put_slice(bytes);
                    bytes.len()
                }
                Poll::Ready(Err(error)) if has_some => {
                    self.error = Some(error);
                    break;
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending if has_some => break,
                Poll::Pending => return Poll::Pending,
            };
            if count == 0 {
                break;
            }
            Pin::new(&mut self.line).consume(count);
            self.line.get_mut().0.begin_anew();
        }
        Poll::Ready(Ok(()))
    }
}

/// Either half of a line: clones are the same line, and one task reads and writes.
#[derive(Clone, Debug)]
pub(in crate::server) struct Half(Arc<Mutex<Secure>>);

impl Half {
    pub(in crate::server) fn new(line: Secure) -> Half {
        Half(Arc::new(Mutex::new(line)))
    }

    /// Ready once the client has gone.
    pub(in crate::server) fn poll_gone(&self, watch: &mut Watch, cx: &mut Context<'_>) -> Poll<()> {
        watch.poll_gone(self.line().line.get_ref().0.socket.as_fd(), cx)
    }

    fn line(&self) -> MutexGuard<'_, Secure> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsyncRead for Half {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.line()).poll_read(cx, space)
    }
}

/// Counts what is read.
#[derive(Debug)]
struct Measured<S> {
    socket: S,
    /// What may be read yet.
    left: usize,
}

impl<S> Measured<S> {
    fn begin_anew(&mut self) {
        self.left = HANDSHAKE_BYTES_MAX;
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Measured<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Measured { socket, left } = &mut *self;
        if *left == 0 {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, NothingCarried)));
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

/// Writing is the other's affair.
macro_rules! write_through {
    ($to:ident: $($for:tt)*) => {
        $($for)* {
            fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
                Pin::new(&mut self.$to).poll_write(cx, bytes)
            }

            fn poll_write_vectored(
                mut self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                pieces: &[IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                Pin::new(&mut self.$to).poll_write_vectored(cx, pieces)
            }

            fn is_write_vectored(&self) -> bool {
                self.$to.is_write_vectored()
            }

            fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                Pin::new(&mut self.$to).poll_flush(cx)
            }

            fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                Pin::new(&mut self.$to).poll_shutdown(cx)
            }
        }
    };
}

write_through!(line: impl AsyncWrite for Secure);
write_through!(socket: impl<S: AsyncWrite + Unpin> AsyncWrite for Measured<S>);

impl AsyncWrite for Half {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.line()).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.line()).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.line().is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.line()).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.line()).poll_shutdown(cx)
    }
}
