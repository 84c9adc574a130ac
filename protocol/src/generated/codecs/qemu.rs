// Made from protocol/x/qemu.x by `cargo run -p virtwire-idl`: change that, not this.

//! How each type is written, and its bounds.

use virtwire_xdr::{Optional, Plain, Str, record};

use super::super::qemu::*;
use super::super::remote::STRING_MAX;

record! {
    "qemu_domain_monitor_command_args" => DomainMonitorCommand {
        dom: Plain,
        cmd: Str<STRING_MAX>,
        flags: Plain,
    }
    "qemu_domain_monitor_command_ret" => DomainMonitorCommandReply { result: Str<STRING_MAX> }
    "qemu_domain_attach_args" => DomainAttach { pid_value: Plain, flags: Plain }
    "qemu_domain_attach_ret" => DomainAttachReply { dom: Plain }
    "qemu_domain_agent_command_args" => DomainAgentCommand {
        dom: Plain,
        cmd: Str<STRING_MAX>,
        timeout: Plain,
        flags: Plain,
    }
    "qemu_domain_agent_command_ret" => DomainAgentCommandReply { result: Optional<Str<STRING_MAX>> }
    "qemu_connect_domain_monitor_event_register_args" => ConnectDomainMonitorEventRegister {
        dom: Optional,
        event: Optional<Str<STRING_MAX>>,
        flags: Plain,
    }
    "qemu_connect_domain_monitor_event_register_ret" => ConnectDomainMonitorEventRegisterReply {
        callback_id "callbackID": Plain,
    }
    "qemu_connect_domain_monitor_event_deregister_args" => ConnectDomainMonitorEventDeregister {
        callback_id "callbackID": Plain,
    }
    "qemu_domain_monitor_event_msg" => DomainMonitorEvent {
        callback_id "callbackID": Plain,
        dom: Plain,
        event: Str<STRING_MAX>,
        seconds: Plain,
        micros: Plain,
        details: Optional<Str<STRING_MAX>>,
    }
    "qemu_domain_monitor_command_with_files_args" => DomainMonitorCommandWithFiles {
        dom: Plain,
        cmd: Str<STRING_MAX>,
        flags: Plain,
    }
    "qemu_domain_monitor_command_with_files_ret" => DomainMonitorCommandWithFilesReply {
        result: Str<STRING_MAX>,
    }
}
