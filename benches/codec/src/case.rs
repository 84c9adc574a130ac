//! What is measured: one codec on one shape in one direction.

use std::fmt;
use std::hint::black_box;
use std::time::Instant;

/// The measured shapes, in the table's order.
pub const SHAPES: [&str; 5] = ["header", "prepare2", "list1000", "params100", "opaque256k"];

/// What is gated beside the codec, and in no table.
pub const SESSIONS: [&str; 3] = ["client session", "server session", "stream session"];

/// The measured codecs, in the table's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    Rpcgen,
    SerdeXdr,
    RustXdr,
    /// Strings are `Vec<u8>`.
    HandOwned,
    /// Strings are `&[u8]`.
    HandBytes,
    /// Strings are `&str`, checked.
    HandStr,
    /// The contract's types, whose strings are `Text`.
    OursOwned,
    OursBytes,
    OursStr,
}

impl Codec {
    pub const ALL: [Codec; 9] = [
        Codec::Rpcgen,
        Codec::SerdeXdr,
        Codec::RustXdr,
        Codec::HandOwned,
        Codec::HandBytes,
        Codec::HandStr,
        Codec::OursOwned,
        Codec::OursBytes,
        Codec::OursStr,
    ];

    pub fn is_ours(self) -> bool {
        matches!(self, Codec::OursOwned | Codec::OursBytes | Codec::OursStr)
    }

    pub fn name(self) -> &'static str {
        match self {
            Codec::Rpcgen => "rpcgen C",
            Codec::SerdeXdr => "serde-xdr",
            Codec::RustXdr => "rust-xdr",
            Codec::HandOwned => "hand, owned",
            Codec::HandBytes => "hand, &[u8]",
            Codec::HandStr => "hand, &str",
            Codec::OursOwned => "ours, owned",
            Codec::OursBytes => "ours, &[u8]",
            Codec::OursStr => "ours, &str",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    Encode,
    Decode,
}

impl Direction {
    pub const BOTH: [Direction; 2] = [Direction::Encode, Direction::Decode];

    pub fn name(self) -> &'static str {
        match self {
            Direction::Encode => "encode",
            Direction::Decode => "decode",
        }
    }
}

/// Printed and read as `shape|codec|direction`, by the C program too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    pub shape: &'static str,
    pub codec: Codec,
    pub direction: Direction,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{}|{}", self.shape, self.codec.name(), self.direction.name())
    }
}

impl Name {
    pub fn parse(line: &str) -> Option<Name> {
        let mut words = line.split('|');
        let (shape, codec, direction) = (words.next()?, words.next()?, words.next()?);
        Some(Name {
            shape: SHAPES.into_iter().chain(SESSIONS).find(|known| *known == shape)?,
            codec: Codec::ALL.into_iter().find(|known| known.name() == codec)?,
            direction: Direction::BOTH.into_iter().find(|known| known.name() == direction)?,
        })
    }
}

pub struct Case {
    pub name: Name,
    pub work: Box<dyn Measure>,
}

/// A piece of work, whose result is dropped outside of what is measured.
pub trait Measure {
    fn once(&mut self);
    /// The median of 31 batches.
    fn nanoseconds(&mut self) -> f64;
}

struct Work<F> {
    work: F,
    /// How many results may be kept at once without leaving the cache.
    batch: usize,
}

/// Callgrind counts from here, and dumps when this returns.
#[inline(never)]
fn measured<T>(work: &mut impl FnMut() -> T) -> T {
    work()
}

impl<T, F: FnMut() -> T> Measure for Work<F> {
    fn once(&mut self) {
        black_box(measured(&mut self.work));
    }

    fn nanoseconds(&mut self) -> f64 {
        let mut kept = Vec::with_capacity(self.batch);
        let mut batch = || {
            // As many rounds as make 200 µs or more, so that reading the clock does not count.
            let (mut calls, mut spent) = (0, 0);
            while spent < 200_000 {
                kept.clear();
                let start = Instant::now();
                for _ in 0..self.batch {
                    kept.push(black_box(measured(&mut self.work)));
                }
                spent += start.elapsed().as_nanos();
                calls += self.batch;
            }
            spent as f64 / calls as f64
        };
        batch();
        let mut times: Vec<f64> = (0..31).map(|_| batch()).collect();
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    }
}

/// Both directions of a codec on a shape whose encoding is `bytes` long.
pub fn both<T: 'static, U: 'static>(
    shape: &'static str,
    codec: Codec,
    bytes: usize,
    encode: impl FnMut() -> T + 'static,
    decode: impl FnMut() -> U + 'static,
) -> [Case; 2] {
    let batch = |result: usize| if result == 0 { 1024 } else { (65_536 / bytes).clamp(1, 64) };
    [
        Case {
            name: Name { shape, codec, direction: Direction::Encode },
            work: Box::new(Work { work: encode, batch: batch(size_of::<T>()) }),
        },
        Case {
            name: Name { shape, codec, direction: Direction::Decode },
            work: Box::new(Work {
                work: decode,
                batch: batch(if std::mem::needs_drop::<U>() { 1 } else { 0 }),
            }),
        },
    ]
}
