//! SSH to a real sshd, with keys and a configuration of its own, behind which a real libvirtd is.

use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use virtwire::client::{CallError, Connection, OpenError, OpenOptions};
use virtwire::protocol::error::ErrorCode;
use virtwire::protocol::remote::{DomainDestroy, DomainLookupByName};

use super::ext::{gone, script};
use super::{clean, failed, reaches, refusal, succeeded, virtwire};
use crate::lab::{Directory, Libvirtd, free_address, next_number, runtime};
use crate::need::{SSHD, need};
use crate::process::{Process, run};
use crate::streams_of_libvirtd::a_volume_passes;

#[test]
fn it_gets_there_by_the_helper() {
    need!(Libvirtd, Namespaces, Ssh, VirtSshHelper);
    let daemon = Libvirtd::start();
    let sshd = Sshd::start(&daemon, "");
    for more in ["", "&proxy=native", "&proxy=auto&no_tty=1", "&mode=legacy"] {
        reaches(&daemon, &sshd.uri("ssh", more), OpenOptions::default());
    }
    // A helper from before libvirt 11.3 does not heed the socket, and does not mind it.
    reaches(&daemon, &sshd.uri("ssh", "&proxy=native&socket=/nonexistent"), OpenOptions::default());
    assert!(succeeded(virtwire(&["list", &sshd.uri("ssh", "")])).contains("test"));
    // The libraries' transports go by the same program, with what they know of hosts told to it.
    let known = &sshd.known_hosts;
    let by_library =
        sshd.uri("libssh2", &format!("&known_hosts={known}&known_hosts_verify=normal&sshauth=privkey"));
    reaches(&daemon, &by_library, OpenOptions::default());
    reaches(
        &daemon,
        &sshd.uri("libssh", "&known_hosts=/dev/null&known_hosts_verify=ignore"),
        OpenOptions::default(),
    );
}

#[test]
fn it_gets_there_by_netcat_where_there_is_no_helper() {
    need!(Libvirtd, Namespaces, Ssh, Netcat);
    let daemon = Libvirtd::start();
    // A host that has nothing but these.
    let programs = daemon.directory().path().join("programs");
    fs::create_dir_all(&programs).unwrap();
    for name in ["sh", "nc", "grep", "which"] {
        let found = succeeded(run(Command::new("which").arg(name)));
        symlink(found.trim(), programs.join(name)).unwrap();
    }
    symlink(programs.join("nc"), programs.join("my nc's")).unwrap();
    let sshd = Sshd::start(&daemon, &format!("SetEnv PATH={}", programs.display()));
    for more in ["", "&proxy=netcat", "&netcat=nc", "&netcat=my%20nc%27s"] {
        reaches(&daemon, &sshd.uri("ssh", more), OpenOptions::default());
    }
    reaches(
        &daemon,
        &sshd.uri("ssh", &format!("&socket={}", daemon.socket().display())),
        OpenOptions::default(),
    );
    let odd = daemon.directory().path().join("a socket's $PATH;id");
    symlink(daemon.socket(), &odd).unwrap();
    let coded = odd.display().to_string().replace(' ', "%20").replace('\'', "%27").replace(';', "%3B");
    reaches(&daemon, &sshd.uri("ssh", &format!("&socket={coded}")), OpenOptions::default());

    let line = failed(virtwire(&["list", &sshd.uri("ssh", "&proxy=native")]));
    assert!(line.contains("virt-ssh-helper") && line.contains("not found"), "{line}");
}

#[test]
fn it_carries_streams_beside_calls() {
    need!(Libvirtd, Namespaces, Ssh, VirtSshHelper);
    let daemon = Libvirtd::start();
    let sshd = Sshd::start(&daemon, "");
    let uri = sshd.uri("ssh", "").replace("test+ssh", "qemu+ssh").replace("/default?", "/system?");
    a_volume_passes(&daemon, &uri);
}

