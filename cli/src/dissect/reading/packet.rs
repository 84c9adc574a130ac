//! From what a network interface carried to a segment of TCP.

use std::net::{IpAddr, SocketAddr};

use etherparse::{EtherType, LaxNetSlice, LaxSlicedPacket, TransportSlice};

/// What frames of an interface look like: the numbers of pcap's link types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    Ethernet,
    /// IP without anything before it.
    Raw,
    /// A word of the protocol family before IP: BSD's loopback.
    Loopback,
    /// Linux's own for the interface `any`, in two versions.
    Cooked,
    Cooked2,
}

/// A segment, its payload as far as it was recorded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Segment<'a> {
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) sequence: u32,
    pub(super) syn: bool,
    pub(super) ack: bool,
    pub(super) fin: bool,
    pub(super) rst: bool,
    pub(super) payload: &'a [u8],
    /// Bytes of the payload that were sent and not recorded.
    pub(super) cut: u64,
}

/// Why a packet is not looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoSegment {
    /// Something else than TCP.
    Other,
    /// A fragment of an IP packet.
    Fragment,
    /// Cut before its headers end, or wrong.
    Broken,
}

impl Link {
    pub(super) fn of(number: i32) -> Option<Link> {
        match number {
            1 => Some(Link::Ethernet),
            // 12 and 14 are what some systems write for 101.
            12 | 14 | 101 | 228 | 229 => Some(Link::Raw),
            0 | 108 => Some(Link::Loopback),
            113 => Some(Link::Cooked),
            276 => Some(Link::Cooked2),
            _ => None,
        }
    }
}

/// Finds the segment in a packet of which `cut` bytes at its end were not recorded.
pub(super) fn segment(link: Link, packet: &[u8], cut: u64) -> Result<Segment<'_>, NoSegment> {
    let sliced = match link {
        Link::Ethernet => LaxSlicedPacket::from_ethernet(packet).map_err(|_| NoSegment::Broken)?,
        Link::Raw => ip(packet)?,
        Link::Loopback => ip(packet.get(4..).ok_or(NoSegment::Broken)?)?,
        Link::Cooked => cooked(packet, 14, 16)?,
        Link::Cooked2 => cooked(packet, 0, 20)?,
    };
    let (from, to, payload) = match &sliced.net {
        Some(LaxNetSlice::Ipv4(ip)) => {
            let header = ip.header();
            (IpAddr::V4(header.source_addr()), IpAddr::V4(header.destination_addr()), ip.payload())
        }
        Some(LaxNetSlice::Ipv6(ip)) => {
            let header = ip.header();
            (IpAddr::V6(header.source_addr()), IpAddr::V6(header.destination_addr()), ip.payload())
        }
        _ => return Err(NoSegment::Other),
    };
    if payload.fragmented {
        return Err(NoSegment::Fragment);
    }
    let is_tcp = payload.ip_number == etherparse::IpNumber::TCP;
    let Some(TransportSlice::Tcp(tcp)) = &sliced.transport else {
        return Err(if is_tcp { NoSegment::Broken } else { NoSegment::Other });
    };
    Ok(Segment {
        from: SocketAddr::new(from, tcp.source_port()),
        to: SocketAddr::new(to, tcp.destination_port()),
        sequence: tcp.sequence_number(),
        syn: tcp.syn(),
        ack: tcp.ack(),
        fin: tcp.fin(),
        rst: tcp.rst(),
        payload: tcp.payload(),
        cut: if payload.incomplete { cut } else { 0 },
    })
}

fn ip(packet: &[u8]) -> Result<LaxSlicedPacket<'_>, NoSegment> {
    LaxSlicedPacket::from_ip(packet).map_err(|_| NoSegment::Broken)
}

fn cooked(packet: &[u8], protocol: usize, header: usize) -> Result<LaxSlicedPacket<'_>, NoSegment> {
    let word = packet.get(protocol..).and_then(|rest| rest.first_chunk()).ok_or(NoSegment::Broken)?;
    let rest = packet.get(header..).ok_or(NoSegment::Broken)?;
    Ok(LaxSlicedPacket::from_ether_type(EtherType(u16::from_be_bytes(*word)), rest))
}

#[cfg(test)]
pub(super) mod tests {
    use etherparse::PacketBuilder;

    use super::*;

    pub(crate) const CLIENT: ([u8; 4], u16) = ([127, 0, 0, 1], 40_000);
    pub(crate) const DAEMON: ([u8; 4], u16) = ([127, 0, 0, 1], 16_509);

    fn ip_packet(v6: bool) -> Vec<u8> {
        let builder = if v6 {
            PacketBuilder::ipv6([0; 16], [1; 16], 64)
        } else {
            PacketBuilder::ipv4(CLIENT.0, DAEMON.0, 64)
        };
        let mut packet = Vec::new();
        builder.tcp(CLIENT.1, DAEMON.1, 77, 512).ack(1).fin().write(&mut packet, b"payload").unwrap();
        packet
    }

    #[test]
    fn every_link_leads_to_the_segment() {
        for v6 in [false, true] {
            let ip = ip_packet(v6);
            let ether_type: [u8; 2] = if v6 { [0x86, 0xdd] } else { [8, 0] };
            let behind = |head: &[u8]| [head, &ip].concat();
            for (number, packet) in [
                (1, behind(&[&[0; 12][..], &ether_type].concat())),
                (1, behind(&[&[0; 12][..], &[0x81, 0, 0, 5], &ether_type].concat())),
                (101, ip.clone()),
                (0, behind(&[2, 0, 0, 0])),
                (108, behind(&[0, 0, 0, 2])),
                (113, behind(&[&[0; 14][..], &ether_type].concat())),
                (276, behind(&[&ether_type[..], &[0; 18]].concat())),
            ] {
                let link = Link::of(number).unwrap();
                let found = segment(link, &packet, 0).unwrap();
                assert_eq!((found.payload, found.sequence, found.from.port()), (&b"payload"[..], 77, 40_000));
                assert!(found.fin && found.ack && !found.syn && !found.rst && found.from.is_ipv6() == v6);
                // Cut anywhere, it is a segment with less in it or none, and never a panic.
                for end in 0..packet.len() {
                    let cut = (packet.len() - end) as u64;
                    match segment(link, &packet[..end], cut) {
                        Ok(found) => assert_eq!(found.payload.len() as u64 + found.cut, 7, "{number} {end}"),
                        Err(why) => assert_ne!(why, NoSegment::Fragment),
                    }
                }
            }
        }
        assert_eq!(Link::of(105), None);
    }

    #[test]
    fn what_is_no_segment_is_told_apart() {
        let mut datagram = Vec::new();
        PacketBuilder::ipv4(CLIENT.0, DAEMON.0, 64).udp(1, 2).write(&mut datagram, b"payload").unwrap();
        assert_eq!(segment(Link::Raw, &datagram, 0), Err(NoSegment::Other));
        let mut fragment = ip_packet(false);
        fragment[6] |= 0x20;
        assert_eq!(segment(Link::Raw, &fragment, 0), Err(NoSegment::Fragment));
        assert_eq!(segment(Link::Ethernet, b"short", 0), Err(NoSegment::Broken));
    }
}
