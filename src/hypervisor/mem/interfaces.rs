//! Interfaces as libvirt's driver for tests has them: documents that are up or down. Those of the machine are not touched.
//!
//! One that is to be up with its host is up when the daemon starts, as a network is that starts with it. While a transaction is open nothing
//! of it is on the disk: a daemon that ends in it finds the interfaces as they were before, and so does a host with netcf.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::store::{Folder, Kept, Store};
use super::super::{InterfaceInfo, Interfaces, Result, Uuid, errors};
use super::interface_document::Said;
use super::lasting::{changing, forgotten, not_kept, not_removed, written};
use super::{Inner, Mem};

/// The most of one host: no list on the wire is longer.
const COUNT_MAX: usize = 16_384;
/// The bytes of all their documents: each may be as long as the wire allows, and not all of them.
const BYTES_MAX: usize = 64 << 20;

/// One lock guards them.
#[derive(Debug, Default)]
pub(super) struct Table(Mutex<All>);

#[derive(Debug, Default)]
struct All {
    now: Map,
    /// What a transaction that is open goes back to.
    before: Option<Map>,
}

/// By name.
type Map = BTreeMap<String, One>;

#[derive(Clone, Debug)]
struct One {
    /// What its file is called by. An interface itself has none.
    uuid: Uuid,
    said: Arc<Said>,
    active: bool,
}

fn invalid(detail: impl Into<String>) -> RemoteError {
    RemoteError::new(ErrorCode::OPERATION_INVALID, ErrorDomain::INTERFACE, detail)
}

fn of_interfaces(error: RemoteError) -> RemoteError {
    RemoteError { domain: ErrorDomain::INTERFACE, ..error }
}

impl All {
    fn get_mut(&mut self, name: &str) -> Result<&mut One> {
        self.now.get_mut(name).ok_or_else(|| {
            let detail = format!("no interface with matching name '{name}'");
            RemoteError::new(ErrorCode::NO_INTERFACE, ErrorDomain::INTERFACE, detail)
        })
    }

    /// That there is room for one more, or for another document.
    fn check_room(&self, said: &Said) -> Result<()> {
        let refused = |detail| Err(of_interfaces(errors::failed(detail)));
        if self.now.len() >= COUNT_MAX && !self.now.contains_key(&said.name) {
            return refused(format!("this host has its {COUNT_MAX} interfaces"));
        }
        let taken: usize = self.now.values().map(|one| one.said.xml.len()).sum();
        match taken.saturating_add(said.xml.len()) {
            ..=BYTES_MAX => Ok(()),
            _ => refused(format!("this host keeps {BYTES_MAX} bytes of interfaces' documents, and no more")),
        }
    }

    /// The file of this name is the same one for as long as a transaction can bring it back.
    fn uuid(&self, name: &str) -> Uuid {
        let known = self.now.get(name).or_else(|| self.before.as_ref()?.get(name));
        known.map_or_else(Uuid::random, |one| one.uuid)
    }

    /// What is up stays up.
    fn define(&mut self, uuid: Uuid, said: Arc<Said>) -> Result<InterfaceInfo> {
        self.check_room(&said)?;
        let name = said.name.clone();
        let active = self.now.get(&name).is_some_and(|one| one.active);
        let one = One { uuid, said, active };
        let told = info(&one);
        self.now.insert(name, one);
        Ok(told)
    }

    fn set_active(&mut self, name: &str, active: bool) -> Result<()> {
        let one = self.get_mut(name)?;
        if one.active == active {
            let already = if active { "already" } else { "not" };
            return Err(invalid(format!("interface '{name}' is {already} active")));
        }
        one.active = active;
        Ok(())
    }

    /// What an open transaction goes back to, and what it has come to.
    fn transaction(&self, without: &str) -> Result<(Map, Map)> {
        let before = self.before.clone().ok_or_else(|| invalid(without))?;
        Ok((before, self.now.clone()))
    }
}

fn info(one: &One) -> InterfaceInfo {
    let Said { name, mac, .. } = &*one.said;
    InterfaceInfo { name: name.clone(), mac: mac.clone(), active: one.active }
}

fn kept_of(uuid: Uuid, said: &Said) -> Kept {
    Kept { uuid, autostart: said.on_boot, xml: said.xml.clone() }
}

/// What is to be kept of the one that has this file.
fn kept(inner: &Inner, uuid: Uuid) -> Option<Kept> {
    inner.ifaces().now.values().find(|one| one.uuid == uuid).map(|one| kept_of(uuid, &one.said))
}

