//! Guests that come: from Prepare to Finish.
//!
//! ```text
//!  Prepare ─▶ Coming ── all memory, checksum right ─▶ Received ── its source has dropped it ─▶ Confirmed ─▶ Finish
//!               │                                        │                                         │
//!               │ its deadline, a broken stream          └─ the stream ended without a word ─▶ Unconfirmed ─▶ Finish
//!               ▼                                                                                  │
//!             gone ◀────────── Cancel, destroy, or the client that prepared it is gone ────────────┘
//!                              (a Confirmed one only if it is destroyed)
//! ```
//!
//! A source drops its copy only on our receipt, which we send only once we have all of it. A Finish that says "success"
//! runs it here: at once where the source has said that its copy is gone. Where the source did not come to say so, the
//! client's word counts, if it comes after; a Finish that was early is told that nobody knows.
//! From Received on there is no deadline: this may be the only copy.
//!
//! In version 3 the source keeps its copy, so Received is all that Finish waits for, and a guest whose client is gone, or
//! whose Finish fails, is removed.
//!
//! A guest whose preparing connection is gone is removed, as libvirt's daemons do, but for one: a Confirmed one stays,
//! paused. Nobody else has it any more, so what would be a clean-up would be a loss. Any connection may still finish
//! it, resume it or destroy it; and an Unconfirmed one, which may be the only copy: who resumes that says so. While it is
//! Received that is not decided: the source's last word decides, or its silence.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::AbortHandle;
use tracing::debug;
use virtwire_protocol::error::RemoteError;
use virtwire_protocol::migrate::MigrateFlags;

pub(super) use super::super::moves::flags::check as check_flags;
use super::super::{
    IncomingId, Lifecycle, MigrationVersion, PausedReason, Prepare, Prepared, Result, ShutoffReason,
    StartedDetail, StoppedDetail, Uuid, errors,
};
use super::cookie::{Cookie, Ticket};
use super::door;
use super::guest::{Activity, Live, LiveState, Run};
use super::machine::Machine;
use super::memory::Memory;
use super::postcopy;
use super::receive::{self, Reception};
use super::table::Table;
use super::turn::Turn;
use super::uri::MigrationUri;
use super::xml::Definition;
use super::{Inner, MIGRATE_FLAGS, offline};
use crate::net::TcpListener;
use crate::server::Stream;

/// The most guests that may be on their way here at once.
const INCOMING_MAX: usize = 64;
/// The most that may come direct beside those: whoever reaches the door takes a place, and nobody is asked who he is.
const DIRECT_MAX: usize = 16;

/// A guest that is expected.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) version: MigrationVersion,
    /// Where its source was told to connect; `None` where it comes through a tunnel, or direct.
    pub(super) uri: Option<MigrationUri>,
    pub(super) ticket: Ticket,
    /// The guest; in version 1 not before the stream has brought its configuration.
    pub(super) guest: Option<Uuid>,
    /// How much of it is here. Closed when it is gone.
    pub(super) arrival: watch::Sender<Arrival>,
    /// What came of its memory before its post-copy broke.
    pub(super) came: Vec<u8>,
    /// The connection that prepared it is gone.
    pub(super) abandoned: bool,
    /// The task that receives it, ended with it. `None` where an earlier daemon has received it.
    pub(super) _task: Option<TaskGuard>,
}

impl Incoming {
    /// Its connection is gone, and it may be all that there is of the guest.
    fn is_kept(&self) -> bool {
        self.abandoned && self.version != MigrationVersion::V3 && *self.arrival.borrow() >= Arrival::Confirmed
    }

    /// No client prepared it, and none will finish it.
    fn is_direct(&self) -> bool {
        comes_direct(self.version, self.uri.as_ref())
    }
}

fn comes_direct(version: MigrationVersion, uri: Option<&MigrationUri>) -> bool {
    version == MigrationVersion::V1 && uri.is_none()
}

