//! Which version moves the guest, decided before anything is asked of anybody.
//!
//! ```text
//! either peer reports 13 or 6 ── v3 is what they need: refused until it is built, unless an older one is forced
//! both report 3 ──────────────── v2, and v1 below it if both report 1 as well
//! both report 1 ──────────────── v1
//! neither ────────────────────── refused
//! ```
//!
//! Version 1 needs feature 1 on both, even when it is forced: Perform (62) is the same call in both versions
//! and ends the guest on the source, so a destination that cannot rebuild a guest without its XML would be
//! left with memory and no machine. Feature 3 of today's qemu daemons cannot be believed: they report it and
//! cannot serve version 2, which is why a peer that reports 6 is never offered it unasked.

use std::fmt;

use virtwire_xdr::Text;

use super::call::Host;
use super::domain::Domain;
use super::feature::{Feature, Features};
use super::flags::MigrateFlags;
use crate::error::ErrorCode;

/// The versions of libvirt's migration protocol, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// Prepare, Perform, Finish: 61, 62, 63 (libvirt 0.3.2).
    V1,
    /// The same with the guest's XML, and with a Finish that can cancel: 108, 62, 109 (libvirt 0.5.0).
    V2,
    /// With Begin and Confirm, so that the source keeps the guest until the end: 213 to 218 (libvirt 0.9.2).
    /// Not built yet.
    V3,
    /// Version 3 with typed parameters: 302 to 307 (libvirt 1.1.0). Not built yet.
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
    /// Version 2 and no other, also with peers that report version 3.
    V2,
    /// Version 1 and no other, also with peers that report newer ones.
    V1,
}

/// What is to move, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The guest, as the source names it.
    pub domain: Domain,
    /// Where the destination shall listen for the data; `None` lets it choose.
    pub uri: Option<Text>,
    /// The guest's name on the destination, if it is to be renamed.
    pub dname: Option<Text>,
    /// How it moves.
    pub flags: MigrateFlags,
    /// Bandwidth in MiB/s; 0 keeps what the source has set.
    pub bandwidth_mib_s: u64,
}

impl Request {
    /// Moves `domain` while it runs, with everything else left to the hosts.
    pub fn live(domain: Domain) -> Request {
        Request { domain, uri: None, dname: None, flags: MigrateFlags::LIVE, bandwidth_mib_s: 0 }
    }
}

/// The calls of one version that the engine knows how to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sequence {
    V1,
    V2 {
        /// Flags of 14: 8 (MIGRATABLE) if the source reports feature 11, else 1 | 4 (SECURE, UPDATE_CPU).
        xml_flags: u32,
        /// Whether version 1 may be tried when the destination proves that it has no 108.
        or_v1: bool,
    },
}

impl Sequence {
    pub(crate) const fn version(self) -> Version {
        match self {
            Sequence::V1 => Version::V1,
            Sequence::V2 { .. } => Version::V2,
        }
    }
}

/// A migration that can be tried: what is to move, by which version, and why that one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a plan moves nothing until an engine runs it"]
pub struct Plan {
    pub(crate) request: Request,
    pub(crate) sequence: Sequence,
    why: String,
}

impl Plan {
    /// Chooses the version from what both peers report and what the caller wishes.
    ///
    /// # Errors
    /// A [`Refusal`] with the reason in words: flags that cannot go together, no common version, a version
    /// that one of the peers does not report, or one that is not built yet. Nothing has been asked of either
    /// host then.
    pub fn choose(
        request: Request,
        wish: Wish,
        source: Features,
        destination: Features,
    ) -> Result<Plan, Refusal> {
        let request = checked(request, source)?;
        let common = source.common(destination);
        let v2 = |or_v1| Sequence::V2 {
            xml_flags: if source.has(Feature::XmlMigratable) { 8 } else { 1 | 4 },
            or_v1,
        };
        let (sequence, why) = match wish {
            Wish::Auto => {
                refuse_v3(source, destination)?;
                if common.has(Feature::MigrationV2) {
                    let or_v1 = common.has(Feature::MigrationV1);
                    let below = if or_v1 { "; v1 is common ground too" } else { "; v1 is not common ground" };
                    (v2(or_v1), format!("v2: both report feature {}{below}", Feature::MigrationV2))
                } else if common.has(Feature::MigrationV1) {
                    (
                        Sequence::V1,
                        format!(
                            "v1: both report feature {}, not both {}",
                            Feature::MigrationV1,
                            Feature::MigrationV2
                        ),
                    )
                } else {
                    return Err(Refusal::NoCommonVersion { source, destination });
                }
            }
            Wish::V2 => {
                both_report(Version::V2, source, destination)?;
                (v2(false), "v2: forced, and both report its feature".to_owned())
            }
            Wish::V1 => {
                both_report(Version::V1, source, destination)?;
                (Sequence::V1, "v1: forced, and both report its feature".to_owned())
            }
        };
        Ok(Plan { request, sequence, why })
    }

    /// The version that will be tried first.
    pub fn version(&self) -> Version {
        self.sequence.version()
    }

