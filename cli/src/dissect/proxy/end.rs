//! One end of a connection: its bytes, and over a unix socket the file descriptors beside them.
//!
//! A descriptor belongs to a byte. Whoever reads that byte without room for one loses it, so everything here is read with room, and
//! a descriptor goes on with the byte with which it came.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpStream, UnixStream};
use virtwire::server::ListenAddress;

/// What Linux passes at a time.
const DESCRIPTORS_MAX: usize = 253;

pub(super) const ENCRYPTED: &str = "what is said by TLS cannot be read";

/// An end, as it is read and written at once.
pub(super) struct End {
    pub(super) reader: Reader,
    pub(super) writer: Writer,
}

pub(super) enum Reader {
    Tcp(OwnedReadHalf),
    Unix(Arc<UnixStream>),
}

pub(super) enum Writer {
    Tcp(OwnedWriteHalf),
    Unix(Arc<UnixStream>),
}

/// What a read has brought.
#[derive(Debug, Default)]
pub(super) struct Received {
    /// How many bytes; 0 at the end.
    pub(super) bytes: usize,
    /// What came with the last of them: the system ends a read there.
    pub(super) descriptors: Vec<OwnedFd>,
    /// Some are lost, as this process has no room for more.
    pub(super) lacks: bool,
}

impl End {
    pub(super) fn tcp(stream: TcpStream) -> End {
        // What came in small pieces goes on in small pieces.
        let _ = stream.set_nodelay(true);
        let (reader, writer) = stream.into_split();
        End { reader: Reader::Tcp(reader), writer: Writer::Tcp(writer) }
    }

    pub(super) fn unix(stream: UnixStream) -> End {
        let stream = Arc::new(stream);
        End { reader: Reader::Unix(stream.clone()), writer: Writer::Unix(stream) }
    }

    pub(super) async fn to(address: &ListenAddress) -> io::Result<End> {
        match address {
            ListenAddress::Tcp(host) => TcpStream::connect(host.as_str()).await.map(End::tcp),
            ListenAddress::Unix(path) => UnixStream::connect(path).await.map(End::unix),
            ListenAddress::Tls(_) => Err(io::Error::new(io::ErrorKind::Unsupported, ENCRYPTED)),
        }
    }
}

impl Reader {
    /// Reads as much as there is, and fits.
    ///
    /// # Errors
    /// Those of the socket.
    pub(super) async fn read(&mut self, room: &mut [u8]) -> io::Result<Received> {
        match self {
            Reader::Tcp(stream) => {
                let bytes = stream.read(room).await?;
                Ok(Received { bytes, ..Received::default() })
            }
            Reader::Unix(socket) => socket.async_io(Interest::READABLE, || receive(socket, room)).await,
        }
    }
}

impl Writer {
    /// Whether descriptors can go there.
    pub(super) fn carries_descriptors(&self) -> bool {
        matches!(self, Writer::Unix(_))
    }

    /// Writes all bytes, and the descriptors with the last of them, where they can go there.
    ///
    /// # Errors
    /// Those of the socket.
    pub(super) async fn write(&mut self, bytes: &[u8], descriptors: &[OwnedFd]) -> io::Result<()> {
        let socket = match self {
            Writer::Tcp(stream) => return stream.write_all(bytes).await,
            Writer::Unix(socket) => socket,
        };
        // Those before it go alone: whoever reads them may have no room for a descriptor yet.
        let alone = if descriptors.is_empty() { bytes.len() } else { bytes.len().saturating_sub(1) };
        let (mut alone, last) = bytes.split_at(alone);
        while !alone.is_empty() {
            let sent = socket.async_io(Interest::WRITABLE, || send(socket, alone, &[])).await?;
            alone = alone.get(sent..).unwrap_or_default();
        }
        if !last.is_empty() {
            socket.async_io(Interest::WRITABLE, || send(socket, last, descriptors)).await?;
        }
        Ok(())
    }

