//! Why a migration is not even tried.

use std::fmt;

use super::call::Host;
use super::feature::{Feature, Features};
use super::plan::Version;
use crate::error::ErrorCode;

/// Why a migration is not even tried. Nothing was asked of either host.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The request contradicts itself, or asks for what the chosen version cannot say.
    Request {
        /// The code that libvirt's client reports for it.
        code: ErrorCode,
        /// What is wrong.
        text: &'static str,
    },
    /// OFFLINE, and a peer does not report feature 12.
    NoOffline {
        /// Which peer.
        host: Host,
    },
    /// The source does not move guests by itself this way.
    NotBySource {
        /// What it would have to report.
        feature: Feature,
        /// What it reports.
        reports: Features,
    },
    /// Version 2 is all that the peers have in common, and one of them reports version 3: such peers claim version 2 and cannot
    /// serve it.
    OnlyForced {
        /// Which peer reports version 3.
        host: Host,
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
            Refusal::NoOffline { .. } | Refusal::NotBySource { .. } => ErrorCode::ARGUMENT_UNSUPPORTED,
            Refusal::OnlyForced { .. } | Refusal::NotReported { .. } | Refusal::NoCommonVersion { .. } => {
                ErrorCode::NO_SUPPORT
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Request { text, .. } => f.write_str(text),
            Refusal::NoOffline { host } => {
                write!(f, "OFFLINE: the {host} does not report feature {}", Feature::MigrationOffline)
            }
            Refusal::NotBySource { feature, reports } => {
                write!(f, "the source would have to report feature {feature}; it reports {reports}")
            }
            Refusal::OnlyForced { host } => write!(
                f,
                "v2 is all that the hosts have in common, and the {host} reports feature {}: such hosts claim v2 and \
                 cannot serve it, so it is sent only where it is forced",
                Feature::MigrationV3
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
