//! Where a guest is that its orchestrator moved call by call, and what is safe to do: `decide` has the table.

use super::decide::{Act, Decision, Known, Seen};
use super::story::{Performed, Prepared, Started};
use crate::migrate::call::Call;
use crate::migrate::outcome::Check;
use crate::migrate::plan::Version;
use crate::migrate::state::{DomainState, Job, Said, State};

impl Known<'_> {
    /// The destination has the guest. `surely`: it runs there, or is paused as it was to be.
    pub(super) fn arrived(&self, surely: bool) -> Decision {
        let left = Some(self.source.clone());
        match (Seen::of(self.source), self.job()) {
            (Seen::Gone, _) => self.has_left(),
            (Seen::Untold, _) => self.on_destination(left),
            (_, Job::Running(info)) => Decision::Job(info),
            (Seen::Runs, _) if self.story.may_have_started() => {
                Decision::Hold(Check::WhetherTheSourceRunsToo)
            }
            (Seen::Runs, _) => Decision::Hold(Check::WhetherItRunsTwice),
            (Seen::Waits, Job::None) if surely && self.story.by_v3() => self.destroy_copy(),
            _ => self.on_destination(left),
        }
    }

    /// Nothing was sent, so the guest is as it was. What was prepared for it goes. A destination that runs the guest has it from elsewhere.
    pub(super) fn never_performed(&self) -> Decision {
        let there = Seen::of(self.destination);
        let runs_there = matches!(there, Seen::Runs | Seen::SwitchedOver);
        match Seen::of(self.source) {
            Seen::Untold if runs_there || matches!(there, Seen::Stopped(_)) => {
                return Decision::Hold(Check::WhereItIs);
            }
            Seen::Runs | Seen::Waits | Seen::SwitchedOver | Seen::Stopped(_) if runs_there => {
                return Decision::Hold(Check::WhetherItRunsTwice);
            }
            Seen::Gone if runs_there => return self.on_destination(None),
            // Unlike one that is only defined, it has ended.
            Seen::Gone if self.source.state().is_none() && there == Seen::Gone => return self.nowhere(),
            _ => {}
        }
        // A daemon that died in Prepare and has just been started may not know yet what it has left.
        let may_keep = match self.story.prepared {
            Prepared::No => false,
            _ if matches!(there, Seen::Waits | Seen::Untold) => true,
            prepared => prepared == Prepared::Perhaps && *self.destination == Said::Absent,
        };
        let stays = self.stays_and_left(may_keep.then(|| self.destination.clone()));
        match (there, Seen::of(self.source), self.job(), self.story.cancel_call()) {
            (Seen::Waits, Seen::Runs | Seen::Waits | Seen::Stopped(_), Job::None, Some(call)) => {
                Decision::Call(Act::GiveUp, call, Check::WhetherItStays, Some(stays))
            }
            _ => Decision::End(stays),
        }
    }

    /// Version 3: the destination waits with a copy that it was not told to start, or has not started.
    pub(super) fn waits3(&self) -> Decision {
        let story = self.story;
        let give_up = |check| match story.cancel_call() {
            Some(call) => Decision::Call(Act::GiveUp, call, check, None),
            None => Decision::Hold(check),
        };
        let start_or = |otherwise: Decision| match story.start_call() {
            Some(call) => Decision::Call(Act::Start, call, Check::WhetherItTookOver, None),
            None => otherwise,
        };
        match (Seen::of(self.source), self.job()) {
            // A source that is known to be dead cannot run its own copy any more, but may have sent it elsewhere since.
            (Seen::Gone, _) if *self.source == Said::Fenced => match self.is_as_left() {
                true => start_or(Decision::Hold(Check::WhetherTheCopyIsWhole)),
                false => Decision::Hold(Check::WhetherItWasMovedSince),
            },
            // It keeps the guest until Confirm, so it has not sent it away: the guest ended there.
            (Seen::Gone, _) => Decision::Hold(Check::WhetherTheCopyIsWhole),
            (Seen::Untold, _) => Decision::Hold(Check::WhereItIs),
            (_, Job::Running(info)) => Decision::Job(info),
            (Seen::Runs, Job::None) => give_up(Check::WhetherItStays),
            (Seen::Waits, Job::None) if !self.is_as_left() => Decision::Hold(Check::WhetherItWasMovedSince),
            (Seen::Waits, Job::None) => start_or(give_up(Check::WhetherItIsPaused)),
            // Somebody has paused it, perhaps after it had run on: then the copy is of the past. What the source has never is.
            (Seen::Stopped(state), Job::None) if state.state == DomainState::Paused => {
                give_up(Check::WhetherItStays)
            }
            _ => Decision::Hold(Check::WhetherItStays),
        }
    }

    /// Versions 1 and 2: the destination waits with what may be the only copy.
    pub(super) fn waits(&self) -> Decision {
        let story = self.story;
        match (Seen::of(self.source), &story.performed) {
            (Seen::Gone | Seen::Untold, Performed::Done(_)) => match story.start_call() {
                Some(call) => Decision::Call(Act::Start, call, Check::WhetherItStarted, None),
                None => Decision::Hold(Check::WhetherTheCopyIsWhole),
            },
            (Seen::Gone, _) => Decision::Hold(Check::WhetherTheCopyIsWhole),
            (Seen::Untold, _) => Decision::Hold(Check::WhereItIs),
            (_, Performed::Done(_)) => Decision::Hold(Check::WhetherItRunsTwice),
            _ => match self.job() {
                Job::Running(info) => Decision::Job(info),
                _ if self.has_surely_failed() && !story.told => self.remove_whole(),
                _ => Decision::Hold(Check::WhetherItStays),
            },
        }
    }

    /// Versions 1 and 2: what came of a guest that has stayed goes with the connection that prepared it, unless it came whole. Perform
    /// is over, so it will not become the guest.
    fn remove_whole(&self) -> Decision {
        let known = self.stays_and_left(Some(self.destination.clone()));
        // By version 1 the destination may be the source, by another name.
        let may_be_one =
            self.story.version == Version::V1 && self.source.state().is_none_or(State::is_migrating);
        let call = match self.destination {
            Said::Has { domain, state, .. } if !may_be_one => self.story.removal(domain, *state),
            _ => None,
        };
        match call {
            Some(call) => Decision::Call(Act::GiveUp, call, Check::WhetherItStays, Some(known)),
            None => Decision::End(known),
        }
    }

    /// The destination has no guest.
    pub(super) fn gone(&self) -> Decision {
        let story = self.story;
        let by_v1 = story.version == Version::V1;
        match (Seen::of(self.source), self.job()) {
            // It may still read the data, which only its Finish waits for; but there are none any more of a guest that ended by itself,
            // unless they were sent before.
            (Seen::Gone, _)
                if !self.is_done() && self.source.state().is_some_and(State::has_ended_by_itself) =>
            {
                self.nowhere()
            }
            (Seen::Gone | Seen::Untold, _) if by_v1 && self.may_be_reading() => match story.start_call() {
                Some(call) => Decision::Call(Act::Start, call, Check::WhetherItStarted, None),
                None => Decision::Hold(Check::WhetherTheCopyIsWhole),
            },
            (Seen::Gone, _) => self.nowhere(),
            (Seen::Untold, _) => Decision::Hold(Check::WhereItIs),
            (_, Job::Running(info)) => Decision::Job(info),
            // Its slot does not show either, and may still take what is sent.
            _ if by_v1 && story.performed == Performed::Perhaps => Decision::Hold(Check::WhetherItStays),
            (Seen::Waits, Job::Untold) if story.by_v3() => Decision::Hold(Check::WhetherItStays),
            // It may be about to drop what it has sent.
            (_, Job::Untold) if !story.by_v3() && self.may_perform() => Decision::Hold(Check::WhetherItStays),
            (Seen::Waits, _) if story.by_v3() => self.left_paused(),
            (Seen::Stopped(_), _) if story.by_v3() => match self.may_have_run() {
                Some(check) => Decision::Hold(check),
                None => self.on_source(),
            },
            _ => self.on_source(),
        }
    }

    /// Version 3: the source's copy is the only one that was not to be given up, and paused by a migration.
    fn left_paused(&self) -> Decision {
        if let Some(check) = self.may_have_run() {
            return Decision::Hold(check);
        }
        if !self.is_as_left() {
            return Decision::Hold(Check::WhetherItWasMovedSince);
        }
        // One that was paused before stays so; and one of which nobody knows.
        if self.story.was_paused != Some(false) {
            let untold = Seen::of(self.destination) == Seen::Untold;
            return Decision::End(self.stays_and_left(untold.then(|| self.destination.clone())));
        }
        let domain = self.story.request.domain.clone();
        Decision::Call(Act::Resume, Call::Resume { domain }, Check::WhetherItRunsOn, None)
    }

    /// The destination does not say.
    pub(super) fn untold(&self) -> Decision {
        let story = self.story;
        match (Seen::of(self.source), self.job()) {
            (Seen::Gone | Seen::Untold, _) => Decision::Hold(Check::WhereItIs),
            (_, Job::Running(info)) => Decision::Job(info),
            (Seen::Runs, Job::None) if self.has_failed() && !story.may_have_started() => {
                let may_keep = !story.by_v3();
                Decision::End(self.stays_and_left(may_keep.then(|| self.destination.clone())))
            }
            // Perform is over, for it has paused the guest; and nobody else can start what the destination has.
            (Seen::Waits, Job::None) if story.by_v3() && !story.may_have_started() => self.left_paused(),
            (Seen::Waits, _) if story.by_v3() => Decision::Hold(Check::WhetherItTookOver),
            _ => Decision::Hold(Check::WhereItIs),
        }
    }

    /// A guest that is paused there was not left incoming: it came with PAUSED, or the journal has the destination's word.
    pub(super) fn was_to_arrive(&self, state: State) -> bool {
        let user = state.state == DomainState::Paused && state.reason == Some(1);
        self.story.started == Started::Yes || (user && self.story.told)
    }

    /// The destination has said so, and its guest is paused for no reason that it tells.
    pub(super) fn is_taken_over(&self) -> bool {
        let untold = self.destination.state().is_some_and(|state| state.reason.is_none());
        let answered = matches!(self.story.started, Started::Yes | Started::NotIncoming);
        untold && answered && !self.story.by_v3()
    }

    /// Version 1: it shows nothing before it has read everything.
    fn may_be_reading(&self) -> bool {
        self.story.performed != Performed::Never
            && self.story.started == Started::Untold
            && *self.destination != Said::Fenced
    }

    /// The destination shows that the guest has run there, by how it ended.
    pub(super) fn ended_there(&self) -> bool {
        self.destination.state().is_some_and(State::has_run_and_ended)
    }

    /// The guest may have run on the destination, which no longer has it; and what is to be found out then.
    fn may_have_run(&self) -> Option<Check> {
        let told = self.story.may_have_started() && !self.story.goes_back;
        match self.ended_there() {
            true => Some(Check::HowItEndedThere),
            false => told.then_some(Check::WhetherItRanThere),
        }
    }
}
