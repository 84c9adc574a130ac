//! The engine: what to do next, and what it means if it fails.
//!
//! ```text
//!  v2: GetXmlDesc ─▶ GetInfo ─▶ Prepare2 ─┬─▶ Perform ─▶ Finish2 0 ─▶ GetInfo ─▶ OnDestination
//!  v1:               GetInfo ─▶ Prepare ──┘      │           │
//!                                                │           └ error, lost ─▶ `arrival`: until the destination has told
//!                                                └ error, lost ─▶ `doubt`: until the source has told; then Finish,
//!                                                                 or Finish2 1 (v2) ─▶ `leftover`, until the destination
//!                                                                 has no copy or that is told ─▶ OnSource
//!
//!  v3: Begin ─▶ state ─▶ Prepare ─▶ Perform ─▶ Finish 0 ─▶ Confirm 0 ─▶ OnDestination
//!                           │          │           └ error, lost ─▶ `arrival`: until the destination has told; then Confirm 0,
//!                           │          │                            or, if it never started the guest, `back`
//!                           │          └ error, lost ─▶ `doubt`: the source is asked; then Finish 1 ─▶ `back`
//!                           └ error ─▶ Confirm 1 ─▶ OnSource
//!
//!  by the source: state ─▶ Perform ─▶ `sent`: both hosts are asked, and told nothing
//!
//!      back: Confirm 1, or Close where Perform had no success ─▶ the source is asked until the guest runs on there ─▶ OnSource
//!      Finish 1 that the destination has not confirmed: before OnSource it is asked what it keeps (`behind`)
//! ```
//!
//! Where the first call of a version, or its Prepare, is proved to be missing, the next older one begins anew.
//!
//! Anything that fails before Perform leaves the guest on the source, untouched. In version 3 the source keeps the guest until
//! Confirm 0, which is sent only when the destination runs it; and it lets it run on only when Finish 0 was never sent, or when
//! the destination has said that it does not have it.

mod arrival;
mod back;
mod begin;
mod behind;
mod confirm;
mod doubt;
mod leftover;
mod sent;
mod start;
mod step;
mod torn;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use self::step::Step;
use self::torn::Halves;
use super::action::{Action, CancelAnswer, Settings, Wait, Waiting};
use super::answer::{Failure, Reply};
use super::ask::{Ask, Next};
use super::call::{Call, Do, Host};
use super::flags::MigrateFlags;
use super::journal::Record;
use super::note::Note;
use super::outcome::{Check, Outcome, Reason, Unknown};
use super::param::Terms;
use super::plan::{Plan, Sequence, Version};
use super::request::Request;
use super::state::Said;

/// One migration, from its plan to its outcome.
///
/// Any input is legal at any time: one that does not fit is ignored. After each input, drain
/// [`poll`](Engine::poll) until `None`.
#[derive(Debug)]
#[must_use = "a dropped engine leaves a migration half done"]
pub struct Engine {
    request: Request,
    /// What is tried now, and what may be tried after it.
    version: Version,
    older: std::vec::IntoIter<Sequence>,
    /// The caller's, and PAUSED if the guest was found paused.
    flags: MigrateFlags,
    settings: Settings,
    /// Version 3: what the hosts are told, as far as it is known.
    terms: Terms,
    /// Version 3: CHANGE_PROTECTION, or nothing. The source holds a job from Begin to Confirm then.
    protection: MigrateFlags,
    /// Whether the source said at the start that the guest is paused.
    was_paused: Option<bool>,
    /// OFFLINE: the destination said before Prepare that it knows no such guest, so that a definition it shows later is the one that was sent.
    had_no_definition: bool,
    /// Prepare is out, or nobody knows what became of it: the destination may have prepared what nothing will undo.
    may_have_prepared: bool,
    /// The destination was told to give up what it has prepared, by version 2 or 3, and has not confirmed it.
    may_keep: bool,
    /// What each host last said.
    source: Said,
    destination: Said,
    /// The caller gave the migration up before Perform was sent.
    given_up: bool,
    step: Step,
    /// What `step` wants done, not yet handed out. A few at most: each input adds to it once.
    out: VecDeque<Action>,
    /// The call that has been handed out and not been answered.
    calling: Option<(Host, &'static str)>,
    /// The procedure that was answered last.
    procedure: &'static str,
    /// When that was, if the driver has told.
    now: Option<Instant>,
}

impl Engine {
    /// Begins the migration that was planned. Nothing happens until it is polled.
    pub fn new(plan: Plan, settings: Settings) -> Engine {
        let chosen = Note::Chosen { version: plan.version(), why: plan.why().to_owned() };
        let record = Record::Chosen { request: plan.request.clone(), version: plan.version() };
        let mut engine = Engine {
            version: plan.version(),
            older: plan.older.into_iter(),
            flags: plan.request.flags,
            terms: Terms::fixed(&plan.request),
            request: plan.request,
            settings,
            protection: MigrateFlags(0),
            was_paused: None,
            had_no_definition: false,
            may_have_prepared: false,
            may_keep: false,
            source: Said::NotAsked,
            destination: Said::NotAsked,
            given_up: false,
            step: Step::Over(None),
            out: VecDeque::from([Action::Note(chosen), Action::Journal(record)]),
            calling: None,
            procedure: "",
            now: None,
        };
        engine.step = engine.start(plan.sequence);
        engine
    }

