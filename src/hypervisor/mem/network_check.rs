//! What of a network's document libvirt's parser refuses, though nothing here would need it: a network that is taken here is one there.

use std::net::{IpAddr, Ipv4Addr};

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::Result;
use super::device_check::of_xml;
use super::dhcp_range;
use super::edit::Element;
use super::mac::Mac;
use super::nested::{first_within, root, within};

/// How a network may forward what its guests send, and whether it needs an address of its own for that.
const FORWARDS: [(&str, bool); 9] = [
    ("none", false),
    ("nat", true),
    ("route", true),
    ("open", true),
    ("bridge", false),
    ("private", false),
    ("vepa", false),
    ("passthrough", false),
    ("hostdev", false),
];

/// # Errors
/// Code 27, 67, 38 or 1, as libvirt's.
pub(super) fn check(name: &str, xml: &str) -> Result<()> {
    let parts = within(xml, &root(xml)?)?;
    let ips: Vec<_> = parts.iter().filter(|part| part.name == "ip").collect();
    if let Some(said) = first(&parts, "mac").and_then(|mac| told(mac, "address")) {
        Mac::check(
            said,
            || bad(format!("Invalid bridge mac address '{said}' in network '{name}'")),
            || bad(format!("Invalid multicast bridge mac address '{said}' in network '{name}'")),
        )?;
    }
    for ip in &ips {
        let net = Net::read(name, ip)?;
        let Some(dhcp) = first_within(xml, ip, "dhcp")? else { continue };
        for part in within(xml, &dhcp)? {
            match part.name.as_str() {
                "host" => check_host(name, &part, net.address.is_ipv6(), false)?,
                "range" => dhcp_range::check(name, net.address, net.prefix, &part)?,
                _ => {}
            }
        }
    }
    let Some(forward) = first(&parts, "forward") else { return Ok(()) };
    let mode = told(forward, "mode").unwrap_or("nat");
    match FORWARDS.into_iter().find(|(known, _)| *known == mode) {
        None => Err(unsupported(format!("unknown forwarding type '{mode}'"))),
        Some((_, true)) if ips.is_empty() => {
            Err(bad(format!("{mode} forwarding requested, but no IP address provided for network '{name}'")))
        }
        Some(_) => Ok(()),
    }
}

fn first<'a>(parts: &'a [Element], name: &str) -> Option<&'a Element> {
    parts.iter().find(|part| part.name == name)
}

/// A guest that is always given the same address. To take it away, a part of what is said of it is enough.
///
/// # Errors
/// Code 27.
pub(super) fn check_host(name: &str, host: &Element, is_ipv6: bool, is_partial: bool) -> Result<()> {
    if let Some(said) = host.attribute("mac") {
        if is_ipv6 {
            let text = format!(
                "Invalid to specify MAC address '{said}' in network '{name}' IPv6 static host definition"
            );
            return Err(bad(text));
        }
        Mac::check(
            said,
            || bad(format!("Cannot parse MAC address '{said}' in network '{name}'")),
            || bad(format!("expected unicast mac address, found multicast '{said}' in network '{name}'")),
        )?;
    }
    if host.attribute("name") == Some("") {
        return Err(bad(format!("Cannot use host name '' in network '{name}'")));
    }
    let ip = host.attribute("ip");
    if ip.is_some_and(|ip| address(ip).is_none()) {
        return Err(bad(format!("Invalid IP address in static host definition for network '{name}'")));
    }
    if is_partial {
        return Ok(());
    }
    let (version, either, has_either) = match is_ipv6 {
        true => ("IPv6", "id", host.attribute("id").is_some()),
        false => ("IPv4", "mac", host.attribute("mac").is_some()),
    };
    if !has_either && host.attribute("name").is_none() {
        let text = format!(
            "Static host definition in {version} network '{name}' must have {either} or name attribute"
        );
        return Err(bad(text));
    }
    match ip {
        None => Err(bad(format!("Missing IP address in static host definition for network '{name}'"))),
        Some(_) => Ok(()),
    }
}

/// An address of a network's own, and how many bits of it are the network's; `None` where its mask has gaps, or nothing is said and its class has no
/// such number.
struct Net {
    address: IpAddr,
    prefix: Option<u32>,
}

