//! OFFLINE in the model: nothing runs, and a definition is kept at the destination before it goes at the source, if it goes at all.
//!
//! Destinations of two kinds: one forgets what it has prepared with its connection and does not show it, as ours; the other keeps it and
//! shows it as a guest that is off, as libvirt.

use virtwire_protocol::error::ErrorCode;
use virtwire_protocol::migrate::{
    Call, Check, Cookie, Domain, Failure, Host, MigrateFlags, Outcome, Record, Reply, Retcode, Said, Wish,
};
use virtwire_xdr::Text;

use super::by_source::ITS_OWN;
use super::destination::{Connection, Destination};
use super::fault::{Fails, Far};
use super::peers;
use super::rescue::{Rescue, starts};
use super::run::Run;
use super::setup::{Asked, By, DestinationIs, Guest, Setup, Word};
use super::source::{Source, UUID, error};
use super::verdict;
use super::version3::{FINISHED, PREPARED};
use super::world::World;

/// Whether only the definition moves, and what becomes of the source's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Offline {
    /// The guest moves.
    #[default]
    No,
    /// It stays.
    Stays,
    /// It goes.
    Goes,
}

impl Offline {
    pub(crate) fn flags(self) -> MigrateFlags {
        let flags = MigrateFlags::OFFLINE | MigrateFlags::PERSIST_DEST;
        if self == Offline::Goes { flags | MigrateFlags::UNDEFINE_SOURCE } else { flags }
    }
}

/// A definition that waits for Finish.
#[derive(Clone, Debug)]
pub(crate) struct Coming {
    pub(crate) name: Text,
    pub(crate) by: Connection,
}

impl Destination {
    pub(crate) fn prepare_definition(
        &mut self,
        dname: Option<Text>,
        flags: MigrateFlags,
        by: Connection,
    ) -> Result<Reply, Failure> {
        if !flags.has(MigrateFlags::PERSIST_DEST) || self.coming.is_some() {
            return Err(error(ErrorCode::OPERATION_INVALID, "not now, or not so"));
        }
        self.coming = Some(Coming { name: dname.unwrap_or_else(|| "guest".into()), by });
        Ok(Reply::Prepared { cookie: Cookie(PREPARED.into()), uri_out: None })
    }

    pub(crate) fn finish_definition(
        &mut self,
        dname: Option<Text>,
        cookie: &Cookie,
        how: Retcode,
    ) -> Result<Reply, Failure> {
        let is_it = |name: &Text| Some(name) == dname.as_ref();
        let Some(coming) = self.coming.take_if(|coming| is_it(&coming.name)) else {
            // One looks for a guest of that name, the other for what waits.
            let known = self.keeps && self.defined_as().as_ref().is_some_and(is_it);
            return Err(match known {
                true => error(ErrorCode::OPERATION_INVALID, "not processing incoming migration"),
                false => error(ErrorCode::NO_DOMAIN, "no domain"),
            });
        };
        if how == Retcode::Cancelled {
            return Err(error(ErrorCode::MIGRATE_FINISH_OK, "migration successfully aborted"));
        }
        if !cookie.0.is_empty() {
            return Err(error(ErrorCode::INTERNAL_ERROR, "migrate guest to the same host"));
        }
        self.kept = Some(coming.name.clone());
        let domain = Domain { name: coming.name, uuid: UUID, id: -1 };
        Ok(Reply::Finished3 { domain, cookie: Cookie(FINISHED.into()) })
    }

    pub(crate) fn shows_coming(&self) -> bool {
        self.keeps && self.coming.is_some()
    }

    /// The name of the definition that it shows.
    pub(crate) fn defined_as(&self) -> Option<Text> {
        let coming = self.coming.as_ref().filter(|_| self.keeps).map(|coming| coming.name.clone());
        self.kept.clone().or_else(|| self.defined.then(|| "guest".into())).or(coming)
    }
}

/// What daemons do between them.
pub(crate) fn carry_out(
    source: &mut Source,
    destination: &mut Destination,
    flags: MigrateFlags,
    fails: Option<Fails>,
) -> Result<(), Failure> {
    match fails {
        // What the source hears of its own Finish is an error.
        Some(Fails::Killing | Fails::Dying(Far::Finished)) => destination.kept = Some("guest".into()),
        None | Some(Fails::LeavingCopy | Fails::LeavingPast) => destination.kept = Some("guest".into()),
        Some(Fails::Dying(_)) if destination.keeps => {
            destination.coming = Some(Coming { name: "guest".into(), by: ITS_OWN });
        }
        Some(_) => {}
    }
    match fails {
        None => {
            source.defined &= !flags.has(MigrateFlags::UNDEFINE_SOURCE);
            Ok(())
        }
        Some(Fails::LeavingCopy | Fails::LeavingPast) => Ok(()),
        Some(_) => Err(error(ErrorCode::OPERATION_FAILED, "failed by the host itself")),
    }
}

