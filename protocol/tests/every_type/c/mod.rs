//! rpcgen's C for the same contract: text for rpcgen, code that fills its types, a process that runs it.

mod fill;
mod process;
mod text;

pub(crate) use process::Peer;

use std::collections::HashSet;

use virtwire_idl::model::{Body, Contract, Type, TypeDefinition};

/// Every definition, each behind those that it is made of, as C wants it.
fn in_order(contract: &Contract) -> Vec<&TypeDefinition> {
    let mut ordered = Vec::new();
    let mut seen = HashSet::new();
    for definition in contract.modules.iter().flat_map(|module| &module.types) {
        place(contract, definition, &mut seen, &mut ordered);
    }
    ordered
}

fn place<'a>(
    contract: &'a Contract,
    definition: &'a TypeDefinition,
    seen: &mut HashSet<&'a str>,
    ordered: &mut Vec<&'a TypeDefinition>,
) {
    if !seen.insert(&definition.name) {
        return;
    }
    let parts: Vec<&Type> = match &definition.body {
        Body::Enum(_) => Vec::new(),
        Body::Typedef(of) => vec![of],
        Body::Struct(fields) => fields.iter().map(|field| &field.of).collect(),
        Body::Union(union) => {
            let arms = union.arms.iter().chain(&union.default).filter_map(|arm| arm.field.as_ref());
            arms.chain([&union.discriminant]).map(|field| &field.of).collect()
        }
    };
    for mut part in parts {
        while let Type::Optional(of) | Type::Array(of, _) | Type::FixedArray(of, _) = part {
            part = of;
        }
        if let Type::Named(name) = part {
            place(contract, contract.find(name).expect("the contract is checked"), seen, ordered);
        }
    }
    ordered.push(definition);
}

/// A type's name in C: behind a prefix, so that it is nothing that C or its library has.
fn c_name(name: &str) -> String {
    format!("t_{name}")
}

/// A field's name in C, likewise.
fn c_field(name: &str) -> String {
    format!("f_{name}")
}
