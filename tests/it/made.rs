//! What an embedder's traits are handed can be made without a server, for tests of them.

use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use virtwire::hypervisor::{AfterDump, CoreDump, Keys};
use virtwire::protocol::access::{Named, ObjectKind, Right};
use virtwire::protocol::enums::{DumpFormat, KeyCodes};
use virtwire::protocol::error::RemoteError;
use virtwire::protocol::program::{Procedure, Program};
use virtwire::protocol::remote::DomainDestroyFlags;
use virtwire::server::{
    AccessRequest, Chunk, ConnectionId, Identity, PeerTransport, Stream, StreamError, StreamReader,
};

#[test]
fn what_a_client_wants_can_be_made() {
    let (identity, object) = (Identity::of(PeerTransport::Unix), Named::default());
    let right = Right::of(ObjectKind::Domain, "stop");
    let request = AccessRequest::new(&identity, ConnectionId(7), right);
    assert!(request.procedure.is_none() && request.object.is_none() && request.flags == 0);
    let procedure = Program::REMOTE.procedure(DomainDestroyFlags::NUMBER).unwrap();
    let request = request.with_procedure(procedure).with_object(&object).with_flags(1);
    assert_eq!(request.procedure.map(|info| info.name), Some("domain_destroy_flags"));
    assert!(request.object.is_some() && request.flags == 1 && request.connection == ConnectionId(7));

    let keys = Keys::new(KeyCodes::Linux, [29, 56, 111], Duration::from_millis(50));
    assert_eq!(keys.keys, [29, 56, 111]);
    let dump = CoreDump::new(DumpFormat::Raw);
    assert!(dump.then == AfterDump::GoesOn && !dump.live && !dump.memory_only && !dump.bypass_cache);
}

/// More than the queues hold: each end waits for the other's reader.
const LONG: usize = 20_000_000;

async fn rest(reader: &mut StreamReader) -> Vec<u8> {
    let mut come = Vec::new();
    reader.read_to_end(&mut come).await.unwrap();
    come
}

#[tokio::test]
async fn a_stream_within_a_process_carries_as_one_over_a_connection() {
    // An upload.
    let (mut stream, (reader, mut writer)) = Stream::pair();
    let daemon = tokio::spawn(async move {
        let mut come = Vec::new();
        stream.read_to_end(&mut come).await.unwrap();
        stream.finish().await.unwrap();
        come
    });
    let content: Vec<_> = (0..LONG).map(|at| (at / 1_000) as u8).collect();
    writer.write_all(&content).await.unwrap();
    writer.finish().await.unwrap();
    drop(reader);
    assert!(daemon.await.unwrap() == content);

    // A download, with a hole in it, of a file too.
    let (mut stream, (mut reader, writer)) = Stream::pair();
    let sent = content.clone();
    let daemon = tokio::spawn(async move {
        stream.write_chunk(sent.into()).await?;
        stream.write_hole(5).await?;
        let file = std::fs::File::open("Cargo.toml").unwrap();
        stream.send_file(&file, 0, u64::MAX).await.unwrap();
        stream.finish().await
    });
    let come = rest(&mut reader).await;
    let expected = [&content[..], &[0; 5], &std::fs::read("Cargo.toml").unwrap()].concat();
    assert!(come == expected);
    writer.finish().await.unwrap();
    daemon.await.unwrap().unwrap();

    // A console.
    let (mut stream, (mut reader, mut writer)) = Stream::pair();
    let daemon = tokio::spawn(async move {
        while let Some(Chunk::Data(data)) = stream.read_chunk().await? {
            stream.write_chunk(data).await?;
        }
        stream.finish().await
    });
    for line in ["one", "two"] {
        writer.write_chunk(Bytes::from_static(line.as_bytes())).await.unwrap();
        assert_eq!(reader.read_chunk().await.unwrap(), Some(Chunk::Data(line.into())));
    }
    writer.finish().await.unwrap();
    daemon.await.unwrap().unwrap();
    assert_eq!(reader.read_chunk().await.unwrap(), None);
}

#[tokio::test]
async fn each_end_of_a_stream_hears_why_the_other_has_given_it_up() {
    let (stream, (mut reader, writer)) = Stream::pair();
    stream.fail(RemoteError::rpc("no space left"));
    let Err(StreamError::Remote(error)) = reader.read_chunk().await else { panic!("it went on") };
    assert_eq!(error.message.to_string_lossy(), "no space left");
    assert!(matches!(writer.finish().await, Err(StreamError::Remote(_))));

    let (stream, (mut reader, _writer)) = Stream::pair();
    drop(stream);
    let Err(StreamError::Remote(error)) = reader.read_chunk().await else { panic!("it went on") };
    assert!(error.message.to_string_lossy().contains("given up"), "{error}");

    let (mut stream, (reader, writer)) = Stream::pair();
    drop((reader, writer));
    assert_eq!(stream.read_chunk().await, Err(StreamError::Aborted));
}
