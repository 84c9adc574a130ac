//! A unix socket, and file descriptors beside its bytes.
//!
//! The runtime's own is watched for room as well as for bytes, and such a socket has room anew whenever its peer has read something: so
//! whoever waits for a reply would be woken by the call being read, only to wait on. This one is watched for room only from when
//! there was none for the first time. From then on what it took a part of says that it is full, and it is not asked for the rest in vain.
//!
//! Behind the frame that announces them descriptors travel with one byte each. What is read where such a byte may come is read with
//! room for a descriptor, as the system would drop it otherwise.

use std::io::{self, IoSlice, Read, Write};
use std::net::Shutdown;
#[cfg(not(feature = "fds"))]
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};

use super::pages::{Conduit, Pages, Taken};

/// Whether descriptors can be passed at all.
pub(crate) const PASSES_DESCRIPTORS: bool = cfg!(feature = "fds");

/// Either end of a unix socket. Clones are the same socket; one task reads and writes.
#[derive(Clone, Debug)]
pub(crate) struct Line(Arc<Ends>);

#[derive(Debug)]
struct Ends {
    socket: AsyncFd<UnixStream>,
    /// The same socket by another descriptor, watched for room.
    room: OnceLock<Box<AsyncFd<UnixStream>>>,
    /// Whoever waited for the end alone was told of bytes, and nobody is told of them again: they have to be looked for.
    is_unread: AtomicBool,
}

impl Line {
    /// # Errors
    /// Where the runtime cannot watch it.
    pub(crate) fn new(stream: tokio::net::UnixStream) -> io::Result<Line> {
        let socket = watched(stream.into_std()?, Interest::READABLE)?;
        Ok(Line(Arc::new(Ends { socket, room: OnceLock::new(), is_unread: AtomicBool::new(false) })))
    }

    /// Reads at most so many bytes. `read` says how many came, and whether there are certainly no more.
    fn poll_read_by<T>(
        &self,
        cx: &mut Context<'_>,
        mut read: impl FnMut(&UnixStream) -> io::Result<(T, bool)>,
    ) -> Poll<io::Result<T>> {
        let Ends { socket, is_unread, .. } = &*self.0;
        loop {
            let mut guard = match is_unread.load(Ordering::Relaxed) {
                true => None,
                false => Some(ready!(socket.poll_read_ready(cx))?),
            };
            let last = match read(socket.get_ref()) {
                Ok((read, false)) => return Poll::Ready(Ok(read)),
                Ok((read, true)) => Some(read),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => None,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Poll::Ready(Err(error)),
            };
            // Nobody asks the system again before there is something.
            match &mut guard {
                Some(guard) => guard.clear_ready(),
                None => is_unread.store(false, Ordering::Relaxed),
            }
            if let Some(read) = last {
                return Poll::Ready(Ok(read));
            }
        }
    }

    /// Ready once the other end is gone, also while what it has sent is not read.
    #[cfg(feature = "server")]
    pub(crate) fn poll_gone(&self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let Ok(mut guard) = ready!(self.0.socket.poll_read_ready(cx)) else { return Poll::Pending };
            if guard.ready().is_read_closed() {
                return Poll::Ready(());
            }
            self.0.is_unread.store(true, Ordering::Relaxed);
            guard.clear_ready();
        }
    }

    /// Writes at most so many bytes.
    fn poll_write_by(
        &self,
        cx: &mut Context<'_>,
        most: usize,
        mut write: impl FnMut(&UnixStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            let mut guard = match self.0.room.get() {
                Some(room) => Some(ready!(room.poll_write_ready(cx))?),
                None => None,
            };
            let socket = self.0.socket.get_ref();
            match write(socket) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => match &mut guard {
                    Some(guard) => guard.clear_ready(),
                    None => {
                        let room = watched(socket.try_clone()?, Interest::WRITABLE)?;
                        // There is none yet, as one task writes.
                        let _ = self.0.room.set(Box::new(room));
                    }
                },
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                wrote => {
                    // What took a part has no more room, and tells once its peer has read some of that.
                    if let (Ok(count), Some(guard)) = (&wrote, &mut guard)
                        && *count < most
                    {
                        guard.clear_ready();
                    }
                    return Poll::Ready(wrote);
                }
            }
        }
    }
}