/// Definitions that move, by every version that can, between destinations of each kind.
pub(crate) fn setups() -> Vec<Setup> {
    let pairs = [
        (peers::V3, peers::V3, By::Us),
        (peers::V3_FIXED, peers::V3_FIXED, By::Us),
        (peers::V3_UNPROTECTED, peers::V3, By::Us),
        (peers::LACKS_PARAMS, peers::V3, By::Us),
        (peers::V3, peers::V3, By::Source),
        (peers::V3_FIXED, peers::V3_FIXED, By::Source),
    ];
    let mut setups = Vec::new();
    for (source, destination, by) in pairs {
        for offline in [Offline::Goes, Offline::Stays] {
            let plain =
                Setup { guest: Guest::Off, offline, by, ..Setup::plain(source, destination, Wish::Auto) };
            for destination_is in [DestinationIs::Ordinary, DestinationIs::Keeping, DestinationIs::Defined] {
                let words = [Word::Never, Word::AtOnce, Word::AtLast];
                setups.extend(words.map(|word| Setup { destination_is, word, ..plain }));
            }
            if by == By::Us {
                setups.push(Setup { request: Asked::WithEverything, ..plain });
                setups.push(Setup { guest: Guest::Persistent, ..plain });
            }
        }
    }
    setups
}

/// Some of them, fit for two faults at a time, and for recoveries that meet one.
pub(crate) fn few() -> Vec<Setup> {
    let v3 =
        Setup { guest: Guest::Off, offline: Offline::Goes, ..Setup::plain(peers::V3, peers::V3, Wish::Auto) };
    let kinds = [DestinationIs::Keeping, DestinationIs::Defined, DestinationIs::Ordinary];
    let mut setups: Vec<_> = kinds.into_iter().map(|destination_is| Setup { destination_is, ..v3 }).collect();
    setups.push(Setup { destination_is: DestinationIs::Defined, word: Word::AtLast, ..v3 });
    setups.push(Setup { destination_is: DestinationIs::Keeping, offline: Offline::Stays, ..v3 });
    let by_source = Setup { by: By::Source, ..v3 };
    setups.extend([by_source, Setup { destination_is: DestinationIs::Keeping, ..by_source }]);
    setups.push(Setup { guest: Guest::Persistent, ..v3 });
    setups
}

/// What must not be sent, judged by the whole truth.
pub(crate) fn forbids(run: &Run, call: &Call) -> Option<&'static str> {
    let went_back = |call: &Call| matches!(call, Call::Confirm3 { cancelled: Retcode::Cancelled, .. });
    let (source, destination) = (&run.world.source, &run.world.destination);
    match call {
        Call::Prepare3 { .. } if source.active.is_some() && verdict::state_told(run) => {
            Some("the definition of a guest that runs is moved")
        }
        Call::Finish3 { cookie, .. } if !cookie.0.is_empty() => Some("a cookie goes back"),
        _ if starts(call) && run.trace.iter().any(|(order, _)| went_back(&order.call)) => {
            Some("Finish of what was given up")
        }
        Call::Confirm3 { cancelled: Retcode::Success, .. } if destination.kept.is_none() => {
            Some("the source's definition is ended and nobody has another")
        }
        Call::Perform3 { .. } | Call::Resume { .. } | Call::Destroy { .. } => {
            Some("what does not run is moved")
        }
        _ => None,
    }
}

/// Checks the outcome when it is told, and when everything that is under way has ended.
pub(crate) fn judge(run: &mut Run) {
    if let Some(outcome) = run.outcome.clone() {
        let arrived = matches!(outcome, Outcome::OnDestination { warning: None, left_on_source: None, .. });
        if run.faults.is_empty() && run.setup.guest == Guest::Off && !arrived {
            run.breaks("nothing went wrong, and the guest did not arrive");
        }
        check_claims(run, &outcome);
        if let Outcome::Unknown(unknown) = &outcome {
            return check_doubt(run, unknown.check);
        }
        if run.setup.by == By::Us {
            verdict::check_release(run);
        }
        verdict::check_first_error(run, &outcome);
    }
    run.world.settle();
    run.world.caller_dies();
    run.world.settle();
    if let Some(outcome) = run.outcome.clone() {
        check_claims(run, &outcome);
    }
    if is_lost(&run.world) {
        run.breaks("the definition is lost");
    }
}

/// Neither host has what was to move.
fn is_lost(world: &World) -> bool {
    !world.source.defined && world.destination.kept.is_none()
}

fn check_claims(run: &mut Run, outcome: &Outcome) {
    let goes = run.setup.offline == Offline::Goes;
    if !is_true(&run.world, outcome, goes) {
        run.breaks("the outcome is not true");
    }
}

fn is_true(world: &World, outcome: &Outcome, goes: bool) -> bool {
    match outcome {
        Outcome::OnDestination { domain, state, left_on_source, .. } => {
            let left = match left_on_source {
                Some(Said::NoAnswer(_)) => false,
                Some(_) => goes,
                None => !goes || !world.source.defined,
            };
            world.destination.kept.as_ref() == Some(&domain.name) && state.is_none() && left
        }
        Outcome::OnSource { left_on_destination, .. } => {
            // What runs though nobody has told so is on its source in any case.
            let there = world.source.defined || world.source.active.is_some();
            there && (world.destination.kept.is_none() || left_on_destination.is_some())
        }
        Outcome::Unknown(_) => true,
        _ => false,
    }
}

