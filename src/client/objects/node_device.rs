//! The host's devices.

use virtwire_protocol::flags::{DefineFlags, ListNodeDevicesFlags, XmlFlags};
use virtwire_protocol::remote;
use virtwire_xdr::Text;

use super::handle;
use crate::client::{CallError, Connection};

handle! {
    /// A device of the host, such as `pci_0000_00_02_0`.
    NodeDevice(remote::NodeDevice)
}

impl Connection {
    /// The device of this name.
    pub async fn node_device(&self, name: &str) -> Result<NodeDevice, CallError> {
        Ok(NodeDevice::new(self, self.node_device_lookup_by_name(name).await?.dev))
    }

    /// The SCSI host of these names on fibre channel (libvirt 1.0.2).
    pub async fn scsi_host(&self, wwnn: &str, wwpn: &str) -> Result<NodeDevice, CallError> {
        Ok(NodeDevice::new(self, self.node_device_lookup_scsi_host_by_wwn(wwnn, wwpn, 0).await?.dev))
    }

    /// All devices that are there, or those that the flags choose (libvirt 0.10.2).
    pub async fn node_devices(&self, which: ListNodeDevicesFlags) -> Result<Vec<NodeDevice>, CallError> {
        let listed = self.connect_list_all_node_devices(1, which.bits()).await?.devices;
        Ok(listed.into_iter().map(|wire| NodeDevice::new(self, wire)).collect())
    }

    /// Makes a device, such as a mediated one, that goes with the host's next start.
    pub async fn create_node_device(&self, xml: &str, flags: DefineFlags) -> Result<NodeDevice, CallError> {
        Ok(NodeDevice::new(self, self.node_device_create_xml(xml, flags.bits()).await?.dev))
    }

    /// Makes the configuration of a mediated device persistent; starts nothing (libvirt 7.3).
    pub async fn define_node_device(&self, xml: &str, flags: DefineFlags) -> Result<NodeDevice, CallError> {
        Ok(NodeDevice::new(self, self.node_device_define_xml(xml, flags.bits()).await?.dev))
    }
}

/// Devices go by their name alone, which calls take as characters: a verb of one whose name is not UTF-8 asks for what is not there.
impl NodeDevice {
    /// Its name, unique on its host.
    pub fn name(&self) -> &Text {
        &self.wire.name
    }

    /// What it is and can do; with `XmlFlags::INACTIVE` as it is defined (libvirt 10.1).
    pub async fn xml(&self, flags: XmlFlags) -> Result<Text, CallError> {
        Ok(self.connection.node_device_get_xml_desc(&self.named(), flags.bits()).await?.xml)
    }

    /// The device that it is on, if one.
    pub async fn parent(&self) -> Result<Option<NodeDevice>, CallError> {
        let parent = self.connection.node_device_get_parent(&self.named()).await?.parent_name;
        Ok(parent.map(|name| NodeDevice::new(&self.connection, remote::NodeDevice { name })))
    }

    /// What it can do, such as `pci` and `net`.
    pub async fn capabilities(&self) -> Result<Vec<Text>, CallError> {
        let count = self.connection.node_device_num_of_caps(&self.named()).await?.num;
        Ok(self.connection.node_device_list_caps(&self.named(), count).await?.names)
    }

    /// Takes it from the host's driver, for a guest to have.
    pub async fn detach(&self) -> Result<(), CallError> {
        self.connection.node_device_dettach(&self.named()).await
    }

    /// The same, for the driver of this name, such as `vfio` (libvirt 1.0.5).
    pub async fn detach_for(&self, driver: Option<&str>) -> Result<(), CallError> {
        self.connection.node_device_detach_flags(&self.named(), driver, 0).await
    }

    /// Gives it back to the host's driver.
    pub async fn reattach(&self) -> Result<(), CallError> {
        self.connection.node_device_re_attach(&self.named()).await
    }

    /// Resets it.
    pub async fn reset(&self) -> Result<(), CallError> {
        self.connection.node_device_reset(&self.named()).await
    }

    /// Starts it, where it is defined and off (libvirt 7.3).
    pub async fn start(&self) -> Result<(), CallError> {
        self.connection.node_device_create(&self.named(), 0).await
    }

    /// Removes it, as far as it can be, as a mediated one.
    pub async fn destroy(&self) -> Result<(), CallError> {
        self.connection.node_device_destroy(&self.named()).await
    }

    /// Forgets its configuration (libvirt 7.3).
    pub async fn undefine(&self) -> Result<(), CallError> {
        self.connection.node_device_undefine(&self.named(), 0).await
    }

    /// Changes its configuration; the flags are those of `virNodeDeviceUpdateFlags`, 1 what runs, 2 the next start (libvirt 10.1).
    pub async fn update(
        &self,
        xml: &str,
        affect: virtwire_protocol::flags::AffectFlags,
    ) -> Result<(), CallError> {
        self.connection.node_device_update(&self.named(), xml, affect.bits()).await
    }

    /// Whether it starts with its host (libvirt 7.8).
    pub async fn autostart(&self) -> Result<bool, CallError> {
        Ok(self.connection.node_device_get_autostart(&self.named()).await?.autostart != 0)
    }

    /// Says whether it starts with its host (libvirt 7.8).
    pub async fn set_autostart(&self, autostart: bool) -> Result<(), CallError> {
        self.connection.node_device_set_autostart(&self.named(), autostart.into()).await
    }

    /// Whether its configuration outlives it (libvirt 7.8).
    pub async fn is_persistent(&self) -> Result<bool, CallError> {
        Ok(self.connection.node_device_is_persistent(&self.named()).await?.persistent != 0)
    }

    /// Whether it is there (libvirt 7.8).
    pub async fn is_active(&self) -> Result<bool, CallError> {
        Ok(self.connection.node_device_is_active(&self.named()).await?.active != 0)
    }

    fn named(&self) -> std::borrow::Cow<'_, str> {
        self.wire.name.to_string_lossy()
    }
}
