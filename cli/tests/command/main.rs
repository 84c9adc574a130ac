//! The command as a user meets it: what it prints, and how it exits.

mod autostart;
mod completions;
mod conform;
mod descriptors;
mod dissect;
mod dissect_proxy;
mod doors;
mod download;
mod ends;
mod events;
#[path = "../../../tests/figures.rs"]
mod figures;
mod harmless;
mod hosts;
mod job;
mod journal;
mod kept;
mod migrate;
mod mistakes;
mod outlive;
mod peer;
mod peer_to_peer;
mod polkit;
mod process;
mod prompt;
mod runs;
mod screenshot;
mod silent;
mod terminal;
mod trips;
mod unread;

use std::time::Duration;

use serde_json::Value;

use process::{Background, Migrate, Serve, free_port, json, run, run_with, script, stranger, temporary};

/// Longer than anything here takes that works.
const PATIENCE: Duration = Duration::from_secs(60);

const XML: &str = "<domain type='mem'>\n  <name>web1</name>\n  <uuid>5f2a8c1e-0000-4000-8000-000000000001</uuid>\n  \
                   <memory unit='KiB'>1024</memory>\n  <currentMemory unit='KiB'>1024</currentMemory>\n  <vcpu>1</vcpu>\n</domain>\n";

#[test]
fn help_shows_every_command_and_what_its_exit_status_means() {
    let all = run(&["--help"]).succeeded();
    for command in [
        "demo",
        "dissect",
        "serve",
        "list",
        "dumpxml",
        "define",
        "create",
        "start",
        "destroy",
        "undefine",
        "info",
        "events",
        "probe",
        "migrate",
        "job",
        "recover",
        "shutdown",
        "reboot",
        "suspend",
        "resume",
        "console",
        "screenshot",
        "stats",
        "net",
        "pool",
        "vol",
        "call",
        "completions",
        "man",
    ] {
        assert!(all.contains(&format!("\n  {command} ")), "{command}: {all}");
        assert!(run(&[command, "--help"]).succeeded().contains(&format!("Usage: virtwire {command}")));
    }
    assert!(run(&["migrate", "--help"]).succeeded().contains("Exit status"));
}

#[test]
fn how_daemons_are_opened_is_told_in_one_place_and_where_one_is_opened() {
    for (command, opens) in
        [("list", true), ("migrate", true), ("vol", true), ("dissect", false), ("man", false)]
    {
        let help = run(&[command, "--help"]).succeeded();
        let options = ["--readonly", "--connect-timeout", "--accept-common-name", "--accept-unprotected"];
        let (before, behind) = help.split_once("\nOpening daemons:\n").unwrap_or((&help, ""));
        for option in options {
            assert_eq!(
                behind.contains(&format!("{option} ")) || behind.contains(&format!("{option}\n")),
                opens,
                "{help}"
            );
            assert!(!before.contains(&format!(" {option}")), "{help}");
        }
    }
    // Typed all the same, they are understood.
    assert!(run(&["--readonly", "man", "list"]).succeeded().contains(".TH"));
}

#[test]
fn what_cannot_be_understood_is_said_on_standard_error() {
    for wrong in [
        &["fly"][..],
        &["dumpxml"],
        &["migrate", "web1"],
        &["serve", "--listen", "nowhere"],
        &["serve", "--listen", "tcp://127.0.0.1:0", "--as", "old"],
        &["serve", "--listen", "tcp://127.0.0.1:0", "--fault", "explode"],
        &["serve", "--listen", "tcp://127.0.0.1:0", "--migration-ports", "9-1"],
    ] {
        let done = run(wrong);
        assert_eq!((done.status, done.stdout.as_str()), (Some(1), ""), "{wrong:?}");
        assert!(
            done.stderr.starts_with("error: ") || done.stderr.contains("Usage"),
            "{wrong:?}: {}",
            done.stderr
        );
    }
}

