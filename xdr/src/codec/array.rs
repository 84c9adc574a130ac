//! Arrays, with a count or of a fixed length.

use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeSeq, SerializeTuple, Serializer};

use super::ask::{Ask, Foreign, ask};
use super::{DecodeAs, EncodeAs, Plain, Seed, With, refuse};
use crate::decode;

/// An array of at most `MAX` elements (RFC 4506 §4.13), each by codec `C`. For `Vec<T>`; a slice encodes too.
///
/// Decoding reserves room for all the elements at once, and never more than the bytes that have arrived justify.
pub struct Array<const MAX: u32, C = Plain>(PhantomData<C>);

/// Exactly `LEN` elements (RFC 4506 §4.12), each by codec `C`. For `[T; LEN]`.
pub struct FixedArray<const LEN: usize, C = Plain>(PhantomData<C>);

impl<const MAX: u32, C> fmt::Debug for Array<MAX, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Array<{MAX}>")
    }
}

impl<const LEN: usize, C> fmt::Debug for FixedArray<LEN, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FixedArray<{LEN}>")
    }
}

impl<const MAX: u32, C: EncodeAs<T>, T> EncodeAs<[T]> for Array<MAX, C> {
    #[inline]
    fn encode<S: Serializer>(value: &[T], serializer: S) -> Result<S::Ok, S::Error> {
        if value.len() > MAX as usize {
            return Err(refuse(serializer, decode::ARRAY, value.len(), MAX));
        }
        let mut elements = serializer.serialize_seq(Some(value.len()))?;
        for element in value {
            elements.serialize_element(&With::<C, T>::new(element))?;
        }
        elements.end()
    }
}

impl<const MAX: u32, C: EncodeAs<T>, T> EncodeAs<Vec<T>> for Array<MAX, C> {
    #[inline]
    fn encode<S: Serializer>(value: &Vec<T>, serializer: S) -> Result<S::Ok, S::Error> {
        <Self as EncodeAs<[T]>>::encode(value, serializer)
    }
}

impl<const MAX: u32, C: EncodeAs<T>, T> EncodeAs<&[T]> for Array<MAX, C> {
    #[inline]
    fn encode<S: Serializer>(value: &&[T], serializer: S) -> Result<S::Ok, S::Error> {
        <Self as EncodeAs<[T]>>::encode(value, serializer)
    }
}

impl<'de, const MAX: u32, C: DecodeAs<'de, T>, T> DecodeAs<'de, Vec<T>> for Array<MAX, C> {
    #[inline]
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
        let ours = ArrayVisitor::<C, T> { max: MAX, of: PhantomData };
        let foreign = ArrayVisitor::<C, T> { max: MAX, of: PhantomData };
        ask(deserializer, decode::ARRAY, MAX as usize, ours, foreign)
    }
}

struct ArrayVisitor<C, T> {
    max: u32,
    of: PhantomData<(C, T)>,
}

impl<'de, C: DecodeAs<'de, T>, T> Visitor<'de> for ArrayVisitor<C, T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "array of at most {} elements", self.max)
    }

    /// Our decoder: elements as keys, the room to reserve as the first value.
    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, mut elements: A) -> Result<Vec<T>, A::Error> {
        let room = Ask { shape: decode::ROOM, bound: size_of::<T>(), visitor: RoomVisitor };
        let mut array = Vec::with_capacity(elements.next_value_seed(room)?);
        while let Some(element) = elements.next_key_seed(Seed::<C, T>::new())? {
            array.push(element);
        }
        Ok(array)
    }

    /// Any other format.
    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Vec<T>, A::Error> {
        let mut array = Vec::new();
        while let Some(element) = elements.next_element_seed(Seed::<C, T>::new())? {
            if array.len() >= self.max as usize {
                return Err(de::Error::invalid_length(array.len() + 1, &self));
            }
            array.push(element);
        }
        Ok(array)
    }
}

impl<'de, C: DecodeAs<'de, T>, T> Foreign<'de> for ArrayVisitor<C, T> {
    fn ask<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<T>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

struct RoomVisitor;

impl Visitor<'_> for RoomVisitor {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of elements")
    }

    #[inline]
    fn visit_u64<E: de::Error>(self, room: u64) -> Result<usize, E> {
        Ok(usize::try_from(room).unwrap_or(0))
    }
}

impl<const LEN: usize, C: EncodeAs<T>, T> EncodeAs<[T; LEN]> for FixedArray<LEN, C> {
    #[inline]
    fn encode<S: Serializer>(value: &[T; LEN], serializer: S) -> Result<S::Ok, S::Error> {
        let mut elements = serializer.serialize_tuple(LEN)?;
        for element in value {
            elements.serialize_element(&With::<C, T>::new(element))?;
        }
        elements.end()
    }
}

impl<'de, const LEN: usize, C: DecodeAs<'de, T>, T> DecodeAs<'de, [T; LEN]> for FixedArray<LEN, C> {
    #[inline]
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<[T; LEN], D::Error> {
        deserializer.deserialize_tuple(LEN, FixedVisitor::<LEN, C, T>(PhantomData))
    }
}

struct FixedVisitor<const LEN: usize, C, T>(PhantomData<(C, T)>);

impl<'de, const LEN: usize, C: DecodeAs<'de, T>, T> Visitor<'de> for FixedVisitor<LEN, C, T> {
    type Value = [T; LEN];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "array of exactly {LEN} elements")
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<[T; LEN], A::Error> {
        let mut array = [const { None }; LEN];
        for (index, place) in array.iter_mut().enumerate() {
            match elements.next_element_seed(Seed::<C, T>::new())? {
                Some(element) => *place = Some(element),
                None => return Err(de::Error::invalid_length(index, &self)),
            }
        }
        Ok(array.map(|element| element.expect("the loop above filled every place or returned")))
    }
}
