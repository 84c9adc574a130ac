//! What stands between a stranger and a daemon of ours: passwords, lists of users, and patience that ends.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use virtwire::client::{AuthError, Connection, CredentialAsk, Credentials, OpenError, OpenOptions};
use virtwire::protocol::error::{ErrorCode, RemoteError};
use virtwire::protocol::frame::{self, Draft};
use virtwire::protocol::header::{Header, MessageKind, Serial};
use virtwire::protocol::program::{ProcedureNumber, Program};
use virtwire::protocol::remote::{AuthSaslStart, AuthSaslStep, ConnectGetHostnameReply};
use virtwire::protocol::session::server::Called;
use virtwire::server::{
    ANONYMOUS_CLIENTS_MAX, ANONYMOUS_FRAME_BYTES_MAX, AllowedProcesses, Answering, Authentication,
    CallContext, Exposure, Handler, Listener, Metrics, PasswordFile, PasswordStore, Patterns, Sasl,
    SaslMechanism, ScramVerifier, Server,
};

#[tokio::test]
async fn whoever_knows_the_password_comes_in_and_is_known_by_name() {
    let daemon = Daemon::new(Authentication::sasl(passwords())).await;
    for mechanism in SaslMechanism::ALL {
        // Names with a comma and an equals sign travel in another form.
        for user in ["fred", "a,b=c"] {
            let connection = daemon
                .login(&format!("&auth=sasl.{mechanism}"), Credentials::new(user, "right"))
                .await
                .unwrap();
            let told = connection.connect_get_hostname().await.unwrap();
            assert_eq!(
                told.hostname.to_string_lossy(),
                format!("user {user} by a unix socket"),
                "{mechanism}"
            );
            connection.close().await.unwrap();
        }
    }
}

#[tokio::test]
async fn whoever_does_not_is_told_nothing_but_no() {
    let daemon = Daemon::new(Authentication::sasl(passwords())).await;
    for mechanism in SaslMechanism::ALL {
        for (user, password) in [("fred", "wrong"), ("nobody", "right"), ("fred", "Right")] {
            let error = daemon
                .login(&format!("&auth=sasl.{mechanism}"), Credentials::new(user, password))
                .await
                .unwrap_err();
            let refused = refusal(&error);
            assert_eq!(refused.code, ErrorCode::AUTH_FAILED);
            assert_eq!(
                refused.message.to_string_lossy(),
                "authentication failed: authentication failed",
                "{mechanism} {user}"
            );
        }
    }
    assert_eq!(daemon.calls(), 0, "the handler has heard of nobody");
    // A second attempt over the same connection may be right; after the third there is none.
    let nth = |right: u32| {
        move |ask: &CredentialAsk| {
            Some(Credentials::new("fred", if ask.attempt == right { "right" } else { "wrong" }))
        }
    };
    daemon.open("", Some(Arc::new(nth(3)))).await.unwrap();
    daemon.open("", Some(Arc::new(nth(9)))).await.unwrap_err();
}

/// Its client takes the strongest of what it is offered.
#[tokio::test]
async fn a_file_with_less_than_all_mechanisms_locks_nobody_out() {
    let mut file = PasswordFile::default();
    file.set("fred", "right", &[SaslMechanism::ScramSha256]).unwrap();
    let daemon = Daemon::new(Authentication::sasl(Sasl::new(file.clone()))).await;
    daemon.login("", Credentials::new("fred", "right")).await.unwrap();
    // What only others of the file have is offered to nobody, whoever comes.
    file.set("wilma", "right", &SaslMechanism::ALL).unwrap();
    daemon.listener.set_authentication(Authentication::sasl(Sasl::new(file.clone())));
    for user in ["fred", "wilma"] {
        daemon.login("", Credentials::new(user, "right")).await.unwrap();
        let error =
            daemon.login("&auth=sasl.SCRAM-SHA-512", Credentials::new(user, "right")).await.unwrap_err();
        assert!(error.to_string().contains("SCRAM-SHA-256"), "{error}");
    }
    // Among those that the daemon's owner wants, too.
    let sasl = Sasl::new(file).mechanisms([SaslMechanism::ScramSha512, SaslMechanism::ScramSha256]);
    daemon.listener.set_authentication(Authentication::sasl(sasl));
    daemon.login("", Credentials::new("fred", "right")).await.unwrap();
}

