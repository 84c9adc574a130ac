//! A client's streams: registered before their calls are sent, ended by a daemon's last word.

use bytes::{Bytes, BytesMut};

use super::{StreamEvent, StreamFault, decode_error, hole, hole_length};
use crate::frame::{self, Draft, Head};
use crate::header::{Header, MessageKind, Serial, StreamPart};
use crate::program::StreamDirection;
use crate::session::{ProtocolError, SerialMap};

/// The streams of one connection.
#[derive(Debug, Default)]
pub(in crate::session) struct ClientStreams {
    open: SerialMap<OpenStream>,
}

#[derive(Debug)]
struct OpenStream {
    /// Of a data packet; the others answer it.
    header: Header,
    sparse: bool,
    phase: Phase,
    data_ended: bool,
}

/// ```text
/// Opening ──reply──▶ Open ──finish──▶ Finishing ──ok, error──▶ gone
///    │abort           └───abort──▶ Aborting ──ok, error──▶ gone
///    └▶ AbortOnceOpen ──reply──────────▲
/// ```
/// An error of the daemon ends it in every phase; an ok where none is expected breaks the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Opening,
    /// What is to be aborted before its reply has come: a daemon may not know it yet.
    AbortOnceOpen,
    Open,
    Finishing,
    Aborting,
}

/// What comes of a packet: something to tell the owner, something to send.
#[derive(Debug, Default)]
pub(in crate::session) struct Heard {
    pub(in crate::session) event: Option<StreamEvent>,
    pub(in crate::session) send: Option<BytesMut>,
}

impl From<StreamEvent> for Heard {
    fn from(event: StreamEvent) -> Heard {
        Heard { event: Some(event), send: None }
    }
}

impl ClientStreams {
    pub(in crate::session) fn contains(&self, serial: Serial) -> bool {
        self.open.contains_key(&serial)
    }

    /// The call with this header is about to be sent.
    pub(in crate::session) fn register(&mut self, call: &Header, sparse: bool) {
        let header = call.answer(MessageKind::Stream(StreamPart::Data));
        // Data in answer to what only takes some would wait for a reader that there is not.
        let stream_of = call.program.procedure(call.procedure).and_then(|info| info.stream);
        let data_ended = stream_of == Some(StreamDirection::Write);
        let stream = OpenStream { header, sparse, phase: Phase::Opening, data_ended };
        self.open.insert(call.serial, stream);
    }

    /// The call has been answered; an abort that has waited for that is returned. A call that failed has opened nothing,
    /// and what `is_open` cannot tell, for the answer makes no sense, is aborted.
    pub(in crate::session) fn replied(&mut self, serial: Serial, is_open: Option<bool>) -> Option<BytesMut> {
        let stream = self.open.get_mut(&serial)?;
        match (is_open, stream.phase) {
            (Some(true), Phase::AbortOnceOpen) => {
                stream.phase = Phase::Aborting;
                Some(stream.abort())
            }
            (Some(true), _) => {
                stream.phase = Phase::Open;
                None
            }
            (Some(false), _) => {
                self.open.remove(&serial);
                None
            }
            (None, _) => self.open.remove(&serial).map(|stream| stream.abort()),
        }
    }

    /// A packet came, of type stream or hole.
    pub(in crate::session) fn handle(
        &mut self,
        header: &Header,
        kind: MessageKind,
        payload: Bytes,
    ) -> Result<Heard, ProtocolError> {
        let serial = header.serial;
        let Some(stream) = self.open.get_mut(&serial).filter(|stream| stream.is_of(header)) else {
            // Late.
            return Ok(Heard::default());
        };
        match kind {
            MessageKind::Stream(StreamPart::Abort) => {
                let fault = decode_error(&payload);
                self.open.remove(&serial);
                Ok(StreamEvent::Failed(fault).into())
            }
            MessageKind::Stream(StreamPart::Finish) => {
                let event = match stream.phase {
                    Phase::Finishing => StreamEvent::Finish,
                    Phase::Aborting => StreamEvent::Aborted,
                    _ => return Err(ProtocolError::UnaskedFinish { serial }),
                };
                self.open.remove(&serial);
                Ok(event.into())
            }
            _ if stream.is_deaf() => Ok(Heard::default()),
            MessageKind::Stream(StreamPart::Data) if payload.is_empty() => {
                stream.data_ended = true;
                Ok(StreamEvent::EndOfData.into())
            }
            MessageKind::Stream(StreamPart::Data) => Ok(StreamEvent::Data(payload).into()),
            MessageKind::Hole => match hole_length(&payload) {
                Ok(length) if stream.sparse => Ok(StreamEvent::Hole(length).into()),
                Ok(length) => Ok(stream.give_up(StreamFault::UnexpectedHole(length))),
                Err(error) => Ok(stream.give_up(error.into())),
            },
            _ => Ok(Heard::default()),
        }
    }

