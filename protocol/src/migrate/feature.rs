//! What a peer reports about itself, as far as it decides how a guest can move.

use std::fmt;

use super::flags::MigrateFlags;
use super::plan::{Version, Wish};
use super::request::{Request, Way};

/// A feature that `connect_supports_feature` (60) is asked for. Others do not concern a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Feature {
    /// 1: serves 61, 62 and 63.
    MigrationV1,
    /// 3: serves 108, 62 and 109.
    MigrationV2,
    /// 4: its daemon moves guests by itself.
    MigrationP2p,
    /// 5: its hypervisor moves guests by itself, to where no daemon is.
    MigrationDirect,
    /// 6: serves 213 to 218.
    MigrationV3,
    /// 7: can protect a guest's configuration from changes while it moves.
    MigrateChangeProtection,
    /// 11: has domain XML made for a destination to read (flag 8 of 14).
    XmlMigratable,
    /// 12: moves definitions of guests that do not run.
    MigrationOffline,
    /// 13: serves 302 to 307.
    MigrationParams,
}

impl Feature {
    /// All of them.
    pub const ALL: [Feature; 9] = [
        Feature::MigrationP2p,
        Feature::MigrationDirect,
        Feature::MigrationParams,
        Feature::MigrationV3,
        Feature::MigrationV2,
        Feature::MigrationV1,
        Feature::XmlMigratable,
        Feature::MigrateChangeProtection,
        Feature::MigrationOffline,
    ];

