//! Where clients are awaited: TCP addresses and unix sockets.

use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use tokio::net::UnixListener;

use crate::net::TcpListener;

use super::auth::Authentication;
use super::door::Door;
#[cfg(feature = "tls")]
use super::tls::TlsServer;

/// Where to listen: `tcp://HOST:PORT` or `tls://HOST:PORT`, port 0 for any that is free, or `unix:PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListenAddress {
    /// A TCP address. A host name is resolved when binding.
    Tcp(String),
    /// A TCP address where TLS is spoken.
    Tls(String),
    /// A path in the file system.
    Unix(PathBuf),
}

/// The text is no place to listen.
///
/// Its `Debug` is its `Display`, for a `main` that returns it.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot listen on `{0}`: expected tcp://HOST:PORT, tls://HOST:PORT or unix:PATH")]
pub struct ListenAddressError(String);

debug_is_display!(ListenAddressError);

impl FromStr for ListenAddress {
    type Err = ListenAddressError;

    fn from_str(text: &str) -> Result<ListenAddress, ListenAddressError> {
        let wrong = || ListenAddressError(text.to_owned());
        let tcp = text.strip_prefix("tcp://").map(|address| (address, ListenAddress::Tcp as fn(String) -> _));
        let tls =
            || text.strip_prefix("tls://").map(|address| (address, ListenAddress::Tls as fn(String) -> _));
        if let Some((address, of)) = tcp.or_else(tls) {
            let (host, port) = address.rsplit_once(':').ok_or_else(wrong)?;
            if host.is_empty() || port.parse::<u16>().is_err() {
                return Err(wrong());
            }
            Ok(of(address.to_owned()))
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
            ListenAddress::Tls(address) => write!(f, "tls://{address}"),
            ListenAddress::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// Whether to listen where strangers could come. What stops them is said to the listener later, by
/// [`Listener::set_authentication`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposure {
    /// Loopback addresses and unix sockets only.
    LocalOnly,
    /// Anywhere. Whoever reaches the port owns the host, where nothing is asked of them.
    AnyoneMayConnect,
}

/// Why a server does not listen.
///
/// Its `Debug` is its `Display`, for a `main` that returns it.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// The host is reachable by strangers, and nothing would ask them who they are before a listener is told to, or protect what they say.
    #[error(
        "{0} is not a loopback address: whoever reaches it would own this host, unless asked who they are, and others could read along"
    )]
    Exposed(SocketAddr),
    /// TLS needs certificates, and there are none.
    #[error("{0} needs a certificate: use `Listener::bind_tls`")]
    NoCertificate(ListenAddress),
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

debug_is_display!(BindError);

/// A bound socket. Dropping it closes it, and removes the path of a unix socket.
#[derive(Debug)]
pub struct Listener {
    pub(super) inner: Inner,
    pub(super) door: Door,
    read_only: bool,
}

#[derive(Debug)]
pub(super) enum Inner {
    Tcp(TcpListener),
    #[cfg(feature = "tls")]
    Tls(TcpListener),
    Unix(UnixListener, SocketFile),
}

impl Listener {
    fn new(inner: Inner) -> Listener {
        Listener { inner, door: Door::default(), read_only: false }
    }

    #[cfg(feature = "tls")]
    fn of_tls(listener: TcpListener, tls: TlsServer) -> Listener {
        let listener = Listener::new(Inner::Tls(listener));
        listener.door.set_tls(tls);
        listener
    }

    /// What clients have to prove before they are served; nothing, unless this is said. Those who come from now on are asked so;
    /// those who are there stay. Nobody is served before [`Server::serve`](super::Server::serve), so said before that it holds for all.
    ///
    /// Passwords are for unix sockets and for [TLS](Self::bind_tls): over plain TCP [libvirt's clients refuse them](Authentication::sasl), so
    /// nobody of theirs would come in there.
    pub fn set_authentication(&self, authentication: Authentication) {
        self.door.set(authentication);
    }

    /// The same of a listener where TLS is spoken, with another end of it: no client meets what was asked before of one and what is asked
    /// now of the other, which may be nothing at all. Whether strangers may come there is the caller's to see, as it was before.
    #[cfg(feature = "tls")]
    pub fn reconfigure(&self, authentication: Authentication, tls: TlsServer) {
        self.door.set_both(authentication, tls);
    }

