// Made from protocol/x/arrays.x by `cargo run -p virtwire-idl`: change that, not this.

//! What there may be several of, or none.

use virtwire_xdr::Text;

/// `COUNT_MAX` of the contract.
pub const COUNT_MAX: u32 = 3;

/// `LENGTH` of the contract.
pub const LENGTH: usize = 4;

/// `arrays` on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrays {
    /// Bytes. At most 3 bytes.
    pub up_to: Vec<u8>,
    /// The always.
    pub always: [u8; 4],
    /// The text. At most 300 bytes.
    pub text: Text,
    /// The called. At most 3 bytes.
    pub called: Text,
    /// The perhaps. At most 3 bytes.
    pub perhaps: Option<Text>,
    /// The some. At most 3.
    pub some: Vec<i32>,
    /// The few.
    pub few: [i64; 2],
    /// A word for each byte. At most 3 bytes.
    pub spelled: Vec<u8>,
    /// The spelled always.
    pub spelled_always: [u8; 4],
    /// The numbers. At most 3.
    pub numbers: Vec<u8>,
    /// The names. At most 3, each of at most 3 bytes.
    pub names: Vec<Text>,
    /// The gaps. At most 2, each of at most 3 bytes.
    pub gaps: Vec<Option<Text>>,
    /// The several. At most 3.
    pub several: Vec<[u8; 4]>,
    /// The pairs. At most 2.
    pub pairs: Vec<[i32; 2]>,
    /// The one.
    pub one: Option<Element>,
    /// The many. At most 3.
    pub many: Vec<Element>,
    /// The two.
    pub two: [Element; 2],
    /// More than the standard library has a default for.
    pub digest: [u8; 64],
}

/// Used before it is defined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// The value.
    pub value: i32,
}
