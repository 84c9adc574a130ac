//! When a migration switches to post-copy by itself: by what the source tells of its job, or by our clock where it tells nothing.

use std::time::Duration;

use tokio::time::Instant;

use super::Switch;
use super::progress::Progress;

/// How long a source may tell nothing, beyond the time between two questions, before our clock counts.
const UNSEEN: Duration = Duration::from_secs(2);

/// A switch that is to come.
#[derive(Debug)]
pub(super) struct Switching {
    when: Switch,
    began: Instant,
    /// When the source last told how far it is, or refused to switch.
    seen: Instant,
    /// How long it may tell nothing.
    unseen: Duration,
}

impl Switching {
    /// Perform is about to be sent, and the source is asked so often how far it is.
    pub(super) fn new(when: Switch, every: Duration) -> Switching {
        let now = Instant::now();
        Switching { when, began: now, seen: now, unseen: every.saturating_add(UNSEEN) }
    }

    /// Whether the source's own word says that it is time.
    pub(super) fn is_due(&mut self, progress: &Progress) -> bool {
        self.seen = Instant::now();
        match self.when {
            Switch::AtTheWord => false,
            Switch::AfterFirstPass => progress.iteration.is_some_and(|iteration| iteration > 1),
            Switch::After(time) => progress.elapsed >= time && progress.data.processed > 0,
        }
    }

    /// When it is time, if the source tells nothing until then.
    pub(super) fn unseen_at(&self) -> Option<Instant> {
        match self.when {
            Switch::After(time) => {
                Some(self.began.checked_add(time)?.max(self.seen.checked_add(self.unseen)?))
            }
            Switch::AtTheWord | Switch::AfterFirstPass => None,
        }
    }

    /// The source has been told. A word that it refuses is said again.
    pub(super) fn was_said(&mut self, taken: bool) {
        self.seen = Instant::now();
        if taken {
            self.when = Switch::AtTheWord;
        }
    }
}