    /// The clients that come by it may only look, as at libvirt's `libvirt-sock-ro`.
    #[must_use]
    pub fn read_only(mut self) -> Listener {
        self.read_only = true;
        self
    }

    /// Whether its clients may only look.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

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
                let listener = TcpListener::bind(&resolved(host, exposure)?[..]).await.map_err(failed)?;
                Ok(Listener::new(Inner::Tcp(listener)))
            }
            ListenAddress::Tls(_) => Err(BindError::NoCertificate(address.clone())),
            ListenAddress::Unix(path) => {
                remove_abandoned(path).await;
                let listener = UnixListener::bind(path).map_err(failed)?;
                let file = SocketFile { path: path.clone(), made: node(path) };
                Ok(Listener::new(Inner::Unix(listener, file)))
            }
        }
    }

    /// Binds, and speaks TLS there. Where that asks clients for certificates, it may be anywhere, whatever the exposure.
    ///
    /// # Errors
    /// [`BindError`], with nothing bound.
    #[cfg(feature = "tls")]
    pub async fn bind_tls(address: &str, tls: TlsServer, exposure: Exposure) -> Result<Listener, BindError> {
        let exposure = if tls.asks() { Exposure::AnyoneMayConnect } else { exposure };
        let failed = |error: io::Error| {
            let address = ListenAddress::Tls(address.to_owned());
            match error.kind() {
                io::ErrorKind::AddrInUse => BindError::InUse(address),
                _ => BindError::Io { address, error },
            }
        };
        let listener = TcpListener::bind(&resolved(address, exposure)?[..]).await.map_err(failed)?;
        Ok(Listener::of_tls(listener, tls))
    }

    /// Takes a unix socket that listens already, such as one of systemd's. Its path stays when this is dropped.
    ///
    /// # Errors
    /// [`BindError::Io`].
    pub fn from_unix(socket: std::os::unix::net::UnixListener) -> Result<Listener, BindError> {
        let address = socket.local_addr().ok();
        let path = address.and_then(|address| address.as_pathname().map(Path::to_owned)).unwrap_or_default();
        let address = ListenAddress::Unix(path.clone());
        socket.set_nonblocking(true).and_then(|()| UnixListener::from_std(socket)).map_or_else(
            |error| Err(BindError::Io { address, error }),
            |socket| Ok(Listener::new(Inner::Unix(socket, SocketFile { path, made: None }))),
        )
    }

    /// Takes a TCP socket that listens already.
    ///
    /// # Errors
    /// [`BindError::Exposed`] and [`BindError::Io`].
    pub fn from_tcp(socket: std::net::TcpListener, exposure: Exposure) -> Result<Listener, BindError> {
        Ok(Listener::new(Inner::Tcp(taken(socket, exposure, ListenAddress::Tcp)?)))
    }

    /// Takes a TCP socket that listens already, and speaks TLS there.
    ///
    /// # Errors
    /// As those of [`bind_tls`](Listener::bind_tls).
    #[cfg(feature = "tls")]
    pub fn from_tls(
        socket: std::net::TcpListener,
        tls: TlsServer,
        exposure: Exposure,
    ) -> Result<Listener, BindError> {
        let exposure = if tls.asks() { Exposure::AnyoneMayConnect } else { exposure };
        Ok(Listener::of_tls(taken(socket, exposure, ListenAddress::Tls)?, tls))
    }

    /// Lets so many connections wait in the kernel until they are accepted (`max_queued_clients`), as far as the system allows.
    ///
    /// # Errors
    /// [`BindError::Io`].
    pub fn set_queue(&self, clients: u32) -> Result<(), BindError> {
        let clients = i32::try_from(clients).unwrap_or(i32::MAX);
        let set = match &self.inner {
            Inner::Tcp(listener) => crate::net::set_queue(listener, clients),
            #[cfg(feature = "tls")]
            Inner::Tls(listener) => crate::net::set_queue(listener, clients),
            Inner::Unix(listener, _) => socket2::SockRef::from(listener).listen(clients),
        };
        set.map_err(|error| BindError::Io { address: self.address(), error })
    }

    /// Whether it asks for passwords that libvirt's clients do not give there, as nothing protects what follows them.
    pub(super) fn asks_in_vain(&self) -> bool {
        matches!(self.inner, Inner::Tcp(_)) && self.door.asks_for_password()
    }

    /// Whether its clients have a handshake to make first.
    pub(super) fn shakes_hands(&self) -> bool {
        #[cfg(feature = "tls")]
        return matches!(self.inner, Inner::Tls(_));
        #[cfg(not(feature = "tls"))]
        return false;
    }

    /// Where it listens, with the port that was chosen.
    pub fn address(&self) -> ListenAddress {
        match &self.inner {
            Inner::Tcp(listener) => ListenAddress::Tcp(local(listener)),
            #[cfg(feature = "tls")]
            Inner::Tls(listener) => ListenAddress::Tls(local(listener)),
            Inner::Unix(_, file) => ListenAddress::Unix(file.path.clone()),
        }
    }
}

