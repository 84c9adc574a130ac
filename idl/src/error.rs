//! What can be wrong with a specification, and how it is shown.

use std::fmt;

use crate::source::{Place, Source, Span};

/// What is wrong, where, and where the thing that it contradicts stands.
///
/// Displayed as compilers do: the file, line and column, what was expected, the line, and a caret beneath.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    kind: Kind,
    place: Place,
    width: usize,
    earlier: Option<Place>,
}

/// Characters of a line that are shown.
const EXCERPT_MAX: usize = 160;

impl Error {
    /// What is wrong.
    pub fn kind(&self) -> &Kind {
        &self.0.kind
    }

    /// Where.
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// Where the earlier thing stands that this one contradicts: the first of two equal names or numbers.
    pub fn earlier(&self) -> Option<&Place> {
        self.0.earlier.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, place, width, earlier } = &*self.0;
        let margin = " ".repeat(place.line.to_string().len());
        // Of a line that no terminal holds, the part around the fault.
        let skipped = place.column.saturating_sub(EXCERPT_MAX / 2) / (EXCERPT_MAX / 2) * (EXCERPT_MAX / 2);
        let excerpt = place.text.chars().skip(skipped).take(EXCERPT_MAX).collect::<String>();
        let indent = " ".repeat(place.column - 1 - skipped);
        let room = excerpt.chars().count().saturating_sub(indent.len());
        let carets = "^".repeat((*width).min(room).max(1));
        writeln!(f, "{}:{}:{}: {kind}", place.file, place.line, place.column)?;
        writeln!(f, "{margin} |")?;
        writeln!(f, "{} | {excerpt}", place.line)?;
        write!(f, "{margin} | {indent}{carets}")?;
        match earlier {
            Some(earlier) => {
                let excerpt = earlier.text.trim().chars().take(EXCERPT_MAX).collect::<String>();
                write!(f, "\nearlier: {}:{}: {excerpt}", earlier.file, earlier.line)
            }
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

/// The faults by name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Kind {
    /// The text does not follow the grammar.
    #[error("expected {expected}, found {found}")]
    Syntax {
        /// What could have stood here.
        expected: String,
        /// What does.
        found: String,
    },
    /// A character that no token starts with.
    #[error("`{0}` begins no word, number or sign of the language")]
    StrayCharacter(char),
    /// A comment without its end.
    #[error("this comment has no end `*/`")]
    UnfinishedComment,
    /// A number in no base, or beyond 64 bits.
    #[error(
        "`{0}` is not a number: expected decimal, 0x and hexadecimal, or 0 and octal digits within 64 bits"
    )]
    BadNumber(String),
    /// Braces within braces within braces.
    #[error("braces nest deeper than {max}")]
    NestedTooDeep {
        /// How deep they may.
        max: usize,
    },
    /// An annotation's key that nobody reads.
    #[error("no annotation is called `{0}`: expected {known}", known = crate::annotation::KEYS.join(", "))]
    UnknownAnnotation(String),
    /// An annotation's value that makes no sense for its key.
    #[error("`{key}` expects {expected}, found `{found}`")]
    BadAnnotation {
        /// Which annotation.
        key: String,
        /// What it takes.
        expected: &'static str,
        /// What it was given.
        found: String,
    },
    /// Two things of one name where names must differ.
    #[error("the {what} `{name}` is there already")]
    DuplicateName {
        /// What kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// Two things of one number where numbers must differ.
    #[error("the {what} {number} is taken already")]
    DuplicateNumber {
        /// What the number is of.
        what: &'static str,
        /// The number.
        number: i64,
    },
    /// A type that no file defines.
    #[error("no type is called `{0}`")]
    UnknownType(String),
    /// A constant that no file defines.
    #[error("no constant is called `{0}`")]
    UnknownConstant(String),
    /// A number outside what its place can hold.
    #[error("{what} is {found}: expected {min} to {max}")]
    OutOfRange {
        /// What the number is of.
        what: &'static str,
        /// The number.
        found: i64,
        /// The least that fits.
        min: i64,
        /// The greatest that fits.
        max: i64,
    },
    /// A type that contains itself, so that no bound limits its values.
    #[error("a type may not contain itself, not even by way of `*` or `<>`: {}", path.join(" -> "))]
    Recursion {
        /// From the type back to itself.
        path: Vec<String>,
    },
    /// Types within types within types.
    #[error("`{name}` nests deeper than {max} types")]
    TypeTooDeep {
        /// The type.
        name: String,
        /// How deep a type may nest.
        max: usize,
    },
    /// A union that switches on something that has no cases.
    #[error("a union switches on int, unsigned int, bool or an enum, not on {0}")]
    BadDiscriminant(String),
    /// A case that the discriminant can never be.
    #[error("{value} is no value of {discriminant}")]
    CaseDoesNotFit {
        /// The case.
        value: i64,
        /// What the union switches on.
        discriminant: String,
    },
    /// An array, opaque or string that may be of any length.
    #[error("`{0}` has no bound: write one between `<` and `>`")]
    MissingBound(String),
    /// A procedure without access rights, in a version whose other procedures have them.
    #[error("`{procedure}` lacks `{key}`, which other procedures of {version} have")]
    MissingAnnotation {
        /// The procedure.
        procedure: String,
        /// What it lacks.
        key: &'static str,
        /// The version that it belongs to.
        version: String,
    },
}

impl Kind {
    pub(crate) fn at(self, span: Span, sources: &[Source]) -> Error {
        self.build(span, None, sources)
    }

    pub(crate) fn after(self, span: Span, earlier: Span, sources: &[Source]) -> Error {
        self.build(span, Some(earlier), sources)
    }

    fn build(self, span: Span, earlier: Option<Span>, sources: &[Source]) -> Error {
        let place = |span: Span| sources[span.source].place(span.start);
        let width =
            sources[span.source].text.get(span.start..span.end).map_or(1, |text| text.chars().count());
        Error(Box::new(Inner { kind: self, place: place(span), width, earlier: earlier.map(place) }))
    }
}
