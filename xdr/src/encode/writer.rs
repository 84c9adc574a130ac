//! The serializer: one word after another.

use core::fmt::{self, Write as _};

use serde::{Serialize, Serializer};

use super::compound::{Members, Sequence};
use super::sink::sealed::Sink;
use crate::{Error, Kind};

/// Names by which our codecs ask this serializer, and no other, for more than serde's data model can say. Other
/// formats see a newtype struct, which they write as its content.
pub(crate) const STRING: &str = "$virtwire_xdr::Str";
pub(crate) const FIXED_OPAQUE: &str = "$virtwire_xdr::FixedOpaque";
pub(crate) const CHARS: &str = "$virtwire_xdr::Chars";
pub(crate) const FIXED_CHARS: &str = "$virtwire_xdr::FixedChars";
/// Not a value: a codec reports a bound exceeded (see `codec::refuse`).
pub(crate) const TOO_LONG: &str = "$virtwire_xdr::TooLong";

/// How `serialize_bytes` writes: with a length and padded.
pub(crate) const VARIABLE: u8 = 0;
/// The same of a string, in which some sinks want no NUL.
const TEXT: u8 = 4;
/// Without a length, padded.
const FIXED: u8 = 1;
/// With a length, each byte a word.
const WORDS: u8 = 2;
/// Without a length, each byte a word.
const FIXED_WORDS: u8 = 3;

pub(crate) struct Writer<'a, S, const BYTES: u8> {
    pub(super) sink: &'a mut S,
}

impl<'a, S: Sink, const BYTES: u8> Writer<'a, S, BYTES> {
    #[inline]
    pub(super) fn new(sink: &'a mut S) -> Self {
        Writer { sink }
    }

    #[inline]
    fn word(&mut self, word: u32) {
        self.sink.put(&word.to_be_bytes());
    }

    #[inline]
    fn length(&mut self, len: usize) -> Result<(), Error> {
        match u32::try_from(len) {
            Ok(word) => {
                self.word(word);
                Ok(())
            }
            Err(_) => Err(Error::new(Kind::LengthOverflow { len }, self.sink.position())),
        }
    }

    /// The bytes, then zeros up to a whole word.
    #[inline(always)]
    fn padded(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.split_at(bytes.len() & !3);
        self.sink.put(words);
        let last = match (bytes.last_chunk(), rest) {
            (_, []) => return,
            // The last four bytes, less those already put: they fall out at the low end.
            (Some(last), _) => u32::from_le_bytes(*last) >> (32 - 8 * rest.len()),
            (None, [a, more @ ..]) => match *more {
                [] => u32::from_le_bytes([*a, 0, 0, 0]),
                [b] => u32::from_le_bytes([*a, b, 0, 0]),
                [b, c, ..] => u32::from_le_bytes([*a, b, c, 0]),
            },
        };
        self.sink.put(&last.to_le_bytes());
    }

    /// C's `char` is signed where it matters, so the word is sign-extended.
    fn chars(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.word(i32::from(byte.cast_signed()).cast_unsigned());
        }
    }

    #[cold]
    fn unsupported(&self, what: &'static str) -> Error {
        Error::unsupported(what, self.sink.position())
    }
}

/// Without a branch for each byte, so that it looks at many at a time: documents are long.
#[inline]
fn has_nul(text: &[u8]) -> bool {
    text.iter().fold(0, |found, byte| found | u8::from(*byte == 0)) != 0
}

