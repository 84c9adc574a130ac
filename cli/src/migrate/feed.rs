//! What happens in a migration, for programs: one JSON object a line. `migrate --help` has the schema.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use virtwire::migrate::{ControlError, Progress};
use virtwire::protocol::migrate::{CancelAnswer, Do, Note, Wait, Waiting};

use super::live;
use crate::probe::short;
use crate::screen::say_json_line;

/// Says events on standard output, if a program wants them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Feed(Option<Wanted>);

#[derive(Clone, Debug)]
struct Wanted {
    began: Instant,
    /// Which guest it is about, of several.
    domain: Option<Arc<str>>,
}

impl Feed {
    pub(crate) fn new(wanted: bool) -> Feed {
        Feed(wanted.then(|| Wanted { began: Instant::now(), domain: None }))
    }

    /// The same for one of several guests.
    pub(super) fn about(&self, domain: &str) -> Feed {
        Feed(self.0.clone().map(|wanted| Wanted { domain: Some(domain.into()), ..wanted }))
    }

    pub(super) fn note(&self, note: &Note) {
        self.say(match note {
            Note::Chosen { version, why } => {
                json!({ "event": "chosen", "version": short(*version), "why": why })
            }
            Note::Downgrade { to, .. } => {
                json!({ "event": "downgrade", "version": short(*to), "why": note.to_string() })
            }
            _ => json!({ "event": "note", "text": note.to_string() }),
        });
    }

    pub(super) fn call(&self, call: &Do) {
        self.say(json!({
            "event": "call",
            "host": call.host.to_string(),
            "number": call.call.number(),
            "procedure": call.call.name(),
        }));
    }

    pub(super) fn progress(&self, progress: &Progress) {
        let mut said = figures(progress);
        said["event"] = "progress".into();
        self.say(said);
    }

    pub(super) fn waiting(&self, wait: &Wait) {
        let why = match &wait.why {
            Waiting::Unknown(unknown) => unknown.to_string(),
            Waiting::Job(_) => "a job still runs on the source's guest".to_owned(),
            Waiting::Copy(failure) => format!("{COPY}: {failure}"),
        };
        self.say(
            json!({ "event": "waiting", "why": why, "again_after_s": wait.ask_again_after.as_secs_f64() }),
        );
    }

    pub(super) fn cancelled(&self, answer: CancelAnswer) {
        self.say(match answer {
            CancelAnswer::Taken => json!({ "event": "cancelled", "taken": true }),
            CancelAnswer::Refused(why) => json!({ "event": "cancelled", "taken": false, "why": why }),
        });
    }

    pub(super) fn switched(&self, answer: &Result<(), ControlError>) {
        let why = answer.as_ref().err().map(ToString::to_string);
        self.say(json!({ "event": "switched", "done": answer.is_ok(), "why": why }));
    }

    pub(super) fn limited(&self, max_downtime_ms: u64, answer: &Result<(), ControlError>) {
        let why = answer.as_ref().err().map(ToString::to_string);
        self.say(json!({
            "event": "limited",
            "max_downtime_ms": max_downtime_ms,
            "done": answer.is_ok(),
            "why": why,
        }));
    }

    /// A program that has closed the pipe is not told, and the migration goes on; so it does where there is no room: its end tells.
    fn say(&self, mut event: Value) {
        if let Feed(Some(Wanted { began, domain })) = self {
            event["seconds"] = rounded(began.elapsed().as_secs_f64()).into();
            if let Some(domain) = domain {
                event["domain"] = (&**domain).into();
            }
            let _ = say_json_line(&event);
        }
    }
}

/// What a [`Waiting::Copy`] waits for.
pub(super) const COPY: &str =
    "the guest is on the destination, and the source does not say whether it has a paused copy still";

/// How far a job is, by JSON's names.
pub(crate) fn figures(progress: &Progress) -> Value {
    json!({
        "operation": progress.operation.map(|operation| operation.to_string()),
        "phase": live::phase(progress.phase()),
        "elapsed_ms": progress.elapsed.as_millis(),
        "iteration": progress.iteration,
        "fraction": progress.data.fraction().map(rounded),
        "total": progress.data.total,
        "processed": progress.data.processed,
        "remaining": progress.data.remaining,
        "rate": progress.rate,
        "dirty_rate": progress.dirty_rate,
        "time_left_s": progress.time_left.map(|left| left.as_secs()),
        "downtime_ms": progress.downtime.map(|downtime| downtime.as_millis()),
    })
}

fn rounded(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}
