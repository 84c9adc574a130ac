//! Where a migration stands: one variant for each thing that can be waited for.

use virtwire_xdr::Text;

use super::arrival::Departed;
use super::back::Back;
use super::confirm::Arrived;
use super::doubt::Doubt;
use super::leftover::Leftover;
use super::sent::Sent;
use super::start::Draft;
use super::torn::Halves;
use crate::migrate::ask::Ask;
use crate::migrate::domain::Cookie;
use crate::migrate::outcome::{Check, Outcome, Reason};

/// What the engine waits for, carrying what earlier steps proved.
#[derive(Debug)]
pub(super) enum Step {
    /// 14 is out (version 2).
    Xml,
    /// 213 or 302 is out.
    Begin,
    /// Begin was refused for the guest's state, which the source is asked for.
    WhyNot(Reason),
    /// 16 or 212 is out.
    Info(Draft),
    /// 212 is out, of a guest that 16 says is paused.
    Why(Draft),
    /// 61, 108, 214 or 303 is out.
    Prepare(Draft),
    /// OFFLINE: the destination is asked before Prepare whether it knows the guest.
    AskBefore(Ask, Draft),
    /// 62, 216 or 305 is out.
    Perform(Prepared),
    /// 218 or 307 with cancelled 1 is out, and Perform was not sent.
    Release(Reason),
    /// The same, before an older version is tried.
    Withdraw(Reason),

    /// 62, 216 or 305 is out, by which the source does everything; which of them.
    Send(i32),
    /// It is over, or its reply is lost, and the source is asked what it has.
    AskSender(Ask, Sent),
    /// And the destination.
    AskReceiver(Ask, Sent),
    /// The hosts have not told enough; they will be asked again.
    HoldSent(Sent, Check),

    /// Perform had no success, and the source is asked where the guest is.
    AskSource(Ask, Doubt),
    /// The source has the guest and may yet run Perform; the destination is asked for its incoming copy.
    AskIncoming(Ask, Doubt),
    /// 109, 217 or 306 that cancels is out.
    Cancel(Doubt),
    /// The connection that made 61 is being closed.
    Close(Doubt),
    /// The connection that made Begin is being closed, to see whether a job is left.
    CloseBegun(Doubt),
    /// The destination reports success of what it was told to cancel, and is asked.
    AskTwice(Ask, Doubt),
    /// The hosts have not told enough; they will be asked again.
    HoldDoubt(Doubt, Check),

    /// Versions 1 and 2: the guest stays, and the destination is asked for a copy of it.
    AskLeftover(Ask, Leftover),
    /// 109 that cancels, or 12, is out for it.
    Remove(Leftover),
    /// The guest stays, and the destination, which has not confirmed that it gives up what it prepared, is asked for it.
    AskBehind(Ask, Reason),
    /// It says that the guest runs there; it will be asked again.
    HoldBehind(Reason),

    /// 63, or 109, 217 or 306 of success, is out.
    Finish(Departed),
    /// Finish succeeded, and the destination is asked for the guest's state.
    AskEnd(Ask, Departed),
    /// Finish had no success, and the destination is asked whether it took over.
    AskArrival(Ask, Departed),
    /// The destination has no guest; the source is asked for its last word.
    AskLast(Ask, Departed),
    /// The hosts have not told enough; they will be asked again.
    HoldArrival(Departed, Check),
    /// Version 3: the caller gives up after 217 or 306 of success, and the source is asked whether it still has the guest.
    AskHeld(Ask, Departed),
    /// It has, and 217 or 306 that cancels is out.
    CancelLate(Departed),

    /// Version 3: the connection that made Begin is being closed, so that the source forgets the migration.
    Forget(Back),
    /// Version 3: 218 or 307 with cancelled 1 is out.
    ConfirmBack(Back),
    /// The source is asked whether the guest runs on.
    AskBack(Ask, Back),
    /// 28 is out.
    Resume(Back),
    /// The destination is told once more to give the guest up.
    CancelBack(Back),
    /// The destination is asked whether it still waits for a Perform whose reply was lost.
    AskGone(Ask, Back),
    /// The hosts have not told enough; they will be asked again.
    HoldBack(Back, Check),

    /// Version 3: the destination runs the guest, and 218 or 307 with cancelled 0 is out.
    Confirm(Arrived),
    /// The source has not confirmed, and is asked what it has left.
    AskLeft(Ask, Arrived),
    /// 12 is out.
    Destroy(Arrived),
    /// The source says that the guest runs there too.
    HoldLeft(Arrived),
    /// The source does not say what it has left.
    HoldCopy(Arrived),
    /// The destination is asked whether it still has it.
    AskStill(Ask, Arrived),

