//! A daemon: accepts clients and has their calls answered.
//!
//! Three doors, from the least work to the most: implement [`Hypervisor`](crate::hypervisor::Hypervisor) and serve a
//! [`HypervisorService`](crate::hypervisor::HypervisorService); implement the generated
//! [`RemoteService`](crate::generated::RemoteService), any procedure, typed, and serve it by [`Typed`]; or implement [`Handler`], bytes.
//! A handler around another one adds to it: [`HypervisorService`](crate::hypervisor::HypervisorService) has an example.

mod access;
mod admin;
mod auth;
mod clients;
mod connection;
mod context;
mod door;
mod ended;
mod handler;
pub(crate) mod heavy;
mod identity;
mod listener;
mod memory;
mod metrics;
mod places;
mod post;
pub(crate) mod service;
mod stream;
#[cfg(feature = "tls")]
mod tls;
#[cfg(feature = "tower")]
pub mod tower;
pub(crate) mod turn;
mod typed;
mod unread;
mod working;

use std::fmt;
use std::io;
#[cfg(not(virtwire_sim))]
use std::os::fd::AsFd;
use std::sync::Arc;

use tokio::net::UnixStream;
#[cfg(not(virtwire_sim))]
use tokio::net::tcp::OwnedReadHalf;
use virtwire_protocol::profile::Profile;
use virtwire_protocol::session::server::Limits;

use crate::net::TcpStream;
use crate::shell::line::{Line, PASSES_DESCRIPTORS};

pub use access::{AccessRequest, Authorizer};
pub use admin::{Administration, Operator};
pub use auth::{
    ANONYMOUS_CLIENTS_MAX, ANONYMOUS_FRAME_BYTES_MAX, ANONYMOUS_WITHIN, AllowedProcesses, Authentication,
    Patterns,
};
#[cfg(feature = "sasl")]
pub use auth::{
    Decoys, HeldPasswordFile, PasswordFile, PasswordFileError, PasswordStore, Sasl, SaslMechanism,
    ScramVerifier, VerifierError,
};
pub use clients::ClientInfo;
pub use context::{CallContext, ConnectionId};
pub use ended::Ended;
pub use handler::{Answering, BoxFuture, Handler};
pub use identity::{Identity, PeerProcess, PeerTransport};
pub use listener::{BindError, Exposure, ListenAddress, ListenAddressError, Listener};
pub use memory::HELD_BYTES_MAX;
pub use metrics::{CallFigures, LATENCY_BOUNDS, Metrics, MetricsSnapshot};
pub use places::{CLIENTS_MAX, ClientLimits};
pub use stream::Stream;
#[cfg(feature = "tls")]
pub use tls::{HANDSHAKE_BYTES_MAX, TlsServer, TlsSettings, TlsSettingsError};
pub use typed::Typed;

use clients::{Clients, Present};
use context::{Newcomer, Terms};
use door::{Entrance, Queued};
use memory::Memory;
use metrics::Open;
use places::Seat;
use unread::PollGone;

pub use crate::stream::{Chunk, FileError, StreamError, StreamReader, StreamWriter};

/// A daemon's settings and its handler. Cheap to clone.
#[derive(Clone)]
pub struct Server {
    terms: Arc<Terms>,
    crowd: Arc<Clients>,
    /// Of no type that anything here would have to be compiled for again.
    handler: Arc<dyn Handler>,
}

impl Server {
    /// A daemon of the newest release, whose calls this handler answers.
    pub fn new(handler: impl Handler) -> Server {
        Server::shared(Arc::new(handler))
    }

    /// The same, for a handler that is needed elsewhere too.
    pub fn shared(handler: Arc<dyn Handler>) -> Server {
        Server { terms: Arc::default(), crowd: Arc::default(), handler }
    }

    /// Serves only what a peer of this profile understands.
    #[must_use]
    pub fn profile(mut self, profile: Profile) -> Server {
        Arc::make_mut(&mut self.terms).profile = Arc::new(profile);
        self
    }

