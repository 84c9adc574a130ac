//! `docs/what-happens-when.md`: what a migration comes to when one thing goes wrong, told by the model's own runs.

use std::fmt::Write;
use std::path::Path;

use virtwire_protocol::migrate::{
    Call, Check, Do, DomainState, Fenced, Host, Outcome, Record, Retcode, Said,
};

use super::fault::{Fails, Far, Fault, Guests, Hears, Runs, possible};
use super::mutant::Mutant;
use super::offline::Offline;
use super::rescue::{Rescue, Wreck};
use super::rescue_mutant::Liar;
use super::rule::Rule;
use super::run::Run;
use super::setup::{self, Setup};

const FILE: &str = "../../docs/what-happens-when.md";

const HEAD: &str = "# What happens when…

Each row is one run of the engine that ships, over modelled hosts, with one thing that goes wrong. The tests write this page
(`VIRTWIRE_WRITE=1 cargo test -p virtwire-model what_happens_when`), and fail where it is not what they would write. The guest
runs, and has no definition, but with OFFLINE, where it has nothing else; nobody gives the migration up by a word; hosts that go down
come back, some after a long time. Failures that lead to the same stand in one row.

*Then* lists the calls that follow, in order: S is the source, D the destination, and the numbers are libvirt's procedures. `24`, `163`,
`212` and `16` only ask. `✗` marks what tells a host to give the guest up or to let it run on. A `…` stands for asking again and again.

*Ends* is the outcome, as `Outcome` has it. Where it is *not known*, the migration was kept for a long time and asked both hosts again and
again; the name is that of the `Check`, whose words are below.

*Recover* is what `virtwire recover` comes to if the orchestrator does nothing of that, but dies as soon as it has heard of the failure; with
the calls by which it changes something. It asks both hosts before and after. Where it asks whether the guest was moved since, what
follows is what comes of the word that it was not (`--no-later-migration`).
";

/// The failures of a row, in the order of the page.
const FAILURES: [(&str, Fault); 11] = [
    ("the host refuses it", Fault { runs: Runs::Fails(Fails::Cleanly), hears: Hears::Answer }),
    ("it cannot be sent", Fault { runs: Runs::Never, hears: Hears::NotSent }),
    ("it is lost, with its connection", Fault { runs: Runs::Never, hears: Hears::Closed { eof: true } }),
    ("its reply is lost, with the connection", Fault { runs: Runs::Now, hears: Hears::Closed { eof: true } }),
    ("no reply in time, though it ran", Fault { runs: Runs::Now, hears: Hears::Deadline }),
    (
        "the daemon dies after it, and comes back",
        Fault { runs: Runs::Now, hears: Hears::HostDied { back: 4, guests: Guests::Live } },
    ),
    (
        "the daemon dies after it, comes back, and lets the guest run on",
        Fault { runs: Runs::Now, hears: Hears::HostDied { back: 4, guests: Guests::RunOn } },
    ),
    (
        "the daemon dies when the destination has started the guest, comes back, and lets it run on",
        Fault {
            runs: Runs::Fails(Fails::Dying(Far::Finished)),
            hears: Hears::HostDied { back: 4, guests: Guests::RunOn },
        },
    ),
    (
        "the source's daemon died before it, comes back, and lets the guest run on",
        Fault { runs: Runs::SourceRunsOn, hears: Hears::Answer },
    ),
    (
        "the host dies after it, with its guests",
        Fault { runs: Runs::Now, hears: Hears::HostDied { back: 1000, guests: Guests::Perish } },
    ),
    ("the orchestrator dies after it", Fault { runs: Runs::Now, hears: Hears::CallerDied }),
];

