//! The streams of one connection, in the task that owns it.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::Bytes;
use tokio::io::AsyncWrite;
use virtwire_protocol::frame::{FRAME_BYTES_MAX, Head};
use virtwire_protocol::header::Header;
use virtwire_protocol::session::CountedHasher;
use virtwire_protocol::session::stream::StreamEvent;

use super::{Chunk, Ending, Incoming, Outgoing, Pipe, StreamError};
use crate::shell::OUT_BYTES_MAX;
use crate::shell::mailbox::Mailbox;
use crate::shell::pages::{Conduit, Pages};
use crate::shell::writer::FrameWriter;

/// Bytes of a stream that may come before the reply to its call, beyond those that may wait. A daemon may send until its reply is out, which
/// is behind a busy host's other work; what is more than a frame may have is no daemon's haste.
const EARLY_BYTES_MAX: usize = FRAME_BYTES_MAX;

/// Words of handles that are attended to before anything else has its turn.
const WORDS_MAX: usize = 16;

/// A number for each stream of a connection, never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct StreamKey(u64);

/// What a session, of either end, does for its streams.
pub(crate) trait StreamSession {
    type Id: Copy + Eq + Hash;
    /// Whether a finish that comes is a wish, which this end may confirm. Else it confirms ours.
    const CONFIRMS: bool;
    /// Whether the word that a stream is open comes by the connection that its data comes by: then that is read until it has come.
    const READS_REPLIES: bool;

    /// Some data has come with this header, and is kept elsewhere. Whose it is, if anybody wants it.
    fn came_apart(&mut self, now: Instant, header: &Header) -> Option<Self::Id>;
    fn data(&mut self, id: Self::Id, bytes: usize) -> Option<Head>;
    fn hole(&mut self, id: Self::Id, length: u64) -> bool;
    fn end_of_data(&mut self, id: Self::Id);
    /// Asks for the end, or grants it. Whether the stream is no more by that.
    fn end(&mut self, id: Self::Id, ending: &Ending) -> bool;
}

/// The streams, and whose turn it is to send. `None` before the first: few connections ever have one.
#[derive(Debug)]
pub(crate) struct StreamTable<Id>(Option<Box<Tables<Id>>>);

#[derive(Debug)]
struct Tables<Id> {
    streams: HashMap<StreamKey, Open<Id>, CountedHasher>,
    keys: HashMap<Id, StreamKey, CountedHasher>,
    /// Those that have something to send, in the order of their turns.
    turns: VecDeque<StreamKey>,
    /// Those whose readers are behind: while there are any, the connection is not read.
    full: HashSet<StreamKey, CountedHasher>,
    /// Each stream has one word here at most.
    words: Mailbox<StreamKey>,
}

/// Where the pipes of a connection's streams come from.
#[derive(Debug, Default)]
pub(crate) struct Pipes {
    words: OnceLock<Mailbox<StreamKey>>,
    next: AtomicU64,
}

impl Pipes {
    /// The pipe of a new stream, for which the connection stops reading when so many bytes wait.
    pub(crate) fn pipe(&self, incoming_max: usize) -> Arc<Pipe> {
        let key = StreamKey(self.next.fetch_add(1, Ordering::Relaxed));
        Pipe::new(key, incoming_max, self.words.get_or_init(Mailbox::new).clone())
    }
}

#[derive(Debug)]
struct Open<Id> {
    id: Id,
    pipe: Arc<Pipe>,
    /// The call that opens it has been answered.
    is_open: bool,
    has_turn: bool,
}

/// What a packet carries.
enum Body {
    Bytes(Bytes),
    /// What the system keeps.
    Pages(Pages),
}

impl Body {
    fn len(&self) -> usize {
        match self {
            Body::Bytes(data) => data.len(),
            Body::Pages(pages) => pages.len(),
        }
    }
}

impl<Id> Default for StreamTable<Id> {
    fn default() -> StreamTable<Id> {
        StreamTable(None)
    }
}

impl<Id> StreamTable<Id> {
    /// The connection has ended, and all streams with it.
    pub(crate) fn end_all(&mut self, reason: &dyn std::fmt::Display) {
        let Some(tables) = self.0.take() else { return };
        let reason = reason.to_string();
        for stream in tables.streams.into_values() {
            stream.pipe.end(Err(StreamError::Closed { reason: reason.clone() }));
        }
    }
}

