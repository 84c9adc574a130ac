//! A security layer of SASL's (RFC 4422): once both ends know each other, everything on the connection is sealed, in pieces of their
//! own, each behind its length.

pub(crate) use sealing::{Layer, Layered, SEALED_BYTES_MAX};

mod sealing {
    use std::fmt;
    use std::io;
    use std::pin::Pin;
    use std::task::{Context, Poll, ready};

    use bytes::{Buf, BufMut, Bytes, BytesMut};
    use libgssapi::context::{ClientCtx, SecurityContext};
    use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
    use tokio_util::io::{poll_read_buf, poll_write_buf};

    /// The longest sealed piece that is taken, which the daemon has been told; libvirt's daemons take as much.
    pub(crate) const SEALED_BYTES_MAX: usize = 65_536;
    const LENGTH_BYTES: usize = 4;

    /// Seals and opens pieces, in the order in which they are sent: one that is left out, repeated or changed does not open.
    pub(crate) trait Seal {
        fn seal(&mut self, piece: &[u8]) -> io::Result<Bytes>;
        fn open(&mut self, sealed: &[u8]) -> io::Result<Bytes>;
    }

    /// What the ends have agreed on.
    #[derive(Debug)]
    pub(crate) struct Layer<S = ClientCtx> {
        seal: S,
        /// The most that goes into one piece.
        piece_bytes_max: usize,
    }

    impl<S> Layer<S> {
        pub(crate) fn new(seal: S, piece_bytes_max: usize) -> Layer<S> {
            Layer { seal, piece_bytes_max }
        }
    }

    impl Seal for ClientCtx {
        fn seal(&mut self, piece: &[u8]) -> io::Result<Bytes> {
            let sealed = self
                .wrap(true, piece)
                .map_err(|error| wrong(format_args!("it cannot be sealed: {error}")))?;
            Ok(Bytes::copy_from_slice(&sealed))
        }

        fn open(&mut self, sealed: &[u8]) -> io::Result<Bytes> {
            let opened = self.unwrap(sealed);
            let opened =
                opened.map_err(|error| wrong(format_args!("what came is not the daemon's: {error}")))?;
            Ok(Bytes::copy_from_slice(&opened))
        }
    }

    /// A connection on which all is sealed.
    #[derive(Debug)]
    pub(crate) struct Layered<R, W, S = ClientCtx> {
        reader: R,
        writer: W,
        layer: Layer<S>,
        /// What has come and is not opened yet: one piece at most, and what came with it.
        come: BytesMut,
        opened: Bytes,
        /// What is sealed and not written yet: one piece at most.
        sealed: BytesMut,
    }

    impl<R, W, S> Layered<R, W, S> {
        pub(crate) fn new(reader: R, writer: W, layer: Layer<S>) -> Layered<R, W, S> {
            let (come, opened, sealed) = Default::default();
            Layered { reader, writer, layer, come, opened, sealed }
        }
    }

    impl<R: AsyncRead + Unpin, W, S: Seal> Layered<R, W, S> {
        /// The bytes of the next piece, with its length; 0 while that is not known.
        fn awaited(&self) -> io::Result<usize> {
            let Some(word) = self.come.first_chunk::<LENGTH_BYTES>() else { return Ok(0) };
            match u32::from_be_bytes(*word) as usize {
                length @ 1..=SEALED_BYTES_MAX => Ok(LENGTH_BYTES + length),
                length => Err(wrong(format_args!(
                    "a sealed piece of {length} bytes, where up to {SEALED_BYTES_MAX} are agreed on"
                ))),
            }
        }

        /// Reads until there is something opened; `false` is the end.
        fn poll_open(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
            while self.opened.is_empty() {
                let awaited = self.awaited()?;
                if awaited > 0 && self.come.len() >= awaited {
                    let piece = self.come.split_to(awaited);
                    self.opened = self.layer.seal.open(&piece[LENGTH_BYTES..])?;
                    continue;
                }
                if self.come.is_empty() {
                    // Idle connections hold no memory.
                    self.come = BytesMut::new();
                }
                let missing = awaited.saturating_sub(self.come.len()).max(READ_BYTES);
                let mut room = (&mut self.come).limit(missing);
                if ready!(poll_read_buf(Pin::new(&mut self.reader), cx, &mut room))? == 0 {
                    return Poll::Ready(match self.come.is_empty() {
                        true => Ok(false),
                        false => Err(io::Error::new(
                            io::ErrorKind::UnexpectedEof,
                            "the connection ended within a sealed piece",
                        )),
                    });
                }
            }
            Poll::Ready(Ok(true))
        }
    }

    /// What is read at once where no more is known to be coming.
    const READ_BYTES: usize = 4 * 1024;

    impl<R: AsyncRead + Unpin, W: Unpin, S: Seal + Unpin> AsyncRead for Layered<R, W, S> {
        fn poll_read(
            self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            buffer: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            let this = self.get_mut();
            if ready!(this.poll_open(cx))? {
                let count = this.opened.len().min(buffer.remaining());
                buffer.put_slice(&this.opened[..count]);
                this.opened.advance(count);
            }
            Poll::Ready(Ok(()))
        }
    }

    impl<R, W: AsyncWrite + Unpin, S> Layered<R, W, S> {
        fn poll_pass_on(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            while !self.sealed.is_empty() {
                if ready!(poll_write_buf(Pin::new(&mut self.writer), cx, &mut self.sealed))? == 0 {
                    return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
                }
            }
            self.sealed = BytesMut::new();
            Poll::Ready(Ok(()))
        }
    }

