//! Real virsh manages the networks, pools and volumes of our daemon, and events of theirs come.

use virtwire::client::Connection;
use virtwire::protocol::remote::{NetworkEventLifecycle, StoragePoolEventLifecycle};

use crate::lab::{Directory, runtime};
use crate::need::need;
use crate::peers::{table, try_virsh, virsh};
use crate::serve::Serve;

const NETWORK: &str = "<network>
  <name>lan</name>
  <uuid>5f2a8c1e-0000-4000-8000-000000000011</uuid>
  <bridge name='virbr7'/><!-- kept -->
</network>";

#[test]
fn a_network_lives() {
    need!(Virsh);
    let daemon = Serve::start(&[]);
    let (uri, file) = (daemon.uri(), daemon.directory().write("network.xml", NETWORK));
    let runtime = runtime();
    let mut events = runtime.block_on(async {
        let connection = Connection::open(&uri).await.unwrap();
        connection.subscribe::<NetworkEventLifecycle>(None).await.unwrap()
    });
    let listed = |option: &str| virsh(&uri, &["net-list", option]);
    assert_eq!(listed("--all").trim(), "");

    virsh(&uri, &["net-define", &file]);
    assert_eq!(table(&listed("--all")), [["lan", "inactive", "no", "yes"]]);
    assert_eq!(listed("--persistent").trim(), "", "of those that are active");
    assert_eq!(virsh(&uri, &["net-dumpxml", "lan"]).trim_end(), NETWORK);
    virsh(&uri, &["net-autostart", "lan"]);
    virsh(&uri, &["net-start", "lan"]);
    assert_eq!(table(&listed("--autostart")), [["lan", "active", "yes", "yes"]]);
    let info = virsh(&uri, &["net-info", "lan"]);
    assert!(info.contains("virbr7") && info.contains("5f2a8c1e-0000-4000-8000-000000000011"), "{info}");
    assert_eq!(virsh(&uri, &["net-name", "5f2a8c1e-0000-4000-8000-000000000011"]).trim(), "lan");
    assert!(try_virsh(&uri, &["net-start", "lan"]).stderr.contains("already active"));
    virsh(&uri, &["net-undefine", "lan"]);
    assert_eq!(table(&listed("--transient")), [["lan", "active", "no", "no"]]);
    virsh(&uri, &["net-destroy", "lan"]);
    virsh(&uri, &["net-create", &file]);
    virsh(&uri, &["net-destroy", "lan"]);
    assert_eq!(listed("--all").trim(), "");
    assert!(try_virsh(&uri, &["net-info", "lan"]).stderr.contains("failed to get network 'lan'"));
    for option in ["net-define", "net-create"] {
        assert!(!try_virsh(&uri, &["--readonly", option, &file]).status.success());
    }

    let mut told = Vec::new();
    while told.len() < 6 {
        let event = runtime.block_on(async {
            let next = tokio::time::timeout(std::time::Duration::from_secs(30), events.next());
            next.await.expect("an event comes").unwrap().unwrap()
        });
        assert_eq!(event.net.name, *"lan");
        told.push(event.event);
    }
    // Defined, started, undefined, stopped, started, stopped.
    assert_eq!(told, [0, 2, 1, 3, 2, 3]);
}

