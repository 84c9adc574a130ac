//! A client and a daemon of ours, with streams between them over real sockets.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::timeout;
use virtwire::client::{Connection, Observer, OpenOptions, StreamError};
use virtwire::generated::RemoteService;
use virtwire::protocol::error::{Fate, RemoteError};
use virtwire::protocol::program::{Procedure, ProcedureNumber, Program};
use virtwire::protocol::remote::*;
use virtwire::protocol::session::server::Limits;
use virtwire::server::{CallContext, Chunk, Exposure, Listener, Server, Stream, Typed};

use super::error;

/// A volume, for as long as a test may take.
const SOON: Duration = Duration::from_secs(60);

#[tokio::test]
async fn what_is_uploaded_can_be_downloaded() {
    let host = Host::default();
    let connection = host.serve().await;
    let content = content(5_000_000);
    let mut upload = connection.storage_vol_upload(&volume("v"), 0, 0, 0).await.unwrap();
    upload.write_chunk(content.clone()).await.unwrap();
    upload.finish().await.unwrap();
    assert_eq!(host.content("v"), content);

    let mut download = connection.storage_vol_download(&volume("v"), 0, 0, 0).await.unwrap();
    let mut pieces = Vec::new();
    while let Some(Chunk::Data(data)) = download.read_chunk().await.unwrap() {
        assert!(data.len() <= 262_120);
        pieces.extend_from_slice(&data);
    }
    download.finish().await.unwrap();
    assert_eq!(pieces, content);
}

