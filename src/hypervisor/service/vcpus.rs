//! A domain's virtual CPUs: how many, and what each of them does.

use virtwire_protocol::error::RemoteError;
use virtwire_protocol::remote::{
    CPUMAPS_MAX, Domain, DomainGetMaxVcpus, DomainGetMaxVcpusReply, DomainGetVcpuPinInfo,
    DomainGetVcpuPinInfoReply, DomainGetVcpus, DomainGetVcpusFlags, DomainGetVcpusFlagsReply,
    DomainGetVcpusReply, VCPUINFO_MAX, VcpuInfo,
};

use super::super::{Changes, DomainInfo, DomainState, Hypervisor, Result, errors};
use super::HypervisorService;
use super::changes::{MAXIMUM, check_one_place, place};
use super::wire::saturated;
use crate::server::CallContext;

const RUNNING: i32 = 1;
const BLOCKED: i32 = 2;
/// On which of the host's CPUs it is, is not told.
const SOMEWHERE: i32 = -2;

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) async fn domain_get_max_vcpus(
        &self,
        _: &CallContext,
        arguments: DomainGetMaxVcpus,
    ) -> Result<DomainGetMaxVcpusReply> {
        Ok(DomainGetMaxVcpusReply { num: saturated(self.known(&arguments.dom).await?.vcpus_max) })
    }

    pub(super) async fn domain_get_vcpus_flags(
        &self,
        _: &CallContext,
        arguments: DomainGetVcpusFlags,
    ) -> Result<DomainGetVcpusFlagsReply> {
        let (domain, _) = self.vcpus_at(&arguments.dom, arguments.flags).await?;
        let count = if arguments.flags & MAXIMUM != 0 { domain.vcpus_max } else { domain.vcpus };
        Ok(DomainGetVcpusFlagsReply { num: saturated(count) })
    }

    /// Each has an equal share of the time that is known of all of them.
    pub(super) async fn domain_get_vcpus(
        &self,
        _: &CallContext,
        arguments: DomainGetVcpus,
    ) -> Result<DomainGetVcpusReply> {
        let (most, bytes) = room(arguments.maxinfo, arguments.maplen, "maxinfo")?;
        let domain = self.known(&arguments.dom).await?;
        if domain.id.is_none() {
            return Err(errors::not_running());
        }
        let state = if matches!(domain.state, DomainState::Running(_)) { RUNNING } else { BLOCKED };
        let cpu_time = domain.cpu_time_ns / u64::from(domain.vcpus.max(1));
        let info: Vec<_> = (0..domain.vcpus)
            .take(most)
            .map(|number| VcpuInfo { number, state, cpu_time, cpu: SOMEWHERE })
            .collect();
        let cpumaps = self.vcpu_maps(domain.uuid, false, info.len(), bytes).await?;
        Ok(DomainGetVcpusReply { info, cpumaps })
    }

    pub(super) async fn domain_get_vcpu_pin_info(
        &self,
        _: &CallContext,
        arguments: DomainGetVcpuPinInfo,
    ) -> Result<DomainGetVcpuPinInfoReply> {
        let DomainGetVcpuPinInfo { dom, ncpumaps, maplen, flags } = arguments;
        let (most, bytes) = room(ncpumaps, maplen, "ncpumaps")?;
        let (domain, inactive) = self.vcpus_at(&dom, flags).await?;
        // Also of those that are not plugged in: they run there once they are.
        let maps = most.min(domain.vcpus_max as usize);
        let cpumaps = self.vcpu_maps(domain.uuid, inactive, maps, bytes).await?;
        Ok(DomainGetVcpuPinInfoReply { cpumaps, num: i32::try_from(maps).unwrap_or(i32::MAX) })
    }

    /// A domain as it runs, or as it will, and which of the two.
    async fn vcpus_at(&self, dom: &Domain, flags: u32) -> Result<(DomainInfo, bool)> {
        check_one_place(flags)?;
        let domain = self.known(dom).await?;
        let place = place(&domain, flags)?;
        let domain = match self.hypervisor.changes() {
            Some(changes) if place.config => changes.configured(domain.uuid).await?,
            _ => domain,
        };
        Ok((domain, place.config))
    }
}

/// For how many virtual CPUs a client has room, and the bytes of each one's map.
fn room(count: i32, bytes: i32, name: &str) -> Result<(usize, usize)> {
    let bounded = |count: i32, most: u32| usize::try_from(count).ok().filter(|count| *count <= most as usize);
    let Some(count) = bounded(count, VCPUINFO_MAX) else {
        return Err(RemoteError::rpc(format!("{name} > REMOTE_VCPUINFO_MAX")));
    };
    let bytes =
        bounded(bytes, CPUMAPS_MAX).filter(|bytes| count.saturating_mul(*bytes) <= CPUMAPS_MAX as usize);
    let bytes = bytes.ok_or_else(|| RemoteError::rpc(format!("{name} * maplen > REMOTE_CPUMAPS_MAX")))?;
    Ok((count, bytes))
}

/// A map of so many bytes with a bit for each of the host's CPUs.
pub(super) fn every_cpu(cpus: u32, bytes: usize) -> Vec<u8> {
    let cpus = cpus as usize;
    let byte = |at: usize| match cpus.saturating_sub(8 * at) {
        0 => 0,
        left if left >= 8 => 0xff,
        left => (1_u8 << left) - 1,
    };
    (0..bytes).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_has_a_bit_for_each_cpu_of_the_host() {
        for (cpus, bytes, map) in
            [(2, 1, &[3][..]), (8, 2, &[255, 0]), (12, 2, &[255, 15]), (12, 1, &[255]), (4, 0, &[])]
        {
            assert_eq!(every_cpu(cpus, bytes), map, "{cpus} {bytes}");
        }
    }
}
