//! The journal of a migration, and what is made of it afterwards.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::XML;
use super::process::{Migrate, Serve, command, has_all_keys, json, run, run_with, send, temporary};

/// What a journal's line is about: a call that is announced by its kind, or whose answer it is.
fn subject(line: &str) -> String {
    let record = &json(line)["record"];
    if let Some(call) = record["Doing"]["call"].as_object() {
        return format!("doing {}", call.keys().next().unwrap());
    }
    match record["Answered"]["procedure"].as_str() {
        Some(procedure) => format!("answered {procedure}"),
        None => record.as_object().unwrap().keys().next().unwrap().clone(),
    }
}

#[test]
fn a_migration_with_a_journal_announces_every_call_that_changes_something() {
    let (source, destination) = (Serve::start(&[]), Serve::start(&[]));
    let (from, to) = (&source.uri(), &destination.uri());
    run_with(&["create", from, "-"], XML).succeeded();
    let file = temporary("journal");
    let journal = file.to_str().unwrap();
    let migrate =
        |from, to| run(&["migrate", "--live", "--journal", journal, "--from", from, "--to", to, "web1"]);
    migrate(from, to).succeeded();
    let text = fs::read_to_string(&file).unwrap();
    let (head, records) = text.split_once('\n').unwrap();
    assert_eq!(
        (json(head)["from"].as_str(), json(head)["to"].as_str()),
        (Some(from.as_str()), Some(to.as_str()))
    );
    let told: Vec<String> = records.lines().map(subject).collect();
    // Who the hosts are comes when they have told, before Finish at the latest.
    let met: Vec<_> =
        told.iter().take_while(|told| *told != "doing Finish3").filter(|told| *told == "Met").collect();
    assert_eq!(met.len(), 2, "{told:?}");
    let told: Vec<_> = told.iter().filter(|told| *told != "Met").collect();
    assert_eq!(
        told,
        [
            "Chosen",
            "doing Begin3",
            "answered domain_migrate_begin3_params",
            "answered domain_get_state",
            "doing Prepare3",
            "answered domain_migrate_prepare3_params",
            "doing Perform3",
            "answered domain_migrate_perform3_params",
            "doing Finish3",
            "answered domain_migrate_finish3_params",
            "doing Confirm3",
            "answered domain_migrate_confirm3_params",
            "Ended",
        ]
    );
    let again = migrate(to, from).failed(1);
    fs::remove_file(&file).unwrap();
    assert!(again.contains("is there already"), "{again}");
    assert_eq!(again.lines().count(), 1, "{again}");
}

/// Each guest has a journal of its own, and all of them are recovered at once.
#[test]
fn guests_that_move_together_when_their_mover_is_killed_are_each_accounted_for() {
    let (source, destination) = (Serve::start(&[]), Serve::start(&[]));
    let (from, to) = (&source.uri(), &destination.uri());
    // It takes long enough at 1 MiB/s.
    for name in ["one", "two words"] {
        let xml = format!("<domain type='mem'><name>{name}</name><memory unit='MiB'>30</memory></domain>");
        run_with(&["create", from, "-"], &xml).succeeded();
    }
    let directory = temporary("journals");
    let kept = directory.to_str().unwrap();
    let migrate =
        ["migrate", "--live", "--bandwidth", "1", "--all", "--journal", kept, "--from", from, "--to", to];
    let mut moving = command(&migrate).stdout(Stdio::null()).spawn().unwrap();
    let [one, two] = ["one.journal", "two%20words.journal"].map(|name| directory.join(name));
    let performs = |file: &Path| fs::read_to_string(file).is_ok_and(|text| text.contains("\"Perform3\""));
    let deadline = Instant::now() + Duration::from_secs(60);
    while !(performs(&one) && performs(&two)) && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
    }
    let moved = performs(&one) && performs(&two);
    moving.kill().unwrap();
    moving.wait().unwrap();
    assert!(moved, "they do not move");

    let empty = temporary("nothing");
    fs::create_dir(&empty).unwrap();
    let nothing = run(&["recover", empty.to_str().unwrap()]).failed(1);
    fs::remove_dir(&empty).unwrap();
    assert!(nothing.contains("holds no journal"), "{nothing}");
    let again = run(&migrate).failed(1);
    assert!(again.contains("is there already") && again.contains("virtwire recover"), "{again}");
    // Of a journal that cannot be read nothing is known, which is worse than what becomes of the others.
    let foreign = directory.join("damaged.journal");
    fs::write(&foreign, "<domain/>\n").unwrap();
    let told = run(&["recover", kept]);
    assert_eq!(told.status, Some(3), "{told:?}");
    assert!(told.stderr.contains("is no journal of a migration"), "{told:?}");
    fs::remove_file(&foreign).unwrap();
    let told = run(&["recover", "--json", kept]);
    let ends: Vec<_> = told.stdout.lines().map(json).collect();
    fs::remove_dir_all(&directory).unwrap();
    assert_eq!(told.status, Some(2), "{told:?}");
    ends.iter().for_each(has_all_keys);
    for (end, name) in ends.iter().zip(["one", "two words"]) {
        assert_eq!(
            (end["domain"].as_str(), end["outcome"].as_str()),
            (Some(name), Some("on source")),
            "{told:?}"
        );
    }
    assert_eq!(ends.len(), 2, "{told:?}");
    assert_eq!(run(&["list", from]).succeeded().matches("running").count(), 2);
}

