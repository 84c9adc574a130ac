//! What stands for a capability that a hypervisor does not have: nothing can be asked of it.

use std::path::Path;

use tokio::io::{AsyncRead, AsyncWrite};
use virtwire_protocol::flags::DomainStatsKinds;
use virtwire_protocol::params::TypedParams;

use super::{
    Change, Changes, Consoles, DomainInfo, DomainState, Handshakes, InterfaceInfo, Interfaces, Jobs,
    Metadata, Migrating, NetworkInfo, Networks, Node, NodeDeviceInfo, NodeDevices, OpenConsole, Place,
    PoolInfo, Result, Revert, Save, Saving, SecretInfo, Secrets, SnapshotInfo, Snapshots, Stats, Storage,
    Tuned, Tuning, Uuid, VolumeInfo,
};
use crate::server::Stream;

/// What a hypervisor has no value of.
pub(super) enum Without {}

/// Refuses whatever it is asked, as the traits' defaults do: each by the name of what the client has asked for.
pub(super) struct Refuses;

impl Handshakes for Refuses {}

impl Jobs for Refuses {}

/// Verbs that cannot be asked, a trait at a time.
macro_rules! without {
    ($($of:ident { $($verb:ident($($argument:ty),*) -> $answer:ty;)* })*) => {
        $(impl $of for Without {
            $(async fn $verb(&self, $(_: $argument),*) -> Result<$answer> {
                match *self {}
            })*
        })*
    };
}

without! {
    Consoles {
        open_console(Uuid, OpenConsole, Stream) -> ();
    }
    Changes {
        metadata(Uuid, &Metadata, bool) -> Option<String>;
        change(Uuid, Change, Place) -> ();
        configured(Uuid) -> DomainInfo;
    }
    Node {}
    Tuning {
        tuned(Uuid, Tuned, bool) -> TypedParams;
        tune(Uuid, Tuned, TypedParams, Place) -> ();
    }
    Migrating {
        expect(String, Option<String>) -> DomainInfo;
        send(Uuid, &mut (dyn AsyncWrite + Send + Unpin)) -> ();
        receive(Uuid, &mut (dyn AsyncRead + Send + Unpin)) -> ();
        turn(Uuid, DomainState) -> ();
    }
    Snapshots {
        snapshots(Uuid) -> Vec<SnapshotInfo>;
        snapshot_xml(Uuid, &str) -> String;
        create_snapshot(Uuid, String) -> SnapshotInfo;
        revert(Uuid, &str, Revert) -> ();
        delete_snapshot(Uuid, &str) -> ();
    }
    Networks {
        networks() -> Vec<NetworkInfo>;
        network_xml(Uuid, bool) -> String;
    }
    Interfaces {
        interfaces() -> Vec<InterfaceInfo>;
        interface_xml(&str, bool) -> String;
    }
    Storage {
        pools() -> Vec<PoolInfo>;
        pool_xml(Uuid, bool) -> String;
        volumes(Uuid) -> Vec<VolumeInfo>;
        volume_xml(Uuid, &str) -> String;
    }
    Secrets {
        secrets() -> Vec<SecretInfo>;
        secret_xml(Uuid) -> String;
    }
    NodeDevices {
        node_devices() -> Vec<NodeDeviceInfo>;
        node_device_xml(&str, bool) -> String;
    }
    Saving {
        save(Uuid, &Path, Save) -> ();
        restore(&Path, Save) -> ();
        saved_xml(&Path) -> String;
        set_saved(&Path, Save) -> ();
    }
}

// One of its verbs does not wait.
impl Stats for Without {
    fn kinds(&self) -> DomainStatsKinds {
        match *self {}
    }

    async fn stats(&self, _: Uuid, _: DomainStatsKinds) -> Result<TypedParams> {
        match *self {}
    }
}
