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
    index: usize,
    len: usize,
    /// Whether an error has passed, which was about the item at `index`.
    failed: bool,
}

impl<'a, 'de> Fields<'a, 'de> {
    #[inline(always)]
    pub(super) fn new(decoder: &'a mut Decoder<'de>, len: usize) -> Self {
        Fields { decoder, index: 0, len, failed: false }
    }

    /// What a visitor made of a record's fields. What an error passed through is said here, once for all fields: a
    /// record is small code then, and is inlined.
    #[inline(always)]
    pub(super) fn end_record<T>(
        self,
        outcome: Result<T, Error>,
        name: &'static str,
        fields: &'static [&'static str],
    ) -> Result<T, Error> {
        match outcome {
            Err(error) if self.failed => {
                Err(passing(error, self.decoder.offset(), Some(name), fields, self.index))
            }
            outcome => outcome,
        }
    }

    /// What a visitor made of a tuple's items.
    #[inline(always)]
    pub(super) fn end_tuple<T>(
        self,
        outcome: Result<T, Error>,
        name: Option<&'static str>,
    ) -> Result<T, Error> {
        match outcome {
            Err(error) if self.failed => Err(passing(error, self.decoder.offset(), name, &[], self.index)),
            outcome => outcome,
        }
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

impl<'de> SeqAccess<'de> for &mut Fields<'_, 'de> {
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
            Err(error) => {
                self.failed = true;
                Err(error)
            }
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

impl<'a, 'de> Elements<'a, 'de> {
    /// Reads the count.
    #[inline(always)]
    pub(super) fn begin(decoder: &'a mut Decoder<'de>, bound: u32) -> Result<Self, Error> {
        let count = decoder.count(bound)?;
        decoder.descend()?;
        Ok(Elements { decoder, index: 0, count, paid: None })
    }

    /// What a visitor made of the elements that began at `start`, if it took them all.
    #[inline(always)]
    pub(super) fn end<T>(self, outcome: Result<T, Error>, start: usize) -> Result<T, Error> {
        match outcome {
            Ok(value) if self.index == self.count => {
                self.decoder.ascend();
                Ok(value)
            }
            Ok(_) => {
                Err(Error::new(Kind::LengthMismatch { announced: self.count, found: self.index }, start))
            }
            Err(error) => Err(error.at(start)),
        }
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

    #[inline(always)]
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

    #[inline(always)]
    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        Slot::fill(self.decoder, seed)
    }

    #[inline]
    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        let mut items = Fields::new(self.decoder, len);
        let outcome = visitor.visit_seq(&mut items);
        items.end_tuple(outcome, Some(self.name))
    }

    #[inline]
    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let mut access = Fields::new(self.decoder, fields.len());
        let outcome = visitor.visit_seq(&mut access);
        access.end_record(outcome, self.name, fields)
    }
}
