//! Which version moves the guest, decided before anything is asked of anybody.
//!
//! ```text
//! both report 13 ── v3 with parameters
//! both report 6 ─── v3
//! both report 3 ─── v2; not if one of them reports 6 or 13
//! both report 1 ─── v1
//! neither ───────── refused
//! ```
//!
//! The versions below the first one are kept, as far as both report them and they can say what is asked for: a peer may report a
//! version and lack its calls, and where it proves so before anything has happened the next one is tried. Version 2 is never
//! below version 3.
//!
//! A migration that the source carries out needs no more of the source than feature 4, or 5 for a direct one, and one of these
//! versions to ask for it; of the destination, nothing.
//!
//! Version 1 needs feature 1 on both, even when it is forced: Perform (62) is the same call in both versions
//! and ends the guest on the source, so a destination that cannot rebuild a guest without its XML would be
//! left with memory and no machine. Feature 3 of today's qemu daemons cannot be believed: they report it and
//! cannot serve version 2, which is why a peer that reports 6 is never offered it unasked.

use std::fmt;

use super::call::Host;
use super::feature::{Feature, Features};
use super::flags::MigrateFlags;
use super::refusal::Refusal;
use super::request::{NEEDS_PARAMS, Request, Way};
use crate::error::ErrorCode;

/// The versions of libvirt's migration protocol, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Version {
    /// Prepare, Perform, Finish: 61, 62, 63 (libvirt 0.3.2).
    V1,
    /// The same with the guest's XML, and with a Finish that can cancel: 108, 62, 109 (libvirt 0.5.0).
    V2,
    /// With Begin and Confirm, so that the source keeps the guest until the end: 213 to 218 (libvirt 0.9.2).
    V3,
    /// Version 3 with typed parameters: 302 to 307 (libvirt 1.1.0).
    V3Params,
}

impl Version {
    /// The feature by which a peer says that it takes part in this version.
    pub const fn feature(self) -> Feature {
        match self {
            Version::V1 => Feature::MigrationV1,
            Version::V2 => Feature::MigrationV2,
            Version::V3 => Feature::MigrationV3,
            Version::V3Params => Feature::MigrationParams,
        }
    }

    fn says_too_little_for(self, request: &Request) -> Option<Refusal> {
        let text = match self {
            Version::V3Params => None,
            Version::V3 => request.needs_params().then_some(NEEDS_PARAMS),
            Version::V2 | Version::V1 => request.needs_v3(),
        };
        text.map(|text| Refusal::Request { code: ErrorCode::ARGUMENT_UNSUPPORTED, text })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Version::V1 => "v1",
            Version::V2 => "v2",
            Version::V3 => "v3",
            Version::V3Params => "v3 with parameters",
        })
    }
}

/// Which version the caller wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Wish {
    /// The newest that both peers report, with a downgrade where that is safe.
    #[default]
    Auto,
    /// Version 3 with parameters and no other.
    V3Params,
    /// Version 3 without parameters and no other.
    V3,
    /// Version 2 and no other, also with peers that report version 3.
    V2,
    /// Version 1 and no other, also with peers that report newer ones.
    V1,
}

impl Wish {
    const fn version(self) -> Option<Version> {
        match self {
            Wish::Auto => None,
            Wish::V3Params => Some(Version::V3Params),
            Wish::V3 => Some(Version::V3),
            Wish::V2 => Some(Version::V2),
            Wish::V1 => Some(Version::V1),
        }
    }
}

/// The calls of one version that the engine knows how to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sequence {
    V1,
    V2 {
        /// Flags of 14: 8 (MIGRATABLE) if the source reports feature 11, else 1 | 4 (SECURE, UPDATE_CPU).
        xml_flags: u32,
    },
    V3 {
        /// By typed parameters.
        params: bool,
        /// The source reports feature 7, and so holds the guest's configuration still from Begin to Confirm.
        protects: bool,
    },
    /// The source carries it out, at one call of this version.
    BySource(Version),
}

