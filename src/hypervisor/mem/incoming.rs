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
//! it, resume it or destroy it. While it is Received that is not decided: the source's last word decides, or its silence.

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tracing::debug;
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::migrate::MigrateFlags;

use super::super::{
    IncomingId, Lifecycle, MigrationVersion, PausedReason, Prepare, Prepared, Result, ShutoffReason,
    StartedDetail, StoppedDetail, Uuid, errors,
};
use super::cookie::{Cookie, Ticket};
use super::guest::{Activity, Live, LiveState, Run};
use super::memory::Memory;
use super::receive::{self, Reception};
use super::table::Table;
use super::uri::MigrationUri;
use super::xml::Definition;
use super::{Inner, MIGRATE_FLAGS};

/// The most guests that may be on their way here at once.
const INCOMING_MAX: usize = 64;

/// A guest that is expected.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) version: MigrationVersion,
    /// Where its source was told to connect.
    pub(super) uri: MigrationUri,
    pub(super) ticket: Ticket,
    /// The guest; in version 1 not before the stream has brought its configuration.
    pub(super) guest: Option<Uuid>,
    /// How much of it is here. Closed when it is gone.
    pub(super) arrival: watch::Sender<Arrival>,
    /// The connection that prepared it is gone.
    abandoned: bool,
    /// The task that receives it, ended with it.
    _task: TaskGuard,
}

impl Incoming {
    /// Its connection is gone, and it is all that there is of the guest.
    fn is_kept(&self) -> bool {
        self.abandoned && *self.arrival.borrow() == Arrival::Confirmed
    }
}

/// How much of a guest is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// Not all.
    Coming,
    /// All, and its source has been told so.
    Received,
    /// All, and its source has dropped it.
    Confirmed,
    /// All, and what its source did is not known here.
    Unconfirmed,
}

/// Ends a task when dropped.
#[derive(Debug)]
struct TaskGuard(AbortHandle);

impl Drop for TaskGuard {
    fn drop(&mut self) {
        self.0.abort();
    }
}

pub(super) async fn prepare(inner: &Arc<Inner>, request: Prepare) -> Result<Prepared> {
    let Prepare { version, cookie, uri_in, flags, dname, dom_xml } = request;
    let function = match version {
        MigrationVersion::V1 => "domain_migrate_prepare",
        MigrationVersion::V2 => "domain_migrate_prepare2",
        MigrationVersion::V3 => "domain_migrate_prepare3",
    };
    check_flags(flags, MIGRATE_FLAGS, function)?;
    if inner.faults().refuse_prepare {
        return Err(errors::failed("this host was told to refuse guests"));
    }
    let definition = dom_xml.map(|xml| Definition::parse(&xml, dname.as_deref())).transpose()?.map(Arc::new);
    if let Some(definition) = &definition {
        if version == MigrationVersion::V3 {
            Cookie::read(&cookie, inner.host.uuid, definition.uuid)?;
        }
        inner.table().check_startable(definition)?;
    }
    let wished = uri_in.as_deref().map(MigrationUri::parse).transpose()?;
    let listener = listen(inner, wished.as_ref().and_then(|uri| uri.port)).await?;
    let port =
        listener.local_addr().map_err(|error| system("cannot tell the migration port", &error))?.port();
    let uri = match &wished {
        None => MigrationUri::new(inner.migration_host(), port),
        Some(wished) => wished.at(port),
    };
    let uri_out = wished.is_none_or(|wished| wished.port.is_none()).then(|| uri.to_string());

    // From here to the end nothing waits: either all of it is there or nothing.
    let ticket = Uuid::random().0;
    let cookie = match &definition {
        Some(definition) if version == MigrationVersion::V3 => {
            Cookie { host: inner.host.uuid, guest: definition.uuid, ticket }.to_bytes()
        }
        _ => ticket.to_vec(),
    };
    let mut table = inner.table();
    if table.incoming.values().filter(|incoming| !incoming.is_kept()).count() >= INCOMING_MAX {
        return Err(errors::failed(format!("{INCOMING_MAX} guests are on their way here already")));
    }
    let id = table.new_incoming();
    let guest = definition.map(|definition| table.admit(id, definition)).transpose()?;
    let reception = Reception { inner: inner.clone(), id, version, ticket, dname };
    let task = TaskGuard(tokio::spawn(receive::run(reception, listener)).abort_handle());
    let arrival = watch::Sender::new(Arrival::Coming);
    debug!(%uri, ?version, incoming = id.0, "prepared for a guest");
    let incoming = Incoming { version, uri, ticket, guest, arrival, abandoned: false, _task: task };
    table.incoming.insert(id, incoming);
    Ok(Prepared { cookie, uri_out, incoming: id })
}

pub(super) fn check_flags(flags: MigrateFlags, known: u64, function: &str) -> Result<()> {
    if flags.has(MigrateFlags::TUNNELLED) {
        let detail = "Tunnelled migration requested but invalid RPC method called";
        return Err(RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::QEMU, detail));
    }
    if flags.has(MigrateFlags::PEER2PEER) {
        return Err(errors::unsupported_argument("this host does not migrate peer to peer"));
    }
    errors::check_flags(flags.0, known, function)
}