#[test]
fn a_part_of_a_network_is_changed() {
    need!(Virsh);
    let daemon = Serve::start(&[]);
    let with_dhcp = NETWORK.replace(
        "</network>",
        "  <ip address='192.168.9.1' netmask='255.255.255.0'>\n    <dhcp>\n      <range start='192.168.9.2' end='192.168.9.9'/>\n    </dhcp>\n  </ip>\n</network>",
    );
    let (uri, file) = (daemon.uri(), daemon.directory().write("network.xml", &with_dhcp));
    let refused = |arguments: &[&str]| try_virsh(&uri, arguments).stderr;
    virsh(&uri, &["net-define", &file]);
    let update = ["net-update", "lan"];
    let host = "<host mac='52:54:00:00:00:01' name='one' ip='192.168.9.2'/>";
    virsh(&uri, &[&update[..], &["add", "ip-dhcp-host", host]].concat());
    virsh(&uri, &["net-start", "lan"]);
    let other = host.replace("9.2'", "9.3'");
    virsh(&uri, &[&update[..], &["modify", "ip-dhcp-host", &other, "--live", "--config"]].concat());
    for place in [&[][..], &["--inactive"]] {
        let xml = virsh(&uri, &[&["net-dumpxml", "lan"], place].concat());
        assert_eq!(xml.trim(), with_dhcp.replace("    </dhcp>", &format!("      {other}\n    </dhcp>")));
    }
    let again = refused(&[&update[..], &["add", "ip-dhcp-host", host, "--live"]].concat());
    assert!(again.contains("existing dhcp host entry"), "{again}");
    virsh(&uri, &[&update[..], &["delete", "ip-dhcp-host", "<host name='one'/>", "--live"]].concat());
    assert_eq!(virsh(&uri, &["net-dumpxml", "lan"]).trim(), with_dhcp.trim());
    let names = "<host ip='192.168.9.5'><hostname>five</hostname></host>";
    virsh(&uri, &[&update[..], &["add-first", "dns-host", names, "--config"]].concat());
    assert!(virsh(&uri, &["net-dumpxml", "lan", "--inactive"]).contains("<dns>"));
    assert!(
        refused(&[&update[..], &["modify", "bridge", "<bridge name='x'/>"]].concat())
            .contains("can't update")
    );
    assert_eq!(table(&virsh(&uri, &["net-dhcp-leases", "lan"])).len(), 0);
    virsh(&uri, &["net-destroy", "lan"]);
    assert!(refused(&[&update[..], &["add", "dns-host", names, "--live"]].concat()).contains("not running"));
}

#[test]
fn volumes_are_cloned_and_wiped() {
    need!(Virsh);
    let daemon = Serve::start(&[]);
    let uri = daemon.uri();
    for (pool, place) in [("images", "/images"), ("others", "/others")] {
        virsh(&uri, &["pool-create-as", pool, "dir", "--target", place]);
    }
    virsh(&uri, &["vol-create-as", "images", "disk.raw", "1MiB"]);
    let up = daemon.directory().write("up", "precious");
    let down = daemon.directory().path().join("down").display().to_string();
    let content = |volume: &str, pool: &str| {
        virsh(&uri, &["vol-download", volume, &down, "--pool", pool, "--length", "8"]);
        std::fs::read_to_string(&down).unwrap()
    };
    virsh(&uri, &["vol-upload", "disk.raw", &up, "--pool", "images"]);
    virsh(&uri, &["vol-clone", "disk.raw", "clone.raw", "--pool", "images"]);
    let xml = virsh(&uri, &["vol-dumpxml", "disk.raw", "--pool", "images"]);
    let xml = daemon.directory().write("vol.xml", &xml.replace("disk.raw", "other.raw"));
    virsh(&uri, &["vol-create-from", "others", &xml, "disk.raw", "--inputpool", "images"]);
    virsh(&uri, &["vol-wipe", "disk.raw", "--pool", "images"]);
    assert_eq!(content("disk.raw", "images"), "\0".repeat(8));
    assert_eq!(content("clone.raw", "images"), "precious");
    assert_eq!(content("other.raw", "others"), "precious");
    virsh(&uri, &["vol-wipe", "clone.raw", "--pool", "images", "--algorithm", "zero"]);
    assert_eq!(content("clone.raw", "images"), "\0".repeat(8));
    let refused = try_virsh(&uri, &["vol-wipe", "other.raw", "--pool", "others", "--algorithm", "dod"]);
    assert!(refused.stderr.contains("not supported"), "{refused:?}");
    // A pool that is off is told by a volume that is known to be in it.
    assert_eq!(virsh(&uri, &["vol-pool", "/images/disk.raw"]).trim(), "images");
}

#[test]
fn a_volume_has_the_format_that_its_document_says() {
    need!(Virsh);
    let daemon = Serve::start(&[]);
    let uri = daemon.uri();
    virsh(&uri, &["pool-create-as", "images", "dir", "--target", "/images"]);
    let format = |volume: &str| {
        let xml = virsh(&uri, &["vol-dumpxml", volume, "--pool", "images"]);
        let (_, behind) = xml.split_once("<format type='").unwrap_or_else(|| panic!("{xml}"));
        behind.split_once('\'').unwrap().0.to_owned()
    };
    virsh(&uri, &["vol-create-as", "images", "disk.qcow2", "1MiB", "--format", "qcow2"]);
    virsh(&uri, &["vol-create-as", "images", "disk.raw", "1MiB"]);
    assert_eq!([format("disk.qcow2"), format("disk.raw")], ["qcow2", "raw"]);
    virsh(&uri, &["vol-clone", "disk.qcow2", "clone", "--pool", "images"]);
    assert_eq!(format("clone"), "qcow2", "virsh's document of a clone is that of its original");
}

