//! From a URI to something that carries bytes.

mod conf;
mod host;
#[cfg(feature = "ssh")]
mod program;
mod session;
mod settings;
#[cfg(feature = "ssh")]
mod shell;
mod sockets;
#[cfg(feature = "ssh")]
mod ssh;
#[cfg(feature = "tls")]
mod tls;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use tokio::net::UnixStream;
use tokio::time::{Instant, timeout};

use super::error::{OpenError, OpenPhase};
use super::options::OpenOptions;
use crate::net::{TcpStream, lookup_host};
use crate::shell::line::Line;
use crate::uri::{TCP_PORT, Transport, Uri};
use host::Host;
use settings::Settings;

#[cfg(feature = "ssh")]
pub(super) use program::ProgramSocket;
pub(super) use sockets::connect_to;

/// Addresses of one name that are tried.
const ADDRESSES_MAX: usize = 16;

/// What carries a connection's bytes.
#[derive(Debug)]
pub(super) enum Socket {
    Tcp(TcpStream),
    Unix(Line),
    #[cfg(feature = "tls")]
    Tls(Box<tokio_rustls::client::TlsStream<TcpStream>>),
    /// Whatever ssh or another program makes of it, at its end there is a unix socket; but nothing else than bytes gets there.
    #[cfg(feature = "ssh")]
    Program(ProgramSocket),
}

impl Socket {
    /// # Errors
    /// [`OpenError::Unreachable`] where the system cannot watch it.
    pub(super) fn unix(stream: UnixStream, uri: &Uri) -> Result<Socket, OpenError> {
        crate::shell::tune_unix(&stream);
        let failed = |error| OpenError::Unreachable {
            uri: uri.to_string(),
            attempts: vec![("a socket of this process".to_owned(), error)],
        };
        Line::new(stream).map(Socket::Unix).map_err(failed)
    }

    /// Whether no two frames may be in one write: see [`FrameWriter::apart`](crate::shell::writer::FrameWriter::apart).
    pub(super) fn frames_apart(&self) -> bool {
        match self {
            #[cfg(feature = "tls")]
            Socket::Tls(_) => true,
            _ => false,
        }
    }
}

/// Knows more than the socket does about why an opening failed.
#[derive(Debug)]
pub(super) struct Witness {
    #[cfg(feature = "ssh")]
    program: Option<program::Witness>,
}

/// How far an opening has come, for an error that tells it.
#[derive(Debug, Default)]
pub(super) struct Progress(Mutex<(OpenPhase, Vec<(String, io::Error)>)>);

impl Progress {
    pub(super) fn enter(&self, phase: OpenPhase) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0 = phase;
    }

    fn failed(&self, place: String, error: io::Error) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.push((place, error));
    }

    /// Where it is, and what has failed on its way; told once.
    pub(super) fn take(&self) -> (OpenPhase, Vec<(String, io::Error)>) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (inner.0, std::mem::take(&mut inner.1))
    }
}

/// The URI that is meant by a text, which may be short for one, or empty.
///
/// # Errors
/// [`OpenError::Uri`], [`OpenError::Settings`].
pub(super) async fn resolve(text: &str) -> Result<Uri, OpenError> {
    if !text.is_empty() && !settings::is_alias(text) {
        return Ok(text.parse()?);
    }
    let text = text.to_owned();
    apart(move || resolve_now(&text)).await
}

/// The same for who may be held up by reading the settings.
pub(super) fn resolve_now(text: &str) -> Result<Uri, OpenError> {
    if !text.is_empty() && !settings::is_alias(text) {
        return Ok(text.parse()?);
    }
    settings::resolve(text, &this_host(text)?)
}

/// The settings of this host's user.
async fn settings(host: &Host) -> Result<Settings, OpenError> {
    let host = host.clone();
    apart(move || Settings::load(&host)).await
}

/// Reads the settings where it holds up nobody: the home that they are in may be another host's.
async fn apart<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, OpenError> + Send + 'static,
) -> Result<T, OpenError> {
    let gave_up = |error: tokio::task::JoinError| OpenError::Settings {
        path: "libvirt.conf".into(),
        reason: error.to_string(),
    };
    tokio::task::spawn_blocking(read).await.unwrap_or_else(|error| Err(gave_up(error)))
}

