//! Real virsh drives `examples/serve_processes`: domains that are processes, with a console, statistics and events.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::runtime::Runtime;
use virtwire::client::{CallError, Connection, Stream};
use virtwire::protocol::flags::ConsoleFlags;

use crate::lab::{Directory, next_number, runtime, until};
use crate::need::need;
use crate::peers::{try_virsh, virsh};
use crate::process::Process;
use crate::streams_of_libvirtd::ACTIVE_CONSOLE;
use crate::virt_install_drives_us::good;

/// It answers each line that it is told, and ends well when it is asked to.
pub(crate) const GUEST: &str = "<domain type='process'>
  <name>echo</name>
  <uuid>5f2a8c1e-0000-4000-8000-00000000000a</uuid>
  <os><type>exe</type><init>/bin/sh</init><initarg>-c</initarg><initarg>trap 'exit 0' TERM; echo ready; \
                     while read -r line; do echo \"heard $line\"; done</initarg></os>
</domain>";

#[test]
fn processes_are_domains_for_virsh() {
    need!(Virsh, Example);
    let (_daemon, uri, directory) = served();
    let uri = uri.as_str();
    let file = directory.write("guest.xml", GUEST);

    virsh(uri, &["define", &file]);
    // Another one has neither its name nor its UUID; and who has no UUID gets one that stays.
    for (other, told) in [
        (GUEST.replace("<name>echo<", "<name>thief<"), "domain 'echo' is already defined with uuid 5f2a8c1e"),
        (GUEST.replace("00000000000a", "00000000000c"), "domain 'echo' already exists with uuid 5f2a8c1e"),
    ] {
        let refused = try_virsh(uri, &["define", &directory.write("thief.xml", &other)]);
        assert!(refused.stderr.contains(told), "{refused:?}");
    }
    let nameless = "<domain type='process'><name>plain</name><os><init>/bin/true</init></os></domain>";
    virsh(uri, &["define", &directory.write("plain.xml", nameless)]);
    let uuid = virsh(uri, &["domuuid", "plain"]);
    let described = virsh(uri, &["dumpxml", "plain"]);
    assert!(described.contains(&format!("<name>plain</name><uuid>{}</uuid>", uuid.trim())), "{described}");
    virsh(uri, &["define", &directory.write("plain.xml", &described)]);
    virsh(uri, &["undefine", "plain"]);
    assert_eq!(virsh(uri, &["list", "--all", "--name"]).trim(), "echo");
    let watching = Process::start(
        Command::new("virsh")
            .args(["-c", uri, "event", "--all", "--loop", "--timeout", "600"])
            .stdin(Stdio::null()),
    );
    is_heard(uri, &directory, &watching);
    virsh(uri, &["start", "echo"]);
    assert!(virsh(uri, &["list"]).contains("running"));
    // It has no networks, and does not say that there are no addresses.
    let addresses = try_virsh(uri, &["domifaddr", "echo"]);
    assert!(addresses.stderr.contains("not supported by the connection driver"), "{addresses:?}");
    assert_eq!(virsh(uri, &["dumpxml", "echo"]).trim_end(), GUEST);

    let stats = virsh(uri, &["domstats", "echo"]);
    for figure in ["state.state=1", "state.reason=1", "cpu.time=", "cpu.user=", "balloon.rss="] {
        assert!(stats.contains(figure), "{figure}: {stats}");
    }
    let enforced = try_virsh(uri, &["domstats", "--enforce", "--block", "echo"]);
    assert!(enforced.stderr.contains("are not supported by this daemon"), "{enforced:?}");

    talk(uri);
    virsh(uri, &["suspend", "echo"]);
    assert_eq!(virsh(uri, &["domstate", "echo"]).trim(), "paused");
    virsh(uri, &["resume", "echo"]);
    virsh(uri, &["shutdown", "echo"]);
    wait_until_off(uri);
    virsh(uri, &["start", "echo"]);
    virsh(uri, &["destroy", "echo"]);
    assert_eq!(virsh(uri, &["domstate", "--reason", "echo"]).trim(), "shut off (destroyed)");
    virsh(uri, &["undefine", "echo"]);
    assert_eq!(virsh(uri, &["list", "--all", "--name"]).trim(), "");
    for step in ["Started Booted", "Suspended Paused", "Resumed Unpaused", "Stopped", "Stopped Destroyed"] {
        watching.line_after(&format!("event 'lifecycle' for domain 'echo': {step}"));
    }
}