impl Sequence {
    fn of(version: Version, source: Features) -> Sequence {
        match version {
            Version::V1 => Sequence::V1,
            Version::V2 => {
                Sequence::V2 { xml_flags: if source.has(Feature::XmlMigratable) { 8 } else { 1 | 4 } }
            }
            Version::V3 | Version::V3Params => Sequence::V3 {
                params: version == Version::V3Params,
                protects: source.has(Feature::MigrateChangeProtection),
            },
        }
    }

    pub(crate) const fn version(self) -> Version {
        match self {
            Sequence::V1 => Version::V1,
            Sequence::V2 { .. } => Version::V2,
            Sequence::V3 { params: false, .. } => Version::V3,
            Sequence::V3 { params: true, .. } => Version::V3Params,
            Sequence::BySource(version) => version,
        }
    }
}

/// A migration that can be tried: what is to move, by which version, and why that one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a plan moves nothing until an engine runs it"]
pub struct Plan {
    pub(crate) request: Request,
    pub(crate) sequence: Sequence,
    /// What may be tried after it, in this order, each where the one before is proved to be missing.
    pub(crate) older: Vec<Sequence>,
    why: String,
}

impl Plan {
    /// Chooses the version from what both peers report and what the caller wishes.
    ///
    /// # Errors
    /// A [`Refusal`] with the reason in words: flags that cannot go together, no common version, a version
    /// that one of the peers does not report, or one that cannot say what is asked for. Nothing has been asked of
    /// either host then.
    pub fn choose(
        request: Request,
        wish: Wish,
        source: Features,
        destination: Features,
    ) -> Result<Plan, Refusal> {
        let request = request.checked(source, destination)?;
        if request.way != Way::Managed {
            return Plan::by_source(request, wish, source);
        }
        let version = match wish {
            Wish::Auto => newest(source, destination)?,
            Wish::V3Params => forced(Version::V3Params, source, destination)?,
            Wish::V3 => forced(Version::V3, source, destination)?,
            Wish::V2 => forced(Version::V2, source, destination)?,
            Wish::V1 => forced(Version::V1, source, destination)?,
        };
        if let Some(refusal) = version.says_too_little_for(&request) {
            return Err(refusal);
        }
        let common = source.common(destination);
        let below = match (wish, version) {
            (Wish::Auto, Version::V3Params) => &[Version::V3, Version::V1][..],
            (Wish::Auto, Version::V3 | Version::V2) => &[Version::V1],
            _ => &[],
        };
        let may_be_tried = |version: &Version| {
            common.has(version.feature()) && version.says_too_little_for(&request).is_none()
        };
        let older = below.iter().copied().filter(may_be_tried).map(|version| Sequence::of(version, source));
        let (sequence, older) = (Sequence::of(version, source), older.collect());
        let why = match wish {
            Wish::Auto => why(version, source, destination),
            _ => format!("{version}: forced, and both report its feature {}", version.feature()),
        };
        Ok(Plan { request, sequence, older, why })
    }

