//! Perform had no success: where is the guest?
//!
//! Only the source can tell, so it is asked before the destination is told anything.
//!
//! ```text
//!  the source says            after an error reply      after a lost reply
//!  absent, shut off           it has left ─▶ Finish     the same
//!  shut off by a shutdown,    it ended there: what the destination has is not started unasked
//!    a crash, …
//!  a job runs                 wait, ask again           the same
//!  nothing                    unknown, ask again        the same
//!  there, cannot tell of jobs after an error of its own as below
//!                              it stays: destroy the
//!                              incoming copy, ask again;
//!                              else as after a lost reply
//!  there, no job              it stays ─▶ Finish2 1     Perform may still be queued ─▶ ask the destination:
//!                                                         incoming copy gone (v2) ─▶ ask the source again: it stays
//!                                                         else ─▶ unknown; cancel only at the caller's word
//!  v1: there, and all of it is at the destination, and neither error nor job says that Perform is over ─▶ unknown; the caller's word
//! ```
//!
//! In version 3 the guest cannot leave before Confirm, so a source that has it is all that must be known: the destination is
//! told to give it up, and unless an answered Perform has let it run on by itself, the migration is ended at the source
//! and the guest resumed (`back`). Where the source
//! does not have it any more it has ended there, and what the destination holds is the only copy, which is not started unasked.
//!
//! A persistent guest stays defined after it has left, so that it exists proves nothing: its state does.

use super::Engine;
use super::arrival::Departed;
use super::back::Back;
use super::start::{failed, failure_of};
use super::step::{Form, Prepared, Step};
use super::torn::Halves;
use crate::error::{ErrorCode, ErrorDomain, Fate};
use crate::migrate::action::Waiting;
use crate::migrate::answer::{Failure, Reply};
use crate::migrate::ask::Ask;
use crate::migrate::call::{Call, Host, Retcode};
use crate::migrate::domain::Domain;
use crate::migrate::note::Note;
use crate::migrate::outcome::{Check, Reason};
use crate::migrate::state::{Job, Said, State};

/// A Perform without success, and what is known about it.
#[derive(Debug)]
pub(super) struct Doubt {
    prepared: Prepared,
    /// The first thing that went wrong; nothing later replaces it.
    pub(super) reason: Reason,
    standing: Standing,
    /// The source itself has not said that Perform is over: its reply was lost, or an error that may have been made up on the way.
    hearsay: bool,
    /// Of a migration that may switch to post-copy: the job that the source shows.
    job: Awaited,
}

/// A job that is shown may be Perform, or no more than the one that Begin holds as long as its connection lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaited {
    No,
    /// It was waited once for its end.
    Once,
    /// Begin's connection was closed: it is Perform, and is waited for.
    AloneNow,
}

/// Whether the guest can still leave the source by this migration, if it has not already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// No: Perform never left. The destination still waits.
    NeverSent,
    /// No: Perform was answered. The destination still waits.
    Over,
    /// Yes: its reply was lost, so the source may have yet to run it.
    MayRun,
    /// Yes, but it shall not: the caller has said so, or Perform was answered with an error by a source that
    /// cannot tell whether it still runs.
    GivenUp,
    /// Perhaps: all of it is at the destination, and nothing shows whether the source is about to drop its own. `word`: it is not, as the
    /// caller says.
    Whole { word: bool },
    /// No: the destination has nothing left to receive it with.
    IncomingGone,
}

impl Doubt {
    /// Perform was not made.
    pub(super) fn never_sent(prepared: Prepared, reason: Reason) -> Doubt {
        Doubt { prepared, reason, standing: Standing::NeverSent, hearsay: false, job: Awaited::No }
    }

    pub(super) fn form(&self) -> Form {
        self.prepared.form
    }

    /// The guest shall stay if it still can.
    pub(super) fn given_up(self) -> Doubt {
        self.now(Standing::GivenUp)
    }

    /// Where Perform failed for no reason of the source's own, a destination that is told to give the guest up may say what it was.
    fn told_why(self, there: &Failure) -> Doubt {
        match self.reason {
            Reason::Failed { host: Host::Source, procedure, failure }
                if is_the_drivers(&failure)
                    && failure.answered(ErrorCode::OPERATION_FAILED)
                    && is_the_drivers(there)
                    && !there.answered(ErrorCode::MIGRATE_FINISH_OK)
                    && !there.answered(ErrorCode::NO_DOMAIN) =>
            {
                let there = there.clone();
                Doubt { reason: Reason::FailedThere { procedure, failure, there }, ..self }
            }
            reason => Doubt { reason, ..self },
        }
    }

