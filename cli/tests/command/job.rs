//! `job`: a migration that runs is shown and steered from another terminal; and what `watch` says of it meanwhile.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::XML;
use crate::process::{Serve, command, json, run, run_with};

/// A `virtwire migrate --live`, under way. Dropping it kills it.
struct Moving(Child);

impl Moving {
    fn start(from: &str, to: &str, options: &[&str]) -> Moving {
        let arguments = [&["migrate", "--live", "--from", from, "--to", to, "web1"], options].concat();
        Moving(command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    fn end(mut self) -> Option<i32> {
        self.0.wait().unwrap().code()
    }
}

impl Drop for Moving {
    fn drop(&mut self) {
        // Both fail only for a child that has been waited for.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks until the answer is as it will be.
#[track_caller]
fn until(arguments: &[&str], is: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let told = json(&run(arguments).succeeded());
        if is(&told) {
            return told;
        }
        assert!(Instant::now() < deadline, "{arguments:?}: {told}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Where programs find what people read.
const IN_JSON: [(&str, &str); 13] = [
    ("Name", "/name"),
    ("State", "/state"),
    ("Job", "/job/operation"),
    ("Phase", "/job/progress/phase"),
    ("Running for", "/job/progress/elapsed_ms"),
    ("Sent", "/job/progress/processed"),
    ("Left", "/job/progress/remaining"),
    ("Rate", "/job/progress/rate"),
    ("Dirty rate", "/job/progress/dirty_rate"),
    ("To go", "/job/progress/time_left_s"),
    ("Downtime", "/job/progress/downtime_ms"),
    ("Speed limit", "/speed_mib_s"),
    ("Downtime limit", "/max_downtime_ms"),
];

#[test]
fn a_post_copy_is_shown_switched_and_broken_off_from_elsewhere() {
    // The source waits for the word in the first half, and the destination for ever in the second.
    let source = Serve::start(&["--fault", "stall-perform=262144"]);
    let destination = Serve::start(&["--fault", "stall-incoming=524288"]);
    let (from, to) = (source.uri(), destination.uri());
    run_with(&["create", &from, "-"], XML).succeeded();
    let idle = run(&["job", &from, "web1"]).succeeded();
    assert!(idle.contains("running (booted)") && idle.contains("none"), "{idle}");
    let told = run(&["job", &from, "web1", "--abort"]).failed(1);
    assert!(told.contains("shows the job, if one runs"), "{told}");

    let _moving = Moving::start(&from, &to, &["--postcopy", "--max-downtime", "450"]);
    let job = ["job", "--json", &from, "web1"];
    until(&job, |told| told["max_downtime_ms"] == 450 && told["job"]["progress"]["processed"] == 262_144);
    let steered = run(&["job", &from, "web1", "--speed", "7", "--max-downtime", "120"]).succeeded();
    assert_eq!(steered, "web1 is sent at 7 MiB/s at most\nweb1 may stand still for 120 ms\n");
    let told = json(&run(&job).succeeded());
    assert_eq!((&told["speed_mib_s"], &told["max_downtime_ms"]), (&7.into(), &120.into()), "{told}");
    assert_eq!(told["job"]["operation"], "migration-out", "{told}");
    let shown = run(&["job", &from, "web1"]).succeeded();
    for part in ["migration-out", "memory, pass 1", "256.0 KiB of 1.0 MiB (25 %)", "7 MiB/s", "120 ms"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    for line in shown.lines() {
        let (label, _) = line.split_once(':').unwrap();
        let (_, key) =
            *IN_JSON.iter().find(|(known, _)| *known == label).unwrap_or_else(|| panic!("{label}"));
        assert!(told.pointer(key).is_some_and(|value| !value.is_null()), "{label}: {told}");
    }
    // It is not in post-copy yet.
    run(&["job", &from, "web1", "--pause-postcopy"]).failed(1);

    run(&["job", &from, "web1", "--postcopy"]).succeeded();
    let watch = ["watch", "--once", "--json", &from, &to];
    let seen = until(&watch, |seen| seen["migrations"][0]["to"] == *to);
    let moving = &seen["migrations"][0];
    assert_eq!(
        (&moving["from"], &moving["post_copy_broke"]),
        (&from.as_str().into(), &false.into()),
        "{seen}"
    );
    assert_eq!(moving["progress"]["phase"], "post-copy", "{seen}");
    let page = run(&["watch", "--once", &from, &to]).succeeded();
    assert!(page.contains(&format!("web1: {from} → {to}")) && page.contains("running (postcopy)"), "{page}");

    run(&["job", &from, "web1", "--pause-postcopy"]).succeeded();
    let seen = until(&watch, |seen| seen["migrations"][0]["post_copy_broke"] == true);
    assert_eq!(seen["migrations"][0]["to"], *to, "{seen}");
    let page = run(&["watch", "--once", &from, &to]).succeeded();
    assert!(page.contains("post-copy broke") && page.contains("paused (postcopy-failed)"), "{page}");
}

#[test]
fn a_migration_is_given_up_from_elsewhere() {
    let (source, destination) = (Serve::start(&["--fault", "stall-perform=262144"]), Serve::start(&[]));
    let (from, to) = (source.uri(), destination.uri());
    run_with(&["create", &from, "-"], XML).succeeded();
    let moving = Moving::start(&from, &to, &[]);
    until(&["job", "--json", &from, "web1"], |told| told["job"]["progress"]["processed"] == 262_144);
    // Without the words that steer, two of which do not go together.
    let told = run(&["job", &from, "web1", "--abort", "--postcopy"]);
    assert_eq!(told.status, Some(1), "{told:?}");
    assert_eq!(run(&["job", &from, "--abort", "web1"]).succeeded(), "asked to give its job up: web1\n");
    assert_eq!(moving.end(), Some(2));
    assert!(run(&["list", &from]).succeeded().contains("running"));
}

/// What the options make of it reaches the hosts: ours refuse what they do not know, and nothing has moved.
#[test]
fn flags_and_parameters_reach_the_hosts() {
    let (source, destination) = (Serve::start(&[]), Serve::start(&[]));
    let (from, to) = (source.uri(), destination.uri());
    run_with(&["create", &from, "-"], XML).succeeded();
    for (options, told) in [
        (&["--compressed"][..], "0x800"),
        (&["--parallel", "--param", "parallel.connections=4"], "parallel.connections"),
        (&["--migrate-disks", "vda,vdb", "--copy-storage-all"], "migrate_disks"),
        (&["--tls"], "0x10000"),
    ] {
        let arguments = [&["migrate", "--live", "--from", &from, "--to", &to, "web1"][..], options].concat();
        let done = run(&arguments);
        assert_eq!(done.status, Some(2), "{options:?}: {done:?}");
        assert!(done.stderr.contains(told), "{options:?}: {done:?}");
    }
    let wrong = run(&["migrate", "--from", &from, "--to", &to, "web1", "--param", "parallel.connection=4"]);
    assert_eq!(wrong.status, Some(1), "{wrong:?}");
    assert!(wrong.stderr.contains("did you mean parallel.connections?"), "{wrong:?}");
    assert!(run(&["list", &from]).succeeded().contains("running"));
}
