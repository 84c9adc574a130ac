//! Storage: pools, and the volumes in them.

use std::future::{Future, ready};

pub use virtwire_protocol::enums::StorageVolKind;
use virtwire_protocol::error::RemoteError;

use super::networks::Standing;
use super::{Result, Uuid};
use crate::server::Stream;

/// A host's storage: `virsh pool-list`, `-info`, `-define`, `-create`, `-build`, `-start`, `-destroy`, `-undefine`, `-delete`, `-autostart`,
/// `-refresh`, `-dumpxml`; `vol-list`, `-info`, `-create`, `-clone`, `-wipe`, `-delete`, `-resize`, `-dumpxml`, `-upload`, `-download`. For
/// [`Hypervisor::storage`](super::Hypervisor::storage).
///
/// virtwire supplies lookups, lists with their filters, flags and access, and sees to it that only pools that are active are asked for
/// volumes. A verb that is not implemented is answered as not supported. What a client asks of the data that are there is asked of verbs of
/// their own; without those the client is refused (code 8). What happens is told by
/// [`Events`](super::Events), also where a client has asked for it.
pub trait Storage: Send + Sync {
    /// Every pool, active or not, in any order. At most 16,384 can be listed to a client.
    fn pools(&self) -> impl Future<Output = Result<Vec<PoolInfo>>> + Send;

    /// A pool's configuration: as it is, or as it will be at its next start.
    fn pool_xml(&self, pool: Uuid, inactive: bool) -> impl Future<Output = Result<String>> + Send;

    /// The volumes of an active pool. At most 16,384 can be listed to a client.
    fn volumes(&self, pool: Uuid) -> impl Future<Output = Result<Vec<VolumeInfo>>> + Send;

    /// A volume's description.
    fn volume_xml(&self, pool: Uuid, volume: &str) -> impl Future<Output = Result<String>> + Send;

    /// Makes a pool's configuration persistent, new or in place of the one with the same name and UUID.
    fn define_pool(&self, _xml: String) -> impl Future<Output = Result<PoolInfo>> + Send {
        ready(Err(RemoteError::no_support("virStoragePoolDefineXML")))
    }

    /// Forgets a pool that is off. What is in it stays.
    fn undefine_pool(&self, _pool: Uuid) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virStoragePoolUndefine")))
    }

    /// Starts a pool from this configuration alone, made ready first where that is asked.
    fn create_pool(&self, _xml: String, _build: bool) -> impl Future<Output = Result<PoolInfo>> + Send {
        ready(Err(RemoteError::no_support("virStoragePoolCreateXML")))
    }

    /// The same, made ready first, and with what is there as the client says.
    fn create_pool_over(
        &self,
        _xml: String,
        _there: Existing,
    ) -> impl Future<Output = Result<PoolInfo>> + Send {
        ready(Err(RemoteError::no_support("virStoragePoolCreateXML")))
    }

    /// Makes a pool ready for its first start, such as by making its directory. Nobody has said that anything may be lost by it.
    fn build_pool(&self, _pool: Uuid) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virStoragePoolBuild")))
    }

    /// The same, with what is there as the client says: `virsh pool-build --overwrite` and `--no-overwrite`.
    fn build_pool_over(&self, _pool: Uuid, _there: Existing) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virStoragePoolBuild")))
    }

    /// Starts a defined pool.
    fn start_pool(&self, _pool: Uuid) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virStoragePoolCreate")))
    }

    /// Ends it. What is in it stays.
    fn destroy_pool(&self, _pool: Uuid) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virStoragePoolDestroy")))
    }

    /// Removes what [`build_pool`](Self::build_pool) has made, of a pool that is off. A pool that has volumes keeps them: it fails.
    fn delete_pool(&self, _pool: Uuid) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virStoragePoolDelete")))
    }

    /// Looks anew which volumes there are.
    fn refresh_pool(&self, _pool: Uuid) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virStoragePoolRefresh")))
    }

    /// Whether to start it with the daemon.
    fn set_pool_autostart(&self, _pool: Uuid, _autostart: bool) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virStoragePoolSetAutostart")))
    }

    /// Makes a volume.
    fn create_volume(
        &self,
        _pool: Uuid,
        _xml: String,
        _how: CreateVolume,
    ) -> impl Future<Output = Result<VolumeInfo>> + Send {
        ready(Err(RemoteError::no_support("virStorageVolCreateXML")))
    }

    /// Makes a volume with all that another one has, of this pool or of another active one. It is at least as large.
    fn clone_volume(
        &self,
        _pool: Uuid,
        _xml: String,
        _original: (Uuid, &str),
        _how: CreateVolume,
    ) -> impl Future<Output = Result<VolumeInfo>> + Send {
        ready(Err(RemoteError::no_support("virStorageVolCreateXMLFrom")))
    }

    /// Has a volume be zeros, from its beginning to its end. Also before [`delete_volume`](Self::delete_volume), where a client wants
    /// one cleared with that.
    fn wipe_volume(&self, _pool: Uuid, _volume: &str) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virStorageVolWipe")))
    }

    /// Removes a volume and what is in it.
    fn delete_volume(&self, _pool: Uuid, _volume: &str) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virStorageVolDelete")))
    }

    /// Gives a volume another capacity, in bytes. What does not fit is cut off.
    fn resize_volume(
        &self,
        _pool: Uuid,
        _volume: &str,
        _capacity: u64,
    ) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virStorageVolResize")))
    }

    /// Writes to a volume what the stream brings; it returns once the stream is taken over. A failure afterwards is the stream's.
    fn upload(
        &self,
        _pool: Uuid,
        _volume: &str,
        _part: Part,
        _stream: Stream,
    ) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virStorageVolUpload")))
    }

    /// Sends by the stream what a volume has; it returns once the stream is taken over.
    fn download(
        &self,
        _pool: Uuid,
        _volume: &str,
        _part: Part,
        _stream: Stream,
    ) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virStorageVolDownload")))
    }
}

