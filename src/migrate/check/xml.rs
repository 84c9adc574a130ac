//! As much of a domain's XML as a preflight reads: elements with their attributes and texts, whatever else is there.
//!
//! No general parser: documents come from daemons, which wrote them from what they had parsed. What this cannot read is left out, and
//! the preflight then says less. Depth and length are bounded by the document's own, which the wire bounds.

/// An element within a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element<'a> {
    /// What stands in its start tag after the name.
    attributes: &'a str,
    /// What stands between its tags.
    content: &'a str,
    /// All of it, with its tags.
    pub(super) whole: &'a str,
}

impl<'a> Element<'a> {
    /// The document's own element.
    pub(super) fn root(document: &'a str) -> Option<Element<'a>> {
        next(document).map(|(_, element, _)| element)
    }

    /// Its children of this name, in order.
    pub(super) fn children(self, name: &str) -> impl Iterator<Item = Element<'a>> {
        let mut rest = self.content;
        std::iter::from_fn(move || {
            loop {
                let (found, element, after) = next(rest)?;
                rest = after;
                if found == name {
                    return Some(element);
                }
            }
        })
    }

    /// The first child of this name.
    pub(super) fn child(self, name: &str) -> Option<Element<'a>> {
        self.children(name).next()
    }

    /// The value of an attribute, as it stands there but for the five characters that XML has names for.
    pub(super) fn attribute(self, name: &str) -> Option<String> {
        let mut rest = self.attributes;
        loop {
            let (found, after) = rest.trim_start().split_once('=')?;
            let after = after.trim_start();
            let quote = after.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
            let (value, after) = after.get(1..)?.split_once(quote)?;
            if found.trim_end() == name {
                return Some(plain(value));
            }
            rest = after;
        }
    }

    /// Its text, where it has no children.
    pub(super) fn text(self) -> String {
        plain(self.content.trim())
    }
}

fn plain(text: &str) -> String {
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&apos;", "'"), ("&quot;", "\""), ("&amp;", "&")];
    named.into_iter().fold(text.to_owned(), |text, (name, character)| text.replace(name, character))
}

/// The next element of a text, its name, and what follows it.
fn next(text: &str) -> Option<(&str, Element<'_>, &str)> {
    let (start, tag) = next_tag(text, 0)?;
    let Tag::Start { name, attributes, empty } = tag.kind else { return None };
    let (from, mut at, mut depth) = (tag.end, tag.end, 0_usize);
    if empty {
        let element = Element { attributes, content: "", whole: text.get(start..from)? };
        return Some((name, element, text.get(from..)?));
    }
    loop {
        let (begins, tag) = next_tag(text, at)?;
        at = tag.end;
        match tag.kind {
            Tag::Start { empty, .. } => depth += usize::from(!empty),
            Tag::End if depth > 0 => depth -= 1,
            Tag::End => {
                let element =
                    Element { attributes, content: text.get(from..begins)?, whole: text.get(start..at)? };
                return Some((name, element, text.get(at..)?));
            }
        }
    }
}

struct Found<'a> {
    kind: Tag<'a>,
    end: usize,
}

enum Tag<'a> {
    Start { name: &'a str, attributes: &'a str, empty: bool },
    End,
}

/// The next tag from a place on, and where it begins. Comments and the like are skipped.
fn next_tag(text: &str, mut at: usize) -> Option<(usize, Found<'_>)> {
    loop {
        let start = at + text.get(at..)?.find('<')?;
        let rest = text.get(start..)?;
        let skipped = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">")];
        if let Some((_, close)) = skipped.into_iter().find(|(open, _)| rest.starts_with(open)) {
            at = start + rest.find(close)? + close.len();
            continue;
        }
        let length = tag_length(rest)?;
        let (inside, end) = (rest.get(1..length - 1)?, start + length);
        if inside.starts_with('/') {
            return Some((start, Found { kind: Tag::End, end }));
        }
        let (inside, empty) = inside.strip_suffix('/').map_or((inside, false), |inside| (inside, true));
        let name_ends = inside.find(|c: char| c.is_ascii_whitespace()).unwrap_or(inside.len());
        let (name, attributes) = inside.split_at(name_ends);
        return Some((start, Found { kind: Tag::Start { name, attributes, empty }, end }));
    }
}

/// How long a tag is. A `>` within quotes does not end it.
fn tag_length(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in rest.char_indices() {
        match (quote, c) {
            (None, '>') => return Some(at + 1),
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_have_their_attributes_children_and_text() {
        let text = "<?xml version='1.0'?>\n<!-- <domain> -->\n<domain type='kvm' id = \"3\">\n<name>a &amp; &lt;b&gt;</name>\
                    <devices><disk type='file'><source file='/a>b'/></disk><disk/><x><disk type='inner'/></x></devices></domain>\n";
        let domain = Element::root(text).unwrap();
        assert_eq!(
            (domain.attribute("type").as_deref(), domain.attribute("id").as_deref()),
            (Some("kvm"), Some("3"))
        );
        assert_eq!(domain.attribute("none"), None);
        assert_eq!(domain.child("name").unwrap().text(), "a & <b>");
        let disks: Vec<_> = domain.child("devices").unwrap().children("disk").collect();
        assert_eq!(disks.len(), 2);
        assert_eq!(disks[0].child("source").unwrap().attribute("file").as_deref(), Some("/a>b"));
        assert_eq!(disks[0].whole, "<disk type='file'><source file='/a>b'/></disk>");
    }

    #[test]
    fn what_is_no_xml_is_no_element() {
        for text in
            ["", "<", "<a", "<a>", "</a>", "<a><b></a>", "<!--", "<a b='", "<>", "ü<ü", "<a/", "<![CDATA["]
        {
            let _ = Element::root(text)
                .map(|element| (element.child("b"), element.attribute("b"), element.text()));
        }
        assert_eq!(Element::root("<a>"), None);
        assert_eq!(Element::root("</a>"), None);
    }
}
