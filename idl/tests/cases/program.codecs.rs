// Made from protocol/x/program.x by `cargo run -p virtwire-idl`: change that, not this.

//! How each type is written, and its bounds.

use virtwire_xdr::{Opaque, Plain, Str, record};

use super::super::program::*;

record! {
    "nonnull_thing" => Thing { name: Str<NAME_MAX> }
    "thing_open_args" => ThingOpen { name: Str<NAME_MAX>, flags: Plain }
    "thing_open_ret" => ThingOpenReply { thing: Plain }
    "close" => Close {}
    "thing_move_args" => ThingMove { thing: Plain, from: Plain, to: Plain, flags: Plain }
    "program_thing_read_args" => ThingRead { thing: Plain, cookie: Opaque<NAME_MAX> }
    "thing_event_gone_msg" => ThingEventGone { thing: Plain }
    "thing_lend_args" => ThingLend { thing: Plain }
}
