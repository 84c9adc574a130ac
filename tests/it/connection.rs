//! A client and a server of ours over a real socket: fates, deadlines, cancellation, order.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use virtwire::client::{CallError, CloseReason, Connection, OpenError, OpenOptions, Passed};
use virtwire::protocol::error::{ErrorCode, Fate, RemoteError};
use virtwire::protocol::frame::{self, Draft, Frame};
use virtwire::protocol::header::MessageKind;
use virtwire::protocol::program::ProcedureNumber;
use virtwire::protocol::remote::{
    ConnectEventConnectionClosed, ConnectGetHostname, ConnectGetLibVersion, ConnectGetUri, DomainCreate,
    DomainMigratePrepare2, NodeGetInfo,
};
use virtwire::protocol::session::server::Called;
use virtwire::server::{
    AccessRequest, Answering, Authorizer, BoxFuture, CallContext, Handler, Metrics, Server,
};

use crate::raw;

/// Long enough that nothing else is the reason.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn calls_are_answered_in_the_order_in_which_they_end() {
    let gate = Gate::default();
    let connection = gate.serve().await;
    // The first waits at the gate; the second overtakes it on the same connection.
    let slow = tokio::spawn(connection.call(ConnectGetHostname {}));
    gate.arrived.acquire().await.unwrap().forget();
    assert_eq!(connection.call(ConnectGetUri {}).await.unwrap().uri, "gate");
    gate.open.add_permits(1);
    assert_eq!(slow.await.unwrap().unwrap().hostname, "gate");
}

#[tokio::test]
async fn a_dropped_call_harms_no_other() {
    let gate = Gate::default();
    let connection = gate.serve().await;
    let dropped = tokio::spawn(connection.call(ConnectGetHostname {}));
    gate.arrived.acquire().await.unwrap().forget();
    dropped.abort();
    assert!(dropped.await.unwrap_err().is_cancelled());
    assert_eq!(connection.call(ConnectGetUri {}).await.unwrap().uri, "gate");
    // Its reply comes after all, and is discarded.
    gate.open.add_permits(1);
    for _ in 0..3 {
        assert_eq!(connection.call(ConnectGetUri {}).await.unwrap().uri, "gate");
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_passes_leaves_the_fate_unknown() {
    let gate = Gate::default();
    let connection = gate.serve().await;
    let error =
        connection.call_within(ConnectGetHostname {}, Some(Duration::from_secs(1))).await.unwrap_err();
    assert!(matches!(error, CallError::TimedOut { procedure: "connect_get_hostname", .. }), "{error}");
    assert_eq!(error.fate(), Fate::Unknown);
}

#[tokio::test]
async fn a_connection_that_dies_tells_each_call_whether_it_may_have_run() {
    let gate = Gate::default();
    let connection = gate.serve_with(OpenOptions { window: 1, ..OpenOptions::default() }).await;
    let sent = tokio::spawn(connection.call(ConnectGetHostname {}));
    gate.arrived.acquire().await.unwrap().forget();
    // The window is full, so this one waits on our side.
    let waiting = tokio::spawn(connection.call(ConnectGetUri {}));
    tokio::task::yield_now().await;
    gate.die.add_permits(1);
    let sent = sent.await.unwrap().unwrap_err();
    assert!(
        matches!(sent, CallError::Closed { reason: CloseReason::Eof | CloseReason::Io(_), sent: true, .. }),
        "{sent}"
    );
    assert_eq!(sent.fate(), Fate::Unknown);
    let waiting = waiting.await.unwrap().unwrap_err();
    assert_eq!(waiting.fate(), Fate::DidNotRun, "{waiting}");
    assert_eq!(connection.call(ConnectGetUri {}).await.unwrap_err().fate(), Fate::DidNotRun);
    assert!(connection.ended().is_some());
}

#[tokio::test]
async fn the_socket_closes_with_the_last_handle_also_when_the_window_is_full() {
    let options = OpenOptions { window: 1, keepalive: None, ..OpenOptions::default() };
    let (connection, mut daemon) = opened_by_hand(options).await;
    let waiting = tokio::spawn(connection.call(ConnectGetHostname {}));
    daemon.read_exact(&mut [0; 28]).await.unwrap();
    waiting.abort();
    let _ = waiting.await;
    drop(connection);
    assert_eq!(daemon.read(&mut [0]).await.unwrap(), 0, "the client has closed");
}

/// A connection, and its daemon, which answers nothing from then on.
async fn opened_by_hand(options: OpenOptions) -> (Connection, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("qemu+tcp://{}/system", listener.local_addr().unwrap());
    let opening = tokio::spawn(async move { Connection::open_with(&uri, options).await });
    let (mut daemon, _) = listener.accept().await.unwrap();
    // Authentication list: none. Open: ok.
    let mut call = [0; 28];
    daemon.read_exact(&mut call).await.unwrap();
    daemon.write_all(&answer_to(&call, &[0, 0, 0, 0])).await.unwrap();
    let mut call = [0; 56];
    daemon.read_exact(&mut call).await.unwrap();
    daemon.write_all(&answer_to(&call, &[])).await.unwrap();
    (opening.await.unwrap().unwrap(), daemon)
}

/// Of many answers that come in one read some are handed out, and what their callers ask next goes out, before the others are.
#[tokio::test]
async fn what_follows_from_many_answers_does_not_wait_for_the_last_of_them() {
    const CALLERS: usize = 96;
    let passed = Arc::new(Mutex::new(Vec::new()));
    let seen = passed.clone();
    let observer = Arc::new(move |frame: Passed| seen.lock().unwrap().push(frame.sent));
    let options =
        OpenOptions { window: CALLERS + 1, keepalive: None, observer: Some(observer), ..Default::default() };
    let (connection, mut daemon) = opened_by_hand(options).await;
    passed.lock().unwrap().clear();
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let connection = connection.clone();
            tokio::spawn(async move {
                for _ in 0..2 {
                    connection.call(ConnectGetLibVersion {}).await.unwrap();
                }
            })
        })
        .collect();
    for _ in 0..2 {
        let mut calls = vec![0; 28 * CALLERS];
        daemon.read_exact(&mut calls).await.unwrap();
        let answers: Vec<u8> = calls.chunks(28).flat_map(|call| answer_to(call, &[0; 8])).collect();
        daemon.write_all(&answers).await.unwrap();
    }
    for caller in callers {
        caller.await.unwrap();
    }
    let passed = passed.lock().unwrap();
    assert_eq!(passed.iter().filter(|sent| **sent).count(), 2 * CALLERS);
    let answers = passed[CALLERS..].iter().take_while(|sent| !**sent).count();
    assert!((1..CALLERS).contains(&answers), "the next calls went out behind {answers} answers");
}

