//! The TCP connections of a capture: which end is the client, and which of them speak libvirt's protocol at all.
//!
//! A connection is shown from its first frame on, on whatever port; one on libvirt's own ports is shown in any case.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::time::Duration;

use virtwire::protocol::dissect::{Cutter, Piece, Side};
use virtwire::protocol::header::Header;

use super::packet::Segment;
use super::reassembly::{Delivered, Reassembly};
use super::{Happening, Opened};

/// Connections that are followed at a time, and bytes that all of them may hold; the longest silent one goes.
const FLOWS_MAX: usize = 4_096;
const HELD_BYTES_MAX: usize = 256 * 1024 * 1024;
/// libvirt's ports, without TLS and with it.
const PORTS: [u16; 2] = [16_509, 16_514];
/// What is kept of a connection without a frame: bytes that were none, and where they ended, both ways.
const BEFORE_MAX: usize = 4;

/// Every connection that is under way.
#[derive(Debug, Default)]
pub(super) struct Flows {
    flows: HashMap<Key, Flow>,
    /// By when they last said something.
    order: BTreeMap<u64, Key>,
    ticks: u64,
    held: usize,
    shown: u32,
    /// What carried no frame: connections and bytes.
    strangers: (u64, u64),
    given_up: u64,
}

/// Both ends, the lower first.
type Key = [SocketAddr; 2];

#[derive(Debug)]
struct Flow {
    ends: [End; 2],
    /// Which end is the client, once that is known.
    client: Option<usize>,
    began: bool,
    /// Its number, once it is shown.
    number: Option<u32>,
    /// What was said of bytes before the first frame, as much as is worth repeating.
    before: Vec<(Option<Duration>, usize, Piece)>,
    bytes: u64,
    tick: u64,
    held: usize,
}

#[derive(Debug)]
struct End {
    address: SocketAddr,
    stream: Reassembly,
    cutter: Cutter,
}

impl Flows {
    /// Numbers connections from the next number on.
    pub(super) fn after(number: u32) -> Flows {
        Flows { shown: number, ..Flows::default() }
    }

    /// The last number given.
    pub(super) fn numbers(&self) -> u32 {
        self.shown
    }

    /// A segment passed.
    pub(super) fn segment(
        &mut self,
        at: Option<Duration>,
        segment: &Segment<'_>,
        tell: &mut impl FnMut(Happening),
    ) {
        let key =
            if segment.from <= segment.to { [segment.from, segment.to] } else { [segment.to, segment.from] };
        let from = usize::from(segment.from != key[0]);
        let begins_another = segment.syn
            && self.flows.get(&key).is_some_and(|flow| flow.ends[from].stream.is_another(segment.sequence));
        if begins_another {
            self.close(&key, at, "its ports were used for another", tell);
        }
        let is_empty = segment.payload.is_empty() && segment.cut == 0;
        let flow = match self.flows.entry(key) {
            Entry::Occupied(flow) => flow.into_mut(),
            // The last words of a connection that is gone are none of a new one.
            Entry::Vacant(_) if is_empty && !segment.syn => return,
            Entry::Vacant(place) => place.insert(Flow::new(key)),
        };
        self.ticks += 1;
        self.order.remove(&flow.tick);
        flow.tick = self.ticks;
        self.order.insert(self.ticks, key);

        let over = flow.segment(from, at, segment, &mut self.shown, tell);
        let held: usize = flow.ends.iter().map(|end| end.stream.held() + end.cutter.held()).sum();
        self.held = (self.held + held).saturating_sub(std::mem::replace(&mut flow.held, held));
        if let Some(how) = over {
            self.close(&key, at, how, tell);
        }
        while self.flows.len() > FLOWS_MAX || self.held > HELD_BYTES_MAX {
            let Some((_, key)) = self.order.first_key_value() else { break };
            let key = *key;
            self.given_up += 1;
            self.close(&key, at, "given up: too much is under way at the same time", tell);
        }
    }