    /// The version that may be tried if the destination proves that it lacks the first one's Prepare.
    pub fn downgrade(&self) -> Option<Version> {
        match self.sequence {
            Sequence::V2 { or_v1: true, .. } => Some(Version::V1),
            Sequence::V1 | Sequence::V2 { or_v1: false, .. } => None,
        }
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

fn refuse_v3(source: Features, destination: Features) -> Result<(), Refusal> {
    for (host, features) in [(Host::Source, source), (Host::Destination, destination)] {
        for version in [Version::V3Params, Version::V3] {
            if features.has(version.feature()) {
                return Err(Refusal::NotBuilt { host, version });
            }
        }
    }
    Ok(())
}

fn both_report(version: Version, source: Features, destination: Features) -> Result<(), Refusal> {
    for (host, features) in [(Host::Source, source), (Host::Destination, destination)] {
        if !features.has(version.feature()) {
            return Err(Refusal::NotReported { host, version, reports: features });
        }
    }
    Ok(())
}

/// The checks that libvirt's client makes before it calls anybody (`virDomainMigrate3`), and the limits of
/// versions 1 and 2.
fn checked(mut request: Request, source: Features) -> Result<Request, Refusal> {
    type Flags = MigrateFlags;
    let refuse = |code, text| Err(Refusal::Request { code, text });
    let flags = request.flags;
    let has = |flag| flags.has(flag);
    if has(Flags::NON_SHARED_DISK) && has(Flags::NON_SHARED_INC) {
        return refuse(ErrorCode::INVALID_ARG, "NON_SHARED_DISK and NON_SHARED_INC exclude each other");
    }
    if has(Flags::TUNNELLED) && has(Flags::PARALLEL) {
        return refuse(ErrorCode::INVALID_ARG, "TUNNELLED and PARALLEL exclude each other");
    }
    if has(Flags::NON_SHARED_SYNCHRONOUS_WRITES)
        && !has(Flags::NON_SHARED_DISK)
        && !has(Flags::NON_SHARED_INC)
    {
        return refuse(
            ErrorCode::INVALID_ARG,
            "NON_SHARED_SYNCHRONOUS_WRITES needs NON_SHARED_DISK or NON_SHARED_INC",
        );
    }
    if has(Flags::PEER2PEER) || has(Flags::TUNNELLED) {
        return refuse(
            ErrorCode::INVALID_ARG,
            "PEER2PEER and TUNNELLED are driven by the source's daemon, not from here",
        );
    }
    if has(Flags::OFFLINE) {
        return refuse(ErrorCode::ARGUMENT_UNSUPPORTED, "OFFLINE needs version 3, which is not built yet");
    }
    if has(Flags::CHANGE_PROTECTION) && !source.has(Feature::MigrateChangeProtection) {
        return refuse(
            ErrorCode::ARGUMENT_UNSUPPORTED,
            "CHANGE_PROTECTION: the source does not report feature MIGRATE_CHANGE_PROTECTION (7)",
        );
    }
    if request.dname.as_ref().is_some_and(|dname| dname.as_bytes().is_empty()) {
        return refuse(ErrorCode::INVALID_ARG, "the name on the destination is empty");
    }
    // Only versions 3 hold the guest's configuration still, and they add the flag themselves, towards the
    // source.
    request.flags = flags.without(Flags::CHANGE_PROTECTION);
    Ok(request)
}

/// Why a migration is not even tried. Nothing was asked of either host.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The request contradicts itself or asks for what these versions cannot do.
    Request {
        /// The code that libvirt's client reports for it.
        code: ErrorCode,
        /// What is wrong.
        text: &'static str,
    },
    /// A peer needs a version that is not built yet.
    NotBuilt {
        /// Which peer.
        host: Host,
        /// Which version it reports.
        version: Version,
    },
    /// The wanted version is not reported by both.
    NotReported {
        /// Which peer does not report it; the source, if neither does.
        host: Host,
        /// The wanted version.
        version: Version,
        /// What that peer reports.
        reports: Features,
    },
    /// No version is reported by both.
    NoCommonVersion {
        /// What the source reports.
        source: Features,
        /// What the destination reports.
        destination: Features,
    },
}

impl Refusal {
    /// The code that libvirt's client would report.
    pub fn code(&self) -> ErrorCode {
        match self {
            Refusal::Request { code, .. } => *code,
            Refusal::NotBuilt { .. } | Refusal::NotReported { .. } | Refusal::NoCommonVersion { .. } => {
                ErrorCode::NO_SUPPORT
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Request { text, .. } => f.write_str(text),
            Refusal::NotBuilt { host, version } => write!(
                f,
                "{version} is needed and not built yet: the {host} reports feature {}; older versions are tried only \
                 with such a peer if they are forced",
                version.feature()
            ),
            Refusal::NotReported { host, version, reports } => {
                write!(
                    f,
                    "{version} needs feature {} on both hosts; the {host} reports {reports}",
                    version.feature()
                )
            }
            Refusal::NoCommonVersion { source, destination } => write!(
                f,
                "the hosts have no migration version in common: the source reports {source}, the destination {destination}"
            ),
        }
    }
}

impl std::error::Error for Refusal {}
