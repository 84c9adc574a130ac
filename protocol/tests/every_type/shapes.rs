//! What XDR can say and the contract does not: a specification and its types.

use virtwire_idl::model::Contract;
use virtwire_idl::{Source, parse};
use virtwire_xdr::{
    Array, Chars, FixedArray, FixedChars, FixedOpaque, Opaque, Optional, Plain, Str, Text, enumeration,
    record, union,
};

use crate::ours::Ours;

const SPECIFICATION: &str = "
    enum sign { MINUS = -3, NOUGHT = 0, PLUS = 70000 };
    typedef string word<9>;
    typedef word *maybe_word;
    typedef opaque tag[5];
    typedef char letter;
    struct scalars {
        bool truth; char c; unsigned char uc; short s; unsigned short us; int i; unsigned int ui;
        hyper h; unsigned hyper uh; float f; double d; sign sign;
    };
    union choice switch (int which) {
    case -1: word text;
    case 2: case 3: scalars all;
    case 7: void;
    default: opaque rest<6>;
    };
    union answer switch (bool known) { case 1: hyper value; case 0: void; };
    union state switch (unsigned int code) { case 4294967295: int last; default: void; };
    struct shapes {
        word words<3>; maybe_word maybes<4>; tag tags<2>; tag pair[2]; letter letters<6>; letter three[3];
        opaque data<7>; int *number; sign signs<2>; choice choices<2>; answer answer; state state; bool bools[2];
    };
    struct lone { string name<5>; };
    struct small { string name<5>; opaque data<6>; opaque odd[3]; int *maybe; int list<2>; char chars<3>; };
    union tagged switch (int tag) { case 1: int one; case 2: word two; };
";

pub(crate) fn contract() -> Contract {
    parse(&[Source::new("shapes.x", SPECIFICATION)]).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn right() -> Vec<Ours> {
    vec![
        Ours::of::<Sign>("sign"),
        Ours::of::<Scalars>("scalars"),
        Ours::of::<Choice>("choice"),
        Ours::of::<Answer>("answer"),
        Ours::of::<State>("state"),
        Ours::of::<Shapes>("shapes"),
        Ours::of::<Lone>("lone"),
        Ours::of::<Small>("small"),
        Ours::of::<Tagged>("tagged"),
    ]
}

#[derive(Debug)]
enum Sign {
    Minus,
    Nought,
    Plus,
    Unknown(i32),
}

#[derive(Debug)]
struct Scalars {
    truth: bool,
    c: i8,
    uc: u8,
    s: i16,
    us: u16,
    i: i32,
    ui: u32,
    h: i64,
    uh: u64,
    f: f32,
    d: f64,
    sign: Sign,
}

#[derive(Debug)]
enum Choice {
    Text(Text),
    Two(Scalars),
    Three(Scalars),
    Nothing,
    Rest(i32, Vec<u8>),
}

#[derive(Debug)]
enum Answer {
    Value(i64),
    Unknown,
}

#[derive(Debug)]
enum State {
    Last(i32),
    Other(u32),
}

#[derive(Debug)]
struct Shapes {
    words: Vec<Text>,
    maybes: Vec<Option<Text>>,
    tags: Vec<[u8; 5]>,
    pair: [[u8; 5]; 2],
    letters: Vec<u8>,
    three: [u8; 3],
    data: Vec<u8>,
    number: Option<i32>,
    signs: Vec<Sign>,
    choices: Vec<Choice>,
    answer: Answer,
    state: State,
    bools: [bool; 2],
}

#[derive(Debug)]
pub(crate) struct Small {
    name: Text,
    data: Vec<u8>,
    odd: [u8; 3],
    maybe: Option<i32>,
    list: Vec<i32>,
    chars: Vec<u8>,
}

#[derive(Debug)]
pub(crate) enum Tagged {
    One(i32),
    Two(Text),
}

#[derive(Debug)]
pub(crate) struct Lone {
    name: Text,
}

enumeration! { "sign" => Sign { -3 => Minus, 0 => Nought, 70_000 => Plus } }

union! {
    "choice" => Choice: i32 {
        -1 => Text(Str<9>), 2 => Two(Plain), 3 => Three(Plain), 7 => Nothing, default => Rest(Opaque<6>)
    }
    "answer" => Answer: i32 { 1 => Value(Plain), 0 => Unknown }
    "state" => State: u32 { u32::MAX => Last(Plain), default => Other }
    "tagged" => Tagged: i32 { 1 => One(Plain), 2 => Two(Str<9>) }
}

record! {
    "scalars" => Scalars {
        truth: Plain, c: Plain, uc: Plain, s: Plain, us: Plain, i: Plain, ui: Plain, h: Plain, uh: Plain, f: Plain,
        d: Plain, sign: Plain,
    }
    "shapes" => Shapes {
        words: Array<3, Str<9>>, maybes: Array<4, Optional<Str<9>>>, tags: Array<2, FixedOpaque<5>>,
        pair: FixedArray<2, FixedOpaque<5>>, letters: Chars<6>, three: FixedChars<3>, data: Opaque<7>,
        number: Optional, signs: Array<2>, choices: Array<2>, answer: Plain, state: Plain, bools: FixedArray<2>,
    }
    "lone" => Lone { name: Str<5> }
    "small" => Small {
        name: Str<5>, data: Opaque<6>, odd: FixedOpaque<3>, maybe: Optional, list: Array<2>, chars: Chars<3>,
    }
}
