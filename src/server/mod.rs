//! A daemon: accepts clients and has their calls answered.
//!
//! Three doors, from the least work to the most: implement [`Hypervisor`](crate::hypervisor::Hypervisor) and serve a
//! [`HypervisorService`](crate::hypervisor::HypervisorService); implement the generated
//! [`RemoteService`](crate::generated::RemoteService), any procedure, typed; or implement [`Handler`], bytes.

mod connection;
mod context;
mod handler;
mod identity;
mod listener;
pub(crate) mod service;
mod stream;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::net::{TcpStream, UnixStream};
use tokio::sync::Semaphore;
use virtwire_protocol::profile::Profile;
use virtwire_protocol::session::server::Limits;

pub use connection::Ended;
pub use context::{CallContext, ConnectionId};
pub use handler::{BoxFuture, Handler};
pub use identity::{Identity, PeerProcess, PeerTransport};
pub use listener::{BindError, Exposure, ListenAddress, ListenAddressError, Listener};
pub use stream::Stream;

pub use crate::stream::{Chunk, StreamError, StreamReader, StreamWriter};

/// Clients that a server holds at a time by default; further ones wait until one goes (libvirt's `max_clients`).
pub const CLIENTS_MAX: usize = 5_000;

/// A daemon's settings and its handler. Cheap to clone.
#[derive(Debug)]
pub struct Server<H: ?Sized> {
    profile: Arc<Profile>,
    limits: Limits,
    clients: Arc<Semaphore>,
    next: Arc<AtomicU64>,
    handler: Arc<H>,
}

impl<H: ?Sized> Clone for Server<H> {
    fn clone(&self) -> Server<H> {
        Server {
            profile: self.profile.clone(),
            limits: self.limits,
            clients: self.clients.clone(),
            next: self.next.clone(),
            handler: self.handler.clone(),
        }
    }
}

impl<H: Handler> Server<H> {
    /// A daemon of the newest release, whose calls this handler answers.
    pub fn new(handler: H) -> Server<H> {
        Server::shared(Arc::new(handler))
    }
}

impl<H: Handler + ?Sized> Server<H> {
    /// The same, for a handler that is needed elsewhere too.
    pub fn shared(handler: Arc<H>) -> Server<H> {
        Server {
            profile: Arc::new(Profile::default()),
            limits: Limits::default(),
            clients: Arc::new(Semaphore::new(CLIENTS_MAX)),
            next: Arc::new(AtomicU64::new(1)),
            handler,
        }
    }

    /// Serves only what a peer of this profile understands.
    #[must_use]
    pub fn profile(mut self, profile: Profile) -> Server<H> {
        self.profile = Arc::new(profile);
        self
    }

    /// What one client may make the daemon hold.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Server<H> {
        self.limits = limits;
        self
    }

    /// Accepts clients until dropped. Connections live on after that, until their clients go.
    ///
    /// # Errors
    /// Where accepting fails for a reason that will not pass, such as a closed socket.
    pub async fn serve(&self, listener: &Listener) -> io::Result<()> {
        loop {
            // Beyond the limit clients wait in the kernel's queue, as with libvirt.
            let Ok(permit) = self.clients.clone().acquire_owned().await else { return Ok(()) };
            let accepted = match &listener.0 {
                listener::Inner::Tcp(tcp) => {
                    tcp.accept().await.map(|(stream, peer)| Accepted::Tcp(stream, peer.to_string()))
                }
                listener::Inner::Unix(unix, _) => unix.accept().await.map(|(stream, _)| {
                    let process = process(&stream);
                    let pid = process.and_then(|process| process.pid);
                    let peer = pid.map_or("unix".to_owned(), |pid| format!("unix, process {pid}"));
                    Accepted::Unix(stream, peer, process)
                }),
            };
            let accepted = match accepted {
                Ok(accepted) => accepted,
                Err(error) if is_passing(&error) => {
                    tracing::warn!(%error, "cannot accept a client now");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let server = self.clone();
            tokio::spawn(async move {
                server.converse(accepted).await;
                drop(permit);
            });
        }
    }

    async fn converse(&self, accepted: Accepted) -> Ended {
        let id = ConnectionId(self.next.fetch_add(1, Ordering::Relaxed));
        let (Accepted::Tcp(_, peer) | Accepted::Unix(_, peer, _)) = &accepted;
        let identity = match &accepted {
            Accepted::Tcp(..) => Identity::of(PeerTransport::Tcp),
            Accepted::Unix(_, _, process) => {
                Identity { process: *process, ..Identity::of(PeerTransport::Unix) }
            }
        };
        let carries_fds = cfg!(feature = "fds") && matches!(accepted, Accepted::Unix(..));
        let (cx, notices) = CallContext::new(id, peer.clone(), identity, self.profile.clone(), carries_fds);
        tracing::debug!(peer = cx.peer(), "client connected");
        let handler = self.handler.clone();
        match accepted {
            Accepted::Tcp(stream, _) => {
                crate::shell::tune(&stream);
                connection::run(stream.into_split(), handler, cx, notices, self.limits, None).await
            }
            #[cfg(feature = "fds")]
            Accepted::Unix(stream, ..) => {
                let line = crate::shell::line::Line::new(stream);
                let both = (line.clone(), line.clone());
                connection::run(both, handler, cx, notices, self.limits, Some(line)).await
            }
            #[cfg(not(feature = "fds"))]
            Accepted::Unix(stream, ..) => {
                connection::run(stream.into_split(), handler, cx, notices, self.limits, None).await
            }
        }
    }
}

enum Accepted {
    Tcp(TcpStream, String),
    Unix(UnixStream, String, Option<PeerProcess>),
}

/// The process at the other end, as the kernel knows it.
fn process(stream: &UnixStream) -> Option<PeerProcess> {
    let peer = stream.peer_cred().ok()?;
    Some(PeerProcess { uid: peer.uid(), gid: peer.gid(), pid: peer.pid() })
}

const ACCEPT_PAUSE: std::time::Duration = std::time::Duration::from_millis(100);

/// Whether accepting may succeed later: the client went away, or descriptors ran out for now.
fn is_passing(error: &io::Error) -> bool {
    const EMFILE: i32 = 24;
    const ENFILE: i32 = 23;
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::Interrupted | io::ErrorKind::ConnectionReset
    ) || matches!(error.raw_os_error(), Some(EMFILE | ENFILE))
}
