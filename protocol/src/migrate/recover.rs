//! Brings a migration to its end whose orchestrator died, by its journal and by what both hosts say now.
//!
//! The journal proves which calls may have been made; the hosts say where the guest is. What follows from the two is done only where
//! it is safe whatever may still be under way, and otherwise it is said what a person must check (`decide` has the table):
//!
//! - Confirm is never sent. It belongs to the connection that made Begin; over another it would end what somebody else has begun.
//! - The destination is told to start the guest only where the journal has Perform's success and nothing after it says that the guest
//!   goes back, and only while the source's copy is paused, gone, or fenced.
//! - What a migration has paused at the source is this one's only by the caller's word ([`Recovery::no_later_migration`]), and where
//!   nothing that the source says speaks against it. Another one may have sent the guest to a third host since. So without that word a
//!   copy that is paused there is not resumed, and in version 3 no other is started.
//! - A paused copy is destroyed only where the other host has the running guest. Version 3's destination may be told to give up a
//!   copy while the source has the guest, for that one is whole.
//! - A copy that the source keeps paused runs on only where the destination was never told to start its own, or has destroyed it, or
//!   the journal shows that this was decided before.
//! - In versions 1 and 2 the destination's copy is given up only after a Perform that was answered with an error, while the source has
//!   the guest and no job. A Perform that is still queued could make that copy the only one.
//! - Where the source carries the migration out, the destination is told nothing.
//! - OFFLINE: a Finish that was announced and is not answered is sent again, for only its answer tells whether the destination has kept
//!   the definition; and the source's is never removed.
//! - A host is dead only by the caller's word ([`Fenced`]). One that does not answer is not dead.
//!
//! Two recoveries of one migration must not run at once. Each call is journalled before it is made, in the same journal, so that the
//! next one knows of it; and a second recovery of one that has ended changes nothing.

mod by_source;
mod decide;
mod managed;
mod offline;
mod story;

use std::collections::VecDeque;

use self::decide::{Act, Decision, decide};
use self::story::Story;
use super::action::{Action, Settings, Wait, Waiting};
use super::answer::{Failure, Reply};
use super::ask::{Ask, Next};
use super::call::{Call, Do, Host, ProcedureName};
use super::journal::Record;
use super::note::Note;
use super::outcome::{Check, Outcome, Unknown};
use super::request::Request;
use super::state::{Said, State};

/// The caller's word that a host is dead: nothing runs there, and it will not come back with what it had.
///
/// A power switch or a cluster's fencing agent can say that. A host that cannot be reached has not said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Fenced {
    /// The host that had the guest.
    pub source: bool,
    /// The host that was to have it.
    pub destination: bool,
    /// Not the source, but its daemon, which was asked to carry the migration out by itself: it has been started again since, or its log
    /// tells the end of that call. So it begins nothing of this migration any more. Of no meaning for a managed one.
    pub source_daemon: bool,
}

/// The recovery of one migration. Driven as an [`Engine`](super::Engine) is, except that every call may go over a new connection.
#[derive(Debug)]
#[must_use = "a recovery does nothing until it is polled"]
pub struct Recovery {
    story: Story,
    fenced: Fenced,
    settings: Settings,
    source: Said,
    destination: Said,
    step: Step,
    out: VecDeque<Action>,
    /// The call that has been handed out and not been answered.
    calling: Option<(Host, ProcedureName)>,
    /// What is known until the hosts have been asked again: as of the last time that both had told.
    known: Option<Outcome>,
    /// What was done since the hosts were last waited for: nothing is done twice in a row.
    done: Vec<Act>,
}

#[derive(Debug)]
enum Step {
    /// A host is being asked.
    Asking(Ask),
    /// A call that changes something is out.
    Acting,
    /// Waiting.
    Holding,
    Over(Outcome),
}

