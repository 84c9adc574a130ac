//! What a client makes of whatever a daemon sends, in the order of the wire's types.

use std::time::Instant;

use bytes::{Bytes, BytesMut};
use virtwire::protocol::error::RemoteError;
use virtwire::protocol::frame::{self, Draft, Frame};
use virtwire::protocol::header::{Header, MessageKind, Nonsense, Serial, StreamPart};
use virtwire::protocol::program::{ProcedureNumber, Program};
use virtwire::protocol::session::ProtocolError;
use virtwire::protocol::session::client::{ClientEvent, ClientSession, ReplyFault};

const PROCEDURE: ProcedureNumber = ProcedureNumber(14);

#[test]
fn serials_count_from_0_and_replies_come_in_any_order() {
    let mut session = ClientSession::new(8);
    let serials: Vec<_> = (0..3).map(|_| call(&mut session)).collect();
    assert_eq!(serials, [Serial(0), Serial(1), Serial(2)]);
    for serial in [2, 0, 1] {
        hear(&mut session, MessageKind::Reply, serial, b"x").unwrap();
        let answer = Ok(Bytes::from_static(b"x"));
        assert_eq!(session.poll_event(), Some(ClientEvent::Replied { serial: Serial(serial), answer }));
    }
}

#[test]
fn a_reply_that_nobody_waits_for_ends_the_connection() {
    let mut session = ClientSession::new(8);
    let serial = call(&mut session);
    hear(&mut session, MessageKind::Reply, 0, b"").unwrap();
    for stray in [serial, Serial(1)] {
        let broken = hear(&mut session, MessageKind::Reply, stray.0, b"");
        let expected =
            ProtocolError::ReplyToNoCall { program: Program::REMOTE, procedure: PROCEDURE, serial: stray };
        assert_eq!(broken, Err(expected));
    }
}

#[test]
fn a_reply_that_does_not_fit_its_call_fails_that_call_alone() {
    let mut session = ClientSession::new(8);
    let fault = |session: &mut ClientSession, change: &dyn Fn(&mut Header)| {
        let serial = call(session);
        let mut header = Header::new(MessageKind::Reply, Program::REMOTE, PROCEDURE, serial);
        change(&mut header);
        session.handle_frame(Instant::now(), Frame { header, payload: Bytes::new() }).unwrap();
        match session.poll_event() {
            Some(ClientEvent::Replied { serial: replied, answer: Err(fault) }) if replied == serial => fault,
            other => panic!("{other:?}"),
        }
    };
    let other = fault(&mut session, &|header| header.procedure = ProcedureNumber(15));
    assert_eq!(other, ReplyFault::OtherProcedure { called: PROCEDURE, replied: ProcedureNumber(15) });
    let status = fault(&mut session, &|header| header.status_word = 2);
    assert_eq!(status, ReplyFault::Nonsense(Nonsense::Status { type_word: 1, status: 2 }));
    let error = fault(&mut session, &|header| header.status_word = 1);
    assert!(matches!(error, ReplyFault::UndecodableError(_)), "{error:?}");
    assert!(session.can_call());
}

#[test]
fn an_error_reply_carries_the_daemons_own_words() {
    let mut session = ClientSession::new(8);
    call(&mut session);
    let error = RemoteError::unknown_procedure(108);
    let body = error.encode().unwrap();
    hear(&mut session, MessageKind::ReplyError, 0, body.payload()).unwrap();
    let answer = Err(ReplyFault::Remote(error.into()));
    assert_eq!(session.poll_event(), Some(ClientEvent::Replied { serial: Serial(0), answer }));
}

#[test]
fn events_of_libvirts_programs_are_told_whatever_their_serial_and_others_end_the_connection() {
    let mut session = ClientSession::new(8);
    hear(&mut session, MessageKind::Notice, 1, b"body").unwrap();
    assert!(matches!(session.poll_event(), Some(ClientEvent::Noticed { procedure: PROCEDURE, .. })));
    let stranger = Program { number: 1, version: 1 };
    let header = Header::new(MessageKind::Notice, stranger, PROCEDURE, Serial(1));
    let broken = session.handle_frame(Instant::now(), Frame { header, payload: Bytes::new() });
    assert_eq!(broken, Err(ProtocolError::UnknownNotice { program: stranger, procedure: PROCEDURE }));
}

#[test]
fn late_stream_packets_are_ignored_and_what_only_clients_send_ends_the_connection() {
    let mut session = ClientSession::new(8);
    for kind in
        [MessageKind::Stream(StreamPart::Data), MessageKind::Stream(StreamPart::Finish), MessageKind::Hole]
    {
        hear(&mut session, kind, 0, b"").unwrap();
    }
    assert_eq!(session.poll_event(), None);
    for kind in [MessageKind::Call, MessageKind::CallWithFds] {
        assert!(matches!(hear(&mut session, kind, 0, b""), Err(ProtocolError::NotForClients(_))));
    }
    let header =
        Header { type_word: 7, ..Header::new(MessageKind::Call, Program::REMOTE, PROCEDURE, Serial(0)) };
    let broken = session.handle_frame(Instant::now(), Frame { header, payload: Bytes::new() });
    assert_eq!(broken, Err(ProtocolError::Nonsense(Nonsense::Type(7))));
}

#[test]
fn the_window_limits_the_calls_in_flight() {
    let mut session = ClientSession::new(2);
    call(&mut session);
    call(&mut session);
    assert!(!session.can_call());
    let refused = session.call(Program::REMOTE, PROCEDURE, Draft::empty()).unwrap_err();
    assert_eq!(refused.waiting, 2);
    assert_eq!(session.poll_transmit(), None, "the refused call was not sent");
    hear(&mut session, MessageKind::Reply, 0, b"").unwrap();
    assert!(session.can_call());
}

#[test]
fn a_ping_is_answered_by_a_pong() {
    let mut session = ClientSession::new(2);
    let ping = virtwire::protocol::session::keepalive::ping();
    let mut bytes = BytesMut::from(&ping[..]);
    session.handle_frame(Instant::now(), frame::split(&mut bytes).unwrap().unwrap()).unwrap();
    let pong = session.poll_transmit().unwrap();
    assert_eq!(pong[..12], ping[..12]);
    assert_eq!(pong[12..16], [0, 0, 0, 2]);
}

#[test]
fn pings_that_are_not_read_cost_one_pong() {
    let mut session = ClientSession::new(2);
    for _ in 0..1_000 {
        let mut bytes = BytesMut::from(&virtwire::protocol::session::keepalive::ping()[..]);
        session.handle_frame(Instant::now(), frame::split(&mut bytes).unwrap().unwrap()).unwrap();
    }
    assert!(session.poll_transmit().is_some());
    assert_eq!(session.poll_transmit(), None);
}

/// Makes a call and lets it be sent.
fn call(session: &mut ClientSession) -> Serial {
    let serial = session.call(Program::REMOTE, PROCEDURE, Draft::empty()).unwrap();
    let sent = session.poll_transmit().unwrap();
    assert_eq!(sent[20..24], serial.0.to_be_bytes());
    serial
}

fn hear(
    session: &mut ClientSession,
    kind: MessageKind,
    serial: u32,
    payload: &[u8],
) -> Result<(), ProtocolError> {
    let header = Header::new(kind, Program::REMOTE, PROCEDURE, Serial(serial));
    session.handle_frame(Instant::now(), Frame { header, payload: Bytes::copy_from_slice(payload) })
}
