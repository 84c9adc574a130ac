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
//!  v3: paused by us   destroy the copy     unknown, unless it is paused       the same; then, never told to start it:
//!                       at the source        by this migration; then             Resume; else unknown
//!                                            Finish 0 if it was sent,
//!                                            else Finish 1
//!  v3: paused by        OnDestination, with  Finish 1                           never told to start it: OnSource;
//!    a person             a warning                                              else unknown
//!  does not say       OnDestination, with  v1, v2: Finish 0 if it was         unknown
//!                       a warning            sent; else unknown
//! ```
//!
//! "Sent" is a Perform whose success is in the journal. Without Perform the guest cannot have moved by this migration, whatever the
//! destination shows: nothing that is there is a reason to touch what the source has. A
//! destination that does not say may still be one that was never told to start the guest: then a copy that the source paused runs on.
//! A host that is fenced has none, and says so for ever. That it is this migration which has paused the guest no host tells: it is the
//! caller's word, and may be contradicted by the source's (`is_as_left`).
//!
//! Where the source carries the migration out: `by_source`. Where only a definition moves: `offline`.

use super::story::{Performed, Started, Story};
use crate::migrate::call::Call;
use crate::migrate::domain::Domain;
use crate::migrate::flags::MigrateFlags;
use crate::migrate::outcome::{Check, Outcome, Reason};
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
pub(super) enum Seen {
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
    pub(super) fn of(said: &Said) -> Seen {
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

    /// The same of a destination, which may be about to start what has come.
    pub(super) fn arriving(said: &Said) -> Seen {
        match Seen::of(said) {
            Seen::Stopped(state) if state.may_wait_for_its_start() => Seen::Waits,
            seen => seen,
        }
    }
}

/// What is known when it is decided.
pub(super) struct Known<'a> {
    pub(super) story: &'a Story,
    pub(super) source: &'a Said,
    pub(super) destination: &'a Said,
}

/// Decides. The same call may be decided on again and again, as long as it changes nothing.
pub(super) fn decide(story: &Story, source: &Said, destination: &Said) -> Decision {
    let known = Known { story, source, destination };
    match by_what_is_seen(&known) {
        Decision::End(outcome) if known.claims_a_pause(&outcome) && !known.is_as_left() => {
            Decision::Hold(Check::WhetherItWasMovedSince)
        }
        decision => decision,
    }
}

fn by_what_is_seen(known: &Known<'_>) -> Decision {
    let Known { story, destination, .. } = *known;
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
    match Seen::arriving(destination) {
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
                    Some(_) if !self.is_as_left() => Decision::Hold(Check::WhetherItWasMovedSince),
                    Some(call) => Decision::Call(Act::Start, call, Check::WhetherThePostCopyBroke, None),
                    None => Decision::Hold(Check::WhetherThePostCopyBroke),
                }
            }
            (Torn::Untold, _, Job::Running(info)) => Decision::Job(info),
            (Torn::Untold, ..) => Decision::Hold(Check::WhetherThePostCopyBroke),
        }
    }

    /// Perform was answered with an error.
    pub(super) fn has_failed(&self) -> bool {
        matches!(self.story.performed, Performed::Failed { .. })
    }

    /// And is over.
    pub(super) fn has_surely_failed(&self) -> bool {
        self.has_failed() && !self.may_perform()
    }

    /// Perform may be under way, or may begin yet. An error that was made up on the way is none of a source that cannot tell of jobs.
    pub(super) fn may_perform(&self) -> bool {
        match self.story.performed {
            Performed::Never | Performed::Done(_) => false,
            Performed::Perhaps => true,
            // Nor does one tell that moves a definition, which has no job.
            Performed::Failed { hearsay } => {
                hearsay && (self.job() == Job::Untold || self.story.is_offline())
            }
        }
    }

    /// What the source has paused of a guest that the destination has goes.
    pub(super) fn destroy_copy(&self) -> Decision {
        let domain = self.story.request.domain.clone();
        let known = Some(self.arrived_there(Some(self.source.clone())));
        Decision::Call(Act::Destroy, Call::Destroy { domain }, Check::WhetherTheSourceRunsToo, known)
    }

    /// Whether what a migration has paused at the source is paused by this one.
    ///
    /// A host tells that a migration has paused the guest, and not which. Once the orchestrator is gone the source may let the guest run on
    /// by itself, and another migration send it to a host that nobody asks here. That none did only the caller knows, and is not believed
    /// against the source's own word: that its Perform failed, that it let the guest run on, or that this is another run of the guest.
    pub(super) fn is_as_left(&self) -> bool {
        let story = self.story;
        let had = &story.request.domain;
        let another_run = matches!(self.source, Said::Has { domain, .. } if !domain.may_be_the_run_of(had));
        let let_go = story.ran_on || story.performed == Performed::Failed { hearsay: false };
        story.is_last && !another_run && !let_go
    }

    /// Whether an outcome says that this migration has left the guest paused at its source.
    fn claims_a_pause(&self, outcome: &Outcome) -> bool {
        let Outcome::OnSource { source, reason, .. } = outcome else { return false };
        let is_paused = source.state().is_some_and(State::is_migrating);
        is_paused && !matches!(reason, Reason::LeftPaused(_)) && !self.story.is_by_source()
    }

    pub(super) fn job(&self) -> Job {
        match self.source {
            Said::Has { job, .. } => *job,
            _ => Job::None,
        }
    }

    /// The destination has it, and the source no more than a definition.
    pub(super) fn has_left(&self) -> Decision {
        self.on_destination(self.story.request.left_definition(self.source))
    }

    pub(super) fn on_destination(&self, left_on_source: Option<Said>) -> Decision {
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

    pub(super) fn on_source(&self) -> Decision {
        Decision::End(self.stays())
    }

    pub(super) fn stays(&self) -> Outcome {
        self.stays_and_left(None)
    }

    pub(super) fn stays_and_left(&self, left_on_destination: Option<Said>) -> Outcome {
        let reason = match self.source.state() {
            Some(state) if state.is_migrating() && self.story.performed == Performed::Never => {
                Reason::LeftPaused(state)
            }
            _ => self.story.reason(),
        };
        Outcome::OnSource { source: self.source.clone(), reason, left_on_destination }
    }

    pub(super) fn nowhere(&self) -> Decision {
        let reason = if self.story.started == Started::Yes { Reason::Vanished } else { self.story.reason() };
        let (source, destination) = (self.source.clone(), self.destination.clone());
        Decision::End(Outcome::Nowhere { source, destination, reason })
    }
}
