//! Servers: what a call, an idle connection and an opening cost one, by a client that blocks and knows no types.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::FileExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use virtwire::hypervisor::HypervisorService;
use virtwire::hypervisor::mem::Mem;
use virtwire::protocol::frame::Draft;
use virtwire::protocol::program::{Procedure, ProcedureNumber};
use virtwire::protocol::remote::*;
use virtwire::protocol::session::server::Called;
use virtwire::server::{Answering, CallContext, Exposure, Handler, ListenAddress, Listener, Server, Stream};

use crate::lap::{Calls, Lap, Span, processor_time};
use crate::minimal::{frame, opening};
use crate::ours::PACKET_BYTES;

/// What a slow call takes.
pub const SLOW_MS: u64 = 500;

/// The whole of a daemon of ours, with `mem`.
pub async fn serve(address: &str) {
    let server = Server::new(HypervisorService::new(Mem::default())).max_clients(20_000);
    server.serve(&listener(address).await).await.expect("clients");
}

/// One whose host name takes long to find, and whose volumes are one file.
pub async fn serve_slow_and_files(address: &str, file: PathBuf) {
    Server::new(Files(file)).serve(&listener(address).await).await.expect("clients");
}

async fn listener(address: &str) -> Listener {
    let address: ListenAddress = address.parse().expect("an address");
    Listener::bind(&address, Exposure::LocalOnly).await.expect("a listener")
}

struct Files(PathBuf);

impl Handler for Files {
    fn call(self: Arc<Self>, cx: CallContext, call: Called) -> Answering {
        Box::pin(async move {
            let reply = match call.header.procedure {
                ConnectGetHostname::NUMBER => {
                    tokio::time::sleep(Duration::from_millis(SLOW_MS)).await;
                    Draft::encode(&ConnectGetHostnameReply { hostname: "slow".into() })
                }
                ConnectGetLibVersion::NUMBER => Draft::encode(&ConnectGetLibVersionReply { lib_ver: 1 }),
                ProcedureNumber(60) => Draft::encode(&ConnectSupportsFeatureReply { supported: 0 }),
                number => {
                    if let Some(stream) = cx.take_stream() {
                        let path = self.0.clone();
                        tokio::spawn(async move {
                            match number == StorageVolUpload::NUMBER {
                                true => upload(stream, &path).await,
                                false => download(stream, &path).await,
                            }
                        });
                    }
                    Ok(Draft::empty())
                }
            };
            Ok(reply.expect("a reply within bounds"))
        })
    }
}

async fn upload(mut stream: Stream, path: &Path) {
    let file = File::options().write(true).create(true).truncate(false).open(path).expect("a file");
    stream.receive_file(&file, 0).await.expect("room");
    stream.finish().await.expect("a good end");
}

async fn download(mut stream: Stream, path: &Path) {
    let file = File::open(path).expect("a file");
    if stream.send_file(&file, 0, u64::MAX).await.is_ok() {
        let _ = stream.finish().await;
    }
}

/// What the system takes for the file itself, by the same pieces: with no socket, and no other end.
pub fn file_alone(path: &Path, up: bool, bytes: u64) -> Moved {
    let file = File::options().read(true).write(true).open(path).expect("a file");
    let (mut piece, mut at) = (vec![0; PACKET_BYTES], 0);
    let moving = Moving::begin();
    while at < bytes {
        let length = piece.len().min((bytes - at) as usize);
        at += match up {
            true => file.write_at(&piece[..length], at),
            false => file.read_at(&mut piece[..length], at),
        }
        .expect("content") as u64;
    }
    moving.end(at)
}

/// Opens so many connections, says so, and keeps them until its input ends.
pub fn hold(socket: &Path, uri: &str, connections: usize) {
    let held: Vec<UnixStream> = (0..connections).map(|_| open(socket, uri)).collect();
    println!("{}", held.len());
    let _ = std::io::stdin().read(&mut [0]);
}

