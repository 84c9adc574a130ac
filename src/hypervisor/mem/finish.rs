//! Guests that came: Finish, and its cancellation.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::timeout;
use tracing::debug;
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::migrate::MigrateFlags;

use super::super::{
    DomainInfo, Finish, Finished, IncomingId, Lifecycle, Lookup, MigrationVersion, PausedReason, Result,
    ResumedDetail, RunningReason, StoppedDetail, SuspendedDetail, WhichXml, errors,
};
use super::cookie::{Cookie, Ticket};
use super::guest::{Activity, LiveState};
use super::incoming::{Arrival, Incoming, check_flags};
use super::lasting;
use super::table::Table;
use super::turn::Turn;
use super::uri::MigrationUri;
use super::{Inner, MIGRATE_FLAGS, offline};

pub(super) async fn finish(inner: &Arc<Inner>, request: Finish) -> Result<Finished> {
    let version = request.version;
    let function = match version {
        MigrationVersion::V1 => "domain_migrate_finish",
        MigrationVersion::V2 => "domain_migrate_finish2",
        MigrationVersion::V3 => "domain_migrate_finish3",
    };
    if is_offline(&request) {
        check_flags(request.flags.without(MigrateFlags::OFFLINE), MIGRATE_FLAGS, function)?;
        return offline::finish(inner, &request).await;
    }
    check_flags(request.flags, MIGRATE_FLAGS, function)?;
    let (request, (id, arrival)) = about_arriving(inner, request, |turn, request| {
        let failed = turn.did_not_arrive(request);
        failed.map_or_else(|| turn.expected(turn.inner, request), Err)
    })
    .await?;
    let finished = match arrived(inner, id, &request, arrival).await {
        Ok(()) => run(inner, id, request).await,
        Err(error) => Err(error),
    };
    match (version, finished) {
        (MigrationVersion::V3, Ok((domain, ticket))) => {
            let cookie = Cookie { host: inner.host.uuid, guest: domain.uuid, ticket }.to_bytes();
            Ok(Finished { domain, cookie })
        }
        (_, Ok((domain, _))) => Ok(Finished { domain, cookie: Vec::new() }),
        (MigrationVersion::V3, Err(error)) => {
            let end = move |turn: &mut Turn<'_>| {
                if !turn.is_torn(id) {
                    turn.end_incoming(id, StoppedDetail::Failed);
                }
                Ok(())
            };
            inner.at_incoming(id, end).await?;
            Err(error)
        }
        (_, Err(error)) => Err(error),
    }
}

/// Finds out something about the guest that a request means. One may be about to end: then that is waited for.
async fn about_arriving<T: Send + 'static>(
    inner: &Arc<Inner>,
    request: Finish,
    find: impl FnOnce(&mut Turn<'_>, &Finish) -> Result<T> + Send + 'static,
) -> Result<(Finish, T)> {
    let uuid = inner.table().find(Lookup::Name(&request.dname)).map(|guest| guest.uuid);
    let found = move |turn: &mut Turn<'_>| {
        let found = find(turn, &request)?;
        Ok((request, found))
    };
    inner.at_guest(uuid, found).await
}

fn is_offline(request: &Finish) -> bool {
    request.version == MigrationVersion::V3 && request.flags.has(MigrateFlags::OFFLINE)
}

/// Runs what arrived. In version 3 its source has it still, so that one which cannot be kept as was asked is not run.
pub(super) async fn run(inner: &Arc<Inner>, id: IncomingId, request: Finish) -> Result<(DomainInfo, Ticket)> {
    let uuid = inner.table().incoming.get(&id).and_then(|incoming| incoming.guest);
    let definition = uuid.and_then(|uuid| inner.table().definition(uuid, WhichXml::Current).ok());
    match definition {
        Some(definition) if request.flags.has(MigrateFlags::PERSIST_DEST) => {
            let must_run = request.version != MigrationVersion::V3;
            let uuid = definition.uuid;
            let run = move |inner: &Inner| inner.turn(uuid).run_arrived(id, &request);
            lasting::arriving(inner, definition, must_run, run).await
        }
        _ => inner.at_guest(uuid, move |turn| turn.run_arrived(id, &request)).await,
    }
}

