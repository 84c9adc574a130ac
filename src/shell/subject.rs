//! The subject of a certificate: whom it speaks of. What is needed of DER, read by hand.

/// A part of a subject.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    /// Its identifier.
    pub(crate) kind: &'a [u8],
    /// Its value, as DER.
    pub(crate) value: &'a [u8],
    /// Whether it belongs to the one before it, of which it says more.
    #[cfg_attr(not(feature = "server"), expect(dead_code))]
    pub(crate) joins: bool,
}

impl<'a> Part<'a> {
    /// The value, where it is text.
    pub(crate) fn text(self) -> Option<&'a str> {
        let (_, bytes) = [UTF8_STRING, PRINTABLE_STRING, IA5_STRING]
            .into_iter()
            .find_map(|tag| expect(self.value, tag))?;
        std::str::from_utf8(bytes).ok()
    }
}

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
        let mut is_first = true;
        while let Some((after, pair)) = expect(set, SEQUENCE) {
            let (value, kind) = expect(pair, OBJECT_IDENTIFIER)?;
            found.push(Part { kind, value, joins: !is_first });
            (set, is_first) = (after, false);
        }
    }
    Some(found)
}

const INTEGER: u8 = 0x02;
const OBJECT_IDENTIFIER: u8 = 0x06;
const UTF8_STRING: u8 = 0x0c;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
const IA5_STRING: u8 = 0x16;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const VERSION: u8 = 0xa0;

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
