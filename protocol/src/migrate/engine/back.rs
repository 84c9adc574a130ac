//! Version 3: the guest goes back to its source.
//!
//! Here the destination does not run the guest and will not: it was never told to start it, or has said that it does not have
//! it. What is left to do is that the source lets it run on. Confirm with `cancelled` says so; but the daemon remembers the
//! migration only as long as the connection lives that began it, and leaves the guest paused when that is gone. So the source is
//! asked until it tells, and a guest that is still paused by the migration is resumed.
//!
//! Confirm is sent once, and only after a Perform that succeeded. A daemon ends a migration by itself when its Perform fails, and knows
//! each by its guest: a Confirm that comes then, or once more, would end what somebody else has begun since. Closing the connection
//! that made Begin ends ours and no other.
//!
//! ```text
//!  the source says            Perform succeeded   Perform failed, or Confirm 1    then
//!                                                 has had no answer
//!  runs, no job               OnSource            OnSource                        OnSource
//!  paused by a migration      Confirm 1           Close                           it has just let go of ours: Resume ─▶ OnSource
//!                                                                                 else unknown, until the word
//!  a job runs                 Confirm 1           Close                           wait, ask again
//!  nothing                    unknown, ask again
//!  absent, shut off           Nowhere; or if the destination may still hold a copy, `arrival`
//! ```
//!
//! That a migration has paused it does not say which one. Up to the answer of Confirm or Close it was ours. But where the connection that
//! made Begin was lost, or the source has been waited for since, the guest may have run on, and another migration have sent it to a third host:
//! then what is paused at the source is of the past, and that it is not is the caller's word.

use super::Engine;
use super::arrival::Departed;
use super::start::failure_of;
use super::step::{Form, Prepared, Step};
use super::torn::Halves;
use crate::error::ErrorCode;
use crate::migrate::action::Waiting;
use crate::migrate::answer::{Failure, Reply};
use crate::migrate::ask::Ask;
use crate::migrate::call::{Call, Host, Retcode};
use crate::migrate::domain::Cookie;
use crate::migrate::flags::MigrateFlags;
use crate::migrate::note::Note;
use crate::migrate::outcome::{Check, Outcome, Reason};
use crate::migrate::state::{DomainState, Job, Said, State};

use virtwire_xdr::Text;

/// A guest that shall run on where it was.
#[derive(Debug)]
pub(super) struct Back {
    prepared: Prepared,
    /// The first thing that went wrong.
    pub(super) reason: Reason,
    /// The destination said that it has nothing of it.
    incoming_gone: bool,
    /// Perform's reply was lost, so that it may yet run and pause the guest again, as long as the destination waits for it.
    perform_may_run: bool,
    /// What the source was told of it.
    source: Source,
    /// Since the last wait the source has answered that it lets go of the guest, or the caller has said that nobody has moved it since.
    is_ours: bool,
    /// Since the last wait Begin's connection was closed, the guest resumed, the destination told.
    closed: bool,
    resumed: bool,
    cancelled: bool,
    /// OFFLINE: what the destination shows of the guest's definition.
    definition: Option<Said>,
}

/// How the source stands to the migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// It waits for Confirm.
    Performed,
    /// It is sent no Confirm, or no other one, and may have a part in it yet.
    Unsure,
    /// It has no part in it any more.
    Released,
}

impl Back {
    pub(super) fn new(prepared: Prepared, reason: Reason) -> Back {
        Back {
            prepared,
            reason,
            incoming_gone: false,
            perform_may_run: false,
            source: Source::Performed,
            is_ours: false,
            closed: false,
            resumed: false,
            cancelled: false,
            definition: None,
        }
    }

    /// Of a migration that the source carried out, and has no part in any more.
    pub(super) fn of_source(reason: Reason) -> Back {
        let prepared = Prepared { form: Form::V3, cookie: Cookie::default(), uri: Text::default() };
        Back { source: Source::Released, ..Back::new(prepared, reason).incoming_gone() }
    }