/// Connects, trying each place that the URI may mean. Ends before the deadline by itself only where it can say more than that time
/// is up.
pub(super) async fn connect(
    uri: &Uri,
    options: &OpenOptions,
    deadline: Instant,
    progress: &Progress,
) -> Result<(Socket, Witness), OpenError> {
    let alone = |socket| (socket, Witness::nobody());
    match uri.transport {
        Transport::Unix => {
            let host = this_host(uri.as_str())?;
            let mode = match uri.parameters.mode {
                Some(mode) => mode,
                // A socket that is named is the one, whatever the settings.
                None if uri.socket().is_some() => Default::default(),
                None => settings(&host).await?.mode.unwrap_or_default(),
            };
            let stream = sockets::connect(uri, &host, mode, options.read_only, deadline).await?;
            Ok(alone(Socket::unix(stream, uri)?))
        }
        Transport::Tcp => Ok(alone(Socket::Tcp(tcp(uri, TCP_PORT, deadline, progress).await?))),
        Transport::Tls => tls(uri, options, deadline, progress).await.map(alone),
        Transport::Ssh | Transport::Libssh | Transport::Libssh2 | Transport::Ext => {
            by_program(uri, options).await
        }
    }
}

fn this_host(uri: &str) -> Result<Host, OpenError> {
    Host::this().map_err(|error| OpenError::Unreachable {
        uri: uri.to_owned(),
        attempts: vec![("a socket of this process".to_owned(), error)],
    })
}

/// Where a daemon's administration is; `None` where a user has no place for sockets.
///
/// # Errors
/// [`OpenError::Unreachable`] when the system has no socket left.
pub(super) fn admin_socket(uri: &Uri) -> Result<Option<PathBuf>, OpenError> {
    Ok(sockets::of_admin(uri, &this_host(uri.as_str())?))
}

/// Tries every address of the host in the system's order.
async fn tcp(
    uri: &Uri,
    usual_port: u16,
    deadline: Instant,
    progress: &Progress,
) -> Result<TcpStream, OpenError> {
    let (host, port) = (uri.host_or_local(), uri.port.unwrap_or(usual_port));
    progress.enter(OpenPhase::Resolving);
    let addresses: Vec<_> = match lookup_host((host, port)).await {
        Ok(found) => found.take(ADDRESSES_MAX).collect(),
        Err(error) => {
            progress.failed(place(host, port, None), error);
            Vec::new()
        }
    };
    progress.enter(OpenPhase::Connecting);
    let failed = |address, error| progress.failed(place(host, port, Some(address)), error);
    match first_of(&addresses, deadline, failed).await {
        Some(stream) => {
            crate::shell::tune(&stream);
            Ok(stream)
        }
        None => Err(OpenError::Unreachable { uri: uri.to_string(), attempts: progress.take().1 }),
    }
}

/// Tries addresses in order, each with a fair share of the time that is left.
async fn first_of(
    addresses: &[SocketAddr],
    deadline: Instant,
    mut failed: impl FnMut(SocketAddr, io::Error),
) -> Option<TcpStream> {
    let mut left = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
    for address in addresses {
        let share = deadline.saturating_duration_since(Instant::now()) / left.max(1);
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Some(stream),
            Ok(Err(error)) => failed(*address, error),
            Err(_) => {
                let text = format!("no answer within {share:.1?}");
                failed(*address, io::Error::new(io::ErrorKind::TimedOut, text));
            }
        }
        left = left.saturating_sub(1);
    }
    None
}

/// `tcp HOST:PORT`, and which of the host's addresses.
fn place(host: &str, port: u16, address: Option<SocketAddr>) -> String {
    let bracketed = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    match address {
        Some(address) if host.parse() != Ok(address.ip()) => format!("tcp {bracketed}:{port} at {address}"),
        _ => format!("tcp {bracketed}:{port}"),
    }
}

#[cfg(feature = "tls")]
async fn tls(
    uri: &Uri,
    options: &OpenOptions,
    deadline: Instant,
    progress: &Progress,
) -> Result<Socket, OpenError> {
    let host = this_host(uri.as_str())?;
    let stream = tcp(uri, crate::uri::TLS_PORT, deadline, progress).await?;
    progress.enter(OpenPhase::Securing);
    let secure = tls::over(stream, uri, &host, options.accept_common_name, deadline).await;
    match secure {
        Ok(stream) => Ok(Socket::Tls(Box::new(stream))),
        Err(fault) => Err(OpenError::Tls { uri: uri.to_string(), fault: Box::new(fault) }),
    }
}

