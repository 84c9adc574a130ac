//! From a socket to frames, with memory that follows the bytes.

mod diverted;
mod passing;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
#[cfg(feature = "server")]
use std::time::Instant;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, ReadBuf};
use virtwire_protocol::frame::{self, FRAME_BYTES_MAX, FRAME_BYTES_MIN, Frame, LENGTH_BYTES};
use virtwire_protocol::header::{Header, MessageKind, StreamPart};

use super::line::Line;
use super::pages::Pages;
use crate::codec::CodecError;
pub(crate) use diverted::Diversion;
use diverted::Diverted;
use passing::Passing;

/// What is read at once where no large frame is known to be coming.
pub(crate) const READ_BYTES: usize = 16 * 1024;
/// The most that is reserved for a frame, or kept for one, on the ground that one as large has come before.
const TRUSTED_BYTES_MAX: usize = 512 * 1024;
/// Buffers of a stream's packets that are kept for the next ones: as many as may wait in a queue of 1 MiB, and the one in its reader's hand.
const SPARES_MAX: usize = 5;
/// Of the processor, or a multiple of what it has. The system copies to where one begins in a tenth less time.
const CACHE_LINE_BYTES: usize = 64;
/// Short packets in a row behind a large one, after which another large one is no longer expected.
const SHORT_PACKETS_MAX: u8 = 1;

