//! A migration's journal in a file, which survives the process that writes it, and the machine.
//!
//! It is a line of JSON for each record, and the first one says whose journal it is. A record that announces a call is on the disk before
//! the call is made, so that whoever reads the file after this process died knows of every call that may have been made. Answers are
//! written and not waited for: one that is lost with the machine is a call whose answer is not known, which is what recovery takes it for.
//!
//! The file holds the guest's XML and cookies, so only its owner may read it. It is written and synced in the task that runs the
//! migration, so keep it on a disk that is quick, and local: it is locked.
//!
//! ```no_run
//! use virtwire::client::Connection;
//! use virtwire::migrate::journal::Journal;
//! use virtwire::migrate::{Migration, Recover};
//! use virtwire::protocol::migrate::{Fenced, Request, Settings, Wish};
//!
//! # async fn move_it() -> Result<(), Box<dyn std::error::Error>> {
//! let (from, to) = ("qemu+ssh://a/system", "qemu+ssh://b/system");
//! let (source, destination) = (Connection::open(from).await?, Connection::open(to).await?);
//! let request = Request::live(Migration::find(&source, "web1").await?);
//! let mut migration = Migration::plan(source, destination, request, Wish::Auto).await?;
//! let mut journal = Journal::create("web1.journal", from, to)?;
//! // A watcher of yours calls `journal.append(record)` in its `Watch::journal`; the journal by itself is one that does nothing else.
//! println!("{}", migration.run(&mut journal).await);
//! # Ok(())
//! # }
//! # async fn recover_it() -> Result<(), Box<dyn std::error::Error>> {
//!
//! // Another process, when that one has died:
//! let (mut journal, kept) = Journal::open("web1.journal")?;
//! let Some(head) = kept.head else { return Ok(()) }; // nothing was called
//! let (fenced, settings) = (Fenced::default(), Settings::default());
//! let Some(mut recover) = Recover::new(head.from, head.to, kept.records, fenced, settings) else {
//!     return Ok(()); // the same
//! };
//! println!("{}", recover.run(&mut journal).await);
//! # Ok(())
//! # }
//! ```

mod directory;
#[cfg(test)]
mod tests;

use std::fs::{self, File, Metadata, OpenOptions};
use std::future::{Future, ready};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};
use virtwire_protocol::migrate::Record;

pub use self::directory::Journals;
use super::Watch;

/// What the lines look like.
const VERSION: u32 = 1;
/// How every journal begins.
const BEGINNING: &str = r#"{"virtwire_journal":"#;

/// An open journal, which no other process has open to write.
///
/// It watches a migration or a recovery by itself where nobody else does: [`Watch`] for it does nothing but [`append`](Self::append).
#[derive(Debug)]
pub struct Journal {
    file: File,
    /// Up to here there are whole lines and nothing else.
    whole: u64,
}

/// Between which hosts a guest was to move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Head {
    virtwire_journal: u32,
    /// The URI of the host that has the guest.
    pub from: String,
    /// The URI of the host that is to have it.
    pub to: String,
}

/// Every line but the first.
#[derive(Debug, Serialize, Deserialize)]
struct Line<R> {
    /// Seconds since 1970.
    at: f64,
    record: R,
}

/// What a file was found to hold.
#[derive(Debug)]
#[non_exhaustive]
pub struct Kept {
    /// None where the process died before the first line was whole; then nothing was called.
    pub head: Option<Head>,
    /// Oldest first, as [`Recover::new`](super::Recover::new) wants them.
    pub records: Vec<Record>,
    /// How many bytes of a line that was not written to its end were left out. If it announced a call, that was not made.
    pub torn: usize,
}

/// Why a file is not used as a journal. Of the migration that it is about this says nothing.
///
/// Its `Debug` is its `Display`, for a `main` that returns it.
#[derive(thiserror::Error)]
#[non_exhaustive]
#[error("journal {}: {fault}", .path.display())]
pub struct JournalError {
    /// The file, or the directory of several.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: JournalFault,
}

debug_is_display!(JournalError);

/// What is wrong with a file that is not used as a journal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalFault {
    /// A new one was to be made, and this may be of a migration that was cut off.
    #[error("is there already")]
    Exists,
    /// Two that recover the same migration could undo each other's work.
    #[error("is in use by another process")]
    InUse,
    /// Its file system has no locks.
    #[error("cannot be locked: {0}")]
    Unlockable(io::Error),
    /// It does not begin as a journal does.
    #[error("is no journal of a migration")]
    Foreign,
    /// A later release has written it.
    #[error("is a journal of version {0}, and this reads {VERSION}")]
    Version(u32),
    /// A line before the last makes no sense.
    #[error("is damaged in line {line}: {error}")]
    Damaged {
        /// Which, from 1.
        line: usize,
        /// What JSON has to say.
        error: String,
    },
    /// The system refused.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl JournalFault {
    fn of(self, path: &Path) -> JournalError {
        JournalError { path: path.to_owned(), fault: self }
    }
}

