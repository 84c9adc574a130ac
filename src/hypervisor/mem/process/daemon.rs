//! The daemon's side: one guest's process, asked over its socket.
//!
//! Asking waits for the answer, which a guest gives at once: it does nothing else that takes time. One that does not answer within
//! [`SILENCE`], twice, is taken for dead, and is made so. So nobody asks who keeps others waiting: it is done in the guest's turn.

use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::super::super::Uuid;
use super::super::super::boot::start_time;
use super::Guests;
use super::found::place;
use super::guest::GuestArguments;
use super::wire::{self, Description, Request};

const SILENCE: Duration = Duration::from_secs(15);
/// How long a guest that is to end may take to say so: one that stands still would not, and is killed.
const GOODBYE_WITHIN: Duration = Duration::from_secs(3);
/// How long the end of a process may take that was killed.
const END_WITHIN: Duration = Duration::from_secs(10);

/// A guest's process. Dropping it leaves it alone, if it was ever [`set`](Self::set); else it ends.
#[derive(Debug)]
pub(in super::super) struct Process {
    uuid: Uuid,
    pid: Pid,
    started: u64,
    socket: PathBuf,
    memory_bytes: AtomicU64,
    /// Whose turn it is to change the guest. Of two who do, each counts on what it has been told.
    turn: Arc<tokio::sync::Mutex<()>>,
    /// The connection on which it is asked, if there is one.
    connection: Mutex<Option<UnixStream>>,
    /// Holds the other end of its standard input: it ends with us until it is committed.
    _stdin: Option<ChildStdin>,
    child: Mutex<Option<Child>>,
}

impl Process {
    /// Starts a guest that stands still, and waits until it is ready.
    ///
    /// # Errors
    /// The system's.
    pub(in super::super) fn start(guests: &Guests, directory: &Path, uuid: Uuid) -> io::Result<Process> {
        let arguments =
            GuestArguments { directory: directory.to_owned(), uuid, run_log: guests.run_log.clone() };
        let mut child = Command::new(&guests.program)
            .args(&guests.arguments)
            .args(arguments.to_words())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // It outlives whoever reads what we say.
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let pid = child.id();
        let started = start_time(pid);
        let (Some(started), Some(raw), "ready") = (
            started,
            i32::try_from(pid).ok().and_then(Pid::from_raw),
            line.split(' ').next().unwrap_or_default(),
        ) else {
            let _ = child.kill();
            let _ = child.wait();
            return Err(io::Error::other("it did not become ready"));
        };
        Ok(Process {
            uuid,
            pid: raw,
            started,
            socket: place(&arguments, pid, "sock"),
            memory_bytes: AtomicU64::new(0),
            turn: Arc::default(),
            connection: Mutex::new(None),
            _stdin: child.stdin.take(),
            child: Mutex::new(Some(child)),
        })
    }

    /// A process that an earlier daemon started, and what it says of itself.
    pub(super) fn found(
        uuid: Uuid,
        pid: Pid,
        started: u64,
        socket: &Path,
        within: Duration,
    ) -> io::Result<(Process, Description)> {
        let mut connection = UnixStream::connect(socket)?;
        connection.set_read_timeout(Some(within))?;
        connection.set_write_timeout(Some(within))?;
        wire::send(&mut connection, &Request::Describe.to_bytes())?;
        let answer = wire::answered(&wire::receive(&mut connection)?)?;
        let description = Description::from_bytes(&answer)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no description"))?;
        let process = Process {
            uuid,
            pid,
            started,
            socket: socket.to_owned(),
            memory_bytes: AtomicU64::new(description.memory_bytes),
            turn: Arc::default(),
            connection: Mutex::new(None),
            _stdin: None,
            child: Mutex::new(None),
        };
        Ok((process, description))
    }

    pub(in super::super) fn memory_bytes(&self) -> u64 {
        self.memory_bytes.load(Ordering::Relaxed)
    }

