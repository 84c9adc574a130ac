//! A `virtwire serve` with a file of configuration.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use crate::lab::{Directory, next_number, until};
use crate::process::{Process, run};

/// It runs, and its directory holds what it needs.
pub(super) struct Daemon {
    pub(super) process: Process,
    pub(super) directory: Directory,
    /// Where it listens, by the scheme of the address.
    pub(super) places: BTreeMap<String, String>,
}

impl Daemon {
    /// Starts one in a directory with what the test has put there. It listens on so many addresses; in the configuration DIR is the
    /// directory.
    #[track_caller]
    pub(super) fn start(directory: Directory, listeners: usize, configuration: &str) -> Daemon {
        Daemon::start_with(directory, listeners, configuration, &[])
    }

    #[track_caller]
    pub(super) fn start_with(
        directory: Directory,
        listeners: usize,
        configuration: &str,
        environment: &[(&str, &str)],
    ) -> Daemon {
        let configuration = configuration.replace("DIR", &directory.path().display().to_string());
        let file = directory.write("virtwire.toml", &configuration);
        let process = Process::start(
            command(&["serve", "--config", &file, "--migration-ports", "0-0", "--exit-with-stdin"])
                .envs(environment.iter().copied())
                .stdin(Stdio::piped())
                .stderr(std::fs::File::create(directory.path().join("said")).expect("the directory is ours")),
        );
        let mut places = BTreeMap::new();
        for _ in 0..listeners {
            let address = process.line_after("listening on ");
            let (scheme, place) = address.split_once(':').expect("an address has a scheme");
            places.insert(scheme.to_owned(), place.trim_start_matches("//").to_owned());
        }
        Daemon { process, directory, places }
    }

    /// Waits until it has said this on standard error.
    #[track_caller]
    pub(super) fn says(&self, words: &str) {
        let said = self.directory.path().join("said");
        until(words, || std::fs::read_to_string(&said).is_ok_and(|said| said.contains(words)));
    }

    pub(super) fn unix_uri(&self, more: &str) -> String {
        format!("mem+unix:///default?socket={}{more}", self.places["unix"])
    }

    pub(super) fn tls_uri(&self, folder: &str, more: &str) -> String {
        format!("mem+tls://{}/default?pkipath={folder}{more}", self.places["tls"])
    }

    #[track_caller]
    pub(super) fn signal(&self, signal: &str) {
        let sent = run(Command::new("kill").args([&format!("-{signal}"), &self.process.id().to_string()]));
        assert!(sent.status.success(), "{sent:?}");
    }
}

pub(super) fn directory() -> Directory {
    Directory::new(next_number())
}

pub(super) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_virtwire"));
    command.args(arguments);
    command
}

/// Sets a user's password, as an operator does.
#[track_caller]
pub(crate) fn set_password(directory: &Directory, user: &str, password: &str) {
    let line = directory.write("password", &format!("{password}\n"));
    let file = directory.path().join("passwords").display().to_string();
    let program = env!("CARGO_BIN_EXE_virtwire");
    let script = format!("'{program}' passwd --sha1 '{file}' '{user}' < '{line}'");
    let set = run(Command::new("sh").args(["-euc", &script]));
    assert!(set.status.success(), "{set:?}");
}

/// A file in which libvirt's clients look for a user's name and password.
pub(super) fn auth_file(directory: &Directory, name: &str, user: &str, password: &str) -> String {
    let text = format!(
        "[credentials-one]\nauthname={user}\npassword={password}\n[auth-libvirt-localhost]\ncredentials=one\n\
         [auth-libvirt-127.0.0.1]\ncredentials=one\n"
    );
    directory.write(name, &text)
}
