//! The name space that all files share: constants, the names in enums, types and programs (RFC 4506 §6.4).

use std::collections::HashMap;

use crate::ast::{Declaration, Definition, DefinitionKind, Enumerator, Name, Specifier, UnionBody, Value};
use crate::error::{Error, Kind};
use crate::source::{Source, Span};

/// What every name stands for.
pub(super) struct Names<'s> {
    pub(super) sources: &'s [Source],
    taken: HashMap<String, (What, Span)>,
    constants: HashMap<String, i64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Constant,
    Type,
    Program,
}

impl<'s> Names<'s> {
    pub(super) fn collect(sources: &'s [Source], files: &[Vec<Definition>]) -> Result<Names<'s>, Error> {
        let mut names = Names { sources, taken: HashMap::new(), constants: HashMap::new() };
        for definition in files.iter().flatten() {
            let what = match definition.kind {
                DefinitionKind::Constant(value) => {
                    names.constants.insert(definition.name.text.clone(), value);
                    What::Constant
                }
                DefinitionKind::Program { .. } => What::Program,
                _ => What::Type,
            };
            names.claim(&definition.name, what)?;
        }
        // Bounds and cases may use an enum's names before the enum is reached, so all of these come next.
        for definition in files.iter().flatten() {
            match &definition.kind {
                DefinitionKind::Enum(body) => names.enumerators(body)?,
                DefinitionKind::Typedef(declaration) => names.declaration(declaration)?,
                DefinitionKind::Struct(fields) => names.fields(fields)?,
                DefinitionKind::Union(body) => names.union(body)?,
                DefinitionKind::Program { versions, .. } => {
                    for procedure in versions.iter().flat_map(|version| &version.procedures) {
                        for specifier in procedure.arguments.iter().chain(&procedure.reply) {
                            names.specifier(specifier)?;
                        }
                    }
                }
                DefinitionKind::Constant(_) => {}
            }
        }
        Ok(names)
    }

    /// Takes a name for a thing, unless another thing has it.
    pub(super) fn claim(&mut self, name: &Name, what: What) -> Result<(), Error> {
        let earlier = self.taken.insert(name.text.clone(), (what, name.span));
        let Some((_, earlier)) = earlier else { return Ok(()) };
        let what = match what {
            What::Constant => "constant",
            What::Type => "type",
            What::Program => "program",
        };
        Err(Kind::DuplicateName { what, name: name.text.clone() }.after(name.span, earlier, self.sources))
    }

    /// That a type of this name exists.
    pub(super) fn expect_type(&self, name: &Name) -> Result<(), Error> {
        match self.taken.get(&name.text) {
            Some((What::Type, _)) => Ok(()),
            _ => Err(Kind::UnknownType(name.text.clone()).at(name.span, self.sources)),
        }
    }

    /// Where a name was given to its thing.
    pub(super) fn span(&self, name: &str) -> Span {
        self.taken.get(name).map_or(Span { source: 0, start: 0, end: 0 }, |(_, span)| *span)
    }

    /// The number that is meant, and the constant's name if it was written as one.
    pub(super) fn value(&self, value: &Value) -> Result<(Option<String>, i64), Error> {
        match value {
            Value::Number(number, _) => Ok((None, *number)),
            Value::Name(name) => {
                // bool is an enum that the language brings along: RFC 4506 §4.4.
                let number = match (self.constants.get(&name.text), name.text.as_str()) {
                    (Some(number), _) => *number,
                    (None, "FALSE") => 0,
                    (None, "TRUE") => 1,
                    (None, _) => {
                        return Err(Kind::UnknownConstant(name.text.clone()).at(name.span, self.sources));
                    }
                };
                Ok((Some(name.text.clone()), number))
            }
        }
    }

    /// A number as the type that its place has.
    pub(super) fn in_range<T>(
        &self,
        what: &'static str,
        found: i64,
        span: Span,
        min: T,
        max: T,
    ) -> Result<T, Error>
    where
        T: TryFrom<i64> + Into<i64> + PartialOrd + Copy,
    {
        match T::try_from(found) {
            Ok(number) if min <= number && number <= max => Ok(number),
            _ => {
                let (min, max) = (min.into(), max.into());
                Err(Kind::OutOfRange { what, found, min, max }.at(span, self.sources))
            }
        }
    }

    /// That no two of these are equal; `what` they are is said of the second.
    pub(super) fn distinct<'n>(
        &self,
        what: &'static str,
        names: impl IntoIterator<Item = &'n Name>,
    ) -> Result<(), Error> {
        let mut seen = HashMap::new();
        for name in names {
            if let Some(earlier) = seen.insert(name.text.as_str(), name.span) {
                let kind = Kind::DuplicateName { what, name: name.text.clone() };
                return Err(kind.after(name.span, earlier, self.sources));
            }
        }
        Ok(())
    }

    /// The same for numbers.
    pub(super) fn distinct_numbers(
        &self,
        what: &'static str,
        numbers: impl IntoIterator<Item = (i64, Span)>,
    ) -> Result<(), Error> {
        let mut seen = HashMap::new();
        for (number, span) in numbers {
            if let Some(earlier) = seen.insert(number, span) {
                return Err(Kind::DuplicateNumber { what, number }.after(span, earlier, self.sources));
            }
        }
        Ok(())
    }

    fn enumerators(&mut self, body: &[Enumerator]) -> Result<(), Error> {
        for enumerator in body {
            let (_, value) = self.value(&enumerator.value)?;
            self.claim(&enumerator.name, What::Constant)?;
            self.constants.insert(enumerator.name.text.clone(), value);
        }
        Ok(())
    }

    // The three below call each other only as deep as braces nest, which the lexer bounds.

    fn declaration(&mut self, declaration: &Declaration) -> Result<(), Error> {
        self.specifier(&declaration.specifier)
    }

    fn specifier(&mut self, specifier: &Specifier) -> Result<(), Error> {
        match specifier {
            Specifier::Enum(body) => self.enumerators(body),
            Specifier::Struct(fields) => self.fields(fields),
            Specifier::Union(body) => self.union(body),
            Specifier::Basic(_) | Specifier::Opaque | Specifier::String | Specifier::Named(_) => Ok(()),
        }
    }

    fn fields(&mut self, fields: &[Declaration]) -> Result<(), Error> {
        fields.iter().try_for_each(|field| self.declaration(field))
    }

    fn union(&mut self, body: &UnionBody) -> Result<(), Error> {
        self.declaration(&body.discriminant)?;
        let arms = body.arms.iter().chain(&body.default);
        arms.filter_map(|arm| arm.field.as_ref()).try_for_each(|field| self.declaration(field))
    }
}
