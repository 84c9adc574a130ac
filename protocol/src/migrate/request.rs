//! What the caller wants moved, and whether it can be wanted at all.

use virtwire_xdr::Text;

use super::call::Host;
use super::domain::{Domain, DomainXml};
use super::feature::{Feature, Features};
use super::flags::MigrateFlags;
use super::param::{MOST, OWN, Param, Terms};
use super::refusal::Refusal;
use super::state::Said;
use crate::error::ErrorCode;

/// Who carries a migration out.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Way {
    /// The engine, which calls both hosts.
    #[default]
    Managed,
    /// The source's daemon, which opens a connection to the destination's by itself. With TUNNELLED the data goes over that connection too.
    PeerToPeer {
        /// The destination's URI, as the source's daemon reaches it.
        to: Text,
    },
    /// The source's hypervisor, which sends the guest to [`Request::uri`] without any daemon there.
    Direct,
}

/// What is to move, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Request {
    /// The guest, as the source names it.
    pub domain: Domain,
    /// Where the destination shall listen for the data; `None` lets it choose.
    pub uri: Option<Text>,
    /// The guest's name on the destination, if it is to be renamed.
    pub dname: Option<Text>,
    /// Who carries it out.
    #[cfg_attr(feature = "journal", serde(default))]
    pub way: Way,
    /// How it moves. PEER2PEER follows from [`way`](Self::way).
    pub flags: MigrateFlags,
    /// Bandwidth in MiB/s; 0 keeps what the source has set.
    pub bandwidth_mib_s: u64,
    /// A configuration that the destination shall use in place of the source's; the source refuses one that is not compatible.
    /// Version 3 only.
    pub xml: Option<DomainXml>,
    /// The definition that the destination shall keep (with PERSIST_DEST). Version 3 with parameters only.
    pub persistent_xml: Option<DomainXml>,
    /// Further parameters, such as `migrate_disks`; 64 with those that the fields above make. Version 3 with parameters only.
    pub params: Vec<Param>,
}

impl Request {
    /// Moves `domain` while it runs, with everything else left to the hosts.
    pub fn live(domain: Domain) -> Request {
        Request {
            domain,
            uri: None,
            dname: None,
            way: Way::Managed,
            flags: MigrateFlags::LIVE,
            bandwidth_mib_s: 0,
            xml: None,
            persistent_xml: None,
            params: Vec::new(),
        }
    }

    /// Whether it asks for what only version 3 with parameters can say.
    pub(super) fn needs_params(&self) -> bool {
        self.persistent_xml.is_some() || !self.params.is_empty()
    }

