//! A daemon's session against a hostile client: no panic, no more calls in progress than allowed, and every call is
//! answered once, in a frame that a client can read.
#![no_main]

use std::time::{Duration, Instant};

use arbitrary::{Arbitrary, Unstructured};
use bytes::{Bytes, BytesMut};
use libfuzzer_sys::fuzz_target;
use virtwire_protocol::error::RemoteError;
use virtwire_protocol::frame::{self, Draft, Frame};
use virtwire_protocol::header::{Header, MessageKind, Serial};
use virtwire_protocol::profile::Profile;
use virtwire_protocol::program::{ProcedureNumber, Program, Release};
use virtwire_protocol::session::server::{Limits, ServerEvent, ServerSession};
use virtwire_protocol::session::stream::{StreamEvent, StreamId};

#[derive(Arbitrary, Debug)]
enum Step {
    Bytes(Vec<u8>),
    /// A frame that is likelier to be understood than random bytes.
    Frame { program: u8, procedure: u16, type_word: i8, serial: u8, status: i8, payload: Vec<u8> },
    Answer { which: u8, failed: bool },
    /// The handler of a stream does something.
    Stream { which: u8, deed: u8, length: u64 },
    Wait { ms: u16 },
    Drain,
}

// A first byte of 0 means that a client's bytes follow, as they were recorded.
fuzz_target!(|data: &[u8]| match data.split_first() {
    Some((0, recorded)) => run(3, vec![Step::Bytes(recorded.to_vec())]),
    Some((age, rest)) => {
        if let Ok(steps) = Vec::arbitrary(&mut Unstructured::new(rest)) {
            run(*age, steps);
        }
    }
    None => {}
});

fn run(age: u8, steps: Vec<Step>) {
    let releases = [Release::new(0, 3, 0), Release::new(0, 4, 4), Release::new(9, 0, 0), Release::NEWEST];
    let profile = Profile::of(releases[usize::from(age) % releases.len()]);
    let limits = Limits {
        requests: 4,
        waiting: 4,
        call_bytes: 65_536,
        queued_bytes: 4_096,
        streams: 4,
        ..Limits::default()
    };
    // Of both priorities, and those that do not wait.
    let at_work_max = 2 * limits.requests + limits.streams + 1;
    let mut now = Instant::now();
    let mut session = ServerSession::new(profile, limits);
    let mut buffer = BytesMut::new();
    let mut called = Vec::new();
    let mut streams = Vec::new();
    let (mut calls, mut replies) = (0, 0);
    for step in steps {
        match step {
            Step::Bytes(bytes) => buffer.extend_from_slice(&bytes),
            Step::Frame { program, procedure, type_word, serial, status, payload } => {
                let programs = [Program::REMOTE, Program::QEMU, Program::KEEPALIVE, Program { number: 1, version: 1 }];
                let header = Header {
                    program: programs[usize::from(program) % programs.len()],
                    procedure: ProcedureNumber(procedure.into()),
                    type_word: type_word.into(),
                    serial: Serial(serial.into()),
                    status_word: status.into(),
                };
                frame::join(&Frame { header, payload: Bytes::from(payload) }, &mut buffer).expect("short");
            }
            Step::Answer { which, failed } if !called.is_empty() => {
                let header: Header = called.swap_remove(usize::from(which) % called.len());
                let answer = if failed { Err(RemoteError::undecodable()) } else { Ok(Draft::empty()) };
                session.reply(&header, answer);
            }
            Step::Answer { .. } => {}
            Step::Stream { which, deed, length } if !streams.is_empty() => {
                let id = streams[usize::from(which) % streams.len()];
                match deed % 5 {
                    0 => assert!(length > 0 || session.stream_data(id, 0).is_none()),
                    1 => drop(session.stream_hole(id, length)),
                    2 => drop(session.end_of_data(id)),
                    3 => drop(session.confirm_finish(id)),
                    _ => drop(session.fail_stream(id, &RemoteError::undecodable())),
                }
            }
            Step::Stream { .. } => {}
            Step::Wait { ms } => {
                now += Duration::from_millis(ms.into());
                if session.handle_timeout(now).is_err() {
                    return;
                }
            }
            Step::Drain => replies += drain(&mut session),
        }
        while session.can_receive() {
            match frame::split(&mut buffer) {
                Ok(Some(frame)) => {
                    calls += usize::from(frame.header.is_call_type());
                    if session.handle_frame(now, frame).is_err() {
                        return;
                    }
                }
                Ok(None) => break,
                Err(_) => return,
            }
            take(&mut session, &mut called, &mut streams);
            assert!(called.len() <= at_work_max);
        }
    }
    // Once the client reads, and handlers answer, nothing waits for ever.
    loop {
        replies += drain(&mut session);
        take(&mut session, &mut called, &mut streams);
        assert!(called.len() <= at_work_max);
        let Some(header) = called.pop() else { break };
        session.reply(&header, Ok(Draft::empty()));
    }
    assert_eq!(replies, calls);
}

/// Takes all that has happened.
fn take(session: &mut ServerSession, called: &mut Vec<Header>, streams: &mut Vec<StreamId>) {
    while let Some(event) = session.poll_event() {
        match event {
            ServerEvent::Called(call) => {
                if call.info.stream.is_some() {
                    streams.push(StreamId::of(&call.header));
                }
                called.push(call.header);
            }
            ServerEvent::Authenticate(_) => unreachable!("nobody asks"),
            ServerEvent::Streamed { id, event } => {
                assert!(streams.contains(&id));
                assert_ne!(event, StreamEvent::Data(Bytes::new()));
                assert_ne!(event, StreamEvent::Hole(0));
            }
        }
    }
}

/// Takes all that is to be sent, and says how many replies were among it.
fn drain(session: &mut ServerSession) -> usize {
    let mut replies = 0;
    while let Some(bytes) = session.poll_transmit() {
        let mut bytes = BytesMut::from(&bytes[..]);
        let sent = frame::split(&mut bytes).expect("a frame").expect("a whole one");
        assert!(bytes.is_empty());
        let kind = sent.header.kind().expect("a kind that exists");
        replies += usize::from(matches!(kind, MessageKind::Reply | MessageKind::ReplyError));
    }
    replies
}
