//! Handles of a real libvirtd's objects: every family is made, changed, listed and removed, on its test driver where that has the family,
//! else on its qemu driver. Domains of QEMU are in `qemu_by_handle`.

use tokio::io::AsyncReadExt;
use tokio::runtime::{Builder, Runtime};
use virtwire::client::{Admin, CallError, Connection, CpuMap, Metadata, NetworkUpdate};
use virtwire::protocol::enums::{
    AddressFamily, AddressSource, DomainState, DomainStateKind, MemoryStat, NetworkSection,
    NetworkUpdateCommand, PausedReason, RunningReason, SecretUsage, ShutoffReason, StoragePoolState,
    StorageVolKind, VcpuState,
};
use virtwire::protocol::error::{ErrorCode, Fate};
use virtwire::protocol::flags::*;
use virtwire::protocol::params::TypedParams;
use virtwire::protocol::program::Release;

use crate::lab::Libvirtd;
use crate::need::need;
use crate::peers::{table, virsh};

#[test]
fn a_domain_lives_by_its_handle() {
    need!(Libvirtd, Namespaces, Virsh);
    let daemon = Libvirtd::start();
    let uri = daemon.uri("test", "/default");
    runtime().block_on(async {
        let connection = Connection::open(&uri).await.unwrap();
        let domain = connection.domain("test").await.unwrap();
        assert_eq!((domain.name().to_str(), domain.id()), (Ok("test"), Some(1)));
        assert_eq!(domain.uuid().to_string(), virsh(&uri, &["domuuid", "test"]).trim());
        assert_eq!(connection.domain_by_id(1).await.unwrap().uuid(), domain.uuid());
        assert_eq!(connection.domain_by_uuid(domain.uuid()).await.unwrap().wire(), domain.wire());

        let info = domain.info().await.unwrap();
        assert_eq!((info.state, info.vcpus), (DomainStateKind::Running, 2));
        assert_eq!((info.max_memory_kib, info.memory_kib), (8_388_608, 2_097_152));
        assert_eq!(domain.max_memory_kib().await.unwrap(), 8_388_608);
        domain.set_memory_kib(1_048_576).await.unwrap();
        assert_eq!(domain.info().await.unwrap().memory_kib, 1_048_576);
        let memory = domain.memory_stats().await.unwrap();
        assert_eq!(memory.get(MemoryStat::ActualBalloon), Some(1_048_576));
        assert_eq!(memory.iter().count(), 13);
        assert_eq!(domain.os_type().await.unwrap(), "linux");

        let vcpus = domain.vcpus().await.unwrap();
        assert_eq!(vcpus.iter().map(|vcpu| vcpu.number).collect::<Vec<_>>(), [0, 1]);
        assert!(vcpus.iter().all(|vcpu| vcpu.state == VcpuState::Running && vcpu.affinity.contains(0)));
        domain.pin_vcpu(1, &CpuMap::from_iter([0, 3])).await.unwrap();
        assert_eq!(domain.vcpus().await.unwrap()[1].affinity.to_string(), "0,3");
        assert_eq!(domain.vcpu_pins(AffectFlags::LIVE).await.unwrap()[1].to_string(), "0,3");
        assert_eq!(domain.vcpu_count(VcpuFlags::LIVE | VcpuFlags::MAXIMUM).await.unwrap(), 2);
        let [lease] = &domain.interface_addresses(AddressSource::Lease).await.unwrap()[..] else {
            panic!("one interface")
        };
        assert_eq!((lease.addrs[0].r#type, lease.addrs[0].prefix), (AddressFamily::Ipv4.into(), 24));

        // Each step as its own state and reason.
        domain.suspend().await.unwrap();
        assert_eq!(domain.state().await.unwrap(), DomainState::Paused(PausedReason::User));
        domain.resume().await.unwrap();
        assert_eq!(domain.state().await.unwrap(), DomainState::Running(RunningReason::Unpaused));
        domain.shutdown().await.unwrap();
        let off = domain.state().await.unwrap();
        assert_eq!(off, DomainState::Shutoff(ShutoffReason::Shutdown));
        let told = virsh(&uri, &["domstate", "test", "--reason"]);
        assert_eq!(told.trim(), "shut off (shutdown)");
        assert!(!domain.is_active().await.unwrap() && domain.is_persistent().await.unwrap());
        assert_eq!(domain.refresh().await.unwrap().id(), None);
        let again = domain.start_with(DomainStartFlags::NONE).await.unwrap();
        assert!(again.id().is_some());
        domain.destroy().await.unwrap();
        assert_eq!(domain.state().await.unwrap(), DomainState::Shutoff(ShutoffReason::Destroyed));

        let (title, live) = (Metadata::Title, AffectFlags::CONFIG);
        let refused = domain.metadata(title, live).await.unwrap_err();
        assert_eq!(refused.remote().unwrap().code, ErrorCode::NO_DOMAIN_METADATA);
        domain.set_metadata(title, Some("A title"), live).await.unwrap();
        assert_eq!(domain.metadata(title, live).await.unwrap(), "A title");
        let element = Metadata::Element { uri: "urn:a", prefix: "a" };
        domain.set_metadata(element, Some("<note/>"), live).await.unwrap();
        assert!(domain.metadata(element, live).await.unwrap().to_string().contains("<note/>"));

        let renamed = domain.rename("other").await.unwrap();
        assert_eq!((renamed.name().to_str(), renamed.uuid()), (Ok("other"), domain.uuid()));
        renamed.set_autostart(true).await.unwrap();
        assert!(renamed.autostart().await.unwrap());
        let listed = connection.domains(ListDomainsFlags::AUTOSTART).await.unwrap();
        assert_eq!(listed.iter().map(|domain| domain.wire()).collect::<Vec<_>>(), [renamed.wire()]);
        assert!(connection.domains(ListDomainsFlags::ACTIVE).await.unwrap().is_empty());
        renamed.undefine().await.unwrap();
        let gone = renamed.start().await.unwrap_err();
        assert_eq!((gone.remote().unwrap().code, gone.fate()), (ErrorCode::NO_DOMAIN, Fate::Failed));
    });
}

#[test]
fn snapshots_and_checkpoints_come_and_go() {
    need!(Libvirtd, Namespaces);
    let daemon = Libvirtd::start();
    runtime().block_on(async {
        let connection = Connection::open(&daemon.uri("test", "/default")).await.unwrap();
        let domain = connection.domain("test").await.unwrap();
        assert!(domain.current_snapshot().await.unwrap().is_none());
        for name in ["one", "two"] {
            let xml = format!("<domainsnapshot><name>{name}</name></domainsnapshot>");
            let snapshot = domain.create_snapshot(&xml, SnapshotCreateFlags::NONE).await.unwrap();
            assert_eq!(snapshot.name().to_str(), Ok(name));
        }
        let one = domain.snapshot("one").await.unwrap();
        let current = domain.current_snapshot().await.unwrap().unwrap();
        assert_eq!((current.name().to_str(), one.is_current().await.unwrap()), (Ok("two"), false));
        assert_eq!(current.parent().await.unwrap().wire(), one.wire());
        let orphan = one.parent().await.unwrap_err();
        assert_eq!(orphan.remote().unwrap().code, ErrorCode::NO_DOMAIN_SNAPSHOT);
        let names = |snapshots: Vec<virtwire::client::Snapshot>| {
            snapshots.iter().map(|snapshot| snapshot.name().to_string()).collect::<Vec<_>>()
        };
        let all = SnapshotListFlags::TOPOLOGICAL;
        assert_eq!(names(domain.snapshots(all).await.unwrap()), ["one", "two"]);
        assert_eq!(names(domain.snapshots(SnapshotListFlags::LEAVES).await.unwrap()), ["two"]);
        assert_eq!(names(one.children(SnapshotListFlags::NONE).await.unwrap()), ["two"]);
        assert!(one.xml(DomainXmlFlags::NONE).await.unwrap().to_string().contains("<name>one</name>"));
        assert!(one.has_metadata().await.unwrap());
        one.revert(SnapshotRevertFlags::PAUSED).await.unwrap();
        assert_eq!(domain.info().await.unwrap().state, DomainStateKind::Paused);
        one.delete(SnapshotDeleteFlags::CHILDREN).await.unwrap();
        assert!(domain.snapshots(SnapshotListFlags::NONE).await.unwrap().is_empty());

        let xml = "<domaincheckpoint><name>since</name></domaincheckpoint>";
        let checkpoint = domain.create_checkpoint(xml, CheckpointCreateFlags::NONE).await.unwrap();
        assert_eq!(domain.checkpoint("since").await.unwrap().wire(), checkpoint.wire());
        assert_eq!(domain.checkpoints(CheckpointListFlags::NONE).await.unwrap().len(), 1);
        let orphan = checkpoint.parent().await.unwrap_err();
        assert_eq!(orphan.remote().unwrap().code, ErrorCode::NO_DOMAIN_CHECKPOINT);
        assert!(checkpoint.children(CheckpointListFlags::NONE).await.unwrap().is_empty());
        let text = checkpoint.xml(CheckpointXmlFlags::NO_DOMAIN).await.unwrap().to_string();
        assert!(text.contains("<name>since</name>") && !text.contains("<uuid>"), "{text}");
        checkpoint.delete(CheckpointDeleteFlags::NONE).await.unwrap();
        assert!(domain.checkpoints(CheckpointListFlags::NONE).await.unwrap().is_empty());
    });
}

#[test]
fn networks_and_interfaces_are_made_changed_and_removed() {
    need!(Libvirtd, Namespaces, Virsh);
    let daemon = Libvirtd::start();
    let uri = daemon.uri("test", "/default");
    runtime().block_on(async {
        let connection = Connection::open(&uri).await.unwrap();
        let usual = connection.network("default").await.unwrap();
        assert_eq!(usual.uuid().to_string(), virsh(&uri, &["net-uuid", "default"]).trim());
        assert_eq!(usual.bridge_name().await.unwrap(), "virbr0");
        let xml = "<network><name>lab</name><bridge name='lab0'/>\
            <ip address='10.0.0.1' prefix='24'><dhcp><range start='10.0.0.2' end='10.0.0.9'/></dhcp></ip></network>";
        let lab = connection.define_network(xml).await.unwrap();
        assert!(!lab.is_active().await.unwrap() && lab.is_persistent().await.unwrap());
        let change = NetworkUpdate {
            command: NetworkUpdateCommand::AddLast,
            section: NetworkSection::IpDhcpHost,
            parent: -1,
            xml: "<host mac='52:54:00:00:00:01' ip='10.0.0.3'/>",
            affect: AffectFlags::CONFIG,
        };
        lab.update(change).await.unwrap();
        assert!(lab.xml(XmlFlags::NONE).await.unwrap().to_string().contains("52:54:00:00:00:01"));
        lab.start().await.unwrap();
        lab.set_autostart(true).await.unwrap();
        assert!(lab.autostart().await.unwrap());
        let chosen = ListNetworksFlags::ACTIVE | ListNetworksFlags::AUTOSTART;
        let listed = connection.networks(chosen).await.unwrap();
        assert_eq!(listed.iter().map(|network| network.wire()).collect::<Vec<_>>(), [lab.wire()]);
        lab.destroy().await.unwrap();
        lab.undefine().await.unwrap();
        let gone = connection.network_by_uuid(lab.uuid()).await.unwrap_err();
        assert_eq!(gone.remote().unwrap().code, ErrorCode::NO_NETWORK);
        assert_not_there(usual.dhcp_leases(None).await.map(drop));

        let eth1 = connection.interface("eth1").await.unwrap();
        assert_eq!(eth1.mac().to_str(), Ok("aa:bb:cc:dd:ee:ff"));
        assert_eq!(connection.interface_by_mac("aa:bb:cc:dd:ee:ff").await.unwrap().wire(), eth1.wire());
        connection.begin_interface_changes().await.unwrap();
        let xml = "<interface type='ethernet' name='eth9'><mac address='52:54:00:00:00:09'/></interface>";
        let eth9 = connection.define_interface(xml, DefineFlags::NONE).await.unwrap();
        eth9.start().await.unwrap();
        assert!(eth9.is_active().await.unwrap());
        assert_eq!(connection.interfaces(ListInterfacesFlags::ACTIVE).await.unwrap().len(), 2);
        eth9.destroy().await.unwrap();
        assert!(eth9.xml(XmlFlags::NONE).await.unwrap().to_string().contains("eth9"));
        eth9.undefine().await.unwrap();
        connection.roll_back_interface_changes().await.unwrap();
        assert_eq!(connection.interfaces(ListInterfacesFlags::NONE).await.unwrap().len(), 1);
    });
}

#[test]
fn devices_of_the_host_tell_what_they_are() {
    need!(Libvirtd, Namespaces, Virsh);
    let daemon = Libvirtd::start();
    let uri = daemon.uri("test", "/default");
    runtime().block_on(async {
        let connection = Connection::open(&uri).await.unwrap();
        let host = connection.node_device("computer").await.unwrap();
        assert_eq!(
            host.xml(XmlFlags::NONE).await.unwrap().to_string().trim(),
            virsh(&uri, &["nodedev-dumpxml", "computer"]).trim()
        );
        assert!(host.parent().await.unwrap().is_none());
        assert_eq!(host.capabilities().await.unwrap(), ["system"]);
        let all = connection.node_devices(ListNodeDevicesFlags::NONE).await.unwrap();
        assert!(all.iter().any(|device| device.wire() == host.wire()), "{all:?}");
        let systems = connection.node_devices(ListNodeDevicesFlags::CAP_SYSTEM).await.unwrap();
        assert_eq!(systems.iter().map(|device| device.wire()).collect::<Vec<_>>(), [host.wire()]);
        for device in &all {
            if device.wire() != host.wire() {
                assert!(device.parent().await.unwrap().is_some(), "{device:?}");
            }
        }
        let absent = connection.node_device("absent").await.unwrap_err();
        assert_eq!(absent.remote().unwrap().code, ErrorCode::NO_NODE_DEVICE);

        let node = connection.node_info().await.unwrap();
        assert_eq!((node.model.to_str(), node.cpus, node.memory_kib), (Ok("i686"), 16, 3_145_728));
        assert_eq!(connection.hostname().await.unwrap(), daemon.host_name());
        assert_eq!(connection.hypervisor_type().await.unwrap(), "TEST");
        let cpu: Vec<_> = connection.node_cpu_stats(None).await.unwrap();
        assert_eq!(
            cpu.iter().map(|(name, _)| name.to_string()).collect::<Vec<_>>(),
            ["user", "kernel", "idle", "iowait"]
        );
        assert!(connection.daemon_version().await.unwrap() >= Some(Release::new(7, 0, 0)));
        assert!(connection.capabilities().await.unwrap().to_string().starts_with("<capabilities>"));
    });
}

#[test]
fn volumes_are_made_copied_resized_and_deleted() {
    need!(Libvirtd, Namespaces, Qemu, Virsh);
    let daemon = Libvirtd::start();
    let uri = daemon.uri("qemu", "/system");
    runtime().block_on(async {
        let connection = Connection::open(&uri).await.unwrap();
        let path = daemon.directory().path().join("pool");
        let xml = format!(
            "<pool type='dir'><name>lab</name><target><path>{}</path></target></pool>",
            path.display()
        );
        let pool = connection.define_storage_pool(&xml, DefineFlags::NONE).await.unwrap();
        pool.build(StoragePoolBuildFlags::NONE).await.unwrap();
        assert_eq!(pool.info().await.unwrap().state, StoragePoolState::Inactive);
        pool.start(StoragePoolCreateFlags::NONE).await.unwrap();
        assert_eq!(pool.info().await.unwrap().state, StoragePoolState::Running);
        pool.set_autostart(true).await.unwrap();
        assert!(pool.autostart().await.unwrap() && pool.is_persistent().await.unwrap());
        let chosen = ListStoragePoolsFlags::DIR | ListStoragePoolsFlags::ACTIVE;
        assert_eq!(connection.storage_pools(chosen).await.unwrap()[0].wire(), pool.wire());
        let target = path.to_str().unwrap();
        assert_eq!(connection.storage_pool_by_target(target).await.unwrap().uuid(), pool.uuid());

        let xml = "<volume><name>a.raw</name><capacity unit='KiB'>64</capacity></volume>";
        let volume = pool.create_volume(xml, StorageVolCreateFlags::NONE).await.unwrap();
        let info = volume.info().await.unwrap();
        assert_eq!((info.kind, info.capacity), (StorageVolKind::File, 65_536));
        volume.resize(131_072, StorageVolResizeFlags::NONE).await.unwrap();
        let told = virsh(&uri, &["vol-info", "--bytes", "a.raw", "lab"]);
        assert!(table(&told).iter().any(|row| row[..] == ["Capacity:", "131072", "bytes"]), "{told}");
        let mut upload = volume.upload(0, 131_072, StorageVolStreamFlags::NONE).await.unwrap();
        upload.write_chunk(vec![7; 131_072].into()).await.unwrap();
        upload.finish().await.unwrap();
        let xml = "<volume><name>b.raw</name><capacity>131072</capacity></volume>";
        let copy = pool.clone_volume(xml, &volume, StorageVolCreateFlags::NONE).await.unwrap();
        assert_eq!(std::fs::read(path.join("b.raw")).unwrap(), [7; 131_072]);
        let mut download = copy.download(131_070, 0, StorageVolStreamFlags::NONE).await.unwrap();
        let mut end = Vec::new();
        download.read_to_end(&mut end).await.unwrap();
        download.finish().await.unwrap();
        assert_eq!(end, [7, 7]);
        copy.wipe().await.unwrap();
        assert_eq!(std::fs::read(path.join("b.raw")).unwrap(), [0; 131_072]);

        let found = connection.volume_by_path(&copy.path().await.unwrap().to_string()).await.unwrap();
        assert_eq!((found.wire(), found.pool().await.unwrap().uuid()), (copy.wire(), pool.uuid()));
        assert_eq!(connection.volume_by_key(&copy.key().to_string()).await.unwrap().wire(), copy.wire());
        let mut names: Vec<_> =
            pool.volumes().await.unwrap().iter().map(|vol| vol.name().to_string()).collect();
        names.sort();
        assert_eq!(names, ["a.raw", "b.raw"]);
        std::fs::write(path.join("c.raw"), b"by hand").unwrap();
        pool.refresh().await.unwrap();
        assert_eq!(pool.volume("c.raw").await.unwrap().info().await.unwrap().capacity, 7);
        for name in ["a.raw", "b.raw", "c.raw"] {
            pool.volume(name).await.unwrap().delete(StorageVolDeleteFlags::NONE).await.unwrap();
        }
        pool.destroy().await.unwrap();
        pool.delete(StoragePoolDeleteFlags::NONE).await.unwrap();
        pool.undefine().await.unwrap();
        assert!(connection.storage_pools(ListStoragePoolsFlags::NONE).await.unwrap().is_empty());
        assert!(!path.exists());
    });
}

#[test]
fn secrets_and_filters_are_kept() {
    need!(Libvirtd, Namespaces, Qemu, Virsh);
    let daemon = Libvirtd::start();
    let uri = daemon.uri("qemu", "/system");
    runtime().block_on(async {
        let connection = Connection::open(&uri).await.unwrap();
        let xml = "<secret ephemeral='no' private='no'><uuid>5f2a8c1e-0000-4000-8000-000000000009</uuid>\
            <usage type='ceph'><name>client.lab</name></usage></secret>";
        let secret = connection.define_secret(xml, DefineFlags::NONE).await.unwrap();
        assert_eq!((secret.usage(), secret.usage_id().to_str()), (SecretUsage::Ceph, Ok("client.lab")));
        let unset = secret.value().await.unwrap_err();
        assert_eq!(unset.remote().unwrap().code, ErrorCode::NO_SECRET);
        secret.set_value(b"\0open\xff").await.unwrap();
        assert_eq!(secret.value().await.unwrap(), b"\0open\xff");
        let found = connection.secret_by_usage(SecretUsage::Ceph, "client.lab").await.unwrap();
        assert_eq!(connection.secret(found.uuid()).await.unwrap().wire(), secret.wire());
        assert_eq!(connection.secrets(ListSecretsFlags::NO_PRIVATE).await.unwrap().len(), 1);
        assert!(connection.secrets(ListSecretsFlags::PRIVATE).await.unwrap().is_empty());
        assert_eq!(secret.xml().await.unwrap().to_string(), virsh(&uri, &["secret-dumpxml", &secret.uuid().to_string()]).trim_end().to_owned() + "\n");
        secret.undefine().await.unwrap();

        let xml = "<filter name='lab' chain='root'><rule action='drop' direction='in' priority='500'><mac/></rule></filter>";
        let filter = connection.define_nwfilter(xml).await.unwrap();
        assert_eq!(connection.nwfilter("lab").await.unwrap().wire(), filter.wire());
        assert_eq!(connection.nwfilter_by_uuid(filter.uuid()).await.unwrap().name(), filter.name());
        assert!(filter.xml().await.unwrap().to_string().contains("action='drop'"));
        assert!(connection.nwfilters().await.unwrap().iter().any(|known| known.wire() == filter.wire()));
        assert!(connection.nwfilter_bindings().await.unwrap().is_empty());
        filter.undefine().await.unwrap();
    });
}

#[test]
fn the_admin_socket_tells_of_clients_and_threads() {
    need!(Libvirtd, Namespaces);
    let daemon = Libvirtd::start();
    let socket = daemon.socket().with_file_name("libvirt-admin-sock");
    runtime().block_on(async {
        let client = Connection::open(&daemon.uri("test", "/default")).await.unwrap();
        let admin = Admin::open(&format!("libvirtd:///system?socket={}", socket.display())).await.unwrap();
        let mut names: Vec<_> =
            admin.servers().await.unwrap().iter().map(|server| server.name().to_string()).collect();
        names.sort();
        assert_eq!(names, ["admin", "libvirtd"]);
        let server = admin.server("libvirtd").await.unwrap();
        let threads = server.thread_pool().await.unwrap();
        assert_eq!((threads.u32("minWorkers"), threads.u32("maxWorkers")), (Some(5), Some(20)));
        server.set_thread_pool(TypedParams::new().with("maxWorkers", 30_u32).unwrap()).await.unwrap();
        assert_eq!(server.thread_pool().await.unwrap().u32("maxWorkers"), Some(30));
        let limits = TypedParams::new().with("nclients_max", 100_u32).unwrap();
        server.set_client_limits(limits).await.unwrap();
        let limits = server.client_limits().await.unwrap();
        assert_eq!((limits.u32("nclients_max"), limits.u32("nclients")), (Some(100), Some(1)));
        let [one] = &server.clients().await.unwrap()[..] else { panic!("one client") };
        let info = server.client(one.id()).await.unwrap().info().await.unwrap();
        assert_eq!(info.bool("readonly"), Some(false), "{info}");
        assert!(info.str("sock_addr").unwrap().starts_with("127."), "{info}");
        assert!(admin.logging_outputs().await.unwrap().to_string().contains("libvirtd.log"));
        admin.set_logging_filters(Some("4:rpc")).await.unwrap();
        assert_eq!(admin.logging_filters().await.unwrap().unwrap().to_string().trim(), "4:*rpc*");
        one.close().await.unwrap();
        client.closed().await;
        admin.close().await.unwrap();
    });
}

/// The driver has no such call.
#[track_caller]
fn assert_not_there(answer: Result<(), CallError>) {
    let error = answer.unwrap_err();
    assert_eq!((error.is_unsupported(), error.fate()), (true, Fate::DidNotRun), "{error}");
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}
