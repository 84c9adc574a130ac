//! A tree in words: the main things on one line, or everything on many.

use std::fmt::Write;
use std::io;

use super::tree::{Tree, items_of, uuid};
use crate::harmless::is_unsafe;

/// Characters of a text, and items of a list, in a summary.
const TEXT_CHARS: usize = 48;
const ITEMS: usize = 4;
/// Bytes of opaque data where everything is shown: more of it helps nobody.
const BYTES: usize = 1_024;

/// The fields of a record that say something, `name=value`, and what others hold in a word: objects by their names, long
/// texts and bytes by their sizes. What is 0 or absent is left out.
pub(crate) fn summary(tree: &Tree) -> String {
    let Tree::Record(fields) = tree else { return value(tree) };
    // What is all of it needs no name.
    if let [(_, only @ (Tree::List(_) | Tree::Record(_)))] = &fields[..] {
        return value(only);
    }
    let told = fields.iter().filter(|(name, value)| !says_nothing(name, value));
    told.map(|(name, of)| match of {
        Tree::List(items) if is_parameters(items) => value(of),
        _ => format!("{name}={}", value(of)),
    })
    .collect::<Vec<_>>()
    .join(" ")
}

fn says_nothing(name: &str, value: &Tree) -> bool {
    match value {
        Tree::Nothing => true,
        Tree::Number(number) => {
            number == "0" && matches!(name, "flags" | "resource" | "maxnames" | "need_results")
        }
        _ => false,
    }
}

fn value(tree: &Tree) -> String {
    match tree {
        Tree::Nothing => "-".to_owned(),
        Tree::Bool(value) => value.to_string(),
        Tree::Number(text) | Tree::Word(text) => text.clone(),
        Tree::Text(text) => short(text),
        Tree::Bytes(bytes) => uuid(bytes).unwrap_or_else(|| format!("({} bytes)", bytes.len())),
        Tree::List(items) => list(items),
        Tree::Rest(count) => format!("… {count} more"),
        Tree::Record(_) => match name(tree) {
            Some(name) => short(name),
            None => format!("{{{}}}", summary(tree)),
        },
        Tree::Arm(_, inner) => value(inner),
    }
}

fn list(all: &[Tree]) -> String {
    let (items, left_out) = items_of(all);
    let shown = items.iter().take(ITEMS).map(|item| parameter(item).unwrap_or_else(|| value(item)));
    let shown = shown.collect::<Vec<_>>().join(" ");
    let count = items.len().saturating_add(left_out);
    let more = if count > ITEMS { format!(" … {count} in all") } else { String::new() };
    if !items.is_empty() && is_parameters(items) {
        format!("{shown}{more}")
    } else {
        format!("[{shown}{more}]")
    }
}

fn is_parameters(items: &[Tree]) -> bool {
    items.first().is_some_and(|item| parameter(item).is_some())
}

/// A typed parameter.
fn parameter(tree: &Tree) -> Option<String> {
    let (Tree::Text(field), of @ Tree::Arm(..)) = (tree.field("field")?, tree.field("value")?) else {
        return None;
    };
    Some(format!("{}={}", short(field), value(of)))
}

/// What an object is called.
fn name(tree: &Tree) -> Option<&str> {
    ["name", "usageID", "key"].into_iter().find_map(|field| match tree.field(field) {
        Some(Tree::Text(name)) => Some(name.as_str()),
        _ => None,
    })
}

/// A text on one line: quoted where it needs that, and cut where it is long.
fn short(text: &str) -> String {
    let begins = text.trim_start();
    if text.len() > TEXT_CHARS && begins.starts_with('<') {
        let element = begins.split(['>', '\n']).next().unwrap_or_default();
        let element: String = element.chars().take(TEXT_CHARS / 2).collect();
        return format!("{}…> ({} bytes)", escaped(&element), text.len());
    }
    let plain = text.chars().all(|c| !is_unsafe(c) && !c.is_whitespace() && c != '"');
    let is_cut = text.chars().count() > TEXT_CHARS;
    let shown: String = text.chars().take(TEXT_CHARS).collect();
    let shown = if plain && !text.is_empty() { shown } else { format!("\"{}\"", escaped(&shown)) };
    if is_cut { format!("{shown}… ({} bytes)", text.len()) } else { shown }
}

