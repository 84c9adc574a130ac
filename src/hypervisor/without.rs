//! What stands for a capability that a hypervisor does not have: nothing can be asked of it.

use std::path::Path;

use tokio::io::{AsyncRead, AsyncWrite};
use virtwire_protocol::flags::DomainStatsKinds;
use virtwire_protocol::params::TypedParams;

use super::{
    Change, Changes, Consoles, DomainInfo, DomainState, InterfaceInfo, Interfaces, Metadata, Migrating,
    NetworkInfo, Networks, Node, NodeDeviceInfo, NodeDevices, OpenConsole, Place, PoolInfo, Result, Revert,
    Save, Saving, SecretInfo, Secrets, SnapshotInfo, Snapshots, Stats, Storage, Tuned, Tuning, Uuid,
    VolumeInfo,
};
use crate::server::Stream;

/// What a hypervisor has no value of.
pub(super) enum Without {}

impl Consoles for Without {
    async fn open_console(&self, _: Uuid, _: OpenConsole, _: Stream) -> Result<()> {
        match *self {}
    }
}

impl Changes for Without {
    async fn metadata(&self, _: Uuid, _: &Metadata, _: bool) -> Result<Option<String>> {
        match *self {}
    }

    async fn change(&self, _: Uuid, _: Change, _: Place) -> Result<()> {
        match *self {}
    }

    async fn configured(&self, _: Uuid) -> Result<DomainInfo> {
        match *self {}
    }
}

impl Node for Without {}

impl Tuning for Without {
    async fn tuned(&self, _: Uuid, _: Tuned, _: bool) -> Result<TypedParams> {
        match *self {}
    }

    async fn tune(&self, _: Uuid, _: Tuned, _: TypedParams, _: Place) -> Result<()> {
        match *self {}
    }
}

impl Migrating for Without {
    async fn expect(&self, _: String, _: Option<String>) -> Result<DomainInfo> {
        match *self {}
    }

    async fn send(&self, _: Uuid, _: &mut (dyn AsyncWrite + Send + Unpin)) -> Result<()> {
        match *self {}
    }

    async fn receive(&self, _: Uuid, _: &mut (dyn AsyncRead + Send + Unpin)) -> Result<()> {
        match *self {}
    }

    async fn turn(&self, _: Uuid, _: DomainState) -> Result<()> {
        match *self {}
    }
}

impl Snapshots for Without {
    async fn snapshots(&self, _: Uuid) -> Result<Vec<SnapshotInfo>> {
        match *self {}
    }

    async fn snapshot_xml(&self, _: Uuid, _: &str) -> Result<String> {
        match *self {}
    }

    async fn create_snapshot(&self, _: Uuid, _: String) -> Result<SnapshotInfo> {
        match *self {}
    }

    async fn revert(&self, _: Uuid, _: &str, _: Revert) -> Result<()> {
        match *self {}
    }

    async fn delete_snapshot(&self, _: Uuid, _: &str) -> Result<()> {
        match *self {}
    }
}

impl Networks for Without {
    async fn networks(&self) -> Result<Vec<NetworkInfo>> {
        match *self {}
    }

    async fn network_xml(&self, _: Uuid, _: bool) -> Result<String> {
        match *self {}
    }
}

impl Interfaces for Without {
    async fn interfaces(&self) -> Result<Vec<InterfaceInfo>> {
        match *self {}
    }

    async fn interface_xml(&self, _: &str, _: bool) -> Result<String> {
        match *self {}
    }
}

impl Storage for Without {
    async fn pools(&self) -> Result<Vec<PoolInfo>> {
        match *self {}
    }

    async fn pool_xml(&self, _: Uuid, _: bool) -> Result<String> {
        match *self {}
    }

    async fn volumes(&self, _: Uuid) -> Result<Vec<VolumeInfo>> {
        match *self {}
    }

    async fn volume_xml(&self, _: Uuid, _: &str) -> Result<String> {
        match *self {}
    }
}

impl Secrets for Without {
    async fn secrets(&self) -> Result<Vec<SecretInfo>> {
        match *self {}
    }

    async fn secret_xml(&self, _: Uuid) -> Result<String> {
        match *self {}
    }
}

impl NodeDevices for Without {
    async fn node_devices(&self) -> Result<Vec<NodeDeviceInfo>> {
        match *self {}
    }

    async fn node_device_xml(&self, _: &str, _: bool) -> Result<String> {
        match *self {}
    }
}

impl Saving for Without {
    async fn save(&self, _: Uuid, _: &Path, _: Save) -> Result<()> {
        match *self {}
    }

    async fn restore(&self, _: &Path, _: Save) -> Result<()> {
        match *self {}
    }

    async fn saved_xml(&self, _: &Path) -> Result<String> {
        match *self {}
    }

    async fn set_saved(&self, _: &Path, _: Save) -> Result<()> {
        match *self {}
    }
}

impl Stats for Without {
    fn kinds(&self) -> DomainStatsKinds {
        match *self {}
    }

    async fn stats(&self, _: Uuid, _: DomainStatsKinds) -> Result<TypedParams> {
        match *self {}
    }
}
