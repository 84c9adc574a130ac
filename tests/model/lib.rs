//! The migration engine, model-checked: the code that ships, over two modelled hosts of every age, with a
//! fault at every step.
//!
//! A world is one run: two peers (`peers`), a guest, what the caller asks (`setup`), and the faults (`fault`)
//! that calls meet. Runs are enumerated, not drawn: first without a fault, then with each fault that each
//! call of that run can meet, and so on. Each step is checked against the whole truth (`run`), and so is
//! the outcome, when it is told and after everything under way has ended (`verdict`). That the checks see
//! something is shown by engines with a broken rule each (`mutant`, by the rules of `rule`).
//!
//! A package of its own, so that it is optimised also where everything else is built to be debugged.

#![cfg(test)]

mod by_source;
mod by_source_ends;
mod destination;
mod doubts3;
mod ends;
mod ends3;
mod fault;
#[path = "../figures.rs"]
mod figures;
mod gates;
mod mutant;
mod offline;
mod page;
mod peers;
mod postcopy;
mod recovery;
mod rescue;
mod rescue_ends;
mod rescue_mutant;
mod rule;
mod run;
mod setup;
mod source;
mod talk;
mod transcripts;
mod verdict;
mod version3;
mod words;
mod world;

use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use self::fault::possible;
use self::figures::figure;
use self::mutant::Mutant;
use self::rule::{RULES, Rule};
use self::run::{Faults, Run};
use self::setup::Setup;

#[test]
fn every_fault_at_every_step_leaves_one_guest_and_a_true_outcome() {
    check(&setup::all(), 1);
}

#[test]
fn every_fault_at_every_step_of_a_post_copy_or_of_resuming_one_leaves_what_is_said() {
    check(&setup::post_copy(), 1);
}

#[test]
fn every_fault_at_every_step_leaves_a_definition_where_it_is_said_to_be() {
    check(&offline::setups(), 1);
    check(&offline::few(), 2);
}

#[test]
fn two_faults_in_one_migration_do_no_more_harm_than_one() {
    check(&setup::few(), 2);
}

/// An engine without the rule does what the rule forbids, and the model sees it.
#[test]
fn every_rule_is_needed() {
    let setups =
        [setup::few(), setup::refused(), setup::all(), setup::post_copy(), offline::setups()].concat();
    let worlds = AtomicUsize::new(0);
    let found = first_story(&RULES, |(rule, expected)| {
        let mut look = |run: &Run| {
            worlds.fetch_add(1, Relaxed);
            if run.broken.iter().any(|broken| broken == expected) { Break(()) } else { Continue(()) }
        };
        let mutant = Mutant::breaking(*rule);
        let concerned = setups.iter().filter(|setup| rule.concerns(setup));
        let mut planned = concerned.filter(|setup| mutant.plan(setup).is_ok());
        let caught = planned.any(|setup| explore(*setup, rule.needs_faults(), &mutant, &mut look).is_break());
        (!caught).then(|| format!("without the rule {rule:?} this does not happen: {expected}"))
    });
    if let Some(story) = found {
        panic!("{story}");
    }
    figure(format_args!("{} broken engines caught in {} worlds", RULES.len(), worlds.into_inner()));
}

/// Explores all setups on all processors, and fails at the first broken invariant with the story of its
/// world.
#[track_caller]
fn check(setups: &[Setup], depth: usize) {
    let worlds = AtomicUsize::new(0);
    let found = first_story(setups, |setup| {
        let mut found = None;
        let mut look = |run: &Run| {
            worlds.fetch_add(1, Relaxed);
            if run.broken.is_empty() {
                return Continue(());
            }
            found = Some(run.to_string());
            Break(())
        };
        let _ = explore(*setup, depth, &Mutant::breaking(Rule::None), &mut look);
        found
    });
    if let Some(story) = found {
        panic!("{story}");
    }
    figure(format_args!(
        "{} worlds from {} setups, up to {depth} faults in each",
        worlds.into_inner(),
        setups.len()
    ));
}

/// Explores on all processors, one thing after the other, until one has a story to tell.
fn first_story<T: Sync>(things: &[T], explore: impl Fn(&T) -> Option<String> + Sync) -> Option<String> {
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(thing) = things.get(next.fetch_add(1, Relaxed)) {
            let story = explore(thing);
            if story.is_some() {
                next.store(things.len(), Relaxed);
                return story;
            }
        }
        None
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().filter_map(|worker| worker.join().unwrap()).next()
    })
}

/// Looks at every run with up to `depth` faults: each at every call that happens, and of every kind that the
/// call can meet.
fn explore(
    setup: Setup,
    depth: usize,
    mutant: &Mutant,
    look: &mut dyn FnMut(&Run) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut worlds = vec![Faults::new()];
    while let Some(faults) = worlds.pop() {
        let run = Run::new(setup, faults, mutant.clone());
        look(&run)?;
        if run.faults.len() == depth {
            continue;
        }
        let after = run.faults.last().map_or(0, |(at, _)| at + 1);
        for (at, (order, _)) in run.trace.iter().enumerate().take(run.exposed).skip(after) {
            if run.faults.is_empty() && !mutant.rule.may_begin_at(&order.call) {
                continue;
            }
            for fault in possible(order).into_iter().filter(|fault| setup.admits(*fault)) {
                worlds.push([run.faults.as_slice(), &[(at, fault)]].concat());
            }
        }
    }
    Continue(())
}
