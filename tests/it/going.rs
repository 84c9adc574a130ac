//! A daemon that ends, and clients that it sends away: what they have asked for is answered where there is time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use virtwire::client::Connection;
use virtwire::protocol::error::RemoteError;
use virtwire::protocol::frame::Draft;
use virtwire::protocol::remote::{ConnectGetHostname, ConnectGetHostnameReply};
use virtwire::protocol::session::server::Called;
use virtwire::server::{BoxFuture, CallContext, Exposure, Handler, Listener, Server};

#[tokio::test]
async fn a_daemon_that_ends_answers_what_it_was_asked() {
    let mut daemon = Daemon::new().await;
    let (busy, idle) = (daemon.client().await, daemon.client().await);
    let asked = tokio::spawn(busy.call(ConnectGetHostname {}));
    daemon.begun.recv().await.unwrap();
    assert_eq!(daemon.server.clients().len(), 2);

    let server = daemon.server.clone();
    let ending = tokio::spawn(async move { server.shut_down(Duration::from_secs(60)).await });
    idle.closed().await;
    // Whoever has been answered goes only then.
    daemon.go_on.notify_one();
    assert_eq!(asked.await.unwrap().unwrap().hostname.to_string_lossy(), "answered");
    assert_eq!(ending.await.unwrap(), 0);
    assert!(daemon.server.clients().is_empty());
    busy.closed().await;
}

#[tokio::test]
async fn whoever_takes_too_long_is_cut_off_and_counted() {
    let mut daemon = Daemon::new().await;
    let busy = daemon.client().await;
    let asked = tokio::spawn(busy.call(ConnectGetHostname {}));
    daemon.begun.recv().await.unwrap();
    assert_eq!(daemon.server.shut_down(Duration::from_millis(10)).await, 1);
    asked.await.unwrap().unwrap_err();
}

#[tokio::test]
async fn one_client_is_sent_away_and_no_other_notices() {
    let daemon = Daemon::new().await;
    let (one, other) = (daemon.client().await, daemon.client().await);
    let listed = daemon.server.clients();
    assert!(listed[0].id < listed[1].id && listed[0].since <= listed[1].since);
    assert!(daemon.server.disconnect(listed[0].id));
    one.closed().await;
    other.connect_get_uri().await.unwrap_err();
    assert!(!daemon.server.disconnect(virtwire::server::ConnectionId(u64::MAX)));
}

struct Daemon {
    server: Server<Slow>,
    uri: String,
    begun: mpsc::UnboundedReceiver<()>,
    go_on: Arc<Notify>,
}

impl Daemon {
    async fn new() -> Daemon {
        let (tell, begun) = mpsc::unbounded_channel();
        let go_on = Arc::new(Notify::new());
        let server = Server::new(Slow { tell, go_on: go_on.clone() });
        let address = "tcp://127.0.0.1:0".parse().unwrap();
        let listener = Listener::bind(&address, Exposure::LocalOnly).await.unwrap();
        let uri = format!("mem+{}/default", listener.address());
        let serving = server.clone();
        tokio::spawn(async move { serving.serve(&listener).await });
        Daemon { server, uri, begun, go_on }
    }

    async fn client(&self) -> Connection {
        Connection::open(&self.uri).await.unwrap()
    }
}

/// Says that it has been asked for its name, and answers when told to.
struct Slow {
    tell: mpsc::UnboundedSender<()>,
    go_on: Arc<Notify>,
}

impl Handler for Slow {
    fn call(
        self: Arc<Self>,
        _: CallContext,
        called: Called,
    ) -> BoxFuture<'static, Result<Draft, RemoteError>> {
        Box::pin(async move {
            match called.info.name {
                "connect_get_hostname" => {
                    self.tell.send(()).unwrap();
                    self.go_on.notified().await;
                    Ok(Draft::encode(&ConnectGetHostnameReply { hostname: "answered".into() }).unwrap())
                }
                "connect_open" => Ok(Draft::empty()),
                _ => Err(RemoteError::rpc("no")),
            }
        })
    }

    fn closed(self: Arc<Self>, _: CallContext) -> BoxFuture<'static, ()> {
        Box::pin(async {})
    }
}
