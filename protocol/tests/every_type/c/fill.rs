//! C that makes a value of each type out of choices, and the choices out of a [`Value`]: both walk the type in the
//! order of the wire.

use std::fmt::Write;

use virtwire_idl::model::{Basic, Body, Contract, Type};

use super::{c_field, c_name, in_order};
use crate::value::Value;

/// The choices that make a value: numbers as they are in memory, and bytes.
pub(super) fn choices(value: &Value) -> Vec<u8> {
    let mut choices = Vec::new();
    choose(value, &mut choices);
    choices
}

fn choose(value: &Value, choices: &mut Vec<u8>) {
    let number = |choices: &mut Vec<u8>, number: u64| choices.extend(number.to_ne_bytes());
    match value {
        Value::Bits(bits) => number(choices, *bits),
        Value::Bytes(bytes) => {
            number(choices, bytes.len() as u64);
            choices.extend(bytes);
        }
        Value::Optional(value) => {
            number(choices, value.is_some().into());
            value.iter().for_each(|value| choose(value, choices));
        }
        Value::List(elements) => {
            number(choices, elements.len() as u64);
            elements.iter().for_each(|element| choose(element, choices));
        }
        Value::Record(fields) => fields.iter().for_each(|(_, value)| choose(value, choices)),
        Value::Union(discriminant, content) => {
            number(choices, *discriminant as u64);
            content.iter().for_each(|content| choose(content, choices));
        }
    }
}

/// A function for each definition, and the table of the types asked for, by these names.
pub(super) fn code(contract: &Contract, names: &[&str]) -> String {
    let mut code = String::new();
    for definition in in_order(contract) {
        let name = c_name(&definition.name);
        let body = match &definition.body {
            Body::Typedef(of) => fill(contract, of, "(*v)", &name),
            Body::Enum(_) => format!("*v = ({name})choice();"),
            Body::Struct(fields) => fields
                .iter()
                .map(|field| {
                    let field_name = c_field(&field.name);
                    fill(contract, &field.of, &format!("v->{field_name}"), &field_name)
                })
                .collect(),
            Body::Union(union) => {
                let discriminant = c_field(&union.discriminant.name);
                let mut body =
                    fill(contract, &union.discriminant.of, &format!("v->{discriminant}"), &discriminant);
                write!(body, " switch (v->{discriminant}) {{").expect("a string takes text");
                for arm in union.arms.iter().chain(&union.default) {
                    arm.cases.iter().for_each(|case| body += &format!(" case {}:", case.value));
                    if arm.cases.is_empty() {
                        body += " default:";
                    }
                    body += &arm.field.as_ref().map_or(String::new(), |field| {
                        let field_name = c_field(&field.name);
                        fill(contract, &field.of, &format!("v->{name}_u.{field_name}"), &field_name)
                    });
                    body += " break;";
                }
                body + " }"
            }
        };
        writeln!(code, "static void fill_{name}({name} *v) {{ {body} }}").expect("a string takes text");
        writeln!(code, "static void any_{name}(void *v) {{ fill_{name}(v); }}").expect("a string takes text");
    }
    code += "static void any_nothing(void *v) { (void)v; }\nstatic const struct type types[] = {\n";
    for name in names {
        let c = c_name(name);
        code += &match contract.find(name) {
            Some(_) => format!("    {{ sizeof({c}), (xdrproc_t)xdr_{c}, any_{c} }},\n"),
            None => "    { 0, (xdrproc_t)xdr_void, any_nothing },\n".to_owned(),
        };
    }
    code + "};\n"
}

/// Statements that fill `place`, which was declared as `name`.
fn fill(contract: &Contract, of: &Type, place: &str, name: &str) -> String {
    let element = |of: &Type, element: &str| fill(contract, of, element, "");
    match of {
        Type::Basic(Basic::Double) => format!("{place} = as_double(choice());"),
        Type::Basic(Basic::Float) => format!("{place} = as_float((uint32_t)choice());"),
        Type::Basic(_) => format!("{place} = choice();"),
        Type::Named(name) => format!("fill_{}(&{place});", c_name(name)),
        Type::String(_) => format!("{place} = bytes(choice());"),
        Type::Opaque(_) => {
            format!("{place}.{name}_len = choice(); {place}.{name}_val = bytes({place}.{name}_len);")
        }
        Type::FixedOpaque(length) => format!("choice(); take({place}, {});", length.value),
        // `char`s come as bytes.
        Type::Array(of, _) if is_char(contract, of) => {
            format!("{place}.{name}_len = choice(); {place}.{name}_val = bytes({place}.{name}_len);")
        }
        Type::FixedArray(of, length) if is_char(contract, of) => {
            format!("choice(); take({place}, {});", length.value)
        }
        Type::Array(of, _) => format!(
            "{place}.{name}_len = choice(); {place}.{name}_val = room({place}.{name}_len, sizeof *{place}.{name}_val); \
             for (u_int i = 0; i < {place}.{name}_len; i++) {{ {} }}",
            element(of, &format!("{place}.{name}_val[i]"))
        ),
        Type::FixedArray(of, length) => format!(
            "choice(); for (u_int i = 0; i < {}; i++) {{ {} }}",
            length.value,
            element(of, &format!("{place}[i]"))
        ),
        Type::Optional(of) => format!(
            "if (choice()) {{ {place} = room(1, sizeof *{place}); {} }}",
            element(of, &format!("(*{place})"))
        ),
    }
}

fn is_char(contract: &Contract, of: &Type) -> bool {
    match of {
        Type::Basic(basic) => *basic == Basic::Char,
        Type::Named(name) => match contract.find(name).map(|definition| &definition.body) {
            Some(Body::Typedef(of)) => is_char(contract, of),
            _ => false,
        },
        _ => false,
    }
}
