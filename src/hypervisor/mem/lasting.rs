//! Definitions that outlive the daemon: what is defined here is what the [`Store`] keeps. Domains first, then networks and storage pools;
//! secrets and interfaces keep themselves by the same means.
//!
//! Whatever changes a persistent configuration does so in one of these functions, one at a time: the store's lock is held
//! around the change of the table and that of the disk, on a thread that may wait. The disk comes first: what is new is there before it is
//! in the table, and what is forgotten is gone there before it is off the table. So nobody is told of a definition that could be lost, nor that one is gone
//! which the next daemon would find. What the disk refuses is not done, and what the table refuses then is undone on the disk. A guest
//! that has left for another host is gone first: it runs there, whatever this host's disk says.

use std::sync::{Arc, Mutex, PoisonError};

use tracing::warn;
use virtwire_protocol::error::RemoteError;
use virtwire_protocol::migrate::MigrateFlags;

use super::super::store::{Folder, Kept, Opened, SetAside, Store, Undone};
use super::super::{DomainInfo, Lookup, Result, Uuid, errors};
use super::long_documents::{reading, told};
use super::shelf::Read;
use super::turn::Turn;
use super::xml::Definition;
use super::{Config, Inner, Mem, images};
use crate::server::heavy;

/// A kind of definition: where it is kept, what is to be kept of one now, whether there may be one like this, and whether one may go.
#[derive(Clone, Copy)]
pub(super) struct Keeps {
    pub(super) folder: fn(&Store) -> &Folder,
    pub(super) kept: fn(&Inner, Uuid) -> Option<Kept>,
    pub(super) check_free: fn(&Inner, &Read) -> Result<()>,
    pub(super) check_undefinable: fn(&Inner, Uuid) -> Result<()>,
}

impl Mem {
    /// A host that keeps its definitions in a directory, with those that it finds there. Networks and pools that are to start with the
    /// daemon are active; domains are off until [`HypervisorService::autostart`](super::super::HypervisorService::autostart).
    ///
    /// Returns what could not be used as well: what the store set aside, definitions that this hypervisor cannot have, and images of
    /// saved guests that are torn or nobody's.
    ///
    /// # Errors
    /// The system's, where such a file cannot be set aside or the host's own UUID not be kept.
    pub fn kept(config: Config, opened: Opened) -> std::io::Result<(Mem, Vec<SetAside>)> {
        let Opened { store, kept, networks, pools, secrets, secret_values, interfaces, mut set_aside } =
            opened;
        // It stays the same host, whoever asks it again after a restart.
        let host_uuid = match config.host_uuid {
            Some(uuid) => uuid,
            None => store.host_uuid()?,
        };
        let mut mem = Mem::new(Config { host_uuid: Some(host_uuid), ..config });
        for Kept { uuid, autostart, xml } in kept {
            let defined = Definition::parse(&xml, None)
                .and_then(|definition| match definition.uuid == uuid {
                    true => mem.inner.table().load(definition),
                    false => Err(errors::bad_domain_xml(format!("the domain's uuid is {}", definition.uuid))),
                })
                .and_then(|()| mem.inner.table().set_autostart(uuid, autostart));
            if let Err(error) = defined {
                set_aside.push(store.domains().set_aside(uuid, error.to_string())?);
            }
        }
        let mut load = |all: Vec<Kept>, folder: &Folder, load: fn(&Inner, Kept) -> Result<()>| {
            for kept in all {
                let uuid = kept.uuid;
                if let Err(error) = load(&mem.inner, kept) {
                    set_aside.push(folder.set_aside(uuid, error.to_string())?);
                }
            }
            std::io::Result::Ok(())
        };
        load(networks, store.networks(), Inner::load_network)?;
        load(pools, store.pools(), Inner::load_pool)?;
        load(secrets, store.secrets(), Inner::load_secret)?;
        load(secret_values, store.secret_values(), Inner::load_secret_value)?;
        load(interfaces, store.interfaces(), Inner::load_interface)?;
        if let Some(inner) = Arc::get_mut(&mut mem.inner) {
            let folder = store.directory().join("saved");
            set_aside.extend(images::open(&folder, |uuid| self::kept(inner, uuid).is_some())?);
            inner.images = Some(folder);
            inner.store = Some(Mutex::new(store));
        }
        Ok((mem, set_aside))
    }
}

