//! Virtual networks.

use std::future::{Future, ready};

use virtwire_protocol::error::RemoteError;

use super::{Result, Uuid};

/// A host's virtual networks: `virsh net-list` and its like. For [`Hypervisor::networks`](super::Hypervisor::networks).
///
/// virtwire supplies lookups, lists with their filters, flags and access. A verb that is not implemented is answered as not supported. What
/// happens is told by [`Events::tell_network`](super::Events::tell_network), also where a client has asked for it.
pub trait Networks: Send + Sync {
    /// Every network, active or not, in any order. At most 16,384 can be listed to a client.
    fn networks(&self) -> impl Future<Output = Result<Vec<NetworkInfo>>> + Send;

    /// A network's configuration: what it runs by, or what it will at its next start.
    fn network_xml(&self, network: Uuid, inactive: bool) -> impl Future<Output = Result<String>> + Send;

    /// Makes a configuration persistent, new or in place of the one with the same name and UUID.
    fn define_network(&self, _xml: String) -> impl Future<Output = Result<NetworkInfo>> + Send {
        ready(Err(RemoteError::no_support("virNetworkDefineXML")))
    }

    /// Forgets the persistent configuration. An active network goes on, transient.
    fn undefine_network(&self, _network: Uuid) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virNetworkUndefine")))
    }

    /// Starts a network from this configuration alone.
    fn create_network(&self, _xml: String) -> impl Future<Output = Result<NetworkInfo>> + Send {
        ready(Err(RemoteError::no_support("virNetworkCreateXML")))
    }

    /// Starts a defined network.
    fn start_network(&self, _network: Uuid) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virNetworkCreate")))
    }

    /// Ends it. A transient one is gone then.
    fn destroy_network(&self, _network: Uuid) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virNetworkDestroy")))
    }

    /// Whether to start it with the daemon.
    fn set_network_autostart(
        &self,
        _network: Uuid,
        _autostart: bool,
    ) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virNetworkSetAutostart")))
    }
}

/// Everything that the short questions about a network ask, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkInfo {
    /// Its name, unique on this host.
    pub name: String,
    /// Its UUID.
    pub uuid: Uuid,
    /// Whether it is active, and what it outlives.
    pub standing: Standing,
    /// The host's bridge that guests are attached to, where there is one.
    pub bridge: Option<String>,
}

/// How a network or a storage pool stands. The default is defined and off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whether it is active.
    pub active: bool,
    /// Whether its configuration outlives that.
    pub persistent: bool,
    /// Whether it starts with the daemon.
    pub autostart: bool,
}

impl Default for Standing {
    fn default() -> Standing {
        Standing { active: false, persistent: true, autostart: false }
    }
}