/// A reply to a call as it was received, with this payload.
fn answer_to(call: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut bytes = BytesMut::from(call);
    let header = frame::split(&mut bytes).unwrap().unwrap().header;
    Draft::raw(payload).unwrap().seal(&header.answer(MessageKind::Reply)).to_vec()
}

#[tokio::test]
async fn arguments_beyond_their_bound_are_refused_before_anything_is_sent() {
    let connection = Gate::default().serve().await;
    let prepare = DomainMigratePrepare2 {
        uri_in: None,
        flags: 1,
        dname: None,
        resource: 0,
        dom_xml: vec![b' '; 4_194_305].into(),
    };
    let error = connection.call(prepare).await.unwrap_err();
    assert!(error.to_string().contains("domain_migrate_prepare2_args.dom_xml"), "{error}");
    assert!(error.to_string().contains("4194305"), "{error}");
    assert_eq!(error.fate(), Fate::DidNotRun);
    assert!(connection.ended().is_none());
}

#[tokio::test]
async fn an_unknown_procedure_is_recognised_in_every_language() {
    let connection = Connection::open(&german_daemon().await).await.unwrap();
    let error = connection.call(NodeGetInfo {}).await.unwrap_err();
    let error = error.remote().unwrap().clone();
    assert_eq!(error.message, "unbekannte Prozedur: 6");
    assert!(!error.is_unsupported());
    assert!(connection.is_unsupported(ProcedureNumber(6), &error).await.unwrap());
    // An error of another kind is none, whatever number it is said of.
    assert!(!connection.is_unsupported(ProcedureNumber(6), &RemoteError::rpc("kaputt: 6")).await.unwrap());
}

