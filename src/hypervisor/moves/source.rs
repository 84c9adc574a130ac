//! The source's steps: Begin, Perform and Confirm, and what happens if their client goes.

use std::sync::Arc;

use tokio::time::timeout;
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::migrate::MigrateFlags;

use super::super::{
    Begin, Begun, Confirm, Hypervisor, JobKind, Migrating, OutgoingId, Perform, Performed, Result, Tunnel,
    Uuid, WhichXml, errors,
};
use super::cookie::{Cookie, Ticket, ticket};
use super::departure::{Departure, PostCopy};
use super::leaving::{Leaving, Way};
use super::outgoing::Step;
use super::uri::MigrationUri;
use super::{Moves, flags, found, verbs};

impl Moves {
    /// Version 3: what the destination is to start. With CHANGE_PROTECTION the guest is held from here on.
    pub(crate) async fn begin<H: Hypervisor>(self: &Arc<Self>, host: &H, request: Begin) -> Result<Begun> {
        let flags = request.flags;
        flags::check(flags, flags::SOURCE, "domain_migrate_begin3")?;
        let guest = request.domain;
        let claim = self.claim(host, guest, Step::Begun).await?;
        verbs(host)?.check(guest, request.xml.as_deref()).await?;
        let xml = match request.xml {
            Some(wished) => wished,
            None => host.xml(guest, WhichXml::Migratable).await?,
        };
        let cookie = self.cookie(guest, Ticket::default());
        let outgoing = flags.has(MigrateFlags::CHANGE_PROTECTION).then(|| claim.keep());
        Ok(Begun { cookie, xml, outgoing })
    }

    /// Sends a guest, by a tunnel where there is one. The work is a task of its own: a client that goes away changes nothing.
    pub(crate) async fn perform<H: Hypervisor>(
        self: &Arc<Self>,
        host: &Arc<H>,
        request: Perform,
        tunnel: Option<Tunnel>,
    ) -> Result<Performed> {
        let function = if request.keeps { "domain_migrate_perform3" } else { "domain_migrate_perform" };
        flags::check(request.flags, flags::SOURCE, function)?;
        let way = match tunnel {
            Some(tunnel) => Way::Tunnel(tunnel),
            None => Way::Address(MigrationUri::parse(&request.uri)?),
        };
        let ticket = match (&way, request.keeps) {
            (_, true) => self.ticket_of(&request)?,
            (Way::Address(_), false) => ticket(&request.cookie)?,
            // In version 2 there is no cookie through a tunnel.
            (Way::Tunnel(_), false) => Ticket::default(),
        };
        let (claim, departure) = self.take_in_hand(&**host, &request).await?;
        let cookie = self.cookie(request.domain, ticket);
        let leaving = Leaving { moves: self.clone(), host: host.clone(), claim, request, departure };
        let task = tokio::spawn(leaving.run(way, ticket));
        let ended = |error| Err(errors::failed(format!("the migration's task ended: {error}")));
        let outgoing = task.await.unwrap_or_else(ended)?;
        Ok(Performed { cookie: if outgoing.is_some() { cookie } else { Vec::new() }, outgoing })
    }

    fn ticket_of(&self, request: &Perform) -> Result<Ticket> {
        let cookie = Cookie::read(&request.cookie, self.here, request.domain)?;
        let none = || errors::invalid_argument("perform needs the migration cookie that prepare answers");
        Ok(cookie.ok_or_else(none)?.ticket)
    }

    /// From now on only its migration ends the guest, or somebody who destroys it.
    async fn take_in_hand<H: Hypervisor>(
        self: &Arc<Self>,
        host: &H,
        request: &Perform,
    ) -> Result<(Claim, Arc<Departure>)> {
        let guest = request.domain;
        self.forget_past(host, guest).await?;
        let info = found(host, guest).await?;
        let departure = {
            let mut table = self.table();
            let speed = match request.bandwidth_mib_s {
                0 => table.jobs.max_speed_mib_s(guest).unwrap_or(self.settings.max_speed_mib_s),
                asked => asked,
            };
            let memory_bytes = info.memory_kib.saturating_mul(1 << 10);
            let departure = Arc::new(Departure::new(memory_bytes, speed, PostCopy::Refused));
            if let Some((id, run)) = table.going.sends(&info, request, &departure)? {
                table.jobs.forget(guest);
                let claim = Claim { moves: self.clone(), guest, id, run, kept: false };
                return Ok((claim, departure));
            }
            departure
        };
        let claim = self.claim(host, guest, Step::Sending(departure.clone())).await?;
        verbs(host)?.check(guest, None).await?;
        self.table().jobs.forget(guest);
        Ok((claim, departure))
    }

