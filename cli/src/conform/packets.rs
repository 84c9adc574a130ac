//! What a server answers to packets that it should never be sent, and to some that look odd and are none.

use super::row::{Answer, Row, open_arguments, packet};
use super::wire::{CALL, CALL_WITH_FDS, Packet, Place, string};

const GROUP: &str = "packets";

/// A call that is always served, to be spoilt.
fn call() -> Packet {
    Packet::fence(5)
}

pub(super) fn rows(place: &Place) -> Vec<Row> {
    let rpc = |text: &str| Answer::Refused(39, 7, text.to_owned());
    let internal = |text: &str| Answer::Refused(1, 7, format!("internal error: {text}"));
    let undecodable = || rpc("Unable to decode message payload");
    let before = |name, sent: Packet, answer| packet(GROUP, name, false, sent.to_bytes(), answer);
    let after = |name, sent: Packet, answer| packet(GROUP, name, true, sent.to_bytes(), answer);
    let of_length = |name, length: u32, answer| {
        let mut bytes = call().to_bytes();
        bytes[..4].copy_from_slice(&length.to_be_bytes());
        packet(GROUP, name, false, bytes, answer)
    };
    let ping = Packet { serial: 5, ..Packet::ping() };
    let feature = |number: u32| Packet::call(60, 5, number.to_be_bytes());
    let mut rows = vec![
        before("a call", call(), Answer::Served),
        before("serial 0", Packet::fence(0), Answer::Served),
        before("serial 4294967295", Packet::fence(u32::MAX), Answer::Served),
        before(
            "a program of nobody",
            Packet { program: 74_565, ..call() },
            rpc("Cannot find program 74565 version 1"),
        ),
        before(
            "a version of nobody",
            Packet { version: 2, ..call() },
            rpc("Cannot find program 536903814 version 2"),
        ),
        before(
            "the program of administration",
            Packet { program: 0x0690_0690, procedure: 1, ..call() },
            rpc("Cannot find program 110102160 version 1"),
        ),
        before(
            "the program of QEMU",
            Packet { program: 0x2000_8087, procedure: 9999, ..call() },
            rpc("unknown procedure: 9999"),
        ),
        before(
            "the program of LXC",
            Packet { program: 0x0006_8000, procedure: 9999, ..call() },
            rpc("unknown procedure: 9999"),
        ),
        before("a call of status error", Packet { status: 1, ..call() }, rpc("Unexpected message status 1")),
        before(
            "a call of status continue",
            Packet { status: 2, ..call() },
            rpc("Unexpected message status 2"),
        ),
        before("a call of status 3", Packet { status: 3, ..call() }, rpc("Unexpected message status 3")),
        before("procedure 0", Packet { procedure: 0, ..call() }, rpc("unknown procedure: 0")),
        before("procedure -1", Packet { procedure: u32::MAX, ..call() }, rpc("unknown procedure: -1")),
        before("procedure 9999", Packet { procedure: 9999, ..call() }, rpc("unknown procedure: 9999")),
        before("an event's number", Packet { procedure: 107, ..call() }, rpc("unknown procedure: 107")),
        before(
            "a call with no descriptors of a program of nobody",
            Packet { program: 74_565, kind: CALL_WITH_FDS, payload: vec![0; 4], ..call() },
            rpc("Cannot find program 74565 version 1"),
        ),
        before(
            "a call with no descriptors of status error",
            Packet { kind: CALL_WITH_FDS, status: 1, payload: vec![0; 4], ..call() },
            rpc("Unexpected message status 1"),
        ),
        before(
            "a packet of a stream of a program of nobody",
            Packet { program: 74_565, kind: 3, status: 2, ..call() },
            Answer::Silence,
        ),
        before("a reply", Packet { kind: 1, ..call() }, Answer::Silence),
        before("a message", Packet { kind: 2, ..call() }, Answer::Silence),
        before("a packet of no stream", Packet { kind: 3, ..call() }, Answer::Silence),
        before(
            "a reply with descriptors",
            Packet { kind: 5, payload: vec![0; 4], ..call() },
            Answer::Silence,
        ),
        before("a hole of no stream", Packet { kind: 6, ..call() }, Answer::Silence),
        before("type 7", Packet { kind: 7, ..call() }, Answer::Silence),
        before("type -1", Packet { kind: u32::MAX, ..call() }, Answer::Silence),
        before(
            "a reply of a program of nobody",
            Packet { program: 74_565, kind: 1, ..call() },
            Answer::Silence,
        ),
        before(
            "a call with no descriptors",
            Packet { kind: CALL_WITH_FDS, payload: vec![0; 4], ..call() },
            Answer::Served,
        ),
        before(
            "a call with 33 descriptors",
            Packet { kind: CALL_WITH_FDS, payload: vec![0, 0, 0, 33], ..call() },
            Answer::Closed,
        ),
        before("a ping", ping.clone(), Answer::Pong),
        before("a ping with a body", Packet { payload: vec![0; 8], ..ping.clone() }, Answer::Pong),
        after("a ping after opening", ping.clone(), Answer::Pong),
        before("a pong unasked", Packet { procedure: 2, ..ping.clone() }, Answer::Silence),
        before("a keepalive of procedure 3", Packet { procedure: 3, ..ping.clone() }, Answer::Silence),
        before(
            "a ping as a call",
            Packet { kind: CALL, ..ping },
            rpc("Cannot find program 1801807216 version 1"),
        ),
        of_length("length 0", 0, Answer::Closed),
        of_length("length 3", 3, Answer::Closed),
        of_length("length 4", 4, Answer::Closed),
        of_length("length 27", 27, Answer::Closed),
        of_length("length 32 MiB and 5 bytes", 33_554_437, Answer::Closed),
        of_length("length 2 GiB", 0x8000_0000, Answer::Closed),
        of_length("length 4 GiB", u32::MAX, Answer::Closed),
        before(
            "32 MiB of more behind the arguments",
            Packet { payload: vec![0; 33_554_436 - 28], ..call() },
            Answer::Served,
        ),
        before("arguments cut off", Packet::call(1, 5, [0, 0, 0, 1, 0, 0, 0, 9, b't']), undecodable()),
        before("arguments with more behind", Packet { payload: vec![0; 3], ..call() }, Answer::Served),
        before(
            "a string of 4 GiB in 8 bytes",
            Packet::call(1, 5, [0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff]),
            undecodable(),
        ),
        before(
            "no hypervisor opened",
            Packet::call(23, 5, string("absent")),
            internal("hypervisor connection not open"),
        ),
        before("feature 10 before opening", feature(10), Answer::Served),
        before("feature 3 before opening", feature(3), internal("hypervisor connection not open")),
        before("an open of unknown flags", Packet::call(1, 5, open_arguments("", 0x80)), Answer::Served),
        before(
            "an open of a driver of nobody",
            Packet::call(1, 5, open_arguments("nosuch:///", 0)),
            Answer::Error(5),
        ),
        after("a hypervisor opened twice", Packet::call(1, 5, [0; 8]), internal("connection already open")),
        after("arguments that are not there", Packet::call(23, 5, []), undecodable()),
        after("a name with a NUL inside", Packet::call(23, 5, string(b"no\0such")), Answer::Error(42)),
        after("a name that is not UTF-8", Packet::call(23, 5, string(b"\xff\xfe\xfd")), Answer::Error(42)),
        after("a name of 4 MiB", Packet::call(23, 5, string(vec![b'x'; 4 << 20])), Answer::Error(42)),
        after(
            "a name of 4 MiB and a byte",
            Packet::call(23, 5, string(vec![b'x'; (4 << 20) + 1])),
            undecodable(),
        ),
        after("a feature of nobody", feature(1_000), Answer::Served),
    ];
    if let Place::Tcp(..) = place {
        let sent = Packet { kind: CALL_WITH_FDS, payload: vec![0, 0, 0, 1], ..call() };
        rows.push(before("a call with a descriptor over TCP", sent, Answer::Closed));
    }
    rows
}
