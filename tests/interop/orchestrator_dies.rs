//! `virtwire migrate --journal` is killed (SIGKILL) at random moments, alone or together with one of the daemons, whose guests are
//! processes that outlive it; or a daemon is killed under it, and it goes on; or its machine is gone, and its connections stay open.
//! Then `virtwire recover` ends what is left.
//!
//! Half of the moments are times; the other half are places in the journal, so that each step is met also where it takes no time. What
//! the daemons say afterwards is compared with what `recover` says, and what the guests wrote down themselves: none is doubled, none is
//! gone unless that was said, and every outcome has a name. "Unknown" is one of few questions, each of which a person answers here by
//! the guests' own log, as it says; then `recover` knows.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use virtwire::protocol::enums::DomainStateKind;

use crate::deaths::{Death, Moment, Orchestrator, Random, recover, seed};
use crate::figures::figure;
use crate::lab::{Directory, next_number};
use crate::outliving::{Host, doubled};

/// A version of the protocol and who drives it, by the daemons that speak it and the options that choose it.
struct Way {
    name: &'static str,
    daemons: &'static [&'static str],
    options: &'static [&'static str],
    /// How many migrations are met by a death.
    deaths: u64,
    /// The source keeps the guest until Confirm; and daemons of that age ask silent clients whether they are there. Else the system's TCP
    /// notices, sometime.
    v3: bool,
    /// Whether the hosts show all that may still come: not where a destination shows no guest that is on its way, nor where the source was
    /// asked to move the guest by itself, and nobody has heard that it does so no more.
    shows: bool,
    /// Of eight migrations the most that may be unknown when both daemons answer.
    unknown_of_8: u64,
    /// Of sixteen migrations the most whose guest may be lost, and what may be said of it. Version 3 loses none, and our daemons keep what has come.
    lost_of_16: u64,
    losses: &'static [&'static str],
}

const V3: Way = Way {
    name: "v3 with parameters",
    daemons: &[],
    options: &[],
    deaths: 40,
    v3: true,
    shows: true,
    unknown_of_8: 2,
    lost_of_16: 0,
    losses: &[],
};
/// The source drops the guest when it is sent: what ends the destination's copy then ends the guest.
const V2: Way = Way {
    name: "v2",
    daemons: &["--as", "0.9.1"],
    deaths: 35,
    v3: false,
    unknown_of_8: 4,
    lost_of_16: 1,
    losses: &[
        "domain_migrate_perform on the source: no reply",
        "domain_migrate_finish on the destination",
        "domain_migrate_finish2 on the destination",
        "the program that drove the migration ended before it did",
    ],
    ..V3
};
/// The source's daemon is one more orchestrator that may die.
const P2P: Way = Way {
    name: "peer-to-peer",
    daemons: &["--allow-p2p", "any"],
    options: &["--p2p"],
    deaths: 30,
    shows: false,
    unknown_of_8: 6,
    ..V3
};

const WAYS: [Way; 6] = [
    V3,
    Way { name: "v3", options: &["--migration", "v3"], deaths: 35, ..V3 },
    V2,
    Way { name: "v1", daemons: &["--as", "0.4.4"], deaths: 30, shows: false, unknown_of_8: 6, ..V2 },
    P2P,
    Way { name: "peer-to-peer, tunnelled", options: &["--p2p", "--tunnelled"], ..P2P },
];