    /// What to do now; `None` until the next input. Each action is handed out once.
    #[must_use = "an action that is not carried out stops the migration"]
    pub fn poll(&mut self) -> Option<Action> {
        let action = self.out.pop_front()?;
        if let Action::Do(Do { host, call, .. }) = &action {
            self.calling = Some((*host, call.name()));
        }
        Some(action)
    }

    /// The call that was handed out last was answered by now, or was not.
    ///
    /// Ignored when no call is out. The reply of another call counts as [`Failure::Lost`].
    pub fn done_at(&mut self, now: Instant, answer: Result<Reply, Failure>) {
        self.now = Some(now);
        self.take(answer);
    }

    /// The same, and nobody knows when: then what is waited for is counted and not timed.
    pub fn done(&mut self, answer: Result<Reply, Failure>) {
        self.now = None;
        self.take(answer);
    }

    fn take(&mut self, answer: Result<Reply, Failure>) {
        let Some((host, procedure)) = self.calling.take() else { return };
        self.procedure = procedure;
        let answer = Failure::unless_of_another(answer, self.request.domain.uuid);
        self.out.push_back(Action::Journal(Record::Answered { host, procedure, answer: answer.clone() }));
        self.step = match std::mem::replace(&mut self.step, Step::Over(None)) {
            Step::Xml => self.got_xml(answer),
            Step::Begin => self.begun(answer),
            Step::Release(reason) => self.released(reason, answer),
            Step::WhyNot(reason) => self.got_why_not(reason, answer),
            Step::Withdraw(reason) => self.withdrawn(reason, answer),
            Step::Info(draft) => self.got_info(draft, answer),
            Step::Why(draft) => self.got_why(draft, answer),
            Step::AskBefore(ask, draft) => {
                self.asked(ask, answer, draft, Step::AskBefore, Engine::before_said)
            }
            Step::Prepare(draft) => self.got_prepared(draft, answer),
            Step::Perform(prepared) => self.performed(prepared, answer),

            Step::Send(number) => self.sent(number, answer),
            Step::AskSender(ask, sent) => self.asked(ask, answer, sent, Step::AskSender, Engine::sender_said),
            Step::AskReceiver(ask, sent) => {
                self.asked(ask, answer, sent, Step::AskReceiver, Engine::receiver_said)
            }

            Step::AskSource(ask, doubt) => {
                self.asked(ask, answer, doubt, Step::AskSource, Engine::source_said)
            }
            Step::AskIncoming(ask, doubt) => {
                self.asked(ask, answer, doubt, Step::AskIncoming, Engine::incoming_said)
            }
            Step::Cancel(doubt) => self.cancelled(doubt, answer),
            Step::Close(doubt) => self.closed(doubt, answer),
            Step::CloseBegun(doubt) => self.closed_begun(doubt, answer),
            Step::AskTwice(ask, doubt) => self.asked(ask, answer, doubt, Step::AskTwice, Engine::twice_said),

            Step::AskLeftover(ask, leftover) => {
                self.asked(ask, answer, leftover, Step::AskLeftover, Engine::leftover_said)
            }
            Step::Remove(leftover) => self.removed(leftover, answer),
            Step::AskBehind(ask, reason) => {
                self.asked(ask, answer, reason, Step::AskBehind, Engine::behind_said)
            }

            Step::Finish(departed) => self.finished(departed, answer),
            Step::AskEnd(ask, departed) => self.asked(ask, answer, departed, Step::AskEnd, Engine::end_said),
            Step::AskArrival(ask, departed) => {
                self.asked(ask, answer, departed, Step::AskArrival, Engine::arrival_said)
            }
            Step::AskLast(ask, departed) => {
                self.asked(ask, answer, departed, Step::AskLast, Engine::last_said)
            }

            Step::AskHeld(ask, departed) => {
                self.asked(ask, answer, departed, Step::AskHeld, Engine::held_said)
            }
            Step::CancelLate(departed) => self.cancelled_late(departed, answer),

            Step::Forget(back) => self.forgotten(back, answer),
            Step::ConfirmBack(back) => self.confirmed_back(back, answer),
            Step::AskBack(ask, back) => self.asked(ask, answer, back, Step::AskBack, Engine::back_said),
            Step::Resume(back) => self.resumed(back, answer),
            Step::CancelBack(back) => self.cancelled_back(back, answer),
            Step::AskGone(ask, back) => self.asked(ask, answer, back, Step::AskGone, Engine::gone_said),

            Step::Confirm(arrived) => self.confirmed(arrived, answer),
            Step::AskLeft(ask, arrived) => self.asked(ask, answer, arrived, Step::AskLeft, Engine::left_said),
            Step::Destroy(arrived) => self.ask_left(arrived),
            Step::AskStill(ask, arrived) => {
                self.asked(ask, answer, arrived, Step::AskStill, Engine::still_said)
            }

            Step::AskSwitched(ask, departed) => {
                self.asked(ask, answer, departed, Step::AskSwitched, Engine::switched_said)
            }
            Step::AskCopy(ask, departed) => {
                self.asked(ask, answer, departed, Step::AskCopy, Engine::copy_said)
            }
            Step::AskThere(ask, halves) => {
                self.asked(ask, answer, halves, Step::AskThere, |engine, halves, _| engine.there_said(halves))
            }
            Step::AskHere(ask, halves) => self.asked(ask, answer, halves, Step::AskHere, Engine::here_said),

            waiting @ (Step::HoldDoubt(..)
            | Step::HoldSent(..)
            | Step::HoldBehind(_)
            | Step::HoldArrival(..)
            | Step::HoldBack(..)
            | Step::HoldLeft(_)
            | Step::HoldCopy(_)
            | Step::HoldHalves(..)
            | Step::Over(_)) => waiting,
        };
    }

