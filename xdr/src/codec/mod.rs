//! How a field is written: its XDR type and its bound, apart from its Rust type.
//!
//! A codec is a type without values. Records stay plain structs of `Vec<u8>`, `Option<T>` and [`Text`](crate::Text);
//! beside each field, in `#[serde(with = "…")]` or in [`record!`](crate::record), stands the codec:
//!
//! | XDR (RFC 4506) | codec | Rust |
//! |---|---|---|
//! | `int`, `unsigned hyper`, `bool`, `double`, records, unions | [`Plain`] | `i32`, `u64`, `bool`, `f64`, the type |
//! | `string s<N>` | [`Str<N>`](Str) | [`Text`](crate::Text), `String`, `&str`, `&[u8]` |
//! | `opaque o<N>` | [`Opaque<N>`](Opaque) | `Vec<u8>`, `&[u8]`, `bytes::Bytes` |
//! | `opaque o[N]` | [`FixedOpaque<N>`](FixedOpaque) | `[u8; N]` |
//! | `char c<N>` | [`Chars<N>`](Chars) | `Vec<u8>` |
//! | `char c[N]` | [`FixedChars<N>`](FixedChars) | `[u8; N]` |
//! | `T a<N>` | [`Array<N, C>`](Array) | `Vec<T>` |
//! | `T a[N]` | [`FixedArray<N, C>`](FixedArray) | `[T; N]` |
//! | `T *t` | [`Optional<C>`](Optional) | `Option<T>` |
//!
//! Bounds are checked when encoding and when decoding, before any allocation. The codecs work with every serde
//! format: in JSON a string is a string (or an array of numbers if it is not UTF-8), an opaque an array of numbers.

mod array;
mod ask;
mod bytes;
mod chars;
mod optional;

use core::fmt;
use core::marker::PhantomData;

use serde::de::{Deserialize, DeserializeSeed, Deserializer};
use serde::ser::{Error as _, Serialize, Serializer};

pub use array::{Array, FixedArray};
pub(crate) use bytes::{BytesVisitor, serialize_text};
pub use bytes::{FixedOpaque, FromBytes, Opaque, Str};
pub use chars::{Chars, FixedChars};
pub use optional::Optional;

/// A codec that can write a `T`. See the [module](self).
pub trait EncodeAs<T: ?Sized> {
    /// Writes the value.
    ///
    /// # Errors
    /// The bound exceeded, or what the serializer says.
    fn encode<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error>;
}

/// A codec that can read a `T`. See the [module](self).
pub trait DecodeAs<'de, T> {
    /// Reads a value.
    ///
    /// # Errors
    /// The bound exceeded, or what the deserializer says.
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error>;

    /// As `decode`. What is aligned shares no words with an error, so that it is moved by words and not by bytes.
    #[doc(hidden)]
    #[inline(always)]
    fn decode_aligned<D: Deserializer<'de>>(deserializer: D) -> Result<Aligned<T>, D::Error> {
        Self::decode(deserializer).map(Aligned::new)
    }
}

/// A value aligned as a pointer is.
#[doc(hidden)]
#[derive(Debug)]
#[repr(C)]
pub struct Aligned<T>(T, [usize; 0]);

impl<T> Aligned<T> {
    /// The value, aligned.
    #[inline(always)]
    pub fn new(value: T) -> Self {
        Aligned(value, [])
    }

    /// The value.
    #[inline(always)]
    pub fn into_inner(self) -> T {
        self.0
    }
}

