//! A daemon that ends, and clients that it sends away: what they have asked for is answered, and streams come to their ends, where there
//! is time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::AsyncReadExt;
use tokio::sync::{Notify, mpsc};
use virtwire::client::Connection;
use virtwire::protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire::protocol::frame::Draft;
use virtwire::protocol::remote::{ConnectGetHostname, ConnectGetHostnameReply, Domain, StorageVol};
use virtwire::protocol::session::server::Called;
use virtwire::server::{
    Answering, BoxFuture, CallContext, Chunk, Exposure, Handler, Listener, Server, Stream,
};

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
    let server = daemon.server.clone();
    let ending = tokio::spawn(async move { server.shut_down(Duration::from_millis(10)).await });
    asked.await.unwrap().unwrap_err();
    daemon.go_on.notify_one();
    assert_eq!(ending.await.unwrap(), 1);
}

/// Else guests that are to end with them would run on.
#[tokio::test]
async fn whoever_is_cut_off_is_cleaned_up_after_before_the_daemon_ends() {
    let mut daemon = Daemon::new().await;
    let clients = [daemon.client().await, daemon.client().await];
    // Who waits for nothing would be gone by then.
    let asked = clients.each_ref().map(|client| tokio::spawn(client.call(ConnectGetHostname {})));
    for _ in &asked {
        daemon.begun.recv().await.unwrap();
    }
    let server = daemon.server.clone();
    let ending = tokio::spawn(async move { server.shut_down(Duration::ZERO).await });
    for asked in asked {
        asked.await.unwrap().unwrap_err();
        daemon.go_on.notify_one();
    }
    assert_eq!(ending.await.unwrap(), 2);
    let twice = "as soon as each is cut off, and after its call";
    assert_eq!(daemon.cleaned_up.load(Ordering::Relaxed), 4, "{twice}");
}

#[tokio::test]
async fn streams_come_to_their_ends_and_nothing_new_begins() {
    let mut daemon = Daemon::new().await;
    let (up, down, idle) = (daemon.client().await, daemon.client().await, daemon.client().await);
    let volume = StorageVol::default();
    let content = content();
    let (half, rest) = (content.slice(..content.len() / 2), content.slice(content.len() / 2..));
    let mut upload = up.storage_vol_upload(&volume, 0, 0, 0).await.unwrap();
    let mut download = down.storage_vol_download(&volume, 0, 0, 0).await.unwrap();
    upload.write_chunk(half).await.unwrap();
    let Some(Chunk::Data(first)) = download.read_chunk().await.unwrap() else { panic!("no data") };

    let server = daemon.server.clone();
    let ending = tokio::spawn(async move { server.shut_down(Duration::from_secs(60)).await });
    idle.closed().await;
    let refused = up.call(ConnectGetHostname {}).await.unwrap_err();
    let refused = refused.remote().expect("an error of the daemon's");
    assert_eq!((refused.code, refused.domain), (ErrorCode::INTERNAL_ERROR, ErrorDomain::RPC));
    assert!(daemon.begun.try_recv().is_err(), "no handler has heard of it");

    upload.write_chunk(rest).await.unwrap();
    upload.finish().await.unwrap();
    assert!(daemon.uploaded.recv().await.unwrap() == content);
    up.closed().await;
    let mut received = first.to_vec();
    download.read_to_end(&mut received).await.unwrap();
    download.finish().await.unwrap();
    assert!(received == content);
    assert_eq!(ending.await.unwrap(), 0);
    down.closed().await;
}

