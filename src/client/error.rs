//! Why a connection did not open, and why a call has no result.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use virtwire_protocol::error::{Fate, RemoteError};
use virtwire_protocol::frame::DraftError;
use virtwire_protocol::session::ProtocolError;
use virtwire_protocol::session::client::ReplyFault;

use super::auth::AuthError;
use super::tls_fault::TlsFault;
use crate::codec::CodecError;
use crate::uri::{Transport, UriError};

/// Why a connection did not open.
///
/// Its `Debug` is its `Display`, for a `main` that returns it.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The URI is none, or asks for what is not here.
    #[error(transparent)]
    Uri(#[from] UriError),
    /// No daemon could be reached.
    #[error("cannot reach a daemon for {uri}: {} ({})", tried(.attempts), advice(.attempts))]
    Unreachable {
        /// As given.
        uri: String,
        /// Every place that was tried, and what happened there.
        attempts: Vec<(String, io::Error)>,
    },
    /// The URI asks for a transport that this build does not have.
    #[error(
        "{uri} asks for transport {transport}, which this build does not have (virtwire's feature `{feature}` brings it)"
    )]
    Unavailable {
        /// As given.
        uri: String,
        /// The transport.
        transport: Transport,
        /// The feature of this crate that brings it.
        feature: &'static str,
    },
    /// The user's `libvirt.conf` cannot be used.
    #[error("{}: {reason}", .path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and where.
        reason: String,
    },
    /// The daemon was reached, but TLS did not come about.
    #[error("{uri}: {fault}")]
    Tls {
        /// As given.
        uri: String,
        /// Why, and what to do.
        fault: Box<TlsFault>,
    },
    /// The program that was to lead to the daemon did not.
    #[error(
        "{uri}: `{program}` did not lead to a libvirt daemon{}{}",
        .ended.as_ref().map(|ended| format!(" ({ended})")).unwrap_or_default(),
        said(.stderr, .error)
    )]
    Program {
        /// As given.
        uri: String,
        /// Its name.
        program: String,
        /// How it ended, if it has.
        ended: Option<String>,
        /// The last lines of its standard error; five at most.
        stderr: String,
        /// What was seen of it.
        error: Box<OpenError>,
    },
    /// Nothing was heard in time.
    #[error("{uri} did not answer within {within:?}, {phase}: is it a libvirt daemon?{}", before(.attempts))]
    TimedOut {
        /// As given.
        uri: String,
        /// How long was waited.
        within: Duration,
        /// How far it had come.
        phase: OpenPhase,
        /// The places that were tried before the one that did not answer, and what happened there.
        attempts: Vec<(String, io::Error)>,
    },
    /// The daemon asks for an authentication that did not come about.
    #[error("cannot authenticate to {uri}: {error}")]
    Authentication {
        /// As given.
        uri: String,
        /// Why.
        error: Box<AuthError>,
    },
    /// A call of the opening failed.
    #[error("{uri}: {error}")]
    Call {
        /// As given.
        uri: String,
        /// Which and why.
        error: Box<CallError>,
    },
}

debug_is_display!(OpenError);

/// How far an opening has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenPhase {
    /// The system is asked for the host's addresses.
    Resolving,
    /// A socket, or a program that leads there.
    #[default]
    Connecting,
    /// The TLS handshake, and the byte that confirms it.
    Securing,
    /// The daemon is asked for its first words.
    Asking,
    /// It learns who this client is.
    Authenticating,
    /// It opens its hypervisor.
    Opening,
}

impl fmt::Display for OpenPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            OpenPhase::Resolving => "while its host's name was looked up",
            OpenPhase::Connecting => "while it was being connected to",
            OpenPhase::Securing => "while TLS was agreed on",
            OpenPhase::Asking => "connected, before its first words",
            OpenPhase::Authenticating => "while it was learning who this client is",
            OpenPhase::Opening => "while it was opening its hypervisor",
        })
    }
}

/// What an error tells of the places before the last.
fn before(attempts: &[(String, io::Error)]) -> String {
    if attempts.is_empty() { String::new() } else { format!(" (tried before: {})", tried(attempts)) }
}

fn tried(attempts: &[(String, io::Error)]) -> String {
    attempts.iter().map(|(place, error)| format!("{place}: {error}")).collect::<Vec<_>>().join("; ")
}

