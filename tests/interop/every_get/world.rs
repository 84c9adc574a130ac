//! A libvirtd with one of everything that can be looked at.

use std::fs;
use std::os::unix::net::UnixStream;

use tokio::runtime::{Builder, Runtime};
use virtwire::client::Connection;
use virtwire::protocol::program::{Procedure, Release};
use virtwire::protocol::{admin, remote::*};
use virtwire::xdr::{self, Text};

use super::Driver;
use crate::lab::{Libvirtd, Setup};
use crate::wire::{Frame, OK, RawClient};

/// The host's end of the guest's network device.
pub(super) const TAP: &str = "vwtap0";
/// What every CPU of the architecture can do.
pub(super) const CPU: &str = "<cpu><arch>x86_64</arch><model>qemu64</model></cpu>";

/// Of the releases at hand, the first that makes backups with the QEMU of its time.
pub(super) const BACKUP: Release = Release::new(9, 0, 0);

/// The daemon, a client at each of its drivers, and what was made there.
pub(super) struct World {
    clients: Vec<(Driver, RawClient<UnixStream>)>,
    release: Release,
    pub(super) made: Made,
    pub(super) server: admin::Server,
    pub(super) client: admin::Client,
    // The test driver forgets everything with its last connection.
    _connections: [Connection; 2],
    _runtime: Runtime,
    daemon: Libvirtd,
}

/// One of everything.
pub(super) struct Made {
    /// A guest of QEMU that runs, with a disk, a network device, a thread for the disk and a backup in progress.
    pub(super) guest: Domain,
    /// One that does not run, and whose memory is kept.
    pub(super) kept: Domain,
    /// A guest of the test driver, its first snapshot, and the first checkpoint of another; each has a child.
    pub(super) test_guest: Domain,
    pub(super) snapshot: DomainSnapshot,
    pub(super) snapshot_child: DomainSnapshot,
    pub(super) checkpoint: DomainCheckpoint,
    pub(super) checkpoint_child: DomainCheckpoint,
    /// The guest's network, its port there, and the filter before it.
    pub(super) network: Network,
    pub(super) port: NetworkPort,
    pub(super) filter: Nwfilter,
    /// The guest's disk.
    pub(super) pool: StoragePool,
    pub(super) volume: StorageVol,
    pub(super) secret: Secret,
    /// Of the test driver.
    pub(super) interface: Interface,
}

impl World {
    pub(super) fn new() -> World {
        let daemon = Setup::new().own_network().start();
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let (connections, release, made) = runtime.block_on(async {
            let qemu = Connection::open(&daemon.unix_uri("qemu", "/system")).await.unwrap();
            let test = Connection::open(&daemon.unix_uri("test", "/default")).await.unwrap();
            let release =
                Release::from_packed(qemu.connect_get_lib_version().await.unwrap().lib_ver).unwrap();
            let made = make(&daemon, release, &qemu, &test).await;
            ([qemu, test], release, made)
        });
        let mut clients = Vec::new();
        for (driver, name) in [(Driver::Qemu, "qemu:///system"), (Driver::Test, "test:///default")] {
            let mut client = RawClient::connect_unix(&daemon.socket());
            ask::<AuthList>(&mut client, &AuthList {});
            ask::<ConnectOpen>(&mut client, &ConnectOpen { name: Some(name.into()), flags: 0 });
            clients.push((driver, client));
        }
        let mut administrator = RawClient::connect_unix(&daemon.admin_socket());
        ask(&mut administrator, &admin::ConnectOpen { flags: 0 });
        let servers =
            ask(&mut administrator, &admin::ConnectListServers { need_results: 1, flags: 0 }).servers;
        let server = servers.into_iter().find(|server| server.name == "libvirtd").unwrap();
        let all = admin::ServerListClients { srv: server.clone(), need_results: 1, flags: 0 };
        let client = ask(&mut administrator, &all).clients.swap_remove(0);
        clients.push((Driver::Admin, administrator));
        World { clients, release, made, server, client, _connections: connections, _runtime: runtime, daemon }
    }

    pub(super) fn release(&self) -> Release {
        self.release
    }

    pub(super) fn client(&mut self, driver: Driver) -> &mut RawClient<UnixStream> {
        let found = self.clients.iter_mut().find(|(of, _)| *of == driver);
        &mut found.expect("a client at each driver").1
    }

    /// Where the memory of the guest is kept that does not run.
    pub(super) fn saved_image(&self) -> Text {
        format!("/var/lib/libvirt/qemu/save/{}.save", self.made.kept.name).as_str().into()
    }

    pub(super) fn pool_path(&self) -> Text {
        pool_path(&self.daemon).as_str().into()
    }
}

/// Asks what has to be answered.
#[track_caller]
fn ask<P: Procedure>(client: &mut RawClient<UnixStream>, arguments: &P) -> P::Reply {
    let call = Frame::call(P::NUMBER.0.cast_unsigned(), 0, &xdr::to_vec(arguments).unwrap());
    let reply = client.ask(&Frame { program: P::PROGRAM.number, ..call });
    assert_eq!(reply.status, OK, "{}: {reply:?}", P::NAME);
    xdr::from_slice(&reply.payload).unwrap()
}

fn pool_path(daemon: &Libvirtd) -> String {
    daemon.directory().path().join("pool").into_os_string().into_string().unwrap()
}

