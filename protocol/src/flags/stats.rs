//! Flags that choose what is told about domains and their host, and how the host is changed.

super::flags! {
    /// What to tell of each domain. No flag: all that the daemon knows.
    DomainStatsKinds = "virDomainStatsTypes" "VIR_DOMAIN_STATS_" {
        /// `state.`: what it does and why.
        STATE = 1,
        /// `cpu.`: time, ns.
        CPU_TOTAL = 2,
        /// `balloon.`: memory, KiB.
        BALLOON = 4,
        /// `vcpu.`: each virtual CPU.
        VCPU = 8,
        /// `net.`: each interface.
        INTERFACE = 16,
        /// `block.`: each disk.
        BLOCK = 32,
        /// `perf.`: counters of events.
        PERF = 64,
        /// `iothread.`: each thread of I/O.
        IOTHREAD = 128,
        /// `memory.`: bandwidth.
        MEMORY = 256,
        /// `dirtyrate.`: how fast it writes to memory.
        DIRTYRATE = 512,
        /// `vm.`: what the hypervisor tells of itself.
        VM = 1_024,
    }
    /// Of which domains, and how. Of each group of opposites, none or all means no choice.
    DomainStatsFlags = "virConnectGetAllDomainStatsFlags" "VIR_CONNECT_GET_ALL_DOMAINS_STATS_" {
        /// Those that are on.
        ACTIVE = 1,
        /// Those that are off.
        INACTIVE = 2,
        /// Those with a definition.
        PERSISTENT = 4,
        /// Those without.
        TRANSIENT = 8,
        /// Those that run.
        RUNNING = 16,
        /// Those that are paused.
        PAUSED = 32,
        /// Those that are off, by their state.
        SHUTOFF = 64,
        /// Those in any other state.
        OTHER = 128,
        /// Leave out what would have to wait for a busy domain.
        NOWAIT = 536_870_912,
        /// With the images below each disk.
        BACKING = 1_073_741_824,
        /// Fail where the daemon does not know a kind, instead of leaving it out.
        ENFORCE_STATS = 2_147_483_648,
    }
    /// Of which job.
    JobStatsFlags = "virDomainGetJobStatsFlags" "VIR_DOMAIN_JOB_STATS_" {
        /// The last one that is done, which is then forgotten.
        COMPLETED = 1,
        /// And not forgotten.
        KEEP_COMPLETED = 2,
    }
    /// What a guest's agent is asked.
    GuestInfoKinds = "virDomainGuestInfoTypes" "VIR_DOMAIN_GUEST_INFO_" {
        /// Who works there.
        USERS = 1,
        /// Which system.
        OS = 2,
        /// Which time.
        TIMEZONE = 4,
        /// Its name.
        HOSTNAME = 8,
        /// Its file systems.
        FILESYSTEM = 16,
        /// Its disks.
        DISKS = 32,
        /// Its interfaces.
        INTERFACES = 64,
    }
    /// How to write a CPU that several hosts have.
    BaselineCpuFlags = "virConnectBaselineCPUFlags" "VIR_CONNECT_BASELINE_CPU_" {
        /// With all of its features by name.
        EXPAND_FEATURES = 1,
        /// Without those that keep a guest from moving.
        MIGRATABLE = 2,
    }
    /// How to compare a CPU with the host's.
    CompareCpuFlags = "virConnectCompareCPUFlags" "VIR_CONNECT_COMPARE_CPU_" {
        /// Fail where it cannot be had, instead of saying so.
        FAIL_INCOMPATIBLE = 1,
        /// Compare the XML with its schema first.
        VALIDATE_XML = 2,
    }
    /// How many huge pages the host is to have.
    NodeAllocPagesFlags = "virNodeAllocPagesFlags" "VIR_NODE_ALLOC_PAGES_" {
        /// So many, and not so many more.
        SET = 1,
    }
    /// Which messages about a domain.
    MessageKinds = "virDomainMessageType" "VIR_DOMAIN_MESSAGE_" {
        /// It uses what will go.
        DEPRECATION = 1,
        /// It uses what nobody answers for.
        TAINTING = 2,
    }
}
