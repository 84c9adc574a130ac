//! Unix sockets: where daemons of this host listen, and for whom.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

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
        match connect_to(&path, deadline).await {
            Ok(stream) => return Ok(stream),
            Err(error) => {
                // Where somebody is who lets nobody in, at all or now, another daemon is not what was meant.
                let is_there =
                    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::WouldBlock);
                attempts.push((path.display().to_string(), error));
                if is_there {
                    break;
                }
            }
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

/// Connects to a socket. Where as many wait there already as may, it waits for room until shortly before the deadline, as whoever connects by a
/// blocking call does: the daemon is there, and lets clients in as others go.
pub(in crate::client) async fn connect_to(path: &Path, deadline: Instant) -> io::Result<UnixStream> {
    let mut pause = Duration::from_millis(5);
    loop {
        match UnixStream::connect(path).await {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if Instant::now() + pause * 2 >= deadline {
                    let text = "its daemon lets nobody in: as many clients wait there as may";
                    return Err(io::Error::new(io::ErrorKind::WouldBlock, text));
                }
                tokio::time::sleep(pause).await;
            }
            connected => return connected,
        }
        pause = (pause * 2).min(Duration::from_millis(200));
    }
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

    /// A daemon that lets nobody in at the moment is there all the same: it is waited for, and no other is taken in its place.
    #[tokio::test]
    async fn a_socket_that_is_full_is_waited_for() {
        let folder = std::env::temp_dir().join(format!("virtwire-full-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let listen = |name: &str| {
            let listener = socket2::Socket::new(socket2::Domain::UNIX, socket2::Type::STREAM, None).unwrap();
            listener.bind(&socket2::SockAddr::unix(folder.join(name)).unwrap()).unwrap();
            listener.listen(0).unwrap();
            listener
        };
        let (meant, _other) = (listen("virtqemud-sock"), listen("libvirt-sock"));
        let path = folder.join("virtqemud-sock");
        let mut waiting = Vec::new();
        let full = loop {
            match UnixStream::connect(&path).await {
                Ok(stream) => waiting.push(stream),
                Err(error) => break error,
            }
        };
        assert_eq!(full.kind(), io::ErrorKind::WouldBlock);

        let host = Host { runtime: Some(folder.clone()), ..user_of(7) };
        let uri: Uri = "qemu:///session".parse().unwrap();
        let soon = Instant::now() + Duration::from_millis(100);
        let error = connect(&uri, &host, Mode::Auto, false, soon).await.unwrap_err();
        let OpenError::Unreachable { attempts, .. } = error else { panic!("{error:?}") };
        assert_eq!(attempts.len(), 1, "{attempts:?}");
        assert!(attempts[0].1.to_string().contains("lets nobody in"), "{attempts:?}");

        // Room is made while it waits.
        let in_a_minute = Instant::now() + Duration::from_secs(60);
        let (connected, accepted) =
            tokio::join!(connect(&uri, &host, Mode::Auto, false, in_a_minute), async {
                tokio::task::yield_now().await;
                meant.accept().unwrap()
            });
        assert_eq!(connected.unwrap().peer_addr().unwrap().as_pathname(), Some(path.as_path()));
        drop((accepted, waiting));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
