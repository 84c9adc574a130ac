//! Items of items: the fields of a record, the elements of an array, the arm of a union.

use serde::de::value::U32Deserializer;
use serde::de::{
    DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::bounded::Room;
use super::decoder::Decoder;
use super::slot::Slot;
use crate::{Error, Kind};

/// The fields of a record or the items of a tuple: their number is known from the type.
pub(super) struct Fields<'a, 'de> {
    decoder: &'a mut Decoder<'de>,
    name: Option<&'static str>,
    /// Empty for a tuple.
    fields: &'static [&'static str],
    index: usize,
    len: usize,
}

impl<'a, 'de> Fields<'a, 'de> {
    #[inline]
    pub(super) fn record(
        decoder: &'a mut Decoder<'de>,
        name: &'static str,
        fields: &'static [&'static str],
    ) -> Self {
        Fields { decoder, name: Some(name), fields, index: 0, len: fields.len() }
    }

    #[inline]
    pub(super) fn tuple(decoder: &'a mut Decoder<'de>, name: Option<&'static str>, len: usize) -> Self {
        Fields { decoder, name, fields: &[], index: 0, len }
    }
}

/// An error on its way out of a record or a tuple. By value, so that the decoder may live in registers.
#[cold]
fn passing(
    error: Error,
    offset: usize,
    name: Option<&'static str>,
    fields: &'static [&'static str],
    index: usize,
) -> Error {
    let error = error.at(offset);
    match (fields.get(index), name) {
        (Some(field), name) => error.in_field(name.unwrap_or(""), field),
        (None, Some(name)) => error.in_element(index).in_union(name),
        (None, None) => error.in_element(index),
    }
}

impl<'de> SeqAccess<'de> for Fields<'_, 'de> {
    type Error = Error;

    #[inline(always)]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        if self.index == self.len {
            return Ok(None);
        }
        match Slot::fill(self.decoder, seed) {
            Ok(value) => {
                self.index += 1;
                Ok(Some(value))
            }
            Err(error) => Err(passing(error, self.decoder.offset(), self.name, self.fields, self.index)),
        }
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        Some(self.len - self.index)
    }
}

/// The elements of an array of variable length.
///
/// A `SeqAccess` for anyone. Our own codec takes it as a `MapAccess`, whose keys are the elements and whose first
/// value is the room to reserve for them: that is how it says the size of an element before the first is read.
pub(super) struct Elements<'a, 'de> {
    decoder: &'a mut Decoder<'de>,
    index: usize,
    count: usize,
    /// How many elements our codec has paid for; it reserved room for no more. `None`: each is paid as it comes.
    paid: Option<usize>,
}

impl<'de> Elements<'_, 'de> {
    /// Reads the count, lets `visit` take every element, and makes sure that it did.
    #[inline]
    pub(super) fn read<T>(
        decoder: &mut Decoder<'de>,
        bound: u32,
        visit: impl FnOnce(&mut Elements<'_, 'de>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let start = decoder.offset();
        let count = decoder.count(bound)?;
        decoder.deeper(|decoder| {
            let mut elements = Elements { decoder, index: 0, count, paid: None };
            let value = visit(&mut elements).map_err(|error| error.at(start))?;
            if elements.index != count {
                return Err(Error::new(
                    Kind::LengthMismatch { announced: count, found: elements.index },
                    start,
                ));
            }
            Ok(value)
        })
    }

    /// How many elements of `size` bytes to reserve room for, which is then paid.
    ///
    /// All of them if the budget allows. If it does not, the message is refused whatever follows, but the reason may
    /// lie in what follows, so go on with half the budget and leave the rest to arrays inside the elements.
    #[inline]
    pub(super) fn reserve(&mut self, size: usize) -> Result<usize, Error> {
        let affordable = |bytes: usize| bytes.checked_div(size).unwrap_or(usize::MAX);
        let budget = self.decoder.budget();
        let room = if affordable(budget) >= self.count { self.count } else { affordable(budget / 2) };
        self.decoder.charge(room.saturating_mul(size))?;
        self.paid = Some(room);
        Ok(room)
    }

    #[inline(always)]
    fn next<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        if self.index >= self.paid.unwrap_or(0) {
            if self.index == self.count {
                return Ok(None);
            }
            if self.paid.is_some() {
                return Err(self.decoder.over_budget());
            }
            self.decoder.charge(size_of::<T::Value>())?;
        }
        match Slot::fill(self.decoder, seed) {
            Ok(value) => {
                self.index += 1;
                Ok(Some(value))
            }
            Err(error) => Err(passing(error, self.decoder.offset(), None, &[], self.index)),
        }
    }
}

impl<'de> SeqAccess<'de> for &mut Elements<'_, 'de> {
    type Error = Error;

    #[inline(always)]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.next(seed)
    }

    /// Silent: a collection would reserve by the count and the size of an element, which is unknown here.
    fn size_hint(&self) -> Option<usize> {
        None
    }
}

impl<'de> MapAccess<'de> for &mut Elements<'_, 'de> {
    type Error = Error;

    #[inline(always)]
    fn next_key_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.next(seed)
    }

    #[inline]
    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(Room(self))
    }
}

/// A discriminant already read, and the arm to come.
pub(super) struct Union<'a, 'de> {
    pub(super) decoder: &'a mut Decoder<'de>,
    pub(super) name: &'static str,
    pub(super) discriminant: u32,
}

impl<'de> EnumAccess<'de> for Union<'_, 'de> {
    type Error = Error;
    type Variant = Self;

    #[inline]
    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), Error> {
        let discriminant: U32Deserializer<Error> = self.discriminant.into_deserializer();
        Ok((seed.deserialize(discriminant)?, self))
    }
}

impl<'de> VariantAccess<'de> for Union<'_, 'de> {
    type Error = Error;

    #[inline]
    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    #[inline]
    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        Slot::fill(self.decoder, seed)
    }

    #[inline]
    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(Fields::tuple(self.decoder, Some(self.name), len))
    }

    #[inline]
    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_seq(Fields::record(self.decoder, self.name, fields))
    }
}
