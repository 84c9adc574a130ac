//! Codecs as one would write them by hand on `bytes`: bare, but with bounds and padding checked.

use std::fmt::Debug;
use std::hint::black_box;

use bytes::{BufMut, BytesMut};

use crate::case::{Case, Codec, both};
use crate::model::{Domain, List, Param, Params, Peek, Prepare2, Value};
use crate::values;

const STRING_MAX: usize = 4_194_304;
const LIST_MAX: usize = 16_384;
const PARAMS_MAX: usize = 2048;

pub fn cases() -> Vec<Case> {
    [
        pair::<Header>("header", Codec::HandOwned),
        pair::<Prepare2<Vec<u8>>>("prepare2", Codec::HandOwned),
        pair::<Prepare2<&[u8]>>("prepare2", Codec::HandBytes),
        pair::<Prepare2<&str>>("prepare2", Codec::HandStr),
        pair::<List<Vec<u8>>>("list1000", Codec::HandOwned),
        pair::<List<&[u8]>>("list1000", Codec::HandBytes),
        pair::<List<&str>>("list1000", Codec::HandStr),
        pair::<Params<Vec<u8>>>("params100", Codec::HandOwned),
        pair::<Params<&[u8]>>("params100", Codec::HandBytes),
        pair::<Params<&str>>("params100", Codec::HandStr),
        pair::<Peek<Vec<u8>>>("opaque256k", Codec::HandOwned),
        pair::<Peek<&[u8]>>("opaque256k", Codec::HandBytes),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn pair<T: Hand<'static> + Debug + PartialEq + 'static>(shape: &'static str, codec: Codec) -> [Case; 2] {
    let wire = values::leaked(shape);
    let value: T = decode(wire).expect("ours is decoded by hand");
    let mut out = BytesMut::with_capacity(wire.len());
    encode(&value, &mut out).expect("the value is within its bounds");
    assert_eq!(out, wire, "{shape}");
    both(
        shape,
        codec,
        wire.len(),
        move || {
            out.clear();
            encode(black_box(&value), &mut out)
        },
        move || decode::<T>(black_box(wire)),
    )
}

/// What was wrong; a hand-written codec says no more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bad {
    Eof,
    TooLong,
    Padding,
    Utf8,
    Optional,
    Type,
    Trailing,
}

/// A kind of string or opaque data.
pub trait Bytes<'de>: AsRef<[u8]> + Sized {
    fn take(bytes: &'de [u8]) -> Result<Self, Bad>;
}

impl Bytes<'_> for Vec<u8> {
    #[inline]
    fn take(bytes: &[u8]) -> Result<Self, Bad> {
        Ok(bytes.to_vec())
    }
}

impl<'de> Bytes<'de> for &'de [u8] {
    #[inline]
    fn take(bytes: &'de [u8]) -> Result<Self, Bad> {
        Ok(bytes)
    }
}

impl<'de> Bytes<'de> for &'de str {
    #[inline]
    fn take(bytes: &'de [u8]) -> Result<Self, Bad> {
        std::str::from_utf8(bytes).map_err(|_| Bad::Utf8)
    }
}

/// Six words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Header {
    pub program: u32,
    pub version: u32,
    pub procedure: i32,
    pub kind: i32,
    pub serial: u32,
    pub status: i32,
}

/// What is written and read by hand.
pub trait Hand<'de>: Sized {
    fn put(&self, out: &mut BytesMut) -> Result<(), Bad>;
    fn get(input: &mut &'de [u8]) -> Result<Self, Bad>;
}

pub fn encode<'de, T: Hand<'de>>(value: &T, out: &mut BytesMut) -> Result<(), Bad> {
    value.put(out)
}

pub fn decode<'de, T: Hand<'de>>(mut input: &'de [u8]) -> Result<T, Bad> {
    let value = T::get(&mut input)?;
    if input.is_empty() { Ok(value) } else { Err(Bad::Trailing) }
}

impl Hand<'_> for Header {
    fn put(&self, out: &mut BytesMut) -> Result<(), Bad> {
        out.put_u32(self.program);
        out.put_u32(self.version);
        out.put_i32(self.procedure);
        out.put_i32(self.kind);
        out.put_u32(self.serial);
        out.put_i32(self.status);
        Ok(())
    }

    fn get(input: &mut &[u8]) -> Result<Self, Bad> {
        Ok(Header {
            program: word(input)?,
            version: word(input)?,
            procedure: word(input)?.cast_signed(),
            kind: word(input)?.cast_signed(),
            serial: word(input)?,
            status: word(input)?.cast_signed(),
        })
    }
}

impl<'de, S: Bytes<'de>> Hand<'de> for Prepare2<S> {
    fn put(&self, out: &mut BytesMut) -> Result<(), Bad> {
        put_optional(&self.uri_in, out)?;
        out.put_u64(self.flags);
        put_optional(&self.dname, out)?;
        out.put_u64(self.resource);
        put_bytes(&self.dom_xml, out)
    }

    fn get(input: &mut &'de [u8]) -> Result<Self, Bad> {
        Ok(Prepare2 {
            uri_in: optional(input)?,
            flags: hyper(input)?,
            dname: optional(input)?,
            resource: hyper(input)?,
            dom_xml: bytes(input)?,
        })
    }
}

