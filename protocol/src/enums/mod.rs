//! libvirt's enumerations in calls and replies, which keep the numbers that they have no word for. Those in events are in
//! [`event::detail`](crate::event::detail).

mod domain;
mod state;
mod storage;

pub use domain::{
    AddressFamily, AddressSource, ControlErrorReason, ControlState, CpuComparison, DiskError, DumpFormat,
    JobKind, JobOperation, KeyCodes, LifecycleAction, LifecycleKind, MemoryStat, SuspendTarget, VcpuState,
};
pub use state::{
    CrashedReason, DomainState, DomainStateKind, PausedReason, RunningReason, ShutdownReason, ShutoffReason,
};
pub use storage::{
    NetworkSection, NetworkUpdateCommand, SecretUsage, StoragePoolState, StorageVolKind, WipeAlgorithm,
};

/// What libvirt calls it, what its constants begin with, and its words.
#[cfg(test)]
pub(crate) type Enumeration = (&'static str, &'static str, &'static [(&'static str, i32)]);

/// All of them.
#[cfg(test)]
pub(crate) const ALL: [&[Enumeration]; 3] = [domain::ALL, state::ALL, storage::ALL];

/// Each word of an enumeration is that of libvirt's constant with its prefix; those of newer releases than the facts are
/// named.
#[cfg(test)]
fn check(all: &[Enumeration], newer: &[&str]) {
    let facts: serde_json::Value =
        serde_json::from_str(include_str!("../../../tests/fixtures/facts/constants.json")).unwrap();
    let mut absent = Vec::new();
    for (enumeration, prefix, words) in all {
        for (word, number) in *words {
            let name = format!("{prefix}{}", word.to_uppercase().replace('-', "_"));
            match facts["constants"][&name].as_i64() {
                Some(known) => assert_eq!(known, i64::from(*number), "{enumeration}: {name}"),
                None => absent.push(name),
            }
        }
    }
    assert_eq!(absent, newer);
}
