//! The scenes: what each shows, and how it must end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use virtwire::protocol::migrate::{Domain, Outcome, Request, Way, Wish};

use super::cast::Cast;
use super::daemon::uri_at;
use super::link::Link;
use super::witness::Guest;
use crate::connect::Opener;
use crate::fail::{Fail, plain};
use crate::ladder::Ladder;
use crate::migrate::{Ending, Hosts, Report, Teller};
use crate::screen::{Screen, Style};

/// One migration, and how it must end.
pub(super) struct Scene {
    /// A few words for the summary.
    pub(super) title: &'static str,
    /// What is shown.
    pub(super) sentence: &'static str,
    guest: &'static str,
    from: &'static str,
    to: &'static str,
    link: LinkState,
    /// Where the guest must run afterwards.
    ends_on: &'static str,
    /// The migration's calls, in order.
    calls: &'static [i32],
    /// What the engine must say.
    told: &'static [Told],
}

/// What becomes of the orchestrator's way to the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LinkState {
    Whole,
    /// It is cut once some of the memory has moved, and healed once the outcome was told.
    CutDuringPerform,
}

/// What the engine says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Refused,
    Ended(Ending),
}

const UNKNOWN: Told = Told::Ended(Ending::Unknown);
const MOVED: Told = Told::Ended(Ending::OnDestination);
const STAYED: Told = Told::Ended(Ending::OnSource);

pub(super) const SCENES: [Scene; 7] = [
    Scene {
        title: "version 3",
        sentence: "settler moves from zeta to eta by version 3 with typed parameters, as daemons of today do it: its source keeps \
                   it, paused, until the destination has said that it runs there.",
        guest: "settler",
        from: "zeta",
        to: "eta",
        link: LinkState::Whole,
        ends_on: "eta",
        calls: &[302, 303, 305, 306, 307],
        told: &[MOVED],
    },
    Scene {
        title: "Preparev2",
        sentence: "wanderer moves from alpha to delta by Preparev2 (108): the destination gets the guest's exact configuration, \
                   dom_xml, before any memory comes.",
        guest: "wanderer",
        from: "alpha",
        to: "delta",
        link: LinkState::Whole,
        ends_on: "delta",
        calls: &[108, 62, 109],
        told: &[MOVED],
    },
    Scene {
        title: "downgrade by feature",
        sentence: "wanderer moves on to beta, which is of the age of libvirt 0.4.4: it does not report Preparev2, so the \
                   older Prepare (61) is used, and the data stream brings the configuration.",
        guest: "wanderer",
        from: "delta",
        to: "beta",
        link: LinkState::Whole,
        ends_on: "beta",
        calls: &[61, 62, 63],
        told: &[MOVED],
    },
    Scene {
        title: "downgrade by fact",
        sentence: "pilgrim moves from alpha to gamma, which reports both versions but answers 108 with \"unknown procedure\": \
                   that proves that nothing was done, so the older Prepare is safe to try.",
        guest: "pilgrim",
        from: "alpha",
        to: "gamma",
        link: LinkState::Whole,
        ends_on: "gamma",
        calls: &[108, 61, 62, 63],
        told: &[MOVED],
    },
    Scene {
        title: "no common version",
        sentence: "wanderer is to move from beta to epsilon, but one knows only version 1 and the other only version 2: \
                   that is refused before anything is touched.",
        guest: "wanderer",
        from: "beta",
        to: "epsilon",
        link: LinkState::Whole,
        ends_on: "beta",
        calls: &[],
        told: &[Told::Refused],
    },
    Scene {
        title: "Perform fails",
        sentence: "pilgrim is to move from gamma to alpha, but gamma's transfer breaks half-way: the destination is told to drop \
                   what it prepared, and the guest runs on where it was.",
        guest: "pilgrim",
        from: "gamma",
        to: "alpha",
        link: LinkState::Whole,
        ends_on: "gamma",
        calls: &[108, 62, 109],
        told: &[STAYED],
    },
    Scene {
        title: "the link dies",
        sentence: "voyager moves from delta to alpha, and the orchestrator's link to the source is cut while Perform runs: \
                   nobody can know the end, and virtwire says so. Then the link heals.",
        guest: "voyager",
        from: "delta",
        to: "alpha",
        link: LinkState::CutDuringPerform,
        ends_on: "alpha",
        calls: &[108, 62, 109],
        told: &[UNKNOWN, MOVED],
    },
];

