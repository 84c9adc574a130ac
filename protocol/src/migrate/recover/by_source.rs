//! Where the source carries the migration out, nobody but it knows what the destination was told, and nothing is finished
//! or taken back for it:
//!
//! ```text
//!                                      the destination
//!  the source         has it                  waits with a paused copy    has none            does not say
//!  none, off          OnDestination           unknown                     Nowhere             OnDestination if it said so, else unknown
//!  a job runs on it   wait                    wait                        wait                wait
//!  runs it            unknown: twice          unknown                     OnSource once the call is answered, else unknown
//!  paused by us       destroy the copy        unknown                     unknown             unknown
//!                       at the source
//!  does not say       unknown: twice          unknown                     unknown             unknown
//! ```
//!
//! Where the caller knows that the source's daemon has been started again since, that counts as the call's end, but not as its answer: a
//! guest that runs there while the destination has none is on the source. Where the call was answered with an error of the source's own,
//! which has the guest as it was, what the destination runs may be from before: unknown.

use super::decide::{Decision, Known, Seen};
use super::story::Performed;
use crate::migrate::outcome::Check;
use crate::migrate::state::{Job, State};

impl Known<'_> {
    /// The source carried it out, or may yet, and no post-copy has switched over. A copy that it has paused is ended where the
    /// destination has the guest; all else is only seen.
    pub(super) fn by_source(&self) -> Decision {
        let story = self.story;
        let (source, destination) = (Seen::of(self.source), Seen::arriving(self.destination));
        if let Job::Running(info) = self.job() {
            return Decision::Job(info);
        }
        match (source, destination) {
            _ if story.performed == Performed::Never => self.on_source(),
            (Seen::Gone, Seen::Runs | Seen::Stopped(_)) => self.has_left(),
            (Seen::Gone, Seen::Waits) if self.is_done() || self.has_come_paused() => self.has_left(),
            (Seen::Gone, Seen::Waits) => Decision::Hold(Check::WhetherTheCopyIsWhole),
            (Seen::Gone, Seen::Gone) => self.nowhere(),
            // The source has said that it handed the guest over.
            (Seen::Gone, Seen::Untold) if self.is_done() => self.has_left(),
            (Seen::Gone, Seen::Untold) => Decision::Hold(Check::WhetherItArrived),

            // From before, for all that the source has said.
            (Seen::Runs | Seen::Waits | Seen::Stopped(_), Seen::Runs | Seen::Stopped(_))
                if self.has_surely_failed() && !self.is_copy() =>
            {
                Decision::Hold(Check::WhichOneIsTheGuest)
            }
            (Seen::Runs | Seen::Untold, Seen::Runs) => Decision::Hold(Check::WhetherTheSourceRunsToo),
            (Seen::Untold, _) => Decision::Hold(Check::WhereItIs),
            (_, Seen::Runs) => self.end_copy(),
            (_, Seen::Stopped(_)) if story.is_to_arrive_paused() => self.end_copy(),
            (Seen::Waits, Seen::Gone) if self.is_copy() && self.ended_there() => {
                Decision::Hold(Check::HowItEndedThere)
            }
            (Seen::Waits, Seen::Gone) if self.is_copy() => Decision::Hold(Check::WhetherItRanThere),
            (Seen::Waits, _) if self.is_copy() => Decision::Hold(Check::WhetherItTookOver),
            // Of a copy that the source's own failure has left.
            (Seen::Runs | Seen::Stopped(_), Seen::Waits) if self.has_surely_failed() => {
                Decision::End(self.stays_and_left(Some(self.destination.clone())))
            }
            (_, Seen::Untold) if self.is_done() => Decision::Hold(Check::WhetherItTookOver),
            // Only somebody on the way may have said that it has not gone.
            (Seen::Waits | Seen::Stopped(_), Seen::Untold)
                if matches!(story.performed, Performed::Failed { hearsay: true }) =>
            {
                Decision::Hold(Check::WhetherItTookOver)
            }
            // It is there as it was, and its daemon has no part in the migration any more.
            (_, Seen::Gone | Seen::Untold) if !self.may_perform() => self.on_source(),
            (Seen::Runs, Seen::Gone) if story.senders_end => self.on_source(),
            // In version 3 it may have been handed over, paused as it was, before that daemon ended.
            (Seen::Stopped(_), Seen::Gone) if story.senders_end && story.by_v3() => {
                Decision::Hold(Check::WhetherItRanThere)
            }
            (Seen::Stopped(_), Seen::Gone) if story.senders_end => self.on_source(),
            _ => Decision::Hold(Check::WhetherTheSourceStillMovesIt),
        }
    }

    /// The source's daemon has said that the migration succeeded.
    pub(super) fn is_done(&self) -> bool {
        matches!(self.story.performed, Performed::Done(_))
    }

    /// A guest that was to arrive paused, on a host that shows it as it shows one that waits for its start.
    fn has_come_paused(&self) -> bool {
        self.story.is_to_arrive_paused()
            && self.destination.state().is_some_and(|state| state.reason.is_none())
    }

    /// The source's guest is paused by a migration, and by nobody before.
    fn is_copy(&self) -> bool {
        self.source.state().is_some_and(State::is_migrating) && self.story.was_paused != Some(true)
    }

    /// The destination has the guest, which the source's daemon sent it. What that has paused of it is of the past.
    fn end_copy(&self) -> Decision {
        match self.source.state().is_some_and(State::is_migrating) {
            true => self.destroy_copy(),
            false => self.on_destination(Some(self.source.clone())),
        }
    }
}
