//! What passed as a ladder: every call an arrow between the client and a daemon, and what came of it.
//!
//! Drawn at the end, when it is known who was there: client and daemon, or for a migration source, client and destination.

mod cast;
pub(crate) mod svg;
pub(crate) mod text;

use std::io;
use std::time::Duration;

use virtwire::protocol::dissect::{Part, Piece, Side};
use virtwire::protocol::header::{Header, MessageKind, StreamPart};
use virtwire::protocol::program::Program;

use super::showing::body::Body;
use super::showing::lines::carried;
use super::showing::{DataRun, Output, Seen, Told, kind, procedure};
use crate::clock::{took, utc};
use crate::ladder::calls::{Calls, Run, Rung, Sent};
pub(crate) use cast::Cast;

/// Arrows that are drawn, and connections; nobody reads more.
const STEPS_MAX: usize = 5_000;

/// Gathers what is to be drawn.
#[derive(Default)]
pub(crate) struct Ladder {
    calls: Calls<Note>,
    /// What was clear when; calls and replies among it.
    steps: Vec<Step>,
    connections: Vec<Connection>,
    keepalives: u64,
    left_out: u64,
    began: Option<Duration>,
}

/// A connection that was opened, by its number.
#[derive(Clone, Debug)]
struct Connection {
    number: u32,
    daemon: String,
    client: String,
}

/// What is told beside a frame.
#[derive(Clone, Debug, Default)]
struct Note {
    at: Option<Duration>,
    after: Option<Duration>,
    what: String,
}

/// Two calls ask the same if they do in words; when that was makes no difference.
impl PartialEq for Note {
    fn eq(&self, other: &Note) -> bool {
        self.what == other.what
    }
}

/// One line of the ladder, or more where much is to be said.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Arrow(Arrow),
    /// Across all lanes.
    Remark {
        text: String,
        bad: bool,
    },
}

/// Something that goes from one end of a connection to the other.
#[derive(Clone, Debug)]
pub(crate) struct Arrow {
    pub(crate) connection: u32,
    pub(crate) at: Option<Duration>,
    pub(crate) heads: Heads,
    pub(crate) style: ArrowStyle,
    pub(crate) label: String,
    /// Serial, bytes, how long.
    pub(crate) detail: String,
    /// What was asked, answered or refused.
    pub(crate) what: String,
    pub(crate) bad: bool,
    /// Ties a reply to its call.
    pub(crate) serial: u32,
}

/// At which end an arrow has its head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heads {
    Daemon,
    Client,
    Both,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ArrowStyle {
    Call,
    Event,
    Stream,
}

impl Output for Ladder {
    fn tell(&mut self, told: &Told<'_>) -> io::Result<()> {
        match told {
            Told::Opened(opened) => {
                if let Some(at) = opened.at {
                    self.began.get_or_insert(at);
                }
                if self.connections.len() < STEPS_MAX {
                    self.connections.push(Connection {
                        number: opened.connection,
                        daemon: opened.daemon.clone(),
                        client: opened.client.clone(),
                    });
                }
            }
            Told::Frame(seen) => self.frame(seen),
            Told::Data(run) => self.data(run),
            Told::Foreign { piece: Piece::Frame { .. }, .. } => {}
            Told::Foreign { connection, from, piece, .. } => {
                let who = if *from == Side::Client { "client" } else { "daemon" };
                let what = match piece {
                    Piece::Foreign { offset, why, .. } => {
                        format!("no frame at byte {offset} of the {who}'s: {why}")
                    }
                    Piece::Resumed { offset, skipped } => {
                        format!("frames again from byte {offset} of the {who}'s, {skipped} bytes later")
                    }
                    Piece::Ended { skipped, .. } => format!("no frame in the {who}'s last {skipped} bytes"),
                    Piece::Frame { .. } => String::new(),
                };
                self.remark(format!("connection {connection}: {what}"), true);
            }
            Told::Closed { connection, unanswered, .. } => {
                for call in unanswered {
                    let (number, name) = procedure(&call.header);
                    let serial = call.header.serial;
                    self.remark(
                        format!("connection {connection}: no reply to {number} {name}, serial {serial}"),
                        true,
                    );
                }
            }
            Told::Remark(text) => self.remark((*text).to_owned(), false),
            Told::End(_) => self.end(),
        }
        Ok(())
    }
}

