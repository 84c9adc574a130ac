//! What a daemon makes of a stream's packets, and what it sends in each phase of a stream.

use bytes::Bytes;
use virtwire::protocol::error::RemoteError;
use virtwire::protocol::frame::Draft;
use virtwire::protocol::header::{Header, MessageKind, Nonsense};
use virtwire::protocol::profile::Profile;
use virtwire::protocol::session::ProtocolError;
use virtwire::protocol::session::server::{Limits, ServerEvent, ServerSession};
use virtwire::protocol::session::stream::{HoleError, StreamEvent, StreamFault, StreamId};

use super::*;

/// A session with one call that opens a stream, heard.
struct Daemon {
    session: ServerSession,
    call: Header,
}

impl Daemon {
    fn opening(procedure: i32, flags: u32) -> Daemon {
        Daemon::with(Limits::default(), procedure, flags)
    }

    fn with(limits: Limits, procedure: i32, flags: u32) -> Daemon {
        let mut session = ServerSession::new(Profile::default(), limits);
        let call = header(MessageKind::Call, procedure, 7);
        session.handle_frame(now(), frame_of(call, arguments(procedure, flags).payload())).unwrap();
        assert!(matches!(session.poll_event(), Some(ServerEvent::Called(called)) if called.header == call));
        Daemon { session, call }
    }

    fn open(procedure: i32, flags: u32) -> Daemon {
        let mut daemon = Daemon::opening(procedure, flags);
        daemon.answer();
        daemon
    }

    fn answer(&mut self) {
        self.session.reply(&self.call, Ok(Draft::empty()));
        assert_eq!(self.sent().unwrap().0, MessageKind::Reply);
    }

    fn id(&self) -> StreamId {
        StreamId::of(&self.call)
    }

    fn hear(&mut self, kind: MessageKind, payload: &[u8]) -> Result<(), ProtocolError> {
        self.session.handle_frame(now(), frame_of(self.call.answer(kind), payload))
    }