    /// The destination has no guest, and the source is asked whether a post-copy has switched over.
    AskSwitched(Ask, Departed),
    /// The destination has no guest and may have run it, and the source is asked whether it has its copy still.
    AskCopy(Ask, Departed),
    /// A post-copy may have switched over, and the destination is asked for the guest.
    AskThere(Ask, Halves),
    /// And the source.
    AskHere(Ask, Halves),
    /// The hosts have not told enough; they will be asked again.
    HoldHalves(Halves, Check),

    /// The end. `None` only while an input is being taken.
    Over(Option<Outcome>),
}

/// Which Prepare succeeded, and so which Finish belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    V1,
    V2,
    V3,
}

/// What Prepare proved: the destination waits for the guest.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) form: Form,
    /// For the next call; in versions 1 and 2 the destination's own, for both that follow.
    pub(super) cookie: Cookie,
    /// Versions 1 and 2; version 3 has it in its terms.
    pub(super) uri: Text,
}

impl Prepared {
    /// After a step that failed the next host gets no cookie.
    pub(super) fn without_cookie(self) -> Prepared {
        match self.form {
            Form::V1 | Form::V2 => self,
            Form::V3 => Prepared { cookie: Cookie::default(), ..self },
        }
    }
}

impl Step {
    pub(super) fn is_before_perform(&self) -> bool {
        matches!(
            self,
            Step::Xml
                | Step::Begin
                | Step::Info(_)
                | Step::Why(_)
                | Step::AskBefore(..)
                | Step::Prepare(_)
                | Step::Withdraw(_)
        )
    }

    /// The guest that the destination is known to run.
    pub(super) fn arrived(&self) -> Option<&Arrived> {
        match self {
            Step::Confirm(arrived)
            | Step::AskLeft(_, arrived)
            | Step::HoldCopy(arrived)
            | Step::Destroy(arrived) => Some(arrived),
            _ => None,
        }
    }