impl Ladder {
    /// Who was there, and what passed between them.
    pub(crate) fn cast(self) -> Cast {
        Cast::of(self.connections, self.steps, self.began)
    }

    fn frame(&mut self, seen: &Seen<'_>) {
        let header = &seen.frame.header;
        if self.is_full() {
            return;
        }
        let what = match seen.body {
            Body::Unreadable { why, .. } => format!("does not decode: {why}"),
            body => body.summary(),
        };
        let is_call = header.is_call_type();
        match (&seen.heard.part, header.kind()) {
            (Part::Call, Ok(_)) if seen.from == Side::Client => {
                let note = Note { at: seen.at, after: None, what };
                self.saw(seen, true, note);
            }
            (Part::Answer { after, .. }, Ok(_)) if seen.from == Side::Daemon && !is_call => {
                let note = Note { at: seen.at, after: seen.at.map(|_| *after), what };
                self.saw(seen, false, note);
            }
            (_, Ok(MessageKind::Notice)) if header.program == Program::KEEPALIVE => self.keepalives += 1,
            (part, _) => {
                let what = match part {
                    Part::Stream(total) if ends_stream(header) => match (what.is_empty(), carried(total)) {
                        (true, carried) => carried,
                        (false, carried) => format!("{what}; {carried}"),
                    },
                    Part::Stray => format!("answers no call that was seen; {what}"),
                    Part::Mismatch(_) => format!("answers another procedure than was called; {what}"),
                    _ => what,
                };
                let style = match part {
                    Part::Stream(_) => ArrowStyle::Stream,
                    _ => ArrowStyle::Event,
                };
                let bad = super::showing::filter::has_failed(seen);
                self.arrow(seen.at, seen.connection, seen.from, header, style, what, bad);
            }
        }
    }

    fn data(&mut self, run: &DataRun) {
        let frames = if run.frames == 1 { String::new() } else { format!(" in {} frames", run.frames) };
        let what = format!("{} bytes{frames}", run.data_bytes);
        self.arrow(run.at, run.connection, run.from, &run.header, ArrowStyle::Stream, what, false);
    }

    #[allow(clippy::too_many_arguments, reason = "what an arrow is made of")]
    fn arrow(
        &mut self,
        at: Option<Duration>,
        connection: u32,
        from: Side,
        header: &Header,
        style: ArrowStyle,
        what: String,
        bad: bool,
    ) {
        let clear = self.calls.settle();
        self.rungs(clear);
        let (number, name) = procedure(header);
        let arrow = Arrow {
            connection,
            at,
            heads: if from == Side::Client { Heads::Daemon } else { Heads::Client },
            style,
            label: format!("{number} {name}"),
            detail: if style == ArrowStyle::Event && header.kind() == Ok(MessageKind::Notice) {
                kind(header).to_owned()
            } else {
                format!("#{} {}", header.serial, kind(header))
            },
            what,
            bad,
            serial: header.serial.0,
        };
        self.step(Step::Arrow(arrow));
    }

    fn saw(&mut self, seen: &Seen<'_>, sent: bool, note: Note) {
        let bytes = seen.frame.wire_bytes();
        let clear = self.calls.saw(seen.connection, sent, &seen.frame.header, bytes, note);
        self.rungs(clear);
    }

    fn rungs(&mut self, rungs: Vec<Rung<Note>>) {
        for rung in rungs {
            let arrow = match &rung {
                Rung::There(sent) => Arrow::of(sent, Heads::Daemon, there(sent), sent.note.clone(), &rung),
                Rung::Back(run) => Arrow::of(&run.first, Heads::Client, back(run), run.note.clone(), &rung),
                Rung::Both(run) => {
                    let both = Note { at: run.first.note.at, what: both(run), ..Note::default() };
                    Arrow::of(&run.first, Heads::Both, there_and_back(run), both, &rung)
                }
            };
            self.step(Step::Arrow(arrow));
        }
    }

