//! The least that can be done: a server and clients that echo fixed frames. Estimates of the limit, not products.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream as StdUnixStream;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Notify, oneshot};
use virtwire::protocol::frame::Draft;
use virtwire::protocol::header::{Header, MessageKind, Serial};
use virtwire::protocol::program::{Procedure, ProcedureNumber, Program};
use virtwire::protocol::remote::*;
use virtwire::xdr;

use crate::lap::{Calls, Lap, Span};

/// What a listing has.
const DOMAINS: i32 = 1_000;

fn replies() -> Vec<(i32, Vec<u8>)> {
    let domains =
        (0..DOMAINS).map(|id| Domain { name: format!("guest-{id:06}").as_str().into(), uuid: [7; 16], id });
    let list = ConnectListAllDomainsReply { domains: domains.collect(), ret: DOMAINS as u32 };
    let encoded = |of: Result<Vec<u8>, xdr::Error>| of.expect("within bounds");
    vec![
        (
            ConnectGetLibVersion::NUMBER.0,
            encoded(xdr::to_vec(&ConnectGetLibVersionReply { lib_ver: 9_000_000 })),
        ),
        (AuthList::NUMBER.0, encoded(xdr::to_vec(&AuthListReply { types: vec![AuthType::None] }))),
        (
            ConnectSupportsFeature::NUMBER.0,
            encoded(xdr::to_vec(&ConnectSupportsFeatureReply { supported: 0 })),
        ),
        (ConnectListAllDomains::NUMBER.0, encoded(xdr::to_vec(&list))),
    ]
}

/// Answers every call, so long after it has read it; those that it does not know by a reply without payload.
pub async fn serve(socket: &Path, delay_ms: u64) {
    let listener = UnixListener::bind(socket).expect("a free path");
    let replies: Rc<[(i32, Vec<u8>)]> = replies().into();
    loop {
        let (mut stream, _) = listener.accept().await.expect("a client");
        let replies = replies.clone();
        tokio::task::spawn_local(async move {
            let (mut input, mut out) = (Vec::with_capacity(65_536), Vec::new());
            while matches!(stream.read_buf(&mut input).await, Ok(1..)) {
                let mut at = 0;
                while let Some(length) = word(&input, at).filter(|length| at + length <= input.len()) {
                    let procedure = word(&input, at + 12).unwrap_or_default() as i32;
                    let found = replies.iter().find(|(known, _)| *known == procedure);
                    let payload = found.map_or(&[][..], |(_, payload)| payload);
                    out.extend_from_slice(&((28 + payload.len()) as u32).to_be_bytes());
                    out.extend_from_slice(&input[at + 4..at + 16]);
                    out.extend_from_slice(&1_u32.to_be_bytes());
                    out.extend_from_slice(&input[at + 20..at + 28]);
                    out.extend_from_slice(payload);
                    at += length;
                }
                input.drain(..at);
                if delay_ms > 0 {
                    tokio::time::sleep(Duration::from_millis(delay_ms)).await;
                }
                if stream.write_all(&out).await.is_err() {
                    break;
                }
                out.clear();
            }
        });
    }
}

fn word(bytes: &[u8], at: usize) -> Option<usize> {
    let word = bytes.get(at..at + 4)?;
    Some(u32::from_be_bytes(word.try_into().ok()?) as usize)
}

pub fn frame(procedure: i32, serial: u32, payload: &[u8]) -> Vec<u8> {
    let header = Header::new(MessageKind::Call, Program::REMOTE, ProcedureNumber(procedure), Serial(serial));
    Draft::raw(payload).expect("a small frame").seal(&header).to_vec()
}

/// The frames that open a connection.
pub fn opening(uri: &str) -> [Vec<u8>; 2] {
    let open = ConnectOpen { name: Some(uri.into()), flags: 0 };
    [frame(66, 0, &[]), frame(1, 1, &xdr::to_vec(&open).expect("within bounds"))]
}

/// Blocking, so many calls in one write, and all their replies before the next.
pub fn raw(socket: &Path, uri: &str, in_flight: usize, seconds: f64) -> Lap {
    let mut stream = StdUnixStream::connect(socket).expect("a server");
    let mut input = vec![0; 65_536];
    for frame in opening(uri) {
        stream.write_all(&frame).expect("a server");
        let _ = stream.read(&mut input).expect("a reply");
    }
    let call = frame(ConnectGetLibVersion::NUMBER.0, 9, &[]).repeat(in_flight);
    let span = Span::of(seconds);
    let watcher = std::thread::spawn(move || span.watch());
    let mut calls = Calls::default();
    let mut now = Instant::now();
    while !span.is_over(now) {
        let before = now;
        stream.write_all(&call).expect("a server");
        let mut missing = 36 * in_flight;
        while missing > 0 {
            missing -= stream.read(&mut input[..missing.min(65_536)]).expect("replies");
        }
        now = Instant::now();
        for _ in 0..in_flight {
            calls.count(&span, before, now);
        }
    }
    calls.lap(&span, watcher.join().expect("no panic"))
}

/// Tasks that share a connection: one writes for all, one reads for all, and whose reply it is matters to nobody.
pub async fn client(socket: &Path, uri: &str, callers: usize, seconds: f64) -> Lap {
    let mut stream = UnixStream::connect(socket).await.expect("a server");
    for frame in opening(uri) {
        stream.write_all(&frame).await.expect("a server");
        let _ = stream.read(&mut [0; 1_000]).await.expect("a reply");
    }
    let (mut reader, mut writer) = stream.into_split();
    let out = Rc::new(RefCell::new(Vec::new()));
    let waiting = Rc::new(RefCell::new(VecDeque::<oneshot::Sender<()>>::new()));
    let wake = Rc::new(Notify::new());
    let call: Rc<[u8]> = frame(ConnectGetLibVersion::NUMBER.0, 9, &[]).into();
    {
        let (out, wake) = (out.clone(), wake.clone());
        tokio::task::spawn_local(async move {
            loop {
                wake.notified().await;
                let bytes = std::mem::take(&mut *out.borrow_mut());
                if writer.write_all(&bytes).await.is_err() {
                    break;
                }
            }
        });
        let waiting = waiting.clone();
        tokio::task::spawn_local(async move {
            let mut input = Vec::with_capacity(65_536);
            while matches!(reader.read_buf(&mut input).await, Ok(1..)) {
                let frames = input.len() / 36;
                for reply in waiting.borrow_mut().drain(..frames) {
                    let _ = reply.send(());
                }
                input.drain(..frames * 36);
            }
        });
    }
    let span = Span::of(seconds);
    let watcher = std::thread::spawn(move || span.watch());
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let (out, waiting, wake, call) = (out.clone(), waiting.clone(), wake.clone(), call.clone());
            tokio::task::spawn_local(async move {
                let mut calls = Calls::default();
                let mut now = Instant::now();
                while !span.is_over(now) {
                    let before = now;
                    let (reply, answer) = oneshot::channel();
                    waiting.borrow_mut().push_back(reply);
                    out.borrow_mut().extend_from_slice(&call);
                    wake.notify_one();
                    answer.await.expect("a reply");
                    now = Instant::now();
                    calls.count(&span, before, now);
                }
                calls
            })
        })
        .collect();
    let mut calls = Calls::default();
    for task in tasks {
        calls.extend(task.await.expect("no panic"));
    }
    calls.lap(&span, watcher.join().expect("no panic"))
}
