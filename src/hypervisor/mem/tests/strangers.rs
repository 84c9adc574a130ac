//! The migration port, and whoever connects to it.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::moves::{Pair, finish, prepare};
use super::*;
use crate::hypervisor::MigrationVersion;

async fn connect(prepared: &Prepared) -> TcpStream {
    let uri = prepared.uri_out.as_deref().unwrap();
    TcpStream::connect(uri.strip_prefix("tcp:").unwrap()).await.unwrap()
}

/// Sends bytes, and waits until the other side has closed.
async fn send(prepared: &Prepared, bytes: &[u8]) {
    let mut stream = connect(prepared).await;
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    let _ = stream.read_to_end(&mut Vec::new()).await;
}

#[tokio::test]
async fn strangers_do_not_disturb_a_migration() {
    for version in [MigrationVersion::V1, MigrationVersion::V2] {
        let pair = Pair::new().await;
        let dom_xml = (version == MigrationVersion::V2).then_some(pair.xml.as_str());
        let prepared = pair.destination.mem.prepare(prepare(dom_xml)).await.unwrap();
        send(&prepared, b"").await;
        send(&prepared, b"GET / HTTP/1.1\r\n\r\n").await;
        send(&prepared, &[0; 16]).await;
        send(&prepared, &[0xff; 100_000]).await;
        // Some come and never say anything.
        let mut silent = Vec::new();
        for _ in 0..8 {
            silent.push(connect(&prepared).await);
        }
        pair.perform(&prepared).await.unwrap();
        pair.destination.mem.finish(finish(version, "a", &prepared)).await.unwrap();
        assert_eq!(pair.destination.state("a").await, Some((1, 2)));
        drop(silent);
    }
}

#[tokio::test]
async fn whoever_has_the_cookie_can_end_that_guest_and_no_other() {
    let cookie = |prepared: &Prepared| prepared.cookie.clone();
    let with = |prepared: &Prepared, rest: &[&[u8]]| [&[cookie(prepared).as_slice()], rest].concat().concat();
    let huge = u64::MAX.to_be_bytes();
    let some = 1_024_u64.to_be_bytes();
    let none = 0_u64.to_be_bytes();
    let long = u32::MAX.to_be_bytes();
    for rest in [
        vec![],
        vec![&huge[..]],
        vec![&some[..]],
        vec![&some[..], &long[..]],
        vec![&some[..], &[0, 0, 16, 0][..], &[0; 4_096][..]],
        vec![&some[..], &[0, 0, 0, 0][..], &[0; 8][..]],
        vec![&none[..], &[0, 0, 0, 0][..], &[0; 8][..]],
    ] {
        let mut pair = Pair::new().await;
        let mem = pair.destination.mem.clone();
        mem.create(xml("other"), StartOptions::default()).await.unwrap();
        pair.destination.events();
        let prepared = pair.prepared().await;
        send(&prepared, &with(&prepared, &rest)).await;
        assert_eq!(pair.destination.event().await, (5, 5), "{rest:02x?}");
        assert_eq!(pair.destination.find("a").await, None);
        assert_eq!(pair.destination.state("other").await, Some((1, 1)));
        assert_error(mem.cancel(finish(MigrationVersion::V2, "a", &prepared)).await, 42, 10);
    }
}

#[tokio::test]
async fn what_a_stream_brings_in_version_1_is_read_like_any_xml() {
    for xml in [&b"not xml"[..], b"<domain type='kvm'><name>a</name><memory>1</memory></domain>", b"\xff\xfe"]
    {
        let pair = Pair::new().await;
        let mem = &pair.destination.mem;
        let prepared = mem.prepare(prepare(None)).await.unwrap();
        let len = (xml.len() as u32).to_be_bytes();
        let bytes = [&prepared.cookie[..], &len, xml, &0_u64.to_be_bytes()].concat();
        send(&prepared, &bytes).await;
        assert!(mem.domains().await.unwrap().is_empty());
        while !mem.inner.table().incoming.is_empty() {
            tokio::task::yield_now().await;
        }
    }
}

/// Who stands in the door that anybody reaches is in nobody's way who was let in.
#[tokio::test]
async fn strangers_at_the_direct_door_do_not_keep_out_those_who_are_expected() {
    let pair = Pair::new().await;
    let mem = &pair.destination.mem;
    let door = mem.take_direct("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let coming = || mem.inner.table().incoming.len();
    let mut silent = Vec::new();
    for count in 1..=16 {
        let mut stream = TcpStream::connect(door.address()).await.unwrap();
        stream.write_all(b"VWDIRECT\0\0\0\0\0\0\0\x01").await.unwrap();
        silent.push(stream);
        while coming() < count {
            tokio::task::yield_now().await;
        }
    }
    let mut one_more = TcpStream::connect(door.address()).await.unwrap();
    one_more.write_all(b"VWDIRECT\0\0\0\0\0\0\0\x01").await.unwrap();
    let _ = one_more.read_to_end(&mut Vec::new()).await;
    assert_eq!(coming(), 16, "it was sent away");
    for _ in 0..63 {
        mem.prepare(prepare(None)).await.unwrap();
    }
    let prepared = mem.prepare(prepare(Some(&pair.xml))).await.unwrap();
    pair.perform(&prepared).await.unwrap();
    assert_error(mem.prepare(prepare(None)).await, 9, 10);
}