#[tokio::test]
async fn a_console_that_nobody_leaves_is_cut_off_and_counted() {
    let daemon = Daemon::new().await;
    let client = daemon.client().await;
    let mut console = client.domain_open_console(&Domain::default(), None, 0).await.unwrap();
    assert_eq!(daemon.server.shut_down(Duration::from_millis(10)).await, 1);
    console.read_chunk().await.unwrap_err();
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

/// A client that moves a guest looks idle between two calls. Whoever cut it off there would leave the guest paused on both hosts.
#[cfg(feature = "mem")]
#[tokio::test]
async fn a_migration_that_has_begun_comes_to_its_end() {
    use virtwire::hypervisor::HypervisorService;
    use virtwire::hypervisor::mem::{Config, Mem};
    use virtwire::protocol::migrate::MigrateFlags;
    use virtwire::protocol::remote::{
        DomainCreateXml, DomainMigrateBegin3, DomainMigrateConfirm3, DomainMigrateFinish3,
        DomainMigratePerform3, DomainMigratePrepare3,
    };

    const XML: &str = "<domain type='mem'><name>guest</name><memory>1024</memory></domain>";
    let mut ends = Vec::new();
    for _ in 0..2 {
        let server = Server::new(HypervisorService::new(Mem::new(Config::default())));
        let uri = served(&server).await;
        // In the order in which they are told to finish.
        let (busy, idle) = (Connection::open(&uri).await.unwrap(), Connection::open(&uri).await.unwrap());
        ends.push((server, busy, idle));
    }
    let [(from, source, idle_there), (to, destination, idle_here)] = &ends[..] else { unreachable!() };
    let (flags, live) = (MigrateFlags::LIVE.0 | MigrateFlags::CHANGE_PROTECTION.0, MigrateFlags::LIVE.0);
    let dom = source.call(DomainCreateXml { xml_desc: XML.into(), flags: 0 }).await.unwrap().dom;
    let begin = DomainMigrateBegin3 { dom: dom.clone(), flags, ..DomainMigrateBegin3::default() };
    let begun = source.call(begin).await.unwrap();
    let prepare = DomainMigratePrepare3 {
        cookie_in: begun.cookie_out,
        flags: live,
        dom_xml: begun.xml,
        ..Default::default()
    };
    let prepared = destination.call(prepare).await.unwrap();

    let going = [from, to].map(|server| {
        let server = server.clone();
        tokio::spawn(async move { server.shut_down(Duration::from_secs(60)).await })
    });
    idle_here.closed().await;
    idle_there.closed().await;
    let uri = prepared.uri_out;
    let perform = DomainMigratePerform3 {
        dom: dom.clone(),
        cookie_in: prepared.cookie_out,
        uri: uri.clone(),
        flags,
        ..Default::default()
    };
    let performed = source.call(perform).await.unwrap();
    let finish = DomainMigrateFinish3 {
        dname: "guest".into(),
        cookie_in: performed.cookie_out,
        uri,
        flags: live,
        ..Default::default()
    };
    let finished = destination.call(finish).await.unwrap();
    assert_eq!(finished.dom.uuid, dom.uuid);
    let confirm = DomainMigrateConfirm3 { dom, cookie_in: finished.cookie_out, flags, cancelled: 0 };
    source.call(confirm).await.unwrap();
    for went in going {
        assert_eq!(went.await.unwrap(), 0, "nobody was sent away");
    }
    source.closed().await;
    destination.closed().await;
}

/// Serves on a port of its own: where that is.
async fn served(server: &Server) -> String {
    let address = "tcp://127.0.0.1:0".parse().unwrap();
    let listener = Listener::bind(&address, Exposure::LocalOnly).await.unwrap();
    let uri = format!("mem+{}/default", listener.address());
    let serving = server.clone();
    tokio::spawn(async move { serving.serve(&listener).await });
    uri
}

struct Daemon {
    server: Server,
    uri: String,
    begun: mpsc::UnboundedReceiver<()>,
    uploaded: mpsc::UnboundedReceiver<Vec<u8>>,
    go_on: Arc<Notify>,
    cleaned_up: Arc<AtomicUsize>,
}

impl Daemon {
    async fn new() -> Daemon {
        let (tell, begun) = mpsc::unbounded_channel();
        let (taken, uploaded) = mpsc::unbounded_channel();
        let go_on = Arc::new(Notify::new());
        let cleaned_up = Arc::new(AtomicUsize::new(0));
        let server = Server::new(Slow { tell, taken, go_on: go_on.clone(), cleaned_up: cleaned_up.clone() });
        let uri = served(&server).await;
        Daemon { server, uri, begun, uploaded, go_on, cleaned_up }
    }

    async fn client(&self) -> Connection {
        Connection::open(&self.uri).await.unwrap()
    }
}

/// What volumes hold.
fn content() -> Bytes {
    (0..8_u32 << 20).map(|at| (at / 251) as u8).collect()
}

/// Says that it has been asked for its name, and answers when told to. Takes whole volumes, and its consoles are silent.
struct Slow {
    tell: mpsc::UnboundedSender<()>,
    taken: mpsc::UnboundedSender<Vec<u8>>,
    go_on: Arc<Notify>,
    cleaned_up: Arc<AtomicUsize>,
}

async fn take(mut stream: Stream, taken: mpsc::UnboundedSender<Vec<u8>>) {
    let mut read = Vec::new();
    stream.read_to_end(&mut read).await.unwrap();
    taken.send(read).unwrap();
    stream.finish().await.unwrap();
}

async fn give(mut stream: Stream) {
    stream.write_chunk(content()).await.unwrap();
    stream.finish().await.unwrap();
}

impl Handler for Slow {
    fn call(self: Arc<Self>, cx: CallContext, called: Called) -> Answering {
        Box::pin(async move {
            match called.info.name {
                "connect_get_hostname" => {
                    self.tell.send(()).unwrap();
                    self.go_on.notified().await;
                    Ok(Draft::encode(&ConnectGetHostnameReply { hostname: "answered".into() }).unwrap())
                }
                "connect_open" => Ok(Draft::empty()),
                "storage_vol_upload" => {
                    tokio::spawn(take(cx.take_stream().unwrap(), self.taken.clone()));
                    Ok(Draft::empty())
                }
                "storage_vol_download" => {
                    tokio::spawn(give(cx.take_stream().unwrap()));
                    Ok(Draft::empty())
                }
                "domain_open_console" => {
                    let mut console = cx.take_stream().unwrap();
                    tokio::spawn(async move { console.read_chunk().await });
                    Ok(Draft::empty())
                }
                _ => Err(RemoteError::rpc("no")),
            }
        })
    }

    /// What it does for that has to wait for others.
    fn closed(self: Arc<Self>, _: CallContext) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            self.cleaned_up.fetch_add(1, Ordering::Relaxed);
        })
    }
}
