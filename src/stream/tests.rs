//! The bounds of a stream's queues, and whose turn it is, without a socket.

use std::sync::Arc;

use bytes::Bytes;
use tokio::io::AsyncReadExt;
use virtwire_protocol::frame::{self, Head};
use virtwire_protocol::header::{Header, MessageKind, Serial, StreamPart};
use virtwire_protocol::program::{ProcedureNumber, Program};
use virtwire_protocol::session::stream::{CHUNK_BYTES_MAX, StreamEvent};

use super::*;
use crate::shell::reader::READ_BYTES;
use crate::shell::writer::FrameWriter;

/// A session that lets everything pass, and notes what is asked of it beside data.
#[derive(Default)]
struct Permissive {
    ended: Vec<u32>,
}

impl StreamSession for Permissive {
    type Id = u32;
    const CONFIRMS: bool = false;
    const READS_REPLIES: bool = true;

    fn came_apart(&mut self, _: std::time::Instant, header: &Header) -> Option<u32> {
        Some(header.serial.0)
    }

    fn data(&mut self, id: u32, bytes: usize) -> Option<Head> {
        let kind = MessageKind::Stream(StreamPart::Data);
        let header = Header::new(kind, Program::REMOTE, ProcedureNumber(208), Serial(id));
        (bytes > 0).then(|| frame::head(&header, bytes).unwrap())
    }

    fn hole(&mut self, _: u32, _: u64) -> bool {
        true
    }

    fn end_of_data(&mut self, _: u32) {}

    fn end(&mut self, id: u32, _: &Ending) -> bool {
        self.ended.push(id);
        false
    }
}

struct Table {
    table: StreamTable<u32>,
    pipes: Pipes,
    session: Permissive,
}

impl Table {
    fn new() -> Table {
        let (table, pipes) = Default::default();
        Table { table, pipes, session: Permissive::default() }
    }

    fn open(&mut self, id: u32, incoming_max: usize) -> (StreamReader, StreamWriter) {
        let pipe = self.pipes.pipe(incoming_max);
        self.table.insert(id, pipe.clone());
        self.table.opened(id, &mut self.session);
        halves(pipe, Side::Client { receives: true }, false, None, ())
    }

    fn deliver(&mut self, id: u32, bytes: usize) {
        self.table.deliver(id, StreamEvent::Data(vec![1; bytes].into()), &mut self.session);
    }

    /// Does what handles have asked for since.
    async fn attend(&mut self) {
        let Table { table, session, .. } = self;
        std::future::poll_fn(|cx| {
            while table.poll_words(session, cx).is_ready() {}
            std::task::Poll::Ready(())
        })
        .await;
    }
}

#[tokio::test]
async fn reading_stops_at_the_bound_and_goes_on_at_half_of_it() {
    let mut table = Table::new();
    let (mut reader, _writer) = table.open(1, 1_000_000);
    let mut queued = 0;
    while table.table.has_room() {
        table.deliver(1, CHUNK_BYTES_MAX);
        queued += CHUNK_BYTES_MAX;
    }
    assert!((1_000_000 - CHUNK_BYTES_MAX..1_000_000 + CHUNK_BYTES_MAX).contains(&queued), "{queued}");
    while !table.table.has_room() {
        let Some(Chunk::Data(data)) = reader.read_chunk().await.unwrap() else { panic!("no data") };
        queued -= data.len();
        table.attend().await;
    }
    assert!((250_000..=500_000).contains(&queued), "{queued}");
}

#[tokio::test]
async fn packets_of_a_byte_are_bounded_by_what_they_cost() {
    let mut table = Table::new();
    let _halves = table.open(1, 1_000_000);
    let mut packets = 0;
    while table.table.has_room() {
        table.deliver(1, 1);
        packets += 1;
    }
    assert!(packets < 10_000, "{packets}");
}

/// What has been read from a socket, and whether anybody still has some of it.
struct Read {
    _held: Arc<()>,
}

impl AsRef<[u8]> for Read {
    fn as_ref(&self) -> &[u8] {
        &[7; 1 << 20]
    }
}

