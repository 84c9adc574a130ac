//! Domain XML: kept byte for byte but for what libvirt would fill in, read only for what this hypervisor needs to know.

use std::ops::Range;

use virtwire_protocol::error::RemoteError;

use super::super::well_formed::{is_char, well_formed};
use super::super::{Result, Uuid, errors};
use super::edit::escaped;
use super::filled::{Filled, filled};
use super::outline::{BYTES_MAX, NameElement, Outline, Quantity, unit};

/// The types of domain that this hypervisor runs: `test`, which every client knows, and its own name.
pub(super) const DOMAIN_TYPES: [&str; 2] = ["test", "mem"];
/// The virtual CPUs that one guest may have.
pub(super) const VCPUS_MAX: u32 = 255;
/// The memory that one guest may be said to have.
pub(super) const KIB_MAX: u64 = BYTES_MAX >> 10;

/// The longest name of a guest, bytes: events and lists repeat it for everyone who asks.
const NAME_BYTES_MAX: usize = 4_096;

/// A guest's configuration: the document, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Definition {
    /// The document as it came, but for a UUID and all else that libvirt fills in where it is missing, and a name replaced where a migration
    /// renamed the guest.
    pub(super) xml: String,
    pub(super) name: String,
    pub(super) uuid: Uuid,
    pub(super) os_type: String,
    pub(super) memory_max_kib: u64,
    pub(super) memory_kib: u64,
    pub(super) vcpus_max: u32,
    pub(super) vcpus: u32,
}

impl Definition {
    /// Reads a document; `rename` gives the guest another name.
    ///
    /// # Errors
    /// Code 35 for what is not XML, 27 for a domain that cannot be, 67 for one of another hypervisor.
    pub(super) fn parse(xml: &str, rename: Option<&str>) -> Result<Definition> {
        Ok(Definition::read(xml, rename)?.0)
    }

    /// Reads the document of a guest that is to be defined, started, or to have another one in a file or at another host. What is here already, in
    /// an image, or comes from another host, is not measured by this: it may be from before a rule was.
    ///
    /// # Errors
    /// As [`parse`](Definition::parse), and for what libvirt's parser would refuse in the commonest elements.
    pub(super) fn asked(xml: &str) -> Result<Definition> {
        well_formed(xml, 0)?;
        match Definition::read(xml, None)? {
            (definition, None) => Ok(definition),
            (_, Some(refused)) => Err(refused),
        }
    }

    fn read(xml: &str, rename: Option<&str>) -> Result<(Definition, Option<RemoteError>)> {
        let outline = Outline::read(xml)?;
        match &outline.domain_type {
            None => return Err(errors::bad_domain_xml("the domain has no type")),
            Some(kind) if !DOMAIN_TYPES.contains(&kind.as_str()) => {
                return Err(errors::unsupported_domain(format!(
                    "this host runs domains of type 'test' and 'mem', not '{kind}'"
                )));
            }
            Some(_) => {}
        }
        let Some(name) = outline.name else {
            return Err(errors::bad_domain_xml("the domain has no name"));
        };
        let uuid = match outline.uuid {
            None => None,
            Some(text) => Some(
                text.trim()
                    .parse::<Uuid>()
                    .map_err(|error| errors::bad_domain_xml(format!("malformed uuid: {error}")))?,
            ),
        };
        let Some(memory) = outline.memory else {
            return Err(errors::bad_domain_xml("the domain has no memory"));
        };
        let memory_max_kib = kib(&memory)?;
        let memory_kib = outline.current_memory.as_ref().map(kib).transpose()?.unwrap_or(memory_max_kib);
        let memory_kib = memory_kib.min(memory_max_kib);
        let (vcpus_max, vcpus) = vcpus(outline.vcpu)?;

        let (xml, uuid) = document(xml, &name, rename, uuid)?;
        let Filled { xml, refused } = filled(&xml, uuid, memory_max_kib, memory_kib)?;
        let name = rename.map_or(name.value, str::to_owned);
        checked_name(&name)?;
        let too_many =
            || errors::unsupported_domain("maximum vCPU count must not be less than current vCPU count");
        let has_lines = outline.title.is_some_and(|title| title.contains('\n'));
        let lines = || errors::bad_domain_xml("Domain title can't contain newlines");
        let too_large = || errors::too_large(format!("{memory_max_kib} KiB"));
        let refused = has_lines
            .then(lines)
            .or_else(|| (memory_max_kib > KIB_MAX).then(too_large))
            .or_else(|| (vcpus > vcpus_max).then(too_many))
            .or(refused);
        let definition = Definition {
            xml,
            name,
            uuid,
            os_type: outline.os_type.map_or_else(|| "hvm".to_owned(), |text| text.trim().to_owned()),
            memory_max_kib,
            memory_kib,
            vcpus_max,
            vcpus: vcpus.min(vcpus_max),
        };
        Ok((definition, refused))
    }
}

