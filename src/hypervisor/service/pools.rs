//! Storage pools.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::flags::{DefineFlags, StoragePoolBuildFlags, StoragePoolCreateFlags, XmlFlags};
use virtwire_protocol::remote::*;
use virtwire_xdr::Text;

use super::super::{Existing, Hypervisor, PoolInfo, Result, Storage, Uuid, errors};
use super::HypervisorService;
use super::clients::internal;
use super::kept::{listed, may_see, names, number};
use super::wire::xml;
use crate::server::CallContext;

/// Of what runs, or of what will.
pub(super) const XML_INACTIVE: u32 = XmlFlags::INACTIVE.bits();
/// Made ready first; and, where something is there already, over it or not.
const CREATE_BUILD: u32 = StoragePoolCreateFlags::WITH_BUILD.bits();
const CREATE_OVERWRITE: u32 = StoragePoolCreateFlags::WITH_BUILD_OVERWRITE.bits();
const CREATE_NO_OVERWRITE: u32 = StoragePoolCreateFlags::WITH_BUILD_NO_OVERWRITE.bits();
const CREATE_FLAGS: u32 = CREATE_BUILD | CREATE_OVERWRITE | CREATE_NO_OVERWRITE;
/// Nothing is mended or made larger.
const BUILD_OVERWRITE: u32 = StoragePoolBuildFlags::OVERWRITE.bits();
const BUILD_NO_OVERWRITE: u32 = StoragePoolBuildFlags::NO_OVERWRITE.bits();
pub(super) const BUILD_FLAGS: u32 = BUILD_OVERWRITE | BUILD_NO_OVERWRITE;
/// Compared with a schema first: there is none here, and what is known of the document is checked in any case.
pub(super) const VALIDATE: u32 = DefineFlags::VALIDATE.bits();
/// Lifecycle and refresh.
const EVENT_KINDS: i32 = 2;

