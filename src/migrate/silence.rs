//! Whether an opening that failed shows that nobody is there: what a host is fenced for.

use std::io;

use crate::client::{OpenError, OpenPhase};
use crate::uri::{Transport, Uri};

/// Whether a host of the network was asked for, and nobody there has said a word. Not where this end is at fault, or a name leads nowhere;
/// where anybody has answered, be it to refuse; or where a program was to lead there and nothing shows that it found nobody: it may be
/// asking its user for a password.
pub(super) fn is_silence(error: &OpenError) -> bool {
    let by_network = |uri: &str| {
        uri.parse::<Uri>().is_ok_and(|uri| matches!(uri.transport, Transport::Tcp | Transport::Tls))
    };
    match error {
        OpenError::Unreachable { uri, attempts } => {
            let kinds = || attempts.iter().map(|(_, error)| error.kind());
            by_network(uri)
                && kinds().any(is_nobody)
                && kinds().all(|kind| is_nobody(kind) || is_no_way(kind))
        }
        OpenError::TimedOut { uri, phase, .. } => {
            by_network(uri)
                && matches!(phase, OpenPhase::Connecting | OpenPhase::Securing | OpenPhase::Asking)
        }
        // OpenSSH's own words, which end with the system's in English; of another host on the way they are not the last.
        OpenError::Program { stderr, .. } => stderr.lines().last().is_some_and(|line| {
            let why = line.trim_end().rsplit(": ").next().unwrap_or_default();
            line.starts_with("ssh: connect to host ") && NOBODY.contains(&why)
        }),
        OpenError::Uri(_)
        | OpenError::Unavailable { .. }
        | OpenError::Settings { .. }
        | OpenError::Tls { .. }
        | OpenError::Authentication { .. }
        | OpenError::Call { .. } => false,
    }
}

/// The same in the system's words.
const NOBODY: [&str; 6] = [
    "Connection refused",
    "Connection reset by peer",
    "Connection timed out",
    "Operation timed out",
    "No route to host",
    "Host is unreachable",
];

/// Nobody is there who takes the connection.
fn is_nobody(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{ConnectionRefused, ConnectionReset, HostUnreachable, TimedOut};
    matches!(kind, ConnectionRefused | ConnectionReset | HostUnreachable | TimedOut)
}

/// One of its addresses is of a network that this end has no way to: that proves nothing.
fn is_no_way(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{AddrNotAvailable, NetworkUnreachable};
    matches!(kind, AddrNotAvailable | NetworkUnreachable)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

    use super::*;
    use crate::client::{AuthError, CallError};

    #[test]
    fn a_host_is_silent_only_where_it_was_asked_for_and_nobody_answered() {
        use io::ErrorKind as Kind;
        let (tcp, unix, ssh) = ("qemu+tcp://h/system", "qemu:///system", "qemu+ssh://h/system");
        let unreachable = |uri: &str, kinds: &[Kind]| OpenError::Unreachable {
            uri: uri.to_owned(),
            attempts: kinds.iter().map(|kind| ("there".to_owned(), (*kind).into())).collect(),
        };
        let timed_out = |uri: &str, phase| {
            let (uri, within) = (uri.to_owned(), Duration::from_secs(1));
            OpenError::TimedOut { uri, within, phase, attempts: Vec::new() }
        };
        let program = |stderr: &str| OpenError::Program {
            uri: ssh.to_owned(),
            program: "ssh".to_owned(),
            ended: None,
            stderr: stderr.to_owned(),
            error: Box::new(timed_out(ssh, OpenPhase::Asking)),
        };
        let refused = RemoteError::new(ErrorCode::AUTH_FAILED, ErrorDomain::RPC, "no".to_owned());
        let call = CallError::Remote(refused);
        let authentication = AuthError::Call(call.clone());
        for (error, expected) in [
            (unreachable(tcp, &[Kind::ConnectionRefused]), true),
            (unreachable(tcp, &[Kind::HostUnreachable, Kind::TimedOut]), true),
            (unreachable(tcp, &[Kind::NetworkUnreachable, Kind::TimedOut]), true),
            // This end has no network, or no such name, or no descriptor left.
            (unreachable(tcp, &[Kind::NetworkUnreachable]), false),
            (unreachable(tcp, &[Kind::Other]), false),
            (unreachable(tcp, &[Kind::TimedOut, Kind::PermissionDenied]), false),
            (unreachable(tcp, &[]), false),
            // The host that this runs on is alive.
            (unreachable(unix, &[Kind::NotFound, Kind::ConnectionRefused]), false),
            (timed_out(tcp, OpenPhase::Resolving), false),
            (timed_out(tcp, OpenPhase::Connecting), true),
            (timed_out("qemu://h/system", OpenPhase::Securing), true),
            (timed_out(tcp, OpenPhase::Asking), true),
            (timed_out(tcp, OpenPhase::Authenticating), false),
            (timed_out(tcp, OpenPhase::Opening), false),
            (program("ssh: connect to host h port 22: No route to host"), true),
            (program("banner\nssh: connect to host h port 22: Connection timed out\r"), true),
            (program("ssh: connect to host h port 22: Connection refused"), true),
            (program("ssh: connect to host h port 22: Network is unreachable"), false),
            (program("ssh: connect to host h port 22: Operation not permitted"), false),
            (program("ssh: connect to host h port 22: Cannot assign requested address"), false),
            (
                program(
                    "ssh: connect to host jump port 22: No route to host\nConnection closed by UNKNOWN port 65535",
                ),
                false,
            ),
            (program("root@h: Permission denied (publickey,password)."), false),
            (program(""), false),
            (OpenError::Authentication { uri: tcp.to_owned(), error: Box::new(authentication) }, false),
            (OpenError::Call { uri: tcp.to_owned(), error: Box::new(call) }, false),
        ] {
            assert_eq!(is_silence(&error), expected, "{error}");
        }
    }
}
