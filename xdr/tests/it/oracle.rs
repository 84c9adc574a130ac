//! Against serde-xdr, an implementation by others, for what it can express.
//!
//! What serde-xdr 0.6 cannot say, and why:
//!
//! | shape | why not | so its oracle is |
//! |---|---|---|
//! | negative discriminants, enumerations with wide holes | a variant's index is its discriminant; a hole needs a variant | rpcgen's C |
//! | an unknown discriminant kept, a union's default | a variant must exist | rpcgen's C |
//! | bounds | there is nowhere to say one | rpcgen's C |
//! | strings that are not UTF-8, and when encoding, not ASCII | `String` by `from_utf8`; `is_ascii` is asked for | rpcgen's C |
//! | `char` above 0x7f in a word that is zero-extended | an 8 bit number must be in its range | rpcgen's C |
//! | quadruple precision | serde has no such number | tables of bytes |
//! | bytes borrowed from the input | it reads from a `Read`, and gives owned bytes | the owned forms |
//! | that input ends with the value, that padding is zero | neither is looked at | tables of bytes |
//!
//! The comparison with C is by the types of libvirt's contract, in virtwire-protocol's `every_type` test.

use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use virtwire_xdr::{
    Array, Chars, FixedArray, FixedChars, FixedOpaque, Opaque, Optional, Plain, Str, from_slice, to_vec,
    union,
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Scalars {
    int: i32,
    uint: u32,
    hyper: i64,
    uhyper: u64,
    bool: bool,
    float: f32,
    double: f64,
    byte: u8,
    short: i16,
    void: (),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Union {
    Void,
    One(String),
    Two(u32, bool),
    Record { id: u64, list: Vec<i32> },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Everything {
    scalars: Scalars,
    text: String,
    union: Union,
    maybe: Option<Option<Box<Everything>>>,
    unions: Vec<Union>,
    fixed: [u32; 3],
    tuple: (String, u8, Vec<Vec<bool>>),
    newtype: Newtype,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Newtype(Vec<Option<String>>);

prop_compose! {
    fn scalars()(
        (int, uint, hyper, uhyper) in any::<(i32, u32, i64, u64)>(),
        (bool, byte, short) in any::<(bool, u8, i16)>(),
        (float, double) in (prop::num::f32::NORMAL, prop::num::f64::NORMAL),
    ) -> Scalars {
        Scalars { int, uint, hyper, uhyper, bool, float, double, byte, short, void: () }
    }
}

fn union() -> impl Strategy<Value = Union> {
    prop_oneof![
        Just(Union::Void),
        "[ -~]{0,9}".prop_map(Union::One),
        any::<(u32, bool)>().prop_map(|(a, b)| Union::Two(a, b)),
        (any::<u64>(), prop::collection::vec(any::<i32>(), 0..5))
            .prop_map(|(id, list)| Union::Record { id, list }),
    ]
}

fn everything() -> impl Strategy<Value = Everything> {
    let level = |maybe: BoxedStrategy<Option<Option<Box<Everything>>>>| {
        (
            (scalars(), "[ -~]{0,9}", union(), maybe),
            prop::collection::vec(union(), 0..4),
            any::<[u32; 3]>(),
            (
                "[ -~]{0,9}",
                any::<u8>(),
                prop::collection::vec(prop::collection::vec(any::<bool>(), 0..3), 0..3),
            ),
            prop::collection::vec(prop::option::of("[ -~]{0,5}"), 0..4),
        )
            .prop_map(|((scalars, text, union, maybe), unions, fixed, tuple, newtype)| Everything {
                scalars,
                text,
                union,
                maybe,
                unions,
                fixed,
                tuple,
                newtype: Newtype(newtype),
            })
    };
    let inner = level(Just(None).boxed()).prop_map(Box::new);
    level(prop::option::of(prop::option::of(inner)).boxed())
}

/// Both write the same bytes, and both read them back.
fn agree<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
    let ours = to_vec(value).unwrap();
    assert_eq!(ours, serde_xdr::to_bytes(value).unwrap());
    assert_eq!(&from_slice::<T>(&ours).unwrap(), value);
    assert_eq!(&serde_xdr::from_bytes::<_, T>(&ours).unwrap(), value);
}

proptest! {
    #[test]
    fn the_same_bytes_for_the_same_value(value in everything()) {
        agree(&value);
    }

    /// What we accept, it accepts, and means the same.
    #[test]
    fn the_same_value_for_the_same_bytes(
        mut bytes in everything().prop_map(|value| to_vec(&value).unwrap()),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(ours) = from_slice::<Everything>(&bytes) {
            let theirs = serde_xdr::from_bytes::<_, Everything>(&bytes).unwrap();
            prop_assert_eq!(to_vec(&ours).unwrap(), to_vec(&theirs).unwrap());
        }
    }
}

#[test]
fn the_file_of_rfc_4506() {
    // §7: its example, whose enumeration begins at 0 and whose arms are in order, which serde-xdr needs.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    enum FileType {
        Text,
        Data(String),
        Exec(String),
    }
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct File {
        filename: String,
        r#type: FileType,
        owner: String,
    }
    let file =
        File { filename: "sillyprog".into(), r#type: FileType::Exec("lisp".into()), owner: "john".into() };
    agree(&file);
    agree(&FileType::Text);
    agree(&FileType::Data("x".into()));
    let wire =
        crate::wire::hex("00000009 73696c6c 7970726f 67000000 00000002 00000004 6c697370 00000004 6a6f686e");
    assert_eq!(to_vec(&file).unwrap(), wire);
}

/// Types that serde-xdr has another way to say: by its own module for fixed opaque data, by signed numbers for `char`s,
/// by a variant that fills the hole before 1.
mod twin {
    use std::fmt;

    use serde::de::{Deserializer, Error, Visitor};
    use serde::ser::Serializer;

    use super::{Deserialize, Serialize};

    #[derive(Debug, Serialize, Deserialize)]
    pub(super) struct Coded {
        pub(super) name: String,
        pub(super) data: Bytes,
        #[serde(with = "serde_xdr::opaque_data::fixed_length")]
        pub(super) tag: [u8; 5],
        pub(super) chars: Vec<i8>,
        pub(super) three: [i8; 3],
        pub(super) maybe: Option<String>,
        pub(super) list: Vec<Option<u64>>,
        pub(super) pair: [f64; 2],
        pub(super) value: Value,
    }

    #[derive(Debug, Serialize, Deserialize)]
    pub(super) enum Value {
        Hole,
        Int(i32),
        Text(String),
        Nothing,
    }

    /// Bytes as serde has them. Not by `Opaque`, which takes serde-xdr for a format that people read: it says so.
    #[derive(Debug)]
    pub(super) struct Bytes(pub(super) Vec<u8>);

    impl Serialize for Bytes {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_bytes(&self.0)
        }
    }

    impl<'de> Deserialize<'de> for Bytes {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
            deserializer.deserialize_byte_buf(Owned)
        }
    }

    struct Owned;

    impl Visitor<'_> for Owned {
        type Value = Bytes;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("bytes")
        }

        fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
            Ok(Bytes(bytes))
        }
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Coded {
    #[serde(with = "Str::<9>")]
    name: String,
    #[serde(with = "Opaque::<9>")]
    data: Vec<u8>,
    #[serde(with = "FixedOpaque::<5>")]
    tag: [u8; 5],
    #[serde(with = "Chars::<9>")]
    chars: Vec<u8>,
    #[serde(with = "FixedChars::<3>")]
    three: [u8; 3],
    #[serde(with = "Optional::<Str<9>>")]
    maybe: Option<String>,
    #[serde(with = "Array::<9, Optional>")]
    list: Vec<Option<u64>>,
    #[serde(with = "FixedArray::<2>")]
    pair: [f64; 2],
    value: Value,
}