#[tokio::test]
async fn a_small_piece_does_not_keep_all_that_was_read_with_it() {
    let mut table = Table::new();
    let _halves = table.open(1, 1_000_000);
    for (bytes, is_kept) in [(100, false), (READ_BYTES - 1, false), (READ_BYTES, true)] {
        let witness = Arc::new(());
        let read = Bytes::from_owner(Read { _held: witness.clone() });
        table.table.deliver(1, StreamEvent::Data(read.slice(..bytes)), &mut table.session);
        drop(read);
        assert_eq!(Arc::strong_count(&witness) > 1, is_kept, "{bytes}");
    }
}

#[tokio::test]
async fn a_reader_that_goes_holds_up_nothing() {
    let mut table = Table::new();
    let (reader, _writer) = table.open(1, 1_000);
    table.deliver(1, 1_000);
    assert!(!table.table.has_room());
    drop(reader);
    table.attend().await;
    assert!(table.table.has_room());
    table.deliver(1, 1_000_000);
    assert!(table.table.has_room());
}

#[tokio::test]
async fn one_stream_that_is_behind_stops_all_until_it_ends() {
    let mut table = Table::new();
    let (_first, _second) = (table.open(1, 1_000), table.open(2, 1_000));
    table.deliver(1, 1_000);
    assert!(!table.table.has_room());
    table.table.deliver(1, StreamEvent::Finish, &mut table.session);
    assert!(table.table.has_room());
}

/// A daemon may grant the end before it has sent all: then what there is must not pass for the whole.
#[tokio::test]
async fn what_ends_before_the_daemon_has_said_so_is_cut_short() {
    for (is_whole, expected) in [(true, Ok(None)), (false, Err(StreamError::Unread))] {
        let mut table = Table::new();
        let (mut reader, writer) = table.open(1, 1_000);
        table.deliver(1, 10);
        if is_whole {
            table.table.deliver(1, StreamEvent::EndOfData, &mut table.session);
        }
        let finish = tokio::spawn(writer.finish());
        tokio::task::yield_now().await;
        table.attend().await;
        table.table.deliver(1, StreamEvent::Finish, &mut table.session);
        assert_eq!(finish.await.unwrap(), Ok(()));
        assert!(matches!(reader.read_chunk().await, Ok(Some(Chunk::Data(data))) if data.len() == 10));
        assert_eq!(reader.read_chunk().await, expected);
    }
}

#[tokio::test]
async fn streams_take_turns_and_each_has_one_packet_in_flight() {
    let mut table = Table::new();
    let (near, mut far) = tokio::io::duplex(10_000_000);
    let mut writer = FrameWriter::new(near, None);
    let mut streams: Vec<_> = (0..3).map(|id| table.open(id, 1_000)).collect();
    for (_, writer) in &mut streams {
        for _ in 0..2 {
            writer.write_chunk(Bytes::from_static(&[2; 1_000])).await.unwrap();
        }
    }
    table.attend().await;
    let mut order = Vec::new();
    for _ in 0..2 {
        let mut sent = Vec::new();
        while table.table.send(&mut table.session, &mut writer, |head, _| sent.push(u32::from(head[23]))) {}
        order.push(sent);
        assert!(writer.has_stream_data());
        while !writer.is_empty() {
            writer.write_some().await.unwrap();
        }
    }
    assert_eq!(order, [[0, 1, 2], [0, 1, 2]]);
    assert!(table.session.ended.is_empty());
    drop(writer);
    let mut wire = Vec::new();
    far.read_to_end(&mut wire).await.unwrap();
    assert_eq!(wire.len(), 6 * 1_028);
}

#[tokio::test]
async fn a_finish_waits_for_what_was_written_and_an_abort_does_not() {
    let mut table = Table::new();
    let mut writer = FrameWriter::new(tokio::io::sink(), None);
    for (aborts, expected) in [(false, 1), (true, 0)] {
        let (reader, mut half) = table.open(7, 1_000);
        half.write_chunk(Bytes::from_static(b"last words")).await.unwrap();
        let finish = match aborts {
            true => {
                drop(half);
                None
            }
            false => Some(tokio::spawn(half.finish())),
        };
        drop(reader);
        tokio::task::yield_now().await;
        table.attend().await;
        assert_eq!(table.session.ended.len(), usize::from(aborts));
        let mut sent = 0;
        while table.table.send(&mut table.session, &mut writer, |_, _| sent += 1) {}
        while !writer.is_empty() {
            writer.write_some().await.unwrap();
        }
        assert_eq!(sent, expected);
        assert_eq!(std::mem::take(&mut table.session.ended), [7]);
        table.table.deliver(7, StreamEvent::Finish, &mut table.session);
        if let Some(finish) = finish {
            assert_eq!(finish.await.unwrap(), Ok(()));
        }
    }
}

