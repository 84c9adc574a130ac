//! The common name in a certificate's subject, where sites kept host names before there were alternative names.

use crate::shell::subject::subject;

/// The last common name of the subject of a DER certificate; `None` where there is none in a form that is text.
pub(super) fn common_name(certificate: &[u8]) -> Option<String> {
    let names = subject(certificate)?;
    let last = names.into_iter().rev().find(|part| part.kind == COMMON_NAME)?;
    last.text().map(str::to_owned)
}

/// 2.5.4.3
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];

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
