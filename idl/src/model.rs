//! A specification that has been checked: every name is known, every bound a number, nothing contains itself.

use std::fmt;

pub use crate::annotation::{Annotations, ReadOnly, Release, Since, Stream};

/// Several files with one name space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// In the order in which the files were given.
    pub modules: Vec<Module>,
}

impl Contract {
    /// The type of a name, in whichever file.
    pub fn find(&self, name: &str) -> Option<&TypeDefinition> {
        self.modules.iter().flat_map(|module| &module.types).find(|definition| definition.name == name)
    }
}

/// What one file defines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// The file's name before its first dot.
    pub name: String,
    /// The first paragraph of the comment that the file begins with; empty where there is none.
    pub documentation: String,
    /// In the order of the text.
    pub constants: Vec<Constant>,
    /// In the order of the text; a type without a name of its own follows the one that it stands in, and is called
    /// after it and its field.
    pub types: Vec<TypeDefinition>,
    /// In the order of the text.
    pub programs: Vec<Program>,
}

/// `const NAME = value;`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constant {
    /// Empty where there is none.
    pub documentation: String,
    /// As written.
    pub name: String,
    /// Its number.
    pub value: i64,
}

/// A named type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeDefinition {
    /// Empty where there is none.
    pub documentation: String,
    /// As written.
    pub name: String,
    /// What it is.
    pub body: Body,
}

impl TypeDefinition {
    /// The types that it is made of, one level down.
    pub(crate) fn parts(&self) -> Vec<&Type> {
        match &self.body {
            Body::Enum(_) => Vec::new(),
            Body::Typedef(of) => vec![of],
            Body::Struct(fields) => fields.iter().map(|field| &field.of).collect(),
            Body::Union(union) => {
                let arms = union.arms.iter().chain(&union.default).filter_map(|arm| arm.field.as_ref());
                arms.chain([&union.discriminant]).map(|field| &field.of).collect()
            }
        }
    }
}

/// What a named type is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Another name for a type.
    Typedef(Type),
    /// Named numbers.
    Enum(Vec<Enumerator>),
    /// Fields one after another.
    Struct(Vec<Field>),
    /// One arm of several, chosen by a number.
    Union(Box<Union>),
}

/// One of an enum's names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enumerator {
    /// Empty where there is none.
    pub documentation: String,
    /// As written.
    pub name: String,
    /// Its number.
    pub value: i32,
}

/// A part of a struct, or of a union's arm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Empty where there is none.
    pub documentation: String,
    /// As written.
    pub name: String,
    /// What it holds.
    pub of: Type,
}

/// One arm of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Union {
    /// The number that chooses.
    pub discriminant: Field,
    /// At least one.
    pub arms: Vec<Arm>,
    /// What every other number chooses; without it, every other number is refused.
    pub default: Option<Arm>,
}

/// What a union holds for some of its discriminant's values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arm {
    /// Empty where there is none.
    pub documentation: String,
    /// Those values; empty for the default.
    pub cases: Vec<Case>,
    /// `None` is `void`.
    pub field: Option<Field>,
}

/// A value of a union's discriminant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The constant that it was written as, unless it was written as a number.
    pub name: Option<String>,
    /// The number.
    pub value: i64,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// A number or truth.
    Basic(Basic),
    /// Another definition.
    Named(String),
    /// Text: `string<bound>`.
    String(Bound),
    /// Bytes: `opaque<bound>`.
    Opaque(Bound),
    /// Always as many bytes: `opaque[length]`.
    FixedOpaque(Bound),
    /// One or none: `*`.
    Optional(Box<Type>),
    /// Up to so many: `<bound>`.
    Array(Box<Type>, Bound),
    /// Always so many: `[length]`.
    FixedArray(Box<Type>, Bound),
}

/// The types that the language is born with, and rpcgen's `char` and `short`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basic {
    /// A word that is 0 or 1.
    Bool,
    /// A number of 8 bits in a word.
    Char,
    /// A number of 8 bits in a word.
    UnsignedChar,
    /// A number of 16 bits in a word.
    Short,
    /// A number of 16 bits in a word.
    UnsignedShort,
    /// A word.
    Int,
    /// A word.
    UnsignedInt,
    /// Two words.
    Hyper,
    /// Two words.
    UnsignedHyper,
    /// A word; IEEE 754 single precision.
    Float,
    /// Two words; IEEE 754 double precision.
    Double,
    /// Four words; IEEE 754 quadruple precision.
    Quadruple,
}

/// A bound or a length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The constant that it was written as, unless it was written as a number.
    pub name: Option<String>,
    /// The number.
    pub value: u32,
}

/// What may be called under one number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Empty where there is none.
    pub documentation: String,
    /// As written.
    pub name: String,
    /// Its number.
    pub number: u32,
    /// At least one.
    pub versions: Vec<Version>,
}

/// One version of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Empty where there is none.
    pub documentation: String,
    /// As written.
    pub name: String,
    /// Its number.
    pub number: u32,
    /// In the order of the text; at least one.
    pub procedures: Vec<Procedure>,
}

/// What can be called, or what is sent unasked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Procedure {
    /// Empty where there is none.
    pub documentation: String,
    /// As written.
    pub name: String,
    /// From 0 to 2,147,483,647: libvirt's header takes the word as signed.
    pub number: i32,
    /// Empty for `void`.
    pub arguments: Vec<Type>,
    /// `None` for `void`.
    pub reply: Option<Type>,
    /// What the annotation before it says.
    pub annotations: Annotations,
}

impl fmt::Display for Basic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Basic::Bool => "bool",
            Basic::Char => "char",
            Basic::UnsignedChar => "unsigned char",
            Basic::Short => "short",
            Basic::UnsignedShort => "unsigned short",
            Basic::Int => "int",
            Basic::UnsignedInt => "unsigned int",
            Basic::Hyper => "hyper",
            Basic::UnsignedHyper => "unsigned hyper",
            Basic::Float => "float",
            Basic::Double => "double",
            Basic::Quadruple => "quadruple",
        })
    }
}

/// As the language writes it, less the name that it would stand around; bounds as numbers.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Basic(basic) => write!(f, "{basic}"),
            Type::Named(name) => f.write_str(name),
            Type::String(bound) => write!(f, "string<{}>", bound.value),
            Type::Opaque(bound) => write!(f, "opaque<{}>", bound.value),
            Type::FixedOpaque(length) => write!(f, "opaque[{}]", length.value),
            Type::Optional(of) => write!(f, "*{of}"),
            Type::Array(of, bound) => write!(f, "{of}<{}>", bound.value),
            Type::FixedArray(of, length) => write!(f, "{of}[{}]", length.value),
        }
    }
}
