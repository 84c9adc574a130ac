// Made from protocol/x/qemu.x by `cargo run -p virtwire-idl`: change that, not this.

//! The qemu program as a daemon serves it.

use std::future::Future;

use virtwire_protocol::error::RemoteError;
use virtwire_protocol::qemu::*;

use crate::server::CallContext;
use crate::server::service::{dispatch, unsupported};

/// The calls of the qemu program, typed.
///
/// A call that is not implemented answers what libvirt answers for a driver without it: code 3, "this function
/// is not supported by the connection driver", and the function's name.
#[allow(unused_variables, reason = "parameters have the names that implementations want")]
pub trait QemuService: Send + Sync + 'static {
    /// Runs a command on the monitor of a domain's QEMU.
    ///
    /// Procedure 1, `virDomainQemuMonitorCommand`.
    fn domain_monitor_command(
        &self,
        cx: &CallContext,
        arguments: DomainMonitorCommand,
    ) -> impl Future<Output = Result<DomainMonitorCommandReply, RemoteError>> + Send {
        unsupported("virDomainQemuMonitorCommand")
    }

    /// Takes a QEMU that somebody else has started under the daemon's care. Today's daemons refuse.
    ///
    /// Procedure 2, `virDomainQemuAttach`.
    fn domain_attach(
        &self,
        cx: &CallContext,
        arguments: DomainAttach,
    ) -> impl Future<Output = Result<DomainAttachReply, RemoteError>> + Send {
        unsupported("virDomainQemuAttach")
    }

    /// Gives a command to the guest's agent.
    ///
    /// Procedure 3, `virDomainQemuAgentCommand`.
    fn domain_agent_command(
        &self,
        cx: &CallContext,
        arguments: DomainAgentCommand,
    ) -> impl Future<Output = Result<DomainAgentCommandReply, RemoteError>> + Send {
        unsupported("virDomainQemuAgentCommand")
    }

    /// Asks for events of QEMU's monitor, of one domain or of all.
    ///
    /// Procedure 4, `virConnectDomainQemuMonitorEventRegister`.
    fn connect_domain_monitor_event_register(
        &self,
        cx: &CallContext,
        arguments: ConnectDomainMonitorEventRegister,
    ) -> impl Future<Output = Result<ConnectDomainMonitorEventRegisterReply, RemoteError>> + Send {
        unsupported("virConnectDomainQemuMonitorEventRegister")
    }

    /// Takes back `connect_domain_monitor_event_register`.
    ///
    /// Procedure 5, `virConnectDomainQemuMonitorEventDeregister`.
    fn connect_domain_monitor_event_deregister(
        &self,
        cx: &CallContext,
        arguments: ConnectDomainMonitorEventDeregister,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virConnectDomainQemuMonitorEventDeregister")
    }

    /// Runs a command on the monitor of a domain's QEMU, with file descriptors both ways. The packets
    /// are of types CALL_WITH_FDS and REPLY_WITH_FDS. Otherwise as `domain_monitor_command`.
    ///
    /// Procedure 7, `virDomainQemuMonitorCommandWithFiles`.
    fn domain_monitor_command_with_files(
        &self,
        cx: &CallContext,
        arguments: DomainMonitorCommandWithFiles,
    ) -> impl Future<Output = Result<DomainMonitorCommandWithFilesReply, RemoteError>> + Send {
        unsupported("virDomainQemuMonitorCommandWithFiles")
    }
}

dispatch! {
    /// Decodes a call's arguments, has the service answer, and encodes the reply.
    ///
    /// Arguments that do not decode, and numbers that are no call's, are answered as libvirt answers them: code 39.
    pub fn dispatch_qemu for QemuService;
    1 DomainMonitorCommand => domain_monitor_command(arguments);
    2 DomainAttach => domain_attach(arguments);
    3 DomainAgentCommand => domain_agent_command(arguments);
    4 ConnectDomainMonitorEventRegister => connect_domain_monitor_event_register(arguments);
    5 ConnectDomainMonitorEventDeregister => connect_domain_monitor_event_deregister(arguments);
    7 DomainMonitorCommandWithFiles => domain_monitor_command_with_files(arguments);
}
