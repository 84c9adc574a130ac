//! Elements within the elements of a document: looked for, put in and taken out, and the rest stays byte for byte as it was.

use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};

use super::super::Result;
use super::edit::{Below, Element, checked, elements, spliced, text_of, without};
use super::outline::{not_xml, resolve};

/// A document's root.
pub(super) fn root(xml: &str) -> Result<Element> {
    elements(xml, Below::Nothing)?.into_iter().next().ok_or_else(|| not_xml(0, "it has no element"))
}

/// A text that is one element and nothing else, without the space around it.
pub(super) fn one(xml: &str) -> Result<(&str, Element)> {
    let xml = xml.trim_start_matches('\u{feff}').trim();
    let root = root(xml)?;
    match root.whole == (0..xml.len()) {
        true => Ok((xml, root)),
        false => Err(not_xml(root.whole.end as u64, "there is more than one element")),
    }
}

/// The elements that are directly within one.
pub(super) fn within(xml: &str, parent: &Element) -> Result<Vec<Element>> {
    let start = parent.whole.start;
    let mut found = elements(xml.get(parent.whole.clone()).unwrap_or_default(), Below::Root)?;
    for range in found.iter_mut().flat_map(|one| [&mut one.whole, &mut one.content]) {
        *range = range.start + start..range.end + start;
    }
    Ok(found)
}

/// The first of a name that is directly within one.
pub(super) fn first_within(xml: &str, parent: &Element, name: &str) -> Result<Option<Element>> {
    Ok(within(xml, parent)?.into_iter().find(|one| one.name == name))
}

/// What an element says, without the space around it.
pub(super) fn text(xml: &str, element: &Element) -> Result<String> {
    Ok(text_of(xml, element)?.trim().to_owned())
}

/// The document with a new element in another one: before all that are there, or behind them, in their style.
pub(super) fn added(xml: &str, parent: &Element, element: &str, first: bool) -> Result<String> {
    let text = |range| xml.get(range).unwrap_or_default();
    let tag = text(parent.whole.start..parent.content.start);
    // One without content may have no end to put it before.
    if let Some(open) = tag.strip_suffix("/>") {
        let (open, name) = (open.trim_end(), &parent.name);
        return checked(spliced(xml, parent.whole.clone(), &format!("{open}>{element}</{name}>")));
    }
    let there = within(xml, parent)?;
    let indent = there.first().map(|one| text(parent.content.start..one.whole.start)).unwrap_or_default();
    // What is before the first may be more than space.
    let indent = indent.get(indent.trim_end().len()..).unwrap_or_default();
    let at = match there.last() {
        Some(last) if !first => last.whole.end,
        _ => parent.content.start,
    };
    checked(spliced(xml, at..at, &format!("{indent}{element}")))
}

/// The document with this element in a group below its root, in place of the first that is meant; without one that is out. A group that
/// had nothing else goes with it.
pub(super) fn put(
    xml: &str,
    group: &str,
    is_meant: impl Fn(&Element) -> bool,
    element: Option<&str>,
) -> Result<String> {
    let root = root(xml)?;
    let parent = first_within(xml, &root, group)?;
    let inside = parent.as_ref().map(|parent| within(xml, parent)).transpose()?.unwrap_or_default();
    let is_alone = inside.len() == 1;
    match (parent, inside.into_iter().find(is_meant), element) {
        (_, None, None) => Ok(xml.to_owned()),
        (Some(parent), Some(_), None) if is_alone => checked(without(xml, &parent)),
        (_, Some(there), None) => checked(without(xml, &there)),
        (_, Some(there), Some(element)) => checked(spliced(xml, there.whole, element)),
        (Some(parent), None, Some(element)) => added(xml, &parent, element, false),
        (None, None, Some(element)) => added(xml, &root, &format!("<{group}>{element}</{group}>"), false),
    }
}

/// The document with this element in another one, in place of the first of its name; without one that is out.
pub(super) fn put_in(xml: &str, parent: &Element, name: &str, element: Option<&str>) -> Result<String> {
    match (first_within(xml, parent, name)?, element) {
        (None, None) => Ok(xml.to_owned()),
        (Some(there), None) => checked(without(xml, &there)),
        (Some(there), Some(element)) => checked(spliced(xml, there.whole, element)),
        (None, Some(element)) => added(xml, parent, element, false),
    }
}