    #[track_caller]
    fn told(&mut self) -> Option<StreamEvent> {
        let expected = self.id();
        match self.session.poll_event() {
            None => None,
            Some(ServerEvent::Streamed { id, event }) if id == expected => Some(event),
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn sent(&mut self) -> Option<(MessageKind, Bytes)> {
        let frame = whole(&self.session.poll_transmit()?);
        let kind = frame.header.kind().unwrap();
        assert_eq!(frame.header, self.call.answer(kind));
        Some((kind, frame.payload))
    }

    #[track_caller]
    fn is_gone(&mut self) {
        for kind in [DATA, FINISH, ABORT, MessageKind::Hole] {
            self.hear(kind, &hole(1, 0)).unwrap();
        }
        assert_eq!((self.told(), self.sent()), (None, None));
        let id = self.id();
        assert_eq!(self.session.stream_data(id, 1), None);
        assert!(!self.session.end_of_data(id) && !self.session.confirm_finish(id));
        assert!(!self.session.fail_stream(id, &error("too late")));
    }
}

#[test]
fn data_is_told_as_it_comes_and_none_at_all_is_nothing() {
    let mut daemon = Daemon::opening(UPLOAD, 0);
    daemon.hear(DATA, b"early").unwrap();
    assert_eq!(daemon.told(), Some(StreamEvent::Data(Bytes::from_static(b"early"))));
    daemon.answer();
    daemon.hear(DATA, b"").unwrap();
    assert_eq!(daemon.told(), None);
    daemon.hear(DATA, b"more").unwrap();
    assert_eq!(daemon.told(), Some(StreamEvent::Data(Bytes::from_static(b"more"))));
}

#[test]
fn a_finish_is_granted_when_the_handler_says_so() {
    let mut daemon = Daemon::open(UPLOAD, 0);
    let id = daemon.id();
    assert!(!daemon.session.confirm_finish(id), "nobody has asked");
    daemon.hear(FINISH, b"").unwrap();
    assert_eq!(daemon.told(), Some(StreamEvent::Finish));
    daemon.hear(FINISH, b"").unwrap();
    daemon.hear(DATA, b"behind it").unwrap();
    assert_eq!((daemon.told(), daemon.sent()), (None, None));
    assert!(daemon.session.confirm_finish(id));
    assert_eq!(daemon.sent(), Some((FINISH, Bytes::new())));
    daemon.is_gone();
}

#[test]
fn a_finish_may_be_refused_with_an_error() {
    let mut daemon = Daemon::open(UPLOAD, 0);
    let id = daemon.id();
    daemon.hear(FINISH, b"").unwrap();
    daemon.told().unwrap();
    assert!(daemon.session.fail_stream(id, &error("no space left")));
    assert_eq!(daemon.sent(), Some((ABORT, error_payload("no space left").into())));
    daemon.is_gone();
}

/// A daemon that ends lets a stream come to its end, and begins nothing new.
#[test]
fn an_open_stream_goes_on_while_its_daemon_winds_up() {
    let mut daemon = Daemon::open(UPLOAD, 0);
    let id = daemon.id();
    daemon.session.wind_up();
    assert!(daemon.session.can_receive() && !daemon.session.is_finished());
    daemon.hear(DATA, b"the rest").unwrap();
    assert_eq!(daemon.told(), Some(StreamEvent::Data(Bytes::from_static(b"the rest"))));
    // Another stream is refused, and the open one is none the worse where they have one name.
    for serial in [7, 8] {
        let call = header(MessageKind::Call, UPLOAD, serial);
        daemon.session.handle_frame(now(), frame_of(call, arguments(UPLOAD, 0).payload())).unwrap();
        let refusal = whole(&daemon.session.poll_transmit().unwrap());
        assert_eq!(refusal.header, call.answer(MessageKind::ReplyError));
        let error = RemoteError::decode(&refusal.payload).unwrap();
        assert_eq!((error.code, error.domain), (ErrorCode::INTERNAL_ERROR, ErrorDomain::RPC));
        assert_eq!(daemon.told(), None);
    }
    daemon.hear(FINISH, b"").unwrap();
    assert_eq!(daemon.told(), Some(StreamEvent::Finish));
    assert!(!daemon.session.is_finished(), "its handler has the last word");
    assert!(daemon.session.confirm_finish(id));
    assert!(!daemon.session.can_receive() && !daemon.session.is_finished());
    assert_eq!(daemon.sent(), Some((FINISH, Bytes::new())));
    assert!(daemon.session.is_finished());
}

#[test]
fn a_client_may_say_goodbye_to_a_daemon_that_winds_up() {
    let mut daemon = Daemon::opening(DOWNLOAD, 0);
    daemon.session.wind_up();
    assert!(daemon.session.can_receive(), "the client may abort what it is opening");
    daemon.session.handle_frame(now(), frame_of(header(MessageKind::Call, 2, 9), b"")).unwrap();
    assert!(!daemon.session.can_receive());
    assert_eq!(whole(&daemon.session.poll_transmit().unwrap()).header.serial.0, 9);
    assert!(daemon.session.is_finished());
    // Nothing leads back.
    daemon.session.wind_up();
    assert!(daemon.session.is_finished());
}

#[test]
fn an_abort_is_confirmed_in_every_phase() {
    let phases: [fn() -> Daemon; 3] = [
        || Daemon::opening(DOWNLOAD, 0),
        || Daemon::open(DOWNLOAD, 0),
        || {
            let mut daemon = Daemon::open(DOWNLOAD, 0);
            daemon.hear(FINISH, b"").unwrap();
            daemon.told().unwrap();
            daemon
        },
    ];
    for phase in phases {
        let mut daemon = phase();
        daemon.hear(ABORT, b"").unwrap();
        assert_eq!(daemon.told(), Some(StreamEvent::Aborted));
        assert_eq!(daemon.sent(), Some((FINISH, Bytes::new())));
        daemon.is_gone();
    }
}

#[test]
fn a_status_that_does_not_exist_is_an_abort_answered_by_an_error() {
    let mut daemon = Daemon::open(UPLOAD, 0);
    let header = Header { status_word: 3, ..daemon.call.answer(DATA) };
    daemon.session.handle_frame(now(), frame_of(header, b"")).unwrap();
    let nonsense = Nonsense::Status { type_word: 3, status: 3 };
    assert_eq!(daemon.told(), Some(StreamEvent::Failed(StreamFault::Nonsense(nonsense))));
    let (kind, payload) = daemon.sent().unwrap();
    let error = RemoteError::decode(&payload).unwrap();
    assert_eq!((kind, error.code.0, error.domain.0), (ABORT, 39, 38));
    daemon.is_gone();
}

#[test]
fn data_goes_out_until_its_end_or_the_clients_finish() {
    let mut daemon = Daemon::opening(DOWNLOAD, 0);
    let id = daemon.id();
    assert_eq!(daemon.session.stream_data(id, 5), None, "the call is not answered");
    assert!(!daemon.session.fail_stream(id, &error("the reply says so")));
    daemon.answer();
    // The test vector of the protocol's description.
    let wire =
        [0, 0, 0, 0x1e, 0x20, 0, 0x80, 0x86, 0, 0, 0, 1, 0, 0, 0, 0xd1, 0, 0, 0, 3, 0, 0, 0, 7, 0, 0, 0, 2];
    assert_eq!(daemon.session.stream_data(id, 2), Some(wire));
    assert!(daemon.session.end_of_data(id));
    assert_eq!(daemon.sent(), Some((DATA, Bytes::new())));
    assert_eq!(daemon.session.stream_data(id, 2), None);
    assert!(!daemon.session.end_of_data(id), "once");

    let mut finishing = Daemon::open(DOWNLOAD, 0);
    let id = finishing.id();
    finishing.hear(FINISH, b"").unwrap();
    assert_eq!(finishing.session.stream_data(id, 2), None);
    assert!(!finishing.session.end_of_data(id));
    assert!(finishing.session.confirm_finish(id));
}

#[test]
fn a_failed_call_leaves_no_stream() {
    let mut daemon = Daemon::opening(DOWNLOAD, 0);
    daemon.session.reply(&daemon.call.clone(), Err(error("no such volume")));
    assert_eq!(daemon.sent().unwrap().0, MessageKind::ReplyError);
    daemon.is_gone();
}

#[test]
fn a_hole_in_a_stream_that_is_not_sparse_ends_the_connection() {
    let mut plain = Daemon::open(UPLOAD, 0);
    let broken = plain.hear(MessageKind::Hole, &hole(65_536, 0));
    assert_eq!(broken, Err(ProtocolError::UnexpectedHole { serial: plain.call.serial }));
    assert!(!plain.session.stream_hole(plain.id(), 65_536));

    let mut sparse = Daemon::open(UPLOAD, 1);
    sparse.hear(MessageKind::Hole, &hole(65_536, 0)).unwrap();
    assert_eq!(sparse.told(), Some(StreamEvent::Hole(65_536)));

    // The vector of the protocol's description.
    let mut sparse = Daemon::open(DOWNLOAD, 1);
    let id = sparse.id();
    assert!(sparse.session.stream_hole(id, 65_536));
    let wire = [
        0, 0, 0, 0x28, 0x20, 0, 0x80, 0x86, 0, 0, 0, 1, 0, 0, 0, 0xd1, 0, 0, 0, 6, 0, 0, 0, 7, 0, 0, 0, 2, 0,
        0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,
    ];
    assert_eq!(sparse.session.poll_transmit().unwrap()[..], wire);
}

#[test]
fn a_hole_that_makes_no_sense_fails_the_stream_by_a_packet_of_the_stream() {
    for (payload, expected) in [(hole(0, 0), HoleError::Length(0)), (hole(5, 1), HoleError::Flags(1))] {
        let mut daemon = Daemon::open(UPLOAD, 1);
        daemon.hear(MessageKind::Hole, &payload).unwrap();
        assert_eq!(daemon.told(), Some(StreamEvent::Failed(StreamFault::Hole(expected))));
        let (kind, payload) = daemon.sent().unwrap();
        let error = RemoteError::decode(&payload).unwrap();
        assert_eq!((kind, error.code.0, error.domain.0), (ABORT, 39, 38));
        daemon.is_gone();
    }
}

#[test]
fn streams_take_no_place_among_the_requests_and_have_a_limit_of_their_own() {
    let limits = Limits { requests: 1, waiting: 0, streams: 1, ..Limits::default() };
    let mut daemon = Daemon::with(limits, UPLOAD, 0);
    assert!(!daemon.session.can_receive(), "the call is one");
    daemon.answer();
    for _ in 0..100 {
        daemon.hear(DATA, b"data").unwrap();
    }
    assert!(daemon.session.can_receive());
    while daemon.told().is_some() {}

    let second = header(MessageKind::Call, UPLOAD, 8);
    daemon.session.handle_frame(now(), frame_of(second, arguments(UPLOAD, 0).payload())).unwrap();
    let refused = whole(&daemon.session.poll_transmit().unwrap());
    assert_eq!(refused.header, second.answer(MessageKind::ReplyError));
    let error = RemoteError::decode(&refused.payload).unwrap();
    assert_eq!(error.to_string(), "too many streams are open on this connection");
    assert!(daemon.session.can_receive());
    daemon.hear(DATA, b"data").unwrap();
    assert!(daemon.told().is_some(), "the first goes on");
}

#[test]
fn a_second_stream_of_the_same_name_is_refused_and_the_first_goes_on() {
    let mut daemon = Daemon::open(UPLOAD, 0);
    let call = daemon.call;
    daemon.session.handle_frame(now(), frame_of(call, arguments(UPLOAD, 0).payload())).unwrap();
    assert_eq!(daemon.sent().unwrap().0, MessageKind::ReplyError);
    assert!(daemon.session.can_receive());
    daemon.hear(DATA, b"data").unwrap();
    assert!(daemon.told().is_some());
    // The same serial under another procedure is another stream.
    let other = header(MessageKind::Call, DOWNLOAD, 7);
    daemon.session.handle_frame(now(), frame_of(other, arguments(DOWNLOAD, 0).payload())).unwrap();
    assert!(matches!(daemon.session.poll_event(), Some(ServerEvent::Called(_))));
}

#[test]
fn a_name_is_free_again_only_when_its_call_is_answered() {
    let mut daemon = Daemon::opening(UPLOAD, 0);
    let call = daemon.call;
    daemon.hear(ABORT, b"").unwrap();
    assert_eq!(daemon.told(), Some(StreamEvent::Aborted));
    assert_eq!(daemon.sent().unwrap().0, FINISH);
    // A second call of that name: the answer to the first would be taken for its own.
    daemon.session.handle_frame(now(), frame_of(call, arguments(UPLOAD, 0).payload())).unwrap();
    assert_eq!(daemon.session.poll_event(), None);
    assert_eq!(daemon.sent().unwrap().0, MessageKind::ReplyError);
    daemon.answer();
    daemon.is_gone();
    daemon.session.handle_frame(now(), frame_of(call, arguments(UPLOAD, 0).payload())).unwrap();
    assert!(matches!(daemon.session.poll_event(), Some(ServerEvent::Called(_))));
}

#[test]
fn data_in_answer_to_what_only_sends_some_is_dropped() {
    let mut daemon = Daemon::open(DOWNLOAD, 1);
    daemon.hear(DATA, b"for nobody").unwrap();
    daemon.hear(MessageKind::Hole, &hole(1, 0)).unwrap();
    assert_eq!(daemon.told(), None);
    daemon.hear(FINISH, b"").unwrap();
    assert_eq!(daemon.told(), Some(StreamEvent::Finish));
}