    /// Those that decide how a guest moves this [way](Way), in the order in which a driver asks: each of the source, then of the
    /// destination. Where the source moves it, the destination need not be asked.
    pub fn that_decide(way: &Way) -> &'static [Feature] {
        match way {
            Way::Managed => &Feature::ALL[2..],
            Way::PeerToPeer { .. } | Way::Direct => &Feature::ALL,
        }
    }

    /// Of those, the ones to ask first: the source's, the destination's. Between hosts of today they nearly decide by themselves, and there is
    /// room for them and for the question for the guest among the four calls that a daemon is sent at a time.
    pub fn first_to_ask(way: &Way) -> [&'static [Feature]; 2] {
        use Feature::*;
        match way {
            Way::Managed => [
                &[MigrationParams, MigrationV3, MigrateChangeProtection],
                &[MigrationParams, MigrationV3, MigrationV1],
            ],
            Way::PeerToPeer { .. } => [&[MigrationP2p, MigrationParams, MigrationV3], &[]],
            Way::Direct => [&[MigrationDirect, MigrationV3, MigrationV2], &[]],
        }
    }

    /// The ones that matter still once these are reported of the first: the source's, the destination's. A plan made of them all is the one
    /// that all that [decide](Self::that_decide) would make; where none can be made, the [rest](Self::rest_to_ask) tells why.
    pub fn next_to_ask(
        request: &Request,
        wish: Wish,
        source: Features,
        destination: Features,
    ) -> [Vec<Feature>; 2] {
        use Feature::*;
        let managed = request.way == Way::Managed;
        let reports = |feature| source.has(feature) && (!managed || destination.has(feature));
        let may_be_moved_so = match request.way {
            Way::Managed => true,
            Way::PeerToPeer { .. } => source.has(MigrationP2p),
            Way::Direct => source.has(MigrationDirect),
        };
        let decided = may_be_moved_so
            && match wish {
                Wish::Auto => reports(MigrationParams) || reports(MigrationV3),
                Wish::V3Params => reports(MigrationParams),
                Wish::V3 => reports(MigrationV3),
                Wish::V2 | Wish::V1 => false,
            };
        // What may be tried where the first choice proves to be missing.
        let older = |feature| match managed {
            true => feature == MigrationV1 && destination.has(MigrationV1),
            false => matches!(feature, MigrationV2 | MigrationV1),
        };
        let protects = request.flags.has(MigrateFlags::CHANGE_PROTECTION)
            || request.flags.has(MigrateFlags::POSTCOPY_RESUME);
        // The source by itself chooses among what it reports of versions.
        let is_open = |feature| match managed || !may_be_moved_so {
            true => !decided,
            false => !decided && matches!(feature, MigrationParams | MigrationV3 | MigrationV2 | MigrationV1),
        };
        let of_both = |feature| {
            is_open(feature) || (feature == MigrationOffline && request.flags.has(MigrateFlags::OFFLINE))
        };
        let of_source = |feature| {
            of_both(feature)
                || (wish == Wish::Auto && older(feature))
                || (feature == MigrateChangeProtection && protects)
        };
        let left = |asked: &[Feature], matters: &dyn Fn(Feature) -> bool| -> Vec<Feature> {
            let all = Feature::that_decide(&request.way).iter().copied();
            all.filter(|feature| !asked.contains(feature) && matters(*feature)).collect()
        };
        let asked = Feature::first_to_ask(&request.way);
        [left(asked[0], &of_source), if managed { left(asked[1], &of_both) } else { Vec::new() }]
    }

    /// Those of a source that [decide](Self::that_decide) and are not among these.
    pub fn rest_to_ask(way: &Way, asked: [&[Feature]; 2]) -> Vec<Feature> {
        let all = Feature::that_decide(way).iter().copied();
        all.filter(|feature| !asked.iter().any(|asked| asked.contains(feature))).collect()
    }

    /// The number on the wire.
    pub const fn number(self) -> i32 {
        match self {
            Feature::MigrationV1 => 1,
            Feature::MigrationV2 => 3,
            Feature::MigrationP2p => 4,
            Feature::MigrationDirect => 5,
            Feature::MigrationV3 => 6,
            Feature::MigrateChangeProtection => 7,
            Feature::XmlMigratable => 11,
            Feature::MigrationOffline => 12,
            Feature::MigrationParams => 13,
        }
    }

    const fn bit(self) -> u16 {
        1 << self.number()
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Feature::MigrationV1 => "MIGRATION_V1",
            Feature::MigrationV2 => "MIGRATION_V2",
            Feature::MigrationP2p => "MIGRATION_P2P",
            Feature::MigrationDirect => "MIGRATION_DIRECT",
            Feature::MigrationV3 => "MIGRATION_V3",
            Feature::MigrateChangeProtection => "MIGRATE_CHANGE_PROTECTION",
            Feature::XmlMigratable => "XML_MIGRATABLE",
            Feature::MigrationOffline => "MIGRATION_OFFLINE",
            Feature::MigrationParams => "MIGRATION_PARAMS",
        };
        write!(f, "{name} ({})", self.number())
    }
}

/// The features that one peer answered with a number other than 0.
///
/// A query that fails is not a "no": whoever asks must give up the migration instead of leaving the feature
/// out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Features(u16);

impl Features {
    /// None reported.
    pub const NONE: Features = Features(0);

    /// Whether the peer reports `feature`.
    pub const fn has(self, feature: Feature) -> bool {
        self.0 & feature.bit() != 0
    }

    /// Those features that both peers report.
    #[must_use]
    pub const fn common(self, other: Features) -> Features {
        Features(self.0 & other.0)
    }

    /// These and those, of the same peer.
    #[must_use]
    pub const fn with(self, other: Features) -> Features {
        Features(self.0 | other.0)
    }

    /// The versions that a peer with these features can take part in, newest first.
    pub fn versions(self) -> Vec<Version> {
        let all = [Version::V3Params, Version::V3, Version::V2, Version::V1];
        all.into_iter().filter(|version| self.has(version.feature())).collect()
    }
}

impl FromIterator<Feature> for Features {
    fn from_iter<I: IntoIterator<Item = Feature>>(features: I) -> Features {
        Features(features.into_iter().fold(0, |bits, feature| bits | feature.bit()))
    }
}

/// The features' names, as in `MIGRATION_V2 (3), MIGRATION_V1 (1)`, or `no migration features`.
impl fmt::Display for Features {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for feature in Feature::ALL {
            if self.has(feature) {
                write!(f, "{separator}{feature}")?;
                separator = ", ";
            }
        }
        if separator.is_empty() { f.write_str("no migration features") } else { Ok(()) }
    }
}

