//! What is made of the cases compiles, and does what their specifications say.

#![allow(missing_docs, dead_code, unreachable_pub, reason = "generated for a library, used by a test")]

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use virtwire_xdr::{Kind, Quadruple, from_slice, to_vec};

#[path = "cases"]
mod cases {
    pub mod arrays;
    pub mod documented;
    pub mod enums;
    pub mod nested;
    pub mod numbers;
    pub mod unions;

    #[path = "."]
    mod codecs {
        #[path = "arrays.codecs.rs"]
        mod arrays;
        #[path = "documented.codecs.rs"]
        mod documented;
        #[path = "enums.codecs.rs"]
        mod enums;
        #[path = "nested.codecs.rs"]
        mod nested;
        #[path = "numbers.codecs.rs"]
        mod numbers;
        #[path = "unions.codecs.rs"]
        mod unions;
    }
}

use cases::{arrays, documented, enums, nested, numbers, unions};

/// The value and its bytes are each other, and no truncation of the bytes is a value.
#[track_caller]
fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, wire: &str) {
    let wire = hex(wire);
    assert_eq!(to_vec(value).unwrap(), wire);
    assert_eq!(&from_slice::<T>(&wire).unwrap(), value);
    for cut in 0..wire.len() {
        from_slice::<T>(&wire[..cut]).unwrap_err();
    }
}

fn hex(text: &str) -> Vec<u8> {
    let digits = text.split_whitespace().collect::<String>();
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn numbers_have_the_size_of_their_type() {
    let value = numbers::Numbers {
        truth: true,
        small: -1,
        unsigned_small: 255,
        middling: -2,
        unsigned_middling: 65_535,
        word: i32::MIN,
        unsigned_word: u32::MAX,
        alone: 1,
        two_words: i64::MIN,
        unsigned_two_words: u64::MAX,
        single: 1.0,
        twice: 1.0,
        four_times: Quadruple::default(),
    };
    check(
        &value,
        "00000001 ffffffff 000000ff fffffffe 0000ffff 80000000 ffffffff 00000001
         8000000000000000 ffffffffffffffff 3f800000 3ff0000000000000 00000000000000000000000000000000",
    );
    assert_eq!((numbers::NEGATIVE, numbers::OCTAL, numbers::LARGE), (-7, 0o777, 0x1_0000_0000));
}

#[test]
fn arrays_have_a_length_and_padding_unless_they_are_always_as_long() {
    let value = arrays::Arrays {
        up_to: vec![1],
        always: [2; 4],
        text: "a".into(),
        called: "bc".into(),
        perhaps: None,
        some: vec![3, 4],
        few: [5, 6],
        spelled: vec![7, 0xff],
        spelled_always: [8; 4],
        numbers: vec![0xff],
        names: vec!["d".into()],
        gaps: vec![None, Some("".into())],
        several: vec![[9; 4]],
        pairs: vec![[10, 11]],
        one: Some(arrays::Element { value: 12 }),
        many: vec![],
        two: [arrays::Element { value: 13 }, arrays::Element { value: 14 }],
        digest: [0; 64],
    };
    check(
        &value,
        &format!(
            "00000001 01000000  02020202  00000001 61000000  00000002 62630000  00000000
             00000002 00000003 00000004  0000000000000005 0000000000000006
             00000002 00000007 ffffffff  00000008 00000008 00000008 00000008  00000001 000000ff
             00000001 00000001 64000000  00000002 00000000 00000001 00000000  00000001 09090909
             00000001 0000000a 0000000b  00000001 0000000c  00000000  0000000d 0000000e {}",
            "00".repeat(64)
        ),
    );
    let too_long = arrays::Arrays { called: "four".into(), ..value };
    assert_eq!(to_vec(&too_long).unwrap_err().kind(), Kind::TooLong { len: 4, bound: 3 });
}

#[test]
fn a_field_has_its_own_name_in_json_where_rust_has_another() {
    let value = documented::Documented { first: 1, r#type: 2, callback_id: 3, ..Default::default() };
    let json = r#"{"first":1,"second":"","third":"","type":2,"callbackID":3}"#;
    assert_eq!(serde_json::to_string(&value).unwrap(), json);
    assert_eq!(serde_json::from_str::<documented::Documented>(json).unwrap(), value);
}

#[test]
fn an_enum_keeps_a_value_that_it_does_not_know() {
    use enums::Outcome::{Failed, GoodEnough, Unknown};
    check(
        &enums::Enums { first: Failed, others: vec![GoodEnough, Unknown(7)] },
        "ffffffff 00000002 00000010 00000007",
    );
}

#[test]
fn a_union_is_its_discriminant_and_that_arm() {
    use unions::{BelowZero, ByColour, ByNumber, ByTruth, Tagged};
    check(&Tagged::Text("a".into()), "00000007 00000001 61000000");
    assert_eq!(from_slice::<Tagged>(&hex("00000002")).unwrap_err().kind(), Kind::Discriminant { value: 2 });
    check(&ByNumber::Case0, "00000000");
    check(&ByNumber::Either2(1), "00000002 0000000000000001");
    check(&ByNumber::Last(1.0), "ffffffff 3ff0000000000000");
    check(&ByNumber::Other(0x8000_0000), "80000000");
    check(&ByColour::Blue, "00000005");
    check(&ByColour::Other(1, vec![1, 2]), "00000001 00000002 01020000");
    check(&ByTruth::True(3), "00000001 00000003");
    check(&BelowZero::SameMinus2(4), "fffffffe 00000004");
}

#[test]
fn a_nested_body_is_written_where_it_stands() {
    let value = nested::Outer {
        inner: nested::OuterInner { x: 1, side: nested::OuterInnerSide::Right },
        choice: nested::OuterChoice::Found(nested::OuterChoiceFound { deep: true }),
        list: vec![nested::OuterList { y: 2 }],
        unit: Some(nested::OuterUnit::Two),
    };
    check(&value, "00000001 00000001  00000000 00000001  00000001 00000002  00000001 00000002");
}
