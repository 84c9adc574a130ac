//! What a daemon must not forget: the definitions of its domains, networks, storage pools, secrets and interfaces, in a directory of its own.
//!
//! ```text
//! DIR/lock                          held by the daemon that has the directory open; two daemons never share one
//! DIR/host-uuid                     which host this is, where its daemon's user does not say: made once, and a line of text
//! DIR/domains/UUID.domain           one definition
//! DIR/networks/UUID.network         the same of a network
//! DIR/pools/UUID.pool               the same of a storage pool
//! DIR/secrets/UUID.secret           the same of a secret
//! DIR/secret-values/UUID.value      a secret's value, as text in place of XML: whoever can read the file can read that
//! DIR/interfaces/UUID.interface     the same of an interface of the host's, whose UUID is its file's alone
//! DIR/saved/UUID.save               of a hypervisor's own: the memory from which a domain starts next, of those that have a definition
//! DIR/domains/NAME.set-aside        what was found there and was no whole definition, as it was found; so in each folder
//! ```
//!
//! A definition is written beside its place, synced, renamed into it, and the directory is synced: [`Folder::keep`] returns
//! once the definition survives the end of the process and of the machine, and until then the one before it is whole. A
//! file is text:
//!
//! ```text
//! virtwire domain 1 CHECKSUM        or network, pool, secret, value, interface; FNV-1a of 64 bits, 16 hexadecimal digits, over all that follows this line
//! uuid UUID
//! autostart yes                     or no
//!                                   an empty line; then the XML, byte for byte, to the end
//! ```
//!
//! Its methods wait for the disk: call them where that may be (`spawn_blocking`).

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, OFlags, flock};

use super::Uuid;
use super::moves::stream::{Checksum, XML_BYTES_MAX};

/// The directory of definitions, open in this process and in no other.
#[derive(Debug)]
pub struct Store {
    directory: PathBuf,
    domains: Folder,
    networks: Folder,
    pools: Folder,
    secrets: Folder,
    secret_values: Folder,
    interfaces: Folder,
    /// Its lock goes with the process, however that ends.
    _lock: File,
}

/// The definitions of one kind.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// What one is called: the ending of its file, and a word of its first line.
    kind: &'static str,
}

/// A definition that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its UUID, which names its file.
    pub uuid: Uuid,
    /// Whether to start it: a domain with its host, the others with the daemon.
    pub autostart: bool,
    /// Its XML.
    pub xml: String,
}

/// A directory that was opened, and what was found in it.
#[derive(Debug)]
pub struct Opened {
    /// Where definitions are kept from now on.
    pub store: Store,
    /// The domains that were kept before, in the order of their UUIDs.
    pub kept: Vec<Kept>,
    /// The same of networks.
    pub networks: Vec<Kept>,
    /// The same of storage pools.
    pub pools: Vec<Kept>,
    /// The same of secrets.
    pub secrets: Vec<Kept>,
    /// Of some of those, their values.
    pub secret_values: Vec<Kept>,
    /// The interfaces of the host.
    pub interfaces: Vec<Kept>,
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
///
/// Its `Debug` is its `Display`, for a `main` that returns it.
#[derive(thiserror::Error)]
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

debug_is_display!(StoreError);

/// Why a change of the disk is not done.
#[derive(Debug)]
pub(super) struct Undone {
    pub(super) error: io::Error,
    /// Whether it is made all the same, and only may not last.
    pub(super) is_made: bool,
}

impl Undone {
    fn not_made(error: io::Error) -> Undone {
        Undone { error, is_made: false }
    }

