//! A directory with a journal for each of several guests.

use std::fs::DirBuilder;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::{Journal, JournalError, JournalFault, sync_name};

/// The journals of guests that move together: a directory, with a file for each.
#[derive(Clone, Debug)]
pub struct Journals {
    directory: PathBuf,
}

/// How their names end.
const ENDING: &str = "journal";

impl Journals {
    /// Takes a directory, or makes it, where none of these guests has a journal yet.
    ///
    /// # Errors
    /// [`JournalError`], of the directory or of the first journal that is there.
    pub fn prepare(
        directory: impl AsRef<Path>,
        guests: &[impl AsRef<str>],
    ) -> Result<Journals, JournalError> {
        let directory = directory.as_ref();
        // As each journal's name in it, its own is there after a power failure.
        let made = DirBuilder::new().mode(0o700).create(directory).and_then(|()| sync_name(directory));
        if let Err(error) = made
            && error.kind() != ErrorKind::AlreadyExists
        {
            return Err(JournalFault::from(error).of(directory));
        }
        let journals = Journals { directory: directory.to_owned() };
        for path in guests.iter().map(|guest| journals.file(guest.as_ref())) {
            match path.try_exists() {
                Ok(false) => {}
                Ok(true) => return Err(JournalFault::Exists.of(&path)),
                Err(error) => return Err(JournalFault::from(error).of(&path)),
            }
        }
        Ok(journals)
    }

    /// A guest's, for [`Journal::create`]. What a name of a file cannot hold is written as `%` and its number; where that makes it too long, the
    /// beginning is there, and `~` with a number of the whole name.
    pub fn file(&self, guest: &str) -> PathBuf {
        self.directory.join(format!("{}.{ENDING}", file_name(guest)))
    }

    /// Those that a directory holds, by name; whatever they are called, for each says something of its guest.
    ///
    /// # Errors
    /// [`JournalError`] of a directory that cannot be read.
    pub fn found(directory: impl AsRef<Path>) -> Result<Vec<PathBuf>, JournalError> {
        let directory = directory.as_ref();
        let unreadable = |error| JournalFault::Io(error).of(directory);
        let mut found = Vec::new();
        for entry in std::fs::read_dir(directory).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.extension().is_some_and(|ending| ending == ENDING) || Journal::is_one(&path) {
                found.push(path);
            }
        }
        found.sort();
        Ok(found)
    }
}

/// What Linux's file systems take, but for the ending.
const NAME_BYTES: usize = 255 - ".".len() - ENDING.len();

/// A guest's name as that of a file, no other guest's: `~` is in none that is whole.
fn file_name(guest: &str) -> String {
    let whole: String = guest.chars().map(escaped).collect();
    if whole.len() <= NAME_BYTES {
        return whole;
    }
    let end = format!("~{:016x}", digest(guest));
    let mut name = String::new();
    for part in guest.chars().map(escaped) {
        if name.len() + part.len() + end.len() > NAME_BYTES {
            break;
        }
        name.push_str(&part);
    }
    name + &end
}

fn escaped(letter: char) -> String {
    if letter.is_ascii_alphanumeric() || "-_.+".contains(letter) {
        return letter.to_string();
    }
    letter.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("%{byte:02x}")).collect()
}

/// FNV-1a, the same in every release: a guest's journal that is there already has to be found. Where two guests have the same number after all,
/// the second one's journal is there already, and it does not move.
fn digest(guest: &str) -> u64 {
    guest.bytes().fold(0xcbf2_9ce4_8422_2325, |digest, byte| {
        (digest ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
