//! Servers beside each other under the same client that blocks, and volumes that are moved.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::daemon::Moved;
use crate::lap::Lap;
use crate::process::{Place, Placement, Server, own, result};
use crate::table::{Goals, SECONDS, median, words};

use Placement::{Anywhere, OneCore};

/// Each figure is the least of so many runs in turns: of processor time the least is what the work itself takes.
const ROUNDS: usize = 5;
/// Idle connections: what a connection costs is asked at both, a call beside them at the third.
const IDLE: [usize; 2] = [1_000, 10_000];
const BESIDE: usize = 4_000;
const VOLUME_BYTES: u64 = 512_000_000;

/// What one call, or one connection, costs both ends in µs of a processor.
#[derive(Clone, Copy)]
struct Cost {
    client: f64,
    server: f64,
    p50: f64,
}

impl Cost {
    const NONE: Cost = Cost { client: f64::MAX, server: f64::MAX, p50: f64::MAX };

    fn of_a_core(self) -> f64 {
        1e6 / (self.client + self.server)
    }

    fn least(self, other: Cost) -> Cost {
        Cost {
            client: self.client.min(other.client),
            server: self.server.min(other.server),
            p50: self.p50.min(other.p50),
        }
    }
}

fn cost(server: &Server, words: &[&str]) -> Cost {
    let before = server.processor_time();
    let lap: Lap = result(OneCore, &own(), words);
    let spent = server.processor_time().saturating_sub(before).as_secs_f64() * 1e6;
    // It also works while the client warms up.
    let calls = lap.calls * SECONDS.parse::<f64>().expect("a number") * 1.2;
    Cost { client: lap.cpu_us, server: spent / calls, p50: lap.p50_us }
}

pub fn compare(place: &Place, goals: &mut Goals, out: &mut String) {
    let libvirtd = place.libvirtd(OneCore).expect("a libvirtd, and the right to start it");
    let ours = place.server(OneCore, "ours", &["server", "unix:SOCKET"]);
    let echo = place.server(OneCore, "echo", &["minimal-server", "SOCKET", "0"]);
    let servers = [("libvirtd", &libvirtd), ("virtwire", &ours), ("tokio echo", &echo)];
    let mut figures = Vec::new();
    for (what, word) in [("call × 1", "1"), ("call × 64", "64"), ("opening", "")] {
        eprintln!("servers | {what}");
        let mut costs = [Cost::NONE; 3];
        for _ in 0..ROUNDS {
            for ((_, server), least) in servers.iter().zip(&mut costs) {
                let socket = server.socket.to_string_lossy();
                let words: &[&str] = match word {
                    "" => &["churn", &socket, "test:///default", SECONDS],
                    in_flight => &["raw", &socket, "test:///default", in_flight, SECONDS],
                };
                *least = least.least(cost(server, words));
            }
        }
        for ((name, _), cost) in servers.iter().zip(costs) {
            let (client, server, core) = (cost.client, cost.server, cost.of_a_core());
            let _ = writeln!(out, "| {what} | {name} | {server:.2} | {client:.2} | {core:.0} |");
        }
        figures.push(costs);
    }
    let [one, many, opening] = figures[..] else { panic!("three figures") };
    goals.at_most("S1", "daemon CPU of a call ÷ libvirtd, one at a time", 0.2, one[1].server / one[0].server);
    goals.at_most(
        "S1",
        "daemon CPU of a call ÷ libvirtd, 64 in flight",
        0.05,
        many[1].server / many[0].server,
    );
    let ratio = many[1].of_a_core() / many[0].of_a_core();
    goals.at_least("S2", "calls/s of a core ÷ libvirtd, 64 in flight", 10.0, ratio);
    for idle in IDLE {
        let ours = place.server(OneCore, "ours-idle", &["server", "unix:SOCKET"]);
        let each = held(&ours, place, idle);
        goals.at_most("S3", &format!("KiB of an idle connection, {idle} of them"), 2.0, each);
    }
    let theirs = held(&libvirtd, place, IDLE[0]);
    goals.fact(&format!("KiB of an idle connection of libvirtd, {} of them", IDLE[0]), theirs);
    let alone = least_call(&ours);
    let _held = place.holder(&ours.socket, BESIDE);
    let beside = least_call(&ours);
    let ratio = beside.server / alone.server;
    goals.at_most("S4", &format!("daemon CPU of a call beside {BESIDE} idle ÷ alone"), 1.5, ratio);
    goals.at_most("S4", &format!("p50 of a call beside {BESIDE} idle ÷ alone"), 1.5, beside.p50 / alone.p50);
    goals.at_most("S5", "daemon CPU of an opening ÷ libvirtd", 0.35, opening[1].server / opening[0].server);
    let ratio = opening[1].of_a_core() / opening[0].of_a_core();
    goals.at_least("S5", "openings/s of a core ÷ libvirtd", 3.0, ratio);
    let slow = place.server(Anywhere, "slow-calls", &["slow-server", "unix:SOCKET", "/dev/null"]);
    let socket = slow.socket.to_string_lossy();
    let waited = result::<Moved>(Anywhere, &own(), &["beside-slow", &socket]);
    // Two numbers that are no volume's.
    let (pong, cheap) = (waited.mb_s, waited.cpu_us);
    let bound = crate::daemon::SLOW_MS as f64 / 10.0;
    goals.at_most("S6", "ms until a pong beside 10 calls that take 500", bound, pong);
    goals.at_most("S6", "ms until the answer to an 11th call beside them", bound, cheap);
}

