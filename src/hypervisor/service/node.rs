//! What the host's CPUs and memory do.

use virtwire_protocol::error::RemoteError;
use virtwire_protocol::remote::{
    NODE_CPU_STATS_MAX, NODE_MEMORY_STATS_MAX, NodeCpuStat, NodeGetCellsFreeMemory,
    NodeGetCellsFreeMemoryReply, NodeGetCpuStats, NodeGetCpuStatsReply, NodeGetFreeMemoryReply,
    NodeGetMemoryStats, NodeGetMemoryStatsReply, NodeMemoryStat,
};

use super::super::{CpuTimes, Hypervisor, MemoryUse, Node, Result, errors};
use super::HypervisorService;
use super::wire::{counted, saturated};
use crate::server::CallContext;

/// All CPUs, all cells.
const ALL: i32 = -1;
/// No list of cells is longer.
const CELLS_MAX: usize = 1_024;

impl<H: Hypervisor> HypervisorService<H> {
    fn node(&self, api: &str) -> Result<&impl Node> {
        self.hypervisor.node().ok_or_else(|| RemoteError::no_support(api))
    }

    pub(super) async fn node_get_cpu_stats(
        &self,
        _: &CallContext,
        arguments: NodeGetCpuStats,
    ) -> Result<NodeGetCpuStatsReply> {
        let NodeGetCpuStats { cpu_num, nparams, .. } = arguments;
        let node = self.node("virNodeGetCPUStats")?;
        let cpu = one_of(cpu_num, self.hypervisor.host().node.cpus, "CPU")?;
        let CpuTimes { kernel_ns, user_ns, idle_ns, iowait_ns } = node.cpu_times(cpu).await?;
        let stats = [("kernel", kernel_ns), ("user", user_ns), ("idle", idle_ns), ("iowait", iowait_ns)]
            .map(|(field, value)| NodeCpuStat { field: field.into(), value });
        let (params, nparams) = counted(stats.into(), nparams, NODE_CPU_STATS_MAX)?;
        Ok(NodeGetCpuStatsReply { params, nparams })
    }

    pub(super) async fn node_get_memory_stats(
        &self,
        _: &CallContext,
        arguments: NodeGetMemoryStats,
    ) -> Result<NodeGetMemoryStatsReply> {
        let NodeGetMemoryStats { nparams, cell_num, .. } = arguments;
        let node = self.node("virNodeGetMemoryStats")?;
        let cell = one_of(cell_num, self.hypervisor.host().node.nodes, "cell")?;
        let MemoryUse { total_kib, free_kib, buffers_kib, cached_kib } = node.memory_use(cell).await?;
        let mut stats = vec![("total", total_kib), ("free", free_kib)];
        if cell.is_none() {
            // What the kernel has is no cell's.
            stats.extend([("buffers", buffers_kib), ("cached", cached_kib)]);
        }
        let stats =
            stats.into_iter().map(|(field, value)| NodeMemoryStat { field: field.into(), value }).collect();
        let (params, nparams) = counted(stats, nparams, NODE_MEMORY_STATS_MAX)?;
        Ok(NodeGetMemoryStatsReply { params, nparams })
    }

    pub(super) async fn node_get_free_memory(&self, _: &CallContext) -> Result<NodeGetFreeMemoryReply> {
        let memory = self.node("virNodeGetFreeMemory")?.memory_use(None).await?;
        Ok(NodeGetFreeMemoryReply { free_mem: memory.free_kib.saturating_mul(1 << 10) })
    }

    pub(super) async fn node_get_cells_free_memory(
        &self,
        _: &CallContext,
        arguments: NodeGetCellsFreeMemory,
    ) -> Result<NodeGetCellsFreeMemoryReply> {
        let NodeGetCellsFreeMemory { start_cell, maxcells } = arguments;
        let node = self.node("virNodeGetCellsFreeMemory")?;
        let most = usize::try_from(maxcells).ok().filter(|most| (1..=CELLS_MAX).contains(most));
        let most = most.ok_or_else(|| errors::invalid_argument(format!("maxcells is {maxcells}")))?;
        let count = self.hypervisor.host().node.nodes;
        let first = u32::try_from(start_cell).ok().filter(|first| *first < count);
        let first = first.ok_or_else(|| errors::invalid_argument("Range exceeds available cells"))?;
        let mut cells = Vec::new();
        for cell in (first..count).take(most) {
            cells.push(node.memory_use(Some(cell)).await?.free_kib.saturating_mul(1 << 10));
        }
        Ok(NodeGetCellsFreeMemoryReply { cells })
    }
}

/// One of so many, by number from 0, or all.
fn one_of(number: i32, count: u32, what: &str) -> Result<Option<u32>> {
    match u32::try_from(number) {
        Ok(number) if number < count => Ok(Some(number)),
        Err(_) if number == ALL => Ok(None),
        _ => {
            let last = saturated(count) - 1;
            Err(errors::invalid_argument(format!("{what} {number} is out of range (0-{last})")))
        }
    }
}