/// A store that changes while the daemon runs.
#[tokio::test]
async fn what_is_offered_follows_the_store() {
    #[derive(Clone)]
    struct Changing(Arc<Mutex<PasswordFile>>);

    impl PasswordStore for Changing {
        fn verifier(&self, user: &str, mechanism: SaslMechanism) -> Option<ScramVerifier> {
            self.0.lock().unwrap().verifier(user, mechanism)
        }

        fn mechanisms(&self) -> Vec<SaslMechanism> {
            self.0.lock().unwrap().mechanisms()
        }
    }

    let store = Changing(Arc::default());
    let daemon = Daemon::new(Authentication::sasl(Sasl::new(store.clone()))).await;
    for mechanism in SaslMechanism::ALL {
        store.0.lock().unwrap().set("fred", "right", &[mechanism]).unwrap();
        daemon.login("", Credentials::new("fred", "right")).await.unwrap();
    }
}

#[tokio::test]
async fn a_list_of_users_keeps_others_out_who_know_a_password() {
    let sasl = passwords().only_users(Patterns::new(["f*"])).mechanisms([SaslMechanism::ScramSha256]);
    let daemon = Daemon::new(Authentication::sasl(sasl)).await;
    daemon.login("", Credentials::new("fred", "right")).await.unwrap();
    let error = daemon.login("", Credentials::new("a,b=c", "right")).await.unwrap_err();
    assert_eq!(refusal(&error).code, ErrorCode::AUTH_FAILED);
}

#[tokio::test]
async fn a_list_of_processes_lets_in_who_is_on_it() {
    let own = rustix::process::getuid().as_raw();
    let listed = |uids: Vec<u32>| {
        Authentication::none().only_processes(AllowedProcesses { uids, ..AllowedProcesses::default() })
    };
    let daemon = Daemon::new(listed(vec![own])).await;
    Connection::open(&daemon.uri("")).await.unwrap();
    // Those who are there stay; the next one finds another list.
    daemon.listener.set_authentication(listed(vec![own + 1]));
    let OpenError::Call { error, .. } = Connection::open(&daemon.uri("")).await.unwrap_err() else {
        panic!("another error")
    };
    assert!(error.to_string().contains("authentication failed"), "{error}");
}

/// Those whom the list keeps out wait for nobody whom it lets in, nor does anybody for them.
#[tokio::test]
async fn whoever_is_on_the_list_does_not_wait_behind_those_who_are_not() {
    let own = rustix::process::getuid().as_raw();
    let listed = |uid| {
        let allowed = AllowedProcesses { uids: vec![uid], ..AllowedProcesses::default() };
        Authentication::none().only_processes(allowed)
    };
    let daemon = Daemon::new(listed(own + 1)).await;
    let mut crowd = Vec::new();
    for _ in 0..ANONYMOUS_CLIENTS_MAX {
        crowd.push(UnixStream::connect(&daemon.path).await.unwrap());
    }
    while daemon.metrics.snapshot().connections_accepted < crowd.len() as u64 {
        tokio::task::yield_now().await;
    }
    daemon.listener.set_authentication(listed(own));
    Connection::open(&daemon.uri("")).await.unwrap();
    // The first of them is before the door yet, and is refused when it says something.
    assert_eq!(call(&mut crowd[0], 66, b"").await, Some(1));
}

