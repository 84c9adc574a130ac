//! Real virsh drives `examples/serve_minimal`, the least that a daemon can be.

use std::process::{Command, Stdio};

use virtwire::client::Connection;

use crate::lab::{Directory, next_number, runtime};
use crate::need::need;
use crate::peers::{table, try_virsh, virsh};
use crate::process::Process;
use crate::virsh_drives_processes::{GUEST, example};

#[test]
fn the_smallest_daemon_is_one_for_virsh() {
    // It is what the README sends a reader to first.
    let lines = include_str!("../../examples/serve_minimal.rs").lines().count();
    assert!(lines < 60, "{lines} lines");
    need!(Virsh, Example);
    let directory = Directory::new(next_number());
    let daemon =
        Process::start(Command::new(example("serve_minimal")).arg("tcp://127.0.0.1:0").stdin(Stdio::null()));
    let address = daemon.line_after("listening on tcp://");
    let uri = &format!("demo+tcp://{address}/");

    assert_eq!(table(&virsh(uri, &["list", "--all"])), [["-", "machine", "shut", "off"]]);
    virsh(uri, &["start", "machine"]);
    assert_eq!(table(&virsh(uri, &["list"])), [["1", "machine", "running"]]);
    let refused = |arguments: &[&str]| {
        let finished = try_virsh(uri, arguments);
        assert!(!finished.status.success(), "{arguments:?}: {finished:?}");
        finished.stderr
    };
    let twice = refused(&["start", "machine"]);
    assert!(twice.contains("Domain is already active"), "{twice}");
    let uuid = virsh(uri, &["domuuid", "machine"]);
    let xml = format!("<domain type='demo'><name>machine</name><uuid>{}</uuid></domain>", uuid.trim());
    assert_eq!(virsh(uri, &["dumpxml", "machine"]).trim(), xml);
    virsh(uri, &["destroy", "machine"]);
    assert_eq!(virsh(uri, &["domstate", "--reason", "machine"]).trim(), "shut off (destroyed)");
    let twice = refused(&["destroy", "machine"]);
    assert!(twice.contains("the machine is in that state already"), "{twice}");
    let defined = refused(&["define", &directory.write("guest.xml", GUEST)]);
    assert!(defined.contains("this function is not supported by the connection driver"), "{defined}");
    // A client may name what never was.
    let refused = runtime().block_on(async {
        let connection = Connection::open(uri).await.expect("it lets us in");
        let mut other = connection.domain("machine").await.expect("it is there").wire().clone();
        other.uuid = [9; 16];
        connection.domain_create(&other).await.expect_err("there is no such machine").to_string()
    });
    assert!(refused.contains("no domain with matching uuid"), "{refused}");
    // It goes on.
    assert_eq!(virsh(uri, &["list", "--all", "--name"]).trim(), "machine");
}