    fn made(error: io::Error) -> Undone {
        Undone { error, is_made: true }
    }
}

const ASIDE: &str = ".set-aside";
/// The longest file of a definition: what stands before its XML is some hundred bytes.
const FILE_BYTES_MAX: u64 = XML_BYTES_MAX as u64 + 4_096;
/// The longest file that says which host this is: a line.
const LINE_BYTES_MAX: u64 = 256;
/// The end of the name of what is being written.
pub(super) const UNFINISHED: &str = ".new";

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
        let folder = |name: &str, kind| Folder { path: directory.join(name), kind };
        let [domains, networks, pools, secrets, secret_values, interfaces] = [
            folder("domains", "domain"),
            folder("networks", "network"),
            folder("pools", "pool"),
            folder("secrets", "secret"),
            folder("secret-values", "value"),
            folder("interfaces", "interface"),
        ];
        let lasting = lasting(directory, Path::is_dir);
        for Folder { path, .. } in [&domains, &networks, &pools, &secrets, &secret_values, &interfaces] {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed(path))?;
        }
        let path = directory.join("lock");
        let mut how = OpenOptions::new();
        how.write(true).create(true).truncate(false).mode(0o600).custom_flags(flags(OFlags::NONBLOCK));
        let lock = how.open(&path).map_err(failed(&path))?;
        match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => return Err(StoreError::InUse(directory.to_owned())),
            Err(error) => return Err(failed(&path)(error.into())),
        }
        // The directory itself must last as well, and so must those that were made on the way.
        for directory in lasting {
            sync(directory).map_err(failed(directory))?;
        }
        let mut set_aside = Vec::new();
        let mut read = |folder: &Folder| folder.read(&mut set_aside).map_err(failed(&folder.path));
        let (kept, of_networks, of_pools) = (read(&domains)?, read(&networks)?, read(&pools)?);
        let (of_secrets, values, of_host) = (read(&secrets)?, read(&secret_values)?, read(&interfaces)?);
        let directory = directory.to_owned();
        let store =
            Store { directory, domains, networks, pools, secrets, secret_values, interfaces, _lock: lock };
        Ok(Opened {
            store,
            kept,
            networks: of_networks,
            pools: of_pools,
            secrets: of_secrets,
            secret_values: values,
            interfaces: of_host,
            set_aside,
        })
    }

    /// The directory, as it was given to [`open`](Self::open).
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Which host this is: the same for all daemons that have had the directory. Made and kept where nobody has asked before.
    ///
    /// # Errors
    /// The system's, and of a file that holds no UUID: nobody can tell which host it was then, so it is not set aside.
    pub fn host_uuid(&self) -> io::Result<Uuid> {
        let path = self.directory.join("host-uuid");
        match read_whole(&path, LINE_BYTES_MAX) {
            Ok(bytes) => {
                let uuid = std::str::from_utf8(&bytes).ok().and_then(|text| text.trim().parse().ok());
                uuid.ok_or_else(|| {
                    let why = format!("{}: it holds no UUID; write the host's into it", path.display());
                    io::Error::new(io::ErrorKind::InvalidData, why)
                })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let uuid = Uuid::random();
                let line = format!("{uuid}\n");
                put(&self.directory, "host-uuid", line.as_bytes()).map_err(|undone| undone.error)?;
                Ok(uuid)
            }
            Err(error) => Err(io::Error::new(error.kind(), format!("{}: {error}", path.display()))),
        }
    }

    /// Where domains are kept.
    pub fn domains(&self) -> &Folder {
        &self.domains
    }

    /// Where networks are kept.
    pub fn networks(&self) -> &Folder {
        &self.networks
    }

    /// Where storage pools are kept.
    pub fn pools(&self) -> &Folder {
        &self.pools
    }

    /// Where secrets are kept.
    pub fn secrets(&self) -> &Folder {
        &self.secrets
    }

    /// Where the values of secrets are kept.
    pub fn secret_values(&self) -> &Folder {
        &self.secret_values
    }

    /// Where interfaces of the host are kept.
    pub fn interfaces(&self) -> &Folder {
        &self.interfaces
    }
}

impl Folder {
    /// Keeps a definition, in place of the one of the same UUID. When this returns it lasts.
    ///
    /// # Errors
    /// The system's, and of a definition that is longer than any that is read again: some 4 MiB. Then either the new definition or the one
    /// before is there, whole.
    pub fn keep(&self, kept: &Kept) -> io::Result<()> {
        self.put(kept).map_err(|undone| undone.error)
    }

    /// The same, which says how far it came.
    pub(super) fn put(&self, kept: &Kept) -> Result<(), Undone> {
        let bytes = self.to_bytes(kept);
        match bytes.len() as u64 {
            ..=FILE_BYTES_MAX => put(&self.path, &self.name(kept.uuid), &bytes),
            _ => Err(Undone::not_made(too_long(FILE_BYTES_MAX))),
        }
    }

    /// Forgets a definition, if there is one. When this returns it is gone for good.
    ///
    /// # Errors
    /// The system's.
    pub fn forget(&self, uuid: Uuid) -> io::Result<()> {
        self.remove(uuid).map_err(|undone| undone.error)
    }

