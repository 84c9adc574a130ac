//! A post-copy that has switched over, or may have: nothing is rolled back any more.
//!
//! Both hosts are asked, the destination first, until they say what has become of it ([`Torn`](crate::migrate::torn::Torn) is the table).
//! Confirm ends the source's part once the destination has all of the guest. A recovery run, which resumes a broken post-copy, comes here whatever fails: it leaves the guest as it was, on both hosts.

use super::Engine;
use super::arrival::Departed;
use super::confirm::Arrived;
use super::step::{Prepared, Step};
use crate::migrate::ask::Ask;
use crate::migrate::call::Host;
use crate::migrate::domain::Cookie;
use crate::migrate::flags::MigrateFlags;
use crate::migrate::outcome::{Check, Outcome, Reason};
use crate::migrate::state::{DomainState, Said, State};
use crate::migrate::torn::Torn;

/// A guest that is on both hosts.
#[derive(Debug)]
pub(super) struct Halves {
    /// What was prepared for the guest, if Perform has succeeded since: then Finish may be told again, and Confirm sent.
    performed: Option<Prepared>,
    /// The first thing that went wrong.
    pub(super) reason: Reason,
    /// Finish has been repeated since the last wait.
    repeated: bool,
}

impl Halves {
    pub(super) fn new(performed: Option<Prepared>, reason: Reason) -> Halves {
        Halves { performed: performed.map(Prepared::without_cookie), reason, repeated: false }
    }

    pub(super) fn repeated(self) -> Halves {
        Halves { repeated: true, ..self }
    }
}

impl Engine {
    /// What is wanted is that a broken post-copy goes on.
    pub(super) fn is_resuming(&self) -> bool {
        self.request.flags.has(MigrateFlags::POSTCOPY_RESUME)
    }

    /// The guest may be on both hosts.
    pub(super) fn may_switch(&self) -> bool {
        self.request.flags.has(MigrateFlags::POSTCOPY)
    }

    pub(super) fn ask_both(&mut self, halves: Halves) -> Step {
        let ask = Ask::all(Host::Destination, self.request.domain.uuid);
        self.question(&ask);
        Step::AskThere(ask, halves)
    }

    /// The destination has told, and the source is asked.
    pub(super) fn there_said(&mut self, halves: Halves) -> Step {
        let ask = Ask::all(Host::Source, self.request.domain.uuid);
        self.question(&ask);
        Step::AskHere(ask, halves)
    }

    pub(super) fn here_said(&mut self, halves: Halves, source: Said) -> Step {
        let destination = self.destination.clone();
        let reason = halves.reason.clone();
        let at_source = source.state().filter(|state| state.state != DomainState::ShutOff);
        match Torn::of(&source, &destination) {
            // One that the source runs as well was never handed over by a post-copy.
            Torn::Whole(..) if at_source.is_some_and(|state| state.state != DomainState::Paused) => {
                self.hold_halves(halves, Check::WhetherItRunsTwice)
            }
            Torn::Whole(domain, state) => {
                let arrived = Arrived::new(domain, Some(state), Some(reason), Cookie::default());
                match halves.performed {
                    Some(_) => self.confirm(arrived),
                    None => self.ask_left(arrived.unconfirmed()),
                }
            }
            Torn::Broken => self.end(Outcome::PostCopyBroken { source, destination, reason }),
            Torn::Nowhere => self.end(Outcome::Nowhere { source, destination, reason }),
            // It is in no post-copy, and was not to be moved in any other way.
            Torn::Untold if self.is_resuming() && destination.is_gone() && is_elsewise(at_source) => {
                self.end(Outcome::OnSource { source, reason, left_on_destination: None })
            }
            Torn::Untold => {
                let goes_on = destination.state().is_some_and(State::fetches)
                    && at_source.is_some_and(State::has_switched);
                match halves.performed {
                    // It goes on only after a Finish, which may have been lost; where it was the first, the destination has had it.
                    Some(prepared) if goes_on && self.is_resuming() && !halves.repeated => {
                        self.finish(Departed::switched(prepared, reason).repeated())
                    }
                    performed => {
                        self.hold_halves(Halves { performed, ..halves }, Check::WhetherThePostCopyBroke)
                    }
                }
            }
        }
    }

    fn hold_halves(&mut self, halves: Halves, check: Check) -> Step {
        self.wait_for_truth(halves.reason.clone(), check);
        Step::HoldHalves(Halves { repeated: false, ..halves }, check)
    }
}

/// There, and in no post-copy.
fn is_elsewise(state: Option<State>) -> bool {
    state.is_some_and(|state| !state.is_post_copy())
}
