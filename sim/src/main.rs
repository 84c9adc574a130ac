//! Migrations in a simulated network, each from a seed: of every version, managed, peer to peer and tunnelled, of guests, of definitions and
//! in post-copy; with partitions, held links, cancellations, full disks, and with orchestrators, daemons and those who recover that die.
//!
//! ```text
//! cargo run --release -- COUNT [FIRST]    plays so many seeds, from FIRST (0) on, and tells what came of them
//! cargo run --release -- seed N           plays one, twice, and prints its trace
//! ```

mod actors;
mod fate;
mod laws;
mod world;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let number = |at: usize, otherwise| arguments.get(at).map_or(Some(otherwise), |text| text.parse().ok());
    match arguments.first().map(String::as_str) {
        Some("seed") => match number(1, 0) {
            Some(seed) => one(seed),
            None => usage(),
        },
        _ => match (number(0, 10_000), number(1, 0)) {
            (Some(count), Some(first)) => many(first, count),
            _ => usage(),
        },
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: virtwire-sim [COUNT [FIRST]] | seed N");
    ExitCode::FAILURE
}

fn one(seed: u64) -> ExitCode {
    let (run, again) = (world::play(seed), world::play(seed));
    print!("{}", run.trace);
    println!("seed {seed}: {:?}", run.end);
    if parts(&run.trace, &again.trace).is_some() {
        println!("seed {seed} told another story the second time:\n{}", again.trace);
        return ExitCode::FAILURE;
    }
    if run.end.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Every so many seeds, one is played twice: it must tell the same story.
const TWICE_EVERY: u64 = 50;

/// What the seeds came to.
#[derive(Default)]
struct Tally {
    ends: BTreeMap<String, u64>,
    kinds: BTreeMap<&'static str, u64>,
    happened: world::Happened,
    broken: Vec<(u64, String)>,
    simulated: Duration,
    twice: u64,
}

/// Where two stories of a seed part. From a host's death on they may: its runtime drops the tasks that it has in an order by their numbers,
/// which all worlds of a process share, and so it ends with or without a last segment to its peers.
fn parts(one: &str, other: &str) -> Option<String> {
    let (mut one, mut other) = (one.lines(), other.lines());
    loop {
        match (one.next(), other.next()) {
            (None, None) => return None,
            (one, other) if one != other => return Some(format!("{one:?}, and then {other:?}")),
            (Some(line), _) if line.contains("accident: Killed") => return None,
            _ => {}
        }
    }
}

fn many(first: u64, count: u64) -> ExitCode {
    let (began, next, tally) = (Instant::now(), AtomicU64::new(first), Mutex::new(Tally::default()));
    println!("seeds {first} to {}", first + count.max(1) - 1);
    std::thread::scope(|threads| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            threads.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + count {
                        return;
                    }
                    let run = world::play(seed);
                    let twice = seed % TWICE_EVERY == 0;
                    let parts = twice.then(|| parts(&run.trace, &world::play(seed).trace)).flatten();
                    let mut tally = tally.lock().unwrap_or_else(|broken| broken.into_inner());
                    tally.simulated += run.simulated;
                    tally.twice += u64::from(twice);
                    tally.happened.add(&run.happened);
                    *tally.kinds.entry(run.kind).or_default() += 1;
                    match run.end {
                        Ok(end) => *tally.ends.entry(end).or_default() += 1,
                        Err(why) => tally.broken.push((seed, why)),
                    }
                    if let Some(parts) = parts {
                        tally.broken.push((seed, format!("it told another story the second time: {parts}")));
                    }
                }
            });
        }
    });
    let tally = tally.into_inner().unwrap_or_else(|broken| broken.into_inner());
    let took = began.elapsed();
    println!(
        "{count} migrations, {:.0} s of theirs, in {:.1} s ({:.1} ms each); {} played twice and told the same, up to a daemon's death",
        tally.simulated.as_secs_f64(),
        took.as_secs_f64(),
        took.as_secs_f64() * 1_000.0 / count.max(1) as f64,
        tally.twice,
    );
    let world::Happened {
        orchestrators_died,
        daemons_died,
        recoveries,
        rescuers_died,
        persons_asked,
        resumed,
    } = tally.happened;
    println!(
        "{orchestrators_died} orchestrators died, {daemons_died} daemons, and {rescuers_died} who recovered; {recoveries} recoveries; \
         {persons_asked} times a person had to look; {resumed} post-copies broke and were resumed"
    );
    let kinds: Vec<_> = tally.kinds.iter().map(|(kind, times)| format!("{times} {kind}")).collect();
    println!("{}", kinds.join(", "));
    for (end, times) in &tally.ends {
        println!("{times:>8}  {end}");
    }
    for (seed, why) in tally.broken.iter().take(20) {
        println!("BROKEN seed {seed}: {why}");
    }
    println!("{} broken; `cargo run --release -- seed N` tells a story", tally.broken.len());
    if tally.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
