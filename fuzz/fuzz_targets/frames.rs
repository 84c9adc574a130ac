//! A byte stream in arbitrary pieces: the same frames or the same error as in one piece, and the same bytes back.
//!
//! The first byte says how many bytes of piece lengths follow; they are used in turn, over and over.
#![no_main]

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use virtwire_protocol::frame::{self, Frame, FrameError};

fuzz_target!(|data: &[u8]| {
    let Some((count, rest)) = data.split_first() else { return };
    let Some((lengths, mut rest)) = rest.split_at_checked((*count).into()) else { return };
    let bytes = rest;
    let whole = read(std::iter::once(bytes));
    let mut pieces = Vec::new();
    for length in lengths.iter().cycle().take(if lengths.is_empty() { 0 } else { bytes.len() }) {
        // A length of 0 is a read that brings nothing.
        let (piece, tail) = rest.split_at(rest.len().min((*length).into()));
        pieces.push(piece);
        rest = tail;
    }
    pieces.push(rest);
    assert_eq!(read(pieces.into_iter()), whole);

    let mut out = BytesMut::new();
    for frame in &whole.0 {
        frame::join(frame, &mut out).expect("a frame that has come can be sent");
    }
    assert!(bytes.starts_with(&out));
});

fn read<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<Frame>, Option<FrameError>) {
    let mut buffer = BytesMut::new();
    let mut received = 0;
    let mut frames = Vec::new();
    for piece in pieces {
        buffer.extend_from_slice(piece);
        received += piece.len();
        // Whatever a length word claims, what is held was received.
        assert!(buffer.capacity() <= 2 * received + 64);
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
