//! The recorded sessions of real daemons and clients decode and re-encode to the same bytes, frame by frame.
//!
//! libvirtd 7.0, 9.0 and 11.3; virsh, python-libvirt, go-libvirt and hand-made frames: `tests/fixtures/captures`, one file
//! per connection and direction, and a `.json` that tells the frames in time order, which is not ours either.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bytes::{Bytes, BytesMut};
use virtwire::protocol::contract::{self, Message, Visitor};
use virtwire::protocol::frame::{self, Frame};
use virtwire::protocol::header::{MessageKind, StreamPart};
use virtwire::protocol::message::{MessageError, StreamHole};
use virtwire::protocol::program::Program;
use virtwire::protocol::remote::ConnectOpen;
use virtwire::xdr::Options;

#[test]
fn every_recorded_frame_decodes_and_re_encodes_to_the_same_bytes() {
    let mut seen = BTreeMap::<String, usize>::new();
    let mut refused = Vec::new();
    for path in recordings() {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let frames = read(&path);
        let mut again = BytesMut::new();
        for (at, recorded) in frames.iter().enumerate() {
            frame::join(recorded, &mut again).unwrap();
            match same_again(recorded) {
                Ok(what) => *seen.entry(what).or_default() += 1,
                Err(why) => refused.push(format!("{name} frame {at}: {why}")),
            }
        }
        assert_eq!(again, fs::read(&path).unwrap(), "{name}");
    }
    println!("{} frames of {} kinds", seen.values().sum::<usize>(), seen.len());
    assert_eq!(refused, MALFORMED, "frames that do not decode");
    for what in
        ["call domain_migrate_prepare2", "reply domain_migrate_perform", "call domain_migrate_finish3_params"]
    {
        assert!(seen.contains_key(what), "{what} is in no recording");
    }
}

/// What was sent malformed on purpose, to see what daemons answer.
const MALFORMED: [&str; 5] = [
    // `errors`: a procedure that does not exist, another program, another version, arguments cut short.
    "errors-src-0.c2s frame 2: call 9999 is not in the contract",
    "errors-src-0.c2s frame 3: call 1 is not in the contract",
    "errors-src-0.c2s frame 4: call 59 is not in the contract",
    "errors-src-0.c2s frame 5: call 23: input ends: 4 bytes needed, 0 left at offset 0 (domain_lookup_by_name_args.name)",
    // go-libvirt marks the name that it opens as present by 0x01000000. Daemons take any word but 0 for that, and so
    // does ours; see the test below.
    "go-libvirt-dst-0.c2s frame 1: call 1: optional marked 16777216, which is neither 0 nor 1 at offset 0 (connect_open_args.name)",
];

#[test]
fn go_libvirts_open_is_understood_as_daemons_understand_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captures");
    let open = &read(&folder.join("go-libvirt-dst-0.c2s"))[1];
    let arguments: ConnectOpen = Options::lenient().from_slice(&open.payload).unwrap();
    assert_eq!(arguments, ConnectOpen { name: Some("qemu:///system".into()), flags: 0 });
}

#[test]
fn the_index_of_each_recording_names_the_frames_that_we_find_there() {
    let mut compared = 0;
    for path in recordings() {
        let direction = path.extension().unwrap().to_str().unwrap().to_owned();
        let index = fs::read_to_string(path.with_extension("json")).unwrap();
        let index: Vec<serde_json::Value> = serde_json::from_str(&index).unwrap();
        let listed = index.iter().filter(|frame| frame["dir"] == direction.as_str());
        // Indexes leave out most of the stream data, so the frames are matched by their offset.
        let mut at = 0;
        let found: BTreeMap<_, _> = read(&path)
            .into_iter()
            .map(|frame| {
                let start = at;
                at += frame.wire_bytes();
                (start, frame)
            })
            .collect();
        for listed in listed {
            let Some(frame) = found.get(&(listed["offset"].as_u64().unwrap() as usize)) else { continue };
            let header = frame.header;
            assert_eq!(listed["length"], frame.wire_bytes());
            assert_eq!(listed["program"], header.program.number);
            assert_eq!(listed["procedure"], header.procedure.0);
            assert_eq!(listed["serial"], header.serial.0);
            // The index names procedures by number alone; `errors` calls one of another version.
            if let Some(name) = listed["name"].as_str().filter(|_| header.program.version == 1) {
                let known = header.program.procedure(header.procedure).map(|info| info.name);
                assert_eq!(known, Some(name), "{} of {}", header.procedure, header.program);
            }
            compared += 1;
        }
    }
    assert!(compared > 1_000, "{compared}");
}

pub(crate) fn recordings() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captures");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "c2s" || extension == "s2c"));
    paths.sort();
    assert!(paths.len() > 80, "{}", paths.len());
    paths
}

/// All frames of one direction of a recorded connection.
pub(crate) fn read(path: &Path) -> Vec<Frame> {
    let mut bytes = BytesMut::from(&fs::read(path).unwrap()[..]);
    let mut frames = Vec::new();
    while let Some(frame) = frame::split(&mut bytes).unwrap() {
        frames.push(frame);
    }
    assert!(bytes.is_empty(), "{}: a recording ends with a whole frame", path.display());
    frames
}

/// What the frame is, if its payload decodes and re-encodes to the same bytes.
fn same_again(Frame { header, payload }: &Frame) -> Result<String, String> {
    let again = Again(payload);
    let (kind, outcome) = match header.kind().map_err(|nonsense| nonsense.to_string())? {
        MessageKind::Call => ("call", contract::visit_call(header.program, header.procedure, again)),
        MessageKind::Reply => ("reply", contract::visit_reply(header.program, header.procedure, again)),
        MessageKind::Notice if header.program == Program::KEEPALIVE => {
            return payload.is_empty().then(|| "keepalive".to_owned()).ok_or_else(|| "a body".to_owned());
        }
        MessageKind::Notice => ("event", contract::visit_notice(header.program, header.procedure, again)),
        MessageKind::ReplyError => ("error", Some(again.visit::<MessageError>("message_error"))),
        MessageKind::Hole => ("hole", Some(again.visit::<StreamHole>("stream_hole"))),
        MessageKind::Stream(StreamPart::Data) => return Ok("stream data".to_owned()),
        MessageKind::Stream(_) if payload.is_empty() => return Ok("stream end".to_owned()),
        MessageKind::Stream(_) => ("stream error", Some(again.visit::<MessageError>("message_error"))),
        other => return Err(format!("no recording has {other:?}")),
    };
    match outcome {
        Some(Ok(name)) => Ok(format!("{kind} {name}")),
        Some(Err(why)) => Err(format!("{kind} {}: {why}", header.procedure)),
        None => Err(format!("{kind} {} is not in the contract", header.procedure)),
    }
}

struct Again<'a>(&'a Bytes);

impl Visitor for Again<'_> {
    type Output = Result<&'static str, String>;

    fn visit<T: Message>(self, name: &'static str) -> Self::Output {
        let value: T = virtwire::xdr::from_slice(self.0).map_err(|error| error.to_string())?;
        let again = virtwire::xdr::to_vec(&value).map_err(|error| error.to_string())?;
        if again == self.0[..] { Ok(name) } else { Err(format!("{name} re-encodes differently")) }
    }
}
