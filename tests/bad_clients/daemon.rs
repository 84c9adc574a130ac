//! The daemon under attack, in a process of its own, and clients that know how to behave.

use std::alloc::System;
use std::fmt::Debug;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use cap::Cap;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use virtwire::hypervisor::HypervisorService;
use virtwire::hypervisor::mem::Mem;
use virtwire::protocol::error::RemoteError;
use virtwire::protocol::frame::{self, Draft, Frame};
use virtwire::protocol::header::{Header, MessageKind, Serial};
use virtwire::protocol::program::{ProcedureNumber, Program};
use virtwire::protocol::remote::ConnectGetHostnameReply;
use virtwire::protocol::session::server::{Called, Limits};
use virtwire::server::{BoxFuture, CallContext, Exposure, Handler, Listener, Server};
use virtwire::xdr::from_slice;

/// Counts every byte that is allocated and not freed.
#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

/// Where the process that is to be the daemon finds the path of its socket.
const SOCKET: &str = "VIRTWIRE_BAD_CLIENTS_SOCKET";

/// No step takes this long on the slowest machine; one that does never ends.
const PATIENCE: Duration = Duration::from_secs(60);

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
}

impl Daemon {
    pub(crate) fn start() -> Daemon {
        let path = std::env::temp_dir().join(format!("virtwire-bad-clients-{}", std::process::id()));
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
        assert!(lines.any(|line| line.unwrap() == "ready"), "the daemon has not come up");
        // Else what the test's harness says would end it.
        std::thread::spawn(move || lines.for_each(drop));
        Daemon { child, path }
    }

    pub(crate) fn connect(&self) -> UnixStream {
        let stream = UnixStream::connect(&self.path).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// A client that has opened the hypervisor.
    pub(crate) fn client(&self) -> Client {
        let mut client = self.opening_client();
        client.next();
        client
    }

    /// One that has asked to open it, and has no answer yet.
    pub(crate) fn opening_client(&self) -> Client {
        let mut client = Client { stream: self.connect(), received: BytesMut::new() };
        client.stream.write_all(&call(1, 7, &[0; 8])).unwrap();
        client
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(&self.path);
    }
}

/// A client that reads what it has asked for.
pub(crate) struct Client {
    pub(crate) stream: UnixStream,
    received: BytesMut,
}

impl Client {
    /// The payload of a good answer.
    pub(crate) fn call(&mut self, number: i32, payload: &[u8]) -> Vec<u8> {
        self.stream.write_all(&call(number, 7, payload)).unwrap();
        let frame = self.next();
        assert_eq!(frame.header.kind(), Ok(MessageKind::Reply), "{number}");
        frame.payload.to_vec()
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
    });
    let server = Server::shared(host.clone()).limits(limits).max_clients(20_000);
    assert!(host.server.set(server.clone()).is_ok());
    let address = format!("unix:{}", path.display()).parse().unwrap();
    let listener = Listener::bind(&address, Exposure::LocalOnly).await.unwrap();
    println!("ready");
    let _ = server.serve(&listener).await;
}

/// A host in memory that tells its figures by its name, and whose volumes take everything and have no end.
struct Host {
    hypervisor: Arc<HypervisorService<Mem>>,
    server: OnceLock<Server<Host>>,
}

impl Handler for Host {
    fn call(
        self: Arc<Self>,
        cx: CallContext,
        called: Called,
    ) -> BoxFuture<'static, Result<Draft, RemoteError>> {
        match called.info.name {
            "connect_get_hostname" => {
                let figures = self.figures();
                Box::pin(async move {
                    Ok(Draft::encode(&ConnectGetHostnameReply { hostname: figures.into() }).unwrap())
                })
            }
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
