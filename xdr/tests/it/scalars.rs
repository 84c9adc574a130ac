//! Numbers, bools, void: RFC 4506 §4.1 to §4.8, §4.16.

use virtwire_xdr::{Kind, Quadruple, to_vec};

use crate::wire::{check, refused};

#[test]
fn an_integer_is_a_big_endian_word() {
    check(0_i32, "00000000");
    check(1_i32, "00000001");
    check(-1_i32, "ffffffff");
    check(i32::MIN, "80000000");
    check(i32::MAX, "7fffffff");
    check(0x0102_0304_u32, "01020304");
    check(u32::MAX, "ffffffff");
}

#[test]
fn a_narrower_integer_is_a_word_too() {
    check(-1_i8, "ffffffff");
    check(127_i8, "0000007f");
    check(255_u8, "000000ff");
    check(-2_i16, "fffffffe");
    check(65535_u16, "0000ffff");
    refused::<u8>("00000100", Kind::Range { value: 256 }, 0);
    refused::<u8>("ffffffff", Kind::Range { value: -1 }, 0);
    refused::<u16>("00010000", Kind::Range { value: 65536 }, 0);
    refused::<i16>("00008000", Kind::Range { value: 32768 }, 0);
    refused::<(u32, i8)>("00000000 00000100", Kind::Range { value: 256 }, 4);
    refused::<i8>("ffffff7f", Kind::Range { value: -129 }, 0);
}

#[test]
fn a_char_may_come_zero_extended() {
    assert_eq!(virtwire_xdr::from_slice::<i8>(&[0, 0, 0, 0xff]).unwrap(), -1);
    assert_eq!(virtwire_xdr::from_slice::<i8>(&[0xff; 4]).unwrap(), -1);
}

#[test]
fn a_hyper_is_two_words() {
    check(1_i64, "00000000 00000001");
    check(i64::MIN, "80000000 00000000");
    check(-1_i64, "ffffffff ffffffff");
    check(0x0102_0304_0506_0708_u64, "01020304 05060708");
}

#[test]
fn a_bool_is_0_or_1() {
    check(false, "00000000");
    check(true, "00000001");
    refused::<bool>("00000002", Kind::Bool { value: 2 }, 0);
    refused::<(u64, bool)>("00000000 00000000 ffffffff", Kind::Bool { value: u32::MAX }, 8);
}

#[test]
fn floating_point_is_ieee_754() {
    check(1.0_f32, "3f800000");
    check(-0.5_f32, "bf000000");
    check(f32::INFINITY, "7f800000");
    check(1.0_f64, "3ff00000 00000000");
    check(-2.5_f64, "c0040000 00000000");
    let nan = f64::from_bits(0x7ff8_0000_dead_beef);
    assert_eq!(to_vec(&nan).unwrap(), nan.to_bits().to_be_bytes());
}

#[test]
fn a_quadruple_is_sixteen_bytes() {
    check(
        Quadruple([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]),
        "01020304 05060708 090a0b0c 0d0e0f10",
    );
}

#[test]
fn void_is_nothing() {
    check((), "");
    check(((), 7_u32, ()), "00000007");
}

#[test]
fn what_xdr_has_no_type_for_is_refused_both_ways() {
    let unsupported = |error: virtwire_xdr::Error| assert_eq!(error.kind(), Kind::Unsupported);
    unsupported(to_vec(&1_i128).unwrap_err());
    unsupported(to_vec(&1_u128).unwrap_err());
    unsupported(to_vec(&'a').unwrap_err());
    unsupported(to_vec(&std::collections::BTreeMap::from([(1, 2)])).unwrap_err());
    refused::<i128>("00000000 00000000 00000000 00000000", Kind::Unsupported, 0);
    refused::<u128>("00000000 00000000 00000000 00000000", Kind::Unsupported, 0);
    refused::<char>("00000041", Kind::Unsupported, 0);
    refused::<std::collections::BTreeMap<u32, u32>>("00000000", Kind::Unsupported, 0);
    refused::<(u32, serde_json::Value)>("00000000 00000000", Kind::Unsupported, 4);
    refused::<serde::de::IgnoredAny>("00000000", Kind::Unsupported, 0);
}
