//! The guest's side: a process that counts, does what its daemon says, and writes down when it ran.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::super::super::Uuid;
use super::super::super::boot::start_time;
use super::found::place;
use super::wire::{self, Description, Request};

/// Between two ticks of a guest that runs.
const TICK: Duration = Duration::from_millis(100);
/// How much of its memory the counter is.
const COUNTER_BYTES: usize = 8;

/// What a guest's process is told on its command line: `DIR UUID [--run-log FILE]`.
#[derive(Clone, Debug)]
pub struct GuestArguments {
    /// Where its socket and its pidfile go.
    pub directory: PathBuf,
    /// Which guest it is.
    pub uuid: Uuid,
    /// Where it writes down when it ran.
    pub run_log: Option<PathBuf>,
}

impl GuestArguments {
    pub(super) fn to_words(&self) -> Vec<OsString> {
        let mut words = vec![self.directory.clone().into(), self.uuid.to_string().into()];
        if let Some(log) = &self.run_log {
            words.extend(["--run-log".into(), log.into()]);
        }
        words
    }
}

/// Is a guest, until its daemon ends it. What a [`Guests::program`](super::Guests::program) does.
///
/// # Errors
/// The system's, before the guest is ready.
pub fn run_guest(arguments: &GuestArguments) -> io::Result<()> {
    // A session of its own: what ends its daemon's terminal or process group does not end it.
    rustix::process::setsid()?;
    let pid = std::process::id();
    let (socket, pidfile) = (place(arguments, pid, "sock"), place(arguments, pid, "pid"));
    let listener = UnixListener::bind(&socket)?;
    let log = match &arguments.run_log {
        Some(path) => Some(OpenOptions::new().append(true).create(true).open(path)?),
        None => None,
    };
    let files = vec![socket, pidfile.clone()];
    let guest = Arc::new(Guest {
        host: arguments.directory.display().to_string(),
        uuid: arguments.uuid,
        log,
        files,
        state: Mutex::new(State {
            running: false,
            committed: false,
            memory: Vec::new(),
            note: String::new(),
        }),
    });
    write_whole(&pidfile, &format!("{pid} {}\n", start_time(pid).unwrap_or_default()))?;
    writeln!(io::stdout(), "ready {pid}")?;
    thread::spawn({
        let guest = guest.clone();
        move || guest.wait_for_its_daemon()
    });
    thread::spawn({
        let guest = guest.clone();
        move || guest.count()
    });
    for client in listener.incoming().flatten() {
        let guest = guest.clone();
        thread::spawn(move || guest.serve(client));
    }
    Ok(())
}

/// So that whoever finds the file finds all of it.
fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension("new");
    fs::write(&beside, text)?;
    fs::rename(beside, path)
}

struct Guest {
    host: String,
    uuid: Uuid,
    log: Option<File>,
    files: Vec<PathBuf>,
    state: Mutex<State>,
}

struct State {
    running: bool,
    committed: bool,
    memory: Vec<u8>,
    note: String,
}

impl State {
    fn counter(&self) -> u64 {
        self.memory.last_chunk::<COUNTER_BYTES>().map_or(0, |bytes| u64::from_be_bytes(*bytes))
    }

    fn tick(&mut self) {
        let next = self.counter().wrapping_add(1);
        if let Some(bytes) = self.memory.last_chunk_mut::<COUNTER_BYTES>() {
            *bytes = next.to_be_bytes();
        }
    }
}

impl Guest {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until it is committed it ends with its daemon, which holds the other end of standard input.
    fn wait_for_its_daemon(&self) {
        let mut stdin = io::stdin().lock();
        while stdin.read(&mut [0; 64]).is_ok_and(|read| read > 0) {}
        let mut state = self.lock();
        if !state.committed {
            self.end(&mut state);
        }
    }

    fn count(&self) {
        loop {
            thread::sleep(TICK);
            let mut state = self.lock();
            if state.running {
                state.tick();
                self.write_down("tick", &state);
            }
            // Nobody can find it any more, nor end it.
            if self.files.iter().any(|file| fs::symlink_metadata(file).is_err()) {
                self.end(&mut state);
            }
        }
    }

    fn serve(&self, mut client: UnixStream) {
        while let Ok(message) = wire::receive(&mut client) {
            let done = match Request::from_bytes(&message) {
                None => Err("not a request".to_owned()),
                Some(request) => self.answer(request, &mut client),
            };
            if wire::send(&mut client, &wire::answer(done)).is_err() {
                return;
            }
        }
    }

    fn answer(&self, request: Request, client: &mut UnixStream) -> Result<Vec<u8>, String> {
        let mut state = self.lock();
        match request {
            Request::Describe => {
                let State { committed, memory, note, .. } = &*state;
                let memory_bytes = memory.len() as u64;
                Ok(Description { committed: *committed, memory_bytes, note: note.clone() }.to_bytes())
            }
            Request::Set { running, note } => {
                state.note = note;
                state.committed = true;
                self.set_running(&mut state, running);
                Ok(Vec::new())
            }
            Request::Read { offset, len } => {
                let start = usize::try_from(offset).ok();
                let end = offset.checked_add(len).and_then(|end| usize::try_from(end).ok());
                let range = start.zip(end).and_then(|(start, end)| state.memory.get(start..end));
                range.map(<[u8]>::to_vec).ok_or_else(|| format!("no {len} bytes at {offset}"))
            }
            Request::Load(memory) => {
                state.memory = memory;
                self.write_down("load", &state);
                Ok(Vec::new())
            }
            Request::Fill(memory) => {
                let counts_at = state.memory.len().saturating_sub(COUNTER_BYTES);
                match (state.memory.get_mut(..counts_at), memory.get(..counts_at)) {
                    (Some(here), Some(there)) if memory.len() == counts_at + COUNTER_BYTES => {
                        here.copy_from_slice(there);
                        Ok(Vec::new())
                    }
                    _ => Err(format!("{} bytes of memory", memory.len())),
                }
            }
            Request::End => {
                self.set_running(&mut state, false);
                // Answered while it is there: the daemon sees the end of the connection too.
                let _ = wire::send(client, &wire::answer(Ok(Vec::new())));
                self.end(&mut state)
            }
        }
    }

    /// Written down before it runs, and after it stands still.
    fn set_running(&self, state: &mut State, running: bool) {
        match (state.running, running) {
            (false, true) => {
                self.write_down("run", state);
                state.running = true;
            }
            (true, false) => {
                state.running = false;
                self.write_down("stop", state);
            }
            _ => {}
        }
    }

    fn end(&self, state: &mut State) -> ! {
        self.set_running(state, false);
        self.write_down("end", state);
        for file in &self.files {
            let _ = fs::remove_file(file);
        }
        std::process::exit(0)
    }

    fn write_down(&self, event: &str, state: &State) {
        let Some(mut log) = self.log.as_ref() else { return };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let (uuid, pid, counter, host) = (self.uuid, std::process::id(), state.counter(), &self.host);
        // One write, so that the lines of several guests do not mix.
        let _ = log.write_all(format!("{now} {uuid} {pid} {event} {counter} {host}\n").as_bytes());
    }
}
