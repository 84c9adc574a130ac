//! The recorded sessions with streams, replayed: our client hears what libvirtd said, our daemon what virsh did.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::Path;

use virtwire::protocol::frame::{Draft, Frame};
use virtwire::protocol::header::MessageKind;
use virtwire::protocol::profile::Profile;
use virtwire::protocol::session::client::{ClientEvent, ClientSession};
use virtwire::protocol::session::server::{Limits, ServerEvent, ServerSession};
use virtwire::protocol::session::stream::StreamEvent;

use super::*;
use crate::captures::read;

/// What happened on the streams of a connection, by serial: bytes and holes summed up.
type Told = BTreeMap<u32, Vec<String>>;

#[test]
fn our_client_hears_on_streams_what_libvirtd_said() {
    let console = heard_by_client("console-src-0");
    let [said] = &console.values().collect::<Vec<_>>()[..] else { panic!("{console:?}") };
    // The guest ticks; then the client aborts, and the daemon confirms.
    assert!(said[0].starts_with("data ") && said.last().unwrap() == "aborted", "{said:?}");

    let volume = heard_by_client("volume-src-0");
    let said: Vec<_> = volume.into_values().collect();
    assert!(said.contains(&vec!["finish".to_owned()]), "an upload: {said:?}");
    let sparse = said.iter().find(|said| said.iter().any(|what| what.starts_with("hole")));
    let sparse = sparse.unwrap_or_else(|| panic!("a sparse download: {said:?}"));
    assert_eq!(sparse[sparse.len() - 2..], ["end of data", "finish"]);
    assert!(said.iter().any(|said| said.last().unwrap() == "aborted"), "an aborted download: {said:?}");
}

#[test]
fn our_daemon_hears_on_streams_what_virsh_said() {
    let console = heard_by_daemon("console-src-0");
    let [said] = &console.values().collect::<Vec<_>>()[..] else { panic!("{console:?}") };
    assert_eq!(said.last().unwrap(), "aborted");

    let volume = heard_by_daemon("volume-src-0");
    let said: Vec<_> = volume.into_values().collect();
    let upload = said.iter().find(|said| said[0].starts_with("data")).unwrap_or_else(|| panic!("{said:?}"));
    assert_eq!(upload[1..], ["finish"]);
    assert!(said.contains(&vec!["finish".to_owned()]), "a download: {said:?}");
    assert!(said.contains(&vec!["aborted".to_owned()]), "an aborted download: {said:?}");
}

fn heard_by_client(name: &str) -> Told {
    let mut session = ClientSession::new(usize::MAX);
    let mut told = Told::new();
    for (from_client, frame) in in_order(name) {
        let header = frame.header;
        match (from_client, header.kind().unwrap()) {
            (true, MessageKind::Call) => {
                let body = Draft::raw(&frame.payload).unwrap();
                let opens = header.program.procedure(header.procedure).unwrap().stream.is_some();
                let serial = match opens {
                    true => session.open_stream(header.program, header.procedure, body),
                    false => session.call(header.program, header.procedure, body),
                };
                assert_eq!(serial.unwrap(), header.serial);
            }
            (true, FINISH) => assert!(session.finish_stream(header.serial)),
            (true, ABORT) => session.abort_stream(header.serial),
            (true, DATA) => assert!(session.stream_data(header.serial, frame.payload.len()).is_some()),
            (true, _) => {}
            (false, _) => session.handle_frame(now(), frame).unwrap(),
        }
        while let Some(event) = session.poll_event() {
            if let ClientEvent::Streamed { serial, event } = event {
                note(told.entry(serial.0).or_default(), event);
            }
        }
    }
    told
}

fn heard_by_daemon(name: &str) -> Told {
    let mut session = ServerSession::new(Profile::default(), Limits::default());
    let mut told = Told::new();
    for (from_client, frame) in in_order(name) {
        let header = frame.header;
        match (from_client, header.kind().unwrap()) {
            (true, _) => session.handle_frame(now(), frame).unwrap(),
            // What the recorded daemon answered, this one does.
            (false, MessageKind::Reply) => {
                session.reply(&header, Draft::raw(&frame.payload).map_err(|_| unreachable!()))
            }
            (false, FINISH) => {
                session.confirm_finish(virtwire::protocol::session::stream::StreamId::of(&header));
            }
            _ => {}
        }
        while let Some(event) = session.poll_event() {
            if let ServerEvent::Streamed { id, event } = event {
                note(told.entry(id.serial.0).or_default(), event);
            }
        }
    }
    told
}

fn note(said: &mut Vec<String>, event: StreamEvent) {
    let (what, count) = match event {
        StreamEvent::Data(data) => ("data", data.len() as u64),
        StreamEvent::Hole(length) => ("hole", length),
        StreamEvent::EndOfData => return said.push("end of data".into()),
        StreamEvent::Finish => return said.push("finish".into()),
        StreamEvent::Aborted => return said.push("aborted".into()),
        StreamEvent::Failed(fault) => panic!("{fault}"),
    };
    match said
        .last_mut()
        .and_then(|last| last.strip_prefix(what).map(|sum| sum.trim().parse::<u64>().unwrap()))
    {
        Some(sum) => *said.last_mut().unwrap() = format!("{what} {}", sum + count),
        None => said.push(format!("{what} {count}")),
    }
}

/// The frames of a recording with whether the client sent them, in the order of its index, which leaves out much of the data:
/// that goes where its direction has it.
fn in_order(name: &str) -> Vec<(bool, Frame)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captures");
    let index = fs::read_to_string(folder.join(name).with_extension("json")).unwrap();
    let index: Vec<serde_json::Value> = serde_json::from_str(&index).unwrap();
    let frames = |direction: &str| {
        let mut at = 0;
        let frames = read(&folder.join(name).with_extension(direction)).into_iter().map(|frame| {
            let start = at;
            at += frame.wire_bytes() as u64;
            (start, frame)
        });
        frames.collect::<VecDeque<_>>()
    };
    let mut directions = [(true, "c2s", frames("c2s")), (false, "s2c", frames("s2c"))];
    let mut ordered = Vec::new();
    for listed in &index {
        let offset = listed["offset"].as_u64().unwrap();
        for (from_client, direction, frames) in &mut directions {
            while listed["dir"] == *direction && frames.front().is_some_and(|(start, _)| *start <= offset) {
                ordered.extend(frames.pop_front().map(|(_, frame)| (*from_client, frame)));
            }
        }
    }
    ordered
}
