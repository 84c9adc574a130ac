//! Virtual networks.

use std::future::{Future, ready};

use virtwire_protocol::error::RemoteError;

use super::{Lease, Place, Result, Uuid};

/// A host's virtual networks: `virsh net-list`, `-info`, `-define`, `-create`, `-start`, `-destroy`, `-undefine`, `-autostart`,
/// `-dumpxml`, `-update`, `net-dhcp-leases`. For [`Hypervisor::networks`](super::Hypervisor::networks).
///
/// virtwire supplies lookups, lists with their filters, flags and access. A verb that is not implemented is answered as not supported. What
/// happens is told by [`Events`](super::Events), also where a client has asked for it.
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

    /// Changes one part of a network's configuration: of what is active, of its next start, or of both.
    fn update_network(
        &self,
        _network: Uuid,
        _change: NetworkChange,
        _place: Place,
    ) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virNetworkUpdate")))
    }

    /// The addresses that a network has given away by DHCP. At most 65,536 reach a client.
    fn leases(&self, _network: Uuid) -> impl Future<Output = Result<Vec<Lease>>> + Send {
        ready(Err(RemoteError::no_support("virNetworkGetDHCPLeases")))
    }
}

/// A change to one part of a network: `virsh net-update`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkChange {
    /// What is done with it.
    pub step: NetworkStep,
    /// Which part.
    pub part: NetworkPart,
    /// In which of several elements that may hold it, from 0; `None` leaves the choice to the host.
    pub parent: Option<u32>,
    /// The part's element.
    pub xml: String,
}

/// What is done with a part of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkStep {
    /// It takes the place of the one that it is about.
    Modify,
    /// It goes.
    Delete,
    /// It comes, behind others of its kind.
    AddLast,
    /// It comes, before others of its kind.
    AddFirst,
}

/// A part of a network that is changed by itself (`virNetworkUpdateSection`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NetworkPart {
    /// Its bridge.
    Bridge,
    /// Its domain of names.
    Domain,
    /// An address of the host.
    Ip,
    /// A guest that DHCP knows.
    DhcpHost,
    /// Addresses that DHCP gives away.
    DhcpRange,
    /// Where its packets go.
    Forward,
    /// An interface by which they go.
    ForwardInterface,
    /// A physical function whose virtual ones are used.
    ForwardPf,
    /// A group of ports.
    PortGroup,
    /// Names of an address.
    DnsHost,
    /// A text record.
    DnsTxt,
    /// A record of a service.
    DnsSrv,
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

impl NetworkInfo {
    /// A network that is defined and off, without a bridge: where a literal starts from.
    pub fn new(name: impl Into<String>, uuid: Uuid) -> NetworkInfo {
        NetworkInfo { name: name.into(), uuid, standing: Standing::default(), bridge: None }
    }
}

/// How a network, a storage pool or a device of the host stands. The default is defined and off.
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
