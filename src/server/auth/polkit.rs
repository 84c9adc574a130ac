//! polkit's word on a process, by the program that asks it.

use std::process::Stdio;

use tokio::process::Command;
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use crate::server::identity::PeerProcess;

/// What libvirt's own policies and sites' rules call it.
const MANAGE: &str = "org.libvirt.unix.manage";
/// The same for clients that may only look.
const MONITOR: &str = "org.libvirt.unix.monitor";

/// Whom polkit is asked about, and for what.
pub(super) struct Subject {
    action: &'static str,
    /// Number, start and user.
    process: String,
}

impl Subject {
    /// The process that has just come: once it has had time to end, its number may be another's, with a start of its own
    /// (CVE-2013-4311). `None` where it is not known, gone already, or another user's by now: it has ended while it waited to be let in.
    pub(super) fn new(process: PeerProcess, read_only: bool) -> Option<Subject> {
        let pid = process.pid?;
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        if !users_of(&status).any(|uid| uid == process.uid) {
            return None;
        }
        let process = format!("{pid},{},{}", start_of(&stat)?, process.uid);
        Some(Subject { action: if read_only { MONITOR } else { MANAGE }, process })
    }
}

/// Whether this process may do that. A person may be asked, which takes as long as it takes.
///
/// # Errors
/// As libvirt's daemons answer: refused (45), dismissed by the person (79), or nobody there to be asked (94).
pub(super) async fn ask(subject: Option<&Subject>) -> Result<(), RemoteError> {
    let refused = |code, text: &str| Err(RemoteError::new(code, ErrorDomain::POLKIT, text));
    let Some(Subject { action, process }) = subject else {
        return refused(ErrorCode::AUTH_FAILED, "the process behind the connection is not known");
    };
    let asked = Command::new("pkcheck")
        .args(["--action-id", *action, "--process", process, "--allow-user-interaction"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .status()
        .await;
    match asked.map(|status| status.code()) {
        Ok(Some(0)) => Ok(()),
        Ok(Some(2)) => refused(ErrorCode::AUTH_UNAVAILABLE, "no polkit agent available to authenticate"),
        Ok(Some(3)) => refused(ErrorCode::AUTH_CANCELLED, "user cancelled authentication process"),
        Ok(_) => refused(ErrorCode::AUTH_FAILED, "access denied by policy"),
        Err(error) => {
            tracing::warn!(%error, "polkit cannot be asked: pkcheck does not start");
            refused(ErrorCode::AUTH_UNAVAILABLE, "polkit cannot be asked")
        }
    }
}

/// When a process started, from its `stat`: the 22nd field. The second is its program's name in parentheses, which may itself hold
/// spaces and parentheses.
fn start_of(stat: &str) -> Option<&str> {
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(19).filter(|start| start.parse::<u64>().is_ok())
}

/// As whom a process acts: really, effectively, as it may again, and towards files.
fn users_of(status: &str) -> impl Iterator<Item = u32> {
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:")).unwrap_or_default();
    line.split_whitespace().filter_map(|uid| uid.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_is_found_behind_any_name() {
        let rest = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20";
        for name in ["sh", "a b", ") 1 (", "((("] {
            assert_eq!(start_of(&format!("7 ({name}) {rest}")), Some("4711"));
        }
        for bad in ["", "7 (sh)", "7 (sh) S 1", "7 sh S"] {
            assert_eq!(start_of(bad), None);
        }
        let own = std::fs::read_to_string("/proc/self/stat").unwrap();
        let start = start_of(&own).unwrap();
        let uid = rustix::process::geteuid().as_raw();
        let process = PeerProcess { uid, gid: 8, pid: Some(std::process::id().cast_signed()) };
        for (read_only, action) in [(false, "org.libvirt.unix.manage"), (true, "org.libvirt.unix.monitor")] {
            let subject = Subject::new(process, read_only).unwrap();
            assert_eq!(
                (subject.action, subject.process),
                (action, format!("{},{start},{uid}", std::process::id()))
            );
        }
        // Its number is another user's by now.
        assert!(Subject::new(PeerProcess { uid: uid + 1, ..process }, false).is_none());
        // It is nobody's any more, or not to be seen from here.
        let mut ended = std::process::Command::new("true").spawn().unwrap();
        let pid = Some(ended.id().cast_signed());
        ended.wait().unwrap();
        assert!(Subject::new(PeerProcess { pid, ..process }, false).is_none());
        assert!(Subject::new(PeerProcess { pid: None, ..process }, false).is_none());
    }

    /// It is asked about nobody, and told that it cannot be let in.
    #[tokio::test]
    async fn who_has_ended_is_refused() {
        assert_eq!(ask(None).await.unwrap_err().code, ErrorCode::AUTH_FAILED);
    }
}
