//! Finding guests again: by pidfile, start time and socket.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::Pid;

use super::super::super::Uuid;
use super::super::super::boot::start_time;
use super::daemon::Process;
use super::guest::GuestArguments;

/// How long a guest's process may take to answer a daemon that has just started.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// A guest's file: `UUID-PID.sock`, `UUID-PID.pid`. No two processes share one.
pub(super) fn place(arguments: &GuestArguments, pid: u32, extension: &str) -> PathBuf {
    arguments.directory.join(format!("{}-{pid}.{extension}", arguments.uuid))
}

/// A guest's process that an earlier daemon left.
#[derive(Debug)]
pub(in super::super) enum Found {
    /// It is there, and this is the note that it has.
    Alive { process: Process, note: String },
    /// It has ended while no daemon watched.
    Gone(Uuid),
}

/// Finds the guests of a directory. One that was never started to its end is none.
///
/// # Errors
/// Where a process is there and does not answer: nobody knows what it does, so no daemon should start beside it.
pub(in super::super) fn find(directory: &Path) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some((uuid, pid)) = name.strip_suffix(".pid").and_then(parse) else { continue };
        let recorded = fs::read_to_string(&path).unwrap_or_default();
        let started = recorded.split_whitespace().nth(1).and_then(|time| time.parse::<u64>().ok());
        let arguments = GuestArguments { directory: directory.to_owned(), uuid, run_log: None };
        let socket = place(&arguments, pid, "sock");
        match reached(uuid, pid, started, &socket)? {
            Some((process, note)) => found.push(Found::Alive { process, note }),
            None => {
                let committed = fs::symlink_metadata(&path).is_ok();
                for file in [&path, &socket] {
                    let _ = fs::remove_file(file);
                }
                // One that ended by itself has taken its files with it.
                if committed {
                    found.push(Found::Gone(uuid));
                }
            }
        }
    }
    Ok(found)
}

fn parse(name: &str) -> Option<(Uuid, u32)> {
    let (uuid, pid) = name.rsplit_once('-')?;
    Some((uuid.parse().ok()?, pid.parse().ok()?))
}

fn reached(
    uuid: Uuid,
    pid: u32,
    started: Option<u64>,
    socket: &Path,
) -> io::Result<Option<(Process, String)>> {
    let deadline = Instant::now() + ANSWER_WITHIN;
    loop {
        if started.is_none() || start_time(pid) != started {
            return Ok(None);
        }
        let raw = i32::try_from(pid).ok().and_then(Pid::from_raw);
        let reached = raw
            .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
            .and_then(|pid| Process::found(uuid, pid, started.unwrap_or_default(), socket, ANSWER_WITHIN));
        match reached {
            // Not committed: it ends by itself, as its daemon is gone.
            Ok((process, description)) if description.committed => {
                return Ok(Some((process, description.note)));
            }
            Ok(_) | Err(_) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(10)),
            Ok(_) => return Err(io::Error::other(format!("guest {uuid}: process {pid} does not end"))),
            Err(error) => {
                return Err(io::Error::other(format!(
                    "guest {uuid}: process {pid} does not answer: {error}"
                )));
            }
        }
    }
}