#[test]
fn it_only_looks_where_it_said_so() {
    need!(Libvirtd, Namespaces, Ssh, VirtSshHelper);
    let daemon = Libvirtd::start();
    let sshd = Sshd::start(&daemon, "");
    // The helper takes the socket for those who only look; the other is not even there.
    fs::remove_file(daemon.socket()).unwrap();
    runtime().block_on(async {
        let options = OpenOptions { read_only: true, ..OpenOptions::default() };
        let connection = Connection::open_with(&sshd.uri("ssh", ""), options).await.unwrap();
        let guest = connection.call(DomainLookupByName { name: "test".into() }).await.unwrap().dom;
        let refused = connection.call(DomainDestroy { dom: guest }).await.unwrap_err();
        let CallError::Remote(error) = &refused else { panic!("{refused:?}") };
        assert_eq!(error.code, ErrorCode::OPERATION_DENIED);
    });
}

#[test]
fn its_errors_have_the_words_of_ssh() {
    need!(Libvirtd, Namespaces, Ssh, VirtSshHelper);
    let daemon = Libvirtd::start();
    let sshd = Sshd::start(&daemon, "");
    let other = sshd.key("other");
    let told = |uri: &str| match refusal(uri, OpenOptions::default()) {
        OpenError::Program { ended: Some(ended), stderr, .. } => (ended, stderr),
        other => panic!("{uri}: {other:?}"),
    };

    let uri = sshd.uri("ssh", "").replace(&sshd.key, &other);
    let (ended, stderr) = told(&uri);
    assert!(ended == "exit status: 255" && stderr.contains("Permission denied"), "{ended}: {stderr}");
    let line = failed(virtwire(&["list", &uri]));
    assert!(line.contains("Permission denied") && line.contains("get to that host"), "{line}");

    // A host that nobody knows yet.
    fs::write(&sshd.known_hosts, "").unwrap();
    let (_, stderr) = told(&sshd.uri("ssh", "&no_tty=1"));
    assert!(stderr.contains("Host key verification failed"), "{stderr}");
    reaches(&daemon, &sshd.uri("ssh", "&no_tty=1&no_verify=1"), OpenOptions::default());

    // A host without a daemon: the helper's words.
    fs::remove_file(daemon.socket()).unwrap();
    let (_, stderr) = told(&sshd.uri("ssh", "&proxy=native"));
    assert!(stderr.contains("libvirt-sock"), "{stderr}");
}

#[test]
fn nothing_is_left_of_ssh_when_a_connection_ends() {
    need!(Libvirtd, Namespaces, Ssh, VirtSshHelper);
    let daemon = Libvirtd::start();
    let sshd = Sshd::start(&daemon, "");
    let runtime = runtime();
    for close in [false, true] {
        let connection = runtime.block_on(Connection::open(&sshd.uri("ssh", ""))).unwrap();
        let pid = fs::read_to_string(daemon.directory().path().join("ssh/pid")).unwrap();
        assert!(fs::exists(format!("/proc/{}", pid.trim())).unwrap());
        if close {
            runtime.block_on(connection.close()).unwrap();
        }
        drop(connection);
        gone(pid.trim());
    }
}

/// What is run is what libvirt's own client runs, word for word.
#[test]
fn it_runs_what_virsh_runs() {
    need!(Virsh);
    let directory = Directory::new(next_number());
    let body = "for word; do printf '%s\\n' \"$word\"; done > \"$(dirname \"$0\")/words\"; exit 1";
    let program = script(&directory, "program", body);
    let words = |command: &mut Command| {
        run(clean(command));
        let path = directory.path().join("words");
        let words = fs::read_to_string(&path).expect("the program was run");
        fs::remove_file(path).unwrap();
        words
    };
    for uri in [
        "qemu+ssh://h/system?no_tty=0",
        "qemu+ssh://u@h:2222/system?no_verify=1&no_tty=1&keyfile=/k%20y",
        "qemu+ssh://[::1]/system?proxy=native",
        "qemu+ssh://h/system?proxy=netcat",
        "qemu+ssh://h/system?socket=/run/other-sock",
        "qemu+ssh://h/system?netcat=/my%20nc",
        "qemu+ssh://h/system?mode=legacy&proxy=netcat",
        "qemu+ssh://h/system?name=qemu:///a'b%20$c",
        "lxc+SSH://h/?proxy=auto",
        "remote+ssh://h/system?proxy=native",
        "test+ssh:///default?proxy=native&unknown=1",
    ] {
        let uri = format!("{uri}&command={program}");
        let theirs = words(Command::new("virsh").args(["--connect", &uri, "uri"]));
        let ours = words(Command::new(super::VIRTWIRE).args(["list", &uri]));
        assert_eq!(ours, theirs, "{uri}");
    }
}