pub(super) async fn define(inner: &Arc<Inner>, definition: Definition) -> Result<DomainInfo> {
    changing(inner, move |inner, store| {
        inner.table().check_free(&definition)?;
        let (uuid, xml) = (definition.uuid, definition.xml.clone());
        inherits_nothing(inner, uuid).map_err(|error| not_kept(&error))?;
        let define = |inner: &Inner| inner.table().define(definition);
        written(inner, store.map(Store::domains), kept, uuid, |before| Kept { xml, ..before }, define)
    })
    .await
}

/// A defined guest has another configuration, made of the one that it has.
pub(super) async fn redefine(
    inner: &Arc<Inner>,
    uuid: Uuid,
    edit: impl FnOnce(&Definition) -> Result<Definition> + Send + 'static,
) -> Result<()> {
    let bytes = inner.table().config(uuid)?.xml.len();
    changing_by(inner, bytes, move |inner, store| {
        let before = inner.table().config(uuid)?;
        let after = edit(&before)?;
        let xml = after.xml.clone();
        let put = |inner: &Inner| inner.table().replace_config(uuid, &before, after);
        written(inner, store.map(Store::domains), kept, uuid, |kept| Kept { xml, ..kept }, put)
    })
    .await
}

/// A guest that is off has another name.
pub(super) async fn rename(inner: &Arc<Inner>, uuid: Uuid, name: String) -> Result<()> {
    let bytes = inner.table().config(uuid)?.xml.len();
    changing_by(inner, bytes, move |inner, store| {
        let before = inner.table().config(uuid)?;
        let after = Definition::parse(&before.xml, Some(&name))?;
        let xml = after.xml.clone();
        let put = |inner: &Inner| inner.table().rename(uuid, &before, after);
        written(inner, store.map(Store::domains), kept, uuid, |kept| Kept { xml, ..kept }, put)
    })
    .await
}

pub(super) async fn set_autostart(inner: &Arc<Inner>, uuid: Uuid, autostart: bool) -> Result<()> {
    changing(inner, move |inner, store| {
        let set = |inner: &Inner| inner.table().set_autostart(uuid, autostart);
        marked(inner, store.map(Store::domains), kept, uuid, autostart, set)
    })
    .await
}

pub(super) async fn undefine(inner: &Arc<Inner>, uuid: Uuid) -> Result<()> {
    changing(inner, move |inner, store| {
        inner.table().check_undefinable(uuid)?;
        let undefine = |inner: &Inner| inner.table().undefine(uuid);
        forgotten(inner, store.map(Store::domains), kept, uuid, undefine)
    })
    .await
}

/// Does what ends a guest here that has left, which may undefine it.
pub(super) async fn leaving<T: Send + 'static>(
    inner: &Arc<Inner>,
    uuid: Uuid,
    flags: MigrateFlags,
    leave: impl FnOnce(&mut Turn<'_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    if !flags.has(MigrateFlags::UNDEFINE_SOURCE) {
        return inner.at_guest(uuid, leave).await;
    }
    changing(inner, move |inner, store| {
        let left = leave(&mut inner.turn(uuid))?;
        if let Some(store) = store.filter(|_| kept(inner, uuid).is_none())
            && let Err(error) = store.domains().forget(uuid)
        {
            // The guest is gone; only its definition comes back with the daemon.
            warn!(domain = %uuid, %error, "a definition that cannot be forgotten");
        }
        Ok(left)
    })
    .await
}

