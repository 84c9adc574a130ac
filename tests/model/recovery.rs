//! The recovery, model-checked: every journal prefix of every migration, with the world as it was when the orchestrator died then.
//!
//! An orchestrator dies at each record that it writes, so with the call announced and not made; and, by the faults of
//! [`fault`](super::fault), while each of its calls is under way, which the host then ran, runs later or never runs. Each such wreck is
//! recovered: with nothing more going wrong; with each fault at each call of the recovery, among them its own death, after which
//! another recovery takes over; and with either host dead for good and the recovery told so. A second recovery of what has ended must
//! change nothing. And where the source has paused the guest, it is also recovered after a person had it run on there and has suspended it, while
//! the destination has not noticed yet that its client is gone; and after somebody else's migration has sent it from there to a third
//! host, and died as well, with the source's copy paused: nobody but the caller can know of that one, and one who says that there was
//! none is held against what the source has said.

use std::collections::BTreeMap;
use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use virtwire_protocol::migrate::{Fenced, Host, Outcome, Record, Said};

use super::fault::{Fails, Fault, Hears, Runs, possible};
use super::figures::figure;
use super::first_story;
use super::offline::{self, Offline};
use super::rescue::{Rescue, Wreck};
use super::rescue_mutant::{Liar, Needs, RULES, Rule};
use super::run::{Faults, Run};
use super::setup::{self, By, Guest, Setup};

#[test]
fn every_journal_prefix_of_every_migration_recovers_to_a_legal_end() {
    check(&[setup::all(), setup::post_copy(), offline::setups()].concat(), Depth::new(0, 0));
}

/// A definition is never lost, and claimed where it is.
#[test]
fn every_journal_prefix_of_a_definition_that_moves_recovers_after_any_fault() {
    check(&offline::few(), Depth::new(1, 0));
    check(&offline::few(), Depth::new(0, 1));
}

#[test]
fn every_journal_prefix_after_any_fault_recovers_to_a_legal_end() {
    check(&setup::few_to_recover(), Depth::new(1, 0));
}

#[test]
fn a_recovery_that_meets_any_fault_or_dies_is_recovered_in_turn() {
    check(&setup::few_to_recover(), Depth::new(0, 1));
}

#[test]
fn a_fault_of_the_migration_and_one_of_its_recovery_do_no_more_harm_than_one() {
    check(&setup::fewest(), Depth { which: Fault::is_common, ..Depth::new(1, 1) });
}

/// A recovery without the rule does what the rule forbids, and the model sees it.
#[test]
fn every_rule_of_recovery_is_needed() {
    let paused =
        setup::few_to_recover().into_iter().map(|setup| Setup { guest: Guest::PersistentPaused, ..setup });
    let setups: Vec<_> = setup::few_to_recover().into_iter().chain(paused).chain(offline::few()).collect();
    let worlds = AtomicUsize::new(0);
    let found = first_story(&RULES, |(rule, expected, needs)| {
        let mut look = |rescue: &Rescue| {
            worlds.fetch_add(1, Relaxed);
            if rescue.broken.iter().any(|broken| broken == expected) { Break(()) } else { Continue(()) }
        };
        let liar = Liar::breaking(*rule);
        let depth = match needs {
            Needs::NoFault => Depth::new(0, 0),
            Needs::FaultOfMigration => Depth::new(1, 0),
            Needs::FaultOfRecovery => Depth::new(0, 1),
            Needs::Both => Depth::new(1, 1),
        };
        let mut explored = setups
            .iter()
            .filter(|setup| rule.concerns(setup))
            .map(|setup| explore(*setup, depth, &liar, &mut look));
        let caught = explored.any(|found| found.is_break());
        (!caught).then(|| format!("without the rule {rule:?} this does not happen: {expected}"))
    });
    if let Some(story) = found {
        panic!("{story}");
    }
    figure(format_args!("{} broken recoveries caught in {} worlds", RULES.len(), worlds.into_inner()));
}

/// How many faults there may be, and which.
#[derive(Clone, Copy)]
struct Depth {
    migration: usize,
    recovery: usize,
    which: fn(Fault) -> bool,
}

impl Depth {
    fn new(migration: usize, recovery: usize) -> Depth {
        Depth { migration, recovery, which: |_| true }
    }
}