/// As a client that means ill has them.
#[tokio::test]
async fn no_message_in_another_form_does_more_than_fail() {
    let daemon = Daemon::new(Authentication::sasl(passwords())).await;
    let start =
        |data: &[u8]| encode(&AuthSaslStart { mech: "SCRAM-SHA-256".into(), nil: 0, data: data.to_vec() });
    let step = |data: &[u8]| encode(&AuthSaslStep { nil: 0, data: data.to_vec() });
    let good = start(b"n,,n=fred,r=abc");
    for script in [
        // Out of turn.
        vec![(68, good.clone())],
        vec![(69, step(b"c=biws,r=a,p=AA=="))],
        vec![(67, vec![]), (69, step(b"c=biws,r=a,p=AA=="))],
        vec![(67, vec![]), (67, vec![])],
        vec![(67, vec![]), (68, good.clone()), (68, good.clone())],
        vec![(67, vec![]), (68, good.clone()), (67, vec![])],
        // Another mechanism, no token, no arguments, cut short.
        vec![
            (67, vec![]),
            (68, encode(&AuthSaslStart { mech: "PLAIN".into(), nil: 0, data: b"\0f\0p".to_vec() })),
        ],
        vec![
            (67, vec![]),
            (68, encode(&AuthSaslStart { mech: "SCRAM-SHA-256".into(), nil: 1, data: vec![] })),
        ],
        vec![(67, vec![]), (68, vec![])],
        vec![(67, vec![]), (68, good[..good.len() - 2].to_vec())],
        // No SCRAM: what would have been a panic, or another's identity.
        vec![(67, vec![]), (68, start(b"n,a,n=fred,r=a"))],
        vec![(67, vec![]), (68, start(b"n,,n,r"))],
        vec![(67, vec![]), (68, start(b"n,,,"))],
        vec![(67, vec![]), (68, start(b"n,a=root,n=fred,r=a"))],
        vec![(67, vec![]), (68, start(b"p=tls-unique,,n=fred,r=a"))],
        vec![(67, vec![]), (68, good.clone()), (69, step(b"c"))],
        vec![(67, vec![]), (68, good.clone()), (69, step(b"c=biws,r=abc,p=,"))],
        vec![(67, vec![]), (68, good.clone()), (69, step(b"c=biws,r=abc,p=!"))],
        vec![
            (67, vec![]),
            (68, good.clone()),
            (69, step(&[b"c=biws,r=abc,p=".as_slice(), &[b'A'; 200]].concat())),
        ],
        // The proof of zeros, for a user who does not exist and has keys of zeros.
        vec![
            (67, vec![]),
            (68, start(b"n,,n=nobody,r=abc")),
            (69, step(&[b"c=biws,r=abc,p=".as_slice(), &[b'A'; 43], b"="].concat())),
        ],
    ] {
        let mut socket = UnixStream::connect(&daemon.path).await.unwrap();
        let mut last = 0;
        for (number, payload) in &script {
            last = call(&mut socket, *number, payload).await.unwrap();
        }
        assert_eq!(last, 1, "{script:02x?}");
        // And nothing has changed: it may begin again, and is not in.
        assert_eq!(call(&mut socket, 1, &[0; 8]).await, Some(1));
        assert_eq!(call(&mut socket, 67, b"").await, Some(0));
    }
    assert_eq!(daemon.calls(), 0);
    daemon.login("", Credentials::new("fred", "right")).await.unwrap();
}

