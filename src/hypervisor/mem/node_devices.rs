//! The one device of a host in memory: the host itself, as libvirt tells of every one.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::{NodeDeviceInfo, NodeDevices, Result};
use super::Mem;

const NAME: &str = "computer";

impl NodeDevices for Mem {
    async fn node_devices(&self) -> Result<Vec<NodeDeviceInfo>> {
        let capabilities = vec!["system".to_owned()];
        Ok(vec![NodeDeviceInfo { capabilities, ..NodeDeviceInfo::new(NAME) }])
    }

    async fn node_device_xml(&self, name: &str, _: bool) -> Result<String> {
        if name != NAME {
            let detail = format!("no node device with matching name '{name}'");
            return Err(RemoteError::new(ErrorCode::NO_NODE_DEVICE, ErrorDomain::NODEDEV, detail));
        }
        Ok(format!(
            "<device>
  <name>{NAME}</name>
  <capability type='system'>
    <hardware>
      <uuid>{}</uuid>
    </hardware>
    <firmware>
    </firmware>
  </capability>
</device>
",
            self.inner.host.uuid
        ))
    }
}