    /// Also a Perform that runs yet has nowhere to send the guest to.
    pub(super) fn incoming_gone(self) -> Back {
        Back { incoming_gone: true, perform_may_run: false, ..self }
    }

    /// The destination has a definition, which may be that of this migration.
    pub(super) fn with_definition(self, definition: Option<Said>) -> Back {
        Back { definition, ..self }
    }

    /// What is in doubt while the source does not say.
    pub(super) fn check(&self) -> Check {
        if self.incoming_gone { Check::WhetherItRunsOn } else { Check::WhetherItIsPaused }
    }

    pub(super) fn perform_may_run(self) -> Back {
        Back { perform_may_run: true, ..self }
    }

    pub(super) fn new_round(self) -> Back {
        Back { is_ours: false, closed: false, resumed: false, cancelled: false, ..self }
    }
}

impl Engine {
    /// Ends our migration at the source by the connection that began it.
    pub(super) fn forget(&mut self, back: Back) -> Step {
        self.call(Host::Source, Call::Close, Some(self.settings.ask_deadline));
        Step::Forget(Back { source: Source::Unsure, closed: true, ..back })
    }

    pub(super) fn forgotten(&mut self, mut back: Back, answer: Result<Reply, Failure>) -> Step {
        if was_not_made(&answer) {
            let check = back.check();
            return self.hold_back(back, check);
        }
        if let Ok(reply @ (Reply::Done | Reply::WasClosed)) = answer {
            back.source = Source::Released;
            back.is_ours = reply == Reply::Done;
            self.is_over_at_source(&mut back);
        }
        self.ask_back(back)
    }

    pub(super) fn confirm_back(&mut self, back: Back) -> Step {
        self.note(Note::RunsOn);
        self.call_confirm(Cookie::default(), Retcode::Cancelled);
        Step::ConfirmBack(Back { source: Source::Unsure, ..back })
    }

    pub(super) fn confirmed_back(&mut self, mut back: Back, answer: Result<Reply, Failure>) -> Step {
        back.is_ours = matches!(answer, Ok(Reply::Done));
        let is_over = back.is_ours || failure_of(answer).answered(ErrorCode::OPERATION_INVALID);
        if is_over {
            back.source = Source::Released;
            self.is_over_at_source(&mut back);
        }
        self.ask_back(back)
    }

    /// A source that protects the guest begins a Perform only within the job that Begin has started.
    fn is_over_at_source(&self, back: &mut Back) {
        if self.protection != MigrateFlags(0) {
            back.perform_may_run = false;
        }
    }

    pub(super) fn ask_back(&mut self, back: Back) -> Step {
        let ask = Ask::all(Host::Source, self.request.domain.uuid);
        self.question(&ask);
        Step::AskBack(ask, back)
    }

    pub(super) fn back_said(&mut self, back: Back, said: Said) -> Step {
        match said {
            said if self.is_gone(&said) => self.lost_on_source(back, said),
            // Nothing is rolled back then.
            Said::Has { state, .. } if state.is_post_copy() => {
                self.ask_both(Halves::new(Some(back.prepared), back.reason))
            }
            Said::Has { state, job, .. } => {
                // Paused in another run it was by another migration.
                let is_ours = back.is_ours && self.is_same_run();
                let as_it_was = self.is_as_it_was(state);
                let runs = matches!(job, Job::Running(_));
                match job {
                    _ if (runs || !as_it_was) && back.source == Source::Performed => self.confirm_back(back),
                    _ if (runs || !as_it_was) && back.source == Source::Unsure && !back.closed => {
                        self.forget(back)
                    }
                    Job::Running(info) => {
                        self.wait(Waiting::Job(info));
                        let check = back.check();
                        Step::HoldBack(back, check)
                    }
                    _ if as_it_was || !state.is_migrating() || back.resumed => self.settled(back),
                    _ if !is_ours => self.hold_back(back, Check::WhetherItWasMovedSince),
                    _ if self.was_paused == Some(false) => self.resume(back),
                    // It is not known whether it was paused before: so it is told.
                    _ => self.settled(back),
                }
            }
            // A definition stays where it is, and nobody has been told to remove it.
            _ if self.is_offline() => self.settled(back),
            _ => {
                let check = back.check();
                self.hold_back(back, check)
            }
        }
    }

