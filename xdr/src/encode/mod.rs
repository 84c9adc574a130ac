//! Values to bytes.

mod compound;
mod sink;
mod writer;

use alloc::vec::Vec;

use serde::Serialize;

use crate::Error;
pub use sink::{CStrings, Sink};
pub(crate) use writer::{CHARS, FIXED_CHARS, FIXED_OPAQUE, STRING, TOO_LONG};

/// Encodes a value into a new `Vec`.
///
/// The length is always a multiple of four.
///
/// # Errors
/// A bound exceeded, a length over 32 bits, or something that XDR cannot say; see [`Kind`](crate::Kind).
pub fn to_vec<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    encode(value, &mut bytes)?;
    Ok(bytes)
}

/// Encodes a value behind what the sink already holds. Allocates nothing but the sink's own growth.
///
/// # Errors
/// As [`to_vec`]; the sink is then as it was. Offsets count from the start of the value.
#[inline]
pub fn encode<T: Serialize + ?Sized, S: Sink>(value: &T, sink: &mut S) -> Result<(), Error> {
    let start = sink.position();
    match value.serialize(writer::Writer::<S, { writer::VARIABLE }>::new(sink)) {
        Ok(()) => Ok(()),
        Err(error) => {
            let end = sink.position();
            sink.truncate_to(start);
            Err(error.at(end).relative_to(start))
        }
    }
}

/// How many bytes [`encode`] would write, without writing them.
///
/// # Errors
/// As [`to_vec`].
pub fn encoded_len<T: Serialize + ?Sized>(value: &T) -> Result<usize, Error> {
    let mut length = sink::Length(0);
    encode(value, &mut length)?;
    Ok(length.0)
}
