//! `virtwire dissect` between real virsh and a real libvirtd, and on a capture that dumpcap made of them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use serde_json::Value;
use virtwire::protocol::frame::Draft;
use virtwire::protocol::header::{Header, MessageKind, Serial};
use virtwire::protocol::program::{Procedure, Program};
use virtwire::protocol::remote::DomainFdAssociate;

use crate::descriptors_of_libvirtd::{a_disk_passes, a_file_passes, sockets_pass};
use crate::lab::{Directory, Libvirtd, next_number, runtime};
use crate::need::need;
use crate::peers::{try_virsh, virsh};
use crate::process::run;
use crate::recorder::{Conversation, From, Recorder};
use crate::wire::Frame;

/// Nothing here takes this long, however busy the machine is.
const DEADLINE: Duration = Duration::from_secs(60);

/// What libvirt itself shows only to those who ask for secrets.
const COOKIE: &str = "never-to-be-shown";
const GUEST: &str = "<domain type='test'>
<name>guest</name><uuid>5f2a8c1e-0000-4000-8000-000000000031</uuid><memory>8192</memory><os><type>hvm</type></os>
<devices>
  <disk type='network'>
    <source protocol='https' name='disk'>
      <host name='host' port='443'/>
      <cookies><cookie name='token'>never-to-be-shown</cookie></cookies>
    </source>
    <target dev='vda' bus='virtio'/>
  </disk>
</devices></domain>";

/// What dumpcap recorded of loopback is, frame by frame, what a tap saw there: calls, replies, errors, events.
#[test]
fn a_capture_has_the_frames_that_passed() {
    need!(Dumpcap, Libvirtd, Namespaces, Virsh);
    let daemon = Libvirtd::start();
    let tap = Recorder::of_frames(daemon.address());
    let directory = Directory::new(next_number());
    for (format, name) in [("-n", "capture.pcapng"), ("-P", "capture.pcap")] {
        let before = tap.conversations().len();
        let file = directory.path().join(name);
        let dumpcap = Background::start(
            Command::new("dumpcap")
                .args(["-q", "-i", "lo", "-f", &format!("tcp port {}", tap.address().port())])
                .args([format, "-w"])
                .arg(&file),
            "File: ",
        );
        talk(&test_uri(tap.address()), &directory);
        let conversations = tap.conversations().split_off(before);
        assert!(conversations.len() > 3);

        // The last packets are in the file a moment after they have passed.
        let deadline = Instant::now() + DEADLINE;
        let told = loop {
            let told = dissected(&["--data", file.to_str().expect("a path of ours is text")]);
            let closed = told.iter().filter(|line| line["closed"]["how"] == "closed").count();
            if closed == conversations.len() {
                break told;
            }
            assert!(Instant::now() < deadline, "{closed} of {} connections ended", conversations.len());
            thread::sleep(Duration::from_millis(50));
        };
        drop(dumpcap);
        assert_same(&told, &conversations);
        let file_name = file.to_str().expect("a path of ours is text");
        let shown = |more: &[&str]| run(virtwire().args(["dissect", "-v"]).args(more).arg(file_name)).stdout;
        let (shut, open) = (shown(&[]), shown(&["--secrets"]));
        assert!(shut.contains("<cookie name='token'>(hidden)</cookie>") && !shut.contains(COOKIE), "{shut}");
        assert!(open.contains(COOKIE), "{open}");
        // Times are known here.
        let answered = told.iter().filter(|line| line["answers"] == true);
        assert!(answered.clone().count() > 10 && answered.clone().all(|line| line["took_us"].is_u64()));
        let ladder = run(virtwire().args(["dissect", "--ladder", "--connection", "1"]).arg(&file));
        assert!(ladder.stdout.contains("1 connect_open ─") && ladder.stdout.contains(" UTC\n"), "{ladder:?}");
    }
}

