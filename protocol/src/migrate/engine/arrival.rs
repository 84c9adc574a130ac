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
//! A definition that moves without running is on the destination when that has said so, or shows one and had none before. One that it
//! had before may be all that it has, and then the source's must not go.
//!
//! In version 3 the source has a paused copy as well. A destination that has the guest gets Confirm 0 sent to the source; one
//! that has none never started it, or killed it because it could not, and the guest goes back (`back`). Except that a
//! destination that was told to start it and was silent since, or has refused to start it again because it had, may have run it until it
//! ended: then it is the caller's word that takes the guest back, for the source's copy is of the past. Whether it was silent is a matter
//! of time ([`Settings::answers_at_once_within`]), not of how a connection ended. And one that shows how the guest ended there, by a shutdown or a
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

use std::time::{Duration, Instant};

use super::Engine;
use super::back::Back;
use super::confirm::Arrived;
use super::start::{failed, failure_of};
use super::step::{Form, Prepared, Step};
use super::torn::Halves;
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
    /// Version 3: since when the destination may have run the guest for all that it has said itself.
    since: Moment,
    /// Version 3: the destination did not answer in time, or a question after it.
    silent: bool,
    /// Version 3: it has refused to start the guest because that is not incoming any more (55): it was started.
    started: bool,
    /// Version 3: the caller gives the guest up there.
    given_up: GivenUp,
    /// Version 3: the caller says that the guest has not run there, up to the last time that the destination had it.
    word: bool,
    /// Version 3: the destination showed that the guest has run and ended there.
    ended: bool,
    /// Version 3, of a migration that may switch to post-copy: the source said that it has not.
    unswitched: bool,
    /// Only its definition moves, and the source's stays until Confirm.
    offline: bool,
}

/// When a Finish was sent, as far as the driver tells the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    NotYet,
    Untold,
    At(Instant),
}

impl Moment {
    fn of(now: Option<Instant>) -> Moment {
        now.map_or(Moment::Untold, Moment::At)
    }

    /// Whether more time than this has passed since. Where nobody tells the time it may have.
    fn is_past(self, now: Option<Instant>, within: Duration) -> bool {
        match (self, now) {
            (Moment::NotYet, _) => false,
            (Moment::At(then), Some(now)) => now.saturating_duration_since(then) > within,
            (Moment::Untold | Moment::At(_), _) => true,
        }
    }
}

