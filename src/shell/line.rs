//! File descriptors beside the bytes of a unix socket.
//!
//! Behind the frame that announces them each travels with one byte of its own. What is read where such a byte may come is
//! read with room for a descriptor, as the system would drop it otherwise.

#[cfg(feature = "fds")]
pub(crate) use passing::Line;

/// Without the feature there is no such line.
#[cfg(not(feature = "fds"))]
#[derive(Clone, Debug)]
pub(crate) enum Line {}

#[cfg(not(feature = "fds"))]
mod none {
    use std::io;
    use std::os::fd::OwnedFd;
    use std::task::{Context, Poll};

    use tokio::io::ReadBuf;

    impl super::Line {
        pub(crate) fn poll_receive(
            &self,
            _: &mut Context<'_>,
            _: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<Option<OwnedFd>>> {
            match *self {}
        }

        pub(crate) fn poll_pass(&self, _: &mut Context<'_>, _: &OwnedFd) -> Poll<io::Result<()>> {
            match *self {}
        }
    }
}

#[cfg(feature = "fds")]
mod passing {
    use std::io::{self, IoSlice, IoSliceMut};
    use std::mem::MaybeUninit;
    use std::os::fd::{AsFd, OwnedFd};
    use std::pin::Pin;
    use std::sync::Arc;
    use std::task::{Context, Poll, ready};

    use rustix::net::{
        RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
        SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
    };
    use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
    use tokio::net::UnixStream;

    /// Either end of a unix socket, for bytes and descriptors. Clones are the same socket.
    #[derive(Clone, Debug)]
    pub(crate) struct Line(Arc<UnixStream>);

    impl Line {
        pub(crate) fn new(stream: UnixStream) -> Line {
            Line(Arc::new(stream))
        }

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
            loop {
                ready!(self.0.poll_read_ready(cx))?;
                let mut drained = None;
                let received = self.0.try_io(Interest::READABLE, || {
                    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
                    let mut control = RecvAncillaryBuffer::new(&mut space);
                    let room = &mut [IoSliceMut::new(buffer.initialize_unfilled())];
                    let flags = RecvFlags::CMSG_CLOEXEC;
                    let message = recvmsg(self.0.as_fd(), room, &mut control, flags)?;
                    let mut fds = Vec::new();
                    for part in control.drain() {
                        if let RecvAncillaryMessage::ScmRights(rights) = part {
                            fds.extend(rights);
                        }
                    }
                    let is_cut = message.flags.contains(ReturnFlags::CTRUNC);
                    let received = (message.bytes, fds, is_cut);
                    // Less than there was room for, and no descriptor that ended the read: there is no more, which the runtime is told so
                    // that nobody asks the system again.
                    if (1..buffer.remaining()).contains(&received.0) && received.1.is_empty() {
                        drained = Some(received);
                        return Err(io::ErrorKind::WouldBlock.into());
                    }
                    Ok(received)
                });
                match drained.map_or(received, Ok) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => return Poll::Ready(Err(error)),
                    Ok((bytes, mut fds, is_cut)) => {
                        if is_cut || fds.len() > 1 {
                            let text = "more than one file descriptor came with a byte";
                            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, text)));
                        }
                        buffer.advance(bytes);
                        return Poll::Ready(Ok(fds.pop()));
                    }
                }
            }
        }

        /// Sends a descriptor, with a byte of its own.
        ///
        /// # Errors
        /// Those of the socket.
        pub(crate) fn poll_pass(&self, cx: &mut Context<'_>, fd: &OwnedFd) -> Poll<io::Result<()>> {
            loop {
                ready!(self.0.poll_write_ready(cx))?;
                let sent = self.0.try_io(Interest::WRITABLE, || {
                    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
                    let mut control = SendAncillaryBuffer::new(&mut space);
                    let fds = [fd.as_fd()];
                    if !control.push(SendAncillaryMessage::ScmRights(&fds)) {
                        return Err(io::ErrorKind::OutOfMemory.into());
                    }
                    Ok(sendmsg(self.0.as_fd(), &[IoSlice::new(&[0])], &mut control, SendFlags::NOSIGNAL)?)
                });
                match sent {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => return Poll::Ready(Err(error)),
                    Ok(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                    Ok(_) => return Poll::Ready(Ok(())),
                }
            }
        }
    }

    impl AsyncRead for Line {
        /// Reads bytes alone: for where no descriptor may come.
        fn poll_read(
            self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            buffer: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            loop {
                ready!(self.0.poll_read_ready(cx))?;
                match self.0.try_read_buf(buffer) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    read => return Poll::Ready(read.map(drop)),
                }
            }
        }
    }

    impl AsyncWrite for Line {
        fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
            self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
        }

        fn poll_write_vectored(
            self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            slices: &[IoSlice<'_>],
        ) -> Poll<io::Result<usize>> {
            loop {
                ready!(self.0.poll_write_ready(cx))?;
                match self.0.try_write_vectored(slices) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    wrote => return Poll::Ready(wrote),
                }
            }
        }

        fn is_write_vectored(&self) -> bool {
            true
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(rustix::net::shutdown(self.0.as_fd(), rustix::net::Shutdown::Write)?))
        }
    }
}
