//! Changes to a domain's document: an element comes, goes or changes, and the rest stays byte for byte as it was.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use quick_xml::escape::{escape, unescape};
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, Reader, XmlVersion};

use virtwire_protocol::error::RemoteError;

use super::well_formed::{is_char, is_prefix, well_formed};
use super::{Result, errors};

/// The longest document: no longer string is sent.
pub(super) const XML_BYTES_MAX: usize = 4_194_304;

/// The longest URI of a name space.
const URI_BYTES_MAX: usize = 1_024;
/// `&quot;` for one byte.
const ESCAPED_BYTES_MAX: usize = 6 * URI_BYTES_MAX;

/// The document's root and `<metadata>`.
const AROUND_METADATA: usize = 2;

/// An element of a document, and where it is there.
#[derive(Clone, Debug)]
pub(super) struct Element {
    pub(super) name: String,
    /// It is in the name space that was asked for.
    is_wanted: bool,
    attributes: Vec<(String, String)>,
    /// With its tags, and what is between them.
    pub(super) whole: Range<usize>,
    pub(super) content: Range<usize>,
}

#[cfg(feature = "mem")]
impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Where an element is looked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Below<'a> {
    /// A document's root.
    Root,
    /// The first `<metadata>` below it, for this name space.
    Metadata(&'a str),
    /// Nothing: the root itself.
    Nothing,
}

/// The elements of a document that are directly below something.
pub(super) fn elements(xml: &str, below: Below<'_>) -> Result<Vec<Element>> {
    let document = xml.trim_start_matches('\u{feff}');
    let mark_bytes = xml.len() - document.len();
    let mut reader = NsReader::from_str(document);
    reader.config_mut().expand_empty_elements = true;
    let depth_wanted = match below {
        Below::Nothing => 0,
        Below::Root => 1,
        Below::Metadata(_) => 2,
    };
    let mut found = Vec::new();
    let (mut depth, mut in_metadata, mut metadata_seen) = (0_usize, false, false);
    let mut open = None::<Element>;
    loop {
        let start = mark_bytes + usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = reader.read_event().map_err(|error| not_xml(start as u64, error))?;
        let here = mark_bytes + usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        match event {
            Event::Start(tag) => {
                if depth == 1 {
                    in_metadata = !metadata_seen && tag.name().as_ref() == "metadata";
                    metadata_seen |= in_metadata;
                }
                if depth == depth_wanted && (depth < 2 || in_metadata) {
                    // Not kept: all may be in one, whose URI is as long as the document.
                    let is_wanted = match (below, reader.resolver().resolve_element(tag.name()).0) {
                        (Below::Metadata(uri), ResolveResult::Bound(namespace)) => is_named(namespace.0, uri),
                        _ => false,
                    };
                    open = Some(Element {
                        name: tag.name().as_ref().to_owned(),
                        is_wanted,
                        attributes: attributes(&tag, start)?,
                        whole: start..here,
                        content: here..here,
                    });
                }
                depth += 1;
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                if depth == depth_wanted
                    && let Some(mut done) = open.take()
                {
                    done.whole.end = here;
                    done.content.end = start.max(done.content.start);
                    found.push(done);
                }
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// Whether a name space has this URI, of which the document has the escaped form.
fn is_named(namespace: &str, uri: &str) -> bool {
    namespace.len() <= ESCAPED_BYTES_MAX && unescape(namespace).is_ok_and(|plain| plain == uri)
}

pub(super) fn attributes(tag: &BytesStart<'_>, at: usize) -> Result<Vec<(String, String)>> {
    tag.attributes()
        .map(|attribute| {
            let attribute = attribute.map_err(|error| not_xml(at as u64, error))?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|error| not_xml(at as u64, error))?;
            Ok((attribute.key.as_ref().to_owned(), value.into_owned()))
        })
        .collect()
}

/// The text of an element directly below the root, if it has one.
pub(super) fn text(xml: &str, name: &str) -> Result<Option<String>> {
    let Some(element) = elements(xml, Below::Root)?.into_iter().find(|one| one.name == name) else {
        return Ok(None);
    };
    Ok(Some(text_of(xml, &element)?).filter(|text| !text.is_empty()))
}

/// All text in an element, and in those within it, however it is written.
pub(super) fn text_of(xml: &str, element: &Element) -> Result<String> {
    let start = element.whole.start;
    let mut reader = Reader::from_str(xml.get(element.whole.clone()).unwrap_or_default());
    let mut text = String::new();
    loop {
        let at = (start + position(&reader)) as u64;
        match reader.read_event().map_err(|error| not_xml(at, error))? {
            Event::Text(part) => text.push_str(&part.xml10_content()),
            Event::CData(part) => text.push_str(&part.xml10_content()),
            Event::GeneralRef(reference) => {
                text.push(resolve(&reference).map_err(|error| not_xml(at, error))?)
            }
            Event::Eof => return Ok(text),
            _ => {}
        }
    }
}

/// The character that a reference in a text stands for.
pub(super) fn resolve(reference: &BytesRef<'_>) -> std::result::Result<char, String> {
    if let Some(character) = reference.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(character);
    }
    match &**reference {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        other => Err(format!("Entity '{other}' not defined")),
    }
}

/// A text as documents have it, without the characters that none can have: as libvirt's.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    escape(possible(text))
}

fn possible(text: &str) -> Cow<'_, str> {
    match text.chars().all(is_char) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.chars().filter(|one| is_char(*one)).collect()),
    }
}

