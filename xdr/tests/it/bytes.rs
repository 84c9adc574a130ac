//! Strings, opaque data, and `char` arrays: RFC 4506 §4.9 to §4.11.

use virtwire_xdr::{Chars, FixedChars, FixedOpaque, Kind, Opaque, Str, Text, from_slice, to_vec};

use crate::wire::{By, check, check_as, hex, refused};

#[test]
fn a_string_is_its_length_its_bytes_and_padding_to_four() {
    check_string("", "00000000");
    check_string("a", "00000001 61000000");
    check_string("ab", "00000002 61620000");
    check_string("abc", "00000003 61626300");
    check_string("virt", "00000004 76697274");
    check_string("libvirtd", "00000008 6c696276 69727464");
    check_string("é", "00000002 c3a90000"); // bytes, not characters
    check_string("a\0b", "00000003 61006200"); // a NUL is a byte like any other
}

/// With a codec or without, as [`Text`] or as `String`.
#[track_caller]
fn check_string(value: &str, wire: &str) {
    check(String::from(value), wire);
    check(Text::from(value), wire);
    check_as::<Str<16>, _>(String::from(value), wire);
    check_as::<Str<16>, _>(Text::from(value), wire);
    check_as::<Str<16>, _>(value.as_bytes().to_vec(), wire);
    check_as::<Opaque<16>, _>(value.as_bytes().to_vec(), wire);
    assert_eq!(to_vec(value).unwrap(), hex(wire));
    assert_eq!(to_vec(&format_args!("{value}")).unwrap(), hex(wire), "formatted in place");
}

#[test]
fn a_text_keeps_what_is_not_utf8_and_a_string_refuses_it() {
    check(Text::from(vec![0xff, 0xfe]), "00000002 fffe0000");
    check_as::<Str<2>, _>(Text::from(vec![0xff, 0xfe]), "00000002 fffe0000");
    refused::<String>("00000002 fffe0000", Kind::Utf8, 0);
    refused::<(u32, String)>("00000000 00000002 fffe0000", Kind::Utf8, 4);
    refused::<By<Str<2>, String>>("00000002 fffe0000", Kind::Utf8, 0);
    assert_eq!(from_slice::<&str>(&hex("00000002 fffe0000")).unwrap_err().kind(), Kind::Utf8);
}

#[test]
fn a_bound_is_checked_below_at_and_above_it() {
    check_as::<Str<4>, _>(Text::from("abc"), "00000003 61626300");
    check_as::<Str<4>, _>(Text::from("abcd"), "00000004 61626364");
    check_as::<Opaque<0>, _>(vec![], "00000000");
    let over = Kind::TooLong { len: 5, bound: 4 };
    let five = "00000005 61626364 65000000";
    refused::<By<Str<4>, Text>>(five, over, 0);
    refused::<By<Str<4>, String>>(five, over, 0);
    refused::<By<Opaque<4>, Vec<u8>>>(five, over, 0);
    refused::<By<Chars<4>, Vec<u8>>>("00000005 00000000 00000000 00000000 00000000 00000000", over, 0);
    refused::<(u32, By<Opaque<4>, Vec<u8>>)>(
        "00000000 ffffffff",
        Kind::TooLong { len: 0xffff_ffff, bound: 4 },
        4,
    );

    let too_long = |error: virtwire_xdr::Error| assert_eq!((error.kind(), error.offset()), (over, 0));
    too_long(to_vec(&By::<Str<4>, _>::new(Text::from("abcde"))).unwrap_err());
    too_long(to_vec(&By::<Opaque<4>, _>::new(vec![0; 5])).unwrap_err());
    too_long(to_vec(&By::<Chars<4>, _>::new(vec![0; 5])).unwrap_err());
}

#[test]
fn a_length_beyond_the_input_is_its_end() {
    refused::<String>("ffffffff 61626364", Kind::Eof, 4);
    refused::<By<Opaque<{ u32::MAX }>, Vec<u8>>>("fffffffd", Kind::Eof, 4);
    refused::<By<Chars<{ u32::MAX }>, Vec<u8>>>("ffffffff 00000000", Kind::Eof, 4);
    refused::<String>("00000001 61", Kind::Eof, 4); // its padding is missing
}

