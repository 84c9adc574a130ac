//! Pools of volumes in memory: what is written to one can be read from it. All of a host's hold no more than
//! [`Config::storage_bytes_max`](super::Config::storage_bytes_max), whatever their XML claims.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::{
    Part, PoolEvent, PoolInfo, PoolStep, Result, Storage, StoragePoolLifecycle, Uuid, VolumeInfo, errors,
};
use super::Mem;
use super::document::Document;
use super::shelf::{GONE, Kind, Read, Shelf};
use super::transfer::Which;
use crate::server::Stream;

/// The most volumes of one pool: no list on the wire is longer.
const VOLUMES_MAX: usize = 16_384;

pub(super) type Pools = Shelf<BTreeMap<String, Volume>>;

const POOL: Kind = Kind {
    what: "storage pool",
    root: "pool",
    domain: ErrorDomain::STORAGE,
    absent: ErrorCode::NO_STORAGE_POOL,
};

/// One lock guards them and all that they hold; events are told under it, so that they are heard in order.
#[derive(Debug)]
pub(super) struct Table(Mutex<Pools>);

#[derive(Debug)]
pub(super) struct Volume {
    /// Another volume of the same name later is not this one.
    pub(super) id: Uuid,
    pub(super) capacity: u64,
    /// As far as it was written; zeros from there on.
    pub(super) data: Vec<u8>,
}

impl Default for Table {
    fn default() -> Table {
        Table(Mutex::new(Shelf::new(POOL)))
    }
}

impl Volume {
    fn info(&self, name: &str, path: String) -> VolumeInfo {
        let allocation = self.data.len() as u64;
        VolumeInfo {
            name: name.to_owned(),
            key: path.clone(),
            path,
            kind: 0,
            capacity: self.capacity,
            allocation,
        }
    }
}

pub(super) fn no_volume(name: &str) -> RemoteError {
    let text = format!("no storage vol with matching name '{name}'");
    RemoteError::new(ErrorCode::NO_STORAGE_VOL, ErrorDomain::STORAGE, text)
}

pub(super) fn failed(text: impl Into<String>) -> RemoteError {
    RemoteError::new(ErrorCode::OPERATION_FAILED, ErrorDomain::STORAGE, text)
}

fn volume<'a>(pools: &'a Pools, pool: Uuid, name: &str) -> Result<&'a Volume> {
    pools.get(pool)?.more.get(name).ok_or_else(|| no_volume(name))
}

/// Where a pool's volumes seem to be.
fn folder(pools: &Pools, pool: Uuid) -> Result<String> {
    let thing = pools.get(pool)?;
    let folder = thing.document(false).and_then(|document| document.field("target/path"));
    Ok(folder.map_or_else(|| format!("/mem/{}", thing.name), str::to_owned))
}

fn pool_info(pools: &Pools, uuid: Uuid, bytes_max: u64) -> Result<PoolInfo> {
    let thing = pools.get(uuid)?;
    let standing = thing.standing();
    let taken = thing.more.values().map(|volume| volume.data.len() as u64).sum();
    let (capacity, allocation) = if standing.active { (bytes_max, taken) } else { (0, 0) };
    Ok(PoolInfo { name: thing.name.clone(), uuid, standing, capacity, allocation })
}

impl Mem {
    pub(super) fn stores(&self) -> MutexGuard<'_, Pools> {
        self.inner.pools.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn storage_bytes_max(&self) -> u64 {
        self.inner.config.storage_bytes_max as u64
    }

    /// A pool comes or is changed by a document.
    fn pool_from(
        &self,
        what: StoragePoolLifecycle,
        xml: String,
        change: impl FnOnce(&mut Pools, Read) -> Result<Uuid>,
    ) -> Result<PoolInfo> {
        let read = POOL.read(xml)?;
        let mut pools = self.stores();
        let uuid = change(&mut pools, read)?;
        let info = pool_info(&pools, uuid, self.storage_bytes_max())?;
        self.inner.events.tell_pool(&PoolEvent::new(info.clone(), PoolStep::Life(what)));
        Ok(info)
    }

    /// A pool that is there takes a step, which may be its last.
    fn pool_step(
        &self,
        uuid: Uuid,
        what: PoolStep,
        step: impl FnOnce(&mut Pools, Uuid) -> Result<()>,
    ) -> Result<()> {
        let mut pools = self.stores();
        let before = pool_info(&pools, uuid, self.storage_bytes_max())?;
        step(&mut pools, uuid)?;
        let after = pool_info(&pools, uuid, self.storage_bytes_max());
        let gone = PoolInfo { standing: GONE, capacity: 0, allocation: 0, ..before };
        self.inner.events.tell_pool(&PoolEvent::new(after.unwrap_or(gone), what));
        Ok(())
    }
}

impl Storage for Mem {
    async fn pools(&self) -> Result<Vec<PoolInfo>> {
        let (pools, most) = (self.stores(), self.storage_bytes_max());
        pools.iter().map(|(uuid, _)| pool_info(&pools, *uuid, most)).collect()
    }

    async fn pool_xml(&self, pool: Uuid, inactive: bool) -> Result<String> {
        self.stores().xml(pool, inactive)
    }

    async fn define_pool(&self, xml: String) -> Result<PoolInfo> {
        self.pool_from(StoragePoolLifecycle::Defined, xml, Shelf::define)
    }

    async fn undefine_pool(&self, pool: Uuid) -> Result<()> {
        self.pool_step(pool, PoolStep::Life(StoragePoolLifecycle::Undefined), |pools, pool| {
            let thing = pools.get(pool)?;
            if thing.standing().active {
                let text = format!("storage pool '{}' is still active", thing.name);
                return Err(RemoteError::new(ErrorCode::OPERATION_INVALID, ErrorDomain::STORAGE, text));
            }
            pools.undefine(pool)
        })
    }

