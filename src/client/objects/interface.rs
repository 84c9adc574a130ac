//! The host's own network interfaces.

use virtwire_protocol::flags::{DefineFlags, ListInterfacesFlags, XmlFlags};
use virtwire_protocol::remote;
use virtwire_xdr::Text;

use super::handle;
use crate::client::{CallError, Connection};

handle! {
    /// A network interface of the host.
    Interface(remote::Interface)
}

impl Connection {
    /// The interface of this name.
    pub async fn interface(&self, name: &str) -> Result<Interface, CallError> {
        Ok(Interface::new(self, self.interface_lookup_by_name(name).await?.iface))
    }

    /// The interface of this MAC address. Error code 59 (`MULTIPLE_INTERFACES`) where several have it.
    pub async fn interface_by_mac(&self, mac: &str) -> Result<Interface, CallError> {
        Ok(Interface::new(self, self.interface_lookup_by_mac_string(mac).await?.iface))
    }

    /// All interfaces, or those that the flags choose (libvirt 0.10.2).
    pub async fn interfaces(&self, which: ListInterfacesFlags) -> Result<Vec<Interface>, CallError> {
        let listed = self.connect_list_all_interfaces(1, which.bits()).await?.ifaces;
        Ok(listed.into_iter().map(|wire| Interface::new(self, wire)).collect())
    }

    /// Makes a configuration persistent; starts nothing.
    pub async fn define_interface(&self, xml: &str, flags: DefineFlags) -> Result<Interface, CallError> {
        Ok(Interface::new(self, self.interface_define_xml(xml, flags.bits()).await?.iface))
    }

    /// Remembers all configurations, to come back to (libvirt 0.9.2).
    pub async fn begin_interface_changes(&self) -> Result<(), CallError> {
        self.interface_change_begin(0).await
    }

    /// Forgets what was remembered (libvirt 0.9.2).
    pub async fn commit_interface_changes(&self) -> Result<(), CallError> {
        self.interface_change_commit(0).await
    }

    /// Comes back to what was remembered (libvirt 0.9.2).
    pub async fn roll_back_interface_changes(&self) -> Result<(), CallError> {
        self.interface_change_rollback(0).await
    }
}

impl Interface {
    /// Its name, unique on its host.
    pub fn name(&self) -> &Text {
        &self.wire.name
    }

    /// Its MAC address, as text.
    pub fn mac(&self) -> &Text {
        &self.wire.mac
    }

    /// Its configuration.
    pub async fn xml(&self, flags: XmlFlags) -> Result<Text, CallError> {
        Ok(self.connection.interface_get_xml_desc(&self.wire, flags.bits()).await?.xml)
    }

    /// Whether it is on.
    pub async fn is_active(&self) -> Result<bool, CallError> {
        Ok(self.connection.interface_is_active(&self.wire).await?.active != 0)
    }

    /// Turns it on.
    pub async fn start(&self) -> Result<(), CallError> {
        self.connection.interface_create(&self.wire, 0).await
    }

    /// Turns it off.
    pub async fn destroy(&self) -> Result<(), CallError> {
        self.connection.interface_destroy(&self.wire, 0).await
    }

    /// Forgets its configuration.
    pub async fn undefine(&self) -> Result<(), CallError> {
        self.connection.interface_undefine(&self.wire).await
    }
}
