//! The guest has left the source: has it arrived?
//!
//! Perform succeeded, or the source said that the guest is gone. The destination has the only copy, so it is
//! told to start it until it has answered, and asked whenever an answer is missing or an error.
//!
//! ```text
//!  the destination says   Finish succeeded, or was      Finish was lost, or answered
//!                         refused with 42 or 55         with an error that proves nothing
//!  there, not paused      OnDestination                 OnDestination
//!  there, paused          OnDestination                 Finish again
//!  absent, shut off       ask the source for its word   v2: the same; v1: Finish again
//!  nothing                unknown, ask again            unknown, ask again
//! ```
//!
//! Where only a definition moves, the rules are those of `definition`.
//!
//! In version 3 the source has a paused copy as well. A destination that has the guest gets Confirm 0 sent to the source; one
//! that has none never started it, or killed it because it could not, and the guest goes back (`back`). Except that a
//! destination that was told to start it and has not answered that itself, or has refused to start it again because it had, may have run it
//! until it ended, in however little time: then it is the caller's word that takes the guest back, for the source's copy is of the past. One
//! that shows how the guest ended there, by a shutdown or a crash, has run it: nothing takes it back then. And one that says that it has
//! destroyed what it had prepared (93), or could not start it (off, 6), has not (`gone`). The source is asked too before anybody is asked for a
//! word: its copy may be gone.
//!
//! A source of version 3 that does not have the guest has not sent it away: there it died, or somebody ended it, and what the
//! destination holds may not be whole, or be older than that end. It is not started unasked.
//!
//! Finish may be repeated because a second one changes nothing: it is refused with 55 ("not processing
//! incoming migration") if the first succeeded, and with 42 if the copy is gone. It must be repeated, because
//! a call that was lost leaves a paused copy that dies with its connection. A version 2 destination shows its
//! copy from Prepare2 on; a version 1 destination may still be reading the data, which only its Finish waits
//! for.

mod definition;
mod departed;
mod given_up;
mod gone;

use super::Engine;
use super::confirm::Arrived;
use super::start::{failed, failure_of};
use super::step::{Form, Prepared, Step};
use crate::error::{ErrorCode, Fate};
use crate::migrate::answer::{Failure, Reply};
use crate::migrate::ask::Ask;
use crate::migrate::call::{Call, Host, Retcode};
use crate::migrate::domain::{Cookie, Domain};
use crate::migrate::note::Note;
use crate::migrate::outcome::{Check, Outcome, Reason};
use crate::migrate::state::{DomainState, Said, State};

use self::departed::{Answer, GivenUp};

pub(super) use self::departed::Departed;
pub(super) use self::gone::Ended;

impl Engine {
    pub(super) fn finish(&mut self, departed: Departed) -> Step {
        let call = self.finish_call(&departed.prepared, Retcode::Success);
        // In a post-copy it waits for the rest of the memory, which takes as long as the guest is large.
        let deadline = (!self.may_switch()).then_some(self.settings.finish_deadline);
        self.call(Host::Destination, call, deadline);
        Step::Finish(departed)
    }

    /// The Finish that belongs to the Prepare that was made. Version 1 can only be told of success.
    pub(super) fn finish_call(&mut self, prepared: &Prepared, retcode: Retcode) -> Call {
        let dname = self.request.dname.clone().unwrap_or_else(|| self.request.domain.name.clone());
        let (cookie, uri) = (prepared.cookie.clone(), prepared.uri.clone());
        let flags = self.flags.for_destination();
        match prepared.form {
            Form::V1 => Call::Finish { dname, cookie, uri, flags },
            Form::V2 => Call::Finish2 { dname, cookie, uri, flags, retcode },
            Form::V3 => {
                // Confirm names it too.
                self.terms.name(&self.request.domain.name);
                let terms = self.terms.clone();
                // What was Perform's serves only to start the guest.
                let cookie = if retcode == Retcode::Success { cookie } else { Cookie::default() };
                Call::Finish3 { cookie, terms, flags, cancelled: retcode }
            }
        }
    }

    pub(super) fn finished(&mut self, mut departed: Departed, answer: Result<Reply, Failure>) -> Step {
        let failure = match answer {
            Ok(Reply::Finished(domain)) if self.settings.state_at_the_end => {
                let ask = Ask::state(Host::Destination, domain.clone());
                self.question(&ask);
                departed.answer = Answer::Finished(domain);
                return Step::AskEnd(ask, departed);
            }
            Ok(Reply::Finished(domain)) => return self.arrived(departed, domain, None),
            // A destination of version 3 has no success to tell unless the guest runs, or is paused as it was to be.
            Ok(Reply::Finished3 { domain, cookie }) => {
                return self.taken_over(departed, domain, cookie);
            }
            other => failure_of(other),
        };
        if departed.offline {
            return self.not_defined(departed, failure);
        }
        let never_sent = matches!(failure, Failure::NotSent { .. }) && !departed.sent;
        departed.sent |= !never_sent;
        // One that has refused it itself has not run the guest by it, unless it refuses because it had.
        let refused = failure.is_the_hosts_own() && !failure.answered(ErrorCode::OPERATION_INVALID);
        departed.silent |= failure.fate() != Fate::DidNotRun && !refused;
        // The next host gets no cookie after a step that failed, and this one its own again.
        if departed.may_go_back() && never_sent && !self.may_switch() {
            self.note(Note::Leftover(Some(failure.clone())));
            departed.reason.get_or_insert(failed(Host::Destination, self.procedure, failure));
            return self.confirm_back(departed.back());
        }
        departed.answer = match failure.code() {
            Some(ErrorCode::OPERATION_INVALID) => Answer::NotIncoming,
            Some(ErrorCode::NO_DOMAIN) => Answer::NoCopy,
            _ => Answer::Missing,
        };
        departed.reason.get_or_insert(failed(Host::Destination, self.procedure, failure));
        self.ask_arrival(departed)
    }

