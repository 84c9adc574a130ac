//! Snapshots of domains.

use std::future::{Future, ready};

use virtwire_protocol::error::RemoteError;

use super::{Result, Uuid};

/// A host's snapshots of its domains: `virsh snapshot-create`, `-list` with its tree and filters, `-revert`, `-delete`, `-current`, `-edit`, and
/// what `--redefine` and `--metadata` ask for. For
/// [`Hypervisor::snapshots`](super::Hypervisor::snapshots).
///
/// virtwire supplies lookups, lists with their filters, the tree of parents and children, and flags, and refuses to undefine a domain
/// that has some. What a client asks of a snapshot's data is asked of a verb of its own; without it the client is refused (code 8).
pub trait Snapshots: Send + Sync {
    /// All snapshots of a domain, in any order. At most 16,384 can be listed to a client.
    fn snapshots(&self, domain: Uuid) -> impl Future<Output = Result<Vec<SnapshotInfo>>> + Send;

    /// A snapshot's description, with all that its domain has: clients are shown that as [`Hypervisor::xml`](super::Hypervisor::xml).
    fn snapshot_xml(&self, domain: Uuid, snapshot: &str) -> impl Future<Output = Result<String>> + Send;

    /// Keeps the domain as it is now. It becomes the current snapshot, and a child of the one before. A failure leaves nothing of it.
    fn create_snapshot(&self, domain: Uuid, xml: String)
    -> impl Future<Output = Result<SnapshotInfo>> + Send;

    /// Has the domain be as it was, and makes the snapshot the current one.
    fn revert(&self, domain: Uuid, snapshot: &str, how: Revert) -> impl Future<Output = Result<()>> + Send;

    /// Removes a snapshot and what it keeps. Its children become those of its parent.
    fn delete_snapshot(&self, domain: Uuid, snapshot: &str) -> impl Future<Output = Result<()>> + Send;

    /// Forgets a snapshot, and nothing of what it keeps is touched: disks still have it. Its children become those of its parent.
    /// `virsh snapshot-delete --metadata` and `undefine --snapshots-metadata`.
    fn forget_snapshot(&self, _domain: Uuid, _snapshot: &str) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virDomainSnapshotDelete")))
    }

    /// Knows a snapshot from now on as its document says it, as [`snapshot_xml`](Self::snapshot_xml) has told one: one that is there, or one
    /// that was forgotten. It becomes the current one where that is asked. Neither the domain nor what the snapshot keeps is touched.
    /// `virsh snapshot-edit`, `snapshot-current` with a name, and `snapshot-create --redefine`.
    ///
    /// # Errors
    /// Of code 8 where what is kept is none of what the document says.
    fn redefine_snapshot(
        &self,
        _domain: Uuid,
        _xml: String,
        _current: bool,
    ) -> impl Future<Output = Result<SnapshotInfo>> + Send {
        ready(Err(RemoteError::no_support("virDomainSnapshotCreateXML")))
    }
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
    /// Also where something may be lost or broken by it, which is refused else: code 77.
    pub force: bool,
}
