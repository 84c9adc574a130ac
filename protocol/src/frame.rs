//! Bytes to frames and back: a length word, a header, a payload.

use std::fmt;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use serde::Serialize;
use virtwire_xdr::CStrings;

use crate::header::{HEADER_BYTES, Header, MessageKind};

/// Bytes of the length word, which counts itself.
pub const LENGTH_BYTES: usize = 4;
/// The shortest frame: length word and header.
pub const FRAME_BYTES_MIN: usize = LENGTH_BYTES + HEADER_BYTES;
/// The longest frame: 32 MiB and the length word (libvirt's MESSAGE_MAX; enforced alike by both ends).
pub const FRAME_BYTES_MAX: usize = LENGTH_BYTES + 33_554_432;
/// The longest payload.
pub const PAYLOAD_BYTES_MAX: usize = FRAME_BYTES_MAX - FRAME_BYTES_MIN;

/// The most file descriptors that a message may announce.
pub const DESCRIPTORS_MAX: u32 = 32;

/// Payloads up to this need no second allocation.
const USUAL_PAYLOAD_BYTES: usize = 228;

/// One message of the wire, its payload not yet decoded: whoever knows its procedure does that, late.
///
/// Its `Debug` says how long the payload is and not what it says: there may be a password or a secret in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// Who speaks to whom about what.
    pub header: Header,
    /// Arguments, result, error, event or raw stream bytes; a slice of what was received.
    pub payload: Bytes,
}

impl Frame {
    /// How many file descriptors are announced to come behind it.
    pub fn descriptors(&self) -> u32 {
        match (self.header.kind(), self.payload.first_chunk::<4>()) {
            (Ok(MessageKind::CallWithFds | MessageKind::ReplyWithFds), Some(word)) => {
                u32::from_be_bytes(*word)
            }
            _ => 0,
        }
    }

    /// Bytes of the whole frame on the wire.
    pub fn wire_bytes(&self) -> usize {
        FRAME_BYTES_MIN + self.payload.len()
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let payload = format_args!("{} bytes", self.payload.len());
        f.debug_struct("Frame").field("header", &self.header).field("payload", &payload).finish()
    }
}

/// The stream of bytes is no stream of frames. It cannot be resynchronised, so the connection has to be closed;
/// no answer is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A length word that leaves no room for a header.
    #[error("frame of {0} bytes is shorter than its own header ({FRAME_BYTES_MIN})")]
    TooShort(u32),
    /// A length word above the limit, or a payload to send that would need one.
    #[error("frame of {0} bytes exceeds the limit of {FRAME_BYTES_MAX}")]
    TooLong(u64),
}

/// Takes one frame off the front of what was received; `None` until a whole one has come.
///
/// A length word above what has arrived makes nothing be allocated: the buffer grows as bytes come. The payload is
/// split off, not copied.
///
/// # Errors
/// [`FrameError`], as soon as the length word is in.
pub fn split(buffer: &mut BytesMut) -> Result<Option<Frame>, FrameError> {
    let Some(word) = buffer.first_chunk::<LENGTH_BYTES>() else { return Ok(None) };
    let length = check_length(*word)?;
    if buffer.len() < length {
        return Ok(None);
    }
    let Some(header) = sealed_header(buffer) else { return Ok(None) };
    if length == FRAME_BYTES_MIN {
        // What nobody has a part of needs no count of who does.
        buffer.advance(length);
        return Ok(Some(Frame { header, payload: Bytes::new() }));
    }
    let payload = buffer.split_to(length).freeze().slice(FRAME_BYTES_MIN..);
    Ok(Some(Frame { header, payload }))
}

/// The frame that these bytes are, if they are one whole frame and nothing else. Its payload is copied: for what is short, and in memory that
/// is needed for what comes next.
///
/// # Errors
/// [`FrameError`], as [`split`].
pub fn whole(bytes: &[u8]) -> Result<Option<Frame>, FrameError> {
    let Some((word, _)) = bytes.split_first_chunk() else { return Ok(None) };
    let (length, header) = (check_length(*word)?, sealed_header(bytes));
    Ok(header.filter(|_| length == bytes.len()).map(|header| {
        let payload = bytes.get(FRAME_BYTES_MIN..).unwrap_or_default();
        Frame { header, payload: Bytes::copy_from_slice(payload) }
    }))
}

/// The bytes of a frame whose length word this is.
///
/// # Errors
/// [`FrameError`].
pub(crate) fn check_length(word: [u8; LENGTH_BYTES]) -> Result<usize, FrameError> {
    let word = u32::from_be_bytes(word);
    match word as usize {
        ..FRAME_BYTES_MIN => Err(FrameError::TooShort(word)),
        length @ FRAME_BYTES_MIN..=FRAME_BYTES_MAX => Ok(length),
        _ => Err(FrameError::TooLong(word.into())),
    }
}

/// Appends a frame to what is to be sent.
///
/// # Errors
/// [`FrameError::TooLong`], with nothing appended.
pub fn join(frame: &Frame, out: &mut BytesMut) -> Result<(), FrameError> {
    let length = sealed_length(frame.payload.len())?;
    out.reserve(frame.wire_bytes());
    out.put_u32(length);
    out.put_slice(&frame.header.to_bytes());
    out.put_slice(&frame.payload);
    Ok(())
}

