//! What the library tells of its doings, on standard error: of `serve` a line for each thing that an operator would ask about, such as who
//! is not let in, and why a client is dropped; of every other command what its connections warn of. systemd adds the time.
//!
//! Much of it comes from strangers: whatever has more than the letters of a word or an address is quoted, and nothing in it reaches a
//! terminal as a command. And it keeps nobody waiting: where standard error is not read, lines are left out, and counted.

use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::screen::remark;

/// Lines that may wait for whoever reads standard error.
const LINES_MAX: usize = 1_024;

/// Has a daemon's doings told from now on.
pub(crate) fn of_serve() {
    let (lines, told) = sync_channel::<(u64, String)>(LINES_MAX);
    let left_out = AtomicU64::new(0);
    std::thread::spawn(move || {
        for (left_out, line) in told {
            if left_out > 0 {
                remark(&format!("virtwire: {left_out} lines are left out, as nobody read them"));
            }
            remark(&format!("virtwire: {line}"));
        }
    });
    begin(Log {
        level: LevelFilter::INFO,
        target: "virtwire",
        say: move |line: &str| {
            let missed = left_out.swap(0, Ordering::Relaxed);
            if lines.try_send((missed, line.to_owned())).is_err() {
                left_out.fetch_add(missed + 1, Ordering::Relaxed);
            }
        },
    });
}

/// Has warnings of connections told from now on.
pub(crate) fn of_command() {
    let say = |line: &str| remark(&format!("virtwire: {line}"));
    begin(Log { level: LevelFilter::WARN, target: "virtwire::client", say });
}

fn begin(log: impl Subscriber + Send + Sync) {
    // Nobody else in this process listens.
    let _ = tracing::subscriber::set_global_default(log);
}

/// Has each event from a level on, of one part of the library, told by `say`. Spans are finer, so that they cost a call nothing.
struct Log<T> {
    level: LevelFilter,
    target: &'static str,
    say: T,
}

impl<T: Fn(&str) + 'static> Subscriber for Log<T> {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Other crates, such as the one that does SASL, do not promise to keep secrets.
        metadata.is_event() && *metadata.level() <= self.level && metadata.target().starts_with(self.target)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        (self.say)(&format!("{}{}", line.message, line.fields));
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        // There are none that are enabled.
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// An event as text: `a client is not authenticated, peer=127.0.0.1:4711, reason="no such user"`.
#[derive(Default)]
struct Line {
    message: String,
    fields: String,
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put(field, &format!("{value:?}"));
    }
}

impl Line {
    fn put(&mut self, field: &Field, value: &str) {
        let is_word = |value: &str| value.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:/[]".contains(c));
        // Writing to a string does not fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value}"),
            name if is_word(value) && !value.is_empty() => write!(self.fields, ", {name}={value}"),
            name => write!(self.fields, ", {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[test]
    fn what_strangers_say_is_quoted_and_obeyed_by_no_terminal() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = lines.clone();
        let say = move |line: &str| kept.lock().unwrap().push(line.to_owned());
        let log = Log { level: LevelFilter::INFO, target: "virtwire", say };
        tracing::subscriber::with_default(log, || {
            let error = std::io::Error::other("x\", peer=\"\u{1b}[2Jroot\n");
            tracing::info!(target: "virtwire::server", peer = "127.0.0.1:7", %error, count = 3, "refused");
            tracing::warn!(target: "virtwire::server", user = "", "empty");
            tracing::debug!(target: "virtwire::server", "too fine");
            tracing::error!(target: "rsasl", password = "right", "not ours");
            tracing::debug_span!(target: "virtwire::server", "call").in_scope(|| {});
        });
        let told = [
            r#"refused, peer=127.0.0.1:7, error="x\", peer=\"\u{1b}[2Jroot\n", count=3"#,
            r#"empty, user="""#,
        ];
        assert_eq!(*lines.lock().unwrap(), told);
    }
}