/// virsh → unix → dissect → TCP → a tap → TCP → dissect → unix → libvirtd. virsh says what it says without all that, and
/// both say of each frame what the tap saw.
#[test]
fn virsh_does_not_notice_who_stands_between() {
    need!(Libvirtd, Namespaces, Virsh);
    let daemon = Libvirtd::start();
    let directory = Directory::new(next_number());
    let inner = Dissect::start("tcp://127.0.0.1:0", &format!("unix:{}", daemon.socket().display()));
    let inner_address = inner.address.strip_prefix("tcp://").expect("as asked").parse().expect("an address");
    let tap = Recorder::of_frames(inner_address);
    let socket = directory.path().join("tap");
    let outer = Dissect::start(&format!("unix:{}", socket.display()), &format!("tcp://{}", tap.address()));
    let through = format!("test+unix:///default?socket={}", socket.display());
    let direct = format!("test+unix:///default?socket={}", daemon.socket().display());

    assert_eq!(talk(&through, &directory), talk(&direct, &directory));

    let conversations = tap.conversations();
    for dissect in [outer, inner] {
        let told = dissect.told_of(conversations.len());
        assert_same(&told, &conversations);
        assert!(
            told.iter()
                .all(|line| line["closed"].is_null() || line["closed"]["how"] == "closed by both ends")
        );
    }
}

/// Either end is killed while virsh waits for events: the other end notices, and what was open is said.
#[test]
fn a_killed_end_ends_the_other() {
    need!(Libvirtd, Namespaces, Virsh);
    for client_dies in [true, false] {
        let daemon = Libvirtd::start();
        let dissect = Dissect::start("tcp://127.0.0.1:0", &format!("tcp://{}", daemon.address()));
        let address = dissect.address.strip_prefix("tcp://").expect("as asked").parse().expect("an address");
        let mut watcher = Command::new("virsh")
            .args(["--quiet", "--connect", &test_uri(address), "event", "--all", "--loop"])
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("virsh starts");
        let registered = |line: &Value| {
            line["kind"] == "reply" && line["name"] == "connect_domain_event_callback_register_any"
        };
        let mut told = dissect.until(registered);
        if client_dies {
            watcher.kill().expect("it runs");
        } else {
            drop(daemon);
        }
        told.extend(dissect.until(|line| line["closed"].is_object()));
        // A virsh without its daemon goes on to wait for nothing.
        let _ = watcher.kill();
        watcher.wait().expect("a child can be waited for");
        assert!(told.iter().all(|line| line["undecoded"].is_null() && line["foreign"].is_null()));
        assert!(told.iter().filter(|line| line["kind"] == "call").count() > 3);
    }
}

/// What goes beside the bytes gets through, too, in both directions.
#[test]
fn descriptors_are_passed_on_with_their_bytes() {
    need!(Libvirtd, Namespaces, Qemu);
    let daemon = Libvirtd::start();
    let (dissect, uri) = before(&daemon, &format!("unix:{}", daemon.socket().display()));
    let disk = daemon.directory().write("disk.raw", &"x".repeat(1 << 20));
    runtime().block_on(async {
        sockets_pass(&uri).await;
        a_file_passes(&uri, &disk).await;
        a_disk_passes(&uri, &disk).await;
    });
    let told = dissect.told_of(3);
    let count = |kind: &str| told.iter().filter(|line| line["kind"] == kind).count();
    // Graphics on a socket of QEMU's, and on one of ours; a file for its monitor; a disk. One has a descriptor come back.
    assert_eq!((count("call_with_fds"), count("reply_with_fds")), (4, 1), "{told:#?}");
    assert!(told.iter().all(|line| line["foreign"].is_null() && line["undecoded"].is_null()));
    assert!(told.iter().all(|line| line["remark"].is_null()), "{told:#?}");
}

/// TCP carries none: what is lost is said.
#[test]
fn a_descriptor_that_cannot_be_passed_on_is_told() {
    let directory = Directory::new(next_number());
    let passed = File::open(directory.write("passed", "content")).unwrap();
    // It reads nothing: a libvirtd that misses a descriptor ends the connection, often before the tap has met the descriptor.
    let daemon = TcpListener::bind("127.0.0.1:0").unwrap();
    let (dissect, socket) = tap(&directory, &format!("tcp://{}", daemon.local_addr().unwrap()));
    let client = UnixStream::connect(socket).unwrap();
    pass(&client, passed);
    let told = dissect.until(|line| line["remark"].is_string());
    let remark = told.last().unwrap()["remark"].as_str().unwrap();
    assert_eq!(remark, "1: a file descriptor is not passed on: the other end is TCP, which carries none");
}

