//! A domain's memory.

use virtwire_protocol::enums::MemoryStat;
use virtwire_protocol::flags::{AffectFlags, MemoryFlags, MemoryPeekFlags};
use virtwire_protocol::params::TypedParams;
use virtwire_protocol::remote::DomainMemoryPeek;

use super::Domain;
use crate::client::CallError;

/// What a guest does with its memory: each counter that the hypervisor has, in the order in which it told them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryStats(Vec<(MemoryStat, u64)>);

impl MemoryStats {
    /// One counter; see [`MemoryStat`] for what it counts.
    pub fn get(&self, counter: MemoryStat) -> Option<u64> {
        self.0.iter().find(|(known, _)| *known == counter).map(|(_, value)| *value)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (MemoryStat, u64)> {
        self.0.iter().copied()
    }
}

impl Domain {
    /// The memory that it may have, KiB.
    pub async fn max_memory_kib(&self) -> Result<u64, CallError> {
        Ok(self.connection.domain_get_max_memory(&self.wire).await?.memory)
    }

    /// Says how much memory it may have, KiB.
    pub async fn set_max_memory_kib(&self, kib: u64) -> Result<(), CallError> {
        self.connection.domain_set_max_memory(&self.wire, kib).await
    }

    /// Says how much memory it has, KiB.
    pub async fn set_memory_kib(&self, kib: u64) -> Result<(), CallError> {
        self.connection.domain_set_memory(&self.wire, kib).await
    }

    /// Says how much memory it has or may have, KiB, where the flags say (libvirt 0.9.0).
    pub async fn set_memory_kib_with(&self, kib: u64, flags: MemoryFlags) -> Result<(), CallError> {
        self.connection.domain_set_memory_flags(&self.wire, kib, flags.bits()).await
    }

    /// What the guest does with its memory.
    pub async fn memory_stats(&self) -> Result<MemoryStats, CallError> {
        // As many as the reply's bound allows; daemons tell those that they have.
        const ROOM: u32 = 1_024;
        let reply = self.connection.domain_memory_stats(&self.wire, ROOM, 0).await?;
        Ok(MemoryStats(reply.stats.into_iter().map(|stat| (stat.tag.into(), stat.val)).collect()))
    }

    /// Says how often the guest tells of its memory, in seconds; 0 is never (libvirt 1.1.1).
    pub async fn set_memory_stats_period(&self, seconds: u16, affect: AffectFlags) -> Result<(), CallError> {
        self.connection.domain_set_memory_stats_period(&self.wire, seconds.into(), affect.bits()).await
    }

    /// The limits of its memory on the host: `hard_limit`, `soft_limit`, `swap_hard_limit`, `min_guarantee`, KiB (libvirt 0.8.5).
    pub async fn memory_parameters(&self, affect: AffectFlags) -> Result<TypedParams, CallError> {
        let flags = self.connection.with_strings(affect.bits()).await?;
        let ask = |count| self.connection.domain_get_memory_parameters(&self.wire, count, flags);
        let count = ask(0).await?.nparams;
        Ok(ask(count).await?.params.into())
    }

    /// Sets limits of its memory on the host (libvirt 0.8.5).
    pub async fn set_memory_parameters(
        &self,
        params: TypedParams,
        affect: AffectFlags,
    ) -> Result<(), CallError> {
        self.connection.domain_set_memory_parameters(&self.wire, params.into(), affect.bits()).await
    }

    /// Where its memory comes from: `numa_mode`, `numa_nodeset` (libvirt 0.9.9).
    pub async fn numa_parameters(&self, affect: AffectFlags) -> Result<TypedParams, CallError> {
        let flags = self.connection.with_strings(affect.bits()).await?;
        let ask = |count| self.connection.domain_get_numa_parameters(&self.wire, count, flags);
        let count = ask(0).await?.nparams;
        Ok(ask(count).await?.params.into())
    }

    /// Says where its memory comes from (libvirt 0.9.9).
    pub async fn set_numa_parameters(
        &self,
        params: TypedParams,
        affect: AffectFlags,
    ) -> Result<(), CallError> {
        self.connection.domain_set_numa_parameters(&self.wire, params.into(), affect.bits()).await
    }

    /// Reads the guest's memory from an address on, at most 4,194,304 bytes at a time.
    pub async fn peek_memory(
        &self,
        offset: u64,
        size: u32,
        addresses: MemoryPeekFlags,
    ) -> Result<Vec<u8>, CallError> {
        let arguments = DomainMemoryPeek { dom: self.wire.clone(), offset, size, flags: addresses.bits() };
        Ok(self.connection.domain_memory_peek(arguments).await?.buffer)
    }
}
