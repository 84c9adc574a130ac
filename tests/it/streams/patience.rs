//! An end that is slow, or does not read for a while, is not dead: neither end takes the other for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use virtwire::client::{CloseReason, Connection, OpenOptions};
use virtwire::protocol::session::ProtocolError;
use virtwire::protocol::session::keepalive::{self, Pacing};
use virtwire::protocol::session::server::{Called, Limits};
use virtwire::server::{Answering, CallContext, Handler, Server, Stream};

use super::*;
use crate::raw;

const OPEN: i32 = 1;
const SUPPORTS_FEATURE: i32 = 60;
const AUTH_LIST: i32 = 66;
const MIB: usize = 1 << 20;

/// So fast that a test can wait for many of its pings.
const FAST: Pacing = Pacing { interval: Duration::from_millis(50), count: 40 };
/// More pings than silence before the pause could have asked for.
const MANY: usize = 60;
const SOON: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_client_that_does_not_read_lets_its_daemon_hear_that_it_lives() {
    let (connection, mut daemon) =
        meet(OpenOptions { keepalive: Some(FAST), ..OpenOptions::default() }).await;
    let opening = connection.clone();
    let opening =
        tokio::spawn(async move { opening.storage_vol_download(&StorageVol::default(), 0, 0, 0).await });
    let call = daemon.said().await;
    daemon.send(call.header.answer(MessageKind::Reply), &[]).await;
    let stream = opening.await.unwrap().unwrap();
    let header = call.header.answer(DATA);
    let Wire { socket, received } = daemon;
    let (reader, mut writer) = socket.into_split();
    let sending = tokio::spawn(async move {
        let packet = Draft::raw(&[1; 100_000]).unwrap().seal(&header);
        while writer.write_all(&packet).await.is_ok() {}
    });
    let mut daemon = Wire { socket: reader, received };
    for _ in 0..MANY {
        assert_eq!(timeout(SOON, daemon.frame()).await.unwrap(), whole(&keepalive::ping()));
    }
    assert!(connection.ended().is_none());
    drop(stream);
    sending.abort();
}

#[tokio::test]
async fn a_daemon_that_does_not_read_lets_its_client_hear_that_it_lives() {
    let limits = Limits { keepalive: FAST, stream_bytes: 100_000, ..Limits::default() };
    let (mut client, _told) = serve(limits).await;
    client.ask_for_pings().await;
    client.send(header(MessageKind::Call, UPLOAD, 2), arguments(UPLOAD, 0).payload()).await;
    assert_eq!(client.said().await.header.kind(), Ok(MessageKind::Reply));
    let Wire { socket, received } = client;
    let (reader, mut writer) = socket.into_split();
    let sending = tokio::spawn(async move {
        let packet = Draft::raw(&[1; 100_000]).unwrap().seal(&header(DATA, UPLOAD, 2));
        while writer.write_all(&packet).await.is_ok() {}
    });
    let mut client = Wire { socket: reader, received };
    for _ in 0..MANY {
        assert_eq!(timeout(SOON, client.frame()).await.unwrap(), whole(&keepalive::ping()));
    }
    assert!(!sending.is_finished());
    sending.abort();
}

