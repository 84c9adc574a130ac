//! Moving a guest from one host to another, and telling the truth about where it ended up.
//!
//! A pure state machine: no I/O, no clock, no wire struct. [`Plan::choose`] decides on a version from what both peers report;
//! an [`Engine`] runs the plan. It says what to do next, is told what came of it, and ends in an [`Outcome`].
//!
//! ```text
//!  driver                                   engine
//!    │  poll() ───────────────────────────▶  Note      tell the user
//!    │  poll() ───────────────────────────▶  Journal   make it durable, then poll on
//!    │  poll() ───────────────────────────▶  Do        one call to one host
//!    │  poll() ───────────────────────────▶  None      nothing until it is answered
//!    │  done(reply or failure) ───────────▶
//!    │  poll() ───────────────────────────▶  Wait      a job runs, or the truth is not known yet
//!    │  retry() ──────────────────────────▶            after the time it names, or as soon as a host is back
//!    │  poll() ───────────────────────────▶  End       the outcome
//! ```
//!
//! The version's own calls and their arguments are libvirt's: what its client library sends when it drives a migration itself
//! (`virDomainMigrate`, neither peer-to-peer nor tunnelled). What is ours is what happens when a call does not simply succeed:
//!
//! - An older version is tried only if the destination *proved* that it lacks the newer one's Prepare and both report the
//!   older one. A closed connection, a deadline or any other error proves nothing.
//! - Perform ends the guest on the source. Without its success the source is asked before the destination is told anything, also after
//!   an error reply, since a proxy may have made it up.
//! - A source that cannot be asked, or that may still run a Perform whose reply was lost, leaves the outcome
//!   [`Unknown`](Outcome::Unknown) until it is known. The engine keeps asking; only [`Engine::cancel`] gives the guest up.
//! - After Perform only the destination has the guest, and Finish is repeated until the destination has answered it.
//!
//! One limit is the protocol's: versions 1 and 2 have no number for a migration, so an error reply that a proxy made up *while
//! the source has yet to start the call* looks like a failed Perform on an idle source. The engine takes that for what it
//! says. Another: a source older than libvirt 0.7.7 cannot tell of jobs; after an error reply its word "running" is taken to mean
//! that Perform is over.

// In the order in which a migration meets them.
mod call;
mod feature;
mod flags;
mod plan;

mod action;
mod ask;
mod engine;
mod state;

mod journal;
mod note;
mod outcome;

pub use action::{Action, CancelAnswer, Settings, Wait, Waiting};
pub use call::{Call, Cookie, Do, Domain, DomainXml, Failure, Host, Reply, Retcode};
pub use engine::Engine;
pub use feature::{Feature, Features};
pub use flags::MigrateFlags;
pub use journal::Record;
pub use note::Note;
pub use outcome::{Check, Outcome, Reason, Unknown};
pub use plan::{Plan, Refusal, Request, Version, Wish};
pub use state::{DomainState, Job, JobInfo, Said, State};
