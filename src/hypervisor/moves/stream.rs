//! What two hosts say to each other on a migration's data stream, beside the guest itself.
//!
//! ```text
//! destination                                         source
//! greeting   whose guests these are, what it wants (1 to 3)  ──▶
//!            ◀──  the ticket (16 bytes); if 1 was wanted, the domain XML (u32 length)
//! go, or a refusal with its reason               ──▶
//!            ◀──  chunks (u32 length, 1 to 65,536; bytes), then a length of 0 and the checksum of all bytes (u64)
//! receipt, or a refusal with its reason          ──▶
//!            ◀──  unless 3 was wanted: "the guest has left" (one byte), once the source has dropped it
//! ```
//!
//! What is wanted is the version of the handshake: 1 where the stream must bring the configuration, 2 where Prepare2
//! or Prepare3 has brought it. Perform is the same call in 1 and 2, so the destination says it. Through a tunnel all goes one way: its
//! source says greeting, ticket and chunks without being answered, and the tunnel's end is the receipt.
//!
//! Integers are big-endian. Every length is checked against its bound before memory is spent, and memory grows as bytes arrive.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::super::MigrationVersion;
use super::cookie::Ticket;

/// The most bytes in one chunk.
pub(crate) const CHUNK_BYTES_MAX: usize = 65_536;
/// The longest domain XML that a stream may bring: the wire's own bound on a string.
pub(crate) const XML_BYTES_MAX: u32 = 4_194_304;
const REASON_BYTES_MAX: u16 = 1_024;

/// What a greeting begins with: whose format the guest itself has.
pub(crate) type Magic = [u8; 8];

/// Why a stream came to its end too early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StreamError {
    /// The connection failed.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The other side speaks something else.
    #[error("{0}")]
    Malformed(String),
    /// The other side says no, and why.
    #[error("{0}")]
    Refused(String),
}

/// A running FNV-1a of 64 bits: against accidents, not against malice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checksum(u64);

