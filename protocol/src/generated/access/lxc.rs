// Made from protocol/x/lxc.x by `cargo run -p virtwire-idl`: change that, not this.

//! Which object each call is about, and with which flags.

use crate::access::asks;

use super::super::lxc::*;

asks! {
    1 DomainOpenNamespace(a) => a.dom, a.flags;
}
