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
    pub(super) mechanism: &'static Mechanism,
    pub(super) needs_credentials: bool,
    /// It shows the password to whoever reads along.
    shows_password: bool,
    /// Both ends prove themselves, in messages of text that are looked at before they are understood.
    pub(super) is_scram: bool,
}

const fn scram(name: &'static str, mechanism: &'static Mechanism) -> Known {
    Known { name, mechanism, needs_credentials: true, shows_password: false, is_scram: true }
}

/// Strongest first. With EXTERNAL, the daemon knows the client from the transport, such as by its TLS certificate: it comes after those
/// that use a password which somebody has taken the trouble to give. libvirt's own daemons (9.0) offer it to nobody.
const KNOWN: [Known; 5] = [
    scram("SCRAM-SHA-512", &SCRAM_SHA512),
    scram("SCRAM-SHA-256", &SCRAM_SHA256),
    scram("SCRAM-SHA-1", &SCRAM_SHA1),
    Known {
        name: "EXTERNAL",
        mechanism: &EXTERNAL,
        needs_credentials: false,
        shows_password: false,
        is_scram: false,
    },
    Known {
        name: "PLAIN",
        mechanism: &PLAIN,
        needs_credentials: true,
        shows_password: true,
        is_scram: false,
    },
];

/// The names of all, for people.
pub(super) fn ours() -> String {
    KNOWN.map(|known| known.name).join(", ")
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
}

/// The strongest that fits, and why each that the daemon offers was left.
pub(super) fn choose(
    offered: &[&str],
    circumstances: Circumstances<'_>,
) -> Result<Known, Vec<(String, Unfit)>> {
    let fits = |name: &str| fit(name, circumstances);
    KNOWN
        .into_iter()
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
        return Err(Unfit::Unknown);
    };
    if circumstances.asked.is_some_and(|asked| !asked.eq_ignore_ascii_case(name)) {
        return Err(Unfit::NotAsked);
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

    const BEST: Circumstances<'_> =
        Circumstances { asked: None, is_protected: true, accept_unprotected: false, has_credentials: true };

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

    #[track_caller]
    fn check(offered: &[&str], circumstances: Circumstances<'_>, expected: &str) {
        assert_eq!(choose(offered, circumstances).unwrap().name, expected);
    }
}
