//! The host itself.

use std::fmt;

use virtwire_protocol::enums::{CpuComparison, SuspendTarget};
use virtwire_protocol::flags::{BaselineCpuFlags, CompareCpuFlags};
use virtwire_protocol::params::TypedParams;
use virtwire_protocol::program::Release;
use virtwire_protocol::remote::{ConnectGetDomainCapabilities, NodeGetInfoReply};
use virtwire_xdr::Text;

use super::CpuMap;
use crate::client::{CallError, Connection};

/// A host's hardware in a few numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeInfo {
    /// What its processors are, such as `x86_64`.
    pub model: Text,
    /// Its memory, KiB.
    pub memory_kib: u64,
    /// Its CPUs that are online.
    pub cpus: u32,
    /// The expected clock of a CPU, MHz; 0 where nobody knows.
    pub mhz: u32,
    /// NUMA nodes; 1 where the shape is unusual.
    pub nodes: u32,
    /// Sockets of a node.
    pub sockets: u32,
    /// Cores of a socket.
    pub cores: u32,
    /// Threads of a core.
    pub threads: u32,
}

impl Connection {
    /// The host's hardware.
    pub async fn node_info(&self) -> Result<NodeInfo, CallError> {
        Ok(self.node_get_info().await?.into())
    }

    /// What the host calls itself.
    pub async fn hostname(&self) -> Result<Text, CallError> {
        Ok(self.connect_get_hostname().await?.hostname)
    }

    /// What host and hypervisor can do, as XML.
    pub async fn capabilities(&self) -> Result<Text, CallError> {
        Ok(self.connect_get_capabilities().await?.capabilities)
    }

    /// What domains can have, as XML: of the usual kind, or of the one that is named (libvirt 1.2.7).
    pub async fn domain_capabilities(
        &self,
        emulator: Option<&str>,
        arch: Option<&str>,
        machine: Option<&str>,
        virt_type: Option<&str>,
    ) -> Result<Text, CallError> {
        let arguments = ConnectGetDomainCapabilities {
            emulatorbin: emulator.map(Text::from),
            arch: arch.map(Text::from),
            machine: machine.map(Text::from),
            virttype: virt_type.map(Text::from),
            flags: 0,
        };
        Ok(self.connect_get_domain_capabilities(arguments).await?.capabilities)
    }

