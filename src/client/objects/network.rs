//! The host's virtual networks.

use virtwire_protocol::enums::{NetworkSection, NetworkUpdateCommand};
use virtwire_protocol::flags::{AffectFlags, DefineFlags, ListNetworksFlags, XmlFlags};
use virtwire_protocol::profile::Feature;
use virtwire_protocol::remote::{
    self, NetworkDhcpLease, NetworkGetDhcpLeases, NetworkGetMetadata, NetworkSetMetadata,
    NetworkUpdate as UpdateArguments,
};
use virtwire_xdr::Text;

use super::handle;
use crate::client::{CallError, Connection};
use crate::uuid::Uuid;

handle! {
    /// A virtual network of the host.
    Network(remote::Network)
}

/// Which part of the metadata of a domain or a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Metadata<'a> {
    /// Whatever people wrote.
    Description,
    /// The same in one line.
    Title,
    /// An element of a program's own.
    Element {
        /// Its XML namespace, by which it is found.
        uri: &'a str,
        /// The namespace's prefix where it is written; not used when reading.
        prefix: &'a str,
    },
}

/// A change of a part of a network's configuration.
#[derive(Clone, Copy, Debug)]
pub struct NetworkUpdate<'a> {
    /// What is done.
    pub command: NetworkUpdateCommand,
    /// To which part.
    pub section: NetworkSection,
    /// Below which of several, such as `<ip>`, counted from 0; -1 is whichever fits.
    pub parent: i32,
    /// The element.
    pub xml: &'a str,
    /// Where.
    pub affect: AffectFlags,
}

impl Connection {
    /// The network of this name.
    pub async fn network(&self, name: &str) -> Result<Network, CallError> {
        Ok(Network::new(self, self.network_lookup_by_name(name).await?.net))
    }

    /// The network of this UUID.
    pub async fn network_by_uuid(&self, uuid: Uuid) -> Result<Network, CallError> {
        Ok(Network::new(self, self.network_lookup_by_uuid(uuid.0).await?.net))
    }

    /// All networks, or those that the flags choose (libvirt 0.10.2).
    pub async fn networks(&self, which: ListNetworksFlags) -> Result<Vec<Network>, CallError> {
        let listed = self.connect_list_all_networks(1, which.bits()).await?.nets;
        Ok(listed.into_iter().map(|wire| Network::new(self, wire)).collect())
    }

    /// Makes a configuration persistent; starts nothing.
    pub async fn define_network(&self, xml: &str) -> Result<Network, CallError> {
        Ok(Network::new(self, self.network_define_xml(xml).await?.net))
    }

    /// The same with flags (libvirt 7.7).
    pub async fn define_network_with(&self, xml: &str, flags: DefineFlags) -> Result<Network, CallError> {
        Ok(Network::new(self, self.network_define_xml_flags(xml, flags.bits()).await?.net))
    }

    /// Starts a network whose configuration goes with it, unless one is defined.
    pub async fn create_network(&self, xml: &str) -> Result<Network, CallError> {
        Ok(Network::new(self, self.network_create_xml(xml).await?.net))
    }

    /// The same with flags (libvirt 7.8).
    pub async fn create_network_with(&self, xml: &str, flags: DefineFlags) -> Result<Network, CallError> {
        Ok(Network::new(self, self.network_create_xml_flags(xml, flags.bits()).await?.net))
    }
}

impl Network {
    /// Its name, unique on its host.
    pub fn name(&self) -> &Text {
        &self.wire.name
    }

    /// Its UUID.
    pub fn uuid(&self) -> Uuid {
        Uuid(self.wire.uuid)
    }

    /// Starts it.
    pub async fn start(&self) -> Result<(), CallError> {
        self.connection.network_create(&self.wire).await
    }

    /// Stops it. A transient one is gone.
    pub async fn destroy(&self) -> Result<(), CallError> {
        self.connection.network_destroy(&self.wire).await
    }

    /// Forgets its configuration.
    pub async fn undefine(&self) -> Result<(), CallError> {
        self.connection.network_undefine(&self.wire).await
    }

    /// Its configuration.
    pub async fn xml(&self, flags: XmlFlags) -> Result<Text, CallError> {
        Ok(self.connection.network_get_xml_desc(&self.wire, flags.bits()).await?.xml)
    }

    /// Changes a part of its configuration (libvirt 0.10.2).
    pub async fn update(&self, change: NetworkUpdate<'_>) -> Result<(), CallError> {
        let command = i32::from(change.command).cast_unsigned();
        let section = i32::from(change.section).cast_unsigned();
        // Daemons before 7.2 read the two the wrong way round, and say so by not reporting this feature.
        let ordered = self.connection.supports(Feature::NETWORK_UPDATE_HAS_CORRECT_ORDER).await?;
        let (command, section) = if ordered { (command, section) } else { (section, command) };
        let arguments = UpdateArguments {
            net: self.wire.clone(),
            command,
            section,
            parent_index: change.parent,
            xml: change.xml.into(),
            flags: change.affect.bits(),
        };
        self.connection.network_update(arguments).await
    }

    /// The host's bridge that it is.
    pub async fn bridge_name(&self) -> Result<Text, CallError> {
        Ok(self.connection.network_get_bridge_name(&self.wire).await?.name)
    }

    /// Whether it is on.
    pub async fn is_active(&self) -> Result<bool, CallError> {
        Ok(self.connection.network_is_active(&self.wire).await?.active != 0)
    }

    /// Whether its configuration outlives it.
    pub async fn is_persistent(&self) -> Result<bool, CallError> {
        Ok(self.connection.network_is_persistent(&self.wire).await?.persistent != 0)
    }

    /// Whether it starts with its host.
    pub async fn autostart(&self) -> Result<bool, CallError> {
        Ok(self.connection.network_get_autostart(&self.wire).await?.autostart != 0)
    }

    /// Says whether it starts with its host.
    pub async fn set_autostart(&self, autostart: bool) -> Result<(), CallError> {
        self.connection.network_set_autostart(&self.wire, autostart.into()).await
    }

    /// The addresses that it has lent: all, or those of one MAC address (libvirt 1.2.6).
    pub async fn dhcp_leases(&self, mac: Option<&str>) -> Result<Vec<NetworkDhcpLease>, CallError> {
        let (net, mac) = (self.wire.clone(), mac.map(Text::from));
        let arguments = NetworkGetDhcpLeases { net, mac, need_results: 1, flags: 0 };
        Ok(self.connection.network_get_dhcp_leases(arguments).await?.leases)
    }

    /// A part of its metadata; an error (code 111, `NO_NETWORK_METADATA`) where there is none (libvirt 9.7).
    pub async fn metadata(&self, what: Metadata<'_>, affect: AffectFlags) -> Result<Text, CallError> {
        let arguments = NetworkGetMetadata {
            network: self.wire.clone(),
            r#type: what.number(),
            uri: what.uri(),
            flags: affect.bits(),
        };
        Ok(self.connection.network_get_metadata(arguments).await?.metadata)
    }

    /// Changes a part of its metadata; `None` removes it (libvirt 9.7).
    pub async fn set_metadata(
        &self,
        what: Metadata<'_>,
        text: Option<&str>,
        affect: AffectFlags,
    ) -> Result<(), CallError> {
        let arguments = NetworkSetMetadata {
            network: self.wire.clone(),
            r#type: what.number(),
            metadata: text.map(Text::from),
            key: what.key(),
            uri: what.uri(),
            flags: affect.bits(),
        };
        self.connection.network_set_metadata(arguments).await
    }
}
