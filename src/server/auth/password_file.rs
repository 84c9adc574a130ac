//! Passwords in a file: a line for each user and mechanism.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustix::fs::{FlockOperation, flock};
use sha2::{Digest, Sha256};

use super::passwords::{Decoys, PasswordStore, SaslMechanism, ScramVerifier, VerifierError};
use crate::uuid::Uuid;

/// Iterations of what is made here: tens of milliseconds for the client at each login.
pub(super) const ITERATIONS: u32 = 16_384;

const HEAD: &str = "# Passwords of virtwire's users. Written by `virtwire passwd`; no password is in it, but guessing at them is.\n";
/// Begins the line of the secret behind users who do not exist.
const DECOYS: &str = "#decoys ";

/// Users and what proves their passwords, from a text file: a line `USER VERIFIER` for each mechanism of each user, the latter in
/// the form of [`ScramVerifier`]; empty lines and those that begin with `#` are skipped. One of those, `#decoys KEY`, holds the secret
/// by which users who do not exist look like others, the same for all who read the file and whatever else changes in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PasswordFile {
    users: BTreeMap<String, BTreeMap<SaslMechanism, ScramVerifier>>,
    decoys: Option<Secret>,
}

/// What decoys are made of.
#[derive(Clone, PartialEq, Eq)]
struct Secret([u8; 32]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// A file of passwords that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordFileError {
    /// The system refused.
    #[error("{path}: {error}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Others may read it, and guess at the passwords.
    #[error("{path} can be read by others than its owner: `chmod 600 {path}`")]
    Exposed {
        /// Which file.
        path: PathBuf,
    },
    /// A line is not of the form.
    #[error("{path}, line {line}: {reason}")]
    Line {
        /// Which file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// No name of a user.
    #[error("a user's name has 1 to 256 bytes, no space or control character, and does not begin with #")]
    User,
    /// No verifier was made.
    #[error(transparent)]
    Verifier(#[from] VerifierError),
}

impl PasswordFile {
    /// Reads a file that its owner alone may read.
    ///
    /// # Errors
    /// [`PasswordFileError`]; a file that is not there is an error of the system's.
    pub fn read(path: &Path) -> Result<PasswordFile, PasswordFileError> {
        let failed = |error| PasswordFileError::Io { path: path.to_owned(), error };
        let file = File::open(path).map_err(failed)?;
        if file.metadata().map_err(failed)?.mode() & 0o077 != 0 {
            return Err(PasswordFileError::Exposed { path: path.to_owned() });
        }
        let text = io::read_to_string(file).map_err(failed)?;
        PasswordFile::parse(&text).map_err(|(line, reason)| PasswordFileError::Line {
            path: path.to_owned(),
            line,
            reason,
        })
    }

    fn parse(text: &str) -> Result<PasswordFile, (usize, String)> {
        let mut found = PasswordFile::default();
        for (number, line) in text.lines().enumerate().map(|(at, line)| (at + 1, line.trim())) {
            let wrong = |reason: String| (number, reason);
            if let Some(key) = line.strip_prefix(DECOYS) {
                let key = STANDARD.decode(key).ok().and_then(|key| key.try_into().ok());
                found.decoys =
                    Some(Secret(key.ok_or_else(|| wrong("expected 32 bytes in base64".to_owned()))?));
                continue;
            }
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (user, verifier) =
                line.split_once(' ').ok_or_else(|| wrong("expected USER VERIFIER".to_owned()))?;
            if !is_name(user) {
                return Err(wrong(PasswordFileError::User.to_string()));
            }
            let verifier: ScramVerifier =
                verifier.trim().parse().map_err(|error: VerifierError| wrong(error.to_string()))?;
            let of_user = found.users.entry(user.to_owned()).or_default();
            if of_user.insert(verifier.mechanism(), verifier).is_some() {
                return Err(wrong(format!("a second line for {user} and the same mechanism")));
            }
        }
        if found.decoys.is_none() {
            // Of a file that was written by hand: the same for all who read it as it is.
            found.decoys =
                Some(Secret(Sha256::new().chain_update(DECOYS).chain_update(text).finalize().into()));
        }
        Ok(found)
    }

    /// Gives a user this password, for each of these mechanisms and no others.
    ///
    /// A daemon does not know who comes when it [says by which mechanisms](PasswordStore::mechanisms) one may, so it offers those that all
    /// users of the file have: one user without the stronger mechanisms has everybody prove themselves by the weaker. Where users
    /// have none in common, it offers all, and whoever has nothing for the strongest that their client knows is locked out.
    ///
    /// # Errors
    /// [`PasswordFileError::User`] and [`PasswordFileError::Verifier`].
    pub fn set(
        &mut self,
        user: &str,
        password: &str,
        mechanisms: &[SaslMechanism],
    ) -> Result<(), PasswordFileError> {
        if !is_name(user) {
            return Err(PasswordFileError::User);
        }
        let made = mechanisms
            .iter()
            .map(|mechanism| Ok((*mechanism, ScramVerifier::new(*mechanism, password, ITERATIONS)?)))
            .collect::<Result<_, VerifierError>>()?;
        self.decoys.get_or_insert_with(|| Secret(Decoys::random().key));
        self.users.insert(user.to_owned(), made);
        Ok(())
    }

    /// Forgets a user; `false` where there was none.
    pub fn remove(&mut self, user: &str) -> bool {
        self.users.remove(user).is_some()
    }

    /// The names of the users, in order.
    pub fn users(&self) -> impl Iterator<Item = &str> {
        self.users.keys().map(String::as_str)
    }

    /// Has nobody else [hold](Self::hold) this file until what is returned is dropped: for whoever reads it, changes it and writes it. It
    /// waits for that. Readers need not.
    ///
    /// # Errors
    /// [`PasswordFileError::Io`].
    pub fn hold(path: &Path) -> Result<HeldPasswordFile, PasswordFileError> {
        let failed = |error| PasswordFileError::Io { path: path.to_owned(), error };
        // Its folder, since the file is another each time that it is written.
        let folder = File::open(folder_of(&place_of(path).map_err(failed)?)).map_err(failed)?;
        flock(&folder, FlockOperation::LockExclusive).map_err(|error| failed(error.into()))?;
        Ok(HeldPasswordFile(folder))
    }

    /// Writes the file anew, for its owner's eyes alone: the owner that it had. A reader, and a crash at any moment, finds the old file
    /// or the new one. Where the path is a link, the file that it leads to is written.
    ///
    ///
    /// # Errors
    /// [`PasswordFileError::Io`], with the old file in place.
    pub fn write(&self, path: &Path) -> Result<(), PasswordFileError> {
        let mut text = HEAD.to_owned();
        if let Some(Secret(key)) = &self.decoys {
            let _ = writeln!(text, "{DECOYS}{}", STANDARD.encode(key));
        }
        for (user, verifiers) in &self.users {
            for verifier in verifiers.values() {
                let _ = writeln!(text, "{user} {verifier}");
            }
        }
        replace(path, text.as_bytes()).map_err(|error| PasswordFileError::Io { path: path.to_owned(), error })
    }
}

impl PasswordStore for PasswordFile {
    fn verifier(&self, user: &str, mechanism: SaslMechanism) -> Option<ScramVerifier> {
        self.users.get(user)?.get(&mechanism).cloned()
    }

    /// Those that all users have, without whom there is nobody to be locked out.
    fn mechanisms(&self) -> Vec<SaslMechanism> {
        let mut common = SaslMechanism::ALL.to_vec();
        let verifiers = self.users.values().filter(|verifiers| !verifiers.is_empty());
        verifiers.for_each(|verifiers| common.retain(|mechanism| verifiers.contains_key(mechanism)));
        common
    }

    fn decoys(&self) -> Option<Decoys> {
        let Secret(key) = self.decoys.clone()?;
        let mut counts = BTreeMap::<u32, usize>::new();
        for verifier in self.users.values().flat_map(BTreeMap::values) {
            *counts.entry(verifier.iterations()).or_default() += 1;
        }
        let most = counts.into_iter().max_by_key(|(_, count)| *count);
        Some(Decoys { key, iterations: most.map_or(ITERATIONS, |(iterations, _)| iterations) })
    }
}

fn is_name(user: &str) -> bool {
    (1..=256).contains(&user.len())
        && !user.starts_with('#')
        && !user.chars().any(|character| character.is_whitespace() || character.is_control())
}

/// A file of passwords that nobody else holds.
#[derive(Debug)]
pub struct HeldPasswordFile(#[expect(dead_code, reason = "the lock goes with it")] File);

/// Where the file is, whatever leads there.
fn place_of(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(path.to_owned()),
        place => place,
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file beside it, with its bytes on the disk before it takes the place of the old one.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = place_of(path)?;
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    let beside = folder_of(&path).join(format!(".{name}.{}", Uuid::random()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    let written = (|| {
        if let Ok(old) = fs::metadata(&path) {
            let new = file.metadata()?;
            if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
                fchown(&file, Some(old.uid()), Some(old.gid()))?;
            }
        }
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, &path)?;
        File::open(folder_of(&path))?.sync_all()
    })();
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const BOTH: [SaslMechanism; 2] = [SaslMechanism::ScramSha256, SaslMechanism::ScramSha1];

    #[test]
    fn what_is_written_is_read_back_and_no_password_is_in_it() {
        let folder = std::env::temp_dir().join(format!("virtwire-passwords-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("passwords");
        assert!(matches!(PasswordFile::read(&path), Err(PasswordFileError::Io { .. })));

        let mut file = PasswordFile::default();
        file.set("fred@site", "secret of fred", &BOTH).unwrap();
        file.set("wilma", "secret of wilma", &BOTH[..1]).unwrap();
        file.write(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert!(!fs::read_to_string(&path).unwrap().contains("secret"));
        assert_eq!(PasswordFile::read(&path).unwrap(), file);
        assert!(file.verifier("wilma", SaslMechanism::ScramSha256).is_some());
        assert!(file.verifier("wilma", SaslMechanism::ScramSha1).is_none());

        // A new password takes the place of all that was there of the old one.
        let old = file.verifier("fred@site", SaslMechanism::ScramSha256);
        file.set("fred@site", "secret of fred", &BOTH[..1]).unwrap();
        assert!(file.verifier("fred@site", SaslMechanism::ScramSha256) != old);
        assert!(file.verifier("fred@site", SaslMechanism::ScramSha1).is_none());
        assert!(file.remove("wilma") && !file.remove("wilma"));
        file.write(&path).unwrap();
        assert_eq!(PasswordFile::read(&path).unwrap().users().collect::<Vec<_>>(), ["fred@site"]);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing is left beside it");

        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(PasswordFile::read(&path), Err(PasswordFileError::Exposed { .. })));
        fs::remove_dir_all(&folder).unwrap();
    }

    /// Each reads, changes and writes, and nothing that another has written is lost.
    #[test]
    fn those_who_change_a_file_do_so_one_after_the_other() {
        let folder = std::env::temp_dir().join(format!("virtwire-held-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("passwords");
        PasswordFile::default().write(&path).unwrap();
        std::thread::scope(|scope| {
            for number in 0..8 {
                let path = &path;
                scope.spawn(move || {
                    let _held = PasswordFile::hold(path).unwrap();
                    let mut file = PasswordFile::read(path).unwrap();
                    file.set(&format!("user{number}"), "p", &[SaslMechanism::ScramSha1]).unwrap();
                    file.write(path).unwrap();
                });
            }
        });
        assert_eq!(PasswordFile::read(&path).unwrap().users().count(), 8);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_link_stays_one_and_a_file_its_owners() {
        let folder = std::env::temp_dir().join(format!("virtwire-link-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (path, link) = (folder.join("passwords"), folder.join("link"));
        PasswordFile::default().write(&path).unwrap();
        std::os::unix::fs::symlink("passwords", &link).unwrap();
        // Whose it may become only root can choose.
        let is_root = fs::metadata(&path).unwrap().uid() == 0;
        if is_root {
            std::os::unix::fs::chown(&path, Some(7), Some(8)).unwrap();
        }
        let mut file = PasswordFile::read(&link).unwrap();
        file.set("fred", "p", &[SaslMechanism::ScramSha1]).unwrap();
        file.write(&link).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        let found = fs::metadata(&path).unwrap();
        assert!(!is_root || (found.uid(), found.gid()) == (7, 8), "{found:?}");
        assert_eq!(PasswordFile::read(&path).unwrap(), file);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_line_that_is_wrong_is_named() {
        let verifier = ScramVerifier::new(SaslMechanism::ScramSha1, "p", 4_096).unwrap();
        let good = format!("# head\n\n  fred {verifier}  \n");
        assert!(PasswordFile::parse(&good).is_ok());
        for (line, reason) in [
            ("fred", "expected USER VERIFIER"),
            ("wilma x$y", "expected MECHANISM"),
            (&format!("fred {verifier}"), "second line"),
            (&format!("a\tb {verifier}"), "control character"),
            ("#decoys QQ==", "expected 32 bytes"),
        ] {
            let (number, told) = PasswordFile::parse(&format!("{good}{line}\n")).unwrap_err();
            assert!(number == 4 && told.contains(reason), "{line}: {number} {told}");
        }
        for name in ["", "a b", "#a", "a\n", &"a".repeat(257)] {
            let set = PasswordFile::default().set(name, "p", &BOTH);
            assert!(matches!(set, Err(PasswordFileError::User)), "{name}");
        }
    }
}
