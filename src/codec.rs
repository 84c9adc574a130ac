//! The framed codec of both ends: bytes from tokio to frames, and back.

use std::io;

use bytes::BytesMut;
use tokio_util::codec::{Decoder, Encoder};
use virtwire_protocol::frame::{self, Frame, FrameError};

/// Splits a byte stream into frames and joins frames into one; client and server use the same.
///
/// A frame is a big-endian length word, **which counts its own four bytes**, a header of 24 bytes and a payload. It
/// buffers no more than one frame beyond those that it has handed out, and its buffer grows as bytes come,
/// whatever the length word claims.
#[derive(Clone, Copy, Debug, Default)]
pub struct FrameCodec;

/// Reading or writing frames failed; close the connection.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// The stream of bytes is no stream of frames.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The connection failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Decoder for FrameCodec {
    type Item = Frame;
    type Error = CodecError;

    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Frame>, CodecError> {
        Ok(frame::split(buffer)?)
    }
}

impl Encoder<Frame> for FrameCodec {
    type Error = CodecError;

    fn encode(&mut self, frame: Frame, out: &mut BytesMut) -> Result<(), CodecError> {
        Ok(frame::join(&frame, out)?)
    }
}

/// A frame that a session has sealed: nothing is left to do but to append it.
impl Encoder<BytesMut> for FrameCodec {
    type Error = CodecError;

    fn encode(&mut self, sealed: BytesMut, out: &mut BytesMut) -> Result<(), CodecError> {
        out.extend_from_slice(&sealed);
        Ok(())
    }
}
