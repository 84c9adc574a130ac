//! XDR (RFC 4506) as a serde data format.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod error;

mod encode;

mod decode;

pub mod codec;
mod macros;
mod quadruple;
mod text;

pub use codec::{Array, Chars, FixedArray, FixedChars, FixedOpaque, Opaque, Optional, Plain, Str};
pub use decode::{DEPTH_MAX, MEMORY_BASE, MEMORY_FACTOR, Options, from_slice};
pub use encode::{Sink, encode, encoded_len, to_vec};
pub use error::{Error, Kind};
pub use quadruple::Quadruple;
pub use text::Text;

#[doc(hidden)]
pub use macros::runtime as __runtime;
