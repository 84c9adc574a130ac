//! How a migration ended: where the guest is, and who says so.

use std::fmt;

use super::answer::Failure;
use super::call::{Host, ProcedureName};
use super::domain::Domain;
use super::state::{DomainState, Said, State};

/// Where the guest is after a migration was tried. Never a yes or no: neither tells what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
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
        /// still there must be removed and **never be resumed**. Where it is shut off, that is the guest's definition, which was to go
        /// (UNDEFINE_SOURCE) and must not be started.
        left_on_source: Option<Said>,
    },
    /// The guest did not move. The destination can no longer take it in this migration.
    OnSource {
        /// What the source said. [`Said::NotAsked`]: nothing was done that could have moved or changed the
        /// guest.
        source: Said,
        /// Why it did not move: the first thing that went wrong.
        reason: Reason,
        /// The destination may keep what this migration brought there, and this is what it last said. Versions 1 and 2: it has all of the
        /// guest, or may have, and did not confirm that it has removed it. Versions 2 and 3: it was told to give up what it had prepared, and has
        /// not confirmed it; it goes with the connection that prepared it, but not while its QEMU hangs (seen of libvirt 9.0). Every version:
        /// nobody knows what became of Prepare, and a daemon that died in it may have left a paused guest that has nothing of this one's
        /// memory (seen of libvirt 9.0), which it may not know of at once: then this is [`Said::Absent`]. What is still there must be removed
        /// and **never be resumed**, and is in the way of another migration to that host. With OFFLINE: the destination has a definition of
        /// it, older than this migration or by it; then the guest must be started on one of the hosts only.
        ///
        /// A host does not tell whose migration brings what it shows. While another one of the guest is under way, the copy may be that one's, and
        /// in versions 1 and 2 soon the only one: remove nothing then.
        #[cfg_attr(feature = "journal", serde(default))]
        left_on_destination: Option<Said>,
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
    /// The guest's post-copy broke after it had switched over: its processors are at the destination, its memory on both hosts. **Neither
    /// copy may be destroyed or resumed.** Where both daemons can (libvirt 8.5), a migration with
    /// [`POSTCOPY_RESUME`](super::MigrateFlags::POSTCOPY_RESUME) brings the rest over.
    PostCopyBroken {
        /// What the source said. One that has no such guest any more has lost what was to come.
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
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
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
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Check {
    /// The source does not say whether the guest has left it.
    WhetherItLeft,
    /// The guest is on the source, but the source may still run the Perform whose reply was lost.
    WhetherPerformStillRuns,
    /// The same, and the migration is given up, but the destination has not said that it waits no more: a word of the caller's would not
    /// tell it either. By version 1 nothing does, once the connection is lost over which it was prepared.
    WhetherItIsAwaited,
    /// Version 1: the destination has all of the guest, paused, and the source has it too and cannot tell whether it is about to drop its
    /// own.
    WhetherItIsAboutToLeave,
    /// The guest has left the source, and the destination does not say that it took over.
    WhetherItArrived,
    /// Both hosts say that they have the guest.
    WhetherItRunsTwice,
    /// Version 3: the destination took the guest over, and the source says that it runs there too.
    WhetherTheSourceRunsToo,
    /// The source was to carry the migration out, and has answered that it failed; and both have a guest of this UUID.
    WhichOneIsTheGuest,
    /// Version 3: the source does not say whether the guest runs on or is paused. The destination has not been told to start it.
    WhetherItIsPaused,
    /// Version 3: the same, and the destination has said that it does not have the guest.
    WhetherItRunsOn,
    /// The guest ended on the source, which no longer has it, before it was known to be sent. The destination may hold a paused copy, which
    /// may not be whole.
    WhetherTheCopyIsGood,
    /// Version 3: the destination was told to start the guest and does not say whether it did. The source keeps a paused copy.
    WhetherItTookOver,
    /// OFFLINE: the destination was told to keep the guest's definition and does not say whether it did. The source has it still.
    WhetherItWasDefined,
    /// Version 3: the destination was told to start the guest, and the caller gives the migration up, but the source does not say whether it still has the paused copy:
    /// the destination's may be the only one.
    WhetherTheSourceHasIt,
    /// A post-copy may have switched over, and the destination does not say that it has all of the guest: its memory is on both hosts.
    WhetherThePostCopyBroke,
    /// The source carries the migration out by itself, and may yet begin or end what it was asked for: the reply was lost.
    WhetherTheSourceStillMovesIt,
    /// Version 3: the destination has no guest, but was told to start it, and was silent since or shows an end of it that is no failed
    /// start: it may have run there and ended. The source keeps a paused copy, of the moment before.
    WhetherItRanThere,
    /// Version 3: the destination shows that the guest ran there and ended. The source keeps a paused copy, of the moment before.
    HowItEndedThere,
    /// Recovery, version 3: the source keeps the guest paused by a migration, and nobody knows whether by this one: it may have run on
    /// when its orchestrator was gone, and have been migrated to a third host.
    WhetherItWasMovedSince,
    /// Recovery: a host does not answer, and what it knows decides.
    WhereItIs,
    /// Recovery: the guest is on the source, and the destination holds a copy that waits for it still.
    WhetherItStays,
    /// Recovery: the destination's paused copy is the only one, and nothing proves that it was sent whole.
    WhetherTheCopyIsWhole,
    /// Recovery, versions 1 and 2: the destination was told to start the only copy and does not say that it did.
    WhetherItStarted,
}

/// Why a guest did not move, or what went wrong while it did.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Reason {
    /// A call had no success.
    Failed {
        /// Who was called.
        host: Host,
        /// The procedure's name in the contract.
        #[cfg_attr(
            feature = "journal",
            serde(deserialize_with = "crate::migrate::journal::saved::procedure")
        )]
        procedure: ProcedureName,
        /// What came of it.
        failure: Failure,
    },
    /// Version 3: Perform failed (error 9/10), and the destination, told to give the guest up, said what had gone wrong there, as its QEMU's
    /// end. libvirt 11.3 reports both, older ones the destination's.
    FailedThere {
        /// Perform's name in the contract.
        #[cfg_attr(
            feature = "journal",
            serde(deserialize_with = "crate::migrate::journal::saved::procedure")
        )]
        procedure: ProcedureName,
        /// What came of it.
        failure: Failure,
        /// The destination's word.
        there: Failure,
    },
    /// The guest did not run when the migration began.
    NotActive(State),
    /// OFFLINE: the guest runs, and so it is not its definition that is to move.
    Active(State),
    /// The guest was paused by another migration: by an earlier one that was not brought to its end, so that it may be or have been elsewhere, or
    /// by one that is about to come to it. No host tells which.
    LeftPaused(State),
    /// The guest is in a post-copy that is not over: only that one may go on.
    InPostCopy(State),
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
    /// Whoever drove the migration ended before it did.
    Interrupted,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Failed { host, procedure, failure } => write!(f, "{procedure} on the {host}: {failure}"),
            Reason::FailedThere { procedure, failure, there } => {
                write!(f, "{procedure} on the source: {failure}; the destination's own reason: {there}")
            }
            Reason::NotActive(state) => write!(f, "the guest is not running: {state}"),
            Reason::Active(state) => write!(
                f,
                "the guest is {state}, and OFFLINE moves what does not run: with its definition elsewhere somebody might start it twice"
            ),
            Reason::LeftPaused(state) => write!(
                f,
                "an earlier migration left the guest {state}, or another one is under way: once none is, find out whether it runs \
                 elsewhere, then destroy it here, or else resume it and migrate again"
            ),
            Reason::InPostCopy(state) => write!(
                f,
                "a post-copy of the guest is not over ({state}): its memory is on two hosts; if it broke, resume the post-copy \
                 (POSTCOPY_RESUME), and do not destroy or resume the guest here"
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
            Reason::Interrupted => f.write_str("the program that drove the migration ended before it did"),
        }
    }
}

