//! Connection URIs: `driver[+transport]://[user@][host][:port]/path[?parameter=value&…][#fragment]`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// The port of an unencrypted TCP connection.
pub const TCP_PORT: u16 = 16509;
/// The port of a TLS connection.
pub const TLS_PORT: u16 = 16514;

/// Where a daemon is, and what to ask it to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uri {
    text: String,
    /// How to get there.
    pub transport: Transport,
    /// The name to open there (procedure 1): the URI without what only the client needs.
    pub name: String,
    /// Whether the path asks for the user's own daemon rather than the host's.
    pub session: bool,
}

/// How to get to a daemon.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transport {
    /// A unix socket: this one, or the host's usual places where none is named.
    Unix {
        /// The path in the URI's `socket` parameter.
        socket: Option<PathBuf>,
    },
    /// Unencrypted TCP.
    Tcp {
        /// A name or an address, brackets taken off.
        host: String,
        /// By default [`TCP_PORT`].
        port: u16,
    },
}

/// Why a text is no URI that this crate can use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UriError {
    /// Not of the form that URIs have.
    #[error("`{uri}` is not a connection URI: {reason} (expected driver[+transport]://[host][:port]/path)")]
    Malformed {
        /// As given.
        uri: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A transport that exists, but not here.
    #[error("`{uri}` asks for transport {transport}, which virtwire does not have yet (it has unix and tcp)")]
    Unavailable {
        /// As given.
        uri: String,
        /// The transport.
        transport: String,
    },
    /// A transport that does not exist.
    #[error(
        "`{uri}` asks for transport `{transport}`, which does not exist (libvirt's are unix, tcp, tls, ssh, libssh, libssh2, ext)"
    )]
    NoSuchTransport {
        /// As given.
        uri: String,
        /// The word after the plus.
        transport: String,
    },
}

impl Uri {
    /// As given.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Uri {
    type Err = UriError;

    fn from_str(text: &str) -> Result<Uri, UriError> {
        let malformed = |reason| UriError::Malformed { uri: text.to_owned(), reason };
        let (scheme, rest) = text.split_once(':').ok_or_else(|| malformed("it has no scheme"))?;
        let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        if !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) || !scheme.chars().all(is_scheme) {
            return Err(malformed("it has no scheme"));
        }
        let rest = rest.strip_prefix("//").ok_or_else(|| malformed("its scheme is not followed by ://"))?;
        let (driver, asked) = match scheme.split_once('+') {
            Some((driver, transport)) => (driver, Some(transport.to_ascii_lowercase())),
            None => (scheme, None),
        };
        let (rest, fragment) =
            rest.split_once('#').map_or((rest, None), |(rest, fragment)| (rest, Some(fragment)));
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = place.find('/').map_or((place, ""), |at| place.split_at(at));
        let (host, port) =
            split_authority(authority).ok_or_else(|| malformed("its port is not a number up to 65535"))?;

        let parameters = Parameters::read(query);
        let transport = match (asked.as_deref(), host.is_empty()) {
            (Some("unix"), false) => return Err(malformed("transport unix cannot go to another host")),
            (Some("unix") | None, true) => {
                Transport::Unix { socket: parameters.socket.clone().map(PathBuf::from) }
            }
            (Some("tcp"), true) => {
                Transport::Tcp { host: "localhost".into(), port: port.unwrap_or(TCP_PORT) }
            }
            (Some("tcp"), false) => Transport::Tcp { host: host.to_owned(), port: port.unwrap_or(TCP_PORT) },
            (Some("tls" | "ssh" | "libssh" | "libssh2" | "ext"), _) | (None, false) => {
                let transport = asked.unwrap_or_else(|| "tls".into());
                return Err(UriError::Unavailable { uri: text.to_owned(), transport });
            }
            (Some(other), _) => {
                return Err(UriError::NoSuchTransport { uri: text.to_owned(), transport: other.to_owned() });
            }
        };
        let name = parameters.name(driver, path, fragment);
        Ok(Uri { text: text.to_owned(), transport, name, session: path == "/session" })
    }
}

/// `[user@]host[:port]`, with an IPv6 address in brackets. The user matters to no transport that is here.
fn split_authority(authority: &str) -> Option<(&str, Option<u16>)> {
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = match host.strip_prefix('[').and_then(|host| host.split_once(']')) {
        Some((host, port)) => (host, port.strip_prefix(':')),
        None => host.split_once(':').map_or((host, None), |(host, port)| (host, Some(port))),
    };
    match port {
        Some(port) => Some((host, Some(port.parse().ok()?))),
        None => Some((host, None)),
    }
}

