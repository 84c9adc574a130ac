//! Runs the engine in a modelled world, as a driver would, and checks every step.

use std::fmt;

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::migrate::{
    Action, Call, CancelAnswer, Check, Do, Engine, Failure, Feature, Host, MigrateFlags, Note, Outcome,
    Reason, Record, Reply, Request, Retcode, Said, Settings, Terms, Unknown, Waiting, Wish,
};
use virtwire_xdr::Text;

use super::fault::{Fault, Hears};
use super::mutant::Mutant;
use super::offline::{self, Offline};
use super::rule::Rule;
use super::setup::{By, Guest, Setup, Word};
use super::source::another;
use super::verdict;
use super::version3;
use super::world::World;

/// From this wait on all hosts are up, and nothing goes wrong any more.
const HEALED_AT: usize = 6;
/// From this wait on a caller of [`Word::AtLast`] cancels.
const CANCELLED_AT: usize = 9;
/// After this wait the outcome will stay unknown.
const PATIENCE: usize = 24;
/// No more calls than this between two waits, or the engine runs in circles.
const CALLS_AT_ONCE: usize = 32;

pub(crate) type Answer = Result<Reply, Failure>;

/// Which calls meet which faults, by the calls' order.
pub(crate) type Faults = Vec<(usize, Fault)>;

/// One migration: what it started from, what happened, and which invariants it broke.
pub(crate) struct Run {
    pub(crate) setup: Setup,
    pub(crate) request: Request,
    pub(crate) faults: Faults,
    pub(crate) trace: Vec<(Do, Answer)>,
    /// How many calls could meet a fault.
    pub(crate) exposed: usize,
    /// None if the caller died.
    pub(crate) outcome: Option<Outcome>,
    pub(crate) world: World,
    pub(crate) journal: Vec<Record>,
    /// How much of the journal there was at each record, and the world then, for who wants to know what comes of a caller that dies then.
    pub(crate) cuts: Option<Vec<(usize, World)>>,
    /// What the journal lacks of its end.
    pub(crate) unwritten: Vec<Record>,
    /// A call was not made, and leaves no record.
    refused: bool,
    /// The engine took the caller's word to cancel.
    pub(crate) cancelled: bool,
    /// And the caller's word that the guest has not run on the destination.
    swore: bool,
    /// And that the source's daemon has ended, which it has.
    pub(crate) said_that_it_ended: bool,
    pub(crate) broken: Vec<String>,
    mutant: Mutant,
    waits: usize,
}

impl Run {
    /// Runs one migration to its end, or until the caller dies. The plan must not be refused.
    pub(crate) fn new(setup: Setup, faults: Faults, mutant: Mutant) -> Run {
        let mut run = Run::driven(setup, faults, mutant, None);
        verdict::judge(&mut run);
        run
    }

    /// The same with the world at each record, and not judged.
    pub(crate) fn cut_anywhere(setup: Setup, faults: Faults, rule: Rule) -> Run {
        Run::driven(setup, faults, Mutant::breaking(rule), Some(Vec::new()))
    }

    fn driven(setup: Setup, faults: Faults, mutant: Mutant, cuts: Option<Vec<(usize, World)>>) -> Run {
        let plan = mutant.plan(&setup).expect("only migrations that can be planned are run");
        let mut run = Run {
            setup,
            request: plan.request().clone(),
            faults,
            trace: Vec::new(),
            exposed: 0,
            outcome: None,
            world: setup.world(),
            journal: Vec::new(),
            cuts,
            unwritten: Vec::new(),
            refused: false,
            cancelled: false,
            swore: false,
            said_that_it_ended: false,
            broken: Vec::new(),
            mutant,
            waits: 0,
        };
        run.drive(Engine::new(plan, Settings::default()));
        run
    }

