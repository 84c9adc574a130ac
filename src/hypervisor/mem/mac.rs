//! Hardware addresses of interfaces, as documents write them.

use std::fmt;

use super::super::Uuid;
use super::memory::checksum;

/// An address of six bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mac([u8; 6]);

impl Mac {
    /// Six numbers of two hexadecimal digits, or fewer, with colons between them.
    pub(super) fn read(text: &str) -> Option<Mac> {
        let mut bytes = [0; 6];
        let mut parts = text.trim_end().split(':');
        for byte in &mut bytes {
            let part = parts.next()?;
            // A number may have a sign, and an address may not.
            let is_hex = part.bytes().all(|digit| digit.is_ascii_hexdigit());
            *byte = u8::from_str_radix(part, 16).ok().filter(|_| is_hex)?;
        }
        parts.next().is_none().then_some(Mac(bytes))
    }

    /// It is no one interface's.
    fn is_multicast(self) -> bool {
        self.0[0] & 1 == 1
    }

    /// That a text is the address of one interface.
    ///
    /// # Errors
    /// What is to be told of one that is none, and of one that is many interfaces'.
    pub(super) fn check<E>(
        text: &str,
        unreadable: impl FnOnce() -> E,
        multicast: impl FnOnce() -> E,
    ) -> Result<(), E> {
        match Mac::read(text).ok_or_else(unreadable)?.is_multicast() {
            true => Err(multicast()),
            false => Ok(()),
        }
    }

    /// One of those that libvirt gives to guests, at random.
    pub(super) fn random() -> Mac {
        let Uuid([one, two, three, ..]) = Uuid::random();
        Mac([0x52, 0x54, 0, one, two, three])
    }

    /// One of those as well, the same whenever the same guest's document is read: also by another daemon, or after a restart.
    pub(super) fn of(guest: Uuid, number: u32) -> Mac {
        let [.., one, two, three] = checksum(&[&guest.0[..], &number.to_be_bytes()].concat()).to_be_bytes();
        Mac([0x52, 0x54, 0, one, two, three])
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [one, two, three, four, five, six] = self.0;
        write!(f, "{one:02x}:{two:02x}:{three:02x}:{four:02x}:{five:02x}:{six:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_six_bytes() {
        for (text, told) in [
            ("52:54:00:0A:0b:0C", "52:54:00:0a:0b:0c"),
            ("2:4:0:0:0:1", "02:04:00:00:00:01"),
            ("52:54:00:00:00:01 ", "52:54:00:00:00:01"),
        ] {
            assert_eq!(Mac::read(text).map(|mac| mac.to_string()).as_deref(), Some(told), "{text}");
        }
        for wrong in [
            "",
            "zz",
            "52:54:00:00:00",
            "52:54:00:00:00:01:02",
            "52:54:00:00:00:100",
            "52:54:00:00:00:+1",
            "52:54:00::00:01",
            "52-54-00-00-00-01",
            " 52:54:00:00:00:01",
        ] {
            assert_eq!(Mac::read(wrong), None, "{wrong:?}");
        }
        assert!(Mac::read("01:00:5e:00:00:01").unwrap().is_multicast());
        assert!(!Mac::random().is_multicast());
    }

    #[test]
    fn a_guest_has_its_addresses_for_good() {
        let (one, other) = (Uuid([1; 16]), Uuid([2; 16]));
        assert_eq!(Mac::of(one, 0), Mac::of(one, 0));
        assert_ne!(Mac::of(one, 0), Mac::of(one, 1));
        assert_ne!(Mac::of(one, 0), Mac::of(other, 0));
        assert!(Mac::of(one, 0).to_string().starts_with("52:54:00:"));
    }
}
