//! What a server that asks its clients who they are answers before it knows them. Nobody is let in here.

use super::row::{Answer, Row, Seen, open_arguments, packet, steps};
use super::wire::{CALL_WITH_FDS, Line, OK, Packet, Trouble, describe, string};

const GROUP: &str = "way in";

/// More than libvirt's daemons let wait to be known (`max_anonymous_clients`).
const CROWD: u32 = 30;

pub(super) fn rows() -> Vec<Row> {
    let rpc = |text: &str| Answer::Refused(39, 7, text.to_owned());
    let refused =
        |name, call: Packet| packet(GROUP, name, false, call.to_bytes(), rpc("authentication required"));
    let one = |name, call: Packet, answer| packet(GROUP, name, false, call.to_bytes(), answer);
    let refused_login = || Answer::Refused(45, 7, "authentication failed: authentication failed".to_owned());
    vec![
        one("the ways in", Packet::fence(5), Answer::Served),
        refused("an open", Packet::call(1, 5, open_arguments("", 0))),
        refused("an open that does not decode", Packet::call(1, 5, [0, 0, 0, 1])),
        refused("a close", Packet::call(2, 5, [])),
        refused("feature 10", Packet::call(60, 5, 10_u32.to_be_bytes())),
        refused("arguments of 12 KiB", Packet::call(23, 5, string(vec![b'x'; 12 << 10]))),
        refused("the program of QEMU", Packet { program: 0x2000_8087, ..Packet::call(1, 5, []) }),
        refused("a call with no descriptors", Packet { kind: CALL_WITH_FDS, ..Packet::call(1, 5, [0; 4]) }),
        one("procedure 9999", Packet::call(9_999, 5, []), rpc("unknown procedure: 9999")),
        one(
            "a program of nobody",
            Packet { program: 74_565, ..Packet::call(1, 5, []) },
            rpc("Cannot find program 74565 version 1"),
        ),
        one("a ping", Packet { serial: 5, ..Packet::ping() }, Answer::Pong),
        one("a step of SASL that nobody has begun", Packet::call(69, 5, [0; 8]), refused_login()),
        steps(GROUP, "an open behind a failure", "it is refused, and so is a second failure", |target| {
            let mut line = target.connect()?;
            let step = Packet::call(69, 6, [0; 8]);
            line.ask(&step)?;
            let open = line.ask(&Packet::call(1, 7, open_arguments("", 0)))?;
            let again = line.ask(&step)?;
            let required = (39, 7, "authentication required".to_owned());
            let right = open.error() == Some(required) && again.error().is_some_and(|error| error.0 == 45);
            Ok(Seen::so(right, || format!("{}, and {}", describe(&open), describe(&again))))
        }),
        steps(GROUP, "30 at a time", "whoever is too many waits, and is not refused", |target| {
            let mut lines = Vec::new();
            for _ in 0..CROWD {
                let mut line = target.connect()?;
                line.send(&Packet::fence(5).to_bytes())?;
                lines.push(line);
            }
            // Each that goes makes room for one that waits.
            lines.into_iter().try_for_each(listed)?;
            Ok(Seen::Conforms)
        }),
    ]
}

/// The ways in are told to a client, which goes.
fn listed(mut line: Line) -> Result<(), Trouble> {
    let answer = line.expect()?;
    match answer.status == OK && answer.serial == 5 {
        true => Ok(()),
        false => Err(Trouble(format!("the ways in are answered by {}", describe(&answer)))),
    }
}
