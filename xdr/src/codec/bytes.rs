//! Strings and opaque data: bytes, with a length or of a fixed one.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use serde::Serialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::ser::Serializer;

use super::ask::{Foreign, ask};
use super::{Aligned, DecodeAs, EncodeAs, refuse};
use crate::Text;
use crate::{decode, encode};

/// A string of at most `MAX` bytes (RFC 4506 §4.11): length, bytes, padding.
///
/// For [`Text`], `String`, `Vec<u8>`, and, decoded in place, `&str` and `&[u8]`. A `String` or `&str` refuses bytes
/// that are not UTF-8.
#[derive(Clone, Copy, Debug)]
pub enum Str<const MAX: u32> {}

impl<const MAX: u32, T: AsRef<[u8]> + ?Sized> EncodeAs<T> for Str<MAX> {
    #[inline(always)]
    fn encode<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes = value.as_ref();
        if bytes.len() > MAX as usize {
            return Err(refuse(serializer, decode::STRING, bytes.len(), MAX));
        }
        serialize_text(bytes, serializer)
    }
}

impl<'de, const MAX: u32, T: FromBytes<'de>> DecodeAs<'de, T> for Str<MAX> {
    #[inline(always)]
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        let visitor = BytesVisitor::new(decode::STRING, 0, MAX as usize);
        ask(deserializer, decode::STRING, MAX as usize, InBounds(PhantomData), visitor)
    }
}

/// Writes a string: as text where people read it and it is UTF-8, otherwise as bytes.
#[inline(always)]
pub(crate) fn serialize_text<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    if serializer.is_human_readable()
        && let Ok(text) = core::str::from_utf8(bytes)
    {
        return serializer.serialize_str(text);
    }
    serializer.serialize_newtype_struct(encode::STRING, &Bytes(bytes))
}

/// Opaque data of at most `MAX` bytes (RFC 4506 §4.10): length, bytes, padding.
///
/// For `Vec<u8>`, `&[u8]` decoded in place, and `bytes::Bytes` under the feature `bytes`.
#[derive(Clone, Copy, Debug)]
pub enum Opaque<const MAX: u32> {}

impl<const MAX: u32, T: AsRef<[u8]> + ?Sized> EncodeAs<T> for Opaque<MAX> {
    #[inline]
    fn encode<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes = value.as_ref();
        if bytes.len() > MAX as usize {
            return Err(refuse(serializer, decode::OPAQUE, bytes.len(), MAX));
        }
        serializer.serialize_bytes(bytes)
    }
}

impl<'de, const MAX: u32, T: FromBytes<'de>> DecodeAs<'de, T> for Opaque<MAX> {
    #[inline(always)]
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        let visitor = BytesVisitor::new(decode::OPAQUE, 0, MAX as usize);
        ask(deserializer, decode::OPAQUE, MAX as usize, InBounds(PhantomData), visitor)
    }
}

/// Exactly `LEN` bytes of opaque data (RFC 4506 §4.9): bytes, padding. For `[u8; LEN]`.
#[derive(Clone, Copy, Debug)]
pub enum FixedOpaque<const LEN: usize> {}

impl<const LEN: usize> EncodeAs<[u8; LEN]> for FixedOpaque<LEN> {
    #[inline]
    fn encode<S: Serializer>(value: &[u8; LEN], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(encode::FIXED_OPAQUE, &Bytes(value))
    }
}

impl<'de, const LEN: usize> DecodeAs<'de, [u8; LEN]> for FixedOpaque<LEN> {
    #[inline(always)]
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<[u8; LEN], D::Error> {
        Self::decode_aligned(deserializer).map(Aligned::into_inner)
    }

    #[inline(always)]
    fn decode_aligned<D: Deserializer<'de>>(deserializer: D) -> Result<Aligned<[u8; LEN]>, D::Error> {
        let visitor = BytesVisitor::new(decode::FIXED_OPAQUE, LEN, LEN);
        ask(deserializer, decode::FIXED_OPAQUE, LEN, InBounds(PhantomData), visitor)
    }
}

/// Bytes that serialize as bytes.
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl Serialize for Bytes<'_> {
    #[inline(always)]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

/// What a string or opaque data decodes into. Sealed.
///
/// `&str` and `&[u8]` borrow from the input; the others copy once. A `[u8; N]` takes a length of `N` and no other.
pub trait FromBytes<'de>: sealed::FromBytes<'de> {}

impl<'de, T: sealed::FromBytes<'de>> FromBytes<'de> for T {}

pub(crate) mod sealed {
    use alloc::vec::Vec;

    use serde::de::Error;

    #[allow(unreachable_pub)]
    pub trait FromBytes<'de>: Sized {
        fn from_transient<E: Error>(bytes: &[u8]) -> Result<Self, E>;

        #[inline(always)]
        fn from_borrowed<E: Error>(bytes: &'de [u8]) -> Result<Self, E> {
            Self::from_transient(bytes)
        }

        fn from_owned<E: Error>(bytes: Vec<u8>) -> Result<Self, E> {
            Self::from_transient(&bytes)
        }
    }
}

impl sealed::FromBytes<'_> for Vec<u8> {
    #[inline(always)]
    fn from_transient<E: de::Error>(bytes: &[u8]) -> Result<Self, E> {
        Ok(bytes.to_vec())
    }

    fn from_owned<E: de::Error>(bytes: Vec<u8>) -> Result<Self, E> {
        Ok(bytes)
    }
}

impl sealed::FromBytes<'_> for Text {
    #[inline(always)]
    fn from_transient<E: de::Error>(bytes: &[u8]) -> Result<Self, E> {
        Ok(Text::from(bytes.to_vec()))
    }

    fn from_owned<E: de::Error>(bytes: Vec<u8>) -> Result<Self, E> {
        Ok(Text::from(bytes))
    }
}

