//! A program whose standard streams lead to a daemon, and what it had to say when they did not.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::UnixStream;
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::{oneshot, watch};

use crate::client::error::CloseReason;

/// Bytes of standard error that are kept: the last ones.
const STDERR_BYTES_MAX: usize = 2_048;
/// How long a program may take to end by itself once its standard streams are closed.
const GRACE: Duration = Duration::from_millis(500);

/// How long its last words may take to be heard, where what it leaves behind keeps its standard error open.
const LAST_WORDS_WITHIN: Duration = Duration::from_secs(1);

/// A running program, as a socket. It ends with its owner.
#[derive(Debug)]
pub(in crate::client) struct ProgramSocket {
    pub(in crate::client) stream: UnixStream,
    pub(in crate::client) guard: Guard,
}

/// Ends the program when dropped: its standard streams should be closed by then, so it can end by itself, and is killed if it
/// does not. Either way nothing is left of it, no zombie either.
#[derive(Debug)]
pub(in crate::client) struct Guard {
    witness: Witness,
    #[expect(dead_code, reason = "its drop is what counts")]
    held: oneshot::Sender<Infallible>,
}

impl Guard {
    /// Why the connection ended, with what the program had to say where that is more than that it ended well.
    pub(in crate::client) async fn last_words(self, reason: CloseReason) -> CloseReason {
        if !matches!(reason, CloseReason::Eof | CloseReason::Io(_)) {
            return reason;
        }
        let (program, ended, stderr) = self.witness.tell(true).await;
        let ended_well = self.witness.ended.borrow().is_some_and(|status| status.success());
        if ended_well && stderr.is_empty() { reason } else { CloseReason::Program { program, ended, stderr } }
    }
}

/// Knows what the program said and how it ended.
#[derive(Clone, Debug)]
pub(super) struct Witness {
    program: String,
    tail: Arc<Mutex<VecDeque<u8>>>,
    ended: watch::Receiver<Option<ExitStatus>>,
}

/// What has the program run. A terminal tells all that run on it of Ctrl-C and of its own end, and this one carries what its user
/// may have to say about that, such as an abort; so it is deaf to them, as what is run inherits. `exec` leaves one process, which
/// ends when its standard streams do, or is killed.
///
/// The program stays in its group: it must be able to ask for passwords on the terminal.
const DEAF: &str = r#"trap "" INT HUP QUIT; exec "$0" "$@""#;

const SHELL: &str = "/bin/sh";

/// Starts a program; the first word is its name.
///
/// # Errors
/// When the system cannot run it.
pub(super) fn start(words: &[OsString]) -> io::Result<(ProgramSocket, Witness)> {
    let (name, arguments) = words.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let (ours, theirs) = StdUnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let mut child = Command::new(SHELL)
        .args(["-c".as_ref(), DEAF.as_ref(), find(name)?.as_os_str()])
        .args(arguments)
        .stdin(Stdio::from(OwnedFd::from(theirs.try_clone()?)))
        .stdout(Stdio::from(OwnedFd::from(theirs)))
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| io::Error::new(error.kind(), format!("{SHELL}, which is to run it: {error}")))?;
    let stderr = child.stderr.take();
    let (dropped, guarded) = oneshot::channel();
    let (ending, ended) = watch::channel(None);
    let tail = Arc::default();
    tokio::spawn(keep(child, stderr, Arc::clone(&tail), guarded, ending));
    let witness = Witness { program: display(name), tail, ended };
    let guard = Guard { witness: witness.clone(), held: dropped };
    Ok((ProgramSocket { stream: UnixStream::from_std(ours)?, guard }, witness))
}

fn display(name: &OsStr) -> String {
    name.to_string_lossy().into_owned()
}

/// The file that a name leads to, as the system finds it: never a bare name, for which the shell would look itself.
///
/// # Errors
/// There is none, or what there is cannot be run.
fn find(name: &OsStr) -> io::Result<PathBuf> {
    if name.as_encoded_bytes().contains(&b'/') {
        return runnable(PathBuf::from(name));
    }
    let path = std::env::var_os("PATH").unwrap_or_else(|| "/bin:/usr/bin".into());
    let mut why = io::Error::from(io::ErrorKind::NotFound);
    for directory in std::env::split_paths(&path) {
        // An empty one is the current one.
        let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { &directory };
        match runnable(directory.join(name)) {
            Ok(file) => return Ok(file),
            // One that is there and cannot be run says more than others that are not there.
            Err(_) if why.kind() == io::ErrorKind::PermissionDenied => {}
            Err(error) => why = error,
        }
    }
    Err(why)
}

