//! What holds a type in Rust, which codec writes it, and what may be derived for it.

use std::collections::{HashMap, HashSet};

use super::names::{grouped, snake};
use super::plan::FieldPlan;
use super::wording;
use crate::model::{Basic, Body, Bound, Contract, Field, Module, Type, TypeDefinition};

pub(crate) struct Shapes<'c> {
    contract: &'c Contract,
    /// Type to module.
    homes: HashMap<&'c str, &'c str>,
    /// Constants that a bound may be written as.
    bounds: HashSet<&'c str>,
    /// Constants that a fixed length may be written as.
    lengths: HashSet<&'c str>,
    rust: HashMap<String, String>,
    bodies: HashMap<&'c str, &'c Body>,
}

/// A type as Rust holds and writes it.
pub(crate) struct Shape {
    of: String,
    codec: String,
    /// What a reader should know of its length, as the middle of a sentence.
    bound: Option<String>,
}

/// What can be derived beside Clone, Debug and PartialEq.
#[derive(Clone, Copy)]
struct Traits {
    copy: bool,
    default: bool,
    eq: bool,
}

impl<'c> Shapes<'c> {
    pub(crate) fn new(contract: &'c Contract, rust: HashMap<String, String>) -> Shapes<'c> {
        let types =
            contract.modules.iter().flat_map(|module| module.types.iter().map(move |one| (module, one)));
        let (bounds, lengths) = constants(contract);
        Shapes {
            contract,
            homes: types.clone().map(|(module, one)| (one.name.as_str(), module.name.as_str())).collect(),
            bounds,
            lengths,
            rust,
            bodies: types.map(|(_, one)| (one.name.as_str(), &one.body)).collect(),
        }
    }

    /// The module that a constant is defined in.
    pub(crate) fn home_of_constant(&self, name: &str) -> Option<&'c str> {
        let defines = |module: &&Module| module.constants.iter().any(|constant| constant.name == name);
        self.contract.modules.iter().find(defines).map(|module| module.name.as_str())
    }

    /// A type with typedefs at its outside written out.
    pub(crate) fn resolve<'t>(&self, mut of: &'t Type) -> &'t Type
    where
        'c: 't,
    {
        while let Type::Named(name) = of {
            match self.bodies.get(name.as_str()) {
                Some(Body::Typedef(inner)) => of = inner,
                _ => break,
            }
        }
        of
    }

    pub(crate) fn field(&self, module: &Module, field: &Field) -> FieldPlan {
        let shape = self.shape(module, &field.of);
        let documentation = wording::of_field(field, self.resolve(&field.of), shape.bound.as_deref());
        let (wire, rust) = (field.name.clone(), snake(&field.name));
        FieldPlan { wire, rust, documentation, of: shape.of, codec: shape.codec }
    }

    /// Recurses as deep as types nest, which the check bounds.
    fn shape(&self, module: &Module, of: &Type) -> Shape {
        let plain = |of: &str| Shape { of: of.to_owned(), codec: "Plain".to_owned(), bound: None };
        match self.resolve(of) {
            Type::Basic(basic) => plain(rust_number(*basic)),
            Type::Named(name) => {
                let rust = &self.rust[name];
                match self.homes[name.as_str()] {
                    home if home == module.name => plain(rust),
                    home => plain(&format!("{home}::{rust}")),
                }
            }
            Type::String(bound) => bytes("Text", "Str", &self.bound(bound), bound.value),
            Type::Opaque(bound) => bytes("Vec<u8>", "Opaque", &self.bound(bound), bound.value),
            Type::FixedOpaque(length) => Shape {
                of: format!("[u8; {}]", length.value),
                codec: format!("FixedOpaque<{}>", self.length(length)),
                bound: None,
            },
            Type::Optional(inner) => {
                let inner = self.shape(module, inner);
                let codec = match inner.codec.as_str() {
                    "Plain" => "Optional".to_owned(),
                    codec => format!("Optional<{codec}>"),
                };
                Shape { of: format!("Option<{}>", inner.of), codec, bound: inner.bound }
            }
            // An array of char is text or bytes, though each has a word to itself.
            Type::Array(inner, bound) if *self.resolve(inner) == Type::Basic(Basic::Char) => {
                bytes("Vec<u8>", "Chars", &self.bound(bound), bound.value)
            }
            Type::FixedArray(inner, length) if *self.resolve(inner) == Type::Basic(Basic::Char) => Shape {
                of: format!("[u8; {}]", length.value),
                codec: format!("FixedChars<{}>", self.length(length)),
                bound: None,
            },
            Type::Array(inner, bound) => {
                let inner = self.shape(module, inner);
                let count = grouped(bound.value.into(), ",");
                Shape {
                    of: format!("Vec<{}>", inner.of),
                    codec: with_element("Array", &self.bound(bound), &inner.codec),
                    bound: Some(match inner.bound {
                        Some(inner) => format!("{count}, each of at most {inner}"),
                        None => count,
                    }),
                }
            }
            Type::FixedArray(inner, length) => {
                let inner = self.shape(module, inner);
                Shape {
                    of: format!("[{}; {}]", inner.of, length.value),
                    codec: with_element("FixedArray", &self.length(length), &inner.codec),
                    bound: inner.bound.map(|inner| format!("{inner} each")),
                }
            }
        }
    }

    /// A bound as its constant, or as a number where no constant of the right type has its name.
    fn bound(&self, bound: &Bound) -> String {
        let constant = bound.name.as_deref().filter(|name| self.bounds.contains(name));
        constant.map_or_else(|| grouped(bound.value.into(), "_"), str::to_owned)
    }

    /// The same for the length of what is always so long.
    fn length(&self, length: &Bound) -> String {
        let constant = length.name.as_deref().filter(|name| self.lengths.contains(name));
        constant.map_or_else(|| grouped(length.value.into(), "_"), str::to_owned)
    }

    /// The Rust type of a constant: `usize` for one that is a length, for Rust measures arrays by that.
    pub(crate) fn type_of_constant(&self, name: &str, value: i64) -> &'static str {
        match u32::try_from(value) {
            Ok(_) if self.lengths.contains(name) => "usize",
            Ok(_) => "u32",
            Err(_) => "i64",
        }
    }

    /// The list that goes into a type's `derive`.
    pub(crate) fn derives(&self, name: &str) -> String {
        let traits = self.traits(&Type::Named(name.to_owned()));
        let all = [
            ("Clone", true),
            ("Copy", traits.copy && matches!(self.bodies.get(name), Some(Body::Enum(_)))),
            ("Debug", true),
            ("Default", traits.default),
            ("PartialEq", true),
            ("Eq", traits.eq),
            ("Hash", matches!(self.bodies.get(name), Some(Body::Enum(_)))),
        ];
        let derived = all.iter().filter(|(_, derived)| *derived).map(|(name, _)| *name);
        derived.collect::<Vec<_>>().join(", ")
    }

    fn traits(&self, of: &Type) -> Traits {
        match self.resolve(of) {
            Type::Basic(Basic::Float | Basic::Double) => Traits { copy: true, default: true, eq: false },
            Type::Basic(_) => Traits { copy: true, default: true, eq: true },
            Type::String(_) | Type::Opaque(_) => Traits { copy: false, default: true, eq: true },
            // The standard library knows the default of arrays up to 32.
            Type::FixedOpaque(length) => Traits { copy: true, default: length.value <= 32, eq: true },
            Type::Optional(inner) => Traits { default: true, ..self.traits(inner) },
            Type::Array(inner, _) => Traits { copy: false, default: true, ..self.traits(inner) },
            Type::FixedArray(inner, length) => {
                let inner = self.traits(inner);
                Traits { default: inner.default && length.value <= 32, ..inner }
            }
            Type::Named(name) => match self.bodies.get(name.as_str()) {
                Some(Body::Struct(fields)) => {
                    let fields = fields.iter().map(|field| self.traits(&field.of));
                    fields.fold(Traits { copy: true, default: true, eq: true }, Traits::and)
                }
                Some(Body::Union(union)) => {
                    let arms = union.arms.iter().chain(&union.default).filter_map(|arm| arm.field.as_ref());
                    let arms = arms.map(|field| self.traits(&field.of));
                    Traits {
                        default: false,
                        ..arms.fold(Traits { copy: true, default: true, eq: true }, Traits::and)
                    }
                }
                _ => Traits { copy: true, default: false, eq: true },
            },
        }
    }
}

