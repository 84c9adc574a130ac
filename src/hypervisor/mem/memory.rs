//! A guest's memory: real bytes, so that a migration has something to lose.

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};

use super::super::Uuid;
use super::super::moves::stream::Checksum;

/// The memory of one running guest.
///
/// It is filled when the guest boots, from its UUID and a fresh number: two boots of one guest differ, so that a
/// guest that moved can be told from one that was started again.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Memory {
    bytes: Vec<u8>,
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Memory({} bytes)", self.bytes.len())
    }
}

impl Memory {
    /// What a guest finds that boots now.
    pub(super) fn booted(guest: Uuid, len: usize) -> Memory {
        let mut seed = RandomState::new().build_hasher();
        seed.write(&guest.0);
        // xorshift64: never 0, and no two words alike for as long as anyone looks.
        let mut word = seed.finish() | 1;
        let mut bytes = vec![0; len];
        for chunk in bytes.chunks_mut(8) {
            word ^= word << 13;
            word ^= word >> 7;
            word ^= word << 17;
            let pattern = word.to_le_bytes();
            chunk.copy_from_slice(pattern.get(..chunk.len()).unwrap_or(&pattern));
        }
        Memory { bytes }
    }

    /// The same with nothing in its last 8 bytes, where a guest that runs counts.
    pub(super) fn counting_from_zero(mut self) -> Memory {
        if let Some(counter) = self.bytes.last_chunk_mut::<8>() {
            *counter = [0; 8];
        }
        self
    }

    /// What came over the network.
    pub(super) fn received(bytes: Vec<u8>) -> Memory {
        Memory { bytes }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// `len` bytes from `offset`, or `None` where the guest has no such memory.
    pub(super) fn read(&self, offset: u64, len: usize) -> Option<&[u8]> {
        let offset = usize::try_from(offset).ok()?;
        self.bytes.get(offset..offset.checked_add(len)?)
    }
}

/// The checksum of bytes: FNV-1a, 64 bits. What [`Mem::checksum`](super::Mem::checksum) gives for a guest's memory,
/// for those who read that memory through the protocol.
pub fn checksum(bytes: &[u8]) -> u64 {
    Checksum::of(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_boots_differ() {
        let guest = Uuid::random();
        let (first, second) = (Memory::booted(guest, 100), Memory::booted(guest, 100));
        assert_ne!(checksum(first.as_bytes()), checksum(second.as_bytes()));
        assert_eq!(first.as_bytes().len(), 100);
    }

    #[test]
    fn reads_end_where_the_memory_does() {
        let memory = Memory::received(vec![1, 2, 3]);
        assert_eq!(memory.read(0, 3), Some(&[1, 2, 3][..]));
        assert_eq!(memory.read(3, 0), Some(&[][..]));
        for (offset, len) in [(0, 4), (3, 1), (4, 0), (u64::MAX, 1), (1, usize::MAX)] {
            assert_eq!(memory.read(offset, len), None);
        }
    }

    #[test]
    fn the_checksum_is_fnv_1a() {
        assert_eq!(checksum(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(checksum(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