/// Has the disk say the second, of which it may say the first already, or anything between them.
fn settle(store: Option<&Store>, from: &Map, to: &Map) -> Result<()> {
    let Some(folder) = store.map(Store::interfaces) else { return Ok(()) };
    let is_in = |other: &Map, one: &One| {
        other.get(&one.said.name).is_some_and(|there| Arc::ptr_eq(&there.said, &one.said))
    };
    for one in to.values().filter(|one| !is_in(from, one)) {
        folder.keep(&kept_of(one.uuid, &one.said)).map_err(|error| of_interfaces(not_kept(&error)))?;
    }
    for (_, one) in from.iter().filter(|(name, _)| !to.contains_key(*name)) {
        folder.forget(one.uuid).map_err(|error| of_interfaces(not_removed(&error)))?;
    }
    Ok(())
}

impl Inner {
    fn ifaces(&self) -> MutexGuard<'_, All> {
        self.interfaces.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The disk, where what is changed now is for good.
    fn lasting_interfaces<'a>(&self, store: Option<&'a Store>) -> Option<&'a Folder> {
        store.filter(|_| self.ifaces().before.is_none()).map(Store::interfaces)
    }

    /// One that an earlier daemon had.
    pub(super) fn load_interface(&self, Kept { uuid, xml, .. }: Kept) -> Result<()> {
        let said = Arc::new(Said::read(xml)?);
        let mut all = self.ifaces();
        let name = said.name.clone();
        if all.now.contains_key(&name) {
            let detail = format!("there is another interface of the name '{name}'");
            return Err(of_interfaces(errors::failed(detail)));
        }
        let on_boot = said.on_boot;
        all.define(uuid, said)?;
        if on_boot { all.set_active(&name, true) } else { Ok(()) }
    }
}

impl Interfaces for Mem {
    async fn interfaces(&self) -> Result<Vec<InterfaceInfo>> {
        Ok(self.inner.ifaces().now.values().map(info).collect())
    }

    async fn interface_xml(&self, name: &str, _: bool) -> Result<String> {
        Ok(self.inner.ifaces().get_mut(name)?.said.xml.clone())
    }

    async fn define_interface(&self, xml: String) -> Result<InterfaceInfo> {
        let said = Arc::new(Said::read(xml)?);
        changing(&self.inner, move |inner, store| {
            let uuid = {
                let all = inner.ifaces();
                all.check_room(&said)?;
                all.uuid(&said.name)
            };
            let (folder, new) = (inner.lasting_interfaces(store), kept_of(uuid, &said));
            let define = |inner: &Inner| inner.ifaces().define(uuid, said);
            written(inner, folder, kept, uuid, |_| new, define).map_err(of_interfaces)
        })
        .await
    }

    async fn undefine_interface(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        changing(&self.inner, move |inner, store| {
            let uuid = inner.ifaces().get_mut(&name)?.uuid;
            let undefine = |inner: &Inner| {
                inner.ifaces().now.remove(&name);
                Ok(())
            };
            forgotten(inner, inner.lasting_interfaces(store), kept, uuid, undefine).map_err(of_interfaces)
        })
        .await
    }

    async fn start_interface(&self, name: &str) -> Result<()> {
        self.inner.ifaces().set_active(name, true)
    }

    async fn destroy_interface(&self, name: &str) -> Result<()> {
        self.inner.ifaces().set_active(name, false)
    }

    /// In its turn behind definitions that are under way: they are for good.
    async fn begin_interface_changes(&self) -> Result<()> {
        changing(&self.inner, |inner, _| {
            let mut all = inner.ifaces();
            if all.before.is_some() {
                return Err(invalid("there is another transaction running."));
            }
            all.before = Some(all.now.clone());
            Ok(())
        })
        .await
    }

    async fn commit_interface_changes(&self) -> Result<()> {
        changing(&self.inner, |inner, store| {
            let open = inner.ifaces().transaction("no transaction running, nothing to be committed.");
            let (before, now) = open?;
            settle(store, &before, &now)?;
            inner.ifaces().before = None;
            Ok(())
        })
        .await
    }