impl Journal {
    /// Creates the file, which must not be there yet, and makes sure that it is still there after a power failure. The URIs are for whoever
    /// recovers.
    ///
    /// # Errors
    /// [`JournalError`], and no file is left of it: one would be in the way of the next migration.
    pub fn create(path: impl AsRef<Path>, from: &str, to: &str) -> Result<Journal, JournalError> {
        let path = path.as_ref();
        let file = OpenOptions::new().append(true).read(true).create_new(true).mode(0o600).open(path);
        let file = file.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => JournalFault::Exists.of(path),
            _ => JournalFault::from(error).of(path),
        })?;
        Journal::begin(file, path, from, to)
    }

    /// Writes the head of a file that was just made.
    fn begin(file: File, path: &Path, from: &str, to: &str) -> Result<Journal, JournalError> {
        let mut journal = Journal { file, whole: 0 };
        let head = Head { virtwire_journal: VERSION, from: from.to_owned(), to: to.to_owned() };
        let mut write = || {
            lock(&journal.file)?;
            journal.write(&head)?;
            Ok(sync_name(path)?)
        };
        if let Err(fault) = write() {
            // Whoever has put another one there meanwhile keeps it.
            if is_at(path, &journal.file) {
                let _ = fs::remove_file(path);
            }
            return Err(JournalFault::of(fault, path));
        }
        Ok(journal)
    }

    /// Opens a file that is there, reads it, and cuts off a last line that was not written to its end: what is added follows what is whole.
    ///
    /// # Errors
    /// [`JournalError`], and the file is as it was.
    pub fn open(path: impl AsRef<Path>) -> Result<(Journal, Kept), JournalError> {
        let path = path.as_ref();
        let open = || {
            let mut file = OpenOptions::new().append(true).read(true).open(path)?;
            lock(&file)?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            let kept = read(&bytes)?;
            let mut journal = Journal { file, whole: (bytes.len() - kept.torn) as u64 };
            journal.cut()?;
            Ok((journal, kept))
        };
        open().map_err(|fault: JournalFault| fault.of(path))
    }

    /// Whether a file begins as a journal does, whatever it is called. One that cannot be read may.
    pub fn is_one(path: impl AsRef<Path>) -> bool {
        let path = path.as_ref();
        if !path.is_file() {
            return false;
        }
        let mut beginning = Vec::new();
        let file = File::open(path);
        let file = file.and_then(|file| file.take(BEGINNING.len() as u64).read_to_end(&mut beginning));
        file.is_err() || beginning == BEGINNING.as_bytes()
    }

    /// Adds a record. One that announces a call is on the disk when this returns.
    ///
    /// # Errors
    /// The system's. What was written of the record is cut off again, and it may be added once more, as [`Watch::journal`] is asked to.
    pub fn append(&mut self, record: &Record) -> io::Result<()> {
        let at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64());
        let line = Line { at: (at * 1_000.0).round() / 1_000.0, record };
        match record {
            // It is there before the call that comes next.
            Record::Met { .. } | Record::Answered { .. } => self.add(&line),
            _ => self.write(&line),
        }
    }

    fn write(&mut self, line: &impl Serialize) -> io::Result<()> {
        let before = self.whole;
        self.add(line)?;
        self.file.sync_data().inspect_err(|_| {
            self.whole = before;
            // What cannot be cut off now is before the next one is added.
            let _ = self.cut();
        })
    }

    /// One write for a line, and none of it stays if it fails half-way.
    fn add(&mut self, line: &impl Serialize) -> io::Result<()> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        // What of an earlier one could not be.
        self.cut()?;
        if let Err(error) = self.file.write_all(&bytes) {
            let _ = self.cut();
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

/// Keeps the records, and nothing else.
impl Watch for Journal {
    fn journal(&mut self, record: &Record) -> impl Future<Output = io::Result<()>> + Send {
        ready(self.append(record))
    }
}

/// What a journal's bytes hold.
fn read(bytes: &[u8]) -> Result<Kept, JournalFault> {
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let (lines, torn) = bytes.split_at(whole);
    let mut lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).enumerate();
    let Some((_, first)) = lines.next() else {
        let began = BEGINNING.as_bytes();
        let common = torn.len().min(began.len());
        if torn[..common] != began[..common] {
            return Err(JournalFault::Foreign);
        }
        return Ok(Kept { head: None, records: Vec::new(), torn: torn.len() });
    };
    if !first.starts_with(BEGINNING.as_bytes()) {
        return Err(JournalFault::Foreign);
    }
    let damaged = |line, error: serde_json::Error| JournalFault::Damaged { line, error: error.to_string() };
    let head: Head = serde_json::from_slice(first).map_err(|error| damaged(1, error))?;
    if head.virtwire_journal != VERSION {
        return Err(JournalFault::Version(head.virtwire_journal));
    }
    let mut records = Vec::new();
    for (at, line) in lines {
        let line: Line<Record> = serde_json::from_slice(line).map_err(|error| damaged(at + 1, error))?;
        records.push(line.record);
    }
    Ok(Kept { head: Some(head), records, torn: torn.len() })
}

/// One process at a time writes a journal.
fn lock(file: &File) -> Result<(), JournalFault> {
    flock(file, FlockOperation::NonBlockingLockExclusive).map_err(|error| match error {
        rustix::io::Errno::WOULDBLOCK => JournalFault::InUse,
        error => JournalFault::Unlockable(error.into()),
    })
}

/// Whether this is the file of that name.
fn is_at(path: &Path, file: &File) -> bool {
    let same = |there: Metadata, ours: Metadata| there.dev() == ours.dev() && there.ino() == ours.ino();
    fs::symlink_metadata(path).and_then(|there| Ok(same(there, file.metadata()?))).unwrap_or(false)
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
