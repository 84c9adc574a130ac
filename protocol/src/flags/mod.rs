//! libvirt's flags: a type for each family that calls take, which keeps the bits that it has no name for.
//!
//! ```
//! use virtwire_protocol::flags::DomainXmlFlags;
//!
//! let flags = DomainXmlFlags::SECURE | DomainXmlFlags::INACTIVE;
//! assert_eq!(flags.bits(), 3);
//! assert!(flags.contains(DomainXmlFlags::SECURE));
//! // A bit of a release to come is sent as it is; a daemon that does not know it says so.
//! assert_eq!(DomainXmlFlags::from_bits(0x11).to_string(), "SECURE|0x10");
//! ```

mod domain;
mod lists;
mod snapshot;
mod stats;
mod storage;

use std::fmt;

pub use domain::{
    AbortJobFlags, AffectFlags, AuthorizedSshKeysFlags, BackupFlags, BlockCommitFlags, BlockCopyFlags,
    BlockJobAbortFlags, BlockJobFlags, BlockRebaseFlags, BlockResizeFlags, ChannelFlags, ConsoleFlags,
    DefineFlags, DeviceFlags, DomainDestroyFlags, DomainSaveFlags, DomainShutdownFlags, DomainStartFlags,
    DomainUndefineFlags, DomainXmlFlags, DumpFlags, MemoryFlags, MemoryPeekFlags, PasswordFlags,
    SaveImageXmlFlags, TimeFlags, VcpuFlags, XmlFlags,
};
pub use lists::{
    ListDomainsFlags, ListInterfacesFlags, ListNetworksFlags, ListNodeDevicesFlags, ListSecretsFlags,
    ListStoragePoolsFlags,
};
pub use snapshot::{
    CheckpointCreateFlags, CheckpointDeleteFlags, CheckpointListFlags, CheckpointXmlFlags,
    SnapshotCreateFlags, SnapshotDeleteFlags, SnapshotListFlags, SnapshotRevertFlags,
};
pub use stats::{
    BaselineCpuFlags, DomainStatsFlags, DomainStatsKinds, GuestInfoKinds, JobStatsFlags, MessageKinds,
};
pub use storage::{
    NetworkPortCreateFlags, StoragePoolBuildFlags, StoragePoolCreateFlags, StoragePoolDeleteFlags,
    StorageVolCreateFlags, StorageVolDeleteFlags, StorageVolInfoFlags, StorageVolResizeFlags,
    StorageVolStreamFlags,
};

/// Writes families of flags: what libvirt calls each and what its constants begin with, then each name with its bit.
macro_rules! flags {
    ($(
        $(#[$attribute:meta])*
        $name:ident = $c:literal $prefix:literal {
            $($(#[$flag_attribute:meta])* $flag:ident = $bit:literal,)*
        }
    )*) => {
        $(
            $(#[$attribute])*
            ///
            #[doc = concat!("libvirt calls it `", $c, "`. Bits without a name here are kept.")]
            #[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
            pub struct $name(u32);

            impl $name {
                $($(#[$flag_attribute])* pub const $flag: $name = $name($bit);)*

                /// No flag.
                pub const NONE: $name = $name(0);

                const NAMES: &'static [(&'static str, u32)] = &[$((stringify!($flag), $bit)),*];

                /// Flags by their bits, known or not.
                pub const fn from_bits(bits: u32) -> $name {
                    $name(bits)
                }

                /// The bits, as they are on the wire.
                pub const fn bits(self) -> u32 {
                    self.0
                }

                /// Whether all of `other`'s flags are set.
                pub const fn contains(self, other: $name) -> bool {
                    self.0 & other.0 == other.0
                }

                /// Whether there is no flag.
                pub const fn is_empty(self) -> bool {
                    self.0 == 0
                }

                /// These flags without `other`'s.
                #[must_use]
                pub const fn without(self, other: $name) -> $name {
                    $name(self.0 & !other.0)
                }
            }

            impl std::ops::BitOr for $name {
                type Output = $name;

                fn bitor(self, other: $name) -> $name {
                    $name(self.0 | other.0)
                }
            }

            impl std::ops::BitOrAssign for $name {
                fn bitor_assign(&mut self, other: $name) {
                    self.0 |= other.0;
                }
            }

            /// The names of the set flags, joined by `|`; `0` when there are none; unknown bits as one hexadecimal number.
            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    super::write(f, self.0, $name::NAMES)
                }
            }

            impl std::fmt::Debug for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    super::write(f, self.0, $name::NAMES)
                }
            }
        )*

        /// Each family's name and prefix in libvirt, and its flags.
        #[cfg(test)]
        pub(super) const ALL: &[(&str, &str, &[(&str, u32)])] = &[$(($c, $prefix, $name::NAMES),)*];
    };
}
use flags;

/// The names of the set flags; see their `Display`.
fn write(f: &mut fmt::Formatter<'_>, bits: u32, names: &[(&str, u32)]) -> fmt::Result {
    let mut rest = bits;
    let mut separator = "";
    for (name, bit) in names {
        if rest & bit != 0 {
            rest &= !bit;
            write!(f, "{separator}{name}")?;
            separator = "|";
        }
    }
    match (rest, separator) {
        (0, "") => f.write_str("0"),
        (0, _) => Ok(()),
        (unknown, _) => write!(f, "{separator}{unknown:#x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_bits_are_libvirts() {
        let facts: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/fixtures/facts/constants.json")).unwrap();
        let families = [domain::ALL, lists::ALL, snapshot::ALL, stats::ALL, storage::ALL].concat();
        for (family, prefix, names) in &families {
            let mut seen = 0;
            for (name, bit) in *names {
                let known = facts["constants"][format!("{prefix}{name}")].as_u64();
                assert_eq!(known, Some(u64::from(*bit)), "{family}: {name}");
                assert!(bit.is_power_of_two() && seen & bit == 0, "{family}: {name}");
                seen |= bit;
            }
        }
        assert_eq!(families.len(), 57);
    }

    #[test]
    fn flags_are_written_by_name_and_unknown_bits_are_kept() {
        let flags = DomainUndefineFlags::MANAGED_SAVE | DomainUndefineFlags::NVRAM;
        assert_eq!(flags.to_string(), "MANAGED_SAVE|NVRAM");
        assert_eq!(format!("{:?}", DomainUndefineFlags::NONE), "0");
        assert_eq!(DomainUndefineFlags::from_bits(0x8000_0001).to_string(), "MANAGED_SAVE|0x80000000");
        assert_eq!(DomainUndefineFlags::from_bits(u32::MAX).bits(), u32::MAX);
        assert!(flags.contains(DomainUndefineFlags::NVRAM) && !flags.contains(DomainUndefineFlags::TPM));
        assert_eq!(flags.without(DomainUndefineFlags::NVRAM), DomainUndefineFlags::MANAGED_SAVE);
    }
}
