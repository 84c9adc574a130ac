//! What a document says of an interface of the host, and what libvirt's parser takes for none.

use virtwire_protocol::error::{ErrorDomain, RemoteError};

use super::super::errors::bad_domain_xml;
use super::super::{Result, Uuid};
use super::document::{check_name, fields};
use super::edit::Element;
use super::nested::{first_within, root, within};

/// The longest address. It is a text that nobody reads, as with libvirt's driver for tests.
const MAC_BYTES_MAX: usize = 256;

/// What an interface can be, and what a bridge and a bond are made of.
const TYPES: [&str; 4] = ["ethernet", "bridge", "bond", "vlan"];
const IN_BRIDGE: [&str; 3] = ["ethernet", "bond", "vlan"];
const IN_BOND: [&str; 1] = ["ethernet"];

/// What a document says.
#[derive(Debug)]
pub(super) struct Said {
    /// As it came.
    pub(super) xml: String,
    pub(super) name: String,
    pub(super) mac: Option<String>,
    /// Whether it is up with its host.
    pub(super) on_boot: bool,
}

impl Said {
    /// # Errors
    /// Code 35 for what is not XML, 27 for what libvirt's parser takes for no interface.
    pub(super) fn read(xml: String) -> Result<Said> {
        Said::parse(xml).map_err(|error| RemoteError { domain: ErrorDomain::INTERFACE, ..error })
    }

    fn parse(xml: String) -> Result<Said> {
        fields(xml.trim_start_matches('\u{feff}'), "interface")?;
        let root = root(&xml)?;
        check(&xml, &root, &TYPES)?;
        let name = root.attribute("name").unwrap_or_default().to_owned();
        check_name("interface", &name)?;
        let parts = within(&xml, &root)?;
        let of = |part: &str, attribute: &str| {
            parts.iter().find(|one| one.name == part).and_then(|one| one.attribute(attribute))
        };
        let on_boot = match of("start", "mode") {
            Some("onboot") => true,
            Some("none" | "hotplug") | None => false,
            Some(other) => return Err(bad_domain_xml(format!("unknown interface startmode {other}"))),
        };
        if let Some(size) = of("mtu", "size").filter(|size| size.parse::<u32>().is_err()) {
            return Err(bad_domain_xml(format!("the mtu's size is no number: '{size}'")));
        }
        for protocol in parts.iter().filter(|part| part.name == "protocol") {
            match protocol.attribute("family") {
                Some("ipv4" | "ipv6") => {}
                Some(other) => return Err(bad_domain_xml(format!("unsupported protocol family '{other}'"))),
                None => return Err(bad_domain_xml("protocol misses the family attribute")),
            }
        }
        // The others have those of what they are made of.
        let mac = of("mac", "address").filter(|_| root.attribute("type") == Some("ethernet"));
        if mac.is_some_and(|mac| mac.len() > MAC_BYTES_MAX) {
            return Err(bad_domain_xml(format!(
                "the interface's address has more than {MAC_BYTES_MAX} bytes"
            )));
        }
        let mac = mac.map(str::to_owned);
        Ok(Said { xml, name, mac, on_boot })
    }
}

/// An interface, or one of those that another one is made of: none is made of one of its own kind, so this comes to an end.
fn check(xml: &str, interface: &Element, may_be: &[&str]) -> Result<()> {
    let Some(kind) = interface.attribute("type") else {
        return Err(bad_domain_xml("Missing required attribute 'type' in element 'interface'"));
    };
    if !TYPES.contains(&kind) {
        let text = format!("Invalid value for attribute 'type' in element 'interface': '{kind}'.");
        return Err(bad_domain_xml(text));
    }
    if !may_be.contains(&kind) {
        return Err(bad_domain_xml(format!("interface has unsupported type '{kind}'")));
    }
    if interface.attribute("name").is_none() {
        return Err(bad_domain_xml("interface has no name"));
    }
    if kind == "ethernet" {
        return Ok(());
    }
    let part = first_within(xml, interface, kind)?;
    let part = part.ok_or_else(|| bad_domain_xml(format!("{kind} interface misses the {kind} element")))?;
    if kind == "vlan" && part.attribute("tag").is_none() {
        return Err(bad_domain_xml("vlan interface misses the tag attribute"));
    }
    let made_of = within(xml, &part)?;
    let mut made_of = made_of.iter().filter(|one| one.name == "interface");
    match kind {
        "bridge" => made_of.try_for_each(|one| check(xml, one, &IN_BRIDGE)),
        "bond" => made_of.try_for_each(|one| check(xml, one, &IN_BOND)),
        // A vlan has one, which is its name alone.
        _ => match made_of.next().and_then(|one| one.attribute("name")) {
            Some(_) => Ok(()),
            None => Err(bad_domain_xml("vlan interface misses name attribute")),
        },
    }
}

/// Whom a document is about.
pub(super) fn described(xml: &str) -> Option<(Option<Uuid>, String)> {
    Some((None, Said::read(xml.to_owned()).ok()?.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(inner: &str) -> Result<Said> {
        Said::read(format!("<interface {inner}</interface>"))
    }

    #[test]
    fn a_document_says_what_an_interface_is() {
        for (xml, mac, on_boot) in [
            ("type='ethernet' name='a'>", None, false),
            ("type='ethernet' name='a'><start mode='onboot'/><mac address='zz'/>", Some("zz"), true),
            ("type='bridge' name='a'><mac address='zz'/><bridge/>", None, false),
            ("type='bond' name='a'><start mode='none'/><bond/>", None, false),
            ("type='vlan' name='a'><vlan tag='5'><interface name='b'/></vlan>", None, false),
            (
                "type='bridge' name='a'><bridge><interface type='bond' name='b'><bond><interface type='ethernet' name='c'/></bond></interface></bridge>",
                None,
                false,
            ),
        ] {
            let said = read(xml).unwrap();
            assert_eq!((said.name.as_str(), said.mac.as_deref(), said.on_boot), ("a", mac, on_boot), "{xml}");
        }
        Said::read("\u{feff}<?xml version='1.0'?>\n<interface type='ethernet' name='a'/>\n".to_owned())
            .unwrap();
    }

    #[test]
    fn what_is_none_is_refused() {
        for (wrong, code) in [
            ("", 35),
            ("<interface", 35),
            ("<interface type='ethernet' name='a'/><interface/>", 35),
            ("<network/>", 27),
            ("<interface name='a'/>", 27),
            ("<interface type='foo' name='a'/>", 27),
            ("<interface type='ethernet'/>", 27),
            ("<interface type='ethernet' name='a/b'/>", 27),
            ("<interface type='ethernet' name='a'><start mode='foo'/></interface>", 27),
            ("<interface type='ethernet' name='a'><mtu size='x'/></interface>", 27),
            ("<interface type='ethernet' name='a'><protocol family='ipx'/></interface>", 27),
            ("<interface type='ethernet' name='a'><protocol/></interface>", 27),
            ("<interface type='bridge' name='a'/>", 27),
            ("<interface type='vlan' name='a'><vlan/></interface>", 27),
            ("<interface type='vlan' name='a'><vlan tag='1'/></interface>", 27),
            (
                "<interface type='bond' name='a'><bond><interface type='bond' name='b'/></bond></interface>",
                27,
            ),
        ] {
            let error = Said::read(wrong.to_owned()).unwrap_err();
            assert_eq!((error.code.0, error.domain), (code, ErrorDomain::INTERFACE), "{wrong}");
        }
        let long = "x".repeat(MAC_BYTES_MAX + 1);
        read(&format!("type='ethernet' name='a'><mac address='{long}'/>")).unwrap_err();
    }
}
