//! Everything that a modelled migration starts from, and every combination worth trying.

use virtwire_protocol::migrate::{Feature, MigrateFlags, Plan, Refusal, Request, Wish};

use super::destination::Destination;
use super::fault::{Fault, Hears, Runs};
use super::peers::{self, Peer};
use super::source::{self, Source};
use super::world::World;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Setup {
    pub(crate) source: Peer,
    pub(crate) destination: Peer,
    pub(crate) wish: Wish,
    pub(crate) guest: Guest,
    pub(crate) request: Asked,
    pub(crate) destination_is: DestinationIs,
    pub(crate) word: Word,
    /// As soon as the source forgets a migration of version 3, somebody else begins one, until all hosts are up again.
    pub(crate) stranger: bool,
}

/// The guest as the migration finds it. A persistent one has a definition, which stays when it leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guest {
    Transient,
    TransientPaused,
    Persistent,
    PersistentPaused,
    /// Defined, and not there.
    Off,
    /// Paused by an earlier migration that was not brought to its end.
    Left,
}

impl Guest {
    pub(crate) const ALL: [Guest; 6] = [
        Guest::Transient,
        Guest::TransientPaused,
        Guest::Persistent,
        Guest::PersistentPaused,
        Guest::Off,
        Guest::Left,
    ];

    pub(crate) fn is_paused(self) -> bool {
        matches!(self, Guest::TransientPaused | Guest::PersistentPaused | Guest::Left)
    }

    pub(crate) fn is_persistent(self) -> bool {
        matches!(self, Guest::Persistent | Guest::PersistentPaused | Guest::Off | Guest::Left)
    }
}

/// What the caller asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Nothing but that it moves.
    Plainly,
    /// With a URI, a new name, and flags that only the source may see; its definition goes too.
    WithEverything,
    /// With a URI that nobody names.
    NoUri,
}

/// What is peculiar about a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DestinationIs {
    Ordinary,
    /// Starts guests without their memory.
    Careless,
    /// Gives up on incoming guests after a while.
    Impatient,
    /// Shows what has arrived by version 1 only after a while.
    Slow,
    /// Has the guest's definition already, and so shows how a copy ended there.
    Defined,
}

/// When the caller says to cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Never,
    /// Whenever the outcome is unknown.
    AtOnce,
    /// When it still is after all hosts are up again.
    AtLast,
}

impl Setup {
    fn plain(source: Peer, destination: Peer, wish: Wish) -> Setup {
        let (guest, request) = (Guest::Transient, Asked::Plainly);
        Setup {
            source,
            destination,
            wish,
            guest,
            request,
            destination_is: DestinationIs::Ordinary,
            word: Word::Never,
            stranger: false,
        }
    }

    /// This setup with one other thing peculiar about it, or two.
    fn peculiar(self) -> Vec<Setup> {
        let mut setups = Vec::new();
        setups.extend([Word::AtOnce, Word::AtLast].map(|word| Setup { word, ..self }));
        setups.extend([Asked::WithEverything, Asked::NoUri].map(|request| Setup { request, ..self }));
        if self.by_v3() && self.source.reports(Feature::MigrateChangeProtection) {
            setups.push(Setup { stranger: true, ..self });
        }
        let peculiar =
            [DestinationIs::Careless, DestinationIs::Impatient, DestinationIs::Slow, DestinationIs::Defined];
        for destination_is in peculiar {
            if destination_is != DestinationIs::Slow || self.both_report(Feature::MigrationV1) {
                setups.extend([Word::Never, Word::AtLast].map(|word| Setup { destination_is, word, ..self }));
            }
        }
        setups
    }

    pub(crate) fn plan(&self) -> Result<Plan, Refusal> {
        Plan::choose(self.request(), self.wish, self.source.features(), self.destination.features())
    }

    pub(crate) fn request(&self) -> Request {
        let mut request = Request::live(source::guest(7));
        if self.request == Asked::WithEverything {
            request.uri = Some("tcp:destination:50000".into());
            request.dname = Some("moved".into());
            request.bandwidth_mib_s = 32;
            let source_only = MigrateFlags::ABORT_ON_ERROR | MigrateFlags::AUTO_CONVERGE;
            request.flags =
                request.flags | source_only | MigrateFlags::PERSIST_DEST | MigrateFlags::UNDEFINE_SOURCE;
        }
        request
    }

    pub(crate) fn world(&self) -> World {
        let source = Source {
            peer: self.source,
            defined: self.guest.is_persistent(),
            active: (self.guest != Guest::Off).then_some(self.guest.is_paused()),
            perished: false,
            job: None,
            migrating: None,
            stopped: self.guest == Guest::Left,
            stranger: self.stranger,
        };
        let destination = Destination {
            peer: self.destination,
            names_uri: self.request == Asked::Plainly,
            careless: self.destination_is == DestinationIs::Careless,
            arrival_takes: if self.destination_is == DestinationIs::Slow { 4 } else { 0 },
            slot: None,
            incoming: None,
            guest: None,
            defined: self.destination_is == DestinationIs::Defined,
            off: 0,
            ended: false,
            ran: false,
            destroyed: None,
        };
        let deadline = (self.destination_is == DestinationIs::Impatient).then_some(12);
        World::new(source, destination, deadline)
    }

