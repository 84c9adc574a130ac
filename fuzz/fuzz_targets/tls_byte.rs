//! A client over TLS, and a hostile daemon that says anything in the place of the byte by which it confirms that it takes the client: it
//! neither panics nor waits, and lets nobody in whose first byte is not 0x01.
#![no_main]

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use virtwire::client::{Connection, OpenError, OpenOptions, TlsFault};

/// `is_torn`: the connection ends without TLS's own goodbye.
#[derive(arbitrary::Arbitrary, Debug)]
struct Script {
    says: Vec<u8>,
    is_torn: bool,
}

struct Lab {
    runtime: Runtime,
    listener: TcpListener,
    acceptor: TlsAcceptor,
    uri: String,
}

thread_local! {
    static LAB: RefCell<Option<Lab>> = const { RefCell::new(None) };
}

fuzz_target!(|script: Script| {
    LAB.with_borrow_mut(|lab| {
        let lab = lab.get_or_insert_with(Lab::new);
        let first = script.says.first().copied();
        let options = OpenOptions { open_within: Duration::from_secs(5), ..OpenOptions::default() };
        let opened = lab.runtime.block_on(async {
            // An opening that is lost is tried once more.
            let daemon = async {
                loop {
                    let (stream, _) = lab.listener.accept().await.expect("the client connects");
                    let mut secure = lab.acceptor.accept(stream).await.expect("the client agrees on TLS");
                    // The client may have left by now.
                    let _ = secure.write_all(&script.says).await;
                    let _ = secure.flush().await;
                    if !script.is_torn {
                        let _ = secure.shutdown().await;
                    }
                    let (stream, _) = secure.into_inner();
                    drop(stream);
                }
            };
            tokio::select! {
                opened = Connection::open_with(&lab.uri, options) => opened,
                () = daemon => unreachable!("it goes on"),
            }
        });
        match opened {
            Ok(_) => panic!("a daemon was let in that answers nothing"),
            Err(OpenError::Tls { fault, .. }) => {
                assert!(matches!(*fault, TlsFault::Unconfirmed { .. }), "{fault:?}");
            }
            Err(error) => assert_eq!(first, Some(1), "{error:?}"),
        }
    });
});

impl Lab {
    fn new() -> Lab {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/tls");
        let chain =
            vec![CertificateDer::from_pem_file(fixtures.join("servercert.pem")).expect("a certificate")];
        let key = PrivateKeyDer::from_pem_file(fixtures.join("serverkey.pem")).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("a certificate with its key");
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a socket");
        let port = listener.local_addr().expect("an address").port();
        // The certificate is for the name.
        let uri = format!("test+tls://localhost:{port}/default?pkipath={}", fixtures.display());
        Lab { runtime, listener, acceptor: TlsAcceptor::from(Arc::new(config)), uri }
    }
}
