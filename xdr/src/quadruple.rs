//! Quadruple precision.

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::codec::FixedOpaque;

/// A quadruple-precision floating-point number (RFC 4506 §4.8): the 16 bytes of an IEEE binary128, sign first.
///
/// Rust has no such type in stable releases, so the bytes are all there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Quadruple(pub [u8; 16]);

impl Serialize for Quadruple {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        FixedOpaque::<16>::serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Quadruple {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Quadruple, D::Error> {
        FixedOpaque::<16>::deserialize(deserializer).map(Quadruple)
    }
}
