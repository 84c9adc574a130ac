//! The addresses of guests: those that their interfaces have, and those that networks have given them.

use std::net::IpAddr;

use virtwire_protocol::remote::{
    DOMAIN_INTERFACE_MAX, DOMAIN_IP_ADDR_MAX, DomainInterface, DomainInterfaceAddresses,
    DomainInterfaceAddressesReply, DomainIpAddr, NETWORK_DHCP_LEASES_MAX, NetworkDhcpLease,
    NetworkGetDhcpLeases, NetworkGetDhcpLeasesReply,
};

use super::super::{AddressSource, Hypervisor, InterfaceAddresses, Lease, Networks, Result, errors};
use super::HypervisorService;
use crate::server::CallContext;

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) async fn domain_interface_addresses(
        &self,
        _: &CallContext,
        arguments: DomainInterfaceAddresses,
    ) -> Result<DomainInterfaceAddressesReply> {
        let domain = self.known(&arguments.dom).await?;
        domain.id.ok_or_else(errors::not_running)?;
        let source = match AddressSource::from(arguments.source.cast_signed()) {
            AddressSource::Other(source) => {
                return Err(errors::unsupported_argument(format!("Unknown IP address data source {source}")));
            }
            known => known,
        };
        let found = self.hypervisor.addresses(domain.uuid, source).await?;
        let ifaces = found.into_iter().take(DOMAIN_INTERFACE_MAX as usize).map(interface).collect();
        Ok(DomainInterfaceAddressesReply { ifaces })
    }

    /// All of a network's, or one guest's.
    pub(super) async fn network_get_dhcp_leases(
        &self,
        _: &CallContext,
        arguments: NetworkGetDhcpLeases,
    ) -> Result<NetworkGetDhcpLeasesReply> {
        const API: &str = "virNetworkGetDHCPLeases";
        let network = self.network(&arguments.net, API).await?;
        let mut leases = self.networks(API)?.leases(network.uuid).await?;
        if let Some(mac) = &arguments.mac {
            leases.retain(|lease| lease.mac.as_bytes().eq_ignore_ascii_case(mac.as_bytes()));
        }
        leases.truncate(NETWORK_DHCP_LEASES_MAX as usize);
        let ret = u32::try_from(leases.len()).unwrap_or(NETWORK_DHCP_LEASES_MAX);
        if arguments.need_results == 0 {
            leases.clear();
        }
        Ok(NetworkGetDhcpLeasesReply { leases: leases.into_iter().map(lease).collect(), ret })
    }
}

fn interface(InterfaceAddresses { name, mac, addresses }: InterfaceAddresses) -> DomainInterface {
    let address = |(address, prefix): (IpAddr, u8)| DomainIpAddr {
        r#type: family(address),
        addr: address.to_string().into(),
        prefix: prefix.into(),
    };
    let addrs = addresses.into_iter().take(DOMAIN_IP_ADDR_MAX as usize).map(address).collect();
    DomainInterface { name: name.into(), hwaddr: mac.map(Into::into), addrs }
}

fn lease(lease: Lease) -> NetworkDhcpLease {
    let Lease { interface, mac, address: (address, prefix), ends_s, hostname, client_id, iaid } = lease;
    NetworkDhcpLease {
        iface: interface.into(),
        expirytime: ends_s,
        r#type: family(address),
        mac: Some(mac.into()),
        iaid: iaid.map(Into::into),
        ipaddr: address.to_string().into(),
        prefix: prefix.into(),
        hostname: hostname.map(Into::into),
        clientid: client_id.map(Into::into),
    }
}

/// 0 IPv4, 1 IPv6.
fn family(address: IpAddr) -> i32 {
    address.is_ipv6().into()
}
