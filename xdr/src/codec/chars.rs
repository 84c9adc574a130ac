//! Arrays of C's `char`, which XDR has no type for: rpcgen makes each element a word.

use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use serde::de::{self, Deserializer, Visitor};
use serde::ser::Serializer;

use super::ask::ask;
use super::bytes::{Bytes, BytesVisitor};
use super::{DecodeAs, EncodeAs, refuse};
use crate::{decode, encode};

/// A variable array of at most `MAX` elements of type `char`, as rpcgen understands it: a count, then a word each.
///
/// The words are sign-extended when written. When read only their low 8 bits are kept, since peers disagree about
/// the rest. For `Vec<u8>`.
#[derive(Clone, Copy, Debug)]
pub enum Chars<const MAX: u32> {}

impl<const MAX: u32, T: AsRef<[u8]> + ?Sized> EncodeAs<T> for Chars<MAX> {
    fn encode<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes = value.as_ref();
        if bytes.len() > MAX as usize {
            return Err(refuse(serializer, decode::CHARS, bytes.len(), MAX));
        }
        serializer.serialize_newtype_struct(encode::CHARS, &Bytes(bytes))
    }
}

impl<'de, const MAX: u32> DecodeAs<'de, Vec<u8>> for Chars<MAX> {
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let foreign = BytesVisitor::<Vec<u8>>::new(decode::CHARS, 0, MAX as usize);
        ask(deserializer, decode::CHARS, MAX as usize, Words::<Vec<u8>>(PhantomData), foreign)
    }
}

/// Exactly `LEN` elements of type `char`, as rpcgen understands it: a word each, as in [`Chars`]. For `[u8; LEN]`.
#[derive(Clone, Copy, Debug)]
pub enum FixedChars<const LEN: usize> {}

impl<const LEN: usize> EncodeAs<[u8; LEN]> for FixedChars<LEN> {
    fn encode<S: Serializer>(value: &[u8; LEN], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(encode::FIXED_CHARS, &Bytes(value))
    }
}

impl<'de, const LEN: usize> DecodeAs<'de, [u8; LEN]> for FixedChars<LEN> {
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<[u8; LEN], D::Error> {
        let foreign = BytesVisitor::<[u8; LEN]>::new(decode::FIXED_CHARS, LEN, LEN);
        ask(deserializer, decode::FIXED_CHARS, LEN, Words::<[u8; LEN]>(PhantomData), foreign)
    }
}

/// Keeps the low byte of each word.
struct Words<T>(PhantomData<fn() -> T>);

impl<'de> Visitor<'de> for Words<Vec<u8>> {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("words")
    }

    fn visit_borrowed_bytes<E: de::Error>(self, words: &'de [u8]) -> Result<Vec<u8>, E> {
        Ok(words.as_chunks::<4>().0.iter().map(|word| word[3]).collect())
    }
}

impl<'de, const LEN: usize> Visitor<'de> for Words<[u8; LEN]> {
    type Value = [u8; LEN];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("words")
    }

    fn visit_borrowed_bytes<E: de::Error>(self, words: &'de [u8]) -> Result<[u8; LEN], E> {
        let mut chars = [0; LEN];
        for (char, word) in chars.iter_mut().zip(words.as_chunks::<4>().0) {
            *char = word[3];
        }
        Ok(chars)
    }
}
