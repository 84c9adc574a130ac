//! Connection URIs: `driver[+transport]://[user@][host][:port]/path[?parameter=value&…][#fragment]`, or `driver[+transport]:/path…`, which
//! names no host.
//!
//! A [`Transport`] says how to get there, and [`Parameters`] has every parameter, with what it does.

mod parameters;
mod percent;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

pub use parameters::{Auth, KnownHosts, Mode, Parameters, Proxy};

/// The port of an unencrypted TCP connection.
pub const TCP_PORT: u16 = 16509;
/// The port of a TLS connection.
pub const TLS_PORT: u16 = 16514;

/// Where a daemon is, how to get there, and what to ask it to open.
///
/// Read with [`FromStr`]; every field is what the text says, with nothing of this host's settings in it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Uri {
    text: String,
    /// The driver of libvirt's that is wanted, such as `qemu`; `remote` lets the daemon choose.
    pub driver: String,
    /// How to get there. Where the text names none: TLS to a host, else a unix socket.
    pub transport: Transport,
    /// Whom to be there, for SSH; also the user name that an authentication starts from.
    pub user: Option<String>,
    /// A name or an address, brackets taken off. Where there is none, transports that need one mean this host.
    pub host: Option<String>,
    /// Where the text has one.
    pub port: Option<u16>,
    /// From its slash on, as given.
    pub path: String,
    /// What the client needs to know on its way.
    pub parameters: Parameters,
    /// The name to open there (procedure 1): the URI without what only the client needs. Empty: the daemon chooses.
    pub name: String,
}

/// How to get to a daemon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Transport {
    /// A unix socket of this host.
    Unix,
    /// Unencrypted TCP.
    Tcp,
    /// TLS from the first byte on.
    Tls,
    /// The standard streams of the user's own `ssh`, which runs a helper on the daemon's host.
    Ssh,
    /// In libvirt, SSH by the library libssh.
    Libssh,
    /// In libvirt, SSH by the library libssh2.
    Libssh2,
    /// The standard streams of a program that the user names.
    Ext,
}

impl Transport {
    const ALL: [(&str, Transport); 7] = [
        ("unix", Transport::Unix),
        ("tcp", Transport::Tcp),
        ("tls", Transport::Tls),
        ("ssh", Transport::Ssh),
        ("libssh", Transport::Libssh),
        ("libssh2", Transport::Libssh2),
        ("ext", Transport::Ext),
    ];

    /// The word after the plus.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, transport)| *transport == self).map_or("", |(word, _)| word)
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text is no URI that this crate can use. What libvirt refuses as an invalid argument (code 8) is refused here too.
///
/// Its `Debug` is its `Display`, for a `main` that returns it.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UriError {
    /// Not of the form that URIs have.
    #[error(
        "`{uri}` is not a connection URI: {reason} (expected driver[+transport]://[user@][host][:port]/path)"
    )]
    Malformed {
        /// As given.
        uri: String,
        /// What is wrong with it.
        reason: &'static str,
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
    /// A parameter whose value is none that it takes.
    #[error("parameter {parameter} of `{uri}` is `{value}` (expected {expected})")]
    Parameter {
        /// As given.
        uri: String,
        /// The parameter's name.
        parameter: &'static str,
        /// Its value, decoded.
        value: String,
        /// What it takes.
        expected: &'static str,
    },
    /// Things that do not go together.
    #[error("`{uri}` asks for what does not go together: {conflict}")]
    Conflict {
        /// As given.
        uri: String,
        /// Which, and what to leave out.
        conflict: &'static str,
    },
}

debug_is_display!(UriError);

impl Uri {
    /// As given; empty for [`Uri::any`].
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// This host's daemon, whichever it is, and its default driver: what a client means that was given no URI.
    pub fn any() -> Uri {
        Uri {
            text: String::new(),
            driver: String::new(),
            transport: Transport::Unix,
            user: None,
            host: None,
            port: None,
            path: String::new(),
            parameters: Parameters::default(),
            name: String::new(),
        }
    }

