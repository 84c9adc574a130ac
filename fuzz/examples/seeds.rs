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
