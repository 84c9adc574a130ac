//! What a client makes of a stream's packets, and what it sends in each phase of a stream.

use bytes::Bytes;
use virtwire::protocol::header::{MessageKind, Serial};
use virtwire::protocol::program::{ProcedureNumber, Program};
use virtwire::protocol::session::ProtocolError;
use virtwire::protocol::session::client::{ClientEvent, ClientSession, ReplyFault};
use virtwire::protocol::session::stream::{HoleError, StreamEvent, StreamFault};

use super::*;

/// A session with one call that opens a stream, sent.
struct Client {
    session: ClientSession,
    serial: Serial,
    procedure: i32,
}

impl Client {
    fn opening(procedure: i32, flags: u32) -> Client {
        let mut session = ClientSession::new(4);
        let body = arguments(procedure, flags);
        let serial = session.open_stream(Program::REMOTE, ProcedureNumber(procedure), body).unwrap();
        assert_eq!(whole(&session.poll_transmit().unwrap()).header, header(MessageKind::Call, procedure, 0));
        Client { session, serial, procedure }
    }

    fn open(procedure: i32, flags: u32) -> Client {
        let mut client = Client::opening(procedure, flags);
        client.hear(MessageKind::Reply, b"").unwrap();
        assert!(matches!(client.session.poll_event(), Some(ClientEvent::Replied { answer: Ok(_), .. })));
        client
    }

    fn hear(&mut self, kind: MessageKind, payload: &[u8]) -> Result<(), ProtocolError> {
        let header = header(kind, self.procedure, self.serial.0);
        self.session.handle_frame(now(), frame_of(header, payload))
    }

    #[track_caller]
    fn told(&mut self) -> Option<StreamEvent> {
        match self.session.poll_event() {
            None => None,
            Some(ClientEvent::Streamed { serial, event }) if serial == self.serial => Some(event),
            other => panic!("{other:?}"),
        }
    }

    /// The kind of the packet that is sent next.
    #[track_caller]
    fn sent(&mut self) -> Option<(MessageKind, Bytes)> {
        let frame = whole(&self.session.poll_transmit()?);
        let kind = frame.header.kind().unwrap();
        assert_eq!(frame.header, header(kind, self.procedure, self.serial.0));
        Some((kind, frame.payload))
    }

    /// The stream is gone: what comes now is late and of no consequence.
    #[track_caller]
    fn is_gone(&mut self) {
        for kind in [DATA, FINISH, ABORT, MessageKind::Hole] {
            self.hear(kind, &hole(1, 0)).unwrap();
        }
        assert_eq!((self.told(), self.sent()), (None, None));
        assert_eq!(self.session.stream_data(self.serial, 1), None);
        assert!(!self.session.finish_stream(self.serial));
    }
}

#[test]
fn data_is_told_as_it_comes_also_before_the_reply() {
    let mut client = Client::opening(DOWNLOAD, 0);
    client.hear(DATA, b"early").unwrap();
    assert_eq!(client.told(), Some(StreamEvent::Data(Bytes::from_static(b"early"))));
    client.hear(MessageKind::Reply, b"").unwrap();
    assert!(matches!(client.session.poll_event(), Some(ClientEvent::Replied { answer: Ok(_), .. })));
    client.hear(DATA, b"late").unwrap();
    assert_eq!(client.told(), Some(StreamEvent::Data(Bytes::from_static(b"late"))));
}

#[test]
fn the_end_of_the_data_is_not_the_end_of_the_stream() {
    let mut client = Client::open(DOWNLOAD, 0);
    client.hear(DATA, b"").unwrap();
    assert_eq!(client.told(), Some(StreamEvent::EndOfData));
    // Told once; what comes behind it is nothing.
    client.hear(DATA, b"").unwrap();
    client.hear(DATA, b"more").unwrap();
    assert_eq!(client.told(), None);
    assert!(client.session.finish_stream(client.serial));
    assert_eq!(client.sent(), Some((FINISH, Bytes::new())));
    client.hear(FINISH, b"").unwrap();
    assert_eq!(client.told(), Some(StreamEvent::Finish));
    client.is_gone();
}

#[test]
fn data_is_sent_with_a_head_of_its_own_and_only_while_the_stream_is_open() {
    let mut client = Client::opening(UPLOAD, 0);
    assert_eq!(client.session.stream_data(client.serial, 5), None, "no reply has come");
    assert!(!client.session.finish_stream(client.serial));
    client.hear(MessageKind::Reply, b"").unwrap();
    client.session.poll_event().unwrap();
    let head = client.session.stream_data(client.serial, 2).unwrap();
    // The test vector of the protocol's description, but for the procedure.
    let wire =
        [0, 0, 0, 0x1e, 0x20, 0, 0x80, 0x86, 0, 0, 0, 1, 0, 0, 0, 0xd0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 2];
    assert_eq!(head, wire);
    assert_eq!(client.session.stream_data(client.serial, 0), None, "no data is a daemon's end of data");
    assert!(client.session.finish_stream(client.serial));
    assert_eq!(client.session.stream_data(client.serial, 2), None, "finishing");
    assert!(!client.session.finish_stream(client.serial), "once is enough");
}

