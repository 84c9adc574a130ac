//! Processes that end with the test that started them, and never keep it waiting for ever.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// No program of these tests needs this long on the slowest machine; one that does is stuck.
const DEADLINE: Duration = Duration::from_secs(120);

/// What a program that has ended leaves.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs a program to its end.
#[track_caller]
pub(crate) fn run(command: &mut Command) -> Finished {
    let mut process = Process::start(command.stdin(Stdio::null()).stderr(Stdio::piped()));
    let mut stderr = process.child.stderr.take().expect("standard error is piped");
    let stderr = thread::spawn(move || read_to_end(&mut stderr));
    let stdout = process.lines_to_end();
    let status = process.child.wait().expect("a child can be waited for");
    Finished { status, stdout, stderr: stderr.join().expect("reading does not panic") }
}

/// A running program whose standard output is read as it comes. Dropping it kills it and waits until it has gone.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    name: String,
    lines: Receiver<String>,
    reader: Option<JoinHandle<()>>,
}

impl Process {
    #[track_caller]
    pub(crate) fn start(command: &mut Command) -> Process {
        let name = format!("{command:?}");
        let mut child = match command.stdout(Stdio::piped()).spawn() {
            Ok(child) => child,
            Err(error) => panic!("{name}: {error}"),
        };
        let stdout = BufReader::new(child.stdout.take().expect("standard output is piped"));
        let (send, lines) = channel();
        let reader = thread::spawn(move || {
            for line in stdout.split(b'\n').map_while(Result::ok) {
                // Nobody may be listening any more, and still the program must not block on a full pipe.
                let _ = send.send(String::from_utf8_lossy(&line).into_owned());
            }
        });
        Process { child, name, lines, reader: Some(reader) }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The rest of the first line that starts with `prefix`.
    #[track_caller]
    pub(crate) fn line_after(&self, prefix: &str) -> String {
        let deadline = Instant::now() + DEADLINE;
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    if let Some(rest) = line.strip_prefix(prefix) {
                        return rest.to_owned();
                    }
                }
                Err(why) => panic!("{}: no line {prefix:?}: {}", self.name, describe(why)),
            }
        }
    }

    /// Whether a line that starts with `prefix` comes in time.
    pub(crate) fn line_within(&self, prefix: &str, within: Duration) -> bool {
        let deadline = Instant::now() + within;
        while let Ok(line) = self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            if line.starts_with(prefix) {
                return true;
            }
        }
        false
    }

    /// Closes the program's standard input, if it is a pipe, and waits for its end.
    pub(crate) fn end_of_input(&mut self) {
        drop(self.child.stdin.take());
        let deadline = Instant::now() + DEADLINE;
        while self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())).is_ok() {}
    }

    #[track_caller]
    fn lines_to_end(&mut self) -> String {
        let deadline = Instant::now() + DEADLINE;
        let mut text = String::new();
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    text += &line;
                    text.push('\n');
                }
                Err(RecvTimeoutError::Disconnected) => return text,
                Err(why) => panic!("{}: {} after {text:?}", self.name, describe(why)),
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only for a child that has been waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

fn describe(why: RecvTimeoutError) -> String {
    match why {
        RecvTimeoutError::Disconnected => "it ended".to_owned(),
        RecvTimeoutError::Timeout => format!("it took more than {} s", DEADLINE.as_secs()),
    }
}

fn read_to_end(source: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    let _ = source.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}
