//! XDR (RFC 4506) as a serde data format: bounded, borrowed, `no_std` with `alloc`.
//!
//! Derive `Serialize` and `Deserialize` as for any format, and put each field's XDR type and bound, where it has any,
//! in a [`codec`] beside it. The types stay plain.
//!
//! ```
//! use serde::{Deserialize, Serialize};
//! use virtwire_xdr::{Array, FixedOpaque, Kind, Optional, Str, from_slice, to_vec};
//!
//! // struct domain { string name<64>; opaque uuid[16]; int id; };
//! #[derive(Debug, PartialEq, Serialize, Deserialize)]
//! struct Domain {
//!     #[serde(with = "Str::<64>")]
//!     name: String,
//!     #[serde(with = "FixedOpaque::<16>")]
//!     uuid: [u8; 16],
//!     id: i32,
//! }
//!
//! // struct listing { domain domains<1000>; domain *current; tag tags<4>; }; typedef string tag<8>;
//! #[derive(Debug, PartialEq, Serialize, Deserialize)]
//! struct Listing {
//!     #[serde(with = "Array::<1000>")]
//!     domains: Vec<Domain>,
//!     current: Option<Domain>,
//!     #[serde(with = "Array::<4, Str<8>>")]
//!     tags: Vec<String>,
//! }
//!
//! let domain = Domain { name: "vm1".into(), uuid: [0xab; 16], id: -1 };
//! let wire = to_vec(&domain).unwrap();
//! assert_eq!(wire[..8], [0, 0, 0, 3, b'v', b'm', b'1', 0]); // length, bytes, padding
//! assert_eq!(wire[24..], [0xff; 4]);
//! assert_eq!(from_slice::<Domain>(&wire).unwrap(), domain);
//!
//! let listing = Listing { domains: vec![domain], current: None, tags: vec!["long tag!".into()] };
//! let error = to_vec(&listing).unwrap_err();
//! assert_eq!(error.kind(), Kind::TooLong { len: 9, bound: 8 });
//! assert_eq!(error.path(), "Listing.tags[0]");
//! ```
//!
//! # Without derive
//!
//! [`record!`], [`union!`] and [`enumeration!`] write the implementations for existing types from a line each. They
//! can say what derive cannot: discriminants that are no indices, default arms, names of their own in JSON.
//!
//! ```
//! use virtwire_xdr::{Array, Optional, Plain, Str, Text, enumeration, from_slice, record, to_vec, union};
//!
//! pub enum State { Running, Paused, Unknown(i32) }
//! pub enum Value { Int(i32), Text(Text), Nothing, Other(i32) }
//! pub struct Param { pub name: Text, pub value: Value, pub comment: Option<Text> }
//! pub struct Report { pub state: State, pub params: Vec<Param> }
//!
//! enumeration! { "state" => State { 1 => Running, 3 => Paused } }
//! union! { "value" => Value: i32 { 1 => Int(Plain) "i", 7 => Text(Str<64>) "s", -1 => Nothing, default => Other } }
//! record! {
//!     "param" => Param { name: Str<80>, value: Plain, comment: Optional<Str<64>> }
//!     "report" => Report { state: Plain, params: Array<16> }
//! }
//!
//! let params = vec![Param { name: "cpus".into(), value: Value::Int(4), comment: None }];
//! let wire = to_vec(&Report { state: State::Paused, params }).unwrap();
//! assert_eq!(wire, *b"\0\0\0\x03\0\0\0\x01\0\0\0\x04cpus\0\0\0\x01\0\0\0\x04\0\0\0\0");
//! let report: Report = from_slice(&wire).unwrap();
//! assert_eq!(
//!     serde_json::to_string(&report).unwrap(),
//!     r#"{"state":"Paused","params":[{"name":"cpus","value":{"i":4},"comment":null}]}"#,
//! );
//! ```
//!
//! The [`guide`] has every construct of the standard, and what is refused.
//!
//! # What a type is on the wire, without a codec
//!
//! * `bool`, `i32`, `u32`, `i64`, `u64`, `f32`, `f64`, `()`: as in the standard. 8 and 16 bit integers are a word.
//! * `String`, `&str`, [`Text`]: a string. `&[u8]` and what serializes as bytes: variable opaque data. Both unbounded,
//!   but never beyond the input.
//! * `Vec<T>`: a variable array, unbounded. So a `Vec<u8>` is an array of words: opaque data needs [`Opaque`].
//! * `[T; N]` and tuples: their items. So a `[u8; N]` is `N` words: opaque data needs [`FixedOpaque`].
//! * `Option<T>`: optional data; a list linked by it is a recursive type with `Option<Box<T>>`.
//! * A struct: its fields. A newtype: its content.
//! * serde's own enums: the variant's **index**, from 0, as the discriminant, then what it holds. Rust's `= 5` means
//!   nothing to serde; other discriminants need [`union!`] or [`enumeration!`].
//! * [`Quadruple`]: a quadruple-precision number, as bytes.
//!
//! Maps, `char`, 128-bit integers, untagged enums, flattened and skipped fields have no XDR and are
//! [`Kind::Unsupported`].
//!
//! # Bytes from strangers
//!
//! Decoding never panics, nor overflows the stack (a recursive type ends at [`DEPTH_MAX`]), and asks for no memory
//! ahead of the bytes that have arrived: a length is checked against its bound, then against what is left of the
//! input, and then believed. In all a message takes [`MEMORY_FACTOR`] times its size and [`MEMORY_BASE`], however
//! its arrays nest; a [`Vec`](alloc::vec::Vec) without [`Array`], of which serde lets us see neither the size nor the
//! reserve, grows by doubling and may take up to twice its share.
//!
//! [`from_slice`] is strict; [`Options::lenient`] takes what daemons in use take. An [`Error`] is one word, and says
//! what is wrong, at which byte, in which field.
//!
//! # Features
//!
//! * `std` (default): serde's own; nothing here needs it.
//! * `bytes`: encode into `bytes::BytesMut`, decode [`Opaque`] into `bytes::Bytes`, with a copy. To share the frame
//!   decode a `&[u8]` and call `frame.slice_ref(it)`: serde has no way to hand the frame to a field.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

#[doc = include_str!("guide.md")]
pub mod guide {}

mod quadruple;
mod text;

pub mod codec;
mod macros;

mod decode;
mod encode;

mod error;

pub use codec::{Array, Chars, FixedArray, FixedChars, FixedOpaque, Opaque, Optional, Plain, Str};
pub use decode::{DEPTH_MAX, MEMORY_BASE, MEMORY_FACTOR, Options, from_slice};
pub use encode::{CStrings, Sink, encode, encoded_len, to_vec};
pub use error::{Error, Kind};
pub use quadruple::Quadruple;
pub use text::Text;

#[doc(hidden)]
pub use macros::runtime as __runtime;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
