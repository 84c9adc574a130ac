//! Where encoded bytes go.

use alloc::vec::Vec;

/// Where encoded bytes go: appended to a `Vec<u8>`, or to a `bytes::BytesMut` under the feature `bytes`.
///
/// Sealed: the encoder relies on every byte put being kept in order.
pub trait Sink: sealed::Sink {}

impl<T: sealed::Sink> Sink for T {}

pub(crate) mod sealed {
    /// What the encoder asks of a sink.
    #[allow(unreachable_pub)]
    pub trait Sink {
        /// Whether no string may hold a NUL.
        const REFUSES_NUL: bool = false;

        /// Appends.
        fn put(&mut self, bytes: &[u8]);
        /// Bytes so far, those before the value included.
        fn position(&self) -> usize;
        /// Overwrites the word at a position that `position` returned before a word was put there.
        fn patch(&mut self, at: usize, word: [u8; 4]);
        /// Forgets what was put after `position`.
        fn truncate_to(&mut self, position: usize);
    }
}

impl sealed::Sink for Vec<u8> {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }

    #[inline]
    fn position(&self) -> usize {
        self.len()
    }

    fn patch(&mut self, at: usize, word: [u8; 4]) {
        if let Some(place) = self.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
            *place = word;
        }
    }

    fn truncate_to(&mut self, position: usize) {
        self.truncate(position);
    }
}

#[cfg(feature = "bytes")]
impl sealed::Sink for bytes::BytesMut {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }

    #[inline]
    fn position(&self) -> usize {
        self.len()
    }

    fn patch(&mut self, at: usize, word: [u8; 4]) {
        if let Some(place) = self.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
            *place = word;
        }
    }

    fn truncate_to(&mut self, position: usize) {
        self.truncate(position);
    }
}

/// A sink for a peer whose strings are C's: one with a NUL in it, behind which such a peer reads nothing, is [`Kind::Nul`](crate::Kind::Nul).
/// Opaque data may hold whatever it likes.
///
/// ```
/// use virtwire_xdr::{CStrings, Kind, encode};
///
/// let mut sink = CStrings(Vec::new());
/// encode("guest", &mut sink).unwrap();
/// assert_eq!(encode("guest\0s name", &mut sink).unwrap_err().kind(), Kind::Nul { at: 5 });
/// assert_eq!(sink.0, *b"\0\0\0\x05guest\0\0\0");
/// ```
#[derive(Clone, Debug, Default)]
pub struct CStrings<S>(pub S);

impl<S: sealed::Sink> sealed::Sink for CStrings<S> {
    const REFUSES_NUL: bool = true;

    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        self.0.put(bytes);
    }

    #[inline]
    fn position(&self) -> usize {
        self.0.position()
    }

    fn patch(&mut self, at: usize, word: [u8; 4]) {
        self.0.patch(at, word);
    }

    fn truncate_to(&mut self, position: usize) {
        self.0.truncate_to(position);
    }
}

/// Counts, and keeps nothing.
pub(crate) struct Length(pub(crate) usize);

impl sealed::Sink for Length {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        self.0 += bytes.len();
    }

    #[inline]
    fn position(&self) -> usize {
        self.0
    }

    fn patch(&mut self, _: usize, _: [u8; 4]) {}

    fn truncate_to(&mut self, position: usize) {
        self.0 = position;
    }
}
