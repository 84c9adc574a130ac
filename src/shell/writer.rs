//! From frames to a socket: small ones gathered into one write, large ones written from where they are.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::AsyncWrite;
use virtwire_protocol::frame::Head;

use super::line::Line;
use super::pages::Pages;

/// Below this, copying is cheaper than a piece of its own.
const COPY_BYTES_MAX: usize = 8 * 1024;
/// Room that is made where a small frame finds none behind others: more are coming.
const MORE_BYTES: usize = 1024;
/// Pieces in one write; the kernel takes up to 1,024, and so many hold megabytes.
const PIECES_MAX: usize = 32;

/// Writes frames in the order in which they are pushed.
#[derive(Debug)]
pub(crate) struct FrameWriter<W> {
    inner: W,
    line: Option<Line>,
    /// Pieces that go before `tail`.
    pieces: VecDeque<Piece>,
    tail: BytesMut,
    bytes: usize,
    /// How many bytes must be written until no stream's data is left.
    stream_bytes: usize,
    /// How many have been written so far; behind the largest number it begins again.
    gone: u32,
    /// Whether the transport may keep bytes that were written, as TLS does.
    unflushed: bool,
    /// Whether no two frames are handed to the transport in one write.
    apart: bool,
    /// The transport had no room when it was last asked.
    blocked: bool,
    /// It has had room again since.
    progressed: bool,
}

#[derive(Debug)]
enum Piece {
    Bytes(Bytes),
    /// What goes before a stream's data, and how much of it is written.
    Head(Head, usize),
    /// Bytes that the system keeps, for a line.
    Pages(Pages),
    /// A descriptor, and the byte that it travels with.
    Descriptor(OwnedFd),
}

impl<W: AsyncWrite + Unpin> FrameWriter<W> {
    /// Writes frames to `inner`, and descriptors behind them where that is a line.
    pub(crate) fn new(inner: W, line: Option<Line>) -> FrameWriter<W> {
        FrameWriter {
            inner,
            line,
            pieces: VecDeque::new(),
            tail: BytesMut::new(),
            bytes: 0,
            stream_bytes: 0,
            gone: 0,
            unflushed: false,
            apart: false,
            blocked: false,
            progressed: false,
        }
    }

    /// Whether to hand the transport each frame by itself, so that no TLS record has the end of one and the beginning of the next:
    /// libvirtd waits for its socket while the rest of a record lies decrypted within, and for good if nothing more is sent.
    #[cfg(any(feature = "client", feature = "server", test))]
    pub(crate) fn apart(mut self, apart: bool) -> FrameWriter<W> {
        self.apart = apart;
        self
    }

    /// What is written to. What waits to be written is lost.
    #[cfg(feature = "gssapi")]
    pub(crate) fn into_inner(self) -> W {
        self.inner
    }

    /// Bytes that wait to be written.
    pub(crate) fn len(&self) -> usize {
        self.bytes
    }

