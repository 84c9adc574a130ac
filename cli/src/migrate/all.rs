//! `virtwire migrate --all`: every active guest of a host, so many at a time, and a table of what became of each.

mod board;
mod kept;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use virtwire::client::{Connection, OpenOptions};
use virtwire::migrate::{Done, Ended, Errand, Fleet, FleetCanceller, Limits};
use virtwire::protocol::migrate::{CancelAnswer, Check, Outcome, Wish};

use self::board::Board;
use self::kept::Shelf;
use super::chosen::Chosen;
use super::feed::Feed;
use super::follow::{cancellable, how_to_cancel};
use super::hosts::Hosts;
use super::interrupted;
use super::report::{Details, Document, Ending, ending};
use super::request::{request_with, way, wish};
use crate::args::MigrateArgs;
use crate::connect::Opener;
use crate::fail::{Fail, one_line};
use crate::harmless;
use crate::journal;
use crate::list::guests;
use crate::probe::short;
use crate::screen::{Screen, Style, say_end};
use crate::signals::{self, Signals};
use crate::table::{Side, Table};

/// Moves them. The exit status is that of the worst end.
pub(super) async fn run(args: &MigrateArgs, opener: Opener, screen: &Arc<Screen>) -> Result<ExitCode, Fail> {
    let mut interrupt = Signals::listen()?;
    // The word to cancel ends nobody's wait before it is asked for.
    let _ignored = signals::give_up()?;
    let asked = async {
        // Each guest gets connections of its own; these are for the question which version may be wanted.
        let hosts = Hosts::open(&args.from, &args.to, &way(args), opener, None).await?;
        hosts.say_unreached(screen);
        Ok::<_, Fail>((wish(args, &hosts).await?, names(args, &hosts.source).await?))
    };
    let (wish, names) = tokio::select! {
        asked = asked => asked?,
        signal = interrupt.next() => return Err(interrupted(&format!("host {}", args.from), signal)),
    };
    if names.is_empty() {
        screen.line(Style::Plain, "there is no active guest to move");
        if args.json {
            summary("there is no active guest to move", 0, 0);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let journals =
        args.journal.as_deref().map(|directory| journal::prepare(directory, &names)).transpose()?;
    let shelf = Shelf::new(journals, names.len());
    let errands = names.iter().map(|name| errand(args, wish, name)).collect::<Result<Vec<_>, _>>()?;
    let limits = Limits { total: args.at_once, host: args.at_once, link: args.at_once };
    let [from, to] = [&args.from, &args.to].map(|uri| opener.options(uri));
    let open_within = from.open_within.max(to.open_within);
    let fleet = Fleet::new(limits)
        .options(OpenOptions { open_within, ..from })
        .step_within(Duration::from_secs(args.step_within));
    let canceller = fleet.canceller();
    let board = Arc::new(Board::new(screen.clone(), names.len()));
    let feed = Feed::new(args.json);
    // By each guest's own measure: one that was found paused arrives so.
    let ending = |done: &Done| ended(&done.ended, args.paused || board.chosen(done.index).paused);
    let said = |done: &Done| {
        if args.json {
            tell(done, ending(done), &board.chosen(done.index));
        }
    };
    let told = |done: &Done| {
        board.ended(done.index, &one_line(&sentence(done)), style(ending(done)));
        // It is asked for yet.
        if !matches!(done.ended, Ended::Unknown(..)) {
            said(done);
            shelf.give_back(done.index);
        }
    };
    let follow = |index, errand: &Errand| {
        let kept = shelf.kept(index, &errand.guest, (&errand.from, &errand.to), &feed);
        board.follower(index, &errand.guest, kept)
    };
    let moving = fleet.run(errands, follow, told);
    tokio::pin!(moving);
    let mut interrupted = 0;
    let mut ends = loop {
        tokio::select! {
            ends = &mut moving => break ends,
            _ = interrupt.next() => {
                interrupted += 1;
                if interrupted == 1 {
                    give_up(&canceller, screen);
                } else {
                    canceller.leave();
                }
            }
        }
    };
    screen.set_bar("");
    let known = |done: &Done| {
        screen.paragraph("", style(ending(done)), &one_line(&sentence(done)));
        said(done);
        shelf.give_back(done.index);
    };
    if interrupted < 2 {
        settle(&mut ends, &shelf, &feed, &mut interrupt, screen, known).await?;
    }
    screen.set_bar("");
    ends.iter().filter(|done| matches!(done.ended, Ended::Unknown(..))).for_each(&said);
    if !args.json {
        table(&ends, ending, &board).print()?;
    }
    let worst = ends.iter().map(ending).max_by_key(|ending| weight(*ending));
    let moved = ends.iter().filter(|done| ending(done) == Some(Ending::OnDestination)).count();
    let sentence = format!("{moved} of {} guests are on the destination", ends.len());
    if args.json {
        summary(&sentence, ends.len(), moved);
    } else {
        screen.paragraph("", if moved == ends.len() { Style::Good } else { Style::Remarkable }, &sentence);
    }
    Ok(ExitCode::from(worst.map_or(0, |ending| ending.map_or(NOT_BEGUN, Ending::status))))
}

/// Those that run on the source, but for the ones that are to stay.
async fn names(args: &MigrateArgs, source: &Connection) -> Result<Vec<String>, Fail> {
    let found = guests(source, false).await.map_err(|error| Fail::daemon(source, &error))?;
    let names = found.iter().map(|(guest, _)| guest.name().to_string());
    Ok(names.filter(|name| !args.except.contains(name)).collect())
}

fn errand(args: &MigrateArgs, wish: Wish, name: &str) -> Result<Errand, Fail> {
    let change = request_with(args)?;
    let mut errand = Errand::new(&args.from, &args.to, name).asking(change);
    errand.wish = wish;
    Ok(errand)
}

fn give_up(canceller: &FleetCanceller, screen: &Screen) {
    canceller.cancel();
    screen.line(
        Style::Remarkable,
        "no further guest is moved; asked the source to stop those that move, and waiting for the truth (Ctrl-C again leaves at once, and \
         leaves their ends unknown)",
    );
}

/// While nobody knows where a guest is, its connections are kept and the hosts are asked on, until the user has had enough. `known` hears
/// of each that is known then.
async fn settle(
    ends: &mut [Done],
    shelf: &Shelf,
    feed: &Feed,
    interrupt: &mut Signals,
    screen: &Screen,
    known: impl Fn(&Done),
) -> Result<(), Fail> {
    // Of a word that came earlier it hears nothing.
    let (began, mut giving_up) = (Instant::now(), signals::give_up()?);
    // For each guest what the user was told last that leaves its end to them; and of what they have given up.
    let mut offered = vec![None; ends.len()];
    let mut word: Option<Vec<Option<Check>>> = None;
    if ends.iter().any(|done| matches!(done.ended, Ended::Unknown(..))) {
        let told = "it is not known where every guest is; the hosts are asked on, Ctrl-C stops that";
        screen.paragraph("", Style::Bad, told);
    }
    loop {
        let mut left = 0;
        for (index, done) in ends.iter_mut().enumerate() {
            let Ended::Unknown(unknown, migration) = &mut done.ended else { continue };
            screen.set_bar(&format!("   {}", harmless::line(&unknown.to_string())));
            let mut kept = shelf.kept(done.index, &done.guest, (&done.from, &done.to), feed);
            let outcome = {
                let running = migration.run(&mut kept);
                tokio::pin!(running);
                loop {
                    tokio::select! {
                        outcome = &mut running => break outcome,
                        Some(()) = giving_up.recv() => word = Some(offered.clone()),
                        _ = interrupt.next() => return Ok(()),
                    }
                }
            };
            match outcome {
                Outcome::Unknown(now) => {
                    (*unknown, left) = (now, left + 1);
                    let check = cancellable(unknown.check);
                    if check.is_some() && check != offered[index] {
                        screen.paragraph(
                            "",
                            Style::Remarkable,
                            &one_line(&format!("{}: {unknown}", done.guest)),
                        );
                        screen.paragraph("", Style::Remarkable, &how_to_cancel());
                    }
                    offered[index] = check;
                }
                outcome => {
                    (done.ended, done.took) = (Ended::Known(outcome), done.took + began.elapsed());
                    known(done);
                }
            }
        }
        if left == 0 {
            return Ok(());
        }
        if let Some(word) = word.take() {
            cancel(ends, &word, screen);
            continue;
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            Some(()) = giving_up.recv() => word = Some(offered.clone()),
            _ = interrupt.next() => return Ok(()),
        }
    }
}

/// The user's word, for every guest of which they had been asked what is to be asked still.
fn cancel(ends: &mut [Done], word: &[Option<Check>], screen: &Screen) {
    for (done, asked) in ends.iter_mut().zip(word) {
        let Ended::Unknown(unknown, migration) = &mut done.ended else { continue };
        if *asked == Some(unknown.check)
            && let CancelAnswer::Refused(why) = migration.cancel()
        {
            screen.paragraph("", Style::Bad, &one_line(&format!("{}: not given up: {why}", done.guest)));
        }
    }
}

/// Where the guest is; `None` where nothing was tried, and it is where it was.
fn ended(end: &Ended, paused: bool) -> Option<Ending> {
    match end {
        Ended::Known(outcome) => Some(ending(outcome, paused)),
        Ended::NotBegun(_) => None,
        _ => Some(Ending::Unknown),
    }
}

/// The exit status where nothing was tried.
const NOT_BEGUN: u8 = 1;

/// How bad it is; where nothing was tried, more than an arrival and less than a failure.
fn weight(ending: Option<Ending>) -> u8 {
    ending.map_or(1, Ending::weight)
}

fn style(ending: Option<Ending>) -> Style {
    match ending {
        Some(Ending::OnDestination) => Style::Good,
        None | Some(Ending::OnSource) => Style::Remarkable,
        _ => Style::Bad,
    }
}

fn words(ending: Option<Ending>) -> &'static str {
    ending.map_or("not begun", Ending::words)
}

/// The whole truth about one.
fn truth(end: &Ended) -> String {
    match end {
        Ended::Known(outcome) => outcome.to_string(),
        Ended::Unknown(unknown, _) => unknown.to_string(),
        Ended::NotBegun(why) => format!("the guest is where it was: {why}"),
        Ended::Broken(why) => format!("it is not known where the guest is; its task ended: {why}"),
        _ => "it is not known where the guest is".to_owned(),
    }
}

fn sentence(done: &Done) -> String {
    format!("{}: {} ({:.1} s)", done.guest, truth(&done.ended), done.took.as_secs_f64())
}

/// The document of one, as that of a guest which moves alone.
fn tell(done: &Done, ending: Option<Ending>, chosen: &Chosen) {
    let details = match &done.ended {
        Ended::Known(outcome) => Details::of(outcome, chosen),
        Ended::Unknown(unknown, _) => Details::of(&Outcome::Unknown(unknown.clone()), chosen),
        Ended::NotBegun(why) => Details::new(chosen).because(&why.to_string()),
        Ended::Broken(why) => Details::new(chosen).because(why),
        _ => Details::new(chosen),
    };
    let document = Document {
        outcome: words(ending),
        domain: Some(&done.guest),
        hosts: [Some(&done.from), Some(&done.to)],
        sentence: &one_line(&truth(&done.ended)),
        took: done.took,
        details,
    };
    document.say();
}

/// The last of all.
fn summary(sentence: &str, guests: usize, moved: usize) {
    say_end(&json!({ "event": "summary", "sentence": sentence, "guests": guests, "moved": moved }));
}

fn table(ends: &[Done], ending: impl Fn(&Done) -> Option<Ending>, board: &Board) -> Table {
    let mut table = Table::new(&[
        ("Guest", Side::Left),
        ("Time", Side::Right),
        ("Version", Side::Left),
        ("Outcome", Side::Left),
        ("Reason", Side::Left),
    ]);
    for done in ends {
        let reason = match &done.ended {
            Ended::Known(
                Outcome::OnSource { reason, .. }
                | Outcome::Nowhere { reason, .. }
                | Outcome::PostCopyBroken { reason, .. },
            ) => Some(reason.to_string()),
            Ended::Known(Outcome::OnDestination { warning, .. }) => warning.as_ref().map(ToString::to_string),
            Ended::Unknown(unknown, _) => Some(unknown.check.to_string()),
            Ended::NotBegun(why) => Some(why.to_string()),
            Ended::Broken(why) => Some(why.clone()),
            _ => None,
        };
        table.row([
            Some(done.guest.clone()),
            Some(format!("{:.1} s", done.took.as_secs_f64())),
            board.chosen(done.index).version.map(|version| short(version).to_owned()),
            Some(words(ending(done)).to_owned()),
            reason.map(|reason| one_line(&reason)),
        ]);
    }
    table
}
