//! What is known of a guest that has left its source, or of a definition that is to be kept elsewhere.

use crate::migrate::domain::Domain;
use crate::migrate::engine::back::Back;
use crate::migrate::engine::step::{Form, Prepared};
use crate::migrate::engine::torn::Halves;
use crate::migrate::outcome::{Check, Reason};

/// A guest that has left the source, and how the destination has answered Finish.
#[derive(Debug)]
pub(in crate::migrate::engine) struct Departed {
    pub(super) prepared: Prepared,
    /// The first thing that went wrong, if anything did.
    pub(in crate::migrate::engine) reason: Option<Reason>,
    pub(super) answer: Answer,
    /// Finish has been repeated since the last wait.
    pub(super) repeated: bool,
    /// Version 3: the source said that it does not have the guest.
    pub(super) left: bool,
    /// Versions 1 and 2: and that it ended there by itself, not by being sent away.
    pub(super) by_itself: bool,
    /// Version 3: a Finish has been sent, so that the destination may have started the guest.
    pub(super) sent: bool,
    /// Version 3: the destination has not answered a Finish itself, or a question after one, or has refused it because the guest was not incoming
    /// any more (55): it may have run the guest meanwhile.
    pub(super) silent: bool,
    /// Version 3: the caller gives the guest up there.
    pub(super) given_up: GivenUp,
    /// Version 3: the caller says that the guest has not run there, up to the last time that the destination had it.
    pub(super) word: bool,
    /// Version 3: the destination showed that the guest has run and ended there.
    pub(super) ended: bool,
    /// Version 3, of a migration that may switch to post-copy: the source said that it has not.
    pub(super) unswitched: bool,
    /// Only its definition moves, and the source's stays until Confirm.
    pub(super) offline: bool,
}

/// How far the caller's word has come that the guest shall run on at its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum GivenUp {
    No,
    /// The caller has said it, and the source has not said since that it has the guest.
    Wanted,
    /// The destination was told. It is not told to start the guest again.
    Told,
}

#[derive(Debug)]
pub(super) enum Answer {
    /// None yet, or none that the destination must have given itself.
    Missing,
    /// The destination has the guest.
    Finished(Domain),
    /// Error 55: the guest is not incoming, or no longer.
    NotIncoming,
    /// Error 42; or Finish was not sent because the destination had lost its copy before.
    NoCopy,
}

impl Departed {
    /// Perform said so.
    pub(in crate::migrate::engine) fn performed(prepared: Prepared) -> Departed {
        Departed {
            prepared,
            reason: None,
            answer: Answer::Missing,
            repeated: false,
            left: false,
            by_itself: false,
            sent: false,
            silent: false,
            given_up: GivenUp::No,
            word: false,
            ended: false,
            unswitched: false,
            offline: false,
        }
    }

    /// It moves without running, and so without Perform.
    pub(in crate::migrate::engine) fn offline(prepared: Prepared) -> Departed {
        Departed { offline: true, ..Departed::performed(prepared) }
    }

    /// The source said so, after a Perform without success.
    pub(in crate::migrate::engine) fn seen(prepared: Prepared, reason: Reason) -> Departed {
        Departed { reason: Some(reason), left: true, ..Departed::performed(prepared) }
    }

    /// Version 3: the source showed that Perform has switched to post-copy.
    pub(in crate::migrate::engine) fn switched(prepared: Prepared, reason: Reason) -> Departed {
        Departed { reason: Some(reason), ..Departed::performed(prepared) }
    }

    /// The source said so after the destination had lost its copy.
    pub(in crate::migrate::engine) fn without_finish(prepared: Prepared, reason: Reason) -> Departed {
        Departed { answer: Answer::NoCopy, ..Departed::seen(prepared, reason) }
    }

    /// The source said that it ended there by itself. The destination may have a copy of some moment before.
    pub(in crate::migrate::engine) fn ended(prepared: Prepared, reason: Reason) -> Departed {
        Departed { by_itself: true, ..Departed::without_finish(prepared, reason) }
    }

    /// Version 3: the destination took the guest over though it was told not to, and no longer has it.
    pub(in crate::migrate::engine) fn taken_unasked(prepared: Prepared, reason: Reason) -> Departed {
        Departed { reason: Some(reason), sent: true, silent: true, ..Departed::performed(prepared) }
    }

    /// Finish is under way for the second time since a wait.
    pub(in crate::migrate::engine) fn repeated(self) -> Departed {
        Departed { repeated: true, ..self }
    }

    /// The guest is, or may be, on both hosts.
    pub(super) fn halves(self) -> Halves {
        let reason = self.reason.unwrap_or(Reason::Vanished);
        let halves = Halves::new(Some(self.prepared), reason);
        if self.repeated { halves.repeated() } else { halves }
    }

    /// OFFLINE: the destination has answered Finish in such a way that none that is late can do anything any more.
    pub(super) fn is_settled(&self) -> bool {
        !matches!(self.answer, Answer::Missing)
    }

    /// Asked again after a wait.
    pub(in crate::migrate::engine) fn new_round(self) -> Departed {
        Departed { repeated: false, ..self }
    }

    /// Whether the source still has the guest.
    pub(in crate::migrate::engine) fn may_go_back(&self) -> bool {
        self.prepared.form == Form::V3 && !self.left
    }

    /// Whether the caller may give the guest up on the destination.
    pub(in crate::migrate::engine) fn may_be_given_up(&self) -> bool {
        self.may_go_back() && !self.ended && !self.offline
    }

    pub(in crate::migrate::engine) fn has_ended(&self) -> bool {
        self.ended
    }

    /// What is in doubt.
    pub(in crate::migrate::engine) fn check(&self) -> Check {
        match self.prepared.form {
            Form::V3 if self.offline => Check::WhetherItWasDefined,
            Form::V3 if self.left => Check::WhetherTheCopyIsGood,
            Form::V3 => Check::WhetherItTookOver,
            Form::V1 | Form::V2 if self.by_itself => Check::WhetherTheCopyIsGood,
            Form::V1 | Form::V2 => Check::WhetherItArrived,
        }
    }

    /// The guest goes back to the source, which knows no more of it than that it is paused.
    pub(super) fn back(self) -> Back {
        let reason = self.reason.unwrap_or(Reason::Cancelled);
        Back::new(self.prepared.without_cookie(), reason)
    }
}
