//! The descriptors that come beside a socket's bytes, and whose they are.
//!
//! ```text
//! ─ frame that announces 2 ─┬─ 0 ─┬─ 0 ─┬─ next frame ─▶      one with each byte behind the frame;
//!                           └ fd ─┴ fd ─┘                     any other is a stray, and closed
//! ```
//!
//! Whoever connects may send some, so they are held as shortly as may be: before its frame is known no more than the one that its last read
//! brought, behind the frame only those that its procedure has a use for, and these not for long. Of others, and of those of a client that
//! only looks, the bytes alone count.

use std::collections::VecDeque;
use std::io;
use std::os::fd::OwnedFd;
use std::task::{Context, Poll, ready};
#[cfg(feature = "server")]
use std::time::{Duration, Instant};

use bytes::{Buf, BytesMut};
use tokio::io::ReadBuf;
use virtwire_protocol::frame::{DESCRIPTORS_MAX, Frame};
use virtwire_protocol::header::Header;

use super::super::line::Line;
use super::{Received, wrong};

/// How long descriptors that were announced may take to come: they are sent right behind their frame.
#[cfg(feature = "server")]
const COME_WITHIN: Duration = Duration::from_secs(5);

/// A socket that carries descriptors.
#[derive(Debug)]
pub(super) struct Passing {
    line: Line,
    /// `None` while none has come and none is waited for.
    brought: Option<Box<Brought>>,
}

/// The descriptors that a socket has brought.
#[derive(Debug, Default)]
struct Brought {
    /// Bytes that have come since there are any and belong to frames handed out, or to their descriptors.
    taken: u64,
    /// Each with the number of the byte that it came with; `None` where nobody has a use for it.
    fds: VecDeque<(u64, Option<OwnedFd>)>,
    waiting: Option<Waiting>,
}

/// A frame whose descriptors have not all come.
#[derive(Debug)]
struct Waiting {
    frame: Frame,
    /// How many there are to be.
    count: usize,
    has_use: bool,
    #[cfg(feature = "server")]
    until: Instant,
}

impl Passing {
    pub(super) fn new(line: Line) -> Passing {
        Passing { line, brought: None }
    }

    /// Reads, where so many bytes have come before that are not taken.
    pub(super) fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
        before: usize,
    ) -> Poll<io::Result<()>> {
        if let Some(fd) = ready!(self.line.poll_receive(cx, space))? {
            let brought = self.brought.get_or_insert_default();
            let come = (before + space.filled().len()) as u64;
            let has_use = brought.waiting.as_ref().is_none_or(|waiting| waiting.has_use);
            brought.fds.push_back((brought.taken + come, has_use.then_some(fd)));
            // Each read brings one at most, and there is no more than one message's to wait for.
            if brought.fds.len() > DESCRIPTORS_MAX as usize {
                return Poll::Ready(Err(wrong("more file descriptors came than a message can have")));
            }
        }
        Poll::Ready(Ok(()))
    }

    /// A frame has been taken of what came. It is handed back, unless its descriptors are next: whoever keeps none has only their bytes
    /// waited for.
    pub(super) fn take(&mut self, frame: Frame, keeps: bool) -> Option<Received> {
        if let Some(brought) = &mut self.brought {
            brought.taken += frame.wire_bytes() as u64;
        }
        self.forget_strays();
        let announced = frame.descriptors();
        if announced == 0 || announced > DESCRIPTORS_MAX {
            // The session refuses so many, whether they come or not.
            return Some(Received::alone(frame));
        }
        let has_use = keeps && may_bring(&frame);
        let brought = self.brought.get_or_insert_default();
        if !has_use {
            // One may have come in the same read.
            brought.fds.iter_mut().for_each(|(_, fd)| *fd = None);
        }
        brought.waiting = Some(Waiting {
            frame,
            count: announced as usize,
            has_use,
            #[cfg(feature = "server")]
            until: super::super::now() + COME_WITHIN,
        });
        None
    }

    /// The frame that waits and its descriptors, once they have all come.
    ///
    /// # Errors
    /// One has not come with its byte.
    pub(super) fn claim(&mut self, buffer: &mut BytesMut) -> io::Result<Option<Received>> {
        let Some(brought) = &mut self.brought else { return Ok(None) };
        let all_come = |waiting: &mut Waiting| buffer.len() >= waiting.count;
        let Some(Waiting { frame, count, .. }) = brought.waiting.take_if(all_come) else { return Ok(None) };
        buffer.advance(count);
        let claimed = (0..count).map(|_| brought.claim());
        let fds = claimed.filter_map(io::Result::transpose).collect::<io::Result<_>>()?;
        self.forget_strays();
        Ok(Some(Received { frame, fds, pages: None }))
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.waiting().is_some()
    }

    /// Nothing of what came is a frame: whatever came beside it was with a byte of one that is not all there, so that nothing has
    /// announced it.
    pub(super) fn forget(&mut self) {
        self.brought = None;
    }

    /// Bytes of the frame that waits.
    #[cfg(feature = "server")]
    pub(super) fn held_bytes(&self) -> usize {
        self.waiting().map_or(0, |waiting| waiting.frame.wire_bytes())
    }

    /// Until when a frame waits; `None` where none does.
    #[cfg(feature = "server")]
    pub(super) fn until(&self) -> Option<Instant> {
        self.waiting().map(|waiting| waiting.until)
    }

    /// The time that descriptors may take begins now.
    #[cfg(feature = "server")]
    pub(super) fn begin_anew(&mut self, now: Instant) {
        if let Some(waiting) = self.brought.as_mut().and_then(|brought| brought.waiting.as_mut()) {
            waiting.until = now + COME_WITHIN;
        }
    }

    fn waiting(&self) -> Option<&Waiting> {
        self.brought.as_ref()?.waiting.as_ref()
    }

    /// Closes what came with bytes that were no descriptors'.
    fn forget_strays(&mut self) {
        if let Some(brought) = &mut self.brought {
            brought.forget_strays();
            if brought.fds.is_empty() {
                self.brought = None;
            }
        }
    }
}

