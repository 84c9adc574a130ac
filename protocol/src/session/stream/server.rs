//! A daemon's streams: opened by a call, ended by the client's finish that is confirmed, its abort, or a failure.

use std::collections::{HashMap, HashSet};

use bytes::{Bytes, BytesMut};

use super::{StreamEvent, StreamFault, StreamId, hole, hole_length};
use crate::error::{ErrorCode, ErrorDomain, RemoteError};
use crate::frame::{self, Draft, Head};
use crate::header::{Header, MessageKind, Nonsense, StreamPart};
use crate::program::StreamDirection;
use crate::session::{CountedHasher, ProtocolError};

/// The streams of one connection. The client names them, but there are no more than the limits allow, so that no choice of names makes
/// finding one slow.
#[derive(Debug, Default)]
pub(in crate::session) struct ServerStreams(
    /// `None` before the first: few connections ever have one.
    Option<Box<Tables>>,
);

#[derive(Debug, Default)]
struct Tables {
    open: HashMap<StreamId, OpenStream, CountedHasher>,
    /// Those whose calls are not answered; their streams may be gone already, as a client may abort what it opens.
    unanswered: HashSet<StreamId, CountedHasher>,
}

#[derive(Debug)]
struct OpenStream {
    /// Of a data packet; the others answer it.
    header: Header,
    sparse: bool,
    /// Data is only sent: what comes would wait for a reader that there is not.
    sends_only: bool,
    phase: Phase,
    data_ended: bool,
}

/// ```text
/// Opening ──good reply──▶ Open ──client's finish──▶ Finishing ──confirmed──▶ gone
/// ```
/// The client's abort and a failure end it in every phase, as a bad reply ends it in the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Opening,
    Open,
    Finishing,
}

/// What comes of a packet: something to tell the owner, something to send.
#[derive(Debug, Default)]
pub(in crate::session) struct Heard {
    pub(in crate::session) event: Option<StreamEvent>,
    pub(in crate::session) send: Option<BytesMut>,
}

