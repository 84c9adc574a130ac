//! Storage volumes, and what is in them.

use virtwire_protocol::access::{Named, ObjectKind, Right};
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::flags::{
    StorageVolCreateFlags, StorageVolDeleteFlags, StorageVolInfoFlags, StorageVolResizeFlags,
    StorageVolStreamFlags,
};
use virtwire_protocol::remote::*;
use virtwire_xdr::Text;

use super::super::{CreateVolume, Hypervisor, Part, PoolInfo, Result, Storage, VolumeInfo, errors};
use super::HypervisorService;
use super::clients::internal;
use super::list::count;
use super::pools::wire as pool_wire;
use super::wire::xml;
use crate::server::turn::Steps;
use crate::server::{CallContext, Stream};

/// The upload's and the download's.
pub(super) const SPARSE: u32 = StorageVolStreamFlags::SPARSE_STREAM.bits();
/// Cleared first.
pub(super) const DELETE_ZEROED: u32 = StorageVolDeleteFlags::ZEROED.bits();
/// With room for what describes the image.
const PREALLOCATED: u32 = StorageVolCreateFlags::PREALLOC_METADATA.bits();
const REFLINK: u32 = StorageVolCreateFlags::REFLINK.bits();
/// Compared with a schema first: there is none here, and what is known of the document is checked in any case.
pub(super) const CREATE_FLAGS: u32 = StorageVolCreateFlags::VALIDATE.bits() | PREALLOCATED;
pub(super) const CLONE_FLAGS: u32 = CREATE_FLAGS | REFLINK;
/// The one flag of info that means anything: bytes that are taken, or that are used.
pub(super) const GET_PHYSICAL: u32 = StorageVolInfoFlags::GET_PHYSICAL.bits();
/// A new capacity is so much more, or less.
pub(super) const DELTA: u32 = StorageVolResizeFlags::DELTA.bits();
/// It may become less.
pub(super) const SHRINK: u32 = StorageVolResizeFlags::SHRINK.bits();

impl<H: Hypervisor> HypervisorService<H> {
    /// The volume that a call is about, and its pool, which must be active.
    async fn volume(&self, vol: &StorageVol, api: &str) -> Result<(PoolInfo, VolumeInfo)> {
        let pool = self.active_pool_named(&vol.pool, api).await?;
        let found = self.volume_in(&pool, &vol.name, api).await?;
        // Whoever decided whether this may be was told the key.
        match vol.key == found.key.as_str() {
            true => Ok((pool, found)),
            false => Err(no_volume(&format!("key {}", vol.key.to_string_lossy()))),
        }
    }

    async fn volume_in(&self, pool: &PoolInfo, name: &Text, api: &str) -> Result<VolumeInfo> {
        let volumes = self.storage(api)?.volumes(pool.uuid).await?;
        let found = volumes.into_iter().find(|volume| *name == volume.name.as_str());
        found.ok_or_else(|| no_volume(&format!("name '{}'", name.to_string_lossy())))
    }

    /// The first volume of any active pool that is asked for. The client must be allowed to know of it.
    async fn volume_where(
        &self,
        cx: &CallContext,
        api: &str,
        is_it: impl Fn(&VolumeInfo) -> bool + Send,
    ) -> Result<Option<StorageVol>> {
        let storage = self.storage(api)?;
        let mut steps = Steps::begin();
        for pool in storage.pools().await?.into_iter().filter(|pool| pool.standing.active) {
            steps.did_one().await;
            let volumes = storage.volumes(pool.uuid).await?;
            if let Some(found) = volumes.iter().find(|volume| is_it(volume)) {
                may_look(cx, &pool, found)?;
                return Ok(Some(wire(&pool, found)));
            }
        }
        Ok(None)
    }

    /// The volumes of an active pool that a client may know of.
    async fn visible_volumes(
        &self,
        cx: &CallContext,
        pool: &StoragePool,
        api: &str,
    ) -> Result<(PoolInfo, Vec<VolumeInfo>)> {
        let pool = self.active_pool(pool, api).await?;
        let mut volumes = self.storage(api)?.volumes(pool.uuid).await?;
        volumes.retain(|volume| may_look(cx, &pool, volume).is_ok());
        Ok((pool, volumes))
    }

