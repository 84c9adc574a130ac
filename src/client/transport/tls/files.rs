//! Where certificates are: libvirt's folders, the user's own before the host's.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{
    CertificateDer, CertificateRevocationListDer, PrivateKeyDer, UnixTime,
};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{Error, RootCertStore};

use crate::client::at_once;
use crate::client::tls_fault::TlsFault;
use crate::client::transport::host::Host;

/// Revocation lists are the longest of them.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The files of one connection.
#[derive(Debug)]
pub(super) struct Files {
    /// Who vouches for daemons.
    pub(super) authority: PathBuf,
    /// Which certificates that one has taken back.
    revoked: Option<PathBuf>,
    /// The certificate of this client and its key. Both or none.
    pub(super) client: Option<(PathBuf, PathBuf)>,
    /// The folders in which those of the client were looked for.
    folders: Vec<PathBuf>,
}

/// Certificates of this client, and the key of the first.
pub(super) type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

impl Files {
    /// # Errors
    /// [`TlsFault::File`] where a folder that was named has a certificate without its key, or a key without its certificate. One with
    /// neither is for daemons that ask nobody for a certificate; libvirt's own client takes it, too.
    pub(super) fn find(pkipath: Option<&Path>, host: &Host) -> Result<Files, TlsFault> {
        let own = host.pki.as_deref().filter(|_| !host.is_root);
        if let Some(missing) = pkipath.and_then(|folder| missing_half(folder, Path::exists)) {
            return Err(unusable(&missing, "it is not there"));
        }
        Ok(Files::find_where(pkipath, own, Path::exists))
    }

    fn find_where(pkipath: Option<&Path>, own: Option<&Path>, exists: impl Fn(&Path) -> bool) -> Files {
        let pair = |certificate: PathBuf, key: PathBuf| {
            (exists(&certificate) && exists(&key)).then_some((certificate, key))
        };
        let pair_in = |folder: &Path| pair(folder.join("clientcert.pem"), folder.join("clientkey.pem"));
        if let Some(folder) = pkipath {
            return Files {
                authority: folder.join("cacert.pem"),
                revoked: Some(folder.join("cacrl.pem")).filter(|path| exists(path)),
                client: pair_in(folder),
                folders: vec![folder.to_owned()],
            };
        }
        let site = Path::new("/etc/pki/libvirt");
        let of_site = || pair(site.join("clientcert.pem"), site.join("private/clientkey.pem"));
        let in_own = |name: &str| own.map(|own| own.join(name)).filter(|path| exists(path));
        let of_authority = |name: &str| Path::new("/etc/pki/CA").join(name);
        Files {
            authority: in_own("cacert.pem").unwrap_or_else(|| of_authority("cacert.pem")),
            revoked: in_own("cacrl.pem")
                .or_else(|| Some(of_authority("cacrl.pem")).filter(|path| exists(path))),
            client: own.and_then(pair_in).or_else(of_site),
            folders: own.into_iter().chain([site]).map(Path::to_owned).collect(),
        }
    }

    /// For an error: where a certificate of the client would have been found.
    pub(super) fn places_of_client(&self) -> String {
        self.folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(" or ")
    }

    /// Those who vouch for daemons.
    pub(super) fn authority(&self) -> Result<Arc<RootCertStore>, TlsFault> {
        let path = &self.authority;
        let mut roots = RootCertStore::empty();
        for certificate in certificates(path)? {
            roots.add(certificate).map_err(|error| unusable(path, &error.to_string()))?;
        }
        Ok(Arc::new(roots))
    }

    pub(super) fn revoked(&self) -> Result<Vec<CertificateRevocationListDer<'static>>, TlsFault> {
        let Some(path) = &self.revoked else { return Ok(Vec::new()) };
        let lists = CertificateRevocationListDer::pem_slice_iter(&read(path)?)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| unreadable(path, &error))?;
        if lists.is_empty() { Err(unusable(path, "it holds no revocation list in PEM")) } else { Ok(lists) }
    }

    /// Who this client is, if anybody.
    pub(super) fn identity(&self) -> Result<Option<Identity>, TlsFault> {
        let Some((certificate, key)) = &self.client else { return Ok(None) };
        let chain = certificates(certificate)?;
        let key = PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|error| unreadable(key, &error))?;
        Ok(Some((chain, key)))
    }

    /// Whether the client's own certificate is of use: its dates, its purpose, and that the authority has signed it. A daemon
    /// would only hang up.
    pub(super) fn check_own(
        &self,
        chain: &[CertificateDer<'_>],
        authority: &Arc<RootCertStore>,
        provider: &Arc<CryptoProvider>,
    ) -> Result<(), TlsFault> {
        let Some((first, others)) = chain.split_first() else { return Ok(()) };
        // A daemon's view of a client.
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::clone(authority), Arc::clone(provider))
                .build()
                .map_err(|error| unusable(&self.authority, &error.to_string()))?;
        verifier.verify_client_cert(first, others, UnixTime::now()).map_err(|error| self.own(&error))?;
        Ok(())
    }

    /// The client's own certificate is of no use.
    pub(super) fn own(&self, error: &Error) -> TlsFault {
        let path = self.client.as_ref().map(|(certificate, _)| certificate.clone()).unwrap_or_default();
        let reason = match error {
            Error::InvalidCertificate(reason) => reason.to_string(),
            other => other.to_string(),
        };
        TlsFault::Own { path, reason }
    }
}

