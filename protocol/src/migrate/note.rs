//! What the engine tells the user on the way.

use std::fmt;

use super::answer::Failure;
use super::call::Host;
use super::plan::Version;
use super::state::{DomainState, Said, State};

/// A decision or a surprise, for the user. `Display` is one line without a full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// Which version is tried, and why.
    Chosen {
        /// The version.
        version: Version,
        /// The reason, which names it too.
        why: String,
    },
    /// A host lacks the call by which a version begins or prepares, though it reports the version, and nothing has happened. The older
    /// version begins anew.
    Downgrade {
        /// The version that was tried.
        from: Version,
        /// The version that is tried now.
        to: Version,
        /// Who lacks the call.
        host: Host,
        /// The proof.
        failure: Failure,
    },
    /// The guest is paused, so it is moved with the flag PAUSED and stays paused.
    Paused,
    /// The source did not tell the guest's state before the start, which is no reason to stop.
    StateUntold(Failure),
    /// Perform did not succeed, and a host was asked where the guest is.
    Asked {
        /// Who was asked.
        host: Host,
        /// What it said.
        said: Said,
    },
    /// The destination did not confirm that it destroyed what it prepared. That goes when the connection closes, but not while its QEMU
    /// hangs. `None`: it has not been told to.
    Leftover(Option<Failure>),
    /// The source did not confirm that it lets go of a guest that was not sent. It will when the connection closes.
    Held(Failure),
    /// The guest shall run on where it was, and the source is told so.
    RunsOn,
    /// The guest was left paused on the source by a migration that is over, and is resumed: the destination does not run it.
    Resumes,
    /// The destination runs the guest, and the source's paused copy is destroyed.
    RemovesCopy,
    /// The source has the guest, and the destination is told to destroy what it prepared.
    GivesUp,
    /// The destination reports success although it was told to cancel.
    FinishedThoughCancelled,
    /// The caller gave the migration up, but the source no longer has the guest, or has switched to post-copy: what the destination has is kept.
    NotGivenUp,
    /// Finish is sent once more, which is safe: the guest has left the source, or only its definition moves, and a second Finish changes
    /// nothing.
    FinishAgain {
        /// What the destination said of the guest.
        state: Option<State>,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::Chosen { why, .. } => f.write_str(why),
            Note::Downgrade { from, to, host, failure } => {
                write!(f, "downgrade from {from} to {to}: the {host} lacks a call of {from} ({failure})")
            }
            Note::Paused => f.write_str("the guest is paused and will arrive paused"),
            Note::StateUntold(failure) => write!(
                f,
                "the source did not tell the guest's state, so it will run on the destination even if it is paused ({failure})"
            ),
            Note::Asked { host, said } => write!(f, "the {host} says of the guest: {said}"),
            Note::Leftover(None) => {
                f.write_str("the destination may keep what it prepared until the connection closes")
            }
            Note::Leftover(Some(failure)) => write!(
                f,
                "the destination did not confirm that it cleaned up ({failure}); what it prepared goes when the connection closes, but not while its QEMU hangs"
            ),
            Note::Held(failure) => write!(
                f,
                "the source did not confirm that it lets go of the guest ({failure}); it will when the connection closes"
            ),
            Note::RunsOn => f.write_str("telling the source to let the guest run on"),
            Note::Resumes => f.write_str("the guest was left paused on the source; resuming it there"),
            Note::RemovesCopy => {
                f.write_str("the guest runs on the destination; removing the source's paused copy")
            }
            Note::GivesUp => {
                f.write_str("the guest is on the source; telling the destination to give up what it prepared")
            }
            Note::FinishedThoughCancelled => f.write_str(
                "the destination reports that it took the guest over although it was told to cancel",
            ),
            Note::NotGivenUp => f.write_str(
                "not given up: the guest cannot go on at the source, and needs what the destination has",
            ),
            Note::FinishAgain { state: Some(state) } if state.state == DomainState::ShutOff => f.write_str(
                "the destination shows the guest's definition, and may not have kept it yet; telling it again to keep it",
            ),
            Note::FinishAgain { state: Some(state) } => {
                write!(f, "the guest is {state} on the destination; telling it again to start it")
            }
            Note::FinishAgain { state: None } => {
                f.write_str("the destination shows no guest yet; telling it again to start it")
            }
        }
    }
}