#[track_caller]
fn check(setups: &[Setup], depth: Depth) {
    let rescues = AtomicUsize::new(0);
    let words = Mutex::new(BTreeMap::<&str, usize>::new());
    let found = first_story(setups, |setup| {
        let mut found = None;
        let mut mine = BTreeMap::<&str, usize>::new();
        let mut look = |rescue: &Rescue| {
            rescues.fetch_add(1, Relaxed);
            *mine.entry(rescue.word()).or_default() += 1;
            if rescue.broken.is_empty() {
                return Continue(());
            }
            found = Some(rescue.to_string());
            Break(())
        };
        let _ = explore(*setup, depth, &Liar::breaking(Rule::None), &mut look);
        let mut words = words.lock().unwrap();
        for (word, count) in mine {
            *words.entry(word).or_default() += count;
        }
        found
    });
    if let Some(story) = found {
        panic!("{story}");
    }
    let (rescues, words) = (rescues.into_inner(), words.into_inner().unwrap());
    figure(format_args!(
        "{rescues} recoveries from {} setups, up to {} faults in each: {words:?}",
        setups.len(),
        depth.recovery
    ));
}

/// Looks at every recovery of every wreck of every migration with up to `depth` faults.
fn explore(
    setup: Setup,
    depth: Depth,
    liar: &Liar,
    look: &mut dyn FnMut(&Rescue) -> ControlFlow<()>,
) -> ControlFlow<()> {
    if setup.plan().is_err() {
        return Continue(());
    }
    let mut worlds = vec![Faults::new()];
    while let Some(faults) = worlds.pop() {
        let run = Run::cut_anywhere(setup, faults, liar.migration());
        for wreck in wrecks(&run) {
            salvage(wreck, depth, liar, look)?;
        }
        if run.faults.len() == depth.migration {
            continue;
        }
        let after = run.faults.last().map_or(0, |(at, _)| at + 1);
        for (at, (order, _)) in run.trace.iter().enumerate().take(run.exposed).skip(after) {
            let fits = |fault: &Fault| {
                setup.admits(*fault) && liar.may_begin_with(&order.call, *fault) && (depth.which)(*fault)
            };
            for fault in possible(order).into_iter().filter(fits) {
                worlds.push([run.faults.as_slice(), &[(at, fault)]].concat());
            }
        }
    }
    Continue(())
}

/// What is left of a migration whose orchestrator dies: at each record; or where a fault has it die.
fn wrecks(run: &Run) -> Vec<Wreck> {
    let wreck = |length: usize, world: super::world::World| Wreck {
        setup: run.setup,
        journal: run.journal[..length].to_vec(),
        is_last: !world.elsewhere,
        world,
        fenced: Fenced::default(),
        sender_died: run.faults.iter().any(|(_, fault)| matches!(fault.runs, Runs::Fails(Fails::Dying(_)))),
        past: format!("  faults of the migration {:?}, which died after {length} records", run.faults),
    };
    if run.world.caller_died {
        let wreck = wreck(run.journal.len(), run.world.clone());
        return moved_elsewhere(&wreck).into_iter().chain([wreck]).collect();
    }
    // What came before the last fault is the same in the migration without it.
    let same = match run.faults.last() {
        Some((at, _)) => records_before(run, *at),
        None => 0,
    };
    let cuts = run.cuts.iter().flatten().skip(same);
    cuts.flat_map(|(length, world)| {
        let (mut closed, mut half_open) = (world.clone(), None);
        closed.caller_dies();
        let sent = world.source.stopped && world.source.half.is_none() && run.setup.guest != Guest::Left;
        if run.setup.by == By::Us && run.setup.by_v3() && sent && world.destination.incoming.is_some() {
            half_open.insert(world.clone()).caller_dies_half_open();
        }
        let wrecks = [Some(closed), half_open].into_iter().flatten().map(|world| wreck(*length, world));
        wrecks.flat_map(|wreck| moved_elsewhere(&wreck).into_iter().chain([wreck])).collect::<Vec<_>>()
    })
    .collect()
}

