//! Peers have an age: what a peer of some release understands.

use std::collections::BTreeSet;

use crate::program::{ProcedureInfo, ProcedureKind, ProcedureNumber, Program, Release};

/// What a daemon of release R serves: every procedure and feature that R had, less what was taken away by name.
///
/// A daemon that serves a profile answers for the rest as a daemon of that age would: "unknown procedure".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    release: Release,
    without: BTreeSet<ProcedureNumber>,
}

impl Profile {
    /// All that a daemon of this release had.
    pub fn of(release: Release) -> Profile {
        Profile { release, without: BTreeSet::new() }
    }

    /// The same, less one procedure of the remote program. The feature that announces it stays: such a peer
    /// claims what it does not have, and shows who believes claims.
    #[must_use]
    pub fn without(mut self, procedure: ProcedureNumber) -> Profile {
        self.without.insert(procedure);
        self
    }

    /// The release.
    pub fn release(&self) -> Release {
        self.release
    }

    /// The call of this number, if such a daemon has it. Events are not calls.
    pub fn call(&self, program: Program, number: ProcedureNumber) -> Option<&'static ProcedureInfo> {
        let info = program.procedure(number)?;
        let taken = program == Program::REMOTE && self.without.contains(&number);
        (info.kind == ProcedureKind::Call && !taken && self.is_of_its_time(info)).then_some(info)
    }

    /// Whether such a daemon could send this event.
    pub fn sends(&self, program: Program, number: ProcedureNumber) -> bool {
        program
            .procedure(number)
            .is_some_and(|info| info.kind == ProcedureKind::Event && self.is_of_its_time(info))
    }

    /// Whether such a daemon knows the feature at all. Whether it reports it is for its driver to say.
    pub fn has_feature(&self, feature: i32) -> bool {
        Feature::since(feature).is_some_and(|since| since <= self.release)
    }

    fn is_of_its_time(&self, info: &ProcedureInfo) -> bool {
        // Where only bounds are known, a daemon of an age in between is taken to have it.
        info.since.is_none_or(|since| since.earliest <= self.release)
    }
}

impl Default for Profile {
    fn default() -> Profile {
        Profile::of(Release::NEWEST)
    }
}

/// The features that one asks a daemon for by number (procedure 60).
#[derive(Debug)]
pub struct Feature;

#[allow(missing_docs, reason = "the constants are libvirt's own names for the numbers")]
impl Feature {
    pub const MIGRATION_V1: i32 = 1;
    pub const REMOTE: i32 = 2;
    pub const MIGRATION_V2: i32 = 3;
    pub const MIGRATION_P2P: i32 = 4;
    pub const MIGRATION_DIRECT: i32 = 5;
    pub const MIGRATION_V3: i32 = 6;
    pub const MIGRATE_CHANGE_PROTECTION: i32 = 7;
    pub const FD_PASSING: i32 = 8;
    pub const TYPED_PARAM_STRING: i32 = 9;
    pub const PROGRAM_KEEPALIVE: i32 = 10;
    pub const XML_MIGRATABLE: i32 = 11;
    pub const MIGRATION_OFFLINE: i32 = 12;
    pub const MIGRATION_PARAMS: i32 = 13;
    pub const REMOTE_EVENT_CALLBACK: i32 = 14;
    pub const REMOTE_CLOSE_CALLBACK: i32 = 15;
    pub const NETWORK_UPDATE_HAS_CORRECT_ORDER: i32 = 16;
}

impl Feature {
    /// Every feature: its number, libvirt's name for it, and the first release that knew it.
    pub const ALL: &'static [(i32, &'static str, Release)] = &[
        (Feature::MIGRATION_V1, "MIGRATION_V1", Release::new(0, 3, 2)),
        (Feature::REMOTE, "REMOTE", Release::new(0, 3, 0)),
        (Feature::MIGRATION_V2, "MIGRATION_V2", Release::new(0, 5, 0)),
        (Feature::MIGRATION_P2P, "MIGRATION_P2P", Release::new(0, 7, 2)),
        (Feature::MIGRATION_DIRECT, "MIGRATION_DIRECT", Release::new(0, 7, 2)),
        (Feature::MIGRATION_V3, "MIGRATION_V3", Release::new(0, 9, 2)),
        (Feature::MIGRATE_CHANGE_PROTECTION, "MIGRATE_CHANGE_PROTECTION", Release::new(0, 9, 4)),
        (Feature::FD_PASSING, "FD_PASSING", Release::new(0, 9, 7)),
        (Feature::TYPED_PARAM_STRING, "TYPED_PARAM_STRING", Release::new(0, 9, 8)),
        (Feature::PROGRAM_KEEPALIVE, "PROGRAM_KEEPALIVE", Release::new(0, 9, 8)),
        (Feature::XML_MIGRATABLE, "XML_MIGRATABLE", Release::new(1, 0, 0)),
        (Feature::MIGRATION_OFFLINE, "MIGRATION_OFFLINE", Release::new(1, 0, 1)),
        (Feature::MIGRATION_PARAMS, "MIGRATION_PARAMS", Release::new(1, 1, 0)),
        (Feature::REMOTE_EVENT_CALLBACK, "REMOTE_EVENT_CALLBACK", Release::new(1, 2, 1)),
        (Feature::REMOTE_CLOSE_CALLBACK, "REMOTE_CLOSE_CALLBACK", Release::new(1, 3, 2)),
        (
            Feature::NETWORK_UPDATE_HAS_CORRECT_ORDER,
            "NETWORK_UPDATE_HAS_CORRECT_ORDER",
            Release::new(7, 2, 0),
        ),
    ];

    /// The first release that knew the feature.
    pub fn since(feature: i32) -> Option<Release> {
        Feature::ALL.iter().find(|(number, ..)| *number == feature).map(|(_, _, since)| *since)
    }

    /// libvirt's name for the feature, without its prefix.
    pub fn name(feature: i32) -> Option<&'static str> {
        Feature::ALL.iter().find(|(number, ..)| *number == feature).map(|(_, name, _)| *name)
    }
}