    /// Asks the hosts again. Call it after a [`Wait`]'s time, or as soon as a host can be reached again.
    ///
    /// Ignored when the engine does not wait.
    pub fn retry(&mut self) {
        self.step = match std::mem::replace(&mut self.step, Step::Over(None)) {
            Step::HoldDoubt(doubt, Check::WhetherItRunsTwice) => self.ask_twice(doubt),
            Step::HoldDoubt(doubt, _) => self.ask_source(doubt),
            Step::HoldArrival(departed, _) => self.ask_arrival(departed.new_round()),
            Step::HoldSent(sent, _) => self.ask_sender(sent),
            Step::HoldBehind(reason) => self.ask_behind(reason),
            Step::HoldBack(back, _) => self.ask_back(back.new_round()),
            Step::HoldLeft(arrived) => self.ask_still(arrived),
            Step::HoldCopy(arrived) => self.ask_left(arrived),
            Step::HoldHalves(halves, _) => self.ask_both(halves),
            other => other,
        };
    }

    /// The caller's word to give the migration up and keep the guest on the source.
    ///
    /// Before Perform is sent this is safe and always taken. Afterwards it is taken only while the outcome is
    /// [unknown](Waiting::Unknown) and the source's last word was that it has the guest and runs no job. The
    /// source is asked once more then, and only if it says so again the destination's copy is destroyed.
    /// **That is a risk, and the caller's:** if the source starts the lost Perform in between, the guest is
    /// gone on both hosts, and the outcome will say so; if a source that cannot tell of jobs has sent all of it and is about to drop its
    /// own, the guest is gone after the outcome has said that it stayed.
    ///
    /// Version 1 has no call by which a destination gives a guest up: its connection is closed. Where nobody knows whether that has
    /// reached it, [the end stays unknown](Check::WhetherItIsAwaited), and no other word changes that. Where it has
    /// [all of the guest](Check::WhetherItIsAboutToLeave), the word is that the source is not about to drop its own; the copy is left
    /// then, and told.
    ///
    /// In version 3 it is taken while the destination does not say whether it took the guest over. The source is asked, and only if it
    /// says that it still has the guest the destination is told to give it up; the source runs on as soon as the destination has said
    /// that it has done so. A source that has lost the guest meanwhile is not waited for: what the destination holds is the only copy,
    /// and the migration goes on. Where it has none and was silent before,
    /// [it may have run the guest](Check::WhetherItRanThere): that it did not is the caller's word, said by another call of this.
    ///
    /// A guest that the source keeps paused, which has lost the connection that the migration was begun with, may have been
    /// [moved by somebody else](Check::WhetherItWasMovedSince): that it was not is the caller's word, and it runs on then. Not against the
    /// source's, which shows another run of it.
    ///
    /// With OFFLINE it is taken while the destination shows a definition that may be [an older one](Check::WhetherItWasDefined): the source
    /// keeps its own.
    pub fn cancel(&mut self) -> CancelAnswer {
        let (step, answer) = match std::mem::replace(&mut self.step, Step::Over(None)) {
            Step::HoldDoubt(doubt, Check::WhetherPerformStillRuns) => {
                (self.ask_source(doubt.given_up()), CancelAnswer::Taken)
            }
            Step::HoldDoubt(doubt, Check::WhetherItIsAboutToLeave) => {
                (self.ask_source(doubt.sworn()), CancelAnswer::Taken)
            }
            Step::HoldArrival(departed, check) if departed.may_be_given_up() && !self.is_resuming() => {
                (self.cancel_late(departed, check), CancelAnswer::Taken)
            }
            // The source's definition stays, whatever the destination has.
            Step::HoldArrival(departed, Check::WhetherItWasDefined) if self.destination.state().is_some() => {
                (self.keep_definition(departed), CancelAnswer::Taken)
            }
            Step::HoldSent(sent, Check::WhetherItRanThere) if !sent.has_ended() => {
                (self.take_back(sent), CancelAnswer::Taken)
            }
            Step::HoldBack(back, Check::WhetherItWasMovedSince) if self.is_same_run() => {
                (self.claim(back), CancelAnswer::Taken)
            }
            step if step.is_before_perform() => {
                self.given_up = true;
                (step, CancelAnswer::Taken)
            }
            step => {
                let why = step.why_not_cancel();
                (step, CancelAnswer::Refused(why))
            }
        };
        self.step = step;
        answer
    }

