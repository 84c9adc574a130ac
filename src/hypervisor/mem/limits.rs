//! Limits of one of a guest's disks or interfaces: kept in the device's own element.

use std::collections::BTreeMap;
use std::fmt::Write;

use virtwire_protocol::params::TypedParams;
use virtwire_protocol::remote::TypedParam;

use super::super::{Result, errors};
use super::devices;
use super::edit::{Element, escaped};
use super::nested::{first_within, put_in, text, within};
use super::tuning::unsayable;

/// What there is of a disk, in libvirt's order. All are numbers but one.
const DISK: [&str; 20] = [
    "total_bytes_sec",
    "read_bytes_sec",
    "write_bytes_sec",
    "total_iops_sec",
    "read_iops_sec",
    "write_iops_sec",
    "total_bytes_sec_max",
    "read_bytes_sec_max",
    "write_bytes_sec_max",
    "total_iops_sec_max",
    "read_iops_sec_max",
    "write_iops_sec_max",
    "size_iops_sec",
    GROUP,
    "total_bytes_sec_max_length",
    "read_bytes_sec_max_length",
    "write_bytes_sec_max_length",
    "total_iops_sec_max_length",
    "read_iops_sec_max_length",
    "write_iops_sec_max_length",
];
const GROUP: &str = "group_name";

/// What there is of an interface: which way, and which attribute.
const INTERFACE: [(&str, &str); 7] = [
    ("inbound", "average"),
    ("inbound", "peak"),
    ("inbound", "burst"),
    ("inbound", "floor"),
    ("outbound", "average"),
    ("outbound", "peak"),
    ("outbound", "burst"),
];

fn disk(xml: &str, name: &str) -> Result<Element> {
    devices::disk(xml, name)?.ok_or_else(|| errors::no_disk(name))
}

fn interface(xml: &str, name: &str) -> Result<Element> {
    devices::interface(xml, name)?.ok_or_else(|| errors::no_interface(name))
}

pub(super) fn of_disk(xml: &str, name: &str) -> Result<TypedParams> {
    let inside = match first_within(xml, &disk(xml, name)?, "iotune")? {
        Some(tune) => within(xml, &tune)?,
        None => Vec::new(),
    };
    let mut values = TypedParams::new();
    for name in DISK {
        let found = inside.iter().find(|one| one.name == name);
        let text = found.map(|found| text(xml, found)).transpose()?.unwrap_or_default();
        let pushed = match name {
            GROUP => values.push(name, text),
            _ => values.push(name, number::<u64>(&text, name)?),
        };
        pushed.map_err(unsayable)?;
    }
    Ok(values)
}

fn number<N: std::str::FromStr + Default>(text: &str, name: &str) -> Result<N> {
    match text {
        "" => Ok(N::default()),
        text => text.parse().map_err(|_| errors::bad_domain_xml(format!("{name} is {text:?}"))),
    }
}

/// What a limit of reading, of writing or of both is a limit of, such as `bytes_sec`.
fn measure(name: &str) -> Option<&str> {
    ["total_", "read_", "write_"].into_iter().find_map(|way| name.strip_prefix(way))
}

/// The document with these limits of a disk. Who sets one limit of a measure sets all of it: the others go.
pub(super) fn with_disk(xml: &str, name: &str, values: &TypedParams) -> Result<String> {
    let disk = disk(xml, name)?;
    let mut numbers = BTreeMap::new();
    let before = of_disk(xml, name)?;
    for name in DISK {
        let is_set = |TypedParam { field, .. }: &TypedParam| match measure(name) {
            None => field == name,
            measure => field.to_str().is_ok_and(|field| self::measure(field) == measure),
        };
        let from = if values.iter().any(is_set) { values } else { &before };
        numbers.insert(name, from.u64(name).unwrap_or(0));
    }
    check(&numbers)?;
    let group = values.str(GROUP).or_else(|| before.str(GROUP)).unwrap_or_default();
    let mut inside = String::new();
    for name in DISK {
        // Writing to a string does not fail.
        let _ = match numbers.get(name) {
            _ if name == GROUP && !group.is_empty() => write!(inside, "<{name}>{}</{name}>", escaped(group)),
            Some(number) if *number > 0 => write!(inside, "<{name}>{number}</{name}>"),
            _ => continue,
        };
    }
    let tune = Some(format!("<iotune>{inside}</iotune>")).filter(|_| !inside.is_empty());
    put_in(xml, &disk, "iotune", tune.as_deref())
}

