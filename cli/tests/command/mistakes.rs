//! What a user is told when something goes wrong: one line, with the next step at its end.

use std::fs::File;
use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use virtwire::protocol::program::Procedure;
use virtwire::protocol::remote::{AuthType, ConnectClose, ConnectGetHostname, ConnectGetHostnameReply};

use crate::XML;
use crate::peer::Peer;
use crate::process::{Done, Serve, run, run_into, run_with};

#[test]
fn output_that_cannot_be_written_is_a_failure() {
    let serve = Serve::start(&[]);
    let uri = &serve.uri();
    run_with(&["create", uri, "-"], XML).succeeded();
    for command in [
        &["dumpxml", uri, "web1"][..],
        &["list", "--json", uri],
        &["info", uri],
        &["probe", uri],
        &["--help"],
    ] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let told = run_into(command, full).failed(1);
        assert!(told.starts_with("virtwire: standard output: cannot be written: no space left"), "{told}");
        assert!(told.ends_with("elsewhere)\n"), "{told}");
    }
}

#[test]
fn serve_says_how_much_memory_a_guest_really_has() {
    assert!(run(&["serve", "--help"]).succeeded().contains("at most 4 MiB"));
}

#[test]
fn every_mistake_ends_with_a_next_step() {
    let serve = Serve::start(&[]);
    let uri = &serve.uri();
    let place = uri.strip_suffix("/default").unwrap();
    run_with(&["define", uri, "-"], XML).succeeded();
    let second = XML.replace("web1", "web2").replace("000000000001", "000000000002");
    run_with(&["create", uri, "-"], &second).succeeded();
    let nonsense = format!("{place}/nonsense");
    let file = crate::process::temporary("plain");
    File::create(&file).unwrap();
    let plain = format!("unix:{}", file.display());
    let long = format!("unix:/tmp/{}", "a".repeat(200));
    for (command, has) in [
        (&["list", place][..], "/default"),
        (&["list", &nonsense], "/default"),
        (&["list", "http://foo"], "scheme http"),
        (&["info", "web1"], "a guest comes behind its host, and '' is the usual one: `'' web1`"),
        (&["dumpxml", uri], "which of its guests is meant is not said (a guest comes behind its host"),
        (&["pool", "start", uri], "which of its pools is meant is not said (a pool comes behind its host"),
        (&["net", "leases", uri], "which of its networks is meant is not said"),
        (&["vol", "list", uri], "which of its pools is meant is not said"),
        (&["define", uri], "which file with a configuration is meant is not said"),
        (&["stats", "web1"], "a short name has to be one of uri_aliases"),
        (&["destroy", uri, "web1"], "only one that runs"),
        (&["start", uri, "web2"], "only a guest that is off"),
        (&["define", uri, "/tmp"], "is a directory"),
        (&["serve", "--listen", "unix:/nonexistent/x.sock"], "a directory that exists"),
        (&["serve", "--listen", &long], "at most 107 bytes"),
        (&["serve", "--listen", &plain], "is a file that is no socket"),
    ] {
        let told = run(command).failed(1);
        assert!(told.contains(has) && told.ends_with(")\n"), "{command:?}: {told}");
    }
    std::fs::remove_file(&file).unwrap();
    let kvm = run_with(&["create", uri, "-"], &XML.replace("'mem'", "'kvm'")).failed(1);
    assert!(kvm.contains("'kvm'") && kvm.ends_with("nothing was changed)\n"), "{kvm}");
    let without = run(&["serve", "--listen", "tcp://127.0.0.1:0", "--without", "foo"]);
    assert!(without.stderr.contains("expected a number"), "{without:?}");
}

/// What it tells to do is what can be done: also to what is in the wrong state, and to what is called as an option is.
#[test]
fn the_next_step_of_a_wrong_state_leads_on() {
    let serve = Serve::start(&[]);
    let uri = &serve.uri();
    let pool = "<pool type='dir'><name>-p 1</name><target><path>/images</path></target></pool>";
    run_with(&["pool", "define", uri, "-"], pool).succeeded();
    run_with(&["define", uri, "-"], &XML.replace("web1", "-dash")).succeeded();
    let pool = |verb: &str| run(&["pool", verb, uri, "--", "-p 1"]);
    let off = pool("refresh").failed(1);
    pool("start").succeeded();
    let running = [pool("start").failed(1), pool("undefine").failed(1)];
    let guest = run(&["suspend", uri, "--", "-dash"]).failed(1);
    let job = run(&["job", "--abort", uri, "--", "-dash"]).failed(1);
    for (told, shows) in
        [(&off, "-p 1"), (&running[0], "-p 1"), (&running[1], "-p 1"), (&guest, "-dash"), (&job, "-dash")]
    {
        assert!(!told.contains("needs it running"), "{told}");
        let step = told.split('`').nth(1).unwrap_or_else(|| panic!("{told}"));
        let step = step.replacen("virtwire", env!("CARGO_BIN_EXE_virtwire"), 1);
        let done = Done::of(Command::new("sh").args(["-c", &step]).output().unwrap());
        assert!(done.succeeded().contains(shows), "{step}: {done:?}");
    }
}

