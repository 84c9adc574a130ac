//! Enumerations: RFC 4506 §4.3.

use serde::{Deserialize, Serialize};
use virtwire_xdr::{Kind, enumeration, from_slice};

use crate::wire::{check, refused};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum AuthType {
    None,
    Sasl,
    Polkit,
    Unknown(i32),
}

const HIGH: i32 = i32::MAX;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Sparse {
    Minus,
    Zero,
    High,
}

enumeration! {
    "auth_type" => AuthType { 0 => None, 1 => Sasl "sasl", 2 => Polkit }
    closed "sparse" => Sparse { -5 => Minus, 0 => Zero, HIGH => High }
}

#[test]
fn an_enumeration_is_its_value() {
    check(AuthType::None, "00000000");
    check(AuthType::Sasl, "00000001");
    check(AuthType::Polkit, "00000002");
}

#[test]
fn a_value_that_is_not_listed_is_kept() {
    check(AuthType::Unknown(3), "00000003");
    check(AuthType::Unknown(-1), "ffffffff");
    check(AuthType::Unknown(i32::MIN), "80000000");
}

#[test]
fn a_listed_value_is_never_unknown() {
    assert_eq!(from_slice::<AuthType>(&[0, 0, 0, 1]).unwrap(), AuthType::Sasl);
    assert_eq!(virtwire_xdr::to_vec(&AuthType::Unknown(1)).unwrap(), [0, 0, 0, 1]);
}

#[test]
fn a_closed_enumeration_has_holes_and_negative_values() {
    check(Sparse::Minus, "fffffffb");
    check(Sparse::Zero, "00000000");
    check(Sparse::High, "7fffffff");
    refused::<Sparse>("00000001", Kind::Discriminant { value: 1 }, 0);
    let error = refused::<(u32, Sparse)>("00000000 ffffffff", Kind::Discriminant { value: -1 }, 4);
    assert_eq!(
        error.to_string(),
        "unknown discriminant -1, expected one of Minus, Zero, High at offset 4 ([1])"
    );
}

/// serde's own enums count their variants from 0, whatever Rust's discriminants are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Derived {
    First = 10,
    Second = 20,
}

#[test]
fn a_derived_enumeration_is_an_index() {
    check(Derived::First, "00000000");
    check(Derived::Second, "00000001");
    let error = refused::<(u32, Derived)>("00000000 0000000a", Kind::Discriminant { value: 10 }, 4);
    assert_eq!(error.to_string(), "unknown discriminant 10 at offset 4 ([1])");
    refused::<Derived>("ffffffff", Kind::Discriminant { value: -1 }, 0);
}
