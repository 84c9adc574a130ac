//! `virtwire pool`: a host's storage pools.

use clap::{Args, Subcommand};
use virtwire::client::{CallError, Connection, StoragePool};
use virtwire::hypervisor::Uuid;
use virtwire::protocol::enums::StoragePoolState;
use virtwire::protocol::error::ErrorCode;
use virtwire::protocol::flags::{
    DefineFlags, ListStoragePoolsFlags, StoragePoolBuildFlags, StoragePoolCreateFlags, XmlFlags,
};
use virtwire::xdr::Text;

use crate::args::{AsJson, HostArgs, XmlArgs};
use crate::connect::Opener;
use crate::fail::Fail;
use crate::info::{Facts, told};
use crate::object::{self, Object};
use crate::progress::size;
use crate::table::Side;

#[derive(Debug, Subcommand)]
pub(crate) enum PoolCommand {
    /// List pools
    List(HostArgs),
    /// Describe a pool
    Info(AsJson<PoolArgs>),
    /// Print a pool's configuration
    Dumpxml(PoolArgs),
    /// Keep a configuration, without starting it
    Define(XmlArgs),
    /// Start a pool from a configuration that is not kept
    Create(XmlArgs),
    /// Make a pool's storage, such as its directory
    Build(PoolArgs),
    /// Start a pool that was defined
    Start(PoolArgs),
    /// Look at a pool's storage for volumes that came and went
    Refresh(PoolArgs),
    /// End a pool; its volumes stay where they are
    Destroy(PoolArgs),
    /// Forget a pool's configuration
    Undefine(PoolArgs),
}

/// A pool of a host.
#[derive(Debug, Args)]
#[command(allow_missing_positional = true)]
pub(crate) struct PoolArgs {
    /// The host; without it, the one that libvirt's own tools would take
    #[arg(default_value = "", hide_default_value = true)]
    pub(crate) uri: String,
    /// The pool's name or UUID
    pub(crate) pool: String,
}

pub(crate) async fn run(command: PoolCommand, opener: Opener) -> Result<(), Fail> {
    match command {
        PoolCommand::List(args) => object::list::<StoragePool>(args, opener).await,
        PoolCommand::Info(AsJson { of: PoolArgs { uri, pool }, json }) => {
            object::info::<StoragePool>(&uri, &pool, json, opener).await
        }
        PoolCommand::Dumpxml(PoolArgs { uri, pool }) => {
            object::dumpxml::<StoragePool>(&uri, &pool, opener).await
        }
        PoolCommand::Define(args) => object::define::<StoragePool>(args, opener).await,
        PoolCommand::Create(args) => object::create::<StoragePool>(args, opener).await,
        PoolCommand::Build(PoolArgs { uri, pool }) => {
            let build = async |pool: &StoragePool| pool.build(StoragePoolBuildFlags::NONE).await;
            object::act(&uri, &pool, opener, "built", build).await
        }
        PoolCommand::Start(PoolArgs { uri, pool }) => {
            let start = async |pool: &StoragePool| pool.start(StoragePoolCreateFlags::NONE).await;
            object::act(&uri, &pool, opener, "started", start).await
        }
        PoolCommand::Refresh(PoolArgs { uri, pool }) => {
            object::act(&uri, &pool, opener, "refreshed", StoragePool::refresh).await
        }
        PoolCommand::Destroy(PoolArgs { uri, pool }) => {
            object::act(&uri, &pool, opener, "destroyed", StoragePool::destroy).await
        }
        PoolCommand::Undefine(PoolArgs { uri, pool }) => {
            object::act(&uri, &pool, opener, "undefined", StoragePool::undefine).await
        }
    }
}

impl Object for StoragePool {
    const WORD: &'static str = "pool";
    const COMMAND: &'static str = "pool";
    const ABSENT: ErrorCode = ErrorCode::NO_STORAGE_POOL;
    const TELLS: &'static str = "whether it is active: a pool that is cannot be started, undefined or built, and one that is not shows no volumes";
    const COLUMNS: &'static [(&'static str, Side)] = &[
        ("Name", Side::Left),
        ("UUID", Side::Left),
        ("State", Side::Left),
        ("Autostart", Side::Left),
        ("Capacity", Side::Right),
        ("Allocation", Side::Right),
        ("Available", Side::Right),
    ];

    async fn by_uuid(connection: &Connection, uuid: Uuid) -> Result<StoragePool, CallError> {
        connection.storage_pool_by_uuid(uuid).await
    }

    async fn by_name(connection: &Connection, name: &str) -> Result<StoragePool, CallError> {
        connection.storage_pool(name).await
    }

    async fn list(connection: &Connection, all: bool) -> Result<Vec<StoragePool>, CallError> {
        let inactive = if all { ListStoragePoolsFlags::INACTIVE } else { ListStoragePoolsFlags::NONE };
        connection.storage_pools(ListStoragePoolsFlags::ACTIVE | inactive).await
    }

    async fn define(connection: &Connection, xml: &str) -> Result<StoragePool, CallError> {
        connection.define_storage_pool(xml, DefineFlags::NONE).await
    }

    async fn create(connection: &Connection, xml: &str) -> Result<StoragePool, CallError> {
        connection.create_storage_pool(xml, StoragePoolCreateFlags::NONE).await
    }

    fn name(&self) -> &Text {
        self.name()
    }

    fn uuid(&self) -> Uuid {
        self.uuid()
    }

    async fn xml(&self) -> Result<Text, CallError> {
        self.xml(XmlFlags::NONE).await
    }

    async fn facts(&self) -> Result<Facts, CallError> {
        let info = told(self.info().await)?;
        let mut facts = Facts::default();
        facts.add("name", "Name", Some(self.name().to_string()));
        facts.add("uuid", "UUID", Some(self.uuid().to_string()));
        facts.add("state", "State", info.map(|info| info.state.to_string()));
        facts.add("persistent", "Persistent", told(self.is_persistent().await)?);
        facts.add("autostart", "Autostart", told(self.autostart().await)?);
        // One that is off has no sizes, and says 0.
        let info = info.filter(|info| info.state != StoragePoolState::Inactive);
        facts.add_bytes("capacity_bytes", "Capacity", info.map(|info| info.capacity));
        facts.add_bytes("allocation_bytes", "Allocation", info.map(|info| info.allocation));
        facts.add_bytes("available_bytes", "Available", info.map(|info| info.available));
        Ok(facts)
    }

    fn cells(facts: &Facts) -> Vec<Option<String>> {
        let sizes = ["capacity_bytes", "allocation_bytes", "available_bytes"];
        let words = ["name", "uuid", "state", "autostart"].into_iter().map(|key| facts.text(key));
        words.chain(sizes.into_iter().map(|key| facts.bytes(key).map(size))).collect()
    }
}
