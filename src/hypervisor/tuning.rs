//! What a host grants its domains.

use std::collections::BTreeMap;
use std::future::{Future, ready};

use virtwire_protocol::error::RemoteError;
use virtwire_protocol::params::TypedParams;

use super::{CpuSet, Place, Result, Uuid};

/// What a host grants each of its domains, beside what they have: `virsh memtune`, `schedinfo`, `blkiotune`, `numatune`, `blkdeviotune`,
/// `domiftune`, `vcpupin`, `emulatorpin`. For [`Hypervisor::tuning`](super::Hypervisor::tuning).
///
/// virtwire supplies flags, counting, and sees to it that only values are set which there are, each of its own type and once, where they
/// can be: in what runs of an active domain, and in the configuration of a persistent one. It tells whoever wants to hear of it what a domain
/// that runs is granted of CPUs now, as libvirt does: of memory it tells nothing.
pub trait Tuning: Send + Sync {
    /// The name of the scheduler, which tells clients what its values mean.
    fn scheduler(&self) -> &str {
        "posix"
    }

    /// All values of a kind, under libvirt's names, those that nobody has set too: of what runs or would run, or of the next start. At
    /// most 16, and 32 of a disk.
    ///
    /// # Errors
    /// [`no_support`](RemoteError::no_support) for a kind of which there is nothing here, [`errors::no_disk`](super::errors::no_disk) and
    /// [`errors::no_interface`](super::errors::no_interface) for a device that the domain does not have.
    fn tuned(
        &self,
        domain: Uuid,
        what: Tuned,
        inactive: bool,
    ) -> impl Future<Output = Result<TypedParams>> + Send;

    /// Sets some values of a kind. Where both places are asked for the configuration comes first, and what runs stays as it is if that
    /// fails.
    fn tune(
        &self,
        domain: Uuid,
        what: Tuned,
        values: TypedParams,
        place: Place,
    ) -> impl Future<Output = Result<()>> + Send;

    /// On which of the host's CPUs a domain may run: of what runs or would run, or of the next start. By default on all.
    fn pins(&self, _domain: Uuid, _inactive: bool) -> impl Future<Output = Result<Pins>> + Send {
        ready(Ok(Pins::default()))
    }

    /// Lets something of a domain run on these of the host's CPUs alone, of which there is one at least.
    fn pin(
        &self,
        _domain: Uuid,
        what: Pinned,
        _cpus: CpuSet,
        _place: Place,
    ) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support(match what {
            Pinned::Vcpu(_) => "virDomainPinVcpuFlags",
            Pinned::Emulator => "virDomainPinEmulator",
        })))
    }
}

/// What of a domain has CPUs of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pinned {
    /// A virtual CPU, by number from 0.
    Vcpu(u32),
    /// What the hypervisor itself does for it.
    Emulator,
}

/// On which of the host's CPUs a domain may run. What is not named may run on all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pins {
    /// Its virtual CPUs, by number from 0, also those that are not plugged in.
    pub vcpus: BTreeMap<u32, CpuSet>,
    /// What the hypervisor itself does for it.
    pub emulator: Option<CpuSet>,
}

/// A kind of what is granted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Tuned {
    /// Memory of the host: `hard_limit`, `soft_limit`, `swap_hard_limit`, KiB, each an unsigned number of 64 bits.
    /// [`MEMORY_UNLIMITED`] and more is no limit.
    Memory,
    /// Time of the host's CPUs: with `posix`, `cpu_shares`, `vcpu_period` in µs, and `vcpu_quota` in µs, which has a sign.
    Scheduler,
    /// A share of the host's disks: `weight`, an unsigned number of 32 bits, and texts that name the host's disks, `path,value,path,value`:
    /// `device_weight`, and per second `device_read_iops_sec`, `device_write_iops_sec`, `device_read_bytes_sec`, `device_write_bytes_sec`. What
    /// is set for a disk leaves other disks alone; 0 is nothing of its own.
    BlockIo,
    /// Where the host's memory is taken from: `numa_mode`, a signed number of 32 bits (0 strict, 1 preferred, 2 interleaved, 3
    /// restrictive), and `numa_nodeset`, a text such as `0-1`.
    Numa,
    /// Limits of one of its disks, which clients call by where the guest sees it or by its path: `total_bytes_sec`, `read_iops_sec` and so on
    /// with their `…_max` and `…_max_length`, each an unsigned number of 64 bits, `size_iops_sec`, and the text `group_name`. 0 is none.
    Disk(String),
    /// Limits of one of its interfaces, which clients call by where it is on the host or by its MAC address: `inbound.average`, `inbound.peak`,
    /// `inbound.floor` in KiB/s, `inbound.burst` in KiB, the same of `outbound` but for the floor, each an unsigned number of 32 bits. 0 is
    /// none.
    Interface(String),
}

/// From here on a limit on memory is none, KiB.
pub const MEMORY_UNLIMITED: u64 = 9_007_199_254_740_991;
