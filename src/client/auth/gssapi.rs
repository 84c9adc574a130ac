//! The client's half of SASL's GSSAPI (RFC 4752), with Kerberos as the system has it: a ticket for the daemon, the daemon's proof of
//! itself, and what both ends will do to what is said afterwards.

use libgssapi::context::{ClientCtx, CtxFlags, SecurityContext};
use libgssapi::credential::{Cred, CredUsage};
use libgssapi::name::Name;
use libgssapi::oid::{GSS_MECH_KRB5, GSS_NT_HOSTBASED_SERVICE, OidSet};

use crate::shell::layer::{Layer, SEALED_BYTES_MAX};

/// No delegation: the daemon is told who the user is, and not given the user's tickets.
const FLAGS: CtxFlags = CtxFlags::GSS_C_MUTUAL_FLAG
    .union(CtxFlags::GSS_C_REPLAY_FLAG)
    .union(CtxFlags::GSS_C_SEQUENCE_FLAG)
    .union(CtxFlags::GSS_C_INTEG_FLAG)
    .union(CtxFlags::GSS_C_CONF_FLAG);

// What an end may do to what is said afterwards; bits of the daemon's offer.
const NOTHING: u8 = 1;
const SEALING: u8 = 4;

/// Who the user is, by Kerberos; or in words why that is not known. Reads files, and may ask a server.
pub(super) fn find_ticket() -> Result<Cred, String> {
    let found = || {
        let mut kerberos = OidSet::new();
        kerberos.add(GSS_MECH_KRB5)?;
        let credential = Cred::acquire(None, None, CredUsage::Initiate, Some(&kerberos))?;
        // It is looked for only when it is asked about.
        credential.name()?;
        Ok(credential)
    };
    // In the thread where it failed, as the library keeps the words for each of its own.
    found().map_err(|error: libgssapi::error::Error| error.to_string())
}

/// Whose fault it is that there is no way on.
#[derive(Debug)]
pub(super) enum Fault {
    /// Kerberos gives no ticket for the daemon.
    NoTicket { service: String, reason: String },
    /// The daemon's part of the exchange is wrong.
    Daemon(String),
}

/// What the client takes of what the daemon offers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    /// Nobody can read along, so that nothing need be sealed.
    pub(super) is_protected: bool,
    /// Nothing is sealed either where the daemon cannot.
    pub(super) accept_unprotected: bool,
}

/// One end of an exchange.
#[derive(Debug)]
pub(super) struct Client {
    context: ClientCtx,
    service: String,
    terms: Terms,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Start,
    /// The daemon is to prove itself.
    Proof,
    /// It is to say what it can do afterwards.
    Offer,
    /// All is said; what is sealed is so in pieces of no more than so many bytes.
    Done {
        seals: Option<usize>,
    },
}

impl Client {
    /// One that speaks for whom `ticket` is of.
    pub(super) fn new(ticket: Result<Cred, String>, host: &str, terms: Terms) -> Result<Client, Fault> {
        let service = format!("libvirt@{host}");
        let target = Name::new(service.as_bytes(), Some(GSS_NT_HOSTBASED_SERVICE));
        match (ticket, target.map_err(|error| error.to_string())) {
            (Ok(ticket), Ok(target)) => {
                let context = ClientCtx::new(Some(ticket), target, FLAGS, Some(GSS_MECH_KRB5));
                Ok(Client { context, service, terms, phase: Phase::Start })
            }
            (Err(reason), _) | (_, Err(reason)) => Err(Fault::NoTicket { service, reason }),
        }
    }

    /// What to say, and whether that is all. Asks servers of Kerberos's.
    pub(super) fn step(&mut self, heard: Option<&[u8]>) -> Result<(Vec<u8>, bool), Fault> {
        match (self.phase, heard) {
            (Phase::Start, _) => {
                let token = self.context.step(None, None);
                let token = token.map_err(|error| Fault::NoTicket {
                    service: self.service.clone(),
                    reason: error.to_string(),
                })?;
                self.phase = Phase::Proof;
                Ok((token.map(|token| token.to_vec()).unwrap_or_default(), false))
            }
            (Phase::Proof, Some(heard)) => {
                let token = self.context.step(Some(heard), None).map_err(daemon)?;
                if self.context.is_complete() {
                    let agreed = self.context.flags().map_err(daemon)?;
                    if !agreed.contains(CtxFlags::GSS_C_MUTUAL_FLAG | CtxFlags::GSS_C_INTEG_FLAG) {
                        return Err(Fault::Daemon("it has not proved itself".to_owned()));
                    }
                    self.phase = Phase::Offer;
                }
                Ok((token.map(|token| token.to_vec()).unwrap_or_default(), false))
            }
            (Phase::Offer, Some(heard)) => {
                let offer = self.context.unwrap(heard).map_err(daemon)?;
                let seals_all = self.context.flags().map_err(daemon)?.contains(CtxFlags::GSS_C_CONF_FLAG);
                let answer = answer(&offer, seals_all, self.terms).map_err(Fault::Daemon)?;
                self.phase = Phase::Done { seals: answer.seals };
                let word = self.context.wrap(false, &answer.word).map_err(daemon)?;
                Ok((word.to_vec(), true))
            }
            (Phase::Done { .. }, _) => Err(Fault::Daemon("it goes on where all is said".to_owned())),
            (_, None) => Err(Fault::Daemon("it said nothing where its proof was due".to_owned())),
        }
    }

