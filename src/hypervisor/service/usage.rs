//! What one domain uses: questions about a disk, an interface, its memory or its CPUs, answered from the figures that
//! [`Stats`] tells of all of them at once.

use virtwire_protocol::enums::MemoryStat;
use virtwire_protocol::error::RemoteError;
use virtwire_protocol::flags::DomainStatsKinds;
use virtwire_protocol::params::TypedParams;
use virtwire_protocol::remote::{
    DOMAIN_BLOCK_STATS_PARAMETERS_MAX, Domain, DomainBlockStats, DomainBlockStatsFlags,
    DomainBlockStatsFlagsReply, DomainBlockStatsReply, DomainGetBlockInfo, DomainGetBlockInfoReply,
    DomainGetCpuStats, DomainGetCpuStatsReply, DomainInterfaceStats, DomainInterfaceStatsReply,
    DomainMemoryStat, DomainMemoryStats, DomainMemoryStatsReply, TypedParam, TypedParamValue,
};
use virtwire_xdr::Text;

use super::super::{DomainInfo, Hypervisor, Result, Stats, errors};
use super::HypervisorService;
use super::wire::{counted, saturated};
use crate::server::CallContext;

/// What is counted of a disk: what it is called where one disk is asked for, and below `block.N.` among all figures.
const DISK: [(&str, &str); 9] = [
    ("rd_operations", "rd.reqs"),
    ("rd_bytes", "rd.bytes"),
    ("rd_total_times", "rd.times"),
    ("wr_operations", "wr.reqs"),
    ("wr_bytes", "wr.bytes"),
    ("wr_total_times", "wr.times"),
    ("flush_operations", "fl.reqs"),
    ("flush_total_times", "fl.times"),
    ("errs", "errors"),
];

/// What is counted of memory, and what it is called among all figures.
const MEMORY: [(MemoryStat, &str); 13] = [
    (MemoryStat::SwapIn, "balloon.swap_in"),
    (MemoryStat::SwapOut, "balloon.swap_out"),
    (MemoryStat::MajorFault, "balloon.major_fault"),
    (MemoryStat::MinorFault, "balloon.minor_fault"),
    (MemoryStat::Unused, "balloon.unused"),
    (MemoryStat::Available, "balloon.available"),
    (MemoryStat::ActualBalloon, "balloon.current"),
    (MemoryStat::Rss, "balloon.rss"),
    (MemoryStat::Usable, "balloon.usable"),
    (MemoryStat::LastUpdate, "balloon.last-update"),
    (MemoryStat::DiskCaches, "balloon.disk_caches"),
    (MemoryStat::HugetlbPgalloc, "balloon.hugetlb_pgalloc"),
    (MemoryStat::HugetlbPgfail, "balloon.hugetlb_pgfail"),
];

/// The time of all CPUs together, and what that is called among all figures.
const CPUS: [(&str, &str); 3] =
    [("cpu_time", "cpu.time"), ("user_time", "cpu.user"), ("system_time", "cpu.system")];

impl<H: Hypervisor> HypervisorService<H> {
    /// Statistics, where they are of this kind.
    fn stats_of(&self, kind: DomainStatsKinds, api: &str) -> Result<&impl Stats> {
        let stats = self.hypervisor.stats().filter(|stats| stats.kinds().contains(kind));
        stats.ok_or_else(|| RemoteError::no_support(api))
    }

