//! What libvirt's parser refuses of a range of addresses that a network gives to its guests.

use std::net::IpAddr;

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::Result;
use super::edit::Element;
use super::network_check::{address, bad};

/// That it is of its network, whose own address is `net`, and has an order. There is no `prefix` where nobody knows which of an address's bits are the
/// network's.
///
/// # Errors
/// Code 27, 38 or 1, as libvirt's.
pub(super) fn check(name: &str, net: IpAddr, prefix: Option<u32>, range: &Element) -> Result<()> {
    let end = |which: &str| {
        let missing = || bad(format!("Missing '{which}' attribute in dhcp range for network '{name}'"));
        let said = range.attribute(which).ok_or_else(missing)?;
        address(said).ok_or_else(|| {
            let text = format!("Cannot parse socket address '{said}': Name or service not known");
            RemoteError::new(ErrorCode::SYSTEM_ERROR, ErrorDomain::NONE, text)
        })
    };
    let (start, end) = (end("start")?, end("end")?);
    let range = format!("range {start} - {end}");
    let wrong = |text: String| Err(RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::NONE, text));
    if start.is_ipv4() != end.is_ipv4() {
        return wrong(format!("mismatch of address family in {range}"));
    }
    if start.is_ipv4() != net.is_ipv4() {
        return wrong(format!("mismatch of address family in {range} for network {net}"));
    }
    let Some(prefix) = prefix else {
        return wrong(format!("bad prefix -1 for network {net} when  checking {range}"));
    };
    let own = bits(net, prefix);
    if bits(start, prefix) != own || bits(end, prefix) != own {
        return wrong(format!("{range} is not entirely within network {net}/{prefix}"));
    }
    if let (IpAddr::V4(start), IpAddr::V4(end)) = (start, end) {
        // These two are nobody's.
        let hosts = u32::MAX.checked_shr(prefix).unwrap_or(0);
        if start.to_bits() & hosts == 0 {
            return wrong(format!("start of {range} in network {net}/{prefix} is the network address"));
        }
        if end.to_bits() & hosts == hosts {
            return wrong(format!("end of {range} in network {net}/{prefix} is the broadcast address"));
        }
    }
    let (common, reversed) =
        if net.is_ipv4() { (16, "is reversed ") } else { (112, "start larger than end") };
    if bits(start, common) != bits(end, common) {
        return wrong(format!("{range} is too large (> 65535)"));
    }
    if start > end {
        return wrong(format!("{range} {reversed}"));
    }
    Ok(())
}

/// So many bits of an address.
fn bits(address: IpAddr, count: u32) -> u128 {
    let (bits, all) = match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32_u32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    bits.checked_shr(all.saturating_sub(count)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::network_check;

    /// In the words of libvirt 9.0, or `None` where it takes the range.
    #[test]
    fn a_range_is_of_its_network_and_has_an_order() {
        let four = |prefix: &str| format!("address='10.0.0.1' {prefix}");
        let six = |prefix: &str| format!("family='ipv6' address='fd00::1' {prefix}");
        let too_large = "is too large (> 65535)";
        for (ip, start, end, refused) in [
            (four("prefix='24'"), "10.0.0.1", "10.0.0.254", None),
            (four("prefix='24'"), "10.0.0.0", "10.0.0.255", Some("the network address")),
            (four("netmask='255.255.255.0'"), "10.0.0.2", "10.0.0.255", Some("the broadcast address")),
            (four("prefix='25'"), "10.0.0.1", "10.0.0.127", Some("the broadcast address")),
            (four("prefix='24'"), "10.0.0.0", "10.0.1.0", Some("not entirely within network 10.0.0.1/24")),
            (four("prefix='32'"), "10.0.0.1", "10.0.0.1", Some("the network address")),
            (four("prefix='12'"), "10.0.0.2", "10.0.255.255", None),
            (four("prefix='12'"), "10.0.0.2", "10.1.0.1", Some(too_large)),
            (four("prefix='12'"), "10.2.2.9", "10.0.1.2", Some(too_large)),
            (four("prefix='12'"), "10.0.2.9", "10.0.1.2", Some("is reversed ")),
            (four(""), "10.9.0.0", "10.9.0.255", None),
            (four(""), "10.0.0.0", "10.0.0.9", Some("in network 10.0.0.1/8 is the network address")),
            (four("prefix='0'"), "0.0.0.0", "10.0.0.5", Some("not entirely within network 10.0.0.1/8")),
            (four("netmask='0.0.0.0'"), "0.0.0.0", "10.0.0.5", Some("in network 10.0.0.1/0")),
            (four("netmask='255.255.255.0' prefix='0'"), "10.0.0.2", "10.0.0.3", None),
            (
                four("netmask='255.0.255.0'"),
                "10.0.0.2",
                "10.0.0.3",
                Some("bad prefix -1 for network 10.0.0.1"),
            ),
            (four("prefix='24'"), "fd00::2", "fd00::9", Some("fd00::9 for network 10.0.0.1")),
            ("address='172.16.0.1'".to_owned(), "172.16.0.2", "172.17.0.3", Some("network 172.16.0.1/16")),
            ("address='192.168.1.1'".to_owned(), "192.168.1.2", "192.168.1.255", Some("192.168.1.1/24")),
            ("address='224.0.0.1'".to_owned(), "224.0.0.2", "224.0.0.3", Some("bad prefix -1")),
            ("address='0.0.0.0'".to_owned(), "0.0.0.1", "0.0.0.3", None),
            (six("prefix='64'"), "fd00::", "fd00::ffff", None),
            (six("prefix='112'"), "fd00::", "fd00::ffff", None),
            (six("prefix='64'"), "fd00::1", "fd00::1:0", Some(too_large)),
            (six("prefix='64'"), "fd00::9", "fd00::2", Some("fd00::9 - fd00::2 start larger than end")),
            (six(""), "fd00::2", "fd00::9", None),
            (six("prefix='0'"), "fd00::2", "fd00::9", None),
            (six(""), "fe00::2", "fe00::9", Some("not entirely within network fd00::1/64")),
            (six(""), "10.0.0.1", "fd00::2", Some("mismatch of address family in range 10.0.0.1 - fd00::2")),
        ] {
            let range = format!("<ip {ip}><dhcp><range start='{start}' end='{end}'/></dhcp></ip>");
            let found = network_check::check("x", &format!("<network><name>x</name>{range}</network>"));
            let said = found.as_ref().err().map(|error| error.message.to_string_lossy());
            match refused {
                None => assert_eq!(said, None, "{range}"),
                Some(why) => {
                    assert!(said.as_ref().is_some_and(|said| said.contains(why)), "{range}: {said:?}")
                }
            }
        }
    }
}