/// Gives a codec the two functions that `#[serde(with = "…")]` calls.
macro_rules! with_functions {
    ($([$($generics:tt)*] $codec:ty;)*) => { $(
        impl<$($generics)*> $codec {
            /// Writes the value, for `#[serde(with = "…")]`.
            ///
            /// # Errors
            /// The bound exceeded, or what the serializer says.
            #[inline]
            pub fn serialize<T: ?Sized, S>(value: &T, serializer: S) -> Result<S::Ok, S::Error>
            where
                Self: $crate::codec::EncodeAs<T>,
                S: serde::Serializer,
            {
                <Self as $crate::codec::EncodeAs<T>>::encode(value, serializer)
            }

            /// Reads a value, for `#[serde(with = "…")]`.
            ///
            /// # Errors
            /// The bound exceeded, or what the deserializer says.
            #[inline(always)]
            pub fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
            where
                Self: $crate::codec::DecodeAs<'de, T>,
                D: serde::Deserializer<'de>,
            {
                <Self as $crate::codec::DecodeAs<'de, T>>::decode(deserializer)
            }
        }
    )* };
}

with_functions! {
    [] Plain;
    [const MAX: u32] Str<MAX>;
    [const MAX: u32] Opaque<MAX>;
    [const LEN: usize] FixedOpaque<LEN>;
    [const MAX: u32] Chars<MAX>;
    [const LEN: usize] FixedChars<LEN>;
    [const MAX: u32, C] Array<MAX, C>;
    [const LEN: usize, C] FixedArray<LEN, C>;
    [C] Optional<C>;
}

/// The type's own serde: numbers, bools, records, unions, enumerations.
#[derive(Clone, Copy, Debug)]
pub enum Plain {}

impl<T: Serialize + ?Sized> EncodeAs<T> for Plain {
    #[inline]
    fn encode<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> DecodeAs<'de, T> for Plain {
    #[inline(always)]
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        T::deserialize(deserializer)
    }
}

/// A value to be written by a codec, as serde wants it.
pub struct With<'a, C, T: ?Sized>(&'a T, PhantomData<C>);

impl<'a, C, T: ?Sized> With<'a, C, T> {
    /// The value, to be written by `C`.
    #[inline]
    pub fn new(value: &'a T) -> Self {
        With(value, PhantomData)
    }
}

impl<C, T: ?Sized> fmt::Debug for With<'_, C, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("With")
    }
}

impl<C: EncodeAs<T>, T: ?Sized> Serialize for With<'_, C, T> {
    #[inline(always)]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        C::encode(self.0, serializer)
    }
}

/// A place for a value to be read by a codec, as serde wants it.
pub struct Seed<C, T>(PhantomData<(C, T)>);

impl<C, T> Seed<C, T> {
    /// A place for a `T`, to be read by `C`.
    #[inline]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Seed(PhantomData)
    }
}

impl<C, T> fmt::Debug for Seed<C, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed")
    }
}

impl<'de, C: DecodeAs<'de, T>, T> DeserializeSeed<'de> for Seed<C, T> {
    type Value = T;

    #[inline(always)]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        C::decode(deserializer)
    }
}

/// As [`Seed`], for a field of a record.
#[doc(hidden)]
#[derive(Debug)]
pub struct AlignedSeed<C, T>(PhantomData<(C, T)>);

impl<C, T> AlignedSeed<C, T> {
    /// A place for a `T`, to be read by `C`.
    #[inline]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        AlignedSeed(PhantomData)
    }
}

impl<'de, C: DecodeAs<'de, T>, T> DeserializeSeed<'de> for AlignedSeed<C, T> {
    type Value = Aligned<T>;

    #[inline(always)]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Aligned<T>, D::Error> {
        C::decode_aligned(deserializer)
    }
}

/// The error of a bound exceeded. Our serializer knows the name and makes a typed error of it; any other may begin
/// what looks like a variant, and is then stopped.
#[cold]
fn refuse<S: Serializer>(serializer: S, shape: &'static str, len: usize, bound: u32) -> S::Error {
    match serializer.serialize_struct_variant(crate::encode::TOO_LONG, bound, shape, len) {
        Ok(_) => S::Error::custom(format_args!("{shape} of {len} exceeds its bound of {bound}")),
        Err(error) => error,
    }
}