/// Unknown is allowed to last only where nothing that the engine could ask would tell.
fn check_doubt(run: &mut Run, check: Check) {
    let before = run.trace.iter().take_while(|(order, _)| !order.call.prepares());
    let first = before.filter(|(order, _)| order.host == Host::Destination).last();
    let had_none = matches!(first, Some((_, Err(failure))) if failure.code() == Some(ErrorCode::NO_DOMAIN));
    let rightly = match check {
        Check::WhetherItWasDefined => {
            run.setup.by == By::Us && !had_none && run.setup.word == Word::Never && run.world.source.defined
        }
        Check::WhetherTheSourceStillMovesIt => {
            run.setup.by != By::Us
                && run.world.source.defined
                && (verdict::lost(run) || verdict::unheard(run))
        }
        _ => false,
    };
    if !rightly {
        run.breaks("unknown for no reason");
    }
}

/// A host that is dead for good has no definition any more.
pub(crate) fn forget(world: &mut World, host: Host) {
    match host {
        Host::Source => world.source.defined = false,
        Host::Destination => (world.destination.kept, world.destination.defined) = (None, false),
    }
}

/// What a recovery must not send.
pub(crate) fn forbids_recovery(rescue: &Rescue, call: &Call) -> Option<&'static str> {
    let went_back = |record: &Record| matches!(record, Record::Doing(order) if matches!(order.call, Call::Confirm3 { cancelled: Retcode::Cancelled, .. }));
    match call {
        _ if starts(call) && !rescue.told => Some("Finish of what is not known to be sent"),
        _ if starts(call) && rescue.wreck.journal.iter().any(went_back) => {
            Some("Finish of what was given up")
        }
        Call::Resume { .. } | Call::Destroy { .. } => Some("what does not run is moved"),
        _ => None,
    }
}

/// Is what is claimed true, and does it stay so?
pub(crate) fn judge_recovery(rescue: &mut Rescue) {
    let Some(outcome) = rescue.outcome.clone() else { return };
    let fenced = rescue.wreck.fenced;
    let goes = rescue.wreck.setup.offline == Offline::Goes;
    let confirms = confirms(&rescue.wreck.journal);
    let is_true = |world: &World| match &outcome {
        // The older definition is the only one that is left.
        Outcome::OnDestination { .. } if fenced.source && world.destination.defined => true,
        Outcome::OnSource { source: Said::Fenced, .. } => true,
        // What the dead orchestrator has sent last, in the good belief that the other host has it, may come late.
        Outcome::OnSource { .. } if fenced.destination && confirms => true,
        Outcome::Nowhere { .. } => (fenced.source || fenced.destination) && is_lost(world),
        // It is told that the source does not say whether it has its own still.
        Outcome::OnDestination { domain, left_on_source: Some(Said::NoAnswer(_)), .. } => {
            goes && world.destination.kept.as_ref() == Some(&domain.name)
        }
        outcome => self::is_true(world, outcome, goes),
    };
    let mut holds = is_true(&rescue.wreck.world);
    if let Outcome::Unknown(unknown) = &outcome
        && !may_doubt(rescue, unknown.check)
    {
        rescue.breaks("unknown for no reason");
    }
    let world = &mut rescue.wreck.world;
    world.settle();
    world.caller_dies();
    world.settle();
    holds &= is_true(world);
    let lost = is_lost(world) && !fenced.source && !fenced.destination;
    if !holds {
        rescue.breaks("the outcome is not true");
    }
    if lost {
        rescue.breaks("the definition is lost");
    }
}

/// The source was told to let its definition go, and may not have heard it yet.
fn confirms(journal: &[Record]) -> bool {
    let told = |call: &Call| matches!(call, Call::Confirm3 { cancelled: Retcode::Success, .. });
    journal.iter().any(|record| matches!(record, Record::Doing(order) if told(&order.call)))
}

fn may_doubt(rescue: &Rescue, check: Check) -> bool {
    let before = |record: &&Record| !matches!(record, Record::Doing(order) if order.call.prepares());
    let by_destination =
        |record: &&Record| matches!(record, Record::Answered { host: Host::Destination, .. });
    let first = rescue.wreck.journal.iter().take_while(before).filter(by_destination).last();
    let had_none = matches!(
        first,
        Some(Record::Answered { answer: Err(failure), .. }) if failure.code() == Some(ErrorCode::NO_DOMAIN)
    );
    match check {
        Check::WhetherItWasDefined if rescue.wreck.setup.by == By::Us => {
            !had_none || rescue.wreck.fenced.source
        }
        Check::WhetherItWasDefined => !rescue.answered() || rescue.wreck.fenced.source,
        Check::WhetherTheSourceStillMovesIt => {
            let defined = rescue.wreck.world.source.defined;
            rescue.wreck.setup.by != By::Us
                && defined
                && !rescue.answered()
                && !rescue.wreck.fenced.source_daemon
        }
        _ => false,
    }
}
