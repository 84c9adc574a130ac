//! Flags of a domain's life, configuration and devices.

super::flags! {
    /// Which of an object's configurations a change is of. No flag: what runs, or the persistent one where nothing does.
    AffectFlags = "virDomainModificationImpact" "VIR_DOMAIN_AFFECT_" {
        /// What runs.
        LIVE = 1,
        /// What the next start begins with.
        CONFIG = 2,
    }
    /// How to describe a domain.
    DomainXmlFlags = "virDomainXMLFlags" "VIR_DOMAIN_XML_" {
        /// With passwords. Refused on read-only connections.
        SECURE = 1,
        /// What the next start begins with.
        INACTIVE = 2,
        /// With the CPU as this host would have it.
        UPDATE_CPU = 4,
        /// For a destination to read.
        MIGRATABLE = 8,
    }
    /// How to describe a network, a storage pool or an interface.
    XmlFlags = "virNetworkXMLFlags, virStorageXMLFlags, virInterfaceXMLFlags, virNodeDeviceXMLFlags" "VIR_NETWORK_XML_" {
        /// What the next start begins with.
        INACTIVE = 1,
    }
    /// How to define an object of any kind.
    DefineFlags = "virDomainDefineFlags, virNetworkDefineFlags and the like" "VIR_DOMAIN_DEFINE_" {
        /// Compare the XML with its schema first.
        VALIDATE = 1,
    }
    /// How to start a domain.
    DomainStartFlags = "virDomainCreateFlags" "VIR_DOMAIN_START_" {
        /// Leave it paused, before its first instruction.
        PAUSED = 1,
        /// End it with this connection.
        AUTODESTROY = 2,
        /// Read a saved image around the host's cache.
        BYPASS_CACHE = 4,
        /// Forget a saved image and boot.
        FORCE_BOOT = 8,
        /// Compare the XML with its schema first.
        VALIDATE = 16,
        /// Forget what the firmware has stored.
        RESET_NVRAM = 32,
    }
    /// What goes with a domain's definition.
    DomainUndefineFlags = "virDomainUndefineFlagsValues" "VIR_DOMAIN_UNDEFINE_" {
        /// Its managed save image.
        MANAGED_SAVE = 1,
        /// What is known of its snapshots; the snapshots stay.
        SNAPSHOTS_METADATA = 2,
        /// What its firmware has stored.
        NVRAM = 4,
        /// Nothing of what its firmware has stored.
        KEEP_NVRAM = 8,
        /// What is known of its checkpoints.
        CHECKPOINTS_METADATA = 16,
        /// What its TPM has stored.
        TPM = 32,
        /// Nothing of what its TPM has stored.
        KEEP_TPM = 64,
    }
    /// How to end a domain.
    DomainDestroyFlags = "virDomainDestroyFlagsValues" "VIR_DOMAIN_DESTROY_" {
        /// Ask the process only, and fail if it does not go.
        GRACEFUL = 1,
        /// Remove its logs.
        REMOVE_LOGS = 2,
    }
    /// How to ask a guest to shut down or to reboot; no flag leaves it to the hypervisor.
    DomainShutdownFlags = "virDomainShutdownFlagValues, virDomainRebootFlagValues" "VIR_DOMAIN_SHUTDOWN_" {
        /// By its power button.
        ACPI_POWER_BTN = 1,
        /// By its agent.
        GUEST_AGENT = 2,
        /// By its init.
        INITCTL = 4,
        /// By a signal to its init.
        SIGNAL = 8,
        /// By Xen's own way.
        PARAVIRT = 16,
    }
    /// How to change a device.
    DeviceFlags = "virDomainDeviceModifyFlags" "VIR_DOMAIN_DEVICE_MODIFY_" {
        /// What runs.
        LIVE = 1,
        /// What the next start begins with.
        CONFIG = 2,
        /// Even if the guest has it locked.
        FORCE = 4,
    }
    /// Which virtual CPUs.
    VcpuFlags = "virDomainVcpuFlags" "VIR_DOMAIN_VCPU_" {
        /// Those that run.
        LIVE = 1,
        /// Those of the next start.
        CONFIG = 2,
        /// Those that there may be.
        MAXIMUM = 4,
        /// Those that the guest uses, by its agent.
        GUEST = 8,
        /// Those that can be taken away again.
        HOTPLUGGABLE = 16,
    }
    /// Which memory.
    MemoryFlags = "virDomainMemoryModFlags" "VIR_DOMAIN_MEM_" {
        /// What runs.
        LIVE = 1,
        /// What the next start begins with.
        CONFIG = 2,
        /// What there may be.
        MAXIMUM = 4,
    }
    /// What a place in a guest's memory is counted in.
    MemoryPeekFlags = "virDomainMemoryFlags" "VIR_MEMORY_" {
        /// Addresses of what runs on the first CPU.
        VIRTUAL = 1,
        /// Addresses of the machine.
        PHYSICAL = 2,
    }
    /// How to save a domain to a file, or to restore it.
    DomainSaveFlags = "virDomainSaveRestoreFlags" "VIR_DOMAIN_SAVE_" {
        /// Around the host's cache.
        BYPASS_CACHE = 1,
        /// It runs when restored.
        RUNNING = 2,
        /// It is paused when restored.
        PAUSED = 4,
        /// Forget what the firmware has stored.
        RESET_NVRAM = 8,
    }
    /// How to describe the domain in a saved image.
    SaveImageXmlFlags = "virDomainSaveImageXMLFlags" "VIR_DOMAIN_SAVE_IMAGE_XML_" {
        /// With passwords. Refused on read-only connections.
        SECURE = 1,
    }
    /// How to dump a domain's core.
    DumpFlags = "virDomainCoreDumpFlags" "VIR_DUMP_" {
        /// End it then.
        CRASH = 1,
        /// While it runs.
        LIVE = 2,
        /// Around the host's cache.
        BYPASS_CACHE = 4,
        /// Reset it then.
        RESET = 8,
        /// Its memory and no more.
        MEMORY_ONLY = 16,
    }
    /// How to end a domain's job.
    AbortJobFlags = "virDomainAbortJobFlagsValues" "VIR_DOMAIN_ABORT_JOB_" {
        /// Even a post-copy migration, which pauses the guest; it may be resumed.
        POSTCOPY = 1,
    }
    /// Of which part of a migration a limit of its speed is.
    MigrateMaxSpeedFlags = "virDomainMigrateMaxSpeedFlags" "VIR_DOMAIN_MIGRATE_MAX_SPEED_" {
        /// Of its post-copy part (libvirt 5.1).
        POSTCOPY = 1,
    }
    /// How to measure how fast a guest writes to memory; no flag takes samples of its pages (libvirt 8.1).
    DirtyRateFlags = "virDomainDirtyRateCalcFlags" "VIR_DOMAIN_DIRTYRATE_MODE_" {
        /// By a map of its pages.
        DIRTY_BITMAP = 1,
        /// By the kernel's list of pages, for each virtual CPU.
        DIRTY_RING = 2,
    }
    /// Whom to ask what a guest calls itself; no flag leaves it to the hypervisor.
    HostnameFlags = "virDomainGetHostnameFlags" "VIR_DOMAIN_GET_HOSTNAME_" {
        /// Who gave it its address.
        LEASE = 1,
        /// Its agent.
        AGENT = 2,
    }
    /// How a domain's clock is set.
    TimeFlags = "virDomainSetTimeFlags" "VIR_DOMAIN_TIME_" {
        /// From the machine's own.
        SYNC = 1,
    }
    /// How a password is given.
    PasswordFlags = "virDomainSetUserPasswordFlags" "VIR_DOMAIN_PASSWORD_" {
        /// As the guest keeps it.
        ENCRYPTED = 1,
    }
    /// What becomes of a user's keys.
    AuthorizedSshKeysFlags = "virDomainAuthorizedSSHKeysSetFlags" "VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_" {
        /// These are added.
        APPEND = 1,
        /// These are removed.
        REMOVE = 2,
    }
    /// How to begin a backup.
    BackupFlags = "virDomainBackupBeginFlags" "VIR_DOMAIN_BACKUP_BEGIN_" {
        /// Into files that are there.
        REUSE_EXTERNAL = 1,
    }
    /// How to merge an image into the one below.
    BlockCommitFlags = "virDomainBlockCommitFlags" "VIR_DOMAIN_BLOCK_COMMIT_" {
        /// Into the one right below.
        SHALLOW = 1,
        /// Delete what was merged.
        DELETE = 2,
        /// The image in use; it ends by a pivot.
        ACTIVE = 4,
        /// Keep names relative.
        RELATIVE = 8,
        /// The bandwidth is in bytes per second, not MiB.
        BANDWIDTH_BYTES = 16,
    }
    /// How to copy a disk.
    BlockCopyFlags = "virDomainBlockCopyFlags" "VIR_DOMAIN_BLOCK_COPY_" {
        /// The uppermost image alone.
        SHALLOW = 1,
        /// Into a file that is there.
        REUSE_EXT = 2,
        /// The job need not outlive the domain.
        TRANSIENT_JOB = 4,
        /// The guest waits for both writes.
        SYNCHRONOUS_WRITES = 8,
    }
    /// What the bandwidth of a pull is counted in.
    BlockPullFlags = "virDomainBlockPullFlags" "VIR_DOMAIN_BLOCK_PULL_" {
        /// Bytes per second, not MiB.
        BANDWIDTH_BYTES = 64,
    }
    /// How to pull a disk's images together, or to copy it.
    BlockRebaseFlags = "virDomainBlockRebaseFlags" "VIR_DOMAIN_BLOCK_REBASE_" {
        /// The uppermost image alone.
        SHALLOW = 1,
        /// Into a file that is there.
        REUSE_EXT = 2,
        /// The copy is raw.
        COPY_RAW = 4,
        /// Copy.
        COPY = 8,
        /// Keep names relative.
        RELATIVE = 16,
        /// The copy is a block device.
        COPY_DEV = 32,
        /// The bandwidth is in bytes per second, not MiB.
        BANDWIDTH_BYTES = 64,
    }
    /// What a block job's bandwidth is counted in.
    BlockJobFlags = "virDomainBlockJobInfoFlags, virDomainBlockJobSetSpeedFlags" "VIR_DOMAIN_BLOCK_JOB_INFO_" {
        /// Bytes per second, not MiB.
        BANDWIDTH_BYTES = 1,
    }
    /// How to end a block job.
    BlockJobAbortFlags = "virDomainBlockJobAbortFlags" "VIR_DOMAIN_BLOCK_JOB_ABORT_" {
        /// Without waiting until it has ended.
        ASYNC = 1,
        /// By changing over to the copy.
        PIVOT = 2,
    }
    /// How to resize a disk.
    BlockResizeFlags = "virDomainBlockResizeFlags" "VIR_DOMAIN_BLOCK_RESIZE_" {
        /// The size is in bytes, not KiB.
        BYTES = 1,
    }
    /// How to open a console.
    ConsoleFlags = "virDomainConsoleFlags" "VIR_DOMAIN_CONSOLE_" {
        /// Even if somebody has it open, whose stream ends.
        FORCE = 1,
        /// Only where the hypervisor keeps two from having it open.
        SAFE = 2,
    }
    /// How to open a channel.
    ChannelFlags = "virDomainChannelFlags" "VIR_DOMAIN_CHANNEL_" {
        /// Even if somebody has it open, whose stream ends.
        FORCE = 1,
    }
    /// How to connect to a domain's graphics.
    OpenGraphicsFlags = "virDomainOpenGraphicsFlags" "VIR_DOMAIN_OPEN_GRAPHICS_" {
        /// Without the password.
        SKIPAUTH = 1,
    }
    /// What becomes of the label of a file that is given to a domain.
    FdAssociateFlags = "virDomainFDAssociateFlags" "VIR_DOMAIN_FD_ASSOCIATE_" {
        /// It is put back when the domain has ended.
        SECLABEL_RESTORE = 1,
        /// It lets the domain write, also where the disk is only read.
        SECLABEL_WRITABLE = 2,
    }
    /// What is known of an error in a guest's memory.
    MemoryFailureFlags = "virDomainMemoryFailureFlags" "VIR_DOMAIN_MEMORY_FAILURE_" {
        /// The guest needed what was there.
        ACTION_REQUIRED = 1,
        /// It came while the one before was seen to.
        RECURSIVE = 2,
    }
    /// In which language QEMU's monitor is talked to; no flag is QMP.
    MonitorCommandFlags = "virDomainQemuMonitorCommandFlags" "VIR_DOMAIN_QEMU_MONITOR_COMMAND_" {
        /// The one for people.
        HMP = 1,
    }
    /// How an event of QEMU's monitor is named.
    MonitorEventFlags = "virConnectDomainQemuMonitorEventRegisterFlags" "VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_" {
        /// By a regular expression.
        REGEX = 1,
        /// In capitals or not.
        NOCASE = 2,
    }
}
