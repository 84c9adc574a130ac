//! A certificate's subject as text, as libvirt's daemons write it for their lists of names.

use std::fmt::Write as _;

use crate::shell::subject::{PRINTABLE_STRING, subject};

/// The subject, in the certificate's order, such as `C=GB,O=Example,CN=client`, with the names and escapes of GnuTLS 3.7: what has a meaning
/// in this form is escaped as RFC 4514 has it, so that no value can be taken for a part of its own. Control characters are escaped, too,
/// which GnuTLS leaves as they are. `None` where it cannot be read.
pub(super) fn of(certificate: &[u8]) -> Option<String> {
    let mut text = String::new();
    for part in subject(certificate)? {
        if !text.is_empty() {
            text.push(if part.joins { '+' } else { ',' });
        }
        let known = NAMES.iter().find(|(known, ..)| *known == part.kind);
        match known {
            Some((_, name, _)) => text.push_str(name),
            None => text.push_str(&dotted(part.kind)),
        }
        text.push('=');
        let is_of_its_kind = match known {
            Some((.., Kind::Text)) => true,
            Some((.., Kind::Printable)) => part.value.first() == Some(&PRINTABLE_STRING),
            None => false,
        };
        match part.text().filter(|_| is_of_its_kind) {
            Some(value) => escape(value, &mut text),
            None => {
                text.push('#');
                for byte in part.value {
                    let _ = write!(text, "{byte:02x}");
                }
            }
        }
    }
    Some(text)
}

/// What a value has to be, to be written as text.
enum Kind {
    Text,
    Printable,
}

/// Identifiers and what GnuTLS calls them, by what certtool 3.7.9 says of certificates that have one of them each.
const NAMES: [(&[u8], &str, Kind); 31] = [
    (&[0x55, 4, 3], "CN", Kind::Text),
    (&[0x55, 4, 4], "surName", Kind::Text),
    (&[0x55, 4, 5], "serialNumber", Kind::Text),
    (&[0x55, 4, 6], "C", Kind::Text),
    (&[0x55, 4, 7], "L", Kind::Text),
    (&[0x55, 4, 8], "ST", Kind::Text),
    (&[0x55, 4, 9], "street", Kind::Text),
    (&[0x55, 4, 10], "O", Kind::Text),
    (&[0x55, 4, 11], "OU", Kind::Text),
    (&[0x55, 4, 12], "title", Kind::Text),
    (&[0x55, 4, 13], "description", Kind::Text),
    (&[0x55, 4, 15], "businessCategory", Kind::Text),
    (&[0x55, 4, 17], "postalCode", Kind::Text),
    (&[0x55, 4, 20], "telephoneNumber", Kind::Printable),
    (&[0x55, 4, 41], "name", Kind::Text),
    (&[0x55, 4, 42], "givenName", Kind::Text),
    (&[0x55, 4, 43], "initials", Kind::Text),
    (&[0x55, 4, 44], "generationQualifier", Kind::Text),
    (&[0x55, 4, 46], "dnQualifier", Kind::Text),
    (&[0x55, 4, 65], "pseudonym", Kind::Text),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1], "UID", Kind::Text),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25], "DC", Kind::Text),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1], "EMAIL", Kind::Text),
    (&[0x2b, 6, 1, 5, 5, 7, 8, 5], "XmppAddr", Kind::Text),
    (&[0x2b, 6, 1, 5, 5, 7, 9, 2], "placeOfBirth", Kind::Text),
    (&[0x2b, 6, 1, 5, 5, 7, 9, 3], "gender", Kind::Printable),
    (&[0x2b, 6, 1, 5, 5, 7, 9, 4], "countryOfCitizenship", Kind::Printable),
    (&[0x2b, 6, 1, 5, 5, 7, 9, 5], "countryOfResidence", Kind::Printable),
    (&JURISDICTION_LOCALITY, "jurisdictionOfIncorporationLocalityName", Kind::Text),
    (&JURISDICTION_STATE, "jurisdictionOfIncorporationStateOrProvinceName", Kind::Text),
    (&JURISDICTION_COUNTRY, "jurisdictionOfIncorporationCountryName", Kind::Text),
];

const JURISDICTION_LOCALITY: [u8; 11] = [0x2b, 6, 1, 4, 1, 0x82, 0x37, 60, 2, 1, 1];
const JURISDICTION_STATE: [u8; 11] = [0x2b, 6, 1, 4, 1, 0x82, 0x37, 60, 2, 1, 2];
const JURISDICTION_COUNTRY: [u8; 11] = [0x2b, 6, 1, 4, 1, 0x82, 0x37, 60, 2, 1, 3];

fn escape(value: &str, text: &mut String) {
    let last = value.chars().count().saturating_sub(1);
    for (at, character) in value.chars().enumerate() {
        let is_special = matches!(character, ',' | '+' | '"' | '\\' | '<' | '>' | ';')
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
            (&[(o, 12, b"x,CN=admin")], "O=x\\,CN=admin"),
            (&[(cn, 12, b" #a\n ")], "CN=\\ #a\\0a\\ "),
            (&[(cn, 3, b"\x00\x01")], "CN=#03020001"),
            (&[(&[0x2a, 0x86, 0x48, 3], 12, b"v")], "1.2.840.3=#0c0176"),
            (&[(&[0x55, 4, 97], 12, b"x"), (cn, 12, b"oi")], "2.5.4.97=#0c0178,CN=oi"),
            (
                &[(&[0x55, 4, 20], 12, b"US"), (&[0x55, 4, 20], 19, b"US")],
                "telephoneNumber=#0c025553,telephoneNumber=US",
            ),
            (&[(&[0x55, 4, 9], 12, b"Main St"), (&[0x55, 4, 4], 12, b"A=B")], "street=Main St,surName=A=B"),
            (&[], ""),
        ] {
            assert_eq!(of(&certificate(names)).as_deref(), Some(text));
        }
        // Two that are one part are another name than two.
        let pair = |kind, value: &[u8]| element(0x30, &[element(6, kind), element(12, value)].concat());
        let both = element(0x30, &element(0x31, &[pair(cn, b"a"), pair(o, b"b")].concat()));
        let head = [vec![2, 1, 7, 0x30, 0, 0x30, 0, 0x30, 0], both].concat();
        assert_eq!(of(&element(0x30, &element(0x30, &head))).as_deref(), Some("CN=a+O=b"));
        let whole = certificate(&[(cn, 12, b"client")]);
        for end in 0..whole.len() {
            assert_eq!(of(&whole[..end]), None, "cut at {end}");
            let mut damaged = whole.clone();
            damaged[end] = 0xff;
            let _ = of(&damaged);
        }
    }
}
