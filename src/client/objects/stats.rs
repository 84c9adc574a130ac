//! Statistics of many domains in one call.

use virtwire_protocol::flags::{DomainStatsFlags, DomainStatsKinds};
use virtwire_protocol::params::TypedParams;
use virtwire_protocol::remote::DomainStatsRecord;

use super::Domain;
use crate::client::{CallError, Connection};

/// What is told of one domain.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DomainStats {
    /// The domain.
    pub domain: Domain,
    /// The figures: `state.state`, `cpu.time` in ns, `balloon.current` in KiB, and so on. Those of disks and interfaces
    /// are numbered: see [`TypedParams::numbered`].
    pub params: TypedParams,
}

impl Connection {
    /// What is known of all domains, or of those that the flags choose (libvirt 1.2.8).
    ///
    /// One guest that hangs holds the answer up for all, and a call that was given up keeps its [place](crate::client#the-window) until then. So poll
    /// with [`DomainStatsFlags::NOWAIT`] (libvirt 4.5), which waits for no guest that another call waits for already, or on a connection of its own.
    ///
    /// ```no_run
    /// # async fn disks(connection: virtwire::client::Connection) -> Result<(), virtwire::client::CallError> {
    /// use virtwire::protocol::flags::{DomainStatsFlags, DomainStatsKinds};
    ///
    /// for stats in connection.all_domain_stats(DomainStatsKinds::BLOCK, DomainStatsFlags::RUNNING).await? {
    ///     for disk in stats.params.numbered("block").values() {
    ///         println!("{} {:?} {:?}", stats.domain.name(), disk.str("name"), disk.u64("rd.bytes"));
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn all_domain_stats(
        &self,
        kinds: DomainStatsKinds,
        flags: DomainStatsFlags,
    ) -> Result<Vec<DomainStats>, CallError> {
        self.stats_of(Vec::new(), kinds, flags).await
    }

    /// What is known of some domains (libvirt 1.2.8). Those that have gone are missing in the answer.
    pub async fn domain_stats(
        &self,
        domains: &[Domain],
        kinds: DomainStatsKinds,
        flags: DomainStatsFlags,
    ) -> Result<Vec<DomainStats>, CallError> {
        if domains.is_empty() {
            // The wire would take none for all.
            return Ok(Vec::new());
        }
        self.stats_of(domains.iter().map(|domain| domain.wire.clone()).collect(), kinds, flags).await
    }

    async fn stats_of(
        &self,
        domains: Vec<virtwire_protocol::remote::Domain>,
        kinds: DomainStatsKinds,
        flags: DomainStatsFlags,
    ) -> Result<Vec<DomainStats>, CallError> {
        let reply = self.connect_get_all_domain_stats(domains, kinds.bits(), flags.bits()).await?;
        let stats = |DomainStatsRecord { dom, params }| DomainStats {
            domain: Domain::new(self, dom),
            params: params.into(),
        };
        Ok(reply.ret_stats.into_iter().map(stats).collect())
    }
}

impl Domain {
    /// What is known of it (libvirt 1.2.8). Error code 42 (`NO_DOMAIN`) where it has gone.
    pub async fn stats(&self, kinds: DomainStatsKinds) -> Result<TypedParams, CallError> {
        let domains = std::slice::from_ref(self);
        let stats = self.connection.domain_stats(domains, kinds, DomainStatsFlags::NONE).await?;
        match stats.into_iter().next() {
            Some(stats) => Ok(stats.params),
            None => {
                // One that has gone is left out of the answer, without a word: the error is what this says.
                self.connection.domain_lookup_by_uuid(self.wire.uuid).await?;
                Ok(TypedParams::new())
            }
        }
    }
}