/// The document with the name and the UUID that the guest has: two splices, from the back to the front.
fn document(
    xml: &str,
    name: &NameElement,
    rename: Option<&str>,
    uuid: Option<Uuid>,
) -> Result<(String, Uuid)> {
    let mut text = xml.to_owned();
    let uuid = match uuid {
        Some(uuid) => uuid,
        None => {
            let fresh = Uuid::random();
            let before = xml.get(..name.start).unwrap_or_default();
            let indent = before.get(before.trim_end().len()..).unwrap_or_default();
            text = spliced(&text, name.end..name.end, &format!("{indent}<uuid>{fresh}</uuid>"))?;
            fresh
        }
    };
    if let Some(rename) = rename.filter(|rename| *rename != name.value) {
        if !rename.chars().all(is_char) {
            return Err(errors::bad_domain_xml(format!("no document can have the name {rename:?}")));
        }
        text = spliced(&text, name.content.clone(), &escaped(rename))?;
    }
    Ok((text, uuid))
}

/// The text with a part of it replaced. The reader's positions are trusted as far as they are places in the text.
fn spliced(text: &str, part: Range<usize>, with: &str) -> Result<String> {
    match (text.get(..part.start), text.get(part.end..)) {
        (Some(before), Some(after)) => Ok([before, with, after].concat()),
        _ => Err(errors::not_xml(format!("no place for {with} at byte {}", part.start))),
    }
}

fn checked_name(name: &str) -> Result<()> {
    if name.trim().is_empty() {
        return Err(errors::bad_domain_xml("the domain's name is empty"));
    }
    if name.len() > NAME_BYTES_MAX {
        let found = name.len();
        return Err(errors::bad_domain_xml(format!(
            "the domain's name has {found} bytes; at most {NAME_BYTES_MAX} are allowed"
        )));
    }
    if name.contains(['/', '\n']) {
        return Err(errors::bad_domain_xml(format!("name {name:?} cannot contain '/' or a line end")));
    }
    Ok(())
}

/// The most, and how many of them there are.
fn vcpus(element: Option<Quantity>) -> Result<(u32, u32)> {
    let Some(Quantity { attribute, text }) = element else { return Ok((1, 1)) };
    let wrong =
        |text: &str| errors::bad_domain_xml(format!("vcpu count {text:?}: expected 1 to {VCPUS_MAX}"));
    let number = |text: &str| match text.trim().parse() {
        Ok(count) if (1..=VCPUS_MAX).contains(&count) => Ok(count),
        _ => Err(wrong(text)),
    };
    let max = number(&text)?;
    let current = attribute.as_deref().map(number).transpose()?.unwrap_or(max);
    Ok((max, current))
}

