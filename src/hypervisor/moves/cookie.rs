//! The cookies of a migration: what one host tells the other, through the client that moves the guest.
//!
//! In versions 1 and 2 a cookie is Prepare's [`Ticket`], 16 bytes. In version 3 each step has one, of 56 bytes: `VWMIG3`,
//! two zeros, the UUID of the host that wrote it, the guest's UUID, and the ticket, which is zero before Prepare has made it.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::{Result, Uuid, errors};

/// What makes a stream the one that was prepared for: random, handed from Prepare to Perform by the client.
pub(crate) type Ticket = [u8; 16];

const MAGIC: [u8; 8] = *b"VWMIG3\0\0";

/// A cookie of version 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cookie {
    /// The host that wrote it.
    pub(crate) host: Uuid,
    pub(crate) guest: Uuid,
    /// Zero in Begin's.
    pub(crate) ticket: Ticket,
}

impl Cookie {
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        [&MAGIC[..], &self.host.0, &self.guest.0, &self.ticket].concat()
    }

    /// Reads what another host wrote about a guest; `None` where nothing came.
    ///
    /// # Errors
    /// Code 1 where it is no cookie, this host's own, or about another guest.
    pub(crate) fn read(bytes: &[u8], here: Uuid, guest: Uuid) -> Result<Option<Cookie>> {
        let cookie = Cookie::of(bytes, here)?;
        match &cookie {
            Some(Cookie { guest: about, .. }) if *about != guest => {
                Err(internal(format!("the migration cookie is of domain {about}, the call of {guest}")))
            }
            _ => Ok(cookie),
        }
    }

    /// The same of whatever guest.
    ///
    /// # Errors
    /// Code 1 where it is no cookie, or this host's own.
    pub(crate) fn of(bytes: &[u8], here: Uuid) -> Result<Option<Cookie>> {
        if bytes.is_empty() {
            return Ok(None);
        }
        let rest = bytes.strip_prefix(&MAGIC).unwrap_or_default();
        let (words, over) = rest.as_chunks::<16>();
        let (&[host, about, ticket], []) = (words, over) else {
            let found = bytes.len();
            return Err(internal(format!("{found} bytes that are no migration cookie of this hypervisor")));
        };
        let cookie = Cookie { host: Uuid(host), guest: Uuid(about), ticket };
        if cookie.host == here {
            return Err(internal(format!("Attempt to migrate guest to the same host {here}")));
        }
        Ok(Some(cookie))
    }
}

/// Reads the ticket of a cookie of version 1 or 2.
///
/// # Errors
/// Code 8 where it is none.
pub(crate) fn ticket(bytes: &[u8]) -> Result<Ticket> {
    Ticket::try_from(bytes).map_err(|_| {
        let found = bytes.len();
        errors::invalid_argument(format!("a migration cookie of {found} bytes; prepare answers one of 16"))
    })
}

fn internal(detail: String) -> RemoteError {
    RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::QEMU, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_for_the_other_host_and_for_its_guest() {
        let [here, there, guest] = [Uuid([1; 16]), Uuid([2; 16]), Uuid([3; 16])];
        let cookie = Cookie { host: there, guest, ticket: [4; 16] };
        let bytes = cookie.to_bytes();
        assert_eq!(Cookie::read(&bytes, here, guest), Ok(Some(cookie)));
        assert_eq!(Cookie::read(&[], here, guest), Ok(None));
        let refused = |bytes: &[u8], here, guest| Cookie::read(bytes, here, guest).unwrap_err().to_string();
        assert!(refused(&bytes, there, guest).contains("same host"));
        assert!(refused(&bytes, here, there).contains("of domain"));
        for cut in 1..bytes.len() {
            assert!(refused(&bytes[..cut], here, guest).contains("no migration cookie"), "{cut}");
        }
        assert!(refused(&[&bytes[..], &[0]].concat(), here, guest).contains("no migration cookie"));
    }
}
