//! SASL against daemons that mean ill or do it wrong: nothing but a proof of the password lets an opening go on.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use virtwire::client::{AuthError, CredentialAsk, Credentials, OpenError, OpenOptions};
use virtwire::protocol::frame::Frame;
use virtwire::protocol::remote::{
    AuthSaslInitReply, AuthSaslStart, AuthSaslStartReply, AuthSaslStep, AuthSaslStepReply, AuthType,
    DomainFdAssociate,
};

use super::peer::{Peer, Place};

const SCRAM: &str = "SCRAM-SHA-256";
/// `v=` and what is no signature of anybody's, but of the right length.
const FORGED: &[u8] = b"v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// What a daemon says in the place of a token: content or not, nil or not, and bytes.
type Said = (i32, i32, Vec<u8>);

#[tokio::test]
async fn a_daemon_that_does_not_know_the_password_is_not_believed() {
    let first = |nonce: &str| (0, 0, format!("r={nonce}server,s=QSXCR+Q6sek8bf92,i=4096").into_bytes());
    let content = |(_, nil, data): Said| (1, nil, data);
    for (script, told) in [
        // Content at once, with nothing, or with something empty.
        (vec![(1, 1, Vec::new())], "nothing where its proof was due"),
        (vec![(1, 0, Vec::new())], "not made of attributes"),
        // Content in the middle.
        (vec![content(first("NONCE"))], "before it has proved itself"),
        // The proof is due, and does not come.
        (vec![first("NONCE"), (1, 1, Vec::new())], "nothing where its proof was due"),
        (vec![first("NONCE"), (1, 0, Vec::new())], "not made of attributes"),
        // A nil with bytes is nothing.
        (vec![first("NONCE"), (1, 1, FORGED.to_vec())], "nothing where its proof was due"),
        // A proof of something else.
        (vec![first("NONCE"), (1, 0, FORGED.to_vec())], "not the daemon that it claims to be"),
        (vec![first("NONCE"), (0, 0, FORGED.to_vec())], "not the daemon that it claims to be"),
        (vec![first("NONCE"), (1, 0, b"v=".to_vec())], "not the daemon that it claims to be"),
        (vec![first("NONCE"), (1, 0, b"v".to_vec())], "not made of attributes"),
        (vec![first("NONCE"), (1, 0, b"e=invalid-proof".to_vec())], "SCRAM"),
        // Another's nonce, or only ours.
        (vec![first("fyko")], "nonce"),
        (vec![(0, 0, b"r".to_vec())], "not made of attributes"),
        (vec![(0, 0, b"r=a,s".to_vec())], "not made of attributes"),
        (vec![(0, 0, vec![0; 65_536])], "more than 16384"),
        (vec![(0, 0, b"r=NONCEx,s=QQ==,i=4294967295".to_vec())], "4294967295 iterations"),
    ] {
        let error = exchange(SCRAM, &script).await;
        assert!(matches!(&error, AuthError::Exchange { .. }), "{script:?}: {error:?}");
        assert!(error.to_string().contains(told), "{script:?}: {error}");
    }
}

#[tokio::test]
async fn an_exchange_ends_though_the_daemon_would_go_on_for_ever() {
    let place = Place::new().await;
    let opening = place.open("", options());
    let mut peer = place.accept().await;
    let calls = tokio::spawn(async move {
        begin(&mut peer, "EXTERNAL").await;
        let [mut call] = peer.flight(["auth_sasl_start"]).await;
        for steps in 0.. {
            say(&mut peer, &call, &(0, 0, b"more".to_vec())).await;
            match peer.next().await {
                Some(next) => call = next,
                None => return steps,
            }
        }
        unreachable!("a count without end")
    });
    let error = error_of(opening.await.unwrap().unwrap_err());
    assert!(error.to_string().contains("not content after 8 steps"), "{error}");
    assert_eq!(calls.await.unwrap(), 8);
}