#[test]
fn two_hundred_migrations_are_met_by_a_death_and_every_guest_is_accounted_for() {
    let seed = seed();
    let began = Instant::now();
    let campaigns: Vec<Ends> = thread::scope(|scope| {
        let campaigns: Vec<_> =
            WAYS.iter().zip(seed..).map(|(way, seed)| scope.spawn(move || campaign(way, seed))).collect();
        campaigns
            .into_iter()
            .map(|campaign| campaign.join().unwrap_or_else(|_| panic!("VIRTWIRE_SEED={seed}, told above")))
            .collect()
    });
    for (way, ends) in WAYS.iter().zip(&campaigns) {
        for (end, count) in ends {
            figure(format_args!("{}: {count} times {end}", way.name));
        }
        let unknown: u64 =
            ends.iter().filter(|(end, _)| end.starts_with("unknown")).map(|(_, count)| count).sum();
        assert!(
            unknown * 8 <= way.deaths * way.unknown_of_8,
            "{}: {unknown} of {} unknown",
            way.name,
            way.deaths
        );
        let lost: u64 = ends.iter().filter(|(end, _)| end.starts_with("lost")).map(|(_, count)| count).sum();
        assert!(lost * 16 <= way.deaths * way.lost_of_16, "{}: {lost} of {} lost", way.name, way.deaths);
        let is_named = |end: &&String| way.losses.iter().any(|loss| end.contains(loss));
        let unnamed = ends.keys().filter(|end| end.starts_with("lost")).find(|end| !is_named(end));
        assert_eq!(unnamed, None, "{}: this loss could have been avoided", way.name);
    }
    let total: u64 = campaigns.iter().flat_map(BTreeMap::values).sum();
    figure(format_args!(
        "{total} migrations met by a death, in {} s: 0 guests doubled, 0 gone in silence",
        began.elapsed().as_secs()
    ));
    assert_eq!(total, 200);
}

/// What became of the guests, by what was said of them.
type Ends = BTreeMap<String, u64>;

fn campaign(way: &Way, seed: u64) -> Ends {
    let mut random = Random(seed);
    let logs = Directory::new(next_number());
    let run_log = logs.path().join("runs");
    let (mut source, mut destination) =
        (Host::start(way.daemons, &run_log), Host::start(way.daemons, &run_log));
    let mut ends = Ends::new();
    for number in 0..way.deaths {
        let guest = format!("guest{number}");
        let journal = logs.path().join(format!("journal{number}"));
        let xml = format!("<domain type='mem'><name>{guest}</name><memory unit='MiB'>2</memory></domain>");
        let uuid = source.create(&xml);
        let (moment, death) =
            (Moment::random(&mut random, Duration::from_millis(700)), Death::random(&mut random));
        let (from, to) = (source.uri(), destination.uri());
        let options = [&["--bandwidth", "8"], way.options].concat();
        let mut orchestrator = Orchestrator::start(&from, &to, &guest, &journal, &options);
        moment.wait_for(&journal, &mut orchestrator);
        death.happens(&mut orchestrator, |is_source| {
            if is_source { source.restart(&run_log) } else { destination.restart(&run_log) }
        });

        // The journal of a machine that is gone is elsewhere, too.
        let kept = logs.path().join(format!("kept{number}"));
        let journal = match death {
            Death::Machine if journal.exists() => fs::copy(&journal, &kept).map(|_| kept).expect("a copy"),
            _ => journal,
        };
        let story = format!("{} {guest} (seed {seed}), {death:?} at {moment:?}", way.name);
        // Where daemons ask a silent client, long enough to notice it.
        let wait = match (way.v3, death) {
            (true, Death::Machine) => "10",
            (true, _) => "4",
            (false, _) => "1",
        };
        let mut case = Case {
            way,
            wait,
            journal: &journal,
            source: &mut source,
            destination: &destination,
            uuid,
            run_log: &run_log,
            story,
        };
        if death == Death::Machine && !way.v3 {
            case.is_not_misled();
            orchestrator.is_killed();
        }
        let end = match journal.exists() {
            true => case.recovered(),
            false => {
                assert_eq!(case.states(), (RUNNING, None), "{}", case.story);
                "not begun, the guest is where it was".to_owned()
            }
        };
        assert_eq!(doubled(&run_log), None, "{}", case.story);
        *ends.entry(end).or_default() += 1;
        source.destroy(&uuid);
        destination.destroy(&uuid);
    }
    ends
}

const RUNNING: Option<DomainStateKind> = Some(DomainStateKind::Running);
const PAUSED: Option<DomainStateKind> = Some(DomainStateKind::Paused);

/// A migration that met a death, with both daemons there again.
struct Case<'a> {
    way: &'a Way,
    /// How many seconds a recovery goes on asking.
    wait: &'static str,
    journal: &'a Path,
    source: &'a mut Host,
    destination: &'a Host,
    uuid: [u8; 16],
    run_log: &'a Path,
    story: String,
}

