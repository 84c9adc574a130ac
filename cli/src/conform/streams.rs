//! Streams: whose packets are whose, how they end, and what may not be said on them.

use virtwire::protocol::program::Procedure;
use virtwire::protocol::remote::{
    ConnectListAllDomains, ConnectListAllStoragePools, Domain, DomainOpenConsole, DomainScreenshot,
    StoragePoolListAllVolumes, StorageVol, StorageVolDownload,
};

use super::objects::call;
use super::row::{Row, Seen, Target, steps};
use super::wire::{CONTINUE, ERROR, HOLE, Line, OK, Packet, REPLY, STREAM, Trouble, describe};

const GROUP: &str = "streams";

/// More packets than a screenshot, the start of a console or that of a volume has.
const PACKETS_MAX: usize = 10_000;

pub(super) fn rows() -> Vec<Row> {
    vec![
        on(
            Wanted::Ending,
            "data to the end",
            "an empty packet ends it, and a finish is confirmed",
            read_to_the_end,
        ),
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
                    let received = line.receive();
                    // Also in the middle of a packet: what the daemon was sending may be more than it got rid of.
                    if line.has_ended() {
                        return Ok(Seen::Conforms);
                    }
                    match received? {
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
            let Some(_) = open(&mut line, Wanted::Any)? else { return Ok(nothing_to_open(Wanted::Any)) };
            drop(line);
            target.open()?.served(&Packet::fence(8))?;
            Ok(Seen::Conforms)
        }),
    ]
}

/// Which streams a row can be tried on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Any,
    /// One that ends by itself, which no console does.
    Ending,
}

fn nothing_to_open(wanted: Wanted) -> Seen {
    let or_console = if wanted == Wanted::Any { " or a console" } else { "" };
    Seen::NotTried(format!(
        "no running guest there gives a screenshot{or_console}, and no active pool a volume"
    ))
}

/// Makes a row that starts with an open stream, given with the call that opened it.
fn on_a_stream(
    name: &'static str,
    expected: &'static str,
    run: impl Fn(&mut Line, &Packet) -> Result<Seen, Trouble> + Send + 'static,
) -> Row {
    on(Wanted::Any, name, expected, run)
}

fn on(
    wanted: Wanted,
    name: &'static str,
    expected: &'static str,
    run: impl Fn(&mut Line, &Packet) -> Result<Seen, Trouble> + Send + 'static,
) -> Row {
    steps(GROUP, name, expected, move |target: &Target| {
        let mut line = target.open()?;
        match open(&mut line, wanted)? {
            Some(opened) => run(&mut line, &opened),
            None => Ok(nothing_to_open(wanted)),
        }
    })
}

/// Opens a stream of the first running guest that has one: its screenshot, or else its console. Where there is none, that of the first
/// volume of a pool: reading changes nothing, either.
fn open(line: &mut Line, wanted: Wanted) -> Result<Option<Packet>, Trouble> {
    const ACTIVE: u32 = 1;
    const ACTIVE_POOLS: u32 = 2;
    let guests = listed(line, &ConnectListAllDomains { need_results: 1, flags: ACTIVE })?;
    for dom in guests.map(|guests| guests.domains).unwrap_or_default() {
        let screenshot = screenshot(&dom)?;
        if opens(line, &screenshot)? {
            return Ok(Some(screenshot));
        }
        let console = console(dom)?;
        if wanted == Wanted::Any && opens(line, &console)? {
            return Ok(Some(console));
        }
    }
    let pools = listed(line, &ConnectListAllStoragePools { need_results: 1, flags: ACTIVE_POOLS })?;
    for pool in pools.map(|pools| pools.pools).unwrap_or_default() {
        let volumes = listed(line, &StoragePoolListAllVolumes { pool, need_results: 1, flags: 0 })?;
        let Some(volume) = volumes.and_then(|volumes| volumes.vols.into_iter().next()) else { continue };
        let download = download(volume)?;
        if opens(line, &download)? {
            return Ok(Some(download));
        }
    }
    Ok(None)
}

/// What a host has of something; `None` where it has nothing to do with that.
fn listed<P: Procedure>(line: &mut Line, list: &P) -> Result<Option<P::Reply>, Trouble> {
    let answer = line.ask(&call(list)?)?;
    if answer.error().is_some() {
        return Ok(None);
    }
    let decoded = virtwire::xdr::from_slice(&answer.payload);
    decoded.map(Some).map_err(|error| Trouble(format!("a list does not decode: {error}")))
}

/// Whether this call opens a stream.
fn opens(line: &mut Line, call: &Packet) -> Result<bool, Trouble> {
    line.send(&call.to_bytes())?;
    // The reply may come behind the first data, and even behind the end of it.
    let mut last = None;
    for _ in 0..PACKETS_MAX {
        let packet = line.expect()?;
        if packet.kind == REPLY {
            last.into_iter().for_each(|last| line.put_back(last));
            return Ok(packet.status == OK);
        }
        last = Some(packet);
    }
    Err(Trouble(format!("{PACKETS_MAX} packets came, and no reply")))
}

fn screenshot(dom: &Domain) -> Result<Packet, Trouble> {
    call(&DomainScreenshot { dom: dom.clone(), screen: 0, flags: 0 })
}

fn console(dom: Domain) -> Result<Packet, Trouble> {
    /// Whoever else has the console loses it.
    const FORCE: u32 = 1;
    call(&DomainOpenConsole { dom, dev_name: None, flags: FORCE })
}

fn download(vol: StorageVol) -> Result<Packet, Trouble> {
    /// A few packets of it.
    const BYTES_MAX: u64 = 600 << 10;
    call(&StorageVolDownload { vol, offset: 0, length: BYTES_MAX, flags: 0 })
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