#[cfg(not(feature = "tls"))]
async fn tls(uri: &Uri, _: &OpenOptions, _: Instant, _: &Progress) -> Result<Socket, OpenError> {
    Err(OpenError::Unavailable { uri: uri.to_string(), transport: uri.transport, feature: "tls" })
}

#[cfg(feature = "ssh")]
async fn by_program(uri: &Uri, options: &OpenOptions) -> Result<(Socket, Witness), OpenError> {
    let words = match (&uri.parameters.command, uri.transport) {
        (Some(command), Transport::Ext) => vec![command.clone().into_os_string()],
        _ => {
            let host = this_host(uri.as_str())?;
            let settings = settings(&host).await?;
            ssh::command(uri, &host, settings.mode, settings.proxy, options.read_only)
                .map_err(|conflict| crate::uri::UriError::Conflict { uri: uri.to_string(), conflict })?
        }
    };
    match program::start(&words) {
        Ok((socket, witness)) => Ok((Socket::Program(socket), Witness { program: Some(witness) })),
        Err(error) => {
            let program = words.first().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            Err(OpenError::Unreachable { uri: uri.to_string(), attempts: vec![(program, error)] })
        }
    }
}

#[cfg(not(feature = "ssh"))]
async fn by_program(uri: &Uri, _: &OpenOptions) -> Result<(Socket, Witness), OpenError> {
    Err(OpenError::Unavailable { uri: uri.to_string(), transport: uri.transport, feature: "ssh" })
}

impl Witness {
    fn nobody() -> Witness {
        Witness {
            #[cfg(feature = "ssh")]
            program: None,
        }
    }

    /// The error with what the program said, where one led to the daemon and the opening failed for want of a daemon that speaks.
    #[cfg(feature = "ssh")]
    pub(super) async fn explain(self, error: OpenError) -> OpenError {
        use super::auth::AuthError;
        use super::error::CallError;
        let (uri, silent) = match &error {
            OpenError::TimedOut { uri, .. } => (uri.clone(), true),
            OpenError::Call { uri, error } if matches!(**error, CallError::Closed { .. }) => {
                (uri.clone(), false)
            }
            OpenError::Authentication { uri, error }
                if matches!(**error, AuthError::Call(CallError::Closed { .. })) =>
            {
                (uri.clone(), false)
            }
            _ => return error,
        };
        let Some(program) = self.program else { return error };
        let (program, ended, stderr) = program.tell(!silent).await;
        OpenError::Program { uri, program, ended, stderr, error: Box::new(error) }
    }

    #[cfg(not(feature = "ssh"))]
    pub(super) async fn explain(self, error: OpenError) -> OpenError {
        error
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use socket2::{Domain, Socket, Type};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_address_that_does_not_answer_leaves_time_for_the_next() {
        let (silent, _held) = silent();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let there = listener.local_addr().unwrap();
        let mut told = Vec::new();
        let in_nine_seconds = Instant::now() + Duration::from_secs(9);
        let addresses = [silent, silent, there];
        let found = first_of(&addresses, in_nine_seconds, |at, error| told.push((at, error.to_string())));
        assert_eq!(found.await.unwrap().peer_addr().unwrap(), there);
        let no_answer = (silent, "no answer within 3.0s".to_owned());
        assert_eq!(told, [no_answer.clone(), no_answer]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_tells_every_address_and_where_the_time_went() {
        let (silent, _held) = silent();
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let uri: Uri = format!("qemu+tcp://{silent}/system").parse().unwrap();
        let progress = Progress::default();
        let in_a_second = Instant::now() + Duration::from_secs(1);
        let error = tcp(&uri, TCP_PORT, in_a_second, &progress).await.unwrap_err().to_string();
        assert!(error.contains(&format!("tcp {silent}: no answer within 1.0s")), "{error}");
        let uri: Uri = format!("qemu+tcp://localhost:{}/system", closed.port()).parse().unwrap();
        let error =
            tcp(&uri, TCP_PORT, Instant::now() + Duration::from_secs(1), &progress).await.unwrap_err();
        let told = format!("tcp localhost:{} at {closed}: ", closed.port());
        assert!(error.to_string().contains(&told), "{error}");
    }

    /// An address that takes no more connections and refuses none, and what keeps it so.
    fn silent() -> (SocketAddr, Vec<Socket>) {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap();
        let mut held = vec![listener];
        for _ in 0..3 {
            let client = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            client.set_nonblocking(true).unwrap();
            // Under way, which is all that it is to be.
            let _ = client.connect(&address);
            held.push(client);
        }
        (address.as_socket().unwrap(), held)
    }
}
