//! The contract as text for rpcgen: types alone, bounds as numbers, names behind prefixes.

use std::fmt::Write;

use virtwire_idl::model::{Basic, Body, Contract, Type};

use super::{c_field, c_name, in_order};

pub(super) fn specification(contract: &Contract) -> String {
    let mut text = String::new();
    for definition in in_order(contract) {
        let name = c_name(&definition.name);
        match &definition.body {
            Body::Typedef(of) => writeln!(text, "typedef {};", declaration(of, &name)),
            Body::Enum(values) => {
                let value = |(at, value): (usize, &virtwire_idl::model::Enumerator)| {
                    format!("{name}_{at} = {}", value.value)
                };
                let values = values.iter().enumerate().map(value).collect::<Vec<_>>().join(", ");
                writeln!(text, "enum {name} {{ {values} }};")
            }
            Body::Struct(fields) => {
                let field =
                    |field: &virtwire_idl::model::Field| declaration(&field.of, &c_field(&field.name)) + ";";
                let fields = fields.iter().map(field).collect::<Vec<_>>().join(" ");
                writeln!(text, "struct {name} {{ {fields} }};")
            }
            Body::Union(union) => {
                let discriminant = declaration(&union.discriminant.of, &c_field(&union.discriminant.name));
                let mut arms = String::new();
                for arm in union.arms.iter().chain(&union.default) {
                    arm.cases.iter().for_each(|case| arms += &format!("case {}: ", case.value));
                    if arm.cases.is_empty() {
                        arms += "default: ";
                    }
                    arms += &arm
                        .field
                        .as_ref()
                        .map_or("void".to_owned(), |field| declaration(&field.of, &c_field(&field.name)));
                    arms += "; ";
                }
                writeln!(text, "union {name} switch ({discriminant}) {{ {arms}}};")
            }
        }
        .expect("a string takes text");
    }
    text
}

fn declaration(of: &Type, name: &str) -> String {
    match of {
        Type::Basic(_) | Type::Named(_) => format!("{} {name}", word(of)),
        Type::String(bound) => format!("string {name}<{}>", bound.value),
        Type::Opaque(bound) => format!("opaque {name}<{}>", bound.value),
        Type::FixedOpaque(length) => format!("opaque {name}[{}]", length.value),
        Type::Optional(of) => format!("{} *{name}", word(of)),
        Type::Array(of, bound) => format!("{} {name}<{}>", word(of), bound.value),
        Type::FixedArray(of, length) => format!("{} {name}[{}]", word(of), length.value),
    }
}

/// A type that is a word or two of the language; one of any other shape has a typedef.
fn word(of: &Type) -> String {
    match of {
        Type::Basic(Basic::Quadruple) => panic!("no library has rpcgen's quadruple"),
        Type::Basic(basic) => basic.to_string(),
        Type::Named(name) => c_name(name),
        other => panic!("{other} has no name"),
    }
}