#[derive(Debug, PartialEq)]
enum Value {
    Int(i32),
    Text(String),
    Nothing,
}

union! { "value" => Value: i32 { 1 => Int(Plain), 2 => Text(Str<9>), 3 => Nothing } }

proptest! {
    /// Each codec writes what serde-xdr writes for the twin, and each reads what the other wrote.
    #[test]
    fn each_codec_has_its_twin(
        (name, maybe) in ("[ -~]{0,9}", prop::option::of("[ -~]{0,9}")),
        (data, chars) in any::<(Vec<u8>, Vec<u8>)>().prop_map(|(mut data, mut chars)| {
            data.truncate(9);
            chars.truncate(9);
            (data, chars)
        }),
        (tag, three) in any::<([u8; 5], [u8; 3])>(),
        list in prop::collection::vec(any::<Option<u64>>(), 0..9),
        pair in [prop::num::f64::NORMAL, prop::num::f64::NORMAL],
        (arm, number) in (0..3, any::<i32>()),
    ) {
        let value = |arm| match arm {
            0 => (Value::Int(number), twin::Value::Int(number)),
            1 => (Value::Text(name.clone()), twin::Value::Text(name.clone())),
            _ => (Value::Nothing, twin::Value::Nothing),
        };
        let (value, twin_value) = value(arm);
        let theirs = twin::Coded {
            name: name.clone(),
            data: twin::Bytes(data.clone()),
            tag,
            chars: chars.iter().map(|byte| byte.cast_signed()).collect(),
            three: three.map(u8::cast_signed),
            maybe: maybe.clone(),
            list: list.clone(),
            pair,
            value: twin_value,
        };
        let ours = Coded { name, data, tag, chars, three, maybe, list, pair, value };
        let wire = to_vec(&ours).unwrap();
        prop_assert_eq!(&wire, &serde_xdr::to_bytes(&theirs).unwrap());
        prop_assert_eq!(from_slice::<Coded>(&wire).unwrap(), ours);
        let theirs = serde_xdr::from_bytes::<_, twin::Coded>(&wire).unwrap();
        prop_assert_eq!(serde_xdr::to_bytes(&theirs).unwrap(), wire);
    }
}
