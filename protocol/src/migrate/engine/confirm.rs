//! Version 3: the destination runs the guest, and the source is told to end its paused copy.
//!
//! The guest has arrived whatever becomes of this. But a paused copy that is left is a second guest waiting to be started by
//! mistake, so a Confirm that is not answered is repeated. A daemon whose connection was lost in between has forgotten the
//! migration; then the copy is destroyed, if it is still paused by the migration and no job runs on it. Where the source says that
//! it runs the guest too, both are asked until one of them does not have it. A source that does not answer may be back in a moment, and
//! is asked again [for a while](MAY_COME_BACK_WITHIN). Whatever remains is told, and so is a definition that was to go with the guest.

use std::time::{Duration, Instant};

use super::Engine;
use super::start::{failed, failure_of};
use super::step::Step;
use crate::migrate::action::Waiting;
use crate::migrate::answer::{Failure, Reply};
use crate::migrate::ask::Ask;
use crate::migrate::call::{Call, Host, Retcode};
use crate::migrate::domain::{Cookie, Domain};
use crate::migrate::flags::MigrateFlags;
use crate::migrate::note::Note;
use crate::migrate::outcome::{Check, Outcome, Reason};
use crate::migrate::state::{DomainState, Job, Said, State};

/// A guest that the destination has taken over.
#[derive(Debug)]
pub(super) struct Arrived {
    domain: Domain,
    state: Option<State>,
    /// The first thing that went wrong, if anything did.
    pub(super) warning: Option<Reason>,
    /// The same before it had arrived.
    before: Option<Reason>,
    /// Finish's.
    cookie: Cookie,
    repeated: bool,
    destroyed: bool,
    /// How often the source was asked for its copy, and did not answer, and since when it does not.
    unanswered: u32,
    silent_since: Option<Instant>,
}

/// How long a source that does not answer is asked again for the copy that it may have left. A daemon that is started again takes some
/// seconds.
const MAY_COME_BACK_WITHIN: Duration = Duration::from_secs(20);
/// How often that is at most; and where nobody tells the time.
const ASKED_AGAIN: u32 = 20;

impl Arrived {
    pub(super) fn new(
        domain: Domain,
        state: Option<State>,
        warning: Option<Reason>,
        cookie: Cookie,
    ) -> Arrived {
        Arrived {
            domain,
            state,
            before: warning.clone(),
            warning,
            cookie,
            repeated: false,
            destroyed: false,
            unanswered: 0,
            silent_since: None,
        }
    }

    /// The source carried the migration out, and waits for no Confirm.
    pub(super) fn unconfirmed(self) -> Arrived {
        Arrived { repeated: true, ..self }
    }

    /// The source did not answer, by now.
    fn unanswered(self, now: Option<Instant>) -> Arrived {
        Arrived { unanswered: self.unanswered + 1, silent_since: self.silent_since.or(now), ..self }
    }

    /// Whether a source that does not answer may do so yet.
    fn may_be_answered(&self, now: Option<Instant>) -> bool {
        let silent_for = now.zip(self.silent_since).map(|(now, since)| now.saturating_duration_since(since));
        self.unanswered < ASKED_AGAIN && silent_for.is_none_or(|silent| silent < MAY_COME_BACK_WITHIN)
    }

    pub(super) fn outcome(&self, left_on_source: Option<Said>) -> Outcome {
        Outcome::OnDestination {
            domain: self.domain.clone(),
            state: self.state,
            warning: self.warning.clone(),
            left_on_source,
        }
    }
}

impl Engine {
    pub(super) fn confirm(&mut self, arrived: Arrived) -> Step {
        self.call_confirm(arrived.cookie.clone(), Retcode::Success);
        Step::Confirm(arrived)
    }

    pub(super) fn confirmed(&mut self, mut arrived: Arrived, answer: Result<Reply, Failure>) -> Step {
        if let Ok(Reply::Done) = answer {
            return self.end(arrived.outcome(None));
        }
        let reason = failed(Host::Source, self.procedure, failure_of(answer));
        arrived.warning.get_or_insert(reason);
        self.ask_left(arrived)
    }

    pub(super) fn ask_left(&mut self, arrived: Arrived) -> Step {
        let ask = Ask::all(Host::Source, self.request.domain.uuid);
        self.question(&ask);
        Step::AskLeft(ask, arrived)
    }

    pub(super) fn left_said(&mut self, arrived: Arrived, said: Said) -> Step {
        if self.is_gone(&said) {
            let left = self.request.left_definition(&said);
            return self.end(arrived.outcome(left));
        }
        // The definition stays where it was, unless it was to go.
        if self.is_offline() && !self.request.flags.has(MigrateFlags::UNDEFINE_SOURCE) {
            return self.end(arrived.outcome(None));
        }
        let Said::Has { state, job, .. } = &said else { return self.hold_copy(arrived, said) };
        if !self.is_offline() && !matches!(state.state, DomainState::Paused | DomainState::ShutOff) {
            return self.hold_left(arrived);
        }
        if !arrived.repeated {
            return self.confirm(Arrived { repeated: true, ..arrived });
        }
        let is_ours = state.is_migrating() || state.is_post_copy();
        if is_ours && *job == Job::None && !arrived.destroyed {
            self.note(Note::RemovesCopy);
            let domain = self.request.domain.clone();
            self.call(Host::Source, Call::Destroy { domain }, Some(self.settings.ask_deadline));
            return Step::Destroy(Arrived { destroyed: true, ..arrived });
        }
        self.end(arrived.outcome(Some(said)))
    }

    /// The source does not answer.
    fn hold_copy(&mut self, arrived: Arrived, said: Said) -> Step {
        match said {
            Said::NoAnswer(failure) if arrived.may_be_answered(self.now) => {
                self.wait(Waiting::Copy(failure));
                Step::HoldCopy(arrived.unanswered(self.now))
            }
            said => self.end(arrived.outcome(Some(said))),
        }
    }

    fn hold_left(&mut self, arrived: Arrived) -> Step {
        let reason = arrived.warning.clone().unwrap_or(Reason::Vanished);
        self.wait_for_truth(reason, Check::WhetherTheSourceRunsToo);
        Step::HoldLeft(arrived)
    }

    pub(super) fn ask_still(&mut self, arrived: Arrived) -> Step {
        let ask = Ask::all(Host::Destination, self.request.domain.uuid);
        self.question(&ask);
        Step::AskStill(ask, arrived)
    }

    /// The source ran the guest too when it was last asked. If the destination's is gone, that one is the guest.
    pub(super) fn still_said(&mut self, arrived: Arrived, said: Said) -> Step {
        match said {
            said if self.is_gone(&said) && self.source.state().is_some() => {
                self.stay(arrived.before.unwrap_or(Reason::Vanished))
            }
            Said::Has { domain, state, .. } => {
                self.ask_left(Arrived { domain, state: Some(state), ..arrived })
            }
            _ => self.hold_left(arrived),
        }
    }
}
