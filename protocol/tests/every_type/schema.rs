//! What a type is, as the specification says it: typedefs followed, nothing known of the Rust made from it.

use virtwire_idl::model::{Arm, Basic, Body, Contract, Field, Type};

/// A type with everything that it is made of.
#[derive(Clone, Debug)]
pub(crate) enum Schema {
    Basic(Basic),
    /// The numbers that have names; every other number is kept.
    Enum(Vec<i32>),
    String(u32),
    Opaque(u32),
    FixedOpaque(u32),
    /// rpcgen's arrays of `char`, a word for each.
    Chars(u32),
    FixedChars(u32),
    Optional(Box<Schema>),
    Array(Box<Schema>, u32),
    FixedArray(Box<Schema>, u32),
    Record(String, Vec<(String, Schema)>),
    /// Arms with the discriminants that choose them, and the default; `None` in an arm is `void`.
    Union(String, Vec<(Vec<i32>, Option<Schema>)>, Option<Option<Box<Schema>>>),
}

impl Schema {
    /// The type of a name. What the contract does not define are the arguments of a procedure that takes none.
    pub(crate) fn of(contract: &Contract, name: &str) -> Schema {
        let Some(definition) = contract.find(name) else {
            return Schema::Record(name.to_owned(), Vec::new());
        };
        match &definition.body {
            Body::Typedef(of) => resolve(contract, of),
            Body::Enum(values) => Schema::Enum(values.iter().map(|value| value.value).collect()),
            Body::Struct(fields) => Schema::Record(
                name.to_owned(),
                fields.iter().map(|Field { name, of, .. }| (name.clone(), resolve(contract, of))).collect(),
            ),
            Body::Union(union) => Schema::Union(
                name.to_owned(),
                union.arms.iter().map(|arm| (cases(arm), content(contract, arm))).collect(),
                union.default.as_ref().map(|arm| content(contract, arm).map(Box::new)),
            ),
        }
    }
}

fn cases(arm: &Arm) -> Vec<i32> {
    // A discriminant may be unsigned: its word is what counts.
    arm.cases.iter().map(|case| case.value as i32).collect()
}

fn content(contract: &Contract, arm: &Arm) -> Option<Schema> {
    arm.field.as_ref().map(|field| resolve(contract, &field.of))
}

fn resolve(contract: &Contract, of: &Type) -> Schema {
    match of {
        Type::Basic(basic) => Schema::Basic(*basic),
        Type::Named(name) => Schema::of(contract, name),
        Type::String(bound) => Schema::String(bound.value),
        Type::Opaque(bound) => Schema::Opaque(bound.value),
        Type::FixedOpaque(length) => Schema::FixedOpaque(length.value),
        Type::Optional(of) => Schema::Optional(Box::new(resolve(contract, of))),
        Type::Array(of, bound) => match resolve(contract, of) {
            Schema::Basic(Basic::Char) => Schema::Chars(bound.value),
            of => Schema::Array(Box::new(of), bound.value),
        },
        Type::FixedArray(of, length) => match resolve(contract, of) {
            Schema::Basic(Basic::Char) => Schema::FixedChars(length.value),
            of => Schema::FixedArray(Box::new(of), length.value),
        },
    }
}