#[test]
fn events_are_lines_as_they_come() {
    let serve = Serve::start(&[]);
    let uri = &serve.uri();
    run_with(&["define", uri, "-"], XML).succeeded();
    let plain = Background::start(&["events", uri, "--count", "2", "--timeout", "30"], "watching ");
    let only = ["events", uri, "--json", "--domain", "web1", "--event", "lifecycle", "--count", "1"];
    let only = Background::start(&only, "watching ");
    run(&["start", uri, "web1"]).succeeded();
    run(&["destroy", uri, "web1"]).succeeded();
    assert_eq!(
        plain.end().succeeded(),
        "domain web1 lifecycle: started booted\ndomain web1 lifecycle: stopped destroyed\n"
    );
    let event = json(&only.end().succeeded());
    assert_eq!((&event["event"], &event["name"]), (&"lifecycle".into(), &"web1".into()));
    assert_eq!(event["what"], serde_json::json!({ "event": "started", "detail": "booted" }));

    let none = run(&["events", uri, "--count", "1", "--timeout", "0.1"]);
    assert_eq!((none.status, none.stdout.as_str()), (Some(1), ""), "{}", none.stderr);
    assert!(none.stderr.contains("0 of 1 came within 0.1 s"), "{}", none.stderr);
    assert_eq!(run(&["events", uri, "--timeout", "0.1"]).succeeded(), "");
    let unknown = run(&["events", uri, "--event", "full-moon"]).failed(1);
    assert!(unknown.contains("there is no such kind of event"), "{unknown}");
}

/// As `head -1` does. What goes on without end ends then.
#[test]
fn what_nobody_reads_any_more_ends() {
    let serve = Serve::start(&[]);
    let uri = &serve.uri();
    run_with(&["define", uri, "-"], XML).succeeded();
    for json in [&[][..], &["--json"]] {
        let mut events = Background::start(&[&["events", uri][..], json].concat(), "watching ");
        run(&["start", uri, "web1"]).succeeded();
        assert!(events.read_a_line().contains("web1"));
        // Nothing happens any more.
        assert_eq!(events.end_within(PATIENCE), Some(0));
        run(&["destroy", uri, "web1"]).succeeded();
    }
    let mut watch = Background::with(&["watch", "--json", "--every", "0.1", uri]);
    assert!(json(&watch.read_a_line())["hosts"].is_array());
    assert_eq!(watch.end_within(PATIENCE), Some(0));
}

