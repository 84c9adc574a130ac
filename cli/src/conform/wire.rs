//! Packets of any words, sent and received by hand: what is asked of a server does not depend on our own sessions, which would refuse to
//! say most of it.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use bytes::BytesMut;
use virtwire::protocol::error::RemoteError;
use virtwire::protocol::frame::{self, Frame};
use virtwire::protocol::header::{Header, Serial};
use virtwire::protocol::program::{ProcedureNumber, Program};

pub(super) const KEEPALIVE: u32 = Program::KEEPALIVE.number;

pub(super) const CALL: u32 = 0;
pub(super) const REPLY: u32 = 1;
pub(super) const MESSAGE: u32 = 2;
pub(super) const STREAM: u32 = 3;
pub(super) const CALL_WITH_FDS: u32 = 4;
pub(super) const HOLE: u32 = 6;

pub(super) const OK: u32 = 0;
pub(super) const ERROR: u32 = 1;
pub(super) const CONTINUE: u32 = 2;

/// One packet, without its length word, as flat as the wire is: rows change one word and keep the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Packet {
    pub(super) program: u32,
    pub(super) version: u32,
    pub(super) procedure: u32,
    pub(super) kind: u32,
    pub(super) serial: u32,
    pub(super) status: u32,
    pub(super) payload: Vec<u8>,
}

impl Packet {
    /// A call of the remote program.
    pub(super) fn call(procedure: u32, serial: u32, payload: impl Into<Vec<u8>>) -> Packet {
        let payload = payload.into();
        let Program { number: program, version } = Program::REMOTE;
        Packet { program, version, procedure, kind: CALL, serial, status: OK, payload }
    }

    /// The first call of every session, which any daemon answers at any time: the list of authentications.
    pub(super) fn fence(serial: u32) -> Packet {
        Packet::call(66, serial, [])
    }

    pub(super) fn ping() -> Packet {
        Packet { program: KEEPALIVE, procedure: 1, kind: MESSAGE, ..Packet::fence(0) }
    }

    /// A packet of the stream that `opened` has opened.
    pub(super) fn of_stream(opened: &Packet, kind: u32, status: u32, payload: impl Into<Vec<u8>>) -> Packet {
        Packet { kind, status, payload: payload.into(), ..opened.clone() }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let header = Header {
            program: Program { number: self.program, version: self.version },
            procedure: ProcedureNumber(self.procedure.cast_signed()),
            type_word: self.kind.cast_signed(),
            serial: Serial(self.serial),
            status_word: self.status.cast_signed(),
        };
        let mut bytes = BytesMut::new();
        // Rows that break the limit do so with the length word alone.
        let joined = frame::join(&Frame { header, payload: self.payload.clone().into() }, &mut bytes);
        debug_assert_eq!(joined, Ok(()));
        bytes.to_vec()
    }

    /// Takes the first packet off `buffer` when all of it is there.
    fn take(buffer: &mut BytesMut) -> Result<Option<Packet>, Trouble> {
        let split = frame::split(buffer).map_err(|error| Trouble(format!("the daemon sent a {error}")))?;
        Ok(split.map(|Frame { header, payload }| Packet {
            program: header.program.number,
            version: header.program.version,
            procedure: header.procedure.0.cast_unsigned(),
            kind: header.type_word.cast_unsigned(),
            serial: header.serial.0,
            status: header.status_word.cast_unsigned(),
            payload: payload.to_vec(),
        }))
    }

    /// Code, domain and message of an error, in a reply or in a stream's last packet.
    pub(super) fn error(&self) -> Option<(i32, i32, String)> {
        let error = (self.status == ERROR).then(|| RemoteError::decode(&self.payload).ok())??;
        Some((error.code.0, error.domain.0, error.message.to_string_lossy().into_owned()))
    }
}

/// The 32-bit word at an index.
pub(super) fn word(bytes: &[u8], index: usize) -> Option<u32> {
    let bytes = bytes.get(index * 4..index * 4 + 4)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

/// A string as XDR has it: length, bytes, padding to a multiple of four.
pub(super) fn string(text: impl AsRef<[u8]>) -> Vec<u8> {
    let text = text.as_ref();
    let mut bytes = u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes().to_vec();
    bytes.extend_from_slice(text);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

/// What keeps a row from being run to its end, in words. It is the row's result: a daemon that conforms causes none.
#[derive(Debug)]
pub(super) struct Trouble(pub(super) String);

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Trouble {
        Trouble(match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => "no answer came in time".to_owned(),
            _ => format!("the connection failed: {error}"),
        })
    }
}

/// Where a daemon listens.
#[derive(Clone, Debug)]
pub(super) enum Place {
    Tcp(String, u16),
    Unix(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Tcp(host, port) => write!(f, "tcp {host}:{port}"),
            Place::Unix(path) => write!(f, "unix {}", path.display()),
        }
    }
}