    /// What was counted of a disk of a domain that runs, or without a path of all of them together. `None` where nobody counts.
    async fn counted_of(
        &self,
        dom: &Domain,
        path: &Text,
        api: &str,
    ) -> Result<[(&'static str, Option<i64>); 9]> {
        let stats = self.stats_of(DomainStatsKinds::BLOCK, api)?;
        let mut disks = disks(stats, &self.running(dom).await?).await?;
        if path.is_empty() {
            // Of what lies below an image the one above it has counted.
            disks.retain(|disk| disk.get("backingIndex").is_none());
        } else {
            let disk = disks.into_iter().find(|disk| is_called(disk, path));
            let wrong = || errors::invalid_argument(format!("invalid path: {}", path.to_string_lossy()));
            disks = vec![disk.ok_or_else(wrong)?];
        }
        Ok(DISK.map(|(name, figure)| {
            let all = disks.iter().filter_map(|disk| disk.u64(figure));
            (name, all.reduce(u64::saturating_add).map(signed))
        }))
    }

    pub(super) async fn domain_block_stats(
        &self,
        _: &CallContext,
        arguments: DomainBlockStats,
    ) -> Result<DomainBlockStatsReply> {
        let DomainBlockStats { dom, path } = arguments;
        let counted = self.counted_of(&dom, &path, "virDomainBlockStats").await?;
        let count = |wanted| {
            let found = counted.iter().find(|(name, _)| *name == wanted);
            found.and_then(|(_, count)| *count).unwrap_or(-1)
        };
        Ok(DomainBlockStatsReply {
            rd_req: count("rd_operations"),
            rd_bytes: count("rd_bytes"),
            wr_req: count("wr_operations"),
            wr_bytes: count("wr_bytes"),
            errs: count("errs"),
        })
    }

    pub(super) async fn domain_block_stats_flags(
        &self,
        _: &CallContext,
        arguments: DomainBlockStatsFlags,
    ) -> Result<DomainBlockStatsFlagsReply> {
        let DomainBlockStatsFlags { dom, path, nparams, .. } = arguments;
        let all = self.counted_of(&dom, &path, "virDomainBlockStatsFlags").await?;
        let all = all.into_iter().filter_map(|(name, count)| {
            Some(TypedParam { field: name.into(), value: TypedParamValue::LLong(count?) })
        });
        let (params, nparams) = counted(all.collect(), nparams, DOMAIN_BLOCK_STATS_PARAMETERS_MAX)?;
        Ok(DomainBlockStatsFlagsReply { params, nparams })
    }

    /// Also of a domain that is off: its disks are there.
    pub(super) async fn domain_get_block_info(
        &self,
        _: &CallContext,
        arguments: DomainGetBlockInfo,
    ) -> Result<DomainGetBlockInfoReply> {
        let DomainGetBlockInfo { dom, path, .. } = arguments;
        let stats = self.stats_of(DomainStatsKinds::BLOCK, "virDomainGetBlockInfo")?;
        let disks = disks(stats, &self.known(&dom).await?).await?;
        let shown = path.to_string_lossy();
        let disk = disks.iter().find(|disk| is_called(disk, &path)).ok_or_else(|| {
            errors::invalid_argument(format!("invalid path {shown} not assigned to domain"))
        })?;
        let capacity = disk.u64("capacity");
        let capacity =
            capacity.ok_or_else(|| errors::failed(format!("the size of disk '{shown}' is not known")))?;
        Ok(DomainGetBlockInfoReply {
            allocation: disk.u64("allocation").unwrap_or(0),
            capacity,
            physical: disk.u64("physical").unwrap_or(0),
        })
    }

    pub(super) async fn domain_interface_stats(
        &self,
        _: &CallContext,
        arguments: DomainInterfaceStats,
    ) -> Result<DomainInterfaceStatsReply> {
        let DomainInterfaceStats { dom, device } = arguments;
        let stats = self.stats_of(DomainStatsKinds::INTERFACE, "virDomainInterfaceStats")?;
        let domain = self.running(&dom).await?;
        let figures = stats.stats(domain.uuid, DomainStatsKinds::INTERFACE).await?;
        let interfaces = figures.numbered("net");
        let device = device.to_string_lossy();
        let named = |name: &str| interfaces.values().find(|one| one.str("name") == Some(name));
        let interface = match named(&device) {
            Some(interface) => Some(interface),
            None => stats.interface(domain.uuid, &device).await?.and_then(|name| named(&name)),
        };
        let interface = interface.ok_or_else(|| errors::no_interface(&device))?;
        let count = |figure| interface.u64(figure).map_or(-1, signed);
        Ok(DomainInterfaceStatsReply {
            rx_bytes: count("rx.bytes"),
            rx_packets: count("rx.pkts"),
            rx_errs: count("rx.errs"),
            rx_drop: count("rx.drop"),
            tx_bytes: count("tx.bytes"),
            tx_packets: count("tx.pkts"),
            tx_errs: count("tx.errs"),
            tx_drop: count("tx.drop"),
        })
    }

    /// What it has, and whatever else is told.
    pub(super) async fn domain_memory_stats(
        &self,
        _: &CallContext,
        arguments: DomainMemoryStats,
    ) -> Result<DomainMemoryStatsReply> {
        let DomainMemoryStats { dom, max_stats, .. } = arguments;
        let domain = self.running(&dom).await?;
        let kind = DomainStatsKinds::BALLOON;
        let figures = match self.hypervisor.stats().filter(|stats| stats.kinds().contains(kind)) {
            Some(stats) => stats.stats(domain.uuid, kind).await?,
            None => TypedParams::new(),
        };
        let stats = MEMORY.into_iter().filter_map(|(stat, figure)| {
            let known = if stat == MemoryStat::ActualBalloon { Some(domain.memory_kib) } else { None };
            Some(DomainMemoryStat { tag: stat.into(), val: figures.u64(figure).or(known)? })
        });
        let room = usize::try_from(max_stats).unwrap_or(usize::MAX);
        Ok(DomainMemoryStatsReply { stats: stats.take(room).collect() })
    }

    /// Of all CPUs together: what each of the host's has done for a domain, nobody tells, but how many there are.
    pub(super) async fn domain_get_cpu_stats(
        &self,
        _: &CallContext,
        arguments: DomainGetCpuStats,
    ) -> Result<DomainGetCpuStatsReply> {
        const ALL: i32 = -1;
        let DomainGetCpuStats { dom, nparams, start_cpu, ncpus, .. } = arguments;
        let stats = self.stats_of(DomainStatsKinds::CPU_TOTAL, "virDomainGetCPUStats")?;
        let domain = self.running(&dom).await?;
        if start_cpu != ALL && ncpus == 0 {
            let nparams = saturated(self.hypervisor.host().node.cpus);
            return Ok(DomainGetCpuStatsReply { params: Vec::new(), nparams });
        }
        if start_cpu != ALL {
            let detail = "what each of the host's CPUs has done for a domain is not known here";
            return Err(errors::unsupported_argument(detail));
        }
        let figures = stats.stats(domain.uuid, DomainStatsKinds::CPU_TOTAL).await?;
        let mut params: Vec<_> = CPUS
            .into_iter()
            .filter_map(|(name, figure)| {
                let value = TypedParamValue::ULLong(figures.u64(figure)?);
                Some(TypedParam { field: name.into(), value })
            })
            .collect();
        let count = u32::try_from(params.len()).unwrap_or(u32::MAX);
        params.truncate(usize::try_from(nparams).unwrap_or(usize::MAX));
        let nparams = saturated(if nparams == 0 { count } else { count.min(nparams) });
        Ok(DomainGetCpuStatsReply { params, nparams })
    }
}

/// The figures of each disk of a domain.
async fn disks(stats: &impl Stats, domain: &DomainInfo) -> Result<Vec<TypedParams>> {
    let figures = stats.stats(domain.uuid, DomainStatsKinds::BLOCK).await?;
    Ok(figures.numbered("block").into_values().collect())
}

/// Clients call a disk by where the guest sees it, or by where it lies.
fn is_called(disk: &TypedParams, path: &Text) -> bool {
    ["name", "path"].into_iter().any(|figure| disk.text(figure) == Some(path))
}

/// A count for one of the wire's signed numbers.
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
