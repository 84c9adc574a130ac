//! Why a command ends without what it was asked for: one line, and an exit status.

use std::fmt;
use std::io;
use std::process::ExitCode;

use crate::screen::{remark, remark_briefly};
use virtwire::client::{AuthError, CallError, CloseReason, Connection, OpenError};
use virtwire::protocol::error::ErrorCode;
use virtwire::protocol::session::ProtocolError;
use virtwire::uri::{TCP_PORT, Transport, Uri, UriError};

/// `virtwire: THING: WHAT (NEXT)`: the thing with its value, what is wrong with it, and what to do about it.
#[derive(Debug)]
pub(crate) struct Fail {
    thing: String,
    what: String,
    next: String,
    briefly: bool,
}

impl Fail {
    /// A failure, and what the user can do next.
    pub(crate) fn new(thing: impl fmt::Display, what: impl fmt::Display, next: impl fmt::Display) -> Fail {
        Fail { thing: thing.to_string(), what: what.to_string(), next: next.to_string(), briefly: false }
    }

    /// Something better to do next, where more is known.
    #[must_use]
    pub(crate) fn next(mut self, next: impl fmt::Display) -> Fail {
        self.next = next.to_string();
        self
    }

    /// What else is wrong.
    #[must_use]
    pub(crate) fn also(mut self, what: impl fmt::Display) -> Fail {
        self.what = format!("{}; {what}", self.what);
        self
    }

    /// Of somebody who has asked for the end, and is told why only if there is somebody who reads.
    #[must_use]
    pub(crate) fn briefly(mut self) -> Fail {
        self.briefly = true;
        self
    }

    /// Prints the line.
    pub(crate) fn report(&self) -> ExitCode {
        let say = if self.briefly { remark_briefly } else { remark };
        say(&format!("virtwire: {self}"));
        ExitCode::FAILURE
    }

    /// A connection that did not open.
    pub(crate) fn open(uri: &str, error: OpenError) -> Fail {
        let daemon = if uri.is_empty() { "the default daemon".to_owned() } else { format!("daemon {uri}") };
        match error {
            OpenError::Uri(error) => Fail::uri(uri, error),
            OpenError::Unreachable { .. } | OpenError::Unavailable { .. } if scheme_is_no_driver(uri) => {
                let scheme = uri.split_once(':').map_or("", |(scheme, _)| scheme);
                Fail::new(
                    format!("URI {uri}"),
                    format!("its scheme {scheme} is no driver of libvirt's"),
                    FORM,
                )
            }
            OpenError::Unavailable { transport, feature, .. } => Fail::new(
                daemon,
                format!("this build does not have transport {transport}"),
                format!("build virtwire with feature {feature}"),
            ),
            OpenError::Settings { path, reason } => {
                Fail::new(path.display(), reason, "it is libvirt's own file; correct or remove the line")
            }
            OpenError::Tls { fault, .. } => Fail::told(daemon, &as_typed(&fault.to_string())),
            OpenError::Program { program, ended, stderr, error, .. } => {
                let ended = ended.map(|ended| format!(" ({ended})")).unwrap_or_default();
                let said = if stderr.is_empty() { error.to_string() } else { stderr.replace('\n', "; ") };
                let what = format!("`{program}` did not lead there{ended}: {}", one_line(&said));
                let alone = format!("does `{program}` alone get to that host, and does a daemon run there?");
                Fail::new(
                    daemon,
                    what,
                    match *error {
                        OpenError::TimedOut { .. } => format!("{alone} --connect-timeout gives it longer"),
                        _ => alone,
                    },
                )
            }
            OpenError::Unreachable { attempts, .. } => {
                let what = attempts
                    .iter()
                    .map(|(place, error)| format!("{place}: {}", plain(error)))
                    .collect::<Vec<_>>();
                Fail::new(daemon, format!("cannot be reached: {}", what.join("; ")), how_to_reach(uri))
            }
            OpenError::TimedOut { within, phase, attempts, .. } => {
                let before = attempts
                    .iter()
                    .map(|(place, error)| format!("; before that {place}: {}", plain(error)))
                    .collect::<String>();
                let seconds = within.as_secs();
                let what =
                    format!("said nothing for {seconds} s that libvirt's protocol knows, {phase}{before}");
                Fail::new(daemon, what, "does something else listen there? --connect-timeout gives it longer")
            }
            OpenError::Authentication { error, .. } => {
                let next = match *error {
                    AuthError::NoCredentials { .. } => {
                        "run it on a terminal to be asked, or name a file by `?authfile=FILE` or LIBVIRT_AUTH_FILE"
                    }
                    AuthError::Refused { user: None, .. } => {
                        "its log says why, and its libvirtd.conf whom it wants: sasl_allowed_username_list"
                    }
                    AuthError::Polkit(ref refused) => match refused.code {
                        ErrorCode::AUTH_UNAVAILABLE => {
                            "at a terminal on the daemon's host, pkttyagent asks you where polkit and that are installed"
                        }
                        ErrorCode::AUTH_CANCELLED => "try again, and answer it",
                        _ => {
                            "a rule of polkit's on the daemon's host has to let you in; --readonly asks for less"
                        }
                    },
                    AuthError::PolkitUnanswered { .. } => "--connect-timeout gives whoever is asked longer",
                    #[cfg(feature = "gssapi")]
                    AuthError::Kerberos { .. } => {
                        "`klist` shows your tickets, and the URI has to name the daemon's host as your realm does"
                    }
                    AuthError::Refused { .. } => "check the user, its realm (user@realm) and the password",
                    AuthError::Exchange { .. } => "do not trust it before you know why",
                    _ => "its libvirtd.conf has auth_unix_rw, auth_tcp and auth_tls",
                };
                Fail::new(daemon, said(&as_typed(&format!("does not know you: {error}"))), next)
            }
            OpenError::Call { error, .. } => {
                let no_driver = error.remote().is_some_and(|error| error.code == ErrorCode::NO_CONNECT);
                let fail = Fail::call(daemon, &error);
                if no_driver { fail.next(NAMES) } else { fail }
            }
            // A reason of a later release of the library speaks for itself.
            other => Fail::new(daemon, other, "check the URI, and that a daemon runs there"),
        }
    }

