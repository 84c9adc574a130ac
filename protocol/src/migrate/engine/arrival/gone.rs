//! The destination has no guest, though it was told to start it: has it run there?

use super::departed::Departed;
use crate::migrate::ask::Ask;
use crate::migrate::call::Host;
use crate::migrate::engine::Engine;
use crate::migrate::engine::step::{Form, Step};
use crate::migrate::outcome::{Check, Outcome, Reason};
use crate::migrate::state::{DomainState, Job, Said, State};

impl Engine {
    /// Version 3: the destination has no guest, and the source has a paused one.
    pub(super) fn never_arrived(&mut self, mut departed: Departed, said: Said) -> Step {
        let ended = said.state().map_or(Ended::Untold, Ended::of);
        departed.ended = ended == Ended::AfterRunning;
        let may_have_run = match ended {
            Ended::AfterRunning => true,
            Ended::Perhaps => !departed.word,
            Ended::Untold => departed.silent && said != Said::Aborted && !departed.word,
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
            return self.ask_copy(departed);
        }
        self.confirm_back(departed.back().incoming_gone())
    }

    pub(in crate::migrate::engine) fn switched_said(&mut self, mut departed: Departed, said: Said) -> Step {
        match said {
            Said::Has { state, .. } if state.is_post_copy() => self.here_said(departed.halves(), said),
            Said::NotAsked | Said::NoAnswer(_) => self.hold(departed, Check::WhetherThePostCopyBroke),
            _ => {
                departed.unswitched = true;
                self.ask_arrival(departed)
            }
        }
    }

    /// The guest may have run on the destination, so nobody is asked for a word about the source's copy that is not there any more.
    pub(in crate::migrate::engine) fn ask_copy(&mut self, departed: Departed) -> Step {
        let ask = Ask::all(Host::Source, self.request.domain.uuid);
        self.question(&ask);
        Step::AskCopy(ask, departed)
    }

    pub(in crate::migrate::engine) fn copy_said(&mut self, departed: Departed, said: Said) -> Step {
        match said {
            said if self.is_gone(&said) => {
                let (destination, reason) =
                    (self.destination.clone(), departed.reason.unwrap_or(Reason::Vanished));
                self.end(Outcome::Nowhere { source: said, destination, reason })
            }
            // Somebody has decided that it runs on there.
            Said::Has { state, job: Job::None | Job::Untold, .. } if state.state != DomainState::Paused => {
                self.stay(departed.reason.unwrap_or(Reason::Vanished))
            }
            _ if departed.ended => self.hold(departed, Check::HowItEndedThere),
            _ => self.hold(departed, Check::WhetherItRanThere),
        }
    }

    /// The destination has none, and the source is asked for its last word.
    pub(super) fn ask_last(&mut self, departed: Departed) -> Step {
        let ask = Ask::all(Host::Source, self.request.domain.uuid);
        self.question(&ask);
        Step::AskLast(ask, departed)
    }

    pub(in crate::migrate::engine) fn last_said(&mut self, departed: Departed, said: Said) -> Step {
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
}

/// What the reason of a guest that is off on the destination (`virDomainShutoffReason`) says of its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::migrate::engine) enum Ended {
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
    pub(in crate::migrate::engine) fn of(state: State) -> Ended {
        match state.reason {
            None | Some(0) => Ended::Untold,
            _ if state.has_run_and_ended() => Ended::AfterRunning,
            Some(6) => Ended::Killed,
            Some(_) => Ended::Perhaps,
        }
    }
}
