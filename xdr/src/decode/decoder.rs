//! The bytes not yet read, and what may still be spent on them.

use super::{DEPTH_MAX, MEMORY_BASE, MEMORY_FACTOR};
use crate::{Error, Kind};

pub(super) struct Decoder<'de> {
    rest: &'de [u8],
    total: usize,
    /// Memory that arrays and boxed values may still take. Strings are not charged: each copies bytes that it has
    /// consumed, so that all of them together take the payload once, which is set aside from the start.
    budget: usize,
    depth: usize,
    pub(super) lenient: bool,
}

impl<'de> Decoder<'de> {
    #[inline]
    pub(super) fn new(input: &'de [u8], lenient: bool) -> Self {
        let budget = input.len().saturating_mul(MEMORY_FACTOR - 1).saturating_add(MEMORY_BASE);
        Decoder { rest: input, total: input.len(), budget, depth: DEPTH_MAX, lenient }
    }

    #[inline]
    pub(super) fn rest(&self) -> &'de [u8] {
        self.rest
    }

    #[inline]
    pub(super) fn offset(&self) -> usize {
        self.total - self.rest.len()
    }

    #[inline]
    pub(super) fn word(&mut self) -> Result<u32, Error> {
        self.array().map(u32::from_be_bytes)
    }

    #[inline]
    pub(super) fn hyper(&mut self) -> Result<u64, Error> {
        self.array().map(u64::from_be_bytes)
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        match self.rest.split_first_chunk() {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(*bytes)
            }
            None => Err(Error::eof(N, self.rest.len(), self.offset())),
        }
    }

    /// A length word within its bound.
    #[inline]
    pub(super) fn length(&mut self, shape: &'static str, bound: u32) -> Result<usize, Error> {
        let len = self.word()?;
        if len > bound {
            return Err(Error::too_long(shape, len as usize, bound, self.offset() - 4));
        }
        Ok(len as usize)
    }

    /// The number of elements that follow: within its bound, and a word each at least.
    #[inline]
    pub(super) fn count(&mut self, bound: u32) -> Result<usize, Error> {
        let count = self.length("array", bound)?;
        if count > self.rest.len() / 4 {
            return Err(Error::eof(count.saturating_mul(4), self.rest.len(), self.offset()));
        }
        Ok(count)
    }

    /// `len` bytes of opaque data and the padding to a whole word.
    #[inline]
    pub(super) fn opaque(&mut self, len: usize) -> Result<&'de [u8], Error> {
        let padding = len.wrapping_neg() & 3;
        let Some((bytes, rest)) =
            len.checked_add(padding).and_then(|padded| self.rest.split_at_checked(padded))
        else {
            return Err(Error::eof(len, self.rest.len(), self.offset()));
        };
        if padding != 0 && !self.lenient {
            let last = bytes.last_chunk().map_or(0, |word| u32::from_be_bytes(*word));
            if last << (32 - 8 * padding) != 0 {
                return Err(Error::new(Kind::Padding, self.offset() + len));
            }
        }
        self.rest = rest;
        Ok(bytes.get(..len).unwrap_or(bytes))
    }

    /// `count` words, as they are.
    pub(super) fn words(&mut self, count: usize) -> Result<&'de [u8], Error> {
        let len = count.saturating_mul(4);
        let Some((bytes, rest)) = self.rest.split_at_checked(len) else {
            return Err(Error::eof(len, self.rest.len(), self.offset()));
        };
        self.rest = rest;
        Ok(bytes)
    }

    /// Pays for memory, in bytes.
    #[inline]
    pub(super) fn charge(&mut self, bytes: usize) -> Result<(), Error> {
        match self.budget.checked_sub(bytes) {
            Some(left) => {
                self.budget = left;
                Ok(())
            }
            None => Err(self.over_budget()),
        }
    }

    #[inline]
    pub(super) fn budget(&self) -> usize {
        self.budget
    }

    /// One level deeper, while `read` runs.
    #[inline]
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        let Some(left) = self.depth.checked_sub(1) else {
            return Err(Error::new(Kind::Depth { limit: DEPTH_MAX }, self.offset()));
        };
        self.depth = left;
        let value = read(self)?;
        self.depth += 1;
        Ok(value)
    }

    #[inline]
    pub(super) fn over_budget(&self) -> Error {
        let limit = self.total.saturating_mul(MEMORY_FACTOR).saturating_add(MEMORY_BASE);
        Error::new(Kind::Budget { limit }, self.offset())
    }
}
