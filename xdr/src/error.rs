//! What went wrong, at which byte, in which field.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde::de::{Expected, Unexpected};

/// Why a value could not be encoded or decoded. Match on it through [`Error::kind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The input ends before the value does, or an array claims more elements than the bytes left can hold.
    Eof,
    /// A string, an opaque or an array is longer than its bound. Units are bytes, or elements of an array.
    TooLong {
        /// The length found.
        len: usize,
        /// The largest length allowed.
        bound: u32,
    },
    /// A bool is neither 0 nor 1 (RFC 4506 §4.4).
    Bool {
        /// The word found.
        value: u32,
    },
    /// The word before optional data is neither 0 nor 1 (RFC 4506 §4.19).
    Optional {
        /// The word found.
        value: u32,
    },
    /// An enumeration or a union has no such value, and no default.
    Discriminant {
        /// The word found.
        value: i32,
    },
    /// A word does not fit the 8 or 16 bits of its Rust type.
    Range {
        /// The word found, as a signed number.
        value: i32,
    },
    /// The bytes that fill up a word are not zero (strict mode only).
    Padding,
    /// The value ends before the input does (strict mode only).
    Trailing {
        /// How many bytes are left over.
        bytes: usize,
    },
    /// The arrays of this message would take more memory than its size justifies.
    Budget {
        /// The bytes of memory that a message of this size may ask for.
        limit: usize,
    },
    /// Optional data, arrays and unions are nested too deeply in each other.
    Depth {
        /// The nesting allowed.
        limit: usize,
    },
    /// A length that does not fit the wire's 32 bits, when encoding.
    LengthOverflow {
        /// The length found.
        len: usize,
    },
    /// A sequence announced one number of elements and gave, or took, another.
    LengthMismatch {
        /// The number in the length word.
        announced: usize,
        /// The number of elements really there.
        found: usize,
    },
    /// A string has a NUL in it, and the sink is one of [`CStrings`](crate::CStrings).
    Nul {
        /// Which of the string's bytes is the first one.
        at: usize,
    },
    /// A string decoded into Rust's `str` or `String` is not UTF-8. [`Text`](crate::Text) takes any bytes.
    Utf8,
    /// XDR has no such thing: maps, Rust's `char`, 128-bit integers, untagged data.
    Unsupported,
    /// A `Serialize` or `Deserialize` implementation raised an error of its own.
    Custom,
}

/// An error of encoding or decoding: one word wide, built only on failure.
///
/// Displays as one line: what was found and expected, the offset, the field's path.
///
/// ```
/// # use virtwire_xdr as xdr;
/// let error = xdr::from_slice::<(u32, bool)>(&[0, 0, 0, 0, 0, 0, 0, 2]).unwrap_err();
/// assert_eq!(error.kind(), xdr::Kind::Bool { value: 2 });
/// assert_eq!(error.to_string(), "bool of 2 is neither 0 nor 1 at offset 4 ([1])");
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    detail: Detail,
    offset: Option<usize>,
    root: Option<&'static str>,
    /// Innermost first: each level adds its own while the error passes.
    path: Vec<Segment>,
}

/// What only the message needs.
enum Detail {
    None,
    /// Bytes needed and bytes left.
    Need(usize, usize),
    /// The XDR construct, or the Rust one that XDR lacks.
    Shape(&'static str),
    Text(String),
}

enum Segment {
    Field(&'static str),
    Element(usize),
}

impl Error {
    /// What went wrong.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Where: bytes from the start of the value, when decoding of the item refused, when encoding of the place it
    /// would have had.
    pub fn offset(&self) -> usize {
        self.0.offset.unwrap_or(0)
    }

    /// The field, such as `domain_migrate_prepare2_args.dom_xml` or `connect_list_all_domains_ret.domains[17].name`:
    /// the outermost record's name, then fields and indices. Empty when the value is no record.
    pub fn path(&self) -> String {
        Path(&self.0).to_string()
    }

    #[cold]
    pub(crate) fn new(kind: Kind, offset: usize) -> Error {
        Error::build(kind, Some(offset), Detail::None)
    }

    #[cold]
    pub(crate) fn eof(needed: usize, left: usize, offset: usize) -> Error {
        Error::build(Kind::Eof, Some(offset), Detail::Need(needed, left))
    }

    #[cold]
    pub(crate) fn too_long(shape: &'static str, len: usize, bound: u32, offset: usize) -> Error {
        Error::build(Kind::TooLong { len, bound }, Some(offset), Detail::Shape(shape))
    }

    #[cold]
    pub(crate) fn nul(text: &[u8], offset: usize) -> Error {
        let at = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
        Error::new(Kind::Nul { at }, offset)
    }

    #[cold]
    pub(crate) fn unsupported(what: &'static str, offset: usize) -> Error {
        Error::build(Kind::Unsupported, Some(offset), Detail::Shape(what))
    }

    #[cold]
    fn build(kind: Kind, offset: Option<usize>, detail: Detail) -> Error {
        Error(Box::new(Inner { kind, detail, offset, root: None, path: Vec::new() }))
    }

    /// Gives the offset to an error that was raised where none was known.
    #[cold]
    pub(crate) fn at(mut self, offset: usize) -> Error {
        self.0.offset.get_or_insert(offset);
        self
    }

