//! A capture file, pcap or pcapng, as it streams by: packets with their times.

use std::io::Read;
use std::time::Duration;

use pcap_parser::traits::PcapNGPacketBlock;
use pcap_parser::{Block, Linktype, PcapBlockOwned, PcapError, create_reader};

use super::Happening;
use super::flows::Flows;
use super::packet::{Link, NoSegment, segment};

/// The buffer for blocks of the file, to begin with and at most.
const BUFFER_BYTES: usize = 256 * 1024;
const BUFFER_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Interfaces of a file; no machine has more.
const INTERFACES_MAX: usize = 4_096;

/// Whether a file that begins so is a capture.
pub(crate) fn is_capture(magic: [u8; 4]) -> bool {
    matches!(
        magic,
        // pcapng; pcap with microseconds and nanoseconds, in both orders; and Kuznetzov's.
        [0x0a, 0x0d, 0x0d, 0x0a]
            | [0xa1, 0xb2, 0xc3, 0xd4]
            | [0xd4, 0xc3, 0xb2, 0xa1]
            | [0xa1, 0xb2, 0x3c, 0x4d]
            | [0x4d, 0x3c, 0xb2, 0xa1]
            | [0x34, 0xcd, 0xb2, 0xa1]
    )
}

/// Reads a capture to its end, and numbers its connections from the one after `numbers`; returns the last number. What
/// cannot be read of it is a remark: what came before counts.
pub(crate) fn read(source: impl Read + Send, numbers: u32, tell: &mut impl FnMut(Happening)) -> u32 {
    let mut reading = Reading { flows: Flows::after(numbers), ..Reading::default() };
    if let Err(why) = reading.file(Whole::new(source), tell) {
        tell(Happening::Remark(why));
    }
    reading.flows.finish(tell);
    reading.remarks(tell);
    reading.flows.numbers()
}

#[derive(Debug, Default)]
struct Reading {
    flows: Flows,
    interfaces: Vec<Interface>,
    packets: u64,
    fragments: u64,
    broken: u64,
    cut: u64,
    /// Packets of a link that cannot be read, and its number.
    unread: (u64, i32),
}

#[derive(Clone, Copy, Debug)]
struct Interface {
    link: Linktype,
    /// Units of a second, and seconds to add.
    resolution: u64,
    offset: i64,
}

impl Reading {
    fn file(&mut self, source: impl Read + Send, tell: &mut impl FnMut(Happening)) -> Result<(), String> {
        let mut reader = match create_reader(BUFFER_BYTES, source) {
            Ok(reader) => reader,
            Err(PcapError::Eof) => return Ok(()),
            Err(error) => return Err(format!("this is no capture file: {}", words(&error))),
        };
        let mut capacity = BUFFER_BYTES;
        loop {
            match reader.next() {
                Ok((length, block)) => {
                    self.block(&block, tell);
                    reader.consume(length);
                }
                Err(PcapError::Eof) => return Ok(()),
                Err(PcapError::BufferTooSmall) if capacity < BUFFER_BYTES_MAX => {
                    capacity *= 2;
                    reader.grow(capacity);
                }
                // Once there is nothing to read, the library calls this an unexpected end.
                Err(PcapError::Incomplete(_)) => {
                    reader
                        .refill()
                        .map_err(|error| format!("the capture cannot be read on: {}", words(&error)))?;
                }
                Err(error) => {
                    let what = words(&error);
                    return Err(format!("the capture is broken after {} packets: {what}", self.packets));
                }
            }
        }
    }