#[test]
fn a_guest_is_defined_started_described_and_gone() {
    let serve = Serve::start(&[]);
    let uri = &serve.uri();
    assert_eq!(json(&run(&["list", "--all", "--json", uri]).succeeded()), Value::Array(vec![]));

    assert_eq!(
        run_with(&["define", uri, "-"], XML).succeeded(),
        "defined web1 5f2a8c1e-0000-4000-8000-000000000001\n"
    );
    assert!(!run(&["list", uri]).succeeded().contains("web1"), "it does not run yet");
    assert_eq!(run(&["start", uri, "web1"]).succeeded(), "started web1\n");
    let running = XML.replace("type='mem'", "type='mem' id='1'");
    assert_eq!(run(&["dumpxml", uri, "web1"]).succeeded(), running);
    assert_eq!(run(&["dumpxml", "--security-info", uri, "web1"]).succeeded(), running);
    assert_eq!(run(&["dumpxml", "--migratable", uri, "web1"]).succeeded(), XML);
    let looking = run(&["-r", "dumpxml", "--security-info", uri, "web1"]).failed(1);
    assert!(looking.contains("leave --readonly out"), "{looking}");
    let larger = XML.replace("'KiB'>1024<", "'KiB'>2048<");
    run_with(&["define", uri, "-"], &larger).succeeded();
    assert_eq!(run(&["dumpxml", uri, "web1"]).succeeded(), running, "it runs on as it was started");
    assert_eq!(run(&["dumpxml", "--inactive", uri, "web1"]).succeeded(), larger);
    run_with(&["define", uri, "-"], XML).succeeded();

    let listed = json(&run(&["list", "--json", uri]).succeeded());
    assert_eq!(listed[0]["name"], "web1");
    let told = [("state", "running".into()), ("reason", Value::from(1)), ("reason_word", "booted".into())];
    let job = json(&run(&["job", "--json", uri, "web1"]).succeeded());
    let info = json(&run(&["info", "--json", uri, "web1"]).succeeded());
    let watched = json(&run(&["watch", "--once", "--json", uri]).succeeded());
    for seen in [&listed[0], &job, &info, &watched["hosts"][0]["guests"][0]] {
        for (key, value) in &told {
            assert_eq!(&seen[*key], value, "{key}: {seen}");
        }
    }
    let id = listed[0]["id"].to_string();
    for key in ["web1", "5f2a8c1e-0000-4000-8000-000000000001", &id] {
        let info = json(&run(&["info", "--json", uri, key]).succeeded());
        assert_eq!(
            (&info["name"], &info["memory_kib"], &info["persistent"]),
            (&"web1".into(), &1024.into(), &true.into())
        );
    }

    let info = run(&["info", uri, "web1"]).succeeded();
    assert!(info.contains("\nMemory:          1.0 MiB (1024 KiB)\n"), "{info}");

    assert_eq!(run(&["destroy", uri, &id]).succeeded(), "destroyed web1\n");
    assert!(run(&["list", "--all", uri]).succeeded().contains("shut off"));
    assert_eq!(run(&["undefine", uri, "web1"]).succeeded(), "undefined web1\n");
    assert_eq!(
        run_with(&["create", uri, "-"], XML).succeeded(),
        "created web1 5f2a8c1e-0000-4000-8000-000000000001\n"
    );
    assert!(run(&["list", uri]).succeeded().contains("running"));
}

#[test]
fn a_host_tells_what_it_is() {
    let old = Serve::start(&["--as", "0.4.4"]);
    let told = json(&run(&["probe", "--json", &old.uri()]).succeeded());
    assert_eq!(told["release"], Value::Null, "0.4.4 has no way to tell");
    assert_eq!(told["migrations"]["destination"], serde_json::json!(["v1"]));
    assert!(run(&["probe", &old.uri()]).succeeded().contains("older than libvirt 0.7.3"));

    let claims_less = Serve::start(&["--as", "0.9.1", "--without-feature", "1"]);
    let told = json(&run(&["probe", "--json", &claims_less.uri()]).succeeded());
    assert_eq!(told["release"], "0.9.1");
    let features = [(3, "MIGRATION_V2"), (4, "MIGRATION_P2P"), (5, "MIGRATION_DIRECT")]
        .map(|(number, name)| serde_json::json!({ "number": number, "name": name }));
    assert_eq!(told["features"], serde_json::json!(features));
    assert_eq!(told["migrations"]["source"], serde_json::json!(["v2"]));
    assert!(run(&["info", &claims_less.uri()]).succeeded().contains("Hypervisor:"));
}

