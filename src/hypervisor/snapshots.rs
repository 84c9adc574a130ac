//! Snapshots of domains.

use std::future::Future;

use super::{Result, Uuid};

/// A host's snapshots of its domains: `virsh snapshot-create` and its like. For
/// [`Hypervisor::snapshots`](super::Hypervisor::snapshots).
///
/// virtwire supplies lookups, lists with their filters, the tree of parents and children, and flags, and refuses to undefine a domain
/// that has some.
pub trait Snapshots: Send + Sync {
    /// All snapshots of a domain, in any order. At most 16,384 can be listed to a client.
    fn snapshots(&self, domain: Uuid) -> impl Future<Output = Result<Vec<SnapshotInfo>>> + Send;

    /// A snapshot's description, with all that its domain has: clients are shown that as [`Hypervisor::xml`](super::Hypervisor::xml).
    fn snapshot_xml(&self, domain: Uuid, snapshot: &str) -> impl Future<Output = Result<String>> + Send;

    /// Keeps the domain as it is now. It becomes the current snapshot, and a child of the one before.
    fn create_snapshot(&self, domain: Uuid, xml: String)
    -> impl Future<Output = Result<SnapshotInfo>> + Send;

    /// Has the domain be as it was, and makes the snapshot the current one.
    fn revert(&self, domain: Uuid, snapshot: &str, how: Revert) -> impl Future<Output = Result<()>> + Send;

    /// Forgets a snapshot. Its children become those of its parent.
    fn delete_snapshot(&self, domain: Uuid, snapshot: &str) -> impl Future<Output = Result<()>> + Send;
}

/// Everything that the short questions about a snapshot ask, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotInfo {
    /// Its name, unique for its domain.
    pub name: String,
    /// The snapshot that it was made from.
    pub parent: Option<String>,
    /// Whether the domain is as it was, but for what happened since.
    pub current: bool,
    /// Whether the domain was active, so that its memory is kept.
    pub active: bool,
}

impl SnapshotInfo {
    /// One of a domain that was off, made from no other, and not the current one: where a literal starts from.
    pub fn new(name: impl Into<String>) -> SnapshotInfo {
        SnapshotInfo { name: name.into(), parent: None, current: false, active: false }
    }
}

/// How to go back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Revert {
    /// Whether it runs afterwards; `None` as it did then.
    pub runs: Option<bool>,
}