#[tokio::test]
async fn a_password_is_not_shown_on_an_open_connection() {
    let error = exchange("PLAIN,DIGEST-MD5", &[]).await;
    let AuthError::NoMechanism { refused, .. } = &error else { panic!("{error:?}") };
    assert_eq!(refused.len(), 2);
    for part in [
        "PLAIN (it would show the password",
        "DIGEST-MD5 (virtwire does not",
        "virtwire has ",
        "SCRAM-SHA-512, ",
    ] {
        assert!(error.to_string().contains(part), "{error}");
    }
    // Not even where the URI insists.
    let place = Place::new().await;
    let opening = place.open("?auth=sasl.plain", options());
    let mut peer = place.accept().await;
    begin(&mut peer, "PLAIN,SCRAM-SHA-256").await;
    let error = error_of(opening.await.unwrap().unwrap_err());
    assert!(error.to_string().contains("SCRAM-SHA-256 (the URI's `auth=` names another)"), "{error}");
    assert!(peer.next().await.is_none());
}

#[tokio::test]
async fn a_password_is_not_used_on_an_open_connection_unless_the_user_says_so() {
    let place = Place::new().await;
    let opening = place.open("", OpenOptions { accept_unprotected: false, ..options() });
    let mut peer = place.accept().await;
    begin(&mut peer, "SCRAM-SHA-256,PLAIN,GSSAPI").await;
    let error = error_of(opening.await.unwrap().unwrap_err());
    assert!(matches!(&error, AuthError::NoMechanism { .. }), "{error:?}");
    for part in [
        "SCRAM-SHA-256 (whoever reads along could guess",
        "use TLS, SSH or a unix",
        "OpenOptions::accept_unprotected",
    ] {
        assert!(error.to_string().contains(part), "{error}");
    }
    assert!(peer.next().await.is_none(), "nothing of the password is said");
}

#[tokio::test]
async fn external_needs_no_password() {
    let place = Place::new().await;
    let opening =
        place.open("?auth=sasl.external", OpenOptions { keepalive: None, ..OpenOptions::default() });
    let mut peer = place.accept().await;
    begin(&mut peer, "EXTERNAL,SCRAM-SHA-256").await;
    let [start] = peer.flight(["auth_sasl_start"]).await;
    let said: AuthSaslStart = virtwire::xdr::from_slice(&start.payload).unwrap();
    // Something empty, which is not nothing: as whom the daemon knows it already.
    assert_eq!((said.mech.to_string_lossy().as_ref(), said.nil, &said.data[..]), ("EXTERNAL", 0, &b""[..]));
    say(&mut peer, &start, &(1, 1, Vec::new())).await;
    let [open] = peer.flight(["connect_open"]).await;
    peer.reply(&open, &()).await;
    let connection = opening.await.unwrap().unwrap();
    assert_eq!(peer.flights, 4);
    // libvirt's daemons lose descriptors behind SASL, and wait for them for ever.
    assert!(!connection.carries_fds());
    let error = connection.call_with_fds(DomainFdAssociate::default(), Vec::new()).await.unwrap_err();
    assert!(error.to_string().contains("not by SASL"), "{error}");
    drop(connection);
    assert!(peer.next().await.is_none(), "nothing is sent");
}

#[tokio::test]
async fn a_list_that_is_none_is_refused() {
    let error = exchange(&"X,".repeat(3_000), &[]).await;
    assert!(error.to_string().contains("a list of 6000 bytes"), "{error}");
    let error = exchange("", &[]).await;
    assert!(error.to_string().contains("the daemon offers none"), "{error}");
}

