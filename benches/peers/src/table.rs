//! What is measured, and how it compares with the goals.

use std::fmt::Write;
use std::fs;

use crate::daemon::Moved;
use crate::lap::Lap;
use crate::process::{Place, Placement, Server, here, own, result};

use Placement::{Anywhere, OneCore, OtherCore};

/// Each client runs so often, in turns with the others; the median counts.
const ROUNDS: usize = 3;
/// How long each time.
pub const SECONDS: &str = "0.6";
const STREAM_BYTES: &str = "2000000000";
const STREAM_ROUNDS: usize = 9;
const IDLE: &str = "200";
/// How long a server takes to answer whatever it has read, so that openings can be counted in round trips.
const DELAY_MS: f64 = 50.0;

/// A client of one scene.
struct Runner {
    name: &'static str,
    program: std::path::PathBuf,
    words: Vec<String>,
}

pub fn run() -> String {
    let place = Place::new();
    let (c, go) = (place.c_client(), place.go_client());
    let mut goals = Goals::default();
    let mut laps = String::new();
    for placement in [OneCore, Anywhere] {
        let minimal = place.server(placement, "minimal", &["minimal-server", "SOCKET", "0"]);
        let socket = minimal.socket.to_string_lossy().into_owned();
        let uri = format!("test+unix:///default?socket={socket}");
        for callers in ["1", "16", "64"] {
            let mut runners = vec![
                runner("libvirt.so", &c, &[&uri, "version", callers, SECONDS]),
                runner("go-libvirt", &go, &[&socket, "test:///default", "version", callers, SECONDS]),
                runner("minimal tokio", &own(), &["minimal", &socket, "test:///default", callers, SECONDS]),
                runner("virtwire", &own(), &["ours", "0", &uri, "version", callers, "65", SECONDS]),
            ];
            if placement == Anywhere {
                runners.push(runner(
                    "virtwire, 2 workers",
                    &own(),
                    &["ours", "2", &uri, "version", callers, "65", SECONDS],
                ));
            }
            let scene = Scene::new(
                placement,
                ("minimal server", &minimal),
                &format!("version × {callers}"),
                &runners,
            );
            scene.print(&mut laps);
            match (placement, callers) {
                (OneCore, "64") => {
                    goals.at_least(
                        "C1",
                        "calls/s of a core ÷ libvirt.so",
                        12.0,
                        scene.ratio(of_a_core, "libvirt.so"),
                    );
                    goals.at_least(
                        "C1",
                        "calls/s of a core ÷ go-libvirt",
                        3.5,
                        scene.ratio(of_a_core, "go-libvirt"),
                    );
                }
                (Anywhere, "64") => {
                    goals.at_least("C2", "calls/s ÷ libvirt.so", 8.0, scene.ratio(calls, "libvirt.so"));
                    goals.at_least("C2", "calls/s ÷ go-libvirt", 1.5, scene.ratio(calls, "go-libvirt"));
                    goals.at_most(
                        "C2",
                        "p99 ÷ p50",
                        5.0,
                        scene.of("virtwire", p99) / scene.of("virtwire", p50),
                    );
                    let least = scene.of("minimal tokio", p99) / scene.of("minimal tokio", p50);
                    goals.fact("the same of the minimal tokio client", least);
                }
                (OneCore, "1") => {
                    goals.at_least(
                        "C3",
                        "calls/s of a core ÷ libvirt.so",
                        1.7,
                        scene.ratio(of_a_core, "libvirt.so"),
                    );
                    goals.at_most("C3", "client CPU ÷ libvirt.so", 0.5, scene.ratio(cpu, "libvirt.so"));
                }
                _ => {}
            }
        }
        if placement == OneCore {
            let runners = [
                runner("libvirt.so", &c, &[&uri, "list", "1", SECONDS]),
                runner("go-libvirt", &go, &[&socket, "test:///default", "list", "1", SECONDS]),
                runner("virtwire", &own(), &["ours", "0", &uri, "list", "1", "64", SECONDS]),
                runner(
                    "virtwire, borrowed",
                    &own(),
                    &["ours", "0", &uri, "list-borrowed", "1", "64", SECONDS],
                ),
            ];
            let scene = Scene::new(placement, ("minimal server", &minimal), "list of 1,000 × 1", &runners);
            scene.print(&mut laps);
            goals.at_most("C5", "client CPU ÷ libvirt.so, owned", 0.05, scene.ratio(cpu, "libvirt.so"));
            let borrowed = scene.of("virtwire, borrowed", cpu) / scene.of("go-libvirt", cpu);
            goals.at_most("C5", "client CPU ÷ go-libvirt, borrowed", 0.1, borrowed);
        }
    }
    against_libvirtd(&place, &c, &go, &mut goals, &mut laps);
    for client in [OneCore, OtherCore] {
        streams(&place, client, &mut goals);
    }
    openings(&place, &c, &go, &mut goals);
    let (mut servers, mut volumes) = (String::new(), String::new());
    crate::servers::compare(&place, &mut goals, &mut servers);
    crate::servers::volumes(&place, &c, &go, &mut goals, &mut volumes);
    format!(
        "| goal | what | wanted | measured | |\n|---|---|---|---|---|\n{}\n\
         | where | server | calls × callers | client | calls/s | p50 µs | p99 µs | client CPU µs/call | calls/s of a core |\n\
         |---|---|---|---|---|---|---|---|---|\n{laps}\n\
         | one core, client that blocks | server | daemon CPU µs | client CPU µs | a second of a core |\n\
         |---|---|---|---|---|\n{servers}\n\
         | 512 MB in memory | | ends | daemon CPU µs/MB | client CPU µs/MB | MB/s of a core | MB/s by the clock |\n\
         |---|---|---|---|---|---|---|\n{volumes}",
        goals.0
    )
}

