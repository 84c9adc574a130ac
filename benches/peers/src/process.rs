//! The processes of a run: servers that end with their owner, and clients whose one line is the result.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::time::{Duration, Instant};

use nix::time::{clock_getcpuclockid, clock_gettime};
use nix::unistd::Pid;

/// Where a process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// On the first core.
    OneCore,
    /// On the second.
    OtherCore,
    Anywhere,
}

impl Placement {
    /// With as many descriptors as it may have.
    fn command(self, program: &Path) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -n $(ulimit -Hn); exec \"$0\" \"$@\""]);
        match self {
            Placement::OneCore => drop(command.args(["taskset", "--cpu-list", "0"])),
            Placement::OtherCore => drop(command.args(["taskset", "--cpu-list", "1"])),
            Placement::Anywhere => {}
        }
        command.arg(program);
        command
    }
}

/// A server, until it is dropped.
pub struct Server {
    child: Child,
    pub socket: PathBuf,
}

impl Server {
    /// The processes that it consists of.
    fn processes(&self) -> Vec<u32> {
        let (mut found, mut at) = (vec![self.child.id()], 0);
        while let Some(process) = found.get(at).copied() {
            for task in fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten() {
                let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
                found.extend(children.split_whitespace().filter_map(|word| word.parse::<u32>().ok()));
            }
            at += 1;
        }
        found
    }

    /// Memory of all of them.
    pub fn resident_kib(&self) -> f64 {
        let pages = self.processes().into_iter().filter_map(|process| {
            let text = fs::read_to_string(format!("/proc/{process}/statm")).ok()?;
            text.split_whitespace().nth(1)?.parse::<f64>().ok()
        });
        pages.sum::<f64>() * 4.0
    }

    /// Processor time of all that it consists of, so far: of threads that have ended too, as libvirtd has one for each volume that is moved.
    pub fn processor_time(&self) -> Duration {
        let times = self.processes().into_iter().filter_map(|process| {
            let clock = clock_getcpuclockid(Pid::from_raw(process as i32)).ok()?;
            clock_gettime(clock).ok().map(Duration::from)
        });
        times.sum()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A libvirtd ends with its standard input, the others by this.
        drop(self.child.stdin.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder for the sockets and programs of a run.
pub struct Place(PathBuf);

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Place {
    pub fn new() -> Place {
        let path = std::env::temp_dir().join(format!("virtwire-peers-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Place(path)
    }

    /// One of our own servers, by its word.
    pub fn server(&self, placement: Placement, name: &str, words: &[&str]) -> Server {
        let socket = self.0.join(name);
        let _ = fs::remove_file(&socket);
        let words = words.iter().map(|word| word.replace("SOCKET", &socket.to_string_lossy()));
        let child = placement.command(&own()).args(words).spawn().expect("this program again");
        let deadline = Instant::now() + Duration::from_secs(20);
        while UnixStream::connect(&socket).is_err() {
            assert!(Instant::now() < deadline, "{name} does not listen");
            std::thread::yield_now();
        }
        Server { child, socket }
    }

    /// Idle, opened connections, until they are dropped.
    pub fn holder(&self, socket: &Path, connections: usize) -> Server {
        let mut child = Placement::Anywhere
            .command(&own())
            .arg("hold")
            .arg(socket)
            .arg(connections.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program again");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        assert_eq!(line.trim(), connections.to_string(), "connections that were opened");
        Server { child, socket: socket.to_owned() }
    }

    /// A libvirtd with folders of its own, by the same means as the tests'.
    pub fn libvirtd(&self, placement: Placement) -> Option<Server> {
        let (folder, script) = (self.0.join("libvirtd"), repository().join("tests/interop/lab.sh"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("etc/libvirt")).expect("a folder");
        let conf = "listen_tls = 0\nlisten_tcp = 0\nauth_unix_rw = \"none\"\nunix_sock_group = \"root\"\n\
                    max_clients = 20000\nmax_queued_clients = 20000\nmax_anonymous_clients = 20000\n";
        fs::write(folder.join("etc/libvirt/libvirtd.conf"), conf).expect("a configuration");
        let mut child = placement
            .command(Path::new("unshare"))
            .args(["--mount", "--uts", "--pid", "--fork", "--mount-proc", "--propagation", "private", "sh"])
            .args([&script, &folder])
            .arg("bench")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let lines = BufReader::new(child.stdout.take()?).lines();
        let is_ready = lines.map_while(Result::ok).any(|line| line == "ready");
        let server = Server { child, socket: folder.join("run/libvirt/libvirt-sock") };
        is_ready.then_some(server)
    }

    /// libvirt's own client, built.
    pub fn c_client(&self) -> PathBuf {
        let program = self.0.join("c-client");
        let source = here().join("client.c");
        let libraries = ["-lvirt", "-lpthread"];
        done(Command::new("gcc").args(["-O2", "-Wall", "-o"]).args([&program, &source]).args(libraries));
        program
    }

    /// go-libvirt, built from where Debian has its source.
    pub fn go_client(&self) -> PathBuf {
        let program = self.0.join("go-client");
        let mut build = Command::new("go");
        build.arg("build").arg("-o").args([&program, &here().join("client.go")]);
        build
            .env("GO111MODULE", "off")
            .env("GOPATH", "/usr/share/gocode")
            .env("GOCACHE", self.0.join("go-cache"));
        done(&mut build);
        program
    }
}

/// Runs a client to its end; its line is the result.
pub fn result<T: FromStr>(placement: Placement, program: &Path, words: &[&str]) -> T
where
    T::Err: std::fmt::Debug,
{
    let output = placement.command(program).args(words).stderr(Stdio::inherit()).output().expect("a program");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{} {words:?}: {}", program.display(), output.status);
    text.trim().parse().expect("a result")
}

/// This program.
pub fn own() -> PathBuf {
    std::env::current_exe().expect("a path")
}

fn done(command: &mut Command) {
    let status = command.status();
    assert!(status.as_ref().is_ok_and(|status| status.success()), "{command:?}: {status:?}");
}

pub fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn repository() -> PathBuf {
    here().join("../..")
}
