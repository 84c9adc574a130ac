//! A value of any type of the contract, and how a Rust type takes it: through serde, by the names of the fields. The
//! XDR decoder has no part in it.

use serde::de::value::{Error, U32Deserializer};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, EnumAccess, IntoDeserializer, SeqAccess, VariantAccess, Visitor,
};
use serde::{Deserializer, forward_to_deserialize_any};

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// A number, a bool, an enum's or a double's bits: as many of the low bits as the type has.
    Bits(u64),
    /// A string, opaque data or `char`s.
    Bytes(Vec<u8>),
    Optional(Option<Box<Value>>),
    List(Vec<Value>),
    Record(Vec<(String, Value)>),
    Union(i32, Option<Box<Value>>),
}

/// The value as a Rust type has it.
pub(crate) fn to_type<T: DeserializeOwned>(value: &Value) -> Result<T, Error> {
    T::deserialize(Place(value))
}

#[derive(Clone, Copy)]
struct Place<'a>(&'a Value);

impl Place<'_> {
    fn bits(self) -> Result<u64, Error> {
        match self.0 {
            Value::Bits(bits) => Ok(*bits),
            other => Err(mismatch("a number", other)),
        }
    }
}

/// A record's fields in the Rust type's order, found by its names for them.
fn fields<'a>(record: &'a Value, names: &[&str]) -> Result<Vec<&'a Value>, Error> {
    let Value::Record(fields) = record else {
        return Err(mismatch("a record", record));
    };
    if fields.len() != names.len() {
        return Err(de::Error::custom(format_args!("{} fields, not {names:?}", fields.len())));
    }
    let find = |name: &&str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value);
    let find = |name| find(name).ok_or_else(|| de::Error::custom(format_args!("the contract has no {name}")));
    names.iter().map(find).collect()
}

fn mismatch(wanted: &str, found: &Value) -> Error {
    de::Error::custom(format_args!("the Rust type wants {wanted} where the contract has {found:?}"))
}

macro_rules! numbers {
    ($($method:ident $visit:ident $from:expr),* $(,)?) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.$visit($from(self.bits()?))
        }
    )* };
}

impl<'de> Deserializer<'de> for Place<'_> {
    type Error = Error;

    fn is_human_readable(&self) -> bool {
        false
    }

    numbers! {
        deserialize_bool visit_bool (|bits| bits != 0),
        deserialize_i8 visit_i8 (|bits| bits as i8),
        deserialize_i16 visit_i16 (|bits| bits as i16),
        deserialize_i32 visit_i32 (|bits| bits as i32),
        deserialize_i64 visit_i64 (|bits| bits as i64),
        deserialize_u8 visit_u8 (|bits| bits as u8),
        deserialize_u16 visit_u16 (|bits| bits as u16),
        deserialize_u32 visit_u32 (|bits| bits as u32),
        deserialize_u64 visit_u64 (|bits| bits),
        deserialize_f32 visit_f32 (|bits| f32::from_bits(bits as u32)),
        deserialize_f64 visit_f64 f64::from_bits,
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(mismatch("anything", self.0))
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Bytes(bytes) => visitor.visit_byte_buf(bytes.clone()),
            other => Err(mismatch("bytes", other)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Optional(None) => visitor.visit_none(),
            Value::Optional(Some(value)) => visitor.visit_some(Place(value)),
            other => Err(mismatch("optional data", other)),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::List(elements) => {
                visitor.visit_seq(Elements(elements.iter().collect::<Vec<_>>().into_iter()))
            }
            other => Err(mismatch("an array", other)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_seq(Elements(fields(self.0, names)?.into_iter()))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            Value::Union(discriminant, content) => visitor.visit_enum(Arm(*discriminant, content.as_deref())),
            other => Err(mismatch("a union", other)),
        }
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes unit unit_struct tuple_struct map identifier ignored_any
    }
}

struct Elements<'a>(std::vec::IntoIter<&'a Value>);

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.0.next().map(|element| seed.deserialize(Place(element))).transpose()
    }
}

struct Arm<'a>(i32, Option<&'a Value>);

impl<'de> EnumAccess<'de> for Arm<'_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), Error> {
        let discriminant: U32Deserializer<Error> = self.0.cast_unsigned().into_deserializer();
        Ok((seed.deserialize(discriminant)?, self))
    }
}

impl<'de> VariantAccess<'de> for Arm<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        self.1.map_or(Ok(()), |content| Err(mismatch("a void arm", content)))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        match self.1 {
            Some(content) => seed.deserialize(Place(content)),
            None => Err(de::Error::custom("the Rust type has content in an arm that is void")),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(de::Error::custom("no union of the contract is a tuple"))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Error> {
        Err(de::Error::custom("no union of the contract is a struct"))
    }
}
