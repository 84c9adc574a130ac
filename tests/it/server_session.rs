//! What a daemon answers, row by row as real daemons were measured to (libvirtd 7.0, 9.0 and 11.3 agree).

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use virtwire::protocol::error::{ErrorCode, RemoteError};
use virtwire::protocol::frame::{self, Draft, Frame};
use virtwire::protocol::header::{Header, Serial};
use virtwire::protocol::profile::Profile;
use virtwire::protocol::program::{ProcedureNumber, Program, Release};
use virtwire::protocol::remote::AuthType;
use virtwire::protocol::session::ProtocolError;
use virtwire::protocol::session::server::{Called, Limits, ServerEvent, ServerSession};

const CALL: i32 = 0;
const OPEN: i32 = 1;

#[test]
fn unknown_programs_and_procedures_are_refused_and_the_connection_goes_on() {
    refused(words(0x2000_8086, 2, OPEN, CALL, 0), "Cannot find program 536903814 version 2");
    refused(words(0x1234_5678, 1, OPEN, CALL, 0), "Cannot find program 305419896 version 1");
    refused(words(0xffff_ffff, 1, OPEN, CALL, 0), "Cannot find program -1 version 1");
    refused(words(0x0690_0690, 1, OPEN, CALL, 0), "Cannot find program 110102160 version 1"); // admin, on the main socket
    refused(words(0x6b65_6570, 1, OPEN, CALL, 0), "Cannot find program 1801807216 version 1"); // a ping as a call
    refused(remote(0, CALL, 0), "unknown procedure: 0");
    refused(remote(-1, CALL, 0), "unknown procedure: -1");
    refused(remote(9_999, CALL, 0), "unknown procedure: 9999");
    refused(remote(i32::MIN, CALL, 0), "unknown procedure: -2147483648");
    refused(remote(107, CALL, 0), "unknown procedure: 107"); // an event's number
    refused(remote(OPEN, CALL, 1), "Unexpected message status 1");
    refused(remote(OPEN, CALL, 3), "Unexpected message status 3");
}

#[test]
fn what_is_no_call_is_dropped_in_silence() {
    for type_word in [1, 2, 3, 5, 6, 7, -1] {
        for status in 0..=2 {
            let mut session = server();
            session.handle_frame(Instant::now(), frame(remote(OPEN, type_word, status), b"")).unwrap();
            assert_eq!(session.poll_transmit(), None, "type {type_word} status {status}");
            assert_eq!(session.poll_event(), None);
        }
    }
}

#[test]
fn a_known_procedure_reaches_the_handler_and_its_header_is_echoed() {
    let mut session = server();
    let header = Header { serial: Serial(0xffff_ffff), ..remote(OPEN, CALL, 0) };
    session.handle_frame(Instant::now(), frame(header, b"args")).unwrap();
    let called = called(&mut session);
    assert_eq!((called.info.name, &called.payload[..]), ("connect_open", &b"args"[..]));
    assert_eq!(session.poll_transmit(), None);
    session.reply(&called.header, Ok(Draft::raw(b"done").unwrap()));
    let reply = sent(&mut session).unwrap();
    assert_eq!(reply, frame(Header { type_word: 1, ..header }, b"done"));
}

#[test]
fn descriptors_are_announced_in_a_word_of_their_own() {
    let call_with_fds = 4;
    let mut session = server();
    session.handle_frame(Instant::now(), frame(remote(OPEN, call_with_fds, 0), b"\0\0\0\0args")).unwrap();
    assert_eq!(called(&mut session).payload[..], b"args"[..]);
    for count in [1_u32, 33, u32::MAX] {
        let broken = server()
            .handle_frame(Instant::now(), frame(remote(OPEN, call_with_fds, 0), &count.to_be_bytes()));
        assert_eq!(broken, Err(ProtocolError::Descriptors { count, most: 0 }));
    }
}

