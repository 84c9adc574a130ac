//! Data before the reply that opens its stream: a daemon may be quick, and no client may stop reading before it has the reply.

use std::time::Duration;

use tokio::time::timeout;
use virtwire::client::{Chunk, Connection, OpenOptions, StreamError};
use virtwire::protocol::remote::{AuthType, ConnectGetHostnameReply};
use virtwire::protocol::session::stream::CHUNK_BYTES_MAX;

use super::*;
use crate::opening::peer::{Peer, Place};

/// For what comes at once or never.
const SOON: Duration = Duration::from_secs(60);

#[tokio::test]
async fn data_before_the_reply_stops_neither_the_reply_nor_other_calls() {
    for (stream_bytes_max, packets) in [(1 << 20, 5), (100_000, 1), (0, 3)] {
        let (connection, mut peer) = open(stream_bytes_max).await;
        let asking = connection.clone();
        let opening = tokio::spawn(async move { download(&asking).await });
        let [opens] = peer.flight(["storage_vol_download"]).await;
        for number in 0..packets {
            peer.send(&data(&opens, &[number; CHUNK_BYTES_MAX])).await;
        }
        peer.reply(&opens, &()).await;
        let mut stream = timeout(SOON, opening).await.expect("a stream in time").unwrap();
        for number in 0..packets {
            let chunk = timeout(SOON, stream.read_chunk()).await.expect("data in time").unwrap();
            assert_eq!(chunk, Some(Chunk::Data(Bytes::from(vec![number; CHUNK_BYTES_MAX]))));
        }
        hostname(&connection, &mut peer).await;
    }
}

/// What waits of an open stream stops the reading again, also if it came before.
#[tokio::test]
async fn what_came_before_the_reply_counts_once_it_is_there() {
    let (connection, mut peer) = open(100_000).await;
    let asking = connection.clone();
    let opening = tokio::spawn(async move { download(&asking).await });
    let [opens] = peer.flight(["storage_vol_download"]).await;
    peer.send(&data(&opens, &[1; CHUNK_BYTES_MAX])).await;
    peer.reply(&opens, &()).await;
    let mut stream = timeout(SOON, opening).await.expect("a stream in time").unwrap();
    // The daemon sends more than both sockets' buffers hold: all of it only once it is read.
    let mut sending = tokio::spawn(async move {
        let packet = data(&opens, &[2; CHUNK_BYTES_MAX]);
        for _ in 0..256 {
            peer.send(&packet).await;
        }
        peer
    });
    let asked = tokio::spawn(connection.call(virtwire::protocol::remote::ConnectGetHostname {}));
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    assert!(!sending.is_finished(), "64 MiB have been taken of a stream that holds 100 kB");
    for _ in 0..257 {
        let chunk = timeout(SOON, stream.read_chunk()).await.expect("data in time").unwrap();
        assert!(matches!(chunk, Some(Chunk::Data(data)) if data.len() == CHUNK_BYTES_MAX));
    }
    let mut peer = timeout(SOON, &mut sending).await.expect("room in time").unwrap();
    let [asks] = peer.flight(["connect_get_hostname"]).await;
    peer.reply(&asks, &ConnectGetHostnameReply { hostname: "here".into() }).await;
    asked.await.unwrap().unwrap();
}

#[tokio::test]
async fn more_than_any_haste_explains_is_aborted_once_the_reply_is_there() {
    let (connection, mut peer) = open(1 << 20).await;
    let asking = connection.clone();
    let opening = tokio::spawn(async move { download(&asking).await });
    let [opens] = peer.flight(["storage_vol_download"]).await;
    // 32 MiB beyond the bound, and then some, which is dropped.
    let most = (1 << 20) + (32 << 20);
    let packet = data(&opens, &[3; CHUNK_BYTES_MAX]);
    for _ in 0..2 * most / CHUNK_BYTES_MAX {
        timeout(SOON, peer.send(&packet)).await.expect("read in time");
    }
    // Other calls go on, also without that reply.
    hostname(&connection, &mut peer).await;
    peer.reply(&opens, &()).await;
    let mut stream = timeout(SOON, opening).await.expect("a stream in time").unwrap();
    let abort = timeout(SOON, peer.next()).await.expect("an abort in time").unwrap();
    assert_eq!((abort.header.kind(), abort.header.serial), (Ok(ABORT), opens.header.serial));
    let mut read = 0;
    let error = loop {
        match timeout(SOON, stream.read_chunk()).await.expect("data in time") {
            Ok(Some(Chunk::Data(data))) => read += data.len(),
            Ok(other) => panic!("{other:?}"),
            Err(error) => break error,
        }
    };
    assert_eq!(error, StreamError::Unopened);
    assert!((most - CHUNK_BYTES_MAX..most + CHUNK_BYTES_MAX).contains(&read), "{read}");
    peer.send(&Draft::empty().seal(&opens.header.answer(FINISH))).await;
    hostname(&connection, &mut peer).await;
}

async fn open(stream_bytes_max: usize) -> (Connection, Peer) {
    let place = Place::new().await;
    let options = OpenOptions { stream_bytes_max, keepalive: None, ..OpenOptions::default() };
    let opening = place.open("", options);
    let mut peer = place.accept().await;
    let [list, open] = peer.flight(["auth_list", "connect_open"]).await;
    peer.list(&list, &[AuthType::None]).await;
    peer.reply(&open, &()).await;
    (opening.await.unwrap().unwrap(), peer)
}

async fn download(connection: &Connection) -> virtwire::client::Stream {
    connection.storage_vol_download(&StorageVol::default(), 0, 0, 0).await.unwrap()
}

fn data(call: &Frame, bytes: &[u8]) -> Bytes {
    Draft::raw(bytes).unwrap().seal(&call.header.answer(DATA)).freeze()
}

async fn hostname(connection: &Connection, peer: &mut Peer) {
    let asked = tokio::spawn(connection.call(virtwire::protocol::remote::ConnectGetHostname {}));
    let [asks] = timeout(SOON, peer.flight(["connect_get_hostname"])).await.expect("a call in time");
    peer.reply(&asks, &ConnectGetHostnameReply { hostname: "here".into() }).await;
    let answer = timeout(SOON, asked).await.expect("an answer in time").unwrap();
    assert_eq!(answer.unwrap().hostname, "here");
}
