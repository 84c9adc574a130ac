// Made from protocol/x/admin.x by `cargo run -p virtwire-idl`: change that, not this.

//! Which object each call is about, and with which flags.

use crate::access::asks;

asks! {}
