//! Packets of a stream that are not read: their bytes go from the socket into a pipe.

use std::task::{Context, Poll};

use bytes::BytesMut;
use tokio::io::AsyncRead;
use virtwire_protocol::frame::{self, FRAME_BYTES_MIN};
use virtwire_protocol::header::{Header, MessageKind, StreamPart};

use super::super::line::Line;
use super::super::pages::{Conduit, Taken};
use super::{Filled, FrameReader, Large, SHORT_PACKETS_MAX};
use crate::codec::CodecError;

/// Where a stream's packets go without being read: from this socket into this pipe.
#[derive(Debug)]
pub(crate) struct Diversion {
    pub(crate) line: Line,
    pub(crate) conduit: Conduit,
}

impl Diversion {
    /// Both are needed for one.
    pub(crate) fn of(line: Option<&Line>, conduit: Option<Conduit>) -> Option<Diversion> {
        Some(Diversion { line: line?.clone(), conduit: conduit? })
    }
}

/// A packet that goes there.
#[derive(Debug)]
pub(super) struct Diverted {
    header: Header,
    /// Bytes of its payload.
    left: usize,
    by: Diversion,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    /// Where no more has come of a stream's large packet than its head, the rest may go elsewhere.
    pub(super) fn divert(&mut self, missing: usize, divert: impl Fn(&Header) -> Option<Diversion>) {
        let is_data = |header: &Header| header.kind() == Ok(MessageKind::Stream(StreamPart::Data));
        if self.buffer.len() == FRAME_BYTES_MIN
            && let Some(header) = frame::sealed_header(&self.buffer).filter(is_data)
            && let Some(by) = divert(&header)
        {
            self.buffer = BytesMut::new();
            self.largest = self.largest.max(FRAME_BYTES_MIN + missing);
            self.among_large = SHORT_PACKETS_MAX + 1;
            self.bulk.get_or_insert_default().diverted = Some(Diverted { header, left: missing, by });
        }
    }

    /// Moves some of a packet from the socket to where it goes. What does not go there is read as a packet of its own.
    pub(super) fn poll_fill_pipe(
        &mut self,
        cx: &mut Context<'_>,
        mut diverted: Diverted,
    ) -> Poll<Result<Filled, CodecError>> {
        let Diverted { header, left, ref by } = diverted;
        let taken = by.line.poll_take_pages(cx, &by.conduit, left);
        let bulk = self.bulk.get_or_insert_default();
        match taken {
            Poll::Ready(Ok(Taken::Pages(pages))) => {
                diverted.left = left.saturating_sub(pages.len());
                bulk.diverted = Some(diverted).filter(|diverted| diverted.left > 0);
                Poll::Ready(Ok(Filled::Pages(header, pages)))
            }
            Poll::Ready(Ok(Taken::Full)) => {
                let memory = BytesMut::from(&frame::head(&header, left)?[..]);
                bulk.large = Some(Large { come: memory.len(), length: memory.len() + left, memory });
                Poll::Ready(Ok(Filled::Some))
            }
            Poll::Ready(Ok(Taken::End)) => {
                bulk.diverted = Some(diverted);
                Poll::Ready(Ok(Filled::End))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error.into())),
            Poll::Pending => {
                bulk.diverted = Some(diverted);
                Poll::Pending
            }
        }
    }
}

#[cfg(all(test, feature = "splice", target_os = "linux"))]
mod tests {
    use std::fs::File;
    use std::future::poll_fn;
    use std::os::unix::fs::FileExt;

    use tokio::io::AsyncWriteExt;
    use virtwire_protocol::frame::Draft;
    use virtwire_protocol::header::Serial;
    use virtwire_protocol::program::{ProcedureNumber, Program};

    use super::super::Received;
    use super::*;

    /// A file that has no name.
    fn file() -> File {
        let path = std::env::temp_dir().join(format!("virtwire-diverted-{}", std::process::id()));
        let file = File::options().read(true).write(true).create_new(true).open(&path).unwrap();
        std::fs::remove_file(path).unwrap();
        file
    }

    fn content(bytes: usize) -> Vec<u8> {
        (0..bytes).map(|at| (at.wrapping_mul(31) ^ (at >> 9)) as u8).collect()
    }