    /// One call makes the source do it all; with which version it does, it decides by what the destination reports to it.
    fn by_source(request: Request, wish: Wish, source: Features) -> Result<Plan, Refusal> {
        let reports = |version: Version| source.has(version.feature());
        let peer_to_peer = request.way != Way::Direct;
        let all = [Version::V3Params, Version::V3, Version::V2, Version::V1];
        let version = match wish {
            Wish::Auto => all
                .into_iter()
                .find(|version| reports(*version) && (peer_to_peer || *version != Version::V3Params)),
            Wish::V3Params if !peer_to_peer => None,
            Wish::V3Params => Some(Version::V3Params),
            Wish::V3 => Some(Version::V3),
            Wish::V2 => Some(Version::V2),
            Wish::V1 => Some(Version::V1),
        };
        let version = version.filter(|version| reports(*version)).ok_or(Refusal::NotReported {
            host: Host::Source,
            version: wish.version().unwrap_or(Version::V3),
            reports: source,
        })?;
        let says_too_little = |version: Version| {
            let old = matches!(version, Version::V1 | Version::V2);
            let no_uri = Refusal::Request {
                code: ErrorCode::INTERNAL_ERROR,
                text: "a URI for the data of a peer-to-peer migration needs version 3",
            };
            let too_little = (old && peer_to_peer && request.uri.is_some()).then_some(no_uri);
            version.says_too_little_for(&request).or(too_little)
        };
        if let Some(refusal) = says_too_little(version) {
            return Err(refusal);
        }
        // Versions 1 and 2 ask for it by one and the same call.
        let below = all.into_iter().filter(|older| {
            let same = *older == Version::V1 && reports(Version::V2);
            wish == Wish::Auto
                && *older < version
                && reports(*older)
                && !same
                && says_too_little(*older).is_none()
        });
        let older = below.map(Sequence::BySource).collect();
        let (name, feature) = match request.way {
            Way::Direct => ("direct", Feature::MigrationDirect),
            _ if request.flags.has(MigrateFlags::TUNNELLED) => {
                ("peer-to-peer, tunnelled", Feature::MigrationP2p)
            }
            _ => ("peer-to-peer", Feature::MigrationP2p),
        };
        let mut why = format!(
            "{name}, asked for by {version}: the source reports features {feature} and {}",
            version.feature()
        );
        if peer_to_peer {
            why += "; the daemons agree on the version between them";
        }
        Ok(Plan { request, sequence: Sequence::BySource(version), older, why })
    }

    /// The version that will be tried first; where the source carries the migration out, the one by which it is asked to.
    pub fn version(&self) -> Version {
        self.sequence.version()
    }

    /// The versions that may be tried after it, in this order: each if a host proves that it lacks the call by which the one before
    /// begins, or prepares.
    pub fn downgrades(&self) -> impl Iterator<Item = Version> {
        self.older.iter().map(|sequence| sequence.version())
    }

    /// Why this version, in words for the user.
    pub fn why(&self) -> &str {
        &self.why
    }

    /// What is to move; flags that the plan has dealt with are gone.
    pub fn request(&self) -> &Request {
        &self.request
    }
}

/// The newest version that both report; of the older ones, version 2 only between peers that have nothing newer.
fn newest(source: Features, destination: Features) -> Result<Version, Refusal> {
    let common = source.common(destination);
    let newer = reports_v3(source, destination);
    match (common.versions().first(), newer) {
        (Some(Version::V2), Some(_)) if common.has(Feature::MigrationV1) => Ok(Version::V1),
        (Some(Version::V2), Some(host)) => Err(Refusal::OnlyForced { host }),
        (Some(version), _) => Ok(*version),
        (None, _) => Err(Refusal::NoCommonVersion { source, destination }),
    }
}

/// Which peer reports version 3, if one does.
fn reports_v3(source: Features, destination: Features) -> Option<Host> {
    let v3 =
        |features: Features| features.has(Feature::MigrationV3) || features.has(Feature::MigrationParams);
    match (v3(source), v3(destination)) {
        (true, _) => Some(Host::Source),
        (false, true) => Some(Host::Destination),
        (false, false) => None,
    }
}

fn forced(version: Version, source: Features, destination: Features) -> Result<Version, Refusal> {
    for (host, features) in [(Host::Source, source), (Host::Destination, destination)] {
        if !features.has(version.feature()) {
            return Err(Refusal::NotReported { host, version, reports: features });
        }
    }
    Ok(version)
}

fn why(version: Version, source: Features, destination: Features) -> String {
    let common = source.common(destination);
    let reported = format!("{version}: both report feature {}", version.feature());
    match version {
        Version::V3Params => reported,
        Version::V3 => format!("{reported}, not both {}", Feature::MigrationParams),
        Version::V2 if common.has(Feature::MigrationV1) => format!("{reported}; v1 is common ground too"),
        Version::V2 => format!("{reported}; v1 is not common ground"),
        Version::V1 if common.has(Feature::MigrationV2) => {
            format!("{reported}; v2 is not sent to a host that reports version 3 too, unless it is forced")
        }
        Version::V1 => format!("{reported}, not both {}", Feature::MigrationV2),
    }
}