/// T1 alone.
pub fn streams_alone() -> String {
    let (place, mut goals) = (Place::new(), Goals::default());
    for client in [OneCore, OtherCore] {
        streams(&place, client, &mut goals);
    }
    goals.0
}

/// T2 alone.
pub fn volumes() -> String {
    let (place, mut goals, mut volumes) = (Place::new(), Goals::default(), String::new());
    crate::servers::volumes(&place, &place.c_client(), &place.go_client(), &mut goals, &mut volumes);
    format!("{}\n{volumes}", goals.0)
}

fn against_libvirtd(
    place: &Place,
    c: &std::path::Path,
    go: &std::path::Path,
    goals: &mut Goals,
    laps: &mut String,
) {
    for placement in [OneCore, Anywhere] {
        let daemon = place.libvirtd(placement).expect("a libvirtd, and the right to start it");
        let socket = daemon.socket.to_string_lossy().into_owned();
        let uri = format!("test+unix:///default?socket={socket}");
        for callers in ["1", "16", "64"] {
            let runners = [
                runner("libvirt.so", c, &[&uri, "version", callers, SECONDS]),
                runner("go-libvirt", go, &[&socket, "test:///default", "version", callers, SECONDS]),
                runner(
                    "raw, as many in flight",
                    &own(),
                    &["raw", &socket, "test:///default", callers, SECONDS],
                ),
                runner("minimal tokio", &own(), &["minimal", &socket, "test:///default", callers, SECONDS]),
                runner("virtwire", &own(), &["ours", "0", &uri, "version", callers, "4", SECONDS]),
                runner(
                    "virtwire, window 65",
                    &own(),
                    &["ours", "0", &uri, "version", callers, "65", SECONDS],
                ),
                runner("raw, 4 in flight", &own(), &["raw", &socket, "test:///default", "4", SECONDS]),
            ];
            let scene =
                Scene::new(placement, ("libvirtd", &daemon), &format!("version × {callers}"), &runners);
            scene.print(laps);
            if placement == OneCore && callers == "64" {
                goals.at_most("C4", "client CPU ÷ libvirt.so", 0.35, scene.ratio(cpu, "libvirt.so"));
                let core = |client| scene.of(client, of_a_core);
                let all = core("virtwire") / core("raw, as many in flight");
                goals.at_least("C4", "calls/s of a core ÷ raw client with 64 in flight", 0.85, all);
                let usual = core("virtwire") / core("raw, 4 in flight");
                goals.at_least("C4", "calls/s of a core ÷ raw client with 4 in flight", 0.85, usual);
                goals.fact(
                    "the same of the minimal tokio client ÷ raw client with 64",
                    core("minimal tokio") / core("raw, as many in flight"),
                );
                goals.fact(
                    "a window of 65, of which libvirtd takes 5, ÷ raw client with 64",
                    core("virtwire, window 65") / core("raw, as many in flight"),
                );
            }
        }
    }
}

