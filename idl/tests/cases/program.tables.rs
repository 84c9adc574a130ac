// Made from protocol/x/program.x by `cargo run -p virtwire-idl`: change that, not this.

//! What is known of each procedure, by number.

use crate::contract::{between, procedures, since};
use crate::program::Priority::High;
use crate::program::ReadOnlyRule::{Allowed, Conditional, Refused};
use crate::program::StreamDirection::Read;

use super::super::program::*;

procedures! {
    PROGRAM = 0x20008086, 1;
    Call 1 "thing_open" ThingOpen -> ThingOpenReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["thing:getattr"],
    }
    Call 2 "close" Close -> () { since: since(0, 3, 0), read_only: Allowed }
    Call 3 "thing_move" ThingMove -> () {
        since: between((1, 2, 1), (1, 2, 3)), read_only: Refused, acl: &["thing:write",
        "thing:start:VIR_FLAG", "thing:save:!VIR_ONE|VIR_TWO", "thing:stop::other:VIR_THREE"],
        acl_filter: &["thing:getattr"],
    }
    Call 4 "thing_read" ThingRead -> () { since: since(1, 2, 1), stream: Some(Read), read_only: Conditional }
    Event 5 "thing_event_gone" ThingEventGone -> () { since: since(9, 0, 0) }
}
