//! File descriptors between a client and a daemon of ours, and from a client that does as it likes.

use std::io::{IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::net::TcpStream;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::BytesMut;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use virtwire::client::Connection;
use virtwire::protocol::error::{Fate, RemoteError};
use virtwire::protocol::frame::{self, Draft, Frame};
use virtwire::protocol::header::{Header, MessageKind, Serial};
use virtwire::protocol::message::MessageError;
use virtwire::protocol::program::{ProcedureNumber, Program};
use virtwire::protocol::remote::{
    ConnectGetVersionReply, Domain, DomainCreateXmlWithFiles, DomainCreateXmlWithFilesReply,
    DomainOpenGraphicsFd,
};
use virtwire::protocol::session::server::Called;
use virtwire::server::{Answering, CallContext, Exposure, Handler, Listener, Server};

use crate::raw;

#[tokio::test]
async fn up_to_32_go_with_a_call_in_order_and_33_do_not() {
    let (connection, _path) = serve().await;
    for count in [0, 1, 32] {
        let (mut kept, passed) = pairs(count);
        connection.domain_create_xml_passing("<domain/>", passed, 0).await.unwrap();
        for (at, near) in kept.iter_mut().enumerate() {
            // The daemon writes to each its number, and closes it.
            let mut said = String::new();
            near.read_to_string(&mut said).unwrap();
            assert_eq!(said, format!("file {at} of {count}"));
        }
    }
    let (mut kept, passed) = pairs(33);
    let error = connection.domain_create_xml_passing("<domain/>", passed, 0).await.unwrap_err();
    assert_eq!(error.fate(), Fate::DidNotRun);
    assert!(error.to_string().contains("33 file descriptors"), "{error}");
    // They are closed all the same.
    assert_eq!(kept[0].read(&mut [0]).unwrap(), 0);
    connection.connect_get_hostname().await.unwrap();
}

#[tokio::test]
async fn a_reply_brings_its_own_closed_on_exec() {
    let (connection, _path) = serve().await;
    let fd = connection.domain_open_graphics_socket(&guest(), 0, 0).await.unwrap();
    assert!(rustix::io::fcntl_getfd(&fd).unwrap().contains(rustix::io::FdFlags::CLOEXEC));
    let mut said = String::new();
    UnixStream::from(fd).read_to_string(&mut said).unwrap();
    assert_eq!(said, "RFB");
}

#[tokio::test]
async fn calls_with_and_without_them_do_not_mix_them_up() {
    let (connection, _path) = serve().await;
    let tasks: Vec<_> = (0..40)
        .map(|number| {
            let connection = connection.clone();
            tokio::spawn(async move {
                let (mut kept, passed) = pairs(number % 4);
                connection.domain_create_xml_passing("<domain/>", passed, 0).await.unwrap();
                connection.connect_get_hostname().await.unwrap();
                for (at, near) in kept.iter_mut().enumerate() {
                    let mut said = String::new();
                    near.read_to_string(&mut said).unwrap();
                    assert_eq!(said, format!("file {at} of {}", number % 4));
                }
                connection.domain_open_graphics_socket(&guest(), 0, 0).await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn what_a_handler_does_not_take_is_closed() {
    let (connection, _path) = serve().await;
    let (mut kept, passed) = pairs(1);
    let socket = passed.into_iter().next().unwrap();
    connection.domain_open_graphics_on(&guest(), 0, socket, 0).await.unwrap();
    assert_eq!(kept[0].read(&mut [0]).unwrap(), 0);
}

/// Nor has one that has no use for them: else it would keep them open for as long as it takes.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_passes_none_has_none_while_it_runs() {
    let (_connection, path) = serve().await;
    let mut client = UnixStream::connect(&path).unwrap();
    let (mut kept, passed) = pairs(1);
    let version = Header::new(MessageKind::CallWithFds, Program::REMOTE, ProcedureNumber(4), Serial(1));
    client.write_all(&Draft::empty().announcing(1).unwrap().seal(&version)).unwrap();
    pass(&client, &[0], &passed[0]);
    drop(passed);
    let answer = answer(&mut client).unwrap();
    let reply: ConnectGetVersionReply = virtwire::xdr::from_slice(&answer.payload).unwrap();
    assert_eq!(reply.hv_ver, 0, "descriptors that the handler finds");
    assert_eq!(kept[0].read(&mut [0]).unwrap(), 0);
}

#[tokio::test]
async fn a_container_lends_its_name_spaces() {
    let (connection, _path) = serve().await;
    let files = connection.lxc_domain_open_namespace_files(&guest(), 0).await.unwrap();
    let said = files.into_iter().map(|file| {
        let mut said = String::new();
        UnixStream::from(file).read_to_string(&mut said).unwrap();
        said
    });
    assert_eq!(said.collect::<Vec<_>>(), ["mnt", "net"]);
}

#[tokio::test]
async fn they_go_with_calls_by_number_too_and_with_no_others() {
    let (connection, _path) = serve().await;
    let arguments = virtwire::xdr::to_vec(&DomainCreateXmlWithFiles::default()).unwrap();
    let (mut kept, passed) = pairs(2);
    let call = |number, passed| {
        connection.call_with_fds_encoded(Program::REMOTE, ProcedureNumber(number), &arguments, passed)
    };
    let (reply, came) = call(309, passed).await.unwrap();
    virtwire::xdr::from_slice::<DomainCreateXmlWithFilesReply>(&reply).unwrap();
    assert!(came.is_empty());
    for (at, near) in kept.iter_mut().enumerate() {
        let mut said = String::new();
        near.read_to_string(&mut said).unwrap();
        assert_eq!(said, format!("file {at} of 2"));
    }
    // Neither what asks alone nor what opens a stream: of them the daemon hears nothing.
    for (number, why) in [(59, "Connection::call makes it"), (209, "it opens a stream")] {
        let (mut kept, passed) = pairs(1);
        let error = call(number, passed).await.unwrap_err();
        assert!(error.fate() == Fate::DidNotRun && error.to_string().contains(why), "{error}");
        assert_eq!(kept[0].read(&mut [0]).unwrap(), 0);
    }
}

/// The reply that brings one is none of a call that has no place for it.
#[tokio::test]
async fn what_passes_descriptors_is_not_called_without() {
    let (connection, _path) = serve().await;
    let error = connection.call(DomainOpenGraphicsFd { dom: guest(), idx: 0, flags: 0 }).await.unwrap_err();
    assert!(error.to_string().contains("call_with_fds"), "{error}");
    assert_eq!(error.fate(), Fate::DidNotRun);
    let programs = [Program::REMOTE, Program::QEMU, Program::LXC, Program::ADMIN];
    let passing = programs.map(|program| {
        let passing = program.procedures().iter().filter(|info| info.passes_fds);
        passing.map(|info| info.number.0).collect::<Vec<_>>()
    });
    assert_eq!(passing, [vec![249, 309, 310, 343, 443], vec![7], vec![1], vec![]]);
    for (program, numbers) in programs.into_iter().zip(passing) {
        for number in numbers {
            let error = connection.call_encoded(program, ProcedureNumber(number), &[]).await.unwrap_err();
            assert_eq!(error.fate(), Fate::DidNotRun, "{program} {number}: {error}");
        }
    }
    connection.connect_get_hostname().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn tcp_carries_none_and_says_so_before_anything_is_sent() {
    let address = raw::serve(Server::new(Host)).await;
    let uri = format!("mem+tcp://{address}/");
    let connection = Connection::open(&uri).await.unwrap();
    let (_kept, passed) = pairs(1);
    let error = connection.domain_create_xml_passing("<domain/>", passed, 0).await.unwrap_err();
    assert!(error.to_string().contains("only a unix socket"), "{error}");
    // A daemon cannot answer with one either.
    let mut client = TcpStream::connect(address).unwrap();
    let body = Draft::encode(&DomainOpenGraphicsFd { dom: guest(), idx: 0, flags: 0 }).unwrap();
    let header = Header::new(MessageKind::Call, Program::REMOTE, ProcedureNumber(343), Serial(1));
    client.write_all(&body.seal(&header)).unwrap();
    let answer = answer(&mut client).unwrap();
    let error: MessageError = virtwire::xdr::from_slice(&answer.payload).unwrap();
    assert_eq!(error.message.unwrap(), "no descriptors here");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_unannounced_is_closed_and_what_does_not_come_ends_the_connection() {
    let (_connection, path) = serve().await;
    let call = |count: Option<u32>, serial| {
        let (kind, body) = match count {
            None => (MessageKind::Call, Draft::empty()),
            Some(count) => (MessageKind::CallWithFds, Draft::empty().announcing(count).unwrap()),
        };
        body.seal(&Header::new(kind, Program::REMOTE, ProcedureNumber(59), Serial(serial)))
    };
    // One with an ordinary byte of a call.
    let mut client = UnixStream::connect(&path).unwrap();
    let (mut kept, passed) = pairs(1);
    let hostname = call(None, 1);
    pass(&client, &hostname[..1], &passed[0]);
    drop(passed);
    client.write_all(&hostname[1..]).unwrap();
    assert_eq!(reply(&mut client), Some(Serial(1)));
    assert_eq!(kept[0].read(&mut [0]).unwrap(), 0, "closed by the daemon, too");
    // None at all is a call like any other.
    client.write_all(&call(Some(0), 2)).unwrap();
    assert_eq!(reply(&mut client), Some(Serial(2)));
    // One announced, and a byte without any.
    client.write_all(&call(Some(1), 3)).unwrap();
    client.write_all(&[0]).unwrap();
    assert_eq!(reply(&mut client), None);
    // More than there may be.
    let mut client = UnixStream::connect(&path).unwrap();
    client.write_all(&call(Some(33), 1)).unwrap();
    assert_eq!(reply(&mut client), None);
    // The end while they are waited for.
    let mut client = UnixStream::connect(&path).unwrap();
    client.write_all(&call(Some(2), 1)).unwrap();
    client.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(reply(&mut client), None);
    // And as it should be, two calls in one go.
    let mut client = UnixStream::connect(&path).unwrap();
    let (_kept, passed) = pairs(2);
    for (serial, passed) in [(1, &passed[0]), (2, &passed[1])] {
        client.write_all(&call(Some(1), serial)).unwrap();
        pass(&client, &[0], passed);
    }
    let mut serials = [reply(&mut client), reply(&mut client)];
    serials.sort();
    assert_eq!(serials, [Some(Serial(1)), Some(Serial(2))]);
}

/// Nobody keeps a client from giving one serial to two calls. Each reply is followed by its own.
#[tokio::test(flavor = "multi_thread")]
async fn two_calls_of_one_serial_have_descriptors_of_their_own() {
    let (_connection, path) = serve().await;
    let mut client = UnixStream::connect(&path).unwrap();
    client.set_read_timeout(Some(std::time::Duration::from_secs(30))).unwrap();
    let call = |number, serial, body: Draft| {
        let number = ProcedureNumber(number);
        body.seal(&Header::new(MessageKind::Call, Program::REMOTE, number, Serial(serial)))
    };
    let graphics = || Draft::encode(&DomainOpenGraphicsFd { dom: guest(), idx: 0, flags: 0 }).unwrap();
    // In one write, so that both are answered before the first reply goes out.
    let all = [call(343, 1, graphics()), call(343, 1, graphics()), call(59, 2, Draft::empty())].concat();
    client.write_all(&all).unwrap();
    for _ in 0..2 {
        let frame = answer(&mut client).unwrap();
        assert_eq!((frame.header.kind(), frame.header.serial), (Ok(MessageKind::ReplyWithFds), Serial(1)));
        let mut byte = [7];
        client.read_exact(&mut byte).unwrap();
        assert_eq!(byte, [0], "a byte for the descriptor");
    }
    assert_eq!(reply(&mut client), Some(Serial(2)));
}

fn pass(socket: &UnixStream, bytes: &[u8], fd: &OwnedFd) {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let fds = [fd.as_fd()];
    assert!(control.push(SendAncillaryMessage::ScmRights(&fds)));
    let sent = sendmsg(socket.as_fd(), &[IoSlice::new(bytes)], &mut control, SendFlags::empty());
    assert_eq!(sent.unwrap(), bytes.len());
}

/// The serial of the next reply; `None` at the end.
fn reply(socket: &mut UnixStream) -> Option<Serial> {
    answer(socket).map(|frame| frame.header.serial)
}

fn answer(socket: &mut impl Read) -> Option<Frame> {
    let mut bytes = BytesMut::new();
    loop {
        if let Some(frame) = frame::split(&mut bytes).unwrap() {
            assert!(bytes.is_empty() || frame.header.serial.0 < 3);
            return Some(frame);
        }
        let mut byte = [0];
        match socket.read(&mut byte) {
            Ok(1..) => bytes.extend_from_slice(&byte),
            // Closed with something unread, it is reset.
            Ok(0) | Err(_) => return None,
        }
    }
}

/// Pairs of sockets: ends to keep and ends to pass.
fn pairs(count: usize) -> (Vec<UnixStream>, Vec<OwnedFd>) {
    (0..count).map(|_| UnixStream::pair().unwrap()).map(|(near, far)| (near, far.into())).unzip()
}

fn guest() -> Domain {
    Domain { name: "guest".into(), uuid: [1; 16], id: 1 }
}

/// The path of a socket, which goes with its owner.
async fn serve() -> (Connection, std::path::PathBuf) {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("virtwire-fds-{}-{number}.sock", std::process::id()));
    let address = format!("unix:{}", path.display()).parse().unwrap();
    let listener = Listener::bind(&address, Exposure::LocalOnly).await.unwrap();
    tokio::spawn(async move { Server::new(Host).serve(&listener).await });
    let connection = Connection::open(&format!("mem+unix:///?socket={}", path.display())).await.unwrap();
    (connection, path)
}

struct Host;

impl Handler for Host {
    fn call(self: Arc<Self>, cx: CallContext, called: Called) -> Answering {
        Box::pin(async move {
            match called.info.name {
                "connect_supports_feature" => Ok(Draft::encode(&i32::from(cx.carries_fds())).unwrap()),
                "connect_get_hostname" => Ok(Draft::encode("here").unwrap()),
                "connect_get_version" => {
                    let hv_ver = cx.take_fds().len() as _;
                    Ok(Draft::encode(&ConnectGetVersionReply { hv_ver }).unwrap())
                }
                "domain_create_xml_with_files" => {
                    let fds = cx.take_fds();
                    let count = fds.len();
                    for (at, fd) in fds.into_iter().enumerate() {
                        write!(UnixStream::from(fd), "file {at} of {count}").unwrap();
                    }
                    Ok(Draft::encode(&DomainCreateXmlWithFilesReply::default()).unwrap())
                }
                "domain_open_graphics_fd" => {
                    let (mut near, far) = UnixStream::pair().unwrap();
                    near.write_all(b"RFB").unwrap();
                    let refused = |_| RemoteError::rpc("no descriptors here");
                    cx.reply_with_fds(vec![far.into()]).map_err(refused)?;
                    Ok(Draft::empty())
                }
                "domain_open_namespace" => {
                    let lent = ["mnt", "net"].map(|name| {
                        let (mut near, far) = UnixStream::pair().unwrap();
                        near.write_all(name.as_bytes()).unwrap();
                        far.into()
                    });
                    cx.reply_with_fds(lent.into()).unwrap();
                    Ok(Draft::empty())
                }
                _ => Ok(Draft::empty()),
            }
        })
    }
}
