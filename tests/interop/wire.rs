//! The packet format once more, written from the wire facts alone, so that our own codec cannot agree with itself.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

pub(crate) const REMOTE: u32 = 0x2000_8086;
pub(crate) const CALL: u32 = 0;
pub(crate) const REPLY: u32 = 1;
pub(crate) const OK: u32 = 0;
pub(crate) const ERROR: u32 = 1;

const HEADER_LEN: usize = 28;
const PACKET_MAX: usize = 33_554_436;

/// One packet, without its length word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) program: u32,
    pub(crate) version: u32,
    pub(crate) procedure: u32,
    pub(crate) kind: u32,
    pub(crate) serial: u32,
    pub(crate) status: u32,
    pub(crate) payload: Vec<u8>,
}

impl Frame {
    pub(crate) fn call(procedure: u32, serial: u32, payload: &[u8]) -> Frame {
        Frame {
            program: REMOTE,
            version: 1,
            procedure,
            kind: CALL,
            serial,
            status: OK,
            payload: payload.to_vec(),
        }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let length = u32::try_from(HEADER_LEN + self.payload.len()).expect("a packet of a test is small");
        let words = [length, self.program, self.version, self.procedure, self.kind, self.serial, self.status];
        let mut bytes: Vec<u8> = words.into_iter().flat_map(u32::to_be_bytes).collect();
        bytes.extend_from_slice(&self.payload);
        bytes
    }

    /// Takes the first packet off `buffer` when all of it is there.
    #[track_caller]
    pub(crate) fn take(buffer: &mut Vec<u8>) -> Option<Frame> {
        let length = usize::try_from(word(buffer, 0)?).expect("32 bits fit");
        assert!((HEADER_LEN..=PACKET_MAX).contains(&length), "a packet of {length} bytes");
        if buffer.len() < length {
            return None;
        }
        let rest = buffer.split_off(length);
        let packet = std::mem::replace(buffer, rest);
        let header = |index| word(&packet, index).expect("the length covers the header");
        Some(Frame {
            program: header(1),
            version: header(2),
            procedure: header(3),
            kind: header(4),
            serial: header(5),
            status: header(6),
            payload: packet[HEADER_LEN..].to_vec(),
        })
    }

    /// The code and domain of an error reply.
    pub(crate) fn error(&self) -> Option<(u32, u32)> {
        (self.status == ERROR).then_some(())?;
        Some((word(&self.payload, 0)?, word(&self.payload, 1)?))
    }

    /// The message of an error reply, which follows code and domain.
    #[track_caller]
    pub(crate) fn error_message(&self) -> String {
        let mut reader = Reader::new(&self.payload);
        let (_code, _domain) = (reader.u32(), reader.u32());
        reader.optional_string().unwrap_or_default().to_owned()
    }
}

/// A client that sends exactly the bytes it is told to.
#[derive(Debug)]
pub(crate) struct RawClient<S = TcpStream> {
    stream: S,
    buffer: Vec<u8>,
}

impl RawClient {
    pub(crate) fn connect(address: SocketAddr) -> RawClient {
        let stream = TcpStream::connect(address).expect("the daemon listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout can be set");
        RawClient { stream, buffer: Vec::new() }
    }
}

impl RawClient<UnixStream> {
    pub(crate) fn connect_unix(path: &Path) -> RawClient<UnixStream> {
        let stream = UnixStream::connect(path).expect("the daemon listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout can be set");
        RawClient { stream, buffer: Vec::new() }
    }
}

impl<S: Read + Write> RawClient<S> {
    /// Sends one packet and reads the next.
    #[track_caller]
    pub(crate) fn ask(&mut self, frame: &Frame) -> Frame {
        self.send(&frame.to_bytes());
        self.receive().expect("an answer and not the end of the connection")
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("the connection is open");
    }

    /// The next packet; `None` when the peer has closed instead.
    #[track_caller]
    pub(crate) fn receive(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = Frame::take(&mut self.buffer) {
                return Some(frame);
            }
            let mut chunk = [0; 4096];
            match self.stream.read(&mut chunk) {
                Ok(0) => return None,
                Ok(read) => self.buffer.extend_from_slice(&chunk[..read]),
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("no answer: {error}"),
            }
        }
    }
}

/// Reads XDR in the order in which it was written.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { rest: bytes }
    }

    #[track_caller]
    pub(crate) fn u32(&mut self) -> u32 {
        u32::from_be_bytes(self.take(4).try_into().expect("four bytes"))
    }

    #[track_caller]
    pub(crate) fn u64(&mut self) -> u64 {
        u64::from_be_bytes(self.take(8).try_into().expect("eight bytes"))
    }

    #[track_caller]
    pub(crate) fn opaque(&mut self) -> &'a [u8] {
        let length = usize::try_from(self.u32()).expect("32 bits fit");
        let bytes = self.take(length);
        self.take(length.wrapping_neg() % 4);
        bytes
    }

    #[track_caller]
    pub(crate) fn string(&mut self) -> &'a str {
        std::str::from_utf8(self.opaque()).expect("UTF-8, as all these tests send")
    }

    #[track_caller]
    pub(crate) fn optional_string(&mut self) -> Option<&'a str> {
        (self.u32() == 1).then(|| self.string())
    }

    #[track_caller]
    pub(crate) fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at_checked(length).expect("as many bytes as announced");
        self.rest = rest;
        taken
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }
}

/// An XDR string.
pub(crate) fn string(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).expect("a string of a test is short");
    let mut bytes = length.to_be_bytes().to_vec();
    bytes.extend_from_slice(text.as_bytes());
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

fn word(bytes: &[u8], index: usize) -> Option<u32> {
    let bytes = bytes.get(index * 4..index * 4 + 4)?;
    Some(u32::from_be_bytes(bytes.try_into().expect("four bytes")))
}
