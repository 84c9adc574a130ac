//! Storage pools: where volumes are.

use virtwire_protocol::enums::StoragePoolState;
use virtwire_protocol::flags::{
    DefineFlags, ListStoragePoolsFlags, StoragePoolBuildFlags, StoragePoolCreateFlags,
    StoragePoolDeleteFlags, XmlFlags,
};
use virtwire_protocol::remote;
use virtwire_xdr::Text;

use super::handle;
use crate::client::{CallError, Connection};
use crate::uuid::Uuid;

handle! {
    /// A place of the host's that has volumes.
    StoragePool(remote::StoragePool)
}

/// A pool in a few numbers, bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoragePoolInfo {
    /// What it does.
    pub state: StoragePoolState,
    /// Its size.
    pub capacity: u64,
    /// Of that, what volumes take.
    pub allocation: u64,
    /// Of that, what is left.
    pub available: u64,
}

impl Connection {
    /// The pool of this name.
    pub async fn storage_pool(&self, name: &str) -> Result<StoragePool, CallError> {
        Ok(StoragePool::new(self, self.storage_pool_lookup_by_name(name).await?.pool))
    }

    /// The pool of this UUID.
    pub async fn storage_pool_by_uuid(&self, uuid: Uuid) -> Result<StoragePool, CallError> {
        Ok(StoragePool::new(self, self.storage_pool_lookup_by_uuid(uuid.0).await?.pool))
    }

    /// The pool whose volumes are at this path (libvirt 4.1).
    pub async fn storage_pool_by_target(&self, path: &str) -> Result<StoragePool, CallError> {
        Ok(StoragePool::new(self, self.storage_pool_lookup_by_target_path(path).await?.pool))
    }

    /// All pools, or those that the flags choose (libvirt 0.10.2).
    pub async fn storage_pools(&self, which: ListStoragePoolsFlags) -> Result<Vec<StoragePool>, CallError> {
        let listed = self.connect_list_all_storage_pools(1, which.bits()).await?.pools;
        Ok(listed.into_iter().map(|wire| StoragePool::new(self, wire)).collect())
    }

    /// Makes a configuration persistent; starts nothing.
    pub async fn define_storage_pool(&self, xml: &str, flags: DefineFlags) -> Result<StoragePool, CallError> {
        Ok(StoragePool::new(self, self.storage_pool_define_xml(xml, flags.bits()).await?.pool))
    }

    /// Starts a pool whose configuration goes with it, unless one is defined.
    pub async fn create_storage_pool(
        &self,
        xml: &str,
        flags: StoragePoolCreateFlags,
    ) -> Result<StoragePool, CallError> {
        Ok(StoragePool::new(self, self.storage_pool_create_xml(xml, flags.bits()).await?.pool))
    }

    /// What could be a pool of a type, as XML: of a server that the specification names, where the type needs one.
    pub async fn storage_pool_sources(
        &self,
        pool_type: &str,
        specification_xml: Option<&str>,
    ) -> Result<Text, CallError> {
        Ok(self.connect_find_storage_pool_sources(pool_type, specification_xml, 0).await?.xml)
    }

    /// What pools the daemon can have, as XML (libvirt 5.2).
    pub async fn storage_pool_capabilities(&self) -> Result<Text, CallError> {
        Ok(self.connect_get_storage_pool_capabilities(0).await?.capabilities)
    }
}

impl StoragePool {
    /// Its name, unique on its host.
    pub fn name(&self) -> &Text {
        &self.wire.name
    }

    /// Its UUID.
    pub fn uuid(&self) -> Uuid {
        Uuid(self.wire.uuid)
    }

    /// Prepares what it is to be on, such as a directory or a file system. It must be off.
    pub async fn build(&self, flags: StoragePoolBuildFlags) -> Result<(), CallError> {
        self.connection.storage_pool_build(&self.wire, flags.bits()).await
    }

    /// Starts it.
    pub async fn start(&self, flags: StoragePoolCreateFlags) -> Result<(), CallError> {
        self.connection.storage_pool_create(&self.wire, flags.bits()).await
    }

    /// Looks anew which volumes there are.
    pub async fn refresh(&self) -> Result<(), CallError> {
        self.connection.storage_pool_refresh(&self.wire, 0).await
    }

    /// Stops it. Its volumes stay; a transient pool is gone.
    pub async fn destroy(&self) -> Result<(), CallError> {
        self.connection.storage_pool_destroy(&self.wire).await
    }

    /// Deletes what it is on. It must be off.
    pub async fn delete(&self, flags: StoragePoolDeleteFlags) -> Result<(), CallError> {
        self.connection.storage_pool_delete(&self.wire, flags.bits()).await
    }

    /// Forgets its configuration. It must be off.
    pub async fn undefine(&self) -> Result<(), CallError> {
        self.connection.storage_pool_undefine(&self.wire).await
    }

    /// A few numbers.
    pub async fn info(&self) -> Result<StoragePoolInfo, CallError> {
        let reply = self.connection.storage_pool_get_info(&self.wire).await?;
        Ok(StoragePoolInfo {
            state: i32::from(reply.state).into(),
            capacity: reply.capacity,
            allocation: reply.allocation,
            available: reply.available,
        })
    }

    /// Its configuration.
    pub async fn xml(&self, flags: XmlFlags) -> Result<Text, CallError> {
        Ok(self.connection.storage_pool_get_xml_desc(&self.wire, flags.bits()).await?.xml)
    }

    /// Whether it is on.
    pub async fn is_active(&self) -> Result<bool, CallError> {
        Ok(self.connection.storage_pool_is_active(&self.wire).await?.active != 0)
    }

    /// Whether its configuration outlives it.
    pub async fn is_persistent(&self) -> Result<bool, CallError> {
        Ok(self.connection.storage_pool_is_persistent(&self.wire).await?.persistent != 0)
    }

    /// Whether it starts with its host.
    pub async fn autostart(&self) -> Result<bool, CallError> {
        Ok(self.connection.storage_pool_get_autostart(&self.wire).await?.autostart != 0)
    }

    /// Says whether it starts with its host.
    pub async fn set_autostart(&self, autostart: bool) -> Result<(), CallError> {
        self.connection.storage_pool_set_autostart(&self.wire, autostart.into()).await
    }
}
