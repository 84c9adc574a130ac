//! Who pings whom, and what becomes of the one that says nothing.

use std::time::Duration;

use super::row::{Price, Row, Seen, steps};
use super::wire::{KEEPALIVE, MESSAGE, Packet, Trouble, describe};

const GROUP: &str = "keepalive";

/// Longer than two usual intervals (5 s).
const TWO_INTERVALS: Duration = Duration::from_secs(12);
/// Longer than it usually takes to give up: 6 intervals.
const GIVEN_UP: Duration = Duration::from_secs(45);

pub(super) fn rows() -> Vec<Row> {
    let pings = || Packet { kind: MESSAGE, program: KEEPALIVE, ..Packet::ping() };
    vec![
        steps(GROUP, "a client that never asked for feature 10", "is not pinged", |target| {
            let mut line = target.place.connect(TWO_INTERVALS)?;
            line.served(&Packet::fence(0))?;
            Ok(match line.receive() {
                Err(Trouble(_)) => Seen::Conforms,
                Ok(Some(packet)) => Seen::Differs(describe(&packet)),
                Ok(None) => Seen::Differs("the connection is closed".to_owned()),
            })
        })
        .price(Price::Slow),
        steps(GROUP, "a silent client that asked for feature 10", "is pinged", move |target| {
            let mut line = target.place.connect(TWO_INTERVALS)?;
            line.served(&Packet::call(60, 1, 10_u32.to_be_bytes()))?;
            let packet = line.expect()?;
            Ok(Seen::so(packet == pings(), || describe(&packet)))
        })
        .price(Price::Slow),
        steps(GROUP, "a client that answers no ping", "is closed", |target| {
            let mut line = target.place.connect(GIVEN_UP)?;
            line.served(&Packet::call(60, 1, 10_u32.to_be_bytes()))?;
            for _ in 0..60 {
                match line.receive()? {
                    None => return Ok(Seen::Conforms),
                    Some(packet) if packet.program == KEEPALIVE => {}
                    Some(packet) => return Ok(Seen::Differs(describe(&packet))),
                }
            }
            Ok(Seen::Differs("it is pinged on and on".to_owned()))
        })
        .price(Price::Slow),
        steps(GROUP, "a ping behind 64 calls", "pong", |target| {
            let mut line = target.open()?;
            let mut bytes: Vec<u8> = (1..=64_u32)
                .flat_map(|serial| Packet::call(60, serial, 1_000_u32.to_be_bytes()).to_bytes())
                .collect();
            bytes.extend(Packet::ping().to_bytes());
            line.send(&bytes)?;
            for _ in 0..65 {
                let packet = line.expect()?;
                if packet.program == KEEPALIVE {
                    return Ok(Seen::so(packet.procedure == 2, || describe(&packet)));
                }
            }
            Ok(Seen::Differs("65 other packets".to_owned()))
        }),
    ]
}