    /// The capture ends.
    pub(super) fn finish(&mut self, tell: &mut impl FnMut(Happening)) {
        while let Some((_, key)) = self.order.first_key_value() {
            let key = *key;
            self.close(&key, None, "the capture ends", tell);
        }
        let (connections, bytes) = self.strangers;
        if connections > 0 {
            tell(Happening::Remark(format!(
                "{connections} other TCP connections, {bytes} bytes, carried no frames of libvirt's"
            )));
        }
        if self.given_up > 0 {
            tell(Happening::Remark(format!(
                "{} connections were given up, the longest silent first: more than {FLOWS_MAX}, or more than {} MiB of \
                 frames that were not complete",
                self.given_up,
                HELD_BYTES_MAX >> 20
            )));
        }
    }

    fn close(
        &mut self,
        key: &Key,
        at: Option<Duration>,
        how: &'static str,
        tell: &mut impl FnMut(Happening),
    ) {
        let Some(mut flow) = self.flows.remove(key) else { return };
        self.order.remove(&flow.tick);
        self.held = self.held.saturating_sub(flow.held);
        flow.finish(at, &mut self.shown, tell);
        match flow.number {
            Some(connection) => tell(Happening::Closed { connection, at, how }),
            None if flow.bytes > 0 => {
                self.strangers.0 += 1;
                self.strangers.1 = self.strangers.1.saturating_add(flow.bytes);
            }
            None => {}
        }
    }
}

impl Flow {
    fn new(key: Key) -> Flow {
        let end = |address| End { address, stream: Reassembly::default(), cutter: Cutter::default() };
        Flow {
            ends: key.map(end),
            client: None,
            began: false,
            number: None,
            before: Vec::new(),
            bytes: 0,
            tick: 0,
            held: 0,
        }
    }

    /// Takes a segment; says how the connection ended, if it did.
    fn segment(
        &mut self,
        from: usize,
        at: Option<Duration>,
        segment: &Segment<'_>,
        shown: &mut u32,
        tell: &mut impl FnMut(Happening),
    ) -> Option<&'static str> {
        let mut sequence = segment.sequence;
        if segment.syn {
            self.ends[from].stream.begin(sequence);
            self.client.get_or_insert(if segment.ack { 1 - from } else { from });
            self.began = true;
            sequence = sequence.wrapping_add(1);
        }
        self.bytes = self.bytes.saturating_add(segment.payload.len() as u64 + segment.cut);
        let mut pieces = Vec::new();
        let End { stream, cutter, .. } = &mut self.ends[from];
        if !segment.payload.is_empty() || segment.cut > 0 {
            stream.segment(sequence, segment.payload, segment.cut, &mut |delivered| {
                cut(cutter, delivered, &mut pieces);
            });
        }
        if segment.fin {
            let length = segment.payload.len() as u64 + segment.cut;
            // Numbers wrap; so does the cast.
            stream.end(sequence.wrapping_add(length as u32));
        }
        for piece in pieces {
            self.piece(from, at, piece, shown, tell);
        }
        match () {
            () if segment.rst => Some("reset"),
            () if self.ends.iter().all(|end| end.stream.has_ended()) => Some("closed"),
            () => None,
        }
    }

    fn finish(&mut self, at: Option<Duration>, shown: &mut u32, tell: &mut impl FnMut(Happening)) {
        for from in [0, 1] {
            let mut pieces = Vec::new();
            let End { stream, cutter, .. } = &mut self.ends[from];
            stream.finish(&mut |delivered| cut(cutter, delivered, &mut pieces));
            pieces.extend(cutter.finish());
            for piece in pieces {
                self.piece(from, at, piece, shown, tell);
            }
        }
    }

    fn piece(
        &mut self,
        from: usize,
        at: Option<Duration>,
        piece: Piece,
        shown: &mut u32,
        tell: &mut impl FnMut(Happening),
    ) {
        let on_its_port = self.ends.iter().any(|end| PORTS.contains(&end.address.port()));
        let connection = match self.number {
            Some(number) => number,
            None => {
                let frame = match &piece {
                    Piece::Frame { frame, .. } if is_libvirts(&frame.header) => Some(frame.header),
                    _ if on_its_port => None,
                    // What looks like a frame is none of libvirt's, and as large as its sender likes.
                    Piece::Frame { .. } => return,
                    _ => {
                        if self.before.len() < BEFORE_MAX {
                            self.before.push((at, from, piece));
                        }
                        return;
                    }
                };
                self.open(from, at, frame, shown, tell)
            }
        };
        let side = self.side(from);
        tell(Happening::Piece { connection, at, from: side, piece });
    }

    /// Numbers the connection, and tells what came before its first frame.
    fn open(
        &mut self,
        from: usize,
        at: Option<Duration>,
        first: Option<Header>,
        shown: &mut u32,
        tell: &mut impl FnMut(Happening),
    ) -> u32 {
        let sender = first.and_then(|header| Side::that_sends(&header));
        let by_frame = sender.map(|side| if side == Side::Client { from } else { 1 - from });
        let ports = self.ends.each_ref().map(|end| end.address.port());
        let by_port = || match ports.map(|port| PORTS.contains(&port)) {
            [true, false] => 1,
            [false, true] => 0,
            // The higher port is rather the one that the system chose.
            _ => usize::from(ports[1] > ports[0]),
        };
        let client = *self.client.get_or_insert_with(|| by_frame.unwrap_or_else(by_port));
        *shown += 1;
        self.number = Some(*shown);
        let name = |end: usize| self.ends[end].address.to_string();
        tell(Happening::Opened(Opened {
            connection: *shown,
            at,
            client: name(client),
            daemon: name(1 - client),
            remark: (!self.began).then_some("its beginning was not recorded"),
            one_sided: false,
        }));
        for (at, from, piece) in std::mem::take(&mut self.before) {
            tell(Happening::Piece { connection: *shown, at, from: self.side(from), piece });
        }
        *shown
    }

    fn side(&self, from: usize) -> Side {
        if self.client == Some(from) { Side::Client } else { Side::Daemon }
    }
}

