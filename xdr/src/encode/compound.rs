//! Records, tuples and arrays: items of items.

use serde::Serialize;
use serde::ser;

use super::sink::sealed::Sink;
use super::writer::{VARIABLE, Writer};
use crate::{Error, Kind};

/// A variable-length array: its length word is already written.
pub(crate) struct Sequence<'a, S> {
    sink: &'a mut S,
    /// Where the length word is.
    at: usize,
    announced: Option<usize>,
    index: usize,
}

impl<'a, S: Sink> Sequence<'a, S> {
    #[inline]
    pub(super) fn new(sink: &'a mut S, at: usize, announced: Option<usize>) -> Self {
        Sequence { sink, at, announced, index: 0 }
    }

    #[inline]
    fn finish(self) -> Result<(), Error> {
        let found = self.index;
        match self.announced {
            None => {
                let Ok(word) = u32::try_from(found) else {
                    return Err(Error::new(Kind::LengthOverflow { len: found }, self.at));
                };
                self.sink.patch(self.at, word.to_be_bytes());
            }
            Some(announced) if announced == found => {}
            Some(announced) => return Err(Error::new(Kind::LengthMismatch { announced, found }, self.at)),
        }
        // The decoder takes a count for a claim to at least a word each, so that four bytes cannot make it loop
        // four thousand million times; nor does the language know an array of void.
        if (self.sink.position() - self.at) / 4 <= found && found > 0 {
            return Err(Error::unsupported("array of elements without bytes", self.at));
        }
        Ok(())
    }
}

impl<S: Sink> ser::SerializeSeq for Sequence<'_, S> {
    type Ok = ();
    type Error = Error;

    #[inline]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value
            .serialize(Writer::<S, VARIABLE>::new(self.sink))
            .map_err(|error| error.at(self.sink.position()).in_element(self.index))?;
        self.index += 1;
        Ok(())
    }

    #[inline]
    fn end(self) -> Result<(), Error> {
        self.finish()
    }
}

/// A record, a tuple or a fixed array: its items and nothing else.
pub(crate) struct Members<'a, S> {
    sink: &'a mut S,
    name: Option<&'static str>,
    index: usize,
}

impl<'a, S: Sink> Members<'a, S> {
    #[inline]
    pub(super) fn new(sink: &'a mut S, name: Option<&'static str>) -> Self {
        Members { sink, name, index: 0 }
    }

    #[inline]
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        if let Err(error) = value.serialize(Writer::<S, VARIABLE>::new(self.sink)) {
            return Err(in_element(error, self.sink.position(), self.name, self.index));
        }
        self.index += 1;
        Ok(())
    }

    #[inline(always)]
    fn field<T: Serialize + ?Sized>(&mut self, field: &'static str, value: &T) -> Result<(), Error> {
        match value.serialize(Writer::<S, VARIABLE>::new(self.sink)) {
            Ok(()) => Ok(()),
            Err(error) => Err(in_field(error, self.sink.position(), self.name, field)),
        }
    }

    /// XDR has no absent fields, only optional ones.
    #[cold]
    fn skipped(&self, field: &'static str) -> Error {
        let position = self.sink.position();
        in_field(Error::unsupported("skipped field", position), position, self.name, field)
    }
}

/// An error on its way out of a tuple. By value, as `in_field`, so that what is at hand may stay in registers.
#[cold]
fn in_element(error: Error, position: usize, name: Option<&'static str>, index: usize) -> Error {
    let error = error.at(position).in_element(index);
    if let Some(name) = name { error.in_union(name) } else { error }
}

/// An error on its way out of a record.
#[cold]
fn in_field(error: Error, position: usize, name: Option<&'static str>, field: &'static str) -> Error {
    error.at(position).in_field(name.unwrap_or(""), field)
}

macro_rules! elements {
    ($($trait:ident $method:ident),*) => { $(
        impl<S: Sink> ser::$trait for Members<'_, S> {
            type Ok = ();
            type Error = Error;

            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.element(value)
            }

            #[inline]
            fn end(self) -> Result<(), Error> {
                Ok(())
            }
        }
    )* };
}

elements!(SerializeTuple serialize_element, SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field);

macro_rules! fields {
    ($($trait:ident),*) => { $(
        impl<S: Sink> ser::$trait for Members<'_, S> {
            type Ok = ();
            type Error = Error;

            #[inline(always)]
            fn serialize_field<T: Serialize + ?Sized>(&mut self, field: &'static str, value: &T) -> Result<(), Error> {
                self.field(field, value)
            }

            fn skip_field(&mut self, field: &'static str) -> Result<(), Error> {
                Err(self.skipped(field))
            }

            #[inline]
            fn end(self) -> Result<(), Error> {
                Ok(())
            }
        }
    )* };
}

fields!(SerializeStruct, SerializeStructVariant);
