//! Everything that a modelled migration starts from, and every combination worth trying.

use virtwire_protocol::migrate::{Feature, MigrateFlags, Plan, Refusal, Request, Version, Way, Wish};

use super::destination::Destination;
use super::fault::{Fault, Guests, Hears, Runs};
use super::offline::Offline;
use super::peers::{self, Peer};
use super::postcopy::PostCopy;
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
    /// While the engine waits, and the source has forgotten the migration, somebody else moves the guest to a third host, and leaves the source's copy
    /// paused.
    pub(crate) moved: bool,
    /// Who carries it out, and whether the destination can be asked.
    pub(crate) by: By,
    /// The source's host dies with the guest as soon as the destination is told to start it.
    pub(crate) source_dies: bool,
    pub(crate) post_copy: PostCopy,
    pub(crate) offline: Offline,
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
    /// Keeps a guest of version 1 or 2 that has arrived when its connection closes, for any later Finish.
    Keeping,
}

/// Who carries a migration out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// The engine.
    Us,
    /// The source's daemon, with the destination's, which we reach as well.
    Source,
    /// The same, and we do not reach it.
    SourceAlone,
    /// The source's hypervisor.
    Direct,
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
    pub(crate) fn plain(source: Peer, destination: Peer, wish: Wish) -> Setup {
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
            moved: false,
            by: By::Us,
            source_dies: false,
            post_copy: PostCopy::No,
            offline: Offline::No,
        }
    }

    /// This setup with one other thing peculiar about it, or two.
    fn peculiar(self) -> Vec<Setup> {
        let mut setups = Vec::new();
        setups.extend([Word::AtOnce, Word::AtLast].map(|word| Setup { word, ..self }));
        setups.extend([Asked::WithEverything, Asked::NoUri].map(|request| Setup { request, ..self }));
        if self.by_v3() && self.source.reports(Feature::MigrateChangeProtection) {
            setups.push(Setup { stranger: true, ..self });
            setups.push(Setup { moved: true, ..self });
            setups.push(Setup { request: Asked::WithEverything, guest: Guest::Persistent, ..self });
            setups.extend([Word::AtOnce, Word::Never].map(|word| Setup { source_dies: true, word, ..self }));
        }
        let peculiar = [
            DestinationIs::Careless,
            DestinationIs::Impatient,
            DestinationIs::Slow,
            DestinationIs::Defined,
            DestinationIs::Keeping,
        ];
        for destination_is in peculiar {
            let fits = match destination_is {
                DestinationIs::Slow => self.both_report(Feature::MigrationV1),
                DestinationIs::Keeping => !self.by_v3(),
                _ => true,
            };
            if fits {
                setups.extend([Word::Never, Word::AtLast].map(|word| Setup { destination_is, word, ..self }));
            }
            // The word is taken while the source may be about to drop what the destination keeps.
            if fits && destination_is == DestinationIs::Keeping && !self.source.serves(163) {
                setups.push(Setup { destination_is, word: Word::AtOnce, ..self });
            }
        }
        setups
    }

    pub(crate) fn plan(&self) -> Result<Plan, Refusal> {
        Plan::choose(self.request(), self.wish, self.source.features(), self.destination.features())
    }

    pub(crate) fn request(&self) -> Request {
        let mut request = Request::live(source::guest(7));
        request.way = match self.by {
            By::Us => Way::Managed,
            By::Source | By::SourceAlone => Way::PeerToPeer { to: "qemu://destination/system".into() },
            By::Direct => Way::Direct,
        };
        request.flags = request.flags | self.post_copy.flags();
        if self.offline != Offline::No {
            request.flags = self.offline.flags();
        }
        if self.by == By::Direct {
            request.uri = Some("tcp:destination:50000".into());
        }
        if self.request == Asked::WithEverything {
            request.uri = Some("tcp:destination:50000".into());
            request.dname = Some("moved".into());
            request.bandwidth_mib_s = 32;
            let source_only = MigrateFlags::ABORT_ON_ERROR | MigrateFlags::AUTO_CONVERGE;
            request.flags = match self.offline {
                Offline::No => {
                    request.flags | source_only | MigrateFlags::PERSIST_DEST | MigrateFlags::UNDEFINE_SOURCE
                }
                offline => offline.flags(),
            };
        }
        request
    }

    pub(crate) fn world(&self) -> World {
        let source = Source {
            peer: self.source,
            defined: self.guest.is_persistent(),
            active: (self.guest != Guest::Off).then_some(self.guest.is_paused()),
            perished: false,
            off: if self.guest == Guest::Off { 0 } else { 4 },
            job: None,
            migrating: None,
            stopped: self.guest == Guest::Left,
            stranger: self.stranger,
            half: None,
            ran_on: false,
            runs_by_itself: false,
            id: source::guest(7).id,
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
            keeps: self.destination_is == DestinationIs::Keeping,
            off: 0,
            ended: false,
            ran: false,
            destroyed: None,
            half: None,
            recovers: None,
            coming: None,
            kept: None,
        };
        let deadline = (self.destination_is == DestinationIs::Impatient).then_some(12);
        let mut world = World::new(source, destination, deadline);
        world.source_dies = self.source_dies;
        world.unreached = self.by == By::SourceAlone;
        world.by_v3 = self.by_v3();
        world.post_copy = self.post_copy;
        if matches!(self.post_copy, PostCopy::Resumes { .. } | PostCopy::Left) {
            world.leave_broken();
        }
        world
    }

    /// A careless destination exists to show two copies. A guest that was never on its source, or died there,
    /// is no second one when it is started there.
    pub(crate) fn admits(&self, fault: Fault) -> bool {
        // A source that does not tell the guest's state is not held to what it would have told.
        if self.post_copy == PostCopy::Left {
            return false;
        }
        // A limit that the engine's documentation states: a source that cannot tell of jobs drops what it has sent long after the
        // destination has lost its copy. What a destination keeps of version 1 shows before.
        let shows = self.destination_is == DestinationIs::Keeping && !self.both_report(Feature::MigrationV2);
        if fault.runs == Runs::Lingers(24) && !self.source.serves(163) && !shows {
            return false;
        }
        if self.offline != Offline::No
            && matches!(fault.runs, Runs::Ends | Runs::Ended | Runs::Strays | Runs::Hangs)
        {
            return false;
        }
        // It concerns what version 3 has stopped on its source when it has sent it.
        let runs_on = fault.runs == Runs::SourceRunsOn
            || matches!(fault.hears, Hears::HostDied { guests: Guests::RunOn, .. });
        let is_stopped = self.by_v3() && self.offline == Offline::No && self.post_copy == PostCopy::No;
        if runs_on && !is_stopped {
            return false;
        }
        let perish = matches!(fault.hears, Hears::HostDied { guests: Guests::Perish, .. })
            || matches!(fault.runs, Runs::Crashes { .. });
        self.destination_is != DestinationIs::Careless || !(perish || self.guest == Guest::Off)
    }

    pub(crate) fn both_report(&self, feature: Feature) -> bool {
        self.source.reports(feature) && self.destination.reports(feature)
    }

    /// The version that is left when every one is out that a peer lacks, if one is.
    pub(crate) fn lands_on(&self) -> Option<Version> {
        let plan = self.plan().ok()?;
        let is_there = |version: &Version| match (self.by, version) {
            (By::Us, Version::V3Params) => self.source.serves(302) && self.destination.serves(303),
            (By::Us, Version::V3) => self.source.serves(213) && self.destination.serves(214),
            (By::Us, Version::V2) => self.destination.serves(108),
            (By::Us, Version::V1) => self.destination.serves(61),
            (_, Version::V3Params) => self.source.serves(305),
            (_, Version::V3) => self.source.serves(216),
            (_, Version::V2 | Version::V1) => self.source.serves(62),
        };
        [plan.version()].into_iter().chain(plan.downgrades()).find(is_there)
    }

    /// Whether a peer must not be offered an older version.
    pub(crate) fn needs_v3(&self) -> bool {
        let v3 = |peer: Peer| peer.reports(Feature::MigrationV3) || peer.reports(Feature::MigrationParams);
        self.wish == Wish::Auto && (v3(self.source) || v3(self.destination))
    }

    /// Whether the peers report version 3, in this form, and it is wished for.
    pub(crate) fn reports_v3(&self, params: bool) -> bool {
        let feature = if params { Feature::MigrationParams } else { Feature::MigrationV3 };
        self.both_report(feature) && !matches!(self.wish, Wish::V2 | Wish::V1)
    }

    /// Whether it is a migration of version 3.
    pub(crate) fn by_v3(&self) -> bool {
        if matches!(self.by, By::Source | By::SourceAlone) {
            // Its daemon chooses by what the other one reports.
            return self.both_report(Feature::MigrationV3);
        }
        let is_v3 = |version| matches!(version, Version::V3Params | Version::V3);
        match self.plan() {
            Ok(_) => self.lands_on().is_some_and(is_v3),
            Err(_) => self.reports_v3(true) || self.reports_v3(false),
        }
    }

    /// Whether the guest must arrive if nothing goes wrong.
    pub(crate) fn must_arrive(&self) -> bool {
        if self.post_copy.breaks_for_certain()
            || matches!(self.post_copy, PostCopy::Left | PostCopy::ResumesNothing)
        {
            return false;
        }
        let Some(version) = self.lands_on() else { return false };
        if self.by != By::Us {
            return !matches!(self.guest, Guest::Off | Guest::Left);
        }
        if matches!(version, Version::V3Params | Version::V3) {
            return !matches!(self.guest, Guest::Off | Guest::Left) && self.request != Asked::NoUri;
        }
        let moves = match self.guest {
            Guest::Off => false,
            // Which only a source that tells reasons shows.
            Guest::Left => !self.source.serves(212),
            _ => true,
        };
        moves && self.request != Asked::NoUri
    }
}

