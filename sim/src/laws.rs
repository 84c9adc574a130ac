//! The laws: what must hold at every moment, what an outcome may claim, and what may be left in the end.

use virtwire::hypervisor::{Hypervisor, Lookup};
use virtwire::protocol::enums::{DomainState, PausedReason};
use virtwire::protocol::migrate::{Outcome, Record};

use crate::fate::What;
use crate::world::{World, now, now_at};

/// The guest is on both hosts, and its post-copy is to be resumed.
pub(crate) const BROKEN: &str = "post-copy broken";

/// Where the guest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    Nowhere,
    /// As it was.
    OnSource,
    /// Held there by a migration.
    HeldOnSource,
    /// The same by a post-copy that has switched over, and nowhere else.
    HalfOnSource,
    /// It is in post-copy, and both have a part of it.
    Halved,
    /// As it was, and the destination holds a copy of it.
    CopyOnDestination,
    HeldOnDestination,
    OnDestination,
    /// On both, in some other way.
    OnBoth,
}

pub(crate) fn is_users_pause(state: &Option<DomainState>) -> bool {
    matches!(state, Some(DomainState::Paused(PausedReason::User)))
}

/// What a post-copy leaves on its source.
fn is_half(state: &DomainState) -> bool {
    matches!(state, DomainState::Paused(PausedReason::Postcopy | PausedReason::PostcopyFailed))
}

impl Seen {
    pub fn of(source: &Option<DomainState>, destination: &Option<DomainState>) -> Seen {
        let is_held = |state: &DomainState| matches!(state, DomainState::Paused(PausedReason::Migration));
        match (source, destination) {
            (None, None) => Seen::Nowhere,
            (Some(source), None) if is_half(source) => Seen::HalfOnSource,
            (Some(source), Some(_)) if is_half(source) => Seen::Halved,
            (Some(source), None) if is_held(source) => Seen::HeldOnSource,
            (Some(_), None) => Seen::OnSource,
            (None, Some(destination)) if is_held(destination) => Seen::HeldOnDestination,
            (None, Some(_)) => Seen::OnDestination,
            (Some(source), Some(destination)) if !is_held(source) && is_held(destination) => {
                Seen::CopyOnDestination
            }
            (Some(_), Some(_)) => Seen::OnBoth,
        }
    }
}

impl World {
    pub(crate) fn state(&self, host: usize) -> Option<DomainState> {
        now(now_at(&self.mems[host]).domain(Lookup::Name("guest"))).ok()?.map(|info| info.state)
    }

    fn runs(&self, host: usize) -> bool {
        matches!(self.state(host), Some(DomainState::Running(_)))
    }

    fn has_it_whole(&self, host: usize) -> bool {
        match self.memory {
            Some(_) => now_at(&self.mems[host]).checksum("guest") == self.memory,
            // The definition is all there is.
            None => self.state(host).is_some(),
        }
    }

    fn is_to_run(&self) -> bool {
        !self.fate.paused && !self.fate.is_offline()
    }

    fn was_told(&self, words: &str) -> bool {
        self.trace.contains(words)
    }

    /// At every moment: never two, never none where the source keeps it, and nothing is done that a journal must know of and does not.
    pub(crate) fn keeps_the_laws(&mut self) -> Result<(), String> {
        let runs = [self.runs(0), self.runs(1)];
        self.ran_there |= runs[1];
        if runs == [true, true] {
            return Err("the guest runs on both hosts".to_owned());
        }
        if self.fate.keeps() && [0, 1].map(|host| self.state(host)) == [None, None] {
            return Err("version 3 has lost the guest".to_owned());
        }
        match self.desk.unannounced() {
            Some(call) => Err(format!("made, and not in the journal: {call}")),
            None => Ok(()),
        }
    }

    pub(crate) fn judge_migration(&mut self) -> Result<String, String> {
        let outcome = self.story.borrow().outcome.clone();
        outcome.map_or(Ok(String::new()), |outcome| self.judge(&outcome))
    }

    /// `None` says that nothing was begun.
    pub(crate) fn judge_recovery(&mut self, outcome: Option<&Outcome>) -> Result<String, String> {
        match outcome {
            Some(outcome) => self.judge(outcome),
            None if self.has_it_whole(0) && self.state(1).is_none() => {
                Ok("on source, never begun".to_owned())
            }
            None => Err("a journal says that nothing was begun".to_owned()),
        }
    }