/// Does what runs a guest here that came, and keeps its definition.
///
/// Where that cannot be kept nothing is done: `unless` it must be, because no other host has the guest.
pub(super) async fn arriving<T: Send + 'static>(
    inner: &Arc<Inner>,
    definition: Arc<Definition>,
    must_run: bool,
    run: impl FnOnce(&Inner) -> Result<T> + Send + 'static,
) -> Result<T> {
    changing(inner, move |inner, store| {
        let uuid = definition.uuid;
        if let Err(error) = inherits_nothing(inner, uuid) {
            warn!(domain = %uuid, %error, "an image of an earlier domain that cannot be set aside");
        }
        let mut run = Some(run);
        let mut running = |inner: &Inner| match run.take() {
            Some(run) => run(inner),
            None => Err(errors::failed("it was run already")),
        };
        let xml = definition.xml.clone();
        let folder = store.map(Store::domains);
        match written(inner, folder, kept, uuid, |before| Kept { xml, ..before }, &mut running) {
            Err(error) if must_run && run.is_some() => {
                warn!(domain = %uuid, %error, "a guest that came whose definition cannot be kept");
                run.take().map_or(Err(error), |run| run(inner))
            }
            ran => ran,
        }
    })
    .await
}

/// Defines a network or a pool.
pub(super) async fn keep<T: Send + 'static>(
    inner: &Arc<Inner>,
    keeps: Keeps,
    read: Read,
    define: impl FnOnce(&Inner, Read) -> Result<T> + Send + 'static,
) -> Result<T> {
    changing(inner, move |inner, store| {
        (keeps.check_free)(inner, &read)?;
        let (xml, uuid) = (read.0.xml.clone(), read.1);
        let define = |inner: &Inner| define(inner, read);
        let folder = store.map(keeps.folder);
        written(inner, folder, keeps.kept, uuid, |before| Kept { xml, ..before }, define)
    })
    .await
}

/// Has a network or a pool start with the host, or not.
pub(super) async fn mark(
    inner: &Arc<Inner>,
    keeps: Keeps,
    uuid: Uuid,
    autostart: bool,
    set: impl FnOnce(&Inner) -> Result<()> + Send + 'static,
) -> Result<()> {
    changing(inner, move |inner, store| {
        marked(inner, store.map(keeps.folder), keeps.kept, uuid, autostart, set)
    })
    .await
}

/// Forgets the definition of a network or a pool.
pub(super) async fn forget(
    inner: &Arc<Inner>,
    keeps: Keeps,
    uuid: Uuid,
    undefine: impl FnOnce(&Inner) -> Result<()> + Send + 'static,
) -> Result<()> {
    changing(inner, move |inner, store| {
        (keeps.check_undefinable)(inner, uuid)?;
        forgotten(inner, store.map(keeps.folder), keeps.kept, uuid, undefine)
    })
    .await
}

/// What is not defined is not marked on the disk: its change is refused.
fn marked(
    inner: &Inner,
    folder: Option<&Folder>,
    kept: fn(&Inner, Uuid) -> Option<Kept>,
    uuid: Uuid,
    autostart: bool,
    set: impl FnOnce(&Inner) -> Result<()>,
) -> Result<()> {
    let folder = folder.filter(|_| kept(inner, uuid).is_some());
    written(inner, folder, kept, uuid, |before| Kept { autostart, ..before }, set)
}

/// Forgets a definition that may go, then makes the change that it is for. If that is refused, or it is not gone for good, it is written again.
pub(super) fn forgotten<T>(
    inner: &Inner,
    folder: Option<&Folder>,
    kept: fn(&Inner, Uuid) -> Option<Kept>,
    uuid: Uuid,
    change: impl FnOnce(&Inner) -> Result<T>,
) -> Result<T> {
    let Some(folder) = folder else { return change(inner) };
    let before = kept(inner, uuid);
    let removed = folder.remove(uuid);
    changed(inner, folder, uuid, before, removed, NOT_REMOVED, change)
}

