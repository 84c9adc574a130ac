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

use tokio::net::{TcpStream, UnixStream};
use tokio::time::Instant;

use super::connection::OpenOptions;
use super::error::OpenError;
use crate::uri::{TCP_PORT, Transport, Uri};
use host::Host;
use settings::Settings;

#[cfg(feature = "ssh")]
pub(super) use program::ProgramSocket;

/// What carries a connection's bytes.
#[derive(Debug)]
pub(super) enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
    #[cfg(feature = "tls")]
    Tls(Box<tokio_rustls::client::TlsStream<TcpStream>>),
    /// Whatever ssh or another program makes of it, at its end there is a unix socket; but nothing else than bytes gets there.
    #[cfg(feature = "ssh")]
    Program(ProgramSocket),
}

impl Socket {
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

/// The URI that is meant by a text, which may be short for one, or empty.
///
/// # Errors
/// [`OpenError::Uri`], [`OpenError::Settings`].
pub(super) fn resolve(text: &str) -> Result<Uri, OpenError> {
    settings::resolve(text, &this_host(text)?)
}

/// Connects, trying each place that the URI may mean. Ends before the deadline by itself only where it can say more than that time
/// is up.
pub(super) async fn connect(
    uri: &Uri,
    options: &OpenOptions,
    deadline: Instant,
) -> Result<(Socket, Witness), OpenError> {
    let alone = |socket| (socket, Witness::nobody());
    match uri.transport {
        Transport::Unix => {
            let host = this_host(uri.as_str())?;
            let mode = match uri.parameters.mode {
                Some(mode) => mode,
                // A socket that is named is the one, whatever the settings.
                None if uri.socket().is_some() => Default::default(),
                None => Settings::load(&host)?.mode.unwrap_or_default(),
            };
            let stream = sockets::connect(uri, &host, mode, options.read_only, deadline).await?;
            Ok(alone(Socket::Unix(stream)))
        }
        Transport::Tcp => Ok(alone(Socket::Tcp(tcp(uri, TCP_PORT).await?))),
        Transport::Tls => tls(uri, options, deadline).await.map(alone),
        Transport::Ssh | Transport::Libssh | Transport::Libssh2 | Transport::Ext => by_program(uri, options),
    }
}

fn this_host(uri: &str) -> Result<Host, OpenError> {
    Host::this().map_err(|error| OpenError::Unreachable {
        uri: uri.to_owned(),
        attempts: vec![("a socket of this process".to_owned(), error)],
    })
}

async fn tcp(uri: &Uri, usual_port: u16) -> Result<TcpStream, OpenError> {
    let (host, port) = (uri.host_or_local(), uri.port.unwrap_or(usual_port));
    match TcpStream::connect((host, port)).await {
        Ok(stream) => {
            crate::shell::tune(&stream);
            Ok(stream)
        }
        Err(error) => {
            let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
            let attempts = vec![(format!("tcp {host}:{port}"), error)];
            Err(OpenError::Unreachable { uri: uri.to_string(), attempts })
        }
    }
}

#[cfg(feature = "tls")]
async fn tls(uri: &Uri, options: &OpenOptions, deadline: Instant) -> Result<Socket, OpenError> {
    let host = this_host(uri.as_str())?;
    let stream = tcp(uri, crate::uri::TLS_PORT).await?;
    let secure = tls::over(stream, uri, &host, options.accept_common_name, deadline).await;
    match secure {
        Ok(stream) => Ok(Socket::Tls(Box::new(stream))),
        Err(fault) => Err(OpenError::Tls { uri: uri.to_string(), fault: Box::new(fault) }),
    }
}

#[cfg(not(feature = "tls"))]
async fn tls(uri: &Uri, _: &OpenOptions, _: Instant) -> Result<Socket, OpenError> {
    Err(OpenError::Unavailable { uri: uri.to_string(), transport: uri.transport, feature: "tls" })
}

#[cfg(feature = "ssh")]
fn by_program(uri: &Uri, options: &OpenOptions) -> Result<(Socket, Witness), OpenError> {
    let words = match (&uri.parameters.command, uri.transport) {
        (Some(command), Transport::Ext) => vec![command.clone().into_os_string()],
        _ => {
            let settings = Settings::load(&this_host(uri.as_str())?)?;
            ssh::command(uri, settings.mode, settings.proxy, options.read_only)
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
fn by_program(uri: &Uri, _: &OpenOptions) -> Result<(Socket, Witness), OpenError> {
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
        let (uri, silent) = match &error {
            OpenError::TimedOut { uri, .. } => (uri.clone(), true),
            OpenError::Call { uri, error } if matches!(**error, super::error::CallError::Closed { .. }) => {
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