/// Whoever types an option means it: one that would change nothing is refused before anything is done.
#[test]
fn no_option_is_ignored_in_silence() {
    let hosts = "--from mem+tcp://127.0.0.1:1/a --to mem+tcp://127.0.0.1:1/b";
    for (command, options) in [
        ("migrate HOSTS --except web1 web1", ["--except", "[DOMAIN]"]),
        ("migrate HOSTS --at-once 7 web1", ["--at-once", "[DOMAIN]"]),
        ("migrate HOSTS --all --live --postcopy-after 5", ["--all", "--postcopy-after"]),
        ("migrate HOSTS --all --live --postcopy-after-precopy", ["--all", "--postcopy-after-precopy"]),
        ("migrate HOSTS --all --direct", ["--all", "--direct"]),
        ("migrate HOSTS --peer-uri mem:///c web1", ["--p2p", "--tunnelled"]),
        ("dissect --connect tcp://127.0.0.1:1 capture.pcap", ["--connect", "[FILE]"]),
        ("vol create mem+tcp://127.0.0.1:1/a pool --xml FILE --capacity 1", ["--xml", "--capacity"]),
    ] {
        let words = command.replace("HOSTS", hosts);
        let words: Vec<_> = words.split(' ').collect();
        let done = run(&words);
        assert_eq!((done.status, done.stdout.as_str()), (Some(1), ""), "{command}: {done:?}");
        assert!(
            done.stderr.starts_with("error: ") && options.iter().all(|option| done.stderr.contains(option)),
            "{command}: {done:?}"
        );
    }
}

#[test]
fn a_failed_migration_is_one_line_with_the_guests_name_and_the_next_step() {
    let (source, destination) = (Serve::start(&[]), Serve::start(&[]));
    let (from, to) = (&source.uri(), &destination.uri());
    let migrate = |more: &[&str]| run(&[&["migrate", "--from", from, "--to", to, "web1"][..], more].concat());
    run_with(&["define", from, "-"], XML).succeeded();
    let off = migrate(&[]).failed(2);
    assert!(off.contains("domain web1: ") && off.contains("virtwire start"), "{off}");
    run(&["start", from, "web1"]).succeeded();
    let refused = migrate(&["--migrate-uri", "rubbish"]).failed(2);
    assert!(refused.contains("domain web1: ") && refused.contains("--migrate-uri"), "{refused}");
    let old = Serve::start(&["--as", "0.4.4", "--without-feature", "1"]);
    let none = run(&["migrate", "--from", from, "--to", &old.uri(), "web1"]).failed(1);
    assert!(none.contains("domain web1: ") && none.contains("virtwire probe"), "{none}");
    run_with(&["create", to, "-"], XML).succeeded();
    let there = migrate(&[]);
    assert!(!there.stdout.contains("already"), "the reason is told once: {there:?}");
    let there = there.failed(2);
    assert!(
        there.contains("domain web1: ")
            && there.ends_with("remove the one that is there, unless a migration is bringing it)\n"),
        "{there}"
    );
}

/// As libvirtd, which reads nothing more while a guest does not take the keys of its console.
#[test]
fn a_daemon_that_does_not_hear_the_goodbye_keeps_nobody() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("test+tcp://{}/default", listener.local_addr().unwrap());
    let daemon = std::thread::spawn(move || deaf_to_goodbyes(listener.accept().unwrap().0));
    let told = run(&["call", &uri, "connect_get_hostname"]).succeeded();
    assert!(told.contains("\"here\""), "{told}");
    assert!(daemon.join().unwrap() < PATIENCE);
}

/// Much longer than the command waits, and than a busy machine needs to end it.
const PATIENCE: Duration = Duration::from_secs(20);

/// Answers all calls but the last. How long the client stays after that.
fn deaf_to_goodbyes(client: TcpStream) -> Duration {
    let mut peer = Peer::new(client);
    while let Some(call) = peer.next() {
        match call.header.procedure {
            ConnectGetHostname::NUMBER => {
                peer.reply(&call, &ConnectGetHostnameReply { hostname: "here".into() });
            }
            ConnectClose::NUMBER => break,
            _ => peer.agree(&call, AuthType::None),
        }
    }
    let since = Instant::now();
    peer.socket.set_read_timeout(Some(PATIENCE)).unwrap();
    // The end, or nothing for so long.
    let _ = peer.socket.read(&mut [0]);
    since.elapsed()
}
