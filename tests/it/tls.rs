//! TLS on a real socket: a daemon of ours behind it, and strangers that break it at every point.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;
use virtwire::client::{CallError, Connection, OpenError, OpenOptions, TlsFault, Unconfirmed};
use virtwire::protocol::frame::Draft;
use virtwire::protocol::remote::{Domain, DomainDefineXml, DomainDefineXmlReply};
use virtwire::protocol::session::server::Called;
use virtwire::server::{
    Answering, CallContext, Exposure, Handler, Listener, Patterns, Server, TlsServer, TlsSettings,
};

/// Who needs no certificate comes in, unless only these names do.
async fn listening(names: Option<Patterns>) -> Listener {
    let settings = TlsSettings {
        authority: fixtures().join("cacert.pem"),
        certificate: fixtures().join("servercert.pem"),
        key: fixtures().join("serverkey.pem"),
        revoked: None,
        clients_need_certificates: false,
        names,
    };
    let tls = TlsServer::new(&settings).unwrap();
    Listener::bind_tls("127.0.0.1:0", tls, Exposure::LocalOnly).await.unwrap()
}

#[tokio::test]
async fn large_calls_and_replies_pass_whole_in_both_directions() {
    let listener = listening(None).await;
    let port = listener.address().to_string().rsplit_once(':').unwrap().1.to_owned();
    tokio::spawn(async move { Server::new(Counts).serve(&listener).await });
    let uri = format!("gate+tls://localhost:{port}/?pkipath={}", fixtures().display());
    let connection = Connection::open(&uri).await.unwrap();
    // More than any buffer on the way holds, several at once.
    let calls: Vec<_> = (0..8)
        .map(|number| {
            let xml = vec![b'a' + number; 4_000_000];
            tokio::spawn(connection.call(DomainDefineXml { xml: xml.into() }))
        })
        .collect();
    for (number, call) in calls.into_iter().enumerate() {
        let name = call.await.unwrap().unwrap().dom.name;
        let expected = format!("{}", char::from(b'a' + number as u8)).repeat(1_000_000);
        assert!(name == *expected, "{} bytes", name.len());
    }
    connection.close().await.unwrap();
}

/// Answers with the first quarter of what it was sent.
struct Counts;

impl Handler for Counts {
    fn call(self: Arc<Self>, _: CallContext, called: Called) -> Answering {
        Box::pin(async move {
            match called.info.name {
                "connect_open" | "connect_close" => Ok(Draft::empty()),
                _ => {
                    let name = called.payload.slice(4..1_000_004).to_vec().into();
                    let dom = Domain { name, ..Domain::default() };
                    Ok(Draft::encode(&DomainDefineXmlReply { dom }).unwrap())
                }
            }
        })
    }
}

