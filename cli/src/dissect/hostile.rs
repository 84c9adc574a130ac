//! Recordings and captures, damaged in every way: nothing panics, nothing is invented, nothing reaches the terminal raw.
//!
//! `fuzz/fuzz_targets/dissect.rs` does the same for longer, led by coverage.

use std::fs;
use std::io::{self, Cursor, Read};
use std::path::Path;

use super::ladder::Ladder;
use super::ladder::{svg, text};
use super::reading::raw::Recording;
use super::reading::{Happening, Opened, capture};
use super::showing::body::Wants;
use super::showing::filter::Filter;
use super::showing::json::Json;
use super::showing::lines::{Lines, Paper, Tone};
use super::showing::{Counts, Desk, Output, Told};
use crate::harmless::is_unsafe;

/// Of each recording.
const ROUNDS: u64 = 8;
/// Longer recordings have nothing more to damage.
const BYTES_MAX: usize = 20_000;

#[test]
fn damaged_recordings_and_captures_are_told() {
    let rounds =
        std::env::var("DISSECT_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/captures");
    let mut seen = Counts::default();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Some(stem) = path.to_str().unwrap().strip_suffix(".c2s") else { continue };
        let ends = ["c2s", "s2c"].map(|end| fs::read(format!("{stem}.{end}")).unwrap());
        if ends.iter().any(|bytes| bytes.len() > BYTES_MAX) {
            continue;
        }
        let whole = packets(&ends);
        for round in 0..rounds {
            let mut chance = Chance(round * 2 + 1);
            let [client, daemon] = ends.each_ref().map(|bytes| damaged(bytes, &mut chance));
            let told = recording(&client, &daemon);
            assert!(told.frames * 28 <= (client.len() + daemon.len()) as u64);
            add(&mut seen, told);
            let (file, length) = file(&whole, &mut chance);
            let told = of_capture(&file);
            assert!(told.frames * 28 <= length as u64);
            add(&mut seen, told);
        }
    }
    // The damage was neither too little nor too much.
    assert!(
        seen.frames > 1_000 && seen.undecoded > 50 && seen.foreign > 50 && seen.connections > 100,
        "{seen:?}"
    );
}

fn add(sum: &mut Counts, other: Counts) {
    sum.frames += other.frames;
    sum.undecoded += other.undecoded;
    sum.foreign += other.foreign;
    sum.connections += other.connections;
}

fn recording(client: &[u8], daemon: &[u8]) -> Counts {
    let source = |bytes: &[u8]| Some(Box::new(Cursor::new(bytes.to_vec())) as Box<dyn Read + Send>);
    let mut desk = desk();
    desk.take(Happening::Opened(Opened {
        connection: 1,
        at: None,
        client: String::new(),
        daemon: "damaged".to_owned(),
        remark: None,
        one_sided: false,
    }))
    .unwrap();
    let mut recording = Recording::new(1, source(client), source(daemon));
    while let Some(happening) = recording.next().unwrap() {
        desk.take(happening).unwrap();
    }
    finish(desk)
}

fn of_capture(file: &[u8]) -> Counts {
    let mut desk = desk();
    capture::read(Cursor::new(file), 0, &mut |happening| desk.take(happening).unwrap());
    finish(desk)
}

fn desk() -> Desk<Everything> {
    let all =
        Everything { lines: Lines::new(Blank, true), json: Json::new(Vec::new()), ladder: Ladder::default() };
    Desk::new(all, Filter::default(), Wants { secrets: true }, false)
}

fn finish(desk: Desk<Everything>) -> Counts {
    let (all, counts) = desk.finish().unwrap();
    let cast = all.ladder.cast();
    for (line, _) in text::draw(&cast) {
        assert_harmless(&line);
    }
    assert!(svg::draw(&cast).ends_with("</svg>\n"));
    counts
}

struct Everything {
    lines: Lines<Blank>,
    json: Json<Vec<u8>>,
    ladder: Ladder,
}

