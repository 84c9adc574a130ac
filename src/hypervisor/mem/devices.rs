//! A guest's devices: they are elements of its document, and are plugged in, pulled out and changed there.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::well_formed::well_formed;
use super::super::{Result, errors};
use super::device_check::check_is_device;
use super::edit::{Element, checked, spliced, without};
use super::filled::check_device;
use super::mac::Mac;
use super::nested::{added, first_within, one, root, said, within};

/// `<domain>` and `<devices>`.
const AROUND_DEVICES: usize = 2;

/// By what a device is known among those of its kind: disks and file systems by where the guest sees them, interfaces by their address.
pub(super) fn key(xml: &str, device: &Element) -> Result<Option<String>> {
    let (part, attribute) = match device.name.as_str() {
        "disk" => ("target", "dev"),
        "filesystem" => ("target", "dir"),
        "interface" => ("mac", "address"),
        _ => return Ok(None),
    };
    let part = first_within(xml, device, part)?;
    Ok(part.and_then(|part| {
        let said = part.attribute(attribute)?;
        // However it is written.
        let mac = Mac::read(said).filter(|_| attribute == "address");
        Some(mac.map_or_else(|| said.to_ascii_lowercase(), |mac| mac.to_string()))
    }))
}

/// By what name a device is spoken of: its alias, or what kind of device it is and, where it has one, its key.
fn name(xml: &str, device: &Element) -> Result<String> {
    let alias = first_within(xml, device, "alias")?;
    Ok(match (alias.and_then(|alias| alias.attribute("name").map(str::to_owned)), key(xml, device)?) {
        (Some(alias), _) => alias,
        (None, Some(key)) => format!("{}-{key}", device.name),
        (None, None) => device.name.clone(),
    })
}

/// The alias of a device that is described.
pub(super) fn alias(xml: &str) -> Result<String> {
    let device = Described::read(xml)?;
    name(device.xml, &device.element)
}

/// The alias of the device of a document that is described.
pub(super) fn alias_within(document: &str, xml: &str) -> Result<String> {
    name(document, &Described::read(xml)?.found(document)?)
}

/// The devices of a kind that a document has, in order.
pub(super) fn all(document: &str, kind: &str) -> Result<Vec<Element>> {
    // Most have none of it, and all are asked at once.
    if !document.contains(kind) {
        return Ok(Vec::new());
    }
    let Some(devices) = first_within(document, &root(document)?, "devices")? else { return Ok(Vec::new()) };
    let mut all = within(document, &devices)?;
    all.retain(|device| device.name == kind);
    Ok(all)
}

/// The disk of a document that a client calls by where the guest sees it, or by where it lies.
pub(super) fn disk(document: &str, name: &str) -> Result<Option<Element>> {
    for disk in all(document, "disk")? {
        let source = first_within(document, &disk, "source")?;
        let lies =
            |attribute| source.as_ref().is_some_and(|source| source.attribute(attribute) == Some(name));
        if key(document, &disk)?.as_deref() == Some(name) || lies("file") || lies("dev") {
            return Ok(Some(disk));
        }
    }
    Ok(None)
}

/// The interface of a document that a client calls by where it is on the host, or by its address.
pub(super) fn interface(document: &str, name: &str) -> Result<Option<Element>> {
    for interface in all(document, "interface")? {
        let is_it = |found: Option<String>| found.is_some_and(|found| found.eq_ignore_ascii_case(name));
        if is_it(key(document, &interface)?) || is_it(interface_name(document, &interface)?) {
            return Ok(Some(interface));
        }
    }
    Ok(None)
}

/// What a host calls an interface: by where it is there, else by its address.
pub(super) fn interface_name(document: &str, interface: &Element) -> Result<Option<String>> {
    let target = first_within(document, interface, "target")?;
    match target.as_ref().and_then(|target| target.attribute("dev")) {
        Some(dev) => Ok(Some(dev.to_owned())),
        None => key(document, interface),
    }
}

/// A device as a client describes it.
struct Described<'a> {
    xml: &'a str,
    element: Element,
    key: Option<String>,
    said: Vec<String>,
}