    pub(super) async fn storage_pool_num_of_volumes(
        &self,
        cx: &CallContext,
        arguments: StoragePoolNumOfVolumes,
    ) -> Result<StoragePoolNumOfVolumesReply> {
        let (_, volumes) = self.visible_volumes(cx, &arguments.pool, "virStoragePoolNumOfVolumes").await?;
        Ok(StoragePoolNumOfVolumesReply { num: i32::try_from(volumes.len()).unwrap_or(i32::MAX) })
    }

    pub(super) async fn storage_pool_list_volumes(
        &self,
        cx: &CallContext,
        arguments: StoragePoolListVolumes,
    ) -> Result<StoragePoolListVolumesReply> {
        let most = count("maxnames", arguments.maxnames)?;
        let (_, volumes) = self.visible_volumes(cx, &arguments.pool, "virStoragePoolListVolumes").await?;
        let names = volumes.into_iter().take(most).map(|volume| volume.name.into()).collect();
        Ok(StoragePoolListVolumesReply { names })
    }

    pub(super) async fn storage_pool_list_all_volumes(
        &self,
        cx: &CallContext,
        arguments: StoragePoolListAllVolumes,
    ) -> Result<StoragePoolListAllVolumesReply> {
        let (pool, volumes) =
            self.visible_volumes(cx, &arguments.pool, "virStoragePoolListAllVolumes").await?;
        let ret = u32::try_from(volumes.len()).ok().filter(|count| *count <= STORAGE_VOL_LIST_MAX);
        let ret = ret.ok_or_else(|| internal(format!("Too many volumes '{}'", volumes.len())))?;
        let vols = match arguments.need_results {
            0 => Vec::new(),
            _ => volumes.iter().map(|volume| wire(&pool, volume)).collect(),
        };
        Ok(StoragePoolListAllVolumesReply { vols, ret })
    }

    pub(super) async fn storage_vol_lookup_by_name(
        &self,
        cx: &CallContext,
        arguments: StorageVolLookupByName,
    ) -> Result<StorageVolLookupByNameReply> {
        let api = "virStorageVolLookupByName";
        let pool = self.active_pool(&arguments.pool, api).await?;
        let volume = self.volume_in(&pool, &arguments.name, api).await?;
        may_look(cx, &pool, &volume)?;
        Ok(StorageVolLookupByNameReply { vol: wire(&pool, &volume) })
    }

    pub(super) async fn storage_vol_lookup_by_key(
        &self,
        cx: &CallContext,
        arguments: StorageVolLookupByKey,
    ) -> Result<StorageVolLookupByKeyReply> {
        let key = arguments.key;
        let is_it = |volume: &VolumeInfo| key == volume.key.as_str();
        let found = self.volume_where(cx, "virStorageVolLookupByKey", is_it).await?;
        let vol = found.ok_or_else(|| no_volume(&format!("key {}", key.to_string_lossy())))?;
        Ok(StorageVolLookupByKeyReply { vol })
    }

    pub(super) async fn storage_vol_lookup_by_path(
        &self,
        cx: &CallContext,
        arguments: StorageVolLookupByPath,
    ) -> Result<StorageVolLookupByPathReply> {
        let path = arguments.path;
        let is_it = |volume: &VolumeInfo| path == volume.path.as_str();
        let found = self.volume_where(cx, "virStorageVolLookupByPath", is_it).await?;
        let vol = found.ok_or_else(|| no_volume(&format!("path '{}'", path.to_string_lossy())))?;
        Ok(StorageVolLookupByPathReply { vol })
    }

    pub(super) async fn storage_pool_lookup_by_volume(
        &self,
        cx: &CallContext,
        arguments: StoragePoolLookupByVolume,
    ) -> Result<StoragePoolLookupByVolumeReply> {
        // Also one that is off, whose volumes are not known.
        let pool = self.pool_named(&arguments.vol.pool, "virStoragePoolLookupByVolume").await?;
        // The call did not say which pool.
        cx.allows(Right::of(ObjectKind::StoragePool, "getattr"), pool.uuid.0, &pool.name)?;
        Ok(StoragePoolLookupByVolumeReply { pool: pool_wire(&pool) })
    }