/// Listens at the port that the client wishes, or at the first free one of the host's own.
async fn listen(inner: &Inner, wished: Option<u16>) -> Result<TcpListener> {
    let address = inner.config.migration_listen;
    let ports = wished.map_or(inner.config.migration_ports.clone(), |port| port..=port);
    let mut last = None;
    for port in ports.clone() {
        match TcpListener::bind((address, port)).await {
            Ok(listener) => return Ok(listener),
            Err(error) => last = Some(error),
        }
    }
    let (first, end) = (ports.start(), ports.end());
    Err(match last {
        Some(error) => system(format!("no free migration port at {address} from {first} to {end}"), &error),
        None => errors::failed(format!("no migration ports: {first} to {end}")),
    })
}

fn system(detail: impl std::fmt::Display, error: &std::io::Error) -> RemoteError {
    RemoteError::system(ErrorDomain::RPC, detail, error)
}

impl Table {
    /// A guest is coming: it is there, paused, without memory.
    fn admit(&mut self, id: IncomingId, definition: Arc<Definition>) -> Result<Uuid> {
        self.check_startable(&definition)?;
        // What became of an earlier one of this name is no word about this one.
        self.take_failed(&definition.name);
        let uuid = self.guest_for(&definition)?.uuid;
        let paused = LiveState::Paused(PausedReason::Migration);
        let mut live = Live::new(self.new_id(), definition, Memory::received(Vec::new()), paused);
        live.activity = Activity::Arriving(id);
        self.guest_mut(uuid)?.run = Run::On(Box::new(live));
        self.tell(uuid, Lifecycle::Started(StartedDetail::Migrated));
        Ok(uuid)
    }

    /// Version 1: the stream has brought the configuration.
    pub(super) fn admit_from_stream(&mut self, id: IncomingId, definition: Arc<Definition>) -> Result<()> {
        if !self.incoming.contains_key(&id) {
            return Err(nobody_waits());
        }
        let uuid = self.admit(id, definition)?;
        if let Some(incoming) = self.incoming.get_mut(&id) {
            incoming.guest = Some(uuid);
        }
        Ok(())
    }

    /// All of it is here. From now on this may be the only copy.
    pub(super) fn received(&mut self, id: IncomingId, memory: Memory) -> Result<()> {
        let uuid = self.incoming.get(&id).and_then(|incoming| incoming.guest).ok_or_else(nobody_waits)?;
        self.guest_mut(uuid)?.live_mut()?.memory = Arc::new(memory);
        self.set_arrival(id, Arrival::Received);
        Ok(())
    }

    pub(super) fn set_arrival(&mut self, id: IncomingId, arrival: Arrival) {
        let Some(incoming) = self.incoming.get(&id) else { return };
        incoming.arrival.send_replace(arrival);
        if incoming.abandoned {
            self.abandon(id);
        }
    }

    /// How much of it is here, or `None` where it is no longer expected.
    #[cfg(test)]
    pub(super) fn arrival(&self, id: IncomingId) -> Option<Arrival> {
        self.incoming.get(&id).map(|incoming| *incoming.arrival.borrow())
    }

    /// Nobody will finish it, as far as its connection goes. It ends, unless its source may have or has dropped it.
    pub(super) fn abandon(&mut self, id: IncomingId) {
        let Some(incoming) = self.incoming.get_mut(&id) else { return };
        incoming.abandoned = true;
        let arrival = *incoming.arrival.borrow();
        match arrival {
            Arrival::Coming | Arrival::Unconfirmed => self.end_incoming(id, StoppedDetail::Destroyed),
            Arrival::Received if incoming.version == MigrationVersion::V3 => {
                self.end_incoming(id, StoppedDetail::Destroyed);
            }
            Arrival::Received => debug!(incoming = id.0, "abandoned; its source's word is awaited"),
            Arrival::Confirmed => debug!(incoming = id.0, "abandoned, and kept: its source has dropped it"),
        }
    }

    /// A kept guest becomes one like any other, for somebody who resumes it.
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
        let Some(incoming) = self.incoming.remove(&id) else { return };
        let reason = match detail {
            StoppedDetail::Destroyed => ShutoffReason::Destroyed,
            _ => ShutoffReason::Failed,
        };
        debug!(incoming = id.0, ?reason, "an incoming guest ends");
        if let Some(uuid) = incoming.guest {
            // It is there and active for as long as its entry is.
            let _ = self.turn_off(uuid, reason, detail);
        }
    }

    /// The deadline has passed, or its stream broke. One that is all here stays: its source may have dropped it.
    pub(super) fn give_up_unless_received(&mut self, id: IncomingId, why: String) {
        let Some(incoming) = self.incoming.get(&id) else { return };
        if *incoming.arrival.borrow() != Arrival::Coming {
            return;
        }
        let name = incoming.guest.and_then(|uuid| self.guest(uuid).ok()).map(|guest| guest.name.clone());
        if let (MigrationVersion::V3, Some(name)) = (incoming.version, name) {
            self.remember_failed(name, why);
        }
        self.end_incoming(id, StoppedDetail::Failed);
    }
}

fn nobody_waits() -> RemoteError {
    errors::failed("nobody waits for it any more")
}