    /// The same, which says how far it came.
    pub(super) fn remove(&self, uuid: Uuid) -> Result<(), Undone> {
        match fs::remove_file(self.place(uuid)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Undone::not_made(error)),
            _ => sync(&self.path).map_err(Undone::made),
        }
    }

    /// Moves a definition out of the way that the hypervisor cannot use.
    ///
    /// # Errors
    /// The system's.
    pub fn set_aside(&self, uuid: Uuid, why: impl Into<String>) -> io::Result<SetAside> {
        set_aside(&self.place(uuid), why.into())
    }

    /// A definition's file.
    fn name(&self, uuid: Uuid) -> String {
        format!("{uuid}.{}", self.kind)
    }

    fn place(&self, uuid: Uuid) -> PathBuf {
        self.path.join(self.name(uuid))
    }

    fn read(&self, aside: &mut Vec<SetAside>) -> io::Result<Vec<Kept>> {
        let mut kept = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if is_set_aside(&name) {
                continue;
            }
            if self.is_unfinished(&name) && entry.file_type()?.is_file() {
                fs::remove_file(&path)?;
                continue;
            }
            match self.read_one(&path, &name) {
                Ok(definition) => kept.push(definition),
                Err(why) => aside.push(set_aside(&path, why)?),
            }
        }
        kept.sort_by_key(|definition| definition.uuid);
        Ok(kept)
    }

    /// Whether it is named as a definition is while it is written.
    fn is_unfinished(&self, name: &str) -> bool {
        let uuid = name.strip_prefix('.').and_then(|name| name.split('.').next()?.parse().ok());
        uuid.is_some_and(|uuid| name == beside(&self.name(uuid)))
    }

    fn first_words(&self) -> String {
        format!("virtwire {} 1 ", self.kind)
    }

    fn to_bytes(&self, kept: &Kept) -> Vec<u8> {
        let autostart = if kept.autostart { "yes" } else { "no" };
        let rest = format!("uuid {}\nautostart {autostart}\n\n{}", kept.uuid, kept.xml);
        format!("{}{:016x}\n{rest}", self.first_words(), Checksum::of(rest.as_bytes())).into_bytes()
    }

    fn read_one(&self, path: &Path, name: &str) -> Result<Kept, String> {
        let bytes =
            read_whole(path, FILE_BYTES_MAX).map_err(|error| format!("it cannot be read: {error}"))?;
        let kept = self.parse(bytes)?;
        if name != self.name(kept.uuid) {
            return Err(format!("it is the definition of {}", kept.uuid));
        }
        Ok(kept)
    }

    fn parse(&self, bytes: Vec<u8>) -> Result<Kept, String> {
        let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
        let foreign = || "it is not a definition of this format".to_owned();
        let (sum, rest) = text
            .strip_prefix(&self.first_words())
            .and_then(|text| text.split_once('\n'))
            .ok_or_else(foreign)?;
        let found = Checksum::of(rest.as_bytes());
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
}

/// Whether a file of this name is out of the way already: as [`set_aside`] names it, and not merely alike.
pub(super) fn is_set_aside(name: &str) -> bool {
    let Some((_, number)) = name.rsplit_once(ASIDE) else { return false };
    number.is_empty()
        || number
            .strip_prefix('.')
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()))
}

/// Moves a file out of the way, under a name that nothing has.
pub(super) fn set_aside(path: &Path, why: String) -> io::Result<SetAside> {
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
    path.parent().map_or(Ok(()), sync)?;
    Ok(SetAside { path: aside, why })
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

/// Writes a file in place of the one of this name. When this returns it lasts; until then the one before is there, whole.
fn put(directory: &Path, name: &str, bytes: &[u8]) -> Result<(), Undone> {
    let beside = directory.join(beside(name));
    let mut how = OpenOptions::new();
    how.write(true).create(true).truncate(true).mode(0o600);
    how.custom_flags(flags(OFlags::NONBLOCK | OFlags::NOFOLLOW));
    let mut file = how.open(&beside).map_err(Undone::not_made)?;
    let renamed = (|| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, directory.join(name))
    })();
    if let Err(error) = renamed {
        // A disk that is full would stay so by it.
        let _ = fs::remove_file(&beside);
        return Err(Undone::not_made(error));
    }
    sync(directory).map_err(Undone::made)
}

/// All of a regular file of a directory of ours, which has at most so many bytes. No link is followed.
fn read_whole(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more shows that there is more.
    open_regular(path, OFlags::NOFOLLOW)?.take(bytes_max + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > bytes_max {
        true => Err(too_long(bytes_max)),
        false => Ok(bytes),
    }
}

/// A file to be read that is one. Nothing at the path is waited for, such as whoever writes to a FIFO.
pub(super) fn open_regular(path: &Path, more: OFlags) -> io::Result<File> {
    let file = OpenOptions::new().read(true).custom_flags(flags(OFlags::NONBLOCK | more)).open(path)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file")),
    }
}

fn flags(flags: OFlags) -> i32 {
    flags.bits().cast_signed()
}

fn too_long(bytes_max: u64) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("it has more than {bytes_max} bytes"))
}

/// What a file is called while it is written.
fn beside(name: &str) -> String {
    format!(".{name}{UNFINISHED}")
}

/// What a directory contains lasts only when the directory is synced too.
fn sync(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests;