/// The URI's parameters, parted into those that the client uses up and those that go with the name.
struct Parameters {
    name: Option<String>,
    socket: Option<String>,
    passed_on: String,
}

/// Parameters that tell the client how to connect, whatever the transport; names are compared without case.
const CONSUMED: [&str; 17] = [
    "name",
    "command",
    "socket",
    "auth",
    "netcat",
    "keyfile",
    "no_verify",
    "no_tty",
    "no_sanity",
    "pkipath",
    "tls_priority",
    "known_hosts",
    "known_hosts_verify",
    "sshauth",
    "mode",
    "proxy",
    "authfile",
];

impl Parameters {
    fn read(query: &str) -> Parameters {
        let mut found = Parameters { name: None, socket: None, passed_on: String::new() };
        for parameter in query.split(['&', ';']).filter(|parameter| !parameter.is_empty()) {
            let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            match CONSUMED.iter().find(|known| known.eq_ignore_ascii_case(key)) {
                Some(&"name") => found.name = Some(percent_decoded(value)),
                Some(&"socket") => found.socket = Some(percent_decoded(value)),
                Some(_) => {}
                None => {
                    found.passed_on.push(if found.passed_on.is_empty() { '?' } else { '&' });
                    found.passed_on.push_str(parameter);
                }
            }
        }
        found
    }

    /// What is to be opened at the daemon. The driver `remote` lets the daemon choose.
    fn name(&self, driver: &str, path: &str, fragment: Option<&str>) -> String {
        match &self.name {
            Some(name) => name.clone(),
            None if driver.eq_ignore_ascii_case("remote") => String::new(),
            None => {
                let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
                format!("{driver}://{path}{}{fragment}", self.passed_on)
            }
        }
    }
}

/// Resolves `%2F` and the like. What is not of that form, or not UTF-8 after it, stays as it is.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let coded = match (first, tail) {
            (b'%', [high, low, ..]) => char::from(*high).to_digit(16).zip(char::from(*low).to_digit(16)),
            _ => None,
        };
        match coded {
            Some((high, low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_says_where_to_go_and_what_to_open_there() {
        let tcp = |host: &str, port| Transport::Tcp { host: host.into(), port };
        let unix = |socket: Option<&str>| Transport::Unix { socket: socket.map(PathBuf::from) };
        check("mem+tcp://127.0.0.1:4711/default", tcp("127.0.0.1", 4711), "mem:///default");
        check("qemu+tcp://host/system", tcp("host", 16509), "qemu:///system");
        check("qemu+TCP://user@host/system", tcp("host", 16509), "qemu:///system");
        check("qemu+tcp://[::1]:1/system", tcp("::1", 1), "qemu:///system");
        check("qemu+tcp:///system", tcp("localhost", 16509), "qemu:///system");
        check("test:///default", unix(None), "test:///default");
        check("mem+unix:///default?socket=%2Ftmp%2Fa%20b", unix(Some("/tmp/a b")), "mem:///default");
        check("qemu:///system?mode=direct&extra=1&SOCKET=/s#f", unix(Some("/s")), "qemu:///system?extra=1#f");
        check("remote+tcp://host/", tcp("host", 16509), "");
        check("qemu+tcp://host/system?name=test:///default", tcp("host", 16509), "test:///default");
    }

    #[test]
    fn what_is_no_uri_is_refused_with_the_reason() {
        for (wrong, reason) in [
            ("", "no scheme"),
            ("/var/run/sock", "no scheme"),
            ("1x://h/", "no scheme"),
            ("qemu:/system", "://"),
            ("qemu+tcp://h:port/", "port"),
            ("qemu+tcp://h:65536/", "port"),
            ("qemu+unix://host/system", "another host"),
            ("qemu+ssh://host/system", "does not have yet"),
            ("qemu://host/system", "transport tls"),
            ("qemu+carrier://host/system", "does not exist"),
        ] {
            let error = wrong.parse::<Uri>().unwrap_err().to_string();
            assert!(error.contains(reason), "{wrong}: {error}");
        }
    }

    #[track_caller]
    fn check(text: &str, transport: Transport, name: &str) {
        let uri: Uri = text.parse().unwrap();
        assert_eq!((uri.transport, uri.name.as_str()), (transport, name));
    }
}
