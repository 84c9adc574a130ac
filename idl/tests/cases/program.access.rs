// Made from protocol/x/program.x by `cargo run -p virtwire-idl`: change that, not this.

//! Which object each call is about, and with which flags.

use crate::access::{Nameless, asks};

use super::super::program::*;

asks! {
    1 ThingOpen(a) => a.name, a.flags;
    3 ThingMove(_a) => Nameless, 0_u32;
    4 ThingRead(_a) => Nameless, 0_u32;
    6 ThingLend(_a) => Nameless, 0_u32;
}