    /// Why the caller's word to cancel is not taken now.
    pub(super) fn why_not_cancel(&self) -> &'static str {
        match self {
            Step::Xml
            | Step::Begin
            | Step::Info(_)
            | Step::Why(_)
            | Step::AskBefore(..)
            | Step::Prepare(_)
            | Step::Withdraw(_) => "the migration can still be cancelled",
            Step::Perform(_) | Step::Send(_) => "Perform runs, and only the source can stop it",
            Step::HoldSent(sent, _) if sent.has_ended() => "the guest ran and ended on the destination",
            Step::AskSender(..) | Step::AskReceiver(..) | Step::HoldSent(..) => {
                "the source carries the migration out, and only it can stop it"
            }
            Step::HoldDoubt(_, Check::WhetherItIsAwaited) => {
                "it is given up already, and version 1 has no call by which the destination hears of it"
            }
            Step::AskSource(..) | Step::AskIncoming(..) | Step::HoldDoubt(..) | Step::CloseBegun(_) => {
                "the source has not said that it has the guest and runs no job"
            }
            Step::Cancel(_)
            | Step::Close(_)
            | Step::AskTwice(..)
            | Step::CancelLate(_)
            | Step::AskLeftover(..)
            | Step::Remove(_)
            | Step::AskBehind(..)
            | Step::HoldBehind(_) => "the destination has been told to cancel",
            Step::HoldBack(_, Check::WhetherItWasMovedSince) => "the source shows another run of the guest",
            Step::AskHeld(..) => "the source is asked whether it still has the guest",
            Step::Release(_)
            | Step::WhyNot(_)
            | Step::Forget(_)
            | Step::ConfirmBack(_)
            | Step::AskBack(..)
            | Step::Resume(_)
            | Step::CancelBack(_)
            | Step::AskGone(..)
            | Step::HoldBack(..) => "the migration is given up already",
            Step::HoldArrival(departed, _) if departed.has_ended() => {
                "the guest ran and ended on the destination"
            }
            Step::Finish(departed) | Step::AskArrival(_, departed) | Step::AskEnd(_, departed)
                if departed.may_go_back() =>
            {
                "the destination is starting the guest"
            }
            Step::HoldArrival(_, Check::WhetherItWasDefined) => {
                "the destination was told to keep the guest's definition"
            }
            Step::HoldArrival(_, Check::WhetherTheCopyIsGood) => {
                "the destination's copy is the only one; to cancel would destroy it"
            }
            Step::Finish(_)
            | Step::AskEnd(..)
            | Step::AskArrival(..)
            | Step::AskLast(..)
            | Step::AskSwitched(..)
            | Step::AskCopy(..)
            | Step::HoldArrival(..) => "the guest has left the source; to cancel now would destroy it",
            Step::Confirm(_)
            | Step::AskLeft(..)
            | Step::Destroy(_)
            | Step::HoldLeft(_)
            | Step::HoldCopy(_)
            | Step::AskStill(..) => "the guest runs on the destination",
            Step::AskThere(..) | Step::AskHere(..) | Step::HoldHalves(..) => {
                "its post-copy has switched over, and is not rolled back"
            }
            Step::Over(_) => "the migration is over",
        }
    }

    /// What is not known at this step, and what went wrong so far.
    pub(super) fn doubt(&self) -> (Option<Check>, Option<Reason>) {
        match self {
            Step::Xml
            | Step::Begin
            | Step::Info(_)
            | Step::Why(_)
            | Step::AskBefore(..)
            | Step::Prepare(_) => (None, None),
            Step::Release(reason)
            | Step::Withdraw(reason)
            | Step::WhyNot(reason)
            | Step::AskBehind(_, reason) => (None, Some(reason.clone())),
            Step::HoldBehind(reason) => (Some(Check::WhetherItRunsTwice), Some(reason.clone())),
            Step::Perform(prepared) => (Some(prepared.form.whether_it_left()), None),
            Step::Send(_) => (Some(Check::WhetherTheSourceStillMovesIt), None),
            Step::AskSender(_, sent) | Step::AskReceiver(_, sent) => {
                (Some(sent.check()), Some(sent.reason()))
            }
            Step::HoldSent(sent, check) => (Some(*check), Some(sent.reason())),
            Step::Over(_) => (Some(Check::WhetherItLeft), None),
            Step::AskSource(_, doubt)
            | Step::Cancel(doubt)
            | Step::Close(doubt)
            | Step::CloseBegun(doubt) => (Some(doubt.form().whether_it_left()), Some(doubt.reason.clone())),
            Step::AskLeftover(_, leftover) | Step::Remove(leftover) => {
                let doubt = leftover.doubt();
                (Some(doubt.form().whether_it_left()), Some(doubt.reason.clone()))
            }
            Step::AskIncoming(_, doubt) => (Some(Check::WhetherPerformStillRuns), Some(doubt.reason.clone())),
            Step::AskTwice(_, doubt) => (Some(Check::WhetherItRunsTwice), Some(doubt.reason.clone())),
            Step::HoldDoubt(doubt, check) => (Some(*check), Some(doubt.reason.clone())),
            Step::Finish(departed)
            | Step::AskEnd(_, departed)
            | Step::AskArrival(_, departed)
            | Step::AskLast(_, departed)
            | Step::AskHeld(_, departed)
            | Step::AskSwitched(_, departed)
            | Step::AskCopy(_, departed)
            | Step::CancelLate(departed) => (Some(departed.check()), departed.reason.clone()),
            Step::HoldArrival(departed, check) => (Some(*check), departed.reason.clone()),
            Step::Forget(back)
            | Step::ConfirmBack(back)
            | Step::AskBack(_, back)
            | Step::Resume(back)
            | Step::CancelBack(back)
            | Step::AskGone(_, back) => (Some(back.check()), Some(back.reason.clone())),
            Step::HoldBack(back, check) => (Some(*check), Some(back.reason.clone())),
            Step::HoldLeft(arrived) | Step::AskStill(_, arrived) => {
                (Some(Check::WhetherTheSourceRunsToo), arrived.warning.clone())
            }
            Step::AskThere(_, halves) | Step::AskHere(_, halves) => {
                (Some(Check::WhetherThePostCopyBroke), Some(halves.reason.clone()))
            }
            Step::HoldHalves(halves, check) => (Some(*check), Some(halves.reason.clone())),
            Step::Confirm(arrived)
            | Step::AskLeft(_, arrived)
            | Step::HoldCopy(arrived)
            | Step::Destroy(arrived) => (None, arrived.warning.clone()),
        }
    }
}

impl Form {
    /// What is in doubt after a Perform without success.
    pub(super) fn whether_it_left(self) -> Check {
        match self {
            Form::V1 | Form::V2 => Check::WhetherItLeft,
            Form::V3 => Check::WhetherItIsPaused,
        }
    }
}
