//! How much was compared, said aloud.

use std::fmt;
use std::io::Write;

#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) types: usize,
    pub(crate) values: usize,
    /// Of the values, those one beyond a bound.
    pub(crate) beyond: usize,
    /// Of the values' encodings.
    pub(crate) bytes: usize,
    pub(crate) prefixes: usize,
    pub(crate) hostile: usize,
    /// Memory asked for by a byte of the most expensive encoding, of those that are not small.
    pub(crate) memory: f64,
}

impl Tally {
    /// Not by `eprintln!`: the harness would swallow the line of a test that passes.
    pub(crate) fn say(&self, what: &str) {
        let line = format!("{what}: {self}\n");
        std::io::stderr().write_all(line.as_bytes()).expect("standard error takes a line");
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { types, values, beyond, bytes, prefixes, hostile, memory } = self;
        write!(f, "{types} types, {values} values ({beyond} beyond a bound) of {bytes} bytes, ")?;
        write!(f, "{prefixes} prefixes, {hostile} changed")?;
        if *memory > 0.0 {
            write!(f, "; memory at most {memory:.1} times the bytes")?;
        }
        Ok(())
    }
}
