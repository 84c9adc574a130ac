//! Who plays: the daemons and the guests.

use super::daemon::Daemon;
use super::witness::Guest;
use crate::fail::Fail;
use crate::screen::{Screen, Style};

/// Everything that the scenes need. Dropping it ends the daemons.
pub(super) struct Cast {
    pub(super) daemons: Vec<Daemon>,
    guests: Vec<Guest>,
}

/// The daemons: name, what they are told, and what that makes of them.
const DAEMONS: [(&str, &[&str], &str); 7] = [
    ("alpha", &["--as", "0.9.1"], "of the age of libvirt 0.9.1: reports migration versions 2 and 1"),
    ("beta", &["--as", "0.4.4"], "of the age of libvirt 0.4.4: version 1 is all there was"),
    (
        "gamma",
        &["--as", "0.9.1", "--without", "108", "--fault", "break-perform=1500000"],
        "claims version 2 but lacks its Prepare, and its transfers break",
    ),
    ("delta", &["--as", "0.9.1"], "the same"),
    (
        "epsilon",
        &["--as", "0.9.1", "--without-feature", "1"],
        "reports version 2 only, as libvirt's QEMU driver did",
    ),
    ("zeta", &[], "of today: reports version 3 with parameters, and all before it"),
    ("eta", &[], "the same"),
];

/// The guests, and where they are booted.
const GUESTS: [(&str, &str); 4] =
    [("wanderer", "alpha"), ("pilgrim", "alpha"), ("voyager", "delta"), ("settler", "zeta")];

impl Cast {
    /// Starts the daemons and boots the guests.
    pub(super) async fn start() -> Result<Cast, Fail> {
        let mut cast = Cast { daemons: Vec::new(), guests: Vec::new() };
        for (name, options, _) in DAEMONS {
            cast.daemons.push(Daemon::start(name, options).await?);
        }
        for (name, daemon) in GUESTS {
            let guest = Guest::boot(name, cast.daemon(daemon)?).await?;
            cast.guests.push(guest);
        }
        Ok(cast)
    }

    /// Names the daemons, and where they can be reached while this lasts.
    pub(super) fn introduce(&self, screen: &Screen) {
        screen.line(Style::Plain, "");
        for (daemon, (_, options, what)) in self.daemons.iter().zip(DAEMONS) {
            screen.line(Style::Plain, &format!("   {:<8} {}  {what}", daemon.name, daemon.address));
            if !options.is_empty() {
                let told = format!("   {:8} virtwire serve {}", "", options.join(" "));
                screen.line(Style::Dim, &told);
            }
        }
    }

    pub(super) fn daemon(&self, name: &str) -> Result<&Daemon, Fail> {
        self.daemons
            .iter()
            .find(|daemon| daemon.name == name)
            .ok_or_else(|| Fail::new(format!("daemon {name}"), "is missing", "this is a mistake in the demo"))
    }

    pub(super) fn guest(&self, name: &str) -> Result<&Guest, Fail> {
        self.guests
            .iter()
            .find(|guest| guest.name == name)
            .ok_or_else(|| Fail::new(format!("guest {name}"), "is missing", "this is a mistake in the demo"))
    }

    /// Ends the daemons and waits until they have gone.
    pub(super) async fn end(self) -> Result<(), Fail> {
        for daemon in self.daemons {
            daemon.end().await?;
        }
        Ok(())
    }
}
