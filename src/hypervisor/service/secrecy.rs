//! What of a document is not for everybody who may read it: the passwords of a domain's screens, and the cookies that its disks are fetched with.
//!
//! It is read by its bytes, as far as that takes. What is left is as it was, byte for byte, and a daemon without the feature `document`
//! has no reader of XML.

use std::ops::Range;

use tokio::sync::Semaphore;
use virtwire_xdr::Text;

use super::super::{Result, errors};
use crate::server::heavy::{self, LONG_BYTES};

const PASSWORD: &str = "passwd";
/// What a disk behind HTTP is fetched with.
const COOKIES: &str = "cookies";

/// How many long documents are cut at a time. Who waits for that holds none.
static PLACES: Semaphore = Semaphore::const_new(2);

/// A domain's document for a client, or one that has domains in it, such as a snapshot's: without secrets, unless it asks for them.
/// `again` has it once more.
pub(super) async fn shown<F>(xml: String, with_secrets: bool, again: impl FnOnce() -> F) -> Result<Text>
where
    F: Future<Output = Result<String>>,
{
    if with_secrets || !has_secrets(&xml) {
        return Ok(xml.into());
    }
    if xml.len() <= LONG_BYTES {
        return Ok(without_secrets(xml).into());
    }
    drop(xml);
    let _place = PLACES.acquire().await;
    let xml = again().await?;
    let cut = heavy::work(move || without_secrets(xml)).await;
    cut.map(Text::from).map_err(|error| errors::failed(format!("the thread ended: {error}")))
}

/// Whether there may be any.
fn has_secrets(xml: &str) -> bool {
    xml.contains(PASSWORD) || xml.contains(COOKIES)
}

fn without_secrets(xml: String) -> String {
    if !has_secrets(&xml) {
        return xml;
    }
    let mut kept = String::with_capacity(xml.len());
    let mut from = 0;
    for secret in secrets(&xml) {
        kept.push_str(xml.get(from..secret.start).unwrap_or_default());
        from = secret.end;
    }
    kept.push_str(xml.get(from..).unwrap_or_default());
    kept
}

/// An element on the way to a screen, or to what a disk is fetched with.
#[derive(Clone, Copy)]
enum Part {
    /// A root that is about domains, such as `<domainsnapshot>`.
    Around,
    Domain,
    Devices,
    /// A snapshot's own.
    Disks,
    Disk,
    Source,
    Cookies,
}

impl Part {
    /// What an element of this name is within that one, if a screen or cookies may be in it.
    fn of(name: &str, within: Option<Part>) -> Option<Part> {
        match (within, name) {
            (None | Some(Part::Around), "domain") | (Some(Part::Around), "inactiveDomain") => {
                Some(Part::Domain)
            }
            (None, _) => Some(Part::Around),
            (Some(Part::Around), "disks") => Some(Part::Disks),
            (Some(Part::Domain), "devices") => Some(Part::Devices),
            (Some(Part::Devices | Part::Disks), "disk") => Some(Part::Disk),
            (Some(Part::Disk), "mirror" | "backingStore") => Some(Part::Disk),
            (Some(Part::Disk | Part::Source), "dataStore") => Some(Part::Disk),
            (Some(Part::Disk), "source") => Some(Part::Source),
            (Some(Part::Source), COOKIES) => Some(Part::Cookies),
            _ => None,
        }
    }
}

/// Where the secrets are, each with the space before it, in order.
fn secrets(xml: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    // So many elements are open, the outermost of which are on the way to one.
    let (mut depth, mut way) = (0_usize, Vec::new());
    let mut cookies = None;
    let mut at = 0;
    while let Some(start) = find(xml, at, "<") {
        at = end_of_markup(xml, start);
        let tag = xml.get(start..at).unwrap_or_default();
        match tag.as_bytes().get(1) {
            None | Some(b'!' | b'?') => {}
            Some(b'/') => {
                depth = depth.saturating_sub(1);
                if let Some(Part::Cookies) = way.get(depth) {
                    found.extend(cookies.take().map(|from| from..at));
                }
                way.truncate(depth);
            }
            Some(_) => {
                let name_end = skip(tag, 1, is_of_name);
                let name = tag.get(1..name_end).unwrap_or_default();
                let is_open = !tag.ends_with("/>");
                if depth == way.len() {
                    let within = way.last().copied();
                    if name == "graphics" && matches!(within, Some(Part::Devices)) {
                        let cuts = attributes(tag, name_end, PASSWORD);
                        found.extend(cuts.into_iter().map(|cut| start + cut.start..start + cut.end));
                    }
                    if name == COOKIES && matches!(within, Some(Part::Source)) {
                        let from = xml.get(..start).unwrap_or_default().trim_end().len();
                        match is_open {
                            true => cookies = Some(from),
                            false => found.push(from..at),
                        }
                    }
                    way.extend(Part::of(name, within).filter(|_| is_open));
                }
                depth += usize::from(is_open);
            }
        }
    }
    // A text that is cut off.
    found.extend(cookies.map(|from| from..xml.len()));
    found
}

