//! Pools of volumes in memory: what is written to one can be read from it. All of a host's hold no more than
//! [`Config::storage_bytes_max`](super::Config::storage_bytes_max), whatever their XML claims, and are no more than one list can have.
//!
//! Volumes are where their pool's document says that they are, as files are in a directory: they stay when the pool is ended or forgotten,
//! and whatever pool is defined there next has them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::store::{self, Store};
use super::super::{
    CreateVolume, Event, Part, PoolInfo, PoolStep, Result, Storage, StoragePoolLifecycle, Uuid, VolumeInfo,
    errors,
};
use super::described::{Described, Kept, of_storage};
use super::document::Document;
use super::edit::escaped;
use super::lasting::{self, Keeps};
use super::shelf::{GONE, Kind, Read, Shelf};
use super::transfer::Which;
use super::{Inner, Mem, pool_check};
use crate::server::Stream;

/// The most volumes of a host: no list on the wire is longer.
const VOLUMES_MAX: usize = 16_384;
/// What a pool is of whose kind nothing is said: one from before that was refused.
const DIRECTORY: &str = "dir";

const POOL: Kind = Kind {
    what: "storage pool",
    root: "pool",
    domain: ErrorDomain::STORAGE,
    absent: ErrorCode::NO_STORAGE_POOL,
};
const KEEPS: Keeps = Keeps {
    folder: Store::pools,
    kept: |inner, uuid| inner.stores().shelf.kept(uuid),
    check_free: |inner, read| inner.stores().check_free(read),
    check_undefinable: |inner, uuid| inner.stores().check_undefinable(uuid),
};

/// One lock guards them and all that they hold; events are told under it, so that they are heard in order.
#[derive(Debug)]
pub(super) struct Table(Mutex<Pools>);

/// The pools, and what there is in their places.
#[derive(Debug)]
pub(super) struct Pools {
    shelf: Shelf,
    /// By place and name.
    volumes: BTreeMap<String, BTreeMap<String, Volume>>,
    /// How many there are, and the bytes that they hold.
    count: usize,
    taken: u64,
}

#[derive(Debug)]
pub(super) struct Volume {
    /// Another volume of the same name later is not this one.
    id: Uuid,
    capacity: u64,
    kept: Kept,
    /// As far as it was written; zeros from there on.
    data: Vec<u8>,
}

impl Default for Table {
    fn default() -> Table {
        let shelf = Shelf::new(POOL);
        Table(Mutex::new(Pools { shelf, volumes: BTreeMap::new(), count: 0, taken: 0 }))
    }
}

impl Volume {
    fn info(&self, name: &str, folder: &str) -> VolumeInfo {
        let path = format!("{folder}/{name}");
        let allocation = self.data.len() as u64;
        VolumeInfo { capacity: self.capacity, allocation, ..VolumeInfo::new(name, path) }
    }

    pub(super) fn data(&self) -> &[u8] {
        &self.data
    }

    pub(super) fn data_mut(&mut self) -> &mut [u8] {
        &mut self.data
    }
}

fn no_volume(name: &str) -> RemoteError {
    let text = format!("no storage vol with matching name '{name}'");
    RemoteError::new(ErrorCode::NO_STORAGE_VOL, ErrorDomain::STORAGE, text)
}

pub(super) fn failed(text: impl Into<String>) -> RemoteError {
    RemoteError::new(ErrorCode::OPERATION_FAILED, ErrorDomain::STORAGE, text)
}

/// A pool that somebody wishes for.
fn asked(xml: String) -> Result<Read> {
    let read = POOL.asked(xml)?;
    pool_check::check(&read.0)?;
    Ok(read)
}

/// Where the volumes of a document's pool seem to be.
fn place(document: &Document) -> String {
    match document.field("target/path").map(|path| path.trim_end_matches('/')) {
        Some(path) => path.to_owned(),
        None => format!("/mem/{}", document.name),
    }
}

/// The bytes that all hold once they hold so many more, if they may.
fn grown(taken: u64, more: u64, bytes_max: u64) -> Result<u64> {
    let grown = Some(taken.saturating_add(more)).filter(|grown| *grown <= bytes_max);
    grown.ok_or_else(|| failed(format!("this host's pools hold {bytes_max} bytes, and no more")))
}

impl Pools {
    /// Where a pool's volumes are.
    fn folder(&self, pool: Uuid) -> Result<String> {
        Ok(self.shelf.get(pool)?.document(false).map(|document| place(document)).unwrap_or_default())
    }