/// A payload with room before it for the length and the header, so that a message is one buffer and one write.
///
/// Whoever knows the type encodes it here; whoever knows the serial seals it.
///
/// Its `Debug` says how long the payload is and not what it says: there may be a password or a secret in it.
#[derive(Clone)]
pub struct Draft(BytesMut);

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Draft({} bytes)", self.payload().len())
    }
}

impl Draft {
    /// A message without payload.
    pub fn empty() -> Draft {
        let mut bytes = BytesMut::with_capacity(FRAME_BYTES_MIN);
        bytes.put_bytes(0, FRAME_BYTES_MIN);
        Draft(bytes)
    }

    /// Encodes a payload.
    ///
    /// # Errors
    /// Where a value exceeds a bound of its type, or all of it together the limit of a message.
    pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Draft, DraftError> {
        let mut bytes = usual_room();
        virtwire_xdr::encode(value, &mut bytes)?;
        Ok(Draft::encoded(bytes)?)
    }

    /// Encodes a call's arguments. To libvirt's daemons a string ends where it has a NUL: they would look for another name than the one that
    /// is asked for, or define a part of a document.
    ///
    /// # Errors
    /// As [`encode`](Self::encode), and where a string has a NUL. Opaque data may.
    pub fn encode_call<T: Serialize + ?Sized>(arguments: &T) -> Result<Draft, DraftError> {
        let mut bytes = CStrings(usual_room());
        virtwire_xdr::encode(arguments, &mut bytes)?;
        Ok(Draft::encoded(bytes.0)?)
    }

    fn encoded(bytes: BytesMut) -> Result<Draft, FrameError> {
        sealed_length(bytes.len() - FRAME_BYTES_MIN)?;
        Ok(Draft(bytes))
    }

    /// A payload that is encoded already.
    ///
    /// # Errors
    /// [`FrameError::TooLong`].
    pub fn raw(payload: &[u8]) -> Result<Draft, FrameError> {
        sealed_length(payload.len())?;
        let mut bytes = BytesMut::with_capacity(FRAME_BYTES_MIN + payload.len());
        bytes.put_bytes(0, FRAME_BYTES_MIN);
        bytes.put_slice(payload);
        Ok(Draft(bytes))
    }

    /// The same payload behind a count of file descriptors, as messages have it that come with any.
    ///
    /// # Errors
    /// [`FrameError::TooLong`].
    pub fn announcing(self, descriptors: u32) -> Result<Draft, FrameError> {
        let payload = self.payload();
        sealed_length(payload.len().saturating_add(4))?;
        let mut bytes = BytesMut::with_capacity(FRAME_BYTES_MIN + 4 + payload.len());
        bytes.put_bytes(0, FRAME_BYTES_MIN);
        bytes.put_u32(descriptors);
        bytes.put_slice(payload);
        Ok(Draft(bytes))
    }

    /// The payload alone.
    pub fn payload(&self) -> &[u8] {
        self.0.get(FRAME_BYTES_MIN..).unwrap_or_default()
    }

    /// Writes length and header into the room before the payload: the whole frame, ready to send.
    pub fn seal(mut self, header: &Header) -> BytesMut {
        // Every constructor has checked that the length fits, so it does not saturate here.
        let length = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        if let Some((word, rest)) = self.0.split_first_chunk_mut::<LENGTH_BYTES>() {
            *word = length.to_be_bytes();
            if let Some(head) = rest.first_chunk_mut::<HEADER_BYTES>() {
                *head = header.to_bytes();
            }
        }
        self.0
    }
}

/// A buffer with room before a payload and for it, mostly: measuring the value first would walk it twice to save a large one's buffer from
/// growing.
fn usual_room() -> BytesMut {
    let mut bytes = BytesMut::with_capacity(FRAME_BYTES_MIN + USUAL_PAYLOAD_BYTES);
    bytes.put_bytes(0, FRAME_BYTES_MIN);
    bytes
}

