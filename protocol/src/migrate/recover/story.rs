//! What a journal proves: which calls may have been made, and what came of them.
//!
//! A call is announced before it is made, so one that is not announced was not made. One that is announced and not answered may
//! have been made, may be under way, or may be run later by a host that has it in a queue.

use crate::error::{ErrorCode, Fate};
use crate::migrate::answer::{Failure, Reply};
use crate::migrate::call::{Call, Do, Host, Retcode};
use crate::migrate::domain::{Cookie, Domain};
use crate::migrate::flags::MigrateFlags;
use crate::migrate::journal::Record;
use crate::migrate::outcome::{Outcome, Reason};
use crate::migrate::plan::Version;
use crate::migrate::request::{Request, Way};
use crate::migrate::state::{DomainState, State};

/// A migration as its journal tells it.
#[derive(Clone, Debug)]
pub(super) struct Story {
    pub(super) request: Request,
    pub(super) version: Version,
    /// Whether the source said before Prepare that the guest is paused.
    pub(super) was_paused: Option<bool>,
    /// Prepare, once it is announced.
    prepare: Option<Call>,
    pub(super) prepared: Prepared,
    uri_out: Option<virtwire_xdr::Text>,
    perform: Option<Call>,
    pub(super) performed: Performed,
    /// The destination may have been told to start the guest.
    pub(super) told: bool,
    /// The same before the last time that this was announced.
    told_before: bool,
    /// How the last one of those was answered.
    pub(super) started: Started,
    /// OFFLINE: the destination said before Prepare that it knows no such guest.
    pub(super) had_no_definition: bool,
    /// The first one of those was answered with an error of the destination's own.
    pub(super) refused: bool,
    /// The destination may have been told to give the guest up.
    pub(super) given_up: bool,
    /// It was decided that the guest runs on at its source: nothing may start it at the destination, then or later.
    pub(super) goes_back: bool,
    /// The source has said that it lets the guest run on.
    pub(super) ran_on: bool,
    /// The caller's word that nobody has begun another migration of the guest since.
    pub(super) is_last: bool,
    /// The first thing that went wrong.
    reason: Option<Reason>,
    pub(super) ended: Option<Outcome>,
    /// The caller's word: the source's daemon, which was to carry it out, has no part in it any more.
    pub(super) senders_end: bool,
    /// Who hosts have said they are.
    pub(super) met: Vec<(Host, String)>,
    /// The call that was announced last and is not answered.
    out: Option<Call>,
}

/// What is known of Prepare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prepared {
    /// It was not made, or has changed nothing.
    No,
    /// It is announced, and nobody has heard what came of it.
    Perhaps,
    /// It succeeded.
    Yes,
}

/// What is known of Perform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Performed {
    /// It was not made.
    Never,
    /// It may have been made, and nobody has heard how it ended.
    Perhaps,
    /// It was answered with an error.
    Failed {
        /// Which may have been made up on the way.
        hearsay: bool,
    },
    /// It succeeded; in version 3 with this cookie for the destination.
    Done(Cookie),
}

/// What is known of the Finish that starts the guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Started {
    /// It was not made, or nobody has heard how it ended.
    Untold,
    /// The destination has the guest.
    Yes,
    /// Error 55: what the destination has is no incoming guest.
    NotIncoming,
    /// Error 42: the destination has none.
    NoCopy,
}

impl Story {
    /// Reads a journal from its beginning. `None` if it does not say what was to move: then nothing was called.
    pub(super) fn read(records: impl IntoIterator<Item = Record>) -> Option<Story> {
        let mut records = records.into_iter();
        let first = records.find(|record| matches!(record, Record::Chosen { .. }))?;
        let Record::Chosen { request, version } = first else { return None };
        let mut story = Story {
            request,
            version,
            was_paused: None,
            prepare: None,
            prepared: Prepared::No,
            uri_out: None,
            perform: None,
            performed: Performed::Never,
            told: false,
            told_before: false,
            started: Started::Untold,
            had_no_definition: false,
            refused: false,
            given_up: false,
            goes_back: false,
            ran_on: false,
            is_last: false,
            reason: None,
            ended: None,
            senders_end: false,
            met: Vec::new(),
            out: None,
        };
        records.for_each(|record| story.take(&record));
        Some(story)
    }