/// What to do about places where nobody is.
fn advice(attempts: &[(String, io::Error)]) -> &'static str {
    let any = |kind| attempts.iter().any(|(_, error)| error.kind() == kind);
    let over_tcp = attempts.iter().any(|(place, _)| place.starts_with("tcp "));
    if any(io::ErrorKind::PermissionDenied) {
        "you may not use the socket: become a member of its group, often `libvirt`, or take your own daemon with path /session"
    } else if over_tcp {
        "check host and port, and that the daemon listens there; libvirt's do so only when told to"
    } else {
        "start a daemon, libvirtd or the driver's own such as virtqemud, or name its socket with ?socket=PATH"
    }
}

/// What a program said, or for want of that what was seen of it.
fn said(stderr: &str, error: &OpenError) -> String {
    match (stderr, error) {
        ("", OpenError::TimedOut { within, .. }) => format!(": nothing came within {within:?}"),
        ("", OpenError::Call { error, .. }) => format!(": {error}"),
        ("", OpenError::Authentication { error, .. }) => format!(": {error}"),
        ("", other) => format!(": {other}"),
        (lines, _) => format!(": {}", lines.replace('\n', "; ")),
    }
}

/// Why a call has no result. [`fate`](CallError::fate) says whether it may have run.
///
/// Its `Debug` is its `Display`, for a `main` that returns it.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The peer reported a failure.
    #[error(transparent)]
    Remote(RemoteError),
    /// The arguments exceed a bound; nothing was sent.
    #[error("the arguments of {procedure} cannot be sent: {error}")]
    Arguments {
        /// Which procedure.
        procedure: &'static str,
        /// Which field and bound.
        error: String,
    },
    /// The peer answered, but not in a way that can be understood.
    #[error("the reply to {procedure} cannot be understood: {error}")]
    Reply {
        /// Which procedure.
        procedure: &'static str,
        /// What is wrong with it.
        error: String,
    },
    /// The connection ended before the reply came, or before the call was sent.
    #[error("{}: {reason}", without_reply(.procedure, *.sent))]
    Closed {
        /// Which procedure.
        procedure: &'static str,
        /// Why it ended.
        reason: CloseReason,
        /// Whether the call had been handed to the connection: then it may have run.
        sent: bool,
    },
    /// The deadline passed before the reply came. If the call was sent it may run on; its reply will be discarded.
    #[error("{}{procedure} within {within:?}{}{}", if *.sent { "no reply to " } else { "no place for " }, if *.sent { "" } else { ", so it was not sent" }, held(.given_up))]
    TimedOut {
        /// Which procedure.
        procedure: &'static str,
        /// The deadline.
        within: Duration,
        /// Whether it had its place among the calls that wait for replies: then it may have run. One that had none is not sent any
        /// more.
        sent: bool,
        /// Where it was not sent: the calls that nobody waits for any more and that the daemon has not answered, so that they have
        /// [places](super#the-window) still.
        given_up: Vec<&'static str>,
    },
}

debug_is_display!(CallError);

/// What holds places though nobody waits for it.
fn held(given_up: &[&str]) -> String {
    match given_up {
        [] => String::new(),
        [one] => format!(": {one} was given up, and has its place until the daemon answers"),
        some => {
            format!(": {} were given up, and have their places until the daemon answers", some.join(", "))
        }
    }
}

/// What the end of the connection left undone.
fn without_reply(procedure: &str, sent: bool) -> String {
    match sent {
        true => format!("the connection ended before the reply to {procedure}"),
        false => format!("{procedure} was not sent: the connection has ended"),
    }
}

impl CallError {
    /// Whether the peer ran the call.
    pub fn fate(&self) -> Fate {
        match self {
            CallError::Remote(error) if error.is_unsupported() => Fate::DidNotRun,
            CallError::Remote(_) => Fate::Failed,
            CallError::Arguments { .. }
            | CallError::Closed { sent: false, .. }
            | CallError::TimedOut { sent: false, .. } => Fate::DidNotRun,
            CallError::Reply { .. }
            | CallError::Closed { sent: true, .. }
            | CallError::TimedOut { sent: true, .. } => Fate::Unknown,
        }
    }

