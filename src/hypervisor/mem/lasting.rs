//! Definitions that outlive the daemon: what is defined here is what the [`Store`] keeps.
//!
//! Whatever changes a persistent configuration does so in one of these functions, one at a time: the store's lock is held
//! around the change of the table and that of the disk, on a thread that may wait. Something new is on the disk before
//! it is in the table, and something forgotten is off the table before it is off the disk: so nobody is told of a
//! definition that could be lost.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::warn;
use virtwire_protocol::error::RemoteError;
use virtwire_protocol::migrate::MigrateFlags;

use super::super::store::{Kept, Opened, SetAside, Store};
use super::super::{DomainInfo, Lookup, Result, Uuid, errors};
use super::xml::Definition;
use super::{Config, Inner, Mem};

impl Mem {
    /// A host that keeps its definitions in a directory, with those that it finds there. Nothing is started, also
    /// of what is to start with the host.
    ///
    /// Returns what could not be used as well: what the store set aside, and definitions that this hypervisor cannot have.
    ///
    /// # Errors
    /// The system's, where such a definition cannot be set aside.
    pub fn kept(config: Config, opened: Opened) -> std::io::Result<(Mem, Vec<SetAside>)> {
        let Opened { store, kept, mut set_aside } = opened;
        let mut mem = Mem::new(config);
        for Kept { uuid, autostart, xml } in kept {
            let defined = Definition::parse(&xml, None)
                .and_then(|definition| match definition.uuid == uuid {
                    true => mem.inner.table().define(definition),
                    false => Err(errors::bad_domain_xml(format!("the domain's uuid is {}", definition.uuid))),
                })
                .and_then(|_| mem.inner.table().set_autostart(uuid, autostart));
            if let Err(error) = defined {
                set_aside.push(store.set_aside(uuid, error.to_string())?);
            }
        }
        if let Some(inner) = Arc::get_mut(&mut mem.inner) {
            let images = store.directory().join("saved");
            DirBuilder::new().recursive(true).mode(0o700).create(&images)?;
            inner.images = Some(images);
            inner.store = Some(Mutex::new(store));
        }
        Ok((mem, set_aside))
    }
}

pub(super) async fn define(inner: &Arc<Inner>, definition: Definition) -> Result<DomainInfo> {
    changing(inner, move |inner, store| {
        inner.table().check_free(&definition)?;
        let (uuid, xml) = (definition.uuid, definition.xml.clone());
        written(inner, store, uuid, |before| Kept { xml, ..before }, |inner| inner.table().define(definition))
    })
    .await
}

/// A defined guest has another configuration, made of the one that it has.
pub(super) async fn redefine(
    inner: &Arc<Inner>,
    uuid: Uuid,
    edit: impl FnOnce(&Definition) -> Result<Definition> + Send + 'static,
) -> Result<()> {
    changing(inner, move |inner, store| {
        let before = inner.table().config(uuid)?;
        let after = edit(&before)?;
        let xml = after.xml.clone();
        let put = |inner: &Inner| inner.table().replace_config(uuid, &before, after);
        written(inner, store, uuid, |kept| Kept { xml, ..kept }, put)
    })
    .await
}

/// A guest that is off has another name.
pub(super) async fn rename(inner: &Arc<Inner>, uuid: Uuid, name: String) -> Result<()> {
    changing(inner, move |inner, store| {
        let before = inner.table().config(uuid)?;
        let after = Definition::parse(&before.xml, Some(&name))?;
        let xml = after.xml.clone();
        let put = |inner: &Inner| inner.table().rename(uuid, &before, after);
        written(inner, store, uuid, |kept| Kept { xml, ..kept }, put)
    })
    .await
}

pub(super) async fn set_autostart(inner: &Arc<Inner>, uuid: Uuid, autostart: bool) -> Result<()> {
    changing(inner, move |inner, store| {
        let kept = kept(inner, uuid).is_some();
        let set = |inner: &Inner| inner.table().set_autostart(uuid, autostart);
        // What is not defined is refused by the table.
        let store = store.filter(|_| kept);
        written(inner, store, uuid, |before| Kept { autostart, ..before }, set)
    })
    .await
}