/// Where the markup ends that begins here. One without an end has the rest of the text.
fn end_of_markup(xml: &str, start: usize) -> usize {
    let rest = xml.get(start..).unwrap_or_default();
    for (begins, ends) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")] {
        if rest.starts_with(begins) {
            return find(xml, start + begins.len(), ends).map_or(xml.len(), |end| end + ends.len());
        }
    }
    // A declaration of the document's type has others within.
    let (mut at, mut depth) = (start + 1, 1_usize);
    loop {
        at = skip(xml, at, |byte| !b"<>\"'".contains(&byte));
        match xml.as_bytes().get(at) {
            None => return xml.len(),
            Some(b'>') if depth == 1 => return at + 1,
            Some(b'>') => depth -= 1,
            Some(b'<') if xml.get(at..).is_some_and(|rest| rest.starts_with("<!--")) => {
                at = find(xml, at + 4, "-->").map_or(xml.len(), |end| end + 2);
            }
            Some(b'<') => depth += 1,
            Some(_) => at = end_of_quoted(xml, at) - 1,
        }
        at += 1;
    }
}

/// Where the attributes of this name are in a tag, each with the space before it.
fn attributes(tag: &str, name_end: usize, wanted: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = name_end;
    while at < tag.len() {
        let key = skip(tag, at, is_space);
        let key_end = skip(tag, key, is_of_name);
        if key_end == key {
            // The end of the tag, or what is no attribute.
            at = key + 1;
            continue;
        }
        let mut end = key_end;
        let equals = skip(tag, key_end, is_space);
        if tag.as_bytes().get(equals) == Some(&b'=') {
            let value = skip(tag, equals + 1, is_space);
            end = match tag.as_bytes().get(value) {
                Some(b'"' | b'\'') => end_of_quoted(tag, value),
                _ => skip(tag, value, |byte| !is_space(byte) && byte != b'>'),
            };
        }
        if tag.get(key..key_end) == Some(wanted) {
            found.push(at..end);
        }
        at = end;
    }
    found
}

/// Behind the quote that ends what the one here begins.
fn end_of_quoted(text: &str, quote: usize) -> usize {
    let mark = text.as_bytes().get(quote).copied();
    let end = skip(text, quote + 1, |byte| Some(byte) != mark);
    text.len().min(end + 1)
}

fn find(text: &str, from: usize, what: &str) -> Option<usize> {
    Some(from + text.get(from..)?.find(what)?)
}

/// The first byte from here on that is not such a one; the end of the text where all are.
fn skip(text: &str, from: usize, is_such: impl Fn(u8) -> bool) -> usize {
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    rest.iter().position(|byte| !is_such(*byte)).map_or(text.len(), |count| from + count)
}

fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace()
}

