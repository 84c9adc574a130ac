//! Arrays: RFC 4506 §4.12 and §4.13.

use serde::ser::SerializeSeq;
use serde::{Deserialize, Serialize, Serializer};
use virtwire_xdr::{
    Array, FixedArray, FixedOpaque, Kind, Opaque, Optional, Plain, Str, Text, encoded_len, to_vec,
};

use crate::wire::{By, check, check_as, hex, refused};

#[test]
fn a_variable_array_is_a_count_and_its_elements() {
    check(Vec::<u32>::new(), "00000000");
    check(vec![1_u32, 2], "00000002 00000001 00000002");
    check(vec![vec![1_u8], vec![]], "00000002 00000001 00000001 00000000");
    check_as::<Array<2>, _>(vec![1_u32, 2], "00000002 00000001 00000002");
    check_as::<Array<2, Plain>, _>(vec![true], "00000001 00000001");
}

#[test]
fn a_fixed_array_is_its_elements() {
    check([1_u32, 2], "00000001 00000002");
    check_as::<FixedArray<0>, [u32; 0]>([], "");
    check_as::<FixedArray<2>, _>([1_u8, 2], "00000001 00000002");
    check_as::<FixedArray<2, Str<4>>, _>([Text::from("a"), Text::from("")], "00000001 61000000 00000000");
    check_as::<FixedArray<40>, _>([0_u64; 40], &"00000000".repeat(80)); // more than serde does by itself
}

#[test]
fn codecs_nest() {
    check_as::<Array<4, Str<8>>, _>(
        vec![Text::from("ab"), Text::from("")],
        "00000002 00000002 61620000 00000000",
    );
    check_as::<Array<4, Optional<Opaque<2>>>, _>(
        vec![None, Some(vec![1])],
        "00000002 00000000 00000001 00000001 01000000",
    );
    check_as::<Array<4, FixedOpaque<2>>, _>(vec![[1, 2], [3, 4]], "00000002 01020000 03040000");
    check_as::<Array<1, Array<1, FixedArray<1, Plain>>>, _>(
        vec![vec![[7_u32]]],
        "00000001 00000001 00000007",
    );
}

#[test]
fn a_bound_is_checked_below_at_and_above_it() {
    check_as::<Array<2>, _>(vec![1_u32], "00000001 00000001");
    check_as::<Array<2>, _>(vec![1_u32, 2], "00000002 00000001 00000002");
    let over = Kind::TooLong { len: 3, bound: 2 };
    refused::<By<Array<2>, Vec<u32>>>("00000003 00000001 00000002 00000003", over, 0);
    let error = to_vec(&By::<Array<2>, _>::new(vec![1_u32, 2, 3])).unwrap_err();
    assert_eq!(error.kind(), over);
    assert_eq!(error.to_string(), "array of 3 elements exceeds its bound of 2 at offset 0");
    assert_eq!(encoded_len(&By::<Array<2>, _>::new(vec![1_u32, 2, 3])).unwrap_err().kind(), over);

    // In an inner array, whose index the path has.
    type Nested = By<Array<2, Array<1, Str<3>>>, Vec<Vec<Text>>>;
    let error =
        refused::<Nested>("00000002 00000000 00000001 00000004", Kind::TooLong { len: 4, bound: 3 }, 12);
    assert_eq!(error.path(), "[1][0]");
    let error = to_vec(&Nested::new(vec![vec![], vec![Text::from("abcd")]])).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (Kind::TooLong { len: 4, bound: 3 }, "[1][0]"));
    assert_eq!(error.offset(), 12);
}

#[test]
fn a_count_is_a_claim_to_a_word_for_each_element() {
    refused::<Vec<u32>>("00000003 00000001 00000002", Kind::Eof, 4);
    refused::<Vec<u32>>("ffffffff 00000001 00000002", Kind::Eof, 4);
    refused::<By<Array<{ u32::MAX }>, Vec<u64>>>("ffffffff 00000001 00000002", Kind::Eof, 4);
    refused::<Vec<()>>("ffffffff", Kind::Eof, 4); // and does not loop four thousand million times
    refused::<By<Array<{ u32::MAX }>, Vec<()>>>("00000001", Kind::Eof, 4);
}

#[test]
fn an_array_of_void_is_refused() {
    assert_eq!(to_vec(&vec![(), ()]).unwrap_err().kind(), Kind::Unsupported);
    assert_eq!(
        to_vec(&By::<Array<4, FixedOpaque<0>>, _>::new(vec![[]])).unwrap_err().kind(),
        Kind::Unsupported
    );
    assert_eq!(to_vec(&Vec::<()>::new()).unwrap(), hex("00000000"));
}

#[test]
fn a_sequence_has_as_many_elements_as_it_announced() {
    struct Sequence(Option<usize>);
    impl Serialize for Sequence {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut sequence = serializer.serialize_seq(self.0)?;
            sequence.serialize_element(&7)?;
            sequence.end()
        }
    }
    assert_eq!(to_vec(&(1, Sequence(Some(1)))).unwrap(), hex("00000001 00000001 00000007"));
    assert_eq!(to_vec(&(1, Sequence(None))).unwrap(), hex("00000001 00000001 00000007"));
    assert_eq!(encoded_len(&(1, Sequence(None))).unwrap(), 12);
    let error = to_vec(&(1, Sequence(Some(2)))).unwrap_err();
    assert_eq!(error.kind(), Kind::LengthMismatch { announced: 2, found: 1 });
    let error = to_vec(&Sequence(Some(1 << 32))).unwrap_err();
    assert_eq!(error.kind(), Kind::LengthOverflow { len: 1 << 32 });
}

#[test]
fn elements_left_unread_are_an_error() {
    #[derive(Debug)]
    struct First(u32);
    impl<'de> Deserialize<'de> for First {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<First, D::Error> {
            struct Visitor;
            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = First;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an element")
                }
                fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut sequence: A) -> Result<First, A::Error> {
                    Ok(First(sequence.next_element()?.unwrap_or(0)))
                }
            }
            deserializer.deserialize_seq(Visitor)
        }
    }
    assert_eq!(virtwire_xdr::from_slice::<First>(&hex("00000001 00000009")).unwrap().0, 9);
    let wire = "00000002 00000009 0000000a";
    refused::<First>(wire, Kind::LengthMismatch { announced: 2, found: 1 }, 0);
}