#[tokio::test]
async fn a_writer_waits_while_too_much_waits_to_be_sent() {
    let mut table = Table::new();
    let (_reader, mut half) = table.open(1, 1_000);
    let writing =
        tokio::spawn(async move { half.write_chunk(vec![3; 10_000_000].into()).await.map(|()| half) });
    tokio::task::yield_now().await;
    let mut writer = FrameWriter::new(tokio::io::sink(), None);
    let mut total = 0;
    while !writing.is_finished() {
        table.attend().await;
        while table.table.send(&mut table.session, &mut writer, |_, bytes| total += bytes) {}
        while !writer.is_empty() {
            writer.write_some().await.unwrap();
        }
        // One packet a round, and the writer could not run ahead: it is not done before all but the queue is sent.
        tokio::task::yield_now().await;
    }
    assert!(total > 10_000_000 - (1 << 20) - 2 * CHUNK_BYTES_MAX, "{total}");
    let _half = writing.await.unwrap().unwrap();
}

/// A file without a name, of so many bytes.
fn file(bytes: usize) -> std::fs::File {
    use std::io::Write;
    static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("virtwire-sent-{}-{number}", std::process::id()));
    let mut file = std::fs::File::options().read(true).write(true).create_new(true).open(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    file.write_all(&vec![5; bytes]).unwrap();
    file
}

#[cfg(all(feature = "splice", target_os = "linux"))]
#[tokio::test]
async fn a_files_pages_are_bytes_to_the_queue_and_leave_by_a_line() {
    let mut table = Table::new();
    let (_reader, mut half) = table.open(1, 1_000);
    let sending = tokio::spawn(async move { half.send_file(&file(3_000_000), 0, u64::MAX).await });
    let (near, mut far) = tokio::net::UnixStream::pair().unwrap();
    let reading = tokio::spawn(async move {
        let mut received = Vec::new();
        far.read_to_end(&mut received).await.unwrap();
        received
    });
    let line = crate::shell::line::Line::new(near).unwrap();
    let mut writer = FrameWriter::new(line.clone(), Some(line));
    let mut packets: Vec<usize> = Vec::new();
    while packets.iter().sum::<usize>() < 3_000_000 + 28 * 12 {
        table.attend().await;
        while table.table.send(&mut table.session, &mut writer, |_, bytes| packets.push(bytes)) {}
        assert_eq!(writer.has_stream_data(), !writer.is_empty());
        while !writer.is_empty() {
            writer.write_some().await.unwrap();
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(sending.await.unwrap().unwrap(), 3_000_000);
    drop(writer);
    let received = reading.await.unwrap();
    assert_eq!((received.len(), packets.len()), (3_000_000 + 28 * 12, 12));
    assert_eq!(received.iter().filter(|byte| **byte == 5).count(), 3_000_000);
}

/// With a packet of its in a writer whose peer reads nothing.
#[tokio::test]
async fn the_end_of_a_stream_is_told_to_who_sends_a_file() {
    let mut table = Table::new();
    let (_reader, mut half) = table.open(1, 1_000);
    let sending = tokio::spawn(async move { half.send_file(&file(3_000_000), 0, u64::MAX).await });
    let (near, _far) = tokio::net::UnixStream::pair().unwrap();
    let line = crate::shell::line::Line::new(near).unwrap();
    let mut writer = FrameWriter::new(line.clone(), Some(line));
    while !writer.has_stream_data() {
        table.attend().await;
        while table.table.send(&mut table.session, &mut writer, |_, _| {}) {}
        tokio::task::yield_now().await;
    }
    table.table.deliver(1, StreamEvent::Finish, &mut table.session);
    let outcome = sending.await.unwrap();
    assert!(matches!(&outcome, Err(FileError::Stream(StreamError::Ended))), "{outcome:?}");
}
