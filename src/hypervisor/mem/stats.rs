//! The figures of guests: what they have, and the time for which they ran.

use virtwire_protocol::flags::DomainStatsKinds;
use virtwire_protocol::params::TypedParams;

use super::super::{DomainInfo, Result, Stats, Uuid, errors};
use super::Mem;

impl Stats for Mem {
    fn kinds(&self) -> DomainStatsKinds {
        DomainStatsKinds::CPU_TOTAL | DomainStatsKinds::BALLOON | DomainStatsKinds::VCPU
    }

    async fn stats(&self, domain: Uuid, kinds: DomainStatsKinds) -> Result<TypedParams> {
        let info = self.inner.table().guest(domain)?.info();
        figures(&info, kinds).map_err(|error| errors::failed(error.to_string()))
    }
}

fn figures(
    info: &DomainInfo,
    kinds: DomainStatsKinds,
) -> std::result::Result<TypedParams, virtwire_protocol::params::ParamError> {
    let mut figures = TypedParams::new();
    let active = info.id.is_some();
    if kinds.contains(DomainStatsKinds::CPU_TOTAL) && active {
        figures.push("cpu.time", info.cpu_time_ns)?;
    }
    if kinds.contains(DomainStatsKinds::BALLOON) {
        figures.push("balloon.current", info.memory_kib)?;
        figures.push("balloon.maximum", info.memory_max_kib)?;
    }
    if kinds.contains(DomainStatsKinds::VCPU) {
        figures.push("vcpu.current", info.vcpus)?;
        figures.push("vcpu.maximum", info.vcpus_max)?;
    }
    Ok(figures)
}
