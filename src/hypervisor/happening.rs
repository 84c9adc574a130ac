//! What befalls a domain beside the steps of its life: what its guest did, what became of its devices, what was set of it.

use std::net::SocketAddr;

pub use virtwire_protocol::event::detail::{
    AgentReason, AgentState, BlockJobStatus, BlockJobType, DiskChangeReason, GraphicsPhase, IoErrorAction,
    MemoryFailureAction, MemoryFailureRecipient, TrayChangeReason, WatchdogAction,
};
pub use virtwire_protocol::flags::MemoryFailureFlags;
use virtwire_protocol::params::TypedParams;

use super::changes::Metadata;

/// What befalls a domain: each is a kind of libvirt's events (`virDomainEventID`), or two where libvirt tells the same in two ways.
///
/// Text is at most 4,194,304 bytes. What cannot be sent for its size is left out, and logged.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Happening {
    /// The guest started anew, by itself or as it was told.
    Reboot,
    /// The guest set its clock.
    RtcChange {
        /// How far it is from UTC now, s.
        offset_s: i64,
    },
    /// Its watchdog fired, and this was done.
    Watchdog(WatchdogAction),
    /// A disk failed. Told as `io-error` and as `io-error-reason`.
    IoError {
        /// Where the disk's content is.
        path: String,
        /// The disk's alias.
        alias: String,
        /// What was done.
        action: IoErrorAction,
        /// Why, such as `enospc`; empty where that is not known.
        reason: String,
    },
    /// Somebody connected to the guest's screen, was let in, or left.
    Graphics {
        /// Which of the three.
        phase: GraphicsPhase,
        /// This host's end.
        local: GraphicsEnd,
        /// The other's.
        remote: GraphicsEnd,
        /// How they were authenticated, such as `vnc`.
        auth_scheme: String,
        /// As whom: what the name is, such as `saslUsername`, and the name. At most 20.
        subject: Vec<(String, String)>,
    },
    /// The hypervisor can no longer speak with what runs it.
    ControlError,
    /// A disk's job ended, or can be ended. Told as `block-job`, by the path, and as `block-job-2`, by the target.
    BlockJob {
        /// Where the guest sees the disk, such as `vda`.
        target: String,
        /// Where its content is.
        path: String,
        /// What the job does.
        kind: BlockJobType,
        /// What became of it.
        status: BlockJobStatus,
    },
    /// A disk has other content.
    DiskChange {
        /// The disk's alias.
        alias: String,
        /// Where its content was.
        old_path: Option<String>,
        /// Where it is.
        new_path: Option<String>,
        /// Why.
        reason: DiskChangeReason,
    },
    /// The tray of a drive moved.
    TrayChange {
        /// The drive's alias.
        alias: String,
        /// Which way.
        reason: TrayChangeReason,
    },
    /// The guest was woken.
    PmWakeup,
    /// The guest put itself to sleep in memory.
    PmSuspend,
    /// The guest put itself to sleep on its disk.
    PmSuspendDisk,
    /// The guest has more or less memory.
    BalloonChange {
        /// What it has now, KiB.
        memory_kib: u64,
    },
    /// A device was plugged in.
    DeviceAdded {
        /// Its alias.
        alias: String,
    },
    /// A device is gone: the guest has let go of it.
    DeviceRemoved {
        /// Its alias.
        alias: String,
    },
    /// The guest does not let go of a device.
    DeviceRemovalFailed {
        /// Its alias.
        alias: String,
    },
    /// What the domain is granted is another now, under libvirt's names, such as `cputune.cpu_shares`. What is set by
    /// [`Tuning`](super::Tuning) is told already.
    Tunable(TypedParams),
    /// The guest's agent came or went.
    AgentLifecycle {
        /// Whether it is there.
        state: AgentState,
        /// Why.
        reason: AgentReason,
    },
    /// What people and programs note with the domain is another now. What is set by [`Changes`](super::Changes) is told already.
    MetadataChange(Metadata),
    /// Writing to a disk passed the offset that was set for it.
    BlockThreshold {
        /// Where the guest sees the disk, such as `vda`.
        target: String,
        /// Where its content is, if that has a path.
        path: Option<String>,
        /// The offset, bytes.
        threshold: u64,
        /// How far beyond it, bytes.
        excess: u64,
    },
    /// The host's memory failed.
    MemoryFailure {
        /// Whose memory it was.
        recipient: MemoryFailureRecipient,
        /// What was done.
        action: MemoryFailureAction,
        /// What else is known.
        flags: MemoryFailureFlags,
    },
    /// The guest changed the size of a memory device.
    MemoryDeviceSizeChange {
        /// The device's alias.
        alias: String,
        /// Its size now, KiB.
        size_kib: u64,
    },
    /// The guest changed the address of an interface.
    NicMacChange {
        /// The interface's alias.
        alias: String,
        /// The address before.
        old_mac: String,
        /// The address now.
        new_mac: String,
    },
    /// The guest let go of a virtual CPU, by number from 0.
    VcpuRemoved(u32),
    /// The guest opened or closed its end of a channel.
    ChannelLifecycle {
        /// The channel's name.
        channel: String,
        /// What became of it, as libvirt numbers that.
        state: i32,
        /// Why, as libvirt numbers that.
        reason: i32,
    },
}

/// One end of a connection to a guest's screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GraphicsEnd {
    /// A TCP port.
    Tcp(SocketAddr),
    /// A unix socket, by its path.
    Unix(String),
}
