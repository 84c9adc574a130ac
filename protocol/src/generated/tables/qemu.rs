// Made from protocol/x/qemu.x by `cargo run -p virtwire-idl`: change that, not this.

//! What is known of each procedure, by number.

use crate::access::ObjectKind::{Connect, Domain};
use crate::access::right;
use crate::contract::procedures;
use crate::program::Priority::High;
use crate::program::ReadOnlyRule::Refused;

use super::super::qemu::*;

procedures! {
    QEMU = 0x20008087, 1;
    Call 1 "domain_monitor_command" DomainMonitorCommand -> DomainMonitorCommandReply {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainQemuMonitorCommand",
    }
    Call 2 "domain_attach" DomainAttach -> DomainAttachReply {
        read_only: Refused, acl: &[right(Domain, "start"), right(Domain, "write")],
        function: "virDomainQemuAttach",
    }
    Call 3 "domain_agent_command" DomainAgentCommand -> DomainAgentCommandReply {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainQemuAgentCommand",
    }
    Call 4 "connect_domain_monitor_event_register" ConnectDomainMonitorEventRegister -> ConnectDomainMonitorEventRegisterReply {
        read_only: Refused, acl: &[right(Connect, "search_domains"), right(Connect, "write")],
        function: "virConnectDomainQemuMonitorEventRegister", priority: High,
        acl_filter: &[right(Domain, "getattr")],
    }
    Call 5 "connect_domain_monitor_event_deregister" ConnectDomainMonitorEventDeregister -> () {
        read_only: Refused, acl: &[right(Connect, "write")],
        function: "virConnectDomainQemuMonitorEventDeregister", priority: High,
    }
    Event 6 "domain_monitor_event" DomainMonitorEvent -> () {  }
    Call 7 "domain_monitor_command_with_files" DomainMonitorCommandWithFiles -> DomainMonitorCommandWithFilesReply {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainQemuMonitorCommandWithFiles",
        passes_fds: true,
    }
}
