// Made from protocol/x/program.x by `cargo run -p virtwire-idl`: change that, not this.

//! What is known of each procedure, by number.

use crate::access::ObjectKind::Domain;
use crate::access::right;
use crate::contract::{between, procedures, since};
use crate::program::Priority::High;
use crate::program::ReadOnlyRule::{Allowed, Conditional, Refused};
use crate::program::StreamDirection::Read;

use super::super::program::*;

procedures! {
    PROGRAM = 0x20008086, 1;
    Call 1 "thing_open" ThingOpen -> ThingOpenReply {
        read_only: Allowed, acl: &[right(Domain, "getattr")], function: "virThingOpen", since: since(0, 3, 0),
        priority: High,
    }
    Call 2 "close" Close -> () { read_only: Allowed, acl: &[], function: "virClose", since: since(0, 3, 0) }
    Call 3 "thing_move" ThingMove -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "start").with(8),
        right(Domain, "save").without(3), right(Domain, "stop").with(1)], function: "virThingMove",
        since: between((1, 2, 1), (1, 2, 3)), acl_filter: &[right(Domain, "getattr")],
    }
    Call 4 "thing_read" ThingRead -> () {
        read_only: Conditional, acl: &[], function: "virThingRead", since: since(1, 2, 1), stream: Some(Read),
    }
    Event 5 "thing_event_gone" ThingEventGone -> () { since: since(9, 0, 0) }
    Call 6 "thing_lend" ThingLend -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virThingLend", since: since(9, 0, 0),
        passes_fds: true,
    }
}