    /// The driver.
    fn drive(&mut self, mut engine: Engine) {
        let mut at_once = 0;
        while let Some(action) = engine.poll() {
            match action {
                Action::Note(note) => self.check_note(&note),
                Action::Journal(record) if self.mutant.forgets(&record) => {}
                Action::Journal(record) => self.keep(record),
                Action::Do(order) => {
                    at_once += 1;
                    let answer = self.call(order);
                    if self.world.caller_died {
                        return;
                    }
                    if at_once > CALLS_AT_ONCE {
                        return self.breaks("the engine runs in circles");
                    }
                    engine.done_at(self.world.time(), answer);
                }
                Action::Wait(wait) => {
                    at_once = 0;
                    self.waits += 1;
                    self.world.waits(wait.ask_again_after);
                    if self.setup.moved && self.waits < HEALED_AT && self.world.is_forgotten() {
                        self.world.is_moved_elsewhere(7);
                    }
                    if self.waits == HEALED_AT {
                        self.world.heal();
                    }
                    if self.waits > PATIENCE || self.mutant.leaves(&wait.why) {
                        self.outcome = Some(engine.now());
                        return;
                    }
                    if let Waiting::Unknown(unknown) = &wait.why {
                        self.check_said(Host::Source, &unknown.source);
                        self.check_said(Host::Destination, &unknown.destination);
                        if let Some(outcome) = self.mutant.ends(unknown, &self.trace) {
                            self.outcome = Some(outcome);
                            return;
                        }
                        self.may_cancel(&mut engine, unknown);
                    }
                    engine.retry();
                }
                Action::End(outcome) => {
                    self.outcome = Some(self.mutant.reports(outcome, &self.trace));
                    return;
                }
            }
            if self.world.runs_twice_by_us() {
                return self.breaks("two copies run");
            }
        }
        self.breaks("the engine waits for nothing");
    }

    fn may_cancel(&mut self, engine: &mut Engine, unknown: &Unknown) {
        let word = match self.setup.word {
            Word::Never => false,
            Word::AtOnce => true,
            Word::AtLast => self.waits >= CANCELLED_AT,
        };
        // What to check leaves it to the caller to cancel; that the source is not about to drop its own a caller has to see first.
        let offered = matches!(
            unknown.check,
            Check::WhetherPerformStillRuns
                | Check::WhetherItRanThere
                | Check::WhetherItIsAboutToLeave
                | Check::WhetherItWasMovedSince
        );
        let sees = unknown.check != Check::WhetherItIsAboutToLeave || self.world.source.job.is_none();
        // What has died is up again when it answers, and begins nothing of before.
        let daemon_ended = self.world.sender_died && unknown.check == Check::WhetherTheSourceStillMovesIt;
        if self.mutant.says_that_it_ended(unknown) {
            let _ = engine.source_daemon_ended();
        } else if word && daemon_ended {
            if engine.source_daemon_ended() != CancelAnswer::Taken {
                self.breaks("a word is asked for and not taken");
            }
            self.said_that_it_ended = true;
        } else if self.mutant.cancels(unknown) {
            let _ = engine.cancel();
        } else if word && sees {
            if engine.cancel() != CancelAnswer::Taken {
                if offered {
                    self.breaks("a word is asked for and not taken");
                }
                return;
            }
            self.cancelled = true;
            self.swore |= unknown.check == Check::WhetherItRanThere;
            self.mutant.was_cancelled();
            if unknown.source.state().is_none() && !self.setup.by_v3() && self.setup.by == By::Us {
                self.breaks("cancelled without the source's word");
            }
        }
    }

    /// Keeps a record as a driver owes it: in order, or not yet.
    fn keep(&mut self, record: Record) {
        if std::mem::take(&mut self.refused) {
            return;
        }
        self.unwritten.push(record);
        if !self.journal_fails() {
            self.journal.append(&mut self.unwritten);
        }
        if let Some(cuts) = &mut self.cuts {
            cuts.push((self.journal.len(), self.world.clone()));
        }
    }

    /// Whether the journal cannot be written before the next call.
    fn journal_fails(&self) -> bool {
        let fails = |(at, fault): &(usize, Fault)| match fault.hears {
            Hears::Unwritten(calls) => (*at..at.saturating_add(calls)).contains(&self.trace.len()),
            _ => false,
        };
        self.waits < HEALED_AT && self.faults.iter().any(fails)
    }

    fn call(&mut self, mut order: Do) -> Answer {
        let recorded = matches!(self.journal.last(), Some(Record::Doing(last)) if *last == order);
        if !recorded && !self.unwritten.is_empty() && order.call.needs_its_record() && !self.mutant.dares() {
            self.unwritten.pop();
            self.refused = true;
            let answer = Err(Failure::NotSent { message: "the journal failed".to_owned() });
            self.trace.push((order, answer.clone()));
            self.exposed = if self.waits < HEALED_AT { self.trace.len() } else { self.exposed };
            return answer;
        }
        if order.call.needs_its_record() && !recorded && !self.mutant.dares() {
            self.breaks("not journalled before");
        }
        self.mutant.alters(&mut order, &self.setup);
        let answer = match self.mutant.answers_itself(&order, &mut self.world) {
            Some(answer) => answer,
            None => self.carry_out(&order),
        };
        if let Some(more) = self.mutant.also_sends(&order, &answer) {
            let _ = self.carry_out(&more);
        }
        self.mutant.hears(&order, answer)
    }

