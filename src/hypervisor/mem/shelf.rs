//! What networks and pools have in common here: a configuration that is kept, one that is active, and the rules about both.

use std::collections::BTreeMap;
use std::sync::Arc;

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::networks::Standing;
use super::super::{Result, Uuid};
use super::document::Document;

/// The most of one kind on one host: no list on the wire is longer.
const COUNT_MAX: usize = 16_384;

/// How something stands that is neither active nor defined any more.
pub(super) const GONE: Standing = Standing { active: false, persistent: false, autostart: false };

/// What a kind of thing is called.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    pub(super) what: &'static str,
    pub(super) root: &'static str,
    pub(super) domain: ErrorDomain,
    pub(super) absent: ErrorCode,
}

/// A document of one, with its UUID.
pub(super) type Read = (Document, Uuid);

impl Kind {
    /// Before anything is locked, as it takes its time. What is wrong with a document is told as the kind's own.
    pub(super) fn read(&self, xml: String) -> Result<Read> {
        let domain = self.domain;
        Document::with_uuid(xml, self.root).map_err(|error| RemoteError { domain, ..error })
    }
}

/// All of one kind.
#[derive(Debug)]
pub(super) struct Shelf<T> {
    kind: Kind,
    all: BTreeMap<Uuid, Thing<T>>,
}

/// One of them. It is defined, or active, or both.
#[derive(Debug)]
pub(super) struct Thing<T> {
    pub(super) name: String,
    config: Option<Arc<Document>>,
    live: Option<Arc<Document>>,
    autostart: bool,
    /// What there is of it beside its configuration.
    pub(super) more: T,
}

impl<T> Thing<T> {
    pub(super) fn standing(&self) -> Standing {
        Standing { active: self.live.is_some(), persistent: self.config.is_some(), autostart: self.autostart }
    }

    /// What runs, else what would; with `inactive` what will.
    pub(super) fn document(&self, inactive: bool) -> Option<&Arc<Document>> {
        let (first, second) = if inactive { (&self.config, &self.live) } else { (&self.live, &self.config) };
        first.as_ref().or(second.as_ref())
    }
}

impl<T: Default> Shelf<T> {
    pub(super) fn new(kind: Kind) -> Shelf<T> {
        Shelf { kind, all: BTreeMap::new() }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Uuid, &Thing<T>)> {
        self.all.iter()
    }

    pub(super) fn get(&self, uuid: Uuid) -> Result<&Thing<T>> {
        self.all.get(&uuid).ok_or_else(|| self.absent(uuid))
    }

    pub(super) fn get_mut(&mut self, uuid: Uuid) -> Result<&mut Thing<T>> {
        let absent = self.absent(uuid);
        self.all.get_mut(&uuid).ok_or(absent)
    }

    pub(super) fn xml(&self, uuid: Uuid, inactive: bool) -> Result<String> {
        let thing = self.get(uuid)?;
        Ok(thing.document(inactive).map(|document| document.xml.clone()).unwrap_or_default())
    }

    /// Keeps a configuration. What is active goes on by its own.
    pub(super) fn define(&mut self, (document, uuid): Read) -> Result<Uuid> {
        let thing = self.place(document.name.clone(), uuid)?;
        thing.config = Some(Arc::new(document));
        Ok(uuid)
    }

    /// Starts from this configuration alone.
    pub(super) fn create(&mut self, (document, uuid): Read) -> Result<Uuid> {
        let already = self.invalid(format!("{} is already active as '{}'", self.kind.root, document.name));
        let thing = self.place(document.name.clone(), uuid)?;
        if thing.live.is_some() {
            return Err(already);
        }
        thing.live = Some(Arc::new(document));
        Ok(uuid)
    }

    pub(super) fn start(&mut self, uuid: Uuid) -> Result<()> {
        let already = self.already_active(&self.get(uuid)?.name);
        let thing = self.get_mut(uuid)?;
        if thing.live.is_some() {
            return Err(already);
        }
        thing.live = thing.config.clone();
        Ok(())
    }

    /// It is off, or gone where it was transient.
    pub(super) fn destroy(&mut self, uuid: Uuid) -> Result<()> {
        let inactive = self.invalid(format!("{} '{}' is not active", self.kind.what, self.get(uuid)?.name));
        let thing = self.get_mut(uuid)?;
        thing.live.take().ok_or(inactive)?;
        self.forget_unless_there(uuid);
        Ok(())
    }