    /// A text of the library's that ends with its own advice in brackets.
    fn told(thing: impl fmt::Display, text: &str) -> Fail {
        match text.strip_suffix(')').and_then(|text| text.rsplit_once(" (")) {
            Some((what, next)) => Fail::new(thing, one_line(what), next),
            None => Fail::new(thing, one_line(text), "check the URI, and that a daemon runs there"),
        }
    }

    /// A call that did not succeed.
    pub(crate) fn call(thing: impl fmt::Display, error: &CallError) -> Fail {
        match error {
            CallError::Closed { reason: CloseReason::Protocol(ProtocolError::Frame(fault)), .. } => {
                Fail::new(
                    thing,
                    format!("does not speak libvirt's protocol: {fault}"),
                    "is it another service's port?",
                )
            }
            other => Fail::new(thing, said(&other.to_string()), next_step(other)),
        }
    }

    /// A call that did not succeed, about nothing but the daemon.
    pub(crate) fn daemon(connection: &Connection, error: &CallError) -> Fail {
        Fail::call(format!("daemon {}", connection.uri()), error)
    }

    fn uri(uri: &str, error: UriError) -> Fail {
        let thing = format!("URI {uri}");
        match error {
            // Mostly a guest's name, of a host that goes without saying.
            UriError::Malformed { reason, .. } if !uri.is_empty() && !uri.contains(':') => Fail::new(
                thing,
                reason,
                format!(
                    "{FORM}; a guest comes behind its host, and '' is the usual one: `'' {}`; a short name has to be one of \
                     uri_aliases in libvirt.conf",
                    quoted(uri)
                ),
            ),
            UriError::Malformed { reason, .. } => Fail::new(thing, reason, FORM),
            UriError::NoSuchTransport { transport, .. } => Fail::new(
                thing,
                format!("there is no transport {transport}"),
                "libvirt's are unix, tcp, tls, ssh, libssh, libssh2 and ext",
            ),
            UriError::Parameter { parameter, value, expected, .. } => {
                Fail::new(thing, format!("its {parameter} is {value}"), format!("expected {expected}"))
            }
            UriError::Conflict { conflict, .. } => Fail::new(thing, "its parts do not go together", conflict),
            other => Fail::new(thing, other, FORM),
        }
    }
}

impl fmt::Display for Fail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.thing, self.what, self.next)
    }
}

/// Peers' texts can run over several lines, such as an XML parser's; of a failure there is one.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Of what a peer says. The longest that daemons send have an XML parser's words in them.
const SAID_CHARS_MAX: usize = 2_000;