    /// That there may be a pool of this name and UUID, and that no other one has its place.
    fn check_free(&self, (document, uuid): &Read) -> Result<()> {
        self.shelf.check_free(document, *uuid)?;
        let wanted = place(document);
        let mut others = self.shelf.iter().filter(|(other, _)| *other != uuid);
        let has = others.find(|(_, thing)| {
            [false, true]
                .into_iter()
                .filter_map(|inactive| thing.document(inactive))
                .any(|one| place(one) == wanted)
        });
        match has {
            Some((_, thing)) => Err(failed(format!("Storage source conflict with pool: '{}'", thing.name))),
            None => Ok(()),
        }
    }

    fn check_undefinable(&self, pool: Uuid) -> Result<()> {
        let thing = self.shelf.get(pool)?;
        if thing.standing().active {
            let text = format!("storage pool '{}' is still active", thing.name);
            return Err(RemoteError::new(ErrorCode::OPERATION_INVALID, ErrorDomain::STORAGE, text));
        }
        self.shelf.check_undefinable(pool)
    }

    fn info(&self, uuid: Uuid, bytes_max: u64) -> Result<PoolInfo> {
        let thing = self.shelf.get(uuid)?;
        let standing = thing.standing();
        let document = thing.document(false);
        let kind = document.and_then(|document| document.field("@type")).unwrap_or(DIRECTORY).to_owned();
        let (mut capacity, mut allocation) = (0, 0);
        if standing.active {
            let all = document.and_then(|document| self.volumes.get(&place(document)));
            capacity = bytes_max;
            allocation = all.into_iter().flat_map(BTreeMap::values).map(|one| one.data.len() as u64).sum();
        }
        Ok(PoolInfo { name: thing.name.clone(), uuid, kind, standing, capacity, allocation })
    }

    fn volume(&self, folder: &str, name: &str) -> Result<&Volume> {
        self.volumes.get(folder).and_then(|all| all.get(name)).ok_or_else(|| no_volume(name))
    }

    /// The volume that guests find at a path.
    pub(super) fn volume_at(&self, path: &str) -> Option<VolumeInfo> {
        let (folder, name) = path.rsplit_once('/')?;
        Some(self.volume(folder, name).ok()?.info(name, folder))
    }

    /// The volume that guests name by its pool.
    pub(super) fn volume_in(&self, pool: &str, name: &str) -> Option<VolumeInfo> {
        let (uuid, _) = self.shelf.iter().find(|(_, thing)| thing.name == pool)?;
        let folder = self.folder(*uuid).ok()?;
        Some(self.volume(&folder, name).ok()?.info(name, &folder))
    }

    /// What a transfer of a volume is about.
    pub(super) fn which(&self, folder: &str, name: &str) -> Result<Which> {
        let id = self.volume(folder, name)?.id;
        Ok(Which { folder: folder.to_owned(), name: name.to_owned(), id })
    }

    /// The volume that a transfer is about, while it is there.
    pub(super) fn find(&mut self, which: &Which) -> Result<&mut Volume> {
        let found = self.volumes.get_mut(&which.folder).and_then(|all| all.get_mut(&which.name));
        found.filter(|volume| volume.id == which.id).ok_or_else(|| no_volume(&which.name))
    }

    /// Has a volume hold what was written up to here, as far as all of them may hold so much.
    pub(super) fn hold(&mut self, which: &Which, end: u64, bytes_max: u64) -> Result<&mut Volume> {
        let (taken, volume) = (self.taken, self.find(which)?);
        if end > volume.capacity {
            return Err(failed(format!("the volume has {} bytes, and more came", volume.capacity)));
        }
        let grows = end.saturating_sub(volume.data.len() as u64);
        let taken = grown(taken, grows, bytes_max)?;
        if grows > 0 {
            // No more than the bound, so it is a size.
            volume.data.resize(usize::try_from(end).unwrap_or(usize::MAX), 0);
            self.taken = taken;
        }
        self.find(which)
    }

    /// The bytes that all hold.
    #[cfg(test)]
    pub(super) fn taken(&self) -> u64 {
        let counted: u64 =
            self.volumes.values().flat_map(BTreeMap::values).map(|one| one.data.len() as u64).sum();
        assert_eq!(self.taken, counted);
        self.taken
    }

    /// A new volume, with this in it.
    fn add(
        &mut self,
        folder: String,
        (name, kept): (String, Kept),
        capacity: u64,
        data: Vec<u8>,
    ) -> Result<VolumeInfo> {
        if self.count >= VOLUMES_MAX {
            return Err(failed(format!("this host has its {VOLUMES_MAX} volumes")));
        }
        let all = self.volumes.entry(folder.clone()).or_default();
        if all.contains_key(&name) {
            let text = format!("'{name}'");
            return Err(RemoteError::new(ErrorCode::STORAGE_VOL_EXIST, ErrorDomain::STORAGE, text));
        }
        self.taken = self.taken.saturating_add(data.len() as u64);
        self.count += 1;
        let volume = Volume { id: Uuid::random(), capacity, kept, data };
        let info = volume.info(&name, &folder);
        all.insert(name, volume);
        Ok(info)
    }