    /// Whether the peer proved that it has no such call and did nothing, in English; see
    /// [`Connection::is_unsupported`](super::Connection::is_unsupported) for every language.
    pub fn is_unsupported(&self) -> bool {
        self.remote().is_some_and(RemoteError::is_unsupported)
    }

    /// The peer's own error, if that is what this is.
    pub fn remote(&self) -> Option<&RemoteError> {
        match self {
            CallError::Remote(error) => Some(error),
            _ => None,
        }
    }

    pub(super) fn arguments(procedure: &'static str, error: &DraftError) -> CallError {
        CallError::Arguments { procedure, error: error.to_string() }
    }

    pub(super) fn reply(procedure: &'static str, fault: ReplyFault) -> CallError {
        match fault {
            ReplyFault::Remote(error) => CallError::Remote(*error),
            other => CallError::Reply { procedure, error: other.to_string() },
        }
    }
}

/// Why a connection ended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CloseReason {
    /// The daemon closed it.
    #[error("the daemon closed it")]
    Eof,
    /// Reading or writing failed.
    #[error("{0}")]
    Io(String),
    /// The program that led to the daemon has ended, and had something to say.
    #[error("`{program}`, which led to the daemon, ended{}{}", .ended.as_ref().map(|ended| format!(" ({ended})")).unwrap_or_default(), last_words(.stderr))]
    Program {
        /// Its name.
        program: String,
        /// How it ended, if it has.
        ended: Option<String>,
        /// The last lines of its standard error; five at most.
        stderr: String,
    },
    /// The daemon broke the protocol, or went silent.
    #[error("{0}")]
    Protocol(ProtocolError),
    /// This end closed it, or said goodbye and the daemon did.
    #[error("it was closed here")]
    Local,
}

fn last_words(stderr: &str) -> String {
    if stderr.is_empty() { String::new() } else { format!(": {}", stderr.replace('\n', "; ")) }
}

impl From<io::Error> for CloseReason {
    fn from(error: io::Error) -> CloseReason {
        CloseReason::Io(error.to_string())
    }
}

impl From<ProtocolError> for CloseReason {
    fn from(error: ProtocolError) -> CloseReason {
        CloseReason::Protocol(error)
    }
}

impl From<CodecError> for CloseReason {
    fn from(error: CodecError) -> CloseReason {
        match error {
            CodecError::Frame(error) => CloseReason::Protocol(error.into()),
            CodecError::Io(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_where_nobody_is_come_with_what_to_do() {
        let unreachable = |attempts: &[(&str, io::ErrorKind)]| {
            let attempts = attempts.iter().map(|(place, kind)| (place.to_string(), (*kind).into())).collect();
            OpenError::Unreachable { uri: "qemu:///system".to_owned(), attempts }.to_string()
        };
        let absent =
            unreachable(&[("/a", io::ErrorKind::NotFound), ("/b", io::ErrorKind::ConnectionRefused)]);
        assert!(absent.contains("/a: entity not found; /b: connection refused (start a daemon"), "{absent}");
        let forbidden =
            unreachable(&[("/a", io::ErrorKind::NotFound), ("/b", io::ErrorKind::PermissionDenied)]);
        assert!(forbidden.contains("become a member of its group"), "{forbidden}");
        let over_tcp = unreachable(&[("tcp h:1", io::ErrorKind::ConnectionRefused)]);
        assert!(over_tcp.contains("check host and port"), "{over_tcp}");
    }

    /// As `main` prints what it returns.
    #[tokio::test]
    async fn a_program_that_returns_an_error_from_main_shows_its_text() {
        // Bound, so that nobody else listens there, and not listened at.
        let closed = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        closed.bind(&std::net::SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        let address = closed.local_addr().unwrap().as_socket().unwrap();
        let uri = format!("qemu+tcp://{address}/system");
        let error = crate::client::Connection::open(&uri).await.unwrap_err();
        let told = format!("{:?}", Box::<dyn std::error::Error>::from(error));
        let begins = format!("cannot reach a daemon for {uri}: tcp {address}: Connection refused");
        assert!(told.starts_with(&begins), "{told}");
        let within = Duration::from_secs(1);
        let lapse = CallError::TimedOut { procedure: "domain_create", within, sent: true, given_up: vec![] };
        assert_eq!(format!("{lapse:?}"), "no reply to domain_create within 1s");
    }
}