thread_local! {
    /// Where what is small is read. It is to be memory that is written already; here that is done once.
    static SPACE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Reads frames.
///
/// It reads into memory that all have in common, and keeps what came: while nothing comes it holds none. Where a length word announces
/// more, it reads right into the frame's own buffer, which is never larger than twice what has come of it, or than a frame that
/// came whole before it. Behind a large frame it reads the head of the next alone, so that nothing of a large one is copied.
#[derive(Debug)]
pub(crate) struct FrameReader<R> {
    inner: R,
    /// What has come of a frame that is not known to be large.
    buffer: BytesMut,
    /// `None` while nothing large comes.
    bulk: Option<Box<Bulk>>,
    /// Bytes of the largest frame that has come whole.
    largest: usize,
    /// While not 0, the next frame is expected to be large: the last one was, or is a packet behind such a one. libvirt's daemons read a
    /// file by 262,144 bytes and send 262,120, so that on a download each large packet is followed by one of 24.
    among_large: u8,
    /// Whether descriptors that come are kept. Else each is closed, and only its byte counts.
    keeps_descriptors: bool,
    /// The longest frame that is taken.
    frame_bytes_max: usize,
    passing: Option<Passing>,
}

/// What large frames are read into.
#[derive(Debug, Default)]
struct Bulk {
    /// The one that comes.
    large: Option<Large>,
    /// What is left of a packet that is not read.
    diverted: Option<Diverted>,
    /// Handles on the memory of a stream's packets, which can be used again once nobody has the packet. While packets of a stream come,
    /// these are kept; any other frame gives them back.
    spares: VecDeque<Bytes>,
}

/// A large frame while it comes: memory that is written already, as that is what can be read into, and how much has come.
#[derive(Debug)]
struct Large {
    memory: BytesMut,
    come: usize,
    /// Of the frame.
    length: usize,
}

/// What a read has brought.
enum Filled {
    /// A frame, all of it and nothing else.
    Whole(Frame),
    /// Some of a stream's packet with this header, elsewhere.
    Pages(Header, Pages),
    /// What has been put behind what came before.
    Some,
    End,
}

impl Filled {
    fn by(bytes: usize) -> Filled {
        if bytes == 0 { Filled::End } else { Filled::Some }
    }
}

/// A frame, and the descriptors that came with it.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) frame: Frame,
    pub(crate) fds: Vec<OwnedFd>,
    /// Some bytes of a stream's packet, which the system keeps: then the frame is without any, and more of its packet may follow.
    pub(crate) pages: Option<Pages>,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    /// Reads frames from `inner`, and the descriptors behind them where that is a line.
    pub(crate) fn new(inner: R, line: Option<Line>) -> FrameReader<R> {
        let passing = line.map(Passing::new);
        FrameReader {
            inner,
            buffer: BytesMut::new(),
            bulk: None,
            largest: 0,
            among_large: 0,
            keeps_descriptors: true,
            frame_bytes_max: FRAME_BYTES_MAX,
            passing,
        }
    }

    /// What is read from, for whoever reads otherwise what comes next.
    ///
    /// # Errors
    /// Some of that has been read already: it came before the peer could know.
    #[cfg(feature = "gssapi")]
    pub(crate) fn into_inner(self) -> io::Result<R> {
        match self.is_between() {
            true => Ok(self.inner),
            false => Err(wrong("something came in clear where everything was to be sealed")),
        }
    }

    /// What is read from.
    #[cfg(feature = "server")]
    pub(crate) fn get_ref(&self) -> &R {
        &self.inner
    }

    /// Takes no frame longer than this, until told otherwise: a longer one is an error as soon as its length has come.
    #[cfg(feature = "server")]
    pub(crate) fn set_frame_bytes_max(&mut self, bytes: usize) {
        self.frame_bytes_max = bytes;
    }

    /// Whether descriptors are kept from now on, where the frame that announces them can have any.
    #[cfg(feature = "server")]
    pub(crate) fn keep_descriptors(&mut self, keep: bool) {
        self.keeps_descriptors = keep;
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    #[cfg(feature = "server")]
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.passing.as_ref()?.until()
    }

    /// Time passed.
    ///
    /// # Errors
    /// Descriptors that were announced have not come in time.
    #[cfg(feature = "server")]
    pub(crate) fn handle_timeout(&self, now: Instant) -> io::Result<()> {
        match self.poll_timeout().is_some_and(|until| until <= now) {
            true => Err(wrong("file descriptors were announced and did not come in time")),
            false => Ok(()),
        }
    }

    /// Nothing is being read now: that nothing comes is not the peer's doing.
    #[cfg(feature = "server")]
    pub(crate) fn not_reading(&mut self, now: Instant) {
        self.passing.iter_mut().for_each(|passing| passing.begin_anew(now));
    }

    /// Bytes that are held for frames which have not come whole, or whose descriptors have not.
    #[cfg(feature = "server")]
    pub(crate) fn held_bytes(&self) -> usize {
        let large = self.bulk.as_ref().and_then(|bulk| bulk.large.as_ref());
        let waiting = self.passing.as_ref().map_or(0, Passing::held_bytes);
        self.buffer.len() + large.map_or(0, |large| large.memory.len()) + waiting
    }

    /// The next frame, if all of it has been read already.
    pub(crate) fn buffered(&mut self) -> Result<Option<Received>, CodecError> {
        // Mostly nothing has come behind a frame.
        if self.buffer.is_empty() && self.bulk.is_none() && self.passing.is_none() {
            return Ok(None);
        }
        // What has come behind a large frame has memory of its own.
        let shares = match self.bulk.as_ref().and_then(|bulk| bulk.large.as_ref()) {
            Some(large) if large.come < large.length => return Ok(None),
            large => large.is_none(),
        };
        let received = self.take()?;
        if let Some(Received { frame, .. }) = &received
            && self.buffer.len() <= FRAME_BYTES_MIN
        {
            let is_last = !is_packet(frame);
            if shares || is_last {
                // Else it would hold on to memory that others have to give back, or that is not wanted again.
                self.buffer = BytesMut::from(&self.buffer[..]);
            }
            self.bulk.take_if(|_| is_last);
        }
        Ok(received)
    }

    /// The next frame; `None` after the last. It reads until there is one. `divert` says where a stream's large packet goes, if it is not to be
    /// read.
    ///
    /// # Errors
    /// Those of the socket, what is no frame, and a descriptor that was announced and did not come. One that was not announced is
    /// closed.
    pub(crate) fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        divert: impl Fn(&Header) -> Option<Diversion>,
    ) -> Poll<Result<Option<Received>, CodecError>> {
        loop {
            if let Some(received) = self.buffered()? {
                return Poll::Ready(Ok(Some(received)));
            }
            match ready!(self.poll_fill(cx, &divert))? {
                Filled::Some => {}
                Filled::Pages(header, pages) => {
                    let frame = Frame { header, payload: Bytes::new() };
                    return Poll::Ready(Ok(Some(Received { frame, fds: Vec::new(), pages: Some(pages) })));
                }
                Filled::Whole(frame) => {
                    self.bulk.take_if(|_| !is_packet(&frame));
                    if let Some(received) = self.came(frame) {
                        return Poll::Ready(Ok(Some(received)));
                    }
                }
                Filled::End => {
                    return Poll::Ready(match self.is_between() {
                        true => Ok(None),
                        false => {
                            let text = "the connection ended within a message";
                            Err(io::Error::new(io::ErrorKind::UnexpectedEof, text).into())
                        }
                    });
                }
            }
        }
    }

    /// What has come whole.
    fn take(&mut self) -> Result<Option<Received>, CodecError> {
        if !self.is_waiting() {
            self.check_length()?;
            let frame = match self.has_large() {
                true => self.take_large(),
                false => frame::split(&mut self.buffer)?,
            };
            let Some(frame) = frame else {
                self.passing.iter_mut().for_each(Passing::forget);
                return Ok(None);
            };
            if let Some(received) = self.came(frame) {
                return Ok(Some(received));
            }
        }
        match &mut self.passing {
            Some(passing) => Ok(passing.claim(&mut self.buffer)?),
            None => Ok(None),
        }
    }

    /// A frame has come whole. It is handed back, unless its descriptors are next.
    fn came(&mut self, frame: Frame) -> Option<Received> {
        self.largest = self.largest.max(frame.wire_bytes());
        self.among_large = match frame.wire_bytes() > READ_BYTES {
            true => SHORT_PACKETS_MAX + 1,
            false if is_packet(&frame) => self.among_large.saturating_sub(1),
            false => 0,
        };
        match &mut self.passing {
            Some(passing) => passing.take(frame, self.keeps_descriptors),
            None => Some(Received::alone(frame)),
        }
    }

    /// The large frame, if it has come whole. What has come behind it is in the buffer then.
    fn take_large(&mut self) -> Option<Frame> {
        let bulk = self.bulk.as_mut()?;
        let Large { memory, length, come } = bulk.large.take_if(|large| large.come >= large.length)?;
        let whole = memory.freeze();
        let header = frame::sealed_header(&whole)?;
        let frame = Frame { header, payload: whole.slice(FRAME_BYTES_MIN..length) };
        self.buffer.extend_from_slice(&whole[length..come]);
        if is_packet(&frame) && whole.len() <= TRUSTED_BYTES_MAX {
            bulk.spares.truncate(SPARES_MAX - 1);
            bulk.spares.push_front(whole);
        }
        Some(frame)
    }

    fn check_length(&self) -> Result<(), CodecError> {
        match self.buffer.first_chunk::<LENGTH_BYTES>().map(|word| u32::from_be_bytes(*word) as usize) {
            // One beyond what any frame may have is the frame layer's to refuse.
            Some(length @ ..=FRAME_BYTES_MAX) if length > self.frame_bytes_max => {
                let most = self.frame_bytes_max;
                let text =
                    format!("a message of {length} bytes, of which no more than {most} are taken here");
                Err(io::Error::new(io::ErrorKind::InvalidData, text).into())
            }
            _ => Ok(()),
        }
    }

    /// Whether nothing of a message has come that is not handed out.
    fn is_between(&self) -> bool {
        self.buffer.is_empty() && !self.has_large() && !self.has_diverted() && !self.is_waiting()
    }

    fn has_large(&self) -> bool {
        self.bulk.as_ref().is_some_and(|bulk| bulk.large.is_some())
    }

    fn has_diverted(&self) -> bool {
        self.bulk.as_ref().is_some_and(|bulk| bulk.diverted.is_some())
    }

    fn is_waiting(&self) -> bool {
        self.passing.as_ref().is_some_and(Passing::is_waiting)
    }

    /// Reads once.
    fn poll_fill(
        &mut self,
        cx: &mut Context<'_>,
        divert: impl Fn(&Header) -> Option<Diversion>,
    ) -> Poll<Result<Filled, CodecError>> {
        let missing = self.missing();
        if missing > READ_BYTES {
            self.divert(missing, divert);
        }
        if let Some(diverted) = self.bulk.as_mut().and_then(|bulk| bulk.diverted.take()) {
            return self.poll_fill_pipe(cx, diverted);
        }
        if missing > READ_BYTES || self.has_large() {
            return self.poll_fill_large(cx);
        }
        // Where frames are bounded nothing of the next one is read: while its owner takes none, nothing is held here.
        let one_by_one = self.frame_bytes_max < FRAME_BYTES_MAX;
        let bytes = match (one_by_one || self.among_large > 0) && !self.is_waiting() {
            // What is missing of this frame, if that is known, and the head of the next.
            true if missing > 0 && one_by_one => missing,
            true if missing > 0 => (missing + FRAME_BYTES_MIN).min(READ_BYTES),
            true => FRAME_BYTES_MIN.saturating_sub(self.buffer.len()).max(1),
            false => READ_BYTES,
        };
        SPACE.with_borrow_mut(|space| {
            space.resize(READ_BYTES, 0);
            let mut space = ReadBuf::new(&mut space[..bytes]);
            match &mut self.passing {
                None => ready!(Pin::new(&mut self.inner).poll_read(cx, &mut space))?,
                Some(passing) => ready!(passing.poll_receive(cx, &mut space, self.buffer.len()))?,
            }
            let filled = space.filled();
            // Mostly that is one frame, whose bytes need no other place.
            if self.buffer.is_empty()
                && filled.len() <= self.frame_bytes_max
                && !self.is_waiting()
                && let Some(frame) = frame::whole(filled)?
            {
                return Poll::Ready(Ok(Filled::Whole(frame)));
            }
            self.buffer.extend_from_slice(filled);
            Poll::Ready(Ok(Filled::by(filled.len())))
        })
    }

    /// The same into a large frame's own memory.
    fn poll_fill_large(&mut self, cx: &mut Context<'_>) -> Poll<Result<Filled, CodecError>> {
        let missing = self.missing();
        let bulk = self.bulk.get_or_insert_default();
        let mut large = bulk.large.take().unwrap_or_else(|| {
            let come = self.buffer.len();
            Large { memory: BytesMut::new(), come, length: come + missing }
        });
        let Large { come, length, .. } = large;
        let missing = length - come;
        let room = come.max(READ_BYTES).max(self.largest.min(TRUSTED_BYTES_MAX).saturating_sub(come));
        // With all of the frame goes the head of the next, unless descriptors may come with that.
        let ahead = if self.passing.is_none() { FRAME_BYTES_MIN } else { 0 };
        if large.memory.len() <= come {
            let room = if room >= missing { missing + ahead } else { room };
            let mut larger = bulk.memory(come + room);
            let before = if large.memory.is_empty() { &self.buffer } else { &large.memory };
            larger[..come].copy_from_slice(before);
            large.memory = larger;
            // The room for a head is soon wanted again.
            match come <= FRAME_BYTES_MIN {
                true => self.buffer.clear(),
                false => self.buffer = BytesMut::new(),
            }
        }
        let end = large.memory.len().min(length + ahead);
        let mut space = ReadBuf::new(&mut large.memory[come..end]);
        let read = Pin::new(&mut self.inner).poll_read(cx, &mut space);
        let count = space.filled().len();
        large.come += count;
        bulk.large = Some(large);
        ready!(read)?;
        Poll::Ready(Ok(Filled::by(count)))
    }

    /// Bytes that the frame wants which has begun; 0 while its length is not known, and where descriptors may come.
    fn missing(&self) -> usize {
        if self.is_waiting() || self.has_large() || self.has_diverted() {
            return 0;
        }
        let Some(word) = self.buffer.first_chunk::<LENGTH_BYTES>() else { return 0 };
        // A length beyond the limit has been refused before.
        (u32::from_be_bytes(*word) as usize).saturating_sub(self.buffer.len())
    }
}