#[test]
fn pings_are_answered_whatever_they_carry_and_other_keepalive_packets_are_swallowed() {
    let ping = words(0x6b65_6570, 1, 1, 2, 0);
    for (header, body) in [(ping, &b""[..]), (ping, b"body"), (Header { serial: Serial(5), ..ping }, b"")] {
        let mut session = server();
        session.handle_frame(Instant::now(), frame(header, body)).unwrap();
        let pong = words(0x6b65_6570, 1, 2, 2, 0);
        assert_eq!(sent(&mut session), Some(frame(Header { serial: Serial(0), ..pong }, b"")));
    }
    for header in
        [words(0x6b65_6570, 1, 2, 2, 0), words(0x6b65_6570, 1, 3, 2, 0), words(0x6b65_6570, 2, 1, 2, 0)]
    {
        let mut session = server();
        session.handle_frame(Instant::now(), frame(header, b"")).unwrap();
        assert_eq!(sent(&mut session), None);
    }
}

#[test]
fn the_daemon_pings_only_after_feature_10_was_asked_for_and_gives_up_in_the_end() {
    let start = Instant::now();
    let mut session = server();
    assert_eq!(session.poll_timeout(), None);
    session.handle_frame(start, frame(remote(60, CALL, 0), &10_i32.to_be_bytes())).unwrap();
    assert_eq!(sent(&mut session).unwrap().payload[..], 1_i32.to_be_bytes());
    let mut pings = 0;
    let ended = loop {
        let due = session.poll_timeout().unwrap();
        match session.handle_timeout(due) {
            Ok(()) => pings += 1,
            Err(error) => break (due - start, error),
        }
        assert_eq!(sent(&mut session).unwrap().header.program, Program::KEEPALIVE);
    };
    assert_eq!(pings, 5);
    assert_eq!(ended, (Duration::from_secs(30), ProtocolError::Silent { silent_s: 30, pings: 5 }));
}

#[test]
fn a_client_that_the_daemon_does_not_read_is_not_taken_for_dead() {
    let start = Instant::now();
    let limits = Limits { requests: 1, waiting: 0, ..Limits::default() };
    let mut session = ServerSession::new(Profile::default(), limits);
    session.handle_frame(start, frame(remote(60, CALL, 0), &10_i32.to_be_bytes())).unwrap();
    session.handle_frame(start, frame(remote(OPEN, CALL, 0), b"")).unwrap();
    assert!(!session.can_receive());
    let much_later = start + Duration::from_secs(600);
    session.handle_timeout(much_later).unwrap();
    // It is read again, and has its time from now on.
    let called = called(&mut session);
    session.reply(&called.header, Ok(Draft::empty()));
    assert!(session.can_receive());
    assert!(session.poll_timeout().unwrap() > much_later);
}

/// Else its client takes the daemon for dead, and does not hear that a further call is refused.
#[test]
fn a_client_whose_call_goes_on_is_heard_while_its_daemon_winds_up() {
    let mut session = server();
    session.handle_frame(Instant::now(), frame(remote(OPEN, CALL, 0), b"")).unwrap();
    let called = called(&mut session);
    session.wind_up();
    assert!(session.can_receive() && !session.is_finished());
    session.handle_frame(Instant::now(), frame(words(0x6b65_6570, 1, 1, 2, 0), b"")).unwrap();
    assert_eq!(sent(&mut session).unwrap().header.program, Program::KEEPALIVE);
    session.handle_frame(Instant::now(), frame(remote(59, CALL, 0), b"")).unwrap();
    let refused = sent(&mut session).unwrap();
    assert_eq!(RemoteError::decode(&refused.payload).unwrap().code, ErrorCode::INTERNAL_ERROR);
    session.reply(&called.header, Ok(Draft::empty()));
    assert!(!session.can_receive() && !session.is_finished(), "the answer is to go out");
    assert_eq!(sent(&mut session).unwrap().header.status_word, 0);
    assert!(session.is_finished());
}

