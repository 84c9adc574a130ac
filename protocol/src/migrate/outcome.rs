//! How a migration ended: where the guest is, and who says so.

use std::fmt;

use super::answer::Failure;
use super::call::Host;
use super::domain::Domain;
use super::state::{Said, State};

/// Where the guest is after a migration was tried. Never a yes or no: neither tells what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an ignored outcome is a lost guest"]
#[non_exhaustive]
pub enum Outcome {
    /// The destination has taken the guest over; the source no longer has it.
    OnDestination {
        /// As the destination names it.
        domain: Domain,
        /// What the destination said of it afterwards; `None` if it was not asked or did not tell.
        state: Option<State>,
        /// What went wrong on the way, though the guest arrived: a lost reply, an error of Finish.
        warning: Option<Reason>,
        /// Version 3: the source did not confirm that it has ended its paused copy, and this is what it last said. A copy that is
        /// still there must be removed and **never be resumed**.
        left_on_source: Option<Said>,
    },
    /// The guest did not move. The destination can no longer take it in this migration.
    OnSource {
        /// What the source said. [`Said::NotAsked`]: nothing was done that could have moved or changed the
        /// guest.
        source: Said,
        /// Why it did not move: the first thing that went wrong.
        reason: Reason,
    },
    /// Both hosts said that they do not have the guest, or hold no more than its definition. It is lost, unless somebody else
    /// moved it to a third host meanwhile: versions 1 and 2 do not tell whose migration took it.
    Nowhere {
        /// What the source said.
        source: Said,
        /// What the destination said.
        destination: Said,
        /// The first thing that went wrong.
        reason: Reason,
    },
    /// It is not known where the guest is.
    Unknown(Unknown),
}

/// A migration whose end is not known, with all that is.
///
/// While this holds, **the connections are part of the guest's fate**: a destination destroys its incoming
/// guest when the connection that prepared it closes, and after a Perform that did succeed that is the only
/// copy. So an owner keeps the engine and both connections and asks again
/// ([`Engine::retry`](super::Engine::retry)); to drop them is an act.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unknown {
    /// What the source last said.
    pub source: Said,
    /// What the destination last said.
    pub destination: Said,
    /// The first thing that went wrong.
    pub reason: Reason,
    /// What a person can check, and what must not be done meanwhile.
    pub check: Check,
}

/// What is in doubt, and with it what a person can check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Check {
    /// The source does not say whether the guest has left it.
    WhetherItLeft,
    /// The guest is on the source, but the source may still run the Perform whose reply was lost.
    WhetherPerformStillRuns,
    /// The guest has left the source, and the destination does not say that it took over.
    WhetherItArrived,
    /// Both hosts say that they have the guest.
    WhetherItRunsTwice,
    /// Version 3: the destination took the guest over, and the source says that it runs there too.
    WhetherTheSourceRunsToo,
    /// Version 3: the source does not say whether the guest runs on or is paused. The destination has not been told to start it.
    WhetherItIsPaused,
    /// Version 3: the same, and the destination has said that it does not have the guest.
    WhetherItRunsOn,
    /// Version 3: the guest ended on the source, which no longer has it, before it was known to be sent. The destination may hold a
    /// paused copy, which may not be whole.
    WhetherTheCopyIsGood,
    /// Version 3: the destination was told to start the guest and does not say whether it did. The source keeps a paused copy.
    WhetherItTookOver,
    /// Version 3: the destination has no guest, but was told to start it, and was silent since or shows an end of it that is no failed
    /// start: it may have run there and ended. The source keeps a paused copy, of the moment before.
    WhetherItRanThere,
}