    /// The source may be about to drop the guest, for all that it has said.
    pub(super) fn may_be_about_to_leave(&self, source: &Said) -> bool {
        self.hearsay && !matches!(source, Said::Has { job: Job::None, .. }) && !self.is_sworn()
    }

    /// The caller's word is that the source keeps the guest.
    pub(super) fn is_sworn(&self) -> bool {
        self.standing == Standing::Whole { word: true }
    }

    /// The source has the guest, and all of it is where it was to go.
    pub(super) fn whole(self) -> Doubt {
        self.now(Standing::Whole { word: false })
    }

    pub(super) fn is_whole(&self) -> bool {
        matches!(self.standing, Standing::Whole { .. })
    }

    /// What could take the guest is not there any more.
    pub(super) fn incoming_gone(self) -> Doubt {
        self.now(Standing::IncomingGone)
    }

    /// And the source keeps its own, as the caller says.
    pub(super) fn sworn(self) -> Doubt {
        self.now(Standing::Whole { word: true })
    }

    /// What has the destination end its copy.
    pub(super) fn removal(&self, engine: &mut Engine, copy: Domain) -> Call {
        match self.prepared.form {
            Form::V1 => Call::Destroy { domain: copy },
            Form::V2 | Form::V3 => engine.finish_call(&self.prepared, Retcode::Cancelled),
        }
    }

    fn now(self, standing: Standing) -> Doubt {
        Doubt { standing, ..self }
    }
}

impl Engine {
    pub(super) fn performed(&mut self, prepared: Prepared, answer: Result<Reply, Failure>) -> Step {
        let failure = match (prepared.form, answer) {
            (Form::V1 | Form::V2, Ok(Reply::Done)) => return self.finish(Departed::performed(prepared)),
            (Form::V3, Ok(Reply::Performed(cookie))) => {
                return self.finish(Departed::performed(Prepared { cookie, ..prepared }));
            }
            (_, answer) => failure_of(answer),
        };
        let prepared = prepared.without_cookie();
        let (fate, hearsay) = (failure.fate(), !failure.is_the_hosts_own());
        let never_sent = matches!(failure, Failure::NotSent { .. });
        let reason = failed(Host::Source, self.procedure, failure);
        if never_sent {
            return self.roll_back(prepared, reason);
        }
        let standing = match fate {
            // Also "unsupported" is an error reply, and may have been made up.
            Fate::DidNotRun | Fate::Failed => Standing::Over,
            Fate::Unknown => Standing::MayRun,
        };
        self.ask_source(Doubt { prepared, reason, standing, hearsay, job: Awaited::No })
    }

    pub(super) fn ask_source(&mut self, doubt: Doubt) -> Step {
        let ask = Ask::all(Host::Source, self.request.domain.uuid);
        self.question(&ask);
        Step::AskSource(ask, doubt)
    }

    pub(super) fn source_said(&mut self, doubt: Doubt, said: Said) -> Step {
        if doubt.prepared.form == Form::V3 {
            return self.source3_said(doubt, said);
        }
        match (said, doubt.standing) {
            (Said::Has { state, .. }, _) if state.has_ended_by_itself() => {
                self.ask_arrival(Departed::ended(doubt.prepared, doubt.reason))
            }
            (said, Standing::IncomingGone) if said.is_gone() => {
                self.ask_arrival(Departed::without_finish(doubt.prepared, doubt.reason))
            }
            (said, _) if said.is_gone() => self.finish(Departed::seen(doubt.prepared, doubt.reason)),
            (Said::Has { job: Job::Running(info), .. }, _) => {
                self.wait(Waiting::Job(info));
                Step::HoldDoubt(doubt, Check::WhetherItLeft)
            }
            // Nothing shows whether it is about to drop what it has sent.
            (Said::Has { job: Job::Untold, .. }, Standing::Over) if doubt.hearsay => {
                self.ask_incoming(doubt.now(Standing::MayRun))
            }
            (Said::Has { job: Job::Untold, .. }, Standing::Over) => self.settle_on_source(doubt.given_up()),
            (Said::Has { .. }, Standing::Whole { .. }) => self.look_for_leftover(doubt),
            (
                Said::Has { .. },
                Standing::NeverSent | Standing::Over | Standing::IncomingGone | Standing::GivenUp,
            ) => self.settle_on_source(doubt),
            (Said::Has { .. }, Standing::MayRun) => self.ask_incoming(doubt),
            (Said::NoAnswer(_) | Said::NotAsked | Said::Absent | Said::Aborted | Said::Fenced, _) => {
                self.hold_doubt(doubt, Check::WhetherItLeft)
            }
        }
    }