impl Unknown {
    /// The hosts of which nothing was heard when they were asked where the guest is. One that answered with an error does not tell either, and is
    /// no silent one. Nor need one be dead that is: an answer that comes from another host, or to a call that could not be sent for a reason on
    /// this side, is none of that host's.
    pub fn silent(&self) -> impl Iterator<Item = Host> {
        let is_silent = |said: &Said| match said {
            Said::NoAnswer(failure) => match failure {
                Failure::NotSent { .. } | Failure::Lost { .. } | Failure::Silent { .. } => true,
                Failure::Unsupported(_) | Failure::Answered(_) => false,
            },
            Said::NotAsked | Said::Absent | Said::Aborted | Said::Fenced | Said::Has { .. } => false,
        };
        let hosts =
            [(Host::Source, is_silent(&self.source)), (Host::Destination, is_silent(&self.destination))];
        hosts.into_iter().filter_map(|(host, is_silent)| is_silent.then_some(host))
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
                    Some(Said::Has { state, .. }) if state.state == DomainState::ShutOff => f.write_str(
                        "; its definition is left on the source, where it was to go: undefine it there, or that host may start the guest \
                         a second time",
                    ),
                    Some(said) => write!(
                        f,
                        "; the source did not confirm that its paused copy is gone (it says: {said}): if it is still there, \
                         destroy it and never resume it"
                    ),
                    None => Ok(()),
                }
            }
            Outcome::OnSource { source, reason, left_on_destination } => {
                match source {
                    Said::NotAsked => {
                        write!(f, "the guest stayed on the source, untouched; reason: {reason}")?;
                    }
                    said => write!(f, "the guest did not move; the source says: {said}; reason: {reason}")?,
                }
                let is_definition = |said: &&Said| {
                    said.is_gone() || source.is_gone() && !said.state().is_some_and(State::is_migrating)
                };
                if *left_on_destination == Some(Said::Absent) {
                    f.write_str(
                        "; nobody knows what became of Prepare, and a destination whose daemon died in it may show a paused copy yet, though it \
                         has none by now: look there again, and destroy one that is there, and never resume it",
                    )?;
                } else if let Some(said) = left_on_destination.as_ref().filter(is_definition) {
                    let may_have = if said.is_gone() { "has" } else { "may have" };
                    write!(
                        f,
                        "; the destination {may_have} a definition of it, from before or by this migration (it says: {said}): start the \
                         guest on one of them only, or undefine it there"
                    )?;
                } else if let Some(said) = left_on_destination {
                    write!(
                        f,
                        "; the destination did not confirm that it keeps nothing (it says: {said}): if a paused copy that came by this \
                         migration is still there, and no other one of the guest is under way, destroy it and never resume it"
                    )?;
                }
                match source.state() {
                    Some(state)
                        if state.is_migrating()
                            && left_on_destination
                                .as_ref()
                                .is_none_or(|said| matches!(said, Said::NoAnswer(_)))
                            && !matches!(reason, Reason::LeftPaused(_)) =>
                    {
                        f.write_str(
                            "; it was left paused there: resume it, for the destination has not started it",
                        )
                    }
                    _ => Ok(()),
                }
            }
            Outcome::Nowhere { source, destination, reason } => write!(
                f,
                "neither host has the guest: it is lost, unless somebody else moved it; the source says: {source}; the destination says: {destination}; reason: {reason}"
            ),
            Outcome::PostCopyBroken { source, destination, reason } => {
                write!(
                    f,
                    "the post-copy broke, and the guest is on both hosts: the source says: {source}; the destination says: \
                     {destination}; reason: {reason}; destroy and resume neither copy"
                )?;
                if source.is_gone() {
                    f.write_str(", but what the destination has not fetched is lost with the source's")
                } else if destination.state().is_some_and(|state| state.state == DomainState::Running) {
                    f.write_str("; resume the post-copy: migrate again with POSTCOPY_RESUME (virtwire migrate --postcopy-resume)")
                } else {
                    f.write_str("; the destination has stopped it, as daemons do that cannot resume a post-copy (before libvirt 8.5)")
                }
            }
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
            Check::WhetherItIsAwaited => {
                "to check: the guest's state on both hosts; it is on the source and the migration is given up, but the destination has not said \
                 that nothing waits for the guest any more, and a Perform that is late may find it waiting: if the guest leaves the source \
                 after all, the destination's paused copy is the only one: resume it there; once that host's daemon has been started again \
                 nothing waits any more"
            }
            Check::WhetherItIsAboutToLeave => {
                "to check: the guest's state on the source for a minute: if it leaves, the destination's paused copy is the only one; if it \
                 stays, cancel: the guest is where it was then, and the destination's copy is to be destroyed; until then keep the \
                 destination's connection open"
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
            Check::WhichOneIsTheGuest => {
                "to check: which of the two is the guest: the source has answered that the migration failed, and has it as it was; the destination \
                 has one of the same UUID, from before or by this migration: if both run, stop one at once, and destroy the one that is not \
                 wanted; until then resume neither"
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
            Check::WhetherItWasDefined => {
                "to check: whether the destination has the guest's definition; the source has it still, so start the guest on one of them \
                 only"
            }
            Check::WhetherThePostCopyBroke => {
                "to check: the guest's state on both hosts; once its post-copy has switched over its memory is on both, and neither copy is \
                 whole: destroy and resume neither; where the hosts call it failed, resume the post-copy: migrate again with \
                 POSTCOPY_RESUME (virtwire migrate --postcopy-resume)"
            }
            Check::WhetherTheSourceStillMovesIt => {
                "to check: the guest's state on both hosts, again and again: the source's daemon may still begin or end the migration, and \
                 does so by itself; do not start the guest on the destination; once that daemon has been started again, or its log tells \
                 the end of the call, say so (Migration::source_daemon_ended, or virtwire recover --source-restarted)"
            }
            Check::WhetherTheSourceHasIt => {
                "to check: whether the source still has the guest: only then the destination can be told to give it up; if the source has \
                 lost it, what the destination has is the only copy: do not destroy it, and keep its connection open"
            }
            Check::WhetherItRanThere => {
                "to check: whether the guest ran on the destination and ended there, by its log or its disks: if it never ran, \
                 cancel, and the source's paused copy runs on (after a recovery, resume it); if it did, that copy is of the past and \
                 must not be resumed"
            }
            Check::HowItEndedThere => {
                "to check: how the guest ended on the destination, by its log; it ran there, so the source's paused copy is of the past and \
                 must not be resumed: destroy it, and start the guest anew where it shall be"
            }
            Check::WhetherItWasMovedSince => {
                "to check: whether the guest has run on at the source since, and somebody has migrated it again: then the source's paused copy is \
                 that migration's, and the guest may run on a third host: resume nothing, and end that one; if nobody has, say so (cancel, or after a \
                 recovery virtwire recover --no-later-migration), or resume the guest on the source; until then do neither"
            }
            Check::WhereItIs => {
                "to check: the host that does not answer; recover again when it does, or say that it is fenced if it is dead and will \
                 not come back with the guest; until then start, resume and destroy nothing"
            }
            Check::WhetherItStays => {
                "to check: the guest's state on the source, where it is; the destination still waits for it: recover again when its \
                 paused copy is gone, and do not resume that"
            }
            Check::WhetherTheCopyIsWhole => {
                "to check: how the guest left the source, by its log: if it was sent, the destination's paused copy is the guest: resume \
                 it there; if it ended on the source, that copy may not be whole; it is the only one: do not destroy it before"
            }
            Check::WhetherItStarted => {
                "to check: the guest's state on the destination, which has the only copy: if it is paused there, resume it; do not start \
                 it on the source"
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{ErrorCode, ErrorDomain, RemoteError};

    /// Whoever fences the silent ones must not be told of one that refuses.
    #[test]
    fn a_host_that_answers_with_an_error_is_not_silent() {
        let message = String::new;
        let refused = |code| Box::new(RemoteError::new(code, ErrorDomain::QEMU, message()));
        for (failure, is_silent) in [
            (Failure::NotSent { message: message() }, true),
            (Failure::Lost { message: message() }, true),
            (Failure::Silent { message: message() }, true),
            (Failure::Answered(refused(ErrorCode::ACCESS_DENIED)), false),
            (Failure::Answered(refused(ErrorCode::OPERATION_TIMEOUT)), false),
            (Failure::Unsupported(refused(ErrorCode::NO_SUPPORT)), false),
        ] {
            let (source, destination) = (Said::NoAnswer(failure), Said::Absent);
            let (reason, check) = (Reason::Interrupted, Check::WhereItIs);
            let unknown = Unknown { source, destination, reason, check };
            assert_eq!(unknown.silent().collect::<Vec<_>>() == [Host::Source], is_silent, "{unknown}");
        }
    }
}
