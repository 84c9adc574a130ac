//! What befalls a migration that keeps a journal, and when: chosen by a seed, which is printed. `VIRTWIRE_SEED` repeats one.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::figures::figure;
use crate::process::run;

/// Printed, or taken from who repeats a campaign.
pub(crate) fn seed() -> u64 {
    let seed = match std::env::var("VIRTWIRE_SEED") {
        Ok(seed) => seed.parse().expect("VIRTWIRE_SEED is a number"),
        Err(_) => SystemTime::UNIX_EPOCH.elapsed().map_or(1, |since| since.as_nanos() as u64),
    };
    figure(format_args!("VIRTWIRE_SEED={seed}"));
    seed
}

/// `virtwire migrate --journal`, as long as it lives.
pub(crate) struct Orchestrator(Child);

impl Orchestrator {
    /// Moves a guest.
    pub(crate) fn start(from: &str, to: &str, guest: &str, journal: &Path, options: &[&str]) -> Orchestrator {
        let child = Command::new(env!("CARGO_BIN_EXE_virtwire"))
            .args(["migrate", "--live", "--journal"])
            .arg(journal)
            .args(["--from", from, "--to", to, guest])
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the command under test starts");
        Orchestrator(child)
    }

    /// Whether it has come to its end by itself.
    fn has_ended(&mut self) -> bool {
        !matches!(self.0.try_wait(), Ok(None))
    }

    /// It says no more, as one whose machine has lost its power, and its connections stay open.
    pub(crate) fn falls_silent(&mut self) {
        if self.has_ended() {
            return;
        }
        let pid = Pid::from_child(&self.0);
        // Until it is waited for, it is there.
        kill_process(pid, Signal::STOP).expect("a child of ours");
    }

    pub(crate) fn is_killed(&mut self) {
        let _ = self.0.kill();
        self.0.wait().expect("a child can be waited for");
    }
}

impl Drop for Orchestrator {
    fn drop(&mut self) {
        self.is_killed();
    }
}

/// The document that `recover --json` prints. Where it asks whether the guest was moved since, it is told that it was not: nobody else moves
/// guests here.
pub(crate) fn recover(journal: &Path, wait: &str) -> Value {
    let recover = |options: &[&str]| -> Value {
        let mut command = Command::new(env!("CARGO_BIN_EXE_virtwire"));
        let done = run(command.arg("recover").arg(journal).args(["--json", "--wait", wait]).args(options));
        serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error}: {done:?}"))
    };
    let said = recover(&[]);
    match said["check"].as_str().is_some_and(|check| check.contains(WORD)) {
        true => recover(&[WORD]),
        false => said,
    }
}

/// The word that nobody has begun another migration since.
const WORD: &str = "--no-later-migration";

/// Who dies, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Death {
    /// The orchestrator.
    Orchestrator,
    /// The same, and then the source's daemon.
    AndSource,
    /// The same, and then the destination's daemon.
    AndDestination,
    /// The source's daemon, and so much later the orchestrator, if it has not come to its end.
    Source(Duration),
    /// The same with the destination's daemon.
    Destination(Duration),
    /// The machine of the orchestrator: its connections stay open, and nobody answers there.
    Machine,
}

impl Death {
    pub(crate) fn random(random: &mut Random) -> Death {
        let later = Duration::from_millis(random.below(400));
        match random.below(8) {
            0 => Death::AndSource,
            1 => Death::AndDestination,
            2 => Death::Source(later),
            3 => Death::Destination(later),
            4 => Death::Machine,
            _ => Death::Orchestrator,
        }
    }

    /// It happens. `restart` kills a daemon and starts it again: the source's, if it is told so, else the destination's.
    pub(crate) fn happens(self, orchestrator: &mut Orchestrator, mut restart: impl FnMut(bool)) {
        match self {
            Death::Orchestrator => orchestrator.is_killed(),
            Death::AndSource | Death::AndDestination => {
                orchestrator.is_killed();
                restart(self == Death::AndSource);
            }
            Death::Source(later) | Death::Destination(later) => {
                restart(matches!(self, Death::Source(_)));
                let deadline = Instant::now() + later;
                while Instant::now() < deadline && !orchestrator.has_ended() {
                    thread::sleep(Duration::from_millis(1));
                }
                orchestrator.is_killed();
            }
            Death::Machine => orchestrator.falls_silent(),
        }
    }
}

/// When it happens.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Moment {
    /// So long after the orchestrator's start.
    Time(Duration),
    /// So long after the journal has so many lines.
    Lines(usize, Duration),
}

impl Moment {
    /// Within a migration that takes about so long.
    pub(crate) fn random(random: &mut Random, takes: Duration) -> Moment {
        match random.below(2) {
            0 => Moment::Time(Duration::from_micros(random.below(takes.as_micros() as u64))),
            _ => {
                let lines = 1 + random.below(14) as usize;
                Moment::Lines(lines, Duration::from_micros(random.below(2_000)))
            }
        }
    }

    /// Returns early if the orchestrator has ended by itself.
    pub(crate) fn wait_for(self, journal: &Path, orchestrator: &mut Orchestrator) {
        let began = Instant::now();
        let has_come = || match self {
            Moment::Time(time) => began.elapsed() >= time,
            Moment::Lines(lines, _) => fs::read(journal)
                .is_ok_and(|bytes| bytes.iter().filter(|byte| **byte == b'\n').count() >= lines),
        };
        while !has_come() && !orchestrator.has_ended() {
            thread::sleep(Duration::from_micros(500));
        }
        if let Moment::Lines(_, after) = self {
            thread::sleep(after);
        }
    }
}

/// SplitMix64: the same numbers for the same seed everywhere.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}
