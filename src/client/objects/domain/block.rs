//! A domain's disks, each by its path or its target such as `vda`.

use virtwire_protocol::enums::DiskError;
use virtwire_protocol::event::detail::BlockJobType;
use virtwire_protocol::flags::{
    AffectFlags, BackupFlags, BlockCommitFlags, BlockCopyFlags, BlockJobAbortFlags, BlockJobFlags,
    BlockPullFlags, BlockRebaseFlags, BlockResizeFlags,
};
use virtwire_protocol::params::TypedParams;
use virtwire_protocol::remote::{
    DomainBackupBegin, DomainBlockCommit, DomainBlockCopy, DomainBlockJobSetSpeed, DomainBlockPeek,
    DomainBlockPull, DomainBlockRebase, DomainBlockResize, DomainBlockStatsFlags, DomainBlockStatsReply,
    DomainGetBlockInfoReply, DomainGetBlockIoTune, DomainSetBlockIoTune, DomainSetBlockThreshold,
    DomainSetThrottleGroup,
};
use virtwire_xdr::Text;

use super::Domain;
use crate::client::CallError;

/// How large a disk is: `capacity` as the guest sees it, `allocation` and `physical` on the host, bytes.
pub type BlockInfo = DomainGetBlockInfoReply;

/// What went through a disk: requests and bytes each way; -1 where nobody counts.
pub type BlockStats = DomainBlockStatsReply;

/// A job on a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BlockJob {
    /// What it does.
    pub kind: BlockJobType,
    /// How fast it may be, in what the flags asked for; 0 is as fast as it can.
    pub bandwidth: u64,
    /// How far it is, in a unit of its own.
    pub current: u64,
    /// Where it ends, in the same unit. As far as that is ready, or done.
    pub end: u64,
}

impl Domain {
    /// How large a disk is.
    pub async fn block_info(&self, disk: &str) -> Result<BlockInfo, CallError> {
        self.connection.domain_get_block_info(&self.wire, disk, 0).await
    }

    /// What went through a disk.
    pub async fn block_stats(&self, disk: &str) -> Result<BlockStats, CallError> {
        self.connection.domain_block_stats(&self.wire, disk).await
    }

    /// What went through a disk, or through all where it is empty, and how long it took: `rd_bytes`, `rd_total_times` and so on
    /// (libvirt 0.9.5).
    pub async fn block_stats_params(&self, disk: &str) -> Result<TypedParams, CallError> {
        let flags = self.connection.with_strings(0).await?;
        let ask = |nparams| {
            let (dom, path) = (self.wire.clone(), disk.into());
            self.connection.domain_block_stats_flags(DomainBlockStatsFlags { dom, path, nparams, flags })
        };
        let count = ask(0).await?.nparams;
        Ok(ask(count).await?.params.into())
    }

    /// Reads a disk from an offset on, at most 4,194,304 bytes at a time.
    pub async fn peek_block(&self, disk: &str, offset: u64, size: u32) -> Result<Vec<u8>, CallError> {
        let arguments = DomainBlockPeek { dom: self.wire.clone(), path: disk.into(), offset, size, flags: 0 };
        Ok(self.connection.domain_block_peek(arguments).await?.buffer)
    }

    /// Resizes a disk of a running guest: KiB, or bytes with [`BlockResizeFlags::BYTES`] (libvirt 0.9.8).
    pub async fn resize_block(
        &self,
        disk: &str,
        size: u64,
        flags: BlockResizeFlags,
    ) -> Result<(), CallError> {
        let (dom, disk) = (self.wire.clone(), disk.into());
        self.connection.domain_block_resize(DomainBlockResize { dom, disk, size, flags: flags.bits() }).await
    }

    /// Disks with an error (libvirt 0.9.10).
    pub async fn disk_errors(&self) -> Result<Vec<(Text, DiskError)>, CallError> {
        let count = self.connection.domain_get_disk_errors(&self.wire, 0, 0).await?.nerrors;
        let Ok(count) = u32::try_from(count) else { return Ok(Vec::new()) };
        if count == 0 {
            return Ok(Vec::new());
        }
        let errors = self.connection.domain_get_disk_errors(&self.wire, count, 0).await?.errors;
        Ok(errors.into_iter().map(|found| (found.disk, found.error.into())).collect())
    }

