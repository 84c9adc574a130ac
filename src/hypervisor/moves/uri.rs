//! Where a guest's data goes: `tcp:HOST:PORT`, or `tcp://HOST:PORT`.

use std::fmt;

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::{Result, errors};

/// A migration URI, with or without a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MigrationUri {
    /// A name or an address; IPv6 without its brackets.
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    /// Whether it is written `tcp://`, as clients of libvirt 1.x and newer do, or `tcp:`.
    slashes: bool,
}

impl MigrationUri {
    /// The style that destinations answer in: `tcp:HOST:PORT`.
    pub(crate) fn new(host: impl Into<String>, port: u16) -> MigrationUri {
        MigrationUri { host: host.into(), port: Some(port), slashes: false }
    }

    /// # Errors
    /// Code 74 for a scheme other than tcp, code 8 where scheme or host is missing, code 1 of the URI layer for
    /// what is no URI.
    pub(crate) fn parse(text: &str) -> Result<MigrationUri> {
        let Some((scheme, rest)) = text.split_once(':') else {
            return Err(errors::invalid_argument(format!("missing scheme in migration URI: {text}")));
        };
        if scheme != "tcp" {
            return Err(errors::unsupported_argument(format!(
                "unsupported scheme {scheme} in migration URI {text}"
            )));
        }
        let (slashes, rest) = match rest.strip_prefix("//") {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let (host, port) = match rest.strip_prefix('[') {
            Some(rest) => {
                let (host, after) = rest.split_once(']').ok_or_else(|| unparsable(text))?;
                match after.strip_prefix(':') {
                    Some(port) => (host, Some(port)),
                    None if after.is_empty() => (host, None),
                    None => return Err(unparsable(text)),
                }
            }
            None => match rest.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (rest, None),
            },
        };
        if host.is_empty() {
            return Err(errors::invalid_argument(format!("missing host in migration URI: {text}")));
        }
        if host.contains(['/', '?', '#', '@']) || host.contains(char::is_whitespace) {
            return Err(unparsable(text));
        }
        let port = match port {
            None => None,
            Some(port) => {
                Some(port.parse::<u16>().ok().filter(|port| *port > 0).ok_or_else(|| unparsable(text))?)
            }
        };
        Ok(MigrationUri { host: host.to_owned(), port, slashes })
    }

    /// The same place at this port.
    pub(crate) fn at(&self, port: u16) -> MigrationUri {
        MigrationUri { port: Some(port), ..self.clone() }
    }

    /// Whether both mean the same place, however they are written.
    pub(crate) fn same_place(&self, other: &MigrationUri) -> bool {
        (&self.host, self.port) == (&other.host, other.port)
    }
}

impl fmt::Display for MigrationUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.slashes { "tcp://" } else { "tcp:" })?;
        if self.host.contains(':') { write!(f, "[{}]", self.host) } else { f.write_str(&self.host) }?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

fn unparsable(text: &str) -> RemoteError {
    RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::URI, format!("unable to parse URI {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_appended_in_the_style_of_the_uri() {
        for (given, host, port, at_7) in [
            ("tcp:h", "h", None, "tcp:h:7"),
            ("tcp://h", "h", None, "tcp://h:7"),
            ("tcp:h:49152", "h", Some(49152), "tcp:h:7"),
            ("tcp://10.0.0.1:1", "10.0.0.1", Some(1), "tcp://10.0.0.1:7"),
            ("tcp:[::1]", "::1", None, "tcp:[::1]:7"),
            ("tcp://[fe80::1]:65535", "fe80::1", Some(65535), "tcp://[fe80::1]:7"),
        ] {
            let uri = MigrationUri::parse(given).unwrap();
            assert_eq!((uri.host.as_str(), uri.port), (host, port), "{given}");
            assert_eq!(uri.to_string(), given);
            assert_eq!(uri.at(7).to_string(), at_7);
        }
    }

    #[test]
    fn what_cannot_be_dialled_is_refused() {
        for (given, code, domain) in [
            ("", 8, 10),
            ("h", 8, 10),
            ("tcp:", 8, 10),
            ("tcp://", 8, 10),
            ("tcp::7", 8, 10),
            ("rdma:h:7", 74, 10),
            ("unix:/tmp/x", 74, 10),
            ("tcp:h:0", 1, 45),
            ("tcp:h:65536", 1, 45),
            ("tcp:h:7:8", 1, 45),
            ("tcp:h:", 1, 45),
            ("tcp:[::1", 1, 45),
            ("tcp:[::1]7", 1, 45),
            ("tcp:user@h:7", 1, 45),
            ("tcp:h/x", 1, 45),
        ] {
            let error = MigrationUri::parse(given).unwrap_err();
            assert_eq!((error.code.0, error.domain.0), (code, domain), "{given}");
        }
    }
}