/// A value as attributes have it, in either quotes. Tabs and line ends in one would be read as spaces.
fn escaped_value(value: &str) -> Cow<'_, str> {
    Attribute::from(("", possible(value))).value
}

/// Has an element with this text be directly below the root: in place of the one of its name, else behind those of these names. Without
/// a text there is none. The attributes that it had stay, but for this one.
pub(super) fn with_text(
    xml: &str,
    name: &str,
    text: Option<&str>,
    attribute: (&str, Option<&str>),
    behind: &[&str],
) -> Result<String> {
    let all = elements(xml, Below::Root)?;
    let there = all.iter().find(|one| one.name == name);
    let Some(text) = text else {
        return match there {
            Some(element) => checked(without(xml, element)),
            None => Ok(xml.to_owned()),
        };
    };
    let mut kept: Vec<_> = there.map(|element| element.attributes.clone()).unwrap_or_default();
    kept.retain(|(key, _)| key != attribute.0);
    kept.extend(attribute.1.map(|value| (attribute.0.to_owned(), value.to_owned())));
    let tag: String = kept.iter().map(|(key, value)| format!(" {key}='{}'", escaped_value(value))).collect();
    let element = format!("<{name}{tag}>{}</{name}>", escaped(text));
    match there {
        Some(old) => checked(spliced(xml, old.whole.clone(), &element)),
        None => checked(inserted(xml, &all, &element, behind)),
    }
}

/// The element of a name space in `<metadata>`, as it was set.
pub(super) fn metadata(xml: &str, uri: &str) -> Result<Option<String>> {
    let Some(found) = elements(xml, Below::Metadata(uri))?.into_iter().find(|one| one.is_wanted) else {
        return Ok(None);
    };
    let text = xml.get(found.whole.clone()).unwrap_or_default();
    let (prefix, local) = split(&found.name);
    let declared = prefix.map_or_else(|| "xmlns".to_owned(), |prefix| format!("xmlns:{prefix}"));
    let tags = found.attributes.iter().filter(|(key, _)| *key != declared);
    let content = xml.get(found.content).unwrap_or_default();
    Ok(Some(rebuilt(local, tags, content, text.ends_with("/>"))))
}