/// The same after somebody else has moved the guest from its source to a third host, and left it paused on the source. Nobody who
/// recovers knows of that; or he says that there was no such migration, and what the source says tells otherwise.
fn moved_elsewhere(wreck: &Wreck) -> Vec<Wreck> {
    let Setup { guest, offline, by, .. } = wreck.setup;
    let can_go = by == By::Us && guest != Guest::Left && !guest.is_paused() && offline == Offline::No;
    // What a journal ends with was true then.
    let has_ended = matches!(wreck.journal.last(), Some(Record::Ended(_)));
    if !can_go || has_ended || !wreck.world.may_be_moved_elsewhere() {
        return Vec::new();
    }
    let moved = |id: i32, is_last: bool| {
        let mut wreck = Wreck { is_last, ..wreck.clone() };
        wreck.world.is_moved_elsewhere(id);
        wreck.past += "; then somebody else moved it to a third host";
        wreck
    };
    let mut wrecks = vec![moved(7, false), moved(9, true)];
    if Rescue::source_let_go(&wreck.journal) {
        wrecks.push(moved(7, true));
    }
    wrecks
}

/// How many records there are before the answer of the call that met a fault.
fn records_before(run: &Run, call: usize) -> usize {
    let answers =
        run.journal.iter().enumerate().filter(|(_, record)| matches!(record, Record::Answered { .. }));
    answers.map(|(at, _)| at).nth(call).unwrap_or(0)
}

/// Every recovery of a wreck.
fn salvage(
    wreck: Wreck,
    depth: Depth,
    liar: &Liar,
    look: &mut dyn FnMut(&Rescue) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let plain = wreck.clone().rescue(Faults::new(), liar.clone());
    look(&plain)?;
    look(&again(&plain, liar))?;
    if wreck.sender_died {
        let fenced = Fenced { source_daemon: true, ..wreck.fenced };
        look(&Wreck { fenced, ..wreck.clone() }.rescue(Faults::new(), liar.clone()))?;
    }
    if wreck.is_last && wreck.setup.by_v3() {
        look(&Wreck { is_last: false, ..wreck.clone() }.rescue(Faults::new(), liar.clone()))?;
    }
    // A source that is dead does not contradict a caller who is wrong.
    let is_wrong = wreck.is_last && wreck.world.elsewhere;
    for host in [Host::Source, Host::Destination] {
        if is_wrong && host == Host::Source {
            continue;
        }
        let mut wreck = wreck.clone();
        wreck.world.dies_for_good(host);
        if wreck.setup.offline != Offline::No {
            offline::forget(&mut wreck.world, host);
        }
        wreck.fenced = Fenced {
            source: host == Host::Source,
            destination: host == Host::Destination,
            ..Fenced::default()
        };
        look(&wreck.rescue(Faults::new(), liar.clone()))?;
    }
    if depth.recovery == 0 {
        return Continue(());
    }
    for (at, (order, _)) in plain.trace.iter().enumerate().take(plain.exposed) {
        let fits = |fault: &Fault| wreck.setup.admits(*fault) && (depth.which)(*fault);
        for fault in possible(order).into_iter().filter(fits) {
            let rescue = wreck.clone().rescue(vec![(at, fault)], liar.clone());
            look(&rescue)?;
            if fault.hears == Hears::CallerDied {
                look(&taken_over(&rescue, liar))?;
            }
        }
    }
    Continue(())
}

/// Another recovery takes over where one died.
fn taken_over(rescue: &Rescue, liar: &Liar) -> Rescue {
    let past = format!("{}\n  and a recovery that died: {:?}", rescue.wreck.past, rescue.faults);
    Wreck { past, ..rescue.wreck.clone() }.rescue(Faults::new(), liar.clone())
}

/// A second recovery of what has ended changes nothing, and says the same.
fn again(rescue: &Rescue, liar: &Liar) -> Rescue {
    let mut second = taken_over(rescue, liar);
    // A source that did not answer may do so now: its copy goes, or it has died with the guest.
    let left = matches!(
        &rescue.outcome,
        Some(
            Outcome::OnDestination { left_on_source: Some(_), .. }
                | Outcome::OnSource { left_on_destination: Some(_), .. }
                | Outcome::OnSource { source: Said::NoAnswer(_), .. }
        )
    );
    let known = !left && !matches!(rescue.word(), "unknown" | "nothing began");
    if known && second.changes() > 0 {
        second.broken.push("a second recovery changes something".to_owned());
    }
    if known && second.word() != rescue.word() {
        second.broken.push("a second recovery says otherwise".to_owned());
    }
    second
}
