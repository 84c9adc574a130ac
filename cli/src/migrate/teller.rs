//! Tells the user what a migration does while it does it.

use std::future::{Future, ready};
use std::io;
use std::sync::Arc;

use tokio::sync::oneshot;
use virtwire::migrate::Watch;
use virtwire::protocol::migrate::{
    CancelAnswer, Do, Failure, Job, JobInfo, Note, Record, Said, Unknown, Version, Wait, Waiting,
};

use crate::fail::one_line;
use crate::ladder::Ladder;
use crate::progress::Progress;
use crate::screen::{Screen, Style};

/// Prints notes, progress and failures, and remembers what a report needs.
pub(crate) struct Teller {
    screen: Arc<Screen>,
    ladder: Option<Arc<Ladder>>,
    progress: Option<Progress>,
    /// Told once, when memory moves.
    moving: Option<oneshot::Sender<()>>,
    /// What was said since the hosts were last asked: the same answers are not told twice.
    said: Vec<String>,
    /// Whether a call of the migration failed before. The first is the reason that the end is told with.
    failed: bool,
    pub(crate) version: Option<Version>,
    pub(crate) why: Option<String>,
    pub(crate) downgrade: Option<String>,
    /// Whether Perform was called: from then on the guest may have left.
    pub(crate) performed: bool,
    /// Whether the guest is to arrive paused because it was found paused.
    pub(crate) paused: bool,
}

impl Teller {
    pub(crate) fn new(screen: Arc<Screen>, ladder: Option<Arc<Ladder>>) -> Teller {
        Teller {
            screen,
            ladder,
            progress: None,
            moving: None,
            said: Vec::new(),
            failed: false,
            version: None,
            why: None,
            downgrade: None,
            performed: false,
            paused: false,
        }
    }

    /// Says on this channel when a part of the guest's memory has moved.
    #[must_use]
    pub(crate) fn when_moving(mut self, moving: oneshot::Sender<()>) -> Teller {
        self.moving = Some(moving);
        self
    }

    /// Nothing more comes: what was held back is printed, and the bar goes.
    pub(crate) fn settle(&mut self) {
        if let Some(progress) = self.progress.take() {
            progress.end(&self.screen);
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

impl Watch for Teller {
    fn note(&mut self, note: &Note) {
        let style = match note {
            Note::Chosen { version, why } => {
                (self.version, self.why) = (Some(*version), Some(why.clone()));
                Style::Bold
            }
            Note::Downgrade { to, .. } => {
                (self.version, self.downgrade) = (Some(*to), Some(note.to_string()));
                Style::Remarkable
            }
            Note::Paused => {
                self.paused = true;
                Style::Dim
            }
            Note::Asked { host, said: Said::Has { state, job: Job::Running(_), .. } } => {
                // How far the job is, the progress shows.
                let text = format!("the {host} says of the guest: {state}, and a job still runs on it");
                return self.tell(Style::Remarkable, &text);
            }
            Note::Asked { .. } => Style::Dim,
            _ => Style::Remarkable,
        };
        self.tell(style, &note.to_string());
    }

    fn calling(&mut self, call: &Do) {
        if call.call.performs() {
            self.performed = true;
            self.progress = Some(Progress::begin());
        }
    }

    fn progress(&mut self, job: &JobInfo) {
        if job.data_processed > 0
            && let Some(moving) = self.moving.take()
        {
            // Nobody may be waiting.
            let _ = moving.send(());
        }
        if let Some(progress) = &mut self.progress {
            progress.show(&self.screen, job.data_processed, job.data_total);
        }
    }

    fn waiting(&mut self, wait: &Wait) {
        if let Waiting::Job(job) = wait.why {
            self.tell(
                Style::Remarkable,
                "a job still runs on the source's guest; asking again when it may be over",
            );
            self.progress.get_or_insert_with(Progress::begin).show(
                &self.screen,
                job.data_processed,
                job.data_total,
            );
        }
    }

    fn cancelled(&mut self, answer: CancelAnswer) {
        match answer {
            CancelAnswer::Taken => self.tell(Style::Remarkable, "the source stops the migration"),
            CancelAnswer::Refused(why) => self.tell(Style::Bad, &format!("it cannot be stopped now: {why}")),
        }
    }

    fn journal(&mut self, record: &Record) -> impl Future<Output = io::Result<()>> + Send {
        if let Record::Answered { host, procedure, answer } = record {
            if procedure.starts_with("domain_migrate_perform") {
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
        ready(Ok(()))
    }
}