    fn carry_out(&mut self, order: &Do) -> Answer {
        self.check_allowed(order);
        if let Some(broken) = self.world.tears(&order.call) {
            self.breaks(broken);
        }
        let here = |(at, _): &&(usize, Fault)| *at == self.trace.len() && self.waits < HEALED_AT;
        let fault = self.faults.iter().find(here).map(|(_, fault)| *fault);
        let answer = self.world.call(order, fault);
        self.trace.push((order.clone(), answer.clone()));
        if std::mem::take(&mut self.world.trespassed) {
            self.breaks("somebody else's migration is confirmed");
        }
        if self.waits < HEALED_AT {
            self.exposed = self.trace.len();
        }
        answer
    }

    /// What may be sent, judged by the whole truth.
    fn check_allowed(&mut self, order: &Do) {
        let call = &order.call;
        if self.setup.offline != Offline::No {
            if let Some(broken) = offline::forbids(self, call) {
                return self.breaks(broken);
            }
            if call.finishes() || matches!(call, Call::Confirm3 { .. }) {
                return;
            }
        }
        let sent = |number: i32| self.trace.iter().find(|(order, _)| order.call.number() == number);
        let request = &self.request;
        let protects = self.setup.source.reports(Feature::MigrateChangeProtection);
        let at_source = self.world.source.active.is_some();
        let arrived = self.world.destination.incoming.as_ref().is_some_and(|one| one.memory.is_some());
        let renamed = |dname: &Option<Text>| dname.as_ref().is_none_or(|dname| *dname != request.domain.name);
        let broken = match call {
            Call::Prepare { .. } if !self.setup.both_report(Feature::MigrationV1) => {
                "v1 is not common ground"
            }
            Call::Prepare { dname, .. } if !renamed(dname) => "a name that is no new one",
            Call::Prepare2 { .. } if !self.setup.both_report(Feature::MigrationV2) => {
                "v2 is not common ground"
            }
            Call::Prepare2 { .. } if self.setup.needs_v3() => "v2 to a peer of v3",
            Call::Perform { .. } | Call::PerformTo { .. }
                if self.setup.by != By::Us && self.sends_itself(call) =>
            {
                "what the source carries out is not asked for as it is to be"
            }
            Call::Begin3 { terms, .. } | Call::Prepare3 { terms, .. } | Call::Perform3 { terms, .. }
                if !self.setup.reports_v3(matches!(terms, Terms::Params(_))) =>
            {
                "v3 is not common ground"
            }
            Call::Begin3 { .. } | Call::Prepare { .. } | Call::Prepare2 { .. } if !self.is_lacking() => {
                "a downgrade without proof"
            }
            Call::Begin3 { terms: Terms::Fixed { .. }, .. }
                if self.setup.wish == Wish::Auto
                    && self.setup.reports_v3(true)
                    && !self.trace.iter().any(|(_, answer)| is_lacking(answer)) =>
            {
                "fixed arguments where both have parameters"
            }
            Call::Begin3 { .. } | Call::Prepare { .. } | Call::Prepare2 { .. }
                if self.world.source.is_held() =>
            {
                "a downgrade while the source holds the guest"
            }
            Call::Perform { .. } | Call::Perform3 { .. } | Call::PerformTo { .. }
                if self.trace.iter().any(|(order, _)| {
                    order.call.performs() && self.setup.source.serves(order.call.number())
                }) =>
            {
                "Perform a second time"
            }
            Call::Prepare3 { cookie, .. } | Call::Perform3 { cookie, .. } if cookie.0.is_empty() => {
                "an empty cookie for a host that dies of it"
            }
            Call::Finish3 { cookie, .. } if cookie.0 == version3::PREPARED => "a cookie goes back",
            Call::Confirm3 { cookie, .. } if cookie.0 == version3::PERFORMED => "a cookie goes back",
            Call::Finish3 { cookie, cancelled: Retcode::Cancelled, .. } | Call::Confirm3 { cookie, .. }
                if !cookie.0.is_empty() && self.trace.last().is_none_or(|(_, answer)| answer.is_err()) =>
            {
                "a cookie after a step that failed"
            }
            Call::Finish3 { cookie, cancelled: Retcode::Cancelled, .. } if !cookie.0.is_empty() => {
                "a cookie after a step that failed"
            }
            Call::Begin3 { flags, .. } | Call::Perform3 { flags, .. } | Call::Confirm3 { flags, .. }
                if !flags.has(request.flags) || flags.has(MigrateFlags::CHANGE_PROTECTION) != protects =>
            {
                "the source does not see all flags"
            }
            Call::Prepare { .. } | Call::Prepare2 { .. } | Call::Prepare3 { .. }
                if self.setup.guest == Guest::Left && verdict::state_told(self) =>
            {
                "what an earlier migration left is moved"
            }
            Call::Finish3 { cancelled: Retcode::Success, .. } if !self.performed() => {
                "Finish of what is not known to be sent"
            }
            Call::Finish3 { cancelled: Retcode::Success, .. } if self.gave_up() => {
                "Finish of what was given up"
            }
            Call::Finish3 { cancelled: Retcode::Success, .. } if self.world.source.active == Some(false) => {
                "Finish while the source runs the guest"
            }
            Call::Finish3 { cancelled: Retcode::Cancelled, .. } if arrived && !at_source => {
                "the only copy is cancelled"
            }
            Call::Destroy { .. } if order.host == Host::Destination => {
                match (&self.world.destination.guest, at_source) {
                    (Some(_), _) => "what the destination runs is destroyed",
                    (None, false) => "the only copy is cancelled",
                    (None, true) => return,
                }
            }
            Call::Confirm3 { cancelled: Retcode::Success, .. } | Call::Destroy { .. }
                if self.world.destination.guest.is_none() && !self.world.destination.ran =>
            {
                "the source's copy is ended and nobody has another"
            }
            Call::Confirm3 { cancelled: Retcode::Cancelled, .. } | Call::Resume { .. }
                if self.world.destination.guest.is_some() =>
            {
                "the source runs what the destination has"
            }
            Call::Confirm3 { cancelled: Retcode::Cancelled, .. } | Call::Resume { .. }
                if self.world.destination.ran
                    && (self.world.destination.ended && self.world.destination.defined || !self.swore) =>
            {
                "the source runs on from the past"
            }
            Call::Perform { flags, .. } if !flags.has(request.flags) => "the source does not see all flags",
            Call::Finish { .. } | Call::Finish2 { retcode: Retcode::Success, .. } if at_source => {
                "Finish while the source has the guest"
            }
            Call::Finish { .. } | Call::Finish2 { retcode: Retcode::Success, .. } if self.shows_a_crash() => {
                "what has ended on the source is started elsewhere"
            }
            Call::Finish2 { retcode: Retcode::Cancelled, .. } if arrived && !at_source => {
                "the only copy is cancelled"
            }
            Call::Finish2 { .. } if sent(61).is_some() => "Finish2 after Prepare",
            Call::Finish { .. } if sent(61).is_none() => "Finish without Prepare",
            Call::Close if order.host == Host::Destination && (arrived && !at_source || !self.may_lose()) => {
                "the preparing connection is closed unasked"
            }
            _ => return,
        };
        self.breaks(broken);
    }

