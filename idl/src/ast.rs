//! A specification as it is written: names not yet looked up, every one with its place.

pub(crate) use crate::model::Basic;
use crate::source::Span;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub text: String,
    pub span: Span,
}

/// A number, or the name of a constant.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Number(i64, Span),
    Name(Name),
}

impl Value {
    pub(crate) fn span(&self) -> Span {
        match self {
            Value::Number(_, span) => *span,
            Value::Name(name) => name.span,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Definition {
    pub documentation: String,
    pub name: Name,
    pub kind: DefinitionKind,
}

#[derive(Clone, Debug)]
pub(crate) enum DefinitionKind {
    Constant(i64),
    Typedef(Declaration),
    Enum(Vec<Enumerator>),
    Struct(Vec<Declaration>),
    Union(Box<UnionBody>),
    Program { number: i64, number_span: Span, versions: Vec<Version> },
}

#[derive(Clone, Debug)]
pub(crate) struct Enumerator {
    pub documentation: String,
    pub name: Name,
    pub value: Value,
}

/// A field, a union's arm or discriminant, or a typedef.
#[derive(Clone, Debug)]
pub(crate) struct Declaration {
    pub documentation: String,
    pub name: Name,
    pub specifier: Specifier,
    pub shape: Shape,
}

#[derive(Clone, Debug)]
pub(crate) enum Specifier {
    Basic(Basic),
    Opaque,
    String,
    Named(Name),
    Enum(Vec<Enumerator>),
    Struct(Vec<Declaration>),
    Union(Box<UnionBody>),
}

#[derive(Clone, Debug)]
pub(crate) enum Shape {
    One,
    Optional,
    Fixed(Value),
    /// `<bound>`, or `<>` which is refused later, where the fault can be named.
    Variable(Option<Value>),
}

#[derive(Clone, Debug)]
pub(crate) struct UnionBody {
    pub discriminant: Declaration,
    pub arms: Vec<Arm>,
    pub default: Option<Arm>,
}

#[derive(Clone, Debug)]
pub(crate) struct Arm {
    pub documentation: String,
    /// None for `default`.
    pub cases: Vec<Value>,
    /// None for `void`.
    pub field: Option<Declaration>,
}

#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub documentation: String,
    pub name: Name,
    pub number: i64,
    pub number_span: Span,
    pub procedures: Vec<Procedure>,
}

#[derive(Clone, Debug)]
pub(crate) struct Procedure {
    pub documentation: String,
    pub annotation: Option<(String, Span)>,
    pub name: Name,
    pub number: i64,
    pub number_span: Span,
    /// None for `void`.
    pub arguments: Vec<Specifier>,
    /// None for `void`.
    pub reply: Option<Specifier>,
}
