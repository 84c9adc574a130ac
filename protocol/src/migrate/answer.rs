//! What comes back of a call: its reply, or why there is none.

use std::fmt;

use virtwire_xdr::Text;

use super::domain::{Cookie, Domain, DomainXml};
use super::state::{JobInfo, State};
use crate::error::{ErrorCode, ErrorDomain, Fate, RemoteError};

/// A successful reply. Exhaustive, as [`Call`](super::Call) is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Reply {
    /// To `Call::GetXmlDesc`.
    Xml(DomainXml),
    /// To `Call::Begin3`.
    Begun {
        /// For the destination.
        cookie: Cookie,
        /// What the destination is to rebuild the guest from.
        xml: DomainXml,
    },
    /// To every Prepare.
    Prepared {
        /// For the source.
        cookie: Cookie,
        /// Where the destination listens; `None` means at `uri_in`.
        uri_out: Option<Text>,
    },
    /// To `Call::Perform3`: the cookie is for the destination.
    Performed(Cookie),
    /// To `Call::Finish` and `Call::Finish2`.
    Finished(Domain),
    /// To `Call::Finish3`.
    Finished3 {
        /// The guest on the destination.
        domain: Domain,
        /// For the source.
        cookie: Cookie,
    },
    /// To `Call::LookupByUuid`.
    Found(Domain),
    /// To `Call::GetJobInfo`.
    Job(JobInfo),
    /// To `Call::GetInfo` and `Call::GetState`.
    State(State),
    /// To `Call::Perform`, `Call::Confirm3`, `Call::Resume`, `Call::Destroy` and `Call::Close`.
    Done,
    /// To `Call::Close`: the peer had closed that connection before, and nobody knows when.
    WasClosed,
}

/// Why a call has no successful reply, as far as a migration cares.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Failure {
    /// It never left this machine: no connection could be had, or it was dead before the first byte was
    /// written.
    NotSent {
        /// What happened, for people.
        message: String,
    },
    /// The peer proved that it has no such procedure and did nothing: "unknown procedure" in any language, or
    /// code 3. [`RemoteError::is_unsupported`] knows the English ones; a driver finds out about others with
    /// [`RemoteError::same_refusal`].
    Unsupported(Box<RemoteError>),
    /// Any other error reply. It may come from a proxy that never passed the call on, or passed it on and
    /// lost the reply.
    Answered(Box<RemoteError>),
    /// No reply: the connection died after sending. It may have run, or **may still run**.
    Lost {
        /// What happened, for people.
        message: String,
    },
    /// No reply within the deadline, though the connection lives. It may have run, or **may still run**; and whatever it began has had
    /// all that time to come to an end.
    Silent {
        /// What happened, for people.
        message: String,
    },
}

impl Failure {
    /// Whether the peer ran the call.
    pub const fn fate(&self) -> Fate {
        match self {
            Failure::NotSent { .. } | Failure::Unsupported(_) => Fate::DidNotRun,
            Failure::Answered(_) => Fate::Failed,
            Failure::Lost { .. } | Failure::Silent { .. } => Fate::Unknown,
        }
    }

    /// An error of the hypervisor, which no proxy makes up, nor a daemon's own layer of calls.
    pub(super) fn is_the_hosts_own(&self) -> bool {
        let Failure::Answered(error) = self else { return false };
        !matches!(error.domain, ErrorDomain::RPC | ErrorDomain::REMOTE)
    }

    /// The code of the error reply, if one came.
    pub const fn code(&self) -> Option<ErrorCode> {
        match self {
            Failure::Unsupported(error) | Failure::Answered(error) => Some(error.code),
            Failure::NotSent { .. } | Failure::Lost { .. } | Failure::Silent { .. } => None,
        }
    }

    /// A driver handed back the reply of another call: what became of this one is not known.
    pub(crate) fn foreign() -> Failure {
        Failure::Lost { message: "the reply is that of another call, or about another guest".to_owned() }
    }

    /// A reply that names another guest is none to a call about this one.
    pub(super) fn unless_of_another(
        answer: Result<Reply, Failure>,
        uuid: [u8; 16],
    ) -> Result<Reply, Failure> {
        match answer {
            Ok(Reply::Finished(domain) | Reply::Finished3 { domain, .. }) if domain.uuid != uuid => {
                Err(Failure::foreign())
            }
            answer => answer,
        }
    }

    /// Whether it is the daemon's own word that it has no procedure of this number, and not another's that it passed on.
    pub(crate) fn is_about(&self, number: i32) -> bool {
        let Failure::Unsupported(error) = self else { return false };
        let text = error.message.to_string_lossy();
        let mut numbers = text.split(|c: char| !c.is_ascii_digit());
        error.may_be_unknown_procedure() && numbers.any(|found| found == number.to_string())
    }

    /// Whether the peer answered with this error.
    pub(crate) fn answered(&self, code: ErrorCode) -> bool {
        matches!(self, Failure::Answered(error) if error.code == code)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::NotSent { message } => write!(f, "not sent: {message}"),
            Failure::Unsupported(error) | Failure::Answered(error) => {
                write!(f, "error {}/{}: {error}", error.code.0, error.domain.0)
            }
            Failure::Lost { message } | Failure::Silent { message } => write!(f, "no reply: {message}"),
        }
    }
}
