//! What the files on the command line are, and everything that happened in them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

use virtwire::protocol::dissect::{Piece, Side};
use virtwire::protocol::frame::{FRAME_BYTES_MIN, LENGTH_BYTES};
use virtwire::protocol::header::{Header, MessageKind};

use super::reading::raw::Recording;
use super::reading::{Happening, Opened, capture};
use crate::fail::{Fail, plain};

type Source = Box<dyn Read + Send>;

/// Reads all of it.
pub(super) fn read(paths: &[PathBuf], mut tell: impl FnMut(Happening) -> io::Result<()>) -> Result<(), Fail> {
    let mut recorded = BTreeMap::<(usize, PathBuf), [Option<Source>; 2]>::new();
    let mut captures = Vec::new();
    for (place, path) in paths.iter().enumerate() {
        for (path, side) in meant(path) {
            let mut source: Source = match &path {
                path if path.as_os_str() == "-" => Box::new(io::stdin()),
                path => Box::new(File::open(path).map_err(|error| unread(path, &error))?),
            };
            let head = head(&mut source).map_err(|error| unread(&path, &error))?;
            let whole: Source = Box::new(Cursor::new(head.clone()).chain(source));
            if head.first_chunk().is_some_and(|magic| capture::is_capture(*magic)) {
                captures.push(whole);
                continue;
            }
            let side = side.unwrap_or_else(|| sender(&head));
            // Both directions of a connection stand where the first was named.
            let stem = stem(&path);
            let place = recorded.keys().find(|(_, other)| *other == stem).map_or(place, |(place, _)| *place);
            recorded.entry((place, stem)).or_default()[side as usize] = Some(whole);
        }
    }
    let mut failed = None;
    let mut tell = |happening| {
        if failed.is_none() {
            failed = tell(happening).err();
        }
    };
    let mut numbers = 0;
    for source in captures {
        numbers = capture::read(source, numbers, &mut tell);
    }
    let recordings = recorded.into_iter().zip(numbers + 1..);
    recordings_by_steps(recordings, &mut tell)?;
    match failed {
        Some(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(crate::screen::unwritten(&error)),
        _ => Ok(()),
    }
}

/// The files that a name stands for, and the direction that it tells.
fn meant(path: &Path) -> Vec<(PathBuf, Option<Side>)> {
    let side = |path: &Path| match path.extension()?.to_str()? {
        "c2s" => Some(Side::Client),
        "s2c" => Some(Side::Daemon),
        _ => None,
    };
    if path.exists() || path.as_os_str() == "-" {
        return vec![(path.to_owned(), side(path))];
    }
    let pair = ["c2s", "s2c"].map(|extension| {
        let mut name = path.as_os_str().to_owned();
        name.push(".");
        name.push(extension);
        PathBuf::from(name)
    });
    let found: Vec<_> = pair.into_iter().filter(|path| path.exists()).collect();
    // What is not there fails when it is opened, by the name that was given.
    if found.is_empty() {
        vec![(path.to_owned(), None)]
    } else {
        found.into_iter().map(|path| (path.clone(), side(&path))).collect()
    }
}

fn stem(path: &Path) -> PathBuf {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("c2s" | "s2c") => path.with_extension(""),
        _ => path.to_owned(),
    }
}

/// The first bytes: enough for a header.
fn head(source: &mut Source) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    source.by_ref().take(FRAME_BYTES_MIN as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// Who sends what begins so.
fn sender(head: &[u8]) -> Side {
    let header = head.get(LENGTH_BYTES..).and_then(|words| words.first_chunk()).map(Header::from_bytes);
    header.and_then(|header| Side::that_sends(&header)).unwrap_or(Side::Client)
}

/// Recordings know no times. Those of a migration are joined by its steps: what a host is asked before Begin, Prepare,
/// Perform, Finish and Confirm comes before those.
fn recordings_by_steps(
    recordings: impl Iterator<Item = (((usize, PathBuf), [Option<Source>; 2]), u32)>,
    tell: &mut impl FnMut(Happening),
) -> Result<(), Fail> {
    let mut under_way = Vec::new();
    for (((_, stem), [client, daemon]), connection) in recordings {
        let name = stem.file_name().unwrap_or(stem.as_os_str()).to_string_lossy().into_owned();
        let remark = match (&client, &daemon) {
            (Some(_), None) => Some("only what the client sent"),
            (None, Some(_)) => Some("only what the daemon sent"),
            _ => None,
        };
        let client_name = String::new();
        let one_sided = remark.is_some();
        tell(Happening::Opened(Opened {
            connection,
            at: None,
            client: client_name,
            daemon: name,
            remark,
            one_sided,
        }));
        under_way.push(UnderWay {
            connection,
            recording: Recording::new(connection, client, daemon),
            stem,
            step: 0,
            next: None,
        });
    }
    if under_way.len() > 1 {
        tell(Happening::Remark(
            "recordings have no times: these are joined by the steps of a migration".to_owned(),
        ));
    }
    loop {
        for one in &mut under_way {
            if one.next.is_none() {
                one.next = one.recording.next().map_err(|error| unread(&one.stem, &error))?;
            }
        }
        // The first of those that are least far.
        let Some(one) =
            under_way.iter_mut().filter(|one| one.next.is_some()).min_by_key(|one| one.next_step())
        else {
            break;
        };
        one.step = one.next_step();
        if let Some(happening) = one.next.take() {
            tell(happening);
        }
    }
    for one in under_way {
        tell(Happening::Closed { connection: one.connection, at: None, how: "the recording ends" });
    }
    Ok(())
}

struct UnderWay {
    connection: u32,
    recording: Recording,
    stem: PathBuf,
    step: usize,
    next: Option<Happening>,
}

impl UnderWay {
    /// How far it is when the next has happened.
    fn next_step(&self) -> usize {
        let called = match &self.next {
            Some(Happening::Piece { piece: Piece::Frame { frame, .. }, .. }) => step(&frame.header),
            _ => 0,
        };
        self.step.max(called)
    }
}

/// Which step of a migration a call is; 0 for anything else.
fn step(header: &Header) -> usize {
    if header.kind() != Ok(MessageKind::Call) {
        return 0;
    }
    let name = header.program.procedure(header.procedure).map_or("", |info| info.name);
    let Some(verb) = name.strip_prefix("domain_migrate_") else { return 0 };
    let steps = ["begin", "prepare", "perform", "finish", "confirm"];
    steps.iter().position(|step| verb.starts_with(step)).map_or(0, |at| at + 1)
}

fn unread(path: &Path, error: &io::Error) -> Fail {
    Fail::new(
        format!("file {}", path.display()),
        format!("cannot be read: {}", plain(error)),
        "give a capture of tshark's, or recorded bytes as NAME.c2s and NAME.s2c",
    )
}