impl<'de, S: Bytes<'de>> Hand<'de> for List<S> {
    fn put(&self, out: &mut BytesMut) -> Result<(), Bad> {
        if self.domains.len() > LIST_MAX {
            return Err(Bad::TooLong);
        }
        out.put_u32(self.domains.len() as u32);
        for domain in &self.domains {
            put_bytes(&domain.name, out)?;
            out.put_slice(&domain.uuid);
            out.put_i32(domain.id);
        }
        out.put_u32(self.ret);
        Ok(())
    }

    fn get(input: &mut &'de [u8]) -> Result<Self, Bad> {
        let count = length(input, LIST_MAX)?;
        let mut domains = Vec::with_capacity(count.min(input.len() / 24));
        for _ in 0..count {
            domains.push(Domain { name: bytes(input)?, uuid: array(input)?, id: word(input)?.cast_signed() });
        }
        Ok(List { domains, ret: word(input)? })
    }
}

impl<'de, S: Bytes<'de>> Hand<'de> for Params<S> {
    fn put(&self, out: &mut BytesMut) -> Result<(), Bad> {
        if self.params.len() > PARAMS_MAX {
            return Err(Bad::TooLong);
        }
        out.put_u32(self.params.len() as u32);
        for param in &self.params {
            put_bytes(&param.field, out)?;
            match &param.value {
                Value::Int(value) => put_tagged(1, &value.to_be_bytes(), out),
                Value::UInt(value) => put_tagged(2, &value.to_be_bytes(), out),
                Value::LLong(value) => put_tagged(3, &value.to_be_bytes(), out),
                Value::ULLong(value) => put_tagged(4, &value.to_be_bytes(), out),
                Value::Double(value) => put_tagged(5, &value.to_be_bytes(), out),
                Value::Boolean(value) => put_tagged(6, &value.to_be_bytes(), out),
                Value::String(value) => {
                    out.put_u32(7);
                    put_bytes(value, out)?;
                }
            }
        }
        out.put_i32(self.nparams);
        Ok(())
    }

    fn get(input: &mut &'de [u8]) -> Result<Self, Bad> {
        let count = length(input, PARAMS_MAX)?;
        let mut params = Vec::with_capacity(count.min(input.len() / 12));
        for _ in 0..count {
            let field = bytes(input)?;
            let value = match word(input)? {
                1 => Value::Int(word(input)?.cast_signed()),
                2 => Value::UInt(word(input)?),
                3 => Value::LLong(hyper(input)?.cast_signed()),
                4 => Value::ULLong(hyper(input)?),
                5 => Value::Double(f64::from_bits(hyper(input)?)),
                6 => Value::Boolean(word(input)?.cast_signed()),
                7 => Value::String(bytes(input)?),
                _ => return Err(Bad::Type),
            };
            params.push(Param { field, value });
        }
        Ok(Params { params, nparams: word(input)?.cast_signed() })
    }
}

impl<'de, B: Bytes<'de>> Hand<'de> for Peek<B> {
    fn put(&self, out: &mut BytesMut) -> Result<(), Bad> {
        put_bytes(&self.buffer, out)
    }

    fn get(input: &mut &'de [u8]) -> Result<Self, Bad> {
        Ok(Peek { buffer: bytes(input)? })
    }
}

#[inline]
fn put_tagged(tag: u32, value: &[u8], out: &mut BytesMut) {
    out.put_u32(tag);
    out.put_slice(value);
}

#[inline]
fn put_optional(value: &Option<impl AsRef<[u8]>>, out: &mut BytesMut) -> Result<(), Bad> {
    match value {
        None => out.put_u32(0),
        Some(value) => {
            out.put_u32(1);
            put_bytes(value, out)?;
        }
    }
    Ok(())
}

#[inline]
fn put_bytes(value: &impl AsRef<[u8]>, out: &mut BytesMut) -> Result<(), Bad> {
    let bytes = value.as_ref();
    if bytes.len() > STRING_MAX {
        return Err(Bad::TooLong);
    }
    out.put_u32(bytes.len() as u32);
    out.put_slice(bytes);
    out.put_slice(&[0; 3][..bytes.len().wrapping_neg() & 3]);
    Ok(())
}

#[inline]
fn array<const N: usize>(input: &mut &[u8]) -> Result<[u8; N], Bad> {
    let (bytes, rest) = input.split_first_chunk::<N>().ok_or(Bad::Eof)?;
    *input = rest;
    Ok(*bytes)
}

#[inline]
fn word(input: &mut &[u8]) -> Result<u32, Bad> {
    array(input).map(u32::from_be_bytes)
}

#[inline]
fn hyper(input: &mut &[u8]) -> Result<u64, Bad> {
    array(input).map(u64::from_be_bytes)
}

#[inline]
fn length(input: &mut &[u8], max: usize) -> Result<usize, Bad> {
    let length = word(input)? as usize;
    if length > max { Err(Bad::TooLong) } else { Ok(length) }
}

#[inline]
fn optional<'de, S: Bytes<'de>>(input: &mut &'de [u8]) -> Result<Option<S>, Bad> {
    match word(input)? {
        0 => Ok(None),
        1 => bytes(input).map(Some),
        _ => Err(Bad::Optional),
    }
}

#[inline]
fn bytes<'de, S: Bytes<'de>>(input: &mut &'de [u8]) -> Result<S, Bad> {
    let length = length(input, STRING_MAX)?;
    let (bytes, rest) = input.split_at_checked(length).ok_or(Bad::Eof)?;
    let (padding, rest) = rest.split_at_checked(length.wrapping_neg() & 3).ok_or(Bad::Eof)?;
    if padding.iter().any(|byte| *byte != 0) {
        return Err(Bad::Padding);
    }
    *input = rest;
    S::take(bytes)
}
