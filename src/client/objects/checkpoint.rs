//! Checkpoints of a domain: since when its disks note what changes (libvirt 5.6).

use virtwire_protocol::flags::{
    CheckpointCreateFlags, CheckpointDeleteFlags, CheckpointListFlags, CheckpointXmlFlags,
};
use virtwire_protocol::remote::DomainCheckpoint;
use virtwire_xdr::Text;

use super::{Domain, handle};
use crate::client::CallError;

handle! {
    /// A moment from which on a domain's disks note what changes, for a backup of no more than that.
    Checkpoint(DomainCheckpoint)
}

impl Domain {
    /// Makes a checkpoint as the XML says.
    pub async fn create_checkpoint(
        &self,
        xml: &str,
        flags: CheckpointCreateFlags,
    ) -> Result<Checkpoint, CallError> {
        let made = self.connection.domain_checkpoint_create_xml(&self.wire, xml, flags.bits()).await?;
        Ok(Checkpoint::new(&self.connection, made.checkpoint))
    }

    /// The checkpoint of this name.
    pub async fn checkpoint(&self, name: &str) -> Result<Checkpoint, CallError> {
        let found = self.connection.domain_checkpoint_lookup_by_name(&self.wire, name, 0).await?;
        Ok(Checkpoint::new(&self.connection, found.checkpoint))
    }

    /// All its checkpoints, or those that the flags choose.
    pub async fn checkpoints(&self, which: CheckpointListFlags) -> Result<Vec<Checkpoint>, CallError> {
        let reply = self.connection.domain_list_all_checkpoints(&self.wire, 1, which.bits()).await?;
        Ok(reply.checkpoints.into_iter().map(|wire| Checkpoint::new(&self.connection, wire)).collect())
    }
}

impl Checkpoint {
    /// Its name, unique within the domain.
    pub fn name(&self) -> &Text {
        &self.wire.name
    }

    /// The domain that it is of.
    pub fn domain(&self) -> Domain {
        Domain::new(&self.connection, self.wire.dom.clone())
    }

    /// What it is.
    pub async fn xml(&self, flags: CheckpointXmlFlags) -> Result<Text, CallError> {
        Ok(self.connection.domain_checkpoint_get_xml_desc(&self.wire, flags.bits()).await?.xml)
    }

    /// Deletes it.
    pub async fn delete(&self, flags: CheckpointDeleteFlags) -> Result<(), CallError> {
        self.connection.domain_checkpoint_delete(&self.wire, flags.bits()).await
    }

    /// The one before; an error (code 103, `NO_DOMAIN_CHECKPOINT`) where there is none.
    pub async fn parent(&self) -> Result<Checkpoint, CallError> {
        let parent = self.connection.domain_checkpoint_get_parent(&self.wire, 0).await?.parent;
        Ok(Checkpoint::new(&self.connection, parent))
    }

    /// Those after it.
    pub async fn children(&self, which: CheckpointListFlags) -> Result<Vec<Checkpoint>, CallError> {
        let reply = self.connection.domain_checkpoint_list_all_children(&self.wire, 1, which.bits()).await?;
        Ok(reply.checkpoints.into_iter().map(|wire| Checkpoint::new(&self.connection, wire)).collect())
    }
}
