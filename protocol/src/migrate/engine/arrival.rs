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
//! In version 3 the source has a paused copy as well. A destination that has the guest gets Confirm 0 sent to the source; one
//! that has none never started it, or killed it because it could not, and the guest goes back (`back`). Except that a
//! destination that was told to start it and was silent since may have run it until it ended: then it is the caller's word that
//! takes the guest back, for the source's copy is of the past. And one that shows how the guest ended there, by a shutdown or a
//! crash, has run it: nothing takes it back then.
//!
//! A source of version 3 that does not have the guest has not sent it away: there it died, or somebody ended it, and what the
//! destination holds may not be whole, or be older than that end. It is not started unasked.
//!
//! Finish may be repeated because a second one changes nothing: it is refused with 55 ("not processing
//! incoming migration") if the first succeeded, and with 42 if the copy is gone. It must be repeated, because
//! a call that was lost leaves a paused copy that dies with its connection. A version 2 destination shows its
//! copy from Prepare2 on; a version 1 destination may still be reading the data, which only its Finish waits
//! for.

use super::Engine;
use super::back::Back;
use super::confirm::Arrived;
use super::start::{failed, failure_of};
use super::step::{Form, Prepared, Step};
use crate::error::ErrorCode;
use crate::migrate::answer::{Failure, Reply};
use crate::migrate::ask::Ask;
use crate::migrate::call::{Call, Host, Retcode};
use crate::migrate::domain::{Cookie, Domain};
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
    /// Version 3: the source said that it does not have the guest.
    left: bool,
    /// Version 3: a Finish has been sent, so that the destination may have started the guest.
    sent: bool,
    /// Version 3: the destination did not answer that in time, or a question after it.
    silent: bool,
    /// Version 3: the caller gives the guest up there, so that it is not told to start it again.
    given_up: bool,
    /// Version 3: the caller says that the guest has not run there, up to the last time that the destination had it.
    word: bool,
    /// Version 3: the destination showed that the guest has run and ended there.
    ended: bool,
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
        Departed {
            prepared,
            reason: None,
            answer: Answer::Missing,
            repeated: false,
            left: false,
            sent: false,
            silent: false,
            given_up: false,
            word: false,
            ended: false,
        }
    }

    /// The source said so, after a Perform without success.
    pub(super) fn seen(prepared: Prepared, reason: Reason) -> Departed {
        Departed { reason: Some(reason), left: true, ..Departed::performed(prepared) }
    }

    /// The source said so after the destination had lost its copy.
    pub(super) fn without_finish(prepared: Prepared, reason: Reason) -> Departed {
        Departed { answer: Answer::NoCopy, ..Departed::seen(prepared, reason) }
    }

    /// Version 3: the destination took the guest over though it was told not to, and no longer has it.
    pub(super) fn taken_unasked(prepared: Prepared, reason: Reason) -> Departed {
        Departed { reason: Some(reason), sent: true, silent: true, ..Departed::performed(prepared) }
    }

    /// Asked again after a wait.
    pub(super) fn new_round(self) -> Departed {
        Departed { repeated: false, ..self }
    }

    /// Whether the source still has the guest.
    pub(super) fn may_go_back(&self) -> bool {
        self.prepared.form == Form::V3 && !self.left
    }

    /// Whether the caller may give the guest up on the destination.
    pub(super) fn may_be_given_up(&self) -> bool {
        self.may_go_back() && !self.ended
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    /// What is in doubt.
    pub(super) fn check(&self) -> Check {
        match self.prepared.form {
            Form::V3 if self.left => Check::WhetherTheCopyIsGood,
            Form::V3 => Check::WhetherItTookOver,
            Form::V1 | Form::V2 => Check::WhetherItArrived,
        }
    }

    /// The guest goes back to the source, which knows no more of it than that it is paused.
    fn back(self) -> Back {
        let reason = self.reason.unwrap_or(Reason::Cancelled);
        Back::new(self.prepared.without_cookie(), reason)
    }
}

