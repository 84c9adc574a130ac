//! The destination's last step: Finish, which lets a guest run, and its cancellation, which ends it.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::timeout;
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::migrate::MigrateFlags;

use super::super::{
    DomainInfo, DomainState, Finish, Finished, Hypervisor, IncomingId, Lookup, Migrating, MigrationVersion,
    PausedReason, Result, RunningReason, ShutoffReason, Uuid, WhichXml, errors,
};
use super::cookie::Ticket;
use super::incoming::{Arrival, Arrived, Coming, Comings, Fate, not_incoming};
use super::uri::MigrationUri;
use super::{Moves, flags, same_run, tried, verbs};
use crate::panics;

impl Moves {
    /// Lets the guest that came run, once all of it is here. In version 3 a failure ends it, for its source has it.
    pub(crate) async fn finish<H: Hypervisor>(
        self: &Arc<Self>,
        host: &Arc<H>,
        request: Finish,
    ) -> Result<Finished> {
        let function = match request.version {
            MigrationVersion::V1 => "domain_migrate_finish",
            MigrationVersion::V2 => "domain_migrate_finish2",
            MigrationVersion::V3 => "domain_migrate_finish3",
        };
        flags::check(request.flags, flags::DESTINATION, function)?;
        if let Some(error) = self.did_not_arrive(&**host, &request).await? {
            return Err(error);
        }
        let (id, arrival) = self
            .expected(&**host, &request)
            .await?
            .ok_or_else(|| errors::invalid_argument("the cookie is not that of the migration"))?;
        let (moves, host) = (self.clone(), host.clone());
        let finished = tokio::spawn(async move { moves.finished(&*host, id, &request, arrival).await });
        finished.await.unwrap_or_else(|error| Err(errors::failed(format!("Finish's task ended: {error}"))))
    }

    async fn finished<H: Hypervisor>(
        &self,
        host: &H,
        id: IncomingId,
        request: &Finish,
        arrival: watch::Receiver<Arrival>,
    ) -> Result<Finished> {
        let keeps = request.version == MigrationVersion::V3;
        let arrived = self.arrived(request, arrival).await;
        let (guest, ticket) = match arrived.and_then(|()| self.decide(id, request)) {
            Ok(decided) => decided,
            Err(error) => {
                if keeps && self.decides_against(id) {
                    self.end(host, id, ShutoffReason::Failed).await;
                }
                return Err(error);
            }
        };
        let runs = panics::answered("letting a guest run", self.let_run(host, &guest, request)).await;
        let runs = match runs {
            Some(runs) => runs,
            None => is_let_run(host, &guest).await,
        };
        match runs {
            Ok(domain) => {
                let coming = self.table().coming.all.remove(&id);
                // Its source may be waiting for the receipt yet: let it be sent.
                drop(coming.and_then(|mut coming| coming.task.0.take()));
                let cookie = if keeps { self.cookie(guest.uuid, ticket) } else { Vec::new() };
                Ok(Finished { domain, cookie })
            }
            Err(error) if keeps => {
                self.end(host, id, ShutoffReason::Failed).await;
                Err(error)
            }
            Err(error) => {
                // It may be the only copy: it stays for another Finish.
                if let Some(coming) = self.table().coming.all.get_mut(&id) {
                    coming.fate = Fate::Open;
                }
                Err(error)
            }
        }
    }

    /// Waits until the guest is all here, and, unless its source keeps it, until the source has dropped it.
    async fn arrived(&self, request: &Finish, mut arrival: watch::Receiver<Arrival>) -> Result<()> {
        let keeps = request.version == MigrationVersion::V3;
        let name = &request.dname;
        let early = *arrival.borrow() != Arrival::Unconfirmed;
        let settled = |arrival: &Arrival| match arrival {
            Arrival::Coming => false,
            Arrival::Received => keeps,
            Arrival::Confirmed | Arrival::Unconfirmed => true,
        };
        let deadline = self.settings.finish_deadline;
        match timeout(deadline, arrival.wait_for(settled))
            .await
            .map(|settled| settled.map(|arrival| *arrival))
        {
            // A client that says so afterwards knows more than this host; one that was early knew less.
            Ok(Ok(Arrival::Unconfirmed)) if early && !keeps => Err(errors::failed(format!(
                "domain '{name}' is here, but its stream ended before its source said that it has left"
            ))),
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => Err(errors::failed(format!("domain '{name}' is gone: it did not arrive whole"))),
            Err(_) => Err(RemoteError::new(
                ErrorCode::OPERATION_TIMEOUT,
                ErrorDomain::QEMU,
                format!("domain '{name}' has not arrived within {deadline:?}"),
            )),
        }
    }

    /// It is this Finish that lets it run, and nobody else decides about it any more.
    fn decide(&self, id: IncomingId, request: &Finish) -> Result<(Arrived, Ticket)> {
        let mut table = self.table();
        let coming = table.coming.all.get_mut(&id).filter(|coming| coming.fate == Fate::Open);
        let coming = coming.ok_or_else(|| not_incoming(&request.dname))?;
        let guest = coming.guest.clone().ok_or_else(|| not_incoming(&request.dname))?;
        if guest.name != request.dname {
            let (came, wanted, uri) = (&guest.name, &request.dname, &request.uri);
            return Err(errors::invalid(format!("the guest that came to {uri} is '{came}', not '{wanted}'")));
        }
        coming.fate = Fate::Runs;
        Ok((guest, coming.ticket))
    }

