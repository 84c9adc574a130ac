// Made from protocol/x/keepalive.x by `cargo run -p virtwire-idl`: change that, not this.

//! How each type is written, and its bounds.

use virtwire_xdr::record;

use super::super::keepalive::*;

record! {
    "ping" => Ping {}
    "pong" => Pong {}
}