    /// Version 3: a source that does not have the guest has not sent it away; it has ended there.
    fn source3_said(&mut self, doubt: Doubt, said: Said) -> Step {
        match said {
            // Resumed, it is as after the switch; and if not, it is broken as it was.
            said if self.is_resuming() => {
                let performed = said.state().is_some_and(State::has_switched);
                match performed {
                    true => self.finish(Departed::switched(doubt.prepared, doubt.reason)),
                    false => self.ask_both(Halves::new(None, doubt.reason)),
                }
            }
            said if self.is_gone(&said) && doubt.standing == Standing::IncomingGone => {
                self.ask_arrival(Departed::without_finish(doubt.prepared, doubt.reason))
            }
            said if self.is_gone(&said) => self.ask_arrival(Departed::seen(doubt.prepared, doubt.reason)),
            // A Perform that has switched to post-copy has succeeded: the destination runs the guest, or is to.
            Said::Has { state, .. } if state.is_post_copy() => {
                self.finish(Departed::switched(doubt.prepared, doubt.reason))
            }
            Said::Has { .. } if doubt.standing == Standing::IncomingGone => {
                self.forget(Back::new(doubt.prepared, doubt.reason).incoming_gone())
            }
            // It may switch to post-copy yet, and then what the destination has is not to be given up.
            Said::Has { job: Job::Running(info), .. } if self.may_switch() => match doubt.job {
                Awaited::No | Awaited::AloneNow => {
                    self.wait(Waiting::Job(info));
                    let job = if doubt.job == Awaited::No { Awaited::Once } else { Awaited::AloneNow };
                    Step::HoldDoubt(Doubt { job, ..doubt }, Check::WhetherItIsPaused)
                }
                Awaited::Once => {
                    self.call(Host::Source, Call::Close, Some(self.settings.ask_deadline));
                    Step::CloseBegun(doubt)
                }
            },
            Said::Has { state, job, .. } => {
                let runs_on = self.is_as_it_was(state) && !matches!(job, Job::Running(_));
                let standing = if runs_on { doubt.standing } else { Standing::MayRun };
                self.tell_cancelled(doubt.now(standing))
            }
            _ => self.hold_doubt(doubt, Check::WhetherItIsPaused),
        }
    }

    /// The guest is on the source and shall stay there: the destination can be told, where its version has a
    /// way.
    pub(super) fn settle_on_source(&mut self, doubt: Doubt) -> Step {
        match (doubt.prepared.form, doubt.standing) {
            // Closing its connection has a destination of version 1 forget the guest, unless it came whole.
            (Form::V1, Standing::IncomingGone | Standing::Over | Standing::Whole { .. }) => {
                self.look_for_leftover(doubt)
            }
            (_, Standing::IncomingGone) => self.stay(doubt.reason),
            (Form::V2 | Form::V3, _) => self.tell_cancelled(doubt),
            // Version 1 has no call for it: what it prepared dies with the data, the connection or a
            // deadline.
            (Form::V1, Standing::NeverSent) => {
                self.note(Note::Leftover(None));
                self.stay(doubt.reason)
            }
            (Form::V1, Standing::GivenUp | Standing::MayRun) => {
                self.call(Host::Destination, Call::Close, Some(self.settings.ask_deadline));
                Step::Close(doubt)
            }
        }
    }

    fn tell_cancelled(&mut self, doubt: Doubt) -> Step {
        let call = self.finish_call(&doubt.prepared, Retcode::Cancelled);
        self.call(Host::Destination, call, Some(self.settings.finish_deadline));
        Step::Cancel(doubt)
    }

    /// Error 93 is the success of a cancellation, whatever part of the peer reports it; error 42 says that
    /// there was nothing left to cancel.
    pub(super) fn cancelled(&mut self, doubt: Doubt, answer: Result<Reply, Failure>) -> Step {
        let failure = match answer {
            Ok(Reply::Finished(_) | Reply::Finished3 { .. }) => {
                self.note(Note::FinishedThoughCancelled);
                return self.ask_twice(doubt);
            }
            other => failure_of(other),
        };
        self.gave_up(&failure);
        let gone = self.destination.is_gone();
        if doubt.prepared.form == Form::V3 {
            return self.cancelled3(doubt.told_why(&failure), failure, gone);
        }
        match doubt.standing {
            Standing::NeverSent | Standing::Over | Standing::IncomingGone if gone => self.stay(doubt.reason),
            Standing::Over | Standing::IncomingGone => self.look_for_leftover(doubt),
            Standing::NeverSent => {
                self.may_keep(failure);
                self.stay(doubt.reason)
            }
            Standing::GivenUp | Standing::MayRun if gone => {
                self.ask_source(doubt.now(Standing::IncomingGone))
            }
            Standing::GivenUp | Standing::MayRun => self.ask_incoming(doubt.now(Standing::MayRun)),
            Standing::Whole { .. } => self.look_for_leftover(doubt),
        }
    }

