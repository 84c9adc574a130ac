// Made from protocol/x/documented.x by `cargo run -p virtwire-idl`: change that, not this.

//! How each type is written, and its bounds.

use virtwire_xdr::{Plain, Str, record};

use super::super::documented::*;

record! {
    "documented" => Documented {
        first: Plain,
        second: Str<16>,
        third: Str<16>,
        r#type: Plain,
        callback_id "callbackID": Plain,
    }
}
