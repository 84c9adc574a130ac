//! Certificates as sites make them: with certtool and templates as on libvirt's pages.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::lab::Directory;
use crate::process::run;

/// An authority and what it has signed, in a directory of a test.
pub(crate) struct Authority {
    directory: PathBuf,
    name: &'static str,
}

/// A certificate's and its key's path.
pub(crate) struct Certificate {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Authority {
    pub(crate) fn new(directory: &Directory, name: &'static str) -> Authority {
        let authority = Authority { directory: directory.path().to_owned(), name };
        let template = authority.write(
            &format!("{name}.info"),
            &format!("cn = \"{name}\"\nca\ncert_signing_key\nexpiration_days = 700\n"),
        );
        let key = authority.private_key(name);
        certtool(&[
            "--generate-self-signed",
            "--load-privkey",
            &key,
            "--template",
            &template,
            "--outfile",
            &authority.path(),
        ]);
        authority
    }

    pub(crate) fn path(&self) -> String {
        self.place(&format!("{}.pem", self.name))
    }

    /// Signs a certificate with these lines in its template.
    pub(crate) fn sign(&self, name: &str, lines: &str) -> Certificate {
        let name = format!("{}-{name}", self.name);
        let template = self.write(&format!("{name}.info"), lines);
        let key = self.private_key(&name);
        let certificate = self.place(&format!("{name}.pem"));
        let authority_key = self.place(&format!("{}.key", self.name));
        certtool(&[
            "--generate-certificate",
            "--load-privkey",
            &key,
            "--load-ca-certificate",
            &self.path(),
            "--load-ca-privkey",
            &authority_key,
            "--template",
            &template,
            "--outfile",
            &certificate,
        ]);
        Certificate { certificate, key }
    }

    pub(crate) fn server(&self, lines: &str) -> Certificate {
        self.sign(
            "server",
            &format!("organization = \"Site\"\n{lines}\ntls_www_server\nencryption_key\nsigning_key\n"),
        )
    }

    pub(crate) fn client(&self, lines: &str) -> Certificate {
        self.sign("client", &format!("organization = \"Site\"\ncn = \"client1\"\n{lines}\ntls_www_client\nencryption_key\nsigning_key\n"))
    }

    /// A client's certificate with this subject, as OpenSSL reads it: of several keys of a site one serves for all.
    pub(crate) fn subject(&self, subject: &str, client: &Certificate) -> Certificate {
        let configuration = "[req]\ndistinguished_name=dn\nx509_extensions=client\nstring_mask=utf8only\n[dn]\n\
             [client]\nbasicConstraints=critical,CA:FALSE\nextendedKeyUsage=clientAuth\n";
        let configuration = self.write("openssl.cnf", configuration);
        let certificate = self.place("subject.pem");
        let authority_key = self.place(&format!("{}.key", self.name));
        let finished = run(Command::new("openssl")
            .args(["req", "-x509", "-utf8", "-days", "9", "-config", &configuration])
            .args(["-CA", &self.path(), "-CAkey", &authority_key, "-key", &client.key])
            .args(["-subj", subject, "-out", &certificate]));
        assert!(finished.status.success(), "openssl {subject}: {finished:?}");
        Certificate { certificate, key: client.key.clone() }
    }

    /// The list by which this authority takes a certificate back.
    pub(crate) fn revoke(&self, certificate: &Certificate) -> String {
        let list = self.place(&format!("{}.crl", self.name));
        let template = self.write("crl.info", "crl_next_update = 700\ncrl_number = 1\n");
        let authority_key = self.place(&format!("{}.key", self.name));
        certtool(&[
            "--generate-crl",
            "--load-ca-certificate",
            &self.path(),
            "--load-ca-privkey",
            &authority_key,
            "--load-certificate",
            &certificate.certificate,
            "--template",
            &template,
            "--outfile",
            &list,
        ]);
        list
    }

    /// A folder as `pkipath` names them: this authority, and perhaps a client's certificate. Made by copying.
    pub(crate) fn folder(&self, name: &str, client: Option<&Certificate>) -> String {
        let copy = |file: &str, from: &str| {
            let text = fs::read_to_string(from).expect("a file that certtool has written");
            self.write(&format!("{name}/{file}"), &text)
        };
        copy("cacert.pem", &self.path());
        if let Some(client) = client {
            copy("clientcert.pem", &client.certificate);
            copy("clientkey.pem", &client.key);
        }
        self.place(name)
    }

    fn private_key(&self, name: &str) -> String {
        let path = self.place(&format!("{name}.key"));
        // Before libvirt 10 daemons refuse keys that only sign, as those of elliptic curves do.
        certtool(&["--generate-privkey", "--key-type", "rsa", "--bits", "2048", "--outfile", &path]);
        path
    }

    fn place(&self, name: &str) -> String {
        self.directory.join(name).display().to_string()
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.directory.join(name);
        fs::create_dir_all(path.parent().unwrap_or(&self.directory)).expect("a folder for certificates");
        fs::write(&path, text).expect("a file of certificates");
        self.place(name)
    }
}

#[track_caller]
fn certtool(arguments: &[&str]) {
    let finished = run(Command::new("certtool").args(arguments));
    assert!(finished.status.success(), "certtool {arguments:?}: {finished:?}");
}