/// How much of a guest is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub(super) enum Arrival {
    /// Not all.
    Coming,
    /// As much as it takes to go on, and the link has broken since.
    Torn,
    /// As much as it takes to go on, and the rest is coming.
    Switched,
    /// All, and its source has been told so.
    Received,
    /// All, and its source has dropped it.
    Confirmed,
    /// All, and what its source did is not known here.
    Unconfirmed,
}

/// Ends a task when dropped.
#[derive(Debug)]
pub(super) struct TaskGuard(AbortHandle);

impl TaskGuard {
    pub(super) fn new(task: AbortHandle) -> TaskGuard {
        TaskGuard(task)
    }
}

impl Drop for TaskGuard {
    fn drop(&mut self) {
        self.0.abort();
    }
}

pub(super) async fn prepare(inner: &Arc<Inner>, request: Prepare) -> Result<Prepared> {
    let Prepare { version, cookie, uri_in, flags, dname, dom_xml, .. } = request;
    let function = match version {
        MigrationVersion::V1 => "domain_migrate_prepare",
        MigrationVersion::V2 => "domain_migrate_prepare2",
        MigrationVersion::V3 => "domain_migrate_prepare3",
    };
    let is_offline = version == MigrationVersion::V3 && flags.has(MigrateFlags::OFFLINE);
    let known = if is_offline { flags.without(MigrateFlags::OFFLINE) } else { flags };
    check_flags(known, MIGRATE_FLAGS, function)?;
    postcopy::check_flags(flags)?;
    if flags.has(MigrateFlags::POSTCOPY) && version != MigrationVersion::V3 {
        return Err(errors::unsupported_argument("post-copy needs version 3 of migration"));
    }
    let definition =
        dom_xml.map(|xml| definition(inner, version, &cookie, &xml, dname.as_deref(), flags)).transpose()?;
    if inner.faults().refuse_prepare {
        return Err(errors::failed("this host was told to refuse guests"));
    }
    let wished = uri_in.as_deref().map(MigrationUri::parse).transpose()?;
    if let (true, Some(definition)) = (is_offline, &definition) {
        return offline::prepare(inner, flags, wished, definition.clone());
    }
    let machine = match &definition {
        Some(_) if flags.has(MigrateFlags::POSTCOPY_RESUME) => None,
        Some(definition) => Some(inner.empty_machine(definition.uuid).await?),
        None => None,
    };
    let place = door::Place { listen: inner.config.migration_listen, ports: &inner.config.migration_ports };
    let (listener, uri, uri_out) = place.open(wished, || inner.migration_host()).await?;

    debug!(%uri, ?version, "prepared for a guest");
    if let Some(definition) = definition.as_ref().filter(|_| flags.has(MigrateFlags::POSTCOPY_RESUME)) {
        let (id, cookie) = inner.table().prepare_to_resume(inner, definition, uri, listener)?;
        return Ok(Prepared { cookie, uri_out, incoming: id });
    }
    let coming = Coming { version, dname, guest: definition.zip(machine), uri: Some(uri) };
    let (id, cookie) = coming.expected(inner, |reception| receive::run(reception, listener))?;
    Ok(Prepared { cookie, uri_out, incoming: id })
}

/// The same for a guest that comes by a stream that is there already.
pub(super) async fn prepare_tunnel(inner: &Arc<Inner>, request: Prepare, stream: Stream) -> Result<Prepared> {
    let Prepare { version, cookie, flags, dname, dom_xml, .. } = request;
    check_flags(flags, MIGRATE_FLAGS, "domain_migrate_prepare_tunnel")?;
    let xml = dom_xml.ok_or_else(|| errors::failed("a guest without a configuration"))?;
    let definition = definition(inner, version, &cookie, &xml, dname.as_deref(), flags)?;
    if inner.faults().refuse_prepare {
        return Err(errors::failed("this host was told to refuse guests"));
    }
    let machine = inner.empty_machine(definition.uuid).await?;
    debug!(domain = definition.name, ?version, "prepared for a guest by a tunnel");
    let coming = Coming { version, dname, guest: Some((definition, machine)), uri: None };
    let (id, cookie) = coming.expected(inner, |reception| receive::run_tunnel(reception, stream))?;
    // Version 2 has no cookie of this.
    let cookie = if version == MigrationVersion::V3 { cookie } else { Vec::new() };
    Ok(Prepared { cookie, uri_out: None, incoming: id })
}

