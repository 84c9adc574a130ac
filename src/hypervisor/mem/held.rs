//! Version 3's hold on a guest at its source: Begin, Confirm, and what happens if its client goes.
//!
//! ```text
//! Begin ── CHANGE_PROTECTION ──▶ held ── Perform ──▶ held, sent, paused ── Confirm ──▶ gone, or it runs on
//!                                 │                    │
//!                                 └── its client goes ─┴──▶ let go, in the state that it is in
//! ```

use std::sync::Arc;

use tokio::time::timeout;

use super::super::{Begin, Begun, Confirm, JobKind, OutgoingId, PausedReason, Result, Uuid, errors};
use super::cookie::{Cookie, Ticket};
use super::departure::Stop;
use super::guest::{Activity, LiveState};
use super::incoming::check_flags;
use super::lasting;
use super::postcopy;
use super::table::Table;
use super::turn::Turn;
use super::xml::Definition;
use super::{Inner, SOURCE_FLAGS, offline};
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::migrate::MigrateFlags;

pub(super) fn begin(inner: &Inner, request: &Begin) -> Result<Begun> {
    check_flags(request.flags.without(MigrateFlags::OFFLINE), SOURCE_FLAGS, "domain_migrate_begin3")?;
    if request.flags.has(MigrateFlags::OFFLINE) {
        return offline::begin(inner, request);
    }
    postcopy::check_flags(request.flags)?;
    if request.flags.has(MigrateFlags::POSTCOPY_RESUME) && !request.flags.has(MigrateFlags::CHANGE_PROTECTION)
    {
        return Err(errors::unsupported_argument("post-copy recovery needs change protection"));
    }
    let uuid = request.domain;
    let wished = request.xml.as_deref().map(|xml| Definition::parse(xml, None)).transpose()?;
    let mut table = inner.table();
    table.guest(uuid)?.check_has_no_snapshots("migrate")?;
    let live = table.guest_mut(uuid)?.free_mut()?;
    postcopy::check_state(live.state(), request.flags)?;
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
pub(super) fn check_same_guest(wished: &Definition, current: &Definition) -> Result<()> {
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

pub(super) async fn confirm(inner: &Arc<Inner>, request: Confirm) -> Result<()> {
    check_flags(request.flags.without(MigrateFlags::OFFLINE), SOURCE_FLAGS, "domain_migrate_confirm3")?;
    if request.flags.has(MigrateFlags::OFFLINE) {
        return offline::confirm(inner, &request).await;
    }
    let (uuid, flags) = (request.domain, request.flags);
    if !request.cancelled {
        // The destination may have said that it has all of the guest before its receipt has come.
        let sent = match inner.table().guest(uuid)?.live()?.activity.clone() {
            Activity::Held { sent } => sent,
            _ => None,
        };
        if let Some(departure) = sent.filter(|departure| departure.is_torn()) {
            let _ = timeout(inner.config.peer_deadline, departure.settled()).await;
        }
    }
    lasting::leaving(inner, uuid, flags, move |turn| confirmed(turn, &request)).await
}

fn confirmed(table: &mut Turn<'_>, request: &Confirm) -> Result<()> {
    let uuid = request.domain;
    let guest = table.guest(uuid)?;
    let not_migrated = || errors::invalid(format!("domain '{}' is not being migrated", guest.name));
    let Activity::Held { sent } = guest.live()?.activity.clone() else { return Err(not_migrated()) };
    // Another client's hold is not this one's to end: its guest may be about to run elsewhere.
    if !table.held(uuid).is_some_and(|id| request.holds.contains(&id)) {
        return Err(not_migrated());
    }
    Cookie::read(&request.cookie, table.inner.host.uuid, uuid)?;
    match (request.cancelled, sent) {
        (false, Some(departure)) if departure.is_torn() => {
            Err(errors::invalid(format!("the post-copy of domain '{}' is not over", guest.name)))
        }
        // Nothing is rolled back.
        (true, Some(departure)) if departure.is_torn() => {
            departure.stop(Stop::Paused);
            table.post_copy_broke(uuid);
            table.let_go(uuid);
            Ok(())
        }
        (false, Some(departure)) => table.left(uuid, &departure, request.flags),
        (false, None) => Err(out_of_order(&guest.name)),
        (true, sent) => {
            table.stays(uuid, sent.as_deref(), JobKind::Cancelled);
            Ok(())
        }
    }
}

/// A migration goes from step to step, and never back.
pub(super) fn out_of_order(name: &str) -> RemoteError {
    let detail = format!("the migration of domain '{name}' is at another step than this");
    RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::QEMU, detail)
}

impl Table {
    /// No migration has the guest in hand.
    pub(super) fn let_go(&mut self, uuid: Uuid) {
        self.outgoing.retain(|_, held| *held != uuid);
        self.let_go_unless_held(uuid);
    }

    /// The same, of a guest that no client answers for.
    pub(super) fn let_go_unless_held(&mut self, uuid: Uuid) {
        if self.held(uuid).is_none()
            && let Ok(live) = self.guest_mut(uuid).and_then(|guest| guest.live_mut())
            && matches!(live.activity, Activity::Held { .. })
        {
            live.activity = Activity::Idle;
        }
    }

    /// Whether a guest is held.
    pub(super) fn held(&self, uuid: Uuid) -> Option<OutgoingId> {
        self.outgoing.iter().find(|(_, held)| **held == uuid).map(|(id, _)| *id)
    }

    /// The client that held it is gone. One that was sent stays paused: it may run at its destination. While Perform runs
    /// nothing changes: it has a client of its own.
    pub(super) fn release(&mut self, id: OutgoingId) {
        let Some(uuid) = self.outgoing.get(&id).copied() else { return };
        let Ok(live) = self.guest_mut(uuid).and_then(|guest| guest.live_mut()) else { return };
        // The rest of a post-copy goes on being sent, and whoever asks is told how far it is.
        let goes_on = live.state() == LiveState::Paused(PausedReason::Postcopy);
        if matches!(&live.activity, Activity::Held { sent: Some(departure) } if goes_on && departure.is_torn())
        {
            self.outgoing.remove(&id);
        } else if matches!(live.activity, Activity::Held { .. }) {
            live.activity = Activity::Idle;
            self.outgoing.remove(&id);
        }
    }
}
