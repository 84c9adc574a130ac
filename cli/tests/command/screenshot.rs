//! `virtwire screenshot`: which file a daemon's picture goes to.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Stdio;

use virtwire::protocol::error::RemoteError;
use virtwire::protocol::frame::Draft;
use virtwire::protocol::header::{MessageKind, StreamPart};
use virtwire::protocol::program::Procedure;
use virtwire::protocol::remote::{
    AuthType, Domain, DomainLookupByName, DomainLookupByNameReply, DomainScreenshot, DomainScreenshotReply,
};

use crate::peer::Peer;
use crate::process::{Done, command, run_into, send, temporary};

/// The daemon's words are not what decides.
#[test]
fn no_file_of_the_users_is_overwritten_that_they_did_not_name() {
    let directory = temporary("pictures");
    fs::create_dir(&directory).unwrap();
    let uri = daemon(Then::Finishes);
    let shot = |more: &[&str]| shot(&directory, &[&["screenshot", &uri, "web1"], more].concat());
    let kept = directory.join("setup.py");
    fs::write(&kept, "the user's").unwrap();
    assert_eq!(shot(&[]).succeeded(), "wrote web1.image (image/py, 7 B)\n");
    assert_eq!(fs::read_to_string(&kept).unwrap(), "the user's");
    assert_eq!(fs::read_to_string(directory.join("web1.image")).unwrap(), "picture");
    // Nor is what was there before, unless it is named.
    fs::write(directory.join("web1.image"), "the user's").unwrap();
    let told = shot(&[]).failed(1);
    assert!(told.contains("file web1.image: is there already") && told.contains("--output"), "{told}");
    assert_eq!(fs::read_to_string(directory.join("web1.image")).unwrap(), "the user's");
    shot(&["--output", "web1.image"]).succeeded();
    assert_eq!(fs::read_to_string(directory.join("web1.image")).unwrap(), "picture");
    assert_eq!(shot(&["--output", "-"]).succeeded(), "picture");
    // As `head -c 1` does; what it got is no picture.
    let (nobody, pipe) = std::io::pipe().unwrap();
    drop(nobody);
    let told = run_into(&["screenshot", &uri, "web1", "--output", "-"], pipe).failed(1);
    assert!(told.contains("standard output: nobody reads on"), "{told}");
    fs::remove_dir_all(&directory).unwrap();
}

/// Neither a transfer that breaks nor one that somebody leaves is in the next one's way, or is taken for a picture. A file that was there before
/// is the user's own.
#[test]
fn no_part_of_a_picture_is_left() {
    let directory = temporary("parts");
    fs::create_dir(&directory).unwrap();
    let left = || fs::read_dir(&directory).unwrap().map(|file| file.unwrap().file_name()).collect::<Vec<_>>();
    let uri = daemon(Then::Breaks);
    for _ in 0..2 {
        let told = shot(&directory, &["screenshot", &uri, "web1"]).failed(1);
        assert!(told.contains("the disk is gone"), "{told}");
        assert_eq!(left(), [""; 0]);
    }
    let named = ["screenshot", &uri, "web1", "--output", "named"];
    let told = shot(&directory, &named).failed(1);
    assert!(told.contains("file named is removed, as it is not whole"), "{told}");
    assert_eq!(left(), [""; 0]);
    fs::write(directory.join("named"), "the user's").unwrap();
    let told = shot(&directory, &named).failed(1);
    assert!(told.contains("file named is not whole"), "{told}");
    assert_eq!(left(), ["named"]);
    fs::remove_file(directory.join("named")).unwrap();

    let uri = daemon(Then::Hangs);
    let mut hangs = command(&["screenshot", &uri, "web1"]);
    let child = hangs.current_dir(&directory).stderr(Stdio::piped()).spawn().unwrap();
    while left().is_empty() {
        std::thread::yield_now();
    }
    send("TERM", &child);
    let told = Done::of(child.wait_with_output().unwrap()).failed(1);
    assert!(told.contains("left because of SIGTERM"), "{told}");
    assert_eq!(left(), [""; 0]);
    fs::remove_dir_all(&directory).unwrap();
}

/// What a daemon does once it has sent a picture's bytes.
#[derive(Clone, Copy)]
enum Then {
    Finishes,
    Breaks,
    Hangs,
}

/// One that ends with the test; its URI.
fn daemon(then: Then) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("test+tcp://{}/default", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let clients = listener.incoming();
        clients.for_each(|client| drop(std::thread::spawn(move || shows(client.unwrap(), then))))
    });
    uri
}

fn shot(directory: &Path, arguments: &[&str]) -> Done {
    Done::of(command(arguments).current_dir(directory).output().unwrap())
}

/// A daemon that means `setup.py`.
fn shows(client: TcpStream, then: Then) {
    let mut peer = Peer::new(client);
    while let Some(call) = peer.next() {
        match (call.header.kind(), call.header.procedure) {
            (Ok(MessageKind::Stream(StreamPart::Finish)), _) => {
                peer.send(&call, MessageKind::Stream(StreamPart::Finish), Draft::empty());
            }
            (Ok(MessageKind::Stream(_)), _) => {}
            (_, DomainLookupByName::NUMBER) => {
                let dom = Domain { name: "setup".into(), uuid: [1; 16], id: 1 };
                peer.reply(&call, &DomainLookupByNameReply { dom });
            }
            (_, DomainScreenshot::NUMBER) => {
                peer.reply(&call, &DomainScreenshotReply { mime: Some("image/py".into()) });
                let mut data = |data| {
                    peer.send(&call, MessageKind::Stream(StreamPart::Data), Draft::raw(data).unwrap());
                };
                data(b"picture");
                match then {
                    Then::Finishes => data(b""),
                    Then::Breaks => {
                        let error = RemoteError::rpc("the disk is gone");
                        peer.send(&call, MessageKind::Stream(StreamPart::Abort), error.encode().unwrap());
                    }
                    Then::Hangs => {}
                }
            }
            _ => peer.agree(&call, AuthType::None),
        }
    }
}
