//! Whole sessions: wherever their bytes are cut, in whatever order they are answered, whoever else is connected.

use std::thread::sleep;
use std::time::{Duration, Instant};

use super::row::{Row, Seen, Target, open_arguments, steps};
use super::wire::{Line, MESSAGE, OK, Packet, REPLY, Trouble, describe, string};

const GROUP: &str = "sessions";

pub(super) fn rows() -> Vec<Row> {
    vec![
        steps(GROUP, "a session in one write", "each call is answered once", |target| {
            let mut line = target.connect()?;
            line.send(&start())?;
            Ok(judge(&mut line)?.unwrap_or(Seen::Conforms))
        }),
        steps(GROUP, "a session byte by byte", "the answers are the same", |target| {
            let mut line = target.connect()?;
            for byte in start() {
                line.send(&[byte])?;
            }
            Ok(judge(&mut line)?.unwrap_or(Seen::Conforms))
        }),
        steps(GROUP, "a session cut in two at every byte", "the answers are the same", at_every_byte),
        steps(GROUP, "64 calls at once", "each is answered once, under its own serial", many_calls),
        steps(GROUP, "64 calls with the same serial", "each is answered", |target| {
            let mut line = target.open()?;
            line.send(
                &(0..64)
                    .flat_map(|_| Packet::call(60, 9, 1_000_u32.to_be_bytes()).to_bytes())
                    .collect::<Vec<_>>(),
            )?;
            for _ in 0..64 {
                let answer = line.expect()?;
                if (answer.kind, answer.status, answer.serial) != (REPLY, OK, 9) {
                    return Ok(Seen::Differs(describe(&answer)));
                }
            }
            Ok(Seen::Conforms)
        }),
        steps(GROUP, "a refused call among others", "the others are served", |target| {
            let mut line = target.open()?;
            let calls = [
                Packet::call(60, 1, 1_000_u32.to_be_bytes()),
                Packet::call(23, 2, []),
                Packet::call(9_999, 3, []),
                Packet::call(60, 4, 1_000_u32.to_be_bytes()),
            ];
            line.send(&calls.iter().flat_map(Packet::to_bytes).collect::<Vec<_>>())?;
            let mut statuses = [None; 4];
            for _ in &calls {
                let answer = line.expect()?;
                if let Some(status) = statuses.get_mut(answer.serial.wrapping_sub(1) as usize) {
                    *status = Some(answer.status);
                }
            }
            Ok(Seen::so(statuses == [Some(0), Some(1), Some(1), Some(0)], || {
                format!("by serial: {statuses:?}")
            }))
        }),
        steps(GROUP, "half a packet on another connection", "calls are served meanwhile", |target| {
            let mut stuck = target.connect()?;
            stuck.send(&Packet::fence(0).to_bytes()[..17])?;
            let mut line = target.open()?;
            line.served(&Packet::fence(8))?;
            stuck.send(&Packet::fence(0).to_bytes()[17..])?;
            let answer = stuck.expect()?;
            Ok(Seen::so(answer.status == OK, || format!("the other half's answer: {}", describe(&answer))))
        }),
        steps(GROUP, "32 MiB announced, and two bytes of it", "calls of others are served", |target| {
            let mut lines = Vec::new();
            for _ in 0..16 {
                let mut line = target.connect()?;
                line.send(&33_554_436_u32.to_be_bytes())?;
                line.send(&[0x20, 0x00])?;
                lines.push(line);
            }
            target.open()?.served(&Packet::fence(8))?;
            Ok(Seen::Conforms)
        }),
        steps(GROUP, "a close", "it is answered, and then the connection is closed", |target| {
            let mut line = target.open()?;
            line.served(&Packet::call(2, 6, []))?;
            let more = line.receive()?;
            Ok(more.map_or(Seen::Conforms, |packet| Seen::Differs(describe(&packet))))
        }),
        steps(
            GROUP,
            "a close before opening",
            "it is answered, and then the connection is closed",
            |target| {
                let mut line = target.connect()?;
                line.served(&Packet::call(2, 6, []))?;
                let more = line.receive()?;
                Ok(more.map_or(Seen::Conforms, |packet| Seen::Differs(describe(&packet))))
            },
        ),
    ]
}