/// Some runs in turns, the server on the first core: by the clock their median, by processor time the least.
fn streams(place: &Place, client: Placement, goals: &mut Goals) {
    let ours = place.server(OneCore, "stream", &["stream-server", "unix:SOCKET"]);
    let raw = place.server(OneCore, "raw-stream", &["raw-stream-server", "SOCKET"]);
    let uri = format!("test+unix:///default?socket={}", ours.socket.display());
    let socket = raw.socket.to_string_lossy();
    let ends = [(&ours, ["download", &uri, STREAM_BYTES]), (&raw, ["raw-download", &socket, STREAM_BYTES])];
    let (mut least, mut clock) = ([f64::MAX; 2], [Vec::new(), Vec::new()]);
    for _ in 0..STREAM_ROUNDS {
        for (at, (server, words)) in ends.iter().enumerate() {
            let before = server.processor_time();
            let moved: Moved = result(client, &own(), words);
            let spent = server.processor_time().saturating_sub(before).as_secs_f64() * 1e6;
            let server_us = spent / (STREAM_BYTES.parse::<f64>().expect("a number") / 1e6);
            least[at] = least[at].min(moved.cpu_us + server_us);
            clock[at].push(moved.mb_s);
        }
    }
    let [ours, raw] = clock.map(median);
    let placed = words(client);
    let what = format!("MB/s ÷ raw socket, {placed} ({ours:.0} ÷ {raw:.0})");
    goals.at_least("T1", &what, 0.85, ours / raw);
    let [ours, raw] = least;
    let what = format!("CPU of both ends ÷ the socket's, {placed} ({ours:.0} ÷ {raw:.0} µs/MB)");
    goals.fact(&what, ours / raw);
}

fn openings(place: &Place, c: &std::path::Path, go: &std::path::Path, goals: &mut Goals) {
    let slow = place.server(Anywhere, "slow", &["minimal-server", "SOCKET", &DELAY_MS.to_string()]);
    let uri = format!("test+unix:///default?socket={}", slow.socket.display());
    let took = median((0..ROUNDS).map(|_| result::<f64>(Anywhere, &own(), &["open", &uri])).collect());
    goals.at_most("M2", "round trips until the first call", 1.0, (took / DELAY_MS).floor());
    let minimal = place.server(Anywhere, "minimal", &["minimal-server", "SOCKET", "0"]);
    let uri = format!("test+unix:///default?socket={}", minimal.socket.display());
    let ours = result::<f64>(Anywhere, &own(), &["idle", &uri, IDLE]);
    let theirs = result::<f64>(Anywhere, c, &[&uri, "idle", IDLE, "0"]);
    let what = format!("client: memory of an idle connection ÷ libvirt.so ({ours:.1} ÷ {theirs:.1} KiB)");
    goals.at_most("", &what, 1.0, ours / theirs);
    let socket = minimal.socket.to_string_lossy();
    let theirs = result::<f64>(Anywhere, go, &[&socket, "test:///default", "idle", IDLE]);
    goals.fact("client: KiB of an idle connection of go-libvirt", theirs);
}

fn runner(name: &'static str, program: &std::path::Path, words: &[&str]) -> Runner {
    Runner { name, program: program.to_owned(), words: words.iter().map(|&word| word.to_owned()).collect() }
}

