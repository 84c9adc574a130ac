// Made from protocol/x/unions.x by `cargo run -p virtwire-idl`: change that, not this.

//! One of several, chosen by a number.

use virtwire_xdr::Text;

/// `TAG_INT` of the contract.
pub const TAG_INT: u32 = 1;

/// `TAG_TEXT` of the contract.
pub const TAG_TEXT: u32 = 7;

/// `colour` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Colour {
    /// `COLOUR_RED`, 0.
    Red,
    /// `COLOUR_GREEN`, 1.
    Green,
    /// `COLOUR_BLUE`, 5.
    Blue,
    /// A value that the contract does not know, kept as it came.
    Unknown(i32),
}

/// Cases by constants, with no way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tagged {
    /// A number. Discriminant 1.
    Int(i32),
    /// Discriminant 7.
    Text(Text),
}

/// Cases by numbers, with nothing in them and a default with nothing in it.
#[derive(Clone, Debug, PartialEq)]
pub enum ByNumber {
    /// Discriminant 0.
    Case0,
    /// Discriminant 1.
    Either1(i64),
    /// Discriminant 2.
    Either2(i64),
    /// Discriminant 4294967295.
    Last(f64),
    /// Any other discriminant, which is kept.
    Other(u32),
}

/// `by_colour` on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ByColour {
    /// Discriminant 0.
    Red(i32),
    /// Discriminant 5.
    Blue,
    /// Everything that is neither. Any other discriminant, which is kept.
    Other(i32, Vec<u8>),
}

/// `by_truth` on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ByTruth {
    /// Discriminant 1.
    True(i32),
    /// Discriminant 0.
    False,
}

/// `below_zero` on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BelowZero {
    /// Discriminant -1.
    CaseMinus1,
    /// Discriminant -2.
    SameMinus2(i32),
    /// Discriminant 3.
    Same3(i32),
}

/// `unions` on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unions {
    /// The one.
    pub one: Tagged,
    /// The some. At most 2.
    pub some: Vec<ByColour>,
}