/// A peer's text in one line, behind whose end the user still finds what to do.
fn said(text: &str) -> String {
    let line = one_line(text);
    match line.char_indices().nth(SAID_CHARS_MAX) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// The library's texts name its options; the user has those of the command.
fn as_typed(text: &str) -> String {
    [
        ("OpenOptions::accept_common_name", "--accept-common-name"),
        ("OpenOptions::accept_unprotected", "--accept-unprotected"),
        ("OpenOptions::open_within", "--connect-timeout"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (option, typed)| text.replace(option, typed))
}

/// A word as a shell takes it, for commands that are suggested.
pub(crate) fn quoted(word: impl fmt::Display) -> String {
    let word = word.to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:+@%=,".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word,
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// A name as a command's last word: behind `--` it is no option, whatever it begins with.
pub(crate) fn last(name: &str) -> String {
    let word = quoted(name);
    if name.starts_with('-') { format!("-- {word}") } else { word }
}

/// The system's words without its number.
pub(crate) fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    text.chars()
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(text.chars().skip(1)).collect())
}

const FORM: &str =
    "expected driver[+transport]://[host][:port]/path, such as mem+tcp://127.0.0.1:16509/default";

fn scheme_is_no_driver(uri: &str) -> bool {
    uri.split_once(':').is_some_and(|(scheme, _)| NO_DRIVERS.contains(&scheme))
}

/// Schemes of other protocols, which users type by mistake.
const NO_DRIVERS: [&str; 8] = ["http", "https", "ftp", "file", "ssh", "tcp", "tls", "unix"];

const NAMES: &str = "the name must be one that the daemon serves: a `virtwire serve` has mem and test with path /default, \
                     such as mem+tcp://127.0.0.1:16509/default; a libvirtd has its host's, such as qemu:///system";

/// What to do about a call that had no success, where only the call is known.
fn next_step(error: &CallError) -> &'static str {
    match error {
        CallError::Remote(error) if error.is_unsupported() => {
            "`virtwire probe URI` shows what the daemon can do"
        }
        CallError::Remote(error) => match error.code {
            ErrorCode::OPERATION_INVALID => "`virtwire list --all URI` shows each guest's state",
            ErrorCode::CONFIG_UNSUPPORTED => {
                "change the configuration to what this host runs; nothing was changed"
            }
            ErrorCode::OPERATION_DENIED => {
                "the daemon does not allow it on this connection: leave --readonly out, or open the daemon by its own name"
            }
            _ => "these are the daemon's words; its log may say more",
        },
        CallError::Arguments { .. } => "nothing was sent; give a shorter value",
        CallError::Closed { .. } => {
            "does a libvirt daemon listen there? its log may say why it closed the connection"
        }
        CallError::TimedOut { sent: false, .. } => "other calls wait for their replies; try again",
        CallError::TimedOut { .. } => "it may still happen: look before you try again",
        _ => "`virtwire probe URI` shows which release it is",
    }
}

fn how_to_reach(uri: &str) -> String {
    match uri.parse::<Uri>() {
        Ok(uri) if uri.transport == Transport::Tcp => {
            let (host, port) = (uri.host_or_local(), uri.port.unwrap_or(TCP_PORT));
            format!("check host and port; `virtwire serve --listen tcp://{host}:{port}` starts a daemon")
        }
        _ => "does a daemon run there, and may you use its socket?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_line_with_the_thing_the_value_and_the_next_step() {
        let fail = Fail::new("domain web1", one_line("not\nfound"), "virtwire list URI --all");
        assert_eq!(fail.to_string(), "domain web1: not found (virtwire list URI --all)");
    }

    #[test]
    fn what_a_peer_says_at_length_is_cut() {
        assert_eq!(said(&"é\n".repeat(1_000)).chars().count(), 1_999);
        assert_eq!(said(&"é".repeat(2_000)), "é".repeat(2_000));
        assert_eq!(said(&"é".repeat(2_001)), "é".repeat(2_000) + "…");
    }

    #[test]
    fn commands_are_words_of_a_shell() {
        assert_eq!(quoted("qemu+tcp://host:1/system"), "qemu+tcp://host:1/system");
        assert_eq!(quoted("qemu:///system?socket=/a b"), "'qemu:///system?socket=/a b'");
        assert_eq!((quoted("it's").as_str(), quoted("").as_str()), ("'it'\\''s'", "''"));
        assert_eq!((last("web1").as_str(), last("-o 1").as_str()), ("web1", "-- '-o 1'"));
    }

    #[test]
    fn the_systems_words_come_without_its_numbers() {
        assert_eq!(plain(&io::Error::from_raw_os_error(111)), "connection refused");
    }
}