/// What it does when it is asked to go is done, and one that does not go is left.
#[test]
fn a_process_that_is_destroyed_gracefully_ends_by_itself() {
    need!(Virsh, Example);
    let (_daemon, uri, directory) = served();
    let uri = uri.as_str();
    let written = directory.path().join("written");
    let ready = directory.path().join("ready");
    // What it has started is asked nothing: it may be needed to the end.
    let at_end = format!(
        "sleep 600 &amp; c=$!; trap 'kill -0 $c &amp;&amp; echo all &gt; {}; exit 0' TERM; : &gt; {};",
        written.display(),
        ready.display()
    );
    let guest = GUEST.replace("trap 'exit 0' TERM;", &at_end);
    virsh(uri, &["create", &directory.write("guest.xml", &guest)]);
    until("it begins", || ready.exists());
    virsh(uri, &["suspend", "echo"]);
    let paused = try_virsh(uri, &["destroy", "echo", "--graceful"]);
    assert!(paused.stderr.contains("is paused"), "{paused:?}");
    virsh(uri, &["resume", "echo"]);
    virsh(uri, &["destroy", "echo", "--graceful"]);
    assert_eq!(std::fs::read_to_string(written).unwrap(), "all\n");
    assert_eq!(virsh(uri, &["list", "--all", "--name"]).trim(), "");
}

/// Without a definition a domain is its process and nothing else.
#[test]
fn a_transient_process_is_gone_with_its_end() {
    need!(Virsh, Example);
    let (_daemon, uri, directory) = served();
    let uri = uri.as_str();
    let file = directory.write("guest.xml", GUEST);
    let all = || virsh(uri, &["list", "--all", "--name"]).trim().to_owned();
    let is_persistent = || virsh(uri, &["dominfo", "echo"]).contains("Persistent:     yes");

    let paused = try_virsh(uri, &["create", &file, "--paused"]);
    assert!(paused.stderr.contains("a process begins at once"), "{paused:?}");
    assert_eq!(all(), "");
    virsh(uri, &["create", &file]);
    assert_eq!((virsh(uri, &["domstate", "echo"]).trim(), is_persistent()), ("running", false));
    assert_eq!(virsh(uri, &["dumpxml", "echo"]).trim_end(), GUEST);
    for (command, told) in [(["create", &file], "is already active"), (["undefine", "echo"], "transient")] {
        let refused = try_virsh(uri, &command);
        assert!(refused.stderr.contains(told), "{refused:?}");
    }
    virsh(uri, &["shutdown", "echo"]);
    until("it ends", || all().is_empty());
    virsh(uri, &["create", &file]);
    virsh(uri, &["destroy", "echo"]);
    assert_eq!(all(), "");

    // A definition makes it stay, and without that one it goes again.
    virsh(uri, &["create", &file]);
    virsh(uri, &["define", &file]);
    assert!(is_persistent());
    virsh(uri, &["destroy", "echo"]);
    assert_eq!(virsh(uri, &["domstate", "echo"]).trim(), "shut off");
    virsh(uri, &["start", "echo"]);
    virsh(uri, &["undefine", "echo"]);
    assert_eq!((virsh(uri, &["domstate", "echo"]).trim(), is_persistent()), ("running", false));
    virsh(uri, &["destroy", "echo"]);
    assert_eq!(all(), "");
}

/// virt-install looks into the capabilities for who runs containers, and for their type.
#[test]
fn virt_install_starts_and_defines_a_process() {
    need!(Virsh, VirtInstall, Example);
    let (_daemon, uri, _directory) = served();
    let uri = uri.as_str();
    let said = virsh(uri, &["capabilities"]);
    assert!(said.contains("<os_type>exe</os_type>") && !said.contains("hvm"), "{said}");

    let installed =
        ["--container", "--init", "/bin/sh", "--name", "shell", "--memory", "64", "--network", "none"];
    good(uri, "virt-install", &[&installed[..], &["--noautoconsole"]].concat());
    // It is started before it is defined.
    assert_eq!(virsh(uri, &["domstate", "shell"]).trim(), "running");
    let xml = virsh(uri, &["dumpxml", "shell"]);
    assert!(xml.contains("exe</type>") && xml.contains("<domain type=\"process\">"), "{xml}");
    virsh(uri, &["destroy", "shell"]);
    assert_eq!(virsh(uri, &["domstate", "shell"]).trim(), "shut off");
}

/// The example at work, where it is, and room for files.
pub(crate) fn served() -> (Process, String, Directory) {
    let daemon = Process::start(
        Command::new(example("serve_processes")).arg("tcp://127.0.0.1:0").stdin(Stdio::null()),
    );
    let address = daemon.line_after("listening on tcp://");
    (daemon, format!("process+tcp://{address}/"), Directory::new(next_number()))
}

/// virsh does not say when it has begun to listen, so something is told until it repeats it.
pub(crate) fn is_heard(uri: &str, directory: &Directory, watching: &Process) {
    let other = GUEST.replace("<name>echo<", "<name>other<").replace("00000000000a", "00000000000b");
    let file = directory.write("other.xml", &other);
    let heard = (0..200).any(|_| {
        virsh(uri, &["define", &file]);
        virsh(uri, &["undefine", "other"]);
        watching.line_within("event 'lifecycle' for domain 'other'", Duration::from_millis(300))
    });
    assert!(heard, "virsh hears of nothing");
}