    pub(in super::super) fn read(&self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
        self.ask(&Request::Read { offset, len })
    }

    pub(in super::super) fn load(&self, memory: &[u8]) -> io::Result<()> {
        self.ask(&Request::Load(memory.to_vec()))?;
        self.memory_bytes.store(memory.len() as u64, Ordering::Relaxed);
        Ok(())
    }

    pub(in super::super) fn fill(&self, memory: &[u8]) -> io::Result<()> {
        self.ask(&Request::Fill(memory.to_vec())).map(drop)
    }

    pub(in super::super) fn set(&self, running: bool, note: &str) -> io::Result<()> {
        self.ask(&Request::Set { running, note: note.to_owned() }).map(drop)
    }

    /// Ends it. It runs no more when this returns: it says so itself, or is killed.
    pub(in super::super) fn end(&self) {
        if self.goodbye().is_none() && start_time(self.number()) == Some(self.started) {
            let _ = kill_process(self.pid, Signal::KILL);
        }
        let deadline = Instant::now() + END_WITHIN;
        while start_time(self.number()) == Some(self.started) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
        if let Some(mut child) = self.child.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = child.wait();
        }
        let pidfile = self.socket.with_extension("pid");
        for file in [&self.socket, &pidfile] {
            let _ = std::fs::remove_file(file);
        }
    }

    /// Has it end by itself. Somebody may be asking it something, and wait.
    fn goodbye(&self) -> Option<()> {
        let until = Instant::now() + GOODBYE_WITHIN;
        let mut held = loop {
            match self.connection.try_lock() {
                Ok(held) => break held,
                Err(TryLockError::Poisoned(held)) => break held.into_inner(),
                Err(TryLockError::WouldBlock) if Instant::now() < until => {
                    thread::sleep(Duration::from_millis(1));
                }
                Err(TryLockError::WouldBlock) => return None,
            }
        };
        let connection = held.take().map_or_else(|| UnixStream::connect(&self.socket), Ok);
        drop(held);
        say(connection.ok()?, &Request::End, GOODBYE_WITHIN).ok().map(drop)
    }

    /// Whose turn it is to change the guest.
    pub(in super::super) fn turn(&self) -> Arc<tokio::sync::Mutex<()>> {
        self.turn.clone()
    }

    /// Calls back, from a thread of its own, when the process has ended.
    pub(in super::super) fn watch(&self, ended: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let mut connection = UnixStream::connect(&self.socket)?;
        thread::Builder::new().stack_size(64 << 10).spawn(move || {
            // It says nothing unasked, so this waits for its end.
            let _ = connection.read(&mut [0]);
            ended();
        })?;
        Ok(())
    }

    pub(in super::super) fn uuid(&self) -> Uuid {
        self.uuid
    }

    pub(in super::super) fn pid(&self) -> Pid {
        self.pid
    }

    fn number(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Asks, and asks once more over a new connection where the first is broken: each request says how all is to be, so that
    /// twice is as good as once.
    fn ask(&self, request: &Request) -> io::Result<Vec<u8>> {
        self.exchange(request).or_else(|_| self.exchange(request))
    }

    fn exchange(&self, request: &Request) -> io::Result<Vec<u8>> {
        let mut held = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = held.take().map_or_else(|| UnixStream::connect(&self.socket), Ok)?;
        let (connection, message) = say(connection, request, SILENCE)?;
        // Only now, as a connection on which an answer is missing must not be used again.
        *held = Some(connection);
        drop(held);
        wire::answered(&message)
    }
}

/// Says one thing and hears what is answered, if that comes in time. An answer that is missing would be taken for the next one's.
fn say(mut connection: UnixStream, request: &Request, within: Duration) -> io::Result<(UnixStream, Vec<u8>)> {
    connection.set_read_timeout(Some(within))?;
    connection.set_write_timeout(Some(within))?;
    wire::send(&mut connection, &request.to_bytes())?;
    let message = wire::receive(&mut connection)?;
    Ok((connection, message))
}
