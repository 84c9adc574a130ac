//! What starts with its host.

use virtwire_protocol::error::RemoteError;

use super::super::{DomainInfo, Hypervisor, Result, errors};
use super::HypervisorService;
use crate::panics;

impl<H: Hypervisor> HypervisorService<H> {
    /// Starts the domains that are marked to start with their host and are off, as a client's `domain_create` would: one with a managed
    /// save image is restored from it. To be said before the service is served, at the first start of the daemon since its host has
    /// started, as [`Boot`](super::super::Boot) knows it: a daemon that is merely started again would start what was shut down on
    /// purpose.
    ///
    /// Returns the domains that could not be started, each with its reason; the others are, also where the hypervisor panics at one.
    ///
    /// # Errors
    /// The hypervisor's, where it does not tell its domains; then none is started.
    pub async fn autostart(&self) -> Result<Vec<(DomainInfo, RemoteError)>> {
        let domains = self.hypervisor.domains().await?;
        let mut failed = Vec::new();
        for domain in domains.into_iter().filter(|domain| domain.autostart && domain.id.is_none()) {
            let started = panics::answered("a domain's start with its host", self.start(domain.uuid)).await;
            let panicked = || Err(errors::failed("the hypervisor has panicked at its start"));
            if let Err(error) = started.unwrap_or_else(panicked) {
                failed.push((domain, error));
            }
        }
        Ok(failed)
    }
}