    async fn create_pool(&self, xml: String, _: bool) -> Result<PoolInfo> {
        self.pool_from(StoragePoolLifecycle::Started, xml, Shelf::create)
    }

    async fn build_pool(&self, pool: Uuid) -> Result<()> {
        // Memory is ready.
        self.pool_step(pool, PoolStep::Life(StoragePoolLifecycle::Created), |_, _| Ok(()))
    }

    async fn start_pool(&self, pool: Uuid) -> Result<()> {
        self.pool_step(pool, PoolStep::Life(StoragePoolLifecycle::Started), Shelf::start)
    }

    async fn destroy_pool(&self, pool: Uuid) -> Result<()> {
        self.pool_step(pool, PoolStep::Life(StoragePoolLifecycle::Stopped), Shelf::destroy)
    }

    async fn refresh_pool(&self, pool: Uuid) -> Result<()> {
        self.pool_step(pool, PoolStep::Refreshed, |_, _| Ok(()))
    }

    async fn set_pool_autostart(&self, pool: Uuid, autostart: bool) -> Result<()> {
        let mut pools = self.stores();
        if !pools.get(pool)?.standing().persistent {
            let text = "pool has no config file";
            return Err(RemoteError::new(ErrorCode::INVALID_ARG, ErrorDomain::STORAGE, text));
        }
        pools.set_autostart(pool, autostart)
    }

    async fn volumes(&self, pool: Uuid) -> Result<Vec<VolumeInfo>> {
        let pools = self.stores();
        let folder = folder(&pools, pool)?;
        let info = |(name, volume): (&String, &Volume)| volume.info(name, format!("{folder}/{name}"));
        Ok(pools.get(pool)?.more.iter().map(info).collect())
    }

    async fn volume_xml(&self, pool: Uuid, name: &str) -> Result<String> {
        let pools = self.stores();
        let path = format!("{}/{name}", folder(&pools, pool)?);
        let VolumeInfo { path, capacity, allocation, .. } = volume(&pools, pool, name)?.info(name, path);
        let (name, path) = (quick_xml::escape::escape(name), quick_xml::escape::escape(path.as_str()));
        Ok(format!(
            "<volume type='file'>\n  <name>{name}</name>\n  <key>{path}</key>\n  <capacity unit='bytes'>{capacity}</capacity>\n  \
             <allocation unit='bytes'>{allocation}</allocation>\n  <target>\n    <path>{path}</path>\n    \
             <format type='raw'/>\n  </target>\n</volume>\n"
        ))
    }

    async fn create_volume(&self, pool: Uuid, xml: String) -> Result<VolumeInfo> {
        let document = Document::read(xml, "volume").map_err(of_storage)?;
        let capacity = document.bytes("capacity").map_err(of_storage)?;
        let capacity =
            capacity.ok_or_else(|| of_storage(errors::bad_domain_xml("the volume has no capacity")))?;
        let mut pools = self.stores();
        let path = format!("{}/{}", folder(&pools, pool)?, document.name);
        let volumes = &mut pools.get_mut(pool)?.more;
        if volumes.contains_key(&document.name) {
            let text = format!("'{}'", document.name);
            return Err(RemoteError::new(ErrorCode::STORAGE_VOL_EXIST, ErrorDomain::STORAGE, text));
        }
        if volumes.len() >= VOLUMES_MAX {
            return Err(failed(format!("the pool has its {VOLUMES_MAX} volumes")));
        }
        let volume = Volume { id: Uuid::random(), capacity, data: Vec::new() };
        let info = volume.info(&document.name, path);
        volumes.insert(document.name, volume);
        Ok(info)
    }

    async fn delete_volume(&self, pool: Uuid, name: &str) -> Result<()> {
        self.stores().get_mut(pool)?.more.remove(name).map(|_| ()).ok_or_else(|| no_volume(name))
    }

    async fn resize_volume(&self, pool: Uuid, name: &str, capacity: u64) -> Result<()> {
        let mut pools = self.stores();
        let volume = pools.get_mut(pool)?.more.get_mut(name).ok_or_else(|| no_volume(name))?;
        volume.capacity = capacity;
        volume.data.truncate(usize::try_from(capacity).unwrap_or(usize::MAX));
        // What counts is what is held.
        volume.data.shrink_to_fit();
        Ok(())
    }

    async fn upload(&self, pool: Uuid, name: &str, part: Part, stream: Stream) -> Result<()> {
        let which = Which { pool, name: name.to_owned(), id: volume(&self.stores(), pool, name)?.id };
        tokio::spawn(self.clone().receive(which, part, stream));
        Ok(())
    }

    async fn download(&self, pool: Uuid, name: &str, part: Part, stream: Stream) -> Result<()> {
        let (which, capacity) = {
            let pools = self.stores();
            let volume = volume(&pools, pool, name)?;
            (Which { pool, name: name.to_owned(), id: volume.id }, volume.capacity)
        };
        let left = capacity.checked_sub(part.offset);
        let left = left.ok_or_else(|| failed(format!("the volume has {capacity} bytes")))?;
        let length = if part.length == 0 { left } else { left.min(part.length) };
        tokio::spawn(self.clone().send(which, Part { length, ..part }, stream));
        Ok(())
    }
}

/// What is wrong with a volume's document is told as storage's own.
fn of_storage(error: RemoteError) -> RemoteError {
    RemoteError { domain: ErrorDomain::STORAGE, ..error }
}
