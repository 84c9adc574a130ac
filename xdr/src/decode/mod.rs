//! Bytes to values.

mod access;
mod bounded;
mod decoder;
mod slot;

use serde::Deserialize;

use crate::{Error, Kind};
pub(crate) use bounded::{ARRAY, CHARS, FIXED_CHARS, FIXED_OPAQUE, MAGIC, OPAQUE, ROOM, STRING};
use decoder::Decoder;
use slot::Slot;

/// Memory that the arrays, strings and boxes of one message may take, in bytes for each byte of its payload.
///
/// An absent string is 4 bytes on the wire and 24 in memory, so that less would refuse honest messages. Exact for
/// [`Array`](crate::Array); a collection of someone else's is counted by its elements, and may reserve more.
pub const MEMORY_FACTOR: usize = 8;

/// Memory that any message may take beyond [`MEMORY_FACTOR`], in bytes.
pub const MEMORY_BASE: usize = 1024;

/// How deeply optional data, arrays and unions may be nested in each other, so that a hostile message cannot
/// overflow the stack through a recursive type. Enough for 128 entries of a list linked by optional data. Encoding
/// has no such limit: the value is the caller's own.
pub const DEPTH_MAX: usize = 128;

/// Decodes a value that takes the whole of the input. Strict: as [`Options::strict`].
///
/// Borrows from the input where the type does (`&str`, `&[u8]`).
///
/// # Errors
/// See [`Kind`]; never a panic, whatever the bytes.
#[inline]
pub fn from_slice<'de, T: Deserialize<'de>>(input: &'de [u8]) -> Result<T, Error> {
    Options::strict().from_slice(input)
}

/// How strictly to decode.
///
/// ```
/// use virtwire_xdr::{Kind, Options, from_slice};
/// let sloppy = [0, 0, 0, 1, b'a', 1, 2, 3];
/// assert_eq!(from_slice::<&str>(&sloppy).unwrap_err().kind(), Kind::Padding);
/// assert_eq!(Options::lenient().from_slice::<&str>(&sloppy).unwrap(), "a");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Options {
    lenient: bool,
}

impl Options {
    /// Only what an encoder may write: the input ends with the value, padding is zero, a number fits its type.
    ///
    /// An `i8` may come sign-extended or zero-extended; C's `char` is both.
    pub const fn strict() -> Options {
        Options { lenient: false }
    }

    /// As real daemons do: bytes after the value are ignored, padding may be anything, an 8 or 16 bit number is the
    /// low bits of its word, and any word but 0 marks optional data as present (a client in use writes 1 with its
    /// bytes the wrong way round). A bool is still 0 or 1.
    pub const fn lenient() -> Options {
        Options { lenient: true }
    }

    /// Decodes a value that takes the whole of the input or, when lenient, the start of it.
    ///
    /// # Errors
    /// See [`Kind`].
    #[inline(always)]
    pub fn from_slice<'de, T: Deserialize<'de>>(&self, input: &'de [u8]) -> Result<T, Error> {
        let (value, rest) = self.from_prefix(input)?;
        if !rest.is_empty() && !self.lenient {
            return Err(Error::new(Kind::Trailing { bytes: rest.len() }, input.len() - rest.len()));
        }
        Ok(value)
    }

    /// Decodes a value from the start of the input, and returns what follows it.
    ///
    /// # Errors
    /// See [`Kind`].
    #[inline(always)]
    pub fn from_prefix<'de, T: Deserialize<'de>>(&self, input: &'de [u8]) -> Result<(T, &'de [u8]), Error> {
        let mut decoder = Decoder::new(input, self.lenient);
        match T::deserialize(Slot::new(&mut decoder, size_of::<T>())) {
            Ok(value) => Ok((value, decoder.rest())),
            Err(error) => Err(error.at(decoder.offset())),
        }
    }
}