/// Sends a descriptor with a byte of its own.
#[track_caller]
fn pass(client: &UnixStream, passed: File) {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let descriptors = [passed.as_fd()];
    assert!(control.push(SendAncillaryMessage::ScmRights(&descriptors)));
    let sent = sendmsg(client, &[IoSlice::new(&[0])], &mut control, SendFlags::NOSIGNAL).unwrap();
    assert_eq!(sent, 1);
}

/// One that a daemon does not wait for is told of with the frame that announces it, and not once more when it comes.
#[test]
fn a_descriptor_that_a_daemon_misses_is_told_once_also_where_the_daemon_closes_first() {
    let directory = Directory::new(next_number());
    let daemon = TcpListener::bind("127.0.0.1:0").unwrap();
    let (dissect, socket) = tap(&directory, &format!("tcp://{}", daemon.local_addr().unwrap()));
    let kind = MessageKind::CallWithFds;
    let header = Header::new(kind, Program::REMOTE, DomainFdAssociate::NUMBER, Serial(7));
    let call = Draft::raw(&[0, 0, 0, 1]).unwrap().seal(&header);
    for closes_first in [true, false] {
        let mut client = UnixStream::connect(&socket).unwrap();
        let (mut here, _) = daemon.accept().unwrap();
        client.write_all(&call).unwrap();
        let mut frame = vec![0; call.len()];
        here.read_exact(&mut frame).unwrap();
        if !closes_first {
            pass(&client, File::open("/dev/null").unwrap());
            here.read_exact(&mut [0]).unwrap();
        }
        drop(here);
        if closes_first {
            assert_eq!(client.read(&mut [0]).unwrap(), 0, "it is told of the end");
        }
        drop(client);
        let told = dissect.until(|line| line["closed"].is_object());
        let remarks = told.iter().filter_map(|line| line["remark"].as_str());
        assert_eq!(remarks.filter(|remark| remark.contains("descriptor")).count(), 1, "{told:#?}");
    }
}

/// A tap before a daemon, and the URI that leads through it.
#[track_caller]
fn before(daemon: &Libvirtd, connect: &str) -> (Dissect, String) {
    let (dissect, socket) = tap(daemon.directory(), connect);
    (dissect, format!("qemu+unix:///system?socket={}", socket.display()))
}

/// A tap, and the socket that leads through it.
#[track_caller]
fn tap(directory: &Directory, connect: &str) -> (Dissect, PathBuf) {
    let socket = directory.path().join("tap");
    (Dissect::start(&format!("unix:{}", socket.display()), connect), socket)
}

/// Some of everything: objects, an error, an event.
fn talk(uri: &str, directory: &Directory) -> Vec<String> {
    let xml = directory.write("guest.xml", GUEST);
    // The test driver forgets everything with its last connection.
    let session = format!(
        "list --all; define {xml}; start guest; dumpxml guest --security-info; destroy guest; undefine guest; net-list"
    );
    vec![
        virsh(uri, &["list", "--all"]),
        virsh(uri, &[&session]),
        virsh(uri, &["dumpxml", "test"]),
        virsh(uri, &["vol-list", "default-pool"]),
        try_virsh(uri, &["domstate", "absent"]).stderr,
    ]
}

fn test_uri(address: SocketAddr) -> String {
    format!("test+tcp://{address}/default")
}

/// What one side says of a frame, without its payload.
type Words = (String, u64, i64, u64, u64, u64, u64);