/// At a terminal: what is typed is answered, and the escape key leaves.
fn talk(uri: &str) {
    let mut child = console(uri, "echo");
    let mut typed = child.stdin.take().expect("standard input is piped");
    let mut shown = child.stdout.take().expect("standard output is piped");
    let mut said = String::new();
    for (keys, answer) in [("", "ready"), ("one\n", "heard one")] {
        typed.write_all(keys.as_bytes()).expect("virsh reads");
        shows(&mut shown, &mut said, answer);
    }
    typed.write_all(b"\x1d").expect("virsh reads");
    assert!(child.wait().expect("it is waited for").success(), "{said}");
}

/// virsh at a terminal of its own.
fn console(uri: &str, arguments: &str) -> Child {
    Command::new("timeout")
        .args(["--foreground", "60", "script", "-qec"])
        .args([&format!("virsh -c {uri} console {arguments}"), "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script runs")
}

#[track_caller]
fn shows(shown: &mut impl Read, said: &mut String, answer: &str) {
    let mut buffer = [0; 256];
    while !said.contains(answer) {
        let read = shown.read(&mut buffer).expect("virsh writes");
        assert!(read > 0, "it ends before {answer:?}: {said}");
        *said += &String::from_utf8_lossy(&buffer[..read]);
    }
}

/// The guest waits for whoever has its console and does not read, as for a slow terminal; others need not.
#[test]
fn a_caller_that_reads_nothing_locks_nobody_out() {
    need!(Virsh, Example);
    let (_daemon, uri, directory) = served();
    let uri = uri.as_str();
    let flood = "<domain type='process'><name>flood</name><os><init>/usr/bin/yes</init>\
                 <initarg>spoken</initarg></os></domain>";
    virsh(uri, &["define", &directory.write("flood.xml", flood)]);
    virsh(uri, &["start", "flood"]);
    let runtime = runtime();
    let mut silent = runtime.block_on(called(uri)).expect("nobody has it");
    let refused = console(uri, "flood").wait_with_output().expect("it is waited for");
    let told = String::from_utf8_lossy(&refused.stdout);
    assert!(!refused.status.success() && told.contains(ACTIVE_CONSOLE), "{told}");

    let mut child = console(uri, "flood --force");
    let mut typed = child.stdin.take().expect("standard input is piped");
    let mut shown = child.stdout.take().expect("standard output is piped");
    let mut said = String::new();
    shows(&mut shown, &mut said, "spoken");
    typed.write_all(b"\x1d").expect("virsh reads");
    std::io::copy(&mut shown, &mut std::io::sink()).expect("virsh writes to its end");
    assert!(child.wait().expect("it is waited for").success(), "{said}");
    // Whoever was cut off is told why.
    let ended = runtime.block_on(async {
        loop {
            match silent.read_chunk().await {
                Ok(Some(_)) => {}
                other => return format!("{other:?}"),
            }
        }
    });
    assert!(ended.contains("somebody else has taken the console"), "{ended}");
    // Once it is noticed that virsh has gone, nobody has it.
    gets_through(&runtime, uri);
    virsh(uri, &["destroy", "flood"]);
}

/// The guest takes as much as its socket holds. What was typed beyond that waits, also once its caller has gone.
#[test]
fn a_caller_that_typed_much_and_has_gone_locks_nobody_out() {
    need!(Virsh, Example);
    let (_daemon, uri, directory) = served();
    let uri = uri.as_str();
    let sleeps = "<domain type='process'><name>flood</name><os><init>/bin/sleep</init>\
                  <initarg>600</initarg></os></domain>";
    virsh(uri, &["define", &directory.write("sleeps.xml", sleeps)]);
    virsh(uri, &["start", "flood"]);
    let runtime = runtime();
    runtime.block_on(async {
        let mut caller = called(uri).await.expect("nobody has it");
        for _ in 0..8 {
            caller.write_chunk(vec![b'x'; 64 << 10].into()).await.expect("it is taken");
        }
        // All of it has gone with that.
        caller.flush().await.expect("it is taken");
    });
    gets_through(&runtime, uri);
    virsh(uri, &["destroy", "flood"]);
}

fn gets_through(runtime: &Runtime, uri: &str) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while let Err(error) = runtime.block_on(called(uri)) {
        assert!(Instant::now() < deadline, "{error}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

async fn called(uri: &str) -> Result<Stream, CallError> {
    let connection = Connection::open(uri).await.expect("it lets us in");
    connection.domain("flood").await?.open_console(None, ConsoleFlags::NONE).await
}

/// Its shell does as it is asked once it has read a line or its trap has run.
pub(crate) fn wait_until_off(uri: &str) {
    until("it ends", || virsh(uri, &["domstate", "echo"]).trim() == "shut off");
}

/// Where cargo puts it when the workspace is tested.
pub(crate) fn example(name: &str) -> std::path::PathBuf {
    let command = Path::new(env!("CARGO_BIN_EXE_virtwire"));
    command.with_file_name("examples").join(name)
}