impl Output for Everything {
    fn tell(&mut self, told: &Told<'_>) -> io::Result<()> {
        self.lines.tell(told)?;
        self.json.tell(told)?;
        self.ladder.tell(told)
    }
}

struct Blank;

impl Paper for Blank {
    fn line(&mut self, _: Tone, text: &str) -> io::Result<()> {
        assert_harmless(text);
        Ok(())
    }
}

#[track_caller]
fn assert_harmless(text: &str) {
    assert!(text.chars().all(|c| !is_unsafe(c) || c == '\t'), "{text:?}");
}

/// Numbers that differ.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end.max(1)
    }
}

/// A few bytes are changed, lost or doubled; words become lengths that are too large.
fn damaged(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..chance.below(5) {
        let at = chance.below(bytes.len());
        let to = (at + 1 + chance.below(40)).min(bytes.len());
        match chance.below(5) {
            0 => bytes[at] = chance.below(256) as u8,
            1 => drop(bytes.drain(at..to)),
            2 => {
                let again = bytes[at..to].to_vec();
                bytes.splice(at..at, again);
            }
            3 => {
                let at = at / 4 * 4;
                for (byte, with) in bytes[at..].iter_mut().zip([0, 0xff, 0xff, 0xf0]) {
                    *byte = with;
                }
            }
            _ => bytes.truncate(bytes.len() - bytes.len().min(chance.below(100))),
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

/// Both directions in packets of raw IP, one after another.
fn packets(ends: &[Vec<u8>; 2]) -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    for (end, (from, to)) in ends.iter().zip([(40_000, 16_509), (16_509, 40_000)]) {
        for (part, at) in end.chunks(700).zip(0_u32..) {
            let mut packet = Vec::new();
            let builder = etherparse::PacketBuilder::ipv4([127, 0, 0, 1], [127, 0, 0, 1], 64);
            builder.tcp(from, to, 1 + at * 700, 512).ack(1).write(&mut packet, part).unwrap();
            packets.push(packet);
        }
    }
    packets
}

/// A file of them, pcap or pcapng, some lost, turned, cut or doubled, and the file itself damaged; and how many bytes
/// packets have in all.
fn file(packets: &[Vec<u8>], chance: &mut Chance) -> (Vec<u8>, usize) {
    let mut packets = packets.to_vec();
    for _ in 0..chance.below(6) {
        let (one, other) = (chance.below(packets.len()), chance.below(packets.len()));
        match chance.below(4) {
            0 => packets.swap(one, other),
            1 => drop(packets.remove(one)),
            2 => packets.push(packets[one].clone()),
            _ => packets[one] = damaged(&packets[one], chance),
        }
        if packets.is_empty() {
            break;
        }
    }
    let is_ng = chance.below(2) == 0;
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<_>>();
    let mut file = match is_ng {
        false => words(&[0xa1b2_c3d4, 0x0002_0004, 0, 0, 65_535, 101]),
        true => words(&[
            0x0a0d_0d0a,
            28,
            0x1a2b_3c4d,
            0x0001_0000,
            u32::MAX,
            u32::MAX,
            28,
            1,
            20,
            101 << 16,
            0,
            20,
        ]),
    };
    for packet in &packets {
        let length = packet.len() as u32;
        if is_ng {
            let padding = packet.len().next_multiple_of(4) - packet.len();
            let block = 32 + length + padding as u32;
            file.extend(words(&[
                6,
                block,
                0,
                0x0006_0000,
                7,
                length,
                length + u32::from(chance.below(9) == 0),
            ]));
            file.extend(packet);
            file.extend(vec![0; padding]);
            file.extend(words(&[block]));
        } else {
            file.extend(words(&[1_700_000_000, 7, length, length]));
            file.extend(packet);
        }
    }
    let length: usize = packets.iter().map(Vec::len).sum();
    if chance.below(2) == 0 {
        // The header stays: what is no capture is told from one by it.
        let damaged = damaged(&file[4..], chance);
        file.splice(4.., damaged);
    }
    (file, length + 1_000)
}
