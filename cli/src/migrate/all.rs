//! `virtwire migrate --all`: every active guest of a host, so many at a time, and a table of what became of each.

use std::collections::BTreeMap;
use std::future::ready;
use std::io;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use virtwire::client::{Connection, OpenOptions};
use virtwire::migrate::{Done, Ended, Errand, Fleet, FleetCanceller, Limits, Progress, Watch};
use virtwire::protocol::migrate::{CancelAnswer, Check, Do, Note, Outcome, Record, Wait, Wish};

use super::chosen::Chosen;
use super::feed::Feed;
use super::report::{Ending, ending};
use super::{Hosts, cancellable, how_to_cancel, interrupted, live, request_with, way};
use crate::args::MigrateArgs;
use crate::connect::Opener;
use crate::fail::{Fail, one_line};
use crate::harmless;
use crate::journal::{Journal, Journals};
use crate::list::guests;
use crate::probe::short;
use crate::progress::size;
use crate::screen::{Screen, Style, say_bytes};
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
        Ok::<_, Fail>((super::wish(args, &hosts).await?, names(args, &hosts.source).await?))
    };
    let (wish, names) = tokio::select! {
        asked = asked => asked?,
        signal = interrupt.next() => return Err(interrupted(&format!("host {}", args.from), signal)),
    };
    if names.is_empty() {
        screen.line(Style::Plain, "there is no active guest to move");
        return Ok(ExitCode::SUCCESS);
    }
    let journals =
        args.journal.as_deref().map(|directory| Journals::prepare(directory, &names)).transpose()?;
    let errands = names.iter().map(|name| errand(args, wish, name)).collect::<Result<Vec<_>, _>>()?;
    let mut limits = Limits::default();
    (limits.total, limits.host, limits.link) = (args.at_once, args.at_once, args.at_once);
    let [from, to] = [&args.from, &args.to].map(|uri| opener.options(uri));
    let open_within = from.open_within.max(to.open_within);
    let fleet = Fleet::new(limits)
        .options(OpenOptions { open_within, ..from })
        .step_within(Duration::from_secs(args.step_within));
    let canceller = fleet.canceller();
    let board = Arc::new(Board::new(screen.clone(), names.len()));
    let feed = Feed::new(args.json);
    let said = |done: &Done| {
        if args.json {
            say_event(event(done, args.paused, &board.chosen(done.index)));
        }
    };
    let told = |done: &Done| {
        board.ended(done.index, &one_line(&sentence(done)), style(ended(&done.ended, args.paused)));
        // It is asked for yet.
        if !matches!(done.ended, Ended::Unknown(..)) {
            said(done);
        }
    };
    let follow = |index, errand: &Errand| {
        let journal = journals
            .as_ref()
            .map(|journals| Journal::create(&journals.file(&errand.guest), &args.from, &args.to));
        board.follower(index, &errand.guest, Kept { journal, feed: feed.about(&errand.guest) })
    };
    let moving = fleet.run(errands, follow, told);
    tokio::pin!(moving);
    let mut ends = loop {
        tokio::select! {
            ends = &mut moving => break ends,
            _ = interrupt.next() => give_up(&canceller, screen),
        }
    };
    screen.set_bar("");
    let known = |done: &Done| {
        screen.paragraph("", style(ended(&done.ended, args.paused)), &one_line(&sentence(done)));
        said(done);
    };
    settle(&mut ends, journals.as_ref(), &feed, &mut interrupt, screen, known).await?;
    screen.set_bar("");
    ends.iter().filter(|done| matches!(done.ended, Ended::Unknown(..))).for_each(&said);
    if !args.json {
        table(&ends, args.paused, &board).print()?;
    }
    let worst =
        ends.iter().map(|done| ended(&done.ended, args.paused)).max_by_key(|ending| severity(*ending));
    let moved =
        ends.iter().filter(|done| ended(&done.ended, args.paused) == Some(Ending::OnDestination)).count();
    let sentence = format!("{moved} of {} guests are on the destination", ends.len());
    if args.json {
        say_event(json!({ "event": "summary", "sentence": sentence, "guests": ends.len(), "moved": moved }));
    } else {
        screen.paragraph("", if moved == ends.len() { Style::Good } else { Style::Remarkable }, &sentence);
    }
    Ok(ExitCode::from(worst.map_or(0, severity)))
}

/// Those that run on the source, but for the ones that are to stay.
async fn names(args: &MigrateArgs, source: &Connection) -> Result<Vec<String>, Fail> {
    let found = guests(source, false).await.map_err(|error| Fail::daemon(source, &error))?;
    let names = found.iter().map(|guest| guest.name().to_string());
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
        "no further guest is moved; asked the source to stop those that move, and waiting for the truth",
    );
}

