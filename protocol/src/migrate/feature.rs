//! What a peer reports about itself, as far as it decides how a guest can move.

use std::fmt;

use super::plan::Version;
use super::request::Way;

/// A feature that `connect_supports_feature` (60) is asked for. Others do not concern a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Feature {
    /// 1: serves 61, 62 and 63.
    MigrationV1,
    /// 3: serves 108, 62 and 109.
    MigrationV2,
    /// 4: its daemon moves guests by itself.
    MigrationP2p,
    /// 5: its hypervisor moves guests by itself, to where no daemon is.
    MigrationDirect,
    /// 6: serves 213 to 218.
    MigrationV3,
    /// 7: can protect a guest's configuration from changes while it moves.
    MigrateChangeProtection,
    /// 11: has domain XML made for a destination to read (flag 8 of 14).
    XmlMigratable,
    /// 12: moves definitions of guests that do not run.
    MigrationOffline,
    /// 13: serves 302 to 307.
    MigrationParams,
}

impl Feature {
    /// All of them.
    pub const ALL: [Feature; 9] = [
        Feature::MigrationP2p,
        Feature::MigrationDirect,
        Feature::MigrationParams,
        Feature::MigrationV3,
        Feature::MigrationV2,
        Feature::MigrationV1,
        Feature::XmlMigratable,
        Feature::MigrateChangeProtection,
        Feature::MigrationOffline,
    ];

    /// Those that decide how a guest moves this [way](Way), in the order in which a driver asks: each of the source, then of the
    /// destination. Where the source moves it, the destination need not be asked.
    pub fn that_decide(way: &Way) -> &'static [Feature] {
        match way {
            Way::Managed => &Feature::ALL[2..],
            Way::PeerToPeer { .. } | Way::Direct => &Feature::ALL,
        }
    }

    /// The number on the wire.
    pub const fn number(self) -> i32 {
        match self {
            Feature::MigrationV1 => 1,
            Feature::MigrationV2 => 3,
            Feature::MigrationP2p => 4,
            Feature::MigrationDirect => 5,
            Feature::MigrationV3 => 6,
            Feature::MigrateChangeProtection => 7,
            Feature::XmlMigratable => 11,
            Feature::MigrationOffline => 12,
            Feature::MigrationParams => 13,
        }
    }

    const fn bit(self) -> u16 {
        1 << self.number()
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Feature::MigrationV1 => "MIGRATION_V1",
            Feature::MigrationV2 => "MIGRATION_V2",
            Feature::MigrationP2p => "MIGRATION_P2P",
            Feature::MigrationDirect => "MIGRATION_DIRECT",
            Feature::MigrationV3 => "MIGRATION_V3",
            Feature::MigrateChangeProtection => "MIGRATE_CHANGE_PROTECTION",
            Feature::XmlMigratable => "XML_MIGRATABLE",
            Feature::MigrationOffline => "MIGRATION_OFFLINE",
            Feature::MigrationParams => "MIGRATION_PARAMS",
        };
        write!(f, "{name} ({})", self.number())
    }
}

/// The features that one peer answered with a number other than 0.
///
/// A query that fails is not a "no": whoever asks must give up the migration instead of leaving the feature
/// out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Features(u16);

impl Features {
    /// None reported.
    pub const NONE: Features = Features(0);

    /// Whether the peer reports `feature`.
    pub const fn has(self, feature: Feature) -> bool {
        self.0 & feature.bit() != 0
    }

    /// Those features that both peers report.
    #[must_use]
    pub const fn common(self, other: Features) -> Features {
        Features(self.0 & other.0)
    }

    /// The versions that a peer with these features can take part in, newest first.
    pub fn versions(self) -> Vec<Version> {
        let all = [Version::V3Params, Version::V3, Version::V2, Version::V1];
        all.into_iter().filter(|version| self.has(version.feature())).collect()
    }
}

impl FromIterator<Feature> for Features {
    fn from_iter<I: IntoIterator<Item = Feature>>(features: I) -> Features {
        Features(features.into_iter().fold(0, |bits, feature| bits | feature.bit()))
    }
}

/// The features' names, as in `MIGRATION_V2 (3), MIGRATION_V1 (1)`, or `no migration features`.
impl fmt::Display for Features {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for feature in Feature::ALL {
            if self.has(feature) {
                write!(f, "{separator}{feature}")?;
                separator = ", ";
            }
        }
        if separator.is_empty() { f.write_str("no migration features") } else { Ok(()) }
    }
}

impl fmt::Debug for Features {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