    /// What is active goes on, transient.
    pub(super) fn undefine(&mut self, uuid: Uuid) -> Result<()> {
        let transient =
            self.invalid(format!("{} '{}' is not persistent", self.kind.what, self.get(uuid)?.name));
        let thing = self.get_mut(uuid)?;
        thing.config.take().ok_or(transient)?;
        thing.autostart = false;
        self.forget_unless_there(uuid);
        Ok(())
    }

    pub(super) fn set_autostart(&mut self, uuid: Uuid, autostart: bool) -> Result<()> {
        let transient = self.invalid(format!("cannot set autostart for a transient {}", self.kind.what));
        let thing = self.get_mut(uuid)?;
        if thing.config.is_none() {
            return Err(transient);
        }
        thing.autostart = autostart;
        Ok(())
    }

    /// The thing of this name and UUID, or a new one, which must be given a configuration.
    fn place(&mut self, name: String, uuid: Uuid) -> Result<&mut Thing<T>> {
        let other = self.all.iter().find(|(other, thing)| (**other == uuid) != (thing.name == name));
        if let Some((other, thing)) = other {
            let text = format!("{} '{}' already exists with uuid {other}", self.kind.what, thing.name);
            return Err(RemoteError::new(ErrorCode::OPERATION_FAILED, self.kind.domain, text));
        }
        if self.all.len() >= COUNT_MAX && !self.all.contains_key(&uuid) {
            let text = format!("this host has its {COUNT_MAX} of them");
            return Err(RemoteError::new(ErrorCode::OPERATION_FAILED, self.kind.domain, text));
        }
        let new = || Thing { name, config: None, live: None, autostart: false, more: T::default() };
        Ok(self.all.entry(uuid).or_insert_with(new))
    }

    fn forget_unless_there(&mut self, uuid: Uuid) {
        let is_over = |thing: &Thing<T>| thing.config.is_none() && thing.live.is_none();
        if self.all.get(&uuid).is_some_and(is_over) {
            self.all.remove(&uuid);
        }
    }

    fn absent(&self, uuid: Uuid) -> RemoteError {
        let text = format!("no {} with matching uuid '{uuid}'", self.kind.what);
        RemoteError::new(self.kind.absent, self.kind.domain, text)
    }

    fn already_active(&self, name: &str) -> RemoteError {
        self.invalid(format!("{} '{name}' is already active", self.kind.what))
    }

    fn invalid(&self, text: String) -> RemoteError {
        RemoteError::new(ErrorCode::OPERATION_INVALID, self.kind.domain, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: Kind = Kind {
        what: "network",
        root: "network",
        domain: ErrorDomain::NETWORK,
        absent: ErrorCode::NO_NETWORK,
    };

    fn read(name: &str, uuid: u8) -> Read {
        let uuid = Uuid([uuid; 16]);
        KIND.read(format!("<network><name>{name}</name><uuid>{uuid}</uuid></network>")).unwrap()
    }

    #[test]
    fn what_is_neither_defined_nor_active_is_gone() {
        let mut shelf = Shelf::<()>::new(KIND);
        let one = shelf.create(read("one", 1)).unwrap();
        assert!(!shelf.get(one).unwrap().standing().persistent);
        shelf.set_autostart(one, true).unwrap_err();
        shelf.undefine(one).unwrap_err();
        shelf.define(read("one", 1)).unwrap();
        shelf.set_autostart(one, true).unwrap();
        shelf.start(one).unwrap_err();
        shelf.destroy(one).unwrap();
        shelf.destroy(one).unwrap_err();
        shelf.start(one).unwrap();
        shelf.undefine(one).unwrap();
        assert_eq!(
            shelf.get(one).unwrap().standing(),
            Standing { active: true, persistent: false, autostart: false }
        );
        shelf.destroy(one).unwrap();
        assert_eq!(shelf.get(one).unwrap_err().code, ErrorCode::NO_NETWORK);
    }

    #[test]
    fn a_name_and_a_uuid_belong_together() {
        let mut shelf = Shelf::<()>::new(KIND);
        shelf.define(read("one", 1)).unwrap();
        shelf.define(read("one", 2)).unwrap_err();
        shelf.define(read("two", 1)).unwrap_err();
        shelf.create(read("two", 2)).unwrap();
        assert_eq!(shelf.iter().count(), 2);
    }
}
