//! Runs the recovery in a modelled world whose orchestrator has died, and checks every step and the outcome.

use std::fmt;

use virtwire_protocol::error::ErrorDomain;
use virtwire_protocol::migrate::{
    Action, Call, Check, Do, DomainState, Failure, Fenced, Host, Outcome, Reason, Record, Recovery, Retcode,
    Said, Settings, State,
};

use super::destination::{self, Destination, Loss, Taken};
use super::fault::{Fault, Hears};
use super::offline::{self, Offline};
use super::postcopy::{Half, PostCopy};
use super::rescue_mutant::Liar;
use super::run::{Answer, Faults};
use super::setup::{By, Guest, Setup, Word};
use super::source::Source;
use super::world::World;

/// From this wait on all hosts are up, and nothing goes wrong any more.
const HEALED_AT: usize = 4;
/// After this wait the outcome will stay unknown.
const PATIENCE: usize = 30;
/// No more calls than this between two waits, or the recovery runs in circles.
const CALLS_AT_ONCE: usize = 32;

/// What a dead orchestrator leaves.
#[derive(Clone)]
pub(crate) struct Wreck {
    pub(crate) setup: Setup,
    pub(crate) journal: Vec<Record>,
    pub(crate) world: World,
    /// The hosts that are dead for good, and known to be.
    pub(crate) fenced: Fenced,
    /// The daemon of a source that carried the migration out has died meanwhile.
    pub(crate) sender_died: bool,
    /// The caller's word that no other migration has begun since.
    pub(crate) is_last: bool,
    /// How it came to this, for a person.
    pub(crate) past: String,
}

/// One recovery of a wreck.
pub(crate) struct Rescue {
    pub(crate) wreck: Wreck,
    pub(crate) faults: Faults,
    pub(crate) trace: Vec<(Do, Answer)>,
    /// How many calls could meet a fault.
    pub(crate) exposed: usize,
    /// None if the recovering caller died too.
    pub(crate) outcome: Option<Outcome>,
    /// The journal says that nothing had begun.
    pub(crate) nothing_began: bool,
    pub(crate) broken: Vec<String>,
    liar: Liar,
    waits: usize,
    /// A call was not made, and leaves no record.
    refused: bool,
    /// Whether the guest was in some form when the recovery began.
    existed: bool,
    /// And the destination may have been told by then to start it.
    pub(crate) told: bool,
    /// The hosts as they were when the first of them was asked.
    before: Option<(Source, Destination)>,
}

impl Wreck {
    /// Recovers once.
    pub(crate) fn rescue(self, faults: Faults, liar: Liar) -> Rescue {
        let existed = self.world.guest_exists();
        let told =
            self.journal.iter().any(|record| matches!(record, Record::Doing(order) if starts(&order.call)));
        let mut rescue = Rescue {
            wreck: self,
            faults,
            trace: Vec::new(),
            exposed: 0,
            outcome: None,
            nothing_began: false,
            broken: Vec::new(),
            liar,
            waits: 0,
            refused: false,
            existed,
            told,
            before: None,
        };
        rescue.wreck.world.taken_up();
        let journal = rescue.liar.reads(&rescue.wreck.journal);
        match Recovery::new(journal, rescue.wreck.fenced, Settings::default()) {
            Some(recovery) if rescue.wreck.is_last || rescue.liar.swears() => {
                rescue.drive(recovery.no_later_migration());
            }
            Some(recovery) => rescue.drive(recovery),
            None => rescue.nothing_began = true,
        }
        if rescue.wreck.setup.offline != Offline::No {
            offline::judge_recovery(&mut rescue);
        } else if rescue.outcome.is_some() {
            rescue.judge();
        }
        rescue
    }
}

