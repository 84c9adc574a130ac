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
//! Finish may be repeated because a second one changes nothing: it is refused with 55 ("not processing
//! incoming migration") if the first succeeded, and with 42 if the copy is gone. It must be repeated, because
//! a call that was lost leaves a paused copy that dies with its connection. A version 2 destination shows its
//! copy from Prepare2 on; a version 1 destination may still be reading the data, which only its Finish waits
//! for.

use super::Engine;
use super::start::{failed, failure_of};
use super::step::{Form, Prepared, Step};
use crate::error::ErrorCode;
use crate::migrate::answer::{Failure, Reply};
use crate::migrate::ask::Ask;
use crate::migrate::call::{Call, Host, Retcode};
use crate::migrate::domain::Domain;
use crate::migrate::note::Note;
use crate::migrate::outcome::{Check, Outcome, Reason};
use crate::migrate::state::{DomainState, Job, Said, State};

/// A guest that has left the source, and how the destination has answered Finish.
#[derive(Debug)]
pub(super) struct Departed {
    prepared: Prepared,
    /// The first thing that went wrong, if anything did.
    pub(super) reason: Option<Reason>,
    answer: Answer,
    /// Finish has been repeated since the last wait.
    repeated: bool,
}

#[derive(Debug)]
enum Answer {
    /// None yet, or none that the destination must have given itself.
    Missing,
    /// The destination has the guest.
    Finished(Domain),
    /// Error 55: the guest is not incoming, or no longer.
    NotIncoming,
    /// Error 42; or Finish was not sent because the destination had lost its copy before.
    NoCopy,
}

impl Departed {
    /// Perform said so.
    pub(super) fn performed(prepared: Prepared) -> Departed {
        Departed { prepared, reason: None, answer: Answer::Missing, repeated: false }
    }

    /// The source said so, after a Perform without success.
    pub(super) fn seen(prepared: Prepared, reason: Reason) -> Departed {
        Departed { prepared, reason: Some(reason), answer: Answer::Missing, repeated: false }
    }

    /// The source said so after the destination had lost its copy.
    pub(super) fn without_finish(prepared: Prepared, reason: Reason) -> Departed {
        Departed { prepared, reason: Some(reason), answer: Answer::NoCopy, repeated: false }
    }

    /// Asked again after a wait.
    pub(super) fn new_round(self) -> Departed {
        Departed { repeated: false, ..self }
    }
}

impl Engine {
    pub(super) fn finish(&mut self, departed: Departed) -> Step {
        let call = self.finish_call(&departed.prepared, Retcode::Success);
        self.call(Host::Destination, call, Some(self.settings.finish_deadline));
        Step::Finish(departed)
    }

    /// The Finish that belongs to the Prepare that was made. Version 1 can only be told of success.
    pub(super) fn finish_call(&self, prepared: &Prepared, retcode: Retcode) -> Call {
        let dname = self.request.dname.clone().unwrap_or_else(|| self.request.domain.name.clone());
        let (cookie, uri) = (prepared.cookie.clone(), prepared.uri.clone());
        let flags = self.flags.for_destination();
        match prepared.form {
            Form::V1 => Call::Finish { dname, cookie, uri, flags },
            Form::V2 => Call::Finish2 { dname, cookie, uri, flags, retcode },
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
            other => failure_of(other),
        };
        departed.answer = match failure.code() {
            Some(ErrorCode::OPERATION_INVALID) => Answer::NotIncoming,
            Some(ErrorCode::NO_DOMAIN) => Answer::NoCopy,
            _ => Answer::Missing,
        };
        let procedure = match departed.prepared.form {
            Form::V1 => "domain_migrate_finish",
            Form::V2 => "domain_migrate_finish2",
        };
        departed.reason.get_or_insert(failed(Host::Destination, procedure, failure));
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

    pub(super) fn arrival_said(&mut self, departed: Departed, said: Said) -> Step {
        let settled = matches!(departed.answer, Answer::Finished(_) | Answer::NotIncoming);
        match said {
            Said::NotAsked | Said::NoAnswer(_) => self.hold_arrival(departed),
            Said::Has { state, .. } if state.state == DomainState::Paused && !settled => {
                self.finish_again(departed, Some(state))
            }
            Said::Has { domain, state, .. } if state.state != DomainState::ShutOff => {
                self.arrived(departed, domain, Some(state))
            }
            Said::Absent | Said::Aborted | Said::Has { .. } => {
                match (departed.prepared.form, &departed.answer) {
                    (Form::V1, Answer::Missing) => self.finish_again(departed, None),
                    _ => self.ask_last(departed),
                }
            }
        }
    }

    fn finish_again(&mut self, departed: Departed, state: Option<State>) -> Step {
        if departed.repeated {
            return self.hold_arrival(departed);
        }
        self.note(Note::FinishAgain { state });
        self.finish(Departed { repeated: true, ..departed })
    }

    fn ask_last(&mut self, departed: Departed) -> Step {
        let ask = Ask::all(Host::Source, self.request.domain.uuid);
        self.question(&ask);
        Step::AskLast(ask, departed)
    }

    pub(super) fn last_said(&mut self, departed: Departed, said: Said) -> Step {
        let reason = departed.reason.clone().unwrap_or(Reason::Vanished);
        match said {
            said if said.is_gone() => {
                let destination = self.destination.clone();
                self.end(Outcome::Nowhere { source: said, destination, reason })
            }
            Said::Has { job: Job::None | Job::Untold | Job::NotAsked, .. } => self.stay(reason),
            _ => self.hold_arrival(departed),
        }
    }

    fn hold_arrival(&mut self, departed: Departed) -> Step {
        let reason = departed.reason.clone().unwrap_or(Reason::Vanished);
        self.wait_for_truth(reason, Check::WhetherItArrived);
        Step::HoldArrival(departed)
    }

    fn arrived(&mut self, departed: Departed, domain: Domain, state: Option<State>) -> Step {
        self.end(Outcome::OnDestination { domain, state, warning: departed.reason })
    }
}
