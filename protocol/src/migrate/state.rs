//! What a host says about a guest: its state, its job, or nothing at all.

use std::fmt;

use super::answer::Failure;
use super::domain::Domain;

/// `virDomainState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum DomainState {
    /// 0: the hypervisor does not tell; some say so of an idle guest.
    NoState,
    /// 1.
    Running,
    /// 2: waits for something, such as a disk.
    Blocked,
    /// 3: its processors are stopped.
    Paused,
    /// 4: is shutting down.
    Shutdown,
    /// 5: defined, and not there.
    ShutOff,
    /// 6.
    Crashed,
    /// 7: suspended by itself.
    PmSuspended,
    /// A number that this crate has no name for.
    Other(i32),
}

impl From<i32> for DomainState {
    fn from(number: i32) -> DomainState {
        match number {
            0 => DomainState::NoState,
            1 => DomainState::Running,
            2 => DomainState::Blocked,
            3 => DomainState::Paused,
            4 => DomainState::Shutdown,
            5 => DomainState::ShutOff,
            6 => DomainState::Crashed,
            7 => DomainState::PmSuspended,
            other => DomainState::Other(other),
        }
    }
}

/// A state and, where the peer told it (212 does, 16 does not), the reason number that belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct State {
    /// The state.
    pub state: DomainState,
    /// `virDomain…Reason`; each state numbers its own.
    pub reason: Option<i32>,
}

impl State {
    /// Paused by a migration (3, reason 2): a source that has sent the guest, or a destination that has not started it.
    pub fn is_migrating(self) -> bool {
        self.state == DomainState::Paused && self.reason == Some(2)
    }

    /// Paused because a post-copy has switched over (3, reason 12), or has broken since (13): the guest runs or ran elsewhere, and its
    /// memory is on both hosts.
    pub fn is_post_copy(self) -> bool {
        self.state == DomainState::Paused && matches!(self.reason, Some(12 | 13))
    }

    /// Paused because a post-copy has switched over, and not known to be broken (3, reason 12).
    pub fn has_switched(self) -> bool {
        self.state == DomainState::Paused && self.reason == Some(12)
    }

    /// Runs at a destination that fetches its memory from the source yet (1, reason 10).
    pub fn fetches(self) -> bool {
        self.state == DomainState::Running && self.reason == Some(10)
    }

    /// A destination's word that its post-copy is broken: it runs as far as its memory goes (1, reason 11), or was stopped (3, reason 13;
    /// before libvirt 8.5).
    pub fn has_broken_post_copy(self) -> bool {
        matches!(
            (self.state, self.reason),
            (DomainState::Running, Some(11)) | (DomainState::Paused, Some(13))
        )
    }

    /// Paused, and not known to have been started: by a migration (3, reason 2), while it starts up (11), or for a reason that nobody
    /// knows (0, or none).
    pub(super) fn may_wait_for_its_start(self) -> bool {
        self.state == DomainState::Paused && matches!(self.reason, None | Some(0 | 2 | 11))
    }

    /// Off as only a guest is that ran: shut down, crashed, moved on or saved (5, reasons 1, 3, 4, 5).
    pub(super) fn has_run_and_ended(self) -> bool {
        self.state == DomainState::ShutOff && matches!(self.reason, Some(1 | 3..=5))
    }

    /// Runs because it has come by a migration that is over (1, reason 2).
    pub(super) fn has_arrived(self) -> bool {
        self.state == DomainState::Running && self.reason == Some(2)
    }

    /// Off, because it was shut down, destroyed, saved or crashed: not because a migration has sent it away.
    pub(super) fn has_ended_by_itself(self) -> bool {
        self.state == DomainState::ShutOff && matches!(self.reason, Some(1 | 2 | 3 | 5))
    }

    /// libvirt's word for the reason, where it tells how a migration went or a guest ended.
    fn reason_name(self) -> Option<&'static str> {
        Some(match (self.state, self.reason?) {
            (DomainState::Running, 1) => "booted",
            (DomainState::Running, 2) => "migrated",
            (DomainState::Running, 5) => "unpaused",
            (DomainState::Running, 6) => "migration canceled",
            (DomainState::Running, 10) => "post-copy",
            (DomainState::Running, 11) => "post-copy failed",
            (DomainState::Paused, 1) => "user",
            (DomainState::Paused, 2) => "migrating",
            (DomainState::Paused, 5) => "I/O error",
            (DomainState::Paused, 11) => "starting up",
            (DomainState::Paused, 12) => "post-copy",
            (DomainState::Paused, 13) => "post-copy failed",
            (DomainState::ShutOff, 1) => "shutdown",
            (DomainState::ShutOff, 2) => "destroyed",
            (DomainState::ShutOff, 3) => "crashed",
            (DomainState::ShutOff, 4) => "migrated",
            (DomainState::ShutOff, 5) => "saved",
            (DomainState::ShutOff, 6) => "failed",
            (DomainState::ShutOff, 8) => "daemon",
            _ => return None,
        })
    }
}