    /// The caller's word that the source's daemon, which was to [carry the migration out](super::Way), has ended since it was asked: it was started
    /// again, or its log tells the end of the call. It is taken while it is [not known](Check::WhetherTheSourceStillMovesIt) whether that daemon
    /// still moves the guest. The hosts are asked again, and a guest that runs on the source, while the destination has none, is on the source.
    /// **Said of a daemon that has only not answered it is a risk, and the caller's:** it may move the guest yet, after the outcome has said that
    /// it stayed. [`Fenced::source_daemon`](super::Fenced) is the same word for a recovery.
    pub fn source_daemon_ended(&mut self) -> CancelAnswer {
        let (step, answer) = match std::mem::replace(&mut self.step, Step::Over(None)) {
            Step::HoldSent(sent, Check::WhetherTheSourceStillMovesIt) => {
                (self.ask_sender(sent.without_daemon()), CancelAnswer::Taken)
            }
            step => {
                (step, CancelAnswer::Refused("it is not in doubt whether the source still moves the guest"))
            }
        };
        self.step = step;
        answer
    }

    /// What is known now, for whoever stops driving it: the outcome if there is one; [`Outcome::OnSource`] if Perform was not sent; else
    /// [`Outcome::Unknown`].
    pub fn now(&self) -> Outcome {
        if let Step::Over(Some(outcome)) = &self.step {
            return outcome.clone();
        }
        if let Some(arrived) = self.step.arrived() {
            return arrived.outcome(Some(self.source.clone()));
        }
        let (check, reason) = self.step.doubt();
        let reason = reason.unwrap_or(Reason::Cancelled);
        let unmoved = self.is_resuming().then_some(Check::WhetherThePostCopyBroke);
        match check.map(|check| self.in_post_copy(check)).or(unmoved) {
            None => self.stayed(reason),
            Some(check) => Outcome::Unknown(Unknown {
                source: self.source.clone(),
                destination: self.destination.clone(),
                reason,
                check,
            }),
        }
    }
}

/// What every step does in the same way. Each returns or precedes the step that follows.
impl Engine {
    fn note(&mut self, note: Note) {
        self.out.push_back(Action::Note(note));
    }

