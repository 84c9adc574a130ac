//! What a daemon must not forget: the definitions of its domains, in a directory of its own.
//!
//! ```text
//! DIR/lock                          held by the daemon that has the directory open; two daemons never share one
//! DIR/domains/UUID.domain           one definition
//! DIR/domains/NAME.set-aside        what was found there and was no whole definition, as it was found
//! ```
//!
//! A definition is written beside its place, synced, renamed into it, and the directory is synced: [`Store::keep`] returns
//! once the definition survives the end of the process and of the machine, and until then the one before it is whole. A
//! file is text:
//!
//! ```text
//! virtwire domain 1 CHECKSUM        FNV-1a of 64 bits, 16 hexadecimal digits, over all that follows this line
//! uuid UUID
//! autostart yes                     or no
//!                                   an empty line; then the domain's XML, byte for byte, to the end
//! ```
//!
//! Its methods wait for the disk: call them where that may be (`spawn_blocking`).

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::Uuid;

/// The directory of definitions, open in this process and in no other.
#[derive(Debug)]
pub struct Store {
    directory: PathBuf,
    domains: PathBuf,
    /// Its lock goes with the process, however that ends.
    _lock: File,
}

/// A definition that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The domain's UUID, which names its file.
    pub uuid: Uuid,
    /// Whether to start it with the daemon.
    pub autostart: bool,
    /// The domain's XML.
    pub xml: String,
}

/// A directory that was opened, and what was found in it.
#[derive(Debug)]
pub struct Opened {
    /// Where definitions are kept from now on.
    pub store: Store,
    /// Those that were kept before, in the order of their UUIDs.
    pub kept: Vec<Kept>,
    /// What was no definition.
    pub set_aside: Vec<SetAside>,
}

/// A file that was no whole definition, and is out of the way now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Where it is now: the name that it had, with `.set-aside` behind it.
    pub path: PathBuf,
    /// What was wrong with it.
    pub why: String,
}

impl fmt::Display for SetAside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "set aside as {}: {}", self.path.display(), self.why)
    }
}

/// Why a directory cannot be used. Nothing in it was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another daemon has it.
    #[error("{0} is in use by another daemon")]
    InUse(PathBuf),
    /// The system refused.
    #[error("{path}: {error}", path = .path.display())]
    Io {
        /// What was not to be had.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

const SUFFIX: &str = ".domain";
const ASIDE: &str = ".set-aside";
const UNFINISHED: &str = ".new";
const FIRST_WORDS: &str = "virtwire domain 1 ";

impl Store {
    /// Opens a directory, and makes it where there is none: for its user alone.
    ///
    /// A definition that was being written when its daemon ended was promised to nobody, and its unfinished file is removed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn open(directory: &Path) -> Result<Opened, StoreError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |error| StoreError::Io { path, error }
        };
        let domains = directory.join("domains");
        let lasting = lasting(directory, Path::is_dir);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&domains).map_err(failed(&domains))?;
        let path = directory.join("lock");
        let lock = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
        let lock = lock.map_err(failed(&path))?;
        match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => return Err(StoreError::InUse(directory.to_owned())),
            Err(error) => return Err(failed(&path)(error.into())),
        }
        // The directory itself must last as well, and so must those that were made on the way.
        for directory in lasting {
            sync(directory).map_err(failed(directory))?;
        }
        let store = Store { directory: directory.to_owned(), domains, _lock: lock };
        let (kept, set_aside) = store.read().map_err(failed(&store.domains))?;
        Ok(Opened { store, kept, set_aside })
    }

    /// The directory, as it was given to [`open`](Self::open).
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Keeps a definition, in place of the one of the same UUID. When this returns it lasts.
    ///
    /// # Errors
    /// The system's. Then either the new definition or the one before is there, whole.
    pub fn keep(&self, kept: &Kept) -> io::Result<()> {
        let place = self.place(kept.uuid);
        let beside = self.domains.join(format!(".{}{SUFFIX}{UNFINISHED}", kept.uuid));
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(&to_bytes(kept))?;
        file.sync_all()?;
        fs::rename(&beside, &place)?;
        sync(&self.domains)
    }

    /// Forgets a definition, if there is one. When this returns it is gone for good.
    ///
    /// # Errors
    /// The system's.
    pub fn forget(&self, uuid: Uuid) -> io::Result<()> {
        match fs::remove_file(self.place(uuid)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => sync(&self.domains),
        }
    }

    /// Moves a definition out of the way that the hypervisor cannot use.
    ///
    /// # Errors
    /// The system's.
    pub fn set_aside(&self, uuid: Uuid, why: impl Into<String>) -> io::Result<SetAside> {
        self.move_aside(&self.place(uuid), why.into())
    }

    fn place(&self, uuid: Uuid) -> PathBuf {
        self.domains.join(format!("{uuid}{SUFFIX}"))
    }

    fn read(&self) -> io::Result<(Vec<Kept>, Vec<SetAside>)> {
        let (mut kept, mut set_aside) = (Vec::new(), Vec::new());
        for entry in fs::read_dir(&self.domains)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.contains(ASIDE) {
                continue;
            }
            if name.starts_with('.') && name.ends_with(&format!("{SUFFIX}{UNFINISHED}")) {
                fs::remove_file(&path)?;
                continue;
            }
            match read_one(&path, &name) {
                Ok(definition) => kept.push(definition),
                Err(why) => set_aside.push(self.move_aside(&path, why)?),
            }
        }
        kept.sort_by_key(|definition| definition.uuid);
        Ok((kept, set_aside))
    }

    /// Under a name that nothing has.
    fn move_aside(&self, path: &Path, why: String) -> io::Result<SetAside> {
        let mut number = 0_u64;
        let aside = loop {
            let mut name = OsString::from(path);
            name.push(ASIDE);
            if number > 0 {
                name.push(format!(".{number}"));
            }
            let aside = PathBuf::from(name);
            if fs::symlink_metadata(&aside).is_err() {
                break aside;
            }
            number += 1;
        };
        fs::rename(path, &aside)?;
        sync(&self.domains)?;
        Ok(SetAside { path: aside, why })
    }
}

