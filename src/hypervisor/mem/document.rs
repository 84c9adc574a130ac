//! The documents of networks, pools and volumes: kept byte for byte, read for the little that is needed of them.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};

use super::super::{Result, Uuid, errors};
use super::outline::{BYTES_MAX, not_xml, position, resolve, unit};

/// The longest name, of a thing or of a kind, bytes.
const NAME_BYTES_MAX: usize = 256;
/// The longest place of a pool, and name of a bridge. As long as a path of Linux.
const PLACE_BYTES_MAX: usize = 4_096;
/// How deep what is needed lies below the root.
const DEPTH_MAX: usize = 3;
/// What somebody reads. Nothing else is kept: of whatever else a document has many, none costs memory.
const WANTED: [&str; 25] = [
    "@type",
    "name",
    "uuid",
    "description",
    "capacity",
    "capacity@unit",
    "allocation",
    "allocation@unit",
    "target/path",
    "target/format@type",
    "target/encryption@format",
    "target/permissions/mode",
    "target/permissions/owner",
    "target/permissions/group",
    "target/permissions/label",
    "source/device@path",
    "source/dir@path",
    "source/host@name",
    "backingStore/path",
    "bridge@name",
    "memory@snapshot",
    "memory@file",
    "state",
    "creationTime",
    "parent/name",
];
/// What is told again and again, or kept beside the document, and how long it may be.
const TOLD: [(&str, usize); 8] = [
    ("@type", NAME_BYTES_MAX),
    ("target/path", PLACE_BYTES_MAX),
    ("target/format@type", NAME_BYTES_MAX),
    ("target/permissions/label", NAME_BYTES_MAX),
    ("bridge@name", PLACE_BYTES_MAX),
    ("source/device@path", PLACE_BYTES_MAX),
    ("source/dir@path", PLACE_BYTES_MAX),
    ("source/host@name", PLACE_BYTES_MAX),
];

/// What a document says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Document {
    /// As it came, with a UUID put in where there was none and one is wanted.
    pub(super) xml: String,
    pub(super) name: String,
    /// Texts by `element` or `element/element` and so on, and attributes by `element@name`, below the root, or by `@name` of the root; of each the
    /// first.
    fields: Fields,
}

/// That something can be called so.
pub(super) fn check_name(what: &str, name: &str) -> Result<()> {
    match name.trim().is_empty() || name.len() > NAME_BYTES_MAX || name.contains(['/', '\n']) {
        true => Err(errors::bad_domain_xml(format!("the {what} has no good name: {name:?}"))),
        false => Ok(()),
    }
}

impl Document {
    /// Reads one whose root is of this name.
    ///
    /// # Errors
    /// Code 35 for what is not XML, 27 for another root element and for no good name.
    pub(super) fn read(xml: String, root: &str) -> Result<Document> {
        let (fields, _) = fields(&xml, root)?;
        Document::checked(xml, root, fields)
    }

    fn checked(xml: String, root: &str, fields: Fields) -> Result<Document> {
        let name = fields.get("name").map(String::as_str).unwrap_or_default();
        check_name(root, name)?;
        for (field, most) in TOLD {
            if fields.get(field).is_some_and(|text| text.len() > most) {
                let text = format!("{field} of the {root} has more than {most} bytes");
                return Err(errors::bad_domain_xml(text));
            }
        }
        Ok(Document { name: name.to_owned(), fields, xml })
    }

    /// The same of a document that has a UUID, or gets one behind its name.
    pub(super) fn with_uuid(xml: String, root: &str) -> Result<(Document, Uuid)> {
        // The reader does not count a byte order mark in its positions.
        let mut xml = xml.trim_start_matches('\u{feff}').to_owned();
        let (mut found, name_end) = fields(&xml, root)?;
        let uuid = match found.get("uuid") {
            Some(text) => text
                .trim()
                .parse::<Uuid>()
                .map_err(|error| errors::bad_domain_xml(format!("malformed uuid: {error}")))?,
            None => {
                let uuid = Uuid::random();
                if let Some(end) = name_end.filter(|end| xml.is_char_boundary(*end)) {
                    xml.insert_str(end, &format!("<uuid>{uuid}</uuid>"));
                    found.insert("uuid", uuid.to_string());
                }
                uuid
            }
        };
        Ok((Document::checked(xml, root, found)?, uuid))
    }

