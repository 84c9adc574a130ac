//! From a socket to frames, with memory that follows the bytes.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BufMut, BytesMut};
use tokio::io::{AsyncRead, ReadBuf};
use tokio_util::io::poll_read_buf;
use virtwire_protocol::frame::{self, DESCRIPTORS_MAX, Frame, LENGTH_BYTES};

use super::line::Line;
use crate::codec::CodecError;

/// What is read at once where no large frame is known to be coming.
pub(crate) const READ_BYTES: usize = 16 * 1024;
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
    passing: Option<Passing>,
}

/// What a socket that carries descriptors has brought.
#[derive(Debug)]
struct Passing {
    line: Line,
    /// Bytes that have come, and of them those that belong to frames handed out or to their descriptors.
    come: u64,
    taken: u64,
    /// Each with the number of the byte that it came with.
    fds: VecDeque<(u64, OwnedFd)>,
    /// A frame whose descriptors have not all come, and how many there are to be.
    waiting: Option<(Frame, usize)>,
}

/// A frame, and the descriptors that came with it.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) frame: Frame,
    pub(crate) fds: Vec<OwnedFd>,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    /// Reads frames from `inner`, and the descriptors behind them where that is a line.
    pub(crate) fn new(inner: R, line: Option<Line>) -> FrameReader<R> {
        let passing =
            line.map(|line| Passing { line, come: 0, taken: 0, fds: VecDeque::new(), waiting: None });
        FrameReader { inner, buffer: BytesMut::new(), last: 0, passing }
    }

    /// The next frame; `None` after the last. Safe to cancel.
    ///
    /// # Errors
    /// Those of the socket, what is no frame, and a descriptor that was announced and did not come. One that was not announced is
    /// closed.
    pub(crate) async fn next(&mut self) -> Result<Option<Received>, CodecError> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// The next frame, if all of it has been read already.
    pub(crate) fn buffered(&mut self) -> Result<Option<Received>, CodecError> {
        let received = self.take()?;
        if received.is_some() && self.buffer.is_empty() {
            // Else it would hold on to memory that others have to give back.
            self.buffer = BytesMut::new();
        }
        Ok(received)
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Received>, CodecError>> {
        loop {
            if let Some(received) = self.buffered()? {
                return Poll::Ready(Ok(Some(received)));
            }
            if ready!(self.poll_fill(cx))? == 0 {
                return Poll::Ready(match self.buffer.is_empty() && !self.is_waiting() {
                    true => Ok(None),
                    false => {
                        let text = "the connection ended within a message";
                        Err(io::Error::new(io::ErrorKind::UnexpectedEof, text).into())
                    }
                });
            }
        }
    }

    /// What has come whole.
    fn take(&mut self) -> Result<Option<Received>, CodecError> {
        if !self.is_waiting() {
            let Some(frame) = frame::split(&mut self.buffer)? else { return Ok(None) };
            self.last = frame.wire_bytes();
            let announced = frame.descriptors();
            let Some(passing) = &mut self.passing else { return Ok(Some(Received::alone(frame))) };
            passing.taken += frame.wire_bytes() as u64;
            if announced == 0 || announced > DESCRIPTORS_MAX {
                // The session refuses so many, whether they come or not.
                passing.forget_strays();
                return Ok(Some(Received::alone(frame)));
            }
            passing.waiting = Some((frame, announced as usize));
        }
        let Some(passing) = &mut self.passing else { return Ok(None) };
        match passing.waiting.take() {
            Some((frame, count)) if self.buffer.len() >= count => {
                self.buffer.advance(count);
                let fds = (0..count).map(|_| passing.claim()).collect::<io::Result<_>>()?;
                Ok(Some(Received { frame, fds }))
            }
            waiting => {
                passing.waiting = waiting;
                Ok(None)
            }
        }
    }

    fn is_waiting(&self) -> bool {
        self.passing.as_ref().is_some_and(|passing| passing.waiting.is_some())
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
            // All of it belongs to the frame, where no descriptor may come.
            let mut room = (&mut self.buffer).limit(room);
            let count = ready!(poll_read_buf(Pin::new(&mut self.inner), cx, &mut room))?;
            if let Some(passing) = &mut self.passing {
                passing.come += count as u64;
            }
            return Poll::Ready(Ok(count));
        }
        let mut space = [const { MaybeUninit::uninit() }; READ_BYTES];
        let mut space = ReadBuf::uninit(&mut space);
        match &mut self.passing {
            None => ready!(Pin::new(&mut self.inner).poll_read(cx, &mut space))?,
            Some(passing) => ready!(passing.poll_receive(cx, &mut space))?,
        }
        self.buffer.extend_from_slice(space.filled());
        Poll::Ready(Ok(space.filled().len()))
    }

    /// Bytes that the frame wants which has begun; 0 while its length is not known, and where descriptors may come.
    fn missing(&self) -> usize {
        if self.is_waiting() {
            return 0;
        }
        let Some(word) = self.buffer.first_chunk::<LENGTH_BYTES>() else { return 0 };
        // A length beyond the limit has been refused before.
        (u32::from_be_bytes(*word) as usize).saturating_sub(self.buffer.len())
    }
}

impl Received {
    fn alone(frame: Frame) -> Received {
        Received { frame, fds: Vec::new() }
    }
}

impl Passing {
    fn poll_receive(&mut self, cx: &mut Context<'_>, space: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let fd = ready!(self.line.poll_receive(cx, space))?;
        self.come += space.filled().len() as u64;
        if let Some(fd) = fd {
            self.fds.push_back((self.come, fd));
            // Each read brings one at most, and there is no more than one message's to wait for.
            if self.fds.len() > DESCRIPTORS_MAX as usize {
                return Poll::Ready(Err(wrong("more file descriptors came than a message can have")));
            }
        }
        Poll::Ready(Ok(()))
    }

    /// The descriptor of the byte that is next.
    fn claim(&mut self) -> io::Result<OwnedFd> {
        self.forget_strays();
        self.taken += 1;
        match self.fds.pop_front() {
            Some((at, fd)) if at == self.taken => Ok(fd),
            _ => Err(wrong("a file descriptor was announced and did not come")),
        }
    }

    /// Closes what came with bytes that were no descriptors'.
    fn forget_strays(&mut self) {
        while self.fds.front().is_some_and(|(at, _)| *at <= self.taken) {
            self.fds.pop_front();
        }
    }
}

fn wrong(text: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
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
        let mut frames = FrameReader::new(far, None);
        for (serial, bytes) in sizes.into_iter().enumerate() {
            let Received { frame, .. } = frames.next().await.unwrap().unwrap();
            assert_eq!(frame.header.serial, Serial(serial as u32));
            assert_eq!(frame.payload, sealed(0, bytes)[28..]);
        }
        assert!(frames.next().await.unwrap().is_none());
        writer.await.unwrap();
    }

    #[tokio::test]
    async fn what_is_reserved_follows_what_has_come() {
        let (mut near, far) = tokio::io::duplex(1 << 20);
        let mut frames = FrameReader::new(far, None);
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
        let mut frames = FrameReader::new(far, None);
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
