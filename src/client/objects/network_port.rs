//! Ports of a network: what plugs a guest's interface into it (libvirt 5.5).

use virtwire_protocol::flags::NetworkPortCreateFlags;
use virtwire_protocol::params::TypedParams;
use virtwire_protocol::remote;
use virtwire_xdr::Text;

use super::{Network, handle};
use crate::client::CallError;
use crate::uuid::Uuid;

handle! {
    /// A port of a network.
    NetworkPort(remote::NetworkPort)
}

impl Network {
    /// Its ports.
    pub async fn ports(&self) -> Result<Vec<NetworkPort>, CallError> {
        let listed = self.connection.network_list_all_ports(&self.wire, 1, 0).await?.ports;
        Ok(listed.into_iter().map(|wire| NetworkPort::new(&self.connection, wire)).collect())
    }

    /// The port of this UUID.
    pub async fn port(&self, uuid: Uuid) -> Result<NetworkPort, CallError> {
        let found = self.connection.network_port_lookup_by_uuid(&self.wire, uuid.0).await?.port;
        Ok(NetworkPort::new(&self.connection, found))
    }

    /// Makes a port as the XML says.
    pub async fn create_port(
        &self,
        xml: &str,
        flags: NetworkPortCreateFlags,
    ) -> Result<NetworkPort, CallError> {
        let made = self.connection.network_port_create_xml(&self.wire, xml, flags.bits()).await?.port;
        Ok(NetworkPort::new(&self.connection, made))
    }
}

impl NetworkPort {
    /// Its UUID.
    pub fn uuid(&self) -> Uuid {
        Uuid(self.wire.uuid)
    }

    /// The network that it is of.
    pub fn network(&self) -> Network {
        Network::new(&self.connection, self.wire.net.clone())
    }

    /// Its configuration.
    pub async fn xml(&self) -> Result<Text, CallError> {
        Ok(self.connection.network_port_get_xml_desc(&self.wire, 0).await?.xml)
    }

    /// Its limits: `inbound.average` and so on, KiB/s.
    pub async fn parameters(&self) -> Result<TypedParams, CallError> {
        let flags = self.connection.with_strings(0).await?;
        let ask = |count| self.connection.network_port_get_parameters(&self.wire, count, flags);
        let count = ask(0).await?.nparams;
        Ok(ask(count).await?.params.into())
    }

    /// Sets its limits.
    pub async fn set_parameters(&self, params: TypedParams) -> Result<(), CallError> {
        self.connection.network_port_set_parameters(&self.wire, params.into(), 0).await
    }

    /// Unplugs it.
    pub async fn delete(&self) -> Result<(), CallError> {
        self.connection.network_port_delete(&self.wire, 0).await
    }
}