/// Everything that the short questions about a pool ask, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolInfo {
    /// Its name, unique on this host.
    pub name: String,
    /// Its UUID.
    pub uuid: Uuid,
    /// What it is made of, as its document says it: `dir`, `logical` and so on. Lists can be of some kinds only.
    pub kind: String,
    /// Whether it is active, and what it outlives.
    pub standing: Standing,
    /// Bytes that it has room for; 0 while it is off.
    pub capacity: u64,
    /// Bytes that are taken.
    pub allocation: u64,
}

impl PoolInfo {
    /// A pool that is defined and off, of kind `dir`: where a literal starts from.
    pub fn new(name: impl Into<String>, uuid: Uuid) -> PoolInfo {
        PoolInfo {
            name: name.into(),
            uuid,
            kind: "dir".to_owned(),
            standing: Standing::default(),
            capacity: 0,
            allocation: 0,
        }
    }
}

/// Everything that the short questions about a volume ask, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeInfo {
    /// Its name, unique in its pool.
    pub name: String,
    /// What identifies it on this host. Calls name a volume by its pool, its name and this: all three must be right.
    pub key: String,
    /// Where guests find it.
    pub path: String,
    /// What it is.
    pub kind: StorageVolKind,
    /// Bytes that its user sees.
    pub capacity: u64,
    /// Bytes taken.
    pub allocation: u64,
}

impl VolumeInfo {
    /// An empty file, with its path for a key: where a literal starts from.
    pub fn new(name: impl Into<String>, path: impl Into<String>) -> VolumeInfo {
        let path = path.into();
        let (key, kind) = (path.clone(), StorageVolKind::File);
        VolumeInfo { name: name.into(), key, path, kind, capacity: 0, allocation: 0 }
    }
}

/// What becomes of what is there already where a pool is made ready, such as a file system on its device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It stays: where there is something, making the pool ready fails (code 55).
    Stays,
    /// The pool is made over it.
    Goes,
}

/// How to make a volume.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CreateVolume {
    /// With room for what describes the image, as `qcow2` has it.
    pub preallocate: bool,
    /// As a copy that shares its blocks with its original, or not at all.
    pub reflink: bool,
}

/// Which part of a volume is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// From which byte on.
    pub offset: u64,
    /// How many bytes; 0 is to the end, or as many as come.
    pub length: u64,
    /// Whether holes travel as such.
    pub sparse: bool,
}