    fn remark(&mut self, text: String, bad: bool) {
        let clear = self.calls.settle();
        self.rungs(clear);
        self.step(Step::Remark { text, bad });
    }

    fn is_full(&mut self) -> bool {
        let full = self.steps.len() >= STEPS_MAX;
        self.left_out += u64::from(full);
        full
    }

    fn step(&mut self, step: Step) {
        if let Step::Arrow(Arrow { at: Some(at), .. }) = &step {
            self.began.get_or_insert(*at);
        }
        if self.steps.len() < STEPS_MAX {
            self.steps.push(step);
        }
    }

    fn end(&mut self) {
        let clear = self.calls.settle();
        self.rungs(clear);
        let mut last = Vec::new();
        if self.keepalives > 0 {
            last.push(format!("{} keepalive frames are not drawn", self.keepalives));
        }
        if self.left_out > 0 {
            last.push(format!(
                "{} more frames are not drawn; --procedure, --serial and --connection pick",
                self.left_out
            ));
        }
        self.steps.extend(last.into_iter().map(|text| Step::Remark { text, bad: false }));
    }
}

impl Arrow {
    fn of(sent: &Sent<Note>, heads: Heads, detail: String, note: Note, rung: &Rung<Note>) -> Arrow {
        Arrow {
            connection: sent.connection,
            at: note.at,
            heads,
            style: ArrowStyle::Call,
            label: format!("{} {}", sent.procedure, sent.name()),
            detail,
            what: note.what,
            bad: rung.failed(),
            serial: sent.serial.0,
        }
    }
}

fn there(sent: &Sent<Note>) -> String {
    format!("#{} {} B", sent.serial, sent.bytes)
}

fn back(run: &Run<Note>) -> String {
    let after = run.note.after.map_or_else(String::new, |after| format!(", {}", took(after)));
    format!("#{} {} B{after}", run.last, run.back_bytes)
}

fn there_and_back(run: &Run<Note>) -> String {
    let after = run.note.after.map_or_else(String::new, |after| format!(", {}", took(after)));
    let serials = match run.times {
        1 => format!("#{}", run.last),
        times => format!("#{}–{} ×{times}", run.first.serial, run.last),
    };
    format!("{serials} {}→{} B{after}", run.first.bytes, run.back_bytes)
}

/// What was asked, and what came back.
fn both(run: &Run<Note>) -> String {
    match (run.first.note.what.as_str(), run.note.what.as_str()) {
        (asked, "") => asked.to_owned(),
        (_, error) if run.failed => error.to_owned(),
        ("", answer) => format!("→ {answer}"),
        (asked, answer) => format!("{asked} → {answer}"),
    }
}

fn ends_stream(header: &Header) -> bool {
    matches!(header.kind(), Ok(MessageKind::Stream(StreamPart::Finish | StreamPart::Abort)))
}

/// Since the beginning.
fn since(began: Option<Duration>, at: Option<Duration>) -> String {
    let (Some(began), Some(at)) = (began, at) else { return String::new() };
    let since = at.saturating_sub(began);
    format!("+{}.{:06}", since.as_secs(), since.subsec_micros())
}

/// When it was.
fn date(began: Option<Duration>) -> Option<String> {
    began.map(utc)
}

/// Breaks a text into lines of at most so many characters, between words where that can be.
fn wrapped(text: &str, width: usize, lines_max: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        let length = line.chars().count();
        if length > 0 && length + 1 + word.len() > width {
            lines.push(std::mem::take(&mut line));
        }
        while word.len() > width {
            let rest = word.split_off(width);
            lines.push(word.into_iter().collect());
            word = rest;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    if lines.len() > lines_max {
        lines.truncate(lines_max);
        if let Some(last) = lines.last_mut() {
            *last = last.chars().take(width.saturating_sub(1)).chain(['…']).collect();
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_wraps_between_words_and_ends() {
        assert_eq!(wrapped("one two three", 7, 9), ["one two", "three"]);
        assert_eq!(wrapped("unbreakable it", 5, 9), ["unbre", "akabl", "e it"]);
        assert_eq!(wrapped("a b c d", 1, 2), ["a", "…"]);
        assert!(wrapped("", 5, 2).is_empty());
    }
}
