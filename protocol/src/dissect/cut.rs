//! One direction's bytes, cut into frames; and what is none, said with its offset and passed over.

use bytes::{Buf, Bytes, BytesMut};

use super::payload::descriptors;
use crate::frame::{self, FRAME_BYTES_MIN, Frame, FrameError, LENGTH_BYTES};
use crate::header::{HEADER_BYTES, Header};

/// Cuts what one end of a connection sends. Holds at most one frame that is not complete: its memory grows with the bytes
/// that have come, to at most twice as many and so twice the 32 MiB of the longest, whatever a length word claims.
///
/// After what is no frame it looks for the next header that is credible: a program, a procedure, a type and a status of
/// the contract.
#[derive(Debug, Default)]
pub struct Cutter {
    held: BytesMut,
    /// Whether frames or what was passed over still have a part in the buffer's memory.
    is_shared: bool,
    /// Of the first byte that is held.
    offset: u64,
    /// Bytes that stand for descriptors and are still to come.
    descriptors_due: u32,
    /// Where frames ended, while none is found.
    lost_since: Option<u64>,
}

/// What a stretch of bytes is. Offsets count one direction's bytes from the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A whole frame. Its program, procedure, type and payload may still be nonsense.
    Frame {
        /// Where it begins.
        offset: u64,
        /// The frame.
        frame: Frame,
    },
    /// Here frames end; said once, when it is noticed. [`Resumed`](Piece::Resumed) or [`Ended`](Piece::Ended) follows,
    /// but not at the end itself.
    Foreign {
        /// Where.
        offset: u64,
        /// Why no frame can be here.
        why: Foreign,
        /// The first bytes found there, at most 32.
        first: Bytes,
    },
    /// Here frames begin again.
    Resumed {
        /// Where.
        offset: u64,
        /// Bytes passed over since the frames had ended, and those that never came.
        skipped: u64,
    },
    /// Nothing more comes, and frames had ended before.
    Ended {
        /// Where they had ended.
        offset: u64,
        /// Bytes passed over since.
        skipped: u64,
    },
}

/// Why bytes are no frame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Foreign {
    /// A record of TLS: what follows is encrypted.
    #[error("TLS begins here: what it carries is encrypted")]
    Tls,
    /// A length that no frame has.
    #[error(transparent)]
    Length(#[from] FrameError),
    /// A length that may be one, before words that are no header: no program of libvirt's, and no type and status either.
    /// So it looks where SASL has begun to encrypt.
    #[error("no header of libvirt's: {program} type {type_word} status {status_word}; is it encrypted by SASL?",
        program = .0.program, type_word = .0.type_word, status_word = .0.status_word)]
    Header(Header),
    /// Its owner had no more room for a frame that is not complete.
    #[error("given up, for want of room: a frame of which {held} bytes had come")]
    GivenUp {
        /// Bytes that had come.
        held: usize,
    },
    /// Bytes are missing from what was recorded.
    #[error("{missing} bytes are missing from the recording, in or before a frame of which {held} had come")]
    Missing {
        /// How many.
        missing: u64,
        /// Bytes of a frame that had come before, and are lost with it.
        held: usize,
    },
    /// The end comes in the middle of a frame.
    #[error("the end, within a frame of which {held} bytes had come{of}", of = of(.length))]
    Cut {
        /// Bytes that had come.
        held: usize,
        /// The frame's length, if so much had come.
        length: Option<u32>,
    },
}

fn of(length: &Option<u32>) -> String {
    length.map_or_else(String::new, |length| format!(" of {length}"))
}

/// What is kept of foreign bytes.
const FIRST_BYTES: usize = 32;

impl Cutter {
    /// Takes what came next.
    pub fn push(&mut self, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
    }

    /// The next piece; `None` until more has come.
    #[must_use]
    pub fn next_piece(&mut self) -> Option<Piece> {
        let piece = self.cut();
        if piece.is_none() {
            self.release();
        }
        piece
    }

