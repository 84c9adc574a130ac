//! What only domains of QEMU have: its monitor, and its guests' agents without a verb in between.

use std::time::Duration;

use virtwire_protocol::flags::MonitorCommandFlags;
use virtwire_protocol::qemu::DomainAgentCommand;
use virtwire_xdr::Text;

use super::Domain;
use crate::client::CallError;

impl Domain {
    /// Gives QEMU's monitor a command in JSON, and tells its answer in JSON, whether it is an error or not. The daemon knows nothing of
    /// what that changes, and calls the domain tainted.
    pub async fn qemu_monitor(&self, json: &str) -> Result<Text, CallError> {
        Ok(self.connection.qemu_domain_monitor_command(&self.wire, json, 0).await?.result)
    }

    /// The same with a line for people and an answer for people.
    pub async fn qemu_monitor_line(&self, line: &str) -> Result<Text, CallError> {
        let flags = MonitorCommandFlags::HMP.bits();
        Ok(self.connection.qemu_domain_monitor_command(&self.wire, line, flags).await?.result)
    }

    /// Gives the guest's agent a command in JSON and tells its answer, written by the guest; `None` where nobody waited. Waits for so
    /// long, in whole seconds; zero not at all, `None` as long as the daemon does by default.
    pub async fn qemu_agent(&self, json: &str, within: Option<Duration>) -> Result<Option<Text>, CallError> {
        // -1 is the default.
        let timeout = within.map_or(-1, |within| within.as_secs().try_into().unwrap_or(i32::MAX));
        let arguments = DomainAgentCommand { dom: self.wire.clone(), cmd: json.into(), timeout, flags: 0 };
        Ok(self.connection.qemu_domain_agent_command(arguments).await?.result)
    }
}