    /// What was begun or prepared last, if anything was, was proved to be missing.
    fn is_lacking(&self) -> bool {
        let begins = |call: &Call| call.prepares() || matches!(call, Call::Begin3 { .. });
        let last = self.trace.iter().rev().find(|(order, _)| begins(&order.call));
        last.is_none_or(|(_, answer)| is_lacking(answer))
    }

    /// Another thing than a source wants that carries the migration out.
    fn sends_itself(&self, call: &Call) -> bool {
        let peer_to_peer = self.setup.by != By::Direct;
        let (flags, to) = match call {
            Call::PerformTo { flags, dconnuri, .. } => (flags, dconnuri.is_some()),
            Call::Perform { flags, cookie, uri, .. } => {
                (flags, cookie.0.is_empty() && uri.as_bytes().starts_with(b"qemu:"))
            }
            _ => return true,
        };
        to != peer_to_peer || flags.has(MigrateFlags::PEER2PEER) != peer_to_peer
    }

    /// Perform was answered with success, or the source shows that it has switched to post-copy.
    fn performed(&self) -> bool {
        let succeeded = |(order, answer): &(Do, Answer)| order.call.performs() && answer.is_ok();
        self.trace.iter().any(succeeded) || self.world.source.half.is_some()
    }

    /// The guest has ended on its source by itself, which has told so.
    fn shows_a_crash(&self) -> bool {
        let source = &self.world.source;
        let told = |(order, answer): &(Do, Answer)| {
            let state = matches!(answer, Ok(Reply::State(state)) if state.reason == Some(3));
            order.host == Host::Source && state
        };
        source.perished && source.off == 3 && source.defined && self.trace.iter().any(told)
    }

    /// The destination has been told to give the guest up.
    fn gave_up(&self) -> bool {
        let given_up = |call: &Call| matches!(call, Call::Finish3 { cancelled: Retcode::Cancelled, .. });
        self.trace.iter().any(|(order, _)| given_up(&order.call))
    }

