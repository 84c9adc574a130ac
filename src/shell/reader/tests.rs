//! Frames of every size, however they come, and what memory they take.

use tokio::io::AsyncWriteExt;
use virtwire_protocol::frame::Draft;
use virtwire_protocol::header::Serial;
use virtwire_protocol::program::{ProcedureNumber, Program};

use super::*;

impl<R: AsyncRead + Unpin> FrameReader<R> {
    pub(super) async fn next(&mut self) -> Result<Option<Received>, CodecError> {
        std::future::poll_fn(|cx| self.poll_next(cx, |_| None)).await
    }
}

fn sealed(serial: u32, bytes: usize) -> bytes::Bytes {
    sealed_as(MessageKind::Call, serial, bytes)
}

fn sealed_as(kind: MessageKind, serial: u32, bytes: usize) -> bytes::Bytes {
    let payload: Vec<u8> = (0..bytes).map(|at| (at ^ (at >> 8)) as u8).collect();
    let header = Header::new(kind, Program::REMOTE, ProcedureNumber(1), Serial(serial));
    Draft::raw(&payload).unwrap().seal(&header).freeze()
}

#[cfg(feature = "gssapi")]
#[tokio::test]
async fn what_has_come_in_clear_is_not_taken_for_sealed() {
    let (near, mut far) = tokio::io::duplex(1_000);
    let mut frames = FrameReader::new(near, None);
    far.write_all(&sealed(1, 10)).await.unwrap();
    frames.next().await.unwrap().unwrap();
    let mut frames = FrameReader::new(frames.into_inner().unwrap(), None);
    far.write_all(&[&sealed(2, 10)[..], &[0]].concat()).await.unwrap();
    frames.next().await.unwrap().unwrap();
    let error = frames.into_inner().unwrap_err().to_string();
    assert!(error.contains("in clear"), "{error}");
}

#[tokio::test]
async fn frames_of_every_size_come_as_they_were_sent() {
    let sizes = [0, 1, 100, 16_300, 16_357, 16_384, 40_000, 262_120, 5, 262_120, 262_120, 3_000_000, 0];
    let (mut near, far) = tokio::io::duplex(70_000);
    let writer = tokio::spawn(async move {
        for (serial, bytes) in sizes.into_iter().enumerate() {
            near.write_all(&sealed(serial as u32, bytes)).await.unwrap();
        }
    });
    let mut frames = FrameReader::new(far, None);
    for (serial, bytes) in sizes.into_iter().enumerate() {
        let Received { frame, .. } = frames.next().await.unwrap().unwrap();
        assert_eq!(frame.header.serial, Serial(serial as u32));
        assert_eq!(frame.payload, sealed(0, bytes)[28..]);
    }
    assert!(frames.next().await.unwrap().is_none());
    writer.await.unwrap();
}

#[tokio::test]
async fn what_is_reserved_follows_what_has_come() {
    let (mut near, far) = tokio::io::duplex(1 << 20);
    let mut frames = FrameReader::new(far, None);
    let frame = sealed(1, 4 << 20);
    let mut come = 0;
    for part in [4, 20_000, 100_000, 500_000] {
        near.write_all(&frame[come..come + part]).await.unwrap();
        come += part;
        // Polled until it has taken all there is.
        let next = std::future::poll_fn(|cx| Poll::Ready(frames.poll_next(cx, |_| None))).await;
        assert!(next.is_pending());
        let (has_come, reserved) = match frames.bulk.as_ref().and_then(|bulk| bulk.large.as_ref()) {
            Some(large) => (large.come, large.memory.capacity()),
            None => (frames.buffer.len(), frames.buffer.capacity()),
        };
        assert_eq!(has_come, come);
        assert!(reserved <= READ_BYTES + 2 * come + CACHE_LINE_BYTES, "{reserved}");
    }
}

#[test]
fn memory_for_packets_begins_at_a_line_of_the_cache_also_when_it_is_used_again() {
    let mut bulk = Bulk::default();
    let memory = bulk.memory(100_000);
    let (begin, length) = (memory.as_ptr(), memory.len());
    assert_eq!((begin.align_offset(CACHE_LINE_BYTES), length), (0, 100_000));
    let whole = memory.freeze();
    let payload = whole.slice(28..);
    bulk.spares.push_front(whole);
    drop(payload);
    let again = bulk.memory(100_000);
    assert_eq!((again.as_ptr(), again.len()), (begin, length));
}

#[tokio::test]
async fn packets_come_into_a_buffer_that_nobody_has_any_more_until_another_frame_comes() {
    let (mut near, far) = tokio::io::duplex(8 << 20);
    let mut frames = FrameReader::new(far, None);
    let packet = sealed_as(MessageKind::Stream(StreamPart::Data), 1, 100_000);
    for _ in 0..12 {
        near.write_all(&packet).await.unwrap();
    }
    let mut payload = async || {
        let Received { frame, .. } = frames.next().await.unwrap().unwrap();
        assert_eq!(frame.payload, packet[28..]);
        frame.payload
    };
    drop(payload().await);
    let second = payload().await.as_ptr();
    assert_eq!(payload().await.as_ptr(), second, "it was free");
    let mut held = vec![payload().await];
    assert_eq!(held[0].as_ptr(), second);
    for _ in 0..7 {
        held.push(payload().await);
    }
    let places: std::collections::HashSet<_> = held.iter().map(|payload| payload.as_ptr()).collect();
    assert_eq!(places.len(), held.len(), "what somebody has is left alone");
    assert!(held.iter().all(|payload| *payload == packet[28..]));
    assert_eq!(frames.bulk.as_ref().unwrap().spares.len(), SPARES_MAX);
    near.write_all(&sealed(2, 50_000)).await.unwrap();
    frames.next().await.unwrap().unwrap();
    let Received { frame, .. } = frames.next().await.unwrap().unwrap();
    assert_eq!(frame.payload.len(), 50_000);
    assert_eq!((frames.bulk.is_none(), frames.buffer.capacity()), (true, 0));
}