#[tokio::test]
async fn a_client_without_credentials_says_where_they_could_be() {
    let directory = std::env::temp_dir().join(format!("virtwire-auth-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let file = directory.join("auth.conf");
    std::fs::write(&file, "[auth-libvirt-elsewhere]\ncredentials=x\n").unwrap();
    let place = Place::new().await;
    let opening = place.open(
        &format!("?auth=sasl&authfile={}", file.display()),
        OpenOptions { accept_unprotected: true, ..OpenOptions::default() },
    );
    let mut peer = place.accept().await;
    begin(&mut peer, SCRAM).await;
    let error = error_of(opening.await.unwrap().unwrap_err());
    std::fs::remove_dir_all(&directory).unwrap();
    assert!(matches!(&error, AuthError::NoCredentials { .. }), "{error:?}");
    for part in
        ["for 127.0.0.1", "neither [auth-libvirt-127.0.0.1] nor [auth-libvirt-default]", "SCRAM-SHA-256"]
    {
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[tokio::test]
async fn whoever_has_other_credentials_is_asked_for_them_three_times() {
    let asked = Arc::new(AtomicU32::new(0));
    let count = asked.clone();
    let source = move |ask: &CredentialAsk| {
        assert_eq!(count.fetch_add(1, Ordering::Relaxed) + 1, ask.attempt);
        Some(Credentials::new("fred", format!("guess {}", ask.attempt)))
    };
    let options = OpenOptions { credentials: Some(Arc::new(source)), ..options() };
    let place = Place::new().await;
    let opening = place.open("", options);
    let mut peer = place.accept().await;
    let [list] = peer.flight(["auth_list"]).await;
    peer.list(&list, &[AuthType::Sasl]).await;
    for _ in 0..3 {
        let [init] = peer.flight(["auth_sasl_init"]).await;
        peer.reply(&init, &AuthSaslInitReply { mechlist: SCRAM.into() }).await;
        let [start] = peer.flight(["auth_sasl_start"]).await;
        peer.deny(&start).await;
    }
    let error = error_of(opening.await.unwrap().unwrap_err());
    assert!(matches!(&error, AuthError::Refused { user: Some(user), .. } if user == "fred"), "{error:?}");
    assert!(peer.next().await.is_none());
    assert_eq!(asked.load(Ordering::Relaxed), 3);
}

/// Nor does it hold up the end of the runtime.
#[test]
fn a_source_that_does_not_answer_is_told_of_when_time_is_up() {
    let builder = &mut tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().start_paused(true).build().unwrap();
    let (_for_ever, never) = mpsc::channel::<()>();
    let never = Mutex::new(never);
    let source = move |_: &CredentialAsk| {
        let _ = never.lock().unwrap().recv();
        None
    };
    let within = Duration::from_secs(7);
    let options = OpenOptions { credentials: Some(Arc::new(source)), open_within: within, ..options() };
    let error = runtime.block_on(async {
        let place = Place::new().await;
        let opening = place.open("", options);
        let mut peer = place.accept().await;
        begin(&mut peer, SCRAM).await;
        let error = error_of(opening.await.unwrap().unwrap_err());
        assert!(peer.next().await.is_none());
        error
    });
    assert!(
        matches!(&error, AuthError::CredentialsUnanswered { within: told } if *told == within),
        "{error:?}"
    );
    let (goes, gone) = mpsc::channel();
    std::thread::spawn(move || {
        drop(runtime);
        goes.send(())
    });
    gone.recv_timeout(Duration::from_secs(60)).expect("it waits for nobody");
}

/// It is not the daemon's fault.
#[tokio::test]
async fn a_source_that_panics_is_told_of() {
    let source = |_: &CredentialAsk| -> Option<Credentials> { panic!("the vault is sealed") };
    let place = Place::new().await;
    let opening = place.open("", OpenOptions { credentials: Some(Arc::new(source)), ..options() });
    let mut peer = place.accept().await;
    begin(&mut peer, SCRAM).await;
    let error = error_of(opening.await.unwrap().unwrap_err());
    assert!(matches!(&error, AuthError::CredentialsPanicked), "{error:?}");
}

#[tokio::test]
async fn fixed_credentials_are_tried_once() {
    let place = Place::new().await;
    let opening = place.open("", options());
    let mut peer = place.accept().await;
    begin(&mut peer, SCRAM).await;
    let [start] = peer.flight(["auth_sasl_start"]).await;
    peer.deny(&start).await;
    let error = error_of(opening.await.unwrap().unwrap_err());
    assert!(matches!(&error, AuthError::Refused { .. }), "{error:?}");
    assert!(peer.next().await.is_none());
}

/// Runs an exchange in which the daemon says these, `NONCE` in place of the client's, and returns how it ended.
async fn exchange(mechanisms: &str, script: &[Said]) -> AuthError {
    let place = Place::new().await;
    let opening = place.open("", options());
    let mut peer = place.accept().await;
    let (mechanisms, script) = (mechanisms.to_owned(), script.to_vec());
    let daemon = tokio::spawn(async move {
        begin(&mut peer, &mechanisms).await;
        let mut nonce = String::new();
        for (complete, nil, data) in script {
            let call = peer.next().await.expect("a start or a step");
            if let Some(sent) = nonce_of(&call) {
                nonce = sent;
            }
            let data = match std::str::from_utf8(&data) {
                Ok(text) => text.replace("NONCE", &nonce).into_bytes(),
                Err(_) => data,
            };
            say(&mut peer, &call, &(complete, nil, data)).await;
        }
        assert!(peer.next().await.is_none(), "the client goes without another word");
    });
    let failed = tokio::time::timeout(Duration::from_secs(60), opening).await.unwrap().unwrap();
    daemon.await.unwrap();
    error_of(failed.unwrap_err())
}

/// Lets a client in by EXTERNAL, and opens.
pub(crate) async fn external(peer: &mut Peer) {
    begin(peer, "EXTERNAL").await;
    let [start] = peer.flight(["auth_sasl_start"]).await;
    say(peer, &start, &(1, 1, Vec::new())).await;
    let [open] = peer.flight(["connect_open"]).await;
    peer.reply(&open, &()).await;
}

pub(crate) fn external_options() -> OpenOptions {
    OpenOptions { keepalive: None, ..OpenOptions::default() }
}

pub(crate) async fn begin(peer: &mut Peer, mechanisms: &str) {
    let [list] = peer.flight(["auth_list"]).await;
    peer.list(&list, &[AuthType::Sasl]).await;
    let [init] = peer.flight(["auth_sasl_init"]).await;
    peer.reply(&init, &AuthSaslInitReply { mechlist: mechanisms.into() }).await;
}

async fn say(peer: &mut Peer, call: &Frame, (complete, nil, data): &Said) {
    let (complete, nil, data) = (*complete, *nil, data.clone());
    match call.header.procedure.0 {
        68 => peer.reply(call, &AuthSaslStartReply { complete, nil, data }).await,
        69 => {
            let _: AuthSaslStep = virtwire::xdr::from_slice(&call.payload).unwrap();
            peer.reply(call, &AuthSaslStepReply { complete, nil, data }).await;
        }
        other => panic!("procedure {other} was not expected"),
    }
}

fn nonce_of(call: &Frame) -> Option<String> {
    if call.header.procedure.0 != 68 {
        return None;
    }
    let start: AuthSaslStart = virtwire::xdr::from_slice(&call.payload).unwrap();
    let text = String::from_utf8(start.data).unwrap();
    Some(text.split_once("r=")?.1.to_owned())
}

fn options() -> OpenOptions {
    let credentials = Credentials::new("fred", "s3cret");
    // These daemons are reached by TCP.
    OpenOptions {
        credentials: Some(Arc::new(credentials)),
        accept_unprotected: true,
        ..OpenOptions::default()
    }
}

fn error_of(error: OpenError) -> AuthError {
    let OpenError::Authentication { error, .. } = error else { panic!("{error:?}") };
    assert!(!format!("{error:?}").contains("s3cret"));
    *error
}