fn runnable(path: PathBuf) -> io::Result<PathBuf> {
    let found = path.metadata()?;
    match found.is_file() && found.permissions().mode() & 0o111 != 0 {
        true => Ok(path),
        false => Err(io::ErrorKind::PermissionDenied.into()),
    }
}

/// Listens to a program until it has ended, and sees to its end once nobody needs it.
async fn keep(
    mut child: Child,
    stderr: Option<ChildStderr>,
    tail: Arc<Mutex<VecDeque<u8>>>,
    mut guarded: oneshot::Receiver<Infallible>,
    ending: watch::Sender<Option<ExitStatus>>,
) {
    // Not of this task: what the program leaves behind, such as ssh's master of shared connections, can keep it open for ever.
    let listener = tokio::spawn(listen(stderr, tail));
    let ended = tokio::select! {
        ended = child.wait() => ended,
        _ = &mut guarded => match tokio::time::timeout(GRACE, child.wait()).await {
            Ok(ended) => ended,
            Err(_) => {
                // Fails only for a program that has just ended.
                let _ = child.start_kill();
                child.wait().await
            }
        },
    };
    let abort = listener.abort_handle();
    if tokio::time::timeout(LAST_WORDS_WITHIN, listener).await.is_err() {
        abort.abort();
    }
    tracing::debug!(?ended, "the program that led to the daemon has ended");
    ending.send_replace(ended.ok());
}

/// Keeps the last bytes of what is said.
async fn listen(stderr: Option<ChildStderr>, tail: Arc<Mutex<VecDeque<u8>>>) {
    let Some(mut stderr) = stderr else { return };
    let mut buffer = [0; 512];
    while let Ok(count @ 1..) = stderr.read(&mut buffer).await {
        let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.extend(buffer.iter().take(count));
        let excess = tail.len().saturating_sub(STDERR_BYTES_MAX);
        tail.drain(..excess);
    }
}

impl Witness {
    /// Its name, how it ended if it has, and the last lines that it said. Waits a moment for a program that is about to end.
    pub(super) async fn tell(&self, wait: bool) -> (String, Option<String>, String) {
        let mut ended = self.ended.clone();
        if wait {
            // The last error tells of a keeper that is gone: then it will say nothing more either.
            let _ = tokio::time::timeout(GRACE + LAST_WORDS_WITHIN, ended.wait_for(Option::is_some)).await;
        }
        let status = ended.borrow().map(|status| status.to_string());
        let tail: Vec<u8> =
            self.tail.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect();
        (self.program.clone(), status, last_lines(&tail))
    }
}

/// The last lines, without what a terminal would take for commands.
fn last_lines(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<_> = text
        .lines()
        .map(|line| line.chars().filter(|c| !c.is_control() || *c == '\t').collect::<String>())
        .map(|line| line.trim_end().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    lines.get(lines.len().saturating_sub(5)..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_as_the_system_finds_it() {
        let kind = |name: &str| find(name.as_ref()).unwrap_err().kind();
        assert!(find("sh".as_ref()).unwrap().is_absolute());
        assert_eq!(find("/bin/sh".as_ref()).unwrap(), Path::new("/bin/sh"));
        assert_eq!(kind("no such program"), io::ErrorKind::NotFound);
        assert_eq!(kind("/no/such/program"), io::ErrorKind::NotFound);
        assert_eq!(kind("/bin/"), io::ErrorKind::PermissionDenied);
        assert_eq!(kind("/etc/passwd"), io::ErrorKind::PermissionDenied);
    }

    #[test]
    fn the_last_lines_are_text() {
        assert_eq!(last_lines(b"1\n2\n3\n4\n\n5\r\n\x1b[31m6\xff"), "2\n3\n4\n5\n[31m6\u{fffd}");
        assert_eq!(last_lines(b""), "");
    }
}
