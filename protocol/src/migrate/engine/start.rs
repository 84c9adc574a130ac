//! Up to Perform: while nothing has happened to the guest, any failure leaves it where it is.

use super::Engine;
use super::doubt::Doubt;
use super::step::{Form, Prepared, Step};
use crate::error::{ErrorCode, Fate};
use crate::migrate::answer::{Failure, Reply};
use crate::migrate::ask::Ask;
use crate::migrate::call::{Call, Host};
use crate::migrate::domain::{Cookie, DomainXml};
use crate::migrate::flags::MigrateFlags;
use crate::migrate::note::Note;
use crate::migrate::outcome::Reason;
use crate::migrate::param::Terms;
use crate::migrate::plan::{Sequence, Version};
use crate::migrate::request::Way;
use crate::migrate::state::{DomainState, Job, Said, State};

use virtwire_xdr::Text;

/// What Prepare will need, by version.
#[derive(Debug)]
pub(super) enum Draft {
    V1,
    V2 {
        dom_xml: DomainXml,
    },
    V3 {
        /// Begin's.
        cookie: Cookie,
    },
    /// There is none: the source does it all, at a call of this version.
    BySource(Version),
}

impl Engine {
    /// Begins as a version does, at first or after a newer one that a host has not.
    pub(super) fn start(&mut self, sequence: Sequence) -> Step {
        self.version = sequence.version();
        self.flags = self.request.flags;
        self.was_paused = None;
        self.terms = match self.version {
            Version::V3Params => Terms::params(&self.request),
            Version::V1 | Version::V2 | Version::V3 => Terms::fixed(&self.request),
        };
        self.protection = match sequence {
            Sequence::V3 { protects: true, .. } => MigrateFlags::CHANGE_PROTECTION,
            _ => MigrateFlags(0),
        };
        match sequence {
            Sequence::V1 => self.ask_info(Draft::V1),
            Sequence::V2 { xml_flags } => self.ask_xml(xml_flags),
            Sequence::V3 { .. } => self.begin(),
            Sequence::BySource(version) => self.ask_info(Draft::BySource(version)),
        }
    }

    /// The next older version, where there is one and the failure is the one answer that proves that the host did nothing and will do
    /// nothing: it has no such call. The other host must not hold anything either.
    pub(super) fn downgrade(&mut self, reason: &Reason) -> Option<Step> {
        let Reason::Failed { host, failure: failure @ Failure::Unsupported(_), .. } = reason else {
            return None;
        };
        let next = self.older.next()?;
        if self.given_up {
            return Some(self.stay(Reason::Cancelled));
        }
        let (from, to, failure) = (self.version, next.version(), failure.clone());
        self.note(Note::Downgrade { from, to, host: *host, failure });
        Some(self.start(next))
    }

    /// A call before Perform.
    pub(super) fn call_before(&mut self, host: Host, call: Call) {
        let deadline = Some(self.settings.prepare_deadline);
        self.call(host, call, deadline);
    }

    fn ask_xml(&mut self, flags: u32) -> Step {
        self.call_before(Host::Source, Call::GetXmlDesc { domain: self.request.domain.clone(), flags });
        Step::Xml
    }

    pub(super) fn got_xml(&mut self, answer: Result<Reply, Failure>) -> Step {
        match answer {
            Ok(Reply::Xml(dom_xml)) => self.ask_info(Draft::V2 { dom_xml }),
            other => {
                let failure = failure_of(other);
                if failure.answered(ErrorCode::NO_DOMAIN) {
                    self.source = Said::Absent;
                }
                self.stay(failed(Host::Source, self.procedure, failure))
            }
        }
    }

    pub(super) fn ask_info(&mut self, draft: Draft) -> Step {
        if self.given_up {
            return self.abandon(&draft, Reason::Cancelled);
        }
        let domain = self.request.domain.clone();
        // As libvirt's client: by 212 where the migration is one with parameters.
        let call = match (&draft, &self.terms) {
            (Draft::V3 { .. }, Terms::Params(_)) | (Draft::BySource(Version::V3 | Version::V3Params), _) => {
                Call::GetState { domain }
            }
            _ => Call::GetInfo { domain },
        };
        self.call_before(Host::Source, call);
        Step::Info(draft)
    }

