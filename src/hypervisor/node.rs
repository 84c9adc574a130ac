//! What the host's own CPUs and memory do.

use std::fs;
use std::future::{Future, ready};
use std::io;

use super::{Result, errors};

/// What a host's CPUs and memory do at the moment: `virsh nodecpustats`, `nodememstats`, `freecell`. For
/// [`Hypervisor::node`](super::Hypervisor::node).
///
/// The defaults tell of this machine, as its kernel does, so that `impl Node for Mine {}` is all of it where guests run here. virtwire
/// sees to it that only CPUs and cells are asked for that [`Host::node`](super::Host::node) has.
pub trait Node: Send + Sync {
    /// What one CPU has done, by number from 0, or all of them together.
    fn cpu_times(&self, cpu: Option<u32>) -> impl Future<Output = Result<CpuTimes>> + Send {
        ready(CpuTimes::of_this_machine(cpu).map_err(|error| untold("CPUs", &error)))
    }

    /// How the memory of one NUMA cell is used, by number from 0, or all of it. The default knows no cells: all of it is in each.
    fn memory_use(&self, _cell: Option<u32>) -> impl Future<Output = Result<MemoryUse>> + Send {
        ready(MemoryUse::of_this_machine().map_err(|error| untold("memory", &error)))
    }
}

fn untold(what: &str, error: &io::Error) -> virtwire_protocol::error::RemoteError {
    errors::failed(format!("the system does not tell of its {what}: {error}"))
}

/// What CPUs have done since their machine has started, ns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CpuTimes {
    /// The kernel's work.
    pub kernel_ns: u64,
    /// Programs' work, guests' included.
    pub user_ns: u64,
    /// Nothing.
    pub idle_ns: u64,
    /// Nothing but to wait for disks.
    pub iowait_ns: u64,
}

/// How memory is used, KiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryUse {
    /// All that there is.
    pub total_kib: u64,
    /// What nobody has.
    pub free_kib: u64,
    /// What the kernel has of disks' blocks.
    pub buffers_kib: u64,
    /// What the kernel has of files, and would give back.
    pub cached_kib: u64,
}

impl CpuTimes {
    /// What Linux says of one of its CPUs, or of all.
    ///
    /// # Errors
    /// The system's, and where there is no such CPU.
    pub fn of_this_machine(cpu: Option<u32>) -> io::Result<CpuTimes> {
        CpuTimes::read(&fs::read_to_string("/proc/stat")?, cpu).ok_or_else(unreadable)
    }

    /// Of `/proc/stat`, in ticks of 1/100 s: user, nice, system, idle, iowait, irq, softirq.
    fn read(stat: &str, cpu: Option<u32>) -> Option<CpuTimes> {
        const TICK_NS: u64 = 10_000_000;
        let name = cpu.map_or_else(|| "cpu".to_owned(), |number| format!("cpu{number}"));
        let mut words = stat.lines().map(str::split_whitespace).find_map(|mut words| {
            let is_it = words.next() == Some(name.as_str());
            is_it.then_some(words)
        })?;
        let mut next = || words.next()?.parse::<u64>().ok()?.checked_mul(TICK_NS);
        let [user, nice, system, idle, iowait, irq, softirq] =
            [next()?, next()?, next()?, next()?, next()?, next()?, next()?];
        Some(CpuTimes {
            kernel_ns: system.saturating_add(irq).saturating_add(softirq),
            user_ns: user.saturating_add(nice),
            idle_ns: idle,
            iowait_ns: iowait,
        })
    }
}

impl MemoryUse {
    /// What Linux says.
    ///
    /// # Errors
    /// The system's.
    pub fn of_this_machine() -> io::Result<MemoryUse> {
        MemoryUse::read(&fs::read_to_string("/proc/meminfo")?).ok_or_else(unreadable)
    }

    /// Of `/proc/meminfo`.
    fn read(meminfo: &str) -> Option<MemoryUse> {
        let kib = |name: &str| {
            let line = meminfo.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
            line.trim().strip_suffix("kB")?.trim().parse().ok()
        };
        Some(MemoryUse {
            total_kib: kib("MemTotal")?,
            free_kib: kib("MemFree")?,
            buffers_kib: kib("Buffers")?,
            cached_kib: kib("Cached")?,
        })
    }
}

fn unreadable() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "what it says is not understood")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_says_is_understood() {
        let stat = "cpu  10 2 30 400 5 6 7 8 0 0\ncpu0 4 0 3 200 1 0 0 0 0 0\nintr 1\n";
        let all = CpuTimes {
            kernel_ns: 430_000_000,
            user_ns: 120_000_000,
            idle_ns: 4_000_000_000,
            iowait_ns: 50_000_000,
        };
        assert_eq!(CpuTimes::read(stat, None), Some(all));
        assert_eq!(CpuTimes::read(stat, Some(0)).map(|one| one.user_ns), Some(40_000_000));
        assert_eq!(CpuTimes::read(stat, Some(1)), None);
        assert_eq!(CpuTimes::read("cpu 1 2 3", None), None);
        let meminfo = "MemTotal:  100 kB\nMemFree:  40 kB\nBuffers: 3 kB\nCached: 20 kB\nSwapCached: 1 kB\n";
        let memory = MemoryUse { total_kib: 100, free_kib: 40, buffers_kib: 3, cached_kib: 20 };
        assert_eq!(MemoryUse::read(meminfo), Some(memory));
        assert_eq!(MemoryUse::read("MemTotal: many kB"), None);
        assert!(CpuTimes::of_this_machine(None).is_ok() && MemoryUse::of_this_machine().is_ok());
    }
}
