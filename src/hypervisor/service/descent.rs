//! How snapshots descend from each other, and which of them a list has.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use virtwire_protocol::flags::SnapshotListFlags;

use super::super::SnapshotInfo;
use super::list::passes;

/// Lists: the roots alone, or of children all descendants.
pub(super) const ROOTS_OR_DESCENDANTS: u32 = SnapshotListFlags::ROOTS.bits();
const METADATA: u32 = SnapshotListFlags::METADATA.bits();
const LEAVES: u32 = SnapshotListFlags::LEAVES.bits();
const NO_LEAVES: u32 = SnapshotListFlags::NO_LEAVES.bits();
const NO_METADATA: u32 = SnapshotListFlags::NO_METADATA.bits();
const INACTIVE: u32 = SnapshotListFlags::INACTIVE.bits();
const ACTIVE: u32 = SnapshotListFlags::ACTIVE.bits();
const DISK_ONLY: u32 = SnapshotListFlags::DISK_ONLY.bits();
const INTERNAL: u32 = SnapshotListFlags::INTERNAL.bits();
const EXTERNAL: u32 = SnapshotListFlags::EXTERNAL.bits();
/// With the wish for parents before their children, which is the order here in any case.
pub(super) const FILTERS: u32 = 0x7ff;

/// Parents before their children. What descends from nothing that is there is at the end.
pub(super) fn by_descent(all: Vec<SnapshotInfo>) -> Vec<SnapshotInfo> {
    let mut children: BTreeMap<Option<String>, Vec<SnapshotInfo>> = BTreeMap::new();
    for one in all {
        children.entry(one.parent.clone()).or_default().push(one);
    }
    let mut sorted = children.remove(&None).unwrap_or_default();
    let mut next = 0;
    while let Some(one) = sorted.get(next) {
        let below = children.remove(&Some(one.name.clone()));
        sorted.extend(below.into_iter().flatten());
        next += 1;
    }
    sorted.extend(children.into_values().flatten());
    sorted
}

/// All that descend from one, of a list with parents before their children.
pub(super) fn descendants<'a>(name: &'a str, all: &'a [SnapshotInfo]) -> Vec<&'a SnapshotInfo> {
    let mut names = BTreeSet::from([name]);
    let mut is_below = |one: &&'a SnapshotInfo| {
        let is = one.parent.as_deref().is_some_and(|parent| names.contains(parent));
        if is {
            names.insert(&one.name);
        }
        is
    };
    all.iter().filter(|one| is_below(one)).collect()
}

/// Those of some that pass every group of filters, of those that do not say where one stands.
pub(super) fn admitted<'a>(
    flags: u32,
    some: impl Iterator<Item = &'a SnapshotInfo>,
    all: &[SnapshotInfo],
) -> Vec<SnapshotInfo> {
    let parents: HashSet<&str> = all.iter().filter_map(|one| one.parent.as_deref()).collect();
    let passes = |one: &&SnapshotInfo| {
        let is_leaf = !parents.contains(one.name.as_str());
        let groups: [&[(u32, bool)]; 4] = [
            &[(METADATA, true), (NO_METADATA, false)],
            &[(LEAVES, is_leaf), (NO_LEAVES, !is_leaf)],
            &[(INACTIVE, !one.active), (ACTIVE, one.active), (DISK_ONLY, false)],
            &[(INTERNAL, true), (EXTERNAL, false)],
        ];
        passes(flags, &groups)
    };
    some.filter(passes).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str, parent: &str, active: bool) -> SnapshotInfo {
        let parent = Some(parent.to_owned()).filter(|parent| !parent.is_empty());
        SnapshotInfo { parent, active, ..SnapshotInfo::new(name) }
    }

    fn names(all: &[SnapshotInfo]) -> String {
        all.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn parents_come_before_children_and_a_loop_ends_nothing() {
        let all = vec![one("c", "b", true), one("b", "a", true), one("d", "a", false), one("a", "", false)];
        let sorted = by_descent(all);
        assert_eq!(names(&sorted), "a b d c");
        let below = |name: &str| descendants(name, &sorted).into_iter().cloned().collect::<Vec<_>>();
        assert_eq!(names(&below("a")), "b d c");
        assert_eq!(names(&below("b")), "c");
        assert_eq!(names(&below("c")), "");
        let looped = by_descent(vec![one("x", "y", true), one("y", "x", true), one("z", "", true)]);
        assert_eq!(names(&looped), "z y x");
    }

    #[test]
    fn one_passes_every_group_that_asks() {
        let all = by_descent(vec![one("a", "", false), one("b", "a", true)]);
        for (flags, expected) in [
            (0, "a b"),
            (METADATA, "a b"),
            (NO_METADATA, ""),
            (LEAVES, "b"),
            (NO_LEAVES, "a"),
            (LEAVES | NO_LEAVES, "a b"),
            (ACTIVE, "b"),
            (INACTIVE | LEAVES, ""),
            (DISK_ONLY, ""),
            (INTERNAL, "a b"),
            (EXTERNAL, ""),
        ] {
            assert_eq!(names(&admitted(flags, all.iter(), &all)), expected, "{flags}");
        }
    }
}