pub(super) async fn undefine(inner: &Arc<Inner>, uuid: Uuid) -> Result<()> {
    changing(inner, move |inner, store| {
        inner.table().undefine(uuid)?;
        store.map_or(Ok(()), |store| store.forget(uuid).map_err(|error| not_kept(&error)))
    })
    .await
}

/// Does what ends a guest here that has left, which may undefine it.
pub(super) async fn leaving<T: Send + 'static>(
    inner: &Arc<Inner>,
    uuid: Uuid,
    flags: MigrateFlags,
    leave: impl FnOnce(&Inner) -> Result<T> + Send + 'static,
) -> Result<T> {
    if !flags.has(MigrateFlags::UNDEFINE_SOURCE) {
        return leave(inner);
    }
    changing(inner, move |inner, store| {
        let left = leave(inner)?;
        if let Some(store) = store.filter(|_| kept(inner, uuid).is_none())
            && let Err(error) = store.forget(uuid)
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
        let mut run = Some(run);
        let mut running = |inner: &Inner| match run.take() {
            Some(run) => run(inner),
            None => Err(errors::failed("it was run already")),
        };
        let xml = definition.xml.clone();
        match written(inner, store, uuid, |before| Kept { xml, ..before }, &mut running) {
            Err(error) if must_run && run.is_some() => {
                warn!(domain = %uuid, %error, "a guest that came whose definition cannot be kept");
                run.take().map_or(Err(error), |run| run(inner))
            }
            ran => ran,
        }
    })
    .await
}

/// Writes a definition, then makes the change that it is for. If that is refused the one before is written again.
fn written<T>(
    inner: &Inner,
    store: Option<&Store>,
    uuid: Uuid,
    new: impl FnOnce(Kept) -> Kept,
    change: impl FnOnce(&Inner) -> Result<T>,
) -> Result<T> {
    let Some(store) = store else { return change(inner) };
    let before = kept(inner, uuid);
    let blank = Kept { uuid, autostart: false, xml: String::new() };
    let after = store.keep(&new(before.clone().unwrap_or(blank))).map_err(|error| not_kept(&error));
    let changed = after.and_then(|()| change(inner));
    if changed.is_err() {
        let restored = match &before {
            Some(before) => store.keep(before),
            None => store.forget(uuid),
        };
        if let Err(error) = restored {
            warn!(domain = %uuid, %error, "a definition that was refused and cannot be taken back");
        }
    }
    changed
}

/// What is to be kept of a guest, if it is defined.
fn kept(inner: &Inner, uuid: Uuid) -> Option<Kept> {
    let table = inner.table();
    let guest = table.find(Lookup::Uuid(uuid))?;
    let config = guest.config.as_ref()?;
    Some(Kept { uuid, autostart: guest.autostart, xml: config.xml.clone() })
}

/// Changes something of which the disk knows: nobody else does meanwhile. Runs to its end also when nobody waits for it.
async fn changing<T: Send + 'static>(
    inner: &Arc<Inner>,
    change: impl FnOnce(&Inner, Option<&Store>) -> Result<T> + Send + 'static,
) -> Result<T> {
    if inner.store.is_none() {
        return change(inner, None);
    }
    let inner = inner.clone();
    let changed = tokio::task::spawn_blocking(move || {
        let store = inner.store.as_ref().map(|store| store.lock().unwrap_or_else(PoisonError::into_inner));
        change(&inner, store.as_deref())
    });
    changed.await.unwrap_or_else(|error| Err(errors::failed(format!("the change's thread ended: {error}"))))
}

fn not_kept(error: &std::io::Error) -> RemoteError {
    errors::failed(format!("the definition cannot be kept: {error}"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[tokio::test]
    async fn what_is_kept_is_for_the_daemons_user_alone() {
        let directory = std::env::temp_dir().join(format!("virtwire-lasting-{}", Uuid::random()));
        let (mem, _) = Mem::kept(Config::default(), Store::open(&directory).unwrap()).unwrap();
        for part in ["domains", "saved"] {
            let mode = std::fs::metadata(directory.join(part)).unwrap().mode();
            assert_eq!(mode & 0o777, 0o700, "{part}");
        }
        drop(mem);
        std::fs::remove_dir_all(directory).unwrap();
    }
}
