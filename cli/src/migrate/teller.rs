//! Tells the user what a migration does while it does it.

use std::future::{Future, ready};
use std::io;
use std::sync::Arc;

use tokio::sync::oneshot;
use virtwire::migrate::journal::Journal;
use virtwire::migrate::{ControlError, Progress, Watch};
use virtwire::protocol::enums::JobOperation;
use virtwire::protocol::migrate::{
    CancelAnswer, Do, Failure, Job, Note, Record, Said, Unknown, Wait, Waiting,
};

use super::chosen::Chosen;
use super::feed::{COPY, Feed};
use super::live::Live;
use crate::fail::{one_line, plain};
use crate::ladder::Ladder;
use crate::screen::{Screen, Style};

/// Prints notes, progress and failures, and remembers what a report needs.
pub(crate) struct Teller {
    screen: Arc<Screen>,
    ladder: Option<Arc<Ladder>>,
    feed: Feed,
    live: Option<Live>,
    /// Told once, when memory moves.
    moving: Option<oneshot::Sender<()>>,
    /// What was said since the hosts were last asked: the same answers are not told twice.
    said: Vec<String>,
    /// Whether a call of the migration failed before. The first is the reason that the end is told with.
    failed: bool,
    pub(crate) chosen: Chosen,
    /// Where the migration's records are kept, if they are.
    pub(crate) journal: Option<Journal>,
}

impl Teller {
    pub(crate) fn new(screen: Arc<Screen>, ladder: Option<Arc<Ladder>>) -> Teller {
        Teller {
            screen,
            ladder,
            feed: Feed::default(),
            live: None,
            moving: None,
            said: Vec::new(),
            failed: false,
            chosen: Chosen::default(),
            journal: None,
        }
    }

    /// Says on this channel when a part of the guest's memory has moved.
    #[must_use]
    pub(crate) fn when_moving(mut self, moving: oneshot::Sender<()>) -> Teller {
        self.moving = Some(moving);
        self
    }

    /// Tells programs too.
    #[must_use]
    pub(crate) fn feeding(mut self, feed: Feed) -> Teller {
        self.feed = feed;
        self
    }

    /// Where programs are told.
    pub(super) fn feed(&self) -> Feed {
        self.feed.clone()
    }

    /// Nothing more comes: what was held back is printed, and the bar goes.
    pub(crate) fn settle(&mut self) {
        if let Some(live) = self.live.take() {
            live.end(&self.screen);
        }
        if let Some(ladder) = &self.ladder {
            ladder.settle();
        }
    }

    /// The end is not known: says so, with what each host last said and what a person can check. Once for the same.
    pub(crate) fn unknown(&mut self, unknown: &Unknown) {
        let text = unknown.to_string();
        if self.said.contains(&text) {
            return;
        }
        self.settle();
        self.screen.line(Style::Bad, "   UNKNOWN: nobody can say now where the guest is");
        for line in [
            format!("the source last said: {}", unknown.source),
            format!("the destination last said: {}", unknown.destination),
            format!("because: {}", unknown.reason),
            unknown.check.to_string(),
        ] {
            self.screen.paragraph("     ", Style::Plain, &one_line(&line));
        }
        self.said.push(text);
    }

    fn tell(&mut self, style: Style, text: &str) {
        let text = one_line(text);
        if self.said.contains(&text) {
            return;
        }
        self.settle();
        self.screen.paragraph("   ", style, &text);
        self.said.push(text);
    }
}

/// Whether a job of this kind may be a migration's.
fn may_move(operation: JobOperation) -> bool {
    matches!(operation, JobOperation::MigrationOut | JobOperation::Unknown)
}

/// What became of the word to switch to post-copy.
fn switched(answer: &Result<(), ControlError>) -> String {
    match answer {
        Ok(()) => "switching to post-copy: the guest goes on at the destination, and nothing is taken back from here on".to_owned(),
        Err(error) => format!("the source does not switch to post-copy: {error}"),
    }
}

/// The same of a word that came from outside.
pub(super) fn say_switched(screen: &Screen, feed: &Feed, answer: &Result<(), ControlError>) {
    feed.switched(answer);
    let style = if answer.is_ok() { Style::Remarkable } else { Style::Bad };
    screen.paragraph("   ", style, &one_line(&switched(answer)));
}