/// Why a guest did not move, or what went wrong while it did.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// A call had no success.
    Failed {
        /// Who was called.
        host: Host,
        /// The procedure's name in the contract.
        procedure: &'static str,
        /// What came of it.
        failure: Failure,
    },
    /// The guest did not run when the migration began.
    NotActive(State),
    /// The guest was paused by an earlier migration that was not brought to its end, so that it may be or have been elsewhere.
    LeftPaused(State),
    /// Neither the caller nor the destination named a URI for the data.
    NoUri,
    /// Version 3: a host returned no cookie, which the other host's daemon may not survive.
    NoCookie {
        /// The host that returned none.
        host: Host,
    },
    /// The caller gave the migration up.
    Cancelled,
    /// The destination took the guest over and no longer has it.
    Vanished,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Failed { host, procedure, failure } => write!(f, "{procedure} on the {host}: {failure}"),
            Reason::NotActive(state) => write!(f, "the guest is not running: {state}"),
            Reason::LeftPaused(state) => write!(
                f,
                "an earlier migration left the guest {state}: find out whether it runs elsewhere, then destroy it here, or else \
                 resume it and migrate again"
            ),
            Reason::NoUri => f.write_str("neither the caller nor the destination named a URI for the data"),
            Reason::NoCookie { host } => {
                write!(
                    f,
                    "the {host} returned no migration cookie, and the other host is not sent an empty one"
                )
            }
            Reason::Cancelled => f.write_str("given up by the caller"),
            Reason::Vanished => f.write_str("the destination took the guest over and no longer has it"),
        }
    }
}

/// One plain sentence, with the reason at its end.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::OnDestination { domain, state, warning, left_on_source } => {
                write!(f, "{} is on the destination", domain.name)?;
                if let Some(state) = state {
                    write!(f, ", {state}")?;
                }
                if let Some(reason) = warning {
                    write!(f, " (on the way: {reason})")?;
                }
                match left_on_source {
                    Some(said) => write!(
                        f,
                        "; the source did not confirm that its paused copy is gone (it says: {said}): if it is still there, \
                         destroy it and never resume it"
                    ),
                    None => Ok(()),
                }
            }
            Outcome::OnSource { source: Said::NotAsked, reason } => {
                write!(f, "the guest stayed on the source, untouched; reason: {reason}")
            }
            Outcome::OnSource { source, reason } => {
                write!(f, "the guest did not move; the source says: {source}; reason: {reason}")?;
                match source.state() {
                    Some(state) if state.is_migrating() && !matches!(reason, Reason::LeftPaused(_)) => {
                        f.write_str("; it was left paused there: resume it, the destination does not have it")
                    }
                    _ => Ok(()),
                }
            }
            Outcome::Nowhere { source, destination, reason } => write!(
                f,
                "neither host has the guest: it is lost, unless somebody else moved it; the source says: {source}; the destination says: {destination}; reason: {reason}"
            ),
            Outcome::Unknown(unknown) => write!(f, "{unknown}"),
        }
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "it is not known where the guest is; the source last said: {}; the destination last said: {}; reason: {}; {}",
            self.source, self.destination, self.reason, self.check
        )
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Check::WhetherItLeft => {
                "to check: the guest's state on the source; if it is absent or shut off there, the guest has left and the \
                 destination's paused copy is the only one: do not destroy it, and keep the destination's connection open"
            }
            Check::WhetherPerformStillRuns => {
                "to check: whether the guest leaves the source after all, or its paused copy on the destination goes away; \
                 until then keep the destination's connection open, or cancel and accept that a Perform that starts at \
                 this very moment loses the guest"
            }
            Check::WhetherItArrived => {
                "to check: the guest's state on the destination, which has the only copy: do not start it on the source, \
                 and keep the destination's connection open"
            }
            Check::WhetherItRunsTwice => {
                "to check: the guest's state on both hosts; if it runs on both, stop the destination's copy at once"
            }
            Check::WhetherTheSourceRunsToo => {
                "to check: the guest's state on both hosts; the destination took it over, so if it runs on both, stop the source's \
                 copy at once"
            }
            Check::WhetherItRunsOn => {
                "to check: the guest's state on the source: if it is paused there, resume it, for the destination does not have it"
            }
            Check::WhetherTheCopyIsGood => {
                "to check: how the guest ended on the source, by its log; the destination's paused copy is the only one, of some \
                 moment before, and may not be whole: do not destroy it, keep the destination's connection open, and resume it only if \
                 the guest was lost by accident"
            }
            Check::WhetherItIsPaused => {
                "to check: the guest's state on the source: if it is paused there, resume it, for the destination was not told to \
                 start it; until then keep the destination's connection open"
            }
            Check::WhetherItTookOver => {
                "to check: the guest's state on the destination: if it runs there, destroy the source's paused copy; if the \
                 destination has none and never ran it, resume the source's; until then do neither"
            }
            Check::WhetherItRanThere => {
                "to check: whether the guest ran on the destination and ended there, by its log or its disks: if it never ran, \
                 cancel, and the source's paused copy runs on; if it did, that copy is of the past and must not be resumed"
            }
        })
    }
}
