//! An XDR string: bytes that are usually UTF-8.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::Utf8Error;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::codec::{BytesVisitor, serialize_text};
use crate::decode;

/// An XDR string (RFC 4506 §4.11): any bytes, usually UTF-8.
///
/// The standard says ASCII and peers send what they like. A `String` would make one odd name undecodable, and the
/// list it is in with it; `Text` keeps the bytes and leaves the question to who needs characters. Has no bound of its
/// own but the wire's 32 bits; see [`Str`](crate::Str).
///
/// ```
/// use virtwire_xdr::Text;
/// let name = Text::from("guest");
/// assert_eq!(name, "guest");
/// assert_eq!(name.to_str(), Ok("guest"));
/// let odd = Text::from(b"g\xfcst".to_vec());
/// assert!(odd.to_str().is_err());
/// assert_eq!(odd.to_string(), "g\u{fffd}st");
/// assert_eq!(format!("{odd:?}"), r#""g\xfcst""#);
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Vec<u8>);

impl Text {
    /// The empty string.
    pub const fn new() -> Text {
        Text(Vec::new())
    }

    /// The bytes, as they are on the wire.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, without a copy.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// The characters.
    ///
    /// # Errors
    /// When the bytes are not UTF-8.
    pub fn to_str(&self) -> Result<&str, Utf8Error> {
        core::str::from_utf8(&self.0)
    }

    /// The characters, with U+FFFD for what is not UTF-8.
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }

    /// The length in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text(text.into())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text(text.into_bytes())
    }
}

impl From<&String> for Text {
    fn from(text: &String) -> Text {
        Text::from(text.as_str())
    }
}

/// A copy, where something is called by what it has said it is called.
impl From<&Text> for Text {
    fn from(text: &Text) -> Text {
        text.clone()
    }
}

impl From<Vec<u8>> for Text {
    #[inline]
    fn from(bytes: Vec<u8>) -> Text {
        Text(bytes)
    }
}

impl AsRef<[u8]> for Text {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.0 == other.as_bytes()
    }
}

/// Lossy: U+FFFD for what is not UTF-8.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_string_lossy())
    }
}

/// Quoted, with `\xNN` for what is not UTF-8.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for chunk in self.0.utf8_chunks() {
            write!(f, "{}", chunk.valid().escape_debug())?;
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        f.write_str("\"")
    }
}

/// A string where people read it, if it is UTF-8; bytes otherwise.
impl Serialize for Text {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_text(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Text {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        let visitor = BytesVisitor::new(decode::STRING, 0, u32::MAX as usize);
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(visitor)
        } else {
            deserializer.deserialize_byte_buf(visitor)
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString};

    use super::*;

    #[test]
    fn a_text_shows_what_it_is() {
        check("", b"", r#""""#, "");
        check("guest", b"guest", r#""guest""#, "guest");
        check("é\"\n", "é\"\n".as_bytes(), r#""é\"\n""#, "é\"\n");

        #[track_caller]
        fn check(text: &str, bytes: &[u8], debug: &str, display: &str) {
            for text in [Text::from(text), Text::from(String::from(text)), Text::from(bytes.to_vec())] {
                assert_eq!(text.as_bytes(), bytes);
                assert_eq!(format!("{text:?}"), debug);
                assert_eq!(text.to_string(), display);
                assert_eq!(text.to_str(), Ok(display));
                assert_eq!(text, display);
                assert_eq!(text, *display);
                assert_eq!((text.len(), text.is_empty()), (bytes.len(), bytes.is_empty()));
                assert_eq!(text.into_bytes(), bytes);
            }
        }
    }

    #[test]
    fn what_is_not_utf8_is_escaped_for_debug_and_replaced_for_display() {
        let text = Text::from(b"a\xff\xfe\xc3(".to_vec());
        assert!(text.to_str().is_err());
        assert_eq!(format!("{text:?}"), r#""a\xff\xfe\xc3(""#);
        assert_eq!(text.to_string(), "a\u{fffd}\u{fffd}\u{fffd}(");
        assert_eq!(text.to_string_lossy().chars().count(), 5);
        assert_eq!(format!("{:>7}|", Text::from("ab")), "     ab|");
    }

    #[test]
    fn texts_are_ordered_by_their_bytes() {
        let mut texts = [Text::from("b"), Text::from(alloc::vec![0xff]), Text::new(), Text::from("a")];
        texts.sort();
        assert_eq!(texts.map(Text::into_bytes), [&b""[..], b"a", b"b", b"\xff"]);
    }
}
