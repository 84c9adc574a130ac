//! Whether a document is well-formed, as strictly as libxml2 takes it: libvirt's clients read by that what they are shown, and fail on a domain
//! whose document is not. The reader that documents are read with here lets most of this pass.

use std::ops::ControlFlow;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::Result;
use super::edit::{not_xml, position, resolve};

/// How many elements may be in one another. libxml2 takes one more, which is for the document of a snapshot around that of its guest.
const DEPTH_MAX: usize = 256;
/// The longest name that libxml2 takes.
const NAME_BYTES_MAX: usize = 50_000;

const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// What is wrong, in libxml2's words.
type Checked<T = ()> = std::result::Result<T, String>;

/// That a text is a well-formed document, or an element that is well-formed where so many others are around it.
///
/// # Errors
/// Code 35.
pub(super) fn well_formed(xml: &str, around: usize) -> Result<()> {
    if let Some((at, wrong)) = xml.char_indices().find(|(_, one)| !is_char(*one)) {
        return Err(not_xml(at as u64, bad_char(wrong)));
    }
    let document = xml.strip_prefix('\u{feff}').unwrap_or(xml);
    let mark_bytes = xml.len() - document.len();
    // The reader would pass over another one.
    if document.starts_with('\u{feff}') {
        return Err(not_xml(mark_bytes as u64, "Start tag expected, '<' not found"));
    }
    let mut reader = Reader::from_str(document);
    let mut walk = Walk { around, ..Walk::default() };
    loop {
        let start = position(&reader);
        let at = (mark_bytes + start) as u64;
        let event = reader.read_event().map_err(|error| not_xml(at, error))?;
        let written = document.get(start..).unwrap_or_default();
        match walk.step(&event, written, start == 0).map_err(|error| not_xml(at, error))? {
            ControlFlow::Continue(()) => {}
            ControlFlow::Break(()) => return Ok(()),
        }
    }
}

