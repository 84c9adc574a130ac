//! The data stream of a migration: this hypervisor's own format, over TCP.
//!
//! ```text
//! destination                                         source
//! greeting   "VWGUEST1", what it wants (1 to 3)  ──▶
//!            ◀──  the ticket (16 bytes); if 1 was wanted, the domain XML (u32 length); the memory's length (u64)
//! go, or a refusal with its reason               ──▶
//! where a post-copy is resumed, how much of the memory is here (u64) ──▶
//!            ◀──  chunks (u32 length, 1 to 65,536; bytes), then a length of 0 and the memory's checksum (u64); once among the
//!                 chunks of a post-copy, a length of 0xffffffff and the memory's last 8 bytes: the guest goes on at the destination
//! receipt, or a refusal with its reason          ──▶
//!            ◀──  unless 3 was wanted: "the guest has left" (one byte), once the source has dropped it
//! ```
//!
//! What is wanted is the version of the handshake: 1 where the stream must bring the configuration, 2 where Prepare2
//! or Prepare3 has brought it and the stream carries memory only. Perform is the same call in 1 and 2, so the destination says it.
//! Integers are big-endian. Every length is checked against its bound before memory is spent, and memory grows as
//! bytes arrive.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::super::MigrationVersion;
use super::cookie::Ticket;
use super::memory::Checksum;
use super::postcopy::COUNTER_BYTES;

/// The most bytes of memory in one chunk.
pub(super) const CHUNK_BYTES_MAX: usize = 65_536;
/// The longest domain XML that a stream may bring: the wire's own bound on a string.
const XML_BYTES_MAX: u32 = 4_194_304;
const REASON_BYTES_MAX: u16 = 1_024;
const MAGIC: [u8; 8] = *b"VWGUEST1";
/// In place of a chunk's length.
const SWITCH: u32 = u32::MAX;

/// Why a stream came to its end too early.
#[derive(Debug, thiserror::Error)]
pub(super) enum StreamError {
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

/// What opens a stream, from source to destination.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Opening {
    /// The domain XML, if it was wanted.
    pub(super) xml: Option<String>,
    /// The length of the memory that follows, in bytes.
    pub(super) memory_bytes: u64,
}

/// The destination says hello: this is the place, and this is what it wants.
pub(super) async fn send_greeting(
    to: &mut (impl AsyncWrite + Unpin),
    wants: MigrationVersion,
) -> io::Result<()> {
    let mut greeting = MAGIC.to_vec();
    greeting.push(match wants {
        MigrationVersion::V1 => 1,
        MigrationVersion::V2 => 2,
        MigrationVersion::V3 => 3,
    });
    to.write_all(&greeting).await
}

/// The source learns what is wanted.
pub(super) async fn read_greeting(
    from: &mut (impl AsyncRead + Unpin),
) -> Result<MigrationVersion, StreamError> {
    let mut magic = [0; 8];
    from.read_exact(&mut magic).await?;
    if magic != MAGIC {
        return Err(StreamError::Malformed(format!(
            "expected the greeting {MAGIC:02x?}, found {magic:02x?}"
        )));
    }
    match from.read_u8().await? {
        1 => Ok(MigrationVersion::V1),
        2 => Ok(MigrationVersion::V2),
        3 => Ok(MigrationVersion::V3),
        other => Err(StreamError::Malformed(format!("the destination wants {other}; expected 1 to 3"))),
    }
}

