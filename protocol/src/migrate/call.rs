//! What the engine asks of a host: plain data, no wire struct.
//!
//! Everything about the arguments is decided already: which flags a side may see, which name, which URI,
//! whose cookie. A driver copies them into the procedure of the same name and adds nothing.

use std::fmt;
use std::time::Duration;

use virtwire_xdr::Text;

use super::domain::{Cookie, Domain, DomainXml, Uuid};
use super::flags::MigrateFlags;

/// One of the two ends of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// Where the guest runs when the migration starts.
    Source,
    /// Where it is to run afterwards.
    Destination,
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Host::Source => "source",
            Host::Destination => "destination",
        })
    }
}

/// What Finish2 (109) tells the destination about Perform: its argument `retcode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Retcode {
    /// 0: the guest has left the source; start what arrived.
    Success,
    /// 1: the guest stays on the source; destroy what was prepared.
    Cancelled,
}

impl Retcode {
    /// The number on the wire.
    pub const fn number(self) -> i32 {
        match self {
            Retcode::Success => 0,
            Retcode::Cancelled => 1,
        }
    }
}

/// An order for the driver: make this call to this host, and hand back what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Do {
    /// Which of the two connections.
    pub host: Host,
    /// Which procedure, with what.
    pub call: Call,
    /// How long to wait for the reply before reporting `Failure::Lost`; `None` as
    /// long as the connection lives.
    pub deadline: Option<Duration>,
}

/// A call of the remote program, or [`Close`](Call::Close). In the order in which a migration makes them.
///
/// Exhaustive on purpose: a driver that does not know a call must fail to compile, not to migrate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// 14 `domain_get_xml_desc`; answered by `Reply::Xml`.
    GetXmlDesc {
        /// The guest on the source.
        domain: Domain,
        /// 8 (MIGRATABLE), or 1 | 4 (SECURE, UPDATE_CPU) for a source without feature 11.
        flags: u32,
    },
    /// 16 `domain_get_info`; answered by `Reply::State` without a reason.
    GetInfo {
        /// The guest on the host that is asked.
        domain: Domain,
    },
    /// 61 `domain_migrate_prepare`, version 1; answered by `Reply::Prepared`.
    Prepare {
        /// Where the caller wants the data sent; `None` lets the destination choose.
        uri_in: Option<Text>,
        /// Without the flags that concern the source only.
        flags: MigrateFlags,
        /// The new name, only where the guest is renamed.
        dname: Option<Text>,
        /// Bandwidth in MiB/s, 0 for no limit of ours.
        resource: u64,
    },
    /// 108 `domain_migrate_prepare2`, version 2; answered by `Reply::Prepared`.
    Prepare2 {
        /// As in [`Prepare`](Call::Prepare).
        uri_in: Option<Text>,
        /// As in [`Prepare`](Call::Prepare).
        flags: MigrateFlags,
        /// The name that the caller gave, if any.
        dname: Option<Text>,
        /// As in [`Prepare`](Call::Prepare).
        resource: u64,
        /// What the source said in 14, byte for byte.
        dom_xml: DomainXml,
    },
    /// 62 `domain_migrate_perform`, versions 1 and 2; answered by `Reply::Done`. **Its
    /// success ends the guest on the source.**
    Perform {
        /// The guest on the source.
        domain: Domain,
        /// The destination's, byte for byte.
        cookie: Cookie,
        /// Where the destination listens.
        uri: Text,
        /// Everything that the caller asked for.
        flags: MigrateFlags,
        /// The name that the caller gave, if any.
        dname: Option<Text>,
        /// Bandwidth in MiB/s, 0 for no limit of ours.
        resource: u64,
    },
    /// 63 `domain_migrate_finish`, version 1; answered by `Reply::Finished`.
    Finish {
        /// The guest's name on the destination.
        dname: Text,
        /// The destination's own, byte for byte.
        cookie: Cookie,
        /// The URI of Perform.
        uri: Text,
        /// Without the flags that concern the source only.
        flags: MigrateFlags,
    },
    /// 109 `domain_migrate_finish2`, version 2; answered by `Reply::Finished`, or
    /// for [`Cancelled`](Retcode::Cancelled) by error 93.
    Finish2 {
        /// The guest's name on the destination.
        dname: Text,
        /// The destination's own, byte for byte.
        cookie: Cookie,
        /// The URI of Perform; empty when there was none.
        uri: Text,
        /// Without the flags that concern the source only.
        flags: MigrateFlags,
        /// How Perform went.
        retcode: Retcode,
    },
    /// 24 `domain_lookup_by_uuid`; answered by `Reply::Found`.
    LookupByUuid {
        /// The guest's.
        uuid: [u8; 16],
    },
    /// 163 `domain_get_job_info` (libvirt 0.7.7); answered by `Reply::Job`.
    GetJobInfo {
        /// The guest on the host that is asked.
        domain: Domain,
    },
    /// 212 `domain_get_state` (libvirt 0.9.2), flags 0; answered by `Reply::State`.
    GetState {
        /// The guest on the host that is asked.
        domain: Domain,
    },
    /// 2 `connect_close` on **the connection that made Prepare**, then wait until the peer has closed it;
    /// answered by `Reply::Done`, which says that the peer has done so. If that connection is dead already,
    /// answer `Done` if it ended by the peer's closing it, else `Failure::Lost`; never close another in its
    /// place. The next call to that host needs a new connection.
    Close,
}