    fn cut(&mut self) -> Option<Piece> {
        if let Some(since) = self.lost_since {
            self.search()?;
            self.lost_since = None;
            return Some(Piece::Resumed { offset: self.offset, skipped: self.offset.saturating_sub(since) });
        }
        let due = self.held.len().min(self.descriptors_due as usize);
        self.pass(due);
        self.descriptors_due -= due as u32;
        if let Err(why) = judge(&self.held) {
            return Some(self.lose(why));
        }
        let offset = self.offset;
        match frame::split(&mut self.held) {
            Ok(None) => None,
            Ok(Some(frame)) => {
                self.offset += frame.wire_bytes() as u64;
                self.is_shared = true;
                self.descriptors_due = descriptors(&frame);
                Some(Piece::Frame { offset, frame })
            }
            Err(error) => Some(self.lose(error.into())),
        }
    }

    /// So many bytes are missing before what comes next. To be called when [`next_piece`](Self::next_piece) has no more.
    #[must_use]
    pub fn missing(&mut self, bytes: u64) -> Piece {
        let piece = self.give_up_for(Foreign::Missing { missing: bytes, held: self.held.len() });
        self.offset = self.offset.saturating_add(bytes);
        piece
    }

    /// There is no room for the frame that is not complete: it is passed over. To be called when
    /// [`next_piece`](Self::next_piece) has no more.
    #[must_use]
    pub fn give_up(&mut self) -> Piece {
        self.give_up_for(Foreign::GivenUp { held: self.held.len() })
    }

    fn give_up_for(&mut self, why: Foreign) -> Piece {
        let piece = self.lose(why);
        self.pass(self.held.len());
        self.release();
        piece
    }

    /// Nothing more comes. To be called when [`next_piece`](Self::next_piece) has no more; `None` after a whole frame.
    #[must_use]
    pub fn finish(&mut self) -> Option<Piece> {
        if let Some(offset) = self.lost_since {
            self.pass(self.held.len());
            return Some(Piece::Ended { offset, skipped: self.offset.saturating_sub(offset) });
        }
        let length = self.held.first_chunk().map(|word| u32::from_be_bytes(*word));
        let held = self.held.len();
        (held > 0).then(|| self.lose(Foreign::Cut { held, length }))
    }

    /// Bytes of memory that it holds, for a frame that is not complete. To be asked when
    /// [`next_piece`](Self::next_piece) has no more.
    pub fn held(&self) -> usize {
        self.held.capacity()
    }

    fn lose(&mut self, why: Foreign) -> Piece {
        self.lost_since.get_or_insert(self.offset);
        self.descriptors_due = 0;
        let first = Bytes::copy_from_slice(&self.held[..self.held.len().min(FIRST_BYTES)]);
        Piece::Foreign { offset: self.offset, why, first }
    }

    /// Passes over bytes until a credible header is in front.
    fn search(&mut self) -> Option<()> {
        let found = self.held.windows(FRAME_BYTES_MIN).position(is_credible);
        match found {
            Some(at) => self.pass(at),
            // The last ones may be the beginning of a header.
            None => self.pass((self.held.len() + 1).saturating_sub(FRAME_BYTES_MIN)),
        }
        found.map(drop)
    }

    /// Moves what is left into memory of its own, so that the rest can be freed.
    fn release(&mut self) {
        if std::mem::take(&mut self.is_shared) {
            self.held = BytesMut::from(&self.held[..]);
        }
    }

    fn pass(&mut self, bytes: usize) {
        self.is_shared |= bytes > 0;
        self.held.advance(bytes);
        self.offset = self.offset.saturating_add(bytes as u64);
    }
}

/// Whether a frame can begin so, as far as its bytes have come.
fn judge(bytes: &[u8]) -> Result<(), Foreign> {
    let Some(word) = bytes.first_chunk::<LENGTH_BYTES>() else { return Ok(()) };
    // A record's type is 20 to 23 and its version 3.0 to 3.4; as a length that would be above any frame's.
    if matches!(word, [20..=23, 3, 0..=4, _]) {
        return Err(Foreign::Tls);
    }
    frame::check_length(*word)?;
    match header(bytes) {
        Some(header)
            if header.program.name().is_none()
                && !is_of_a_known_number(&header)
                && header.kind().is_err() =>
        {
            Err(Foreign::Header(header))
        }
        _ => Ok(()),
    }
}

