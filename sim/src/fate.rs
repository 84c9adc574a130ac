//! What a seed decides: the peers' age, the guest, and what befalls whom and when.

use std::time::Duration;

use virtwire::protocol::profile::Profile;

/// The guest takes an eighth of a second at this speed, in which most accidents are to happen.
pub const MAX_SPEED_MIB_S: u64 = 1;
/// A small generator of numbers (splitmix64), so that a seed means the same with every release of every crate.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bf0_3635)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize].clone()
    }
}

/// Something that happens to a link or a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accident {
    /// What is sent is lost.
    Cut(&'static str, &'static str),
    /// It is not any more; what was lost stays lost.
    Mended(&'static str, &'static str),
    /// What is sent waits.
    Held(&'static str, &'static str),
    /// And comes now.
    Released(&'static str, &'static str),
}

/// All that a seed decides.
#[derive(Clone, Debug)]
pub struct Fate {
    version_3: bool,
    pub profile: Profile,
    pub live: bool,
    /// The guest stands still when it begins.
    pub paused: bool,
    pub latency_ms: u64,
    /// In the order of their times.
    pub accidents: Vec<(Duration, Accident)>,
    /// The user gives up.
    pub cancel_after: Option<Duration>,
    /// The orchestrator's process ends.
    pub dies_after: Option<Duration>,
}

/// Version 3 with parameters.
const NEWEST: &str = "12.8.0";
/// Version 3 without.
const V3: &str = "1.0.6";

const LINKS: [(&str, &str); 3] = [("orchestrator", "a"), ("orchestrator", "b"), ("a", "b")];

/// Within this time a migration without accidents is over.
const USUAL_MS: u64 = 400;

impl Fate {
    /// Whether the source keeps the guest until the destination runs it (version 3).
    pub fn keeps(&self) -> bool {
        self.version_3
    }

    pub fn drawn(dice: &mut Dice) -> Fate {
        // Version 3 with parameters and without, version 2, version 1.
        let release = dice.of(&[NEWEST, NEWEST, V3, "0.9.1", "0.4.4"]);
        let mut accidents = Vec::new();
        for _ in 0..dice.below(4) {
            let at = Duration::from_millis(dice.below(USUAL_MS));
            let lasts = Duration::from_millis(dice.of(&[3, 30, 300, 3_000]) + dice.below(100));
            let (one, other) = dice.of(&LINKS);
            // What is cut off for good is noticed by pings, or on the guest's own way by a deadline. Peers from before pings have the
            // system's TCP instead, which sends again what was lost: for them a link is held.
            let noticed = release == NEWEST || one != "orchestrator";
            if dice.one_in(2) && noticed {
                accidents.push((at, Accident::Cut(one, other)));
                accidents.push((at + lasts, Accident::Mended(one, other)));
            } else {
                accidents.push((at, Accident::Held(one, other)));
                accidents.push((at + lasts, Accident::Released(one, other)));
            }
        }
        accidents.sort_by_key(|(at, _)| *at);
        let moment =
            |dice: &mut Dice, odds| dice.one_in(odds).then(|| Duration::from_millis(dice.below(USUAL_MS)));
        Fate {
            version_3: [NEWEST, V3].contains(&release),
            profile: Profile::of(release.parse().expect("a release")),
            live: dice.one_in(2),
            paused: dice.one_in(5),
            latency_ms: dice.of(&[1, 5, 20]),
            cancel_after: moment(dice, 6),
            dies_after: moment(dice, 8),
            accidents,
        }
    }
}