/// # Errors
/// Code 8 for a limit of all beside one of reading or writing, for a burst below what may always be, and for the length of none.
fn check(numbers: &BTreeMap<&str, u64>) -> Result<()> {
    let number = |name: &str| numbers.get(name).copied().unwrap_or(0);
    for measure in ["bytes_sec", "iops_sec", "bytes_sec_max", "iops_sec_max"] {
        let [total, read, write] = ["total", "read", "write"].map(|way| number(&format!("{way}_{measure}")));
        if total > 0 && (read > 0 || write > 0) {
            let detail = format!("total and read/write of {measure} cannot be set at the same time");
            return Err(errors::invalid_argument(detail));
        }
    }
    for name in DISK {
        let most = number(&format!("{name}_max"));
        if most > 0 && number(name) > most {
            return Err(errors::invalid_argument(format!("{name} cannot be set higher than {name}_max")));
        }
    }
    Ok(())
}

pub(super) fn of_interface(xml: &str, name: &str) -> Result<TypedParams> {
    let bandwidth = first_within(xml, &interface(xml, name)?, "bandwidth")?;
    let inside = match &bandwidth {
        Some(bandwidth) => within(xml, bandwidth)?,
        None => Vec::new(),
    };
    let mut values = TypedParams::new();
    for (way, attribute) in INTERFACE {
        let found = inside.iter().find(|one| one.name == way);
        let text = found.and_then(|found| found.attribute(attribute)).unwrap_or_default();
        let name = format!("{way}.{attribute}");
        values.push(&name, number::<u32>(text, &name)?).map_err(unsayable)?;
    }
    Ok(values)
}

