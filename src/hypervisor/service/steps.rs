//! The steps of a migration, and what else is asked of a guest in one: virtwire's own for a hypervisor that has the few verbs
//! ([`Migrating`](super::super::Migrating)), else the hypervisor's.

use virtwire_protocol::migrate::MigrateFlags;

use super::super::{
    Begin, Begun, Confirm, Finish, Finished, Handshakes, Hypervisor, IncomingId, Job, Jobs, OutgoingId,
    Perform, Performed, Prepare, Prepared, Result, Tunnel, Uuid,
};
use super::HypervisorService;
use crate::hypervisor::moves::{Change, flags};
use crate::server::Stream;

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) async fn step_begin(&self, request: Begin) -> Result<Begun> {
        match &self.moves {
            None => self.hypervisor.handshakes().begin(request).await,
            Some(moves) => moves.begin(&*self.hypervisor, request).await,
        }
    }

    /// Whether a typed parameter of this name may come, beside those that the requests have a field for.
    pub(super) fn takes(&self, name: &str) -> bool {
        match &self.moves {
            None => self.hypervisor.handshakes().takes(name),
            Some(_) => false,
        }
    }

    pub(super) async fn step_prepare(&self, request: Prepare, stream: Option<Stream>) -> Result<Prepared> {
        match (&self.moves, stream) {
            (None, None) => self.hypervisor.handshakes().prepare(request).await,
            (None, Some(stream)) => self.hypervisor.handshakes().prepare_tunnel(request, stream).await,
            (Some(moves), stream) => {
                let request = Prepare { flags: flags::settled(request.flags), ..request };
                moves.prepare(&self.hypervisor, request, stream).await
            }
        }
    }

    pub(super) async fn step_perform(&self, request: Perform, tunnel: Option<Tunnel>) -> Result<Performed> {
        match (&self.moves, tunnel) {
            (None, None) => self.hypervisor.handshakes().perform(request).await,
            (None, Some(tunnel)) => self.hypervisor.handshakes().perform_tunnel(request, tunnel).await,
            (Some(moves), tunnel) => moves.perform(&self.hypervisor, request, tunnel).await,
        }
    }

    pub(super) async fn step_finish(&self, request: Finish) -> Result<Finished> {
        match &self.moves {
            None => self.hypervisor.handshakes().finish(request).await,
            Some(moves) => {
                let request = Finish { flags: flags::settled(request.flags), ..request };
                moves.finish(&self.hypervisor, request).await
            }
        }
    }

    pub(super) async fn step_cancel(&self, request: Finish) -> Result<()> {
        match &self.moves {
            None => self.hypervisor.handshakes().cancel(request).await,
            Some(moves) => {
                let request = Finish { flags: flags::settled(request.flags), ..request };
                moves.cancel(&self.hypervisor, request).await
            }
        }
    }

    pub(super) async fn step_confirm(&self, request: Confirm) -> Result<()> {
        // A definition that goes is nobody's who is being saved meanwhile. One that runs has left, and is held back by nobody.
        let undefines = request.flags.has(MigrateFlags::OFFLINE | MigrateFlags::UNDEFINE_SOURCE);
        let _alone = match undefines && !request.cancelled {
            true => Some(self.images.alone(request.domain).await?),
            false => None,
        };
        match &self.moves {
            None => self.hypervisor.handshakes().confirm(request).await,
            Some(moves) => moves.confirm(&self.hypervisor, request).await,
        }
    }

    pub(super) fn expects(&self, incoming: IncomingId) -> bool {
        match &self.moves {
            None => self.hypervisor.handshakes().expects(incoming),
            Some(moves) => moves.expects(incoming),
        }
    }

    pub(super) fn abandon(&self, incoming: IncomingId) {
        match &self.moves {
            None => self.hypervisor.handshakes().abandon(incoming),
            Some(moves) => moves.abandon(&self.hypervisor, incoming),
        }
    }

    pub(super) fn is_held(&self, outgoing: OutgoingId) -> bool {
        match &self.moves {
            None => self.hypervisor.handshakes().holds(outgoing),
            Some(moves) => moves.holds(outgoing),
        }
    }

    pub(super) fn release(&self, outgoing: OutgoingId) {
        match &self.moves {
            None => self.hypervisor.handshakes().release(outgoing),
            Some(moves) => moves.release(outgoing),
        }
    }

    pub(super) async fn step_job(&self, domain: Uuid) -> Result<Option<Job>> {
        match &self.moves {
            None => self.hypervisor.jobs().job(domain).await,
            Some(moves) => moves.job(&*self.hypervisor, domain).await,
        }
    }

    pub(super) async fn completed_job(&self, domain: Uuid, keep: bool) -> Result<Option<Job>> {
        match &self.moves {
            None => self.hypervisor.jobs().completed_job(domain, keep).await,
            Some(moves) => moves.completed_job(&*self.hypervisor, domain, keep).await,
        }
    }

    pub(super) async fn step_abort_job(&self, domain: Uuid) -> Result<()> {
        match &self.moves {
            None => self.hypervisor.jobs().abort_job(domain).await,
            Some(moves) => moves.abort_job(&*self.hypervisor, domain).await,
        }
    }

    pub(super) async fn max_speed_mib_s(&self, domain: Uuid) -> Result<u64> {
        match &self.moves {
            None => self.hypervisor.jobs().max_speed_mib_s(domain).await,
            Some(moves) => moves.max_speed_mib_s(&*self.hypervisor, domain).await,
        }
    }

    pub(super) async fn set_max_speed_mib_s(&self, domain: Uuid, speed: u64) -> Result<()> {
        match &self.moves {
            None => self.hypervisor.jobs().set_max_speed_mib_s(domain, speed).await,
            Some(moves) => moves.set_max_speed_mib_s(&*self.hypervisor, domain, speed).await,
        }
    }

    /// Somebody is about to change a domain, and does so until what this returns is dropped.
    ///
    /// # Errors
    /// Code 55 where it is in a migration. A hypervisor whose migrations are its own refuses by itself.
    pub(super) async fn change(&self, domain: Uuid) -> Result<Option<Change>> {
        self.change_of(domain, false).await
    }

    async fn change_of(&self, domain: Uuid, resumes: bool) -> Result<Option<Change>> {
        match &self.moves {
            None => Ok(None),
            Some(moves) => moves.change(&*self.hypervisor, domain, resumes).await.map(Some),
        }
    }

    /// # Errors
    /// Code 55 where not all of the domain is here.
    pub(super) async fn check_is_here(&self, domain: Uuid) -> Result<()> {
        match &self.moves {
            None => Ok(()),
            Some(moves) => moves.check_is_here(&*self.hypervisor, domain).await,
        }
    }

    pub(super) async fn resume(&self, domain: Uuid) -> Result<()> {
        let _change = self.change_of(domain, true).await?;
        self.hypervisor.resume(domain).await
    }

    /// Allowed while it leaves: then it arrives paused only if the client says so.
    pub(super) async fn suspend(&self, domain: Uuid) -> Result<()> {
        self.check_is_here(domain).await?;
        self.hypervisor.suspend(domain).await
    }

    /// Allowed at any time: it ends a migration too.
    pub(super) async fn destroy(&self, domain: Uuid) -> Result<()> {
        self.hypervisor.destroy(domain).await?;
        self.has_ended(domain).await
    }

    /// The same where nothing may be lost by it.
    pub(super) async fn destroy_gracefully(&self, domain: Uuid) -> Result<()> {
        self.hypervisor.destroy_gracefully(domain).await?;
        self.has_ended(domain).await
    }

    async fn has_ended(&self, domain: Uuid) -> Result<()> {
        if let Some(moves) = &self.moves {
            // It has ended, whatever can be said of it now; the next who asks forgets its migration too.
            let _ = moves.forget_past(&*self.hypervisor, domain).await;
        }
        Ok(())
    }
}