#[test]
fn padding_is_zero() {
    refused::<Text>("00000001 61000001", Kind::Padding, 5);
    refused::<Text>("00000001 61010000", Kind::Padding, 5);
    refused::<Text>("00000002 61620100", Kind::Padding, 6);
    refused::<Text>("00000003 616263ff", Kind::Padding, 7);
    refused::<By<FixedOpaque<5>, [u8; 5]>>("01020304 05000001", Kind::Padding, 5);
}

#[test]
fn fixed_opaque_has_no_length() {
    check_as::<FixedOpaque<0>, _>([], "");
    check_as::<FixedOpaque<1>, _>([0xab], "ab000000");
    check_as::<FixedOpaque<4>, _>([1, 2, 3, 4], "01020304");
    check_as::<FixedOpaque<6>, _>([1, 2, 3, 4, 5, 6], "01020304 05060000");
}

#[test]
fn a_char_is_a_word_sign_extended() {
    check_as::<Chars<8>, _>(vec![], "00000000");
    check_as::<Chars<8>, _>(vec![0, 0x7f, 0x80, 0xff], "00000004 00000000 0000007f ffffff80 ffffffff");
    check_as::<FixedChars<2>, _>(*b"i\xff", "00000069 ffffffff");
}

#[test]
fn a_char_is_the_low_8_bits_whatever_the_others() {
    let zero_extended = hex("00000002 000000ff 12345680");
    assert_eq!(from_slice::<By<Chars<8>, Vec<u8>>>(&zero_extended).unwrap().value, [0xff, 0x80]);
    assert_eq!(from_slice::<By<FixedChars<2>, [u8; 2]>>(&zero_extended[4..]).unwrap().value, [0xff, 0x80]);
}

#[test]
fn borrowed_bytes_are_those_of_the_input() {
    let wire = hex("00000003 61626300 00000004 01020304");
    let (text, data): (By<Str<8>, &str>, By<Opaque<8>, &[u8]>) = from_slice(&wire).unwrap();
    assert_eq!((text.value, data.value), ("abc", &[1, 2, 3, 4][..]));
    assert!(std::ptr::eq(text.value.as_bytes(), &wire[4..7]));
    assert!(std::ptr::eq(data.value, &wire[12..]));
    let (text, data): (&str, &[u8]) = from_slice(&wire).unwrap();
    assert!(std::ptr::eq(text.as_bytes(), &wire[4..7]));
    assert!(std::ptr::eq(data, &wire[12..]));
}

#[test]
fn bytes_of_a_known_number_take_that_number_only() {
    check_as::<Opaque<16>, _>([1_u8, 2, 3, 4], "00000004 01020304");
    refused::<By<Opaque<16>, [u8; 4]>>("00000003 01020300", Kind::Custom, 0);
}

#[cfg(feature = "bytes")]
#[test]
fn bytes_go_in_and_come_out_as_bytes() {
    use ::bytes::{Bytes, BytesMut};

    check_as::<Opaque<8>, _>(Bytes::from_static(b"abcde"), "00000005 61626364 65000000");
    let mut out = BytesMut::from(&b"header"[..]);
    virtwire_xdr::encode(&(7_u32, "ab"), &mut out).unwrap();
    assert_eq!(out[6..], hex("00000007 00000002 61620000"));
    virtwire_xdr::encode(&(7_u32, 'a'), &mut out).unwrap_err();
    assert_eq!(out.len(), 18, "an error leaves the sink as it was");
    let sequence = SequenceOfUnknownLength;
    virtwire_xdr::encode(&sequence, &mut out).unwrap();
    assert_eq!(out[18..], hex("00000002 00000001 00000002"));

    struct SequenceOfUnknownLength;
    impl serde::Serialize for SequenceOfUnknownLength {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            use serde::ser::SerializeSeq;
            let mut sequence = serializer.serialize_seq(None)?;
            sequence.serialize_element(&1)?;
            sequence.serialize_element(&2)?;
            sequence.end()
        }
    }
}

#[cfg(feature = "bytes")]
#[test]
fn a_borrowed_payload_can_become_a_slice_of_its_frame() {
    use ::bytes::Bytes;

    let frame = Bytes::from(hex("00000003 61626300"));
    let payload: By<Opaque<8>, &[u8]> = from_slice(&frame).unwrap();
    let shared: Bytes = frame.slice_ref(payload.value);
    assert_eq!(shared, "abc");
    assert!(std::ptr::eq(&shared[..], &frame[4..7]));
}
