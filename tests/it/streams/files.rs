//! Files that are sent by streams, whatever carries these: by a unix socket without being copied, by others read.

use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::timeout;
use virtwire::client::{Connection, FileError, StreamError};
use virtwire::generated::RemoteService;
use virtwire::protocol::error::RemoteError;
use virtwire::protocol::remote::*;
use virtwire::server::{CallContext, Chunk, Exposure, ListenAddress, Listener, Server, Stream, Typed};

use super::error;

const SOON: Duration = Duration::from_secs(60);
/// Whole pages in one packet, which ends where a page of the file does.
const PACKET_BYTES: u64 = 258_048;

#[tokio::test]
async fn a_part_of_a_file_goes_whole_both_ways_by_whatever_carries_it() {
    let folder = Folder::new();
    let content = content(3_000_001);
    let file = folder.file("volume", &content);
    let lengths = [0, 1, 4_095, 4_096, 262_120, PACKET_BYTES, PACKET_BYTES + 1, 2_000_000, u64::MAX];
    let parts = [0, 1, 4_095, 4_097, 2_999_999, 3_000_001, 4_000_000]
        .into_iter()
        .flat_map(|offset| lengths.map(|length| (offset, length)));
    for (way, connection) in ["unix", "tcp"].into_iter().zip([folder.by_unix().await, folder.by_tcp().await])
    {
        for (offset, length) in parts.clone() {
            let begin = content.len().min(offset as usize);
            let end = content.len().min(begin.saturating_add(usize::try_from(length).unwrap()));
            let expected = &content[begin..end];

            let mut upload = connection.storage_vol_upload(&volume("up"), 0, 0, 0).await.unwrap();
            let sent = upload.send_file(&file, offset, length).await.unwrap();
            upload.finish().await.unwrap();
            assert_eq!(sent, expected.len() as u64, "{way}, {offset}, {length}");
            assert!(folder.read("up") == expected, "{way}, {offset}, {length}");

            // 0 is all, by the protocol.
            let asked = if length == 0 { 1 } else { length };
            let expected = &content[begin..content.len().min(begin.saturating_add(asked as usize))];
            let mut download =
                connection.storage_vol_download(&volume("volume"), offset, asked, 0).await.unwrap();
            let mut come = Vec::new();
            while let Some(Chunk::Data(data)) = download.read_chunk().await.unwrap() {
                assert!(data.len() <= 262_120);
                come.extend_from_slice(&data);
            }
            download.finish().await.unwrap();
            assert!(come == expected, "{way}, {offset}, {length}");
        }
    }
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn what_is_sealed_is_read() {
    let folder = Folder::new();
    let content = content(1_000_001);
    let file = folder.file("volume", &content);
    let connection = folder.by_tls().await;
    let mut upload = connection.storage_vol_upload(&volume("up"), 0, 0, 0).await.unwrap();
    upload.send_file(&file, 0, u64::MAX).await.unwrap();
    upload.finish().await.unwrap();
    assert!(folder.read("up") == content);
    let mut download = connection.storage_vol_download(&volume("volume"), 0, 0, 0).await.unwrap();
    assert!(rest(&mut download).await == content);
    download.finish().await.unwrap();
}

/// Data at both ends, between holes, and at last a hole.
fn holed() -> Vec<u8> {
    let zeros = vec![0; 4 << 20];
    [content(1 << 20), zeros.clone(), content(2 << 20), zeros.clone(), content(1), zeros].concat()
}

/// The same as a file that has these holes, where its system has any.
fn holed_file(folder: &Folder) -> File {
    use std::os::unix::fs::FileExt;

    let content = holed();
    let file = folder.file("holed", b"");
    let written = File::options().write(true).open(folder.path("holed")).unwrap();
    written.set_len(content.len() as u64).unwrap();
    for [from, to] in [[0, 1 << 20], [5 << 20, 7 << 20], [11 << 20, (11 << 20) + 1]] {
        written.write_all_at(&content[from..to], from as u64).unwrap();
    }
    file
}

/// What comes of it, and how much of that as holes.
async fn come(mut daemon: Stream) -> (Vec<u8>, u64) {
    let (mut come, mut holes) = (Vec::new(), 0);
    while let Some(chunk) = daemon.read_chunk().await.unwrap() {
        match chunk {
            Chunk::Data(data) => come.extend_from_slice(&data),
            Chunk::Hole(length) => {
                holes += length;
                come.resize(come.len() + length as usize, 0);
            }
        }
    }
    daemon.finish().await.unwrap();
    (come, holes)
}

#[tokio::test]
async fn holes_of_a_file_go_as_holes_but_where_they_must_be_zeros() {
    let folder = Folder::new();
    let (content, file) = (holed(), holed_file(&folder));
    let end = content.len() as u64;
    let has_holes = cfg!(feature = "splice")
        && std::os::unix::fs::MetadataExt::blocks(&file.metadata().unwrap()) < end / 512;
    for (offset, length, dense, holes) in [
        (0, u64::MAX, 0, 12 << 20),
        (0, u64::MAX, 2 << 20, 11 << 20),
        (0, u64::MAX, 12 << 20, (3 << 20) + 1),
        (0, u64::MAX, u64::MAX, 0),
        (0, 0, 0, 0),
        (2 << 20, 2 << 20, 0, 2 << 20),
        (3 << 20, 1 << 20, 2 << 20, 0),
        (end, u64::MAX, 0, 0),
        (end + 1, u64::MAX, 0, 0),
    ] {
        let (daemon, (_reader, mut writer)) = Stream::pair();
        let coming = tokio::spawn(come(daemon));
        let mut told = Vec::new();
        let sent =
            writer.send_file_sparse(&file, offset, length, dense, |sent| told.push(sent)).await.unwrap();
        writer.finish().await.unwrap();
        let case = format!("{offset}, {length}, {dense}");
        let (come, found) = coming.await.unwrap();
        let begin = content.len().min(offset as usize);
        let until = content.len().min(begin.saturating_add(usize::try_from(length).unwrap()));
        assert!(come == content[begin..until], "{case}");
        assert_eq!(sent, come.len() as u64, "{case}");
        assert!(told.is_sorted() && told.last().is_none_or(|last| *last == sent), "{case}: {told:?}");
        // A block that has data is no hole.
        let about: u64 = if has_holes { holes } else { 0 };
        assert!((about.saturating_sub(1 << 18)..=about).contains(&found), "{case}: {found}");
    }
}

/// Whoever has not asked for holes gets none, and what the system cannot seek in is read.
#[tokio::test]
async fn what_cannot_have_holes_is_sent_all_the_same() {
    let folder = Folder::new();
    let connection = folder.by_unix().await;
    let mut upload = connection.storage_vol_upload(&volume("up"), 0, 0, 0).await.unwrap();
    upload.send_file_sparse(&holed_file(&folder), 0, u64::MAX, 0, |_| ()).await.unwrap();
    upload.finish().await.unwrap();
    assert!(folder.read("up") == holed());
    for path in ["/proc/version", "/dev/null"] {
        let mut upload = connection.storage_vol_upload(&volume("up"), 0, 0, 1).await.unwrap();
        let file = File::open(path).unwrap();
        upload.send_file_sparse(&file, 0, u64::MAX, 0, |_| ()).await.unwrap();
        upload.finish().await.unwrap();
        assert_eq!(folder.read("up"), fs::read(path).unwrap(), "{path}");
    }
}

/// What the system cannot splice, and what says that it holds nothing.
#[tokio::test]
async fn a_file_of_any_kind_is_what_reading_it_gives() {
    let folder = Folder::new();
    let connection = folder.by_unix().await;
    for path in ["/proc/version", "/proc/self/mountinfo", "/dev/null"] {
        let file = File::open(path).unwrap();
        let mut upload = connection.storage_vol_upload(&volume("up"), 0, 0, 0).await.unwrap();
        upload.send_file(&file, 0, 1_000_000).await.unwrap();
        upload.finish().await.unwrap();
        assert_eq!(folder.read("up"), fs::read(path).unwrap(), "{path}");
    }
    let mut upload = connection.storage_vol_upload(&volume("up"), 0, 0, 0).await.unwrap();
    let zeros = File::open("/dev/zero").unwrap();
    assert_eq!(upload.send_file(&zeros, 0, 2_000_000).await.unwrap(), 2_000_000);
    upload.finish().await.unwrap();
    assert!(folder.read("up") == vec![0; 2_000_000]);
}

#[tokio::test]
async fn what_cannot_be_read_is_the_files_error_and_the_stream_goes_on() {
    let folder = Folder::new();
    let connection = folder.by_unix().await;
    let mut upload = connection.storage_vol_upload(&volume("up"), 0, 0, 0).await.unwrap();
    upload.write_chunk(Bytes::from_static(b"before ")).await.unwrap();
    let no_file = File::open(&folder.0).unwrap();
    let failed = upload.send_file(&no_file, 0, u64::MAX).await.unwrap_err();
    assert!(matches!(&failed, FileError::File(_)), "{failed:?}");
    upload.send_file(&folder.file("volume", b"between"), 0, u64::MAX).await.unwrap();
    upload.write_chunk(Bytes::from_static(b" after")).await.unwrap();
    upload.finish().await.unwrap();
    assert_eq!(folder.read("up"), b"before between after");
}

/// Its packets are as long as what was there when they were made, and what is left of the stream keeps its place.
#[tokio::test]
async fn a_file_that_shrinks_while_it_is_sent_tears_no_packet() {
    let folder = Folder::new();
    let content = content(2_000_000);
    let file = folder.file("volume", &content);
    let connection = folder.by_unix().await;
    let mut upload = connection.storage_vol_upload(&volume("stalled"), 0, 0, 0).await.unwrap();
    assert_eq!(upload.send_file(&file, 0, 1_000_000).await.unwrap(), 1_000_000);
    // All of that is on its way.
    File::options().write(true).open(folder.path("volume")).unwrap().set_len(5_000).unwrap();
    assert_eq!(upload.send_file(&file, 1_000_000, u64::MAX).await.unwrap(), 0);
    upload.write_chunk(Bytes::from_static(b"the end")).await.unwrap();
    folder.go_on();
    upload.finish().await.unwrap();
    let come = folder.read("stalled");
    assert_eq!(come.len(), 1_000_007);
    assert!(come.starts_with(&content[..5_000]) && come.ends_with(b"the end"));
    let is_old_or_zero = |(come, old): (&u8, &u8)| come == old || *come == 0;
    assert!(come.iter().zip(&content).take(1_000_000).all(is_old_or_zero));
    connection.connect_get_hostname().await.unwrap();
}

#[tokio::test]
async fn who_gives_up_sending_a_file_can_send_something_else() {
    let folder = Folder::new();
    let content = content(8_000_000);
    let file = folder.file("volume", &content);
    let connection = folder.by_unix().await;
    let mut upload = connection.storage_vol_upload(&volume("stalled"), 0, 0, 0).await.unwrap();
    for _ in 0..3 {
        tokio::select! {
            biased;
            sent = upload.send_file(&file, 0, u64::MAX) => panic!("{sent:?}"),
            () = tokio::task::yield_now() => {}
        }
    }
    folder.go_on();
    upload.send_file(&folder.file("other", b"the end"), 0, u64::MAX).await.unwrap();
    upload.finish().await.unwrap();
    // What had been queued has come: each time from the beginning, whole packets.
    let come = folder.read("stalled");
    let (mut left, mut begun) = (&come[..], 0);
    while left != b"the end" {
        let same = left.iter().zip(&content).take_while(|(one, other)| one == other).count();
        let packets = same as u64 / PACKET_BYTES * PACKET_BYTES;
        assert!(packets > 0 && begun < 3, "{} are left, {same} are the same", left.len());
        (left, begun) = (&left[packets as usize..], begun + 1);
    }
}

#[tokio::test]
async fn files_share_a_connection_with_each_other_and_with_calls() {
    let folder = Folder::new();
    let contents = [1_500_000, 2_000_003, 1_000].map(content);
    for (at, content) in contents.iter().enumerate() {
        folder.file(&format!("volume{at}"), content);
    }
    let connection = folder.by_unix().await;
    let moves = (0..3).map(|at| {
        let (connection, path) = (connection.clone(), folder.path(&format!("volume{at}")));
        tokio::spawn(async move {
            // No call is waited for between what opens a download and what reads it.
            let mut upload =
                connection.storage_vol_upload(&volume(&format!("up{at}")), 0, 0, 0).await.unwrap();
            let mut download =
                connection.storage_vol_download(&volume(&format!("volume{at}")), 0, 0, 0).await.unwrap();
            let file = File::open(path).unwrap();
            let (come, sent) = tokio::join!(rest(&mut download), upload.send_file(&file, 0, u64::MAX));
            assert_eq!(sent.unwrap(), come.len() as u64);
            tokio::try_join!(download.finish(), upload.finish()).unwrap();
            come
        })
    });
    let moves: Vec<_> = moves.collect();
    for _ in 0..100 {
        timeout(SOON, connection.connect_get_hostname()).await.unwrap().unwrap();
    }
    for (at, moved) in moves.into_iter().enumerate() {
        assert!(moved.await.unwrap() == contents[at]);
        assert!(folder.read(&format!("up{at}")) == contents[at]);
    }
}

#[tokio::test]
async fn the_end_of_the_connection_ends_it() {
    let mut folder = Folder::new();
    let mut told = folder.told();
    folder.file("volume", &content(20_000_000));
    let connection = folder.by_unix().await;
    let mut download = connection.storage_vol_download(&volume("volume"), 0, 0, 0).await.unwrap();
    download.read_chunk().await.unwrap().unwrap();
    drop((download, connection));
    let outcome = timeout(SOON, told.recv()).await.unwrap().unwrap();
    let expected = |error: &StreamError| matches!(error, StreamError::Aborted | StreamError::Closed { .. });
    assert!(matches!(&outcome, Err(FileError::Stream(error)) if expected(error)), "{outcome:?}");
}

/// A host whose volumes are the files of a folder, which goes with the test.
pub(super) struct Folder(PathBuf, Arc<Host>);

#[derive(Debug)]
struct Host {
    path: PathBuf,
    told: Option<mpsc::UnboundedSender<Result<(), FileError>>>,
    /// Uploads to `stalled` wait here.
    gate: tokio::sync::Semaphore,
}

impl Folder {
    pub(super) fn new() -> Folder {
        Folder::within(std::env::temp_dir())
    }

    pub(super) fn within(place: PathBuf) -> Folder {
        static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = place.join(format!("virtwire-files-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        let gate = tokio::sync::Semaphore::new(0);
        Folder(path.clone(), Arc::new(Host { path, told: None, gate }))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(super) fn file(&self, name: &str, content: &[u8]) -> File {
        fs::write(self.path(name), content).unwrap();
        File::open(self.path(name)).unwrap()
    }

    pub(super) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// What becomes of each download. Before it is served.
    fn told(&mut self) -> mpsc::UnboundedReceiver<Result<(), FileError>> {
        let (sender, receiver) = mpsc::unbounded_channel();
        Arc::get_mut(&mut self.1).unwrap().told = Some(sender);
        receiver
    }

    fn go_on(&self) {
        self.1.gate.add_permits(1);
    }

    pub(super) async fn by_unix(&self) -> Connection {
        let socket = self.path("socket");
        let address = format!("unix:{}", socket.display()).parse().unwrap();
        self.serve(address).await;
        Connection::open(&format!("mem+unix:///?socket={}", socket.display())).await.unwrap()
    }

    pub(super) async fn by_tcp(&self) -> Connection {
        let address = self.serve("tcp://127.0.0.1:0".parse().unwrap()).await;
        Connection::open(&format!("{}/", address.replace("tcp://", "mem+tcp://"))).await.unwrap()
    }

    #[cfg(feature = "tls")]
    async fn by_tls(&self) -> Connection {
        let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tls");
        let settings = virtwire::server::TlsSettings {
            authority: fixtures.join("cacert.pem"),
            certificate: fixtures.join("servercert.pem"),
            key: fixtures.join("serverkey.pem"),
            revoked: None,
            clients_need_certificates: false,
            names: None,
        };
        let tls = virtwire::server::TlsServer::new(&settings).unwrap();
        let listener = Listener::bind_tls("127.0.0.1:0", tls, Exposure::LocalOnly).await.unwrap();
        let port = listener.address().to_string().rsplit_once(':').unwrap().1.to_owned();
        let server = Server::new(Typed::new(Served(self.1.clone())));
        tokio::spawn(async move { server.serve(&listener).await });
        let uri = format!("mem+tls://localhost:{port}/?pkipath={}", fixtures.display());
        Connection::open(&uri).await.unwrap()
    }

    async fn serve(&self, address: ListenAddress) -> String {
        let listener = Listener::bind(&address, Exposure::LocalOnly).await.unwrap();
        let address = listener.address().to_string();
        let server = Server::new(Typed::new(Served(self.1.clone())));
        tokio::spawn(async move { server.serve(&listener).await });
        address
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

struct Served(Arc<Host>);

impl RemoteService for Served {
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
        let (host, name) = (self.0.clone(), arguments.vol.name.to_str().unwrap().to_owned());
        tokio::spawn(async move {
            if name == "stalled" {
                host.gate.acquire().await.unwrap().forget();
            }
            if name == "received" {
                let path = host.path.join(name);
                let file = File::options().write(true).create(true).truncate(false).open(path).unwrap();
                stream.receive_file(&file, arguments.offset).await.unwrap();
                return stream.finish().await;
            }
            let come = rest(&mut stream).await;
            fs::write(host.path.join(name), come).unwrap();
            stream.finish().await
        });
        Ok(())
    }

    async fn storage_vol_download(
        &self,
        _: &CallContext,
        arguments: StorageVolDownload,
        mut stream: Stream,
    ) -> Result<(), RemoteError> {
        let path = self.0.path.join(arguments.vol.name.to_str().unwrap());
        let file = File::open(path).map_err(|_| error("no such volume"))?;
        let told = self.0.told.clone();
        tokio::spawn(async move {
            let length = if arguments.length == 0 { u64::MAX } else { arguments.length };
            let sent = stream.send_file(&file, arguments.offset, length).await;
            let outcome = match sent {
                Ok(_) => stream.finish().await.map_err(FileError::from),
                Err(error) => Err(error),
            };
            if let Some(told) = told {
                let _ = told.send(outcome);
            }
        });
        Ok(())
    }
}

/// All that comes of a stream.
pub(super) async fn rest(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> Vec<u8> {
    let mut come = Vec::new();
    timeout(SOON, tokio::io::AsyncReadExt::read_to_end(stream, &mut come)).await.unwrap().unwrap();
    come
}

pub(super) fn volume(name: &str) -> StorageVol {
    StorageVol { name: name.into(), ..StorageVol::default() }
}

pub(super) fn content(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|at| (at.wrapping_mul(31) ^ (at >> 9) ^ bytes) as u8).collect()
}
