//! What to do about a migration that was cut off, by what its journal proves and what both hosts say now.
//!
//! The destination is asked first and the source after it. So a destination that has nothing had nothing when the source spoke, and
//! what the source says then is not overtaken by a guest that leaves in between. Where the source carries the migration out, the guest
//! arrives without a word of ours: there the source is the first, so that a destination that has nothing when the source has nothing
//! has not got it in between.
//!
//! ```text
//!                                      the destination
//!  the source         runs it              waits with a paused copy           has none
//!  none, off          OnDestination        v1, v2: Finish 0 if it was         Nowhere
//!                                            sent, else unknown
//!                                          v3: unknown
//!  a job runs on it   wait                 wait                               wait
//!  runs it            unknown: twice       v3: Finish 1; v1, v2: the copy     OnSource
//!                                            goes if Perform failed, else wait
//!  v3: paused by us   destroy the copy     Finish 0 if it was sent,           never told to start it: Resume;
//!                       at the source        else Finish 1                      else unknown
//!  does not say       OnDestination, with  v1, v2: Finish 0 if it was         unknown
//!                       a warning            sent; else unknown
//! ```
//!
//! "Sent" is a Perform whose success is in the journal. Without Perform the guest cannot have moved by this migration, whatever the
//! destination shows: nothing that is there is a reason to touch what the source has. A
//! destination that does not say may still be one that was never told to start the guest: then a copy that the source paused runs on.
//! A host that is fenced has none, and says so for ever.
//!
//! Where the source carries the migration out (`by_source`), nobody but it knows what the destination was told, and nothing is finished
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

use super::story::{Performed, Started, Story};
use crate::migrate::call::Call;
use crate::migrate::domain::Domain;
use crate::migrate::flags::MigrateFlags;
use crate::migrate::outcome::{Check, Outcome, Reason};
use crate::migrate::plan::Version;
use crate::migrate::state::{DomainState, Job, JobInfo, Said, State};
use crate::migrate::torn::Torn;

/// What follows.
#[derive(Debug)]
pub(super) enum Decision {
    /// It is known where the guest is, and nothing is left to do.
    End(Outcome),
    /// A call that is safe, what is in doubt if it changes nothing, and where the guest is all the same if that is known.
    Call(Act, Call, Check, Option<Outcome>),
    /// A job runs on the source's guest.
    Job(JobInfo),
    /// Nothing that can be done is known to be safe.
    Hold(Check),
}

/// A call that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// The destination starts what was sent.
    Start,
    /// The destination destroys what it prepared.
    GiveUp,
    /// The source lets its paused copy run on.
    Resume,
    /// The source's paused copy is destroyed.
    Destroy,
}

/// A guest on a host, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    /// It is not there.
    Gone,
    /// Its processors run, or would.
    Runs,
    /// Paused by a migration; or paused, by a host that does not tell why.
    Waits,
    /// Paused by a post-copy: it runs or ran elsewhere.
    SwitchedOver,
    /// Runs, or was stopped, while its memory is not all there: a destination in post-copy.
    Torn,
    /// Paused by somebody, or crashed.
    Stopped(State),
    /// The host does not say.
    Untold,
}

impl Seen {
    fn of(said: &Said) -> Seen {
        match said {
            said if said.is_gone() => Seen::Gone,
            Said::Has { state, .. } => match (state.state, state.reason) {
                (DomainState::Running, Some(10 | 11)) => Seen::Torn,
                (DomainState::Paused, Some(12 | 13)) => Seen::SwitchedOver,
                (DomainState::Paused, Some(2) | None) => Seen::Waits,
                (DomainState::Paused | DomainState::Crashed, _) => Seen::Stopped(*state),
                _ => Seen::Runs,
            },
            _ => Seen::Untold,
        }
    }
}

/// What is known when it is decided.
struct Known<'a> {
    story: &'a Story,
    source: &'a Said,
    destination: &'a Said,
}