/// Has an element be the one of its name space in `<metadata>`; without one there is none.
///
/// # Errors
/// Code 35 for what is no well-formed element, 8 for what would not be found again.
pub(super) fn with_metadata(xml: &str, uri: &str, element: Option<(&str, &str)>) -> Result<String> {
    if uri.len() > URI_BYTES_MAX || uri.contains(|one: char| one.is_control() || !is_char(one)) {
        let detail = format!("the URI of metadata is one line of at most {URI_BYTES_MAX} bytes");
        return Err(errors::invalid_argument(detail));
    }
    let element = match element {
        None => None,
        Some((key, text)) => {
            if !is_prefix(key) {
                let detail = format!("the key of metadata must be a prefix of names, and not {key:?}");
                return Err(errors::invalid_argument(detail));
            }
            well_formed(text, AROUND_METADATA)?;
            let trimmed = text.trim();
            let roots = elements(trimmed, Below::Nothing)?;
            let [root] = roots.as_slice() else { return Err(not_xml(0, "it is not one element")) };
            if root.whole != (0..trimmed.len()) {
                return Err(not_xml(0, "there is more than one element"));
            }
            let (_, local) = split(&root.name);
            let declared = format!("xmlns:{key}");
            let own = (declared.clone(), uri.to_owned());
            let others = root.attributes.iter().filter(|(name, _)| *name != declared);
            let content = trimmed.get(root.content.clone()).unwrap_or_default();
            let tags = std::iter::once(&own).chain(others);
            Some(rebuilt(&format!("{key}:{local}"), tags, content, trimmed.ends_with("/>")))
        }
    };
    let there = elements(xml, Below::Metadata(uri))?.into_iter().find(|one| one.is_wanted);
    let Some(element) = element else {
        return match there {
            Some(old) => checked(without(xml, &old)),
            None => Ok(xml.to_owned()),
        };
    };
    if let Some(old) = there {
        return checked(spliced(xml, old.whole, &element));
    }
    let all = elements(xml, Below::Root)?;
    match all.iter().find(|one| one.name == "metadata") {
        Some(metadata) if xml.get(metadata.whole.clone()).is_some_and(|text| text.ends_with("/>")) => {
            let whole = format!("<metadata>{element}</metadata>");
            checked(spliced(xml, metadata.whole.clone(), &whole))
        }
        Some(metadata) => checked(spliced(xml, metadata.content.end..metadata.content.end, &element)),
        None => {
            let whole = format!("<metadata>{element}</metadata>");
            checked(inserted(xml, &all, &whole, &["description", "title", "uuid", "name"]))
        }
    }
}

/// The document with this as the attribute `id` of its root, and no other one: what a running domain's document says more than its
/// configuration.
///
/// # Errors
/// Code 35 for what is not XML, 9 for a document that would be longer than 4,194,304 bytes.
pub fn with_id(xml: &str, id: Option<u32>) -> Result<String> {
    let document = xml.trim_start_matches('\u{feff}');
    let mark_bytes = xml.len() - document.len();
    let mut reader = Reader::from_str(document);
    let (start, end) = loop {
        let start = mark_bytes + position(&reader);
        match reader.read_event().map_err(|error| not_xml(start as u64, error))? {
            Event::Start(_) | Event::Empty(_) => break (start, mark_bytes + position(&reader)),
            Event::Eof => return Err(not_xml(start as u64, "it has no element")),
            _ => {}
        }
    };
    let tag = xml.get(start..end).unwrap_or_default();
    let there = attribute_at(tag, "id").map(|part| start + part.start..start + part.end);
    let last = start + tag_end(tag);
    match (there, id) {
        (None, None) => Ok(xml.to_owned()),
        (Some(part), None) => checked(spliced(xml, part, "")),
        (there, Some(id)) => checked(spliced(xml, there.unwrap_or(last..last), &format!(" id='{id}'"))),
    }
}