    /// The host to go to: the URI's, or this one.
    pub fn host_or_local(&self) -> &str {
        self.host.as_deref().unwrap_or("localhost")
    }

    /// Whether it says where to go and what to open there, and no more: that no parameter names a file, a socket or a program of this host,
    /// nor changes whom the client believes or how it logs in. A daemon that opens URIs of others' making asks this of those that it was
    /// not told of: a `known_hosts` is a file that SSH writes to, and a `socket` may be anybody's who wants to be told a password.
    pub fn is_only_a_place(&self) -> bool {
        let Parameters { name, no_tty, .. } = self.parameters.clone();
        // What is added to them one day is not let through before somebody has thought of it.
        self.parameters == Parameters { name, no_tty, ..Parameters::default() }
    }

    /// The path of the `socket` parameter.
    pub fn socket(&self) -> Option<&PathBuf> {
        self.parameters.socket.as_ref()
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
        let conflict = |conflict| Err(UriError::Conflict { uri: text.to_owned(), conflict });
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(malformed("it has a blank or a control character in it: write %20 for a blank"));
        }
        let (scheme, rest) = text.split_once(':').ok_or_else(|| malformed("it has no scheme"))?;
        let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        if !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) || !scheme.chars().all(is_scheme) {
            return Err(malformed("it has no scheme"));
        }
        // A path by itself is there without user, host and port.
        let path = rest.starts_with('/').then_some(rest);
        let rest = rest
            .strip_prefix("//")
            .or(path)
            .ok_or_else(|| malformed("its scheme is not followed by ://, nor by a path"))?;
        let (rest, fragment) =
            rest.split_once('#').map_or((rest, None), |(rest, fragment)| (rest, Some(fragment)));
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = place.find('/').map_or((place, ""), |at| place.split_at(at));
        let Authority { user, host, port } = Authority::read(authority)
            .ok_or_else(|| malformed("its port is not a number from 1 to 65535"))?;

        let (driver, transport) = match scheme.split_once('+') {
            None => (scheme, if host.is_some() { Transport::Tls } else { Transport::Unix }),
            Some((driver, word)) => {
                let known = Transport::ALL.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
                let Some((_, transport)) = known else {
                    return Err(UriError::NoSuchTransport {
                        uri: text.to_owned(),
                        transport: word.to_owned(),
                    });
                };
                (driver, *transport)
            }
        };
        let (parameters, passed_on) = parameters::read(text, transport, query)?;
        if transport == Transport::Unix && host.is_some() {
            return conflict(
                "transport unix cannot go to another host: leave out the host, or take tls or ssh",
            );
        }
        if transport == Transport::Ext && parameters.command.is_none() {
            return conflict(
                "transport ext needs parameter command, the program whose standard streams lead there",
            );
        }
        if parameters.mode == Some(Mode::Direct)
            && matches!(transport, Transport::Tcp | Transport::Tls | Transport::Ext)
        {
            return conflict(
                "mode direct is a unix socket of the driver's own daemon, which this transport does not lead to: leave mode out",
            );
        }
        let is_ssh = matches!(transport, Transport::Ssh | Transport::Libssh | Transport::Libssh2);
        if is_ssh && parameters.netcat.is_some() && parameters.proxy == Some(Proxy::Native) {
            return conflict("proxy native runs no netcat: leave out parameter netcat, or take proxy netcat");
        }
        let name = match &parameters.name {
            Some(name) => name.clone(),
            None if driver.eq_ignore_ascii_case("remote") => String::new(),
            None => {
                let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
                format!("{driver}://{path}{passed_on}{fragment}")
            }
        };
        let (text, driver, path) = (text.to_owned(), driver.to_owned(), path.to_owned());
        Ok(Uri { text, driver, transport, user, host, port, path, parameters, name })
    }
}

/// `[user@][host][:port]`, with an IPv6 address in brackets.
struct Authority {
    user: Option<String>,
    host: Option<String>,
    port: Option<u16>,
}