/// The source opens.
pub(super) async fn send_opening(
    to: &mut (impl AsyncWrite + Unpin),
    ticket: &Ticket,
    opening: &Opening,
) -> Result<(), StreamError> {
    let mut bytes = ticket.to_vec();
    if let Some(xml) = &opening.xml {
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
    bytes.extend(opening.memory_bytes.to_be_bytes());
    Ok(to.write_all(&bytes).await?)
}

/// The destination learns whether this is the stream that it waits for. The rest of the opening is read later, so
/// that a stranger gets no further than this.
pub(super) async fn read_ticket(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Ticket> {
    let mut ticket = [0; 16];
    from.read_exact(&mut ticket).await?;
    Ok(ticket)
}

/// The destination reads the rest of the opening. The memory is bounded by what this host can hold.
pub(super) async fn read_opening(
    from: &mut (impl AsyncRead + Unpin),
    wants: MigrationVersion,
    memory_bytes_max: u64,
) -> Result<Opening, StreamError> {
    let xml = match wants {
        MigrationVersion::V2 | MigrationVersion::V3 => None,
        MigrationVersion::V1 => {
            let len = from.read_u32().await?;
            if len > XML_BYTES_MAX {
                return Err(StreamError::Malformed(format!("{len} bytes of XML; at most {XML_BYTES_MAX}")));
            }
            let mut bytes = Vec::new();
            from.take(u64::from(len)).read_to_end(&mut bytes).await?;
            if bytes.len() as u64 != u64::from(len) {
                return Err(StreamError::Io(io::ErrorKind::UnexpectedEof.into()));
            }
            let xml =
                String::from_utf8(bytes).map_err(|error| StreamError::Malformed(format!("XML: {error}")))?;
            Some(xml)
        }
    };
    let memory_bytes = from.read_u64().await?;
    if memory_bytes > memory_bytes_max {
        return Err(StreamError::Malformed(format!(
            "the guest has {memory_bytes} bytes of memory; this host holds at most {memory_bytes_max}"
        )));
    }
    Ok(Opening { xml, memory_bytes })
}

/// The source sends a chunk, of 1 to 65,536 bytes.
pub(super) async fn send_chunk(to: &mut (impl AsyncWrite + Unpin), chunk: &[u8]) -> io::Result<()> {
    to.write_u32(u32::try_from(chunk.len()).map_err(io::Error::other)?).await?;
    to.write_all(chunk).await?;
    to.flush().await
}

/// The source has stopped the guest, which is to go on at the destination with this much and its last bytes.
pub(super) async fn send_switch(
    to: &mut (impl AsyncWrite + Unpin),
    counter: &[u8; COUNTER_BYTES],
) -> io::Result<()> {
    to.write_u32(SWITCH).await?;
    to.write_all(counter).await?;
    to.flush().await
}

/// The source has sent all of it.
pub(super) async fn send_end(to: &mut (impl AsyncWrite + Unpin), checksum: Checksum) -> io::Result<()> {
    to.write_u32(0).await?;
    to.write_u64(checksum.value()).await?;
    to.flush().await
}

/// The destination reads the memory to its end, behind what is in `memory` already, and leaves in it what came. `stall` is a fault: stop
/// reading after so many bytes. A switch to post-copy is told with the guest's last bytes, if one `may` come.
pub(super) async fn read_memory(
    from: &mut (impl AsyncRead + Unpin),
    memory_bytes: u64,
    memory: &mut Vec<u8>,
    stall: Option<u64>,
    mut may_switch: Option<impl FnMut(&[u8], [u8; COUNTER_BYTES]) -> Result<(), StreamError>>,
) -> Result<(), StreamError> {
    let mut checksum = Checksum::new();
    checksum.update(memory);
    loop {
        let have = memory.len() as u64;
        if stall.is_some_and(|bytes| have >= bytes) {
            std::future::pending::<()>().await;
        }
        let len = from.read_u32().await? as usize;
        if len == 0 {
            break;
        }
        if len == SWITCH as usize
            && let Some(mut switch) = may_switch.take()
        {
            let mut counter = [0; COUNTER_BYTES];
            from.read_exact(&mut counter).await?;
            switch(memory, counter)?;
            continue;
        }
        if len > CHUNK_BYTES_MAX {
            return Err(StreamError::Malformed(format!("a chunk of {len} bytes; at most {CHUNK_BYTES_MAX}")));
        }
        if have + len as u64 > memory_bytes {
            return Err(StreamError::Malformed(format!(
                "more than the {memory_bytes} bytes of memory announced"
            )));
        }
        // Grows as bytes arrive: a length alone makes it reserve nothing.
        if from.take(len as u64).read_to_end(memory).await? != len {
            return Err(StreamError::Io(io::ErrorKind::UnexpectedEof.into()));
        }
        checksum.update(memory.get(memory.len() - len..).unwrap_or_default());
    }
    let sent = from.read_u64().await?;
    if memory.len() as u64 != memory_bytes {
        let found = memory.len();
        return Err(StreamError::Malformed(format!(
            "{found} bytes of memory; {memory_bytes} were announced"
        )));
    }
    if sent != checksum.value() {
        let found = checksum.value();
        return Err(StreamError::Malformed(format!(
            "the memory's checksum is {found:016x}; {sent:016x} was sent"
        )));
    }
    Ok(())
}

/// Yes. The destination says it twice: go, and it is all here. The source says it once: the guest has left.
pub(super) async fn send_yes(to: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
    to.write_all(&[1]).await
}

/// The destination says no, and why.
pub(super) async fn send_no(to: &mut (impl AsyncWrite + Unpin), reason: &str) -> io::Result<()> {
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
pub(super) async fn read_answer(from: &mut (impl AsyncRead + Unpin)) -> Result<(), StreamError> {
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

    const TICKET: Ticket = [7; 16];

    async fn sent(xml: Option<&str>, memory: &[u8]) -> Vec<u8> {
        let mut wire = Vec::new();
        let opening = Opening { xml: xml.map(str::to_owned), memory_bytes: memory.len() as u64 };
        send_opening(&mut wire, &TICKET, &opening).await.unwrap();
        let mut checksum = Checksum::new();
        for chunk in memory.chunks(3) {
            checksum.update(chunk);
            send_chunk(&mut wire, chunk).await.unwrap();
        }
        send_end(&mut wire, checksum).await.unwrap();
        wire
    }

    async fn received(
        mut wire: &[u8],
        wants: MigrationVersion,
    ) -> Result<(Option<String>, Vec<u8>), StreamError> {
        read_ticket(&mut wire).await?;
        let opening = read_opening(&mut wire, wants, 100).await?;
        let mut memory = Vec::new();
        let never = None::<fn(&[u8], [u8; COUNTER_BYTES]) -> Result<(), StreamError>>;
        read_memory(&mut wire, opening.memory_bytes, &mut memory, None, never).await?;
        Ok((opening.xml, memory))
    }

    #[tokio::test]
    async fn a_guest_arrives_with_its_configuration_in_version_1_and_without_in_the_others() {
        let wire = sent(Some("<domain/>"), b"12345678").await;
        let (xml, memory) = received(&wire, MigrationVersion::V1).await.unwrap();
        assert_eq!((xml.as_deref(), memory.as_slice()), (Some("<domain/>"), &b"12345678"[..]));
        let wire = sent(None, b"12345678").await;
        for version in [MigrationVersion::V2, MigrationVersion::V3] {
            assert_eq!(received(&wire, version).await.unwrap(), (None, b"12345678".to_vec()));
        }
    }

    #[tokio::test]
    async fn every_cut_and_every_changed_byte_of_the_memory_is_noticed() {
        let wire = sent(Some("<domain/>"), b"12345678").await;
        for cut in 0..wire.len() {
            let error = received(&wire[..cut], MigrationVersion::V1).await.unwrap_err();
            assert!(matches!(error, StreamError::Io(_)), "{cut}: {error}");
        }
        // From the length of the memory on, every byte counts.
        for at in 16 + 4 + 9..wire.len() {
            let mut wire = wire.clone();
            wire[at] ^= 1;
            assert!(received(&wire, MigrationVersion::V1).await.is_err(), "byte {at}");
        }
    }

    #[tokio::test]
    async fn a_switch_is_told_once_and_only_where_it_may_come() {
        let mut wire = Vec::new();
        let mut checksum = Checksum::new();
        checksum.update(b"1234567890123456");
        send_chunk(&mut wire, b"12345678").await.unwrap();
        send_switch(&mut wire, b"90123456").await.unwrap();
        let again = wire.len();
        send_chunk(&mut wire, b"90123456").await.unwrap();
        send_end(&mut wire, checksum).await.unwrap();

        let (mut memory, mut told) = (Vec::new(), Vec::new());
        let switch = |so_far: &[u8], counter| {
            told.push((so_far.to_vec(), counter));
            Ok(())
        };
        read_memory(&mut &wire[..], 16, &mut memory, None, Some(switch)).await.unwrap();
        assert_eq!(memory, b"1234567890123456");
        assert_eq!(told, [(b"12345678".to_vec(), *b"90123456")]);

        let never = None::<fn(&[u8], [u8; COUNTER_BYTES]) -> Result<(), StreamError>>;
        assert!(read_memory(&mut &wire[..], 16, &mut Vec::new(), None, never).await.is_err());
        let twice = [&wire[..again], &wire[12..again], &wire[again..]].concat();
        let switch = |_: &[u8], _| Ok(());
        assert!(read_memory(&mut &twice[..], 16, &mut Vec::new(), None, Some(switch)).await.is_err());
        // What came before the link broke is there for the next one, which sends the rest.
        let mut memory = Vec::new();
        assert!(read_memory(&mut &wire[..again], 16, &mut memory, None, Some(switch)).await.is_err());
        read_memory(&mut &wire[again..], 16, &mut memory, None, never).await.unwrap();
        assert_eq!(memory, b"1234567890123456");
    }

    #[tokio::test]
    async fn lengths_are_bounded_before_anything_is_read() {
        let mut xml = vec![0; 16];
        xml.extend((XML_BYTES_MAX + 1).to_be_bytes());
        let mut memory = vec![0; 16];
        memory.extend(101_u64.to_be_bytes());
        let mut chunk = vec![0; 16];
        chunk.extend(100_u64.to_be_bytes());
        chunk.extend((CHUNK_BYTES_MAX as u32 + 1).to_be_bytes());
        for (wire, wants) in
            [(xml, MigrationVersion::V1), (memory, MigrationVersion::V2), (chunk, MigrationVersion::V2)]
        {
            let error = received(&wire, wants).await.unwrap_err();
            assert!(matches!(error, StreamError::Malformed(_)), "{error}");
        }
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
        send_greeting(&mut wire, MigrationVersion::V1).await.unwrap();
        assert_eq!(read_greeting(&mut &wire[..]).await.unwrap(), MigrationVersion::V1);
        for wrong in [&b"SSH-2.0-OpenSSH_9"[..], b"VWGUEST1\x04", b"VW"] {
            assert!(read_greeting(&mut &wrong[..]).await.is_err());
        }
    }
}
