//! The data stream of a migration: this hypervisor's own format, over TCP.
//!
//! ```text
//! destination                                         source
//! greeting   "VWGUEST1", what it wants (1 to 3)  ──▶
//!            ◀──  the ticket (16 bytes); if 1 was wanted, the domain XML (u32 length); the memory's length (u64)
//! go, or a refusal with its reason               ──▶
//! where a post-copy is resumed, how much of the memory is here (u64) ──▶
//!            ◀──  chunks (u32 length, 1 to 65,536; bytes), then a length of 0 and the memory's checksum (u64); once among the
//!                 chunks of a post-copy, a length of 0xffffffff and the memory's last 8 bytes: the guest is to go on at the destination
//! go on, to that one              ──▶
//! receipt, or a refusal with its reason          ──▶
//!            ◀──  unless 3 was wanted: "the guest has left" (one byte), once the source has dropped it
//! ```
//!
//! Greeting, ticket, chunks and answers are those of every guest that virtwire moves (`moves::stream`).

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::super::MigrationVersion;
use super::super::moves::stream::{self, Magic};
pub(super) use super::super::moves::stream::{
    CHUNK_BYTES_MAX, Checksum, StreamError, read_answer, read_ticket, send_no, send_yes,
};
use super::cookie::Ticket;
use super::postcopy::COUNTER_BYTES;
use super::way_out::within;

pub(super) const MAGIC: Magic = *b"VWGUEST1";
/// In place of a chunk's length.
const SWITCH: u32 = u32::MAX;

/// What opens a stream, from source to destination.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Opening {
    /// The domain XML, if it was wanted.
    pub(super) xml: Option<String>,
    /// The length of the memory that follows, in bytes.
    pub(super) memory_bytes: u64,
}

/// The destination says hello.
pub(super) async fn send_greeting(
    to: &mut (impl AsyncWrite + Unpin),
    wants: MigrationVersion,
) -> io::Result<()> {
    stream::send_greeting(to, MAGIC, wants).await
}

/// The source learns what is wanted.
pub(super) async fn read_greeting(
    from: &mut (impl AsyncRead + Unpin),
) -> Result<MigrationVersion, StreamError> {
    stream::read_greeting(from, MAGIC).await
}

/// The source opens.
pub(super) async fn send_opening(
    to: &mut (impl AsyncWrite + Unpin),
    ticket: &Ticket,
    opening: &Opening,
) -> Result<(), StreamError> {
    let mut bytes = stream::opening(ticket, opening.xml.as_deref())?;
    bytes.extend(opening.memory_bytes.to_be_bytes());
    Ok(to.write_all(&bytes).await?)
}

/// The destination reads the rest of the opening. The memory is bounded by what this host can hold.
pub(super) async fn read_opening(
    from: &mut (impl AsyncRead + Unpin),
    wants: MigrationVersion,
    memory_bytes_max: u64,
) -> Result<Opening, StreamError> {
    let xml = match wants {
        MigrationVersion::V2 | MigrationVersion::V3 => None,
        MigrationVersion::V1 => Some(stream::read_xml(from).await?),
    };
    let memory_bytes = from.read_u64().await?;
    if memory_bytes > memory_bytes_max {
        return Err(StreamError::Malformed(format!(
            "the guest has {memory_bytes} bytes of memory; this host holds at most {memory_bytes_max}"
        )));
    }
    Ok(Opening { xml, memory_bytes })
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

/// The destination reads the memory, behind what is in `memory` already, and leaves in it what came. `stall` is a fault: stop reading
/// after so many bytes. The source may say nothing for no longer than `silence`, if that is said.
///
/// Returns at a switch to post-copy, where one `may` come, with the guest's last bytes: then there is more to read. `None` at the end.
pub(super) async fn read_memory(
    from: &mut (impl AsyncRead + Unpin),
    memory_bytes: u64,
    memory: &mut Vec<u8>,
    stall: Option<u64>,
    silence: Option<Duration>,
    may_switch: bool,
) -> Result<Option<[u8; COUNTER_BYTES]>, StreamError> {
    let mut checksum = Checksum::new();
    checksum.update(memory);
    loop {
        let have = memory.len() as u64;
        if stall.is_some_and(|bytes| have >= bytes) {
            heard(silence, std::future::pending::<io::Result<()>>()).await?;
        }
        let len = heard(silence, from.read_u32()).await? as usize;
        if len == 0 {
            break;
        }
        if len == SWITCH as usize && may_switch {
            let mut counter = [0; COUNTER_BYTES];
            from.read_exact(&mut counter).await?;
            return Ok(Some(counter));
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
        if heard(silence, (&mut *from).take(len as u64).read_to_end(memory)).await? != len {
            return Err(StreamError::Io(io::ErrorKind::UnexpectedEof.into()));
        }
        checksum.update(memory.get(memory.len() - len..).unwrap_or_default());
    }
    let sent = heard(silence, from.read_u64()).await?;
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
    Ok(None)
}

/// Waits for the source: for as long as it takes, or no longer than this.
async fn heard<T>(
    silence: Option<Duration>,
    step: impl Future<Output = io::Result<T>>,
) -> Result<T, StreamError> {
    match silence {
        Some(silence) => within(silence, step).await,
        None => Ok(step.await?),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::moves::stream::{send_chunk, send_end};
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
        read_memory(&mut wire, opening.memory_bytes, &mut memory, None, None, false).await?;
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

        let (mut memory, mut rest) = (Vec::new(), &wire[..]);
        let switch = read_memory(&mut rest, 16, &mut memory, None, None, true).await.unwrap();
        assert_eq!((&*memory, switch), (&b"12345678"[..], Some(*b"90123456")));
        assert_eq!(read_memory(&mut rest, 16, &mut memory, None, None, false).await.unwrap(), None);
        assert_eq!(memory, b"1234567890123456");

        assert!(read_memory(&mut &wire[..], 16, &mut Vec::new(), None, None, false).await.is_err());
        let twice = [&wire[..again], &wire[12..again]].concat();
        let (mut memory, mut rest) = (Vec::new(), &twice[..]);
        read_memory(&mut rest, 16, &mut memory, None, None, true).await.unwrap();
        assert!(read_memory(&mut rest, 16, &mut memory, None, None, false).await.is_err());
        // What came before the link broke is there for the next one, which sends the rest.
        let (mut memory, mut rest) = (Vec::new(), &wire[..again]);
        read_memory(&mut rest, 16, &mut memory, None, None, true).await.unwrap();
        assert!(read_memory(&mut rest, 16, &mut memory, None, None, false).await.is_err());
        read_memory(&mut &wire[again..], 16, &mut memory, None, None, false).await.unwrap();
        assert_eq!(memory, b"1234567890123456");
    }

    #[tokio::test]
    async fn lengths_are_bounded_before_anything_is_read() {
        let mut xml = vec![0; 16];
        xml.extend((stream::XML_BYTES_MAX + 1).to_be_bytes());
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
}
