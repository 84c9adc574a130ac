//! The SASL mechanisms that there are here, strongest first, and which of a daemon's fits.

use rsasl::mechanisms::external::EXTERNAL;
use rsasl::mechanisms::plain::PLAIN;
use rsasl::mechanisms::scram::{SCRAM_SHA1, SCRAM_SHA256, SCRAM_SHA512};
use rsasl::prelude::Mechanism;

use super::error::Unfit;

/// One of the mechanisms that there are here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) half: Half,
    pub(super) needs_credentials: bool,
    /// It shows the password to whoever reads along.
    shows_password: bool,
    /// Both ends prove themselves, in messages of text that are looked at before they are understood.
    pub(super) is_scram: bool,
}

/// Who plays the client's half.
#[derive(Clone, Copy, Debug)]
pub(super) enum Half {
    Rsasl(&'static Mechanism),
    #[cfg(feature = "gssapi")]
    Gssapi,
}

const fn scram(name: &'static str, mechanism: &'static Mechanism) -> Known {
    let half = Half::Rsasl(mechanism);
    Known { name, half, needs_credentials: true, shows_password: false, is_scram: true }
}

pub(super) const GSSAPI: &str = "GSSAPI";

/// Strongest first. GSSAPI is taken wherever the user has a ticket of Kerberos's: it is the only one that seals what is said afterwards. With
/// EXTERNAL, the daemon knows the client from the transport, such as by its TLS certificate: it comes after those that use a password
/// which somebody has taken the trouble to give. libvirt's own daemons (9.0) offer it to nobody.
const KNOWN: &[Known] = &[
    #[cfg(feature = "gssapi")]
    Known {
        name: GSSAPI,
        half: Half::Gssapi,
        needs_credentials: false,
        shows_password: false,
        is_scram: false,
    },
    scram("SCRAM-SHA-512", &SCRAM_SHA512),
    scram("SCRAM-SHA-256", &SCRAM_SHA256),
    scram("SCRAM-SHA-1", &SCRAM_SHA1),
    Known {
        name: "EXTERNAL",
        half: Half::Rsasl(&EXTERNAL),
        needs_credentials: false,
        shows_password: false,
        is_scram: false,
    },
    Known {
        name: "PLAIN",
        half: Half::Rsasl(&PLAIN),
        needs_credentials: true,
        shows_password: true,
        is_scram: false,
    },
];

/// The names of all, for people.
pub(super) fn ours() -> String {
    KNOWN.iter().map(|known| known.name).collect::<Vec<_>>().join(", ")
}

/// What decides, beside the daemon's list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Circumstances<'a> {
    /// The one that the URI names.
    pub(super) asked: Option<&'a str>,
    /// Nobody can read along.
    pub(super) is_protected: bool,
    /// The user takes what may come of it that somebody can.
    pub(super) accept_unprotected: bool,
    pub(super) has_credentials: bool,
    /// Why there is no ticket of Kerberos's, if there is none.
    #[cfg(feature = "gssapi")]
    pub(super) no_ticket: Option<&'a str>,
}

/// The strongest that fits, and why each that the daemon offers was left.
pub(super) fn choose(
    offered: &[&str],
    circumstances: Circumstances<'_>,
) -> Result<Known, Vec<(String, Unfit)>> {
    let fits = |name: &str| fit(name, circumstances);
    KNOWN
        .iter()
        .copied()
        .find(|known| {
            offered.iter().any(|name| name.eq_ignore_ascii_case(known.name)) && fits(known.name).is_ok()
        })
        .ok_or_else(|| {
            let refused = offered.iter().filter_map(|name| Some(((*name).to_owned(), fits(name).err()?)));
            refused.collect()
        })
}

