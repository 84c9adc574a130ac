//! The daemon under attack, in a process of its own, and clients that know how to behave.

use std::alloc::System;
use std::collections::HashMap;
use std::fmt::Debug;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use cap::Cap;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::sync::watch;
use virtwire::hypervisor::HypervisorService;
use virtwire::hypervisor::mem::Mem;
use virtwire::protocol::error::RemoteError;
use virtwire::protocol::frame::{self, Draft, Frame};
use virtwire::protocol::header::{Header, MessageKind, Serial};
use virtwire::protocol::program::{ProcedureNumber, Program};
use virtwire::protocol::remote::ConnectGetHostnameReply;
use virtwire::protocol::session::server::{Called, Limits};
use virtwire::server::{
    Answering, BoxFuture, CallContext, Exposure, Handler, ListenAddress, Listener, Server,
};
use virtwire::xdr::from_slice;

/// Counts every byte that is allocated and not freed.
#[global_allocator]
pub(crate) static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

/// Where the process that is to be the daemon finds the path of its socket.
const SOCKET: &str = "VIRTWIRE_BAD_CLIENTS_SOCKET";

/// A door whose clients have the usual limits, and this one together.
const ROOMY: &str = "roomy";
pub(crate) const ROOMY_BYTES_MAX: usize = 32 << 20;

/// No step takes this long on the slowest machine; one that does never ends.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The number of a call that is answered when its client is gone.
#[cfg(feature = "fds")]
pub(crate) const SLOW_CALL: i32 = 203;

/// What a daemon says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) bytes: usize,
    pub(crate) descriptors: usize,
    pub(crate) tasks: usize,
    pub(crate) clients: usize,
    pub(crate) resident: usize,
}

/// Descriptors that a process may have.
pub(crate) fn descriptors_max() -> usize {
    let current = getrlimit(Resource::Nofile).current;
    current.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX))
}

/// A process of this test's that serves until its standard input ends.
pub(crate) struct Daemon {
    child: Child,
    path: PathBuf,
    /// Where else it listens, by name.
    doors: HashMap<String, String>,
}

