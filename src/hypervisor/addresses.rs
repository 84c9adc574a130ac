//! The addresses that guests have, and those that networks have given away.

use std::net::IpAddr;

pub use virtwire_protocol::enums::AddressSource;

/// An interface of a domain, and the addresses that it has: `virsh domifaddr`. For
/// [`Hypervisor::addresses`](super::Hypervisor::addresses).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceAddresses {
    /// Its name: on the host, or in the guest where its agent told.
    pub name: String,
    /// Its MAC address, such as `52:54:00:00:00:01`.
    pub mac: Option<String>,
    /// Its addresses, each with the bits of its network. At most 2,048 reach a client.
    pub addresses: Vec<(IpAddr, u8)>,
}

/// An address that a network has given to a guest: `virsh net-dhcp-leases`. For [`Networks::leases`](super::Networks::leases).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The host's device that it was given on.
    pub interface: String,
    /// The guest's MAC address, such as `52:54:00:00:00:01`.
    pub mac: String,
    /// The address, and the bits of its network.
    pub address: (IpAddr, u8),
    /// When it ends, seconds since 1970; 0 never.
    pub ends_s: i64,
    /// What the guest calls itself.
    pub hostname: Option<String>,
    /// The client's id; its DUID with IPv6.
    pub client_id: Option<String>,
    /// The identity association, with IPv6.
    pub iaid: Option<String>,
}
