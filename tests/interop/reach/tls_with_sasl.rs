//! TLS first, and SASL over it: passwords that nobody can listen to.

use std::sync::Arc;

use virtwire::client::{AuthError, Credentials, OpenError, OpenOptions};

use super::certificates::Authority;
use super::{reaches, refusal};
use crate::authentication::{PASSWORD, USER, with_passwords};
use crate::lab::Setup;
use crate::need::need;

#[test]
fn it_is_known_by_a_password_beside_its_certificate() {
    need!(Libvirtd, Namespaces, Certtool, SaslPasswords);
    let setup = Setup::new();
    let site = Authority::new(setup.directory(), "site");
    let server = site.server(&format!("ip_address = \"{}\"", setup.host()));
    let client = site.folder("client", Some(&site.client("expiration_days = 700")));
    let daemon = with_passwords(setup, "external scram-sha-256 plain")
        .tls(&site.path(), &server.certificate, &server.key)
        .libvirtd_conf("auth_tls = \"sasl\"")
        .start();
    let nothing = daemon.directory().write("empty.conf", "");
    let uri = |more: &str| {
        format!("test+tls://{}/default?pkipath={client}&authfile={nothing}{more}", daemon.tls_address())
    };
    let knowing = |password: &str| OpenOptions {
        credentials: Some(Arc::new(Credentials::new(USER, password))),
        ..OpenOptions::default()
    };

    reaches(&daemon, &uri(""), knowing(PASSWORD));
    reaches(&daemon, &uri("&auth=sasl.plain"), knowing(PASSWORD));
    let error = refusal(&uri(""), knowing("wrong"));
    let OpenError::Authentication { error, .. } = error else { panic!("{error:?}") };
    assert!(matches!(*error, AuthError::Refused { .. }), "{error:?}");
    // Configured or not, libvirt's daemons offer EXTERNAL to nobody: they do not tell SASL whose certificate it is.
    let error = refusal(&uri(""), OpenOptions::default());
    let OpenError::Authentication { error, .. } = error else { panic!("{error:?}") };
    let AuthError::NoCredentials { mechanisms, .. } = &*error else { panic!("{error:?}") };
    assert_eq!(mechanisms, "SCRAM-SHA-256, PLAIN");
}
