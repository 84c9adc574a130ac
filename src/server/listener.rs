//! Where clients are awaited: TCP addresses and unix sockets.

use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use tokio::net::{TcpListener, UnixListener};

/// Where to listen: `tcp://HOST:PORT`, port 0 for any that is free, or `unix:PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListenAddress {
    /// A TCP address. A host name is resolved when binding.
    Tcp(String),
    /// A path in the file system.
    Unix(PathBuf),
}

/// The text is no place to listen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot listen on `{0}`: expected tcp://HOST:PORT or unix:PATH")]
pub struct ListenAddressError(String);

impl FromStr for ListenAddress {
    type Err = ListenAddressError;

    fn from_str(text: &str) -> Result<ListenAddress, ListenAddressError> {
        let wrong = || ListenAddressError(text.to_owned());
        if let Some(address) = text.strip_prefix("tcp://") {
            let (host, port) = address.rsplit_once(':').ok_or_else(wrong)?;
            if host.is_empty() || port.parse::<u16>().is_err() {
                return Err(wrong());
            }
            Ok(ListenAddress::Tcp(address.to_owned()))
        } else if let Some(path) = text.strip_prefix("unix:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() { Err(wrong()) } else { Ok(ListenAddress::Unix(path.into())) }
        } else {
            Err(wrong())
        }
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ListenAddress::Tcp(address) => write!(f, "tcp://{address}"),
            ListenAddress::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// Whether to listen where strangers could come, with no authentication to stop them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposure {
    /// Loopback addresses and unix sockets only.
    LocalOnly,
    /// Anywhere. Whoever reaches the port owns the host.
    AnyoneMayConnect,
}

/// Why a server does not listen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// The host is reachable by strangers, and nothing would ask them who they are.
    #[error(
        "{0} is not a loopback address, and connections are not authenticated: whoever reaches it would own this host"
    )]
    Exposed(SocketAddr),
    /// The host's name leads nowhere.
    #[error("cannot resolve {address}: {error}")]
    Resolve {
        /// As given.
        address: String,
        /// What the resolver said.
        error: io::Error,
    },
    /// Another daemon is listening there.
    #[error("{0} is in use by another daemon")]
    InUse(ListenAddress),
    /// The system refused.
    #[error("cannot listen on {address}: {error}")]
    Io {
        /// Where.
        address: ListenAddress,
        /// What the system said.
        error: io::Error,
    },
}

/// A bound socket. Dropping it closes it, and removes the path of a unix socket.
#[derive(Debug)]
pub struct Listener(pub(super) Inner);

#[derive(Debug)]
pub(super) enum Inner {
    Tcp(TcpListener),
    Unix(UnixListener, SocketFile),
}

impl Listener {
    /// Binds. A unix socket's path that no daemon listens on any more is taken over.
    ///
    /// # Errors
    /// [`BindError`], with nothing bound.
    pub async fn bind(address: &ListenAddress, exposure: Exposure) -> Result<Listener, BindError> {
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::AddrInUse => BindError::InUse(address.clone()),
            _ => BindError::Io { address: address.clone(), error },
        };
        match address {
            ListenAddress::Tcp(host) => {
                let resolved = host
                    .to_socket_addrs()
                    .map_err(|error| BindError::Resolve { address: host.clone(), error })?
                    .collect::<Vec<_>>();
                let exposed = resolved.iter().find(|address| !address.ip().is_loopback());
                if let (Exposure::LocalOnly, Some(exposed)) = (exposure, exposed) {
                    return Err(BindError::Exposed(*exposed));
                }
                let listener = TcpListener::bind(resolved.as_slice()).await.map_err(failed)?;
                Ok(Listener(Inner::Tcp(listener)))
            }
            ListenAddress::Unix(path) => {
                remove_abandoned(path).await;
                let listener = UnixListener::bind(path).map_err(failed)?;
                Ok(Listener(Inner::Unix(listener, SocketFile(path.clone()))))
            }
        }
    }

    /// Where it listens, with the port that was chosen.
    pub fn address(&self) -> ListenAddress {
        match &self.0 {
            Inner::Tcp(listener) => ListenAddress::Tcp(
                listener.local_addr().map(|address| address.to_string()).unwrap_or_default(),
            ),
            Inner::Unix(_, file) => ListenAddress::Unix(file.0.clone()),
        }
    }
}

/// Removes the path when its listener is dropped.
#[derive(Debug)]
pub(super) struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Removes a socket on which nobody listens any more; anything else is left for `bind` to complain about.
async fn remove_abandoned(path: &Path) {
    use std::os::unix::fs::FileTypeExt;
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
    if is_socket {
        let refused = tokio::net::UnixStream::connect(path).await;
        if refused.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused) {
            let _ = std::fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_tcp_with_a_port_or_a_unix_path() {
        for good in ["tcp://127.0.0.1:16509", "tcp://[::1]:0", "tcp://localhost:0", "unix:/run/virtwire.sock"]
        {
            assert_eq!(good.parse::<ListenAddress>().unwrap().to_string(), good);
        }
        for wrong in [
            "",
            "tcp://",
            "tcp://127.0.0.1",
            "tcp://:1",
            "tcp://h:port",
            "tcp://h:65536",
            "unix:",
            "/path",
            "tls://h:1",
        ] {
            assert!(wrong.parse::<ListenAddress>().is_err(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_path_left_behind_is_taken_over_and_one_in_use_is_not() {
        let path = std::env::temp_dir().join(format!("virtwire-listener-{}.sock", std::process::id()));
        let address = ListenAddress::Unix(path.clone());
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        assert!(path.exists());
        let listener = Listener::bind(&address, Exposure::LocalOnly).await.unwrap();
        assert!(matches!(Listener::bind(&address, Exposure::LocalOnly).await, Err(BindError::InUse(_))));
        drop(listener);
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn only_those_who_say_so_listen_where_strangers_come() {
        let address = "tcp://0.0.0.0:0".parse().unwrap();
        assert!(matches!(Listener::bind(&address, Exposure::LocalOnly).await, Err(BindError::Exposed(_))));
        assert!(Listener::bind(&address, Exposure::AnyoneMayConnect).await.is_ok());
    }
}
