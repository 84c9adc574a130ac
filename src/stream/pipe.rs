//! Between a stream's handle and the connection's task: a queue each way, neither of which the task ever waits for.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::{Bytes, BytesMut};
use virtwire_protocol::error::RemoteError;
use virtwire_protocol::session::stream::CHUNK_BYTES_MAX;

use super::{Chunk, StreamError, StreamKey};
use crate::shell::mailbox::Mailbox;
use crate::shell::pages::{Conduit, Pages};
use crate::shell::reader::READ_BYTES;

/// Bytes of a stream that wait to be sent before its writer has to.
const OUTGOING_BYTES_MAX: usize = 1 << 20;
/// What a queued piece costs beside its bytes.
const PIECE_BYTES: usize = 128;
/// Smaller pieces are copied out of what was read with them, which would be kept whole. A frame above this has a buffer of its own, or
/// at least half of one.
const KEPT_BYTES_MIN: usize = READ_BYTES;

/// The two queues of a stream. No lock is held across an await.
#[derive(Debug)]
pub(crate) struct Pipe {
    key: StreamKey,
    incoming_max: usize,
    words: Mailbox<StreamKey>,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    incoming: VecDeque<Incoming>,
    incoming_bytes: usize,
    /// The peer has said that it sends no more.
    incoming_ended: bool,
    /// Without that word something is missing.
    must_end: bool,
    /// Nobody reads: what comes is dropped.
    deaf: bool,
    /// The reader is not waited for any more: what does not fit is dropped.
    hurried: bool,
    /// Something was dropped for that reason, and so is all that comes after it.
    overrun: bool,
    reader: Option<Waker>,
    /// Whoever reads has no use for the bytes themselves: they may go through this pipe.
    is_file: bool,
    conduit: Option<Conduit>,

    outgoing: VecDeque<Outgoing>,
    outgoing_bytes: usize,
    writer: Option<Waker>,

    /// What the handle wants to become of the stream.
    ending: Option<Ending>,
    /// What has become of it.
    outcome: Option<Result<(), StreamError>>,
    waiter: Option<Waker>,
    /// A word to the task is on its way: one is enough.
    told: bool,
}

/// Something that came, in order.
#[derive(Debug)]
pub(crate) enum Incoming {
    Chunk(Chunk),
    /// Data that the system keeps.
    Pages(Pages),
}

/// Something to send, in order.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Data(Bytes),
    /// Data that was copied, and has room for more.
    Copied(BytesMut),
    /// Data that the system keeps.
    Pages(Pages),
    Hole(u64),
    EndOfData,
}

/// How the handle ends its stream.
#[derive(Clone, Debug)]
pub(crate) enum Ending {
    /// After all that waits to be sent.
    Finish,
    /// At once. A daemon says why.
    Abort(
        #[cfg_attr(not(feature = "server"), expect(dead_code, reason = "only a server says why"))]
        Option<Box<RemoteError>>,
    ),
}

impl Pipe {
    /// Reading the connection stops while `incoming_max` bytes wait to be read from this stream. `words` is where the task hears
    /// that there is something to do.
    pub(crate) fn new(key: StreamKey, incoming_max: usize, words: Mailbox<StreamKey>) -> Arc<Pipe> {
        Arc::new(Pipe { key, incoming_max, words, inner: Mutex::default() })
    }

    pub(crate) fn key(&self) -> StreamKey {
        self.key
    }

    pub(super) fn words(&self) -> &Mailbox<StreamKey> {
        &self.words
    }

    // The task's side.

    /// A piece came. How many bytes are beyond the bound now, where the queue is full.
    pub(crate) fn push(&self, piece: Incoming) -> Option<usize> {
        let piece = match piece {
            Incoming::Chunk(Chunk::Data(data)) if data.len() < KEPT_BYTES_MIN => {
                Incoming::Chunk(Chunk::Data(Bytes::copy_from_slice(&data)))
            }
            other => other,
        };
        self.change(|inner| {
            inner.overrun |= inner.hurried && inner.incoming_bytes >= self.incoming_max;
            if inner.deaf || inner.overrun {
                return (None, None);
            }
            inner.incoming_bytes += piece.cost();
            inner.incoming.push_back(piece);
            (inner.reader.take(), inner.beyond(self.incoming_max))
        })
    }

    /// Through what data is to come of which nobody wants the bytes themselves, if there is such a way.
    pub(crate) fn conduit(&self) -> Option<Conduit> {
        let mut inner = self.lock();
        if inner.is_file && inner.conduit.is_none() {
            inner.conduit = Conduit::new();
            inner.is_file = inner.conduit.is_some();
        }
        inner.conduit.clone().filter(|_| inner.is_file)
    }

    /// Whether the queue is full, and its reader is waited for.
    pub(crate) fn is_full(&self) -> bool {
        self.lock().beyond(self.incoming_max).is_some()
    }

    /// Bytes that came and wait for the handle, and bytes that wait to be sent.
    #[cfg(feature = "server")]
    pub(crate) fn waiting(&self) -> [usize; 2] {
        let inner = self.lock();
        [inner.incoming_bytes, inner.outgoing_bytes]
    }

