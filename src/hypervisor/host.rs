//! The host that a daemon runs on, as clients ask for it.

use std::borrow::Cow;
use std::num::NonZero;
use std::sync::OnceLock;

use super::{MemoryUse, MigrationSupport, Uuid};

/// The UUID of a host that has been given no other: hosts are asked for more than once.
static OF_THIS_RUN: OnceLock<Uuid> = OnceLock::new();

/// A host and its hypervisor: the answers that do not depend on any domain.
#[derive(Clone, Debug)]
pub struct Host {
    /// What kind of hypervisor this is, such as `QEMU`: what `virsh version` shows.
    pub kind: String,
    /// The hypervisor's own version, major × 1,000,000 + minor × 1,000 + micro.
    pub version: u64,
    /// The machine's name.
    pub hostname: String,
    /// The name by which clients open it, such as `mem:///default`.
    pub uri: String,
    /// Other names that open it. None may carry a transport or a host: the daemon never dials out by a name
    /// that it is sent.
    pub also_known_as: Vec<String>,
    /// The host's own UUID. [`Host::new`] has one that lasts as long as this program runs: what is to be the same host after its next start
    /// keeps one, as `store::Store::host_uuid` does, and two hosts of one program have one each, or no guest moves between them.
    pub uuid: Uuid,
    /// The machine.
    pub node: NodeInfo,
    /// The domain types that it runs (`<domain type='…'>`).
    pub domain_types: Vec<String>,
    /// What they boot (`<os><type>`): `hvm`, a whole machine, as [`Host::new`] has it, or `exe`, the first process of a container.
    pub os_type: String,
    /// The architectures that domains may have, the usual one first; where none is named, the machine's own.
    pub architectures: Vec<Architecture>,
    /// The virtual CPUs that one domain may have.
    pub vcpus_max: u32,
    /// Which migrations it takes part in.
    pub migration: MigrationSupport,
}

impl Host {
    /// A host on this machine, with what the operating system says of it. It migrates nothing.
    pub fn new(kind: impl Into<String>, uri: impl Into<String>, domain_type: impl Into<String>) -> Host {
        Host {
            kind: kind.into(),
            version: 0,
            hostname: hostname(),
            uri: uri.into(),
            also_known_as: Vec::new(),
            uuid: *OF_THIS_RUN.get_or_init(Uuid::random),
            node: NodeInfo::of_this_machine(),
            domain_types: vec![domain_type.into()],
            os_type: "hvm".to_owned(),
            architectures: Vec::new(),
            vcpus_max: 255,
            migration: MigrationSupport::default(),
        }
    }

    /// The capabilities document (`virsh capabilities`), as small as clients accept.
    pub fn capabilities(&self) -> String {
        let types: String =
            self.domain_types.iter().map(|name| format!("<domain type='{}'/>", escape(name))).collect();
        let os_type = escape(&self.os_type);
        let mut guests = String::new();
        for Architecture { name, word_bits } in self.architectures().iter() {
            guests.push_str(&format!(
                "  <guest>\n    <os_type>{os_type}</os_type>\n    <arch name='{}'>\n      <wordsize>{word_bits}</wordsize>\n      \
                 {types}\n    </arch>\n  </guest>\n",
                escape(name)
            ));
        }
        let arch = escape(&self.node.model);
        let topology = self.node.topology();
        format!(
            "<capabilities>\n  <host>\n    <uuid>{}</uuid>\n    <cpu>\n      <arch>{arch}</arch>\n    </cpu>\n{topology}  </host>\n\
             {guests}</capabilities>\n",
            self.uuid
        )
    }

    /// Those of its domains: one at least.
    pub(super) fn architectures(&self) -> Cow<'_, [Architecture]> {
        match self.architectures.is_empty() {
            true => vec![Architecture::new(&self.node.model, usize::BITS)].into(),
            false => self.architectures.as_slice().into(),
        }
    }

    /// What domains of a type and an architecture can have (`virsh domcapabilities`): as much as clients need to describe one.
    pub fn domain_capabilities(&self, domain_type: &str, architecture: &str) -> String {
        format!(
            "<domainCapabilities>\n  <domain>{}</domain>\n  <arch>{}</arch>\n  <vcpu max='{}'/>\n  <iothreads supported='no'/>\n  \
             <os supported='yes'/>\n  <cpu/>\n  <devices/>\n  <features/>\n</domainCapabilities>\n",
            escape(domain_type),
            escape(architecture),
            self.vcpus_max,
        )
    }
}

