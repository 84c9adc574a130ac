//! Codecs with one mistake each, for types of [`shapes`](crate::shapes): what finds no fault with these finds none.

use serde::{Deserializer, Serializer};
use virtwire_xdr::codec::{DecodeAs, EncodeAs};
use virtwire_xdr::{Array, Chars, FixedOpaque, Opaque, Optional, Plain, Str, Text, record, union};

use crate::ours::{How, Ours, Recoded};
use crate::shapes::Lone;
use crate::value::Value;

pub(crate) struct Mistake {
    pub(crate) ours: Ours,
    pub(crate) what: &'static str,
    /// What the comparison with C says of it; `None` where C cannot tell.
    pub(crate) comparing: Option<&'static str>,
    /// What decoding hostile bytes says of it.
    pub(crate) decoding: &'static str,
}

pub(crate) fn all() -> Vec<Mistake> {
    let of = |what, comparing, decoding, ours| Mistake { ours, what, comparing, decoding };
    vec![
        of(
            "a string's bound one too high",
            Some("beyond its bound"),
            "TooLong",
            Ours::of::<LongName>("small"),
        ),
        of(
            "a string's bound one too low",
            Some("at most 4 bytes"),
            "TooLong",
            Ours::of::<ShortName>("small"),
        ),
        of(
            "a length before fixed opaque data",
            Some("differ at"),
            "expected",
            Ours::of::<CountedOdd>("small"),
        ),
        of(
            "an array's bound one too high",
            Some("beyond its bound"),
            "TooLong",
            Ours::of::<LongList>("small"),
        ),
        of("chars packed as bytes", Some("differ at"), "expected", Ours::of::<PackedChars>("small")),
        of("an optional without its mark", Some("differ at"), "expected", Ours::of::<BareMaybe>("small")),
        of("two fields the wrong way round", Some("differ at"), "expected", Ours::of::<Exchanged>("small")),
        of("a record's name in errors", None, "path: \"little", Ours::of::<Misnamed>("small")),
        of("memory by the bound", Some("memory:"), "memory:", Ours::of::<Eager>("small")),
        of(
            "missing padding",
            Some("differ at"),
            "expected",
            Ours { name: "lone", encode: unpadded, recode: recut },
        ),
        of("discriminants exchanged", Some("wants a number"), "expected", Ours::of::<Turned>("tagged")),
        of(
            "a union of any discriminant",
            Some("C refuses and we take"),
            "Discriminant",
            Ours::of::<Greedy>("tagged"),
        ),
        of("an arm missing", Some("unknown variant"), "Discriminant", Ours::of::<Lacking>("tagged")),
    ]
}

#[derive(Debug)]
struct Small<const MISTAKE: usize> {
    name: Text,
    data: Vec<u8>,
    odd: [u8; 3],
    maybe: Option<i32>,
    list: Vec<i32>,
    chars: Vec<u8>,
}

type LongName = Small<0>;
type ShortName = Small<1>;
type CountedOdd = Small<2>;
type LongList = Small<3>;
type PackedChars = Small<4>;
type BareMaybe = Small<5>;
type Exchanged = Small<6>;
type Misnamed = Small<7>;
type Eager = Small<8>;

record! {
    "small" => LongName {
        name: Str<6>, data: Opaque<6>, odd: FixedOpaque<3>, maybe: Optional, list: Array<2>, chars: Chars<3>,
    }
    "small" => ShortName {
        name: Str<4>, data: Opaque<6>, odd: FixedOpaque<3>, maybe: Optional, list: Array<2>, chars: Chars<3>,
    }
    "small" => CountedOdd {
        name: Str<5>, data: Opaque<6>, odd: Opaque<3>, maybe: Optional, list: Array<2>, chars: Chars<3>,
    }
    "small" => LongList {
        name: Str<5>, data: Opaque<6>, odd: FixedOpaque<3>, maybe: Optional, list: Array<3>, chars: Chars<3>,
    }
    "small" => PackedChars {
        name: Str<5>, data: Opaque<6>, odd: FixedOpaque<3>, maybe: Optional, list: Array<2>, chars: Opaque<3>,
    }
    "small" => BareMaybe {
        name: Str<5>, data: Opaque<6>, odd: FixedOpaque<3>, maybe: Bare, list: Array<2>, chars: Chars<3>,
    }
    "small" => Exchanged {
        data: Opaque<6>, name: Str<5>, odd: FixedOpaque<3>, maybe: Optional, list: Array<2>, chars: Chars<3>,
    }
    "little" => Misnamed {
        name: Str<5>, data: Opaque<6>, odd: FixedOpaque<3>, maybe: Optional, list: Array<2>, chars: Chars<3>,
    }
    "small" => Eager {
        name: Str<5>, data: Opaque<6>, odd: FixedOpaque<3>, maybe: Optional, list: Array<2>, chars: Roomy,
    }
}

#[derive(Debug)]
enum Tagged<const MISTAKE: usize> {
    One(i32),
    Two(Text),
}

type Turned = Tagged<0>;
type Lacking = Tagged<1>;

#[derive(Debug)]
enum Greedy {
    One(i32),
    Two(Text),
    Other(i32),
}

union! {
    "tagged" => Turned: i32 { 2 => One(Plain), 1 => Two(Str<9>) }
    "tagged" => Lacking: i32 { 1 => One(Plain), 3 => Two(Str<9>) }
    "tagged" => Greedy: i32 { 1 => One(Plain), 2 => Two(Str<9>), default => Other }
}

/// Optional data that is written as if it were always there.
enum Bare {}

impl EncodeAs<Option<i32>> for Bare {
    fn encode<S: Serializer>(value: &Option<i32>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i32(value.unwrap_or_default())
    }
}

impl<'de> DecodeAs<'de, Option<i32>> for Bare {
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<Option<i32>, D::Error> {
        <Optional as DecodeAs<_>>::decode(deserializer)
    }
}

/// `char`s in memory for many more.
enum Roomy {}

impl EncodeAs<Vec<u8>> for Roomy {
    fn encode<S: Serializer>(value: &Vec<u8>, serializer: S) -> Result<S::Ok, S::Error> {
        <Chars<3> as EncodeAs<_>>::encode(value, serializer)
    }
}

impl<'de> DecodeAs<'de, Vec<u8>> for Roomy {
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let mut chars: Vec<u8> = <Chars<3> as DecodeAs<_>>::decode(deserializer)?;
        chars.reserve(4096);
        Ok(chars)
    }
}

fn unpadded(value: &Value) -> Result<Vec<u8>, String> {
    (Ours::of::<Lone>("lone").encode)(value).map(cut)
}

fn recut(wire: &[u8], how: How) -> Recoded {
    let mut recoded = (Ours::of::<Lone>("lone").recode)(wire, how);
    if let Ok(again) = &mut recoded.outcome {
        again.wire = cut(std::mem::take(&mut again.wire));
    }
    recoded
}

/// A string without what fills its last word.
fn cut(mut wire: Vec<u8>) -> Vec<u8> {
    wire.truncate(4 + usize::from(wire[3]));
    wire
}
