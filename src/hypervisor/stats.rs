//! Statistics: what domains use.

use std::future::{Future, ready};

use virtwire_protocol::flags::DomainStatsKinds;
use virtwire_protocol::params::TypedParams;

use super::{Result, Uuid};

/// What a host's domains use: `virsh domstats`, `domblkstat`, `domblkinfo`, `domifstat`, `dommemstat`, `cpu-stats`, and what exporters ask
/// for. For [`Hypervisor::stats`](super::Hypervisor::stats).
///
/// State and reason are told without it, of [`DomainInfo`](super::DomainInfo). virtwire answers questions about one disk, one interface,
/// the memory and the CPUs from the same figures: of a disk from `block.N.name` and `block.N.path`, by which clients call it, its counters
/// and `block.N.capacity`; of an interface from `net.N.name` and its counters. What is not told counts as not known.
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

    /// The name, as in `net.0.name`, of the interface that has this MAC address: clients may call it by that. `None` where there is none.
    fn interface(&self, _domain: Uuid, _mac: &str) -> impl Future<Output = Result<Option<String>>> + Send {
        ready(Ok(None))
    }
}
