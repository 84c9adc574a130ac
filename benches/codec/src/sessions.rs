//! Sessions and frames, which do no I/O: what a call and a stream's packet cost either end beside the codec. Encoding is what goes
//! out, decoding what comes in.

use std::hint::black_box;
use std::time::Instant;

use bytes::BytesMut;
use virtwire_protocol::frame::{self, Draft};
use virtwire_protocol::header::{Header, MessageKind, Serial, StreamPart};
use virtwire_protocol::profile::Profile;
use virtwire_protocol::program::{Procedure, ProcedureNumber, Program};
use virtwire_protocol::remote::{ConnectGetLibVersion, StorageVolDownload};
use virtwire_protocol::session::client::ClientSession;
use virtwire_protocol::session::keepalive::Pacing;
use virtwire_protocol::session::server::{Limits, ServerSession};

use crate::case::{Case, Codec, both};

/// Each case is run twice, and what it needs is made ready for that.
const RUNS: u32 = 2;
const CALL: ProcedureNumber = ConnectGetLibVersion::NUMBER;
const DOWNLOAD: ProcedureNumber = StorageVolDownload::NUMBER;

pub fn cases() -> Vec<Case> {
    [client(), server(), stream()].into_iter().flatten().collect()
}

fn sealed(kind: MessageKind, number: ProcedureNumber, serial: u32, payload: &[u8]) -> BytesMut {
    let header = Header::new(kind, Program::REMOTE, number, Serial(serial));
    Draft::raw(payload).expect("a short payload").seal(&header)
}

/// A client that pings, with so many calls on their way.
fn client_with(number: ProcedureNumber, calls: u32) -> ClientSession {
    let mut session = ClientSession::new(usize::MAX);
    session.start_keepalive(Instant::now(), Pacing::default());
    for _ in 0..calls {
        let call = match number {
            DOWNLOAD => ClientSession::open_stream,
            _ => ClientSession::call,
        };
        call(&mut session, Program::REMOTE, number, Draft::empty()).expect("a wide window");
        assert!(session.poll_transmit().is_some());
    }
    session
}

/// A call until its frame can be written; its reply, from what was read, until its caller can have it.
fn client() -> [Case; 2] {
    let mut calling = client_with(CALL, 0);
    let mut waiting = client_with(CALL, RUNS);
    let replies = (0..RUNS).map(|serial| sealed(MessageKind::Reply, CALL, serial, &[0; 8]));
    let mut read = BytesMut::from(&replies.collect::<Vec<_>>().concat()[..]);
    let now = Instant::now();
    both(
        "client session",
        Codec::OursOwned,
        frame::FRAME_BYTES_MIN,
        move || {
            calling.call(black_box(Program::REMOTE), CALL, Draft::empty()).expect("a wide window");
            calling.poll_transmit().expect("a frame")
        },
        move || {
            let frame = frame::split(&mut read).expect("a frame").expect("all of it");
            waiting.handle_frame(now, frame).expect("a reply");
            waiting.poll_event().expect("an answer")
        },
    )
}

/// An answer until its frame can be written; a call, from what was read, until its handler can have it.
fn server() -> [Case; 2] {
    let calls: Vec<_> = (0..RUNS).map(|serial| sealed(MessageKind::Call, CALL, serial, &[])).collect();
    let mut read = BytesMut::from(&calls.concat()[..]);
    let now = Instant::now();
    let fresh = || ServerSession::new(Profile::default(), Limits::default());
    let called = move |session: &mut ServerSession, read: &mut BytesMut| {
        let frame = frame::split(read).expect("a frame").expect("all of it");
        session.handle_frame(now, frame).expect("a call");
        session.poll_event().expect("a call")
    };
    let (mut hearing, mut answering) = (fresh(), fresh());
    let mut before = read.clone();
    for _ in 0..RUNS {
        called(&mut answering, &mut before);
    }
    let mut serial = 0;
    both(
        "server session",
        Codec::OursOwned,
        frame::FRAME_BYTES_MIN,
        move || {
            let header = Header::new(MessageKind::Call, Program::REMOTE, CALL, Serial(serial));
            serial += 1;
            answering.reply(black_box(&header), Ok(Draft::empty()));
            answering.poll_transmit().expect("a frame")
        },
        move || called(&mut hearing, &mut read),
    )
}

/// The head of a packet; a packet, from what was read, until its stream can have it.
fn stream() -> [Case; 2] {
    let now = Instant::now();
    let open = || {
        let mut session = client_with(DOWNLOAD, 1);
        let mut read = BytesMut::from(&sealed(MessageKind::Reply, DOWNLOAD, 0, &[])[..]);
        let reply = frame::split(&mut read).expect("a frame").expect("all of it");
        session.handle_frame(now, reply).expect("a reply");
        assert!(session.poll_event().is_some());
        session
    };
    let (mut sending, mut receiving) = (open(), open());
    let data = MessageKind::Stream(StreamPart::Data);
    let packets = (0..RUNS).map(|_| sealed(data, DOWNLOAD, 0, &[7; 64]));
    let mut read = BytesMut::from(&packets.collect::<Vec<_>>().concat()[..]);
    both(
        "stream session",
        Codec::OursOwned,
        frame::FRAME_BYTES_MIN,
        move || sending.stream_data(Serial(0), black_box(65_536)).expect("an open stream"),
        move || {
            let frame = frame::split(&mut read).expect("a frame").expect("all of it");
            receiving.handle_frame(now, frame).expect("a packet");
            receiving.poll_event().expect("data")
        },
    )
}
