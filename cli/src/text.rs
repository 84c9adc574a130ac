//! Peers' texts that may be no UTF-8: what is a file there has whatever name that has.

use std::ffi::OsStr;
use std::fmt::Write;
use std::os::unix::ffi::OsStrExt;

use serde_json::{Value, json};
use virtwire::xdr::Text;

use crate::harmless::is_unsafe;

/// What a user typed, as it is.
pub(crate) fn typed(text: &OsStr) -> Text {
    Text::from(text.as_bytes().to_vec())
}

/// For programs: a string, or the bytes of what is none, as `virtwire call` has them.
pub(crate) fn value(text: &Text) -> Value {
    match text.to_str() {
        Ok(text) => text.into(),
        Err(_) => {
            let hex = text.as_bytes().iter().fold(String::new(), |mut hex, byte| {
                // Writing to a string does not fail.
                let _ = write!(hex, "{byte:02x}");
                hex
            });
            json!({ "hex": hex })
        }
    }
}

/// For people: itself, and what is no UTF-8 as shells take it, `$'v\3771'`.
pub(crate) fn word(text: &Text) -> String {
    if let Ok(text) = text.to_str() {
        return text.to_owned();
    }
    let mut word = "$'".to_owned();
    for chunk in text.as_bytes().utf8_chunks() {
        for char in chunk.valid().chars() {
            match char {
                '\'' | '\\' => word.extend(['\\', char]),
                char if is_unsafe(char) => push_octal(&mut word, char.encode_utf8(&mut [0; 4]).as_bytes()),
                char => word.push(char),
            }
        }
        push_octal(&mut word, chunk.invalid());
    }
    word + "'"
}

/// In three digits, behind which another may stand: of hexadecimal ones some shells take any number.
fn push_octal(word: &mut String, bytes: &[u8]) {
    for byte in bytes {
        let _ = write!(word, "\\{byte:03o}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_utf_8_can_be_typed_and_read() {
        let odd = typed(OsStr::from_bytes(b"v\xff1'\\"));
        assert_eq!((word(&odd).as_str(), value(&odd)), (r"$'v\3771\'\\'", json!({"hex": "76ff31275c"})));
        assert_eq!(word(&typed(OsStr::from_bytes(b"v\x1b\n\xff"))), r"$'v\033\012\377'");
        let usual = Text::from("it's");
        assert_eq!((word(&usual).as_str(), value(&usual)), ("it's", json!("it's")));
    }
}