/// An sshd where a libvirtd's directories are.
struct Sshd {
    address: SocketAddr,
    /// A private key that it takes for root.
    key: String,
    known_hosts: String,
    program: String,
    folder: String,
    _process: Process,
}

impl Sshd {
    #[track_caller]
    fn start(daemon: &Libvirtd, more: &str) -> Sshd {
        let directory = daemon.directory();
        let address = free_address(daemon.address().ip());
        let folder = directory.path().join("ssh").display().to_string();
        let host_key = key(directory, "ssh/host_key");
        let user_key = key(directory, "ssh/user_key");
        let public = |key: &str| fs::read_to_string(format!("{key}.pub")).expect("ssh-keygen writes it");
        let authorized = directory.write("ssh/authorized_keys", &public(&user_key));
        let known = format!("[{}]:{} {}", address.ip(), address.port(), public(&host_key));
        let known_hosts = directory.write("ssh/known_hosts", &known);
        let conf = directory.write(
            "ssh/sshd_config",
            &format!(
                "ListenAddress {address}\nHostKey {host_key}\nAuthorizedKeysFile {authorized}\nPidFile none\nUsePAM no\n\
                 StrictModes no\nPermitRootLogin prohibit-password\nPasswordAuthentication no\nLogLevel ERROR\n{more}\n"
            ),
        );
        // ssh reads the settings of the account's owner, not of HOME: it is told to leave them alone.
        let settings = directory.write(
            "ssh/ssh_config",
            &format!(
                "UserKnownHostsFile {known_hosts}\nGlobalKnownHostsFile /dev/null\nIdentitiesOnly yes\nIdentityAgent none\n"
            ),
        );
        let body = format!("echo $$ > {folder}/pid\nexec ssh -F {settings} \"$@\"");
        let program = script(directory, "ssh/program", &body);
        fs::create_dir_all("/run/sshd").expect("the folder that sshd wants to be there");
        let process = Process::start(
            daemon
                .inside("sh")
                .args(["-c", "exec \"$0\" -D -e -f \"$1\" >/dev/null", SSHD, &conf])
                .stdin(Stdio::null()),
        );
        let deadline = Instant::now() + Duration::from_secs(20);
        while let Err(error) = TcpStream::connect(address) {
            assert!(Instant::now() < deadline, "sshd does not listen at {address}: {error}");
            thread::sleep(Duration::from_millis(10));
        }
        Sshd { address, key: user_key, known_hosts, program, folder, _process: process }
    }

    fn key(&self, name: &str) -> String {
        key_at(&format!("{}/{name}", self.folder))
    }

    fn uri(&self, transport: &str, more: &str) -> String {
        let Sshd { address, key, program, .. } = self;
        format!("test+{transport}://root@{address}/default?command={program}&keyfile={key}{more}")
    }
}

fn key(directory: &Directory, name: &str) -> String {
    directory.write(&format!("{name}.made"), "");
    key_at(&directory.path().join(name).display().to_string())
}

#[track_caller]
fn key_at(path: &str) -> String {
    let made = run(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f", path]));
    assert!(made.status.success(), "{made:?}");
    path.to_owned()
}
