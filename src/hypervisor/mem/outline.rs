//! What a domain XML document says of the things that matter here.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::super::{Result, Uuid, errors};
pub(super) use super::edit::{not_xml, position, resolve};

/// The first of each thing, as an XPath would find it.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) domain_type: Option<String>,
    pub(super) name: Option<NameElement>,
    pub(super) title: Option<String>,
    pub(super) uuid: Option<String>,
    pub(super) memory: Option<Quantity>,
    pub(super) current_memory: Option<Quantity>,
    pub(super) vcpu: Option<Quantity>,
    pub(super) os_type: Option<String>,
}

/// The name, and where in the document its element and its content are.
#[derive(Debug)]
pub(super) struct NameElement {
    pub(super) value: String,
    pub(super) start: usize,
    pub(super) content: Range<usize>,
    pub(super) end: usize,
}

/// An element with a number in it and an attribute that changes its meaning.
#[derive(Debug, Default)]
pub(super) struct Quantity {
    /// `unit` of memory, `current` of vcpu.
    pub(super) attribute: Option<String>,
    pub(super) text: String,
}

/// An element whose text is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Name,
    Title,
    Uuid,
    Memory,
    CurrentMemory,
    Vcpu,
    OsType,
}

impl Wanted {
    fn at(depth: usize, inside_os: bool, element: &str) -> Option<Wanted> {
        match (depth, element) {
            (1, "name") => Some(Wanted::Name),
            (1, "title") => Some(Wanted::Title),
            (1, "uuid") => Some(Wanted::Uuid),
            (1, "memory") => Some(Wanted::Memory),
            (1, "currentMemory") => Some(Wanted::CurrentMemory),
            (1, "vcpu") => Some(Wanted::Vcpu),
            (2, "type") if inside_os => Some(Wanted::OsType),
            _ => None,
        }
    }
}

/// The element being read.
struct Open {
    wanted: Wanted,
    /// The depth of its content.
    depth: usize,
    start: usize,
    content_start: usize,
    quantity: Quantity,
}

impl Outline {
    /// # Errors
    /// Code 35 for what is not XML, 27 for another root element.
    pub(super) fn read(xml: &str) -> Result<Outline> {
        // The reader does not count a byte order mark in its positions.
        let document = xml.trim_start_matches('\u{feff}');
        let mark_bytes = xml.len() - document.len();
        let mut reader = Reader::from_str(document);
        reader.config_mut().expand_empty_elements = true;
        let mut outline = Outline::default();
        // How many elements are open, whether the second of them is <os>, and the one whose text is wanted.
        let (mut depth, mut inside_os, mut open) = (0_usize, false, None::<Open>);
        let mut has_root = false;
        loop {
            let start = mark_bytes + position(&reader);
            let event = reader.read_event().map_err(|error| not_xml(reader.error_position(), error))?;
            let here = mark_bytes + position(&reader);
            match event {
                Event::Start(element) => {
                    let attribute = attributes(&element).map_err(|error| not_xml(start as u64, error))?;
                    let name = element.name();
                    match depth {
                        0 if has_root => return Err(not_xml(start as u64, "a second root element")),
                        0 if name.as_ref() != "domain" => {
                            let root = name.as_ref();
                            return Err(errors::bad_domain_xml(format!(
                                "root element '{root}' instead of 'domain'"
                            )));
                        }
                        0 => (has_root, outline.domain_type) = (true, attribute.clone()),
                        1 => inside_os = name.as_ref() == "os",
                        _ => {}
                    }
                    if let Some(wanted) = Wanted::at(depth, inside_os, name.as_ref()) {
                        let quantity = Quantity { attribute, text: String::new() };
                        open = Some(Open { wanted, depth: depth + 1, start, content_start: here, quantity });
                    }
                    depth += 1;
                }
                Event::End(_) => {
                    if let Some(done) = open.take_if(|open| open.depth == depth) {
                        outline.keep(done, start, here);
                    }
                    depth -= 1;
                }
                Event::Text(text) if depth == 0 && !text.trim().is_empty() => {
                    return Err(not_xml(start as u64, "text outside the root element"));
                }
                Event::Text(text) => append(&mut open, depth, &text.xml10_content()),
                Event::CData(text) => append(&mut open, depth, &text.xml10_content()),
                Event::GeneralRef(reference) => {
                    let character = resolve(&reference).map_err(|error| not_xml(start as u64, error))?;
                    append(&mut open, depth, character.encode_utf8(&mut [0; 4]));
                }
                Event::Eof if depth > 0 => {
                    return Err(not_xml(here as u64, "the document ends inside an element"));
                }
                Event::Eof if !has_root => return Err(not_xml(here as u64, "the document is empty")),
                Event::Eof => return Ok(outline),
                _ => {}
            }
        }
    }

    /// Whom it is about.
    pub(super) fn described(self) -> Option<(Option<Uuid>, String)> {
        Some((self.uuid.and_then(|text| text.trim().parse().ok()), self.name?.value))
    }

    fn keep(&mut self, done: Open, content_end: usize, end: usize) {
        let Open { wanted, start, content_start, quantity, .. } = done;
        match wanted {
            Wanted::Name => {
                let content = content_start..content_end;
                self.name.get_or_insert(NameElement { value: quantity.text, start, content, end });
            }
            Wanted::Title => {
                self.title.get_or_insert(quantity.text);
            }
            Wanted::Uuid => {
                self.uuid.get_or_insert(quantity.text);
            }
            Wanted::Memory => {
                self.memory.get_or_insert(quantity);
            }
            Wanted::CurrentMemory => {
                self.current_memory.get_or_insert(quantity);
            }
            Wanted::Vcpu => {
                self.vcpu.get_or_insert(quantity);
            }
            Wanted::OsType => {
                self.os_type.get_or_insert(quantity.text);
            }
        }
    }
}

fn append(open: &mut Option<Open>, depth: usize, text: &str) {
    // What is in an element within a title is of it, too.
    let is_its = |open: &Open| open.depth == depth || open.wanted == Wanted::Title;
    if let Some(open) = open.as_mut().filter(|open| is_its(open)) {
        open.quantity.text.push_str(text);
    }
}

/// Reads every attribute, since a malformed one makes the document no XML, and returns the one that matters.
fn attributes(element: &BytesStart<'_>) -> std::result::Result<Option<String>, quick_xml::Error> {
    let mut found = None;
    for attribute in element.attributes() {
        let attribute = attribute?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0)?;
        if matches!(attribute.key.as_ref(), "type" | "unit" | "current") {
            found = Some(value.into_owned());
        }
    }
    Ok(found)
}

/// The most bytes that anything has: a file's length is signed.
pub(super) const BYTES_MAX: u64 = u64::MAX >> 1;

/// How many bytes a unit of memory or storage has, by its name.
pub(super) fn unit(name: &str) -> Option<u64> {
    Some(match name.to_ascii_lowercase().as_str() {
        "b" | "byte" | "bytes" => 1,
        "kb" => 1_000,
        "k" | "kib" => 1 << 10,
        "mb" => 1_000_000,
        "m" | "mib" => 1 << 20,
        "gb" => 1_000_000_000,
        "g" | "gib" => 1 << 30,
        "tb" => 1_000_000_000_000,
        "t" | "tib" => 1 << 40,
        "pb" => 1_000_000_000_000_000,
        "p" | "pib" => 1 << 50,
        "eb" => 1_000_000_000_000_000_000,
        "e" | "eib" => 1 << 60,
        _ => return None,
    })
}
