//! Strangers that make a daemon hold as much as they can before it knows who they are: before a door that asks for a password, before one
//! with TLS, and in between.

use std::cell::Cell;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use tokio_rustls::rustls::crypto::cipher::{
    AeadKey, Iv, MessageDecrypter, MessageEncrypter, OutboundOpaqueMessage, OutboundPlainMessage,
    Tls13AeadAlgorithm, UnsupportedOperationError,
};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::version::TLS13;
use tokio_rustls::rustls::{
    CipherSuiteCommon, ClientConfig, ClientConnection, ConnectionTrafficSecrets, ContentType, Error,
    RootCertStore, StreamOwned, SupportedCipherSuite, Tls13CipherSuite,
};
use virtwire::protocol::remote::AuthSaslStart;
use virtwire::server::{
    ANONYMOUS_CLIENTS_MAX, ANONYMOUS_FRAME_BYTES_MAX, Authentication, Exposure, HANDSHAKE_BYTES_MAX,
    Listener, PasswordStore, Sasl, SaslMechanism, ScramVerifier, TlsServer, TlsSettings,
};
use virtwire::xdr::to_vec;

use crate::daemon::{Client, Daemon, PATIENCE, call, connect, figures, listen, settled};

/// What one of them may cost.
const BYTES_MAX: usize = 64 << 10;

/// Bytes of a call without arguments.
const CALL_BYTES: usize = 28;