/// The document with these limits of an interface. Who sets one limit of a way sets all of it: the others go.
pub(super) fn with_interface(xml: &str, name: &str, values: &TypedParams) -> Result<String> {
    let interface = interface(xml, name)?;
    let before = of_interface(xml, name)?;
    let mut ways = String::new();
    for way in ["inbound", "outbound"] {
        let is_set = |one: &TypedParam| {
            let field = one.field.to_str().unwrap_or_default();
            field.split_once('.').is_some_and(|(found, _)| found == way)
        };
        let from = if values.iter().any(is_set) { values } else { &before };
        let limit = |attribute| from.u32(&format!("{way}.{attribute}")).unwrap_or(0);
        let attributes = ["average", "peak", "burst", "floor"].map(|attribute| (attribute, limit(attribute)));
        let there: String = attributes
            .iter()
            .filter(|(_, limit)| *limit > 0)
            .map(|(attribute, limit)| format!(" {attribute}='{limit}'"))
            .collect();
        if there.is_empty() {
            continue;
        }
        if limit("average") == 0 && limit("floor") == 0 {
            let detail = format!("{way} has a peak or a burst, and no average");
            return Err(errors::invalid_argument(detail));
        }
        ways.push_str(&format!("<{way}{there}/>"));
    }
    let bandwidth = Some(format!("<bandwidth>{ways}</bandwidth>")).filter(|_| !ways.is_empty());
    put_in(xml, &interface, "bandwidth", bandwidth.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &str = "<domain type='mem'>\n  <name>a</name>\n  <devices>\n    <disk type='file'>\n      <source file='/a'/>\n      \
                       <target dev='vda'/>\n    </disk>\n    <disk type='file'><target dev='vdb'/></disk>\n    <interface type='user'>\n      \
                       <mac address='52:54:00:00:00:0a'/>\n      <target dev='tap0'/>\n    </interface>\n  </devices>\n</domain>";

    fn limits(values: &[(&str, u64)]) -> TypedParams {
        values.iter().fold(TypedParams::new(), |all, (name, value)| all.with(name, *value).unwrap())
    }

    #[test]
    fn a_disks_limits_are_in_its_element_and_one_measure_is_set_as_a_whole() {
        let set = |xml: &str, disk: &str, values: &[(&str, u64)]| with_disk(xml, disk, &limits(values));
        let told = |xml: &str, name: &str| of_disk(xml, "vda").unwrap().u64(name).unwrap();
        assert_eq!(of_disk(XML, "vda").unwrap().len(), DISK.len());
        let one = set(XML, "vda", &[("read_bytes_sec", 5), ("write_bytes_sec", 6)]).unwrap();
        let element =
            "<iotune><read_bytes_sec>5</read_bytes_sec><write_bytes_sec>6</write_bytes_sec></iotune>";
        assert_eq!(one, XML.replacen("</disk>", &format!("  {element}\n    </disk>"), 1));
        assert_eq!(of_disk(&one, "/a").unwrap(), of_disk(&one, "vda").unwrap());
        let total = set(&one, "/a", &[("total_bytes_sec", 9)]).unwrap();
        assert_eq!(
            ["total_bytes_sec", "read_bytes_sec", "write_bytes_sec"].map(|name| told(&total, name)),
            [9, 0, 0]
        );
        let more = set(&total, "vda", &[("total_bytes_sec_max", 90), ("size_iops_sec", 3)]).unwrap();
        assert_eq!((told(&more, "total_bytes_sec"), told(&more, "size_iops_sec")), (9, 3));
        let named = with_disk(&more, "vda", &TypedParams::new().with(GROUP, "a&b").unwrap()).unwrap();
        assert_eq!(of_disk(&named, "vda").unwrap().str(GROUP), Some("a&b"));
        assert!(named.contains("<group_name>a&amp;b</group_name>"), "{named}");
        assert_eq!(told(&named, "total_bytes_sec_max"), 90);
        for wrong in [
            &[("total_bytes_sec", 91)][..],
            &[("total_iops_sec", 1), ("write_iops_sec", 1)],
            &[("total_iops_sec_max", 1), ("read_iops_sec_max", 1)],
        ] {
            assert_eq!(set(&more, "vda", wrong).unwrap_err().code.0, 8, "{wrong:?}");
        }
        let none = set(&one, "vda", &[("read_bytes_sec", 0)]).unwrap();
        assert_eq!(none, XML);
        assert_eq!(set(XML, "vdz", &[]).unwrap_err().code.0, 8);
        assert_eq!(of_disk(&one.replace(">5<", ">five<"), "vda").unwrap_err().code.0, 27);
    }

    #[test]
    fn an_interfaces_limits_are_in_its_element_and_one_way_is_set_as_a_whole() {
        let set = |xml: &str, values: &[(&str, u32)]| {
            let limits =
                values.iter().fold(TypedParams::new(), |all, (name, value)| all.with(name, *value).unwrap());
            with_interface(xml, "tap0", &limits)
        };
        let one =
            set(XML, &[("inbound.average", 10), ("inbound.burst", 3), ("outbound.average", 7)]).unwrap();
        let element = "<bandwidth><inbound average='10' burst='3'/><outbound average='7'/></bandwidth>";
        assert_eq!(one, XML.replace("</interface>", &format!("  {element}\n    </interface>")));
        assert_eq!(of_interface(&one, "52:54:00:00:00:0A").unwrap().u32("inbound.burst"), Some(3));
        let less = set(&one, &[("inbound.average", 0)]).unwrap();
        let told = of_interface(&less, "tap0").unwrap();
        assert_eq!(
            INTERFACE.map(|(way, attribute)| told.u32(&format!("{way}.{attribute}")).unwrap()),
            [0, 0, 0, 0, 7, 0, 0]
        );
        assert_eq!(set(&less, &[("outbound.average", 0)]).unwrap(), XML);
        assert_eq!(set(XML, &[("inbound.peak", 1)]).unwrap_err().code.0, 8);
        assert_eq!(of_interface(XML, "tap9").unwrap_err().code.0, 8);
        assert_eq!(of_interface(&one.replace("'10'", "'-1'"), "tap0").unwrap_err().code.0, 27);
    }
}