fn definition(
    inner: &Inner,
    version: MigrationVersion,
    cookie: &[u8],
    xml: &str,
    dname: Option<&str>,
    flags: MigrateFlags,
) -> Result<Arc<Definition>> {
    let definition = Definition::parse(xml, dname)?;
    if version == MigrationVersion::V3 {
        Cookie::read(cookie, inner.host.uuid, definition.uuid)?;
    }
    match flags.has(MigrateFlags::POSTCOPY_RESUME) {
        true => drop(inner.table().torn(&definition, flags)?),
        false => inner.table().check_startable(&definition)?,
    }
    Ok(Arc::new(definition))
}

/// A guest that is about to be expected.
pub(super) struct Coming {
    pub(super) version: MigrationVersion,
    pub(super) dname: Option<String>,
    pub(super) guest: Option<(Arc<Definition>, Machine)>,
    pub(super) uri: Option<MigrationUri>,
}

impl Coming {
    /// Has it received from now on. Nothing here waits: either all of it is there or nothing.
    pub(super) fn expected<F: Future<Output = ()> + Send + 'static>(
        self,
        inner: &Arc<Inner>,
        receive: impl FnOnce(Reception) -> F,
    ) -> Result<(IncomingId, Vec<u8>)> {
        let Coming { version, dname, guest, uri } = self;
        let ticket = Uuid::random().0;
        let cookie = match &guest {
            Some((definition, _)) if version == MigrationVersion::V3 => {
                Cookie { host: inner.host.uuid, guest: definition.uuid, ticket }.to_bytes()
            }
            _ => ticket.to_vec(),
        };
        let mut table = inner.table();
        let direct = comes_direct(version, uri.as_ref());
        let most = if direct { DIRECT_MAX } else { INCOMING_MAX };
        let alike = table.incoming.values().filter(|one| one.is_direct() == direct && !one.is_kept());
        if alike.count() >= most {
            return Err(errors::failed(format!("{most} guests are on their way here already")));
        }
        let id = table.new_incoming();
        let guest = guest.map(|(definition, machine)| table.admit(id, definition, machine)).transpose()?;
        let reception = Reception { inner: inner.clone(), id, version, ticket, dname, came: None };
        let task = TaskGuard(tokio::spawn(receive(reception)).abort_handle());
        let arrival = watch::Sender::new(Arrival::Coming);
        let (came, _task) = (Vec::new(), Some(task));
        let incoming = Incoming { version, uri, ticket, guest, arrival, came, abandoned: direct, _task };
        table.incoming.insert(id, incoming);
        Ok((id, cookie))
    }
}

impl Table {
    /// A guest is coming: it is there, paused, without memory.
    fn admit(&mut self, id: IncomingId, definition: Arc<Definition>, machine: Machine) -> Result<Uuid> {
        self.check_startable(&definition)?;
        self.check_memory_to_come()?;
        // What became of an earlier one of this name is no word about this one.
        self.failures.take(&definition.name);
        let uuid = self.guest_for(&definition)?.uuid;
        let paused = LiveState::Paused(PausedReason::Migration);
        let mut live = Live::new(self.new_id(), definition, machine, paused);
        live.activity = Activity::Arriving(id);
        self.guest_mut(uuid)?.run = Run::On(Box::new(live));
        self.tell(uuid, Lifecycle::Started(StartedDetail::Migrated));
        Ok(uuid)
    }

