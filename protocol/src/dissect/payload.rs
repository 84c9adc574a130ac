//! What a payload is, as header and contract tell.

use crate::contract::{self, Visitor};
use crate::frame::Frame;
use crate::header::{Header, MessageKind, Nonsense, StreamPart};
use crate::message::{MessageError, StreamHole};
use crate::program::Program;

/// No type is known for a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// Type and status mean nothing together.
    #[error(transparent)]
    Nonsense(#[from] Nonsense),
    /// Another program than libvirt's, or another version of one.
    #[error("{0} is not in the contract")]
    Program(Program),
    /// The program has no such call.
    #[error("call {procedure} is not in the contract of {program}", procedure = .0.procedure, program = .0.program)]
    Call(Header),
    /// The program has no such event.
    #[error("event {procedure} is not in the contract of {program}", procedure = .0.procedure, program = .0.program)]
    Event(Header),
    /// The word that counts descriptors is not there.
    #[error("payload of {0} bytes ends before the count of its descriptors")]
    Descriptors(usize),
}

/// Shows a visitor, made for the payload's bytes, the type that is in there.
///
/// `None` where there is no XDR to read: data of a stream, the end of one, keepalive. The bytes are the payload, less the
/// count of descriptors if it begins with one. The name that the visitor is told is the procedure's; for errors and holes,
/// `message_error` and `stream_hole`.
///
/// # Errors
/// [`Unreadable`], and then the visitor is not made. What the visitor itself finds wrong is its output.
pub fn visit<'a, V: Visitor>(
    frame: &'a Frame,
    visitor: impl FnOnce(&'a [u8]) -> V,
) -> Result<Option<V::Output>, Unreadable> {
    let header = frame.header;
    let Header { program, procedure, .. } = header;
    let payload = &frame.payload[..];
    let kind = header.kind()?;
    let known =
        || if program.name().is_none() { Unreadable::Program(program) } else { Unreadable::Call(header) };
    match kind {
        MessageKind::Call | MessageKind::CallWithFds => {
            let visitor = visitor(behind_count(kind, payload)?);
            contract::visit_call(program, procedure, visitor).map(Some).ok_or_else(known)
        }
        MessageKind::Reply | MessageKind::ReplyWithFds => {
            let visitor = visitor(behind_count(kind, payload)?);
            contract::visit_reply(program, procedure, visitor).map(Some).ok_or_else(known)
        }
        MessageKind::Notice if program == Program::KEEPALIVE && payload.is_empty() => Ok(None),
        MessageKind::Notice => {
            let shown = contract::visit_notice(program, procedure, visitor(payload)).map(Some);
            shown.ok_or_else(|| match program.name() {
                None => Unreadable::Program(program),
                Some(_) => Unreadable::Event(header),
            })
        }
        MessageKind::ReplyError => Ok(Some(visitor(payload).visit::<MessageError>("message_error"))),
        MessageKind::Hole => Ok(Some(visitor(payload).visit::<StreamHole>("stream_hole"))),
        // A client aborts without a word, a daemon says why.
        MessageKind::Stream(StreamPart::Abort) if !payload.is_empty() => {
            Ok(Some(visitor(payload).visit::<MessageError>("message_error")))
        }
        MessageKind::Stream(_) => Ok(None),
    }
}

/// How many descriptors come with a frame: on a unix socket each is one more byte behind it. 0 for all but calls and
/// replies with descriptors, and where the word that counts them is missing or above the limit of 32.
pub fn descriptors(frame: &Frame) -> u32 {
    let with_count = matches!(frame.header.kind(), Ok(MessageKind::CallWithFds | MessageKind::ReplyWithFds));
    let count =
        frame.payload.first_chunk().filter(|_| with_count).map_or(0, |word| u32::from_be_bytes(*word));
    if count > crate::message::MESSAGE_NUM_FDS_MAX { 0 } else { count }
}

fn behind_count(kind: MessageKind, payload: &[u8]) -> Result<&[u8], Unreadable> {
    match kind {
        MessageKind::CallWithFds | MessageKind::ReplyWithFds => {
            payload.get(4..).ok_or(Unreadable::Descriptors(payload.len()))
        }
        _ => Ok(payload),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::contract::Message;
    use crate::header::Serial;
    use crate::program::ProcedureNumber;

    struct Name(usize);

    impl Visitor for Name {
        type Output = (&'static str, usize);

        fn visit<T: Message>(self, name: &'static str) -> Self::Output {
            (name, self.0)
        }
    }

    fn frame(kind: MessageKind, program: Program, procedure: i32, payload: &'static [u8]) -> Frame {
        let header = Header::new(kind, program, ProcedureNumber(procedure), Serial(1));
        Frame { header, payload: Bytes::from_static(payload) }
    }

    #[track_caller]
    fn check(frame: Frame, expected: Result<Option<(&'static str, usize)>, &str>) {
        let shown = visit(&frame, |bytes| Name(bytes.len())).map_err(|error| error.to_string());
        assert_eq!(shown, expected.map_err(str::to_owned));
    }

    #[test]
    fn header_and_contract_tell_the_type() {
        let remote = |kind, procedure, payload| frame(kind, Program::REMOTE, procedure, payload);
        check(remote(MessageKind::Call, 60, b"1234"), Ok(Some(("connect_supports_feature", 4))));
        check(remote(MessageKind::CallWithFds, 60, b"1234"), Ok(Some(("connect_supports_feature", 0))));
        check(remote(MessageKind::Reply, 60, b""), Ok(Some(("connect_supports_feature", 0))));
        check(remote(MessageKind::ReplyError, 9999, b"12"), Ok(Some(("message_error", 2))));
        check(remote(MessageKind::Notice, 107, b""), Ok(Some(("domain_event_lifecycle", 0))));
        check(remote(MessageKind::Hole, 209, b""), Ok(Some(("stream_hole", 0))));
        check(remote(MessageKind::Stream(StreamPart::Data), 209, b"12"), Ok(None));
        check(remote(MessageKind::Stream(StreamPart::Abort), 209, b""), Ok(None));
        check(remote(MessageKind::Stream(StreamPart::Abort), 209, b"1"), Ok(Some(("message_error", 1))));
        check(frame(MessageKind::Notice, Program::KEEPALIVE, 1, b""), Ok(None));
        check(remote(MessageKind::Call, 9999, b""), Err("call 9999 is not in the contract of remote"));
        check(remote(MessageKind::Notice, 60, b""), Err("event 60 is not in the contract of remote"));
        let newer = Program { version: 2, ..Program::REMOTE };
        check(
            frame(MessageKind::Call, newer, 59, b""),
            Err("program 0x20008086 version 2 is not in the contract"),
        );
        check(
            remote(MessageKind::ReplyWithFds, 60, b"12"),
            Err("payload of 2 bytes ends before the count of its descriptors"),
        );
        let mut nonsense = remote(MessageKind::Call, 60, b"");
        nonsense.header.type_word = 9;
        check(nonsense, Err("message type 9 does not exist"));
    }

    #[test]
    fn descriptors_are_counted_where_there_can_be_some() {
        let count = |kind, payload| descriptors(&frame(kind, Program::REMOTE, 249, payload));
        assert_eq!(count(MessageKind::CallWithFds, b"\0\0\0\x02rest"), 2);
        assert_eq!(count(MessageKind::Call, b"\0\0\0\x02rest"), 0);
        assert_eq!(count(MessageKind::CallWithFds, b"\0\0\0\x21"), 0);
        assert_eq!(count(MessageKind::ReplyWithFds, b"\0\0"), 0);
    }
}
