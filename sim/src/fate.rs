//! What a seed decides: the peers' age, the guest, who moves it and how, and what befalls whom and when.

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

/// Something that happens to a link or a daemon.
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
    /// The daemon is killed. Its guests live on, as QEMU does.
    Killed(&'static str),
    /// It is started again.
    Started(&'static str),
}

/// How an orchestrator ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// Its process is killed, and its machine closes the connections.
    Process,
    /// Its machine is gone: nobody closes anything. Of its journal so many answers at the end are lost, which nobody waited for to be on
    /// the disk.
    Machine { answers_lost: u64 },
}

/// Who moves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The orchestrator.
    Managed,
    /// The source's daemon, at its word.
    PeerToPeer,
    /// The same, and the data goes over the daemons' own connection.
    Tunnelled,
}

/// What moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Guest,
    /// A guest that goes on at the destination before all of it is there, from so long after its sending began.
    InPostCopy {
        after: Duration,
    },
    /// Of a guest that is off.
    Definition {
        undefines: bool,
    },
}

/// All that a seed decides.
#[derive(Clone, Debug)]
pub struct Fate {
    version_3: bool,
    version_1: bool,
    pub profile: Profile,
    pub way: Way,
    pub what: What,
    pub live: bool,
    /// The guest stands still when it begins.
    pub paused: bool,
    pub latency_ms: u64,
    /// In the order of their times.
    pub accidents: Vec<(Duration, Accident)>,
    /// The user gives up.
    pub cancel_after: Option<Duration>,
    /// The orchestrator ends so long after its first record.
    pub dies: Option<(Duration, Death)>,
    /// Nothing more can be written to the journal, from so long after its first record on, and for so long.
    pub disk_full: Option<(Duration, Duration)>,
    /// What a migration has left is recovered after this time,
    pub recovered_after: Duration,
    /// and by somebody who dies so long after beginning it.
    pub rescuer_dies_after: Option<Duration>,
    /// It is recovered also where nothing is in doubt, and a second time where that has been done.
    pub recovered_anyway: bool,
}

/// Version 3 with parameters.
const NEWEST: &str = "12.8.0";
/// Version 3 without.
const V3: &str = "1.0.6";
/// Version 1.
const V1: &str = "0.4.4";

const LINKS: [(&str, &str); 3] = [("orchestrator", "a"), ("orchestrator", "b"), ("a", "b")];
const RESCUERS: [(&str, &str); 2] = [("rescuer", "a"), ("rescuer", "b")];

/// Within this time a migration without accidents is over.
const USUAL_MS: u64 = 400;
/// Within this time one in post-copy is.
const POST_COPY_MS: u64 = 200;
/// Within this time somebody comes who recovers.
const RESCUE_MS: u64 = 2_000;

impl Fate {
    /// Whether the source keeps the guest until the destination runs it (version 3).
    pub fn keeps(&self) -> bool {
        self.version_3
    }

    /// Whether the hosts show all that may still come: not in version 1, where a destination shows nothing of a guest before its memory has
    /// come, nor of a source that was asked to move the guest by itself and may yet begin.
    pub fn shows(&self) -> bool {
        !self.version_1 && self.way == Way::Managed
    }

    /// Only a definition moves.
    pub fn is_offline(&self) -> bool {
        matches!(self.what, What::Definition { .. })
    }

