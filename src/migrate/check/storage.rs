//! The guest's disks: whether the destination has each, and whether that can be seen from here at all.
//!
//! A host tells of storage by its pools alone. A file in no pool of the destination may be there all the same.

use virtwire_protocol::error::ErrorCode;
use virtwire_protocol::flags::XmlFlags;
use virtwire_protocol::migrate::{MigrateFlags, Param, Request};

use super::xml::Element;
use super::{Finding, Look, Subject, doubt, fails, good};
use crate::client::{CallError, Connection, StorageVol};

/// A finding for each disk.
pub(super) async fn disks(look: &Look<'_>) -> Vec<Finding> {
    let domain = match look.domain(Subject::Storage) {
        Ok(domain) => domain,
        Err(finding) => return vec![finding],
    };
    let disks: Vec<_> =
        domain.child("devices").into_iter().flat_map(|devices| devices.children("disk")).collect();
    let mut found = Vec::with_capacity(disks.len().max(1));
    for disk in disks {
        found.extend(Disk::of(disk).look(look).await);
    }
    if found.is_empty() {
        found.push(good(Subject::Storage, "the guest has no disk with a medium"));
    }
    found
}

struct Disk {
    target: String,
    place: Place,
    /// Not written to, or written to by several: not copied unless it is named.
    stays: bool,
    /// The guest can do without.
    optional: bool,
}

enum Place {
    /// No medium.
    Nothing,
    /// A file, device or directory of the host.
    Path(String),
    /// A volume of a pool.
    Volume { pool: String, volume: String },
    /// Reached over the network from either host.
    Network(String),
    /// Of a type that is not known here.
    Unknown(String),
}

impl Disk {
    fn of(disk: Element<'_>) -> Disk {
        let target = disk.child("target").and_then(|target| target.attribute("dev")).unwrap_or_default();
        let source = disk.child("source");
        let attribute = |name| source.and_then(|source| source.attribute(name));
        let place = match (disk.attribute("type").as_deref(), source) {
            (_, None) => Place::Nothing,
            (Some("file"), _) => attribute("file").map_or(Place::Nothing, Place::Path),
            (Some("block"), _) => attribute("dev").map_or(Place::Nothing, Place::Path),
            (Some("dir"), _) => attribute("dir").map_or(Place::Nothing, Place::Path),
            (Some("volume"), _) => match (attribute("pool"), attribute("volume")) {
                (Some(pool), Some(volume)) => Place::Volume { pool, volume },
                _ => Place::Nothing,
            },
            (Some("network"), _) => Place::Network(attribute("protocol").unwrap_or_default()),
            (other, _) => Place::Unknown(other.unwrap_or_default().to_owned()),
        };
        let optional = attribute("startupPolicy").is_some_and(|policy| policy != "mandatory");
        let stays = disk.child("readonly").is_some() || disk.child("shareable").is_some();
        Disk { target, place, stays, optional }
    }

    async fn look(&self, look: &Look<'_>) -> Option<Finding> {
        let target = &self.target;
        let copied = self.is_copied(look.request);
        Some(match &self.place {
            Place::Nothing => return None,
            Place::Network(protocol) => good(
                Subject::Storage,
                format_args!("{target}: by {protocol}, which both hosts reach alike if at all"),
            ),
            Place::Unknown(kind) => {
                doubt(Subject::Storage, format_args!("{target}: of type {kind}, which is not looked at"))
            }
            Place::Path(path) => {
                let there = look.destination.volume_by_path(path).await;
                let here = look.source.volume_by_path(path).await;
                self.judge(look, path, here, there, copied).await
            }
            Place::Volume { pool, volume } => {
                let name = format!("{volume} of pool {pool}");
                let there = volume_of(look.destination, pool, volume).await;
                let here = volume_of(look.source, pool, volume).await;
                self.judge(look, &name, here, there, copied).await
            }
        })
    }

    /// As hosts decide it: where disks are named those are copied, and no others.
    fn is_copied(&self, request: &Request) -> bool {
        let copies = request.flags.has(MigrateFlags::NON_SHARED_DISK)
            || request.flags.has(MigrateFlags::NON_SHARED_INC);
        let named: Vec<_> =
            request.params.iter().filter(|param| param.field.as_bytes() == b"migrate_disks").collect();
        let this = Param::string("migrate_disks", &*self.target);
        copies && if named.is_empty() { !self.stays } else { named.contains(&&this) }
    }