    /// A careless destination exists to show two copies. A guest that was never on its source, or died there,
    /// is no second one when it is started there.
    pub(crate) fn admits(&self, fault: Fault) -> bool {
        // The limit that the engine's documentation states: no guest starts, ends and leaves no trace before the next question.
        let unseen = fault.runs == Runs::Ends && fault.hears != Hears::Deadline;
        if unseen && self.destination_is != DestinationIs::Defined {
            return false;
        }
        let perish = matches!(fault.hears, Hears::HostDied { perish: true, .. });
        self.destination_is != DestinationIs::Careless || !(perish || self.guest == Guest::Off)
    }

    pub(crate) fn both_report(&self, feature: Feature) -> bool {
        self.source.reports(feature) && self.destination.reports(feature)
    }

    /// Whether version 1 may be tried after version 2.
    pub(crate) fn may_downgrade(&self) -> bool {
        self.wish == Wish::Auto && self.both_report(Feature::MigrationV1)
    }

    /// Whether a peer must not be offered an older version.
    pub(crate) fn needs_v3(&self) -> bool {
        let v3 = |peer: Peer| peer.reports(Feature::MigrationV3) || peer.reports(Feature::MigrationParams);
        self.wish == Wish::Auto && (v3(self.source) || v3(self.destination))
    }

    /// Whether it is a migration of version 3.
    pub(crate) fn by_v3(&self) -> bool {
        let both = self.both_report(Feature::MigrationV3) || self.both_report(Feature::MigrationParams);
        both && !matches!(self.wish, Wish::V2 | Wish::V1)
    }

    /// Whether the guest must arrive if nothing goes wrong.
    pub(crate) fn must_arrive(&self) -> bool {
        let serves = |prepare| self.destination.serves(prepare);
        if self.by_v3() {
            return !matches!(self.guest, Guest::Off | Guest::Left) && self.request != Asked::NoUri;
        }
        let by_v2 = self.wish != Wish::V1 && self.both_report(Feature::MigrationV2) && serves(108);
        let by_v1 = self.wish != Wish::V2 && self.both_report(Feature::MigrationV1) && serves(61);
        let moves = match self.guest {
            Guest::Off => false,
            // Which only a source that tells reasons shows.
            Guest::Left => !self.source.serves(212),
            _ => true,
        };
        (by_v2 || by_v1) && moves && self.request != Asked::NoUri
    }
}

/// Every pair of peers with every wish that leads to a plan and every kind of guest; and for a guest of
/// either kind that runs, every kind of request, destination and caller that makes a difference.
pub(crate) fn all() -> Vec<Setup> {
    let mut setups = Vec::new();
    for plain in plain() {
        let Ok(plan) = plain.plan() else { continue };
        let wishless = Setup { wish: Wish::Auto, ..plain }.plan();
        let same = |auto: &Plan| (auto.version(), auto.downgrade()) == (plan.version(), plan.downgrade());
        if plain.wish != Wish::Auto && wishless.as_ref().is_ok_and(same) {
            continue;
        }
        setups.extend(Guest::ALL.map(|guest| Setup { guest, ..plain }));
        for guest in [Guest::Transient, Guest::Persistent] {
            setups.extend(Setup { guest, ..plain }.peculiar());
        }
    }
    setups
}

/// Setups in which each step of each version happens, fit for two faults at a time.
pub(crate) fn few() -> Vec<Setup> {
    let plain = |source, destination| Setup::plain(source, destination, Wish::Auto);
    let mut setups =
        vec![plain(peers::OURS, peers::LACKS_PREPARE2), plain(peers::V2_NO_JOBS, peers::V2_ONLY)];
    for (peer, word) in [
        (peers::V3, Word::Never),
        (peers::V3, Word::AtLast),
        (peers::V3_FIXED, Word::Never),
        (peers::V3_BARE, Word::AtLast),
    ] {
        setups.push(Setup { guest: Guest::Persistent, word, ..plain(peer, peer) });
    }
    let v3 = plain(peers::V3, peers::V3);
    let defined = Setup { destination_is: DestinationIs::Defined, ..v3 };
    setups.extend([defined, Setup { word: Word::AtLast, ..defined }, Setup { stranger: true, ..v3 }]);
    for (peer, destination_is) in
        [(peers::OURS, DestinationIs::Impatient), (peers::V1_ONLY, DestinationIs::Slow)]
    {
        let persistent = Setup { guest: Guest::Persistent, ..plain(peer, peer) };
        setups.extend([Word::Never, Word::AtOnce, Word::AtLast].map(|word| Setup { word, ..persistent }));
        setups.push(Setup { destination_is, word: Word::AtLast, ..persistent });
    }
    setups
}

/// Setups whose migration is refused.
pub(crate) fn refused() -> Vec<Setup> {
    plain().filter(|setup| setup.plan().is_err()).collect()
}

/// Every source, destination and wish, with nothing peculiar.
fn plain() -> impl Iterator<Item = Setup> {
    peers::ALL.into_iter().flat_map(|source| {
        peers::ALL.into_iter().flat_map(move |destination| {
            [Wish::Auto, Wish::V3Params, Wish::V3, Wish::V2, Wish::V1]
                .map(|wish| Setup::plain(source, destination, wish))
        })
    })
}