const RUNNING: u8 = 2;

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) fn storage(&self, api: &str) -> Result<&impl Storage> {
        self.hypervisor.storage().ok_or_else(|| RemoteError::no_support(api))
    }

    async fn visible_pools(&self, cx: &CallContext, api: &str) -> Result<Vec<PoolInfo>> {
        let mut all = self.storage(api)?.pools().await?;
        all.retain(|pool| may_see(cx, pool));
        Ok(all)
    }

    /// The pool that a call is about, by its UUID.
    pub(super) async fn pool(&self, pool: &StoragePool, api: &str) -> Result<PoolInfo> {
        let uuid = Uuid(pool.uuid);
        let found = self.storage(api)?.pools().await?.into_iter().find(|pool| pool.uuid == uuid);
        found.ok_or_else(|| no_pool(&format!("uuid '{uuid}'")))
    }

    /// The same, which must be active.
    pub(super) async fn active_pool(&self, pool: &StoragePool, api: &str) -> Result<PoolInfo> {
        active(self.pool(pool, api).await?)
    }

    /// The pool of a name, active or not.
    pub(super) async fn pool_named(&self, name: &Text, api: &str) -> Result<PoolInfo> {
        let found = self.storage(api)?.pools().await?.into_iter().find(|pool| *name == pool.name.as_str());
        found.ok_or_else(|| no_pool(&format!("name '{}'", name.to_string_lossy())))
    }

    /// The active pool of a name.
    pub(super) async fn active_pool_named(&self, name: &Text, api: &str) -> Result<PoolInfo> {
        active(self.pool_named(name, api).await?)
    }

    pub(super) async fn connect_num_of_storage_pools(
        &self,
        cx: &CallContext,
    ) -> Result<ConnectNumOfStoragePoolsReply> {
        let all = self.visible_pools(cx, "virConnectNumOfStoragePools").await?;
        Ok(ConnectNumOfStoragePoolsReply { num: number(&all, true) })
    }

    pub(super) async fn connect_num_of_defined_storage_pools(
        &self,
        cx: &CallContext,
    ) -> Result<ConnectNumOfDefinedStoragePoolsReply> {
        let all = self.visible_pools(cx, "virConnectNumOfDefinedStoragePools").await?;
        Ok(ConnectNumOfDefinedStoragePoolsReply { num: number(&all, false) })
    }

    pub(super) async fn connect_list_storage_pools(
        &self,
        cx: &CallContext,
        arguments: ConnectListStoragePools,
    ) -> Result<ConnectListStoragePoolsReply> {
        let all = self.visible_pools(cx, "virConnectListStoragePools").await?;
        Ok(ConnectListStoragePoolsReply { names: names(&all, true, arguments.maxnames)? })
    }

    pub(super) async fn connect_list_defined_storage_pools(
        &self,
        cx: &CallContext,
        arguments: ConnectListDefinedStoragePools,
    ) -> Result<ConnectListDefinedStoragePoolsReply> {
        let all = self.visible_pools(cx, "virConnectListDefinedStoragePools").await?;
        Ok(ConnectListDefinedStoragePoolsReply { names: names(&all, false, arguments.maxnames)? })
    }

    pub(super) async fn connect_list_all_storage_pools(
        &self,
        cx: &CallContext,
        arguments: ConnectListAllStoragePools,
    ) -> Result<ConnectListAllStoragePoolsReply> {
        let all = self.visible_pools(cx, "virConnectListAllStoragePools").await?;
        let ConnectListAllStoragePools { need_results, flags } = arguments;
        let function = "connect_list_all_storage_pools";
        let (pools, ret) = listed(all, need_results, flags, function, STORAGE_POOL_LIST_MAX, wire)?;
        Ok(ConnectListAllStoragePoolsReply { pools, ret })
    }

    pub(super) async fn storage_pool_lookup_by_name(
        &self,
        _: &CallContext,
        arguments: StoragePoolLookupByName,
    ) -> Result<StoragePoolLookupByNameReply> {
        let found = self.pool_named(&arguments.name, "virStoragePoolLookupByName").await?;
        Ok(StoragePoolLookupByNameReply { pool: wire(&found) })
    }

    pub(super) async fn storage_pool_lookup_by_uuid(
        &self,
        _: &CallContext,
        arguments: StoragePoolLookupByUuid,
    ) -> Result<StoragePoolLookupByUuidReply> {
        let named = StoragePool { uuid: arguments.uuid, ..StoragePool::default() };
        Ok(StoragePoolLookupByUuidReply {
            pool: wire(&self.pool(&named, "virStoragePoolLookupByUUID").await?),
        })
    }

    pub(super) async fn storage_pool_get_info(
        &self,
        _: &CallContext,
        arguments: StoragePoolGetInfo,
    ) -> Result<StoragePoolGetInfoReply> {
        let PoolInfo { standing, capacity, allocation, .. } =
            self.pool(&arguments.pool, "virStoragePoolGetInfo").await?;
        let state = if standing.active { RUNNING } else { 0 };
        let available = capacity.saturating_sub(allocation);
        Ok(StoragePoolGetInfoReply { state, capacity, allocation, available })
    }

    pub(super) async fn storage_pool_get_xml_desc(
        &self,
        _: &CallContext,
        arguments: StoragePoolGetXmlDesc,
    ) -> Result<StoragePoolGetXmlDescReply> {
        let pool = self.pool(&arguments.pool, "virStoragePoolGetXMLDesc").await?;
        let inactive = arguments.flags & XML_INACTIVE != 0;
        let text = self.storage("virStoragePoolGetXMLDesc")?.pool_xml(pool.uuid, inactive).await?;
        Ok(StoragePoolGetXmlDescReply { xml: text.into() })
    }

    pub(super) async fn storage_pool_get_autostart(
        &self,
        _: &CallContext,
        arguments: StoragePoolGetAutostart,
    ) -> Result<StoragePoolGetAutostartReply> {
        let pool = self.pool(&arguments.pool, "virStoragePoolGetAutostart").await?;
        Ok(StoragePoolGetAutostartReply { autostart: pool.standing.autostart.into() })
    }

    pub(super) async fn storage_pool_is_active(
        &self,
        _: &CallContext,
        arguments: StoragePoolIsActive,
    ) -> Result<StoragePoolIsActiveReply> {
        let pool = self.pool(&arguments.pool, "virStoragePoolIsActive").await?;
        Ok(StoragePoolIsActiveReply { active: pool.standing.active.into() })
    }

    pub(super) async fn storage_pool_is_persistent(
        &self,
        _: &CallContext,
        arguments: StoragePoolIsPersistent,
    ) -> Result<StoragePoolIsPersistentReply> {
        let pool = self.pool(&arguments.pool, "virStoragePoolIsPersistent").await?;
        Ok(StoragePoolIsPersistentReply { persistent: pool.standing.persistent.into() })
    }

    pub(super) async fn storage_pool_define_xml(
        &self,
        _: &CallContext,
        arguments: StoragePoolDefineXml,
    ) -> Result<StoragePoolDefineXmlReply> {
        let defined = self.storage("virStoragePoolDefineXML")?.define_pool(xml(arguments.xml)?).await?;
        Ok(StoragePoolDefineXmlReply { pool: wire(&defined) })
    }

    pub(super) async fn storage_pool_create_xml(
        &self,
        _: &CallContext,
        arguments: StoragePoolCreateXml,
    ) -> Result<StoragePoolCreateXmlReply> {
        let built = built_first(arguments.flags, "storage_pool_create_xml")?;
        let (storage, xml) = (self.storage("virStoragePoolCreateXML")?, xml(arguments.xml)?);
        let created = match built {
            Built::Not => storage.create_pool(xml, false).await?,
            Built::Anew => storage.create_pool(xml, true).await?,
            Built::Over(over) => over.refused(storage.create_pool_over(xml, over.there).await)?,
        };
        Ok(StoragePoolCreateXmlReply { pool: wire(&created) })
    }

    pub(super) async fn storage_pool_build(
        &self,
        _: &CallContext,
        arguments: StoragePoolBuild,
    ) -> Result<()> {
        let over = Over::by(arguments.flags, [BUILD_OVERWRITE, BUILD_NO_OVERWRITE], "storage_pool_build")?;
        let pool = inactive(self.pool(&arguments.pool, "virStoragePoolBuild").await?)?;
        self.built(pool.uuid, over.map_or(Built::Anew, Built::Over), "virStoragePoolBuild").await
    }

    async fn built(&self, pool: Uuid, built: Built, api: &str) -> Result<()> {
        let storage = self.storage(api)?;
        match built {
            Built::Not => Ok(()),
            Built::Anew => storage.build_pool(pool).await,
            Built::Over(over) => over.refused(storage.build_pool_over(pool, over.there).await),
        }
    }

    pub(super) async fn storage_pool_create(
        &self,
        _: &CallContext,
        arguments: StoragePoolCreate,
    ) -> Result<()> {
        let built = built_first(arguments.flags, "storage_pool_create")?;
        let pool = inactive(self.pool(&arguments.pool, "virStoragePoolCreate").await?)?;
        self.built(pool.uuid, built, "virStoragePoolCreate").await?;
        self.storage("virStoragePoolCreate")?.start_pool(pool.uuid).await
    }

    pub(super) async fn storage_pool_destroy(
        &self,
        _: &CallContext,
        arguments: StoragePoolDestroy,
    ) -> Result<()> {
        let pool = self.pool(&arguments.pool, "virStoragePoolDestroy").await?;
        self.storage("virStoragePoolDestroy")?.destroy_pool(pool.uuid).await
    }

    pub(super) async fn storage_pool_undefine(
        &self,
        _: &CallContext,
        arguments: StoragePoolUndefine,
    ) -> Result<()> {
        let pool = self.pool(&arguments.pool, "virStoragePoolUndefine").await?;
        self.storage("virStoragePoolUndefine")?.undefine_pool(pool.uuid).await
    }

    /// Nobody clears a whole pool with it: what has volumes is not deleted.
    pub(super) async fn storage_pool_delete(
        &self,
        _: &CallContext,
        arguments: StoragePoolDelete,
    ) -> Result<()> {
        let pool = self.pool(&arguments.pool, "virStoragePoolDelete").await?;
        if pool.standing.active {
            let detail = format!("storage pool '{}' is still active", pool.name);
            return Err(RemoteError::new(ErrorCode::OPERATION_INVALID, ErrorDomain::STORAGE, detail));
        }
        self.storage("virStoragePoolDelete")?.delete_pool(pool.uuid).await
    }

    pub(super) async fn storage_pool_refresh(
        &self,
        _: &CallContext,
        arguments: StoragePoolRefresh,
    ) -> Result<()> {
        let pool = self.active_pool(&arguments.pool, "virStoragePoolRefresh").await?;
        self.storage("virStoragePoolRefresh")?.refresh_pool(pool.uuid).await
    }

    pub(super) async fn storage_pool_set_autostart(
        &self,
        _: &CallContext,
        arguments: StoragePoolSetAutostart,
    ) -> Result<()> {
        let pool = self.pool(&arguments.pool, "virStoragePoolSetAutostart").await?;
        let storage = self.storage("virStoragePoolSetAutostart")?;
        storage.set_pool_autostart(pool.uuid, arguments.autostart != 0).await
    }

    pub(super) async fn connect_storage_pool_event_register_any(
        &self,
        cx: &CallContext,
        arguments: ConnectStoragePoolEventRegisterAny,
    ) -> Result<ConnectStoragePoolEventRegisterAnyReply> {
        self.storage("virConnectStoragePoolEventRegisterAny")?;
        self.listening("virConnectStoragePoolEventRegisterAny")?;
        if !(0..EVENT_KINDS).contains(&arguments.event_id) {
            return Err(internal(format!("unsupported storage pool event ID {}", arguments.event_id)));
        }
        let pool = arguments.pool.map(|pool| Uuid(pool.uuid));
        let callback_id =
            self.clients.with(cx, |client| client.wishes().pools.register(arguments.event_id, pool))??;
        Ok(ConnectStoragePoolEventRegisterAnyReply { callback_id })
    }

    pub(super) async fn connect_storage_pool_event_deregister_any(
        &self,
        cx: &CallContext,
        arguments: ConnectStoragePoolEventDeregisterAny,
    ) -> Result<()> {
        self.clients
            .with(cx, |client| client.wishes().pools.deregister(arguments.callback_id, "storage pool"))?
    }
}