impl Net {
    fn read(name: &str, ip: &Element) -> Result<Net> {
        let said = told(ip, "address");
        let said =
            said.ok_or_else(|| bad(format!("Missing required address attribute in network '{name}'")))?;
        let address =
            address(said).ok_or_else(|| bad(format!("Invalid address '{said}' in network '{name}'")))?;
        match (told(ip, "family"), address) {
            (None, IpAddr::V6(_)) => {
                let text = format!("no family specified for non-IPv4 address '{said}' in network '{name}'");
                return Err(unsupported(text));
            }
            (Some("ipv4"), IpAddr::V6(_)) => {
                let text = format!("ipv4 family specified for non-IPv4 address '{said}' in network '{name}'");
                return Err(unsupported(text));
            }
            (Some("ipv6"), IpAddr::V4(_)) => {
                let text =
                    format!("Family 'ipv6' specified for non-IPv6 address '{said}' in network '{name}'");
                return Err(unsupported(text));
            }
            (None | Some("ipv4" | "ipv6"), _) => {}
            (Some(other), _) => {
                return Err(bad(format!("Unrecognized family '{other}' in network '{name}'")));
            }
        }
        let (version, most) = if address.is_ipv4() { ("IPv4", 32) } else { ("IPv6", 128) };
        let prefix = match ip.attribute("prefix") {
            None => None,
            Some(said) => Some(said.parse::<u32>().map_err(|_| {
                of_xml(format!(
                    "Invalid value for attribute 'prefix' in element 'ip': '{said}'. Expected non-negative integer value"
                ))
            })?),
        };
        if let Some(prefix) = prefix.filter(|prefix| *prefix > most) {
            return Err(unsupported(format!("Invalid {version} prefix '{prefix}' in network '{name}'")));
        }
        // As libvirt takes it: none is what says nothing.
        let prefix = prefix.filter(|prefix| *prefix > 0);
        let Some(mask) = told(ip, "netmask") else {
            return Ok(Net { address, prefix: prefix.or_else(|| natural(address)) });
        };
        if address.is_ipv6() {
            let text = format!("netmask not allowed for IPv6 address '{said}' in network '{name}'");
            return Err(unsupported(text));
        }
        if prefix.is_some() {
            let text = format!("Network '{name}' IP address cannot have both a prefix and a netmask");
            return Err(unsupported(text));
        }
        match self::address(mask) {
            None => Err(bad(format!("Invalid netmask '{mask}' in network '{name}'"))),
            Some(IpAddr::V6(_)) => Err(unsupported(format!(
                "Invalid netmask '{mask}' for address '{said}' in network '{name}' (both must be IPv4)"
            ))),
            Some(IpAddr::V4(mask)) => {
                let (ones, all) = (mask.to_bits().leading_ones(), mask.to_bits().count_ones());
                Ok(Net { address, prefix: Some(ones).filter(|ones| *ones == all) })
            }
        }
    }
}

/// The bits of a network that says nothing of them: by the class of its address.
fn natural(address: IpAddr) -> Option<u32> {
    let IpAddr::V4(address) = address else { return Some(64) };
    match address.octets()[0] {
        _ if address.is_unspecified() => Some(0),
        0..128 => Some(8),
        128..192 => Some(16),
        192..224 => Some(24),
        _ => None,
    }
}

/// An attribute that says something: libvirt's parser takes these for absent where they are empty.
fn told<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element.attribute(name).filter(|said| !said.is_empty())
}

/// An address in numbers, as the system's own reader takes it: of four bytes the last ones may be one number.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    if text.contains(':') {
        // One of a link may name that.
        return match text.split_once('%') {
            Some((plain, zone)) if !zone.is_empty() => plain.parse().ok(),
            _ => text.parse().ok(),
        };
    }
    let parts: Vec<&str> = text.splitn(5, '.').collect();
    let (last, leading) = parts.split_last().filter(|(_, leading)| leading.len() < 4)?;
    let mut bits = 0_u32;
    for (at, part) in leading.iter().enumerate() {
        let byte = number(part).filter(|byte| *byte <= 0xff)?;
        bits |= byte << (24 - 8 * at);
    }
    let left = 32 - 8 * leading.len();
    let last = number(last).filter(|last| left == 32 || *last < (1 << left))?;
    Some(IpAddr::V4(Ipv4Addr::from_bits(bits | last)))
}

/// Decimal, or hexadecimal behind `0x`, or octal behind `0`.
fn number(text: &str) -> Option<u32> {
    let (digits, radix) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None if text.len() > 1 && text.starts_with('0') => (text, 8),
        None => (text, 10),
    };
    let is_plain = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    u32::from_str_radix(digits, radix).ok().filter(|_| is_plain)
}

pub(super) fn bad(text: String) -> RemoteError {
    RemoteError::new(ErrorCode::XML_ERROR, ErrorDomain::NETWORK, text)
}

