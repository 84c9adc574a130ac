//! A field is called what the contract calls it, wherever serde shows names: in JSON, in errors.

use virtwire_idl::model::Body;
use virtwire_protocol::contract::{Message, TYPES, Visitor, field_names, visit_type};

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
        (name, field_names::<T>())
    }
}