impl Engine {
    pub(super) fn finish(&mut self, departed: Departed) -> Step {
        let call = self.finish_call(&departed.prepared, Retcode::Success);
        self.call(Host::Destination, call, Some(self.settings.finish_deadline));
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
        let never_sent = matches!(failure, Failure::NotSent { .. }) && !departed.sent;
        departed.sent |= !never_sent;
        departed.silent |= matches!(failure, Failure::Silent { .. });
        // The next host gets no cookie after a step that failed, and this one its own again.
        if departed.may_go_back() && (never_sent || self.is_offline()) {
            self.note(Note::Leftover(Some(failure.clone())));
            departed.reason.get_or_insert(failed(Host::Destination, self.procedure, failure));
            let told = departed.sent;
            return self.confirm_back(departed.back().told(told));
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
        let settled = matches!(departed.answer, Answer::Finished(_) | Answer::NotIncoming);
        match said {
            Said::NotAsked | Said::NoAnswer(_) => self.hold_arrival(departed),
            Said::Has { state, .. } if self.may_be_incoming(&departed, state) && !settled => {
                self.finish_again(departed, Some(state))
            }
            Said::Has { domain, state, .. } if state.state != DomainState::ShutOff => {
                self.arrived(departed, domain, Some(state))
            }
            said if departed.may_go_back() => self.never_arrived(departed, said),
            Said::Absent | Said::Aborted | Said::Has { .. } => {
                match (departed.prepared.form, &departed.answer) {
                    (Form::V1, Answer::Missing) => self.finish_again(departed, None),
                    _ => self.ask_last(departed),
                }
            }
        }
    }

    /// Paused, and not known to have been started. A peer of version 3 that tells reasons has one for it.
    fn may_be_incoming(&self, departed: &Departed, state: State) -> bool {
        let reason_says_no =
            departed.prepared.form == Form::V3 && state.reason.is_some_and(|reason| reason != 2);
        state.state == DomainState::Paused && !reason_says_no
    }

    /// Version 3: the destination has no guest, and the source has a paused one.
    fn never_arrived(&mut self, mut departed: Departed, said: Said) -> Step {
        let ended = said.state().map_or(Ended::Untold, Ended::of);
        departed.ended = ended == Ended::AfterRunning;
        let may_have_run = match ended {
            Ended::AfterRunning => true,
            Ended::Perhaps => !departed.word,
            Ended::Untold => departed.silent && said != Said::Aborted && !departed.word,
            Ended::Killed => false,
        };
        if may_have_run {
            return self.hold(departed, Check::WhetherItRanThere);
        }
        self.confirm_back(departed.back().incoming_gone())
    }

    /// Version 3: the caller gives the guest up on the destination, which was told to start it and does not say whether it did. Where
    /// it has said that it has none, the caller's word is also that the guest did not run there.
    pub(super) fn cancel_late(&mut self, departed: Departed, check: Check) -> Step {
        let word = check == Check::WhetherItRanThere;
        self.tell_given_up(Departed { given_up: true, word, repeated: false, ..departed })
    }

    fn tell_given_up(&mut self, departed: Departed) -> Step {
        let call = self.finish_call(&departed.prepared, Retcode::Cancelled);
        self.call(Host::Destination, call, Some(self.settings.finish_deadline));
        Step::CancelLate(departed)
    }

    pub(super) fn cancelled_late(&mut self, mut departed: Departed, answer: Result<Reply, Failure>) -> Step {
        match answer {
            Ok(Reply::Finished3 { domain, cookie }) => self.taken_over(departed, domain, cookie),
            other => {
                let failure = failure_of(other);
                departed.silent |= matches!(failure, Failure::Silent { .. });
                self.gave_up(&failure);
                if self.destination.is_gone() {
                    let said = self.destination.clone();
                    return self.never_arrived(departed, said);
                }
                self.ask_arrival(departed)
            }
        }
    }

    fn finish_again(&mut self, departed: Departed, state: Option<State>) -> Step {
        if departed.repeated || departed.check() == Check::WhetherTheCopyIsGood {
            return self.hold_arrival(departed);
        }
        if departed.given_up {
            return self.tell_given_up(Departed { repeated: true, ..departed });
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
            Said::Has { .. } if departed.prepared.form == Form::V3 => {
                self.ask_back(departed.back().incoming_gone())
            }
            Said::Has { job: Job::None | Job::Untold | Job::NotAsked, .. } => self.stay(reason),
            _ => self.hold_arrival(departed),
        }
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
        self.end(Outcome::OnDestination { domain, state, warning: departed.reason, left_on_source: None })
    }
}

/// What the reason of a guest that is off on the destination (`virDomainShutoffReason`) says of its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// Shut down, crashed, moved on or saved: only a guest that ran comes to such an end.
    AfterRunning,
    /// Destroyed, or another end that also a guest comes to which waits for its start.
    Perhaps,
    /// No reason, or the one of a guest that the daemon has not seen running.
    Untold,
    /// The daemon itself could not start it, as Finish does with one that it must kill.
    Killed,
}

impl Ended {
    fn of(state: State) -> Ended {
        match state.reason {
            None | Some(0) => Ended::Untold,
            Some(1 | 3 | 4 | 5) => Ended::AfterRunning,
            Some(6) => Ended::Killed,
            Some(_) => Ended::Perhaps,
        }
    }
}
