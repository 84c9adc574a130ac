//! Version 3's hold on a guest at its source: Begin, Confirm, and what happens if its client goes.
//!
//! ```text
//! Begin ── CHANGE_PROTECTION ──▶ held ── Perform ──▶ held, sent, paused ── Confirm ──▶ gone, or it runs on
//!                                 │                    │
//!                                 └── its client goes ─┴──▶ let go, in the state that it is in
//! ```

use std::sync::Arc;

use super::super::{Begin, Begun, Confirm, JobKind, OutgoingId, Result, Uuid, errors};
use super::cookie::{Cookie, Ticket};
use super::guest::Activity;
use super::incoming::check_flags;
use super::table::Table;
use super::xml::Definition;
use super::{Inner, SOURCE_FLAGS};
use virtwire_protocol::migrate::MigrateFlags;

pub(super) fn begin(inner: &Inner, request: &Begin) -> Result<Begun> {
    check_flags(request.flags, SOURCE_FLAGS, "domain_migrate_begin3")?;
    let uuid = request.domain;
    let wished = request.xml.as_deref().map(|xml| Definition::parse(xml, None)).transpose()?;
    let mut table = inner.table();
    let live = table.guest_mut(uuid)?.idle_mut()?;
    let definition = match wished {
        Some(wished) => {
            check_same_guest(&wished, &live.definition)?;
            Arc::new(wished)
        }
        None => live.definition.clone(),
    };
    let held = request.flags.has(MigrateFlags::CHANGE_PROTECTION);
    if held {
        live.activity = Activity::Held { sent: None };
    }
    let outgoing = held.then(|| table.new_outgoing(uuid));
    let cookie = Cookie { host: inner.host.uuid, guest: uuid, ticket: Ticket::default() };
    Ok(Begun { cookie: cookie.to_bytes(), xml: definition.xml.clone(), outgoing })
}

/// What the guest sees of its machine must not change under it.
fn check_same_guest(wished: &Definition, current: &Definition) -> Result<()> {
    let differ = |what: &str, wished: &dyn std::fmt::Display, current: &dyn std::fmt::Display| {
        Err(errors::unsupported_domain(format!(
            "Target domain {what} {wished} does not match source {current}"
        )))
    };
    if wished.uuid != current.uuid {
        return differ("uuid", &wished.uuid, &current.uuid);
    }
    if wished.memory_max_kib != current.memory_max_kib {
        return differ("max memory", &wished.memory_max_kib, &current.memory_max_kib);
    }
    if wished.vcpus_max != current.vcpus_max {
        return differ("vCPU max", &wished.vcpus_max, &current.vcpus_max);
    }
    Ok(())
}

pub(super) fn confirm(inner: &Inner, request: &Confirm) -> Result<()> {
    check_flags(request.flags, SOURCE_FLAGS, "domain_migrate_confirm3")?;
    let uuid = request.domain;
    let mut table = inner.table();
    let guest = table.guest(uuid)?;
    let not_migrated = || errors::invalid(format!("domain '{}' is not being migrated", guest.name));
    let Activity::Held { sent } = guest.live()?.activity.clone() else { return Err(not_migrated()) };
    // Another client's hold is not this one's to end: its guest may be about to run elsewhere.
    if !table.held(uuid).is_some_and(|id| request.holds.contains(&id)) {
        return Err(not_migrated());
    }
    Cookie::read(&request.cookie, inner.host.uuid, uuid)?;
    match (request.cancelled, sent) {
        (false, Some(departure)) => table.left(uuid, &departure, request.flags),
        (false, None) => Err(not_migrated()),
        (true, sent) => {
            table.stays(uuid, sent.as_deref(), JobKind::Cancelled);
            Ok(())
        }
    }
}

impl Table {
    /// Whether a guest is held.
    pub(super) fn held(&self, uuid: Uuid) -> Option<OutgoingId> {
        self.outgoing.iter().find(|(_, held)| **held == uuid).map(|(id, _)| *id)
    }

    /// The client that held it is gone. One that was sent stays paused: it may run at its destination. While Perform runs
    /// nothing changes: it has a client of its own.
    pub(super) fn release(&mut self, id: OutgoingId) {
        let Some(uuid) = self.outgoing.get(&id).copied() else { return };
        let Ok(live) = self.guest_mut(uuid).and_then(|guest| guest.live_mut()) else { return };
        if matches!(live.activity, Activity::Held { .. }) {
            live.activity = Activity::Idle;
            self.outgoing.remove(&id);
        }
    }
}
