//! Why an authentication did not come about, and what to do about it.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use virtwire_protocol::error::{ErrorCode, RemoteError};
use virtwire_protocol::remote::AuthType;

use super::super::error::CallError;

/// Why a daemon does not know its client. None of these holds a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// The URI's `auth` names a way that the daemon does not offer; libvirt has code 45 for this.
    #[error("the URI asks for {}, and the daemon offers {}: leave `auth=` out, or name that", name(*.asked), names(.offered))]
    NotOffered {
        /// What the URI asks for.
        asked: AuthType,
        /// What there is.
        offered: Vec<AuthType>,
    },
    /// The daemon asks for a way that no release of libvirt up to 12.8 has.
    #[error("the daemon asks for authentication {0}, which is not libvirt's (none 0, sasl 1, polkit 2)")]
    Unknown(i32),
    /// The daemon asks for SASL.
    #[error(
        "the daemon asks for SASL, and this program is built without it: build it with virtwire's feature `sasl`"
    )]
    NotBuilt,
    /// No SASL mechanism of the daemon's can be used.
    #[error("no SASL mechanism fits: the daemon offers {}; virtwire has {ours}", refusals(.refused))]
    NoMechanism {
        /// Each of the daemon's mechanisms, and why it was not used.
        refused: Vec<(String, Unfit)>,
        /// The mechanisms that this program has, strongest first.
        ours: String,
    },
    /// The daemon asks for a user and a password, and none are to be had.
    #[error(
        "the daemon asks for a user and a password ({mechanisms}), and there are none for {host}: {}; give them by \
         `OpenOptions::credentials`, or in an auth.conf", looked(.looked_at)
    )]
    NoCredentials {
        /// The mechanisms that need them.
        mechanisms: String,
        /// The host, as auth.conf would name it.
        host: String,
        /// The files that were looked at, and what was there.
        looked_at: Vec<String>,
    },
    /// [`OpenOptions::credentials`](super::super::OpenOptions::credentials) was asked, and has not answered in the time that the opening had.
    /// The question is left standing.
    #[error(
        "the source of credentials was asked and did not answer within {within:?}: answer it sooner, or give it more time by \
         OpenOptions::open_within"
    )]
    CredentialsUnanswered {
        /// How long was waited for the opening, all in all.
        within: Duration,
    },
    /// [`OpenOptions::credentials`](super::super::OpenOptions::credentials) was asked, and panicked.
    #[error(
        "the source of credentials that this program has given by OpenOptions::credentials panicked when it was asked"
    )]
    CredentialsPanicked,
    /// [`OpenOptions::credentials`](super::super::OpenOptions::credentials) was not asked: the system gives no thread for that.
    #[error("the source of credentials cannot be asked, for want of a thread: {0}")]
    CredentialsUnasked(#[source] io::Error),
    /// A file with credentials cannot be used.
    #[error("{}: {error}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The daemon did not accept the user, the password, or what stands for them. It does not say which.
    #[error("the daemon refused {mechanism}{}: {error}", by(.user))]
    Refused {
        /// The SASL mechanism.
        mechanism: String,
        /// As whom.
        user: Option<String>,
        /// What it said.
        error: Box<RemoteError>,
    },
    /// The daemon's part of a SASL exchange is wrong. It may not be who it claims to be.
    #[error("the daemon's part of {mechanism} is wrong: {reason}")]
    Exchange {
        /// The SASL mechanism.
        mechanism: String,
        /// What is wrong.
        reason: String,
    },
    /// Kerberos has no ticket for the daemon.
    #[cfg(feature = "gssapi")]
    #[error("Kerberos gives no ticket for {service}: {reason}")]
    Kerberos {
        /// The daemon, as `libvirt@HOST`.
        service: String,
        /// What the system's Kerberos says.
        reason: String,
    },
    /// polkit said no, was not there, or could not ask the user.
    #[error("{}: {_0}", polkit(_0))]
    Polkit(Box<RemoteError>),
    /// polkit asked somebody, who has not answered in the time that the opening had. The question is left standing.
    #[error(
        "polkit asks somebody about this process, and nobody answered within {within:?}: answer it sooner, or give it more time \
         by OpenOptions::open_within"
    )]
    PolkitUnanswered {
        /// How long was waited for the opening, all in all.
        within: Duration,
    },
    /// The daemon neither accepted nor refused.
    #[error("the daemon left polkit's question open: ask again")]
    PolkitUndecided,
    /// A call failed otherwise.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// Why a SASL mechanism of the daemon's was not used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unfit {
    /// This program does not have it.
    Unknown,
    /// The URI names another.
    NotAsked,
    /// It shows the password to whoever listens, and the transport does not keep listeners out.
    Unprotected,
    /// It keeps the password from who listens but not what is said afterwards, and lets them guess at the password at leisure; the
    /// transport does not keep them out either.
    Unlayered,
    /// It needs a user and a password, and there are none.
    NoCredentials,
    /// This program is built without it.
    #[cfg(not(feature = "gssapi"))]
    NotBuilt,
    /// It needs a ticket of Kerberos's, and there is none.
    #[cfg(feature = "gssapi")]
    NoTicket {
        /// What the system's Kerberos says.
        reason: String,
    },
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unfit::Unknown => "virtwire does not have it",
            Unfit::NotAsked => "the URI's `auth=` names another",
            Unfit::Unprotected => {
                "it would show the password on an unprotected connection: use TLS, SSH or a unix socket"
            }
            Unfit::Unlayered => {
                "whoever reads along could guess the password at leisure and take the connection over: use TLS, SSH or a unix \
                 socket, or accept that by OpenOptions::accept_unprotected"
            }
            Unfit::NoCredentials => "it needs a user and a password",
            #[cfg(not(feature = "gssapi"))]
            Unfit::NotBuilt => "this program is built without it: build it with virtwire's feature `gssapi`",
            #[cfg(feature = "gssapi")]
            Unfit::NoTicket { reason } => return write!(f, "there is no ticket of Kerberos's, such as `kinit` gets: {reason}"),
        })
    }
}

fn name(kind: AuthType) -> String {
    match kind {
        AuthType::None => "none".to_owned(),
        AuthType::Sasl => "sasl".to_owned(),
        AuthType::Polkit => "polkit".to_owned(),
        AuthType::Unknown(number) => format!("authentication {number}"),
    }
}

fn names(kinds: &[AuthType]) -> String {
    if kinds.is_empty() {
        return name(AuthType::None);
    }
    kinds.iter().map(|kind| name(*kind)).collect::<Vec<_>>().join(", ")
}

fn refusals(refused: &[(String, Unfit)]) -> String {
    if refused.is_empty() {
        return "none".to_owned();
    }
    refused.iter().map(|(name, why)| format!("{name} ({why})")).collect::<Vec<_>>().join(", ")
}

fn looked(places: &[String]) -> String {
    if places.is_empty() { "there is no auth.conf".to_owned() } else { places.join("; ") }
}

fn by(user: &Option<String>) -> String {
    user.as_deref().map(|user| format!(" for user {user}")).unwrap_or_default()
}

fn polkit(error: &RemoteError) -> &'static str {
    match error.code {
        ErrorCode::AUTH_CANCELLED => "the question of polkit's was cancelled",
        ErrorCode::AUTH_UNAVAILABLE => {
            "polkit has to ask the user and has no agent to do so: run one (such as pkttyagent), or add a rule"
        }
        _ => {
            "polkit refused this process (actions org.libvirt.unix.manage and, read-only, org.libvirt.unix.monitor)"
        }
    }
}
