//! Peers of every age, by what they report and what they serve.

use virtwire_protocol::migrate::{Feature, Features};

/// A daemon: the features that it reports and the procedures that it has. The two need not agree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    features: &'static [Feature],
    procedures: &'static [i32],
}

impl Peer {
    pub(crate) fn features(&self) -> Features {
        self.features.iter().copied().collect()
    }

    pub(crate) fn reports(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    /// Whether a job that only waits for the migration's next step is told of.
    pub(crate) fn shows_waiting_job(&self) -> bool {
        self.name == V3.name
    }

    pub(crate) fn serves(&self, procedure: i32) -> bool {
        self.procedures.contains(&procedure)
    }
}

use Feature::XmlMigratable;
use Feature::{MigrateChangeProtection, MigrationParams, MigrationV1, MigrationV2, MigrationV3};

/// Version 1 only, before job info (163) and states with reasons (212).
pub(crate) const V1_ONLY: Peer =
    Peer { name: "0.4.4", features: &[MigrationV1], procedures: &[2, 14, 16, 23, 24, 61, 62, 63] };

/// Version 2 without job info.
pub(crate) const V2_NO_JOBS: Peer =
    Peer { name: "0.7.0", features: &[MigrationV2], procedures: &[2, 14, 16, 23, 24, 62, 108, 109] };

/// Version 2 with job info. Has 61 and 63 without reporting feature 1: it takes their data and cannot make a
/// guest of it.
pub(crate) const V2_ONLY: Peer = Peer {
    name: "0.9.1",
    features: &[MigrationV2],
    procedures: &[2, 14, 16, 23, 24, 61, 62, 63, 108, 109, 163],
};

/// Versions 1 and 2.
pub(crate) const V2_AND_V1: Peer = Peer {
    name: "0.9.1 with v1",
    features: &[MigrationV1, MigrationV2],
    procedures: &[2, 14, 16, 23, 24, 61, 62, 63, 108, 109, 163],
};

/// Reports versions 1 and 2 and lacks 108: the downgrade by fact.
pub(crate) const LACKS_PREPARE2: Peer = Peer {
    name: "0.9.1 with v1 without 108",
    features: &[MigrationV1, MigrationV2],
    procedures: &[2, 14, 16, 23, 24, 61, 62, 63, 109, 163],
};

/// Reports version 2 alone, lacks 108, and has 61 as [`V2_ONLY`] has it.
pub(crate) const LACKS_PREPARE2_AND_V1: Peer = Peer {
    name: "0.9.1 without 108",
    features: &[MigrationV2],
    procedures: &[2, 14, 16, 23, 24, 61, 62, 63, 109, 163],
};

/// What `virtwire serve` is until it has version 3.
pub(crate) const OURS: Peer = Peer {
    name: "virtwire",
    features: &[MigrationV1, MigrationV2, XmlMigratable],
    procedures: &[2, 14, 16, 23, 24, 61, 62, 63, 108, 109, 163, 212],
};

/// No migration at all.
pub(crate) const NEITHER: Peer =
    Peer { name: "no migration", features: &[], procedures: &[2, 14, 16, 23, 24, 163, 212] };

/// A qemu daemon of today.
pub(crate) const V3: Peer = Peer {
    name: "9.0",
    features: &[MigrationV2, MigrationV3, MigrateChangeProtection, XmlMigratable, MigrationParams],
    procedures: &[
        2, 12, 14, 16, 23, 24, 28, 62, 108, 109, 163, 212, 213, 214, 216, 217, 218, 302, 303, 305, 306, 307,
    ],
};

/// The same before parameters.
pub(crate) const V3_FIXED: Peer = Peer {
    name: "1.0.5",
    features: &[MigrationV2, MigrationV3, MigrateChangeProtection, XmlMigratable],
    procedures: &[2, 12, 14, 16, 23, 24, 28, 62, 108, 109, 163, 212, 213, 214, 216, 217, 218],
};

/// The first with version 3: its source does not hold the guest's configuration still.
pub(crate) const V3_BARE: Peer = Peer {
    name: "0.9.2",
    features: &[MigrationV2, MigrationV3],
    procedures: &[2, 12, 14, 16, 23, 24, 28, 62, 108, 109, 163, 212, 213, 214, 216, 217, 218],
};

/// A driver that has version 3 with parameters alone.
pub(crate) const PARAMS_ONLY: Peer = Peer {
    name: "params only",
    features: &[MigrationParams],
    procedures: &[2, 12, 14, 16, 23, 24, 28, 163, 212, 302, 303, 305, 306, 307],
};

pub(crate) const ALL: [Peer; 12] = [
    V1_ONLY,
    V2_NO_JOBS,
    V2_ONLY,
    V2_AND_V1,
    LACKS_PREPARE2,
    LACKS_PREPARE2_AND_V1,
    OURS,
    NEITHER,
    V3,
    V3_FIXED,
    V3_BARE,
    PARAMS_ONLY,
];
