//! Who may open the sockets that `virtwire serve` makes, at the umask that systems have.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};

use crate::kept::Directory;
use crate::process::{Done, run_with, send};

/// A daemon at one socket of each kind.
struct Daemon {
    child: Child,
    directory: PathBuf,
    stderr: BufReader<ChildStderr>,
}

const DOORS: [(&str, &str); 3] = [("rw", "--listen"), ("ro", "--listen-ro"), ("admin", "--listen-admin")];

impl Daemon {
    #[track_caller]
    fn start(directory: &Path, options: &[&str]) -> Daemon {
        let mut command = Command::new("sh");
        command.args(["-euc", "umask 022; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_virtwire"), "serve"]);
        for (name, option) in DOORS {
            command.arg(option).arg(format!("unix:{}", directory.join(name).display()));
        }
        command.args(["--migration-ports", "0-0"]).args(options).stdin(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().take(DOORS.len());
        let lines = lines.collect::<Result<Vec<_>, _>>().unwrap();
        assert_eq!(lines.len(), DOORS.len(), "{lines:?}");
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Daemon { child, directory: directory.to_owned(), stderr }
    }

    fn modes(&self) -> [u32; 3] {
        DOORS.map(|(name, _)| fs::metadata(self.directory.join(name)).unwrap().mode() & 0o777)
    }

    /// A command of somebody's who is not the daemon's user.
    fn others(&self, door: &str) -> Done {
        let uri = format!("mem+unix:///default?socket={}", self.directory.join(door).display());
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
        command.arg(self.directory.join("virtwire")).args(["list", &uri]).stdin(Stdio::null());
        Done::of(command.output().unwrap())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Both fail only for a child that has been waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where anybody may look for a socket.
fn directory() -> Directory {
    let directory = Directory::new("doors");
    fs::create_dir(&directory.0).unwrap();
    fs::set_permissions(&directory.0, Permissions::from_mode(0o755)).unwrap();
    directory
}

/// To connect needs the right to write, which the umask takes from everybody else: whoever is to be asked could not come.
#[test]
fn whoever_is_asked_or_only_looks_may_open_the_socket() {
    let directory = directory();
    let place = |name: &str| directory.0.join(name).display().to_string();
    let passwords = place("passwords");
    run_with(&["passwd", &passwords, "fred"], "secret\n").succeeded();
    for options in
        [&["--polkit"][..], &["--allow-uid", "7"], &["--allow-gid", "7"], &["--passwords", &passwords]]
    {
        assert_eq!(Daemon::start(&directory.0, options).modes(), [0o777, 0o777, 0o700], "{options:?}");
    }
    // Where nobody is asked, the file is all that keeps others out.
    assert_eq!(Daemon::start(&directory.0, &[]).modes(), [0o755, 0o777, 0o700]);
    let config = place("virtwire.toml");
    for (text, modes) in [
        ("auth_unix_rw = 'polkit'", [0o777, 0o777, 0o700]),
        ("unix_allowed_uids = [7]", [0o777, 0o777, 0o700]),
        ("auth_unix_ro = 'polkit'", [0o755, 0o777, 0o700]),
        (
            "auth_unix_rw = 'polkit'\nunix_sock_rw_perms = '0770'\nunix_sock_ro_perms = '0755'\n\
             unix_sock_admin_perms = '0750'",
            [0o770, 0o755, 0o750],
        ),
        ("unix_sock_rw_perms = '0777'", [0o777, 0o777, 0o700]),
    ] {
        fs::write(&config, text).unwrap();
        assert_eq!(Daemon::start(&directory.0, &["--config", &config]).modes(), modes, "{text}");
    }
}

/// Only root can try it.
#[test]
fn who_is_let_in_comes_in() {
    let directory = directory();
    let is_root = fs::metadata(&directory.0).unwrap().uid() == 0;
    let has_setpriv = Command::new("setpriv").arg("--version").output().is_ok();
    if !(is_root && has_setpriv) {
        return;
    }
    // Where others may not run it they may run a copy.
    let program = directory.0.join("virtwire");
    fs::copy(env!("CARGO_BIN_EXE_virtwire"), &program).unwrap();
    fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    for allowed in ["--allow-uid", "--allow-gid"] {
        let daemon = Daemon::start(&directory.0, &[allowed, "65534"]);
        daemon.others("rw").succeeded();
        daemon.others("ro").succeeded();
    }
    let daemon = Daemon::start(&directory.0, &["--allow-uid", "7"]);
    for door in ["rw", "ro"] {
        let refused = daemon.others(door).failed(1);
        assert!(!refused.contains("ermission denied"), "{refused}");
    }
    drop(daemon);
    let daemon = Daemon::start(&directory.0, &[]);
    daemon.others("ro").succeeded();
    for door in ["rw", "admin"] {
        let refused = daemon.others(door).failed(1);
        assert!(refused.contains("ermission denied"), "{refused}");
    }
}

/// A socket that everybody may open, as they were asked, does not become one at which nobody is asked.
#[test]
fn a_hangup_opens_no_socket_to_strangers() {
    let directory = directory();
    let config = directory.0.join("virtwire.toml");
    fs::write(&config, "auth_unix_rw = 'polkit'").unwrap();
    let mut daemon = Daemon::start(&directory.0, &["--config", config.to_str().unwrap()]);
    let mut hangup = |text: &str| {
        fs::write(&config, text).unwrap();
        send("HUP", &daemon.child);
        let mut line = String::new();
        daemon.stderr.read_line(&mut line).unwrap();
        line
    };
    let told = hangup("");
    assert!(
        told.contains("nothing is reloaded: socket ") && told.contains("was made for everybody"),
        "{told}"
    );
    let told = hangup("unix_allowed_uids = [7]");
    assert!(told.contains("reloaded certificates"), "{told}");
}
