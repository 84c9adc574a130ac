//! Output that nobody reads keeps nobody: keys and signals are heard all the same.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::termios::tcgetattr;
use virtwire::protocol::frame::Draft;
use virtwire::protocol::header::{Header, MessageKind, Serial, StreamPart};
use virtwire::protocol::program::Procedure;
use virtwire::protocol::remote::{
    AuthType, ConnectGetHostname, Domain, DomainLookupByName, DomainLookupByNameReply, DomainOpenConsole,
};

use crate::PATIENCE;
use crate::peer::played;
use crate::process::{command, ended_within, send, temporary};
use crate::terminal::{on_a_terminal, terminal};

/// A guest that never stops writing to its console.
fn flooding_guest() -> String {
    played(move |mut peer| {
        while let Some(call) = peer.next() {
            match call.header.procedure {
                DomainLookupByName::NUMBER => {
                    let dom = Domain { name: "web1".into(), uuid: [1; 16], id: 1 };
                    peer.reply(&call, &DomainLookupByNameReply { dom });
                }
                DomainOpenConsole::NUMBER => {
                    peer.reply(&call, &());
                    let data = call.header.answer(MessageKind::Stream(StreamPart::Data));
                    let piece = Draft::raw(&[b'x'; 4_096]).unwrap().seal(&data);
                    // Until the client has gone.
                    while peer.socket.write_all(&piece).is_ok() {}
                }
                _ => peer.agree(&call, AuthType::None),
            }
        }
    })
}

/// Waits until so much can be read, and reads none of it.
#[track_caller]
pub(crate) fn wait_until_unread(output: impl AsFd, bytes: u64) {
    let deadline = Instant::now() + PATIENCE;
    while rustix::io::ioctl_fionread(&output).unwrap() < bytes {
        assert!(Instant::now() < deadline, "it never came to {bytes} bytes");
        thread::sleep(Duration::from_millis(10));
    }
}

/// It is killed where it did not.
#[track_caller]
fn ends(mut child: Child) -> i32 {
    let ended = ended_within(&mut child, PATIENCE);
    if ended.is_none() {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    ended.expect("it goes on")
}

/// What a pipe holds, and what a terminal holds that can be read at once.
pub(crate) const PIPE_BYTES: u64 = 65_536;
const TERMINAL_BYTES: u64 = 4_095;

#[test]
fn the_escape_key_is_heard_on_a_terminal_that_shows_nothing_on() {
    let uri = flooding_guest();
    let (child, mut terminal) = on_a_terminal(24, 80, command(&["console", &uri, "web1"]));
    wait_until_unread(&terminal, TERMINAL_BYTES);
    terminal.write_all(b"\x1d").unwrap();
    assert_eq!(ends(child), 0);
}

/// Nobody can be told which key leaves, and it leaves.
#[test]
fn a_console_goes_on_where_standard_error_cannot_be_written() {
    let uri = flooding_guest();
    let (slave, mut terminal) = terminal(24, 80);
    let mut console = command(&["console", &uri, "web1"]);
    console.stdin(slave.try_clone().unwrap()).stdout(slave);
    let full = File::options().write(true).open("/dev/full").unwrap();
    let child = console.stderr(full).spawn().unwrap();
    wait_until_unread(&terminal, TERMINAL_BYTES);
    terminal.write_all(b"\x1d").unwrap();
    assert_eq!(ends(child), 0);
}

/// Whatever ends it, the shell has its terminal as it was.
#[test]
fn a_console_that_is_quit_leaves_no_terminal_raw() {
    let uri = flooding_guest();
    let (slave, terminal) = terminal(24, 80);
    let modes = || tcgetattr(&slave).unwrap().local_modes;
    let before = modes();
    let mut console = command(&["console", &uri, "web1"]);
    console.stdin(slave.try_clone().unwrap()).stdout(slave.try_clone().unwrap()).stderr(Stdio::null());
    let child = console.spawn().unwrap();
    wait_until_unread(&terminal, TERMINAL_BYTES);
    assert_ne!(modes(), before);
    send("QUIT", &child);
    assert_eq!(ends(child), 1);
    assert_eq!(modes(), before);
}

#[test]
fn a_console_whose_output_nobody_reads_is_left_by_any_signal() {
    for signal in ["INT", "TERM", "HUP"] {
        let uri = flooding_guest();
        let mut child = command(&["console", &uri, "web1"]).stderr(Stdio::piped()).spawn().unwrap();
        let stdout = child.stdout.take().unwrap();
        wait_until_unread(&stdout, PIPE_BYTES);
        send(signal, &child);
        let mut stderr = child.stderr.take().unwrap();
        assert_eq!(ends(child), 1, "{signal}");
        let mut told = String::new();
        stderr.read_to_string(&mut told).unwrap();
        assert!(told.contains(&format!("left because of SIG{signal} (the guest runs on)")), "{told}");
    }
}

/// Nobody can be told where it listens.
#[test]
fn a_proxy_goes_on_where_standard_error_cannot_be_written() {
    let daemon = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp://{}", daemon.local_addr().unwrap());
    thread::spawn(move || {
        let (mut client, _) = daemon.accept().unwrap();
        let mut bytes = [0; 4];
        client.read_exact(&mut bytes).unwrap();
        client.write_all(&bytes).unwrap();
    });
    let socket = temporary("proxy");
    let listen = format!("unix:{}", socket.display());
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut proxy = command(&["dissect", "--once", "--listen", &listen, "--connect", &address]);
    let child = proxy.stdout(Stdio::null()).stderr(full).spawn().unwrap();
    let deadline = Instant::now() + PATIENCE;
    let mut client = loop {
        match UnixStream::connect(&socket) {
            Ok(client) => break client,
            Err(error) => assert!(Instant::now() < deadline, "{error}"),
        }
        thread::sleep(Duration::from_millis(10));
    };
    client.write_all(b"echo").unwrap();
    let mut bytes = Vec::new();
    client.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, b"echo");
    drop(client);
    assert_eq!(ends(child), 0);
}

/// Traffic waits for whoever reads what is told of it, and the signal does not.
#[test]
fn a_proxy_that_nobody_reads_ends_by_a_signal() {
    let daemon = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp://{}", daemon.local_addr().unwrap());
    thread::spawn(move || std::io::copy(&mut daemon.accept().unwrap().0, &mut std::io::sink()));
    let proxy = ["dissect", "-v", "--listen", "tcp://127.0.0.1:0", "--connect", &address];
    let mut child = command(&proxy).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    let mut client = TcpStream::connect(line.trim().strip_prefix("listening on tcp://").unwrap()).unwrap();
    client.set_write_timeout(Some(Duration::from_secs(2))).unwrap();
    // Until nothing is passed on any more.
    let call = |serial| {
        let (program, number) = (ConnectGetHostname::PROGRAM, ConnectGetHostname::NUMBER);
        Draft::empty().seal(&Header::new(MessageKind::Call, program, number, Serial(serial)))
    };
    let calls: Vec<u8> = (0..1_000).flat_map(call).collect();
    let stalled = (0..10_000).any(|_| client.write_all(&calls).is_err());
    assert!(stalled);
    send("TERM", &child);
    let _unread = child.stdout.take();
    assert_eq!(ends(child), 1);
    let mut told = String::new();
    stderr.read_to_string(&mut told).unwrap();
    assert!(told.contains("standard output: nobody reads it"), "{told}");
}