/// Waits until the guest is all here, and, unless its source keeps it, until the source has dropped it.
async fn arrived(
    inner: &Arc<Inner>,
    id: IncomingId,
    request: &Finish,
    mut arrival: watch::Receiver<Arrival>,
) -> Result<()> {
    let keeps = request.version == MigrationVersion::V3;
    let name = &request.dname;
    let early = *arrival.borrow() != Arrival::Unconfirmed;
    let settled = |arrival: &Arrival| match arrival {
        Arrival::Coming => false,
        Arrival::Torn | Arrival::Switched => true,
        Arrival::Received => keeps,
        Arrival::Confirmed | Arrival::Unconfirmed => true,
    };
    // The outcome is copied out: a watch must not stay borrowed while the table is locked.
    let outcome = timeout(inner.config.finish_deadline, arrival.wait_for(settled)).await;
    match outcome.map(|settled| settled.map(|arrival| *arrival)) {
        Ok(Ok(Arrival::Unconfirmed)) if early && !keeps => Err(errors::failed(format!(
            "domain '{name}' is here, but its stream ended before its source said that it has left"
        ))),
        Ok(Ok(Arrival::Switched)) => rest_came(inner, id, name, arrival).await,
        // Its link broke before anybody let it go on, which it does as far as its memory goes.
        Ok(Ok(Arrival::Torn)) => {
            inner.at_incoming(id, move |turn| turn.run_torn(id)).await?;
            Err(broken(name))
        }
        Ok(Ok(_)) => Ok(()),
        Ok(Err(_)) => Err(errors::failed(format!("domain '{name}' is gone: it did not arrive whole"))),
        Err(_) => Err(RemoteError::new(
            ErrorCode::OPERATION_TIMEOUT,
            ErrorDomain::QEMU,
            format!("domain '{name}' has not arrived within {:?}", inner.config.finish_deadline),
        )),
    }
}

/// It goes on at once, and is all here when the rest has come. That takes as long as it is large.
async fn rest_came(
    inner: &Arc<Inner>,
    id: IncomingId,
    name: &str,
    mut arrival: watch::Receiver<Arrival>,
) -> Result<()> {
    inner.at_incoming(id, move |turn| turn.run_early(id)).await?;
    match arrival.wait_for(|arrival| *arrival != Arrival::Switched).await.map(|arrival| *arrival) {
        Ok(Arrival::Torn) => Err(broken(name)),
        Ok(_) => Ok(()),
        Err(_) => Err(errors::failed(format!("domain '{name}' is gone: it was ended in post-copy"))),
    }
}

fn broken(name: &str) -> RemoteError {
    errors::failed(format!("the migration of domain '{name}' failed in post-copy phase"))
}

/// Finish, cancelled: the source keeps the guest, unless it has let it go already.
pub(super) async fn cancel(inner: &Arc<Inner>, request: Finish) -> Result<()> {
    if is_offline(&request) {
        return offline::cancel(inner, &request);
    }
    let (request, cancelled) = about_arriving(inner, request, |turn, request| {
        if turn.did_not_arrive(request).is_some() {
            return Ok(None);
        }
        let (id, arrival) = turn.cancelled(turn.inner, request)?;
        if turn.is_torn(id) && turn.runs(id) {
            let name = &request.dname;
            return Err(errors::invalid(format!("domain '{name}' is in post-copy: nothing is cancelled")));
        }
        Ok(Some((id, arrival)))
    })
    .await?;
    // It has ended by itself, which is what was asked for.
    let Some((id, mut arrival)) = cancelled else { return Ok(()) };
    if request.version != MigrationVersion::V3 {
        // Its source may drop it at this moment: its last word, or its silence, comes within the peer's deadline.
        let _ = arrival.wait_for(|arrival| *arrival != Arrival::Received).await.map(|_| ());
    }
    inner.at_incoming(id, move |turn| turn.cancel(id, &request)).await
}

impl Incoming {
    /// Whether a request is about this one. One without a cookie is about whatever comes by its name.
    fn is_meant(&self, inner: &Inner, request: &Finish) -> Result<bool> {
        if request.cookie.is_empty() {
            return Ok(true);
        }
        match (self.version, self.guest) {
            // It has no cookie, whatever comes in its place.
            (MigrationVersion::V2, _) if self.uri.is_none() => Ok(true),
            (MigrationVersion::V3, Some(guest)) => {
                let cookie = Cookie::read(&request.cookie, inner.host.uuid, guest)?;
                Ok(cookie.is_none_or(|cookie| cookie.ticket == self.ticket))
            }
            _ => Ok(request.cookie == self.ticket),
        }
    }
}

impl Table {
    /// What has become of a guest of version 3 that is no longer expected, if that has not been told yet.
    fn did_not_arrive(&mut self, request: &Finish) -> Option<RemoteError> {
        let name = &request.dname;
        if request.version != MigrationVersion::V3
            || self.find(Lookup::Name(name)).is_some_and(|guest| guest.is_active())
        {
            return None;
        }
        let why = self.failures.take(name)?;
        Some(errors::failed(format!("domain '{name}' did not arrive: {why}")))
    }