    /// An outcome claims what is true, and the journal the same.
    fn judge(&mut self, outcome: &Outcome) -> Result<String, String> {
        self.say(&format!("outcome: {outcome}"));
        let (a, b) = (self.state(0), self.state(1));
        self.say(&format!("hosts: a {a:?}, b {b:?}"));
        let wrong =
            |what: &str| Err(format!("{what}: the outcome says: {outcome}; a has {a:?}, b has {b:?}"));
        let said = match outcome {
            Outcome::OnDestination { left_on_source, .. } => {
                if b.is_none() || !self.has_it_whole(1) {
                    return wrong("the destination does not have it whole");
                }
                let stays = self.fate.what == What::Definition { undefines: false };
                if a.is_some() && left_on_source.is_none() && !stays {
                    return wrong("the source has it still");
                }
                if self.is_to_run() && !self.runs(1) && !outcome.to_string().contains("paused") {
                    return wrong("it does not run");
                }
                if left_on_source.is_some() { "on destination, copy left" } else { "on destination" }
                    .to_owned()
            }
            Outcome::OnSource { left_on_destination, .. } => {
                if a.is_none() || !self.has_it_whole(0) {
                    return wrong("the source does not have it whole");
                }
                if self.runs(1) {
                    return wrong("the destination runs it");
                }
                if self.is_to_run() && !self.runs(0) && !outcome.to_string().contains("paused") {
                    return wrong("it does not run");
                }
                if self.fate.is_offline() && b.is_some() && left_on_destination.is_none() {
                    return wrong("the destination has a definition of it");
                }
                "on source".to_owned()
            }
            Outcome::PostCopyBroken { .. } if Seen::of(&a, &b) == Seen::Halved && self.runs(1) => {
                BROKEN.to_owned()
            }
            Outcome::PostCopyBroken { .. } => return wrong("it is in no post-copy"),
            Outcome::Nowhere { .. } if Seen::of(&a, &b) == Seen::Nowhere => "nowhere".to_owned(),
            Outcome::Nowhere { .. } => return wrong("a host has it"),
            // What is to be checked is what it is worth.
            Outcome::Unknown(unknown) => return Ok(format!("unknown, {}", unknown.check)),
            _ => return wrong("this is no outcome that is known here"),
        };
        match self.desk.journal().last() {
            Some(Record::Ended(ended)) if ended == outcome => Ok(said),
            _ if self.fate.disk_full.is_some() => Ok(said),
            _ => wrong("the journal does not say so"),
        }
    }

    /// When all is quiet: nothing is left half-way, and the guest is somewhere unless that was said.
    pub(crate) fn at_last(&mut self, judged: Option<String>) -> Result<String, String> {
        let (a, b) = (self.state(0), self.state(1));
        self.say(&format!("at last: a {a:?}, b {b:?}"));
        let not_begun = self.story.borrow().not_begun.clone();
        if let Some(why) = &not_begun {
            self.say(&format!("not begun: {why}"));
        }
        let end = judged.unwrap_or_else(|| "not begun".to_owned());
        let seen = Seen::of(&a, &b);
        let is_copy = matches!(seen, Seen::CopyOnDestination | Seen::OnBoth) && !self.runs(1);
        let end = match &*end {
            _ if self.fate.is_offline() => self.is_defined_well(end, [a.is_some(), b.is_some()])?,
            "not begun" | "on source" | "on source, never begun" if a.is_some() && b.is_none() => end,
            // A destination of versions 1 and 2 that has all of the guest cannot know whether the source has dropped it, and keeps
            // its copy paused: as the only one it would be missed.
            "on source" if is_copy && !self.fate.keeps() => {
                "on source, a whole copy left paused, by version 1 or 2".to_owned()
            }
            // A partition that ended too late for a destination to notice that the connection is gone with which its copy goes, as the
            // engine has said.
            "on source" if is_copy && self.was_told("it will when the connection closes") => {
                "on source, a copy left until its connection is missed".to_owned()
            }
            "on destination" if a.is_none() && b.is_some() => end,
            "on destination, copy left" if b.is_some() => end,
            "nowhere" if seen == Seen::Nowhere => match self.fate.keeps() {
                false => "nowhere, by version 1 or 2, and said so".to_owned(),
                true => return Err("version 3 has lost the guest".to_owned()),
            },
            unknown if unknown.starts_with("unknown") && seen == Seen::OnSource && !self.fate.shows() => end,
            // The destination lost its half before it was let go on, and said so.
            unknown if unknown.starts_with("unknown") && seen == Seen::HalfOnSource && !self.ran_there => {
                "half of it on source, and said so".to_owned()
            }
            // Its user had paused it before: its state does not tell whether it was handed over.
            unknown
                if unknown.starts_with("unknown")
                    && seen == Seen::OnSource
                    && !self.ran_there
                    && is_users_pause(&a) =>
            {
                end
            }
            _ => return Err(format!("{end}, and at last a has {a:?}, b has {b:?}")),
        };
        Ok(match self.happened.recoveries {
            _ if self.happened.resumed > 0 => format!("resumed: {end}"),
            0 => end,
            _ if self.happened.persons_asked > 0 => format!("recovered, after a person looked: {end}"),
            _ => format!("recovered: {end}"),
        })
    }

    /// Of a definition that was to move: whether it is where it was said to be.
    fn is_defined_well(&self, end: String, has: [bool; 2]) -> Result<String, String> {
        let undefines = self.fate.what == What::Definition { undefines: true };
        let is_true = match &*end {
            "not begun" | "on source, never begun" => has == [true, false],
            // What the destination has as well was said with it.
            "on source" => has[0],
            "on destination" => has == [!undefines, true],
            "on destination, copy left" => has[1],
            // A source that was asked to move it by itself may yet begin, as far as anybody knows.
            unknown => unknown.starts_with("unknown") && has[0] && !self.fate.shows(),
        };
        is_true.then_some(()).ok_or_else(|| format!("{end}, and at last a and b have it: {has:?}"))?;
        Ok(format!("a definition {end}"))
    }
}
