//! `virtwire dissect --listen … --connect …`: whatever passes, passes unchanged, and ends as it ended.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::Value;

use crate::process::{json, temporary};

/// A proxy that ends with its first connection.
struct Proxy {
    child: Child,
    address: String,
    told: JoinHandle<String>,
}

impl Proxy {
    fn start(listen: &str, connect: &str) -> Proxy {
        let mut child = Command::new(env!("CARGO_BIN_EXE_virtwire"))
            .args(["dissect", "--json", "--once", "--listen", listen, "--connect", connect])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
        let address =
            line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("{line}")).to_owned();
        let mut stdout = child.stdout.take().unwrap();
        let told = thread::spawn(move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).unwrap();
            text
        });
        Proxy { child, address, told }
    }

    fn tcp(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address.strip_prefix("tcp://").unwrap()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    }

    /// What it told; it ends by itself.
    fn end(mut self) -> Vec<Value> {
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}");
        self.told.join().unwrap().lines().map(json).collect()
    }
}

/// Bytes that are no frames, and differ.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    (0..length).map(|_| next() | 0x80).collect()
}

fn daemon() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp://{}", listener.local_addr().unwrap());
    (listener, address)
}

fn how(told: &[Value]) -> &str {
    told.iter().find_map(|line| line["closed"]["how"].as_str()).unwrap()
}

/// The client says all it has to say and closes its half; only then the daemon answers.
#[test]
fn every_byte_passes_and_a_half_closed_connection_goes_on() {
    let (listener, address) = daemon();
    let proxy = Proxy::start("tcp://127.0.0.1:0", &address);
    let (question, answer) = (noise(7, 3_000_000), noise(8, 2_000_000));
    let expected = answer.clone();
    let server = thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut asked = Vec::new();
        client.read_to_end(&mut asked).unwrap();
        client.write_all(&answer).unwrap();
        asked
    });
    let mut client = proxy.tcp();
    client.write_all(&question).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut answered = Vec::new();
    client.read_to_end(&mut answered).unwrap();
    assert!(answered == expected, "{} bytes", answered.len());
    let asked = server.join().unwrap();
    assert!(asked == question, "{} bytes", asked.len());
    let told = proxy.end();
    assert_eq!(how(&told), "closed by both ends");
    let ended = told.iter().filter_map(|line| line["ended"]["skipped"].as_u64()).collect::<Vec<_>>();
    assert_eq!(ended, [3_000_000, 2_000_000]);
}

#[test]
fn the_same_over_unix_sockets_and_the_path_goes_with_the_proxy() {
    let (inner, outer) = (temporary("inner.sock"), temporary("outer.sock"));
    let listener = UnixListener::bind(&inner).unwrap();
    let [connect, listen] = [&inner, &outer].map(|path| format!("unix:{}", path.display()));
    let proxy = Proxy::start(&listen, &connect);
    assert_eq!(proxy.address, listen);
    let mut client = UnixStream::connect(&outer).unwrap();
    let (mut server, _) = listener.accept().unwrap();
    for (seed, length) in [(1, 1), (2, 100_000), (3, 28)] {
        let sent = noise(seed, length);
        let mut came = vec![0; length];
        client.write_all(&sent).unwrap();
        server.read_exact(&mut came).unwrap();
        assert!(came == sent, "{length}");
        server.write_all(&sent).unwrap();
        client.read_exact(&mut came).unwrap();
        assert!(came == sent, "{length}");
    }
    drop(client);
    assert_eq!(server.read(&mut [0; 8]).unwrap(), 0);
    drop(server);
    proxy.end();
    assert!(!outer.exists());
    std::fs::remove_file(&inner).unwrap();
}

/// An end that is killed closes its socket with bytes unread: a reset. The other end is not kept waiting.
#[test]
fn either_end_may_be_killed() {
    for client_dies in [true, false] {
        let (listener, address) = daemon();
        let proxy = Proxy::start("tcp://127.0.0.1:0", &address);
        let client = proxy.tcp();
        let (server, _) = listener.accept().unwrap();
        server.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let (dying, mut living) = if client_dies { (client, server) } else { (server, client) };
        // Once this has arrived, and is not read, closing resets.
        living.write_all(&[0x80; 100]).unwrap();
        dying.peek(&mut [0; 1]).unwrap();
        drop(dying);
        // The end comes, as an end or as a reset.
        loop {
            match living.read(&mut [0; 64]) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => break,
                Err(error) => panic!("{error}"),
            }
        }
        drop(living);
        let told = proxy.end();
        let who = if client_dies { "the client" } else { "the daemon" };
        assert_eq!(how(&told), format!("{who} broke the connection"));
    }
}

/// Too many open files are no reason to end: when some are closed, others get in.
#[test]
fn a_door_that_had_no_room_opens_again() {
    let (listener, address) = daemon();
    thread::spawn(move || {
        let echo = |client: std::io::Result<TcpStream>| {
            thread::spawn(move || {
                let (mut reader, mut writer) = (client.as_ref().unwrap(), client.as_ref().unwrap());
                // It ends with either end.
                let _ = std::io::copy(&mut reader, &mut writer);
            })
        };
        listener.incoming().map(echo).for_each(drop);
    });
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -n 40; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_virtwire")])
        .args(["dissect", "--json", "--listen", "tcp://127.0.0.1:0", "--connect", &address])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening on tcp://").unwrap_or_else(|| panic!("{line}"));
    let connect = || {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    };
    let clients: Vec<_> = (0..60).map(|_| connect()).collect();
    let mut told = BufReader::new(child.stdout.take().unwrap()).lines().map(|line| json(&line.unwrap()));
    let refused = told.find(|line| {
        line["remark"]
            .as_str()
            .is_some_and(|remark| remark.contains("cannot be accepted now: too many open files"))
    });
    assert!(refused.is_some());
    drop(clients);
    let drained = thread::spawn(move || told.for_each(drop));
    // Until the others' descriptors are closed there may be none for the way to the daemon, and then it is closed at once.
    let echoed = (0..1_000).any(|_| {
        let mut client = connect();
        let mut came = [0; 10];
        let is_open = client.write_all(b"still here").and_then(|()| client.read_exact(&mut came)).is_ok();
        std::thread::sleep(Duration::from_millis(if is_open { 0 } else { 10 }));
        is_open && &came == b"still here"
    });
    assert!(echoed);
    child.kill().unwrap();
    child.wait().unwrap();
    drained.join().unwrap();
}

#[test]
fn a_daemon_that_is_not_there_is_said_and_the_client_closed() {
    let (listener, address) = daemon();
    drop(listener);
    let proxy = Proxy::start("tcp://127.0.0.1:0", &address);
    let mut client = proxy.tcp();
    // An end, or a reset if the client was quick.
    assert!(!matches!(client.read(&mut [0; 8]), Ok(1..)));
    let told = proxy.end();
    assert_eq!(how(&told), "the daemon cannot be reached");
    assert!(
        told.iter()
            .any(|line| line["remark"].as_str().is_some_and(|remark| remark.contains("connection refused")))
    );
}
