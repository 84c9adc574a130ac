//! Against serde-xdr, an implementation by others, for what it can express.
//!
//! Not compared, because serde-xdr 0.6 cannot say it: unions and enumerations whose discriminants are not indices,
//! defaults, bounds, `char` arrays, bytes borrowed from the input, fixed opaque (its codec keeps the length), strings
//! that are not ASCII. It also reads 8 and 16 bit numbers leniently, which strict mode does not.

use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use virtwire_xdr::{from_slice, to_vec};

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
