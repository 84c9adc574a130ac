//! What a daemon answers to what it should never be sent: ours exactly as libvirt's, down to the words.

use std::net::SocketAddr;

use crate::lab::Libvirtd;
use crate::need::need;
use crate::serve::Serve;
use crate::wire::{CALL, ERROR, Frame, RawClient, string};

#[test]
fn libvirtd_answers_so() {
    need!(Libvirtd, Namespaces);
    let daemon = Libvirtd::start();
    for case in cases() {
        case.check(daemon.address(), "test:///default");
    }
}

#[test]
fn and_so_do_we() {
    let daemon = Serve::start(&[]);
    for case in cases() {
        case.check(daemon.address(), "mem:///default");
    }
}

#[test]
fn libvirtd_wants_to_know_who_asks_first() {
    need!(Libvirtd, Namespaces);
    let daemon = Libvirtd::asking_for_sasl();
    for procedure in [1, 2, 23, 60] {
        let answer = RawClient::connect(daemon.address()).ask(&Frame::call(procedure, 5, &[]));
        let refused = (answer.error(), answer.error_message());
        assert_eq!(refused, (Some((39, 7)), "authentication required".to_owned()), "procedure {procedure}");
    }
}

/// What becomes of a packet.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    /// A reply with a result.
    Served,
    /// A reply with an error of a code, a domain and a message.
    Refused(u32, u32, String),
    /// A message that answers a ping.
    Pong,
    /// Nothing, and the next call is served.
    Silence,
    /// The end of the connection.
    Closed,
}

struct Case {
    name: &'static str,
    /// Whether the hypervisor is opened first.
    opened: bool,
    bytes: Vec<u8>,
    answer: Answer,
}

/// The serial of a call that is only there to be answered.
const FENCE: u32 = 77;

/// A call that is always served, to be spoilt.
fn call() -> Frame {
    Frame::call(66, 5, &[])
}

#[rustfmt::skip] // a table
fn cases() -> Vec<Case> {
    let rpc = |text: &str| Answer::Refused(39, 7, text.to_owned());
    let internal = |text: &str| Answer::Refused(1, 7, format!("internal error: {text}"));
    let before = |name, frame: Frame, answer| Case { name, opened: false, bytes: frame.to_bytes(), answer };
    let after = |name, frame: Frame, answer| Case { name, opened: true, bytes: frame.to_bytes(), answer };
    let length = |name, length: u32, answer| {
        let mut bytes = call().to_bytes();
        bytes[..4].copy_from_slice(&length.to_be_bytes());
        Case { name, opened: false, bytes, answer }
    };
    let ping = Frame { program: 0x6b65_6570, procedure: 1, kind: 2, ..call() };
    let open = |payload: &[u8]| Frame::call(1, 5, payload);
    vec![
        before("a call", call(), Answer::Served),
        before("a program of nobody", Frame { program: 74_565, ..call() }, rpc("Cannot find program 74565 version 1")),
        before("a version of nobody", Frame { version: 2, ..call() }, rpc("Cannot find program 536903814 version 2")),
        before("the program of administration", Frame { program: 0x0690_0690, procedure: 1, ..call() }, rpc("Cannot find program 110102160 version 1")),
        before("the program of QEMU", Frame { program: 0x2000_8087, procedure: 9999, ..call() }, rpc("unknown procedure: 9999")),
        before("a call of status error", Frame { status: 1, ..call() }, rpc("Unexpected message status 1")),
        before("a call of status continue", Frame { status: 2, ..call() }, rpc("Unexpected message status 2")),
        before("procedure 0", Frame { procedure: 0, ..call() }, rpc("unknown procedure: 0")),
        before("procedure -1", Frame { procedure: u32::MAX, ..call() }, rpc("unknown procedure: -1")),
        before("procedure 9999", Frame { procedure: 9999, ..call() }, rpc("unknown procedure: 9999")),
        before("an event's number", Frame { procedure: 107, ..call() }, rpc("unknown procedure: 107")),
        before("a reply", Frame { kind: 1, ..call() }, Answer::Silence),
        before("a message", Frame { kind: 2, ..call() }, Answer::Silence),
        before("a packet of no stream", Frame { kind: 3, ..call() }, Answer::Silence),
        before("a reply with descriptors", Frame { kind: 5, payload: vec![0; 4], ..call() }, Answer::Silence),
        before("a hole of no stream", Frame { kind: 6, ..call() }, Answer::Silence),
        before("a kind of nobody", Frame { kind: 7, ..call() }, Answer::Silence),
        before("a reply of a program of nobody", Frame { program: 74_565, kind: 1, ..call() }, Answer::Silence),
        before("a call with no descriptors", Frame { kind: 4, payload: vec![0; 4], ..call() }, Answer::Served),
        before("a call with a descriptor over TCP", Frame { kind: 4, payload: vec![0, 0, 0, 1], ..call() }, Answer::Closed),
        before("a ping", ping.clone(), Answer::Pong),
        before("a ping with a body", Frame { payload: vec![0; 8], ..ping.clone() }, Answer::Pong),
        before("a pong unasked", Frame { procedure: 2, ..ping.clone() }, Answer::Silence),
        before("a ping as a call", Frame { kind: CALL, ..ping }, rpc("Cannot find program 1801807216 version 1")),
        length("length 0", 0, Answer::Closed),
        length("length 4", 4, Answer::Closed),
        length("length 27", 27, Answer::Closed),
        length("length 28", 28, Answer::Served),
        length("length 32 MiB and 5 bytes", 33_554_437, Answer::Closed),
        length("length 4 GiB", u32::MAX, Answer::Closed),
        before("arguments cut off", open(&[0, 0, 0, 1, 0, 0, 0, 9, b't']), rpc("Unable to decode message payload")),
        before("arguments with more behind", Frame { payload: vec![0; 3], ..call() }, Answer::Served),
        before("a string beyond its bound", open(&[0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff]), rpc("Unable to decode message payload")),
        before("no hypervisor opened", Frame::call(23, 5, &string("absent")), internal("hypervisor connection not open")),
        after("a hypervisor opened twice", open(&[0; 8]), internal("connection already open")),
        after("arguments that are not there", Frame::call(23, 5, &[]), rpc("Unable to decode message payload")),
        after("a feature of nobody", Frame::call(60, 5, &1_000_u32.to_be_bytes()), Answer::Served),
    ]
}

