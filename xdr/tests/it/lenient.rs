//! What real daemons send and accept, and strict mode does not.

use virtwire_xdr::{FixedOpaque, Kind, Opaque, Options, Str, Text, from_slice};

use crate::records::Domain;
use crate::wire::{By, hex};

/// Accepted leniently as this value, and refused strictly for this reason.
#[track_caller]
fn lenient<T: serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(wire: &str, value: T, strict: Kind) {
    assert_eq!(Options::lenient().from_slice::<T>(&hex(wire)).unwrap(), value);
    assert_eq!(from_slice::<T>(&hex(wire)).unwrap_err().kind(), strict);
}

#[test]
fn bytes_after_the_value_are_ignored() {
    lenient("00000007 00", 7_u32, Kind::Trailing { bytes: 1 });
    lenient("00000007", (), Kind::Trailing { bytes: 4 });
    lenient(
        &format!("00000000 {:032} 00000001 ffff", 0),
        Domain { id: 1, ..Domain::default() },
        Kind::Trailing { bytes: 2 },
    );
}

#[test]
fn padding_may_be_anything() {
    lenient("00000001 61ffffff", Text::from("a"), Kind::Padding);
    lenient("00000003 01020304", By::<Opaque<4>, _>::new(vec![1_u8, 2, 3]), Kind::Padding);
    lenient("01020304", By::<FixedOpaque<3>, _>::new([1, 2, 3]), Kind::Padding);
}

#[test]
fn a_narrow_number_is_the_low_bits_of_its_word() {
    lenient("12345678", 0x78_u8, Kind::Range { value: 0x1234_5678 });
    lenient("123456ff", -1_i8, Kind::Range { value: 0x1234_56ff });
    lenient("12345678", 0x5678_u16, Kind::Range { value: 0x1234_5678 });
    lenient("1234ffff", -1_i16, Kind::Range { value: 0x1234_ffff });
}

#[test]
fn any_word_but_0_marks_optional_data() {
    lenient("00000002 00000007", Some(7_u32), Kind::Optional { value: 2 });
    lenient("01000000 00000007", Some(7_u32), Kind::Optional { value: 0x0100_0000 });
}

#[test]
fn the_rest_is_as_strict_as_ever() {
    #[track_caller]
    fn refused<T: serde::de::DeserializeOwned + std::fmt::Debug>(wire: &str, kind: Kind) {
        assert_eq!(Options::lenient().from_slice::<T>(&hex(wire)).unwrap_err().kind(), kind);
    }
    refused::<bool>("00000002", Kind::Bool { value: 2 });
    refused::<By<Str<3>, Text>>("00000004 61626364", Kind::TooLong { len: 4, bound: 3 });
    refused::<Text>("00000001 61", Kind::Eof); // padding may be anything but absent
}
