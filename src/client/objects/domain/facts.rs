//! What is known about a domain.

use std::time::Duration;

use virtwire_protocol::enums::{ControlErrorReason, ControlState, DomainState, DomainStateKind};
use virtwire_protocol::flags::{HostnameFlags, MessageKinds};
use virtwire_protocol::params::TypedParams;
use virtwire_protocol::remote::DomainGetSecurityLabelReply;
use virtwire_xdr::Text;

use super::Domain;
use crate::client::CallError;

/// A domain in a few numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DomainInfo {
    /// What it does; [`Domain::state`] tells why as well.
    pub state: DomainStateKind,
    /// The memory that it may have, KiB.
    pub max_memory_kib: u64,
    /// The memory that it has, KiB.
    pub memory_kib: u64,
    /// Its virtual CPUs; 65,535 at most are told.
    pub vcpus: u16,
    /// The time that its CPUs have run, all together.
    pub cpu_time: Duration,
}

/// Whether the daemon can talk to a domain's hypervisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Control {
    /// Whether it can.
    pub state: ControlState,
    /// Why not.
    pub reason: ControlErrorReason,
    /// For how long so.
    pub since: Duration,
}

/// What a security model calls a domain's process.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SecurityLabel {
    /// The label; empty where there is none.
    pub label: Text,
    /// Whether the model holds the process to it.
    pub enforcing: bool,
}

impl Domain {
    /// A few numbers.
    pub async fn info(&self) -> Result<DomainInfo, CallError> {
        let reply = self.connection.domain_get_info(&self.wire).await?;
        Ok(DomainInfo {
            state: i32::from(reply.state).into(),
            max_memory_kib: reply.max_mem,
            memory_kib: reply.memory,
            vcpus: reply.nr_virt_cpu,
            cpu_time: Duration::from_nanos(reply.cpu_time),
        })
    }

    /// What it does, and why (libvirt 0.9.2).
    pub async fn state(&self) -> Result<DomainState, CallError> {
        Ok(self.connection.domain_get_state(&self.wire, 0).await?.into())
    }

    /// Whether it is on.
    pub async fn is_active(&self) -> Result<bool, CallError> {
        Ok(self.connection.domain_is_active(&self.wire).await?.active != 0)
    }

    /// Whether its configuration outlives it.
    pub async fn is_persistent(&self) -> Result<bool, CallError> {
        Ok(self.connection.domain_is_persistent(&self.wire).await?.persistent != 0)
    }

    /// Whether its persistent configuration differs from what runs.
    pub async fn is_updated(&self) -> Result<bool, CallError> {
        Ok(self.connection.domain_is_updated(&self.wire).await?.updated != 0)
    }

    /// What it boots, such as `hvm`.
    pub async fn os_type(&self) -> Result<Text, CallError> {
        Ok(self.connection.domain_get_os_type(&self.wire).await?.r#type)
    }

    /// What the guest calls itself, by its agent or its lease of an address (libvirt 0.10.0).
    pub async fn hostname(&self) -> Result<Text, CallError> {
        Ok(self.connection.domain_get_hostname(&self.wire, 0).await?.hostname)
    }

    /// The same from the one that the flags name (libvirt 6.1).
    pub async fn hostname_with(&self, flags: HostnameFlags) -> Result<Text, CallError> {
        Ok(self.connection.domain_get_hostname(&self.wire, flags.bits()).await?.hostname)
    }

    /// Whether the daemon can talk to its hypervisor (libvirt 0.9.3).
    pub async fn control(&self) -> Result<Control, CallError> {
        let reply = self.connection.domain_get_control_info(&self.wire, 0).await?;
        Ok(Control {
            state: reply.state.cast_signed().into(),
            reason: reply.details.cast_signed().into(),
            since: Duration::from_millis(reply.state_time),
        })
    }

    /// What people should know about its configuration; all where no kind is named (libvirt 7.1).
    pub async fn messages(&self, kinds: MessageKinds) -> Result<Vec<Text>, CallError> {
        Ok(self.connection.domain_get_messages(&self.wire, kinds.bits()).await?.msgs)
    }

    /// The label of its process.
    pub async fn security_label(&self) -> Result<SecurityLabel, CallError> {
        Ok(self.connection.domain_get_security_label(&self.wire).await?.into())
    }

    /// The labels of its process, one of each security model (libvirt 0.10.0).
    pub async fn security_labels(&self) -> Result<Vec<SecurityLabel>, CallError> {
        let labels = self.connection.domain_get_security_label_list(&self.wire).await?.labels;
        Ok(labels.into_iter().map(SecurityLabel::from).collect())
    }

    /// How its launch was measured, where its memory is encrypted (libvirt 4.5).
    pub async fn launch_security(&self) -> Result<TypedParams, CallError> {
        let flags = self.connection.with_strings(0).await?;
        Ok(self.connection.domain_get_launch_security_info(&self.wire, flags).await?.params.into())
    }

    /// Gives a guest with encrypted memory its secret (libvirt 8.0).
    pub async fn set_launch_security(&self, params: TypedParams) -> Result<(), CallError> {
        self.connection.domain_set_launch_security_state(&self.wire, params.into(), 0).await
    }
}

impl From<DomainGetSecurityLabelReply> for SecurityLabel {
    fn from(reply: DomainGetSecurityLabelReply) -> SecurityLabel {
        let mut label = reply.label;
        // libvirt sends the string's NUL with it.
        if label.last() == Some(&0) {
            label.pop();
        }
        SecurityLabel { label: label.into(), enforcing: reply.enforcing != 0 }
    }
}
