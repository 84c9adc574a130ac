//! What libvirt's parser refuses of disks and interfaces, though it could be read here.

use std::collections::BTreeMap;
use std::ops::Range;

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::{Result, errors};
use super::mac::Mac;

/// The types of disks that there are, each with what its source says where it lies, if that is one attribute.
const DISK_TYPES: [(&str, Option<&str>); 8] = [
    ("file", Some("file")),
    ("block", Some("dev")),
    ("dir", Some("dir")),
    ("network", None),
    ("volume", None),
    ("nvme", None),
    ("vhostuser", None),
    ("vhostvdpa", None),
];
const DISK_DEVICES: [&str; 4] = ["disk", "cdrom", "floppy", "lun"];
/// The types of interfaces that there are; whether one needs a source; and what that has to say.
const INTERFACE_TYPES: [(&str, bool, Option<&str>); 15] = [
    ("user", false, None),
    ("ethernet", false, None),
    ("vhostuser", true, None),
    ("server", true, None),
    ("client", true, None),
    ("mcast", true, None),
    ("udp", true, None),
    ("network", true, Some("network")),
    ("bridge", true, Some("bridge")),
    ("internal", true, None),
    ("direct", true, Some("dev")),
    ("hostdev", true, None),
    ("vdpa", true, None),
    ("null", false, None),
    ("vds", true, None),
];

/// The elements that are devices.
const DEVICES: [&str; 30] = [
    "audio",
    "channel",
    "console",
    "controller",
    "crypto",
    "disk",
    "filesystem",
    "graphics",
    "hostdev",
    "hub",
    "input",
    "interface",
    "iommu",
    "lease",
    "memballoon",
    "memory",
    "nvram",
    "panic",
    "parallel",
    "pstore",
    "redirdev",
    "rng",
    "serial",
    "shmem",
    "smartcard",
    "sound",
    "tpm",
    "video",
    "vsock",
    "watchdog",
];

/// That an element is a device, such as can be attached. In a whole document libvirt passes over what is none.
///
/// # Errors
/// Code 67.
pub(super) fn check_is_device(name: &str) -> Result<()> {
    match DEVICES.contains(&name) {
        true => Ok(()),
        false => Err(errors::unsupported_domain(format!("unknown device type '{name}'"))),
    }
}

pub(super) type Attributes = Vec<(String, String)>;

pub(super) fn attribute<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a str> {
    attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// A disk or an interface that is being read.
#[derive(Debug)]
pub(super) struct Device {
    pub(super) is_disk: bool,
    pub(super) tag: Range<usize>,
    pub(super) attributes: Attributes,
    pub(super) source: Option<Attributes>,
    pub(super) target: Option<String>,
    /// As it is written.
    pub(super) mac: Option<Option<String>>,
}

/// What has been found of the devices so far.
#[derive(Debug, Default)]
pub(super) struct Checked {
    /// Where the guest sees disks, and where they lie.
    targets: BTreeMap<String, String>,
    /// The first thing that is refused.
    pub(super) refused: Option<RemoteError>,
}

impl Checked {
    pub(super) fn check(&mut self, device: &Device) {
        // Only the first is told, and what is wrong with a thousand others may be long.
        if self.refused.is_none() {
            self.refused = match device.is_disk {
                true => self.disk(device),
                false => interface(device),
            }
            .err();
        }
    }

    fn disk(&mut self, disk: &Device) -> Result<()> {
        let kind = attribute(&disk.attributes, "type").unwrap_or("file");
        let Some((_, lies)) = DISK_TYPES.into_iter().find(|(name, _)| *name == kind) else {
            return Err(invalid("type", "disk", kind));
        };
        let device = attribute(&disk.attributes, "device").unwrap_or("disk");
        if !DISK_DEVICES.contains(&device) {
            return Err(invalid("device", "disk", device));
        }
        let said = |name| disk.source.as_ref().and_then(|source| attribute(source, name));
        let source = lies.map_or_else(|| said("name"), said).filter(|source| !source.is_empty());
        let Some(target) = &disk.target else {
            let source = source.unwrap_or_default();
            return Err(RemoteError::new(ErrorCode::NO_TARGET, ErrorDomain::DOMAIN, source));
        };
        let has_source = if lies.is_some() { source.is_some() } else { disk.source.is_some() };
        if matches!(device, "disk" | "lun") && !has_source {
            return Err(RemoteError::new(ErrorCode::NO_SOURCE, ErrorDomain::DOMAIN, target.as_str()));
        }
        let source = source.unwrap_or("<null>").to_owned();
        match self.targets.get(target) {
            Some(first) => Err(errors::bad_domain_xml(format!(
                "target '{target}' duplicated for disk sources '{first}' and '{source}'"
            ))),
            None => {
                self.targets.insert(target.clone(), source);
                Ok(())
            }
        }
    }
}

fn interface(interface: &Device) -> Result<()> {
    let kind = attribute(&interface.attributes, "type").unwrap_or("user");
    let Some((_, needs, says)) = INTERFACE_TYPES.into_iter().find(|(name, ..)| *name == kind) else {
        return Err(invalid("type", "interface", kind));
    };
    match (&interface.source, says) {
        (None, _) if needs => {
            let text = format!("interface type='{kind}' requires a 'source' element");
            return Err(errors::bad_domain_xml(text));
        }
        (Some(source), Some(name)) if attribute(source, name).is_none() => {
            return Err(of_xml(format!("Missing required attribute '{name}' in element 'source'")));
        }
        _ => {}
    }
    let Some(Some(said)) = &interface.mac else { return Ok(()) };
    Mac::check(
        said,
        || errors::bad_domain_xml(format!("unable to parse mac address '{said}'")),
        || errors::bad_domain_xml(format!("expected unicast mac address, found multicast '{said}'")),
    )
}

/// In the words of libvirt's reader of attributes, which all kinds of documents have in common.
pub(super) fn invalid(attribute: &str, element: &str, value: &str) -> RemoteError {
    of_xml(format!("Invalid value for attribute '{attribute}' in element '{element}': '{value}'."))
}

pub(super) fn of_xml(text: impl Into<String>) -> RemoteError {
    RemoteError::new(ErrorCode::XML_ERROR, ErrorDomain::XML, text)
}