#[test]
fn a_finish_that_fails_brings_the_daemons_error() {
    let mut client = Client::open(UPLOAD, 0);
    client.session.finish_stream(client.serial);
    client.sent().unwrap();
    client.hear(ABORT, &error_payload("no space left")).unwrap();
    assert_eq!(client.told(), Some(StreamEvent::Failed(StreamFault::Remote(error("no space left").into()))));
    client.is_gone();
}

#[test]
fn the_daemons_error_ends_a_stream_in_every_phase() {
    let phases: [fn() -> Client; 4] = [
        || Client::opening(UPLOAD, 0),
        || Client::open(UPLOAD, 0),
        || {
            let mut client = Client::open(UPLOAD, 0);
            client.session.finish_stream(client.serial);
            client.sent().unwrap();
            client
        },
        || {
            let mut client = Client::open(UPLOAD, 0);
            client.session.abort_stream(client.serial);
            client.sent().unwrap();
            client
        },
    ];
    for phase in phases {
        let mut client = phase();
        client.hear(ABORT, &error_payload("gone wrong")).unwrap();
        assert_eq!(client.told(), Some(StreamEvent::Failed(StreamFault::Remote(error("gone wrong").into()))));
        client.is_gone();
        let mut client = phase();
        client.hear(ABORT, b"no error").unwrap();
        let told = client.told();
        assert!(matches!(told, Some(StreamEvent::Failed(StreamFault::UndecodableError(_)))), "{told:?}");
    }
}

#[test]
fn an_abort_is_confirmed_and_silences_the_stream() {
    let mut client = Client::open(DOWNLOAD, 0);
    client.session.abort_stream(client.serial);
    assert_eq!(client.sent(), Some((ABORT, Bytes::new())));
    client.session.abort_stream(client.serial);
    assert_eq!(client.sent(), None, "once is enough");
    client.hear(DATA, b"on its way").unwrap();
    client.hear(DATA, b"").unwrap();
    assert_eq!(client.told(), None);
    client.hear(FINISH, b"").unwrap();
    assert_eq!(client.told(), Some(StreamEvent::Aborted));
    client.is_gone();
}

#[test]
fn an_abort_waits_for_the_reply_and_comes_to_nothing_if_there_was_no_stream() {
    let mut client = Client::opening(DOWNLOAD, 0);
    client.session.abort_stream(client.serial);
    assert_eq!(client.sent(), None);
    client.hear(DATA, b"early").unwrap();
    assert_eq!(client.told(), None);
    client.hear(MessageKind::Reply, b"").unwrap();
    assert!(matches!(client.session.poll_event(), Some(ClientEvent::Replied { .. })));
    assert_eq!(client.sent(), Some((ABORT, Bytes::new())));

    let mut client = Client::opening(DOWNLOAD, 0);
    client.session.abort_stream(client.serial);
    client.hear(MessageKind::ReplyError, &error_payload("no such volume")).unwrap();
    assert!(matches!(client.session.poll_event(), Some(ClientEvent::Replied { answer: Err(_), .. })));
    client.is_gone();
}

#[test]
fn an_abort_may_overtake_a_finish_and_one_answer_ends_both() {
    let mut client = Client::open(UPLOAD, 0);
    client.session.finish_stream(client.serial);
    client.session.abort_stream(client.serial);
    assert_eq!(client.sent(), Some((FINISH, Bytes::new())));
    assert_eq!(client.sent(), Some((ABORT, Bytes::new())));
    client.hear(FINISH, b"").unwrap();
    assert_eq!(client.told(), Some(StreamEvent::Aborted));
    client.is_gone();
}

#[test]
fn a_call_that_fails_opens_nothing() {
    let mut client = Client::opening(DOWNLOAD, 0);
    client.hear(MessageKind::ReplyError, &error_payload("no such volume")).unwrap();
    let replied = client.session.poll_event();
    let expected = Err(ReplyFault::Remote(error("no such volume").into()));
    assert_eq!(replied, Some(ClientEvent::Replied { serial: client.serial, answer: expected }));
    client.is_gone();
}

#[test]
fn a_stream_whose_reply_makes_no_sense_is_aborted() {
    let mut client = Client::opening(DOWNLOAD, 0);
    let other = header(MessageKind::Reply, UPLOAD, client.serial.0);
    client.session.handle_frame(now(), frame_of(other, b"")).unwrap();
    assert!(matches!(client.session.poll_event(), Some(ClientEvent::Replied { answer: Err(_), .. })));
    assert_eq!(client.sent(), Some((ABORT, Bytes::new())));
    client.is_gone();
}

