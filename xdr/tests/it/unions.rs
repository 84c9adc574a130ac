//! Discriminated unions: RFC 4506 §4.15.

use serde::{Deserialize, Serialize};
use virtwire_xdr::{Array, Kind, Opaque, Optional, Plain, Str, Text, from_slice, to_vec, union};

use crate::wire::{check, hex, refused};

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TypedParamValue {
    Int(i32),
    UInt(u32),
    LLong(i64),
    ULLong(u64),
    Double(f64),
    Boolean(i32),
    String(Text),
}

union! {
    "typed_param_value" => TypedParamValue: i32 {
        1 => Int(Plain) "i",
        2 => UInt(Plain) "ui",
        3 => LLong(Plain) "l",
        4 => ULLong(Plain) "ul",
        5 => Double(Plain) "d",
        6 => Boolean(Plain) "b",
        7 => String(Str<8>) "s",
    }
}

#[test]
fn a_union_is_its_discriminant_and_its_arm() {
    check(TypedParamValue::Int(-1), "00000001 ffffffff");
    check(TypedParamValue::UInt(1), "00000002 00000001");
    check(TypedParamValue::LLong(-2), "00000003 ffffffff fffffffe");
    check(TypedParamValue::ULLong(2), "00000004 00000000 00000002");
    check(TypedParamValue::Double(1.0), "00000005 3ff00000 00000000");
    check(TypedParamValue::Boolean(1), "00000006 00000001");
    check(TypedParamValue::String("abc".into()), "00000007 00000003 61626300");
}

#[test]
fn an_unknown_discriminant_without_a_default_is_refused() {
    for (wire, value) in [("00000000", 0), ("00000008", 8), ("ffffffff", -1), ("80000000", i32::MIN)] {
        let error = refused::<TypedParamValue>(wire, Kind::Discriminant { value }, 0);
        assert_eq!(error.path(), "typed_param_value");
    }
    let error = refused::<(u32, TypedParamValue)>("00000000 00000008", Kind::Discriminant { value: 8 }, 4);
    assert_eq!(
        error.to_string(),
        "unknown discriminant 8, expected one of i, ui, l, ul, d, b, s at offset 4 ([1])"
    );
}

#[test]
fn a_union_that_ends_before_its_discriminant_is_named() {
    assert_eq!(refused::<TypedParamValue>("0000", Kind::Eof, 0).path(), "typed_param_value");
}

#[test]
fn an_arm_has_its_bound() {
    let over = Kind::TooLong { len: 9, bound: 8 };
    let error = refused::<TypedParamValue>("00000007 00000009", over, 4);
    assert_eq!(error.to_string(), "string of 9 bytes exceeds its bound of 8 at offset 4 (typed_param_value)");
    let error = to_vec(&TypedParamValue::String("123456789".into())).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (over, 4));
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Version {
    Two(Vec<u32>),
    Nothing,
    Other(i32),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Extension {
    High(Option<bool>),
    Other(u32, Vec<u8>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    Failed,
    Done(u32),
}

const TWO: i32 = 2;

union! {
    "version" => Version: i32 { TWO => Two(Array<2>), -5 => Nothing "nothing", default => Other }
    "extension" => Extension: u32 { default => Other(Opaque<4>), 0x8000_0001 => High(Optional) "high" }
    "outcome" => Outcome: bool { false => Failed, true => Done(Plain) }
}

#[test]
fn an_arm_may_be_void() {
    check(Version::Nothing, "fffffffb");
    check(Version::Two(vec![7]), "00000002 00000001 00000007");
}

#[test]
fn a_void_default_keeps_its_discriminant() {
    check(Version::Other(0), "00000000");
    check(Version::Other(-6), "fffffffa");
}

#[test]
fn a_default_may_have_a_value() {
    check(Extension::High(None), "80000001 00000000");
    check(Extension::Other(7, vec![1]), "00000007 00000001 01000000");
    check(Extension::Other(u32::MAX, vec![]), "ffffffff 00000000");
    refused::<Extension>("00000007 00000005", Kind::TooLong { len: 5, bound: 4 }, 4);
}

#[test]
fn a_default_with_a_listed_discriminant_is_refused() {
    let error = to_vec(&(0, Version::Other(2))).unwrap_err();
    assert_eq!(error.kind(), Kind::Custom);
    assert_eq!(error.to_string(), "default of version holds 2, the discriminant of Two at offset 4 ([1])");
    to_vec(&Extension::Other(0x8000_0001, vec![])).unwrap_err();
}

#[test]
fn a_discriminant_may_be_a_bool() {
    check(Outcome::Failed, "00000000");
    check(Outcome::Done(9), "00000001 00000009");
    refused::<Outcome>("00000002", Kind::Discriminant { value: 2 }, 0);
}

/// serde's own enums: the discriminant is the variant's index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Derived {
    Void,
    One(u32),
    Tuple(u32, bool),
    Record { id: u32, name: String },
}

#[test]
fn a_derived_union_counts_from_0() {
    check(Derived::Void, "00000000");
    check(Derived::One(7), "00000001 00000007");
    check(Derived::Tuple(7, true), "00000002 00000007 00000001");
    check(Derived::Record { id: 7, name: "a".into() }, "00000003 00000007 00000001 61000000");
    refused::<Derived>("00000004", Kind::Discriminant { value: 4 }, 0);
    let error = refused::<Derived>("00000003 00000007 00000001 ff000000", Kind::Utf8, 8);
    assert_eq!(error.path(), "Derived.name");
    let error = refused::<Derived>("00000002 00000007 00000002", Kind::Bool { value: 2 }, 8);
    assert_eq!(error.path(), "Derived[1]");
}

/// A type with borrowed parts names its lifetime `'de`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Borrowed<'a> {
    Name(&'a str),
}

union! { "borrowed" => Borrowed<'de>: i32 { 3 => Name(Str<8>) "name" } }

#[test]
fn an_arm_may_be_borrowed() {
    let wire = hex("00000003 00000002 61620000");
    let Borrowed::Name(name) = from_slice(&wire).unwrap();
    assert!(std::ptr::eq(name.as_bytes(), &wire[8..10]));
    assert_eq!(to_vec(&Borrowed::Name("ab")).unwrap(), wire);
}
