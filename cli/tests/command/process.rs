//! The command in processes of its own, and what it meets.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// A process that has ended.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Done {
    pub(crate) fn of(output: Output) -> Done {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Done { status: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    #[track_caller]
    pub(crate) fn succeeded(&self) -> String {
        assert_eq!(self.status, Some(0), "{self:?}");
        self.stdout.clone()
    }

    /// The one line that says why.
    #[track_caller]
    pub(crate) fn failed(&self, status: i32) -> String {
        assert_eq!(self.status, Some(status), "{self:?}");
        assert!(self.stderr.starts_with("virtwire: "), "{self:?}");
        assert_eq!(self.stderr.lines().count(), 1, "{self:?}");
        self.stderr.clone()
    }
}

#[track_caller]
pub(crate) fn run(arguments: &[&str]) -> Done {
    run_with(arguments, "")
}

/// Every command ends by itself, as each of its waits has an end.
#[track_caller]
pub(crate) fn run_with(arguments: &[&str], stdin: &str) -> Done {
    let mut child = command(arguments).stderr(Stdio::piped()).spawn().unwrap();
    // One that fails early reads nothing.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    Done::of(child.wait_with_output().unwrap())
}

/// The same with its output elsewhere.
#[track_caller]
pub(crate) fn run_into(arguments: &[&str], output: impl Into<Stdio>) -> Done {
    let mut command = command(arguments);
    Done::of(command.stdin(Stdio::null()).stdout(output).stderr(Stdio::piped()).output().unwrap())
}

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_virtwire"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// A running `virtwire serve`. Dropping it kills it.
pub(crate) struct Serve {
    child: Child,
    stdin: Option<ChildStdin>,
    /// What it said of its listeners.
    pub(crate) lines: Vec<String>,
}

impl Serve {
    #[track_caller]
    pub(crate) fn start(options: &[&str]) -> Serve {
        let ports = ["--migration-ports", "0-0"];
        let arguments = [&["serve", "--listen", "tcp://127.0.0.1:0"], &ports[..], options].concat();
        let mut child = command(&arguments).spawn().unwrap();
        let listeners = arguments.iter().filter(|argument| **argument == "--listen").count();
        let lines = BufReader::new(child.stdout.as_mut().unwrap())
            .lines()
            .take(listeners)
            .collect::<Result<Vec<_>, _>>();
        let lines = lines.unwrap();
        assert_eq!(lines.len(), listeners, "{lines:?}");
        let stdin = child.stdin.take();
        Serve { child, stdin, lines }
    }

    pub(crate) fn uri(&self) -> String {
        format!("mem+{}/default", self.lines[0].strip_prefix("listening on ").unwrap())
    }

    pub(crate) fn send(&self, signal: &str) {
        send(signal, &self.child);
    }

    /// To be ended by whoever asks for it.
    pub(crate) fn into_child(mut self) -> Child {
        let nobody = Command::new("true").spawn().unwrap();
        std::mem::replace(&mut self.child, nobody)
    }

    pub(crate) fn end_by_stdin(mut self) -> Option<i32> {
        drop(self.stdin.take());
        self.child.wait().unwrap().code()
    }

    pub(crate) fn end_by(mut self, signal: &str) -> Option<i32> {
        send(signal, &self.child);
        self.child.wait().unwrap().code()
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        // Both fail only for a child that has been waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A command that ends by itself, later. Dropping it kills it.
pub(crate) struct Background {
    child: Option<Child>,
    stderr: BufReader<ChildStderr>,
}

impl Background {
    /// Starts it, and waits until it says on standard error that it is under way.
    #[track_caller]
    pub(crate) fn start(arguments: &[&str], says: &str) -> Background {
        let mut started = Background::with(arguments);
        let mut line = String::new();
        started.stderr.read_line(&mut line).unwrap();
        assert!(line.starts_with(says), "{arguments:?}: {line}");
        started
    }

    /// Starts one that says nothing there.
    pub(crate) fn with(arguments: &[&str]) -> Background {
        let mut child = command(arguments).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Background { child: Some(child), stderr }
    }

    /// Reads a line of its output, and no more of it.
    pub(crate) fn read_a_line(&mut self) -> String {
        let stdout = self.child.as_mut().and_then(|child| child.stdout.take()).unwrap();
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        line
    }

    pub(crate) fn end(mut self) -> Done {
        let output = self.child.take().unwrap().wait_with_output().unwrap();
        let mut stderr = String::new();
        self.stderr.read_to_string(&mut stderr).unwrap();
        Done { status: output.status.code(), stdout: String::from_utf8(output.stdout).unwrap(), stderr }
    }

    /// The exit status; of one that goes on, which is killed, none.
    pub(crate) fn end_within(mut self, patience: Duration) -> Option<i32> {
        ended_within(self.child.as_mut().unwrap(), patience)
    }
}

/// The exit status; of one that goes on, none.
pub(crate) fn ended_within(child: &mut Child, patience: Duration) -> Option<i32> {
    let deadline = Instant::now() + patience;
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        thread::sleep(Duration::from_millis(10));
    }
    None
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // Both fail only for a child that has been waited for.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A `virtwire migrate`, under way. Dropping it kills it.
pub(crate) struct Migrate {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Migrate {
    #[track_caller]
    pub(crate) fn start(source: &Serve, destination: &Serve) -> Migrate {
        let (from, to) = (source.uri(), destination.uri());
        Migrate::with(&["--ladder", "--from", &from, "--to", &to, "web1"])
    }

    pub(crate) fn with(arguments: &[&str]) -> Migrate {
        Migrate::spawn(command(&[&["migrate", "--live"], arguments].concat()))
    }

    /// In a group with all that it runs, as a shell starts it.
    pub(crate) fn in_a_group(arguments: &[&str]) -> Migrate {
        let mut command = command(&[&["migrate", "--live"], arguments].concat());
        command.process_group(0);
        Migrate::spawn(command)
    }

    fn spawn(mut command: Command) -> Migrate {
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Migrate { child, lines }
    }

    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) {
        self.wait_for_either([text; 2]);
    }

    /// The line that has one of them.
    #[track_caller]
    pub(crate) fn wait_for_either(&mut self, texts: [&str; 2]) -> String {
        let mut seen = Vec::new();
        for line in self.lines.by_ref().map(Result::unwrap) {
            if texts.iter().any(|text| line.contains(text)) {
                return line;
            }
            seen.push(line);
        }
        panic!("{texts:?} was not said: {seen:#?}");
    }

    pub(crate) fn interrupt(&self) {
        self.send("INT");
    }

    /// What a terminal does at Ctrl-C.
    pub(crate) fn interrupt_group(&self) {
        kill(&["-s", "INT", "--", &format!("-{}", self.child.id())]);
    }

    pub(crate) fn send(&self, signal: &str) {
        send(signal, &self.child);
    }

    pub(crate) fn end(mut self) -> Option<i32> {
        self.lines.by_ref().for_each(drop);
        self.child.wait().unwrap().code()
    }

    /// The exit status and the rest of what it says; of one that goes on, which is killed, no status.
    pub(crate) fn end_within(mut self, patience: Duration) -> (Option<i32>, Vec<String>) {
        let status = ended_within(&mut self.child, patience);
        if status.is_none() {
            self.child.kill().unwrap();
        }
        (status, self.lines.by_ref().map(Result::unwrap).collect())
    }
}

impl Drop for Migrate {
    fn drop(&mut self) {
        // Both fail only for a child that has been waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn send(signal: &str, to: &Child) {
    kill(&["-s", signal, &to.id().to_string()]);
}

fn kill(arguments: &[&str]) {
    assert!(Command::new("kill").args(arguments).status().unwrap().success());
}

/// A server that answers as a web server does, to one client.
pub(crate) fn stranger() -> (String, thread::JoinHandle<()>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let uri = format!("mem+{}/default", format_args!("tcp://{}", listener.local_addr().unwrap()));
    let server = thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        client.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").unwrap();
        // Until the client has had enough.
        let _ = client.read_to_end(&mut Vec::new());
    });
    (uri, server)
}

/// A port on which nobody listens: it was free a moment ago.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

pub(crate) fn temporary(name: &str) -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("virtwire-{}-{number}-{name}", std::process::id()))
}

/// A program of a test's own.
pub(crate) fn script(name: &str, body: &str) -> PathBuf {
    let path = temporary(name);
    script_at(&path, body);
    path
}

pub(crate) fn script_at(path: &Path, body: &str) {
    std::fs::write(path, format!("#!/bin/sh\n{body}\n")).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[track_caller]
pub(crate) fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// What every `ended` has, and null where there is nothing to say.
#[track_caller]
pub(crate) fn has_all_keys(ended: &Value) {
    const KEYS: &str = "check destination domain downgrade event from left_on_destination left_on_source name outcome reason seconds \
                        sentence source state to uuid version warning why";
    let found: BTreeSet<_> = ended.as_object().expect("a document").keys().map(String::as_str).collect();
    assert_eq!(found.into_iter().collect::<Vec<_>>().join(" "), KEYS);
}