    /// Whether it is for the caller to end it.
    fn decides_against(&self, id: IncomingId) -> bool {
        let mut table = self.table();
        match table.coming.all.get_mut(&id) {
            Some(coming) if coming.fate == Fate::Open => {
                coming.fate = Fate::Ends;
                true
            }
            _ => false,
        }
    }

    /// What arrived becomes a guest like any other. In version 3 its source has it still, so that one which cannot be kept as was asked is
    /// not run.
    async fn let_run<H: Hypervisor>(
        &self,
        host: &H,
        guest: &Arrived,
        request: &Finish,
    ) -> Result<DomainInfo> {
        let info = same_run(host, guest.uuid, guest.run).await?;
        let mut defined = false;
        if request.flags.has(MigrateFlags::PERSIST_DEST) {
            let persisted = match host.xml(guest.uuid, WhichXml::Current).await {
                Ok(xml) => host.define(xml).await.map(drop),
                Err(error) => Err(error),
            };
            match persisted {
                Ok(()) => defined = !info.persistent,
                Err(error) if request.version == MigrationVersion::V3 => return Err(error),
                Err(error) => {
                    tracing::warn!(domain = %guest.uuid, %error, "a guest that came is not defined here");
                }
            }
        }
        let state = match request.flags.has(MigrateFlags::PAUSED) {
            true => DomainState::Paused(PausedReason::User),
            false => DomainState::Running(RunningReason::Migrated),
        };
        if let Err(error) = verbs(host)?.turn(guest.uuid, state).await {
            if defined && let Err(error) = host.undefine(guest.uuid).await {
                tracing::warn!(domain = %guest.uuid, %error, "the definition of a guest that did not arrive stays");
            }
            return Err(error);
        }
        // It runs from here on: nothing may be told but that.
        let now = same_run(host, guest.uuid, guest.run).await;
        Ok(now.unwrap_or(DomainInfo { state, persistent: info.persistent || defined, ..info }))
    }

