//! What networks and pools have in common here: a configuration that is kept, one that is active, and the rules about both.

use std::collections::BTreeMap;
use std::sync::Arc;

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::networks::Standing;
use super::super::store::Kept;
use super::super::well_formed::well_formed;
use super::super::{Result, Uuid};
use super::document::Document;

/// The most of one kind on one host: no list on the wire is longer.
const COUNT_MAX: usize = 16_384;
/// The bytes of all documents of one kind: each may be as long as the wire allows, and not all of them.
const BYTES_MAX: usize = 64 << 20;

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
    /// Reads what a client has handed in.
    pub(super) fn asked(&self, xml: String) -> Result<Read> {
        let domain = self.domain;
        well_formed(&xml, 0).map_err(|error| RemoteError { domain, ..error })?;
        self.read(xml)
    }

    /// Before anything is locked, as it takes its time. What is wrong with a document is told as the kind's own.
    pub(super) fn read(&self, xml: String) -> Result<Read> {
        let domain = self.domain;
        Document::with_uuid(xml, self.root).map_err(|error| RemoteError { domain, ..error })
    }
}

/// All of one kind.
#[derive(Debug)]
pub(super) struct Shelf {
    kind: Kind,
    all: BTreeMap<Uuid, Thing>,
}

/// One of them. It is defined, or active, or both.
#[derive(Debug)]
pub(super) struct Thing {
    pub(super) name: String,
    config: Option<Arc<Document>>,
    live: Option<Arc<Document>>,
    autostart: bool,
}

impl Thing {
    pub(super) fn standing(&self) -> Standing {
        Standing { active: self.live.is_some(), persistent: self.config.is_some(), autostart: self.autostart }
    }

    /// What runs, else what would; with `inactive` what will.
    pub(super) fn document(&self, inactive: bool) -> Option<&Arc<Document>> {
        let (first, second) = if inactive { (&self.config, &self.live) } else { (&self.live, &self.config) };
        first.as_ref().or(second.as_ref())
    }

    /// The bytes of its documents.
    fn bytes(&self) -> usize {
        let live =
            self.live.as_ref().filter(|live| !self.config.as_ref().is_some_and(|one| Arc::ptr_eq(one, live)));
        [self.config.as_ref(), live].into_iter().flatten().map(|document| document.xml.len()).sum()
    }
}

impl Shelf {
    pub(super) fn new(kind: Kind) -> Shelf {
        Shelf { kind, all: BTreeMap::new() }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Uuid, &Thing)> {
        self.all.iter()
    }

    pub(super) fn get(&self, uuid: Uuid) -> Result<&Thing> {
        self.all.get(&uuid).ok_or_else(|| self.absent(uuid))
    }

    pub(super) fn get_mut(&mut self, uuid: Uuid) -> Result<&mut Thing> {
        let absent = self.absent(uuid);
        self.all.get_mut(&uuid).ok_or(absent)
    }

    pub(super) fn xml(&self, uuid: Uuid, inactive: bool) -> Result<String> {
        let thing = self.get(uuid)?;
        Ok(thing.document(inactive).map(|document| document.xml.clone()).unwrap_or_default())
    }

    /// What is to be kept of one, if it is defined.
    pub(super) fn kept(&self, uuid: Uuid) -> Option<Kept> {
        let thing = self.all.get(&uuid)?;
        let config = thing.config.as_ref()?;
        Some(Kept { uuid, autostart: thing.autostart, xml: config.xml.clone() })
    }

    /// One that was kept is here again, and active where it is to start with its host.
    pub(super) fn load(&mut self, Kept { uuid, autostart, xml }: Kept) -> Result<()> {
        let read = self.kind.read(xml)?;
        if read.1 != uuid {
            return Err(self.invalid(format!("its uuid is {}", read.1)));
        }
        self.define(read)?;
        self.set_autostart(uuid, autostart)?;
        if autostart { self.start(uuid) } else { Ok(()) }
    }

    /// Keeps a configuration. What is active goes on by its own.
    pub(super) fn define(&mut self, (document, uuid): Read) -> Result<Uuid> {
        let thing = self.place(&document, uuid)?;
        thing.config = Some(Arc::new(document));
        Ok(uuid)
    }

    /// Starts from this configuration alone.
    pub(super) fn create(&mut self, (document, uuid): Read) -> Result<Uuid> {
        let already = self.invalid(format!("{} is already active as '{}'", self.kind.root, document.name));
        let thing = self.place(&document, uuid)?;
        if thing.live.is_some() {
            return Err(already);
        }
        thing.live = Some(Arc::new(document));
        Ok(uuid)
    }

