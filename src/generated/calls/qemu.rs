// Made from protocol/x/qemu.x by `cargo run -p virtwire-idl`: change that, not this.

//! The calls of the qemu program, as methods.
//!
//! Calls with up to three arguments take them in the wire's order, longer ones take their struct; calls that open a
//! stream take up to four. Those that pass file descriptors have methods elsewhere, with the feature `fds`.

use virtwire_protocol::qemu::*;
use virtwire_protocol::remote;
use virtwire_xdr::Text;

use crate::client::{CallError, Connection};

impl Connection {
    /// Runs a command on the monitor of a domain's QEMU.
    ///
    /// Procedure 1, `virDomainQemuMonitorCommand`.
    pub async fn qemu_domain_monitor_command(
        &self,
        dom: &remote::Domain,
        cmd: &str,
        flags: u32,
    ) -> Result<DomainMonitorCommandReply, CallError> {
        self.call(DomainMonitorCommand { dom: dom.clone(), cmd: cmd.into(), flags }).await
    }

    /// Takes a QEMU that somebody else has started under the daemon's care. Today's daemons refuse.
    ///
    /// Procedure 2, `virDomainQemuAttach`.
    pub async fn qemu_domain_attach(
        &self,
        pid_value: u32,
        flags: u32,
    ) -> Result<DomainAttachReply, CallError> {
        self.call(DomainAttach { pid_value, flags }).await
    }

    /// Gives a command to the guest's agent.
    ///
    /// Procedure 3, `virDomainQemuAgentCommand`.
    pub async fn qemu_domain_agent_command(
        &self,
        arguments: DomainAgentCommand,
    ) -> Result<DomainAgentCommandReply, CallError> {
        self.call(arguments).await
    }

    /// Asks for events of QEMU's monitor, of one domain or of all.
    ///
    /// Procedure 4, `virConnectDomainQemuMonitorEventRegister`.
    pub async fn qemu_connect_domain_monitor_event_register(
        &self,
        dom: Option<remote::Domain>,
        event: Option<&str>,
        flags: u32,
    ) -> Result<ConnectDomainMonitorEventRegisterReply, CallError> {
        self.call(ConnectDomainMonitorEventRegister { dom, event: event.map(Text::from), flags }).await
    }

    /// Takes back `connect_domain_monitor_event_register`.
    ///
    /// Procedure 5, `virConnectDomainQemuMonitorEventDeregister`.
    pub async fn qemu_connect_domain_monitor_event_deregister(
        &self,
        callback_id: i32,
    ) -> Result<(), CallError> {
        self.call(ConnectDomainMonitorEventDeregister { callback_id }).await
    }
}