    fn block(&mut self, block: &PcapBlockOwned<'_>, tell: &mut impl FnMut(Happening)) {
        match block {
            PcapBlockOwned::LegacyHeader(header) => {
                let resolution = if header.is_nanosecond_precision() { 1_000_000_000 } else { 1_000_000 };
                self.interfaces = vec![Interface { link: header.network, resolution, offset: 0 }];
            }
            PcapBlockOwned::Legacy(packet) => {
                let Some(interface) = self.interfaces.first().copied() else { return };
                let second = Duration::from_secs(packet.ts_sec.into());
                let rest = fraction(packet.ts_usec.into(), interface.resolution);
                // The library takes no care that a packet has no more bytes than it says.
                let data = packet.data.get(..packet.caplen as usize).unwrap_or(packet.data);
                self.packet(Some(second + rest), interface.link, data, packet.origlen, tell);
            }
            PcapBlockOwned::NG(Block::SectionHeader(_)) => self.interfaces.clear(),
            PcapBlockOwned::NG(Block::InterfaceDescription(described))
                if self.interfaces.len() < INTERFACES_MAX =>
            {
                let resolution = described.ts_resolution().filter(|units| *units > 0).unwrap_or(1_000_000);
                let offset = described.ts_offset();
                self.interfaces.push(Interface { link: described.linktype, resolution, offset });
            }
            PcapBlockOwned::NG(Block::EnhancedPacket(packet)) => {
                let interface = usize::try_from(packet.if_id).ok().and_then(|id| self.interfaces.get(id));
                let Some(interface) = interface.copied() else { return };
                let ticks = u64::from(packet.ts_high) << 32 | u64::from(packet.ts_low);
                let seconds = (ticks / interface.resolution).saturating_add_signed(interface.offset);
                let rest = fraction(ticks % interface.resolution, interface.resolution);
                let at = Duration::from_secs(seconds).checked_add(rest);
                self.packet(at, interface.link, packet.packet_data(), packet.origlen, tell);
            }
            PcapBlockOwned::NG(Block::SimplePacket(packet)) => {
                let Some(interface) = self.interfaces.first().copied() else { return };
                let length = (packet.origlen as usize).min(packet.data.len());
                self.packet(None, interface.link, &packet.data[..length], packet.origlen, tell);
            }
            _ => {}
        }
    }

    fn packet(
        &mut self,
        at: Option<Duration>,
        link: Linktype,
        data: &[u8],
        length: u32,
        tell: &mut impl FnMut(Happening),
    ) {
        self.packets += 1;
        let Some(link) = Link::of(link.0) else {
            self.unread = (self.unread.0 + 1, link.0);
            return;
        };
        let cut = u64::from(length).saturating_sub(data.len() as u64);
        match segment(link, data, cut) {
            Ok(segment) => {
                self.cut += u64::from(segment.cut > 0);
                self.flows.segment(at, &segment, tell);
            }
            Err(NoSegment::Other) => {}
            Err(NoSegment::Fragment) => self.fragments += 1,
            Err(NoSegment::Broken) => self.broken += 1,
        }
    }

    fn remarks(&self, tell: &mut impl FnMut(Happening)) {
        let (unread, link) = self.unread;
        for (count, what) in [
            (
                self.cut,
                "packets were recorded without their end (a snapshot length): what is missing is said above"
                    .to_owned(),
            ),
            (self.fragments, "fragments of IP packets were passed over".to_owned()),
            (self.broken, "packets have headers that cannot be read".to_owned()),
            (
                unread,
                format!(
                    "packets are of link type {link}, which is not read: Ethernet, loopback, raw IP and Linux's cooked ones are"
                ),
            ),
        ] {
            if count > 0 {
                tell(Happening::Remark(format!("{count} {what}")));
            }
        }
    }
}

/// So many of so many units of a second.
fn fraction(units: u64, of: u64) -> Duration {
    let nanos = u128::from(units) * 1_000_000_000 / u128::from(of.max(1));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(0))
}

fn words<I: std::fmt::Debug>(error: &PcapError<I>) -> String {
    match error {
        PcapError::Eof | PcapError::UnexpectedEof | PcapError::Incomplete(_) => {
            "it ends within a block".to_owned()
        }
        PcapError::BufferTooSmall => format!("a block is longer than {} MiB", BUFFER_BYTES_MAX >> 20),
        PcapError::ReadError => "reading failed".to_owned(),
        PcapError::HeaderNotRecognized => "neither pcap nor pcapng".to_owned(),
        PcapError::NomError(_, kind) | PcapError::OwnedNomError(_, kind) => {
            format!("a block is malformed ({kind:?})")
        }
    }
}

/// Gives the first block whole, as the library asks for that, whatever comes in pieces through a pipe.
struct Whole<R> {
    source: R,
    first: bool,
}

impl<R: Read> Whole<R> {
    fn new(source: R) -> Whole<R> {
        Whole { source, first: true }
    }
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if !std::mem::take(&mut self.first) {
            return self.source.read(buffer);
        }
        let mut read = 0;
        // A pcap's header has 24 bytes. The first block of pcapng says how long it is, in either order.
        let mut wanted = 24;
        while read < wanted.min(buffer.len()) {
            let end = wanted.min(buffer.len());
            match self.source.read(&mut buffer[read..end])? {
                0 => break,
                more => read += more,
            }
            if let Some(&[0x0a, 0x0d, 0x0d, 0x0a, a, b, c, d, order, ..]) = buffer.get(..read.min(12)) {
                let word = [a, b, c, d];
                let length = if order == 0x4d { u32::from_le_bytes(word) } else { u32::from_be_bytes(word) };
                wanted = wanted.max(length as usize);
            }
        }
        Ok(read)
    }
}
