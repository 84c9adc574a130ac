//! The flags of a migration, which of them each side may see, and which cannot go together.

use std::fmt;
use std::ops::BitOr;

/// `virDomainMigrateFlags`: what the caller asks for. 64 bits on the wire in the calls of versions 1 to 3.
///
/// Unknown bits are carried as they are: the hosts refuse what they do not know (code 8).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct MigrateFlags(pub u64);

macro_rules! named_flags {
    ($($(#[$doc:meta])* $name:ident = $value:literal;)*) => {
        impl MigrateFlags {
            $($(#[$doc])* pub const $name: MigrateFlags = MigrateFlags($value);)*

            const NAMES: &'static [(MigrateFlags, &'static str)] =
                &[$((MigrateFlags::$name, stringify!($name)),)*];
        }
    };
}

named_flags! {
    /// The guest runs while it moves.
    LIVE = 1;
    /// The source's daemon drives the migration.
    PEER2PEER = 2;
    /// The data goes through the daemons' own connection.
    TUNNELLED = 4;
    /// Define the guest on the destination.
    PERSIST_DEST = 8;
    /// Remove the definition from the source.
    UNDEFINE_SOURCE = 16;
    /// Leave the guest paused on the destination.
    PAUSED = 32;
    /// Copy the disks whole.
    NON_SHARED_DISK = 64;
    /// Copy the disks' differences from their backing files.
    NON_SHARED_INC = 128;
    /// Forbid changes of the configuration meanwhile.
    CHANGE_PROTECTION = 256;
    /// Skip the checks for storage that is not coherent.
    UNSAFE = 512;
    /// Move the definition of a guest that does not run.
    OFFLINE = 1024;
    /// Compress the memory.
    COMPRESSED = 2048;
    /// Fail if the guest meets an I/O error meanwhile.
    ABORT_ON_ERROR = 4096;
    /// Slow the guest down until the migration converges.
    AUTO_CONVERGE = 8192;
    /// Pin all memory for RDMA.
    RDMA_PIN_ALL = 16384;
    /// Allow a switch to post-copy.
    POSTCOPY = 32768;
    /// Encrypt the data.
    TLS = 65536;
    /// Use several connections for the data.
    PARALLEL = 131_072;
    /// Write to the copied disks synchronously.
    NON_SHARED_SYNCHRONOUS_WRITES = 262_144;
    /// Resume a broken post-copy.
    POSTCOPY_RESUME = 524_288;
    /// Send the memory without copying it.
    ZEROCOPY = 1_048_576;
}

impl MigrateFlags {
    /// Whether all of `other`'s flags are set.
    pub const fn has(self, other: MigrateFlags) -> bool {
        self.0 & other.0 == other.0
    }

    /// These flags without `other`'s.
    #[must_use]
    pub const fn without(self, other: MigrateFlags) -> MigrateFlags {
        MigrateFlags(self.0 & !other.0)
    }

    /// What the destination may see: without ABORT_ON_ERROR and AUTO_CONVERGE, which concern the source only.
    #[must_use]
    pub const fn for_destination(self) -> MigrateFlags {
        self.without(MigrateFlags::ABORT_ON_ERROR).without(MigrateFlags::AUTO_CONVERGE)
    }
}

impl BitOr for MigrateFlags {
    type Output = MigrateFlags;

    fn bitor(self, other: MigrateFlags) -> MigrateFlags {
        MigrateFlags(self.0 | other.0)
    }
}

/// The names of the set flags, joined by `|`; `0` when there are none; unknown bits as one hexadecimal
/// number.
impl fmt::Display for MigrateFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = *self;
        let mut separator = "";
        for (flag, name) in MigrateFlags::NAMES {
            if rest.has(*flag) {
                rest = rest.without(*flag);
                write!(f, "{separator}{name}")?;
                separator = "|";
            }
        }
        match (rest.0, separator) {
            (0, "") => f.write_str("0"),
            (0, _) => Ok(()),
            (unknown, _) => write!(f, "{separator}{unknown:#x}"),
        }
    }
}

impl fmt::Debug for MigrateFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
