//! A real libvirtd of a test's own: its directories, its host name, its address.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::{env, fs, io};

use crate::process::Process;

/// A libvirtd that answers, over TCP and a unix socket.
#[derive(Debug)]
pub(crate) struct Libvirtd {
    // Ends before its directories go.
    process: Process,
    directory: Directory,
    address: SocketAddr,
    host_name: String,
}

impl Libvirtd {
    #[track_caller]
    pub(crate) fn start() -> Libvirtd {
        Libvirtd::start_with("none", &[])
    }

    /// One that asks clients on TCP for a user and a password, and knows none.
    #[track_caller]
    pub(crate) fn asking_for_sasl() -> Libvirtd {
        Libvirtd::start_with("sasl", &[])
    }

    /// One with a network of its own, where it may make bridges. Only its unix sockets are to be reached.
    #[track_caller]
    pub(crate) fn with_own_network() -> Libvirtd {
        Libvirtd::start_with("none", &["--net"])
    }

    #[track_caller]
    fn start_with(auth_tcp: &str, more_namespaces: &[&str]) -> Libvirtd {
        let number = next_number();
        let address = own_address(number);
        let host_name = format!("host-{number}");
        let directory = Directory::new(number);
        let etc = directory.path.join("etc/libvirt");
        fs::create_dir_all(&etc).expect("a directory for the daemon");
        fs::write(etc.join("libvirtd.conf"), libvirtd_conf(address, number, auth_tcp))
            .expect("libvirtd.conf");
        fs::write(etc.join("qemu.conf"), qemu_conf(address)).expect("qemu.conf");
        let script = directory.path.join("lab.sh");
        fs::write(&script, include_str!("lab.sh")).expect("lab.sh");

        let process = Process::start(
            Command::new("unshare")
                .args(["--mount", "--uts", "--pid", "--fork", "--mount-proc", "--propagation", "private"])
                .args(more_namespaces)
                .arg("sh")
                .arg(script)
                .arg(&directory.path)
                .arg(&host_name)
                .args(other_root())
                .stdin(Stdio::piped()),
        );
        // The daemon's first process returns when the sockets listen; calls made before the drivers are up wait.
        process.line_after("ready");
        Libvirtd { process, directory, address, host_name }
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
    pub(crate) fn new(number: u8) -> Directory {
        let path = env::temp_dir().join(format!("virtwire-interop-{}-{number}", process::id()));
        fs::create_dir_all(&path).expect("a temporary directory");
        Directory { path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file for a program to read, and returns where it is.
    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.path.join(name);
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

/// A directory with another distribution's files, libvirtd among them, which daemons are then started from: libvirt of
/// another age. `.ci/peers` makes them.
pub(crate) fn other_root() -> Option<PathBuf> {
    env::var_os("VIRTWIRE_PEER_ROOT").filter(|root| !root.is_empty()).map(PathBuf::from)
}

/// Numbers what this process starts.
pub(crate) fn next_number() -> u8 {
    static NEXT: AtomicU8 = AtomicU8::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A loopback address that no other test uses, and a port free on it. QEMU's driver refuses 127.0.0.1 for migration.
fn own_address(number: u8) -> SocketAddr {
    let [.., high, low] = process::id().to_be_bytes();
    let host = Ipv4Addr::new(127, 128 | number, high, low);
    let probe = TcpListener::bind((host, 0)).expect("a loopback address to listen on");
    probe.local_addr().expect("a listener has an address")
}

fn libvirtd_conf(address: SocketAddr, number: u8, auth_tcp: &str) -> String {
    format!(
        "listen_tls = 0\n\
         listen_tcp = 1\n\
         listen_addr = \"{host}\"\n\
         tcp_port = \"{port}\"\n\
         auth_tcp = \"{auth_tcp}\"\n\
         auth_unix_ro = \"none\"\n\
         auth_unix_rw = \"none\"\n\
         unix_sock_group = \"root\"\n\
         host_uuid = \"{id:08x}-0000-4000-8000-0000000000{number:02x}\"\n\
         log_level = 3\n\
         log_outputs = \"3:file:/var/log/libvirt/libvirtd.log\"\n",
        host = address.ip(),
        port = address.port(),
        id = process::id(),
    )
}

fn qemu_conf(address: SocketAddr) -> String {
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
         migration_host = \"{host}\"\n",
        host = address.ip(),
    )
}
