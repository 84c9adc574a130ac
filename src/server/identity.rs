//! Who a client is, as far as the server has seen proof of it.

use std::fmt;

/// Who is at the other end of a connection. What a field says has been proved to the server: by the kernel, by a certificate's
/// key, or by a password. What is `None` was not asked for, or is not to be had on this transport.
///
/// Handlers see it by [`CallContext::identity`](super::CallContext::identity). It does not change once a handler has been called. What
/// a listener asks for is its [`Authentication`](super::Authentication); the process behind a unix socket is known in any case.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// How the client came.
    pub transport: PeerTransport,
    /// The process behind a unix socket, as the kernel knows it at the moment of connecting.
    pub process: Option<PeerProcess>,
    /// Whom SASL has let in: the name of the account, such as `fred`.
    pub sasl_user: Option<String>,
    /// The subject of the client's TLS certificate, written as libvirt's daemons write it: the most general part first, such as
    /// `C=GB,O=Example,CN=client`.
    pub tls_name: Option<String>,
}

/// How a client came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PeerTransport {
    /// By a unix socket of this host.
    Unix,
    /// By TCP, where others may listen and speak, too.
    Tcp,
    /// By TLS.
    Tls,
    /// By none: it is a part of this process, such as a test.
    Inside,
}

/// A process of this host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerProcess {
    /// Its user.
    pub uid: u32,
    /// Its group: the one that it acts as, not those that it belongs to beside that.
    pub gid: u32,
    /// Its number; `None` where it is of another namespace, and has none here.
    pub pid: Option<i32>,
}

impl Identity {
    /// Somebody of whom nothing is known but how they came.
    pub fn of(transport: PeerTransport) -> Identity {
        Identity { transport, process: None, sasl_user: None, tls_name: None }
    }

    /// Whether the client is on this host for certain: it came by a unix socket, or never left the process.
    pub fn is_local(&self) -> bool {
        matches!(self.transport, PeerTransport::Unix | PeerTransport::Inside)
    }

    /// Whether anything is known of who it is.
    pub fn is_known(&self) -> bool {
        self.process.is_some() || self.sasl_user.is_some() || self.tls_name.is_some()
    }
}

/// For people and logs, such as `user fred by TLS`.
impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.sasl_user, &self.tls_name, &self.process) {
            (Some(user), _, _) => write!(f, "user {user}")?,
            (None, Some(name), _) => write!(f, "{name}")?,
            (None, None, Some(process)) => write!(f, "uid {}", process.uid)?,
            (None, None, None) => f.write_str("somebody")?,
        }
        f.write_str(match self.transport {
            PeerTransport::Unix => " by a unix socket",
            PeerTransport::Tcp => " by TCP",
            PeerTransport::Tls => " by TLS",
            PeerTransport::Inside => " within this process",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_proof_names_a_client() {
        let mut identity = Identity::of(PeerTransport::Unix);
        assert_eq!(
            (identity.to_string().as_str(), identity.is_known()),
            ("somebody by a unix socket", false)
        );
        identity.process = Some(PeerProcess { uid: 1_000, gid: 100, pid: Some(7) });
        assert_eq!((identity.to_string().as_str(), identity.is_known()), ("uid 1000 by a unix socket", true));
        identity.sasl_user = Some("fred".to_owned());
        assert_eq!(identity.to_string(), "user fred by a unix socket");
        assert!(identity.is_local() && !Identity::of(PeerTransport::Tls).is_local());
    }
}
