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
use Feature::{MigrateChangeProtection, MigrationDirect, MigrationOffline, MigrationP2p, MigrationParams};
use Feature::{MigrationV1, MigrationV2, MigrationV3};

/// Version 1 only, before job info (163) and states with reasons (212).
pub(crate) const V1_ONLY: Peer =
    Peer { name: "0.4.4", features: &[MigrationV1], procedures: &[2, 12, 14, 16, 23, 24, 61, 62, 63] };

/// Version 2 without job info.
pub(crate) const V2_NO_JOBS: Peer = Peer {
    name: "0.7.0",
    features: &[MigrationP2p, MigrationV2],
    procedures: &[2, 12, 14, 16, 23, 24, 62, 108, 109],
};

/// Version 2 with job info. Has 61 and 63 without reporting feature 1: it takes their data and cannot make a
/// guest of it.
pub(crate) const V2_ONLY: Peer = Peer {
    name: "0.9.1",
    features: &[MigrationP2p, MigrationV2],
    procedures: &[2, 12, 14, 16, 23, 24, 61, 62, 63, 108, 109, 163],
};

/// Version 2, and its hypervisor moves guests by itself.
pub(crate) const V2_DIRECT: Peer = Peer {
    name: "direct before version 3",
    features: &[MigrationDirect, MigrationV2],
    procedures: V2_ONLY.procedures,
};

/// Version 1, also between daemons.
pub(crate) const V1_P2P: Peer = Peer {
    name: "version 1, peer to peer",
    features: &[MigrationP2p, MigrationV1],
    procedures: &[2, 12, 14, 16, 23, 24, 61, 62, 63, 163],
};

/// Versions 1 and 2.
pub(crate) const V2_AND_V1: Peer = Peer {
    name: "0.9.1 with v1",
    features: &[MigrationV1, MigrationV2],
    procedures: &[2, 12, 14, 16, 23, 24, 61, 62, 63, 108, 109, 163],
};

/// Reports versions 1 and 2 and lacks 108: the downgrade by fact.
pub(crate) const LACKS_PREPARE2: Peer = Peer {
    name: "0.9.1 with v1 without 108",
    features: &[MigrationV1, MigrationV2],
    procedures: &[2, 12, 14, 16, 23, 24, 61, 62, 63, 109, 163],
};

/// Reports version 2 alone, lacks 108, and has 61 as [`V2_ONLY`] has it.
pub(crate) const LACKS_PREPARE2_AND_V1: Peer = Peer {
    name: "0.9.1 without 108",
    features: &[MigrationV2],
    procedures: &[2, 12, 14, 16, 23, 24, 61, 62, 63, 109, 163],
};

/// What `virtwire serve` is until it has version 3.
pub(crate) const OURS: Peer = Peer {
    name: "virtwire",
    features: &[MigrationV1, MigrationV2, XmlMigratable],
    procedures: &[2, 12, 14, 16, 23, 24, 61, 62, 63, 108, 109, 163, 212],
};

/// No migration at all.
pub(crate) const NEITHER: Peer =
    Peer { name: "no migration", features: &[], procedures: &[2, 12, 14, 16, 23, 24, 163, 212] };

/// A qemu daemon of today.
pub(crate) const V3: Peer = Peer {
    name: "9.0",
    features: &[
        MigrationP2p,
        MigrationDirect,
        MigrationV2,
        MigrationV3,
        MigrateChangeProtection,
        XmlMigratable,
        MigrationOffline,
        MigrationParams,
    ],
    procedures: &[
        2, 12, 14, 16, 23, 24, 28, 62, 108, 109, 163, 212, 213, 214, 216, 217, 218, 302, 303, 305, 306, 307,
    ],
};

/// The same before parameters.
pub(crate) const V3_FIXED: Peer = Peer {
    name: "1.0.5",
    features: &[
        MigrationP2p,
        MigrationV2,
        MigrationV3,
        MigrateChangeProtection,
        XmlMigratable,
        MigrationOffline,
    ],
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

/// Every version.
pub(crate) const EVERY_VERSION: Peer = Peer {
    name: "every version",
    features: &[MigrationV1, MigrationV2, MigrationV3, MigrateChangeProtection, MigrationParams],
    procedures: &[
        2, 12, 14, 16, 23, 24, 28, 61, 62, 63, 108, 109, 163, 212, 213, 214, 216, 217, 218, 302, 303, 305,
        306, 307,
    ],
};

/// Version 3 of both forms, whose source does not hold the guest's configuration still.
pub(crate) const V3_UNPROTECTED: Peer = Peer {
    name: "9.0 without feature 7",
    features: &[MigrationV3, MigrationOffline, MigrationParams],
    procedures: V3.procedures,
};

/// Reports parameters and lacks their calls: the downgrade by fact within version 3.
pub(crate) const LACKS_PARAMS: Peer =
    Peer { name: "9.0 without 302 to 307", features: V3.features, procedures: V3_FIXED.procedures };

/// Reports every version and has version 1, and the call by which a source is asked to move a guest by itself.
pub(crate) const LACKS_V3: Peer = Peer {
    name: "version 1 that claims to be 3",
    features: &[
        MigrationP2p,
        MigrationV1,
        MigrationV2,
        MigrationV3,
        MigrateChangeProtection,
        MigrationParams,
    ],
    procedures: &[2, 14, 16, 23, 24, 61, 62, 63, 163, 212],
};

/// Reports version 3 in both forms and has the one with parameters alone.
pub(crate) const LACKS_FIXED: Peer = Peer {
    name: "params only that claims more",
    features: V3_UNPROTECTED.features,
    procedures: PARAMS_ONLY.procedures,
};

/// Pairs of peers, source and destination, of which one reports a version and lacks its calls.
pub(crate) const BY_FACT: [(Peer, Peer); 8] = [
    (LACKS_PARAMS, LACKS_PARAMS),
    (LACKS_PARAMS, V3),
    (V3, LACKS_PARAMS),
    (V3_UNPROTECTED, LACKS_PARAMS),
    (EVERY_VERSION, LACKS_V3),
    (LACKS_V3, EVERY_VERSION),
    (LACKS_FIXED, V3_FIXED),
    (V3_FIXED, LACKS_FIXED),
];

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
