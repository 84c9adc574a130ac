//! The sixteen bytes that name a domain wherever it goes.

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::str::FromStr;

/// A UUID: sixteen raw bytes on the wire, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` in domain XML and for people.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid(pub [u8; 16]);

impl Uuid {
    /// A fresh one (version 4, from the operating system's randomness by way of std's hasher keys).
    pub fn random() -> Uuid {
        let mut bytes = [0; 16];
        for half in bytes.chunks_exact_mut(8) {
            half.copy_from_slice(&RandomState::new().build_hasher().finish().to_ne_bytes());
        }
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        Uuid(bytes)
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text was not a UUID.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a UUID: expected 32 hexadecimal digits, dashes allowed between them")]
pub struct UuidError(String);

impl FromStr for Uuid {
    type Err = UuidError;

    /// Takes what libvirt takes: 32 hexadecimal digits of either case, with or without dashes.
    fn from_str(text: &str) -> Result<Uuid, UuidError> {
        let wrong = || UuidError(text.to_owned());
        let mut bytes = [0; 16];
        let mut digits = text.chars().filter(|c| *c != '-');
        for byte in &mut bytes {
            for _ in 0..2 {
                let digit = digits.next().and_then(|c| c.to_digit(16)).ok_or_else(wrong)?;
                *byte = *byte << 4 | digit as u8;
            }
        }
        if digits.next().is_some() { Err(wrong()) } else { Ok(Uuid(bytes)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_read_with_or_without_dashes_and_written_with_them() {
        let text = "c7a5fdbd-cdaf-9455-926a-d65c16db1809";
        let uuid: Uuid = text.parse().unwrap();
        assert_eq!(uuid.to_string(), text);
        assert_eq!("C7A5FDBDCDAF9455926AD65C16DB1809".parse(), Ok(uuid));
        for wrong in
            ["", "c7a5", "c7a5fdbd-cdaf-9455-926a-d65c16db180", "c7a5fdbd-cdaf-9455-926a-d65c16db18090", "é"]
        {
            assert!(wrong.parse::<Uuid>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn fresh_ones_differ() {
        assert_ne!(Uuid::random(), Uuid::random());
    }
}