/// The constants that serve as bounds or as nothing here, and those that serve only as lengths.
fn constants(contract: &Contract) -> (HashSet<&str>, HashSet<&str>) {
    let (mut bounds, mut lengths) = (HashSet::new(), HashSet::new());
    for field in contract.modules.iter().flat_map(|module| &module.types).flat_map(TypeDefinition::parts) {
        match field {
            Type::FixedOpaque(length) | Type::FixedArray(_, length) => lengths.extend(length.name.as_deref()),
            Type::String(bound) | Type::Opaque(bound) | Type::Array(_, bound) => {
                bounds.extend(bound.name.as_deref())
            }
            Type::Basic(_) | Type::Named(_) | Type::Optional(_) => {}
        }
    }
    // What an enum names is no constant in Rust.
    let constants = contract.modules.iter().flat_map(|module| &module.constants);
    let names = constants.map(|constant| constant.name.as_str()).collect::<HashSet<_>>();
    lengths.retain(|name| names.contains(name) && !bounds.contains(name));
    let bounds = names.difference(&lengths).copied().collect();
    (bounds, lengths)
}

impl Traits {
    fn and(self, other: Traits) -> Traits {
        Traits {
            copy: self.copy && other.copy,
            default: self.default && other.default,
            eq: self.eq && other.eq,
        }
    }
}

fn bytes(of: &str, codec: &str, written: &str, bound: u32) -> Shape {
    let bound = Some(format!("{} bytes", grouped(bound.into(), ",")));
    Shape { of: of.to_owned(), codec: format!("{codec}<{written}>"), bound }
}

fn with_element(codec: &str, length: &str, element: &str) -> String {
    match element {
        "Plain" => format!("{codec}<{length}>"),
        element => format!("{codec}<{length}, {element}>"),
    }
}

fn rust_number(basic: Basic) -> &'static str {
    match basic {
        Basic::Bool => "bool",
        Basic::Char => "i8",
        Basic::UnsignedChar => "u8",
        Basic::Short => "i16",
        Basic::UnsignedShort => "u16",
        Basic::Int => "i32",
        Basic::UnsignedInt => "u32",
        Basic::Hyper => "i64",
        Basic::UnsignedHyper => "u64",
        Basic::Float => "f32",
        Basic::Double => "f64",
        // Rust has no such number on stable.
        Basic::Quadruple => "virtwire_xdr::Quadruple",
    }
}