    /// What is active goes on by another document.
    pub(super) fn set_live(&mut self, uuid: Uuid, document: Document) -> Result<()> {
        self.check_free(&document, uuid)?;
        let inactive = self.invalid(format!("{} '{}' is not active", self.kind.what, self.get(uuid)?.name));
        let live = self.get_mut(uuid)?.live.as_mut().ok_or(inactive)?;
        *live = Arc::new(document);
        Ok(())
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

    pub(super) fn check_undefinable(&self, uuid: Uuid) -> Result<()> {
        let thing = self.get(uuid)?;
        match thing.config {
            Some(_) => Ok(()),
            None => Err(self.invalid(format!("{} '{}' is not persistent", self.kind.what, thing.name))),
        }
    }

    /// What is active goes on, transient.
    pub(super) fn undefine(&mut self, uuid: Uuid) -> Result<()> {
        self.check_undefinable(uuid)?;
        let thing = self.get_mut(uuid)?;
        thing.config = None;
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

    /// That there may be a thing of this name and UUID, and room for its document.
    pub(super) fn check_free(&self, document: &Document, uuid: Uuid) -> Result<()> {
        let refused = |text| Err(RemoteError::new(ErrorCode::OPERATION_FAILED, self.kind.domain, text));
        let other = self.all.iter().find(|(other, thing)| (**other == uuid) != (thing.name == document.name));
        if let Some((other, thing)) = other {
            return refused(format!("{} '{}' already exists with uuid {other}", self.kind.what, thing.name));
        }
        if self.all.len() >= COUNT_MAX && !self.all.contains_key(&uuid) {
            return refused(format!("this host has its {COUNT_MAX} of them"));
        }
        let bytes: usize = self.all.values().map(Thing::bytes).sum();
        if bytes.saturating_add(document.xml.len()) > BYTES_MAX {
            return refused(format!("this host keeps {BYTES_MAX} bytes of their documents, and no more"));
        }
        Ok(())
    }

    /// The thing of a document's name and UUID, or a new one, which must be given a configuration.
    fn place(&mut self, document: &Document, uuid: Uuid) -> Result<&mut Thing> {
        self.check_free(document, uuid)?;
        let name = document.name.clone();
        let new = || Thing { name, config: None, live: None, autostart: false };
        Ok(self.all.entry(uuid).or_insert_with(new))
    }

    fn forget_unless_there(&mut self, uuid: Uuid) {
        let is_over = |thing: &Thing| thing.config.is_none() && thing.live.is_none();
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
        let mut shelf = Shelf::new(KIND);
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
        let mut shelf = Shelf::new(KIND);
        shelf.define(read("one", 1)).unwrap();
        shelf.define(read("one", 2)).unwrap_err();
        shelf.define(read("two", 1)).unwrap_err();
        shelf.create(read("two", 2)).unwrap();
        assert_eq!(shelf.iter().count(), 2);
    }

    /// However long the documents of one client's are, what all hold together has an end, and what goes makes room.
    #[test]
    fn all_documents_together_are_bounded() {
        let long = "x".repeat(4_000_000);
        let read = |number: u8| {
            let uuid = Uuid([number; 16]);
            KIND.read(format!("<network><name>{number}</name><uuid>{uuid}</uuid><!--{long}--></network>"))
                .unwrap()
        };
        let mut shelf = Shelf::new(KIND);
        let kept = (1..=255).take_while(|number| shelf.define(read(*number)).is_ok()).count();
        assert_eq!(kept, BYTES_MAX / 4_000_000);
        // What is active by the same document takes no more.
        shelf.start(Uuid([1; 16])).unwrap();
        shelf.undefine(Uuid([2; 16])).unwrap();
        shelf.create(read(100)).unwrap();
        shelf.create(read(101)).unwrap_err();
    }

    #[test]
    fn what_was_kept_is_as_it_was_and_active_if_it_is_to_be() {
        let mut shelf = Shelf::new(KIND);
        let (one, two) = (shelf.define(read("one", 1)).unwrap(), shelf.define(read("two", 2)).unwrap());
        shelf.set_autostart(one, true).unwrap();
        let three = shelf.create(read("three", 3)).unwrap();
        assert_eq!(shelf.kept(three), None);
        let mut later = Shelf::new(KIND);
        for kept in [one, two].map(|uuid| shelf.kept(uuid).unwrap()) {
            later.load(kept).unwrap();
        }
        assert!(later.get(one).unwrap().standing().active && later.get(one).unwrap().standing().autostart);
        assert_eq!(later.get(two).unwrap().standing(), Standing::default());
        let other = Kept { uuid: three, ..later.kept(two).unwrap() };
        later.load(other).unwrap_err();
    }
}
