//! A program of the user's that leads to the daemon, and programs that do not.

use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};
use std::{fs, thread};

use virtwire::client::{CloseReason, Connection, OpenError, OpenOptions};
use virtwire::protocol::error::Fate;

use super::{failed, reaches, refusal, succeeded, virtwire};
use crate::lab::{Directory, Libvirtd, next_number, runtime};
use crate::need::need;

#[test]
fn it_gets_there_by_a_program_of_the_users() {
    need!(Libvirtd, Namespaces, Netcat);
    let daemon = Libvirtd::start();
    let socket = daemon.socket();
    let program = script(daemon.directory(), "lead", &format!("exec nc -U '{}'", socket.display()));
    let uri = format!("test+ext://anywhere/default?command={program}");
    reaches(&daemon, &uri, OpenOptions::default());
    assert!(succeeded(virtwire(&["list", &uri])).contains("test"));
}

/// As one that asks its user for a password, or a daemon that has to look around first. Who waits for less, says so.
#[test]
fn the_command_waits_for_a_program_that_takes_its_time() {
    need!(Libvirtd, Namespaces, Netcat);
    let daemon = Libvirtd::start();
    let lead = format!("exec nc -U '{}'", daemon.socket().display());
    // Longer than the library waits by default.
    let program = script(daemon.directory(), "slow", &format!("sleep 12; {lead}"));
    let uri = format!("test+ext:///default?command={program}");
    assert!(succeeded(virtwire(&["list", &uri])).contains("test"));
    let line = failed(virtwire(&["list", "--connect-timeout", "1", &uri]));
    assert!(line.contains("within 1s") && line.contains("--connect-timeout gives it longer"), "{line}");
}

/// Each is told by its own words and end, well before the deadline where it ends at all.
#[test]
fn it_says_how_a_program_failed() {
    let directory = Directory::new(next_number());
    let uri =
        |name: &str, body: &str| format!("test+ext:///default?command={}", script(&directory, name, body));
    let told = |uri: &str| {
        let options = OpenOptions { open_within: Duration::from_secs(20), ..OpenOptions::default() };
        let started = Instant::now();
        let error = refusal(uri, options);
        assert!(started.elapsed() < Duration::from_secs(15), "{error}");
        error
    };

    let error = told(&uri("ends", "echo one >&2; echo two >&2; exit 7"));
    let OpenError::Program { ended: Some(ended), stderr, .. } = &error else { panic!("{error:?}") };
    assert_eq!((ended.as_str(), stderr.as_str()), ("exit status: 7", "one\ntwo"));
    let line = failed(virtwire(&["list", &uri("ends-too", "echo one >&2; echo two >&2; exit 7")]));
    assert!(line.contains("exit status: 7") && line.contains("one; two"), "{line}");

    // Standard error that stays open does not hold the end up, as a master of shared connections keeps it.
    let error = told(&uri("leaves", "sleep 30 >&2 & echo $! > $(dirname $0)/left; echo gone >&2; exit 1"));
    assert!(matches!(&error, OpenError::Program { stderr, .. } if stderr == "gone"), "{error:?}");
    let left = fs::read_to_string(directory.path().join("left")).unwrap();
    end(left.trim());

    // Ten thousand lines: the last count.
    let error = told(&uri("talks", "seq 10000 >&2; exit 1"));
    let OpenError::Program { stderr, .. } = &error else { panic!("{error:?}") };
    assert_eq!(stderr, "9996\n9997\n9998\n9999\n10000");

    let error = told(&uri("babbles", "echo 'SSH-2.0-what is this?'; echo 'and this is more of it'"));
    assert!(matches!(&error, OpenError::Call { .. } | OpenError::Program { .. }), "{error:?}");

    let error = told("test+ext:///default?command=/nonexistent/program");
    assert!(matches!(&error, OpenError::Unreachable { .. }), "{error:?}");
}

/// Also in the middle of a session: the calls and whoever waits for the end learn what it said.
#[test]
fn it_says_how_a_program_failed_that_had_led_there() {
    need!(Libvirtd, Namespaces, Netcat);
    let daemon = Libvirtd::start();
    let socket = daemon.socket();
    let body = format!(
        "exec 3<&0; nc -U '{}' <&3 & lead=$!\n\
         until [ -e \"$(dirname \"$0\")/fall\" ]; do sleep 0.05; done\n\
         kill $lead; echo 'client_loop: send disconnect: Broken pipe' >&2; exit 255",
        socket.display()
    );
    let program = script(daemon.directory(), "lead", &body);
    runtime().block_on(async {
        let uri = format!("test+ext:///default?command={program}");
        let connection = Connection::open(&uri).await.unwrap();
        assert_eq!(connection.connect_get_hostname().await.unwrap().hostname, daemon.host_name());
        daemon.directory().write("fall", "");
        let reason = connection.closed().await;
        let CloseReason::Program { ended: Some(ended), stderr, .. } = &reason else { panic!("{reason:?}") };
        assert_eq!(ended, "exit status: 255");
        assert_eq!(stderr, "client_loop: send disconnect: Broken pipe");
        assert!(reason.to_string().ends_with("lead`, which led to the daemon, ended (exit status: 255): client_loop: send disconnect: Broken pipe"), "{reason}");
        // The same for calls that come too late.
        let error = connection.connect_get_hostname().await.unwrap_err();
        assert!(error.to_string().contains("Broken pipe"), "{error}");
        assert_eq!(error.fate(), Fate::DidNotRun);
    });
}

#[test]
fn it_ends_a_program_that_hangs() {
    let directory = Directory::new(next_number());
    // Neither the end of its input nor a polite signal ends it.
    let body =
        "trap '' TERM HUP; echo $$ > $(dirname $0)/pid; echo waiting >&2; while :; do sleep 60 & wait; done";
    let uri = format!("test+ext:///default?command={}", script(&directory, "hangs", body));
    let options = OpenOptions { open_within: Duration::from_secs(5), ..OpenOptions::default() };
    let runtime = runtime();
    let error = runtime.block_on(Connection::open_with(&uri, options)).unwrap_err();
    let OpenError::Program { ended: None, stderr, error: inner, .. } = &error else { panic!("{error:?}") };
    assert_eq!(stderr, "waiting");
    assert!(matches!(&**inner, OpenError::TimedOut { .. }), "{inner:?}");
    let pid = fs::read_to_string(directory.path().join("pid")).unwrap();
    gone(pid.trim());
}

/// Waits until a process has ended and been reaped.
#[track_caller]
pub(super) fn gone(pid: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while fs::exists(format!("/proc/{pid}")).unwrap_or(true) {
        assert!(Instant::now() < deadline, "process {pid} is still there");
        thread::sleep(Duration::from_millis(10));
    }
}

fn end(pid: &str) {
    let _ = std::process::Command::new("kill").args(["-9", pid]).status();
}

/// A program of a test's own.
pub(super) fn script(directory: &Directory, name: &str, body: &str) -> String {
    let path = directory.write(name, &format!("#!/bin/sh\n{body}\n"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a file of ours");
    path
}
