//! Migrations' journals: the library's, with what to do next where one cannot be had.

use std::path::{Path, PathBuf};

use virtwire::migrate::journal::{Journal, JournalError, JournalFault, Journals, Kept};

use crate::fail::{Fail, plain};

/// A new one, in a file that is not there yet.
pub(crate) fn create(path: &Path, from: &str, to: &str) -> Result<Journal, Fail> {
    Journal::create(path, from, to).map_err(|error| match error.fault {
        JournalFault::Exists => fail(&error).next(
            "if its migration was cut off, `virtwire recover FILE` ends it; give this one another name",
        ),
        JournalFault::Io(_) => fail(&error).next(UNTOUCHED),
        _ => fail(&error),
    })
}

/// One that is there, and what it holds.
pub(crate) fn open(path: &Path) -> Result<(Journal, Kept), Fail> {
    Journal::open(path).map_err(|error| fail(&error))
}

/// A directory for those of these guests.
pub(crate) fn prepare(directory: &Path, guests: &[String]) -> Result<Journals, Fail> {
    Journals::prepare(directory, guests).map_err(|error| match error.fault {
        JournalFault::Exists => fail(&error)
            .next("if its migration was cut off, `virtwire recover` ends it; give these another directory"),
        _ => fail(&error).next(UNTOUCHED),
    })
}

/// Those that a directory holds, one at least.
pub(crate) fn found(directory: &Path) -> Result<Vec<PathBuf>, Fail> {
    let found = Journals::found(directory).map_err(|error| fail(&error))?;
    if found.is_empty() {
        return Err(Fail::new(journal(directory), "holds no journal", FOREIGN));
    }
    Ok(found)
}

const FOREIGN: &str = "give what `virtwire migrate --journal` wrote";
const UNTOUCHED: &str = "nothing was called, the guest is untouched";

fn journal(path: &Path) -> String {
    format!("journal {}", path.display())
}

fn fail(JournalError { path, fault, .. }: &JournalError) -> Fail {
    let (what, next) = match fault {
        JournalFault::InUse => (fault.to_string(), "its migration or recovery is under way; wait for it"),
        JournalFault::Unlockable(error) => {
            (plain(error), "it must be where files can be locked; put it on a local file system")
        }
        JournalFault::Io(error) => (plain(error), FOREIGN),
        fault => (fault.to_string(), FOREIGN),
    };
    Fail::new(journal(path), what, next)
}