impl Recovery {
    /// Reads the journal. Nothing happens until it is polled. `None` if the journal does not say what was to move: the first record is
    /// missing, so no call was made and the guest is where it was.
    ///
    /// After a record of [`Record::Ended`] that leaves no doubt no host is asked: the outcome is that one. Unless a host has died since, or
    /// may have kept what it began in Prepare, which a daemon that has just been started again does not show at once.
    pub fn new(
        journal: impl IntoIterator<Item = Record>,
        fenced: Fenced,
        settings: Settings,
    ) -> Option<Recovery> {
        let mut story = Story::read(journal)?;
        story.senders_end = fenced.source_daemon && story.is_by_source();
        let mut recovery = Recovery {
            story,
            fenced,
            settings,
            source: Said::NotAsked,
            destination: Said::NotAsked,
            step: Step::Acting,
            out: VecDeque::new(),
            calling: None,
            known: None,
            done: Vec::new(),
        };
        match recovery.story.ended.clone().filter(is_conclusive) {
            Some(outcome) if fenced == Fenced::default() && !recovery.story.may_keep_what_began() => {
                recovery.out.push_back(Action::End(outcome.clone()));
                recovery.step = Step::Over(outcome);
            }
            _ => recovery.ask_hosts(),
        }
        Some(recovery)
    }

    /// The caller's word that nobody has begun another migration of this guest since this one, by whatever program. Give it where that is
    /// known: by who runs all migrations of the guest, or keeps the journals of all of them. Before the first [`poll`](Self::poll).
    ///
    /// Without it, what a migration of version 3 has paused at the source is left so, and the outcome is unknown
    /// ([`Check::WhetherItWasMovedSince`]): the source may have let the guest run on when its orchestrator was gone, and another migration
    /// may have sent it to a third host and be the one that has paused it.
    pub fn no_later_migration(mut self) -> Recovery {
        self.story.is_last = true;
        self
    }

    /// The caller's word that a host is dead, given when it has not answered: see [`Fenced`]. The hosts are to be asked again then
    /// ([`retry`](Self::retry)).
    pub fn fence(&mut self, host: Host) {
        match host {
            Host::Source => self.fenced.source = true,
            Host::Destination => self.fenced.destination = true,
        }
    }

    /// What was to move.
    pub fn request(&self) -> &Request {
        &self.story.request
    }

    /// Who a host has said it is, if the journal knows.
    pub fn met(&self, host: Host) -> Option<&str> {
        let mut met = self.story.met.iter().rev();
        met.find(|(of, _)| *of == host).map(|(_, identity)| identity.as_str())
    }

    /// Whether the guest is to be paused where it arrives.
    pub fn is_to_arrive_paused(&self) -> bool {
        self.story.is_to_arrive_paused()
    }

    /// What to do now; `None` until the next input. Each action is handed out once.
    #[must_use = "an action that is not carried out stops the recovery"]
    pub fn poll(&mut self) -> Option<Action> {
        let action = self.out.pop_front()?;
        if let Action::Do(Do { host, call, .. }) = &action {
            self.calling = Some((*host, call.name()));
        }
        Some(action)
    }

    /// The call that was handed out last was answered, or was not. Ignored when no call is out.
    pub fn done(&mut self, answer: Result<Reply, Failure>) {
        let Some((host, procedure)) = self.calling.take() else { return };
        let answer = Failure::unless_of_another(answer, self.story.request.domain.uuid);
        match std::mem::replace(&mut self.step, Step::Acting) {
            Step::Asking(ask) => match ask.answer(answer) {
                Next::Ask(ask) => self.ask(ask),
                Next::Said(said) => self.said(host, said),
            },
            // Whatever came of it, the hosts say better.
            Step::Acting => {
                let record = Record::Answered { host, procedure, answer };
                self.story.take(&record);
                self.out.push_back(Action::Journal(record));
                self.ask_hosts();
            }
            step => self.step = step,
        }
    }

    /// Asks the hosts again. Call it after a [`Wait`]'s time, or as soon as a host can be reached again. Ignored when nothing is waited
    /// for.
    pub fn retry(&mut self) {
        if let Step::Holding = self.step {
            self.done.clear();
            self.ask_hosts();
        }
    }

    /// What is known now: the outcome if there is one, else [`Outcome::Unknown`]. Whoever stops here leaves nothing behind that needs
    /// this: another recovery can go on from the journal.
    pub fn now(&self) -> Outcome {
        match &self.step {
            Step::Over(outcome) => outcome.clone(),
            Step::Asking(_) | Step::Acting | Step::Holding => {
                self.known.clone().unwrap_or_else(|| self.unknown(Check::WhereItIs))
            }
        }
    }

