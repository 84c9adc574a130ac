//! Guests as processes of their own, which outlive their daemon.
//!
//! ```text
//! daemon ── starts ──▶ guest: its own session, its socket, its pidfile ── ready ──▶ uncommitted: ends with its daemon
//!    │                                                                                │ the first Set
//!    └── killed, started anew: finds pidfile, start time, socket, and asks for the note ◀── committed: outlives it
//! ```
//!
//! A guest has its memory, and a counter in the last 8 bytes of it, big-endian, which ticks ten times a second while it
//! runs. The daemon leaves a [note](super::note) with it, of all that the next daemon must know. So what is known of a guest is as old
//! as the guest: it needs no file, and is gone with it.
//!
//! A guest that nobody could find again, as its directory is gone, ends.
//!
//! [`wire`] is what both sides say, [`guest`] the guest's side, [`daemon`] the daemon's, [`found`] how the next daemon finds it.

mod daemon;
mod found;
pub(super) mod guest;
mod wire;

use std::ffi::OsString;
use std::path::PathBuf;

pub(super) use daemon::Process;
pub(super) use found::{Found, find};
pub use guest::{GuestArguments, run_guest};

/// How guests are started that are processes.
#[derive(Clone, Debug)]
pub struct Guests {
    /// The program of which each guest is a process: it must call [`run_guest`].
    pub program: PathBuf,
    /// Its arguments; behind them come those of [`GuestArguments`].
    pub arguments: Vec<OsString>,
    /// A file to which every guest appends when it runs and when it stands still: one line each of time (ns since the epoch), UUID,
    /// process, event, counter and directory. Several hosts may share one: each line is one write.
    ///
    /// Events are `load` (it has this memory from now on), `run`, `tick`, `stop` and `end`. It is written before a guest runs
    /// and after it stands still, so that two guests of one UUID that overlap here may have run at once, and two that do not have not.
    pub run_log: Option<PathBuf>,
}

impl Guests {
    /// Guests of this program, which leave no log.
    pub fn new(program: impl Into<PathBuf>, arguments: impl IntoIterator<Item = OsString>) -> Guests {
        Guests { program: program.into(), arguments: arguments.into_iter().collect(), run_log: None }
    }
}
