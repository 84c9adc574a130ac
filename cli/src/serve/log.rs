//! What the library tells of this daemon's doings, on standard error: a line for each thing that an operator would ask about, such as
//! who is not let in, and why a client is dropped. systemd adds the time.
//!
//! Much of it comes from strangers: whatever has more than the letters of a word or an address is quoted, and nothing in it reaches a
//! terminal as a command.

use std::fmt::{Debug, Write};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::screen::remark;

/// Has it told from now on.
pub(super) fn begin() {
    // It fails where somebody is told already.
    let _ = tracing::subscriber::set_global_default(Log(|line: &str| remark(&format!("virtwire: {line}"))));
}

/// Has each event of ours from INFO on told by this. Spans are finer, so that they cost a call nothing.
struct Log<T>(T);

impl<T: Fn(&str) + 'static> Subscriber for Log<T> {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Other crates, such as the one that does SASL, do not promise to keep secrets.
        metadata.is_event()
            && *metadata.level() <= LevelFilter::INFO
            && metadata.target().starts_with("virtwire")
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::INFO)
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        (self.0)(&format!("{}{}", line.message, line.fields));
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
        let log = Log(move |line: &str| kept.lock().unwrap().push(line.to_owned()));
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
