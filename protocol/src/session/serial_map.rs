//! What waits under a serial of one's own.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::header::Serial;

/// A map from serials that this end has counted up: they need no hash that withstands chosen keys.
pub type SerialMap<T> = HashMap<Serial, T, CountedHasher>;

/// For keys that are counted up here, or that the peer chooses but may have only a few of.
pub type CountedHasher = BuildHasherDefault<SerialHasher>;

/// Spreads a count over all bits by a multiplication.
#[derive(Clone, Copy, Debug, Default)]
pub struct SerialHasher(u64);

impl Hasher for SerialHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(u64::from(word));
    }

    fn write_u64(&mut self, word: u64) {
        // An odd constant without pattern: 2⁶⁴ by the golden ratio.
        self.0 = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::hash::BuildHasher;

    use super::*;

    #[test]
    fn serials_in_a_row_fall_apart_at_both_ends_of_the_hash() {
        let hash = |serial| CountedHasher::default().hash_one(Serial(serial));
        for start in [0, 1 << 20, u32::MAX - 100] {
            let hashes: Vec<u64> = (0..128).map(|at| hash(start.wrapping_add(at))).collect();
            let low: HashSet<_> = hashes.iter().map(|hash| hash % 128).collect();
            let high: HashSet<_> = hashes.iter().map(|hash| hash >> 57).collect();
            assert!(low.len() > 100 && high.len() > 60, "{} {}", low.len(), high.len());
        }
    }
}