    async fn judge(
        &self,
        look: &Look<'_>,
        name: &str,
        here: Result<StorageVol, CallError>,
        there: Result<StorageVol, CallError>,
        copied: bool,
    ) -> Finding {
        let target = &self.target;
        match there {
            Ok(volume) => {
                let difference = difference(here.ok().as_ref(), &volume).await;
                let kind = pool_kind(&volume).await;
                let pool = volume.pool_name();
                match (difference, kind) {
                    (Some(difference), _) => fails(
                        Subject::Storage,
                        format_args!("{target}: the destination's {name} is another one: {difference}"),
                    ),
                    _ if copied => good(
                        Subject::Storage,
                        format_args!("{target}: copied onto the destination's {name} (pool {pool})"),
                    ),
                    (None, Some(kind)) if SHARED.contains(&kind.as_str()) => good(
                        Subject::Storage,
                        format_args!("{target}: the destination has {name} (pool {pool}, {kind})"),
                    ),
                    (None, _) => doubt(
                        Subject::Storage,
                        format_args!(
                            "{target}: the destination has a {name} (pool {pool}); whether it is the same storage is not seen from here"
                        ),
                    ),
                }
            }
            Err(error) if is_absent(&error) => self.absent(look, name, copied).await,
            Err(error) => doubt(
                Subject::Storage,
                format_args!("{target}: the destination does not tell of {name}: {error}"),
            ),
        }
    }

    /// The destination knows no such volume. It would if a pool of it had the place where it belongs.
    async fn absent(&self, look: &Look<'_>, name: &str, copied: bool) -> Finding {
        let target = &self.target;
        let pool = match &self.place {
            Place::Volume { pool, .. } => {
                look.destination.storage_pool(pool).await.ok().map(|_| pool.clone())
            }
            Place::Path(path) => match path.rsplit_once('/') {
                Some((directory, _)) => pool_at(look.destination, directory).await,
                None => None,
            },
            _ => None,
        };
        match pool {
            Some(pool) if copied => good(
                Subject::Storage,
                format_args!("{target}: {name} is made on the destination (pool {pool}) and copied"),
            ),
            Some(pool) if self.optional => doubt(
                Subject::Storage,
                format_args!(
                    "{target}: {name} is not in the destination's pool {pool}; the guest can do without"
                ),
            ),
            Some(pool) => fails(
                Subject::Storage,
                format_args!(
                    "{target}: {name} is not in the destination's pool {pool}: share it, or copy the guest's storage too"
                ),
            ),
            None if copied => doubt(
                Subject::Storage,
                format_args!(
                    "{target}: {name} is in no pool of the destination: to be copied, it must be there, as large"
                ),
            ),
            None if matches!(self.place, Place::Volume { .. }) => {
                fails(Subject::Storage, format_args!("{target}: the destination has no such pool for {name}"))
            }
            None => doubt(
                Subject::Storage,
                format_args!(
                    "{target}: {name} is in no pool of the destination; whether it is there is not seen from here"
                ),
            ),
        }
    }
}

/// Pools whose volumes are the same from every host.
const SHARED: [&str; 8] = ["netfs", "iscsi", "iscsi-direct", "scsi", "mpath", "rbd", "gluster", "sheepdog"];

async fn volume_of(connection: &Connection, pool: &str, volume: &str) -> Result<StorageVol, CallError> {
    connection.storage_pool(pool).await?.volume(volume).await
}

/// What shows that two volumes are not one.
async fn difference(here: Option<&StorageVol>, there: &StorageVol) -> Option<String> {
    let (here, there) = (here?.info().await.ok()?, there.info().await.ok()?);
    (here.capacity != there.capacity)
        .then(|| format!("{} bytes here, {} there", here.capacity, there.capacity))
}

async fn pool_kind(volume: &StorageVol) -> Option<String> {
    let xml = volume.pool().await.ok()?.xml(XmlFlags::NONE).await.ok()?.to_string();
    Element::root(&xml)?.attribute("type")
}

/// The pool whose volumes are in a directory.
async fn pool_at(connection: &Connection, directory: &str) -> Option<String> {
    connection.storage_pool_by_target(directory).await.ok().map(|pool| pool.name().to_string())
}

fn is_absent(error: &CallError) -> bool {
    error
        .remote()
        .is_some_and(|remote| matches!(remote.code, ErrorCode::NO_STORAGE_VOL | ErrorCode::NO_STORAGE_POOL))
}