/// Decides. The same call may be decided on again and again, as long as it changes nothing.
pub(super) fn decide(story: &Story, source: &Said, destination: &Said) -> Decision {
    let known = Known { story, source, destination };
    if story.is_offline() {
        return known.offline();
    }
    if story.request.flags.has(MigrateFlags::POSTCOPY_RESUME) || known.has_switched() {
        return known.switched();
    }
    if story.is_by_source() {
        return known.by_source();
    }
    // What the destination shows then is not what was to be sent.
    if story.performed == Performed::Never {
        return known.never_performed();
    }
    match Seen::of(destination) {
        Seen::Runs | Seen::SwitchedOver | Seen::Torn => known.arrived(true),
        Seen::Stopped(state) => known.arrived(known.was_to_arrive(state)),
        // A daemon that cannot tell why, has told that it took the guest over.
        Seen::Waits if known.is_taken_over() => known.arrived(false),
        Seen::Waits if story.by_v3() => known.waits3(),
        Seen::Waits => known.waits(),
        Seen::Gone => known.gone(),
        Seen::Untold => known.untold(),
    }
}

impl Known<'_> {
    /// A host shows that its post-copy has switched over.
    fn has_switched(&self) -> bool {
        Seen::of(self.source) == Seen::SwitchedOver
            || matches!(Seen::of(self.destination), Seen::SwitchedOver | Seen::Torn)
    }

    /// From the switch on nothing is rolled back, and one that broke is resumed by another migration. What is done here is to have the
    /// destination start what has switched and was not started, and to end the source's part once the destination has all of it.
    fn switched(&self) -> Decision {
        let story = self.story;
        let resumes = story.request.flags.has(MigrateFlags::POSTCOPY_RESUME);
        match (Torn::of(self.source, self.destination), Seen::of(self.source), self.job()) {
            (Torn::Whole(..), Seen::Runs, _) => Decision::Hold(Check::WhetherItRunsTwice),
            (Torn::Whole(..), Seen::Gone, _) => self.has_left(),
            (Torn::Whole(..), Seen::SwitchedOver, Job::None) => self.destroy_copy(),
            (Torn::Whole(..), ..) => self.on_destination(Some(self.source.clone())),
            (Torn::Broken, ..) => {
                let (source, destination) = (self.source.clone(), self.destination.clone());
                Decision::End(Outcome::PostCopyBroken { source, destination, reason: story.reason() })
            }
            (Torn::Nowhere, ..) => self.nowhere(),
            (Torn::Untold, seen, _)
                if resumes
                    && self.destination.is_gone()
                    && matches!(seen, Seen::Runs | Seen::Waits | Seen::Stopped(_)) =>
            {
                self.on_source()
            }
            (Torn::Untold, Seen::SwitchedOver, _) if Seen::of(self.destination) == Seen::Waits => {
                match story.start_call() {
                    Some(call) => Decision::Call(Act::Start, call, Check::WhetherThePostCopyBroke, None),
                    None => Decision::Hold(Check::WhetherThePostCopyBroke),
                }
            }
            (Torn::Untold, _, Job::Running(info)) => Decision::Job(info),
            (Torn::Untold, ..) => Decision::Hold(Check::WhetherThePostCopyBroke),
        }
    }

    /// The source carried it out, or may yet, and no post-copy has switched over. A copy that it has paused is ended where the
    /// destination has the guest; all else is only seen.
    fn by_source(&self) -> Decision {
        let story = self.story;
        let (source, destination) = (Seen::of(self.source), Seen::of(self.destination));
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

            (Seen::Runs | Seen::Untold, Seen::Runs) => Decision::Hold(Check::WhetherTheSourceRunsToo),
            (Seen::Untold, _) => Decision::Hold(Check::WhereItIs),
            (_, Seen::Runs) => self.end_copy(),
            (_, Seen::Stopped(_)) if story.is_to_arrive_paused() => self.end_copy(),
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
            _ => Decision::Hold(Check::WhetherTheSourceStillMovesIt),
        }
    }

    /// Perform was answered with an error.
    fn has_failed(&self) -> bool {
        matches!(self.story.performed, Performed::Failed { .. })
    }

    /// And is over.
    fn has_surely_failed(&self) -> bool {
        self.has_failed() && !self.may_perform()
    }

    /// Perform may be under way, or may begin yet. An error that was made up on the way is none of a source that cannot tell of jobs.
    fn may_perform(&self) -> bool {
        match self.story.performed {
            Performed::Never | Performed::Done(_) => false,
            Performed::Perhaps => true,
            Performed::Failed { hearsay } => hearsay && self.job() == Job::Untold,
        }
    }

    /// The source's daemon has said that the migration succeeded.
    fn is_done(&self) -> bool {
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

    /// What the source has paused of a guest that the destination has goes.
    fn destroy_copy(&self) -> Decision {
        let domain = self.story.request.domain.clone();
        let known = Some(self.arrived_there(Some(self.source.clone())));
        Decision::Call(Act::Destroy, Call::Destroy { domain }, Check::WhetherTheSourceRunsToo, known)
    }

    /// The destination has the guest. `surely`: it runs there, or is paused as it was to be.
    fn arrived(&self, surely: bool) -> Decision {
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
    fn never_performed(&self) -> Decision {
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
        let prepared = there == Seen::Waits;
        if let (true, Seen::Runs | Seen::Waits | Seen::Stopped(_), Job::None, Some(call)) =
            (prepared, Seen::of(self.source), self.job(), self.story.cancel_call())
        {
            let known = Some(self.stays());
            return Decision::Call(Act::GiveUp, call, Check::WhetherItStays, known);
        }
        self.on_source()
    }

    /// Version 3: the destination waits with a copy that it was not told to start, or has not started.
    fn waits3(&self) -> Decision {
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
            // A source that is known to be dead cannot run its own copy any more.
            (Seen::Gone, _) if *self.source == Said::Fenced => {
                start_or(Decision::Hold(Check::WhetherTheCopyIsWhole))
            }
            // It keeps the guest until Confirm, so it has not sent it away: the guest ended there.
            (Seen::Gone, _) => Decision::Hold(Check::WhetherTheCopyIsWhole),
            (Seen::Untold, _) => Decision::Hold(Check::WhereItIs),
            (_, Job::Running(info)) => Decision::Job(info),
            (Seen::Runs, Job::None) => give_up(Check::WhetherItStays),
            (Seen::Waits, Job::None) => start_or(give_up(Check::WhetherItIsPaused)),
            (Seen::Stopped(state), Job::None) if state.state == DomainState::Paused => {
                start_or(give_up(Check::WhetherItStays))
            }
            _ => Decision::Hold(Check::WhetherItStays),
        }
    }

    /// Versions 1 and 2: the destination waits with what may be the only copy.
    fn waits(&self) -> Decision {
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
    fn gone(&self) -> Decision {
        let story = self.story;
        let by_v1 = story.version == Version::V1;
        match (Seen::of(self.source), self.job()) {
            // It may still read the data, which only its Finish waits for.
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
            (Seen::Stopped(_), _) if story.by_v3() && self.may_have_run() => {
                Decision::Hold(Check::WhetherItRanThere)
            }
            _ => self.on_source(),
        }
    }

    /// Version 3: the source's copy is the only one, and paused by the migration.
    fn left_paused(&self) -> Decision {
        if self.may_have_run() {
            return Decision::Hold(Check::WhetherItRanThere);
        }
        // One that was paused before stays so; and one of which nobody knows.
        if self.story.was_paused != Some(false) {
            return self.on_source();
        }
        let domain = self.story.request.domain.clone();
        Decision::Call(Act::Resume, Call::Resume { domain }, Check::WhetherItRunsOn, None)
    }

    /// The destination does not say.
    fn untold(&self) -> Decision {
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

    /// A definition is all there is on either host. What the destination shows is what it was told, unless it may have had one before.
    fn offline(&self) -> Decision {
        let story = self.story;
        let was_defined = story.started == Started::Yes || story.is_by_source() && self.is_done();
        let is_new = was_defined || story.had_no_definition && !story.refused;
        let is_at_source = self.source.state().is_some();
        match (self.destination, self.source) {
            _ if !story.may_have_started() => self.on_source(),
            (Said::Has { .. }, Said::NoAnswer(_))
                if is_new && story.request.flags.has(MigrateFlags::UNDEFINE_SOURCE) =>
            {
                self.on_destination(Some(self.source.clone()))
            }
            (Said::Has { .. }, Said::Absent | Said::Aborted | Said::Fenced) => self.on_destination(None),
            (Said::Has { .. }, _) if is_new => self.has_left(),
            _ if is_at_source && story.refused => self.on_source(),
            (Said::Has { .. }, _) => Decision::Hold(Check::WhetherItWasDefined),
            (Said::NoAnswer(_) | Said::NotAsked, _) => Decision::Hold(Check::WhereItIs),
            (_, Said::Absent | Said::Aborted | Said::Fenced) => self.nowhere(),
            (_, Said::NoAnswer(_) | Said::NotAsked) => Decision::Hold(Check::WhereItIs),
            (_, Said::Has { .. }) => self.on_source(),
        }
    }

    fn job(&self) -> Job {
        match self.source {
            Said::Has { job, .. } => *job,
            _ => Job::None,
        }
    }

    /// A guest that is paused there was not left incoming: it came with PAUSED, or the journal has the destination's word.
    fn was_to_arrive(&self, state: State) -> bool {
        let user = state.state == DomainState::Paused && state.reason == Some(1);
        self.story.started == Started::Yes || (user && self.story.told)
    }

    /// The destination has said so, and its guest is paused for no reason that it tells.
    fn is_taken_over(&self) -> bool {
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

    /// The guest may have run on the destination, which no longer has it.
    fn may_have_run(&self) -> bool {
        let ended_there =
            self.destination.state().is_some_and(|state| matches!(state.reason, Some(1 | 3..=5)));
        ended_there || (self.story.may_have_started() && !self.story.goes_back)
    }

    /// The destination has it, and the source no more than a definition.
    fn has_left(&self) -> Decision {
        self.on_destination(self.story.request.left_definition(self.source))
    }

    fn on_destination(&self, left_on_source: Option<Said>) -> Decision {
        Decision::End(self.arrived_there(left_on_source))
    }

    fn arrived_there(&self, left_on_source: Option<Said>) -> Outcome {
        let (domain, state): (Domain, _) = match self.destination {
            Said::Has { domain, .. } if self.story.is_offline() => (domain.clone(), None),
            Said::Has { domain, state, .. } => (domain.clone(), Some(*state)),
            _ => (self.story.request.domain_there(), None),
        };
        let warning = Some(self.story.reason());
        Outcome::OnDestination { domain, state, warning, left_on_source }
    }

    fn on_source(&self) -> Decision {
        Decision::End(self.stays())
    }

    fn stays(&self) -> Outcome {
        self.stays_and_left(None)
    }

    fn stays_and_left(&self, left_on_destination: Option<Said>) -> Outcome {
        let reason = match self.source.state() {
            Some(state) if state.is_migrating() && self.story.performed == Performed::Never => {
                Reason::LeftPaused(state)
            }
            _ => self.story.reason(),
        };
        Outcome::OnSource { source: self.source.clone(), reason, left_on_destination }
    }

    fn nowhere(&self) -> Decision {
        let reason = if self.story.started == Started::Yes { Reason::Vanished } else { self.story.reason() };
        let (source, destination) = (self.source.clone(), self.destination.clone());
        Decision::End(Outcome::Nowhere { source, destination, reason })
    }
}
