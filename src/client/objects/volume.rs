//! Volumes of storage pools: disks that guests can have.

use virtwire_protocol::enums::{StorageVolKind, WipeAlgorithm};
use virtwire_protocol::flags::{
    StorageVolCreateFlags, StorageVolDeleteFlags, StorageVolInfoFlags, StorageVolResizeFlags,
    StorageVolStreamFlags,
};
use virtwire_protocol::remote::{
    self, StorageVolCreateXmlFrom, StorageVolLookupByKey, StorageVolLookupByName, StorageVolLookupByPath,
};
use virtwire_xdr::Text;

use super::{StoragePool, handle};
use crate::client::{CallError, Connection, Stream};

handle! {
    /// A volume of a storage pool.
    StorageVol(remote::StorageVol)
}

/// A volume in a few numbers, bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StorageVolInfo {
    /// What it is.
    pub kind: StorageVolKind,
    /// Its size, as a guest sees it.
    pub capacity: u64,
    /// What it takes of its pool.
    pub allocation: u64,
}

impl Connection {
    /// The volume of this key, unique on the host. It is mostly a path, so it may be no UTF-8.
    pub async fn volume_by_key(&self, key: impl Into<Text>) -> Result<StorageVol, CallError> {
        let found = self.call(StorageVolLookupByKey { key: key.into() });
        Ok(StorageVol::new(self, found.await?.vol))
    }

    /// The volume at this path, which may be no UTF-8.
    pub async fn volume_by_path(&self, path: impl Into<Text>) -> Result<StorageVol, CallError> {
        let found = self.call(StorageVolLookupByPath { path: path.into() });
        Ok(StorageVol::new(self, found.await?.vol))
    }
}

impl StoragePool {
    /// The volume of this name, mostly a file's, which may be no UTF-8.
    pub async fn volume(&self, name: impl Into<Text>) -> Result<StorageVol, CallError> {
        let (pool, name) = (self.wire.clone(), name.into());
        let found = self.connection.call(StorageVolLookupByName { pool, name });
        Ok(StorageVol::new(&self.connection, found.await?.vol))
    }

    /// Its volumes (libvirt 0.10.0).
    pub async fn volumes(&self) -> Result<Vec<StorageVol>, CallError> {
        let listed = self.connection.storage_pool_list_all_volumes(&self.wire, 1, 0).await?.vols;
        Ok(listed.into_iter().map(|wire| StorageVol::new(&self.connection, wire)).collect())
    }

    /// Makes a volume as the XML says.
    pub async fn create_volume(
        &self,
        xml: &str,
        flags: StorageVolCreateFlags,
    ) -> Result<StorageVol, CallError> {
        let made = self.connection.storage_vol_create_xml(&self.wire, xml, flags.bits()).await?.vol;
        Ok(StorageVol::new(&self.connection, made))
    }

    /// Makes a volume as the XML says, with what another one holds.
    pub async fn clone_volume(
        &self,
        xml: &str,
        from: &StorageVol,
        flags: StorageVolCreateFlags,
    ) -> Result<StorageVol, CallError> {
        let (pool, clonevol) = (self.wire.clone(), from.wire.clone());
        let arguments = StorageVolCreateXmlFrom { pool, xml: xml.into(), clonevol, flags: flags.bits() };
        let made = self.connection.storage_vol_create_xml_from(arguments).await?.vol;
        Ok(StorageVol::new(&self.connection, made))
    }
}

impl StorageVol {
    /// Its name, unique in its pool.
    pub fn name(&self) -> &Text {
        &self.wire.name
    }

    /// Its key, unique on its host; often its path.
    pub fn key(&self) -> &Text {
        &self.wire.key
    }

    /// The name of its pool.
    pub fn pool_name(&self) -> &Text {
        &self.wire.pool
    }

    /// Its pool.
    pub async fn pool(&self) -> Result<StoragePool, CallError> {
        let found = self.connection.storage_pool_lookup_by_volume(&self.wire).await?.pool;
        Ok(StoragePool::new(&self.connection, found))
    }

    /// Where it is on its host.
    pub async fn path(&self) -> Result<Text, CallError> {
        Ok(self.connection.storage_vol_get_path(&self.wire).await?.name)
    }