    pub(super) fn field(&self, path: &str) -> Option<&str> {
        self.fields.get(path).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// Whether it says something there, be it nothing.
    pub(super) fn has(&self, path: &str) -> bool {
        self.fields.contains_key(path)
    }

    /// A number of bytes with a unit, such as `<capacity unit='MiB'>8</capacity>`.
    pub(super) fn bytes(&self, path: &str) -> Result<Option<u64>> {
        let Some(text) = self.field(path) else { return Ok(None) };
        let name = self.field(&format!("{path}@unit")).unwrap_or("B");
        let unknown = || errors::bad_domain_xml(format!("unknown unit {name:?} of {path}"));
        let each = unit(name).ok_or_else(unknown)?;
        let count = text.parse::<u64>();
        let count = count.map_err(|_| errors::bad_domain_xml(format!("{path} of {text:?} {name}")))?;
        let bytes = count.checked_mul(each).filter(|bytes| *bytes <= BYTES_MAX);
        bytes.map(Some).ok_or_else(|| errors::too_large(format!("{text} {name}")))
    }
}

/// Whom one whose root is of this name is about.
pub(super) fn described(xml: &str, root: &str) -> Option<(Option<Uuid>, String)> {
    let (mut fields, _) = fields(xml.trim_start_matches('\u{feff}'), root).ok()?;
    Some((fields.get("uuid").and_then(|text| text.trim().parse().ok()), fields.remove("name")?))
}

pub(super) type Fields = BTreeMap<&'static str, String>;

fn wanted(path: &str) -> Option<&'static str> {
    WANTED.into_iter().find(|wanted| *wanted == path)
}