    /// What happened next.
    pub(super) fn take(&mut self, record: &Record) {
        match record {
            Record::Chosen { .. } => {}
            Record::Met { host, identity } => self.met.push((*host, identity.clone())),
            Record::Doing(order) => self.announced(order),
            Record::Answered { host, procedure, answer } => {
                if let (Err(failure), None) = (answer, &self.reason)
                    && procedure.starts_with("domain_migrate_")
                    && !matches!(failure, Failure::Unsupported(_))
                {
                    let failure = failure.clone();
                    self.reason = Some(Reason::Failed { host: *host, procedure, failure });
                }
                if *host == Host::Destination && self.prepare.is_none() && self.perform.is_none() {
                    self.had_no_definition =
                        answer.as_ref().is_err_and(|failure| failure.answered(ErrorCode::NO_DOMAIN));
                }
                self.answered(*host, procedure, answer);
            }
            Record::Ended(outcome) => self.ended = Some(outcome.clone()),
        }
    }

    fn announced(&mut self, order: &Do) {
        self.ended = None;
        let call = &order.call;
        match call {
            _ if call.prepares() => {
                if matches!(call, Call::Prepare { .. }) {
                    self.version = Version::V1;
                }
                (self.prepare, self.prepared) = (Some(call.clone()), Prepared::Perhaps);
            }
            _ if call.performs() => {
                (self.perform, self.performed) = (Some(call.clone()), Performed::Perhaps);
            }
            _ if is_start(call) => (self.told_before, self.told) = (self.told, true),
            _ if call.finishes() => self.given_up = true,
            Call::Destroy { .. } if order.host == Host::Destination => self.given_up = true,
            // Before Perform it only lets go of what Begin holds.
            _ if goes_back(call) => {
                self.goes_back |= self.performed != Performed::Never || self.told;
            }
            // Closing the connection that made Begin has the source forget what shall not go on.
            Call::Close if order.host == Host::Source => self.goes_back |= self.performed != Performed::Never,
            _ => {}
        }
        self.out = Some(call.clone());
    }

    fn answered(&mut self, host: Host, procedure: &str, answer: &Result<Reply, Failure>) {
        let Some(call) = self.out.take_if(|call| call.name() == procedure) else {
            // Later the migration itself may have paused it.
            if let (Host::Source, Ok(Reply::State(state)), None, None) =
                (host, answer, &self.prepare, &self.perform)
            {
                self.was_paused = Some(state.state == DomainState::Paused);
            }
            return;
        };
        if call.prepares() {
            self.prepared = match answer {
                Ok(_) => Prepared::Yes,
                Err(failure) if failure.fate() == Fate::Unknown => Prepared::Perhaps,
                Err(_) => Prepared::No,
            };
            match answer {
                Ok(Reply::Prepared { uri_out, .. }) => self.uri_out.clone_from(uri_out),
                // An older version may begin anew.
                Err(Failure::Unsupported(_)) => self.prepare = None,
                _ => {}
            }
        } else if call.performs() {
            self.performed = match answer {
                Ok(Reply::Performed(cookie)) => Performed::Done(cookie.clone()),
                Ok(Reply::Done) => Performed::Done(Cookie::default()),
                Err(failure @ (Failure::Answered(_) | Failure::Unsupported(_))) => {
                    Performed::Failed { hearsay: !failure.is_the_hosts_own() }
                }
                Err(Failure::NotSent { .. }) => Performed::Never,
                _ => Performed::Perhaps,
            };
        } else if is_start(&call) {
            // The first; another may be refused because of it.
            self.refused |= !self.told_before && answer.as_ref().is_err_and(Failure::is_the_hosts_own);
            match answer {
                Ok(Reply::Finished(_) | Reply::Finished3 { .. }) => self.started = Started::Yes,
                Err(failure) => {
                    self.started = match failure.code() {
                        Some(ErrorCode::OPERATION_INVALID) => Started::NotIncoming,
                        Some(ErrorCode::NO_DOMAIN) => Started::NoCopy,
                        _ => self.started,
                    };
                    if matches!(failure, Failure::NotSent { .. }) {
                        self.told = self.told_before;
                    }
                }
                Ok(_) => {}
            }
        } else if call.finishes() {
            // What it has destroyed, it has not started.
            let aborted =
                answer.as_ref().is_err_and(|failure| failure.answered(ErrorCode::MIGRATE_FINISH_OK));
            self.goes_back |= aborted;
        } else if goes_back(&call) {
            // Before Perform it let go of what Begin held.
            self.ran_on |= answer.is_ok() && self.performed != Performed::Never;
        }
    }
}

/// What follows from it, and the calls that could be made next.
impl Story {
    pub(super) fn by_v3(&self) -> bool {
        matches!(self.version, Version::V3 | Version::V3Params)
    }