/// The row that fills a server with as many clients as it is set to hold.
pub(super) fn crowd(clients: u32) -> Row {
    let expected = "one more waits, and is served once one has gone";
    // Of those that may only look a server may have fewer.
    steps(GROUP, "as many clients as may be", expected, move |target| fill(target, clients)).writes()
}

fn fill(target: &Target, clients: u32) -> Result<Seen, Trouble> {
    let mut inside = (0..clients).map(|_| target.open()).collect::<Result<Vec<_>, _>>()?;
    let mut late = target.place.connect(Duration::from_secs(1))?;
    late.send(&Packet::fence(5).to_bytes())?;
    if !late.is_silent()? {
        return Ok(Seen::Differs(format!("one more than {clients} clients is served")));
    }
    for line in &mut inside {
        line.served(&Packet::fence(8))?;
    }
    inside.pop();
    let start = Instant::now();
    while late.is_silent()? {
        if start.elapsed() > target.patience {
            return Ok(Seen::Differs("it is not served once one has gone".to_owned()));
        }
    }
    let answer = late.expect()?;
    Ok(Seen::so((answer.status, answer.serial) == (OK, 5), || describe(&answer)))
}

/// The bytes of a session: the ways of authentication, the keepalive feature, a ping. None waits for another. Feature 10 lets the
/// server ping us, but not for seconds.
fn start() -> Vec<u8> {
    [
        Packet::fence(1).to_bytes(),
        Packet::call(60, 2, 10_u32.to_be_bytes()).to_bytes(),
        Packet::ping().to_bytes(),
        Packet::call(23, 3, string("nobody has this name")).to_bytes(),
        Packet::fence(4).to_bytes(),
    ]
    .concat()
}

/// What is wrong with the answers to [`start`], which may come in any order.
fn judge(line: &mut Line) -> Result<Option<Seen>, Trouble> {
    let mut seen = Vec::new();
    for _ in 0..5 {
        let answer = line.expect()?;
        seen.push((answer.kind, answer.serial, answer.status));
    }
    seen.sort_unstable();
    let wanted = [(REPLY, 1, 0), (REPLY, 2, 0), (REPLY, 3, 1), (REPLY, 4, 0), (MESSAGE, 0, 0)];
    Ok((seen != wanted).then(|| Seen::Differs(format!("type, serial and status of the answers: {seen:?}"))))
}

fn at_every_byte(target: &Target) -> Result<Seen, Trouble> {
    let bytes = start();
    for cut in 1..bytes.len() {
        let mut line = target.connect()?;
        let (first, second) = bytes.split_at(cut);
        line.send(first)?;
        // Time for the first part to be read alone; where it is not, the row shows less and is not wrong.
        sleep(Duration::from_millis(1));
        line.send(second)?;
        if let Some(Seen::Differs(what)) = judge(&mut line)? {
            return Ok(Seen::Differs(format!("cut after {cut} bytes: {what}")));
        }
    }
    Ok(Seen::Conforms)
}

fn many_calls(target: &Target) -> Result<Seen, Trouble> {
    let mut line = target.connect()?;
    line.served(&Packet::call(1, 0, open_arguments(&target.name, 0)))?;
    let calls: Vec<u8> = (1..=64_u32)
        .flat_map(|serial| Packet::call(60, serial, 1_000_u32.to_be_bytes()).to_bytes())
        .collect();
    line.send(&calls)?;
    let mut serials = Vec::new();
    for _ in 0..64 {
        let answer = line.expect()?;
        if (answer.kind, answer.status) != (REPLY, OK) {
            return Ok(Seen::Differs(describe(&answer)));
        }
        serials.push(answer.serial);
    }
    serials.sort_unstable();
    Ok(Seen::so(serials.iter().copied().eq(1..=64), || format!("the serials answered: {serials:?}")))
}