/// Terminals obey control characters, which are not ours to send.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '"' => out.push_str("\\\""),
            c if is_unsafe(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// Whoever takes lines one by one: together they may be many.
type Taker<'t> = &'t mut dyn FnMut(&str) -> io::Result<()>;

/// Everything in a tree, a line each, indented.
///
/// # Errors
/// The first of the taker's.
pub(crate) fn lines(tree: &Tree, indent: usize, take: Taker<'_>) -> io::Result<()> {
    let pad = " ".repeat(indent);
    match tree {
        Tree::Record(fields) => fields.iter().try_for_each(|(name, value)| line(name, value, indent, take)),
        Tree::List(items) => {
            let (items, left_out) = items_of(items);
            for (at, item) in items.iter().enumerate() {
                line(&format!("[{at}]"), item, indent, take)?;
            }
            match left_out {
                0 => Ok(()),
                count => take(&format!("{pad}… {count} more, not shown")),
            }
        }
        other => take(&format!("{pad}{}", leaf(other))),
    }
}

fn line(name: &str, value: &Tree, indent: usize, take: Taker<'_>) -> io::Result<()> {
    let pad = " ".repeat(indent);
    match value {
        Tree::Record(fields) if !fields.is_empty() => {
            take(&format!("{pad}{name}"))?;
            lines(value, indent + 2, take)
        }
        Tree::List(items) if !items.is_empty() => {
            let (items, left_out) = items_of(items);
            take(&format!("{pad}{name} ({})", items.len().saturating_add(left_out)))?;
            lines(value, indent + 2, take)
        }
        Tree::Arm(arm, inner) => line(&format!("{name}.{arm}"), inner, indent, take),
        Tree::Text(text) if text.contains('\n') => {
            take(&format!("{pad}{name} = text of {} bytes", text.len()))?;
            let shown = |row: &str| format!("{pad}  | {}", row.chars().map(harmless).collect::<String>());
            text.lines().try_for_each(|row| take(&shown(row)))
        }
        other => take(&format!("{pad}{name} = {}", leaf(other))),
    }
}

fn harmless(c: char) -> char {
    if c == '\t' || !is_unsafe(c) { c } else { char::REPLACEMENT_CHARACTER }
}

fn leaf(tree: &Tree) -> String {
    match tree {
        Tree::Nothing => "absent".to_owned(),
        Tree::Bool(value) => value.to_string(),
        Tree::Number(text) | Tree::Word(text) => text.clone(),
        Tree::Text(text) => format!("\"{}\"", escaped(text)),
        Tree::Bytes(bytes) => uuid(bytes).unwrap_or_else(|| format!("{} bytes {}", bytes.len(), hex(bytes))),
        Tree::List(_) => "[]".to_owned(),
        Tree::Rest(count) => format!("… {count} more, not shown"),
        Tree::Record(_) => "{}".to_owned(),
        Tree::Arm(arm, inner) => format!("{arm} {}", leaf(inner)),
    }
}

/// Bytes as hexadecimal digits, cut where they are many.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let shown = bytes.iter().take(BYTES).fold(String::new(), |mut shown, byte| {
        let _ = write!(shown, "{byte:02x}");
        shown
    });
    if bytes.len() > BYTES { shown + "…" } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;
    use virtwire::protocol::remote::*;

    fn guest() -> Domain {
        Domain { name: "web1".into(), uuid: [0x11; 16], id: 3 }
    }

    #[test]
    fn a_summary_names_what_counts() {
        let check = |tree: Tree, expected: &str| assert_eq!(summary(&tree), expected);
        check(
            Tree::of(&ConnectOpen { name: Some("qemu:///system".into()), flags: 0 }),
            "name=qemu:///system",
        );
        check(Tree::of(&ConnectOpen { name: None, flags: 1 }), "flags=1");
        check(Tree::of(&DomainCreate { dom: guest() }), "web1");
        let xml = format!("<domain type='kvm'>{}</domain>", "x".repeat(100));
        check(
            Tree::of(&DomainMigratePrepare2 {
                uri_in: None,
                flags: 1,
                dname: Some("my guest".into()),
                resource: 0,
                dom_xml: xml.into(),
            }),
            "flags=1 dname=\"my guest\" dom_xml=<domain type='kvm'…> (128 bytes)",
        );
        check(
            Tree::of(&ConnectListAllDomainsReply { domains: vec![guest(); 6], ret: 6 }),
            "domains=[web1 web1 web1 web1 … 6 in all] ret=6",
        );
        let params = vec![TypedParam { field: "weight".into(), value: TypedParamValue::Int(5) }];
        check(
            Tree::of(&DomainEventCallbackTunable { callback_id: 1, dom: guest(), params }),
            "callbackID=1 dom=web1 weight=5",
        );
        let items = (0..5).map(|at| Tree::Number(at.to_string())).chain([Tree::Rest(9)]);
        check(Tree::List(items.collect()), "[0 1 2 3 … 14 in all]");
        check(Tree::of(&ConnectClose), "");
        check(Tree::of(&()), "-");
        let xml = format!("<a\x1b[2J>{}</a>", "x".repeat(100));
        check(Tree::Text(xml), "<a\\u{1b}[2J…> (111 bytes)");
        check(Tree::Text("a\u{202e}b".to_owned()), "\"a\\u{202e}b\"");
        check(Tree::Text("a\x1b[31m\u{202e}".to_owned()), "\"a\\u{1b}[31m\\u{202e}\"");
    }

    #[test]
    fn everything_is_a_line_each() {
        let mut out = Vec::new();
        let mut take = |line: &str| {
            out.push(line.to_owned());
            Ok(())
        };
        let define = DomainDefineXmlFlags { xml: "<a>\n\t<b/>\x07\n</a>".into(), flags: 2 };
        lines(&Tree::of(&define), 2, &mut take).unwrap();
        lines(&Tree::of(&DomainCreate { dom: guest() }), 0, &mut take).unwrap();
        let list = Tree::List(vec![Tree::Number("1".into()), Tree::Rest(6)]);
        lines(&Tree::Record(vec![("ids", list)]), 0, &mut take).unwrap();
        assert_eq!(
            out,
            [
                "  xml = text of 15 bytes",
                "    | <a>",
                "    | \t<b/>\u{fffd}",
                "    | </a>",
                "  flags = 2",
                "dom",
                "  name = \"web1\"",
                "  uuid = 11111111-1111-1111-1111-111111111111",
                "  id = 3",
                "ids (7)",
                "  [0] = 1",
                "  … 6 more, not shown",
            ]
        );
    }
}
