//! What is under way, by serial, and never more of it than can be kept.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// A map that forgets the oldest entry when it is full.
#[derive(Clone, Debug)]
pub(super) struct Recent<K, V> {
    places: HashMap<K, u64>,
    /// By the order in which they came.
    entries: BTreeMap<u64, (K, V)>,
    next: u64,
    limit: usize,
}

impl<K: Copy + Eq + Hash, V> Recent<K, V> {
    pub(super) fn new(limit: usize) -> Recent<K, V> {
        Recent { places: HashMap::new(), entries: BTreeMap::new(), next: 0, limit }
    }

    /// Puts an entry in; what it replaces, or had to be forgotten for it, comes out.
    pub(super) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let replaced = self.remove(&key);
        self.next += 1;
        self.places.insert(key, self.next);
        self.entries.insert(self.next, (key, value));
        if replaced.is_some() || self.entries.len() <= self.limit {
            return replaced;
        }
        self.remove_oldest()
    }

    pub(super) fn remove_oldest(&mut self) -> Option<V> {
        let (_, (key, oldest)) = self.entries.pop_first()?;
        self.places.remove(&key);
        self.shrink();
        Some(oldest)
    }

    pub(super) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let place = self.places.get(key)?;
        self.entries.get_mut(place).map(|(_, value)| value)
    }

    pub(super) fn contains(&self, key: &K) -> bool {
        self.places.contains_key(key)
    }

    pub(super) fn remove(&mut self, key: &K) -> Option<V> {
        let place = self.places.remove(key)?;
        self.shrink();
        self.entries.remove(&place).map(|(_, value)| value)
    }

    /// Hash maps keep the room that they once needed.
    fn shrink(&mut self) {
        if self.places.capacity() > 64 && self.places.capacity() / 8 > self.places.len() {
            self.places.shrink_to(self.places.len() * 2);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// All of them, the oldest first.
    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.values().map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_when_it_is_full() {
        let mut recent = Recent::new(2);
        assert_eq!(recent.insert(1, "a"), None);
        assert_eq!(recent.insert(2, "b"), None);
        assert_eq!(recent.insert(1, "c"), Some("a"));
        assert_eq!(recent.insert(3, "d"), Some("b"));
        assert_eq!(recent.values().copied().collect::<Vec<_>>(), ["c", "d"]);
        assert_eq!((recent.remove(&2), recent.remove(&1), recent.len()), (None, Some("c"), 1));
        assert_eq!(recent.get_mut(&3), Some(&mut "d"));
        assert!(recent.contains(&3) && !recent.contains(&1));
    }

    #[test]
    fn room_is_given_back() {
        let mut recent = Recent::new(10_000);
        for key in 0..10_000 {
            recent.insert(key, ());
        }
        for key in 1..10_000 {
            recent.remove(&key);
        }
        assert!(recent.places.capacity() <= 64, "{}", recent.places.capacity());
        assert!(recent.contains(&0));
    }
}
