//! The caller's word to abort, while Perform runs: when it is said again, how long Perform may take after it, and what comes of it.
//!
//! Perform may end, by the abort or by itself, before that is answered; and a source may accept an abort and have sent the guest already. So
//! what Perform comes to is what became of the word.

use std::time::Duration;

use tokio::time::Instant;
use virtwire_protocol::error::{ErrorCode, Fate};
use virtwire_protocol::migrate::{CancelAnswer, Failure, MigrateFlags, Reply};

use super::control::ControlError;
use super::progress::Progress;

/// How long Perform may go on once the source has said that it aborts, or may have heard that it is to. Then its reply counts as lost, and
/// the hosts are asked where the guest is.
const ENDS_WITHIN: Duration = Duration::from_secs(30);

/// What is known of the word.
#[derive(Debug)]
pub(super) struct Aborting {
    every: Duration,
    may_switch: bool,
    /// The job has been seen to send.
    sends: bool,
    /// Since when the source may abort.
    since: Option<Instant>,
    /// When it is said again.
    again_at: Option<Instant>,
    /// It is being said.
    is_out: bool,
}

/// How a source has taken it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    /// It aborts, or nobody knows: it is not waited for without end.
    MayBe,
    /// There is no job that it could abort now, as before its guest moves.
    NotYet,
    No,
}

impl Aborting {
    /// Perform is about to be sent, with these flags; what the source had too early is said again after so long.
    pub(super) fn new(flags: MigrateFlags, every: Duration) -> Aborting {
        let may_switch = flags.has(MigrateFlags::POSTCOPY);
        Aborting { every, may_switch, sends: false, since: None, again_at: None, is_out: false }
    }

    /// It is about to be said.
    pub(super) fn is_said(&mut self) {
        self.is_out = true;
    }

    /// Whoever said it has not waited for what came of it: it is said again.
    pub(super) fn is_taken_up(&mut self) {
        if std::mem::take(&mut self.is_out) {
            self.again_at = Some(Instant::now());
        }
    }

    /// The source has told how far it is.
    pub(super) fn is_seen(&mut self, progress: &Progress) {
        self.sends |= progress.data.processed > 0;
    }

    /// The source has answered the word, or has not. What the caller is to hear of that at once.
    pub(super) fn was_said(&mut self, told: &Result<(), ControlError>) -> Option<CancelAnswer> {
        (self.again_at, self.is_out) = (None, false);
        // A post-copy that sends may have switched, and then it is not too early, but too late.
        let too_late = self.may_switch && self.sends;
        match Heard::of(told) {
            Heard::MayBe => {
                self.since.get_or_insert_with(Instant::now);
                None
            }
            Heard::NotYet if !too_late => {
                self.again_at = Some(Instant::now() + self.every);
                None
            }
            Heard::NotYet | Heard::No => Some(CancelAnswer::Refused("the source does not abort the job")),
        }
    }

    /// When it is to be said again.
    pub(super) fn again_at(&self) -> Option<Instant> {
        self.again_at
    }

    /// When Perform is waited for no longer.
    pub(super) fn ends_at(&self) -> Option<Instant> {
        self.since.map(|since| since + ENDS_WITHIN)
    }

    /// What counts as Perform's end then.
    pub(super) fn not_ended() -> Failure {
        Failure::Silent { message: format!("Perform did not end within {ENDS_WITHIN:?} of the abort") }
    }

    /// What came of the word, by what Perform has come to; nothing where none is due.
    pub(super) fn came_to(&self, perform: &Result<Reply, Failure>) -> Option<CancelAnswer> {
        if self.since.is_some() || self.is_out {
            return Some(came_of_abort(perform));
        }
        self.again_at.map(|_| match came_of_abort(perform) {
            // What it has never said that it aborts may have failed by itself.
            CancelAnswer::Taken if !is_abort(perform) => {
                CancelAnswer::Refused("the source had nothing to abort, and has failed by itself")
            }
            told => told,
        })
    }
}

impl Heard {
    fn of(told: &Result<(), ControlError>) -> Heard {
        let Err(ControlError::Call(error)) = told else { return Heard::MayBe };
        match error.remote() {
            None => Heard::MayBe,
            Some(error) if error.code == ErrorCode::OPERATION_INVALID => Heard::NotYet,
            Some(_) => Heard::No,
        }
    }
}

fn came_of_abort(perform: &Result<Reply, Failure>) -> CancelAnswer {
    match perform {
        Ok(_) => CancelAnswer::Refused("it came too late: the source has sent the guest"),
        Err(failure) if failure.fate() == Fate::Unknown => {
            CancelAnswer::Refused("nobody has heard whether the source has stopped: the hosts are asked")
        }
        Err(_) => CancelAnswer::Taken,
    }
}

/// Whether Perform has ended as it does by an abort.
fn is_abort(perform: &Result<Reply, Failure>) -> bool {
    perform.as_ref().is_err_and(|failure| failure.code() == Some(ErrorCode::OPERATION_ABORTED))
}

#[cfg(test)]
mod tests {
    use virtwire_protocol::error::{ErrorDomain, RemoteError};
    use virtwire_protocol::migrate::Cookie;

    use super::*;
    use crate::client::CallError;

    fn failed(code: ErrorCode) -> Failure {
        let error = RemoteError::new(code, ErrorDomain::QEMU, "said so".to_owned());
        Failure::Answered(Box::new(error))
    }

    /// An abort that the source accepts is no promise.
    #[test]
    fn an_abort_is_told_by_what_perform_came_to() {
        let message = || "canceled by client".to_owned();
        assert_eq!(came_of_abort(&Err(failed(ErrorCode::OPERATION_ABORTED))), CancelAnswer::Taken);
        for unheard in [Failure::Lost { message: message() }, Failure::Silent { message: message() }] {
            assert!(matches!(came_of_abort(&Err(unheard)), CancelAnswer::Refused(_)));
        }
        for sent in [Reply::Done, Reply::Performed(Cookie::default())] {
            assert!(matches!(came_of_abort(&Ok(sent)), CancelAnswer::Refused(_)));
        }
    }

    /// A source of a post-copy that sends is not asked again and again, and what fails by itself later was not given up.
    #[tokio::test]
    async fn a_word_that_is_not_taken_is_said_again_only_where_it_may_be_too_early() {
        let not_now = Err(ControlError::Call(CallError::Remote(RemoteError::new(
            ErrorCode::OPERATION_INVALID,
            ErrorDomain::QEMU,
            "not now".to_owned(),
        ))));
        let every = Duration::from_secs(1);
        for (flags, again) in [(MigrateFlags::LIVE, true), (MigrateFlags::POSTCOPY, false)] {
            let mut abort = Aborting::new(flags, every);
            assert_eq!(abort.was_said(&not_now), None);
            assert!(abort.again_at().is_some());
            abort.sends = true;
            assert_eq!(abort.was_said(&not_now).is_none(), again);
            assert_eq!(abort.again_at().is_some(), again);
            let by_itself = abort.came_to(&Err(failed(ErrorCode::OPERATION_FAILED)));
            assert_eq!(by_itself.is_some(), again);
            assert_ne!(by_itself, Some(CancelAnswer::Taken));
            let aborted = abort.came_to(&Err(failed(ErrorCode::OPERATION_ABORTED)));
            assert_eq!(aborted, again.then_some(CancelAnswer::Taken));
        }
    }
}
