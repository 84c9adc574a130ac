//! The guest, and what one host passes to the other about it.

use std::fmt;

use virtwire_xdr::Text;

/// A guest as hosts name it to each other.
#[derive(Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Domain {
    /// Its name on that host. At most 4,194,304 bytes.
    pub name: Text,
    /// The same on every host.
    #[cfg_attr(feature = "journal", serde(with = "crate::migrate::journal::saved::uuid"))]
    pub uuid: [u8; 16],
    /// Its number while it is active on that host, else -1.
    pub id: i32,
}

impl Domain {
    /// Whether a host's word about the guest can be of the same run of it. Not where it has another number there: it has ended in between.
    pub(crate) fn may_be_the_run_of(&self, before: &Domain) -> bool {
        before.id == NO_ID || self.id == before.id
    }
}

/// The number of a guest that is not active, or whose caller does not know it.
const NO_ID: i32 = -1;

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, Uuid(&self.uuid))
    }
}

impl fmt::Debug for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} id {}", self.id)
    }
}

/// The usual form, in five groups.
pub(crate) struct Uuid<'a>(pub(crate) &'a [u8; 16]);

impl fmt::Display for Uuid<'_> {
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

/// Bytes that one host gives for the other, opaque to everybody in between. At most 4,194,304; empty means
/// none.
///
/// `Debug` tells the length only: cookies may hold secrets and are never logged.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Cookie(
    #[cfg_attr(feature = "journal", serde(with = "crate::migrate::journal::saved::hex"))] pub Vec<u8>,
);

impl fmt::Debug for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// The source's exact configuration of the guest, as the destination must rebuild it. At most 4,194,304
/// bytes.
///
/// `Debug` tells the length only, for the reason that [`Cookie`] gives.
#[derive(Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct DomainXml(pub Text);

impl fmt::Debug for DomainXml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.as_bytes().len())
    }
}