    /// What a volume holds from here on is zeros that take no room.
    fn cut(&mut self, folder: &str, name: &str, length: u64) -> Result<&mut Volume> {
        let volume = self.volumes.get_mut(folder).and_then(|all| all.get_mut(name));
        let volume = volume.ok_or_else(|| no_volume(name))?;
        let before = volume.data.len();
        volume.data.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        // What counts is what is held.
        volume.data.shrink_to_fit();
        self.taken = self.taken.saturating_sub((before - volume.data.len()) as u64);
        Ok(volume)
    }

    fn remove(&mut self, folder: &str, name: &str) -> Result<()> {
        self.cut(folder, name, 0)?;
        if let Some(all) = self.volumes.get_mut(folder) {
            all.remove(name);
            self.count = self.count.saturating_sub(1);
            if all.is_empty() {
                self.volumes.remove(folder);
            }
        }
        Ok(())
    }
}

impl Inner {
    pub(super) fn stores(&self) -> MutexGuard<'_, Pools> {
        self.pools.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn storage_bytes_max(&self) -> u64 {
        self.config.storage_bytes_max as u64
    }

    pub(super) fn load_pool(&self, kept: store::Kept) -> Result<()> {
        self.stores().shelf.load(kept)
    }

    /// A pool comes or is changed by a document.
    fn pool_from(
        &self,
        what: StoragePoolLifecycle,
        read: Read,
        change: impl FnOnce(&mut Shelf, Read) -> Result<Uuid>,
    ) -> Result<PoolInfo> {
        let mut pools = self.stores();
        pools.check_free(&read)?;
        let uuid = change(&mut pools.shelf, read)?;
        let info = pools.info(uuid, self.storage_bytes_max())?;
        self.events.tell(&Event::Pool(info.clone(), PoolStep::Life(what)));
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
        let before = pools.info(uuid, self.storage_bytes_max())?;
        step(&mut pools, uuid)?;
        let after = pools.info(uuid, self.storage_bytes_max());
        let gone = PoolInfo { standing: GONE, capacity: 0, allocation: 0, ..before };
        self.events.tell(&Event::Pool(after.unwrap_or(gone), what));
        Ok(())
    }
}

impl Storage for Mem {
    async fn pools(&self) -> Result<Vec<PoolInfo>> {
        let (pools, most) = (self.inner.stores(), self.inner.storage_bytes_max());
        pools.shelf.iter().map(|(uuid, _)| pools.info(*uuid, most)).collect()
    }

    async fn pool_xml(&self, pool: Uuid, inactive: bool) -> Result<String> {
        self.inner.stores().shelf.xml(pool, inactive)
    }

    async fn define_pool(&self, xml: String) -> Result<PoolInfo> {
        let define =
            |inner: &Inner, read: Read| inner.pool_from(StoragePoolLifecycle::Defined, read, Shelf::define);
        lasting::keep(&self.inner, KEEPS, asked(xml)?, define).await
    }

    async fn undefine_pool(&self, pool: Uuid) -> Result<()> {
        let undefine = move |inner: &Inner| {
            inner.pool_step(pool, PoolStep::Life(StoragePoolLifecycle::Undefined), |pools, pool| {
                pools.check_undefinable(pool)?;
                pools.shelf.undefine(pool)
            })
        };
        lasting::forget(&self.inner, KEEPS, pool, undefine).await
    }

    async fn create_pool(&self, xml: String, _: bool) -> Result<PoolInfo> {
        self.inner.pool_from(StoragePoolLifecycle::Started, asked(xml)?, Shelf::create)
    }

    async fn build_pool(&self, pool: Uuid) -> Result<()> {
        // Memory is ready.
        self.inner.pool_step(pool, PoolStep::Life(StoragePoolLifecycle::Created), |_, _| Ok(()))
    }

    async fn start_pool(&self, pool: Uuid) -> Result<()> {
        let what = PoolStep::Life(StoragePoolLifecycle::Started);
        self.inner.pool_step(pool, what, |pools, pool| pools.shelf.start(pool))
    }

    async fn destroy_pool(&self, pool: Uuid) -> Result<()> {
        let what = PoolStep::Life(StoragePoolLifecycle::Stopped);
        self.inner.pool_step(pool, what, |pools, pool| pools.shelf.destroy(pool))
    }

    async fn delete_pool(&self, pool: Uuid) -> Result<()> {
        let what = PoolStep::Life(StoragePoolLifecycle::Deleted);
        self.inner.pool_step(pool, what, |pools, pool| {
            let folder = pools.folder(pool)?;
            match pools.volumes.contains_key(&folder) {
                true => Err(failed(format!("failed to remove pool '{folder}': Directory not empty"))),
                false => Ok(()),
            }
        })
    }

