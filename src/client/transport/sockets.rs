//! Unix sockets: where daemons of this host listen, and for whom.

use std::io;
use std::path::{Path, PathBuf};

use tokio::net::UnixStream;
use tokio::time::Instant;

use super::host::Host;
use super::session;
use crate::client::error::OpenError;
use crate::uri::{Mode, Uri};

/// Connects to the URI's socket, or to the first of the usual ones that takes it. Where the user's own daemon is meant and does not
/// run, it is started.
pub(super) async fn connect(
    uri: &Uri,
    host: &Host,
    mode: Mode,
    read_only: bool,
    deadline: Instant,
) -> Result<UnixStream, OpenError> {
    let mut attempts = Vec::new();
    let is_session = is_session(uri, host);
    let paths = match uri.socket() {
        Some(path) => vec![path.clone()],
        None => usual(uri, host, mode, read_only, |path| path.exists()),
    };
    for path in paths {
        match UnixStream::connect(&path).await {
            Ok(stream) => return Ok(stream),
            Err(error) => attempts.push((path.display().to_string(), error)),
        }
    }
    if is_session && uri.socket().is_none() {
        match &host.runtime {
            Some(runtime) if host.autostart && attempts.iter().all(|(_, error)| is_absent(error)) => {
                match session::start(&uri.driver, mode, &host.programs, runtime, deadline).await {
                    Ok(stream) => return Ok(stream),
                    Err(failed) => attempts.push(failed),
                }
            }
            Some(_) => {}
            None => {
                let error =
                    io::Error::new(io::ErrorKind::NotFound, "neither XDG_RUNTIME_DIR nor HOME is set");
                attempts.push(("the user's own sockets".to_owned(), error));
            }
        }
    }
    Err(OpenError::Unreachable { uri: uri.to_string(), attempts })
}

/// Whether the user's own daemon is meant. libvirt's clients take root's own to be the host's, and the test driver, which
/// needs no rights, to be the user's.
pub(super) fn is_session(uri: &Uri, host: &Host) -> bool {
    !host.is_root && (uri.path == "/session" || uri.driver == "test" || uri.as_str().is_empty())
}

/// Where a daemon's administration listens: `libvirtd:///system`, or `virtqemud:///session` of a user's own, which root does not have.
pub(super) fn of_admin(uri: &Uri, host: &Host) -> Option<PathBuf> {
    let folder = match !host.is_root && uri.path == "/session" {
        true => host.runtime.clone()?,
        false => PathBuf::from("/var/run/libvirt"),
    };
    let name = if uri.driver == "libvirtd" { "libvirt" } else { uri.driver.as_str() };
    Some(folder.join(format!("{name}-admin-sock")))
}

/// Nobody listens there, as opposed to somebody who may not be spoken to.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
}

/// The drivers that have daemons of their own, in the order in which an unspecific client looks for them.
const DRIVERS: [&str; 7] = ["qemu", "lxc", "xen", "vbox", "bhyve", "vz", "ch"];

/// Where daemons listen: the driver's own first, then libvirtd.
fn usual(
    uri: &Uri,
    host: &Host,
    mode: Mode,
    read_only: bool,
    exists: impl Fn(&Path) -> bool,
) -> Vec<PathBuf> {
    let (folder, suffix) = if is_session(uri, host) {
        let Some(runtime) = &host.runtime else { return Vec::new() };
        // A user's daemon has one socket.
        (runtime.clone(), "")
    } else {
        // `/var/run` exists on hosts without `/run`.
        (PathBuf::from("/var/run/libvirt"), if read_only { "-ro" } else { "" })
    };
    let socket = |daemon: &str| folder.join(format!("{}{suffix}", name(daemon)));
    let legacy = socket("libvirtd");
    // Whoever asks for no driver takes libvirtd where there is one, and else what is there.
    let mut direct: Vec<_> = if uri.driver.is_empty() {
        DRIVERS.iter().map(|driver| socket(&daemon_of(driver))).filter(|path| exists(path)).collect()
    } else {
        vec![socket(&daemon_of(&uri.driver))]
    };
    match mode {
        Mode::Legacy => vec![legacy],
        Mode::Direct => direct,
        Mode::Auto if uri.driver.is_empty() => {
            direct.insert(0, legacy);
            direct
        }
        Mode::Auto => {
            direct.push(legacy);
            direct
        }
    }
}

/// The daemon of a driver.
pub(super) fn daemon_of(driver: &str) -> String {
    format!("virt{}d", driver.to_ascii_lowercase())
}

