//! The deserializer: a place for one value.

use serde::Deserializer;
use serde::de::{DeserializeSeed, Visitor};

use super::access::{Elements, Fields, Union};
use super::bounded::{Handshake, MAGIC};
use super::decoder::Decoder;
use crate::{Error, Kind};

/// A place for one value, in memory that is already accounted for.
///
/// A record inside a record costs nothing more, nor does an element of an array, which the array has paid. A value
/// larger than its place must be behind a pointer, and is charged.
pub(super) struct Slot<'a, 'de> {
    pub(super) decoder: &'a mut Decoder<'de>,
    room: usize,
}

impl<'a, 'de> Slot<'a, 'de> {
    #[inline]
    pub(super) fn new(decoder: &'a mut Decoder<'de>, room: usize) -> Self {
        Slot { decoder, room }
    }

    /// Reads a value into a place of its own size, which its owner has paid.
    #[inline(always)]
    pub(super) fn fill<T: DeserializeSeed<'de>>(
        decoder: &'a mut Decoder<'de>,
        seed: T,
    ) -> Result<T::Value, Error> {
        seed.deserialize(Slot::new(decoder, size_of::<T::Value>()))
    }

    /// Pays for a value that does not fit in here.
    #[inline(always)]
    fn house<T>(&mut self) -> Result<(), Error> {
        if size_of::<T>() > self.room {
            self.decoder.charge(size_of::<T>())?;
        }
        Ok(())
    }

    /// An 8 or 16 bit number, from a word that may be any number in `low..=high`.
    #[inline]
    fn narrow(&mut self, low: i32, high: i32, shape: &'static str) -> Result<i32, Error> {
        let value = self.decoder.word()?.cast_signed();
        if (value < low || value > high) && !self.decoder.lenient {
            return Err(Error::range(value, shape, self.decoder.offset() - 4));
        }
        Ok(value)
    }

    #[cold]
    fn unsupported<T>(self, what: &'static str) -> Result<T, Error> {
        Err(Error::unsupported(what, self.decoder.offset()))
    }
}

/// A visitor's error says nothing of where: it was about the `$bytes` just read.
macro_rules! visit {
    ($slot:ident, $bytes:expr, $visit:expr) => {
        $visit.map_err(|error: Error| error.at($slot.decoder.offset() - $bytes))
    };
}

impl<'de> Deserializer<'de> for Slot<'_, 'de> {
    type Error = Error;