    /// What one client may make the daemon hold.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Server {
        Arc::make_mut(&mut self.terms).limits = Arc::new(limits);
        self
    }

    /// What all clients together may make the daemon hold, in bytes, of calls that are worked on or wait, of messages that have begun to
    /// come, and of what waits to be read; [`HELD_BYTES_MAX`] by default. While it is more, no client is read that holds more than
    /// 1 MiB of it. One whose message has not gone on for 30 s then, or who has read nothing, is dropped; so is one at once for which more
    /// than 1 MiB waits, and whose socket has no room, at an event behind 64 KiB of others for which it has not read 64 KiB. So it can become
    /// more by 1 MiB and one answer, or 64 KiB of events and what happens at one time, for each client.
    #[must_use]
    pub fn held_bytes_max(mut self, bytes: usize) -> Server {
        Arc::make_mut(&mut self.terms).memory = Arc::new(Memory::new(bytes));
        self
    }

    /// Has this decide what clients may do. Without one they may do everything, if they are not read-only.
    #[must_use]
    pub fn authorizer(mut self, authorizer: impl Authorizer) -> Server {
        Arc::make_mut(&mut self.terms).authorizer = Some(Arc::new(authorizer));
        self
    }

    /// Holds so many clients at a time at most, as libvirt's `max_clients`; at [read-only](Listener::read_only) listeners no more than
    /// three quarters of them.
    #[must_use]
    pub fn max_clients(self, clients: usize) -> Server {
        self.set_client_limits(ClientLimits { clients, ..self.client_limits() });
        self
    }

    /// How many clients it holds.
    pub fn client_limits(&self) -> ClientLimits {
        self.crowd.limits()
    }

    /// Holds so many from now on. Those that are there stay, also where that is too many.
    pub fn set_client_limits(&self, limits: ClientLimits) {
        self.crowd.set_limits(limits);
    }

    /// What this server counts, for whoever shows it.
    pub fn metrics(&self) -> &Metrics {
        &self.terms.metrics
    }

    /// Accepts clients until dropped. Connections live on after that, until their clients go.
    ///
    /// # Errors
    /// Where accepting fails for a reason that will not pass, such as a closed socket.
    pub async fn serve(&self, listener: &Listener) -> io::Result<()> {
        if listener.asks_in_vain() {
            tracing::warn!(
                address = %listener.address(),
                "passwords are asked for over plain TCP, where libvirt's clients refuse to prove them: use TLS or a unix socket"
            );
        }
        loop {
            // Beyond the limit clients wait in the kernel's queue, as with libvirt.
            self.crowd.room(listener.is_read_only()).await;
            let before = listener.door.place(listener.shakes_hands(), &self.crowd).await;
            let accepted = match &listener.inner {
                listener::Inner::Tcp(tcp) => tcp
                    .accept()
                    .await
                    .map(|(stream, peer)| Accepted::Plain(Socket::Tcp(stream, peer.to_string()))),
                #[cfg(feature = "tls")]
                listener::Inner::Tls(tcp) => {
                    tcp.accept().await.map(|(stream, peer)| Accepted::Tls(stream, peer.to_string()))
                }
                listener::Inner::Unix(unix, _) => unix.accept().await.and_then(|(stream, _)| {
                    let process = process(&stream);
                    let pid = process.and_then(|process| process.pid);
                    let peer = pid.map_or("unix".to_owned(), |pid| format!("unix, process {pid}"));
                    crate::shell::tune_unix(&stream);
                    Ok(Accepted::Plain(Socket::Unix(Line::new(stream)?, peer, process)))
                }),
            };
            let accepted = match accepted {
                Ok(accepted) => accepted,
                Err(error) if is_final(&error) => return Err(error),
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a client now");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            // Another listener's client may have come first: then this one waits here.
            let seat = self.crowd.seat(listener.is_read_only()).await;
            let identity = accepted.identity();
            let entrance = listener.door.meet(&identity, before, listener.is_read_only());
            let open = self.metrics().connected();
            let queued = match entrance.is_without_place() {
                false => None,
                true => match listener.door.queue(&identity, &self.crowd) {
                    None => {
                        self.metrics().refused();
                        tracing::info!(
                            peer = accepted.peer(),
                            "too many of a user's clients are not known yet"
                        );
                        continue;
                    }
                    queued => queued,
                },
            };
            self.clone().receive(accepted, entrance, queued, seat, open);
        }
    }

    /// Serves a client once it has its place before the door, and has shaken hands, where it has to.
    fn receive(
        self,
        accepted: Accepted,
        mut entrance: Entrance,
        queued: Option<Queued>,
        seat: Seat,
        open: Open,
    ) {
        match (accepted, queued) {
            (Accepted::Plain(socket), None) => self.host(socket, entrance, seat, open),
            (Accepted::Plain(socket), Some(queued)) => drop(tokio::spawn(async move {
                entrance.stand(queued.stand(&self.crowd).await);
                self.host(socket, entrance, seat, open);
            })),
            #[cfg(feature = "tls")]
            (Accepted::Tls(stream, peer), _) => drop(tokio::spawn(async move {
                let tls = entrance.tls.take();
                if let Some(secured) = secured(stream, &peer, tls, entrance.until, self.metrics()).await {
                    self.host(Socket::Secured(secured, peer), entrance, seat, open);
                }
            })),
        }
    }

    /// Has a task serve a client.
    fn host(self, socket: Socket, entrance: Entrance, seat: Seat, open: Open) {
        let carries_fds = PASSES_DESCRIPTORS && matches!(socket, Socket::Unix(..));
        let newcomer = Newcomer {
            id: ConnectionId::next(),
            peer: socket.peer().to_owned(),
            identity: socket.identity(),
            carries_fds,
        };
        let cx = CallContext::new(newcomer, self.terms.clone());
        if entrance.read_only {
            cx.set_read_only();
        }
        match entrance.shut {
            true => {
                self.metrics().refused();
                tracing::info!(peer = cx.peer(), "a client is not on the list of who may come in");
            }
            false => tracing::debug!(peer = cx.peer(), "client connected"),
        }
        let guest = Guest { present: self.crowd.enter(&cx), open, seat };
        let handler = self.handler;
        match socket {
            Socket::Tcp(stream, _) => {
                crate::shell::tune(&stream);
                #[cfg(not(virtwire_sim))]
                let poll_gone: PollGone<OwnedReadHalf> =
                    |half, watch, cx| watch.poll_gone(half.as_ref().as_fd(), cx);
                // A simulated socket is none of the system's.
                #[cfg(virtwire_sim)]
                let poll_gone: PollGone<_> = |_, _, _| std::task::Poll::Pending;
                guest.stay(connection::run(stream.into_split(), poll_gone, handler, cx, entrance, None));
            }
            #[cfg(feature = "tls")]
            Socket::Secured(secured, _) => {
                let half = tls::Half::new(secured.stream);
                let both = (half.clone(), half);
                let poll_gone: PollGone<tls::Half> = |half, watch, cx| half.poll_gone(watch, cx);
                guest.stay(connection::run(both, poll_gone, handler, cx, entrance, None));
            }
            Socket::Unix(line, ..) => {
                let both = (line.clone(), line.clone());
                let poll_gone: PollGone<Line> = |line, _, cx| line.poll_gone(cx);
                guest.stay(connection::run(both, poll_gone, handler, cx, entrance, Some(line)));
            }
        }
    }

    /// The clients that are there, in the order in which they came.
    pub fn clients(&self) -> Vec<ClientInfo> {
        self.crowd.list()
    }

    /// Sends a client away at once; `false` where there is none of this number. What it has asked for and does not wait for any more
    /// runs to its end.
    pub fn disconnect(&self, id: ConnectionId) -> bool {
        self.crowd.send_away(id)
    }

    /// Has every client finish: what it has asked for is answered, streams go on until they end, further calls are refused, and its
    /// connection ends. Who is in the middle of something, such as a migration, goes on calling until that is done
    /// ([`Handler::is_busy`]). Those that are still there after so long are sent away; says how many that were. Their handlers have 5 s more,
    /// and are to clean up after them in that time. Stop [serving](Self::serve) first.
    pub async fn shut_down(&self, within: std::time::Duration) -> usize {
        self.crowd.shut_down(within).await
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("crowd", &self.crowd).finish_non_exhaustive()
    }
}

