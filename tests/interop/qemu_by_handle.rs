//! A domain of QEMU by its handle: limits, disks, snapshots, statistics, its monitor; what python-libvirt and virsh see is what we see.

use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::runtime::Builder;
use virtwire::client::{Connection, StorageVol};
use virtwire::protocol::enums::{ControlState, DomainState, JobKind, PausedReason};
use virtwire::protocol::error::ErrorCode;
use virtwire::protocol::flags::*;
use virtwire::protocol::params::TypedParams;
use virtwire::protocol::remote::TypedParamValue;

use crate::lab::Libvirtd;
use crate::need::need;
use crate::peers::{python, virsh};

/// Every name and value of every domain, a line each.
const STATS: &str = "
connection = libvirt.open(sys.argv[1])
for domain, stats in connection.getAllDomainStats(int(sys.argv[2])):
    for name in sorted(stats):
        print(domain.name(), name, stats[name])
";

#[test]
fn a_guest_of_qemu_does_what_its_handle_says() {
    need!(Libvirtd, Namespaces, Qemu, Virsh, Python);
    let daemon = Libvirtd::start();
    let uri = daemon.uri("qemu", "/system");
    Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(async {
        let connection = Connection::open(&uri).await.unwrap();
        let disk = disk(&connection, &daemon).await;
        let xml = GUEST.replace("DISK", &disk.path().await.unwrap().to_string());
        let guest = connection.define_domain_with(&xml, DefineFlags::VALIDATE).await.unwrap();

        let config = AffectFlags::CONFIG;
        let limits = TypedParams::new().with("hard_limit", 1_000_000_u64).unwrap();
        guest.set_memory_parameters(limits, config).await.unwrap();
        assert_eq!(guest.memory_parameters(config).await.unwrap().u64("hard_limit"), Some(1_000_000));
        let slow = TypedParams::new().with("total_bytes_sec", 1_000_000_u64).unwrap();
        let slow = slow.with("group_name", "slow").unwrap();
        guest.set_block_io_tune("vda", slow, config).await.unwrap();
        let tuned = guest.block_io_tune("vda", config).await.unwrap();
        // A string is told only to who can take strings.
        assert_eq!((tuned.u64("total_bytes_sec"), tuned.str("group_name")), (Some(1_000_000), Some("slow")));
        let shares = TypedParams::new().with("cpu_shares", 512_u64).unwrap();
        guest.set_scheduler_parameters(shares, config).await.unwrap();
        assert_eq!(guest.scheduler_parameters(config).await.unwrap().u64("cpu_shares"), Some(512));
        let size = guest.block_info("vda").await.unwrap();
        assert_eq!(size.capacity, 16 << 20);
        assert!(guest.xml(DomainXmlFlags::INACTIVE).await.unwrap().to_string().contains("<hard_limit"));

        // Back to where no limit needs a host that could hold it.
        assert_eq!(connection.define_domain(&xml).await.unwrap().wire(), guest.wire());
        // Nothing of a guest that is off changes by itself.
        stats_are_pythons(&connection, &uri).await;

        let xml = "<domainsnapshot><name>before</name></domainsnapshot>";
        let before = guest.create_snapshot(xml, SnapshotCreateFlags::NONE).await.unwrap();
        assert_eq!(virsh(&uri, &["snapshot-list", "guest", "--name"]).trim(), "before");
        let inside = SnapshotListFlags::INTERNAL | SnapshotListFlags::INACTIVE;
        assert_eq!(guest.snapshots(inside).await.unwrap()[0].wire(), before.wire());
        before.revert(SnapshotRevertFlags::NONE).await.unwrap();
        let left = guest.undefine().await.unwrap_err();
        assert_eq!(left.remote().unwrap().code, ErrorCode::OPERATION_INVALID, "{left}");
        before.delete(SnapshotDeleteFlags::NONE).await.unwrap();
        assert!(guest.current_snapshot().await.unwrap().is_none());

        let running = guest.start_with(DomainStartFlags::PAUSED).await.unwrap();
        assert_eq!(running.state().await.unwrap(), DomainState::Paused(PausedReason::User));
        let answer = running.qemu_monitor(r#"{"execute":"query-status"}"#).await.unwrap().to_string();
        assert!(answer.contains(r#""running":false"#), "{answer}");
        assert!(running.qemu_monitor_line("info status").await.unwrap().to_string().contains("paused"));
        assert_eq!(running.control().await.unwrap().state, ControlState::Ok);
        let stats = running.stats(DomainStatsKinds::STATE | DomainStatsKinds::BLOCK).await.unwrap();
        assert_eq!((stats.i32("state.state"), stats.u32("block.count")), (Some(3), Some(1)));
        let vda = &stats.numbered("block")[&0];
        assert_eq!((vda.str("name"), vda.u64("capacity")), (Some("vda"), Some(16 << 20)));
        assert_eq!(running.block_stats("vda").await.unwrap().errs, -1);
        assert!(running.block_stats_params("vda").await.unwrap().u64("rd_bytes").is_some());
        assert!(running.disk_errors().await.unwrap().is_empty());
        assert!(running.block_job("vda", BlockJobFlags::NONE).await.unwrap().is_none());
        assert_eq!(running.job_stats(JobStatsFlags::NONE).await.unwrap().kind, JobKind::None);
        let saved = running.job_stats(JobStatsFlags::COMPLETED).await.unwrap();
        assert_eq!((saved.kind, saved.operation()), (JobKind::None, None));
        running.set_migrate_max_downtime(Duration::from_millis(150)).await.unwrap();
        assert_eq!(running.migrate_max_downtime().await.unwrap(), Duration::from_millis(150));
        assert_eq!(running.peek_memory(0, 16, MemoryPeekFlags::PHYSICAL).await.unwrap().len(), 16);

        let (kind, mut picture) = running.screenshot(0).await.unwrap();
        let mut bytes = Vec::new();
        picture.read_to_end(&mut bytes).await.unwrap();
        picture.finish().await.unwrap();
        // PNG where QEMU is new enough.
        let beginning: &[u8] = if kind.unwrap() == "image/png" { b"\x89PNG" } else { b"P6" };
        assert!(bytes.starts_with(beginning), "{:?}", &bytes[..16]);

        running.managed_save(DomainSaveFlags::PAUSED).await.unwrap();
        assert!(guest.has_managed_save().await.unwrap() && !guest.is_active().await.unwrap());
        assert!(guest.managed_save_xml(SaveImageXmlFlags::NONE).await.unwrap().to_string().contains("guest"));
        guest.start().await.unwrap();
        assert!(!guest.has_managed_save().await.unwrap());
        guest.destroy_with(DomainDestroyFlags::GRACEFUL).await.unwrap();
        let all = DomainUndefineFlags::MANAGED_SAVE | DomainUndefineFlags::SNAPSHOTS_METADATA;
        guest.undefine_with(all).await.unwrap();
        assert!(connection.domains(ListDomainsFlags::NONE).await.unwrap().is_empty());
        let none = connection.domain_stats(&[], DomainStatsKinds::NONE, DomainStatsFlags::NONE);
        assert!(none.await.unwrap().is_empty());
    });
}

#[test]
fn the_host_tells_of_itself() {
    need!(Libvirtd, Namespaces, Qemu);
    let daemon = Libvirtd::start();
    Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(async {
        let connection = Connection::open(&daemon.uri("qemu", "/system")).await.unwrap();
        let memory = connection.node_memory_stats(None).await.unwrap();
        assert!(memory.iter().any(|(name, kib)| name == "total" && *kib > 0), "{memory:?}");
        assert!(connection.node_cpus_online().await.unwrap().contains(0));
        assert!(connection.max_vcpus(Some("qemu")).await.unwrap() > 0);
        assert!(connection.cpu_models("x86_64").await.unwrap().contains(&"qemu64".into()));
        let cpu = "<cpu><arch>x86_64</arch><model>no such</model></cpu>";
        assert!(connection.compare_cpu(cpu).await.is_err());
        let mine = "<cpu><arch>x86_64</arch><model>qemu64</model></cpu>";
        let common = connection.baseline_cpu(&[mine], BaselineCpuFlags::NONE).await.unwrap();
        assert!(common.to_string().contains("<model"), "{common}");
    });
}

/// All that we read of all domains is all that python-libvirt reads.
async fn stats_are_pythons(connection: &Connection, uri: &str) {
    // Not the time of CPUs, which goes on even then: QEMU's driver tells that of the daemon itself.
    let kinds = DomainStatsKinds::STATE
        | DomainStatsKinds::BALLOON
        | DomainStatsKinds::VCPU
        | DomainStatsKinds::INTERFACE
        | DomainStatsKinds::BLOCK;
    let mut ours = Vec::new();
    for stats in connection.all_domain_stats(kinds, DomainStatsFlags::NONE).await.unwrap() {
        let mut lines: Vec<_> = stats.params.iter().collect();
        lines.sort_by_key(|param| param.field.clone());
        for param in lines {
            let value = match &param.value {
                TypedParamValue::String(text) => text.to_string(),
                TypedParamValue::Boolean(truth) => if *truth == 0 { "False" } else { "True" }.to_owned(),
                number => number.to_string(),
            };
            ours.push(format!("{} {} {value}", stats.domain.name(), param.field));
        }
    }
    assert_eq!(ours, python(STATS, &[uri, &kinds.bits().to_string()]).lines().collect::<Vec<_>>());
    assert!(ours.iter().any(|line| line == "guest block.0.name vda"), "{ours:?}");
}

/// An image that can hold snapshots.
async fn disk(connection: &Connection, daemon: &Libvirtd) -> StorageVol {
    let path = daemon.directory().path().join("pool");
    let xml =
        format!("<pool type='dir'><name>lab</name><target><path>{}</path></target></pool>", path.display());
    let pool = connection.create_storage_pool(&xml, StoragePoolCreateFlags::WITH_BUILD).await.unwrap();
    let xml = "<volume><name>disk.qcow2</name><capacity unit='MiB'>16</capacity>\
        <target><format type='qcow2'/></target></volume>";
    pool.create_volume(xml, StorageVolCreateFlags::NONE).await.unwrap()
}

const GUEST: &str = "<domain type='qemu'>
  <name>guest</name>
  <uuid>5f2a8c1e-0000-4000-8000-000000000001</uuid>
  <memory unit='MiB'>64</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc-i440fx-5.2'>hvm</type></os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='DISK'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <video><model type='vga'/></video>
  </devices>
</domain>";