/// Every pair of peers with every wish that leads to a plan and every kind of guest; and for a guest of
/// either kind that runs, every kind of request, destination and caller that makes a difference.
pub(crate) fn all() -> Vec<Setup> {
    let mut setups = Vec::new();
    for plain in plain() {
        let Ok(plan) = plain.plan() else { continue };
        let wishless = Setup { wish: Wish::Auto, ..plain }.plan();
        let same = |auto: &Plan| auto.version() == plan.version() && auto.downgrades().eq(plan.downgrades());
        if plain.wish != Wish::Auto && wishless.as_ref().is_ok_and(same) {
            continue;
        }
        setups.extend(Guest::ALL.map(|guest| Setup { guest, ..plain }));
        for guest in [Guest::Transient, Guest::Persistent] {
            setups.extend(Setup { guest, ..plain }.peculiar());
        }
    }
    for (source, destination) in peers::BY_FACT {
        let plain = Setup::plain(source, destination, Wish::Auto);
        setups.extend(Guest::ALL.map(|guest| Setup { guest, ..plain }));
        setups.extend(Setup { guest: Guest::Persistent, ..plain }.peculiar());
    }
    setups.extend(by_source());
    setups
}

/// Migrations that may switch to post-copy, and runs that resume a broken one.
pub(crate) fn post_copy() -> Vec<Setup> {
    let breaks = [None, Some(0), Some(1), Some(2)];
    let switches = breaks.map(|breaks| PostCopy::Switches { breaks });
    let resumes = breaks.map(|breaks| PostCopy::Resumes { breaks });
    let others = [PostCopy::Allowed, PostCopy::ResumesNothing, PostCopy::Left];
    let mut setups = Vec::new();
    for post_copy in switches.into_iter().chain(resumes).chain(others) {
        for (peer, guest) in [(peers::V3, Guest::Transient), (peers::V3_FIXED, Guest::Persistent)] {
            let plain = Setup { post_copy, guest, ..Setup::plain(peer, peer, Wish::Auto) };
            setups.extend([Word::Never, Word::AtOnce, Word::AtLast].map(|word| Setup { word, ..plain }));
            setups.push(Setup { destination_is: DestinationIs::Defined, ..plain });
        }
    }
    for post_copy in switches.into_iter().chain([PostCopy::Allowed]) {
        let plain = Setup { post_copy, by: By::Source, ..Setup::plain(peers::V3, peers::V3, Wish::Auto) };
        setups.extend([
            plain,
            Setup { guest: Guest::Persistent, ..plain },
            Setup { word: Word::AtOnce, ..plain },
        ]);
    }
    setups
}

