//! A file's content into a stream, and a stream's into a file: by reference where the system can, and through memory elsewhere.
//!
//! What reads a disk does it for three packets at a time, on a thread that may block. A file in memory waits for nobody, and is put into the pipe by who sends it.
//! A client that watches its frames has them all read.

use std::fs::File;
use std::future::poll_fn;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::BytesMut;
use tokio::task::JoinHandle;
use virtwire_protocol::session::stream::CHUNK_BYTES_MAX;

use super::{Chunk, Incoming, Outgoing, StreamError};
use crate::shell::pages::Conduit;

/// Why a file's content did not go all the way between the file and a stream.
///
/// Its `Debug` is its `Display`, for a `main` that returns it.
#[derive(thiserror::Error)]
pub enum FileError {
    /// The file cannot be read, or not be written.
    #[error("the file: {0}")]
    File(#[source] io::Error),
    /// The stream does not go on.
    #[error(transparent)]
    Stream(#[from] StreamError),
}

debug_is_display!(FileError);

impl From<FileError> for io::Error {
    fn from(error: FileError) -> io::Error {
        match error {
            FileError::File(error) => error,
            FileError::Stream(error) => error.into(),
        }
    }
}

/// A file that is sent or written, held for as long as that takes.
#[derive(Clone, Debug)]
pub(super) struct Held {
    file: Arc<File>,
    /// Nobody waits for a disk.
    pub(super) in_memory: bool,
}

impl Held {
    /// # Errors
    /// There are too many descriptors.
    pub(super) fn new(file: &File) -> io::Result<Held> {
        let in_memory = is_in_memory(file);
        Ok(Held { file: Arc::new(file.try_clone()?), in_memory })
    }

    /// How many bytes from this offset on are a hole, and how many after that are data: where no holes can be found, as many as there are.
    pub(super) async fn section(&self, offset: u64) -> (u64, u64) {
        if self.in_memory {
            return section(&self.file, offset);
        }
        let file = self.file.clone();
        // Where the runtime ends, the stream does, too.
        tokio::task::spawn_blocking(move || section(&file, offset)).await.unwrap_or(ALL_DATA)
    }

    /// Writes a piece at this offset, at once.
    pub(super) fn write(&self, piece: Incoming, offset: u64) -> io::Result<()> {
        write(&self.file, piece, offset)
    }

    /// The same where a disk may be waited for.
    pub(super) fn write_apart(&self, piece: Incoming, offset: u64) -> JoinHandle<io::Result<()>> {
        let file = self.file.clone();
        tokio::task::spawn_blocking(move || write(&file, piece, offset))
    }
}

fn write(file: &File, piece: Incoming, offset: u64) -> io::Result<()> {
    match piece {
        Incoming::Chunk(Chunk::Data(data)) => file.write_all_at(&data, offset),
        Incoming::Chunk(Chunk::Hole(length)) => write_zeros(file, offset, length),
        Incoming::Pages(pages) => pages.write_to(file, offset),
    }
}

/// Beyond the end of a file a hole does.
fn write_zeros(file: &File, mut offset: u64, length: u64) -> io::Result<()> {
    static ZEROS: [u8; 64 << 10] = [0; 64 << 10];
    let end = offset.saturating_add(length);
    let metadata = file.metadata()?;
    let there = match metadata.is_file() {
        // Where a hole does not fit, so many zeros do not either: they would fill the disk first.
        true if i64::try_from(end).is_err() => return Err(io::ErrorKind::FileTooLarge.into()),
        true => metadata.len().min(end),
        false => end,
    };
    while offset < there {
        let count = ZEROS.len().min(usize::try_from(there - offset).unwrap_or(usize::MAX));
        file.write_all_at(&ZEROS[..count], offset)?;
        offset += count as u64;
    }
    if there < end { file.set_len(end) } else { Ok(()) }
}

/// How a stream's files are read.
#[derive(Debug, Default)]
pub(super) enum Way {
    #[default]
    Untried,
    Spliced(Conduit),
    /// The system objects to anything else.
    Read,
}

impl Way {
    /// The next packets of a file, as many as there is room for: none at its end.
    pub(super) async fn packets(
        mut self,
        source: &Held,
        offset: u64,
        most: u64,
    ) -> io::Result<(Way, Vec<Outgoing>)> {
        if let Way::Untried = self {
            self = Conduit::new().map_or(Way::Read, Way::Spliced);
        }
        if let Way::Spliced(conduit) = &self {
            poll_fn(|cx| conduit.poll_room(cx)).await;
        }
        if source.in_memory {
            return self.fill(&source.file, offset, most);
        }
        let file = source.file.clone();
        match tokio::task::spawn_blocking(move || self.fill(&file, offset, most)).await {
            Ok(filled) => filled,
            Err(gave_up) => Err(io::Error::other(gave_up)),
        }
    }

    /// Where the system objects to splicing, or a packet does not fit, one is read.
    fn fill(mut self, file: &File, mut offset: u64, mut most: u64) -> io::Result<(Way, Vec<Outgoing>)> {
        let mut packets = Vec::new();
        while let Way::Spliced(conduit) = &self
            && most > 0
            && conduit.has_room()
        {
            match conduit.fill(file, offset, most) {
                Ok(None) => return Ok((self, packets)),
                Ok(Some(pages)) => {
                    offset = offset.saturating_add(pages.len() as u64);
                    most = most.saturating_sub(pages.len() as u64);
                    packets.push(Outgoing::Pages(pages));
                }
                Err(_) if !packets.is_empty() => break,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => self = Way::Read,
            }
        }
        if packets.is_empty() {
            packets.extend(read(file, offset, most)?);
        }
        Ok((self, packets))
    }
}

/// No hole, and data to the end.
const ALL_DATA: (u64, u64) = (0, u64::MAX);

/// What cannot be sought is read, and so is what says that it ends before: files of the system hold more than they say.
#[cfg(all(feature = "splice", any(target_os = "linux", target_os = "macos", target_os = "freebsd")))]
fn section(file: &File, offset: u64) -> (u64, u64) {
    use rustix::fs::{SeekFrom, seek};
    use rustix::io::Errno;

    let length = match file.metadata() {
        Ok(found) if found.is_file() => found.len(),
        _ => return ALL_DATA,
    };
    if offset >= length {
        return ALL_DATA;
    }
    let data = match seek(file, SeekFrom::Data(offset)) {
        Ok(data) => data.max(offset),
        // There is no more of it.
        Err(Errno::NXIO) => return (length.saturating_sub(offset), 0),
        Err(_) => return ALL_DATA,
    };
    let end = seek(file, SeekFrom::Hole(data)).unwrap_or(u64::MAX).max(data);
    (data.saturating_sub(offset), end.saturating_sub(data))
}

#[cfg(not(all(feature = "splice", any(target_os = "linux", target_os = "macos", target_os = "freebsd"))))]
fn section(_: &File, _: u64) -> (u64, u64) {
    ALL_DATA
}

/// Whether a file is where no disk is waited for.
#[cfg(all(feature = "splice", target_os = "linux"))]
fn is_in_memory(file: &File) -> bool {
    const TMPFS_MAGIC: u64 = 0x0102_1994;
    rustix::fs::fstatfs(file).is_ok_and(|found| u64::try_from(found.f_type) == Ok(TMPFS_MAGIC))
}

#[cfg(not(all(feature = "splice", target_os = "linux")))]
fn is_in_memory(_: &File) -> bool {
    false
}

/// A packet of a file's bytes; `None` at its end.
fn read(file: &File, offset: u64, most: u64) -> io::Result<Option<Outgoing>> {
    let mut packet = BytesMut::zeroed(usize::try_from(most).unwrap_or(usize::MAX).min(CHUNK_BYTES_MAX));
    let mut come = 0;
    while come < packet.len() {
        match file.read_at(&mut packet[come..], offset.saturating_add(come as u64)) {
            Ok(0) => break,
            Ok(count) => come += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // What has come goes first.
            Err(_) if come > 0 => break,
            Err(error) => return Err(error),
        }
    }
    packet.truncate(come);
    Ok((come > 0).then(|| Outgoing::Data(packet.freeze())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_that_no_file_can_have_is_a_failure_and_not_zeros() {
        let path = std::env::temp_dir().join(format!("virtwire-hole-{}", std::process::id()));
        let file = File::create(&path).unwrap();
        for (offset, length) in [(0, u64::MAX), (1 << 62, 1 << 62), (u64::MAX, 1)] {
            let made = write_zeros(&file, offset, length);
            assert_eq!(made.unwrap_err().kind(), io::ErrorKind::FileTooLarge, "{offset} {length}");
            assert_eq!(file.metadata().unwrap().len(), 0, "{offset} {length}");
        }
        std::fs::remove_file(&path).unwrap();
    }
}
