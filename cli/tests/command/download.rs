//! Volumes that come, and do not come whole.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::time::Instant;

use virtwire::protocol::frame::{Draft, Frame};
use virtwire::protocol::header::{MessageKind, StreamPart};
use virtwire::protocol::program::Procedure;
use virtwire::protocol::remote::{
    AuthType, StoragePool, StoragePoolLookupByName, StoragePoolLookupByNameReply, StorageVol,
    StorageVolDownload, StorageVolGetInfoFlags, StorageVolGetInfoFlagsReply, StorageVolLookupByName,
    StorageVolLookupByNameReply,
};

use crate::PATIENCE;
use crate::peer::{Peer, played};
use crate::process::{Done, run, send, temporary};

/// A volume that comes piece by piece, of a daemon that goes on with the next once it is told, and goes where nobody does.
pub(crate) fn slow_volume(pieces: u64) -> (String, Sender<()>) {
    let (go_on, goes_on) = mpsc::channel();
    let uri = volume(pieces * PIECE.len() as u64, move |peer, call| {
        for _ in 0..pieces {
            if goes_on.recv().is_err() {
                return false;
            }
            let data = MessageKind::Stream(StreamPart::Data);
            peer.send(call, data, Draft::raw(&PIECE).unwrap());
        }
        peer.send(call, MessageKind::Stream(StreamPart::Data), Draft::empty());
        true
    });
    (uri, go_on)
}

/// A volume of so many bytes, of a daemon that sends this of it, and stays if that says so.
fn volume(
    bytes: u64,
    mut content: impl FnMut(&mut Peer<TcpStream>, &Frame) -> bool + Send + 'static,
) -> String {
    played(move |mut peer| {
        while let Some(call) = peer.next() {
            match call.header.procedure {
                _ if matches!(call.header.kind(), Ok(MessageKind::Stream(_))) => {
                    peer.send(&call, MessageKind::Stream(StreamPart::Finish), Draft::empty());
                }
                StoragePoolLookupByName::NUMBER => {
                    let pool = StoragePool { name: "images".into(), uuid: [1; 16] };
                    peer.reply(&call, &StoragePoolLookupByNameReply { pool });
                }
                StorageVolLookupByName::NUMBER => {
                    let vol = StorageVol { pool: "images".into(), name: "disk".into(), key: "/disk".into() };
                    peer.reply(&call, &StorageVolLookupByNameReply { vol });
                }
                StorageVolGetInfoFlags::NUMBER => {
                    let reply = StorageVolGetInfoFlagsReply { r#type: 0, capacity: bytes, allocation: bytes };
                    peer.reply(&call, &reply);
                }
                StorageVolDownload::NUMBER => {
                    peer.reply(&call, &());
                    if !content(&mut peer, &call) {
                        return;
                    }
                }
                _ => peer.agree(&call, AuthType::None),
            }
        }
    })
}

static PIECE: [u8; 100_000] = [7; 100_000];

/// It could be taken for the whole. What was there before is its user's.
#[test]
fn what_a_broken_transfer_has_made_is_not_left() {
    let file = temporary("torn");
    let path = file.to_str().unwrap();
    let vol = r#"{"vol": {"pool": "images", "name": "disk", "key": "/disk"}, "offset": 0, "length": 0, "flags": 0}"#;
    for is_there in [false, true] {
        for (words, more) in [
            (&["vol", "download"][..], &["images", "disk", path][..]),
            (&["call"], &["storage_vol_download", vol, "--stream", path]),
        ] {
            if is_there {
                fs::write(&file, "the user's").unwrap();
            }
            let (uri, go_on) = slow_volume(2);
            go_on.send(()).unwrap();
            drop(go_on);
            let done = run(&[words, &[uri.as_str()], more].concat());
            assert_eq!(done.status, Some(1), "{done:?}");
            let told = if is_there { "is not whole" } else { "is removed, as it is not whole" };
            assert!(done.stderr.contains(&format!("file {path} {told}")), "{done:?}");
            assert_eq!(file.exists(), is_there, "{done:?}");
        }
    }
    fs::remove_file(&file).unwrap();
}

/// Also where that is a hole. Whoever bounds a download has room for so much.
#[test]
fn no_more_is_taken_than_was_asked_for() {
    let file = temporary("bounded");
    let path = file.to_str().unwrap();
    for (length, is_whole) in [("200000", true), ("199999", false), ("10", false)] {
        let (uri, go_on) = slow_volume(2);
        go_on.send(()).unwrap();
        go_on.send(()).unwrap();
        let done = run(&["vol", "download", "--length", length, &uri, "images", "disk", path]);
        assert_eq!((done.status, file.exists()), (Some(i32::from(!is_whole)), is_whole), "{done:?}");
        let told = format!("sends more than the {length} bytes that were asked for");
        assert_ne!(done.stderr.contains(&told), is_whole, "{done:?}");
        fs::remove_file(&file).unwrap_or_default();
    }
    let uri = volume(1 << 62, |peer, call| {
        peer.send(call, MessageKind::Hole, Draft::encode(&(1_i64 << 62, 0_u32)).unwrap());
        true
    });
    let done = run(&["vol", "download", "--sparse", "--length", "10", &uri, "images", "disk", "-"]);
    assert_eq!((done.status, done.stdout.as_str()), (Some(1), ""), "{done:?}");
    assert!(done.stderr.contains("more than the 10 bytes"), "{done:?}");
}

#[test]
fn nor_is_what_somebody_leaves() {
    let file = temporary("left");
    for signal in ["INT", "TERM", "HUP"] {
        let (uri, go_on) = slow_volume(2);
        let child = downloading(&uri, &file, "");
        go_on.send(()).unwrap();
        wait_for_a_piece(&file);
        send(signal, &child);
        let told = Done::of(child.wait_with_output().unwrap());
        assert_eq!(told.status, Some(1), "{told:?}");
        assert!(told.stderr.contains(&format!("left because of SIG{signal}")), "{told:?}");
        assert!(!file.exists(), "{told:?}");
    }
}

/// As `nohup` has it.
#[test]
fn a_signal_that_is_to_be_ignored_is() {
    let file = temporary("whole");
    let (uri, go_on) = slow_volume(2);
    let child = downloading(&uri, &file, "trap '' HUP");
    go_on.send(()).unwrap();
    wait_for_a_piece(&file);
    send("HUP", &child);
    go_on.send(()).unwrap();
    Done::of(child.wait_with_output().unwrap()).succeeded();
    assert_eq!(fs::read(&file).unwrap().len(), 2 * PIECE.len());
    fs::remove_file(&file).unwrap();
}

fn downloading(uri: &str, file: &Path, before: &str) -> Child {
    Command::new("sh")
        .args(["-c", &format!("{before}\nexec \"$@\""), "sh", env!("CARGO_BIN_EXE_virtwire")])
        .args(["vol", "download", uri, "images", "disk"])
        .arg(file)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[track_caller]
fn wait_for_a_piece(file: &Path) {
    let deadline = Instant::now() + PATIENCE;
    while !file.metadata().is_ok_and(|found| found.len() > 0) {
        assert!(Instant::now() < deadline, "nothing has come");
        std::thread::yield_now();
    }
}
