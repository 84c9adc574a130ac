//! Optional data and recursive types: RFC 4506 §4.19.

use serde::{Deserialize, Serialize};
use virtwire_xdr::{DEPTH_MAX, Kind, Optional, Str, Text, from_slice, to_vec};

use crate::wire::{By, check, check_as, hex, refused};

#[test]
fn optional_data_is_0_or_1_and_the_data() {
    check(None::<u32>, "00000000");
    check(Some(7_u32), "00000001 00000007");
    check(Some(Some(7_u32)), "00000001 00000001 00000007");
    check(Some(None::<u32>), "00000001 00000000");
    check_as::<Optional<Str<4>>, Option<Text>>(None, "00000000");
    check_as::<Optional<Str<4>>, _>(Some(Text::from("")), "00000001 00000000");
    check_as::<Optional<Str<4>>, _>(Some(Text::from("abcd")), "00000001 00000004 61626364");
    check_as::<Optional, _>(Some(-1_i64), "00000001 ffffffff ffffffff");
}

#[test]
fn nothing_else_marks_it() {
    refused::<Option<u32>>("00000002 00000007", Kind::Optional { value: 2 }, 0);
    refused::<(u32, Option<u32>)>("00000000 ffffffff", Kind::Optional { value: u32::MAX }, 4);
    refused::<By<Optional<Str<4>>, Option<Text>>>("01000000", Kind::Optional { value: 0x0100_0000 }, 0);
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Entry {
    id: u32,
    next: Option<Box<Entry>>,
}

#[test]
fn a_list_is_linked_by_optional_data() {
    let last = Entry { id: 2, next: None };
    check(Entry { id: 1, next: Some(Box::new(last)) }, "00000001 00000001 00000002 00000000");
}

/// Far more than a stack could hold. An interpreter has no time for so many, and counts the stack's frames.
const LONG: usize = if cfg!(miri) { 1_000 } else { 1_000_000 };

#[test]
fn a_list_of_the_greatest_depth_decodes_and_a_longer_one_does_not() {
    let list = |links: usize| hex(&("00000000 00000001".repeat(links) + "00000000 00000000"));
    let decoded = from_slice::<Entry>(&list(DEPTH_MAX)).unwrap();
    assert_eq!(to_vec(&decoded).unwrap(), list(DEPTH_MAX));
    let error = from_slice::<Entry>(&list(DEPTH_MAX + 1)).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (Kind::Depth { limit: DEPTH_MAX }, DEPTH_MAX * 8 + 8));
    from_slice::<Entry>(&list(LONG)).unwrap_err();
}

#[test]
fn depth_is_of_nesting_and_not_of_number() {
    let wide = vec![Some(1_u32); 1000];
    assert_eq!(from_slice::<Vec<Option<u32>>>(&to_vec(&wide).unwrap()).unwrap(), wide);
}

#[derive(Debug, Serialize, Deserialize)]
enum Tree {
    #[allow(dead_code)]
    Leaf,
    Node(Box<Tree>),
}

#[derive(Debug, Serialize, Deserialize)]
struct Forest(Vec<Forest>);

#[test]
fn unions_and_arrays_are_nesting_too() {
    let deep = hex(&"00000001".repeat(LONG));
    assert_eq!(from_slice::<Tree>(&deep).unwrap_err().kind(), Kind::Depth { limit: DEPTH_MAX });
    assert_eq!(from_slice::<Forest>(&deep).unwrap_err().kind(), Kind::Depth { limit: DEPTH_MAX });
}
