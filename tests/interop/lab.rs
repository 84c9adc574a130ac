//! A real libvirtd of a test's own: its directories, its host name, its address.
//!
//! With `VIRTWIRE_PEER_ROOT`, a directory that has the files of another distribution, it is that one's libvirtd, of another age;
//! `.ci/peers` makes such directories.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, io};

use tokio::runtime::{Builder, Runtime};

use crate::process::Process;

/// A libvirtd that answers, over TCP and a unix socket.
#[derive(Debug)]
pub(crate) struct Libvirtd {
    // Ends before its directories go.
    process: Process,
    directory: Directory,
    address: SocketAddr,
    tls: Option<SocketAddr>,
    host_name: String,
}

/// A libvirtd before it starts: what is to be in its configuration beyond what every one here has.
#[derive(Debug)]
pub(crate) struct Setup {
    number: u16,
    address: SocketAddr,
    directory: Directory,
    libvirtd_conf: Vec<String>,
    folders: Vec<&'static str>,
    environment: Vec<(&'static str, String)>,
    tls: Option<SocketAddr>,
    own_network: bool,
}

impl Setup {
    pub(crate) fn new() -> Setup {
        let number = next_number();
        Setup::numbered(number, own_host(number))
    }

    /// One that listens at a given address, such as that of a name.
    pub(crate) fn on(host: Ipv4Addr) -> Setup {
        Setup::numbered(next_number(), host)
    }

    fn numbered(number: u16, host: Ipv4Addr) -> Setup {
        Setup {
            number,
            address: SocketAddr::new(host.into(), own_ports(16_000, 2, number)),
            directory: Directory::new(number),
            libvirtd_conf: Vec::new(),
            folders: Vec::new(),
            environment: Vec::new(),
            tls: None,
            own_network: false,
        }
    }

    /// Where the daemon's files will be, for those that its configuration is to name.
    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The address where it will listen.
    pub(crate) fn host(&self) -> IpAddr {
        self.address.ip()
    }

    /// A line for `libvirtd.conf`, in place of the one that has the same key.
    pub(crate) fn libvirtd_conf(mut self, line: impl Into<String>) -> Setup {
        let line = line.into();
        self.libvirtd_conf.retain(|known| key(known) != key(&line));
        self.libvirtd_conf.push(line);
        self
    }

    /// Has the daemon find, in place of the machine's own folder such as `etc/sasl2`, the one of that name in `directory`.
    pub(crate) fn folder(mut self, folder: &'static str) -> Setup {
        self.folders.push(folder);
        self
    }

    /// The name that the daemon's host will have.
    pub(crate) fn host_name(&self) -> String {
        format!("host-{}", self.number)
    }

    /// Has a shell do something where the daemon's directories are, before the daemon starts.
    pub(crate) fn before(self, script: &str) -> Setup {
        self.environment("BEFORE", script)
    }

    /// Sets a variable of the daemon's environment.
    pub(crate) fn environment(mut self, name: &'static str, value: impl Into<String>) -> Setup {
        self.environment.push((name, value.into()));
        self
    }

    /// Makes it the daemon of another distribution, whose files are in this directory.
    pub(crate) fn of(self, root: &Path) -> Setup {
        let root = root.to_str().expect("a path of ours is text").to_owned();
        self.environment("VIRTWIRE_PEER_ROOT", root)
    }

    /// Has the daemon listen for TLS too, with certificates at these paths.
    pub(crate) fn tls(mut self, authority: &str, certificate: &str, key: &str) -> Setup {
        let address = SocketAddr::new(self.host(), self.address.port() + 1);
        self.tls = Some(address);
        self.libvirtd_conf("listen_tls = 1")
            .libvirtd_conf(format!("tls_port = \"{}\"", address.port()))
            .libvirtd_conf("auth_tls = \"none\"")
            .libvirtd_conf(format!("ca_file = \"{authority}\""))
            .libvirtd_conf(format!("cert_file = \"{certificate}\""))
            .libvirtd_conf(format!("key_file = \"{key}\""))
    }

    /// Gives the daemon a network of its own, where it may make bridges. Only its unix sockets are to be reached.
    pub(crate) fn own_network(mut self) -> Setup {
        self.own_network = true;
        self
    }