#[test]
fn pools_are_listed_by_their_kind_and_are_in_their_place() {
    need!(Virsh);
    let daemon = Serve::start(&[]);
    let uri = daemon.uri();
    virsh(&uri, &["pool-create-as", "images", "dir", "--target", "/images"]);
    virsh(
        &uri,
        &[
            "pool-create-as",
            "shared",
            "netfs",
            "--source-host",
            "h",
            "--source-path",
            "/x",
            "--target",
            "/shared",
        ],
    );
    let listed = |kinds: &str| {
        let listed = virsh(&uri, &["pool-list", "--type", kinds, "--name"]);
        listed.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        (listed("dir"), listed("netfs"), listed("rbd")),
        (vec!["images".into()], vec!["shared".into()], vec![])
    );
    assert_eq!(listed("dir,netfs").len(), 2);
    virsh(&uri, &["vol-create-as", "images", "disk.raw", "1MiB"]);
    virsh(&uri, &["pool-destroy", "images"]);
    let file = daemon
        .directory()
        .write("pool.xml", "<pool type='dir'><name>again</name><target><path>/images</path></target></pool>");
    virsh(&uri, &["pool-define", &file]);
    let full = try_virsh(&uri, &["pool-delete", "again"]);
    assert!(full.stderr.contains("not empty"), "{full:?}");
    virsh(&uri, &["pool-start", "again"]);
    assert!(try_virsh(&uri, &["pool-delete", "again"]).stderr.contains("still active"));
    assert_eq!(table(&virsh(&uri, &["vol-list", "again"])), [["disk.raw", "/images/disk.raw"]]);
    virsh(&uri, &["vol-delete", "disk.raw", "--pool", "again"]);
    virsh(&uri, &["pool-destroy", "again"]);
    virsh(&uri, &["pool-delete", "again"]);
}

#[test]
fn what_is_defined_is_there_after_a_restart() {
    need!(Virsh);
    let (_state, path) = Directory::of_state();
    let options = ["--state", &path];
    let daemon = Serve::start(&options);
    let uri = daemon.uri();
    virsh(&uri, &["net-define", &daemon.directory().write("network.xml", NETWORK)]);
    virsh(&uri, &["net-autostart", "lan"]);
    virsh(&uri, &["pool-define-as", "images", "dir", "--target", "/images"]);
    for (name, mode) in [("eth1", "onboot"), ("eth2", "none"), ("eth3", "onboot")] {
        let document = format!("<interface type='ethernet' name='{name}'><start mode='{mode}'/></interface>");
        virsh(&uri, &["iface-define", &daemon.directory().write("interface.xml", &document)]);
    }
    // Nobody will have committed this.
    virsh(&uri, &["iface-begin"]);
    virsh(&uri, &["iface-undefine", "eth3"]);
    assert_eq!(table(&virsh(&uri, &["iface-list", "--all"])).len(), 2);
    drop(daemon);
    let daemon = Serve::start(&options);
    let uri = daemon.uri();
    // What is to start with the host has started.
    assert_eq!(table(&virsh(&uri, &["net-list", "--all"])), [["lan", "active", "yes", "yes"]]);
    assert_eq!(virsh(&uri, &["net-dumpxml", "lan"]).trim_end(), NETWORK);
    assert_eq!(table(&virsh(&uri, &["pool-list", "--all"])), [["images", "inactive", "no"]]);
    let interfaces = virsh(&uri, &["iface-list", "--all"]);
    assert_eq!(table(&interfaces), [["eth1", "active"], ["eth2", "inactive"], ["eth3", "active"]]);
}

