//! Versions 1 and 2: the guest is on its source, and the destination may have all of it that was sent.
//!
//! An incoming guest goes with the connection that prepared it, unless it has come whole. Then its host cannot know whether the source
//! has dropped its own, and may keep the copy, paused, as ours do. That it is not wanted only the driver of the migration can know: the
//! source has the guest and no job, and so it will not send this guest there any more.
//!
//! ```text
//!  the destination says     then
//!  no guest                 OnSource
//!  a paused copy            Finish2 1 (v2), Destroy (v1), once ─▶ the destination is asked again; but where only somebody on the
//!                           way may have said that Perform is over, and the source cannot tell of jobs ─▶ unknown: it may be
//!                           about to drop its own
//!  v1: paused by somebody   OnSource: it was there before
//!  v1: paused, starting,    OnSource, and that is told
//!    or for no reason
//!  v1: a guest that runs    OnSource, and that is told: nothing has told it to run, so it was there before
//!  v2: a guest that runs    unknown, ask again
//!  nothing                  OnSource, and that is told
//! ```
//!
//! Version 1 may lead to the daemon that has the guest, by another name. So nothing is removed while the source's guest is paused as a copy is.

use super::Engine;
use super::doubt::Doubt;
use super::step::{Form, Step};
use crate::migrate::answer::{Failure, Reply};
use crate::migrate::ask::Ask;
use crate::migrate::call::Host;
use crate::migrate::domain::Domain;
use crate::migrate::note::Note;
use crate::migrate::outcome::{Check, Outcome, Reason};
use crate::migrate::state::{DomainState, Said, State};

/// A copy that is left where the guest was to go.
#[derive(Debug)]
pub(super) struct Leftover {
    doubt: Doubt,
    /// It was told to go.
    told: bool,
}

impl Leftover {
    /// A guest that somebody has paused, and that was there before: version 1 does not look whether there is one.
    fn is_another(&self, said: &Said) -> bool {
        let by_somebody =
            |state: State| state.state == DomainState::Paused && !state.may_wait_for_its_start();
        self.doubt.form() == Form::V1 && said.state().is_some_and(by_somebody)
    }

    /// Once. Version 2 ends what it has prepared by a call of its own, version 1 has nothing to name it by but its state.
    fn may_be_removed(&self, state: State, source: &Said) -> bool {
        let is_ours = match self.doubt.form() {
            Form::V1 => state.is_migrating() && source.state().is_some_and(|source| !source.is_migrating()),
            Form::V2 | Form::V3 => state.state == DomainState::Paused,
        };
        is_ours && !self.told
    }

    pub(super) fn doubt(&self) -> &Doubt {
        &self.doubt
    }
}

impl Engine {
    /// Perform is over and has failed. What of the guest is on the destination?
    pub(super) fn look_for_leftover(&mut self, doubt: Doubt) -> Step {
        self.ask_leftover(Leftover { doubt, told: false })
    }

    fn ask_leftover(&mut self, leftover: Leftover) -> Step {
        let ask = Ask::all(Host::Destination, self.request.domain.uuid);
        self.question(&ask);
        Step::AskLeftover(ask, leftover)
    }

    pub(super) fn leftover_said(&mut self, leftover: Leftover, said: Said) -> Step {
        match said {
            // It may have been the guest, so the source has the last word.
            said if said.is_gone() && leftover.doubt.is_whole() => {
                self.ask_source(leftover.doubt.incoming_gone())
            }
            said if said.is_gone() || leftover.is_another(&said) => {
                if leftover.doubt.form() == Form::V1 {
                    // It shows nothing before the data has come, and then it has nothing to keep.
                    self.note(Note::Leftover(None));
                }
                self.stay(leftover.doubt.reason)
            }
            Said::Has { state, .. }
                if state.state == DomainState::Paused
                    && leftover.doubt.may_be_about_to_leave(&self.source) =>
            {
                self.hold_doubt(leftover.doubt.whole(), Check::WhetherItIsAboutToLeave)
            }
            // A copy that may be the guest after all is no one's to remove.
            said if leftover.doubt.is_sworn() => self.leave(leftover.doubt.reason, said),
            Said::Has { domain, state, .. } if leftover.may_be_removed(state, &self.source) => {
                self.remove(leftover, domain)
            }
            Said::Has { state, .. }
                if state.state != DomainState::Paused && leftover.doubt.form() != Form::V1 =>
            {
                self.hold_doubt(leftover.doubt, Check::WhetherItRunsTwice)
            }
            said => self.leave(leftover.doubt.reason, said),
        }
    }

    fn remove(&mut self, leftover: Leftover, copy: Domain) -> Step {
        self.note(Note::GivesUp);
        let call = leftover.doubt.removal(self, copy);
        self.call(Host::Destination, call, Some(self.settings.finish_deadline));
        Step::Remove(Leftover { told: true, ..leftover })
    }

    pub(super) fn removed(&mut self, leftover: Leftover, answer: Result<Reply, Failure>) -> Step {
        if let Err(failure) = &answer {
            self.gave_up(failure);
        }
        if self.destination.is_gone() {
            return self.stay(leftover.doubt.reason);
        }
        self.ask_leftover(leftover)
    }

    /// The guest did not move, and what is left of it is told.
    pub(super) fn leave(&mut self, reason: Reason, said: Said) -> Step {
        let source = self.source.clone();
        self.end(Outcome::OnSource { source, reason, left_on_destination: Some(said) })
    }
}