/// libvirt takes names of guests that no file can have.
#[test]
fn a_guest_with_a_long_name_keeps_nobody_from_moving() {
    let (source, destination) = (Serve::start(&[]), Serve::start(&[]));
    let (from, to) = (&source.uri(), &destination.uri());
    let names = ["生".repeat(39), "web1".to_owned()];
    for name in &names {
        let xml = format!("<domain type='mem'><name>{name}</name><memory unit='KiB'>1024</memory></domain>");
        run_with(&["create", from, "-"], &xml).succeeded();
    }
    let directory = temporary("long-names");
    let kept = directory.to_str().unwrap();
    run(&["migrate", "--live", "--all", "--journal", kept, "--from", from, "--to", to]).succeeded();
    let told = run(&["recover", "--json", kept]);
    fs::remove_dir_all(&directory).unwrap();
    let ends: Vec<_> = told.succeeded().lines().map(json).collect();
    let domains: Vec<_> = ends.iter().map(|end| end["domain"].as_str().unwrap()).collect();
    assert_eq!(domains, names, "{told:?}");
}

/// Whoever would recover it meanwhile would do so beside a migration that goes on.
#[test]
fn while_the_end_of_one_is_asked_for_nobody_else_has_its_journal() {
    let (source, destination) = (Serve::start(&[]), Serve::start(&[]));
    let (from, to) = (&source.uri(), &destination.uri());
    let xml = "<domain type='mem'><name>one</name><memory unit='MiB'>30</memory></domain>";
    run_with(&["create", from, "-"], xml).succeeded();
    let directory = temporary("held");
    let (kept, file) = (directory.to_str().unwrap(), directory.join("one.journal"));
    let mut moving =
        Migrate::with(&["--bandwidth", "1", "--all", "--journal", kept, "--from", from, "--to", to]);
    let deadline = Instant::now() + Duration::from_secs(60);
    while !fs::read_to_string(&file).is_ok_and(|text| text.contains("\"Perform3\"")) {
        assert!(Instant::now() < deadline, "it does not move");
        std::thread::sleep(Duration::from_millis(20));
    }
    drop((source, destination));
    moving.wait_for("not known where every guest is");
    let recover = ["recover", file.to_str().unwrap(), "--wait", "0"];
    for _ in 0..8 {
        let told = run(&recover).failed(1);
        assert!(told.contains("is in use by another process"), "{told}");
    }
    moving.interrupt();
    assert_eq!(moving.end(), Some(3));
    let unknown = run(&recover).failed(3);
    fs::remove_dir_all(&directory).unwrap();
    assert!(unknown.contains("domain one: "), "{unknown}");
}