/// A payload that cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// A value exceeds a bound of its type, or a string has what its peer would take for the end.
    #[error(transparent)]
    Encode(#[from] virtwire_xdr::Error),
    /// All of it together exceeds the limit of a message.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// Length word and header of a frame whose payload is sent apart, so that a large one need not be copied behind them.
pub type Head = [u8; FRAME_BYTES_MIN];

/// The head of a frame with a payload of so many bytes.
///
/// # Errors
/// [`FrameError::TooLong`].
pub fn head(header: &Header, payload_bytes: usize) -> Result<Head, FrameError> {
    let length = sealed_length(payload_bytes)?;
    let mut head = [0; FRAME_BYTES_MIN];
    let (word, rest) = head.split_at_mut(LENGTH_BYTES);
    word.copy_from_slice(&length.to_be_bytes());
    rest.copy_from_slice(&header.to_bytes());
    Ok(head)
}

/// The header of a sealed frame, or of its head. `None` of fewer bytes than a head has.
pub fn sealed_header(sealed: &[u8]) -> Option<Header> {
    sealed.get(LENGTH_BYTES..FRAME_BYTES_MIN)?.first_chunk().map(Header::from_bytes)
}

/// The length word of a frame with this payload.
fn sealed_length(payload: usize) -> Result<u32, FrameError> {
    if payload > PAYLOAD_BYTES_MAX {
        return Err(FrameError::TooLong(payload as u64 + FRAME_BYTES_MIN as u64));
    }
    Ok((payload + FRAME_BYTES_MIN) as u32)
}

#[cfg(test)]
mod tests {
    use virtwire_xdr::Kind;

    use super::*;
    use crate::header::Serial;
    use crate::program::{ProcedureNumber, Program};

    #[test]
    fn the_first_call_of_a_session_is_28_bytes() {
        let header = Header::new(MessageKind::Call, Program::REMOTE, ProcedureNumber(66), Serial(0));
        let sealed = Draft::empty().seal(&header);
        let wire = [
            0, 0, 0, 0x1c, 0x20, 0, 0x80, 0x86, 0, 0, 0, 1, 0, 0, 0, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        ];
        assert_eq!(sealed[..], wire);
        assert_eq!((sealed_header(&wire), sealed_header(&wire[..27])), (Some(header), None));
        let mut out = BytesMut::new();
        join(&Frame { header, payload: Bytes::new() }, &mut out).unwrap();
        assert_eq!(out[..], wire);
    }

    #[test]
    fn a_call_has_no_string_that_ends_early() {
        let same = |text: &str| Draft::encode_call(text).map(|draft| draft.payload().to_vec());
        assert_eq!(same("test").unwrap(), Draft::encode("test").unwrap().payload());
        let refused = same("te\0st").unwrap_err();
        assert!(matches!(&refused, DraftError::Encode(error) if error.kind() == Kind::Nul { at: 2 }));
        assert!(Draft::encode("te\0st").is_ok());
    }

    #[test]
    fn debug_keeps_what_is_said() {
        let draft = Draft::raw(b"s3cret..").unwrap();
        let header = Header::new(MessageKind::Call, Program::REMOTE, ProcedureNumber(66), Serial(0));
        let frame = Frame { header, payload: Bytes::from_static(b"s3cret..") };
        for shown in [format!("{draft:?}"), format!("{frame:?}")] {
            assert!(
                shown.contains("8 bytes") && !shown.contains("s3cret") && !shown.contains("115"),
                "{shown}"
            );
        }
    }

    #[test]
    fn a_length_word_is_judged_before_its_bytes_have_come_and_reserves_nothing() {
        let judge = |word: u32| {
            let mut buffer = BytesMut::from(&word.to_be_bytes()[..]);
            let verdict = split(&mut buffer);
            assert!(buffer.capacity() < 64);
            verdict
        };
        for short in [0, 3, 4, 5, 27] {
            assert_eq!(judge(short), Err(FrameError::TooShort(short)));
        }
        for fits in [28, 29, 33_554_432, 33_554_436] {
            assert_eq!(judge(fits), Ok(None));
        }
        for long in [33_554_437, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff] {
            assert_eq!(judge(long), Err(FrameError::TooLong(long.into())));
        }
    }

    #[test]
    fn bytes_are_a_whole_frame_or_none() {
        let header = Header::new(MessageKind::Call, Program::REMOTE, ProcedureNumber(1), Serial(9));
        for payload in [&b""[..], b"four"] {
            let sealed = Draft::raw(payload).unwrap().seal(&header);
            let frame = Frame { header, payload: Bytes::copy_from_slice(payload) };
            assert_eq!(whole(&sealed), Ok(Some(frame)));
            for part in 0..sealed.len() {
                assert_eq!(whole(&sealed[..part]), Ok(None), "{part}");
            }
            assert_eq!(whole(&[&sealed[..], b"\0"].concat()), Ok(None));
        }
        assert_eq!(whole(&[0, 0, 0, 27, 0]), Err(FrameError::TooShort(27)));
        assert_eq!(whole(&[0xff; 40]), Err(FrameError::TooLong(0xffff_ffff)));
    }

    #[test]
    fn frames_come_whole_however_their_bytes_are_split() {
        let frame = |serial, payload: &'static [u8]| Frame {
            header: Header::new(MessageKind::Call, Program::REMOTE, ProcedureNumber(1), Serial(serial)),
            payload: Bytes::from_static(payload),
        };
        let sent = [frame(0, b""), frame(1, b"ab"), frame(2, b"four")];
        let mut wire = BytesMut::new();
        for frame in &sent {
            join(frame, &mut wire).unwrap();
        }
        for cut in 0..=wire.len() {
            let mut received = Vec::new();
            let mut buffer = BytesMut::new();
            for part in [&wire[..cut], &wire[cut..]] {
                buffer.extend_from_slice(part);
                while let Some(frame) = split(&mut buffer).unwrap() {
                    received.push(frame);
                }
            }
            assert_eq!(received, sent, "cut at {cut}");
            assert!(buffer.is_empty());
        }
    }
}