    /// The peer will send no more.
    pub(crate) fn end_incoming(&self) {
        self.change(|inner| {
            inner.incoming_ended = true;
            (inner.reader.take(), ())
        });
    }

    /// The stream is no more. The first word counts.
    pub(crate) fn end(&self, outcome: Result<(), StreamError>) {
        let mut inner = self.lock();
        inner.outcome.get_or_insert(outcome);
        let unsent = inner.clear_outgoing();
        let wakers = [inner.reader.take(), inner.writer.take(), inner.waiter.take()];
        drop(inner);
        drop(unsent);
        wakers.into_iter().flatten().for_each(Waker::wake);
    }

    /// Takes the next piece to send, and whether there are more.
    pub(crate) fn take(&self) -> Option<(Outgoing, bool)> {
        self.change(|inner| {
            let taken = inner.outgoing.pop_front();
            inner.outgoing_bytes -= taken.as_ref().map_or(0, Outgoing::cost).min(inner.outgoing_bytes);
            let more = !inner.outgoing.is_empty();
            // A writer that waits is not woken for each packet, but for half a queue of them.
            let writer = match inner.outgoing_bytes <= OUTGOING_BYTES_MAX / 2 {
                true => inner.writer.take(),
                false => None,
            };
            (writer, taken.map(|taken| (taken, more)))
        })
    }

    /// What the handle wants: whether something waits to be sent, whether reading may go on, and how it is to end.
    pub(crate) fn look(&self) -> Look {
        let mut inner = self.lock();
        inner.told = false;
        Look {
            has_outgoing: !inner.outgoing.is_empty(),
            has_room: inner.hurried || inner.incoming_bytes <= self.incoming_max / 2,
            ending: inner.ending.clone(),
        }
    }

    // The handle's side.

    /// Whether what comes is for a file, and its bytes are not asked for.
    pub(super) fn is_for_file(&self, is_file: bool) {
        self.lock().is_file = is_file;
    }