    /// An error reply that no call waits for: some daemons answer a hole that they could not apply so, and mean the stream.
    pub(in crate::session) fn replied_error(
        &mut self,
        header: &Header,
        payload: &[u8],
    ) -> Option<StreamEvent> {
        let stream = self.open.get(&header.serial)?;
        if !stream.is_of(header) || stream.phase == Phase::Opening {
            return None;
        }
        self.open.remove(&header.serial);
        Some(StreamEvent::Failed(decode_error(payload)))
    }

    /// Whether anybody wants data that comes with this header.
    pub(in crate::session) fn wants_data(&self, header: &Header) -> bool {
        self.open.get(&header.serial).is_some_and(|stream| stream.is_of(header) && !stream.is_deaf())
    }

    pub(in crate::session) fn data(&self, serial: Serial, bytes: usize) -> Option<Head> {
        let stream = self.open.get(&serial).filter(|stream| stream.phase == Phase::Open && bytes > 0)?;
        frame::head(&stream.header, bytes).ok()
    }

    pub(in crate::session) fn hole(&self, serial: Serial, length: u64) -> Option<BytesMut> {
        let stream = self.open.get(&serial).filter(|stream| stream.phase == Phase::Open && stream.sparse)?;
        Some(hole(length)?.seal(&stream.header.answer(MessageKind::Hole)))
    }

    pub(in crate::session) fn finish(&mut self, serial: Serial) -> Option<BytesMut> {
        let stream = self.open.get_mut(&serial).filter(|stream| stream.phase == Phase::Open)?;
        stream.phase = Phase::Finishing;
        Some(Draft::empty().seal(&stream.header.answer(MessageKind::Stream(StreamPart::Finish))))
    }

    pub(in crate::session) fn abort(&mut self, serial: Serial) -> Option<BytesMut> {
        let stream = self.open.get_mut(&serial)?;
        match stream.phase {
            Phase::Opening => {
                stream.phase = Phase::AbortOnceOpen;
                None
            }
            Phase::AbortOnceOpen | Phase::Aborting => None,
            // A daemon that has confirmed the finish drops the abort: either way there is one answer.
            Phase::Open | Phase::Finishing => {
                stream.phase = Phase::Aborting;
                Some(stream.abort())
            }
        }
    }
}

impl OpenStream {
    fn is_of(&self, header: &Header) -> bool {
        self.header.program == header.program && self.header.procedure == header.procedure
    }

    /// Whether nobody wants to know what comes.
    fn is_deaf(&self) -> bool {
        self.data_ended || matches!(self.phase, Phase::AbortOnceOpen | Phase::Aborting)
    }

    fn abort(&self) -> BytesMut {
        Draft::empty().seal(&self.header.answer(MessageKind::Stream(StreamPart::Abort)))
    }

    /// The daemon broke the stream's rules and no others: the stream is aborted.
    fn give_up(&mut self, fault: StreamFault) -> Heard {
        let send = match self.phase {
            Phase::Opening | Phase::AbortOnceOpen => {
                self.phase = Phase::AbortOnceOpen;
                None
            }
            _ => {
                self.phase = Phase::Aborting;
                Some(self.abort())
            }
        };
        Heard { event: Some(StreamEvent::Failed(fault)), send }
    }
}
