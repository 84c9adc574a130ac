//! `virtwire conform` aimed at daemons: ours differs in nothing, and where libvirt's differ is written down with the reason.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use virtwire::client::Connection;
use virtwire::protocol::flags::{StoragePoolCreateFlags, StorageVolCreateFlags, StorageVolStreamFlags};

use crate::guest::Count;
use crate::lab::{Directory, Libvirtd, Setup, next_number, runtime};
use crate::need::need;
use crate::peers::virsh;
use crate::process::{Process, run};
use crate::serve::Serve;
use crate::virsh_drives_processes::{GUEST, example};

/// The differences that are known, in its table.
const PAGE: &str = include_str!("../../docs/conformance.md");

#[test]
fn our_daemon_differs_in_nothing() {
    let daemon = Serve::start(&[]);
    runtime().block_on(has_a_volume(&daemon.uri()));
    let found = conform(&daemon.uri(), &["--hostile"]);
    found.assert_differs_in(&BTreeMap::new());
    found.assert_tried(104);
    assert_eq!(found.not_tried(), [""; 0]);
}

/// The rows of streams have something to read. Nothing in memory has a screen or a console.
async fn has_a_volume(uri: &str) {
    let connection = Connection::open(uri).await.expect("it lets us in");
    let pool = "<pool type='dir'><name>images</name><target><path>/images</path></target></pool>";
    let pool = connection.create_storage_pool(pool, StoragePoolCreateFlags::NONE).await.expect("a pool");
    let volume = "<volume><name>disk.raw</name><capacity>1000000</capacity></volume>";
    let volume = pool.create_volume(volume, StorageVolCreateFlags::NONE).await.expect("a volume");
    let mut upload = volume.upload(0, 0, StorageVolStreamFlags::NONE).await.expect("a stream");
    upload.write_chunk(vec![7; 300 << 10].into()).await.expect("it is taken");
    upload.finish().await.expect("it is kept");
    connection.close().await.expect("it lets us go");
}

#[test]
fn nor_over_a_unix_socket() {
    let daemon = Serve::start(&[]);
    conform(&daemon.unix_uri(), &["--only", "packets"]).assert_differs_in(&BTreeMap::new());
}

/// Of a running guest with a console, which does not end by itself.
#[test]
fn nor_do_its_streams() {
    need!(Virsh, Example);
    let directory = Directory::new(next_number());
    let daemon = Process::start(
        Command::new(example("serve_processes")).arg("tcp://127.0.0.1:0").stdin(Stdio::null()),
    );
    let uri = format!("process+tcp://{}/", daemon.line_after("listening on tcp://"));
    virsh(&uri, &["define", &directory.write("guest.xml", GUEST)]);
    virsh(&uri, &["start", "echo"]);

    let found = conform(&uri, &[]);

    found.assert_differs_in(&BTreeMap::new());
    assert!(found.conforms("streams: an abort"), "{:?}", found.0);
    assert_eq!(found.not_tried(), ["streams: data to the end"]);
    virsh(&uri, &["destroy", "echo"]);
}

#[test]
fn libvirtds_test_driver_differs_where_the_page_says() {
    need!(Libvirtd, Namespaces);
    let daemon = Libvirtd::start();
    let found = conform(&daemon.uri("test", "/default"), &[]);
    found.assert_differs_in(&known("test"));
    found.assert_tried(80);
}

/// Those rows that take long, of both at a time.
#[test]
fn the_patience_of_ours_is_that_of_libvirtd() {
    need!(Libvirtd, Namespaces);
    let (ours, theirs) = (Serve::start(&[]), Libvirtd::start());
    let slow = ["--slow", "--only", "keepalive"];
    std::thread::scope(|scope| {
        for uri in [ours.uri(), theirs.uri("test", "/default")] {
            scope.spawn(move || {
                let found = conform(&uri, &slow);
                found.assert_differs_in(&BTreeMap::new());
                found.assert_tried(4);
            });
        }
    });
}

/// What a stranger is answered who is not let in.
#[test]
fn the_way_in_of_ours_is_that_of_libvirtd() {
    need!(Libvirtd, Namespaces);
    let directory = Directory::new(next_number());
    crate::login::daemon::set_password(&directory, "fred", "secret");
    let passwords = directory.path().join("passwords").display().to_string();
    let (ours, theirs) = (Serve::start(&["--passwords", &passwords]), Libvirtd::asking_for_sasl());
    let found = conform(&ours.uri(), &[]);
    found.assert_differs_in(&BTreeMap::new());
    found.assert_tried(14);
    let found = conform(&theirs.uri("test", "/default"), &[]);
    found.assert_differs_in(&BTreeMap::new());
    found.assert_tried(14);
}

