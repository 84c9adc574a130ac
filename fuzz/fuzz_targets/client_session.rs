//! A client's session against a hostile daemon: no panic, every event belongs to a call that was made, and subscriptions
//! hear only while there are any.
#![no_main]

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use arbitrary::{Arbitrary, Unstructured};
use bytes::{Bytes, BytesMut};
use libfuzzer_sys::fuzz_target;
use virtwire_protocol::event::{AnyEvent, Event, RawNotice, Topic, Words};
use virtwire_protocol::frame::{self, Draft, FRAME_BYTES_MIN, Frame};
use virtwire_protocol::header::{Header, Serial};
use virtwire_protocol::pace::{self, Urgency};
use virtwire_protocol::program::{ProcedureNumber, Program};
use virtwire_protocol::remote::StorageVolDownload;
use virtwire_protocol::session::client::{ClientEvent, ClientSession};
use virtwire_protocol::session::keepalive::Pacing;
use virtwire_protocol::session::stream::StreamEvent;
use virtwire_protocol::session::subscriptions::{Ability, SubscriberId, SubscriptionEvent, Subscriptions};

#[derive(Arbitrary, Debug)]
enum Step {
    Call {
        procedure: i32,
        body: Vec<u8>,
    },
    /// Opens one of the streams.
    Open {
        which: u8,
        sparse: bool,
    },
    /// The reader or writer of a stream does something.
    Stream {
        which: u8,
        deed: u8,
        length: u64,
    },
    Keepalive {
        interval_ms: u32,
        count: u8,
    },
    Subscribe {
        event_id: i8,
        callbacks: bool,
    },
    Unsubscribe {
        which: u8,
    },
    Bytes(Vec<u8>),
    /// A frame that is likelier to be understood than random bytes.
    Frame {
        program: u8,
        procedure: i32,
        type_word: i8,
        serial: u8,
        status: i8,
        payload: Vec<u8>,
    },
    Wait {
        ms: u16,
    },
}

// A first byte of 0 means that a daemon's bytes follow, as they were recorded: enough calls are made for them to answer.
fuzz_target!(|data: &[u8]| match data.split_first() {
    Some((0, recorded)) => {
        let calls = (0..64).map(|_| Step::Call { procedure: 1, body: Vec::new() });
        run(64, calls.chain([Step::Bytes(recorded.to_vec())]).collect());
    }
    Some((_, rest)) => {
        if let Ok(steps) = Vec::arbitrary(&mut Unstructured::new(rest)) {
            run(4, steps);
        }
    }
    None => {}
});