/// One migration of each kind, with nothing peculiar, as a page names it.
pub(crate) fn one_of_each() -> Vec<(&'static str, Setup)> {
    let plain = |peer| Setup::plain(peer, peer, Wish::Auto);
    vec![
        ("Version 1", plain(peers::V1_ONLY)),
        ("Version 2", Setup { wish: Wish::V2, ..plain(peers::OURS) }),
        ("Version 3", plain(peers::V3_FIXED)),
        ("Version 3 with parameters", plain(peers::V3)),
        ("Peer-to-peer, tunnelled or not", Setup { by: By::Source, ..plain(peers::V3) }),
        (
            "The same, with a destination that is not reached",
            Setup { by: By::SourceAlone, ..plain(peers::V3) },
        ),
        (
            "Peer-to-peer to an older host, tunnelled or not, by version 2",
            Setup { by: By::Source, destination: peers::V2_ONLY, ..plain(peers::V3) },
        ),
        ("Peer-to-peer, by version 1", Setup { by: By::Source, ..plain(peers::V1_P2P) }),
        ("Direct", Setup { by: By::Direct, ..plain(peers::V3) }),
        ("Direct, before version 3", Setup { by: By::Direct, ..plain(peers::V2_DIRECT) }),
        (
            "A downgrade: version 2 is reported, its Prepare is missing",
            Setup { destination: peers::LACKS_PREPARE2, ..plain(peers::OURS) },
        ),
        (
            "A downgrade: version 3 with parameters is reported, its Prepare is missing",
            Setup { destination: peers::LACKS_PARAMS, ..plain(peers::V3) },
        ),
        (
            "Post-copy, which switches over",
            Setup { post_copy: PostCopy::Switches { breaks: None }, ..plain(peers::V3) },
        ),
        (
            "Post-copy, which switches over, and the link between the hosts breaks",
            Setup { post_copy: PostCopy::Switches { breaks: Some(1) }, ..plain(peers::V3) },
        ),
        (
            "Post-copy peer-to-peer, which switches over, and the link between the hosts breaks",
            Setup { post_copy: PostCopy::Switches { breaks: Some(1) }, by: By::Source, ..plain(peers::V3) },
        ),
        (
            "OFFLINE, and the source's definition stays",
            Setup { guest: Guest::Off, offline: Offline::Stays, ..plain(peers::V3) },
        ),
        (
            "OFFLINE, and the source's definition is to go",
            Setup { guest: Guest::Off, offline: Offline::Goes, ..plain(peers::V3) },
        ),
    ]
}