fn open(socket: &Path, uri: &str) -> UnixStream {
    let mut stream = UnixStream::connect(socket).expect("a server");
    for frame in opening(uri) {
        stream.write_all(&frame).expect("a server");
        reply(&mut stream);
    }
    stream
}

fn reply(stream: &mut UnixStream) -> Vec<u8> {
    let mut word = [0; 4];
    stream.read_exact(&mut word).expect("a reply");
    let mut rest = vec![0; u32::from_be_bytes(word) as usize - 4];
    stream.read_exact(&mut rest).expect("a reply");
    rest
}

/// Connects, asks how to authenticate, opens, says goodbye, and again.
pub fn churn(socket: &Path, uri: &str, seconds: f64) -> Lap {
    let span = Span::of(seconds);
    let watcher = std::thread::spawn(move || span.watch());
    let goodbye = frame(ConnectClose::NUMBER.0, 2, &[]);
    let mut calls = Calls::default();
    let mut now = Instant::now();
    while !span.is_over(now) {
        let before = now;
        let mut stream = open(socket, uri);
        stream.write_all(&goodbye).expect("a server");
        reply(&mut stream);
        drop(stream);
        now = Instant::now();
        calls.count(&span, before, now);
    }
    calls.lap(&span, watcher.join().expect("no panic"))
}

/// Ten slow calls, then a ping and a call that is cheap: how many milliseconds each of these waited for its answer.
pub fn beside_slow_calls(socket: &Path) -> (f64, f64) {
    let mut stream = open(socket, "test:///default");
    let slow: Vec<u8> =
        (10..20).flat_map(|serial| frame(ConnectGetHostname::NUMBER.0, serial, &[])).collect();
    stream.write_all(&slow).expect("a server");
    std::thread::sleep(Duration::from_millis(SLOW_MS / 10));
    let before = Instant::now();
    let mut both = PING.to_vec();
    both.extend(frame(ConnectGetLibVersion::NUMBER.0, 20, &[]));
    stream.write_all(&both).expect("a server");
    let (mut pong, mut cheap) = (None, None);
    while pong.is_none() || cheap.is_none() {
        let answer = reply(&mut stream);
        let word = |at: usize| u32::from_be_bytes(answer[at..at + 4].try_into().expect("four bytes"));
        let took = before.elapsed().as_secs_f64() * 1e3;
        match (word(0), word(16)) {
            (KEEPALIVE, _) => pong = Some(took),
            (_, 20) => cheap = Some(took),
            _ => {}
        }
    }
    (pong.expect("came"), cheap.expect("came"))
}

/// The keepalive program.
const KEEPALIVE: u32 = 0x6b65_6570;
/// Its ping: a notice.
const PING: [u8; 28] =
    [0, 0, 0, 28, 0x6b, 0x65, 0x65, 0x70, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0];

/// What moving a volume took: MB a second by the clock, and µs of this process for each MB.
pub struct Moved {
    pub mb_s: f64,
    pub cpu_us: f64,
}

impl std::fmt::Display for Moved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.1} {:.2}", self.mb_s, self.cpu_us)
    }
}

impl std::str::FromStr for Moved {
    type Err = String;

    fn from_str(text: &str) -> Result<Moved, String> {
        let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        match numbers[..] {
            [mb_s, cpu_us] => Ok(Moved { mb_s, cpu_us }),
            _ => Err(format!("not what moving takes: {text:?}")),
        }
    }
}

/// Measures what is done since.
pub struct Moving(Instant, Duration);

impl Moving {
    pub fn begin() -> Moving {
        Moving(Instant::now(), processor_time())
    }

    pub fn end(self, bytes: u64) -> Moved {
        let (mb, took) = (bytes as f64 / 1e6, self.0.elapsed());
        Moved { mb_s: mb / took.as_secs_f64(), cpu_us: (processor_time() - self.1).as_secs_f64() * 1e6 / mb }
    }
}
