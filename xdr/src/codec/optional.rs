//! Optional data.

use core::fmt;
use core::marker::PhantomData;

use serde::de::{self, Deserializer, Visitor};
use serde::ser::Serializer;

use super::{DecodeAs, EncodeAs, Plain, With};

/// Optional data (RFC 4506 §4.19): a word of 0, or a word of 1 and the value by codec `C`. For `Option<T>`.
pub struct Optional<C = Plain>(PhantomData<C>);

impl<C> fmt::Debug for Optional<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Optional")
    }
}

impl<C: EncodeAs<T>, T> EncodeAs<Option<T>> for Optional<C> {
    #[inline]
    fn encode<S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            None => serializer.serialize_none(),
            Some(value) => serializer.serialize_some(&With::<C, T>::new(value)),
        }
    }
}

impl<'de, C: DecodeAs<'de, T>, T> DecodeAs<'de, Option<T>> for Optional<C> {
    #[inline(always)]
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_option(OptionVisitor::<C, T>(PhantomData))
    }
}

struct OptionVisitor<C, T>(PhantomData<(C, T)>);

impl<'de, C: DecodeAs<'de, T>, T> Visitor<'de> for OptionVisitor<C, T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or nothing")
    }

    #[inline(always)]
    fn visit_none<E: de::Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    #[inline]
    fn visit_unit<E: de::Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    #[inline(always)]
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        C::decode(deserializer).map(Some)
    }
}
