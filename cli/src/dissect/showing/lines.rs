//! One line a frame.

use std::io;
use std::time::Duration;

use virtwire::protocol::dissect::{Call, Part, Piece, Side, StreamTotal, descriptors};
use virtwire::protocol::header::{Header, MessageKind};

use super::body::Body;
use super::text::{hex, lines};
use super::{Counts, DataRun, Output, Seen, Told, filter, kind, procedure};
use crate::clock::{took, utc};

/// Where lines go.
pub(crate) trait Paper {
    fn line(&mut self, tone: Tone, text: &str) -> io::Result<()>;
}

/// How a line is to stand out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Dim,
    Bad,
}

/// Writes lines.
pub(crate) struct Lines<P> {
    paper: P,
    /// With every argument under each line.
    arguments: bool,
    /// When the first thing happened, once something with a time has.
    began: Option<Duration>,
    headed: bool,
}

/// Of the bytes of what does not decode.
const DIGITS_SHOWN: usize = 64;

impl<P: Paper> Lines<P> {
    pub(crate) fn new(paper: P, arguments: bool) -> Lines<P> {
        Lines { paper, arguments, began: None, headed: false }
    }

    fn frame(&mut self, seen: &Seen<'_>) -> io::Result<()> {
        let header = &seen.frame.header;
        let mut what = seen.body.summary();
        if let Part::Stream(total) = &seen.heard.part
            && header.kind() != Ok(MessageKind::Hole)
        {
            what = [what, carried(total)]
                .into_iter()
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join("; ");
        }
        let mut remarks = Vec::new();
        let after = match &seen.heard.part {
            Part::Answer { call, after } => {
                if header.kind() == Ok(MessageKind::ReplyError) && !call.note.is_empty() {
                    remarks.push(format!("asked: {}", call.note));
                }
                Some(*after)
            }
            Part::Stray => {
                remarks.push("answers no call that was seen".to_owned());
                None
            }
            Part::Mismatch(call) => {
                let (number, name) = procedure(&call.header);
                remarks.push(format!("this serial called {number} {name}"));
                None
            }
            _ => None,
        };
        if let Some(forgotten) = &seen.heard.forgotten {
            remarks.push(format!("serial {} is used again before its answer", forgotten.header.serial));
        }
        let own = usize::from(matches!(seen.heard.part, Part::Call));
        if (header.is_call_type() || after.is_some()) && seen.heard.outstanding > own {
            remarks.push(format!("{} more waiting", seen.heard.outstanding - own));
        }
        match descriptors(seen.frame) {
            0 => {}
            count => remarks.push(format!("{count} descriptors")),
        }
        if let Body::Read { leniently: Some(why), .. } = seen.body {
            remarks.push(format!("not by the letter: {why}"));
        }
        if let Body::Unreadable { why, hex } = seen.body {
            let shown: String = hex.chars().take(DIGITS_SHOWN).collect();
            let payload =
                in_words(&shown, if shown.len() < hex.len() { ", payload begins " } else { ", payload " });
            what = format!("DOES NOT DECODE: {why}; frame at byte {}{payload}", seen.offset);
        }
        let remarks = remarks.into_iter().map(|remark| format!(" ({remark})")).collect::<String>();
        let row = Row {
            at: seen.at,
            connection: seen.connection,
            from: seen.from,
            header,
            bytes: seen.frame.wire_bytes() as u64,
            after: seen.at.and(after),
            what: format!("{what}{remarks}"),
        };
        let tone = if filter::has_failed(seen) { Tone::Bad } else { Tone::Plain };
        self.row(tone, &row)?;
        if self.arguments {
            self.arguments(seen)?;
        }
        Ok(())
    }

    fn arguments(&mut self, seen: &Seen<'_>) -> io::Result<()> {
        let mut line = |line: &str| self.paper.line(Tone::Dim, line);
        match seen.body {
            Body::Read { tree, .. } if !tree.is_empty() => lines(tree, 8, &mut line),
            Body::Unreadable { hex, .. } if !hex.is_empty() => line(&format!("        {hex}")),
            _ => Ok(()),
        }
    }

    fn data(&mut self, run: &DataRun) -> io::Result<()> {
        let frames = if run.frames == 1 { String::new() } else { format!(" in {} frames", run.frames) };
        let row = Row {
            at: run.at,
            connection: run.connection,
            from: run.from,
            header: &run.header,
            bytes: run.wire_bytes,
            after: None,
            what: format!("{} bytes of data{frames}", run.data_bytes),
        };
        self.row(Tone::Plain, &row)
    }

    fn foreign(
        &mut self,
        connection: u32,
        at: Option<Duration>,
        from: Side,
        piece: &Piece,
    ) -> io::Result<()> {
        let what = match piece {
            Piece::Foreign { offset, why, first } if first.is_empty() => format!("at byte {offset}: {why}"),
            Piece::Foreign { offset, why, first } => {
                format!("NO FRAME at byte {offset}: {why}; found {}", hex(first))
            }
            Piece::Resumed { offset, skipped } => {
                format!("frames again from byte {offset}, {skipped} bytes later")
            }
            Piece::Ended { offset, skipped } => {
                format!("no frame in the last {skipped} bytes, from byte {offset}")
            }
            Piece::Frame { .. } => return Ok(()),
        };
        let text = format!("{}{connection:>3} {} {what}", self.time(at), arrow(from));
        self.paper.line(Tone::Bad, &text)
    }

