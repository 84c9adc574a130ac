//! `migrate --check` and `migrate --all`.

use std::fs;
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::process::{
    Migrate, Serve, command, free_port, has_all_keys, json, run, run_with, send, temporary,
};
use crate::{XML, terminal::Terminal};

#[test]
fn a_check_says_what_is_in_the_way_and_moves_nothing() {
    let (source, destination) = (Serve::start(&[]), Serve::start(&[]));
    run_with(&["create", &source.uri(), "-"], XML).succeeded();
    let (from, to) = (source.uri(), destination.uri());
    let check = |more: &[&str]| {
        run(&[&["migrate", "--check", "--from", &from, "--to", &to, "web1"][..], more].concat())
    };
    let told = check(&[]).succeeded();
    assert!(told.contains("ok     version    v3 with parameters"), "{told}");
    assert!(told.contains("nothing was changed") && !told.contains("FAILS"), "{told}");
    let found = json(&check(&["--json"]).succeeded());
    assert_eq!((&found["would_fail"], &found["version"]), (&false.into(), &"v3+params".into()), "{found}");
    // Something is.
    run_with(&["create", &to, "-"], XML).succeeded();
    let told = check(&[]);
    assert_eq!(told.status, Some(1));
    assert!(told.stdout.contains("FAILS  name       web1 is active on the destination already"), "{told:?}");
    assert!(told.stdout.contains("it would fail: 1 thing is in the way"), "{told:?}");
    assert!(run(&["list", &from]).succeeded().contains("running"));
}

/// A host that is not reached, or has no such guest, is a finding as any other.
#[test]
fn a_check_finds_hosts_that_are_not_there_and_guests_that_are_not() {
    let host = Serve::start(&[]);
    let nobody = format!("mem+tcp://127.0.0.1:{}/default", free_port());
    let check = |from: &str, to: &str| {
        let done = run(&["migrate", "--check", "--json", "--from", from, "--to", to, "web1"]);
        assert_eq!(done.status, Some(1), "{done:?}");
        json(&done.stdout)
    };
    for found in [check(&host.uri(), &nobody), check(&nobody, &host.uri())] {
        let finding = &found["findings"][0];
        assert_eq!((&finding["subject"], &finding["verdict"]), (&"hosts".into(), &"fails".into()), "{found}");
        assert!(finding["text"].as_str().unwrap().contains(&nobody), "{found}");
    }
    // Nor does the one that is not reached hide what the other says.
    let said = |from: &str, to: &str| {
        let found = check(from, to);
        (found["findings"][1]["subject"].as_str().unwrap_or_default().to_owned(), found)
    };
    assert_eq!(said(&host.uri(), &nobody).0, "guest");
    assert_eq!(said(&nobody, &host.uri()).0, "name");
    let other = Serve::start(&[]);
    let found = check(&host.uri(), &other.uri());
    assert_eq!(found["findings"][0]["subject"], "guest", "{found}");
    assert_eq!(found["would_fail"], true, "{found}");
}

/// Whoever has enough while a host is opened is heard.
#[test]
fn a_migration_is_interrupted_before_it_begins() {
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let from = format!("mem+tcp://{}/default", silent.local_addr().unwrap());
    for what in [&["web1"][..], &["--all"]] {
        let to = format!("mem+tcp://127.0.0.1:{}/default", free_port());
        let arguments = [&["migrate", "--from", &from, "--to", &to][..], what].concat();
        let mut child = command(&arguments).stderr(Stdio::piped()).spawn().unwrap();
        // It has come, and is never answered.
        let (mut met, _) = silent.accept().unwrap();
        met.read_exact(&mut [0]).unwrap();
        send("INT", &child);
        let mut told = String::new();
        child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(1), "{told}");
        assert!(told.contains("SIGINT came before anything was tried"), "{told}");
    }
}

