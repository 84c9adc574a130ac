//! Memory while decoding: never ahead of the bytes received, never more than a multiple of them.
//!
//! Counted here by what is kept: capacities, and elements that were made before the error came.

use std::cell::Cell;

use serde::{Deserialize, Deserializer, Serialize};
use virtwire_xdr::codec::{DecodeAs, Seed};
use virtwire_xdr::{Array, Kind, MEMORY_BASE, MEMORY_FACTOR, Optional, Plain, Str, Text, from_slice, to_vec};

use crate::wire::{By, hex};

#[test]
fn an_array_is_reserved_at_once_and_exactly() {
    let texts = vec![Text::from("abcdefgh"); 1000];
    let array: By<Array<1000, Str<8>>, Vec<Text>> = from_slice(&to_vec(&texts).unwrap()).unwrap();
    assert_eq!(array.value.capacity(), 1000);
    assert!(array.value.iter().all(|text| text.clone().into_bytes().capacity() == 8));
    let array: By<Array<9>, Vec<u64>> = from_slice(&to_vec(&vec![1_u64; 9]).unwrap()).unwrap();
    assert_eq!(array.value.capacity(), 9);
}

#[test]
fn an_absent_string_is_six_times_its_size_and_accepted() {
    let none = vec![None::<Text>; 10_000];
    let wire = to_vec(&none).unwrap();
    let array: By<Array<10_000, Optional<Str<8>>>, Vec<Option<Text>>> = from_slice(&wire).unwrap();
    assert_eq!(array.value, none);
    assert!(array.value.capacity() * size_of::<Option<Text>>() <= wire.len() * MEMORY_FACTOR);
    assert_eq!(from_slice::<Vec<Option<Text>>>(&wire).unwrap(), none);
}

/// 1032 bytes in memory, from 4 on the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Wide {
    of: Option<[[u64; 32]; 4]>,
}

fn none(count: usize) -> Vec<u8> {
    [&(count as u32).to_be_bytes()[..], &vec![0; count * 4]].concat()
}

/// What an array of so many absent [`Wide`] is by: a codec, someone else's `Vec`, a list of boxes.
fn each_way(count: usize) -> [Result<usize, virtwire_xdr::Error>; 3] {
    let wire = none(count);
    [
        from_slice::<By<Array<{ u32::MAX }>, Vec<Wide>>>(&wire).map(|array| array.value.len()),
        from_slice::<Vec<Wide>>(&wire).map(|array| array.len()),
        from_slice::<Vec<Box<Wide>>>(&wire).map(|array| array.len()),
    ]
}

#[test]
fn an_array_that_amplifies_is_refused() {
    let limit = |count: usize| Kind::Budget { limit: (count * 4 + 4) * MEMORY_FACTOR + MEMORY_BASE };
    for count in [2, 10, 1000, 100_000] {
        for outcome in each_way(count) {
            assert_eq!(outcome.unwrap_err().kind(), limit(count), "{count} elements");
        }
    }
    for outcome in each_way(1) {
        assert_eq!(outcome.unwrap(), 1, "one is within the constant");
    }
}

#[test]
fn nested_arrays_share_one_budget() {
    // Each inner array is 24 bytes of memory for its word, each outer one too: 6 times the payload and no more.
    let nested = vec![vec![Vec::<u32>::new(); 100]; 100];
    assert_eq!(from_slice::<Vec<Vec<Vec<u32>>>>(&to_vec(&nested).unwrap()).unwrap(), nested);
    type Arrays = By<Array<100, Array<100, Array<100>>>, Vec<Vec<Vec<u32>>>>;
    assert_eq!(from_slice::<Arrays>(&to_vec(&nested).unwrap()).unwrap().value, nested);
    // Twelve times: an array of absent pairs of arrays of absent pairs.
    type Pairs = Vec<(Vec<Wide>, Vec<Wide>)>;
    let outcome = from_slice::<Pairs>(&to_vec(&vec![(none_wide(3), none_wide(3)); 100]).unwrap());
    assert!(matches!(outcome.unwrap_err().kind(), Kind::Budget { .. }));

    fn none_wide(count: usize) -> Vec<Wide> {
        vec![Wide { of: None }; count]
    }
}

#[test]
fn a_boxed_value_is_paid_for_where_it_stands() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Tree(Option<Box<(Wide, Tree, Tree)>>);
    // Eight levels of a full binary tree: 256 boxes of 1056 bytes from 3 KiB.
    fn grow(depth: usize) -> Tree {
        Tree((depth > 0).then(|| Box::new((Wide { of: None }, grow(depth - 1), grow(depth - 1)))))
    }
    let wire = to_vec(&grow(8)).unwrap();
    assert!(matches!(from_slice::<Tree>(&wire).unwrap_err().kind(), Kind::Budget { .. }));
    assert!(from_slice::<Tree>(&to_vec(&grow(0)).unwrap()).unwrap().0.is_none());
}

thread_local! {
    static MADE: Cell<usize> = const { Cell::new(0) };
}

/// An element that counts itself.
#[derive(Debug)]
struct Counted;

impl<'de> Deserialize<'de> for Counted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Counted, D::Error> {
        MADE.set(MADE.get() + 1);
        u32::deserialize(deserializer).map(|_| Counted)
    }
}

#[test]
fn a_count_beyond_the_input_makes_no_element() {
    for wire in ["ffffffff 00000000 00000000", "00000003 00000000 00000000", "00100000"] {
        MADE.set(0);
        assert_eq!(from_slice::<Vec<Counted>>(&hex(wire)).unwrap_err().kind(), Kind::Eof);
        let array = from_slice::<By<Array<{ u32::MAX }>, Vec<Counted>>>(&hex(wire));
        assert_eq!(array.unwrap_err().kind(), Kind::Eof);
        assert_eq!(MADE.get(), 0);
    }
}

#[test]
fn elements_without_bytes_cost_no_more_loops_than_bytes() {
    #[derive(Debug)]
    struct Nothing;
    impl<'de> Deserialize<'de> for Nothing {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Nothing, D::Error> {
            MADE.set(MADE.get() + 1);
            <()>::deserialize(deserializer).map(|()| Nothing)
        }
    }
    MADE.set(0);
    let wire = none(1000);
    from_slice::<Vec<Nothing>>(&wire).unwrap_err();
    from_slice::<By<Array<{ u32::MAX }>, Vec<Nothing>>>(&wire).unwrap_err();
    assert_eq!(MADE.get(), 2000);
}

/// The hint that a collection of someone else's reserves by.
#[test]
fn nobody_else_is_told_to_reserve() {
    struct Hint;
    impl<'de> DecodeAs<'de, Option<usize>> for Hint {
        fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
            struct Visitor;
            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = Option<usize>;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an array")
                }
                fn visit_seq<A: serde::de::SeqAccess<'de>>(
                    self,
                    mut array: A,
                ) -> Result<Option<usize>, A::Error> {
                    let hint = array.size_hint();
                    while array.next_element_seed(Seed::<Plain, u32>::new())?.is_some() {}
                    Ok(hint)
                }
            }
            deserializer.deserialize_seq(Visitor)
        }
    }
    assert_eq!(from_slice::<By<Hint, Option<usize>>>(&none(1000)).unwrap().value, None);
}