#[tokio::test(start_paused = true)]
async fn an_upload_over_a_slow_link_is_not_taken_for_a_dead_one() {
    let (connection, mut daemon) = meet(OpenOptions::default()).await;
    let opening = connection.clone();
    let opening =
        tokio::spawn(async move { opening.storage_vol_upload(&StorageVol::default(), 0, 0, 0).await });
    let call = daemon.frame().await;
    daemon.send(call.header.answer(MessageKind::Reply), &[]).await;
    let mut stream = opening.await.unwrap().unwrap();
    let sending = tokio::spawn(async move { while stream.write_chunk(vec![1; MIB].into()).await.is_ok() {} });
    // Half a minute of silence is death; these are more than three, of a daemon whose pongs are behind it all.
    daemon.takes_little_for(Duration::from_secs(200), || assert!(connection.ended().is_none())).await;
    // Then it takes nothing any more.
    let reason = timeout(SOON, connection.closed()).await.unwrap();
    assert!(matches!(reason, CloseReason::Protocol(ProtocolError::Silent { .. })), "{reason}");
    sending.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_download_over_a_slow_link_is_not_taken_for_a_dead_one() {
    let (mut client, mut told) = serve(Limits::default()).await;
    client.ask_for_pings().await;
    client.send(header(MessageKind::Call, DOWNLOAD, 2), arguments(DOWNLOAD, 0).payload()).await;
    client.takes_little_for(Duration::from_secs(200), || assert!(told.try_recv().is_err())).await;
    let reason = timeout(SOON, told.recv()).await.unwrap().unwrap();
    assert!(reason.contains("has not been heard for 30 s"), "{reason}");
}

/// A connection of ours, and the daemon at its other end, which has opened and said that it pings.
async fn meet(options: OpenOptions) -> (Connection, Wire<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("qemu+tcp://{}/system", listener.local_addr().unwrap());
    let opening = tokio::spawn(async move { Connection::open_with(&uri, options).await });
    let mut daemon = Wire::new(listener.accept().await.unwrap().0);
    for _ in 0..3 {
        let call = daemon.said().await;
        let answer: &[u8] = match call.header.procedure.0 {
            AUTH_LIST => &[0; 4],
            SUPPORTS_FEATURE => &[0, 0, 0, 1],
            OPEN => &[],
            other => panic!("{other}"),
        };
        daemon.send(call.header.answer(MessageKind::Reply), answer).await;
    }
    (opening.await.unwrap().unwrap(), daemon)
}

/// A daemon of ours, as a client that does as it likes has it; and how its downloads end.
async fn serve(limits: Limits) -> (Wire<TcpStream>, mpsc::UnboundedReceiver<String>) {
    let (told, receiver) = mpsc::unbounded_channel();
    let server = Server::new(Host { told, uploads: Arc::default() }).limits(limits);
    (Wire::new(TcpStream::connect(raw::serve(server).await).await.unwrap()), receiver)
}

/// One end of a connection, by hand.
struct Wire<S> {
    socket: S,
    received: BytesMut,
}

impl<S: AsyncReadExt + Unpin> Wire<S> {
    fn new(socket: S) -> Wire<S> {
        Wire { socket, received: BytesMut::new() }
    }

    async fn frame(&mut self) -> Frame {
        loop {
            if let Some(frame) = frame::split(&mut self.received).unwrap() {
                return frame;
            }
            assert!(self.socket.read_buf(&mut self.received).await.unwrap() > 0, "closed");
        }
    }

    /// What comes that is no ping.
    async fn said(&mut self) -> Frame {
        loop {
            let frame = self.frame().await;
            if frame != whole(&keepalive::ping()) {
                return frame;
            }
        }
    }

    /// Reads a little every two seconds for a time.
    async fn takes_little_for(&mut self, time: Duration, check: impl FnMut()) {
        let (start, mut check) = (tokio::time::Instant::now(), check);
        let mut little = vec![0; 64 * 1024];
        while start.elapsed() < time {
            sleep(Duration::from_secs(2)).await;
            self.socket.read_exact(&mut little).await.unwrap();
            check();
        }
    }
}

impl Wire<TcpStream> {
    async fn send(&mut self, header: Header, payload: &[u8]) {
        self.socket.write_all(&Draft::raw(payload).unwrap().seal(&header)).await.unwrap();
    }

    /// Asks for feature 10, which starts the daemon's pings.
    async fn ask_for_pings(&mut self) {
        self.send(header(MessageKind::Call, SUPPORTS_FEATURE, 1), &[0, 0, 0, 10]).await;
        assert_eq!(self.frame().await.payload[..], [0, 0, 0, 1]);
    }
}

/// A host that reads no upload, and whose downloads never end by themselves.
struct Host {
    told: mpsc::UnboundedSender<String>,
    uploads: Arc<std::sync::Mutex<Vec<Stream>>>,
}

impl Handler for Host {
    fn call(self: Arc<Self>, cx: CallContext, called: Called) -> Answering {
        let mut stream = cx.take_stream().expect("only streams are asked for");
        if called.info.name == "storage_vol_upload" {
            self.uploads.lock().unwrap().push(stream);
        } else {
            let told = self.told.clone();
            tokio::spawn(async move {
                let ended = loop {
                    if let Err(error) = stream.write_chunk(vec![1; MIB].into()).await {
                        break error;
                    }
                };
                told.send(ended.to_string())
            });
        }
        Box::pin(async { Ok(Draft::empty()) })
    }
}