/// An architecture that domains may have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Architecture {
    /// Its name, such as `aarch64`.
    pub name: String,
    /// The bits of its words, such as 64.
    pub word_bits: u32,
}

impl Architecture {
    /// One of this name, with words of so many bits.
    pub fn new(name: impl Into<String>, word_bits: u32) -> Architecture {
        Architecture { name: name.into(), word_bits }
    }
}

/// The machine: `virsh nodeinfo`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeInfo {
    /// The CPU's architecture, such as `x86_64`; at most 31 bytes reach a client.
    pub model: String,
    /// Its memory, KiB.
    pub memory_kib: u64,
    /// Its active CPUs.
    pub cpus: u32,
    /// Their clock, MHz; 0 where that means nothing.
    pub mhz: u32,
    /// NUMA nodes.
    pub nodes: u32,
    /// Sockets per node.
    pub sockets: u32,
    /// Cores per socket.
    pub cores: u32,
    /// Threads per core.
    pub threads: u32,
}

impl NodeInfo {
    /// What the operating system says: its CPUs as the cores of one socket, and its memory where it can be read.
    pub fn of_this_machine() -> NodeInfo {
        let cpus = std::thread::available_parallelism().map_or(1, NonZero::get);
        let cpus = u32::try_from(cpus).unwrap_or(u32::MAX);
        NodeInfo {
            model: std::env::consts::ARCH.to_owned(),
            memory_kib: MemoryUse::of_this_machine().map_or(0, |memory| memory.total_kib),
            cpus,
            mhz: 0,
            nodes: 1,
            sockets: 1,
            cores: cpus,
            threads: 1,
        }
    }
}

/// The CPUs that are listed at most: maps of CPUs have bits for so many.
const CPUS_MAX: u32 = 16_384;
/// And the NUMA nodes.
const NODES_MAX: u32 = 1_024;

impl NodeInfo {
    /// The NUMA nodes, as the capabilities document has them: of each its share of the memory, and its CPUs, by the number that
    /// the counts of sockets, cores and threads give them. What asks each node something finds there which ones there are.
    fn topology(&self) -> String {
        let nodes = self.nodes.clamp(1, NODES_MAX);
        let memory = self.memory_kib / u64::from(nodes);
        let per_core = self.threads.max(1);
        let per_socket = per_core.saturating_mul(self.cores.max(1));
        let per_node = per_socket.saturating_mul(self.sockets.max(1));
        let there = self.cpus.min(CPUS_MAX);
        let mut cells = String::new();
        for node in 0..nodes {
            let first = node.saturating_mul(per_node).min(there);
            // More than the counts give are the last one's.
            let end = if node + 1 == nodes { there } else { first.saturating_add(per_node).min(there) };
            let mut cpus = String::new();
            for cpu in first..end {
                let (socket, core) = (cpu / per_socket, cpu % per_socket / per_core);
                let sibling = cpu - cpu % per_core;
                let last = sibling.saturating_add(per_core - 1).min(there - 1);
                let siblings = if last > sibling { format!("{sibling}-{last}") } else { cpu.to_string() };
                let ids = format!("id='{cpu}' socket_id='{socket}' die_id='0' core_id='{core}'");
                cpus.push_str(&format!("            <cpu {ids} siblings='{siblings}'/>\n"));
            }
            let count = end - first;
            cells.push_str(&format!(
                "        <cell id='{node}'>\n          <memory unit='KiB'>{memory}</memory>\n          <cpus num='{count}'>\n{cpus}          \
                 </cpus>\n        </cell>\n"
            ));
        }
        format!("    <topology>\n      <cells num='{nodes}'>\n{cells}      </cells>\n    </topology>\n")
    }
}