/// Writes a definition, then makes the change that it is for. If that is refused the one before is written again.
pub(super) fn written<T>(
    inner: &Inner,
    folder: Option<&Folder>,
    kept: fn(&Inner, Uuid) -> Option<Kept>,
    uuid: Uuid,
    new: impl FnOnce(Kept) -> Kept,
    change: impl FnOnce(&Inner) -> Result<T>,
) -> Result<T> {
    let Some(folder) = folder else { return change(inner) };
    let before = kept(inner, uuid);
    let blank = Kept { uuid, autostart: false, xml: String::new() };
    let put = folder.put(&new(before.clone().unwrap_or(blank)));
    changed(inner, folder, uuid, before, put, NOT_KEPT, change)
}

/// Makes the change that the disk's was for, unless that is not done. What is on the disk and was refused is taken back there.
fn changed<T>(
    inner: &Inner,
    folder: &Folder,
    uuid: Uuid,
    before: Option<Kept>,
    done: std::result::Result<(), Undone>,
    refused: &str,
    change: impl FnOnce(&Inner) -> Result<T>,
) -> Result<T> {
    let is_made = done.as_ref().map_or_else(|undone| undone.is_made, |()| true);
    let done = done.map_err(|undone| errors::failed(format!("{refused}: {}", undone.error)));
    let changed = done.and_then(|()| change(inner));
    if changed.is_err() && is_made {
        let restored = match &before {
            Some(before) => folder.keep(before),
            None => folder.forget(uuid),
        };
        if let Err(error) = restored {
            warn!(%uuid, %error, "a definition that was refused and cannot be taken back");
        }
    }
    changed
}

/// What is defined now does not start from what an earlier domain of its UUID has left.
fn inherits_nothing(inner: &Inner, uuid: Uuid) -> std::io::Result<()> {
    if kept(inner, uuid).is_none()
        && let Some(aside) = inner.set_image_aside(uuid, "its domain was undefined")?
    {
        warn!("an image is {aside}");
    }
    Ok(())
}

/// What is to be kept of a guest, if it is defined.
fn kept(inner: &Inner, uuid: Uuid) -> Option<Kept> {
    let table = inner.table();
    let guest = table.find(Lookup::Uuid(uuid))?;
    let config = guest.config.as_ref()?;
    Some(Kept { uuid, autostart: guest.autostart, xml: config.xml.clone() })
}

/// Changes something of which the disk knows: nobody else does meanwhile. Runs to its end also when nobody waits for it.
pub(super) async fn changing<T: Send + 'static>(
    inner: &Arc<Inner>,
    change: impl FnOnce(&Inner, Option<&Store>) -> Result<T> + Send + 'static,
) -> Result<T> {
    changing_by(inner, 0, change).await
}

/// The same, of which so many bytes are read anew.
async fn changing_by<T: Send + 'static>(
    inner: &Arc<Inner>,
    bytes: usize,
    change: impl FnOnce(&Inner, Option<&Store>) -> Result<T> + Send + 'static,
) -> Result<T> {
    let inner = inner.clone();
    if inner.store.is_none() {
        return reading(bytes, move || change(&inner, None)).await;
    }
    // Whoever waits for its turn has no thread meanwhile.
    let changed = heavy::work_at(inner.at_store.clone(), move || {
        let store = inner.store.as_ref().map(|store| store.lock().unwrap_or_else(PoisonError::into_inner));
        change(&inner, store.as_deref())
    });
    told(changed.await)
}

const NOT_KEPT: &str = "the definition cannot be kept";
const NOT_REMOVED: &str = "the definition cannot be removed";

pub(super) fn not_kept(error: &std::io::Error) -> RemoteError {
    errors::failed(format!("{NOT_KEPT}: {error}"))
}

