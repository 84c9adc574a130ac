//! Unix sockets: the host's daemons, the user's own, and what settings say about them.

use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{fs, thread};

use virtwire::client::OpenOptions;

use super::{VIRTWIRE, clean, failed, reaches, succeeded};
use crate::lab::{Directory, Libvirtd, next_number};
use crate::need::need;
use crate::peers::virsh;
use crate::process::{Finished, run};

#[test]
fn it_finds_the_hosts_daemon_in_every_mode() {
    need!(Libvirtd, Namespaces);
    let daemon = Libvirtd::start();
    let list = |uri: &str| run(clean(daemon.inside(VIRTWIRE).args(["list", uri])));
    assert!(succeeded(list("test:///default")).contains("test"));
    assert!(succeeded(list("test+unix:///default?mode=legacy")).contains("test"));
    let line = failed(list("test:///default?mode=direct"));
    assert!(line.contains("/var/run/libvirt/virttestd-sock: no such file"), "{line}");

    // A daemon of the driver's own comes first; what listens where one left its socket behind does not hold it up.
    let run_libvirt = daemon.directory().path().join("run/libvirt");
    symlink("libvirt-sock", run_libvirt.join("virttestd-sock")).unwrap();
    assert!(succeeded(list("test:///default?mode=direct")).contains("test"));
    fs::remove_file(run_libvirt.join("libvirt-sock")).unwrap();
    let line = failed(list("test:///default"));
    for tried in ["virttestd-sock: no such file", "libvirt-sock: no such file"] {
        assert!(line.contains(tried), "every place that was tried: {line}");
    }
}

/// However libvirt's own client lets it be said.
#[test]
fn it_takes_the_uris_that_virsh_takes() {
    need!(Libvirtd, Namespaces, Virsh);
    let daemon = Libvirtd::start();
    let socket = daemon.socket();
    let socket = socket.display();
    for uri in [
        format!("test+unix:///default?socket={socket}&netcat=/bin/nc&proxy=native&known_hosts_verify=yes"),
        format!("{}?netcat=/bin/nc&proxy=native&known_hosts_verify=yes", daemon.uri("test", "/default")),
        format!("test+unix:/default?socket={socket}"),
        format!("test+unix:///default?so%63ket={socket}&no_sanit%79=1"),
    ] {
        virsh(&uri, &["uri"]);
        reaches(&daemon, &uri, OpenOptions::default());
    }
}

/// There are two sockets, and whoever only looks has rights to one of them alone.
#[test]
fn it_takes_the_socket_for_those_who_only_look() {
    need!(Libvirtd, Namespaces);
    let daemon = Libvirtd::start();
    fs::remove_file(daemon.socket()).unwrap();
    let virtwire = |arguments: &[&str]| run(clean(daemon.inside(VIRTWIRE).args(arguments)));
    assert!(succeeded(virtwire(&["--readonly", "list", "test:///default"])).contains("test"));
    let line = failed(virtwire(&["--readonly", "destroy", "test:///default", "test"]));
    assert!(line.contains("leave --readonly out"), "{line}");
    let line = failed(virtwire(&["list", "test:///default"]));
    assert!(line.contains("libvirt-sock: no such file"), "{line}");
}

#[test]
fn it_heeds_the_users_settings() {
    need!(Libvirtd, Namespaces);
    let daemon = Libvirtd::start();
    let conf = |text: &str| daemon.directory().write("etc/libvirt/libvirt.conf", text);
    let virtwire = |arguments: &[&str]| run(clean(daemon.inside(VIRTWIRE).args(arguments)));
    conf("uri_default = \"test:///default\"\nuri_aliases = [\n  \"here=test+unix:///default\",\n]\n");
    assert!(succeeded(virtwire(&["list"])).contains("test"));
    assert!(succeeded(virtwire(&["list", ""])).contains("test"));
    assert!(succeeded(virtwire(&["info", "here", "test"])).contains("test"));
    let line = failed(virtwire(&["list", "there"]));
    assert!(line.contains("URI there"), "{line}");
    // Of two lines for one thing the first counts, whatever else is there, and in whatever encoding.
    let twice =
        b"# J\xf6rg\nuri_default = \"test:///default\"\nuri_default = \"martian:///\"\nmine = [1, [\"a\"]]\n";
    fs::write(daemon.directory().path().join("etc/libvirt/libvirt.conf"), twice).unwrap();
    assert_eq!(
        succeeded(run(clean(daemon.inside("virsh").args(["--quiet", "uri"])))).trim(),
        "test:///default"
    );
    assert!(succeeded(virtwire(&["list", ""])).contains("test"));
    // The environment comes before the file.
    conf("uri_default = \"martian:///\"\n");
    assert!(failed(virtwire(&["list"])).contains("martian"));
    let by_environment =
        run(clean(daemon.inside("env").arg("LIBVIRT_DEFAULT_URI=test:///default").args([VIRTWIRE, "list"])));
    assert!(succeeded(by_environment).contains("test"));

    conf("remote_mode = \"direct\"\n");
    let line = failed(virtwire(&["list", "test:///default"]));
    assert!(line.contains("virttestd-sock") && !line.contains("libvirt-sock:"), "{line}");
    conf("uri_aliases = [ \"a b=c\" ]\n");
    let line = failed(virtwire(&["list", "here"]));
    assert!(line.contains("/etc/libvirt/libvirt.conf") && line.contains("alias"), "{line}");
}

