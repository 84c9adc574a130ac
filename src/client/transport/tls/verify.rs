//! Whether a daemon is who the URI says.

use std::sync::Arc;

use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
};

use super::common_name::common_name;
use super::files::Files;
use crate::client::tls_fault::{TlsFault, is_common_name};

/// The authority must vouch for the daemon's certificate, and the certificate for the host's name.
pub(super) fn by_authority(
    authority: Arc<RootCertStore>,
    files: &Files,
    provider: &Arc<CryptoProvider>,
    accept_common_name: bool,
) -> Result<Arc<dyn ServerCertVerifier>, TlsFault> {
    let revoked = files.revoked()?;
    let mut builder = WebPkiServerVerifier::builder_with_provider(authority, Arc::clone(provider));
    if !revoked.is_empty() {
        // A list speaks of its authority's certificates, and of nobody else's.
        builder = builder.with_crls(revoked).allow_unknown_revocation_status();
    }
    let chain = builder
        .build()
        .map_err(|error| TlsFault::File { path: files.authority.clone(), reason: error.to_string() })?;
    Ok(Arc::new(ByAuthority { chain, accept_common_name }))
}

/// Anybody is the daemon. That whoever answers has the key of the certificate shown is proved all the same.
pub(super) fn anybody(provider: &Arc<CryptoProvider>) -> Arc<dyn ServerCertVerifier> {
    Arc::new(Anybody(Arc::clone(provider)))
}

#[derive(Debug)]
struct ByAuthority {
    chain: Arc<WebPkiServerVerifier>,
    accept_common_name: bool,
}

impl ServerCertVerifier for ByAuthority {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let presented = match self.chain.verify_server_cert(certificate, others, name, ocsp, now) {
            // The names come last: everything else is in order.
            Err(Error::InvalidCertificate(CertificateError::NotValidForNameContext {
                presented, ..
            })) => presented,
            verdict => return verdict,
        };
        let common_name = common_name(certificate);
        let expected = name.to_str().into_owned();
        let fault = if presented.is_empty() {
            match common_name {
                Some(found) if self.accept_common_name && is_common_name(&expected, Some(found.as_str())) => {
                    return Ok(ServerCertVerified::assertion());
                }
                Some(presented) if self.accept_common_name => TlsFault::WrongName { expected, presented },
                common_name => TlsFault::NoAlternativeNames { expected, common_name },
            }
        } else {
            TlsFault::WrongName { expected, presented: presented.join(", ") }
        };
        Err(Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(fault)))))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chain.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chain.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chain.supported_verify_schemes()
    }
}

#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _others: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
