//! A socket alone, at the size of a stream's packets: what a stream can be at best.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use crate::daemon::{Moved, Moving};
use crate::ours::PACKET_BYTES;

const FRAME_BYTES: usize = 28 + PACKET_BYTES;

/// Sends to each client as many bytes as it asks for.
pub fn serve(socket: &Path) {
    let listener = UnixListener::bind(socket).expect("a free path");
    for stream in listener.incoming() {
        let mut stream = stream.expect("a client");
        let mut wanted = [0; 8];
        if stream.read_exact(&mut wanted).is_err() {
            continue;
        }
        let frame = vec![0; FRAME_BYTES];
        for _ in 0..u64::from_be_bytes(wanted) / PACKET_BYTES as u64 {
            stream.write_all(&frame).expect("a client");
        }
    }
}

pub fn download(socket: &Path, bytes: u64) -> Moved {
    let mut stream = UnixStream::connect(socket).expect("a server");
    let moving = Moving::begin();
    stream.write_all(&bytes.to_be_bytes()).expect("a server");
    let (mut buffer, mut received) = (vec![0; FRAME_BYTES], 0);
    while let Ok(read @ 1..) = stream.read(&mut buffer) {
        received += read;
    }
    moving.end(received as u64)
}
