//! What the engine asks of a host: plain data, no wire struct.
//!
//! Everything about the arguments is decided already: which flags a side may see, which name, which URI,
//! whose cookie. A driver copies them into the procedure of the same name and adds nothing.

use std::fmt;
use std::time::Duration;

use virtwire_xdr::Text;

use super::domain::{Cookie, Domain, DomainXml, Uuid};
use super::flags::MigrateFlags;
use super::param::Terms;

/// A procedure's name in the contract, such as `domain_migrate_perform3`.
pub type ProcedureName = &'static str;

/// One of the two ends of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
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

/// What Finish2 (109) tells the destination about Perform: its argument `retcode`; and Finish and Confirm of version 3 either
/// host about the other: their argument `cancelled`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Retcode {
    /// 0: start what arrived; or, in Confirm, end what was sent.
    Success,
    /// 1: the guest stays on the source; destroy what was prepared; or, in Confirm, let it run on.
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
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Do {
    /// Which of the two connections.
    pub host: Host,
    /// Which procedure, with what.
    pub call: Call,
    /// How long to wait for the reply before reporting `Failure::Silent`; `None` as
    /// long as the connection lives.
    pub deadline: Option<Duration>,
}

/// A call of the remote program, or [`Close`](Call::Close). In the order in which a migration makes them.
///
/// Exhaustive on purpose: a driver that does not know a call must fail to compile, not to migrate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
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
    /// 213 or 302, Begin of version 3; answered by `Reply::Begun`.
    Begin3 {
        /// The guest on the source.
        domain: Domain,
        /// What the caller wants: its XML, name and bandwidth, or parameters.
        terms: Terms,
        /// Everything that the caller asked for, and CHANGE_PROTECTION where the source has it.
        flags: MigrateFlags,
    },
    /// 214 or 303, Prepare of version 3; answered by `Reply::Prepared`.
    Prepare3 {
        /// Begin's, byte for byte.
        cookie: Cookie,
        /// With Begin's XML.
        terms: Terms,
        /// Without the flags that concern the source only.
        flags: MigrateFlags,
    },
    /// 216 or 305, Perform of version 3, with neither a destination's URI nor, in 216, an XML; answered by `Reply::Performed`.
    /// The guest stays on the source, paused, until Confirm.
    Perform3 {
        /// The guest on the source.
        domain: Domain,
        /// Prepare's, byte for byte.
        cookie: Cookie,
        /// With the destination's URI.
        terms: Terms,
        /// As in [`Begin3`](Call::Begin3), and PAUSED if it was found paused.
        flags: MigrateFlags,
    },
    /// 216 or 305 to a source that carries the whole migration out by itself; answered by `Reply::Performed`, when the destination has
    /// the guest and the source no longer. No cookie: there is no host yet that could have given one. A source of versions 1 and 2 gets
    /// [`Perform`](Call::Perform) for it, with the destination's URI in place of that of the data.
    PerformTo {
        /// The guest on the source.
        domain: Domain,
        /// The destination's URI as the source's daemon reaches it; `None` in a direct migration.
        dconnuri: Option<Text>,
        /// What the caller wants.
        terms: Terms,
        /// Everything that the caller asked for.
        flags: MigrateFlags,
    },
    /// 217 or 306, Finish of version 3, without a destination's URI; answered by `Reply::Finished3`, or for
    /// [`Cancelled`](Retcode::Cancelled) by error 93.
    Finish3 {
        /// Perform's, byte for byte; empty after a step that failed.
        cookie: Cookie,
        /// With the guest's name on the destination.
        terms: Terms,
        /// Without the flags that concern the source only.
        flags: MigrateFlags,
        /// Whether to give the guest up.
        cancelled: Retcode,
    },
    /// 218 or 307, Confirm of version 3, on **the connection that made Begin**; answered by `Reply::Done`. **With
    /// [`Success`](Retcode::Success) it ends the guest on the source.**
    ///
    /// A daemon knows a migration by its guest, and forgets it with the connection that began it: over any other connection this would
    /// end what somebody else has begun since. If that connection is dead, answer `Failure::NotSent`.
    Confirm3 {
        /// The guest on the source.
        domain: Domain,
        /// Finish's, byte for byte; empty after a step that failed.
        cookie: Cookie,
        /// As Finish had them.
        terms: Terms,
        /// As in [`Perform3`](Call::Perform3).
        flags: MigrateFlags,
        /// Whether to let the guest run on.
        cancelled: Retcode,
    },
    /// 28 `domain_resume`; answered by `Reply::Done`. Only to a source that was left paused, when the destination does not and
    /// will not run the guest.
    Resume {
        /// The guest on the source.
        domain: Domain,
    },
    /// 12 `domain_destroy`; answered by `Reply::Done`. Only to a source that keeps the paused copy of a guest that the
    /// destination runs.
    Destroy {
        /// The guest on the source.
        domain: Domain,
    },
    /// 24 `domain_lookup_by_uuid`; answered by `Reply::Found`.
    LookupByUuid {
        /// The guest's.
        #[cfg_attr(feature = "journal", serde(with = "crate::migrate::journal::saved::uuid"))]
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
    /// 2 `connect_close` on **the connection that made Prepare** at the destination, or Begin at the source, then wait until the peer has closed it;
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
            Call::Begin3 { terms: Terms::Fixed { .. }, .. } => (213, "domain_migrate_begin3"),
            Call::Begin3 { .. } => (302, "domain_migrate_begin3_params"),
            Call::Prepare3 { terms: Terms::Fixed { .. }, .. } => (214, "domain_migrate_prepare3"),
            Call::Prepare3 { .. } => (303, "domain_migrate_prepare3_params"),
            Call::Perform3 { terms: Terms::Fixed { .. }, .. } => (216, "domain_migrate_perform3"),
            Call::Perform3 { .. } => (305, "domain_migrate_perform3_params"),
            Call::PerformTo { terms: Terms::Fixed { .. }, .. } => (216, "domain_migrate_perform3"),
            Call::PerformTo { .. } => (305, "domain_migrate_perform3_params"),
            Call::Finish3 { terms: Terms::Fixed { .. }, .. } => (217, "domain_migrate_finish3"),
            Call::Finish3 { .. } => (306, "domain_migrate_finish3_params"),
            Call::Confirm3 { terms: Terms::Fixed { .. }, .. } => (218, "domain_migrate_confirm3"),
            Call::Confirm3 { .. } => (307, "domain_migrate_confirm3_params"),
            Call::Resume { .. } => (28, "domain_resume"),
            Call::Destroy { .. } => (12, "domain_destroy"),
            Call::LookupByUuid { .. } => (24, "domain_lookup_by_uuid"),
            Call::GetJobInfo { .. } => (163, "domain_get_job_info"),
            Call::GetState { .. } => (212, "domain_get_state"),
            Call::Close => (2, "connect_close"),
        }
    }

    /// Whether it is better not made than made without a record of it: every Begin, Prepare and Perform. Once Perform has run,
    /// the guest matters more than its record.
    pub const fn begins_something(&self) -> bool {
        self.prepares() || self.performs() || matches!(self, Call::Begin3 { .. })
    }

    /// Whether it is a Prepare: what it prepares dies with the connection that makes it.
    pub const fn prepares(&self) -> bool {
        matches!(self, Call::Prepare { .. } | Call::Prepare2 { .. } | Call::Prepare3 { .. })
    }

    /// Whether it is a Perform, which takes as long as the guest is large.
    pub const fn performs(&self) -> bool {
        matches!(self, Call::Perform { .. } | Call::Perform3 { .. } | Call::PerformTo { .. })
    }

    /// Whether it is a Finish.
    pub const fn finishes(&self) -> bool {
        matches!(self, Call::Finish { .. } | Call::Finish2 { .. } | Call::Finish3 { .. })
    }

    /// Whether it changes something on the host, so that a journal must know of it before it is sent.
    pub const fn changes_something(&self) -> bool {
        self.begins_something()
            || self.finishes()
            || matches!(
                self,
                Call::Confirm3 { .. } | Call::Resume { .. } | Call::Destroy { .. } | Call::Close
            )
    }

    /// Whether it must not be made unless its record is kept: whoever reads the journal takes what it does not announce for not made.
    /// Only what ends the source's copy of a guest that the destination has goes without, for then Finish was announced.
    pub const fn needs_its_record(&self) -> bool {
        let ends_a_copy =
            matches!(self, Call::Confirm3 { cancelled: Retcode::Success, .. } | Call::Destroy { .. });
        self.changes_something() && !ends_a_copy
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
            Call::GetInfo { domain }
            | Call::GetState { domain }
            | Call::GetJobInfo { domain }
            | Call::Resume { domain }
            | Call::Destroy { domain } => write!(f, "dom={}", domain.name)?,
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
            Call::Begin3 { domain, terms, flags } => {
                write!(f, "dom={}, {}, flags={flags}", domain.name, Shown(terms))?;
            }
            Call::Prepare3 { cookie, terms, flags } => {
                write!(f, "cookie_in={cookie:?}, {}, flags={flags}", Shown(terms))?;
            }
            Call::Perform3 { domain, cookie, terms, flags } => {
                write!(f, "dom={}, cookie_in={cookie:?}, {}, flags={flags}", domain.name, Shown(terms))?;
            }
            Call::PerformTo { domain, dconnuri, terms, flags } => {
                let to = Null(dconnuri);
                write!(f, "dom={}, dconnuri={to}, {}, flags={flags}", domain.name, Shown(terms))?;
            }
            Call::Finish3 { cookie, terms, flags, cancelled } => {
                write!(f, "cookie_in={cookie:?}, {}, flags={flags}, ", Shown(terms))?;
                write!(f, "cancelled={}", cancelled.number())?;
            }
            Call::Confirm3 { domain, cookie, flags, cancelled, .. } => {
                write!(f, "dom={}, cookie_in={cookie:?}, flags={flags}, ", domain.name)?;
                write!(f, "cancelled={}", cancelled.number())?;
            }
            Call::LookupByUuid { uuid } => write!(f, "uuid={}", Uuid(uuid))?,
            Call::Close => {}
        }
        f.write_str(")")
    }
}

/// Terms in the contract's names, on one line.
struct Shown<'a>(&'a Terms);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Terms::Fixed { xml, uri, dname, resource } => {
                match xml {
                    Some(xml) => write!(f, "xml={xml:?}, ")?,
                    None => f.write_str("xml=null, ")?,
                }
                write!(f, "uri={}, dname={}, resource={resource}", Null(uri), Null(dname))
            }
            Terms::Params(params) => write!(f, "params={params:?}"),
        }
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
