//! The subject of a certificate: whom it speaks of. What is needed of DER, read by hand.

/// The identifier of a part of a subject and its value: text, or what is none as its bytes.
pub(crate) type Part<'a> = (&'a [u8], Result<&'a str, &'a [u8]>);

/// The parts of the subject of a DER certificate, in its order. `None` where it is no certificate.
pub(crate) fn subject(certificate: &[u8]) -> Option<Vec<Part<'_>>> {
    let (_, whole) = expect(certificate, SEQUENCE)?;
    let mut rest = expect(whole, SEQUENCE)?.1;
    // The version may be missing; then come serial number, algorithm, issuer, validity, and the subject.
    if let Some((after, _)) = expect(rest, VERSION) {
        rest = after;
    }
    for tag in [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE] {
        rest = expect(rest, tag)?.0;
    }
    let mut names = expect(rest, SEQUENCE)?.1;
    let mut found = Vec::new();
    while let Some((after, mut set)) = expect(names, SET) {
        names = after;
        while let Some((after, pair)) = expect(set, SEQUENCE) {
            set = after;
            let (value, kind) = expect(pair, OBJECT_IDENTIFIER)?;
            found.push((kind, text(value).ok_or(value)));
        }
    }
    Some(found)
}

const INTEGER: u8 = 0x02;
const OBJECT_IDENTIFIER: u8 = 0x06;
const UTF8_STRING: u8 = 0x0c;
const PRINTABLE_STRING: u8 = 0x13;
const IA5_STRING: u8 = 0x16;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const VERSION: u8 = 0xa0;

fn text(value: &[u8]) -> Option<&str> {
    let (_, bytes) =
        [UTF8_STRING, PRINTABLE_STRING, IA5_STRING].into_iter().find_map(|tag| expect(value, tag))?;
    std::str::from_utf8(bytes).ok()
}

/// Splits off an element of this kind: what follows it, and its content.
fn expect(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&first, rest) = der.split_first()?;
    if first != tag {
        return None;
    }
    let (&length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(length), rest),
        // A certificate is far below 16 MiB.
        0x81..=0x83 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((rest, content))
}