async fn make(daemon: &Libvirtd, release: Release, qemu: &Connection, test: &Connection) -> Made {
    let directory = pool_path(daemon);
    fs::create_dir(&directory).unwrap();
    let pool = format!("<pool type='dir'><name>pool</name><target><path>{directory}</path></target></pool>");
    let pool = qemu.storage_pool_define_xml(&pool, 0).await.unwrap().pool;
    qemu.storage_pool_create(&pool, 0).await.unwrap();
    let volume = qemu.storage_vol_create_xml(&pool, &volume_xml("qcow2"), 0).await.unwrap().vol;
    let raw = qemu.storage_vol_create_xml(&pool, &volume_xml("raw"), 0).await.unwrap().vol;
    let secret = "<secret><usage type='ceph'><name>key</name></usage></secret>";
    let secret = qemu.secret_define_xml(secret, 0).await.unwrap().secret;
    qemu.secret_set_value(&secret, b"hello", 0).await.unwrap();

    let network = "<network><name>net</name><title>A title</title><bridge name='vwbr0'/></network>";
    let network = qemu.network_define_xml(network).await.unwrap().net;
    qemu.network_create(&network).await.unwrap();
    let filter = "<filter name='no-spoof'><rule action='drop' direction='out'><mac srcmacaddr='00:16:3e:00:00:00' \
                  srcmacmask='ff:ff:ff:00:00:00' match='no'/></rule></filter>";
    let filter = qemu.nwfilter_define_xml(filter).await.unwrap().nwfilter;

    let guest = qemu.domain_define_xml(&guest_xml("guest", &devices(&volume, &raw))).await.unwrap().dom;
    qemu.domain_create(&guest).await.unwrap();
    let guest = qemu.domain_lookup_by_name("guest").await.unwrap().dom;
    let backup = format!(
        "<domainbackup mode='pull'>
           <server transport='unix' socket='{directory}/backup'/>
           <disks>
             <disk name='vda' type='file'><scratch file='{directory}/scratch'/></disk><disk name='vdb' backup='no'/>
           </disks>
         </domainbackup>"
    );
    let begin = DomainBackupBegin {
        dom: guest.clone(),
        backup_xml: backup.as_str().into(),
        checkpoint_xml: None,
        flags: 0,
    };
    let begun = qemu.domain_backup_begin(begin).await;
    assert_eq!(begun.is_ok(), release >= BACKUP, "{begun:?}");
    let ports = qemu.network_list_all_ports(&network, 1, 0).await.unwrap().ports;
    let kept = qemu.domain_define_xml(&guest_xml("kept", "")).await.unwrap().dom;
    qemu.domain_create(&kept).await.unwrap();
    qemu.domain_managed_save(&kept, 0).await.unwrap();

    let test_guest = test.domain_lookup_by_name("test").await.unwrap().dom;
    // Where there are snapshots there may be no checkpoints.
    let checked = "<domain type='test'><name>checked</name><memory>4096</memory><os><type>hvm</type></os><devices>
        <disk type='file'><driver type='qcow2'/><source file='/disk'/><target dev='vda'/></disk></devices></domain>";
    let checked = test.domain_define_xml(checked).await.unwrap().dom;
    test.domain_create(&checked).await.unwrap();
    for name in ["first", "second"] {
        let xml = format!("<domainsnapshot><name>{name}</name></domainsnapshot>");
        test.domain_snapshot_create_xml(&test_guest, &xml, 0).await.unwrap();
        let xml = format!("<domaincheckpoint><name>{name}</name></domaincheckpoint>");
        test.domain_checkpoint_create_xml(&checked, &xml, 0).await.unwrap();
    }
    let interface = test.connect_list_all_interfaces(1, 0).await.unwrap().ifaces.swap_remove(0);
    Made {
        guest,
        kept,
        snapshot: DomainSnapshot { name: "first".into(), dom: test_guest.clone() },
        snapshot_child: DomainSnapshot { name: "second".into(), dom: test_guest.clone() },
        checkpoint: DomainCheckpoint { name: "first".into(), dom: checked.clone() },
        checkpoint_child: DomainCheckpoint { name: "second".into(), dom: checked },
        test_guest,
        port: ports.into_iter().next().unwrap(),
        network,
        filter,
        pool,
        volume,
        secret,
        interface,
    }
}

fn volume_xml(format: &str) -> String {
    format!(
        "<volume>
           <name>{format}</name><capacity unit='MiB'>8</capacity><target><format type='{format}'/></target>
         </volume>"
    )
}

fn devices(qcow2: &StorageVol, raw: &StorageVol) -> String {
    format!(
        "<disk type='file' device='disk'>
           <driver name='qemu' type='qcow2' iothread='1'/><source file='{}'/><target dev='vda' bus='virtio'/>
         </disk>
         <disk type='file' device='disk'>
           <driver name='qemu' type='raw'/><source file='{}'/><target dev='vdb' bus='virtio'/>
         </disk>
         <interface type='network'>
           <source network='net'/><target dev='{TAP}'/><model type='virtio'/><filterref filter='no-spoof'/>
         </interface>
         <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>",
        qcow2.key, raw.key
    )
}

fn guest_xml(name: &str, devices: &str) -> String {
    format!(
        "<domain type='qemu'>
           <name>{name}</name><title>A title</title><memory unit='MiB'>64</memory><vcpu>1</vcpu><iothreads>1</iothreads>
           <os><type arch='x86_64' machine='pc-i440fx-5.2'>hvm</type></os>
           <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>{devices}</devices>
         </domain>"
    )
}