    /// A guest is in a migration from now on, once no change of it is under way.
    ///
    /// # Errors
    /// Code 55 where it does not run, or is in a migration already; code 68 where a change of it is not over in time.
    async fn claim<H: Hypervisor>(self: &Arc<Self>, host: &H, guest: Uuid, step: Step) -> Result<Claim> {
        self.forget_past(host, guest).await?;
        let mut changed = self.changed.subscribe();
        let claimed = async {
            loop {
                let info = found(host, guest).await?;
                {
                    let mut table = self.table();
                    if !table.changing.contains_key(&guest) {
                        table.coming.check_free(guest)?;
                        let id = OutgoingId(table.new_id());
                        let run = table.going.claim(id, &info, step.clone())?;
                        return Ok(Claim { moves: self.clone(), guest, id, run, kept: false });
                    }
                }
                // The sender is ours.
                let _ = changed.changed().await;
            }
        };
        timeout(self.settings.peer_deadline, claimed).await.unwrap_or_else(|_| {
            let detail = format!("domain {guest} is being changed");
            Err(RemoteError::new(ErrorCode::OPERATION_TIMEOUT, ErrorDomain::QEMU, detail))
        })
    }

    /// Ends the hold on a guest. It leaves, or goes on here as it was before.
    pub(crate) async fn confirm<H: Hypervisor>(
        self: &Arc<Self>,
        host: &Arc<H>,
        request: Confirm,
    ) -> Result<()> {
        flags::check(request.flags, flags::SOURCE, "domain_migrate_confirm3")?;
        let guest = request.domain;
        let info = self.active(&**host, guest).await?;
        let cookie = || Cookie::read(&request.cookie, self.here, guest).map(drop);
        let (id, run, departure) = self.table().going.end(&info, &request, cookie)?;
        let Some(departure) = departure else {
            self.table().going.remove(guest, id);
            return Ok(());
        };
        let claim = Claim { moves: self.clone(), guest, id, run, kept: false };
        let leaving = Leaving { moves: self.clone(), host: host.clone(), claim, request: (), departure };
        let ended = tokio::spawn(async move {
            match request.cancelled {
                true => {
                    leaving.stays(JobKind::Cancelled).await;
                    Ok(())
                }
                false => leaving.confirmed(request.flags).await,
            }
        });
        ended
            .await
            .unwrap_or_else(|error| Err(errors::failed(format!("the migration's task ended: {error}"))))
    }

    /// The client that held a guest is gone, or has it held no longer. One that was sent stays paused: it may run at its destination.
    pub(crate) fn release(&self, id: OutgoingId) {
        self.table().going.release(id);
    }

    /// Whether a guest is held for its migration.
    pub(crate) fn holds(&self, id: OutgoingId) -> bool {
        self.table().going.has(id)
    }

    pub(super) fn cookie(&self, guest: Uuid, ticket: Ticket) -> Vec<u8> {
        Cookie { host: self.here, guest, ticket }.to_bytes()
    }
}

/// A guest that a migration has in hand, until this is dropped or kept for its client.
#[derive(Debug)]
pub(super) struct Claim {
    moves: Arc<Moves>,
    pub(super) guest: Uuid,
    pub(super) id: OutgoingId,
    /// Which run of the guest.
    pub(super) run: u32,
    kept: bool,
}

impl Claim {
    /// It stays in hand: the client knows it by this.
    pub(super) fn keep(mut self) -> OutgoingId {
        self.kept = true;
        self.id
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if !self.kept {
            self.moves.table().going.remove(self.guest, self.id);
        }
    }
}