    #[inline]
    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        self.unsupported("untagged data")
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        self.unsupported("untagged data")
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        self.unsupported("identifier")
    }

    #[inline]
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.decoder.word()? {
            0 => visit!(self, 4, visitor.visit_bool(false)),
            1 => visit!(self, 4, visitor.visit_bool(true)),
            value => Err(Error::new(Kind::Bool { value }, self.decoder.offset() - 4)),
        }
    }

    #[inline]
    fn deserialize_i8<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
        let value = self.narrow(-0x80, 0xff, "8 bits")?;
        visit!(self, 4, visitor.visit_i8(value as i8))
    }

    #[inline]
    fn deserialize_i16<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
        let value = self.narrow(-0x8000, 0x7fff, "16 bits")?;
        visit!(self, 4, visitor.visit_i16(value as i16))
    }

    #[inline]
    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let value = self.decoder.word()?.cast_signed();
        visit!(self, 4, visitor.visit_i32(value))
    }

    #[inline]
    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let value = self.decoder.hyper()?.cast_signed();
        visit!(self, 8, visitor.visit_i64(value))
    }

    fn deserialize_i128<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        self.unsupported("128-bit integer")
    }

    #[inline]
    fn deserialize_u8<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
        let value = self.narrow(0, 0xff, "8 bits")?;
        visit!(self, 4, visitor.visit_u8(value as u8))
    }

    #[inline]
    fn deserialize_u16<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
        let value = self.narrow(0, 0xffff, "16 bits")?;
        visit!(self, 4, visitor.visit_u16(value as u16))
    }

    #[inline]
    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let value = self.decoder.word()?;
        visit!(self, 4, visitor.visit_u32(value))
    }

    #[inline]
    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let value = self.decoder.hyper()?;
        visit!(self, 8, visitor.visit_u64(value))
    }

    fn deserialize_u128<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        self.unsupported("128-bit integer")
    }

    #[inline]
    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let value = f32::from_bits(self.decoder.word()?);
        visit!(self, 4, visitor.visit_f32(value))
    }

    #[inline]
    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let value = f64::from_bits(self.decoder.hyper()?);
        visit!(self, 8, visitor.visit_f64(value))
    }

    fn deserialize_char<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        self.unsupported("Unicode character")
    }

    #[inline]
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let start = self.decoder.offset();
        match core::str::from_utf8(self.decoder.bytes("string", u32::MAX)?) {
            Ok(text) => visitor.visit_borrowed_str(text).map_err(|error: Error| error.at(start)),
            Err(_) => Err(Error::new(Kind::Utf8, start)),
        }
    }

    #[inline]
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    #[inline]
    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let start = self.decoder.offset();
        visitor
            .visit_borrowed_bytes(self.decoder.bytes("opaque", u32::MAX)?)
            .map_err(|error: Error| error.at(start))
    }

    #[inline]
    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_bytes(visitor)
    }

    #[inline(always)]
    fn deserialize_option<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
        self.house::<V::Value>()?;
        match self.decoder.word()? {
            0 => visit!(self, 4, visitor.visit_none()),
            value if value == 1 || self.decoder.lenient => {
                self.decoder.descend()?;
                let value = visitor.visit_some(Slot::new(self.decoder, size_of::<V::Value>()))?;
                self.decoder.ascend();
                Ok(value)
            }
            value => Err(Error::new(Kind::Optional { value }, self.decoder.offset() - 4)),
        }
    }

    #[inline]
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    #[inline]
    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    #[inline(always)]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == MAGIC {
            visitor.visit_map(Handshake(self.decoder))
        } else {
            visitor.visit_newtype_struct(self)
        }
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let start = self.decoder.offset();
        let mut elements = Elements::begin(self.decoder, u32::MAX)?;
        let outcome = visitor.visit_seq(&mut elements);
        elements.end(outcome, start)
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'de>>(mut self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.house::<V::Value>()?;
        let mut items = Fields::new(self.decoder, len);
        let outcome = visitor.visit_seq(&mut items);
        items.end_tuple(outcome, None)
    }

    #[inline]
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.house::<V::Value>()?;
        let mut items = Fields::new(self.decoder, len);
        let outcome = visitor.visit_seq(&mut items);
        items.end_tuple(outcome, Some(name))
    }

    fn deserialize_map<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        self.unsupported("map")
    }

    #[inline(always)]
    fn deserialize_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.house::<V::Value>()?;
        let mut access = Fields::new(self.decoder, fields.len());
        let outcome = visitor.visit_seq(&mut access);
        access.end_record(outcome, name, fields)
    }

    #[inline(always)]
    fn deserialize_enum<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.house::<V::Value>()?;
        let start = self.decoder.offset();
        let discriminant = self.decoder.word().map_err(|error| error.in_union(name))?;
        // Our own unions list no variants here: their discriminants are not indices, and they check them.
        if !variants.is_empty() && discriminant as usize >= variants.len() {
            let value = discriminant.cast_signed();
            return Err(Error::new(Kind::Discriminant { value }, start).in_union(name));
        }
        self.decoder.descend().map_err(|error| error.in_union(name))?;
        match visitor.visit_enum(Union { decoder: self.decoder, name, discriminant }) {
            Ok(value) => {
                self.decoder.ascend();
                Ok(value)
            }
            Err(error) => Err(error.at(start).in_union(name)),
        }
    }
}