/// Whether XML can have this character, be it as a reference.
pub(super) fn is_char(one: char) -> bool {
    matches!(one, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Whether a name space can have this as its prefix.
pub(super) fn is_prefix(text: &str) -> bool {
    is_name(text) && !text.contains(':') && !text.starts_with("xml")
}

#[derive(Default)]
struct Walk {
    around: usize,
    /// How many elements are open.
    depth: usize,
    has_root: bool,
    has_doctype: bool,
}

impl Walk {
    /// Takes what has been read: where it starts, and whether that is where the document does.
    fn step(&mut self, event: &Event<'_>, written: &str, is_first: bool) -> Checked<ControlFlow<()>> {
        match event {
            Event::Start(tag) => {
                self.element(tag)?;
                self.depth += 1;
            }
            Event::Empty(tag) => self.element(tag)?,
            // That it is the last one's, the reader has looked at.
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::Text(text) if self.depth == 0 => {
                if !text.trim_matches(SPACE).is_empty() {
                    return Err(self.outside());
                }
            }
            Event::Text(text) if text.contains("]]>") => {
                return Err("Sequence ']]>' not allowed in content".to_owned());
            }
            Event::Text(_) => {}
            Event::CData(_) | Event::GeneralRef(_) if self.depth == 0 => return Err(self.outside()),
            Event::CData(_) => {}
            Event::GeneralRef(name) => reference(name)?,
            Event::Comment(said) => {
                if said.contains("--") || said.ends_with('-') {
                    return Err("Double hyphen within comment".to_owned());
                }
            }
            Event::PI(said) => {
                if !is_name(said.target()) || said.target().eq_ignore_ascii_case("xml") {
                    return Err("Invalid PI name".to_owned());
                }
            }
            Event::Decl(_) if !is_first => {
                return Err("XML declaration allowed only at the start of the document".to_owned());
            }
            Event::Decl(said) => declaration(said.strip_prefix("xml").unwrap_or_default())?,
            Event::DocType(said) => {
                let is_written =
                    written.strip_prefix("<!DOCTYPE").is_some_and(|rest| rest.starts_with(SPACE));
                if self.has_root || self.has_doctype || !is_written {
                    return Err("StartTag: invalid element name".to_owned());
                }
                // What it could declare would have to be read, to know what its names mean.
                if !is_name(said.trim_end_matches(SPACE)) {
                    return Err("a document type that says more than its name is not read here".to_owned());
                }
                self.has_doctype = true;
            }
            Event::Eof if self.depth > 0 => return Err("Premature end of data".to_owned()),
            Event::Eof if !self.has_root => return Err(self.outside()),
            Event::Eof => return Ok(ControlFlow::Break(())),
        }
        Ok(ControlFlow::Continue(()))
    }

    fn outside(&self) -> String {
        match self.has_root {
            true => "Extra content at the end of the document".to_owned(),
            false => "Start tag expected, '<' not found".to_owned(),
        }
    }

    fn element(&mut self, tag: &BytesStart<'_>) -> Checked {
        if self.depth == 0 && self.has_root {
            return Err(self.outside());
        }
        self.has_root = true;
        if self.depth + self.around >= DEPTH_MAX {
            return Err(format!("Excessive depth in document: {DEPTH_MAX}"));
        }
        if !is_name(tag.name().as_ref()) {
            return Err("StartTag: invalid element name".to_owned());
        }
        let mut count = 0;
        attributes(tag.attributes_raw(), |_, value| {
            count += 1;
            attribute_value(value)
        })?;
        if count > 1
            && let Some(Err(error)) = tag.attributes().find(std::result::Result::is_err)
        {
            return Err(error.to_string());
        }
        Ok(())
    }
}

/// Tells of each attribute, by its name and its value as it is written.
fn attributes<'a>(raw: &'a str, mut each: impl FnMut(&'a str, &'a str) -> Checked) -> Checked {
    let mut rest = raw;
    loop {
        let at = rest.trim_start_matches(SPACE);
        if at.is_empty() {
            return Ok(());
        }
        if at.len() == rest.len() {
            return Err("attributes construct error".to_owned());
        }
        let (name, behind) = at.split_once('=').ok_or("error parsing attribute name")?;
        let name = name.trim_end_matches(SPACE);
        if !is_name(name) {
            return Err("error parsing attribute name".to_owned());
        }
        let behind = behind.trim_start_matches(SPACE);
        let quote = behind.chars().next().filter(|quote| ['\'', '"'].contains(quote));
        let quoted = quote.and_then(|quote| behind.get(1..)?.split_once(quote));
        let (value, left) = quoted.ok_or("AttValue: \" or ' expected")?;
        each(name, value)?;
        rest = left;
    }
}

fn attribute_value(value: &str) -> Checked {
    if value.contains('<') {
        return Err("Unescaped '<' not allowed in attributes values".to_owned());
    }
    let mut rest = value;
    while let Some((_, behind)) = rest.split_once('&') {
        let (name, left) = behind.split_once(';').ok_or("xmlParseEntityRef: no name")?;
        reference(&BytesRef::new(name))?;
        rest = left;
    }
    Ok(())
}

fn reference(name: &BytesRef<'_>) -> Checked {
    match resolve(name)? {
        one if is_char(one) => Ok(()),
        wrong => Err(bad_char(wrong)),
    }
}

fn bad_char(wrong: char) -> String {
    format!("invalid xmlChar value {}", u32::from(wrong))
}

/// What an XML declaration says: these, each once and in this order. Whatever its encoding is called, the text has come as what it is; but who
/// reads it must know the name.
fn declaration(raw: &str) -> Checked {
    let mut left = ["version", "encoding", "standalone"].into_iter();
    let mut has_version = false;
    attributes(raw, |name, value| {
        if !left.any(|known| known == name) {
            return Err("parsing XML declaration: '?>' expected".to_owned());
        }
        match name {
            "version" if !is_version(value) => return Err("Unsupported version".to_owned()),
            "version" => has_version = true,
            "encoding" if !is_encoding(value) => return Err("Unsupported encoding".to_owned()),
            "standalone" if !["yes", "no"].contains(&value) => {
                return Err("standalone accepts only 'yes' or 'no'".to_owned());
            }
            _ => {}
        }
        Ok(())
    })?;
    match has_version {
        true => Ok(()),
        false => Err("Malformed declaration expecting version".to_owned()),
    }
}

fn is_version(text: &str) -> bool {
    let minor = text.strip_prefix("1.").filter(|minor| !minor.is_empty());
    minor.is_some_and(|minor| minor.bytes().all(|digit| digit.is_ascii_digit()))
}

/// Those that tools write, and libxml2 knows.
fn is_encoding(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let numbered = |prefix| name.strip_prefix(prefix).and_then(|number| number.parse::<u16>().ok());
    ["utf-8", "utf8", "utf-16", "us-ascii", "ascii", "latin1"].contains(&name.as_str())
        || numbered("iso-8859-").is_some_and(|part| (1..=16).contains(&part) && part != 12)
        || numbered("windows-").is_some_and(|page| (1250..=1258).contains(&page))
}

/// A Name of which no part behind a colon would be none: libxml2 reads prefixes, too.
fn is_name(text: &str) -> bool {
    let is_part =
        |part: &str| part.chars().next().is_none_or(is_name_start) && part.chars().all(is_name_char);
    !text.is_empty() && text.len() <= NAME_BYTES_MAX && text.split(':').all(is_part)
}

fn is_name_start(one: char) -> bool {
    matches!(one,
        'A'..='Z' | '_' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
        | '\u{10000}'..='\u{effff}')
}

fn is_name_char(one: char) -> bool {
    is_name_start(one)
        || matches!(one, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(xml: &str) -> i32 {
        well_formed(xml, 0).err().map_or(0, |error| error.code.0)
    }

    /// Each is taken by libvirt 9.0's test driver, as metadata or as what is before and behind a domain.
    #[test]
    fn what_is_well_formed_is_taken() {
        for xml in [
            "<a/>",
            "\n<a >x</a >\n",
            "\u{feff}<a/>",
            "<a>\t\r\n\u{7f}\u{85}\u{a0}\u{300}\u{fffd}\u{10ffff}</a>",
            "<a>&#x41;&#65;&amp;&lt;&gt;&quot;&apos;]]&gt;]] ></a>",
            "<a b = '1' c=\">'\"/>",
            "<a b='&#10;&lt;&amp;'\n/>",
            "<a\u{300}/>",
            "<f:a g:b=''/>",
            "<:a/>",
            "<a:b:c/>",
            "<a><![CDATA[<x> & ]] > \u{e9}]]></a>",
            "<a><!-- - --><!----></a>",
            "<a><?p?><?x:y z ? > ?></a>",
            "<?xml version='1.0'?><!-- c --><?p?>\n<a/><!-- d -->\n<?p?>",
            "<?xml\tversion = \"1.1\" encoding='utf-8'\nstandalone='no' ?><a/>",
            "<?xml version='1.0' encoding='ISO-8859-1'?><a>\u{e9}</a>",
            "<?xml version='1.0' encoding='UTF-16'?><a/>",
            "<!DOCTYPE a><a/>",
            "<!--a--><!DOCTYPE a ><?p q?><a/>",
        ] {
            assert_eq!(code(xml), 0, "{xml:?}: {:?}", well_formed(xml, 0));
        }
    }

    /// Each is refused by it with code 35.
    #[test]
    fn what_is_not_well_formed_is_refused() {
        for xml in [
            "",
            " ",
            "x",
            "<a",
            "<a>",
            "<a></b>",
            "</a>",
            "<a/><b/>",
            "<a/>x",
            "x<a/>",
            "<a/>\u{a0}",
            "<a/>&amp;",
            "<a/><![CDATA[]]>",
            "\u{feff}\u{feff}<a/>",
            "<a>x\u{1}y</a>",
            "<a>\u{0}</a>",
            "<a>\u{fffe}</a>",
            "<a><!-- \u{b} --></a>",
            "<a>&#1;</a>",
            "<a>&#0;</a>",
            "<a>&#xD800;</a>",
            "<a>&#xfffe;</a>",
            "<a>&#x110000;</a>",
            "<a>&#X41;</a>",
            "<a>&#+65;</a>",
            "<a>&nbsp;</a>",
            "<a>&</a>",
            "<a>& b;</a>",
            "<a>]]></a>",
            "<a><!-- a -- b --></a>",
            "<a><!-- a ---></a>",
            "<a><?xml version='1.0'?></a>",
            "<a><?XML x?></a>",
            "<a><??></a>",
            "<a><?1?></a>",
            "<1a/>",
            "<\u{300}a/>",
            "<a:1b/>",
            "< a/>",
            "<a/ >",
            "<a / >",
            "<a></ a>",
            "<a\u{85}b='1'/>",
            "<a b/>",
            "<a b=1/>",
            "<a 1b='1'/>",
            "<a b='1'c='2'/>",
            "<a b='1' b='2'/>",
            "<a b='<'/>",
            "<a b='&'/>",
            "<a b='&x;'/>",
            "<a b='&#1;'/>",
            "<a b='\u{7}'/>",
            "\n<?xml version='1.0'?><a/>",
            "<?p?><?xml version='1.0'?><a/>",
            "<?xml version='1.0'?><?xml version='1.0'?><a/>",
            "<?xml?><a/>",
            "<?xml version='2.0'?><a/>",
            "<?xml version='1.0a'?><a/>",
            "<?xml encoding='UTF-8'?><a/>",
            "<?xml encoding='UTF-8' version='1.0'?><a/>",
            "<?xml version='1.0'encoding='UTF-8'?><a/>",
            "<?xml version='1.0' encoding=''?><a/>",
            "<?xml version='1.0' encoding='foo'?><a/>",
            "<?xml version='1.0' encoding='ISO-8859-12'?><a/>",
            "<?xml version='1.0' standalone='x'?><a/>",
            "<?xml version='1.0' standalone='yes' encoding='UTF-8'?><a/>",
            "<?xml version='1.0' foo='1'?><a/>",
            "<!DOCTYPE><a/>",
            "<!DOCTYPE 1><a/>",
            "<!doctype a><a/>",
            "<!DOCTYPE a x><a/>",
            "<!DOCTYPE a [x]><a/>",
            "<!DOCTYPE a><!DOCTYPE a><a/>",
            "<a><!DOCTYPE a></a>",
            "<a/><!DOCTYPE a>",
            // These it takes: nobody here reads what they declare.
            "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
            "<!DOCTYPE a SYSTEM 'a'><a/>",
        ] {
            assert_eq!(code(xml), 35, "{xml:?}");
        }
    }

    #[test]
    fn what_libxml2_finds_too_much_is_refused() {
        let deep = |count: usize| "<a>".repeat(count) + &"</a>".repeat(count);
        let empty = |count: usize| "<a>".repeat(count) + "<a/>" + &"</a>".repeat(count);
        let named = |bytes: usize| format!("<{0} b='1' {0}='2'/>", "n".repeat(bytes));
        for (xml, around, expected) in [
            (deep(DEPTH_MAX), 0, 0),
            (deep(DEPTH_MAX + 1), 0, 35),
            (empty(DEPTH_MAX - 1), 0, 0),
            (empty(DEPTH_MAX), 0, 35),
            (deep(DEPTH_MAX - 2), 2, 0),
            (deep(DEPTH_MAX - 1), 2, 35),
            (named(NAME_BYTES_MAX), 0, 0),
            (named(NAME_BYTES_MAX + 1), 0, 35),
        ] {
            let found = well_formed(&xml, around).err().map_or(0, |error| error.code.0);
            assert_eq!(found, expected, "{} bytes, {around}", xml.len());
        }
    }
}
