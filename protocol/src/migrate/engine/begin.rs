//! Version 3 up to Perform: the source describes the guest and gives the first cookie, the destination gets ready and gives the
//! second.
//!
//! Nothing has happened to the guest yet. But a source that protects the guest's configuration holds a job from Begin on, so
//! whatever ends the migration here is followed by Confirm with `cancelled`, which lets the guest go.

use super::Engine;
use super::arrival::Departed;
use super::start::{Draft, failed, failure_of};
use super::step::{Form, Prepared, Step};
use crate::error::{ErrorCode, Fate};
use crate::migrate::answer::{Failure, Reply};
use crate::migrate::call::{Call, Host, Retcode};
use crate::migrate::domain::Cookie;
use crate::migrate::flags::MigrateFlags;
use crate::migrate::note::Note;
use crate::migrate::outcome::Reason;
use crate::migrate::state::{Job, Said};

use virtwire_xdr::Text;

impl Engine {
    pub(super) fn begin(&mut self) -> Step {
        let (domain, terms) = (self.request.domain.clone(), self.terms.clone());
        self.call_before(Host::Source, Call::Begin3 { domain, terms, flags: self.source_flags() });
        Step::Begin
    }

    pub(super) fn begun(&mut self, answer: Result<Reply, Failure>) -> Step {
        let failure = match answer {
            Ok(Reply::Begun { cookie, xml }) => {
                if cookie.0.is_empty() && !self.is_offline() {
                    return self.release(Reason::NoCookie { host: Host::Source });
                }
                self.terms.set_xml(xml);
                return self.ask_info(Draft::V3 { cookie });
            }
            other => failure_of(other),
        };
        if failure.answered(ErrorCode::NO_DOMAIN) {
            self.source = Said::Absent;
        }
        let is_invalid = failure.answered(ErrorCode::OPERATION_INVALID);
        let may_hold_a_job = failure.fate() == Fate::Unknown;
        let reason = failed(Host::Source, self.procedure, failure);
        if may_hold_a_job {
            return self.release(reason);
        }
        // Of a guest whose post-copy is not over nobody should hear that it stayed.
        if is_invalid && !self.is_resuming() && !self.is_offline() {
            let domain = self.request.domain.clone();
            self.call(Host::Source, Call::GetState { domain }, Some(self.settings.ask_deadline));
            return Step::WhyNot(reason);
        }
        self.downgrade(&reason).unwrap_or_else(|| self.stay(reason))
    }

    pub(super) fn got_why_not(&mut self, reason: Reason, answer: Result<Reply, Failure>) -> Step {
        let Ok(Reply::State(state)) = answer else { return self.stay(reason) };
        if !state.is_post_copy() {
            return self.stay(reason);
        }
        self.source = Said::Has { domain: self.request.domain.clone(), state, job: Job::NotAsked };
        self.stay(Reason::InPostCopy(state))
    }

    pub(super) fn prepared3(&mut self, answer: Result<Reply, Failure>) -> Step {
        let (cookie, uri_out) = match answer {
            Ok(Reply::Prepared { cookie, uri_out }) => (cookie, uri_out),
            other => {
                let failure = self.unprepared(failure_of(other));
                let unsupported = matches!(failure, Failure::Unsupported(_));
                let reason = failed(Host::Destination, self.procedure, failure);
                return if unsupported { self.withdraw(reason) } else { self.release(reason) };
            }
        };
        if let Some(uri) = uri_out {
            self.terms.set_uri(uri);
        }
        let no_cookie = cookie.0.is_empty();
        let prepared = Prepared { form: Form::V3, cookie, uri: Text::default() };
        if self.is_offline() {
            if self.given_up {
                return self.roll_back(prepared, Reason::Cancelled);
            }
            // There is no memory to send.
            return self.finish(Departed::offline(prepared.without_cookie()));
        }
        if self.terms.uri().is_none() {
            return self.roll_back(prepared, Reason::NoUri);
        }
        if no_cookie {
            return self.roll_back(prepared, Reason::NoCookie { host: Host::Destination });
        }
        self.perform(prepared)
    }

    /// Ends a migration whose Perform was not sent and whose destination has prepared nothing.
    pub(super) fn abandon(&mut self, draft: &Draft, reason: Reason) -> Step {
        match draft {
            Draft::V1 | Draft::V2 { .. } | Draft::BySource(_) => self.stay(reason),
            Draft::V3 { .. } => self.release(reason),
        }
    }

    /// Lets the guest go that Begin may hold. A broken post-copy stays so, and its hosts forget the run with its connections.
    pub(super) fn release(&mut self, reason: Reason) -> Step {
        if self.protection == MigrateFlags(0) || self.is_resuming() {
            return self.stay(reason);
        }
        self.let_go();
        Step::Release(reason)
    }

    fn let_go(&mut self) {
        let said = self.source.clone();
        self.call_confirm(Cookie::default(), Retcode::Cancelled);
        // Nothing has been sent, so what it said of the guest holds.
        self.source = said;
    }

    /// The destination has no such Prepare. Before an older version begins, the source must have let the guest go.
    fn withdraw(&mut self, reason: Reason) -> Step {
        if self.protection == MigrateFlags(0) {
            return self.downgrade(&reason).unwrap_or_else(|| self.stay(reason));
        }
        self.let_go();
        Step::Withdraw(reason)
    }

    pub(super) fn withdrawn(&mut self, reason: Reason, answer: Result<Reply, Failure>) -> Step {
        match answer {
            Ok(Reply::Done) => self.downgrade(&reason).unwrap_or_else(|| self.stay(reason)),
            other => self.released(reason, other),
        }
    }

    pub(super) fn released(&mut self, reason: Reason, answer: Result<Reply, Failure>) -> Step {
        match answer {
            Ok(Reply::Done) => {}
            other => {
                let failure = failure_of(other);
                // There was no job then.
                if !failure.answered(ErrorCode::OPERATION_INVALID) && !failure.answered(ErrorCode::NO_DOMAIN)
                {
                    self.note(Note::Held(failure));
                }
            }
        }
        self.stay(reason)
    }

    pub(super) fn call_confirm(&mut self, cookie: Cookie, cancelled: Retcode) {
        let (domain, terms) = (self.request.domain.clone(), self.terms.clone());
        let flags = self.source_flags();
        let call = Call::Confirm3 { domain, cookie, terms, flags, cancelled };
        self.call(Host::Source, call, Some(self.settings.finish_deadline));
    }

    /// Everything, and the protection that the source was asked for at Begin.
    pub(super) fn source_flags(&self) -> MigrateFlags {
        self.flags | self.protection
    }

    /// Only the definition of a guest moves, which does not run.
    pub(super) fn is_offline(&self) -> bool {
        self.request.flags.has(MigrateFlags::OFFLINE)
    }
}