/// While nobody knows where a guest is, its connections are kept and the hosts are asked on, until the user has had enough. `known` hears
/// of each that is known then.
async fn settle(
    ends: &mut [Done],
    journals: Option<&Journals>,
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
            screen.set_bar(&format!(
                "   {}",
                harmless::line(&unknown.to_string()).chars().take(60).collect::<String>()
            ));
            let journal = journals
                .map(|journals| Journal::open(&journals.file(&done.guest)).map(|(journal, _)| journal));
            let mut kept = Kept { journal, feed: feed.about(&done.guest) };
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

/// The exit status.
fn severity(ending: Option<Ending>) -> u8 {
    ending.map_or(1, Ending::status)
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

fn sentence(done: &Done) -> String {
    let why = match &done.ended {
        Ended::Known(outcome) => outcome.to_string(),
        Ended::Unknown(unknown, _) => unknown.to_string(),
        Ended::NotBegun(why) => format!("the guest is where it was: {why}"),
        Ended::Broken(why) => format!("it is not known where the guest is; its task ended: {why}"),
        _ => "it is not known where the guest is".to_owned(),
    };
    format!("{}: {why} ({:.1} s)", done.guest, done.took.as_secs_f64())
}

fn event(done: &Done, paused: bool, chosen: &Chosen) -> Value {
    json!({
        "event": "ended",
        "domain": done.guest,
        "from": done.from,
        "to": done.to,
        "outcome": words(ended(&done.ended, paused)),
        "sentence": sentence(done),
        "seconds": (done.took.as_secs_f64() * 1_000.0).round() / 1_000.0,
        "version": chosen.version.map(short),
        "why": chosen.why,
        "downgrade": chosen.downgrade,
    })
}

/// Who does not read it is not told; the exit status tells all the same.
fn say_event(event: Value) {
    let _ = say_bytes(format!("{}\n", harmless::json(&event.to_string())).as_bytes());
}

fn table(ends: &[Done], paused: bool, board: &Board) -> Table {
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
            Some(words(ended(&done.ended, paused)).to_owned()),
            reason.map(|reason| one_line(&reason)),
        ]);
    }
    table
}

/// What moves now, for a bar that tells of all of it.
struct Board {
    screen: Arc<Screen>,
    guests: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    ended: usize,
    moving: BTreeMap<usize, (String, Option<Progress>)>,
    chosen: BTreeMap<usize, Chosen>,
}

impl Board {
    fn new(screen: Arc<Screen>, guests: usize) -> Board {
        Board { screen, guests, state: Mutex::default() }
    }

    fn follower(self: &Arc<Board>, index: usize, guest: &str, kept: Kept) -> Follower {
        self.change(|state| drop(state.moving.insert(index, (guest.to_owned(), None))));
        Follower { board: self.clone(), index, kept }
    }

    fn ended(&self, index: usize, text: &str, style: Style) {
        self.screen.paragraph("", style, text);
        self.change(|state| {
            state.ended += 1;
            state.moving.remove(&index);
        });
    }

    /// What was decided of one.
    fn chosen(&self, index: usize) -> Chosen {
        self.lock().chosen.get(&index).cloned().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        change(&mut state);
        if self.screen.is_terminal() {
            let line = line(&state, self.guests);
            let room = self.screen.width().saturating_sub(1);
            self.screen.set_bar(&line.chars().take(room).collect::<String>());
        }
    }
}

/// `   3 of 40 ended  web1 62 %, web2 8 %  118.0 MiB/s`
fn line(state: &State, guests: usize) -> String {
    let rate: u64 = state
        .moving
        .values()
        .filter_map(|(_, progress)| progress.as_ref()?.rate)
        .fold(0, u64::saturating_add);
    let moving = state.moving.values().map(|(name, progress)| {
        let percent = progress.as_ref().and_then(live::percent).map(|percent| format!(" {percent} %"));
        format!("{}{}", harmless::line(name), percent.unwrap_or_default())
    });
    let rate = if rate > 0 { format!("  {}/s", size(rate)) } else { String::new() };
    format!("   {} of {guests} ended{rate}  {}", state.ended, moving.collect::<Vec<_>>().join(", "))
}

/// Follows one guest.
struct Follower {
    board: Arc<Board>,
    index: usize,
    kept: Kept,
}

/// What is kept of a guest's migration, and what programs are told of it.
struct Kept {
    /// Where its journal is kept, if it is to be; or why it cannot be, and then nothing is called that needs its record.
    journal: Option<Result<Journal, Fail>>,
    feed: Feed,
}

impl Watch for Kept {
    fn note(&mut self, note: &Note) {
        self.feed.note(note);
    }

    fn calling(&mut self, call: &Do) {
        self.feed.call(call);
    }

    fn progress(&mut self, progress: &Progress) {
        self.feed.progress(progress);
    }

    fn waiting(&mut self, wait: &Wait) {
        self.feed.waiting(wait);
    }

    fn cancelled(&mut self, answer: CancelAnswer) {
        self.feed.cancelled(answer);
    }

    fn journal(&mut self, record: &Record) -> impl Future<Output = io::Result<()>> + Send {
        ready(match &mut self.journal {
            None => Ok(()),
            Some(Ok(journal)) => journal.append(record),
            Some(Err(why)) => Err(io::Error::other(why.to_string())),
        })
    }
}

impl Watch for Follower {
    fn note(&mut self, note: &Note) {
        self.kept.note(note);
        self.board.lock().chosen.entry(self.index).or_default().note(note);
    }

    fn calling(&mut self, call: &Do) {
        self.kept.calling(call);
    }

    fn progress(&mut self, progress: &Progress) {
        self.kept.progress(progress);
        self.board.change(|state| {
            if let Some((_, known)) = state.moving.get_mut(&self.index) {
                *known = Some(*progress);
            }
        });
    }

    fn waiting(&mut self, wait: &Wait) {
        self.kept.waiting(wait);
    }

    fn cancelled(&mut self, answer: CancelAnswer) {
        self.kept.cancelled(answer);
    }

    fn journal(&mut self, record: &Record) -> impl Future<Output = io::Result<()>> + Send {
        self.kept.journal(record)
    }
}
