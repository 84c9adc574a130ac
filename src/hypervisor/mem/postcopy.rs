//! Post-copy: the guest goes on at the destination before all of its memory is there.
//!
//! ```text
//! source       sending ── 364 ──▶ paused (post-copy): Perform is answered ── the rest is sent ──▶ Confirm ──▶ gone
//!                                   │ the link breaks, or the client pauses it
//!                                   ▼
//!                                 paused (post-copy failed) ── a migration with POSTCOPY_RESUME ──▶ paused (post-copy)
//!
//! destination  paused ── switched, Finish ──▶ running (post-copy) ── the rest has come ──▶ running (migrated): Finish is answered
//!                                   │ the link breaks
//!                                   ▼
//!                                 running (post-copy failed) ── Prepare with POSTCOPY_RESUME, the source comes ──▶ running (post-copy)
//! ```
//!
//! The source has switched once the destination has said that it has: a word into a dead link costs no guest.
//! Nothing is rolled back from the switch on: whatever ends, the guest stays on both hosts, until somebody destroys it. What a guest of
//! ours uses is the counter in its last bytes, which comes with the switch, so it never waits for its memory.

use std::sync::Arc;

use super::super::{
    IncomingId, Lifecycle, OutgoingId, PausedReason, Result, ResumedDetail, RunningReason, SuspendedDetail,
    Uuid, errors,
};
use super::departure::Departure;
use super::guest::{Activity, LiveState};
use super::incoming::Arrival;
use super::machine::Machine;
use super::memory::Memory;
use super::table::Table;
use super::turn::Turn;
use super::xml::Definition;
use virtwire_protocol::migrate::MigrateFlags;

/// What the destination must have of a guest to let it run: where it counts.
pub(super) const COUNTER_BYTES: usize = 8;

/// Code 55 unless a guest's state goes with these flags: one in a broken post-copy is only resumed, and no other is.
pub(super) fn check_state(state: LiveState, flags: MigrateFlags) -> Result<()> {
    let broken = matches!(
        state,
        LiveState::Paused(PausedReason::PostcopyFailed) | LiveState::Running(RunningReason::PostcopyFailed)
    );
    let torn = broken
        || matches!(
            state,
            LiveState::Paused(PausedReason::Postcopy) | LiveState::Running(RunningReason::Postcopy)
        );
    match (flags.has(MigrateFlags::POSTCOPY_RESUME), torn, broken) {
        (true, _, false) => Err(errors::invalid("the domain is not in a failed post-copy migration")),
        (false, true, _) => Err(errors::invalid("the domain is in a post-copy migration")),
        _ => Ok(()),
    }
}

/// # Errors
/// Code 74 where the flags do not go together.
pub(super) fn check_flags(flags: MigrateFlags) -> Result<()> {
    type Flags = MigrateFlags;
    let refuse = |detail: &str| Err(errors::unsupported_argument(detail));
    if flags.has(Flags::POSTCOPY_RESUME) && !flags.has(Flags::POSTCOPY) {
        return refuse("post-copy recovery needs post-copy");
    }
    if flags.has(Flags::POSTCOPY) && (flags.has(Flags::PAUSED) || !flags.has(Flags::LIVE)) {
        return refuse("post-copy is for a guest that runs");
    }
    Ok(())
}

/// The source's side.
impl Turn<'_> {
    /// The destination has what it takes to go on: the guest stands still here, in the hands of its client.
    pub(super) fn switch(&mut self, uuid: Uuid, departure: &Arc<Departure>) -> Result<OutgoingId> {
        let begun = self.held(uuid);
        let id = begun.unwrap_or_else(|| self.new_outgoing(uuid));
        let hands = Activity::Held { sent: Some(departure.clone()) };
        self.stand(uuid, LiveState::Paused(PausedReason::Postcopy), Some(hands))?;
        self.tell(uuid, Lifecycle::Suspended(SuspendedDetail::Postcopy));
        Ok(id)
    }

    /// The link broke, or somebody pauses it.
    pub(super) fn post_copy_broke(&mut self, uuid: Uuid) {
        let Ok(live) = self.guest_mut(uuid).and_then(|guest| guest.live_mut()) else { return };
        if live.state() != LiveState::Paused(PausedReason::Postcopy) {
            return;
        }
        if self.stand(uuid, LiveState::Paused(PausedReason::PostcopyFailed), None).is_ok() {
            self.tell(uuid, Lifecycle::Suspended(SuspendedDetail::PostcopyFailed));
        }
        self.let_go_unless_held(uuid);
    }
}