/// What a client holds while it is there, beside its connection; given back in this order, also where its task panics.
struct Guest {
    present: Present,
    open: Open,
    seat: Seat,
}

impl Guest {
    /// Has a task see to the client's connection until that ends.
    fn stay(self, connection: impl Future<Output = Ended> + Send + 'static) {
        // In a box, or it would have room in the task both as what is given and as what is waited for.
        let connection = Box::pin(connection);
        tokio::spawn(async move {
            let ended = connection.await;
            drop(self.present);
            self.open.ended(&ended);
            drop(self.seat);
        });
    }
}

enum Accepted {
    Plain(Socket),
    /// With a handshake before it.
    #[cfg(feature = "tls")]
    Tls(TcpStream, String),
}

impl Accepted {
    fn peer(&self) -> &str {
        match self {
            Accepted::Plain(socket) => socket.peer(),
            #[cfg(feature = "tls")]
            Accepted::Tls(_, peer) => peer,
        }
    }

    fn identity(&self) -> Identity {
        match self {
            Accepted::Plain(socket) => socket.identity(),
            #[cfg(feature = "tls")]
            Accepted::Tls(..) => Identity::of(PeerTransport::Tls),
        }
    }
}

/// A client's socket, and who is there, for people.
enum Socket {
    Tcp(TcpStream, String),
    #[cfg(feature = "tls")]
    Secured(Box<tls::Secured>, String),
    Unix(Line, String, Option<PeerProcess>),
}