/// What became of the word how long the guest may stand still.
pub(super) fn say_limited(screen: &Screen, feed: &Feed, downtime_ms: u64, answer: &Result<(), ControlError>) {
    feed.limited(downtime_ms, answer);
    let (style, text) = match answer {
        Ok(()) => (Style::Dim, format!("the guest may stand still for {downtime_ms} ms")),
        Err(error) => {
            (Style::Bad, format!("the source does not let it stand still for {downtime_ms} ms: {error}"))
        }
    };
    screen.paragraph("   ", style, &one_line(&text));
}

impl Watch for Teller {
    fn note(&mut self, note: &Note) {
        self.feed.note(note);
        self.chosen.note(note);
        let style = match note {
            Note::Chosen { .. } => Style::Bold,
            Note::Asked { host, said: Said::Has { state, job: Job::Running(_), .. } } => {
                // How far the job is, the progress shows.
                let text = format!("the {host} says of the guest: {state}, and a job still runs on it");
                return self.tell(Style::Remarkable, &text);
            }
            Note::Paused | Note::Asked { .. } => Style::Dim,
            _ => Style::Remarkable,
        };
        self.tell(style, &note.to_string());
    }

    fn calling(&mut self, call: &Do) {
        self.feed.call(call);
        if call.call.performs() {
            self.live = Some(Live::default());
        }
    }

    fn progress(&mut self, progress: &Progress) {
        if progress.data.processed > 0
            && let Some(moving) = self.moving.take()
        {
            // Nobody may be waiting.
            let _ = moving.send(());
        }
        self.feed.progress(progress);
        if let Some(other) = progress.operation.filter(|operation| !may_move(*operation)) {
            self.tell(Style::Remarkable, &format!("the source says that this job is no migration: {other}"));
        }
        // Also while Finish waits for a post-copy.
        self.live.get_or_insert_default().show(&self.screen, progress);
    }

    fn waiting(&mut self, wait: &Wait) {
        self.feed.waiting(wait);
        match &wait.why {
            Waiting::Job(job) => {
                self.tell(
                    Style::Remarkable,
                    "a job still runs on the source's guest; asking again when it may be over",
                );
                self.live.get_or_insert_default().show(&self.screen, &Progress::from_job(job));
            }
            Waiting::Copy(failure) => {
                self.tell(Style::Remarkable, &format!("{COPY}: {failure}; asking again"))
            }
            Waiting::Unknown(_) => {}
        }
    }

    fn switched(&mut self, answer: &Result<(), ControlError>) {
        self.feed.switched(answer);
        let text = switched(answer);
        match answer {
            Ok(()) => self.tell(Style::Remarkable, &text),
            Err(_) => self.tell(Style::Dim, &text),
        }
    }

    fn cancelled(&mut self, answer: CancelAnswer) {
        self.feed.cancelled(answer);
        match answer {
            CancelAnswer::Taken => self.tell(Style::Remarkable, "the migration is given up"),
            CancelAnswer::Refused(why) => self.tell(Style::Bad, &format!("it is not given up: {why}")),
        }
    }

    fn journal(&mut self, record: &Record) -> impl Future<Output = io::Result<()>> + Send {
        if let Record::Answered { host, procedure, answer } = record {
            if procedure.starts_with("domain_migrate_perform")
                || procedure.starts_with("domain_migrate_finish")
            {
                self.settle();
            }
            // Questions that fail are told with what they were to learn, and a call that the host lacks as a downgrade.
            if let Err(failure) = answer
                && procedure.starts_with("domain_migrate_")
                && !matches!(failure, Failure::Unsupported(_))
            {
                if self.failed {
                    self.tell(Style::Bad, &format!("{procedure} on the {host}: {failure}"));
                }
                self.failed = true;
            }
        }
        // The disk is waited for here and now. This runs on the thread of the migration alone; the connections have others.
        let kept = self.journal.as_mut().map_or(Ok(()), |journal| journal.append(record));
        if let Err(error) = &kept {
            self.tell(Style::Bad, &format!("the journal cannot be written: {}", plain(error)));
        }
        ready(kept)
    }
}
