//! What moves now, for a bar that tells of all of it, and what is known of each.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use virtwire::migrate::{Progress, Watch};
use virtwire::protocol::migrate::{CancelAnswer, Do, Note, Record, Wait};

use super::kept::Kept;
use crate::harmless;
use crate::migrate::chosen::Chosen;
use crate::migrate::live;
use crate::progress::size;
use crate::screen::{Screen, Style};

/// Those that move, and those that have ended.
pub(super) struct Board {
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
    pub(super) fn new(screen: Arc<Screen>, guests: usize) -> Board {
        Board { screen, guests, state: Mutex::default() }
    }

    pub(super) fn follower(self: &Arc<Board>, index: usize, guest: &str, kept: Kept) -> Follower {
        self.change(|state| drop(state.moving.insert(index, (guest.to_owned(), None))));
        Follower { board: self.clone(), index, kept }
    }

    pub(super) fn ended(&self, index: usize, text: &str, style: Style) {
        self.screen.paragraph("", style, text);
        self.change(|state| {
            state.ended += 1;
            state.moving.remove(&index);
        });
    }

    /// What was decided of one.
    pub(super) fn chosen(&self, index: usize) -> Chosen {
        self.lock().chosen.get(&index).cloned().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        change(&mut state);
        if self.screen.is_terminal() {
            self.screen.set_bar(&line(&state, self.guests));
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
pub(super) struct Follower {
    board: Arc<Board>,
    index: usize,
    kept: Kept,
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