    /// A few numbers.
    pub async fn info(&self) -> Result<StorageVolInfo, CallError> {
        let reply = self.connection.storage_vol_get_info(&self.wire).await?;
        let kind = i32::from(reply.r#type).into();
        Ok(StorageVolInfo { kind, capacity: reply.capacity, allocation: reply.allocation })
    }

    /// The same with flags (libvirt 3.0).
    pub async fn info_with(&self, flags: StorageVolInfoFlags) -> Result<StorageVolInfo, CallError> {
        let reply = self.connection.storage_vol_get_info_flags(&self.wire, flags.bits()).await?;
        let kind = i32::from(reply.r#type).into();
        Ok(StorageVolInfo { kind, capacity: reply.capacity, allocation: reply.allocation })
    }

    /// Its configuration.
    pub async fn xml(&self) -> Result<Text, CallError> {
        Ok(self.connection.storage_vol_get_xml_desc(&self.wire, 0).await?.xml)
    }

    /// Deletes it.
    pub async fn delete(&self, flags: StorageVolDeleteFlags) -> Result<(), CallError> {
        self.connection.storage_vol_delete(&self.wire, flags.bits()).await
    }

    /// Overwrites it with zeros.
    pub async fn wipe(&self) -> Result<(), CallError> {
        self.connection.storage_vol_wipe(&self.wire, 0).await
    }

    /// Overwrites it in a way of the caller's choice (libvirt 0.9.10).
    pub async fn wipe_with(&self, algorithm: WipeAlgorithm) -> Result<(), CallError> {
        let algorithm = i32::from(algorithm).cast_unsigned();
        self.connection.storage_vol_wipe_pattern(&self.wire, algorithm, 0).await
    }

    /// Gives it another size, bytes (libvirt 0.9.10).
    pub async fn resize(&self, capacity: u64, flags: StorageVolResizeFlags) -> Result<(), CallError> {
        self.connection.storage_vol_resize(&self.wire, capacity, flags.bits()).await
    }

    /// Opens a stream of its content, from an offset on, so many bytes; 0 is to its end (libvirt 0.9.0).
    pub async fn download(
        &self,
        offset: u64,
        length: u64,
        flags: StorageVolStreamFlags,
    ) -> Result<Stream, CallError> {
        self.connection.storage_vol_download(&self.wire, offset, length, flags.bits()).await
    }

    /// Opens a stream to write its content to, from an offset on, at most so many bytes; 0 is as many as come
    /// (libvirt 0.9.0).
    ///
    /// Around what is written the volume stays as it is, unless holes are sent
    /// ([`SPARSE_STREAM`](StorageVolStreamFlags::SPARSE_STREAM)): libvirt's daemons leave in them what was there, and end the file behind each
    /// ([`Stream::write_hole`]). So send them only where [`dense_bytes`](Self::dense_bytes) says, as [`Stream::send_file_sparse`] does; elsewhere zeros.
    pub async fn upload(
        &self,
        offset: u64,
        length: u64,
        flags: StorageVolStreamFlags,
    ) -> Result<Stream, CallError> {
        self.connection.storage_vol_upload(&self.wire, offset, length, flags.bits()).await
    }

    /// Within how many of the first bytes of an upload, from this offset on and so long, holes have to go as zeros, for
    /// [`Stream::send_file_sparse`]; [`u64::MAX`] where the daemon cannot tell (libvirt 3.0). Two calls, before the upload is opened.
    ///
    /// libvirt's daemons seek over a hole and end the file behind it: what was in it stays, and what came after it is lost. Where the file is
    /// not yet, that is no loss, nor where it takes no room, so that it is all hole, and is made as long again.
    pub async fn dense_bytes(&self, offset: u64, length: u64) -> Result<u64, CallError> {
        // The size of the file in place of what it takes.
        let physical = self.info_with(StorageVolInfoFlags::GET_PHYSICAL);
        let (end, info) = match tokio::try_join!(physical, self.info()) {
            Ok((physical, info)) => (physical.allocation, info),
            Err(CallError::Remote(_)) => return Ok(u64::MAX),
            Err(other) => return Err(other),
        };
        match info.allocation {
            0 if offset.saturating_add(length) >= end => Ok(0),
            _ => Ok(end.saturating_sub(offset)),
        }
    }
}