    /// What a destination says by refusing to finish a guest that it was told to give up.
    pub(super) fn gave_up(&mut self, failure: &Failure) {
        if failure.answered(ErrorCode::MIGRATE_FINISH_OK) {
            self.destination = Said::Aborted;
        } else if failure.answered(ErrorCode::NO_DOMAIN) {
            self.destination = Said::Absent;
        }
    }

    /// A copy that was never told to start will not run, so the guest may run on at its source whether it is gone or not.
    fn cancelled3(&mut self, doubt: Doubt, failure: Failure, gone: bool) -> Step {
        // What went wrong there has ended the copy, too.
        if !gone && !matches!(doubt.reason, Reason::FailedThere { .. }) {
            self.may_keep(failure);
        }
        let back = Back::new(doubt.prepared, doubt.reason);
        match doubt.standing {
            Standing::NeverSent => self.release(back.reason),
            Standing::Over => self.stay(back.reason),
            _ if gone => self.forget(back.incoming_gone()),
            _ => self.forget(back.perform_may_run()),
        }
    }

    /// One that is not known to be closed is closed again after the next wait.
    pub(super) fn closed_begun(&mut self, doubt: Doubt, answer: Result<Reply, Failure>) -> Step {
        let job =
            if let Ok(Reply::Done | Reply::WasClosed) = answer { Awaited::AloneNow } else { Awaited::No };
        self.ask_source(Doubt { job, ..doubt })
    }

    pub(super) fn closed(&mut self, doubt: Doubt, answer: Result<Reply, Failure>) -> Step {
        match answer {
            Ok(Reply::Done | Reply::WasClosed) => self.ask_source(doubt.now(Standing::IncomingGone)),
            // It stays given up, and is closed again after the next wait.
            _ => self.ask_incoming(doubt),
        }
    }

    fn ask_incoming(&mut self, doubt: Doubt) -> Step {
        let ask = Ask::all(Host::Destination, self.request.domain.uuid);
        self.question(&ask);
        Step::AskIncoming(ask, doubt)
    }

    /// A version 2 destination shows its incoming guest from Prepare2 on; a version 1 destination shows none
    /// before the data has come, so its "no such guest" proves nothing.
    pub(super) fn incoming_said(&mut self, doubt: Doubt, said: Said) -> Step {
        if doubt.prepared.form == Form::V2 && said.is_gone() {
            // The guest may have left just before its incoming copy went away, so the source has the last
            // word.
            return self.ask_source(doubt.now(Standing::IncomingGone));
        }
        // No other word would tell a destination of version 1 any more than this one has.
        let check = match (doubt.prepared.form, doubt.standing) {
            (Form::V1, Standing::GivenUp) => Check::WhetherItIsAwaited,
            _ => Check::WhetherPerformStillRuns,
        };
        self.hold_doubt(doubt, check)
    }

    pub(super) fn ask_twice(&mut self, doubt: Doubt) -> Step {
        let ask = Ask::all(Host::Destination, self.request.domain.uuid);
        self.question(&ask);
        Step::AskTwice(ask, doubt)
    }

    pub(super) fn twice_said(&mut self, doubt: Doubt, said: Said) -> Step {
        if said.is_gone() && doubt.prepared.form == Form::V3 {
            return self.ask_copy(Departed::taken_unasked(doubt.prepared, doubt.reason));
        }
        if said.is_gone() {
            return self.ask_source(doubt.now(Standing::IncomingGone));
        }
        self.hold_doubt(doubt, Check::WhetherItRunsTwice)
    }

    pub(super) fn hold_doubt(&mut self, doubt: Doubt, check: Check) -> Step {
        self.wait_for_truth(doubt.reason.clone(), check);
        Step::HoldDoubt(doubt, check)
    }
}

/// An error of QEMU's driver (10).
fn is_the_drivers(failure: &Failure) -> bool {
    matches!(failure, Failure::Answered(error) if error.domain == ErrorDomain::QEMU)
}