impl Rescue {
    fn drive(&mut self, mut recovery: Recovery) {
        let mut at_once = 0;
        let doubled = self.wreck.world.runs_twice_by_us();
        while let Some(action) = recovery.poll() {
            match action {
                Action::Note(_) => {}
                Action::Journal(record) if self.liar.forgets(&record) => {}
                Action::Journal(_) if std::mem::take(&mut self.refused) => {}
                Action::Journal(record) => self.wreck.journal.push(record),
                Action::Do(order) => {
                    at_once += 1;
                    if at_once > CALLS_AT_ONCE {
                        return self.breaks("the recovery runs in circles");
                    }
                    let answer = self.call(&order);
                    if self.wreck.world.caller_died {
                        return;
                    }
                    recovery.done(answer);
                }
                Action::Wait(_) => {
                    at_once = 0;
                    self.waits += 1;
                    self.wreck.world.tick();
                    if self.waits == HEALED_AT {
                        self.wreck.world.heal();
                    }
                    if self.waits > PATIENCE {
                        self.outcome = Some(recovery.now());
                        return;
                    }
                    recovery.retry();
                }
                Action::End(outcome) => {
                    self.outcome = Some(outcome);
                    return;
                }
            }
            if self.wreck.world.runs_twice_by_us() && !doubled {
                return self.breaks("two copies run");
            }
        }
        self.breaks("the recovery waits for nothing");
    }

    fn call(&mut self, order: &Do) -> Answer {
        let recorded = matches!(self.wreck.journal.last(), Some(Record::Doing(last)) if last == order);
        if order.call.changes_something() && !recorded {
            self.breaks("not journalled before");
        }
        let fault = self.fault();
        if matches!(fault, Some(Fault { hears: Hears::Unwritten(_), .. })) && order.call.needs_its_record() {
            self.wreck.journal.pop();
            self.refused = true;
            let answer = Err(Failure::NotSent { message: "the journal failed".to_owned() });
            self.trace.push((order.clone(), answer.clone()));
            return answer;
        }
        let order = self.liar.alters(order);
        if let Some(more) = self.liar.also_sends(&order, &self.wreck.setup) {
            let _ = self.carry_out(&more);
        }
        let asked_first = if self.is_by_source() { Host::Source } else { Host::Destination };
        if order.host == asked_first && matches!(order.call, Call::LookupByUuid { .. }) {
            let world = &self.wreck.world;
            self.before = Some((world.source.clone(), world.destination.clone()));
        }
        let answer = self.carry_out(&order);
        let answer = self.said_before(&order, asked_first).unwrap_or(answer);
        self.liar.hears(&order, answer)
    }

    /// What the host that is asked last would have said first, for one that asks in the wrong order.
    fn said_before(&mut self, order: &Do, asked_first: Host) -> Option<Answer> {
        if !self.liar.asks_in_another_order() || order.host == asked_first || order.call.changes_something() {
            return None;
        }
        let (source, destination) = self.before.as_mut()?;
        match order.host {
            Host::Source => source.peer.serves(order.call.number()).then(|| source.answer(&order.call)),
            Host::Destination => match destination.run(&order.call, 0, self.wreck.world.now) {
                destination::Answer::Now(answer) => Some(answer),
                destination::Answer::Waits => None,
            },
        }
    }

    fn carry_out(&mut self, order: &Do) -> Answer {
        self.check_allowed(order);
        if let Some(broken) = self.wreck.world.tears(&order.call) {
            self.breaks(broken);
        }
        let fault = self.fault();
        let answer = self.wreck.world.call(order, fault);
        self.trace.push((order.clone(), answer.clone()));
        if self.waits < HEALED_AT {
            self.exposed = self.trace.len();
        }
        answer
    }

    /// What goes wrong with the next call.
    fn fault(&self) -> Option<Fault> {
        let here = |(at, _): &&(usize, Fault)| *at == self.trace.len() && self.waits < HEALED_AT;
        self.faults.iter().find(here).map(|(_, fault)| *fault)
    }

