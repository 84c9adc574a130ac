//! What `examples/serve_processes` keeps of the promises that an embedder makes: of definitions, of states, of its end.

use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use virtwire::client::{Connection, Domain};
use virtwire::protocol::flags::ConsoleFlags;

use crate::lab::{runtime, until};
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

/// The next daemon would not know them, and a second start would run them twice.
#[test]
fn guests_end_with_the_daemon() {
    need!(Virsh, Example);
    let (mut daemon, uri, directory) = served();
    let uri = uri.as_str();
    let [noted, domain_file] = ["pid", "guest.xml"].map(|name| directory.path().join(name));
    let script = format!("sleep 600 &amp; echo $! &gt; {0}.new; mv {0}.new {0}; wait", noted.display());
    let xml = format!(
        "<domain type='process'><name>echo</name><os><type>exe</type><init>/bin/sh</init>\
         <initarg>-c</initarg><initarg>{script}</initarg></os></domain>"
    );
    std::fs::write(&domain_file, xml).expect("there is room");
    let started = || {
        virsh(uri, &["create", &domain_file.display().to_string()]);
        until("it begins", || noted.exists());
        let child = std::fs::read_to_string(&noted).expect("it is there");
        std::fs::remove_file(&noted).expect("it is there");
        [virsh(uri, &["domid", "echo"]), child].map(|pid| pid.trim().to_owned())
    };

    // So do those that a guest has started: with it...
    let [guest, child] = started();
    virsh(uri, &["destroy", "echo"]);
    is_gone(&guest);
    is_gone(&child);
    // ...and with the daemon.
    let [guest, child] = started();
    let pid = Pid::from_raw(daemon.id().cast_signed()).expect("it has a number");
    kill_process(pid, Signal::TERM).expect("it is ours");
    daemon.end_of_input();
    is_gone(&guest);
    is_gone(&child);
}

/// Also where nobody takes notice of its end.
#[track_caller]
fn is_gone(pid: &str) {
    until("it is gone", || {
        std::fs::read(format!("/proc/{pid}/cmdline")).map_or(true, |command| command.is_empty())
    });
}

async fn domain(uri: &str) -> Domain {
    let connection = Connection::open(uri).await.expect("it lets us in");
    connection.domain("echo").await.expect("it is there")
}