    /// What is counted.
    pub fn kind(&self) -> &'static str {
        match (self.what, self.way) {
            (What::Guest, Way::Managed) => "managed",
            (What::Guest, Way::PeerToPeer) => "peer to peer",
            (What::Guest, Way::Tunnelled) => "tunnelled",
            (What::InPostCopy { .. }, Way::Managed) => "in post-copy",
            (What::InPostCopy { .. }, _) => "in post-copy, peer to peer",
            (What::Definition { .. }, Way::Managed) => "offline",
            (What::Definition { .. }, _) => "offline, peer to peer",
        }
    }

    pub fn drawn(dice: &mut Dice) -> Fate {
        // Version 3 with parameters and without, version 2, version 1.
        let release = dice.of(&[NEWEST, NEWEST, V3, "0.9.1", V1]);
        let way = match dice.below(6) {
            0 if release != V1 => Way::PeerToPeer,
            1 if release != V1 => Way::Tunnelled,
            _ => Way::Managed,
        };
        let what = match dice.below(6) {
            _ if way == Way::Tunnelled => What::Guest,
            0 if [NEWEST, V3].contains(&release) => What::Definition { undefines: dice.one_in(2) },
            1 | 2 if release == NEWEST => What::InPostCopy { after: moment(dice, 100) },
            _ => What::Guest,
        };
        let mut accidents = Vec::new();
        for _ in 0..dice.below(4) {
            let link = dice.of(&LINKS);
            accidents.extend(accident(dice, is_noticed(release, way, link), link, USUAL_MS));
        }
        if let What::InPostCopy { .. } = what
            && dice.one_in(2)
        {
            accidents.extend(accident(dice, true, ("a", "b"), POST_COPY_MS));
        }
        if dice.one_in(4) {
            let link = dice.of(&RESCUERS);
            accidents.extend(accident(dice, is_noticed(release, way, link), link, RESCUE_MS));
        }
        for daemon in ["a", "b"] {
            if dice.one_in(6) {
                let (at, lasts) = (moment(dice, USUAL_MS), lasting(dice));
                accidents.extend([(at, Accident::Killed(daemon)), (at + lasts, Accident::Started(daemon))]);
            }
        }
        accidents.sort_by_key(|(at, _)| *at);
        let death = |dice: &mut Dice| match dice.below(4) {
            // Peers from before pings never miss it.
            0 if release == NEWEST => Death::Machine { answers_lost: dice.below(3) },
            _ => Death::Process,
        };
        Fate {
            version_3: [NEWEST, V3].contains(&release),
            version_1: release == V1,
            profile: Profile::of(release.parse().expect("a release")),
            way,
            what,
            live: dice.one_in(2),
            paused: what == What::Guest && dice.one_in(5),
            latency_ms: dice.of(&[1, 5, 20]),
            cancel_after: dice.one_in(6).then(|| moment(dice, USUAL_MS)),
            dies: dice.one_in(4).then(|| (moment(dice, USUAL_MS), death(dice))),
            disk_full: dice.one_in(12).then(|| (moment(dice, USUAL_MS), lasting(dice))),
            recovered_after: moment(dice, RESCUE_MS),
            rescuer_dies_after: dice.one_in(3).then(|| moment(dice, USUAL_MS)),
            recovered_anyway: dice.one_in(8),
            accidents,
        }
    }
}

fn moment(dice: &mut Dice, within_ms: u64) -> Duration {
    Duration::from_millis(dice.below(within_ms))
}

fn lasting(dice: &mut Dice) -> Duration {
    Duration::from_millis(dice.of(&[3, 30, 300, 3_000]) + dice.below(100))
}

/// Whether somebody misses what is lost on a link: by pings, or on the guest's own way by a deadline. Peers from before pings have the
/// system's TCP instead, which sends again what was lost: for them a link is held.
fn is_noticed(release: &str, way: Way, (one, _): (&str, &str)) -> bool {
    release == NEWEST || one == "a" && way == Way::Managed
}

/// What befalls a link, and its end.
fn accident(
    dice: &mut Dice,
    noticed: bool,
    (one, other): (&'static str, &'static str),
    within_ms: u64,
) -> [(Duration, Accident); 2] {
    let (at, lasts) = (moment(dice, within_ms), lasting(dice));
    if dice.one_in(2) && noticed {
        [(at, Accident::Cut(one, other)), (at + lasts, Accident::Mended(one, other))]
    } else {
        [(at, Accident::Held(one, other)), (at + lasts, Accident::Released(one, other))]
    }
}
