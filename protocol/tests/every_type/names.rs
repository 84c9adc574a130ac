//! A field is called what the contract calls it, wherever serde shows names: in JSON, in errors.

use std::fmt;

use serde::de::{self, Visitor as SerdeVisitor};
use serde::{Deserializer, forward_to_deserialize_any};
use virtwire_idl::model::Body;
use virtwire_protocol::contract::{Message, TYPES, Visitor, visit_type};

use crate::contract;

#[test]
fn every_field_has_the_contracts_name() {
    let contract = contract();
    let (mut records, mut not_rusts) = (0, 0);
    for index in 0..TYPES {
        let (name, fields) = visit_type(index, Names).expect("the index is below their number");
        let Some(Body::Struct(body)) = contract.find(name).map(|definition| &definition.body) else {
            assert!(fields.is_empty(), "{name}: {fields:?}");
            continue;
        };
        let expected: Vec<_> = body.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(fields, expected, "{name}");
        records += 1;
        not_rusts += fields.iter().filter(|field| field.contains(|c: char| c.is_uppercase())).count();
    }
    assert!(records > 600 && not_rusts > 100, "{not_rusts} names that are not Rust's in {records} records");
}

/// Tells what a type is called and its fields, as serde has them; none of what is no record.
struct Names;

impl Visitor for Names {
    type Output = (&'static str, &'static [&'static str]);

    fn visit<T: Message>(self, name: &'static str) -> Self::Output {
        (name, T::deserialize(Asked).err().map_or(&[], |Told(fields)| fields))
    }
}

/// A type that is asked to read from here tells its fields first, and gets no further.
struct Asked;

impl<'de> Deserializer<'de> for Asked {
    type Error = Told;

    fn deserialize_any<V: SerdeVisitor<'de>>(self, _: V) -> Result<V::Value, Told> {
        Err(Told(&[]))
    }

    fn deserialize_struct<V: SerdeVisitor<'de>>(
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
