//! The host's devices.

use std::future::{Future, ready};

use virtwire_protocol::error::RemoteError;

use super::networks::Standing;
use super::{Place, Result};

/// A host's devices: `virsh nodedev-list` with its tree and filters, `-info`, `-dumpxml`, `-create`, `-define`, `-start`, `-destroy`,
/// `-undefine`, `-autostart`, `-update`, `-detach`, `-reattach`, `-reset`. For [`Hypervisor::node_devices`](super::Hypervisor::node_devices).
///
/// These are the remote program's procedures 111 to 120, 123, 124, 285, 297, 301, 374, 375, 428 to 430, 433 to 436 and 447. virtwire supplies
/// lookups, lists by capability and state, flags and access. A verb that is not implemented is answered as not supported. What happens is told
/// by [`Events`](super::Events), also where a client has asked for it.
pub trait NodeDevices: Send + Sync {
    /// Every device, there or only defined, in any order. At most 65,536 can be listed to a client.
    fn node_devices(&self) -> impl Future<Output = Result<Vec<NodeDeviceInfo>>> + Send;

    /// A device's document: as it is now, or as it was defined.
    fn node_device_xml(&self, name: &str, inactive: bool) -> impl Future<Output = Result<String>> + Send;

    /// The name of the fibre channel host that has these two names, of its node and of its port.
    fn scsi_host(&self, _wwnn: &str, _wwpn: &str) -> impl Future<Output = Result<Option<String>>> + Send {
        ready(Err(RemoteError::no_support("virNodeDeviceLookupSCSIHostByWWN")))
    }

    /// Makes a device from this configuration alone.
    fn create_node_device(&self, _xml: String) -> impl Future<Output = Result<NodeDeviceInfo>> + Send {
        ready(Err(RemoteError::no_support("virNodeDeviceCreateXML")))
    }

    /// Makes a configuration persistent, without making the device.
    fn define_node_device(&self, _xml: String) -> impl Future<Output = Result<NodeDeviceInfo>> + Send {
        ready(Err(RemoteError::no_support("virNodeDeviceDefineXML")))
    }

    /// Forgets the persistent configuration. A device that is there stays.
    fn undefine_node_device(&self, _name: &str) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virNodeDeviceUndefine")))
    }

    /// Makes a device that is defined.
    fn start_node_device(&self, _name: &str) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virNodeDeviceCreate")))
    }

    /// Ends a device that was made.
    fn destroy_node_device(&self, _name: &str) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virNodeDeviceDestroy")))
    }

    /// Changes its configuration: of what is there, of what is defined, or of both.
    fn update_node_device(
        &self,
        _name: &str,
        _xml: String,
        _place: Place,
    ) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virNodeDeviceUpdate")))
    }

    /// Whether to make it with the host.
    fn set_node_device_autostart(
        &self,
        _name: &str,
        _autostart: bool,
    ) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virNodeDeviceSetAutostart")))
    }

    /// Takes it from its driver on the host, so that a guest can have it: for this driver, or for the usual one.
    fn detach_node_device(
        &self,
        _name: &str,
        driver: Option<&str>,
    ) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support(match driver {
            None => "virNodeDeviceDettach",
            Some(_) => "virNodeDeviceDetachFlags",
        })))
    }

    /// Gives it back to its driver on the host.
    fn reattach_node_device(&self, _name: &str) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virNodeDeviceReAttach")))
    }

    /// Resets it.
    fn reset_node_device(&self, _name: &str) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virNodeDeviceReset")))
    }
}

/// Everything that the short questions about a device ask, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeDeviceInfo {
    /// Its name, unique on this host, such as `pci_0000_00_02_0`.
    pub name: String,
    /// The device that it is on, unless it is the root of all.
    pub parent: Option<String>,
    /// What it can do, as documents call it, such as `pci`, `net` or `scsi_host`; also what is within another one, such as `vports`.
    pub capabilities: Vec<String>,
    /// Whether it is there, and what it outlives.
    pub standing: Standing,
}

impl NodeDeviceInfo {
    /// A device that came with the machine, the root of all: where a literal starts from.
    pub fn new(name: impl Into<String>) -> NodeDeviceInfo {
        let standing = Standing { active: true, persistent: true, autostart: true };
        NodeDeviceInfo { name: name.into(), parent: None, capabilities: Vec::new(), standing }
    }
}
