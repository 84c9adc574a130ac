//! The same between two real libvirtd with a running QEMU guest: `virtwire migrate --journal` is killed, alone or together with one of
//! the daemons, whose QEMU lives on; or a daemon is, under it; or it falls silent. And `virtwire recover` ends what is left.
//!
//! Where the guest is, virsh tells; that it is one guest which lived on, its own count. Two things libvirtd 9.0 does by itself when it is killed
//! at a bad moment, and no orchestrator can keep it from: the source's, a moment after Perform's answer, has the guest run on when it is started
//! again, though it was sent and runs on the destination (then `recover` says so, and what to stop); the destination's, in Prepare, keeps the
//! paused QEMU that it had begun (then `recover` says that something may be left there, and what to do with it). Both are done as it is said,
//! and the campaign goes on, but where that libvirtd lists a guest that it says it does not have: there another pair goes on. `VIRTWIRE_DEATHS` says how many die, and `VIRTWIRE_SEED` repeats a campaign.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use crate::deaths::{Death, Moment, Orchestrator, Random, recover, seed};
use crate::figures::figure;
use crate::guest::Count;
use crate::lab::{Libvirtd, Setup};
use crate::need::need;
use crate::peers::{table, try_virsh, virsh};

/// How many die where nobody says how many.
const DEATHS: usize = 50;
/// Pairs of hosts among which they are, side by side: most of a death is waiting.
const PAIRS: usize = 2;

#[test]
fn orchestrators_and_libvirtds_die_and_the_guest_is_accounted_for() {
    need!(Libvirtd, Namespaces, Qemu, Virsh, Python, Kernel);
    let deaths = std::env::var("VIRTWIRE_DEATHS").map_or(DEATHS, |deaths| deaths.parse().expect("a number"));
    let (seed, began) = (seed(), Instant::now());
    let pairs: Vec<Ends> = thread::scope(|scope| {
        let pairs: Vec<_> = (0..PAIRS)
            .map(|pair| {
                let deaths = deaths / PAIRS + usize::from(pair < deaths % PAIRS);
                scope.spawn(move || campaign(seed.wrapping_add(pair as u64), deaths))
            })
            .collect();
        pairs.into_iter().map(|pair| pair.join().unwrap_or_else(|_| panic!("VIRTWIRE_SEED={seed}"))).collect()
    });
    let mut ends = Ends::new();
    for (end, count) in pairs.into_iter().flatten() {
        *ends.entry(end).or_default() += count;
    }
    for (end, count) in &ends {
        figure(format_args!("{count} times {end}"));
    }
    let unknown: usize =
        ends.iter().filter(|(end, _)| end.starts_with("unknown")).map(|(_, count)| count).sum();
    assert!(unknown <= deaths.div_ceil(2), "{unknown} of {deaths} unknown");
    assert_eq!(ends.values().sum::<usize>(), deaths);
    // libvirtd does so within a moment alone: none or one of fifty was seen.
    let doubled = ends.get(DOUBLED).copied().unwrap_or_default();
    assert!(doubled <= deaths.div_ceil(10), "{doubled} of {deaths} doubled");
    let seconds = began.elapsed().as_secs();
    figure(format_args!(
        "{deaths} deaths, in {seconds} s: 0 guests doubled by us, {doubled} by libvirtd, 0 gone"
    ));
}

/// What became of the guests, by what was said of them.
type Ends = BTreeMap<String, usize>;

const DOUBLED: &str = "doubled by the source's own libvirtd, and told";
const KEPT: &str =
    "on source, and the destination's libvirtd keeps what it does not show to who looks for it";
const LEFT: &str = "on source, and what the destination's libvirtd keeps of Prepare is told";