    /// Has the event `block-threshold` told once so many bytes of an image's node, such as `vda[1]`, are written (libvirt 3.2).
    pub async fn set_block_threshold(&self, node: &str, bytes: u64) -> Result<(), CallError> {
        let arguments =
            DomainSetBlockThreshold { dom: self.wire.clone(), dev: node.into(), threshold: bytes, flags: 0 };
        self.connection.domain_set_block_threshold(arguments).await
    }

    /// The limits of a disk: `total_bytes_sec`, `read_iops_sec` and so on (libvirt 0.9.8).
    pub async fn block_io_tune(&self, disk: &str, affect: AffectFlags) -> Result<TypedParams, CallError> {
        let flags = self.connection.with_strings(affect.bits()).await?;
        let ask = |nparams| {
            let (dom, disk) = (self.wire.clone(), Some(disk.into()));
            self.connection.domain_get_block_io_tune(DomainGetBlockIoTune { dom, disk, nparams, flags })
        };
        let count = ask(0).await?.nparams;
        Ok(ask(count).await?.params.into())
    }

    /// Sets limits of a disk; those that are not named go (libvirt 0.9.8).
    pub async fn set_block_io_tune(
        &self,
        disk: &str,
        params: TypedParams,
        affect: AffectFlags,
    ) -> Result<(), CallError> {
        let (dom, disk, params) = (self.wire.clone(), disk.into(), params.into());
        let arguments = DomainSetBlockIoTune { dom, disk, params, flags: affect.bits() };
        self.connection.domain_set_block_io_tune(arguments).await
    }

    /// Sets the limits of a group that disks can share (libvirt 11.2).
    pub async fn set_throttle_group(
        &self,
        group: &str,
        params: TypedParams,
        affect: AffectFlags,
    ) -> Result<(), CallError> {
        let (dom, group, params) = (self.wire.clone(), group.into(), params.into());
        let arguments = DomainSetThrottleGroup { dom, group, params, flags: affect.bits() };
        self.connection.domain_set_throttle_group(arguments).await
    }

    /// Removes a group of limits (libvirt 11.2).
    pub async fn remove_throttle_group(&self, group: &str, affect: AffectFlags) -> Result<(), CallError> {
        self.connection.domain_del_throttle_group(&self.wire, Some(group), affect.bits()).await
    }

    /// Its share of the host's block I/O: `weight`, `device_weight` and so on (libvirt 0.9.0).
    pub async fn blkio_parameters(&self, affect: AffectFlags) -> Result<TypedParams, CallError> {
        let flags = self.connection.with_strings(affect.bits()).await?;
        let ask = |count| self.connection.domain_get_blkio_parameters(&self.wire, count, flags);
        let count = ask(0).await?.nparams;
        Ok(ask(count).await?.params.into())
    }

    /// Sets its share of the host's block I/O (libvirt 0.9.0).
    pub async fn set_blkio_parameters(
        &self,
        params: TypedParams,
        affect: AffectFlags,
    ) -> Result<(), CallError> {
        self.connection.domain_set_blkio_parameters(&self.wire, params.into(), affect.bits()).await
    }

    /// The job on a disk, if there is one (libvirt 0.9.4).
    pub async fn block_job(&self, disk: &str, flags: BlockJobFlags) -> Result<Option<BlockJob>, CallError> {
        let reply = self.connection.domain_get_block_job_info(&self.wire, disk, flags.bits()).await?;
        Ok((reply.found != 0).then_some(BlockJob {
            kind: reply.r#type.into(),
            bandwidth: reply.bandwidth,
            current: reply.cur,
            end: reply.end,
        }))
    }

    /// Ends the job on a disk (libvirt 0.9.4).
    pub async fn abort_block_job(&self, disk: &str, flags: BlockJobAbortFlags) -> Result<(), CallError> {
        self.connection.domain_block_job_abort(&self.wire, disk, flags.bits()).await
    }