    pub(super) async fn storage_vol_get_info(
        &self,
        _: &CallContext,
        arguments: StorageVolGetInfo,
    ) -> Result<StorageVolGetInfoReply> {
        let (_, volume) = self.volume(&arguments.vol, "virStorageVolGetInfo").await?;
        let (r#type, capacity, allocation) = numbers(&volume);
        Ok(StorageVolGetInfoReply { r#type, capacity, allocation })
    }

    pub(super) async fn storage_vol_get_info_flags(
        &self,
        _: &CallContext,
        arguments: StorageVolGetInfoFlags,
    ) -> Result<StorageVolGetInfoFlagsReply> {
        let (_, volume) = self.volume(&arguments.vol, "virStorageVolGetInfoFlags").await?;
        let (r#type, capacity, allocation) = numbers(&volume);
        Ok(StorageVolGetInfoFlagsReply { r#type, capacity, allocation })
    }

    pub(super) async fn storage_vol_get_path(
        &self,
        _: &CallContext,
        arguments: StorageVolGetPath,
    ) -> Result<StorageVolGetPathReply> {
        let (_, volume) = self.volume(&arguments.vol, "virStorageVolGetPath").await?;
        Ok(StorageVolGetPathReply { name: volume.path.into() })
    }

    pub(super) async fn storage_vol_get_xml_desc(
        &self,
        _: &CallContext,
        arguments: StorageVolGetXmlDesc,
    ) -> Result<StorageVolGetXmlDescReply> {
        let api = "virStorageVolGetXMLDesc";
        let (pool, volume) = self.volume(&arguments.vol, api).await?;
        let text = self.storage(api)?.volume_xml(pool.uuid, &volume.name).await?;
        Ok(StorageVolGetXmlDescReply { xml: text.into() })
    }

    pub(super) async fn storage_vol_create_xml(
        &self,
        _: &CallContext,
        arguments: StorageVolCreateXml,
    ) -> Result<StorageVolCreateXmlReply> {
        let api = "virStorageVolCreateXML";
        let pool = self.active_pool(&arguments.pool, api).await?;
        let made =
            self.storage(api)?.create_volume(pool.uuid, xml(arguments.xml)?, how(arguments.flags)).await?;
        Ok(StorageVolCreateXmlReply { vol: wire(&pool, &made) })
    }

    pub(super) async fn storage_vol_create_xml_from(
        &self,
        cx: &CallContext,
        arguments: StorageVolCreateXmlFrom,
    ) -> Result<StorageVolCreateXmlFromReply> {
        let api = "virStorageVolCreateXMLFrom";
        let pool = self.active_pool(&arguments.pool, api).await?;
        // By its object the call is about the volume that it reads.
        let mut made_in = Named::default();
        made_in.pool = Some(pool.name.clone().into());
        cx.allows_named(Right::of(ObjectKind::StorageVol, "create"), &made_in)?;
        let (from, original) = self.volume(&arguments.clonevol, api).await?;
        // The right to make one is not the right to read another, and that is what comes of it.
        cx.allows_named(Right::of(ObjectKind::StorageVol, "data_read"), &named(&from, &original))?;
        let original = (from.uuid, original.name.as_str());
        let (xml, how) = (xml(arguments.xml)?, how(arguments.flags));
        let made = self.storage(api)?.clone_volume(pool.uuid, xml, original, how).await?;
        Ok(StorageVolCreateXmlFromReply { vol: wire(&pool, &made) })
    }

    pub(super) async fn storage_vol_wipe(&self, _: &CallContext, arguments: StorageVolWipe) -> Result<()> {
        self.wiped(&arguments.vol, "virStorageVolWipe").await
    }

    pub(super) async fn storage_vol_wipe_pattern(
        &self,
        _: &CallContext,
        arguments: StorageVolWipePattern,
    ) -> Result<()> {
        const ZEROS: u32 = 0;
        if arguments.algorithm != ZEROS {
            let text = format!("wiping algorithm {} not supported: zeros are", arguments.algorithm);
            return Err(RemoteError::new(ErrorCode::ARGUMENT_UNSUPPORTED, ErrorDomain::STORAGE, text));
        }
        self.wiped(&arguments.vol, "virStorageVolWipePattern").await
    }

    async fn wiped(&self, vol: &StorageVol, api: &str) -> Result<()> {
        let (pool, volume) = self.volume(vol, api).await?;
        self.storage(api)?.wipe_volume(pool.uuid, &volume.name).await
    }

    pub(super) async fn storage_vol_delete(
        &self,
        _: &CallContext,
        arguments: StorageVolDelete,
    ) -> Result<()> {
        let api = "virStorageVolDelete";
        let (pool, volume) = self.volume(&arguments.vol, api).await?;
        let storage = self.storage(api)?;
        if arguments.flags & DELETE_ZEROED != 0 {
            let cleared = storage.wipe_volume(pool.uuid, &volume.name).await;
            errors::by_flags(cleared, DELETE_ZEROED, "storage_vol_delete")?;
        }
        storage.delete_volume(pool.uuid, &volume.name).await
    }

    pub(super) async fn storage_vol_resize(
        &self,
        _: &CallContext,
        arguments: StorageVolResize,
    ) -> Result<()> {
        let api = "virStorageVolResize";
        let (pool, volume) = self.volume(&arguments.vol, api).await?;
        let (by, shrinks) = (arguments.capacity, arguments.flags & SHRINK != 0);
        let capacity = match (arguments.flags & DELTA != 0, shrinks) {
            (false, _) => Some(by),
            (true, false) => volume.capacity.checked_add(by),
            (true, true) => Some(volume.capacity.saturating_sub(by)),
        };
        let capacity = capacity.filter(|capacity| i64::try_from(*capacity).is_ok());
        let capacity = capacity.ok_or_else(|| errors::too_large(by))?;
        if capacity < volume.capacity && !shrinks {
            let text = "Can't shrink capacity below current capacity unless shrink flag explicitly specified";
            return Err(bad_capacity(text));
        }
        self.storage(api)?.resize_volume(pool.uuid, &volume.name, capacity).await
    }

    pub(super) async fn storage_vol_upload(
        &self,
        _: &CallContext,
        arguments: StorageVolUpload,
        stream: Stream,
    ) -> Result<()> {
        let StorageVolUpload { vol, offset, length, flags } = arguments;
        let (pool, volume) = self.volume(&vol, "virStorageVolUpload").await?;
        let part = Part { offset, length, sparse: flags & SPARSE != 0 };
        self.storage("virStorageVolUpload")?.upload(pool.uuid, &volume.name, part, stream).await
    }

    pub(super) async fn storage_vol_download(
        &self,
        _: &CallContext,
        arguments: StorageVolDownload,
        stream: Stream,
    ) -> Result<()> {
        let StorageVolDownload { vol, offset, length, flags } = arguments;
        let (pool, volume) = self.volume(&vol, "virStorageVolDownload").await?;
        let part = Part { offset, length, sparse: flags & SPARSE != 0 };
        self.storage("virStorageVolDownload")?.download(pool.uuid, &volume.name, part, stream).await
    }
}

fn wire(pool: &PoolInfo, volume: &VolumeInfo) -> StorageVol {
    StorageVol {
        pool: pool.name.as_str().into(),
        name: volume.name.as_str().into(),
        key: volume.key.as_str().into(),
    }
}

fn how(flags: u32) -> CreateVolume {
    CreateVolume { preallocate: flags & PREALLOCATED != 0, reflink: flags & REFLINK != 0 }
}

/// What a volume is, its capacity and its allocation. Its kind has eight bits on the wire, and libvirt's are few.
fn numbers(volume: &VolumeInfo) -> (i8, u64, u64) {
    (i8::try_from(i32::from(volume.kind)).unwrap_or(i8::MAX), volume.capacity, volume.allocation)
}

/// Whether the client may know of a volume.
fn may_look(cx: &CallContext, pool: &PoolInfo, volume: &VolumeInfo) -> Result<()> {
    cx.allows_named(Right::of(ObjectKind::StorageVol, "getattr"), &named(pool, volume))
}

/// A volume, for who decides about it.
fn named(pool: &PoolInfo, volume: &VolumeInfo) -> Named<'static> {
    let mut object = Named::default();
    object.name = Some(volume.key.clone().into());
    object.pool = Some(pool.name.clone().into());
    object
}

fn bad_capacity(text: &str) -> RemoteError {
    RemoteError::new(ErrorCode::INVALID_ARG, ErrorDomain::STORAGE, text)
}

fn no_volume(by: &str) -> RemoteError {
    let detail = format!("no storage vol with matching {by}");
    RemoteError::new(ErrorCode::NO_STORAGE_VOL, ErrorDomain::STORAGE, detail)
}
