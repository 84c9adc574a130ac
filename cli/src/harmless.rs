//! Peers' text, made harmless: a terminal obeys control characters, and a reader believes text that is turned around.
//!
//! What is unsafe is shown as `\u{1b}` in lines and `\u001b` in JSON, where it means the same.

use std::fmt::Write;

/// Control characters, and those that turn the direction of text.
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// As one line.
pub(crate) fn line(text: &str) -> String {
    escaped(text, |out, c| match c {
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        c => braced(out, c),
    })
}

/// As it is laid out: its line breaks and tabs stay.
pub(crate) fn document(text: &str) -> String {
    escaped(text, |out, c| match c {
        '\n' | '\t' => out.push(c),
        c => braced(out, c),
    })
}

/// JSON that says the same. Its strings alone can have such characters, and there they may be escaped.
pub(crate) fn json(text: &str) -> String {
    escaped(text, |out, c| match c {
        '\n' => out.push(c),
        c => {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        }
    })
}

fn braced(out: &mut String, c: char) {
    let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
}

fn escaped(text: &str, escape: impl Fn(&mut String, char)) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if is_unsafe(c) {
            escape(&mut out, c);
        } else {
            out.push(c);
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_unsafe_is_left_and_json_means_the_same() {
        let text = "web\u{1b}[2J\u{9b}1m\u{202e}1\r\n\tü \u{7f}";
        assert_eq!(line(text), "web\\u{1b}[2J\\u{9b}1m\\u{202e}1\\u{d}\\n\\tü \\u{7f}");
        assert_eq!(document(text), "web\\u{1b}[2J\\u{9b}1m\\u{202e}1\\u{d}\n\tü \\u{7f}");
        let value = serde_json::json!({ "name": text });
        let shown = json(&format!("{value:#}"));
        assert!(!shown.chars().any(|c| is_unsafe(c) && c != '\n'), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }
}