    /// What may be sent, judged by the whole truth.
    fn check_allowed(&mut self, order: &Do) {
        let call = &order.call;
        let world = &self.wreck.world;
        let at_source = world.source.active.is_some();
        let arrived = world.destination.incoming.as_ref().is_some_and(|one| one.memory.is_some());
        let is_offline = self.wreck.setup.offline != Offline::No;
        if let Some(broken) = is_offline.then(|| offline::forbids_recovery(self, call)).flatten() {
            return self.breaks(broken);
        }
        let broken = match call {
            _ if is_offline && call.finishes() => return,
            Call::Confirm3 { .. } => "Confirm over another connection than Begin's",
            _ if call.begins_something() || matches!(call, Call::Close) => "a recovery begins something",
            _ if call.finishes() && self.is_by_source() => {
                "what the source carries out is finished by somebody else"
            }
            _ if starts(call) && !self.proven() => "Finish of what is not known to be sent",
            _ if starts(call) && self.given_up() => "Finish of what was given up",
            _ if starts(call) && world.source.active == Some(false) => {
                "Finish while the source runs the guest"
            }
            _ if starts(call) && at_source && world.source.ran_on => "a copy of the past is started",
            Call::Finish { .. } | Call::Finish2 { retcode: Retcode::Success, .. } if at_source => {
                "Finish while the source has the guest"
            }
            _ if call.finishes() && !starts(call) && arrived && !at_source => "the only copy is cancelled",
            Call::Destroy { .. } if order.host == Host::Destination => {
                match (&world.destination.guest, at_source) {
                    (Some(_), _) => "what the destination runs is destroyed",
                    (None, false) => "the only copy is cancelled",
                    (None, true) => return,
                }
            }
            Call::Destroy { .. } if world.destination.guest.is_none() && !world.destination.ran => {
                "the source's copy is ended and nobody has another"
            }
            Call::Resume { .. } if world.destination.guest.is_some() => {
                "the source runs what the destination has"
            }
            Call::Resume { .. } if world.destination.ran && !self.swore() => {
                "the source runs on from the past"
            }
            Call::Resume { .. } if self.wreck.setup.guest.is_paused() => "a guest that was paused is resumed",
            _ => return,
        };
        self.breaks(broken);
    }

    /// The dead orchestrator had its caller's word that the guest never ran on the destination.
    fn swore(&self) -> bool {
        let back = |call: &Call| matches!(call, Call::Confirm3 { cancelled: Retcode::Cancelled, .. });
        let decided = |record: &Record| matches!(record, Record::Doing(order) if back(&order.call));
        self.wreck.setup.word != Word::Never && self.wreck.journal.iter().any(decided)
    }

    /// The whole journal says that Perform succeeded.
    fn proven(&self) -> bool {
        let performed = |record: &Record| match record {
            Record::Answered { procedure, answer: Ok(_), .. } => {
                procedure.starts_with("domain_migrate_perform")
            }
            _ => false,
        };
        self.wreck.journal.iter().any(performed)
    }

    /// The journal says that Perform was made, or was about to be.
    fn performed(&self) -> bool {
        let performs = |record: &Record| matches!(record, Record::Doing(order) if order.call.performs());
        self.wreck.journal.iter().any(performs)
    }

    /// And that its host has answered the last one.
    pub(crate) fn answered(&self) -> bool {
        let performs = |record: &Record| matches!(record, Record::Doing(order) if order.call.performs());
        let answered = |record: &Record| match record {
            Record::Answered { procedure, answer, .. } => {
                let told = match answer {
                    // One that may have been made up says nothing of a source that nobody can ask for its job.
                    Err(Failure::Answered(error) | Failure::Unsupported(error))
                        if error.domain == ErrorDomain::RPC =>
                    {
                        self.wreck.setup.source.serves(163) && self.wreck.setup.offline == Offline::No
                    }
                    Err(failure) => failure.code().is_some(),
                    Ok(_) => true,
                };
                procedure.starts_with("domain_migrate_perform") && told
            }
            _ => false,
        };
        let after = self.wreck.journal.rsplit(performs).next();
        after.is_some_and(|records| records.iter().any(answered))
    }

    fn is_by_source(&self) -> bool {
        self.wreck.setup.by != By::Us
    }

    /// The destination was told to give the guest up, or the source to let it run on.
    fn given_up(&self) -> bool {
        let gives_up = |order: &Do| order.call.finishes() && !starts(&order.call);
        self.went_back() || self.announced(gives_up)
    }