/// How far the caller's word has come that the guest shall run on at its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum GivenUp {
    No,
    /// The caller has said it, and the source has not said since that it has the guest.
    Wanted,
    /// The destination was told. It is not told to start the guest again.
    Told,
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
            since: Moment::NotYet,
            silent: false,
            started: false,
            given_up: GivenUp::No,
            word: false,
            ended: false,
            unswitched: false,
            offline: false,
        }
    }

    /// It moves without running, and so without Perform.
    pub(super) fn offline(prepared: Prepared) -> Departed {
        Departed { offline: true, ..Departed::performed(prepared) }
    }

    /// The source said so, after a Perform without success.
    pub(super) fn seen(prepared: Prepared, reason: Reason) -> Departed {
        Departed { reason: Some(reason), left: true, ..Departed::performed(prepared) }
    }

    /// Version 3: the source showed that Perform has switched to post-copy.
    pub(super) fn switched(prepared: Prepared, reason: Reason) -> Departed {
        Departed { reason: Some(reason), ..Departed::performed(prepared) }
    }

    /// The source said so after the destination had lost its copy.
    pub(super) fn without_finish(prepared: Prepared, reason: Reason) -> Departed {
        Departed { answer: Answer::NoCopy, ..Departed::seen(prepared, reason) }
    }

    /// Version 3: the destination took the guest over though it was told not to, and no longer has it.
    pub(super) fn taken_unasked(prepared: Prepared, reason: Reason) -> Departed {
        Departed { reason: Some(reason), sent: true, silent: true, ..Departed::performed(prepared) }
    }

    /// Finish is under way for the second time since a wait.
    pub(super) fn repeated(self) -> Departed {
        Departed { repeated: true, ..self }
    }

    /// The guest is, or may be, on both hosts.
    fn halves(self) -> Halves {
        let reason = self.reason.unwrap_or(Reason::Vanished);
        let halves = Halves::new(Some(self.prepared), reason);
        if self.repeated { halves.repeated() } else { halves }
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
        self.may_go_back() && !self.ended && !self.offline
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    /// What is in doubt.
    pub(super) fn check(&self) -> Check {
        match self.prepared.form {
            Form::V3 if self.offline => Check::WhetherItWasDefined,
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
    pub(super) fn finish(&mut self, mut departed: Departed) -> Step {
        if departed.since == Moment::NotYet {
            departed.since = Moment::of(self.now);
        }
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
        let never_sent = matches!(failure, Failure::NotSent { .. }) && !departed.sent;
        if never_sent {
            departed.since = Moment::NotYet;
        } else if !departed.sent && failure.is_the_hosts_own() {
            // Up to here it has not run it.
            departed.since = Moment::of(self.now);
        }
        if departed.offline && failure.is_the_hosts_own() {
            departed.reason.get_or_insert(failed(Host::Destination, self.procedure, failure));
            return self.keep_definition(departed);
        }
        departed.sent |= !never_sent;
        departed.started |= failure.answered(ErrorCode::OPERATION_INVALID);
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

    /// A destination that had no definition and has one now, was told to keep it. A definition has no state.
    fn definition_said(&mut self, departed: Departed, said: Said) -> Step {
        match said {
            Said::Has { domain, .. } if self.had_no_definition => self.arrived(departed, domain, None),
            Said::NotAsked | Said::NoAnswer(_) | Said::Has { .. } => self.hold_arrival(departed),
            Said::Absent | Said::Aborted | Said::Fenced => self.keep_definition(departed),
        }
    }

    /// The source's definition stays where it was.
    pub(super) fn keep_definition(&mut self, departed: Departed) -> Step {
        self.confirm_back(departed.back().incoming_gone())
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
        departed.silent |= departed.since.is_past(self.now, self.settings.answers_at_once_within);
        let may_have_run = match ended {
            Ended::AfterRunning => true,
            Ended::Perhaps => !departed.word,
            Ended::Untold => (departed.silent || departed.started) && said != Said::Aborted && !departed.word,
            Ended::Killed => false,
        };
        if self.is_resuming() {
            return self.ask_both(departed.halves());
        }
        // What has switched is not rolled back, and only the source shows whether it has.
        if self.may_switch() && !departed.unswitched {
            let ask = Ask::all(Host::Source, self.request.domain.uuid);
            self.question(&ask);
            return Step::AskSwitched(ask, departed);
        }
        if self.is_gone(&self.source) {
            let reason = departed.reason.unwrap_or(Reason::Vanished);
            return self.end(Outcome::Nowhere { source: self.source.clone(), destination: said, reason });
        }
        if may_have_run {
            return self.hold(departed, Check::WhetherItRanThere);
        }
        self.confirm_back(departed.back().incoming_gone())
    }

    pub(super) fn switched_said(&mut self, mut departed: Departed, said: Said) -> Step {
        match said {
            Said::Has { state, .. } if state.is_post_copy() => self.here_said(departed.halves(), said),
            Said::NotAsked | Said::NoAnswer(_) => self.hold(departed, Check::WhetherThePostCopyBroke),
            _ => {
                departed.unswitched = true;
                self.ask_arrival(departed)
            }
        }
    }

    /// Version 3: the caller gives the guest up on the destination, which was told to start it and does not say whether it did. Where
    /// it has said that it has none, the caller's word is also that the guest did not run there.
    pub(super) fn cancel_late(&mut self, departed: Departed, check: Check) -> Step {
        let word = check == Check::WhetherItRanThere;
        let given_up = departed.given_up.max(GivenUp::Wanted);
        self.ask_held(Departed { given_up, word, repeated: false, ..departed })
    }

    /// Nothing has asked the source since Perform, and what the destination has may be the only copy by now.
    fn ask_held(&mut self, departed: Departed) -> Step {
        let ask = Ask::all(Host::Source, self.request.domain.uuid);
        self.question(&ask);
        Step::AskHeld(ask, departed)
    }

    pub(super) fn held_said(&mut self, mut departed: Departed, said: Said) -> Step {
        match said {
            said if self.is_gone(&said) || said.state().is_some_and(State::is_post_copy) => {
                self.note(Note::NotGivenUp);
                // One that may have been given up already is nobody's to start unasked.
                departed.left = departed.given_up == GivenUp::Told;
                departed.given_up = GivenUp::No;
                departed.word = false;
                self.ask_arrival(departed)
            }
            Said::Has { .. } => {
                let call = self.finish_call(&departed.prepared, Retcode::Cancelled);
                self.call(Host::Destination, call, Some(self.settings.finish_deadline));
                Step::CancelLate(Departed { given_up: GivenUp::Told, ..departed })
            }
            _ => self.hold(departed, Check::WhetherTheSourceHasIt),
        }
    }

    pub(super) fn cancelled_late(&mut self, departed: Departed, answer: Result<Reply, Failure>) -> Step {
        match answer {
            Ok(Reply::Finished3 { domain, cookie }) => self.taken_over(departed, domain, cookie),
            other => {
                let failure = failure_of(other);
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
        if departed.given_up != GivenUp::No {
            return self.ask_held(Departed { repeated: true, ..departed });
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
                self.forget(departed.back().incoming_gone())
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
        let left_on_source = self.request.left_definition(&self.source);
        self.end(Outcome::OnDestination { domain, state, warning: departed.reason, left_on_source })
    }
}

/// What the reason of a guest that is off on the destination (`virDomainShutoffReason`) says of its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
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
    pub(super) fn of(state: State) -> Ended {
        match state.reason {
            None | Some(0) => Ended::Untold,
            Some(1 | 3 | 4 | 5) => Ended::AfterRunning,
            Some(6) => Ended::Killed,
            Some(_) => Ended::Perhaps,
        }
    }
}