/// Where a start tag has room for one more attribute.
pub(super) fn tag_end(tag: &str) -> usize {
    tag.trim_end_matches('>').trim_end_matches('/').trim_end().len()
}

/// Where an attribute is in a start tag, with the space before it.
pub(super) fn attribute_at(tag: &str, name: &str) -> Option<Range<usize>> {
    let behind_space = |at: usize| Some(tag.len() - tag.get(at..)?.trim_start().len());
    let mut at = tag.find(char::is_whitespace)?;
    loop {
        let key_at = behind_space(at)?;
        let equals = key_at + tag.get(key_at..)?.find('=')?;
        let quote_at = behind_space(equals + 1)?;
        let quote = tag.get(quote_at..)?.chars().next()?;
        let end = quote_at + 1 + tag.get(quote_at + 1..)?.find(quote)? + 1;
        if tag.get(key_at..equals)?.trim_end() == name {
            return Some(at..end);
        }
        at = end;
    }
}

fn split(name: &str) -> (Option<&str>, &str) {
    name.split_once(':').map_or((None, name), |(prefix, local)| (Some(prefix), local))
}

fn rebuilt<'a>(
    name: &str,
    attributes: impl Iterator<Item = &'a (String, String)>,
    content: &str,
    is_empty: bool,
) -> String {
    let tag: String = attributes.map(|(key, value)| format!(" {key}=\"{}\"", escaped_value(value))).collect();
    if is_empty && content.is_empty() {
        format!("<{name}{tag}/>")
    } else {
        format!("<{name}{tag}>{content}</{name}>")
    }
}

/// The document with a new element behind the last of these that is there, in the style of the document.
fn inserted(xml: &str, all: &[Element], element: &str, behind: &[&str]) -> Option<String> {
    let anchor = behind.iter().find_map(|name| all.iter().find(|one| one.name == *name))?;
    let before = xml.get(..anchor.whole.start)?;
    let indent = before.get(before.trim_end().len()..)?;
    spliced(xml, anchor.whole.end..anchor.whole.end, &format!("{indent}{element}"))
}

/// The document without an element and the space before it.
pub(super) fn without(xml: &str, element: &Element) -> Option<String> {
    let start = xml.get(..element.whole.start)?.trim_end().len();
    spliced(xml, start..element.whole.end, "")
}

pub(super) fn spliced(xml: &str, part: Range<usize>, with: &str) -> Option<String> {
    Some([xml.get(..part.start)?, with, xml.get(part.end..)?].concat())
}

/// Where a reader is, which does not count a byte order mark.
pub(super) fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

pub(super) fn not_xml(at: u64, error: impl fmt::Display) -> RemoteError {
    errors::not_xml(format!("at byte {at}: {error}"))
}

