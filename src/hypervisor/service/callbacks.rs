//! Registrations of the third generation: each has an id, and events carry it.

use std::collections::BTreeMap;

use super::super::{Result, Uuid};
use super::clients::internal;

/// Registrations that one connection may hold at a time for a family of objects.
const CALLBACKS_MAX: usize = 1_024;
/// Those among them for the same kind of event of the same object, or of all. An event makes as many notices at
/// once as there are registrations that it matches: at most twice so many, for each of the two kinds that it can be.
const SAME_CALLBACKS_MAX: usize = 64;

/// A connection's registrations for one family: domains, networks, storage pools, secrets, which are known by their UUIDs, or devices of the host,
/// by their names.
#[derive(Debug)]
pub(super) struct Callbacks<K = Uuid> {
    all: BTreeMap<i32, Callback<K>>,
    next: i32,
}

#[derive(Debug)]
struct Callback<K> {
    kind: i32,
    object: Option<K>,
}

impl<K> Default for Callbacks<K> {
    fn default() -> Callbacks<K> {
        Callbacks { all: BTreeMap::new(), next: 0 }
    }
}

impl<K: PartialEq> Callbacks<K> {
    /// Registers, and returns what the events will carry.
    ///
    /// # Errors
    /// Code 1 where there are too many.
    pub(super) fn register(&mut self, kind: i32, object: Option<K>) -> Result<i32> {
        if self.all.len() >= CALLBACKS_MAX {
            return Err(internal(format!("{CALLBACKS_MAX} event callbacks are registered already")));
        }
        let same = |callback: &&Callback<K>| callback.kind == kind && callback.object == object;
        if self.all.values().filter(same).count() >= SAME_CALLBACKS_MAX {
            let detail =
                format!("{SAME_CALLBACKS_MAX} event callbacks for event ID {kind} are registered already");
            return Err(internal(detail));
        }
        let id = self.next;
        self.next = id.checked_add(1).ok_or_else(|| internal("no event callback ids are left"))?;
        self.all.insert(id, Callback { kind, object });
        Ok(id)
    }

    /// Takes a registration back.
    ///
    /// # Errors
    /// Code 1 where there is none such.
    pub(super) fn deregister(&mut self, id: i32, what: &str) -> Result<()> {
        let removed = self.all.remove(&id).map(drop);
        removed.ok_or_else(|| internal(format!("{what} event callback {id} not registered")))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Those that want to hear of this.
    pub(super) fn wanting(&self, kind: i32, object: &K) -> impl Iterator<Item = i32> {
        let wants = move |callback: &Callback<K>| {
            callback.kind == kind && callback.object.as_ref().is_none_or(|wanted| wanted == object)
        };
        self.all.iter().filter(move |(_, callback)| wants(callback)).map(|(id, _)| *id)
    }
}
