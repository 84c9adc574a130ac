//! `virtwire passwd`: whom a daemon with passwords knows.

use std::io::{self, BufRead, IsTerminal};
use std::path::{Path, PathBuf};

use clap::Args;
use virtwire::server::{PasswordFile, PasswordFileError, SaslMechanism};

use crate::fail::{Fail, plain};
use crate::prompt::hidden;
use crate::screen::say;

#[derive(Debug, Args)]
#[command(after_help = PASSWD)]
pub(crate) struct PasswdArgs {
    /// The file of passwords; it is made if it is not there
    file: PathBuf,
    /// Whose password
    user: String,
    /// Forget the user
    #[arg(long)]
    remove: bool,
    /// Let the user in by SCRAM-SHA-1 too, for clients that have no other mechanism
    #[arg(long, conflicts_with = "remove")]
    sha1: bool,
}

const PASSWD: &str = "\
The password is asked for twice on a terminal; else it is the first line of standard input. The file holds salted, iterated \
verifiers and no password, and belongs to its owner alone (0600): whoever reads it can guess.

Example:
  virtwire passwd /etc/virtwire/passwords fred
  virtwire serve --listen unix:/run/virtwire.sock --passwords /etc/virtwire/passwords";

pub(crate) fn run(args: &PasswdArgs) -> Result<(), Fail> {
    // One that is no good is told before a password is asked for. It is held, and read anew, only once that is here: a person may take
    // long.
    read_or_new(&args.file)?;
    let password = if args.remove { None } else { Some(password(&args.user)?) };
    let _held = PasswordFile::hold(&args.file).map_err(unusable)?;
    let mut file = read_or_new(&args.file)?;
    match password {
        Some(password) => {
            let mechanisms = match args.sha1 {
                true => &SaslMechanism::ALL[..],
                false => &[SaslMechanism::ScramSha512, SaslMechanism::ScramSha256],
            };
            file.set(&args.user, &password, mechanisms).map_err(unusable)?;
        }
        None if !file.remove(&args.user) => {
            return Err(Fail::new(
                format!("user {}", args.user),
                format!("is not in {}", args.file.display()),
                "name one that is",
            ));
        }
        None => {}
    }
    file.write(&args.file).map_err(unusable)?;
    let done = if args.remove { "forgotten" } else { "set" };
    say(&format!("user {}: {done}", args.user))
}

fn read_or_new(path: &Path) -> Result<PasswordFile, Fail> {
    match PasswordFile::read(path) {
        Err(PasswordFileError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => {
            Ok(PasswordFile::default())
        }
        read => read.map_err(unusable),
    }
}

/// A file of passwords for a daemon.
pub(crate) fn read(path: &Path) -> Result<PasswordFile, Fail> {
    PasswordFile::read(path).map_err(unusable)
}

fn unusable(error: PasswordFileError) -> Fail {
    match error {
        PasswordFileError::Io { path, error } => Fail::new(
            format!("file {}", path.display()),
            plain(&error),
            "`virtwire passwd FILE USER` makes one in a folder that can be written",
        ),
        PasswordFileError::Exposed { path } => Fail::new(
            format!("file {}", path.display()),
            "can be read by others than its owner, who could guess at the passwords",
            format!("chmod 600 {}", path.display()),
        ),
        PasswordFileError::Line { path, line, reason } => Fail::new(
            format!("file {}, line {line}", path.display()),
            reason,
            "correct or remove the line; `virtwire passwd` writes good ones",
        ),
        other => Fail::new("user", other, "choose another name"),
    }
}

fn password(user: &str) -> Result<String, Fail> {
    let failed = |error: io::Error| Fail::new("password", plain(&error), "give it on standard input");
    let password = if io::stdin().is_terminal() {
        let first = hidden(&format!("New password of {user}: ")).map_err(failed)?;
        let second = hidden("Again: ").map_err(failed)?;
        if first != second {
            return Err(Fail::new("password", "was not the same twice", "try again"));
        }
        first
    } else {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map_err(failed)?;
        line.trim_end_matches(['\n', '\r']).to_owned()
    };
    match password.is_empty() {
        true => Err(Fail::new("password", "is empty", "give one")),
        false => Ok(password),
    }
}