pub(super) fn checked(xml: Option<String>) -> Result<String> {
    match xml {
        Some(xml) if xml.len() <= XML_BYTES_MAX => Ok(xml),
        Some(xml) => Err(errors::failed(format!("the document would have {} bytes", xml.len()))),
        None => Err(errors::failed("the document has no place for it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &str = "\u{feff}<domain type='test'>\n  <name>a</name>\n  <uuid>u</uuid>\n  <memory unit='MiB' dumpCore='on'>1</memory>\n</domain>\n";

    #[test]
    fn an_element_comes_changes_and_goes() {
        let titled = with_text(XML, "title", Some("a<b"), ("", None), &["uuid", "name"]).unwrap();
        assert_eq!(titled, XML.replace("</uuid>", "</uuid>\n  <title>a&lt;b</title>"));
        assert_eq!(text(&titled, "title").unwrap().as_deref(), Some("a<b"));
        let other = with_text(&titled, "title", Some("c"), ("", None), &["uuid", "name"]).unwrap();
        assert_eq!(text(&other, "title").unwrap().as_deref(), Some("c"));
        assert_eq!(with_text(&other, "title", None, ("", None), &[]).unwrap(), XML);
        assert_eq!(text(XML, "title").unwrap(), None);
        let larger = with_text(XML, "memory", Some("7"), ("unit", Some("KiB")), &["name"]).unwrap();
        assert_eq!(larger, XML.replace("unit='MiB' dumpCore='on'>1", "dumpCore='on' unit='KiB'>7"));
    }

    #[test]
    fn what_runs_has_an_id_and_nothing_else_has() {
        assert_eq!(with_id(XML, None).unwrap(), XML);
        let running = with_id(XML, Some(7)).unwrap();
        assert_eq!(running, XML.replace("type='test'>", "type='test' id='7'>"));
        assert_eq!(with_id(&running, None).unwrap(), XML);
        assert_eq!(with_id(&running, Some(12)).unwrap(), running.replace('7', "12"));
        let before = "<?xml version='1.0'?><!-- <domain id='1'> -->\n";
        for (tag, other) in [
            ("<domain/>", "<domain id='7'/>"),
            (
                "<domain\n x:id='1' uid=\"id='2'\" id = \"3\" type='>id=' >",
                "<domain\n x:id='1' uid=\"id='2'\" id='7' type='>id=' >",
            ),
            ("<domain a='/' />", "<domain a='/' id='7' />"),
        ] {
            let end = if tag.ends_with("/>") { "" } else { "</domain>" };
            let with = with_id(&format!("{before}{tag}{end}"), Some(7)).unwrap();
            assert_eq!(with, format!("{before}{other}{end}"));
        }
        with_id("<!-- none -->", Some(7)).unwrap_err();
    }

    #[test]
    fn metadata_is_kept_by_name_space() {
        let set = |xml: &str, uri: &str, element| with_metadata(xml, uri, element).unwrap();
        let first = "<derp xmlns:f=\"http://f\"><f:doc/></derp>";
        let one = set(XML, "http://a", Some(("k", first)));
        assert!(one.contains("<k:derp xmlns:k=\"http://a\" xmlns:f=\"http://f\"><f:doc/></k:derp>"), "{one}");
        assert_eq!(metadata(&one, "http://a").unwrap().as_deref(), Some(first));
        assert_eq!(metadata(&one, "http://f").unwrap(), None);
        let two = set(&one, "http://b", Some(("k", "<x y=\"&quot;\"/>")));
        assert_eq!(metadata(&two, "http://b").unwrap().as_deref(), Some("<x y=\"&quot;\"/>"));
        let two = set(&two, "http://a", Some(("k", "<x>1</x>")));
        assert_eq!(metadata(&two, "http://a").unwrap().as_deref(), Some("<x>1</x>"));
        let one = set(&two, "http://a", None);
        assert_eq!(
            (metadata(&one, "http://a").unwrap(), metadata(&one, "http://b").unwrap().is_some()),
            (None, true)
        );
        let empty = XML.replace("</uuid>", "</uuid><metadata/>");
        assert_eq!(
            metadata(&set(&empty, "u:r", Some(("k", "<x/>"))), "u:r").unwrap().as_deref(),
            Some("<x/>")
        );
        let escaped = "http://x/?a=1&b='2'&amp;c=<\">";
        let three = set(&set(&two, escaped, Some(("k", "<old/>"))), escaped, Some(("k", "<y>2</y>")));
        assert_eq!(metadata(&three, escaped).unwrap().as_deref(), Some("<y>2</y>"));
        assert!(!three.contains("old"), "one takes the other's place: {three}");
        assert_eq!(set(&three, escaped, None), two);
        for wrong in ["a\nb", &"A".repeat(URI_BYTES_MAX + 1)] {
            assert_eq!(with_metadata(XML, wrong, Some(("k", "<a/>"))).unwrap_err().code.0, 8);
        }
        for wrong in ["", "text", "<a/><b/>", "<a>", "<a/>x"] {
            with_metadata(XML, "http://a", Some(("k", wrong))).unwrap_err();
        }
    }

    /// Each answer is libvirt's: its code, or what is read again.
    #[test]
    fn metadata_is_well_formed_wherever_it_came_from() {
        let deep = |count: usize| "<a>".repeat(count) + &"</a>".repeat(count);
        for wrong in [
            "<a>x\u{1}y</a>",
            "<a>&#1;</a>",
            "<a>]]></a>",
            "<a><!-- a -- b --></a>",
            "<a><?xml version='1.0'?></a>",
            "<1a/>",
            "<a b='<'/>",
            "<a b='1'c='2'/>",
            "\u{85}<a/>",
            &deep(255),
        ] {
            assert_eq!(with_metadata(XML, "u:r", Some(("k", wrong))).unwrap_err().code.0, 35, "{wrong}");
        }
        for right in ["<a>\u{7f}&#xe9;<![CDATA[]]]><!-- - --></a>", "<a b=\"&#10;&#9;&#13; \"/>", &deep(254)]
        {
            let with = with_metadata(XML, "u:r", Some(("k", right))).unwrap();
            well_formed(&with, 0).unwrap();
            assert_eq!(metadata(&with, "u:r").unwrap().as_deref(), Some(right));
        }
        for (key, uri) in
            [("1a", "u:r"), ("a:b", "u:r"), ("\u{aa}", "u:r"), ("xmlns", "u:r"), ("k", "u:\u{ffff}")]
        {
            assert_eq!(with_metadata(XML, uri, Some((key, "<a/>"))).unwrap_err().code.0, 8, "{key} {uri}");
        }
    }

    #[test]
    fn a_text_is_what_it_says_however_it_is_written() {
        for (written, said) in [
            ("<![CDATA[a<b]]> &#x41;", "a<b A"),
            ("t<!-- c -->x", "tx"),
            ("a<b>c</b><?p d?>", "ac"),
            ("&lt;&amp;&gt;", "<&>"),
            ("a\r\nb\rc&#13;", "a\nb\nc\r"),
            ("\u{feff}a ", "\u{feff}a "),
        ] {
            let xml = XML.replace("</uuid>", &format!("</uuid><title>{written}</title>"));
            assert_eq!(text(&xml, "title").unwrap().as_deref(), Some(said));
        }
        let bell = with_text(XML, "title", Some("bell \u{7}"), ("a", Some("\u{7}\n")), &["name"]).unwrap();
        assert!(bell.contains("<title a='&#10;'>bell </title>"), "{bell}");
        well_formed(&bell, 0).unwrap();
    }

    proptest::proptest! {
        /// But for the characters that no document has; and whoever reads it reads the rest.
        #[test]
        fn any_text_comes_back(said in ".{0,40}|[ \\]>&<;#!\\r\\n\\-\\x00-\\x20\\u{fffd}-\\u{10001}]{0,20}") {
            let with = with_text(XML, "description", Some(&said), ("", None), &["name"]).unwrap();
            let possible: String = said.chars().filter(|one| is_char(*one)).collect();
            proptest::prop_assert!(well_formed(&with, 0).is_ok(), "{}", with);
            proptest::prop_assert_eq!(text(&with, "description").unwrap().unwrap_or_default(), possible);
        }

        /// What is taken as metadata leaves the document one that everyone reads.
        #[test]
        fn any_element_is_refused_or_well_formed(inside in "([a-b<>/&;!?'\"= \\[\\]\\-:#1\\x01\u{e9}]|<a>|</a>|<!--|-->|&#1;|<!\\[CDATA\\[|\\]\\]>|<\\?x|\\?>| b='1'){0,12}") {
            for element in [format!("<a>{inside}</a>"), format!("<a {inside}/>"), inside] {
                if let Ok(with) = with_metadata(XML, "u:r", Some(("k", &element))) {
                    proptest::prop_assert!(well_formed(&with, 0).is_ok(), "{}", with);
                }
            }
        }
    }
}