#[test]
fn every_mistake_is_one_line_with_the_thing_and_the_next_step() {
    let serve = Serve::start(&[]);
    let uri = &serve.uri();
    let nobody = format!("mem+tcp://127.0.0.1:{}/default", free_port());
    check(&["list", "web1"], &["URI web1: it has no scheme", "expected driver"]);
    check(
        &["list", "qemu+ext://h/system?command=/no/such/program"],
        &["daemon qemu+ext://h/system", "/no/such/program: no such file"],
    );
    check(&["list", "qemu+ssh://h/system?no_tty=yes"], &["its no_tty is yes", "whole number"]);
    check(&["list", &nobody], &[&nobody, "connection refused", "virtwire serve --listen"]);
    check(&["list", "mem+unix:///default?socket=/no/such/socket"], &["/no/such/socket", "no such file"]);
    check(&["dumpxml", uri, "web7"], &["domain web7", "no such guest", "virtwire list --all"]);
    check(&["define", uri, "/nonexistent.xml"], &["file /nonexistent.xml", "no such file", "standard input"]);
    check(&["list", "qemu+tcp://127.0.0.1:1/system"], &["127.0.0.1:1", "connection refused"]);

    let not_xml = run_with(&["define", uri, "-"], "not XML\n<at all").failed(1);
    assert!(not_xml.contains("configuration -") && not_xml.contains("nothing was changed"), "{not_xml}");
    run_with(&["create", uri, "-"], XML).succeeded();
    let exists = run_with(&["create", uri, "-"], XML).failed(1);
    assert!(exists.contains("already") && exists.contains("virtwire list"), "{exists}");
}

#[test]
fn a_peer_that_speaks_something_else_is_known_by_it() {
    let (uri, server) = stranger();
    let told = run(&["list", &uri]).failed(1);
    assert!(told.contains("does not speak libvirt's protocol"), "{told}");
    server.join().unwrap();
}

#[test]
fn serve_says_where_it_listens_and_leaves_nothing_behind() {
    let socket = temporary("serve.sock");
    let serve = Serve::start(&["--listen", &format!("unix:{}", socket.display())]);
    assert_eq!(serve.lines[1], format!("listening on unix:{}", socket.display()));
    let by_socket = format!("mem+unix:///default?socket={}", socket.display());
    run_with(&["create", &by_socket, "-"], XML).succeeded();
    assert!(run(&["list", &serve.uri()]).succeeded().contains("web1"), "both listeners lead to one host");

    assert_eq!(serve.end_by("TERM"), Some(0));
    assert!(!socket.exists());
}

#[test]
fn serve_ends_with_whoever_started_it() {
    let serve = Serve::start(&["--exit-with-stdin"]);
    assert_eq!(serve.end_by_stdin(), Some(0));
}

#[test]
fn serve_refuses_strangers_unless_told_so_by_name() {
    let told = run(&["serve", "--listen", "tcp://0.0.0.0:0"]).failed(1);
    assert!(told.contains("address tcp://0.0.0.0:0") && told.contains("--allow-unauthenticated"), "{told}");
    // Nor where a password is asked for that nothing protects; it is no lie that something is asked.
    let file = temporary("passwords-in-clear");
    let file = file.to_str().unwrap();
    run_with(&["passwd", file, "fred"], "secret\n").succeeded();
    let told = run(&["serve", "--listen", "tcp://0.0.0.0:0", "--passwords", file]).failed(1);
    assert!(told.contains("tls://") && !told.contains("not authenticated"), "{told}");
    std::fs::remove_file(file).unwrap();
    let told = run(&["serve", "--listen", "tcp://127.0.0.1:0", "--migration-host", "192.0.2.1"]).failed(1);
    assert!(told.contains("192.0.2.1") && told.contains("--allow-unauthenticated"), "{told}");
    let serve = Serve::start(&["--listen", "tcp://0.0.0.0:0", "--allow-unauthenticated"]);
    assert!(serve.lines[1].starts_with("listening on tcp://0.0.0.0:"));

    let taken = serve.lines[0].strip_prefix("listening on ").unwrap();
    let told = run(&["serve", "--listen", taken]).failed(1);
    assert!(told.contains(taken) && told.contains("in use"), "{told}");
    let told = run(&["serve", "--listen", "unix:/proc/virtwire.sock"]).failed(1);
    assert!(told.contains("unix:/proc/virtwire.sock: cannot listen"), "{told}");
    let told = run(&["serve", "--listen", "tcp://127.0.0.1:0", "--without", "99999"]).failed(1);
    assert!(told.contains("--without 99999"), "{told}");
    let told = run(&["serve", "--listen", "tcp://127.0.0.1:0", "--as", "99.0.0"]).failed(1);
    assert!(told.contains("--as 99.0.0"), "{told}");
}