/// All fields that are wanted, and where the name's element ends.
pub(super) fn fields(xml: &str, root: &str) -> Result<(Fields, Option<usize>)> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let (mut fields, mut name_end) = (Fields::new(), None);
    // Of each the first: those that have ended.
    let mut ended = BTreeSet::new();
    // The elements that are open, and how many are too deep to matter.
    let (mut open, mut deeper) = (Vec::<String>::new(), 0_usize);
    let mut has_root = false;
    loop {
        let event = reader.read_event().map_err(|error| not_xml(reader.error_position(), error))?;
        let here = position(&reader);
        let path = |open: &[String]| open.get(1..).unwrap_or_default().join("/");
        let mut append = |open: &[String], text: &str| {
            if (2..=DEPTH_MAX + 1).contains(&open.len())
                && deeper == 0
                && let Some(path) = wanted(&path(open)).filter(|path| !ended.contains(path))
            {
                fields.entry(path).or_default().push_str(text);
            }
        };
        match event {
            Event::Start(element) => {
                let name = element.name().as_ref().to_owned();
                match (open.is_empty(), has_root) {
                    (true, true) => return Err(not_xml(here as u64, "a second root element")),
                    (true, false) if name != root => {
                        let text = format!("expecting root element of '{root}', not '{name}'");
                        return Err(errors::bad_domain_xml(text));
                    }
                    _ => has_root = true,
                }
                if open.len() > DEPTH_MAX {
                    deeper += 1;
                    continue;
                }
                // All that follows below it is told by its name.
                if name.len() > NAME_BYTES_MAX {
                    let text = format!("an element's name has more than {NAME_BYTES_MAX} bytes");
                    return Err(errors::bad_domain_xml(text));
                }
                open.push(name);
                let path = path(&open);
                for attribute in element.attributes() {
                    let wrong = |error: &dyn std::fmt::Display| not_xml(here as u64, error.to_string());
                    let attribute = attribute.map_err(|error| wrong(&error))?;
                    let value =
                        attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| wrong(&error))?;
                    if let Some(wanted) = wanted(&format!("{path}@{}", attribute.key.as_ref())) {
                        fields.entry(wanted).or_insert(value.into_owned());
                    }
                }
            }
            Event::End(_) if deeper > 0 => deeper -= 1,
            Event::End(_) => {
                if open.len() == 2 && open.last().is_some_and(|last| last == "name") {
                    name_end.get_or_insert(here);
                }
                ended.extend(wanted(&path(&open)));
                open.pop();
            }
            Event::Text(text) => append(&open, &text.xml10_content()),
            Event::CData(text) => append(&open, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                let character = resolve(&reference).map_err(|error| not_xml(here as u64, error))?;
                append(&open, character.encode_utf8(&mut [0; 4]));
            }
            Event::Eof if !open.is_empty() => {
                return Err(not_xml(here as u64, "the document ends inside an element"));
            }
            Event::Eof if !has_root => return Err(not_xml(here as u64, "the document is empty")),
            Event::Eof => return Ok((fields, name_end)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_is_read_and_the_rest_is_kept() {
        let xml = "<network><!-- kept -->\n<name>a&amp;b</name><bridge name='virbr7' stp=\"on\"/><ip><dhcp><range>x</range></dhcp></ip></network>";
        let (document, uuid) = Document::with_uuid(xml.to_owned(), "network").unwrap();
        assert_eq!((document.name.as_str(), document.field("bridge@name")), ("a&b", Some("virbr7")));
        assert_eq!(document.field("ip/dhcp/range"), None);
        let with = xml.replace("</name>", &format!("</name><uuid>{uuid}</uuid>"));
        assert_eq!(document.xml, with);
        assert_eq!(Document::with_uuid(with.clone(), "network").unwrap(), (document, uuid));
        let twice =
            "<volume><name>a</name><name>b</name><capacity>1</capacity><capacity>2</capacity></volume>";
        let document = Document::read(twice.to_owned(), "volume").unwrap();
        assert_eq!((document.name.as_str(), document.bytes("capacity").unwrap()), ("a", Some(1)));
    }

    /// However many elements and attributes there are, and however long their names, no more is kept than what is read.
    #[test]
    fn what_nobody_reads_costs_no_memory() {
        let many: String =
            (0..500).map(|number| format!("<a{number} b='' c{number}='x'>t</a{number}>")).collect();
        let xml = format!(
            "<pool><name>a</name><x y='1'>{many}</x>{many}<target z=''><path>/p</path></target></pool>"
        );
        let (kept, _) = fields(&xml, "pool").unwrap();
        assert_eq!(kept, Fields::from([("name", "a".to_owned()), ("target/path", "/p".to_owned())]));
        let long = "A".repeat(NAME_BYTES_MAX + 1);
        for xml in [
            format!("<pool type='{}'><name>a</name></pool>", "A".repeat(PLACE_BYTES_MAX + 1)),
            format!("<pool><name>a</name><{long}><a/><b/></{long}></pool>"),
            format!("<pool><name>a</name><x><{long} a='' b=''/></x></pool>"),
            format!(
                "<pool><name>a</name><target><path>/{}</path></target></pool>",
                "A".repeat(PLACE_BYTES_MAX)
            ),
        ] {
            assert_eq!(Document::read(xml, "pool").unwrap_err().code.0, 27);
        }
    }

    #[test]
    fn amounts_have_units() {
        for (text, expected) in [
            ("<capacity>7</capacity>", Some(7)),
            ("<capacity unit='MiB'>2</capacity>", Some(2 << 20)),
            ("<capacity unit='G'> 1 </capacity>", Some(1 << 30)),
            ("", None),
        ] {
            let document =
                Document::read(format!("<volume><name>v</name>{text}</volume>"), "volume").unwrap();
            assert_eq!(document.bytes("capacity").unwrap(), expected, "{text}");
        }
        for (text, code) in [
            ("<capacity unit='ell'>7</capacity>", 27),
            ("<capacity>-1</capacity>", 27),
            ("<capacity>18446744073709551616</capacity>", 27),
            ("<capacity unit='EiB'>7</capacity>", 0),
            ("<capacity unit='EiB'>8</capacity>", 82),
            ("<capacity unit='T'>99999999999</capacity>", 82),
            ("<capacity>9223372036854775807</capacity>", 0),
            ("<capacity>9223372036854775808</capacity>", 82),
        ] {
            let document =
                Document::read(format!("<volume><name>v</name>{text}</volume>"), "volume").unwrap();
            assert_eq!(document.bytes("capacity").err().map_or(0, |error| error.code.0), code, "{text}");
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        for (xml, code) in [
            ("", 35),
            ("<volume><name>a</name>", 35),
            ("<volume><name>a</name></volume><volume/>", 35),
            ("<volume><name>&nothing;</name></volume>", 35),
            ("<volume x=1><name>a</name></volume>", 35),
            ("<pool><name>a</name></pool>", 27),
            ("<volume/>", 27),
            ("<volume><name> </name></volume>", 27),
            ("<volume><name>a/b</name></volume>", 27),
        ] {
            assert_eq!(Document::read(xml.to_owned(), "volume").unwrap_err().code.0, code, "{xml}");
        }
    }
}