impl<'a> Described<'a> {
    fn read(xml: &'a str) -> Result<Described<'a>> {
        let (xml, element) = one(xml)?;
        check_is_device(&element.name)?;
        let key = key(xml, &element)?;
        Ok(Described { xml, element, key, said: said(&plain(xml)?)? })
    }

    /// That it can be in a document.
    fn check(&self) -> Result<()> {
        well_formed(self.xml, AROUND_DEVICES)?;
        check_device(self.xml)
    }

    /// For people.
    fn name(&self) -> String {
        match &self.key {
            Some(key) => format!("{} '{key}'", self.element.name),
            None => self.element.name.clone(),
        }
    }

    /// The device of a document that is meant.
    fn find(&self, document: &str) -> Result<Option<Element>> {
        for device in all(document, &self.element.name)? {
            let is_it = match &self.key {
                Some(wanted) => key(document, &device)?.as_ref() == Some(wanted),
                None => {
                    let device = document.get(device.whole.clone()).unwrap_or_default();
                    said(&plain(device)?)? == self.said
                }
            };
            if is_it {
                return Ok(Some(device));
            }
        }
        Ok(None)
    }

    fn found(&self, document: &str) -> Result<Element> {
        self.find(document)?.ok_or_else(|| missing(&self.name()))
    }
}

/// A device, an interface without its address and with its type: one that is described without either is known by all else.
fn plain(device: &str) -> Result<String> {
    const TAG: &str = "<interface";
    let element = root(device)?;
    if element.name != "interface" {
        return Ok(device.to_owned());
    }
    let text = match first_within(device, &element, "mac")? {
        Some(mac) => checked(without(device, &mac))?,
        None => device.to_owned(),
    };
    match (element.attribute("type"), text.strip_prefix(TAG)) {
        (None, Some(behind)) => Ok(format!("{TAG} type='user'{behind}")),
        _ => Ok(text),
    }
}

fn missing(device: &str) -> RemoteError {
    RemoteError::new(ErrorCode::DEVICE_MISSING, ErrorDomain::QEMU, format!("no {device} was found"))
}

/// The document with one device more.
pub(super) fn attached(document: &str, xml: &str) -> Result<String> {
    let device = Described::read(xml)?;
    match (device.element.name.as_str(), &device.key) {
        ("disk", None) => {
            return Err(errors::bad_domain_xml("the disk has no target, where the guest would see it"));
        }
        (_, Some(_)) if device.find(document)?.is_some() => {
            return Err(errors::failed(format!("{} is there already", device.name())));
        }
        _ => {}
    }
    let whole = root(document)?;
    match first_within(document, &whole, "devices")? {
        Some(devices) => added(document, &devices, device.xml, false),
        None => added(document, &whole, &format!("<devices>{}</devices>", device.xml), false),
    }
}

/// A device as it is attached: an interface without an address gets one, the same in what runs and in what will.
///
/// # Errors
/// For what libvirt's parser would refuse of it.
pub(super) fn addressed(xml: &str) -> Result<String> {
    let device = Described::read(xml)?;
    device.check()?;
    match (device.element.name.as_str(), &device.key) {
        ("interface", None) => {
            // In place of one that says none.
            let plain = plain(device.xml)?;
            added(&plain, &root(&plain)?, &format!("<mac address='{}'/>", Mac::random()), true)
        }
        _ => Ok(device.xml.to_owned()),
    }
}

/// The document without a device.
pub(super) fn detached(document: &str, xml: &str) -> Result<String> {
    let device = Described::read(xml)?.found(document)?;
    checked(without(document, &device))
}

/// The document without the device of this alias.
pub(super) fn detached_by_alias(document: &str, alias: &str) -> Result<String> {
    if let Some(devices) = first_within(document, &root(document)?, "devices")? {
        for device in within(document, &devices)? {
            if name(document, &device)? == alias {
                return checked(without(document, &device));
            }
        }
    }
    Err(missing(&format!("device with alias '{alias}'")))
}

/// The document with a device as it is described now.
pub(super) fn updated(document: &str, xml: &str) -> Result<String> {
    let device = Described::read(xml)?;
    if device.key.is_none() {
        let text = format!("a {} is not changed here: detach it and attach another", device.name());
        return Err(errors::unsupported_argument(text));
    }
    let old = device.found(document)?;
    device.check()?;
    checked(spliced(document, old.whole, device.xml))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "<domain type='test'>\n  <name>a</name>\n  <devices>\n    <disk type='file'><source file='/a'/><target dev='vda'/></disk>\n  </devices>\n</domain>";

    #[test]
    fn a_device_comes_changes_and_goes() {
        let disk = "<disk type='file'>\n<source file='/b'/><target dev='vdb' bus='virtio'/>\n</disk>\n";
        let two = attached(DOCUMENT, disk).unwrap();
        assert_eq!(two, DOCUMENT.replace("</disk>\n", &format!("</disk>\n    {}\n", disk.trim())));
        assert_eq!(attached(&two, disk).unwrap_err().code.0, 9);
        let other = updated(&two, "<disk type='file'><source file='/c'/><target dev='vdb'/></disk>").unwrap();
        assert!(other.contains("/c") && other.contains("/a") && !other.contains("/b"), "{other}");
        // By its target, whatever else is said of it.
        assert_eq!(detached(&other, "<disk><target dev='vdb'/></disk>").unwrap(), DOCUMENT);
        for missing in
            ["<disk><target dev='vdz'/></disk>", "<hostdev/>", "<interface><mac address='x'/></interface>"]
        {
            assert_eq!(detached(DOCUMENT, missing).unwrap_err().code.0, 99, "{missing}");
        }
        assert_eq!(updated(DOCUMENT, "<disk><target dev='vdz'/></disk>").unwrap_err().code.0, 99);
        // Nor is it said that there is none.
        for wrong in ["<foo/>", "<Disk/>", "<domain/>", "<devices/>", "<emulator/>", "<target dev='vda'/>"] {
            for answer in [
                addressed(wrong),
                attached(DOCUMENT, wrong),
                detached(DOCUMENT, wrong),
                updated(DOCUMENT, wrong),
            ] {
                let error = answer.unwrap_err();
                assert_eq!((error.code.0, error.domain.0), (67, 20), "{wrong}");
            }
        }
        for wrong in ["", "<disk/><disk/>", "<disk", "<disk><source/></disk>"] {
            attached(DOCUMENT, wrong).unwrap_err();
        }
    }

    #[test]
    fn an_interface_has_an_address_and_other_devices_are_known_by_all_that_they_say() {
        let bare = "<domain type='test'><name>a</name></domain>";
        let interface = addressed("<interface type='network'><source network='lan'/></interface>").unwrap();
        let with = attached(bare, &interface).unwrap();
        assert_eq!(addressed(&interface).unwrap(), interface);
        assert!(
            with.starts_with(
                "<domain type='test'><name>a</name><devices><interface type='network'><mac address='52:54:00:"
            ),
            "{with}"
        );
        // By all else where it is described without its address, as it was plugged in.
        let bare_again = "<interface type='network'>\n <source network='lan'/>\n</interface>";
        assert_eq!(
            detached(&with, bare_again).unwrap(),
            bare.replace("</domain>", "<devices></devices></domain>")
        );
        // What is kept of it has a type, and one address, whatever it was described with.
        for plugged in [
            "<interface><source network='lan'/></interface>",
            "<interface><mac/><source network='lan'/></interface>",
        ] {
            let interface = addressed(plugged).unwrap();
            assert_eq!(interface.matches("<mac").count(), 1, "{interface}");
            let kept = attached(bare, &interface).unwrap();
            assert_eq!(
                detached(&kept, plugged).unwrap(),
                bare.replace("</domain>", "<devices></devices></domain>")
            );
        }
        for (wrong, code) in [
            ("<interface type='network'/>", 27),
            ("<interface type='user'><mac address='zz'/></interface>", 27),
            ("<disk type='foo'><source file='/a'/><target dev='vdb'/></disk>", 27),
            ("<disk type='file'><source file='/a'/></disk>", 20),
        ] {
            assert_eq!(addressed(wrong).unwrap_err().code.0, code, "{wrong}");
        }
        let channel = "<channel type='pty'><alias name='ua-one'/><target type='virtio'/></channel>";
        let both = attached(&with, channel).unwrap();
        let same = "<channel  type=\"pty\">\n <alias name='ua-one'/>\n <target type='virtio'/>\n</channel>";
        assert_eq!(detached(&both, same).unwrap(), with);
        assert_eq!(alias_within(&both, same).unwrap(), "ua-one");
        assert_eq!(detached_by_alias(&both, "ua-one").unwrap(), with);
        // One that has no alias is spoken of by what it is known by.
        let unnamed = alias(&interface).unwrap();
        assert!(unnamed.starts_with("interface-52:54:00:"), "{unnamed}");
        assert_eq!(detached_by_alias(&both, &unnamed).unwrap(), detached(&both, &interface).unwrap());
        assert_eq!(detached_by_alias(&both, "ua-two").unwrap_err().code.0, 99);
        assert_eq!(updated(&both, channel).unwrap_err().code.0, 74);
    }
}