    /// Says that no more will come. It fails where the other end is gone, which is told elsewhere.
    pub(super) async fn shut_down(&mut self) {
        let _ = match self {
            Writer::Tcp(stream) => stream.shutdown().await,
            Writer::Unix(socket) => {
                rustix::net::shutdown(&**socket, rustix::net::Shutdown::Write).map_err(io::Error::from)
            }
        };
    }
}

fn receive(socket: &UnixStream, room: &mut [u8]) -> io::Result<Received> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS_MAX))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::CMSG_CLOEXEC;
    let message = recvmsg(socket.as_fd(), &mut [IoSliceMut::new(room)], &mut control, flags)?;
    let mut descriptors = Vec::new();
    for part in control.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = part {
            descriptors.extend(rights);
        }
    }
    let lacks = message.flags.contains(ReturnFlags::CTRUNC);
    Ok(Received { bytes: message.bytes, descriptors, lacks })
}

fn send(socket: &UnixStream, bytes: &[u8], descriptors: &[OwnedFd]) -> io::Result<usize> {
    let descriptors: Vec<_> = descriptors.iter().map(AsFd::as_fd).collect();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS_MAX))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !descriptors.is_empty() && !control.push(SendAncillaryMessage::ScmRights(&descriptors)) {
        return Err(io::ErrorKind::OutOfMemory.into());
    }
    Ok(sendmsg(socket.as_fd(), &[IoSlice::new(bytes)], &mut control, SendFlags::NOSIGNAL)?)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Read, Write};

    use super::*;

    /// A file with these words, which whoever has its descriptor can read.
    fn file(words: &str) -> OwnedFd {
        let (reader, mut writer) = io::pipe().unwrap();
        writer.write_all(words.as_bytes()).unwrap();
        reader.into()
    }

    fn words(descriptor: OwnedFd) -> String {
        let mut words = String::new();
        File::from(descriptor).read_to_string(&mut words).unwrap();
        words
    }

    /// Whatever the sizes of reads and writes, a descriptor comes with its own byte, and none is left here.
    #[tokio::test]
    async fn descriptors_go_on_with_their_bytes() {
        let (near, far) = UnixStream::pair().unwrap();
        let (mut near, mut far) = (End::unix(near), End::unix(far));
        near.writer.write(b"frame", &[]).await.unwrap();
        near.writer.write(b"frame.", &[file("one")]).await.unwrap();
        near.writer.write(b"_", &[file("two"), file("three")]).await.unwrap();
        near.writer.write(b"end", &[]).await.unwrap();
        near.writer.shut_down().await;
        let mut room = [0; 64];
        let mut told = Vec::new();
        loop {
            let received = far.reader.read(&mut room).await.unwrap();
            if received.bytes == 0 {
                break;
            }
            assert!(!received.lacks);
            let text = String::from_utf8_lossy(&room[..received.bytes]).into_owned();
            told.push((text, received.descriptors.into_iter().map(words).collect::<Vec<_>>()));
        }
        let expected = [("frameframe.", &["one"][..]), ("_", &["two", "three"]), ("end", &[])];
        let told: Vec<(&str, Vec<&str>)> = told
            .iter()
            .map(|(text, words)| (text.as_str(), words.iter().map(String::as_str).collect()))
            .collect();
        assert_eq!(told, expected.map(|(text, words)| (text, words.to_vec())));
    }

    /// A byte before the one that it belongs to is read without room, as a daemon reads a frame.
    #[tokio::test]
    async fn a_descriptor_is_not_with_an_earlier_byte() {
        let (near, far) = UnixStream::pair().unwrap();
        let (mut near, mut far) = (End::unix(near), far);
        near.writer.write(b"frame.", &[file("one")]).await.unwrap();
        let mut frame = [0; 5];
        far.read_exact(&mut frame).await.unwrap();
        let mut far = End::unix(far);
        let received = far.reader.read(&mut [0; 8]).await.unwrap();
        assert_eq!(received.bytes, 1);
        assert_eq!(received.descriptors.into_iter().map(words).collect::<Vec<_>>(), ["one"]);
    }
}