/// Nobody would have its stream, to finish it or to give it up.
#[tokio::test]
async fn what_opens_a_stream_is_not_called_without_one() {
    let frames = Arc::new(AtomicUsize::new(0));
    let counted = frames.clone();
    let observer: Observer = Arc::new(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    let options = OpenOptions { keepalive: None, observer: Some(observer), ..OpenOptions::default() };
    let connection = Host::default().serve_with(Limits::default(), options).await;
    let before = frames.load(Ordering::Relaxed);
    let programs = [Program::REMOTE, Program::QEMU, Program::LXC, Program::ADMIN];
    let opening = programs.map(|program| {
        let opening = program.procedures().iter().filter(|info| info.stream.is_some());
        opening.map(|info| info.number.0).collect::<Vec<_>>()
    });
    assert_eq!(opening, [vec![148, 201, 208, 209, 211, 215, 296, 304], vec![], vec![], vec![]]);
    let download = StorageVolDownload { vol: volume("v"), offset: 0, length: 0, flags: 0 };
    let mut refused = vec![
        connection.call(download.clone()).await.unwrap_err(),
        connection.call_within(download.clone(), None).await.unwrap_err(),
        connection.call_for_payload(download).await.unwrap_err(),
    ];
    for number in &opening[0] {
        let number = ProcedureNumber(*number);
        refused.push(connection.call_encoded(Program::REMOTE, number, &[]).await.unwrap_err());
    }
    // Nor is a stream opened by what has none.
    let hostname = ConnectGetHostname::NUMBER;
    let error = connection.open_stream_encoded(Program::REMOTE, hostname, &[]).await.unwrap_err();
    assert!(error.to_string().contains("it opens no stream"), "{error}");
    for error in refused {
        assert_eq!(error.fate(), Fate::DidNotRun, "{error}");
        assert!(error.to_string().contains("it opens a stream: call the method of its name"), "{error}");
    }
    assert_eq!(frames.load(Ordering::Relaxed), before, "nothing is sent");
    connection.connect_get_hostname().await.unwrap();
}

#[tokio::test]
async fn the_traits_of_tokio_carry_the_same() {
    let host = Host::default();
    let connection = host.serve().await;
    let content = content(1_000_000);
    let mut upload = connection.storage_vol_upload(&volume("v"), 0, 0, 0).await.unwrap();
    tokio::io::copy(&mut &content[..], &mut upload).await.unwrap();
    // Shutting down is finishing: what was written is there.
    upload.shutdown().await.unwrap();
    assert_eq!(host.content("v"), content);

    let mut download = connection.storage_vol_download(&volume("v"), 0, 0, 0).await.unwrap();
    let mut read = Vec::new();
    download.read_to_end(&mut read).await.unwrap();
    download.shutdown().await.unwrap();
    assert_eq!(read, content);
    assert!(download.write_all(b"x").await.is_err(), "it is finished");
}

#[tokio::test]
async fn holes_travel_as_holes_and_read_as_zeros() {
    let host = Host::default();
    let connection = host.serve().await;
    let mut upload = connection.storage_vol_upload(&volume("v"), 0, 0, 1).await.unwrap();
    upload.write_hole(10_000_000).await.unwrap();
    upload.write_chunk(Bytes::from_static(b"island")).await.unwrap();
    upload.write_hole(0).await.unwrap();
    upload.write_hole(5).await.unwrap();
    upload.finish().await.unwrap();
    let chunks = [Chunk::Hole(10_000_000), Chunk::Data(Bytes::from_static(b"island")), Chunk::Hole(5)];
    assert_eq!(host.0.volumes.lock().unwrap()["v"], chunks);

    let mut download = connection.storage_vol_download(&volume("v"), 0, 0, 1).await.unwrap();
    for chunk in chunks {
        assert_eq!(download.read_chunk().await.unwrap(), Some(chunk));
    }
    assert_eq!(download.read_chunk().await.unwrap(), None);
    download.finish().await.unwrap();

    let mut download = connection.storage_vol_download(&volume("v"), 0, 0, 1).await.unwrap();
    let mut read = Vec::new();
    download.read_to_end(&mut read).await.unwrap();
    assert_eq!(read.len(), 10_000_011);
    assert_eq!(read[10_000_000..], *b"island\0\0\0\0\0");
    assert!(read[..10_000_000].iter().all(|byte| *byte == 0));

    let mut plain = connection.storage_vol_upload(&volume("w"), 0, 0, 0).await.unwrap();
    assert_eq!(plain.write_hole(5).await, Err(StreamError::Hole { length: 5 }));
}

/// Its zeros are always there.
#[tokio::test(flavor = "current_thread")]
async fn who_reads_a_large_hole_as_bytes_gives_others_their_turns() {
    let host = Host::default();
    let connection = host.serve().await;
    host.0.volumes.lock().unwrap().insert("v".into(), vec![Chunk::Hole(1 << 42)]);
    let mut download = connection.storage_vol_download(&volume("v"), 0, 0, 1).await.unwrap();
    let mut buffer = [1; 4_096];
    download.read_exact(&mut buffer).await.unwrap();
    assert_eq!(buffer, [0; 4_096]);
    let reading = tokio::spawn(async move {
        for _ in 0..1_000_000 {
            download.read_exact(&mut buffer).await.unwrap();
        }
    });
    // It takes the turns of the connection's task and of the daemon's.
    connection.connect_get_hostname().await.unwrap();
    assert!(!reading.is_finished(), "nobody else had a turn");
    reading.abort();
    assert!(reading.await.unwrap_err().is_cancelled());
}

#[tokio::test]
async fn a_console_talks_both_ways_at_once() {
    let connection = Host::default().serve().await;
    let console = connection.domain_open_console(&guest(), None, 0).await.unwrap();
    let (mut from, mut to) = console.split();
    let typing = tokio::spawn(async move {
        for number in 0..1_000 {
            to.write_all(format!("line {number}\n").as_bytes()).await.unwrap();
        }
        to
    });
    let mut heard = String::new();
    while !heard.ends_with("line 999\n") {
        match from.read_chunk().await.unwrap() {
            Some(Chunk::Data(data)) => heard.push_str(std::str::from_utf8(&data).unwrap()),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(heard.lines().count(), 1_000);
    typing.await.unwrap().finish().await.unwrap();
    assert_eq!(from.read_chunk().await.unwrap(), None);
}

#[tokio::test]
async fn a_call_that_opens_nothing_says_why_and_the_tunnel_has_a_reply_beside_its_stream() {
    let host = Host::default();
    let connection = host.serve().await;
    let error = connection.storage_vol_download(&volume("absent"), 0, 0, 0).await.unwrap_err();
    assert_eq!(error.remote().unwrap().to_string(), "no such volume");
    // A driver without it.
    let error = connection.domain_open_channel(&guest(), None, 0).await.unwrap_err();
    assert!(error.is_unsupported(), "{error}");

    let arguments = DomainMigratePrepareTunnel3 { dom_xml: "<domain/>".into(), ..Default::default() };
    let (reply, mut tunnel) = connection.domain_migrate_prepare_tunnel3(arguments).await.unwrap();
    assert_eq!(reply.cookie_out, b"cookie");
    // Calls go on beside an upload that lasts until they have been answered.
    let (stop, mut stopped) = oneshot::channel::<()>();
    let calls = async {
        for _ in 0..100 {
            assert_eq!(connection.connect_get_hostname().await.unwrap().hostname, "here");
        }
        stop.send(()).unwrap();
    };
    let piece = content(60_000);
    let moving = async {
        let mut pieces = 0;
        while stopped.try_recv().is_err() {
            tunnel.write_chunk(piece.clone()).await.unwrap();
            pieces += 1;
        }
        tunnel.finish().await.unwrap();
        pieces
    };
    let ((), pieces) = timeout(SOON, async { tokio::join!(calls, moving) }).await.unwrap();
    assert_eq!(host.content("tunnel").len(), pieces * piece.len());
}

#[tokio::test]
async fn a_stalled_upload_that_fits_its_queue_stalls_no_call() {
    let host = Host::default();
    let connection = host.serve().await;
    let mut upload = connection.storage_vol_upload(&volume("stalled"), 0, 0, 0).await.unwrap();
    // Many more packets than a connection may have requests.
    for _ in 0..500 {
        upload.write_chunk(Bytes::from_static(&[7; 1_000])).await.unwrap();
    }
    upload.flush().await.unwrap();
    for _ in 0..10 {
        connection.connect_get_hostname().await.unwrap();
    }
    host.0.gate.add_permits(1);
    upload.finish().await.unwrap();
    assert_eq!(host.content("stalled").len(), 500_000);
}

#[tokio::test]
async fn what_does_not_fit_the_queues_waits_and_arrives() {
    let host = Host::default();
    let options = OpenOptions { stream_bytes_max: 100_000, ..OpenOptions::default() };
    let limits = Limits { stream_bytes: 100_000, ..Limits::default() };
    let connection = host.serve_with(limits, options).await;
    let content = content(30_000_000);
    let mut upload = connection.storage_vol_upload(&volume("stalled"), 0, 0, 0).await.unwrap();
    let sending = tokio::spawn({
        let content = content.clone();
        async move {
            upload.write_chunk(content).await.unwrap();
            upload.finish().await.unwrap();
        }
    });
    host.0.gate.add_permits(1);
    sending.await.unwrap();
    assert!(host.content("stalled") == content);
    // And the other way, the reader coming late.
    let mut download = connection.storage_vol_download(&volume("stalled"), 0, 0, 0).await.unwrap();
    let mut read = Vec::new();
    download.read_to_end(&mut read).await.unwrap();
    download.finish().await.unwrap();
    assert!(read == content);
}

#[tokio::test]
async fn a_finish_is_not_stopped_by_what_nobody_reads() {
    let host = Host::default();
    let connection = host.serve().await;
    host.0.volumes.lock().unwrap().insert("big".into(), vec![Chunk::Data(content(20_000_000))]);
    let mut download = connection.storage_vol_download(&volume("big"), 0, 0, 0).await.unwrap();
    let mut read = 0;
    let Some(Chunk::Data(data)) = download.read_chunk().await.unwrap() else { panic!("no data") };
    read += data.len();
    let beside = connection.clone();
    let (finished, called) = timeout(SOON, async {
        tokio::join!(download.shutdown(), async { beside.connect_get_hostname().await })
    })
    .await
    .expect("neither waits for a reader");
    finished.unwrap();
    called.unwrap();
    // What was queued can be read, and the loss of the rest is told.
    let lost = loop {
        match download.read_chunk().await {
            Ok(Some(Chunk::Data(data))) => read += data.len(),
            other => break other,
        }
    };
    assert_eq!(lost, Err(StreamError::Unread));
    assert!((1 << 20..4 << 20).contains(&read), "{read}");

    // The same by halves, one of which is only held.
    let (_reader, writer) = connection.storage_vol_download(&volume("big"), 0, 0, 0).await.unwrap().split();
    timeout(SOON, writer.finish()).await.expect("it does not wait for a reader").unwrap();
    connection.connect_get_hostname().await.unwrap();

    // What fits is all there, and its end is none too early.
    host.0.volumes.lock().unwrap().insert("small".into(), vec![Chunk::Data(content(500_000))]);
    let mut download = connection.storage_vol_download(&volume("small"), 0, 0, 0).await.unwrap();
    timeout(SOON, download.shutdown()).await.unwrap().unwrap();
    let mut read = Vec::new();
    download.read_to_end(&mut read).await.unwrap();
    assert!(read == content(500_000));
}

#[tokio::test]
async fn a_finish_brings_the_handlers_error_and_so_does_a_write() {
    let host = Host::default();
    let connection = host.serve().await;
    let mut upload = connection.storage_vol_upload(&volume("full"), 0, 0, 0).await.unwrap();
    upload.write_chunk(Bytes::from_static(b"x")).await.unwrap();
    let failed = upload.finish().await;
    assert_eq!(failed, Err(StreamError::Remote(error("no space left"))));

    let mut upload = connection.storage_vol_upload(&volume("broken"), 0, 0, 0).await.unwrap();
    let failed = loop {
        if let Err(error) = upload.write_chunk(Bytes::from_static(&[0; 1_000])).await {
            break error;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(failed, StreamError::Remote(error("it broke")));
    assert_eq!(upload.read_chunk().await, Err(failed.clone()));
    assert_eq!(upload.finish().await, Err(failed));
    // The connection has not noticed.
    connection.connect_get_hostname().await.unwrap();
}

#[tokio::test]
async fn a_stream_that_is_dropped_is_aborted_and_the_connection_goes_on() {
    let host = Host::default();
    let mut told = host.told();
    let connection = host.serve().await;
    let mut upload = connection.storage_vol_upload(&volume("v"), 0, 0, 0).await.unwrap();
    upload.write_chunk(Bytes::from_static(b"half")).await.unwrap();
    drop(upload);
    assert_eq!(next(&mut told).await, Err(StreamError::Aborted));
    // Halfway through a download that the client has not read.
    let big = content(20_000_000);
    host.0.volumes.lock().unwrap().insert("big".into(), vec![Chunk::Data(big)]);
    let mut download = connection.storage_vol_download(&volume("big"), 0, 0, 0).await.unwrap();
    download.read_chunk().await.unwrap().unwrap();
    drop(download);
    assert_eq!(next(&mut told).await, Err(StreamError::Aborted));
    // With a word of the daemon's.
    let download = connection.storage_vol_download(&volume("big"), 0, 0, 0).await.unwrap();
    download.abort().await.unwrap();
    assert_eq!(next(&mut told).await, Err(StreamError::Aborted));
    connection.connect_get_hostname().await.unwrap();
}

#[tokio::test]
async fn an_opener_that_is_dropped_leaves_no_stream_behind() {
    let host = Host::default();
    let mut told = host.told();
    let connection = host.serve().await;
    let opening = tokio::spawn({
        let connection = connection.clone();
        async move { connection.storage_vol_upload(&volume("slow"), 0, 0, 0).await }
    });
    host.0.arrived.acquire().await.unwrap().forget();
    opening.abort();
    assert!(opening.await.unwrap_err().is_cancelled());
    host.0.gate.add_permits(1);
    assert_eq!(next(&mut told).await, Err(StreamError::Aborted));
    connection.connect_get_hostname().await.unwrap();
}

#[tokio::test]
async fn the_end_of_the_connection_is_told_to_both() {
    let host = Host::default();
    let mut told = host.told();
    let connection = host.serve().await;
    let mut upload = connection.storage_vol_upload(&volume("v"), 0, 0, 0).await.unwrap();
    upload.write_chunk(Bytes::from_static(b"half")).await.unwrap();
    upload.flush().await.unwrap();
    // Says goodbye, after which the daemon closes.
    connection.close().await.unwrap();
    let heard = next(&mut told).await;
    assert!(matches!(heard, Err(StreamError::Closed { .. })), "{heard:?}");
    connection.closed().await;
    let error = upload.read_chunk().await.unwrap_err();
    assert!(matches!(error, StreamError::Closed { .. }), "{error:?}");
    let error = upload.finish().await.unwrap_err();
    assert!(matches!(error, StreamError::Closed { .. }), "{error:?}");
}

#[tokio::test]
async fn a_handler_that_drops_its_stream_fails_it() {
    let connection = Host::default().serve().await;
    let upload = connection.storage_vol_upload(&volume("dropped"), 0, 0, 0).await.unwrap();
    let failed = upload.finish().await.unwrap_err();
    assert!(matches!(&failed, StreamError::Remote(error) if error.domain.0 == 38), "{failed:?}");
}

#[tokio::test]
async fn streams_of_one_connection_share_it() {
    let host = Host::default();
    let connection = host.serve().await;
    let uploads = (0..8).map(|number| {
        let connection = connection.clone();
        tokio::spawn(async move {
            let content = content(2_000_000 + number);
            let mut upload =
                connection.storage_vol_upload(&volume(&number.to_string()), 0, 0, 0).await.unwrap();
            upload.write_chunk(content).await.unwrap();
            upload.finish().await.unwrap();
        })
    });
    for upload in uploads.collect::<Vec<_>>() {
        timeout(SOON, upload).await.unwrap().unwrap();
    }
    for number in 0..8 {
        assert!(host.content(&number.to_string()) == content(2_000_000 + number));
    }
}

/// A host with volumes in memory. What becomes of each stream is told.
#[derive(Clone)]
struct Host(Arc<Inner>);

struct Inner {
    volumes: Mutex<HashMap<String, Vec<Chunk>>>,
    told: Mutex<Option<mpsc::UnboundedSender<Result<(), StreamError>>>>,
    /// Uploads to `stalled` and the answer to `slow` wait here.
    gate: Semaphore,
    arrived: Semaphore,
}

impl Default for Host {
    fn default() -> Host {
        Host(Arc::new(Inner {
            volumes: Mutex::default(),
            told: Mutex::default(),
            gate: Semaphore::new(0),
            arrived: Semaphore::new(0),
        }))
    }
}

impl Host {
    async fn serve(&self) -> Connection {
        self.serve_with(Limits::default(), OpenOptions::default()).await
    }

    async fn serve_with(&self, limits: Limits, options: OpenOptions) -> Connection {
        let address = "tcp://127.0.0.1:0".parse().unwrap();
        let listener = Listener::bind(&address, Exposure::LocalOnly).await.unwrap();
        let uri = listener.address().to_string().replace("tcp://", "mem+tcp://") + "/";
        let server = Server::new(Typed::new(self.clone())).limits(limits);
        tokio::spawn(async move { server.serve(&listener).await });
        Connection::open_with(&uri, options).await.unwrap()
    }

    fn told(&self) -> mpsc::UnboundedReceiver<Result<(), StreamError>> {
        let (sender, receiver) = mpsc::unbounded_channel();
        *self.0.told.lock().unwrap() = Some(sender);
        receiver
    }

    fn content(&self, name: &str) -> Bytes {
        let volumes = self.0.volumes.lock().unwrap();
        let mut content = Vec::new();
        for chunk in &volumes[name] {
            match chunk {
                Chunk::Data(data) => content.extend_from_slice(data),
                Chunk::Hole(length) => content.resize(content.len() + *length as usize, 0),
            }
        }
        content.into()
    }

    /// Leaves a stream to a task.
    fn work(&self, work: impl Future<Output = Result<(), StreamError>> + Send + 'static) {
        let told = self.0.told.lock().unwrap().clone();
        tokio::spawn(async move {
            let outcome = work.await;
            if let Some(told) = told {
                let _ = told.send(outcome);
            }
        });
    }

    fn receive(&self, name: String, mut stream: Stream) {
        let host = self.clone();
        self.work(async move {
            if name == "stalled" {
                host.0.gate.acquire().await.unwrap().forget();
            }
            let mut chunks = Vec::new();
            while let Some(chunk) = stream.read_chunk().await? {
                chunks.push(chunk);
            }
            if name == "full" {
                stream.fail(error("no space left"));
                return Ok(());
            }
            host.0.volumes.lock().unwrap().insert(name, chunks);
            stream.finish().await
        });
    }
}

impl RemoteService for Host {
    async fn connect_open(&self, _: &CallContext, _: ConnectOpen) -> Result<(), RemoteError> {
        Ok(())
    }

    async fn connect_get_hostname(&self, _: &CallContext) -> Result<ConnectGetHostnameReply, RemoteError> {
        Ok(ConnectGetHostnameReply { hostname: "here".into() })
    }

    async fn storage_vol_upload(
        &self,
        _: &CallContext,
        arguments: StorageVolUpload,
        mut stream: Stream,
    ) -> Result<(), RemoteError> {
        match arguments.vol.name.to_str().unwrap() {
            "dropped" => drop(stream),
            "broken" => self.work(async move {
                stream.read_chunk().await?;
                stream.fail(error("it broke"));
                Ok(())
            }),
            "slow" => {
                self.0.arrived.add_permits(1);
                self.0.gate.acquire().await.unwrap().forget();
                self.receive("slow".into(), stream);
            }
            name => self.receive(name.to_owned(), stream),
        }
        Ok(())
    }

    async fn storage_vol_download(
        &self,
        _: &CallContext,
        arguments: StorageVolDownload,
        mut stream: Stream,
    ) -> Result<(), RemoteError> {
        let name = arguments.vol.name.to_str().unwrap().to_owned();
        let chunks = self.0.volumes.lock().unwrap().get(&name).cloned();
        let chunks = chunks.ok_or_else(|| error("no such volume"))?;
        self.work(async move {
            for chunk in chunks {
                match chunk {
                    Chunk::Data(data) => stream.write_chunk(data).await?,
                    Chunk::Hole(length) => stream.write_hole(length).await?,
                }
            }
            stream.finish().await
        });
        Ok(())
    }

    async fn domain_open_console(
        &self,
        _: &CallContext,
        _: DomainOpenConsole,
        mut stream: Stream,
    ) -> Result<(), RemoteError> {
        self.work(async move {
            while let Some(Chunk::Data(data)) = stream.read_chunk().await? {
                stream.write_chunk(data).await?;
            }
            stream.finish().await
        });
        Ok(())
    }

    async fn domain_migrate_prepare_tunnel3(
        &self,
        _: &CallContext,
        _: DomainMigratePrepareTunnel3,
        stream: Stream,
    ) -> Result<DomainMigratePrepareTunnel3Reply, RemoteError> {
        self.receive("tunnel".into(), stream);
        Ok(DomainMigratePrepareTunnel3Reply { cookie_out: b"cookie".to_vec() })
    }
}

async fn next(told: &mut mpsc::UnboundedReceiver<Result<(), StreamError>>) -> Result<(), StreamError> {
    timeout(SOON, told.recv()).await.expect("a word in time").expect("a word")
}

fn volume(name: &str) -> StorageVol {
    StorageVol { name: name.into(), ..StorageVol::default() }
}

fn guest() -> Domain {
    Domain { name: "guest".into(), uuid: [1; 16], id: 1 }
}

/// Bytes that differ from their neighbours, and from those of other lengths.
fn content(bytes: usize) -> Bytes {
    (0..bytes).map(|at| (at.wrapping_mul(31) ^ (at >> 9) ^ bytes) as u8).collect::<Vec<_>>().into()
}