    #[track_caller]
    pub(crate) fn start(self) -> Libvirtd {
        let Setup { number, address, directory, libvirtd_conf, folders, environment, tls, own_network } =
            self;
        let host_name = format!("host-{number}");
        directory.write(
            "etc/libvirt/libvirtd.conf",
            &merged(usual_libvirtd_conf(address, number), &libvirtd_conf),
        );
        directory.write("etc/libvirt/qemu.conf", &usual_qemu_conf(number));
        let script = directory.write("lab.sh", include_str!("lab.sh"));

        let process = Process::start(
            Command::new("unshare")
                .args(["--mount", "--uts", "--pid", "--fork", "--mount-proc", "--propagation", "private"])
                .args(own_network.then_some("--net"))
                .args(["sh", &script])
                .arg(&directory.path)
                .arg(&host_name)
                .args(folders)
                .envs(environment)
                .stdin(Stdio::piped()),
        );
        // The daemon's first process returns when the sockets listen; calls made before the drivers are up wait.
        process.line_after("ready");
        Libvirtd { process, directory, address, tls, host_name }
    }
}

/// What a line of a configuration is about.
fn key(line: &str) -> &str {
    line.split('=').next().unwrap_or_default().trim()
}

/// The lines, with those of the same keys in place of the usual ones.
fn merged(usual: String, lines: &[String]) -> String {
    let changed: Vec<_> = lines.iter().map(|line| key(line)).collect();
    let kept = usual.lines().filter(|line| !changed.contains(&key(line)));
    kept.chain(lines.iter().map(String::as_str)).fold(String::new(), |text, line| text + line + "\n")
}

impl Libvirtd {
    #[track_caller]
    pub(crate) fn start() -> Libvirtd {
        Setup::new().start()
    }

    /// One that asks clients on TCP for a user and a password, and knows none.
    #[track_caller]
    pub(crate) fn asking_for_sasl() -> Libvirtd {
        let setup = Setup::new().folder("etc/sasl2").libvirtd_conf("auth_tcp = \"sasl\"");
        setup.directory().write("etc/sasl2/libvirt.conf", "mech_list: digest-md5\n");
        setup.start()
    }

    /// Where it listens for TLS, if it does.
    #[track_caller]
    pub(crate) fn tls_address(&self) -> SocketAddr {
        self.tls.expect("the test set up TLS")
    }

    /// A program where the daemon's directories are, `/run/libvirt` and all. Not its processes: the program outlives nothing.
    pub(crate) fn inside(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.arg("--mount").arg("--uts").arg("--target").arg(self.process.id().to_string()).arg(program);
        command
    }

    /// A program where the daemon's directories and processes are, as one of them.
    pub(crate) fn beside(&self, program: &str) -> Command {
        let id = self.process.id();
        let mut command = Command::new("nsenter");
        command.args(["--mount", "--uts", "--target", &id.to_string()]);
        command.arg(format!("--pid=/proc/{id}/ns/pid_for_children")).arg(program);
        command
    }

    /// Has a shell do something there. `$ROOT` is where the daemon's own files begin, if they are another distribution's.
    #[track_caller]
    pub(crate) fn shell(&self, script: &str) {
        let over = self.directory.path.join("over");
        let root = if over.exists() { over.join("root") } else { PathBuf::new() };
        let finished = crate::process::run(self.beside("sh").args(["-euc", script]).env("ROOT", root));
        assert!(finished.status.success(), "{script}: {finished:?}");
    }

    /// Kills the daemon, waits until nothing of it is left, and starts it again.
    #[track_caller]
    pub(crate) fn kill_and_restart(&self) {
        self.shell(
            "pid=$(cat /run/libvirt/libvirtd.pid)
             kill -9 $pid
             while [ -d /proc/$pid/task/$pid ]; do
                 # A first thread that is dead says nothing about the others, which still hold the sockets.
                 if grep -q '^State:.Z' /proc/$pid/status && [ \"$(ls /proc/$pid/task)\" = $pid ]; then break; fi
                 sleep 0.02
             done
             # A child that it was about to start may hold them a moment longer.
             for again in $(seq 50); do
                 ${ROOT:+chroot $ROOT} libvirtd --daemon --listen --config /etc/libvirt/libvirtd.conf \\
                     --pid-file /run/libvirt/libvirtd.pid && exit
                 sleep 0.1
             done
             exit 1",
        );
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn host_name(&self) -> &str {
        &self.host_name
    }

    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.directory.path.join("run/libvirt/libvirt-sock")
    }

    /// Where its administration listens.
    pub(crate) fn admin_socket(&self) -> PathBuf {
        self.directory.path.join("run/libvirt/libvirt-admin-sock")
    }

    /// The address of a driver of this daemon, such as `("qemu", "/system")`.
    pub(crate) fn uri(&self, driver: &str, path: &str) -> String {
        format!("{driver}+tcp://{}{path}", self.address)
    }

    /// The same over its unix socket.
    pub(crate) fn unix_uri(&self, driver: &str, path: &str) -> String {
        format!("{driver}+unix://{path}?socket={}", self.socket().display())
    }
}

impl Drop for Libvirtd {
    fn drop(&mut self) {
        self.process.end_of_input();
    }
}

/// A directory that goes when its owner does.
#[derive(Debug)]
pub(crate) struct Directory {
    path: PathBuf,
}

impl Directory {
    pub(crate) fn new(number: u16) -> Directory {
        let path = env::temp_dir().join(format!("virtwire-interop-{}-{number}", process::id()));
        fs::create_dir_all(&path).expect("a temporary directory");
        Directory { path }
    }

