//! What `examples/serve_processes` keeps of the promises that an embedder makes: of definitions and of states.

use std::process::{Command, Stdio};

use virtwire::client::{Connection, Domain};
use virtwire::protocol::flags::ConsoleFlags;

use crate::lab::runtime;
use crate::need::need;
use crate::peers::{try_virsh, virsh};
use crate::process::Process;
use crate::virsh_drives_processes::{GUEST, is_heard, served, wait_until_off};

/// A definition is for the next start.
#[test]
fn what_runs_is_not_touched_by_what_is_defined() {
    need!(Virsh, Example);
    let (_daemon, uri, directory) = served();
    let uri = uri.as_str();
    let next = GUEST.replace("heard", "understood");
    let file = directory.write("guest.xml", GUEST);
    let next_file = directory.write("next.xml", &next);
    let is_updated =
        || runtime().block_on(async { domain(uri).await.is_updated().await.expect("it is there") });

    virsh(uri, &["define", &file]);
    virsh(uri, &["start", "echo"]);
    assert!(!is_updated());
    virsh(uri, &["define", &next_file]);
    assert_eq!(virsh(uri, &["dumpxml", "echo"]).trim_end(), GUEST);
    assert_eq!(virsh(uri, &["dumpxml", "--inactive", "echo"]).trim_end(), next);
    assert!(is_updated());
    virsh(uri, &["destroy", "echo"]);
    assert_eq!(virsh(uri, &["dumpxml", "echo"]).trim_end(), next);
    assert!(!is_updated());

    // Nor is a definition touched by what is started in its place.
    virsh(uri, &["create", &file]);
    assert_eq!(virsh(uri, &["dumpxml", "echo"]).trim_end(), GUEST);
    assert_eq!(virsh(uri, &["dumpxml", "--inactive", "echo"]).trim_end(), next);
    // Without it, what runs is all that there is.
    virsh(uri, &["undefine", "echo"]);
    assert_eq!(virsh(uri, &["dumpxml", "--inactive", "echo"]).trim_end(), GUEST);
    virsh(uri, &["destroy", "echo"]);
}

/// What it does not understand it does not take for something else.
#[test]
fn what_no_process_can_be_is_refused() {
    need!(Virsh, Example);
    let (_daemon, uri, directory) = served();
    let uri = uri.as_str();
    for (xml, told) in [
        (GUEST.replace("5f2a8c1e-0000-4000-8000-00000000000a", "zz"), "malformed uuid"),
        (GUEST.replace("'process'", "'kvm'"), "domains of type 'process' alone"),
        (GUEST.replace(" type='process'", ""), "domains of type 'process' alone"),
        (GUEST.replace("</domain>", ""), "ends within an element"),
        (GUEST.replace("<name>", "<name>&nbsp;"), "nobody knows what &nbsp; is"),
        (GUEST.replace("init>", "initarg>"), "a domain has a name, and in os an init"),
    ] {
        let refused = try_virsh(uri, &["define", &directory.write("guest.xml", &xml)]);
        assert!(refused.stderr.contains(told), "{refused:?}");
    }
    // Another one's UUID has not become that of a domain without one.
    let nameless = GUEST.replace("<uuid>5f2a8c1e-0000-4000-8000-00000000000a</uuid>", "");
    virsh(uri, &["define", &directory.write("guest.xml", GUEST)]);
    let refused = try_virsh(uri, &["define", &directory.write("guest.xml", &nameless)]);
    assert!(refused.stderr.contains("already exists with uuid"), "{refused:?}");
    // An element of its characters, however they are written.
    let written = nameless.replace(">echo<", ">&#65;&#x26;<![CDATA[<b>]]>&lt;<");
    virsh(uri, &["define", &directory.write("guest.xml", &written)]);
    assert_eq!(virsh(uri, &["list", "--all", "--name"]).trim(), "A&<b><\necho");

    let missing = GUEST.replace("/bin/sh", "/nowhere/sh");
    virsh(uri, &["define", &directory.write("guest.xml", &missing)]);
    let refused = try_virsh(uri, &["start", "echo"]);
    assert!(refused.stderr.contains("/nowhere/sh: No such file"), "{refused:?}");
    virsh(uri, &["define", &directory.write("guest.xml", GUEST)]);
    virsh(uri, &["start", "echo"]);
    runtime().block_on(async {
        let domain = domain(uri).await;
        let console = async |device| domain.open_console(Some(device), ConsoleFlags::NONE).await;
        let refused = console("nosuch").await.expect_err("there is no such device").to_string();
        assert!(refused.contains("cannot find character device nosuch"), "{refused}");
        drop(console("console0").await.expect("it is its console"));
    });
    virsh(uri, &["destroy", "echo"]);
}

/// What makes no difference is not told, and a guest that does what it is asked has not crashed.
#[test]
fn states_follow_from_what_was_done() {
    need!(Virsh, Example);
    let (_daemon, uri, directory) = served();
    let uri = uri.as_str();
    let sleeps = GUEST.replace("trap 'exit 0' TERM; ", "");
    virsh(uri, &["define", &directory.write("guest.xml", &sleeps)]);
    let watching = Process::start(
        Command::new("virsh")
            .args(["-c", uri, "event", "--all", "--loop", "--timeout", "600"])
            .stdin(Stdio::null()),
    );
    is_heard(uri, &directory, &watching);
    virsh(uri, &["start", "echo"]);
    let refused = try_virsh(uri, &["resume", "echo"]);
    assert!(refused.stderr.contains("domain is already running"), "{refused:?}");
    virsh(uri, &["suspend", "echo"]);
    virsh(uri, &["suspend", "echo"]);
    virsh(uri, &["resume", "echo"]);
    virsh(uri, &["shutdown", "echo"]);
    wait_until_off(uri);
    assert_eq!(virsh(uri, &["domstate", "--reason", "echo"]).trim(), "shut off (shutdown)");
    for step in ["Started Booted", "Suspended Paused", "Resumed Unpaused", "Stopped Shutdown"] {
        assert_eq!(watching.line_after("event 'lifecycle' for domain 'echo': "), step);
    }
    for verb in ["suspend", "resume", "shutdown", "destroy"] {
        let refused = try_virsh(uri, &[verb, "echo"]);
        assert!(refused.stderr.contains("domain is not running"), "{refused:?}");
    }
}

async fn domain(uri: &str) -> Domain {
    let connection = Connection::open(uri).await.expect("it lets us in");
    connection.domain("echo").await.expect("it is there")
}