/// Counts how often it is read.
struct Counted<R>(R, usize);

impl<R: AsyncRead + Unpin> AsyncRead for Counted<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.1 += 1;
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

/// As libvirt's daemons send what they read from a file.
#[tokio::test]
async fn a_short_packet_between_long_ones_costs_one_read_and_no_buffer() {
    let (mut near, far) = tokio::io::duplex(8 << 20);
    let mut frames = FrameReader::new(Counted(far, 0), None);
    let data = MessageKind::Stream(StreamPart::Data);
    for _ in 0..6 {
        near.write_all(&sealed_as(data, 1, 262_120)).await.unwrap();
        near.write_all(&sealed_as(data, 1, 24)).await.unwrap();
    }
    let mut places = Vec::new();
    for round in 0..6 {
        let before = frames.inner.1;
        let Received { frame: long, .. } = frames.next().await.unwrap().unwrap();
        assert_eq!(long.payload, sealed(1, 262_120)[28..]);
        places.push(long.payload.as_ptr());
        drop(long);
        let Received { frame: short, .. } = frames.next().await.unwrap().unwrap();
        assert_eq!(short.payload, sealed(1, 24)[28..]);
        // The first ones are read as it is learned how long they are.
        assert!(round < 2 || frames.inner.1 - before == 2, "{round}: {}", frames.inner.1 - before);
    }
    assert_eq!(places[3..], [places[2]; 3], "it is used again");
    // The end of the stream gives it back.
    near.write_all(&sealed_as(data, 1, 0)).await.unwrap();
    assert!(frames.next().await.unwrap().unwrap().frame.payload.is_empty());
    assert_eq!((frames.bulk.is_none(), frames.buffer.capacity()), (true, 0));
}

#[tokio::test]
async fn a_small_packet_does_not_hold_a_large_ones_buffer() {
    let (mut near, far) = tokio::io::duplex(8 << 20);
    let mut frames = FrameReader::new(far, None);
    for bytes in [200_000, 200_000, 40_000] {
        let packet = sealed_as(MessageKind::Stream(StreamPart::Data), 1, bytes);
        near.write_all(&packet).await.unwrap();
    }
    drop(frames.next().await.unwrap());
    let large = frames.next().await.unwrap().unwrap().frame.payload.as_ptr();
    let Received { frame, .. } = frames.next().await.unwrap().unwrap();
    assert_eq!(frame.payload.len(), 40_000);
    assert_ne!(frame.payload.as_ptr(), large);
}

#[tokio::test]
async fn a_read_that_is_one_frame_needs_no_buffer() {
    let (mut near, far) = tokio::io::duplex(8 << 20);
    let mut frames = FrameReader::new(far, None);
    for bytes in [0, 4, 1_000, READ_BYTES - FRAME_BYTES_MIN] {
        near.write_all(&sealed(1, bytes)).await.unwrap();
        let Received { frame, .. } = frames.next().await.unwrap().unwrap();
        assert_eq!(frame.payload, sealed(0, bytes)[28..]);
        assert_eq!(frames.buffer.capacity(), 0);
    }
}

#[cfg(feature = "server")]
#[tokio::test]
async fn a_read_that_is_one_frame_may_be_too_long_all_the_same() {
    let (mut near, far) = tokio::io::duplex(1_000);
    let mut frames = FrameReader::new(far, None);
    frames.set_frame_bytes_max(100);
    near.write_all(&sealed(1, 72)).await.unwrap();
    frames.next().await.unwrap().unwrap();
    near.write_all(&sealed(1, 73)).await.unwrap();
    let error = frames.next().await.unwrap_err().to_string();
    assert!(error.contains("101 bytes"), "{error}");
}

#[tokio::test]
async fn what_came_with_a_frame_is_had_without_a_read() {
    let (mut near, far) = tokio::io::duplex(8 << 20);
    let mut frames = FrameReader::new(Counted(far, 0), None);
    for (serial, bytes) in [0, 0, 50_000, 10].into_iter().enumerate() {
        near.write_all(&sealed(serial as u32, bytes)).await.unwrap();
    }
    let serial = |received: Received| received.frame.header.serial.0;
    assert_eq!(frames.next().await.unwrap().map(serial), Some(0));
    assert_eq!(frames.buffered().unwrap().map(serial), Some(1));
    assert!(frames.buffered().unwrap().is_none(), "a part of it");
    assert_eq!(frames.inner.1, 1);
    assert_eq!(frames.next().await.unwrap().map(serial), Some(2));
    assert_eq!(frames.next().await.unwrap().map(serial), Some(3));
    drop(near);
    assert!(frames.next().await.unwrap().is_none());
    assert!(frames.next().await.unwrap().is_none(), "the end comes again");
}

#[tokio::test]
async fn an_end_within_a_frame_is_an_error_and_idleness_holds_nothing() {
    let (mut near, far) = tokio::io::duplex(1_000);
    let mut frames = FrameReader::new(far, None);
    near.write_all(&sealed(1, 10)).await.unwrap();
    frames.next().await.unwrap().unwrap();
    assert_eq!(frames.buffer.capacity(), 0);
    near.write_all(&sealed(1, 10)[..30]).await.unwrap();
    drop(near);
    let error = frames.next().await.unwrap_err();
    assert!(
        matches!(&error, CodecError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof),
        "{error}"
    );
}
