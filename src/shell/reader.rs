//! From a socket to frames, with memory that follows the bytes.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{BufMut, BytesMut};
use tokio::io::{AsyncRead, ReadBuf};
use tokio_util::io::poll_read_buf;
use virtwire_protocol::frame::{self, Frame, LENGTH_BYTES};

use crate::codec::CodecError;

/// What is read at once where no large frame is known to be coming.
const READ_BYTES: usize = 16 * 1024;
/// The most that is reserved for a frame on the ground that one as large has come before.
const TRUSTED_BYTES_MAX: usize = 512 * 1024;

/// Reads frames.
///
/// It reads into the stack, and keeps what came: while nothing comes it holds no memory. Where a length word announces more, it reads
/// right into the frame's own buffer, which is never larger than twice what has come of it, or than a frame that
/// came whole before it.
#[derive(Debug)]
pub(crate) struct FrameReader<R> {
    inner: R,
    buffer: BytesMut,
    /// Bytes of the last frame.
    last: usize,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    pub(crate) fn new(inner: R) -> FrameReader<R> {
        FrameReader { inner, buffer: BytesMut::new(), last: 0 }
    }

    /// The next frame; `None` after the last. Safe to cancel.
    pub(crate) async fn next(&mut self) -> Result<Option<Frame>, CodecError> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// The next frame, if all of it has been read already.
    pub(crate) fn buffered(&mut self) -> Result<Option<Frame>, CodecError> {
        let frame = frame::split(&mut self.buffer)?;
        if let Some(frame) = &frame {
            self.last = frame.wire_bytes();
            if self.buffer.is_empty() {
                // Else it would hold on to memory that others have to give back.
                self.buffer = BytesMut::new();
            }
        }
        Ok(frame)
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Frame>, CodecError>> {
        loop {
            if let Some(frame) = self.buffered()? {
                return Poll::Ready(Ok(Some(frame)));
            }
            if ready!(self.poll_fill(cx))? == 0 {
                return Poll::Ready(match self.buffer.is_empty() {
                    true => Ok(None),
                    false => {
                        let text = "the connection ended within a message";
                        Err(io::Error::new(io::ErrorKind::UnexpectedEof, text).into())
                    }
                });
            }
        }
    }

    /// Reads once; 0 is the end.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let missing = self.missing();
        if missing > READ_BYTES {
            let come = self.buffer.len();
            let room = come.max(READ_BYTES).max(self.last.min(TRUSTED_BYTES_MAX).saturating_sub(come));
            let room = room.min(missing);
            if self.buffer.capacity() - come < room.min(READ_BYTES) {
                // A buffer of its own, as the frame will be handed out.
                let mut larger = BytesMut::with_capacity(come + room);
                larger.extend_from_slice(&self.buffer);
                self.buffer = larger;
            }
            let room = (self.buffer.capacity() - come).min(missing);
            return poll_read_buf(Pin::new(&mut self.inner), cx, &mut (&mut self.buffer).limit(room));
        }
        let mut space = [const { MaybeUninit::uninit() }; READ_BYTES];
        let mut space = ReadBuf::uninit(&mut space);
        ready!(Pin::new(&mut self.inner).poll_read(cx, &mut space))?;
        self.buffer.extend_from_slice(space.filled());
        Poll::Ready(Ok(space.filled().len()))
    }

    /// Bytes that the frame wants which has begun; 0 while its length is not known.
    fn missing(&self) -> usize {
        let Some(word) = self.buffer.first_chunk::<LENGTH_BYTES>() else { return 0 };
        // A length beyond the limit has been refused before.
        (u32::from_be_bytes(*word) as usize).saturating_sub(self.buffer.len())
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;
    use virtwire_protocol::frame::Draft;
    use virtwire_protocol::header::{Header, MessageKind, Serial};
    use virtwire_protocol::program::{ProcedureNumber, Program};

    use super::*;

    fn sealed(serial: u32, bytes: usize) -> bytes::Bytes {
        let payload: Vec<u8> = (0..bytes).map(|at| (at ^ (at >> 8)) as u8).collect();
        let header = Header::new(MessageKind::Call, Program::REMOTE, ProcedureNumber(1), Serial(serial));
        Draft::raw(&payload).unwrap().seal(&header)
    }

    #[tokio::test]
    async fn frames_of_every_size_come_as_they_were_sent() {
        let sizes = [0, 1, 100, 16_300, 16_357, 16_384, 40_000, 262_120, 5, 262_120, 262_120, 3_000_000, 0];
        let (mut near, far) = tokio::io::duplex(70_000);
        let writer = tokio::spawn(async move {
            for (serial, bytes) in sizes.into_iter().enumerate() {
                near.write_all(&sealed(serial as u32, bytes)).await.unwrap();
            }
        });
        let mut frames = FrameReader::new(far);
        for (serial, bytes) in sizes.into_iter().enumerate() {
            let frame = frames.next().await.unwrap().unwrap();
            assert_eq!(frame.header.serial, Serial(serial as u32));
            assert_eq!(frame.payload, sealed(0, bytes)[28..]);
        }
        assert!(frames.next().await.unwrap().is_none());
        writer.await.unwrap();
    }

    #[tokio::test]
    async fn what_is_reserved_follows_what_has_come() {
        let (mut near, far) = tokio::io::duplex(1 << 20);
        let mut frames = FrameReader::new(far);
        let frame = sealed(1, 4 << 20);
        let mut come = 0;
        for part in [4, 20_000, 100_000, 500_000] {
            near.write_all(&frame[come..come + part]).await.unwrap();
            come += part;
            // Polled until it has taken all there is.
            assert!(poll_fn(|cx| Poll::Ready(frames.poll_next(cx))).await.is_pending());
            assert_eq!(frames.buffer.len(), come);
            assert!(frames.buffer.capacity() <= READ_BYTES + 2 * come, "{}", frames.buffer.capacity());
        }
    }

    #[tokio::test]
    async fn an_end_within_a_frame_is_an_error_and_idleness_holds_nothing() {
        let (mut near, far) = tokio::io::duplex(1_000);
        let mut frames = FrameReader::new(far);
        near.write_all(&sealed(1, 10)).await.unwrap();
        frames.next().await.unwrap().unwrap();
        assert_eq!(frames.buffer.capacity(), 0);
        near.write_all(&sealed(1, 10)[..30]).await.unwrap();
        drop(near);
        let error = frames.next().await.unwrap_err();
        assert!(
            matches!(&error, CodecError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof),
            "{error}"
        );
    }
}
