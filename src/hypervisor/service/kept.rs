//! What networks and storage pools have in common, and others in part: lists, filters, counts, and whether a client may know of one.

use virtwire_protocol::access::{Named, ObjectKind, Right};
use virtwire_protocol::flags::ListStoragePoolsFlags;
use virtwire_xdr::Text;

use super::super::networks::Standing;
use super::super::{NetworkInfo, PoolInfo, Result, Uuid, errors};
use super::clients::internal;
use super::list::{count, passes, yes_or_no};
use crate::server::CallContext;

/// A network or a storage pool.
pub(super) trait Kept {
    const KIND: ObjectKind;
    /// The bits by which lists can be of some kinds alone.
    const KINDS: u32 = 0;
    fn uuid(&self) -> Uuid;
    fn name(&self) -> &str;
    fn standing(&self) -> Standing;

    /// The bit by which lists can be of its kind alone; 0 where it has none.
    fn kind(&self) -> u32 {
        0
    }
}

impl Kept for NetworkInfo {
    const KIND: ObjectKind = ObjectKind::Network;

    fn uuid(&self) -> Uuid {
        self.uuid
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn standing(&self) -> Standing {
        self.standing
    }
}

/// The kinds of pools, as their documents call them, and their bits.
const POOL_KINDS: [(&str, ListStoragePoolsFlags); 14] = [
    ("dir", ListStoragePoolsFlags::DIR),
    ("fs", ListStoragePoolsFlags::FS),
    ("netfs", ListStoragePoolsFlags::NETFS),
    ("logical", ListStoragePoolsFlags::LOGICAL),
    ("disk", ListStoragePoolsFlags::DISK),
    ("iscsi", ListStoragePoolsFlags::ISCSI),
    ("scsi", ListStoragePoolsFlags::SCSI),
    ("mpath", ListStoragePoolsFlags::MPATH),
    ("rbd", ListStoragePoolsFlags::RBD),
    ("sheepdog", ListStoragePoolsFlags::SHEEPDOG),
    ("gluster", ListStoragePoolsFlags::GLUSTER),
    ("zfs", ListStoragePoolsFlags::ZFS),
    ("vstorage", ListStoragePoolsFlags::VSTORAGE),
    ("iscsi-direct", ListStoragePoolsFlags::ISCSI_DIRECT),
];

impl Kept for PoolInfo {
    const KIND: ObjectKind = ObjectKind::StoragePool;
    const KINDS: u32 = 0xf_ffc0;

    fn kind(&self) -> u32 {
        POOL_KINDS.iter().find(|(name, _)| *name == self.kind).map_or(0, |(_, bit)| bit.bits())
    }

    fn uuid(&self) -> Uuid {
        self.uuid
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn standing(&self) -> Standing {
        self.standing
    }
}

/// Whether the client may know that it is there.
pub(super) fn may_see<K: Kept>(cx: &CallContext, one: &K) -> bool {
    cx.allows(Right::of(K::KIND, "getattr"), one.uuid().0, one.name()).is_ok()
}

/// The same of what has a name and no UUID.
pub(super) fn may_see_named(cx: &CallContext, kind: ObjectKind, name: &str) -> bool {
    let mut object = Named::default();
    object.name = Some(name.into());
    cx.allows_named(Right::of(kind, "getattr"), &object).is_ok()
}

/// The names of those that are active, or that are not; no more than there is room for.
pub(super) fn names<K: Kept>(all: &[K], active: bool, maxnames: i32) -> Result<Vec<Text>> {
    let most = count("maxnames", maxnames)?;
    let those = all.iter().filter(|one| one.standing().active == active);
    Ok(those.map(|one| one.name().into()).take(most).collect())
}

/// How many those are.
pub(super) fn number<K: Kept>(all: &[K], active: bool) -> i32 {
    i32::try_from(all.iter().filter(|one| one.standing().active == active).count()).unwrap_or(i32::MAX)
}

/// The filters that both have: inactive, active, persistent, transient, to be started with the daemon, not to be.
const FILTERS: u32 = 0x3f;

/// Those that pass the filters, on the wire, and how many they are.
pub(super) fn listed<K: Kept, W>(
    mut all: Vec<K>,
    need_results: i32,
    flags: u32,
    function: &str,
    most: u32,
    wire: impl Fn(&K) -> W,
) -> Result<(Vec<W>, u32)> {
    errors::check_flags(flags, (FILTERS | K::KINDS).into(), function)?;
    let kinds = flags & K::KINDS;
    all.retain(|one| admits(flags, one.standing()) && (kinds == 0 || kinds & one.kind() != 0));
    in_reply(&all, need_results, most, wire)
}

/// All of these, on the wire, where they are wanted, and how many they are.
pub(super) fn in_reply<T, W>(
    all: &[T],
    need_results: i32,
    most: u32,
    wire: impl Fn(&T) -> W,
) -> Result<(Vec<W>, u32)> {
    let ret = u32::try_from(all.len()).ok().filter(|count| *count <= most);
    let ret = ret.ok_or_else(|| internal(format!("Too many objects '{}' for limit '{most}'", all.len())))?;
    Ok((if need_results != 0 { all.iter().map(wire).collect() } else { Vec::new() }, ret))
}

/// Whether one passes every group of filters.
fn admits(flags: u32, standing: Standing) -> bool {
    let Standing { active, persistent, autostart } = standing;
    passes(flags, &[&yes_or_no(1, !active), &yes_or_no(4, persistent), &yes_or_no(16, autostart)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_passes_every_group_that_asks() {
        let off = Standing::default();
        let runs = Standing { active: true, persistent: false, autostart: true };
        for (flags, expected) in [
            (0, [true, true]),
            (1, [true, false]),
            (2, [false, true]),
            (3, [true, true]),
            (4, [true, false]),
            (8 | 2, [false, true]),
            (16, [false, true]),
            (32 | 1, [true, false]),
            (32 | 2, [false, false]),
        ] {
            assert_eq!([admits(flags, off), admits(flags, runs)], expected, "{flags}");
        }
    }
}
