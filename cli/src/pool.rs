//! `virtwire pool`: a host's storage pools.

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use virtwire::client::{CallError, Connection};
use virtwire::hypervisor::Uuid;
use virtwire::protocol::enums::StoragePoolState;
use virtwire::protocol::error::ErrorCode;
use virtwire::protocol::remote::{StoragePool, StoragePoolCreateXml, StoragePoolDefineXml};

use crate::args::{AsJson, HostArgs, XmlArgs};
use crate::connect::Opener;
use crate::domains::{goodbye, read};
use crate::fail::Fail;
use crate::info::{Facts, told};
use crate::progress::size;
use crate::screen::{say_document, say_done, say_json};
use crate::table::{Side, Table};

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
        PoolCommand::List(args) => list(args, opener).await,
        PoolCommand::Info(args) => info(args, opener).await,
        PoolCommand::Dumpxml(args) => {
            let (connection, pool) = pool(&args, opener).await?;
            let reply = connection.storage_pool_get_xml_desc(&pool, 0).await;
            say_document(&reply.map_err(|error| refused(&connection, &args.pool, &error))?.xml)?;
            goodbye(connection).await
        }
        PoolCommand::Define(args) => {
            let xml = read(&args.file)?;
            let connection = opener.open(&args.uri).await?;
            let reply = connection.call(StoragePoolDefineXml { xml, flags: 0 }).await;
            let pool = reply.map_err(|error| bad_xml(&connection, &args, &error))?.pool;
            say_done(&format!("defined pool {} {}", pool.name, Uuid(pool.uuid)))?;
            goodbye(connection).await
        }
        PoolCommand::Create(args) => {
            let xml = read(&args.file)?;
            let connection = opener.open(&args.uri).await?;
            let reply = connection.call(StoragePoolCreateXml { xml, flags: 0 }).await;
            let pool = reply.map_err(|error| bad_xml(&connection, &args, &error))?.pool;
            say_done(&format!("created pool {} {}", pool.name, Uuid(pool.uuid)))?;
            goodbye(connection).await
        }
        PoolCommand::Build(args) => {
            act(args, opener, "built", async |connection, pool| connection.storage_pool_build(pool, 0).await)
                .await
        }
        PoolCommand::Start(args) => {
            act(args, opener, "started", async |connection, pool| {
                connection.storage_pool_create(pool, 0).await
            })
            .await
        }
        PoolCommand::Refresh(args) => {
            act(args, opener, "refreshed", async |connection, pool| {
                connection.storage_pool_refresh(pool, 0).await
            })
            .await
        }
        PoolCommand::Destroy(args) => act(args, opener, "destroyed", Connection::storage_pool_destroy).await,
        PoolCommand::Undefine(args) => {
            act(args, opener, "undefined", Connection::storage_pool_undefine).await
        }
    }
}

async fn act(
    args: PoolArgs,
    opener: Opener,
    done: &str,
    verb: impl AsyncFn(&Connection, &StoragePool) -> Result<(), CallError>,
) -> Result<(), Fail> {
    let (connection, pool) = pool(&args, opener).await?;
    verb(&connection, &pool).await.map_err(|error| refused(&connection, &args.pool, &error))?;
    say_done(&format!("{done} pool {}", pool.name))?;
    goodbye(connection).await
}

async fn list(args: HostArgs, opener: Opener) -> Result<(), Fail> {
    let connection = opener.open(&args.uri).await?;
    let mut rows = Vec::new();
    for pool in all(&connection, args.all).await.map_err(|error| Fail::daemon(&connection, &error))? {
        let row = facts(&connection, &pool).await.map_err(|error| Fail::daemon(&connection, &error))?;
        rows.push(row);
    }
    if args.json {
        let rows: Vec<Value> = rows.into_iter().map(Facts::into_json).collect();
        say_json(&json!(rows))?;
    } else {
        let mut table = Table::new(&[
            ("Name", Side::Left),
            ("UUID", Side::Left),
            ("State", Side::Left),
            ("Autostart", Side::Left),
            ("Capacity", Side::Right),
            ("Allocation", Side::Right),
            ("Available", Side::Right),
        ]);
        for row in &rows {
            table.row([
                row.text("name"),
                row.text("uuid"),
                row.text("state"),
                row.text("autostart"),
                row.bytes("capacity_bytes").map(size),
                row.bytes("allocation_bytes").map(size),
                row.bytes("available_bytes").map(size),
            ]);
        }
        table.print()?;
    }
    goodbye(connection).await
}

