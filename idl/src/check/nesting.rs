//! Nothing contains itself, and nothing nests without end.
//!
//! XDR can write a list as an optional pointer to its own type, and a tree as an array of it. Neither has a bound that
//! a decoder could hold a peer to, so both are refused along with structs that contain themselves outright.

use std::collections::HashMap;

use super::names::Names;
use crate::error::{Error, Kind};
use crate::model::{Contract, Type, TypeDefinition};

/// How many types deep a type may nest: what a decoder's stack must hold.
const DEPTH_MAX: usize = 32;

enum Visit {
    /// On the path from the type that the walk began with.
    Open,
    Done {
        depth: usize,
    },
}

/// Walks every type's parts, with a stack of its own since a text may chain any number of types.
pub(super) fn check(contract: &Contract, names: &Names<'_>) -> Result<(), Error> {
    let definitions = contract.modules.iter().flat_map(|module| &module.types);
    let parts: HashMap<&str, Vec<&str>> =
        definitions.clone().map(|definition| (definition.name.as_str(), parts(definition))).collect();
    let mut visits: HashMap<&str, Visit> = HashMap::new();
    for root in definitions {
        if visits.contains_key(root.name.as_str()) {
            continue;
        }
        // Each type on the path, and how many of its parts are done.
        let mut path = vec![(root.name.as_str(), 0_usize)];
        visits.insert(&root.name, Visit::Open);
        while let Some((name, done)) = path.last_mut() {
            let name = *name;
            let own_parts = parts.get(name).map_or(&[][..], Vec::as_slice);
            let Some(part) = own_parts.get(*done).copied() else {
                let depth = 1 + own_parts.iter().map(|part| depth(&visits, part)).max().unwrap_or(0);
                if depth > DEPTH_MAX {
                    let kind = Kind::TypeTooDeep { name: name.to_owned(), max: DEPTH_MAX };
                    return Err(kind.at(names.span(name), names.sources));
                }
                visits.insert(name, Visit::Done { depth });
                path.pop();
                continue;
            };
            *done += 1;
            match visits.get(part) {
                Some(Visit::Done { .. }) => {}
                Some(Visit::Open) => {
                    let cycle = path.iter().map(|(name, _)| *name).skip_while(|name| *name != part);
                    let path = cycle.chain([part]).map(str::to_owned).collect();
                    return Err(Kind::Recursion { path }.at(names.span(part), names.sources));
                }
                None => {
                    visits.insert(part, Visit::Open);
                    path.push((part, 0));
                }
            }
        }
    }
    Ok(())
}

fn depth(visits: &HashMap<&str, Visit>, name: &str) -> usize {
    match visits.get(name) {
        Some(Visit::Done { depth }) => *depth,
        _ => 0,
    }
}

/// The names of the types that a type is made of.
fn parts(definition: &TypeDefinition) -> Vec<&str> {
    definition.parts().into_iter().filter_map(named).collect()
}

fn named(of: &Type) -> Option<&str> {
    match of {
        Type::Named(name) => Some(name),
        Type::Optional(of) | Type::Array(of, _) | Type::FixedArray(of, _) => match &**of {
            Type::Named(name) => Some(name),
            _ => None,
        },
        Type::Basic(_) | Type::String(_) | Type::Opaque(_) | Type::FixedOpaque(_) => None,
    }
}
