//! Statistics: what domains use.

use std::future::Future;

use virtwire_protocol::flags::DomainStatsKinds;
use virtwire_protocol::params::TypedParams;

use super::{Result, Uuid};

/// What a host's domains use: `virsh domstats`, and what exporters ask for. For
/// [`Hypervisor::stats`](super::Hypervisor::stats).
///
/// State and reason are told without it, of [`DomainInfo`](super::DomainInfo).
pub trait Stats: Send + Sync {
    /// The kinds of figures that there are. Those that clients insist on beyond them they are refused.
    fn kinds(&self) -> DomainStatsKinds;

    /// A domain's figures, under libvirt's names for them: `cpu.time` in ns, `balloon.current` in KiB, `net.0.rx.bytes` and so on.
    /// Of the kinds asked for alone, which are some of [`kinds`](Self::kinds).
    ///
    /// # Errors
    /// Of code 42 for one that has gone meanwhile: it is left out.
    fn stats(
        &self,
        domain: Uuid,
        kinds: DomainStatsKinds,
    ) -> impl Future<Output = Result<TypedParams>> + Send;
}
