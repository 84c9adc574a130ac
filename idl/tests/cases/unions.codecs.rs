// Made from protocol/x/unions.x by `cargo run -p virtwire-idl`: change that, not this.

//! How each type is written, and its bounds.

use virtwire_xdr::{Array, Opaque, Plain, Str, enumeration, record, union};

use super::super::unions::*;

enumeration! {
    "colour" => Colour { 0 => Red, 1 => Green, 5 => Blue }
}

union! {
    "tagged" => Tagged: i32 { 1 => Int(Plain) "i", 7 => Text(Str<8>) "s" }
    "by_number" => ByNumber: u32 {
        0 => Case0,
        1 => Either1(Plain) "either",
        2 => Either2(Plain) "either",
        4294967295 => Last(Plain) "last",
        default => Other,
    }
    "by_colour" => ByColour: i32 { 0 => Red(Plain) "red", 5 => Blue, default => Other(Opaque<4>) }
    "by_truth" => ByTruth: i32 { 1 => True(Plain) "value", 0 => False }
    "below_zero" => BelowZero: i32 {
        -1 => CaseMinus1,
        -2 => SameMinus2(Plain) "same",
        3 => Same3(Plain) "same",
    }
}

record! {
    "unions" => Unions { one: Plain, some: Array<2> }
}
