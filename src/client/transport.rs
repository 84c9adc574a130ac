//! From a URI to a connected socket.

use std::io;
use std::path::PathBuf;

use tokio::net::{TcpStream, UnixStream};

use super::error::OpenError;
use crate::uri::{Transport, Uri};

/// A connected socket.
#[derive(Debug)]
pub(super) enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

/// Connects, trying each place that the URI may mean.
pub(super) async fn connect(uri: &Uri) -> Result<Socket, OpenError> {
    let mut attempts = Vec::new();
    match &uri.transport {
        Transport::Tcp { host, port } => match TcpStream::connect((host.as_str(), *port)).await {
            Ok(stream) => {
                crate::shell::tune(&stream);
                return Ok(Socket::Tcp(stream));
            }
            Err(error) => attempts.push((format!("tcp {host}:{port}"), error)),
        },
        Transport::Unix { socket: Some(path) } => match UnixStream::connect(path).await {
            Ok(stream) => return Ok(Socket::Unix(stream)),
            Err(error) => attempts.push((path.display().to_string(), error)),
        },
        Transport::Unix { socket: None } => {
            for path in usual_sockets(uri) {
                match UnixStream::connect(&path).await {
                    Ok(stream) => return Ok(Socket::Unix(stream)),
                    Err(error) => attempts.push((path.display().to_string(), error)),
                }
            }
        }
    }
    if attempts.is_empty() {
        let error = io::Error::new(io::ErrorKind::NotFound, "XDG_RUNTIME_DIR is not set");
        attempts.push(("the session's sockets".into(), error));
    }
    Err(OpenError::Unreachable { uri: uri.to_string(), attempts })
}

/// Where daemons listen that were started by the system or for the user's session: the driver's own first, then libvirtd.
fn usual_sockets(uri: &Uri) -> Vec<PathBuf> {
    let directory = if uri.session {
        match std::env::var_os("XDG_RUNTIME_DIR") {
            Some(directory) => PathBuf::from(directory).join("libvirt"),
            None => return Vec::new(),
        }
    } else {
        // `/var/run` exists on hosts without `/run`.
        PathBuf::from("/var/run/libvirt")
    };
    let driver = uri.as_str().split([':', '+']).next().unwrap_or_default();
    let modular = match driver {
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
