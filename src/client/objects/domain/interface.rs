//! A domain's network interfaces, each by its device on the host or its MAC address.

use virtwire_protocol::enums::AddressSource;
use virtwire_protocol::flags::AffectFlags;
use virtwire_protocol::params::TypedParams;
use virtwire_protocol::remote::{
    DomainAnnounceInterface, DomainGetInterfaceParameters, DomainInterface, DomainInterfaceStatsReply,
    DomainSetInterfaceParameters,
};
use virtwire_xdr::Text;

use super::Domain;
use crate::client::CallError;

/// What went through an interface: bytes and packets, errors and drops each way; -1 where nobody counts.
pub type InterfaceStats = DomainInterfaceStatsReply;

impl Domain {
    /// Its interfaces with their addresses, as one source knows them (libvirt 1.2.14).
    pub async fn interface_addresses(
        &self,
        source: AddressSource,
    ) -> Result<Vec<DomainInterface>, CallError> {
        let source = i32::from(source).cast_unsigned();
        Ok(self.connection.domain_interface_addresses(&self.wire, source, 0).await?.ifaces)
    }

    /// What went through an interface.
    pub async fn interface_stats(&self, device: &str) -> Result<InterfaceStats, CallError> {
        self.connection.domain_interface_stats(&self.wire, device).await
    }

    /// The limits of an interface: `inbound.average` and so on, KiB/s (libvirt 0.9.9).
    pub async fn interface_parameters(
        &self,
        device: &str,
        affect: AffectFlags,
    ) -> Result<TypedParams, CallError> {
        let flags = self.connection.with_strings(affect.bits()).await?;
        let ask = |nparams| {
            let (dom, device) = (self.wire.clone(), device.into());
            let arguments = DomainGetInterfaceParameters { dom, device, nparams, flags };
            self.connection.domain_get_interface_parameters(arguments)
        };
        let count = ask(0).await?.nparams;
        Ok(ask(count).await?.params.into())
    }

    /// Sets limits of an interface (libvirt 0.9.9).
    pub async fn set_interface_parameters(
        &self,
        device: &str,
        params: TypedParams,
        affect: AffectFlags,
    ) -> Result<(), CallError> {
        let (dom, device, params) = (self.wire.clone(), device.into(), params.into());
        let arguments = DomainSetInterfaceParameters { dom, device, params, flags: affect.bits() };
        self.connection.domain_set_interface_parameters(arguments).await
    }

    /// Has an interface, or all, tell the network where the guest is (libvirt 12.5).
    pub async fn announce_interface(
        &self,
        device: Option<&str>,
        params: TypedParams,
    ) -> Result<(), CallError> {
        let (dom, device, params) = (self.wire.clone(), device.map(Text::from), params.into());
        let arguments = DomainAnnounceInterface { dom, device, params, flags: 0 };
        self.connection.domain_announce_interface(arguments).await
    }
}