    /// The source's own word that it has let the guest run on, or has failed to send it.
    pub(crate) fn source_let_go(journal: &[Record]) -> bool {
        let own = |failure: &Failure| matches!(failure, Failure::Answered(error) if error.domain != ErrorDomain::RPC);
        let mut back = false;
        let performs = |record: &&Record| matches!(record, Record::Doing(order) if order.call.performs());
        journal.iter().skip_while(|record| !performs(record)).any(|record| match record {
            Record::Doing(order) => {
                back = matches!(
                    order.call,
                    Call::Confirm3 { cancelled: Retcode::Cancelled, .. } | Call::Resume { .. }
                );
                false
            }
            Record::Answered { procedure, answer, .. } => match answer {
                Ok(_) => back && (procedure.contains("confirm") || *procedure == "domain_resume"),
                Err(failure) => procedure.starts_with("domain_migrate_perform") && own(failure),
            },
            _ => false,
        })
    }

    /// The source was told to let the guest run on.
    fn went_back(&self) -> bool {
        self.announced(|order| {
            matches!(order.call, Call::Confirm3 { cancelled: Retcode::Cancelled, .. } | Call::Resume { .. })
        })
    }

    /// Such a call was announced since Perform was. Before that it only lets go of what Begin holds.
    fn announced(&self, is_it: impl Fn(&Do) -> bool) -> bool {
        let performs = |record: &&Record| matches!(record, Record::Doing(order) if order.call.performs());
        let mut since = self.wreck.journal.iter().skip_while(|record| !performs(record));
        since.any(|record| matches!(record, Record::Doing(order) if is_it(order)))
    }

    /// Is what is claimed true, does it stay so, and is nothing left over?
    fn judge(&mut self) {
        let Some(outcome) = self.outcome.clone() else { return };
        self.check_claims(&outcome);
        if let Outcome::Unknown(unknown) = &outcome {
            self.check_doubt(unknown.check);
        }
        self.wreck.world.settle();
        self.wreck.world.caller_dies();
        self.wreck.world.settle();
        self.check_claims(&outcome);
        self.check_loss(&outcome);
        self.check_left_over(&outcome);
    }

    fn check_claims(&mut self, outcome: &Outcome) {
        let world = &self.wreck.world;
        let at_source = world.source.active.is_some();
        let holds = match outcome {
            Outcome::OnDestination { domain, left_on_source, state, .. } => match &world.destination.guest {
                Some(Taken { name, from_memory: true, .. }) => {
                    *name == domain.name
                        && world.destination.half.is_none()
                        && (left_on_source.is_some() || !at_source)
                        && world.source.active != Some(false)
                }
                // What the journal ends with was true then. The host was not asked since, and has died with the guest.
                None if state.is_none() && world.destination.destroyed == Some(Loss::HostDied) => true,
                // The source said that it has handed it over, and nobody was heard who has it.
                None => self.is_by_source() && state.is_none() && !at_source && world.destination.ran,
                _ => false,
            },
            // Nobody else's pause is claimed to be this migration's.
            Outcome::OnSource { source, reason, .. }
                if world.elsewhere && source.state().is_some_and(State::is_migrating) =>
            {
                matches!(reason, Reason::LeftPaused(_))
            }
            Outcome::OnSource { source, .. } => {
                let elsewhere =
                    (world.destination.guest.is_some() && at_source) || world.source.half.is_some();
                let told = match source.state() {
                    Some(state) if state.state == DomainState::ShutOff => !at_source,
                    Some(state) => world.source.active == Some(state.state == DomainState::Paused),
                    None => !matches!(source, Said::Absent) || !at_source,
                };
                !elsewhere && told
            }
            Outcome::Nowhere { .. } => !world.guest_exists(),
            // A Perform that was not heard of may resume it yet.
            Outcome::PostCopyBroken { .. } => {
                world.destination.half == Some(Half::Broken)
                    || matches!(self.wreck.setup.post_copy, PostCopy::Resumes { .. })
            }
            _ => true,
        };
        if !holds {
            self.breaks("the outcome is not true");
        }
    }

