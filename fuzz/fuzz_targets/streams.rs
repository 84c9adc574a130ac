//! A client of a hostile daemon's streams, over a real connection: whatever comes, before the replies that open them and after, no handle
//! is given what was not sent, and none waits for ever once the daemon has gone.
#![no_main]

mod lab;

use std::time::Duration;

use arbitrary::Arbitrary;
use bytes::{Bytes, BytesMut};
use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use virtwire::client::{Chunk, Connection, OpenOptions, Stream};
use virtwire::protocol::frame::{self, Draft, Frame};
use virtwire::protocol::header::{Header, MessageKind, Serial, StreamPart};
use virtwire::protocol::message::StreamHole;
use virtwire::protocol::program::{ProcedureNumber, Program};
use virtwire::protocol::remote::{AuthListReply, AuthType, Domain, StorageVol};

use lab::Lab;

/// What the daemon says; `which` of the streams is meant.
#[derive(Arbitrary, Debug)]
enum Say {
    Data {
        which: u8,
        bytes: u16,
    },
    EndOfData {
        which: u8,
    },
    Hole {
        which: u8,
        length: i64,
        flags: u32,
    },
    Finish {
        which: u8,
    },
    Abort {
        which: u8,
        error: Vec<u8>,
    },
    /// To the call that opens it, or to none that waits.
    Reply {
        which: u8,
        fails: bool,
    },
    /// Any frame.
    Frame {
        kind: i8,
        status: i8,
        procedure: i16,
        serial: u8,
        payload: Vec<u8>,
    },
    /// Waits until the client has something to say.
    Listen,
}

/// What the client does with each stream that is opened.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Act {
    Read,
    ReadSomeAndDrop,
    WriteAndFinish { bytes: u16 },
    ReadAndFinish,
    WriteHole { length: u64 },
    Abort,
    Drop,
    ReadHalf,
}

#[derive(Arbitrary, Debug)]
struct Script {
    stream_bytes_max: u16,
    acts: [Act; STREAMS],
    says: Vec<Say>,
}

const STREAMS: usize = 3;

/// Nothing here takes as long; what does is stuck.
const STUCK: Duration = Duration::from_secs(5);

fuzz_target!(|script: Script| {
    let Script { stream_bytes_max, acts, says } = script;
    Lab::of("streams", |lab| {
        let sent: usize = says
            .iter()
            .map(|say| if let Say::Data { bytes, .. } = say { usize::from(*bytes) } else { 0 })
            .sum();
        let client = act(&lab.uri, stream_bytes_max.into(), acts);
        let both = lab.play(client, async |stream| play(stream, says).await);
        let read = lab.runtime.block_on(async { tokio::time::timeout(STUCK, both).await });
        let read = read.expect("the daemon is gone, and somebody waits");
        assert!(read <= sent, "{read} bytes are read of {sent}");
    });
});

/// Opens a stream of each kind, does with each what is to be done, and returns how many bytes were read of them.
async fn act(uri: &str, stream_bytes_max: usize, acts: [Act; STREAMS]) -> usize {
    // So wide that the calls of all streams are under way at once.
    let options = OpenOptions { keepalive: None, stream_bytes_max, window: 8, ..OpenOptions::default() };
    let Ok(connection) = Connection::open_with(uri, options).await else { return 0 };
    let (vol, dom) = (StorageVol::default(), Domain { name: "guest".into(), uuid: [1; 16], id: 1 });
    let [first, second, third] = acts;
    // Each in the order in which the daemon knows them, and none waits for the others' answers.
    let download = async {
        match connection.storage_vol_download(&vol, 0, 0, 1).await {
            Ok(stream) => with(stream, first).await,
            Err(_) => 0,
        }
    };
    let console = async {
        match connection.domain_open_console(&dom, None, 0).await {
            Ok(stream) => with(stream, second).await,
            Err(_) => 0,
        }
    };
    let upload = async {
        match connection.storage_vol_upload(&vol, 0, 0, 1).await {
            Ok(stream) => with(stream, third).await,
            Err(_) => 0,
        }
    };
    let (download, console, upload) = tokio::join!(download, console, upload);
    download + console + upload
}

