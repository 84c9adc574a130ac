//! A host that knows addresses tells them; one that does not says so, and nobody waits for what never comes.

use std::net::IpAddr;

use super::*;
use crate::hypervisor::{
    AddressSource, DomainState, InterfaceAddresses, Lease, NetworkInfo, Networks, RunningReason, Standing,
    errors,
};

const GUEST: Uuid = Uuid([1; 16]);
const LAN: Uuid = Uuid([2; 16]);

/// One guest on one network, and whether anybody knows their addresses.
struct Knowing {
    knows: bool,
}

impl Hypervisor for Knowing {
    fn host(&self) -> Host {
        Host::new("One", "one:///system", "one")
    }

    fn networks(&self) -> Option<&impl Networks> {
        Some(self)
    }

    async fn domains(&self) -> Result<Vec<DomainInfo>> {
        let state = DomainState::Running(RunningReason::Booted);
        Ok(vec![DomainInfo { id: Some(1), state, ..DomainInfo::new("one", GUEST) }])
    }

    async fn xml(&self, domain: Uuid, _: WhichXml) -> Result<String> {
        Err(errors::no_domain(crate::hypervisor::Lookup::Uuid(domain)))
    }

    async fn addresses(&self, domain: Uuid, source: AddressSource) -> Result<Vec<InterfaceAddresses>> {
        if !self.knows {
            return Hypervisor::addresses(&Bare, domain, source).await;
        }
        assert_eq!((domain, source), (GUEST, AddressSource::Lease));
        let addresses = vec![(ip("192.168.9.2"), 24), (ip("fe80::1"), 64)];
        let mac = Some("52:54:00:00:00:0a".to_owned());
        Ok(vec![InterfaceAddresses { name: "vnet0".to_owned(), mac, addresses }])
    }
}

impl Networks for Knowing {
    async fn networks(&self) -> Result<Vec<NetworkInfo>> {
        let standing = Standing { active: true, ..Standing::default() };
        Ok(vec![NetworkInfo { standing, ..NetworkInfo::new("lan", LAN) }])
    }

    async fn network_xml(&self, _: Uuid, _: bool) -> Result<String> {
        Ok(String::new())
    }

    async fn leases(&self, network: Uuid) -> Result<Vec<Lease>> {
        if !self.knows {
            return Networks::leases(&Silent, network).await;
        }
        assert_eq!(network, LAN);
        let lease = |last: u8| Lease {
            interface: "virbr0".to_owned(),
            mac: format!("52:54:00:00:00:0{last:x}"),
            address: (IpAddr::from([192, 168, 9, last]), 24),
            ends_s: 1_700_000_000,
            hostname: Some("one".to_owned()),
            client_id: None,
            iaid: None,
        };
        Ok(vec![lease(10), lease(11)])
    }
}

/// What a host answers that does not say anything of leases.
struct Silent;

impl Networks for Silent {
    async fn networks(&self) -> Result<Vec<NetworkInfo>> {
        Ok(Vec::new())
    }

    async fn network_xml(&self, _: Uuid, _: bool) -> Result<String> {
        Ok(String::new())
    }
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn asked(source: u32) -> DomainInterfaceAddresses {
    let dom = Domain { name: "one".into(), uuid: GUEST.0, id: 1 };
    DomainInterfaceAddresses { dom, source, flags: 0 }
}

fn leases(mac: Option<&str>, need_results: i32) -> NetworkGetDhcpLeases {
    let net = Network { name: "lan".into(), uuid: LAN.0 };
    NetworkGetDhcpLeases { net, mac: mac.map(Into::into), need_results, flags: 0 }
}

#[tokio::test]
async fn what_a_host_knows_of_addresses_is_told() {
    let (service, cx) = (HypervisorService::new(Knowing { knows: true }), cx(Release::NEWEST));
    let [found] = &service.domain_interface_addresses(&cx, asked(0)).await.unwrap().ifaces[..] else {
        panic!("one interface")
    };
    assert_eq!(
        (found.name.clone(), found.hwaddr.clone()),
        ("vnet0".into(), Some("52:54:00:00:00:0a".into()))
    );
    let told: Vec<_> = found.addrs.iter().map(|one| (one.r#type, one.addr.to_string(), one.prefix)).collect();
    assert_eq!(told, [(0, "192.168.9.2".to_owned(), 24), (1, "fe80::1".to_owned(), 64)]);
    assert_eq!(code(service.domain_interface_addresses(&cx, asked(3)).await), (74, 10));

    let all = service.network_get_dhcp_leases(&cx, leases(None, 1)).await.unwrap();
    assert_eq!((all.leases.len(), all.ret), (2, 2));
    assert_eq!((all.leases[0].ipaddr.to_string(), all.leases[0].prefix), ("192.168.9.10".to_owned(), 24));
    assert_eq!((all.leases[0].expirytime, &all.leases[0].iface), (1_700_000_000, &"virbr0".into()));
    let one = service.network_get_dhcp_leases(&cx, leases(Some("52:54:00:00:00:0B"), 1)).await.unwrap();
    assert_eq!((one.leases[0].ipaddr.to_string(), one.ret), ("192.168.9.11".to_owned(), 1));
    let counted = service.network_get_dhcp_leases(&cx, leases(None, 0)).await.unwrap();
    assert_eq!((counted.leases, counted.ret), (vec![], 2));
}

/// Terraform asks until there is one: a table that stays empty would have it wait for ever.
#[tokio::test]
async fn who_knows_no_addresses_says_so() {
    let (service, cx) = (HypervisorService::new(Knowing { knows: false }), cx(Release::NEWEST));
    assert_eq!(code(service.domain_interface_addresses(&cx, asked(0)).await).0, 3);
    assert_eq!(code(service.network_get_dhcp_leases(&cx, leases(None, 1)).await).0, 3);
}