    /// Turns an offset in the sink into one in the value.
    #[cold]
    pub(crate) fn relative_to(mut self, start: usize) -> Error {
        self.0.offset = self.0.offset.map(|offset| offset.saturating_sub(start));
        self
    }

    /// The error passed through a field of a record. Only the outermost record's name is kept.
    #[cold]
    pub(crate) fn in_field(mut self, record: &'static str, field: &'static str) -> Error {
        self.0.path.push(Segment::Field(field));
        self.0.root = Some(record);
        self
    }

    #[cold]
    pub(crate) fn in_element(mut self, index: usize) -> Error {
        self.0.path.push(Segment::Element(index));
        self.0.root = None;
        self
    }

    /// The error passed through a union or an enumeration.
    #[cold]
    pub(crate) fn in_union(mut self, union: &'static str) -> Error {
        self.0.root = Some(union);
        self
    }
}

struct Path<'a>(&'a Inner);

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.root.unwrap_or(""))?;
        for (depth, segment) in self.0.path.iter().rev().enumerate() {
            match segment {
                Segment::Field(name) if depth == 0 && self.0.root.is_none() => f.write_str(name)?,
                Segment::Field(name) => write!(f, ".{name}")?,
                Segment::Element(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, &self.detail) {
            (Kind::Eof, Detail::Need(needed, left)) => {
                write!(f, "input ends: {needed} bytes needed, {left} left")
            }
            (Kind::Eof, _) => f.write_str("input ends"),
            (Kind::TooLong { len, bound }, detail) => {
                let shape = match detail {
                    Detail::Shape(shape) => shape,
                    _ => "item",
                };
                let unit = if shape == "array" { "elements" } else { "bytes" };
                write!(f, "{shape} of {len} {unit} exceeds its bound of {bound}")
            }
            (Kind::Bool { value }, _) => write!(f, "bool of {value} is neither 0 nor 1"),
            (Kind::Optional { value }, _) => write!(f, "optional marked {value}, which is neither 0 nor 1"),
            (Kind::Discriminant { value }, Detail::Text(text)) => {
                write!(f, "unknown discriminant {value}{text}")
            }
            (Kind::Discriminant { value }, _) => write!(f, "unknown discriminant {value}"),
            (Kind::Range { value }, Detail::Shape(shape)) => {
                write!(f, "word of {value} does not fit {shape}")
            }
            (Kind::Range { value }, _) => write!(f, "word of {value} is out of range"),
            (Kind::Padding, _) => f.write_str("padding is not zero"),
            (Kind::Trailing { bytes }, _) => write!(f, "{bytes} bytes left over"),
            (Kind::Budget { limit }, _) => {
                write!(f, "value needs more memory than the {limit} bytes its size allows")
            }
            (Kind::Depth { limit }, _) => write!(f, "value is nested deeper than {limit} levels"),
            (Kind::LengthOverflow { len }, _) => write!(f, "length of {len} exceeds 32 bits"),
            (Kind::LengthMismatch { announced, found }, _) => {
                write!(f, "sequence of {announced} elements has {found}")
            }
            (Kind::Nul { at }, _) => {
                write!(f, "string has a NUL at its byte {at}, where C takes it to end,")
            }
            (Kind::Utf8, _) => f.write_str("string is not UTF-8"),
            (Kind::Unsupported, Detail::Shape(what)) => write!(f, "XDR has no {what}"),
            (Kind::Unsupported, _) => f.write_str("XDR has no such type"),
            (Kind::Custom, Detail::Text(text)) => f.write_str(text),
            (Kind::Custom, _) => f.write_str("value refused"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at offset {}", self.0, self.offset())?;
        if self.0.root.is_some() || !self.0.path.is_empty() {
            write!(f, " ({})", Path(&self.0))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?}, \"{self}\")", self.0.kind)
    }
}

impl core::error::Error for Error {}

impl serde::ser::Error for Error {
    #[cold]
    fn custom<T: fmt::Display>(message: T) -> Error {
        Error::build(Kind::Custom, None, Detail::Text(message.to_string()))
    }
}

impl serde::de::Error for Error {
    #[cold]
    fn custom<T: fmt::Display>(message: T) -> Error {
        serde::ser::Error::custom(message)
    }

    /// serde's own `String` and `&str` say so of bytes that are not UTF-8.
    #[cold]
    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Error {
        match unexpected {
            Unexpected::Bytes(bytes) if core::str::from_utf8(bytes).is_err() => {
                Error::build(Kind::Utf8, None, Detail::None)
            }
            _ => serde::ser::Error::custom(format_args!("invalid value: {unexpected}, expected {expected}")),
        }
    }

    /// Our macros name an unknown discriminant by its number.
    #[cold]
    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Error {
        match variant.parse() {
            Ok(value) => {
                let list = alloc::format!(", expected one of {}", expected.join(", "));
                Error::build(Kind::Discriminant { value }, None, Detail::Text(list))
            }
            Err(_) => serde::ser::Error::custom(format_args!("unknown variant `{variant}`")),
        }
    }
}

impl Error {
    #[cold]
    pub(crate) fn range(value: i32, shape: &'static str, offset: usize) -> Error {
        Error::build(Kind::Range { value }, Some(offset), Detail::Shape(shape))
    }
}