#[test]
fn pings_that_are_not_read_cost_one_pong() {
    let mut session = server();
    for _ in 0..1_000 {
        session.handle_frame(Instant::now(), frame(words(0x6b65_6570, 1, 1, 2, 0), b"")).unwrap();
    }
    assert!(sent(&mut session).is_some());
    assert_eq!(sent(&mut session), None);
}

#[test]
fn an_old_daemon_has_neither_the_procedure_nor_the_feature() {
    let old = Profile::of(Release::new(0, 4, 4));
    let mut session = ServerSession::new(old.clone(), Limits::default());
    session.handle_frame(Instant::now(), frame(remote(60, CALL, 0), &10_i32.to_be_bytes())).unwrap();
    assert_eq!(sent(&mut session).unwrap().payload[..], 0_i32.to_be_bytes());
    assert_eq!(session.poll_timeout(), None);
    for (number, there) in
        [(61, true), (62, true), (63, true), (107, false), (108, false), (109, false), (302, false)]
    {
        session.handle_frame(Instant::now(), frame(remote(number, CALL, 0), b"")).unwrap();
        assert_eq!(session.poll_event().is_some(), there, "{number}");
    }
    assert!(old.has_feature(1) && !old.has_feature(3) && !old.has_feature(999));
    let without = Profile::default().without(ProcedureNumber(108));
    assert!(without.has_feature(3) && without.call(Program::REMOTE, ProcedureNumber(108)).is_none());
}

#[test]
fn goodbye_is_answered_and_nothing_is_read_after_it() {
    let mut session = server();
    session.handle_frame(Instant::now(), frame(remote(2, CALL, 0), b"")).unwrap();
    assert!(!session.can_receive() && !session.is_finished());
    assert_eq!(sent(&mut session).unwrap().header.status_word, 0);
    assert!(session.is_finished());
}

#[test]
fn without_authentication_the_list_has_one_entry_and_the_other_calls_fail() {
    let mut session = server();
    session.handle_frame(Instant::now(), frame(remote(66, CALL, 0), b"")).unwrap();
    assert_eq!(sent(&mut session).unwrap().payload[..], [0, 0, 0, 1, 0, 0, 0, 0]);
    for number in 67..=70 {
        session.handle_frame(Instant::now(), frame(remote(number, CALL, 0), b"")).unwrap();
        assert_eq!(sent(&mut session).unwrap().header.status_word, 1, "{number}");
    }
}

#[test]
fn what_a_client_makes_a_daemon_hold_is_limited() {
    let limits = Limits { requests: 2, waiting: 0, queued_bytes: 100, ..Limits::default() };
    let mut session = ServerSession::new(Profile::default(), limits);
    for _ in 0..2 {
        assert!(session.can_receive());
        session.handle_frame(Instant::now(), frame(remote(OPEN, CALL, 0), b"")).unwrap();
    }
    assert!(!session.can_receive());
    let called = called(&mut session);
    session.reply(&called.header, Ok(Draft::raw(&[0; 100]).unwrap()));
    assert!(!session.can_receive(), "the reply waits to be read");
    let event =
        |session: &mut ServerSession| session.notify(Program::REMOTE, ProcedureNumber(318), Draft::empty());
    assert!(event(&mut session).is_err());
    while session.poll_transmit().is_some() {}
    assert!(session.can_receive());
    event(&mut session).unwrap();
}

/// A call of the type that brings descriptors, and brings none, waits for its turn as others do.
#[test]
fn a_call_that_could_bring_descriptors_and_brings_none_goes_round_no_limit() {
    let limits = Limits { requests: 2, ..Limits::default() };
    for (count, at_once) in [(0_u32, 2), (1, 4)] {
        let mut session = ServerSession::new(Profile::default(), limits);
        session.carry_descriptors();
        for serial in 0..4 {
            let header = Header { serial: Serial(serial), ..remote(OPEN, 4, 0) };
            session.handle_frame(Instant::now(), frame(header, &count.to_be_bytes())).unwrap();
        }
        let started = std::iter::from_fn(|| session.poll_event()).count();
        assert_eq!(started, at_once, "{count} descriptors");
    }
}