impl Checksum {
    pub(crate) fn new() -> Checksum {
        Checksum(0xcbf2_9ce4_8422_2325)
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    pub(crate) fn value(self) -> u64 {
        self.0
    }

    /// The checksum of these bytes alone.
    #[cfg(feature = "store")]
    pub(crate) fn of(bytes: &[u8]) -> u64 {
        let mut checksum = Checksum::new();
        checksum.update(bytes);
        checksum.value()
    }
}

/// The destination says hello: this is the place, and this is what it wants.
pub(crate) async fn send_greeting(
    to: &mut (impl AsyncWrite + Unpin),
    magic: Magic,
    wants: MigrationVersion,
) -> io::Result<()> {
    let mut greeting = magic.to_vec();
    greeting.push(match wants {
        MigrationVersion::V1 => 1,
        MigrationVersion::V2 => 2,
        MigrationVersion::V3 => 3,
    });
    to.write_all(&greeting).await
}

/// The source learns what is wanted.
pub(crate) async fn read_greeting(
    from: &mut (impl AsyncRead + Unpin),
    expected: Magic,
) -> Result<MigrationVersion, StreamError> {
    let mut magic = [0; 8];
    from.read_exact(&mut magic).await?;
    if magic != expected {
        return Err(StreamError::Malformed(format!(
            "expected the greeting {expected:02x?}, found {magic:02x?}"
        )));
    }
    match from.read_u8().await? {
        1 => Ok(MigrationVersion::V1),
        2 => Ok(MigrationVersion::V2),
        3 => Ok(MigrationVersion::V3),
        other => Err(StreamError::Malformed(format!("the destination wants {other}; expected 1 to 3"))),
    }
}

/// What opens a stream, from source to destination: the ticket, and the domain XML if it was wanted.
pub(crate) fn opening(ticket: &Ticket, xml: Option<&str>) -> Result<Vec<u8>, StreamError> {
    let mut bytes = ticket.to_vec();
    if let Some(xml) = xml {
        let len = u32::try_from(xml.len()).ok().filter(|len| *len <= XML_BYTES_MAX);
        let Some(len) = len else {
            return Err(StreamError::Malformed(format!(
                "{} bytes of XML; at most {XML_BYTES_MAX}",
                xml.len()
            )));
        };
        bytes.extend(len.to_be_bytes());
        bytes.extend(xml.as_bytes());
    }
    Ok(bytes)
}

/// The destination reads the domain XML, which it wanted.
pub(crate) async fn read_xml(from: &mut (impl AsyncRead + Unpin)) -> Result<String, StreamError> {
    let len = from.read_u32().await?;
    if len > XML_BYTES_MAX {
        return Err(StreamError::Malformed(format!("{len} bytes of XML; at most {XML_BYTES_MAX}")));
    }
    let mut bytes = Vec::new();
    from.take(u64::from(len)).read_to_end(&mut bytes).await?;
    if bytes.len() as u64 != u64::from(len) {
        return Err(StreamError::Io(io::ErrorKind::UnexpectedEof.into()));
    }
    String::from_utf8(bytes).map_err(|error| StreamError::Malformed(format!("XML: {error}")))
}

/// The destination learns whether this is the stream that it waits for. The rest of the opening is read later, so
/// that a stranger gets no further than this.
pub(crate) async fn read_ticket(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Ticket> {
    let mut ticket = [0; 16];
    from.read_exact(&mut ticket).await?;
    Ok(ticket)
}

/// The source sends a chunk, of 1 to 65,536 bytes.
pub(crate) async fn send_chunk(to: &mut (impl AsyncWrite + Unpin), chunk: &[u8]) -> io::Result<()> {
    to.write_u32(u32::try_from(chunk.len()).map_err(io::Error::other)?).await?;
    to.write_all(chunk).await?;
    to.flush().await
}

/// The source has sent all of it.
pub(crate) async fn send_end(to: &mut (impl AsyncWrite + Unpin), checksum: Checksum) -> io::Result<()> {
    to.write_u32(0).await?;
    to.write_u64(checksum.value()).await?;
    to.flush().await
}

/// The destination reads chunks to their end, and hands on what is in them. When it returns, all of it has come. Each chunk must come
/// within the silence allowed; how long it takes to be handed on is not the source's matter.
pub(crate) async fn read_chunks(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    silence: Duration,
) -> Result<(), StreamError> {
    let (mut checksum, mut chunk) = (Checksum::new(), Vec::new());
    let late = |_| StreamError::Malformed(format!("no progress within {silence:?}"));
    while timeout(silence, read_chunk(from, &mut chunk)).await.map_err(late)?? {
        checksum.update(&chunk);
        to.write_all(&chunk).await?;
    }
    let sent = timeout(silence, from.read_u64()).await.map_err(late)??;
    match checksum.value() {
        found if found == sent => Ok(()),
        found => {
            let detail = format!("the guest's checksum is {found:016x}; {sent:016x} was sent");
            Err(StreamError::Malformed(detail))
        }
    }
}

/// Whether there was one more.
async fn read_chunk(from: &mut (impl AsyncRead + Unpin), chunk: &mut Vec<u8>) -> Result<bool, StreamError> {
    chunk.clear();
    let len = from.read_u32().await? as usize;
    if len > CHUNK_BYTES_MAX {
        return Err(StreamError::Malformed(format!("a chunk of {len} bytes; at most {CHUNK_BYTES_MAX}")));
    }
    // Grows as bytes arrive: a length alone makes it reserve nothing.
    if from.take(len as u64).read_to_end(chunk).await? != len {
        return Err(StreamError::Io(io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(len > 0)
}

/// Yes. The destination says it twice: go, and it is all here. The source says it once: the guest has left.
pub(crate) async fn send_yes(to: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
    to.write_all(&[1]).await
}

/// The destination says no, and why.
pub(crate) async fn send_no(to: &mut (impl AsyncWrite + Unpin), reason: &str) -> io::Result<()> {
    let mut end = reason.len().min(usize::from(REASON_BYTES_MAX));
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    let reason = reason.get(..end).unwrap_or_default();
    let mut bytes = vec![0];
    bytes.extend(u16::try_from(reason.len()).unwrap_or(REASON_BYTES_MAX).to_be_bytes());
    bytes.extend(reason.as_bytes());
    to.write_all(&bytes).await
}

/// Hears yes or no.
pub(crate) async fn read_answer(from: &mut (impl AsyncRead + Unpin)) -> Result<(), StreamError> {
    match from.read_u8().await? {
        1 => Ok(()),
        0 => {
            let len = from.read_u16().await?.min(REASON_BYTES_MAX);
            let mut reason = vec![0; usize::from(len)];
            from.read_exact(&mut reason).await?;
            Err(StreamError::Refused(String::from_utf8_lossy(&reason).into_owned()))
        }
        other => Err(StreamError::Malformed(format!("an answer of {other}; expected 0 or 1"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sent(bytes: &[u8]) -> Vec<u8> {
        let (mut wire, mut checksum) = (Vec::new(), Checksum::new());
        for chunk in bytes.chunks(3) {
            checksum.update(chunk);
            send_chunk(&mut wire, chunk).await.unwrap();
        }
        send_end(&mut wire, checksum).await.unwrap();
        wire
    }

    async fn received(mut wire: &[u8]) -> Result<Vec<u8>, StreamError> {
        let mut bytes = Vec::new();
        read_chunks(&mut wire, &mut bytes, Duration::from_secs(60)).await.map(|()| bytes)
    }

    #[tokio::test]
    async fn every_cut_and_every_changed_byte_of_a_guest_is_noticed() {
        let wire = sent(b"12345678").await;
        assert_eq!(received(&wire).await.unwrap(), b"12345678");
        assert_eq!(received(&sent(b"").await).await.unwrap(), b"");
        for cut in 0..wire.len() {
            assert!(matches!(received(&wire[..cut]).await.unwrap_err(), StreamError::Io(_)), "{cut}");
        }
        for at in 0..wire.len() {
            let mut wire = wire.clone();
            wire[at] ^= 1;
            assert!(received(&wire).await.is_err(), "byte {at}");
        }
        let long = (CHUNK_BYTES_MAX as u32 + 1).to_be_bytes();
        assert!(matches!(received(&long).await.unwrap_err(), StreamError::Malformed(_)));
    }

    #[tokio::test]
    async fn an_opening_brings_the_configuration_that_was_wanted() {
        let opened = opening(&[7; 16], Some("<domain/>")).unwrap();
        let mut wire = &opened[..];
        assert_eq!(read_ticket(&mut wire).await.unwrap(), [7; 16]);
        assert_eq!(read_xml(&mut wire).await.unwrap(), "<domain/>");
        assert_eq!(opening(&[7; 16], None).unwrap(), [7; 16]);
        let too_long = (XML_BYTES_MAX + 1).to_be_bytes();
        assert!(matches!(read_xml(&mut &too_long[..]).await.unwrap_err(), StreamError::Malformed(_)));
        assert!(read_xml(&mut &[0, 0, 0, 1, 0xff][..]).await.is_err(), "not UTF-8");
    }

    #[tokio::test]
    async fn an_answer_is_yes_or_a_reason() {
        let mut wire = Vec::new();
        send_yes(&mut wire).await.unwrap();
        read_answer(&mut &wire[..]).await.unwrap();
        let mut wire = Vec::new();
        send_no(&mut wire, &"é".repeat(1_000)).await.unwrap();
        let StreamError::Refused(reason) = read_answer(&mut &wire[..]).await.unwrap_err() else {
            panic!("a refusal")
        };
        assert_eq!(reason, "é".repeat(512));
        assert!(read_answer(&mut &[2_u8][..]).await.is_err());
    }

    #[tokio::test]
    async fn strangers_are_known_by_their_greeting() {
        let mut wire = Vec::new();
        send_greeting(&mut wire, *b"VWGUEST1", MigrationVersion::V1).await.unwrap();
        assert_eq!(read_greeting(&mut &wire[..], *b"VWGUEST1").await.unwrap(), MigrationVersion::V1);
        for wrong in [&b"SSH-2.0-OpenSSH_9"[..], b"VWGUEST1\x04", b"VWGUEST2\x01", b"VW"] {
            assert!(read_greeting(&mut &wrong[..], *b"VWGUEST1").await.is_err());
        }
    }
}
