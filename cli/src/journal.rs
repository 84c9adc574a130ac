//! A migration's journal in a file: a line of JSON for each record, the first one says whose journal it is.
//!
//! A record that announces a call is on the disk before the call is made, so that whoever reads the file after this process died
//! knows of every call that may have been made. Answers are written and not waited for: one that is lost with the machine is a call
//! whose answer is not known, which is what recovery takes it for.
//!
//! The file holds the guest's XML and cookies, so only its owner may read it.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};
use virtwire::protocol::migrate::Record;

use crate::fail::{Fail, plain};

/// What the lines look like.
const VERSION: u32 = 1;
/// How every journal begins.
const BEGINNING: &str = r#"{"virtwire_journal":"#;

/// An open journal, which no other process has open to write.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    /// Up to here there are whole lines and nothing else.
    whole: u64,
}

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    virtwire_journal: u32,
    /// The URI of the host that has the guest.
    pub(crate) from: String,
    /// The URI of the host that is to have it.
    pub(crate) to: String,
}

/// Every other line.
#[derive(Debug, Serialize, Deserialize)]
struct Line<R> {
    /// Seconds since 1970.
    at: f64,
    record: R,
}

/// What a file was found to hold.
#[derive(Debug)]
pub(crate) struct Kept {
    /// None where the process died before the first line was whole; then nothing was called.
    pub(crate) head: Option<Head>,
    pub(crate) records: Vec<Record>,
    /// How many bytes of a line that was not written to its end were left out.
    pub(crate) torn: usize,
}

impl Journal {
    /// Creates the file, which must not be there yet, and makes sure that it is still there after a power failure.
    pub(crate) fn create(path: &Path, from: &str, to: &str) -> Result<Journal, Fail> {
        let file = OpenOptions::new().append(true).read(true).create_new(true).mode(0o600).open(path);
        let file = file.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => {
                let next = "if its migration was cut off, `virtwire recover FILE` ends it; give this one another name";
                Fail::new(journal(path), "is there already", next)
            }
            _ => unusable(path, &error),
        })?;
        lock(&file, path)?;
        let mut journal = Journal { file, whole: 0 };
        let head = Head { virtwire_journal: VERSION, from: from.to_owned(), to: to.to_owned() };
        journal.write(&head).and_then(|()| sync_name(path)).map_err(|error| unusable(path, &error))?;
        Ok(journal)
    }

    /// Opens a file that is there, reads it, and cuts off a last line that was not written to its end.
    pub(crate) fn open(path: &Path) -> Result<(Journal, Kept), Fail> {
        let mut file = OpenOptions::new()
            .append(true)
            .read(true)
            .open(path)
            .map_err(|error| unreadable(path, &error))?;
        lock(&file, path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
        let kept = read(&bytes).map_err(|wrong| Fail::new(journal(path), wrong, FOREIGN))?;
        let whole = (bytes.len() - kept.torn) as u64;
        let mut journal = Journal { file, whole };
        journal.cut().map_err(|error| unreadable(path, &error))?;
        Ok((journal, kept))
    }

    /// Adds a record. One that announces a call is on the disk when this returns.
    pub(crate) fn append(&mut self, record: &Record) -> io::Result<()> {
        let at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64());
        let line = Line { at: (at * 1_000.0).round() / 1_000.0, record };
        match record {
            // It is there before the call that comes next.
            Record::Met { .. } | Record::Answered { .. } => self.add(&line),
            _ => self.write(&line),
        }
    }

    fn write(&mut self, line: &impl Serialize) -> io::Result<()> {
        self.add(line)?;
        self.file.sync_data()
    }

    /// One write for a line, and none of it stays if it fails half-way.
    fn add(&mut self, line: &impl Serialize) -> io::Result<()> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        if let Err(error) = self.file.write_all(&bytes) {
            self.cut()?;
            return Err(error);
        }
        self.whole += bytes.len() as u64;
        Ok(())
    }

    fn cut(&mut self) -> io::Result<()> {
        if self.file.seek(SeekFrom::End(0))? > self.whole {
            self.file.set_len(self.whole)?;
        }
        Ok(())
    }
}