/// Replies that are not read are those of the calls that were at work; the others wait, and not for ever.
#[test]
fn calls_that_wait_are_begun_as_the_client_reads() {
    const SLOW: i32 = 33;
    let limits = Limits { requests: 2, waiting: 5, queued_bytes: 1_000, ..Limits::default() };
    let mut session = ServerSession::new(Profile::default(), limits);
    for serial in 0..7 {
        assert!(session.can_receive());
        let header = Header { serial: Serial(serial), ..remote(SLOW, CALL, 0) };
        session.handle_frame(Instant::now(), frame(header, b"")).unwrap();
    }
    assert!(!session.can_receive(), "five wait");
    let answer = |session: &mut ServerSession, called: &Called| {
        session.reply(&called.header, Ok(Draft::raw(&[0; 1_000]).unwrap()));
    };
    let mut begun = vec![called(&mut session), called(&mut session)];
    for next in 2..7 {
        assert_eq!(session.poll_event(), None, "two are at work");
        // The first whose reply waits takes both places, until it is handed out.
        answer(&mut session, &begun[next - 2]);
        assert_eq!(session.poll_event(), None);
        assert!(!session.can_receive());
        let ping = words(0x6b65_6570, 1, 1, 2, 0);
        session.handle_frame(Instant::now(), frame(ping, b"")).unwrap();
        assert_eq!(sent(&mut session).unwrap().header.program, Program::KEEPALIVE);
        assert_eq!(session.poll_event(), None);
        assert!(sent(&mut session).is_some());
        begun.push(called(&mut session));
    }
    assert!(session.can_receive());
    for called in &begun[5..] {
        answer(&mut session, called);
    }
    let serials: Vec<_> = begun.iter().map(|called| called.header.serial.0).collect();
    assert_eq!((serials, session.poll_event()), ((0..7).collect(), None));
}

/// A call that comes while others wait for their turn goes behind them, also where a place is free.
#[test]
fn a_call_does_not_overtake_those_that_wait_for_the_client_to_read() {
    const SLOW: i32 = 33;
    let limits = Limits { requests: 1, queued_bytes: 100, ..Limits::default() };
    let mut session = ServerSession::new(Profile::default(), limits);
    let hear = |session: &mut ServerSession, serial| {
        let header = Header { serial: Serial(serial), ..remote(SLOW, CALL, 0) };
        session.handle_frame(Instant::now(), frame(header, b"")).unwrap();
    };
    hear(&mut session, 0);
    hear(&mut session, 1);
    let first = called(&mut session);
    session.reply(&first.header, Ok(Draft::raw(&[0; 100]).unwrap()));
    assert!(sent(&mut session).is_some());
    hear(&mut session, 2);
    let second = called(&mut session);
    assert_eq!((second.header.serial.0, session.poll_event()), (1, None));
    session.reply(&second.header, Ok(Draft::empty()));
    assert_eq!(called(&mut session).header.serial.0, 2);
}

fn called(session: &mut ServerSession) -> Called {
    match session.poll_event() {
        Some(ServerEvent::Called(called)) => called,
        other => panic!("{other:?}"),
    }
}

fn server() -> ServerSession {
    ServerSession::new(Profile::default(), Limits::default())
}

fn words(number: u32, version: u32, procedure: i32, type_word: i32, status_word: i32) -> Header {
    let program = Program { number, version };
    Header { program, procedure: ProcedureNumber(procedure), type_word, serial: Serial(7), status_word }
}

fn remote(procedure: i32, type_word: i32, status_word: i32) -> Header {
    words(0x2000_8086, 1, procedure, type_word, status_word)
}

fn frame(header: Header, payload: &[u8]) -> Frame {
    Frame { header, payload: Bytes::copy_from_slice(payload) }
}

fn sent(session: &mut ServerSession) -> Option<Frame> {
    let mut bytes = BytesMut::from(&session.poll_transmit()?[..]);
    let frame = frame::split(&mut bytes).unwrap().unwrap();
    assert!(bytes.is_empty());
    Some(frame)
}