    /// What it asks for that versions 1 and 2 cannot say.
    pub(super) fn needs_v3(&self) -> Option<&'static str> {
        if self.flags.has(MigrateFlags::OFFLINE) {
            return Some("OFFLINE needs version 3");
        }
        if self.flags.has(MigrateFlags::POSTCOPY) {
            return Some(
                "POSTCOPY needs version 3, in which the source keeps the guest until all of it has come",
            );
        }
        if self.xml.is_some() {
            return Some("a configuration for the destination (destination_xml) needs version 3");
        }
        self.needs_params().then_some(NEEDS_PARAMS)
    }

    /// The checks that libvirt's client makes before it calls anybody (`virDomainMigrate3`).
    pub(super) fn checked(mut self, source: Features, destination: Features) -> Result<Request, Refusal> {
        type Flags = MigrateFlags;
        let refuse = |code, text| Err(Refusal::Request { code, text });
        let flags = self.flags;
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
        self.way_checked(source)?;
        if has(Flags::OFFLINE) {
            let asked = if self.way == Way::Managed { 2 } else { 1 };
            let hosts = [(Host::Source, source), (Host::Destination, destination)];
            for (host, features) in hosts.into_iter().take(asked) {
                if !features.has(Feature::MigrationOffline) {
                    return Err(Refusal::NoOffline { host });
                }
            }
        }
        if has(Flags::POSTCOPY_RESUME) && !has(Flags::POSTCOPY) {
            return refuse(ErrorCode::ARGUMENT_UNSUPPORTED, "POSTCOPY_RESUME needs POSTCOPY");
        }
        if has(Flags::POSTCOPY_RESUME) && !source.has(Feature::MigrateChangeProtection) {
            return refuse(
                ErrorCode::ARGUMENT_UNSUPPORTED,
                "POSTCOPY_RESUME: the source does not report feature MIGRATE_CHANGE_PROTECTION (7), without which it resumes none",
            );
        }
        if has(Flags::POSTCOPY) && (has(Flags::PAUSED) || has(Flags::OFFLINE)) {
            return refuse(ErrorCode::ARGUMENT_UNSUPPORTED, "POSTCOPY is for a guest that runs");
        }
        if has(Flags::CHANGE_PROTECTION) && !source.has(Feature::MigrateChangeProtection) {
            return refuse(
                ErrorCode::ARGUMENT_UNSUPPORTED,
                "CHANGE_PROTECTION: the source does not report feature MIGRATE_CHANGE_PROTECTION (7)",
            );
        }
        if self.dname.as_ref().is_some_and(|dname| dname.as_bytes().is_empty()) {
            return refuse(ErrorCode::INVALID_ARG, "the name on the destination is empty");
        }
        if self.params.iter().any(|param| OWN.iter().any(|own| param.field == *own)) {
            return refuse(ErrorCode::INVALID_ARG, "a parameter repeats what the request says by itself");
        }
        if Terms::params(&self).count_at_finish() > MOST {
            return refuse(ErrorCode::RPC, "more than 64 parameters");
        }
        self.flags = match self.way {
            // Only versions 3 hold the guest's configuration still, and they add the flag themselves, towards the source.
            Way::Managed => flags.without(Flags::CHANGE_PROTECTION),
            Way::PeerToPeer { .. } => flags | Flags::PEER2PEER,
            Way::Direct => flags,
        };
        Ok(self)
    }

    /// The guest as the destination is to call it. What number it has there is not known.
    pub(super) fn domain_there(&self) -> Domain {
        let name = self.dname.clone().unwrap_or_else(|| self.domain.name.clone());
        Domain { name, uuid: self.domain.uuid, id: -1 }
    }

    /// What a source that no longer runs the guest has of it, where its definition was to go, too.
    pub(super) fn left_definition(&self, source: &Said) -> Option<Said> {
        let is_left = self.flags.has(MigrateFlags::UNDEFINE_SOURCE) && source.state().is_some();
        is_left.then(|| source.clone())
    }

    /// What libvirt's client checks of a migration that the source carries out (`virDomainMigrateToURI3`).
    fn way_checked(&self, source: Features) -> Result<(), Refusal> {
        type Flags = MigrateFlags;
        let refuse = |code, text| Err(Refusal::Request { code, text });
        let tunnelled = self.flags.has(Flags::TUNNELLED);
        let copies_disks = self.flags.has(Flags::NON_SHARED_DISK) || self.flags.has(Flags::NON_SHARED_INC);
        match &self.way {
            Way::Managed if self.flags.has(Flags::PEER2PEER) || tunnelled => {
                let text = "PEER2PEER and TUNNELLED are driven by the source's daemon, which needs the destination's URI";
                refuse(ErrorCode::INVALID_ARG, text)
            }
            Way::Managed => Ok(()),
            Way::PeerToPeer { .. } if !source.has(Feature::MigrationP2p) => {
                Err(Refusal::NotBySource { feature: Feature::MigrationP2p, reports: source })
            }
            Way::PeerToPeer { to } if !leads_elsewhere(to) => refuse(
                ErrorCode::INVALID_ARG,
                "the destination's URI must lead from the source to another host",
            ),
            Way::PeerToPeer { .. } if tunnelled && self.uri.is_some() => refuse(
                ErrorCode::ARGUMENT_UNSUPPORTED,
                "TUNNELLED data goes over the daemons' connection, and has no URI",
            ),
            Way::PeerToPeer { .. } if tunnelled && self.flags.has(Flags::POSTCOPY) => {
                refuse(ErrorCode::ARGUMENT_UNSUPPORTED, "TUNNELLED and POSTCOPY exclude each other")
            }
            // libvirt 9.0 reports that it cannot, and then goes on.
            Way::PeerToPeer { .. } if tunnelled && copies_disks => refuse(
                ErrorCode::OPERATION_UNSUPPORTED,
                "TUNNELLED and NON_SHARED_DISK or NON_SHARED_INC exclude each other",
            ),
            Way::PeerToPeer { .. } if tunnelled && self.flags.has(Flags::OFFLINE) => {
                refuse(ErrorCode::OPERATION_INVALID, "TUNNELLED and OFFLINE exclude each other")
            }
            Way::PeerToPeer { .. } => Ok(()),
            Way::Direct if !source.has(Feature::MigrationDirect) => {
                Err(Refusal::NotBySource { feature: Feature::MigrationDirect, reports: source })
            }
            Way::Direct if self.flags.has(Flags::PEER2PEER) || tunnelled => {
                refuse(ErrorCode::INVALID_ARG, "a direct migration is neither PEER2PEER nor TUNNELLED")
            }
            Way::Direct if self.uri.is_none() => {
                refuse(ErrorCode::INVALID_ARG, "a direct migration needs the URI for the data")
            }
            Way::Direct => Ok(()),
        }
    }
}

/// Whether a URI names a host other than the one that reads it, or a socket.
fn leads_elsewhere(uri: &Text) -> bool {
    let text = uri.to_string_lossy();
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    match host {
        "" => scheme.ends_with("+unix") && rest.contains("socket="),
        host => !host.starts_with("localhost"),
    }
}

pub(super) const NEEDS_PARAMS: &str =
    "a definition to keep (persistent_xml) and further parameters need version 3 with parameters";