    /// A guest that is paused must arrive paused. libvirt's client ignores a failure here, and so do we; but
    /// a guest that does not run has nothing to send, and after a failed Perform its "shut off" would look as
    /// if it had left.
    pub(super) fn got_info(&mut self, draft: Draft, answer: Result<Reply, Failure>) -> Step {
        match answer {
            // Begin takes none but a guest whose post-copy is broken, which is not to arrive paused.
            _ if self.is_resuming() => {}
            Ok(Reply::State(state)) if state.is_post_copy() => {
                return self.refuse(&draft, state, Reason::InPostCopy);
            }
            Ok(Reply::State(state)) if self.is_offline() => {
                if state.state != DomainState::ShutOff {
                    return self.refuse(&draft, state, Reason::Active);
                }
            }
            Ok(Reply::State(state)) if state.state == DomainState::ShutOff => {
                return self.refuse(&draft, state, Reason::NotActive);
            }
            Ok(Reply::State(state)) if state.is_migrating() => {
                return self.refuse(&draft, state, Reason::LeftPaused);
            }
            // 16 tells no reason.
            Ok(Reply::State(State { state: DomainState::Paused, reason: None })) => {
                let domain = self.request.domain.clone();
                self.call_before(Host::Source, Call::GetState { domain });
                return Step::Why(draft);
            }
            Ok(Reply::State(state)) if state.state == DomainState::Paused => self.found_paused(),
            Ok(Reply::State(_)) => self.was_paused = Some(false),
            other => self.note(Note::StateUntold(failure_of(other))),
        }
        self.prepare(draft)
    }

    /// One that an earlier migration left paused is not moved: it may be elsewhere, and here is a copy of the past.
    pub(super) fn got_why(&mut self, draft: Draft, answer: Result<Reply, Failure>) -> Step {
        match answer {
            Ok(Reply::State(state)) if state.is_migrating() => {
                return self.refuse(&draft, state, Reason::LeftPaused);
            }
            Ok(Reply::State(state)) if state.is_post_copy() => {
                return self.refuse(&draft, state, Reason::InPostCopy);
            }
            Ok(Reply::State(state)) if state.state != DomainState::Paused => self.was_paused = Some(false),
            // A peer without 212 is older than any migration that leaves a guest paused.
            _ => self.found_paused(),
        }
        self.prepare(draft)
    }

    fn found_paused(&mut self) {
        self.was_paused = Some(true);
        // A source that carries the migration out sees to that by itself.
        if self.request.way == Way::Managed {
            self.flags = self.flags | MigrateFlags::PAUSED;
        }
        self.note(Note::Paused);
    }

    /// In this state the guest is not moved.
    fn refuse(&mut self, draft: &Draft, state: State, reason: fn(State) -> Reason) -> Step {
        self.source = Said::Has { domain: self.request.domain.clone(), state, job: Job::NotAsked };
        // Confirm would tell the source to give up its part; what Begin holds goes with its connection.
        if state.is_post_copy() {
            return self.stay(reason(state));
        }
        self.abandon(draft, reason(state))
    }

    fn prepare(&mut self, draft: Draft) -> Step {
        if self.is_offline() && matches!(draft, Draft::V3 { .. }) {
            let ask = Ask::all(Host::Destination, self.request.domain.uuid);
            self.question(&ask);
            return Step::AskBefore(ask, draft);
        }
        self.call_prepare(draft)
    }

    /// A destination may have an older definition of the guest; one that does not say may, too.
    pub(super) fn before_said(&mut self, draft: Draft, said: Said) -> Step {
        self.had_no_definition = said == Said::Absent;
        self.call_prepare(draft)
    }

