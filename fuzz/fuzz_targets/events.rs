//! A subscriber of a hostile daemon's events, over a real connection: whatever comes, in whatever order with replies, the reader gets
//! events, losses and what does not decode, in the order in which they came, and no more of them than came.
#![no_main]

mod lab;

use std::time::Duration;

use arbitrary::Arbitrary;
use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use virtwire::client::{Connection, Missed, OpenOptions, Subscription};
use virtwire::protocol::event::{AnyEvent, Words};
use virtwire::protocol::frame::{self, Draft, Frame};
use virtwire::protocol::header::{Header, MessageKind, Serial};
use virtwire::protocol::program::{Notice, ProcedureNumber, Program};
use virtwire::protocol::remote::{
    AuthListReply, AuthType, ConnectSupportsFeatureReply, Domain, DomainEventCallbackLifecycle,
    DomainEventLifecycle,
};

use lab::Lab;

#[derive(Arbitrary, Debug)]
enum Say {
    /// A lifecycle event that decodes; an odd `callback` is the one that was registered.
    Lifecycle { callback: u8, event: i32, detail: i32, name: u16 },
    /// Any message of any program that may send some.
    Notice { program: u8, procedure: i16, payload: Vec<u8> },
    /// An answer to the next call that is pending, whatever it asks; an odd `word` is a failure's.
    Answer { word: i32 },
}

fuzz_target!(|script: (u8, Vec<Say>)| {
    let (events_max, says) = script;
    Lab::of("events", |lab| {
        let notices = says.iter().filter(|say| !matches!(say, Say::Answer { .. })).count() as u64;
        let client = listen(&lab.uri, events_max.into());
        let told = lab.runtime.block_on(lab.play(client, async |stream| play(stream, says).await));
        assert!(told <= notices, "{told} told of {notices}");
    });
});

/// After so long a client has nothing more to ask.
const SILENCE: Duration = Duration::from_millis(20);

/// Everything that is told, losses by their number.
async fn listen(uri: &str, events_max: usize) -> u64 {
    let options =
        OpenOptions { keepalive: None, events_max, event_bytes_max: 4_096, ..OpenOptions::default() };
    let Ok(connection) = Connection::open_with(uri, options).await else { return 0 };
    let Ok(mut events): Result<Subscription<AnyEvent>, _> = connection.subscribe(None).await else {
        return 0;
    };
    let mut told: u64 = 0;
    while let Some(next) = events.next().await {
        told += match next {
            Ok(event) => {
                event.words();
                1
            }
            Err(Missed::Lagged(lost)) => lost,
            Err(_) => 1,
        };
    }
    told
}

/// Opens as a daemon does, then says what it is to say; it ends with the script.
async fn play(mut stream: UnixStream, says: Vec<Say>) {
    let mut received = BytesMut::new();
    let mut says = says.into_iter();
    // What the next registration is known by, and what the last that hears lifecycles is.
    let (mut next, mut lifecycle) = (0, 0);
    loop {
        let call = match frame::split(&mut received).expect("the client sends frames") {
            Some(call) => call,
            None => {
                // A client that has nothing more to ask hears the rest.
                let read = tokio::time::timeout(SILENCE, stream.read_buf(&mut received)).await;
                match read {
                    Ok(Ok(1..)) => continue,
                    Ok(_) => return,
                    Err(_) => {
                        let rest: Vec<u8> = says.flat_map(|say| notice(say, lifecycle)).collect();
                        let _ = stream.write_all(&rest).await;
                        return;
                    }
                }
            }
        };
        let answer = |draft: Draft| draft.seal(&call.header.answer(MessageKind::Reply)).to_vec();
        let out = match call.header.procedure.0 {
            66 => answer(Draft::encode(&AuthListReply { types: vec![AuthType::None] }).expect("short")),
            60 => answer(Draft::encode(&ConnectSupportsFeatureReply { supported: 1 }).expect("short")),
            1 => answer(Draft::empty()),
            number => {
                if number == 316 && call.payload.starts_with(&[0; 4]) {
                    lifecycle = next;
                }
                // A word of the script for each call; one that answers nothing is said before the usual answer.
                let out = match says.next() {
                    Some(Say::Answer { word }) => answered(&call, word),
                    say => {
                        let before = say.map(|say| notice(say, lifecycle)).unwrap_or_default();
                        [before, answered(&call, next << 1)].concat()
                    }
                };
                next += 1;
                out
            }
        };
        if stream.write_all(&out).await.is_err() {
            return;
        }
    }
}

fn answered(call: &Frame, word: i32) -> Vec<u8> {
    let kind = if word & 1 == 1 { MessageKind::ReplyError } else { MessageKind::Reply };
    Draft::raw(&(word >> 1).to_be_bytes()).expect("short").seal(&call.header.answer(kind)).to_vec()
}

fn notice(say: Say, lifecycle: i32) -> Vec<u8> {
    let (program, number, payload) = match say {
        Say::Lifecycle { callback, event, detail, name } => {
            let name = "n".repeat(name.into()).as_str().into();
            let dom = Domain { name, uuid: [1; 16], id: 1 };
            let msg = DomainEventLifecycle { dom, event, detail };
            let callback_id = if callback & 1 == 1 { lifecycle } else { callback.into() };
            let told = DomainEventCallbackLifecycle { callback_id, msg };
            let payload = Draft::encode(&told).expect("within bounds").payload().to_vec();
            (Program::REMOTE, DomainEventCallbackLifecycle::NUMBER, payload)
        }
        Say::Notice { program, procedure, payload } => {
            let programs = [Program::REMOTE, Program::QEMU, Program::LXC, Program::ADMIN];
            (programs[usize::from(program) % 4], ProcedureNumber(procedure.into()), payload)
        }
        Say::Answer { .. } => return Vec::new(),
    };
    let header = Header::new(MessageKind::Notice, program, number, Serial(1));
    Draft::raw(&payload).expect("short").seal(&header).to_vec()
}