/// The same file, cut where its writer could have died, says how far the migration came.
#[test]
fn what_was_cut_off_is_recovered_and_a_word_is_needed_for_a_dead_host() {
    let (source, destination) = (Serve::start(&[]), Serve::start(&[]));
    let (from, to) = (&source.uri(), &destination.uri());
    run_with(&["create", from, "-"], XML).succeeded();
    let file = temporary("journal");
    let journal = file.to_str().unwrap();
    run(&["migrate", "--live", "--journal", journal, "--from", from, "--to", to, "web1"]).succeeded();
    let whole = fs::read(&file).unwrap();
    // Who the hosts are is there somewhere.
    let is_met = |line: &&[u8]| String::from_utf8_lossy(line).contains("\"Met\"");
    let lines: Vec<_> = whole.split_inclusive(|byte| *byte == b'\n').filter(|line| !is_met(line)).collect();

    // Cut off before the destination was told to start the guest, and in the middle of a line: there it is, and not on the source.
    let until_performed = lines[..9].concat();
    fs::write(&file, [&until_performed[..], &lines[9][..40]].concat()).unwrap();
    let there = run(&["recover", journal]).succeeded();
    assert!(there.contains("was not written to its end (40 bytes)"), "{there}");
    assert!(there.contains("web1 is on the destination, running"), "{there}");
    assert!(fs::read(&file).unwrap().starts_with(&until_performed));
    // What it found out is in the journal, so nobody needs to be asked again.
    let again = run(&["recover", journal, "--json"]).succeeded();
    assert_eq!(json(&again)["outcome"].as_str(), Some("on destination"));

    // Nothing began.
    fs::write(&file, lines[0]).unwrap();
    let nothing = run(&["recover", journal, "--json"]);
    assert_eq!((nothing.status, json(&nothing.stdout)["outcome"].as_str()), (Some(2), Some("on source")));
    assert_eq!(nothing.stdout.lines().count(), 1, "{nothing:?}");
    has_all_keys(&json(&nothing.stdout));

    // The source does not answer: the guest is where it runs. The destination does not answer either: nobody knows, until it is said
    // that both are dead.
    drop(source);
    fs::write(&file, lines[..9].concat()).unwrap();
    let there = run(&["recover", journal, "--wait", "0"]).succeeded();
    assert!(there.contains("if it is still there, destroy it and never resume it"), "{there}");
    drop(destination);
    fs::write(&file, lines[..9].concat()).unwrap();
    let unknown = run(&["recover", journal, "--wait", "0"]).failed(3);
    assert!(unknown.contains("domain web1: "), "{unknown}");
    let word = ["recover", journal, "--wait", "0", "--fenced", "source", "--fenced", "destination"];
    let nowhere = run(&word).failed(4);
    assert!(nowhere.contains("fenced"), "{nowhere}");
    // An agent is asked for each, and its word is its status.
    fs::write(&file, lines[..9].concat()).unwrap();
    for agent in ["/bin/false", "/proc/none"] {
        run(&["recover", journal, "--wait", "0", "--fence", agent]).failed(3);
    }
    let nowhere = run(&["recover", journal, "--wait", "0", "--fence", "/bin/echo"]);
    assert_eq!(nowhere.status, Some(4), "{nowhere:?}");
    let asked = format!("source {from}\ndestination {to}\nvirtwire: ");
    assert!(nowhere.stderr.starts_with(&asked), "{nowhere:?}");
    fs::remove_file(&file).unwrap();

    let none = run(&["recover", journal]).failed(1);
    assert_eq!(none.lines().count(), 1, "{none}");
    assert!(!none.contains("untouched"), "a file that is not there proves nothing: {none}");
}