    /// One that outlives a daemon, and where in it that keeps its state.
    pub(crate) fn of_state() -> (Directory, String) {
        let directory = Directory::new(next_number());
        let path = directory.path().join("state").display().to_string();
        (directory, path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file for a program to read, and returns where it is. The folders on its way are made.
    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.path.join(name);
        fs::create_dir_all(path.parent().unwrap_or(&self.path)).expect("a folder in a directory of ours");
        fs::write(&path, text).expect("a file in a directory of ours");
        path.into_os_string().into_string().expect("a path of ours is text")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let removed = fs::remove_dir_all(&self.path);
        if let Err(error) = removed
            && error.kind() != io::ErrorKind::NotFound
            && !std::thread::panicking()
        {
            panic!("{}: {error}", self.path.display());
        }
    }
}

/// What the clients of a test run on.
pub(crate) fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// Returns once it holds.
#[track_caller]
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// Numbers what this process starts.
pub(crate) fn next_number() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A loopback address that no other test uses. QEMU's driver refuses 127.0.0.1 for migration.
fn own_host(number: u16) -> Ipv4Addr {
    let [.., high, low] = process::id().to_be_bytes();
    Ipv4Addr::new(127, 128 | number.to_be_bytes()[1], high, low)
}

/// The first of some ports for a daemon alone. Not ones that the kernel gives away: a daemon that is killed comes back to them,
/// and QEMU listens long after libvirtd has chosen, as does a daemon of ours to which a guest is to come. Two runs of these tests at once are to meet seldom.
pub(crate) fn own_ports(first: u16, each: u16, number: u16) -> u16 {
    let [.., high, low] = process::id().to_be_bytes();
    first + each * (u16::from_be_bytes([high, low]).wrapping_add(number) % 1_000)
}

/// A port that is free at this address.
pub(crate) fn free_address(host: IpAddr) -> SocketAddr {
    let probe = TcpListener::bind((host, 0)).expect("a loopback address to listen on");
    probe.local_addr().expect("a listener has an address")
}

fn usual_libvirtd_conf(address: SocketAddr, number: u16) -> String {
    format!(
        "listen_tls = 0\n\
         listen_tcp = 1\n\
         listen_addr = \"{host}\"\n\
         tcp_port = \"{port}\"\n\
         auth_tcp = \"none\"\n\
         auth_unix_ro = \"none\"\n\
         auth_unix_rw = \"none\"\n\
         unix_sock_group = \"root\"\n\
         host_uuid = \"{id:08x}-0000-4000-8000-00000000{number:04x}\"\n\
         log_level = 3\n\
         log_outputs = \"3:file:/var/log/libvirt/libvirtd.log\"\n",
        host = address.ip(),
        port = address.port(),
        id = process::id(),
    )
}

fn usual_qemu_conf(number: u16) -> String {
    let (migration, display) = (own_ports(18_000, 8, number), own_ports(26_000, 4, number));
    format!(
        "user = \"root\"\n\
         group = \"root\"\n\
         dynamic_ownership = 0\n\
         remember_owner = 0\n\
         security_driver = \"none\"\n\
         namespaces = [ ]\n\
         cgroup_controllers = [ ]\n\
         stdio_handler = \"file\"\n\
         migration_address = \"{host}\"\n\
         migration_host = \"{host}\"\n\
         migration_port_min = {migration}\n\
         migration_port_max = {migration_max}\n\
         remote_display_port_min = {display}\n\
         remote_display_port_max = {display_max}\n",
        host = own_host(number),
        migration_max = migration + 7,
        display_max = display + 3,
    )
}