#[test]
fn all_guests_of_a_host_move_and_a_table_tells_of_each() {
    let (source, destination) = (Serve::start(&[]), Serve::start(&[]));
    let (from, to) = (source.uri(), destination.uri());
    for number in 1..=5 {
        let xml =
            format!("<domain type='mem'><name>web{number}</name><memory unit='KiB'>64</memory></domain>");
        run_with(&["create", &from, "-"], &xml).succeeded();
    }
    // One that cannot go: its name is taken.
    run_with(
        &["create", &to, "-"],
        "<domain type='mem'><name>web2</name><memory unit='KiB'>64</memory></domain>",
    )
    .succeeded();
    let all = ["migrate", "--live", "--all", "--at-once", "3", "--from", &from, "--to", &to];
    let moved = run(&[&all[..], &["--except", "web4"]].concat());
    assert_eq!(moved.status, Some(2), "{moved:?}");
    assert!(moved.stdout.contains("3 of 4 guests are on the destination"), "{moved:?}");
    assert!(moved.stdout.contains("Version"), "{moved:?}");
    let row = |name: &str| {
        moved
            .stdout
            .lines()
            .rfind(|line| line.starts_with(&format!(" {name} ")))
            .unwrap_or_default()
            .to_owned()
    };
    assert!(row("web1").contains("v3+params   on destination"), "{moved:?}");
    assert!(row("web2").contains("on source") && row("web2").contains("already"), "{moved:?}");
    assert!(row("web4").is_empty());
    let left = run(&["list", &from]).succeeded();
    assert!(left.contains("web2") && left.contains("web4") && !left.contains("web1"), "{left}");
    // For programs, and nothing is left to move but those two.
    let moved = run(&[&all[..], &["--json", "--except", "web2"]].concat());
    let events: Vec<_> = moved.succeeded().lines().map(json).collect();
    let (summary, events) = events.split_last().unwrap();
    assert!(events.iter().all(|event| event["domain"] == "web4"), "{events:?}");
    assert_eq!((&events[0]["event"], &events[0]["version"]), (&"chosen".into(), &"v3+params".into()));
    assert!(events.iter().any(|event| event["event"] == "call" && event["number"] == 305), "{events:?}");
    let ended: Vec<_> = events.iter().filter(|event| event["event"] == "ended").collect();
    let [ended] = ended[..] else { panic!("{events:?}") };
    assert_eq!(
        (&ended["outcome"], &ended["version"], &ended["why"]),
        (&"on destination".into(), &"v3+params".into(), &events[0]["why"])
    );
    has_all_keys(ended);
    assert_eq!((&summary["event"], &summary["moved"]), (&"summary".into(), &1.into()));
    // One that cannot go, and then none that could.
    let moved = run(&[&all[..], &["--json"]].concat());
    let events: Vec<_> = moved.stdout.lines().map(json).collect();
    let ended: Vec<_> = events.iter().filter(|event| event["event"] == "ended").collect();
    let [ended] = ended[..] else { panic!("{events:?}") };
    has_all_keys(ended);
    assert_eq!((&ended["outcome"], &ended["domain"]), (&"on source".into(), &"web2".into()));
    assert!(ended["reason"].as_str().is_some_and(|why| why.contains("already")), "{ended}");
    let none = run(&[&all[..], &["--json", "--except", "web2"]].concat());
    let [summary] = &none.succeeded().lines().map(json).collect::<Vec<_>>()[..] else { panic!("one event") };
    assert_eq!((&summary["event"], &summary["guests"]), (&"summary".into(), &0.into()));
}

/// A destination that only the source's daemon reaches is as good for all guests as for one.
#[test]
fn all_guests_move_peer_to_peer_to_where_nobody_else_gets() {
    let (source, destination) = (Serve::start(&["--allow-p2p", "any"]), Serve::start(&[]));
    let (from, to) = (source.uri(), destination.uri());
    for name in ["web1", "web2"] {
        let xml = format!("<domain type='mem'><name>{name}</name><memory unit='KiB'>64</memory></domain>");
        run_with(&["create", &from, "-"], &xml).succeeded();
    }
    let nobody = format!("mem+tcp://127.0.0.1:{}/default", free_port());
    let all = ["migrate", "--live", "--all", "--from", &from, "--to", &nobody];
    assert_eq!(run(&all).status, Some(1), "without the source's daemon, nobody gets there");
    let moved = run(&[&all[..], &["--p2p", "--peer-uri", &to]].concat());
    let told = moved.succeeded();
    assert!(told.contains("not reached from here") && told.contains("2 of 2 guests"), "{moved:?}");
    let there = run(&["list", &to]).succeeded();
    assert!(there.contains("web1") && there.contains("web2"), "{there}");
}

