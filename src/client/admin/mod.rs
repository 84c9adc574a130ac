//! Managing the daemon itself: its servers, its clients, its log. **Best effort**: libvirt keeps the admin program private, and may
//! change it.

mod server;

use std::io;
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::time::Instant;
use virtwire_protocol::admin::{ConnectClose, ConnectOpen};
use virtwire_xdr::Text;

use super::ask::Ask;
use super::connection::Connection;
use super::error::{CallError, OpenError, OpenPhase};
use super::options::OpenOptions;
use super::transport::{self, Socket};
use crate::uri::{Transport, Uri, UriError};

pub use server::{AdminClient, AdminServer};

/// A connection to a daemon's admin socket, where only root and the daemon's own user are let in. Best effort: libvirt keeps this
/// program private.
///
/// ```no_run
/// # async fn clients() -> Result<(), Box<dyn std::error::Error>> {
/// use virtwire::client::Admin;
///
/// let admin = Admin::open("libvirtd:///system").await?;
/// for client in admin.server("libvirtd").await?.clients().await? {
///     println!("{} {}", client.id(), client.info().await?);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Admin {
    connection: Connection,
}

impl Admin {
    /// Connects to the admin socket of a daemon of this host: `libvirtd:///system`, `virtqemud:///session`, or any with
    /// `?socket=/path`.
    ///
    /// # Errors
    /// [`OpenError`], with the place that was tried.
    pub async fn open(uri: &str) -> Result<Admin, OpenError> {
        Admin::open_with(uri, OpenOptions::default()).await
    }

    /// The same, with options. The socket is never read-only.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open_with(uri: &str, options: OpenOptions) -> Result<Admin, OpenError> {
        let uri: Uri = uri.parse()?;
        let (within, text) = (options.open_within, uri.to_string());
        let deadline = crate::shell::deadline(within);
        let opened = tokio::time::timeout_at(deadline, async {
            let stream = connect(&uri, deadline).await?;
            let text = uri.to_string();
            let connection = Connection::start(Socket::unix(stream, &uri)?, uri, &options);
            let opened = connection.call(ConnectOpen { flags: 0 }).await;
            opened.map_err(|error| OpenError::Call { uri: text, error: error.into() })?;
            // Every daemon answers pings on every socket; no feature of this program's says so.
            if let Some(pacing) = options.keepalive {
                // A task that is gone says so to the next call.
                connection.ask(Ask::Keepalive(pacing));
            }
            Ok(Admin { connection })
        });
        match opened.await {
            Ok(opened) => opened,
            Err(_) => Err(OpenError::TimedOut {
                uri: text,
                within,
                phase: OpenPhase::Opening,
                attempts: Vec::new(),
            }),
        }
    }

    /// The same connection through a handle whose calls have this deadline; `None` waits for ever. See [`Connection::within`].
    #[must_use = "it is the handle with the deadline; this one keeps its own"]
    pub fn within(&self, within: impl Into<Option<Duration>>) -> Admin {
        Admin { connection: self.connection.within(within) }
    }

    /// The connection, for the calls of the program as they are: `admin_…`.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The daemon's servers, such as `libvirtd` and `admin`.
    pub async fn servers(&self) -> Result<Vec<AdminServer>, CallError> {
        let listed = self.connection.admin_connect_list_servers(1, 0).await?.servers;
        Ok(listed.into_iter().map(|wire| AdminServer::new(&self.connection, wire)).collect())
    }

    /// The server of this name.
    pub async fn server(&self, name: &str) -> Result<AdminServer, CallError> {
        let found = self.connection.admin_connect_lookup_server(name, 0).await?.srv;
        Ok(AdminServer::new(&self.connection, found))
    }

    /// Where the daemon's log goes, as in `3:file:/var/log/libvirt/libvirtd.log`.
    pub async fn logging_outputs(&self) -> Result<Text, CallError> {
        Ok(self.connection.admin_connect_get_logging_outputs(0).await?.outputs)
    }

    /// Says where the daemon's log goes; `None` is where it went when it began.
    pub async fn set_logging_outputs(&self, outputs: Option<&str>) -> Result<(), CallError> {
        self.connection.admin_connect_set_logging_outputs(outputs, 0).await
    }

    /// Which parts of the daemon log how much, as in `1:qemu 3:rpc`; `None` where none is singled out.
    pub async fn logging_filters(&self) -> Result<Option<Text>, CallError> {
        Ok(self.connection.admin_connect_get_logging_filters(0).await?.filters)
    }

    /// Says which parts of the daemon log how much; `None` is as when it began.
    pub async fn set_logging_filters(&self, filters: Option<&str>) -> Result<(), CallError> {
        self.connection.admin_connect_set_logging_filters(filters, 0).await
    }

    /// Says after how many seconds without clients and guests the daemon ends by itself; 0 is never.
    pub async fn set_daemon_timeout(&self, seconds: u32) -> Result<(), CallError> {
        self.connection.admin_connect_set_daemon_timeout(seconds, 0).await
    }

    /// Ends the daemon. Guests go on.
    pub async fn shut_daemon_down(&self) -> Result<(), CallError> {
        self.connection.admin_connect_daemon_shutdown(0).await
    }

    /// Says goodbye and closes, as [`Connection::close`] does in the other programs, with the same deadline.
    ///
    /// # Errors
    /// [`CallError`] where the goodbye got no answer. The socket is closed then, too.
    pub async fn close(&self) -> Result<(), CallError> {
        self.connection.goodbye(ConnectClose {}).await
    }
}

async fn connect(uri: &Uri, deadline: Instant) -> Result<UnixStream, OpenError> {
    if uri.transport != Transport::Unix {
        let conflict =
            "the admin program and another transport than unix; leave the transport and the host out";
        return Err(UriError::Conflict { uri: uri.to_string(), conflict }.into());
    }
    let path = match uri.socket() {
        Some(path) => Some(path.clone()),
        None => transport::admin_socket(uri)?,
    };
    let attempt = match path {
        Some(path) => match transport::connect_to(&path, deadline).await {
            Ok(stream) => return Ok(stream),
            Err(error) => (path.display().to_string(), error),
        },
        None => {
            let error = io::Error::new(io::ErrorKind::NotFound, "neither XDG_RUNTIME_DIR nor HOME is set");
            ("the session's admin socket".to_owned(), error)
        }
    };
    Err(OpenError::Unreachable { uri: uri.to_string(), attempts: vec![attempt] })
}