impl Authority {
    fn read(text: &str) -> Option<Authority> {
        let (user, place) =
            text.rsplit_once('@').map_or((None, text), |(user, place)| (Some(percent::decoded(user)), place));
        let (host, port) = match place.strip_prefix('[').and_then(|place| place.split_once(']')) {
            Some((host, "")) => (host, None),
            Some((host, rest)) => (host, Some(rest.strip_prefix(':')?)),
            None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
        };
        let port = match port {
            Some(digits) if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
                Some(digits.parse().ok().filter(|port| *port > 0)?)
            }
            Some(_) => return None,
            None => None,
        };
        let host = Some(percent::decoded(host)).filter(|host| !host.is_empty());
        Some(Authority { user: user.filter(|user| !user.is_empty()), host, port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_says_where_to_go_and_what_to_open_there() {
        use Transport::{Ext, Libssh, Libssh2, Ssh, Tcp, Tls, Unix};
        check("mem+tcp://127.0.0.1:4711/default", Tcp, "127.0.0.1:4711", "mem:///default");
        check("qemu+tcp://host/system", Tcp, "host", "qemu:///system");
        check("qemu+TCP://user@host/system", Tcp, "user@host", "qemu:///system");
        check("qemu+tcp://[::1]:1/system", Tcp, "::1:1", "qemu:///system");
        check("qemu+tls://[fe80::1%25eth0]/system", Tls, "fe80::1%eth0", "qemu:///system");
        check("qemu+tcp:///system", Tcp, "", "qemu:///system");
        check("test:///default", Unix, "", "test:///default");
        check("qemu:///system?mode=direct&extra=1&SOCKET=/s#f", Unix, "", "qemu:///system?extra=1#f");
        check("remote+tcp://host/", Tcp, "host", "");
        check("REMOTE+tcp://host/", Tcp, "host", "");
        check("qemu+tcp://host/system?name=test:///default", Tcp, "host", "test:///default");
        check("qemu://host/system", Tls, "host", "qemu:///system");
        check("qemu://host:1/system?no_verify=1", Tls, "host:1", "qemu:///system");
        check("qemu+ssh://a%40b@host:22/session", Ssh, "a@b@host:22", "qemu:///session");
        check("qemu+ssh:///system", Ssh, "", "qemu:///system");
        check("qemu+libssh://host/system", Libssh, "host", "qemu:///system");
        check("qemu+libssh2://host/system", Libssh2, "host", "qemu:///system");
        check("qemu+ext://host/system?command=/bin/reach", Ext, "host", "qemu:///system");
        check("esx://host/?no_verify=1&auto_answer=1", Tls, "host", "esx:///?auto_answer=1");
        check("lxc+ssh://h/", Ssh, "h", "lxc:///");
        // What means nothing to a transport is not judged there.
        let native = "netcat=/bin/nc&proxy=native&known_hosts_verify=yes";
        check(&format!("test+unix:///default?socket=/s&{native}"), Unix, "", "test:///default");
        check(&format!("test+tcp://host/default?{native}"), Tcp, "host", "test:///default");
        check(&format!("qemu://host/system?{native}"), Tls, "host", "qemu:///system");
        check(&format!("qemu+ext://host/system?command=/c&{native}"), Ext, "host", "qemu:///system");
        check("qemu+ssh://host/system?known_hosts_verify=yes", Ssh, "host", "qemu:///system");
        // A path alone.
        check("test+unix:/default?socket=/s#f", Unix, "", "test:///default#f");
        check("qemu:/system", Unix, "", "qemu:///system");
        check("qemu+tcp:/system?a=1", Tcp, "", "qemu:///system?a=1");
        check("remote+unix:/", Unix, "", "");
    }

    #[test]
    fn a_place_names_nothing_of_this_host() {
        let is_only_a_place = |uri: &str| uri.parse::<Uri>().unwrap().is_only_a_place();
        for uri in [
            "qemu+tcp://h:7/system",
            "qemu://h/system?mine=1",
            "qemu+ssh://me@h/system?no_tty=1&name=qemu:///session",
        ] {
            assert!(is_only_a_place(uri), "{uri}");
        }
        for uri in [
            "mem+unix:///?socket=/x",
            "mem+unix:///?mode=direct",
            "mem+tcp://h/?authfile=/x",
            "mem+tcp://h/?auth=sasl.plain",
            "mem://h/?pkipath=/x",
            "mem://h/?no_verify=1",
            "mem://h/?no_sanity=1",
            "mem+ssh://h/?keyfile=/x",
            "mem+ssh://h/?command=/x",
            "mem+ssh://h/?netcat=x",
            "mem+ssh://h/?proxy=native",
            "mem+libssh://h/?known_hosts=/x",
            "mem+libssh://h/?known_hosts_verify=auto",
            "mem+libssh2://h/?sshauth=password",
            "mem+ext:///?command=/x",
        ] {
            assert!(!is_only_a_place(uri), "{uri}");
        }
    }

    #[test]
    fn what_is_no_uri_is_refused_with_the_reason() {
        for (wrong, reason) in [
            ("", "no scheme"),
            ("/var/run/sock", "no scheme"),
            ("1x://h/", "no scheme"),
            ("qemu:system", "://"),
            ("qemu:", "://"),
            ("qemu:?socket=/s", "://"),
            ("qemu+tcp://h:port/", "port"),
            ("qemu+tcp://h:65536/", "port"),
            ("qemu+tcp://h:0/", "port"),
            ("qemu+tcp://h:+1/", "port"),
            // libvirt 9.0 refuses this one too.
            ("qemu+tcp://h:/", "port"),
            ("qemu+tcp://[::1]1/", "port"),
            ("qemu+unix://host/system", "another host"),
            ("qemu+ext://host/system", "parameter command"),
            ("qemu+ssh://host/system?netcat=nc&proxy=native", "leave out parameter netcat"),
            ("qemu+libssh://host/system?netcat=nc&proxy=native", "leave out parameter netcat"),
            ("qemu+libssh2://host/system?netcat=nc&proxy=native", "leave out parameter netcat"),
            ("qemu+libssh://host/system?known_hosts_verify=yes", "normal, auto or ignore"),
            ("qemu+libssh2://host/system?known_hosts_verify=yes", "normal, auto or ignore"),
            ("qemu+tcp://host/system?mode=direct", "leave mode out"),
            ("qemu://host/system?MODE=direct", "leave mode out"),
            ("qemu+ext:///system?command=/bin/reach&mode=direct", "leave mode out"),
            ("qemu+carrier://host/system", "does not exist"),
            // Neither the resolver nor the daemon is to find that out.
            ("qemu+tcp://127.0.0.1/system ", "blank"),
            ("qemu+tcp://no such/system", "blank"),
            ("qemu+tcp://host/system\n", "control character"),
            ("test+unix:///default?socket=/a b", "%20"),
        ] {
            let error = wrong.parse::<Uri>().unwrap_err().to_string();
            assert!(error.contains(reason), "{wrong}: {error}");
        }
    }

    #[track_caller]
    fn check(text: &str, transport: Transport, place: &str, name: &str) {
        let uri: Uri = text.parse().unwrap();
        let mut found = uri.user.map(|user| format!("{user}@")).unwrap_or_default();
        found += uri.host.as_deref().unwrap_or_default();
        found += &uri.port.map(|port| format!(":{port}")).unwrap_or_default();
        assert_eq!((uri.transport, found.as_str(), uri.name.as_str()), (transport, place, name));
        assert_eq!(uri.text, text);
    }

    proptest::proptest! {
        /// What was given is what is shown; nothing makes it panic.
        #[test]
        fn any_text_is_a_uri_or_none(text in "(qemu|test)?(\\+(tcp|ssh|ext|unix))?(:|://)?[a-z@:\\[\\]0-9%?&=/#\\PC]{0,40}") {
            if let Ok(uri) = text.parse::<Uri>() {
                proptest::prop_assert_eq!(uri.to_string(), text);
            }
        }
    }
}