/// The journals of guests that move together: a directory, with a file for each.
#[derive(Clone, Debug)]
pub(crate) struct Journals {
    directory: PathBuf,
}

/// How their names end.
const ENDING: &str = "journal";

impl Journals {
    /// Takes a directory, or makes it, where none of these guests has a journal yet.
    pub(crate) fn prepare(directory: &Path, guests: &[String]) -> Result<Journals, Fail> {
        // As each journal's name in it, its own is there after a power failure.
        let made = DirBuilder::new().mode(0o700).create(directory).and_then(|()| sync_name(directory));
        if let Err(error) = made
            && error.kind() != ErrorKind::AlreadyExists
        {
            return Err(unusable(directory, &error));
        }
        let journals = Journals { directory: directory.to_owned() };
        for path in guests.iter().map(|guest| journals.file(guest)) {
            match path.try_exists() {
                Ok(false) => {}
                Ok(true) => {
                    let next = "if its migration was cut off, `virtwire recover` ends it; give these another directory";
                    return Err(Fail::new(journal(&path), "is there already", next));
                }
                Err(error) => return Err(unusable(&path, &error)),
            }
        }
        Ok(journals)
    }

    /// A guest's. What a name of a file cannot hold is written as `%` and its number.
    pub(crate) fn file(&self, guest: &str) -> PathBuf {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.+".contains(&byte);
        let name: String = guest
            .bytes()
            .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02x}") })
            .collect();
        self.directory.join(format!("{name}.{ENDING}"))
    }

    /// Those that a directory holds, by name; whatever they are called, for each says something of its guest.
    pub(crate) fn found(directory: &Path) -> Result<Vec<PathBuf>, Fail> {
        let unreadable = |error: io::Error| unreadable(directory, &error);
        let mut found = Vec::new();
        for entry in std::fs::read_dir(directory).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.extension().is_some_and(|ending| ending == ENDING) || is_journal(&path) {
                found.push(path);
            }
        }
        if found.is_empty() {
            return Err(Fail::new(journal(directory), "holds no journal", FOREIGN));
        }
        found.sort();
        Ok(found)
    }
}

/// Whether a file begins as a journal does. One that cannot be read may.
fn is_journal(path: &Path) -> bool {
    if !path.is_file() {
        return false;
    }
    let mut beginning = Vec::new();
    let file =
        File::open(path).and_then(|file| file.take(BEGINNING.len() as u64).read_to_end(&mut beginning));
    file.is_err() || beginning == BEGINNING.as_bytes()
}

/// What a journal's bytes hold.
///
/// # Errors
/// What is wrong with them, in words: not a journal, of a later version, or damaged before the last line.
fn read(bytes: &[u8]) -> Result<Kept, String> {
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let (lines, torn) = bytes.split_at(whole);
    let mut lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).enumerate();
    let Some((_, first)) = lines.next() else {
        let began = BEGINNING.as_bytes();
        let common = torn.len().min(began.len());
        if torn[..common] != began[..common] {
            return Err("is no journal of a migration".to_owned());
        }
        return Ok(Kept { head: None, records: Vec::new(), torn: torn.len() });
    };
    if !first.starts_with(BEGINNING.as_bytes()) {
        return Err("is no journal of a migration".to_owned());
    }
    let head: Head =
        serde_json::from_slice(first).map_err(|error| format!("is damaged in line 1: {error}"))?;
    if head.virtwire_journal != VERSION {
        return Err(format!("is a journal of version {}, and this reads {VERSION}", head.virtwire_journal));
    }
    let mut records = Vec::new();
    for (at, line) in lines {
        let line: Line<Record> = serde_json::from_slice(line)
            .map_err(|error| format!("is damaged in line {}: {error}", at + 1))?;
        records.push(line.record);
    }
    Ok(Kept { head: Some(head), records, torn: torn.len() })
}

const FOREIGN: &str = "give what `virtwire migrate --journal` wrote";

fn journal(path: &Path) -> String {
    format!("journal {}", path.display())
}