/// What a person has paused arrives so, and that is no failure.
#[test]
fn guests_that_were_found_paused_have_moved_as_they_were() {
    for (serves, ways) in [(&["--as", "0.9.1"][..], &[][..]), (&["--allow-p2p", "any"], &["--p2p"])] {
        let (source, destination) = (Serve::start(serves), Serve::start(serves));
        let (from, to) = (source.uri(), destination.uri());
        run_with(&["create", &from, "-"], XML).succeeded();
        run(&["suspend", &from, "web1"]).succeeded();
        let all = ["migrate", "--live", "--all", "--from", &from, "--to", &to];
        let told = run(&[&all[..], ways].concat()).succeeded();
        assert!(told.contains("1 of 1 guests are on the destination"), "{told}");
        assert!(!told.contains("not running"), "{told}");
        assert!(run(&["list", &to]).succeeded().contains("paused"));
        // A program is told the same.
        let back = ["migrate", "--live", "--all", "--json", "--from", &to, "--to", &from];
        let told = run(&[&back[..], ways].concat()).succeeded();
        let ended: Vec<_> = told.lines().map(json).filter(|event| event["event"] == "ended").collect();
        let [ended] = &ended[..] else { panic!("{told}") };
        assert_eq!(ended["outcome"], "on destination", "{told}");
    }
}

/// Who does not wait for the truth leaves, and hears of every guest.
#[test]
fn a_second_interrupt_leaves_guests_that_move_together() {
    for (more, heard) in [(&[][..], "no further guest is moved"), (&["--json"], "\"cancelled\"")] {
        let (source, destination) = (Serve::start(&[]), Serve::start(&[]));
        let (from, to) = (source.uri(), destination.uri());
        for name in ["one", "two"] {
            let xml =
                format!("<domain type='mem'><name>{name}</name><memory unit='MiB'>60</memory></domain>");
            run_with(&["create", &from, "-"], &xml).succeeded();
        }
        let directory = temporary("left");
        let kept = directory.to_str().unwrap();
        let all = ["--bandwidth", "1", "--all", "--journal", kept, "--from", &from, "--to", &to];
        let mut moving = Migrate::with(&[&all[..], more].concat());
        let deadline = Instant::now() + Duration::from_secs(60);
        for name in ["one", "two"] {
            let file = directory.join(format!("{name}.journal"));
            while !fs::read_to_string(&file).is_ok_and(|text| text.contains("\"Perform3\"")) {
                assert!(Instant::now() < deadline, "{name} does not move");
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        // From here on it answers nothing, and does not go either.
        destination.send("STOP");
        moving.interrupt();
        moving.wait_for(heard);
        moving.interrupt();
        let (status, told) = moving.end_within(Duration::from_secs(50));
        fs::remove_dir_all(&directory).unwrap();
        assert_eq!(status, Some(3), "{told:#?}");
        let last = told.last().map(String::as_str).unwrap_or_default();
        if more.is_empty() {
            assert!(last.contains("0 of 2 guests are on the destination"), "{told:#?}");
            for name in ["one", "two"] {
                let row = told.iter().rfind(|line| line.starts_with(&format!(" {name} ")));
                assert!(row.is_some_and(|row| row.contains("unknown")), "{told:#?}");
            }
        } else {
            assert_eq!((&json(last)["event"], &json(last)["guests"]), (&"summary".into(), &2.into()));
            let ended: Vec<_> =
                told.iter().map(|line| json(line)).filter(|event| event["event"] == "ended").collect();
            assert_eq!(ended.len(), 2, "{told:#?}");
            assert!(ended.iter().all(|ended| ended["outcome"] == "unknown"), "{told:#?}");
        }
    }
}

#[test]
fn a_terminal_shows_how_far_all_of_them_are() {
    let (source, destination) = (Serve::start(&["--fault", "stall-perform=524288"]), Serve::start(&[]));
    let (from, to) = (source.uri(), destination.uri());
    for name in ["one", "two"] {
        let xml = format!("<domain type='mem'><name>{name}</name><memory unit='MiB'>1</memory></domain>");
        run_with(&["create", &from, "-"], &xml).succeeded();
    }
    let mut terminal =
        Terminal::start(20, 100, &["migrate", "--live", "--all", "--from", &from, "--to", &to]);
    terminal.wait_for(&["0 of 2 ended", "one 50 %", "two 50 %"]);
    terminal.interrupt();
    let (status, shown) = terminal.end();
    assert_eq!(status, Some(2), "{shown}");
    assert!(shown.contains("0 of 2 guests are on the destination"), "{shown}");
}
