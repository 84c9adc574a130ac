//! Snapshots of a domain: what it was like at a moment.

use virtwire_protocol::flags::{
    DomainXmlFlags, SnapshotCreateFlags, SnapshotDeleteFlags, SnapshotListFlags, SnapshotRevertFlags,
};
use virtwire_protocol::remote::DomainSnapshot;
use virtwire_xdr::Text;

use super::{Domain, handle};
use crate::client::CallError;

handle! {
    /// A domain's disks, or its memory as well, as they were at a moment.
    Snapshot(DomainSnapshot)
}

impl Domain {
    /// Takes a snapshot as the XML says; `<domainsnapshot/>` lets the daemon choose everything.
    pub async fn create_snapshot(
        &self,
        xml: &str,
        flags: SnapshotCreateFlags,
    ) -> Result<Snapshot, CallError> {
        let taken = self.connection.domain_snapshot_create_xml(&self.wire, xml, flags.bits()).await?;
        Ok(Snapshot::new(&self.connection, taken.snap))
    }

    /// The snapshot of this name.
    pub async fn snapshot(&self, name: &str) -> Result<Snapshot, CallError> {
        let found = self.connection.domain_snapshot_lookup_by_name(&self.wire, name, 0).await?;
        Ok(Snapshot::new(&self.connection, found.snap))
    }

    /// All its snapshots, or those that the flags choose (libvirt 0.9.13).
    pub async fn snapshots(&self, which: SnapshotListFlags) -> Result<Vec<Snapshot>, CallError> {
        let listed = self.connection.domain_list_all_snapshots(&self.wire, 1, which.bits()).await?.snapshots;
        Ok(listed.into_iter().map(|wire| Snapshot::new(&self.connection, wire)).collect())
    }

    /// The snapshot that it was last taken back to, or that was last taken.
    pub async fn current_snapshot(&self) -> Result<Option<Snapshot>, CallError> {
        if self.connection.domain_has_current_snapshot(&self.wire, 0).await?.result == 0 {
            return Ok(None);
        }
        let current = self.connection.domain_snapshot_current(&self.wire, 0).await?.snap;
        Ok(Some(Snapshot::new(&self.connection, current)))
    }
}

impl Snapshot {
    /// Its name, unique within the domain.
    pub fn name(&self) -> &Text {
        &self.wire.name
    }

    /// The domain that it is of.
    pub fn domain(&self) -> Domain {
        Domain::new(&self.connection, self.wire.dom.clone())
    }

    /// What it is. Of the flags, only [`DomainXmlFlags::SECURE`] means something.
    pub async fn xml(&self, flags: DomainXmlFlags) -> Result<Text, CallError> {
        Ok(self.connection.domain_snapshot_get_xml_desc(&self.wire, flags.bits()).await?.xml)
    }

    /// Takes the domain back to it. What happened since is lost.
    pub async fn revert(&self, flags: SnapshotRevertFlags) -> Result<(), CallError> {
        self.connection.domain_revert_to_snapshot(&self.wire, flags.bits()).await
    }

    /// Deletes it. The domain stays as it is.
    pub async fn delete(&self, flags: SnapshotDeleteFlags) -> Result<(), CallError> {
        self.connection.domain_snapshot_delete(&self.wire, flags.bits()).await
    }

    /// The one that it came of; an error (code 72, `NO_DOMAIN_SNAPSHOT`) where there is none (libvirt 0.9.7).
    pub async fn parent(&self) -> Result<Snapshot, CallError> {
        let parent = self.connection.domain_snapshot_get_parent(&self.wire, 0).await?.snap;
        Ok(Snapshot::new(&self.connection, parent))
    }

    /// Those that came of it (libvirt 0.9.13).
    pub async fn children(&self, which: SnapshotListFlags) -> Result<Vec<Snapshot>, CallError> {
        let reply = self.connection.domain_snapshot_list_all_children(&self.wire, 1, which.bits()).await?;
        Ok(reply.snapshots.into_iter().map(|wire| Snapshot::new(&self.connection, wire)).collect())
    }

    /// Whether it is the current one (libvirt 0.9.13).
    pub async fn is_current(&self) -> Result<bool, CallError> {
        Ok(self.connection.domain_snapshot_is_current(&self.wire, 0).await?.current != 0)
    }

    /// Whether the daemon knows more of it than the disk itself does (libvirt 0.9.13).
    pub async fn has_metadata(&self) -> Result<bool, CallError> {
        Ok(self.connection.domain_snapshot_has_metadata(&self.wire, 0).await?.metadata != 0)
    }
}