/// Its successor of tokio 1.54 is unsafe, for what may close its descriptor or have another later: a `UnixStream` does neither.
#[allow(deprecated)]
fn watched(socket: UnixStream, interest: Interest) -> io::Result<AsyncFd<UnixStream>> {
    AsyncFd::with_interest(socket, interest)
}

impl Line {
    /// Sends some of what the system keeps, and says how many bytes that were.
    ///
    /// # Errors
    /// Those of the socket.
    pub(crate) fn poll_pass_pages(&self, cx: &mut Context<'_>, pages: &mut Pages) -> Poll<io::Result<usize>> {
        self.poll_write_by(cx, pages.len(), |socket| pages.pass_to(socket))
    }

    /// Has a pipe take what has come, at most so many bytes.
    ///
    /// # Errors
    /// Those of the socket.
    pub(crate) fn poll_take_pages(
        &self,
        cx: &mut Context<'_>,
        conduit: &Conduit,
        most: usize,
    ) -> Poll<io::Result<Taken>> {
        self.poll_read_by(cx, |socket| Ok((conduit.take_from(socket, most)?, false)))
    }
}

impl AsyncRead for Line {
    /// Reads bytes alone: for where no descriptor may come.
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let room = buffer.initialize_unfilled();
        let most = room.len();
        let count = ready!(self.poll_read_by(cx, |mut socket| {
            let count = socket.read(room)?;
            Ok((count, (1..most).contains(&count)))
        }))?;
        buffer.advance(count);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Line {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_by(cx, bytes.len(), |mut socket| socket.write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let most = slices.iter().map(|slice| slice.len()).sum();
        self.poll_write_by(cx, most, |mut socket| socket.write_vectored(slices))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.0.socket.get_ref().shutdown(Shutdown::Write))
    }
}

#[cfg(not(feature = "fds"))]
impl Line {
    /// Without the feature there are bytes alone.
    pub(crate) fn poll_receive(
        &self,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<Option<OwnedFd>>> {
        Poll::Ready(Err(io::ErrorKind::Unsupported.into()))
    }

    pub(crate) fn poll_pass(&self, _: &mut Context<'_>, _: &OwnedFd) -> Poll<io::Result<()>> {
        Poll::Ready(Err(io::ErrorKind::Unsupported.into()))
    }
}

#[cfg(feature = "fds")]
mod passing {
    use std::io::{self, IoSlice, IoSliceMut};
    use std::mem::MaybeUninit;
    use std::os::fd::{AsFd, OwnedFd};
    use std::task::{Context, Poll, ready};

    use rustix::net::{
        RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
        SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
    };
    use tokio::io::ReadBuf;

    use super::Line;

    impl Line {
        /// Reads bytes, and the descriptor that came with the last of them, if one did. The system ends a read where a
        /// descriptor is.
        ///
        /// # Errors
        /// Those of the socket, and more than one descriptor with a byte.
        pub(crate) fn poll_receive(
            &self,
            cx: &mut Context<'_>,
            buffer: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<Option<OwnedFd>>> {
            let room = buffer.initialize_unfilled();
            let most = room.len();
            let received = ready!(self.poll_read_by(cx, |socket| {
                let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
                let mut control = RecvAncillaryBuffer::new(&mut space);
                let flags = RecvFlags::CMSG_CLOEXEC;
                let message = recvmsg(socket.as_fd(), &mut [IoSliceMut::new(room)], &mut control, flags)?;
                let mut fds = Vec::new();
                for part in control.drain() {
                    if let RecvAncillaryMessage::ScmRights(rights) = part {
                        fds.extend(rights);
                    }
                }
                let is_cut = message.flags.contains(ReturnFlags::CTRUNC);
                // Less than there was room for, and no descriptor that ended the read: there is no more.
                let is_drained = (1..most).contains(&message.bytes) && fds.is_empty();
                Ok(((message.bytes, fds, is_cut), is_drained))
            }));
            let (bytes, mut fds, is_cut) = received?;
            if is_cut || fds.len() > 1 {
                let text = "more than one file descriptor came with a byte";
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, text)));
            }
            buffer.advance(bytes);
            Poll::Ready(Ok(fds.pop()))
        }

