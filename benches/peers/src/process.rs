//! The processes of a run: servers that end with their owner, and clients whose one line is the result.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::time::{Duration, Instant};

/// Where both ends run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    OneCore,
    Anywhere,
}

impl Placement {
    fn command(self, program: &Path) -> Command {
        match self {
            Placement::Anywhere => Command::new(program),
            Placement::OneCore => {
                let mut command = Command::new("taskset");
                command.args(["--cpu-list", "0"]).arg(program);
                command
            }
        }
    }
}

/// A server, until it is dropped.
pub struct Server {
    child: Child,
    pub socket: PathBuf,
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

    /// A libvirtd with folders of its own, by the same means as the tests'.
    pub fn libvirtd(&self, placement: Placement) -> Option<Server> {
        let (folder, script) = (self.0.join("libvirtd"), repository().join("tests/interop/lab.sh"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("etc/libvirt")).expect("a folder");
        let conf = "listen_tls = 0\nlisten_tcp = 0\nauth_unix_rw = \"none\"\nunix_sock_group = \"root\"\n";
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