    /// What was up then is up again.
    async fn roll_back_interface_changes(&self) -> Result<()> {
        changing(&self.inner, |inner, store| {
            let open = inner.ifaces().transaction("no transaction running, nothing to rollback.");
            let (before, now) = open?;
            // On the disk there is what a commit has left that failed half way.
            settle(store, &now, &before)?;
            let mut all = inner.ifaces();
            // Somebody else may have ended it meanwhile, where there is no disk.
            if let Some(before) = all.before.take() {
                all.now = before;
            }
            Ok(())
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::store::Opened;
    use super::super::Config;
    use super::*;

    fn document(name: &str, mode: &str) -> String {
        format!("<interface type='ethernet' name='{name}'><start mode='{mode}'/></interface>")
    }

    async fn names(mem: &Mem) -> Vec<(String, bool)> {
        let all = mem.interfaces().await.unwrap();
        all.into_iter().map(|one| (one.name, one.active)).collect()
    }

    fn code<T>(result: Result<T>) -> i32 {
        result.err().map_or(0, |error| error.code.0)
    }

    #[tokio::test]
    async fn changes_are_undone_or_kept() {
        let mem = Mem::default();
        assert_eq!(code(mem.roll_back_interface_changes().await), 55);
        assert_eq!(code(mem.commit_interface_changes().await), 55);
        mem.define_interface(document("a", "none")).await.unwrap();
        mem.start_interface("a").await.unwrap();
        assert_eq!(code(mem.start_interface("a").await), 55);
        mem.begin_interface_changes().await.unwrap();
        assert_eq!(code(mem.begin_interface_changes().await), 55);
        mem.define_interface(document("b", "none")).await.unwrap();
        mem.undefine_interface("a").await.unwrap();
        assert_eq!(code(mem.undefine_interface("a").await), 57);
        assert_eq!(names(&mem).await, [("b".to_owned(), false)]);
        mem.roll_back_interface_changes().await.unwrap();
        assert_eq!(names(&mem).await, [("a".to_owned(), true)]);
        mem.begin_interface_changes().await.unwrap();
        mem.destroy_interface("a").await.unwrap();
        assert_eq!(code(mem.destroy_interface("a").await), 55);
        mem.commit_interface_changes().await.unwrap();
        assert_eq!(names(&mem).await, [("a".to_owned(), false)]);
        // What is defined anew stays up.
        mem.start_interface("a").await.unwrap();
        mem.define_interface(document("a", "onboot")).await.unwrap();
        assert_eq!(names(&mem).await, [("a".to_owned(), true)]);
    }

    /// A daemon that keeps its definitions in a directory, one after the other.
    struct Daemons(std::path::PathBuf);

    impl Daemons {
        fn start(&self) -> Mem {
            let opened: Opened = Store::open(&self.0).unwrap();
            let (mem, set_aside) = Mem::kept(Config::default(), opened).unwrap();
            assert_eq!(set_aside, []);
            mem
        }
    }

    impl Drop for Daemons {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[tokio::test]
    async fn definitions_outlive_the_daemon_and_what_was_not_committed_does_not() {
        let daemons = Daemons(std::env::temp_dir().join(format!("virtwire-interfaces-{}", Uuid::random())));
        let mem = daemons.start();
        for (name, mode) in [("a", "onboot"), ("b", "none"), ("c", "none")] {
            mem.define_interface(document(name, mode)).await.unwrap();
        }
        mem.undefine_interface("c").await.unwrap();
        mem.begin_interface_changes().await.unwrap();
        mem.undefine_interface("a").await.unwrap();
        mem.define_interface(document("d", "onboot")).await.unwrap();
        mem.define_interface(document("b", "onboot")).await.unwrap();
        drop(mem);

        let mem = daemons.start();
        let before = [("a".to_owned(), true), ("b".to_owned(), false)];
        assert_eq!(names(&mem).await, before);
        mem.begin_interface_changes().await.unwrap();
        mem.undefine_interface("a").await.unwrap();
        mem.define_interface(document("d", "onboot")).await.unwrap();
        mem.undefine_interface("b").await.unwrap();
        mem.define_interface(document("b", "onboot")).await.unwrap();
        mem.commit_interface_changes().await.unwrap();
        drop(mem);

        let mem = daemons.start();
        assert_eq!(names(&mem).await, [("b".to_owned(), true), ("d".to_owned(), true)]);
        mem.begin_interface_changes().await.unwrap();
        mem.undefine_interface("b").await.unwrap();
        mem.roll_back_interface_changes().await.unwrap();
        drop(mem);
        assert_eq!(names(&daemons.start()).await, [("b".to_owned(), true), ("d".to_owned(), true)]);
    }
}
