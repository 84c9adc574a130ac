// Made from protocol/x/documented.x by `cargo run -p virtwire-idl`: change that, not this.

//! The types of `documented`.

use virtwire_xdr::Text;

/// Several lines, and a table:
///
/// ```text
/// a  1
/// b  2
/// ```
///
/// And then some.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Documented {
    /// A field with one line.
    pub first: i32,
    /// A field whose line is too long to take the sentence on its bound as well, so that this goes below.
    /// At most 16 bytes.
    pub second: Text,
    /// A field with a table at its end:
    ///
    /// ```text
    /// 0  none
    /// ```
    ///
    /// At most 16 bytes.
    pub third: Text,
    /// The type.
    pub r#type: i32,
    /// The number of the registration.
    pub callback_id: i32,
}
