//! Unix sockets: where daemons of this host listen.

use std::io;
use std::path::PathBuf;

use tokio::net::UnixStream;

use crate::client::error::OpenError;
use crate::uri::Uri;

/// Connects to the URI's socket, or to the first of the usual ones that takes it.
pub(super) async fn connect(uri: &Uri) -> Result<UnixStream, OpenError> {
    let mut attempts = Vec::new();
    let paths = uri.socket().map_or_else(|| usual(uri), |path| vec![path.clone()]);
    for path in paths {
        match UnixStream::connect(&path).await {
            Ok(stream) => return Ok(stream),
            Err(error) => attempts.push((path.display().to_string(), error)),
        }
    }
    if attempts.is_empty() {
        let error = io::Error::new(io::ErrorKind::NotFound, "XDG_RUNTIME_DIR is not set");
        attempts.push(("the session's sockets".into(), error));
    }
    Err(OpenError::Unreachable { uri: uri.to_string(), attempts })
}

/// Where daemons listen that were started by the system or for the user's session: the driver's own first, then libvirtd.
fn usual(uri: &Uri) -> Vec<PathBuf> {
    let directory = if uri.path == "/session" {
        match std::env::var_os("XDG_RUNTIME_DIR") {
            Some(directory) => PathBuf::from(directory).join("libvirt"),
            None => return Vec::new(),
        }
    } else {
        // `/var/run` exists on hosts without `/run`.
        PathBuf::from("/var/run/libvirt")
    };
    let modular = match uri.driver.as_str() {
        "qemu" => Some("virtqemud-sock"),
        "lxc" => Some("virtlxcd-sock"),
        "xen" => Some("virtxend-sock"),
        "vbox" => Some("virtvboxd-sock"),
        "bhyve" => Some("virtbhyved-sock"),
        "vz" => Some("virtvzd-sock"),
        "ch" => Some("virtchd-sock"),
        _ => None,
    };
    modular.into_iter().chain(["libvirt-sock"]).map(|name| directory.join(name)).collect()
}