fn run(window: usize, steps: Vec<Step>) {
    let mut now = Instant::now();
    let mut session = ClientSession::new(window);
    let mut buffer = BytesMut::new();
    let mut waiting = HashSet::new();
    let mut streams = Vec::new();
    let (mut subscriptions, mut registering) = (Subscriptions::new(), HashMap::new());
    let (mut subscribers, mut live) = (0, Vec::new());
    for step in steps {
        match step {
            Step::Call { procedure, body } => {
                let Ok(body) = Draft::raw(&body) else { continue };
                let is_ending = pace::urgency(Program::REMOTE, ProcedureNumber(procedure)) == Urgency::Ending;
                let could = if is_ending { session.can_end() } else { session.can_call() };
                let called = session.call(Program::REMOTE, ProcedureNumber(procedure), body);
                assert_eq!(called.is_ok(), could);
                if let Ok(serial) = called {
                    assert!(waiting.insert(serial), "two calls wait with one serial");
                }
            }
            Step::Open { which, sparse } => {
                let procedures = [148, 201, 208, 209, 211, 215, 296, 304];
                let procedure = ProcedureNumber(procedures[usize::from(which) % procedures.len()]);
                // The flags are the last word of both calls that may have holes.
                let flags = StorageVolDownload { flags: sparse.into(), ..StorageVolDownload::default() };
                let body = Draft::encode(&flags).expect("within bounds");
                let is_sparse = sparse && matches!(procedure.0, 208 | 209);
                if let Ok(serial) = session.open_stream(Program::REMOTE, procedure, body) {
                    assert!(waiting.insert(serial), "two calls wait with one serial");
                    streams.push((serial, is_sparse));
                }
            }
            Step::Stream { which, deed, length } if !streams.is_empty() => {
                let (serial, is_sparse) = streams[usize::from(which) % streams.len()];
                match deed % 4 {
                    0 => assert!(session.stream_data(serial, 0).is_none()),
                    1 => {
                        let sent = session.stream_hole(serial, length);
                        assert!(is_sparse && length > 0 || !sent, "a hole where there may be none");
                    }
                    2 => drop(session.finish_stream(serial)),
                    _ => session.abort_stream(serial),
                }
            }
            Step::Stream { .. } => {}
            Step::Keepalive { interval_ms, count } => {
                let interval = Duration::from_millis(interval_ms.into());
                session.start_keepalive(now, Pacing { interval, count: count.into() });
            }
            Step::Subscribe { event_id, callbacks } => {
                subscribers += 1;
                live.push(SubscriberId(subscribers));
                let ability = Ability { callbacks, close: true };
                let topics = match event_id {
                    -1 => Vec::new(),
                    -2 => AnyEvent::topics(None),
                    -3 => vec![Topic::Close],
                    id => vec![Topic::Domain { event_id: id.into(), object: None }],
                };
                subscriptions.subscribe(SubscriberId(subscribers), topics, ability);
            }
            Step::Unsubscribe { which } if !live.is_empty() => {
                let which = usize::from(which) % live.len();
                subscriptions.unsubscribe(live.swap_remove(which));
            }
            Step::Unsubscribe { .. } => {}
            Step::Bytes(bytes) => buffer.extend_from_slice(&bytes),
            Step::Frame { program, procedure, type_word, serial, status, payload } => {
                let programs =
                    [Program::REMOTE, Program::QEMU, Program::KEEPALIVE, Program { number: 1, version: 1 }];
                let header = Header {
                    program: programs[usize::from(program) % programs.len()],
                    procedure: ProcedureNumber(procedure),
                    type_word: type_word.into(),
                    serial: Serial(serial.into()),
                    status_word: status.into(),
                };
                frame::join(&Frame { header, payload: Bytes::from(payload) }, &mut buffer).expect("short");
            }
            Step::Wait { ms } => {
                now += Duration::from_millis(ms.into());
                if session.handle_timeout(now).is_err() {
                    return;
                }
            }
        }
        loop {
            match frame::split(&mut buffer) {
                Ok(Some(frame)) => {
                    if session.handle_frame(now, frame).is_err() {
                        return;
                    }
                }
                Ok(None) => break,
                Err(_) => return,
            }
        }
        while let Some(event) = session.poll_event() {
            match event {
                ClientEvent::Replied { serial, answer } => match registering.remove(&serial) {
                    Some(ticket) => subscriptions.handle_answer(ticket, answer),
                    None => assert!(waiting.remove(&serial), "a reply to no call"),
                },
                ClientEvent::Streamed { serial, event } => {
                    let stream = streams.iter().find(|(known, _)| *known == serial);
                    let (_, is_sparse) = stream.expect("a stream that was opened");
                    assert_ne!(event, StreamEvent::Data(Bytes::new()));
                    if let StreamEvent::Hole(length) = event {
                        assert!(*is_sparse && length > 0, "a hole where there may be none");
                    }
                }
                ClientEvent::Noticed { program, procedure, payload } => {
                    let notice = RawNotice { program, number: procedure, payload };
                    if let Ok(event) = AnyEvent::decode(notice.clone()) {
                        event.words();
                    }
                    subscriptions.handle_notice(notice);
                }
            }
        }
        while session.can_call()
            && let Some(call) = subscriptions.poll_call()
        {
            let serial = session.call(call.program, call.number, call.body).expect("the window is open");
            registering.insert(serial, call.ticket);
        }
        while let Some(event) = subscriptions.poll_event() {
            if let SubscriptionEvent::Deliver { subscriber, .. } = event {
                assert!(live.contains(&subscriber), "an event for nobody");
            }
        }
        while let Some(frame) = session.poll_transmit() {
            assert!(frame.len() >= FRAME_BYTES_MIN);
        }
    }
}