impl Scene {
    /// How it must end, in the words that [`play`](Self::play) finds.
    pub(super) fn expected(&self) -> String {
        words(self.told, &Guest::expected_on(self.ends_on), self.calls)
    }

    /// Plays it and says how it ended: what the engine said, and what the daemons and the wire say.
    pub(super) async fn play(&self, cast: &Cast, screen: &Arc<Screen>) -> Result<String, Fail> {
        let ladder = Ladder::new(screen.clone());
        ladder.head(self.from, self.to);
        let told = self.migrate(cast, screen, &ladder).await?;
        let found = cast.guest(self.guest)?.found(&cast.daemons).await;
        screen.paragraph("   ", Style::Dim, &format!("the daemons say: {} is {found}", self.guest));
        Ok(words(&told, &found, &ladder.migration_calls()))
    }

    fn request(&self, domain: Domain) -> Request {
        let mut request = Request::live(domain);
        request.bandwidth_mib_s = match self.link {
            LinkState::Whole => 4,
            // Slow enough that Perform still runs when the link is whole again.
            LinkState::CutDuringPerform => 2,
        };
        request
    }

    async fn migrate(
        &self,
        cast: &Cast,
        screen: &Arc<Screen>,
        ladder: &Arc<Ladder>,
    ) -> Result<Vec<Told>, Fail> {
        let mut link = Link::to(&cast.daemon(self.from)?.address).await.map_err(broken)?;
        let hosts = Hosts::open(
            &uri_at(&link.address()),
            &cast.daemon(self.to)?.uri(),
            &Way::Managed,
            Opener::default(),
            Some(ladder),
        )
        .await?;
        let domain = hosts.find(self.guest).await?;
        let mut migration = match hosts.plan(self.request(domain), Wish::Auto).await? {
            Ok(migration) => migration.progress_every(PROGRESS_EVERY),
            Err(refusal) => {
                ladder.settle();
                screen.paragraph("   ", Style::Remarkable, &format!("refused: {refusal}"));
                return Ok(vec![Told::Refused]);
            }
        };
        let began = Instant::now();
        let (moving, moves) = oneshot::channel();
        let mut teller = Teller::new(screen.clone(), Some(ladder.clone())).when_moving(moving);
        let mut told = Vec::new();
        let mut outcome = {
            let running = migration.run(&mut teller);
            tokio::pin!(running);
            tokio::select! {
                outcome = &mut running => outcome,
                Ok(()) = moves, if self.link == LinkState::CutDuringPerform => {
                    link.cut().await;
                    running.await
                }
            }
        };
        while let Outcome::Unknown(unknown) = &outcome {
            teller.unknown(unknown);
            if told.is_empty() {
                told.push(UNKNOWN);
                link.heal().await.map_err(broken)?;
                screen.line(Style::Good, "   the link is whole again; asking both hosts");
            } else {
                tokio::time::sleep(ASK_AGAIN_AFTER).await;
            }
            outcome = migration.run(&mut teller).await;
        }
        teller.settle();
        let report = Report::new(self.guest, outcome, &teller, began.elapsed());
        report.tell(screen);
        told.push(Told::Ended(report.ending()));
        Ok(told)
    }
}

fn broken(error: std::io::Error) -> Fail {
    Fail::new("the link to the source", plain(&error), "try again")
}

/// Often enough for a bar that moves.
const PROGRESS_EVERY: Duration = Duration::from_millis(100);

const ASK_AGAIN_AFTER: Duration = Duration::from_millis(200);

/// `unknown, then on destination: running on alpha, unchanged; 108 62 109`.
fn words(told: &[Told], guest: &str, calls: &[i32]) -> String {
    let told: Vec<_> = told
        .iter()
        .map(|told| match told {
            Told::Refused => "refused",
            Told::Ended(ending) => ending.words(),
        })
        .collect();
    let calls: Vec<_> = calls.iter().map(i32::to_string).collect();
    let calls = if calls.is_empty() { "no call".to_owned() } else { calls.join(" ") };
    format!("{}: {guest}; {calls}", told.join(", then "))
}
