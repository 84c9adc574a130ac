//! The guest stays, and the destination has not confirmed that it gave up what it had prepared for it.
//!
//! That goes with the connection that prepared it, but not while its QEMU hangs, which its daemon waits for: then a paused copy is there
//! after the migration, keeps memory, and is in the way of the next one. So the destination is asked, once: nobody waits for one that hangs.
//!
//! ```text
//!  the destination says    then
//!  no guest                OnSource
//!  a paused copy, nothing  OnSource, and that is told
//!  a guest that runs       unknown, ask again: this migration has not told it to
//! ```

use super::Engine;
use super::step::Step;
use crate::migrate::answer::Failure;
use crate::migrate::ask::Ask;
use crate::migrate::call::Host;
use crate::migrate::note::Note;
use crate::migrate::outcome::{Check, Reason};
use crate::migrate::state::{DomainState, Said};

impl Engine {
    /// The destination did not say that it gives up what it has prepared.
    pub(super) fn may_keep(&mut self, failure: Failure) {
        self.note(Note::Leftover(Some(failure)));
        // What does not run takes no memory: nothing was prepared that would outlive the call.
        self.may_keep = !self.is_offline();
    }

    pub(super) fn ask_behind(&mut self, reason: Reason) -> Step {
        let ask = Ask::all(Host::Destination, self.request.domain.uuid);
        self.question(&ask);
        Step::AskBehind(ask, reason)
    }

    pub(super) fn behind_said(&mut self, reason: Reason, said: Said) -> Step {
        match said.state() {
            Some(state) if state.state != DomainState::Paused && !said.is_gone() => {
                self.wait_for_truth(reason.clone(), Check::WhetherItRunsTwice);
                Step::HoldBehind(reason)
            }
            _ => self.end(self.stayed(reason)),
        }
    }
}