impl sealed::FromBytes<'_> for String {
    #[inline(always)]
    fn from_transient<E: de::Error>(bytes: &[u8]) -> Result<Self, E> {
        utf8(bytes).map(String::from)
    }
}

impl<'de> sealed::FromBytes<'de> for &'de str {
    fn from_transient<E: de::Error>(bytes: &[u8]) -> Result<Self, E> {
        Err(E::invalid_type(de::Unexpected::Bytes(bytes), &"bytes that can be borrowed"))
    }

    #[inline(always)]
    fn from_borrowed<E: de::Error>(bytes: &'de [u8]) -> Result<Self, E> {
        utf8(bytes)
    }
}

impl<'de> sealed::FromBytes<'de> for &'de [u8] {
    fn from_transient<E: de::Error>(bytes: &[u8]) -> Result<Self, E> {
        Err(E::invalid_type(de::Unexpected::Bytes(bytes), &"bytes that can be borrowed"))
    }

    #[inline(always)]
    fn from_borrowed<E: de::Error>(bytes: &'de [u8]) -> Result<Self, E> {
        Ok(bytes)
    }
}

impl<const N: usize> sealed::FromBytes<'_> for [u8; N] {
    fn from_transient<E: de::Error>(bytes: &[u8]) -> Result<Self, E> {
        Aligned::from_transient(bytes).map(Aligned::into_inner)
    }
}

impl<const N: usize> sealed::FromBytes<'_> for Aligned<[u8; N]> {
    #[inline(always)]
    fn from_transient<E: de::Error>(bytes: &[u8]) -> Result<Self, E> {
        match bytes.try_into() {
            Ok(array) => Ok(Aligned::new(array)),
            Err(_) => Err(E::invalid_length(bytes.len(), &"another number of bytes")),
        }
    }
}

#[cfg(feature = "bytes")]
impl sealed::FromBytes<'_> for ::bytes::Bytes {
    #[inline(always)]
    fn from_transient<E: de::Error>(bytes: &[u8]) -> Result<Self, E> {
        Ok(::bytes::Bytes::copy_from_slice(bytes))
    }

    fn from_owned<E: de::Error>(bytes: Vec<u8>) -> Result<Self, E> {
        Ok(bytes.into())
    }
}

#[inline]
fn utf8<E: de::Error>(bytes: &[u8]) -> Result<&str, E> {
    match core::str::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(_) => Err(E::invalid_value(de::Unexpected::Bytes(bytes), &"UTF-8")),
    }
}

/// Takes bytes from our decoder, which has checked their length.
struct InBounds<T>(PhantomData<fn() -> T>);

impl<'de, T: FromBytes<'de>> Visitor<'de> for InBounds<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    #[inline(always)]
    fn visit_borrowed_bytes<E: de::Error>(self, bytes: &'de [u8]) -> Result<T, E> {
        T::from_borrowed(bytes)
    }
}

/// Takes bytes in any form that a format may give them in, if their length is right.
pub(crate) struct BytesVisitor<T> {
    shape: &'static str,
    min: usize,
    max: usize,
    into: PhantomData<fn() -> T>,
}

impl<T> Clone for BytesVisitor<T> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for BytesVisitor<T> {}

impl<T> BytesVisitor<T> {
    #[inline]
    pub(crate) fn new(shape: &'static str, min: usize, max: usize) -> Self {
        BytesVisitor { shape, min, max, into: PhantomData }
    }
}

impl<'de, T: FromBytes<'de>> BytesVisitor<T> {
    #[inline(always)]
    fn check<E: de::Error>(&self, len: usize) -> Result<(), E> {
        if len < self.min || len > self.max { Err(E::invalid_length(len, self)) } else { Ok(()) }
    }
}

impl<'de, T: FromBytes<'de>> Visitor<'de> for BytesVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = if self.min == self.max { "exactly" } else { "at most" };
        write!(f, "{} of {how} {} bytes", self.shape, self.max)
    }

    #[inline(always)]
    fn visit_borrowed_bytes<E: de::Error>(self, bytes: &'de [u8]) -> Result<T, E> {
        self.check(bytes.len())?;
        T::from_borrowed(bytes)
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<T, E> {
        self.check(bytes.len())?;
        T::from_transient(bytes)
    }

    fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<T, E> {
        self.check(bytes.len())?;
        T::from_owned(bytes)
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<T, E> {
        self.check_is_string(text)?;
        self.visit_borrowed_bytes(text.as_bytes())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        self.check_is_string(text)?;
        self.visit_bytes(text.as_bytes())
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<T, E> {
        self.check_is_string(&text)?;
        self.visit_byte_buf(text.into_bytes())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<T, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = numbers.next_element::<u8>()? {
            self.check_growing(bytes.len() + 1)?;
            bytes.push(byte);
        }
        self.visit_byte_buf(bytes)
    }
}

impl<'de, T: FromBytes<'de>> BytesVisitor<T> {
    /// Opaque data is never given as text: what a person writes there is rather base64 or hexadecimal than the bytes themselves.
    fn check_is_string<E: de::Error>(&self, text: &str) -> Result<(), E> {
        if self.shape == decode::STRING {
            return Ok(());
        }
        Err(E::invalid_type(de::Unexpected::Str(text), self))
    }

    fn check_growing<E: de::Error>(&self, len: usize) -> Result<(), E> {
        if len > self.max { Err(E::invalid_length(len, self)) } else { Ok(()) }
    }
}

impl<'de, T: FromBytes<'de>> Foreign<'de> for BytesVisitor<T> {
    fn ask<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(self)
        } else {
            deserializer.deserialize_byte_buf(self)
        }
    }
}