impl fmt::Debug for Features {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::super::domain::Domain;
    use super::super::plan::Plan;
    use super::*;

    fn of(bits: usize, features: &[Feature]) -> Features {
        let has = |(at, feature): (usize, &Feature)| (bits >> at & 1 == 1).then_some(*feature);
        features.iter().enumerate().filter_map(has).collect()
    }

    fn only(reported: Features, asked: &[Feature]) -> Features {
        asked.iter().copied().filter(|feature| reported.has(*feature)).collect()
    }

    /// Whatever two hosts report, a plan needs no more than what is asked for in two flights, and the reason why there is none no more than
    /// in three.
    #[test]
    fn what_is_not_asked_for_changes_no_plan() {
        let domain = Domain { name: "guest".into(), uuid: [7; 16], id: 1 };
        let ways = [Way::Managed, Way::PeerToPeer { to: "mem://there/default".into() }, Way::Direct];
        let wishes = [Wish::Auto, Wish::V3Params, Wish::V3, Wish::V2, Wish::V1];
        let flags = [MigrateFlags::LIVE, MigrateFlags::OFFLINE | MigrateFlags::CHANGE_PROTECTION];
        for (way, flags) in ways.iter().flat_map(|way| flags.map(|flags| (way, flags))) {
            let request = Request { way: way.clone(), flags, ..Request::live(domain.clone()) };
            let by_source = Feature::that_decide(way);
            let by_destination = if *way == Way::Managed { by_source } else { &[] };
            let first = Feature::first_to_ask(way);
            assert!(first.iter().all(|asked| asked.len() <= 3), "one of four calls is the guest's");
            for (source, destination) in (0..1 << by_source.len()).flat_map(|source| {
                (0..1 << by_destination.len()).map(move |destination| (source, destination))
            }) {
                let (source, destination) = (of(source, by_source), of(destination, by_destination));
                let told = [only(source, first[0]), only(destination, first[1])];
                for wish in wishes {
                    let next = Feature::next_to_ask(&request, wish, told[0], told[1]);
                    let told =
                        [told[0].with(only(source, &next[0])), told[1].with(only(destination, &next[1]))];
                    let partly = Plan::choose(request.clone(), wish, told[0], told[1]).or_else(|_| {
                        let rest = Feature::rest_to_ask(way, [first[0], &next[0]]);
                        let of_source = told[0].with(only(source, &rest));
                        Plan::choose(request.clone(), wish, of_source, told[1])
                    });
                    let wholly = Plan::choose(request.clone(), wish, source, destination);
                    assert_eq!(partly, wholly, "{way:?} {flags} {wish:?}: {source}; {destination}");
                }
            }
        }
    }

    /// The last question is the source's alone, and only where its destination has the oldest version too, as none of QEMU's has.
    #[test]
    fn between_hosts_of_today_one_flight_is_enough() {
        let request = Request::live(Domain { name: "guest".into(), uuid: [7; 16], id: 1 });
        let of_today: Features = Feature::ALL.into_iter().filter(|f| *f != Feature::MigrationV1).collect();
        let next = Feature::next_to_ask(&request, Wish::Auto, of_today, of_today);
        assert_eq!(next, [vec![], vec![]]);
        // Nor more than a second where an older source carries it out, of four calls.
        let way = Way::PeerToPeer { to: "qemu://there/system".into() };
        let [next, _] = Feature::next_to_ask(
            &Request { way, ..request.clone() },
            Wish::Auto,
            [Feature::MigrationP2p].into_iter().collect(),
            Features::NONE,
        );
        assert_eq!(next, [Feature::MigrationV2, Feature::MigrationV1]);
        let all = Feature::ALL.into_iter().collect();
        assert_eq!(
            Feature::next_to_ask(&request, Wish::Auto, all, all),
            [vec![Feature::MigrationV1], vec![]]
        );
    }
}
