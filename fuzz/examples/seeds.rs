//! Makes seeds for every target out of the recorded sessions and the contract: `cargo run --example seeds`.

use std::fs;
use std::path::Path;

use bytes::BytesMut;
use virtwire_protocol::frame;
use virtwire_protocol::header::MessageKind;
use virtwire_protocol::program::Program;

const SEED_BYTES_MAX: usize = 16 * 1024;

fn main() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut made = 0;
    let mut seed = |target: &str, name: &str, first: &[u8], bytes: &[u8]| {
        if bytes.len() <= SEED_BYTES_MAX {
            let folder = here.join("corpus").join(target);
            fs::create_dir_all(&folder).expect("a corpus folder");
            fs::write(folder.join(name), [first, bytes].concat()).expect("a seed");
            made += 1;
        }
    };
    for entry in fs::read_dir(here.join("../tests/fixtures/captures")).expect("recordings") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        let session = match path.extension().and_then(|extension| extension.to_str()) {
            Some("c2s") => "server_session",
            Some("s2c") => "client_session",
            _ => continue,
        };
        let bytes = fs::read(&path).expect("a recording");
        seed("frames", &name, &[3, 7, 1, 64], &bytes);
        seed(session, &name, &[0], &bytes);
        seed("dissect", &name, &[2], &bytes);
        seed(
            "dissect",
            &format!("{name}.pcap"),
            &[0],
            &capture(&bytes, path.extension() == Some("c2s".as_ref())),
        );
        if let Ok(daemon) = fs::read(path.with_extension("s2c"))
            && session == "server_session"
            && let Ok(place) = u16::try_from(bytes.len())
        {
            seed(
                "dissect",
                &format!("{name}+s2c"),
                &[&[3][..], &place.to_be_bytes()].concat(),
                &[bytes.clone(), daemon].concat(),
            );
        }
        let mut rest = BytesMut::from(&bytes[..]);
        while let Ok(Some(frame)) = frame::split(&mut rest) {
            let kind = match frame.header.kind() {
                Ok(MessageKind::Call) => 1,
                Ok(MessageKind::Reply) => 2,
                Ok(MessageKind::Notice) => 3,
                _ => continue,
            };
            if frame.header.program == Program::REMOTE && !frame.payload.is_empty() {
                let procedure = (frame.header.procedure.0 as u16).to_be_bytes();
                let name = format!("{kind}-{}-{}", frame.header.procedure, frame.payload.len());
                seed("xdr", &name, &[kind, 0, procedure[0], procedure[1]], &frame.payload);
            }
        }
    }
    for entry in fs::read_dir(here.join("../protocol/x")).expect("the contract") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        seed("idl", &name, &[], &fs::read(&path).expect("a specification"));
    }
    println!("{made} seeds");
}

/// The bytes in packets of a capture: raw IP, some of them out of order.
fn capture(bytes: &[u8], from_client: bool) -> Vec<u8> {
    let mut file = Vec::new();
    for word in [0xa1b2_c3d4_u32, 0x0002_0004, 0, 0, 65_535, 101] {
        file.extend(word.to_be_bytes());
    }
    let ports = if from_client { (40_000, 16_509) } else { (16_509, 40_000) };
    let mut packets: Vec<_> = bytes
        .chunks(500)
        .zip(0_u32..)
        .map(|(part, at)| {
            let builder = etherparse::PacketBuilder::ipv4([127, 0, 0, 1], [127, 0, 0, 1], 64);
            let mut packet = Vec::new();
            let segment = builder.tcp(ports.0, ports.1, 1 + at * 500, 512).ack(1);
            segment.write(&mut packet, part).expect("memory takes a packet");
            packet
        })
        .collect();
    if packets.len() > 3 {
        packets.swap(1, 2);
    }
    for (packet, at) in packets.into_iter().zip(0_u32..) {
        for word in [1_700_000_000, at, packet.len() as u32, packet.len() as u32] {
            file.extend(word.to_be_bytes());
        }
        file.extend(packet);
    }
    file
}