fn unsupported(text: String) -> RemoteError {
    RemoteError::new(ErrorCode::CONFIG_UNSUPPORTED, ErrorDomain::NETWORK, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each is refused by libvirt 9.0's test driver with this code and domain, or taken by it.
    #[test]
    fn what_libvirt_refuses_is_refused() {
        let dhcp = |inside: &str| {
            format!("<ip address='10.0.0.1' netmask='255.255.255.0'><dhcp>{inside}</dhcp></ip>")
        };
        let six = |inside: &str| {
            format!("<ip family='ipv6' address='fd00::1' prefix='64'><dhcp>{inside}</dhcp></ip>")
        };
        let mac = "mac='52:54:00:00:00:01'";
        for (parts, code, domain) in [
            (String::new(), 0, 0),
            ("<forward mode='foo'/>".to_owned(), 67, 19),
            ("<forward mode='nat'/>".to_owned(), 27, 19),
            ("<forward/>".to_owned(), 27, 19),
            ("<forward mode='bridge'/>".to_owned(), 0, 0),
            ("<forward/><ip address='10.0.0.1'/>".to_owned(), 0, 0),
            ("<forward mode='open'/>".to_owned() + &dhcp(""), 0, 0),
            ("<mac address='zz'/>".to_owned(), 27, 19),
            ("<mac address='ff:ff:ff:ff:ff:ff'/>".to_owned(), 27, 19),
            ("<mac address=''/>".to_owned(), 0, 0),
            ("<forward mode=''/><ip family='' address='10.0.0.1' netmask=''/>".to_owned(), 0, 0),
            ("<forward mode=''/>".to_owned(), 27, 19),
            ("<ip family='ipv6' address='fe80::1%lo' prefix='64'/>".to_owned(), 0, 0),
            ("<ip/>".to_owned(), 27, 19),
            ("<ip address='999.0.0.1'/>".to_owned(), 27, 19),
            ("<ip address='localhost'/>".to_owned(), 27, 19),
            ("<ip address='10.0.0.1 '/>".to_owned(), 27, 19),
            ("<ip address='10.1'/>".to_owned(), 0, 0),
            ("<ip address='0x0a.0.0.1'/>".to_owned(), 0, 0),
            ("<ip address='fd00::1' prefix='64'/>".to_owned(), 67, 19),
            ("<ip family='ipv4' address='fd00::1'/>".to_owned(), 67, 19),
            ("<ip family='ipv6' address='10.0.0.1'/>".to_owned(), 67, 19),
            ("<ip family='ipx' address='10.0.0.1'/>".to_owned(), 27, 19),
            ("<ip address='10.0.0.1' prefix='33'/>".to_owned(), 67, 19),
            ("<ip address='10.0.0.1' prefix='x'/>".to_owned(), 27, 5),
            ("<ip address='10.0.0.1' prefix='0'/>".to_owned(), 0, 0),
            ("<ip address='10.0.0.1' netmask='foo'/>".to_owned(), 27, 19),
            ("<ip address='10.0.0.1' netmask='fd00::1'/>".to_owned(), 67, 19),
            ("<ip address='10.0.0.1' netmask='255.0.0.0' prefix='8'/>".to_owned(), 67, 19),
            ("<ip family='ipv6' address='fd00::1' netmask='255.0.0.0'/>".to_owned(), 67, 19),
            (dhcp("<range start='10.0.0.2' end='10.0.0.9'/>"), 0, 0),
            (dhcp("<range start='10.0.0.2'/>"), 27, 19),
            (dhcp("<range start='x' end='10.0.0.9'/>"), 38, 0),
            (dhcp("<range start='10.0.0.9' end='10.0.0.2'/>"), 1, 0),
            (dhcp("<range start='10.0.0.9' end='10.3.0.2'/>"), 1, 0),
            (dhcp("<range start='fd00::2' end='10.0.0.9'/>"), 1, 0),
            (
                "<ip address='10.0.0.1'><dhcp><range start='10.9.0.2' end='10.9.0.3'/></dhcp></ip>"
                    .to_owned(),
                0,
                0,
            ),
            (six("<range start='fd00::2' end='fd00::9'/>"), 0, 0),
            (six("<range start='fd01::2' end='fd01::9'/>"), 1, 0),
            (dhcp(&format!("<host {mac} ip='1'/>")), 0, 0),
            (dhcp("<host mac='zz' ip='1'/>"), 27, 19),
            (dhcp("<host mac='01:00:5e:00:00:01' ip='10.0.0.3'/>"), 27, 19),
            (dhcp(&format!("<host {mac} ip='x'/>")), 27, 19),
            (dhcp(&format!("<host {mac}/>")), 27, 19),
            (dhcp("<host ip='10.0.0.3'/>"), 27, 19),
            (dhcp("<host name='' ip='10.0.0.3'/>"), 27, 19),
            (dhcp("<host name='a' ip='10.0.0.3'/>"), 0, 0),
            (six("<host name='a' ip='fd00::2'/>"), 0, 0),
            (six(&format!("<host {mac} ip='fd00::2'/>")), 27, 19),
        ] {
            let found = check("x", &format!("<network><name>x</name>{parts}</network>"));
            let found = found.err().map_or((0, 0), |error| (error.code.0, error.domain.0));
            assert_eq!(found, (code, domain), "{parts}");
        }
    }

    #[test]
    fn an_address_is_read_as_the_system_does() {
        for (text, read) in [
            ("10.0.0.1", Some("10.0.0.1")),
            ("1", Some("0.0.0.1")),
            ("10.1", Some("10.0.0.1")),
            ("10.1.258", Some("10.1.1.2")),
            ("010.0.0.1", Some("8.0.0.1")),
            ("0xffffffff", Some("255.255.255.255")),
            ("fd00::1", Some("fd00::1")),
            ("", None),
            ("256.0.0.1", None),
            ("10.0.0.256", None),
            ("10.0.65536", None),
            ("1.2.3.4.5", None),
            ("1..2", None),
            ("+1", None),
            ("08", None),
            (" 1", None),
            ("::g", None),
        ] {
            assert_eq!(address(text).map(|read| read.to_string()).as_deref(), read, "{text}");
        }
    }
}