    /// Waits for the source of a broken post-copy, at another address and with another ticket.
    fn prepare_to_resume(
        &mut self,
        inner: &Arc<Inner>,
        definition: &Definition,
        uri: MigrationUri,
        listener: TcpListener,
    ) -> Result<(IncomingId, Vec<u8>)> {
        let id = self.torn(definition, MigrateFlags::POSTCOPY_RESUME)?;
        let ticket = Uuid::random().0;
        let guest = definition.uuid;
        let incoming = self.incoming.get_mut(&id).ok_or_else(nobody_waits)?;
        (incoming.uri, incoming.ticket, incoming.abandoned) = (Some(uri), ticket, false);
        let reception = Reception {
            inner: inner.clone(),
            id,
            version: MigrationVersion::V3,
            ticket,
            dname: None,
            came: Some(incoming.came.clone()),
        };
        incoming._task = Some(TaskGuard(tokio::spawn(receive::run(reception, listener)).abort_handle()));
        Ok((id, Cookie { host: inner.host.uuid, guest, ticket }.to_bytes()))
    }

    /// Version 1: the stream has brought the configuration.
    pub(super) fn admit_from_stream(
        &mut self,
        id: IncomingId,
        definition: Arc<Definition>,
        machine: Machine,
    ) -> Result<()> {
        if !self.incoming.contains_key(&id) {
            return Err(nobody_waits());
        }
        let uuid = self.admit(id, definition, machine)?;
        if let Some(incoming) = self.incoming.get_mut(&id) {
            incoming.guest = Some(uuid);
        }
        Ok(())
    }

    /// What it is called, once that is known.
    pub(super) fn name_of(&self, id: IncomingId) -> Option<String> {
        let uuid = self.incoming.get(&id)?.guest?;
        self.guest(uuid).ok().map(|guest| guest.name.clone())
    }

    /// How much of it is here, or `None` where it is no longer expected.
    #[cfg(test)]
    pub(super) fn arrival(&self, id: IncomingId) -> Option<Arrival> {
        self.incoming.get(&id).map(|incoming| *incoming.arrival.borrow())
    }
}

impl Inner {
    /// Nobody will finish it any more.
    pub(super) fn abandon(self: &Arc<Self>, id: IncomingId) {
        let guest = self.table().incoming.get(&id).and_then(|incoming| incoming.guest);
        self.later(guest, move |turn| turn.abandon(id));
    }

    /// All of its memory has come.
    pub(super) async fn received(self: &Arc<Self>, id: IncomingId, memory: Memory) -> Result<()> {
        self.at_incoming(id, move |turn| turn.received(id, memory)).await
    }

    /// So much of it is here now.
    pub(super) async fn arrived(self: &Arc<Self>, id: IncomingId, arrival: Arrival) {
        // One that is gone meanwhile is not expected any more.
        let _ = self.at_incoming(id, move |turn| turn.set_arrival(id, arrival)).await;
    }

    /// It did not come.
    pub(super) async fn give_up(self: &Arc<Self>, id: IncomingId, why: String) {
        let give_up = move |turn: &mut Turn<'_>| {
            turn.give_up_unless_received(id, why);
            Ok(())
        };
        let _ = self.at_incoming(id, give_up).await;
    }

    /// Whether it has come, or goes on here already. What is being done about that is waited for.
    pub(super) async fn is_here(self: &Arc<Self>, id: IncomingId) -> bool {
        let is_here = move |turn: &mut Turn<'_>| {
            let arrival = turn.incoming.get(&id).map(|incoming| *incoming.arrival.borrow());
            Ok(arrival.is_some_and(|arrival| arrival >= Arrival::Switched))
        };
        self.at_incoming(id, is_here).await.unwrap_or(false)
    }
}