/// The destination's side.
impl Turn<'_> {
    /// What it takes to go on is here, and this much of the memory.
    pub(super) fn switched_here(&mut self, id: IncomingId, memory: Memory) -> Result<()> {
        let uuid = self.guest_of(id)?;
        if let LiveState::Paused(_) = self.guest(uuid)?.live()?.state() {
            self.load(uuid, memory, Machine::load)?;
        }
        self.set_arrival(id, Arrival::Switched)?;
        // One that is resumed runs already.
        self.goes_on(uuid, RunningReason::PostcopyFailed, RunningReason::Postcopy, ResumedDetail::Postcopy)
    }

    /// Finish lets it run.
    pub(super) fn run_early(&mut self, id: IncomingId) -> Result<()> {
        let uuid = self.guest_of(id)?;
        let live = self.guest_mut(uuid)?.live_mut()?;
        if let LiveState::Running(_) = live.state() {
            return Ok(());
        }
        self.stand(uuid, LiveState::Running(RunningReason::Postcopy), None)?;
        self.tell(uuid, Lifecycle::Resumed(ResumedDetail::Postcopy));
        Ok(())
    }

    /// The same, of one whose link is broken.
    pub(super) fn run_torn(&mut self, id: IncomingId) -> Result<()> {
        self.run_early(id)?;
        let uuid = self.guest_of(id)?;
        self.goes_on(
            uuid,
            RunningReason::Postcopy,
            RunningReason::PostcopyFailed,
            ResumedDetail::PostcopyFailed,
        )
    }

    /// The link broke: what came is kept, for the next one.
    pub(super) fn torn_here(&mut self, id: IncomingId, memory: Vec<u8>) {
        let Some(incoming) = self.incoming.get_mut(&id) else { return };
        if *incoming.arrival.borrow() != Arrival::Switched {
            return;
        }
        incoming.came = memory;
        incoming.arrival.send_replace(Arrival::Torn);
        if let Ok(uuid) = self.guest_of(id) {
            let told = ResumedDetail::PostcopyFailed;
            let _ = self.goes_on(uuid, RunningReason::Postcopy, RunningReason::PostcopyFailed, told);
        }
    }

    fn goes_on(
        &mut self,
        uuid: Uuid,
        was: RunningReason,
        is: RunningReason,
        told: ResumedDetail,
    ) -> Result<()> {
        let live = self.guest_mut(uuid)?.live_mut()?;
        if live.state() == LiveState::Running(was) {
            self.stand(uuid, LiveState::Running(is), None)?;
            self.tell(uuid, Lifecycle::Resumed(told));
        }
        Ok(())
    }
}

impl Table {
    /// Whether an incoming guest runs already.
    pub(super) fn runs(&self, id: IncomingId) -> bool {
        let state = self.guest_of(id).and_then(|uuid| Ok(self.guest(uuid)?.live()?.state()));
        matches!(state, Ok(LiveState::Running(_)))
    }

    /// It has switched over, and is on both hosts.
    pub(super) fn is_torn(&self, id: IncomingId) -> bool {
        let arrival = self.incoming.get(&id).map(|incoming| *incoming.arrival.borrow());
        matches!(arrival, Some(Arrival::Torn | Arrival::Switched))
    }

    fn guest_of(&self, id: IncomingId) -> Result<Uuid> {
        let guest = self.incoming.get(&id).and_then(|incoming| incoming.guest);
        guest.ok_or_else(|| errors::failed("nobody waits for it any more"))
    }

    /// The incoming guest whose broken post-copy a Prepare is to resume.
    pub(super) fn torn(&self, definition: &Definition, flags: MigrateFlags) -> Result<IncomingId> {
        let guest = self.guest(definition.uuid)?;
        let live = guest.live()?;
        check_state(live.state(), flags)?;
        match live.activity {
            Activity::Arriving(id) if guest.name == definition.name => Ok(id),
            _ => Err(errors::invalid(format!(
                "domain '{}' is not processing incoming migration",
                definition.name
            ))),
        }
    }
}