impl Case<'_> {
    /// What the source says of the guest, and what the destination does.
    fn states(&self) -> (Option<DomainStateKind>, Option<DomainStateKind>) {
        (self.source.state(&self.uuid), self.destination.state(&self.uuid))
    }

    fn told(&self, said: &Value) -> String {
        format!("{}: {said}, the hosts say {:?}", self.story, self.states())
    }

    /// While connections stay open at which nobody is, much is not known; but nothing is done that the rest would have to suffer for.
    fn is_not_misled(&self) {
        if self.journal.exists() {
            let said = recover(self.journal, "0.2");
            assert_ne!(self.states(), (RUNNING, RUNNING), "doubled: {}", self.told(&said));
            assert_ne!(said["outcome"], "nowhere", "{}", self.told(&said));
        }
    }

    /// Recovers, compares what is said with what is, and says it again.
    fn recovered(&mut self) -> String {
        let mut said = recover(self.journal, self.wait);
        assert_ne!(self.states(), (RUNNING, RUNNING), "doubled: {}", self.told(&said));
        let end = match said["outcome"].as_str() {
            Some("unknown") => {
                let check =
                    said["check"].as_str().unwrap_or_else(|| panic!("no check: {}", self.told(&said)));
                let end = format!("unknown, {check}");
                self.a_person_does_what_it_says(&said);
                said = recover(self.journal, "1");
                let stays =
                    !self.way.shows && self.states() == (RUNNING, None) && said["outcome"] == "unknown";
                assert!(stays || self.is_true(&said), "a person has looked, and still: {}", self.told(&said));
                end
            }
            _ => {
                assert!(self.is_true(&said), "{}", self.told(&said));
                match (said["outcome"].as_str().unwrap_or_default(), &said["reason"]) {
                    ("nowhere", reason) => {
                        format!("lost, and said to be: {}", reason.as_str().unwrap_or_default())
                    }
                    (outcome, _) => outcome.to_owned(),
                }
            }
        };
        let before = self.states();
        let again = recover(self.journal, "0");
        assert_eq!(
            again["outcome"],
            said["outcome"],
            "a second recovery says otherwise: {}, {again}",
            self.told(&said)
        );
        assert_eq!(self.states(), before, "a second recovery changes something: {}", self.told(&again));
        end
    }

    /// Whether a known outcome is what the hosts show.
    fn is_true(&self, said: &Value) -> bool {
        match said["outcome"].as_str() {
            Some("on destination") => self.states() == (None, RUNNING),
            Some("on source") => {
                // An incoming copy goes with its connection.
                let deadline = Instant::now() + Duration::from_secs(10);
                while self.destination.state(&self.uuid).is_some() && Instant::now() < deadline {
                    thread::sleep(Duration::from_millis(10));
                }
                self.states() == (RUNNING, None)
            }
            Some("nowhere") => self.states() == (None, None),
            _ => false,
        }
    }

    /// With both daemons there it is one of these questions, and the guest's own log or the hosts answer it.
    fn a_person_does_what_it_says(&mut self, said: &Value) {
        match self.states() {
            // Whether it ran on the destination: it did not.
            (PAUSED, None) if self.way.v3 => {
                assert!(!self.destination.ran(self.run_log, &self.uuid), "it ran there: {}", self.told(said));
                let resumed = self.source.resume(&self.uuid).or_else(|_| {
                    // Its own daemon moves it, and asks a destination that has forgotten it.
                    assert!(!self.way.shows, "somebody has it in hand: {}", self.told(said));
                    self.source.restart(self.run_log);
                    self.source.resume(&self.uuid)
                });
                resumed.unwrap_or_else(|error| panic!("{error}: {}", self.told(said)));
            }
            // Whether the copy is whole: what these versions keep of a guest is.
            (None, PAUSED) if !self.way.v3 => {
                self.destination
                    .resume(&self.uuid)
                    .unwrap_or_else(|error| panic!("{error}: {}", self.told(said)));
            }
            // Whether the copy goes: the guest is on its source.
            (RUNNING, PAUSED) if !self.way.v3 => self.destination.destroy(&self.uuid),
            (RUNNING, None) if !self.way.shows => {}
            _ => panic!("this should be known: {}", self.told(said)),
        }
    }
}
