//! What libvirt says in every domain's document, put into one that does not say it: clients read it there, and take an amount for KiB. All else
//! stays byte for byte as it came, and so does a document that is complete.
//!
//! The same walk has disks and interfaces checked.

use std::collections::BTreeSet;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use virtwire_protocol::error::RemoteError;

use super::super::{Result, Uuid, errors};
use super::device_check::{Checked, Device, attribute};
use super::edit::{XML_BYTES_MAX, attribute_at, attributes, checked, not_xml, position, tag_end};
use super::mac::Mac;

/// A document that says what libvirt's do.
#[derive(Debug)]
pub(super) struct Filled {
    pub(super) xml: String,
    /// The first thing of it that libvirt's parser refuses.
    pub(super) refused: Option<RemoteError>,
}

/// Fills a guest's document in: its memory and how much of that it has, both in KiB; one virtual CPU; the kinds of its disks and
/// interfaces; and an address for each interface.
///
/// # Errors
/// Code 35 for what is not XML, 9 for a document that would be longer than any may be.
pub(super) fn filled(xml: &str, guest: Uuid, memory_max_kib: u64, memory_kib: u64) -> Result<Filled> {
    let mut walk = Walk { xml, ..Walk::default() };
    walk.whole()?;
    walk.fill_amounts(memory_max_kib, memory_kib);
    walk.fill_addresses(guest);
    let Walk { mut edits, checked: Checked { refused, .. }, .. } = walk;
    if edits.is_empty() {
        return Ok(Filled { xml: xml.to_owned(), refused });
    }
    edits.sort_by_key(|(part, _)| part.start);
    Ok(Filled { xml: checked(edited(xml, &edits))?, refused })
}

/// What of a device's element libvirt's parser would refuse.
pub(super) fn check_device(element: &str) -> Result<()> {
    let xml = format!("<domain><devices>{element}</devices></domain>");
    let mut walk = Walk { xml: &xml, ..Walk::default() };
    walk.whole()?;
    walk.checked.refused.map_or(Ok(()), Err)
}

fn edited(xml: &str, edits: &[(Range<usize>, String)]) -> Option<String> {
    let (mut text, mut at) = (String::with_capacity(xml.len()), 0);
    for (part, with) in edits {
        text.push_str(xml.get(at..part.start)?);
        text.push_str(with);
        at = part.end;
    }
    text.push_str(xml.get(at..)?);
    Some(text)
}

/// Where an element is: with its tags, and what is between them.
#[derive(Debug)]
struct Place {
    whole: Range<usize>,
    content: Range<usize>,
}

/// Where an interface's address is to be put, between these two.
#[derive(Debug)]
struct Wanting {
    part: Range<usize>,
    before: String,
    after: &'static str,
}

#[derive(Debug, Default)]
struct Walk<'a> {
    xml: &'a str,
    memory: Option<Place>,
    current_memory: Option<Place>,
    vcpu: Option<Place>,
    /// What is to be in the place of what, in no order.
    edits: Vec<(Range<usize>, String)>,
    /// How much longer they make the document, at most.
    grown: usize,
    wanting: Vec<Wanting>,
    macs: BTreeSet<Mac>,
    checked: Checked,
}

