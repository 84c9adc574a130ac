//! What an embedder writes: literals that start from a `new` or a `Default`, so that a field more breaks none of them.

use virtwire::client::Backoff;
use virtwire::hypervisor::{
    InterfaceInfo, Job, JobOperation, MigrationSettings, MigrationSupport, NetworkInfo, NodeDeviceInfo,
    NodeInfo, OpenConsole, PoolInfo, Revert, Save, SecretInfo, SecretUsage, SnapshotInfo, Standing,
    StartOptions, StorageVolKind, Uuid, VolumeInfo,
};

/// That it compiles is what counts.
#[test]
fn what_an_embedder_writes_starts_from_something() {
    let uuid = Uuid([1; 16]);
    let standing = Standing { active: true, ..Standing::default() };
    let pool = PoolInfo { standing, ..PoolInfo::new("images", uuid) };
    assert_eq!((pool.kind.as_str(), pool.capacity), ("dir", 0));
    let volume = VolumeInfo { kind: StorageVolKind::Block, ..VolumeInfo::new("disk", "/dev/vg/disk") };
    assert_eq!((volume.key.as_str(), volume.path.as_str()), ("/dev/vg/disk", "/dev/vg/disk"));
    let network = NetworkInfo { bridge: Some("br0".to_owned()), ..NetworkInfo::new("lan", uuid) };
    assert_eq!(network.standing, Standing::default());
    let interface = InterfaceInfo { active: true, ..InterfaceInfo::new("eth0") };
    assert_eq!(interface.mac, None);
    let device = NodeDeviceInfo { parent: Some("computer".to_owned()), ..NodeDeviceInfo::new("net_eth0") };
    assert!(device.standing.active && device.capabilities.is_empty());
    let secret = SecretInfo { usage: SecretUsage::Ceph, ..SecretInfo::new(uuid) };
    assert!(!secret.private && !secret.ephemeral && secret.usage_id.is_empty());
    let snapshot = SnapshotInfo { active: true, ..SnapshotInfo::new("before") };
    assert_eq!(snapshot.parent, None);

    let settings = MigrationSettings { ports: 0..=0, ..MigrationSettings::default() };
    assert_eq!(settings.host, None);
    let support = MigrationSupport { direct: true, ..MigrationSupport::ALL };
    assert!(support.v3_params);
    let job = Job { memory_processed: 1, ..Job::begun(JobOperation::Save, 2) };
    assert_eq!(job.memory_total, 2);
    assert_ne!(NodeInfo { mhz: 1, ..NodeInfo::of_this_machine() }.cpus, 0);
    let backoff = Backoff { first: std::time::Duration::ZERO, ..Backoff::default() };
    assert_eq!(backoff.longest.as_secs(), 30);

    let console = OpenConsole { force: true, ..OpenConsole::default() };
    assert_eq!(console.device, None);
    let save = Save { runs: Some(true), ..Save::default() };
    assert_eq!(save.xml, None);
    assert_ne!((Revert { runs: Some(true), ..Revert::default() }).runs, Revert::default().runs);
    assert_ne!((StartOptions { paused: true }).paused, StartOptions::default().paused);
}