fn taken(
    socket: std::net::TcpListener,
    exposure: Exposure,
    of: impl Fn(String) -> ListenAddress,
) -> Result<TcpListener, BindError> {
    let failed = |error| BindError::Io { address: of("of a socket".to_owned()), error };
    let address = socket.local_addr().map_err(failed)?;
    if exposure == Exposure::LocalOnly && !address.ip().is_loopback() {
        return Err(BindError::Exposed(address));
    }
    socket.set_nonblocking(true).and_then(|()| TcpListener::from_std(socket)).map_err(failed)
}

fn local(listener: &TcpListener) -> String {
    listener.local_addr().map(|address| address.to_string()).unwrap_or_default()
}

fn resolved(host: &str, exposure: Exposure) -> Result<Vec<SocketAddr>, BindError> {
    let resolved: Vec<_> = host
        .to_socket_addrs()
        .map_err(|error| BindError::Resolve { address: host.to_owned(), error })?
        .collect();
    match (exposure, resolved.iter().find(|address| !address.ip().is_loopback())) {
        (Exposure::LocalOnly, Some(exposed)) => Err(BindError::Exposed(*exposed)),
        _ => Ok(resolved),
    }
}

/// Removes the path when its listener is dropped, unless it is another's by then.
#[derive(Debug)]
pub(super) struct SocketFile {
    path: PathBuf,
    /// The socket's, where this process has made it.
    made: Option<Node>,
}

/// What tells a file from another that has taken its path: device and number.
type Node = (u64, u64);

/// That of the socket at a path, if one is there.
fn node(path: &Path) -> Option<Node> {
    let found = std::fs::symlink_metadata(path).ok()?;
    found.file_type().is_socket().then(|| (found.dev(), found.ino()))
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if self.made.is_some() && self.made == node(&self.path) {
            // Gone already is as good.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Removes a socket on which nobody listens any more; anything else is left for `bind` to complain about.
async fn remove_abandoned(path: &Path) {
    let found = node(path);
    if found.is_some() {
        let refused = tokio::net::UnixStream::connect(path).await;
        // Another daemon may have taken it over meanwhile.
        if refused.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused) && node(path) == found
        {
            let _ = std::fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_tcp_with_a_port_or_a_unix_path() {
        for good in [
            "tcp://127.0.0.1:16509",
            "tcp://[::1]:0",
            "tcp://localhost:0",
            "tls://h:1",
            "unix:/run/virtwire.sock",
        ] {
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
            "tls://h",
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
        // Nor is that of another daemon removed, which has taken the path.
        let listener = Listener::bind(&address, Exposure::LocalOnly).await.unwrap();
        let aside = path.with_extension("aside");
        std::fs::rename(&path, &aside).unwrap();
        let other = Listener::bind(&address, Exposure::LocalOnly).await.unwrap();
        drop(listener);
        assert!(path.exists());
        drop(other);
        assert!(!path.exists());
        std::fs::remove_file(aside).unwrap();
    }

    #[tokio::test]
    async fn only_those_who_say_so_listen_where_strangers_come() {
        let address = "tcp://0.0.0.0:0".parse().unwrap();
        let error = Listener::bind(&address, Exposure::LocalOnly).await.unwrap_err();
        assert!(matches!(error, BindError::Exposed(_)));
        // As `main` prints it.
        assert_eq!(format!("{error:?}"), error.to_string());
        assert!(Listener::bind(&address, Exposure::AnyoneMayConnect).await.is_ok());
    }
}
