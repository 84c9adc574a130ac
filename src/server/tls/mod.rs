//! TLS: a daemon with a certificate, and clients that have to have one.

mod handshake;
mod name;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

pub use handshake::HANDSHAKE_BYTES_MAX;

use super::auth::Patterns;
pub(super) use handshake::Half;
use handshake::Secure;

/// Where a daemon's certificates are, and which clients it takes. The default is what libvirt's daemons have: the files in
/// `/etc/pki`, and any client with a certificate of the same authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsSettings {
    /// Who vouches for clients: certificates in PEM.
    pub authority: PathBuf,
    /// The daemon's certificate in PEM, with those between it and the authority behind it.
    pub certificate: PathBuf,
    /// Its key in PEM, not encrypted.
    pub key: PathBuf,
    /// Which certificates the authority has taken back, in PEM.
    pub revoked: Option<PathBuf>,
    /// Whether clients need a certificate. Without it anybody is taken: then something else has to ask who they are.
    pub clients_need_certificates: bool,
    /// Of those who have one, only subjects that match (libvirt's `tls_allowed_dn_list`), in the form of
    /// [`Identity::tls_name`](super::Identity::tls_name).
    pub names: Option<Patterns>,
}

impl Default for TlsSettings {
    fn default() -> TlsSettings {
        TlsSettings {
            authority: "/etc/pki/CA/cacert.pem".into(),
            certificate: "/etc/pki/libvirt/servercert.pem".into(),
            key: "/etc/pki/libvirt/private/serverkey.pem".into(),
            revoked: Some(PathBuf::from("/etc/pki/CA/cacrl.pem")).filter(|path| path.exists()),
            clients_need_certificates: true,
            names: None,
        }
    }
}

/// A file that TLS cannot be had with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {reason}")]
#[non_exhaustive]
pub struct TlsSettingsError {
    /// Which file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
}

/// A daemon's end of TLS, as read from its files. Clones are the same.
#[derive(Clone, Debug)]
pub struct TlsServer(Arc<Mutex<Current>>);

/// What is asked of whoever comes now. A client keeps to it, whatever is read anew while it shakes hands.
#[derive(Clone, Debug)]
pub(super) struct Current {
    config: Arc<ServerConfig>,
    names: Option<Arc<Patterns>>,
    clients_need_certificates: bool,
}

/// A client that has shaken hands, and its subject if it has shown a certificate.
pub(super) struct Secured {
    pub(super) stream: Secure,
    pub(super) name: Option<String>,
}

impl TlsServer {
    /// Reads the files.
    ///
    /// # Errors
    /// [`TlsSettingsError`], with the file that is no good.
    pub fn new(settings: &TlsSettings) -> Result<TlsServer, TlsSettingsError> {
        Ok(TlsServer(Arc::new(Mutex::new(read(settings)?))))
    }

    /// Reads the files anew. Clients that come from now on find what is in them; those who are there stay.
    ///
    /// Where what is asked of clients changes with them, use [`Listener::reconfigure`](super::Listener::reconfigure) instead: between
    /// this and another call somebody may come of whom nothing is asked.
    ///
    /// # Errors
    /// [`TlsSettingsError`], and everything stays as it is.
    pub fn reload(&self, settings: &TlsSettings) -> Result<(), TlsSettingsError> {
        let fresh = read(settings)?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    pub(super) fn asks(&self) -> bool {
        self.current().clients_need_certificates
    }

    pub(super) fn current(&self) -> Current {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Current {
    /// Shakes hands, looks at the client's subject, and tells it that all is well by one byte, which libvirt's clients wait for.
    pub(super) async fn secure(self, stream: TcpStream) -> io::Result<Secured> {
        let Current { config, names, .. } = self;
        let mut stream = Secure::accept(config.into(), stream).await?;
        let name = stream.certificates().and_then(<[_]>::first).and_then(|certificate| name::of(certificate));
        if let Some(names) = names
            && !name.as_deref().is_some_and(|name| names.matches(name))
        {
            let who = name.as_deref().unwrap_or("a client without a certificate");
            let text = format!("{who} is not on the list of names");
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, text));
        }
        stream.write_all(&[1]).await?;
        stream.flush().await?;
        Ok(Secured { stream, name })
    }
}

fn read(settings: &TlsSettings) -> Result<Current, TlsSettingsError> {
    let provider = Arc::new(ring::default_provider());
    let of_key = |error: &dyn std::fmt::Display| wrong(&settings.certificate, error);
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| of_key(&error))?;
    let builder = match settings.clients_need_certificates {
        false => builder.with_no_client_auth(),
        true => {
            let mut roots = RootCertStore::empty();
            for certificate in certificates(&settings.authority)? {
                roots.add(certificate).map_err(|error| wrong(&settings.authority, &error))?;
            }
            let mut verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            if let Some(path) = &settings.revoked {
                let lists = CertificateRevocationListDer::pem_file_iter(path)
                    .and_then(Iterator::collect::<Result<Vec<_>, _>>)
                    .map_err(|error| unreadable(path, &error))?;
                if lists.is_empty() {
                    return Err(wrong(path, &"it holds no revocation list in PEM"));
                }
                // A list speaks of its authority's certificates, and of nobody else's.
                verifier = verifier.with_crls(lists).allow_unknown_revocation_status();
            }
            let verifier = verifier.build().map_err(|error| wrong(&settings.authority, &error))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let chain = certificates(&settings.certificate)?;
    let key =
        PrivateKeyDer::from_pem_file(&settings.key).map_err(|error| unreadable(&settings.key, &error))?;
    let mut config = builder.with_single_cert(chain, key).map_err(|error| of_key(&error))?;
    // Each connection proves itself anew: what is remembered would outlive a list that takes its certificate back.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    let names = settings.names.clone().map(Arc::new);
    Ok(Current {
        config: Arc::new(config),
        names,
        clients_need_certificates: settings.clients_need_certificates,
    })
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsSettingsError> {
    let found = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unreadable(path, &error))?;
    if found.is_empty() { Err(wrong(path, &"it holds no certificate")) } else { Ok(found) }
}

fn unreadable(path: &Path, error: &pem::Error) -> TlsSettingsError {
    match error {
        pem::Error::Io(error) => wrong(path, error),
        pem::Error::NoItemsFound => wrong(path, &"it holds none in PEM that is not encrypted"),
        other => wrong(path, other),
    }
}

fn wrong(path: &Path, reason: &dyn std::fmt::Display) -> TlsSettingsError {
    TlsSettingsError { path: path.to_owned(), reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_revocation_list_is_none() {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tls"));
        let settings = TlsSettings {
            authority: folder.join("cacert.pem"),
            certificate: folder.join("servercert.pem"),
            key: folder.join("serverkey.pem"),
            revoked: None,
            ..TlsSettings::default()
        };
        let with = |revoked| TlsServer::new(&TlsSettings { revoked, ..settings.clone() });
        with(None).unwrap();
        let error = with(Some(settings.authority.clone())).unwrap_err();
        assert_eq!(
            (error.path, error.reason),
            (settings.authority.clone(), "it holds no revocation list in PEM".to_owned())
        );
    }
}
