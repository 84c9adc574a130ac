//! Moving a guest from one host to another, and telling the truth about where it ended up.
//!
//! A pure state machine: no I/O, no clock, no wire struct. [`Plan::choose`] decides on a version from what
//! both peers report; an [`Engine`] runs the plan. It says what to do next, is told what came of it, and ends
//! in an [`Outcome`].
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
//! ```
//! use virtwire_protocol::migrate::{Action, Do, Engine, Failure, Outcome, Plan, Reply, Settings};
//!
//! /// The smallest driver there is; `call` makes a call, over a new connection if the last one died.
//! fn drive(plan: Plan, mut call: impl FnMut(Do) -> Result<Reply, Failure>) -> Outcome {
//!     let mut engine = Engine::new(plan, Settings::default());
//!     while let Some(action) = engine.poll() {
//!         match action {
//!             Action::Note(note) => println!("{note}"),
//!             Action::Journal(record) => println!("journal: {record}"),
//!             Action::Do(order) => {
//!                 let answer = call(order);
//!                 engine.done_at(std::time::Instant::now(), answer);
//!             }
//!             Action::Wait(wait) => {
//!                 std::thread::sleep(wait.ask_again_after);
//!                 engine.retry();
//!             }
//!             Action::End(outcome) => return outcome,
//!         }
//!     }
//!     engine.now()
//! }
//! ```
//!
//! # The rules
//!
//! The version's own calls and their arguments are libvirt's: what its client library sends when it drives a
//! migration itself (`virDomainMigrate`, neither peer-to-peer nor tunnelled). What is ours is what happens
//! when a call does not simply succeed:
//!
//! - An older version is tried only if a host *proved* that it lacks the newer one's first call or its Prepare, and
//!   both report the older one. A closed connection, a deadline or any other error proves nothing. Where the source holds the guest
//!   since Begin, it has confirmed first that it let it go. A source that is to carry the migration out proves it only by naming
//!   the call that it was asked, for an error may be one that the destination has answered to it.
//! - Perform ends the guest on the source. Without its success the source is asked before the destination is
//!   told anything, also after an error reply, since a proxy may have made it up.
//! - A source that cannot be asked, or that may still run a Perform whose reply was lost, leaves the outcome
//!   [`Unknown`](Outcome::Unknown) until it is known. The engine goes on asking; only [`Engine::cancel`]
//!   gives the migration up.
//! - After Perform only the destination has the guest, and Finish is repeated until the destination has
//!   answered it.
//! - A source that shows that the guest ended there by itself, by a crash or a shutdown, has not sent it. What the destination has of it
//!   is not started unasked.
//!
//! In version 3 the source keeps the guest until Confirm:
//!
//! - Confirm ends it there only when the destination has said that it has the guest. A source that forgot the migration
//!   with its connection has its paused copy destroyed then; what cannot be removed is told.
//! - The guest runs on at its source only if the destination was never told to start it, or has refused to and has none, or says that it
//!   has destroyed it. One that was told and has not answered that, or shows that the guest was destroyed there, may have run it
//!   meanwhile, however soon it says that it has none: then only [`Engine::cancel`] takes it back. One that shows that the guest shut
//!   down, crashed, was saved or moved on has run it: then nothing does.
//! - A source that does not have the guest has not sent it away, for it keeps it until Confirm: the guest ended there. What the
//!   destination holds is not started unasked.
//! - A source whose Perform had no success is sent no Confirm, for it may have ended the migration by itself, and Confirm would end
//!   what somebody else has begun since. The connection that made Begin is closed instead, which ends ours and no other, and a guest
//!   that is left paused is resumed.
//! - A guest that is paused by an earlier migration is not moved.
//! - Each cookie goes to the other host's next step only, and after a step that failed none does. Where Begin or Prepare gives
//!   none, the migration stops.
//!
//! With OFFLINE nothing runs, and only a definition moves:
//!
//! - The source's is never removed before the destination has answered Finish: with success, or so that nothing waits for a Finish any
//!   more while it shows a definition and had none before. Until it has answered, Finish is repeated.
//! - A guest that runs is not moved so.
//!
//! In a post-copy the destination runs the guest before it has all of its memory:
//!
//! - From the switch on nothing is rolled back. What the hosts say of it decides (`torn`), and it is a [`PostCopyBroken`](Outcome::PostCopyBroken)
//!   when the destination says so: no Confirm, no Finish that cancels, no Resume.
//! - The source's part is ended by Confirm only when the destination has answered Finish with success, or says that the guest has
//!   come (running, reason "migrated").
//! - A broken one is resumed by the whole of version 3 once more, with [`POSTCOPY_RESUME`](MigrateFlags::POSTCOPY_RESUME): PAUSED is not
//!   added, and whatever fails leaves it as it was, broken. A guest that is in a post-copy is not moved in any other way.
//!
//! Two limits are the protocol's. Versions 1 and 2 have no number for a migration, so an error reply that a
//! proxy made up *before the source has started the call* looks like a failed Perform on an idle source, and
//! is taken for one. And a source older than libvirt 0.7.7 cannot tell of jobs: an error that such a proxy may have made up counts as
//! a lost reply there, and only after one of the hypervisor's own the destination's copy is destroyed; should Perform succeed in that
//! very moment all the same, the guest is lost, and the outcome says so. One that has sent all of the guest and drops its own long after
//! the destination has lost its copy is believed meanwhile that it has the guest.
//!
//! # Peer-to-peer, tunnelled and direct migrations
//!
//! Where the source [carries the migration out](Way), the engine makes one call, and asks both hosts afterwards, whatever was
//! answered: the source for what it has left, the destination for the guest. A lost reply is held as unknown while the source still has
//! the guest, for it may yet begin. A paused copy that is left behind is removed once the destination is seen to have taken the guest
//! over; it runs on only at the caller's word. A destination that cannot be reached from here is not heard; then the source's
//! word that it has handed the guest over is all there is.
//!
//! # What a driver owes
//!
//! - **Connections.** It keeps both until the end: the destination destroys what it prepared when the
//!   connection closes that prepared it. Prepare and Perform go over the connections that the plan was made
//!   with; every other call may go over a new one if the old one is dead. If none can be had, the answer is
//!   [`Failure::NotSent`]. [`Call::Close`] and [`Call::Confirm3`] are the exceptions: each means one connection and no other.
//! - **Failures.** [`Failure::Unsupported`] only where the peer proved it; [`Failure::NotSent`] only where
//!   not a byte left. Whatever is in doubt is [`Failure::Lost`], and [`Failure::Silent`] where a deadline passed.
//! - **[`Wait`].** It sleeps, or notices that a host is back, and calls [`Engine::retry`]. While the engine
//!   waits for an [`Unknown`](Waiting::Unknown) it may report that and return, as long as it keeps the engine
//!   and the connections, and can be told to go on. To drop them is to give up; [`Engine::now`] says what
//!   is known then.
//! - **Cancelling.** [`Engine::cancel`] at any time, then on as before. While Perform runs it is refused:
//!   there a driver may abort the source's job (164), and Perform's error leads the engine to the end.
//! - **The journal.** It holds what has happened, in order and without a gap, as far as it goes: a record that cannot be made durable
//!   comes before all later ones, as soon as it can. While one is missing, a call that [needs its record](Call::needs_its_record) is
//!   answered with [`Failure::NotSent`] instead of being made; then it leaves no record, nor does that answer. So recovery may take
//!   what is not announced for not made.

// In the order in which a migration meets them: what is to move, by which version,
mod domain;
mod feature;
mod flags;
mod param;
mod plan;
mod refusal;
mod request;

// what hosts are asked and what they say,
mod answer;
mod call;
mod state;
mod torn;

// what the engine makes of it,
mod action;
mod ask;
mod engine;

// and what it tells.
mod journal;
mod note;
mod outcome;

// and what another makes of that when the engine is dead.
mod recover;

pub use action::{Action, CancelAnswer, Settings, Wait, Waiting};
pub use answer::{Failure, Reply};
pub use call::{Call, Do, Host, ProcedureName, Retcode};
pub use domain::{Cookie, Domain, DomainXml};
pub use engine::Engine;
pub use feature::{Feature, Features};
pub use flags::MigrateFlags;
pub use journal::Record;
pub use note::Note;
pub use outcome::{Check, Outcome, Reason, Unknown};
pub use param::{Param, ParamValue, Terms};
pub use plan::{Plan, Version, Wish};
pub use recover::{Fenced, Recovery};
pub use refusal::Refusal;
pub use request::{Request, Way};
pub use state::{DomainState, Job, JobInfo, Said, State};