    fn closed(
        &mut self,
        connection: u32,
        at: Option<Duration>,
        how: &str,
        unanswered: &[&Call<String>],
    ) -> io::Result<()> {
        let when = self.time(at);
        self.paper.line(Tone::Dim, &format!("# {connection}: {how}{}", in_words(when.trim(), " at ")))?;
        for call in unanswered {
            let (number, name) = procedure(&call.header);
            let when = self.time(at.map(|_| call.at));
            let text = format!(
                "# {connection}: no reply to {number} {name}, serial {}{}{}",
                call.header.serial,
                in_words(when.trim(), ", called at "),
                in_words(&call.note, ": ")
            );
            self.paper.line(Tone::Bad, &text)?;
        }
        Ok(())
    }

    fn end(&mut self, counts: &Counts) -> io::Result<()> {
        let Counts { connections, frames, errors, undecoded, foreign } = counts;
        let many = |count: &u64, of: &str| format!("{count} {of}{}", if *count == 1 { "" } else { "s" });
        let mut text = format!("# {} in {}", many(frames, "frame"), many(connections, "connection"));
        text += &format!(", {}", many(errors, "error"));
        if *undecoded > 0 {
            text += &format!(", {undecoded} undecodable");
        }
        if *foreign > 0 {
            text += &format!(", {foreign} × bytes that are no frame");
        }
        self.paper.line(Tone::Dim, &text)
    }

    fn row(&mut self, tone: Tone, row: &Row<'_>) -> io::Result<()> {
        if !self.headed {
            self.headed = true;
            let (time, took) = if row.at.is_some() { ("#       time", "      took") } else { ("#", "") };
            let (name, kind) = ("procedure", "kind");
            let heads =
                format!("{time}  c   program     no {name:<35} {kind:<12} serial    bytes{took}  what");
            self.paper.line(Tone::Dim, &heads)?;
        }
        let (number, name) = procedure(row.header);
        let took = match (row.at, row.after) {
            (None, _) => String::new(),
            (_, None) => " ".repeat(10),
            (_, Some(after)) => format!("{:>10}", took(after)),
        };
        let text = format!(
            "{}{:>3} {} {:<9} {number:>4} {name:<35} {:<12} {:>6} {:>8}{took}  {}",
            self.time(row.at),
            row.connection,
            arrow(row.from),
            program(row.header),
            kind(row.header),
            row.header.serial.0,
            row.bytes,
            row.what
        );
        self.paper.line(tone, text.trim_end())
    }

    /// Since the first thing that happened.
    fn time(&mut self, at: Option<Duration>) -> String {
        let Some(at) = at else { return String::new() };
        let began = *self.began.get_or_insert(at);
        match at.checked_sub(began) {
            Some(since) => format!("{:>12}", format!("+{}.{:06}", since.as_secs(), since.subsec_micros())),
            // Files of several interfaces are not always in order.
            None => {
                let before = began.saturating_sub(at);
                format!("{:>12}", format!("-{}.{:06}", before.as_secs(), before.subsec_micros()))
            }
        }
    }
}

struct Row<'a> {
    at: Option<Duration>,
    connection: u32,
    from: Side,
    header: &'a Header,
    bytes: u64,
    after: Option<Duration>,
    what: String,
}

impl<P: Paper> Output for Lines<P> {
    fn tell(&mut self, told: &Told<'_>) -> io::Result<()> {
        match told {
            Told::Opened(opened) => {
                self.time(opened.at);
                let when = opened.at.map_or_else(String::new, |at| format!(", {}", utc(at)));
                let remark = opened.remark.map_or_else(String::new, |remark| format!(" ({remark})"));
                let ends = match (opened.client.as_str(), opened.daemon.as_str()) {
                    ("", recording) => recording.to_owned(),
                    (client, daemon) => format!("client {client}, daemon {daemon}"),
                };
                let text = format!("# {}: {ends}{when}{remark}", opened.connection);
                self.paper.line(Tone::Dim, &text)
            }
            Told::Frame(seen) => self.frame(seen),
            Told::Data(run) => self.data(run),
            Told::Foreign { connection, at, from, piece } => self.foreign(*connection, *at, *from, piece),
            Told::Closed { connection, at, how, unanswered } => {
                self.closed(*connection, *at, how, unanswered)
            }
            Told::Remark(text) => self.paper.line(Tone::Dim, &format!("# {text}")),
            Told::End(counts) => self.end(counts),
        }
    }
}

/// The program's name, or its numbers.
fn program(header: &Header) -> String {
    let program = header.program;
    program.name().map_or_else(|| format!("{:#x}/{}", program.number, program.version), str::to_owned)
}

/// To the daemon, or from it.
fn arrow(from: Side) -> char {
    match from {
        Side::Client => '→',
        Side::Daemon => '←',
    }
}

fn in_words(text: &str, before: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{before}{text}") }
}

/// What a stream has carried, as far as it was something.
pub(crate) fn carried(total: &StreamTotal) -> String {
    [
        (total.to_daemon_bytes, "to the daemon"),
        (total.to_client_bytes, "to the client"),
        (total.hole_bytes, "of holes"),
    ]
    .into_iter()
    .filter(|(bytes, _)| *bytes > 0)
    .map(|(bytes, what)| format!("{bytes} bytes {what}"))
    .collect::<Vec<_>>()
    .join(", ")
}