impl ServerStreams {
    pub(in crate::session) fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |tables| tables.open.len())
    }

    /// Whether an answer to a call with this name, or a packet, could be meant for an earlier one.
    pub(in crate::session) fn is_taken(&self, id: StreamId) -> bool {
        let is_taken = |tables: &Tables| tables.open.contains_key(&id) || tables.unanswered.contains(&id);
        self.0.as_deref().is_some_and(is_taken)
    }

    /// A call came that opens a stream, if its answer is good.
    pub(in crate::session) fn register(&mut self, call: &Header, sparse: bool) {
        let header = call.answer(MessageKind::Stream(StreamPart::Data));
        let stream_of = call.program.procedure(call.procedure).and_then(|info| info.stream);
        let sends_only = stream_of == Some(StreamDirection::Read);
        let stream = OpenStream { header, sparse, sends_only, phase: Phase::Opening, data_ended: false };
        let tables = self.0.get_or_insert_default();
        tables.open.insert(StreamId::of(call), stream);
        tables.unanswered.insert(StreamId::of(call));
    }

    /// The call is answered.
    pub(in crate::session) fn replied(&mut self, call: &Header, is_good: bool) {
        let Some(tables) = &mut self.0 else { return };
        let id = StreamId::of(call);
        tables.unanswered.remove(&id);
        if !is_good {
            tables.open.remove(&id);
        } else if let Some(stream) = tables.open.get_mut(&id)
            && stream.phase == Phase::Opening
        {
            stream.phase = Phase::Open;
        }
    }

    /// A packet came whose type is stream or hole.
    pub(in crate::session) fn handle(
        &mut self,
        header: &Header,
        kind: Result<MessageKind, Nonsense>,
        payload: Bytes,
    ) -> Result<Heard, ProtocolError> {
        let id = StreamId::of(header);
        // Late, or never opened.
        let Some(stream) = self.open_mut(id) else { return Ok(Heard::default()) };
        let event = match kind {
            Ok(MessageKind::Stream(StreamPart::Data)) => {
                // None at all mean nothing from a client.
                let is_wanted = stream.takes_data() && !payload.is_empty();
                is_wanted.then_some(StreamEvent::Data(payload))
            }
            Ok(MessageKind::Hole) if !stream.sparse => {
                return Err(ProtocolError::UnexpectedHole { serial: header.serial });
            }
            Ok(MessageKind::Hole) => match hole_length(&payload) {
                Ok(length) => stream.takes_data().then_some(StreamEvent::Hole(length)),
                Err(error) => return Ok(self.give_up(id, error.into())),
            },
            Ok(MessageKind::Stream(StreamPart::Finish)) => {
                let is_first = stream.phase != Phase::Finishing;
                stream.phase = Phase::Finishing;
                is_first.then_some(StreamEvent::Finish)
            }
            Ok(MessageKind::Stream(StreamPart::Abort)) => {
                self.remove(id);
                let send = Draft::empty().seal(&header.answer(MessageKind::Stream(StreamPart::Finish)));
                return Ok(Heard { event: Some(StreamEvent::Aborted), send: Some(send) });
            }
            Err(nonsense) => return Ok(self.give_up(id, nonsense.into())),
            Ok(_) => None,
        };
        Ok(Heard { event, send: None })
    }

    /// Whether anybody wants data that comes.
    pub(in crate::session) fn wants_data(&self, id: StreamId) -> bool {
        self.open(id).is_some_and(OpenStream::takes_data)
    }

    pub(in crate::session) fn data(&self, id: StreamId, bytes: usize) -> Option<Head> {
        frame::head(&self.sending(id)?.header, bytes).ok().filter(|_| bytes > 0)
    }

    pub(in crate::session) fn hole(&self, id: StreamId, length: u64) -> Option<BytesMut> {
        let stream = self.sending(id).filter(|stream| stream.sparse)?;
        Some(hole(length)?.seal(&stream.header.answer(MessageKind::Hole)))
    }

    pub(in crate::session) fn end_of_data(&mut self, id: StreamId) -> Option<BytesMut> {
        self.sending(id)?;
        let stream = self.open_mut(id)?;
        stream.data_ended = true;
        Some(Draft::empty().seal(&stream.header))
    }

    pub(in crate::session) fn confirm(&mut self, id: StreamId) -> Option<BytesMut> {
        self.open(id).filter(|stream| stream.phase == Phase::Finishing)?;
        let stream = self.remove(id)?;
        Some(Draft::empty().seal(&stream.header.answer(MessageKind::Stream(StreamPart::Finish))))
    }

    pub(in crate::session) fn fail(&mut self, id: StreamId, error: &RemoteError) -> Option<BytesMut> {
        self.open(id).filter(|stream| stream.phase != Phase::Opening)?;
        let stream = self.remove(id)?;
        let body = error.encode().unwrap_or_else(|_| Draft::empty());
        Some(body.seal(&stream.header.answer(MessageKind::Stream(StreamPart::Abort))))
    }

    /// The stream, if data may be sent on it.
    fn sending(&self, id: StreamId) -> Option<&OpenStream> {
        self.open(id).filter(|stream| stream.phase == Phase::Open && !stream.data_ended)
    }

    fn open(&self, id: StreamId) -> Option<&OpenStream> {
        self.0.as_ref()?.open.get(&id)
    }

    fn open_mut(&mut self, id: StreamId) -> Option<&mut OpenStream> {
        self.0.as_mut()?.open.get_mut(&id)
    }

    fn remove(&mut self, id: StreamId) -> Option<OpenStream> {
        self.0.as_mut()?.open.remove(&id)
    }

    /// The client broke the stream's rules and no others: the stream has failed.
    fn give_up(&mut self, id: StreamId, fault: StreamFault) -> Heard {
        let error = RemoteError::new(ErrorCode::RPC, ErrorDomain::STREAMS, fault.to_string());
        let send = self.remove(id).map(|stream| {
            let body = error.encode().unwrap_or_else(|_| Draft::empty());
            body.seal(&stream.header.answer(MessageKind::Stream(StreamPart::Abort)))
        });
        Heard { event: Some(StreamEvent::Failed(fault)), send }
    }
}

impl OpenStream {
    /// Whether anybody wants what comes.
    fn takes_data(&self) -> bool {
        self.phase != Phase::Finishing && !self.sends_only
    }
}
