//! What the engine tells its driver to do, and what the driver may set.

use std::time::Duration;

use super::answer::Failure;
use super::call::Do;
use super::journal::Record;
use super::note::Note;
use super::outcome::{Outcome, Unknown};
use super::state::JobInfo;

/// The times that the engine hands to its driver, and what it may leave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How long a host may take to describe the guest, to begin and to prepare, which may mean to make its disks. Until then nothing has
    /// happened to the guest, and it stays where it is. Default 10 minutes.
    pub prepare_deadline: Duration,
    /// How long a host may take to say where the guest is. Default 10 s.
    pub ask_deadline: Duration,
    /// How long the destination may take to finish. When it passes the destination is asked, and Finish is
    /// repeated: this is no limit on a slow destination. A migration with POSTCOPY has none: there Finish waits for the guest's memory.
    /// Also how long it may take to give up what it has prepared, where the guest stays on the source; when that passes, the outcome
    /// [says](super::Outcome::OnSource::left_on_destination) what it may keep. libvirtd 9.0 takes more than 10 s to end a QEMU that heeds no
    /// signal but the last. Default 60 s.
    pub finish_deadline: Duration,
    /// How long to wait before hosts are asked again. Default 1 s.
    pub ask_again_after: Duration,
    /// Whether the destination is asked for the guest's state after Finish has succeeded, at the cost of a
    /// round trip while the guest already runs. A version 2 destination answers "finished" also when it could
    /// not resume the guest. Default true.
    pub state_at_the_end: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            prepare_deadline: Duration::from_secs(600),
            ask_deadline: Duration::from_secs(10),
            finish_deadline: Duration::from_secs(60),
            ask_again_after: Duration::from_secs(1),
            state_at_the_end: true,
        }
    }
}

/// What the driver is to do now. Exhaustive, since a driver must not overlook one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Tell the user.
    Note(Note),
    /// Make this record durable before the next [`Engine::poll`](super::Engine::poll), after all earlier ones. While one is missing, answer
    /// a [`Do`](Action::Do) that [needs its record](super::Call::needs_its_record) with
    /// [`Failure::NotSent`](super::Failure::NotSent) instead of making the call, and forget the records of both; any other call is made
    /// all the same.
    Journal(Record),
    /// Make this call, then report with [`Engine::done_at`](super::Engine::done_at).
    Do(Do),
    /// Nothing can be done for now; see [`Wait`].
    Wait(Wait),
    /// The migration is over. Nothing follows.
    End(Outcome),
}

/// Ask again later: call [`Engine::retry`](super::Engine::retry) when the time has passed, or earlier if a
/// host came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// When to ask again.
    pub ask_again_after: Duration,
    /// What is waited for.
    pub why: Waiting,
}

/// What the engine waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one is made for each wait, and they are a second apart")]
pub enum Waiting {
    /// Perform's reply is lost or an error, but a job still runs on the source's guest.
    Job(JobInfo),
    /// The guest is at the destination, and the source, which may have a paused copy of it, does not answer. It is asked again some
    /// times, and what it does not say is told in the end.
    Copy(Failure),
    /// The truth, which the hosts do not tell yet. A driver may stop here and report it, as long as it keeps
    /// what [`Unknown`] says must be kept.
    Unknown(Unknown),
}

/// What became of [`Engine::cancel`](super::Engine::cancel), or of [another word](super::Engine::source_daemon_ended) of the caller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a cancellation may be refused"]
pub enum CancelAnswer {
    /// The engine does by it, and gives up what is to be given up as soon as it can; go on driving it to its end.
    Taken,
    /// Not now, for this reason.
    Refused(&'static str),
}