impl Brought {
    /// The descriptor of the byte that is next, if it was kept.
    fn claim(&mut self) -> io::Result<Option<OwnedFd>> {
        self.forget_strays();
        self.taken += 1;
        match self.fds.pop_front() {
            Some((at, fd)) if at == self.taken => Ok(fd),
            _ => Err(wrong("a file descriptor was announced and did not come")),
        }
    }

    fn forget_strays(&mut self) {
        while self.fds.front().is_some_and(|(at, _)| *at <= self.taken) {
            self.fds.pop_front();
        }
    }
}

/// Whether its procedure has a use for descriptors.
fn may_bring(frame: &Frame) -> bool {
    let Header { program, procedure, .. } = frame.header;
    program.procedure(procedure).is_some_and(|info| info.passes_fds)
}

#[cfg(all(test, feature = "fds"))]
mod tests {
    use std::io::Read;
    use std::os::unix::net::UnixStream;

    use tokio::io::AsyncWriteExt;
    use virtwire_protocol::frame::Draft;
    use virtwire_protocol::header::{MessageKind, Serial};
    use virtwire_protocol::program::{ProcedureNumber, Program};

    use super::super::FrameReader;
    use super::*;

    /// A procedure that has a use for them, and one that has none.
    const WITH_FILES: i32 = 309;
    const HOSTNAME: i32 = 59;

    /// Both ends of a unix socket, at one of which frames are read.
    fn ends() -> (FrameReader<Line>, Line) {
        let (near, far) = tokio::net::UnixStream::pair().unwrap();
        let (near, far) = (Line::new(near).unwrap(), Line::new(far).unwrap());
        (FrameReader::new(near.clone(), Some(near)), far)
    }

    /// Passes so many descriptors, each with a byte of 0. What is returned comes to its end once they are closed.
    async fn pass(line: &Line, count: usize) -> Vec<UnixStream> {
        let mut kept = Vec::new();
        for _ in 0..count {
            let (near, far) = UnixStream::pair().unwrap();
            near.set_nonblocking(true).unwrap();
            let far = OwnedFd::from(far);
            std::future::poll_fn(|cx| line.poll_pass(cx, &far)).await.unwrap();
            kept.push(near);
        }
        kept
    }