impl Turn<'_> {
    /// All of it is here. From now on this may be the only copy.
    fn received(&mut self, id: IncomingId, memory: Memory) -> Result<()> {
        let incoming = self.incoming.get(&id).ok_or_else(nobody_waits)?;
        let (uuid, switched) =
            (incoming.guest.ok_or_else(nobody_waits)?, *incoming.arrival.borrow() == Arrival::Switched);
        self.load(uuid, memory, if switched { Machine::fill } else { Machine::load })?;
        self.set_arrival(id, Arrival::Received)
    }

    pub(super) fn set_arrival(&mut self, id: IncomingId, arrival: Arrival) -> Result<()> {
        let incoming = self.incoming.get(&id).ok_or_else(nobody_waits)?;
        incoming.arrival.send_replace(arrival);
        let (abandoned, guest) = (incoming.abandoned, incoming.guest);
        // In version 3 its source has it, and it may go with this daemon.
        if let Some(guest) = guest.filter(|_| incoming.version != MigrationVersion::V3) {
            let state = self.guest(guest)?.live()?.state();
            self.stand(guest, state, None)?;
        }
        if abandoned {
            self.abandon(id);
        }
        Ok(())
    }

    /// Nobody will finish it, as far as its connection goes. It ends, unless its source may have or has dropped it.
    pub(super) fn abandon(&mut self, id: IncomingId) {
        self.offline.remove(&id);
        let Some(incoming) = self.incoming.get_mut(&id) else { return };
        incoming.abandoned = true;
        let arrival = *incoming.arrival.borrow();
        let version = incoming.version;
        let runs = self.runs(id);
        match arrival {
            // The guest is on both hosts.
            _ if runs => debug!(incoming = id.0, "abandoned in post-copy, and kept"),
            _ if version == MigrationVersion::V3 => self.end_incoming(id, StoppedDetail::Destroyed),
            Arrival::Coming | Arrival::Torn | Arrival::Switched => {
                self.end_incoming(id, StoppedDetail::Destroyed)
            }
            Arrival::Unconfirmed => debug!(incoming = id.0, "abandoned, and kept: it may be the only copy"),
            Arrival::Received => debug!(incoming = id.0, "abandoned; its source's word is awaited"),
            Arrival::Confirmed => debug!(incoming = id.0, "abandoned, and kept: its source has dropped it"),
        }
    }

    /// A kept guest becomes one like any other, for somebody who resumes it: where its source has not come to say that it has dropped it, that is
    /// his word.
    pub(super) fn adopt_if_kept(&mut self, uuid: Uuid) -> Result<()> {
        let Activity::Arriving(id) = self.guest(uuid)?.live()?.activity else { return Ok(()) };
        if self.incoming.get(&id).is_some_and(Incoming::is_kept) {
            self.incoming.remove(&id);
            self.guest_mut(uuid)?.live_mut()?.activity = Activity::Idle;
        }
        Ok(())
    }

    /// It goes, whatever has come of it.
    pub(super) fn end_incoming(&mut self, id: IncomingId, detail: StoppedDetail) {
        let Some(incoming) = self.incoming.get(&id) else { return };
        let reason = match detail {
            StoppedDetail::Destroyed => ShutoffReason::Destroyed,
            _ => ShutoffReason::Failed,
        };
        debug!(incoming = id.0, ?reason, "an incoming guest ends");
        if let Some(uuid) = incoming.guest {
            // Whoever asks about it meanwhile finds its entry, and by that waits for this turn.
            let _ = self.turn_off(uuid, reason, detail);
        }
        self.incoming.remove(&id);
    }

    /// The deadline has passed, or its stream broke. One that is all here stays: its source may have dropped it.
    fn give_up_unless_received(&mut self, id: IncomingId, why: String) {
        let Some(incoming) = self.incoming.get(&id) else { return };
        if *incoming.arrival.borrow() != Arrival::Coming {
            return;
        }
        let name = incoming.guest.and_then(|uuid| self.guest(uuid).ok()).map(|guest| guest.name.clone());
        if let (MigrationVersion::V3, Some(name)) = (incoming.version, name) {
            self.failures.remember(name, why);
        }
        self.end_incoming(id, StoppedDetail::Failed);
    }
}

fn nobody_waits() -> RemoteError {
    errors::failed("nobody waits for it any more")
}
