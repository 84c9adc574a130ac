//! What a guest has of the host's disks and of its nodes of memory: elements of its document.

use std::collections::BTreeMap;
use std::fmt::Write;

use virtwire_protocol::params::TypedParams;

use super::super::{CpuSet, Result, errors};
use super::edit::escaped;
use super::nested::{first_within, put, put_in, root, text, within};
use super::tuning::unsayable;

const DISKS: &str = "blkiotune";
/// What one of the host's disks has: what it is called to clients, and its element.
const OF_DISK: [(&str, &str); 5] = [
    ("device_weight", "weight"),
    ("device_read_iops_sec", "read_iops_sec"),
    ("device_write_iops_sec", "write_iops_sec"),
    ("device_read_bytes_sec", "read_bytes_sec"),
    ("device_write_bytes_sec", "write_bytes_sec"),
];
/// What is a number of 64 bits among these, and not of 32.
const LONG: &str = "bytes_sec";

const NODES: &str = "numatune";
/// By their numbers for clients.
const MODES: [&str; 4] = ["strict", "preferred", "interleave", "restrictive"];

/// A guest's share of all disks of the host, and of some of them by their paths.
#[derive(Default)]
struct Shares {
    weight: u32,
    disks: BTreeMap<String, [u64; 5]>,
}