    /// Whether nothing is left to be done for what was pushed.
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes == 0 && !self.unflushed
    }

    /// Whether data of a stream waits to be written.
    pub(crate) fn has_stream_data(&self) -> bool {
        self.stream_bytes > 0
    }

    /// How many bytes have been written so far, by a number that begins again behind its largest.
    #[cfg(feature = "server")]
    pub(crate) fn gone(&self) -> u32 {
        self.gone
    }

    /// Whether the transport had no room when it was last asked.
    #[cfg(feature = "server")]
    pub(crate) fn is_blocked(&self) -> bool {
        self.blocked
    }

    /// Whether the transport has had room again, since this was last asked, after it had none: then the peer's end has taken some of what
    /// went before.
    pub(crate) fn take_progress(&mut self) -> bool {
        std::mem::take(&mut self.progressed)
    }

    /// Adds a sealed frame.
    pub(crate) fn push(&mut self, sealed: BytesMut) {
        self.bytes += sealed.len();
        match self.tail.is_empty() && self.is_copied(&sealed) {
            // The first brings its memory.
            true => self.tail = sealed,
            false => self.add(sealed),
        }
    }

    /// Adds a frame of a stream's data.
    pub(crate) fn push_data(&mut self, head: &Head, data: Bytes) {
        self.bytes += head.len() + data.len();
        self.stream_bytes = self.bytes;
        if data.len() <= COPY_BYTES_MAX {
            self.tail.extend_from_slice(head);
        } else {
            self.cut_tail();
            self.pieces.push_back(Piece::Head(*head, 0));
        }
        self.add(data);
    }

    /// Whether it takes what the system keeps.
    pub(crate) fn takes_pages(&self) -> bool {
        self.line.is_some()
    }

    /// Adds a frame of a stream's data that the system keeps.
    pub(crate) fn push_pages(&mut self, head: &Head, pages: Pages) {
        self.bytes += head.len() + pages.len();
        self.stream_bytes = self.bytes;
        self.cut_tail();
        self.pieces.extend([Piece::Head(*head, 0), Piece::Pages(pages)]);
    }

    /// Adds the descriptors that the frame before has announced.
    pub(crate) fn push_descriptors(&mut self, fds: Vec<OwnedFd>) {
        if fds.is_empty() {
            return;
        }
        self.cut_tail();
        self.bytes += fds.len();
        self.pieces.extend(fds.into_iter().map(Piece::Descriptor));
    }

    fn cut_tail(&mut self) {
        if !self.tail.is_empty() {
            self.pieces.push_back(Piece::Bytes(self.tail.split().freeze()));
        }
    }

    fn add(&mut self, piece: impl AsRef<[u8]> + Into<Bytes>) {
        let bytes = piece.as_ref();
        if bytes.is_empty() {
            return;
        }
        if self.is_copied(bytes) {
            if self.tail.capacity() - self.tail.len() < bytes.len() {
                self.tail.reserve(MORE_BYTES);
            }
            self.tail.extend_from_slice(bytes);
            return;
        }
        self.cut_tail();
        self.pieces.push_back(Piece::Bytes(piece.into()));
    }

    /// Whether it goes in one write with what is before and behind it, from the same memory.
    fn is_copied(&self, piece: &[u8]) -> bool {
        piece.len() <= COPY_BYTES_MAX && !self.apart
    }

    /// Writes some of what waits, as much as the socket takes at once, and has the transport pass it on.
    ///
    /// # Errors
    /// Those of the socket; one that takes nothing is at its end.
    pub(crate) fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wrote = self.poll_write_once(cx);
        let was_blocked = std::mem::replace(&mut self.blocked, wrote.is_pending());
        self.progressed |= was_blocked && wrote.is_ready();
        wrote
    }

    fn poll_write_once(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.bytes == 0 {
            ready!(Pin::new(&mut self.inner).poll_flush(cx))?;
            self.unflushed = false;
            return Poll::Ready(Ok(()));
        }
        let wrote = if let Some(Piece::Descriptor(_) | Piece::Pages(_)) = self.pieces.front() {
            return self.poll_write_by_line(cx);
        } else if self.apart && !self.pieces.is_empty() {
            let piece = self.pieces.front().and_then(Piece::bytes).unwrap_or_default();
            ready!(Pin::new(&mut self.inner).poll_write(cx, piece))?
        } else if self.pieces.is_empty() {
            ready!(Pin::new(&mut self.inner).poll_write(cx, &self.tail))?
        } else {
            let mut slices = [IoSlice::new(&[]); PIECES_MAX];
            let mut used = 0;
            let tail = Some(&self.tail[..]).filter(|tail| !tail.is_empty());
            let waiting = self.pieces.iter().map(Piece::bytes).chain([tail]);
            for (slice, bytes) in slices.iter_mut().zip(waiting.map_while(|bytes| bytes)) {
                *slice = IoSlice::new(bytes);
                used += 1;
            }
            match &slices[..used] {
                // Of a single one over TCP the runtime knows that a part was all the room there is.
                [bytes] => ready!(Pin::new(&mut self.inner).poll_write(cx, bytes))?,
                slices => ready!(Pin::new(&mut self.inner).poll_write_vectored(cx, slices))?,
            }
        };
        if wrote == 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
        self.written(wrote);
        self.unflushed = Pin::new(&mut self.inner).poll_flush(cx)?.is_pending();
        Poll::Ready(Ok(()))
    }

    /// Has the line take what is no bytes of this process.
    fn poll_write_by_line(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(line) = &self.line else { return Poll::Ready(Err(io::ErrorKind::Unsupported.into())) };
        let (count, is_out) = match self.pieces.front_mut() {
            Some(Piece::Descriptor(fd)) => {
                ready!(line.poll_pass(cx, fd))?;
                (1, true)
            }
            Some(Piece::Pages(pages)) => {
                let count = ready!(line.poll_pass_pages(cx, pages))?;
                (count, pages.len() == 0)
            }
            _ => (0, false),
        };
        if count == 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
        if is_out {
            self.pieces.pop_front();
        }
        self.count(count);
        Poll::Ready(Ok(()))
    }

    /// So many have been written.
    fn count(&mut self, count: usize) {
        self.bytes = self.bytes.saturating_sub(count);
        self.stream_bytes = self.stream_bytes.saturating_sub(count);
        // Nobody counts on more than the difference.
        self.gone = self.gone.wrapping_add(count as u32);
    }

    fn written(&mut self, mut count: usize) {
        self.count(count);
        while let Some(piece) = self.pieces.front_mut() {
            let length = piece.bytes().map_or(0, <[u8]>::len);
            if length == 0 || count < length {
                piece.advance(count);
                return;
            }
            count -= length;
            self.pieces.pop_front();
        }
        self.tail.advance(count.min(self.tail.len()));
    }

    /// For a task that waits now: idle connections hold no memory.
    pub(crate) fn rest<T>(&mut self) -> Poll<T> {
        if self.bytes == 0 {
            (self.tail, self.pieces) = (BytesMut::new(), VecDeque::new());
        }
        Poll::Pending
    }

    /// Tells the peer that there will be no more.
    #[cfg(feature = "server")]
    pub(crate) async fn shutdown(&mut self) -> io::Result<()> {
        std::future::poll_fn(|cx| Pin::new(&mut self.inner).poll_shutdown(cx)).await
    }
}

