//! A certificate's subject as text, as libvirt's daemons write it for their lists of names.

use std::fmt::Write as _;

use crate::shell::subject::subject;

/// The subject, in the certificate's order, such as `C=GB,O=Example,CN=client`. What has a meaning in this form is escaped as RFC 4514
/// has it, so that no value can be taken for a part of its own. `None` where it cannot be read.
pub(super) fn of(certificate: &[u8]) -> Option<String> {
    let mut text = String::new();
    for (kind, value) in subject(certificate)? {
        if !text.is_empty() {
            text.push(',');
        }
        match NAMES.iter().find(|(known, _)| *known == kind) {
            Some((_, name)) => text.push_str(name),
            None => text.push_str(&dotted(kind)),
        }
        text.push('=');
        match value {
            Ok(value) => escape(value, &mut text),
            Err(bytes) => {
                text.push('#');
                for byte in bytes {
                    let _ = write!(text, "{byte:02x}");
                }
            }
        }
    }
    Some(text)
}

/// Identifiers and what RFC 4514 and GnuTLS call them.
const NAMES: [(&[u8], &str); 10] = [
    (&[0x55, 4, 3], "CN"),
    (&[0x55, 4, 5], "serialNumber"),
    (&[0x55, 4, 6], "C"),
    (&[0x55, 4, 7], "L"),
    (&[0x55, 4, 8], "ST"),
    (&[0x55, 4, 10], "O"),
    (&[0x55, 4, 11], "OU"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1], "UID"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25], "DC"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1], "EMAIL"),
];

fn escape(value: &str, text: &mut String) {
    let last = value.chars().count().saturating_sub(1);
    for (at, character) in value.chars().enumerate() {
        let is_special = matches!(character, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=')
            || (character == '#' && at == 0)
            || (character == ' ' && (at == 0 || at == last));
        if is_special {
            text.push('\\');
        }
        if character.is_control() {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                let _ = write!(text, "\\{byte:02x}");
            }
        } else {
            text.push(character);
        }
    }
}

/// An identifier in numbers. Its first byte is two of them.
fn dotted(kind: &[u8]) -> String {
    let mut numbers = Vec::new();
    let mut number: u64 = 0;
    for byte in kind {
        number = number.wrapping_shl(7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            numbers.push(number);
            number = 0;
        }
    }
    if let Some(first) = numbers.first().copied() {
        let top = (first / 40).min(2);
        numbers[0] = first - top * 40;
        numbers.insert(0, top);
    }
    numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(tag: u8, content: &[u8]) -> Vec<u8> {
        [&[tag, u8::try_from(content.len()).unwrap()], content].concat()
    }

    /// The head of a certificate with this subject.
    fn certificate(names: &[(&[u8], u8, &[u8])]) -> Vec<u8> {
        let names: Vec<_> = names
            .iter()
            .flat_map(|(kind, tag, value)| {
                element(0x31, &element(0x30, &[element(6, kind), element(*tag, value)].concat()))
            })
            .collect();
        let head = [vec![2, 1, 7, 0x30, 0, 0x30, 0, 0x30, 0], element(0x30, &names)].concat();
        element(0x30, &element(0x30, &head))
    }

    #[test]
    fn the_parts_keep_their_order_and_none_can_pass_for_two() {
        let cn: &[u8] = &[0x55, 4, 3];
        let o: &[u8] = &[0x55, 4, 10];
        for (names, text) in [
            (
                &[(&[0x55, 4, 6][..], 19, &b"GB"[..]), (o, 12, b"Red Hat"), (cn, 12, b"client")][..],
                "C=GB,O=Red Hat,CN=client",
            ),
            (&[(o, 12, b"x,CN=admin")], "O=x\\,CN\\=admin"),
            (&[(cn, 12, b" #a\n ")], "CN=\\ #a\\0a\\ "),
            (&[(cn, 3, b"\x00\x01")], "CN=#03020001"),
            (&[(&[0x2a, 0x86, 0x48, 3], 12, b"v")], "1.2.840.3=v"),
            (&[], ""),
        ] {
            assert_eq!(of(&certificate(names)).as_deref(), Some(text));
        }
        let whole = certificate(&[(cn, 12, b"client")]);
        for end in 0..whole.len() {
            assert_eq!(of(&whole[..end]), None, "cut at {end}");
            let mut damaged = whole.clone();
            damaged[end] = 0xff;
            let _ = of(&damaged);
        }
    }
}