    /// From a socket to a file, in order, whatever the socket's pieces are; and what there is no room for is read.
    #[tokio::test]
    async fn a_packet_goes_by_the_pipe_as_far_as_that_has_room() {
        for (short_writes, is_full) in [(0, false), (2_000, true)] {
            let (mut near, far) = tokio::net::UnixStream::pair().unwrap();
            let line = Line::new(far).unwrap();
            let mut frames = FrameReader::new(line.clone(), Some(line.clone()));
            let data = MessageKind::Stream(StreamPart::Data);
            let header = Header::new(data, Program::REMOTE, ProcedureNumber(208), Serial(7));
            let packets: Vec<Vec<u8>> = (0..4).map(|at| content(200_000 + at)).collect();
            let sealed: Vec<u8> = packets
                .iter()
                .flat_map(|packet| Draft::raw(packet).unwrap().seal(&header))
                .chain(Draft::raw(b"behind").unwrap().seal(&header))
                .collect();
            let writing = tokio::spawn(async move {
                // Each is a piece of its own in the pipe. The first packet is read, as it is not known to be large.
                let (first, rest) = sealed.split_at(200_028 + 28);
                near.write_all(first).await.unwrap();
                let (short, rest) = rest.split_at(short_writes);
                for byte in short.chunks(1) {
                    near.write_all(byte).await.unwrap();
                }
                near.write_all(rest).await.unwrap();
                near
            });
            let conduit = Conduit::new().unwrap();
            let target = file();
            let (mut at, mut spliced, mut read, mut waiting) = (0, 0, 0, Vec::new());
            while at < 800_006 + 6 {
                let divert = |given: &Header| {
                    assert_eq!(*given, header);
                    Some(Diversion { line: line.clone(), conduit: conduit.clone() })
                };
                let received = poll_fn(|cx| frames.poll_next(cx, divert)).await.unwrap();
                let Received { frame, pages, .. } = received.unwrap();
                assert_eq!(frame.header, header);
                match pages {
                    // Some wait, as in a queue, so that the pipe fills up.
                    Some(pages) => {
                        assert!(frame.payload.is_empty());
                        spliced += 1;
                        let offset = at;
                        at += pages.len();
                        waiting.push((pages, offset));
                    }
                    None => {
                        read += 1;
                        target.write_all_at(&frame.payload, at as u64).unwrap();
                        at += frame.payload.len();
                    }
                }
                if !is_full || at >= 400_000 {
                    for (pages, offset) in waiting.drain(..) {
                        pages.write_to(&target, offset as u64).unwrap();
                    }
                }
            }
            drop(writing.await.unwrap());
            assert!(poll_fn(|cx| frames.poll_next(cx, |_| None)).await.unwrap().is_none());
            let mut come = vec![0; at];
            target.read_exact_at(&mut come, 0).unwrap();
            assert!(come == [packets.concat(), b"behind".to_vec()].concat());
            assert!(spliced >= 3, "{spliced}");
            assert_eq!(
                read,
                if is_full { 3 } else { 2 },
                "the first, the last, and what there was no room for"
            );
        }
    }

    #[tokio::test]
    async fn a_socket_that_ends_within_a_packet_is_an_error() {
        let (mut near, far) = tokio::net::UnixStream::pair().unwrap();
        let line = Line::new(far).unwrap();
        let mut frames = FrameReader::new(line.clone(), Some(line.clone()));
        let data = MessageKind::Stream(StreamPart::Data);
        let header = Header::new(data, Program::REMOTE, ProcedureNumber(208), Serial(7));
        let packet = Draft::raw(&content(100_000)).unwrap().seal(&header);
        near.write_all(&packet).await.unwrap();
        poll_fn(|cx| frames.poll_next(cx, |_| None)).await.unwrap().unwrap();
        near.write_all(&packet[..50_000]).await.unwrap();
        drop(near);
        let conduit = Conduit::new().unwrap();
        let error = loop {
            let divert = |_: &Header| Some(Diversion { line: line.clone(), conduit: conduit.clone() });
            match poll_fn(|cx| frames.poll_next(cx, divert)).await {
                Ok(received) => assert!(received.unwrap().pages.is_some()),
                Err(error) => break error.to_string(),
            }
        };
        assert!(error.contains("ended within a message"), "{error}");
    }
}