    /// The kind of hypervisor, such as `QEMU`.
    pub async fn hypervisor_type(&self) -> Result<Text, CallError> {
        Ok(self.connect_get_type().await?.r#type)
    }

    /// The hypervisor's release; `None` where it does not fit three numbers.
    pub async fn hypervisor_version(&self) -> Result<Option<Release>, CallError> {
        Ok(release(self.connect_get_version().await?.hv_ver))
    }

    /// The daemon's release, or the one that it claims; `None` where it does not fit three numbers (libvirt 0.7.3).
    pub async fn daemon_version(&self) -> Result<Option<Release>, CallError> {
        Ok(release(self.connect_get_lib_version().await?.lib_ver))
    }

    /// What the firmware tells of the host, as XML (libvirt 0.8.8).
    pub async fn sysinfo(&self) -> Result<Text, CallError> {
        Ok(self.connect_get_sysinfo(0).await?.sysinfo)
    }

    /// Memory that the host does not use, bytes.
    pub async fn free_memory(&self) -> Result<u64, CallError> {
        Ok(self.node_get_free_memory().await?.free_mem)
    }

    /// Memory that each NUMA node does not use, bytes, of so many nodes from one on.
    pub async fn free_memory_of_cells(&self, first: i32, most: i32) -> Result<Vec<u64>, CallError> {
        Ok(self.node_get_cells_free_memory(first, most).await?.cells)
    }

    /// What the host's CPUs have done, or one of them: `kernel`, `user`, `idle`, `iowait`, ns each (libvirt 0.9.3).
    pub async fn node_cpu_stats(&self, cpu: Option<u16>) -> Result<Vec<(Text, u64)>, CallError> {
        // -1 is all of them together.
        let cpu = cpu.map_or(-1, i32::from);
        let count = self.node_get_cpu_stats(cpu, 0, 0).await?.nparams;
        let stats = self.node_get_cpu_stats(cpu, count, 0).await?.params;
        Ok(stats.into_iter().map(|stat| (stat.field, stat.value)).collect())
    }

    /// What the host's memory is used for, or a NUMA node's: `total`, `free`, `buffers`, `cached`, KiB each (libvirt 0.9.3).
    pub async fn node_memory_stats(&self, cell: Option<u16>) -> Result<Vec<(Text, u64)>, CallError> {
        // -1 is all of them together.
        let cell = cell.map_or(-1, i32::from);
        let count = self.node_get_memory_stats(0, cell, 0).await?.nparams;
        let stats = self.node_get_memory_stats(count, cell, 0).await?.params;
        Ok(stats.into_iter().map(|stat| (stat.field, stat.value)).collect())
    }

    /// The host's CPUs that are online (libvirt 1.0.0).
    pub async fn node_cpus_online(&self) -> Result<CpuMap, CallError> {
        Ok(CpuMap::from_bytes(self.node_get_cpu_map(1, 0, 0).await?.cpumap))
    }

    /// What encrypted memory the host can give: `pdh`, `cert-chain`, `cbitpos` and so on (libvirt 4.5).
    pub async fn sev_info(&self) -> Result<TypedParams, CallError> {
        let flags = self.with_strings(0).await?;
        let count = self.node_get_sev_info(0, flags).await?.nparams;
        Ok(self.node_get_sev_info(count, flags).await?.params.into())
    }

    /// How many virtual CPUs a domain of a type may have, such as `kvm`; of the usual one where none is named.
    pub async fn max_vcpus(&self, domain_type: Option<&str>) -> Result<u32, CallError> {
        Ok(self.connect_get_max_vcpus(domain_type).await?.max_vcpus.try_into().unwrap_or(0))
    }

    /// Names of CPU models of an architecture, such as `x86_64` (libvirt 1.1.3).
    pub async fn cpu_models(&self, arch: &str) -> Result<Vec<Text>, CallError> {
        Ok(self.connect_get_cpu_model_names(arch, 1, 0).await?.models)
    }

    /// Whether a CPU, as the XML of a domain or of a host has it, can be had on this host (libvirt 0.7.5).
    pub async fn compare_cpu(&self, xml: &str) -> Result<CpuComparison, CallError> {
        Ok(self.connect_compare_cpu(xml, 0).await?.result.into())
    }

    /// The same with flags (libvirt 1.2.6).
    pub async fn compare_cpu_with(
        &self,
        xml: &str,
        flags: CompareCpuFlags,
    ) -> Result<CpuComparison, CallError> {
        Ok(self.connect_compare_cpu(xml, flags.bits()).await?.result.into())
    }

    /// A CPU that all of these hosts have, as XML; at most 256 (libvirt 0.7.7).
    pub async fn baseline_cpu(
        &self,
        host_cpus_xml: &[&str],
        flags: BaselineCpuFlags,
    ) -> Result<Text, CallError> {
        let cpus = host_cpus_xml.iter().map(|xml| Text::from(*xml)).collect();
        Ok(self.connect_baseline_cpu(cpus, flags.bits()).await?.cpu)
    }

    /// Tunables of the host's shared memory: `shm_pages_to_scan` and so on (libvirt 0.10.2).
    pub async fn node_memory_parameters(&self) -> Result<TypedParams, CallError> {
        let flags = self.with_strings(0).await?;
        let count = self.node_get_memory_parameters(0, flags).await?.nparams;
        Ok(self.node_get_memory_parameters(count, flags).await?.params.into())
    }

    /// Sets tunables of the host's shared memory (libvirt 0.10.2).
    pub async fn set_node_memory_parameters(&self, params: TypedParams) -> Result<(), CallError> {
        self.node_set_memory_parameters(params.into(), 0).await
    }

    /// Puts the host to sleep for so many seconds, 60 at least (libvirt 0.9.8).
    pub async fn suspend_node(&self, target: SuspendTarget, seconds: u64) -> Result<(), CallError> {
        self.node_suspend_for_duration(i32::from(target).cast_unsigned(), seconds, 0).await
    }

    /// How many bytes a map of the host's CPUs takes, as calls want it.
    pub(super) async fn cpu_map_bytes(&self) -> Result<i32, CallError> {
        let node = self.node_get_info().await?;
        // The product is what libvirt's clients take, as it counts those that are offline too; both are claims of the daemon.
        let shape = [node.nodes, node.sockets, node.cores, node.threads];
        let product = shape.into_iter().try_fold(1_i32, i32::checked_mul).unwrap_or(0);
        const BYTES_MAX: i32 = 2_048;
        let cpus = product.max(node.cpus).clamp(1, BYTES_MAX * 8);
        Ok(cpus.saturating_add(7) / 8)
    }
}

/// libvirt's single number: a million for each major, a thousand for each minor.
fn release(number: u64) -> Option<Release> {
    let part = |number: u64| u16::try_from(number).ok();
    Some(Release::new(part(number / 1_000_000)?, part(number / 1_000 % 1_000)?, part(number % 1_000)?))
}

impl From<NodeGetInfoReply> for NodeInfo {
    fn from(reply: NodeGetInfoReply) -> NodeInfo {
        let count = |number: i32| number.try_into().unwrap_or(0);
        let model = reply.model.split(|byte| *byte == 0).next().unwrap_or_default();
        NodeInfo {
            model: model.to_vec().into(),
            memory_kib: reply.memory,
            cpus: count(reply.cpus),
            mhz: count(reply.mhz),
            nodes: count(reply.nodes),
            sockets: count(reply.sockets),
            cores: count(reply.cores),
            threads: count(reply.threads),
        }
    }
}

/// As in `x86_64, 4 CPUs, 8388608 KiB`.
impl fmt::Display for NodeInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} CPUs, {} KiB", self.model, self.cpus, self.memory_kib)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_read_from_its_one_number() {
        assert_eq!(release(9_000_000), Some(Release::new(9, 0, 0)));
        assert_eq!(release(7_002_022), Some(Release::new(7, 2, 22)));
        assert_eq!(release(u64::MAX), None);
    }

    #[test]
    fn the_model_ends_at_its_first_nul_or_with_its_field() {
        let mut reply = NodeGetInfoReply { model: [b'x'; 32], cpus: -1, ..NodeGetInfoReply::default() };
        assert_eq!(NodeInfo::from(reply.clone()).model.len(), 32);
        reply.model[3] = 0;
        let info = NodeInfo::from(reply);
        assert_eq!((info.model, info.cpus), (Text::from("xxx"), 0));
    }
}