/// An amount of memory, in KiB.
fn kib(element: &Quantity) -> Result<u64> {
    let name = element.attribute.as_deref().unwrap_or("KiB");
    let unknown = || errors::bad_domain_xml(format!("unknown unit {name:?} of memory"));
    let bytes_each = unit(name).ok_or_else(unknown)?;
    let text = element.text.trim();
    let count = text.parse().ok().filter(|count: &u64| *count > 0);
    let count = count.ok_or_else(|| errors::bad_domain_xml(format!("memory of {text:?} {name}")))?;
    let bytes = count.checked_mul(bytes_each).ok_or_else(|| errors::too_large(format!("{text} {name}")))?;
    Ok(bytes.div_ceil(1 << 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "c7a5fdbd-cdaf-9455-926a-d65c16db1809";

    fn domain(children: &str) -> String {
        format!("<domain type='test'>\n  <name>a</name>\n  <uuid>{UUID}</uuid>\n  {children}\n</domain>\n")
    }

    #[test]
    fn a_document_is_kept_byte_for_byte() {
        let xml = "<?xml version='1.0'?>\n<!-- kept --><domain  type=\"mem\" id='7'><name>a&amp;b</name>\t<uuid>\
                   C7A5FDBDCDAF9455926AD65C16DB1809</uuid><memory  unit=\"KiB\">2048</memory><currentMemory unit='KiB'> 2048 </currentMemory>\
                   <vcpu current='1'>2</vcpu><os><type arch='x86_64'>hvm</type></os><devices><disk type='x' device='y'><name>no</name>\
                   </disk></devices></domain>";
        let definition = Definition::parse(xml, None).unwrap();
        assert_eq!(definition.xml, xml);
        assert_eq!(definition.name, "a&b");
        assert_eq!(definition.uuid.to_string(), UUID);
        assert_eq!(definition.os_type, "hvm");
        assert_eq!((definition.memory_max_kib, definition.memory_kib), (2048, 2048));
        assert_eq!((definition.vcpus_max, definition.vcpus), (2, 1));
    }

    #[test]
    fn a_missing_uuid_is_put_behind_the_name_in_its_style() {
        let xml = "<domain type='test'>\n  <name>a</name>\n  <memory>1</memory>\n</domain>";
        let definition = Definition::parse(xml, None).unwrap();
        let uuid = definition.uuid;
        assert_eq!(
            definition.xml,
            format!(
                "<domain type='test'>\n  <name>a</name>\n  <uuid>{uuid}</uuid>\n  <memory unit='KiB'>1</memory>\n  \
                 <currentMemory unit='KiB'>1</currentMemory>\n  <vcpu>1</vcpu>\n</domain>"
            )
        );
        assert_eq!(Definition::parse(&definition.xml, None).unwrap(), definition);
    }

    #[test]
    fn a_byte_order_mark_moves_nothing() {
        let xml = "\u{feff}<domain type='test'><name>a</name><memory unit='KiB'>1</memory></domain>";
        let definition = Definition::parse(xml, Some("b")).unwrap();
        let uuid = format!("<name>b</name><uuid>{}</uuid>", definition.uuid);
        let filled = "</memory><currentMemory unit='KiB'>1</currentMemory><vcpu>1</vcpu>";
        assert_eq!(definition.xml, xml.replace("<name>a</name>", &uuid).replace("</memory>", filled));
    }

    #[test]
    fn renaming_changes_the_name_and_nothing_else() {
        let xml = Definition::parse(&domain("<memory>1</memory>"), None).unwrap().xml;
        let definition = Definition::parse(&xml, Some("b<c")).unwrap();
        assert_eq!(definition.name, "b<c");
        assert_eq!(definition.xml, xml.replace("<name>a</name>", "<name>b&lt;c</name>"));
        assert_eq!(Definition::parse(&definition.xml, None).unwrap(), definition);
        assert_eq!(Definition::parse(&xml, Some("a")).unwrap().xml, xml);
    }

    #[test]
    fn memory_has_units_and_rounds_up() {
        for (element, kib) in [
            ("<memory>1024</memory>", 1024),
            ("<memory unit='b'>1025</memory>", 2),
            ("<memory unit='KB'>1024</memory>", 1000),
            ("<memory unit='M'>1</memory>", 1 << 10),
            ("<memory unit='GiB'>1</memory><memory>7</memory>", 1 << 20),
        ] {
            assert_eq!(Definition::parse(&domain(element), None).unwrap().memory_max_kib, kib, "{element}");
        }
    }

    #[test]
    fn what_is_no_domain_is_refused_with_the_right_code() {
        let memory = "<memory>1</memory>";
        for (xml, code) in [
            (String::new(), 35),
            ("not xml".to_owned(), 35),
            ("<domain type='test'>".to_owned(), 35),
            ("<domain type='test'></x>".to_owned(), 35),
            ("<domain type='test'><name>a</name></domain><domain/>".to_owned(), 35),
            ("<domain type=test/>".to_owned(), 35),
            (domain("<memory>1</memory>&nbsp;"), 35),
            ("<network/>".to_owned(), 27),
            ("<domain/>".to_owned(), 27),
            (domain(""), 27),
            (domain("<memory>0</memory>"), 27),
            (domain("<memory unit='acre'>1</memory>"), 27),
            (domain("<memory unit='TiB'>18446744073709551615</memory>"), 82),
            (domain("<memory unit='EiB'>16</memory>"), 82),
            (domain("<memory unit='EiB'>18446744073709551616</memory>"), 27),
            (domain(&format!("{memory}<vcpu>0</vcpu>")), 27),
            (domain(&format!("{memory}<vcpu>256</vcpu>")), 27),
            (format!("<domain type='test'>{memory}</domain>"), 27),
            (format!("<domain type='test'><name> </name>{memory}</domain>"), 27),
            (format!("<domain type='test'><name>a/b</name>{memory}</domain>"), 27),
            (format!("<domain type='test'><name>a</name><uuid>1</uuid>{memory}</domain>"), 27),
            (domain(memory).replace("'test'", "'kvm'"), 67),
        ] {
            assert_eq!(Definition::parse(&xml, None).unwrap_err().code.0, code, "{xml}");
        }
    }

    /// What a guest that is here may be, and one that is asked for may not.
    #[test]
    fn a_guest_has_no_more_processors_than_there_may_be() {
        let xml = domain("<memory>1</memory><vcpu current='3'>2</vcpu>");
        assert_eq!(Definition::parse(&xml, None).unwrap().vcpus, 2);
        assert_eq!(Definition::asked(&xml).unwrap_err().code.0, 67);
    }

    #[test]
    fn a_guest_has_no_more_memory_than_anything_can_be_long() {
        for (kib, code) in [(9_007_199_254_740_991_u64, 0), (9_007_199_254_740_992, 82)] {
            let xml = domain(&format!("<memory>{kib}</memory>"));
            assert_eq!(Definition::parse(&xml, None).unwrap().memory_max_kib, kib);
            assert_eq!(Definition::asked(&xml).err().map_or(0, |error| error.code.0), code, "{kib}");
        }
    }

    #[test]
    fn a_name_is_no_longer_than_is_told_to_everyone() {
        let memory = domain("<memory>1</memory>");
        for (len, code) in [(4_096, 0), (4_097, 27)] {
            let name = "n".repeat(len);
            let named = memory.replace("<name>a<", &format!("<name>{name}<"));
            for parsed in [Definition::parse(&named, None), Definition::parse(&memory, Some(&name))] {
                assert_eq!(parsed.err().map_or(0, |error| error.code.0), code, "{len}");
            }
        }
    }

    #[test]
    fn no_cut_of_a_document_panics_or_passes() {
        let xml = domain("<memory unit='MiB'>2</memory><os><type>hvm</type></os>");
        for cut in 0..xml.trim_end().len() {
            assert!(Definition::parse(&xml[..cut], None).is_err(), "{}", &xml[..cut]);
        }
    }
}