impl<Id: Copy + Eq + Hash> StreamTable<Id> {
    /// A stream is being opened. All its pipes are of the same [`Pipes`].
    pub(crate) fn insert(&mut self, id: Id, pipe: Arc<Pipe>) {
        let key = pipe.key();
        let tables = self.0.get_or_insert_with(|| Box::new(Tables::new(pipe.words().clone())));
        tables.keys.insert(id, key);
        tables.streams.insert(key, Open { id, pipe, is_open: false, has_turn: false });
    }

    /// The call that opens it has been answered well.
    pub(crate) fn opened(&mut self, id: Id, session: &mut impl StreamSession<Id = Id>) {
        let Some(tables) = &mut self.0 else { return };
        if let Some(key) = tables.keys.get(&id).copied()
            && let Some(stream) = tables.streams.get_mut(&key)
        {
            stream.is_open = true;
            if stream.pipe.is_full() {
                tables.full.insert(key);
            }
            tables.attend(key, session);
        }
    }

    /// It was not opened after all.
    pub(crate) fn not_opened(&mut self, id: Id) {
        if let Some(tables) = &mut self.0 {
            tables.remove(id, Err(StreamError::Ended));
        }
    }

    /// Something came.
    pub(crate) fn deliver<S: StreamSession<Id = Id>>(&mut self, id: Id, event: StreamEvent, session: &mut S) {
        let Some(tables) = &mut self.0 else { return };
        let Some(key) = tables.keys.get(&id).copied() else { return };
        let Some(stream) = tables.streams.get(&key) else { return };
        match event {
            StreamEvent::Data(data) => tables.push(key, Incoming::Chunk(Chunk::Data(data)), session),
            StreamEvent::Hole(length) => tables.push(key, Incoming::Chunk(Chunk::Hole(length)), session),
            StreamEvent::EndOfData => stream.pipe.end_incoming(),
            StreamEvent::Finish if !S::CONFIRMS => tables.remove(id, Ok(())),
            StreamEvent::Finish => {
                // The handle may be waiting for it.
                stream.pipe.end_incoming();
                tables.attend(key, session);
            }
            StreamEvent::Aborted => tables.remove(id, Err(StreamError::Aborted)),
            StreamEvent::Failed(fault) => tables.remove(id, Err(fault.into())),
        }
    }

    /// Data came that the system keeps.
    pub(crate) fn deliver_pages<S: StreamSession<Id = Id>>(
        &mut self,
        now: Instant,
        header: &Header,
        pages: Pages,
        session: &mut S,
    ) {
        if let Some(id) = session.came_apart(now, header)
            && let Some(tables) = &mut self.0
            && let Some(key) = tables.keys.get(&id).copied()
        {
            tables.push(key, Incoming::Pages(pages), session);
        }
    }

    /// Through what a stream's data is to come, if not by being read.
    pub(crate) fn conduit(&self, id: Id) -> Option<Conduit> {
        let tables = self.0.as_ref()?;
        tables.streams.get(tables.keys.get(&id)?)?.pipe.conduit()
    }

    /// Whether the connection may be read.
    pub(crate) fn has_room(&self) -> bool {
        self.0.as_ref().is_none_or(|tables| tables.full.is_empty())
    }

    /// Bytes of all streams that came and wait for their handles, and bytes that wait to be sent.
    #[cfg(feature = "server")]
    pub(crate) fn waiting(&self) -> [usize; 2] {
        let all = self.0.iter().flat_map(|tables| tables.streams.values());
        all.map(|stream| stream.pipe.waiting()).fold([0, 0], |[came, goes], [more, others]| {
            [came.saturating_add(more), goes.saturating_add(others)]
        })
    }

    /// Does what handles want. Ready where others may want something, too; else the task is woken once one does.
    pub(crate) fn poll_words(
        &mut self,
        session: &mut impl StreamSession<Id = Id>,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        let Some(tables) = &mut self.0 else { return Poll::Pending };
        for _ in 0..WORDS_MAX {
            let key = ready!(tables.words.poll_next(cx));
            tables.attend(key, session);
        }
        Poll::Ready(())
    }

    /// Whether a stream has something to send, once what was sent before is written.
    pub(crate) fn has_more(&self) -> bool {
        self.0.as_ref().is_some_and(|tables| !tables.turns.is_empty())
    }