fn is_of_name(byte: u8) -> bool {
    !is_space(byte) && !b"=/<>\"'".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(devices: &str) -> String {
        format!("<domain type='a'>\n <devices>{devices}</devices>\n</domain>")
    }

    #[track_caller]
    fn check(xml: &str, shown: &str) {
        assert_eq!(without_secrets(xml.to_owned()), shown);
    }

    #[test]
    fn a_screens_password_goes_and_nothing_else() {
        for (screen, shown) in [
            ("<graphics type='vnc' passwd='x' port='1'/>", "<graphics type='vnc' port='1'/>"),
            ("<graphics passwd=\"it's > x\" type='vnc'>a</graphics>", "<graphics type='vnc'>a</graphics>"),
            ("<graphics\n\tpasswd \n = \r 'a\"/>b' />", "<graphics />"),
            ("<graphics type='>passwd=' passwd='x'/>", "<graphics type='>passwd='/>"),
            ("<graphics type=\" passwd='y'\" passwd=''/>", "<graphics type=\" passwd='y'\"/>"),
            ("<graphics type='é'passwd='ü'passwd='x'/>", "<graphics type='é'/>"),
            ("<graphics passwd='a'/><graphics/><graphics passwd='b'/>", "<graphics/><graphics/><graphics/>"),
            ("<![CDATA[<x>]]><graphics passwd='a'/>", "<![CDATA[<x>]]><graphics/>"),
            ("<!-- <x> ' --><?a <x> '?><graphics passwd='a'/>", "<!-- <x> ' --><?a <x> '?><graphics/>"),
            ("<b/><c><d x='/'/></c ><graphics passwd='a'/>", "<b/><c><d x='/'/></c ><graphics/>"),
            // What is no XML, either.
            ("<graphics passwd=x/>", "<graphics>"),
            ("<graphics passwd/>", "<graphics/>"),
            ("<graphics x='1' ' passwd='a'/>", "<graphics x='1' '/>"),
        ] {
            check(&domain(screen), &domain(shown));
        }
    }

    #[test]
    fn what_a_disk_is_fetched_with_goes() {
        let cookies = "<cookies>\n<cookie name='a'>secret</cookie>\n</cookies>";
        let disk = |cookies: &str| {
            domain(&format!(
                "<disk><source protocol='https'><host/>{cookies}</source><backingStore><source>{cookies}<x/></source></backingStore></disk>"
            ))
        };
        check(&disk(cookies), &disk(""));
        check(&disk(&format!("\n {cookies}")), &disk(""));
        check(&disk("<cookies/>"), &disk(""));
        let snapshot = |cookies: &str| {
            format!("<domainsnapshot><disks><disk><source>{cookies}</source></disk></disks></domainsnapshot>")
        };
        check(&snapshot(cookies), &snapshot(""));
        for other in [
            format!("<x>{cookies}</x>"),
            format!("<disk>{cookies}</disk>"),
            "<source><cookies/></source>".to_owned(),
        ] {
            check(&domain(&other), &domain(&other));
        }
        let whole = disk(cookies);
        for (cut, _) in whole.char_indices() {
            assert!(!without_secrets(whole[..cut].to_owned()).contains("secret"), "{cut}");
        }
    }

    /// Whoever waits for a place holds no document meanwhile, and has it as it is then.
    #[tokio::test]
    async fn a_long_one_is_read_again_once_it_is_its_turn() {
        let long = |password: &str| domain(&format!("<graphics{password}/>{}", "<a/>".repeat(LONG_BYTES)));
        let places = PLACES.acquire_many(2).await.unwrap();
        let mut waiting =
            std::pin::pin!(shown(long(" passwd='old'"), false, || async { Ok(long(" passwd='new'")) }));
        assert!(
            std::future::poll_fn(|cx| std::task::Poll::Ready(waiting.as_mut().poll(cx).is_pending())).await
        );
        drop(places);
        assert_eq!(waiting.await.unwrap(), Text::from(long("")));
        let untouched =
            shown(long(" passwd='x'"), true, || async { unreachable!("it is shown whole") }).await;
        assert_eq!(untouched.unwrap(), Text::from(long(" passwd='x'")));
    }

    #[test]
    fn what_is_no_screens_password_stays() {
        for other in [
            "<graphics passwdValidTo='2030-01-01T00:00:00' connected='keep'/>",
            "<graphics x:passwd='a' Passwd='b'/>",
            "<graphics><listen passwd='a'/></graphics>",
            "<graphicsx passwd='a'/><x:graphics passwd='a'/>",
            "<!-- <graphics passwd='a'/> --><![CDATA[<graphics passwd='a'/>]]><?x <graphics passwd='a'/>?>",
            "<x><graphics passwd='a'/></x>",
            "<devices><graphics passwd='a'/></devices>",
        ] {
            check(&domain(other), &domain(other));
        }
        for other in [
            "<domain><metadata><graphics passwd='a'/><devices><graphics passwd='a'/></devices></metadata></domain>",
            "<domain><devices/><graphics passwd='a'/></domain>",
            "<domain><devices></devices><x><graphics passwd='a'/></x></domain>",
            "<graphics passwd='a'/>",
            "<domainsnapshot><devices><graphics passwd='a'/></devices></domainsnapshot>",
            "passwd='a'",
        ] {
            check(other, other);
        }
    }

    #[test]
    fn a_snapshot_has_domains_in_it() {
        let of = |cut: &str| {
            let screen = format!("<devices><graphics{cut}/></devices>");
            format!(
                "<?xml version='1.0'?>\n<!DOCTYPE a [<!-- ' > --><!ENTITY b \"'>\"> ]>\n<domainsnapshot>\n<name>a</name>\n\
                 <domain>{screen}</domain><inactiveDomain>{screen}</inactiveDomain>\n</domainsnapshot>"
            )
        };
        check(&of(" passwd='x'"), &of(""));
    }

    /// Wherever it ends, and whatever is in its middle: what is before a password stays, and no part of one is left.
    #[test]
    fn no_text_is_too_odd_for_it() {
        let whole = format!(
            "<!DOCTYPE a [<!ENTITY b '>'>]><!-- x --><?y z?>{}",
            domain("<![CDATA[é]]><graphics a='é' passwd='secret'/><graphics passwd=\"secret\">")
        );
        for (cut, _) in whole.char_indices() {
            let (before, behind) = whole.split_at(cut);
            assert!(!without_secrets(before.to_owned()).contains("secre"), "{before}");
            for odd in ["<", ">", "'", "\"", "=", "/", "<!", "<!--", "<![CDATA[", "<?", "é", "\0", " "] {
                let text = format!("{before}{odd}{behind}");
                assert!(without_secrets(text.clone()).len() <= text.len());
            }
        }
        let deep = format!("{}<graphics passwd='a'/>", "<a>".repeat(1_000_000));
        check(&deep, &deep);
    }
}
