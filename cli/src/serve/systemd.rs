//! Started by systemd: sockets that it has opened, and words that it waits for.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use listenfd::ListenFd;
use rustix::time::{ClockId, clock_gettime};

use crate::fail::{Fail, plain};

/// A socket that is open already. systemd's name for it tells what for.
#[derive(Debug)]
pub(super) struct Passed {
    pub(super) socket: Socket,
    pub(super) door: Door,
}

/// What clients of a socket want.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    ReadWrite,
    /// To look; systemd's name for it ends in `-ro`.
    ReadOnly,
    /// To look after the daemon itself; the name ends in `-admin`.
    Admin,
}

#[derive(Debug)]
pub(super) enum Socket {
    Unix(std::os::unix::net::UnixListener),
    Tcp(std::net::TcpListener),
    /// One that systemd knows by a name that ends in `-tls`.
    Tls(std::net::TcpListener),
}

/// The sockets that `LISTEN_FDS` announces to this process.
pub(super) fn passed() -> Result<Vec<Passed>, Fail> {
    let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
    let names: Vec<_> = names.split(':').collect();
    let mut fds = ListenFd::from_env();
    let mut found = Vec::new();
    for at in 0..fds.len() {
        let wrong = |error: std::io::Error| {
            let what = format!("is no listening socket of unix or TCP: {}", plain(&error));
            Fail::new(format!("descriptor {} from LISTEN_FDS", at + 3), what, "correct the socket unit")
        };
        let is_named = |word: &str| names.get(at).is_some_and(|name| words(name).any(|found| found == word));
        let door = match (is_named("ro"), is_named("admin")) {
            (_, true) => Door::Admin,
            (true, false) => Door::ReadOnly,
            (false, false) => Door::ReadWrite,
        };
        // It tells the two apart, and leaves what it refuses.
        if let Ok(Some(socket)) = fds.take_unix_listener(at) {
            found.push(Passed { socket: Socket::Unix(socket), door });
        } else if let Some(socket) = fds.take_tcp_listener(at).map_err(wrong)? {
            let socket = if is_named("tls") { Socket::Tls(socket) } else { Socket::Tcp(socket) };
            found.push(Passed { socket, door });
        }
    }
    Ok(found)
}

/// The words at the end of a socket's name that say what it is for. systemd's own name is that of the unit, such as
/// `virtwire-tls-ro.socket`.
fn words(name: &str) -> impl Iterator<Item = &str> {
    let name = name.strip_suffix(".socket").unwrap_or(name);
    name.rsplit('-').take_while(|word| matches!(*word, "admin" | "ro" | "tls"))
}

/// Tells systemd where the daemon stands, such as `READY=1`, in a line for each variable, if it has asked. Whoever does not hear it is
/// none the worse.
pub(super) fn notify(state: &str) {
    let Some(place) = std::env::var_os("NOTIFY_SOCKET") else { return };
    let address = match place.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name),
        _ => SocketAddr::from_pathname(&place),
    };
    let sent = address.and_then(|address| UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address));
    if let Err(error) = sent {
        crate::screen::remark(&format!("virtwire: systemd does not hear {state}: {error}"));
    }
}

/// The word for a reload that begins, with the time by which systemd tells it from an earlier one.
pub(super) fn reloading() -> String {
    let now = clock_gettime(ClockId::Monotonic);
    format!("RELOADING=1\nMONOTONIC_USEC={}", now.tv_sec * 1_000_000 + now.tv_nsec / 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sockets_name_says_by_its_last_words_what_it_is_for() {
        for (name, found) in [
            ("virtwire.socket", &[][..]),
            ("virtwire-ro.socket", &["ro"]),
            ("virtwire-tls", &["tls"]),
            ("tls", &["tls"]),
            ("virtwire-tls-ro.socket", &["ro", "tls"]),
            ("libvirtd-admin.socket", &["admin"]),
            ("host-rom.socket", &[]),
            ("no-tls-here", &[]),
            ("virt-rowan-nottls", &[]),
        ] {
            assert_eq!(words(name).collect::<Vec<_>>(), found, "{name}");
        }
    }
}