/// The directories that hold one which is made here: up to the first that is there already.
fn lasting(directory: &Path, is_there: impl Fn(&Path) -> bool) -> Vec<&Path> {
    let mut found = Vec::new();
    for directory in directory.ancestors() {
        let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
        found.push(directory);
        if is_there(directory) {
            break;
        }
    }
    found
}

/// What a directory contains lasts only when the directory is synced too.
fn sync(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

fn to_bytes(kept: &Kept) -> Vec<u8> {
    let autostart = if kept.autostart { "yes" } else { "no" };
    let rest = format!("uuid {}\nautostart {autostart}\n\n{}", kept.uuid, kept.xml);
    format!("{FIRST_WORDS}{:016x}\n{rest}", fnv_1a(rest.as_bytes())).into_bytes()
}

fn read_one(path: &Path, name: &str) -> Result<Kept, String> {
    let bytes = fs::read(path).map_err(|error| format!("cannot be read: {error}"))?;
    let kept = from_bytes(bytes)?;
    if name != format!("{}{SUFFIX}", kept.uuid) {
        return Err(format!("it is the definition of {}", kept.uuid));
    }
    Ok(kept)
}

fn from_bytes(bytes: Vec<u8>) -> Result<Kept, String> {
    let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    let foreign = || "it is not a definition of this format".to_owned();
    let (sum, rest) =
        text.strip_prefix(FIRST_WORDS).and_then(|text| text.split_once('\n')).ok_or_else(foreign)?;
    let found = fnv_1a(rest.as_bytes());
    if u64::from_str_radix(sum, 16) != Ok(found) {
        return Err(format!("it is torn: its checksum is {found:016x}, and {sum} was written"));
    }
    let (head, xml) = rest.split_once("\n\n").ok_or_else(foreign)?;
    let (uuid, autostart) = head.split_once('\n').ok_or_else(foreign)?;
    let uuid = uuid.strip_prefix("uuid ").and_then(|uuid| uuid.parse().ok()).ok_or_else(foreign)?;
    let autostart = match autostart {
        "autostart yes" => true,
        "autostart no" => false,
        _ => return Err(foreign()),
    };
    Ok(Kept { uuid, autostart, xml: xml.to_owned() })
}

/// FNV-1a of 64 bits: against accidents, not against malice.
fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory that goes with the test.
    struct Directory(PathBuf);

    impl Directory {
        fn new() -> Directory {
            Directory(std::env::temp_dir().join(format!("virtwire-store-{}", Uuid::random())))
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn kept(last: u8, xml: &str) -> Kept {
        Kept { uuid: Uuid([last; 16]), autostart: last % 2 == 1, xml: xml.to_owned() }
    }

    #[test]
    fn what_is_kept_is_found_again_and_what_is_forgotten_is_not() {
        let directory = Directory::new();
        let Opened { store, .. } = Store::open(&directory.0).unwrap();
        let all = [kept(1, "<domain/>"), kept(2, "two\n\nlines\n"), kept(3, "")];
        for definition in &all {
            store.keep(definition).unwrap();
        }
        let newer = kept(2, "<newer/>");
        store.keep(&newer).unwrap();
        store.forget(all[2].uuid).unwrap();
        store.forget(all[2].uuid).unwrap();
        drop(store);
        // As a daemon leaves it that is killed while it writes.
        fs::write(directory.0.join("domains").join(format!(".{}.domain.new", newer.uuid)), "virtwi").unwrap();
        let opened = Store::open(&directory.0).unwrap();
        assert_eq!((opened.kept, opened.set_aside), (vec![all[0].clone(), newer], vec![]));
        assert_eq!(fs::read_dir(directory.0.join("domains")).unwrap().count(), 2);
    }

    #[test]
    fn each_directory_that_is_made_lasts() {
        let check = |directory: &str, there: &[&str], expected: &[&str]| {
            let found = lasting(Path::new(directory), |path| there.iter().any(|one| Path::new(one) == path));
            assert_eq!(found, expected.iter().map(Path::new).collect::<Vec<_>>());
        };
        check("/a/b/c", &["/a/b/c", "/a/b"], &["/a/b/c"]);
        check("/a/b/c", &["/a", "/"], &["/a/b/c", "/a/b", "/a"]);
        check("b/c", &["."], &["b/c", "b", "."]);
        let directory = Directory::new();
        let deep = directory.0.join("some/where");
        drop(Store::open(&deep).unwrap());
        Store::open(&deep).unwrap();
    }

    #[test]
    fn a_directory_is_one_daemons() {
        let directory = Directory::new();
        let opened = Store::open(&directory.0).unwrap();
        assert!(matches!(Store::open(&directory.0), Err(StoreError::InUse(path)) if path == directory.0));
        drop(opened);
        Store::open(&directory.0).unwrap();
    }

    #[test]
    fn a_torn_or_foreign_file_is_set_aside_as_it_was() {
        let directory = Directory::new();
        let Opened { store, .. } = Store::open(&directory.0).unwrap();
        let good = kept(1, "<domain/>");
        let whole = to_bytes(&good);
        store.keep(&good).unwrap();
        drop(store);
        let domains = directory.0.join("domains");
        let other = domains.join(format!("{}.domain", Uuid([2; 16])));
        // Cut at every byte, and changed at every byte.
        let cuts = (0..whole.len()).map(|cut| whole[..cut].to_vec());
        let changes = (0..whole.len()).map(|at| {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            bytes
        });
        for bytes in cuts.chain(changes).chain([whole.clone(), vec![0xff]]) {
            fs::write(&other, &bytes).unwrap();
            let Opened { kept, set_aside, .. } = Store::open(&directory.0).unwrap();
            assert_eq!(kept, std::slice::from_ref(&good), "{bytes:02x?}");
            let [aside] = &set_aside[..] else { panic!("{set_aside:?} of {bytes:02x?}") };
            assert!(!other.exists());
            assert_eq!(fs::read(&aside.path).unwrap(), bytes, "{aside}");
        }
        // Each has a name of its own, and none is looked at again.
        let asides = fs::read_dir(&domains).unwrap().count() - 1;
        assert_eq!(asides, 2 * whole.len() + 2);
        assert_eq!(Store::open(&directory.0).unwrap().set_aside, []);
    }
}