    /// Unknown is allowed to last only where nothing that can be asked would tell.
    fn check_doubt(&mut self, check: Check) {
        let world = &self.wreck.world;
        let told = self
            .wreck
            .journal
            .iter()
            .any(|record| matches!(record, Record::Doing(order) if starts(&order.call)));
        let by_v1 = self.wreck.journal.iter().any(
            |record| matches!(record, Record::Doing(order) if matches!(order.call, Call::Prepare { .. })),
        );
        let waits = world.destination.incoming.is_some() || world.destination.slot.is_some();
        let unreached = self.wreck.setup.by == By::SourceAlone;
        let rightly = match check {
            // Its own connection told the destination what nobody else knows of.
            Check::WhetherItRanThere if self.is_by_source() => {
                world.source.stopped && world.destination.guest.is_none()
            }
            Check::WhetherTheSourceStillMovesIt => {
                self.is_by_source()
                    && world.source.active.is_some()
                    && !self.answered()
                    // A destination that nobody here reaches may have it all the same.
                    && (!self.wreck.fenced.source_daemon || unreached)
            }
            Check::WhetherItTookOver => unreached && world.source.stopped,
            Check::WhetherTheSourceRunsToo => world.source.runs_by_itself && world.running_copies() > 1,
            // Only the caller knows, and must not be wrong about it.
            Check::WhetherItWasMovedSince => {
                let fenced = self.wreck.fenced.source && world.destination.incoming.is_some();
                let doubted = !self.wreck.is_last || world.elsewhere;
                doubted && (world.source.stopped || fenced || world.source.half.is_some())
            }
            Check::WhetherItArrived => unreached && world.source.active.is_none() && !self.proven(),
            Check::HowItEndedThere => {
                world.destination.ended
                    && world.source.active == Some(true)
                    && world.destination.guest.is_none()
            }
            Check::WhetherItRanThere => {
                (told || world.destination.ended)
                    && world.source.active == Some(true)
                    && world.destination.guest.is_none()
                    && !self.went_back()
            }
            // The destination has lost its part, or was not told to go on.
            Check::WhetherThePostCopyBroke => {
                let lost_there = world.destination.guest.is_none();
                world.source.half.is_some() && (lost_there || world.source.half == Some(Half::Comes))
            }
            Check::WhetherTheCopyIsWhole => world.source.active.is_none() && (waits || by_v1),
            // Its slot does not show; or its source cannot tell whether it is about to drop what it has sent; or a whole copy waits,
            // which shows as one that waits for a Perform whose end nobody has heard, and which may begin yet.
            Check::WhetherItStays => {
                let may_begin = waits && !self.answered();
                (by_v1 || may_begin || !self.wreck.setup.source.serves(163))
                    && world.source.active.is_some()
                    && self.performed()
            }
            // Its own fault keeps the destination from being told, for ever.
            Check::WhetherItStarted => by_v1 || waits,
            _ => false,
        };
        if !rightly {
            self.breaks("unknown for no reason");
        }
    }

    /// The guest may be lost to what died, never to the recovery, and never in silence.
    fn check_loss(&mut self, outcome: &Outcome) {
        let world = &self.wreck.world;
        let lost = !world.guest_exists() && self.wreck.setup.guest != Guest::Off;
        let told = match outcome {
            Outcome::Nowhere { .. } | Outcome::PostCopyBroken { .. } | Outcome::Unknown(_) => true,
            // The host that had it has died since, or somebody has ended it; so it was said.
            Outcome::OnSource { source, .. } => source.is_gone() || world.source.perished,
            Outcome::OnDestination { state, .. } => state.is_none(),
            _ => false,
        };
        let cancelled = matches!(world.destination.destroyed, Some(Loss::Cancelled | Loss::Destroyed));
        let by_us = lost && self.existed && cancelled && !world.source.perished && self.gave_up();
        if lost && !told {
            self.breaks("the guest is gone in silence");
        }
        if by_us {
            self.breaks("the recovery lost the guest");
        }
    }

    fn gave_up(&self) -> bool {
        let gives_up = |order: &Do| match order.call {
            Call::Destroy { .. } => order.host == Host::Destination,
            _ => order.call.finishes() && !starts(&order.call),
        };
        self.trace.iter().any(|(order, _)| gives_up(order))
    }

