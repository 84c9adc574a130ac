//! What is written to volumes and read from them: piece by piece, while the volume is there.

use bytes::Bytes;
use virtwire_protocol::error::RemoteError;

use super::super::{Part, Result, Uuid};
use super::Mem;
use super::storage::failed;
use crate::server::{Chunk, Stream, StreamError};

/// Pieces in which a volume is read.
const PIECE_BYTES: usize = 128 << 10;
const ZEROS: &[u8] = &[0; PIECE_BYTES];

/// The volume that a transfer is about.
#[derive(Debug)]
pub(super) struct Which {
    pub(super) folder: String,
    pub(super) name: String,
    pub(super) id: Uuid,
}

/// Why a transfer does not go on.
enum Trouble {
    /// The client's end is told.
    Here(RemoteError),
    /// There is nobody to tell.
    There,
}

impl From<StreamError> for Trouble {
    fn from(_: StreamError) -> Trouble {
        Trouble::There
    }
}

impl From<RemoteError> for Trouble {
    fn from(error: RemoteError) -> Trouble {
        Trouble::Here(error)
    }
}

impl Mem {
    /// Takes all of a stream. How it ends is told by the stream.
    pub(super) async fn receive(self, which: Which, part: Part, mut stream: Stream) {
        match self.write_all(&which, part, &mut stream).await {
            // Whether the client hears that all is well is its affair.
            Ok(()) => drop(stream.finish().await),
            Err(Trouble::Here(error)) => stream.fail(error),
            Err(Trouble::There) => {}
        }
    }

    /// Sends a part of a volume, which lies within it.
    pub(super) async fn send(self, which: Which, part: Part, mut stream: Stream) {
        match self.read_all(&which, part, &mut stream).await {
            Ok(()) => drop(stream.finish().await),
            Err(Trouble::Here(error)) => stream.fail(error),
            Err(Trouble::There) => {}
        }
    }

    async fn write_all(
        &self,
        which: &Which,
        part: Part,
        stream: &mut Stream,
    ) -> std::result::Result<(), Trouble> {
        let mut at = part.offset;
        let end = if part.length == 0 { u64::MAX } else { part.offset.saturating_add(part.length) };
        while let Some(chunk) = stream.read_chunk().await? {
            let length = match &chunk {
                Chunk::Data(piece) => piece.len() as u64,
                Chunk::Hole(length) => *length,
            };
            let next = at.checked_add(length).filter(|next| *next <= end);
            let next = next.ok_or_else(|| failed("more came than was announced"))?;
            match chunk {
                Chunk::Data(piece) => self.write(which, at, next, &piece)?,
                Chunk::Hole(_) => self.blank(which, at, next)?,
            }
            at = next;
        }
        Ok(())
    }

    async fn read_all(
        &self,
        which: &Which,
        part: Part,
        stream: &mut Stream,
    ) -> std::result::Result<(), Trouble> {
        let (mut at, end) = (part.offset, part.offset.saturating_add(part.length));
        while at < end {
            let most = usize::try_from(end - at).unwrap_or(usize::MAX).min(PIECE_BYTES);
            let piece = self.read(which, at, most)?;
            // Nothing was written from here on.
            if piece.is_empty() && part.sparse {
                stream.write_hole(end - at).await?;
                return Ok(());
            }
            let piece = if piece.is_empty() { Bytes::from_static(ZEROS).slice(..most) } else { piece };
            at = at.saturating_add(piece.len() as u64);
            stream.write_chunk(piece).await?;
        }
        Ok(())
    }

    fn write(&self, which: &Which, at: u64, end: u64, piece: &[u8]) -> Result<()> {
        let most = self.inner.storage_bytes_max();
        let mut pools = self.inner.stores();
        let volume = pools.hold(which, end, most)?;
        if let Some(place) = volume.data_mut().get_mut(size(at)..size(end)) {
            place.copy_from_slice(piece);
        }
        Ok(())
    }

    /// What was there is zero now; beyond what was written it is anyway.
    fn blank(&self, which: &Which, at: u64, end: u64) -> Result<()> {
        let mut pools = self.inner.stores();
        let data = pools.find(which)?.data_mut();
        let (from, to) = (size(at).min(data.len()), size(end).min(data.len()));
        if let Some(place) = data.get_mut(from..to) {
            place.fill(0);
        }
        Ok(())
    }

    /// What was written from a place on, as far as anything was.
    fn read(&self, which: &Which, at: u64, most: usize) -> Result<Bytes> {
        let mut pools = self.inner.stores();
        let data = pools.find(which)?.data();
        let from = size(at).min(data.len());
        let to = from.saturating_add(most).min(data.len());
        Ok(Bytes::copy_from_slice(data.get(from..to).unwrap_or_default()))
    }
}

fn size(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
