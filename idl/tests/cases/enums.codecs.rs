// Made from protocol/x/enums.x by `cargo run -p virtwire-idl`: change that, not this.

//! How each type is written, and its bounds.

use virtwire_xdr::{Array, Plain, enumeration, record};

use super::super::enums::*;

enumeration! {
    "outcome" => Outcome { -1 => Failed, 0 => Good, 16 => GoodEnough }
    "single" => Single { 1 => Only }
    "later" => Later { 16 => A, 9 => B }
}

record! {
    "enums" => Enums { first: Plain, others: Array<9> }
}
