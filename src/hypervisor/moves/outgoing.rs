//! Guests that go: at which step each is, and what may follow.
//!
//! ```text
//! begun ── Perform ─▶ sending ── all of it is there ─▶ sent ── Confirm ─▶ ending
//!   │                   │ failed, aborted                │                 │
//!   │ its client goes   ▼                                │ its client goes ▼
//!   └──────────────▶ (none) ◀────────────────────────────┴───────────── (none)
//! ```
//!
//! One that was sent and whose client goes stays paused: it may run at its destination.

use std::collections::BTreeMap;
use std::sync::Arc;

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::migrate::MigrateFlags;

use super::super::{Confirm, DomainInfo, OutgoingId, Perform, Result, Uuid, errors};
use super::departure::{Departure, Stop};

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Goings(BTreeMap<Uuid, Going>);

#[derive(Debug)]
struct Going {
    id: OutgoingId,
    name: String,
    /// The guest's number while it is active: that of no other run of it.
    run: u32,
    step: Step,
    /// Its client has gone while it was ending.
    released: bool,
}

/// How far a migration has come.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Held by Begin.
    Begun,
    /// Perform runs.
    Sending(Arc<Departure>),
    /// All of it is there; here it is paused.
    Sent(Arc<Departure>),
    /// Confirm runs.
    Ending,
}

impl Goings {
    /// A guest is in a migration from now on.
    ///
    /// # Errors
    /// Code 55 where it is in one already, or does not run.
    pub(super) fn claim(&mut self, id: OutgoingId, info: &DomainInfo, step: Step) -> Result<u32> {
        self.check_free(info.uuid)?;
        let run = info.id.ok_or_else(errors::not_running)?;
        let going = Going { id, name: info.name.clone(), run, step, released: false };
        self.0.insert(info.uuid, going);
        Ok(run)
    }

    /// # Errors
    /// Code 55 where a guest is in a migration.
    pub(super) fn check_free(&self, guest: Uuid) -> Result<()> {
        match self.0.get(&guest) {
            None => Ok(()),
            Some(Going { name, .. }) => {
                Err(errors::invalid(format!("domain '{name}' is being migrated to another host")))
            }
        }
    }

    pub(super) fn run(&self, guest: Uuid) -> Option<u32> {
        self.0.get(&guest).map(|going| going.run)
    }

    pub(super) fn step(&self, guest: Uuid) -> Option<&Step> {
        self.0.get(&guest).map(|going| &going.step)
    }

    pub(super) fn has(&self, id: OutgoingId) -> bool {
        self.0.values().any(|going| going.id == id)
    }

    /// Whether a guest is in the hands of this migration.
    pub(super) fn is(&self, guest: Uuid, id: OutgoingId) -> bool {
        self.0.get(&guest).is_some_and(|going| going.id == id)
    }

    /// Perform goes on with what its client's Begin has held; `None` where nothing is.
    ///
    /// # Errors
    /// Code 55 where another client has it, or where it should be held and is not; code 1 where it was sent already.
    pub(super) fn sends(
        &mut self,
        info: &DomainInfo,
        request: &Perform,
        departure: &Arc<Departure>,
    ) -> Result<Option<(OutgoingId, u32)>> {
        let Some(going) = self.0.get_mut(&info.uuid) else {
            // It has no hold of Begin's, or not any more: a Perform that comes late is no migration of its own.
            let is_protected = request.keeps && request.flags.has(MigrateFlags::CHANGE_PROTECTION);
            return if is_protected { Err(not_migrated(&info.name)) } else { Ok(None) };
        };
        let is_own = request.keeps && request.holds.contains(&going.id);
        match going.step {
            Step::Begun if is_own => {
                going.step = Step::Sending(departure.clone());
                Ok(Some((going.id, going.run)))
            }
            Step::Sent(_) if is_own => Err(out_of_order(&info.name)),
            _ => self.check_free(info.uuid).map(|()| None),
        }
    }

    /// All of it is there.
    ///
    /// # Errors
    /// Code 55 where the guest has ended meanwhile.
    pub(super) fn sent(&mut self, guest: Uuid, id: OutgoingId) -> Result<()> {
        let going = self.0.get_mut(&guest).filter(|going| going.id == id);
        let going = going.ok_or_else(errors::not_running)?;
        if let Step::Sending(departure) = &going.step {
            going.step = Step::Sent(departure.clone());
        }
        Ok(())
    }

    /// Confirm is about to end it. Returns what it was until now.
    ///
    /// # Errors
    /// Code 55 where it is not this client's to end, code 1 where nothing was sent that could be confirmed.
    pub(super) fn end(
        &mut self,
        info: &DomainInfo,
        request: &Confirm,
        cookie: impl FnOnce() -> Result<()>,
    ) -> Result<(OutgoingId, u32, Option<Arc<Departure>>)> {
        let going = self.0.get_mut(&info.uuid).ok_or_else(|| not_migrated(&info.name))?;
        // Another client's hold is not this one's to end: its guest may be about to run elsewhere.
        let departure = match &going.step {
            Step::Begun if request.holds.contains(&going.id) => None,
            Step::Sent(departure) if request.holds.contains(&going.id) => Some(departure.clone()),
            _ => return Err(not_migrated(&info.name)),
        };
        cookie()?;
        if departure.is_none() && !request.cancelled {
            return Err(out_of_order(&info.name));
        }
        going.step = Step::Ending;
        Ok((going.id, going.run, departure))
    }

    /// Confirm could not end it: it is as it was.
    pub(super) fn goes_on(&mut self, guest: Uuid, id: OutgoingId, departure: Arc<Departure>) {
        let Some(going) = self.0.get_mut(&guest).filter(|going| going.id == id) else { return };
        match going.released {
            true => drop(self.0.remove(&guest)),
            false => going.step = Step::Sent(departure),
        }
    }

    /// It is in this migration's hands no longer.
    pub(super) fn remove(&mut self, guest: Uuid, id: OutgoingId) {
        if self.is(guest, id) {
            self.0.remove(&guest);
        }
    }

    /// The client that held it is gone. While Perform runs nothing changes: that has a client of its own.
    pub(super) fn release(&mut self, id: OutgoingId) {
        let Some((guest, going)) = self.0.iter_mut().find(|(_, going)| going.id == id) else { return };
        match going.step {
            Step::Begun | Step::Sent(_) => {
                let guest = *guest;
                self.0.remove(&guest);
            }
            Step::Ending => going.released = true,
            Step::Sending(_) => {}
        }
    }

    /// The guest is there no more.
    pub(super) fn ended(&mut self, guest: Uuid) {
        if let Some(Going { step: Step::Sending(departure), .. }) = self.0.remove(&guest) {
            departure.stop(Stop::GuestGone);
        }
    }
}

fn not_migrated(name: &str) -> RemoteError {
    errors::invalid(format!("domain '{name}' is not being migrated"))
}

/// A migration goes from step to step, and never back.
fn out_of_order(name: &str) -> RemoteError {
    let detail = format!("the migration of domain '{name}' is at another step than this");
    RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::QEMU, detail)
}