#[test]
fn a_pool_and_its_volumes_live() {
    need!(Virsh);
    let daemon = Serve::start(&[]);
    let uri = daemon.uri();
    let directory = daemon.directory();
    let runtime = runtime();
    let mut events = runtime.block_on(async {
        let connection = Connection::open(&uri).await.unwrap();
        connection.subscribe::<StoragePoolEventLifecycle>(None).await.unwrap()
    });

    virsh(&uri, &["pool-define-as", "images", "dir", "--target", "/images"]);
    assert_eq!(table(&virsh(&uri, &["pool-list", "--all"])), [["images", "inactive", "no"]]);
    assert!(try_virsh(&uri, &["vol-list", "images"]).stderr.contains("is not active"));
    virsh(&uri, &["pool-start", "images", "--build"]);
    for again in [&["pool-build", "images"][..], &["pool-start", "images", "--build"]] {
        assert!(try_virsh(&uri, again).stderr.contains("already active"), "{again:?}");
    }
    virsh(&uri, &["pool-autostart", "images"]);
    assert_eq!(table(&virsh(&uri, &["pool-list"])), [["images", "active", "yes"]]);

    virsh(&uri, &["vol-create-as", "images", "disk.raw", "3MiB", "--format", "raw"]);
    assert!(try_virsh(&uri, &["vol-create-as", "images", "disk.raw", "1"]).stderr.contains("exists already"));
    assert_eq!(table(&virsh(&uri, &["vol-list", "images"])), [["disk.raw", "/images/disk.raw"]]);
    assert_eq!(virsh(&uri, &["vol-pool", "/images/disk.raw"]).trim(), "images");
    assert_eq!(virsh(&uri, &["vol-path", "disk.raw", "--pool", "images"]).trim(), "/images/disk.raw");
    let info = virsh(&uri, &["vol-info", "disk.raw", "--pool", "images", "--bytes"]);
    assert!(info.contains("3145728 bytes") && info.contains("0 bytes"), "{info}");

    // Up and down again, from within and to the end, with and without holes.
    let text: String = (0..200_000).map(|number| format!("{number}\n")).collect();
    let up = directory.write("up", &text);
    let down = directory.path().join("down").display().to_string();
    for sparse in [&[][..], &["--sparse"]] {
        let moves = |command: &str, file: &str, more: &[&str]| {
            virsh(&uri, &[&[command, "disk.raw", file, "--pool", "images"], sparse, more].concat());
        };
        moves("vol-upload", &up, &["--offset", "1000"]);
        moves("vol-download", &down, &[]);
        let read = std::fs::read(&down).unwrap();
        assert_eq!(read.len(), 3 << 20);
        assert!(read[..1_000].iter().all(|byte| *byte == 0));
        assert!(read[1_000..1_000 + text.len()] == *text.as_bytes());
        assert!(read[1_000 + text.len()..].iter().all(|byte| *byte == 0));
        moves("vol-download", &down, &["--offset", "1000", "--length", "14"]);
        assert_eq!(std::fs::read_to_string(&down).unwrap(), text[..14]);
    }
    assert!(virsh(&uri, &["pool-info", "images", "--bytes"]).contains(&(1_000 + text.len()).to_string()));
    let too_much =
        try_virsh(&uri, &["vol-upload", "disk.raw", &up, "--pool", "images", "--offset", "3000000"]);
    assert!(!too_much.status.success() && too_much.stderr.contains("and more came"), "{too_much:?}");

    assert!(
        try_virsh(&uri, &["vol-resize", "disk.raw", "1000", "--pool", "images"]).stderr.contains("shrink")
    );
    virsh(&uri, &["vol-resize", "disk.raw", "2000", "--pool", "images", "--shrink"]);
    let xml = virsh(&uri, &["vol-dumpxml", "disk.raw", "--pool", "images"]);
    assert!(xml.contains("<capacity unit='bytes'>2000</capacity>"), "{xml}");
    virsh(&uri, &["pool-refresh", "images"]);
    virsh(&uri, &["vol-delete", "disk.raw", "--pool", "images"]);
    assert_eq!(virsh(&uri, &["vol-list", "images"]).trim(), "");
    assert!(try_virsh(&uri, &["pool-undefine", "images"]).stderr.contains("is still active"));
    virsh(&uri, &["pool-destroy", "images"]);
    virsh(&uri, &["pool-undefine", "images"]);
    assert_eq!(virsh(&uri, &["pool-list", "--all"]).trim(), "");

    let mut told = Vec::new();
    while told.len() < 5 {
        let event = runtime.block_on(async {
            let next = tokio::time::timeout(std::time::Duration::from_secs(30), events.next());
            next.await.expect("an event comes").unwrap().unwrap()
        });
        told.push(event.event);
    }
    // Defined, built, started, stopped, undefined.
    assert_eq!(told, [0, 4, 2, 3, 1]);
}