#[test]
fn a_guest_moves_and_the_document_says_so() {
    moves(&["--as", "0.9.1"], "108 domain_migrate_prepare2", "v2");
    moves(&[], "303 domain_migrate_prepare3", "v3+params");
}

#[track_caller]
fn moves(age: &[&str], prepare: &str, version: &str) {
    let (source, destination) = (Serve::start(age), Serve::start(age));
    run_with(&["create", &source.uri(), "-"], XML).succeeded();
    let moved = run(&[
        "migrate",
        "--live",
        "--json",
        "--ladder",
        "--from",
        &source.uri(),
        "--to",
        &destination.uri(),
        "web1",
    ]);
    assert!(moved.stderr.contains(prepare), "{}", moved.stderr);
    let events: Vec<_> = moved.succeeded().lines().map(json).collect();
    assert_eq!((&events[0]["event"], &events[0]["version"]), (&"chosen".into(), &version.into()));
    let calls: Vec<_> = events.iter().filter(|event| event["event"] == "call").collect();
    assert!(
        calls.len() >= 5 && calls.iter().any(|call| call["number"] == prepare[..3].parse::<i32>().unwrap()),
        "{events:?}"
    );
    let document = events.last().unwrap();
    assert_eq!(
        (&document["outcome"], &document["version"]),
        (&"on destination".into(), &version.into()),
        "{document}"
    );
    assert_eq!(run(&["dumpxml", "--inactive", &destination.uri(), "web1"]).succeeded(), XML);
    assert!(!run(&["list", "--all", &source.uri()]).succeeded().contains("web1"));
}

#[test]
fn a_guest_stays_when_its_migration_fails_and_the_exit_status_tells_how_far_it_came() {
    let source = Serve::start(&["--as", "0.9.1", "--fault", "break-perform=1000", "--without-feature", "1"]);
    let (destination, old) = (Serve::start(&["--as", "0.9.1"]), Serve::start(&["--as", "0.4.4"]));
    run_with(&["create", &source.uri(), "-"], XML).succeeded();
    let migrate = |to: &str, more: &[&str]| {
        run(&[&["migrate", "--from", &source.uri(), "--to", to, "web1"][..], more].concat())
    };
    // Nothing was tried.
    let told = migrate(&old.uri(), &[]).failed(1);
    assert!(told.contains("MIGRATION_V2 (3)") && told.contains("MIGRATION_V1 (1)"), "{told}");
    let told = run(&["migrate", "--from", &source.uri(), "--to", &destination.uri(), "web7"]).failed(1);
    assert!(told.contains("domain web7"), "{told}");
    // It was tried, and failed.
    let failed = migrate(&destination.uri(), &["--json"]);
    assert_eq!(failed.status, Some(2), "{failed:?}");
    assert_eq!(json(failed.stdout.lines().last().unwrap())["outcome"], "on source");
    assert!(run(&["list", &source.uri()]).succeeded().contains("running"));
    assert!(!run(&["list", "--all", &destination.uri()]).succeeded().contains("web1"));
    // The guest is there already.
    run_with(&["create", &destination.uri(), "-"], XML).succeeded();
    let told = migrate(&destination.uri(), &[]);
    assert_eq!(told.status, Some(2), "{told:?}");
    assert!(told.stderr.contains("already") && told.stderr.contains("--dname"), "{told:?}");
}

#[test]
fn ctrl_c_asks_the_source_to_stop_and_waits_for_the_truth() {
    let (source, destination) = (Serve::start(&["--fault", "stall-perform=1000"]), Serve::start(&[]));
    run_with(&["create", &source.uri(), "-"], XML).succeeded();
    let mut migrate = Migrate::start(&source, &destination);
    migrate.wait_for("domain_migrate_perform");
    migrate.interrupt();
    migrate.wait_for("asked the source to stop");
    assert_eq!(migrate.end(), Some(2));
    assert!(run(&["list", &source.uri()]).succeeded().contains("running"));
    assert!(!run(&["list", "--all", &destination.uri()]).succeeded().contains("web1"));
}