    /// Nothing is said to be left over where the destination has said that it has nothing.
    fn check_note(&mut self, note: &Note) {
        let code = match self.trace.last() {
            Some((_, Err(failure))) => failure.code(),
            _ => None,
        };
        let nothing = matches!(code, Some(ErrorCode::MIGRATE_FINISH_OK | ErrorCode::NO_DOMAIN));
        if matches!(note, Note::Leftover(Some(_))) && nothing {
            self.breaks("a leftover of what is not there");
        }
    }

    /// What the engine reports as a host's word is what the host last said.
    pub(crate) fn check_said(&mut self, host: Host, said: &Said) {
        let last = self.trace.iter().rev().find(|(order, _)| order.host == host);
        let holds = match (said, last) {
            (Said::NotAsked, None) => true,
            // Nor what it was asked before the start.
            (Said::NotAsked, Some((order, _))) => {
                order.call.changes_something() || matches!(order.call.number(), 0..=16 | 212)
            }
            (Said::Absent, Some((_, Err(failure)))) => failure.code() == Some(ErrorCode::NO_DOMAIN),
            (Said::Aborted, Some((_, Err(failure)))) => failure.code() == Some(ErrorCode::MIGRATE_FINISH_OK),
            (Said::Has { state, .. }, Some((_, Ok(Reply::State(last))))) => state == last,
            (Said::NoAnswer(_), Some((_, Ok(Reply::Found(domain))))) => domain.uuid == another().uuid,
            (Said::NoAnswer(failure), Some((order, Err(last)))) => {
                failure == last && !order.call.changes_something()
            }
            _ => false,
        };
        if !holds {
            self.breaks("a host did not say so");
        }
    }

    /// Whether the engine may destroy the incoming copy although Perform might run: at the caller's word, or
    /// after an error of its own of a source that cannot tell of jobs.
    pub(crate) fn may_lose(&self) -> bool {
        let refused = |(order, answer): &(Do, Answer)| {
            let own = |error: &RemoteError| error.domain != ErrorDomain::RPC;
            order.call.performs() && matches!(answer, Err(Failure::Answered(error)) if own(error))
        };
        self.cancelled || (!self.world.source.peer.serves(163) && self.trace.iter().any(refused))
    }

    /// The first step that had no success, in the order of the calls.
    pub(crate) fn first_failure(&self) -> Option<Reason> {
        let last = self.trace.iter().rposition(|(order, _)| order.call.begins_something());
        self.trace.iter().enumerate().find_map(|(at, (order, answer))| match (&order.call, answer) {
            (Call::GetInfo { .. } | Call::GetState { .. }, _) => None,
            (Call::GetJobInfo { .. } | Call::LookupByUuid { .. } | Call::Close, _) => None,
            (Call::Confirm3 { .. } | Call::Resume { .. } | Call::Destroy { .. }, _) => None,
            // An older version was tried.
            (_, answer) if is_lacking(answer) && last > Some(at) => None,
            (call, Err(failure)) => {
                Some(Reason::Failed { host: order.host, procedure: call.name(), failure: failure.clone() })
            }
            (call, Ok(Reply::Finished(domain) | Reply::Finished3 { domain, .. }))
                if domain.uuid == another().uuid =>
            {
                let message = "the reply is that of another call, or about another guest".to_owned();
                let failure = Failure::Lost { message };
                Some(Reason::Failed { host: order.host, procedure: call.name(), failure })
            }
            (_, Ok(_)) => None,
        })
    }

    pub(crate) fn breaks(&mut self, invariant: &str) {
        self.broken.push(invariant.to_owned());
    }
}

/// The host has proved that it lacks the call.
pub(crate) fn is_lacking(answer: &Answer) -> bool {
    matches!(answer, Err(Failure::Unsupported(_)))
}

/// The whole story, for a person.
impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (source, destination) = (self.setup.source.name, self.setup.destination.name);
        writeln!(f, "{}, from {source} to {destination}", self.broken.join(" and "))?;
        let Setup { wish, guest, request, destination_is, word, .. } = self.setup;
        writeln!(
            f,
            "  wish {wish:?}, guest {guest:?}, asked {request:?}, {destination_is:?}, word {word:?}"
        )?;
        writeln!(f, "  faults {:?}", self.faults)?;
        for (at, (order, answer)) in self.trace.iter().enumerate() {
            match answer {
                Ok(reply) => writeln!(f, "  {at:2} {order}\n       {reply:?}")?,
                Err(failure) => writeln!(f, "  {at:2} {order}\n       {failure}")?,
            }
        }
        writeln!(f, "  {}", self.world)?;
        writeln!(f, "  outcome {:?}", self.outcome)
    }
}