impl Place {
    /// A new connection, which gives up any read or write after `patience`.
    pub(super) fn connect(&self, patience: Duration) -> io::Result<Line> {
        let stream: Box<dyn Bytes> = match self {
            Place::Tcp(host, port) => {
                let mut failed = io::Error::other("the host's name has no address");
                let mut connected = None;
                for address in (host.as_str(), *port).to_socket_addrs()? {
                    match TcpStream::connect_timeout(&address, patience) {
                        Ok(stream) => {
                            connected = Some(stream);
                            break;
                        }
                        Err(error) => failed = error,
                    }
                }
                let Some(stream) = connected else { return Err(failed) };
                // Each write is to be a packet of its own on the network.
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(patience))?;
                stream.set_write_timeout(Some(patience))?;
                Box::new(stream)
            }
            Place::Unix(path) => {
                let stream = UnixStream::connect(path)?;
                stream.set_read_timeout(Some(patience))?;
                stream.set_write_timeout(Some(patience))?;
                Box::new(stream)
            }
        };
        Ok(Line { stream, buffer: BytesMut::new(), put_back: None, has_ended: false })
    }
}

trait Bytes: Read + Write + Send {}
impl<T: Read + Write + Send> Bytes for T {}

/// A connection that sends exactly the bytes it is told to.
pub(super) struct Line {
    stream: Box<dyn Bytes>,
    buffer: BytesMut,
    put_back: Option<Packet>,
    has_ended: bool,
}

impl Line {
    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        Ok(self.stream.write_all(bytes)?)
    }

    /// Has this be the next packet that is received.
    pub(super) fn put_back(&mut self, packet: Packet) {
        self.put_back = Some(packet);
    }

    /// The next packet, or `None` where the daemon has closed the connection.
    pub(super) fn receive(&mut self) -> Result<Option<Packet>, Trouble> {
        if let Some(packet) = self.put_back.take() {
            return Ok(Some(packet));
        }
        let mut piece = [0; 65536];
        loop {
            if let Some(packet) = Packet::take(&mut self.buffer)? {
                return Ok(Some(packet));
            }
            match self.stream.read(&mut piece) {
                Ok(0) => {
                    self.has_ended = true;
                    return match self.buffer.is_empty() {
                        true => Ok(None),
                        false => Err(Trouble("the daemon closed in the middle of a packet".to_owned())),
                    };
                }
                Ok(count) => self.buffer.extend_from_slice(&piece[..count]),
                // A daemon that closes while bytes of ours are under way resets the connection.
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {
                    self.has_ended = true;
                    return Ok(None);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Whether the daemon has closed the connection, wherever in its packets.
    pub(super) fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// Whether nothing comes, and not the end, for as long as an answer may take.
    pub(super) fn is_silent(&mut self) -> Result<bool, Trouble> {
        let mut piece = [0; 65536];
        match self.stream.read(&mut piece) {
            Ok(0) => Err(Trouble("the daemon closed the connection".to_owned())),
            Ok(count) => {
                self.buffer.extend_from_slice(&piece[..count]);
                Ok(false)
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                Ok(true)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The next packet, where the daemon is not to close.
    pub(super) fn expect(&mut self) -> Result<Packet, Trouble> {
        self.receive()?.ok_or_else(|| Trouble("the daemon closed the connection".to_owned()))
    }

    /// A call and the next packet that comes.
    pub(super) fn ask(&mut self, call: &Packet) -> Result<Packet, Trouble> {
        self.send(&call.to_bytes())?;
        self.expect()
    }

    /// The reply to a call that is to succeed.
    pub(super) fn served(&mut self, call: &Packet) -> Result<Packet, Trouble> {
        let answer = self.ask(call)?;
        match answer.error() {
            Some((code, domain, message)) => Err(Trouble(format!(
                "procedure {} was refused: {code}/{domain} {message}",
                call.procedure.cast_signed()
            ))),
            None if answer.status == OK && answer.serial == call.serial => Ok(answer),
            None => Err(Trouble(format!(
                "procedure {} was answered by {}",
                call.procedure.cast_signed(),
                describe(&answer)
            ))),
        }
    }
}

/// A packet in words.
pub(super) fn describe(packet: &Packet) -> String {
    let kind = match packet.kind {
        CALL => "a call",
        REPLY => "a reply",
        MESSAGE => "a message",
        STREAM => "a packet of a stream",
        HOLE => "a hole of a stream",
        _ => "a packet of unknown type",
    };
    let error = packet.error().map(|(code, domain, message)| format!(", error {code}/{domain} {message}"));
    format!(
        "{kind} (program {:#x}, procedure {}, serial {}, status {}, {} bytes{})",
        packet.program,
        packet.procedure.cast_signed(),
        packet.serial,
        packet.status,
        packet.payload.len(),
        error.unwrap_or_default()
    )
}