    /// Has each stream that wants to send one packet, in turn; none while data of streams waits in the writer, so that each has
    /// one packet in flight, and calls pass them by. Whether there was any; then the session may have something to send, too, which
    /// has to go before the next.
    pub(crate) fn send<W>(
        &mut self,
        session: &mut impl StreamSession<Id = Id>,
        writer: &mut FrameWriter<W>,
        mut sent: impl FnMut(&Head, usize),
    ) -> bool
    where
        W: AsyncWrite + Unpin,
    {
        let Some(tables) = &mut self.0 else { return false };
        if writer.has_stream_data() || writer.len() >= OUT_BYTES_MAX {
            return false;
        }
        let turns = tables.turns.len();
        for _ in 0..turns {
            if writer.len() >= OUT_BYTES_MAX {
                break;
            }
            let Some(key) = tables.turns.pop_front() else { break };
            let Some(stream) = tables.streams.get_mut(&key) else { continue };
            stream.has_turn = false;
            let (id, taken) = (stream.id, stream.pipe.take());
            let Some((outgoing, more)) = taken else {
                tables.attend(key, session);
                continue;
            };
            let body = match outgoing {
                Outgoing::Data(data) => Body::Bytes(data),
                Outgoing::Copied(data) => Body::Bytes(data.freeze()),
                Outgoing::Pages(pages) if writer.takes_pages() => Body::Pages(pages),
                Outgoing::Pages(pages) => match pages.read() {
                    Ok(data) => Body::Bytes(data),
                    Err(_) => {
                        // Without them what follows makes no sense.
                        tables.end(key, &Ending::Abort(None), session);
                        continue;
                    }
                },
                Outgoing::Hole(length) => {
                    session.hole(id, length);
                    Body::Bytes(Bytes::new())
                }
                Outgoing::EndOfData => {
                    session.end_of_data(id);
                    Body::Bytes(Bytes::new())
                }
            };
            if let Some(head) = session.data(id, body.len()) {
                sent(&head, head.len() + body.len());
                match body {
                    Body::Bytes(data) => writer.push_data(&head, data),
                    Body::Pages(pages) => writer.push_pages(&head, pages),
                }
            }
            match more {
                true => tables.wait_for_turn(key),
                false => tables.attend(key, session),
            }
        }
        turns > 0
    }
}

/// Whoever reads or writes learns of the end also where the connection's task goes without a word, as it does with its runtime.
impl<Id> Drop for StreamTable<Id> {
    fn drop(&mut self) {
        self.end_all(&"it was closed here");
    }
}

impl<Id: Copy + Eq + Hash> Tables<Id> {
    fn new(words: Mailbox<StreamKey>) -> Tables<Id> {
        let (streams, keys, turns, full) = Default::default();
        Tables { streams, keys, turns, full, words }
    }

    fn attend(&mut self, key: StreamKey, session: &mut impl StreamSession<Id = Id>) {
        let Some(stream) = self.streams.get_mut(&key) else { return };
        let look = stream.pipe.look();
        if look.has_room {
            self.full.remove(&key);
        }
        let is_open = stream.is_open;
        match look.ending {
            Some(ending @ Ending::Abort(_)) => self.end(key, &ending, session),
            _ if !is_open => {}
            _ if look.has_outgoing => self.wait_for_turn(key),
            Some(ending) => self.end(key, &ending, session),
            None => {}
        }
    }

    fn wait_for_turn(&mut self, key: StreamKey) {
        if let Some(stream) = self.streams.get_mut(&key)
            && !std::mem::replace(&mut stream.has_turn, true)
        {
            self.turns.push_back(key);
        }
    }

    fn push<S: StreamSession<Id = Id>>(&mut self, key: StreamKey, piece: Incoming, session: &mut S) {
        let Some(stream) = self.streams.get(&key) else { return };
        let Some(beyond) = stream.pipe.push(piece) else { return };
        if stream.is_open || !S::READS_REPLIES {
            self.full.insert(key);
        } else if beyond > EARLY_BYTES_MAX {
            // Who waits for the reply cannot read yet, and whoever stopped reading now would never have it.
            let id = stream.id;
            session.end(id, &Ending::Abort(None));
            self.remove(id, Err(StreamError::Unopened));
        }
    }

    fn end(&mut self, key: StreamKey, ending: &Ending, session: &mut impl StreamSession<Id = Id>) {
        let Some(stream) = self.streams.get(&key) else { return };
        let id = stream.id;
        if session.end(id, ending) {
            let outcome = match ending {
                Ending::Finish => Ok(()),
                Ending::Abort(_) => Err(StreamError::Ended),
            };
            self.remove(id, outcome);
        }
    }

    fn remove(&mut self, id: Id, outcome: Result<(), StreamError>) {
        if let Some(key) = self.keys.remove(&id)
            && let Some(stream) = self.streams.remove(&key)
        {
            self.full.remove(&key);
            stream.pipe.end(outcome);
        }
    }
}