impl Call {
    /// The procedure's number in the remote program.
    pub const fn number(&self) -> i32 {
        self.procedure().0
    }

    /// The procedure's name in the contract.
    pub const fn name(&self) -> &'static str {
        self.procedure().1
    }

    const fn procedure(&self) -> (i32, &'static str) {
        match self {
            Call::GetXmlDesc { .. } => (14, "domain_get_xml_desc"),
            Call::GetInfo { .. } => (16, "domain_get_info"),
            Call::Prepare { .. } => (61, "domain_migrate_prepare"),
            Call::Prepare2 { .. } => (108, "domain_migrate_prepare2"),
            Call::Perform { .. } => (62, "domain_migrate_perform"),
            Call::Finish { .. } => (63, "domain_migrate_finish"),
            Call::Finish2 { .. } => (109, "domain_migrate_finish2"),
            Call::LookupByUuid { .. } => (24, "domain_lookup_by_uuid"),
            Call::GetJobInfo { .. } => (163, "domain_get_job_info"),
            Call::GetState { .. } => (212, "domain_get_state"),
            Call::Close => (2, "connect_close"),
        }
    }

    /// Whether it is better not made than made without a record of it: Prepare, Prepare2 and Perform. Once
    /// Perform has run, the guest matters more than its record.
    pub const fn begins_something(&self) -> bool {
        matches!(self, Call::Prepare { .. } | Call::Prepare2 { .. } | Call::Perform { .. })
    }

    /// Whether it changes something on the host, so that a journal must know of it before it is sent.
    pub const fn changes_something(&self) -> bool {
        matches!(
            self,
            Call::Prepare { .. }
                | Call::Prepare2 { .. }
                | Call::Perform { .. }
                | Call::Finish { .. }
                | Call::Finish2 { .. }
                | Call::Close
        )
    }
}

impl fmt::Display for Do {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.host, self.call)
    }
}

/// The procedure and its arguments in the contract's names; of cookies and XML the length only.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}(", self.number(), self.name())?;
        match self {
            Call::GetXmlDesc { domain, flags } => write!(f, "dom={}, flags={flags}", domain.name)?,
            Call::GetInfo { domain } | Call::GetState { domain } | Call::GetJobInfo { domain } => {
                write!(f, "dom={}", domain.name)?;
            }
            Call::Prepare { uri_in, flags, dname, resource } => {
                write!(
                    f,
                    "uri_in={}, flags={flags}, dname={}, resource={resource}",
                    Null(uri_in),
                    Null(dname)
                )?;
            }
            Call::Prepare2 { uri_in, flags, dname, resource, dom_xml } => {
                write!(f, "uri_in={}, flags={flags}, dname={}, ", Null(uri_in), Null(dname))?;
                write!(f, "resource={resource}, dom_xml={dom_xml:?}")?;
            }
            Call::Perform { domain, cookie, uri, flags, dname, resource } => {
                write!(f, "dom={}, cookie={cookie:?}, uri={uri}, flags={flags}, ", domain.name)?;
                write!(f, "dname={}, resource={resource}", Null(dname))?;
            }
            Call::Finish { dname, cookie, uri, flags } => {
                write!(f, "dname={dname}, cookie={cookie:?}, uri={uri}, flags={flags}")?;
            }
            Call::Finish2 { dname, cookie, uri, flags, retcode } => {
                write!(
                    f,
                    "dname={dname}, cookie={cookie:?}, uri={uri}, flags={flags}, retcode={}",
                    retcode.number()
                )?;
            }
            Call::LookupByUuid { uuid } => write!(f, "uuid={}", Uuid(uuid))?,
            Call::Close => {}
        }
        f.write_str(")")
    }
}

struct Null<'a>(&'a Option<Text>);

impl fmt::Display for Null<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(text) => write!(f, "{text}"),
            None => f.write_str("null"),
        }
    }
}
