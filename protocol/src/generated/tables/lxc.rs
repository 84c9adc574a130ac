// Made from protocol/x/lxc.x by `cargo run -p virtwire-idl`: change that, not this.

//! What is known of each procedure, by number.

use crate::access::ObjectKind::Domain;
use crate::access::right;
use crate::contract::procedures;
use crate::program::ReadOnlyRule::Refused;

use super::super::lxc::*;

procedures! {
    LXC = 0x68000, 1;
    Call 1 "domain_open_namespace" DomainOpenNamespace -> () {
        read_only: Refused, acl: &[right(Domain, "open_namespace")], function: "virDomainLxcOpenNamespace",
        passes_fds: true,
    }
}
