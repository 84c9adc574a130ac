//! Streams: whose packets are whose, how they end, and what may not be said on them.

use virtwire::protocol::remote::{
    ConnectListAllDomains, ConnectListAllDomainsReply, Domain, DomainOpenConsole, DomainScreenshot,
};

use super::objects::call;
use super::row::{Row, Seen, Target, steps};
use super::wire::{CONTINUE, ERROR, HOLE, Line, OK, Packet, REPLY, STREAM, Trouble, describe};

const GROUP: &str = "streams";

/// More packets than a screenshot or the start of a console has.
const PACKETS_MAX: usize = 10_000;

pub(super) fn rows() -> Vec<Row> {
    vec![
        on_a_stream("data to the end", "an empty packet ends it, and a finish is confirmed", read_to_the_end),
        on_a_stream("an abort", "it is confirmed", |line, opened| {
            line.send(&Packet::of_stream(opened, STREAM, ERROR, []).to_bytes())?;
            confirmed(line, opened)
        }),
        on_a_stream("data behind an abort", "nothing, and the connection goes on", |line, opened| {
            line.send(&Packet::of_stream(opened, STREAM, ERROR, []).to_bytes())?;
            if let Seen::Differs(what) = confirmed(line, opened)? {
                return Ok(Seen::Differs(what));
            }
            line.send(&Packet::of_stream(opened, STREAM, CONTINUE, *b"late").to_bytes())?;
            line.served(&Packet::fence(8))?;
            Ok(Seen::Conforms)
        }),
        on_a_stream("a call beside a stream", "it is served", |line, opened| {
            line.send(&Packet::fence(8).to_bytes())?;
            let answer = past_data(line, opened)?;
            Ok(Seen::so((answer.kind, answer.serial, answer.status) == (REPLY, 8, OK), || describe(&answer)))
        }),
        on_a_stream("a packet of status 7", "error 39/38 ends the stream", |line, opened| {
            line.send(&Packet::of_stream(opened, STREAM, 7, []).to_bytes())?;
            let answer = past_data(line, opened)?;
            let right = answer.kind == STREAM
                && answer.serial == opened.serial
                && answer.error().is_some_and(|(code, domain, _)| (code, domain) == (39, 38));
            Ok(Seen::so(right, || describe(&answer)))
        }),
        on_a_stream(
            "a hole that was not agreed on",
            "the stream fails, or the connection is closed",
            |line, opened| {
                line.send(
                    &Packet::of_stream(opened, HOLE, CONTINUE, [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
                        .to_bytes(),
                )?;
                for _ in 0..PACKETS_MAX {
                    match line.receive()? {
                        None => return Ok(Seen::Conforms),
                        Some(packet) if is_data(&packet, opened) => {}
                        Some(packet) if packet.kind == STREAM && packet.error().is_some() => {
                            return Ok(Seen::Conforms);
                        }
                        Some(packet) => return Ok(Seen::Differs(describe(&packet))),
                    }
                }
                Ok(Seen::Differs("it goes on sending".to_owned()))
            },
        ),
        steps(GROUP, "a connection cut beside an open stream", "others are served", |target| {
            let mut line = target.open()?;
            let Some(_) = open(&mut line)? else { return Ok(nothing_to_open()) };
            drop(line);
            target.open()?.served(&Packet::fence(8))?;
            Ok(Seen::Conforms)
        }),
    ]
}

fn nothing_to_open() -> Seen {
    Seen::NotTried("no running guest there gives a screenshot or a console".to_owned())
}

/// Makes a row that starts with an open stream, given with the call that opened it.
fn on_a_stream(
    name: &'static str,
    expected: &'static str,
    run: impl Fn(&mut Line, &Packet) -> Result<Seen, Trouble> + Send + 'static,
) -> Row {
    steps(GROUP, name, expected, move |target: &Target| {
        let mut line = target.open()?;
        match open(&mut line)? {
            Some(opened) => run(&mut line, &opened),
            None => Ok(nothing_to_open()),
        }
    })
}

/// Opens a stream of the first running guest that has one: its screenshot, or else its console.
fn open(line: &mut Line) -> Result<Option<Packet>, Trouble> {
    const ACTIVE: u32 = 1;
    let list = call(&ConnectListAllDomains { need_results: 1, flags: ACTIVE })?;
    let listed = line.served(&list)?;
    let guests: ConnectListAllDomainsReply = virtwire::xdr::from_slice(&listed.payload)
        .map_err(|error| Trouble(format!("the list of guests does not decode: {error}")))?;
    for dom in guests.domains {
        for call in [screenshot(&dom)?, console(dom)?] {
            // The reply may come behind the first data.
            line.send(&call.to_bytes())?;
            loop {
                let packet = line.expect()?;
                if packet.kind == REPLY {
                    if packet.status == OK {
                        return Ok(Some(call));
                    }
                    break;
                }
            }
        }
    }
    Ok(None)
}

fn screenshot(dom: &Domain) -> Result<Packet, Trouble> {
    call(&DomainScreenshot { dom: dom.clone(), screen: 0, flags: 0 })
}

fn console(dom: Domain) -> Result<Packet, Trouble> {
    /// Whoever else has the console loses it.
    const FORCE: u32 = 1;
    call(&DomainOpenConsole { dom, dev_name: None, flags: FORCE })
}

fn is_data(packet: &Packet, opened: &Packet) -> bool {
    let head = (packet.program, packet.procedure, packet.serial);
    [STREAM, HOLE].contains(&packet.kind)
        && packet.status == CONTINUE
        && head == (opened.program, opened.procedure, opened.serial)
}

/// The first packet that is no data of the stream.
fn past_data(line: &mut Line, opened: &Packet) -> Result<Packet, Trouble> {
    for _ in 0..PACKETS_MAX {
        let packet = line.expect()?;
        if !is_data(&packet, opened) {
            return Ok(packet);
        }
    }
    Err(Trouble(format!("{PACKETS_MAX} packets of data came, and nothing else")))
}

/// Whether the stream's end is confirmed.
fn confirmed(line: &mut Line, opened: &Packet) -> Result<Seen, Trouble> {
    let answer = past_data(line, opened)?;
    let wanted = Packet::of_stream(opened, STREAM, OK, []);
    Ok(Seen::so(answer == wanted, || describe(&answer)))
}

fn read_to_the_end(line: &mut Line, opened: &Packet) -> Result<Seen, Trouble> {
    if opened.procedure != 211 {
        return Ok(Seen::NotTried("no running guest there gives a screenshot".to_owned()));
    }
    for _ in 0..PACKETS_MAX {
        let packet = line.expect()?;
        if !is_data(&packet, opened) {
            return Ok(Seen::Differs(describe(&packet)));
        }
        if packet.kind == STREAM && packet.payload.is_empty() {
            line.send(&Packet::of_stream(opened, STREAM, OK, []).to_bytes())?;
            return confirmed(line, opened);
        }
    }
    Ok(Seen::Differs(format!("{PACKETS_MAX} packets, and no end")))
}