impl Case {
    #[track_caller]
    fn check(&self, daemon: SocketAddr, hypervisor: &str) {
        let mut client = RawClient::connect(daemon);
        if self.opened {
            let payload = [&1_u32.to_be_bytes()[..], &string(hypervisor), &[0; 4]].concat();
            assert_eq!(client.ask(&Frame::call(1, 0, &payload)).error(), None, "{hypervisor} opens");
        }
        client.send(&self.bytes);
        if self.answer == Answer::Silence {
            // Silence ends where a call is served that was sent after it.
            client.send(&Frame::call(66, FENCE, &[]).to_bytes());
        }

        let answer = client.receive();

        assert_eq!(self.describe(answer.as_ref()), self.answer, "{}", self.name);
        if self.answer != Answer::Closed {
            let fence = client.ask(&Frame::call(66, FENCE + 1, &[]));
            assert_eq!(fence.serial, FENCE + 1, "{}: the connection goes on", self.name);
        }
    }

    #[track_caller]
    fn describe(&self, answer: Option<&Frame>) -> Answer {
        let Some(answer) = answer else { return Answer::Closed };
        let sent = Frame::take(&mut self.bytes.clone());
        match answer {
            Frame { serial: FENCE, .. } => Answer::Silence,
            Frame { program: 0x6b65_6570, procedure: 2, kind: 2, serial: 0, .. } => Answer::Pong,
            answer => {
                let sent = sent.expect("only whole packets have answers");
                let echo = |frame: &Frame| (frame.program, frame.version, frame.procedure, frame.serial);
                assert_eq!(
                    (echo(answer), answer.kind),
                    (echo(&sent), 1),
                    "{}: a reply to the call",
                    self.name
                );
                match answer.error() {
                    Some((code, domain)) => Answer::Refused(code, domain, answer.error_message()),
                    None => {
                        assert_ne!(answer.status, ERROR);
                        Answer::Served
                    }
                }
            }
        }
    }
}
