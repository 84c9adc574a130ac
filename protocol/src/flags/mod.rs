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
    BlockJobAbortFlags, BlockJobFlags, BlockPullFlags, BlockRebaseFlags, BlockResizeFlags, ChannelFlags,
    ConsoleFlags, DefineFlags, DeviceFlags, DirtyRateFlags, DomainDestroyFlags, DomainSaveFlags,
    DomainShutdownFlags, DomainStartFlags, DomainUndefineFlags, DomainXmlFlags, DumpFlags, FdAssociateFlags,
    HostnameFlags, MemoryFailureFlags, MemoryFlags, MemoryPeekFlags, MigrateMaxSpeedFlags,
    MonitorCommandFlags, MonitorEventFlags, OpenGraphicsFlags, PasswordFlags, SaveImageXmlFlags, TimeFlags,
    VcpuFlags, XmlFlags,
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
    BaselineCpuFlags, CompareCpuFlags, DomainStatsFlags, DomainStatsKinds, GuestInfoKinds, JobStatsFlags,
    MessageKinds, NodeAllocPagesFlags,
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

            /// As [`from_bits`](Self::from_bits).
            impl From<u32> for $name {
                fn from(bits: u32) -> $name {
                    $name(bits)
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
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn names_and_bits_are_libvirts() {
        let known = constants();
        for (family, prefix, names) in families() {
            let mut seen = 0;
            for (name, bit) in names {
                assert_eq!(known.get(&format!("{prefix}{name}")), Some(&i64::from(*bit)), "{family}: {name}");
                assert!(bit.is_power_of_two() && seen & bit == 0, "{family}: {name}");
                seen |= bit;
            }
        }
    }

    /// Or else a handle would send none, and nobody would miss it.
    #[test]
    fn every_flag_of_libvirts_is_of_a_family_here() {
        let plain = |name: String| name.to_lowercase().replace(['_', '-'], "");
        let words = [&crate::enums::ALL[..], &[crate::event::detail::ALL]].concat().concat();
        let mut here = BTreeSet::new();
        for (_, prefix, names) in families() {
            here.extend(names.iter().map(|(name, _)| plain(format!("{prefix}{name}"))));
        }
        for (_, prefix, words) in words {
            here.extend(words.iter().map(|(word, _)| plain(format!("{prefix}{word}"))));
        }
        let could_be_flags =
            constants().into_iter().filter(|(_, value)| *value > 0 && value.count_ones() == 1);
        let others: Vec<_> = could_be_flags
            .map(|(name, _)| name)
            .filter(|name| !here.contains(&plain(name.clone())))
            .collect();
        for (part, what) in ELSEWHERE {
            assert!(others.iter().any(|name| name.contains(part)), "there is no {part}: {what}");
        }
        let missing = others.iter().filter(|name| ELSEWHERE.iter().all(|(part, _)| !name.contains(part)));
        assert!(missing.clone().next().is_none(), "of no family: {:?}", missing.collect::<Vec<_>>());
    }

    /// What else looks like a flag, by a part of its name, and what it is.
    const ELSEWHERE: &[(&str, &str)] = &[
        ("VIR_MIGRATE_", "crate::migrate::flags"),
        ("VIR_CONNECT_RO", "a client's own: OpenOptions::read_only"),
        ("VIR_CONNECT_NO_ALIASES", "a client's own"),
        ("VIR_STREAM_", "a client's own"),
        ("_PARAM_", "types of parameters; and STRING_OKAY, which the client adds by itself"),
        ("_SCHED_FIELD_", "types of parameters"),
        // Another name of a flag that is here.
        ("_DEFINE_VALIDATE", "DefineFlags"),
        ("_CREATE_VALIDATE", "DefineFlags"),
        ("_XML_VALIDATE", "DefineFlags"),
        ("_XML_INACTIVE", "XmlFlags"),
        ("VIR_DOMAIN_SNAPSHOT_XML_SECURE", "DomainXmlFlags"),
        ("_LIST_DESCENDANTS", "SnapshotListFlags::ROOTS and CheckpointListFlags::ROOTS"),
        ("VIR_DOMAIN_REBOOT_", "DomainShutdownFlags"),
        ("VIR_DOMAIN_BLOCK_JOB_SPEED_", "BlockJobFlags"),
        ("VIR_NETWORK_UPDATE_AFFECT_", "AffectFlags"),
        ("VIR_STORAGE_VOL_DOWNLOAD_", "StorageVolStreamFlags"),
        // Numbers of which one stands alone.
        ("_EVENT_ID_", "kinds of events"),
        ("VIR_CRED_", "what a client asks its user"),
        ("VIR_DOMAIN_DIRTYRATE_MEASUR", "`dirtyrate.calc_status` of a domain's stats"),
        ("VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_", "families of addresses"),
        ("VIR_DOMAIN_NUMATUNE_MEM_", "`numa_mode` of a domain"),
        ("VIR_DRV_FEATURE_", "crate::profile::Feature"),
        ("VIR_WAR_", "codes of errors"),
    ];

    /// The contract's name, libvirt's, and each flag's name and bit.
    type Family = (&'static str, &'static str, &'static [(&'static str, u32)]);

    fn families() -> Vec<Family> {
        [domain::ALL, lists::ALL, snapshot::ALL, stats::ALL, storage::ALL].concat()
    }

    /// All that is known of libvirt's, by name: what its modules for python have, and the enumerations of newer releases.
    fn constants() -> BTreeMap<String, i64> {
        let read = |text| serde_json::from_str::<serde_json::Value>(text).unwrap();
        let python = read(include_str!("../../../tests/fixtures/facts/constants.json"));
        let newer = read(include_str!("../../../tests/fixtures/facts/enums.json"));
        let python = python["constants"].as_object().unwrap().iter();
        let newer = newer["enums"].as_object().unwrap().values().flat_map(|of| of.as_array().unwrap());
        let newer = newer.map(|of| (of["name"].as_str().unwrap().to_owned(), of["value"].as_i64().unwrap()));
        python.map(|(name, value)| (name.clone(), value.as_i64().unwrap())).chain(newer).collect()
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