    /// How many of those that were passed are open.
    fn open(kept: &[UnixStream]) -> usize {
        kept.iter().filter(|near| !matches!((&**near).read(&mut [0]), Ok(0))).count()
    }

    fn sealed(kind: MessageKind, procedure: i32, body: Draft) -> BytesMut {
        body.seal(&Header::new(kind, Program::REMOTE, ProcedureNumber(procedure), Serial(1)))
    }

    fn announcing(procedure: i32, count: u32) -> BytesMut {
        sealed(MessageKind::CallWithFds, procedure, Draft::empty().announcing(count).unwrap())
    }

    /// Reads until there is nothing more, and no frame.
    async fn read_in_vain(frames: &mut FrameReader<Line>) {
        // Once the runtime has heard that there is something.
        tokio::task::yield_now().await;
        let next = std::future::poll_fn(|cx| Poll::Ready(frames.poll_next(cx, |_| None))).await;
        assert!(next.is_pending());
    }

    #[tokio::test]
    async fn what_nothing_has_announced_is_closed_before_its_frame_has_come() {
        let (mut frames, mut far) = ends();
        let frame = sealed(MessageKind::Call, HOSTNAME, Draft::raw(&[0; 64]).unwrap());
        far.write_all(&frame[..28]).await.unwrap();
        let kept = pass(&far, 32).await;
        read_in_vain(&mut frames).await;
        assert_eq!(open(&kept), 0);
        assert!(frames.passing.as_ref().unwrap().brought.is_none());
        // What is announced behind it comes all the same, also where the last byte before it has brought one.
        far.write_all(&frame[28 + 32..frame.len() - 1]).await.unwrap();
        let stray = pass(&far, 1).await;
        far.write_all(&announcing(WITH_FILES, 32)).await.unwrap();
        let kept = pass(&far, 32).await;
        let received = [frames.next().await, frames.next().await].map(|next| next.unwrap().unwrap());
        assert_eq!(received.each_ref().map(|one| one.fds.len()), [0, 32]);
        assert_eq!([open(&stray), open(&kept)], [0, 32]);
    }

    #[tokio::test]
    async fn they_are_held_for_who_has_a_use_for_them_alone() {
        for (procedure, keeps, held) in [(WITH_FILES, true, 31), (WITH_FILES, false, 0), (HOSTNAME, true, 0)]
        {
            let (mut frames, mut far) = ends();
            frames.keeps_descriptors = keeps;
            far.write_all(&announcing(procedure, 32)).await.unwrap();
            let mut kept = pass(&far, 31).await;
            read_in_vain(&mut frames).await;
            assert_eq!(open(&kept), held, "{procedure} {keeps}");
            kept.extend(pass(&far, 1).await);
            let Received { frame, fds, .. } = frames.next().await.unwrap().unwrap();
            assert_eq!(frame.header.procedure.0, procedure);
            assert_eq!([fds.len(), open(&kept)], if held > 0 { [32, 32] } else { [0, 0] });
            // A byte without one ends it, whether there is a use or not.
            far.write_all(&announcing(procedure, 2)).await.unwrap();
            pass(&far, 1).await;
            far.write_all(&[0]).await.unwrap();
            let error = frames.next().await.unwrap_err().to_string();
            assert!(error.contains("did not come"), "{error}");
        }
    }

    #[cfg(feature = "server")]
    #[tokio::test(start_paused = true)]
    async fn those_that_do_not_come_are_not_waited_for_for_long() {
        let (mut frames, mut far) = ends();
        assert_eq!(frames.poll_timeout(), None);
        far.write_all(&announcing(WITH_FILES, 2)).await.unwrap();
        pass(&far, 1).await;
        read_in_vain(&mut frames).await;
        let until = frames.poll_timeout().unwrap();
        let late = Duration::from_secs(3);
        frames.not_reading(until - COME_WITHIN + late);
        assert_eq!(frames.poll_timeout(), Some(until + late), "while nobody reads they cannot come");
        frames.handle_timeout(until).unwrap();
        let error = frames.handle_timeout(until + late).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        pass(&far, 1).await;
        assert_eq!(frames.next().await.unwrap().unwrap().fds.len(), 2);
        assert_eq!(frames.poll_timeout(), None);
    }
}