/// A terminal sends its Ctrl-C to the program, too, by which the source is reached: that carries the word that follows.
#[test]
fn ctrl_c_does_not_cut_off_the_program_that_leads_to_the_source() {
    if std::process::Command::new("nc").arg("-h").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "there is no nc");
        return;
    }
    let (source, destination) = (Serve::start(&["--fault", "stall-perform=1000"]), Serve::start(&[]));
    run_with(&["create", &source.uri(), "-"], XML).succeeded();
    let place = source.lines[0].strip_prefix("listening on tcp://").unwrap().replace(':', " ");
    let program = script("lead", &format!("exec nc {place}"));
    let from = format!("mem+ext:///default?command={}", program.display());
    let arguments = ["--ladder", "--from", &from, "--to", &destination.uri(), "web1"];
    let mut migrate = Migrate::in_a_group(&arguments);
    migrate.wait_for("domain_migrate_perform");
    migrate.interrupt_group();
    migrate.wait_for("asked the source to stop");
    let told = migrate.wait_for_either(["the source says of the guest", "UNKNOWN"]);
    assert!(told.contains("running"), "{told}");
    assert_eq!(migrate.end(), Some(2));
    std::fs::remove_file(&program).unwrap();
}

/// Whoever ends the command, be it the system, must not learn less than who types.
#[test]
fn whatever_asks_it_to_end_is_treated_as_ctrl_c() {
    for signal in ["TERM", "HUP"] {
        let (source, destination) = (Serve::start(&["--fault", "stall-perform=1000"]), Serve::start(&[]));
        run_with(&["create", &source.uri(), "-"], XML).succeeded();
        let mut migrate = Migrate::start(&source, &destination);
        migrate.wait_for("domain_migrate_perform");
        migrate.send(signal);
        migrate.wait_for("asked the source to stop");
        assert_eq!(migrate.end(), Some(2), "{signal}");
        assert!(run(&["list", &source.uri()]).succeeded().contains("running"));
    }
}

#[test]
fn an_unknown_end_is_asked_for_until_the_user_has_had_enough() {
    let (source, destination) = (Serve::start(&["--fault", "stall-perform=1000"]), Serve::start(&[]));
    run_with(&["create", &source.uri(), "-"], XML).succeeded();
    let mut migrate = Migrate::start(&source, &destination);
    migrate.wait_for("domain_migrate_perform");
    drop(source);
    migrate.wait_for("UNKNOWN");
    migrate.wait_for("to check: ");
    migrate.interrupt();
    migrate.wait_for("Ctrl-C again");
    migrate.interrupt();
    assert_eq!(migrate.end(), Some(3));
}

#[test]
fn the_demo_shows_what_it_promises() {
    let shown = run(&["demo"]);
    assert_eq!(shown.status, Some(0), "{}{}", shown.stdout, shown.stderr);
    let text = shown.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for promised in [
        "domain_migrate_prepare2",
        "domain_migrate_prepare ",
        "unknown procedure: 108",
        "UNKNOWN",
        "the link is whole again",
        "7 of 7",
    ] {
        assert!(text.contains(promised), "{promised}: {}", shown.stdout);
    }
    assert!(!shown.stdout.contains('\x1b'), "no colours in a pipe");
}

/// One line on standard error that has all of this, and exit status 1.
#[track_caller]
fn check(arguments: &[&str], has: &[&str]) {
    let told = run(arguments).failed(1);
    for part in has {
        assert!(told.contains(part), "{arguments:?}: {part:?} is not in {told}");
    }
}
