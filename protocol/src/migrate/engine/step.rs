//! Where a migration stands: one variant for each thing that can be waited for.

use virtwire_xdr::Text;

use super::arrival::Departed;
use super::doubt::Doubt;
use super::start::Draft;
use crate::migrate::ask::Ask;
use crate::migrate::domain::Cookie;
use crate::migrate::outcome::{Check, Outcome, Reason};

/// What the engine waits for, carrying what earlier steps proved.
#[derive(Debug)]
pub(super) enum Step {
    /// 14 is out (version 2).
    Xml { or_v1: bool },
    /// 16 is out.
    Info(Draft),
    /// 61 or 108 is out.
    Prepare(Draft),
    /// 62 is out.
    Perform(Prepared),

    /// Perform had no success, and the source is asked where the guest is.
    AskSource(Ask, Doubt),
    /// The source has the guest and may yet run Perform; the destination is asked for its incoming copy.
    AskIncoming(Ask, Doubt),
    /// 109 with retcode 1 is out.
    Cancel(Doubt),
    /// The connection that made 61 is being closed.
    Close(Doubt),
    /// The destination reports success of what it was told to cancel, and is asked.
    AskTwice(Ask, Doubt),
    /// The hosts have not told enough; they will be asked again.
    HoldDoubt(Doubt, Check),

    /// 63, or 109 with retcode 0, is out.
    Finish(Departed),
    /// Finish succeeded, and the destination is asked for the guest's state.
    AskEnd(Ask, Departed),
    /// Finish had no success, and the destination is asked whether it took over.
    AskArrival(Ask, Departed),
    /// The destination has no guest; the source is asked for its last word.
    AskLast(Ask, Departed),
    /// The hosts have not told enough; they will be asked again.
    HoldArrival(Departed),

    /// The end. `None` only while an input is being taken.
    Over(Option<Outcome>),
}

/// Which Prepare succeeded, and so which Finish belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    V1,
    V2,
}

/// What Prepare proved: the destination waits for the guest.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) form: Form,
    pub(super) cookie: Cookie,
    pub(super) uri: Text,
}

impl Step {
    pub(super) fn is_before_perform(&self) -> bool {
        matches!(self, Step::Xml { .. } | Step::Info(_) | Step::Prepare(_))
    }

    /// Why the caller's word to cancel is not taken now.
    pub(super) fn why_not_cancel(&self) -> &'static str {
        match self {
            Step::Xml { .. } | Step::Info(_) | Step::Prepare(_) => "the migration can still be cancelled",
            Step::Perform(_) => "Perform runs, and only the source can stop it",
            Step::AskSource(..) | Step::AskIncoming(..) | Step::HoldDoubt(..) => {
                "the source has not said that it has the guest and runs no job"
            }
            Step::Cancel(_) | Step::Close(_) | Step::AskTwice(..) => {
                "the destination has been told to cancel"
            }
            Step::Finish(_)
            | Step::AskEnd(..)
            | Step::AskArrival(..)
            | Step::AskLast(..)
            | Step::HoldArrival(_) => "the guest has left the source; to cancel now would destroy it",
            Step::Over(_) => "the migration is over",
        }
    }

    /// What is not known at this step, and what went wrong so far.
    pub(super) fn doubt(&self) -> (Option<Check>, Option<Reason>) {
        match self {
            Step::Xml { .. } | Step::Info(_) | Step::Prepare(_) => (None, None),
            Step::Perform(_) | Step::Over(_) => (Some(Check::WhetherItLeft), None),
            Step::AskSource(_, doubt) | Step::Cancel(doubt) | Step::Close(doubt) => {
                (Some(Check::WhetherItLeft), Some(doubt.reason.clone()))
            }
            Step::AskIncoming(_, doubt) => (Some(Check::WhetherPerformStillRuns), Some(doubt.reason.clone())),
            Step::AskTwice(_, doubt) => (Some(Check::WhetherItRunsTwice), Some(doubt.reason.clone())),
            Step::HoldDoubt(doubt, check) => (Some(*check), Some(doubt.reason.clone())),
            Step::Finish(departed)
            | Step::AskEnd(_, departed)
            | Step::AskArrival(_, departed)
            | Step::AskLast(_, departed)
            | Step::HoldArrival(departed) => (Some(Check::WhetherItArrived), departed.reason.clone()),
        }
    }
}
