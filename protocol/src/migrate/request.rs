//! What the caller wants moved, and whether it can be wanted at all.

use virtwire_xdr::Text;

use super::call::Host;
use super::domain::{Domain, DomainXml};
use super::feature::{Feature, Features};
use super::flags::MigrateFlags;
use super::param::{MOST, OWN, Param, Terms};
use super::refusal::Refusal;
use crate::error::ErrorCode;

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
        if has(Flags::PEER2PEER) || has(Flags::TUNNELLED) {
            return refuse(
                ErrorCode::INVALID_ARG,
                "PEER2PEER and TUNNELLED are driven by the source's daemon, not from here",
            );
        }
        if has(Flags::OFFLINE) {
            for (host, features) in [(Host::Source, source), (Host::Destination, destination)] {
                if !features.has(Feature::MigrationOffline) {
                    return Err(Refusal::NoOffline { host });
                }
            }
        }
        if has(Flags::POSTCOPY_RESUME) {
            return refuse(
                ErrorCode::ARGUMENT_UNSUPPORTED,
                "POSTCOPY_RESUME: a broken post-copy is not resumed from here",
            );
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
        // Only versions 3 hold the guest's configuration still, and they add the flag themselves, towards the
        // source.
        self.flags = flags.without(Flags::CHANGE_PROTECTION);
        Ok(self)
    }
}

pub(super) const NEEDS_PARAMS: &str =
    "a definition to keep (persistent_xml) and further parameters need version 3 with parameters";