    /// Finish, cancelled: the source keeps the guest, unless it has let it go already.
    pub(crate) async fn cancel<H: Hypervisor>(
        self: &Arc<Self>,
        host: &Arc<H>,
        request: Finish,
    ) -> Result<()> {
        if self.did_not_arrive(&**host, &request).await?.is_some() {
            // It has ended by itself, which is what was asked for.
            return Ok(());
        }
        let name = &request.dname;
        let (id, mut arrival) = self.expected(&**host, &request).await?.ok_or_else(|| {
            let detail = format!("no incoming migration of domain '{name}' has this cookie");
            RemoteError::new(ErrorCode::NO_DOMAIN, ErrorDomain::QEMU, detail)
        })?;
        let ended = async {
            loop {
                match self.cancels(id, request.version, name)? {
                    Cancelling::Ours => break,
                    // Its source may drop it at this moment: its last word, or its silence, comes within the peer's deadline.
                    Cancelling::TooEarly => {
                        let _ = arrival.wait_for(|arrival| *arrival != Arrival::Received).await.map(drop);
                    }
                    // The channel is closed when it is gone.
                    Cancelling::Ending => {
                        while arrival.changed().await.is_ok() {}
                        return Ok(true);
                    }
                }
            }
            let (moves, host) = (self.clone(), host.clone());
            let ended = tokio::spawn(async move { moves.end(&*host, id, ShutoffReason::Failed).await });
            ended.await.map_err(|error| errors::failed(format!("Finish's task ended: {error}")))
        };
        match timeout(self.settings.peer_deadline * 2, ended).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Err(error)) => Err(error),
            Ok(Ok(false)) | Err(_) => {
                Err(errors::failed(format!("domain '{name}' is here, and cannot be ended")))
            }
        }
    }

    /// Whether it is for the caller to end it now. Not while its source may drop it.
    ///
    /// # Errors
    /// Code 55 where it is the only copy, or somebody else decides about it.
    fn cancels(&self, id: IncomingId, version: MigrationVersion, name: &str) -> Result<Cancelling> {
        let mut table = self.table();
        let coming = table.coming.all.get_mut(&id).ok_or_else(|| not_incoming(name))?;
        let arrival = *coming.arrival.borrow();
        match (coming.fate, version, arrival) {
            (Fate::Ends, ..) => Ok(Cancelling::Ending),
            (Fate::Runs, ..) => Err(not_incoming(name)),
            (Fate::Open, MigrationVersion::V1 | MigrationVersion::V2, Arrival::Received) => {
                Ok(Cancelling::TooEarly)
            }
            (Fate::Open, _, Arrival::Confirmed) => {
                let detail = format!("domain '{name}' has left its source, and is nowhere but here");
                Err(errors::invalid(detail))
            }
            (Fate::Open, ..) => {
                coming.fate = Fate::Ends;
                Ok(Cancelling::Ours)
            }
        }
    }

    /// What has become of a guest of version 3 that is no longer expected, if that has not been told yet.
    async fn did_not_arrive<H: Hypervisor>(&self, host: &H, request: &Finish) -> Result<Option<RemoteError>> {
        let name = &request.dname;
        if request.version != MigrationVersion::V3
            || host.domain(Lookup::Name(name)).await?.is_some_and(|info| info.id.is_some())
        {
            return Ok(None);
        }
        let why = self.table().coming.failures.take(name);
        Ok(why.map(|why| errors::failed(format!("domain '{name}' did not arrive: {why}"))))
    }

    /// The incoming guest that Finish means: in version 1 by its URI, later by its name. `None` where its cookie is another's.
    async fn expected<H: Hypervisor>(
        &self,
        host: &H,
        request: &Finish,
    ) -> Result<Option<(IncomingId, watch::Receiver<Arrival>)>> {
        let name = &request.dname;
        let named = host.domain(Lookup::Name(name)).await?;
        if let Some(info) = &named {
            self.forget_past(host, info.uuid).await?;
        }
        let uri = match request.version {
            MigrationVersion::V1 => Some(MigrationUri::parse(&request.uri)?),
            MigrationVersion::V2 | MigrationVersion::V3 => None,
        };
        let table = self.table();
        let guest = named.as_ref().map(|info| info.uuid);
        let found = match (&uri, guest) {
            (Some(uri), guest) => table.coming.at(uri, guest),
            (None, Some(guest)) => table.coming.of(guest).filter(|(_, one)| one.version == request.version),
            (None, None) => None,
        };
        match (found, named) {
            (Some((id, coming)), _) if coming.is_meant(&request.cookie, self.here)? => {
                Ok(Some((id, coming.arrival.subscribe())))
            }
            (Some(_), _) => Ok(None),
            (None, Some(_)) => Err(not_incoming(name)),
            (None, None) => Err(errors::no_domain(Lookup::Name(name))),
        }
    }

    /// What a reception is for.
    pub(super) fn guest_of(&self, id: IncomingId) -> Result<Uuid> {
        let table = self.table();
        let guest = table.coming.all.get(&id).and_then(|coming| coming.guest.as_ref());
        guest.map(|guest| guest.uuid).ok_or_else(nobody_waits)
    }

    /// So much of it is here.
    ///
    /// # Errors
    /// Code 9 where somebody has decided about it meanwhile. Then its source must not be told that it is here.
    pub(super) fn is_here(&self, id: IncomingId, arrival: Arrival) -> Result<()> {
        let mut table = self.table();
        let coming = table.coming.all.get_mut(&id).filter(|coming| coming.fate == Fate::Open);
        let coming = coming.ok_or_else(nobody_waits)?;
        coming.arrival.send_replace(arrival);
        Ok(())
    }

    /// It will not come. Returns whether it is for the caller to end it.
    pub(super) fn did_not_come(&self, id: IncomingId, why: String) -> bool {
        let mut table = self.table();
        let Some(coming) = table.coming.all.get_mut(&id).filter(|coming| coming.fate == Fate::Open) else {
            return false;
        };
        if *coming.arrival.borrow() != Arrival::Coming {
            return false;
        }
        coming.fate = Fate::Ends;
        let name = coming.guest.as_ref().map(|guest| guest.name.clone());
        if let (MigrationVersion::V3, Some(name)) = (coming.version, name) {
            table.coming.failures.remember(name, why);
        }
        true
    }
}

/// What became of a guest that was to run, where a verb has panicked. Only its turn takes it out of the state in which it came, and no other
/// copy of one that has had it may run.
async fn is_let_run<H: Hypervisor>(host: &H, guest: &Arrived) -> Result<DomainInfo> {
    let info = tried("looking at a guest", same_run(host, guest.uuid, guest.run)).await?;
    match info.state {
        DomainState::Paused(PausedReason::Migration) => {
            Err(errors::failed("the hypervisor has panicked at letting the guest run"))
        }
        _ => Ok(info),
    }
}

/// Whether a cancellation may go on.
enum Cancelling {
    Ours,
    TooEarly,
    /// Somebody ends it already.
    Ending,
}

impl Comings {
    /// The guest of version 1 that was to come to this place. A port serves one after the other: one that arrived earlier may still be there.
    fn at(&self, uri: &MigrationUri, guest: Option<Uuid>) -> Option<(IncomingId, &Coming)> {
        let is_there = |coming: &&Coming| {
            coming.version == MigrationVersion::V1
                && coming.uri.as_ref().is_some_and(|there| there.same_place(uri))
        };
        let all = self.all.iter().map(|(id, coming)| (*id, coming));
        all.filter(|(_, coming)| is_there(coming)).max_by_key(|(id, coming)| {
            let is_named = guest.is_some() && coming.guest.as_ref().map(|arrived| arrived.uuid) == guest;
            (is_named, *id)
        })
    }
}

pub(super) fn nobody_waits() -> RemoteError {
    errors::failed("nobody waits for it any more")
}