pub(super) fn not_removed(error: &std::io::Error) -> RemoteError {
    errors::failed(format!("{NOT_REMOVED}: {error}"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;
    use std::time::Duration;

    use tokio::sync::oneshot::channel;

    use super::super::super::Hypervisor;
    use super::*;

    #[tokio::test]
    async fn what_is_kept_is_for_the_daemons_user_alone() {
        let directory = std::env::temp_dir().join(format!("virtwire-lasting-{}", Uuid::random()));
        let (mem, _) = Mem::kept(Config::default(), Store::open(&directory).unwrap()).unwrap();
        for part in ["domains", "networks", "pools", "secrets", "secret-values", "interfaces", "saved"] {
            let mode = std::fs::metadata(directory.join(part)).unwrap().mode();
            assert_eq!(mode & 0o777, 0o700, "{part}");
        }
        drop(mem);
        std::fs::remove_dir_all(directory).unwrap();
    }

    /// Somebody may have begun to use it since it was looked at.
    #[tokio::test]
    async fn what_the_table_refuses_is_on_the_disk_as_before() {
        let directory = std::env::temp_dir().join(format!("virtwire-lasting-{}", Uuid::random()));
        let (mem, _) = Mem::kept(Config::default(), Store::open(&directory).unwrap()).unwrap();
        let xml = "<domain type='mem'><name>a</name><memory>1024</memory></domain>".to_owned();
        let uuid = mem.define(xml).await.unwrap().uuid;
        let file = directory.join("domains").join(format!("{uuid}.domain"));
        let before = std::fs::read(&file).unwrap();
        let refused = |_: &Inner| Err::<(), _>(errors::failed("no"));
        let change = move |inner: &Inner, store: Option<&Store>| {
            let folder = store.map(Store::domains);
            forgotten(inner, folder, kept, uuid, refused).unwrap_err();
            written(inner, folder, kept, uuid, |kept| Kept { autostart: true, ..kept }, refused)
        };
        changing(&mem.inner, change).await.unwrap_err();
        assert_eq!(std::fs::read(&file).unwrap(), before);
        drop(mem);
        std::fs::remove_dir_all(directory).unwrap();
    }

    /// A disk that is slow is slow for them, and not for whoever logs in meanwhile.
    #[test]
    fn however_many_definitions_wait_for_the_disk_there_are_threads_for_others() {
        const WAITING: usize = 20;
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().max_blocking_threads(2).build().unwrap().block_on(async {
            let directory = std::env::temp_dir().join(format!("virtwire-lasting-{}", Uuid::random()));
            let (mem, _) = Mem::kept(Config::default(), Store::open(&directory).unwrap()).unwrap();
            let ((begin, begun), (end, disk)) = (channel(), channel::<()>());
            let inner = mem.inner.clone();
            let first = tokio::spawn(async move {
                let waits = move |_: &Inner, _: Option<&Store>| {
                    let _ = begin.send(());
                    let _ = disk.blocking_recv();
                    Ok(())
                };
                changing(&inner, waits).await
            });
            begun.await.unwrap();
            let waiting = (0..WAITING).map(|number| {
                let mem = mem.clone();
                let xml = format!("<domain type='mem'><name>a{number}</name><memory>1024</memory></domain>");
                tokio::spawn(async move { mem.define(xml).await })
            });
            let waiting: Vec<_> = waiting.collect();
            tokio::task::yield_now().await;
            let other = tokio::task::spawn_blocking(|| ());
            tokio::time::timeout(Duration::from_secs(60), other).await.expect("a thread for others").unwrap();
            assert!(waiting.iter().all(|one| !one.is_finished()));
            drop(end);
            first.await.unwrap().unwrap();
            for one in waiting {
                one.await.unwrap().unwrap();
            }
            assert_eq!(mem.domains().await.unwrap().len(), WAITING);
            drop(mem);
            std::fs::remove_dir_all(directory).unwrap();
        });
    }
}