impl Socket {
    fn peer(&self) -> &str {
        match self {
            Socket::Tcp(_, peer) | Socket::Unix(_, peer, _) => peer,
            #[cfg(feature = "tls")]
            Socket::Secured(_, peer) => peer,
        }
    }

    fn identity(&self) -> Identity {
        match self {
            Socket::Tcp(..) => Identity::of(PeerTransport::Tcp),
            #[cfg(feature = "tls")]
            Socket::Secured(secured, _) => {
                Identity { tls_name: secured.name.clone(), ..Identity::of(PeerTransport::Tls) }
            }
            Socket::Unix(_, _, process) => {
                Identity { process: *process, ..Identity::of(PeerTransport::Unix) }
            }
        }
    }
}

/// A client behind its handshake; `None` where that came to nothing in time.
#[cfg(feature = "tls")]
async fn secured(
    stream: TcpStream,
    peer: &str,
    tls: Option<tls::Current>,
    until: tokio::time::Instant,
    metrics: &Metrics,
) -> Option<Box<tls::Secured>> {
    crate::shell::tune(&stream);
    match tokio::time::timeout_at(until, tls?.secure(stream)).await {
        Ok(Ok(secured)) => Some(Box::new(secured)),
        Ok(Err(error)) => {
            match error.kind() {
                io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => metrics.unknown(),
                _ => metrics.refused(),
            }
            tracing::info!(peer, %error, "a client is not let in by TLS");
            None
        }
        Err(_) => {
            metrics.unknown();
            tracing::info!(peer, "a client has not made its handshake in time");
            None
        }
    }
}

/// The process at the other end, as the kernel knows it.
fn process(stream: &UnixStream) -> Option<PeerProcess> {
    let peer = stream.peer_cred().ok()?;
    Some(PeerProcess { uid: peer.uid(), gid: peer.gid(), pid: peer.pid() })
}

const ACCEPT_PAUSE: std::time::Duration = std::time::Duration::from_millis(100);

/// Whether accepting can never succeed again: the socket is none, or does not listen. All else passes: a client that went away,
/// descriptors or memory that ran out, a network that is down, a firewall's rule.
fn is_final(error: &io::Error) -> bool {
    const EBADF: i32 = 9;
    const EINVAL: i32 = 22;
    const ENOTSOCK: i32 = 88;
    const EOPNOTSUPP: i32 = 95;
    matches!(error.raw_os_error(), Some(EBADF | EINVAL | ENOTSOCK | EOPNOTSUPP))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_ends_only_where_its_socket_is_no_good() {
        let is_final = |number| is_final(&io::Error::from_raw_os_error(number));
        assert!([9, 22, 88, 95].into_iter().all(is_final));
        // EPERM, EINTR, EAGAIN, ENOMEM, ENFILE, EMFILE, ENOSPC, EPROTO, ENETDOWN, ENETUNREACH, ECONNABORTED, ECONNRESET, ENOBUFS,
        // ETIMEDOUT, EHOSTDOWN, EHOSTUNREACH.
        let passing = [1, 4, 11, 12, 23, 24, 28, 71, 100, 101, 103, 104, 105, 110, 112, 113];
        assert!(!passing.into_iter().any(is_final));
    }
}