/// An agent cuts a host's power. One whose address leads to a host that answers, be it another one now, keeps it.
#[test]
fn no_agent_is_run_for_a_host_whose_address_answers() {
    let [source, destination, stranger] = [Serve::start(&[]), Serve::start(&[]), Serve::start(&[])];
    let (from, to, elsewhere) = (&source.uri(), &destination.uri(), &stranger.uri());
    run_with(&["create", from, "-"], XML).succeeded();
    let file = temporary("journal");
    let journal = file.to_str().unwrap();
    run(&["migrate", "--live", "--journal", journal, "--from", from, "--to", to, "web1"]).succeeded();
    // Cut off before Finish, with who the hosts are.
    let whole = fs::read_to_string(&file).unwrap();
    let (head, records) = whole.split_once('\n').unwrap();
    let kept: Vec<_> = records.lines().take_while(|line| subject(line) != "doing Finish3").collect();
    assert_eq!(kept.iter().filter(|line| subject(line) == "Met").count(), 2, "{kept:#?}");
    fs::write(&file, format!("{head}\n{}\n", kept.join("\n"))).unwrap();
    drop(destination);
    let told = run(&["recover", journal, "--wait", "0", "--from", elsewhere, "--fence", "/bin/echo"]);
    fs::remove_file(&file).unwrap();
    assert_eq!(told.status, Some(3), "{told:?}");
    assert!(told.stdout.contains("leads to another host now"), "{told:?}");
    assert!(told.stdout.contains("the source is not fenced: a daemon answers at"), "{told:?}");
    // What it was run for, it repeats.
    assert!(told.stderr.starts_with(&format!("destination {to}\nvirtwire: ")), "{told:?}");
}

/// Without its journal the migration that wanted one does not begin.
#[test]
fn a_journal_that_cannot_be_kept_stops_the_migration_before_it_begins() {
    let (source, destination) = (Serve::start(&[]), Serve::start(&[]));
    let (from, to) = (&source.uri(), &destination.uri());
    run_with(&["create", from, "-"], XML).succeeded();
    let full =
        run(&["migrate", "--journal", "/proc/none/journal", "--from", from, "--to", to, "web1"]).failed(1);
    assert!(full.contains("the guest is untouched"), "{full}");
    assert!(run(&["list", from]).succeeded().contains("web1"));
}

/// Its disk has room for so many half KiB and no more, wherever in the migration that is: what is not in the journal was not done, and by what is
/// there `recover` says where the guest is.
#[test]
fn a_migration_whose_disk_is_full_does_nothing_that_its_journal_does_not_know() {
    const LIMITED: &str = "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"";
    let (source, destination) = (Serve::start(&[]), Serve::start(&[]));
    let (from, to) = (&source.uri(), &destination.uri());
    let runs = |uri| run(&["list", uri]).succeeded().contains("running");
    let mut statuses = BTreeSet::new();
    let mut is_whole = false;
    for room in 1..=100 {
        run_with(&["create", from, "-"], XML).succeeded();
        let file = temporary("full");
        let mut moving = Command::new("sh")
            .args(["-c", LIMITED, "sh", &room.to_string(), env!("CARGO_BIN_EXE_virtwire")])
            .args(["migrate", "--live", "--from", from, "--to", to, "web1", "--journal"])
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = BufReader::new(moving.stdout.take().unwrap());
        for line in said.lines().map(Result::unwrap) {
            // It asks on until its user has had enough, who says so twice.
            if ["UNKNOWN", "asked the source to stop", "are asked on until"]
                .iter()
                .any(|told| line.contains(told))
            {
                send("INT", &moving);
            }
        }
        let status = moving.wait().unwrap().code();
        statuses.insert(status);
        let kept = fs::read_to_string(&file).unwrap();
        let told = run(&["recover", "--json", "--no-later-migration", file.to_str().unwrap()]);
        fs::remove_file(&file).unwrap();
        let outcome = json(&told.stdout)["outcome"].as_str().unwrap_or_default().to_owned();
        let there = match outcome.as_str() {
            "on source" => [true, false],
            "on destination" => [false, true],
            _ => panic!("{room}: {told:?}"),
        };
        assert_eq!([runs(from), runs(to)], there, "{room}: {told:?}");
        assert!(status != Some(0) || there[1], "{room}: {kept}");
        run(&["destroy", if there[1] { to } else { from }, "web1"]).succeeded();
        is_whole = kept.contains("\"Ended\"") && status == Some(0);
        if is_whole {
            break;
        }
    }
    assert!(is_whole, "there was never room for all of it");
    // Something before Perform; Finish, so that nobody knew until it was recovered; and all.
    assert!(statuses.is_superset(&[2, 3, 0].map(Some).into()), "{statuses:?}");
}