fn unusable(path: &Path, error: &io::Error) -> Fail {
    Fail::new(journal(path), plain(error), "nothing was called, the guest is untouched")
}

/// Of the migration that it is about this says nothing.
fn unreadable(path: &Path, error: &io::Error) -> Fail {
    Fail::new(journal(path), plain(error), FOREIGN)
}

/// One process at a time writes a journal: two that recover the same migration could undo each other's work.
fn lock(file: &File, path: &Path) -> Result<(), Fail> {
    flock(file, FlockOperation::NonBlockingLockExclusive).map_err(|error| match error {
        rustix::io::Errno::WOULDBLOCK => Fail::new(
            journal(path),
            "is in use by another process",
            "its migration or recovery is under way; wait for it",
        ),
        error => Fail::new(
            journal(path),
            plain(&error.into()),
            "it must be where files can be locked; put it on a local file system",
        ),
    })
}

/// Puts the file's name on the disk: it is in its directory.
fn sync_name(path: &Path) -> io::Result<()> {
    File::open(directory_of(path))?.sync_all()
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use virtwire::protocol::error::RemoteError;
    use virtwire::protocol::migrate::{
        Call, Cookie, Do, Domain, DomainState, Failure, Host, MigrateFlags, Outcome, Param, Reason, Reply,
        Request, Retcode, Said, State, Terms, Version,
    };

    use super::*;

    fn guest() -> Domain {
        Domain { name: b"g\xfcst".to_vec().into(), uuid: [0xa5; 16], id: 7 }
    }

    fn records() -> Vec<Record> {
        let terms = Terms::Params(vec![Param::string("migrate_uri", "tcp:d:1")]);
        let flags = MigrateFlags::LIVE | MigrateFlags(1 << 40);
        let finish =
            Call::Finish3 { cookie: Cookie(vec![0, 255]), terms, flags, cancelled: Retcode::Cancelled };
        let failure = Failure::Answered(RemoteError::rpc("no").into());
        let reason = Reason::Failed {
            host: Host::Source,
            procedure: "domain_migrate_perform3",
            failure: failure.clone(),
        };
        let state = State { state: DomainState::Other(9), reason: Some(2) };
        vec![
            Record::Chosen { request: Request::live(guest()), version: Version::V3Params },
            Record::Doing(Do {
                host: Host::Destination,
                call: finish,
                deadline: Some(std::time::Duration::from_millis(1_500)),
            }),
            Record::Answered {
                host: Host::Source,
                procedure: "domain_get_state",
                answer: Ok(Reply::State(state)),
            },
            Record::Answered {
                host: Host::Destination,
                procedure: "domain_migrate_finish3_params",
                answer: Err(failure),
            },
            Record::Ended(Outcome::OnSource { source: Said::Absent, reason, left_on_destination: None }),
        ]
    }

    /// A place for a file that goes with the test.
    struct Place(PathBuf);

    impl Place {
        fn new(name: &str) -> Place {
            let place = std::env::temp_dir().join(format!("virtwire-journal-{}-{name}", std::process::id()));
            let _ = std::fs::remove_file(&place);
            Place(place)
        }

        fn written(name: &str) -> Place {
            let place = Place::new(name);
            let mut journal = Journal::create(&place.0, "a:///", "b:///").unwrap();
            records().iter().for_each(|record| journal.append(record).unwrap());
            place
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }

    #[test]
    fn what_was_written_is_read_back_and_only_the_owner_may() {
        use std::os::unix::fs::PermissionsExt;
        let place = Place::written("whole");
        let (_, kept) = Journal::open(&place.0).unwrap();
        assert_eq!((kept.records, kept.torn), (records(), 0));
        let head = kept.head.unwrap();
        assert_eq!((head.from.as_str(), head.to.as_str()), ("a:///", "b:///"));
        assert_eq!(std::fs::metadata(&place.0).unwrap().permissions().mode() & 0o777, 0o600);
    }

    /// Wherever a write ends, what came before it is read, and the next record goes where the torn one was.
    #[test]
    fn a_file_cut_anywhere_is_read_up_to_its_last_whole_line() {
        let place = Place::written("cut");
        let bytes = std::fs::read(&place.0).unwrap();
        let mut counts = Vec::new();
        let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at);
        let lengths = ends.flat_map(|at| at..=at + 2).chain((0..bytes.len()).step_by(97));
        for length in lengths.filter(|length| *length <= bytes.len()) {
            std::fs::write(&place.0, &bytes[..length]).unwrap();
            let (mut journal, kept) = Journal::open(&place.0).unwrap();
            let whole = bytes[..length].iter().filter(|byte| **byte == b'\n').count();
            assert_eq!(kept.records, records()[..whole.saturating_sub(1)]);
            assert_eq!(kept.head.is_some(), whole > 0);
            assert_eq!(kept.torn == 0, length == 0 || bytes[length - 1] == b'\n');
            counts.push(kept.records.len());
            if whole > 0 {
                journal.append(&records()[0]).unwrap();
                drop(journal);
                let (_, kept) = Journal::open(&place.0).unwrap();
                assert_eq!((kept.records.len(), kept.torn), (whole, 0));
            }
        }
        assert_eq!((counts.iter().min(), counts.iter().max()), (Some(&0), Some(&5)));
    }

    #[test]
    fn what_is_no_journal_is_refused_and_left_as_it_was() {
        let place = Place::new("foreign");
        let later = "{\"virtwire_journal\":2,\"from\":\"a\",\"to\":\"b\"}\n";
        let head = "{\"virtwire_journal\":1,\"from\":\"a\",\"to\":\"b\"}\n";
        let unknown = format!("{head}{{\"at\":1.0,\"record\":{{\"Dreamt\":1}}}}\n");
        for (bytes, why) in [
            ("<domain/>\n", "is no journal of a migration"),
            ("half a line of anything", "is no journal of a migration"),
            (later, "is a journal of version 2, and this reads 1"),
            (unknown.as_str(), "is damaged in line 2"),
        ] {
            std::fs::write(&place.0, bytes).unwrap();
            let fail = Journal::open(&place.0).map(|_| ()).unwrap_err().to_string();
            assert!(fail.contains(why), "{fail}");
            assert_eq!(std::fs::read(&place.0).unwrap(), bytes.as_bytes());
        }
    }

    /// Whatever a journal is called, it may be of the guest of another one.
    #[test]
    fn journals_are_found_by_what_is_in_them() {
        let directory = Place::new("directory").0.clone();
        let _ = std::fs::remove_dir_all(&directory);
        std::fs::create_dir_all(directory.join("folder")).unwrap();
        let name = |name: &str| directory.join(name);
        for file in ["web1.journal", "web1.journal.2"] {
            let mut journal = Journal::create(&name(file), "a:///", "b:///").unwrap();
            records().iter().for_each(|record| journal.append(record).unwrap());
        }
        std::fs::write(name("notes"), "nothing of a migration\n").unwrap();
        let found = Journals::found(&directory).unwrap();
        assert_eq!(found, [name("web1.journal"), name("web1.journal.2")]);
        std::fs::remove_dir_all(&directory).unwrap();
    }

    /// Whose name is put on the disk when a directory is made, however it is written.
    #[test]
    fn a_name_is_in_the_directory_above_it() {
        for (path, above) in
            [("a/b", "a"), ("a/b/", "a"), ("/a", "/"), ("a", "."), ("a/", "."), ("./a/", "."), ("../a", "..")]
        {
            assert_eq!(directory_of(Path::new(path)), Path::new(above), "{path}");
        }
    }

    #[test]
    fn a_journal_is_not_written_over_nor_by_two_at_once() {
        let place = Place::written("twice");
        let fail = Journal::create(&place.0, "a", "b").unwrap_err().to_string();
        assert!(fail.contains("is there already"), "{fail}");
        let held = Journal::open(&place.0).unwrap();
        let fail = Journal::open(&place.0).map(|_| ()).unwrap_err().to_string();
        assert!(fail.contains("is in use by another process"), "{fail}");
        drop(held);
        assert!(Journal::open(&place.0).is_ok());
    }
}
