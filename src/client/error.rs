//! Why a connection did not open, and why a call has no result.

use std::io;
use std::time::Duration;

use virtwire_protocol::error::{Fate, RemoteError};
use virtwire_protocol::frame::DraftError;
use virtwire_protocol::session::ProtocolError;
use virtwire_protocol::session::client::ReplyFault;

use super::auth::AuthError;
use crate::codec::CodecError;
use crate::uri::{Transport, UriError};

/// Why a connection did not open.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The URI is none, or asks for what is not here.
    #[error(transparent)]
    Uri(#[from] UriError),
    /// No daemon could be reached.
    #[error("cannot reach a daemon for {uri}: {}", tried(.attempts))]
    Unreachable {
        /// As given.
        uri: String,
        /// Every place that was tried, and what happened there.
        attempts: Vec<(String, io::Error)>,
    },
    /// The URI asks for a transport that this build does not have.
    #[error("{uri} asks for transport {transport}, which virtwire does not have yet (it has unix and tcp)")]
    Unavailable {
        /// As given.
        uri: String,
        /// The transport.
        transport: Transport,
    },
    /// Nothing was heard in time.
    #[error("{uri} did not answer within {within:?}: is it a libvirt daemon?")]
    TimedOut {
        /// As given.
        uri: String,
        /// How long was waited.
        within: Duration,
    },
    /// The daemon asks for an authentication that did not come about.
    #[error("cannot authenticate to {uri}: {error}")]
    Authentication {
        /// As given.
        uri: String,
        /// Why.
        error: AuthError,
    },
    /// A call of the opening failed.
    #[error("{uri}: {error}")]
    Call {
        /// As given.
        uri: String,
        /// Which and why.
        error: CallError,
    },
}

fn tried(attempts: &[(String, io::Error)]) -> String {
    attempts.iter().map(|(place, error)| format!("{place}: {error}")).collect::<Vec<_>>().join("; ")
}

/// Why a call has no result. [`fate`](CallError::fate) says whether it may have run.
#[derive(Clone, Debug, thiserror::Error)]
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
    /// The connection ended before the reply came.
    #[error("the connection ended before the reply to {procedure}: {reason}")]
    Closed {
        /// Which procedure.
        procedure: &'static str,
        /// Why it ended.
        reason: CloseReason,
        /// Whether the call had been handed to the connection: then it may have run.
        sent: bool,
    },
    /// The deadline passed before the reply came. The call may run on; its reply will be discarded.
    #[error("no reply to {procedure} within {within:?}")]
    TimedOut {
        /// Which procedure.
        procedure: &'static str,
        /// The deadline.
        within: Duration,
    },
}

impl CallError {
    /// Whether the peer ran the call.
    pub fn fate(&self) -> Fate {
        match self {
            CallError::Remote(error) if error.is_unsupported() => Fate::DidNotRun,
            CallError::Remote(_) => Fate::Failed,
            CallError::Arguments { .. } | CallError::Closed { sent: false, .. } => Fate::DidNotRun,
            CallError::Reply { .. } | CallError::Closed { sent: true, .. } | CallError::TimedOut { .. } => {
                Fate::Unknown
            }
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
            ReplyFault::Remote(error) => CallError::Remote(error),
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
    /// The daemon broke the protocol, or went silent.
    #[error("{0}")]
    Protocol(ProtocolError),
    /// This end closed it.
    #[error("it was closed here")]
    Local,
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
