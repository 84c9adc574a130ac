//! Real virsh manages the networks, pools and volumes of our daemon, and events of theirs come.

use virtwire::client::Connection;
use virtwire::protocol::remote::{NetworkEventLifecycle, StoragePoolEventLifecycle};

use crate::lab::runtime;
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