fn least_call(server: &Server) -> Cost {
    let words = ["raw", &server.socket.to_string_lossy(), "test:///default", "1", SECONDS];
    (0..ROUNDS).map(|_| cost(server, &words)).fold(Cost::NONE, Cost::least)
}

/// KiB that each of so many idle connections adds.
fn held(server: &Server, place: &Place, connections: usize) -> f64 {
    // The first ones bring what all have in common.
    drop(place.holder(&server.socket, 20));
    let before = server.resident_kib();
    let _held = place.holder(&server.socket, connections);
    (server.resident_kib() - before) / connections as f64
}

/// A volume in memory, up and down: libvirt's client and daemon, and ours.
pub fn volumes(place: &Place, c: &Path, go: &Path, goals: &mut Goals, out: &mut String) {
    for placement in [OneCore, Anywhere] {
        volumes_at(placement, place, c, go, goals, out);
    }
}

fn volumes_at(placement: Placement, place: &Place, c: &Path, go: &Path, goals: &mut Goals, out: &mut String) {
    let folder = Path::new("/dev/shm").join(format!("virtwire-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder in memory");
    let libvirtd = place.libvirtd(placement).expect("a libvirtd, and the right to start it");
    let file = folder.join("ours").to_string_lossy().into_owned();
    let ours = place.server(placement, "files", &["slow-server", "unix:SOCKET", &file]);
    let theirs_uri = format!("qemu+unix:///system?socket={}", libvirtd.socket.display());
    let ours_uri = format!("qemu+unix:///system?socket={}", ours.socket.display());
    let (bytes, place_of_pool) = (VOLUME_BYTES.to_string(), folder.to_string_lossy().into_owned());
    for (direction, faster) in [("upload", 2.5), ("download", 4.0)] {
        let at = words(placement);
        eprintln!("volumes | {at} | {direction}");
        let theirs_words = [theirs_uri.as_str(), direction, &place_of_pool, &bytes];
        let socket = libvirtd.socket.to_string_lossy();
        let ends: [(&str, &Server, &Path, &[&str]); 4] = [
            ("libvirt.so, libvirtd", &libvirtd, c, &theirs_words),
            ("virtwire, libvirtd", &libvirtd, &own(), &["move", &theirs_uri, direction, &bytes]),
            ("virtwire, virtwire", &ours, &own(), &["move", &ours_uri, direction, &bytes]),
            ("go-libvirt, libvirtd", &libvirtd, go, &[&socket, "qemu:///system", direction, &bytes]),
        ];
        let (mut costs, mut speeds) = ([Cost::NONE; 4], [const { Vec::new() }; 4]);
        let mut alone: Vec<Moved> = Vec::new();
        for _ in 0..ROUNDS {
            for (at, (_, server, program, words)) in ends.iter().enumerate() {
                let before = server.processor_time();
                let moved: Moved = result(placement, program, words);
                let spent = server.processor_time().saturating_sub(before).as_secs_f64() * 1e6;
                let server = spent / (VOLUME_BYTES as f64 / 1e6);
                costs[at] = costs[at].least(Cost { client: moved.cpu_us, server, p50: 0.0 });
                speeds[at].push(moved.mb_s);
            }
            alone.push(result(placement, &own(), &["file-alone", &file, direction, &bytes]));
        }
        let speeds = speeds.map(median);
        for ((name, ..), (cost, clock)) in ends.iter().zip(costs.iter().zip(speeds)) {
            let (client, server, core) = (cost.client, cost.server, cost.of_a_core());
            let _ = writeln!(
                out,
                "| {at} | {direction} | {name} | {server:.0} | {client:.0} | {core:.0} | {clock:.0} |"
            );
        }
        let least = alone.iter().map(|moved| moved.cpu_us).fold(f64::MAX, f64::min);
        let speed = median(alone.iter().map(|moved| moved.mb_s).collect());
        let core = 1e6 / least;
        let _ = writeln!(
            out,
            "| {at} | {direction} | the file alone, no socket | {least:.0} | 0 | {core:.0} | {speed:.0} |"
        );
        let core_of = |end: usize| costs[end].of_a_core();
        let cpu_of = |end: usize| costs[end].client + costs[end].server;
        if placement == Anywhere {
            // As the system places both ends, which differs from run to run: no goal.
            goals.fact(
                &format!("{direction}, {at}: MB/s by the clock ÷ libvirt's ends"),
                speeds[2] / speeds[0],
            );
            goals.fact(&format!("{direction}, {at}: CPU of both ends ÷ libvirt's"), cpu_of(2) / cpu_of(0));
            continue;
        }
        let (what, ratio) =
            (format!("{direction} by libvirtd: MB/s of a core ÷ libvirt.so"), core_of(1) / core_of(0));
        goals.at_least("", &what, 1.0, ratio);
        let (what, ratio) =
            (format!("{direction} by libvirtd: client CPU ÷ libvirt.so"), costs[1].client / costs[0].client);
        goals.at_most("", &what, 1.0, ratio);
        let (what, ratio) =
            (format!("{direction}, {at}: MB/s of a core ÷ libvirt's ends"), core_of(2) / core_of(0));
        goals.at_least("T2", &what, faster, ratio);
        let what = format!("{direction}, {at}: CPU of both ends ÷ libvirt's");
        goals.at_most("T2", &what, 0.4, cpu_of(2) / cpu_of(0));
        let what = format!("{direction}: MB/s of a core of the file alone, no socket ÷ libvirt's ends");
        goals.fact(&what, core / core_of(0));
        let what = format!("{direction}: the same beside what the file alone takes");
        goals.fact(&what, (cpu_of(2) - least) / (cpu_of(0) - least));
    }
    drop((libvirtd, ours));
    let _ = fs::remove_dir_all(&folder);
}