async fn with(mut stream: Stream, act: Act) -> usize {
    match act {
        Act::Read => read(&mut stream, usize::MAX).await,
        Act::ReadSomeAndDrop => read(&mut stream, 2).await,
        Act::WriteAndFinish { bytes } => {
            let _ = stream.write_chunk(Bytes::from(vec![7; bytes.into()])).await;
            let _ = stream.finish().await;
            0
        }
        Act::ReadAndFinish => {
            let read = read(&mut stream, usize::MAX).await;
            let _ = stream.finish().await;
            read
        }
        Act::WriteHole { length } => {
            let _ = stream.write_hole(length).await;
            let _ = stream.shutdown().await;
            read(&mut stream, usize::MAX).await
        }
        Act::Abort => {
            let _ = stream.abort().await;
            0
        }
        Act::Drop => 0,
        Act::ReadHalf => {
            let (mut reader, writer) = stream.split();
            drop(writer);
            let mut read = 0;
            while let Ok(Some(chunk)) = reader.read_chunk().await {
                read += length(&chunk);
            }
            read
        }
    }
}

async fn read(stream: &mut Stream, chunks: usize) -> usize {
    let mut read = 0;
    for _ in 0..chunks {
        match stream.read_chunk().await {
            Ok(Some(chunk)) => read += length(&chunk),
            Ok(None) | Err(_) => break,
        }
    }
    read
}

/// Holes have no bytes that travel.
fn length(chunk: &Chunk) -> usize {
    match chunk {
        Chunk::Data(data) => data.len(),
        Chunk::Hole(_) => 0,
    }
}

/// Opens as a daemon does, then says what it is to say once it knows the calls; it goes at its end.
async fn play(mut stream: UnixStream, says: Vec<Say>) {
    let mut received = BytesMut::new();
    let mut calls: Vec<Header> = Vec::new();
    let mut says = says.into_iter();
    loop {
        while let Some(Frame { header, .. }) = frame::split(&mut received).expect("the client sends frames") {
            let answer = |draft: Draft| draft.seal(&header.answer(MessageKind::Reply));
            let out = match (header.kind(), header.procedure.0) {
                (Ok(MessageKind::Call), 66) => {
                    answer(Draft::encode(&AuthListReply { types: vec![AuthType::None] }).expect("short"))
                }
                (Ok(MessageKind::Call), 1) => answer(Draft::empty()),
                (Ok(MessageKind::Call), _) => {
                    calls.push(header);
                    continue;
                }
                _ => continue,
            };
            if stream.write_all(&out).await.is_err() {
                return;
            }
        }
        if calls.len() >= STREAMS {
            loop {
                match says.next() {
                    None => return,
                    Some(Say::Listen) => break,
                    Some(say) => {
                        let Some(out) = said(say, &calls) else { continue };
                        if stream.write_all(&out).await.is_err() {
                            return;
                        }
                    }
                }
            }
        }
        // A client that has nothing to say hears the rest.
        match tokio::time::timeout(SILENCE, stream.read_buf(&mut received)).await {
            Ok(Ok(0) | Err(_)) => return,
            Ok(Ok(_)) => {}
            Err(_) if calls.len() < STREAMS => return,
            Err(_) => {}
        }
    }
}

/// After so long a client has nothing more to say.
const SILENCE: Duration = Duration::from_millis(5);

fn said(say: Say, calls: &[Header]) -> Option<BytesMut> {
    let of = |which: u8| &calls[usize::from(which) % calls.len()];
    let part = |which: u8, part: StreamPart, payload: &[u8]| {
        Draft::raw(payload).expect("short").seal(&of(which).answer(MessageKind::Stream(part)))
    };
    Some(match say {
        Say::Data { which, bytes } => part(which, StreamPart::Data, &vec![1; bytes.into()]),
        Say::EndOfData { which } => part(which, StreamPart::Data, &[]),
        Say::Hole { which, length, flags } => Draft::encode(&StreamHole { length, flags })
            .expect("short")
            .seal(&of(which).answer(MessageKind::Hole)),
        Say::Finish { which } => part(which, StreamPart::Finish, &[]),
        Say::Abort { which, error } => part(which, StreamPart::Abort, &error),
        Say::Reply { which, fails: false } => Draft::empty().seal(&of(which).answer(MessageKind::Reply)),
        Say::Reply { which, fails: true } => Draft::empty().seal(&of(which).answer(MessageKind::ReplyError)),
        Say::Frame { kind, status, procedure, serial, payload } => {
            let call = Header::new(
                MessageKind::Call,
                Program::REMOTE,
                ProcedureNumber(procedure.into()),
                Serial(serial.into()),
            );
            let header = Header { type_word: kind.into(), status_word: status.into(), ..call };
            Draft::raw(&payload).expect("short").seal(&header)
        }
        Say::Listen => return None,
    })
}