    /// Orders a call. One that changes something is preceded by its record, and makes what the host said
    /// before stale.
    fn call(&mut self, host: Host, call: Call, deadline: Option<Duration>) {
        let order = Do { host, call, deadline };
        if order.call.changes_something() {
            *self.said(host) = Said::NotAsked;
            self.out.push_back(Action::Journal(Record::Doing(order.clone())));
        }
        self.out.push_back(Action::Do(order));
    }

    /// What a host last said.
    fn said(&mut self, host: Host) -> &mut Said {
        match host {
            Host::Source => &mut self.source,
            Host::Destination => &mut self.destination,
        }
    }

    fn question(&mut self, ask: &Ask) {
        self.call(ask.host(), ask.call(), Some(self.settings.ask_deadline));
    }

    /// Passes an answer to the question it belongs to; when the host has told, goes on with `said`.
    fn asked<Proof>(
        &mut self,
        ask: Ask,
        answer: Result<Reply, Failure>,
        proof: Proof,
        again: fn(Ask, Proof) -> Step,
        go_on: fn(&mut Engine, Proof, Said) -> Step,
    ) -> Step {
        let host = ask.host();
        match ask.answer(answer) {
            Next::Ask(ask) => {
                self.question(&ask);
                again(ask, proof)
            }
            Next::Said(said) => {
                *self.said(host) = said.clone();
                self.note(Note::Asked { host, said: said.clone() });
                go_on(self, proof, said)
            }
        }
    }

    fn wait(&mut self, why: Waiting) {
        self.out.push_back(Action::Wait(Wait { ask_again_after: self.settings.ask_again_after, why }));
    }

    fn wait_for_truth(&mut self, reason: Reason, check: Check) {
        let (source, destination) = (self.source.clone(), self.destination.clone());
        let check = self.in_post_copy(check);
        self.wait(Waiting::Unknown(Unknown { source, destination, reason, check }));
    }

    /// Where a post-copy may have switched over, nobody is to resume or destroy a copy for being paused.
    fn in_post_copy(&self, check: Check) -> Check {
        match check {
            Check::WhetherItIsPaused | Check::WhetherItRunsOn | Check::WhetherItTookOver
                if self.may_switch() =>
            {
                Check::WhetherThePostCopyBroke
            }
            check => check,
        }
    }

    /// The guest did not move. One whose post-copy was to be resumed is where it was, which both hosts must say.
    fn stay(&mut self, reason: Reason) -> Step {
        if self.is_resuming() {
            return self.ask_both(Halves::new(None, reason));
        }
        if self.keeps() {
            return self.ask_behind(reason);
        }
        self.end(self.stayed(reason))
    }

    /// The destination has not confirmed that it gives up what it has prepared, and not said since that it has none.
    fn keeps(&self) -> bool {
        self.may_keep && !self.destination.is_gone()
    }

    /// The guest is where it was. A destination whose daemon died in Prepare may keep what it had begun, and no call of this migration ends
    /// that: it is told. So is what it was told to give up, and may keep.
    fn stayed(&self, reason: Reason) -> Outcome {
        let is_left = self.may_have_prepared || self.keeps();
        let left_on_destination = is_left.then(|| self.destination.clone());
        Outcome::OnSource { source: self.source.clone(), reason, left_on_destination }
    }

    fn end(&mut self, outcome: Outcome) -> Step {
        self.out.push_back(Action::Journal(Record::Ended(outcome.clone())));
        self.out.push_back(Action::End(outcome.clone()));
        Step::Over(Some(outcome))
    }
}
