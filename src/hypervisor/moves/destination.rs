//! The destination's first step, Prepare, and what happens if its client goes.

use std::sync::Arc;

use tokio::sync::watch;

use super::super::{
    DomainInfo, DomainState, Hypervisor, IncomingId, Migrating, MigrationVersion, PausedReason, Prepare,
    Prepared, Result, ShutoffReason, Uuid, errors,
};
use super::cookie::Cookie;
use super::door::{Place, host_of};
use super::finish::nobody_waits;
use super::incoming::{Arrival, Arrived, Coming, Fate, Task};
use super::reception::{Origin, Reception};
use super::uri::MigrationUri;
use super::{Moves, flags, found, is_over, tried, verbs};
use crate::server::Stream;

impl Moves {
    /// Makes ready to receive a guest, by a stream that is there already or at a port. The work is a task of its own: all of it is done or
    /// nothing.
    pub(crate) async fn prepare<H: Hypervisor>(
        self: &Arc<Self>,
        host: &Arc<H>,
        request: Prepare,
        stream: Option<Stream>,
    ) -> Result<Prepared> {
        let function = match request.version {
            _ if stream.is_some() => "domain_migrate_prepare_tunnel",
            MigrationVersion::V1 => "domain_migrate_prepare",
            MigrationVersion::V2 => "domain_migrate_prepare2",
            MigrationVersion::V3 => "domain_migrate_prepare3",
        };
        flags::check(request.flags, flags::DESTINATION, function)?;
        let (moves, host) = (self.clone(), host.clone());
        let prepared = tokio::spawn(async move { moves.prepared(host, request, stream).await });
        prepared.await.unwrap_or_else(|error| Err(errors::failed(format!("Prepare's task ended: {error}"))))
    }

    async fn prepared<H: Hypervisor>(
        self: Arc<Self>,
        host: Arc<H>,
        request: Prepare,
        stream: Option<Stream>,
    ) -> Result<Prepared> {
        let Prepare { version, cookie, uri_in, dname, dom_xml, .. } = request;
        if version == MigrationVersion::V3 {
            Cookie::of(&cookie, self.here)?;
        }
        let wished = uri_in.as_deref().map(MigrationUri::parse).transpose()?;
        if version != MigrationVersion::V1 && dom_xml.is_none() {
            return Err(errors::failed("a guest without a configuration"));
        }
        let (from, uri, uri_out) = match stream {
            Some(stream) => (Origin::Tunnel(stream), None, None),
            None => {
                let place = Place { listen: self.settings.listen, ports: &self.settings.ports };
                let told = || host_of(self.settings.host.as_deref(), self.settings.listen, &self.hostname);
                let (listener, uri, uri_out) = place.open(wished, told).await?;
                (Origin::Port(listener), Some(uri), uri_out)
            }
        };
        let tunnelled = uri.is_none();
        let ticket = Uuid::random().0;
        let coming = Coming {
            version,
            uri,
            ticket,
            guest: None,
            arrival: watch::Sender::new(Arrival::Coming),
            abandoned: false,
            fate: Fate::Open,
            task: Task(None),
        };
        let id = self.expect_one(coming)?;
        let cookie = match dom_xml {
            None => ticket.to_vec(),
            Some(xml) => match self.admitted(&*host, id, xml, dname.clone(), &cookie).await {
                Ok(guest) if version == MigrationVersion::V3 => self.cookie(guest, ticket),
                // Version 2 has none of a tunnel.
                Ok(_) if tunnelled => Vec::new(),
                Ok(_) => ticket.to_vec(),
                Err(error) => {
                    self.forget_unless_there(id);
                    return Err(error);
                }
            },
        };
        let reception = Reception { moves: self.clone(), host, id, version, ticket, dname };
        let mut table = self.table();
        if let Some(coming) = table.coming.all.get_mut(&id) {
            coming.task = Task(Some(tokio::spawn(reception.run(from))));
        }
        Ok(Prepared { cookie, uri_out, incoming: id })
    }

    fn expect_one(&self, coming: Coming) -> Result<IncomingId> {
        let mut table = self.table();
        table.coming.check_room()?;
        let id = IncomingId(table.new_id());
        table.coming.all.insert(id, coming);
        Ok(id)
    }

    /// The guest is there from now on, and its migration's. One of another cookie's is not, nor is one at which the hypervisor fails: then
    /// nothing is left of it, or it is guarded until somebody destroys it.
    pub(super) async fn admitted<H: Hypervisor>(
        &self,
        host: &H,
        id: IncomingId,
        xml: String,
        dname: Option<String>,
        cookie: &[u8],
    ) -> Result<Uuid> {
        let expected = async { verbs(host)?.expect(xml, dname).await };
        let info = tried("expecting a guest", expected).await?;
        let admitted = match self.admit(id, &info, cookie) {
            // Before its migration had it, somebody may have laid hands on it.
            Ok(()) => tried("telling of a guest", self.is_untouched(host, &info)).await,
            Err(error) => Err(error),
        };
        if admitted.is_err()
            && let Ok(guest) = Arrived::of(&info)
        {
            let gone = self.is_ended(host, &guest, ShutoffReason::Failed).await;
            if let Some(coming) = self.table().coming.all.get_mut(&id) {
                match gone {
                    true => coming.guest = None,
                    false => (coming.guest, coming.fate) = (Some(guest), Fate::Ends),
                }
            }
        }
        admitted.map(|()| info.uuid)
    }