fn hostname() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "localhost".to_owned() } else { name.to_owned() }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&apos;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_capabilities_name_the_host_and_what_it_runs() {
        let mut host = Host::new("mem", "mem:///default", "test");
        host.node.model = "x86_64".to_owned();
        host.domain_types.push("a'b".to_owned());
        let text = host.capabilities();
        assert!(text.contains(&format!("<uuid>{}</uuid>", host.uuid)), "{text}");
        assert!(text.contains("<domain type='test'/><domain type='a&apos;b'/>"), "{text}");
        assert!(text.contains("<arch name='x86_64'>"), "{text}");
        assert!(
            text.contains("<cells num='1'>\n        <cell id='0'>\n          <memory unit='KiB'>"),
            "{text}"
        );
        let text = host.domain_capabilities("a'b", "c'd");
        assert!(text.contains("<domain>a&apos;b</domain>") && text.contains("<vcpu max='255'/>"), "{text}");
        assert!(text.contains("<arch>c&apos;d</arch>"), "{text}");
    }

    /// By its UUID a destination knows whether a guest would move to the host that it comes from.
    #[test]
    fn a_host_that_is_made_again_is_the_same_host() {
        let host = || Host::new("a", "a:///", "a");
        assert_eq!(host().uuid, host().uuid);
        assert!(host().capabilities() == host().capabilities());
    }

    /// A machine may run guests that are none, or others than itself.
    #[test]
    fn the_capabilities_say_what_domains_boot() {
        let guest = |os_type: &str, arch: &str, bits: u32| {
            format!(
                "  <guest>\n    <os_type>{os_type}</os_type>\n    <arch name='{arch}'>\n      <wordsize>{bits}</wordsize>\n      \
                 <domain type='a'/>\n    </arch>\n  </guest>\n"
            )
        };
        let mut host = Host::new("a", "a:///", "a");
        host.node.model = "x86_64".to_owned();
        let said = |host: &Host| {
            let text = host.capabilities();
            let start = text.find("  </host>\n").unwrap_or_default();
            text[start..].to_owned()
        };
        let with = |guests: &str| format!("  </host>\n{guests}</capabilities>\n");
        assert_eq!(said(&host), with(&guest("hvm", "x86_64", usize::BITS)));
        host.os_type = "exe".to_owned();
        host.architectures = vec![Architecture::new("armv7l", 32), Architecture::new("a'b", 64)];
        assert_eq!(said(&host), with(&(guest("exe", "armv7l", 32) + &guest("exe", "a&apos;b", 64))));
        assert!(host.capabilities().contains("<cpu>\n      <arch>x86_64</arch>"));
    }

    /// Each node has its share, and each CPU is in one of them.
    #[test]
    fn nodes_have_their_cpus_and_their_memory() {
        let mut node = NodeInfo::of_this_machine();
        (node.nodes, node.sockets, node.cores, node.threads) = (2, 1, 2, 2);
        (node.cpus, node.memory_kib) = (7, 4_096);
        let text = node.topology();
        assert_eq!(text.matches("<memory unit='KiB'>2048</memory>").count(), 2);
        for there in [
            "<cells num='2'>",
            "<cpus num='4'>",
            "<cpus num='3'>",
            "<cpu id='0' socket_id='0' die_id='0' core_id='0' siblings='0-1'/>",
            "<cpu id='3' socket_id='0' die_id='0' core_id='1' siblings='2-3'/>",
            "<cpu id='4' socket_id='1' die_id='0' core_id='0' siblings='4-5'/>",
            "<cpu id='6' socket_id='1' die_id='0' core_id='1' siblings='6'/>",
        ] {
            assert!(text.contains(there), "{there} in {text}");
        }
        assert_eq!(text.matches("<cpu ").count(), 7);
        // Whatever an embedder says, the document can be sent.
        (node.nodes, node.sockets, node.cores, node.threads) = (1, u32::MAX, u32::MAX, 0);
        node.cpus = u32::MAX;
        assert_eq!(node.topology().matches("<cpu ").count(), 16_384);
        (node.nodes, node.cpus) = (u32::MAX, 0);
        assert!(node.topology().len() < 4_194_304);
    }
}