    /// Says how fast the job on a disk may be: MiB/s, or bytes with the flag (libvirt 0.9.4).
    pub async fn set_block_job_speed(
        &self,
        disk: &str,
        bandwidth: u64,
        flags: BlockJobFlags,
    ) -> Result<(), CallError> {
        let (dom, path) = (self.wire.clone(), disk.into());
        let arguments = DomainBlockJobSetSpeed { dom, path, bandwidth, flags: flags.bits() };
        self.connection.domain_block_job_set_speed(arguments).await
    }

    /// Begins to pull all of a disk's images into the uppermost; MiB/s, 0 as fast as it can (libvirt 0.9.4).
    pub async fn pull_block(&self, disk: &str, bandwidth: u64) -> Result<(), CallError> {
        self.pull_block_with(disk, bandwidth, BlockPullFlags::NONE).await
    }

    /// The same; MiB/s, or bytes with the flag (libvirt 1.2.9).
    pub async fn pull_block_with(
        &self,
        disk: &str,
        bandwidth: u64,
        flags: BlockPullFlags,
    ) -> Result<(), CallError> {
        let (dom, path) = (self.wire.clone(), disk.into());
        self.connection.domain_block_pull(DomainBlockPull { dom, path, bandwidth, flags: flags.bits() }).await
    }

    /// Begins to pull a disk's images down to `base` together, or, with the flag, to copy it there (libvirt 0.9.10).
    pub async fn rebase_block(
        &self,
        disk: &str,
        base: Option<&str>,
        bandwidth: u64,
        flags: BlockRebaseFlags,
    ) -> Result<(), CallError> {
        let (dom, path, base) = (self.wire.clone(), disk.into(), base.map(Text::from));
        let arguments = DomainBlockRebase { dom, path, base, bandwidth, flags: flags.bits() };
        self.connection.domain_block_rebase(arguments).await
    }

    /// Begins to merge the images from `top` into `base`; `None` is the uppermost, and the lowest (libvirt 0.10.2).
    pub async fn commit_block(
        &self,
        disk: &str,
        base: Option<&str>,
        top: Option<&str>,
        bandwidth: u64,
        flags: BlockCommitFlags,
    ) -> Result<(), CallError> {
        let (dom, disk) = (self.wire.clone(), disk.into());
        let (base, top) = (base.map(Text::from), top.map(Text::from));
        let arguments = DomainBlockCommit { dom, disk, base, top, bandwidth, flags: flags.bits() };
        self.connection.domain_block_commit(arguments).await
    }

    /// Begins to copy a disk to where the XML of a `<disk>` says; `bandwidth`, `granularity` and `buf-size` are parameters
    /// (libvirt 1.2.9).
    pub async fn copy_block(
        &self,
        disk: &str,
        destination_xml: &str,
        params: TypedParams,
        flags: BlockCopyFlags,
    ) -> Result<(), CallError> {
        let (dom, path, params) = (self.wire.clone(), disk.into(), params.into());
        let destxml = destination_xml.into();
        let arguments = DomainBlockCopy { dom, path, destxml, params, flags: flags.bits() };
        self.connection.domain_block_copy(arguments).await
    }

    /// Begins a backup of its disks, and makes a checkpoint to begin the next from (libvirt 6.0).
    pub async fn begin_backup(
        &self,
        backup_xml: &str,
        checkpoint_xml: Option<&str>,
        flags: BackupFlags,
    ) -> Result<(), CallError> {
        let (dom, backup_xml) = (self.wire.clone(), backup_xml.into());
        let checkpoint_xml = checkpoint_xml.map(Text::from);
        let arguments = DomainBackupBegin { dom, backup_xml, checkpoint_xml, flags: flags.bits() };
        self.connection.domain_backup_begin(arguments).await
    }

    /// The backup that runs (libvirt 6.0).
    pub async fn backup_xml(&self) -> Result<Text, CallError> {
        Ok(self.connection.domain_backup_get_xml_desc(&self.wire, 0).await?.xml)
    }
}
