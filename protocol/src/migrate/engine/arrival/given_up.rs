//! Version 3: the caller gives the guest up on the destination, which was told to start it and does not say whether it did.

use super::departed::{Departed, GivenUp};
use crate::migrate::answer::{Failure, Reply};
use crate::migrate::ask::Ask;
use crate::migrate::call::{Host, Retcode};
use crate::migrate::engine::Engine;
use crate::migrate::engine::start::failure_of;
use crate::migrate::engine::step::Step;
use crate::migrate::note::Note;
use crate::migrate::outcome::Check;
use crate::migrate::state::{Said, State};

impl Engine {
    /// Where the destination has said that it has none, the caller's word is also that the guest did not run there.
    pub(in crate::migrate::engine) fn cancel_late(&mut self, departed: Departed, check: Check) -> Step {
        let word = check == Check::WhetherItRanThere;
        let given_up = departed.given_up.max(GivenUp::Wanted);
        self.ask_held(Departed { given_up, word, repeated: false, ..departed })
    }

    /// Nothing has asked the source since Perform, and what the destination has may be the only copy by now.
    pub(super) fn ask_held(&mut self, departed: Departed) -> Step {
        let ask = Ask::all(Host::Source, self.request.domain.uuid);
        self.question(&ask);
        Step::AskHeld(ask, departed)
    }

    pub(in crate::migrate::engine) fn held_said(&mut self, mut departed: Departed, said: Said) -> Step {
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

    pub(in crate::migrate::engine) fn cancelled_late(
        &mut self,
        departed: Departed,
        answer: Result<Reply, Failure>,
    ) -> Step {
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
}