    /// The caller's word is that nobody has moved the guest since.
    pub(super) fn claim(&mut self, back: Back) -> Step {
        self.ask_back(Back { is_ours: true, ..back })
    }

    /// Whether the source shows the run of the guest that was to move, for all that is known.
    pub(super) fn is_same_run(&self) -> bool {
        match &self.source {
            Said::Has { domain, .. } => domain.may_be_the_run_of(&self.request.domain),
            _ => true,
        }
    }

    pub(super) fn resume(&mut self, back: Back) -> Step {
        self.note(Note::Resumes);
        let domain = self.request.domain.clone();
        self.call(Host::Source, Call::Resume { domain }, Some(self.settings.ask_deadline));
        Step::Resume(Back { resumed: true, ..back })
    }

    pub(super) fn resumed(&mut self, back: Back, answer: Result<Reply, Failure>) -> Step {
        if was_not_made(&answer) {
            let check = back.check();
            return self.hold_back(back, check);
        }
        self.ask_back(back)
    }

    /// The guest is as it shall be, and stays so unless a Perform comes that was lost.
    fn settled(&mut self, back: Back) -> Step {
        if let Some(definition) = back.definition {
            return self.leave(back.reason, definition);
        }
        if !back.perform_may_run {
            return self.stay(back.reason);
        }
        let ask = Ask::all(Host::Destination, self.request.domain.uuid);
        self.question(&ask);
        Step::AskGone(ask, back)
    }

    pub(super) fn gone_said(&mut self, back: Back, said: Said) -> Step {
        match said {
            // The guest may have been sent in between, so the source has the last word.
            said if self.is_gone(&said) => self.ask_back(back.incoming_gone()),
            Said::Has { state, .. } if state.state == DomainState::Paused && !back.cancelled => {
                let call = self.finish_call(&back.prepared, Retcode::Cancelled);
                self.call(Host::Destination, call, Some(self.settings.finish_deadline));
                Step::CancelBack(Back { cancelled: true, ..back })
            }
            Said::Has { state, .. } if state.state != DomainState::Paused => {
                self.hold_back(back, Check::WhetherItRunsTwice)
            }
            _ => self.hold_back(back, Check::WhetherItIsAwaited),
        }
    }

    pub(super) fn cancelled_back(&mut self, back: Back, answer: Result<Reply, Failure>) -> Step {
        self.gave_up(&failure_of(answer));
        if self.destination.is_gone() {
            return self.ask_back(back.incoming_gone());
        }
        let ask = Ask::all(Host::Destination, self.request.domain.uuid);
        self.question(&ask);
        Step::AskGone(ask, back)
    }

    /// The guest died on the source meanwhile. Whatever the destination still holds is the only copy.
    fn lost_on_source(&mut self, back: Back, said: Said) -> Step {
        if self.is_offline() {
            return self.lost_definition(back.definition, said, back.reason);
        }
        if back.incoming_gone {
            let destination = self.destination.clone();
            return self.end(Outcome::Nowhere { source: said, destination, reason: back.reason });
        }
        self.ask_arrival(Departed::seen(back.prepared, back.reason))
    }

    fn hold_back(&mut self, back: Back, check: Check) -> Step {
        self.wait_for_truth(back.reason.clone(), check);
        Step::HoldBack(back, check)
    }

    /// Whether the source's guest is not paused by us.
    pub(super) fn is_as_it_was(&self, state: State) -> bool {
        state.state != DomainState::Paused || self.was_paused == Some(true)
    }

    /// Whether a host said that it has no guest. Of one that moves without running, the definition is all there is.
    pub(super) fn is_gone(&self, said: &Said) -> bool {
        match said {
            Said::Has { .. } => !self.is_offline() && said.is_gone(),
            _ => said.is_gone(),
        }
    }
}

/// It is due still, after a wait.
fn was_not_made(answer: &Result<Reply, Failure>) -> bool {
    matches!(answer, Err(Failure::NotSent { .. }))
}