#[tokio::test]
async fn what_is_no_daemon_is_said_to_be_none() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut hello = [0; 28];
        client.read_exact(&mut hello).await.unwrap();
        client.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    let error = Connection::open(&format!("qemu+tcp://127.0.0.1:{port}/system")).await.unwrap_err();
    // "HTTP" is a length of 1.2 GB.
    assert!(error.to_string().contains("exceeds the limit"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_silent_peer_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let error = Connection::open(&format!("qemu+tcp://127.0.0.1:{port}/system")).await.unwrap_err();
    assert!(matches!(error, OpenError::TimedOut { .. }), "{error}");
}

#[tokio::test]
async fn nobody_there_is_said_with_the_place() {
    let error = Connection::open("qemu+unix:///system?socket=/nonexistent/sock").await.unwrap_err();
    assert!(error.to_string().contains("/nonexistent/sock"), "{error}");
}

/// A daemon that opens, reports no feature, and knows nothing else, in German.
async fn german_daemon() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("qemu+tcp://{}/system", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let (mut received, mut out) = (BytesMut::new(), BytesMut::new());
        while client.read_buf(&mut received).await.unwrap() > 0 {
            while let Some(Frame { header, .. }) = frame::split(&mut received).unwrap() {
                let answer = match header.procedure.0 {
                    66 => Ok(&[0, 0, 0, 1, 0, 0, 0, 0][..]),
                    60 => Ok(&[0, 0, 0, 0][..]),
                    1 => Ok(&[][..]),
                    number => Err(RemoteError::rpc(format!("unbekannte Prozedur: {number}"))),
                };
                let sealed = match answer {
                    Ok(payload) => Draft::raw(payload).unwrap().seal(&header.answer(MessageKind::Reply)),
                    Err(error) => error.encode().unwrap().seal(&header.answer(MessageKind::ReplyError)),
                };
                out.extend_from_slice(&sealed);
            }
            client.write_all_buf(&mut out).await.unwrap();
        }
    });
    uri
}

/// A daemon whose hostname waits at a gate, and which can die on demand.
#[derive(Clone)]
struct Gate {
    /// A permit for every call that has come to the gate.
    arrived: Arc<Semaphore>,
    open: Arc<Semaphore>,
    die: Arc<Semaphore>,
}

impl Default for Gate {
    fn default() -> Gate {
        let none = || Arc::new(Semaphore::new(0));
        Gate { arrived: none(), open: none(), die: none() }
    }
}

impl Gate {
    async fn serve(&self) -> Connection {
        self.serve_with(OpenOptions::default()).await
    }

    async fn serve_with(&self, options: OpenOptions) -> Connection {
        let daemon = raw::serve(Server::new(self.clone())).await;
        // A proxy in between, as a daemon of ours cannot be made to die without its process.
        let front = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("gate+tcp://{}/", front.local_addr().unwrap());
        let die = self.die.clone();
        tokio::spawn(async move {
            let (mut client, _) = front.accept().await.unwrap();
            let mut daemon = tokio::net::TcpStream::connect(daemon).await.unwrap();
            tokio::select! {
                _ = tokio::io::copy_bidirectional(&mut client, &mut daemon) => {}
                _ = die.acquire() => {}
            }
        });
        Connection::open_with(&uri, options).await.unwrap()
    }
}

impl Handler for Gate {
    fn call(self: Arc<Self>, _: CallContext, called: Called) -> Answering {
        let text = || Ok(Draft::encode("gate").unwrap());
        Box::pin(async move {
            match called.info.name {
                "connect_open" => Ok(Draft::empty()),
                "connect_get_uri" => text(),
                "connect_get_hostname" => {
                    self.arrived.add_permits(1);
                    self.open.acquire().await.unwrap().forget();
                    text()
                }
                other => panic!("{other} was not expected"),
            }
        })
    }
}

#[tokio::test]
async fn a_call_that_panics_fails_alone() {
    let uri = format!("gate+tcp://{}/", raw::serve(Server::new(Panics)).await);
    let connection = Connection::open(&uri).await.unwrap();
    let domain = virtwire::protocol::remote::Domain { name: "guest".into(), uuid: [0; 16], id: -1 };
    let error = connection.call(DomainCreate { dom: domain }).await.unwrap_err();
    assert_eq!(error.remote().unwrap().code, ErrorCode::INTERNAL_ERROR);
    assert_eq!(connection.call(ConnectGetUri {}).await.unwrap().uri, "here");
}

/// Rights on the connection are asked for in its own task.
#[tokio::test]
async fn a_right_over_which_the_authorizer_panics_is_denied_and_the_connection_lives_on_to_its_clean_end() {
    let handler = Untidy::default();
    let (uri, metrics) = handler.serve(Server::new(handler.clone()).authorizer(Superstitious)).await;
    let connection = Connection::open(&uri).await.unwrap();
    let error = connection.call(ConnectGetLibVersion {}).await.unwrap_err();
    assert_eq!(error.remote().unwrap().code, ErrorCode::ACCESS_DENIED);
    assert_eq!(connection.call(ConnectGetUri {}).await.unwrap().uri, "here");
    drop(connection);
    come(&handler.closed).await;
    nobody_is_left(&metrics).await;
}