/// The name of a daemon's socket.
pub(super) fn name(daemon: &str) -> String {
    match daemon {
        "libvirtd" => "libvirt-sock".to_owned(),
        modular => format!("{modular}-sock"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_daemon_has_its_places() {
        let run = "/var/run/libvirt";
        let own = "/run/user/7/libvirt";
        for (user, uri, mode, expected) in [
            (0, "qemu:///system", Mode::Auto, vec!["virtqemud-sock", "libvirt-sock"]),
            (0, "qemu:///system", Mode::Direct, vec!["virtqemud-sock"]),
            (0, "qemu:///system", Mode::Legacy, vec!["libvirt-sock"]),
            (7, "QEMU:///system", Mode::Auto, vec!["virtqemud-sock", "libvirt-sock"]),
            (0, "lxc:///", Mode::Direct, vec!["virtlxcd-sock"]),
            (0, "xen:///system", Mode::Direct, vec!["virtxend-sock"]),
            (0, "vbox:///", Mode::Direct, vec!["virtvboxd-sock"]),
            (0, "bhyve:///system", Mode::Direct, vec!["virtbhyved-sock"]),
            (0, "vz:///system", Mode::Direct, vec!["virtvzd-sock"]),
            (0, "ch:///system", Mode::Direct, vec!["virtchd-sock"]),
            (0, "network:///system", Mode::Direct, vec!["virtnetworkd-sock"]),
            (0, "storage:///system", Mode::Direct, vec!["virtstoraged-sock"]),
            (0, "secret:///system", Mode::Direct, vec!["virtsecretd-sock"]),
            (0, "nodedev:///system", Mode::Direct, vec!["virtnodedevd-sock"]),
            (0, "interface:///system", Mode::Direct, vec!["virtinterfaced-sock"]),
            (0, "nwfilter:///system", Mode::Direct, vec!["virtnwfilterd-sock"]),
            // Root has no daemon of its own.
            (0, "qemu:///session", Mode::Legacy, vec!["libvirt-sock"]),
            // Nothing is asked for: libvirtd, then what is there.
            (0, "", Mode::Auto, vec!["libvirt-sock", "virtqemud-sock"]),
            (0, "", Mode::Direct, vec!["virtqemud-sock"]),
        ] {
            check(user, uri, mode, run, &expected, true);
        }
        for (uri, mode, expected) in [
            ("qemu:///session", Mode::Auto, vec!["virtqemud-sock", "libvirt-sock"]),
            ("qemu:///session", Mode::Direct, vec!["virtqemud-sock"]),
            ("test:///default", Mode::Legacy, vec!["libvirt-sock"]),
            ("", Mode::Legacy, vec!["libvirt-sock"]),
        ] {
            check(7, uri, mode, own, &expected, false);
        }
    }

    #[test]
    fn a_daemon_has_its_admin_socket_by_its_name() {
        for (user, uri, path) in [
            (0, "libvirtd:///system", "/var/run/libvirt/libvirt-admin-sock"),
            (0, "virtqemud:///system", "/var/run/libvirt/virtqemud-admin-sock"),
            (0, "libvirtd:///session", "/var/run/libvirt/libvirt-admin-sock"),
            (7, "libvirtd:///system", "/var/run/libvirt/libvirt-admin-sock"),
            (7, "libvirtd:///session", "/run/user/7/libvirt/libvirt-admin-sock"),
            (7, "virtqemud:///session", "/run/user/7/libvirt/virtqemud-admin-sock"),
        ] {
            let found = of_admin(&uri.parse().unwrap(), &user_of(user));
            assert_eq!(found, Some(PathBuf::from(path)), "{user} {uri}");
        }
        let homeless = Host { runtime: None, ..user_of(7) };
        assert_eq!(of_admin(&"libvirtd:///session".parse().unwrap(), &homeless), None);
    }

    fn user_of(id: u32) -> Host {
        Host {
            is_root: id == 0,
            runtime: Some("/run/user/7/libvirt".into()),
            config: None,
            #[cfg(feature = "tls")]
            pki: None,
            programs: Vec::new(),
            autostart: false,
        }
    }

    #[track_caller]
    fn check(user: u32, text: &str, mode: Mode, folder: &str, names: &[&str], has_read_only: bool) {
        let uri = if text.is_empty() { Uri::any() } else { text.parse().unwrap() };
        let host = user_of(user);
        for read_only in [false, true] {
            let suffix = if read_only && has_read_only { "-ro" } else { "" };
            let expected: Vec<_> =
                names.iter().map(|name| PathBuf::from(format!("{folder}/{name}{suffix}"))).collect();
            let there = |path: &Path| path.to_string_lossy().contains("virtqemud");
            assert_eq!(usual(&uri, &host, mode, read_only, there), expected, "{text} {mode:?}");
        }
    }
}