/// Clients at the same server in turns.
struct Scene {
    title: String,
    laps: Vec<(&'static str, Vec<Run>)>,
}

/// A lap, and what the server spent on a call of it.
struct Run {
    lap: Lap,
    server_us: f64,
}

fn calls(run: &Run) -> f64 {
    run.lap.calls
}

fn cpu(run: &Run) -> f64 {
    run.lap.cpu_us
}

/// Calls a second of one core that both ends have to themselves, whatever else the machine does.
fn of_a_core(run: &Run) -> f64 {
    1e6 / (run.lap.cpu_us + run.server_us)
}

fn p50(run: &Run) -> f64 {
    run.lap.p50_us
}

fn p99(run: &Run) -> f64 {
    run.lap.p99_us
}

impl Scene {
    fn new(placement: Placement, server: (&str, &Server), what: &str, runners: &[Runner]) -> Scene {
        let (server, process) = server;
        let title = format!("{} | {server} | {what}", words(placement));
        eprintln!("{title}");
        let mut laps: Vec<_> = runners.iter().map(|runner| (runner.name, Vec::new())).collect();
        for _ in 0..ROUNDS {
            for (runner, (_, laps)) in runners.iter().zip(&mut laps) {
                let words: Vec<&str> = runner.words.iter().map(String::as_str).collect();
                let before = process.processor_time();
                let lap: Lap = result(placement, &runner.program, &words);
                let spent = process.processor_time().saturating_sub(before).as_secs_f64() * 1e6;
                // It is not asked only while calls are counted, but also while they warm up, a fifth as long.
                let calls = lap.calls * SECONDS.parse::<f64>().expect("a number") * 1.2;
                laps.push(Run { lap, server_us: spent / calls });
            }
        }
        Scene { title, laps }
    }

    fn of(&self, client: &str, value: fn(&Run) -> f64) -> f64 {
        let (_, laps) = self.laps.iter().find(|(name, _)| *name == client).expect("a client of the scene");
        median(laps.iter().map(value).collect())
    }

    /// Ours by theirs.
    fn ratio(&self, value: fn(&Run) -> f64, theirs: &str) -> f64 {
        self.of("virtwire", value) / self.of(theirs, value)
    }

    fn print(&self, out: &mut String) {
        for (name, _) in &self.laps {
            let of = |value| self.of(name, value);
            let (title, calls, cpu, p50, p99) = (&self.title, of(calls), of(cpu), of(p50), of(p99));
            let core = of(of_a_core);
            let _ = writeln!(
                out,
                "| {title} | {name} | {calls:.0} | {p50:.1} | {p99:.1} | {cpu:.2} | {core:.0} |"
            );
        }
    }
}

/// The rows of the goals.
#[derive(Default)]
pub struct Goals(String);

/// The verdict on less than 0.8 of a goal, which is no noise.
pub const FAR_OFF: &str = "**missed by more than a fifth**";

impl Goals {
    /// What there is no goal for.
    pub fn fact(&mut self, what: &str, measured: f64) {
        let _ = writeln!(self.0, "| | {what} | | {measured:.3} | |");
    }

    pub fn at_least(&mut self, goal: &str, what: &str, wanted: f64, measured: f64) {
        self.row(goal, what, &format!("≥ {wanted}"), measured, measured / wanted);
    }

    pub fn at_most(&mut self, goal: &str, what: &str, wanted: f64, measured: f64) {
        self.row(goal, what, &format!("≤ {wanted}"), measured, wanted / measured);
    }

    /// `reached`: how much of it, 1 where it is just met.
    fn row(&mut self, goal: &str, what: &str, wanted: &str, measured: f64, reached: f64) {
        let verdict = match reached {
            1.0.. => "met",
            0.8.. => "**missed**",
            _ => FAR_OFF,
        };
        let _ = writeln!(self.0, "| {goal} | {what} | {wanted} | {measured:.3} | {verdict} |");
    }
}

pub fn words(placement: Placement) -> &'static str {
    match placement {
        OneCore => "one core",
        OtherCore => "a core for each end",
        Anywhere => "two cores",
    }
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Puts the tables into benches/README.md.
pub fn write(tables: &str) {
    let path = here().join("../README.md");
    let text = fs::read_to_string(&path).expect("a README");
    let (mark, end) = ("<!-- peers -->\n", "<!-- /peers -->");
    let (before, rest) = text.split_once(mark).expect("the place of the tables");
    let (_, after) = rest.split_once(end).expect("the end of the tables");
    fs::write(path, format!("{before}{mark}{tables}{end}{after}")).expect("a README that can be written");
}