#[test]
fn what_happens_when_is_what_the_page_says() {
    let page = page();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if std::env::var_os("VIRTWIRE_WRITE").is_some() {
        std::fs::write(&file, &page).expect("the page can be written");
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    for (number, (is, told)) in written.lines().zip(page.lines()).enumerate() {
        assert_eq!(is, told, "{FILE} line {}: see the page's head for how to write it anew", number + 1);
    }
    assert_eq!(
        written.lines().count(),
        page.lines().count(),
        "{FILE}: see its head for how to write it anew"
    );
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    let mut checks = Vec::new();
    for (title, setup) in setup::one_of_each() {
        let _ = writeln!(
            page,
            "\n## {title}\n\n| when | goes wrong | then | ends | recover |\n|---|---|---|---|---|"
        );
        let plain = Run::new(setup, Vec::new(), Mutant::breaking(Rule::None));
        for (at, (order, _)) in plain.trace.iter().enumerate() {
            for (failures, what) in rows(setup, at, order, &mut checks) {
                let _ = writeln!(page, "| {} | {} | {what} |", step(order), failures.join("; "));
            }
        }
    }
    page += "\n## What to check\n\n";
    for check in checks {
        let _ = writeln!(page, "- `{check:?}`: {}.", check.to_string().trim_start_matches("to check: "));
    }
    page
}

/// What the failures of one call lead to, each with those that lead to it.
fn rows(setup: Setup, at: usize, order: &Do, checks: &mut Vec<Check>) -> Vec<(Vec<&'static str>, String)> {
    let mut rows: Vec<(Vec<&str>, String)> = Vec::new();
    let possible = possible(order);
    for (failure, fault) in
        FAILURES.iter().filter(|(_, fault)| possible.contains(fault) && setup.admits(*fault))
    {
        let run = Run::new(setup, vec![(at, *fault)], Mutant::breaking(Rule::None));
        assert!(run.broken.is_empty(), "{run}");
        let rescues = recoveries(&left(setup, at, *fault));
        for rescue in &rescues {
            assert!(rescue.broken.is_empty(), "{rescue}");
        }
        for outcome in rescues.iter().map(|rescue| &rescue.outcome).chain([&run.outcome]) {
            if let Some(Outcome::Unknown(unknown)) = outcome
                && !checks.contains(&unknown.check)
            {
                checks.push(unknown.check);
            }
        }
        let what = format!("{} | {} | {}", then(&run, at), ends(&run), recovers(&rescues));
        match rows.iter_mut().find(|(_, same)| *same == what) {
            Some((failures, _)) => failures.push(failure),
            None => rows.push((vec![failure], what)),
        }
    }
    rows
}

/// What a migration leaves whose orchestrator died when it had heard of a failure.
fn left(setup: Setup, at: usize, fault: Fault) -> Wreck {
    let run = Run::cut_anywhere(setup, vec![(at, fault)], Rule::None);
    let answers =
        run.journal.iter().enumerate().filter(|(_, record)| matches!(record, Record::Answered { .. }));
    let heard = answers.map(|(at, _)| at + 1).nth(at);
    let cut = run.cuts.iter().flatten().find(|(length, _)| Some(*length) == heard);
    let (length, mut world) = match cut {
        Some((length, world)) => (*length, world.clone()),
        None => (run.journal.len(), run.world.clone()),
    };
    world.caller_dies();
    let journal = run.journal[..length].to_vec();
    Wreck {
        setup,
        journal,
        world,
        fenced: Fenced::default(),
        sender_died: false,
        is_last: false,
        past: String::new(),
    }
}

/// What comes of it without a word of the caller's, and with the word that nobody has moved the guest since where that is asked for.
fn recoveries(wreck: &Wreck) -> Vec<Rescue> {
    let rescue = |is_last: bool| {
        let liar = Liar::breaking(super::rescue_mutant::Rule::None);
        Wreck { is_last, ..wreck.clone() }.rescue(Vec::new(), liar)
    };
    let plain = rescue(false);
    let is_asked = matches!(&plain.outcome, Some(Outcome::Unknown(unknown)) if unknown.check == Check::WhetherItWasMovedSince);
    let by_word = is_asked.then(|| rescue(true));
    [plain].into_iter().chain(by_word).collect()
}

fn recovers(rescues: &[Rescue]) -> String {
    let all: Vec<_> = rescues.iter().map(recovers_so).collect();
    all.join("; by that word: ")
}

fn recovers_so(rescue: &Rescue) -> String {
    let told =
        told(rescue.trace.iter().map(|(order, _)| order).filter(|order| order.call.changes_something()));
    let end = match &rescue.outcome {
        None => "nothing had begun".to_owned(),
        Some(outcome) => end(outcome),
    };
    if told.is_empty() { end } else { format!("{end} ({told})") }
}

fn step(order: &Do) -> String {
    format!("{} on the {}", order.call.name().trim_start_matches("domain_"), order.host)
}

/// The calls after the one that failed.
fn then(run: &Run, at: usize) -> String {
    let told = told(run.trace.iter().skip(at + 1).map(|(order, _)| order));
    if told.is_empty() { "nothing".to_owned() } else { told }
}

fn told<'a>(orders: impl Iterator<Item = &'a Do>) -> String {
    let mut told: Vec<String> = Vec::new();
    let mut asked = 0;
    for order in orders {
        let side = if order.host == Host::Source { "S" } else { "D" };
        let gives_up = matches!(
            order.call,
            Call::Finish2 { retcode: Retcode::Cancelled, .. }
                | Call::Finish3 { cancelled: Retcode::Cancelled, .. }
                | Call::Confirm3 { cancelled: Retcode::Cancelled, .. }
        );
        asked = if order.call.changes_something() { 0 } else { asked + 1 };
        match asked {
            0..=9 => told.push(format!("{side} {}{}", order.call.number(), if gives_up { "✗" } else { "" })),
            10 => told.push("…".to_owned()),
            _ => {}
        }
    }
    told.join(", ")
}