/// By name, as `virsh` has them.
async fn all(connection: &Connection, inactive: bool) -> Result<Vec<StoragePool>, CallError> {
    const INACTIVE: u32 = 1;
    const ACTIVE: u32 = 2;
    let flags = if inactive { ACTIVE | INACTIVE } else { ACTIVE };
    let mut pools = connection.connect_list_all_storage_pools(1, flags).await?.pools;
    pools.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(pools)
}

async fn facts(connection: &Connection, pool: &StoragePool) -> Result<Facts, CallError> {
    let info = told(connection.storage_pool_get_info(pool).await)?;
    let persistent = told(connection.storage_pool_is_persistent(pool).await)?;
    let autostart = told(connection.storage_pool_get_autostart(pool).await)?;
    let mut facts = Facts::default();
    facts.add("name", "Name", Some(pool.name.to_string()));
    facts.add("uuid", "UUID", Some(Uuid(pool.uuid).to_string()));
    let state = info.as_ref().map(|info| StoragePoolState::from(i32::from(info.state)).to_string());
    facts.add("state", "State", state);
    facts.add("persistent", "Persistent", persistent.map(|reply| reply.persistent != 0));
    facts.add("autostart", "Autostart", autostart.map(|reply| reply.autostart != 0));
    // One that is off has no sizes, and says 0.
    let info =
        info.filter(|info| StoragePoolState::from(i32::from(info.state)) != StoragePoolState::Inactive);
    facts.add("capacity_bytes", "Capacity, B", info.as_ref().map(|info| info.capacity));
    facts.add("allocation_bytes", "Allocation, B", info.as_ref().map(|info| info.allocation));
    facts.add("available_bytes", "Available, B", info.as_ref().map(|info| info.available));
    Ok(facts)
}

async fn info(AsJson { of: args, json }: AsJson<PoolArgs>, opener: Opener) -> Result<(), Fail> {
    let (connection, pool) = pool(&args, opener).await?;
    let facts = facts(&connection, &pool).await;
    facts.map_err(|error| refused(&connection, &args.pool, &error))?.print(json)?;
    goodbye(connection).await
}

async fn pool(args: &PoolArgs, opener: Opener) -> Result<(Connection, StoragePool), Fail> {
    let connection = opener.open(&args.uri).await?;
    let pool = find(&connection, &args.pool).await?;
    Ok((connection, pool))
}

/// Finds a pool as `virsh` does: a UUID is one, and anything can be a name.
pub(crate) async fn find(connection: &Connection, key: &str) -> Result<StoragePool, Fail> {
    look_up(connection, key).await.map_err(|error| refused(connection, key, &error))
}

async fn look_up(connection: &Connection, key: &str) -> Result<StoragePool, CallError> {
    if let Ok(Uuid(uuid)) = key.parse() {
        match connection.storage_pool_lookup_by_uuid(uuid).await {
            Err(error) if error.remote().is_some_and(|error| error.code == ErrorCode::NO_STORAGE_POOL) => {}
            answer => return Ok(answer?.pool),
        }
    }
    Ok(connection.storage_pool_lookup_by_name(key).await?.pool)
}

/// A call about a pool that did not succeed.
pub(crate) fn refused(connection: &Connection, key: &str, error: &CallError) -> Fail {
    let uri = connection.uri();
    let thing = format!("pool {key} on {uri}");
    match error.remote().map(|error| error.code) {
        Some(ErrorCode::NO_STORAGE_POOL) => Fail::new(
            thing,
            "there is no such pool",
            format!("`virtwire pool list --all {uri}` shows those that there are"),
        ),
        Some(ErrorCode::OPERATION_INVALID) => Fail::call(thing, error).next(format!(
            "`virtwire pool info {uri} {key}` shows its state: most that is done to a pool needs it running"
        )),
        _ => Fail::call(thing, error),
    }
}

fn bad_xml(connection: &Connection, args: &XmlArgs, error: &CallError) -> Fail {
    let uri = connection.uri();
    let fail = Fail::call(format!("configuration {} on {uri}", args.file.display()), error);
    match error.remote().map(|error| error.code) {
        Some(ErrorCode::XML_DETAIL | ErrorCode::XML_ERROR) => {
            fail.next("libvirt's storage pool XML is expected; nothing was changed")
        }
        _ => fail.next(format!("`virtwire pool list --all {uri}` shows the pools that are there")),
    }
}
