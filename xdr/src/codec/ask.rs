//! A codec asks for a shape within a bound: of our decoder by the handshake of `decode::bounded`, of any other format
//! by what it has that comes closest.

use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};

use crate::decode::MAGIC;

/// What a codec's visitor can do besides visiting what our decoder gives it.
pub(super) trait Foreign<'de>: Visitor<'de> {
    /// Asks another format, and checks the bound afterwards.
    fn ask<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error>;
}

/// Reads a `shape` of at most (or, for fixed shapes, exactly) `bound`. Our decoder's answer goes to `ours`, that of
/// another format to `foreign`.
#[inline(always)]
pub(super) fn ask<'de, D, V, F>(
    deserializer: D,
    shape: &'static str,
    bound: usize,
    ours: V,
    foreign: F,
) -> Result<V::Value, D::Error>
where
    D: Deserializer<'de>,
    V: Visitor<'de>,
    F: Foreign<'de, Value = V::Value>,
{
    deserializer
        .deserialize_newtype_struct(MAGIC, Answer { ask: Ask { shape, bound, visitor: ours }, foreign })
}

struct Answer<V, F> {
    ask: Ask<V>,
    foreign: F,
}

impl<'de, V: Visitor<'de>, F: Foreign<'de, Value = V::Value>> Visitor<'de> for Answer<V, F> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.foreign.expecting(f)
    }

    #[inline(always)]
    fn visit_map<A: MapAccess<'de>>(self, mut decoder: A) -> Result<V::Value, A::Error> {
        decoder.next_value_seed(self.ask)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.foreign.ask(deserializer)
    }
}

/// A question to our decoder, once it is known to be ours.
pub(super) struct Ask<V> {
    pub(super) shape: &'static str,
    pub(super) bound: usize,
    pub(super) visitor: V,
}

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Ask<V> {
    type Value = V::Value;

    #[inline(always)]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_tuple_struct(self.shape, self.bound, self.visitor)
    }
}
