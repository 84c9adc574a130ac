// Made from protocol/x/qemu.x by `cargo run -p virtwire-idl`: change that, not this.

//! Which object each call is about, and with which flags.

use crate::access::{Nameless, asks};

use super::super::qemu::*;

asks! {
    1 DomainMonitorCommand(a) => a.dom, a.flags;
    2 DomainAttach(a) => Nameless, a.flags;
    3 DomainAgentCommand(a) => a.dom, a.flags;
    7 DomainMonitorCommandWithFiles(a) => a.dom, a.flags;
}
