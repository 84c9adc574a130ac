//! A domain's devices.

use virtwire_protocol::flags::{AffectFlags, DeviceFlags};

use super::Domain;
use crate::client::CallError;

impl Domain {
    /// Plugs a device in (libvirt 0.7.7 with flags; without, any).
    pub async fn attach_device(&self, xml: &str, flags: DeviceFlags) -> Result<(), CallError> {
        if flags.is_empty() {
            return self.connection.domain_attach_device(&self.wire, xml).await;
        }
        self.connection.domain_attach_device_flags(&self.wire, xml, flags.bits()).await
    }

    /// Takes a device out. The guest has to let go of it first: the event `device-removed` tells when it has.
    pub async fn detach_device(&self, xml: &str, flags: DeviceFlags) -> Result<(), CallError> {
        if flags.is_empty() {
            return self.connection.domain_detach_device(&self.wire, xml).await;
        }
        self.connection.domain_detach_device_flags(&self.wire, xml, flags.bits()).await
    }

    /// Takes out the device of this alias (libvirt 4.4).
    pub async fn detach_device_alias(&self, alias: &str, affect: AffectFlags) -> Result<(), CallError> {
        self.connection.domain_detach_device_alias(&self.wire, alias, affect.bits()).await
    }

    /// Changes a device in place, as far as it can be (libvirt 0.8.0).
    pub async fn update_device(&self, xml: &str, flags: DeviceFlags) -> Result<(), CallError> {
        self.connection.domain_update_device_flags(&self.wire, xml, flags.bits()).await
    }
}