        /// Sends a descriptor, with a byte of its own.
        ///
        /// # Errors
        /// Those of the socket.
        pub(crate) fn poll_pass(&self, cx: &mut Context<'_>, fd: &OwnedFd) -> Poll<io::Result<()>> {
            let sent = ready!(self.poll_write_by(cx, 1, |socket| {
                let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
                let mut control = SendAncillaryBuffer::new(&mut space);
                let fds = [fd.as_fd()];
                if !control.push(SendAncillaryMessage::ScmRights(&fds)) {
                    return Err(io::ErrorKind::OutOfMemory.into());
                }
                Ok(sendmsg(socket.as_fd(), &[IoSlice::new(&[0])], &mut control, SendFlags::NOSIGNAL)?)
            }))?;
            Poll::Ready(if sent == 0 { Err(io::ErrorKind::WriteZero.into()) } else { Ok(()) })
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn bytes_go_both_ways_also_where_there_was_no_room() {
        let (near, far) = tokio::net::UnixStream::pair().unwrap();
        let (mut near, mut far) = (Line::new(near).unwrap(), Line::new(far).unwrap());
        far.write_all(b"question").await.unwrap();
        let mut question = [0; 8];
        near.read_exact(&mut question).await.unwrap();
        assert_eq!(&question, b"question");
        assert!(near.0.room.get().is_none() && far.0.room.get().is_none(), "there was room");
        let sent: Vec<u8> = (0..4_000_000_u32).map(|at| (at >> 3) as u8).collect();
        let writing = tokio::spawn({
            let (mut near, sent) = (near.clone(), sent.clone());
            async move {
                near.write_all(&sent).await.unwrap();
                near.shutdown().await.unwrap();
            }
        });
        tokio::task::yield_now().await;
        assert!(near.0.room.get().is_some(), "there was none");
        let mut received = Vec::new();
        far.read_to_end(&mut received).await.unwrap();
        assert!(received == sent);
        writing.await.unwrap();
    }

    #[tokio::test]
    async fn what_took_a_part_is_asked_again_only_once_there_is_room() {
        let (near, far) = tokio::net::UnixStream::pair().unwrap();
        let line = Line::new(near).unwrap();
        let (piece, asked) = (vec![0; 4_000_000], std::cell::Cell::new(0));
        let mut write = |cx: &mut Context<'_>| {
            line.poll_write_by(cx, piece.len(), |mut socket| {
                asked.set(asked.get() + 1);
                socket.write(&piece)
            })
        };
        // Full for the first time, it begins to be watched.
        let filled = std::future::poll_fn(|cx| {
            while write(cx).is_ready() {}
            Poll::Ready(())
        });
        filled.await;
        let mut space = vec![0; 1_000_000];
        for _ in 0..3 {
            far.readable().await.unwrap();
            while far.try_read(&mut space).is_ok() {}
            asked.set(0);
            let written = std::future::poll_fn(&mut write).await.unwrap();
            assert!(written < piece.len(), "{written}");
            assert!(std::future::poll_fn(|cx| Poll::Ready(write(cx).is_pending())).await);
            assert_eq!(asked.get(), 1);
        }
    }
}
