//! Why TLS did not come about.

use std::net::IpAddr;
use std::path::PathBuf;

/// Why TLS did not come about, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlsFault {
    /// A file of certificates or keys is of no use.
    #[error("{}: {reason} (libvirt's files are cacert.pem, clientcert.pem and clientkey.pem; ?pkipath=FOLDER names another folder)", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// This client's own certificate is of no use.
    #[error("this client's own certificate {} is of no use: {reason} (replace it, or leave the verdict to the daemon with ?no_sanity=1)", .path.display())]
    Own {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The URI's host is neither a name nor an address that a certificate could be for.
    #[error(
        "`{name}` is neither a host name nor an address that a certificate could be for (put a name or an address that the daemon's certificate has into the URI)"
    )]
    HostName {
        /// The URI's host.
        name: String,
    },
    /// The daemon's certificate is from somebody unknown.
    #[error("the daemon's certificate is not signed by the authority in {} (copy the cacert.pem of the daemon's site there)", .authority.display())]
    UnknownIssuer {
        /// The file with the authority.
        authority: PathBuf,
    },
    /// The daemon's certificate is for other names.
    #[error(
        "the daemon's certificate is for {presented}, not for {expected} (use a name that it has, or make it anew with this one)"
    )]
    WrongName {
        /// The URI's host.
        expected: String,
        /// The names in the certificate.
        presented: String,
    },
    /// The daemon's certificate has no alternative names, which TLS has wanted for a long time.
    #[error(
        "the daemon's certificate has no subject alternative name, and {} (make it anew with one: `{} = \"{expected}\"` \
         in certtool's template{})",
        common_name_of(.expected, .common_name.as_deref()),
        if is_address(.expected) { "ip_address" } else { "dns_name" },
        if is_common_name(.expected, .common_name.as_deref()) {
            "; until then OpenOptions::accept_common_name takes the common name"
        } else {
            ""
        }
    )]
    NoAlternativeNames {
        /// The URI's host.
        expected: String,
        /// The last common name of the subject.
        common_name: Option<String>,
    },
    /// The daemon's certificate is refused for another reason, such as its dates.
    #[error(
        "the daemon's certificate is refused: {reason} (replace it; ?no_verify=1 would take any certificate of anybody)"
    )]
    Certificate {
        /// Why.
        reason: String,
    },
    /// The handshake failed otherwise.
    #[error("the TLS handshake failed: {reason} (does a daemon listen there for TLS?)")]
    Handshake {
        /// Why.
        reason: String,
    },
    /// The handshake was made, but the daemon did not confirm that it takes this client, which it does by one byte 0x01.
    #[error("{what}{}", advice(.what, .certificate.as_ref(), .places))]
    Unconfirmed {
        /// What came instead.
        what: Unconfirmed,
        /// The certificate that this client showed; `None` if it has none.
        certificate: Option<PathBuf>,
        /// The folders in which it was looked for.
        places: String,
    },
}

/// What came in place of the byte by which a daemon confirms that it takes a client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unconfirmed {
    /// The connection ended, which is how a daemon refuses a client's certificate.
    #[error("the daemon closed the connection after the TLS handshake{}", .reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default())]
    Closed {
        /// What it said, if anything.
        reason: Option<String>,
    },
    /// Another byte.
    #[error("after the TLS handshake the daemon sent byte 0x{0:02x} where 0x01 confirms the client")]
    Byte(u8),
    /// Nothing within the time for the opening.
    #[error("after the TLS handshake the daemon sent nothing in time; 0x01 confirms the client")]
    Silence,
}

/// Whether a certificate's common name is the host's.
pub(super) fn is_common_name(expected: &str, common_name: Option<&str>) -> bool {
    common_name.is_some_and(|found| found.eq_ignore_ascii_case(expected))
}

/// What is to be said of it.
fn common_name_of(expected: &str, common_name: Option<&str>) -> String {
    match common_name {
        None => "no common name either".to_owned(),
        Some(found) if is_common_name(expected, common_name) => format!("only common name `{found}`"),
        Some(found) => format!("its common name `{found}` is not {expected}"),
    }
}

fn is_address(expected: &str) -> bool {
    expected.parse::<IpAddr>().is_ok()
}

fn advice(what: &Unconfirmed, certificate: Option<&PathBuf>, places: &str) -> String {
    match (what, certificate) {
        (Unconfirmed::Closed { .. }, Some(path)) => format!(
            " (it does not take this client's certificate {}; the daemon's log says why)",
            path.display()
        ),
        (Unconfirmed::Closed { .. }, None) => {
            format!(
                " (it wants a client's certificate; there is no clientcert.pem with its clientkey.pem in {places})"
            )
        }
        _ => " (is it a libvirt daemon?)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_common_name_is_offered_only_where_it_would_do() {
        let told = |expected: &str, common_name: Option<&str>| {
            let (expected, common_name) = (expected.to_owned(), common_name.map(str::to_owned));
            TlsFault::NoAlternativeNames { expected, common_name }.to_string()
        };
        let same = told("host", Some("HOST"));
        assert!(same.contains("only common name `HOST` (make it anew"), "{same}");
        assert!(
            same.contains("`dns_name = \"host\"` in") && same.contains("accept_common_name takes"),
            "{same}"
        );
        let other = told("127.0.0.1", Some("127.0.0.2"));
        assert!(other.contains("its common name `127.0.0.2` is not 127.0.0.1 (make"), "{other}");
        assert!(other.contains("`ip_address = \"127.0.0.1\"` in certtool's template)"), "{other}");
        let none = told("::1", None);
        assert!(
            none.contains("no common name either (")
                && none.ends_with("ip_address = \"::1\"` in certtool's template)"),
            "{none}"
        );
    }
}
