//! TLS: the daemon proves who it is, this client where it has a certificate, and one byte says that the daemon is content.

mod common_name;
mod files;
mod verify;

use std::io;
use std::net::{Ipv6Addr, SocketAddr};
use std::sync::{Arc, Once};

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::Resumption;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{AlertDescription, CertificateError, ClientConfig, Error};

use super::host::Host;
use super::settings::Settings;
use crate::client::tls_fault::{TlsFault, Unconfirmed};
use crate::uri::Uri;
use files::Files;

/// Makes a connected socket a secure one.
pub(super) async fn over(
    stream: TcpStream,
    uri: &Uri,
    host: &Host,
    accept_common_name: bool,
    deadline: Instant,
) -> Result<TlsStream<TcpStream>, TlsFault> {
    let parameters = &uri.parameters;
    let name = server_name(uri.host_or_local())?;
    let (pkipath, host) = (parameters.pkipath.clone(), host.clone());
    let (no_verify, no_sanity) = (parameters.no_verify, parameters.no_sanity);
    let has_priority = parameters.tls_priority.is_some();
    let read = move || {
        if has_priority {
            warn_of_priority("parameter tls_priority");
        } else if Settings::load(&host).is_ok_and(|settings| settings.has_tls_priority) {
            warn_of_priority("tls_priority of libvirt.conf");
        }
        let files = Files::find(pkipath.as_deref(), &host)?;
        let provider = Arc::new(ring::default_provider());
        let config = config(&files, provider, no_verify, no_sanity, accept_common_name)?;
        Ok((files, config))
    };
    // Whose home is on another host waits for that host, and nobody else does.
    let (files, config) = tokio::task::spawn_blocking(read)
        .await
        .unwrap_or_else(|error| Err(TlsFault::Handshake { reason: error.to_string() }))?;
    let peer = stream.peer_addr().ok();
    // Without a deadline of its own: the opening's says as much of a daemon that stops here.
    let mut stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .map_err(|error| of_handshake(error, peer, &files))?;
    confirmed(&mut stream, deadline).await.map_err(|what| TlsFault::Unconfirmed {
        what,
        certificate: files.client.as_ref().map(|(certificate, _)| certificate.clone()),
        places: files.places_of_client(),
    })?;
    Ok(stream)
}

/// What the daemon's certificate is to be for. An address of this link alone is told with the interface that leads there, which is
/// of no meaning to the other end.
fn server_name(host: &str) -> Result<ServerName<'static>, TlsFault> {
    let address =
        host.split_once('%').map(|(address, _)| address).filter(|it| it.parse::<Ipv6Addr>().is_ok());
    ServerName::try_from(address.unwrap_or(host).to_owned())
        .map_err(|_| TlsFault::HostName { name: host.to_owned() })
}

/// Somebody has hardened or loosened TLS by it, and ought to know that it does neither. Said once.
fn warn_of_priority(what: &str) {
    static WARNED: Once = Once::new();
    WARNED.call_once(|| {
        tracing::warn!("{what} is for GnuTLS and has no effect: TLS 1.2 and 1.3 are spoken as rustls does");
    });
}

fn config(
    files: &Files,
    provider: Arc<CryptoProvider>,
    no_verify: bool,
    no_sanity: bool,
    accept_common_name: bool,
) -> Result<ClientConfig, TlsFault> {
    let authority = if no_verify { None } else { Some(files.authority()?) };
    let identity = files.identity()?;
    if let (Some((chain, _)), Some(authority), false) = (&identity, &authority, no_sanity) {
        files.check_own(chain, authority, &provider)?;
    }
    let verifier = match authority {
        Some(authority) => verify::by_authority(authority, files, &provider, accept_common_name)?,
        None => verify::anybody(&provider),
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsFault::Handshake { reason: error.to_string() })?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut config = match identity {
        Some((chain, key)) => builder.with_client_auth_cert(chain, key).map_err(|error| files.own(&error))?,
        None => builder.with_no_client_auth(),
    };
    // libvirt's clients send no server name, and each connection proves itself anew.
    config.enable_sni = false;
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// Waits for the one byte.
async fn confirmed(stream: &mut TlsStream<TcpStream>, deadline: Instant) -> Result<(), Unconfirmed> {
    let mut byte = [0];
    match timeout_at(deadline, stream.read(&mut byte)).await {
        Err(_) => Err(Unconfirmed::Silence),
        Ok(Ok(1)) if byte == [1] => Ok(()),
        Ok(Ok(1)) => Err(Unconfirmed::Byte(byte[0])),
        Ok(Ok(_)) => Err(Unconfirmed::Closed { reason: None }),
        // A daemon that is not content closes, and does not say goodbye first.
        Ok(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Err(Unconfirmed::Closed { reason: None })
        }
        Ok(Err(error)) => Err(Unconfirmed::Closed { reason: Some(error.to_string()) }),
    }
}

fn of_handshake(error: io::Error, peer: Option<SocketAddr>, files: &Files) -> TlsFault {
    let Some(fault) = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) else {
        let peer = peer.map(|peer| format!(" ({peer})")).unwrap_or_default();
        return TlsFault::Handshake { reason: format!("{error}{peer}") };
    };
    match fault {
        // What our own verifier found.
        Error::InvalidCertificate(CertificateError::Other(other)) => match other.0.downcast_ref::<TlsFault>()
        {
            Some(found) => found.clone(),
            None => TlsFault::Certificate { reason: other.to_string() },
        },
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            TlsFault::UnknownIssuer { authority: files.authority.clone() }
        }
        Error::InvalidCertificate(reason) => TlsFault::Certificate { reason: reason.to_string() },
        Error::AlertReceived(
            alert @ (AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateRequired
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied),
        ) => TlsFault::Unconfirmed {
            what: Unconfirmed::Closed { reason: Some(format!("its alert was {alert:?}")) },
            certificate: files.client.as_ref().map(|(certificate, _)| certificate.clone()),
            places: files.places_of_client(),
        },
        other => TlsFault::Handshake { reason: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_local_address_is_verified_without_its_interface() {
        let uri: Uri = "qemu+tls://[fe80::1%25eth0]/system".parse().unwrap();
        let name = server_name(uri.host_or_local()).unwrap();
        assert_eq!(name, ServerName::IpAddress("fe80::1".parse::<std::net::IpAddr>().unwrap().into()));
        assert_eq!(server_name("fe80::1").unwrap(), name);
        assert_eq!(server_name("host.example").unwrap().to_str(), "host.example");
    }

    #[test]
    fn a_host_that_no_certificate_is_for_gets_advice() {
        for host in ["a host", "host%eth0", "", "127.0.0.1%lo"] {
            let text = server_name(host).unwrap_err().to_string();
            assert!(text.starts_with(&format!("`{host}` is neither")), "{text}");
            assert!(text.contains("a name or an address that the daemon's certificate has"), "{text}");
        }
    }
}