    /// What seals everything from here on, if that is agreed on.
    pub(super) fn layer(self) -> Option<Layer> {
        match self.phase {
            Phase::Done { seals: Some(bytes) } => Some(Layer::new(self.context, bytes)),
            _ => None,
        }
    }
}

fn daemon(error: libgssapi::error::Error) -> Fault {
    Fault::Daemon(error.to_string())
}

/// What is answered to the daemon's offer.
#[derive(Debug, PartialEq)]
struct Answer {
    word: [u8; 4],
    seals: Option<usize>,
}

/// Bytes by which a sealed piece is longer than what is in it, generously.
const SEAL_BYTES_MAX: usize = 256;

/// The offer is a byte of bits, and three of the longest sealed piece that the daemon takes.
fn answer(offer: &[u8], seals_all: bool, terms: Terms) -> Result<Answer, String> {
    let &[can, high, middle, low] = offer else {
        return Err(format!("an offer of {} bytes instead of 4", offer.len()));
    };
    let takes = u32::from_be_bytes([0, high, middle, low]) as usize;
    let plain = Answer { word: [NOTHING, 0, 0, 0], seals: None };
    if terms.is_protected {
        return match can & NOTHING {
            0 => Err("it insists on sealing what the transport protects already".to_owned()),
            _ => Ok(plain),
        };
    }
    if can & SEALING != 0 && seals_all {
        let bytes = takes.min(SEALED_BYTES_MAX).saturating_sub(SEAL_BYTES_MAX);
        if bytes == 0 {
            return Err(format!("it takes no sealed piece of more than {takes} bytes"));
        }
        let [_, high, middle, low] = (SEALED_BYTES_MAX as u32).to_be_bytes();
        return Ok(Answer { word: [SEALING, high, middle, low], seals: Some(bytes) });
    }
    if can & NOTHING != 0 && terms.accept_unprotected {
        return Ok(plain);
    }
    Err("it does not seal what is said, and others may read along: use TLS, SSH or a unix socket, or accept that by \
         OpenOptions::accept_unprotected"
        .to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: Terms = Terms { is_protected: false, accept_unprotected: false };
    const PROTECTED: Terms = Terms { is_protected: true, ..OPEN };
    const CARELESS: Terms = Terms { accept_unprotected: true, ..OPEN };

    #[test]
    fn what_others_could_read_is_sealed() {
        let sealed = Answer { word: [4, 1, 0, 0], seals: Some(65_536 - 256) };
        // As libvirt's daemons offer over TCP.
        assert_eq!(answer(&[4, 1, 0, 0], true, OPEN).as_ref(), Ok(&sealed));
        assert_eq!(answer(&[7, 255, 255, 255], true, OPEN).as_ref(), Ok(&sealed));
        assert_eq!(answer(&[7, 255, 255, 255], true, CARELESS).as_ref(), Ok(&sealed));
        let small = Answer { word: [4, 1, 0, 0], seals: Some(1) };
        assert_eq!(answer(&[4, 0, 1, 1], true, OPEN), Ok(small));
        for (offer, seals_all, part) in [
            (&[4, 0, 1, 0][..], true, "no sealed piece of more than 256"),
            (&[3, 0, 0, 0], true, "others may read along"),
            (&[7, 1, 0, 0], false, "others may read along"),
            (&[0, 1, 0, 0], true, "others may read along"),
            (&[], true, "0 bytes instead of 4"),
            (&[4, 1, 0, 0, 0], true, "5 bytes"),
        ] {
            let told = answer(offer, seals_all, OPEN).unwrap_err();
            assert!(told.contains(part), "{offer:?}: {told}");
        }
    }

    #[test]
    fn nothing_is_sealed_where_nobody_reads_along_or_the_user_takes_that() {
        let plain = || Ok(Answer { word: [1, 0, 0, 0], seals: None });
        // As libvirt's daemons offer over TLS and unix sockets.
        assert_eq!(answer(&[1, 0, 0, 0], true, PROTECTED), plain());
        assert_eq!(answer(&[7, 1, 0, 0], true, PROTECTED), plain());
        assert_eq!(answer(&[1, 0, 0, 0], true, CARELESS), plain());
        assert!(answer(&[4, 1, 0, 0], true, PROTECTED).unwrap_err().contains("insists"));
        assert!(answer(&[4, 1, 0, 0], false, CARELESS).is_err());
    }
}
