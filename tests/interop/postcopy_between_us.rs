//! Post-copy between two daemons of ours: by the C library's client, which switches it from outside; and by our command, where it breaks,
//! both daemons end, and the next ones resume it. The guests are processes that write down when they count.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use virtwire::client::Connection;
use virtwire::protocol::remote;

use crate::deaths::recover;
use crate::lab::{Directory, next_number, runtime};
use crate::moving::{Lab, NAME};
use crate::need::need;
use crate::outliving::{Host, doubled};
use crate::peers::virsh;
use crate::process::run;

#[test]
fn virsh_switches_a_migration_between_our_daemons_to_post_copy() {
    need!(Virsh, Python);
    // The source sends a quarter and waits for the word.
    let stalls = ["--fault", "stall-perform=1048576"];
    let lab = Lab::with_options([&stalls, &[]]);
    lab.create();
    let memory = lab.memory_at_source();
    let (from, to) = (lab.source.uri(), lab.destination.uri());
    let mut migrating = Command::new("virsh")
        .args(["-c", &from, "migrate", "--live", "--postcopy", NAME, &to])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("virsh starts");
    has_sent_a_quarter(&from);
    virsh(&from, &["migrate-postcopy", NAME]);
    assert!(migrating.wait().expect("a child can be waited for").success());
    lab.guest_has_moved(&memory);
}

#[test]
fn the_signal_usr1_switches_our_commands_migration_and_programs_are_told() {
    need!(Virsh, Python);
    let lab = Lab::with_options([&["--fault", "stall-perform=1048576"], &[]]);
    lab.create();
    let memory = lab.memory_at_source();
    let (from, to) = (lab.source.uri(), lab.destination.uri());
    let migrating = Command::new(env!("CARGO_BIN_EXE_virtwire"))
        .args(["migrate", "--live", "--postcopy", "--json", "--from", &from, "--to", &to, NAME])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command under test starts");
    has_sent_a_quarter(&from);
    let pid = Pid::from_child(&migrating);
    kill_process(pid, Signal::USR1).expect("it runs");
    let done = migrating.wait_with_output().expect("a child can be waited for");
    let told = String::from_utf8(done.stdout).expect("JSON is text");
    assert!(done.status.success(), "{told}");
    let events: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let switched: Vec<_> = events.iter().filter(|event| event["event"] == "switched").collect();
    assert_eq!(switched.len(), 1, "{told}");
    assert_eq!((&switched[0]["done"], &switched[0]["why"]), (&Value::Bool(true), &Value::Null), "{told}");
    let end = events.last().expect("an end is told");
    assert_eq!((&end["event"], &end["outcome"]), (&"ended".into(), &"on destination".into()), "{told}");
    lab.guest_has_moved(&memory);
}

/// Waits until a source that stalls has come to where it does.
#[track_caller]
fn has_sent_a_quarter(from: &str) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !virsh(from, &["domjobinfo", NAME]).contains("1.000 MiB") {
        assert!(Instant::now() < deadline, "it does not begin to send");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_post_copy_of_ours_breaks_and_is_resumed_by_the_next_daemons() {
    let logs = Directory::new(next_number());
    let run_log = logs.path().join("runs");
    let breaks = &["--fault", "break-perform=2097152"];
    let (mut source, mut destination) = (Host::start(breaks, &run_log), Host::start(&[], &run_log));
    let uuid = source.create("<domain type='mem'><name>guest</name><memory unit='MiB'>4</memory></domain>");
    let (from, to) = (source.uri(), destination.uri());
    let journal = logs.path().join("journal");
    let journal_option = ["--journal", journal.to_str().expect("a path of ours is text")];

    let broken = migrate(
        &from,
        &to,
        &[&["--live", "--postcopy", "--postcopy-after", "0", "--bandwidth", "1"][..], &journal_option]
            .concat(),
    );
    assert_eq!(broken.0, Some(6), "{}", broken.1);
    assert!(broken.1.contains("--postcopy-resume"), "{}", broken.1);
    assert_eq!((state(&from, &uuid), state(&to, &uuid)), ((3, 13), (1, 11)));
    let said = recover(&journal, "2");
    assert_eq!(said["outcome"], "on both hosts", "{said}");
    // It is not moved in another way.
    let moved = migrate(&from, &to, &["--live"]);
    assert_eq!(moved.0, Some(2), "{}", moved.1);
    assert!(moved.1.contains("a post-copy of the guest is not over"), "{}", moved.1);

    source.options = &[];
    source.restart(&run_log);
    destination.restart(&run_log);
    assert_eq!((state(&from, &uuid), state(&to, &uuid)), ((3, 13), (1, 11)));
    let resumed = migrate(&from, &to, &["--postcopy-resume"]);
    assert_eq!(resumed.0, Some(0), "{}", resumed.1);
    assert_eq!(state(&to, &uuid), (1, 2));
    assert_eq!(doubled(&run_log), None);
    counts_on(&run_log);
}

/// The exit status of a migration, and all that was said.
fn migrate(from: &str, to: &str, options: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_virtwire"));
    let done = run(command.arg("migrate").args(options).args(["--from", from, "--to", to, "guest"]));
    (done.status.code(), done.stdout + &done.stderr)
}

/// State and reason.
fn state(uri: &str, uuid: &[u8; 16]) -> (i32, i32) {
    runtime().block_on(async {
        let connection = Connection::open(uri).await.expect("our daemon lets us in");
        let found = connection.call(remote::DomainLookupByUuid { uuid: *uuid }).await.expect("it is there");
        let told =
            connection.call(remote::DomainGetState { dom: found.dom, flags: 0 }).await.expect("it tells");
        (told.state, told.reason)
    })
}

/// Whichever process says it, each tick is one more than the one before.
#[track_caller]
fn counts_on(run_log: &Path) {
    let log = fs::read_to_string(run_log).expect("the guests have written it");
    let ticks = log.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let ticks: Vec<(u64, &str)> = ticks
        .filter(|words| words.get(3) == Some(&"tick"))
        .map(|words| (words[4].parse().expect("a number"), words[2]))
        .collect();
    let processes = ticks.iter().fold(Vec::new(), |mut seen, (_, pid)| {
        if !seen.contains(pid) {
            seen.push(*pid);
        }
        seen
    });
    assert_eq!(processes.len(), 2, "it counts on both hosts: {ticks:?}");
    let numbers: Vec<u64> = ticks.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..).take(numbers.len()).collect::<Vec<u64>>());
}