    pub(super) fn end_said(&mut self, departed: Departed, said: Said) -> Step {
        match (said, &departed.answer) {
            (said, _) if said.is_gone() => self.ask_last(departed),
            (Said::Has { domain, state, .. }, _) => self.arrived(departed, domain, Some(state)),
            (_, Answer::Finished(domain)) => {
                let domain = domain.clone();
                self.arrived(departed, domain, None)
            }
            _ => self.hold_arrival(departed),
        }
    }

    pub(super) fn ask_arrival(&mut self, departed: Departed) -> Step {
        let ask = Ask::all(Host::Destination, self.request.domain.uuid);
        self.question(&ask);
        Step::AskArrival(ask, departed)
    }

    pub(super) fn arrival_said(&mut self, mut departed: Departed, said: Said) -> Step {
        departed.silent |= departed.sent && matches!(said, Said::NoAnswer(_));
        departed.word &= !matches!(said, Said::Has { state, .. } if state.state != DomainState::ShutOff);
        departed.ended = false;
        if departed.offline {
            return self.definition_said(departed, said);
        }
        let settled = matches!(departed.answer, Answer::Finished(_) | Answer::NotIncoming);
        match said {
            Said::NotAsked | Said::NoAnswer(_) => self.hold_arrival(departed),
            Said::Has { state, .. } if self.may_be_incoming(&departed, state) && !settled => {
                self.finish_again(departed, Some(state))
            }
            // Started, a guest in post-copy has not come.
            Said::Has { state, .. }
                if state.state != DomainState::ShutOff
                    && !state.has_arrived()
                    && departed.prepared.form == Form::V3
                    && self.may_switch() =>
            {
                self.there_said(departed.halves())
            }
            Said::Has { domain, state, .. } if state.state != DomainState::ShutOff => {
                self.arrived(departed, domain, Some(state))
            }
            said if departed.may_go_back() => self.never_arrived(departed, said),
            Said::Absent | Said::Aborted | Said::Fenced | Said::Has { .. } => {
                match (departed.prepared.form, &departed.answer) {
                    (Form::V1, Answer::Missing) => self.finish_again(departed, None),
                    _ => self.ask_last(departed),
                }
            }
        }
    }

    /// Paused, and not known to have been started. A peer of version 3 that tells reasons has one for it (2), unless it starts up (11)
    /// or does not know (0). To tell one that has been started again changes nothing.
    fn may_be_incoming(&self, departed: &Departed, state: State) -> bool {
        let reason_says_no = departed.prepared.form == Form::V3 && !state.may_wait_for_its_start();
        state.state == DomainState::Paused && !reason_says_no
    }

    fn finish_again(&mut self, departed: Departed, state: Option<State>) -> Step {
        if departed.repeated || departed.check() == Check::WhetherTheCopyIsGood {
            return self.hold_arrival(departed);
        }
        if departed.given_up != GivenUp::No {
            return self.ask_held(Departed { repeated: true, ..departed });
        }
        self.note(Note::FinishAgain { state });
        self.finish(Departed { repeated: true, ..departed })
    }

    fn hold_arrival(&mut self, departed: Departed) -> Step {
        let check = departed.check();
        self.hold(departed, check)
    }

    pub(super) fn hold(&mut self, departed: Departed, check: Check) -> Step {
        let reason = departed.reason.clone().unwrap_or(Reason::Vanished);
        self.wait_for_truth(reason, check);
        Step::HoldArrival(departed, check)
    }

    fn taken_over(&mut self, departed: Departed, domain: Domain, cookie: Cookie) -> Step {
        if departed.may_go_back() {
            return self.confirm(Arrived::new(domain, None, departed.reason, cookie));
        }
        self.arrived(departed, domain, None)
    }

    fn arrived(&mut self, departed: Departed, domain: Domain, state: Option<State>) -> Step {
        if departed.may_go_back() {
            return self.confirm(Arrived::new(domain, state, departed.reason, Cookie::default()));
        }
        let left_on_source = self.request.left_definition(&self.source);
        self.end(Outcome::OnDestination { domain, state, warning: departed.reason, left_on_source })
    }
}
