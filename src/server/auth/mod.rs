//! Who may come in: what a listener asks of its clients before it serves them.

#[cfg(any(feature = "polkit", feature = "sasl"))]
mod asking;
#[cfg(feature = "sasl")]
mod guard;
#[cfg(feature = "sasl")]
mod password_file;
#[cfg(feature = "sasl")]
mod passwords;
mod pattern;
#[cfg(feature = "polkit")]
mod polkit;
#[cfg(feature = "sasl")]
mod scram;

use std::fmt;
#[cfg(feature = "sasl")]
use std::sync::Arc;
use std::time::Duration;

use virtwire_protocol::error::RemoteError;
use virtwire_protocol::frame::Draft;
use virtwire_protocol::remote::AuthType;

#[cfg(any(feature = "polkit", feature = "sasl"))]
pub(super) use asking::Asking;
#[cfg(feature = "sasl")]
pub use password_file::{HeldPasswordFile, PasswordFile, PasswordFileError};
#[cfg(feature = "sasl")]
pub use passwords::{Decoys, PasswordStore, SaslMechanism, ScramVerifier, VerifierError};
pub use pattern::Patterns;
#[cfg(feature = "sasl")]
pub use scram::Sasl;

use super::identity::{Identity, PeerProcess};

/// Clients of one listener that may be there without being known (libvirt's `max_anonymous_clients`). Where it depends on the user who
/// has to prove something, one user may have half of them.
pub const ANONYMOUS_CLIENTS_MAX: usize = 20;
/// How long a client may stay without being known.
pub const ANONYMOUS_WITHIN: Duration = Duration::from_secs(30);
/// The longest message that is taken from a client that is not known.
pub const ANONYMOUS_FRAME_BYTES_MAX: usize = 16 * 1024;

/// What a listener asks of its clients. The default is nothing: whoever reaches it is served.
#[derive(Clone, Debug, Default)]
pub struct Authentication {
    way: Way,
    processes: Option<AllowedProcesses>,
}

#[derive(Clone, Default)]
enum Way {
    #[default]
    None,
    #[cfg(feature = "sasl")]
    Sasl(Arc<Sasl>),
    #[cfg(feature = "polkit")]
    Polkit,
}

/// Which processes may come in by a unix socket: those of these users, and those of these groups. The kernel says which they are.
///
/// A process counts as of the one group that it acts as, and not as of those that it belongs to beside that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedProcesses {
    /// The numbers of the users.
    pub uids: Vec<u32>,
    /// The numbers of the groups.
    pub gids: Vec<u32>,
}

impl Authentication {
    /// Nothing: whoever reaches the listener is served.
    pub fn none() -> Authentication {
        Authentication::default()
    }

    /// A user and a password.
    ///
    /// Of use on unix sockets and over TLS. Over plain TCP libvirt's clients refuse it, as these mechanisms protect nothing of what follows
    /// (`No worthy mechs found`), and so do ours, unless told otherwise.
    #[cfg(feature = "sasl")]
    pub fn sasl(sasl: Sasl) -> Authentication {
        Authentication { way: Way::Sasl(Arc::new(sasl)), processes: None }
    }

    /// What polkit says of the process behind the unix socket, for the action `org.libvirt.unix.manage`, or `org.libvirt.unix.monitor`
    /// where clients may only look. It is asked by the program `pkcheck`. Root is let in unasked, and whoever comes by another way than a unix socket is refused.
    #[cfg(feature = "polkit")]
    pub fn polkit() -> Authentication {
        Authentication { way: Way::Polkit, processes: None }
    }

    /// Only processes of these users and groups, beside what else is asked. Whoever is no process of this host is refused.
    #[must_use]
    pub fn only_processes(mut self, allowed: AllowedProcesses) -> Authentication {
        self.processes = Some(allowed);
        self
    }

    /// Whether a password or polkit stands between a client and the host.
    pub fn asks(&self) -> bool {
        !matches!(self.way, Way::None)
    }

    /// Whether a password stands there.
    pub(super) fn asks_for_password(&self) -> bool {
        #[cfg(feature = "sasl")]
        return matches!(self.way, Way::Sasl(_));
        #[cfg(not(feature = "sasl"))]
        return false;
    }

    /// Whether nobody is let in or refused unasked, whoever comes.
    pub(super) fn asks_all(&self) -> bool {
        self.asks_for_password() && self.processes.is_none()
    }

    /// Whether this client may try: it is no process, or one that is on the list.
    pub(super) fn admits(&self, identity: &Identity) -> bool {
        self.processes.as_ref().is_none_or(|allowed| {
            identity.process.is_some_and(|PeerProcess { uid, gid, .. }| {
                allowed.uids.contains(&uid) || allowed.gids.contains(&gid)
            })
        })
    }

    /// What this client is asked for, who may only look or not.
    pub(super) fn asking(&self, identity: &Identity, read_only: bool) -> (AuthType, Option<Asking>) {
        let _ = (identity, read_only);
        match &self.way {
            Way::None => (AuthType::None, None),
            #[cfg(feature = "sasl")]
            Way::Sasl(sasl) => (AuthType::Sasl, Some(Asking::sasl(sasl.clone()))),
            #[cfg(feature = "polkit")]
            Way::Polkit if identity.process.is_some_and(|process| process.uid == 0) => (AuthType::None, None),
            #[cfg(feature = "polkit")]
            Way::Polkit => {
                let subject = identity.process.and_then(|process| polkit::Subject::new(process, read_only));
                (AuthType::Polkit, Some(Asking::polkit(subject)))
            }
        }
    }
}

/// What a call of the way in came to.
#[cfg_attr(not(any(feature = "polkit", feature = "sasl")), expect(dead_code))]
pub(super) enum Verdict {
    /// It goes on, or was in vain and may be tried again.
    Goes(Result<Draft, RemoteError>),
    /// The client is known: as this user of SASL, or by polkit.
    Known(Result<Draft, RemoteError>, Option<String>),
    /// It has failed too often: the connection is to end with this answer.
    Enough(Result<Draft, RemoteError>),
}

/// Without a feature that asks, nobody is asked.
#[cfg(not(any(feature = "polkit", feature = "sasl")))]
pub(super) enum Asking {}

#[cfg(not(any(feature = "polkit", feature = "sasl")))]
impl Asking {
    pub(super) fn person_within(&self) -> Option<Duration> {
        match *self {}
    }

    pub(super) async fn answer(
        self,
        _: virtwire_protocol::session::server::Called,
        _: String,
    ) -> (Asking, Verdict) {
        match self {}
    }
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Way::None => "None",
            #[cfg(feature = "sasl")]
            Way::Sasl(_) => "Sasl",
            #[cfg(feature = "polkit")]
            Way::Polkit => "Polkit",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::PeerTransport;

    #[test]
    fn a_list_of_processes_keeps_everybody_else_out() {
        let unix = |uid, gid| Identity {
            process: Some(PeerProcess { uid, gid, pid: None }),
            ..Identity::of(PeerTransport::Unix)
        };
        let open = Authentication::none();
        let listed =
            Authentication::none().only_processes(AllowedProcesses { uids: vec![7], gids: vec![100] });
        for (identity, admitted) in [
            (unix(7, 1), true),
            (unix(8, 100), true),
            (unix(8, 101), false),
            (unix(0, 0), false),
            (Identity::of(PeerTransport::Unix), false),
            (Identity::of(PeerTransport::Tcp), false),
        ] {
            assert!(open.admits(&identity));
            assert_eq!(listed.admits(&identity), admitted, "{identity:?}");
        }
    }
}
