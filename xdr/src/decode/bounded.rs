//! How our codecs tell our decoder their bounds, through serde.
//!
//! serde's data model has no place for a bound, and a codec cannot see whose deserializer it was given. So it asks
//! for a newtype struct named [`MAGIC`]. Any other format hands it the content as such; ours hands it a map, and no
//! other does. The map's only value is read by [`Bounded`], a deserializer that only codecs meet and that takes a
//! shape and its bound.

use serde::de::{DeserializeSeed, MapAccess, Visitor};
use serde::{Deserializer, forward_to_deserialize_any};

use super::access::Elements;
use super::decoder::Decoder;
use crate::Error;

pub(crate) const MAGIC: &str = "$virtwire_xdr::Bounded";

/// Shapes, by the name that an error gives them. Bytes with a length, at most the bound.
pub(crate) const STRING: &str = "string";
pub(crate) const OPAQUE: &str = "opaque";
/// Bytes without a length, exactly the bound.
pub(crate) const FIXED_OPAQUE: &str = "fixed opaque";
/// Words with a length, at most the bound, as their bytes.
pub(crate) const CHARS: &str = "char array";
/// Words without a length, exactly the bound, as their bytes.
pub(crate) const FIXED_CHARS: &str = "fixed char array";
/// Elements, at most the bound: visited as the map that `Elements` is.
pub(crate) const ARRAY: &str = "array";
/// Asked of `Elements`: of elements of this size, how many to reserve room for.
pub(crate) const ROOM: &str = "room";

/// The map with one value and no keys.
pub(super) struct Handshake<'a, 'de>(pub(super) &'a mut Decoder<'de>);

impl<'de> MapAccess<'de> for Handshake<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, _: K) -> Result<Option<K::Value>, Error> {
        Ok(None)
    }

    #[inline(always)]
    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(Bounded(self.0))
    }
}

struct Bounded<'a, 'de>(&'a mut Decoder<'de>);

impl<'de> Deserializer<'de> for Bounded<'_, 'de> {
    type Error = Error;

    #[inline(always)]
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        shape: &'static str,
        bound: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let decoder = self.0;
        let start = decoder.offset();
        let limit = u32::try_from(bound).unwrap_or(u32::MAX);
        let bytes = match shape {
            ARRAY => {
                let mut elements = Elements::begin(decoder, limit)?;
                let outcome = visitor.visit_map(&mut elements);
                return elements.end(outcome, start);
            }
            FIXED_OPAQUE => decoder.opaque(bound)?,
            FIXED_CHARS => decoder.words(bound)?,
            CHARS => {
                let len = decoder.length(CHARS, limit)?;
                decoder.words(len)?
            }
            _ => decoder.bytes(shape, limit)?,
        };
        visitor.visit_borrowed_bytes(bytes).map_err(|error: Error| error.at(start))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::unsupported("untagged data", self.0.offset()))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple map struct enum identifier ignored_any
    }
}

/// Answers `ROOM` for an array whose elements are about to be read.
pub(super) struct Room<'a, 'b, 'de>(pub(super) &'a mut Elements<'b, 'de>);

impl<'de> Deserializer<'de> for Room<'_, '_, 'de> {
    type Error = Error;

    #[inline(always)]
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        size: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_u64(self.0.reserve(size)? as u64)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_tuple_struct(ROOM, 0, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple map struct enum identifier ignored_any
    }
}
