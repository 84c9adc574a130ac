//! Perform had no success: where is the guest?
//!
//! Only the source can tell, so it is asked before the destination is told anything.
//!
//! ```text
//!  the source says            after an error reply      after a lost reply
//!  absent, shut off           it has left ─▶ Finish     the same
//!  a job runs                 wait, ask again           the same
//!  nothing                    unknown, ask again        the same
//!  there, cannot tell of jobs it stays, but Perform     as below
//!                              may run: destroy the
//!                              incoming copy, ask again
//!  there, no job              it stays ─▶ Finish2 1     Perform may still be queued ─▶ ask the destination:
//!                                                         incoming copy gone (v2) ─▶ ask the source again: it stays
//!                                                         else ─▶ unknown; cancel only at the caller's word
//! ```
//!
//! In version 3 the guest cannot leave before Confirm, so a source that has it is all that must be known: the destination is
//! told to give it up, and unless an answered Perform has let it run on by itself, the source is told to (`back`). Where the source
//! does not have it any more it has ended there, and what the destination holds is the only copy, which is not started unasked.
//!
//! A persistent guest stays defined after it has left, so that it exists proves nothing: its state does.

use super::Engine;
use super::arrival::Departed;
use super::back::Back;
use super::start::{failed, failure_of};
use super::step::{Form, Prepared, Step};
use crate::error::{ErrorCode, Fate};
use crate::migrate::action::Waiting;
use crate::migrate::answer::{Failure, Reply};
use crate::migrate::ask::Ask;
use crate::migrate::call::{Call, Host, Retcode};
use crate::migrate::note::Note;
use crate::migrate::outcome::{Check, Reason};
use crate::migrate::state::{Job, Said};

/// A Perform without success, and what is known about it.
#[derive(Debug)]
pub(super) struct Doubt {
    prepared: Prepared,
    /// The first thing that went wrong; nothing later replaces it.
    pub(super) reason: Reason,
    standing: Standing,
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
    /// No: the destination has nothing left to receive it with.
    IncomingGone,
}

impl Doubt {
    /// Perform was not made.
    pub(super) fn never_sent(prepared: Prepared, reason: Reason) -> Doubt {
        Doubt { prepared, reason, standing: Standing::NeverSent }
    }

    pub(super) fn form(&self) -> Form {
        self.prepared.form
    }

    /// The guest shall stay if it still can.
    pub(super) fn given_up(self) -> Doubt {
        self.now(Standing::GivenUp)
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
        let fate = failure.fate();
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
        self.ask_source(Doubt { prepared, reason, standing })
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
            (said, Standing::IncomingGone) if said.is_gone() => {
                self.ask_arrival(Departed::without_finish(doubt.prepared, doubt.reason))
            }
            (said, _) if said.is_gone() => self.finish(Departed::seen(doubt.prepared, doubt.reason)),
            (Said::Has { job: Job::Running(info), .. }, _) => {
                self.wait(Waiting::Job(info));
                Step::HoldDoubt(doubt, Check::WhetherItLeft)
            }
            (Said::Has { job: Job::Untold, .. }, Standing::Over) => self.settle_on_source(doubt.given_up()),
            (
                Said::Has { .. },
                Standing::NeverSent | Standing::Over | Standing::IncomingGone | Standing::GivenUp,
            ) => self.settle_on_source(doubt),
            (Said::Has { .. }, Standing::MayRun) => self.ask_incoming(doubt),
            (Said::NoAnswer(_) | Said::NotAsked | Said::Absent | Said::Aborted, _) => {
                self.hold_doubt(doubt, Check::WhetherItLeft)
            }
        }
    }

    /// Version 3: a source that does not have the guest has not sent it away; it has ended there.
    fn source3_said(&mut self, doubt: Doubt, said: Said) -> Step {
        match said {
            said if self.is_gone(&said) && doubt.standing == Standing::IncomingGone => {
                self.ask_arrival(Departed::without_finish(doubt.prepared, doubt.reason))
            }
            said if self.is_gone(&said) => self.ask_arrival(Departed::seen(doubt.prepared, doubt.reason)),
            Said::Has { .. } if doubt.standing == Standing::IncomingGone => {
                let back = Back::new(doubt.prepared, doubt.reason).incoming_gone();
                self.ask_back(back)
            }
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
            (_, Standing::IncomingGone) => self.stay(doubt.reason),
            (Form::V2 | Form::V3, _) => self.tell_cancelled(doubt),
            // Version 1 has no call for it: what it prepared dies with the data, the connection or a
            // deadline.
            (Form::V1, Standing::NeverSent | Standing::Over) => {
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
            return self.cancelled3(doubt, failure, gone);
        }
        match doubt.standing {
            Standing::NeverSent | Standing::Over | Standing::IncomingGone => {
                if !gone {
                    self.note(Note::Leftover(Some(failure)));
                }
                self.stay(doubt.reason)
            }
            Standing::GivenUp | Standing::MayRun if gone => {
                self.ask_source(doubt.now(Standing::IncomingGone))
            }
            Standing::GivenUp | Standing::MayRun => self.ask_incoming(doubt.now(Standing::MayRun)),
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
        if !gone {
            self.note(Note::Leftover(Some(failure)));
        }
        let back = Back::new(doubt.prepared, doubt.reason);
        match doubt.standing {
            Standing::NeverSent => self.release(back.reason),
            Standing::Over => self.stay(back.reason),
            _ if gone => self.confirm_back(back.incoming_gone()),
            _ => self.confirm_back(back.perform_may_run()),
        }
    }

    pub(super) fn closed(&mut self, doubt: Doubt, answer: Result<Reply, Failure>) -> Step {
        match answer {
            Ok(Reply::Done) => self.ask_source(doubt.now(Standing::IncomingGone)),
            _ => self.ask_incoming(doubt.now(Standing::MayRun)),
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
        self.hold_doubt(doubt, Check::WhetherPerformStillRuns)
    }

    pub(super) fn ask_twice(&mut self, doubt: Doubt) -> Step {
        let ask = Ask::all(Host::Destination, self.request.domain.uuid);
        self.question(&ask);
        Step::AskTwice(ask, doubt)
    }

    pub(super) fn twice_said(&mut self, doubt: Doubt, said: Said) -> Step {
        if said.is_gone() && doubt.prepared.form == Form::V3 {
            return self
                .hold(Departed::taken_unasked(doubt.prepared, doubt.reason), Check::WhetherItRanThere);
        }
        if said.is_gone() {
            return self.ask_source(doubt.now(Standing::IncomingGone));
        }
        self.hold_doubt(doubt, Check::WhetherItRunsTwice)
    }

    fn hold_doubt(&mut self, doubt: Doubt, check: Check) -> Step {
        self.wait_for_truth(doubt.reason.clone(), check);
        Step::HoldDoubt(doubt, check)
    }
}