/// A program of libvirt's in a version that it never had.
fn is_of_a_known_number(header: &Header) -> bool {
    let mut program = header.program;
    program.version = 1;
    program.name().is_some()
}

fn is_credible(bytes: &[u8]) -> bool {
    let length = bytes.first_chunk::<LENGTH_BYTES>().is_some_and(|word| frame::check_length(*word).is_ok());
    length
        && header(bytes).is_some_and(|header| {
            header.program.procedure(header.procedure).is_some() && header.kind().is_ok()
        })
}

fn header(bytes: &[u8]) -> Option<Header> {
    bytes.get(LENGTH_BYTES..)?.first_chunk::<HEADER_BYTES>().map(Header::from_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::{MessageKind, Serial};
    use crate::program::{ProcedureNumber, Program};

    fn call(serial: u32, payload: &'static [u8]) -> Frame {
        let header = Header::new(MessageKind::Call, Program::REMOTE, ProcedureNumber(60), Serial(serial));
        Frame { header, payload: Bytes::from_static(payload) }
    }

    fn wire(frame: &Frame) -> Vec<u8> {
        let mut out = BytesMut::new();
        frame::join(frame, &mut out).unwrap();
        out.to_vec()
    }

    /// What comes of bytes, in pieces of any size: the same.
    #[track_caller]
    fn check(bytes: &[u8], expected: &[String]) {
        for size in [1, 3, 28, 64, usize::MAX] {
            let mut cutter = Cutter::default();
            let mut said = Vec::new();
            for part in bytes.chunks(size.min(bytes.len())) {
                cutter.push(part);
                while let Some(piece) = cutter.next_piece() {
                    said.push(describe(&piece));
                }
                assert!(cutter.held() <= 2 * bytes.len().max(64));
            }
            said.extend(cutter.finish().as_ref().map(describe));
            assert_eq!(said, expected, "in pieces of {size}");
        }
    }

    fn describe(piece: &Piece) -> String {
        match piece {
            Piece::Frame { offset, frame } => format!("{offset} serial {}", frame.header.serial),
            Piece::Foreign { offset, why, .. } => format!("{offset} {why}"),
            Piece::Resumed { offset, skipped } => format!("{offset} again after {skipped}"),
            Piece::Ended { offset, skipped } => format!("{offset} the end after {skipped}"),
        }
    }

    fn lines(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn frames_and_a_cut_one() {
        let mut bytes = [wire(&call(1, b"abcd")), wire(&call(2, b""))].concat();
        check(&bytes, &lines(&["0 serial 1", "32 serial 2"]));
        bytes.extend([0, 0, 0, 64, 0x20]);
        check(
            &bytes,
            &lines(&[
                "0 serial 1",
                "32 serial 2",
                "60 the end, within a frame of which 5 bytes had come of 64",
            ]),
        );
    }

    #[test]
    fn other_bytes_are_said_and_frames_found_again() {
        let web = b"HTTP/1.1 400 Bad Request, and so on\r\n";
        let bytes = [&wire(&call(1, b""))[..], web, &wire(&call(2, b""))].concat();
        check(
            &bytes,
            &lines(&[
                "0 serial 1",
                "28 frame of 1213486160 bytes exceeds the limit of 33554436",
                "65 again after 37",
                "65 serial 2",
            ]),
        );
        let hello = [&[22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3][..], &[0xab; 600]].concat();
        check(&hello, &lines(&["0 TLS begins here: what it carries is encrypted", "0 the end after 611"]));
        let sasl = [&[0, 0, 0, 64][..], &[0xc1; 60]].concat();
        let bytes = [&wire(&call(1, b""))[..], &sasl].concat();
        check(
            &bytes,
            &lines(&[
                "0 serial 1",
                "28 no header of libvirt's: program 0xc1c1c1c1 version 3250700737 type -1044266559 status \
                 -1044266559; is it encrypted by SASL?",
                "28 the end after 64",
            ]),
        );
    }

    #[test]
    fn what_is_a_frame_by_its_form_stays_one() {
        let mut other = call(1, b"");
        other.header.program = Program { number: 1, version: 1 };
        let mut nonsense = call(2, b"");
        nonsense.header.type_word = 77;
        check(&[wire(&other), wire(&nonsense)].concat(), &lines(&["0 serial 1", "28 serial 2"]));
    }

    #[test]
    fn descriptors_bytes_are_passed_over() {
        let mut with = call(1, b"\0\0\0\x02");
        with.header = with.header.answer(MessageKind::CallWithFds);
        let bytes = [&wire(&with)[..], &[0, 0], &wire(&call(2, b""))].concat();
        check(&bytes, &lines(&["0 serial 1", "34 serial 2"]));
    }

    #[test]
    fn missing_bytes_end_a_frame() {
        let mut cutter = Cutter::default();
        let bytes = wire(&call(1, b"12345678"));
        cutter.push(&bytes[..30]);
        assert_eq!(cutter.next_piece(), None);
        let missing = describe(&cutter.missing(1_000));
        assert_eq!(
            missing,
            "0 1000 bytes are missing from the recording, in or before a frame of which 30 had come"
        );
        cutter.push(&[0xff; 40]);
        cutter.push(&wire(&call(2, b"")));
        let again: Vec<_> =
            std::iter::from_fn(|| cutter.next_piece()).map(|piece| describe(&piece)).collect();
        assert_eq!(again, ["1070 again after 1070", "1070 serial 2"]);
        assert_eq!(cutter.finish(), None);
    }

    #[test]
    fn a_length_reserves_nothing_and_a_search_keeps_nothing() {
        let mut cutter = Cutter::default();
        cutter.push(&wire(&call(1, b""))[..0]);
        cutter.push(&[1, 0xff, 0xff, 0xff, 0x20, 0, 0x80, 0x86]);
        assert_eq!(cutter.next_piece(), None);
        assert!(cutter.held.capacity() < 128, "{}", cutter.held.capacity());
        let mut cutter = Cutter::default();
        for _ in 0..1_000 {
            cutter.push(&[0xaa; 1_000]);
            while cutter.next_piece().is_some() {}
        }
        assert!(cutter.held() < 64, "{}", cutter.held());
    }

    #[test]
    fn what_has_been_cut_off_is_not_held() {
        let mut cutter = Cutter::default();
        let long = call(1, Box::leak(vec![7; 1 << 20].into_boxed_slice()));
        for rest in [0, 5, 100] {
            cutter.push(&wire(&long));
            cutter.push(&wire(&call(2, &[0; 200]))[..rest]);
            assert!(matches!(cutter.next_piece(), Some(Piece::Frame { .. })));
            assert_eq!(cutter.next_piece(), None);
            assert!(cutter.held() <= 2 * rest.max(32), "{rest}: {}", cutter.held());
            cutter.push(&wire(&call(2, &[0; 200]))[rest..]);
            assert!(matches!(cutter.next_piece(), Some(Piece::Frame { .. })));
            assert_eq!(cutter.next_piece(), None);
        }
        cutter.push(&wire(&long)[..1 << 20]);
        assert_eq!(cutter.next_piece(), None);
        assert!(cutter.held() >= 1 << 20);
        let given_up = describe(&cutter.give_up());
        assert!(
            given_up.ends_with("given up, for want of room: a frame of which 1048576 bytes had come"),
            "{given_up}"
        );
        assert!(cutter.held() < 64, "{}", cutter.held());
        cutter.push(&wire(&long)[1 << 20..]);
        cutter.push(&wire(&call(2, b"")));
        let again: Vec<_> =
            std::iter::from_fn(|| cutter.next_piece()).map(|piece| describe(&piece)).collect();
        assert_eq!(again.len(), 2, "{again:?}");
        assert!(again[0].ends_with("again after 1048604") && again[1].ends_with("serial 2"), "{again:?}");
    }
}
