//! virtwire's client, and both of its ends for a stream.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use virtwire::client::{Connection, OpenOptions};
use virtwire::protocol::frame::Draft;
use virtwire::protocol::program::{Procedure, ProcedureNumber};
use virtwire::protocol::remote::*;
use virtwire::protocol::session::server::Called;
use virtwire::server::{Answering, CallContext, Chunk, Exposure, Handler, ListenAddress, Listener, Server};
use virtwire::xdr::{Array, FixedOpaque, Plain, Str, record};

use crate::daemon::{Moved, Moving};
use crate::lap::{Calls, Lap, Span, resident_kib};

/// What to call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Version,
    List,
    ListBorrowed,
}

/// A listing that is not copied out of the reply.
struct ListedDomain<'a> {
    name: &'a [u8],
    uuid: [u8; 16],
    id: i32,
}

struct Listing<'a> {
    domains: Vec<ListedDomain<'a>>,
    ret: u32,
}

record! {
    "nonnull_domain" => ListedDomain<'de> { name: Str<STRING_MAX>, uuid: FixedOpaque<16>, id: Plain }
    "connect_list_all_domains_ret" => Listing<'de> { domains: Array<DOMAIN_LIST_MAX>, ret: Plain }
}

async fn call(connection: &Connection, kind: Kind) {
    let list = ConnectListAllDomains { need_results: 1, flags: 0 };
    match kind {
        Kind::Version => drop(connection.connect_get_lib_version().await.expect("a version")),
        Kind::List => {
            std::hint::black_box(connection.call(list).await.expect("a list"));
        }
        Kind::ListBorrowed => {
            let payload = connection.call_for_payload(list).await.expect("a list");
            let listing: Listing<'_> = virtwire::xdr::from_slice(&payload).expect("a listing");
            let last =
                listing.domains.last().map(|domain| (domain.name, domain.uuid, domain.id, listing.ret));
            std::hint::black_box(last);
        }
    }
}

pub async fn client(uri: String, kind: Kind, callers: usize, window: usize, seconds: f64) -> Lap {
    let options = OpenOptions { window, ..OpenOptions::default() };
    let connection = Connection::open_with(&uri, options).await.expect("a connection");
    let span = Span::of(seconds);
    let watcher = std::thread::spawn(move || span.watch());
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let connection = connection.clone();
            tokio::spawn(async move {
                let mut calls = Calls::default();
                let mut now = Instant::now();
                while !span.is_over(now) {
                    let before = now;
                    call(&connection, kind).await;
                    now = Instant::now();
                    calls.count(&span, before, now);
                }
                calls
            })
        })
        .collect();
    let mut calls = Calls::default();
    for task in tasks {
        calls.extend(task.await.expect("no panic"));
    }
    calls.lap(&span, watcher.join().expect("no panic"))
}

/// Memory of so many open connections, in KiB each.
pub async fn idle(uri: &str, connections: usize) -> f64 {
    let mut open = vec![Connection::open(uri).await.expect("a connection")];
    let before = resident_kib();
    for _ in 0..connections {
        open.push(Connection::open(uri).await.expect("a connection"));
    }
    (resident_kib() - before) / connections as f64
}

/// How long opening takes.
pub async fn open(uri: &str) -> Duration {
    let before = Instant::now();
    let connection = Connection::open(uri).await.expect("a connection");
    let took = before.elapsed();
    drop(connection);
    took
}

/// Bytes of a stream's packet.
pub const PACKET_BYTES: usize = 262_120;

/// Sends zeros by packets to whoever downloads.
struct Source;

impl Handler for Source {
    fn call(self: Arc<Self>, cx: CallContext, call: Called) -> Answering {
        Box::pin(async move {
            let number = call.header.procedure;
            if number == StorageVolDownload::NUMBER {
                let arguments: StorageVolDownload =
                    virtwire::xdr::from_slice(&call.payload).expect("arguments");
                let mut stream = cx.take_stream().expect("a stream");
                tokio::spawn(async move {
                    let packet = Bytes::from(vec![0; PACKET_BYTES]);
                    for _ in 0..arguments.length / PACKET_BYTES as u64 {
                        if stream.write_chunk(packet.clone()).await.is_err() {
                            return;
                        }
                    }
                    let _ = stream.finish().await;
                });
            }
            let reply = match number {
                ProcedureNumber(60) => Draft::encode(&ConnectSupportsFeatureReply { supported: 0 }),
                _ => Ok(Draft::empty()),
            };
            Ok(reply.expect("a reply within bounds"))
        })
    }
}

pub async fn serve_stream(address: &str) {
    let address: ListenAddress = address.parse().expect("an address");
    let listener = Listener::bind(&address, Exposure::LocalOnly).await.expect("a listener");
    Server::new(Source).serve(&listener).await.expect("clients");
}

/// Downloads so many bytes into nowhere.
pub async fn download(uri: String, bytes: u64) -> Moved {
    let connection = Connection::open(&uri).await.expect("a connection");
    let volume = StorageVol { pool: "pool".into(), name: "volume".into(), key: "key".into() };
    let moving = Moving::begin();
    let mut stream = connection.storage_vol_download(&volume, 0, bytes, 0).await.expect("a stream");
    let mut received = 0;
    while let Some(chunk) = stream.read_chunk().await.expect("data") {
        if let Chunk::Data(data) = chunk {
            received += data.len();
        }
    }
    stream.finish().await.expect("a good end");
    moving.end(received as u64)
}

/// The volume of zeros that client.c has made, up or down.
pub async fn move_volume(uri: String, up: bool, bytes: u64) -> Moved {
    let connection = Connection::open(&uri).await.expect("a connection");
    let volume = match connection.storage_pool_lookup_by_name("bench").await {
        Ok(pool) => connection.storage_vol_lookup_by_name(&pool.pool, "volume").await.expect("a volume").vol,
        // Our own server has one alone.
        Err(_) => StorageVol::default(),
    };
    let (moving, packet) = (Moving::begin(), Bytes::from(vec![0; PACKET_BYTES]));
    let mut moved = 0;
    let mut stream = match up {
        true => connection.storage_vol_upload(&volume, 0, bytes, 0).await.expect("a stream"),
        false => connection.storage_vol_download(&volume, 0, bytes, 0).await.expect("a stream"),
    };
    while up && moved < bytes {
        let data = packet.slice(..PACKET_BYTES.min((bytes - moved) as usize));
        moved += data.len() as u64;
        stream.write_chunk(data).await.expect("room");
    }
    while let (false, Some(Chunk::Data(data))) =
        (up, if up { None } else { stream.read_chunk().await.expect("data") })
    {
        moved += data.len() as u64;
    }
    stream.finish().await.expect("a good end");
    assert_eq!(moved, bytes);
    moving.end(moved)
}