#[track_caller]
fn refused(header: Header, message: &str) {
    let mut session = server();
    session.handle_frame(Instant::now(), frame(header, b"")).unwrap();
    assert_eq!(session.poll_event(), None);
    let answer = sent(&mut session).unwrap();
    assert_eq!(answer.header, Header { type_word: 1, status_word: 1, ..header });
    let error = RemoteError::decode(&answer.payload).unwrap();
    assert_eq!((error.code.0, error.domain.0, error.level, error.to_string().as_str()), (39, 7, 2, message));
    assert!(session.can_receive());
}

#[test]
fn a_client_that_is_not_known_may_only_say_who_it_is() {
    let mut session = server();
    session.ask_who(AuthType::Sasl);
    let call = |session: &mut ServerSession, number| {
        session.handle_frame(Instant::now(), frame(remote(number, CALL, 0), &10_i32.to_be_bytes())).unwrap();
    };
    // Nothing else, not even the close or feature 10, and no other way than the one that is asked for.
    for number in [1, 2, 60, 110, 201, 70] {
        call(&mut session, number);
        assert_eq!(sent(&mut session).unwrap().header.status_word, 1, "{number}");
        assert_eq!(session.poll_event(), None, "{number}");
    }
    assert_eq!((session.poll_timeout(), session.is_finished()), (None, false));
    let lxc = words(Program::LXC.number, 1, 1, CALL, 0);
    session.handle_frame(Instant::now(), frame(lxc, b"")).unwrap();
    assert_eq!((sent(&mut session).unwrap().header.status_word, session.poll_event()), (1, None));
    // Unknown procedures are told from others first, as libvirt's daemons do.
    call(&mut session, 9_999);
    assert!(
        String::from_utf8_lossy(&sent(&mut session).unwrap().payload).contains("unknown procedure: 9999")
    );
    call(&mut session, 66);
    assert_eq!(sent(&mut session).unwrap().payload[..], [0, 0, 0, 1, 0, 0, 0, 1]);

    // One step at a time, whatever else it says meanwhile.
    call(&mut session, 67);
    let Some(ServerEvent::Authenticate(init)) = session.poll_event() else { panic!("no event") };
    for number in [66, 1, 67, 68] {
        call(&mut session, number);
        assert_eq!(session.poll_event(), None, "{number}");
        assert!(sent(&mut session).is_some());
    }
    session.reply(&init.header, Ok(Draft::empty()));
    assert!(sent(&mut session).is_some() && !session.is_authenticated());
    call(&mut session, 68);
    assert!(matches!(session.poll_event(), Some(ServerEvent::Authenticate(_))));

    // Then it is served, and its way in is behind it.
    session.authenticated();
    call(&mut session, 1);
    assert!(matches!(session.poll_event(), Some(ServerEvent::Called(_))));
    call(&mut session, 66);
    assert_eq!(sent(&mut session).unwrap().payload[..], [0, 0, 0, 1, 0, 0, 0, 0]);
    call(&mut session, 67);
    assert_eq!(sent(&mut session).unwrap().header.status_word, 1);
}

#[test]
fn a_client_that_is_not_known_makes_a_daemon_hold_little() {
    let mut session = server();
    session.ask_who(AuthType::Polkit);
    let mut bytes = 0;
    while session.can_receive() {
        session.handle_frame(Instant::now(), frame(remote(1, CALL, 0), b"")).unwrap();
        assert_eq!(session.poll_event(), None);
        bytes += 300;
        assert!(bytes < 64 * 1024, "it reads on and on");
    }
}

#[test]
fn whoever_is_kept_out_is_told_once() {
    let mut session = server();
    session.keep_out(RemoteError::auth_failed());
    assert!(!session.is_authenticated());
    session.handle_frame(Instant::now(), frame(remote(66, CALL, 0), b"")).unwrap();
    assert_eq!(sent(&mut session).unwrap().header.status_word, 1);
    assert!(!session.can_receive() && session.is_finished());
}
