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