    /// Only the definition of a guest moves, which does not run.
    pub(super) fn is_offline(&self) -> bool {
        self.request.flags.has(MigrateFlags::OFFLINE)
    }

    /// The source carries the migration out, so that nobody else knows what the destination was told.
    pub(super) fn is_by_source(&self) -> bool {
        self.request.way != Way::Managed
    }

    /// Whether the destination may have been told to start the guest, by whomever.
    pub(super) fn may_have_started(&self) -> bool {
        self.told || self.is_by_source() && self.performed != Performed::Never
    }

    /// It was asked for, or the guest was found paused.
    pub(super) fn is_to_arrive_paused(&self) -> bool {
        self.request.flags.has(MigrateFlags::PAUSED) || self.was_paused == Some(true)
    }

    /// Nothing was sent, and nobody knows what became of Prepare.
    pub(super) fn may_keep_what_began(&self) -> bool {
        self.performed == Performed::Never && self.prepared != Prepared::No && !self.is_offline()
    }

    /// The first thing that went wrong; or that nobody brought the migration to its end.
    pub(super) fn reason(&self) -> Reason {
        self.reason.clone().unwrap_or(Reason::Interrupted)
    }

    /// The Finish that starts what was sent. `None` unless Perform is known to have succeeded, and nothing since then says that the
    /// guest shall not run there.
    pub(super) fn start_call(&self) -> Option<Call> {
        if self.is_offline() {
            return self.define_call();
        }
        let Performed::Done(performed) = &self.performed else { return None };
        if self.given_up || self.goes_back || self.is_by_source() {
            return None;
        }
        match self.perform.clone()? {
            Call::Perform { domain, cookie, uri, flags, dname, .. } => {
                let (dname, flags) = (dname.unwrap_or(domain.name), flags.for_destination());
                Some(match self.version {
                    Version::V1 => Call::Finish { dname, cookie, uri, flags },
                    _ => Call::Finish2 { dname, cookie, uri, flags, retcode: Retcode::Success },
                })
            }
            Call::Perform3 { domain, mut terms, flags, .. } => {
                terms.name(&domain.name);
                let flags = flags.for_destination().without(MigrateFlags::CHANGE_PROTECTION);
                let cookie = performed.clone();
                Some(Call::Finish3 { cookie, terms, flags, cancelled: Retcode::Success })
            }
            _ => None,
        }
    }

    /// OFFLINE: the Finish that was announced before.
    fn define_call(&self) -> Option<Call> {
        let may_go_on = self.told && !self.given_up && !self.goes_back;
        may_go_on.then(|| self.finish_call(Retcode::Success)).flatten()
    }

    /// The Finish of version 3 that has the destination destroy what it prepared. `None` where nothing was prepared from here.
    pub(super) fn cancel_call(&self) -> Option<Call> {
        self.finish_call(Retcode::Cancelled)
    }

    /// Without a cookie.
    fn finish_call(&self, cancelled: Retcode) -> Option<Call> {
        let Call::Prepare3 { mut terms, flags, .. } = self.prepare.clone()? else { return None };
        if let Some(uri) = self.uri_out.clone() {
            terms.set_uri(uri);
        }
        terms.name(&self.request.domain.name);
        let cookie = Cookie::default();
        Some(Call::Finish3 { cookie, terms, flags, cancelled })
    }

    /// Versions 1 and 2: what has the destination end a copy of a guest that has stayed.
    pub(super) fn removal(&self, copy: &Domain, state: State) -> Option<Call> {
        let Some(Call::Perform { domain, cookie, uri, flags, dname, .. }) = self.perform.clone() else {
            return None;
        };
        Some(match self.version {
            // It has nothing else to know it by.
            Version::V1 if !state.is_migrating() => return None,
            Version::V1 => Call::Destroy { domain: copy.clone() },
            _ => {
                let (dname, flags) = (dname.unwrap_or(domain.name), flags.for_destination());
                Call::Finish2 { dname, cookie, uri, flags, retcode: Retcode::Cancelled }
            }
        })
    }
}

/// Whether a call tells the source to let the guest run on.
fn goes_back(call: &Call) -> bool {
    matches!(call, Call::Confirm3 { cancelled: Retcode::Cancelled, .. } | Call::Resume { .. })
}

/// Whether a call tells the destination to start the guest.
fn is_start(call: &Call) -> bool {
    match call {
        Call::Finish { .. } => true,
        Call::Finish2 { retcode, .. } => *retcode == Retcode::Success,
        Call::Finish3 { cancelled, .. } => *cancelled == Retcode::Success,
        _ => false,
    }
}
