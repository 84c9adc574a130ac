//! The modelled source: holds the guest until Perform succeeds, then has it no more, or only its definition.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::migrate::{
    Call, Cookie, Domain, DomainState, DomainXml, Failure, Feature, JobInfo, MigrateFlags, Reply, State,
};

use super::fault::Fails;
use super::peers::Peer;
use super::postcopy::Half;
use super::version3::Migrating;

pub(crate) const UUID: [u8; 16] = [0x2a; 16];
pub(crate) const COOKIE: &[u8] = b"\x00cookie\xff\x00";

pub(crate) fn guest(id: i32) -> Domain {
    Domain { name: "guest".into(), uuid: UUID, id }
}

/// Another guest, which runs.
pub(crate) fn another() -> Domain {
    Domain { name: "another".into(), uuid: [0x3b; 16], id: 8 }
}

/// What any host says of it.
pub(crate) fn answer_of_another(call: &Call) -> Option<Reply> {
    let is_it = |domain: &Domain| domain.uuid == another().uuid;
    match call {
        Call::GetJobInfo { domain } if is_it(domain) => Some(Reply::Job(JobInfo::default())),
        Call::GetState { domain } | Call::GetInfo { domain } if is_it(domain) => {
            Some(Reply::State(State { state: DomainState::Running, reason: Some(2) }))
        }
        _ => None,
    }
}

pub(crate) fn error(code: ErrorCode, text: &str) -> Failure {
    Failure::Answered(RemoteError::new(code, ErrorDomain::QEMU, text).into())
}

/// The XML that the destination can rebuild the guest from.
pub(crate) fn xml() -> DomainXml {
    DomainXml("<domain><name>guest</name></domain>".into())
}

#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) peer: Peer,
    /// The guest has a definition.
    pub(crate) defined: bool,
    /// The guest is there, and whether its processors are stopped.
    pub(crate) active: Option<Paused>,
    /// The guest died here, with its host or by itself.
    pub(crate) perished: bool,
    /// Why it is off.
    pub(crate) off: i32,
    /// Perform under way: when it ends, where to, and how.
    pub(crate) job: Option<SourceJob>,
    /// Version 3: the migration that it remembers.
    pub(crate) migrating: Option<Migrating>,
    /// Version 3: Perform has stopped the guest, and it is here still.
    pub(crate) stopped: bool,
    /// Somebody else waits to migrate the guest.
    pub(crate) stranger: bool,
    /// A post-copy has switched over: this has a part of the guest's memory.
    pub(crate) half: Option<Half>,
    /// The guest has run here after it was sent.
    pub(crate) ran_on: bool,
    /// And does so, by nobody's word but its daemon's.
    pub(crate) runs_by_itself: bool,
    /// The number of the guest's run, by which this host names it.
    pub(crate) id: i32,
}

pub(crate) type Paused = bool;

#[derive(Clone, Debug)]
pub(crate) struct SourceJob {
    pub(crate) ends: u32,
    pub(crate) call: Call,
    pub(crate) fails: Option<Fails>,
    /// All of the guest is there already.
    pub(crate) arrived: bool,
}

impl Source {
    pub(crate) fn state(&self) -> State {
        let (state, reason) = match self.active {
            Some(true) if self.half.is_some() => {
                (DomainState::Paused, if self.half == Some(Half::Broken) { 13 } else { 12 })
            }
            Some(true) if self.stopped => (DomainState::Paused, 2),
            Some(true) => (DomainState::Paused, 1),
            Some(false) if self.runs_by_itself => (DomainState::Running, 6),
            Some(false) => (DomainState::Running, 1),
            None => (DomainState::ShutOff, self.off),
        };
        State { state, reason: Some(reason) }
    }

    pub(crate) fn knows(&self) -> Result<(), Failure> {
        if self.active.is_some() || self.defined {
            Ok(())
        } else {
            Err(error(ErrorCode::NO_DOMAIN, "no domain"))
        }
    }

    /// Everything but Perform.
    pub(crate) fn answer(&self, call: &Call) -> Result<Reply, Failure> {
        match call {
            Call::LookupByUuid { .. } => self.knows().map(|()| Reply::Found(guest(self.id))),
            Call::GetXmlDesc { flags, .. } => {
                self.knows()?;
                // A source without feature 11 refuses flag 8; one with it gives an XML for people without the
                // flag.
                match (self.peer.reports(Feature::XmlMigratable), flags) {
                    (true, 8) | (false, 5) => Ok(Reply::Xml(xml())),
                    (true, _) => Ok(Reply::Xml(DomainXml("<domain>for people</domain>".into()))),
                    (false, _) => Err(error(ErrorCode::INVALID_ARG, "unsupported flags")),
                }
            }
            Call::GetInfo { .. } => self.knows().map(|()| Reply::State(self.state().state.into())),
            Call::GetState { .. } => self.knows().map(|()| Reply::State(self.state())),
            Call::GetJobInfo { .. } => {
                self.knows()?;
                match (&self.job, self.active) {
                    (_, None) => Err(error(ErrorCode::OPERATION_INVALID, "domain is not running")),
                    // One that waits for Confirm shows on some hosts.
                    (None, _) if self.migrating.is_some() && self.peer.shows_waiting_job() => {
                        Ok(Reply::Job(JobInfo { kind: 2, ..JobInfo::default() }))
                    }
                    (Some(_), _) => Ok(Reply::Job(JobInfo { kind: 2, ..JobInfo::default() })),
                    (None, _) => Ok(Reply::Job(JobInfo::default())),
                }
            }
            _ => Err(error(ErrorCode::INTERNAL_ERROR, "not a call to a source")),
        }
    }

    /// A person has the guest run on that a migration had paused, and suspends it.
    pub(crate) fn ran_on_and_stopped(&mut self) {
        if self.resume().is_ok() {
            (self.active, self.ran_on) = (Some(true), true);
        }
    }

    /// It runs on, and somebody else's migration pauses it when it has sent it elsewhere, and is not brought to its end. `id`: of the run.
    pub(crate) fn is_moved_elsewhere(&mut self, id: i32) {
        (self.job, self.migrating) = (None, None);
        (self.active, self.stopped, self.ran_on, self.id) = (Some(true), true, true, id);
        self.runs_by_itself = false;
    }

    /// Whether Perform can begin at all.
    pub(crate) fn accepts(&self, call: &Call) -> Result<(), Failure> {
        let Call::Perform { cookie, .. } = call else {
            return Err(error(ErrorCode::INTERNAL_ERROR, "not Perform"));
        };
        self.knows()?;
        if self.active.is_none() {
            return Err(error(ErrorCode::OPERATION_INVALID, "domain is not running"));
        }
        if self.job.is_some() {
            return Err(error(ErrorCode::OPERATION_INVALID, "another migration job is already running"));
        }
        if *cookie != Cookie(COOKIE.into()) {
            return Err(error(ErrorCode::INTERNAL_ERROR, "migration cookie is not the destination's"));
        }
        Ok(())
    }

    /// The guest is gone from here, as it is at Perform's success.
    pub(crate) fn leaves(&mut self, call: &Call) {
        self.active = None;
        if let Call::Perform { flags, .. } = call {
            self.defined &= !flags.has(MigrateFlags::UNDEFINE_SOURCE);
        }
    }
}