/// Of a program of libvirt's, in whichever version.
fn is_libvirts(header: &Header) -> bool {
    let mut program = header.program;
    program.version = 1;
    program.name().is_some()
}

fn cut(cutter: &mut Cutter, delivered: Delivered<'_>, pieces: &mut Vec<Piece>) {
    match delivered {
        Delivered::Bytes(bytes) => cutter.push(bytes),
        Delivered::Gap(gap) => pieces.push(cutter.missing(gap)),
    }
    pieces.extend(std::iter::from_fn(|| cutter.next_piece()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;
    use virtwire::protocol::frame::{Frame, join};
    use virtwire::protocol::header::{MessageKind, Serial};
    use virtwire::protocol::program::{ProcedureNumber, Program};

    fn bytes(kind: MessageKind, serial: u32) -> Vec<u8> {
        let header = Header::new(kind, Program::REMOTE, ProcedureNumber(60), Serial(serial));
        let mut out = Default::default();
        join(&Frame { header, payload: vec![0, 0, 0, 9].into() }, &mut out).unwrap();
        out.to_vec()
    }

    fn at(port: u16) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, port).into()
    }

    struct Sent<'a>(u16, u16, u32, &'static str, &'a [u8]);

    #[track_caller]
    fn check(segments: &[Sent<'_>], expected: &[&str]) {
        let mut flows = Flows::default();
        let mut said = Vec::new();
        let mut tell = |happening: Happening| said.push(describe(&happening));
        for Sent(from, to, sequence, flags, payload) in segments {
            let segment = Segment {
                from: at(*from),
                to: at(*to),
                sequence: *sequence,
                syn: flags.contains('S'),
                ack: flags.contains('A'),
                fin: flags.contains('F'),
                rst: flags.contains('R'),
                payload,
                cut: 0,
            };
            flows.segment(None, &segment, &mut tell);
        }
        flows.finish(&mut tell);
        assert_eq!((flows.flows.len(), flows.order.len(), flows.held), (0, 0, 0));
        assert_eq!(said, expected);
    }

    fn describe(happening: &Happening) -> String {
        match happening {
            Happening::Opened(opened) => {
                format!("{} {} to {} {:?}", opened.connection, opened.client, opened.daemon, opened.remark)
            }
            Happening::Piece { connection, from, piece: Piece::Frame { frame, .. }, .. } => {
                format!("{connection} {from:?} {}", frame.header.serial)
            }
            Happening::Piece { connection, from, piece: Piece::Foreign { offset, .. }, .. } => {
                format!("{connection} {from:?} foreign at {offset}")
            }
            Happening::Piece { connection, from, piece, .. } => format!("{connection} {from:?} {piece:?}"),
            Happening::Closed { connection, how, .. } => format!("{connection} {how}"),
            Happening::Remark(text) => text.clone(),
        }
    }

    #[test]
    fn a_connection_from_its_beginning_to_its_end_and_another_on_its_ports() {
        let (call, reply) = (bytes(MessageKind::Call, 1), bytes(MessageKind::Reply, 1));
        check(
            &[
                Sent(50_000, 777, 9, "S", b""),
                Sent(777, 50_000, 99, "SA", b""),
                Sent(50_000, 777, 10, "A", &call[..20]),
                Sent(777, 50_000, 100, "A", &reply),
                Sent(50_000, 777, 30, "A", &call[20..]),
                Sent(50_000, 777, 42, "FA", b""),
                Sent(777, 50_000, 132, "FA", b""),
                Sent(50_000, 777, 43, "A", b""),
                Sent(50_000, 777, 5_000, "S", b""),
                Sent(50_000, 777, 5_001, "A", &call),
                Sent(777, 50_000, 0, "R", b""),
            ],
            &[
                "1 127.0.0.1:50000 to 127.0.0.1:777 None",
                "1 Daemon 1",
                "1 Client 1",
                "1 closed",
                "2 127.0.0.1:50000 to 127.0.0.1:777 None",
                "2 Client 1",
                "2 reset",
            ],
        );
    }

    #[test]
    fn who_comes_late_finds_a_frame_and_knows_the_ends_by_it() {
        let reply = bytes(MessageKind::Reply, 4);
        let middle = [&[0xff; 99][..], &reply].concat();
        check(
            &[Sent(777, 778, 5, "A", &middle)],
            &[
                "1 127.0.0.1:778 to 127.0.0.1:777 Some(\"its beginning was not recorded\")",
                "1 Daemon foreign at 0",
                "1 Daemon Resumed { offset: 99, skipped: 99 }",
                "1 Daemon 4",
                "1 the capture ends",
            ],
        );
    }

    /// Frames are as large as a stranger likes, and connections many.
    #[test]
    fn a_strangers_frames_are_not_kept() {
        let header =
            Header::new(MessageKind::Call, Program { number: 1, version: 1 }, ProcedureNumber(1), Serial(1));
        let mut frame = Default::default();
        join(&Frame { header, payload: vec![7; 1_000].into() }, &mut frame).unwrap();
        let mut flows = Flows::default();
        let segment = Segment {
            from: at(50_000),
            to: at(777),
            sequence: 1,
            syn: false,
            ack: true,
            fin: false,
            rst: false,
            payload: &frame,
            cut: 0,
        };
        flows.segment(None, &segment, &mut |happening| panic!("{happening:?}"));
        let flow = flows.flows.values().next().unwrap();
        assert!(flow.bytes > 1_000 && flow.before.is_empty() && flows.held < 100, "{flow:?}");
    }

    #[test]
    fn strangers_are_counted_and_those_on_libvirts_ports_shown() {
        let hello = [&[22, 3, 1, 2, 0, 1][..], &[0xab; 100]].concat();
        check(
            &[
                Sent(50_000, 80, 10, "A", b"GET / HTTP/1.1\r\n\r\n"),
                Sent(50_000, 443, 10, "A", &hello),
                Sent(50_000, 16_514, 10, "A", &hello),
            ],
            &[
                "1 127.0.0.1:50000 to 127.0.0.1:16514 Some(\"its beginning was not recorded\")",
                "1 Client foreign at 0",
                "1 Client Ended { offset: 0, skipped: 106 }",
                "1 the capture ends",
                "2 other TCP connections, 124 bytes, carried no frames of libvirt's",
            ],
        );
    }

    #[test]
    fn the_longest_silent_is_given_up() {
        let mut flows = Flows::default();
        for port in 0..FLOWS_MAX as u16 + 100 {
            let segment = Segment {
                from: at(10_000 + port),
                to: at(80),
                sequence: 1,
                syn: false,
                ack: true,
                fin: false,
                rst: false,
                payload: b"hello, hello",
                cut: 0,
            };
            flows.segment(None, &segment, &mut |_| {});
        }
        assert_eq!((flows.flows.len(), flows.order.len(), flows.given_up), (FLOWS_MAX, FLOWS_MAX, 100));
    }
}