impl From<DomainState> for State {
    fn from(state: DomainState) -> State {
        State { state, reason: None }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.state {
            DomainState::NoState => f.write_str("no state")?,
            DomainState::Running => f.write_str("running")?,
            DomainState::Blocked => f.write_str("blocked")?,
            DomainState::Paused => f.write_str("paused")?,
            DomainState::Shutdown => f.write_str("in shutdown")?,
            DomainState::ShutOff => f.write_str("shut off")?,
            DomainState::Crashed => f.write_str("crashed")?,
            DomainState::PmSuspended => f.write_str("suspended by itself")?,
            DomainState::Other(number) => write!(f, "state {number}")?,
        }
        match self.reason_name() {
            Some(reason) => write!(f, " ({reason})"),
            None => Ok(()),
        }
    }
}

/// A reply to `domain_get_job_info` (163), as far as a migration needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct JobInfo {
    /// `virDomainJobType`: 0 none, 1 bounded, 2 unbounded, 3 completed, 4 failed, 5 cancelled.
    pub kind: i32,
    /// Bytes in all, 0 if unknown.
    pub data_total: u64,
    /// Bytes done.
    pub data_processed: u64,
    /// Bytes to do.
    pub data_remaining: u64,
}

impl JobInfo {
    /// Whether the job runs now (kinds 1 and 2); the others are no job, or one that is over.
    pub const fn is_running(self) -> bool {
        matches!(self.kind, 1 | 2)
    }
}

/// What a host said about a guest's job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Job {
    /// It was not asked.
    NotAsked,
    /// It cannot tell: no procedure 163 (older than libvirt 0.7.7, or its driver lacks it).
    Untold,
    /// No job.
    None,
    /// A job runs. Nothing tells whose.
    Running(JobInfo),
}

/// What a host last said about the guest.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Said {
    /// It was not asked since anything was done that could change the answer.
    NotAsked,
    /// It was asked, and did not tell.
    NoAnswer(Failure),
    /// It knows no such guest (error 42).
    Absent,
    /// It has destroyed what it had prepared (error 93).
    Aborted,
    /// It was not asked: it is [dead](super::Fenced) by the caller's word, and has no guest any more.
    Fenced,
    /// It knows the guest. A persistent guest stays defined when it has left: the state counts, not this.
    Has {
        /// As that host names it.
        domain: Domain,
        /// Its state.
        state: State,
        /// Its job, which was asked for before its state.
        job: Job,
    },
}

impl Said {
    /// Whether the host said that no guest is there: it knows none, or only a definition.
    pub fn is_gone(&self) -> bool {
        match self {
            Said::Absent | Said::Aborted | Said::Fenced => true,
            Said::Has { state, .. } => state.state == DomainState::ShutOff,
            Said::NotAsked | Said::NoAnswer(_) => false,
        }
    }

    /// The state that the host told, if it did.
    pub fn state(&self) -> Option<State> {
        match self {
            Said::Has { state, .. } => Some(*state),
            Said::NotAsked | Said::NoAnswer(_) | Said::Absent | Said::Aborted | Said::Fenced => None,
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Said::NotAsked => f.write_str("not asked"),
            Said::NoAnswer(failure) => write!(f, "no answer ({failure})"),
            Said::Absent => f.write_str("no such guest"),
            Said::Aborted => f.write_str("migration aborted, nothing kept"),
            Said::Fenced => f.write_str("nothing, for it is fenced"),
            Said::Has { state, job, .. } => {
                write!(f, "{state}")?;
                match job {
                    Job::NotAsked | Job::None => Ok(()),
                    Job::Untold => f.write_str(", it cannot tell of jobs"),
                    Job::Running(info) if info.data_total > 0 => {
                        write!(f, ", a job runs ({} of {} bytes)", info.data_processed, info.data_total)
                    }
                    Job::Running(_) => f.write_str(", a job runs"),
                }
            }
        }
    }
}
