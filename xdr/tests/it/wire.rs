//! `check`: a value, its bytes, and that no prefix of them is anything.

use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use virtwire_xdr::codec::{DecodeAs, EncodeAs, Seed, With};
use virtwire_xdr::{Error, Kind, Options, encode, encoded_len, from_slice, to_vec};

/// Bytes from hexadecimal digits, grouped as the reader likes.
pub(crate) fn hex(digits: &str) -> Vec<u8> {
    let digits: Vec<u32> = digits.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
}

/// The value is these bytes and these bytes are the value; no prefix of them decodes, nor do they with a word more.
#[track_caller]
pub(crate) fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T, wire: &str) {
    let wire = hex(wire);
    assert_eq!(to_vec(&value).unwrap(), wire, "encoding {value:?}");
    assert_eq!(encoded_len(&value).unwrap(), wire.len());
    let mut behind = vec![0xaa];
    encode(&value, &mut behind).unwrap();
    assert_eq!(behind[1..], wire, "encoding behind something else");

    assert_eq!(from_slice::<T>(&wire).unwrap(), value, "decoding {wire:02x?}");
    for cut in 0..wire.len() {
        let error = from_slice::<T>(&wire[..cut]).unwrap_err();
        assert_eq!(error.kind(), Kind::Eof, "the first {cut} bytes");
        assert!(error.offset() <= cut);
        assert_eq!(Options::lenient().from_slice::<T>(&wire[..cut]).unwrap_err().kind(), Kind::Eof);
    }
    let longer = [&wire[..], &[0; 4]].concat();
    let error = from_slice::<T>(&longer).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (Kind::Trailing { bytes: 4 }, wire.len()));
    assert_eq!(Options::lenient().from_slice::<T>(&longer).unwrap(), value);
    assert_eq!(Options::strict().from_prefix::<T>(&longer).unwrap(), (value, &[0; 4][..]));
}

/// As [`check`], for a value written by codec `C`.
#[track_caller]
pub(crate) fn check_as<C, T>(value: T, wire: &str)
where
    C: EncodeAs<T> + for<'de> DecodeAs<'de, T>,
    T: PartialEq + Debug,
{
    check(By::<C, T>::new(value), wire);
}

/// These bytes are refused for this reason at this offset.
#[track_caller]
pub(crate) fn refused<T: DeserializeOwned + Debug>(wire: &str, kind: Kind, offset: usize) -> Error {
    let error = from_slice::<T>(&hex(wire)).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (kind, offset), "{error}");
    error
}

/// A value and the codec that writes it.
pub(crate) struct By<C, T> {
    pub(crate) value: T,
    codec: std::marker::PhantomData<C>,
}

impl<C, T> By<C, T> {
    pub(crate) fn new(value: T) -> Self {
        By { value, codec: std::marker::PhantomData }
    }
}

impl<C: EncodeAs<T>, T> Serialize for By<C, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        With::<C, T>::new(&self.value).serialize(serializer)
    }
}

impl<'de, C: DecodeAs<'de, T>, T> Deserialize<'de> for By<C, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::DeserializeSeed::deserialize(Seed::<C, T>::new(), deserializer).map(By::new)
    }
}

impl<C, T: PartialEq> PartialEq for By<C, T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<C, T: Debug> Debug for By<C, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.value.fmt(f)
    }
}