impl Piece {
    /// What is left to be written; `None` of what is the line's matter.
    fn bytes(&self) -> Option<&[u8]> {
        match self {
            Piece::Bytes(bytes) => Some(bytes),
            Piece::Head(head, written) => head.get(*written..),
            Piece::Pages(_) | Piece::Descriptor(_) => None,
        }
    }

    fn advance(&mut self, count: usize) {
        match self {
            Piece::Bytes(bytes) => bytes.advance(count),
            Piece::Head(_, written) => *written += count,
            Piece::Pages(_) | Piece::Descriptor(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::AsyncReadExt;

    use super::*;

    impl<W: AsyncWrite + Unpin> FrameWriter<W> {
        pub(crate) async fn write_some(&mut self) -> io::Result<()> {
            poll_fn(|cx| self.poll_write(cx)).await
        }
    }

    #[tokio::test]
    async fn what_is_pushed_comes_out_in_order_whatever_its_size() {
        let (near, mut far) = tokio::io::duplex(10_000);
        let mut writer = FrameWriter::new(near, None);
        let mut expected = Vec::new();
        for (byte, bytes) in
            [10, 9_000, 8_192, 8_193, 0, 300_000, 28, 20_000, 20_000, 1].into_iter().enumerate()
        {
            let piece = vec![byte as u8; bytes];
            expected.extend_from_slice(&piece);
            if byte % 2 == 0 {
                writer.push(BytesMut::from(&piece[..]));
            } else {
                expected.splice(expected.len() - bytes..expected.len() - bytes, [0xff; 28]);
                writer.push_data(&[0xff; 28], piece.into());
            }
        }
        assert_eq!(writer.len(), expected.len());
        let reading = tokio::spawn(async move {
            let mut received = Vec::new();
            far.read_to_end(&mut received).await.unwrap();
            received
        });
        assert!(writer.has_stream_data());
        while !writer.is_empty() {
            writer.write_some().await.unwrap();
        }
        assert!(!writer.has_stream_data());
        drop(writer);
        assert!(reading.await.unwrap() == expected);
    }

    /// Keeps each write.
    struct Writes(Vec<Vec<u8>>);

    impl AsyncWrite for Writes {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            self.0.push(bytes.to_vec());
            Poll::Ready(Ok(bytes.len()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    #[test]
    fn small_frames_are_one_piece_where_no_descriptor_stands_between_them() {
        let mut writer = FrameWriter::new(tokio::io::sink(), None);
        for _ in 0..3 {
            writer.push(BytesMut::from(&[1; 40][..]));
            writer.push_descriptors(Vec::new());
        }
        assert!(writer.pieces.is_empty());
        assert_eq!(writer.tail.len(), 120);
    }

    #[tokio::test]
    async fn frames_that_are_to_be_apart_never_share_a_write() {
        let mut writer = FrameWriter::new(Writes(Vec::new()), None).apart(true);
        writer.push(BytesMut::from(&[1; 40][..]));
        writer.push(BytesMut::from(&[2; 40][..]));
        writer.push_data(&[3; 28], vec![3; 20_000].into());
        writer.push_data(&[4; 28], Bytes::new());
        writer.push(BytesMut::from(&[5; 40][..]));
        while !writer.is_empty() {
            writer.write_some().await.unwrap();
        }
        let writes = &writer.inner.0;
        assert!(writes.iter().all(|write| write.iter().all(|byte| *byte == write[0])), "{writes:?}");
        assert_eq!(writes.concat().len(), 40 + 40 + 28 + 20_000 + 28 + 40);
    }

    /// A transport that keeps what it was given until it is asked to pass it on, as TLS does when its socket is full.
    #[tokio::test]
    async fn what_the_transport_keeps_is_not_written_yet() {
        let (near, mut far) = tokio::io::duplex(10);
        let mut writer = FrameWriter::new(tokio::io::BufWriter::with_capacity(100_000, near), None);
        writer.push(BytesMut::from(&[7; 1_000][..]));
        writer.write_some().await.unwrap();
        assert!(!writer.is_empty(), "its bytes are in the transport");
        let reading = tokio::spawn(async move {
            let mut received = Vec::new();
            far.read_to_end(&mut received).await.unwrap();
            received
        });
        while !writer.is_empty() {
            writer.write_some().await.unwrap();
        }
        drop(writer);
        assert_eq!(reading.await.unwrap(), vec![7; 1_000]);
    }
}
