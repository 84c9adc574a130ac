//! The framed codec of both ends, over a pipe that passes a byte at a time.

use std::future::poll_fn;
use std::pin::Pin;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use tokio::io::AsyncWriteExt;
use tokio_util::codec::{Encoder, FramedRead};
use virtwire::codec::{CodecError, FrameCodec};
use virtwire::protocol::frame::{Draft, Frame, FrameError};
use virtwire::protocol::header::{Header, MessageKind, Serial};
use virtwire::protocol::program::{ProcedureNumber, Program};

#[tokio::test]
async fn frames_pass_a_pipe_of_one_byte() {
    let frames = [frame(0, b""), frame(1, b"ab"), frame(2, &[7; 300])];
    let mut wire = BytesMut::new();
    for frame in &frames {
        FrameCodec.encode(frame.clone(), &mut wire).unwrap();
    }
    // A session's sealed frame is the same bytes.
    let sealed = Draft::raw(b"ab").unwrap().seal(&frames[1].header);
    let mut again = BytesMut::new();
    FrameCodec.encode(sealed, &mut again).unwrap();
    assert_eq!(again[..], wire[28..58]);

    let (mut writer, reader) = tokio::io::duplex(1);
    let writing = tokio::spawn(async move { writer.write_all(&wire).await });
    let mut reader = FramedRead::new(reader, FrameCodec);
    for frame in frames {
        assert_eq!(next(&mut reader).await.unwrap().unwrap(), frame);
    }
    writing.await.unwrap().unwrap();
    assert!(next(&mut reader).await.is_none());
}

#[tokio::test]
async fn a_length_that_is_no_frames_ends_the_stream() {
    let (mut writer, reader) = tokio::io::duplex(64);
    writer.write_all(&[0xff; 4]).await.unwrap();
    let mut reader = FramedRead::new(reader, FrameCodec);
    let broken = next(&mut reader).await.unwrap().unwrap_err();
    assert!(matches!(broken, CodecError::Frame(FrameError::TooLong(0xffff_ffff))), "{broken}");
}

#[tokio::test]
async fn a_frame_that_ends_in_the_middle_is_an_error_and_not_an_end() {
    let (mut writer, reader) = tokio::io::duplex(64);
    writer.write_all(&[0, 0, 0, 28, 0x20]).await.unwrap();
    drop(writer);
    let mut reader = FramedRead::new(reader, FrameCodec);
    assert!(matches!(next(&mut reader).await, Some(Err(CodecError::Io(_)))));
}

fn frame(serial: u32, payload: &[u8]) -> Frame {
    let header = Header::new(MessageKind::Call, Program::REMOTE, ProcedureNumber(1), Serial(serial));
    Frame { header, payload: Bytes::copy_from_slice(payload) }
}

async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx)).await
}