/// A daemon that is asked for no driver chooses, and the client learns which.
#[test]
fn it_takes_what_there_is_when_nothing_is_asked_for() {
    need!(Libvirtd, Namespaces, Qemu);
    let daemon = Libvirtd::start();
    let told = succeeded(run(clean(daemon.inside(VIRTWIRE).args(["info", "--json"]))));
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["uri"], "qemu:///system");
}

/// Somebody who is not root has a daemon of their own, which is started when they need it.
#[test]
fn it_starts_the_users_own_daemon() {
    need!(Libvirtd, Namespaces);
    let user = User::new();
    let line = failed(user.virtwire(&["LIBVIRT_AUTOSTART=0"], &["list", "qemu:///session"]));
    for socket in ["virtqemud-sock", "libvirt-sock"] {
        let place = user.runtime().join("libvirt").join(socket);
        assert!(line.contains(&format!("{}: no such file", place.display())), "{line}");
    }
    let file = user.directory.write("config/libvirt/libvirt.conf", "uri_default = 'test:///default'\n");
    fs::set_permissions(file, fs::Permissions::from_mode(0o644)).unwrap();

    let listed = succeeded(user.virtwire(&[], &["list"]));
    assert!(listed.contains("test"), "{listed}");
    let pid = user.daemon().unwrap();
    let owner = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    assert!(owner.contains(&format!("Uid:\t{NOBODY}\t{NOBODY}")), "{owner}");
    // The same one is found now, without starting anything.
    succeeded(user.virtwire(&["LIBVIRT_AUTOSTART=0"], &["list", "test:///default"]));
    assert_eq!(user.daemon(), Some(pid));
}

const NOBODY: u32 = 65_534;

/// Somebody without rights, with a home and a runtime folder of their own.
struct User {
    directory: Directory,
    program: PathBuf,
}

impl User {
    fn new() -> User {
        let directory = Directory::new(next_number());
        // Where the build is, others may not look.
        let program = directory.path().join("virtwire");
        fs::copy(VIRTWIRE, &program).expect("a copy of the command");
        let user = User { directory, program };
        for folder in ["home", "run", "config", "config/libvirt"] {
            let path = user.directory.path().join(folder);
            fs::create_dir_all(&path).unwrap();
            chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        }
        user
    }

    /// The process that is the user's daemon, once there is one.
    fn daemon(&self) -> Option<String> {
        let pid = fs::read_to_string(self.runtime().join("libvirt/libvirtd.pid")).ok()?;
        Some(pid.trim().to_owned())
    }

    fn runtime(&self) -> PathBuf {
        self.directory.path().join("run")
    }

    fn virtwire(&self, environment: &[&str], arguments: &[&str]) -> Finished {
        let place =
            |name: &str, folder: &str| format!("{name}={}", self.directory.path().join(folder).display());
        let own =
            [place("HOME", "home"), place("XDG_RUNTIME_DIR", "run"), place("XDG_CONFIG_HOME", "config")];
        let user = NOBODY.to_string();
        run(clean(
            Command::new("setpriv")
                .args(["--reuid", &user, "--regid", &user, "--clear-groups", "env"])
                .args(own)
                .args(environment)
                .arg(&self.program)
                .args(arguments),
        ))
    }
}

impl Drop for User {
    /// Its daemon would only end when it had not been needed for two minutes.
    fn drop(&mut self) {
        let Some(pid) = self.daemon() else { return };
        let _ = Command::new("kill").args(["-9", &pid]).status();
        let deadline = Instant::now() + Duration::from_secs(20);
        // Reaped by whoever reaps orphans here, sooner or later.
        let runs = || fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z"));
        while runs() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(10));
        }
    }
}