fn ends(run: &Run) -> String {
    match &run.outcome {
        None => format!("nobody is told; {}", lies(run)),
        Some(outcome) => end(outcome),
    }
}

fn end(outcome: &Outcome) -> String {
    let is_definition = |said: &Said| said.state().is_some_and(|state| state.state == DomainState::ShutOff);
    match outcome {
        Outcome::OnDestination { left_on_source: None, .. } => "on the destination".to_owned(),
        Outcome::OnDestination { left_on_source: Some(said), .. } if is_definition(said) => {
            "on the destination; the source has its definition still, and it is said so".to_owned()
        }
        Outcome::OnDestination { .. } => {
            "on the destination; the source may keep a paused copy, and it is said so".to_owned()
        }
        Outcome::OnSource { left_on_destination: Some(said), .. } if is_definition(said) => {
            "on the source; the destination has a definition, and it is said so".to_owned()
        }
        Outcome::OnSource { left_on_destination: Some(_), .. } => {
            "on the source; the destination may keep a paused copy, and it is said so".to_owned()
        }
        Outcome::OnSource { source: Said::NotAsked, .. } => "on the source, untouched".to_owned(),
        // With OFFLINE it is off from the beginning.
        Outcome::OnSource { source, .. } if is_definition(source) => "off, on the source".to_owned(),
        Outcome::OnSource { source, .. } if source.is_gone() => "it died on the source".to_owned(),
        Outcome::OnSource { .. } => "on the source".to_owned(),
        Outcome::Nowhere { .. } => "on neither host, by their own words".to_owned(),
        Outcome::PostCopyBroken { .. } => "on both hosts: the post-copy broke, and can be resumed".to_owned(),
        Outcome::Unknown(unknown) => format!("not known: `{:?}`", unknown.check),
        _ => "an end that this page has no words for".to_owned(),
    }
}

/// Where the guest is in truth.
fn lies(run: &Run) -> String {
    if run.setup.offline != Offline::No {
        return match (run.world.source.defined, &run.world.destination.kept) {
            (true, Some(_)) => "both hosts have the definition".to_owned(),
            (true, None) => "the definition is on the source".to_owned(),
            (false, Some(_)) => "the definition is on the destination".to_owned(),
            (false, None) => "the definition is lost".to_owned(),
        };
    }
    let source = match run.world.source.active {
        Some(true) => Some("paused on the source"),
        Some(false) => Some("running on the source"),
        None => None,
    };
    let destination = match (&run.world.destination.guest, &run.world.destination.incoming) {
        (Some(_), _) if run.world.destination.half.is_some() => {
            Some("running in post-copy on the destination")
        }
        (Some(_), _) => Some("running on the destination"),
        (None, Some(_)) => Some("waiting on the destination"),
        (None, None) => None,
    };
    match (source, destination) {
        (None, None) => "the guest is lost".to_owned(),
        (Some(one), None) | (None, Some(one)) => format!("the guest is {one}"),
        (Some(one), Some(other)) => format!("the guest is {one} and {other}"),
    }
}
