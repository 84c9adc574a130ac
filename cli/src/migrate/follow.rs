//! A migration under way, and what its user says meanwhile.

use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::Signal;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use virtwire::migrate::{Migration, Watch};
use virtwire::protocol::migrate::{Check, Outcome};

use super::teller::{self, Teller};
use crate::screen::{Screen, Style};
use crate::signals::Signals;

/// What the user may say meanwhile, by signals.
pub(super) struct Asked<'a> {
    pub(super) interrupt: &'a mut Signals,
    pub(super) switch: Option<&'a mut Signal>,
    /// The word for a cancellation that is a risk.
    pub(super) give_up: &'a mut Signal,
    /// How long the guest may stand still, ms: to be said when it moves.
    pub(super) limit: Option<(u64, oneshot::Receiver<()>)>,
}

/// What to check, where its words leave it to the user to cancel.
pub(super) fn cancellable(check: Check) -> Option<Check> {
    let is_left_to_the_user = matches!(
        check,
        Check::WhetherPerformStillRuns
            | Check::WhetherItIsAboutToLeave
            | Check::WhetherItRanThere
            | Check::WhetherItWasMovedSince
    );
    is_left_to_the_user.then_some(check)
}

pub(super) fn how_to_cancel() -> String {
    format!("to cancel: kill -USR2 {}", std::process::id())
}

/// Runs the migration until its end is known or the user has had enough: then this is what is known.
pub(super) async fn follow(
    migration: &mut Migration,
    teller: &mut Teller,
    screen: &Arc<Screen>,
    asked: &mut Asked<'_>,
) -> Outcome {
    let (canceller, control, feed) = (migration.canceller(), migration.control(), teller.feed());
    let mut interrupted = false;
    let mut words = JoinSet::new();
    // What the user was told last; and their word to cancel, which is for nothing else.
    let (mut in_doubt, mut word) = (None, None);
    loop {
        let outcome = {
            let running = migration.run(teller);
            tokio::pin!(running);
            loop {
                tokio::select! {
                    outcome = &mut running => break Some(outcome),
                    Some(()) = next(&mut asked.switch) => {
                        let (control, screen, feed) = (control.clone(), screen.clone(), feed.clone());
                        words.spawn(async move {
                            teller::say_switched(&screen, &feed, &control.start_post_copy().await);
                        });
                    }
                    Some(ms) = moves(&mut asked.limit) => {
                        let (control, screen, feed) = (control.clone(), screen.clone(), feed.clone());
                        words.spawn(async move {
                            let answer = control.set_max_downtime(Duration::from_millis(ms)).await;
                            teller::say_limited(&screen, &feed, ms, &answer);
                        });
                    }
                    Some(()) = asked.give_up.recv() => word = in_doubt,
                    _ = asked.interrupt.next() => {
                        if interrupted {
                            break None;
                        }
                        interrupted = true;
                        canceller.cancel();
                        screen.line(Style::Remarkable, STOPPING);
                    }
                }
            }
        };
        let has_had_enough = outcome.is_none();
        let outcome = outcome.unwrap_or_else(|| migration.now());
        let Outcome::Unknown(unknown) = &outcome else {
            // What came of the user's word is told before the end, if they wait for it.
            tokio::select! {
                _ = words.join_all() => {}
                _ = asked.interrupt.next() => {}
            }
            return outcome;
        };
        teller.unknown(unknown);
        if has_had_enough {
            return outcome;
        }
        let check = unknown.check;
        let offered = cancellable(check);
        if offered.is_some() && offered != in_doubt {
            screen.paragraph("     ", Style::Plain, &how_to_cancel());
        }
        in_doubt = offered;
        if word.take().is_some_and(|word| word == check) {
            teller.cancelled(migration.cancel());
            continue;
        }
        tokio::select! {
            () = tokio::time::sleep(ASK_AGAIN_AFTER) => {}
            Some(()) = asked.give_up.recv() => word = in_doubt,
            _ = asked.interrupt.next() => {
                if interrupted {
                    return outcome;
                }
                interrupted = true;
                screen.paragraph("", Style::Remarkable, ASKING);
            }
        }
    }
}

/// The next signal of a stream that may not be there.
async fn next(signal: &mut Option<&mut Signal>) -> Option<()> {
    match signal {
        Some(signal) => signal.recv().await,
        None => std::future::pending().await,
    }
}

/// The limit, once, when the guest moves.
async fn moves(limit: &mut Option<(u64, oneshot::Receiver<()>)>) -> Option<u64> {
    let Some((_, moves)) = limit else { return std::future::pending().await };
    let moving = moves.await;
    let (ms, _) = limit.take()?;
    moving.is_ok().then_some(ms)
}

const ASK_AGAIN_AFTER: Duration = Duration::from_secs(1);

const STOPPING: &str = "asked the source to stop; waiting for the truth (Ctrl-C again leaves at once, and leaves the end unknown)";

const ASKING: &str = "the hosts are asked on until they tell where the guest is; Ctrl-C again stops asking, and closes the \
                      connections: a destination then destroys what was prepared there, which may be the only copy";