#[tokio::test]
async fn a_stranger_that_does_not_speak_tls_is_told_as_such() {
    for greeting in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], b"", &[0x16, 3, 3, 0xff, 0xff, 2], &[0; 4_096]]
    {
        let fault = fault_of(async move |listener| {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.write_all(greeting).await;
            // Whatever is heard, it is not answered.
            let _ = stream.read(&mut [0; 1_024]).await;
            let _ = stream.shutdown().await;
        });
        let fault = fault.await;
        assert!(matches!(fault, TlsFault::Handshake { .. }), "{greeting:02x?}: {fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stranger_that_says_nothing_costs_no_more_than_the_deadline() {
    let (listener, uri) = listen("localhost").await;
    let within = Duration::from_secs(10);
    let options = OpenOptions { open_within: within, ..OpenOptions::default() };
    let start = tokio::time::Instant::now();
    let error = Connection::open_with(&uri, options).await.unwrap_err();
    assert!(matches!(error, OpenError::TimedOut { .. }), "{error:?}");
    assert!(start.elapsed().as_secs() <= within.as_secs(), "{:?}", start.elapsed());
    drop(listener);
}

#[tokio::test]
async fn a_daemon_that_does_not_confirm_is_told_apart() {
    // Silence.
    let fault = fault_within(Duration::from_secs(5), async |listener| {
        let mut secure = accept(&listener).await;
        let _ = secure.read(&mut [0]).await;
    });
    assert!(matches!(fault.await, TlsFault::Unconfirmed { what: Unconfirmed::Silence, .. }));
    // Another byte.
    for byte in [0, 2, 0xff] {
        let fault = fault_of(async move |listener| {
            let mut secure = accept(&listener).await;
            let _ = secure.write_all(&[byte, 1]).await;
            let _ = secure.read(&mut [0]).await;
        });
        let fault = fault.await;
        assert!(matches!(fault, TlsFault::Unconfirmed { what: Unconfirmed::Byte(told), .. } if told == byte));
    }
    // The end, with and without a goodbye.
    let fault = fault_of(async |listener| accept(&listener).await.shutdown().await.unwrap());
    assert!(matches!(
        fault.await,
        TlsFault::Unconfirmed { what: Unconfirmed::Closed { .. }, certificate: None, .. }
    ));
    let fault = fault_of(async |listener| drop(accept(&listener).await));
    assert!(matches!(fault.await, TlsFault::Unconfirmed { what: Unconfirmed::Closed { .. }, .. }));
}

#[tokio::test]
async fn what_follows_the_byte_is_the_protocol() {
    let (listener, uri) = listen("127.0.0.1").await;
    tokio::spawn(async move {
        let mut secure = accept(&listener).await;
        let _ = secure.write_all(&[1, 0xff, 0xff, 0xff, 0xff]).await;
        let _ = secure.read(&mut [0; 1_024]).await;
    });
    let error = Connection::open(&uri).await.unwrap_err();
    let OpenError::Call { error: call, .. } = &error else { panic!("{error:?}") };
    let CallError::Closed { reason, .. } = &**call else { panic!("{error:?}") };
    assert!(reason.to_string().contains("4294967295"), "{reason}");
}

/// Whoever is on no list of names, and whoever goes in the middle of it, shows in the daemon's figures.
#[tokio::test]
async fn whom_tls_does_not_let_in_is_counted() {
    let listener = listening(Some(Patterns::new(["CN=somebody"]))).await;
    let address = listener.address().to_string().replace("tls://", "");
    let server = Server::new(Counts);
    let metrics = server.metrics().clone();
    tokio::spawn(async move { server.serve(&listener).await });
    let counted = async |refused, unknown| {
        let mut last = (0, 0);
        for _ in 0..10_000 {
            let now = metrics.snapshot();
            last = (now.connections_refused, now.connections_unknown);
            if last == (refused, unknown) && now.connections_open == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        panic!("{last:?} instead of {:?}", (refused, unknown));
    };
    drop(TcpStream::connect(&address).await.unwrap());
    counted(0, 1).await;
    let port = address.rsplit_once(':').unwrap().1;
    let uri = format!("gate+tls://localhost:{port}/?pkipath={}", fixtures().display());
    Connection::open(&uri).await.unwrap_err();
    counted(1, 1).await;
    let mut stranger = TcpStream::connect(&address).await.unwrap();
    stranger.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    counted(2, 1).await;
}

/// Whoever has been accepted before an operator's change meets what was asked until then: both its certificate and its password, or else
/// one could be asked for neither.
#[cfg(feature = "sasl")]
#[tokio::test]
async fn a_client_in_its_handshake_meets_no_mixture_of_before_and_after() {
    use std::future::poll_fn;
    use std::task::Poll;

    use virtwire::server::{Authentication, PasswordFile, Sasl, TlsServer, TlsSettings};

    // Certificates alone, or passwords alone.
    let asks = |certificates: bool| {
        let settings = TlsSettings {
            authority: fixtures().join("cacert.pem"),
            certificate: fixtures().join("servercert.pem"),
            key: fixtures().join("serverkey.pem"),
            revoked: None,
            clients_need_certificates: certificates,
            names: None,
        };
        let authentication = match certificates {
            true => Authentication::none(),
            false => Authentication::sasl(Sasl::new(PasswordFile::default())),
        };
        (authentication, TlsServer::new(&settings).unwrap())
    };
    for certificates in [true, false] {
        let (authentication, tls) = asks(certificates);
        let listener = Listener::bind_tls("127.0.0.1:0", tls, Exposure::LocalOnly).await.unwrap();
        listener.set_authentication(authentication);
        let server = Server::new(Counts);
        let address = listener.address().to_string().replace("tls://", "");
        let stream = TcpStream::connect(address).await.unwrap();
        let mut serving = std::pin::pin!(server.serve(&listener));
        poll_fn(|cx| {
            assert!(serving.as_mut().poll(cx).is_pending());
            if server.metrics().snapshot().connections_accepted == 1 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
        // This runtime has one thread: the client's task is there, and has had no turn.
        let (authentication, tls) = asks(!certificates);
        listener.reconfigure(authentication, tls);
        let opened = opened_without_certificate(stream).await;
        assert_eq!(opened, if certificates { None } else { Some(1) }, "certificates: {certificates}");
    }
}

/// The status of the answer to an opening; `None` where a certificate is missed.
#[cfg(feature = "sasl")]
async fn opened_without_certificate(stream: TcpStream) -> Option<i32> {
    use tokio_rustls::TlsConnector;
    use tokio_rustls::rustls::pki_types::ServerName;
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};
    use virtwire::protocol::header::{Header, MessageKind, Serial};
    use virtwire::protocol::program::{ProcedureNumber, Program};

    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(fixtures().join("cacert.pem")).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let mut secure = TlsConnector::from(Arc::new(config)).connect(name, stream).await.ok()?;
    if secure.read_u8().await.ok()? != 1 {
        return None;
    }
    let header = Header::new(MessageKind::Call, Program::REMOTE, ProcedureNumber(1), Serial(1));
    secure.write_all(&Draft::raw(&[0; 8]).unwrap().seal(&header)).await.unwrap();
    let mut answer = [0; 28];
    secure.read_exact(&mut answer).await.unwrap();
    Some(i32::from_be_bytes(answer[24..].try_into().unwrap()))
}

/// Opens a connection to somebody, who must make it fail.
async fn fault_of<F: Future<Output = ()> + Send + 'static>(
    stranger: impl FnOnce(TcpListener) -> F,
) -> TlsFault {
    fault_within(Duration::from_secs(60), stranger).await
}

async fn fault_within<F: Future<Output = ()> + Send + 'static>(
    open_within: Duration,
    stranger: impl FnOnce(TcpListener) -> F,
) -> TlsFault {
    let (listener, uri) = listen("localhost").await;
    let stranger = tokio::spawn(stranger(listener));
    let options = OpenOptions { open_within, ..OpenOptions::default() };
    let error = Connection::open_with(&uri, options).await.unwrap_err();
    stranger.abort();
    match error {
        OpenError::Tls { fault, .. } => *fault,
        other => panic!("{other:?}"),
    }
}

async fn listen(host: &str) -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let uri = format!("gate+tls://{host}:{port}/?pkipath={}", fixtures().display());
    (listener, uri)
}

async fn accept(listener: &TcpListener) -> TlsStream<TcpStream> {
    let chain = vec![CertificateDer::from_pem_file(fixtures().join("servercert.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(fixtures().join("serverkey.pem")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let (stream, _) = listener.accept().await.unwrap();
    TlsAcceptor::from(Arc::new(config)).accept(stream).await.unwrap()
}

fn fixtures() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tls"))
}