fn campaign(seed: u64, deaths: usize) -> Ends {
    let mut random = Random(seed);
    let hosts = [0, 1].map(|_| {
        // A client that answers no ping is gone after three seconds.
        Setup::new().libvirtd_conf("keepalive_interval = 1").libvirtd_conf("keepalive_count = 2").start()
    });
    let mut at = 0;
    let mut count = Count::start(&hosts[at]);
    let mut counted = Ends::new();
    for number in 0..deaths {
        let (source, destination) = (&hosts[at], &hosts[1 - at]);
        let journal = source.directory().path().join(format!("journal{number}"));
        let death = Death::random(&mut random);
        let moment = Moment::random(&mut random, Duration::from_secs(4));
        let mut orchestrator = Orchestrator::start(&uri(source), &uri(destination), "guest", &journal, &[]);
        moment.wait_for(&journal, &mut orchestrator);
        death.happens(&mut orchestrator, |is_source| {
            kill_and_restart(if is_source { source } else { destination });
        });

        // The journal of a machine that is gone is elsewhere, too.
        let kept = source.directory().path().join(format!("kept{number}"));
        let journal = match death {
            Death::Machine if journal.exists() => {
                std::fs::copy(&journal, &kept).map(|_| kept).expect("a copy")
            }
            _ => journal,
        };
        let story = format!("death {number} of seed {seed}: {death:?} at {moment:?}");
        if !journal.exists() {
            assert_eq!(states(source), ["guest running"], "{story}");
            *counted.entry("not begun, the guest is where it was".into()).or_default() += 1;
            continue;
        }
        let said = recover(&journal, "10");
        let outcome = said["outcome"].as_str().unwrap_or_else(|| panic!("{story}: {said}"));
        let seen = (states(source), states(destination));
        let told = format!("{story}: {said}, virsh says {seen:?}");
        println!("{told}");
        let runs = |states: &[String]| states.iter().any(|state| state == "guest running");
        let kills_source = matches!(death, Death::AndSource | Death::Source(_));
        if runs(&seen.0) && runs(&seen.1) {
            let resumes =
                std::fs::read_to_string(&journal).is_ok_and(|journal| journal.contains("\"Resume\""));
            let says = |word: &str, of: &str| said[of].as_str().is_some_and(|said| said.contains(word));
            let is_libvirts = kills_source && !resumes && says("migration canceled", "source");
            assert!(is_libvirts && says("stop the source's copy", "check"), "doubled: {told}");
            *counted.entry(DOUBLED.into()).or_default() += 1;
            // Two guests have counted: another begins.
            for host in &hosts {
                assert!(ends(host), "{told}");
                Count::forget(host);
            }
            count = Count::start(&hosts[at]);
            continue;
        }
        let end = match outcome {
            "on source" if settles(destination, &[]) => {
                assert_eq!(states(source), ["guest running"], "{told}");
                outcome.to_owned()
            }
            "on source" => {
                let kills_destination = matches!(death, Death::AndDestination | Death::Destination(_));
                let sent =
                    std::fs::read_to_string(&journal).is_ok_and(|journal| journal.contains("Perform3"));
                assert!(kills_destination && !sent && states(destination) == ["guest paused"], "{told}");
                assert_eq!(states(source), ["guest running"], "{told}");
                // A daemon that has just been started may say at first that it has none; then who asks again is told. One that lists
                // what it does not find, or does not let it go, is not met again.
                let again = recover(&journal, "10");
                assert_eq!(again["outcome"], "on source", "{told}, {again}");
                match again["left_on_destination"].is_null() || !ends(destination) {
                    true => KEPT.to_owned(),
                    false => LEFT.to_owned(),
                }
            }
            "on destination" => {
                settled(source, &[], &told);
                assert_eq!(states(destination), ["guest running"], "{told}");
                count.read(source);
                at = 1 - at;
                outcome.to_owned()
            }
            "unknown" => {
                let check = said["check"].as_str().unwrap_or_else(|| panic!("no check: {told}"));
                // What the check says: it never ran on the destination, as its count tells, so it is resumed on the source. Or the destination
                // has just been started, and neither lets go of what it was never told to start nor moves it on.
                let says =
                    ["whether the guest ran on the destination", "the destination was not told to start it"];
                assert!(says.iter().any(|word| check.contains(word)), "{told}");
                assert_eq!(seen.0, ["guest paused"], "{told}");
                assert!(seen.1.is_empty() || seen.1 == ["guest paused"], "{told}");
                virsh(&uri(source), &["resume", "guest"]);
                let known = recover(&journal, "10");
                assert_eq!(known["outcome"], "on source", "a person has looked: {told}, {known}");
                match settles(destination, &[]) || ends(destination) {
                    true => format!("unknown, {check}"),
                    false => KEPT.to_owned(),
                }
            }
            _ => panic!("a host is never lost here, so neither is the guest: {told}"),
        };
        let is_over = end == KEPT;
        *counted.entry(end).or_default() += 1;
        if is_over {
            // The rest is another pair's.
            for (end, count) in campaign(seed.wrapping_add(PAIRS as u64), deaths - number - 1) {
                *counted.entry(end).or_default() += count;
            }
            return counted;
        }
        count.goes_on(&hosts[at]);
    }
    counted
}

/// A libvirtd that dies leaves its guests, and finds them again when it comes back.
fn kill_and_restart(daemon: &Libvirtd) {
    daemon.kill_and_restart();
    // Calls that are made before the drivers are up wait, and connections before the sockets listen do not.
    let deadline = Instant::now() + Duration::from_secs(30);
    while std::net::TcpStream::connect(daemon.address()).is_err() {
        assert!(Instant::now() < deadline, "libvirtd does not come back");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A person ends the guest on a daemon, which may hold it for a while. Whether it is gone then.
fn ends(daemon: &Libvirtd) -> bool {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !states(daemon).is_empty() && Instant::now() < deadline {
        try_virsh(&uri(daemon), &["destroy", "guest"]);
        std::thread::sleep(Duration::from_millis(100));
    }
    states(daemon).is_empty()
}

/// What was prepared goes with its connection.
#[track_caller]
fn settled(daemon: &Libvirtd, guests: &[&str], story: &str) {
    assert!(settles(daemon, guests), "{:?} on {}: {story}", states(daemon), daemon.host_name());
}

/// Waits until the guests are these, if they come to be.
fn settles(daemon: &Libvirtd, guests: &[&str]) -> bool {
    let deadline = Instant::now() + Duration::from_secs(20);
    while states(daemon) != guests {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    true
}

fn states(daemon: &Libvirtd) -> Vec<String> {
    table(&virsh(&uri(daemon), &["list", "--all"])).iter().map(|row| row[1..].join(" ")).collect()
}

fn uri(daemon: &Libvirtd) -> String {
    daemon.uri("qemu", "/system")
}