impl Received {
    fn alone(frame: Frame) -> Received {
        Received { frame, fds: Vec::new(), pages: None }
    }
}

impl Bulk {
    /// Memory of at least so many bytes, and not of more than twice as many, for they are held as long as the frame is: the last that
    /// nobody has any more, or new.
    fn memory(&mut self, bytes: usize) -> BytesMut {
        let fits = |spare: &Bytes| spare.is_unique() && (bytes..=2 * bytes).contains(&spare.len());
        let free = self.spares.iter().position(fits).and_then(|at| self.spares.remove(at));
        free.and_then(|spare| spare.try_into_mut().ok()).unwrap_or_else(|| aligned(bytes))
    }
}

/// Zeros that begin where a line of the processor's cache does: copying a packet to there takes the system a tenth less.
fn aligned(bytes: usize) -> BytesMut {
    let mut memory = BytesMut::zeroed(bytes + CACHE_LINE_BYTES - 1);
    let before = memory.as_ptr().align_offset(CACHE_LINE_BYTES).min(CACHE_LINE_BYTES - 1);
    // Split, and not cut: then its owners are counted from now on, and not anew for each packet that it is lent to.
    drop(memory.split_to(before));
    drop(memory.split_off(bytes));
    memory
}

/// Whether a frame brings data of a stream.
fn is_packet(frame: &Frame) -> bool {
    let is_data = matches!(frame.header.kind(), Ok(MessageKind::Stream(StreamPart::Data)));
    is_data && !frame.payload.is_empty()
}

fn wrong(text: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

#[cfg(test)]
mod tests;
