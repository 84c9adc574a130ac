//! What a type calls its fields, without a value of it.

use std::fmt;

use serde::de::{self, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::Message;

/// The names of a record's fields on the wire, in their order; none of what is no record.
///
/// ```
/// use virtwire_protocol::contract::field_names;
/// use virtwire_protocol::remote::SecretLookupByUsage;
///
/// assert_eq!(field_names::<SecretLookupByUsage>(), ["usageType", "usageID"]);
/// assert!(field_names::<i32>().is_empty());
/// ```
pub fn field_names<T: Message>() -> &'static [&'static str] {
    T::deserialize(Asked).err().map_or(&[], |Told(fields)| fields)
}

/// A type that is asked to read from here tells its fields first, and gets no further.
struct Asked;

impl<'de> Deserializer<'de> for Asked {
    type Error = Told;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Told> {
        Err(Told(&[]))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Told> {
        Err(Told(fields))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq
        tuple tuple_struct map enum identifier ignored_any
    }
}

/// The names of the fields.
#[derive(Debug)]
struct Told(&'static [&'static str]);

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}

impl std::error::Error for Told {}

impl de::Error for Told {
    fn custom<T: fmt::Display>(_: T) -> Told {
        Told(&[])
    }
}