    /// The incoming guest that Finish means: in version 1 by its URI, later by its name.
    fn expected(&self, inner: &Inner, request: &Finish) -> Result<(IncomingId, watch::Receiver<Arrival>)> {
        let (id, incoming) = match request.version {
            MigrationVersion::V1 => self.arriving_at(&request.uri, &request.dname)?,
            version => self.arriving_as(version, &request.dname)?,
        };
        if !incoming.is_meant(inner, request)? {
            return Err(errors::invalid_argument("the cookie is not that of the migration"));
        }
        Ok((id, incoming.arrival.subscribe()))
    }

    fn arriving_at(&self, uri: &str, name: &str) -> Result<(IncomingId, &Incoming)> {
        let uri = MigrationUri::parse(uri)?;
        let named = self.find(Lookup::Name(name));
        let uuid = named.map(|guest| guest.uuid);
        // A port serves one after the other: one that arrived earlier may still be there.
        let found = self
            .incoming
            .iter()
            .filter(|(_, incoming)| {
                incoming.version == MigrationVersion::V1
                    && incoming.uri.as_ref().is_some_and(|there| there.same_place(&uri))
            })
            .max_by_key(|(id, incoming)| (uuid.is_some() && incoming.guest == uuid, **id));
        match (found, named) {
            (Some((id, incoming)), _) => Ok((*id, incoming)),
            (None, Some(_)) => Err(not_incoming(name)),
            (None, None) => Err(errors::no_domain(Lookup::Name(name))),
        }
    }

    fn arriving_as(&self, version: MigrationVersion, name: &str) -> Result<(IncomingId, &Incoming)> {
        let guest = self.find(Lookup::Name(name)).ok_or_else(|| errors::no_domain(Lookup::Name(name)))?;
        let Ok(Activity::Arriving(id)) = guest.live().map(|live| &live.activity) else {
            return Err(not_incoming(name));
        };
        let incoming = self.incoming.get(id).filter(|incoming| incoming.version == version);
        incoming.map(|incoming| (*id, incoming)).ok_or_else(|| not_incoming(name))
    }

    /// The incoming guest that a cancelled Finish means. One of another cookie is not this migration's.
    fn cancelled(&self, inner: &Inner, request: &Finish) -> Result<(IncomingId, watch::Receiver<Arrival>)> {
        let name = &request.dname;
        let (id, incoming) = self.arriving_as(request.version, name)?;
        if !incoming.is_meant(inner, request)? {
            let detail = format!("no incoming migration of domain '{name}' has this cookie");
            return Err(RemoteError::new(ErrorCode::NO_DOMAIN, ErrorDomain::QEMU, detail));
        }
        Ok((id, incoming.arrival.subscribe()))
    }
}

impl Turn<'_> {
    /// What arrived becomes a guest like any other.
    fn run_arrived(&mut self, id: IncomingId, request: &Finish) -> Result<(DomainInfo, Ticket)> {
        let meant = self.incoming.get(&id).and_then(|incoming| Some((incoming.guest?, incoming.ticket)));
        let (uuid, ticket) = meant.ok_or_else(|| not_incoming(&request.dname))?;
        let guest = self.guest_mut(uuid)?;
        if guest.name != request.dname {
            let (came, wanted) = (&guest.name, &request.dname);
            return Err(errors::invalid(format!(
                "the guest that came to {} is '{came}', not '{wanted}'",
                request.uri
            )));
        }
        let definition = guest.live()?.definition.clone();
        let (state, told) = if request.flags.has(MigrateFlags::PAUSED) {
            (LiveState::Paused(PausedReason::User), Lifecycle::Suspended(SuspendedDetail::Paused))
        } else {
            (LiveState::Running(RunningReason::Migrated), Lifecycle::Resumed(ResumedDetail::Migrated))
        };
        self.stand(uuid, state, Some(Activity::Idle))?;
        self.incoming.remove(&id);
        if request.flags.has(MigrateFlags::PERSIST_DEST) {
            self.persist(uuid, definition)?;
        }
        self.tell(uuid, told);
        debug!(domain = request.dname, incoming = id.0, "the guest is here");
        Ok((self.guest(uuid)?.info(), ticket))
    }

    fn cancel(&mut self, id: IncomingId, request: &Finish) -> Result<()> {
        let name = &request.dname;
        if self.did_not_arrive(request).is_some() {
            return Ok(());
        }
        match self.cancelled(self.inner, request)? {
            (now, _) if now != id => Err(not_incoming(name)),
            (_, arrival) if *arrival.borrow() == Arrival::Confirmed => {
                Err(errors::invalid(format!("domain '{name}' has left its source, and is nowhere but here")))
            }
            _ => {
                self.end_incoming(id, StoppedDetail::Failed);
                Ok(())
            }
        }
    }
}

fn not_incoming(name: &str) -> RemoteError {
    errors::invalid(format!("domain '{name}' is not processing incoming migration"))
}
