//! The bytes not yet read, and what may still be spent on them.

use super::{DEPTH_MAX, MEMORY_BASE, MEMORY_FACTOR};
use crate::{Error, Kind};

#[derive(Clone, Copy)]
pub(super) struct Decoder<'de> {
    rest: &'de [u8],
    total: usize,
    /// Memory that arrays and boxed values have taken. Strings are not charged: each copies bytes that it has
    /// consumed, so that all of them together take the payload once, which is set aside from the start.
    spent: usize,
    depth: usize,
    pub(super) lenient: bool,
}

impl<'de> Decoder<'de> {
    #[inline]
    pub(super) fn new(input: &'de [u8], lenient: bool) -> Self {
        Decoder { rest: input, total: input.len(), spent: 0, depth: DEPTH_MAX, lenient }
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

    /// A length word within its bound, that many bytes of opaque data, and the padding to a whole word.
    #[inline(always)]
    pub(super) fn bytes(&mut self, shape: &'static str, bound: u32) -> Result<&'de [u8], Error> {
        let usual = self.rest.split_first_chunk().and_then(|(word, rest)| {
            let len = u32::from_be_bytes(*word);
            if len <= bound { take(rest, len as usize) } else { None }
        });
        let (bytes, rest) = match usual {
            Some(taken) => taken,
            None => unusual(*self, shape, bound)?,
        };
        self.rest = rest;
        Ok(bytes)
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
        if padding != 0 && !self.lenient && !is_zero(bytes, padding) {
            return Err(Error::new(Kind::Padding, self.offset() + len));
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
        if bytes > self.budget() {
            return Err(self.over_budget());
        }
        self.spent += bytes;
        Ok(())
    }

    /// What may still be charged. Reckoned where it is asked for, since most messages have no arrays.
    #[inline]
    pub(super) fn budget(&self) -> usize {
        self.total.saturating_mul(MEMORY_FACTOR - 1).saturating_add(MEMORY_BASE) - self.spent
    }

    /// One level deeper.
    #[inline]
    pub(super) fn descend(&mut self) -> Result<(), Error> {
        match self.depth.checked_sub(1) {
            Some(left) => {
                self.depth = left;
                Ok(())
            }
            None => Err(Error::new(Kind::Depth { limit: DEPTH_MAX }, self.offset())),
        }
    }

    /// Back again, if nothing went wrong: after an error nobody reads on.
    #[inline]
    pub(super) fn ascend(&mut self) {
        self.depth += 1;
    }

    #[inline]
    pub(super) fn over_budget(&self) -> Error {
        let limit = self.total.saturating_mul(MEMORY_FACTOR).saturating_add(MEMORY_BASE);
        Error::new(Kind::Budget { limit }, self.offset())
    }
}

/// Opaque data as it mostly is, and what follows it; `None` when there are too few bytes, or padding that is not zero.
#[inline(always)]
fn take(input: &[u8], len: usize) -> Option<(&[u8], &[u8])> {
    let padding = len.wrapping_neg() & 3;
    let (bytes, rest) = input.split_at_checked(len.checked_add(padding)?)?;
    if padding != 0 && !is_zero(bytes, padding) {
        return None;
    }
    Some((bytes.get(..len)?, rest))
}

/// Whether the last one to three bytes are zero.
#[inline(always)]
fn is_zero(bytes: &[u8], padding: usize) -> bool {
    // In the little-endian sense the padding is the high end of the last word.
    let last = bytes.last_chunk().map_or(0, |word| u32::from_le_bytes(*word));
    last >> (32 - 8 * padding) == 0
}

/// What is wrong with a length and its bytes, or lenient; apart, so that the rest is little code for each field.
#[cold]
fn unusual<'de>(
    mut decoder: Decoder<'de>,
    shape: &'static str,
    bound: u32,
) -> Result<(&'de [u8], &'de [u8]), Error> {
    let len = decoder.length(shape, bound)?;
    let bytes = decoder.opaque(len)?;
    Ok((bytes, decoder.rest))
}