    /// Both hosts are asked, first the one that a guest is not seen to leave: one that is told nothing by us arrives by itself, between
    /// two questions.
    fn ask_hosts(&mut self) {
        self.ask_host(if self.story.is_by_source() { Host::Source } else { Host::Destination });
    }

    fn ask_host(&mut self, host: Host) {
        let fenced = match host {
            Host::Source => self.fenced.source,
            Host::Destination => self.fenced.destination,
        };
        if fenced {
            return self.said(host, Said::Fenced);
        }
        self.ask(Ask::all(host, self.story.request.domain.uuid));
    }

    fn ask(&mut self, ask: Ask) {
        let order = Do { host: ask.host(), call: ask.call(), deadline: Some(self.settings.ask_deadline) };
        self.out.push_back(Action::Do(order));
        self.step = Step::Asking(ask);
    }

    fn said(&mut self, host: Host, said: Said) {
        self.out.push_back(Action::Note(Note::Asked { host, said: said.clone() }));
        let other = match host {
            Host::Source => {
                self.source = said;
                self.story.is_by_source().then_some(Host::Destination)
            }
            Host::Destination => {
                self.destination = said;
                (!self.story.is_by_source()).then_some(Host::Source)
            }
        };
        match other {
            Some(other) => self.ask_host(other),
            None => self.go_on(),
        }
    }

    fn go_on(&mut self) {
        match decide(&self.story, &self.source, &self.destination) {
            Decision::End(outcome) => {
                let record = Record::Ended(outcome.clone());
                self.story.take(&record);
                self.out.push_back(Action::Journal(record));
                self.out.push_back(Action::End(outcome.clone()));
                self.step = Step::Over(outcome);
            }
            // It was made, and the hosts say as before.
            Decision::Call(act, _, check, known) if self.done.contains(&act) => self.hold(check, known),
            Decision::Call(act, call, check, known) => {
                self.known = Some(known.unwrap_or_else(|| self.unknown(check)));
                self.act(act, call);
            }
            Decision::Job(info) => self.wait(Waiting::Job(info), self.unknown(Check::WhetherItStays)),
            Decision::Hold(check) => self.hold(check, None),
        }
    }

    fn act(&mut self, act: Act, call: Call) {
        self.done.push(act);
        let (host, deadline, note) = match act {
            Act::Start => (
                Host::Destination,
                self.settings.finish_deadline,
                Note::FinishAgain { state: self.destination.state() },
            ),
            Act::GiveUp => (Host::Destination, self.settings.finish_deadline, Note::GivesUp),
            Act::Resume => (Host::Source, self.settings.ask_deadline, Note::Resumes),
            Act::Destroy => (Host::Source, self.settings.ask_deadline, Note::RemovesCopy),
        };
        let order = Do { host, call, deadline: Some(deadline) };
        let record = Record::Doing(order.clone());
        self.story.take(&record);
        self.out.extend([Action::Note(note), Action::Journal(record), Action::Do(order)]);
        self.step = Step::Acting;
    }

    /// Waits; `known` is where the guest is all the same.
    fn hold(&mut self, check: Check, known: Option<Outcome>) {
        let (source, destination) = (self.source.clone(), self.destination.clone());
        let unknown = Unknown { source, destination, reason: self.story.reason(), check };
        self.wait(Waiting::Unknown(unknown.clone()), known.unwrap_or(Outcome::Unknown(unknown)));
    }

    fn wait(&mut self, why: Waiting, now: Outcome) {
        self.out.push_back(Action::Wait(Wait { ask_again_after: self.settings.ask_again_after, why }));
        (self.step, self.known) = (Step::Holding, Some(now));
    }

    fn unknown(&self, check: Check) -> Outcome {
        let (source, destination) = (self.source.clone(), self.destination.clone());
        Outcome::Unknown(Unknown { source, destination, reason: self.story.reason(), check })
    }
}

/// Whether nothing is left to find out or to do.
fn is_conclusive(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::OnDestination { left_on_source, .. } => left_on_source.is_none(),
        Outcome::OnSource { source, left_on_destination, .. } => {
            let is_ours = |state: State| state.is_migrating() || state.is_post_copy();
            left_on_destination.is_none() && !source.state().is_some_and(is_ours)
        }
        // It may have been resumed since; or one that was asked was another host.
        Outcome::Nowhere { .. } | Outcome::PostCopyBroken { .. } | Outcome::Unknown(_) => false,
    }
}