/// A door that asks for a password, one that asks for certificates, and one with TLS that asks for a password.
pub(crate) async fn doors(path: &Path) -> [(&'static str, Listener); 3] {
    let password = || Authentication::sasl(Sasl::new(Nobody));
    let tls = async |clients_need_certificates| {
        let settings = TlsSettings {
            authority: fixture("cacert.pem"),
            certificate: fixture("servercert.pem"),
            key: fixture("serverkey.pem"),
            revoked: None,
            clients_need_certificates,
            names: None,
        };
        let tls = TlsServer::new(&settings).unwrap();
        Listener::bind_tls("127.0.0.1:0", tls, Exposure::LocalOnly).await.unwrap()
    };
    let guarded = listen(&path.with_extension("guarded")).await;
    guarded.set_authentication(password());
    let both = tls(false).await;
    both.set_authentication(password());
    [("password", guarded), ("certificate", tls(true).await), ("both", both)]
}

/// Knows no user; strangers are not told.
struct Nobody;

impl PasswordStore for Nobody {
    fn verifier(&self, _: &str, _: SaslMechanism) -> Option<ScramVerifier> {
        None
    }
}

/// What a stranger does: how it connects, and what it then sends again and again while that is taken.
type Way = (&'static str, fn(&Daemon) -> Stranger);

const WAYS: [Way; 9] = [
    ("begins a long message, behind a password's first half", |daemon| by_unix(daemon).begins()),
    ("reads no answers to short calls", |daemon| by_unix(daemon).reads_no_answers(CALL_BYTES)),
    ("reads no answers to long calls", |daemon| by_unix(daemon).reads_no_answers(ANONYMOUS_FRAME_BYTES_MAX)),
    ("begins a greeting of TLS", begins_greeting),
    ("begins to show certificates", begins_certificates),
    ("begins a long message, through TLS", |daemon| by_tls(daemon).begins()),
    ("reads no answers to short calls, through TLS", |daemon| by_tls(daemon).reads_no_answers(CALL_BYTES)),
    ("reads no answers to long calls, through TLS", |daemon| {
        by_tls(daemon).reads_no_answers(ANONYMOUS_FRAME_BYTES_MAX)
    }),
    ("begins a message of TLS's own, behind a long one of ours", |daemon| {
        by_tls(daemon).begins().begins_one_of_tls(HANDSHAKE_BYTES_MAX - 200)
    }),
];

#[test]
fn a_stranger_costs_no_more_than_64_kib() {
    let daemon = Daemon::start();
    let mut witness = daemon.client();
    for (name, come) in WAYS {
        let before = settled(&mut witness, |now| now.clients == 1);
        let mut strangers: Vec<_> = (0..ANONYMOUS_CLIENTS_MAX).map(|_| come(&daemon)).collect();
        // The daemon has turns meanwhile; it stops reading for all of them, or has read all that there is.
        let mut idle_rounds = 0;
        while idle_rounds < 10 {
            let sent: usize = strangers.iter_mut().map(Stranger::send).sum();
            figures(&mut witness);
            idle_rounds = if sent == 0 { idle_rounds + 1 } else { 0 };
        }
        let there = settled(&mut witness, |_| true);
        // Behind a handshake they are clients; before it a descriptor each.
        let present = match there.clients - before.clients {
            0 => there.descriptors - before.descriptors,
            clients => clients,
        };
        assert_eq!(present, strangers.len(), "{name}: some have been sent away: {there:?}");
        let each = there.bytes.saturating_sub(before.bytes) / strangers.len();
        println!("{name}: {each} bytes each");
        assert!(each <= BYTES_MAX, "{name}: {each} bytes each: {before:?} {there:?}");
    }
}

/// Longer ones than any that is meant, and as long as TLS lets them be.
#[test]
fn a_stranger_whose_handshake_is_too_long_is_sent_away() {
    let daemon = Daemon::start();
    let bytes = 60 << 10;
    let talkers = [(tcp(daemon.door("certificate")), greeting(bytes)), certificates(&daemon, bytes)];
    for (mut socket, bytes) in talkers {
        // It may hang up while they are sent.
        let _ = socket.write_all(&bytes);
        let ended = socket.read_to_end(&mut Vec::new());
        let is_timeout = |error: &std::io::Error| error.kind() == ErrorKind::WouldBlock;
        assert!(!ended.as_ref().is_err_and(is_timeout), "it waits for more: {ended:?}");
    }
}

/// TLS would hold 64 KiB of a message of its own that comes behind the handshake, too.
#[test]
fn a_stranger_whose_records_carry_nothing_costs_no_more() {
    let daemon = Daemon::start();
    let mut witness = daemon.client();
    let before = settled(&mut witness, |now| now.clients == 1);
    let come = |_| by_tls(&daemon).begins().begins_one_of_tls(60 << 10);
    let strangers: Vec<_> = (0..ANONYMOUS_CLIENTS_MAX).map(come).collect();
    for _ in 0..10 {
        figures(&mut witness);
    }
    let there = settled(&mut witness, |_| true);
    let each = there.bytes.saturating_sub(before.bytes) / strangers.len();
    assert!(each <= BYTES_MAX, "{each} bytes each: {before:?} {there:?}");
}

/// A stranger, and what it goes on sending.
struct Stranger {
    wire: Box<dyn Wire>,
    /// Sent again and again; empty where it waits.
    again: Vec<u8>,
    /// How much of it has been sent.
    sent: usize,
}

/// Something that bytes go through.
trait Wire: Read + Write + Send {
    fn set_nonblocking(&self);
}

impl Wire for UnixStream {
    fn set_nonblocking(&self) {
        UnixStream::set_nonblocking(self, true).unwrap();
    }
}

impl Wire for TcpStream {
    fn set_nonblocking(&self) {
        TcpStream::set_nonblocking(self, true).unwrap();
    }
}

impl Wire for StreamOwned<ClientConnection, TcpStream> {
    fn set_nonblocking(&self) {
        Wire::set_nonblocking(&self.sock);
    }
}

impl Stranger {
    fn waiting(wire: impl Wire + 'static) -> Stranger {
        Stranger { wire: Box::new(wire), again: Vec::new(), sent: 0 }
    }

    /// Has a SCRAM exchange begun, with names as long as can be told.
    fn behind_first_half(wire: impl Wire + 'static) -> Stranger {
        let mut client = Client::new(Box::new(wire) as Box<dyn Wire>);
        client.call(66, &[]);
        client.call(67, &[]);
        let data = format!("n,,n={},r={}", "n".repeat(256), "r".repeat(2_800));
        let start = AuthSaslStart { mech: "SCRAM-SHA-256".into(), nil: 0, data: data.into() };
        client.call(68, &to_vec(&start).unwrap());
        Stranger { wire: client.stream, again: Vec::new(), sent: 0 }
    }

    /// All but the last byte of the longest message, a little at a time.
    fn begins(mut self) -> Stranger {
        let message = call(1, 8, &[0; ANONYMOUS_FRAME_BYTES_MAX - CALL_BYTES]);
        for piece in message[..message.len() - 1].chunks(700) {
            self.wire.write_all(piece).unwrap();
            self.wire.flush().unwrap();
        }
        self
    }

    /// So many bytes of a message of TLS's own that is to have 65,535. It may be hung up on meanwhile.
    fn begins_one_of_tls(mut self, bytes: usize) -> Stranger {
        let key_update = [&[24, 0, 0xff, 0xff][..], &vec![0; bytes - 4]].concat();
        TLS_OWN.set(true);
        for piece in key_update.chunks(4 << 10) {
            let _ = self.wire.write_all(piece).and_then(|()| self.wire.flush());
        }
        TLS_OWN.set(false);
        self
    }

    /// Calls that are refused, of so many bytes each.
    fn reads_no_answers(mut self, bytes: usize) -> Stranger {
        self.again = call(1, 8, &vec![0; bytes - CALL_BYTES]);
        if bytes < 1_000 {
            self.again = self.again.repeat(1_000 / bytes);
        }
        self.wire.set_nonblocking();
        self
    }

    /// Sends as much as is taken. How many bytes that is.
    fn send(&mut self) -> usize {
        let mut count = 0;
        // A daemon that reads for ever would be found out by the test's bound on memory.
        while !self.again.is_empty() && count < 64 << 20 {
            match self.wire.write(&self.again[self.sent..]) {
                Ok(sent) => {
                    count += sent;
                    self.sent = (self.sent + sent) % self.again.len();
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => panic!("{error}"),
            }
        }
        count
    }
}

fn by_unix(daemon: &Daemon) -> Stranger {
    Stranger::behind_first_half(connect(daemon.door("password")))
}

fn by_tls(daemon: &Daemon) -> Stranger {
    let socket = tcp(daemon.door("both"));
    let mut stream = StreamOwned::new(client(Vec::new()), socket);
    // The daemon's word that it is content.
    stream.read_exact(&mut [0]).unwrap();
    Stranger::behind_first_half(stream)
}

/// As much as may come without the end of a handshake.
fn begins_greeting(daemon: &Daemon) -> Stranger {
    let mut socket = tcp(daemon.door("certificate"));
    socket.write_all(&greeting(HANDSHAKE_BYTES_MAX - 1)).unwrap();
    Stranger::waiting(socket)
}

fn begins_certificates(daemon: &Daemon) -> Stranger {
    let (mut socket, flight) = certificates(daemon, 60 << 10);
    // The greeting has been counted before.
    socket.write_all(&flight[..HANDSHAKE_BYTES_MAX - 2_000]).unwrap();
    Stranger::waiting(socket)
}

/// The first so many bytes of a greeting that is to have 65,535, in records as long as can be.
fn greeting(bytes: usize) -> Vec<u8> {
    let message = [&[1, 0, 0xff, 0xff][..], &[3; 0xffff]].concat();
    let record = |piece: &[u8]| {
        let length = u16::try_from(piece.len()).unwrap().to_be_bytes();
        [&[0x16, 3, 1][..], &length, piece].concat()
    };
    let mut records: Vec<u8> = message.chunks(16 << 10).flat_map(record).collect();
    records.truncate(bytes);
    records
}

/// A connection whose daemon waits for certificates, and what shows it some: of so many bytes in all.
fn certificates(daemon: &Daemon, bytes: usize) -> (TcpStream, Vec<u8>) {
    let mut socket = tcp(daemon.door("certificate"));
    let chain = vec![
        CertificateDer::from_pem_file(fixture("servercert.pem")).unwrap(),
        CertificateDer::from(vec![0; bytes]),
    ];
    let mut tls = client(chain);
    tls.write_tls(&mut socket).unwrap();
    let mut flight = Vec::new();
    while flight.len() < bytes {
        assert_ne!(tls.read_tls(&mut socket).unwrap(), 0, "the daemon has hung up");
        tls.process_new_packets().unwrap();
        while tls.wants_write() {
            tls.write_tls(&mut flight).unwrap();
        }
    }
    (socket, flight)
}

/// One end of TLS, with these certificates to show.
fn client(chain: Vec<CertificateDer<'static>>) -> ClientConnection {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(fixture("cacert.pem")).unwrap()).unwrap();
    let cipher_suites = vec![SupportedCipherSuite::Tls13(&SUITE)];
    let provider = CryptoProvider { cipher_suites, ..ring::default_provider() };
    let builder = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .with_root_certificates(roots);
    let config = match chain.is_empty() {
        true => builder.with_no_client_auth(),
        false => {
            let key = PrivateKeyDer::from_pem_file(fixture("serverkey.pem")).unwrap();
            builder.with_client_auth_cert(chain, key).unwrap()
        }
    };
    ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap()
}

fn tcp(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tls")).join(name)
}

thread_local! {
    /// Whether what this thread sends through TLS is sent as a message of TLS's own.
    static TLS_OWN: Cell<bool> = const { Cell::new(false) };
}

/// A cipher suite of ring's, with the content type that a stranger wants.
static SUITE: LazyLock<Tls13CipherSuite> = LazyLock::new(|| {
    let suite = ring::cipher_suite::TLS13_AES_128_GCM_SHA256.tls13().unwrap();
    let CipherSuiteCommon { suite: name, hash_provider, confidentiality_limit } = suite.common;
    Tls13CipherSuite {
        common: CipherSuiteCommon { suite: name, hash_provider, confidentiality_limit },
        hkdf_provider: suite.hkdf_provider,
        aead_alg: Box::leak(Box::new(Typed(suite.aead_alg))),
        quic: None,
    }
});

struct Typed(&'static dyn Tls13AeadAlgorithm);

impl Tls13AeadAlgorithm for Typed {
    fn encrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageEncrypter> {
        Box::new(TypedEncrypter(self.0.encrypter(key, iv)))
    }

    fn decrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageDecrypter> {
        self.0.decrypter(key, iv)
    }

    fn key_len(&self) -> usize {
        self.0.key_len()
    }

    fn extract_keys(
        &self,
        key: AeadKey,
        iv: Iv,
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        self.0.extract_keys(key, iv)
    }
}

struct TypedEncrypter(Box<dyn MessageEncrypter>);

impl MessageEncrypter for TypedEncrypter {
    fn encrypt(
        &mut self,
        message: OutboundPlainMessage<'_>,
        seq: u64,
    ) -> Result<OutboundOpaqueMessage, Error> {
        let typ = if TLS_OWN.get() { ContentType::Handshake } else { message.typ };
        self.0.encrypt(OutboundPlainMessage { typ, ..message }, seq)
    }

    fn encrypted_payload_len(&self, payload_len: usize) -> usize {
        self.0.encrypted_payload_len(payload_len)
    }
}