fn fit(name: &str, circumstances: Circumstances<'_>) -> Result<(), Unfit> {
    let Some(known) = KNOWN.iter().find(|known| known.name.eq_ignore_ascii_case(name)) else {
        #[cfg(not(feature = "gssapi"))]
        if name.eq_ignore_ascii_case(GSSAPI) {
            return Err(Unfit::NotBuilt);
        }
        return Err(Unfit::Unknown);
    };
    if circumstances.asked.is_some_and(|asked| !asked.eq_ignore_ascii_case(name)) {
        return Err(Unfit::NotAsked);
    }
    #[cfg(feature = "gssapi")]
    if let (Half::Gssapi, Some(reason)) = (known.half, circumstances.no_ticket) {
        return Err(Unfit::NoTicket { reason: reason.to_owned() });
    }
    if known.shows_password && !circumstances.is_protected {
        return Err(Unfit::Unprotected);
    }
    if known.is_scram && !circumstances.is_protected && !circumstances.accept_unprotected {
        return Err(Unfit::Unlayered);
    }
    if known.needs_credentials && !circumstances.has_credentials {
        return Err(Unfit::NoCredentials);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEST: Circumstances<'_> = Circumstances {
        asked: None,
        is_protected: true,
        accept_unprotected: false,
        has_credentials: true,
        #[cfg(feature = "gssapi")]
        no_ticket: Some("No Kerberos credentials available"),
    };

    #[test]
    fn the_strongest_that_fits_is_taken() {
        let all = ["PLAIN", "DIGEST-MD5", "EXTERNAL", "SCRAM-SHA-1", "SCRAM-SHA-512", "SCRAM-SHA-256"];
        check(&all, BEST, "SCRAM-SHA-512");
        check(&["PLAIN", "scram-sha-1"], BEST, "SCRAM-SHA-1");
        check(&["PLAIN", "EXTERNAL"], BEST, "EXTERNAL");
        check(&all, Circumstances { has_credentials: false, ..BEST }, "EXTERNAL");
        check(&all, Circumstances { asked: Some("plain"), ..BEST }, "PLAIN");
        let open = Circumstances { is_protected: false, ..BEST };
        check(&all, Circumstances { accept_unprotected: true, ..open }, "SCRAM-SHA-512");
        // It needs no password that could be guessed.
        check(&all, open, "EXTERNAL");
    }

    #[test]
    fn what_does_not_fit_is_told_with_the_reason() {
        let why = |offered: &[&str], circumstances| choose(offered, circumstances).unwrap_err();
        let refused = why(&["DIGEST-MD5", "PLAIN"], Circumstances { is_protected: false, ..BEST });
        assert_eq!(refused, [("DIGEST-MD5".into(), Unfit::Unknown), ("PLAIN".into(), Unfit::Unprotected)]);
        let open = Circumstances { is_protected: false, ..BEST };
        assert_eq!(why(&["SCRAM-SHA-256"], open), [("SCRAM-SHA-256".into(), Unfit::Unlayered)]);
        let open = Circumstances { accept_unprotected: true, ..open };
        assert_eq!(why(&["PLAIN"], open), [("PLAIN".into(), Unfit::Unprotected)]);
        let refused = why(&["PLAIN"], Circumstances { has_credentials: false, ..BEST });
        assert_eq!(refused, [("PLAIN".into(), Unfit::NoCredentials)]);
        let asked = Circumstances { asked: Some("SCRAM-SHA-256"), ..BEST };
        assert_eq!(why(&["SCRAM-SHA-1"], asked), [("SCRAM-SHA-1".into(), Unfit::NotAsked)]);
        assert_eq!(why(&[], BEST), []);
    }

    #[cfg(feature = "gssapi")]
    #[test]
    fn who_has_a_ticket_needs_no_password_and_no_protection() {
        let all = ["SCRAM-SHA-512", "GSSAPI", "PLAIN"];
        let with_ticket = Circumstances { no_ticket: None, ..BEST };
        check(&all, with_ticket, "GSSAPI");
        check(&all, Circumstances { is_protected: false, has_credentials: false, ..with_ticket }, "GSSAPI");
        check(&all, Circumstances { asked: Some("plain"), ..with_ticket }, "PLAIN");
        check(&all, BEST, "SCRAM-SHA-512");
        let refused = choose(&["GSSAPI"], BEST).unwrap_err();
        let [(_, why @ Unfit::NoTicket { .. })] = &refused[..] else { panic!("{refused:?}") };
        assert!(
            why.to_string().contains("kinit") && why.to_string().contains("No Kerberos credentials"),
            "{why}"
        );
    }

    #[cfg(not(feature = "gssapi"))]
    #[test]
    fn what_is_not_built_in_is_told_from_what_there_is_not() {
        let refused = choose(&["GSSAPI", "GSS-SPNEGO"], BEST).unwrap_err();
        assert_eq!(refused, [("GSSAPI".into(), Unfit::NotBuilt), ("GSS-SPNEGO".into(), Unfit::Unknown)]);
    }

    #[track_caller]
    fn check(offered: &[&str], circumstances: Circumstances<'_>, expected: &str) {
        assert_eq!(choose(offered, circumstances).unwrap().name, expected);
    }
}
