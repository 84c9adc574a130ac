//! Enumerations of domains, but for their states.

use crate::numbers::numbers;

numbers! {
    /// Whether a job runs, or how it ended.
    JobKind = "virDomainJobType" "VIR_DOMAIN_JOB_" {
        /// There is none.
        None = 0 "none",
        /// It runs and knows when it ends.
        Bounded = 1 "bounded",
        /// It runs for as long as it takes.
        Unbounded = 2 "unbounded",
        /// It is done.
        Completed = 3 "completed",
        /// It failed.
        Failed = 4 "failed",
        /// Somebody stopped it.
        Cancelled = 5 "cancelled",
    }
    /// What a job does.
    JobOperation = "virDomainJobOperation" "VIR_DOMAIN_JOB_OPERATION_" {
        /// Nobody says.
        Unknown = 0 "unknown",
        /// Starting.
        Start = 1 "start",
        /// Saving to a file.
        Save = 2 "save",
        /// Restoring from one.
        Restore = 3 "restore",
        /// Coming from another host.
        MigrationIn = 4 "migration-in",
        /// Going to another host.
        MigrationOut = 5 "migration-out",
        /// Taking a snapshot.
        Snapshot = 6 "snapshot",
        /// Going back to one.
        SnapshotRevert = 7 "snapshot-revert",
        /// Dumping core.
        Dump = 8 "dump",
        /// Backing up disks (libvirt 6.0).
        Backup = 9 "backup",
        /// Deleting a snapshot (libvirt 9.0).
        SnapshotDelete = 10 "snapshot-delete",
    }
    /// Whether the daemon can talk to the hypervisor of a domain.
    ControlState = "virDomainControlState" "VIR_DOMAIN_CONTROL_" {
        /// It can.
        Ok = 0 "ok",
        /// A job of the domain has it.
        Job = 1 "job",
        /// A command is on its way.
        Occupied = 2 "occupied",
        /// It cannot: see the reason.
        Error = 3 "error",
    }
    /// Why the daemon cannot talk to the hypervisor of a domain.
    ControlErrorReason = "virDomainControlErrorReason" "VIR_DOMAIN_CONTROL_ERROR_REASON_" {
        /// It can.
        None = 0 "none",
        /// Nobody knows.
        Unknown = 1 "unknown",
        /// The connection to it is broken.
        Monitor = 2 "monitor",
        /// The daemon is confused.
        Internal = 3 "internal",
    }
    /// What a virtual CPU does.
    VcpuState = "virVcpuState" "VIR_VCPU_" {
        /// It is not there.
        Offline = 0 "offline",
        /// It runs.
        Running = 1 "running",
        /// It waits.
        Blocked = 2 "blocked",
    }
    /// What a counter of memory counts: KiB where nothing else is said.
    MemoryStat = "virDomainMemoryStatTags" "VIR_DOMAIN_MEMORY_STAT_" {
        /// Read back from the guest's swap space.
        SwapIn = 0 "swap-in",
        /// Written to the guest's swap space.
        SwapOut = 1 "swap-out",
        /// Page faults that had to read a disk; a count.
        MajorFault = 2 "major-fault",
        /// The others; a count.
        MinorFault = 3 "minor-fault",
        /// Not used at all by the guest.
        Unused = 4 "unused",
        /// What the guest sees as its memory.
        Available = 5 "available",
        /// The balloon's present size.
        ActualBalloon = 6 "actual-balloon",
        /// What the hypervisor's process has of the host's memory.
        Rss = 7 "rss",
        /// What the guest could use without swapping.
        Usable = 8 "usable",
        /// When the guest last told; seconds since 1970.
        LastUpdate = 9 "last-update",
        /// What the guest could take back from its caches.
        DiskCaches = 10 "disk-caches",
        /// Huge pages that the guest got; a count.
        HugetlbPgalloc = 11 "hugetlb-pgalloc",
        /// Huge pages that the guest did not get; a count.
        HugetlbPgfail = 12 "hugetlb-pgfail",
    }
    /// Who is asked for a domain's addresses.
    AddressSource = "virDomainInterfaceAddressesSource" "VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_" {
        /// The DHCP servers of the daemon's networks.
        Lease = 0 "lease",
        /// The guest's agent.
        Agent = 1 "agent",
        /// The host's table of neighbours.
        Arp = 2 "arp",
    }
    /// What kind of address it is.
    AddressFamily = "virIPAddrType" "VIR_IP_ADDR_TYPE_" {
        /// 32 bits.
        Ipv4 = 0 "ipv4",
        /// 128 bits.
        Ipv6 = 1 "ipv6",
    }
    /// What is wrong with a disk.
    DiskError = "virDomainDiskErrorCode" "VIR_DOMAIN_DISK_ERROR_" {
        /// Nothing.
        None = 0 "none",
        /// It does not say.
        Unspecified = 1 "unspec",
        /// There is no room where it is stored.
        NoSpace = 2 "no-space",
    }
    /// How a core dump is written.
    DumpFormat = "virDomainCoreDumpFormat" "VIR_DOMAIN_CORE_DUMP_FORMAT_" {
        /// As it is.
        Raw = 0 "raw",
        /// For kdump, compressed by zlib.
        KdumpZlib = 1 "kdump-zlib",
        /// For kdump, compressed by lzo.
        KdumpLzo = 2 "kdump-lzo",
        /// For kdump, compressed by snappy.
        KdumpSnappy = 3 "kdump-snappy",
        /// As Windows writes it.
        WinDmp = 4 "win-dmp",
    }
    /// Whether a host can give a CPU.
    CpuComparison = "virCPUCompareResult" "VIR_CPU_COMPARE_" {
        /// It cannot.
        Incompatible = 0 "incompatible",
        /// It has that very one.
        Identical = 1 "identical",
        /// It has that, and more.
        Superset = 2 "superset",
    }
    /// Where a sleeping machine keeps its memory.
    SuspendTarget = "virNodeSuspendTarget" "VIR_NODE_SUSPEND_TARGET_" {
        /// Where it is.
        Memory = 0 "mem",
        /// On disk.
        Disk = 1 "disk",
        /// Both.
        Hybrid = 2 "hybrid",
    }
    /// What may happen to a guest, to be acted upon.
    LifecycleKind = "virDomainLifecycle" "VIR_DOMAIN_LIFECYCLE_" {
        /// It turned itself off.
        Poweroff = 0 "poweroff",
        /// It restarted itself.
        Reboot = 1 "reboot",
        /// It crashed.
        Crash = 2 "crash",
    }
    /// What the daemon does about it.
    LifecycleAction = "virDomainLifecycleAction" "VIR_DOMAIN_LIFECYCLE_ACTION_" {
        /// End it.
        Destroy = 0 "destroy",
        /// Start it again.
        Restart = 1 "restart",
        /// Start it again under a new name.
        RestartRename = 2 "restart-rename",
        /// Leave it for inspection.
        Preserve = 3 "preserve",
        /// Dump its core, then end it.
        CoredumpDestroy = 4 "coredump-destroy",
        /// Dump its core, then start it again.
        CoredumpRestart = 5 "coredump-restart",
    }
    /// What the numbers of keys mean.
    KeyCodes = "virKeycodeSet" "VIR_KEYCODE_SET_" {
        /// As in Linux's input events.
        Linux = 0 "linux",
        /// The first PC's.
        Xt = 1 "xt",
        /// AT, set 1.
        AtSet1 = 2 "atset1",
        /// AT, set 2.
        AtSet2 = 3 "atset2",
        /// AT, set 3.
        AtSet3 = 4 "atset3",
        /// macOS's.
        Osx = 5 "osx",
        /// XT as Linux's driver sends it.
        XtKbd = 6 "xt-kbd",
        /// USB HID's.
        Usb = 7 "usb",
        /// Windows's.
        Win32 = 8 "win32",
        /// QEMU's.
        Qnum = 9 "qnum",
    }
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn words_and_numbers_are_libvirts() {
        super::super::check(ALL, &[]);
    }
}
