//! One JSON object a line.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};
use virtwire::protocol::dissect::{Part, Piece, Side, descriptors};
use virtwire::protocol::header::Header;

use super::body::Body;
use super::text::hex;
use super::{Output, Seen, Told};
use crate::clock;
use crate::harmless;

/// Writes objects.
pub(crate) struct Json<W> {
    to: W,
}

impl<W: Write> Json<W> {
    pub(crate) fn new(to: W) -> Json<W> {
        Json { to }
    }

    fn object(&mut self, object: &Object) -> io::Result<()> {
        writeln!(self.to, "{{{}}}", harmless::json(&object.0))
    }

    fn frame(&mut self, seen: &Seen<'_>) -> io::Result<()> {
        let mut object = Object::at(seen.at);
        object.place(seen.connection, seen.from, seen.offset);
        object.header(&seen.frame.header, seen.frame.wire_bytes() as u64);
        match seen.body {
            Body::None => {}
            Body::Read { tree, leniently, error, .. } => {
                if let Some(error) = error {
                    object.put("error", error.as_str());
                }
                object.raw("body", &tree.json());
                match tree.left_out() {
                    0 => {}
                    count => object.put("items_left_out", count),
                }
                if let Some(why) = leniently {
                    object.put("leniently", why.as_str());
                }
            }
            Body::Secret => object.put("secret", true),
            Body::Unreadable { why, hex } => {
                object.put("undecoded", why.as_str());
                object.put("payload", hex.as_str());
            }
        }
        match &seen.heard.part {
            Part::Answer { call, after } => {
                object.put("answers", true);
                if seen.at.is_some() {
                    object.put("took_us", u64::try_from(after.as_micros()).unwrap_or(u64::MAX));
                }
                if !call.note.is_empty() {
                    object.put("asked", call.note.as_str());
                }
            }
            Part::Stray | Part::Mismatch(_) => object.put("answers", false),
            Part::Stream(total) => object.put(
                "stream",
                json!({
                    "to_daemon_bytes": total.to_daemon_bytes,
                    "to_client_bytes": total.to_client_bytes,
                    "hole_bytes": total.hole_bytes,
                    "frames": total.frames,
                }),
            ),
            _ => {}
        }
        match descriptors(seen.frame) {
            0 => {}
            count => object.put("descriptors", count),
        }
        object.put("outstanding", seen.heard.outstanding);
        self.object(&object)
    }
}

impl<W: Write> Output for Json<W> {
    fn tell(&mut self, told: &Told<'_>) -> io::Result<()> {
        match told {
            Told::Frame(seen) => self.frame(seen),
            Told::Opened(opened) => {
                let mut object = Object::at(opened.at);
                object.put("connection", opened.connection);
                object.put(
                    "opened",
                    json!({ "client": opened.client, "daemon": opened.daemon, "remark": opened.remark }),
                );
                self.object(&object)
            }
            Told::Data(run) => {
                let mut object = Object::at(run.at);
                object.place(run.connection, run.from, run.offset);
                object.header(&run.header, run.wire_bytes);
                object.put("data_bytes", run.data_bytes);
                object.put("frames", run.frames);
                self.object(&object)
            }
            Told::Foreign { connection, at, from, piece } => {
                let mut object = Object::at(*at);
                let (offset, said) = match piece {
                    Piece::Foreign { offset, why, first } => {
                        (*offset, ("foreign", json!({ "why": why.to_string(), "first": hex(first) })))
                    }
                    Piece::Resumed { offset, skipped } => {
                        (*offset, ("resumed", json!({ "skipped": skipped })))
                    }
                    Piece::Ended { offset, skipped } => (*offset, ("ended", json!({ "skipped": skipped }))),
                    Piece::Frame { .. } => return Ok(()),
                };
                object.place(*connection, *from, offset);
                object.put(said.0, said.1);
                self.object(&object)
            }
            Told::Closed { connection, at, how, unanswered } => {
                let mut object = Object::at(*at);
                object.put("connection", *connection);
                let calls = unanswered.iter().map(|call| {
                    json!({ "procedure": call.header.procedure.0, "serial": call.header.serial.0, "asked": call.note })
                });
                object.put("closed", json!({ "how": how, "unanswered": calls.collect::<Vec<_>>() }));
                self.object(&object)
            }
            Told::Remark(text) => {
                let mut object = Object::default();
                object.put("remark", *text);
                self.object(&object)
            }
            Told::End(counts) => {
                let mut object = Object::default();
                object.put(
                    "end",
                    json!({
                        "connections": counts.connections,
                        "frames": counts.frames,
                        "errors": counts.errors,
                        "undecoded": counts.undecoded,
                        "foreign": counts.foreign,
                    }),
                );
                self.object(&object)
            }
        }
    }
}

/// An object's fields, in order.
#[derive(Default)]
struct Object(String);

impl Object {
    fn at(at: Option<Duration>) -> Object {
        let mut object = Object::default();
        if let Some(at) = at {
            object.raw("time", &clock::number(at));
        }
        object
    }

    fn place(&mut self, connection: u32, from: Side, offset: u64) {
        self.put("connection", connection);
        self.put("from", if from == Side::Client { "client" } else { "daemon" });
        self.put("offset", offset);
    }

    fn header(&mut self, header: &Header, bytes: u64) {
        self.put("bytes", bytes);
        self.put("program", header.program.name().map_or_else(|| header.program.number.into(), Value::from));
        self.put("version", header.program.version);
        self.put("procedure", header.procedure.0);
        self.put("name", header.program.procedure(header.procedure).map(|info| info.name));
        let kinds = ["call", "reply", "event", "stream", "call_with_fds", "reply_with_fds", "hole"];
        let kind = usize::try_from(header.type_word).ok().and_then(|at| kinds.get(at).copied());
        self.put("kind", kind.map_or_else(|| header.type_word.into(), Value::from));
        let statuses = ["ok", "error", "continue"];
        let status = usize::try_from(header.status_word).ok().and_then(|at| statuses.get(at).copied());
        self.put("status", status.map_or_else(|| header.status_word.into(), Value::from));
        self.put("serial", header.serial.0);
    }

    fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.raw(name, &value.into().to_string());
    }

    fn raw(&mut self, name: &str, value: &str) {
        if !self.0.is_empty() {
            self.0.push(',');
        }
        self.0.push_str(&format!("\"{name}\":{value}"));
    }
}
