//! A byte stream in arbitrary pieces: the same frames or the same error as in one piece, and the same bytes back.
//!
//! The first byte says how long the pieces are.
#![no_main]

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use virtwire_protocol::frame::{self, Frame, FrameError};

fuzz_target!(|data: &[u8]| {
    let Some((piece, bytes)) = data.split_first() else { return };
    let whole = read(std::iter::once(bytes));
    assert_eq!(read(bytes.chunks(usize::from(*piece).max(1))), whole);

    let mut out = BytesMut::new();
    for frame in &whole.0 {
        frame::join(frame, &mut out).expect("a frame that has come can be sent");
    }
    assert!(bytes.starts_with(&out));
});

fn read<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<Frame>, Option<FrameError>) {
    let mut buffer = BytesMut::new();
    let mut frames = Vec::new();
    for piece in pieces {
        buffer.extend_from_slice(piece);
        loop {
            match frame::split(&mut buffer) {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(error) => return (frames, Some(error)),
            }
        }
    }
    (frames, None)
}