pub(super) fn wire(pool: &PoolInfo) -> StoragePool {
    StoragePool { name: pool.name.as_str().into(), uuid: pool.uuid.0 }
}

/// Whether a pool is made ready before it starts.
enum Built {
    Not,
    Anew,
    Over(Over),
}

/// With what is there as a flag of a call says.
struct Over {
    there: Existing,
    flag: u32,
    function: &'static str,
}

impl Over {
    /// Which of two flags has been given, of which the first has what is there go.
    fn by(flags: u32, [goes, stays]: [u32; 2], function: &'static str) -> Result<Option<Over>> {
        let there = match (flags & goes != 0, flags & stays != 0) {
            (true, true) => return Err(errors::exclusive_flags("overwrite", "no_overwrite", function)),
            (true, false) => Existing::Goes,
            (false, true) => Existing::Stays,
            (false, false) => return Ok(None),
        };
        Ok(Some(Over { there, flag: flags & (goes | stays), function }))
    }

    fn refused<T>(&self, done: Result<T>) -> Result<T> {
        errors::by_flags(done, self.flag, self.function)
    }
}

/// What the flags of a start say of that: each of the three has a pool be made ready.
fn built_first(flags: u32, function: &'static str) -> Result<Built> {
    errors::check_flags(flags, CREATE_FLAGS.into(), function)?;
    Ok(match Over::by(flags, [CREATE_OVERWRITE, CREATE_NO_OVERWRITE], function)? {
        Some(over) => Built::Over(over),
        None if flags & CREATE_BUILD != 0 => Built::Anew,
        None => Built::Not,
    })
}

fn active(pool: PoolInfo) -> Result<PoolInfo> {
    match pool.standing.active {
        true => Ok(pool),
        false => {
            let detail = format!("storage pool '{}' is not active", pool.name);
            Err(RemoteError::new(ErrorCode::OPERATION_INVALID, ErrorDomain::STORAGE, detail))
        }
    }
}

fn inactive(pool: PoolInfo) -> Result<PoolInfo> {
    match pool.standing.active {
        false => Ok(pool),
        true => {
            let detail = format!("storage pool '{}' is already active", pool.name);
            Err(RemoteError::new(ErrorCode::OPERATION_INVALID, ErrorDomain::STORAGE, detail))
        }
    }
}

fn no_pool(by: &str) -> RemoteError {
    let detail = format!("no storage pool with matching {by}");
    RemoteError::new(ErrorCode::NO_STORAGE_POOL, ErrorDomain::STORAGE, detail)
}