impl Walk<'_> {
    fn whole(&mut self) -> Result<()> {
        // The reader does not count a byte order mark in its positions.
        let document = self.xml.trim_start_matches('\u{feff}');
        let mark_bytes = self.xml.len() - document.len();
        let mut reader = Reader::from_str(document);
        reader.config_mut().expand_empty_elements = true;
        let (mut depth, mut in_devices) = (0_usize, false);
        let (mut open, mut device) = (None::<Range<usize>>, None::<Device>);
        loop {
            let start = mark_bytes + position(&reader);
            let event = reader.read_event().map_err(|error| not_xml(start as u64, error))?;
            let here = mark_bytes + position(&reader);
            match event {
                Event::Start(tag) => {
                    match depth {
                        1 => {
                            in_devices = tag.name().as_ref() == "devices";
                            open = Some(start..here);
                        }
                        2 if in_devices => device = self.device(&tag, start..here)?,
                        3 => {
                            if let Some(device) = &mut device {
                                self.part(device, &tag, start..here)?;
                            }
                        }
                        _ => {}
                    }
                    depth += 1;
                }
                Event::End(tag) => {
                    depth = depth.saturating_sub(1);
                    if depth == 2
                        && let Some(device) = device.take()
                    {
                        self.end(&device)?;
                    }
                    if depth == 1
                        && let Some(open) = open.take()
                    {
                        self.keep(tag.name().as_ref(), open, start..here);
                    }
                }
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    /// Of each the first.
    fn keep(&mut self, name: &str, open: Range<usize>, close: Range<usize>) {
        let place = match name {
            "memory" => &mut self.memory,
            "currentMemory" => &mut self.current_memory,
            "vcpu" => &mut self.vcpu,
            _ => return,
        };
        let content = open.end..close.start.max(open.end);
        place.get_or_insert(Place { whole: open.start..close.end, content });
    }

    fn device(&mut self, tag: &BytesStart<'_>, at: Range<usize>) -> Result<Option<Device>> {
        let is_disk = match tag.name().as_ref() {
            "disk" => true,
            "interface" => false,
            _ => return Ok(None),
        };
        let attributes = attributes(tag, at.start)?;
        let missing = |name, value: &str| match attribute(&attributes, name) {
            None => format!(" {name}='{value}'"),
            Some(_) => String::new(),
        };
        let more = match is_disk {
            true => missing("type", "file") + &missing("device", "disk"),
            false => missing("type", "user"),
        };
        if !more.is_empty() {
            let end = self.end_of_tag(&at);
            self.edit(end..end, more)?;
        }
        Ok(Some(Device { is_disk, tag: at, attributes, source: None, target: None, mac: None }))
    }

    fn part(&mut self, device: &mut Device, tag: &BytesStart<'_>, at: Range<usize>) -> Result<()> {
        match tag.name().as_ref() {
            "source" if device.source.is_none() => device.source = Some(attributes(tag, at.start)?),
            "target" if device.is_disk && device.target.is_none() => {
                device.target = attribute(&attributes(tag, at.start)?, "dev").map(str::to_owned);
            }
            "mac" if !device.is_disk && device.mac.is_none() => {
                let said = attribute(&attributes(tag, at.start)?, "address").map(str::to_owned);
                match &said {
                    None => {
                        let end = self.end_of_tag(&at);
                        self.wants(end..end, " address='".to_owned(), "'")?;
                    }
                    Some(said) => self.lower(said, &at)?,
                }
                device.mac = Some(said);
            }
            _ => {}
        }
        Ok(())
    }

    /// An address is told in lower case.
    fn lower(&mut self, said: &str, tag: &Range<usize>) -> Result<()> {
        let Some(mac) = Mac::read(said) else { return Ok(()) };
        self.macs.insert(mac);
        let plain = mac.to_string();
        let there = self.xml.get(tag.clone()).and_then(|text| attribute_at(text, "address"));
        match there {
            Some(part) if plain != said => {
                let part = tag.start + part.start..tag.start + part.end;
                self.edit(part, format!(" address='{plain}'"))
            }
            _ => Ok(()),
        }
    }

    fn end(&mut self, device: &Device) -> Result<()> {
        if !device.is_disk && device.mac.is_none() {
            let (start, end) = (self.end_of_tag(&device.tag), device.tag.end);
            let is_empty = self.xml.get(device.tag.clone()).is_some_and(|tag| tag.ends_with("/>"));
            if is_empty {
                self.wants(start..end, "><mac address='".to_owned(), "'/></interface>")?;
            } else {
                let behind = self.xml.get(end..).unwrap_or_default();
                let indent = behind.get(..behind.len() - behind.trim_start().len()).unwrap_or_default();
                self.wants(end..end, format!("{indent}<mac address='"), "'/>")?;
            }
        }
        self.checked.check(device);
        Ok(())
    }

    fn fill_amounts(&mut self, memory_max_kib: u64, memory_kib: u64) {
        let Some(memory) = self.memory.take() else { return };
        self.in_kib(&memory, memory_max_kib);
        let mut end = memory.whole.end;
        let before = self.xml.get(..memory.whole.start).unwrap_or_default();
        let indent = before.get(before.trim_end().len()..).unwrap_or_default();
        let mut behind = String::new();
        match self.current_memory.take() {
            Some(current) => {
                self.in_kib(&current, memory_kib);
                end = current.whole.end;
            }
            None => behind += &format!("{indent}<currentMemory unit='KiB'>{memory_kib}</currentMemory>"),
        }
        if self.vcpu.is_none() {
            behind += &format!("{indent}<vcpu>1</vcpu>");
        }
        if !behind.is_empty() {
            self.edits.push((end..end, behind));
        }
    }

    /// Has an amount be told in KiB, as this number where it is another.
    fn in_kib(&mut self, place: &Place, kib: u64) {
        let tag = place.whole.start..place.content.start;
        let text = self.xml.get(tag.clone()).unwrap_or_default();
        let unit = attribute_at(text, "unit");
        let is_kib = match unit.as_ref().and_then(|unit| text.get(unit.clone())) {
            Some(unit) => unit.ends_with("'KiB'") || unit.ends_with("\"KiB\""),
            None => true,
        };
        if unit.is_none() || !is_kib {
            let end = self.end_of_tag(&tag);
            let part = unit.map_or(end..end, |unit| tag.start + unit.start..tag.start + unit.end);
            self.edits.push((part, " unit='KiB'".to_owned()));
        }
        let said = self.xml.get(place.content.clone()).unwrap_or_default();
        if !is_kib || said.trim().parse::<u64>().is_ok_and(|said| said != kib) {
            self.edits.push((place.content.clone(), kib.to_string()));
        }
    }

    fn fill_addresses(&mut self, guest: Uuid) {
        let mut number = 0;
        for Wanting { part, before, after } in std::mem::take(&mut self.wanting) {
            // All of a guest's are different, and there are more than a document has room for.
            let mac = loop {
                let mac = Mac::of(guest, number);
                number += 1;
                if self.macs.insert(mac) {
                    break mac;
                }
            };
            self.edits.push((part, format!("{before}{mac}{after}")));
        }
    }

    /// Where a tag has room for one more attribute.
    fn end_of_tag(&self, tag: &Range<usize>) -> usize {
        tag.start + tag_end(self.xml.get(tag.clone()).unwrap_or_default())
    }

    fn edit(&mut self, part: Range<usize>, with: String) -> Result<()> {
        self.grows(with.len())?;
        self.edits.push((part, with));
        Ok(())
    }

    fn wants(&mut self, part: Range<usize>, before: String, after: &'static str) -> Result<()> {
        self.grows(before.len() + after.len())?;
        self.wanting.push(Wanting { part, before, after });
        Ok(())
    }

    /// What is put in is bounded before it is kept: a document may be nothing but empty elements.
    fn grows(&mut self, more: usize) -> Result<()> {
        self.grown += more;
        match self.grown > XML_BYTES_MAX {
            true => Err(errors::failed(format!("the document would have more than {XML_BYTES_MAX} bytes"))),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUEST: Uuid = Uuid([7; 16]);

    fn fill(xml: &str) -> Filled {
        filled(xml, GUEST, 65_536, 32_768).unwrap()
    }

    fn with(devices: &str) -> String {
        format!(
            "\u{feff}<domain>\n  <memory unit='KiB'>65536</memory>\n  <currentMemory unit='KiB'>32768</currentMemory>\n  <vcpu>1</vcpu>\n  \
             <devices>\n    {devices}\n  </devices>\n</domain>"
        )
    }

    #[test]
    fn amounts_are_told_in_kib() {
        let whole = "<memory unit='KiB'>65536</memory>\n <currentMemory unit='KiB'>32768</currentMemory>\n <vcpu>1</vcpu>";
        for (before, after) in [
            ("<memory unit='MiB'>64</memory>", whole),
            ("<memory>65536</memory>", whole),
            (
                "<memory  unit = \"MiB\" dumpCore='on' >64</memory><!-- kept -->\n <vcpu>2</vcpu>",
                "<memory unit='KiB' dumpCore='on' >65536</memory>\n <currentMemory unit='KiB'>32768</currentMemory><!-- kept -->\n <vcpu>2</vcpu>",
            ),
            (
                "<currentMemory unit='MiB'>32</currentMemory>\n <memory unit='b'>1</memory><memory>3</memory>",
                "<currentMemory unit='KiB'>32768</currentMemory>\n <vcpu>1</vcpu>\n <memory unit='KiB'>65536</memory><memory>3</memory>",
            ),
            // More than all there is.
            (
                "<memory unit='KiB'>65536</memory><currentMemory unit='KiB'>99999</currentMemory><vcpu/>",
                "<memory unit='KiB'>65536</memory><currentMemory unit='KiB'>32768</currentMemory><vcpu/>",
            ),
        ] {
            let domain = |amounts: &str| format!("<domain>\n {amounts}\n</domain>");
            assert_eq!(fill(&domain(before)).xml, domain(after));
            assert_eq!(fill(&domain(after)).xml, domain(after));
        }
    }

    #[test]
    fn devices_say_what_they_are() {
        let [zero, one] = [0, 1].map(|number| Mac::of(GUEST, number));
        for (before, after) in [
            (
                "<disk><target dev='vda'/></disk>",
                "<disk type='file' device='disk'><target dev='vda'/></disk>",
            ),
            ("<disk device='cdrom' />", "<disk device='cdrom' type='file' />"),
            ("<disk type='block'/>", "<disk type='block' device='disk'/>"),
            (
                "<interface type='user'/>",
                &*format!("<interface type='user'><mac address='{zero}'/></interface>"),
            ),
            (
                "<interface>\n      <source network='lan'/>\n    </interface>",
                &*format!(
                    "<interface type='user'>\n      <mac address='{zero}'/>\n      <source network='lan'/>\n    </interface>"
                ),
            ),
            (
                "<interface type='user'><mac/></interface>",
                &*format!("<interface type='user'><mac address='{zero}'/></interface>"),
            ),
            (
                "<interface type='user'><mac type='static' address=\"52:54:00:0A:0B:0C\"/></interface>",
                "<interface type='user'><mac type='static' address='52:54:00:0a:0b:0c'/></interface>",
            ),
            // Each has another, and that of the first is taken.
            (
                &*format!(
                    "<interface type='user'/><interface type='user'><mac address='{zero}'/></interface>"
                ),
                &*format!(
                    "<interface type='user'><mac address='{one}'/></interface><interface type='user'><mac address='{zero}'/></interface>"
                ),
            ),
            // They are other things where they are not a guest's own devices.
            ("<a><disk/><interface/></a>", "<a><disk/><interface/></a>"),
        ] {
            assert_eq!(fill(&with(before)).xml, with(after));
            assert_eq!(fill(&with(after)).xml, with(after));
        }
    }

    #[test]
    fn what_libvirt_refuses_is_found() {
        let disk = |target: &str| {
            format!("<disk type='file'><source file='/{target}'/><target dev='{target}'/></disk>")
        };
        for (devices, code, domain) in [
            (disk("vda") + &disk("vdb"), 0, 0),
            (disk("vda") + &disk("vda"), 27, 20),
            (disk("vda").replace("<target dev='vda'/>", ""), 20, 20),
            (disk("vda").replace("'file'", "'foo'"), 27, 5),
            (disk("vda").replace(" type", " device='foo' type"), 27, 5),
            (disk("vda").replace("'file'", "'block'"), 19, 20),
            ("<disk type='file'><target dev='vda'/></disk>".to_owned(), 19, 20),
            ("<disk type='file' device='cdrom'><target dev='hda'/></disk>".to_owned(), 0, 0),
            ("<disk type='network'><source protocol='nbd'/><target dev='vda'/></disk>".to_owned(), 0, 0),
            ("<interface type='foo'/>".to_owned(), 27, 5),
            ("<interface type='network'/>".to_owned(), 27, 20),
            ("<interface type='network'><source bridge='a'/></interface>".to_owned(), 27, 5),
            ("<interface type='bridge'><source bridge='a'/></interface>".to_owned(), 0, 0),
            ("<interface type='user'><mac address='zz'/></interface>".to_owned(), 27, 20),
            ("<interface type='user'><mac address='01:00:5e:00:00:01'/></interface>".to_owned(), 27, 20),
            ("<interface><mac address='52:54:00:00:00:01'/></interface>".to_owned(), 0, 0),
        ] {
            let refused = fill(&with(&devices)).refused;
            let found = refused.map_or((0, 0), |error| (error.code.0, error.domain.0));
            assert_eq!(found, (code, domain), "{devices}");
            let alone = check_device(&devices).err().map_or((0, 0), |error| (error.code.0, error.domain.0));
            assert_eq!(alone, (code, domain), "{devices}");
        }
    }

    #[test]
    fn what_is_filled_in_is_bounded() {
        let many = with(&"<disk/>".repeat(300_000));
        assert_eq!(filled(&many, GUEST, 1, 1).unwrap_err().code.0, 9);
    }
}
