// Made from protocol/x/numbers.x by `cargo run -p virtwire-idl`: change that, not this.

//! Constants in every base, and every type of number.

/// Decimal, as a bound.
pub const DECIMAL: u32 = 4_194_304;

/// Below zero.
pub const NEGATIVE: i64 = -7;

/// `HEXADECIMAL` of the contract.
pub const HEXADECIMAL: u32 = 536_903_814;

/// `OCTAL` of the contract.
pub const OCTAL: u32 = 511;

/// Beyond a word.
pub const LARGE: i64 = 4_294_967_296;

/// One of each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Numbers {
    /// The truth.
    pub truth: bool,
    /// The small.
    pub small: i8,
    /// The unsigned small.
    pub unsigned_small: u8,
    /// The middling.
    pub middling: i16,
    /// The unsigned middling.
    pub unsigned_middling: u16,
    /// The word.
    pub word: i32,
    /// The unsigned word.
    pub unsigned_word: u32,
    /// The alone.
    pub alone: u32,
    /// The two words.
    pub two_words: i64,
    /// The unsigned two words.
    pub unsigned_two_words: u64,
    /// The single.
    pub single: f32,
    /// The twice.
    pub twice: f64,
    /// The four times.
    pub four_times: virtwire_xdr::Quadruple,
}