#[tokio::test]
async fn a_clean_up_that_panics_cuts_no_call_off_and_comes_again_behind_the_last() {
    let handler = Untidy::default();
    let (uri, metrics) = handler.serve(Server::new(handler.clone())).await;
    let connection = Connection::open(&uri).await.unwrap();
    let slow = tokio::spawn(connection.call(ConnectGetHostname {}));
    come(&handler.gate.arrived).await;
    slow.abort();
    drop(connection);
    come(&handler.closed).await;
    handler.gate.open.add_permits(1);
    come(&handler.ended).await;
    come(&handler.closed).await;
    nobody_is_left(&metrics).await;
}

/// Panics over one procedure.
struct Superstitious;

impl Authorizer for Superstitious {
    fn allows(&self, request: &AccessRequest<'_>) -> bool {
        assert_ne!(
            request.procedure.map(|info| info.name),
            Some("connect_get_lib_version"),
            "a fault of the embedder's"
        );
        true
    }
}

/// Panics when it is to clean up; its hostname waits at the gate.
#[derive(Clone)]
struct Untidy {
    gate: Gate,
    /// A permit for every call that has passed the gate, and for every clean-up that has begun.
    ended: Arc<Semaphore>,
    closed: Arc<Semaphore>,
}

impl Default for Untidy {
    fn default() -> Untidy {
        let none = || Arc::new(Semaphore::new(0));
        Untidy { gate: Gate::default(), ended: none(), closed: none() }
    }
}

impl Untidy {
    async fn serve(&self, server: Server) -> (String, Metrics) {
        let metrics = server.metrics().clone();
        (format!("gate+tcp://{}/", raw::serve(server).await), metrics)
    }
}

impl Handler for Untidy {
    fn call(self: Arc<Self>, _: CallContext, called: Called) -> Answering {
        Box::pin(async move {
            if called.info.name == "connect_get_hostname" {
                self.gate.arrived.add_permits(1);
                self.gate.open.acquire().await.unwrap().forget();
                self.ended.add_permits(1);
            }
            match called.info.name {
                "connect_open" => Ok(Draft::empty()),
                _ => Ok(Draft::encode("here").unwrap()),
            }
        })
    }

    fn closed(self: Arc<Self>, _: CallContext) -> BoxFuture<'static, ()> {
        self.closed.add_permits(1);
        panic!("a fault of the embedder's")
    }
}

async fn come(permits: &Semaphore) {
    timeout(PATIENCE, permits.acquire()).await.expect("it comes").unwrap().forget();
}

async fn nobody_is_left(metrics: &Metrics) {
    let left = async {
        while metrics.snapshot().connections_open > 0 {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, left).await.expect("the connection is counted no more");
}

#[tokio::test]
async fn what_a_handler_has_its_client_told_comes_before_its_reply() {
    let uri = format!("gate+tcp://{}/", raw::serve(Server::new(Tells)).await);
    let (told, before_replies) = (AtomicUsize::new(0), Arc::new(Mutex::new(Vec::new())));
    let seen = before_replies.clone();
    let observer = move |passed: Passed| match passed.header.kind() {
        Ok(MessageKind::Notice) => drop(told.fetch_add(1, Ordering::Relaxed)),
        Ok(MessageKind::Reply) => seen.lock().unwrap().push(told.swap(0, Ordering::Relaxed)),
        _ => {}
    };
    let options =
        OpenOptions { observer: Some(Arc::new(observer)), keepalive: None, ..OpenOptions::default() };
    let connection = Connection::open_with(&uri, options).await.unwrap();
    before_replies.lock().unwrap().clear();
    // The first answers at once, the second after it has waited.
    for _ in 0..20 {
        connection.call(ConnectGetUri {}).await.unwrap();
        connection.call(ConnectGetHostname {}).await.unwrap();
    }
    assert_eq!(*before_replies.lock().unwrap(), [2; 40]);
}

struct Tells;

impl Handler for Tells {
    fn call(self: Arc<Self>, cx: CallContext, called: Called) -> Answering {
        Box::pin(async move {
            match called.info.name {
                "connect_get_uri" => {}
                "connect_get_hostname" => tokio::task::yield_now().await,
                _ => return Ok(Draft::empty()),
            }
            for reason in 0..2 {
                cx.notify(&ConnectEventConnectionClosed { reason }).unwrap();
            }
            Ok(Draft::encode("here").unwrap())
        })
    }
}

struct Panics;

impl Handler for Panics {
    fn call(self: Arc<Self>, _: CallContext, called: Called) -> Answering {
        Box::pin(async move {
            match called.info.name {
                "domain_create" => panic!("a fault of the embedder's"),
                "connect_get_uri" => Ok(Draft::encode("here").unwrap()),
                _ => Ok(Draft::empty()),
            }
        })
    }
}