    /// With every host up and every connection closed nothing of a migration is left that has a known end.
    fn check_left_over(&mut self, outcome: &Outcome) {
        let world = &self.wreck.world;
        let state_told = self.wreck.setup.source.serves(212);
        let left = match outcome {
            Outcome::OnDestination { left_on_source: None, .. } => world.source.active.is_some(),
            Outcome::OnDestination { left_on_source: Some(Said::NoAnswer(_)), .. } => false,
            Outcome::OnDestination { .. } => {
                world.source.stopped && state_told && !self.wreck.setup.guest.is_paused()
            }
            Outcome::OnSource { left_on_destination: Some(Said::NoAnswer(_)), .. } => false,
            // A host of version 1 that tells no reasons cannot tell it from a guest that somebody has paused.
            Outcome::OnSource { left_on_destination: Some(_), .. }
                if !self.wreck.setup.destination.serves(212) =>
            {
                false
            }
            // It is no connection's any more. Where a call ends it, that is made while the source has the guest and no job.
            Outcome::OnSource { left_on_destination: Some(_), .. } => {
                world.destination.incoming.as_ref().is_some_and(|one| !one.is_stray())
            }
            Outcome::OnSource { .. } | Outcome::Nowhere { .. } => world.destination.incoming.is_some(),
            _ => false,
        };
        if left {
            self.breaks("a half of the guest is left over");
        }
        if let Outcome::OnSource { source, .. } = outcome
            && source.state().is_some_and(|state| state.is_migrating())
            && matches!(self.wreck.setup.guest, Guest::Transient | Guest::Persistent)
            && !self.untold()
            && !self.wreck.world.elsewhere
        {
            self.breaks("the guest is left paused");
        }
    }

    /// The journal does not say whether the guest was paused before.
    fn untold(&self) -> bool {
        !self.wreck.journal.iter().any(|record| {
            matches!(
                record,
                Record::Answered {
                    procedure: "domain_get_info" | "domain_get_state",
                    host: Host::Source,
                    answer: Ok(_)
                }
            )
        })
    }

    /// What came of it as one word.
    pub(crate) fn word(&self) -> &'static str {
        match &self.outcome {
            None if self.nothing_began => "nothing began",
            None => "the recovery died",
            Some(Outcome::OnDestination { .. }) => "on the destination",
            Some(Outcome::OnSource { .. }) => "on the source",
            Some(Outcome::Nowhere { .. }) => "nowhere",
            Some(Outcome::PostCopyBroken { .. }) => "on both hosts",
            Some(_) => "unknown",
        }
    }

    /// Calls that changed something.
    pub(crate) fn changes(&self) -> usize {
        self.trace.iter().filter(|(order, _)| order.call.changes_something()).count()
    }

    pub(crate) fn breaks(&mut self, invariant: &str) {
        self.broken.push(invariant.to_owned());
    }
}

/// Whether a call tells the destination to start the guest.
pub(crate) fn starts(call: &Call) -> bool {
    match call {
        Call::Finish { .. } => true,
        Call::Finish2 { retcode, .. } => *retcode == Retcode::Success,
        Call::Finish3 { cancelled, .. } => *cancelled == Retcode::Success,
        _ => false,
    }
}

/// The whole story, for a person.
impl fmt::Display for Rescue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.broken.join(" and "))?;
        writeln!(f, "{}", self.wreck.past)?;
        let Setup { wish, guest, request, destination_is, .. } = self.wreck.setup;
        writeln!(
            f,
            "  {} to {}, {wish:?}, guest {guest:?}, asked {request:?}, {destination_is:?}",
            self.wreck.setup.source.name, self.wreck.setup.destination.name
        )?;
        writeln!(f, "  faults of the recovery {:?}, fenced {:?}", self.faults, self.wreck.fenced)?;
        for record in &self.wreck.journal {
            writeln!(f, "    {record}")?;
        }
        for (at, (order, answer)) in self.trace.iter().enumerate() {
            match answer {
                Ok(reply) => writeln!(f, "  {at:2} {order}\n       {reply:?}")?,
                Err(failure) => writeln!(f, "  {at:2} {order}\n       {failure}")?,
            }
        }
        writeln!(f, "  {}", self.wreck.world)?;
        writeln!(f, "  outcome {:?}", self.outcome)
    }
}
