//! Types as written to types as meant. A body that stands in a type's place becomes a type of its own.

use super::names::{Names, What};
use crate::ast::{self, Declaration, Definition, DefinitionKind, Name, Shape, Specifier, UnionBody, Value};
use crate::error::{Error, Kind};
use crate::model::{Arm, Body, Bound, Case, Enumerator, Field, Type, TypeDefinition, Union};
use crate::source::Span;

pub(super) struct Lowering<'s> {
    pub(super) names: Names<'s>,
    /// Types that are done, in the text's order, until the module takes them.
    pub(super) types: Vec<TypeDefinition>,
    /// Where each union's discriminant and cases stand, by the union's name.
    pub(super) unions: Vec<(String, UnionSpans)>,
    /// Every program's number so far.
    pub(super) programs: Vec<(i64, Span)>,
}

pub(super) struct UnionSpans {
    pub(super) discriminant: Span,
    /// One per case, through all arms.
    pub(super) cases: Vec<Span>,
}

impl<'s> Lowering<'s> {
    pub(super) fn new(names: Names<'s>) -> Lowering<'s> {
        Lowering { names, types: Vec::new(), unions: Vec::new(), programs: Vec::new() }
    }

    /// A definition of a type.
    pub(super) fn definition(&mut self, definition: &Definition) -> Result<(), Error> {
        let documentation = definition.documentation.clone();
        let name = &definition.name;
        match &definition.kind {
            DefinitionKind::Enum(body) => self.enumeration(documentation, name, body),
            DefinitionKind::Struct(fields) => self.structure(documentation, name, fields),
            DefinitionKind::Union(body) => self.union(documentation, name, body),
            DefinitionKind::Typedef(declaration) => self.typedef(documentation, name, declaration),
            DefinitionKind::Constant(_) | DefinitionKind::Program { .. } => Ok(()),
        }
    }

    fn typedef(&mut self, documentation: String, name: &Name, typedef: &Declaration) -> Result<(), Error> {
        // `typedef struct { … } name;` says the same as `struct name { … };`.
        match (&typedef.specifier, &typedef.shape) {
            (Specifier::Enum(body), Shape::One) => self.enumeration(documentation, name, body),
            (Specifier::Struct(fields), Shape::One) => self.structure(documentation, name, fields),
            (Specifier::Union(body), Shape::One) => self.union(documentation, name, body),
            _ => {
                let slot = self.reserve(documentation, name);
                let element = Name { text: format!("{}_element", name.text), span: name.span };
                let of = self.declared(typedef, &element)?;
                self.fill(slot, Body::Typedef(of));
                Ok(())
            }
        }
    }

    fn enumeration(
        &mut self,
        documentation: String,
        name: &Name,
        body: &[ast::Enumerator],
    ) -> Result<(), Error> {
        let mut enumerators = Vec::new();
        let mut numbers = Vec::new();
        for enumerator in body {
            let (_, value) = self.names.value(&enumerator.value)?;
            let span = enumerator.value.span();
            let value = self.names.in_range("an enum's number", value, span, i32::MIN, i32::MAX)?;
            numbers.push((i64::from(value), span));
            let documentation = enumerator.documentation.clone();
            enumerators.push(Enumerator { documentation, name: enumerator.name.text.clone(), value });
        }
        self.names.distinct_numbers("enum's number", numbers)?;
        let slot = self.reserve(documentation, name);
        self.fill(slot, Body::Enum(enumerators));
        Ok(())
    }

    fn structure(&mut self, documentation: String, name: &Name, fields: &[Declaration]) -> Result<(), Error> {
        self.names.distinct("field", fields.iter().map(|field| &field.name))?;
        let slot = self.reserve(documentation, name);
        let fields = fields.iter().map(|field| self.field(name, field)).collect::<Result<_, _>>()?;
        self.fill(slot, Body::Struct(fields));
        Ok(())
    }

    fn union(&mut self, documentation: String, name: &Name, body: &UnionBody) -> Result<(), Error> {
        let arms = || body.arms.iter().chain(&body.default);
        let fields = arms().filter_map(|arm| arm.field.as_ref()).map(|field| &field.name);
        self.names.distinct("union's arm", fields)?;
        let slot = self.reserve(documentation, name);
        let discriminant = self.field(name, &body.discriminant)?;
        let lowered = body.arms.iter().map(|arm| self.arm(name, arm)).collect::<Result<Vec<_>, _>>()?;
        let default = body.default.as_ref().map(|arm| self.arm(name, arm)).transpose()?;
        let spans = arms().flat_map(|arm| &arm.cases).map(Value::span).collect::<Vec<_>>();
        let values = lowered.iter().flat_map(|arm| &arm.cases).map(|case| case.value);
        self.names.distinct_numbers("case", values.zip(spans.iter().copied()))?;
        let spans = UnionSpans { discriminant: body.discriminant.name.span, cases: spans };
        self.unions.push((name.text.clone(), spans));
        self.fill(slot, Body::Union(Box::new(Union { discriminant, arms: lowered, default })));
        Ok(())
    }

    fn arm(&mut self, union: &Name, arm: &ast::Arm) -> Result<Arm, Error> {
        let cases =
            arm.cases.iter().map(|case| self.names.value(case).map(|(name, value)| Case { name, value }));
        let cases = cases.collect::<Result<_, _>>()?;
        let field = arm.field.as_ref().map(|field| self.field(union, field)).transpose()?;
        Ok(Arm { documentation: arm.documentation.clone(), cases, field })
    }

    fn field(&mut self, owner: &Name, field: &Declaration) -> Result<Field, Error> {
        let inner = Name { text: format!("{}_{}", owner.text, field.name.text), span: field.name.span };
        let of = self.declared(field, &inner)?;
        Ok(Field { documentation: field.documentation.clone(), name: field.name.text.clone(), of })
    }

    /// The type of a declaration. A body in its type's place is defined as `inner`.
    fn declared(&mut self, declaration: &Declaration, inner: &Name) -> Result<Type, Error> {
        let element = match (&declaration.specifier, &declaration.shape) {
            (Specifier::Opaque, Shape::Fixed(length)) => return Ok(Type::FixedOpaque(self.bound(length)?)),
            (Specifier::Opaque, Shape::Variable(Some(bound))) => return Ok(Type::Opaque(self.bound(bound)?)),
            (Specifier::String, Shape::Variable(Some(bound))) => return Ok(Type::String(self.bound(bound)?)),
            (_, Shape::Variable(None)) => {
                let name = &declaration.name;
                return Err(Kind::MissingBound(name.text.clone()).at(name.span, self.names.sources));
            }
            (specifier, _) => self.specifier(specifier, inner, &declaration.documentation)?,
        };
        Ok(match &declaration.shape {
            Shape::One | Shape::Variable(None) => element,
            Shape::Optional => Type::Optional(Box::new(element)),
            Shape::Fixed(length) => Type::FixedArray(Box::new(element), self.bound(length)?),
            Shape::Variable(Some(bound)) => Type::Array(Box::new(element), self.bound(bound)?),
        })
    }

    /// A type without a shape around it. A body is defined as `inner`, which is documented as what it stands in.
    pub(super) fn specifier(
        &mut self,
        specifier: &Specifier,
        inner: &Name,
        documentation: &str,
    ) -> Result<Type, Error> {
        let documentation = documentation.to_owned();
        match specifier {
            Specifier::Basic(basic) => return Ok(Type::Basic(*basic)),
            Specifier::Named(name) => {
                self.names.expect_type(name)?;
                return Ok(Type::Named(name.text.clone()));
            }
            Specifier::Enum(body) => {
                self.names.claim(inner, What::Type)?;
                self.enumeration(documentation, inner, body)?;
            }
            Specifier::Struct(fields) => {
                self.names.claim(inner, What::Type)?;
                self.structure(documentation, inner, fields)?;
            }
            Specifier::Union(body) => {
                self.names.claim(inner, What::Type)?;
                self.union(documentation, inner, body)?;
            }
            // The grammar gives these two no shape but brackets.
            Specifier::Opaque | Specifier::String => {
                return Err(Kind::MissingBound(inner.text.clone()).at(inner.span, self.names.sources));
            }
        }
        Ok(Type::Named(inner.text.clone()))
    }

    fn bound(&self, value: &Value) -> Result<Bound, Error> {
        let (name, number) = self.names.value(value)?;
        let value = self.names.in_range("a bound", number, value.span(), 0, u32::MAX)?;
        Ok(Bound { name, value })
    }

    /// Keeps a type's place before the types that its body brings along.
    fn reserve(&mut self, documentation: String, name: &Name) -> usize {
        let body = Body::Struct(Vec::new());
        self.types.push(TypeDefinition { documentation, name: name.text.clone(), body });
        self.types.len() - 1
    }

    fn fill(&mut self, slot: usize, body: Body) {
        if let Some(definition) = self.types.get_mut(slot) {
            definition.body = body;
        }
    }
}