#[tokio::test]
async fn an_unknown_client_ends_after_three_failures_or_one_long_message() {
    let daemon = Daemon::new(Authentication::sasl(passwords())).await;
    let mut socket = UnixStream::connect(&daemon.path).await.unwrap();
    for _ in 0..3 {
        assert_eq!(call(&mut socket, 68, b"").await, Some(1));
    }
    assert_eq!(call(&mut socket, 67, b"").await, None);

    // Its length alone is enough: nothing is reserved for it, and nothing more is read.
    let mut socket = UnixStream::connect(&daemon.path).await.unwrap();
    assert_eq!(call(&mut socket, 66, &vec![0; ANONYMOUS_FRAME_BYTES_MAX - 28]).await, Some(0));
    let length = u32::try_from(ANONYMOUS_FRAME_BYTES_MAX + 1).unwrap();
    socket.write_all(&length.to_be_bytes()).await.unwrap();
    assert_eq!(socket.read(&mut [0]).await.unwrap_or(0), 0);
    // A client that is known may say as much as any.
    let connection = daemon.login("", Credentials::new("fred", "right")).await.unwrap();
    connection.domain_define_xml(&"x".repeat(1 << 20)).await.unwrap_err();
    connection.connect_get_hostname().await.unwrap();
}

/// Whoever guesses, gives up or is on no list shows in the figures, each in one of them; and whoever comes in, in none.
#[tokio::test]
async fn what_becomes_of_strangers_is_counted() {
    let daemon = Daemon::new(Authentication::sasl(passwords())).await;
    let counted = async |refused, unknown, logins_failed| {
        let expected = [refused, unknown, logins_failed];
        let mut last = [0; 3];
        for _ in 0..10_000 {
            let now = daemon.metrics.snapshot();
            last = [now.connections_refused, now.connections_unknown, now.logins_failed];
            if last == expected && now.connections_open == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        panic!("{last:?} instead of {expected:?}");
    };
    drop(daemon.login("", Credentials::new("fred", "right")).await.unwrap());
    counted(0, 0, 0).await;
    daemon.login("", Credentials::new("fred", "wrong")).await.unwrap_err();
    counted(0, 1, 1).await;
    drop(UnixStream::connect(&daemon.path).await.unwrap());
    counted(0, 2, 1).await;
    let mut guesses = UnixStream::connect(&daemon.path).await.unwrap();
    for _ in 0..3 {
        assert_eq!(call(&mut guesses, 68, b"").await, Some(1));
    }
    counted(0, 3, 4).await;
    let nobody = AllowedProcesses { uids: vec![u32::MAX - 7], ..AllowedProcesses::default() };
    daemon.listener.set_authentication(Authentication::none().only_processes(nobody));
    let mut unlisted = UnixStream::connect(&daemon.path).await.unwrap();
    assert_eq!(call(&mut unlisted, 1, &[0; 8]).await, Some(1));
    drop(unlisted);
    counted(1, 3, 4).await;
}

#[tokio::test(start_paused = true)]
async fn patience_with_the_unknown_ends_after_half_a_minute() {
    let daemon = Daemon::new(Authentication::sasl(passwords())).await;
    let start = tokio::time::Instant::now();
    let mut socket = UnixStream::connect(&daemon.path).await.unwrap();
    // It may say something now and then, and is asked by no ping.
    call(&mut socket, 66, b"").await.unwrap();
    assert_eq!(socket.read(&mut [0]).await.unwrap(), 0);
    assert_eq!(start.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn no_more_than_twenty_stand_before_the_door_and_each_that_goes_makes_room() {
    let daemon = Daemon::new(Authentication::sasl(passwords())).await;
    let mut crowd = Vec::new();
    for _ in 0..ANONYMOUS_CLIENTS_MAX {
        let mut socket = UnixStream::connect(&daemon.path).await.unwrap();
        call(&mut socket, 66, b"").await.unwrap();
        crowd.push(socket);
    }
    let mut next = UnixStream::connect(&daemon.path).await.unwrap();
    // The time that passes while nobody has anything to do.
    let heard = tokio::time::timeout(Duration::from_secs(10), call(&mut next, 66, b"")).await;
    assert!(heard.is_err(), "the 21st is heard: {heard:?}");
    drop(crowd.pop());
    assert!(reply(&mut next).await.is_some());
    drop(next);
    // Those who are known take no place of theirs.
    let known: Vec<_> = futures(&daemon, 30).await;
    for connection in &known {
        connection.connect_get_hostname().await.unwrap();
    }
}

async fn futures(daemon: &Daemon, count: usize) -> Vec<Connection> {
    let mut known = Vec::new();
    for _ in 0..count {
        known.push(daemon.login("", Credentials::new("fred", "right")).await.unwrap());
    }
    known
}

/// A daemon on a unix socket that tells everybody who they are.
struct Daemon {
    path: PathBuf,
    listener: Arc<Listener>,
    metrics: Metrics,
    calls: Arc<AtomicU32>,
}

impl Daemon {
    async fn new(authentication: Authentication) -> Daemon {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("virtwire-entrance-{}-{number}", std::process::id()));
        let address = format!("unix:{}", path.display()).parse().unwrap();
        let listener = Arc::new(Listener::bind(&address, Exposure::LocalOnly).await.unwrap());
        listener.set_authentication(authentication);
        let calls = Arc::new(AtomicU32::new(0));
        let (server, bound) = (Server::new(WhoAmI(calls.clone())), listener.clone());
        let metrics = server.metrics().clone();
        tokio::spawn(async move { server.serve(&bound).await });
        Daemon { path, listener, metrics, calls }
    }

    fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }

    fn uri(&self, more: &str) -> String {
        format!("mem+unix:///default?socket={}{more}", self.path.display())
    }

    async fn login(&self, more: &str, credentials: Credentials) -> Result<Connection, OpenError> {
        self.open(more, Some(Arc::new(credentials))).await
    }

    async fn open(
        &self,
        more: &str,
        credentials: Option<Arc<dyn virtwire::client::CredentialSource>>,
    ) -> Result<Connection, OpenError> {
        Connection::open_with(&self.uri(more), OpenOptions { credentials, ..OpenOptions::default() }).await
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Counts calls of the hypervisor's.
struct WhoAmI(Arc<AtomicU32>);

impl Handler for WhoAmI {
    fn call(self: Arc<Self>, cx: CallContext, called: Called) -> Answering {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            match called.info.name {
                "connect_get_hostname" => {
                    let hostname = cx.identity().to_string().into();
                    Ok(Draft::encode(&ConnectGetHostnameReply { hostname }).unwrap())
                }
                "connect_open" => Ok(Draft::empty()),
                _ => Err(RemoteError::rpc("no")),
            }
        })
    }
}

fn passwords() -> Sasl {
    let mut file = PasswordFile::default();
    for user in ["fred", "a,b=c"] {
        file.set(user, "right", &SaslMechanism::ALL).unwrap();
    }
    Sasl::new(file)
}

#[track_caller]
fn refusal(error: &OpenError) -> &RemoteError {
    let OpenError::Authentication { error, .. } = error else { panic!("{error:?}") };
    let AuthError::Refused { error, .. } = &**error else { panic!("{error:?}") };
    error
}

fn encode<T: serde::Serialize>(value: &T) -> Vec<u8> {
    virtwire::xdr::to_vec(value).unwrap()
}

/// Makes a call, and waits for the status of what comes back; `None` where the daemon hangs up.
async fn call(socket: &mut UnixStream, number: i32, payload: &[u8]) -> Option<i32> {
    let header = Header::new(MessageKind::Call, Program::REMOTE, ProcedureNumber(number), Serial(1));
    let mut bytes = BytesMut::new();
    frame::join(&frame::Frame { header, payload: payload.to_vec().into() }, &mut bytes).unwrap();
    socket.write_all(&bytes).await.ok()?;
    reply(socket).await
}

async fn reply(socket: &mut UnixStream) -> Option<i32> {
    let mut buffer = BytesMut::new();
    loop {
        if let Some(frame) = frame::split(&mut buffer).unwrap() {
            assert!(buffer.is_empty());
            return Some(frame.header.status_word);
        }
        if socket.read_buf(&mut buffer).await.ok()? == 0 {
            return None;
        }
    }
}