    impl<R: Unpin, W: AsyncWrite + Unpin, S: Seal + Unpin> AsyncWrite for Layered<R, W, S> {
        /// Keeps the piece that does not go out at once, until the next is written or it is flushed.
        fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
            let this = self.get_mut();
            ready!(this.poll_pass_on(cx))?;
            let piece = &bytes[..bytes.len().min(this.layer.piece_bytes_max)];
            if !piece.is_empty() {
                let sealed = this.layer.seal.seal(piece)?;
                let length = u32::try_from(sealed.len()).map_err(|_| wrong("a sealed piece is too long"))?;
                this.sealed.reserve(LENGTH_BYTES + sealed.len());
                this.sealed.put_u32(length);
                this.sealed.put(sealed);
                if let Poll::Ready(Err(error)) = this.poll_pass_on(cx) {
                    return Poll::Ready(Err(error));
                }
            }
            Poll::Ready(Ok(piece.len()))
        }

        fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            let this = self.get_mut();
            ready!(this.poll_pass_on(cx))?;
            Pin::new(&mut this.writer).poll_flush(cx)
        }

        fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            let this = self.get_mut();
            ready!(this.poll_pass_on(cx))?;
            Pin::new(&mut this.writer).poll_shutdown(cx)
        }
    }

    fn wrong(text: impl fmt::Display) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, text.to_string())
    }

    #[cfg(test)]
    mod tests {
        use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

        use super::*;

        /// Turns the bits, counts the pieces, and ends each with its number.
        #[derive(Debug, Default)]
        struct Turn {
            sealed: u8,
            opened: u8,
        }

        impl Seal for Turn {
            fn seal(&mut self, piece: &[u8]) -> io::Result<Bytes> {
                self.sealed = self.sealed.wrapping_add(1);
                Ok(piece.iter().map(|byte| !byte).chain([self.sealed]).collect())
            }

            fn open(&mut self, sealed: &[u8]) -> io::Result<Bytes> {
                self.opened = self.opened.wrapping_add(1);
                match sealed {
                    [piece @ .., number] if *number == self.opened => {
                        Ok(piece.iter().map(|byte| !byte).collect())
                    }
                    _ => Err(wrong("out of order")),
                }
            }
        }

        type Socket = Layered<tokio::io::ReadHalf<DuplexStream>, tokio::io::WriteHalf<DuplexStream>, Turn>;

        fn layered(stream: DuplexStream, piece_bytes_max: usize) -> Socket {
            let (reader, writer) = tokio::io::split(stream);
            Layered::new(reader, writer, Layer::new(Turn::default(), piece_bytes_max))
        }

        #[tokio::test]
        async fn what_is_written_is_read_whatever_room_there_is_between() {
            for room in [1, 7, 4_096, 1 << 20] {
                let (near, far) = tokio::io::duplex(room);
                let (mut near, mut far) = (layered(near, 1_000), layered(far, 1_000));
                let text: Vec<u8> = (0..20_000_u32).map(|at| (at ^ (at >> 8)) as u8).collect();
                let sent = text.clone();
                let writing = tokio::spawn(async move {
                    near.write_all(&sent).await.unwrap();
                    near.shutdown().await.unwrap();
                    near
                });
                let mut received = Vec::new();
                far.read_to_end(&mut received).await.unwrap();
                assert!(received == text);
                let near = writing.await.unwrap();
                assert_eq!((near.layer.seal.sealed, far.layer.seal.opened), (20, 20));
                assert_eq!((near.sealed.capacity(), far.opened.len()), (0, 0));
            }
        }

        #[tokio::test]
        async fn what_is_no_piece_of_the_daemons_ends_it() {
            let length_max = (SEALED_BYTES_MAX as u32 + 1).to_be_bytes();
            for (bytes, told) in [
                // An answer in clear: its length word may pass for one of a piece.
                (&[0, 0, 0, 28, 0x20, 0, 0x80, 0x86][..], "within a sealed piece"),
                (&[0, 0, 0, 2, 1, 7], "out of order"),
                (&[0, 0, 0, 0], "a sealed piece of 0 bytes"),
                (&length_max, "a sealed piece of 65537 bytes"),
                (&[0xff, 0xff, 0xff, 0xff], "a sealed piece of 4294967295 bytes"),
                (&[0, 0], "within a sealed piece"),
            ] {
                let (near, mut far) = tokio::io::duplex(1_000);
                far.write_all(bytes).await.unwrap();
                drop(far);
                let error = layered(near, 1_000).read_u8().await.unwrap_err();
                assert!(error.to_string().contains(told), "{bytes:?}: {error}");
            }
        }

        /// A length alone takes no memory.
        #[tokio::test]
        async fn memory_follows_the_bytes() {
            let (near, mut far) = tokio::io::duplex(1_000);
            far.write_all(&(SEALED_BYTES_MAX as u32).to_be_bytes()).await.unwrap();
            let mut near = layered(near, 1_000);
            let reading = tokio::time::timeout(std::time::Duration::ZERO, near.read_u8());
            reading.await.unwrap_err();
            assert!(near.come.capacity() <= 2 * READ_BYTES, "{}", near.come.capacity());
        }
    }
}