/// Migrations that the source carries out.
pub(crate) fn by_source() -> Vec<Setup> {
    let mut setups = Vec::new();
    let ways = [
        (peers::V3, By::Source),
        (peers::V3, By::SourceAlone),
        (peers::V3, By::Direct),
        (peers::V3_FIXED, By::Source),
        (peers::V2_ONLY, By::Source),
        (peers::V2_ONLY, By::SourceAlone),
        (peers::V2_NO_JOBS, By::Source),
        (peers::V2_DIRECT, By::Direct),
        (peers::V1_P2P, By::Source),
        (peers::LACKS_PARAMS, By::Source),
    ];
    let ways = ways.map(|(peer, by)| (peer, peer, by));
    let to_older = [peers::V2_ONLY, peers::V1_P2P].map(|older| (peers::V3, older, By::Source));
    for (source, destination, by) in ways.into_iter().chain(to_older) {
        let plain = Setup { by, ..Setup::plain(source, destination, Wish::Auto) };
        setups.extend(Guest::ALL.map(|guest| Setup { guest, ..plain }));
        for guest in [Guest::Transient, Guest::Persistent] {
            for word in [Word::AtOnce, Word::AtLast] {
                setups.push(Setup { guest, word, ..plain });
                setups.push(Setup { guest, word, destination_is: DestinationIs::Defined, ..plain });
            }
            if !plain.by_v3() {
                setups.push(Setup { guest, destination_is: DestinationIs::Keeping, ..plain });
            }
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
    setups.push(plain(peers::EVERY_VERSION, peers::LACKS_V3));
    let v3 = plain(peers::V3, peers::V3);
    setups.push(Setup { by: By::Source, ..v3 });
    setups.push(Setup { by: By::Source, word: Word::AtLast, ..plain(peers::V2_ONLY, peers::V2_ONLY) });
    let defined = Setup { destination_is: DestinationIs::Defined, ..v3 };
    setups.extend([
        defined,
        Setup { word: Word::AtLast, ..defined },
        Setup { stranger: true, ..v3 },
        Setup { moved: true, ..v3 },
    ]);
    setups.extend([Word::AtOnce, Word::Never].map(|word| Setup { source_dies: true, word, ..v3 }));
    for post_copy in [
        PostCopy::Switches { breaks: None },
        PostCopy::Switches { breaks: Some(1) },
        PostCopy::Resumes { breaks: None },
        PostCopy::Resumes { breaks: Some(1) },
        PostCopy::ResumesNothing,
        PostCopy::Left,
    ] {
        setups.push(Setup { post_copy, ..v3 });
    }
    for (peer, destination_is) in
        [(peers::OURS, DestinationIs::Impatient), (peers::V1_ONLY, DestinationIs::Slow)]
    {
        let persistent = Setup { guest: Guest::Persistent, ..plain(peer, peer) };
        setups.extend([Word::Never, Word::AtOnce, Word::AtLast].map(|word| Setup { word, ..persistent }));
        setups.push(Setup { destination_is, word: Word::AtLast, ..persistent });
    }
    setups
}

/// The same for recoveries, which also meet what a destination keeps, and one that is not reached.
pub(crate) fn few_to_recover() -> Vec<Setup> {
    let keeping = [peers::OURS, peers::V1_ONLY].map(|peer| Setup {
        guest: Guest::Persistent,
        destination_is: DestinationIs::Keeping,
        ..Setup::plain(peer, peer, Wish::Auto)
    });
    let plain = |peer, by| Setup { by, ..Setup::plain(peer, peer, Wish::Auto) };
    let alone = [peers::V3, peers::V2_ONLY].map(|peer| plain(peer, By::SourceAlone));
    let kept = Setup { destination_is: DestinationIs::Keeping, ..plain(peers::V2_ONLY, By::Source) };
    // What is peculiar comes first: so most broken recoveries are caught soon.
    let downgraded = plain(peers::LACKS_PARAMS, By::Source);
    let peculiar = keeping.into_iter().chain([plain(peers::V3, By::Source), kept, downgraded]).chain(alone);
    let direct = [peers::V3, peers::V2_DIRECT].map(|peer| plain(peer, By::Direct));
    let post_copy = [None, Some(1)].map(|breaks| PostCopy::Switches { breaks });
    let post_copy = post_copy.map(|post_copy| Setup { post_copy, ..plain(peers::V3, By::Source) });
    let by_source = direct.into_iter().chain([plain(peers::V1_P2P, By::Source)]).chain(post_copy);
    peculiar.chain(by_source).chain(few().into_iter().filter(|setup| setup.by == By::Us)).collect()
}

/// One for each version and role, fit for a fault of the migration and one of its recovery together.
pub(crate) fn fewest() -> Vec<Setup> {
    let plain = |peer, by| Setup { by, ..Setup::plain(peer, peer, Wish::Auto) };
    vec![
        plain(peers::V1_ONLY, By::Us),
        plain(peers::V2_ONLY, By::Us),
        plain(peers::V3_FIXED, By::Us),
        plain(peers::V3, By::Us),
        plain(peers::V2_ONLY, By::Source),
        plain(peers::V3, By::Source),
        plain(peers::V3, By::Direct),
    ]
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