/// The one of certificate and key that a folder lacks, where it has the other.
fn missing_half(folder: &Path, exists: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    let (certificate, key) = (folder.join("clientcert.pem"), folder.join("clientkey.pem"));
    match (exists(&certificate), exists(&key)) {
        (true, false) => Some(key),
        (false, true) => Some(certificate),
        _ => None,
    }
}

fn read(path: &Path) -> Result<Vec<u8>, TlsFault> {
    at_once::read(path, FILE_BYTES_MAX).map_err(|error| unusable(path, &error.to_string()))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsFault> {
    let found = CertificateDer::pem_slice_iter(&read(path)?)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| unreadable(path, &error))?;
    if found.is_empty() { Err(unusable(path, "it holds no certificate")) } else { Ok(found) }
}

fn unreadable(path: &Path, error: &pem::Error) -> TlsFault {
    match error {
        pem::Error::NoItemsFound => unusable(path, "it holds none in PEM that is not encrypted"),
        other => unusable(path, &other.to_string()),
    }
}

fn unusable(path: &Path, reason: &str) -> TlsFault {
    TlsFault::File { path: path.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_own_files_come_first_and_a_certificate_counts_only_with_its_key() {
        let site = ("/etc/pki/libvirt/clientcert.pem", "/etc/pki/libvirt/private/clientkey.pem");
        let own = ("/h/.pki/libvirt/clientcert.pem", "/h/.pki/libvirt/clientkey.pem");
        let ca = "/etc/pki/CA/cacert.pem";
        check(None, true, &[], (ca, None, None));
        check(
            None,
            true,
            &[site.0, site.1, "/etc/pki/CA/cacrl.pem"],
            (ca, Some(site), Some("/etc/pki/CA/cacrl.pem")),
        );
        check(None, true, &[site.0, site.1, own.0, own.1], (ca, Some(own), None));
        check(None, true, &[site.0, site.1, own.0], (ca, Some(site), None));
        check(None, true, &["/h/.pki/libvirt/cacert.pem", own.1], ("/h/.pki/libvirt/cacert.pem", None, None));
        // Root has none of its own.
        check(None, false, &["/h/.pki/libvirt/cacert.pem", own.0, own.1], (ca, None, None));
        // A folder that is named is the only one.
        check(Some("/p"), true, &[site.0, site.1, own.0, own.1], ("/p/cacert.pem", None, None));
        check(
            Some("/p"),
            false,
            &["/p/clientcert.pem", "/p/clientkey.pem"],
            ("/p/cacert.pem", Some(("/p/clientcert.pem", "/p/clientkey.pem")), None),
        );
    }

    #[test]
    fn a_folder_that_is_named_has_a_certificate_and_its_key_or_neither() {
        let missing = |there: &[&str]| {
            missing_half(Path::new("/p"), |path| there.iter().any(|known| Path::new(known) == path))
        };
        assert_eq!(missing(&["/p/clientcert.pem"]), Some("/p/clientkey.pem".into()));
        assert_eq!(missing(&["/p/clientkey.pem"]), Some("/p/clientcert.pem".into()));
        assert_eq!(missing(&["/p/clientkey.pem", "/p/clientcert.pem"]), None);
        assert_eq!(missing(&[]), None);
    }

    #[test]
    fn a_file_without_a_revocation_list_is_none() {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tls"));
        let mut files = Files::find_where(Some(folder), None, |_| false);
        assert_eq!(files.revoked(), Ok(Vec::new()));
        files.revoked = Some(files.authority.clone());
        assert!(
            matches!(files.revoked(), Err(TlsFault::File { reason, .. }) if reason.contains("no revocation list"))
        );
    }

    type Expected<'t> = (&'t str, Option<(&'t str, &'t str)>, Option<&'t str>);

    #[track_caller]
    fn check(
        pkipath: Option<&str>,
        has_own: bool,
        there: &[&str],
        (authority, client, revoked): Expected<'_>,
    ) {
        let own = has_own.then(|| Path::new("/h/.pki/libvirt"));
        let exists = |path: &Path| there.iter().any(|known| Path::new(known) == path);
        let files = Files::find_where(pkipath.map(Path::new), own, exists);
        assert_eq!(files.authority, Path::new(authority));
        assert_eq!(files.client, client.map(|(certificate, key)| (certificate.into(), key.into())));
        assert_eq!(files.revoked, revoked.map(PathBuf::from));
    }
}
