// Made from protocol/x/nested.x by `cargo run -p virtwire-idl`: change that, not this.

//! How each type is written, and its bounds.

use virtwire_xdr::{Array, Optional, Plain, enumeration, record, union};

use super::super::nested::*;

enumeration! {
    "outer_inner_side" => OuterInnerSide { 0 => Left, 1 => Right }
    "outer_unit" => OuterUnit { 1 => One, 2 => Two }
    "way" => Way { 0 => In, 1 => Out }
}

union! {
    "outer_choice" => OuterChoice: i32 { 0 => Found(Plain) "found", default => Other }
}

record! {
    "outer" => Outer { inner: Plain, choice: Plain, list: Array<2>, unit: Optional }
    "outer_inner" => OuterInner { x: Plain, side: Plain }
    "outer_choice_found" => OuterChoiceFound { deep: Plain }
    "outer_list" => OuterList { y: Plain }
    "direct" => Direct { z: Plain }
    "several_element" => SeveralElement { w: Plain }
    "users" => Users { d: Plain, w: Plain, s: Array<3> }
}