impl Shares {
    fn read(xml: &str) -> Result<Shares> {
        let mut shares = Shares::default();
        let Some(tune) = first_within(xml, &root(xml)?, DISKS)? else { return Ok(shares) };
        for element in within(xml, &tune)? {
            match element.name.as_str() {
                "weight" => shares.weight = number(&text(xml, &element)?, "weight")?,
                "device" => {
                    let inside = within(xml, &element)?;
                    let Some(path) = inside.iter().find(|one| one.name == "path") else { continue };
                    let disk = shares.disks.entry(text(xml, path)?).or_default();
                    for ((_, name), value) in OF_DISK.into_iter().zip(disk) {
                        if let Some(found) = inside.iter().find(|one| one.name == name) {
                            *value = number(&text(xml, found)?, name)?;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(shares)
    }

    /// What there is of each disk, as clients are told it.
    fn listed(&self, at: usize) -> String {
        let mut list = String::new();
        for (path, values) in &self.disks {
            if let Some(value) = values.get(at).filter(|value| **value > 0) {
                let comma = if list.is_empty() { "" } else { "," };
                // Writing to a string does not fail.
                let _ = write!(list, "{comma}{path},{value}");
            }
        }
        list
    }

    /// Sets what a client says of some disks.
    fn put(&mut self, at: usize, name: &str, list: &str) -> Result<()> {
        let mut parts = list.split(',');
        while let Some(path) = parts.next() {
            let Some(value) = parts.next().filter(|_| !path.is_empty()) else {
                return Err(errors::invalid_argument(format!(
                    "unable to parse blkio device '{name}' '{list}'"
                )));
            };
            let most = if name.ends_with(LONG) { u64::MAX } else { u32::MAX.into() };
            let Some(value) = value.parse::<u64>().ok().filter(|value| *value <= most) else {
                let detail = format!("invalid value '{value}' for parameter '{name}' of device '{path}'");
                return Err(errors::invalid_argument(detail));
            };
            if let Some(there) = self.disks.entry(path.to_owned()).or_default().get_mut(at) {
                *there = value;
            }
        }
        Ok(())
    }

    /// As an element, if there are any.
    fn element(&self) -> Option<String> {
        let mut inside = String::new();
        if self.weight > 0 {
            let _ = write!(inside, "<weight>{}</weight>", self.weight);
        }
        for (path, values) in &self.disks {
            let of_disk: String = OF_DISK
                .iter()
                .zip(values)
                .filter(|(_, value)| **value > 0)
                .map(|((_, name), value)| format!("<{name}>{value}</{name}>"))
                .collect();
            if !of_disk.is_empty() {
                let _ = write!(inside, "<device><path>{}</path>{of_disk}</device>", escaped(path));
            }
        }
        Some(format!("<{DISKS}>{inside}</{DISKS}>")).filter(|_| !inside.is_empty())
    }
}

fn number<N: std::str::FromStr>(text: &str, name: &str) -> Result<N> {
    text.parse().map_err(|_| errors::bad_domain_xml(format!("<{name}> is {text:?}")))
}

pub(super) fn of_disks(xml: &str) -> Result<TypedParams> {
    let shares = Shares::read(xml)?;
    let mut values = TypedParams::new().with("weight", shares.weight).map_err(unsayable)?;
    for (at, (name, _)) in OF_DISK.into_iter().enumerate() {
        values.push(name, shares.listed(at)).map_err(unsayable)?;
    }
    Ok(values)
}

pub(super) fn with_disks(xml: &str, values: &TypedParams) -> Result<String> {
    let mut shares = Shares::read(xml)?;
    shares.weight = values.u32("weight").unwrap_or(shares.weight);
    for (at, (name, _)) in OF_DISK.into_iter().enumerate() {
        if let Some(list) = values.text(name) {
            shares.put(at, name, &list.to_string_lossy())?;
        }
    }
    put_in(xml, &root(xml)?, DISKS, shares.element().as_deref())
}

/// The mode, by its number, and the nodes.
fn nodes(xml: &str) -> Result<(usize, String)> {
    let tune = first_within(xml, &root(xml)?, NODES)?;
    let memory = tune.map(|tune| first_within(xml, &tune, "memory")).transpose()?.flatten();
    let attribute = |name| memory.as_ref().and_then(|memory| memory.attribute(name)).unwrap_or_default();
    let mode = match attribute("mode") {
        "" => Some(0),
        mode => MODES.iter().position(|known| *known == mode),
    };
    let mode = mode.ok_or_else(|| errors::bad_domain_xml(format!("the mode is {:?}", attribute("mode"))))?;
    Ok((mode, attribute("nodeset").to_owned()))
}

pub(super) fn of_nodes(xml: &str) -> Result<TypedParams> {
    let (mode, nodes) = nodes(xml)?;
    let mode = i32::try_from(mode).unwrap_or(0);
    let values = TypedParams::new().with("numa_mode", mode);
    values.and_then(|values| values.with("numa_nodeset", nodes)).map_err(unsayable)
}

/// What runs has its memory already: it may have more from other nodes, and not in another way.
pub(super) fn with_nodes(xml: &str, values: &TypedParams, live: bool) -> Result<String> {
    let (had_mode, had_nodes) = nodes(xml)?;
    let mode = match values.i32("numa_mode") {
        None => had_mode,
        Some(mode) => {
            let known = usize::try_from(mode).ok().filter(|mode| *mode < MODES.len());
            known.ok_or_else(|| errors::invalid_argument(format!("unsupported numa_mode: '{mode}'")))?
        }
    };
    if live && mode != had_mode {
        return Err(errors::invalid("can't change numatune mode for running domain"));
    }
    let nodes = match values.text("numa_nodeset") {
        None => had_nodes,
        Some(text) => {
            let text = text.to_string_lossy();
            let nodes = text.parse::<CpuSet>();
            nodes
                .map_err(|_| errors::invalid_argument(format!("Failed to parse bitmap '{text}'")))?
                .to_string()
        }
    };
    if nodes.is_empty() {
        let detail = "nodeset for NUMA memory tuning must be set if 'placement' is 'static'";
        return Err(errors::unsupported_domain(detail));
    }
    let mode = MODES.get(mode).copied().unwrap_or_default();
    let element = format!("<memory mode='{mode}' nodeset='{}'/>", escaped(&nodes));
    put(xml, NODES, |one| one.name == "memory", Some(&element))
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &str = "<domain type='mem'>\n  <name>a</name>\n</domain>";

    #[test]
    fn a_share_of_disks_is_set_disk_by_disk() {
        let set = |xml: &str, name: &str, list: &str| {
            with_disks(xml, &TypedParams::new().with(name, list).unwrap())
        };
        let told = |xml: &str, name: &str| of_disks(xml).unwrap().str(name).unwrap().to_owned();
        let one = with_disks(XML, &TypedParams::new().with("weight", 500_u32).unwrap()).unwrap();
        assert_eq!(one, XML.replace("</name>", "</name>\n  <blkiotune><weight>500</weight></blkiotune>"));
        let two = set(&one, "device_weight", "/dev/sdb,300,/dev/sda,200").unwrap();
        let two = set(&two, "device_write_bytes_sec", "/dev/a&b,5000000000").unwrap();
        assert_eq!(of_disks(&two).unwrap().u32("weight"), Some(500));
        assert_eq!(told(&two, "device_weight"), "/dev/sda,200,/dev/sdb,300");
        assert_eq!(told(&two, "device_write_bytes_sec"), "/dev/a&b,5000000000");
        assert!(two.contains("<path>/dev/a&amp;b</path>"), "{two}");
        let less = set(&two, "device_weight", "/dev/sda,0,/dev/sdb,0").unwrap();
        assert_eq!(set(&less, "device_write_bytes_sec", "/dev/a&b,0").unwrap(), one);
        for wrong in [
            "",
            "/dev/sda",
            "/dev/sda,",
            "/dev/sda,x",
            "/dev/sda,-1",
            "/dev/sda,1,",
            ",1",
            "/dev/sda,4294967296",
        ] {
            assert_eq!(set(&two, "device_weight", wrong).unwrap_err().code.0, 8, "{wrong}");
        }
        assert_eq!(of_disks(&one.replace("500", "much")).unwrap_err().code.0, 27);
    }

    #[test]
    fn nodes_are_set_and_what_runs_keeps_its_mode() {
        let values = |mode: i32, nodes: Option<&str>| {
            let values = TypedParams::new().with("numa_mode", mode).unwrap();
            nodes.map_or(values.clone(), |nodes| values.with("numa_nodeset", nodes).unwrap())
        };
        assert_eq!(of_nodes(XML).unwrap().to_string(), "numa_mode=0, numa_nodeset=\"\"");
        let one = with_nodes(XML, &values(1, Some("0,1,3")), false).unwrap();
        assert!(one.contains("<numatune><memory mode='preferred' nodeset='0-1,3'/></numatune>"), "{one}");
        assert_eq!(of_nodes(&one).unwrap().to_string(), "numa_mode=1, numa_nodeset=\"0-1,3\"");
        let two = with_nodes(&one, &values(1, Some("2")), true).unwrap();
        assert!(two.contains("nodeset='2'"), "{two}");
        assert_eq!(with_nodes(&one, &values(0, None), true).unwrap_err().code.0, 55);
        assert_eq!(with_nodes(XML, &values(0, None), false).unwrap_err().code.0, 67);
        for wrong in [values(4, Some("0")), values(-1, Some("0")), values(0, Some("x")), values(0, Some(""))]
        {
            assert_eq!(with_nodes(XML, &wrong, false).unwrap_err().code.0, 8, "{wrong}");
        }
        assert_eq!(of_nodes(&one.replace("preferred", "wrong")).unwrap_err().code.0, 27);
    }
}