/// Each connection has the same frames in each direction, in the same order. Connections may have been numbered in
/// another order.
#[track_caller]
fn assert_same(told: &[Value], conversations: &[Conversation]) {
    let mut ours = BTreeMap::<u64, [Vec<Words>; 2]>::new();
    for line in told.iter().filter(|line| line["kind"].is_string()) {
        let kinds = ["call", "reply", "event", "stream", "call_with_fds", "reply_with_fds", "hole"];
        let kind = kinds.iter().position(|kind| line["kind"] == *kind).expect("a kind of message");
        let status = ["ok", "error", "continue"].iter().position(|status| line["status"] == *status);
        let words = (
            line["program"].as_str().expect("a program of libvirt's").to_owned(),
            line["version"].as_u64().expect("a number"),
            line["procedure"].as_i64().expect("a number"),
            kind as u64,
            line["serial"].as_u64().expect("a number"),
            status.expect("a status of a message") as u64,
            line["bytes"].as_u64().expect("a number"),
        );
        let connection = ours.entry(line["connection"].as_u64().expect("a number")).or_default();
        connection[usize::from(line["from"] == "daemon")].push(words);
        assert!(line["undecoded"].is_null() && line["leniently"].is_null(), "{line}");
    }
    assert!(told.iter().all(|line| line["foreign"].is_null()));
    let mut ours: Vec<_> = ours.into_values().collect();
    let mut theirs: Vec<_> = conversations
        .iter()
        .map(|conversation| {
            [From::Client, From::Server].map(|end| {
                let frames = conversation.frames.iter().filter(|(from, _)| *from == end);
                frames.map(|(_, frame)| words_of(frame)).collect::<Vec<_>>()
            })
        })
        .collect();
    ours.sort();
    theirs.sort();
    assert_eq!(ours, theirs);
}

fn words_of(frame: &Frame) -> Words {
    let program = match frame.program {
        0x2000_8086 => "remote",
        0x6b65_6570 => "keepalive",
        other => panic!("program {other:#x}"),
    };
    (
        program.to_owned(),
        frame.version.into(),
        i64::from(frame.procedure),
        frame.kind.into(),
        frame.serial.into(),
        frame.status.into(),
        28 + frame.payload.len() as u64,
    )
}

fn virtwire() -> Command {
    Command::new(env!("CARGO_BIN_EXE_virtwire"))
}

fn dissected(arguments: &[&str]) -> Vec<Value> {
    let finished = run(virtwire().args(["dissect", "--json"]).args(arguments));
    // Before the first packet there is nothing, which is said.
    finished.stdout.lines().map(parse).collect()
}

#[track_caller]
fn parse(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

/// A program that runs until this is dropped, and has said on standard error that it does.
struct Background(Child);

impl Background {
    #[track_caller]
    fn start(command: &mut Command, says: &str) -> Background {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut stderr = BufReader::new(child.stderr.take().expect("standard error is piped"));
        let mut said = String::new();
        while !said.lines().any(|line| line.contains(says)) {
            assert!(stderr.read_line(&mut said).expect("it writes text") > 0, "{command:?}: {said}");
        }
        // It goes on to write there.
        thread::spawn(move || stderr.read_to_end(&mut Vec::new()));
        Background(child)
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // Both fail only for a child that has been waited for.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `virtwire dissect` as a proxy.
struct Dissect {
    child: Child,
    address: String,
    lines: Receiver<Value>,
}

impl Dissect {
    #[track_caller]
    fn start(listen: &str, connect: &str) -> Dissect {
        let mut child = virtwire()
            .args(["dissect", "--json", "--data", "--listen", listen, "--connect", connect])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("virtwire starts");
        let mut line = String::new();
        let mut stderr = BufReader::new(child.stderr.take().expect("standard error is piped"));
        stderr.read_line(&mut line).expect("it writes text");
        let address =
            line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("{line}")).to_owned();
        let stdout = BufReader::new(child.stdout.take().expect("standard output is piped"));
        let (send, lines) = channel();
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if send.send(parse(&line)).is_err() {
                    break;
                }
            }
        });
        Dissect { child, address, lines }
    }

    /// What is told until this is, included.
    #[track_caller]
    fn until(&self, mut last: impl FnMut(&Value) -> bool) -> Vec<Value> {
        let mut told = Vec::new();
        loop {
            let line =
                self.lines.recv_timeout(DEADLINE).unwrap_or_else(|error| panic!("{error} after {told:#?}"));
            told.push(line);
            if told.last().is_some_and(&mut last) {
                return told;
            }
        }
    }

    /// What is told until so many connections have closed.
    #[track_caller]
    fn told_of(&self, connections: usize) -> Vec<Value> {
        let mut closed = 0;
        self.until(|line| {
            closed += usize::from(line["closed"].is_object());
            closed == connections
        })
    }
}

impl Drop for Dissect {
    fn drop(&mut self) {
        // Both fail only for a child that has been waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let path = self.address.strip_prefix("unix:").map(Path::new);
        // Killed, it leaves its socket.
        let _ = path.map(std::fs::remove_file);
    }
}