/// Filled to the last place.
#[test]
fn the_crowd_of_ours_waits_as_that_of_libvirtd() {
    need!(Libvirtd, Namespaces);
    let directory = Directory::new(next_number());
    let config = directory.write("virtwire.toml", "max_clients = 25\n");
    let (ours, theirs) =
        (Serve::start(&["--config", &config]), Setup::new().libvirtd_conf("max_clients = 25").start());
    for uri in [ours.uri(), theirs.uri("test", "/default")] {
        let found = conform(&uri, &["--max-clients", "25", "--only", "as many clients as may be"]);
        found.assert_differs_in(&BTreeMap::new());
        found.assert_tried(1);
    }
}

/// Releases before it have died of these.
#[test]
fn libvirtd_lives_through_what_has_ended_others() {
    need!(Libvirtd, Namespaces);
    let daemon = Libvirtd::start();
    for row in ["room for -1 ids", "room for -1 names"] {
        let found = conform(&daemon.uri("test", "/default"), &["--hostile", "--only", row]);
        found.assert_differs_in(&BTreeMap::new());
        found.assert_tried(1);
    }
}

/// With a guest that runs, has a console and can be looked at.
#[test]
fn libvirtds_qemu_driver_differs_where_the_page_says() {
    need!(Libvirtd, Namespaces, Qemu, Kernel, Virsh);
    let daemon = Libvirtd::start();
    Count::start(&daemon);
    let found = conform(&daemon.uri("qemu", "/system"), &[]);
    found.assert_differs_in(&known("qemu"));
    found.assert_tried(90);
}

/// What was found: of each row its result, and what was seen.
#[derive(Debug)]
struct Found(BTreeMap<String, (String, String)>);

#[track_caller]
fn conform(uri: &str, options: &[&str]) -> Found {
    let finished = run(Command::new(env!("CARGO_BIN_EXE_virtwire"))
        .args(["conform", "--json", "--patience", "60"])
        .args(options)
        .arg(uri));
    let mut found = BTreeMap::new();
    for row in serde_json::Deserializer::from_str(&finished.stdout).into_iter::<serde_json::Value>() {
        let row = row.unwrap_or_else(|error| panic!("{error}: {finished:?}"));
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let name = format!("{}: {}", text("group"), text("row"));
        assert!(found.insert(name.clone(), (text("result"), text("seen"))).is_none(), "two rows {name}");
    }
    assert!(!found.is_empty(), "{finished:?}");
    let found = Found(found);
    let differs = found.0.values().any(|(result, _)| result == "differs");
    assert_eq!(finished.status.success(), !differs, "{finished:?}");
    found
}

impl Found {
    fn conforms(&self, row: &str) -> bool {
        self.0.get(row).is_some_and(|(result, _)| result == "conforms")
    }

    /// The rows that differ are these, and what was seen there has the words that were noted.
    #[track_caller]
    fn assert_differs_in(&self, known: &BTreeMap<String, String>) {
        let differing: BTreeMap<_, _> = self
            .0
            .iter()
            .filter(|(_, (result, _))| result == "differs")
            .map(|(row, (_, seen))| (row, seen))
            .collect();
        let rows = |names: Vec<&String>| names.into_iter().cloned().collect::<Vec<_>>();
        assert_eq!(rows(differing.keys().copied().collect()), rows(known.keys().collect()), "{differing:#?}");
        for (row, seen) in differing {
            assert!(seen.contains(&known[row]), "{row}: {seen}");
        }
    }

    fn not_tried(&self) -> Vec<&str> {
        let rows = self.0.iter().filter(|(_, (result, _))| result == "not-tried");
        rows.map(|(row, _)| row.as_str()).collect()
    }

    #[track_caller]
    fn assert_tried(&self, at_least: usize) {
        let tried = self.0.values().filter(|(result, _)| result != "not-tried").count();
        assert!(tried >= at_least, "{tried} rows tried: {:#?}", self.0);
    }
}

/// The rows of the page's table for a driver of libvirtd 9.0: `| drivers | group: row | what it does | why |`.
fn known(driver: &str) -> BTreeMap<String, String> {
    let cells = PAGE.lines().filter(|line| line.starts_with("| ") && line.contains(": ")).map(|line| {
        line.trim_matches('|').split(" | ").map(|cell| cell.trim().trim_matches('`').to_owned()).collect()
    });
    cells
        .filter_map(|row: Vec<String>| match &row[..] {
            [drivers, name, seen, _] if drivers.contains(driver) => Some((name.clone(), seen.clone())),
            _ => None,
        })
        .collect()
}
