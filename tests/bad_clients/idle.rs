//! What a connection costs each of its ends once it is open and nothing passes.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use virtwire::client::Connection;

use crate::daemon::{Daemon, MEMORY, settled};

/// So many that what both ends have once is nothing beside them.
const CONNECTIONS: usize = 1_000;

/// Where the process that is to be the client finds the path of its daemon's socket.
const SOCKET: &str = "VIRTWIRE_IDLE_CLIENT_SOCKET";

/// Bytes of one, without what the allocator itself needs: some more than they are, as compilers and the features differ.
const DAEMON_BYTES_MAX: usize = 2_048;
const CLIENT_BYTES_MAX: usize = 3_328;

#[test]
fn an_idle_connection_costs_both_ends_little() {
    let daemon = Daemon::start();
    let mut witness = daemon.client();
    let before = settled(&mut witness, |now| now.clients == 1);
    let mut client = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "idle::is_the_client_where_it_is_asked_to_be", "--nocapture"])
        .env(SOCKET, daemon.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(client.stdout.take().unwrap()).lines().map_while(Result::ok);
    let of_client = lines.filter_map(|line| line.strip_prefix("bytes ")?.parse::<usize>().ok()).next();
    let there = settled(&mut witness, |now| now.clients > CONNECTIONS);
    // It goes with its input.
    drop(client.stdin.take());
    let _ = client.wait();
    let of_daemon = there.bytes.saturating_sub(before.bytes) / CONNECTIONS;
    println!("an idle connection: {of_daemon} bytes of its daemon, {of_client:?} of its client");
    assert!(of_daemon <= DAEMON_BYTES_MAX, "{of_daemon} bytes of the daemon: {before:?} {there:?}");
    assert!(of_client.is_some_and(|bytes| bytes <= CLIENT_BYTES_MAX), "{of_client:?} bytes of the client");
}

/// Opens connections where the environment says so, says what each costs, and keeps them until its input ends.
#[test]
fn is_the_client_where_it_is_asked_to_be() {
    let Some(path) = std::env::var_os(SOCKET) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let _open = runtime.block_on(open(path));
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

async fn open(path: OsString) -> Vec<Connection> {
    let uri = format!("test+unix:///default?socket={}", path.to_string_lossy());
    let mut open = Vec::with_capacity(CONNECTIONS + 1);
    // The first brings what all have in common.
    open.push(Connection::open(&uri).await.unwrap());
    let before = MEMORY.allocated();
    for _ in 0..CONNECTIONS {
        open.push(Connection::open(&uri).await.unwrap());
    }
    println!("bytes {}", MEMORY.allocated().saturating_sub(before) / CONNECTIONS);
    open
}