/// What an element says, piece by piece, however it is written: the order of attributes, quotes, and space between elements do not matter.
pub(super) fn said(xml: &str) -> Result<Vec<String>> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let (mut said, mut text) = (Vec::new(), String::new());
    loop {
        let event = reader.read_event().map_err(|error| not_xml(reader.error_position(), error))?;
        match &event {
            Event::Text(part) => text.push_str(&part.xml10_content()),
            Event::CData(part) => text.push_str(&part.xml10_content()),
            Event::GeneralRef(reference) => {
                text.push(resolve(reference).map_err(|error| not_xml(reader.error_position(), error))?);
            }
            Event::Start(_) | Event::End(_) | Event::Eof => {
                let done = std::mem::take(&mut text);
                if !done.trim().is_empty() {
                    said.push(format!("text {}", done.trim()));
                }
            }
            _ => {}
        }
        match event {
            Event::Start(tag) => {
                let mut attributes = Vec::new();
                for attribute in tag.attributes() {
                    let attribute = attribute.map_err(|error| not_xml(reader.error_position(), error))?;
                    let value = attribute.normalized_value(XmlVersion::Implicit1_0);
                    let value = value.map_err(|error| not_xml(reader.error_position(), error))?;
                    attributes.push(format!("attribute {} {value}", attribute.key.as_ref()));
                }
                attributes.sort_unstable();
                said.push(format!("element {}", tag.name().as_ref()));
                said.append(&mut attributes);
            }
            Event::End(_) => said.push("end".to_owned()),
            Event::Eof => return Ok(said),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_comes_in_the_style_of_those_that_are_there() {
        for (before, first, after) in [
            ("<a>\n  <b/>\n</a>", false, "<a>\n  <b/>\n  <new/>\n</a>"),
            ("<a>\n  <b/>\n</a>", true, "<a>\n  <new/>\n  <b/>\n</a>"),
            ("<a><!-- kept -->\n <b/></a>", false, "<a><!-- kept -->\n <b/>\n <new/></a>"),
            ("<a/>", false, "<a><new/></a>"),
            ("<a x='1' />", true, "<a x='1'><new/></a>"),
            ("<a></a>", false, "<a><new/></a>"),
            ("\u{feff}<a> text </a>", false, "\u{feff}<a><new/> text </a>"),
        ] {
            assert_eq!(added(before, &root(before).unwrap(), "<new/>", first).unwrap(), after);
        }
        let deep = "<a><b><c x='1'/></b><b/></a>";
        let outer = first_within(deep, &root(deep).unwrap(), "b").unwrap().unwrap();
        let inner = first_within(deep, &outer, "c").unwrap().unwrap();
        assert_eq!((inner.attribute("x"), inner.attribute("y")), (Some("1"), None));
        assert_eq!(added(deep, &outer, "<new/>", false).unwrap(), "<a><b><c x='1'/><new/></b><b/></a>");
        assert_eq!(added(deep, &inner, "<new/>", false).unwrap(), "<a><b><c x='1'><new/></c></b><b/></a>");
        for (name, element, after) in [
            ("c", Some("<new/>"), "<a><b><new/></b><b/></a>"),
            ("c", None, "<a><b></b><b/></a>"),
            ("d", Some("<d/>"), "<a><b><c x='1'/><d/></b><b/></a>"),
            ("d", None, deep),
        ] {
            assert_eq!(put_in(deep, &outer, name, element).unwrap(), after);
        }
    }

    #[test]
    fn elements_that_say_the_same_are_the_same() {
        let one = "<a y='2' x=\"1&amp;\">\n  <b/> text\n</a>";
        for (other, same) in [
            ("<a x='1&#38;' y='2'><b></b>text</a>", true),
            ("<a x='1' y='2'><b/>text</a>", false),
            ("<a x='1&amp;' y='2'><b/>other</a>", false),
            ("<a x='1&amp;' y='2'><b/>text<b/></a>", false),
            ("<a x='1&amp;' y='2'><b>text</b></a>", false),
            ("<a", false),
        ] {
            assert_eq!(said(other).is_ok_and(|other| other == said(one).unwrap()), same, "{other}");
        }
    }

    #[test]
    fn one_element_is_one_element() {
        assert_eq!(one(" <a/>\n").unwrap().0, "<a/>");
        for wrong in ["", "text", "<a/><b/>", "<a>", "<a/>x"] {
            one(wrong).unwrap_err();
        }
    }
}