    async fn refresh_pool(&self, pool: Uuid) -> Result<()> {
        self.inner.pool_step(pool, PoolStep::Refreshed, |_, _| Ok(()))
    }

    async fn set_pool_autostart(&self, pool: Uuid, autostart: bool) -> Result<()> {
        let set = move |inner: &Inner| {
            let mut pools = inner.stores();
            if !pools.shelf.get(pool)?.standing().persistent {
                let text = "pool has no config file";
                return Err(RemoteError::new(ErrorCode::INVALID_ARG, ErrorDomain::STORAGE, text));
            }
            pools.shelf.set_autostart(pool, autostart)
        };
        lasting::mark(&self.inner, KEEPS, pool, autostart, set).await
    }

    async fn volumes(&self, pool: Uuid) -> Result<Vec<VolumeInfo>> {
        let pools = self.inner.stores();
        let folder = pools.folder(pool)?;
        let all = pools.volumes.get(&folder).into_iter().flatten();
        Ok(all.map(|(name, volume)| volume.info(name, &folder)).collect())
    }

    async fn volume_xml(&self, pool: Uuid, name: &str) -> Result<String> {
        let pools = self.inner.stores();
        let folder = pools.folder(pool)?;
        let volume = pools.volume(&folder, name)?;
        let VolumeInfo { path, capacity, allocation, .. } = volume.info(name, &folder);
        let [name, path] = [name, &path].map(escaped);
        let kept = volume.kept.xml();
        Ok(format!(
            "<volume type='file'>\n  <name>{name}</name>\n  <key>{path}</key>\n  <capacity unit='bytes'>{capacity}</capacity>\n  \
             <allocation unit='bytes'>{allocation}</allocation>\n  <target>\n    <path>{path}</path>\n{kept}  </target>\n</volume>\n"
        ))
    }

    async fn create_volume(&self, pool: Uuid, xml: String, _: CreateVolume) -> Result<VolumeInfo> {
        let Described { name, capacity, kept } = Described::read(xml)?;
        let capacity =
            capacity.ok_or_else(|| of_storage(errors::bad_domain_xml("the volume has no capacity")))?;
        let mut pools = self.inner.stores();
        let folder = pools.folder(pool)?;
        pools.add(folder, (name, kept), capacity, Vec::new())
    }

    async fn clone_volume(
        &self,
        pool: Uuid,
        xml: String,
        (from, original): (Uuid, &str),
        _: CreateVolume,
    ) -> Result<VolumeInfo> {
        let Described { name, capacity, kept } = Described::read(xml)?;
        let mut pools = self.inner.stores();
        let original = pools.volume(&pools.folder(from)?, original)?;
        // It has room for all of the other one.
        let capacity = capacity.unwrap_or(0).max(original.capacity);
        grown(pools.taken, original.data.len() as u64, self.inner.storage_bytes_max())?;
        let (folder, data) = (pools.folder(pool)?, original.data.clone());
        pools.add(folder, (name, kept), capacity, data)
    }

    async fn wipe_volume(&self, pool: Uuid, name: &str) -> Result<()> {
        let mut pools = self.inner.stores();
        let folder = pools.folder(pool)?;
        pools.cut(&folder, name, 0).map(drop)
    }

    async fn delete_volume(&self, pool: Uuid, name: &str) -> Result<()> {
        let mut pools = self.inner.stores();
        let folder = pools.folder(pool)?;
        pools.remove(&folder, name)
    }

    async fn resize_volume(&self, pool: Uuid, name: &str, capacity: u64) -> Result<()> {
        let mut pools = self.inner.stores();
        let folder = pools.folder(pool)?;
        pools.cut(&folder, name, capacity)?.capacity = capacity;
        Ok(())
    }

    async fn upload(&self, pool: Uuid, name: &str, part: Part, stream: Stream) -> Result<()> {
        let which = {
            let pools = self.inner.stores();
            pools.which(&pools.folder(pool)?, name)?
        };
        tokio::spawn(self.clone().receive(which, part, stream));
        Ok(())
    }

    async fn download(&self, pool: Uuid, name: &str, part: Part, stream: Stream) -> Result<()> {
        let (which, capacity) = {
            let pools = self.inner.stores();
            let folder = pools.folder(pool)?;
            (pools.which(&folder, name)?, pools.volume(&folder, name)?.capacity)
        };
        let left = capacity.checked_sub(part.offset);
        let left = left.ok_or_else(|| failed(format!("the volume has {capacity} bytes")))?;
        let length = if part.length == 0 { left } else { left.min(part.length) };
        tokio::spawn(self.clone().send(which, Part { length, ..part }, stream));
        Ok(())
    }
}