impl Daemon {
    pub(crate) fn start() -> Daemon {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let (process, number) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(format!("virtwire-bad-clients-{process}-{number}"));
        // The daemon inherits it.
        let allowed = getrlimit(Resource::Nofile);
        setrlimit(Resource::Nofile, Rlimit { current: allowed.maximum, ..allowed }).unwrap();
        let program = std::env::current_exe().unwrap();
        let mut child = Command::new(program)
            .args(["--exact", "daemon::is_the_daemon_where_it_is_asked_to_be", "--nocapture"])
            .env(SOCKET, &path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut doors = HashMap::new();
        loop {
            let line = lines.next().expect("the daemon comes up").unwrap();
            match line.split_whitespace().collect::<Vec<_>>()[..] {
                ["ready"] => break,
                ["door", name, address] => drop(doors.insert(name.to_owned(), address.to_owned())),
                _ => {}
            }
        }
        // Else what the test's harness says would end it.
        std::thread::spawn(move || lines.for_each(drop));
        Daemon { child, path, doors }
    }

    /// The address of another door.
    pub(crate) fn door(&self, name: &str) -> &str {
        &self.doors[name]
    }

    #[cfg(feature = "client")]
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn connect(&self) -> UnixStream {
        connect(&self.path)
    }

    /// A client that has opened the hypervisor.
    pub(crate) fn client(&self) -> Client {
        let mut client = self.opening_client();
        client.next();
        client
    }

    /// The same at the door where one client may make the daemon hold much, and all together little.
    pub(crate) fn roomy_client(&self) -> Client {
        let mut client = Client::new(connect(self.door(ROOMY)));
        client.call(1, &[0; 8]);
        client
    }

    /// One that has asked to open it, and has no answer yet.
    pub(crate) fn opening_client(&self) -> Client {
        let mut client = Client::new(self.connect());
        client.stream.write_all(&call(1, 7, &[0; 8])).unwrap();
        client
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        for path in self.doors.values().map(Path::new).chain([&*self.path]).filter(|path| path.is_absolute())
        {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Connects to a unix socket, with a bound on each wait.
pub(crate) fn connect(path: impl AsRef<Path>) -> UnixStream {
    let stream = UnixStream::connect(path).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// A client that reads what it has asked for.
pub(crate) struct Client<S = UnixStream> {
    pub(crate) stream: S,
    received: BytesMut,
}

impl<S: Read + Write> Client<S> {
    pub(crate) fn new(stream: S) -> Client<S> {
        Client { stream, received: BytesMut::new() }
    }

    /// The payload of a good answer. Events that come before it are read, and forgotten.
    pub(crate) fn call(&mut self, number: i32, payload: &[u8]) -> Vec<u8> {
        self.stream.write_all(&call(number, 7, payload)).unwrap();
        loop {
            let frame = self.next();
            if frame.header.kind() == Ok(MessageKind::Notice) {
                continue;
            }
            assert_eq!(frame.header.kind(), Ok(MessageKind::Reply), "{number}");
            return frame.payload.to_vec();
        }
    }

    pub(crate) fn next(&mut self) -> Frame {
        loop {
            if let Some(frame) = frame::split(&mut self.received).unwrap() {
                return frame;
            }
            let mut buffer = [0; 4_096];
            let count = self.stream.read(&mut buffer).unwrap();
            assert_ne!(count, 0, "the daemon has closed");
            self.received.extend_from_slice(&buffer[..count]);
        }
    }
}

/// A call of the remote program as bytes.
pub(crate) fn call(number: i32, serial: u32, payload: &[u8]) -> Vec<u8> {
    let header = Header::new(MessageKind::Call, Program::REMOTE, ProcedureNumber(number), Serial(serial));
    Draft::raw(payload).unwrap().seal(&header).to_vec()
}

/// Asks the daemon for its own figures: it answers, whatever else goes on.
pub(crate) fn figures(client: &mut Client) -> Figures {
    let reply: ConnectGetHostnameReply = from_slice(&client.call(59, &[])).unwrap();
    let text = reply.hostname.to_string_lossy().into_owned();
    let numbers: Vec<usize> = text.split(' ').map(|number| number.parse().unwrap()).collect();
    let [bytes, descriptors, tasks, clients, resident] = numbers[..] else { panic!("{text}") };
    Figures { bytes, descriptors, tasks, clients, resident }
}

/// The daemon's figures once they are as they should be, and nothing moves any more.
#[track_caller]
pub(crate) fn settled(client: &mut Client, is_so: impl Fn(&Figures) -> bool) -> Figures {
    let mut last = None;
    until(|| {
        let now = figures(client);
        let is_still = last.replace(now.bytes) == Some(now.bytes);
        (is_so(&now) && is_still).then_some(now).ok_or(now)
    })
}

/// Looks again until it is as it should be.
#[track_caller]
pub(crate) fn until<T, E: Debug>(mut look: impl FnMut() -> Result<T, E>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match look() {
            Ok(found) => return found,
            Err(last) => assert!(Instant::now() < deadline, "it stays {last:?}"),
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// Serves where the environment says so, and else is no test of anything.
#[test]
fn is_the_daemon_where_it_is_asked_to_be() {
    let Some(path) = std::env::var_os(SOCKET) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let told_to_end = std::thread::spawn(|| std::io::stdin().read_to_end(&mut Vec::new()));
    runtime.spawn(serve(PathBuf::from(path)));
    // Whatever it read, its starter is gone.
    let _ = told_to_end.join();
}

async fn serve(path: PathBuf) {
    let limits = Limits { queued_bytes: 1 << 20, ..Limits::default() };
    let host = Arc::new(Host {
        hypervisor: Arc::new(HypervisorService::new(Mem::default())),
        server: OnceLock::new(),
        gone: watch::Sender::default(),
    });
    let roomy = Server::shared(host.clone()).held_bytes_max(ROOMY_BYTES_MAX);
    let roomy_listener = listen(&path.with_extension(ROOMY)).await;
    println!("door {ROOMY} {}", roomy_listener.address().to_string().trim_start_matches("unix:"));
    tokio::spawn(async move { roomy.serve(&roomy_listener).await });
    let server = Server::shared(host.clone()).limits(limits).max_clients(20_000);
    assert!(host.server.set(server.clone()).is_ok());
    let listener = listen(&path).await;
    #[cfg(all(feature = "sasl", feature = "tls"))]
    for (name, listener) in crate::strangers::doors(&path).await {
        let server = server.clone();
        let address = listener.address().to_string();
        println!("door {name} {}", address.trim_start_matches("unix:").trim_start_matches("tls://"));
        tokio::spawn(async move { server.serve(&listener).await });
    }
    println!("ready");
    let _ = server.serve(&listener).await;
}

pub(crate) async fn listen(path: &Path) -> Listener {
    let address = ListenAddress::Unix(path.to_owned());
    Listener::bind(&address, Exposure::LocalOnly).await.unwrap()
}

/// A host in memory that tells its figures by its name, whose volumes take everything and have no end, and on whose
/// consoles nobody reads.
struct Host {
    hypervisor: Arc<HypervisorService<Mem>>,
    server: OnceLock<Server>,
    /// Changes when a client is gone.
    gone: watch::Sender<()>,
}

impl Handler for Host {
    fn call(self: Arc<Self>, cx: CallContext, called: Called) -> Answering {
        match called.info.name {
            "connect_get_hostname" => {
                let figures = self.figures();
                Box::pin(async move {
                    Ok(Draft::encode(&ConnectGetHostnameReply { hostname: figures.into() }).unwrap())
                })
            }
            "connect_get_sysinfo" => Box::pin(async move {
                let mut gone = self.gone.subscribe();
                while !cx.is_closed() {
                    gone.changed().await.unwrap();
                }
                Err(RemoteError::rpc("nobody waits for it"))
            }),
            "domain_open_console" => Box::pin(async move {
                let (stream, cx, mut gone) = (cx.take_stream(), cx.of_connection(), self.gone.subscribe());
                tokio::spawn(async move {
                    while !cx.is_closed() {
                        gone.changed().await.unwrap();
                    }
                    drop(stream);
                });
                Ok(Draft::empty())
            }),
            "storage_vol_upload" => Box::pin(async move {
                let stream = cx.take_stream().unwrap();
                tokio::spawn(async move {
                    let (mut reader, _writer) = stream.split();
                    tokio::io::copy(&mut reader, &mut tokio::io::sink()).await
                });
                Ok(Draft::empty())
            }),
            "storage_vol_download" => Box::pin(async move {
                let stream = cx.take_stream().unwrap();
                tokio::spawn(async move {
                    let (_reader, mut writer) = stream.split();
                    tokio::io::copy(&mut tokio::io::repeat(7), &mut writer).await
                });
                Ok(Draft::empty())
            }),
            _ => self.hypervisor.clone().call(cx, called),
        }
    }

    fn closed(self: Arc<Self>, cx: CallContext) -> BoxFuture<'static, ()> {
        self.gone.send_replace(());
        self.hypervisor.clone().closed(cx)
    }
}

impl Host {
    fn figures(&self) -> String {
        let bytes = MEMORY.allocated();
        let descriptors = std::fs::read_dir("/proc/self/fd").unwrap().count();
        let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
        let clients = self.server.get().unwrap().clients().len();
        let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
        let resident = pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4_096;
        format!("{bytes} {descriptors} {tasks} {clients} {resident}")
    }
}
