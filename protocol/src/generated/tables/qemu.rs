// Made from protocol/x/qemu.x by `cargo run -p virtwire-idl`: change that, not this.

//! What is known of each procedure, by number.

use crate::contract::procedures;
use crate::program::Priority::High;
use crate::program::ReadOnlyRule::{Allowed, Refused};

use super::super::qemu::*;

procedures! {
    QEMU = 0x20008087, 1;
    Call 1 "domain_monitor_command" DomainMonitorCommand -> DomainMonitorCommandReply {
        read_only: Refused, acl: &["domain:write"],
    }
    Call 2 "domain_attach" DomainAttach -> DomainAttachReply {
        read_only: Refused, acl: &["domain:start", "domain:write"],
    }
    Call 3 "domain_agent_command" DomainAgentCommand -> DomainAgentCommandReply {
        read_only: Refused, acl: &["domain:write"],
    }
    Call 4 "connect_domain_monitor_event_register" ConnectDomainMonitorEventRegister -> ConnectDomainMonitorEventRegisterReply {
        priority: High, read_only: Refused, acl: &["connect:search_domains", "connect:write"],
        acl_filter: &["domain:getattr"],
    }
    Call 5 "connect_domain_monitor_event_deregister" ConnectDomainMonitorEventDeregister -> () {
        priority: High, read_only: Refused, acl: &["connect:write"],
    }
    Event 6 "domain_monitor_event" DomainMonitorEvent -> () { read_only: Allowed }
    Call 7 "domain_monitor_command_with_files" DomainMonitorCommandWithFiles -> DomainMonitorCommandWithFilesReply {
        read_only: Refused, acl: &["domain:write"],
    }
}