    /// The next piece that came; `None` after the last.
    pub(super) fn poll_incoming(&self, cx: &mut Context<'_>) -> Poll<Result<Option<Incoming>, StreamError>> {
        let mut inner = self.lock();
        if let Some(chunk) = inner.incoming.pop_front() {
            let was_more = inner.incoming_bytes > self.incoming_max / 2;
            inner.incoming_bytes = inner.incoming_bytes.saturating_sub(chunk.cost());
            if was_more && inner.incoming_bytes <= self.incoming_max / 2 {
                self.tell(&mut inner);
            }
            return Poll::Ready(Ok(Some(chunk)));
        }
        if let Some(Err(error)) = &inner.outcome {
            return Poll::Ready(Err(error.clone()));
        }
        if inner.overrun {
            return Poll::Ready(Err(StreamError::Unread));
        }
        if inner.incoming_ended {
            return Poll::Ready(Ok(None));
        }
        if inner.outcome.is_some() {
            return Poll::Ready(if inner.must_end { Err(StreamError::Unread) } else { Ok(None) });
        }
        inner.reader = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Waits until there is room to send. Data may be pushed then.
    pub(crate) fn poll_room(&self, cx: &mut Context<'_>) -> Poll<Result<(), StreamError>> {
        let mut inner = self.lock();
        if let Some(error) = inner.no_more() {
            return Poll::Ready(Err(error));
        }
        if inner.outgoing_bytes < OUTGOING_BYTES_MAX {
            return Poll::Ready(Ok(()));
        }
        inner.writer = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Queues a piece. Whoever minds the bound asks for room before.
    pub(crate) fn send(&self, outgoing: Outgoing) -> Result<(), StreamError> {
        let mut inner = self.lock();
        if let Some(error) = inner.no_more() {
            return Err(error);
        }
        inner.outgoing_bytes += outgoing.cost();
        inner.outgoing.push_back(outgoing);
        self.tell(&mut inner);
        Ok(())
    }

    /// Queues a copy of some of the bytes: behind others that wait, in the same packet, where they fit. Returns how many.
    pub(crate) fn send_copy(&self, bytes: &[u8]) -> Result<usize, StreamError> {
        let mut inner = self.lock();
        if let Some(error) = inner.no_more() {
            return Err(error);
        }
        let count = match inner.outgoing.back_mut() {
            Some(Outgoing::Copied(copied)) if copied.len() < CHUNK_BYTES_MAX => {
                let count = bytes.len().min(CHUNK_BYTES_MAX - copied.len());
                copied.extend_from_slice(&bytes[..count]);
                inner.outgoing_bytes += count;
                count
            }
            _ => {
                let count = bytes.len().min(CHUNK_BYTES_MAX);
                let copied = Outgoing::Copied(BytesMut::from(&bytes[..count]));
                inner.outgoing_bytes += copied.cost();
                inner.outgoing.push_back(copied);
                count
            }
        };
        self.tell(&mut inner);
        Ok(count)
    }

    /// Waits until all has been handed to the socket's queue.
    pub(crate) fn poll_sent(&self, cx: &mut Context<'_>) -> Poll<Result<(), StreamError>> {
        let mut inner = self.lock();
        if let Some(Err(error)) = &inner.outcome {
            return Poll::Ready(Err(error.clone()));
        }
        if inner.outgoing.is_empty() {
            return Poll::Ready(Ok(()));
        }
        inner.writer = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Ends the stream. An abort replaces a finish that has not come to its end; nothing replaces an abort.
    pub(crate) fn end_with(&self, ending: Ending) {
        let mut inner = self.lock();
        let is_new = match (&inner.ending, &ending) {
            (None, _) => true,
            (Some(Ending::Finish), Ending::Abort(_)) => true,
            (Some(_), _) => false,
        };
        if !is_new || inner.outcome.is_some() {
            return;
        }
        let unsent = match ending {
            Ending::Abort(_) => inner.clear_outgoing(),
            Ending::Finish => VecDeque::new(),
        };
        inner.ending = Some(ending);
        self.tell(&mut inner);
        drop(inner);
        drop(unsent);
    }

    /// Nobody will read any more.
    pub(crate) fn stop_reading(&self) {
        let mut inner = self.lock();
        inner.deaf = true;
        inner.is_file = false;
        let unread = std::mem::take(&mut inner.incoming);
        inner.incoming_bytes = 0;
        self.tell(&mut inner);
        drop(inner);
        drop(unread);
    }

    /// Nothing that comes is whole before the peer has said that it sends no more.
    pub(crate) fn must_end(&self) {
        self.lock().must_end = true;
    }

    /// The connection does not wait for the reader any more.
    pub(crate) fn hurry(&self) {
        let mut inner = self.lock();
        inner.hurried = true;
        self.tell(&mut inner);
    }

    /// Waits for what becomes of the stream.
    pub(crate) fn poll_outcome(&self, cx: &mut Context<'_>) -> Poll<Result<(), StreamError>> {
        let mut inner = self.lock();
        if let Some(outcome) = &inner.outcome {
            return Poll::Ready(outcome.clone());
        }
        inner.waiter = Some(cx.waker().clone());
        Poll::Pending
    }

    fn tell(&self, inner: &mut Inner) {
        if !std::mem::replace(&mut inner.told, true) {
            self.words.push(self.key);
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut Inner) -> (Option<Waker>, T)) -> T {
        let (waker, result) = change(&mut self.lock());
        if let Some(waker) = waker {
            waker.wake();
        }
        result
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// What will not be sent, to be dropped without the lock: packets that leave a pipe wake who fills it.
    fn clear_outgoing(&mut self) -> VecDeque<Outgoing> {
        self.outgoing_bytes = 0;
        std::mem::take(&mut self.outgoing)
    }

    /// How many bytes wait beyond this bound, where as many do and are to be read.
    fn beyond(&self, incoming_max: usize) -> Option<usize> {
        self.incoming_bytes.checked_sub(incoming_max).filter(|_| !self.hurried && !self.deaf)
    }

    /// Why nothing more can be sent.
    fn no_more(&self) -> Option<StreamError> {
        match &self.outcome {
            Some(Err(error)) => Some(error.clone()),
            Some(Ok(())) => Some(StreamError::Ended),
            None => self.ending.as_ref().map(|_| StreamError::Ended),
        }
    }
}

/// What the task finds when it looks.
#[derive(Debug)]
pub(crate) struct Look {
    pub(super) has_outgoing: bool,
    pub(super) has_room: bool,
    pub(super) ending: Option<Ending>,
}

impl Outgoing {
    fn cost(&self) -> usize {
        PIECE_BYTES + self.bytes()
    }

    /// How many bytes of data it is.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Outgoing::Data(data) => data.len(),
            Outgoing::Copied(data) => data.len(),
            Outgoing::Pages(pages) => pages.len(),
            Outgoing::Hole(_) | Outgoing::EndOfData => 0,
        }
    }
}

impl Incoming {
    fn cost(&self) -> usize {
        PIECE_BYTES
            + match self {
                Incoming::Chunk(Chunk::Data(data)) => data.len(),
                Incoming::Chunk(Chunk::Hole(_)) => 0,
                Incoming::Pages(pages) => pages.len(),
            }
    }

    /// How many bytes of the stream it is, zeros included.
    pub(super) fn bytes(&self) -> u64 {
        match self {
            Incoming::Chunk(Chunk::Data(data)) => data.len() as u64,
            Incoming::Chunk(Chunk::Hole(length)) => *length,
            Incoming::Pages(pages) => pages.len() as u64,
        }
    }

    /// The bytes themselves.
    pub(super) fn into_chunk(self) -> Result<Chunk, StreamError> {
        match self {
            Incoming::Chunk(chunk) => Ok(chunk),
            Incoming::Pages(pages) => match pages.read() {
                Ok(data) => Ok(Chunk::Data(data)),
                Err(error) => Err(StreamError::Closed { reason: error.to_string() }),
            },
        }
    }
}
