//! How the parts of a record look in a file that people may read: hexadecimal bytes, and procedures by name.

use std::fmt::Write;

use serde::de::{Deserialize, Deserializer, Error};

use crate::program::Program;

/// A procedure's name is the contract's own, so that nothing else can be read back.
pub(crate) fn procedure<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static str, D::Error> {
    let name = String::deserialize(deserializer)?;
    let known = Program::REMOTE.procedures().iter().find(|procedure| procedure.name == name);
    known
        .map(|procedure| procedure.name)
        .ok_or_else(|| D::Error::custom(format!("no procedure is called {name}")))
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a `String` does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let digit = |digit: &u8| char::from(*digit).to_digit(16);
    digits
        .chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(digit(high)? * 16 + digit(low)?).ok(),
            _ => None,
        })
        .collect()
}

/// Bytes of any number.
pub(crate) mod hex {
    use super::*;
    use serde::ser::Serializer;

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&to_hex(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        from_hex(&text).ok_or_else(|| D::Error::custom("not hexadecimal"))
    }
}

/// The sixteen bytes of a UUID.
pub(crate) mod uuid {
    use super::*;
    use serde::ser::Serializer;

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8; 16], serializer: S) -> Result<S::Ok, S::Error> {
        hex::serialize(bytes, serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 16], D::Error> {
        let bytes = hex::deserialize(deserializer)?;
        bytes.try_into().map_err(|_| D::Error::custom("not sixteen bytes"))
    }
}