impl<'a, S: Sink, const BYTES: u8> Serializer for Writer<'a, S, BYTES> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Sequence<'a, S>;
    type SerializeTuple = Members<'a, S>;
    type SerializeTupleStruct = Members<'a, S>;
    type SerializeTupleVariant = Members<'a, S>;
    type SerializeMap = serde::ser::Impossible<(), Error>;
    type SerializeStruct = Members<'a, S>;
    type SerializeStructVariant = Members<'a, S>;

    #[inline]
    fn is_human_readable(&self) -> bool {
        false
    }

    #[inline]
    fn serialize_bool(mut self, value: bool) -> Result<(), Error> {
        self.word(u32::from(value));
        Ok(())
    }

    #[inline]
    fn serialize_i8(self, value: i8) -> Result<(), Error> {
        self.serialize_i32(i32::from(value))
    }

    #[inline]
    fn serialize_i16(self, value: i16) -> Result<(), Error> {
        self.serialize_i32(i32::from(value))
    }

    #[inline]
    fn serialize_i32(mut self, value: i32) -> Result<(), Error> {
        self.word(value.cast_unsigned());
        Ok(())
    }

    #[inline]
    fn serialize_i64(self, value: i64) -> Result<(), Error> {
        self.sink.put(&value.to_be_bytes());
        Ok(())
    }

    fn serialize_i128(self, _: i128) -> Result<(), Error> {
        Err(self.unsupported("128-bit integer"))
    }

    #[inline]
    fn serialize_u8(self, value: u8) -> Result<(), Error> {
        self.serialize_u32(u32::from(value))
    }

    #[inline]
    fn serialize_u16(self, value: u16) -> Result<(), Error> {
        self.serialize_u32(u32::from(value))
    }

    #[inline]
    fn serialize_u32(mut self, value: u32) -> Result<(), Error> {
        self.word(value);
        Ok(())
    }

    #[inline]
    fn serialize_u64(self, value: u64) -> Result<(), Error> {
        self.sink.put(&value.to_be_bytes());
        Ok(())
    }

    fn serialize_u128(self, _: u128) -> Result<(), Error> {
        Err(self.unsupported("128-bit integer"))
    }

    #[inline]
    fn serialize_f32(mut self, value: f32) -> Result<(), Error> {
        self.word(value.to_bits());
        Ok(())
    }

    #[inline]
    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        self.serialize_u64(value.to_bits())
    }

    fn serialize_char(self, _: char) -> Result<(), Error> {
        Err(self.unsupported("Unicode character"))
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<(), Error> {
        Writer::<S, TEXT>::new(self.sink).serialize_bytes(value.as_bytes())
    }

    #[inline(always)]
    fn serialize_bytes(mut self, value: &[u8]) -> Result<(), Error> {
        if BYTES == TEXT && S::REFUSES_NUL && has_nul(value) {
            return Err(Error::nul(value, self.sink.position()));
        }
        if BYTES == VARIABLE || BYTES == TEXT || BYTES == WORDS {
            self.length(value.len())?;
        }
        if BYTES == WORDS || BYTES == FIXED_WORDS {
            self.chars(value);
        } else {
            self.padded(value);
        }
        Ok(())
    }

    #[inline]
    fn serialize_none(mut self) -> Result<(), Error> {
        self.word(0);
        Ok(())
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(mut self, value: &T) -> Result<(), Error> {
        self.word(1);
        value.serialize(self)
    }

    #[inline]
    fn serialize_unit(self) -> Result<(), Error> {
        Ok(())
    }

    #[inline]
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        Ok(())
    }

    #[inline]
    fn serialize_unit_variant(self, _: &'static str, index: u32, _: &'static str) -> Result<(), Error> {
        self.serialize_u32(index)
    }

    // The name is known where this is called: what is left of it then is one of the four.
    #[inline(always)]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        match name {
            STRING => value.serialize(Writer::<S, TEXT>::new(self.sink)),
            FIXED_OPAQUE => value.serialize(Writer::<S, FIXED>::new(self.sink)),
            CHARS => value.serialize(Writer::<S, WORDS>::new(self.sink)),
            FIXED_CHARS => value.serialize(Writer::<S, FIXED_WORDS>::new(self.sink)),
            _ => value.serialize(self),
        }
    }

    #[inline]
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        mut self,
        name: &'static str,
        index: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.word(index);
        value.serialize(self).map_err(|error| error.in_union(name))
    }

    #[inline]
    fn serialize_seq(mut self, len: Option<usize>) -> Result<Sequence<'a, S>, Error> {
        let at = self.sink.position();
        self.length(len.unwrap_or(0))?;
        Ok(Sequence::new(self.sink, at, len))
    }

    #[inline]
    fn serialize_tuple(self, _: usize) -> Result<Members<'a, S>, Error> {
        Ok(Members::new(self.sink, None))
    }

    #[inline]
    fn serialize_tuple_struct(self, name: &'static str, _: usize) -> Result<Members<'a, S>, Error> {
        Ok(Members::new(self.sink, Some(name)))
    }

    #[inline]
    fn serialize_tuple_variant(
        mut self,
        name: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Members<'a, S>, Error> {
        self.word(index);
        Ok(Members::new(self.sink, Some(name)))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Error> {
        Err(self.unsupported("map"))
    }

    #[inline]
    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Members<'a, S>, Error> {
        Ok(Members::new(self.sink, Some(name)))
    }

    #[inline]
    fn serialize_struct_variant(
        mut self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Members<'a, S>, Error> {
        if name == TOO_LONG {
            return Err(Error::too_long(variant, len, index, self.sink.position()));
        }
        self.word(index);
        Ok(Members::new(self.sink, Some(name)))
    }

    /// Formats straight into the sink, then fills in the length.
    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<(), Error> {
        /// A sink, and where what went there has a NUL that it does not want.
        struct Format<'s, S>(&'s mut S, Option<usize>);
        impl<S: Sink> fmt::Write for Format<'_, S> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                if S::REFUSES_NUL && self.1.is_none() {
                    self.1 = text.find('\0').map(|at| self.0.position() + at);
                }
                self.0.put(text.as_bytes());
                Ok(())
            }
        }
        let at = self.sink.position();
        self.sink.put(&[0; 4]);
        let mut format = Format(self.sink, None);
        if write!(format, "{value}").is_err() {
            return Err(serde::ser::Error::custom("value refused to be formatted"));
        }
        if let Some(nul) = format.1 {
            return Err(Error::new(Kind::Nul { at: nul - at - 4 }, at));
        }
        let len = self.sink.position() - at - 4;
        let Ok(word) = u32::try_from(len) else {
            return Err(Error::new(Kind::LengthOverflow { len }, at));
        };
        self.sink.patch(at, word.to_be_bytes());
        self.sink.put(&[0; 3][..len.wrapping_neg() & 3]);
        Ok(())
    }
}