#[test]
fn an_ok_that_nobody_asked_for_ends_the_connection() {
    for mut client in [Client::opening(DOWNLOAD, 0), Client::open(DOWNLOAD, 0)] {
        let broken = client.hear(FINISH, b"");
        assert_eq!(broken, Err(ProtocolError::UnaskedFinish { serial: client.serial }));
    }
}

#[test]
fn holes_come_only_in_a_stream_that_was_opened_as_sparse() {
    let mut sparse = Client::open(DOWNLOAD, 1);
    sparse.hear(MessageKind::Hole, &hole(65_536, 0)).unwrap();
    assert_eq!(sparse.told(), Some(StreamEvent::Hole(65_536)));

    let mut plain = Client::open(DOWNLOAD, 0);
    plain.hear(MessageKind::Hole, &hole(65_536, 0)).unwrap();
    assert_eq!(plain.told(), Some(StreamEvent::Failed(StreamFault::UnexpectedHole(65_536))));
    assert_eq!(plain.sent(), Some((ABORT, Bytes::new())));
    plain.hear(FINISH, b"").unwrap();
    plain.told();
    plain.is_gone();
}

#[test]
fn a_hole_has_a_length_and_no_flags() {
    let cases = [
        (hole(0, 0), HoleError::Length(0)),
        (hole(-1, 0), HoleError::Length(-1)),
        (hole(1, 4), HoleError::Flags(4)),
    ];
    for (payload, expected) in cases {
        let mut client = Client::open(DOWNLOAD, 1);
        client.hear(MessageKind::Hole, &payload).unwrap();
        assert_eq!(client.told(), Some(StreamEvent::Failed(StreamFault::Hole(expected))));
        assert_eq!(client.sent(), Some((ABORT, Bytes::new())));
    }
    let mut client = Client::opening(DOWNLOAD, 1);
    client.hear(MessageKind::Hole, b"short").unwrap();
    let told = client.told();
    assert!(
        matches!(&told, Some(StreamEvent::Failed(StreamFault::Hole(HoleError::Undecodable(_))))),
        "{told:?}"
    );
    assert_eq!(client.sent(), None, "aborted once there is a reply");
}

#[test]
fn a_hole_is_sent_only_on_a_stream_that_was_opened_as_sparse() {
    let mut sparse = Client::open(UPLOAD, 1);
    assert!(sparse.session.stream_hole(sparse.serial, 65_536));
    assert_eq!(sparse.sent(), Some((MessageKind::Hole, hole(65_536, 0).into())));
    for impossible in [0, 1 << 63, u64::MAX] {
        assert!(!sparse.session.stream_hole(sparse.serial, impossible));
    }
    let mut plain = Client::open(UPLOAD, 0);
    assert!(!plain.session.stream_hole(plain.serial, 65_536));
    assert_eq!(plain.sent(), None);
}

#[test]
fn a_hole_that_failed_is_taken_in_either_form() {
    // As a packet of the stream: see above. As some daemons do it: an error reply that no call waits for.
    let mut client = Client::open(UPLOAD, 1);
    client.hear(MessageKind::ReplyError, &error_payload("cannot skip")).unwrap();
    assert_eq!(client.told(), Some(StreamEvent::Failed(StreamFault::Remote(error("cannot skip").into()))));
    client.is_gone();
    // Without a stream it is what it was: a reply to nothing.
    let broken = client.hear(MessageKind::ReplyError, &error_payload("cannot skip"));
    assert!(matches!(broken, Err(ProtocolError::ReplyToNoCall { .. })), "{broken:?}");
    // And a good reply is none of a stream's.
    let mut client = Client::open(UPLOAD, 1);
    let broken = client.hear(MessageKind::Reply, b"");
    assert!(matches!(broken, Err(ProtocolError::ReplyToNoCall { .. })), "{broken:?}");
}

#[test]
fn packets_of_another_procedure_are_of_another_stream() {
    let mut client = Client::open(DOWNLOAD, 0);
    let other = header(ABORT, UPLOAD, client.serial.0);
    client.session.handle_frame(now(), frame_of(other, &error_payload("other"))).unwrap();
    assert_eq!(client.told(), None);
    client.hear(DATA, b"mine").unwrap();
    assert!(client.told().is_some());
}

#[test]
fn pongs_and_calls_go_before_what_waits_and_a_stream_takes_no_place_in_the_window() {
    let mut session = ClientSession::new(1);
    session.open_stream(Program::REMOTE, ProcedureNumber(UPLOAD), arguments(UPLOAD, 0)).unwrap();
    assert!(!session.can_call());
    session.handle_frame(now(), frame_of(header(MessageKind::Reply, UPLOAD, 0), b"")).unwrap();
    assert!(session.can_call());
}