    fn call_prepare(&mut self, draft: Draft) -> Step {
        if self.given_up {
            return self.abandon(&draft, Reason::Cancelled);
        }
        let (uri_in, dname) = (self.request.uri.clone(), self.request.dname.clone());
        let flags = self.flags.for_destination();
        let resource = self.request.bandwidth_mib_s;
        let call = match &draft {
            Draft::V1 => {
                // A version 1 destination learns the name from the data; it is told one only to change it.
                let dname = dname.filter(|dname| *dname != self.request.domain.name);
                Call::Prepare { uri_in, flags, dname, resource }
            }
            Draft::V2 { dom_xml } => {
                Call::Prepare2 { uri_in, flags, dname, resource, dom_xml: dom_xml.clone() }
            }
            Draft::V3 { cookie } => {
                Call::Prepare3 { cookie: cookie.clone(), terms: self.terms.clone(), flags }
            }
            Draft::BySource(version) => return self.send(*version),
        };
        self.call_before(Host::Destination, call);
        // What does not run takes no memory: there is nothing to prepare that would outlive the call.
        self.may_have_prepared = !self.is_offline();
        Step::Prepare(draft)
    }

    pub(super) fn got_prepared(&mut self, draft: Draft, answer: Result<Reply, Failure>) -> Step {
        // What is known to be prepared is rolled back by who goes on.
        self.may_have_prepared = false;
        let form = match draft {
            Draft::V1 => Form::V1,
            Draft::V2 { .. } => Form::V2,
            Draft::V3 { .. } => return self.prepared3(answer),
            // It has no Prepare.
            Draft::BySource(version) => return self.send(version),
        };
        match answer {
            Ok(Reply::Prepared { cookie, uri_out }) => match uri_out.or_else(|| self.request.uri.clone()) {
                Some(uri) => self.perform(Prepared { form, cookie, uri }),
                None => self.roll_back(Prepared { form, cookie, uri: Text::default() }, Reason::NoUri),
            },
            other => {
                let failure = self.unprepared(failure_of(other));
                let reason = failed(Host::Destination, self.procedure, failure);
                self.downgrade(&reason).unwrap_or_else(|| self.stay(reason))
            }
        }
    }

    /// Prepare had no success.
    pub(super) fn unprepared(&mut self, failure: Failure) -> Failure {
        if failure.fate() == Fate::Unknown {
            self.note(Note::Leftover(None));
            self.destination = Said::NoAnswer(failure.clone());
            self.may_have_prepared = !self.is_offline();
        }
        failure
    }

    pub(super) fn perform(&mut self, prepared: Prepared) -> Step {
        if self.given_up {
            return self.roll_back(prepared, Reason::Cancelled);
        }
        let (domain, cookie) = (self.request.domain.clone(), prepared.cookie.clone());
        let call = match prepared.form {
            Form::V1 | Form::V2 => Call::Perform {
                domain,
                cookie,
                uri: prepared.uri.clone(),
                flags: self.flags,
                dname: self.request.dname.clone(),
                resource: self.request.bandwidth_mib_s,
            },
            Form::V3 => {
                Call::Perform3 { domain, cookie, terms: self.terms.clone(), flags: self.source_flags() }
            }
        };
        self.call(Host::Source, call, None);
        Step::Perform(prepared)
    }

    /// Perform did certainly not run, so the destination can be told at once; but not to give up its part of a broken post-copy.
    pub(super) fn roll_back(&mut self, prepared: Prepared, reason: Reason) -> Step {
        if self.is_resuming() {
            return self.stay(reason);
        }
        self.settle_on_source(Doubt::never_sent(prepared.without_cookie(), reason))
    }
}

/// The failure in an answer that has not the expected reply.
pub(super) fn failure_of(answer: Result<Reply, Failure>) -> Failure {
    answer.err().unwrap_or_else(Failure::foreign)
}

pub(super) fn failed(host: Host, procedure: &'static str, failure: Failure) -> Reason {
    Reason::Failed { host, procedure, failure }
}
