//! The common name in a certificate's subject, where sites kept host names before there were alternative names.

/// The last common name of the subject of a DER certificate; `None` where there is none in a form that is text.
pub(super) fn common_name(certificate: &[u8]) -> Option<String> {
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
    let mut found = None;
    while let Some((after, mut set)) = expect(names, SET) {
        names = after;
        while let Some((after, pair)) = expect(set, SEQUENCE) {
            set = after;
            let (value, kind) = expect(pair, OBJECT_IDENTIFIER)?;
            if kind == COMMON_NAME {
                found = text(value);
            }
        }
    }
    found
}

const INTEGER: u8 = 0x02;
const OBJECT_IDENTIFIER: u8 = 0x06;
const UTF8_STRING: u8 = 0x0c;
const PRINTABLE_STRING: u8 = 0x13;
const IA5_STRING: u8 = 0x16;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const VERSION: u8 = 0xa0;
/// 2.5.4.3
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];

fn text(value: &[u8]) -> Option<String> {
    let (_, bytes) =
        [UTF8_STRING, PRINTABLE_STRING, IA5_STRING].into_iter().find_map(|tag| expect(value, tag))?;
    String::from_utf8(bytes.to_vec()).ok()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The head of a certificate: version, serial number, three empty sequences, and this subject.
    fn certificate(subject: &[u8]) -> Vec<u8> {
        let mut inner = vec![0xa0, 3, 2, 1, 2, 2, 1, 7, 0x30, 0, 0x30, 0, 0x30, 0];
        inner.extend_from_slice(subject);
        let element = |content: &[u8]| {
            let mut bytes = vec![0x30, 0x82];
            bytes.extend_from_slice(&u16::try_from(content.len()).unwrap().to_be_bytes());
            bytes.extend_from_slice(content);
            bytes
        };
        element(&element(&inner))
    }

    fn name(kind: u8, string: u8, text: &str) -> Vec<u8> {
        let length = u8::try_from(text.len()).unwrap();
        let mut bytes = vec![0x31, length + 9, 0x30, length + 7, 6, 3, 0x55, 4, kind, string, length];
        bytes.extend_from_slice(text.as_bytes());
        bytes
    }

    fn subject(names: &[Vec<u8>]) -> Vec<u8> {
        let names = names.concat();
        [vec![0x30, u8::try_from(names.len()).unwrap()], names].concat()
    }

    #[test]
    fn the_last_common_name_counts_and_no_damage_matters() {
        let whole =
            certificate(&subject(&[name(10, 12, "Org"), name(3, 19, "first"), name(3, 12, "host.ü")]));
        assert_eq!(common_name(&whole).as_deref(), Some("host.ü"));
        assert_eq!(common_name(&certificate(&subject(&[name(10, 12, "Org")]))), None);
        assert_eq!(common_name(&certificate(&subject(&[]))), None);
        for end in 0..whole.len() {
            assert_eq!(common_name(&whole[..end]), None, "cut at {end}");
            let mut damaged = whole.clone();
            damaged[end] = 0xff;
            let _ = common_name(&damaged);
        }
    }
}