    /// What was expected here is not, and what is there all the same is guarded.
    fn forget_unless_there(&self, id: IncomingId) {
        self.table().coming.all.retain(|one, coming| *one != id || coming.guest.is_some());
    }

    fn admit(&self, id: IncomingId, info: &DomainInfo, cookie: &[u8]) -> Result<()> {
        let mut table = self.table();
        if table.coming.all.get(&id).ok_or_else(nobody_waits)?.version == MigrationVersion::V3 {
            Cookie::read(cookie, self.here, info.uuid)?;
        }
        // What became of an earlier one of this name is no word about this one.
        table.coming.failures.take(&info.name);
        // So is what an earlier run of the guest was in.
        table.going.ended(info.uuid);
        table.coming.ended(info.uuid);
        table.coming.all.get_mut(&id).ok_or_else(nobody_waits)?.guest = Some(Arrived::of(info)?);
        Ok(())
    }

    async fn is_untouched<H: Hypervisor>(&self, host: &H, expected: &DomainInfo) -> Result<()> {
        let mut changed = self.changed.subscribe();
        while self.table().changing.contains_key(&expected.uuid) {
            // The sender is ours.
            let _ = changed.changed().await;
        }
        let info = found(host, expected.uuid).await?;
        match info.state {
            DomainState::Paused(PausedReason::Migration) if info.id == expected.id => Ok(()),
            _ => Err(errors::invalid(format!("domain '{}' was changed before it arrived", info.name))),
        }
    }

    /// Nobody will finish it, as far as its connection goes. It ends, unless its source may have dropped it.
    pub(crate) fn abandon<H: Hypervisor>(self: &Arc<Self>, host: &Arc<H>, id: IncomingId) {
        let mut table = self.table();
        let Some(coming) = table.coming.all.get_mut(&id) else { return };
        coming.abandoned = true;
        if !coming.ends_abandoned() {
            tracing::debug!(incoming = id.0, "abandoned, and kept: it may be the only copy");
            return;
        }
        coming.fate = Fate::Ends;
        let (moves, host) = (self.clone(), host.clone());
        tokio::spawn(async move { moves.end(&*host, id, ShutoffReason::Destroyed).await });
    }

    /// Whether a guest is still to be finished, cancelled or abandoned.
    pub(crate) fn expects(&self, id: IncomingId) -> bool {
        self.table().coming.all.contains_key(&id)
    }

    /// A guest that came goes again, whatever has come of it: whoever calls has decided so. Returns whether it is gone.
    pub(super) async fn end<H: Hypervisor>(&self, host: &H, id: IncomingId, reason: ShutoffReason) -> bool {
        let task = self.table().coming.all.get_mut(&id).map(|coming| Task(coming.task.0.take()));
        if let Some(task) = task {
            // Nothing is written into a guest that ends.
            task.end().await;
        }
        self.end_here(host, id, reason).await
    }

    /// The same by the task that receives it.
    pub(super) async fn end_here<H: Hypervisor>(
        &self,
        host: &H,
        id: IncomingId,
        reason: ShutoffReason,
    ) -> bool {
        tracing::debug!(incoming = id.0, ?reason, "an incoming guest ends");
        let guest = self.table().coming.all.get(&id).and_then(|coming| coming.guest.clone());
        if let Some(guest) = guest
            && !self.is_ended(host, &guest, reason).await
        {
            // It is guarded until somebody destroys it: what came of it must not run.
            return false;
        }
        self.table().coming.all.remove(&id);
        true
    }

    /// Ends a guest that came, and says whether it is off. One of which nothing can be told now may not be.
    async fn is_ended<H: Hypervisor>(&self, host: &H, guest: &Arrived, reason: ShutoffReason) -> bool {
        let &Arrived { uuid, run, .. } = guest;
        let ended = async {
            match is_over(host, uuid, run).await? {
                // By now another run may have its UUID.
                true => Ok(()),
                false => verbs(host)?.turn(uuid, DomainState::Shutoff(reason)).await,
            }
        };
        let mut ended = tried("ending a guest that came", ended).await;
        if ended.is_err() && tried("looking at a guest", is_over(host, uuid, run)).await == Ok(true) {
            ended = Ok(());
        }
        ended
            .inspect_err(|error| tracing::warn!(domain = %uuid, %error, "a guest that came cannot be ended"))
            .is_ok()
    }
}
